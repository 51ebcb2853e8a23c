//! Evidence on a scale, and the signs that several rules put on it.
//!
//! The one place that turns weights into confidence. Must not know what a rule reports.

use std::cell::Cell;

use super::words;
use crate::finding::{Confidence, Evidence};
use crate::program::Program;
use crate::source::Place;
use crate::summary::{BindingIdx, BindingKind, CallKind, FunctionIdx, OpIdx, OpKind, Purpose};

/// How the evidence stands: below 40 is low confidence, from 75 on high.
#[derive(Debug)]
pub(super) struct Scale {
    score: i32,
    evidence: Vec<(i32, Evidence)>,
}

impl Scale {
    /// Nothing said yet: medium confidence.
    pub(super) fn new() -> Self {
        Self {
            score: 50,
            evidence: Vec::new(),
        }
    }

    /// Puts a reason on the scale: for the finding where the weight is positive.
    pub(super) fn say(&mut self, weight: i32, text: impl Into<String>) {
        self.score += weight;
        let evidence = Evidence {
            speaks_for: weight > 0,
            text: text.into(),
        };
        self.evidence.push((weight, evidence));
    }

    /// What the file and its package are for. A tool that serves requests runs longer than others.
    pub(super) fn by_module(&mut self, program: &Program, place: Place, serves: bool) {
        let module = &program.modules[place.file.0 as usize];
        if module.is_development {
            self.say(-60, "the file is for development");
        }
        if module.is_minified {
            self.say(-45, "the file is minified: its names say nothing");
        }
        match module.purpose {
            Some(Purpose::Migration) => {
                self.say(-50, "the file is a migration, which runs once");
            }
            Some(Purpose::Script) => {
                self.say(
                    -50,
                    "the file is a script, which ends when its work is done",
                );
            }
            None => {}
        }
        if let Some(reason) = &module.tool_reason {
            let weight = if serves { -25 } else { -50 };
            self.say(weight, format!("a short-lived tool: {reason}"));
        }
    }

    /// The confidence, with the evidence, strongest first.
    pub(super) fn done(mut self) -> (Confidence, Vec<Evidence>) {
        self.evidence.sort_by_key(|(weight, _)| -weight.abs());
        let confidence = match self.score {
            ..40 => Confidence::Low,
            40..75 => Confidence::Medium,
            _ => Confidence::High,
        };
        (
            confidence,
            self.evidence
                .into_iter()
                .map(|(_, evidence)| evidence)
                .collect(),
        )
    }
}

/// Whether, by the names of all that a value is made from, there are few of it.
pub(super) fn has_small_domain(program: &Program, op: OpIdx) -> bool {
    let is_named = |binding| words::is_small_domain(program.binding_name(binding));
    is_small(program, op, 0, &is_named)
}

/// What a value is, where by the names or the use of all that it is made from there are few of it.
pub(super) fn few_by_use(program: &Program, op: OpIdx) -> Option<&'static str> {
    let used = Cell::new(None);
    let is_few = |binding| {
        let is_named = words::is_small_domain(program.binding_name(binding));
        is_named
            || program.taken_as(binding).is_some_and(|what| {
                used.set(Some(what));
                true
            })
    };
    is_small(program, op, 0, &is_few).then(|| used.get())?
}

fn is_small(program: &Program, op: OpIdx, depth: u32, is_few: &dyn Fn(BindingIdx) -> bool) -> bool {
    if depth > 5 {
        return false;
    }
    let again = |&op: &OpIdx| is_small(program, op, depth + 1, is_few);
    match program.code.kind(op) {
        OpKind::Str(_) | OpKind::Num(_) | OpKind::Bool(_) | OpKind::Nullish => true,
        OpKind::Read(binding) => {
            let kind = program.code.bindings[binding.at()].kind;
            is_few(*binding)
                || !matches!(kind, BindingKind::Param(_)) && {
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
                // `config.get("url")`: one value.
                "get" => {
                    matches!(args[..], [key] if matches!(program.code.kind(key), OpKind::Str(_)))
                        && name_of(program, object).is_some_and(|name| words::is_setting(&name))
                }
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

/// The name of what an operation reads, where there is one of that per request.
pub(super) fn request_named(program: &Program, op: OpIdx) -> Option<&str> {
    let read = match *program.code.kind(op) {
        OpKind::Member { object, .. } => object,
        _ => op,
    };
    let OpKind::Read(binding) = *program.code.kind(read) else {
        return None;
    };
    Some(program.binding_name(binding)).filter(|name| words::is_per_request(name))
}

/// What it weighs that a collection grows only where the code is being developed.
pub(super) const IN_DEVELOPMENT: (i32, &str) =
    (-60, "grows only where the code is being developed");

/// What it weighs that each call makes such a collection.
pub(super) const MADE_PER_CALL: (i32, &str) = (
    -60,
    "each call makes one, and what grows may be that of another call",
);

/// What it weighs that a key is named so, where there is one of that per request.
pub(super) fn per_request(name: &str) -> (i32, String) {
    (
        20,
        format!("by its name, there is one `{name}` per request"),
    )
}

/// What it weighs that a key is named so, where that is the name of an id or a text.
pub(super) fn varied(name: &str) -> (i32, String) {
    (10, format!("by its name, `{name}` is an id or a text"))
}

/// What it weighs that the id of something is the key, by a name that tells of what.
pub(super) fn id_of(name: &str) -> (i32, String) {
    (
        10,
        format!("by the name of `{name}`, the key is the id of what users bring"),
    )
}

/// What it weighs that a key is handed to a function of the platform that knows few such values.
pub(super) fn taken_as(what: &str) -> (i32, String) {
    (
        -30,
        format!("by its use, the key is {what}, of which there are few"),
    )
}

/// What it weighs that a key is a document or a window.
pub(super) const OF_DOCUMENTS: (i32, &str) = (
    -30,
    "the key is a document, a window or a root, of which there are few",
);

/// The names of what makes a value: the functions and classes that are called for it.
pub(super) fn makers_named(program: &Program, value: OpIdx) -> Vec<&str> {
    match *program.code.kind(value) {
        OpKind::Await(value) | OpKind::Cast { value, .. } => makers_named(program, value),
        OpKind::Read(binding) => std::iter::once(program.binding_name(binding))
            .chain(
                program
                    .assigned_values(binding)
                    .into_iter()
                    .filter(|&made| !matches!(program.code.kind(made), OpKind::Read(_)))
                    .flat_map(|made| makers_named(program, made)),
            )
            .collect(),
        OpKind::Call { callee, .. } => program.callee_name(callee).into_iter().collect(),
        _ => Vec::new(),
    }
}

/// Whether a function calls something of such a name.
pub(super) fn calls_named(
    program: &Program,
    function: FunctionIdx,
    is_such: fn(&str) -> bool,
) -> bool {
    program
        .ops_of(function)
        .any(|op| match *program.code.kind(op) {
            OpKind::Call { callee, .. } => program.callee_name(callee).is_some_and(is_such),
            _ => false,
        })
}

/// How a text is taken apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reading {
    /// It is a program, a pattern or a document: `parse(text)`, `new RegExp(text)`.
    Parsed,
    /// It is matched, split or searched.
    Searched,
}

/// Whether what a binding holds is taken apart as a text.
pub(super) fn is_read(program: &Program, binding: BindingIdx, how: Reading) -> bool {
    let reads =
        |op: &OpIdx| matches!(*program.code.kind(*op), OpKind::Read(read) if read == binding);
    program.calls_with(binding).any(|op| {
        let OpKind::Call {
            callee, args, kind, ..
        } = program.code.kind(op)
        else {
            return false;
        };
        let takes = args.iter().any(reads);
        let is_told = |name: &str| match how {
            Reading::Parsed => takes && words::parses(name),
            Reading::Searched => takes && matches!(name, "exec" | "test"),
        };
        match *program.code.kind(*callee) {
            OpKind::Member { object, name } => {
                let name = program.text(name);
                is_told(name)
                    || (how == Reading::Searched && reads(&object) && words::reads_text(name))
            }
            OpKind::Global(name) => {
                let name = program.text(name);
                let is_made = *kind == CallKind::New && matches!(name, "RegExp" | "Function");
                is_told(name) || (how == Reading::Parsed && takes && is_made)
            }
            OpKind::Read(called) => is_told(program.binding_name(called)),
            _ => false,
        }
    })
}

/// A short name for what a value is made from.
pub(super) fn name_of(program: &Program, op: OpIdx) -> Option<String> {
    match *program.code.kind(op) {
        OpKind::Read(binding) => Some(program.binding_name(binding).to_owned()),
        OpKind::Member { object, name } => {
            let name = program.text(name);
            Some(
                name_of(program, object)
                    .map_or_else(|| name.to_owned(), |object| format!("{object}.{name}")),
            )
        }
        OpKind::This => Some("this".to_owned()),
        OpKind::Cast { value, .. } | OpKind::Await(value) => name_of(program, value),
        _ => None,
    }
}
