//! What the solver found, for those who ask.
//!
//! Must not know how it was found.

use rustc_hash::FxHashSet;

use super::super::rows::Rows;
use super::{Escape, NodeIdx, SiteData, SiteIdx, WellKnown};
use crate::summary::{FunctionIdx, Name, OpIdx};

/// A call from an operation to a function of the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct CallEdge {
    /// The calling operation.
    pub(crate) op: OpIdx,
    /// The called function.
    pub(crate) to: FunctionIdx,
}

/// The solution.
pub(crate) struct Flow {
    pub(super) nodes: Rows<SiteIdx>,
    pub(super) op_node: Vec<u32>,
    pub(super) binding_node: Vec<u32>,
    /// By [`SiteIdx`].
    pub(crate) sites: Vec<SiteData>,
    /// The named fields of each site.
    pub(super) site_fields: Rows<(Name, NodeIdx)>,
    pub(super) prototypes: Rows<SiteIdx>,
    /// Per site: exported, passed.
    pub(super) escapes: Vec<(bool, bool)>,
    /// Calls between functions of the program, sorted.
    pub(crate) calls: Vec<CallEdge>,
    /// Functions that a bundler wrapped around a module, or that define one: they run once.
    pub(crate) wrappers: FxHashSet<FunctionIdx>,
    /// Functions that call such wrappers.
    pub(crate) loaders: FxHashSet<FunctionIdx>,
    /// The site of each function.
    pub(crate) function_site: Vec<Option<SiteIdx>>,
    /// Nodes of the arguments that are handed to code that we do not see, by the call.
    pub(crate) passed: Vec<(OpIdx, NodeIdx)>,
    /// Nodes of what loaders of modules keep, by the function that they call for it.
    pub(crate) defined: Vec<(FunctionIdx, NodeIdx)>,
    /// Objects that calls make around a value, which is their `value`: the object, the call, the value.
    pub(crate) boxes: Vec<(SiteIdx, OpIdx, OpIdx)>,
    /// Names by index.
    pub(crate) well_known: WellKnown,
}

impl Flow {
    /// What an operation may evaluate to.
    pub(crate) fn of_op(&self, op: OpIdx) -> &[SiteIdx] {
        self.at(self.op_node[op.at()])
    }

    /// What a binding may hold.
    pub(crate) fn of_binding(&self, binding: crate::summary::BindingIdx) -> &[SiteIdx] {
        self.at(self.binding_node[binding.at()])
    }

    /// What a node holds.
    pub(crate) fn of_node(&self, node: NodeIdx) -> &[SiteIdx] {
        self.at(node.0)
    }

    fn at(&self, node: u32) -> &[SiteIdx] {
        self.nodes.get(node as usize)
    }

    /// The functions of the program that an operation calls.
    pub(crate) fn callees(&self, op: OpIdx) -> impl Iterator<Item = FunctionIdx> {
        let first = self.calls.partition_point(|edge| edge.op < op);
        self.calls[first..]
            .iter()
            .take_while(move |edge| edge.op == op)
            .map(|edge| edge.to)
    }

    /// The named fields of a site with what they hold.
    pub(crate) fn fields(&self, site: SiteIdx) -> impl Iterator<Item = (Name, &[SiteIdx])> {
        self.site_fields[site.0 as usize]
            .iter()
            .map(|&(name, node)| (name, self.of_node(node)))
    }

    /// The prototypes of a site.
    pub(crate) fn prototypes(&self, site: SiteIdx) -> &[SiteIdx] {
        &self.prototypes[site.0 as usize]
    }

    /// Whether a site gets out of sight in this way.
    pub(crate) fn escapes(&self, site: SiteIdx, how: Escape) -> bool {
        let (exported, passed) = self.escapes[site.0 as usize];
        match how {
            Escape::Exported => exported,
            Escape::Passed => passed,
        }
    }

    /// Whether a function may be called by code that we do not see.
    pub(crate) fn function_escapes(&self, function: FunctionIdx) -> bool {
        self.function_site[function.at()].is_some_and(|site| {
            let (exported, passed) = self.escapes[site.0 as usize];
            exported || passed
        })
    }
}
