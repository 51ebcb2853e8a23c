//! Edges as columns, and how rows of numbers become them.
//!
//! What says something about other parts of the snapshot is checked in `format`.

use std::ops::Range;

use super::error::Problem;
use super::numbers::{Part, Table};
use super::rows::{firsts, node, parts, room, small};
use super::{Edge, EdgeKind, EdgeLabel, NodeIdx, StrIdx};

/// Edge kinds by their number here.
const EDGE_KINDS: [EdgeKind; 8] = [
    EdgeKind::Context,
    EdgeKind::Element,
    EdgeKind::Property,
    EdgeKind::Internal,
    EdgeKind::Hidden,
    EdgeKind::Shortcut,
    EdgeKind::Weak,
    EdgeKind::Other,
];

impl EdgeKind {
    /// The kind that V8 calls so.
    pub(super) fn named(name: &str) -> Self {
        match name {
            "context" => Self::Context,
            "element" => Self::Element,
            "property" => Self::Property,
            "internal" => Self::Internal,
            "hidden" => Self::Hidden,
            "shortcut" => Self::Shortcut,
            "weak" => Self::Weak,
            _ => Self::Other,
        }
    }

    /// Whether its label is a string.
    fn has_name(self) -> bool {
        !matches!(self, Self::Element | Self::Hidden | Self::Other)
    }
}

/// Where the numbers of an edge stand in its row.
#[derive(Clone, Debug)]
pub(super) struct EdgeColumns {
    pub(super) width: usize,
    pub(super) kind: usize,
    pub(super) label: usize,
    pub(super) to: usize,
    /// By the file's numbers of types.
    pub(super) kinds: Vec<EdgeKind>,
    /// Nodes are referred to by the place of their first number.
    pub(super) node_width: usize,
}

/// Set in [`Edges::to`] if the edge is not essential. There it stands so that most passes need no other column.
const WEAK: u32 = 1 << 31;
/// The bits of [`Edges::packed`] that hold the kind; above them is the label.
const LABEL_SHIFT: u32 = 3;
/// Stands for a label that is in [`Edges::long`].
const LONG_LABEL: u32 = u32::MAX >> LABEL_SHIFT;

/// Columns with an element for each edge, ordered by the node that has them.
#[derive(Debug)]
pub(super) struct Edges {
    columns: EdgeColumns,
    /// How many there are. Until [`Edges::settle`] the columns have room for more.
    rows: usize,
    /// The node and [`WEAK`].
    to: Vec<u32>,
    /// Kind and label.
    packed: Vec<u32>,
    /// Edges whose label does not fit, in their order.
    long: Vec<(u32, u32)>,
    most: Most,
}

/// The largest numbers of some edges.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Most {
    to: u32,
    name: u32,
}

impl Edges {
    /// No edges yet, room for so many.
    pub(super) fn new(columns: EdgeColumns, room: usize) -> Self {
        Self {
            columns,
            rows: 0,
            to: vec![0; room],
            packed: vec![0; room],
            long: Vec::new(),
            most: Most::default(),
        }
    }

    /// Takes away the room that is left over.
    pub(super) fn settle(&mut self) {
        self.to.truncate(self.rows);
        self.packed.truncate(self.rows);
    }

    pub(super) fn len(&self) -> usize {
        self.rows
    }

    pub(super) fn get(&self, edge: usize) -> Edge {
        let packed = self.packed[edge];
        let kind = EDGE_KINDS[packed as usize % EDGE_KINDS.len()];
        let mut label = packed >> LABEL_SHIFT;
        if label == LONG_LABEL {
            let found = self
                .long
                .binary_search_by_key(&(edge as u32), |long| long.0);
            label = found.map_or(label, |at| self.long[at].1);
        }
        Edge {
            kind,
            label: if kind.has_name() {
                EdgeLabel::Name(StrIdx(label))
            } else {
                EdgeLabel::Index(label)
            },
            to: NodeIdx(self.to[edge] & !WEAK),
            is_essential: self.to[edge] & WEAK == 0,
        }
    }

    /// The targets of some edges that are essential.
    #[inline]
    pub(super) fn essential(&self, edges: Range<u32>) -> impl Iterator<Item = u32> {
        let targets = &self.to[edges.start as usize..edges.end as usize];
        targets.iter().copied().filter(|to| to & WEAK == 0)
    }

    /// The target of an edge, if it is essential.
    #[inline]
    pub(super) fn essential_target(&self, edge: u32) -> Option<u32> {
        let to = self.to[edge as usize];
        (to & WEAK == 0).then_some(to)
    }

    /// The targets of all edges.
    pub(super) fn targets(&self) -> impl ExactSizeIterator<Item = NodeIdx> {
        self.to.iter().map(|to| NodeIdx(to & !WEAK))
    }

    /// Says whether an edge is essential, against what its kind says.
    pub(super) fn set_essential(&mut self, edge: u32, is_essential: bool) {
        let to = &mut self.to[edge as usize];
        *to = *to & !WEAK | if is_essential { 0 } else { WEAK };
    }

    /// The first edge to none of so many nodes, and what it says.
    pub(super) fn aimless(&self, nodes: usize) -> Option<(usize, u32)> {
        if (self.most.to as usize) < nodes || self.to.is_empty() {
            return None;
        }
        let mut targets = self.targets().enumerate();
        let (bad, to) = targets.find(|(_, to)| to.index() >= nodes)?;
        Some((bad, to.0))
    }

    /// The first edge whose name is none of so many strings, and what it says.
    pub(super) fn nameless(&self, strings: usize) -> Option<(usize, u32)> {
        if (self.most.name as usize) < strings {
            return None;
        }
        (0..self.to.len()).find_map(|edge| match self.get(edge).label {
            EdgeLabel::Name(name) if name.0 as usize >= strings => Some((edge, name.0)),
            _ => None,
        })
    }
}

impl Table for Edges {
    type Found = (Vec<(u32, u32)>, Most);
    type Part<'a> = EdgePart<'a>;
    const ITEM: &'static str = "edge";

    fn width(&self) -> usize {
        self.columns.width
    }

    fn rows(&self) -> usize {
        self.rows
    }

    fn grow(&mut self, rows: &[usize]) -> Result<Vec<EdgePart<'_>>, Problem> {
        let start = self.rows;
        self.rows = room(start, rows, u32::MAX - 1, "edges")?;
        let mut to = parts(&mut self.to, start, rows);
        let mut packed = parts(&mut self.packed, start, rows);
        Ok(firsts(start, rows)
            .map(|first| EdgePart {
                columns: &self.columns,
                first,
                at: 0,
                to: to.next().unwrap_or_default(),
                packed: packed.next().unwrap_or_default(),
                long: Vec::new(),
                most: Most::default(),
            })
            .collect())
    }

    fn merge(&mut self, found: Vec<(Vec<(u32, u32)>, Most)>) {
        for (long, most) in found {
            self.long.extend(long);
            self.most.to = self.most.to.max(most.to);
            self.most.name = self.most.name.max(most.name);
        }
    }
}

/// Some edges that are being read.
pub(super) struct EdgePart<'a> {
    columns: &'a EdgeColumns,
    first: usize,
    at: usize,
    to: &'a mut [u32],
    packed: &'a mut [u32],
    long: Vec<(u32, u32)>,
    most: Most,
}

impl Part for EdgePart<'_> {
    type Found = (Vec<(u32, u32)>, Most);

    #[inline]
    fn push(&mut self, row: &[u64]) -> Result<(), String> {
        let columns = self.columns;
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
        let label = small(row[columns.label], "name")?;
        let to = node(row[columns.to], columns.node_width)?;
        self.most.to = self.most.to.max(to);
        if kind.has_name() {
            self.most.name = self.most.name.max(label);
        }
        let short = if label < LONG_LABEL {
            label
        } else {
            self.long.push(((self.first + self.at) as u32, label));
            LONG_LABEL
        };
        let keeps = !matches!(kind, EdgeKind::Weak | EdgeKind::Shortcut);
        self.to[self.at] = to | if keeps { 0 } else { WEAK };
        self.packed[self.at] = kind as u32 | short << LABEL_SHIFT;
        self.at += 1;
        Ok(())
    }

    fn finish(self) -> Self::Found {
        (self.long, self.most)
    }
}
