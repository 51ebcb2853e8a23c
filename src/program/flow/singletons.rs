//! Classes of which a framework makes one instance that lives as long as the process: services and controllers of
//! dependency injection, by the decorators that libraries offer for them.
//!
//! Known by the module that a decorator is imported from and its name. Must not know what the classes do.

use rustc_hash::FxHashMap;

use super::{CallEdge, Constraint, Escape, SiteIdx, SiteKind, Solver};
use crate::summary::{BindingIdx, BindingKind, ClassIdx, Name, OpIdx, OpKind, RequestIdx, Type};

/// Decorators of classes with one instance, by the module that offers them. Sorted.
const SINGLETONS: &[(&str, &[&str])] = &[
    ("@angular/core", &["Injectable"]),
    ("@nestjs/bull", &["Processor"]),
    ("@nestjs/bullmq", &["Processor"]),
    ("@nestjs/common", &["Catch", "Controller", "Injectable"]),
    ("@nestjs/graphql", &["Resolver"]),
    ("@nestjs/microservices", &["Controller"]),
    ("@nestjs/websockets", &["WebSocketGateway"]),
    ("@tsed/di", &["Controller", "Injectable", "Service"]),
    ("routing-controllers", &["Controller", "JsonController"]),
    ("tsyringe", &["singleton"]),
    ("type-graphql", &["Resolver"]),
    ("typedi", &["Service"]),
];

/// Options with which there are more instances, or fewer lives: one for each request, each that asks, each component.
const SCOPES: &[&str] = &["durable", "scope", "transient"];

impl Solver<'_> {
    /// Gives each such class its one instance, and the constructors of others those that they ask for by their types.
    pub(super) fn setup_singletons(&mut self) {
        let code = self.code;
        let mut by_name: FxHashMap<Name, Option<SiteIdx>> = FxHashMap::default();
        let mut made = Vec::new();
        for (index, class) in code.classes.iter().enumerate() {
            let decorator = class.decorators.iter().find(|&&it| self.makes_one(it));
            if let (Some(&decorator), Some(site)) =
                (decorator, self.class_site[ClassIdx(index as u32).at()])
            {
                let instance = self.make_one(site, decorator);
                made.push(class);
                if let Some(name) = class.name {
                    let same = by_name.entry(name).or_insert(Some(instance));
                    same.take_if(|known| *known != instance);
                }
            }
        }
        for constructor in made.into_iter().filter_map(|class| class.constructor) {
            for &param in &code.functions[constructor.at()].params {
                let annotation = code.bindings[param.at()].annotation;
                if let Some(annotation) = annotation
                    && let Type::Named { name, .. } = code.types[annotation.at()]
                    && let Some(&Some(instance)) = by_name.get(&name)
                {
                    let node = self.binding(param);
                    self.insert(node, instance);
                }
            }
        }
    }

    /// `__decorate([Injectable()], Users)`, which TypeScript writes.
    pub(super) fn setup_decorated(&mut self, callee: OpIdx, args: &[OpIdx]) {
        let (Some(name), &[decorators, class]) = (self.called_name(callee), args) else {
            return;
        };
        let code = self.code;
        if self.text(name) != "__decorate" {
            return;
        }
        let OpKind::Array { elements } = code.kind(decorators) else {
            return;
        };
        let Some(&decorator) = elements.iter().find(|&&it| self.makes_one(it)) else {
            return;
        };
        let node = self.op_node(class);
        for site in self.nodes[node.0 as usize].sites.clone() {
            if matches!(self.kind(site), SiteKind::Class(_)) {
                self.make_one(site, decorator);
            }
        }
    }

    /// What containers are told: `container.bind(Users).toSelf().inSingletonScope()`, `asClass(Users).singleton()`,
    /// `container.registerSingleton(Users)`.
    pub(super) fn setup_bound(&mut self, call: OpIdx, callee: OpIdx, args: &[OpIdx]) {
        let OpKind::Member { object, name } = *self.code.kind(callee) else {
            return;
        };
        let class = match self.text(name) {
            "inSingletonScope" => self.called_with(object, "to").or_else(|| {
                let bound = self.called_on(object, "toSelf")?;
                self.called_with(bound, "bind")
            }),
            "singleton" => self.called_with(object, "asClass"),
            "registerSingleton" => args.last().copied(),
            _ => None,
        };
        if let Some(class) = class {
            let node = self.op_node(class);
            self.constrain(node, Constraint::Single(call));
        }
    }

    /// The only argument of a call by a name.
    fn called_with(&self, op: OpIdx, by: &str) -> Option<OpIdx> {
        let OpKind::Call { callee, args, .. } = self.code.kind(op) else {
            return None;
        };
        let is_named = self
            .called_name(*callee)
            .is_some_and(|name| self.text(name) == by);
        args.first()
            .copied()
            .filter(|_| is_named && args.len() == 1)
    }

    /// The object on which a method of a name is called.
    fn called_on(&self, op: OpIdx, by: &str) -> Option<OpIdx> {
        let OpKind::Call { callee, .. } = *self.code.kind(op) else {
            return None;
        };
        let is_named = self
            .called_name(callee)
            .is_some_and(|name| self.text(name) == by);
        self.receiver(callee).filter(|_| is_named)
    }

    /// Whether a decorator says that there is one instance.
    fn makes_one(&self, decorator: OpIdx) -> bool {
        let (callee, args) = match self.code.kind(decorator) {
            OpKind::Call { callee, args, .. } => (*callee, &args[..]),
            _ => (decorator, &[][..]),
        };
        let Some((module, name)) = self.unseen_name(callee) else {
            return false;
        };
        let Ok(position) = SINGLETONS.binary_search_by_key(&module, |&(module, _)| module) else {
            return false;
        };
        let has = |option: &str| args.iter().any(|&arg| self.has_property(arg, option));
        SINGLETONS[position].1.contains(&name)
            && !SCOPES.iter().any(|scope| has(scope))
            && (module != "@angular/core" || has("providedIn"))
    }

    /// Whether an object literal has a property.
    fn has_property(&self, object: OpIdx, property: &str) -> bool {
        let OpKind::Object { properties } = *self.code.kind(object) else {
            return false;
        };
        let stores = self.code.ops[object.at()..]
            .iter()
            .filter_map(|op| match op.kind {
                OpKind::Store {
                    object: of, name, ..
                } if of == object => Some(name),
                _ => None,
            });
        let mut names = stores.take(properties as usize);
        names.any(|name| self.text(name) == property)
    }

    /// The module that a value is imported from, and the name that it has there; none where the module is one of the
    /// program.
    pub(super) fn unseen_name(&self, op: OpIdx) -> Option<(&str, &str)> {
        let (request, name) = self.imported(op)?;
        let specifier = &*self.code.requests[request.at()].specifier;
        let is_unseen = self.targets[request.at()].is_none();
        is_unseen.then(|| (specifier, self.text(name)))
    }

    fn imported(&self, op: OpIdx) -> Option<(RequestIdx, Name)> {
        match *self.code.kind(op) {
            OpKind::Read(binding) => match self.code.bindings[binding.at()].kind {
                BindingKind::Import {
                    request,
                    imported: Some(name),
                } => Some((request, name)),
                _ => None,
            },
            OpKind::Member { object, name } => Some((self.required(object)?, name)),
            _ => None,
        }
    }

    /// The request for the module that an operation gives as a whole.
    fn required(&self, op: OpIdx) -> Option<RequestIdx> {
        match *self.code.kind(op) {
            OpKind::Require(request) => Some(request),
            OpKind::Read(binding) => match self.code.bindings[binding.at()].kind {
                BindingKind::Import {
                    request,
                    imported: None,
                } => Some(request),
                _ => self.modules_of.get(&binding).copied(),
            },
            _ => None,
        }
    }

    /// Finds the variables that hold a module as a whole: `const common_1 = require("…")`.
    pub(super) fn find_required(&mut self) {
        let code = self.code;
        for op in &code.ops {
            if let OpKind::Assign { binding, value, .. } = op.kind
                && let OpKind::Require(request) = *code.kind(value)
            {
                self.modules_of.insert(binding, request);
            }
        }
    }

    /// A framework makes an instance while modules load, keeps it, and calls its methods.
    pub(super) fn make_one(&mut self, class: SiteIdx, decorator: OpIdx) -> SiteIdx {
        let instance = self.new_instance(class, decorator);
        let kept = self.new_node();
        self.insert(kept, instance);
        self.edge(kept, self.exported_sink);
        self.escape(class, Escape::Exported);
        if let SiteKind::Class(index) = self.kind(class)
            && let Some(fields) = self.code.classes[index.at()].fields
        {
            self.calls.push(CallEdge {
                op: decorator,
                to: fields,
            });
        }
        let function = self.function_of(decorator);
        self.defined.push((function, kept));
        instance
    }
}

/// The variables that hold a module as a whole.
pub(super) type ModulesOf = FxHashMap<BindingIdx, RequestIdx>;

#[test]
fn the_modules_are_sorted() {
    assert!(SINGLETONS.is_sorted_by_key(|&(module, _)| module));
}
