//! All that is told of one snapshot, detached from the heap, which can be let go.
//!
//! Orders the passes; must not know files or rendering.

use serde::Serialize;

use super::bindings::{Binding, bindings, collections};
use super::constructors::{Constructor, constructors};
use super::scripts::Scripts;
use super::words::Words;
use super::{Dominators, Heap, Runtime};

/// The size of a heap.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Facts {
    /// What wrote the snapshot.
    pub runtime: Runtime,
    /// All nodes.
    pub nodes: usize,
    /// All edges.
    pub edges: usize,
    /// The shallow sizes of all that is reachable, in bytes.
    pub reachable_bytes: u64,
}

/// What fills a heap.
#[derive(Clone, Debug)]
pub struct Survey {
    /// How large it is.
    pub facts: Facts,
    /// The long-lived collections, largest first.
    pub bindings: Vec<Binding>,
    /// The objects by class, largest first.
    pub constructors: Vec<Constructor>,
}

impl Survey {
    /// Takes as long as a few walks through the heap.
    pub fn of(heap: &Heap) -> Self {
        let ((dominators, tree), (words, scripts, collections)) = rayon::join(
            || {
                let dominators = Dominators::of(heap);
                let tree = dominators.tree();
                (dominators, tree)
            },
            || {
                let words = Words::of(heap);
                let scripts = Scripts::of(heap, &words);
                let collections = collections(heap, &words, &scripts);
                (words, scripts, collections)
            },
        );
        let (bindings, constructors) = rayon::join(
            || bindings(heap, &words, &scripts, collections, &dominators, &tree),
            || constructors(heap, &scripts, &dominators, &tree),
        );
        Self {
            facts: Facts {
                runtime: heap.runtime(),
                nodes: heap.len(),
                edges: heap.edge_count(),
                reachable_bytes: dominators.reachable_bytes(),
            },
            bindings,
            constructors,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::heap::Owner;
    use crate::heap::fixture::Snapshot;

    /// A function of a script, made in a scope; returns the scope.
    fn scope(made: &mut Snapshot, script: &str) -> usize {
        let function = made.node("closure", "f", 1);
        let shared = made.node("code", "f", 1);
        let script = made.node("code", script, 1);
        let scope = made.node("object", "system / Context", 1);
        made.edge(0, "property", "f", function);
        made.edge(function, "internal", "shared", shared);
        made.edge(shared, "internal", "script", script);
        made.edge(function, "internal", "context", scope);
        scope
    }

    fn array_in(made: &mut Snapshot, scope: usize, name: &str) {
        let array = made.node("object", "Array", 32);
        let item = made.node("object", "Item", 8);
        made.edge(scope, "context", name, array);
        made.edge(array, "element", "0", item);
    }

    fn names(made: &Snapshot) -> Vec<(String, Owner)> {
        let bindings = Survey::of(&made.heap()).bindings;
        bindings
            .into_iter()
            .map(|binding| (binding.name, binding.owner))
            .collect()
    }

    #[test]
    fn variables_of_the_users_scripts_are_told() {
        let mut made = Snapshot::new();
        for (script, name) in [("/app/a.js", "mine"), ("node:fs", "its"), ("", "nobodys")] {
            let scope = scope(&mut made, script);
            array_in(&mut made, scope, name);
        }
        assert_eq!(names(&made), [("mine".to_owned(), Owner::Module)]);
    }

    #[test]
    fn the_program_s_own_function_that_allocated_is_told() {
        let mut made = Snapshot::new();
        let scope = scope(&mut made, "/app/a.js");
        array_in(&mut made, scope, "items");
        let item = made.nodes.len() - 1;
        let (script, runtime) = (made.string("/app/a.js"), made.string("node:events"));
        let (own, emit) = (made.string("add"), made.string("emit"));
        made.traces = 3;
        made.extra.push((
            "trace_function_infos",
            format!("[0,{own},{own},0,0,0\n,1,{own},{script},5,21,10\n,2,{emit},{runtime},6,3,1]"),
        ));
        made.extra
            .push(("trace_tree", "[1,0,0,0,[2,1,1,8,[3,2,1,8,[]]]]".to_owned()));
        let allocated = |made: &Snapshot| Survey::of(&made.heap()).bindings[0].allocated.clone();
        assert_eq!(allocated(&made), None);
        made.nodes[item].trace = 3;
        let allocated = allocated(&made).unwrap();
        assert_eq!(allocated.count, 1);
        let function = allocated.function;
        assert_eq!(
            (
                function.name.as_str(),
                function.script.as_deref(),
                function.line
            ),
            ("add", Some("/app/a.js"), Some(21))
        );
    }

    #[test]
    fn what_two_scopes_hold_is_told_once() {
        let mut made = Snapshot::new();
        let one = scope(&mut made, "/app/a.js");
        array_in(&mut made, one, "first");
        let array = made.node("object", "Array", 32);
        made.edge(array, "element", "0", one);
        let other = scope(&mut made, "/app/b.js");
        for scope in [one, other] {
            made.edge(scope, "context", "shared", array);
        }
        let shared = names(&made)
            .into_iter()
            .filter(|(name, _)| name == "shared");
        assert_eq!(shared.count(), 1);
    }

    #[test]
    fn scopes_in_a_circle_come_to_an_end() {
        let mut made = Snapshot::new();
        let one = scope(&mut made, "/app/a.js");
        let other = scope(&mut made, "/app/a.js");
        made.edge(one, "internal", "previous", other);
        made.edge(other, "internal", "previous", one);
        let info = made.node("code", "system / ScopeInfo", 8);
        let name = made.node("string", "inside", 8);
        let array = made.node("object", "Array", 32);
        let item = made.node("object", "Item", 8);
        made.edge(one, "internal", "scope_info", info);
        made.edge(info, "hidden", "0", name);
        made.edge(one, "hidden", "0", array);
        made.edge(array, "element", "0", item);
        assert_eq!(names(&made), [("inside".to_owned(), Owner::Closure)]);
    }

    #[test]
    fn fields_that_lead_back_are_told_once() {
        let mut made = Snapshot::new();
        let scope = scope(&mut made, "/app/a.js");
        let state = made.node("object", "Object", 8);
        let array = made.node("object", "Array", 32);
        made.edge(scope, "context", "state", state);
        made.edge(state, "property", "self", state);
        made.edge(state, "property", "items", array);
        made.edge(array, "element", "0", state);
        assert_eq!(names(&made), [("state.items".to_owned(), Owner::Field)]);
    }
}
