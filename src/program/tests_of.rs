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
    missing_at(code, test, sense, 0, found);
}

/// How many operators of one condition are looked into.
const MAX_DEPTH: u32 = 64;

fn missing_at(code: &ModuleSummary, test: OpIdx, sense: bool, depth: u32, found: &mut Vec<Place>) {
    if depth > MAX_DEPTH {
        return;
    }
    match *code.kind(test) {
        OpKind::Unary {
            op: UnaryOp::Not,
            operand,
        } => missing_at(code, operand, !sense, depth + 1, found),
        OpKind::Binary {
            op: op @ (BinaryOp::Equal | BinaryOp::NotEqual | BinaryOp::IsNull),
            left,
            right,
        } => {
            let equal = (op != BinaryOp::NotEqual) == sense;
            for (value, other) in [(left, right), (right, left)] {
                let is_nothing = match code.kind(other) {
                    OpKind::Nullish
                    | OpKind::Bool(false)
                    | OpKind::Unary {
                        op: UnaryOp::Void, ..
                    } => true,
                    OpKind::Num(number) => *number <= 0.0,
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
            missing_at(code, left, true, depth + 1, found);
            missing_at(code, right, true, depth + 1, found);
        }
        OpKind::Either {
            choice: Choice::Or,
            left,
            right,
        } if !sense => {
            missing_at(code, left, false, depth + 1, found);
            missing_at(code, right, false, depth + 1, found);
        }
        _ if !sense => found.extend(place(code, test)),
        _ => {}
    }
}

/// Calls `visit` with each part of a condition that is certain to have held or failed, and which of the two.
pub(crate) fn certain(
    code: &ModuleSummary,
    test: OpIdx,
    sense: bool,
    visit: &mut dyn FnMut(OpIdx, bool),
) {
    let mut work = vec![(test, sense, 0)];
    while let Some((test, sense, depth)) = work.pop() {
        match *code.kind(test) {
            _ if depth > MAX_DEPTH => {}
            OpKind::Unary {
                op: UnaryOp::Not,
                operand,
            } => work.push((operand, !sense, depth + 1)),
            OpKind::Either {
                choice: choice @ (Choice::And | Choice::Or),
                left,
                right,
            } => {
                if (choice == Choice::And) == sense {
                    work.push((left, sense, depth + 1));
                    work.push((right, sense, depth + 1));
                }
            }
            _ => visit(test, sense),
        }
    }
}

/// Calls `visit` with each part of a condition and what it must have been, as far as that is known.
pub(crate) fn atoms(
    code: &ModuleSummary,
    test: OpIdx,
    sense: bool,
    visit: &mut dyn FnMut(OpIdx, bool),
) {
    atoms_at(code, test, sense, 0, visit);
}

fn atoms_at(
    code: &ModuleSummary,
    test: OpIdx,
    sense: bool,
    depth: u32,
    visit: &mut dyn FnMut(OpIdx, bool),
) {
    if depth > MAX_DEPTH {
        return;
    }
    match *code.kind(test) {
        OpKind::Unary {
            op: UnaryOp::Not,
            operand,
        } => atoms_at(code, operand, !sense, depth + 1, visit),
        // Of `a && b` that failed, and `a || b` that held, only one part need have done so; each is worth a look.
        OpKind::Either {
            choice: Choice::And | Choice::Or,
            left,
            right,
        } => {
            atoms_at(code, left, sense, depth + 1, visit);
            atoms_at(code, right, sense, depth + 1, visit);
        }
        _ => visit(test, sense),
    }
}
