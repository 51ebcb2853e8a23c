//! What tells that callers keep bringing new keys: where nothing does, an open key is only a possibility.
//!
//! Signs, not proofs; they change confidence and never a verdict.

use super::signs;
use crate::program::{Collection, Domain, Insertion, Key, Program};
use crate::rules::evidence::{self, Reading};
use crate::rules::words;
use crate::summary::{BindingIdx, OpIdx, OpKind};

/// The signs, each with its weight; none where the key is merely not known to be bounded.
pub(super) fn openness(
    program: &Program,
    collection: &Collection,
    insertions: &[(Insertion, Key)],
) -> Vec<(i32, &'static str)> {
    let names_file = insertions
        .iter()
        .any(|(insertion, _)| program.names_file(insertion));
    let any = |sign: &dyn Fn(&Insertion) -> bool| {
        !names_file
            && insertions
                .iter()
                .any(|(insertion, _)| !is_few(program, insertion) && sign(insertion))
    };
    let has_names = |insertion: &Insertion| {
        !program.modules[program.place(insertion.op).file.0 as usize].is_minified
    };
    let mut found = Vec::new();
    if any(&|insertion| has_names(insertion) && names_of(program, insertion, words::is_per_request))
    {
        found.push((20, "by its name, there is one per request"));
    } else if any(&|insertion| {
        has_names(insertion) && names_of(program, insertion, words::is_varied)
    }) {
        found.push((10, "by its name, the key is an id or a text"));
    }
    let is_parsed = any(&|insertion| is_text(program, insertion, Reading::Parsed));
    if is_parsed {
        found.push((10, "the key is a text that is parsed"));
    }
    let is_hinted = insertions
        .iter()
        .all(|(_, key)| key.domain == Domain::Hinted);
    if collection.sheds && !is_hinted && any(&|_| true) {
        found.push((15, "its entries are emptied but stay"));
    }
    if any(&|insertion| settles(program, insertion)) {
        found.push((20, "it keeps what settles a promise"));
    }
    if any(&|insertion| is_loaded(program, insertion)) {
        found.push((5, "an entry is what was loaded for its key"));
    }
    if found.is_empty() {
        return found;
    }
    // Signs that say little alone: names are taken apart too, and what sets things up handles events and pushes.
    if any(&|insertion| program.is_handled(program.function_of(insertion.op))) {
        found.push((10, "a handler of requests or events adds to it"));
    }
    if !is_parsed && any(&|insertion| is_text(program, insertion, Reading::Searched)) {
        found.push((10, "the key is a text that is matched or split"));
    }
    if insertions
        .iter()
        .any(|(insertion, _)| insertion.is_copy && !program.merges(insertion))
    {
        found.push((5, "each call makes it longer"));
    }
    if insertions
        .iter()
        .any(|(insertion, _)| insertion.is_nested && insertion.key.is_none())
    {
        found.push((5, "what an entry holds grows too"));
    }
    found
}

/// Whether names or use say that there are few keys. A path names a file, of which there are few, whatever is done with
/// it.
pub(super) fn is_few(program: &Program, insertion: &Insertion) -> bool {
    signs::has_small_domain(program, insertion)
        || program.names_file(insertion)
        || is_given_name(program, insertion)
}

/// What is called a name was given by a programmer.
fn is_given_name(program: &Program, insertion: &Insertion) -> bool {
    insertion.inner_key.is_some_and(
        |key| matches!(*program.code.kind(key), OpKind::Read(binding) if is_name(program, binding)),
    )
}

fn is_name(program: &Program, binding: BindingIdx) -> bool {
    program.binding_name(binding) == "name"
}

/// Whether the program itself brings keys that, by their names, are ids, texts or something of a request.
pub(super) fn is_brought(program: &Program, insertion: &Insertion) -> bool {
    let key = insertion.inner_key.map(|key| program.code.kind(key));
    let Some(&OpKind::Read(key)) = key else {
        return false;
    };
    program.passed_for(key).into_iter().any(|op| {
        is_named(program, op, words::is_per_request, 0)
            || is_named(program, op, words::is_varied, 0)
    })
}

/// Whether one of the names from which a key is made is such.
fn names_of(program: &Program, insertion: &Insertion, is_such: fn(&str) -> bool) -> bool {
    let what = match (insertion.key, program.code.kind(insertion.op)) {
        (Some(_), _) => [insertion.key, insertion.inner_key],
        // `list = [...list, value]`
        (None, &(OpKind::Assign { value, .. } | OpKind::Store { value, .. })) => {
            [Some(value), None]
        }
        (None, _) => [insertion.value, None],
    };
    what.into_iter().flatten().any(|op| {
        // In `put(key, value)` the names that callers use tell more.
        let passed = match *program.code.kind(op) {
            OpKind::Read(binding) if words::is_generic(program.binding_name(binding)) => {
                program.passed_for(binding)
            }
            _ => Vec::new(),
        };
        passed
            .into_iter()
            .chain([op])
            .any(|op| is_named(program, op, is_such, 0))
    })
}

fn is_named(program: &Program, op: OpIdx, is_such: fn(&str) -> bool, depth: u32) -> bool {
    if depth > 4 {
        return false;
    }
    let again = |op: OpIdx| is_named(program, op, is_such, depth + 1);
    match program.code.kind(op) {
        OpKind::Read(binding) => {
            is_such(program.binding_name(*binding))
                || program.assigned_values(*binding).into_iter().any(again)
        }
        OpKind::Member { name, .. } => is_such(program.text(*name)),
        OpKind::Object { .. } => {
            let keys = program.computed_keys_of(op);
            program.properties_of(op).into_iter().chain(keys).any(again)
        }
        OpKind::Array { elements } => elements
            .iter()
            .filter(|&&element| !matches!(program.code.kind(element), OpKind::Spread(_)))
            .any(|&element| again(element)),
        OpKind::Template(parts) => parts.iter().copied().any(again),
        OpKind::Binary { left, right, .. } | OpKind::Either { left, right, .. } => {
            again(*left) || again(*right)
        }
        OpKind::Cast { value, .. } | OpKind::Await(value) | OpKind::Spread(value) => again(*value),
        OpKind::Call { callee, args, .. } => {
            let receiver = match *program.code.kind(*callee) {
                OpKind::Member { object, .. } => Some(object),
                _ => None,
            };
            receiver.into_iter().chain(args.iter().copied()).any(again)
        }
        _ => false,
    }
}

/// Whether what a key is made from is taken apart: its content matters, and content is as varied as input.
fn is_text(program: &Program, insertion: &Insertion, how: Reading) -> bool {
    let mut bindings = Vec::new();
    for key in [insertion.key, insertion.inner_key].into_iter().flatten() {
        sources(program, key, 0, &mut bindings);
    }
    bindings
        .into_iter()
        .any(|binding| !is_name(program, binding) && evidence::is_read(program, binding, how))
}

/// The bindings from which a value is made.
fn sources(program: &Program, op: OpIdx, depth: u32, found: &mut Vec<BindingIdx>) {
    if depth > 4 {
        return;
    }
    let parts: Vec<OpIdx> = match program.code.kind(op) {
        OpKind::Read(binding) => {
            if found.contains(binding) {
                return;
            }
            found.push(*binding);
            program.assigned_values(*binding)
        }
        OpKind::Template(parts) => parts.to_vec(),
        OpKind::Binary { left, right, .. } | OpKind::Either { left, right, .. } => {
            vec![*left, *right]
        }
        OpKind::Cast { value, .. } | OpKind::Await(value) => vec![*value],
        OpKind::Call { callee, args, .. } => {
            let receiver = match *program.code.kind(*callee) {
                OpKind::Member { object, .. } => Some(object),
                _ => None,
            };
            receiver.into_iter().chain(args.iter().copied()).collect()
        }
        _ => Vec::new(),
    };
    for part in parts {
        sources(program, part, depth + 1, found);
    }
}

/// `new Promise((resolve) => pending.set(id, resolve))`.
fn settles(program: &Program, insertion: &Insertion) -> bool {
    insertion
        .value
        .is_some_and(|value| program.settles_promise(value))
}

/// `cache.set(url, await load(url))`, `cache.set(url, load(url))` where `load` is asynchronous.
fn is_loaded(program: &Program, insertion: &Insertion) -> bool {
    insertion
        .value
        .is_some_and(|value| program.is_awaited(value))
}
