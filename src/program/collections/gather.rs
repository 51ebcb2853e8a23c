//! What is done to the collections that live long, in all its spellings.
//!
//! One pass over the operations. Must not know how collections are named or described.

use rustc_hash::FxHashMap;

use super::{Insertion, Program, Shape, Shrink, shape};
use crate::program::flow::{SiteIdx, UNKNOWN};
use crate::program::lifetimes::{Holder, Lifetime};
use crate::summary::{BinaryOp, BindingIdx, CallKind, Name, OpIdx, OpKind, RegionKind, Write};

#[derive(Default)]
pub(super) struct Uses {
    pub(super) insertions: Vec<Insertion>,
    pub(super) removals: Vec<(OpIdx, Shrink)>,
    pub(super) reads: Vec<OpIdx>,
    pub(super) enumerations: Vec<OpIdx>,
    pub(super) is_measured: bool,
    pub(super) sheds: bool,
    pub(super) passed: Vec<OpIdx>,
}

pub(super) struct Gather<'a> {
    program: &'a Program,
    pub(super) uses: FxHashMap<SiteIdx, Uses>,
    /// The method that is being called, where a class of the program may have one of that name of its own.
    method: Option<Name>,
}

impl<'a> Gather<'a> {
    pub(super) fn new(program: &'a Program) -> Self {
        Self {
            program,
            uses: FxHashMap::default(),
            method: None,
        }
    }

    /// The uses of a site, if it may be a long-lived collection.
    pub(super) fn kept(&mut self, site: SiteIdx) -> Option<&mut Uses> {
        let lifetime = *self.program.lifetimes.of.get(site.0 as usize)?;
        if site == UNKNOWN || lifetime < Lifetime::Stored || shape(self.program, site).is_none() {
            return None;
        }
        Some(self.uses.entry(site).or_default())
    }

    fn each(&mut self, object: OpIdx, wanted: &[Shape], add: impl Fn(&mut Uses)) {
        let program = self.program;
        for &site in program.sites_at(object) {
            let is_own = self
                .method
                .is_some_and(|name| program.has_own_method(site, name));
            if !is_own
                && shape(program, site).is_some_and(|shape| wanted.contains(&shape))
                && let Some(uses) = self.kept(site)
            {
                add(uses);
            }
        }
    }

    pub(super) fn op(&mut self, op: OpIdx) {
        let program = self.program;
        match program.code.kind(op) {
            OpKind::Call {
                callee, args, kind, ..
            } if *kind != CallKind::Deferred => match *program.code.kind(*callee) {
                OpKind::Member { object, name } => {
                    self.method = Some(name);
                    self.call(op, object, name, args);
                    self.method = None;
                }
                // A class that extends a collection calls what it extends.
                OpKind::SuperMember { name } => {
                    if let Some(this) = program.this_in(program.function_of(op)) {
                        self.call(op, this, name, args);
                    }
                }
                _ => {}
            },
            OpKind::StoreIndex {
                object,
                key,
                value,
                write,
            } => {
                if *write == Write::Init && !matches!(program.code.kind(*value), OpKind::Spread(_))
                {
                    return;
                }
                // `list[list.length] = …` is a push.
                let key = (!self.is_length_of(*key, *object)).then_some(*key);
                let insertion = Insertion::new(op, *object, key, Some(*value));
                if self.filters_entry(*object, *value) {
                    self.entries_replaced(op, *object);
                    return;
                }
                self.each(*object, &[Shape::Array, Shape::Object], |uses| {
                    uses.insertions.push(insertion);
                });
                if *write != Write::IfMissing && self.replaces_entry(op, *value) {
                    self.entries_replaced(op, *object);
                }
            }
            OpKind::Store { object, name, .. } if program.text(*name) == "length" => {
                self.each(*object, &[Shape::Array], |uses| {
                    uses.removals.push((op, Shrink::All));
                });
            }
            OpKind::DeleteIndex { object, key }
                if !matches!(program.code.kind(*key), OpKind::Str(_) | OpKind::Num(_)) =>
            {
                self.each(*object, &[Shape::Array, Shape::Object], |uses| {
                    uses.removals.push((op, Shrink::Entry));
                });
            }
            OpKind::Member { object, name } if program.text(*name) == "size" => {
                self.each(*object, &[Shape::Map, Shape::Set], |uses| {
                    uses.is_measured = true;
                });
            }
            OpKind::Index { object, .. } => {
                self.each(*object, &[Shape::Array, Shape::Object], |uses| {
                    uses.reads.push(op);
                });
            }
            OpKind::Iterate { over, .. } | OpKind::Spread(over) => {
                self.each(
                    *over,
                    &[Shape::Map, Shape::Set, Shape::Array, Shape::Object],
                    |uses| uses.enumerations.push(op),
                );
            }
            OpKind::Binary {
                op: BinaryOp::In,
                right,
                ..
            } => {
                self.each(*right, &[Shape::Array, Shape::Object], |uses| {
                    uses.reads.push(op);
                });
            }
            _ => {}
        }
    }

    /// `lists[key] = lists[key].filter(…)`, `lists.set(key, [...list.filter(…)])`.
    fn filters_entry(&self, object: OpIdx, value: OpIdx) -> bool {
        let program = self.program;
        let value = match program.code.kind(value) {
            OpKind::Array { elements } => match elements[..] {
                [element] => match *program.code.kind(element) {
                    OpKind::Spread(copied) => copied,
                    _ => return false,
                },
                _ => return false,
            },
            _ => value,
        };
        let OpKind::Call { callee, .. } = *program.code.kind(value) else {
            return false;
        };
        let OpKind::Member { object: list, name } = *program.code.kind(callee) else {
            return false;
        };
        let is_entry = |op: OpIdx| {
            let from = match *program.code.kind(op) {
                OpKind::Index { object, .. } => object,
                OpKind::Call { callee, .. } => match *program.code.kind(callee) {
                    OpKind::Member { object, name } if program.text(name) == "get" => object,
                    _ => return false,
                },
                _ => return false,
            };
            let owners = program.flow.of_op(object);
            let sources = program.flow.of_op(from);
            sources.iter().any(|site| owners.contains(site))
        };
        matches!(program.text(name), "filter" | "slice")
            && (is_entry(list)
                || matches!(*program.code.kind(list), OpKind::Read(binding)
                    if program.assigned_values(binding).into_iter().any(is_entry)))
    }

    /// Whether what a variable holds is emptied further down: `while (list.length) list.shift()`.
    fn is_drained_after(&self, op: OpIdx, list: BindingIdx) -> bool {
        let program = self.program;
        let is_it =
            |op: OpIdx| matches!(*program.code.kind(op), OpKind::Read(read) if read == list);
        let is_zero =
            |op: OpIdx| matches!(*program.code.kind(op), OpKind::Num(number) if number == 0.0);
        let in_loop = |op: OpIdx| program.regions(op).any(|(_, kind)| kind.is_loop());
        let drains = |op: OpIdx| match program.code.kind(op) {
            OpKind::Store {
                object,
                name,
                value,
                ..
            } => is_it(*object) && program.text(*name) == "length" && is_zero(*value),
            OpKind::Call { callee, args, .. } => match *program.code.kind(*callee) {
                OpKind::Member { object, name } if is_it(object) => match program.text(name) {
                    "pop" | "shift" => in_loop(op),
                    "splice" => matches!(args[..], [first] if is_zero(first)),
                    _ => false,
                },
                _ => false,
            },
            _ => false,
        };
        let here = program.ops_of(program.function_of(op));
        here.skip_while(|&other| other <= op).any(drains)
    }

    /// `queue[stage] = []`, whatever was there before; also `queue[stage] = list`, which is then emptied.
    fn replaces_entry(&self, op: OpIdx, value: OpIdx) -> bool {
        let program = self.program;
        let is_empty = match program.code.kind(value) {
            OpKind::Array { elements } => elements.is_empty(),
            OpKind::Object { properties } => *properties == 0,
            OpKind::Nullish => true,
            OpKind::Call { args, kind, .. } => *kind == CallKind::New && args.is_empty(),
            OpKind::Read(binding) => self.is_drained_after(op, *binding),
            _ => false,
        };
        is_empty
            && program.regions(op).all(|(_, kind)| {
                !matches!(kind, RegionKind::Branch { .. } | RegionKind::Case { .. })
            })
    }

    /// What was in the place of an entry goes.
    fn entries_replaced(&mut self, op: OpIdx, object: OpIdx) {
        let program = self.program;
        for &site in program.flow.of_op(object) {
            for (_, entries) in program.flow.fields(site) {
                for &entry in entries {
                    let is_its = program.lifetimes.holder[entry.0 as usize].is_some_and(|holder| {
                        matches!(holder, Holder::Field(owner, _) | Holder::Element(owner) if owner == site)
                    });
                    if is_its && let Some(uses) = self.kept(entry) {
                        uses.removals.push((op, Shrink::All));
                    }
                }
            }
        }
    }

    fn is_length_of(&self, key: OpIdx, list: OpIdx) -> bool {
        let program = self.program;
        let OpKind::Member { object, name } = *program.code.kind(key) else {
            return false;
        };
        program.text(name) == "length" && {
            let measured = program.flow.of_op(object);
            let lists = program.flow.of_op(list);
            measured.iter().any(|site| lists.contains(site))
        }
    }

    fn call(&mut self, op: OpIdx, object: OpIdx, name: Name, args: &[OpIdx]) {
        let program = self.program;
        let insertion = |target, key, value| Insertion::new(op, target, key, value);
        match program.text(name) {
            "set" if args.len() >= 2 && self.filters_entry(object, args[1]) => {
                self.entries_replaced(op, object);
            }
            "set" if args.len() >= 2 => {
                self.each(object, &[Shape::Map], |uses| {
                    uses.insertions
                        .push(insertion(object, Some(args[0]), Some(args[1])));
                });
                if self.replaces_entry(op, args[1]) {
                    self.entries_replaced(op, object);
                }
            }
            "add" if !args.is_empty() => self.each(object, &[Shape::Set], |uses| {
                uses.insertions.push(insertion(object, Some(args[0]), None));
            }),
            "push" | "unshift" if !args.is_empty() => {
                self.each(object, &[Shape::Array], |uses| {
                    uses.insertions.push(insertion(object, None, Some(args[0])));
                });
            }
            "splice" => {
                self.each(object, &[Shape::Array], |uses| {
                    if args.len() > 2 {
                        uses.insertions.push(insertion(object, None, Some(args[2])));
                    }
                    // `splice(i, 0, x)` takes nothing away.
                    let takes_none = matches!(args.get(1).map(|&count| program.code.kind(count)), Some(OpKind::Num(count)) if *count == 0.0);
                    if !takes_none {
                        uses.removals.push((op, Shrink::Entry));
                    }
                });
            }
            "delete" => {
                let is_fixed = args.first().is_some_and(|&key| {
                    matches!(program.code.kind(key), OpKind::Str(_) | OpKind::Num(_))
                });
                if !is_fixed {
                    self.each(object, &[Shape::Map, Shape::Set], |uses| {
                        uses.removals.push((op, Shrink::Entry));
                    });
                }
            }
            "clear" => self.each(object, &[Shape::Map, Shape::Set], |uses| {
                uses.removals.push((op, Shrink::All));
            }),
            "pop" | "shift" => {
                self.each(object, &[Shape::Array], |uses| {
                    uses.removals.push((op, Shrink::Entry));
                    uses.reads.push(op);
                });
            }
            "get" | "has" | "includes" | "indexOf" | "find" | "findIndex" | "some" | "every"
            | "at" | "hasOwnProperty" => {
                self.each(
                    object,
                    &[Shape::Map, Shape::Set, Shape::Array, Shape::Object],
                    |uses| uses.reads.push(op),
                );
            }
            "forEach" | "keys" | "values" | "entries" | "map" | "filter" | "reduce" | "join"
            | "slice" | "concat" | "flatMap" => {
                self.each(
                    object,
                    &[Shape::Map, Shape::Set, Shape::Array, Shape::Object],
                    |uses| uses.enumerations.push(op),
                );
                if matches!(program.text(name), "keys" | "values" | "entries")
                    && matches!(program.code.kind(object), OpKind::Global(_))
                {
                    // `Object.keys(collection)`.
                    for &arg in args.iter().take(1) {
                        self.each(arg, &[Shape::Array, Shape::Object], |uses| {
                            uses.enumerations.push(op);
                        });
                    }
                }
            }
            "apply" | "call" => self.indirect(op, object, args),
            "assign" if args.len() >= 2 => self.assign(op, args),
            "defineProperty" if args.len() >= 3 => {
                self.each(args[0], &[Shape::Object], |uses| {
                    uses.insertions
                        .push(insertion(args[0], Some(args[1]), Some(args[2])));
                });
            }
            "deleteProperty" if args.len() >= 2 => self.each(args[0], &[Shape::Object], |uses| {
                uses.removals.push((op, Shrink::Entry));
            }),
            _ => {}
        }
    }

    /// `Object.assign(table, { [key]: value }, others)`.
    fn assign(&mut self, op: OpIdx, args: &[OpIdx]) {
        let program = self.program;
        if args[1..]
            .iter()
            .all(|&source| is_fixed_literal(program, source))
        {
            return;
        }
        let mut keys: Vec<Option<OpIdx>> = args[1..]
            .iter()
            .flat_map(|&source| program.computed_keys_of(source))
            .map(Some)
            .collect();
        if keys.is_empty() {
            keys.push(None);
        }
        self.each(args[0], &[Shape::Object], |uses| {
            uses.insertions.extend(
                keys.iter()
                    .map(|&key| Insertion::new(op, args[0], key, Some(args[1]))),
            );
        });
    }

    /// `list.push.apply(list, items)`, `Array.prototype.push.apply(list, items)`, `hasOwnProperty.call(table, key)`.
    fn indirect(&mut self, op: OpIdx, method: OpIdx, args: &[OpIdx]) {
        let program = self.program;
        let OpKind::Member { name, .. } = *program.code.kind(method) else {
            return;
        };
        let Some(&target) = args.first() else { return };
        match program.text(name) {
            "push" | "unshift" => {
                let value = args.get(1).copied();
                let insertion = Insertion::new(op, target, None, value);
                self.each(target, &[Shape::Array], |uses| {
                    uses.insertions.push(insertion);
                });
            }
            "splice" | "shift" | "pop" => self.each(target, &[Shape::Array], |uses| {
                uses.removals.push((op, Shrink::Entry));
            }),
            "hasOwnProperty" => self.each(target, &[Shape::Object], |uses| uses.reads.push(op)),
            _ => {}
        }
    }

    /// Writes that put another collection, or a longer copy, in the place of one.
    pub(super) fn replacements(&mut self) {
        let program = self.program;
        for (&site, writes) in sorted(&program.lifetimes.copies) {
            if let Some(uses) = self.kept(site) {
                for &op in writes {
                    uses.insertions.push(Insertion::copy(op));
                }
            }
        }
        for (&site, _) in sorted(&program.lifetimes.resets) {
            let writes: Vec<OpIdx> = program.lifetimes.resets_of(program, site).collect();
            if let Some(uses) = self.kept(site) {
                uses.removals
                    .extend(writes.iter().map(|&op| (op, Shrink::All)));
            }
            // What the site holds by name goes with it.
            let inner: Vec<SiteIdx> = program
                .flow
                .fields(site)
                .flat_map(|(_, sites)| sites.iter().copied())
                .collect();
            for part in inner {
                if program.lifetimes.holder[part.0 as usize].is_some_and(
                    |holder| matches!(holder, Holder::Field(owner, _) if owner == site),
                ) && let Some(uses) = self.kept(part)
                {
                    uses.removals
                        .extend(writes.iter().map(|&op| (op, Shrink::All)));
                }
            }
        }
    }

    /// What is added to a collection that is an entry of a long-lived one, and never taken from it, makes the outer one grow.
    pub(super) fn nest(&mut self) {
        let program = self.program;
        let mut stored: Vec<SiteIdx> = self.uses.keys().copied().collect();
        stored.retain(|&site| program.lifetimes.of[site.0 as usize] == Lifetime::Stored);
        stored.sort_unstable();
        for site in stored {
            let Some(uses) = self.uses.remove(&site) else {
                continue;
            };
            let Some(Holder::Element(outer)) = program.lifetimes.holder[site.0 as usize] else {
                continue;
            };
            if !uses.removals.is_empty() {
                // A queue that is worked off says nothing of how many there are, nor does what takes the place of one.
                let sheds = uses
                    .removals
                    .iter()
                    .any(|&(op, _)| match program.code.kind(op) {
                        OpKind::Call { callee, .. } => !program
                            .callee_name(*callee)
                            .is_some_and(|name| matches!(name, "pop" | "set" | "shift")),
                        OpKind::StoreIndex { value, .. } => {
                            !matches!(program.code.kind(*value), OpKind::Nullish)
                        }
                        _ => true,
                    });
                if let Some(outer_uses) = self.kept(outer) {
                    outer_uses.sheds |= sheds;
                }
                continue;
            }
            let nested: Vec<Insertion> = uses
                .insertions
                .into_iter()
                .filter(|insertion| reads_entry(program, *insertion, outer))
                .map(|insertion| Insertion {
                    is_nested: true,
                    ..insertion
                })
                .collect();
            if let Some(outer_uses) = self.kept(outer) {
                outer_uses.insertions.extend(nested);
            }
        }
    }
}

/// An object literal without computed properties.
fn is_fixed_literal(program: &Program, op: OpIdx) -> bool {
    let OpKind::Object { .. } = program.code.kind(op) else {
        return false;
    };
    !program.code.ops[op.at()..]
        .iter()
        .take(200)
        .any(|next| matches!(next.kind, OpKind::StoreIndex { object, .. } if object == op))
}

fn sorted<V>(map: &FxHashMap<SiteIdx, V>) -> Vec<(&SiteIdx, &V)> {
    let mut pairs: Vec<(&SiteIdx, &V)> = map.iter().collect();
    pairs.sort_unstable_by_key(|(site, _)| **site);
    pairs
}

/// Whether an insertion goes to what was read from the outer collection, not to what is just being made to be stored there.
fn reads_entry(program: &Program, insertion: Insertion, outer: SiteIdx) -> bool {
    insertion
        .target
        .is_some_and(|target| is_entry_of(program, target, outer, 0))
}

fn is_entry_of(program: &Program, op: OpIdx, outer: SiteIdx, depth: u32) -> bool {
    if depth > 4 {
        return false;
    }
    let again = |inner: OpIdx| is_entry_of(program, inner, outer, depth + 1);
    match *program.code.kind(op) {
        OpKind::Index { object, .. } => program.flow.of_op(object).contains(&outer),
        OpKind::Call { callee, .. } => match *program.code.kind(callee) {
            OpKind::Member { object, name } => {
                program.text(name) == "get" && program.flow.of_op(object).contains(&outer)
            }
            _ => false,
        },
        OpKind::Read(binding) if let Some(value) = program.value_at(binding, op) => again(value),
        OpKind::Read(binding) => program.facts.assigns[binding.at()].iter().any(|&assign| {
            match *program.code.kind(assign) {
                OpKind::Assign { value, .. } => again(value),
                _ => false,
            }
        }),
        OpKind::Either { left, right, .. } => again(left) || again(right),
        OpKind::Cast { value, .. } => again(value),
        _ => false,
    }
}
