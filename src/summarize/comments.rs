//! Comments that speak to the linter, as the parser finds them: text in a string or a template that looks like one is
//! none.
//!
//! Must not know what they say.

use std::rc::Rc;

use memchr::memmem;
use swc_common::comments::{CommentKind, SingleThreadedComments};

use super::lower::Lowerer;
use crate::summary::Comment;

/// What a comment begins with that speaks to the linter.
pub(super) const PREFIX: &str = "leaklint-";

/// What opens a comment, `//` or `/*`, in bytes.
const OPENING: u32 = 2;

/// Whether a text may have such comments: only then it is worth the parser's while to keep them.
pub(super) fn may_speak(text: &str) -> bool {
    memmem::find(text.as_bytes(), PREFIX.as_bytes()).is_some()
}

/// Those of the comments that begin with [`PREFIX`], in source order, each once.
pub(super) fn that_speak(all: SingleThreadedComments) -> Vec<Comment> {
    let (leading, trailing) = all.take_all();
    let mut found: Vec<Comment> = [leading, trailing]
        .into_iter()
        .flat_map(|map| Rc::unwrap_or_clone(map).into_inner().into_values())
        .flatten()
        .filter(|comment| {
            // `/** … */` is a block comment that begins with a star.
            let is_decoration =
                |c: char| c.is_whitespace() || (c == '*' && comment.kind == CommentKind::Block);
            comment
                .text
                .trim_start_matches(is_decoration)
                .starts_with(PREFIX)
        })
        .map(|comment| {
            let span = Lowerer::span(comment.span);
            Comment {
                span,
                text: comment.text.as_str().into(),
                start: span.start + OPENING,
            }
        })
        .collect();
    found.sort_by_key(|comment| comment.span);
    // The parser may read a stretch twice.
    found.dedup_by_key(|comment| comment.span);
    found
}
