//! Fields that are another name for what a module declares: `this.items = items`, in the constructor of a class.
//!
//! Where others make the instances, nothing else tells what such a field holds.

use rustc_hash::FxHashMap;

use super::Solver;
use crate::summary::{
    BindingIdx, BindingKind, ClassIdx, FunctionIdx, FunctionKind, Name, OpIdx, OpKind,
};

impl Solver<'_> {
    /// Loads of such fields through `this` give what the binding holds.
    pub(super) fn setup_aliases(&mut self) {
        let code = self.code;
        let mut aliases: FxHashMap<(ClassIdx, Name), Option<BindingIdx>> = FxHashMap::default();
        for index in 0..code.ops.len() {
            let op = OpIdx(index as u32);
            if let OpKind::Store {
                object,
                name,
                value,
                ..
            } = *code.kind(op)
                && let Some((class, function)) = self.class_of_this(object)
            {
                let alias = self.declared(value).filter(|_| {
                    let kind = code.functions[function.at()].kind;
                    matches!(kind, FunctionKind::Constructor | FunctionKind::Fields)
                });
                let known = aliases.entry((class, name)).or_insert(alias);
                if *known != alias {
                    // It is given something else, too.
                    *known = None;
                }
            }
        }
        if aliases.values().all(Option::is_none) {
            return;
        }
        for index in 0..code.ops.len() {
            let op = OpIdx(index as u32);
            if let OpKind::Member { object, name } = *code.kind(op)
                && let Some((class, _)) = self.class_of_this(object)
                && let Some(&Some(binding)) = aliases.get(&(class, name))
            {
                let (from, to) = (self.binding(binding), self.op_node(op));
                self.edge(from, to);
            }
        }
    }

    /// The class of which `this` is an instance, and the function whose `this` it is.
    fn class_of_this(&self, op: OpIdx) -> Option<(ClassIdx, FunctionIdx)> {
        let OpKind::This = *self.code.kind(op) else {
            return None;
        };
        let region = self.code.ops[op.at()].region;
        let function = self.code.functions[self.code.regions[region.at()].function.at()].this_of;
        let data = &self.code.functions[function.at()];
        data.class
            .filter(|_| !data.is_static)
            .map(|class| (class, function))
    }

    /// The binding of a module that a value is read from.
    fn declared(&self, value: OpIdx) -> Option<BindingIdx> {
        let OpKind::Read(binding) = *self.code.kind(value) else {
            return None;
        };
        let data = &self.code.bindings[binding.at()];
        let is_module = self.code.functions[data.function.at()].kind == FunctionKind::Module;
        (is_module && matches!(data.kind, BindingKind::Const | BindingKind::Import { .. }))
            .then_some(binding)
    }
}
