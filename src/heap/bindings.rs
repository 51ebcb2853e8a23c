//! The long-lived collections of a heap: under which name each is held, what is in it, and what it keeps alive.
//!
//! Only what the user's scripts hold; the engine's and the runtime's own collections are left out. Must not know how
//! any of it is printed.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;
use serde::Serialize;

use super::allocated::{Allocated, allocated};
use super::contents::{Contents, Item, Kind, contents};
use super::freed::{Weakened, weakened};
use super::owners::{Held, Owner, held};
use super::scripts::{Function, Scripts};
use super::words::{Words, internal};
use super::{DominatorTree, Dominators, EdgeKind, Heap, NodeIdx, NodeKind, Reachability, StrIdx};

/// A collection with its owner. Several of one name, as closures and instances have them, are one binding.
#[derive(Clone, Debug)]
pub struct Binding {
    /// As in the source: `cache`, `Registry.cache` (static), `pool.items` (field), `exports.cache`, `globalThis.cache`.
    pub name: String,
    /// `Map`, `Set`, `Array`, `Object`, or the name of a class that extends one.
    pub class: String,
    /// What it is, however the class is called.
    pub kind: Kind,
    /// By what it is held.
    pub owner: Owner,
    /// The path or URL of the script, as the engine has it; none for globals.
    pub script: Option<String>,
    /// The functions that were made where the collection is held, in the order of their places, [`MAX_FUNCTIONS`] at
    /// most. Only a module's and a closure's have any.
    pub functions: Vec<Function>,
    /// For a closure: another function that the same scope holds, as a memoize helper holds what it memoizes.
    pub beside: Option<Function>,
    /// For fields: the class that has it.
    pub holder: Option<Function>,
    /// How many collections this is.
    pub instances: u32,
    /// How many entries there are; see `is_exact`.
    pub entries: u64,
    /// Whether the graph tells the number of entries. A table of nothing but small integers shows only how many fit.
    pub is_exact: bool,
    /// The types of the keys, most frequent first; empty for arrays.
    pub keys: Vec<Part>,
    /// The types of the values, most frequent first; empty for sets.
    pub values: Vec<Part>,
    /// Where most of the keys and values were allocated, if that was tracked.
    pub allocated: Option<Allocated>,
    /// The bytes that would be free without the collection.
    pub retained_bytes: u64,
    /// The bytes that would be free if it were emptied.
    pub entries_bytes: u64,
    /// What would be free with weak keys, if all keys can be held weakly.
    pub if_weak: Option<Weakened>,
    /// The collections themselves, in the order of the file.
    pub nodes: Vec<NodeIdx>,
}

/// How many of the keys or values are of one type.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Part {
    /// `string`, `number`, `function`, the name of a class; `primitive` for values that are not in the graph.
    #[serde(rename = "name")]
    pub type_name: String,
    /// How many.
    pub count: u64,
    /// Where the class is written, if the snapshot says it.
    pub class: Option<Function>,
}

/// What makes a binding the same in another snapshot.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Identity {
    script: Option<String>,
    owner: Owner,
    name: String,
    beside: Option<Function>,
}

impl Identity {
    /// The path or URL of the script.
    pub fn script(&self) -> Option<&str> {
        self.script.as_deref()
    }

    /// By what it is held.
    pub fn owner(&self) -> Owner {
        self.owner
    }

    /// As in the source.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether it is a field of what holds it.
    pub fn is_field(&self) -> bool {
        self.owner == Owner::Field
    }
}

impl Binding {
    /// What makes it the same in another snapshot, also of another process.
    pub fn identity(&self) -> Identity {
        Identity {
            script: self.script.clone(),
            owner: self.owner,
            name: self.name.clone(),
            beside: self.beside.clone(),
        }
    }
}

/// How many functions of a scope are told.
pub const MAX_FUNCTIONS: usize = 32;

/// The long-lived collections and what is in them.
#[derive(Debug)]
pub(super) struct Collections {
    held: Vec<Held>,
    contents: FxHashMap<NodeIdx, Contents>,
}

/// Those of a heap; asks nothing of what keeps what alive.
pub(super) fn collections(heap: &Heap, words: &Words, scripts: &Scripts) -> Collections {
    let reachable = Reachability::of(heap);
    let mut found = FxHashMap::default();
    let held = held(heap, words, scripts, |node| {
        let contents = contents(heap, words, node).filter(|_| reachable.contains(node));
        contents.is_some_and(|contents| found.insert(node, contents).is_none())
    });
    Collections {
        held,
        contents: found,
    }
}

/// All bindings, by retained size, largest first, then by name and script.
pub(super) fn bindings(
    heap: &Heap,
    words: &Words,
    scripts: &Scripts,
    collections: Collections,
    dominators: &Dominators,
    tree: &DominatorTree,
) -> Vec<Binding> {
    let Collections {
        held,
        contents: mut found,
    } = collections;
    let reader = Reader {
        heap,
        dominators,
        tree,
        words,
        scripts,
    };
    let mut by_identity: BTreeMap<(Identity, String), Vec<Held>> = BTreeMap::new();
    for held in held {
        let identity = Identity {
            script: held.script.clone(),
            owner: held.owner,
            name: held.name.clone(),
            beside: reader.beside(&held),
        };
        let class = heap.name(held.node).into_owned();
        by_identity.entry((identity, class)).or_default().push(held);
    }
    let mut bindings: Vec<Binding> = by_identity
        .into_iter()
        .map(|((identity, class), held)| reader.binding(identity, class, &held, &mut found))
        .filter(|binding| binding.entries > 0)
        .collect();
    bindings.sort_by(|a, b| {
        let size = b.retained_bytes.cmp(&a.retained_bytes);
        size.then_with(|| (&a.name, &a.script, &a.beside).cmp(&(&b.name, &b.script, &b.beside)))
    });
    bindings
}

struct Reader<'a> {
    heap: &'a Heap,
    dominators: &'a Dominators,
    tree: &'a DominatorTree,
    words: &'a Words,
    scripts: &'a Scripts,
}

impl Reader<'_> {
    /// One binding of all that is held under the same name.
    fn binding(
        &self,
        identity: Identity,
        class: String,
        held: &[Held],
        found: &mut FxHashMap<NodeIdx, Contents>,
    ) -> Binding {
        let mut nodes: Vec<NodeIdx> = held.iter().map(|held| held.node).collect();
        nodes.sort_unstable();
        let contents: Vec<Contents> = nodes.iter().filter_map(|node| found.remove(node)).collect();
        let topmost = self.tree.topmost(&nodes);
        let retained = topmost
            .iter()
            .map(|node| self.dominators.retained_size(*node));
        let retained_bytes = retained.sum();
        // Without entries an object keeps itself, and a table its room.
        let shells = nodes
            .iter()
            .copied()
            .chain(contents.iter().filter_map(|it| it.table));
        let own = shells.fold(0, |sum: u64, node| {
            sum.saturating_add(self.heap.shallow_size(node))
        });
        let if_weak = contents
            .iter()
            .filter(|contents| contents.count > 0)
            .map(|contents| weakened(self.heap, self.dominators, self.tree, contents))
            .reduce(|sum, one| {
                let mut sum = sum?;
                sum += one?;
                Some(sum)
            });
        let mut functions: Vec<Function> = held.iter().flat_map(|it| self.functions(it)).collect();
        functions.sort();
        functions.dedup();
        functions.truncate(MAX_FUNCTIONS);
        let entries = || contents.iter().flat_map(|contents| &contents.entries);
        Binding {
            kind: contents
                .first()
                .map_or(Kind::Object, |contents| contents.kind),
            class,
            functions,
            holder: held.first().and_then(|held| self.holder(held)),
            instances: nodes.len() as u32,
            entries: contents.iter().map(|contents| contents.count).sum(),
            is_exact: contents.iter().all(|contents| contents.is_exact),
            keys: self.parts(entries().map(|entry| entry.key), "number"),
            values: self.parts(entries().map(|entry| entry.value), "primitive"),
            allocated: allocated(
                self.heap,
                entries()
                    .flat_map(|entry| [entry.key, entry.value])
                    .filter_map(Item::node),
            ),
            retained_bytes,
            entries_bytes: retained_bytes.saturating_sub(own),
            if_weak: if_weak.flatten(),
            nodes,
            name: identity.name,
            owner: identity.owner,
            script: identity.script,
            beside: identity.beside,
        }
    }

    /// The functions that were made in the scope of what is held.
    fn functions(&self, held: &Held) -> Vec<Function> {
        let scope = held.scope.and_then(|scope| self.scripts.scopes.get(&scope));
        let Some(scope) =
            scope.filter(|_| matches!(held.owner, Owner::Module | Owner::Closure | Owner::Export))
        else {
            return Vec::new();
        };
        let functions = scope.functions.iter();
        functions
            .map(|place| {
                self.scripts
                    .function(self.heap, self.scripts.functions[*place as usize])
            })
            .filter(|function| !is_whole_script(function))
            .collect()
    }

    /// The function that a closure's scope holds and that was made elsewhere.
    fn beside(&self, held: &Held) -> Option<Function> {
        let scope = held.scope.filter(|_| held.owner == Owner::Closure)?;
        let made_elsewhere = |node: &NodeIdx| {
            let script = self.scripts.script_of(*node);
            script.is_some_and(|script| self.scripts.is_of_the_user(script))
                && internal(self.heap, *node, self.words.context) != Some(scope)
        };
        let node = self
            .heap
            .edges(scope)
            .filter(|edge| edge.kind == EdgeKind::Context)
            .map(|edge| self.words.held(self.heap, edge.to))
            .find(made_elsewhere)?;
        self.scripts.function_of(self.heap, node)
    }

    /// The class of the object, or the class itself, that has a field.
    fn holder(&self, held: &Held) -> Option<Function> {
        let holder = held.holder?;
        if self.heap.kind(holder) == NodeKind::Closure {
            return self.scripts.function_of(self.heap, holder);
        }
        self.scripts.class(self.heap, holder)
    }

    /// What tells types apart: strings have their text as a name.
    fn sort(&self, node: NodeIdx) -> (NodeKind, Option<StrIdx>) {
        let kind = match self.heap.kind(node) {
            NodeKind::ConcatenatedString | NodeKind::SlicedString => NodeKind::String,
            kind => kind,
        };
        let is_type = matches!(
            kind,
            NodeKind::String
                | NodeKind::Number
                | NodeKind::Closure
                | NodeKind::Symbol
                | NodeKind::BigInt
                | NodeKind::RegExp
        );
        (kind, (!is_type).then(|| self.heap.name_id(node)))
    }

    /// Counts by type. What the graph does not show is `unseen`: as a key a small integer, as a value also `true`,
    /// `null` or the like.
    fn parts(&self, items: impl Iterator<Item = Item>, unseen: &str) -> Vec<Part> {
        // Names are looked up once per kind and name, not once per entry.
        let mut tally: FxHashMap<_, (u64, Option<NodeIdx>)> = FxHashMap::default();
        for item in items {
            let (kind, node) = match item {
                Item::Absent => continue,
                Item::Name => (Some((NodeKind::String, None)), None),
                Item::Primitive => (None, None),
                Item::Node(node) => (Some(self.sort(node)), Some(node)),
            };
            let (count, first) = tally.entry(kind).or_default();
            *count += 1;
            *first = first.or(node);
        }
        let mut counts: BTreeMap<String, (u64, Option<NodeIdx>)> = BTreeMap::new();
        for (kind, (count, first)) in tally.into_iter().collect::<Vec<_>>() {
            let name = match (kind, first) {
                (None, _) => unseen.to_owned(),
                (Some(_), Some(node)) => type_name(self.heap, node),
                (Some(_), None) => "string".to_owned(),
            };
            let (sum, node) = counts.entry(name).or_default();
            *sum += count;
            // The first in the file, whatever the order of the table.
            *node = first.into_iter().chain(*node).min();
        }
        let mut parts: Vec<Part> = counts
            .into_iter()
            .map(|(type_name, (count, node))| Part {
                class: node.and_then(|node| {
                    let is_object = self.heap.kind(node) == NodeKind::Object;
                    self.scripts.class(self.heap, node).filter(|_| is_object)
                }),
                type_name,
                count,
            })
            .collect();
        parts.sort_by(|a, b| {
            b.count
                .cmp(&a.count)
                .then_with(|| a.type_name.cmp(&b.type_name))
        });
        parts
    }
}

/// The code of a module outside of its functions is a function for the engine.
fn is_whole_script(function: &Function) -> bool {
    function.name.is_empty() && function.line == Some(1) && function.column == Some(1)
}

/// What a value is, as one speaks of it.
fn type_name(heap: &Heap, node: NodeIdx) -> String {
    match heap.kind(node) {
        NodeKind::String | NodeKind::ConcatenatedString | NodeKind::SlicedString => "string".into(),
        NodeKind::Number => "number".into(),
        NodeKind::Closure => "function".into(),
        NodeKind::Symbol => "symbol".into(),
        NodeKind::BigInt => "bigint".into(),
        NodeKind::RegExp => "RegExp".into(),
        NodeKind::Hidden if matches!(&*heap.name(node), "true" | "false") => "boolean".into(),
        _ => heap.name(node).into_owned(),
    }
}
