//! Expressions: each becomes operations whose last one is its value.

use swc_common::{Span as SwcSpan, Spanned};
use swc_ecma_ast::{
    BinExpr, BinaryOp as SwcBinary, CallExpr, Callee, CondExpr, Expr, ExprOrSpread, Lit,
    MemberExpr, MemberProp, NewExpr, OptChainBase, OptChainExpr, SuperProp, SuperPropExpr,
    TaggedTpl, Tpl, TsType, UnaryExpr, UnaryOp as SwcUnary,
};

use super::lower::Lowerer;
use crate::summary::{
    BinaryOp, CallKind, Choice, Name, OpIdx, OpKind, RegionKind, TypeIdx, UnaryOp,
};

impl Lowerer {
    pub(super) fn expr(&mut self, expr: &Expr) -> OpIdx {
        if let Expr::Bin(binary) = expr
            && matches!(&*binary.left, Expr::Bin(_))
        {
            return self.binary_chain(binary);
        }
        let nothing = OpIdx(u32::MAX);
        let value = self.deeper(expr.span(), nothing, |lowerer| lowerer.expr_here(expr));
        if value == nothing {
            self.op(OpKind::Unknown, expr.span())
        } else {
            value
        }
    }

    fn expr_here(&mut self, expr: &Expr) -> OpIdx {
        let hint = self.hint.take();
        match expr {
            Expr::Ident(ident) => self.read(&ident.sym, ident.span),
            Expr::Lit(literal) => self.literal(literal),
            Expr::Member(member) => self.member(member),
            Expr::Call(call) => self.call(call),
            Expr::New(new) => self.new_expression(new),
            Expr::Assign(assign) => self.assignment(assign),
            Expr::Bin(binary) => self.binary(binary),
            Expr::Unary(unary) => self.unary(unary),
            Expr::Update(update) => self.update(update),
            Expr::Object(object) => self.object(object),
            Expr::Array(array) => {
                let elements = array.elems.iter().flatten();
                let elements = elements.map(|element| self.arg(element)).collect();
                self.op(OpKind::Array { elements }, array.span)
            }
            Expr::This(this) => {
                let kind = self.static_of.map_or(OpKind::This, OpKind::ThisClass);
                self.op(kind, this.span)
            }
            Expr::SuperProp(member) => self.super_member(member),
            Expr::Seq(sequence) => {
                let mut last = None;
                for part in &sequence.exprs {
                    last = Some(self.expr(part));
                }
                last.unwrap_or_else(|| self.op(OpKind::Unknown, sequence.span))
            }
            Expr::Tpl(template) => self.template(template),
            Expr::TaggedTpl(tagged) => self.tagged_template(tagged),
            Expr::Yield(pause) => {
                if let Some(arg) = &pause.arg {
                    let value = self.expr(arg);
                    self.op(OpKind::Return(value), pause.span);
                }
                self.op(OpKind::Unknown, pause.span)
            }
            Expr::Await(pause) => {
                let value = self.expr(&pause.arg);
                self.op(OpKind::Await(value), pause.span)
            }
            Expr::OptChain(chain) => self.optional_chain(chain),
            Expr::JSXElement(element) => self.jsx(element),
            Expr::JSXFragment(fragment) => self.jsx_fragment(fragment),
            Expr::TsNonNull(inner) => self.expr(&inner.expr),
            Expr::TsInstantiation(inner) => self.expr(&inner.expr),
            Expr::Fn(_)
            | Expr::Arrow(_)
            | Expr::Class(_)
            | Expr::Cond(_)
            | Expr::Paren(_)
            | Expr::TsTypeAssertion(_)
            | Expr::TsAs(_)
            | Expr::TsSatisfies(_)
            | Expr::TsConstAssertion(_) => {
                self.hint = hint;
                self.hinted_expr(expr)
            }
            Expr::MetaProp(_)
            | Expr::JSXMember(_)
            | Expr::JSXNamespacedName(_)
            | Expr::JSXEmpty(_)
            | Expr::PrivateName(_)
            | Expr::Invalid(_) => self.op(OpKind::Unknown, expr.span()),
        }
    }

    /// An expression that is named by what it initialises, or hands that name on to a part of it.
    fn hinted_expr(&mut self, expr: &Expr) -> OpIdx {
        match expr {
            Expr::Fn(function) => self.function_expression(function),
            Expr::Arrow(arrow) => self.arrow(arrow),
            Expr::Class(class) => self.class(&class.class, class.ident.as_ref()),
            Expr::Cond(cond) => self.conditional(cond),
            Expr::Paren(inner) => self.expr(&inner.expr),
            Expr::TsTypeAssertion(cast) => self.cast(&cast.expr, &cast.type_ann, cast.span),
            Expr::TsAs(cast) => self.cast(&cast.expr, &cast.type_ann, cast.span),
            Expr::TsSatisfies(check) => {
                self.annotation(&check.type_ann);
                self.expr(&check.expr)
            }
            Expr::TsConstAssertion(inner) => self.expr(&inner.expr),
            _ => self.op(OpKind::Unknown, expr.span()),
        }
    }

    fn super_member(&mut self, member: &SuperPropExpr) -> OpIdx {
        match &member.prop {
            SuperProp::Ident(ident) => {
                let name = self.name(&ident.sym);
                self.op(OpKind::SuperMember { name }, member.span)
            }
            SuperProp::Computed(computed) => {
                self.expr(&computed.expr);
                self.op(OpKind::Unknown, member.span)
            }
        }
    }

    fn conditional(&mut self, cond: &CondExpr) -> OpIdx {
        let hint = self.hint.take();
        let test = self.expr(&cond.test);
        let mut arm = |value: &Expr, sense| {
            let kind = RegionKind::Branch {
                test,
                sense,
                is_rest: false,
            };
            self.within(kind, |lowerer| {
                lowerer.hint = hint;
                lowerer.expr(value)
            })
        };
        let left = arm(&cond.cons, true);
        let right = arm(&cond.alt, false);
        let choice = Choice::Ternary;
        self.op(
            OpKind::Either {
                choice,
                left,
                right,
            },
            cond.span,
        )
    }

    fn tagged_template(&mut self, tagged: &TaggedTpl) -> OpIdx {
        let callee = self.expr(&tagged.tag);
        let elements = Box::default();
        let strings = self.op(OpKind::Array { elements }, tagged.span);
        let mut args = vec![strings];
        args.extend(tagged.tpl.exprs.iter().map(|part| self.expr(part)));
        self.finish_call(callee, args, CallKind::Tag, tagged.span)
    }

    fn optional_chain(&mut self, chain: &OptChainExpr) -> OpIdx {
        match &*chain.base {
            OptChainBase::Member(member) => {
                let value = self.member(member);
                if chain.optional {
                    self.out.optional.push(value);
                }
                value
            }
            OptChainBase::Call(call) => {
                let callee = self.expr(&call.callee);
                let args = self.args(&call.args);
                let value = self.finish_call(callee, args, CallKind::Call, call.span);
                if chain.optional {
                    self.out.optional.push(value);
                }
                value
            }
        }
    }

    fn cast(&mut self, value: &Expr, to: &TsType, span: SwcSpan) -> OpIdx {
        let value = self.expr(value);
        let to = self.annotation(to);
        self.op(OpKind::Cast { value, to }, span)
    }

    pub(super) fn read(&mut self, name: &str, span: SwcSpan) -> OpIdx {
        if let Some(binding) = self.lookup(name) {
            return self.op(OpKind::Read(binding), span);
        }
        if name == "undefined" {
            return self.op(OpKind::Nullish, span);
        }
        let name = self.name(name);
        self.op(OpKind::Global(name), span)
    }

    fn literal(&mut self, literal: &Lit) -> OpIdx {
        let kind = match literal {
            Lit::Str(text) => OpKind::Str(self.name(&text.value.to_string_lossy())),
            Lit::Bool(value) => OpKind::Bool(value.value),
            Lit::Null(_) => OpKind::Nullish,
            Lit::Num(number) => OpKind::Num(number.value),
            Lit::BigInt(_) => OpKind::Num(0.0),
            Lit::Regex(regex) => OpKind::Regex {
                is_character: super::regex::matches_one_character(&regex.exp),
                finds_words: super::regex::finds_words(&regex.exp),
            },
            Lit::JSXText(_) => OpKind::Unknown,
        };
        self.op(kind, literal.span())
    }

    fn template(&mut self, template: &Tpl) -> OpIdx {
        let mut parts = Vec::with_capacity(template.exprs.len() * 2 + 1);
        for (position, quasi) in template.quasis.iter().enumerate() {
            if !quasi.raw.is_empty() || template.exprs.is_empty() {
                let text = quasi.cooked.as_ref().map_or_else(
                    || quasi.raw.to_string(),
                    |cooked| cooked.to_string_lossy().into_owned(),
                );
                let name = self.name(&text);
                parts.push(self.op(OpKind::Str(name), quasi.span));
            }
            if let Some(expr) = template.exprs.get(position) {
                parts.push(self.expr(expr));
            }
        }
        if let [only] = parts[..]
            && template.exprs.is_empty()
        {
            return only;
        }
        self.op(OpKind::Template(parts.into()), template.span)
    }

    fn unary(&mut self, unary: &UnaryExpr) -> OpIdx {
        if unary.op == SwcUnary::Delete {
            return self.delete(&unary.arg, unary.span);
        }
        if let Some(constant) = constant(unary) {
            return self.op(constant, unary.span);
        }
        let operand = self.expr(&unary.arg);
        let op = match unary.op {
            SwcUnary::Bang => UnaryOp::Not,
            SwcUnary::TypeOf => UnaryOp::TypeOf,
            SwcUnary::Void => UnaryOp::Void,
            SwcUnary::Minus | SwcUnary::Plus | SwcUnary::Tilde | SwcUnary::Delete => {
                UnaryOp::Number
            }
        };
        self.op(OpKind::Unary { op, operand }, unary.span)
    }

    /// `a + b + c + …` nests to the left as deep as it is long: walked, not recursed into.
    fn binary_chain(&mut self, outermost: &BinExpr) -> OpIdx {
        let mut chain = vec![outermost];
        while let Expr::Bin(left) = &*chain[chain.len() - 1].left {
            chain.push(left);
        }
        let mut value = self.expr(&chain[chain.len() - 1].left);
        for binary in chain.into_iter().rev() {
            value = self.binary_with(value, binary);
        }
        value
    }

    fn binary(&mut self, binary: &BinExpr) -> OpIdx {
        let left = self.expr(&binary.left);
        self.binary_with(left, binary)
    }

    fn binary_with(&mut self, left: OpIdx, binary: &BinExpr) -> OpIdx {
        let logical = match binary.op {
            SwcBinary::LogicalAnd => Some((Choice::And, true)),
            SwcBinary::LogicalOr | SwcBinary::NullishCoalescing => Some((Choice::Or, false)),
            _ => None,
        };
        if let Some((choice, sense)) = logical {
            let right = self.within(
                RegionKind::Branch {
                    test: left,
                    sense,
                    is_rest: false,
                },
                |lowerer| lowerer.expr(&binary.right),
            );
            return self.op(
                OpKind::Either {
                    choice,
                    left,
                    right,
                },
                binary.span,
            );
        }
        let right = self.expr(&binary.right);
        let is_strict = matches!(binary.op, SwcBinary::EqEqEq | SwcBinary::NotEqEq);
        if is_strict && matches!(*binary.right, Expr::Lit(Lit::Null(_))) {
            let op = BinaryOp::IsNull;
            let test = self.op(OpKind::Binary { op, left, right }, binary.span);
            return if binary.op == SwcBinary::EqEqEq {
                test
            } else {
                let (op, operand) = (UnaryOp::Not, test);
                self.op(OpKind::Unary { op, operand }, binary.span)
            };
        }
        self.op(
            OpKind::Binary {
                op: binary_op(binary.op),
                left,
                right,
            },
            binary.span,
        )
    }

    pub(super) fn member(&mut self, member: &MemberExpr) -> OpIdx {
        let object = self.expr(&member.obj);
        match &member.prop {
            MemberProp::Ident(ident) => {
                let name = self.name(&ident.sym);
                self.op(OpKind::Member { object, name }, member.span)
            }
            MemberProp::PrivateName(private) => {
                let name = self.private_name(&private.name);
                self.op(OpKind::Member { object, name }, member.span)
            }
            MemberProp::Computed(computed) => {
                let key = self.expr(&computed.expr);
                if let OpKind::Str(name) = *self.out.kind(key) {
                    return self.op(OpKind::Member { object, name }, member.span);
                }
                match self.fixed_name(key) {
                    Some(name) => self.op(OpKind::Member { object, name }, member.span),
                    None => self.op(OpKind::Index { object, key }, member.span),
                }
            }
        }
    }

    pub(super) fn private_name(&mut self, name: &str) -> Name {
        self.name(&format!("#{name}"))
    }

    pub(super) fn arg(&mut self, arg: &ExprOrSpread) -> OpIdx {
        let value = self.expr(&arg.expr);
        match arg.spread {
            Some(span) => self.op(OpKind::Spread(value), span),
            None => value,
        }
    }

    pub(super) fn args(&mut self, args: &[ExprOrSpread]) -> Vec<OpIdx> {
        args.iter().map(|arg| self.arg(arg)).collect()
    }

    pub(super) fn finish_call(
        &mut self,
        callee: OpIdx,
        args: Vec<OpIdx>,
        kind: CallKind,
        span: SwcSpan,
    ) -> OpIdx {
        self.op(
            OpKind::Call {
                callee,
                args: args.into(),
                kind,
            },
            span,
        )
    }

    fn call(&mut self, call: &CallExpr) -> OpIdx {
        if let Some(value) = self.private_access(call) {
            return value;
        }
        let literal = || match &call.args[..] {
            [ExprOrSpread { spread: None, expr }, ..] => match &**expr {
                Expr::Lit(Lit::Str(text)) => Some(text.value.to_string_lossy().into_owned()),
                Expr::Tpl(Tpl { quasis, exprs, .. }) if exprs.is_empty() => {
                    quasis.first().map(|quasi| quasi.raw.to_string())
                }
                _ => None,
            },
            _ => None,
        };
        let (callee, kind) = match &call.callee {
            Callee::Super(callee) => (self.op(OpKind::Unknown, callee.span), CallKind::Super),
            Callee::Import(callee) => {
                if let Some(specifier) = literal() {
                    let request = self.request(&specifier, false);
                    return self.op(OpKind::Require(request), call.span);
                }
                (self.op(OpKind::Unknown, callee.span), CallKind::Call)
            }
            Callee::Expr(callee) => {
                if let Expr::Ident(ident) = &**callee
                    && ident.sym == *"require"
                    && call.args.len() == 1
                    && self.lookup("require").is_none()
                    && let Some(specifier) = literal()
                {
                    let request = self.request(&specifier, true);
                    return self.op(OpKind::Require(request), call.span);
                }
                if let [given] = &call.args[..]
                    && self.is_rune(callee)
                {
                    return self.expr(&given.expr);
                }
                (self.expr(callee), CallKind::Call)
            }
        };
        let args = self.args(&call.args).into();
        let type_args = self.type_args(call.type_args.as_deref());
        let op = self.op(OpKind::Call { callee, args, kind }, call.span);
        self.note_type_args(op, &type_args);
        op
    }

    fn note_type_args(&mut self, call: OpIdx, type_args: &[TypeIdx]) {
        let first = type_args.first().map(|&first| (call, first));
        self.out.type_args.extend(first);
    }

    /// Svelte's `$state` and `$state.raw`, which the compiler takes out: what they give is what they are given, or a
    /// proxy that stands for it.
    fn is_rune(&self, callee: &Expr) -> bool {
        let rune = match callee {
            Expr::Member(member) if member.prop.is_ident_with("raw") => &*member.obj,
            _ => callee,
        };
        rune.is_ident_ref_to("$state") && self.lookup("$state").is_none()
    }

    fn new_expression(&mut self, new: &NewExpr) -> OpIdx {
        let callee = self.expr(&new.callee);
        let args = self.args(new.args.as_deref().unwrap_or_default()).into();
        let type_args = self.type_args(new.type_args.as_deref());
        let kind = CallKind::New;
        let op = self.op(OpKind::Call { callee, args, kind }, new.span);
        self.note_type_args(op, &type_args);
        op
    }
}

pub(super) fn binary_op(op: SwcBinary) -> BinaryOp {
    match op {
        SwcBinary::EqEq | SwcBinary::EqEqEq => BinaryOp::Equal,
        SwcBinary::NotEq | SwcBinary::NotEqEq => BinaryOp::NotEqual,
        SwcBinary::Lt | SwcBinary::LtEq => BinaryOp::Less,
        SwcBinary::Gt | SwcBinary::GtEq => BinaryOp::Greater,
        SwcBinary::LShift | SwcBinary::RShift | SwcBinary::ZeroFillRShift => BinaryOp::Shift,
        SwcBinary::Add => BinaryOp::Add,
        SwcBinary::Sub | SwcBinary::Mul | SwcBinary::Div | SwcBinary::Exp => BinaryOp::Arithmetic,
        SwcBinary::Mod => BinaryOp::Modulo,
        SwcBinary::BitAnd => BinaryOp::And,
        SwcBinary::BitOr
        | SwcBinary::BitXor
        | SwcBinary::LogicalOr
        | SwcBinary::LogicalAnd
        | SwcBinary::NullishCoalescing => BinaryOp::OrXor,
        SwcBinary::In => BinaryOp::In,
        SwcBinary::InstanceOf => BinaryOp::InstanceOf,
    }
}

/// What minified code writes for `true`, `false` and `undefined`: `!0`, `!1`, `void 0`.
fn constant(unary: &UnaryExpr) -> Option<OpKind> {
    let Expr::Lit(Lit::Num(number)) = &*unary.arg else {
        return None;
    };
    match unary.op {
        SwcUnary::Bang => Some(OpKind::Bool(number.value == 0.0)),
        SwcUnary::Void => Some(OpKind::Nullish),
        _ => None,
    }
}
