//! Nodes as columns, and how rows of numbers become them.
//!
//! What says something about other parts of the snapshot is checked in `format`.

use std::ops::Range;

use super::error::Problem;
use super::numbers::{Part, Table};
use super::rows::{MOST_NODES, firsts, parts, room, small};
use super::{Detachedness, NodeIdx, NodeKind, StrIdx};

/// Node kinds by their number here.
const NODE_KINDS: [NodeKind; 16] = [
    NodeKind::Hidden,
    NodeKind::Array,
    NodeKind::String,
    NodeKind::Object,
    NodeKind::Code,
    NodeKind::Closure,
    NodeKind::RegExp,
    NodeKind::Number,
    NodeKind::Native,
    NodeKind::Synthetic,
    NodeKind::ConcatenatedString,
    NodeKind::SlicedString,
    NodeKind::Symbol,
    NodeKind::BigInt,
    NodeKind::ObjectShape,
    NodeKind::Other,
];

impl NodeKind {
    /// The kind that V8 calls so.
    pub(super) fn named(name: &str) -> Self {
        match name {
            "hidden" => Self::Hidden,
            "array" => Self::Array,
            "string" => Self::String,
            "object" => Self::Object,
            "code" => Self::Code,
            "closure" => Self::Closure,
            "regexp" => Self::RegExp,
            "number" => Self::Number,
            "native" => Self::Native,
            "synthetic" => Self::Synthetic,
            "concatenated string" => Self::ConcatenatedString,
            "sliced string" => Self::SlicedString,
            "symbol" => Self::Symbol,
            "bigint" => Self::BigInt,
            "object shape" => Self::ObjectShape,
            _ => Self::Other,
        }
    }
}

/// Where the numbers of a node stand in its row.
#[derive(Clone, Debug)]
pub(super) struct NodeColumns {
    pub(super) width: usize,
    pub(super) kind: usize,
    pub(super) name: usize,
    pub(super) id: usize,
    pub(super) size: usize,
    pub(super) edges: usize,
    pub(super) trace: Option<usize>,
    pub(super) detachedness: Option<usize>,
    /// By the file's numbers of types.
    pub(super) kinds: Vec<NodeKind>,
}

/// Bits of [`Nodes::kinds`] that hold the kind; above them is the detachedness.
const KIND_BITS: u32 = 5;

/// Columns with an element for each node.
#[derive(Debug)]
pub(super) struct Nodes {
    columns: NodeColumns,
    /// How many there are. Until [`Nodes::settle`] the columns have room for more.
    rows: usize,
    kinds: Vec<u8>,
    names: Vec<u32>,
    ids: Vec<u32>,
    /// In bytes; `u32::MAX` stands for what is in `large`.
    sizes: Vec<u32>,
    /// Nodes whose size does not fit, in their order.
    large: Vec<(u32, u64)>,
    /// The number of edges of each, until [`Nodes::settle`]; then its first edge, and at the end the number of all.
    edges: Vec<u32>,
    /// Empty if allocations were not tracked.
    traces: Vec<u32>,
}

impl Nodes {
    /// No nodes yet, room for so many.
    pub(super) fn new(columns: NodeColumns, room: usize) -> Self {
        let traces = columns.trace.map_or(0, |_| room);
        Self {
            columns,
            rows: 0,
            kinds: vec![0; room],
            names: vec![0; room],
            ids: vec![0; room],
            sizes: vec![0; room],
            large: Vec::new(),
            edges: vec![0; room + 1],
            traces: vec![0; traces],
        }
    }

    /// Turns numbers of edges into their places, if there are `edges` of them.
    pub(super) fn settle(&mut self, edges: usize) -> Result<(), Problem> {
        self.kinds.truncate(self.rows);
        self.names.truncate(self.rows);
        self.ids.truncate(self.rows);
        self.sizes.truncate(self.rows);
        self.edges.truncate(self.rows);
        self.traces.truncate(self.rows);
        let mut sum = 0_u64;
        for count in &mut self.edges {
            let first = sum as u32;
            sum += u64::from(*count);
            *count = first;
        }
        // Until here `first` may have been cut off; now it turns out that it was not.
        if sum != edges as u64 {
            return Err(Problem::Inconsistent(format!(
                "its nodes have {sum} edges together, but {edges} are listed"
            )));
        }
        self.edges.push(edges as u32);
        Ok(())
    }

    pub(super) fn len(&self) -> usize {
        self.rows
    }

    pub(super) fn kind(&self, node: NodeIdx) -> NodeKind {
        NODE_KINDS[usize::from(self.kinds[node.index()] & ((1 << KIND_BITS) - 1))]
    }

    pub(super) fn detachedness(&self, node: NodeIdx) -> Detachedness {
        match self.kinds[node.index()] >> KIND_BITS {
            1 => Detachedness::Attached,
            2 => Detachedness::Detached,
            _ => Detachedness::Unknown,
        }
    }

    pub(super) fn name(&self, node: NodeIdx) -> StrIdx {
        StrIdx(self.names[node.index()])
    }

    pub(super) fn id(&self, node: NodeIdx) -> u64 {
        u64::from(self.ids[node.index()])
    }

    pub(super) fn size(&self, node: NodeIdx) -> u64 {
        let size = self.sizes[node.index()];
        if size < u32::MAX {
            return u64::from(size);
        }
        let found = self.large.binary_search_by_key(&node.0, |large| large.0);
        found.map_or(u64::from(size), |at| self.large[at].1)
    }

    pub(super) fn edges(&self, node: NodeIdx) -> Range<u32> {
        self.edges[node.index()]..self.edges[node.index() + 1]
    }

    /// The node that has an edge.
    pub(super) fn owner(&self, edge: u32) -> NodeIdx {
        let after = self.edges.partition_point(|&first| first <= edge);
        NodeIdx(after as u32 - 1)
    }

    /// 0 where allocations were not tracked.
    pub(super) fn trace(&self, node: NodeIdx) -> u32 {
        self.traces.get(node.index()).copied().unwrap_or(0)
    }

    /// The first node whose name is none of so many strings.
    pub(super) fn nameless(&self, strings: usize) -> Option<(usize, u32)> {
        let bad = self
            .names
            .iter()
            .position(|&name| name as usize >= strings)?;
        Some((bad, self.names[bad]))
    }
}

impl Table for Nodes {
    type Found = Vec<(u32, u64)>;
    type Part<'a> = NodePart<'a>;
    const ITEM: &'static str = "node";

    fn width(&self) -> usize {
        self.columns.width
    }

    fn rows(&self) -> usize {
        self.rows
    }

    fn grow(&mut self, rows: &[usize]) -> Result<Vec<NodePart<'_>>, Problem> {
        let start = self.rows;
        self.rows = room(start, rows, MOST_NODES, "nodes")?;
        let mut kinds = parts(&mut self.kinds, start, rows);
        let mut names = parts(&mut self.names, start, rows);
        let mut ids = parts(&mut self.ids, start, rows);
        let mut sizes = parts(&mut self.sizes, start, rows);
        let mut edges = parts(&mut self.edges, start, rows);
        let has_traces = self.columns.trace.is_some();
        let mut traces = has_traces.then(|| parts(&mut self.traces, start, rows));
        Ok(firsts(start, rows)
            .map(|first| NodePart {
                columns: &self.columns,
                first,
                at: 0,
                kinds: kinds.next().unwrap_or_default(),
                names: names.next().unwrap_or_default(),
                ids: ids.next().unwrap_or_default(),
                sizes: sizes.next().unwrap_or_default(),
                edges: edges.next().unwrap_or_default(),
                traces: traces.as_mut().and_then(Iterator::next).unwrap_or_default(),
                large: Vec::new(),
            })
            .collect())
    }

    fn merge(&mut self, found: Vec<Vec<(u32, u64)>>) {
        self.large.extend(found.into_iter().flatten());
    }
}

/// Some nodes that are being read.
pub(super) struct NodePart<'a> {
    columns: &'a NodeColumns,
    first: usize,
    at: usize,
    kinds: &'a mut [u8],
    names: &'a mut [u32],
    ids: &'a mut [u32],
    sizes: &'a mut [u32],
    edges: &'a mut [u32],
    traces: &'a mut [u32],
    large: Vec<(u32, u64)>,
}

impl Part for NodePart<'_> {
    type Found = Vec<(u32, u64)>;

    #[inline]
    fn push(&mut self, row: &[u64]) -> Result<(), String> {
        let columns = self.columns;
        let at = self.at;
        let kind = *columns
            .kinds
            .get(row[columns.kind] as usize)
            .ok_or_else(|| {
                format!(
                    "has the type {}, but {} are described",
                    row[columns.kind],
                    columns.kinds.len()
                )
            })?;
        let detachedness = columns
            .detachedness
            .map_or(0, |field| row[field].min(3) as u8);
        self.kinds[at] = kind as u8 | detachedness << KIND_BITS;
        self.names[at] = small(row[columns.name], "name")?;
        self.ids[at] = small(row[columns.id], "id")?;
        self.edges[at] = small(row[columns.edges], "number of edges")?;
        let size = row[columns.size];
        self.sizes[at] = u32::try_from(size).unwrap_or(u32::MAX);
        if size >= u64::from(u32::MAX) {
            self.large.push(((self.first + at) as u32, size));
        }
        if let Some(field) = columns.trace {
            self.traces[at] = small(row[field], "trace")?;
        }
        self.at += 1;
        Ok(())
    }

    fn finish(self) -> Self::Found {
        self.large
    }
}
