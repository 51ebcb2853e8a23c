//! What is in a collection: which nodes are `Map`, `Set`, array or dictionary, and their entries.
//!
//! Knows how V8 lays out its tables (<https://github.com/v8/v8/blob/main/src/objects/ordered-hash-table.h>). Must not
//! know who holds a collection.

use super::words::{Words, internal, is_hole, number};
use super::{EdgeKind, EdgeLabel, Heap, NodeIdx, NodeKind};

/// What a collection is, however its class is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A `Map`, or an instance of a class that extends it.
    Map,
    /// A `Set`, or an instance of a class that extends it.
    Set,
    /// An array.
    Array,
    /// An object under whose names or numbers things are put.
    Object,
}

/// A key or value that a snapshot may not show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Item {
    /// An object, string, or number that is an object of its own.
    Node(NodeIdx),
    /// The name of a property, or a key that is a name.
    Name,
    /// A small integer, `true`, `undefined` or the like: not in the graph.
    Primitive,
    /// There is no such part: sets have no values, arrays no keys.
    Absent,
}

impl Item {
    pub(super) fn node(self) -> Option<NodeIdx> {
        match self {
            Self::Node(node) => Some(node),
            Self::Name | Self::Primitive | Self::Absent => None,
        }
    }
}

/// One entry of a collection.
#[derive(Clone, Copy, Debug)]
pub(super) struct Entry {
    pub(super) key: Item,
    pub(super) value: Item,
}

/// What is in a collection.
#[derive(Clone, Debug)]
pub(super) struct Contents {
    pub(super) kind: Kind,
    /// The hash table of a `Map` or `Set`.
    pub(super) table: Option<NodeIdx>,
    /// Those that the graph shows, in the order of the file.
    pub(super) entries: Vec<Entry>,
    /// How many entries there are: exactly, or, where nothing of them is in the graph, at most.
    pub(super) count: u64,
    /// Whether `count` is exact as far as the graph tells.
    pub(super) is_exact: bool,
}

/// The contents of a node that is a collection. An object counts if it looks like a dictionary, see [`dictionary`].
pub(super) fn contents(heap: &Heap, words: &Words, node: NodeIdx) -> Option<Contents> {
    if heap.kind(node) != NodeKind::Object {
        return None;
    }
    if let Some(table) = internal(heap, node, words.table) {
        return hashed(heap, table);
    }
    let name = Some(heap.name_id(node));
    if name == words.array {
        Some(array(heap, words, node))
    } else if name == words.object {
        dictionary(heap, words, node)
    } else {
        None
    }
}

/// The layout of the table of a `Map` or `Set`: three numbers, the buckets, and two entries per bucket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Layout {
    kind: Kind,
    buckets: u32,
}

impl Layout {
    /// An entry of a `Map` has a key, a value and a link, one of a `Set` no value. With a power of two as the number of
    /// buckets, the size of a table fits one layout only, for words of 8 and of 4 bytes together.
    fn of_size(size: u64) -> Option<Self> {
        [8, 4].into_iter().find_map(|word| {
            let words = size.is_multiple_of(word).then_some(size / word)?;
            let rest = u32::try_from(words.checked_sub(2 + 3)?).ok()?;
            let fit = |kind, per_bucket| {
                let buckets = rest / per_bucket;
                (rest.is_multiple_of(per_bucket) && buckets.is_power_of_two())
                    .then_some(Self { kind, buckets })
            };
            fit(Kind::Map, 7).or_else(|| fit(Kind::Set, 5))
        })
    }

    fn entry_size(self) -> u32 {
        if self.kind == Kind::Map { 3 } else { 2 }
    }
}

fn hashed(heap: &Heap, table: NodeIdx) -> Option<Contents> {
    let layout = Layout::of_size(heap.shallow_size(table))?;
    let first = 3 + layout.buckets;
    let mut entries: Vec<Entry> = Vec::new();
    let mut last = None;
    let mut has_hole = false;
    for edge in heap.edges(table).filter(|edge| edge.kind != EdgeKind::Weak) {
        let Some(slot) = number(heap, edge).and_then(|slot| slot.checked_sub(first)) else {
            continue;
        };
        if is_hole(heap, edge.to) {
            has_hole = true;
            continue;
        }
        let (entry, part) = (slot / layout.entry_size(), slot % layout.entry_size());
        if part + 1 == layout.entry_size() {
            continue;
        }
        if last != Some(entry) {
            last = Some(entry);
            let value = match layout.kind {
                Kind::Map => Item::Primitive,
                _ => Item::Absent,
            };
            let key = Item::Primitive;
            entries.push(Entry { key, value });
        }
        if let Some(entry) = entries.last_mut() {
            let place = if part == 0 {
                &mut entry.key
            } else {
                &mut entry.value
            };
            *place = Item::Node(edge.to);
        }
    }
    // A table of nothing but numbers shows only its size. The smallest one may as well be empty.
    let is_hidden = entries.is_empty() && layout.buckets > 2 && !has_hole;
    Some(Contents {
        kind: layout.kind,
        table: Some(table),
        count: if is_hidden {
            u64::from(layout.buckets) * 2
        } else {
            entries.len() as u64
        },
        is_exact: !is_hidden,
        entries,
    })
}

fn array(heap: &Heap, words: &Words, node: NodeIdx) -> Contents {
    let mut entries = Vec::new();
    let mut length = 0;
    for edge in heap
        .edges(node)
        .filter(|edge| edge.kind == EdgeKind::Element)
    {
        length = length.max(number(heap, edge).map_or(0, |index| u64::from(index) + 1));
        if !is_hole(heap, edge.to) {
            let value = Item::Node(edge.to);
            entries.push(Entry {
                key: Item::Absent,
                value,
            });
        }
    }
    let store = internal(heap, node, words.elements).map_or(0, |store| heap.shallow_size(store));
    let word = word_size(heap, node, 4);
    // An array has less than 2^32 elements, whatever a damaged snapshot says.
    let room = (store / word).saturating_sub(2).min(u64::from(u32::MAX));
    // Numbers are not in the graph: between elements they count, and alone they take at most all the room. In a sparse
    // array, whose store has less room than its length, only what is seen counts.
    let is_hidden = entries.is_empty() && room > 0;
    Contents {
        kind: Kind::Array,
        table: None,
        count: if is_hidden {
            room
        } else if length <= room {
            length
        } else {
            entries.len() as u64
        },
        is_exact: !is_hidden,
        entries,
    }
}

/// The bytes of a word, told by an object of so many words.
fn word_size(heap: &Heap, node: NodeIdx, words: u64) -> u64 {
    if heap.shallow_size(node) >= words * 8 {
        8
    } else {
        4
    }
}

/// How many properties an object of one type of values has at least if they are not thought to be its fields.
const MANY: usize = 8;

/// An object that is used as a dictionary: the engine keeps it as a hash table, it has numbers for names, names that
/// are no identifiers, or many values of one type.
fn dictionary(heap: &Heap, words: &Words, node: NodeIdx) -> Option<Contents> {
    let mut entries = Vec::new();
    let mut has_element = false;
    let mut has_odd_name = false;
    // Then it is an interface, and the engine keeps those as hash tables too.
    let mut has_accessor = false;
    for edge in heap.edges(node) {
        let key = match (edge.kind, edge.label) {
            (EdgeKind::Element, _) => {
                has_element = true;
                Item::Primitive
            }
            (EdgeKind::Property, EdgeLabel::Name(name)) if Some(name) != words.proto => {
                let name = heap.string(name);
                if name.starts_with("<symbol ") {
                    continue;
                }
                if is_accessor(heap, edge.to, &name) {
                    has_accessor = true;
                    continue;
                }
                has_odd_name |= !is_identifier(&name);
                Item::Name
            }
            _ => continue,
        };
        if !is_hole(heap, edge.to) {
            let value = Item::Node(edge.to);
            entries.push(Entry { key, value });
        }
    }
    let hashed = internal(heap, node, words.properties)
        .filter(|properties| heap.kind(*properties) == NodeKind::Array)
        .map(|properties| keys_of(heap, properties));
    let is_dictionary = hashed.is_some() && !has_accessor
        || has_element
        || has_odd_name
        || entries.len() >= MANY && is_of_one_type(heap, &entries);
    // Numbers as values are not in the graph, but in a hash table their keys are.
    let by_name = entries
        .iter()
        .filter(|entry| entry.key == Item::Name)
        .count();
    for _ in by_name..hashed.filter(|_| !has_accessor).unwrap_or(0) {
        entries.push(Entry {
            key: Item::Name,
            value: Item::Primitive,
        });
    }
    is_dictionary.then_some(Contents {
        kind: Kind::Object,
        table: None,
        count: entries.len() as u64,
        is_exact: true,
        entries,
    })
}

/// Whether a property stands for a getter or setter, which are shown besides it.
fn is_accessor(heap: &Heap, node: NodeIdx, name: &str) -> bool {
    let is_function = heap.kind(node) == NodeKind::Closure;
    is_function && (name.starts_with("get ") || name.starts_with("set "))
        || &*heap.name(node) == "system / AccessorPair"
}

fn is_identifier(name: &str) -> bool {
    let is_start = |c: char| c.is_alphabetic() || matches!(c, '_' | '$' | '#');
    name.starts_with(is_start) && name.chars().all(|c| is_start(c) || c.is_numeric())
}

fn is_of_one_type(heap: &Heap, entries: &[Entry]) -> bool {
    let type_of = |entry: &Entry| match entry.value {
        Item::Node(node) => Some((heap.kind(node), heap.name_id(node))),
        _ => None,
    };
    let first = entries.first().and_then(type_of);
    let is_data = first.is_some_and(|(kind, _)| kind == NodeKind::Object);
    is_data && entries.iter().all(|entry| type_of(entry) == first)
}

/// How many keys a hash table of properties has: key, value and a number, again and again. The numbers are never in the
/// graph and the keys always, so that there is the most of them.
fn keys_of(heap: &Heap, properties: NodeIdx) -> usize {
    let mut counts = [0_usize; 3];
    for edge in heap.edges(properties) {
        let is_slot = matches!(edge.kind, EdgeKind::Internal | EdgeKind::Hidden);
        if let Some(slot) = number(heap, edge).filter(|_| is_slot)
            && !is_hole(heap, edge.to)
        {
            counts[slot as usize % 3] += 1;
        }
    }
    counts.into_iter().max().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_size_of_a_table_tells_what_it_is() {
        for buckets in (1..28).map(|power| 1_u32 << power) {
            for word in [4, 8] {
                for (kind, per_bucket) in [(Kind::Map, 7), (Kind::Set, 5)] {
                    let size = word * (2 + 3 + u64::from(buckets) * per_bucket);
                    let layout = Layout { kind, buckets };
                    assert_eq!(Layout::of_size(size), Some(layout), "{size}");
                }
                // A `WeakMap`'s: two words per entry and a power of two of them.
                let weak = word * (2 + 3 + u64::from(buckets) * 2);
                assert_eq!(Layout::of_size(weak), None, "{weak}");
            }
        }
        assert_eq!(Layout::of_size(0), None);
    }

    #[test]
    fn identifiers_are_told_from_keys() {
        for name in ["a", "_b1", "$", "#private", "größe"] {
            assert!(is_identifier(name), "{name}");
        }
        for name in ["", "1a", "a b", "0:{}", "a-b"] {
            assert!(!is_identifier(name), "{name}");
        }
    }
}
