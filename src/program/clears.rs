//! Which removals count, and what a function that empties a collection does besides.
//!
//! Must not weigh it: that is for rules.

use rustc_hash::FxHashSet;

use super::literals::Failure;
use super::{Collection, Escape, Index, Module, Program, file_of};
use crate::names;
use crate::summary::{FunctionIdx, FunctionKind, ModuleSummary, OpIdx, OpKind};

/// How many functions are taken to be part of one.
const MAX_PARTS: usize = 64;

impl Program {
    /// Whether a removal counts: it is reached again and again by code that is neither for development nor for tests, under
    /// no condition that fails, unless for objects that callers bring.
    pub fn takes_away(&self, removal: OpIdx) -> bool {
        self.is_reached(self.function_of(removal))
            && self.recurs(removal)
            && !self.is_for_tests(removal)
            && matches!(self.failure_at(removal), None | Some(Failure::Unbrought))
    }

    /// Whether an operation is of a file for development, or in a function that is for tests.
    pub fn is_for_tests(&self, op: OpIdx) -> bool {
        self.modules[self.place(op).file.0 as usize].is_development
            || self
                .functions_around(op)
                .any(|function| self.facts.for_tests.contains(&function))
    }

    /// Whether no call of the program means this function and none is known to be made by code that gets it as an argument.
    pub fn is_uncalled(&self, function: FunctionIdx) -> bool {
        let is_passed = self.flow.function_site[function.at()]
            .is_some_and(|site| self.flow.escapes(site, Escape::Passed));
        self.facts.callers[function.at()].is_empty() && !is_passed
    }

    /// Whether a removal is that of a function that only empties the collection and that nothing here is seen to call.
    pub fn is_lone_clear(&self, collection: &Collection, removal: OpIdx) -> bool {
        let function = self
            .emptying(collection.site, removal)
            .map_or(self.function_of(removal), |emptying| emptying.function);
        self.is_uncalled(function) && !self.uses_otherwise(collection, function)
    }

    /// Whether a function does more with a collection than to empty it.
    fn uses_otherwise(&self, collection: &Collection, function: FunctionIdx) -> bool {
        let parts = self.parts_of_function(function);
        let mut emptying: Vec<OpIdx> = Vec::new();
        for &(op, _) in &collection.removals {
            emptying.extend(self.emptied(op));
            if parts.contains(&self.function_of(op))
                && let Some(emptied) = self.emptying(collection.site, op)
            {
                emptying.extend(emptied.parts);
            }
        }
        let here = |op: &OpIdx| parts.contains(&self.function_of(*op)) && !emptying.contains(op);
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
                    && !emptying.contains(&op)
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

/// The functions that are for tests by their names, which nothing but files for development calls: `resetCacheForTests`.
pub(super) fn for_tests(
    code: &ModuleSummary,
    facts: &Index,
    modules: &[Module],
) -> FxHashSet<FunctionIdx> {
    let is_development = |&caller: &OpIdx| {
        let function = code.regions[code.ops[caller.at()].region.at()].function;
        modules[file_of(modules, function).0 as usize].is_development
    };
    (0..code.functions.len() as u32)
        .map(FunctionIdx)
        .filter(|function| {
            let name = code.functions[function.at()].name;
            name.is_some_and(|name| is_named_for_tests(code.name(name)))
                && facts.callers[function.at()].iter().all(is_development)
        })
        .collect()
}

/// Whether one word of a name says that it is for tests, and others what it does: `clearForTesting`, `_resetTestState`.
fn is_named_for_tests(name: &str) -> bool {
    let is_for_tests =
        |word: &str| ["test", "testing", "tests"].contains(&word.to_lowercase().as_str());
    names::words(name).count() > 1 && names::words(name).any(is_for_tests)
}

#[test]
fn names_for_tests_are_told_from_names_of_tests() {
    for name in [
        "resetCacheForTests",
        "__clear_for_testing__",
        "_resetTestState",
        "RESET_FOR_TEST",
    ] {
        assert!(is_named_for_tests(name), "{name}");
    }
    for name in [
        "test",
        "resetLatest",
        "contestants",
        "clear",
        "_",
        "attestTo",
    ] {
        assert!(!is_named_for_tests(name), "{name}");
    }
}
