//! What is moved about within an array: sorts, swaps, shifts.
//!
//! Follows values backwards to what they were read from. Must not know conditions.

use super::super::collections::{Collection, Insertion, Shape};
use super::super::{Escape, Program, SiteIdx, SiteKind};
use crate::summary::{BindingIdx, BindingKind, CallKind, OpIdx, OpKind};

/// How many steps a value is followed.
const MAX_STEPS: u32 = 6;

/// The array within which a value is moved.
#[derive(Clone, Copy)]
struct List {
    site: SiteIdx,
    /// An operation that names it.
    named: OpIdx,
}

impl Program {
    /// Whether an insertion lets go of an entry or moves one rather than adds one: `list[index] = null`,
    /// `list[i] = list[i - 1]`, `const last = list[i]; list[i] = list[k]; list[k] = last`.
    pub fn is_vacated(&self, collection: &Collection, insertion: &Insertion) -> bool {
        let OpKind::StoreIndex { object, value, .. } = *self.code.kind(insertion.op) else {
            return false;
        };
        if matches!(self.code.kind(value), OpKind::Nullish) {
            return true;
        }
        let list = List {
            site: collection.site,
            named: object,
        };
        collection.shape == Shape::Array
            && insertion.key.is_some()
            && self.is_element_of(list, value, 0)
    }

    /// Whether an operation gives an element of a list, whichever way it went.
    fn is_element_of(&self, list: List, op: OpIdx, steps: u32) -> bool {
        if steps > MAX_STEPS {
            return false;
        }
        let again = |op: OpIdx| self.is_element_of(list, op, steps + 1);
        match *self.code.kind(op) {
            OpKind::Cast { value, .. } => again(value),
            OpKind::Index { object, key } => match (self.code.kind(object), self.code.kind(key)) {
                // `[list[i], list[k]] = [list[k], list[i]]`
                (OpKind::Array { elements }, OpKind::Num(_)) => {
                    elements.iter().all(|&element| again(element))
                }
                _ => self.has_elements_of(list, object, steps + 1),
            },
            OpKind::Read(binding) => {
                let is_param =
                    matches!(self.code.bindings[binding.at()].kind, BindingKind::Param(_));
                match self.value_at(binding, op) {
                    Some(value) => again(value),
                    None => !is_param && self.is_given(binding, again),
                }
            }
            _ => false,
        }
    }

    /// Whether all elements of an array are elements of a list: it is the list, a copy, or a place to put some by.
    fn has_elements_of(&self, list: List, array: OpIdx, steps: u32) -> bool {
        if steps > MAX_STEPS {
            return false;
        }
        if self.flow.of_op(array) == [list.site] || self.is_same_place(array, list.named) {
            return true;
        }
        let again = |op: OpIdx| self.has_elements_of(list, op, steps + 1);
        match *self.code.kind(array) {
            OpKind::Array { ref elements } => {
                let is_part = |&element: &OpIdx| match *self.code.kind(element) {
                    OpKind::Spread(from) => again(from),
                    _ => false,
                };
                !elements.is_empty() && elements.iter().all(is_part)
            }
            OpKind::Call { callee, .. } => match *self.code.kind(callee) {
                OpKind::Member { object, name } => {
                    matches!(
                        self.text(name),
                        "filter" | "reverse" | "slice" | "sort" | "toReversed" | "toSorted"
                    ) && again(object)
                }
                _ => false,
            },
            OpKind::Read(binding) => {
                self.is_given(binding, again)
                    || matches!(self.flow.of_op(array), &[site] if self.is_put_by(list, site, steps))
            }
            _ => false,
        }
    }

    /// Whether a binding is given something, and each time what `fits`.
    fn is_given(&self, binding: BindingIdx, fits: impl Fn(OpIdx) -> bool) -> bool {
        let values = self.assigned_values(binding);
        !values.is_empty() && values.into_iter().all(fits)
    }

    /// Whether an array is empty at first, and elements of a list are all that is put into it.
    fn is_put_by(&self, list: List, site: SiteIdx, steps: u32) -> bool {
        let data = &self.flow.sites[site.0 as usize];
        let begins_empty = data.op.is_some_and(|made| match self.code.kind(made) {
            OpKind::Array { elements } => elements.is_empty(),
            OpKind::Call { kind, .. } => *kind == CallKind::New,
            _ => false,
        });
        let is_filled = |&call: &OpIdx| match *self.code.kind(call) {
            OpKind::Call { callee, .. } => match *self.code.kind(callee) {
                OpKind::Member { object, .. } => self.flow.of_op(object).contains(&site),
                _ => false,
            },
            _ => false,
        };
        let fill = |name: &str| matches!(name, "fill" | "push" | "splice" | "unshift");
        let mut filling = self
            .facts
            .method_calls
            .iter()
            .filter(|(name, _)| fill(self.text(**name)))
            .flat_map(|(_, calls)| calls);
        let writes = &self.facts.computed_writes[site.0 as usize];
        data.kind == SiteKind::Array
            && begins_empty
            && !writes.is_empty()
            && writes.iter().all(|&write| match *self.code.kind(write) {
                OpKind::StoreIndex { value, .. } => self.is_element_of(list, value, steps + 1),
                _ => false,
            })
            && !self.flow.escapes(site, Escape::Passed)
            && !filling.any(is_filled)
    }
}
