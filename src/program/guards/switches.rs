//! Conditions on how the program was started or built, and on what happened since.

use super::super::literals::Failure;
use super::super::{Program, flow, tests_of};
use crate::summary::{BinaryOp, FunctionKind, Name, OpIdx, OpKind, RegionKind, Write};

/// How many calls lead from a condition to what it is asked for.
const MAX_CALLS: u32 = 4;

/// How many calls of a function are looked at.
const MAX_CALLERS: usize = 12;

/// How many writes to properties of one name are looked at.
const MAX_WRITES: u32 = 6;

impl Program {
    /// `process.env.TRACE`.
    pub(super) fn is_environment(&self, atom: OpIdx) -> bool {
        let OpKind::Member { object, .. } = *self.code.kind(atom) else {
            return false;
        };
        match *self.code.kind(object) {
            OpKind::Member { object, name } => {
                self.text(name) == "env"
                    && matches!(*self.code.kind(object), OpKind::Global(name) if self.text(name) == "process")
            }
            _ => false,
        }
    }

    /// Whether an operation never runs: a condition around it fails, or around the making or each call of its function.
    pub(crate) fn failure_at(&self, op: OpIdx) -> Option<Failure> {
        self.failure_around(op, 0)
    }

    fn failure_around(&self, op: OpIdx, depth: u32) -> Option<Failure> {
        let mut here = None;
        for (_, kind) in self.regions(op) {
            if let RegionKind::Branch { test, sense, .. } = *kind {
                tests_of::certain(&self.code, test, sense, &mut |atom, sense| {
                    here = here.max(self.fails(atom, sense));
                });
            }
        }
        if here == Some(Failure::Certain) || depth >= MAX_CALLS {
            return here;
        }
        let mut makers = self.makers(op);
        here = here.max(
            makers
                .next()
                .and_then(|maker| self.failure_around(maker, depth + 1)),
        );
        let function = self.function_of(op);
        let callers = &self.facts.callers[function.at()];
        if callers.is_empty() || callers.len() > MAX_CALLERS || self.flow.function_escapes(function)
        {
            return here;
        }
        let mut others = callers
            .iter()
            .filter(|&&caller| self.function_of(caller) != function);
        // One caller that is let pass is enough, so it is the last that is looked at.
        let by_callers = others
            .try_fold(None, |least: Option<Failure>, &caller| {
                let failure = self.failure_around(caller, depth + 1)?;
                Some(Some(least.map_or(failure, |least| least.min(failure))))
            })
            .flatten();
        here.max(by_callers)
    }

    /// Whether a place is given something at some time, and never nothing after the making of its owner.
    pub(super) fn is_set_for_good(&self, place: OpIdx) -> bool {
        let is_true = |value: OpIdx| match *self.code.kind(value) {
            OpKind::Bool(value) => value,
            OpKind::Num(value) => value != 0.0,
            _ => false,
        };
        let begins = |write: OpIdx, how: Write| {
            how == Write::Init
                || !self.recurs(write)
                || matches!(
                    self.code.functions[self.function_of(write).at()].kind,
                    FunctionKind::Module | FunctionKind::Constructor | FunctionKind::Fields
                )
        };
        let mut is_set = false;
        let mut is_fit = |write: OpIdx, value: OpIdx, how: Write| {
            is_set |= is_true(value);
            is_true(value) || begins(write, how) || self.is_for_tests(write)
        };
        let fits = |write: OpIdx| match *self.code.kind(write) {
            OpKind::Assign {
                value, write: how, ..
            }
            | OpKind::Store {
                value, write: how, ..
            } => is_fit(write, value, how),
            _ => false,
        };
        self.writes_of(place)
            .is_some_and(|writes| writes.into_iter().all(fits))
            && is_set
    }

    /// All writes to a variable or to a property, where they are known.
    fn writes_of(&self, place: OpIdx) -> Option<Vec<OpIdx>> {
        match *self.code.kind(place) {
            OpKind::Read(binding) => Some(self.facts.assigns[binding.at()].to_vec()),
            OpKind::Member { object, name } => {
                let owners = self.flow.of_op(object);
                if !owners.is_empty() && !owners.contains(&flow::UNKNOWN) {
                    let writes = owners
                        .iter()
                        .flat_map(|&site| self.facts.field_writes(site, name));
                    return Some(writes.map(|write| write.write).collect());
                }
                // The owner is one, but not known: all that is given to properties of this name counts.
                let are_few = self.facts.writes_to(name) <= MAX_WRITES;
                (are_few && self.is_of_module(object)).then(|| self.writes_by_name(name).collect())
            }
            _ => None,
        }
    }

    /// Whether a variable that is declared once, or a property of what it holds, names an object.
    fn is_of_module(&self, object: OpIdx) -> bool {
        match *self.code.kind(object) {
            OpKind::Global(_) => true,
            OpKind::Member { object, .. } => self.is_of_module(object),
            OpKind::Read(binding) => {
                !self.function_recurs(self.code.bindings[binding.at()].function)
            }
            _ => false,
        }
    }

    /// The writes to properties of a name, of whatever objects.
    pub(in crate::program) fn writes_by_name(&self, name: Name) -> impl Iterator<Item = OpIdx> {
        self.facts.stores[name.0 as usize].iter().copied()
    }

    /// `process.env.NODE_ENV !== "production"`, `__DEV__`.
    pub(super) fn is_development(&self, atom: OpIdx, sense: bool) -> bool {
        match *self.code.kind(atom) {
            OpKind::Global(name) | OpKind::Member { name, .. } => {
                is_development_name(self.text(name)) && sense
            }
            OpKind::Read(binding) => {
                if is_development_name(self.binding_name(binding)) {
                    return sense;
                }
                // `const isProduction = process.env.NODE_ENV === "production"`
                let Some(value) = self.only_value(binding) else {
                    return false;
                };
                let mut found = false;
                tests_of::atoms(&self.code, value, sense, &mut |atom, sense| {
                    found |= !matches!(self.code.kind(atom), OpKind::Read(_))
                        && self.is_development(atom, sense);
                });
                found
            }
            OpKind::Binary {
                op: op @ (BinaryOp::Equal | BinaryOp::NotEqual),
                left,
                right,
            } => {
                let equal = (op == BinaryOp::Equal) == sense;
                [(left, right), (right, left)].iter().any(|&(place, literal)| {
                    let is_mode = matches!(*self.code.kind(place), OpKind::Member { name, .. } if self.text(name) == "NODE_ENV");
                    match self.code.kind(literal) {
                        OpKind::Str(mode) if self.text(*mode) == "production" => {
                            // Bundlers write the mode in: `"development" !== "production"`.
                            let is_written = matches!(*self.code.kind(place), OpKind::Str(mode) if self.text(mode) == "development");
                            !equal && (is_mode || is_written)
                        }
                        OpKind::Str(mode) => is_mode && equal && matches!(self.text(*mode), "development" | "dev" | "test"),
                        _ => false,
                    }
                })
            }
            _ => false,
        }
    }
}

fn is_development_name(name: &str) -> bool {
    matches!(
        name,
        "__DEV__"
            | "DEV"
            | "isDev"
            | "isDevelopment"
            | "IS_DEV"
            | "DEBUG"
            | "__DEBUG__"
            | "NG_DEV_MODE"
            | "ngDevMode"
    )
}
