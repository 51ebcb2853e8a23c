//! Which findings' insertions stand under which allocations of a profile.
//!
//! Must not know the format of profiles. What such a profile cannot tell, whether what was allocated is kept by the
//! collection, must be told to the user with it.

use std::collections::BTreeSet;

use super::scripts::{Located, Scripts};
use super::{Search, Subject, names};
use crate::Note;
use crate::finding::Evidence;
use crate::heap::Function;
use crate::heap::profile::Profile;
use crate::inventory::User;
use crate::source::{FileIdx, SourceFile};

/// What is to be said with every profile.
const LIMITS: &str = "it tells what was allocated under the functions that add to a collection, not what the \
    collection keeps: keys and values that are made elsewhere are not in it, and what was freed it cannot tell";

/// Gives each finding the bytes that were allocated under the functions that add to its collection.
pub(super) fn weigh(subject: &mut Subject, profile: &Profile, search: &Search) {
    let functions = profile.calls.iter().map(|call| &call.function);
    let urls: BTreeSet<&str> = functions
        .clone()
        .filter_map(|function| function.script.as_deref())
        .collect();
    let scripts = Scripts::at_hand(subject, &urls, search);
    let written: Vec<Option<Written>> = functions
        .map(|function| written(function, &scripts, &subject.files))
        .collect();
    let totals = profile.totals();
    for finding in &mut subject.findings {
        let mut items = subject.inventory.collections.iter();
        let item =
            items.find(|item| item.place == finding.place && item.binding == finding.binding);
        let Some(item) = item else { continue };
        let adds = |at: usize| {
            written[at].as_ref().is_some_and(|written| {
                let mut users = item.users.iter().filter(|user| user.inserts);
                users.any(|user| written.is(user))
            })
        };
        let mut bytes = 0;
        let mut pending = vec![0];
        while let Some(at) = pending.pop() {
            if adds(at) {
                // What is called from there is in the sum.
                bytes += totals[at];
            } else {
                pending.extend(&profile.calls[at].calls);
            }
        }
        finding.allocated = Some(bytes);
        if bytes > 0 {
            let text = format!("{bytes} bytes were allocated under the functions that add to it");
            let evidence = Evidence {
                speaks_for: true,
                text,
            };
            finding.evidence.push(evidence);
        }
    }
    subject.notes.extend(scripts.notes);
    subject.notes.push(Note {
        path: "allocation profile".to_owned(),
        at: None,
        text: LIMITS.to_owned(),
        fails: false,
    });
}

/// Where a function is written.
struct Written<'a> {
    file: FileIdx,
    /// A byte in it.
    offset: u32,
    /// Its name; none where a tool may have changed it.
    name: Option<&'a str>,
}

impl Written<'_> {
    fn is(&self, user: &User) -> bool {
        let span = user.place.span;
        let is_named = self.name.is_none_or(|name| {
            user.name.is_empty() || names::last(name) == names::last(&user.name)
        });
        !user.is_module
            && user.place.file == self.file
            && (span.start..span.end).contains(&self.offset)
            // A function inside of it has another name.
            && is_named
    }
}

/// Where a function is written: in an original source, if there is a source map.
fn written<'a>(
    function: &'a Function,
    scripts: &Scripts,
    files: &[SourceFile],
) -> Option<Written<'a>> {
    let script = function.script.as_deref()?;
    if let Some(map) = scripts.map(script) {
        let (line, column) = (function.line?, function.column?);
        let (map, origin) = scripts.lookup(map, line.checked_sub(1)?, column.checked_sub(1)?)?;
        if let Some(file) = scripts.original(map, &origin) {
            let original = Function {
                line: Some(origin.line + 1),
                column: Some(origin.column + 1),
                ..function.clone()
            };
            return Some(Written {
                file,
                offset: names::offset(&original, &files[file.0 as usize])?,
                name: None,
            });
        }
    }
    let Located::File(file) = scripts.located(script) else {
        return None;
    };
    Some(Written {
        file,
        offset: names::offset(function, &files[file.0 as usize])?,
        name: Some(&function.name)
            .filter(|name| !name.is_empty())
            .map(String::as_str),
    })
}
