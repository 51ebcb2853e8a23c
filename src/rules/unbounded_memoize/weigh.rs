//! Confidence from evidence: what the rule puts on the scale, and how heavy it is.

use super::keys::{Call, Remembered};
use crate::finding::{Confidence, Evidence, KeyType};
use crate::program::{Domain, Memo, Program};
use crate::rules::evidence::{self, Reading, Scale};
use crate::rules::words;
use crate::summary::{FunctionIdx, OpKind};

/// Weighs the evidence for and against; strongest first.
pub(super) fn weigh(
    program: &Program,
    memo: &Memo,
    remembered: &Remembered,
) -> (Confidence, Vec<Evidence>) {
    let mut scale = Scale::new();
    let is_fresh = match remembered.key.domain {
        Domain::Fresh(reason) | Domain::FreshObject(reason) => {
            scale.say(
                30,
                format!("each call brings {reason}: what was kept is never found again"),
            );
            true
        }
        _ if brings_documents(program, remembered) => {
            let (weight, text) = evidence::OF_DOCUMENTS;
            scale.say(weight, text);
            false
        }
        _ if remembered.key.of == KeyType::Object => {
            scale.say(30, "key is an object, and is kept with its result");
            false
        }
        _ => {
            scale.say(5, "key comes from callers");
            false
        }
    };
    let of_names = |function| {
        evidence::name_of(program, function).is_some_and(|name| words::spells_names(&name))
    };
    let spells = |function| evidence::calls_named(program, function, words::spells_names);
    if memo.binding.as_deref().is_some_and(words::spells_names)
        || memo.function.is_some_and(of_names)
        || memo.wrapped.iter().copied().any(spells)
        || remembered
            .param
            .is_some_and(|param| program.is_respelled(param))
    {
        scale.say(
            -40,
            "it remembers how names are spelled, of which there are few",
        );
    }
    let is_kept = |call: &Call| call.arg.is_some_and(|arg| program.is_kept(arg, memo));
    if !is_fresh && !remembered.calls.is_empty() && remembered.calls.iter().all(is_kept) {
        scale.say(
            -45,
            "the objects that are passed are kept by something else too",
        );
    }
    if remembered.key.domain == Domain::Hinted {
        scale.say(-35, "each call that was found passes a literal");
    }
    let serves =
        !is_fresh && !remembered.is_resolved && by_name(program, memo, remembered, &mut scale);
    // `memoize(path.relative)`, `memoize(normalizePath)`
    let is_of_paths = |function| {
        evidence::name_of(program, function)
            .is_some_and(|name| name.to_lowercase().contains("path"))
    };
    if memo.wrapped.is_empty() && memo.function.is_some_and(is_of_paths) {
        scale.say(-30, "by the name of the function, the key is a path");
    }
    if let Some(param) = remembered.param {
        if program.is_file_key(param) {
            scale.say(-30, "by its use, the key is a path or the name of a module");
        }
        if program.is_class(param) {
            scale.say(-50, "by its use, the key is a class");
        }
    }
    if memo
        .wrapped
        .iter()
        .any(|&function| program.makes_validated(function))
    {
        scale.say(-30, "what makes the result accepts few keys");
    }
    if !memo.removals.is_empty() {
        scale.say(-45, "a function empties it, but nothing here calls that");
    }
    if memo.is_exported && !is_fresh {
        scale.say(-5, "importers can call it");
    }
    if remembered.calls.is_empty() && !memo.is_exported {
        scale.say(
            -30,
            "it is handed to code that is not analysed, and no call is seen",
        );
    }
    scale.by_module(program, program.place(memo.made), serves);
    scale.done()
}

/// Whether all calls pass a document, a window or a root.
fn brings_documents(program: &Program, remembered: &Remembered) -> bool {
    let is_document = |call: &Call| call.arg.is_some_and(|arg| program.is_document(arg));
    !remembered.calls.is_empty() && remembered.calls.iter().all(is_document)
}

/// What the names of keys suggest; whether there is one per request.
fn by_name(program: &Program, memo: &Memo, remembered: &Remembered, scale: &mut Scale) -> bool {
    let param = remembered.param.map(|param| program.binding_name(param));
    let args = || remembered.calls.iter().map(|call| call.arg);
    let is_small = |arg: Option<_>| arg.is_some_and(|arg| evidence::has_small_domain(program, arg));
    let all_small = param.is_some_and(words::is_small_domain)
        || (args().next().is_some() && !remembered.is_exposed && args().all(is_small));
    if all_small {
        scale.say(-30, "by its name, the key has few values");
        return false;
    }
    if let Some(what) = remembered.param.and_then(|param| program.taken_as(param)) {
        let (weight, text) = evidence::taken_as(what);
        scale.say(weight, text);
        return false;
    }
    let request = param
        .filter(|name| words::is_per_request(name))
        .or_else(|| {
            args()
                .flatten()
                .find_map(|arg| evidence::request_named(program, arg))
        });
    let is_text = || {
        remembered.param.is_some_and(|param| {
            program.binding_name(param) != "name"
                && [Reading::Parsed, Reading::Searched]
                    .into_iter()
                    .any(|how| evidence::is_read(program, param, how))
        })
    };
    let named = if let Some(name) = request {
        Some(evidence::per_request(name))
    } else if let Some(name) = param.filter(|name| words::is_varied(name)) {
        Some(evidence::varied(name))
    } else if param.is_some_and(words::is_mere_id) {
        traffic_around(program, memo).map(evidence::id_of)
    } else {
        None
    };
    if let Some((weight, text)) = named {
        scale.say(weight, text);
    } else if is_text() {
        scale.say(10, "the key is a text that is parsed or searched");
    } else if remembered.key.of != KeyType::Object {
        scale.say(-22, "nothing shows that there are many different keys");
    }
    request.is_some()
}

/// A name around a memoized function that tells of what an id is: `memoize((id) => fetchUser(id))`, `Users.find`.
fn traffic_around<'p>(program: &'p Program, memo: &'p Memo) -> Option<&'p str> {
    let called = |function: &FunctionIdx| {
        program
            .ops_of(*function)
            .filter(|&op| matches!(program.code.kind(op), OpKind::Call { .. }))
            .flat_map(|op| evidence::makers_named(program, op))
    };
    memo.binding
        .as_deref()
        .into_iter()
        .chain(program.names_around(memo.made))
        .chain(memo.wrapped.iter().flat_map(called))
        .find(|name| words::is_of_traffic(name))
}
