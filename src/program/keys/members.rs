//! Keys that are read out of objects, tables and iterations.

use super::{Evaluation, Key, MAX_DEPTH, MAX_STEPS};
use crate::finding::KeyType;
use crate::program::flow::UNKNOWN;
use crate::program::{Domain, Escape, Program, SiteIdx, SiteKind};
use crate::summary::{BindingKind, Name, OpIdx, OpKind};

impl Evaluation<'_> {
    pub(super) fn member(&mut self, op: OpIdx, object: OpIdx, name: Name, depth: u32) -> Key {
        let program = self.program;
        if matches!(program.text(name), "length" | "size") {
            return Key::bounded("a length", KeyType::Number);
        }
        if let OpKind::Read(binding) = *program.code.kind(object)
            && matches!(program.code.bindings[binding.at()].kind, BindingKind::Enum)
        {
            return Key::bounded("an enum", KeyType::Unknown);
        }
        let sites = program.flow.of_op(object);
        if !sites.is_empty() && sites.iter().all(|&site| is_constant_table(program, site)) {
            return Key::bounded("a property of a constant", KeyType::Unknown);
        }
        if program.text(name) == "name"
            && let Some(key) = name_of_class(program, sites)
        {
            return key;
        }
        let field = self.field(object, name, depth);
        if let Some(key) = field
            && key.domain != Domain::Open
        {
            return key;
        }
        let holds = program.flow.of_op(op);
        let is_object = !holds.is_empty()
            && holds.iter().all(|&site| {
                !matches!(
                    program.flow.sites[site.0 as usize].kind,
                    SiteKind::Unknown | SiteKind::Builtin(_)
                )
            });
        if is_object {
            let is_made_at_load = holds.iter().all(|&site| {
                program.flow.sites[site.0 as usize]
                    .op
                    .is_some_and(|op| !program.recurs(op))
            });
            if is_made_at_load {
                return Key::bounded("made while modules load", KeyType::Object);
            }
            return Key::open(KeyType::Object);
        }
        Key::open(KeyType::Unknown)
    }

    /// What the program writes to a field of objects that it makes.
    fn field(&mut self, object: OpIdx, name: Name, depth: u32) -> Option<Key> {
        let program = self.program;
        let sites = program.flow.of_op(object);
        let mut writes: Vec<(u32, OpIdx)> = sites
            .iter()
            .flat_map(|&site| program.facts.field_writes(site, name))
            .map(|write| (write.turn, write.value))
            .collect();
        writes.sort_unstable();
        writes.dedup();
        let mut joined: Option<Key> = None;
        let mut passed = 0;
        for (turn, value) in writes {
            // Each write to a property of that name is a step, whatever the object.
            self.steps += turn + 1 - passed;
            passed = turn + 1;
            if self.steps > MAX_STEPS {
                return None;
            }
            if !matches!(program.code.kind(value), OpKind::Nullish) {
                let key = self.op(value, depth + 1);
                joined = Some(joined.map_or(key, |before| before.join(key)));
            }
        }
        self.steps += program.facts.writes_to(name) - passed;
        if self.steps > MAX_STEPS {
            return None;
        }
        let key = joined?;
        let is_seen_elsewhere = sites
            .iter()
            .any(|&site| site == UNKNOWN || program.flow.escapes(site, Escape::Passed));
        Some(match key.domain {
            Domain::Bounded(_) if is_seen_elsewhere => Key {
                domain: Domain::Hinted,
                ..key
            },
            _ => key,
        })
    }

    /// The elements of a table.
    pub(super) fn element(&self, object: OpIdx) -> Key {
        let program = self.program;
        let sites = program.flow.of_op(object);
        if !sites.is_empty() && sites.iter().all(|&site| is_constant_table(program, site)) {
            return Key::bounded("an entry of a constant table", KeyType::Unknown);
        }
        Key::open(KeyType::Unknown)
    }

    pub(super) fn iterated(&self, over: OpIdx, depth: u32) -> Key {
        let program = self.program;
        if let OpKind::Call { callee, args, .. } = program.code.kind(over)
            && let OpKind::Member { object, name } = *program.code.kind(*callee)
        {
            // `Object.keys(table)`, `"a b".split(" ")`, `table.keys()`.
            let text = program.text(name);
            if matches!(text, "keys" | "values" | "entries" | "getOwnPropertyNames") {
                let table = args
                    .first()
                    .copied()
                    .filter(|_| matches!(program.code.kind(object), OpKind::Global(_)))
                    .unwrap_or(object);
                return self.iterated(table, depth + 1);
            }
            if text == "split" && matches!(program.code.kind(object), OpKind::Str(_)) {
                return Key::bounded("iteration over a constant", KeyType::String);
            }
            if matches!(
                text,
                "filter" | "map" | "slice" | "concat" | "sort" | "reverse"
            ) && depth < MAX_DEPTH
            {
                return self.iterated(object, depth + 1);
            }
        }
        let sites = program.flow.of_op(over);
        if !sites.is_empty() && sites.iter().all(|&site| is_constant_table(program, site)) {
            return Key::bounded("iteration over a constant", KeyType::Unknown);
        }
        Key::open(KeyType::Unknown)
    }
}

/// The `name` of one of the program's functions or classes, where others may be meant too.
fn name_of_class(program: &Program, sites: &[SiteIdx]) -> Option<Key> {
    let is_unknown = |site: SiteIdx| site == UNKNOWN;
    let is_named = |site: SiteIdx| {
        program.is_function(site)
            && program.flow.sites[site.0 as usize]
                .op
                .is_some_and(|op| !program.recurs(op))
    };
    let mut known = sites
        .iter()
        .copied()
        .filter(|&site| !is_unknown(site))
        .peekable();
    (known.peek().is_some() && known.all(is_named)).then(|| {
        let key = Key::bounded("the name of a class", KeyType::String);
        if sites.iter().copied().any(is_unknown) {
            Key {
                domain: Domain::Hinted,
                ..key
            }
        } else {
            key
        }
    })
}

/// An object or array whose entries the text of the program fixes: made while modules load, not written by computed key.
fn is_constant_table(program: &Program, site: SiteIdx) -> bool {
    let data = program.flow.sites[site.0 as usize];
    match data.kind {
        SiteKind::Object | SiteKind::Array | SiteKind::Map | SiteKind::Set => {
            data.op.is_some_and(|op| !program.recurs(op))
                && !program.is_written_later(site)
                && !program.flow.escapes(site, Escape::Passed)
        }
        _ => false,
    }
}
