//! What would be freed if a collection held its keys weakly.
//!
//! The rule of ephemerons: a value lives only as long as its key, and neither is kept by the table. Knows graphs and
//! entries, nothing of names.

use rustc_hash::{FxHashMap, FxHashSet};
use serde::Serialize;

use super::contents::{Contents, Item};
use super::{DominatorTree, Dominators, Heap, NodeIdx, NodeKind, is_essential};

/// What weak keys would do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Weakened {
    /// How many entries would go: nothing but the collection reaches their keys.
    pub entries: u64,
    /// The bytes that would go with them.
    pub bytes: u64,
}

impl std::ops::AddAssign for Weakened {
    fn add_assign(&mut self, other: Self) {
        self.entries += other.entries;
        self.bytes += other.bytes;
    }
}

/// What would be freed with weak keys; none if not every key can be held weakly.
pub(super) fn weakened(
    heap: &Heap,
    dominators: &Dominators,
    tree: &DominatorTree,
    contents: &Contents,
) -> Option<Weakened> {
    let table = contents.table?;
    let entries: Vec<(NodeIdx, Option<NodeIdx>)> = contents
        .entries
        .iter()
        .map(|entry| {
            let Item::Node(key) = entry.key else {
                return None;
            };
            let value = match entry.value {
                Item::Node(value) => Some(value),
                _ => None,
            };
            can_be_weak(heap.kind(key)).then_some((key, value))
        })
        .collect::<Option<_>>()?;
    if entries.is_empty() || !contents.is_exact {
        return None;
    }
    Some(freed(heap, dominators, tree, table, &entries))
}

fn can_be_weak(kind: NodeKind) -> bool {
    matches!(
        kind,
        NodeKind::Object | NodeKind::Closure | NodeKind::RegExp | NodeKind::Native
    )
}

/// All that goes is reached through the table only, so nothing else has to be looked at: what lives of it is what living
/// keys bring along, which lived without the table or are themselves brought along.
fn freed(
    heap: &Heap,
    dominators: &Dominators,
    tree: &DominatorTree,
    table: NodeIdx,
    entries: &[(NodeIdx, Option<NodeIdx>)],
) -> Weakened {
    let is_inside = |node: NodeIdx| node != table && tree.dominates(table, node);
    let mut waiting: FxHashMap<NodeIdx, Option<NodeIdx>> = FxHashMap::default();
    let mut alive = FxHashSet::default();
    let mut pending: Vec<NodeIdx> = Vec::new();
    for &(key, value) in entries {
        if is_inside(key) {
            waiting.insert(key, value);
        } else {
            pending.extend(value);
        }
    }
    let mut kept = 0;
    while let Some(node) = pending.pop() {
        if !is_inside(node) || !alive.insert(node) {
            continue;
        }
        kept += heap.shallow_size(node);
        pending.extend(waiting.get(&node).copied().flatten());
        pending.extend(
            heap.edges(node)
                .filter(|edge| is_essential(*edge))
                .map(|edge| edge.to),
        );
    }
    let dead = waiting.keys().filter(|key| !alive.contains(*key)).count();
    let retained = dominators.retained_size(table);
    let all = retained.saturating_sub(heap.shallow_size(table));
    Weakened {
        entries: dead as u64,
        bytes: all.saturating_sub(kept),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::heap::contents::contents;
    use crate::heap::fixture::{Random, Snapshot};
    use crate::heap::words::{Words, number};
    use crate::heap::{Reachability, Survey};

    const BUCKETS: usize = 4;

    /// Adds a `Map` with entries of these keys and values; returns it and its table.
    fn map(made: &mut Snapshot, entries: &[(usize, Option<usize>)]) -> (usize, usize) {
        let map = made.node("object", "Map", 32);
        let table = made.node("array", "", 8 * (2 + 3 + 7 * BUCKETS as u64));
        made.edge(map, "internal", "table", table);
        for (place, &(key, value)) in entries.iter().enumerate() {
            let slot = 3 + BUCKETS + 3 * place;
            made.edge(table, "internal", &slot.to_string(), key);
            if let Some(value) = value {
                made.edge(table, "internal", &(slot + 1).to_string(), value);
            }
        }
        (map, table)
    }

    fn weakened_of(heap: &Heap, map: usize) -> Option<Weakened> {
        let dominators = Dominators::of(heap);
        let tree = dominators.tree();
        let contents = contents(heap, &Words::of(heap), NodeIdx(map as u32)).expect("a `Map`");
        weakened(heap, &dominators, &tree, &contents)
    }

    #[test]
    fn a_value_does_not_keep_its_own_key() {
        let mut made = Snapshot::new();
        let key = made.node("object", "Key", 100);
        let value = made.node("object", "Value", 10);
        made.edge(value, "property", "key", key);
        let (map, _) = map(&mut made, &[(key, Some(value))]);
        made.edge(0, "property", "map", map);
        let expected = Weakened {
            entries: 1,
            bytes: 110,
        };
        assert_eq!(weakened_of(&made.heap(), map), Some(expected));
    }

    #[test]
    fn a_living_key_keeps_its_value_and_all_keys_that_it_reaches() {
        let mut made = Snapshot::new();
        let keys = [1, 2, 4].map(|size| made.node("object", "Key", size));
        let values = [8, 16, 32].map(|size| made.node("object", "Value", size));
        let entries: Vec<_> = keys.into_iter().zip(values.map(Some)).collect();
        let (map, _) = map(&mut made, &entries);
        made.edge(0, "property", "map", map);
        // The first key lives elsewhere, its value reaches the second key, and nothing reaches the third.
        made.edge(0, "property", "current", keys[0]);
        made.edge(values[0], "property", "next", keys[1]);
        let expected = Weakened {
            entries: 1,
            bytes: 4 + 32,
        };
        assert_eq!(weakened_of(&made.heap(), map), Some(expected));
    }

    #[test]
    fn strings_cannot_be_weak_keys() {
        let mut made = Snapshot::new();
        let keys = [made.node("object", "Key", 1), made.node("string", "a", 1)];
        let (map, _) = map(&mut made, &keys.map(|key| (key, None)));
        made.edge(0, "property", "map", map);
        assert_eq!(weakened_of(&made.heap(), map), None);
    }

    /// By definition: begin without any entry, let the values of living keys live, until no key is added.
    fn by_definition(heap: &Heap, table: NodeIdx) -> Weakened {
        let slot = |edge| {
            let slot = number(heap, edge)? as usize - 3 - BUCKETS;
            Some((slot / 3, slot % 3))
        };
        let keys: Vec<(usize, NodeIdx)> = heap
            .edges(table)
            .filter_map(|edge| match slot(edge)? {
                (entry, 0) => Some((entry, edge.to)),
                _ => None,
            })
            .collect();
        let mut living: Vec<usize> = Vec::new();
        let all = Reachability::without(heap, |_, _| false);
        loop {
            let reached = Reachability::without(heap, |from, edge| {
                let entry = (from == table).then(|| slot(edge)).flatten();
                entry.is_some_and(|(entry, part)| part == 0 || !living.contains(&entry))
            });
            let next: Vec<usize> = keys
                .iter()
                .filter(|(_, key)| reached.contains(*key))
                .map(|(entry, _)| *entry)
                .collect();
            if next == living {
                return Weakened {
                    entries: (keys.len() - living.len()) as u64,
                    bytes: all.bytes() - reached.bytes(),
                };
            }
            living = next;
        }
    }

    #[test]
    fn what_goes_is_what_the_definition_says() {
        let mut random = Random(3);
        let mut some_lived = 0;
        for round in 0..600 {
            let mut made = Snapshot::new();
            let count = 2 + random.below(16);
            let objects: Vec<usize> = (0..count)
                .map(|_| made.node("object", "O", 1 << random.below(40)))
                .collect();
            let mut entries: Vec<(usize, Option<usize>)> = Vec::new();
            for _ in 0..=random.below(6) {
                let key = objects[random.below(count)];
                let value = (random.below(4) > 0).then(|| objects[random.below(count)]);
                if entries.iter().all(|(known, _)| *known != key) {
                    entries.push((key, value));
                }
            }
            let (map, table) = map(&mut made, &entries);
            made.edge(0, "property", "map", map);
            for _ in 0..random.below(2 * count) {
                let kind = ["property", "weak", "context"][random.below(3)];
                let from = match random.below(8) {
                    0 => 0,
                    _ => objects[random.below(count)],
                };
                let to = match random.below(10) {
                    0 => map,
                    1 => table,
                    _ => objects[random.below(count)],
                };
                made.edge(from, kind, "to", to);
            }
            let heap = made.heap();
            let expected = by_definition(&heap, NodeIdx(table as u32));
            some_lived += usize::from(expected.entries < entries.len() as u64);
            assert_eq!(
                weakened_of(&heap, map),
                Some(expected),
                "{round}: {}",
                made.text()
            );
        }
        // Otherwise nothing was tried.
        assert!((100..500).contains(&some_lived), "{some_lived}");
    }

    #[test]
    fn a_heap_without_scripts_has_no_bindings() {
        let mut made = Snapshot::new();
        let (map, _) = map(&mut made, &[]);
        made.edge(0, "property", "map", map);
        assert!(Survey::of(&made.heap()).bindings.is_empty());
    }
}
