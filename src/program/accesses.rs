//! The operations of a program by the binding, the function or the name that they touch, as far as the code alone tells.
//!
//! Must not know values.

use super::rows::Rows;
use crate::summary::{BindingIdx, FunctionIdx, ModuleSummary, OpIdx, OpKind};

/// Operations in the order of the program.
#[derive(Default)]
pub(super) struct Accesses {
    /// The [`OpKind::Assign`]s to each binding.
    pub(super) assigns: Rows<OpIdx>,
    /// The [`OpKind::Return`]s of each function.
    pub(super) returns: Rows<OpIdx>,
    /// The operations that read each binding.
    pub(super) reads: Rows<OpIdx>,
    /// The operations in each function's own code.
    pub(super) ops: Rows<OpIdx>,
    /// The [`OpKind::Store`]s under each name.
    pub(super) stores: Rows<OpIdx>,
}

impl Accesses {
    pub(super) fn new(code: &ModuleSummary) -> Self {
        let (functions, bindings) = (code.functions.len(), code.bindings.len());
        let (mut assigns, mut returns, mut reads) = (Vec::new(), Vec::new(), Vec::new());
        let mut stores = Vec::new();
        let mut homes = Vec::with_capacity(code.ops.len());
        for (position, op) in code.ops.iter().enumerate() {
            let here = OpIdx(position as u32);
            let function = code.regions[op.region.at()].function.0;
            homes.push(function);
            match op.kind {
                OpKind::Assign { binding, .. } => assigns.push((binding.0, here)),
                OpKind::Read(binding) => reads.push((binding.0, here)),
                OpKind::Store { name, .. } => stores.push((name.0, here)),
                OpKind::Return(_) => returns.push((function, here)),
                _ => {}
            }
        }
        let ops = homes.into_iter().zip((0..).map(OpIdx));
        Self {
            assigns: Rows::group(bindings, assigns.into_iter()),
            returns: Rows::group(functions, returns.into_iter()),
            reads: Rows::group(bindings, reads.into_iter()),
            ops: Rows::group(functions, ops),
            stores: Rows::group(code.names.len(), stores.into_iter()),
        }
    }

    /// The values that are assigned to a binding.
    pub(super) fn values<'a>(
        &'a self,
        code: &'a ModuleSummary,
        binding: BindingIdx,
    ) -> impl Iterator<Item = OpIdx> + 'a {
        let value = |&op: &OpIdx| match *code.kind(op) {
            OpKind::Assign { value, .. } => Some(value),
            _ => None,
        };
        self.assigns[binding.at()].iter().filter_map(value)
    }

    /// The only value that is assigned to a binding.
    pub(super) fn only_value(&self, code: &ModuleSummary, binding: BindingIdx) -> Option<OpIdx> {
        let mut values = self.values(code, binding);
        values.next().filter(|_| values.next().is_none())
    }

    /// The values that a function returns.
    pub(super) fn returned<'a>(
        &'a self,
        code: &'a ModuleSummary,
        function: FunctionIdx,
    ) -> impl Iterator<Item = OpIdx> + 'a {
        let value = |&op: &OpIdx| match *code.kind(op) {
            OpKind::Return(value) => Some(value),
            _ => None,
        };
        self.returns[function.at()].iter().filter_map(value)
    }
}
