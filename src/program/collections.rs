//! Long-lived collections with everything that is done to them, in whatever file.
//!
//! Knows the spellings of insertion, removal, reading and enumeration. Must not weigh them: that is for rules.

mod innocent;
mod naming;
mod through_calls;
mod unread;

pub(super) use naming::name;

use rustc_hash::{FxHashMap, FxHashSet};

use super::Program;
use super::flow::{Escape, SiteIdx, SiteKind, UNKNOWN};
use super::lifetimes::{Holder, Lifetime};
use crate::finding::Scope;
use crate::source::Place;
use crate::summary::{CallKind, Name, OpIdx, OpKind, RegionKind, TypeIdx, Write};

/// What a collection is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// A `Map` or a class that extends it.
    Map,
    /// A `Set` or a class that extends it.
    Set,
    /// An array.
    Array,
    /// An object whose computed properties are entries.
    Object,
}

/// Something that adds an entry.
#[derive(Clone, Copy, Debug)]
pub struct Insertion {
    /// The call or write.
    pub op: OpIdx,
    /// What holds the collection to which it adds; none where a longer copy takes its place.
    pub target: Option<OpIdx>,
    /// The key; for a `Set` the element.
    pub key: Option<OpIdx>,
    /// The value; for an array the element.
    pub value: Option<OpIdx>,
    /// Into a collection that is itself an entry.
    pub is_nested: bool,
    /// The collection is replaced by a longer copy of itself.
    pub is_copy: bool,
    /// Where the collection is handed to the function that adds, if it is: each such call counts for itself.
    pub via: Option<OpIdx>,
    /// The key as the function that adds names it.
    pub inner_key: Option<OpIdx>,
}

impl Insertion {
    /// An insertion at `op` into what `target` holds.
    fn new(op: OpIdx, target: OpIdx, key: Option<OpIdx>, value: Option<OpIdx>) -> Self {
        Self {
            op,
            target: Some(target),
            key,
            value,
            is_nested: false,
            is_copy: false,
            via: None,
            inner_key: key,
        }
    }

    /// The writing of a longer copy at `op`.
    fn copy(op: OpIdx) -> Self {
        Self {
            op,
            target: None,
            key: None,
            value: None,
            is_nested: false,
            is_copy: true,
            via: None,
            inner_key: None,
        }
    }
}

/// How a collection is made smaller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shrink {
    /// One entry goes: `delete`, `pop`, `splice`.
    Entry,
    /// All entries go: `clear`, `length = 0`, another collection in its place.
    All,
}

/// A long-lived collection.
#[expect(clippy::struct_excessive_bools, reason = "independent facts")]
#[derive(Clone, Debug)]
pub struct Collection {
    pub(crate) site: SiteIdx,
    /// What it is made of.
    pub shape: Shape,
    /// The operation that allocates it.
    pub allocation: OpIdx,
    /// How long it lives.
    pub lifetime: Lifetime,
    /// The name by which it is kept, as written.
    pub binding: String,
    /// Its declaration.
    pub place: Place,
    /// What owns it.
    pub scope: Scope,
    /// The type of its keys or elements, where its declaration or allocation says so.
    pub key_type: Option<TypeIdx>,
    /// What adds entries, in the order of the program.
    pub insertions: Vec<Insertion>,
    /// What takes entries away.
    pub removals: Vec<(OpIdx, Shrink)>,
    /// What reads entries.
    pub reads: Vec<OpIdx>,
    /// What goes through all entries.
    pub enumerations: Vec<OpIdx>,
    /// Whether anything asks how many entries it has.
    pub is_measured: bool,
    /// Whether something is taken from collections that are its entries, which themselves stay.
    pub sheds: bool,
    /// Calls that hand it to code that we do not see.
    pub passed: Vec<OpIdx>,
    /// Whether importers that we do not see can reach it.
    pub is_exported: bool,
    /// Whether it is only ever written: nothing looks at what is in it.
    pub is_unread: bool,
}

#[derive(Default)]
struct Uses {
    insertions: Vec<Insertion>,
    removals: Vec<(OpIdx, Shrink)>,
    reads: Vec<OpIdx>,
    enumerations: Vec<OpIdx>,
    is_measured: bool,
    sheds: bool,
    passed: Vec<OpIdx>,
}

struct Gather<'a> {
    program: &'a Program,
    uses: FxHashMap<SiteIdx, Uses>,
    /// The method that is being called, where a class of the program may have one of that name of its own.
    method: Option<Name>,
}

/// The collections of a program.
pub(super) fn collect(program: &Program) -> Vec<Collection> {
    let mut gather = Gather {
        program,
        uses: FxHashMap::default(),
        method: None,
    };
    for position in 0..program.code.ops.len() {
        gather.op(OpIdx(position as u32));
    }
    for &(call, node) in &program.flow.passed {
        if only_looks(program, call) {
            continue;
        }
        for &site in program.flow.of_node(node) {
            if let Some(uses) = gather.kept(site) {
                uses.passed.push(call);
            }
        }
    }
    gather.replacements();
    gather.nest();
    let mut sites: Vec<SiteIdx> = gather.uses.keys().copied().collect();
    sites.sort_unstable();
    let mut found: Vec<Collection> = Vec::new();
    for site in sites {
        let uses = gather.uses.remove(&site).unwrap_or_default();
        found.extend(describe(program, site, uses));
    }
    unread::mark(program, &mut found);
    found
}

/// `hasOwnProperty.call(table, key)`, `console.log(table)` and the like keep nothing and change nothing.
fn only_looks(program: &Program, call: OpIdx) -> bool {
    let OpKind::Call { callee, .. } = *program.code.kind(call) else {
        return false;
    };
    let name_of = |op: OpIdx| match *program.code.kind(op) {
        OpKind::Member { name, .. } | OpKind::Global(name) => program.text(name),
        OpKind::Read(binding) => program.binding_name(binding),
        _ => "",
    };
    let name = match *program.code.kind(callee) {
        OpKind::Member { object, name } if matches!(program.text(name), "call" | "apply") => {
            name_of(object)
        }
        _ => name_of(callee),
    };
    matches!(
        name.trim_start_matches('_')
            .trim_end_matches(|last: char| last.is_ascii_digit() || last == '$'),
        "hasOwnProperty"
            | "hasOwn"
            | "hasOwnProp"
            | "has"
            | "isArray"
            | "log"
            | "debug"
            | "warn"
            | "error"
            | "info"
            | "stringify"
            | "inspect"
            | "keys"
            | "propertyIsEnumerable"
            | "toString"
            | "push"
            | "slice"
            | "isEmpty"
            | "includes"
            | "indexOf"
            | "assert"
            | "ok"
            | "freeze"
    )
}

/// The shape of what a site allocates, if it is a collection.
fn shape(program: &Program, site: SiteIdx) -> Option<Shape> {
    shape_at(program, site, 0)
}

fn shape_at(program: &Program, site: SiteIdx, depth: u32) -> Option<Shape> {
    match program.flow.sites[site.0 as usize].kind {
        SiteKind::Map => Some(Shape::Map),
        SiteKind::Set => Some(Shape::Set),
        SiteKind::Array => Some(Shape::Array),
        SiteKind::Object | SiteKind::Function(_) | SiteKind::Class(_) | SiteKind::Exports => {
            Some(Shape::Object)
        }
        SiteKind::Instance(of) => {
            Some(inherited_shape(program, of, depth).unwrap_or(Shape::Object))
        }
        _ => None,
    }
}

/// What a class that extends a builtin collection is made of.
fn inherited_shape(program: &Program, constructor: SiteIdx, depth: u32) -> Option<Shape> {
    let SiteKind::Class(class) = program.flow.sites[constructor.0 as usize].kind else {
        return None;
    };
    if depth > 8 {
        return None;
    }
    let heritage = program.code.classes[class.at()].heritage?;
    program.flow.of_op(heritage).iter().find_map(|&parent| {
        match program.flow.sites[parent.0 as usize].kind {
            SiteKind::Builtin(name) => match program.text(name) {
                "Map" => Some(Shape::Map),
                "Set" => Some(Shape::Set),
                "Array" => Some(Shape::Array),
                _ => None,
            },
            _ => inherited_shape(program, parent, depth + 1),
        }
    })
}

impl Gather<'_> {
    /// The uses of a site, if it may be a long-lived collection.
    fn kept(&mut self, site: SiteIdx) -> Option<&mut Uses> {
        let lifetime = *self.program.lifetimes.of.get(site.0 as usize)?;
        if site == UNKNOWN || lifetime < Lifetime::Stored || shape(self.program, site).is_none() {
            return None;
        }
        Some(self.uses.entry(site).or_default())
    }

    fn each(&mut self, object: OpIdx, wanted: &[Shape], add: impl Fn(&mut Uses)) {
        let program = self.program;
        for &site in program.flow.of_op(object) {
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

    fn op(&mut self, op: OpIdx) {
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
                self.each(*object, &[Shape::Array, Shape::Object], |uses| {
                    uses.insertions.push(insertion);
                });
                if self.replaces_entry(op, *value) {
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
                op: crate::summary::BinaryOp::In,
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

    /// `queue[stage] = []`, whatever was there before.
    fn replaces_entry(&self, op: OpIdx, value: OpIdx) -> bool {
        let program = self.program;
        let is_empty = match program.code.kind(value) {
            OpKind::Array { elements } => elements.is_empty(),
            OpKind::Object { properties } => *properties == 0,
            OpKind::Call { args, kind, .. } => *kind == CallKind::New && args.is_empty(),
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
            "set" if args.len() >= 2 => {
                self.each(object, &[Shape::Map], |uses| {
                    uses.insertions
                        .push(insertion(object, Some(args[0]), Some(args[1])));
                });
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
            "assign" if args.len() >= 2 => {
                let is_fixed = args[1..]
                    .iter()
                    .all(|&source| is_fixed_literal(program, source));
                if !is_fixed {
                    self.each(args[0], &[Shape::Object], |uses| {
                        uses.insertions
                            .push(insertion(args[0], None, Some(args[1])));
                    });
                }
            }
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
    fn replacements(&mut self) {
        let program = self.program;
        for (&site, writes) in sorted(&program.lifetimes.copies) {
            if let Some(uses) = self.kept(site) {
                for &op in writes {
                    uses.insertions.push(Insertion::copy(op));
                }
            }
        }
        for (&site, writes) in sorted(&program.lifetimes.resets) {
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
    fn nest(&mut self) {
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
                if let Some(outer_uses) = self.kept(outer) {
                    outer_uses.sheds = true;
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

fn describe(program: &Program, site: SiteIdx, uses: Uses) -> Option<Collection> {
    let lifetime = program.lifetimes.of[site.0 as usize];
    let allocation = program.flow.sites[site.0 as usize].op?;
    let shape = shape(program, site)?;
    let name = naming::name(program, site, 0)?;
    if innocent::has_weak_alternative(program, site) {
        return None;
    }
    let mut uses = uses;
    uses.insertions.retain(|insertion| {
        !innocent::is_spared(program, insertion, site)
            && !innocent::is_construction(program, allocation, insertion)
    });
    uses.insertions = uses
        .insertions
        .iter()
        .flat_map(|insertion| through_calls::through_calls(program, insertion, site))
        .collect();
    Some(Collection {
        site,
        shape,
        allocation,
        lifetime,
        binding: name.text,
        place: name.place,
        scope: name.scope,
        key_type: naming::key_type(program, allocation, name.binding),
        insertions: uses.insertions,
        removals: uses.removals,
        reads: uses.reads,
        enumerations: uses.enumerations,
        is_measured: uses.is_measured,
        sheds: uses.sheds,
        passed: uses.passed,
        is_exported: program.flow.escapes(site, Escape::Exported),
        is_unread: false,
    })
}

/// The sites to which recurring code adds entries, whatever their lifetime.
pub(super) fn written_later(program: &Program) -> FxHashSet<SiteIdx> {
    let mut found = FxHashSet::default();
    for (position, op) in program.code.ops.iter().enumerate() {
        let object = match &op.kind {
            OpKind::StoreIndex { object, write, .. } if *write != Write::Init => *object,
            OpKind::Call { callee, .. } => match *program.code.kind(*callee) {
                OpKind::Member { object, name }
                    if matches!(
                        program.text(name),
                        "set" | "add" | "push" | "unshift" | "splice"
                    ) =>
                {
                    object
                }
                _ => continue,
            },
            _ => continue,
        };
        if program.recurs(OpIdx(position as u32)) {
            found.extend(program.flow.of_op(object));
        }
    }
    found
}
