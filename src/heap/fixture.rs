//! Snapshots made by hand, to test with.

use std::collections::BTreeMap;
use std::fmt::Write;

use super::Heap;

pub(super) const NODE_TYPES: [&str; 15] = [
    "hidden",
    "array",
    "string",
    "object",
    "code",
    "closure",
    "regexp",
    "number",
    "native",
    "synthetic",
    "concatenated string",
    "sliced string",
    "symbol",
    "bigint",
    "object shape",
];

pub(super) const EDGE_TYPES: [&str; 7] = [
    "context", "element", "property", "internal", "hidden", "shortcut", "weak",
];

/// A snapshot that is being made. Its first node is the root.
#[derive(Clone, Debug)]
pub(crate) struct Snapshot {
    pub(super) nodes: Vec<Node>,
    locations: Vec<[usize; 4]>,
    strings: Vec<String>,
    by_text: BTreeMap<String, usize>,
    /// What goes between `{` and `"snapshot"`, and so on: all parts by name, as JSON.
    pub(super) extra: Vec<(&'static str, String)>,
    /// The node fields in their order; those without a value are 0.
    pub(super) node_fields: Vec<&'static str>,
    pub(super) edge_fields: Vec<&'static str>,
    pub(super) traces: usize,
}

#[derive(Clone, Debug)]
pub(super) struct Node {
    pub(super) kind: usize,
    pub(super) name: usize,
    pub(super) id: u64,
    pub(super) size: u64,
    pub(super) trace: u64,
    pub(super) detachedness: u64,
    pub(super) edges: Vec<[usize; 3]>,
}

impl Snapshot {
    /// A root, in the layout of Node 22.
    pub(crate) fn new() -> Self {
        let mut snapshot = Self {
            nodes: Vec::new(),
            locations: Vec::new(),
            strings: Vec::new(),
            by_text: BTreeMap::new(),
            extra: Vec::new(),
            node_fields: vec![
                "type",
                "name",
                "id",
                "self_size",
                "edge_count",
                "trace_node_id",
                "detachedness",
            ],
            edge_fields: vec!["type", "name_or_index", "to_node"],
            traces: 0,
        };
        snapshot.node("synthetic", "", 0);
        snapshot
    }

    /// Adds a node and returns its index. Its id is an odd number, as with V8.
    pub(crate) fn node(&mut self, kind: &str, name: &str, size: u64) -> usize {
        let index = self.nodes.len();
        let node = Node {
            kind: NODE_TYPES.iter().position(|known| *known == kind).unwrap(),
            name: self.string(name),
            id: 2 * index as u64 + 1,
            size,
            trace: 0,
            detachedness: 0,
            edges: Vec::new(),
        };
        self.nodes.push(node);
        index
    }

    /// Adds an edge; the label of an element or hidden edge is its number.
    pub(crate) fn edge(&mut self, from: usize, kind: &str, label: &str, to: usize) {
        let label = match kind {
            "element" | "hidden" => label.parse().unwrap(),
            _ => self.string(label),
        };
        let kind = EDGE_TYPES.iter().position(|known| *known == kind).unwrap();
        self.nodes[from].edges.push([kind, label, to]);
    }

    /// Says where the function or constructor of a node is; 0-based.
    pub(crate) fn location(&mut self, node: usize, script: usize, line: usize, column: usize) {
        self.locations.push([node, script, line, column]);
    }

    /// The index of a string.
    pub(crate) fn string(&mut self, text: &str) -> usize {
        let next = self.strings.len();
        let index = *self.by_text.entry(text.to_owned()).or_insert(next);
        if index == next {
            self.strings.push(text.to_owned());
        }
        index
    }

    /// The parts in the order and in the lines of V8.
    pub(super) fn parts(&self) -> Vec<(&'static str, String)> {
        let width = self.node_fields.len();
        let nodes = rows(self.nodes.iter().map(|node| {
            let fields = self.node_fields.iter().map(|field| match *field {
                "type" => node.kind as u64,
                "name" => node.name as u64,
                "id" => node.id,
                "self_size" => node.size,
                "edge_count" => node.edges.len() as u64,
                "trace_node_id" => node.trace,
                "detachedness" => node.detachedness,
                _ => 0,
            });
            fields.collect::<Vec<_>>()
        }));
        let edges = self.nodes.iter().flat_map(|node| &node.edges);
        let edges = rows(edges.map(|&[kind, label, to]| {
            let fields = self.edge_fields.iter().map(|field| match *field {
                "type" => kind as u64,
                "name_or_index" => label as u64,
                "to_node" => (to * width) as u64,
                _ => 0,
            });
            fields.collect::<Vec<_>>()
        }));
        let locations = rows(self.locations.iter().map(|&[node, script, line, column]| {
            [node * width, script, line, column]
                .map(|number| number as u64)
                .to_vec()
        }));
        let strings: Vec<String> = self
            .strings
            .iter()
            .map(|text| serde_json::to_string(text).unwrap())
            .collect();
        let mut parts = vec![
            ("snapshot", self.header()),
            ("nodes", format!("[{nodes}]")),
            ("edges", format!("[{edges}]")),
            ("trace_function_infos", "[]".to_owned()),
            ("trace_tree", "[]".to_owned()),
            ("samples", "[]".to_owned()),
            ("locations", format!("[{locations}]")),
            ("strings", format!("[{}]", strings.join(",\n"))),
        ];
        for (name, value) in &self.extra {
            match parts.iter_mut().find(|part| part.0 == *name) {
                Some(part) => part.1.clone_from(value),
                None => parts.push((name, value.clone())),
            }
        }
        parts
    }

    fn header(&self) -> String {
        let types = |field: &&str, types: &[&str]| match *field {
            "type" => serde_json::json!(types),
            "name" => "string".into(),
            "name_or_index" => "string_or_number".into(),
            "to_node" => "node".into(),
            _ => "number".into(),
        };
        let edges: usize = self.nodes.iter().map(|node| node.edges.len()).sum();
        serde_json::json!({
            "meta": {
                "node_fields": self.node_fields,
                "node_types": self.node_fields.iter().map(|field| types(field, &NODE_TYPES)).collect::<Vec<_>>(),
                "edge_fields": self.edge_fields,
                "edge_types": self.edge_fields.iter().map(|field| types(field, &EDGE_TYPES)).collect::<Vec<_>>(),
                "trace_function_info_fields": ["function_id", "name", "script_name", "script_id", "line", "column"],
                "trace_node_fields": ["id", "function_info_index", "count", "size", "children"],
                "sample_fields": ["timestamp_us", "last_assigned_id"],
                "location_fields": ["object_index", "script_id", "line", "column"],
            },
            "node_count": self.nodes.len(),
            "edge_count": edges,
            "trace_function_count": self.traces,
        })
        .to_string()
    }

    /// The text that V8 would write.
    pub(crate) fn text(&self) -> String {
        object(&self.parts())
    }

    /// The text, read.
    pub(crate) fn heap(&self) -> Heap {
        Heap::from_bytes(self.text().into_bytes(), "made by hand").unwrap()
    }
}

/// An object of these parts.
pub(super) fn object(parts: &[(&str, String)]) -> String {
    let parts: Vec<String> = parts
        .iter()
        .map(|(name, value)| format!("\"{name}\":{value}"))
        .collect();
    format!("{{{}}}\n", parts.join(",\n"))
}

fn rows(rows: impl Iterator<Item = Vec<u64>>) -> String {
    let mut text = String::new();
    for row in rows {
        if !text.is_empty() {
            text.push_str("\n,");
        }
        for (at, number) in row.iter().enumerate() {
            let comma = if at == 0 { "" } else { "," };
            write!(text, "{comma}{number}").unwrap();
        }
    }
    text
}

/// Numbers that look random and are the same each time (xorshift, Marsaglia 2003).
pub(crate) struct Random(pub(crate) u64);

impl Random {
    /// A number below `end`.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % end as u64) as usize
    }
}
