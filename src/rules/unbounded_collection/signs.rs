//! What the code around an insertion says of its key, by words and by use. Signs, not proofs.

use crate::program::{Domain, Insertion, Program};
use crate::rules::{evidence, words};
use crate::summary::{BindingKind, CallKind, FunctionIdx, FunctionKind, OpIdx, OpKind};

/// `register(name, thing)`: what is stored are parameters, or parts of them, of a function that is named for setting up.
pub(super) fn is_registration(program: &Program, insertion: &Insertion) -> bool {
    let Some(name) = registrar_of(program, insertion.op) else {
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

/// Whether what is stored are parameters of the function that adds, or made of them.
pub(super) fn is_given(program: &Program, insertion: &Insertion) -> bool {
    insertion
        .value
        .is_some_and(|value| is_parameter(program, value, true, 0))
}

/// `list.push({ name, handler })`, where neither the program nor a name shows that it is called again and again: what is
/// added is as new as what the caller brings.
pub(super) fn is_wrapped(program: &Program, insertion: &Insertion) -> bool {
    let is_fresh = |value: OpIdx| matches!(program.key(value).domain, Domain::Fresh(_));
    insertion.key.is_none()
        && is_given(program, insertion)
        && !insertion
            .value
            .is_some_and(|value| program.properties_of(value).into_iter().any(is_fresh))
        && !happens_often(program, insertion)
}

/// Whether a function makes instances: by its kind, or as one of a name that is written like that of a class.
fn constructs(program: &Program, function: FunctionIdx) -> bool {
    let function = &program.code.functions[function.at()];
    let is_class = |name: &str| {
        let mut letters = name.chars();
        letters.next().is_some_and(char::is_uppercase) && letters.any(char::is_lowercase)
    };
    match function.kind {
        FunctionKind::Constructor => true,
        FunctionKind::Plain => function
            .name
            .is_some_and(|name| is_class(program.text(name))),
        _ => false,
    }
}

/// `const chart = new Chart(options); charts.push(chart); return chart`: callers ask for one when they need one.
fn hands_out(program: &Program, insertion: &Insertion) -> bool {
    let Some(&OpKind::Read(made)) = insertion.value.map(|value| program.code.kind(value)) else {
        return false;
    };
    let is_new = |&value: &OpIdx| {
        matches!(
            program.code.kind(value),
            OpKind::Call {
                kind: CallKind::New,
                ..
            }
        )
    };
    let values = program.assigned_values(made);
    let is_made = |exit: &OpIdx| match *program.code.kind(*exit) {
        OpKind::Return(value) => {
            matches!(*program.code.kind(value), OpKind::Read(returned) if returned == made)
        }
        _ => false,
    };
    let exits = &program.facts.returns[program.function_of(insertion.op).at()];
    !values.is_empty() && values.iter().all(is_new) && exits.iter().any(is_made)
}

/// Whether the program, or the name of the function that adds, shows that it is called again and again.
pub(super) fn happens_often(program: &Program, insertion: &Insertion) -> bool {
    let function = program.function_of(insertion.op);
    program.is_known_to_recur(function)
        || program.is_handled(function)
        || is_run_often(program, insertion)
        || program
            .functions_around(insertion.op)
            .any(|function| constructs(program, function))
        || hands_out(program, insertion)
        || program
            .enclosing_name(insertion.op)
            .is_some_and(words::happens_often)
}

/// Whether a timer calls again and again what adds, or it takes a request.
pub(super) fn is_run_often(program: &Program, insertion: &Insertion) -> bool {
    let takes_request = |function: FunctionIdx| {
        let mut params = program.code.functions[function.at()].params.iter();
        params.any(|&param| words::is_request(program.binding_name(param)))
    };
    program
        .functions_around(insertion.op)
        .any(|function| program.is_tick(function) || takes_request(function))
}

/// The name of the function that adds; that of a caller where it is a helper that only registrars call.
fn registrar_of(program: &Program, op: OpIdx) -> Option<&str> {
    let own = program.enclosing_name(op)?;
    if words::registrar(own) != words::Registrar::No {
        return Some(own);
    }
    let mut callers = program.callers_by_name(program.function_of(op)).into_iter();
    let first = callers.next()??;
    let is_registrar = |name: &str| words::registrar(name) == words::Registrar::Certain;
    (is_registrar(first) && callers.all(|caller| caller.is_some_and(is_registrar))).then_some(first)
}

/// `byId[thing.id] = thing`, where by its name there is not one per request: what is declared is listed.
pub(super) fn is_under_own_id(program: &Program, insertion: &Insertion) -> bool {
    let Some((key, value)) = insertion.inner_key.zip(insertion.value) else {
        return false;
    };
    let (OpKind::Member { object, .. }, OpKind::Read(value)) =
        (program.code.kind(key), program.code.kind(value))
    else {
        return false;
    };
    matches!(program.code.kind(*object), OpKind::Read(owner) if owner == value)
        && !words::is_per_request(program.binding_name(*value))
        && !words::is_varied(program.binding_name(*value))
}

/// A memo of `camelize`, `toKebabCase` and the like.
pub(super) fn spells_names(program: &Program, insertion: &Insertion) -> bool {
    let is_respelled = |key: OpIdx| matches!(*program.code.kind(key), OpKind::Read(binding) if program.is_respelled(binding));
    program
        .enclosing_name(insertion.op)
        .is_some_and(words::spells_names)
        || insertion.inner_key.is_some_and(is_respelled)
}

/// `for (const key in style)`, where by its name the object is no list of what users bring.
pub(super) fn is_property_name(program: &Program, insertion: &Insertion) -> bool {
    let Some(object) = insertion.inner_key.and_then(|key| program.listed_in(key)) else {
        return false;
    };
    let is_brought = |name: &String| {
        words::is_of_traffic(name)
            || name
                .split('.')
                .any(|name| words::is_per_request(name) || words::is_varied(name))
    };
    let key = insertion
        .inner_key
        .and_then(|key| evidence::name_of(program, key));
    is_parameter(program, object, true, 0)
        && !evidence::name_of(program, object)
            .iter()
            .chain(&key)
            .any(is_brought)
}

/// Whether a key is made from the address of a thing that can be touched.
pub(super) fn is_of_hardware(program: &Program, insertion: &Insertion) -> bool {
    is_made_from(program, insertion, words::is_of_hardware)
}

/// Whether a key tells credentials apart: by its name, or as the id of a client whose secret is at hand.
pub(super) fn is_of_credentials(program: &Program, insertion: &Insertion) -> bool {
    let has_secret = || {
        program
            .parameters_around(insertion.op)
            .next()
            .is_some_and(|names| names.into_iter().any(words::is_of_credentials))
    };
    is_made_from(program, insertion, words::is_of_credentials)
        || (is_made_from(program, insertion, words::is_id_of_client) && has_secret())
}

/// Whether one of the names from which a key is made is such.
fn is_made_from(program: &Program, insertion: &Insertion, is_such: fn(&str) -> bool) -> bool {
    let mut parts: Vec<OpIdx> = [insertion.key, insertion.inner_key]
        .into_iter()
        .flatten()
        .collect();
    let mut seen = parts.clone();
    while let Some(op) = parts.pop() {
        if names(program, op).is_some_and(is_such) {
            return true;
        }
        for part in made_of(program, op) {
            if seen.len() < MAX_PARTS && !seen.contains(&part) {
                seen.push(part);
                parts.push(part);
            }
        }
    }
    false
}

/// How many operations are looked at from which a key is made.
const MAX_PARTS: usize = 40;

/// The name by which an operation means a value.
fn names(program: &Program, op: OpIdx) -> Option<&str> {
    match *program.code.kind(op) {
        OpKind::Read(binding) => Some(program.binding_name(binding)),
        OpKind::Member { name, .. } => Some(program.text(name)),
        _ => None,
    }
}

/// What a value is made of: the parts of a text, what a variable was given, what a function of the program returns.
fn made_of(program: &Program, op: OpIdx) -> Vec<OpIdx> {
    match program.code.kind(op) {
        OpKind::Read(binding) => program.assigned_values(*binding),
        OpKind::Template(parts) => parts.to_vec(),
        OpKind::Array { elements } => elements.to_vec(),
        OpKind::Binary { left, right, .. } | OpKind::Either { left, right, .. } => {
            vec![*left, *right]
        }
        OpKind::Cast { value, .. } | OpKind::Await(value) => vec![*value],
        OpKind::Call { callee, args, .. } => {
            let is_text = program
                .callee_name(*callee)
                .is_some_and(|name| matches!(name, "stringify" | "String"));
            let args = args.iter().copied().filter(|_| is_text);
            args.chain(program.returned_by(*callee)).collect()
        }
        _ => Vec::new(),
    }
}

/// `table[key] = null`, by code that recurs: what stood there is let go.
pub(super) fn lets_go(program: &Program, insertion: &Insertion) -> bool {
    let is_nothing = |value: OpIdx| {
        matches!(
            program.code.kind(value),
            OpKind::Nullish | OpKind::Bool(false)
        )
    };
    insertion.key.is_some()
        && !insertion.is_nested
        && insertion.value.is_some_and(is_nothing)
        && program.recurs(insertion.op)
}

/// `removeHooks(name) { hooks[name] = [] }`: what stands under a name is emptied, by a function that is named for it.
pub(super) fn is_emptied(program: &Program, insertion: &Insertion) -> bool {
    let is_empty = insertion
        .value
        .is_some_and(|value| match program.code.kind(value) {
            OpKind::Array { elements } => elements.is_empty(),
            OpKind::Object { properties } => *properties == 0,
            OpKind::Bool(false) | OpKind::Nullish => true,
            _ => false,
        });
    is_empty
        && program
            .enclosing_name(insertion.op)
            .is_some_and(words::takes_away)
}

/// `(target, propertyKey) => { fields.push(…) }`.
pub(super) fn is_decoration(program: &Program, insertion: &Insertion) -> bool {
    program
        .parameters_around(insertion.op)
        .any(|names| words::is_decorator(&names))
}

/// Whether nothing is kept of a key but that it was there: `seen.add(key)`, `seen[key] = true`.
pub(super) fn is_mark(program: &Program, insertion: &Insertion) -> bool {
    insertion.key.is_some() && (insertion.value.is_none() || is_flag(program, insertion))
}

/// Whether the function that adds also warns, or logs the key: `if (!warned.has(text)) { warned.add(text);
/// console.log(text) }`.
pub(super) fn warns_beside(program: &Program, insertion: &Insertion) -> bool {
    let function = program.function_of(insertion.op);
    let logs = |op: OpIdx| {
        let OpKind::Call { callee, args, .. } = program.code.kind(op) else {
            return false;
        };
        let is_console = matches!(*program.code.kind(*callee), OpKind::Member { object, .. }
            if matches!(*program.code.kind(object), OpKind::Global(name) if program.text(name) == "console"));
        let is_key = |key: OpIdx| args.iter().any(|&arg| program.is_same_place(arg, key));
        is_console && insertion.inner_key.is_some_and(is_key)
    };
    evidence::calls_named(program, function, words::warns) || program.ops_of(function).any(logs)
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
        // `list.push([name, plugin])`
        OpKind::Array { elements } => {
            deep && elements
                .iter()
                .any(|&value| is_parameter(program, value, false, depth + 1))
        }
        // `list.push({ plugin, options })`
        OpKind::Object { .. } => {
            deep && program
                .properties_of(op)
                .into_iter()
                .any(|value| is_parameter(program, value, false, depth + 1))
        }
        _ => false,
    }
}

/// Whether, by the names of all that a key is made from, there are few of it.
pub(super) fn has_small_domain(program: &Program, insertion: &Insertion) -> bool {
    let is_small = |op: Option<OpIdx>| op.is_some_and(|op| evidence::has_small_domain(program, op));
    is_small(insertion.key) || is_small(insertion.inner_key)
}

/// What a key is, where by its use there are few of it.
pub(super) fn few_by_use(program: &Program, insertion: &Insertion) -> Option<&'static str> {
    [insertion.inner_key, insertion.key]
        .into_iter()
        .flatten()
        .find_map(|key| evidence::few_by_use(program, key))
}

/// Whether a key is a document, a window or a root.
pub(super) fn is_under_document(program: &Program, insertion: &Insertion) -> bool {
    [insertion.inner_key, insertion.key]
        .into_iter()
        .flatten()
        .any(|key| program.is_document(key))
}

/// Whether the keys are of a list to which nothing is added, and which is given while modules load or by what sets things
/// up.
pub(super) fn is_of_given_list(program: &Program, insertion: &Insertion) -> bool {
    let sets_up = |op: OpIdx| {
        let name = program.code.functions[program.function_of(op).at()].name;
        name.is_some_and(|name| {
            matches!(
                words::registrar(program.text(name)),
                words::Registrar::Certain
            )
        })
    };
    program.list_behind(insertion).is_some_and(|assigns| {
        assigns
            .iter()
            .all(|&assign| !program.recurs(assign) || sets_up(assign))
    })
}

/// The value is made by a constructor that throws on what it does not know.
pub(super) fn is_validated(program: &Program, insertion: &Insertion) -> bool {
    let makes = |op: OpIdx| program.is_validated(op);
    insertion
        .value
        .is_some_and(|value| match *program.code.kind(value) {
            OpKind::Read(binding) => program.assigned_values(binding).into_iter().any(makes),
            _ => makes(value),
        })
}

/// `put(key, value) { table.set(key, value) }`: not a memo, whose values are computed.
pub(super) fn is_kept_for_caller(program: &Program, insertion: &Insertion) -> bool {
    insertion.inner_key.is_some_and(|key| is_bare(program, key))
        && program.is_uncalled(program.function_of(insertion.op))
        && is_handed_over(program, insertion)
}

/// `put(value) { list.push(value) }`, in a function that recurring code here does not call: how often others do is not
/// known.
pub(super) fn is_handed_over(program: &Program, insertion: &Insertion) -> bool {
    !insertion.is_nested
        && !program.is_known_to_recur(program.function_of(insertion.op))
        && insertion.value.is_some_and(|value| is_bare(program, value))
}

/// Whether an operation reads a parameter.
fn is_bare(program: &Program, op: OpIdx) -> bool {
    matches!(*program.code.kind(op), OpKind::Read(binding)
        if matches!(program.code.bindings[binding.at()].kind, BindingKind::Param(_)))
}

pub(super) fn is_flag(program: &Program, insertion: &Insertion) -> bool {
    insertion.value.is_some_and(|value| {
        matches!(
            program.code.kind(value),
            OpKind::Bool(true) | OpKind::Num(_)
        )
    })
}
