//! What a condition says: which places it finds missing, which sizes it compares.
//!
//! Knows the facts of one condition. Must not know collections or rules.

use crate::summary::{BinaryOp, BindingIdx, Choice, ModuleSummary, Name, OpIdx, OpKind, UnaryOp};

/// A place that a condition can test: a binding, or a named property of whatever object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Place {
    /// A binding.
    Binding(BindingIdx),
    /// A property.
    Member(Name),
}

/// The place that an operation reads.
pub(crate) fn place(code: &ModuleSummary, op: OpIdx) -> Option<Place> {
    match *code.kind(op) {
        OpKind::Read(binding) | OpKind::Target(binding) => Some(Place::Binding(binding)),
        OpKind::Member { name, .. } => Some(Place::Member(name)),
        OpKind::Cast { value, .. } | OpKind::Await(value) => place(code, value),
        _ => None,
    }
}

/// The places that are missing (falsy, null or undefined) where the condition came out as `sense`.
pub(crate) fn missing(code: &ModuleSummary, test: OpIdx, sense: bool, found: &mut Vec<Place>) {
    match *code.kind(test) {
        OpKind::Unary {
            op: UnaryOp::Not,
            operand,
        } => missing(code, operand, !sense, found),
        OpKind::Binary {
            op: op @ (BinaryOp::Equal | BinaryOp::NotEqual),
            left,
            right,
        } => {
            let equal = (op == BinaryOp::Equal) == sense;
            for (value, other) in [(left, right), (right, left)] {
                let is_nothing = match code.kind(other) {
                    OpKind::Nullish
                    | OpKind::Bool(false)
                    | OpKind::Unary {
                        op: UnaryOp::Void, ..
                    } => true,
                    OpKind::Num(number) => *number == 0.0 || *number < 0.0,
                    _ => false,
                };
                if is_nothing && equal {
                    found.extend(place(code, value));
                }
                if matches!(code.kind(other), OpKind::Bool(true)) && !equal {
                    found.extend(place(code, value));
                }
                if let OpKind::Unary {
                    op: UnaryOp::TypeOf,
                    operand,
                } = *code.kind(value)
                    && matches!(code.kind(other), OpKind::Str(name) if code.name(*name) == "undefined")
                    && equal
                {
                    found.extend(place(code, operand));
                }
            }
        }
        OpKind::Either {
            choice: Choice::And,
            left,
            right,
        } if sense => {
            missing(code, left, true, found);
            missing(code, right, true, found);
        }
        OpKind::Either {
            choice: Choice::Or,
            left,
            right,
        } if !sense => {
            missing(code, left, false, found);
            missing(code, right, false, found);
        }
        _ if !sense => found.extend(place(code, test)),
        _ => {}
    }
}

/// Calls `visit` with each part of a condition and what it must have been, as far as that is known.
pub(crate) fn atoms(
    code: &ModuleSummary,
    test: OpIdx,
    sense: bool,
    visit: &mut dyn FnMut(OpIdx, bool),
) {
    match *code.kind(test) {
        OpKind::Unary {
            op: UnaryOp::Not,
            operand,
        } => atoms(code, operand, !sense, visit),
        // Of `a && b` that failed, and `a || b` that held, only one part need have done so; each is worth a look.
        OpKind::Either {
            choice: Choice::And | Choice::Or,
            left,
            right,
        } => {
            atoms(code, left, sense, visit);
            atoms(code, right, sense, visit);
        }
        _ => visit(test, sense),
    }
}
