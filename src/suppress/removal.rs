//! How a comment, or a rule in it, is taken out of a text without leaving a hole.
//!
//! Must not know why.

use std::ops::Range;

use super::Suppression;
use crate::finding::{Edit, Fix};
use crate::source::{Place, SourceFile, Span};

/// Takes out the rules at `unused`, or the comment where it is about no other.
pub(super) fn of_unused(source: &SourceFile, suppression: &Suppression, unused: &[usize]) -> Fix {
    let Suppression {
        file, directive, ..
    } = suppression;
    let here = |span| Place { file: *file, span };
    let rules = &directive.rules;
    if unused.len() == suppression.used.len() {
        let mut fix = of_comment(source, here(directive.span));
        if let Some(end) = suppression.end {
            fix.edits.extend(of_comment(source, end).edits);
        }
        return fix;
    }
    let (Some(first), Some(last)) = (rules.first(), rules.last()) else {
        return of_comment(source, here(directive.span));
    };
    let stay = rules
        .iter()
        .enumerate()
        .filter(|(at, _)| !unused.contains(at));
    let stay: Vec<&str> = stay.map(|(_, named)| named.id.as_str()).collect();
    Fix {
        safe: true,
        edits: vec![Edit {
            place: here(Span {
                start: first.span.start,
                end: last.span.end,
            }),
            text: stay.join(", "),
        }],
    }
}

/// Takes out a comment.
pub(super) fn of_comment(source: &SourceFile, comment: Place) -> Fix {
    let (range, text) = hole(&source.text, comment.span);
    Fix {
        safe: true,
        edits: vec![Edit {
            place: Place {
                file: comment.file,
                span: Span {
                    start: range.start as u32,
                    end: range.end as u32,
                },
            },
            text: text.to_owned(),
        }],
    }
}

/// Whether nothing else is on the lines of a comment.
pub(super) fn stands_alone(source: &SourceFile, span: Span) -> bool {
    let (before, after) = around(&source.text, span);
    before.trim().is_empty() && after.trim().is_empty()
}

/// What goes with a comment, and what has to stand there instead.
fn hole(text: &str, span: Span) -> (Range<usize>, &'static str) {
    let (start, end) = (span.start as usize, span.end as usize);
    let (before, after) = around(text, span);
    let blank = before.len() - before.trim_end().len();
    let blank_after = after.len() - after.trim_start().len();
    if blank == before.len() && blank_after == after.len() {
        let line_end = &text[end + after.len()..];
        let length = if line_end.starts_with("\r\n") {
            2
        } else {
            usize::from(!line_end.is_empty())
        };
        return (start - blank..end + after.len() + length, "");
    }
    if blank_after == after.len() {
        return (start - blank..end + blank_after, "");
    }
    if blank == before.len() {
        return (start..end + blank_after, "");
    }
    // A comment parts what is before it from what is after it, and one over lines ends a statement as a line end does.
    let instead = if text[start..end].contains(['\n', '\r']) {
        "\n"
    } else if blank + blank_after == 0 {
        " "
    } else {
        ""
    };
    let goes = if blank > 0 { blank_after } else { 0 };
    (start..end + goes, instead)
}

/// What is on the lines of a comment before and after it.
fn around(text: &str, span: Span) -> (&str, &str) {
    let is_end = ['\n', '\r'];
    let before = &text[..span.start as usize];
    let after = &text[span.end as usize..];
    let line_start = before.rfind(is_end).map_or(0, |at| at + 1);
    let line_end = after.find(is_end).unwrap_or(after.len());
    (&before[line_start..], &after[..line_end])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_comment_leaves_no_hole() {
        for (text, expected) in [
            ("a;\n  /*c*/\nb;", "a;\nb;"),
            ("a;\r\n/*c*/\r\nb;\r\n", "a;\r\nb;\r\n"),
            ("a;\r/*c*/\rb;", "a;\rb;"),
            ("/*c*/", ""),
            ("a;\n/*c\nc*/  \nb;", "a;\nb;"),
            ("a; /*c*/\nb;", "a;\nb;"),
            ("/*c*/ a;", "a;"),
            ("  /*c*/ a;", "  a;"),
            ("return/*c*/x", "return x"),
            ("return /*c*/ x", "return x"),
            ("return /*c*/x", "return x"),
            ("return/*c*/ x", "return x"),
            ("a = 1 /*c\nc*/ b = 2", "a = 1 \nb = 2"),
            ("<p>{/*c*/}</p>", "<p>{ }</p>"),
        ] {
            let start = text.find("/*").expect("there is a comment");
            let end = text.find("*/").expect("it ends") + 2;
            let span = Span {
                start: start as u32,
                end: end as u32,
            };
            let (range, instead) = hole(text, span);
            let mut fixed = text.to_owned();
            fixed.replace_range(range, instead);
            assert_eq!(fixed, expected, "{text:?}");
        }
    }
}
