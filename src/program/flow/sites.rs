//! Sites, their fields and prototypes, and what escapes with them.

use super::{
    Constraint, Escape, FEW, MAX_PROTOTYPES, NO_NODE, NodeIdx, Site, SiteData, SiteIdx, SiteKind,
    Solver, UNKNOWN,
};
use smallvec::SmallVec;

use crate::summary::{FunctionIdx, FunctionKind, Name, OpIdx};

impl Solver<'_> {
    pub(super) fn new_site(&mut self, kind: SiteKind, op: Option<OpIdx>) -> SiteIdx {
        let index = SiteIdx(self.sites.len() as u32);
        self.sites.push(Site {
            data: SiteData { kind, op },
            fields: Vec::new(),
            pseudo_fields: [NO_NODE; 2],
            is_prototype: false,
            has_getters: false,
            escapes: (false, false),
            prototypes: SmallVec::new(),
            loads: Vec::new(),
            receivers: SmallVec::new(),
        });
        self.sunk.push((false, false));
        index
    }

    pub(super) fn kind(&self, site: SiteIdx) -> SiteKind {
        self.sites[site.0 as usize].data.kind
    }

    /// The site that an operation allocates beside its own: the result of `filter`, a rest parameter.
    pub(super) fn derived_site(&mut self, op: OpIdx, kind: SiteKind) -> SiteIdx {
        if let Some(&site) = self.derived.get(&op) {
            return site;
        }
        let site = self.new_site(kind, Some(op));
        self.derived.insert(op, site);
        site
    }

    pub(super) fn builtin(&mut self, name: Name) -> SiteIdx {
        if let Some(&site) = self.builtins.get(&name) {
            return site;
        }
        let site = self.new_site(SiteKind::Builtin(name), None);
        self.builtins.insert(name, site);
        site
    }

    pub(super) fn this(&mut self, function: FunctionIdx) -> NodeIdx {
        if self.this_node[function.at()] == NO_NODE {
            self.this_node[function.at()] = self.new_node().0;
        }
        NodeIdx(self.this_node[function.at()])
    }

    pub(super) fn returned(&mut self, function: FunctionIdx) -> NodeIdx {
        if self.return_node[function.at()] == NO_NODE {
            self.return_node[function.at()] = self.new_node().0;
        }
        NodeIdx(self.return_node[function.at()])
    }

    /// The node of a site's field, made on first use.
    pub(super) fn field(&mut self, site: SiteIdx, name: Name) -> NodeIdx {
        let fields = &self.sites[site.0 as usize].fields;
        let known = if let Some(which) = self.pseudo_field(name) {
            let node = self.sites[site.0 as usize].pseudo_fields[which];
            (node != NO_NODE).then_some(NodeIdx(node))
        } else if fields.len() <= FEW {
            let mut fields = fields.iter();
            fields
                .find(|(known, _)| *known == name)
                .map(|&(_, node)| node)
        } else {
            self.fields.get(&(site, name)).copied()
        };
        known.unwrap_or_else(|| self.new_field(site, name))
    }

    /// The place in [`Site::pseudo_fields`] of the fields that nearly all sites have, or that stand for others.
    fn pseudo_field(&self, name: Name) -> Option<usize> {
        [self.well_known.element, self.well_known.any]
            .iter()
            .position(|&pseudo| pseudo == name)
    }

    fn new_field(&mut self, site: SiteIdx, name: Name) -> NodeIdx {
        let node = self.new_node();
        self.nodes[node.0 as usize].owner = site.0;
        if let Some(which) = self.pseudo_field(name) {
            self.sites[site.0 as usize].pseudo_fields[which] = node.0;
        }
        if name == self.well_known.any {
            for position in 0..self.sites[site.0 as usize].fields.len() {
                let (_, field) = self.sites[site.0 as usize].fields[position];
                self.connect(field, node);
            }
            return node;
        }
        let fields = &mut self.sites[site.0 as usize].fields;
        fields.push((name, node));
        if fields.len() == FEW + 1 {
            let fields = fields.iter().map(|&(name, node)| ((site, name), node));
            self.fields.extend(fields);
        } else if fields.len() > FEW {
            self.fields.insert((site, name), node);
        }
        let [_, any] = self.sites[site.0 as usize].pseudo_fields;
        if any != NO_NODE {
            self.connect(node, NodeIdx(any));
        }
        let (exported, passed) = self.sites[site.0 as usize].escapes;
        if exported {
            self.connect(node, self.exported_sink);
        }
        if passed {
            self.connect(node, self.passed_sink);
        }
        if name == self.well_known.prototype {
            self.implicit_prototype(site, node);
        }
        node
    }

    /// Functions and classes have a `prototype` from the start.
    fn implicit_prototype(&mut self, site: SiteIdx, node: NodeIdx) {
        if matches!(self.kind(site), SiteKind::Function(_) | SiteKind::Class(_)) {
            let prototype = self.new_site(
                SiteKind::Prototype(site),
                self.sites[site.0 as usize].data.op,
            );
            self.insert(node, prototype);
            let instances = self.instances_of(site);
            self.sites[prototype.0 as usize].receivers.push(instances);
            self.constrain(node, Constraint::PrototypeOf(site));
        }
    }

    /// The first `prototype` of a function or class.
    pub(super) fn prototype_site(&mut self, site: SiteIdx) -> SiteIdx {
        let node = self.field(site, self.well_known.prototype);
        let sites = &self.nodes[node.0 as usize].sites;
        let own = sites
            .iter()
            .copied()
            .find(|&prototype| self.kind(prototype) == SiteKind::Prototype(site));
        own.unwrap_or(UNKNOWN)
    }

    /// Another object was assigned to `f.prototype`.
    pub(super) fn prototype_of(&mut self, function: SiteIdx, object: SiteIdx) {
        if object == UNKNOWN || self.kind(object) == SiteKind::Prototype(function) {
            return;
        }
        let own = self.prototype_site(function);
        self.inherit(own, object);
        let instances = self.instances_of(function);
        self.add_receiver(object, instances);
    }

    /// The functions in `object` may be called on what `instances` holds.
    pub(super) fn add_receiver(&mut self, object: SiteIdx, instances: NodeIdx) {
        if self.sites[object.0 as usize].receivers.contains(&instances) {
            return;
        }
        self.sites[object.0 as usize].receivers.push(instances);
        for position in 0..self.sites[object.0 as usize].fields.len() {
            let (_, field) = self.sites[object.0 as usize].fields[position];
            let known = self.nodes[field.0 as usize].sites.clone();
            for site in known {
                if let SiteKind::Function(function) = self.kind(site) {
                    self.receive_as_this(instances, function);
                }
            }
        }
    }

    /// An instance of a function or class, made by an operation.
    pub(super) fn new_instance(&mut self, of: SiteIdx, op: OpIdx) -> SiteIdx {
        let instance = self.new_site(SiteKind::Instance(of), Some(op));
        let prototype = self.prototype_site(of);
        self.inherit(instance, prototype);
        let instances = self.instances_of(of);
        self.insert(instances, instance);
        instance
    }

    /// The node of all instances of a function or class.
    pub(super) fn instances_of(&mut self, site: SiteIdx) -> NodeIdx {
        if let Some(&node) = self.instances.get(&site) {
            return node;
        }
        let node = self.new_node();
        self.instances.insert(site, node);
        match self.kind(site) {
            SiteKind::Function(function) => {
                let this = self.this(function);
                self.edge(node, this);
                self.field(site, self.well_known.prototype);
            }
            SiteKind::Class(class) => {
                let class = &self.code.classes[class.at()];
                for function in class.constructor.into_iter().chain(class.fields) {
                    let this = self.this(function);
                    self.edge(node, this);
                }
            }
            _ => {}
        }
        node
    }

    pub(super) fn inherit(&mut self, object: SiteIdx, prototype: SiteIdx) {
        if object == prototype
            || object == UNKNOWN
            || self.sites[object.0 as usize]
                .prototypes
                .contains(&prototype)
        {
            return;
        }
        self.sites[object.0 as usize].prototypes.push(prototype);
        self.note_prototype(prototype);
        for position in 0..self.sites[object.0 as usize].loads.len() {
            let (name, to, op) = self.sites[object.0 as usize].loads[position];
            if !self.hides(object, name) {
                self.load(prototype, name, to, op, 1);
            }
        }
        let (exported, passed) = self.sites[object.0 as usize].escapes;
        if exported {
            self.insert(self.exported_sink, prototype);
        }
        if passed {
            self.insert(self.passed_sink, prototype);
        }
    }

    /// From now on a site may be come to in several ways for one load.
    fn note_prototype(&mut self, site: SiteIdx) {
        if std::mem::replace(&mut self.sites[site.0 as usize].is_prototype, true) {
            return;
        }
        for position in FEW + 1..self.sites[site.0 as usize].loads.len() {
            let (name, to, _) = self.sites[site.0 as usize].loads[position];
            let field = self.field(site, name);
            self.loaded.insert((field, to));
        }
    }

    /// A member of what the language brings.
    fn member(&mut self, object: Name, name: Name) -> SiteIdx {
        if let Some(&site) = self.members.get(&(object, name)) {
            return site;
        }
        // A loop such as `x = x.next` would make names without end.
        let site = if self.text(object).matches('.').count() >= 2 {
            UNKNOWN
        } else {
            let dotted = format!("{}.{}", self.text(object), self.text(name));
            let dotted = self.names.intern(&dotted);
            self.builtin(dotted)
        };
        self.members.insert((object, name), site);
        site
    }

    pub(super) fn load(&mut self, site: SiteIdx, name: Name, to: NodeIdx, op: OpIdx, depth: u32) {
        if depth > MAX_PROTOTYPES {
            return;
        }
        match self.kind(site) {
            SiteKind::Unknown => return self.insert(to, UNKNOWN),
            SiteKind::Builtin(object) => {
                let member = self.member(object, name);
                return self.insert(to, member);
            }
            SiteKind::GlobalObject => return self.load_global(name, to),
            SiteKind::Pair => {
                let element = self.field(site, self.well_known.element);
                return self.edge(element, to);
            }
            _ => {}
        }
        if self.sites[site.0 as usize].has_getters
            && let Some(&getter) = self.getters.get(&(site, name))
        {
            self.calls.push(super::CallEdge { op, to: getter });
        }
        let field = self.field(site, name);
        let loads = &self.sites[site.0 as usize].loads;
        // Each site comes once to each load, unless it is a prototype.
        let is_new = if !self.sites[site.0 as usize].is_prototype {
            true
        } else if loads.len() <= FEW {
            !loads.iter().any(|load| (load.0, load.1) == (name, to))
        } else {
            self.loaded.insert((field, to))
        };
        if !is_new {
            return;
        }
        self.connect(field, to);
        if name != self.well_known.element
            && matches!(
                self.kind(site),
                SiteKind::Object | SiteKind::Exports | SiteKind::Namespace(_)
            )
        {
            let element = self.field(site, self.well_known.element);
            self.connect(element, to);
        }
        if name == self.well_known.default && !matches!(self.kind(site), SiteKind::Namespace(_)) {
            // What interoperability helpers make of a CommonJS module: itself as its default export.
            self.insert(to, site);
        }
        self.sites[site.0 as usize].loads.push((name, to, op));
        if self.hides(site, name) {
            return;
        }
        for position in 0..self.sites[site.0 as usize].prototypes.len() {
            let prototype = self.sites[site.0 as usize].prototypes[position];
            self.load(prototype, name, to, op, depth + 1);
        }
    }

    pub(super) fn load_any(&mut self, site: SiteIdx, to: NodeIdx) {
        match self.kind(site) {
            SiteKind::Unknown | SiteKind::Builtin(_) | SiteKind::GlobalObject => {
                self.insert(to, UNKNOWN);
            }
            SiteKind::Array | SiteKind::Pair => {
                let element = self.field(site, self.well_known.element);
                self.edge(element, to);
            }
            _ => {
                let any = self.field(site, self.well_known.any);
                self.edge(any, to);
            }
        }
    }

    pub(super) fn iterate(&mut self, site: SiteIdx, to: NodeIdx, op: OpIdx) {
        match self.kind(site) {
            SiteKind::Unknown => self.insert(to, UNKNOWN),
            SiteKind::Map => {
                let pair = self.derived_site(op, SiteKind::Pair);
                let parts = self.field(pair, self.well_known.element);
                for name in [self.well_known.element, self.well_known.key] {
                    let part = self.field(site, name);
                    self.edge(part, parts);
                }
                self.insert(to, pair);
            }
            _ => {
                let element = self.field(site, self.well_known.element);
                self.edge(element, to);
            }
        }
    }

    pub(super) fn store(&mut self, site: SiteIdx, name: Name, from: NodeIdx) {
        match self.kind(site) {
            SiteKind::Unknown | SiteKind::Builtin(_) => self.edge(from, self.passed_sink),
            SiteKind::GlobalObject => {
                let field = self.field(site, name);
                self.edge(from, field);
                self.edge(from, self.exported_sink);
            }
            _ => {
                let field = self.field(site, name);
                self.edge(from, field);
            }
        }
    }

    pub(super) fn load_global(&mut self, name: Name, to: NodeIdx) {
        let field = self.field(self.global_object, name);
        self.edge(field, to);
        match super::builtins::global(self.text(name)) {
            super::builtins::Global::Object => self.insert(to, self.global_object),
            super::builtins::Global::Builtin => {
                let builtin = self.builtin(name);
                self.insert(to, builtin);
            }
            super::builtins::Global::Unknown => self.insert(to, UNKNOWN),
        }
    }

    /// A class extends what `heritage` is.
    pub(super) fn extend(&mut self, class: SiteIdx, heritage: SiteIdx) {
        if !matches!(
            self.kind(heritage),
            SiteKind::Function(_) | SiteKind::Class(_)
        ) {
            self.inherit(class, heritage);
            let prototype = self.prototype_site(class);
            self.inherit(prototype, heritage);
            return;
        }
        self.inherit(class, heritage);
        let (own, inherited) = (self.prototype_site(class), self.prototype_site(heritage));
        self.inherit(own, inherited);
        let (own, inherited) = (self.instances_of(class), self.instances_of(heritage));
        self.edge(own, inherited);
    }

    /// A site gets out of sight, and with it what can be reached from it.
    pub(super) fn escape(&mut self, site: SiteIdx, how: Escape) {
        let (exported, passed) = &mut self.sites[site.0 as usize].escapes;
        let (flag, sink) = match how {
            Escape::Exported => (exported, self.exported_sink),
            Escape::Passed => (passed, self.passed_sink),
        };
        if std::mem::replace(flag, true) || site == UNKNOWN {
            return;
        }
        match self.kind(site) {
            SiteKind::Builtin(_) | SiteKind::GlobalObject | SiteKind::Unknown => return,
            SiteKind::Function(function) => {
                for position in 0..self.code.functions[function.at()].params.len() {
                    let param = self.code.functions[function.at()].params[position];
                    let node = self.binding(param);
                    self.insert(node, UNKNOWN);
                }
                if let Some(all) = self.arguments(function) {
                    self.insert(all, UNKNOWN);
                }
                if self.code.functions[function.at()].kind != FunctionKind::Arrow {
                    let this = self.this(function);
                    self.insert(this, UNKNOWN);
                }
                self.give(function, &[], sink);
            }
            SiteKind::Class(class) => {
                let class = &self.code.classes[class.at()];
                for function in class.constructor.into_iter().chain(class.fields) {
                    self.escape_constructor(function, how);
                }
                let prototype = self.prototype_site(site);
                self.insert(sink, prototype);
            }
            _ => {}
        }
        let has_methods = matches!(
            self.kind(site),
            SiteKind::Exports | SiteKind::Object | SiteKind::Function(_)
        );
        if has_methods && how == Escape::Exported {
            // They are called on it.
            let own = self.new_node();
            self.insert(own, site);
            self.add_receiver(site, own);
        }
        for position in 0..self.sites[site.0 as usize].fields.len() {
            let (_, field) = self.sites[site.0 as usize].fields[position];
            self.connect(field, sink);
        }
        for position in 0..self.sites[site.0 as usize].prototypes.len() {
            let prototype = self.sites[site.0 as usize].prototypes[position];
            self.insert(sink, prototype);
        }
    }

    /// A constructor has a site of its own where its class escapes, so that it counts as callable from outside.
    fn escape_constructor(&mut self, function: FunctionIdx, how: Escape) {
        let site = if let Some(site) = self.function_site[function.at()] {
            site
        } else {
            let site = self.new_site(SiteKind::Function(function), None);
            self.function_site[function.at()] = Some(site);
            site
        };
        self.escape(site, how);
    }
}
