//! The parts of a snapshot, in whatever order they come after the first.
//!
//! Knows what `meta` may say. Must not know how lists of numbers are parsed.

use serde::Deserialize;
use serde_json::Value;

use super::cursor::Cursor;
use super::edges::{EdgeColumns, Edges};
use super::error::{Problem, WrongKind};
use super::input::Blocks;
use super::locations::{LocationColumns, Locations};
use super::nodes::{NodeColumns, Nodes};
use super::numbers::{self, MAX_WIDTH};
use super::strings::Strings;
use super::trace::{Functions, TraceColumns, Traces, Tree};
use super::{Edge, EdgeKind, EdgeLabel, Heap, NodeIdx, NodeKind};

/// The most bytes of the part that describes the others; it has about 2,000.
const LONGEST_HEADER: usize = 1 << 20;

/// The first part.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Header {
    meta: Meta,
    node_count: u64,
    edge_count: u64,
    trace_function_count: u64,
    /// The place of its first number in `nodes`.
    root_index: u64,
}

/// What the numbers mean.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Meta {
    node_fields: Vec<String>,
    node_types: Vec<Value>,
    edge_fields: Vec<String>,
    edge_types: Vec<Value>,
    trace_function_info_fields: Vec<String>,
    trace_node_fields: Vec<String>,
    location_fields: Vec<String>,
}

/// The parts that were read so far.
#[derive(Default)]
struct Parts {
    header: Option<Header>,
    nodes: Option<Nodes>,
    edges: Option<Edges>,
    strings: Option<Strings>,
    locations: Option<Locations>,
    functions: Option<Functions>,
    tree: Option<Tree>,
    /// Keys that nothing is known of, or that came too early.
    others: Vec<String>,
}

/// Reads a whole snapshot. What follows its last bracket is left alone.
pub(super) fn read(blocks: Blocks) -> Result<Heap, Problem> {
    let mut cursor = Cursor::new(blocks);
    begin(&mut cursor)?;
    let mut parts = Parts::default();
    let mut is_first = true;
    loop {
        "the outermost object".clone_into(&mut cursor.section);
        cursor.progress = None;
        if !cursor.has_next(is_first, b'}')? {
            return parts.finish();
        }
        is_first = false;
        let key = cursor.key()?;
        cursor.section = format!("`{}`", key.escape_debug());
        parts.read(&mut cursor, key)?;
    }
}

/// Goes past the first bracket, or says what it is that does not begin with one.
fn begin(cursor: &mut Cursor) -> Result<(), Problem> {
    const BYTE_ORDER_MARK: &[u8] = &[0xef, 0xbb, 0xbf];
    let none = cursor.peek()?.is_none();
    if cursor.rest().starts_with(BYTE_ORDER_MARK) {
        cursor.consume(BYTE_ORDER_MARK.len());
    }
    let kind = match cursor.rest() {
        _ if none => WrongKind::Empty,
        [b'<', ..] => WrongKind::Html,
        [b'P', b'K', 3, 4, ..] => WrongKind::Packed("zip"),
        [0x28, 0xb5, 0x2f, 0xfd, ..] => WrongKind::Packed("zstd"),
        [0xfd, b'7', b'z', b'X', b'Z', ..] => WrongKind::Packed("xz"),
        [b'B', b'Z', b'h', ..] => WrongKind::Packed("bzip2"),
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => WrongKind::Utf16,
        rest => match rest.iter().find(|byte| !byte.is_ascii_whitespace()) {
            Some(b'{') => {
                return cursor.expect(b'{');
            }
            Some(b'<') => WrongKind::Html,
            // Events of a trace may come without anything around them.
            Some(b'[') => WrongKind::OtherJson,
            Some(_) => WrongKind::OtherText,
            None => WrongKind::Empty,
        },
    };
    Err(Problem::WrongKind(kind))
}

impl Parts {
    /// Reads the value of a key.
    fn read(&mut self, cursor: &mut Cursor, key: String) -> Result<(), Problem> {
        let again = match key.as_str() {
            "snapshot" => self.header.is_some(),
            "nodes" => self.nodes.is_some(),
            "edges" => self.edges.is_some(),
            "strings" => self.strings.is_some(),
            "locations" => self.locations.is_some(),
            "trace_function_infos" => self.functions.is_some(),
            "trace_tree" => self.tree.is_some(),
            _ => false,
        };
        if again {
            return Err(cursor.malformed("a part that was not there yet"));
        }
        let header = match (key.as_str(), &self.header) {
            ("snapshot", _) => {
                self.header = Some(header(cursor)?);
                return Ok(());
            }
            ("strings", _) => {
                self.strings = Some(Strings::read(cursor)?);
                return Ok(());
            }
            (_, Some(header)) => header,
            (_, None) => {
                self.others.push(key);
                return cursor.skip_value();
            }
        };
        match key.as_str() {
            "nodes" => {
                let mut columns = header.meta.nodes()?;
                columns.trace = columns.trace.filter(|_| header.has_traces());
                let room = room(cursor, header.node_count, columns.width);
                let nodes = self.nodes.insert(Nodes::new(columns, room));
                numbers::read(cursor, nodes, header.node_count, "nodes")
            }
            "edges" => {
                let columns = header.meta.edges()?;
                let room = room(cursor, header.edge_count, columns.width);
                let edges = self.edges.insert(Edges::new(columns, room));
                numbers::read(cursor, edges, header.edge_count, "edges")
            }
            "locations" if !header.meta.location_fields.is_empty() => {
                let columns = header.meta.locations()?;
                // Nothing announces how many.
                let room = room(cursor, u64::MAX, columns.width);
                let locations = self.locations.insert(Locations::new(columns, room));
                numbers::read(cursor, locations, 0, "locations")
            }
            "trace_function_infos" if header.has_traces() => {
                let columns = header.meta.traces()?;
                let functions = self.functions.insert(Functions::new(columns));
                numbers::read(
                    cursor,
                    functions,
                    header.trace_function_count,
                    "trace_function_infos",
                )
            }
            "trace_tree" if header.has_traces() => {
                self.tree = Some(Tree::read(cursor, &header.meta.trace_node_fields)?);
                Ok(())
            }
            _ => cursor.skip_value(),
        }
    }

    /// Puts the parts together and checks what each says about others.
    fn finish(self) -> Result<Heap, Problem> {
        let Some(header) = &self.header else {
            return Err(self.kind_by_keys());
        };
        let too_early = |part| self.others.iter().any(|key| key == part);
        if too_early("nodes") || too_early("edges") {
            return Err(Problem::Inconsistent(
                "`nodes` or `edges` come before `snapshot`, which says how to read them".to_owned(),
            ));
        }
        let mut nodes = self.nodes.ok_or(Problem::Missing("nodes"))?;
        let mut edges = self.edges.ok_or(Problem::Missing("edges"))?;
        let strings = self.strings.ok_or(Problem::Missing("strings"))?;
        let mut locations = self.locations.unwrap_or_default();
        if nodes.len() == 0 {
            return Err(Problem::Inconsistent("it has no nodes".to_owned()));
        }
        edges.settle();
        nodes.settle(edges.len())?;
        check_names(&nodes, &edges, &strings)?;
        if let Some((index, to)) = edges.aimless(nodes.len()) {
            return Err(Problem::OutOfRange {
                section: "edges",
                offset: None,
                item: "edge",
                index: index as u64,
                what: format!("leads to node {to}, but there are {}", nodes.len()),
            });
        }
        let root = header.root(&nodes)?;
        let (settled, tables) = rayon::join(
            || locations.settle(nodes.len()),
            || weak_map_tables(&strings),
        );
        settled?;
        settle_essential(&nodes, &mut edges, &tables, root);
        let traces = match (self.functions, self.tree) {
            (Some(functions), Some(tree)) => Some(Traces::new(functions, tree, strings.len())?),
            _ => None,
        };
        Ok(Heap {
            nodes,
            edges,
            strings,
            locations,
            traces,
            root,
        })
    }

    /// What a file without a header is.
    fn kind_by_keys(&self) -> Problem {
        let has = |key: &str| self.others.iter().any(|other| other == key);
        Problem::WrongKind(if has("nodeClassNames") {
            WrongKind::JavaScriptCore
        } else if has("head") {
            WrongKind::AllocationProfile
        } else if has("nodes") && (has("startTime") || has("timeDeltas")) {
            WrongKind::CpuProfile
        } else if has("traceEvents") {
            WrongKind::Trace
        } else {
            WrongKind::OtherJson
        })
    }
}

/// For how many rows room is made at once: what was announced, if the rest of the text can hold it.
fn room(cursor: &Cursor, claimed: u64, width: usize) -> usize {
    // A number has a digit and a comma.
    let possible = cursor.remaining().unwrap_or(0) / (2 * width as u64);
    usize::try_from(claimed.min(possible)).unwrap_or(0)
}

fn header(cursor: &mut Cursor) -> Result<Header, Problem> {
    let raw = cursor.capture_value(LONGEST_HEADER)?;
    serde_json::from_slice(&raw).map_err(|error| Problem::Meta(error.to_string()))
}

fn check_names(nodes: &Nodes, edges: &Edges, strings: &Strings) -> Result<(), Problem> {
    let strings = strings.len();
    let what = |name| format!("has string {name} as its name, but there are {strings}");
    if let Some((index, name)) = nodes.nameless(strings) {
        return Err(Problem::OutOfRange {
            section: "nodes",
            offset: None,
            item: "node",
            index: index as u64,
            what: what(name),
        });
    }
    if let Some((index, name)) = edges.nameless(strings) {
        return Err(Problem::OutOfRange {
            section: "edges",
            offset: None,
            item: "edge",
            index: index as u64,
            what: what(name),
        });
    }
    Ok(())
}

/// By string: the number of the table that it names. Nearly all snapshots have few such strings.
fn weak_map_tables(strings: &Strings) -> Vec<(u32, u64)> {
    strings
        .iter()
        .filter_map(|(string, raw)| Some((string.0, weak_map_table(raw)?)))
        .collect()
}

/// Decides for the edges of which the kind alone does not tell whether they are essential; see [`super::is_essential`].
/// `tables` are [`weak_map_tables`].
fn settle_essential(nodes: &Nodes, edges: &mut Edges, tables: &[(u32, u64)], root: NodeIdx) {
    for edge in nodes.edges(root) {
        if edges.get(edge as usize).kind == EdgeKind::Shortcut {
            edges.set_essential(edge, true);
        }
    }
    if tables.is_empty() {
        return;
    }
    for node in (0..nodes.len() as u32).map(NodeIdx) {
        for edge in nodes.edges(node) {
            let Edge {
                kind: EdgeKind::Internal,
                label: EdgeLabel::Name(name),
                ..
            } = edges.get(edge as usize)
            else {
                continue;
            };
            let table = tables.binary_search_by_key(&name.0, |table| table.0);
            if table.is_ok_and(|at| tables[at].1 == nodes.id(node)) {
                edges.set_essential(edge, false);
            }
        }
    }
}

/// The number of the table in `12 / part of key (A @1) -> value (B @2) pair in WeakMap (table @3)`.
fn weak_map_table(raw: &[u8]) -> Option<u64> {
    let (_, table) = std::str::from_utf8(raw.strip_suffix(b")")?)
        .ok()?
        .rsplit_once(" pair in WeakMap (table @")?;
    table.parse().ok()
}

impl Header {
    fn has_traces(&self) -> bool {
        self.trace_function_count > 0 && !self.meta.trace_function_info_fields.is_empty()
    }

    fn root(&self, nodes: &Nodes) -> Result<NodeIdx, Problem> {
        let width = self.meta.node_fields.len() as u64;
        let root = self.root_index / width;
        if !self.root_index.is_multiple_of(width) || root >= nodes.len() as u64 {
            return Err(Problem::Inconsistent(format!(
                "its root is said to be at place {} of `nodes`, where no node begins",
                self.root_index
            )));
        }
        let root = NodeIdx(root as u32);
        if nodes.edges(root).is_empty() {
            return Err(Problem::Inconsistent(
                "it has no root: nothing is reached from its first node".to_owned(),
            ));
        }
        Ok(root)
    }
}

impl Meta {
    fn nodes(&self) -> Result<NodeColumns, Problem> {
        let fields = Fields::new("node_fields", &self.node_fields)?;
        let kind = fields.get("type")?;
        let types = types("node_types", self.node_types.get(kind))?;
        Ok(NodeColumns {
            width: fields.width(),
            kind,
            name: fields.get("name")?,
            id: fields.get("id")?,
            size: fields.get("self_size")?,
            edges: fields.get("edge_count")?,
            trace: fields.find("trace_node_id"),
            detachedness: fields.find("detachedness"),
            kinds: types.map(NodeKind::named).collect(),
        })
    }

    fn edges(&self) -> Result<EdgeColumns, Problem> {
        let fields = Fields::new("edge_fields", &self.edge_fields)?;
        let kind = fields.get("type")?;
        let types = types("edge_types", self.edge_types.get(kind))?;
        Ok(EdgeColumns {
            width: fields.width(),
            kind,
            label: fields.get("name_or_index")?,
            to: fields.get("to_node")?,
            kinds: types.map(EdgeKind::named).collect(),
            node_width: Fields::new("node_fields", &self.node_fields)?.width(),
        })
    }

    fn locations(&self) -> Result<LocationColumns, Problem> {
        let fields = Fields::new("location_fields", &self.location_fields)?;
        Ok(LocationColumns {
            width: fields.width(),
            node: fields.get("object_index")?,
            script: fields.get("script_id")?,
            line: fields.get("line")?,
            column: fields.get("column")?,
            node_width: Fields::new("node_fields", &self.node_fields)?.width(),
        })
    }

    fn traces(&self) -> Result<TraceColumns, Problem> {
        let fields = Fields::new(
            "trace_function_info_fields",
            &self.trace_function_info_fields,
        )?;
        Ok(TraceColumns {
            width: fields.width(),
            name: fields.get("name")?,
            script: fields.get("script_name")?,
            script_id: fields.get("script_id")?,
            line: fields.get("line")?,
            column: fields.get("column")?,
        })
    }
}

/// The names of fields, in the order of a row.
struct Fields<'a> {
    list: &'static str,
    names: &'a [String],
}

impl<'a> Fields<'a> {
    fn new(list: &'static str, names: &'a [String]) -> Result<Self, Problem> {
        if names.is_empty() || names.len() > MAX_WIDTH {
            let count = names.len();
            return Err(Problem::Meta(format!("`{list}` has {count} fields")));
        }
        Ok(Self { list, names })
    }

    fn width(&self) -> usize {
        self.names.len()
    }

    fn find(&self, name: &str) -> Option<usize> {
        self.names.iter().position(|field| field == name)
    }

    fn get(&self, name: &str) -> Result<usize, Problem> {
        self.find(name)
            .ok_or_else(|| Problem::Meta(format!("`{}` has no `{name}`", self.list)))
    }
}

/// The names of the types of nodes or edges, in the order of their numbers.
fn types<'a>(
    list: &str,
    types: Option<&'a Value>,
) -> Result<impl Iterator<Item = &'a str>, Problem> {
    let types = types.and_then(Value::as_array);
    let types = types.ok_or_else(|| Problem::Meta(format!("`{list}` does not name the types")))?;
    Ok(types.iter().map(|name| name.as_str().unwrap_or_default()))
}
