//! What is read, and which facts it gives.

mod facts;
mod nesting;
mod shown;
mod syntax;

use super::{ParseError, summarize};
use crate::source::SourceFile;

fn file(name: &str, text: &str) -> SourceFile {
    SourceFile::new(name.into(), name.into(), text.into())
}

/// The text of the first error of a file.
fn error_of(name: &str, text: &str) -> Option<String> {
    let errors: Vec<ParseError> = summarize(&file(name, text)).1;
    errors.into_iter().next().map(|error| error.text)
}
