//! A heap snapshot as a graph: what V8 wrote when it was asked what is alive.
//!
//! Knows V8's format (any version: fields are found by their names in `meta`) and graphs. Must not know rules, sources
//! or how anything is printed. The format is that of
//! <https://github.com/v8/v8/blob/main/src/profiler/heap-snapshot-generator.cc>.
//!
//! ```text
//! file, gzip, pipe ─► blocks ─► numbers, strings ─► Heap ─► Dominators, Reachability, Retainers
//!                      input    cursor, format               dominators, reach
//! ```
//!
//! - The text is read once, front to back, block by block; nothing is kept of it but the strings, as they are written.
//! - Numbers are parsed on all threads. Nothing is allocated because a count in the file says so.
//! - Structure of arrays, `u32` indices, `u64` sizes. A [`Heap`] is immutable, and every index in it is in range.
//! - [`is_essential`] alone decides which edges keep their target alive, in every pass.

mod allocated;
mod bindings;
mod constructors;
mod contents;
mod cursor;
mod dominators;
mod edges;
mod error;
mod format;
mod freed;
mod growth;
mod input;
mod locations;
mod nodes;
mod numbers;
mod owners;
pub mod paths;
pub mod profile;
mod reach;
mod rows;
mod runtime;
mod scripts;
pub mod source_map;
mod strings;
mod survey;
mod trace;
mod why;
mod words;

#[cfg(test)]
mod fixture;
#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::fs::File;
use std::io::{self, Read};
use std::ops::Range;
use std::path::Path;

pub use allocated::Allocated;
pub use bindings::{Binding, Identity, MAX_FUNCTIONS, Part};
pub use constructors::Constructor;
pub use contents::Kind;
pub use dominators::{DominatorTree, Dominators};
pub use error::{Error, Problem, WrongKind};
pub use freed::Weakened;
pub use growth::{Growth, Size, Step, growth};
pub use owners::Owner;
pub use reach::{Distances, Reachability, Retainers};
pub use runtime::Runtime;
pub use scripts::Function;
pub use survey::{Facts, Survey};
pub use trace::Frame;
pub use why::why;

use edges::Edges;
use locations::Locations;
use nodes::Nodes;
use strings::Strings;
use trace::Traces;

/// A node of one [`Heap`], counted as in the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeIdx(pub u32);

impl NodeIdx {
    /// As an index of a slice with an element for each node.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// A string of one [`Heap`], counted as in the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StrIdx(pub u32);

/// What V8 calls the type of a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum NodeKind {
    /// An object of the engine that it shows to nobody.
    Hidden,
    /// The engine's own arrays: elements, properties, tables.
    Array,
    /// A string in one piece.
    String,
    /// An object of the program; its name is that of its constructor.
    Object,
    /// Compiled code, functions' metadata, scripts.
    Code,
    /// A function with the context in which it was made.
    Closure,
    /// A regular expression.
    RegExp,
    /// A number that is an object of its own.
    Number,
    /// An object of the embedder.
    Native,
    /// A root, or a group of roots.
    Synthetic,
    /// A string made of two others.
    ConcatenatedString,
    /// A part of another string.
    SlicedString,
    /// A `Symbol`.
    Symbol,
    /// A `BigInt`.
    BigInt,
    /// A hidden class and what belongs to it.
    ObjectShape,
    /// A type that this version does not know.
    Other,
}

/// What V8 calls the type of an edge.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum EdgeKind {
    /// A variable that a function captures.
    Context,
    /// An element of an array.
    Element,
    /// A named property.
    Property,
    /// A link of the engine that has a name.
    Internal,
    /// A link of the engine that has a number.
    Hidden,
    /// A link that leaves out what is between.
    Shortcut,
    /// A reference that keeps nothing alive.
    Weak,
    /// A type that this version does not know.
    Other,
}

/// What an edge is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum EdgeLabel {
    /// The name of a property, variable or internal link.
    Name(StrIdx),
    /// The number of an element or hidden link.
    Index(u32),
}

/// A reference from one node to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Edge {
    /// What sort of reference.
    pub kind: EdgeKind,
    /// What it is called.
    pub label: EdgeLabel,
    /// The node that is referred to.
    pub to: NodeIdx,
    is_essential: bool,
}

/// Whether an edge keeps its target alive, or at least is to be taken for that.
///
/// Left out are
/// - weak edges,
/// - shortcuts, which repeat a longer path (those of the root name the global objects and do count),
/// - the edges from the table of a `WeakMap` to its values. The engine writes each value twice, below the table and
///   below the key. Both are needed to keep it, and that of the key says more.
pub fn is_essential(edge: Edge) -> bool {
    edge.is_essential
}

/// Where the function of a closure or the constructor of an object is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Location {
    /// The engine's number of the script.
    pub script_id: u32,
    /// 0-based.
    pub line: u32,
    /// 0-based, in UTF-16 code units.
    pub column: u32,
}

/// Whether an object of a page still belongs to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Detachedness {
    /// Not an object of a page, or not said.
    Unknown,
    /// Part of the page.
    Attached,
    /// No longer part of the page, but alive.
    Detached,
}

/// A heap snapshot. Nodes, edges and strings are counted as in the file.
#[derive(Debug)]
pub struct Heap {
    nodes: Nodes,
    edges: Edges,
    strings: Strings,
    locations: Locations,
    traces: Option<Traces>,
    root: NodeIdx,
}

impl Heap {
    /// Reads a file; gzip is recognised. `-` is a name like any other: for standard input there is [`Heap::read`].
    ///
    /// # Errors
    /// When the file cannot be read, ends early, is no heap snapshot, or contradicts itself.
    pub fn open(path: &Path) -> Result<Self, Error> {
        Self::open_watched(path, |file, _| file)
    }

    /// The same, but what is read goes through a reader that is made of the file and its size in bytes; a
    /// pipe has none.
    ///
    /// # Errors
    /// As [`Heap::open`].
    pub fn open_watched<R: Read + Send + 'static>(
        path: &Path,
        watch: impl FnOnce(File, Option<u64>) -> R,
    ) -> Result<Self, Error> {
        let name = path.to_string_lossy();
        let opened = File::open(path).and_then(|file| {
            let metadata = file.metadata()?;
            // A pipe says that it has no bytes.
            Ok((file, metadata.is_file().then_some(metadata.len())))
        });
        match opened {
            Ok((file, size)) => Self::parse(watch(file, size), size, &name, input::BLOCK),
            Err(error) => Err(Error::new(&name, error.into())),
        }
    }

    /// Reads a stream to its end; gzip is recognised. `name` is for messages.
    ///
    /// # Errors
    /// As [`Heap::open`].
    pub fn read(reader: impl Read + Send + 'static, name: &str) -> Result<Self, Error> {
        Self::parse(reader, None, name, input::BLOCK)
    }

    /// Reads what is in memory; gzip is recognised. `name` is for messages.
    ///
    /// # Errors
    /// As [`Heap::open`].
    pub fn from_bytes(bytes: Vec<u8>, name: &str) -> Result<Self, Error> {
        let size = bytes.len() as u64;
        Self::parse(io::Cursor::new(bytes), Some(size), name, input::BLOCK)
    }

    /// `size` is that of the stream in bytes, where it is known, `block` how many are parsed at once.
    fn parse(
        reader: impl Read + Send + 'static,
        size: Option<u64>,
        name: &str,
        block: usize,
    ) -> Result<Self, Error> {
        input::open(reader, size, block)
            .map_err(Problem::from)
            .and_then(format::read)
            .map_err(|problem| Error::new(name, problem))
    }

    /// The node from which all that is alive is reached.
    pub fn root(&self) -> NodeIdx {
        self.root
    }

    /// How many nodes there are; more than none.
    #[expect(clippy::len_without_is_empty, reason = "a heap has a root")]
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// How many edges there are, essential or not.
    pub fn edge_count(&self) -> usize {
        self.edges.len()
    }

    /// All nodes, reachable or not.
    pub fn nodes(&self) -> impl ExactSizeIterator<Item = NodeIdx> + use<> {
        (0..self.nodes.len() as u32).map(NodeIdx)
    }

    /// What sort of node it is.
    pub fn kind(&self, node: NodeIdx) -> NodeKind {
        self.nodes.kind(node)
    }

    /// The name of a node: for an object that of its constructor, for a function its own, for a string its text (the
    /// first 1,024 characters).
    pub fn name(&self, node: NodeIdx) -> Cow<'_, str> {
        self.string(self.name_id(node))
    }

    /// The name of a node, undecoded.
    pub fn name_id(&self, node: NodeIdx) -> StrIdx {
        self.nodes.name(node)
    }

    /// A string, with its escapes decoded; halves of surrogate pairs become U+FFFD.
    pub fn string(&self, string: StrIdx) -> Cow<'_, str> {
        self.strings.get(string)
    }

    /// How many strings there are.
    pub fn string_count(&self) -> usize {
        self.strings.len()
    }

    /// Whether a string is `text`; cheaper than decoding it.
    pub fn is_string(&self, string: StrIdx, text: &str) -> bool {
        self.strings.is(string, text)
    }

    /// The first string that is `text`. Looks through all of them: ask once per text, or for several at once with
    /// [`Heap::find_strings`]. Engines write each text once.
    pub fn find_string(&self, text: &str) -> Option<StrIdx> {
        let [found] = self.find_strings([text]);
        found
    }

    /// The first string for each text, found in one pass.
    pub fn find_strings<const N: usize>(&self, texts: [&str; N]) -> [Option<StrIdx>; N] {
        self.strings.find(texts)
    }

    /// The engine's number of a node, which stays the same between snapshots of one process.
    pub fn id(&self, node: NodeIdx) -> u64 {
        self.nodes.id(node)
    }

    /// The bytes of the node itself.
    pub fn shallow_size(&self, node: NodeIdx) -> u64 {
        self.nodes.size(node)
    }

    /// Whether an object of a page still belongs to it.
    pub fn detachedness(&self, node: NodeIdx) -> Detachedness {
        self.nodes.detachedness(node)
    }

    /// The references that a node holds, in the order of the file.
    pub fn edges(&self, node: NodeIdx) -> impl ExactSizeIterator<Item = Edge> {
        self.nodes
            .edges(node)
            .map(|edge| self.edges.get(edge as usize))
    }

    /// The indices of the edges of a node.
    fn edge_range(&self, node: NodeIdx) -> Range<u32> {
        self.nodes.edges(node)
    }

    /// Where the function or the constructor of an object is written.
    pub fn location(&self, node: NodeIdx) -> Option<Location> {
        self.locations.get(node)
    }

    /// All nodes with a location, in their order.
    pub fn locations(&self) -> impl ExactSizeIterator<Item = (NodeIdx, Location)> {
        self.locations.iter()
    }

    /// The calls under which a node was allocated, the innermost first, where allocations were tracked
    /// (`.heaptimeline`) and this one was.
    pub fn allocation_stack(&self, node: NodeIdx) -> Option<Vec<Frame>> {
        let stack = self.traces.as_ref()?.stack(self.nodes.trace(node));
        (!stack.is_empty()).then_some(stack)
    }

    /// What wrote the snapshot, as far as names of its own code tell.
    pub fn runtime(&self) -> Runtime {
        runtime::of(self)
    }
}
