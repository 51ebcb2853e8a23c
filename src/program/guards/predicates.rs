//! Questions that a function of the program answers: `if (!isKnown(key)) return`.
//!
//! Must not know what the answer means for a verdict.

use crate::program::Program;
use crate::program::collections::{Collection, Insertion};
use crate::summary::{BindingKind, FunctionIdx, OpIdx, OpKind};

/// How many calls of a function are looked at.
const MAX_CALLERS: usize = 20;

impl Program {
    /// Whether a call that came out as `sense` says that the key, which it gets, is one of a fixed set.
    pub(super) fn is_let_pass(
        &self,
        collection: &Collection,
        insertion: &Insertion,
        atom: OpIdx,
        sense: bool,
    ) -> bool {
        let OpKind::Call { args, .. } = self.code.kind(atom) else {
            return false;
        };
        let mut callees = self.flow.callees(atom);
        let (Some(callee), None) = (callees.next(), callees.next()) else {
            return false;
        };
        let Some(answer) = self.answer_of(callee) else {
            return false;
        };
        let params = &self.code.functions[callee.at()].params;
        params.iter().zip(args).any(|(&param, &arg)| {
            if !self.is_key(arg, insertion) || !self.facts.assigns[param.at()].is_empty() {
                return false;
            }
            let Some(&read) = self.facts.reads[param.at()].first() else {
                return false;
            };
            let inside = Insertion {
                key: Some(read),
                inner_key: Some(read),
                ..*insertion
            };
            self.is_chosen_by(answer, sense, collection, &inside)
        })
    }

    /// Whether each call of the function that adds passes as the key what it has found to be one of a fixed set.
    pub(super) fn is_checked_before(&self, collection: &Collection, insertion: &Insertion) -> bool {
        let Some(&OpKind::Read(key)) = insertion.inner_key.map(|key| self.code.kind(key)) else {
            return false;
        };
        let data = &self.code.bindings[key.at()];
        let BindingKind::Param(position) = data.kind else {
            return false;
        };
        let callers = &self.facts.callers[data.function.at()];
        if data.function != self.function_of(insertion.op)
            || self.flow.function_escapes(data.function)
            || !self.facts.assigns[key.at()].is_empty()
            || callers.len() > MAX_CALLERS
        {
            return false;
        }
        let is_checked = |&call: &OpIdx| {
            let OpKind::Call { args, .. } = self.code.kind(call) else {
                return false;
            };
            let passed = args.get(position as usize).copied();
            let outside = Insertion {
                key: passed,
                inner_key: passed,
                ..*insertion
            };
            self.is_chosen_at(call, collection, &outside)
        };
        !callers.is_empty() && callers.iter().all(is_checked)
    }

    /// What the only `return` of a function gives.
    fn answer_of(&self, function: FunctionIdx) -> Option<OpIdx> {
        match self.facts.returns[function.at()] {
            [exit] => match *self.code.kind(exit) {
                OpKind::Return(value) => Some(value),
                _ => None,
            },
            _ => None,
        }
    }
}
