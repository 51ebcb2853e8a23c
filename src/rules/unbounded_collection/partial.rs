//! Two collections that are filled together, of which only one is cleaned.

use crate::program::{Collection, Insertion, Key, Lifetime, Program, Shrink};

/// A collection that lives as long, that the same functions fill under the same key, and from which entries are taken.
pub(super) fn cleaned_beside<'a>(
    program: &'a Program,
    collection: &Collection,
    insertions: &[(Insertion, Key)],
) -> Option<&'a Collection> {
    let ours = insertions.iter().map(|(insertion, _)| insertion);
    program.filled_beside(ours).find(|other| {
        other.place != collection.place
            && other.lifetime == Lifetime::Process
            && !other.is_unread
            && !program.is_function(other.site)
            && other
                .removals
                .iter()
                .any(|&(op, shrink)| shrink == Shrink::Entry && program.takes_away(op))
    })
}
