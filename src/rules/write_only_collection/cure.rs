//! The edits that delete a collection that nothing reads, with all that adds to it.
//!
//! Must not weigh whether it is of use.

use crate::finding::{Edit, Fix};
use crate::program::{Collection, Program};
use crate::source::Place;

/// What deletes it; none where more would go than the collection.
pub(super) fn fix(program: &Program, collection: &Collection) -> Option<Fix> {
    let statements = program.deletion(collection.place)?;
    let edits = statements.into_iter().map(|(file, statement)| Edit {
        place: Place {
            file,
            span: statement.span,
        },
        // `if (isNew) log.push(entry);`
        text: if statement.block.is_some() { "" } else { "{}" }.to_owned(),
    });
    Some(Fix {
        safe: false,
        edits: edits.collect(),
    })
}
