//! Functions that define a module or a service for a loader that calls each of them once: AMD and `AngularJS`.
//!
//! Compares the names of calls and the shape of their arguments.

use super::{CallEdge, Constraint, SiteIdx, SiteKind, Solver};
use crate::summary::{BindingIdx, FunctionIdx, FunctionKind, OpIdx, OpKind};

/// How far a chain such as `angular.module("app").run(…).factory(…)` is followed.
const MAX_CHAIN: u32 = 64;

impl Solver<'_> {
    /// Finds the bindings that hold a module of `AngularJS`.
    pub(super) fn find_angular_modules(&mut self) {
        for index in 0..self.code.ops.len() {
            if let OpKind::Assign { binding, value, .. } = self.code.ops[index].kind
                && self.is_angular_module(value)
            {
                self.angular_modules.insert(binding);
            }
        }
    }

    /// Whether an operation is `angular.module("name", …)`, or a chain of calls on it.
    fn is_angular_module(&self, op: OpIdx) -> bool {
        let mut op = op;
        for _ in 0..MAX_CHAIN {
            match self.code.kind(op) {
                OpKind::Call { callee, args, .. } => {
                    let OpKind::Member { object, name } = *self.code.kind(*callee) else {
                        return false;
                    };
                    let is_named = matches!(args[..], [first, ..] if self.is_str(first));
                    if is_named && self.text(name) == "module" {
                        return true;
                    }
                    op = object;
                }
                OpKind::Read(binding) => return self.angular_modules.contains(binding),
                _ => return false,
            }
        }
        false
    }

    fn is_str(&self, op: OpIdx) -> bool {
        matches!(self.code.kind(op), OpKind::Str(_))
    }

    fn is_array(&self, op: OpIdx) -> bool {
        matches!(self.code.kind(op), OpKind::Array { .. })
    }

    /// What a call defines, and whether it is constructed.
    fn defined(&self, callee: OpIdx, args: &[OpIdx]) -> Option<(OpIdx, bool)> {
        let name = self.called_name(callee)?;
        let (&last, before) = args.split_last()?;
        match self.text(name) {
            // `fastify.register(plugin)`
            "register" => {
                let is_function =
                    before.is_empty() || matches!(self.code.kind(last), OpKind::Object { .. });
                let plugin = *args.first()?;
                (is_function && self.receiver(callee).is_some()).then_some((plugin, false))
            }
            "define" => {
                let is_global = matches!(self.code.kind(callee), OpKind::Global(_));
                let fits = match *before {
                    [] => is_global,
                    [only] => self.is_array(only) || (is_global && self.is_str(only)),
                    [name, needs] => self.is_str(name) && self.is_array(needs),
                    _ => false,
                };
                fits.then_some((last, false))
            }
            how @ ("config" | "directive" | "factory" | "filter" | "provider" | "run"
            | "service") => {
                let fits = match *before {
                    [] => matches!(how, "config" | "run"),
                    [name] => self.is_str(name),
                    _ => false,
                };
                let receiver = self.receiver(callee)?;
                if !fits || !self.is_angular_module(receiver) {
                    return None;
                }
                let function = match self.code.kind(last) {
                    OpKind::Array { elements } => *elements.last()?,
                    _ => last,
                };
                Some((function, matches!(how, "provider" | "service")))
            }
            _ => None,
        }
    }

    /// A call that may define a module.
    pub(super) fn setup_definition(&mut self, op: OpIdx, callee: OpIdx, args: &[OpIdx]) {
        if let Some((function, constructs)) = self.defined(callee, args) {
            let node = self.op_node(function);
            let call = op;
            self.constrain_new(node, Constraint::Define { call, constructs });
        }
    }

    /// Whether a function that is registered is a plugin, by what it calls what it gets.
    fn takes_server(&self, call: OpIdx, function: FunctionIdx) -> bool {
        let OpKind::Call { callee, .. } = *self.code.kind(call) else {
            return true;
        };
        let is_registered = self
            .called_name(callee)
            .is_some_and(|name| self.text(name) == "register");
        let first = self.code.functions[function.at()].params.first();
        !is_registered
            || first.is_some_and(|param| {
                let name = self.code.bindings[param.at()].name;
                matches!(
                    self.text(name),
                    "api" | "app" | "fastify" | "instance" | "scope" | "server"
                )
            })
    }

    /// A loader calls a function once, and keeps what that returns or what it constructs for whoever asks.
    pub(super) fn define(&mut self, call: OpIdx, constructs: bool, site: SiteIdx) {
        let SiteKind::Function(function) = self.kind(site) else {
            return;
        };
        if !self.takes_server(call, function) {
            return;
        }
        self.calls.push(CallEdge {
            op: call,
            to: function,
        });
        self.wrappers.insert(function);
        let kept = self.new_node();
        self.give(function, &[], kept);
        if constructs && self.code.functions[function.at()].kind != FunctionKind::Arrow {
            let instance = self.new_instance(site, call);
            self.insert(kept, instance);
            // Others call its methods on it.
            self.add_receiver(instance, kept);
        }
        self.edge(kept, self.exported_sink);
        self.defined.push((function, kept));
    }
}

/// The bindings that hold a module of `AngularJS`.
pub(super) type AngularModules = rustc_hash::FxHashSet<BindingIdx>;
