//! The names that the engine gives to its own links and objects, looked up once per heap.
//!
//! Knows V8's words and how they changed; must not know what is concluded from them.

use super::{Edge, EdgeKind, EdgeLabel, Heap, NodeIdx, NodeKind, StrIdx};

/// A field for each word.
macro_rules! words {
    ($($(#[$doc:meta])* $visibility:vis $field:ident: $word:literal,)*) => {
        /// Where the words stand in the strings of one heap. A word that is not there names nothing.
        #[derive(Clone, Copy, Debug)]
        pub(super) struct Words {
            $($(#[$doc])* $visibility $field: Option<StrIdx>,)*
        }

        impl Words {
            pub(super) fn of(heap: &Heap) -> Self {
                let [$($field),*] = heap.find_strings([$($word),*]);
                Self { $($field),* }
            }
        }
    };
}

words! {
    /// Function → the scope in which it was made; generator → its own.
    pub(super) context: "context",
    /// Function → what all functions of the same text share.
    pub(super) shared: "shared",
    /// Shared → script, from Node 22 on.
    script: "script",
    /// Shared → script, before.
    script_or_debug_info: "script_or_debug_info",
    /// Scope → the one around it.
    pub(super) previous: "previous",
    /// Scope → how it was written.
    pub(super) scope_info: "scope_info",
    /// How a scope was written → what sort it is. Only newer versions say.
    pub(super) scope_type_name: "scope_type_name",
    /// Scope of a module → the module.
    pub(super) extension: "extension",
    /// Cell → what is in it.
    pub(super) value: "value",
    /// The same for cells of scopes.
    tagged_value: "tagged_value",
    /// `Map`, `Set` → their hash table.
    pub(super) table: "table",
    /// Object → what is under numbers.
    pub(super) elements: "elements",
    /// Object → what is under names.
    pub(super) properties: "properties",
    /// Realm, window → the global object.
    pub(super) global_object: "global_object",
    /// Class → the object from which instances inherit.
    pub(super) prototype: "prototype",
    /// Object → from what it inherits.
    pub(super) proto: "__proto__",
    /// CommonJS module → what it exports.
    pub(super) exports: "exports",
    /// CommonJS module → its path.
    pub(super) filename: "filename",
    /// The class of plain objects.
    pub(super) object: "Object",
    /// The class of arrays.
    pub(super) array: "Array",
    /// The class of CommonJS modules.
    pub(super) module: "Module",
    /// The receiver of a method, as a captured variable.
    pub(super) this: "this",
    /// Emitter → its listeners by event.
    pub(super) events: "_events",
    /// String made of two → the first of them.
    first: "first",
    /// String made of two → the second of them.
    second: "second",
}

impl Words {
    /// The script of what functions of the same text share.
    pub(super) fn script_of(&self, heap: &Heap, shared: NodeIdx) -> Option<NodeIdx> {
        internal(heap, shared, self.script)
            .or_else(|| internal(heap, shared, self.script_or_debug_info))
            .filter(|script| heap.kind(*script) == NodeKind::Code)
    }

    /// The text of a string, put together if it is made of others; none where the snapshot does not tell all of it.
    pub(super) fn text(&self, heap: &Heap, node: NodeIdx) -> Option<String> {
        /// Longer than any path.
        const MANY: usize = 64;
        let mut text = String::new();
        let mut pending = vec![node];
        for _ in 0..MANY {
            let Some(node) = pending.pop() else {
                return Some(text);
            };
            match heap.kind(node) {
                NodeKind::String => text += &heap.name(node),
                NodeKind::ConcatenatedString => {
                    pending.push(internal(heap, node, self.second)?);
                    pending.push(internal(heap, node, self.first)?);
                }
                _ => return None,
            }
        }
        None
    }

    /// What a captured variable holds: newer versions put it into a cell of its own.
    pub(super) fn held(&self, heap: &Heap, node: NodeIdx) -> NodeIdx {
        if !heap.name(node).starts_with("system / ContextCell") {
            return node;
        }
        internal(heap, node, self.value)
            .or_else(|| internal(heap, node, self.tagged_value))
            .or_else(|| {
                let inside = heap.edges(node).map(|edge| edge.to);
                inside
                    .into_iter()
                    .find(|to| is_of_the_program(heap.kind(*to)))
            })
            .unwrap_or(node)
    }
}

/// Whether nodes of this kind are values of the program.
pub(super) fn is_of_the_program(kind: NodeKind) -> bool {
    matches!(kind, NodeKind::Object | NodeKind::Closure)
}

/// Where the link of the engine with this name leads.
pub(super) fn internal(heap: &Heap, node: NodeIdx, name: Option<StrIdx>) -> Option<NodeIdx> {
    labelled(heap, node, EdgeKind::Internal, name)
}

/// Where the property with this name leads.
pub(super) fn property(heap: &Heap, node: NodeIdx, name: Option<StrIdx>) -> Option<NodeIdx> {
    labelled(heap, node, EdgeKind::Property, name)
}

fn labelled(heap: &Heap, node: NodeIdx, kind: EdgeKind, name: Option<StrIdx>) -> Option<NodeIdx> {
    let label = EdgeLabel::Name(name?);
    heap.edges(node)
        .find(|edge| edge.kind == kind && edge.label == label)
        .map(|edge| edge.to)
}

/// The number of an edge. Slots of the engine's arrays are numbered by names.
pub(super) fn number(heap: &Heap, edge: Edge) -> Option<u32> {
    match edge.label {
        EdgeLabel::Index(index) => Some(index),
        EdgeLabel::Name(name) => heap.string(name).parse().ok(),
    }
}

/// Whether a node stands for nothing: the mark of a deleted entry.
pub(super) fn is_hole(heap: &Heap, node: NodeIdx) -> bool {
    heap.kind(node) == NodeKind::Hidden
        && matches!(&*heap.name(node), "system / Hole" | "hole" | "the_hole")
}
