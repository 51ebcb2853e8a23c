//! What tells that callers keep bringing new keys: where nothing does, an open key is only a possibility.
//!
//! Signs, not proofs; they change confidence and never a verdict.

use super::signs;
use crate::program::{Collection, Domain, Insertion, Key, Program, Shape};
use crate::rules::evidence::{self, Reading};
use crate::rules::words;
use crate::summary::{BindingIdx, OpIdx, OpKind};

/// Through how many helpers a key is followed to where its name says something.
const MAX_HELPERS: u32 = 3;

/// How many letters a name has at most that tools give.
const MAX_SHORT: usize = 2;

/// The signs, each with its weight; none where the key is merely not known to be bounded.
pub(super) fn openness(
    program: &Program,
    collection: &Collection,
    insertions: &[(Insertion, Key)],
) -> Vec<(i32, String)> {
    let names_file = insertions
        .iter()
        .any(|(insertion, _)| program.names_file(insertion));
    // What names or use say of few keys is no sign of many.
    let many: Vec<&Insertion> = insertions
        .iter()
        .map(|(insertion, _)| insertion)
        .filter(|insertion| !names_file && !is_few(program, insertion))
        .collect();
    let any = |sign: &dyn Fn(&Insertion) -> bool| many.iter().any(|insertion| sign(insertion));
    let has_names = |insertion: &Insertion| !program.module_of(insertion.op).is_minified;
    let by_name = |is_such: fn(&str) -> bool| {
        many.iter()
            .filter(|insertion| has_names(insertion))
            .find_map(|insertion| {
                let is_short = program.module_of(insertion.op).has_short_names;
                names_of(program, insertion, &|name| {
                    is_such(name) && (!is_short || name.len() > MAX_SHORT)
                })
            })
    };
    let mut found = Vec::new();
    let brought = insertions
        .iter()
        .find_map(|(insertion, _)| brought_by(program, insertion));
    if let Some(decorator) = brought {
        found.push((20, format!("a request brings it: `@{decorator}`")));
    } else if let Some(name) = by_name(words::is_per_request) {
        found.push(evidence::per_request(name));
    } else if let Some(name) = by_name(words::is_varied) {
        found.push(evidence::varied(name));
    } else if by_name(words::is_mere_id).is_some()
        && let Some(name) = insertions
            .iter()
            .find_map(|(insertion, _)| traffic_around(program, collection, insertion))
    {
        found.push(evidence::id_of(name));
    }
    let is_parsed = any(&|insertion| is_text(program, insertion, Reading::Parsed));
    if is_parsed {
        found.push((10, "the key is a text that is parsed".to_owned()));
    }
    if any(&|insertion| is_put_together(program, insertion)) {
        found.push((15, "the key is a text that is put together".to_owned()));
    }
    let is_hinted = insertions
        .iter()
        .all(|(_, key)| key.domain == Domain::Hinted);
    let is_keyed = matches!(collection.shape, Shape::Map | Shape::Object);
    if collection.sheds && is_keyed && !is_hinted && any(&|_| true) {
        found.push((15, "its entries are emptied but stay".to_owned()));
    }
    if any(&|insertion| settles(program, insertion)) {
        found.push((20, "it keeps what settles a promise".to_owned()));
    }
    if any(&|insertion| is_loaded(program, insertion)) {
        found.push((5, "an entry is what was loaded for its key".to_owned()));
    }
    if found.is_empty() {
        return found;
    }
    // Signs that say little alone: names are taken apart too, and what sets things up handles events and pushes.
    if any(&|insertion| program.is_handled(program.function_of(insertion.op))) {
        found.push((10, "a handler of requests or events adds to it".to_owned()));
    }
    if !is_parsed && any(&|insertion| is_text(program, insertion, Reading::Searched)) {
        found.push((10, "the key is a text that is matched or split".to_owned()));
    }
    if insertions
        .iter()
        .any(|(insertion, _)| insertion.is_copy && !program.merges(insertion))
    {
        found.push((5, "each call makes it longer".to_owned()));
    }
    if insertions
        .iter()
        .any(|(insertion, _)| insertion.is_nested && insertion.key.is_none())
    {
        found.push((5, "what an entry holds grows too".to_owned()));
    }
    found
}

/// The decorator by which a framework hands the key over as a part of a request: `@Param("id") id`.
fn brought_by<'p>(program: &'p Program, insertion: &Insertion) -> Option<&'p str> {
    let key = insertion.inner_key?;
    let sources = told_by_callers(program, key, 0);
    sources.into_iter().find_map(|op| {
        let OpKind::Read(binding) = *program.code.kind(op) else {
            return None;
        };
        let decorator = program.decorator_of(binding)?;
        words::is_part_of_request(decorator).then_some(decorator)
    })
}

/// A name around an insertion that tells of what an id is: `users.set(id, …)`, `cache.set(id, fetchUser(id))`.
fn traffic_around<'p>(
    program: &'p Program,
    collection: &'p Collection,
    insertion: &Insertion,
) -> Option<&'p str> {
    let told = words::keys_of(&collection.binding);
    if told != collection.binding {
        return Some(told).filter(|name| words::is_of_traffic(name));
    }
    let made_by = insertion
        .value
        .into_iter()
        .flat_map(|value| evidence::makers_named(program, value));
    std::iter::once(told)
        .chain(program.names_around(insertion.op))
        .chain(made_by)
        .find(|name| words::is_of_traffic(name))
}

/// Whether names or use say that there are few keys. A path names a file, of which there are few, whatever is done with
/// it.
pub(super) fn is_few(program: &Program, insertion: &Insertion) -> bool {
    signs::has_small_domain(program, insertion)
        || signs::few_by_use(program, insertion).is_some()
        || signs::is_under_document(program, insertion)
        || signs::is_of_hardware(program, insertion)
        || signs::is_of_credentials(program, insertion)
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
        named(program, op, &words::is_per_request, 0).is_some()
            || named(program, op, &words::is_varied, 0).is_some()
    })
}

/// The first of the names from which a key is made that is such.
fn names_of<'p>(
    program: &'p Program,
    insertion: &Insertion,
    is_such: &dyn Fn(&str) -> bool,
) -> Option<&'p str> {
    let what = match (insertion.key, program.code.kind(insertion.op)) {
        (Some(_), _) => [insertion.key, insertion.inner_key],
        // `list = [...list, value]`
        (None, &(OpKind::Assign { value, .. } | OpKind::Store { value, .. })) => {
            [Some(value), None]
        }
        (None, _) => [insertion.value, None],
    };
    what.into_iter()
        .flatten()
        .flat_map(|op| told_by_callers(program, op, 0))
        .find_map(|op| named(program, op, is_such, 0))
}

/// What callers pass for a parameter whose name says nothing, and the parameter: in `put(key, value)` the names that
/// callers use tell more.
fn told_by_callers(program: &Program, op: OpIdx, depth: u32) -> Vec<OpIdx> {
    let passed = match *program.code.kind(op) {
        OpKind::Read(binding)
            if depth < MAX_HELPERS && says_nothing(program.binding_name(binding)) =>
        {
            program.passed_for(binding)
        }
        _ => Vec::new(),
    };
    let further = passed.into_iter();
    further
        .flat_map(|op| told_by_callers(program, op, depth + 1))
        .chain([op])
        .collect()
}

/// Whether the name of a parameter leaves open what callers pass: `key`, `id`.
fn says_nothing(name: &str) -> bool {
    words::is_generic(name) || words::is_mere_id(name)
}

/// The first of the names that stand in an operation, or in what made it, that is such.
fn named<'p>(
    program: &'p Program,
    op: OpIdx,
    is_such: &dyn Fn(&str) -> bool,
    depth: u32,
) -> Option<&'p str> {
    if depth > 4 {
        return None;
    }
    let again = |op: OpIdx| named(program, op, is_such, depth + 1);
    let such = |name: &'p str| Some(name).filter(|name| is_such(name));
    match program.code.kind(op) {
        OpKind::Read(binding) => such(program.binding_name(*binding)).or_else(|| {
            program
                .assigned_values(*binding)
                .into_iter()
                .find_map(again)
        }),
        // The id of a user is varied where a user is.
        OpKind::Member { object, name } if says_nothing(program.text(*name)) => {
            such(program.text(*name)).or_else(|| owner_named(program, *object, is_such))
        }
        OpKind::Member { name, .. } => such(program.text(*name)),
        OpKind::Object { .. } => {
            let keys = program.computed_keys_of(op);
            program
                .properties_of(op)
                .into_iter()
                .chain(keys)
                .find_map(again)
        }
        OpKind::Array { elements } => elements
            .iter()
            .filter(|&&element| !matches!(program.code.kind(element), OpKind::Spread(_)))
            .find_map(|&element| again(element)),
        OpKind::Template(parts) => parts.iter().copied().find_map(again),
        OpKind::Binary { left, right, .. } | OpKind::Either { left, right, .. } => {
            again(*left).or_else(|| again(*right))
        }
        OpKind::Cast { value, .. } | OpKind::Await(value) | OpKind::Spread(value) => again(*value),
        OpKind::Call { callee, args, .. } => {
            let receiver = match *program.code.kind(*callee) {
                OpKind::Member { object, .. } => Some(object),
                _ => None,
            };
            receiver
                .into_iter()
                .chain(args.iter().copied())
                .find_map(again)
        }
        _ => None,
    }
}

/// The first of the names that lead to what has an id that is such: `req.params.id`.
fn owner_named<'p>(
    program: &'p Program,
    object: OpIdx,
    is_such: &dyn Fn(&str) -> bool,
) -> Option<&'p str> {
    let (name, outer) = match *program.code.kind(object) {
        OpKind::Member { object, name } => (program.text(name), Some(object)),
        OpKind::Read(binding) => (program.binding_name(binding), None),
        _ => return None,
    };
    Some(name)
        .filter(|name| is_such(name))
        .or_else(|| owner_named(program, outer?, is_such))
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

/// `text += part`, again and again, and then the text is the key.
pub(super) fn is_put_together(program: &Program, insertion: &Insertion) -> bool {
    let Some(&OpKind::Read(text)) = insertion.inner_key.map(|key| program.code.kind(key)) else {
        return false;
    };
    let begins_as_text = |value: &OpIdx| {
        matches!(
            program.code.kind(*value),
            OpKind::Str(_) | OpKind::Template(_)
        )
    };
    program.assigned_values(text).iter().any(begins_as_text) && program.is_appended_to(text)
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
