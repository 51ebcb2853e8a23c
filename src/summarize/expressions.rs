//! Expressions: each becomes operations whose last one is its value.

use swc_common::{Span as SwcSpan, Spanned};
use swc_ecma_ast::{
    AssignExpr, AssignOp, AssignTarget, AssignTargetPat, BinExpr, BinaryOp as SwcBinary, CallExpr,
    Callee, Expr, ExprOrSpread, JSXAttrOrSpread, JSXAttrValue, JSXElement, JSXElementChild,
    JSXElementName, JSXExpr, JSXObject, Lit, MemberExpr, MemberProp, NewExpr, ObjectLit,
    OptChainBase, Pat, Prop, PropOrSpread, SimpleAssignTarget, SuperProp, Tpl, UnaryExpr,
    UnaryOp as SwcUnary, UpdateExpr,
};

use super::lower::Lowerer;
use super::patterns::Key;
use crate::summary::{
    BinaryOp, CallKind, Choice, FunctionKind, MethodKind, OpIdx, OpKind, RegionKind, UnaryOp, Write,
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
            Expr::This(this) => match self.static_of {
                Some(class) => self.op(OpKind::ThisClass(class), this.span),
                None => self.op(OpKind::This, this.span),
            },
            Expr::Array(array) => {
                let elements = array
                    .elems
                    .iter()
                    .flatten()
                    .map(|element| self.arg(element))
                    .collect();
                self.op(OpKind::Array { elements }, array.span)
            }
            Expr::Object(object) => self.object(object),
            Expr::Fn(function) => {
                self.hint = hint;
                self.function_expression(function)
            }
            Expr::Arrow(arrow) => {
                self.hint = hint;
                self.arrow(arrow)
            }
            Expr::Class(class) => {
                self.hint = hint;
                self.class(&class.class, class.ident.as_ref())
            }
            Expr::Unary(unary) => self.unary(unary),
            Expr::Update(update) => self.update(update),
            Expr::Bin(binary) => self.binary(binary),
            Expr::Assign(assign) => self.assignment(assign),
            Expr::Member(member) => self.member(member),
            Expr::SuperProp(member) => match &member.prop {
                SuperProp::Ident(ident) => {
                    let name = self.name(&ident.sym);
                    self.op(OpKind::SuperMember { name }, member.span)
                }
                SuperProp::Computed(computed) => {
                    self.expr(&computed.expr);
                    self.op(OpKind::Unknown, member.span)
                }
            },
            Expr::Cond(cond) => {
                let test = self.expr(&cond.test);
                let left = self.within(
                    RegionKind::Branch {
                        test,
                        sense: true,
                        is_rest: false,
                    },
                    |l| {
                        l.hint = hint;
                        l.expr(&cond.cons)
                    },
                );
                let right = self.within(
                    RegionKind::Branch {
                        test,
                        sense: false,
                        is_rest: false,
                    },
                    |l| {
                        l.hint = hint;
                        l.expr(&cond.alt)
                    },
                );
                self.op(
                    OpKind::Either {
                        choice: Choice::Ternary,
                        left,
                        right,
                    },
                    cond.span,
                )
            }
            Expr::Call(call) => self.call(call),
            Expr::New(new) => self.new_expression(new),
            Expr::Seq(sequence) => {
                let mut last = None;
                for part in &sequence.exprs {
                    last = Some(self.expr(part));
                }
                last.unwrap_or_else(|| self.op(OpKind::Unknown, sequence.span))
            }
            Expr::Ident(ident) => self.read(&ident.sym, ident.span),
            Expr::Lit(literal) => self.literal(literal),
            Expr::Tpl(template) => self.template(template),
            Expr::TaggedTpl(tagged) => {
                let callee = self.expr(&tagged.tag);
                let strings = self.op(
                    OpKind::Array {
                        elements: Box::default(),
                    },
                    tagged.span,
                );
                let mut args = vec![strings];
                args.extend(tagged.tpl.exprs.iter().map(|part| self.expr(part)));
                self.finish_call(callee, args, CallKind::Tag, tagged.span)
            }
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
            Expr::Paren(inner) => {
                self.hint = hint;
                self.expr(&inner.expr)
            }
            Expr::JSXElement(element) => self.jsx(element),
            Expr::JSXFragment(fragment) => {
                let args = self.jsx_children(&fragment.children);
                let callee = self.op(OpKind::Unknown, fragment.span);
                self.finish_call(callee, args, CallKind::Deferred, fragment.span)
            }
            Expr::TsTypeAssertion(cast) => self.cast(&cast.expr, &cast.type_ann, cast.span, hint),
            Expr::TsAs(cast) => self.cast(&cast.expr, &cast.type_ann, cast.span, hint),
            Expr::TsSatisfies(check) => {
                self.hint = hint;
                self.expr(&check.expr)
            }
            Expr::TsConstAssertion(inner) => {
                self.hint = hint;
                self.expr(&inner.expr)
            }
            Expr::TsNonNull(inner) => self.expr(&inner.expr),
            Expr::TsInstantiation(inner) => self.expr(&inner.expr),
            Expr::OptChain(chain) => match &*chain.base {
                OptChainBase::Member(member) => self.member(member),
                OptChainBase::Call(call) => {
                    let callee = self.expr(&call.callee);
                    let args = self.args(&call.args);
                    self.finish_call(callee, args, CallKind::Call, call.span)
                }
            },
            Expr::MetaProp(meta) => self.op(OpKind::Unknown, meta.span),
            Expr::JSXMember(_)
            | Expr::JSXNamespacedName(_)
            | Expr::JSXEmpty(_)
            | Expr::PrivateName(_)
            | Expr::Invalid(_) => self.op(OpKind::Unknown, expr.span()),
        }
    }

    fn cast(
        &mut self,
        value: &Expr,
        to: &swc_ecma_ast::TsType,
        span: SwcSpan,
        hint: Option<crate::summary::Name>,
    ) -> OpIdx {
        self.hint = hint;
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
            Lit::Regex(_) => OpKind::Regex,
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

    fn object(&mut self, object: &ObjectLit) -> OpIdx {
        let value = self.op(
            OpKind::Object {
                properties: object.props.len() as u32,
            },
            object.span,
        );
        for property in &object.props {
            match property {
                PropOrSpread::Spread(spread) => {
                    let from = self.expr(&spread.expr);
                    let part = self.op(OpKind::Spread(from), spread.dot3_token);
                    self.op(
                        OpKind::StoreIndex {
                            object: value,
                            key: part,
                            value: part,
                            write: Write::Init,
                        },
                        spread.dot3_token,
                    );
                }
                PropOrSpread::Prop(property) => self.property(value, property),
            }
        }
        value
    }

    fn property(&mut self, object: OpIdx, property: &Prop) {
        match property {
            Prop::Shorthand(ident) => {
                let value = self.read(&ident.sym, ident.span);
                let name = self.name(&ident.sym);
                self.op(
                    OpKind::Store {
                        object,
                        name,
                        value,
                        write: Write::Init,
                    },
                    ident.span,
                );
            }
            Prop::KeyValue(pair) => {
                let key = self.key(&pair.key);
                if let Key::Name(name) = key {
                    self.hint = Some(name);
                }
                let value = self.expr(&pair.value);
                self.hint = None;
                self.store_key(object, &key, value, pair.span());
            }
            Prop::Getter(getter) => {
                self.accessor(object, &getter.key, &getter.function, MethodKind::Getter)
            }
            Prop::Setter(setter) => {
                self.accessor(object, &setter.key, &setter.function, MethodKind::Setter)
            }
            Prop::Method(method) => {
                let key = self.key(&method.key);
                let name = if let Key::Name(name) = key {
                    Some(name)
                } else {
                    None
                };
                let function = self.function(&method.function, name, FunctionKind::Method);
                let value = self.op(OpKind::Function(function), method.function.span);
                self.store_key(object, &key, value, method.function.span);
            }
            Prop::Assign(_) => {}
        }
    }

    fn store_key(&mut self, object: OpIdx, key: &Key, value: OpIdx, span: SwcSpan) {
        match *key {
            Key::Name(name) => self.op(
                OpKind::Store {
                    object,
                    name,
                    value,
                    write: Write::Init,
                },
                span,
            ),
            Key::Computed(key) => self.op(
                OpKind::StoreIndex {
                    object,
                    key,
                    value,
                    write: Write::Init,
                },
                span,
            ),
        };
    }

    fn accessor(
        &mut self,
        object: OpIdx,
        key: &swc_ecma_ast::PropName,
        code: &swc_ecma_ast::Function,
        kind: MethodKind,
    ) {
        let key = self.key(key);
        let name = if let Key::Name(name) = key {
            Some(name)
        } else {
            None
        };
        let function = self.function(code, name, FunctionKind::Method);
        if let Some(name) = name {
            self.op(
                OpKind::Accessor {
                    object,
                    name,
                    function,
                    kind,
                },
                code.span,
            );
        }
    }

    fn unary(&mut self, unary: &UnaryExpr) -> OpIdx {
        if unary.op == SwcUnary::Delete {
            return self.delete(&unary.arg, unary.span);
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

    fn delete(&mut self, target: &Expr, span: SwcSpan) -> OpIdx {
        let member = self.expr(target);
        match *self.out.kind(member) {
            OpKind::Member { object, name } => self.op(OpKind::Delete { object, name }, span),
            OpKind::Index { object, key } => self.op(OpKind::DeleteIndex { object, key }, span),
            _ => self.op(OpKind::Unknown, span),
        }
    }

    fn update(&mut self, update: &UpdateExpr) -> OpIdx {
        let before = self.expr(&update.arg);
        let one = self.op(OpKind::Num(1.0), update.span);
        let op = if update.op == swc_ecma_ast::UpdateOp::PlusPlus {
            BinaryOp::Add
        } else {
            BinaryOp::Arithmetic
        };
        let after = self.op(
            OpKind::Binary {
                op,
                left: before,
                right: one,
            },
            update.span,
        );
        self.store_into(before, after, Write::Compound, update.span);
        after
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
        self.op(
            OpKind::Binary {
                op: binary_op(binary.op),
                left,
                right,
            },
            binary.span,
        )
    }

    fn assignment(&mut self, assign: &AssignExpr) -> OpIdx {
        if let AssignTarget::Pat(pattern) = &assign.left {
            let value = self.expr(&assign.right);
            match pattern {
                AssignTargetPat::Array(array) => self.bind_array(array, value, Write::Plain),
                AssignTargetPat::Object(object) => self.bind_object(object, value, Write::Plain),
                AssignTargetPat::Invalid(_) => {}
            }
            return value;
        }
        let AssignTarget::Simple(target) = &assign.left else {
            return self.op(OpKind::Unknown, assign.span);
        };
        // The object and key are evaluated first; for `x = …` there is nothing to evaluate.
        let place = match target {
            SimpleAssignTarget::Ident(ident) => self.read(&ident.id.sym, ident.id.span),
            SimpleAssignTarget::Member(member) => self.member(member),
            SimpleAssignTarget::Paren(inner) => self.expr(&inner.expr),
            SimpleAssignTarget::TsAs(cast) => self.expr(&cast.expr),
            SimpleAssignTarget::TsNonNull(inner) => self.expr(&inner.expr),
            SimpleAssignTarget::TsTypeAssertion(cast) => self.expr(&cast.expr),
            SimpleAssignTarget::TsSatisfies(check) => self.expr(&check.expr),
            SimpleAssignTarget::TsInstantiation(inner) => self.expr(&inner.expr),
            SimpleAssignTarget::OptChain(_)
            | SimpleAssignTarget::SuperProp(_)
            | SimpleAssignTarget::Invalid(_) => self.op(OpKind::Unknown, assign.span),
        };
        self.hint = match *self.out.kind(place) {
            OpKind::Read(binding) => Some(self.out.bindings[binding.at()].name),
            OpKind::Member { name, .. } => Some(name),
            _ => None,
        };
        let (value, write) = match assign.op {
            AssignOp::Assign => {
                self.forget_read(place);
                (self.expr(&assign.right), Write::Plain)
            }
            AssignOp::OrAssign | AssignOp::NullishAssign | AssignOp::AndAssign => {
                let if_present = assign.op == AssignOp::AndAssign;
                let kind = RegionKind::Branch {
                    test: place,
                    sense: if_present,
                    is_rest: false,
                };
                let write = if if_present {
                    Write::IfPresent
                } else {
                    Write::IfMissing
                };
                let value = self.within(kind, |lowerer| lowerer.expr(&assign.right));
                self.store_into(place, value, write, assign.span);
                self.hint = None;
                return self.op(
                    OpKind::Either {
                        choice: Choice::Or,
                        left: place,
                        right: value,
                    },
                    assign.span,
                );
            }
            _ => {
                let right = self.expr(&assign.right);
                let op = assign
                    .op
                    .to_update()
                    .map_or(BinaryOp::Arithmetic, binary_op);
                (
                    self.op(
                        OpKind::Binary {
                            op,
                            left: place,
                            right,
                        },
                        assign.span,
                    ),
                    Write::Compound,
                )
            }
        };
        self.hint = None;
        self.store_into(place, value, write, assign.span);
        value
    }

    /// `x = …` names `x` without reading it.
    fn forget_read(&mut self, place: OpIdx) {
        let op = &mut self.out.ops[place.at()].kind;
        if let OpKind::Read(binding) = *op {
            *op = OpKind::Target(binding);
        }
    }

    /// Writes to the place that an operation has read.
    fn store_into(&mut self, place: OpIdx, value: OpIdx, write: Write, span: SwcSpan) {
        match *self.out.kind(place) {
            OpKind::Read(binding) | OpKind::Target(binding) => {
                self.assign(binding, value, write, span);
            }
            OpKind::Global(name) => {
                self.op(OpKind::AssignGlobal { name, value }, span);
            }
            OpKind::Member { object, name } => {
                self.op(
                    OpKind::Store {
                        object,
                        name,
                        value,
                        write,
                    },
                    span,
                );
            }
            OpKind::Index { object, key } => {
                self.op(
                    OpKind::StoreIndex {
                        object,
                        key,
                        value,
                        write,
                    },
                    span,
                );
            }
            OpKind::Cast { value: inner, .. } => self.store_into(inner, value, write, span),
            _ => {}
        }
    }

    /// Writes to what an expression names.
    pub(super) fn store(&mut self, target: &Expr, value: OpIdx, write: Write) {
        let place = self.expr(target);
        self.store_into(place, value, write, target.span());
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
                self.op(OpKind::Index { object, key }, member.span)
            }
        }
    }

    pub(super) fn private_name(&mut self, name: &str) -> crate::summary::Name {
        self.name(&format!("#{name}"))
    }

    fn arg(&mut self, arg: &ExprOrSpread) -> OpIdx {
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
                type_args: Box::default(),
                kind,
            },
            span,
        )
    }

    fn call(&mut self, call: &CallExpr) -> OpIdx {
        let literal = match &call.args[..] {
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
                if let Some(specifier) = literal {
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
                    && let Some(specifier) = literal
                {
                    let request = self.request(&specifier, true);
                    return self.op(OpKind::Require(request), call.span);
                }
                (self.expr(callee), CallKind::Call)
            }
        };
        let args = self.args(&call.args).into();
        let type_args = self.type_args(call.type_args.as_deref());
        self.op(
            OpKind::Call {
                callee,
                args,
                type_args,
                kind,
            },
            call.span,
        )
    }

    fn new_expression(&mut self, new: &NewExpr) -> OpIdx {
        let callee = self.expr(&new.callee);
        let args = self.args(new.args.as_deref().unwrap_or_default()).into();
        let type_args = self.type_args(new.type_args.as_deref());
        self.op(
            OpKind::Call {
                callee,
                args,
                type_args,
                kind: CallKind::New,
            },
            new.span,
        )
    }

    fn jsx(&mut self, element: &JSXElement) -> OpIdx {
        let callee = match &element.opening.name {
            JSXElementName::Ident(ident)
                if ident
                    .sym
                    .starts_with(|first: char| first.is_ascii_uppercase()) =>
            {
                self.read(&ident.sym, ident.span)
            }
            JSXElementName::JSXMemberExpr(member) => {
                let mut object = &member.obj;
                while let JSXObject::JSXMemberExpr(inner) = object {
                    object = &inner.obj;
                }
                if let JSXObject::Ident(ident) = object {
                    let value = self.read(&ident.sym, ident.span);
                    let name = self.name(&member.prop.sym);
                    self.op(
                        OpKind::Member {
                            object: value,
                            name,
                        },
                        member.span,
                    )
                } else {
                    self.op(OpKind::Unknown, member.span)
                }
            }
            JSXElementName::Ident(_) | JSXElementName::JSXNamespacedName(_) => {
                self.op(OpKind::Unknown, element.span)
            }
        };
        let mut args = Vec::new();
        for attribute in &element.opening.attrs {
            match attribute {
                JSXAttrOrSpread::SpreadElement(spread) => args.push(self.expr(&spread.expr)),
                JSXAttrOrSpread::JSXAttr(attribute) => match &attribute.value {
                    Some(JSXAttrValue::JSXExprContainer(container)) => {
                        if let JSXExpr::Expr(expr) = &container.expr {
                            args.push(self.expr(expr));
                        }
                    }
                    Some(JSXAttrValue::JSXElement(element)) => args.push(self.jsx(element)),
                    Some(JSXAttrValue::JSXFragment(fragment)) => {
                        args.extend(self.jsx_children(&fragment.children))
                    }
                    Some(JSXAttrValue::Str(_)) | None => {}
                },
            }
        }
        args.extend(self.jsx_children(&element.children));
        self.finish_call(callee, args, CallKind::Deferred, element.span)
    }

    fn jsx_children(&mut self, children: &[JSXElementChild]) -> Vec<OpIdx> {
        let mut values = Vec::new();
        for child in children {
            match child {
                JSXElementChild::JSXExprContainer(container) => {
                    if let JSXExpr::Expr(expr) = &container.expr {
                        values.push(self.expr(expr));
                    }
                }
                JSXElementChild::JSXSpreadChild(spread) => values.push(self.expr(&spread.expr)),
                JSXElementChild::JSXElement(element) => {
                    let nothing = OpIdx(u32::MAX);
                    let value = self.deeper(element.span, nothing, |lowerer| lowerer.jsx(element));
                    if value != nothing {
                        values.push(value);
                    }
                }
                JSXElementChild::JSXFragment(fragment) => {
                    let inner = self.deeper(fragment.span, Vec::new(), |lowerer| {
                        lowerer.jsx_children(&fragment.children)
                    });
                    values.extend(inner);
                }
                JSXElementChild::JSXText(_) => {}
            }
        }
        values
    }

    /// Declares parameters and writes the incoming values to their patterns.
    pub(super) fn pattern_of_param<'a>(pattern: &'a Pat) -> &'a Pat {
        match pattern {
            Pat::Rest(rest) => &rest.arg,
            Pat::Assign(default) => &default.left,
            _ => pattern,
        }
    }
}

fn binary_op(op: SwcBinary) -> BinaryOp {
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
