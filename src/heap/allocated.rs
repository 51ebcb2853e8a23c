//! Where what a collection holds was allocated, in snapshots with tracked allocations (`.heaptimeline`).
//!
//! Must not know how collections are found.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::scripts::{Function, is_of_the_user};
use super::{Frame, Heap, NodeIdx};

/// The function of the program under which most was allocated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Allocated {
    /// The innermost one that is neither the engine's nor the runtime's.
    pub function: Function,
    /// How many of the keys and values.
    pub count: u64,
}

/// None where nothing was tracked.
pub(super) fn allocated(heap: &Heap, nodes: impl Iterator<Item = NodeIdx>) -> Option<Allocated> {
    let mut counts: BTreeMap<Function, u64> = BTreeMap::new();
    for node in nodes {
        let Some(stack) = heap.allocation_stack(node) else {
            continue;
        };
        let is_own = |frame: &&Frame| is_of_the_user(&heap.string(frame.script));
        if let Some(frame) = stack.iter().find(is_own) {
            *counts.entry(function(heap, frame)).or_default() += 1;
        }
    }
    let most = counts
        .into_iter()
        .min_by_key(|(_, count)| Reverse(*count))?;
    let (function, count) = most;
    Some(Allocated { function, count })
}

fn function(heap: &Heap, frame: &Frame) -> Function {
    Function {
        line: frame.line.map(|line| line.saturating_add(1)),
        column: frame.column.map(|column| column.saturating_add(1)),
        name: heap.string(frame.function).into_owned(),
        script: Some(heap.string(frame.script).into_owned()),
    }
}
