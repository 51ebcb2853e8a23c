//! Evidence on a scale, and the signs that several rules put on it.
//!
//! The one place that turns weights into confidence. Must not know what a rule reports.

use super::words;
use crate::finding::{Confidence, Evidence};
use crate::program::Program;
use crate::source::Place;
use crate::summary::{BindingIdx, CallKind, OpIdx, OpKind};

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
            self.say(-40, "the file is minified: its names say nothing");
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
    is_small(program, op, 0)
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

/// Whether, by its name, there is one of a value per request.
pub(super) fn is_per_request(program: &Program, op: OpIdx) -> bool {
    match *program.code.kind(op) {
        OpKind::Read(binding) => words::is_per_request(program.binding_name(binding)),
        OpKind::Member { object, .. } => {
            matches!(*program.code.kind(object), OpKind::Read(binding) if words::is_per_request(program.binding_name(binding)))
        }
        _ => false,
    }
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
