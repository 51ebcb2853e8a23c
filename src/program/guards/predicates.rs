//! Questions that a function of the program answers: `if (!isKnown(key)) return`.
//!
//! Must not know what the answer means for a verdict.

use super::Guard;
use crate::program::collections::{Collection, Insertion};
use crate::program::{Program, tests_of};
use crate::summary::{FunctionIdx, OpIdx, OpKind};

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
            let mut passes = false;
            tests_of::certain(&self.code, answer, sense, &mut |atom, sense| {
                passes |= self.guard(collection, &inside, atom, sense) == Some(Guard::Membership);
            });
            passes
        })
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
