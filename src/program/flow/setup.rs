//! From operations to constraints, once per operation.

use super::builtins;
use super::makers::Makers;
use super::{Constraint, NO_NODE, NodeIdx, SiteKind, Solver, UNKNOWN};
use crate::program::accesses::Accesses;
use crate::program::regions;
use crate::program::rows::Rows;
use crate::source::FileIdx;
use crate::summary::{
    BinaryOp, BindingIdx, BindingKind, CallKind, Choice, Export, FunctionIdx, MethodKind, Name,
    OpIdx, OpKind, RegionKind, RequestIdx,
};

impl Solver<'_> {
    pub(super) fn binding(&mut self, binding: BindingIdx) -> NodeIdx {
        if self.binding_node[binding.at()] == NO_NODE {
            self.binding_node[binding.at()] = self.new_node().0;
        }
        NodeIdx(self.binding_node[binding.at()])
    }

    /// Whether an operation may give anything but a primitive.
    pub(super) fn may_hold_sites(&self, op: OpIdx) -> bool {
        !matches!(
            self.code.kind(op),
            OpKind::Str(_)
                | OpKind::Num(_)
                | OpKind::Bool(_)
                | OpKind::Nullish
                | OpKind::Regex { .. }
                | OpKind::Template(_)
                | OpKind::Binary { .. }
                | OpKind::Unary { .. }
        )
    }

    /// The node of an operation's value. Operations that only pass a value on share the node of what they pass on.
    pub(super) fn op_node(&mut self, op: OpIdx) -> NodeIdx {
        if self.op_node[op.at()] != NO_NODE {
            return NodeIdx(self.op_node[op.at()]);
        }
        let node = match *self.code.kind(op) {
            OpKind::Read(binding) => self.binding(binding),
            OpKind::Await(value) | OpKind::Cast { value, .. } | OpKind::Spread(value) => {
                self.op_node(value)
            }
            OpKind::This => match self.tested_class(op) {
                Some(class) => self.narrowed(op, class),
                None => self.this_of(op),
            },
            OpKind::Member { object, name } => self.loaded(op, object, Some(name), |to| {
                Constraint::Load { name, to, op }
            }),
            OpKind::Index { object, .. } => {
                self.loaded(op, object, None, |to| Constraint::LoadAny { to })
            }
            OpKind::Global(name) => self.global(op, name),
            _ => self.new_node(),
        };
        self.op_node[op.at()] = node.0;
        node
    }

    /// The node of what is loaded from an object: one for all operations that load the same from the same node.
    fn loaded(
        &mut self,
        op: OpIdx,
        object: OpIdx,
        name: Option<Name>,
        load: impl FnOnce(NodeIdx) -> Constraint,
    ) -> NodeIdx {
        let from = self.op_node(object);
        if let Some(&(node, first)) = self.loads.get(&(from, name)) {
            if name.is_some() {
                self.repeated_loads.push((first, op));
            }
            return node;
        }
        let node = self.new_node();
        self.loads.insert((from, name), (node, op));
        self.constrain_new(from, load(node));
        node
    }

    /// The node of a name that the module does not declare: one for all operations, but for what each module has itself.
    fn global(&mut self, op: OpIdx, name: Name) -> NodeIdx {
        let file = self.file_of(op);
        let objects = self.module_object[file.0 as usize];
        let (object, exports) = objects.unwrap_or((UNKNOWN, UNKNOWN));
        let own = match self.text(name) {
            "exports" => exports,
            "module" => object,
            "arguments" => {
                let function = self.code.functions[self.function_of(op).at()].this_of;
                self.arguments.get(&function).copied().unwrap_or(UNKNOWN)
            }
            _ => {
                if let Some(&node) = self.global_nodes.get(&name) {
                    return node;
                }
                let node = self.new_node();
                self.global_nodes.insert(name, node);
                self.load_global(name, node);
                return node;
            }
        };
        let node = self.new_node();
        self.insert(node, own);
        node
    }

    fn this_of(&mut self, op: OpIdx) -> NodeIdx {
        let function = self.code.functions[self.function_of(op).at()].this_of;
        self.this(function)
    }

    /// What `this` is where it is known to be an instance of a class.
    fn narrowed(&mut self, this: OpIdx, class: OpIdx) -> NodeIdx {
        let (class, of, to) = (self.op_node(class), self.this_of(this), self.new_node());
        self.constrain_new(class, Constraint::Instances { of, to });
        to
    }

    /// The class of which `this` is an instance, as a test around tells.
    fn tested_class(&self, this: OpIdx) -> Option<OpIdx> {
        regions(self.code, this).find_map(|(_, kind)| {
            let RegionKind::Branch {
                test, sense: true, ..
            } = *kind
            else {
                return None;
            };
            match *self.code.kind(test) {
                OpKind::Binary {
                    op: BinaryOp::InstanceOf,
                    left,
                    right,
                } if matches!(self.code.kind(left), OpKind::This) => Some(right),
                _ => None,
            }
        })
    }

    pub(super) fn function_of(&self, op: OpIdx) -> FunctionIdx {
        self.code.regions[self.code.ops[op.at()].region.at()].function
    }

    pub(super) fn setup(&mut self, accesses: &Accesses) {
        for file in 0..self.modules.len() {
            self.setup_module(FileIdx(file as u32));
        }
        self.find_handed_back(accesses);
        self.makers = Makers::of(self.code, accesses);
        self.find_arguments();
        self.find_angular_modules();
        self.find_required();
        for (index, op) in self.code.ops.iter().enumerate() {
            let here = OpIdx(index as u32);
            self.setup_op(here);
            if matches!(op.kind, OpKind::Call { .. }) {
                self.unsettled_calls.push(here);
            }
        }
        self.setup_singletons();
        self.setup_aliases();
        for file in 0..self.modules.len() {
            self.setup_exports(FileIdx(file as u32));
        }
        for index in 0..self.code.bindings.len() {
            let binding = BindingIdx(index as u32);
            if let BindingKind::Import { request, imported } = self.code.bindings[index].kind {
                self.setup_import(binding, request, imported);
            }
        }
    }

    /// Finds the functions that return a parameter to which nothing else is ever assigned, as helpers do that fill an
    /// object and hand it back.
    fn find_handed_back(&mut self, accesses: &Accesses) {
        let functions = (0..self.code.functions.len()).map(|index| FunctionIdx(index as u32));
        let mut found: Vec<(u32, BindingIdx)> = Vec::new();
        for function in functions {
            for &op in &accesses.returns[function.at()] {
                if let Some(param) = self.handed_back_by(op)
                    && accesses.assigns[param.at()].is_empty()
                {
                    let pair = (function.0, param);
                    let known = found.iter().rev().take_while(|(of, _)| *of == function.0);
                    if !known.copied().any(|known| known == pair) {
                        found.push(pair);
                    }
                }
            }
        }
        self.handed_back = Rows::group(self.code.functions.len(), found.into_iter());
    }

    /// Finds the functions that name `arguments`.
    fn find_arguments(&mut self) {
        let code = self.code;
        for index in 0..code.ops.len() {
            let op = OpIdx(index as u32);
            if let OpKind::Global(name) = *code.kind(op)
                && code.name(name) == "arguments"
            {
                let function = code.functions[self.function_of(op).at()].this_of;
                if !self.arguments.contains_key(&function) {
                    let site = self.new_site(SiteKind::Array, None);
                    self.arguments.insert(function, site);
                }
            }
        }
    }

    /// Whether an operation returns such a parameter.
    fn hands_back(&self, op: OpIdx) -> bool {
        let known = &self.handed_back[self.function_of(op).at()];
        let returned = self.handed_back_by(op);
        returned.is_some_and(|param| known.contains(&param))
    }

    /// The parameter of its own function that an operation returns.
    fn handed_back_by(&self, op: OpIdx) -> Option<BindingIdx> {
        let OpKind::Return(value) = *self.code.kind(op) else {
            return None;
        };
        let OpKind::Read(binding) = *self.code.kind(value) else {
            return None;
        };
        let data = &self.code.bindings[binding.at()];
        let function = self.function_of(op);
        let has_rest = self.code.functions[function.at()].has_rest;
        let is_param = matches!(data.kind, BindingKind::Param(_)) && data.function == function;
        (is_param && !has_rest).then_some(binding)
    }

    fn setup_module(&mut self, file: FileIdx) {
        let object = self.new_site(SiteKind::ModuleObject, None);
        let exports = self.new_site(SiteKind::Exports, None);
        let namespace = self.new_site(SiteKind::Namespace(file), None);
        self.module_object[file.0 as usize] = Some((object, exports));
        self.namespaces.push(namespace);
        let field = self.field(object, self.well_known.exports);
        self.insert(field, exports);
        if !self.modules[file.0 as usize].is_esm {
            let this = self.this(self.modules[file.0 as usize].function);
            self.insert(this, exports);
        }
    }

    /// What `require` and `import *` of a module give.
    fn module_value(&mut self, file: FileIdx) -> NodeIdx {
        let (object, _) = self.module_object[file.0 as usize].unwrap_or((UNKNOWN, UNKNOWN));
        let node = self.field(object, self.well_known.exports);
        if self.modules[file.0 as usize].is_esm {
            self.insert(node, self.namespaces[file.0 as usize]);
        }
        node
    }

    fn setup_import(&mut self, binding: BindingIdx, request: RequestIdx, imported: Option<Name>) {
        let to = self.binding(binding);
        let Some(file) = self.targets[request.at()] else {
            return self.insert(to, UNKNOWN);
        };
        let value = self.module_value(file);
        match imported {
            None => self.edge(value, to),
            Some(name) => {
                self.constrain(
                    value,
                    Constraint::Load {
                        name,
                        to,
                        op: OpIdx(0),
                    },
                );
                if name == self.well_known.default && !self.modules[file.0 as usize].is_esm {
                    self.edge(value, to);
                }
            }
        }
    }

    fn setup_exports(&mut self, file: FileIdx) {
        let namespace = self.namespaces[file.0 as usize];
        let value = self.module_value(file);
        let modules = self.modules;
        for export in modules[file.0 as usize].exports {
            match *export {
                Export::Binding { name, binding } => {
                    let (from, to) = (self.binding(binding), self.field(namespace, name));
                    self.edge(from, to);
                }
                Export::Value {
                    name,
                    value: exported,
                } => {
                    let from = self.op_node(exported);
                    let to = match name {
                        Some(name) => self.field(namespace, name),
                        None => value,
                    };
                    self.edge(from, to);
                }
                Export::From {
                    name,
                    request,
                    imported,
                } => {
                    let to = self.field(namespace, name);
                    match (self.targets[request.at()], imported) {
                        (None, _) => self.insert(to, UNKNOWN),
                        (Some(other), None) => {
                            let from = self.module_value(other);
                            self.edge(from, to);
                        }
                        (Some(other), Some(imported)) => {
                            let from = self.module_value(other);
                            self.constrain(
                                from,
                                Constraint::Load {
                                    name: imported,
                                    to,
                                    op: OpIdx(0),
                                },
                            );
                        }
                    }
                }
                Export::All { request } => match self.targets[request.at()] {
                    Some(other) => {
                        let from = self.module_value(other);
                        self.constrain(from, Constraint::Inherits(namespace));
                    }
                    None => self.inherit(namespace, UNKNOWN),
                },
            }
        }
        if modules[file.0 as usize].is_entry {
            self.edge(value, self.exported_sink);
        }
        // What a classic script declares at its top is there for all other scripts.
        for position in modules[file.0 as usize].globals.clone() {
            if self.code.bindings[position as usize].function == modules[file.0 as usize].function {
                let node = self.binding(BindingIdx(position));
                self.edge(node, self.exported_sink);
            }
        }
    }

    #[expect(clippy::too_many_lines, reason = "one short arm per kind of operation")]
    fn setup_op(&mut self, op: OpIdx) {
        let code = self.code;
        match code.kind(op) {
            OpKind::Read(_)
            | OpKind::This
            | OpKind::Cast { .. }
            | OpKind::Await(_)
            | OpKind::Spread(_)
            | OpKind::Global(_)
            | OpKind::Member { .. }
            | OpKind::Index { .. } => {
                self.op_node(op);
            }
            OpKind::ThisClass(class) => {
                let node = self.op_node(op);
                if let Some(site) = self.class_site[class.at()] {
                    self.insert(node, site);
                }
            }
            OpKind::SuperMember { name } => self.setup_super_member(op, *name),
            OpKind::Object { .. } => {
                let node = self.op_node(op);
                let site = self.new_site(SiteKind::Object, Some(op));
                self.insert(node, site);
            }
            OpKind::Array { elements } => {
                let node = self.op_node(op);
                let site = self.new_site(SiteKind::Array, Some(op));
                self.insert(node, site);
                let element = self.field(site, self.well_known.element);
                for &part in elements {
                    if self.may_hold_sites(part) {
                        let from = self.op_node(part);
                        if matches!(self.code.kind(part), OpKind::Spread(_)) {
                            self.constrain_new(from, Constraint::LoadAny { to: element });
                        } else {
                            self.edge(from, element);
                        }
                    }
                }
            }
            OpKind::Function(function) => {
                let node = self.op_node(op);
                let site = self.new_site(SiteKind::Function(*function), Some(op));
                self.function_site[function.at()] = Some(site);
                self.insert(node, site);
            }
            OpKind::Class(class) => self.setup_class(op, *class),
            OpKind::Call { .. } => self.setup_call(op),
            OpKind::Either {
                choice,
                left,
                right,
            } => {
                let to = self.op_node(op);
                for part in [*left, *right] {
                    // The left of `a && b` is the value only where it is falsy: no site is.
                    if self.may_hold_sites(part) && !(*choice == Choice::And && part == *left) {
                        let from = self.op_node(part);
                        self.edge(from, to);
                    }
                }
            }
            OpKind::Iterate { over, keys: false } => {
                let (from, to) = (self.op_node(*over), self.op_node(op));
                self.constrain_new(from, Constraint::Iterate { to, op });
            }
            OpKind::Assign { binding, value, .. } if self.may_hold_sites(*value) => {
                let (from, to) = (self.op_node(*value), self.binding(*binding));
                self.edge(from, to);
            }
            OpKind::AssignGlobal { name, value } if self.may_hold_sites(*value) => {
                let (from, to) = (self.op_node(*value), self.field(self.global_object, *name));
                self.edge(from, to);
                self.edge(from, self.exported_sink);
            }
            OpKind::Store {
                object,
                name,
                value,
                ..
            } if self.may_hold_sites(*value) => {
                let (object, from) = (self.op_node(*object), self.op_node(*value));
                self.constrain_new(object, Constraint::Store { name: *name, from });
            }
            OpKind::StoreIndex { object, value, .. } if self.may_hold_sites(*value) => {
                let (object, from) = (self.op_node(*object), self.op_node(*value));
                if matches!(self.code.kind(*value), OpKind::Spread(_)) {
                    self.constrain_new(object, Constraint::CopyFields { from });
                } else {
                    self.constrain_new(
                        object,
                        Constraint::Store {
                            name: self.well_known.element,
                            from,
                        },
                    );
                }
            }
            OpKind::Accessor {
                object,
                name,
                function,
                kind,
            } => self.setup_accessor(*object, *name, *function, *kind),
            OpKind::Return(value) if self.may_hold_sites(*value) && !self.hands_back(op) => {
                let (from, to) = (self.op_node(*value), self.returned(self.function_of(op)));
                self.edge(from, to);
            }
            OpKind::Require(request) => {
                let to = self.op_node(op);
                match self.targets[request.at()] {
                    Some(file) => {
                        let from = self.module_value(file);
                        self.edge(from, to);
                    }
                    None => self.insert(to, UNKNOWN),
                }
            }
            OpKind::Unknown => {
                let node = self.op_node(op);
                self.insert(node, UNKNOWN);
            }
            _ => {}
        }
    }

    fn file_of(&self, op: OpIdx) -> FileIdx {
        let function = self.function_of(op);
        let position = self
            .modules
            .partition_point(|module| module.function <= function);
        FileIdx(position as u32 - 1)
    }

    fn setup_accessor(
        &mut self,
        object: OpIdx,
        name: Name,
        function: FunctionIdx,
        kind: MethodKind,
    ) {
        let object_node = self.op_node(object);
        for site in self.nodes[object_node.0 as usize].sites.clone() {
            self.accessor_of(site, name, function, kind);
        }
        let this = self.this(function);
        self.edge(object_node, this);
    }

    /// A getter or setter of a site; both count as called by whoever can reach the site.
    fn accessor_of(
        &mut self,
        site: super::SiteIdx,
        name: Name,
        function: FunctionIdx,
        kind: MethodKind,
    ) {
        let function_site = self.new_site(SiteKind::Function(function), None);
        self.function_site[function.at()] = Some(function_site);
        let holder = self.names.intern(if kind == MethodKind::Setter {
            "[set]"
        } else {
            "[get]"
        });
        let hidden = self.field(site, holder);
        self.insert(hidden, function_site);
        let field = self.field(site, name);
        if kind == MethodKind::Getter {
            self.getters.insert((site, name), function);
            self.sites[site.0 as usize].has_getters = true;
            let returned = self.returned(function);
            self.edge(returned, field);
        } else if let Some(&param) = self.code.functions[function.at()].params.first() {
            let param = self.binding(param);
            self.edge(field, param);
        }
    }

    fn setup_class(&mut self, op: OpIdx, class: crate::summary::ClassIdx) {
        let node = self.op_node(op);
        let site = self.new_site(SiteKind::Class(class), Some(op));
        self.class_site[class.at()] = Some(site);
        self.insert(node, site);
        let prototype = self.prototype_site(site);
        let code = self.code;
        for method in &code.classes[class.at()].methods {
            let owner = if method.is_static { site } else { prototype };
            match method.kind {
                MethodKind::Method => {
                    let function = self.new_site(SiteKind::Function(method.function), None);
                    self.function_site[method.function.at()] = Some(function);
                    let field = self.field(owner, method.name);
                    self.insert(field, function);
                }
                MethodKind::Getter | MethodKind::Setter => {
                    self.accessor_of(owner, method.name, method.function, method.kind);
                }
            }
            if method.is_static {
                let this = self.this(method.function);
                self.insert(this, site);
            }
        }
        if let Some(heritage) = code.classes[class.at()].heritage {
            let heritage = self.op_node(heritage);
            self.constrain_new(heritage, Constraint::Heritage(site));
        }
    }

    fn setup_call(&mut self, op: OpIdx) {
        let code = self.code;
        let OpKind::Call {
            callee, args, kind, ..
        } = code.kind(op)
        else {
            return;
        };
        match kind {
            CallKind::Deferred => {
                // A framework calls what it gets when it likes.
                let callee_node = self.op_node(*callee);
                self.edge(callee_node, self.passed_sink);
                for &arg in args {
                    self.pass(op, arg);
                }
                let result = self.op_node(op);
                self.insert(result, UNKNOWN);
                return;
            }
            CallKind::Super => {
                let function = self.code.functions[self.function_of(op).at()].this_of;
                if let Some(class) = self.code.functions[function.at()].class
                    && let (Some(site), Some(heritage)) = (
                        self.class_site[class.at()],
                        self.code.classes[class.at()].heritage,
                    )
                {
                    let heritage = self.op_node(heritage);
                    self.constrain_new(
                        heritage,
                        Constraint::Super {
                            call: op,
                            class: site,
                        },
                    );
                }
                return;
            }
            CallKind::Call | CallKind::New | CallKind::Tag => {}
        }
        if self.module_argument(args).is_some() {
            self.loaders.insert(self.function_of(op));
        }
        let name = self.called_name(*callee);
        if let (Some(name), [first, ..]) = (name, &args[..])
            && builtins::is_interoperability(self.text(name))
        {
            let (from, to) = (self.op_node(*first), self.op_node(op));
            self.edge(from, to);
            return;
        }
        if self.setup_reactive(op, *callee, args) {
            return;
        }
        if name.is_some_and(|name| builtins::calls_back(self.text(name))) {
            let receiver = self.receiver(*callee);
            let element_of = receiver.map(|receiver| self.op_node(receiver));
            for &arg in args {
                if self.may_hold_sites(arg) {
                    let node = self.op_node(arg);
                    self.constrain_new(
                        node,
                        Constraint::Callback {
                            call: op,
                            element_of,
                        },
                    );
                }
            }
        }
        self.setup_definition(op, *callee, args);
        self.setup_decorated(*callee, args);
        self.setup_bound(op, *callee, args);
        self.setup_copying(op);
        if let OpKind::Member { object, .. } = *code.kind(*callee) {
            let receiver = self.op_node(object);
            self.constrain_new(receiver, Constraint::Method(op));
        }
        if self.memoizing.applications.contains_key(&op) {
            self.memoized(op);
        }
        let callee = self.op_node(*callee);
        self.constrain_new(callee, Constraint::Call(op));
    }
}
