//! From source text to facts: parses a file and lowers it to a [`ModuleSummary`].
//!
//! The only part that names swc. Must not know other files, rules or what the facts are used for.

mod classes;
mod expressions;
mod lower;
mod modules;
mod patterns;
mod scope;
mod statements;
mod types;

use swc_common::{BytePos, Spanned};
use swc_ecma_ast::{EsVersion, Program};
use swc_ecma_parser::{EsSyntax, FlowSyntax, Parser, StringInput, Syntax, TsSyntax, lexer::Lexer};

use crate::source::SourceFile;
use crate::summary::ModuleSummary;

/// Beyond this depth of nesting an expression or statement is not looked into.
const MAX_DEPTH: u32 = 2_000;

/// Why a file has a partial summary.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParseError {
    /// Byte offset into the text.
    pub offset: u32,
    /// What is wrong, lowercase, without a final stop.
    pub text: String,
    /// Whether the file could not be read as a program at all; otherwise only a part was left out.
    pub is_fatal: bool,
}

/// Lowers a file; what does not parse gives an empty summary and an error, never a failure.
pub fn summarize(file: &SourceFile) -> (ModuleSummary, Vec<ParseError>) {
    match parse(file) {
        Ok(program) => {
            let (summary, too_deep) = lower::lower(&program);
            let errors = too_deep.map(|offset| ParseError {
                offset,
                text: format!(
                    "nested more than {MAX_DEPTH} levels deep; what is inside was not analysed"
                ),
                is_fatal: false,
            });
            if errors.is_some() {
                // The tree's own destructor recurses once per level and would overflow the stack.
                std::mem::forget(program);
            }
            (summary, errors.into_iter().collect())
        }
        Err(error) => (lower::empty(), vec![error]),
    }
}

fn parse(file: &SourceFile) -> Result<Program, ParseError> {
    let extension = file
        .path
        .extension()
        .and_then(|e| e.to_str())
        .unwrap_or("js");
    let typescript = |tsx| {
        Syntax::Typescript(TsSyntax {
            tsx,
            decorators: true,
            ..TsSyntax::default()
        })
    };
    match extension {
        "ts" | "mts" | "cts" => attempt(file, typescript(false), extension),
        "tsx" => attempt(file, typescript(true), extension),
        _ => {
            let ecmascript = Syntax::Es(EsSyntax {
                jsx: true,
                decorators: true,
                decorators_before_export: true,
                export_default_from: true,
                import_attributes: true,
                allow_super_outside_method: true,
                allow_return_outside_function: true,
                auto_accessors: true,
                explicit_resource_management: true,
                ..EsSyntax::default()
            });
            let flow = Syntax::Flow(FlowSyntax {
                jsx: true,
                all: true,
                enums: true,
                decorators: true,
                components: true,
                ..FlowSyntax::default()
            });
            if has_flow_pragma(&file.text) {
                return attempt(file, flow, extension)
                    .or_else(|_| attempt(file, ecmascript, extension));
            }
            attempt(file, ecmascript, extension).or_else(|error| {
                // Type syntax without a pragma is common in packages that ship their Flow sources.
                attempt(file, flow, extension).map_err(|_| error)
            })
        }
    }
}

fn attempt(file: &SourceFile, syntax: Syntax, extension: &str) -> Result<Program, ParseError> {
    let end = BytePos(file.text.len() as u32 + 1);
    let run = |as_script: bool| {
        let input = StringInput::new(&file.text, BytePos(1), end);
        let mut parser = Parser::new_from(Lexer::new(syntax, EsVersion::latest(), input, None));
        match extension {
            "cjs" => parser.parse_commonjs().map(Program::Script),
            "mjs" | "mts" | "cts" => parser.parse_module().map(Program::Module),
            _ if as_script => parser.parse_commonjs().map(Program::Script),
            _ => parser.parse_program(),
        }
    };
    run(false)
        // Sloppy scripts (`with`, octal numbers, `await` as a name) are read as such where a module is refused.
        .or_else(|error| run(true).map_err(|_| error))
        .map_err(|error| ParseError {
            offset: error.span().lo.0.saturating_sub(1),
            text: sentence(&error.kind().msg()),
            is_fatal: true,
        })
}

/// The parser's message in our form: lowercase, without a final stop.
fn sentence(message: &str) -> String {
    let message = message.trim_end_matches('.');
    let mut letters = message.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_lowercase().chain(letters).collect()
    })
}

fn has_flow_pragma(text: &str) -> bool {
    let mut head = text.len().min(2_000);
    while !text.is_char_boundary(head) {
        head -= 1;
    }
    text[..head].contains("@flow")
}
