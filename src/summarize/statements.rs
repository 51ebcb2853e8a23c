//! Statements: control flow becomes regions.

use swc_common::{Span as SwcSpan, Spanned};
use swc_ecma_ast::{
    BlockStmt, Decl, Expr, ForHead, ForInStmt, ForOfStmt, ForStmt, IfStmt, Stmt, SwitchStmt,
    TryStmt, VarDecl, VarDeclOrExpr, VarDeclarator,
};

use super::lower::Lowerer;
use super::scope::always_exits;
use crate::source::Span;
use crate::summary::{OpIdx, OpKind, RegionKind, Statement, StatementKind, Write};

/// From the first of some statements, or items of a module, to the last.
pub(super) fn list_span<T: Spanned>(items: &[T]) -> Option<Span> {
    let (first, last) = (items.first()?, items.last()?);
    Some(Lowerer::span(first.span().to(last.span())))
}

impl Lowerer {
    /// Lowers statements; what follows an early exit is a region of its own.
    pub(super) fn statements(&mut self, statements: &[Stmt]) {
        let outer = self.region;
        let block = list_span(statements);
        for statement in statements {
            self.block = block;
            self.statement(statement);
            self.rest_after(statement);
        }
        self.region = outer;
    }

    /// Enters the region of what follows `if (test) return`; the caller restores the region.
    pub(super) fn rest_after(&mut self, statement: &Stmt) {
        let branch = match statement {
            Stmt::If(branch) => branch,
            Stmt::Switch(switch) => return self.rest_after_switch(switch),
            _ => return,
        };
        let sense = match (
            always_exits(&branch.cons),
            branch.alt.as_deref().is_some_and(always_exits),
        ) {
            (true, false) => false,
            (false, true) => true,
            _ => return,
        };
        if let Some(test) = self.last_test {
            self.enter(RegionKind::Branch {
                test,
                sense,
                is_rest: true,
            });
        }
    }

    /// Where the default of a `switch` always exits, what follows runs for the other cases only.
    fn rest_after_switch(&mut self, switch: &SwitchStmt) {
        let exits_by_default = switch
            .cases
            .last()
            .is_some_and(|case| case.test.is_none() && case.cons.iter().any(always_exits));
        if exits_by_default && let Some((discriminant, tests)) = self.last_switch.take() {
            self.enter(RegionKind::Case {
                discriminant,
                tests,
            });
        }
    }

    pub(super) fn statement(&mut self, statement: &Stmt) {
        self.deeper(statement.span(), (), |lowerer| {
            lowerer.statement_here(statement);
        });
    }

    fn statement_here(&mut self, statement: &Stmt) {
        let kind = match statement {
            Stmt::Expr(_) => StatementKind::Expression,
            Stmt::Decl(Decl::Var(variables)) => {
                StatementKind::Variables(variables.decls.len() as u32)
            }
            _ => StatementKind::Other,
        };
        self.note_statement(statement.span(), kind);
        match statement {
            Stmt::Block(block) => self.block(block),
            Stmt::With(with) => {
                self.expr(&with.obj);
                self.statement(&with.body);
            }
            Stmt::Return(exit) => {
                if let Some(value) = &exit.arg {
                    let value = self.expr(value);
                    self.op(OpKind::Return(value), exit.span);
                }
            }
            Stmt::Labeled(labeled) => self.statement(&labeled.body),
            Stmt::If(branch) => self.branch(branch),
            Stmt::Switch(switch) => self.switch(switch),
            Stmt::Throw(throw) => {
                self.expr(&throw.arg);
                self.op(OpKind::Throw, throw.span);
            }
            Stmt::Try(attempt) => self.attempt(attempt),
            Stmt::While(repeat) => {
                let test = self.expr(&repeat.test);
                self.repeat(Some(test), |lowerer| lowerer.statement(&repeat.body));
            }
            Stmt::DoWhile(repeat) => {
                self.repeat(None, |lowerer| lowerer.statement(&repeat.body));
                self.expr(&repeat.test);
            }
            Stmt::For(repeat) => self.scoped(|lowerer| lowerer.for_loop(repeat)),
            Stmt::ForIn(ForInStmt {
                left, right, body, ..
            }) => self.iteration(left, right, body, true),
            Stmt::ForOf(ForOfStmt {
                left, right, body, ..
            }) => self.iteration(left, right, body, false),
            Stmt::Decl(declaration) => self.declaration(declaration),
            Stmt::Expr(statement) => {
                self.expr(&statement.expr);
            }
            Stmt::Empty(_) | Stmt::Debugger(_) | Stmt::Break(_) | Stmt::Continue(_) => {}
        }
    }

    /// Notes a statement with the list in which it stands, if it does.
    pub(super) fn note_statement(&mut self, span: SwcSpan, kind: StatementKind) {
        let statement = Statement {
            span: Self::span(span),
            region: self.region,
            block: self.block.take(),
            kind,
        };
        self.out.statements.push(statement);
    }

    fn block(&mut self, block: &BlockStmt) {
        self.scoped(|lowerer| {
            lowerer.hoist_block(block.stmts.iter().filter_map(Stmt::as_decl));
            lowerer.statements(&block.stmts);
        });
    }

    /// Lowers a declaration whose names are hoisted already.
    pub(super) fn declaration(&mut self, declaration: &Decl) {
        match declaration {
            Decl::Class(class) if !class.declare => {
                let binding = self.lookup(&class.ident.sym);
                self.hint = Some(self.name(&class.ident.sym));
                let value = self.class(&class.class, None);
                if let Some(binding) = binding {
                    self.assign(binding, value, Write::Init, class.ident.span);
                }
            }
            Decl::Var(variables) if !variables.declare => self.variables(variables),
            Decl::Using(using) => {
                for declarator in &using.decls {
                    self.declarator(declarator);
                }
            }
            Decl::TsEnum(enumeration) => self.enumeration(enumeration),
            Decl::TsModule(namespace) => self.namespace_declaration(namespace),
            Decl::Fn(_)
            | Decl::Class(_)
            | Decl::Var(_)
            | Decl::TsInterface(_)
            | Decl::TsTypeAlias(_) => {}
        }
    }

    pub(super) fn variables(&mut self, variables: &VarDecl) {
        for declarator in &variables.decls {
            self.declarator(declarator);
        }
    }

    fn declarator(&mut self, declarator: &VarDeclarator) {
        let Some(init) = &declarator.init else { return };
        if let Some(ident) = declarator.name.as_ident() {
            self.hint = Some(self.name(&ident.id.sym));
        }
        let value = self.expr(init);
        self.hint = None;
        self.bind(&declarator.name, value, Write::Init);
    }

    fn branch(&mut self, branch: &IfStmt) {
        // A chain of `else if` is as long as its author liked: walked, not recursed into.
        let outer = self.region;
        let mut first = None;
        let mut current = branch;
        loop {
            let test = self.expr(&current.test);
            first.get_or_insert(test);
            self.within(
                RegionKind::Branch {
                    test,
                    sense: true,
                    is_rest: false,
                },
                |lowerer| {
                    lowerer.statement(&current.cons);
                },
            );
            let Some(alternative) = current.alt.as_deref() else {
                break;
            };
            self.enter(RegionKind::Branch {
                test,
                sense: false,
                is_rest: false,
            });
            if let Stmt::If(next) = alternative {
                current = next;
            } else {
                self.statement(alternative);
                break;
            }
        }
        self.region = outer;
        self.last_test = first;
    }

    fn switch(&mut self, switch: &SwitchStmt) {
        let discriminant = self.expr(&switch.discriminant);
        self.scoped(|lowerer| {
            let declarations = switch
                .cases
                .iter()
                .flat_map(|case| case.cons.iter())
                .filter_map(Stmt::as_decl);
            lowerer.hoist_block(declarations);
            let mut falling: Vec<OpIdx> = Vec::new();
            let mut by_default = false;
            let mut all: Vec<OpIdx> = Vec::new();
            for case in &switch.cases {
                match &case.test {
                    Some(test) => {
                        let test = lowerer.expr(test);
                        falling.push(test);
                        all.push(test);
                    }
                    None => by_default = true,
                }
                let tests = if by_default {
                    Vec::new()
                } else {
                    falling.clone()
                };
                lowerer.within(
                    RegionKind::Case {
                        discriminant,
                        tests,
                    },
                    |lowerer| lowerer.statements(&case.cons),
                );
                if case.cons.iter().any(always_exits) {
                    falling.clear();
                    by_default = false;
                }
            }
            lowerer.last_switch = Some((discriminant, all));
        });
    }

    fn attempt(&mut self, attempt: &TryStmt) {
        self.within(RegionKind::Try, |lowerer| lowerer.block(&attempt.block));
        if let Some(handler) = &attempt.handler {
            self.within(RegionKind::Catch, |lowerer| {
                lowerer.scoped(|lowerer| {
                    if let Some(param) = &handler.param {
                        lowerer.declare_pattern(param, crate::summary::BindingKind::Catch);
                        let value = lowerer.op(OpKind::Unknown, param.span());
                        lowerer.bind(param, value, Write::Init);
                    }
                    lowerer.block(&handler.body);
                });
            });
        }
        if let Some(finalizer) = &attempt.finalizer {
            self.within(RegionKind::Finally, |lowerer| lowerer.block(finalizer));
        }
    }

    fn repeat(&mut self, test: Option<OpIdx>, body: impl FnOnce(&mut Self)) {
        let outer = std::mem::replace(&mut self.in_loop, true);
        self.within(RegionKind::Loop { test }, body);
        self.in_loop = outer;
    }

    fn for_loop(&mut self, repeat: &ForStmt) {
        let outer = std::mem::replace(&mut self.in_loop, true);
        match &repeat.init {
            Some(VarDeclOrExpr::VarDecl(variables)) => {
                self.hoist_variables(variables);
                self.variables(variables);
            }
            Some(VarDeclOrExpr::Expr(init)) => {
                self.expr(init);
            }
            None => {}
        }
        self.in_loop = outer;
        let test = repeat.test.as_ref().map(|test| self.expr(test));
        self.repeat(test, |lowerer| {
            lowerer.statement(&repeat.body);
            if let Some(update) = &repeat.update {
                lowerer.expr(update);
            }
        });
    }

    fn iteration(&mut self, head: &ForHead, over: &Expr, body: &Stmt, keys: bool) {
        let over_value = self.expr(over);
        self.scoped(|lowerer| {
            let outer = std::mem::replace(&mut lowerer.in_loop, true);
            let element = lowerer.op(
                OpKind::Iterate {
                    over: over_value,
                    keys,
                },
                over.span(),
            );
            lowerer.within(RegionKind::Iteration { element }, |lowerer| {
                match head {
                    ForHead::VarDecl(variables) => {
                        lowerer.hoist_variables(variables);
                        if let Some(declarator) = variables.decls.first() {
                            lowerer.bind(&declarator.name, element, Write::Init);
                        }
                    }
                    ForHead::UsingDecl(using) => {
                        if let Some(declarator) = using.decls.first() {
                            lowerer.declare_pattern(
                                &declarator.name,
                                crate::summary::BindingKind::Const,
                            );
                            lowerer.bind(&declarator.name, element, Write::Init);
                        }
                    }
                    ForHead::Pat(pattern) => lowerer.bind(pattern, element, Write::Plain),
                }
                lowerer.statement(body);
            });
            lowerer.in_loop = outer;
        });
    }
}
