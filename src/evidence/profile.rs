//! Which findings' insertions stand under which allocations of a profile.
//!
//! Must not know the format of profiles. What such a profile cannot tell, whether what was allocated is kept by the
//! collection, must be told to the user with it.

use std::collections::BTreeSet;

use super::scripts::{Located, Scripts};
use super::{Search, Subject, names};
use crate::Note;
use crate::heap::profile::Profile;
use crate::inventory::User;
use crate::source::FileIdx;

/// Gives each finding the bytes that were allocated under the functions that add to its collection.
pub(super) fn weigh(subject: &mut Subject, profile: &Profile, search: &Search) {
    let urls: BTreeSet<&str> = profile
        .calls
        .iter()
        .filter_map(|call| call.function.script.as_deref())
        .collect();
    let scripts = Scripts::at_hand(subject, &urls, search);
    let files: Vec<Option<FileIdx>> = profile
        .calls
        .iter()
        .map(
            |call| match scripts.located(call.function.script.as_deref()?) {
                Located::File(file) => Some(file),
                Located::Several(_) | Located::Nothing => None,
            },
        )
        .collect();
    let totals = profile.totals();
    for finding in &mut subject.findings {
        let item = subject
            .inventory
            .collections
            .iter()
            .find(|item| item.place == finding.place && item.binding == finding.binding);
        let Some(item) = item else { continue };
        let users: Vec<&User> = item
            .users
            .iter()
            .filter(|user| user.inserts && !user.is_module)
            .collect();
        let mut bytes = 0;
        let mut pending = vec![0];
        while let Some(at) = pending.pop() {
            let call = &profile.calls[at];
            let adds = files[at].is_some_and(|file| {
                let text = &subject.files[file.0 as usize];
                let offset = names::offset(&call.function, text);
                users.iter().any(|user| {
                    let span = user.place.span;
                    user.place.file == file
                        && offset.is_some_and(|at| (span.start..span.end).contains(&at))
                        // A function inside of it has another name.
                        && (call.function.name.is_empty()
                            || user.name.is_empty()
                            || names::last(&call.function.name) == names::last(&user.name))
                })
            });
            if adds {
                bytes += totals[at];
            } else {
                pending.extend(&call.calls);
            }
        }
        finding.allocated = Some(bytes);
    }
    if !subject.findings.is_empty() {
        subject.notes.push(Note {
            path: "allocation profile".to_owned(),
            at: None,
            text: "it tells what was allocated under the functions that add to a collection, not what the \
                   collection keeps: keys and values that are made elsewhere are not in it, and what is freed \
                   later may be"
                .to_owned(),
            fails: false,
        });
    }
}
