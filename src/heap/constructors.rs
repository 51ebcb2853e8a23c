//! The objects of a heap by class.
//!
//! Must not know who holds them.

use rustc_hash::FxHashMap;

use super::scripts::{Function, Scripts};
use super::{DominatorTree, Dominators, Heap, NodeKind, StrIdx};

/// All objects of one class. Classes of the same name are one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Constructor {
    /// The name of the class; strings are `(string)`, functions `(closure)`.
    pub name: String,
    /// How many there are.
    pub count: u64,
    /// Their own bytes.
    pub shallow_bytes: u64,
    /// The bytes that would be free without them, each byte once.
    pub retained_bytes: u64,
    /// Where the class is written, if the snapshot says so of one of them.
    pub class: Option<Function>,
}

/// So many objects are asked where their class is written: that of plain ones is not written anywhere.
const TRIES: u64 = 64;

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Class {
    Named(StrIdx),
    String,
    Function,
}

/// All constructors of what is reachable, by retained size, largest first, then by name.
pub(super) fn constructors(
    heap: &Heap,
    scripts: &Scripts,
    dominators: &Dominators,
    tree: &DominatorTree,
) -> Vec<Constructor> {
    // With each its end: up to there in the order of the tree all is dominated by one of the class.
    let mut found: FxHashMap<Class, (Constructor, usize)> = FxHashMap::default();
    for (place, node) in tree.dominated(heap.root()).enumerate() {
        let class = match heap.kind(node) {
            NodeKind::Object => Class::Named(heap.name_id(node)),
            NodeKind::String | NodeKind::ConcatenatedString | NodeKind::SlicedString => {
                Class::String
            }
            NodeKind::Closure => Class::Function,
            _ => continue,
        };
        let (constructor, end) = found.entry(class).or_insert_with(|| {
            let name = match class {
                Class::Named(name) => heap.string(name).into_owned(),
                Class::String => "(string)".into(),
                Class::Function => "(closure)".into(),
            };
            let constructor = Constructor {
                name,
                count: 0,
                shallow_bytes: 0,
                retained_bytes: 0,
                class: None,
            };
            (constructor, 0)
        });
        constructor.count += 1;
        constructor.shallow_bytes += heap.shallow_size(node);
        if place >= *end {
            *end = place + tree.dominated(node).len();
            constructor.retained_bytes += dominators.retained_size(node);
        }
        let is_tried = constructor.count > TRIES || !matches!(class, Class::Named(_));
        if constructor.class.is_none() && !is_tried {
            constructor.class = scripts.class(heap, node);
        }
    }
    let mut constructors: Vec<Constructor> = found
        .into_values()
        .map(|(constructor, _)| constructor)
        // Scopes and the like, which are objects for the engine only.
        .filter(|constructor| !constructor.name.starts_with("system / "))
        .collect();
    constructors.sort_by(|a, b| {
        let size = b.retained_bytes.cmp(&a.retained_bytes);
        size.then_with(|| a.name.cmp(&b.name))
    });
    constructors
}
