//! What a heap snapshot holds, as text.

use std::io::{self, Write};

use serde::Serialize;

use crate::heap::{Dominators, Heap, Runtime};

/// The size of a heap.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Summary {
    /// What wrote the snapshot.
    pub runtime: Runtime,
    /// All nodes.
    pub nodes: usize,
    /// All edges.
    pub edges: usize,
    /// The shallow sizes of all that is reachable, in bytes.
    pub reachable_bytes: u64,
}

impl Summary {
    /// Counts.
    pub fn of(heap: &Heap, dominators: &Dominators) -> Self {
        Self {
            runtime: heap.runtime(),
            nodes: heap.len(),
            edges: heap.edge_count(),
            reachable_bytes: dominators.reachable_bytes(),
        }
    }
}

#[derive(Serialize)]
struct Document<'a> {
    version: u32,
    heap: &'a Summary,
    collections: [(); 0],
    constructors: [(); 0],
}

/// Writes one object, and a line feed.
pub fn json(summary: &Summary, out: &mut dyn Write) -> io::Result<()> {
    let document = Document {
        version: 1,
        heap: summary,
        collections: [],
        constructors: [],
    };
    serde_json::to_writer_pretty(&mut *out, &document)?;
    out.write_all(b"\n")
}

/// Writes a line.
pub fn human(summary: &Summary, out: &mut dyn Write) -> io::Result<()> {
    writeln!(
        out,
        "heap  {} bytes reachable · {} objects · {}",
        summary.reachable_bytes, summary.nodes, summary.runtime
    )
}
