//! What wrote a snapshot, read off what it brings along itself.

use std::fmt;

use serde::Serialize;

use super::{Heap, NodeKind};

/// A program that runs JavaScript.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Runtime {
    /// Node.js.
    Node,
    /// Chrome, Edge, a headless browser.
    Chromium,
    /// Deno.
    Deno,
    /// Bun.
    Bun,
    /// Not told.
    Unknown,
}

impl fmt::Display for Runtime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Node => "Node",
            Self::Chromium => "Chromium",
            Self::Deno => "Deno",
            Self::Bun => "Bun",
            Self::Unknown => "unknown runtime",
        })
    }
}

/// Goes by what programs that run there cannot be expected to have: names of objects and scripts of the runtime itself,
/// not of strings. Of Deno's scripts there are only the strings.
pub(super) fn of(heap: &Heap) -> Runtime {
    let told = heap.nodes().find_map(|node| {
        let kind = heap.kind(node);
        if !matches!(kind, NodeKind::Code | NodeKind::Native) {
            return None;
        }
        let name = heap.strings.raw(heap.name_id(node));
        if kind == NodeKind::Native {
            let is_page = name.starts_with(b"blink::");
            let is_node = name.starts_with(b"Node / ");
            is_page
                .then_some(Runtime::Chromium)
                .or(is_node.then_some(Runtime::Node))
        } else {
            let is_node = name.starts_with(b"node:internal/");
            // A class of JavaScriptCore, for which Bun alone writes this format.
            let is_bun = name == b"FunctionExecutable";
            is_node
                .then_some(Runtime::Node)
                .or(is_bun.then_some(Runtime::Bun))
        }
    });
    told.unwrap_or_else(|| {
        let mut strings = heap.strings.iter();
        if strings.any(|(_, raw)| raw.starts_with(b"ext:core/")) {
            Runtime::Deno
        } else {
            Runtime::Unknown
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::heap::fixture::Snapshot;

    #[test]
    fn a_runtime_is_told_by_what_is_its_own() {
        for (kind, name, expected) in [
            ("code", "node:internal/modules/cjs/loader", Runtime::Node),
            ("native", "Node / Environment", Runtime::Node),
            ("native", "blink::Document", Runtime::Chromium),
            ("code", "FunctionExecutable", Runtime::Bun),
            ("string", "ext:core/mod.js", Runtime::Deno),
            ("string", "node:internal/x", Runtime::Unknown),
            ("string", "blink::Document", Runtime::Unknown),
            ("object", "FunctionExecutable", Runtime::Unknown),
        ] {
            let mut made = Snapshot::new();
            let node = made.node(kind, name, 1);
            made.edge(0, "property", "own", node);
            assert_eq!(made.heap().runtime(), expected, "{name}");
        }
    }
}
