//! Places in scripts by node, and how rows of numbers become them.

use super::error::Problem;
use super::numbers::{Part, Table};
use super::rows::{MOST_NODES, node, room, small};
use super::{Location, NodeIdx};

/// Where the numbers of a location stand in its row.
#[derive(Clone, Debug)]
pub(super) struct LocationColumns {
    pub(super) width: usize,
    pub(super) node: usize,
    pub(super) script: usize,
    pub(super) line: usize,
    pub(super) column: usize,
    /// Nodes are referred to by the place of their first number.
    pub(super) node_width: usize,
}

/// Places in scripts, by node.
#[derive(Debug, Default)]
pub(super) struct Locations {
    columns: Option<LocationColumns>,
    items: Vec<(NodeIdx, Location)>,
}

impl Locations {
    /// No locations yet, room for so many.
    pub(super) fn new(columns: LocationColumns, room: usize) -> Self {
        Self {
            columns: Some(columns),
            items: Vec::with_capacity(room),
        }
    }

    /// Puts them in the order of their nodes, if there are so many of these.
    pub(super) fn settle(&mut self, nodes: usize) -> Result<(), Problem> {
        if let Some(bad) = self
            .items
            .iter()
            .position(|(node, _)| node.index() >= nodes)
        {
            return Err(Problem::OutOfRange {
                section: "locations",
                offset: None,
                item: "location",
                index: bad as u64,
                what: format!("is of node {}, but there are {nodes}", self.items[bad].0.0),
            });
        }
        self.items.sort_unstable();
        self.items.dedup_by_key(|(node, _)| *node);
        Ok(())
    }

    pub(super) fn get(&self, node: NodeIdx) -> Option<Location> {
        let at = self
            .items
            .binary_search_by_key(&node, |(node, _)| *node)
            .ok()?;
        Some(self.items[at].1)
    }

    pub(super) fn iter(&self) -> impl ExactSizeIterator<Item = (NodeIdx, Location)> {
        self.items.iter().copied()
    }
}

impl Table for Locations {
    type Found = ();
    type Part<'a> = LocationPart<'a>;
    const ITEM: &'static str = "location";

    fn width(&self) -> usize {
        self.columns.as_ref().map_or(1, |columns| columns.width)
    }

    fn rows(&self) -> usize {
        self.items.len()
    }

    fn grow(&mut self, rows: &[usize]) -> Result<Vec<LocationPart<'_>>, Problem> {
        let Some(columns) = &self.columns else {
            return Ok(Vec::new());
        };
        let start = self.items.len();
        let nothing = Location {
            script_id: 0,
            line: 0,
            column: 0,
        };
        self.items.resize(
            room(start, rows, MOST_NODES, "locations")?,
            (NodeIdx(0), nothing),
        );
        let mut items = &mut self.items[start..];
        Ok(rows
            .iter()
            .map(|&rows| LocationPart {
                columns,
                at: 0,
                items: items.split_off_mut(..rows).unwrap_or_default(),
            })
            .collect())
    }

    fn merge(&mut self, _: Vec<()>) {}
}

/// Some locations that are being read.
pub(super) struct LocationPart<'a> {
    columns: &'a LocationColumns,
    at: usize,
    items: &'a mut [(NodeIdx, Location)],
}

impl Part for LocationPart<'_> {
    type Found = ();

    fn push(&mut self, row: &[u64]) -> Result<(), String> {
        let columns = self.columns;
        let location = Location {
            script_id: small(row[columns.script], "script")?,
            line: small(row[columns.line], "line")?,
            column: small(row[columns.column], "column")?,
        };
        let node = node(row[columns.node], columns.node_width)?;
        self.items[self.at] = (NodeIdx(node), location);
        self.at += 1;
        Ok(())
    }

    fn finish(self) {}
}
