//! Two collections that are filled together, of which only one is cleaned.

use crate::program::{Collection, Insertion, Key, Lifetime, Program, Shrink};
use crate::summary::OpKind;

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
            && !is_in_flight(program, other)
    })
}

/// Whether a collection holds promises or marks that the function that adds one takes away when it is done: what is filled
/// beside it keeps the results.
fn is_in_flight(program: &Program, collection: &Collection) -> bool {
    let is_of_call = |insertion: &Insertion| {
        insertion.value.is_some_and(|value| {
            program.is_awaited(value) || matches!(program.code.kind(value), OpKind::Bool(true))
        })
    };
    let adds = |function| {
        let mut insertions = collection.insertions.iter();
        insertions.any(|it| program.function_of(it.op) == function)
    };
    collection.insertions.iter().any(is_of_call)
        && collection
            .removals
            .iter()
            .all(|&(op, _)| program.functions_around(op).any(adds))
}
