//! What wrote a snapshot, read off the names of its own scripts.

use std::fmt;

use serde::Serialize;

use super::Heap;

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

/// The names of scripts that only one runtime brings along.
pub(super) fn of(heap: &Heap) -> Runtime {
    let mut found = Runtime::Unknown;
    for (_, raw) in heap.strings.iter() {
        let runtime = if raw.starts_with(b"node:internal/") {
            Runtime::Node
        } else if raw.starts_with(b"ext:deno_") || raw.starts_with(b"ext:core/") {
            // Deno brings parts of Node along.
            return Runtime::Deno;
        } else if raw.starts_with(b"blink::") {
            Runtime::Chromium
        } else {
            continue;
        };
        found = runtime;
    }
    found
}
