//! The edits that cure a collection: weak keys, or else a bound.
//!
//! Must not weigh whether it needs a cure.

use super::{Growth, evict};
use crate::finding::{Edit, Fix, KeyType};
use crate::program::{Collection, Program};
use crate::source::{Place, Span};

/// What would cure a collection that grows; none where no edit would.
pub(super) fn fix(program: &Program, collection: &Collection, growth: &Growth) -> Option<Fix> {
    // Where a partner is cleaned, the same is to be done here.
    if growth.beside.is_some() {
        return None;
    }
    if growth.key != KeyType::Object {
        return evict::fix(program, collection, growth);
    }
    let weakening = program.weakening(collection)?;
    let edits = weakening.names.into_iter().map(|name| Edit {
        place: before(name),
        text: "Weak".to_owned(),
    });
    Some(Fix {
        safe: weakening.is_safe,
        edits: edits.collect(),
    })
}

/// The place before a name.
fn before(name: Place) -> Place {
    let start = name.span.start;
    Place {
        span: Span { start, end: start },
        ..name
    }
}
