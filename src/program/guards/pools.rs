//! Pools: what is added only where no element is free, and what sets elements free.
//!
//! Must not know other conditions.

use super::super::collections::{Collection, Insertion};
use super::super::{Program, SiteIdx, flow, tests_of};
use crate::summary::{BinaryOp, FunctionIdx, Name, OpIdx, OpKind, RegionKind, Write};

impl Program {
    /// Whether an insertion runs only where a search of the collection found no free element, and something else sets
    /// elements free: there are as many as were in use at one time.
    pub fn is_pooled(&self, collection: &Collection, insertion: &Insertion) -> bool {
        let elements = self.elements_of(collection);
        if elements.is_empty() || insertion.key.is_some() {
            return false;
        }
        let mut is_pooled = false;
        for (_, kind) in self.regions(insertion.op) {
            if let RegionKind::Branch { test, sense, .. } = *kind {
                tests_of::certain(&self.code, test, sense, &mut |atom, sense| {
                    is_pooled |= self.missed(atom, sense).is_some_and(|found| {
                        self.search_in(collection, found, &elements)
                            .is_some_and(|search| {
                                let adding = self.function_of(insertion.op);
                                self.is_set_free(search, adding, &elements)
                            })
                    });
                });
            }
        }
        is_pooled
    }

    /// The sites of the elements that a collection is known to have.
    fn elements_of(&self, collection: &Collection) -> Vec<SiteIdx> {
        self.flow
            .fields(collection.site)
            .filter(|&(name, _)| name == self.flow.well_known.element)
            .flat_map(|(_, sites)| sites.iter().copied())
            .filter(|&site| site != flow::UNKNOWN)
            .collect()
    }

    fn is_one_of(&self, op: OpIdx, elements: &[SiteIdx]) -> bool {
        self.flow
            .of_op(op)
            .iter()
            .any(|site| elements.contains(site))
    }

    /// What gave nothing where a condition came out as `sense`: `const free = first(); if (free === null) …`.
    fn missed(&self, atom: OpIdx, sense: bool) -> Option<OpIdx> {
        let read = match *self.code.kind(atom) {
            OpKind::Binary {
                op: op @ (BinaryOp::Equal | BinaryOp::IsNull | BinaryOp::NotEqual),
                left,
                right,
            } => {
                let is_nothing = matches!(self.code.kind(right), OpKind::Nullish);
                ((op != BinaryOp::NotEqual) == sense && is_nothing).then_some(left)?
            }
            _ => (!sense).then_some(atom)?,
        };
        match *self.code.kind(read) {
            OpKind::Read(binding) => self
                .only_value(binding)
                .or_else(|| self.value_at(binding, read)),
            _ => Some(read),
        }
    }

    /// The function that looks at the elements of a collection and picks one, where a call gives what it picked.
    fn search_in(
        &self,
        collection: &Collection,
        call: OpIdx,
        elements: &[SiteIdx],
    ) -> Option<FunctionIdx> {
        let OpKind::Call {
            callee, ref args, ..
        } = *self.code.kind(call)
        else {
            return None;
        };
        let is_it = |op: OpIdx| self.flow.of_op(op).contains(&collection.site);
        if let OpKind::Member { object, name } = *self.code.kind(callee)
            && self.text(name) == "find"
            && is_it(object)
        {
            return match *self.code.kind(*args.first()?) {
                OpKind::Function(test) => Some(test),
                _ => None,
            };
        }
        let mut callees = self.flow.callees(call);
        let (Some(search), None) = (callees.next(), callees.next()) else {
            return None;
        };
        let goes_through = self.ops_of(search).any(|op| match *self.code.kind(op) {
            OpKind::Index { object, .. } => is_it(object),
            OpKind::Iterate { over, .. } => is_it(over),
            _ => false,
        });
        let picks = self.facts.returns[search.at()].iter().any(|&exit| {
            matches!(*self.code.kind(exit), OpKind::Return(value) if self.is_one_of(value, elements))
        });
        (goes_through && picks).then_some(search)
    }

    /// Which properties an element must have, or must not have, for a search to pick it.
    fn wanted(&self, search: FunctionIdx, elements: &[SiteIdx]) -> Vec<(Name, bool)> {
        let mut found = Vec::new();
        let mut note = |atom: OpIdx, sense: bool| {
            let (asked, sense) = match *self.code.kind(atom) {
                OpKind::Binary {
                    op: op @ (BinaryOp::Equal | BinaryOp::IsNull | BinaryOp::NotEqual),
                    left,
                    right,
                } => {
                    let is_equal = (op != BinaryOp::NotEqual) == sense;
                    let Some(is_true) = self.is_fixed_as(right) else {
                        return;
                    };
                    (left, is_equal == is_true)
                }
                _ => (atom, sense),
            };
            if let OpKind::Member { object, name } = *self.code.kind(asked)
                && self.is_one_of(object, elements)
            {
                found.push((name, sense));
            }
        };
        for &exit in &self.facts.returns[search.at()] {
            let OpKind::Return(value) = *self.code.kind(exit) else {
                continue;
            };
            if self.is_one_of(value, elements) {
                for (_, kind) in self.regions(exit) {
                    if let RegionKind::Branch { test, sense, .. } = *kind {
                        tests_of::certain(&self.code, test, sense, &mut note);
                    }
                }
            } else {
                tests_of::certain(&self.code, value, true, &mut note);
            }
        }
        found
    }

    /// Whether a fixed value counts as true.
    fn is_fixed_as(&self, value: OpIdx) -> Option<bool> {
        match *self.code.kind(value) {
            OpKind::Nullish => Some(false),
            OpKind::Bool(value) => Some(value),
            OpKind::Num(value) => Some(value != 0.0),
            _ => None,
        }
    }

    /// Whether elements are made such as a search picks, by neither the search nor what adds them.
    fn is_set_free(&self, search: FunctionIdx, adding: FunctionIdx, elements: &[SiteIdx]) -> bool {
        let wanted = self.wanted(search, elements);
        let frees = |op: OpIdx, wanted: bool| match *self.code.kind(op) {
            OpKind::Store { value, write, .. } => {
                let function = self.function_of(op);
                write == Write::Plain
                    && self.is_fixed_as(value) == Some(wanted)
                    && function != adding
                    && function != search
                    && self.is_reached(function)
                    && self.recurs(op)
            }
            _ => false,
        };
        elements.iter().any(|&site| {
            wanted.iter().any(|&(name, wanted)| {
                let mut writes = self.facts.field_writes(site, name).iter();
                writes.any(|write| frees(write.write, wanted))
            })
        })
    }
}
