//! A component's file as the module that its framework makes of it.
//!
//! What runs once is the code of the module, what runs for each instance or request a function that is handed to unseen
//! code, and in it the markup is another one, whose results are handed on too.

mod template;

use rustc_hash::FxHashSet;
use swc_common::{BytePos, Span, Spanned};
use swc_ecma_ast::{
    AssignExpr, AssignOp, AssignTarget, BindingIdent, CallExpr, Callee, Decl, ExportAll,
    ExportDefaultExpr, ExportNamedSpecifier, ExportSpecifier, Expr, ExprStmt, FnExpr, Function,
    FunctionBody, Ident, IdentName, ImportDecl, ImportPhase, MemberExpr, MemberProp, Module,
    ModuleDecl, ModuleExportName, ModuleItem, NamedExport, Param, Pat, Program, SimpleAssignTarget,
    Stmt, Str, TsModuleBlock, TsModuleDecl, TsModuleName, TsNamespaceBody, VarDecl, VarDeclKind,
    VarDeclarator,
};
use swc_ecma_parser::Syntax;

use super::blocks::{self, Framework, Language, Parts, Runs, Script};
use super::comments::{self, PREFIX};
use super::tags::COMMENT;
use super::{ParseError, Parsed, attempt_part, ecmascript, markup, scope, typescript};
use crate::source::{self, SourceFile};
use crate::summary::Comment;

/// What calls an instance's code and is handed what the markup uses: no program has this name.
const FRAMEWORK: &str = "[framework]";

/// What a script of the browser is called.
const PAGE: &str = "[page]";

/// The parameter that holds what the owner of an instance of Svelte gives it.
const PROPS: &str = "$$props";

/// A component in the making.
struct Component<'a> {
    file: &'a SourceFile,
    framework: Framework,
    errors: Vec<ParseError>,
    comments: Vec<Comment>,
    imports: Vec<ModuleItem>,
    once: Vec<ModuleItem>,
    each: Vec<Stmt>,
    /// Names of what an instance offers to its owner.
    offered: Vec<Ident>,
    /// Whether the module names its default export itself.
    has_default: bool,
}

/// Parses the scripts of a component's file; of those that do not parse there is an error each.
pub(super) fn parse(file: &SourceFile, framework: Framework) -> (Parsed, Vec<ParseError>) {
    let parts = blocks::read(&file.text, framework);
    let mut component = Component {
        file,
        framework,
        errors: Vec::new(),
        comments: comments_of(&file.text, &parts),
        imports: Vec::new(),
        once: Vec::new(),
        each: Vec::new(),
        offered: Vec::new(),
        has_default: false,
    };
    for script in &parts.scripts {
        component.script(script);
    }
    let mut each = parts.scripts.iter().filter(|it| it.runs == Runs::Each);
    let first = each.next();
    // The template of a component without `setup` sees nothing of what its scripts declare.
    if framework != Framework::Vue || first.is_some() {
        let is_typed = parts
            .scripts
            .iter()
            .any(|it| it.language == Language::TypeScript);
        let end = file.text.len();
        let range = first.map_or(end..end, |script| script.span.clone());
        let last = end_of(span(&range));
        component.template(&parts, is_typed, last);
        component.instances(span(&range));
    }
    component.comments.sort_by_key(|comment| comment.span);
    let mut body = component.imports;
    body.extend(component.once);
    let module = Module {
        body,
        ..Module::default()
    };
    (
        (Program::Module(module), component.comments),
        component.errors,
    )
}

impl Component<'_> {
    fn script(&mut self, script: &Script) {
        if let Some(source) = &script.source {
            let request = &self.file.text[source.clone()];
            self.once.extend(contents_of(request, span(source)));
            return;
        }
        let syntax = match script.language {
            Language::JavaScript => ecmascript(),
            Language::TypeScript => typescript(false),
            Language::Tsx => typescript(true),
            Language::Other => {
                self.errors.push(ParseError {
                    offset: script.span.start as u32,
                    text: "is a script in another language, which is not analysed".to_owned(),
                    is_fatal: false,
                });
                return;
            }
        };
        match self.items(script, syntax) {
            Ok(items) if script.runs == Runs::Page => self.page(items, span(&script.span)),
            Ok(items) => {
                for item in items {
                    self.item(item, script.runs);
                }
            }
            Err(error) => self.errors.push(error),
        }
    }

    fn items(&mut self, script: &Script, syntax: Syntax) -> Result<Vec<ModuleItem>, ParseError> {
        let range = script.span.start as u32..script.span.end as u32;
        let (program, comments) =
            attempt_part(self.file, range.clone(), syntax, "mjs").or_else(|error| {
                // Where a tool reads all scripts as TypeScript, none says so.
                attempt_part(self.file, range, typescript(true), "mjs").map_err(|_| error)
            })?;
        self.comments.extend(comments);
        Ok(match program {
            Program::Module(module) => module.body,
            Program::Script(script) => script.body.into_iter().map(ModuleItem::Stmt).collect(),
        })
    }

    fn item(&mut self, item: ModuleItem, runs: Runs) {
        match item {
            ModuleItem::ModuleDecl(ModuleDecl::Import(_)) => self.imports.push(item),
            _ if runs == Runs::Once => {
                self.has_default |= is_default(&item);
                self.once.push(item);
            }
            ModuleItem::Stmt(statement) => self.each.push(statement),
            ModuleItem::ModuleDecl(ModuleDecl::ExportDecl(export)) => self.offer(export.decl),
            ModuleItem::ModuleDecl(ModuleDecl::ExportNamed(export)) if export.src.is_none() => {
                for specifier in export.specifiers {
                    if let ExportSpecifier::Named(named) = specifier
                        && let ModuleExportName::Ident(ident) = named.orig
                    {
                        self.offered.push(ident);
                    }
                }
            }
            ModuleItem::ModuleDecl(_) => self.once.push(item),
        }
    }

    /// What an instance exports: in Svelte what its owner reads and, where it is a `let`, gives.
    fn offer(&mut self, declaration: Decl) {
        let mut names = Vec::new();
        declared_by(&declaration, &mut names);
        let is_given =
            matches!(&declaration, Decl::Var(variables) if variables.kind != VarDeclKind::Const);
        self.each.push(Stmt::Decl(declaration));
        if self.framework != Framework::Svelte {
            return;
        }
        if is_given {
            self.each.extend(names.into_iter().map(given));
        } else {
            self.offered.extend(names);
        }
    }

    /// A script of the browser is a module of its own: it is read as a namespace, where imports are of that alone.
    fn page(&mut self, items: Vec<ModuleItem>, span: Span) {
        let is_plain = |item: &ModuleItem| {
            matches!(
                item,
                ModuleItem::Stmt(_)
                    | ModuleItem::ModuleDecl(ModuleDecl::Import(_) | ModuleDecl::ExportDecl(_))
            )
        };
        let body = items.into_iter().filter(is_plain).collect();
        let namespace = TsModuleDecl {
            span,
            declare: false,
            global: false,
            namespace: true,
            id: TsModuleName::Ident(ident(PAGE, span)),
            body: Some(TsNamespaceBody::TsModuleBlock(TsModuleBlock { span, body })),
        };
        let declaration = Decl::TsModule(Box::new(namespace));
        self.once.push(ModuleItem::Stmt(Stmt::Decl(declaration)));
    }

    /// The names that the scripts declare for all of the markup.
    fn declared(&self) -> FxHashSet<String> {
        let mut names = Vec::new();
        for item in self.imports.iter().chain(&self.once) {
            if let ModuleItem::ModuleDecl(ModuleDecl::Import(import)) = item {
                let locals = import.specifiers.iter().map(|it| it.local().clone());
                names.extend(locals);
            } else if let Some(declaration) = scope::exported_declaration(item) {
                declared_by(declaration, &mut names);
            }
        }
        let declarations = self.each.iter().filter_map(Stmt::as_decl);
        declarations.for_each(|declaration| declared_by(declaration, &mut names));
        let vars = scope::var_names(self.each.iter());
        names.extend(vars.into_iter().map(|ident| ident.id.clone()));
        names.into_iter().map(|name| name.sym.to_string()).collect()
    }

    /// Adds what the markup does to the code of an instance.
    fn template(&mut self, parts: &Parts, is_typed: bool, at: Span) {
        self.declare_reactive(at);
        let known = self.declared();
        let markup = markup::read(&self.file.text, parts, self.framework);
        let template::Template { render, named } = template::read(
            self.file,
            &markup,
            &known,
            is_typed || self.framework == Framework::Astro,
            &mut self.comments,
        );
        let offered = self.offered.drain(..).map(Expr::Ident);
        let named = named.into_iter().map(|name| Expr::Ident(ident(&name, at)));
        let args = [render].into_iter().chain(named).chain(offered).collect();
        self.each.push(statement(call(args, at)));
    }

    /// `$: sum = a + b` declares `sum`.
    fn declare_reactive(&mut self, at: Span) {
        if self.framework != Framework::Svelte {
            return;
        }
        let known = self.declared();
        let mut found: Vec<Ident> = Vec::new();
        for statement in &self.each {
            if let Stmt::Labeled(labeled) = statement
                && labeled.label.sym == *"$"
                && let Stmt::Expr(inner) = &*labeled.body
                && let Expr::Assign(assign) = unwrapped(&inner.expr)
            {
                let pattern = match &assign.left {
                    AssignTarget::Simple(SimpleAssignTarget::Ident(name)) => {
                        Pat::Ident(name.clone())
                    }
                    AssignTarget::Pat(pattern) => Pat::from(pattern.clone()),
                    AssignTarget::Simple(_) => continue,
                };
                let mut names = Vec::new();
                scope::pattern_names(&pattern, &mut names);
                found.extend(names.into_iter().map(|name| name.id.clone()));
            }
        }
        found.retain(|name| !known.contains(&*name.sym));
        let declarators = found.into_iter().map(|name| VarDeclarator {
            span: at,
            name: Pat::Ident(name.into()),
            init: None,
            definite: false,
        });
        let declaration = VarDecl {
            span: at,
            kind: VarDeclKind::Let,
            decls: declarators.collect(),
            ..VarDecl::default()
        };
        self.each.push(Stmt::Decl(Decl::Var(Box::new(declaration))));
    }

    /// Makes the code of an instance a function that the framework calls.
    fn instances(&mut self, span: Span) {
        let mut params = Vec::new();
        if self.framework == Framework::Svelte {
            params.push(PROPS.to_owned());
            params.extend(self.stores());
        }
        let params = params.into_iter().map(|name| Param {
            span: end_of(span),
            decorators: Vec::new(),
            pat: Pat::Ident(ident(&name, end_of(span)).into()),
        });
        let function = Function {
            span,
            params: params.collect(),
            body: Some(FunctionBody {
                span,
                stmts: std::mem::take(&mut self.each),
            }),
            ..Function::default()
        };
        let function = Expr::Fn(FnExpr {
            ident: None,
            function: Box::new(function),
        });
        let made = call(vec![function], span);
        self.once.push(if self.has_default {
            ModuleItem::Stmt(statement(made))
        } else {
            ModuleItem::ModuleDecl(ModuleDecl::ExportDefaultExpr(ExportDefaultExpr {
                span,
                expr: Box::new(made),
            }))
        });
    }

    /// `$users` is what the store `users` holds.
    fn stores(&self) -> Vec<String> {
        let known = self.declared();
        let mut found: Vec<String> = markup::words(&self.file.text)
            .filter(|word| {
                let store = word.strip_prefix('$');
                store.is_some_and(|store| known.contains(store) && !known.contains(*word))
            })
            .map(str::to_owned)
            .collect();
        found.sort_unstable();
        found.dedup();
        found
    }
}

fn is_default(item: &ModuleItem) -> bool {
    let is_named = |name: &ModuleExportName| **name.atom() == *"default";
    match item {
        ModuleItem::ModuleDecl(
            ModuleDecl::ExportDefaultExpr(_) | ModuleDecl::ExportDefaultDecl(_),
        ) => true,
        ModuleItem::ModuleDecl(ModuleDecl::ExportNamed(export)) => {
            export.specifiers.iter().any(|specifier| {
                matches!(specifier, ExportSpecifier::Named(named)
                    if named.exported.as_ref().is_some_and(is_named)
                        || (named.exported.is_none() && is_named(&named.orig)))
            })
        }
        _ => false,
    }
}

/// A script that is another file: what that exports, this does.
fn contents_of(request: &str, span: Span) -> [ModuleItem; 3] {
    let source = || {
        Box::new(Str {
            span,
            value: request.into(),
            raw: None,
        })
    };
    let default = ExportNamedSpecifier {
        span,
        orig: ModuleExportName::Ident(ident("default", span)),
        exported: None,
        is_type_only: false,
    };
    [
        ModuleDecl::Import(ImportDecl {
            span,
            specifiers: Vec::new(),
            src: source(),
            type_only: false,
            with: None,
            phase: ImportPhase::default(),
        }),
        ModuleDecl::ExportNamed(NamedExport {
            span,
            specifiers: vec![ExportSpecifier::Named(default)],
            src: Some(source()),
            type_only: false,
            with: None,
        }),
        ModuleDecl::ExportAll(ExportAll {
            span,
            src: source(),
            type_only: false,
            with: None,
        }),
    ]
    .map(ModuleItem::ModuleDecl)
}

fn declared_by(declaration: &Decl, names: &mut Vec<Ident>) {
    let mut patterns = |declarators: &[VarDeclarator]| {
        let mut found = Vec::new();
        for declarator in declarators {
            scope::pattern_names(&declarator.name, &mut found);
        }
        names.extend(found.into_iter().map(|name| name.id.clone()));
    };
    match declaration {
        Decl::Class(class) => names.push(class.ident.clone()),
        Decl::Fn(function) => names.push(function.ident.clone()),
        Decl::Var(variables) => patterns(&variables.decls),
        Decl::Using(using) => patterns(&using.decls),
        Decl::TsEnum(enumeration) => names.push(enumeration.id.clone()),
        Decl::TsModule(namespace) => names.extend(namespace.id.as_ident().cloned()),
        Decl::TsInterface(_) | Decl::TsTypeAlias(_) => {}
    }
}

/// `name = $$props.name`
fn given(name: Ident) -> Stmt {
    let span = end_of(name.span);
    let member = MemberExpr {
        span,
        obj: Box::new(Expr::Ident(ident(PROPS, span))),
        prop: MemberProp::Ident(IdentName::new(name.sym.clone(), span)),
    };
    statement(Expr::Assign(AssignExpr {
        span,
        op: AssignOp::Assign,
        left: BindingIdent::from(name).into(),
        right: Box::new(Expr::Member(member)),
    }))
}

fn unwrapped(expr: &Expr) -> &Expr {
    match expr {
        Expr::Paren(inner) => unwrapped(&inner.expr),
        _ => expr,
    }
}

/// A call of what is not seen.
fn call(args: Vec<Expr>, span: Span) -> Expr {
    let args = args.into_iter().map(|expr| Box::new(expr).into());
    Expr::Call(CallExpr {
        span,
        callee: Callee::Expr(Box::new(Expr::Ident(ident(FRAMEWORK, span)))),
        args: args.collect(),
        ..CallExpr::default()
    })
}

fn statement(expr: Expr) -> Stmt {
    Stmt::Expr(ExprStmt {
        span: expr.span(),
        expr: Box::new(expr),
    })
}

fn ident(name: &str, span: Span) -> Ident {
    Ident::new_no_ctxt(name.into(), span)
}

/// The place of a range of the file's bytes, as the parser counts.
fn span(range: &std::ops::Range<usize>) -> Span {
    let at = |offset: usize| BytePos(offset as u32 + 1);
    Span::new(at(range.start), at(range.end))
}

fn end_of(span: Span) -> Span {
    Span::new(span.hi, span.hi)
}

/// The comments of the markup that speak to the linter.
fn comments_of(text: &str, parts: &Parts) -> Vec<Comment> {
    if !comments::may_speak(text) {
        return Vec::new();
    }
    let speaking = parts.comments.iter().filter_map(|range| {
        let inner = text[range.clone()].strip_prefix(COMMENT.0)?;
        let inner = inner.strip_suffix(COMMENT.1).unwrap_or(inner);
        inner.trim_start().starts_with(PREFIX).then(|| Comment {
            span: source::Span {
                start: range.start as u32,
                end: range.end as u32,
            },
            text: inner.into(),
            start: (range.start + COMMENT.0.len()) as u32,
        })
    });
    speaking.collect()
}
