//! What is wrong in a configuration file, with its place.

use std::fmt;
use std::path::Path;

use crate::source::{SourceFile, Span};

/// A mistake in a configuration file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Mistake {
    /// The file, as shown.
    pub path: String,
    /// Where in it; none for a file that cannot be read.
    pub at: Option<At>,
    /// What is wrong, lowercase, without a final stop.
    pub text: String,
}

/// A place in a configuration file, with the line that it is in.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct At {
    /// 1-based.
    pub line: u32,
    /// 1-based, in code points.
    pub column: u32,
    /// How many code points of the line are meant, at least 1.
    width: usize,
    /// The line; empty where it is too long to be of use.
    excerpt: String,
}

/// Longer lines are not shown.
const LONGEST: usize = 120;

impl Mistake {
    /// Of a file as a whole.
    pub(super) fn whole(path: &str, text: impl Into<String>) -> Self {
        Self {
            path: path.to_owned(),
            at: None,
            text: text.into(),
        }
    }

    /// At a place of a file.
    pub(super) fn at(file: &SourceFile, span: Span, text: impl Into<String>) -> Self {
        Self {
            path: file.shown.clone(),
            at: Some(At::of(file, span)),
            text: text.into(),
        }
    }
}

impl At {
    pub(super) fn of(file: &SourceFile, span: Span) -> Self {
        let (line, column) = file.position(span.start);
        let end = span.end.min(file.line_span(line).end);
        let width = file
            .text
            .get(span.start as usize..end as usize)
            .map_or(1, |text| text.chars().count().max(1));
        let text = file.line(line);
        let is_short = text.chars().count() <= LONGEST;
        Self {
            line,
            column,
            width,
            excerpt: if is_short { text } else { "" }.to_owned(),
        }
    }
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(at) = &self.at else {
            return write!(f, "{}: {}", self.path, self.text);
        };
        write!(f, "{}:{}:{}: {}", self.path, at.line, at.column, self.text)?;
        if at.excerpt.is_empty() {
            return Ok(());
        }
        let number = at.line.to_string();
        // A tab stays one, so that the marks stand below what they mean.
        let before: String = at
            .excerpt
            .chars()
            .take(at.column as usize - 1)
            .map(|c| if c == '\t' { '\t' } else { ' ' })
            .collect();
        write!(
            f,
            "\n {number} │ {}\n {} │ {before}{}",
            at.excerpt,
            " ".repeat(number.len()),
            "^".repeat(at.width)
        )
    }
}

/// A path for people: relative to the folder of the run where it lies below it, with `/`.
pub(super) fn shown(folder: &Path, path: &Path) -> String {
    let path = path.strip_prefix(folder).unwrap_or(path);
    path.to_string_lossy().replace('\\', "/")
}
