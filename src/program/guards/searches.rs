//! Functions of the program that look for a value in a list, whatever they are called.
//!
//! Must not know what is done with the answer.

use super::super::Program;
use crate::summary::{BinaryOp, BindingIdx, FunctionIdx, OpIdx, OpKind, UnaryOp};

/// What a function gives that looks for a value in a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Search {
    /// Where it stands; a negative number where it is not there.
    Position,
    /// Whether it is there.
    Answer,
}

impl Program {
    /// What a call gives, if what it calls looks for the second argument in the first.
    pub(super) fn search_of(&self, call: OpIdx) -> Option<Search> {
        let mut callees = self.flow.callees(call);
        let (Some(callee), None) = (callees.next(), callees.next()) else {
            return None;
        };
        self.search_by(callee)
    }

    /// `function at(list, it) { for (let i = 0; i < list.length; i++) if (list[i] === it) return i; return -1; }`.
    fn search_by(&self, function: FunctionIdx) -> Option<Search> {
        let data = &self.code.functions[function.at()];
        let &[list, wanted, ..] = &data.params[..] else {
            return None;
        };
        let is_kept = |param: BindingIdx| self.facts.assigns[param.at()].is_empty();
        if !is_kept(list) || !is_kept(wanted) || data.is_async {
            return None;
        }
        let reads = |op: OpIdx, param: BindingIdx| matches!(*self.code.kind(op), OpKind::Read(read) if read == param);
        let is_element = |op: OpIdx| matches!(*self.code.kind(op), OpKind::Index { object, .. } if reads(object, list));
        let is_pair = |one: OpIdx, other: OpIdx| {
            (is_element(one) && reads(other, wanted)) || (is_element(other) && reads(one, wanted))
        };
        let compares = |op: OpIdx| match *self.code.kind(op) {
            OpKind::Binary {
                op: BinaryOp::Equal,
                left,
                right,
            } => is_pair(left, right),
            // `compare(list[middle], wanted)`
            OpKind::Call { ref args, .. } => {
                matches!(args[..], [one, other] if is_pair(one, other))
            }
            _ => false,
        };
        // What writes does more than to look.
        let does_more = self.ops_of(function).any(|op| match *self.code.kind(op) {
            OpKind::Store { .. } | OpKind::StoreIndex { .. } => true,
            OpKind::Call { callee, .. } => match *self.code.kind(callee) {
                OpKind::Member { object, name } => {
                    reads(object, list) && !matches!(self.text(name), "indexOf" | "includes")
                }
                _ => false,
            },
            _ => false,
        });
        if does_more || !self.ops_of(function).any(compares) {
            return None;
        }
        let mut answers =
            self.facts.returns[function.at()]
                .iter()
                .map(|&exit| match *self.code.kind(exit) {
                    OpKind::Return(value) => self.code.kind(value),
                    _ => &OpKind::Unknown,
                });
        // `-1`, `~low`
        let is_negative = |value: &OpKind| {
            matches!(
                value,
                OpKind::Unary {
                    op: UnaryOp::Number,
                    ..
                }
            )
        };
        if answers.clone().any(is_negative) {
            return Some(Search::Position);
        }
        let answers_yes = |value: &OpKind| matches!(value, OpKind::Bool(true));
        let is_answer = answers.clone().any(answers_yes)
            && answers.all(|value| matches!(value, OpKind::Bool(_)));
        is_answer.then_some(Search::Answer)
    }
}
