//! Lists of a module that are given as a whole and that nothing adds to.
//!
//! Must not know conditions.

use super::super::Program;
use super::super::collections::Insertion;
use crate::summary::{BindingIdx, BindingKind, FunctionKind, OpIdx, OpKind};

impl Program {
    /// What is assigned to the variable of a module whose list an insertion goes through for its keys, where nothing adds
    /// to that list: `for (const plugin of plugins) hooks[plugin.id] = plugin`.
    pub fn list_behind(&self, insertion: &Insertion) -> Option<&[OpIdx]> {
        let key = insertion.inner_key?;
        let element = match *self.code.kind(key) {
            OpKind::Member { object, .. } => object,
            _ => key,
        };
        let OpKind::Read(element) = *self.code.kind(element) else {
            return None;
        };
        let lists = self.gone_through_for(element)?;
        let list = |&op: &OpIdx| match *self.code.kind(op) {
            OpKind::Read(list) => Some(list),
            _ => None,
        };
        let first = lists.first().and_then(list)?;
        let is_of_module = {
            let home = self.code.bindings[first.at()].function;
            self.code.functions[home.at()].kind == FunctionKind::Module
        };
        let is_same = lists.iter().all(|op| list(op) == Some(first));
        (is_of_module && is_same && self.is_only_looked_at(first))
            .then(|| &self.facts.assigns[first.at()])
    }

    /// What is gone through for the values of a variable: by loops, or by calls that call back.
    fn gone_through_for(&self, element: BindingIdx) -> Option<Vec<OpIdx>> {
        let data = &self.code.bindings[element.at()];
        if let BindingKind::Param(0) = data.kind {
            let callers = self.facts.callers[data.function.at()].iter();
            return callers
                .map(|&call| match *self.code.kind(call) {
                    OpKind::Call { callee, .. } if self.calls_back(call) => {
                        match *self.code.kind(callee) {
                            OpKind::Member { object, .. } => Some(object),
                            _ => None,
                        }
                    }
                    _ => None,
                })
                .collect();
        }
        let values = self.assigned_values(element).into_iter();
        values
            .map(|value| match *self.code.kind(value) {
                OpKind::Iterate { over, keys: false } => Some(over),
                _ => None,
            })
            .collect()
    }

    /// Whether no use of a variable adds to its list or hands it on.
    fn is_only_looked_at(&self, list: BindingIdx) -> bool {
        self.facts.reads[list.at()].iter().all(|&read| {
            let mut users = self.ops_of(self.function_of(read)).filter(|&op| {
                let mut is_user = false;
                let operands = &mut |operand| is_user |= operand == read;
                self.code.kind(op).operands(operands);
                is_user
            });
            users.all(|user| match *self.code.kind(user) {
                OpKind::Member { name, .. } => !matches!(
                    self.text(name),
                    "push" | "splice" | "unshift" | "concat" | "fill"
                ),
                OpKind::Binary { .. }
                | OpKind::Index { .. }
                | OpKind::Iterate { .. }
                | OpKind::Unary { .. } => true,
                _ => false,
            })
        })
    }
}
