//! Long-lived collections with everything that is done to them, in whatever file.
//!
//! Must not weigh what is done: that is for rules.

mod gather;
mod innocent;
mod naming;
mod through_calls;
mod unread;

pub(super) use naming::name;

use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};

use super::flow::{Escape, SiteIdx, SiteKind};
use super::lifetimes::Lifetime;
use super::{Program, tests_of};
use crate::finding::Scope;
use crate::source::Place;
use crate::summary::{FunctionIdx, OpIdx, OpKind, TypeIdx, Write};
use gather::{Gather, Uses};

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
    /// All entries go: `clear`, `length = 0`, another collection in its place, a loop that takes each.
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

/// The collections of a program.
pub(super) fn collect(program: &Program) -> Vec<Collection> {
    let mut gather = Gather::new(program);
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
    let mut used: Vec<(SiteIdx, Uses)> = gather.uses.into_iter().collect();
    used.sort_unstable_by_key(|&(site, _)| site);
    let mut found: Vec<Collection> = used
        .into_par_iter()
        .filter_map(|(site, uses)| describe(program, site, uses))
        .collect();
    unread::mark(program, &mut found);
    found
}

/// The function that adds an entry, and the place from which it reads the key.
pub(super) type Filling = (FunctionIdx, tests_of::Place);

/// Which collections each function fills from each place, as indices in their order, with what holds the collection.
pub(super) fn filled(
    program: &Program,
    collections: &[Collection],
) -> FxHashMap<Filling, Vec<(u32, OpIdx)>> {
    let mut found: FxHashMap<Filling, Vec<(u32, OpIdx)>> = FxHashMap::default();
    for (index, collection) in collections.iter().enumerate() {
        for insertion in &collection.insertions {
            if let Some(target) = insertion.target
                && let Some(filling) = filling(program, insertion)
            {
                let filled = found.entry(filling).or_default();
                let filled_here = (index as u32, target);
                if filled.last() != Some(&filled_here) {
                    filled.push(filled_here);
                }
            }
        }
    }
    found
}

fn filling(program: &Program, insertion: &Insertion) -> Option<Filling> {
    let place = tests_of::place(&program.code, insertion.inner_key?)?;
    Some((program.function_of(insertion.op), place))
}

impl Program {
    /// The collections that the same functions fill under the same keys as these insertions, in their order.
    pub fn filled_beside<'a>(
        &self,
        insertions: impl Iterator<Item = &'a Insertion>,
    ) -> impl Iterator<Item = &Collection> {
        let mut asked: FxHashSet<(Filling, OpIdx)> = FxHashSet::default();
        let mut beside: Vec<u32> = Vec::new();
        for insertion in insertions {
            let Some((filling, target)) = filling(self, insertion).zip(insertion.target) else {
                continue;
            };
            let Some(filled) = self.filled.get(&filling) else {
                continue;
            };
            if asked.insert((filling, target)) {
                let others = filled
                    .iter()
                    .filter(|&&(_, other)| self.are_apart(target, other));
                beside.extend(others.map(|&(index, _)| index));
            }
        }
        beside.sort_unstable();
        beside.dedup();
        beside
            .into_iter()
            .map(|index| &self.collections[index as usize])
    }

    /// Whether two operations cannot give the same collection.
    fn are_apart(&self, one: OpIdx, other: OpIdx) -> bool {
        let others = self.flow.of_op(other);
        !self
            .flow
            .of_op(one)
            .iter()
            .any(|site| others.contains(site))
    }
}

/// `hasOwnProperty.call(table, key)`, `console.log(table)` and the like keep nothing and change nothing.
fn only_looks(program: &Program, call: OpIdx) -> bool {
    let OpKind::Call { callee, .. } = *program.code.kind(call) else {
        return false;
    };
    let name_of = |op: OpIdx| program.callee_name(op).unwrap_or_default();
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
            | "json"
            | "jsonp"
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
    match program.flow.sites[site.0 as usize].kind {
        SiteKind::Map => Some(Shape::Map),
        SiteKind::Set => Some(Shape::Set),
        SiteKind::Array => Some(Shape::Array),
        SiteKind::Object | SiteKind::Function(_) | SiteKind::Class(_) | SiteKind::Exports => {
            Some(Shape::Object)
        }
        SiteKind::Instance(of) => Some(inherited_shape(program, of).unwrap_or(Shape::Object)),
        _ => None,
    }
}

/// How many classes are looked at to find a builtin that they extend.
const MAX_CLASSES: usize = 32;

/// What a class that extends a builtin collection is made of. What it extends may be one of many classes.
fn inherited_shape(program: &Program, constructor: SiteIdx) -> Option<Shape> {
    let mut seen = vec![constructor];
    let mut next = 0;
    while let Some(&constructor) = seen.get(next) {
        next += 1;
        match program.flow.sites[constructor.0 as usize].kind {
            SiteKind::Class(class) => {
                let heritage = program.code.classes[class.at()].heritage;
                for &parent in heritage.map_or(&[][..], |heritage| program.flow.of_op(heritage)) {
                    if seen.len() < MAX_CLASSES && !seen.contains(&parent) {
                        seen.push(parent);
                    }
                }
            }
            SiteKind::Builtin(name) => match program.text(name) {
                "Map" => return Some(Shape::Map),
                "Set" => return Some(Shape::Set),
                "Array" => return Some(Shape::Array),
                _ => {}
            },
            _ => {}
        }
    }
    None
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
    for (removal, shrink) in &mut uses.removals {
        if *shrink == Shrink::Entry && program.emptying(site, *removal).is_some() {
            *shrink = Shrink::All;
        }
    }
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
