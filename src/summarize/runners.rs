//! Which modules declare tests.
//!
//! Knows the facts of one module. Must not know swc.

use crate::summary::{FunctionIdx, ModuleSummary, Op, OpKind, Request};

/// What runs tests. Sorted.
const TEST_RUNNERS: &[&str] = &[
    "@jest/globals",
    "@playwright/test",
    "ava",
    "bun:test",
    "jasmine",
    "mocha",
    "node:test",
    "qunit",
    "tap",
    "tape",
    "uvu",
    "vitest",
];

/// Whether a module's own code declares tests: it imports what runs them, or calls `describe("…", …)`.
pub(super) fn declares_tests(module: &ModuleSummary) -> bool {
    let imports = |request: &Request| TEST_RUNNERS.binary_search(&&*request.specifier).is_ok();
    let declares = |op: &Op| {
        let OpKind::Call { callee, args, .. } = &op.kind else {
            return false;
        };
        let OpKind::Global(name) = *module.kind(*callee) else {
            return false;
        };
        matches!(module.name(name), "describe" | "it" | "suite" | "test")
            && matches!(args[..], [title, body, ..]
                if matches!(module.kind(title), OpKind::Str(_))
                    && matches!(module.kind(body), OpKind::Function(_)))
            && module.regions[op.region.at()].function == FunctionIdx(0)
    };
    module.requests.iter().any(imports) || module.ops.iter().any(declares)
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_runners_are_sorted() {
        assert!(super::TEST_RUNNERS.is_sorted());
    }
}
