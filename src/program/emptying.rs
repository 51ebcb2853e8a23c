//! Loops that take everything out of a collection and do nothing else with what was in it.
//!
//! Must not know who runs them or whether they matter.

use super::flow::UNKNOWN;
use super::tests_of::{self, Place};
use super::{Program, SiteIdx};
use crate::summary::{BindingIdx, BindingKind, FunctionIdx, OpIdx, OpKind, RegionKind};

/// How deep the operations are looked for that a loop is made of.
const MAX_PARTS: u32 = 8;

/// A loop that empties a collection.
pub(super) struct Emptying {
    /// The function that runs it.
    pub(super) function: FunctionIdx,
    /// The operations that it is made of.
    pub(super) parts: Vec<OpIdx>,
}

impl Program {
    /// The loop in which a removal takes everything out of a collection: `while (list.length) list.pop()`,
    /// `for (const key in table) delete table[key]`, `map.forEach((_, key) => map.delete(key))`.
    pub(super) fn emptying(&self, site: SiteIdx, removal: OpIdx) -> Option<Emptying> {
        let mut parts = vec![removal];
        let roots = match *self.code.kind(removal) {
            OpKind::DeleteIndex { key, .. } => self.emptied_by_keys(site, removal, key)?,
            OpKind::Call {
                callee, ref args, ..
            } => {
                let OpKind::Member { object, name } = *self.code.kind(callee) else {
                    return None;
                };
                match (self.text(name), &args[..]) {
                    ("pop" | "shift", []) => self.emptied_by_turns(removal, object)?,
                    ("delete", &[key]) => self.emptied_by_keys(site, removal, key)?,
                    _ => return None,
                }
            }
            _ => return None,
        };
        parts.extend(&roots);
        let function = roots.first().map(|&root| self.function_of(root))?;
        let mut next = 0;
        for _ in 0..MAX_PARTS {
            let known = parts.len();
            for position in next..known {
                let part = parts[position];
                self.code
                    .kind(part)
                    .operands(&mut |operand| parts.push(operand));
            }
            next = known;
        }
        // `delete table[key]` names the entry before it goes.
        let names = |op: OpIdx| match (self.code.kind(op), self.code.kind(removal)) {
            (
                OpKind::Index { object, key },
                OpKind::DeleteIndex {
                    object: from,
                    key: which,
                },
            ) => object == from && key == which,
            _ => false,
        };
        parts.extend(
            self.ops_of(self.function_of(removal))
                .filter(|&op| names(op)),
        );
        let is_used = |binding: BindingIdx| {
            self.facts.reads[binding.at()]
                .iter()
                .any(|read| !parts.contains(read))
        };
        let is_used_otherwise = self.elements(&roots).into_iter().any(is_used);
        (!is_used_otherwise).then_some(Emptying { function, parts })
    }

    /// `while (list.length > 0) list.pop()`, where what is taken is not looked at: the test.
    fn emptied_by_turns(&self, removal: OpIdx, list: OpIdx) -> Option<Vec<OpIdx>> {
        let (_, RegionKind::Loop { test: Some(test) }) = self.regions(removal).next()? else {
            return None;
        };
        let asks = |op: OpIdx| match *self.code.kind(op) {
            OpKind::Member { object, name } => {
                self.text(name) == "length" && self.is_same_place(object, list)
            }
            _ => false,
        };
        let is_asked = asks(*test)
            || matches!(*self.code.kind(*test), OpKind::Binary { left, right, .. }
                if (asks(left) && matches!(self.code.kind(right), OpKind::Num(_)))
                    || (asks(right) && matches!(self.code.kind(left), OpKind::Num(_))));
        let mut is_taken = false;
        for op in self.ops_of(self.function_of(removal)) {
            let operands = &mut |operand| is_taken |= operand == removal;
            self.code.kind(op).operands(operands);
        }
        (is_asked && !is_taken).then(|| vec![*test])
    }

    /// `for (const key of map.keys()) map.delete(key)`: what goes through the keys, and what asks whether they are own.
    fn emptied_by_keys(&self, site: SiteIdx, removal: OpIdx, key: OpIdx) -> Option<Vec<OpIdx>> {
        let OpKind::Read(key) = *self.code.kind(key) else {
            return None;
        };
        let mut asked = Vec::new();
        for (_, kind) in self.regions(removal) {
            match *kind {
                RegionKind::Branch {
                    test, sense: true, ..
                } if self.is_own_of(test, key) => asked.push(test),
                RegionKind::Iteration { element } => {
                    let OpKind::Iterate { over, keys } = *self.code.kind(element) else {
                        return None;
                    };
                    let values = self.assigned_values(key);
                    let is_key = !values.is_empty() && values.into_iter().all(|value| {
                        value == element
                            || matches!(*self.code.kind(value), OpKind::Index { object, key } if object == element && self.is_first(key))
                    });
                    let goes_through = if keys {
                        self.gives(site, over)
                    } else {
                        self.lists(site, over)
                    };
                    return (is_key && goes_through).then(|| [&[element][..], &asked].concat());
                }
                RegionKind::Body => break,
                _ => return None,
            }
        }
        let data = &self.code.bindings[key.at()];
        let BindingKind::Param(position) = data.kind else {
            return None;
        };
        let function = data.function;
        let [call] = self.facts.callers[function.at()] else {
            return None;
        };
        let OpKind::Call { callee, .. } = *self.code.kind(call) else {
            return None;
        };
        let OpKind::Member { object, name } = *self.code.kind(callee) else {
            return None;
        };
        let goes_through = match position {
            0 => self.lists(site, object),
            _ => position == 1 && self.gives(site, object),
        };
        (self.text(name) == "forEach" && goes_through && self.function_of(removal) == function)
            .then(|| [&[call][..], &asked].concat())
    }

    /// Whether an operation gives a collection, or what strangers put in its place.
    fn gives(&self, site: SiteIdx, op: OpIdx) -> bool {
        let sites = self.flow.of_op(op);
        sites.contains(&site) && sites.iter().all(|&it| it == site || it == UNKNOWN)
    }

    /// Whether going through a value gives each key of a collection: `map.keys()`, `Object.keys(table)`, `set`, `[...set]`.
    fn lists(&self, site: SiteIdx, value: OpIdx) -> bool {
        let is_it = |op: OpIdx| self.gives(site, op);
        if is_it(value) {
            return true;
        }
        match *self.code.kind(value) {
            OpKind::Array { ref elements } => match elements[..] {
                [element] => {
                    matches!(*self.code.kind(element), OpKind::Spread(from) if self.lists(site, from))
                }
                _ => false,
            },
            OpKind::Call {
                callee, ref args, ..
            } => match (self.code.kind(callee), &args[..]) {
                (&OpKind::Member { object, name }, []) => {
                    matches!(self.text(name), "entries" | "keys") && is_it(object)
                }
                (&OpKind::Member { name, .. }, &[from]) => match self.text(name) {
                    "keys" | "getOwnPropertyNames" | "ownKeys" => is_it(from),
                    "from" => self.lists(site, from),
                    _ => false,
                },
                _ => false,
            },
            _ => false,
        }
    }

    fn is_first(&self, key: OpIdx) -> bool {
        matches!(*self.code.kind(key), OpKind::Num(position) if position == 0.0)
    }

    /// `Object.hasOwn(table, key)`, `table.hasOwnProperty(key)`.
    fn is_own_of(&self, test: OpIdx, key: BindingIdx) -> bool {
        let OpKind::Call { callee, args, .. } = self.code.kind(test) else {
            return false;
        };
        let asked = args
            .last()
            .and_then(|&arg| tests_of::place(&self.code, arg));
        let is_asking = self.callee_name(*callee).is_some_and(|name| {
            matches!(
                name,
                "call" | "hasOwn" | "hasOwnProperty" | "propertyIsEnumerable"
            )
        });
        is_asking && asked == Some(Place::Binding(key))
    }

    /// The variables that a loop or a callback gives what it goes through.
    fn elements(&self, roots: &[OpIdx]) -> Vec<BindingIdx> {
        let mut found = Vec::new();
        for &root in roots {
            match *self.code.kind(root) {
                OpKind::Iterate { .. } => {
                    let given = |value: OpIdx| {
                        value == root
                            || matches!(*self.code.kind(value), OpKind::Index { object, .. } if object == root)
                    };
                    found.extend(self.ops_of(self.function_of(root)).filter_map(|op| {
                        match *self.code.kind(op) {
                            OpKind::Assign { binding, value, .. } if given(value) => Some(binding),
                            _ => None,
                        }
                    }));
                }
                OpKind::Call { ref args, .. } => {
                    let callees = args.iter().filter_map(|&arg| match *self.code.kind(arg) {
                        OpKind::Function(function) => Some(function),
                        _ => None,
                    });
                    let params = callees.flat_map(|it| &self.code.functions[it.at()].params);
                    found.extend(params);
                }
                _ => {}
            }
        }
        found
    }
}
