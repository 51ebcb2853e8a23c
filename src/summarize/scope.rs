//! Names in scope: which declaration a reference means.
//!
//! Must not know what the names are used for.

use rustc_hash::FxHashMap;
use swc_ecma_ast::{
    BindingIdent, Decl, ForHead, ModuleDecl, ModuleItem, ObjectPatProp, Pat, Stmt, VarDecl,
    VarDeclKind, VarDeclOrExpr,
};

use crate::summary::BindingIdx;

/// The declarations of one block or function.
#[derive(Default)]
pub(super) struct Scope {
    pub(super) bindings: FxHashMap<Box<str>, BindingIdx>,
}

/// The names that `var` declares in a function's body, in source order, nested functions left out.
pub(super) fn var_names<'a>(statements: impl Iterator<Item = &'a Stmt>) -> Vec<&'a BindingIdent> {
    let mut hoister = VarHoister { found: Vec::new() };
    for statement in statements {
        hoister.statement(statement);
    }
    hoister.found
}

struct VarHoister<'a> {
    found: Vec<&'a BindingIdent>,
}

impl<'a> VarHoister<'a> {
    fn statement(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::Block(block) => self.statements(&block.stmts),
            Stmt::With(with) => self.statement(&with.body),
            Stmt::Labeled(labeled) => self.statement(&labeled.body),
            Stmt::If(branch) => {
                self.statement(&branch.cons);
                let mut rest = branch.alt.as_deref();
                // A chain of `else if` is as long as its author liked: walked, not recursed into.
                while let Some(alternative) = rest {
                    if let Stmt::If(next) = alternative {
                        self.statement(&next.cons);
                        rest = next.alt.as_deref();
                    } else {
                        self.statement(alternative);
                        rest = None;
                    }
                }
            }
            Stmt::Switch(switch) => switch
                .cases
                .iter()
                .for_each(|case| self.statements(&case.cons)),
            Stmt::Try(attempt) => {
                self.statements(&attempt.block.stmts);
                if let Some(handler) = &attempt.handler {
                    self.statements(&handler.body.stmts);
                }
                if let Some(finalizer) = &attempt.finalizer {
                    self.statements(&finalizer.stmts);
                }
            }
            Stmt::While(repeat) => self.statement(&repeat.body),
            Stmt::DoWhile(repeat) => self.statement(&repeat.body),
            Stmt::For(repeat) => {
                if let Some(VarDeclOrExpr::VarDecl(declaration)) = &repeat.init {
                    self.declaration(declaration);
                }
                self.statement(&repeat.body);
            }
            Stmt::ForIn(repeat) => {
                self.head(&repeat.left);
                self.statement(&repeat.body);
            }
            Stmt::ForOf(repeat) => {
                self.head(&repeat.left);
                self.statement(&repeat.body);
            }
            Stmt::Decl(Decl::Var(declaration)) => self.declaration(declaration),
            _ => {}
        }
    }

    fn statements(&mut self, statements: &'a [Stmt]) {
        for statement in statements {
            self.statement(statement);
        }
    }

    fn head(&mut self, head: &'a ForHead) {
        if let ForHead::VarDecl(declaration) = head {
            self.declaration(declaration);
        }
    }

    fn declaration(&mut self, declaration: &'a VarDecl) {
        if declaration.kind == VarDeclKind::Var {
            for declarator in &declaration.decls {
                pattern_names(&declarator.name, &mut self.found);
            }
        }
    }
}

/// The names that a pattern binds, in source order.
pub(super) fn pattern_names<'a>(pattern: &'a Pat, found: &mut Vec<&'a BindingIdent>) {
    match pattern {
        Pat::Ident(ident) => found.push(ident),
        Pat::Array(array) => array
            .elems
            .iter()
            .flatten()
            .for_each(|element| pattern_names(element, found)),
        Pat::Rest(rest) => pattern_names(&rest.arg, found),
        Pat::Object(object) => {
            for property in &object.props {
                match property {
                    ObjectPatProp::KeyValue(pair) => pattern_names(&pair.value, found),
                    ObjectPatProp::Assign(short) => found.push(&short.key),
                    ObjectPatProp::Rest(rest) => pattern_names(&rest.arg, found),
                }
            }
        }
        Pat::Assign(default) => pattern_names(&default.left, found),
        Pat::Invalid(_) | Pat::Expr(_) => {}
    }
}

/// Whether control never reaches what follows the statement.
pub(super) fn always_exits(statement: &Stmt) -> bool {
    match statement {
        Stmt::Return(_) | Stmt::Throw(_) | Stmt::Break(_) | Stmt::Continue(_) => true,
        Stmt::Block(block) => block.stmts.iter().any(always_exits),
        Stmt::If(branch) => {
            always_exits(&branch.cons) && branch.alt.as_deref().is_some_and(always_exits)
        }
        Stmt::Try(attempt) => {
            attempt.block.stmts.iter().any(always_exits)
                && attempt
                    .handler
                    .as_ref()
                    .is_none_or(|handler| handler.body.stmts.iter().any(always_exits))
        }
        _ => false,
    }
}

/// What a module's item declares, exported or not.
pub(super) fn exported_declaration(item: &ModuleItem) -> Option<&Decl> {
    match item {
        ModuleItem::ModuleDecl(ModuleDecl::ExportDecl(export)) => Some(&export.decl),
        ModuleItem::Stmt(Stmt::Decl(declaration)) => Some(declaration),
        _ => None,
    }
}
