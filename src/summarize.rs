//! From source text to facts: parses a file and lowers it to a [`ModuleSummary`].
//!
//! The only part that names swc. Must not know other files, rules or what the facts are used for.

mod assignments;
mod blocks;
mod classes;
mod comments;
mod components;
mod expressions;
mod jsx;
mod lower;
mod markup;
mod modules;
mod nesting;
mod objects;
mod patterns;
mod private_fields;
mod purposes;
mod regex;
mod runners;
mod scope;
mod statements;
mod tags;
#[cfg(test)]
mod tests;
mod type_parts;
mod types;

use std::ops::Range;
use std::panic::resume_unwind;
use std::thread;

use swc_common::comments::{Comments, SingleThreadedComments};
use swc_common::{BytePos, Spanned};
use swc_ecma_ast::{EsVersion, Program};
use swc_ecma_parser::error::Error;
use swc_ecma_parser::{EsSyntax, FlowSyntax, Parser, StringInput, Syntax, TsSyntax, lexer::Lexer};

use crate::source::SourceFile;
use crate::summary::{Comment, ModuleSummary};

/// Beyond this depth of nesting an expression or statement is not looked into.
const MAX_DEPTH: u32 = 2_000;

/// Beyond this depth a file is not parsed.
const MAX_PARSED_DEPTH: u32 = 20_000;

/// The stack in bytes that the parser takes for a level of nesting, without optimisation, at most.
const STACK_PER_LEVEL: usize = 32 << 10;

/// The stack in bytes that is taken apart from nesting.
const STACK_AT_LEAST: usize = 512 << 10;

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
///
/// Parsing recurses with the nesting of the text, which may be any file: where the stack of this thread might not be
/// enough for it, it is done on one that has enough.
pub fn summarize(file: &SourceFile) -> (ModuleSummary, Vec<ParseError>) {
    let here = stacker::remaining_stack().unwrap_or_default();
    // A level takes a byte at least: most files are too short to nest too deep, and need not be looked at.
    if stack_for(file.text.len()) <= here {
        return summarize_here(file);
    }
    let depth = nesting::bound(&file.text);
    if depth > MAX_PARSED_DEPTH {
        return not_parsed(format!("nested more than {MAX_PARSED_DEPTH} levels deep"));
    }
    let needed = stack_for(depth as usize);
    if needed <= here {
        return summarize_here(file);
    }
    let on_thread = thread::scope(|scope| {
        let thread = thread::Builder::new().stack_size(needed);
        let spawned = thread.spawn_scoped(scope, || summarize_here(file)).ok()?;
        Some(spawned.join().unwrap_or_else(|panic| resume_unwind(panic)))
    });
    on_thread.unwrap_or_else(|| {
        not_parsed("nested too deep for the stack that the system grants".to_owned())
    })
}

fn stack_for(depth: usize) -> usize {
    depth
        .saturating_mul(STACK_PER_LEVEL)
        .saturating_add(STACK_AT_LEAST)
}

fn not_parsed(text: String) -> (ModuleSummary, Vec<ParseError>) {
    let error = ParseError {
        offset: 0,
        text,
        is_fatal: true,
    };
    (lower::empty(), vec![error])
}

fn summarize_here(file: &SourceFile) -> (ModuleSummary, Vec<ParseError>) {
    let parsed = match blocks::Framework::of(&file.path) {
        Some(framework) => Ok(components::parse(file, framework)),
        None => parse(file).map(|parsed| (parsed, Vec::new())),
    };
    match parsed {
        Ok(((program, comments), mut errors)) => {
            let (mut summary, too_deep) = lower::lower(&program);
            summary.comments = comments;
            summary.is_minified = file.is_minified();
            summary.is_test = runners::declares_tests(&summary);
            summary.has_short_names = purposes::has_short_names(&summary);
            summary.purpose = purposes::purpose(&summary);
            errors.extend(too_deep.map(|offset| ParseError {
                offset,
                text: format!(
                    "nested more than {MAX_DEPTH} levels deep; what is inside was not analysed"
                ),
                is_fatal: false,
            }));
            (summary, errors)
        }
        Err(error) => (lower::empty(), vec![error]),
    }
}

type Parsed = (Program, Vec<Comment>);

fn parse(file: &SourceFile) -> Result<Parsed, ParseError> {
    let extension = file
        .path
        .extension()
        .and_then(|e| e.to_str())
        .unwrap_or("js");
    match extension {
        "ts" | "mts" | "cts" => attempt(file, typescript(false), extension),
        "tsx" => attempt(file, typescript(true), extension),
        _ => {
            let ecmascript = ecmascript();
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

fn typescript(tsx: bool) -> Syntax {
    Syntax::Typescript(TsSyntax {
        tsx,
        decorators: true,
        ..TsSyntax::default()
    })
}

fn ecmascript() -> Syntax {
    Syntax::Es(EsSyntax {
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
    })
}

fn attempt(file: &SourceFile, syntax: Syntax, extension: &str) -> Result<Parsed, ParseError> {
    attempt_part(file, 0..file.text.len() as u32, syntax, extension)
}

/// Parses a part of a file; what comes of it names places in the file.
fn attempt_part(
    file: &SourceFile,
    part: Range<u32>,
    syntax: Syntax,
    extension: &str,
) -> Result<Parsed, ParseError> {
    let run = |as_commonjs: bool| {
        parsed_part(file, &part, syntax, |parser| match extension {
            _ if as_commonjs => parser.parse_commonjs().map(Program::Script),
            "mjs" | "mts" | "cts" => parser.parse_module().map(Program::Module),
            _ => parser.parse_program(),
        })
    };
    // Sloppy scripts (`with`, octal numbers, `await` as a name) are refused as modules; and where a tool compiles them,
    // files named CommonJS are written as modules.
    let is_commonjs = extension == "cjs";
    run(is_commonjs)
        .or_else(|error| run(!is_commonjs).map_err(|_| error))
        .map_err(|error: Error| ParseError {
            offset: error.span().lo.0.saturating_sub(1),
            text: sentence(&error.kind().msg()),
            is_fatal: true,
        })
}

/// What a parser makes of a part of a file, with the comments in it that speak.
fn parsed_part<T>(
    file: &SourceFile,
    part: &Range<u32>,
    syntax: Syntax,
    parse: impl FnOnce(&mut Parser<Lexer>) -> Result<T, Error>,
) -> Result<(T, Vec<Comment>), Error> {
    let text = &file.text[part.start as usize..part.end as usize];
    let input = StringInput::new(text, BytePos(part.start + 1), BytePos(part.end + 1));
    let heard = comments::may_speak(text).then(SingleThreadedComments::default);
    let to = heard.as_ref().map(|heard| heard as &dyn Comments);
    let mut parser = Parser::new_from(Lexer::new(syntax, EsVersion::latest(), input, to));
    let parsed = parse(&mut parser)?;
    Ok((parsed, heard.map(comments::that_speak).unwrap_or_default()))
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
