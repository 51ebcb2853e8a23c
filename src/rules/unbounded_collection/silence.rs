//! Why the rule says nothing of a collection.

use super::{Harmless, growing, shrinks, wording};
use crate::finding::Silence;
use crate::program::{Collection, Lifetime, Program};

/// The reason, or none if the rule reports the collection.
pub(in crate::rules) fn silence(program: &Program, collection: &Collection) -> Option<Silence> {
    let said = |text: String| Some(Silence { text, place: None });
    match collection.lifetime {
        Lifetime::Process => {}
        Lifetime::Stored => return said(wording::STORED.to_owned()),
        Lifetime::Call | Lifetime::Replaced => return said(wording::REPLACED.to_owned()),
    }
    if program.is_memory(collection) {
        return said(wording::MEMORY.to_owned());
    }
    if program.is_told_bounded(collection) {
        return said(wording::TOLD.to_owned());
    }
    if let Some(removal) = shrinks(program, collection) {
        return Some(Silence {
            text: wording::REMOVED.to_owned(),
            place: Some(program.place(removal)),
        });
    }
    let mut reason = None;
    for insertion in &collection.insertions {
        let harmless = growing(program, collection, insertion).err()?;
        // What runs only once says least, for it is the others that were looked for.
        if reason.is_none_or(|(known, _)| known == Harmless::Once) {
            reason = Some((harmless, insertion.op));
        }
    }
    let Some((harmless, op)) = reason else {
        return said(wording::NOTHING_ADDS.to_owned());
    };
    Some(Silence {
        text: wording::harmless(harmless),
        place: Some(program.place(op)),
    })
}
