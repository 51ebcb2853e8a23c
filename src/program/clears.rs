//! What a function that empties a collection does besides.
//!
//! Must not weigh it: that is for rules.

use super::{Collection, Escape, Program};
use crate::summary::{FunctionIdx, FunctionKind, OpIdx, OpKind};

/// How many functions are taken to be part of one.
const MAX_PARTS: usize = 64;

impl Program {
    /// Whether no call of the program means this function and none is known to be made by code that gets it as an argument.
    pub fn is_uncalled(&self, function: FunctionIdx) -> bool {
        let is_passed = self.flow.function_site[function.at()]
            .is_some_and(|site| self.flow.escapes(site, Escape::Passed));
        self.facts.callers[function.at()].is_empty() && !is_passed
    }

    /// Whether a function does more with a collection than to empty it.
    pub fn uses_otherwise(&self, collection: &Collection, function: FunctionIdx) -> bool {
        let parts = self.parts_of_function(function);
        let here = |op: &OpIdx| parts.contains(&self.function_of(*op));
        let emptied: Vec<OpIdx> = collection
            .removals
            .iter()
            .filter_map(|&(op, _)| self.emptied(op))
            .collect();
        collection
            .reads
            .iter()
            .chain(&collection.enumerations)
            .any(here)
            || collection
                .insertions
                .iter()
                .any(|insertion| here(&insertion.op))
            || self.ops_of(function).any(|op| {
                matches!(self.code.kind(op), OpKind::Read(_) | OpKind::Member { .. })
                    && self.flow.of_op(op).contains(&collection.site)
                    && !emptied.contains(&op)
            })
    }

    /// A function with those that nothing else leads to: what it calls, and what only that calls.
    fn parts_of_function(&self, function: FunctionIdx) -> Vec<FunctionIdx> {
        let mut parts = vec![function];
        let mut next = 0;
        while let Some(&part) = parts.get(next) {
            next += 1;
            let called = self.ops_of(part).flat_map(|op| self.flow.callees(op));
            for callee in called {
                let is_part = self.code.functions[callee.at()].kind != FunctionKind::Module
                    && !self.flow.function_escapes(callee);
                if is_part && !parts.contains(&callee) && parts.len() < MAX_PARTS {
                    parts.push(callee);
                }
            }
        }
        loop {
            let before = parts.len();
            let kept = parts.clone();
            parts.retain(|&part| {
                let mut callers = self.facts.callers[part.at()].iter();
                part == function || callers.all(|&call| kept.contains(&self.function_of(call)))
            });
            if parts.len() == before {
                return parts;
            }
        }
    }

    /// The operation that gives the collection that a removal empties.
    fn emptied(&self, removal: OpIdx) -> Option<OpIdx> {
        match *self.code.kind(removal) {
            OpKind::Call { callee, .. } => match *self.code.kind(callee) {
                OpKind::Member { object, .. } => Some(object),
                _ => None,
            },
            OpKind::Store { object, .. } | OpKind::DeleteIndex { object, .. } => Some(object),
            _ => None,
        }
    }
}
