//! Conditions that compare the number of entries.

use super::super::Program;
use super::super::collections::{Collection, Insertion};
use crate::summary::{BinaryOp, BindingIdx, OpIdx, OpKind, Write};

impl Program {
    /// `cache.size < N`, `Object.keys(cache).length > N`, `count >= MAX` where the same code counts.
    pub(super) fn compares_size(
        &self,
        collection: &Collection,
        insertion: &Insertion,
        atom: OpIdx,
    ) -> bool {
        let OpKind::Binary { op, left, right } = *self.code.kind(atom) else {
            return false;
        };
        match op {
            BinaryOp::Less | BinaryOp::Greater => {}
            // `list.length === MAX`; against zero it asks only whether there is anything.
            BinaryOp::Equal | BinaryOp::NotEqual => {
                let is_zero =
                    |op: OpIdx| matches!(self.code.kind(op), OpKind::Num(number) if *number <= 0.0);
                if is_zero(left) || is_zero(right) {
                    return false;
                }
            }
            _ => return false,
        }
        let is_key_length = |op: OpIdx| match *self.code.kind(op) {
            OpKind::Member { object, name } => {
                self.text(name) == "length" && self.is_key(object, insertion)
            }
            _ => false,
        };
        if is_key_length(left) || is_key_length(right) {
            return true;
        }
        [(left, right), (right, left)].iter().any(|&(size, limit)| {
            !self.is_zero(limit)
                && (self.is_size_of(collection, size, 0) || self.is_count_of(insertion, size))
                && !self.is_size_of(collection, limit, 0)
        })
    }

    /// Whether a condition that came out as `sense` says that the collection has no entry: `list.length === 0`,
    /// `!(list.length > 0)`.
    pub(super) fn is_empty(&self, collection: &Collection, atom: OpIdx, sense: bool) -> bool {
        match *self.code.kind(atom) {
            OpKind::Binary {
                op: op @ (BinaryOp::Equal | BinaryOp::NotEqual),
                left,
                right,
            } => {
                (op == BinaryOp::Equal) == sense
                    && ((self.is_zero(right) && self.is_size_of(collection, left, 0))
                        || (self.is_zero(left) && self.is_size_of(collection, right, 0)))
            }
            OpKind::Binary {
                op: BinaryOp::Greater,
                left,
                right,
            } => !sense && self.is_zero(right) && self.is_size_of(collection, left, 0),
            OpKind::Binary {
                op: BinaryOp::Less,
                left,
                right,
            } => !sense && self.is_zero(left) && self.is_size_of(collection, right, 0),
            _ => !sense && self.is_size_of(collection, atom, 0),
        }
    }

    fn is_zero(&self, op: OpIdx) -> bool {
        matches!(self.code.kind(op), OpKind::Num(number) if *number == 0.0)
    }

    fn is_size_of(&self, collection: &Collection, op: OpIdx, depth: u32) -> bool {
        if depth > 3 {
            return false;
        }
        match *self.code.kind(op) {
            OpKind::Member { object, name } if matches!(self.text(name), "size" | "length") => {
                if self.flow.of_op(object).contains(&collection.site) {
                    return true;
                }
                match self.code.kind(object) {
                    // `Object.keys(cache).length`, `[...cache].length`.
                    OpKind::Call { args, .. } => args
                        .first()
                        .is_some_and(|&arg| self.flow.of_op(arg).contains(&collection.site)),
                    _ => false,
                }
            }
            OpKind::Read(binding) => self.facts.assigns[binding.at()].iter().any(|&assign| {
                match *self.code.kind(assign) {
                    OpKind::Assign { value, .. } => self.is_size_of(collection, value, depth + 1),
                    _ => false,
                }
            }),
            OpKind::Binary {
                op: BinaryOp::Add | BinaryOp::Arithmetic,
                left,
                right,
            } => {
                self.is_size_of(collection, left, depth + 1)
                    || self.is_size_of(collection, right, depth + 1)
            }
            _ => false,
        }
    }

    /// A counter that outlives the call and that the inserting function counts.
    fn is_count_of(&self, insertion: &Insertion, op: OpIdx) -> bool {
        let function = self.function_of(insertion.op);
        let counts = |binding: BindingIdx| {
            self.code.bindings[binding.at()].function != function
                && self.facts.assigns[binding.at()].iter().any(|&assign| {
                    matches!(
                        self.code.kind(assign),
                        OpKind::Assign {
                            write: Write::Compound,
                            ..
                        }
                    ) && self.function_of(assign) == function
                })
        };
        match *self.code.kind(op) {
            OpKind::Read(binding) => counts(binding),
            // `++count > MAX`
            OpKind::Binary {
                op: BinaryOp::Add,
                left,
                ..
            } => matches!(*self.code.kind(left), OpKind::Read(binding) if counts(binding)),
            _ => false,
        }
    }
}
