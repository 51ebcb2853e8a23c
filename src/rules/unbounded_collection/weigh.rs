//! Confidence from evidence: the one place that weighs.

use super::words;
use crate::finding::{Confidence, Evidence, KeyType};
use crate::program::{Collection, Domain, Guard, Insertion, Key, Program, Shape};
use crate::summary::{BindingKind, OpIdx, OpKind};

/// What the keys are, by all insertions.
pub(super) fn key_type(
    program: &Program,
    collection: &Collection,
    insertions: &[(Insertion, Key)],
) -> KeyType {
    if collection.shape == Shape::Object {
        return KeyType::String;
    }
    let declared = collection
        .key_type
        .and_then(|declared| program.key_of_type(declared))
        .map(|key| key.of);
    if let Some(of) = declared
        && of != KeyType::Unknown
    {
        return of;
    }
    let mut types = insertions
        .iter()
        .filter(|(insertion, _)| !insertion.is_nested)
        .map(|(_, key)| key.of);
    let first = types.next().unwrap_or(KeyType::Unknown);
    if types.all(|other| other == first) {
        first
    } else {
        KeyType::Unknown
    }
}

/// A function that only empties the collection, exported, and called by nothing that we see.
pub(super) fn is_lone_clear(program: &Program, collection: &Collection, op: OpIdx) -> bool {
    let function = program.function_of(op);
    program.is_uncalled(function) && !program.uses_otherwise(collection, function)
}

/// Weighs the evidence for and against; strongest first.
pub(super) fn weigh(
    program: &Program,
    collection: &Collection,
    insertions: &[(Insertion, Key)],
    key: KeyType,
    is_development: bool,
) -> (Confidence, Vec<Evidence>) {
    let mut evidence = Vec::new();
    let mut score = 50;
    let mut say = |weight: i32, text: String| {
        score += weight;
        evidence.push((
            weight,
            Evidence {
                speaks_for: weight > 0,
                text,
            },
        ));
    };
    let is_registration = insertions
        .iter()
        .all(|(insertion, _)| is_registration(program, insertion));
    let fresh = insertions
        .iter()
        .filter(|_| !is_registration)
        .find_map(|(_, key)| match key.domain {
            Domain::Fresh(reason) => Some(reason),
            _ => None,
        });
    let is_keyed = matches!(collection.shape, Shape::Map | Shape::Set);
    match fresh {
        Some(reason) => say(30, format!("each call adds {reason}, which never repeats")),
        None if is_keyed && key == KeyType::Object => say(30, "key is an object".to_owned()),
        None => say(5, "key comes from callers".to_owned()),
    }
    if fresh.is_none()
        && insertions
            .iter()
            .all(|(_, key)| key.domain == Domain::Hinted)
    {
        say(-35, "each call that was found passes a literal".to_owned());
    }
    if fresh.is_none()
        && insertions.iter().any(|(insertion, _)| {
            is_per_request(program, insertion) && !has_small_domain(program, insertion)
        })
    {
        say(20, "by its name, there is one per request".to_owned());
    }
    if insertions
        .iter()
        .any(|(insertion, _)| program.names_file(insertion))
    {
        say(
            -30,
            "by its use, the key is a path or the name of a module".to_owned(),
        );
    }
    if insertions
        .iter()
        .any(|(insertion, _)| program.is_class_key(insertion))
    {
        say(-50, "by its use, the key is a class".to_owned());
    }
    if insertions
        .iter()
        .any(|(insertion, _)| is_validated(program, insertion))
    {
        say(-30, "what makes the value accepts few keys".to_owned());
    }
    if !is_registration
        && fresh.is_none()
        && insertions
            .iter()
            .all(|(insertion, _)| is_kept_for_caller(program, insertion))
    {
        say(
            -20,
            "it stores what it is given under the name it is given".to_owned(),
        );
    }
    if fresh.is_none()
        && insertions
            .iter()
            .all(|(insertion, _)| program.is_assign(insertion.op))
    {
        say(
            -25,
            "the properties of another object are copied".to_owned(),
        );
    }
    if is_development {
        say(
            -60,
            "grows only where the code is being developed".to_owned(),
        );
    }
    let file = program.place(collection.allocation).file;
    let module = &program.modules[file.0 as usize];
    if module.is_development {
        say(-60, "the file is for development".to_owned());
    }
    if let Some(reason) = &module.tool_reason {
        say(-50, format!("a short-lived tool: {reason}"));
    }
    if is_registration {
        say(
            -40,
            "looks like a registrar: it stores what it is given, once per name".to_owned(),
        );
    } else if key != KeyType::Object
        && insertions
            .iter()
            .all(|(insertion, _)| has_small_domain(program, insertion))
    {
        say(-30, "by its name, the key has few values".to_owned());
    }
    if !collection.passed.is_empty() {
        say(-45, "it is handed to code that is not analysed".to_owned());
    }
    let is_offered = |&(op, _): &(OpIdx, _)| {
        let function = program.function_of(op);
        program.is_reached(function)
            && program.recurs(op)
            && !program.modules[program.file_of(function).0 as usize].is_development
    };
    if collection.removals.iter().any(is_offered) {
        say(
            -25,
            "a function empties it, but nothing here calls that".to_owned(),
        );
    }
    if collection.is_exported && fresh.is_none() {
        say(-5, "importers can reach it".to_owned());
    }
    let is_warned_once = insertions
        .iter()
        .all(|(insertion, _)| is_flag(program, insertion));
    if is_warned_once && fresh.is_none() && key != KeyType::Object {
        say(-25, "entries are mere marks".to_owned());
    }
    if insertions.iter().any(|(insertion, _)| {
        program
            .guards(collection, insertion)
            .contains(&Guard::Absent)
    }) {
        say(5, "each new key adds an entry".to_owned());
    }
    evidence.sort_by_key(|(weight, _)| -weight.abs());
    let confidence = match score {
        ..40 => Confidence::Low,
        40..75 => Confidence::Medium,
        _ => Confidence::High,
    };
    (
        confidence,
        evidence.into_iter().map(|(_, evidence)| evidence).collect(),
    )
}

/// `register(name, thing)`: what is stored are parameters, or parts of them, of a function that is named for setting up.
fn is_registration(program: &Program, insertion: &Insertion) -> bool {
    let Some(name) = program.enclosing_name(insertion.op) else {
        return false;
    };
    let what = if insertion.key.is_some() {
        insertion.inner_key
    } else {
        insertion.value
    };
    match words::registrar(name) {
        words::Registrar::Certain => what.is_none_or(|op| is_parameter(program, op, true, 0)),
        // Where the program itself calls it again and again, it is no setting up.
        words::Registrar::Likely => {
            !program.is_known_to_recur(program.function_of(insertion.op))
                && what.is_none_or(|op| is_parameter(program, op, false, 0))
        }
        words::Registrar::No => false,
    }
}

/// Whether an operation reads a parameter, or (`deep`) what is found inside one.
fn is_parameter(program: &Program, op: OpIdx, deep: bool, depth: u32) -> bool {
    if depth > 5 {
        return false;
    }
    let again = |op: OpIdx| is_parameter(program, op, deep, depth + 1);
    match program.code.kind(op) {
        OpKind::Read(binding) => {
            let assigned = || {
                let assigns = program.assigned_values(*binding);
                !assigns.is_empty() && assigns.into_iter().all(again)
            };
            matches!(
                program.code.bindings[binding.at()].kind,
                BindingKind::Param(_)
            ) || (deep && assigned())
        }
        OpKind::Member { object, .. } => again(*object),
        OpKind::Index { object, .. } => deep && again(*object),
        OpKind::Iterate { over, .. } => deep && again(*over),
        // `arguments.length > 1 ? arguments[1] : undefined`
        OpKind::Either { left, right, .. } => {
            let is_nothing = |op: OpIdx| matches!(program.code.kind(op), OpKind::Nullish);
            deep && [*left, *right]
                .into_iter()
                .all(|part| is_nothing(part) || again(part))
        }
        OpKind::Global(name) => deep && program.text(*name) == "arguments",
        OpKind::Call { callee, args, .. } => {
            let receiver = match *program.code.kind(*callee) {
                OpKind::Member { object, .. } => Some(object),
                _ => None,
            };
            deep && receiver.into_iter().chain(args.iter().copied()).any(again)
        }
        OpKind::Bool(_) => true,
        _ => false,
    }
}

/// Whether, by the names of all that a key is made from, there are few of it.
fn has_small_domain(program: &Program, insertion: &Insertion) -> bool {
    let is_small = |op: Option<OpIdx>| op.is_some_and(|op| is_small(program, op, 0));
    is_small(insertion.key) || is_small(insertion.inner_key)
}

fn is_small(program: &Program, op: OpIdx, depth: u32) -> bool {
    if depth > 5 {
        return false;
    }
    let again = |&op: &OpIdx| is_small(program, op, depth + 1);
    match program.code.kind(op) {
        OpKind::Str(_) | OpKind::Num(_) | OpKind::Bool(_) | OpKind::Nullish => true,
        OpKind::Read(binding) => {
            words::is_small_domain(program.binding_name(*binding)) || {
                let values = program.assigned_values(*binding);
                !values.is_empty() && values.iter().all(again)
            }
        }
        OpKind::Member { name, .. } => words::is_small_domain(program.text(*name)),
        OpKind::Cast { value, .. } | OpKind::Await(value) => again(value),
        OpKind::Template(parts) => parts.iter().all(again),
        OpKind::Array { elements } => elements.iter().all(again),
        OpKind::Binary { left, right, .. } | OpKind::Either { left, right, .. } => {
            again(left) && again(right)
        }
        OpKind::Call { callee, args, .. } => match *program.code.kind(*callee) {
            OpKind::Member { object, name } => match program.text(name) {
                "stringify" => args.first().is_some_and(again),
                "toString" | "toLowerCase" | "toUpperCase" | "trim" | "join" | "replace" => {
                    again(&object)
                }
                _ => false,
            },
            OpKind::Global(name) if program.text(name) == "String" => {
                args.first().is_some_and(again)
            }
            _ => false,
        },
        _ => false,
    }
}

/// The value is made by a constructor that throws on what it does not know.
fn is_validated(program: &Program, insertion: &Insertion) -> bool {
    let makes = |op: OpIdx| match *program.code.kind(op) {
        OpKind::Call {
            callee,
            kind: crate::summary::CallKind::New,
            ..
        } => match *program.code.kind(callee) {
            OpKind::Member { object, .. } => {
                matches!(*program.code.kind(object), OpKind::Global(name) if program.text(name) == "Intl")
            }
            OpKind::Global(name) => matches!(program.text(name), "TextDecoder"),
            _ => false,
        },
        _ => false,
    };
    insertion
        .value
        .is_some_and(|value| match *program.code.kind(value) {
            OpKind::Read(binding) => program.assigned_values(binding).into_iter().any(makes),
            _ => makes(value),
        })
}

/// `put(key, value) { table.set(key, value) }`: not a memo, whose values are computed.
fn is_kept_for_caller(program: &Program, insertion: &Insertion) -> bool {
    let is_bare = |op: Option<OpIdx>| {
        op.is_some_and(|op| matches!(*program.code.kind(op), OpKind::Read(binding) if matches!(program.code.bindings[binding.at()].kind, BindingKind::Param(_))))
    };
    !insertion.is_nested
        && program.is_uncalled(program.function_of(insertion.op))
        && is_bare(insertion.inner_key)
        && is_bare(insertion.value)
}

fn is_per_request(program: &Program, insertion: &Insertion) -> bool {
    let Some(op) = insertion.key.or(insertion.value) else {
        return false;
    };
    match *program.code.kind(op) {
        OpKind::Read(binding) => words::is_per_request(program.binding_name(binding)),
        OpKind::Member { object, .. } => {
            matches!(*program.code.kind(object), OpKind::Read(binding) if words::is_per_request(program.binding_name(binding)))
        }
        _ => false,
    }
}

fn is_flag(program: &Program, insertion: &Insertion) -> bool {
    insertion.value.is_some_and(|value| {
        matches!(
            program.code.kind(value),
            OpKind::Bool(true) | OpKind::Num(_)
        )
    })
}
