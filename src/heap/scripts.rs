//! Which function was written in which script, and which scopes they share.
//!
//! Knows functions, scopes and scripts; must not know collections.

use std::collections::{BTreeMap, BTreeSet};

use rustc_hash::FxHashMap;
use serde::Serialize;

use super::words::{Words, internal};
use super::{EdgeKind, EdgeLabel, Heap, Location, NodeIdx, NodeKind};

/// A function of the program, or a class: where it is written.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Function {
    /// 1-based, where the snapshot says it.
    pub line: Option<u32>,
    /// 1-based, in UTF-16 code units.
    pub column: Option<u32>,
    /// As the engine has it; empty for one without a name.
    pub name: String,
    /// The path or URL of the script, as the engine has it.
    pub script: Option<String>,
}

/// All scripts, functions and scopes of a heap.
#[derive(Debug)]
pub(super) struct Scripts {
    /// Of each script node: its path or URL.
    names: FxHashMap<NodeIdx, String>,
    /// By the engine's number.
    by_id: FxHashMap<u32, NodeIdx>,
    /// Each function with its script and scope, in the order of the file.
    pub(super) functions: Vec<Closure>,
    /// The scopes that functions capture, in the order of the file.
    pub(super) scopes: BTreeMap<NodeIdx, Scope>,
    /// The outermost scopes, one for each page, worker or `vm` context.
    pub(super) realms: BTreeSet<NodeIdx>,
}

/// What a function captures: the variables of the code around it.
#[derive(Clone, Debug, Default)]
pub(super) struct Scope {
    /// The functions that were made right in it, as places in [`Scripts::functions`].
    pub(super) functions: Vec<u32>,
    pub(super) script: Option<NodeIdx>,
    /// The scope around it; none where that is the realm.
    pub(super) outer: Option<NodeIdx>,
}

/// A function.
#[derive(Clone, Copy, Debug)]
pub(super) struct Closure {
    pub(super) node: NodeIdx,
    pub(super) script: Option<NodeIdx>,
}

impl Scripts {
    pub(super) fn of(heap: &Heap, words: &Words) -> Self {
        let mut scripts = Self {
            names: FxHashMap::default(),
            by_id: FxHashMap::default(),
            functions: Vec::new(),
            scopes: BTreeMap::new(),
            realms: BTreeSet::new(),
        };
        // Many functions share their text.
        let mut by_shared: FxHashMap<NodeIdx, Option<NodeIdx>> = FxHashMap::default();
        for node in heap
            .nodes()
            .filter(|node| heap.kind(*node) == NodeKind::Closure)
        {
            let (mut shared, mut context) = (None, None);
            for edge in heap
                .edges(node)
                .filter(|edge| edge.kind == EdgeKind::Internal)
            {
                let EdgeLabel::Name(name) = edge.label else {
                    continue;
                };
                if Some(name) == words.shared {
                    shared = Some(edge.to);
                } else if Some(name) == words.context {
                    context = Some(edge.to);
                }
            }
            let script = shared.and_then(|shared| {
                *by_shared
                    .entry(shared)
                    .or_insert_with(|| words.script_of(heap, shared))
            });
            if let Some(script) = script {
                scripts
                    .names
                    .entry(script)
                    .or_insert_with(|| script_name(heap, script));
                if let Some(location) = heap.location(node) {
                    scripts.by_id.entry(location.script_id).or_insert(script);
                }
            }
            let place = scripts.functions.len() as u32;
            scripts.functions.push(Closure { node, script });
            if let Some(context) = context {
                let scope = scripts.scopes.entry(context).or_default();
                scope.functions.push(place);
                scope.script = scope.script.or(script);
            }
        }
        scripts.add_outer_scopes(heap, words);
        scripts
    }

    /// A scope of which all functions are made in scopes inside of it is known by those.
    fn add_outer_scopes(&mut self, heap: &Heap, words: &Words) {
        let mut pending: Vec<NodeIdx> = self.scopes.keys().copied().collect();
        while let Some(context) = pending.pop() {
            let Some(outer) = internal(heap, context, words.previous) else {
                continue;
            };
            if heap.kind(outer) != NodeKind::Object {
                self.realms.insert(outer);
                continue;
            }
            let script = self.scopes.get_mut(&context).and_then(|scope| {
                scope.outer = Some(outer);
                scope.script
            });
            let is_known = self.scopes.contains_key(&outer);
            let scope = self.scopes.entry(outer).or_default();
            let is_news = scope.script.is_none() && script.is_some();
            scope.script = scope.script.or(script);
            if !is_known || is_news {
                pending.push(outer);
            }
        }
    }

    /// The path or URL of a script, without the engine's words around it.
    pub(super) fn name(&self, script: NodeIdx) -> Option<&str> {
        self.names
            .get(&script)
            .map(String::as_str)
            .filter(|name| !name.is_empty())
    }

    /// Whether a script is neither the engine's nor the runtime's.
    pub(super) fn is_of_the_user(&self, script: NodeIdx) -> bool {
        self.name(script).is_some_and(is_of_the_user)
    }

    /// The script of a location, where a function of it is alive.
    pub(super) fn script_at(&self, location: Location) -> Option<NodeIdx> {
        self.by_id.get(&location.script_id).copied()
    }

    /// A function as one speaks of it.
    pub(super) fn function(&self, heap: &Heap, closure: Closure) -> Function {
        let location = heap.location(closure.node);
        let name = heap.name(closure.node);
        Function {
            line: location.map(|location| location.line + 1),
            column: location.map(|location| location.column + 1),
            name: name.into_owned(),
            script: closure
                .script
                .and_then(|script| self.name(script))
                .map(str::to_owned),
        }
    }

    /// The script in which a node that is a function was written.
    pub(super) fn script_of(&self, node: NodeIdx) -> Option<NodeIdx> {
        let place = self
            .functions
            .binary_search_by_key(&node, |closure| closure.node)
            .ok()?;
        self.functions[place].script
    }

    /// The function that a node is, as one speaks of it.
    pub(super) fn function_of(&self, heap: &Heap, node: NodeIdx) -> Option<Function> {
        let place = self
            .functions
            .binary_search_by_key(&node, |closure| closure.node)
            .ok()?;
        Some(self.function(heap, self.functions[place]))
    }

    /// The class of an object, if the snapshot says where that is written.
    pub(super) fn class(&self, heap: &Heap, object: NodeIdx) -> Option<Function> {
        let location = heap.location(object)?;
        Some(Function {
            line: Some(location.line + 1),
            column: Some(location.column + 1),
            name: heap.name(object).into_owned(),
            script: self
                .script_at(location)
                .and_then(|it| self.name(it))
                .map(str::to_owned),
        })
    }
}

/// `system / Script / URL` in newer versions, before just the URL.
fn script_name(heap: &Heap, script: NodeIdx) -> String {
    let name = heap.name(script);
    let name = name.strip_prefix("system / Script").unwrap_or(&name);
    name.strip_prefix(" / ").unwrap_or(name).to_owned()
}

/// How the scripts of engines and runtimes begin.
const BUILT_IN: [&str; 17] = [
    "node:",
    "internal/",
    "native ",
    "extensions::",
    "chrome-extension:",
    "chrome:",
    "devtools:",
    "debugger:",
    "pptr:",
    "__puppeteer",
    "wasm:",
    "ext:",
    "deno:",
    "bun:",
    "builtin:",
    "electron/",
    "evalmachine.",
];

fn is_of_the_user(name: &str) -> bool {
    // Everything that is loaded has a folder or an ending.
    name.contains(['/', '\\', '.']) && !BUILT_IN.iter().any(|start| name.starts_with(start))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scripts_of_the_runtime_are_not_the_users() {
        for name in [
            "/tmp/app/a.js",
            "file:///a.mjs",
            "http://localhost/a.js",
            "C:\\a.js",
            "webpack://app/./a.ts",
        ] {
            assert!(is_of_the_user(name), "{name}");
        }
        for name in [
            "",
            "node:internal/url",
            "ext:core/a.js",
            "native arraybuffer.js",
            "REPL1",
        ] {
            assert!(!is_of_the_user(name), "{name}");
        }
    }
}
