//! All that is told of one snapshot, detached from the heap, which can be let go.
//!
//! Orders the passes; must not know files or rendering.

use serde::Serialize;

use super::bindings::{Binding, bindings};
use super::constructors::{Constructor, constructors};
use super::scripts::Scripts;
use super::words::Words;
use super::{Dominators, Heap, Runtime};

/// The size of a heap.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Facts {
    /// What wrote the snapshot.
    pub runtime: Runtime,
    /// All nodes.
    pub nodes: usize,
    /// All edges.
    pub edges: usize,
    /// The shallow sizes of all that is reachable, in bytes.
    pub reachable_bytes: u64,
}

/// What fills a heap.
#[derive(Clone, Debug)]
pub struct Survey {
    /// How large it is.
    pub facts: Facts,
    /// The long-lived collections, largest first.
    pub bindings: Vec<Binding>,
    /// The objects by class, largest first.
    pub constructors: Vec<Constructor>,
}

impl Survey {
    /// Takes as long as a few walks through the heap.
    pub fn of(heap: &Heap) -> Self {
        let ((dominators, tree), (words, scripts)) = rayon::join(
            || {
                let dominators = Dominators::of(heap);
                let tree = dominators.tree();
                (dominators, tree)
            },
            || {
                let words = Words::of(heap);
                let scripts = Scripts::of(heap, &words);
                (words, scripts)
            },
        );
        let (bindings, constructors) = rayon::join(
            || bindings(heap, &words, &scripts, &dominators, &tree),
            || constructors(heap, &scripts, &dominators, &tree),
        );
        Self {
            facts: Facts {
                runtime: heap.runtime(),
                nodes: heap.len(),
                edges: heap.edge_count(),
                reachable_bytes: dominators.reachable_bytes(),
            },
            bindings,
            constructors,
        }
    }
}
