//! A component's markup as a function whose results are handed on.
//!
//! Must not know how a framework writes its markup.

use std::ops::Range;

use rustc_hash::FxHashSet;
use swc_common::{Span, Spanned};
use swc_ecma_ast::{
    ArrayLit, ArrowExpr, ArrowFunctionBody, AssignExpr, AssignOp, AssignTarget, Expr, ExprOrSpread,
    FunctionBody, ModuleItem, Pat, Program, Stmt, UnaryExpr, UnaryOp,
};
use swc_ecma_parser::Syntax;

use super::super::markup::{Expression, Markup, Use, words};
use super::super::{attempt_part, ecmascript, parsed_part, typescript};
use super::{FRAMEWORK, call, end_of, ident, span, statement};
use crate::source::SourceFile;
use crate::summary::Comment;

/// What the markup does.
pub(super) struct Template {
    /// The function that makes what is shown. What it names and no script declares are its parameters.
    pub(super) render: Expr,
    /// What it may do anything with.
    pub(super) named: Vec<String>,
}

/// Reads the markup of a file whose scripts declare the `known` names.
pub(super) fn read(
    file: &SourceFile,
    markup: &Markup,
    known: &FxHashSet<String>,
    is_typed: bool,
    comments: &mut Vec<Comment>,
) -> Template {
    let text = |range: &Range<usize>| &file.text[range.clone()];
    let mut named: Vec<&str> = markup.names.iter().map(String::as_str).collect();
    // A name that the markup declares too stands for either.
    let own: FxHashSet<&str> = markup
        .patterns
        .iter()
        .flat_map(|it| words(text(it)))
        .collect();
    named.extend(&own);
    let mut params: Vec<&str> = own.iter().copied().collect();
    let mut values = Vec::new();
    for expression in &markup.expressions {
        let source = text(&expression.span);
        if source.trim().is_empty() {
            continue;
        }
        let Some((value, heard)) = value(file, expression, is_typed) else {
            named.extend(words(source));
            continue;
        };
        comments.extend(heard);
        params.extend(words(source).filter(|word| !known.contains(*word) && !is_global(word)));
        values.push(value);
    }
    params.sort_unstable();
    params.dedup();
    named.retain(|name| known.contains(*name));
    named.sort_unstable();
    named.dedup();
    let at = span(&(file.text.len()..file.text.len()));
    Template {
        render: Expr::Arrow(ArrowExpr {
            span: at,
            params: params
                .into_iter()
                .map(|name| Pat::Ident(ident(name, at).into()))
                .collect(),
            body: Box::new(ArrowFunctionBody::Expr(Box::new(call(values, at)))),
            ..ArrowExpr::default()
        }),
        named: named.into_iter().map(str::to_owned).collect(),
    }
}

/// Whether a name that nobody declares is one of the language or the browser, not what the markup is given.
fn is_global(word: &str) -> bool {
    word.starts_with(|first: char| first.is_ascii_uppercase())
        || matches!(
            word,
            "undefined" | "globalThis" | "window" | "document" | "crypto" | "performance"
        )
}

/// An expression and what becomes of it; none where it does not parse.
fn value(
    file: &SourceFile,
    expression: &Expression,
    is_typed: bool,
) -> Option<(Expr, Vec<Comment>)> {
    let syntax = if is_typed {
        typescript(true)
    } else {
        ecmascript()
    };
    let (value, comments) = parsed(file, &expression.span, syntax)
        .or_else(|| parsed_statements(file, &expression.span, syntax))?;
    let whole = value.span();
    let used = match expression.used {
        Use::Handler if is_code(&value) => handler(vec![statement(value)], whole),
        Use::Passed | Use::Handler => value,
        Use::Read => Expr::Unary(UnaryExpr {
            span: whole,
            op: UnaryOp::Bang,
            arg: Box::new(value),
        }),
        Use::Iterated => Expr::Array(ArrayLit {
            span: whole,
            elems: vec![Some(ExprOrSpread {
                spread: Some(whole),
                expr: Box::new(value),
            })],
        }),
        Use::Assigned => assigned(value, whole),
    };
    Some((used, comments))
}

/// What is one expression from its beginning to its end.
fn parsed(file: &SourceFile, range: &Range<usize>, syntax: Syntax) -> Option<(Expr, Vec<Comment>)> {
    let part = range.start as u32..range.end as u32;
    let (value, comments) =
        parsed_part(file, &part, syntax, |parser| Ok(*parser.parse_expr()?)).ok()?;
    let end = range.start + file.text[range.clone()].trim_end().len();
    (value.span().hi >= span(&(end..end)).hi).then_some((value, comments))
}

/// Statements as a function: the code of a handler.
fn parsed_statements(
    file: &SourceFile,
    range: &Range<usize>,
    syntax: Syntax,
) -> Option<(Expr, Vec<Comment>)> {
    let part = range.start as u32..range.end as u32;
    let (program, comments) = attempt_part(file, part, syntax, "mjs").ok()?;
    let statements = match program {
        Program::Script(script) => script.body,
        Program::Module(module) => {
            let items = module.body.into_iter();
            items.filter_map(ModuleItem::stmt).collect()
        }
    };
    Some((handler(statements, span(range)), comments))
}

/// Whether a handler is written as its code, not as a function: `@click="add(user)"`.
fn is_code(value: &Expr) -> bool {
    !matches!(
        value,
        Expr::Ident(_) | Expr::Member(_) | Expr::OptChain(_) | Expr::Arrow(_) | Expr::Fn(_)
    )
}

/// `@click="a(); b()"`
fn handler(statements: Vec<Stmt>, span: Span) -> Expr {
    Expr::Arrow(ArrowExpr {
        span,
        body: Box::new(ArrowFunctionBody::FunctionBody(FunctionBody {
            span,
            stmts: statements,
        })),
        ..ArrowExpr::default()
    })
}

/// What a page writes is unknown.
fn assigned(place: Expr, span: Span) -> Expr {
    match AssignTarget::try_from(Box::new(place)) {
        Ok(left) => Expr::Assign(AssignExpr {
            span,
            op: AssignOp::Assign,
            left,
            right: Box::new(Expr::Ident(ident(FRAMEWORK, end_of(span)))),
        }),
        Err(other) => *other,
    }
}
