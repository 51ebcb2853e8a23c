//! Imports, exports, and TypeScript's namespaces and enums.

use swc_common::Spanned;
use swc_ecma_ast::{
    Decl, DefaultDecl, ExportSpecifier, ImportSpecifier, ModuleDecl, ModuleExportName, ModuleItem,
    NamedExport, TsEntityName, TsEnumDecl, TsEnumMemberId, TsImportEqualsDecl, TsModuleDecl,
    TsModuleName, TsModuleRef, TsNamespaceBody, TsNamespaceDecl,
};

use super::lower::Lowerer;
use super::scope;
use super::statements::list_span;
use crate::summary::{
    BindingIdx, BindingKind, Choice, Export, Name, OpIdx, OpKind, StatementKind, Write,
};

impl Lowerer {
    /// Declares what imports bind.
    pub(super) fn hoist_imports(&mut self, items: &[ModuleItem]) {
        for item in items {
            match item {
                ModuleItem::ModuleDecl(ModuleDecl::Import(import)) => {
                    let request = self.request(&import.src.value.to_string_lossy(), false);
                    for specifier in &import.specifiers {
                        let (local, imported) = match specifier {
                            ImportSpecifier::Named(named) => {
                                let imported = named
                                    .imported
                                    .as_ref()
                                    .map_or_else(|| named.local.sym.to_string(), export_name);
                                if named.imported.is_some() {
                                    self.use_type(&imported);
                                }
                                (&named.local, Some(self.name(&imported)))
                            }
                            ImportSpecifier::Default(default) => {
                                (&default.local, Some(self.name("default")))
                            }
                            ImportSpecifier::Namespace(star) => (&star.local, None),
                        };
                        self.declare(
                            &local.sym,
                            local.span,
                            BindingKind::Import { request, imported },
                            None,
                        );
                    }
                }
                ModuleItem::ModuleDecl(ModuleDecl::TsImportEquals(import)) => {
                    self.declare(&import.id.sym, import.id.span, BindingKind::Const, None);
                }
                ModuleItem::ModuleDecl(ModuleDecl::ExportDefaultDecl(export)) => match &export.decl
                {
                    DefaultDecl::Fn(function) => {
                        if let Some(ident) = &function.ident {
                            self.declare(&ident.sym, ident.span, BindingKind::Function, None);
                        }
                    }
                    DefaultDecl::Class(class) => {
                        if let Some(ident) = &class.ident {
                            self.declare(&ident.sym, ident.span, BindingKind::Class, None);
                        }
                    }
                    DefaultDecl::TsInterfaceDecl(_) => {}
                },
                _ => {}
            }
        }
    }

    /// Lowers the items of a module or namespace; their names are hoisted already.
    pub(super) fn items(&mut self, items: &[ModuleItem]) {
        let outer = self.region;
        let block = list_span(items);
        for item in items {
            self.block = block;
            match item {
                ModuleItem::Stmt(statement) => {
                    self.statement(statement);
                    self.rest_after(statement);
                }
                ModuleItem::ModuleDecl(declaration) => {
                    self.note_statement(declaration.span(), StatementKind::Other);
                    self.module_declaration(declaration);
                }
            }
        }
        self.region = outer;
    }

    fn module_declaration(&mut self, declaration: &ModuleDecl) {
        match declaration {
            ModuleDecl::ExportDecl(export) => {
                self.declaration(&export.decl);
                self.export_declared(&export.decl);
            }
            ModuleDecl::ExportNamed(export) => self.export_named(export),
            ModuleDecl::ExportDefaultDecl(export) => {
                let name = self.name("default");
                let (ident, value) = match &export.decl {
                    DefaultDecl::Fn(function) => {
                        if function.function.body.is_none() {
                            return;
                        }
                        let hint = function
                            .ident
                            .as_ref()
                            .map_or(name, |ident| self.name(&ident.sym));
                        let index = self.function(
                            &function.function,
                            Some(hint),
                            crate::summary::FunctionKind::Plain,
                        );
                        (
                            function.ident.as_ref(),
                            self.op(OpKind::Function(index), function.function.span),
                        )
                    }
                    DefaultDecl::Class(class) => {
                        self.hint = class.ident.as_ref().map(|ident| self.name(&ident.sym));
                        (class.ident.as_ref(), self.class(&class.class, None))
                    }
                    DefaultDecl::TsInterfaceDecl(_) => return,
                };
                if let Some(binding) = ident.and_then(|ident| self.lookup(&ident.sym)) {
                    self.assign(binding, value, Write::Init, export.span);
                }
                self.out.exports.push(Export::Value {
                    name: Some(name),
                    value,
                });
            }
            ModuleDecl::ExportDefaultExpr(export) => {
                let value = self.expr(&export.expr);
                let name = self.name("default");
                self.out.exports.push(Export::Value {
                    name: Some(name),
                    value,
                });
            }
            ModuleDecl::ExportAll(export) => {
                if !export.type_only {
                    let request = self.request(&export.src.value.to_string_lossy(), false);
                    self.out.exports.push(Export::All { request });
                }
            }
            ModuleDecl::TsImportEquals(import) => self.import_equals(import),
            ModuleDecl::TsExportAssignment(export) => {
                let value = self.expr(&export.expr);
                self.out.exports.push(Export::Value { name: None, value });
            }
            ModuleDecl::Import(_) | ModuleDecl::TsNamespaceExport(_) => {}
        }
    }

    fn import_equals(&mut self, import: &TsImportEqualsDecl) {
        let Some(binding) = self.lookup(&import.id.sym) else {
            return;
        };
        let value = match &import.module_ref {
            TsModuleRef::TsExternalModuleRef(external) => {
                let request = self.request(&external.expr.value.to_string_lossy(), true);
                self.op(OpKind::Require(request), import.span)
            }
            TsModuleRef::TsEntityName(name) => self.entity(name),
        };
        self.assign(binding, value, Write::Init, import.id.span);
        if import.is_export {
            let name = self.name(&import.id.sym);
            self.export_binding(name, binding);
        }
    }

    fn entity(&mut self, name: &TsEntityName) -> OpIdx {
        match name {
            TsEntityName::Ident(ident) => self.read(&ident.sym, ident.span),
            TsEntityName::TsQualifiedName(qualified) => {
                let object = self.entity(&qualified.left);
                let name = self.name(&qualified.right.sym);
                self.op(OpKind::Member { object, name }, qualified.span)
            }
        }
    }

    fn export_declared(&mut self, declaration: &Decl) {
        let mut found = Vec::new();
        match declaration {
            Decl::Class(class) => found.push(&class.ident),
            Decl::Fn(function) => found.push(&function.ident),
            Decl::Var(variables) => {
                let mut idents = Vec::new();
                variables
                    .decls
                    .iter()
                    .for_each(|declarator| scope::pattern_names(&declarator.name, &mut idents));
                found.extend(idents.into_iter().map(|ident| &ident.id));
            }
            Decl::TsTypeAlias(alias) => self.export_type(&alias.id.sym),
            Decl::Using(_) | Decl::TsInterface(_) => {}
            Decl::TsEnum(enumeration) => found.push(&enumeration.id),
            Decl::TsModule(namespace) => {
                if let TsModuleName::Ident(ident) = &namespace.id {
                    found.push(ident);
                }
            }
        }
        for ident in found {
            if let Some(binding) = self.lookup(&ident.sym) {
                let name = self.name(&ident.sym);
                self.export_binding(name, binding);
            }
        }
    }

    fn export_binding(&mut self, name: Name, binding: BindingIdx) {
        let Some(object) = self.namespace else {
            self.out.exports.push(Export::Binding { name, binding });
            return;
        };
        let span = self.out.bindings[binding.at()].span;
        let value = self.op_at(OpKind::Read(binding), span);
        self.op_at(
            OpKind::Store {
                object,
                name,
                value,
                write: Write::Init,
            },
            span,
        );
    }

    fn export_named(&mut self, export: &NamedExport) {
        if export.src.is_none() {
            for specifier in &export.specifiers {
                if let ExportSpecifier::Named(named) = specifier {
                    let name = export_name(&named.orig);
                    self.export_type(&name);
                    if named.exported.is_some() {
                        self.use_type(&name);
                    }
                }
            }
        }
        if export.type_only {
            return;
        }
        let request = export
            .src
            .as_ref()
            .map(|source| self.request(&source.value.to_string_lossy(), false));
        for specifier in &export.specifiers {
            let (original, exported) = match specifier {
                ExportSpecifier::Namespace(star) => (None, export_name(&star.name)),
                ExportSpecifier::Default(default) => {
                    (Some("default".to_owned()), default.exported.sym.to_string())
                }
                ExportSpecifier::Named(named) if named.is_type_only => continue,
                ExportSpecifier::Named(named) => {
                    let original = export_name(&named.orig);
                    let exported = named
                        .exported
                        .as_ref()
                        .map_or_else(|| original.clone(), export_name);
                    (Some(original), exported)
                }
            };
            let name = self.name(&exported);
            match (request, original) {
                (Some(request), original) => {
                    let imported = original.map(|original| self.name(&original));
                    self.out.exports.push(Export::From {
                        name,
                        request,
                        imported,
                    });
                }
                (None, Some(original)) => {
                    if let Some(binding) = self.lookup(&original) {
                        self.out.exports.push(Export::Binding { name, binding });
                    }
                }
                (None, None) => {}
            }
        }
    }

    pub(super) fn hoist_namespace(&mut self, namespace: &TsModuleDecl) {
        if let TsModuleName::Ident(ident) = &namespace.id
            && !namespace.declare
            && namespace.body.is_some()
        {
            self.declare(&ident.sym, ident.span, BindingKind::Namespace, None);
        }
    }

    pub(super) fn namespace_declaration(&mut self, namespace: &TsModuleDecl) {
        let (TsModuleName::Ident(ident), false, Some(body)) =
            (&namespace.id, namespace.declare, &namespace.body)
        else {
            return;
        };
        if let Some(binding) = self.lookup(&ident.sym) {
            self.namespace_body(binding, body, namespace.span());
        }
    }

    /// `namespace N { … }` is `N = N || {}` and a block whose exports are its members.
    fn namespace_body(
        &mut self,
        binding: BindingIdx,
        body: &TsNamespaceBody,
        span: swc_common::Span,
    ) {
        let before = self.op(OpKind::Read(binding), span);
        let fresh = self.op(OpKind::Object { properties: 0 }, span);
        let object = self.op(
            OpKind::Either {
                choice: Choice::Or,
                left: before,
                right: fresh,
            },
            span,
        );
        self.assign(binding, object, Write::Init, span);
        let outer = self.namespace.replace(object);
        self.scoped(|lowerer| match body {
            TsNamespaceBody::TsModuleBlock(block) => {
                lowerer.hoist_imports(&block.body);
                lowerer.hoist_vars(block.body.iter().filter_map(ModuleItem::as_stmt));
                lowerer.hoist_block(block.body.iter().filter_map(scope::exported_declaration));
                lowerer.items(&block.body);
            }
            TsNamespaceBody::TsNamespaceDecl(TsNamespaceDecl { id, body, span, .. }) => {
                let inner = lowerer.declare(&id.sym, id.span, BindingKind::Namespace, None);
                lowerer.namespace_body(inner, body, *span);
                let name = lowerer.name(&id.sym);
                lowerer.export_binding(name, inner);
            }
        });
        self.namespace = outer;
    }

    pub(super) fn enumeration(&mut self, enumeration: &TsEnumDecl) {
        let Some(binding) = self.lookup(&enumeration.id.sym) else {
            return;
        };
        let object = self.op(
            OpKind::Object {
                properties: enumeration.members.len() as u32,
            },
            enumeration.span,
        );
        for member in &enumeration.members {
            let text = match &member.id {
                TsEnumMemberId::Ident(ident) => ident.sym.to_string(),
                TsEnumMemberId::Str(text) => text.value.to_string_lossy().into_owned(),
            };
            let name = self.name(&text);
            let value = match &member.init {
                Some(init) => self.expr(init),
                None => self.op(OpKind::Num(0.0), member.span),
            };
            self.op(
                OpKind::Store {
                    object,
                    name,
                    value,
                    write: Write::Init,
                },
                member.span,
            );
        }
        self.assign(binding, object, Write::Init, enumeration.id.span);
    }
}

fn export_name(name: &ModuleExportName) -> String {
    match name {
        ModuleExportName::Ident(ident) => ident.sym.to_string(),
        ModuleExportName::Str(text) => text.value.to_string_lossy().into_owned(),
    }
}
