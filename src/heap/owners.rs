//! Who holds each collection: the variables, fields and properties through which the program names it.
//!
//! Knows how the engine keeps scopes, modules, classes and globals. Must not know what is in a collection.
//!
//! | in the source | in the heap |
//! | --- | --- |
//! | `const m = new Map()` that a function uses | scope —*context* `m`→ `Map` |
//! | `export const m` | scope —`extension`→ module → table of names and cells → cell —`value`→ `Map` |
//! | `static m` | class —*property* `m`→ `Map` |
//! | `exports.m`, `globalThis.m` | `exports` or the global object —*property* `m`→ `Map` |
//! | `this.m`, `#m` | an object that one of these holds —*property* `m`→ `Map` |

use rustc_hash::FxHashSet;
use serde::Serialize;

use super::scripts::{Scope, Scripts};
use super::words::{Words, internal, is_of_the_program, number, property};
use super::{EdgeKind, EdgeLabel, Heap, NodeIdx, NodeKind, StrIdx};

/// By what a collection is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Owner {
    /// A binding of a module or script, outside of all functions.
    Module,
    /// An exported binding, or a property of `exports`.
    Export,
    /// A static field of a class.
    Static,
    /// A field of an object that lives as long.
    Field,
    /// A property of the global object.
    Global,
    /// A local of a function that has returned, kept by a function that was made there.
    Closure,
}

/// Something that is held under a name.
#[derive(Clone, Debug)]
pub(super) struct Held {
    pub(super) node: NodeIdx,
    pub(super) owner: Owner,
    /// As in the source: `cache`, `Registry.cache`, `pool.items`, `exports.cache`.
    pub(super) name: String,
    /// The script's path or URL.
    pub(super) script: Option<String>,
    /// The scope that holds it, or the object of which it is a field.
    pub(super) scope: Option<NodeIdx>,
    /// The class or object that has the static or other field.
    pub(super) holder: Option<NodeIdx>,
}

/// Code does not nest deeper, but a damaged snapshot may have a circle.
const DEEPEST: usize = 100;

/// How many fields are gone along from what a name holds.
const DEPTH: usize = 3;

/// Everything that `is_collection`, by the shortest name under which it is held; each node once.
pub(super) fn held(
    heap: &Heap,
    words: &Words,
    scripts: &Scripts,
    mut is_collection: impl FnMut(NodeIdx) -> bool,
) -> Vec<Held> {
    let search = Search {
        heap,
        words,
        scripts,
        classes: scripts
            .functions
            .iter()
            .filter(|function| function.script.is_some_and(|it| scripts.is_of_the_user(it)))
            .map(|function| heap.name_id(function.node))
            .collect(),
    };
    let mut level = Vec::new();
    let exports = search.commonjs();
    // What a module exports is named by that module, not by those who import it.
    let exported: FxHashSet<NodeIdx> = exports.iter().map(|(object, _)| *object).collect();
    search.variables(&mut level);
    level.retain(|held: &Held| !exported.contains(&held.node));
    search.statics(&mut level);
    search.cells(&mut level);
    search.exports(exports, &mut level);
    search.globals(&mut level);
    let mut found = Vec::new();
    // What is exported by name is there; the object around it is no collection.
    let is_plain = |node: &NodeIdx| Some(heap.name_id(*node)) == words.object;
    let mut seen: FxHashSet<NodeIdx> = exported.into_iter().filter(is_plain).collect();
    for depth in 0..=DEPTH {
        let mut next = Vec::new();
        for held in level {
            if !seen.insert(held.node) {
                continue;
            }
            // The table of events is no collection of the program, the listeners of one are.
            let is_table = held.name.ends_with("._events");
            if !is_table && is_collection(held.node) {
                if search.is_of_the_program(&held) {
                    found.push(held);
                }
            } else if depth < DEPTH {
                search.fields(&held, is_table, &mut next);
            }
        }
        level = next;
    }
    found
}

struct Search<'a> {
    heap: &'a Heap,
    words: &'a Words,
    scripts: &'a Scripts,
    /// The names of the user's functions; those of their classes are among them.
    classes: FxHashSet<StrIdx>,
}

impl Search<'_> {
    /// The variables that functions of the user's scripts capture.
    fn variables(&self, found: &mut Vec<Held>) {
        for (&context, scope) in &self.scripts.scopes {
            let Some(script) = scope.script.filter(|it| self.scripts.is_of_the_user(*it)) else {
                continue;
            };
            let mut owner = None;
            let variables = self.named_variables(context);
            let variables = if variables.is_empty() {
                self.block_variables(context)
            } else {
                variables
            };
            for (name, node) in variables {
                if self.heap.kind(node) != NodeKind::Object {
                    continue;
                }
                let name = if Some(name) == self.words.this {
                    self.heap.name(node)
                } else {
                    self.heap.string(name)
                };
                found.push(Held {
                    node,
                    owner: *owner.get_or_insert_with(|| self.owner(context, scope)),
                    name: name.into_owned(),
                    script: self.scripts.name(script).map(str::to_owned),
                    scope: Some(context),
                    holder: None,
                });
            }
        }
    }

    /// The variables of a function or module.
    fn named_variables(&self, context: NodeIdx) -> Vec<(StrIdx, NodeIdx)> {
        let edges = self.heap.edges(context);
        let variables = edges.filter_map(|edge| match edge.label {
            EdgeLabel::Name(name) if edge.kind == EdgeKind::Context => {
                Some((name, self.words.held(self.heap, edge.to)))
            }
            _ => None,
        });
        variables.collect()
    }

    /// The variables of a block. The engine names only those of functions; here names and values are apart, and belong
    /// together if there are as many.
    fn block_variables(&self, context: NodeIdx) -> Vec<(StrIdx, NodeIdx)> {
        let Some(info) = internal(self.heap, context, self.words.scope_info) else {
            return Vec::new();
        };
        let hidden = |node| {
            let edges = self.heap.edges(node);
            edges
                .filter(|edge| edge.kind == EdgeKind::Hidden)
                .map(|edge| edge.to)
        };
        let names: Vec<StrIdx> = hidden(info)
            .take_while(|to| self.heap.kind(*to) == NodeKind::String)
            .map(|name| self.heap.name_id(name))
            .collect();
        let values: Vec<NodeIdx> = hidden(context)
            .map(|value| self.words.held(self.heap, value))
            .collect();
        if names.len() == values.len() {
            names.into_iter().zip(values).collect()
        } else {
            Vec::new()
        }
    }

    /// The scope of the function or module in which a block stands; of what is no block, itself.
    fn around<'b>(&'b self, context: NodeIdx, scope: &'b Scope) -> (NodeIdx, &'b Scope) {
        let (mut context, mut scope) = (context, scope);
        for _ in 0..DEEPEST {
            let mut edges = self.heap.edges(context);
            let is_block = edges.all(|edge| edge.kind != EdgeKind::Context);
            let outer = scope.outer.filter(|_| is_block);
            match outer.and_then(|outer| Some((outer, self.scripts.scopes.get(&outer)?))) {
                Some(around) => (context, scope) = around,
                None => break,
            }
        }
        (context, scope)
    }

    /// Whether the variables of a scope are those of a module, or of a function that was called. A function without a
    /// name that was called once is around a module, as bundlers and old habits have it.
    fn owner(&self, context: NodeIdx, scope: &Scope) -> Owner {
        let (mut context, mut scope) = self.around(context, scope);
        for _ in 0..DEEPEST {
            if internal(self.heap, context, self.words.extension).is_some() {
                return Owner::Module;
            }
            if let Some(info) = internal(self.heap, context, self.words.scope_info) {
                let sort = internal(self.heap, info, self.words.scope_type_name);
                if sort.is_some_and(|sort| &*self.heap.name(sort) != "FUNCTION_SCOPE") {
                    return Owner::Module;
                }
                if self.is_named(info) {
                    return Owner::Closure;
                }
            }
            let Some(outer) = scope.outer else {
                return Owner::Module;
            };
            match self.scripts.scopes.get(&outer) {
                Some(around) if scope.is_only => (context, scope) = self.around(outer, around),
                _ => return Owner::Closure,
            }
        }
        Owner::Closure
    }

    /// Whether the function of a scope has a name, be it one that the engine made up from what it is assigned to. After
    /// the names of variables comes that of the function, and after an empty one what was made up.
    fn is_named(&self, info: NodeIdx) -> bool {
        let texts: Vec<NodeIdx> = self
            .heap
            .edges(info)
            .filter(|edge| edge.kind == EdgeKind::Hidden && self.is_text(edge.to))
            .map(|edge| edge.to)
            .collect();
        match texts
            .iter()
            .position(|text| self.heap.name(*text).is_empty())
        {
            Some(empty) => self
                .heap
                .edges(info)
                .skip_while(|edge| edge.to != texts[empty])
                .nth(1)
                .is_some_and(|next| next.kind == EdgeKind::Hidden && self.is_text(next.to)),
            None => !texts.is_empty(),
        }
    }

    fn is_text(&self, node: NodeIdx) -> bool {
        matches!(
            self.heap.kind(node),
            NodeKind::String | NodeKind::ConcatenatedString | NodeKind::SlicedString
        )
    }

    /// The static fields of the user's classes, and what their instances inherit.
    fn statics(&self, found: &mut Vec<Held>) {
        for function in &self.scripts.functions {
            let Some(script) = function
                .script
                .filter(|it| self.scripts.is_of_the_user(*it))
            else {
                continue;
            };
            let class = self.heap.name(function.node);
            let mut add = |object: NodeIdx, prefix: &str| {
                for (name, node) in self.properties(object) {
                    if self.heap.kind(node) == NodeKind::Object
                        && Some(name) != self.words.prototype
                    {
                        found.push(Held {
                            node,
                            owner: Owner::Static,
                            name: format!("{prefix}.{}", self.heap.string(name)),
                            script: self.scripts.name(script).map(str::to_owned),
                            scope: None,
                            holder: Some(function.node),
                        });
                    }
                }
            };
            add(function.node, &class);
            if let Some(prototype) = property(self.heap, function.node, self.words.prototype) {
                add(prototype, &format!("{class}.prototype"));
            }
        }
    }

    /// The exported bindings of ECMAScript modules.
    fn cells(&self, found: &mut Vec<Held>) {
        for (&context, scope) in &self.scripts.scopes {
            let Some(script) = scope.script.filter(|it| self.scripts.is_of_the_user(*it)) else {
                continue;
            };
            let Some(module) = internal(self.heap, context, self.words.extension) else {
                continue;
            };
            let own = self.own_cells(module);
            for table in self.arrays(module) {
                // A hash table: a name, its cell, and again.
                let mut name = None;
                for edge in self.heap.edges(table) {
                    let slot = number(self.heap, edge);
                    if self.is_text(edge.to) {
                        name = slot.map(|slot| (slot, edge.to));
                    } else if self.is_cell(edge.to)
                        && own.contains(&edge.to)
                        && let Some((at, name)) = name
                        && slot == Some(at + 1)
                        && let Some(node) = internal(self.heap, edge.to, self.words.value)
                        && self.heap.kind(node) == NodeKind::Object
                    {
                        found.push(Held {
                            node,
                            owner: Owner::Export,
                            name: self.heap.name(name).into_owned(),
                            script: self.scripts.name(script).map(str::to_owned),
                            scope: Some(context),
                            holder: None,
                        });
                    }
                }
            }
        }
    }

    /// The cells of what a module declares. What it passes on from others is in its table too. The array of its cells
    /// comes right after its code.
    fn own_cells(&self, module: NodeIdx) -> FxHashSet<NodeIdx> {
        let heap = self.heap;
        let mut code = None;
        let mut own = FxHashSet::default();
        for edge in heap
            .edges(module)
            .filter(|edge| edge.kind == EdgeKind::Hidden)
        {
            let EdgeLabel::Index(index) = edge.label else {
                continue;
            };
            if heap.location(edge.to).is_some() || &*heap.name(edge.to) == "Generator" {
                code = Some(index);
            } else if code.is_some_and(|code| index == code + 1) {
                own.extend(
                    heap.edges(edge.to)
                        .map(|edge| edge.to)
                        .filter(|to| self.is_cell(*to)),
                );
            }
        }
        own
    }

    fn arrays(&self, node: NodeIdx) -> impl Iterator<Item = NodeIdx> {
        let links = self.heap.edges(node).map(|edge| edge.to);
        links.filter(|to| self.heap.kind(*to) == NodeKind::Array)
    }

    fn is_cell(&self, node: NodeIdx) -> bool {
        &*self.heap.name(node) == "system / Cell"
    }

    /// What each CommonJS module exports, with the module's path.
    fn commonjs(&self) -> Vec<(NodeIdx, Option<String>)> {
        let heap = self.heap;
        let is_module = |node: &NodeIdx| {
            heap.kind(*node) == NodeKind::Object && Some(heap.name_id(*node)) == self.words.module
        };
        heap.nodes()
            .filter(is_module)
            .filter_map(|module| {
                let exports = property(heap, module, self.words.exports)?;
                let path = property(heap, module, self.words.filename)?;
                let path = self
                    .words
                    .text(heap, path)
                    .or_else(|| self.script_of_one(exports));
                is_of_the_program(heap.kind(exports)).then_some((exports, path))
            })
            .collect()
    }

    /// The script of a function that is exported.
    fn script_of_one(&self, exports: NodeIdx) -> Option<String> {
        self.properties(exports).find_map(|(_, node)| {
            let script = self.scripts.script_of(node)?;
            self.scripts
                .is_of_the_user(script)
                .then(|| self.scripts.name(script).map(str::to_owned))?
        })
    }

    fn exports(&self, exports: Vec<(NodeIdx, Option<String>)>, found: &mut Vec<Held>) {
        for (object, script) in exports {
            let is_plain = Some(self.heap.name_id(object)) == self.words.object;
            if self.heap.kind(object) == NodeKind::Object && !is_plain {
                found.push(Held {
                    node: object,
                    owner: Owner::Export,
                    name: "module.exports".into(),
                    script: script.clone(),
                    scope: None,
                    holder: None,
                });
            }
            for (name, node) in self.properties(object) {
                // A function's properties are static fields.
                if self.heap.kind(object) == NodeKind::Object
                    && self.heap.kind(node) == NodeKind::Object
                {
                    found.push(Held {
                        node,
                        owner: Owner::Export,
                        name: format!("exports.{}", self.heap.string(name)),
                        script: script.clone(),
                        scope: None,
                        holder: None,
                    });
                }
            }
        }
    }

    /// What the program has put on the global objects.
    fn globals(&self, found: &mut Vec<Held>) {
        let heap = self.heap;
        let mut objects: Vec<NodeIdx> = Vec::new();
        for &realm in &self.scripts.realms {
            let global = internal(heap, realm, self.words.global_object)
                .or_else(|| internal(heap, realm, self.words.extension));
            objects.extend(global.filter(|global| heap.kind(*global) == NodeKind::Object));
        }
        for object in objects {
            for (name, node) in self.properties(object) {
                let is_plain = Some(heap.name_id(node)) == self.words.object;
                let name = heap.string(name);
                if heap.kind(node) == NodeKind::Object && !(is_plain && BUILT_IN.contains(&&*name))
                {
                    found.push(Held {
                        node,
                        owner: Owner::Global,
                        name: format!("globalThis.{name}"),
                        script: None,
                        scope: None,
                        holder: None,
                    });
                }
            }
        }
    }

    /// The fields of an object that something holds: all if they are the program's, else the listeners of an emitter.
    fn fields(&self, held: &Held, is_table: bool, found: &mut Vec<Held>) {
        let has_all = is_table || self.has_fields(held.node);
        for (name, node) in self.properties(held.node) {
            let is_wanted = has_all || Some(name) == self.words.events;
            if is_wanted && self.heap.kind(node) == NodeKind::Object {
                found.push(Held {
                    node,
                    owner: Owner::Field,
                    name: format!("{}.{}", held.name, self.heap.string(name)),
                    script: held.script.clone(),
                    scope: held.scope,
                    holder: Some(held.node),
                });
            }
        }
    }

    /// Whether a collection is the program's. Emitters of the runtime have listeners of their own.
    fn is_of_the_program(&self, held: &Held) -> bool {
        if !held.name.contains("._events.") {
            return true;
        }
        let mut elements = self
            .heap
            .edges(held.node)
            .filter(|edge| edge.kind == EdgeKind::Element);
        elements.any(|edge| {
            let script = self.scripts.script_of(edge.to);
            script.is_some_and(|script| self.scripts.is_of_the_user(script))
        })
    }

    /// Whether the fields of an object are the program's: it is plain, or of one of the user's classes.
    fn has_fields(&self, node: NodeIdx) -> bool {
        let name = self.heap.name_id(node);
        let class = self
            .heap
            .location(node)
            .and_then(|location| self.scripts.script_at(location));
        match class {
            Some(script) => self.scripts.is_of_the_user(script),
            None => Some(name) == self.words.object || self.classes.contains(&name),
        }
    }

    /// The named properties of an object, without symbols and what it inherits from.
    fn properties(&self, object: NodeIdx) -> impl Iterator<Item = (StrIdx, NodeIdx)> {
        self.heap.edges(object).filter_map(|edge| match edge.label {
            EdgeLabel::Name(name)
                if edge.kind == EdgeKind::Property && Some(name) != self.words.proto =>
            {
                let is_symbol = self.heap.string(name).starts_with("<symbol ");
                (!is_symbol).then_some((name, edge.to))
            }
            _ => None,
        })
    }
}

/// Properties of the global object that are plain objects of the engine or the runtime.
const BUILT_IN: [&str; 5] = ["WebAssembly", "Intl", "Reflect", "Atomics", "chrome"];
