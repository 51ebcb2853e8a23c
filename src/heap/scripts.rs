//! Which function was written in which script, and which scopes they share.
//!
//! Knows functions, scopes and scripts; must not know collections.

use std::collections::{BTreeMap, BTreeSet};

use rustc_hash::{FxHashMap, FxHashSet};
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
    /// The scopes that functions capture, in the order of the file, but those of which there are many.
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
    /// Whether no other one was written at the same place.
    pub(super) is_only: bool,
}

/// A function.
#[derive(Clone, Copy, Debug)]
pub(super) struct Closure {
    pub(super) node: NodeIdx,
    pub(super) script: Option<NodeIdx>,
}

/// Scopes written at one place of which there are more than this belong to calls: what they hold is kept by something
/// else, and is told with it.
const MANY: u32 = 1000;

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
        let mut captures: Vec<(NodeIdx, u32)> = Vec::new();
        for node in heap.nodes() {
            if heap.kind(node) != NodeKind::Closure {
                continue;
            }
            let (shared, context) = links(heap, words, node);
            let script = shared.and_then(|shared| {
                *by_shared.entry(shared).or_insert_with(|| {
                    let script = words.script_of(heap, shared)?;
                    scripts.add(heap, script, node);
                    Some(script)
                })
            });
            let place = scripts.functions.len() as u32;
            captures.extend(context.map(|context| (context, place)));
            scripts.functions.push(Closure { node, script });
        }
        captures.sort_unstable();
        scripts.add_scopes(heap, words, &captures);
        scripts
    }

    /// A script, of which a function is known.
    fn add(&mut self, heap: &Heap, script: NodeIdx, function: NodeIdx) {
        let name = self.names.entry(script);
        name.or_insert_with(|| script_name(heap, script));
        if let Some(location) = heap.location(function) {
            self.by_id.entry(location.script_id).or_insert(script);
        }
    }

    /// The scopes of `captures`, which are sorted, and those around them: a scope of which all functions are made in
    /// scopes inside of it is known by those.
    fn add_scopes(&mut self, heap: &Heap, words: &Words, captures: &[(NodeIdx, u32)]) {
        let mut counts: FxHashMap<NodeIdx, u32> = FxHashMap::default();
        let by_scope = || captures.chunk_by(|one, other| one.0 == other.0);
        let mut infos: Vec<Option<NodeIdx>> = Vec::new();
        for capture in by_scope() {
            let info = internal(heap, capture[0].0, words.scope_info);
            if let Some(info) = info {
                *counts.entry(info).or_default() += 1;
            }
            infos.push(info);
        }
        let mut pending = Vec::new();
        for (capture, info) in by_scope().zip(infos) {
            let context = capture[0].0;
            let script = capture
                .iter()
                .find_map(|(_, place)| self.functions[*place as usize].script);
            let outer = self.outer(heap, words, context);
            pending.extend(outer.map(|outer| (outer, script)));
            if info.is_none_or(|info| counts[&info] <= MANY) {
                let scope = Scope {
                    functions: capture.iter().map(|(_, place)| *place).collect(),
                    script,
                    outer,
                    is_only: info.is_none_or(|info| counts[&info] == 1),
                };
                self.scopes.insert(context, scope);
            }
        }
        let mut seen = FxHashSet::default();
        while let Some((context, script)) = pending.pop() {
            if !seen.insert(context) {
                continue;
            }
            let outer = self.outer(heap, words, context);
            let scope = self.scopes.entry(context).or_insert_with(|| Scope {
                outer,
                is_only: true,
                ..Scope::default()
            });
            scope.script = scope.script.or(script);
            let script = scope.script;
            pending.extend(outer.map(|outer| (outer, script)));
        }
    }

    /// The scope around a scope; the realm is remembered instead.
    fn outer(&mut self, heap: &Heap, words: &Words, context: NodeIdx) -> Option<NodeIdx> {
        let outer = internal(heap, context, words.previous)?;
        if heap.kind(outer) == NodeKind::Object {
            return Some(outer);
        }
        self.realms.insert(outer);
        None
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
            line: location.map(|location| location.line.saturating_add(1)),
            column: location.map(|location| location.column.saturating_add(1)),
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
            line: Some(location.line.saturating_add(1)),
            column: Some(location.column.saturating_add(1)),
            name: heap.name(object).into_owned(),
            script: self
                .script_at(location)
                .and_then(|it| self.name(it))
                .map(str::to_owned),
        })
    }
}

/// What functions of the same text share, and the scope of a function.
fn links(heap: &Heap, words: &Words, function: NodeIdx) -> (Option<NodeIdx>, Option<NodeIdx>) {
    let (mut shared, mut context) = (None, None);
    for edge in heap.edges(function) {
        let EdgeLabel::Name(name) = edge.label else {
            continue;
        };
        if edge.kind != EdgeKind::Internal {
            continue;
        }
        if Some(name) == words.shared {
            shared = Some(edge.to);
        } else if Some(name) == words.context {
            context = Some(edge.to);
        }
    }
    (shared, context)
}

/// `system / Script / URL` in newer versions, before just the URL.
fn script_name(heap: &Heap, script: NodeIdx) -> String {
    let name = heap.name(script);
    let name = name.strip_prefix("system / Script").unwrap_or(&name);
    let name = name.strip_prefix(" / ").unwrap_or(name);
    if !name.is_empty() {
        return name.to_owned();
    }
    // Text that is evaluated has no name but what its `sourceURL` says, as with `webpack-internal:///./src/a.js`.
    let said = heap
        .edges(script)
        .filter(|edge| edge.kind == EdgeKind::Hidden && heap.kind(edge.to) == NodeKind::String)
        .map(|edge| heap.name(edge.to).into_owned());
    let is_url = |text: &String| {
        let scheme = text.split_once("://").map(|(scheme, _)| scheme);
        scheme.is_some_and(|scheme| {
            scheme
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || c == '-')
        }) && !text.contains(char::is_whitespace)
    };
    said.into_iter().find(is_url).unwrap_or_default()
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

pub(super) fn is_of_the_user(name: &str) -> bool {
    // Everything that is loaded has a folder or an ending.
    name.contains(['/', '\\', '.']) && !BUILT_IN.iter().any(|start| name.starts_with(start))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::heap::fixture::Snapshot;

    #[test]
    fn evaluated_text_is_called_what_it_calls_itself() {
        let check = |name: &str, strings: &[&str], expected: &str| {
            let mut snapshot = Snapshot::new();
            let script = snapshot.node("code", name, 8);
            snapshot.edge(0, "element", "0", script);
            for (at, text) in strings.iter().enumerate() {
                let string = snapshot.node("string", text, 8);
                snapshot.edge(script, "hidden", &at.to_string(), string);
            }
            let script = NodeIdx(script as u32);
            assert_eq!(script_name(&snapshot.heap(), script), expected);
        };
        let url = "webpack-internal:///./a.js";
        check("", &["load('http://a.example')", url], url);
        check("", &["a()"], "");
        check("/app/a.js", &[url], "/app/a.js");
        check("system / Script / /app/a.js", &[], "/app/a.js");
    }

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
