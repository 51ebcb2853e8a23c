//! The edit that gives a memoize helper its bound.
//!
//! Must not weigh whether it needs one.

use super::bounds::{Said, said};
use crate::finding::{Edit, Fix};
use crate::program::{Form, Given, Memo, Program, Source};
use crate::source::{Place, Span};
use crate::summary::OpKind;

/// How many results are kept where nobody has said how many are to be.
const MAX: u32 = 1000;

/// Options that are a number of results.
const SIZES: [&str; 2] = ["max", "maxSize"];

/// What bounds the results; none where the helper has no option for their number, or something is given for it.
pub(super) fn fix(program: &Program, memo: &Memo) -> Option<Fix> {
    let Source::Library(library) = memo.source else {
        return None;
    };
    let (given, position, name) = library.bounds.iter().find_map(|&given| match given {
        Given::Option(position, name) if SIZES.contains(&name) => Some((given, position, name)),
        _ => None,
    })?;
    let is_free = matches!(said(program, &memo.args, given), Said::Nothing);
    if library.form != Form::Call || !is_free {
        return None;
    }
    let after = |op, offset: fn(Span) -> u32| {
        let place: Place = program.place(op);
        let start = offset(place.span);
        Place {
            span: Span { start, end: start },
            ..place
        }
    };
    let (place, text) = match memo.args.get(position) {
        Some(&options) => match program.code.kind(options) {
            OpKind::Object { properties: 0 } => (
                after(options, |it| it.start + 1),
                format!(" {name}: {MAX} "),
            ),
            OpKind::Object { .. } => (
                after(options, |it| it.start + 1),
                format!(" {name}: {MAX},"),
            ),
            _ => return None,
        },
        None if memo.args.len() == position => {
            let &last = memo.args.last()?;
            (after(last, |it| it.end), format!(", {{ {name}: {MAX} }}"))
        }
        None => return None,
    };
    Some(Fix {
        safe: false,
        edits: vec![Edit { place, text }],
    })
}
