//! The conditions under which an insertion runs, as far as they bound the collection or tell who runs it.
//!
//! Must not weigh them: that is for rules.

mod lists;
mod moves;
mod pools;
mod predicates;
mod searches;
mod sizes;
mod switches;
mod tables;

use super::collections::{Collection, Insertion};
use super::lifetimes::Lifetime;
use super::literals::Failure;
use super::{Program, SiteIdx, stands_in, tests_of};
use crate::summary::{
    BinaryOp, BindingIdx, BindingKind, FunctionIdx, FunctionKind, OpIdx, OpKind, RegionKind,
    UnaryOp,
};
use searches::Search;

/// What a condition says about an insertion.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Guard {
    /// The number of entries is compared with a limit.
    Size,
    /// The key is one of a fixed set.
    Membership,
    /// Only where the code is being developed.
    Development,
    /// Only where an environment variable asks for it.
    Switched,
    /// Only until a flag is set, which nothing takes back.
    Until,
    /// Only where no entry has the key yet.
    Absent,
    /// Only where an entry has the key: it is overwritten.
    Present,
    /// Never: by the program's text, a condition fails.
    Never,
    /// Only where something is set that the program itself never sets.
    Unset,
    /// Only where callers bring an object with a property that no object here is given.
    Unbrought,
    /// Only where another long-lived collection lacks a value, which the same function then adds to it.
    Beside,
}

/// How many closures around an insertion are looked at.
const MAX_CLOSURES: usize = 4;

/// A question whether a collection has an entry, and its answer.
struct Lookup {
    object: OpIdx,
    key: OpIdx,
    is_found: bool,
}

impl Program {
    /// The conditions around an insertion, innermost first.
    pub fn guards(&self, collection: &Collection, insertion: &Insertion) -> Vec<Guard> {
        let mut found = Vec::new();
        // `if (!(key in table)) return; load().then((value) => cache.set(key, value))`
        let mut makers = self.makers(insertion.op);
        if makers.any(|maker| self.is_chosen_at(maker, collection, insertion))
            || self.is_checked_before(collection, insertion)
            || self.is_taken_before(insertion)
        {
            found.push(Guard::Membership);
        }
        found.extend(match self.failure_at(insertion.op) {
            Some(Failure::Certain) => Some(Guard::Never),
            Some(Failure::Unset) => Some(Guard::Unset),
            Some(Failure::Unbrought) => Some(Guard::Unbrought),
            None => None,
        });
        for (_, kind) in self.regions(insertion.op) {
            match kind {
                RegionKind::Branch { test, sense, .. } => {
                    tests_of::certain(&self.code, *test, *sense, &mut |atom, sense| {
                        if self.finds_entry(collection, insertion, atom, sense) {
                            found.push(Guard::Present);
                        }
                        if self.lacks_beside(collection, insertion, atom, sense) {
                            found.push(Guard::Beside);
                        }
                        if self.is_let_pass(collection, insertion, atom, sense) {
                            found.push(Guard::Membership);
                        }
                        if sense && self.is_environment(atom) {
                            found.push(Guard::Switched);
                        }
                        if !sense && self.is_set_for_good(atom) {
                            found.push(Guard::Until);
                        }
                        if self.is_empty(collection, atom, sense) {
                            found.push(Guard::Size);
                        }
                    });
                    tests_of::atoms(&self.code, *test, *sense, &mut |atom, sense| {
                        found.extend(self.guard(collection, insertion, atom, sense));
                        // `const cacheable = text.length < 10; if (cacheable) …`
                        if let Some(value) = self.constant(atom) {
                            tests_of::atoms(&self.code, value, sense, &mut |atom, sense| {
                                found.extend(self.guard(collection, insertion, atom, sense));
                            });
                        }
                    });
                }
                RegionKind::Case {
                    discriminant,
                    tests,
                } if !tests.is_empty() && self.is_key(*discriminant, insertion) => {
                    found.push(Guard::Membership);
                }
                RegionKind::Loop { test: Some(test) } => {
                    tests_of::atoms(&self.code, *test, true, &mut |atom, _| {
                        if self.compares_size(collection, insertion, atom) {
                            found.push(Guard::Size);
                        }
                    });
                }
                _ => {}
            }
        }
        found
    }

    /// Whether the conditions around an operation are certain to say that the key of an insertion is one of a fixed set.
    fn is_chosen_at(&self, op: OpIdx, collection: &Collection, insertion: &Insertion) -> bool {
        self.regions(op).any(|(_, kind)| match *kind {
            RegionKind::Branch { test, sense, .. } => {
                self.is_chosen_by(test, sense, collection, insertion)
            }
            _ => false,
        })
    }

    /// Whether a condition that came out as `sense` is certain to say that the key of an insertion is one of a fixed set.
    fn is_chosen_by(
        &self,
        test: OpIdx,
        sense: bool,
        collection: &Collection,
        insertion: &Insertion,
    ) -> bool {
        let mut is_chosen = false;
        tests_of::certain(&self.code, test, sense, &mut |atom, sense| {
            is_chosen |= self.guard(collection, insertion, atom, sense) == Some(Guard::Membership);
        });
        is_chosen
    }

    /// The operations that make the closures around an operation, innermost first.
    pub(super) fn makers(&self, op: OpIdx) -> impl Iterator<Item = OpIdx> {
        let maker = |op: OpIdx| {
            let site = self.flow.function_site[self.function_of(op).at()]?;
            self.flow.sites[site.0 as usize].op
        };
        std::iter::successors(maker(op), move |&op| maker(op)).take(MAX_CLOSURES)
    }

    /// Whether a function runs only where the code is being developed: made in such a branch, or called only from them.
    pub fn is_development_only(&self, function: FunctionIdx) -> bool {
        self.is_development_only_at(function, 0)
    }

    fn is_development_only_at(&self, function: FunctionIdx, depth: u32) -> bool {
        let in_branch = |op: OpIdx| {
            let mut found = false;
            for (_, kind) in self.regions(op) {
                if let RegionKind::Branch { test, sense, .. } = *kind {
                    tests_of::atoms(&self.code, test, sense, &mut |atom, sense| {
                        found |= self.is_development(atom, sense);
                    });
                }
            }
            found
        };
        if depth > 4 {
            return false;
        }
        let made = self.flow.function_site[function.at()]
            .and_then(|site| self.flow.sites[site.0 as usize].op);
        if made.is_some_and(in_branch) {
            return true;
        }
        let is_inside = |op: OpIdx| {
            in_branch(op) || self.is_development_only_at(self.function_of(op), depth + 1)
        };
        let callers = &self.facts.callers[function.at()];
        if !callers.is_empty() && callers.len() < 20 && !self.flow.function_escapes(function) {
            return callers.iter().all(|&caller| is_inside(caller));
        }
        self.code.functions[function.at()]
            .parent
            .is_some_and(|parent| {
                self.code.functions[parent.at()].kind != FunctionKind::Module
                    && self.is_development_only_at(parent, depth + 1)
            })
    }

    /// Whether a function loads a bundler's modules: it calls something with `m` and `m.exports`.
    pub fn is_module_loader(&self, function: FunctionIdx) -> bool {
        self.flow.loaders.contains(&function)
    }

    fn guard(
        &self,
        collection: &Collection,
        insertion: &Insertion,
        atom: OpIdx,
        sense: bool,
    ) -> Option<Guard> {
        if self.is_development(atom, sense) {
            return Some(Guard::Development);
        }
        if self.compares_size(collection, insertion, atom) {
            return Some(Guard::Size);
        }
        if let Some(Lookup {
            object,
            key,
            is_found,
        }) = self.lookup(atom, sense, 0)
        {
            let sites = self.flow.of_op(object);
            if sites.contains(&collection.site) {
                return (!is_found).then_some(Guard::Absent);
            }
            let is_constant = self.is_fixed(object);
            if is_found && is_constant && self.is_key(key, insertion) {
                return Some(Guard::Membership);
            }
        }
        match *self.code.kind(atom) {
            OpKind::Binary {
                op: op @ (BinaryOp::Less | BinaryOp::Greater),
                left,
                right,
            } => {
                // `key < 256`: a range test.
                let is_number =
                    |op: OpIdx| matches!(self.code.kind(op), OpKind::Num(number) if *number > 0.0);
                let is_below = (op == BinaryOp::Less) == sense;
                let bounds = (is_below && is_number(right) && self.is_key(left, insertion))
                    || (!is_below && is_number(left) && self.is_key(right, insertion));
                bounds.then_some(Guard::Membership)
            }
            OpKind::Binary {
                op: BinaryOp::Equal | BinaryOp::NotEqual,
                left,
                right,
            } => {
                let equal = matches!(
                    self.code.kind(atom),
                    OpKind::Binary {
                        op: BinaryOp::Equal,
                        ..
                    }
                ) == sense;
                let is_literal =
                    |op: OpIdx| matches!(self.code.kind(op), OpKind::Str(_) | OpKind::Num(_));
                let compares_key = (is_literal(right) && self.is_key(left, insertion))
                    || (is_literal(left) && self.is_key(right, insertion));
                (equal && compares_key).then_some(Guard::Membership)
            }
            _ => None,
        }
    }

    /// Whether a condition that came out as `sense` says that the collection has an entry of the insertion's key.
    fn finds_entry(
        &self,
        collection: &Collection,
        insertion: &Insertion,
        atom: OpIdx,
        sense: bool,
    ) -> bool {
        insertion.key.is_some()
            && self.lookup(atom, sense, 0).is_some_and(|lookup| {
                lookup.is_found
                    && self.flow.of_op(lookup.object).contains(&collection.site)
                    && self.is_key(lookup.key, insertion)
            })
    }

    /// Whether the key of an insertion comes from going through the keys that the collection has.
    pub fn is_own_key(&self, collection: &Collection, insertion: &Insertion) -> bool {
        let Some(&OpKind::Read(binding)) = insertion.key.map(|key| self.code.kind(key)) else {
            return false;
        };
        let is_its =
            |of: Option<OpIdx>| of.is_some_and(|of| self.flow.of_op(of) == [collection.site]);
        if let BindingKind::Param(0) = self.code.bindings[binding.at()].kind {
            let callers = &self.facts.callers[self.code.bindings[binding.at()].function.at()];
            return self.facts.assigns[binding.at()].is_empty()
                && !callers.is_empty()
                && callers.iter().all(|&call| match *self.code.kind(call) {
                    OpKind::Call { callee, .. } => match *self.code.kind(callee) {
                        OpKind::Member { object, .. } => {
                            self.calls_back(call) && is_its(self.owner_of_keys(object))
                        }
                        _ => false,
                    },
                    _ => false,
                });
        }
        self.regions(insertion.op).any(|(region, kind)| {
            let RegionKind::Iteration { element } = *kind else {
                return false;
            };
            let OpKind::Iterate { over, keys } = *self.code.kind(element) else {
                return false;
            };
            let gives = |assign: OpIdx| matches!(*self.code.kind(assign), OpKind::Assign { value, .. } if value == element);
            let mut assigns = self.facts.assigns[binding.at()].iter().filter(|&&assign| {
                gives(assign) || stands_in(&self.code, assign, region)
            });
            is_its(if keys { Some(over) } else { self.owner_of_keys(over) })
                && assigns.next().is_some_and(|&first| gives(first))
                && assigns.next().is_none()
        })
    }

    /// Whether a condition holds only where another long-lived collection, from which nothing is taken, lacks what the
    /// function then adds to it.
    fn lacks_beside(
        &self,
        collection: &Collection,
        insertion: &Insertion,
        atom: OpIdx,
        sense: bool,
    ) -> bool {
        let Some(Lookup {
            object: list,
            key,
            is_found: false,
        }) = self.lookup(atom, sense, 0)
        else {
            return false;
        };
        let Some(place) = tests_of::place(&self.code, key) else {
            return false;
        };
        let is_key = |op: &OpIdx| tests_of::place(&self.code, *op) == Some(place);
        let lists = self.flow.of_op(list);
        let is_kept = |&site: &SiteIdx| {
            self.lifetimes.of[site.0 as usize] == Lifetime::Process
                && site != super::flow::UNKNOWN
                && site != collection.site
                && !self
                    .collections()
                    .iter()
                    .any(|other| other.site == site && !other.removals.is_empty())
        };
        let adds = |op: OpIdx| match self.code.kind(op) {
            OpKind::Call { callee, args, .. } => match *self.code.kind(*callee) {
                OpKind::Member { object, name } => {
                    matches!(self.text(name), "push" | "add" | "set")
                        && args.first().is_some_and(is_key)
                        && self.flow.of_op(object) == lists
                }
                _ => false,
            },
            OpKind::StoreIndex { object, key, .. } => {
                is_key(key) && self.flow.of_op(*object) == lists
            }
            _ => false,
        };
        !lists.is_empty()
            && self
                .ops_of(self.function_of(insertion.op))
                .any(|op| op != insertion.op && adds(op))
            && lists.iter().all(is_kept)
    }

    /// The object whose keys an operation lists: `Object.keys(object)`, `map.keys()`.
    fn owner_of_keys(&self, list: OpIdx) -> Option<OpIdx> {
        let OpKind::Call { callee, args, .. } = self.code.kind(list) else {
            return None;
        };
        let OpKind::Member { object, name } = *self.code.kind(*callee) else {
            return None;
        };
        match (self.text(name), &args[..]) {
            ("keys", []) => Some(object),
            ("keys" | "getOwnPropertyNames" | "ownKeys", [owner]) => Some(*owner),
            _ => None,
        }
    }

    /// What a condition that came out as `sense` says of an entry: `object.has(key)`, `key in object`, `object[key]`,
    /// `object.indexOf(key) >= 0`, `includes(object, key)`, `const hit = cache.get(key); if (hit) …`.
    fn lookup(&self, atom: OpIdx, sense: bool, depth: u32) -> Option<Lookup> {
        let found = |object: OpIdx, key: OpIdx| {
            Some(Lookup {
                object,
                key,
                is_found: sense,
            })
        };
        if depth > 3 {
            return None;
        }
        match self.code.kind(atom) {
            OpKind::Binary {
                op: BinaryOp::In,
                left,
                right,
            } => found(*right, *left),
            OpKind::Index { object, key } => found(*object, *key),
            OpKind::Call { callee, args, .. } => match (self.code.kind(*callee), &args[..]) {
                (&OpKind::Member { object, name }, [key])
                    if matches!(
                        self.text(name),
                        "find"
                            | "findIndex"
                            | "get"
                            | "has"
                            | "hasOwnProperty"
                            | "includes"
                            | "indexOf"
                            | "some"
                    ) =>
                {
                    found(object, *key)
                }
                (&OpKind::Member { name, .. }, [target, key])
                    if matches!(self.text(name), "call" | "hasOwn" | "indexOf" | "includes") =>
                {
                    found(*target, *key)
                }
                (&OpKind::Read(called), [list, key, ..])
                    if (args.len() == 2
                        && matches!(
                            self.binding_name(called),
                            "indexOf" | "includes" | "contains"
                        ))
                        || self.search_of(atom).is_some() =>
                {
                    found(*list, *key)
                }
                _ => None,
            },
            OpKind::Binary {
                op: op @ (BinaryOp::Equal | BinaryOp::NotEqual | BinaryOp::Less | BinaryOp::Greater),
                left,
                right,
            } => {
                let is_nothing = matches!(self.code.kind(*right), OpKind::Nullish);
                let is_number = match *self.code.kind(*right) {
                    OpKind::Num(_) => true,
                    OpKind::Unary {
                        op: UnaryOp::Number,
                        operand,
                    } => matches!(self.code.kind(operand), OpKind::Num(_)),
                    _ => false,
                };
                let is_positive = matches!(op, BinaryOp::NotEqual | BinaryOp::Greater);
                if is_nothing || (is_number && self.gives_position(*left)) {
                    self.lookup(*left, is_positive == sense, depth + 1)
                } else if is_number {
                    // What is compared is the value of an entry.
                    self.lookup(*left, sense, depth + 1)
                } else {
                    None
                }
            }
            // `~list.indexOf(key)`
            OpKind::Unary {
                op: UnaryOp::Number,
                operand,
            } => self.lookup(*operand, sense, depth + 1),
            OpKind::Read(binding) => {
                let value = self
                    .only_value(*binding)
                    .or_else(|| self.value_at(*binding, atom))?;
                self.lookup(value, sense, depth + 1)
            }
            _ => None,
        }
    }

    /// Whether an operation gives where in a list a value stands, or a negative number.
    fn gives_position(&self, op: OpIdx) -> bool {
        match *self.code.kind(op) {
            OpKind::Call { callee, .. } => match *self.code.kind(callee) {
                OpKind::Member { name, .. } => matches!(self.text(name), "findIndex" | "indexOf"),
                OpKind::Read(called) => {
                    self.binding_name(called) == "indexOf"
                        || self.search_of(op) == Some(Search::Position)
                }
                _ => false,
            },
            OpKind::Read(binding) => self
                .only_value(binding)
                .is_some_and(|value| self.gives_position(value)),
            _ => false,
        }
    }

    /// What the one assignment to a binding gives it; none where that is another binding.
    pub(super) fn only_value(&self, binding: BindingIdx) -> Option<OpIdx> {
        let [assign] = self.facts.assigns[binding.at()][..] else {
            return None;
        };
        match *self.code.kind(assign) {
            OpKind::Assign { value, .. } => {
                (!matches!(self.code.kind(value), OpKind::Read(_))).then_some(value)
            }
            _ => None,
        }
    }

    /// The condition that a binding stands for where it is read.
    fn constant(&self, op: OpIdx) -> Option<OpIdx> {
        let OpKind::Read(binding) = *self.code.kind(op) else {
            return None;
        };
        let value = self
            .only_value(binding)
            .or_else(|| self.value_at(binding, op))?;
        Some(value).filter(|&value| {
            matches!(
                self.code.kind(value),
                OpKind::Binary { .. } | OpKind::Either { .. } | OpKind::Unary { .. }
            )
        })
    }

    /// Whether an operation reads what an insertion uses as its key.
    pub(super) fn is_key(&self, op: OpIdx, insertion: &Insertion) -> bool {
        self.is_same(op, insertion.key) || self.is_same(op, insertion.inner_key)
    }

    /// Whether two operations read the same binding or property.
    pub(crate) fn is_same_place(&self, one: OpIdx, other: OpIdx) -> bool {
        self.is_same(one, Some(other))
    }

    /// Whether two operations read the same place.
    fn is_same(&self, one: OpIdx, other: Option<OpIdx>) -> bool {
        let Some(other) = other else { return false };
        match (
            tests_of::place(&self.code, one),
            tests_of::place(&self.code, other),
        ) {
            (Some(one), Some(other)) => one == other,
            _ => false,
        }
    }
}
