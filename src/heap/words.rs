//! The names that the engine gives to its own links and objects, looked up once per heap.
//!
//! Knows V8's words and how they changed; must not know what is concluded from them.

use super::{Edge, EdgeKind, EdgeLabel, Heap, NodeIdx, NodeKind, StrIdx};

/// Where the words stand in the strings of one heap. A word that is not there names nothing.
#[derive(Clone, Copy, Debug)]
pub(super) struct Words {
    /// Function → the scope in which it was made; generator → its own.
    pub(super) context: Option<StrIdx>,
    /// Function → what all functions of the same text share.
    pub(super) shared: Option<StrIdx>,
    /// Shared → script, from Node 22 on.
    script: Option<StrIdx>,
    /// Shared → script, before.
    script_or_debug_info: Option<StrIdx>,
    /// Scope → the one around it.
    pub(super) previous: Option<StrIdx>,
    /// Scope → how it was written.
    pub(super) scope_info: Option<StrIdx>,
    /// How a scope was written → what sort it is. Only newer versions say.
    pub(super) scope_type_name: Option<StrIdx>,
    /// Scope of a module → the module.
    pub(super) extension: Option<StrIdx>,
    /// Cell → what is in it.
    pub(super) value: Option<StrIdx>,
    /// The same for cells of scopes.
    tagged_value: Option<StrIdx>,
    /// `Map`, `Set` → their hash table.
    pub(super) table: Option<StrIdx>,
    /// Object → what is under numbers.
    pub(super) elements: Option<StrIdx>,
    /// Object → what is under names.
    pub(super) properties: Option<StrIdx>,
    /// Realm, window → the global object.
    pub(super) global_object: Option<StrIdx>,
    /// Class → the object from which instances inherit.
    pub(super) prototype: Option<StrIdx>,
    /// Object → from what it inherits.
    pub(super) proto: Option<StrIdx>,
    /// CommonJS module → what it exports.
    pub(super) exports: Option<StrIdx>,
    /// CommonJS module → its path.
    pub(super) filename: Option<StrIdx>,
    /// The class of plain objects.
    pub(super) object: Option<StrIdx>,
    /// The class of arrays.
    pub(super) array: Option<StrIdx>,
    /// The class of CommonJS modules.
    pub(super) module: Option<StrIdx>,
    /// The receiver of a method, as a captured variable.
    pub(super) this: Option<StrIdx>,
    /// Emitter → its listeners by event.
    pub(super) events: Option<StrIdx>,
    /// String made of two → the first of them.
    first: Option<StrIdx>,
    /// String made of two → the second of them.
    second: Option<StrIdx>,
}

impl Words {
    pub(super) fn of(heap: &Heap) -> Self {
        let [
            context,
            shared,
            script,
            script_or_debug_info,
            previous,
            scope_info,
            scope_type_name,
            extension,
            value,
            tagged_value,
            table,
            elements,
            properties,
            global_object,
            prototype,
            proto,
            exports,
            filename,
            object,
            array,
            module,
            this,
            events,
            first,
            second,
        ] = heap.find_strings([
            "context",
            "shared",
            "script",
            "script_or_debug_info",
            "previous",
            "scope_info",
            "scope_type_name",
            "extension",
            "value",
            "tagged_value",
            "table",
            "elements",
            "properties",
            "global_object",
            "prototype",
            "__proto__",
            "exports",
            "filename",
            "Object",
            "Array",
            "Module",
            "this",
            "_events",
            "first",
            "second",
        ]);
        Self {
            context,
            shared,
            script,
            script_or_debug_info,
            previous,
            scope_info,
            scope_type_name,
            extension,
            value,
            tagged_value,
            table,
            elements,
            properties,
            global_object,
            prototype,
            proto,
            exports,
            filename,
            object,
            array,
            module,
            this,
            events,
            first,
            second,
        }
    }

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
