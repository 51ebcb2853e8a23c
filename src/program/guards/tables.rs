//! Look-ups in tables that nothing extends.
//!
//! Must not know conditions.

use super::super::collections::Insertion;
use super::super::{Program, SiteIdx, SiteKind, stands_in};
use crate::summary::{BindingKind, OpIdx, OpKind};

/// How many names and calls lead from a table to where it is made.
const MAX_STEPS: u32 = 4;

/// How many operations of a function before what adds are looked at: those of a bundle are one function.
const MAX_BEFORE: usize = 400;

impl Program {
    /// Whether an operation gives a table that is made while modules load and to which nothing is added later.
    pub(super) fn is_fixed(&self, table: OpIdx) -> bool {
        let sites = self.flow.of_op(self.made_by(table));
        !sites.is_empty()
            && sites.iter().all(|&site| {
                let made = self.flow.sites[site.0 as usize].op;
                !self.written_later.contains(&site) && made.is_some_and(|op| !self.recurs(op))
            })
    }

    /// What makes an object that is named, frozen, or given further properties by name.
    fn made_by(&self, object: OpIdx) -> OpIdx {
        let step = |&op: &OpIdx| match self.code.kind(op) {
            OpKind::Cast { value, .. } => Some(*value),
            OpKind::Read(binding) => {
                let binding = match self.code.bindings[binding.at()].kind {
                    BindingKind::Import { .. } => self.imported(*binding)?,
                    _ => *binding,
                };
                self.only_value(binding)
            }
            OpKind::Call { callee, args, .. } => match *self.code.kind(*callee) {
                OpKind::Member { object, name } => {
                    let is_same = matches!(
                        self.text(name),
                        "defineProperties" | "defineProperty" | "freeze" | "seal"
                    );
                    let is_of_language = matches!(*self.code.kind(object), OpKind::Global(name) if self.text(name) == "Object");
                    args.first().copied().filter(|_| is_same && is_of_language)
                }
                _ => None,
            },
            _ => None,
        };
        let steps = std::iter::successors(Some(object), step).take(MAX_STEPS as usize + 1);
        let last = steps.last().unwrap_or(object);
        if matches!(self.code.kind(last), OpKind::Object { .. }) {
            last
        } else {
            object
        }
    }

    /// Whether what adds runs only once an entry of a fixed table was taken by the same key, and used as it could not be
    /// if there were none: `const value = TABLE[key](); cache.set(key, value)`.
    pub(super) fn is_taken_before(&self, insertion: &Insertion) -> bool {
        let here = std::iter::once(insertion.op).chain(self.makers(insertion.op));
        here.into_iter().any(|point| {
            let ops = &self.facts.ops[self.function_of(point).at()];
            let before = &ops[..ops.partition_point(|&usage| usage < point)];
            let near = &before[before.len().saturating_sub(MAX_BEFORE)..];
            near.iter().any(|&usage| {
                self.used_by(usage)
                    .is_some_and(|used| self.is_entry(used, insertion))
                    && stands_in(&self.code, point, self.code.ops[usage.at()].region)
            })
        })
    }

    /// Whether code around an insertion reads a fixed table by its key, and has nothing for keys that are not there.
    pub fn is_read_of_table(&self, insertion: &Insertion) -> bool {
        let function = self.function_of(insertion.op);
        self.ops_of(function).any(|usage| {
            matches!(self.code.kind(usage), OpKind::Template(_)) && {
                let mut is_part = false;
                self.code.kind(usage).operands(&mut |part| {
                    is_part |= self.is_entry(part, insertion);
                });
                is_part
            }
        })
    }

    /// What an operation uses as a function or an object that is sure to be there.
    fn used_by(&self, usage: OpIdx) -> Option<OpIdx> {
        let used = match *self.code.kind(usage) {
            OpKind::Call { callee, .. } => callee,
            OpKind::Member { object, .. } | OpKind::Index { object, .. } => object,
            _ => return None,
        };
        let is_optional = self.code.optional.binary_search(&usage).is_ok();
        (!is_optional).then_some(used)
    }

    /// Whether an operation gives the entry of a fixed table that has the key of an insertion.
    fn is_entry(&self, op: OpIdx, insertion: &Insertion) -> bool {
        match *self.code.kind(op) {
            OpKind::Index { object, key } => {
                self.is_key(key, insertion)
                    && self.is_fixed(object)
                    && self
                        .flow
                        .of_op(self.made_by(object))
                        .iter()
                        .all(|&site| self.is_written_out(site))
            }
            OpKind::Read(binding) => self.only_value(binding).is_some_and(|value| {
                matches!(self.code.kind(value), OpKind::Index { .. })
                    && self.is_entry(value, insertion)
            }),
            _ => false,
        }
    }

    /// Whether a site is an object literal with properties.
    pub(in crate::program) fn is_written_out(&self, site: SiteIdx) -> bool {
        let data = self.flow.sites[site.0 as usize];
        data.kind == SiteKind::Object
            && data.op.is_some_and(|made| {
                matches!(*self.code.kind(made), OpKind::Object { properties } if properties > 0)
            })
    }
}
