//! Calls: of functions and classes of the program, of methods of collections, of code that we do not see.

use super::builtins;
use super::{CallEdge, Constraint, NodeIdx, SiteIdx, SiteKind, Solver, UNKNOWN};
use crate::program::copying::Copying;
use crate::summary::{BindingKind, CallKind, FunctionIdx, FunctionKind, Name, OpIdx, OpKind};

fn is_collection(kind: SiteKind) -> bool {
    matches!(
        kind,
        SiteKind::Array | SiteKind::Map | SiteKind::Set | SiteKind::Weak | SiteKind::Pair
    )
}

/// How many objects are searched for a method.
const MAX_OBJECTS: usize = 64;

impl<'a> Solver<'a> {
    fn call_parts(&self, op: OpIdx) -> Option<(OpIdx, &'a [OpIdx], CallKind)> {
        match self.code.kind(op) {
            OpKind::Call {
                callee, args, kind, ..
            } => Some((*callee, args, *kind)),
            _ => None,
        }
    }

    /// The name by which a call calls: of a method, a binding or a global.
    pub(super) fn called_name(&self, callee: OpIdx) -> Option<Name> {
        match *self.code.kind(callee) {
            OpKind::Member { name, .. } | OpKind::Global(name) => Some(name),
            OpKind::Read(binding) => Some(self.code.bindings[binding.at()].name),
            _ => None,
        }
    }

    /// The object on which a method is called.
    pub(super) fn receiver(&self, callee: OpIdx) -> Option<OpIdx> {
        match *self.code.kind(callee) {
            OpKind::Member { object, .. } | OpKind::Index { object, .. } => Some(object),
            _ => None,
        }
    }

    /// `site` is called by the operation.
    pub(super) fn call(&mut self, op: OpIdx, site: SiteIdx) {
        let Some((callee, args, kind)) = self.call_parts(op) else {
            return;
        };
        match self.kind(site) {
            SiteKind::Unknown => self.call_unknown(op, args),
            SiteKind::Builtin(name) => self.call_builtin(op, name),
            SiteKind::Function(function) => {
                let result = self.op_node(op);
                if kind == CallKind::New {
                    self.construct(op, site);
                    self.enter(op, function, args);
                    self.give(function, args, result);
                    return;
                }
                if self.wrapper_call(op, function, callee, args) {
                    return;
                }
                self.enter(op, function, args);
                if !self.give_copy(op, function, result) {
                    self.give(function, args, result);
                }
                self.bind_this(function, callee);
                if self.memoizing.helpers.contains_key(&function) {
                    self.memoized(op);
                }
            }
            SiteKind::Class(_) if kind == CallKind::New => {
                self.construct(op, site);
                self.construct_chain(op, site, args);
            }
            SiteKind::Class(_) => {
                let result = self.op_node(op);
                self.insert(result, UNKNOWN);
            }
            SiteKind::Instance(_) | SiteKind::Object if kind == CallKind::New => {
                let result = self.op_node(op);
                self.insert(result, UNKNOWN);
            }
            _ => {}
        }
    }

    /// A call gives a function that remembers, told apart from what other calls of the helper give.
    pub(super) fn memoized(&mut self, op: OpIdx) {
        let site = self.derived_site(op, SiteKind::Memoized);
        let result = self.op_node(op);
        self.insert(result, site);
    }

    fn bind_this(&mut self, function: FunctionIdx, callee: OpIdx) {
        let data = &self.code.functions[function.at()];
        if data.kind == FunctionKind::Arrow || (data.class.is_some() && !data.is_static) {
            return;
        }
        if self.prototype_methods.contains(&function) {
            // It gets the instances as `this` already, and what else it is called on is one of them.
            return;
        }
        if let Some(receiver) = self.receiver(callee) {
            let (receiver, this) = (self.op_node(receiver), self.this(function));
            self.edge(receiver, this);
        }
    }

    /// Passes arguments to parameters.
    fn enter(&mut self, op: OpIdx, function: FunctionIdx, args: &[OpIdx]) {
        self.calls.push(CallEdge { op, to: function });
        if let Some(all) = self.arguments(function) {
            for &arg in args {
                self.add_argument(arg, all);
            }
        }
        let code = self.code;
        let data = &code.functions[function.at()];
        for (position, &param) in data.params.iter().enumerate() {
            let node = self.binding(param);
            if data.has_rest && position + 1 == data.params.len() {
                let rest = self.rest_array(function, node);
                for &arg in args.iter().skip(position) {
                    self.add_argument(arg, rest);
                }
                return;
            }
            match args.get(position) {
                Some(&arg) if matches!(self.code.kind(arg), OpKind::Spread(_)) => {
                    // From here on, any element may be any parameter.
                    for &param in &data.params[position..] {
                        let node = self.binding(param);
                        self.add_argument(arg, node);
                    }
                    return;
                }
                Some(&arg) if self.may_hold_sites(arg) => {
                    let from = self.op_node(arg);
                    self.edge(from, node);
                }
                Some(_) => {}
                None => return,
            }
        }
    }

    /// What a call of a function gives: of the parameters that it hands back, what this call passes.
    pub(super) fn give(&mut self, function: FunctionIdx, args: &[OpIdx], to: NodeIdx) {
        let returned = self.returned(function);
        self.edge(returned, to);
        let code = self.code;
        let is_spread = |&arg: &OpIdx| matches!(code.kind(arg), OpKind::Spread(_));
        for position in 0..self.handed_back[function.at()].len() {
            let param = self.handed_back[function.at()][position];
            let passed = match code.bindings[param.at()].kind {
                BindingKind::Param(place) if !args.iter().any(is_spread) => {
                    args.get(place as usize)
                }
                _ => None,
            };
            let from = match passed {
                Some(&arg) => self.op_node(arg),
                None => self.binding(param),
            };
            self.edge(from, to);
        }
    }

    /// The elements of the array that a rest parameter holds.
    fn rest_array(&mut self, function: FunctionIdx, param: NodeIdx) -> NodeIdx {
        let rest = self.rest_arrays.get(&function).copied();
        let site = rest.unwrap_or_else(|| self.new_site(SiteKind::Array, None));
        self.rest_arrays.insert(function, site);
        self.insert(param, site);
        self.field(site, self.well_known.element)
    }

    /// What gets the arguments of a call of which the positions are not known.
    fn receiving(&mut self, function: FunctionIdx) -> Vec<NodeIdx> {
        let params = self.code.functions[function.at()].params.iter();
        let mut nodes: Vec<NodeIdx> = params.map(|&param| self.binding(param)).collect();
        nodes.extend(self.arguments(function));
        nodes
    }

    /// The elements of `arguments` in a function, where its code names that.
    pub(super) fn arguments(&mut self, function: FunctionIdx) -> Option<NodeIdx> {
        let site = *self.arguments.get(&function)?;
        Some(self.field(site, self.well_known.element))
    }

    /// An argument, or the elements of one that is spread.
    fn add_argument(&mut self, arg: OpIdx, to: NodeIdx) {
        if !self.may_hold_sites(arg) {
            return;
        }
        let from = self.op_node(arg);
        if matches!(self.code.kind(arg), OpKind::Spread(_)) {
            self.constrain(from, Constraint::LoadAny { to });
        } else {
            self.edge(from, to);
        }
    }

    /// `new f(…)`: an instance, one site per operation.
    fn construct(&mut self, op: OpIdx, constructor: SiteIdx) {
        let instance = if let Some(&instance) = self.instance_of.get(&(op, constructor)) {
            instance
        } else {
            let instance = self.new_instance(constructor, op);
            self.instance_of.insert((op, constructor), instance);
            instance
        };
        let result = self.op_node(op);
        self.insert(result, instance);
    }

    /// Runs a class's field initialisers and constructor, and those of what it extends where it has no constructor.
    fn construct_chain(&mut self, op: OpIdx, site: SiteIdx, args: &[OpIdx]) {
        let SiteKind::Class(class) = self.kind(site) else {
            return;
        };
        let code = self.code;
        let data = &code.classes[class.at()];
        if let Some(fields) = data.fields {
            self.calls.push(CallEdge { op, to: fields });
        }
        match (data.constructor, data.heritage) {
            (Some(constructor), _) => self.enter(op, constructor, args),
            (None, Some(heritage)) => {
                let heritage = self.op_node(heritage);
                self.constrain(
                    heritage,
                    Constraint::Super {
                        call: op,
                        class: site,
                    },
                );
            }
            (None, None) => {}
        }
    }

    /// `super(…)`, or the constructor that a class without one takes over.
    pub(super) fn super_call(&mut self, op: OpIdx, class: SiteIdx, heritage: SiteIdx) {
        let Some((_, args, _)) = self.call_parts(op) else {
            return;
        };
        match self.kind(heritage) {
            SiteKind::Class(_) if heritage != class => self.construct_chain(op, heritage, args),
            SiteKind::Function(function) => {
                self.enter(op, function, args);
                let (instances, this) = (self.instances_of(class), self.this(function));
                self.edge(instances, this);
            }
            SiteKind::Unknown => {
                for &arg in args {
                    self.pass(op, arg);
                }
            }
            _ => {}
        }
    }

    /// Hands an argument to code that we do not see.
    pub(super) fn pass(&mut self, call: OpIdx, arg: OpIdx) {
        if !self.may_hold_sites(arg) {
            return;
        }
        let node = self.op_node(arg);
        self.passed.push((call, node));
        if matches!(self.code.kind(arg), OpKind::Spread(_)) {
            self.constrain(
                node,
                Constraint::LoadAny {
                    to: self.passed_sink,
                },
            );
        } else {
            self.edge(node, self.passed_sink);
        }
    }

    fn call_unknown(&mut self, op: OpIdx, args: &[OpIdx]) {
        if !self.unknown_calls.insert(op) {
            return;
        }
        let result = self.op_node(op);
        self.insert(result, UNKNOWN);
        let Some((callee, _, _)) = self.call_parts(op) else {
            return;
        };
        if let Some(copying) = Copying::of(self.code, op).filter(|copying| copying.is_whole) {
            let target = self.op_node(copying.target);
            self.edge(target, result);
            return;
        }
        if self
            .called_name(callee)
            .is_some_and(|name| builtins::calls_back(self.text(name)))
        {
            // The functions among the arguments are called at once: the constraint on them says so.
            for &arg in args {
                if !matches!(self.code.kind(arg), OpKind::Function(_)) {
                    self.pass_unless_function(op, arg);
                }
            }
            return;
        }
        for &arg in args {
            self.pass(op, arg);
        }
    }

    /// Treats calls for which no callee was found as calls of unknown code; says whether there were any new ones.
    pub(super) fn settle_calls(&mut self) -> bool {
        let before = self.unknown_calls.len();
        let mut unsettled = std::mem::take(&mut self.unsettled_calls);
        let mut has_copied = false;
        unsettled.retain(|&op| !self.settle(op, &mut has_copied));
        self.unsettled_calls = unsettled;
        has_copied || self.unknown_calls.len() > before
    }

    /// Treats a call as one of unknown code if no callee was found, nor methods that were copied to where it looks for
    /// them; says whether there is nothing more to be done for it.
    fn settle(&mut self, op: OpIdx, has_copied: &mut bool) -> bool {
        let Some((callee, args, kind)) = self.call_parts(op) else {
            return true;
        };
        if matches!(kind, CallKind::Deferred | CallKind::Super) || self.unknown_calls.contains(&op)
        {
            return true;
        }
        if self.op_node[callee.at()] == super::NO_NODE {
            return false;
        }
        let is_known =
            |node: u32| node != super::NO_NODE && !self.nodes[node as usize].sites.is_empty();
        if is_known(self.op_node[callee.at()]) {
            return true;
        }
        if let Some(receiver) = self.receiver(callee) {
            // Methods that collections and functions bring along are modelled where they matter.
            let is_of_functions = matches!(
                self.called_name(callee).map(|name| self.text(name)),
                Some("apply" | "bind" | "call" | "toString")
            );
            let node = self.op_node[receiver.at()];
            let is_collection = is_known(node)
                && self.nodes[node as usize]
                    .sites
                    .iter()
                    .all(|&site| match self.kind(site) {
                        SiteKind::Function(_) => is_of_functions,
                        kind => is_collection(kind),
                    });
            if is_collection {
                return false;
            }
            if self.load_copied(receiver, callee) {
                *has_copied = true;
                return false;
            }
        }
        let is_interoperability = self
            .called_name(callee)
            .is_some_and(|name| builtins::is_interoperability(self.text(name)));
        if !is_interoperability {
            self.call_unknown(op, args);
        }
        true
    }

    /// Of a method that no name leads to: it is one of those that were copied into the prototypes of the receiver, or into
    /// the function that it is, such as `for (const name in mixin) Class.prototype[name] = mixin[name]`. Says whether there
    /// are any.
    fn load_copied(&mut self, receiver: OpIdx, callee: OpIdx) -> bool {
        let to = self.op_node(callee);
        let receiver = self.op_node(receiver);
        let mut objects = self.nodes[receiver.0 as usize].sites.to_vec();
        let mut next = 0;
        let mut has_copied = false;
        while next < objects.len() {
            let object = objects[next];
            next += 1;
            if matches!(
                self.kind(object),
                SiteKind::Prototype(_) | SiteKind::Function(_) | SiteKind::Class(_)
            ) {
                let copied = self.field(object, self.well_known.element);
                let mut sites = self.nodes[copied.0 as usize].sites.iter();
                has_copied |= sites.any(|&site| matches!(self.kind(site), SiteKind::Function(_)));
                self.edge(copied, to);
            }
            for &prototype in &self.sites[object.0 as usize].prototypes {
                if objects.len() < MAX_OBJECTS && !objects.contains(&prototype) {
                    objects.push(prototype);
                }
            }
        }
        has_copied
    }

    fn pass_unless_function(&mut self, op: OpIdx, arg: OpIdx) {
        let is_function = match *self.code.kind(arg) {
            OpKind::Read(binding) => {
                let node = self.binding(binding);
                self.nodes[node.0 as usize]
                    .sites
                    .iter()
                    .any(|&site| matches!(self.kind(site), SiteKind::Function(_)))
            }
            _ => false,
        };
        if !is_function {
            self.pass(op, arg);
        }
    }

    /// A function that a call gets as an argument and calls at once, or once a little later.
    pub(super) fn callback(&mut self, call: OpIdx, element_of: Option<NodeIdx>, site: SiteIdx) {
        if self.kind(site) == SiteKind::Memoized {
            // With what it is called is not seen.
            return self.insert(self.passed_sink, site);
        }
        let SiteKind::Function(function) = self.kind(site) else {
            return;
        };
        self.calls.push(CallEdge {
            op: call,
            to: function,
        });
        for node in self.receiving(function) {
            self.insert(node, UNKNOWN);
            if let Some(receiver) = element_of {
                self.constrain(receiver, Constraint::LoadAny { to: node });
            }
        }
    }

    /// `module.exports`-passing calls: a bundler's module function, run once by its loader, with objects of its own.
    fn wrapper_call(
        &mut self,
        op: OpIdx,
        function: FunctionIdx,
        callee: OpIdx,
        args: &[OpIdx],
    ) -> bool {
        let is_call = matches!(*self.code.kind(callee), OpKind::Member { name, .. } if self.text(name) == "call");
        let args = if is_call {
            args.get(1..).unwrap_or_default()
        } else {
            args
        };
        let Some(module) = self.module_argument(args) else {
            return false;
        };
        self.calls.push(CallEdge { op, to: function });
        self.wrappers.insert(function);
        let (object, exports) = self.wrapper_objects(function);
        let unknown = self.unknown_node;
        let node = self.op_node(args[module]);
        self.constrain(
            node,
            Constraint::Store {
                name: self.well_known.exports,
                from: unknown,
            },
        );
        let code = self.code;
        for (&arg, &param) in args.iter().zip(&code.functions[function.at()].params) {
            let node = self.binding(param);
            if arg == args[module] {
                self.insert(node, object);
            } else if self.exports_of(arg).is_some() {
                self.insert(node, exports);
            } else {
                let from = self.op_node(arg);
                self.edge(from, node);
            }
        }
        let this = self.this(function);
        self.insert(this, exports);
        true
    }

    fn wrapper_objects(&mut self, function: FunctionIdx) -> (SiteIdx, SiteIdx) {
        if let Some(&objects) = self.wrapper_object.get(&function) {
            return objects;
        }
        let object = self.new_site(SiteKind::ModuleObject, None);
        let exports = self.new_site(SiteKind::Exports, None);
        self.wrapper_object.insert(function, (object, exports));
        let field = self.field(object, self.well_known.exports);
        self.insert(field, exports);
        self.edge(field, self.exported_sink);
        (object, exports)
    }

    /// The binding whose `exports` an argument is.
    fn exports_of(&self, arg: OpIdx) -> Option<OpIdx> {
        match *self.code.kind(arg) {
            OpKind::Member { object, name } if name == self.well_known.exports => Some(object),
            _ => None,
        }
    }

    /// The position of the argument `m` in a list that also has `m.exports`.
    pub(super) fn module_argument(&self, args: &[OpIdx]) -> Option<usize> {
        let object = args.iter().find_map(|&arg| self.exports_of(arg))?;
        let binding = self.binding_behind(object)?;
        args.iter()
            .position(|&arg| self.binding_behind(arg) == Some(binding))
    }

    /// The binding that an operation reads, or that was just written with its value.
    fn binding_behind(&self, op: OpIdx) -> Option<crate::summary::BindingIdx> {
        match *self.code.kind(op) {
            OpKind::Read(binding) => Some(binding),
            OpKind::Call { .. } | OpKind::Object { .. } | OpKind::Either { .. } => {
                // `(mod = { exports: {} }).exports`: the assignment follows its value.
                let rest = &self.code.ops[op.at()..];
                rest.iter().take(8).find_map(|next| match next.kind {
                    OpKind::Assign { binding, value, .. } if value == op => Some(binding),
                    _ => None,
                })
            }
            _ => None,
        }
    }

    /// A method is called on the site: what collections and functions bring along.
    pub(super) fn method(&mut self, op: OpIdx, site: SiteIdx) {
        let Some((callee, args, _)) = self.call_parts(op) else {
            return;
        };
        let code = self.code;
        let OpKind::Member { name, .. } = *code.kind(callee) else {
            return;
        };
        match self.kind(site) {
            SiteKind::Function(function) => {
                self.apply_function(op, function, code.name(name), args);
            }
            SiteKind::Map
            | SiteKind::Set
            | SiteKind::Weak
            | SiteKind::Array
            | SiteKind::Instance(_) => {
                self.collection_method(op, site, code.name(name), args);
            }
            _ => {}
        }
    }

    fn apply_function(&mut self, op: OpIdx, function: FunctionIdx, text: &str, args: &[OpIdx]) {
        let OpKind::Call { callee, .. } = *self.code.kind(op) else {
            return;
        };
        if !matches!(text, "apply" | "bind" | "call") {
            return;
        }
        if text == "call" && self.wrapper_call(op, function, callee, args) {
            return;
        }
        let result = self.op_node(op);
        if let Some(&this_arg) = args.first()
            && self.code.functions[function.at()].kind != FunctionKind::Arrow
        {
            let (from, this) = (self.op_node(this_arg), self.this(function));
            self.edge(from, this);
        }
        match text {
            "call" => self.enter(op, function, args.get(1..).unwrap_or_default()),
            "apply" => {
                self.calls.push(CallEdge { op, to: function });
                for node in self.receiving(function) {
                    match args.get(1) {
                        Some(&list) => {
                            let list = self.op_node(list);
                            self.constrain(list, Constraint::LoadAny { to: node });
                        }
                        None => self.insert(node, UNKNOWN),
                    }
                }
            }
            "bind" => {
                if let Some(site) = self.function_site[function.at()] {
                    self.insert(result, site);
                }
                return;
            }
            _ => return,
        }
        self.give(function, &[], result);
    }

    fn collection_method(&mut self, op: OpIdx, site: SiteIdx, text: &str, args: &[OpIdx]) {
        let result = self.op_node(op);
        let element = self.field(site, self.well_known.element);
        match text {
            "push" | "unshift" | "add" => {
                for &arg in args {
                    self.add_argument(arg, element);
                }
                if text == "add" {
                    self.insert(result, site);
                }
            }
            "splice" => {
                for &arg in args.iter().skip(2) {
                    self.add_argument(arg, element);
                }
            }
            "set" => {
                if let [key, value, ..] = args[..] {
                    let keys = self.field(site, self.well_known.key);
                    self.add_argument(key, keys);
                    self.add_argument(value, element);
                }
                self.insert(result, site);
            }
            "get" | "pop" | "shift" | "at" | "find" | "findLast" => self.edge(element, result),
            "keys" | "values" | "entries" => {
                let kind = if text == "entries" {
                    SiteKind::Map
                } else {
                    SiteKind::Array
                };
                let view = self.derived_site(op, kind);
                self.insert(result, view);
                let viewed = self.field(view, self.well_known.element);
                self.edge(element, viewed);
                if text != "values" {
                    let keys = self.field(site, self.well_known.key);
                    self.edge(keys, viewed);
                }
            }
            "concat" | "slice" | "filter" | "map" | "flatMap" | "reverse" | "sort" | "flat"
            | "toSorted" => {
                if matches!(text, "sort" | "reverse") {
                    self.insert(result, site);
                    return;
                }
                let copy = self.derived_site(op, SiteKind::Array);
                self.insert(result, copy);
                let copied = self.field(copy, self.well_known.element);
                if text != "map" && text != "flatMap" {
                    self.edge(element, copied);
                }
            }
            _ => {}
        }
    }
}
