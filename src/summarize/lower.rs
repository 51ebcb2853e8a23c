//! The state of a lowering: the summary that grows, the scopes, and where we are.
//!
//! Statements, expressions, patterns, classes, module items and types each add their methods in a file of their own.

use std::cmp::Reverse;

use rustc_hash::{FxHashMap, FxHashSet};
use swc_common::Span as SwcSpan;
use swc_ecma_ast::{
    BindingIdent, Decl, ModuleItem, Program, Stmt, VarDecl, VarDeclKind, VarDeclarator,
};

use super::MAX_DEPTH;
use super::scope::{self, Scope};
use crate::source::Span;
use crate::summary::{
    Binding, BindingIdx, BindingKind, Function, FunctionIdx, FunctionKind, ModuleSummary, Name, Op,
    OpIdx, OpKind, Region, RegionIdx, RegionKind, Request, RequestIdx, Statement, TypeIdx, Write,
};

/// A summary without facts.
pub(super) fn empty() -> ModuleSummary {
    Lowerer::new().out
}

/// Lowers a program. The second part is the offset of the first thing that was nested too deep to look into.
pub(super) fn lower(program: &Program) -> (ModuleSummary, Option<u32>) {
    let mut lowerer = Lowerer::new();
    match program {
        Program::Module(module) => lowerer.module(&module.body),
        Program::Script(script) => lowerer.script(&script.body),
    }
    let key = |statement: &Statement| (statement.span.start, Reverse(statement.span.end));
    lowerer.out.statements.sort_by_key(key);
    (lowerer.out, lowerer.too_deep)
}

pub(super) struct Lowerer {
    pub(super) out: ModuleSummary,
    names: FxHashMap<Box<str>, Name>,
    requests: FxHashMap<Request, RequestIdx>,
    pub(super) scopes: Vec<Scope>,
    /// The function whose code is being lowered.
    pub(super) function: FunctionIdx,
    /// The region in which it is.
    pub(super) region: RegionIdx,
    /// The class whose static code is being lowered, where `this` is that class.
    pub(super) static_of: Option<crate::summary::ClassIdx>,
    /// The name that an anonymous function or class would get.
    pub(super) hint: Option<Name>,
    /// Constants that name static fields in brackets, and properties of such: they stand for one name.
    pub(super) fixed_keys: FxHashSet<(BindingIdx, Option<Name>)>,
    /// Whether declarations are made once per turn of a loop.
    pub(super) in_loop: bool,
    /// The condition of the last `if` that was lowered.
    pub(super) last_test: Option<OpIdx>,
    /// The value and the cases of the last `switch` that was lowered.
    pub(super) last_switch: Option<(OpIdx, Vec<OpIdx>)>,
    /// The list of statements in which the next statement stands.
    pub(super) block: Option<Span>,
    /// The object of the TypeScript namespace whose body is being lowered: its exports go there.
    pub(super) namespace: Option<OpIdx>,
    depth: u32,
    too_deep: Option<u32>,
}

impl Lowerer {
    fn new() -> Self {
        let mut lowerer = Self {
            out: ModuleSummary::default(),
            names: FxHashMap::default(),
            requests: FxHashMap::default(),
            scopes: vec![Scope::default()],
            function: FunctionIdx(0),
            region: RegionIdx(0),
            static_of: None,
            hint: None,
            fixed_keys: FxHashSet::default(),
            in_loop: false,
            last_test: None,
            last_switch: None,
            block: None,
            namespace: None,
            depth: 0,
            too_deep: None,
        };
        lowerer.name("");
        lowerer.out.regions.push(Region {
            parent: None,
            function: FunctionIdx(0),
            kind: RegionKind::Body,
        });
        lowerer.out.functions.push(Function {
            parent: None,
            name: None,
            span: Span::default(),
            kind: FunctionKind::Module,
            params: Vec::new(),
            has_rest: false,
            this_of: FunctionIdx(0),
            class: None,
            is_static: false,
            is_async: false,
            returns: None,
            body: RegionIdx(0),
        });
        lowerer
    }

    pub(super) fn name(&mut self, text: &str) -> Name {
        if let Some(&name) = self.names.get(text) {
            return name;
        }
        let name = Name(self.out.names.len() as u32);
        self.out.names.push(text.into());
        self.names.insert(text.into(), name);
        name
    }

    pub(super) fn span(span: SwcSpan) -> Span {
        Span {
            start: span.lo.0.saturating_sub(1),
            end: span.hi.0.saturating_sub(1),
        }
    }

    pub(super) fn op(&mut self, kind: OpKind, span: SwcSpan) -> OpIdx {
        self.op_at(kind, Self::span(span))
    }

    pub(super) fn op_at(&mut self, kind: OpKind, span: Span) -> OpIdx {
        let index = OpIdx(self.out.ops.len() as u32);
        self.out.ops.push(Op {
            kind,
            span,
            region: self.region,
        });
        index
    }

    pub(super) fn request(&mut self, specifier: &str, is_require: bool) -> RequestIdx {
        let request = Request {
            specifier: specifier.into(),
            is_require,
        };
        if let Some(&index) = self.requests.get(&request) {
            return index;
        }
        let index = RequestIdx(self.out.requests.len() as u32);
        self.out.requests.push(request.clone());
        self.requests.insert(request, index);
        index
    }

    /// Runs `body` one level deeper, on a larger stack where this one is nearly used up; `otherwise` where it is too deep.
    pub(super) fn deeper<T>(
        &mut self,
        at: SwcSpan,
        otherwise: T,
        body: impl FnOnce(&mut Self) -> T,
    ) -> T {
        if self.depth >= MAX_DEPTH {
            self.too_deep.get_or_insert(at.lo.0.saturating_sub(1));
            return otherwise;
        }
        self.depth += 1;
        let result = stacker::maybe_grow(128 * 1024, 4 * 1024 * 1024, || body(self));
        self.depth -= 1;
        result
    }

    /// Runs `body` in a region of its own.
    pub(super) fn within<T>(&mut self, kind: RegionKind, body: impl FnOnce(&mut Self) -> T) -> T {
        let outer = self.region;
        self.enter(kind);
        let result = body(self);
        self.region = outer;
        result
    }

    /// Enters a region; the caller restores [`Lowerer::region`].
    pub(super) fn enter(&mut self, kind: RegionKind) {
        let region = RegionIdx(self.out.regions.len() as u32);
        self.out.regions.push(Region {
            parent: Some(self.region),
            function: self.function,
            kind,
        });
        self.region = region;
    }

    pub(super) fn scoped<T>(&mut self, body: impl FnOnce(&mut Self) -> T) -> T {
        self.scopes.push(Scope::default());
        let result = body(self);
        self.scopes.pop();
        result
    }

    pub(super) fn lookup(&self, name: &str) -> Option<BindingIdx> {
        self.scopes
            .iter()
            .rev()
            .find_map(|scope| scope.bindings.get(name).copied())
    }

    pub(super) fn declare(
        &mut self,
        name: &str,
        span: SwcSpan,
        kind: BindingKind,
        annotation: Option<TypeIdx>,
    ) -> BindingIdx {
        if let Some(&existing) = self
            .scopes
            .last()
            .and_then(|scope| scope.bindings.get(name))
        {
            // `var x; var x;`, a function declared twice, an overload, an interface merged with a class.
            if !matches!(kind, BindingKind::Param(_)) {
                return existing;
            }
        }
        let index = self.new_binding(name, span, kind, annotation);
        if let Some(scope) = self.scopes.last_mut() {
            scope.bindings.insert(name.into(), index);
        }
        index
    }

    pub(super) fn new_binding(
        &mut self,
        name: &str,
        span: SwcSpan,
        kind: BindingKind,
        annotation: Option<TypeIdx>,
    ) -> BindingIdx {
        let index = BindingIdx(self.out.bindings.len() as u32);
        let name = self.name(name);
        let in_loop = self.in_loop && !matches!(kind, BindingKind::Var | BindingKind::Param(_));
        self.out.bindings.push(Binding {
            name,
            span: Self::span(span),
            kind,
            function: self.function,
            annotation,
            in_loop,
        });
        index
    }

    pub(super) fn declare_ident(&mut self, ident: &BindingIdent, kind: BindingKind) -> BindingIdx {
        let annotation = ident
            .type_ann
            .as_ref()
            .map(|annotation| self.annotation(&annotation.type_ann));
        let index = self.declare(&ident.id.sym, ident.id.span, kind, annotation);
        if annotation.is_some() {
            self.out.bindings[index.at()].annotation = annotation;
        }
        index
    }

    /// Declares what `var` declares in a function's body.
    pub(super) fn hoist_vars<'a>(&mut self, statements: impl Iterator<Item = &'a Stmt>) {
        for ident in scope::var_names(statements) {
            self.declare_ident(ident, BindingKind::Var);
        }
    }

    /// Declares what a block's own declarations bind, and defines its functions.
    pub(super) fn hoist_block<'a>(&mut self, declarations: impl Iterator<Item = &'a Decl> + Clone) {
        for declaration in declarations.clone() {
            self.hoist_declaration(declaration);
        }
        for declaration in declarations {
            if let Decl::Fn(function) = declaration {
                self.function_declaration(function);
            }
        }
    }

    fn hoist_declaration(&mut self, declaration: &Decl) {
        match declaration {
            Decl::Fn(function) if !function.declare => {
                self.declare(
                    &function.ident.sym,
                    function.ident.span,
                    BindingKind::Function,
                    None,
                );
            }
            Decl::Class(class) if !class.declare => {
                self.declare(&class.ident.sym, class.ident.span, BindingKind::Class, None);
            }
            Decl::Var(variables) => self.hoist_variables(variables),
            Decl::Using(using) => self.declare_declarators(&using.decls, BindingKind::Const),
            Decl::TsEnum(enumeration) => {
                self.declare(
                    &enumeration.id.sym,
                    enumeration.id.span,
                    BindingKind::Enum,
                    None,
                );
                self.declare_type(&enumeration.id.sym, crate::summary::DeclaredType::Enum);
            }
            Decl::TsModule(namespace) => self.hoist_namespace(namespace),
            Decl::TsInterface(interface) => {
                self.parts_of_interface(interface);
                self.declare_type(&interface.id.sym, crate::summary::DeclaredType::Interface);
            }
            Decl::TsTypeAlias(alias) => {
                self.parts_of_params(alias.type_params.as_deref());
                let of = self.annotation(&alias.type_ann);
                let declared = if alias.type_params.is_some() {
                    crate::summary::DeclaredType::Generic(of)
                } else {
                    crate::summary::DeclaredType::Alias(of)
                };
                self.declare_type(&alias.id.sym, declared);
            }
            Decl::Fn(_) | Decl::Class(_) => {}
        }
    }

    /// Declares what `let` and `const` bind; `var` is the function's.
    pub(super) fn hoist_variables(&mut self, variables: &VarDecl) {
        let kind = match variables.kind {
            VarDeclKind::Let => BindingKind::Let,
            VarDeclKind::Const => BindingKind::Const,
            VarDeclKind::Var => return,
        };
        if !variables.declare {
            self.declare_declarators(&variables.decls, kind);
        }
    }

    fn declare_declarators(&mut self, declarators: &[VarDeclarator], kind: BindingKind) {
        for declarator in declarators {
            self.declare_pattern(&declarator.name, kind);
        }
    }

    fn script(&mut self, body: &[Stmt]) {
        self.hoist_vars(body.iter());
        self.hoist_block(body.iter().filter_map(Stmt::as_decl));
        self.statements(body);
    }

    fn module(&mut self, body: &[ModuleItem]) {
        self.out.is_esm = body.iter().any(ModuleItem::is_module_decl);
        self.hoist_imports(body);
        self.hoist_vars(body.iter().filter_map(ModuleItem::as_stmt));
        for item in body {
            // `export var` is no statement.
            if let Some(Decl::Var(variables)) = scope::exported_declaration(item)
                && variables.kind == VarDeclKind::Var
            {
                self.declare_declarators(&variables.decls, BindingKind::Var);
            }
        }
        self.hoist_block(body.iter().filter_map(scope::exported_declaration));
        self.items(body);
    }

    /// Writes a value to a binding.
    pub(super) fn assign(
        &mut self,
        binding: BindingIdx,
        value: OpIdx,
        write: Write,
        span: SwcSpan,
    ) -> OpIdx {
        self.op(
            OpKind::Assign {
                binding,
                value,
                write,
            },
            span,
        )
    }
}
