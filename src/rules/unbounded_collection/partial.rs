//! Two collections that are filled together, of which only one is cleaned.

use crate::program::{Collection, Insertion, Key, Lifetime, Program, Shrink};

/// A collection that lives as long, that the same functions fill under the same key, and from which entries are taken.
pub(super) fn cleaned_beside<'a>(
    program: &'a Program,
    collection: &Collection,
    insertions: &[(Insertion, Key)],
) -> Option<&'a Collection> {
    let is_filled_with = |theirs: &Insertion| {
        let function = program.function_of(theirs.op);
        insertions.iter().any(|(ours, _)| {
            program.function_of(ours.op) == function
                && program.are_apart(ours, theirs)
                && ours
                    .inner_key
                    .zip(theirs.inner_key)
                    .is_some_and(|(ours, theirs)| program.is_same_place(ours, theirs))
        })
    };
    program.collections().find(|other| {
        other.place != collection.place
            && other.lifetime == Lifetime::Process
            && !other.is_unread
            && !program.is_function(other.site)
            && other.insertions.iter().any(is_filled_with)
            && other
                .removals
                .iter()
                .any(|&(op, shrink)| shrink == Shrink::Entry && program.takes_away(op))
    })
}
