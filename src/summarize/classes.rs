//! Functions and classes.

use swc_common::{Span as SwcSpan, Spanned};
use swc_ecma_ast::{
    ArrowExpr, ArrowFunctionBody, BlockStmt, Class as SwcClass, ClassMember, Constructor, Expr,
    FnDecl, FnExpr, Function as SwcFunction, Ident, Key as MemberKey, MethodKind as SwcMethodKind,
    Param, ParamOrTsParamProp, Pat, PropName, Stmt, TsParamPropParam, TsTypeAnn,
};

use super::lower::Lowerer;
use super::patterns::Key;
use crate::summary::{
    Binding, BindingIdx, BindingKind, CallKind, Choice, Class, ClassIdx, Function, FunctionIdx,
    FunctionKind, Method, MethodKind, Name, OpIdx, OpKind, Region, RegionIdx, RegionKind, Write,
};

/// What is saved while another function's code is lowered.
struct Outer {
    function: FunctionIdx,
    region: RegionIdx,
    static_of: Option<ClassIdx>,
    in_loop: bool,
}

impl Lowerer {
    pub(super) fn function_declaration(&mut self, declaration: &FnDecl) {
        if declaration.declare || declaration.function.body.is_none() {
            return;
        }
        let Some(binding) = self.lookup(&declaration.ident.sym) else {
            return;
        };
        let name = self.name(&declaration.ident.sym);
        let function = self.function(&declaration.function, Some(name), FunctionKind::Plain);
        let value = self.op(OpKind::Function(function), declaration.function.span);
        self.assign(binding, value, Write::Init, declaration.ident.span);
    }

    pub(super) fn function_expression(&mut self, expression: &FnExpr) -> OpIdx {
        let hint = self.hint.take();
        let Some(ident) = &expression.ident else {
            let function = self.function(&expression.function, hint, FunctionKind::Plain);
            return self.op(OpKind::Function(function), expression.function.span);
        };
        self.scoped(|lowerer| {
            let binding = lowerer.declare(&ident.sym, ident.span, BindingKind::Function, None);
            let name = lowerer.name(&ident.sym);
            let function = lowerer.function(&expression.function, Some(name), FunctionKind::Plain);
            let value = lowerer.op(OpKind::Function(function), expression.function.span);
            lowerer.assign(binding, value, Write::Init, ident.span);
            value
        })
    }

    pub(super) fn arrow(&mut self, arrow: &ArrowExpr) -> OpIdx {
        let name = self.hint.take();
        let (outer, function) =
            self.enter_function(name, arrow.span, FunctionKind::Arrow, None, false);
        self.out.functions[function.at()].is_async = arrow.is_async || arrow.is_generator;
        self.annotate_returned(function, arrow.return_type.as_deref());
        self.scoped(|lowerer| {
            lowerer.params(arrow.params.iter());
            match &*arrow.body {
                ArrowFunctionBody::FunctionBody(body) => lowerer.body(&body.stmts),
                ArrowFunctionBody::Expr(value) => {
                    let span = value.span();
                    let value = lowerer.expr(value);
                    lowerer.op(OpKind::Return(value), span);
                }
            }
        });
        self.leave_function(&outer);
        self.op(OpKind::Function(function), arrow.span)
    }

    pub(super) fn function(
        &mut self,
        code: &SwcFunction,
        name: Option<Name>,
        kind: FunctionKind,
    ) -> FunctionIdx {
        self.method_of(code, name, kind, None, false)
    }

    fn method_of(
        &mut self,
        code: &SwcFunction,
        name: Option<Name>,
        kind: FunctionKind,
        class: Option<ClassIdx>,
        is_static: bool,
    ) -> FunctionIdx {
        self.decorators(&code.decorators);
        let (outer, function) = self.enter_function(name, code.span, kind, class, is_static);
        self.out.functions[function.at()].is_async = code.is_async || code.is_generator;
        self.parts_of_params(code.type_params.as_deref());
        self.annotate_returned(function, code.return_type.as_deref());
        self.scoped(|lowerer| {
            lowerer.params(code.params.iter().map(|param| &param.pat));
            lowerer.decorated_params(function, &code.params);
            if let Some(body) = &code.body {
                lowerer.body(&body.stmts);
            }
        });
        self.leave_function(&outer);
        function
    }

    /// Notes the decorators of parameters: `@Param("id") id`.
    fn decorated_params(&mut self, function: FunctionIdx, params: &[Param]) {
        for (position, param) in params.iter().enumerate() {
            for decorator in &param.decorators {
                let name = match &*decorator.expr {
                    Expr::Call(call) => call.callee.as_expr().and_then(|callee| callee.as_ident()),
                    other => other.as_ident(),
                };
                if let Some(name) = name {
                    let binding = self.out.functions[function.at()].params[position];
                    let name = self.name(&name.sym);
                    self.out.decorated.push((binding, name));
                }
            }
        }
    }

    fn annotate_returned(&mut self, function: FunctionIdx, returned: Option<&TsTypeAnn>) {
        let returns = returned.map(|returned| self.annotation(&returned.type_ann));
        self.out.functions[function.at()].returns = returns;
    }

    /// Lowers a function's statements in the scope that holds its parameters.
    fn body(&mut self, statements: &[Stmt]) {
        self.hoist_vars(statements.iter());
        self.hoist_block(statements.iter().filter_map(Stmt::as_decl));
        self.statements(statements);
    }

    fn enter_function(
        &mut self,
        name: Option<Name>,
        span: SwcSpan,
        kind: FunctionKind,
        class: Option<ClassIdx>,
        is_static: bool,
    ) -> (Outer, FunctionIdx) {
        let outer = Outer {
            function: self.function,
            region: self.region,
            static_of: self.static_of,
            in_loop: self.in_loop,
        };
        let function = FunctionIdx(self.out.functions.len() as u32);
        let is_arrow = kind == FunctionKind::Arrow;
        let this_of = if is_arrow {
            self.out.functions[self.function.at()].this_of
        } else {
            function
        };
        let body = RegionIdx(self.out.regions.len() as u32);
        self.out.regions.push(Region {
            parent: None,
            function,
            kind: RegionKind::Body,
        });
        self.out.functions.push(Function {
            parent: Some(self.function),
            name,
            span: Self::span(span),
            kind,
            params: Vec::new(),
            has_rest: false,
            this_of,
            class,
            is_static,
            is_async: false,
            returns: None,
            body,
        });
        self.function = function;
        self.region = body;
        self.in_loop = false;
        if !is_arrow {
            self.static_of = None;
        }
        (outer, function)
    }

    fn leave_function(&mut self, outer: &Outer) {
        self.function = outer.function;
        self.region = outer.region;
        self.static_of = outer.static_of;
        self.in_loop = outer.in_loop;
    }

    fn params<'a>(&mut self, patterns: impl Iterator<Item = &'a Pat> + Clone) {
        let function = self.function.at();
        for (position, pattern) in patterns.clone().enumerate() {
            let kind = BindingKind::Param(position as u32);
            let inner = Self::pattern_of_param(pattern);
            let binding = if let Pat::Ident(ident) = inner {
                self.declare_ident(ident, kind)
            } else {
                self.declare_pattern(inner, BindingKind::Let);
                self.new_binding("", pattern.span(), kind, None)
            };
            self.out.functions[function].params.push(binding);
            self.out.functions[function].has_rest = matches!(pattern, Pat::Rest(_));
        }
        for (position, pattern) in patterns.enumerate() {
            let binding = self.out.functions[function].params[position];
            if let Pat::Assign(default) = pattern {
                let incoming = self.op(OpKind::Read(binding), default.left.span());
                let fallback = self.expr(&default.right);
                let value = self.op(
                    OpKind::Either {
                        choice: Choice::Or,
                        left: incoming,
                        right: fallback,
                    },
                    default.span,
                );
                self.assign(binding, value, Write::Init, default.span);
            }
            let inner = Self::pattern_of_param(pattern);
            if !matches!(inner, Pat::Ident(_)) {
                let incoming = self.op(OpKind::Read(binding), inner.span());
                self.bind(inner, incoming, Write::Init);
            }
        }
    }

    /// What decorators give, which frameworks call.
    pub(super) fn decorators(&mut self, decorators: &[swc_ecma_ast::Decorator]) -> Vec<OpIdx> {
        let mut values = Vec::with_capacity(decorators.len());
        for decorator in decorators {
            let value = self.expr(&decorator.expr);
            self.finish_call(value, Vec::new(), CallKind::Deferred, decorator.span);
            values.push(value);
        }
        values
    }

    /// Lowers a class; its static parts run in place, its instance fields in a function of their own.
    pub(super) fn class(&mut self, class: &SwcClass, ident: Option<&Ident>) -> OpIdx {
        let hint = self.hint.take();
        self.scoped(|lowerer| {
            let own = ident
                .map(|ident| lowerer.declare(&ident.sym, ident.span, BindingKind::Class, None));
            let name = ident.map(|ident| lowerer.name(&ident.sym)).or(hint);
            let decorators = lowerer.decorators(&class.decorators);
            let heritage = class
                .super_class
                .as_ref()
                .map(|heritage| lowerer.expr(heritage));
            let index = ClassIdx(lowerer.out.classes.len() as u32);
            lowerer.out.classes.push(Class {
                name,
                span: Self::span(class.span),
                decorators,
                heritage,
                constructor: None,
                fields: None,
                methods: Vec::new(),
                annotations: Vec::new(),
            });
            lowerer.annotate_fields(index, class);
            let value = lowerer.op(OpKind::Class(index), class.span);
            if let Some(own) = own {
                lowerer.assign(own, value, Write::Init, class.span);
            }
            lowerer.instance_fields(index, class);
            for member in &class.body {
                lowerer.member_of(index, value, member);
            }
            value
        })
    }

    fn annotate_fields(&mut self, class: ClassIdx, code: &SwcClass) {
        for member in &code.body {
            let (name, annotation) = match member {
                ClassMember::ClassProp(field) => match &field.key {
                    PropName::Ident(name) => (self.name(&name.sym), &field.type_ann),
                    _ => continue,
                },
                ClassMember::PrivateProp(field) => {
                    (self.private_name(&field.key.name), &field.type_ann)
                }
                _ => continue,
            };
            if let Some(annotation) = annotation {
                let of = self.annotation(&annotation.type_ann);
                self.out.classes[class.at()].annotations.push((name, of));
            }
        }
    }

    fn instance_fields(&mut self, class: ClassIdx, code: &SwcClass) {
        let is_field = |member: &&ClassMember| match member {
            ClassMember::ClassProp(field) => !field.is_static && field.value.is_some(),
            ClassMember::PrivateProp(field) => !field.is_static && field.value.is_some(),
            ClassMember::AutoAccessor(field) => !field.is_static && field.value.is_some(),
            _ => false,
        };
        if !code.body.iter().any(|member| is_field(&member)) {
            return;
        }
        let (outer, function) =
            self.enter_function(None, code.span, FunctionKind::Fields, Some(class), false);
        for member in code.body.iter().filter(is_field) {
            let this = self.op(OpKind::This, member.span());
            self.field(this, member);
        }
        self.leave_function(&outer);
        self.out.classes[class.at()].fields = Some(function);
    }

    /// Stores a field's initial value in `object`.
    fn field(&mut self, object: OpIdx, member: &ClassMember) {
        let (key, value) = match member {
            ClassMember::ClassProp(field) => (self.key(&field.key), field.value.as_deref()),
            ClassMember::PrivateProp(field) => (
                Key::Name(self.private_name(&field.key.name)),
                field.value.as_deref(),
            ),
            ClassMember::AutoAccessor(field) => {
                let key = match &field.key {
                    MemberKey::Private(private) => Key::Name(self.private_name(&private.name)),
                    MemberKey::Public(name) => self.key(name),
                };
                (key, field.value.as_deref())
            }
            _ => return,
        };
        let Some(value) = value else { return };
        if let Key::Name(name) = key {
            self.hint = Some(name);
        }
        let initial = self.expr(value);
        self.hint = None;
        let span = Self::member_name_span(member);
        match key {
            Key::Name(name) => self.op(
                OpKind::Store {
                    object,
                    name,
                    value: initial,
                    write: Write::Init,
                },
                span,
            ),
            Key::Computed(key) => self.op(
                OpKind::StoreIndex {
                    object,
                    key,
                    value: initial,
                    write: Write::Init,
                },
                span,
            ),
        };
    }

    fn member_name_span(member: &ClassMember) -> SwcSpan {
        match member {
            ClassMember::ClassProp(field) => field.key.span(),
            ClassMember::PrivateProp(field) => field.key.span,
            ClassMember::AutoAccessor(field) => field.key.span(),
            _ => member.span(),
        }
    }

    fn member_of(&mut self, class: ClassIdx, value: OpIdx, member: &ClassMember) {
        match member {
            ClassMember::Constructor(constructor) => self.constructor(class, constructor),
            ClassMember::Method(method) => {
                let key = self.key(&method.key);
                self.method(
                    class,
                    value,
                    &key,
                    &method.function,
                    method.kind,
                    method.is_static,
                );
            }
            ClassMember::PrivateMethod(method) => {
                let key = Key::Name(self.private_name(&method.key.name));
                self.method(
                    class,
                    value,
                    &key,
                    &method.function,
                    method.kind,
                    method.is_static,
                );
            }
            ClassMember::ClassProp(field) => {
                self.decorators(&field.decorators);
                if field.is_static {
                    self.fix_key(member);
                    self.statically(class, |lowerer| lowerer.field(value, member));
                }
            }
            ClassMember::PrivateProp(field) if field.is_static => {
                self.statically(class, |lowerer| lowerer.field(value, member));
            }
            ClassMember::AutoAccessor(field) if field.is_static => {
                self.statically(class, |lowerer| lowerer.field(value, member));
            }
            ClassMember::StaticBlock(block) => {
                self.statically(class, |lowerer| lowerer.static_block(&block.body));
            }
            ClassMember::PrivateProp(_)
            | ClassMember::AutoAccessor(_)
            | ClassMember::TsIndexSignature(_)
            | ClassMember::Empty(_) => {}
        }
    }

    /// The key of a static field in brackets names that field wherever it comes again.
    fn fix_key(&mut self, member: &ClassMember) {
        if let ClassMember::ClassProp(field) = member
            && let PropName::Computed(computed) = &field.key
        {
            let key = self.expr(&computed.expr);
            self.fixed_keys.extend(self.constant_key(key));
        }
    }

    /// A constant, or a property of one, that is the key of a property.
    fn constant_key(&self, key: OpIdx) -> Option<(BindingIdx, Option<Name>)> {
        let (read, name) = match *self.out.kind(key) {
            OpKind::Member { object, name } => (object, Some(name)),
            _ => (key, None),
        };
        let OpKind::Read(binding) = *self.out.kind(read) else {
            return None;
        };
        let kind = self.out.bindings[binding.at()].kind;
        matches!(kind, BindingKind::Const | BindingKind::Import { .. }).then_some((binding, name))
    }

    /// The name for which a key stands, where it is that of a static field in brackets: `[key]`.
    pub(super) fn fixed_name(&mut self, key: OpIdx) -> Option<Name> {
        let known = self.constant_key(key)?;
        if !self.fixed_keys.contains(&known) {
            return None;
        }
        let (binding, name) = known;
        let name = name.unwrap_or(self.out.bindings[binding.at()].name);
        let text = format!("[{}]", self.out.name(name));
        Some(self.name(&text))
    }

    fn statically(&mut self, class: ClassIdx, body: impl FnOnce(&mut Self)) {
        let outer = self.static_of.replace(class);
        body(self);
        self.static_of = outer;
    }

    fn static_block(&mut self, block: &BlockStmt) {
        self.scoped(|lowerer| lowerer.body(&block.stmts));
    }

    fn method(
        &mut self,
        class: ClassIdx,
        value: OpIdx,
        key: &Key,
        code: &SwcFunction,
        kind: SwcMethodKind,
        is_static: bool,
    ) {
        if code.body.is_none() {
            return;
        }
        let kind = match kind {
            SwcMethodKind::Method => MethodKind::Method,
            SwcMethodKind::Getter => MethodKind::Getter,
            SwcMethodKind::Setter => MethodKind::Setter,
        };
        let name = if let Key::Name(name) = *key {
            Some(name)
        } else {
            None
        };
        let function = self.method_of(code, name, FunctionKind::Method, Some(class), is_static);
        match *key {
            Key::Name(name) => self.out.classes[class.at()].methods.push(Method {
                name,
                function,
                kind,
                is_static,
            }),
            Key::Computed(key) => {
                // `[Symbol.iterator]() {}`: called by the language; nothing refers to it by a name.
                let method = self.op(OpKind::Function(function), code.span);
                let caller = self.op(OpKind::Unknown, code.span);
                self.finish_call(caller, vec![method], CallKind::Deferred, code.span);
                let object = if is_static {
                    value
                } else {
                    let name = self.name("prototype");
                    self.op(
                        OpKind::Member {
                            object: value,
                            name,
                        },
                        code.span,
                    )
                };
                self.op(
                    OpKind::StoreIndex {
                        object,
                        key,
                        value: method,
                        write: Write::Init,
                    },
                    code.span,
                );
            }
        }
    }

    fn constructor(&mut self, class: ClassIdx, constructor: &Constructor) {
        let Some(body) = &constructor.body else {
            return;
        };
        let name = self.out.classes[class.at()].name;
        let (outer, function) = self.enter_function(
            name,
            constructor.span,
            FunctionKind::Constructor,
            Some(class),
            false,
        );
        self.scoped(|lowerer| {
            let patterns: Vec<Pat> = constructor.params.iter().map(param_pattern).collect();
            lowerer.params(patterns.iter());
            for (position, param) in constructor.params.iter().enumerate() {
                // `constructor(private items: Map<…>)` is a field.
                if let ParamOrTsParamProp::TsParamProp(property) = param {
                    let binding = lowerer.out.functions[function.at()].params[position];
                    let name: Name = {
                        let Binding { name, .. } = lowerer.out.bindings[binding.at()];
                        name
                    };
                    let object = lowerer.op(OpKind::This, property.span);
                    let value = lowerer.op(OpKind::Read(binding), property.span);
                    lowerer.op(
                        OpKind::Store {
                            object,
                            name,
                            value,
                            write: Write::Init,
                        },
                        property.span,
                    );
                }
            }
            lowerer.body(&body.stmts);
        });
        self.leave_function(&outer);
        self.out.classes[class.at()].constructor = Some(function);
    }
}

fn param_pattern(param: &ParamOrTsParamProp) -> Pat {
    match param {
        ParamOrTsParamProp::Param(param) => param.pat.clone(),
        ParamOrTsParamProp::TsParamProp(property) => match &property.param {
            TsParamPropParam::Ident(ident) => Pat::Ident(ident.clone()),
            TsParamPropParam::Assign(assign) => Pat::Assign(assign.clone()),
        },
    }
}
