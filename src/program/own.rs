//! Whether an insertion goes to what its own call has just made, where a helper that makes it also made a collection.
//!
//! Calls are not told apart, so that whatever a helper allocates flows to all that call it. Must not know rules.

use super::collections::{Collection, Insertion};
use super::{Program, SiteIdx};
use crate::summary::{FunctionIdx, OpIdx, OpKind};

/// How many helpers are looked through.
const MAX_HELPERS: usize = 12;

/// How far values are followed through variables, choices and calls.
const MAX_DEPTH: u32 = 16;

impl Program {
    /// `const copy = copyOf(list); copy.push(item)`.
    pub fn goes_to_own(&self, collection: &Collection, insertion: &Insertion) -> bool {
        if insertion.via.is_some() {
            return self.is_handed_own(collection.site, insertion);
        }
        let Some(target) = insertion.target else {
            return false;
        };
        let OpKind::Read(binding) = *self.code.kind(target) else {
            return false;
        };
        let function = self.code.bindings[binding.at()].function;
        let values = self.assigned_values(binding);
        let mut helpers = vec![function];
        !values.is_empty()
            && values.iter().all(|&value| {
                matches!(self.code.kind(value), OpKind::Call { .. })
                    && self.function_of(value) == function
                    && self.recurs(value)
                    && self.is_new(collection.site, value, &mut helpers, 0)
            })
            && helpers.len() > 1
            // What makes it keeps it nowhere.
            && self.lifetimes.written[collection.site.0 as usize]
                .is_some_and(|write| !helpers.contains(&self.function_of(write)))
    }

    /// `const found = []; collect(root, found)`: a helper gets what its caller has just allocated.
    fn is_handed_own(&self, site: SiteIdx, insertion: &Insertion) -> bool {
        let Some(call) = insertion.via.filter(|&call| self.recurs(call)) else {
            return false;
        };
        let OpKind::Call { args, .. } = self.code.kind(call) else {
            return false;
        };
        let caller = self.function_of(call);
        let is_own = |&arg: &OpIdx| {
            let OpKind::Read(passed) = *self.code.kind(arg) else {
                return false;
            };
            let values = self.assigned_values(passed);
            self.code.bindings[passed.at()].function == caller
                && !values.is_empty()
                && values
                    .iter()
                    .all(|&value| self.flow.sites[site.0 as usize].op == Some(value))
        };
        let adder = self.function_of(insertion.op);
        self.flow.callees(call).any(|callee| callee == adder)
            && args
                .iter()
                .filter(|&&arg| self.flow.of_op(arg).contains(&site))
                .all(is_own)
    }

    /// Whether an operation gives a site only where it, or what it calls, has just allocated it.
    fn is_new(
        &self,
        site: SiteIdx,
        value: OpIdx,
        helpers: &mut Vec<FunctionIdx>,
        depth: u32,
    ) -> bool {
        if depth > MAX_DEPTH {
            return false;
        }
        if !self.flow.of_op(value).contains(&site)
            || self.flow.sites[site.0 as usize].op == Some(value)
        {
            return true;
        }
        match *self.code.kind(value) {
            OpKind::Either { left, right, .. } => {
                self.is_new(site, left, helpers, depth + 1)
                    && self.is_new(site, right, helpers, depth + 1)
            }
            OpKind::Read(binding) => {
                let values = self.assigned_values(binding);
                self.code.bindings[binding.at()].function == self.function_of(value)
                    && !values.is_empty()
                    && values
                        .into_iter()
                        .all(|value| self.is_new(site, value, helpers, depth + 1))
            }
            OpKind::Call { .. } => {
                let callees: Vec<FunctionIdx> = self.flow.callees(value).collect();
                !callees.is_empty()
                    && callees.into_iter().all(|callee| {
                        if helpers.contains(&callee) {
                            return true;
                        }
                        helpers.push(callee);
                        helpers.len() <= MAX_HELPERS
                            && self.facts.returns[callee.at()].iter().all(|&exit| {
                                match *self.code.kind(exit) {
                                    OpKind::Return(value) => {
                                        self.is_new(site, value, helpers, depth + 1)
                                    }
                                    _ => true,
                                }
                            })
                    })
            }
            _ => false,
        }
    }
}
