//! Which values may be where: a points-to analysis over the joined facts.
//!
//! Inclusion-based, flow- and context-insensitive, sensitive to fields (Andersen 1994): a *node* is a place that holds
//! values (a binding, the result of an operation, a field of a site), a *site* is an allocation. Constraints are solved
//! with a work list that passes on only what is new. A node takes no more than [`CAP`] sites: it then holds the unknown
//! value beside them, and what no longer fits counts as passed to code that we do not see. Sets that large tell nothing.
//! Must not know lifetimes, recurrence or rules.

mod aliases;
mod builtins;
mod calls;
mod chains;
mod definitions;
mod makers;
mod name_table;
mod overrides;
mod reactive;
mod setup;
mod singletons;
mod sites;
mod solution;
mod sorted;

pub(super) use builtins::{calls_back, is_interoperability};
pub(super) use name_table::NameTable;
pub(crate) use solution::{CallEdge, Flow};

use rustc_hash::{FxHashMap, FxHashSet};
use smallvec::SmallVec;

use self::chains::{Chain, Chains};
use super::accesses::Accesses;
use super::memos::Memoizing;
use super::rows::Rows;
use crate::source::FileIdx;
use crate::summary::{BindingIdx, ClassIdx, FunctionIdx, ModuleSummary, Name, OpIdx};

/// How many sites a node may hold before it counts as unknown.
const CAP: usize = 32;

/// How many entries are looked through one by one: with more, a hash table says whether one is there.
const FEW: usize = 8;

/// How far a chain of prototypes is followed.
const MAX_PROTOTYPES: u32 = 12;

/// Index of a place that holds values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct NodeIdx(u32);

/// Index of an allocation site.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct SiteIdx(pub(crate) u32);

/// The value that we know nothing of.
pub(crate) const UNKNOWN: SiteIdx = SiteIdx(0);

/// What is allocated at a site.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SiteKind {
    /// Anything from outside.
    Unknown,
    /// A function.
    Function(FunctionIdx),
    /// A class.
    Class(ClassIdx),
    /// An object literal, `new Object`, `Object.create`.
    Object,
    /// An array.
    Array,
    /// A `Map`.
    Map,
    /// A `Set`.
    Set,
    /// A `WeakMap`, `WeakSet` or `WeakRef`.
    Weak,
    /// An instance of the function or class at a site.
    Instance(SiteIdx),
    /// The `prototype` of the function or class at a site.
    Prototype(SiteIdx),
    /// A function that remembers its results, made by a memoize helper.
    Memoized,
    /// A `[key, value]` pair of a `Map`.
    Pair,
    /// The namespace object of an ECMAScript module.
    Namespace(FileIdx),
    /// The first value of `module.exports`.
    Exports,
    /// `module`.
    ModuleObject,
    /// `globalThis`.
    GlobalObject,
    /// A function or object that the language brings, by its dotted name.
    Builtin(Name),
}

/// An allocation site.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SiteData {
    pub(crate) kind: SiteKind,
    /// The operation that allocates; none for what exists before the code runs.
    pub(crate) op: Option<OpIdx>,
}

/// Names that the analysis asks for by index.
#[derive(Clone, Copy, Debug)]
pub(crate) struct WellKnown {
    /// The pseudo-field of a collection's elements or values, and of an object's computed properties.
    pub(crate) element: Name,
    /// The pseudo-field of a `Map`'s keys.
    pub(crate) key: Name,
    /// The pseudo-field that gathers all fields of a site.
    pub(crate) any: Name,
    pub(crate) prototype: Name,
    pub(crate) exports: Name,
    pub(crate) default: Name,
    pub(crate) get: Name,
    pub(crate) value: Name,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Constraint {
    /// `to ⊇ site.name`, read by an operation.
    Load { name: Name, to: NodeIdx, op: OpIdx },
    /// `to ⊇ site.*`.
    LoadAny { to: NodeIdx },
    /// `to ⊇` what iterating the site gives.
    Iterate { to: NodeIdx, op: OpIdx },
    /// `site.name ⊇ from`.
    Store { name: Name, from: NodeIdx },
    /// `site.[element] ⊇ site2.*` for each site2 of `from`.
    CopyFields { from: NodeIdx },
    /// The site is called.
    Call(OpIdx),
    /// A method of the site is called.
    Method(OpIdx),
    /// The site is called by whoever gets it as an argument of this call, at once or a little later.
    Callback {
        call: OpIdx,
        element_of: Option<NodeIdx>,
    },
    /// The site is the class or function that this class extends.
    Heritage(SiteIdx),
    /// The site is the class or function that `super(…)` calls, for this class.
    Super { call: OpIdx, class: SiteIdx },
    /// `to ⊇ super.name` in a class that extends the site.
    SuperLoad {
        name: Name,
        to: NodeIdx,
        op: OpIdx,
        is_static: bool,
    },
    /// A container makes one instance of the site, as this call says.
    Single(OpIdx),
    /// The site is `this` in a method, unless its class hides that.
    Receive(FunctionIdx),
    /// The site serves as the prototype of the instances of this function.
    PrototypeOf(SiteIdx),
    /// The site is a prototype of this site.
    Inherits(SiteIdx),
    /// The site's getter or value becomes a property: `Object.defineProperty(object, name, site)`.
    Descriptor { object: NodeIdx, name: Name },
    /// `to ⊇` the instances of the site; what `of` holds, where the site is no class of the program.
    Instances { of: NodeIdx, to: NodeIdx },
    /// A loader calls the site once, with this call.
    Define { call: OpIdx, constructs: bool },
    /// `to ⊇` what the site returns when called.
    Returned { to: NodeIdx },
    /// The site escapes.
    Escape(Escape),
}

/// How a value gets out of sight.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Escape {
    /// Exported to importers that we do not see.
    Exported,
    /// Passed to code that we do not see, or stored there.
    Passed,
}

/// What the solver knows of an allocation site.
struct Site {
    data: SiteData,
    /// The nodes of its elements and of all its fields together.
    pseudo_fields: [u32; 2],
    /// Its fields in the order in which they were come to.
    fields: Vec<(Name, NodeIdx)>,
    /// Whether it is the prototype of another.
    is_prototype: bool,
    has_getters: bool,
    /// Exported, passed.
    escapes: (bool, bool),
    prototypes: SmallVec<[SiteIdx; 4]>,
    /// What is loaded from it, also as from the prototype of another.
    loads: Vec<(Name, NodeIdx, OpIdx)>,
    /// The nodes of what its functions may be called on.
    receivers: SmallVec<[NodeIdx; 4]>,
}

/// There are millions of them, one to a line of the cache: what few have, or have for long, is kept elsewhere.
#[repr(align(64))]
struct Node {
    /// Sorted. Most nodes hold a site or two and pass them on to one other.
    sites: SmallVec<[SiteIdx; 4]>,
    edges: SmallVec<[NodeIdx; 4]>,
    /// The sites that are yet to be passed on, in the order in which they came; the node is queued while there are any.
    pending: Chain,
    constraints: Chain,
    /// The site of which it is a field.
    owner: u32,
    is_capped: bool,
    /// Where it is a sink of escaping values: how they escape. A sink takes every site; [`Solver::sunk`] says which it has.
    sink: Option<Escape>,
}

const _: () = assert!(size_of::<Node>() <= 64);

const NO_NODE: u32 = u32::MAX;
const NO_SITE: u32 = u32::MAX;

/// What the analysis is told of a module.
pub(super) struct ModuleFlow<'a> {
    pub(super) function: FunctionIdx,
    pub(super) exports: &'a [crate::summary::Export],
    pub(super) is_esm: bool,
    pub(super) is_entry: bool,
    /// Of a classic script, the range of its bindings.
    pub(super) globals: std::ops::Range<u32>,
}

/// Solves the constraints of a program. `targets` has the module that each request means, where it is one of the program.
pub(super) fn solve(
    code: &ModuleSummary,
    modules: &[ModuleFlow],
    targets: &[Option<FileIdx>],
    well_known: WellKnown,
    memoizing: &Memoizing,
    accesses: &Accesses,
    extra: &mut NameTable,
) -> Flow {
    let mut solver = Solver::new(code, modules, targets, well_known, memoizing, extra);
    solver.setup(accesses);
    solver.run();
    // What nothing was found for is code that we do not see after all; it may call what it gets.
    while solver.settle_calls() {
        solver.run();
    }
    solver.finish()
}

struct Solver<'a> {
    code: &'a ModuleSummary,
    modules: &'a [ModuleFlow<'a>],
    targets: &'a [Option<FileIdx>],
    names: &'a mut NameTable,
    memoizing: &'a Memoizing,
    well_known: WellKnown,
    overrides: overrides::Overrides,
    makers: makers::Makers,
    modules_of: singletons::ModulesOf,
    /// Objects that calls make around a value: the object, the call, the value.
    boxes: Vec<(SiteIdx, OpIdx, OpIdx)>,
    nodes: Vec<Node>,
    pending: Chains<SiteIdx>,
    constraints: Chains<Constraint>,
    /// The edges of nodes with many.
    edges: FxHashSet<(NodeIdx, NodeIdx)>,
    /// The node of what is loaded from each node under each name, or under any, and the first operation that does so.
    loads: FxHashMap<(NodeIdx, Option<Name>), (NodeIdx, OpIdx)>,
    /// Operations that load what another has loaded: the first, and the later one.
    repeated_loads: Vec<(OpIdx, OpIdx)>,
    global_nodes: FxHashMap<Name, NodeIdx>,
    /// The constraints that may be met again.
    known_constraints: FxHashSet<(NodeIdx, Constraint)>,
    work: Vec<NodeIdx>,
    /// Empty between uses.
    buffer: Vec<SiteIdx>,
    op_node: Vec<u32>,
    binding_node: Vec<u32>,
    this_node: Vec<u32>,
    return_node: Vec<u32>,
    sites: Vec<Site>,
    /// The fields of sites with many.
    fields: FxHashMap<(SiteIdx, Name), NodeIdx>,
    /// What is loaded from the fields of prototypes with many loads.
    loaded: FxHashSet<(NodeIdx, NodeIdx)>,
    /// Per site: whether the sinks of what is exported and of what is passed hold it.
    sunk: Vec<(bool, bool)>,
    getters: FxHashMap<(SiteIdx, Name), FunctionIdx>,
    instances: FxHashMap<SiteIdx, NodeIdx>,
    instance_of: FxHashMap<(OpIdx, SiteIdx), SiteIdx>,
    derived: FxHashMap<OpIdx, SiteIdx>,
    builtins: FxHashMap<Name, SiteIdx>,
    /// Members of builtins, by the names of both.
    members: FxHashMap<(Name, Name), SiteIdx>,
    function_site: Vec<Option<SiteIdx>>,
    class_site: Vec<Option<SiteIdx>>,
    module_object: Vec<Option<(SiteIdx, SiteIdx)>>,
    wrapper_object: FxHashMap<FunctionIdx, (SiteIdx, SiteIdx)>,
    namespaces: Vec<SiteIdx>,
    /// Some of them more than once.
    calls: Vec<CallEdge>,
    wrappers: FxHashSet<FunctionIdx>,
    loaders: FxHashSet<FunctionIdx>,
    prototype_methods: FxHashSet<FunctionIdx>,
    passed: Vec<(OpIdx, NodeIdx)>,
    rest_arrays: FxHashMap<FunctionIdx, SiteIdx>,
    /// The `arguments` of the functions that name them.
    arguments: FxHashMap<FunctionIdx, SiteIdx>,
    /// The parameters that each function returns as it got them: what a call gives then is what that call passes.
    handed_back: Rows<BindingIdx>,
    angular_modules: definitions::AngularModules,
    /// What loaders of modules keep, by the function that they call for it.
    defined: Vec<(FunctionIdx, NodeIdx)>,
    unknown_calls: FxHashSet<OpIdx>,
    /// The calls for which no callee was found yet.
    unsettled_calls: Vec<OpIdx>,
    global_object: SiteIdx,
    unknown_node: NodeIdx,
    exported_sink: NodeIdx,
    passed_sink: NodeIdx,
}

impl<'a> Solver<'a> {
    fn new(
        code: &'a ModuleSummary,
        modules: &'a [ModuleFlow<'a>],
        targets: &'a [Option<FileIdx>],
        well_known: WellKnown,
        memoizing: &'a Memoizing,
        names: &'a mut NameTable,
    ) -> Self {
        let mut solver = Self {
            code,
            modules,
            targets,
            names,
            memoizing,
            well_known,
            overrides: overrides::Overrides::of(code),
            makers: makers::Makers::default(),
            modules_of: singletons::ModulesOf::default(),
            boxes: Vec::new(),
            // There is hardly ever more than one for each operation; what is not used is not touched.
            nodes: Vec::with_capacity(code.ops.len()),
            pending: Chains::default(),
            constraints: Chains::default(),
            edges: FxHashSet::default(),
            loads: FxHashMap::default(),
            repeated_loads: Vec::new(),
            global_nodes: FxHashMap::default(),
            known_constraints: FxHashSet::default(),
            work: Vec::new(),
            buffer: Vec::new(),
            op_node: vec![NO_NODE; code.ops.len()],
            binding_node: vec![NO_NODE; code.bindings.len()],
            this_node: vec![NO_NODE; code.functions.len()],
            return_node: vec![NO_NODE; code.functions.len()],
            sites: Vec::new(),
            fields: FxHashMap::default(),
            loaded: FxHashSet::default(),
            sunk: Vec::new(),
            getters: FxHashMap::default(),
            instances: FxHashMap::default(),
            instance_of: FxHashMap::default(),
            derived: FxHashMap::default(),
            builtins: FxHashMap::default(),
            members: FxHashMap::default(),
            function_site: vec![None; code.functions.len()],
            class_site: vec![None; code.classes.len()],
            module_object: vec![None; modules.len()],
            wrapper_object: FxHashMap::default(),
            namespaces: Vec::new(),
            calls: Vec::new(),
            wrappers: FxHashSet::default(),
            loaders: FxHashSet::default(),
            prototype_methods: FxHashSet::default(),
            passed: Vec::new(),
            rest_arrays: FxHashMap::default(),
            arguments: FxHashMap::default(),
            handed_back: Rows::default(),
            angular_modules: FxHashSet::default(),
            defined: Vec::new(),
            unknown_calls: FxHashSet::default(),
            unsettled_calls: Vec::new(),
            global_object: SiteIdx(1),
            unknown_node: NodeIdx(0),
            exported_sink: NodeIdx(1),
            passed_sink: NodeIdx(2),
        };
        solver.new_site(SiteKind::Unknown, None);
        solver.new_site(SiteKind::GlobalObject, None);
        for _ in 0..3 {
            solver.new_node();
        }
        solver.insert(solver.unknown_node, UNKNOWN);
        for (sink, escape) in [
            (solver.exported_sink, Escape::Exported),
            (solver.passed_sink, Escape::Passed),
        ] {
            solver.nodes[sink.0 as usize].sink = Some(escape);
            solver.constrain(sink, Constraint::Escape(escape));
        }
        solver
    }

    fn text(&self, name: Name) -> &str {
        self.names.text(self.code, name)
    }

    fn new_node(&mut self) -> NodeIdx {
        let index = NodeIdx(self.nodes.len() as u32);
        self.nodes.push(Node {
            sites: SmallVec::new(),
            edges: SmallVec::new(),
            pending: Chain::default(),
            constraints: Chain::default(),
            owner: NO_SITE,
            is_capped: false,
            sink: None,
        });
        index
    }

    fn insert(&mut self, node: NodeIdx, site: SiteIdx) {
        let data = &mut self.nodes[node.0 as usize];
        if let Some(how) = data.sink {
            let (exported, passed) = &mut self.sunk[site.0 as usize];
            let is_held = match how {
                Escape::Exported => exported,
                Escape::Passed => passed,
            };
            if !std::mem::replace(is_held, true) {
                self.announce(node, site);
            }
            return;
        }
        let Err(position) = data.sites.binary_search(&site) else {
            return;
        };
        if data.sites.len() >= CAP && site != UNKNOWN {
            // From here on the node says nothing; whatever else it holds may be called or changed by anyone.
            self.insert(self.passed_sink, site);
            if !std::mem::replace(&mut self.nodes[node.0 as usize].is_capped, true) {
                self.insert(node, UNKNOWN);
            }
            return;
        }
        if data.sites.len() == CAP {
            // Nothing comes after this one: twice the room would be for nothing.
            data.sites.reserve_exact(1);
        }
        data.sites.insert(position, site);
        self.announce(node, site);
    }

    /// Inserts sites, most of which the node often has, in the order of `news`; `sorted` has the same ones.
    fn insert_all(&mut self, node: NodeIdx, news: &[SiteIdx], sorted: &[SiteIdx]) {
        let data = &mut self.nodes[node.0 as usize];
        if data.is_capped {
            // All that a full node does with a site that it has not is to pass it on to unseen code.
            for &site in news {
                if !self.sunk[site.0 as usize].1 {
                    self.insert(node, site);
                }
            }
            return;
        }
        let count = sorted::count_new(&data.sites, sorted);
        if count == 0 {
            return;
        }
        if data.sink.is_some() || data.sites.len() + count > CAP {
            for &site in news {
                self.insert(node, site);
            }
            return;
        }
        if data.pending.is_empty() {
            self.work.push(node);
        }
        for &site in news {
            if count == news.len() || data.sites.binary_search(&site).is_err() {
                self.pending.push(&mut data.pending, site);
            }
        }
        sorted::add(&mut data.sites, sorted, count);
    }

    /// Notes that a node has a new site to pass on.
    fn announce(&mut self, node: NodeIdx, site: SiteIdx) {
        let pending = &mut self.nodes[node.0 as usize].pending;
        if pending.is_empty() {
            self.work.push(node);
        }
        self.pending.push(pending, site);
    }

    /// Of a node with many edges the first ones may be noted twice, which costs little.
    fn edge(&mut self, from: NodeIdx, to: NodeIdx) {
        let edges = &self.nodes[from.0 as usize].edges;
        let is_new = if edges.len() <= FEW {
            !edges.contains(&to)
        } else {
            self.edges.insert((from, to))
        };
        if is_new {
            self.connect(from, to);
        }
    }

    /// An edge that is known to be new.
    fn connect(&mut self, from: NodeIdx, to: NodeIdx) {
        if from == to {
            return;
        }
        let data = &mut self.nodes[from.0 as usize];
        data.edges.push(to);
        match data.sites[..] {
            [] => {}
            [site] => self.insert(to, site),
            _ => {
                let mut known = std::mem::take(&mut self.buffer);
                known.extend_from_slice(&data.sites);
                self.insert_all(to, &known, &known);
                known.clear();
                self.buffer = known;
            }
        }
    }

    fn constrain(&mut self, node: NodeIdx, constraint: Constraint) {
        if self.known_constraints.insert((node, constraint)) {
            self.constrain_new(node, constraint);
        }
    }

    /// A constraint that is known to be new.
    fn constrain_new(&mut self, node: NodeIdx, constraint: Constraint) {
        let data = &mut self.nodes[node.0 as usize];
        self.constraints.push(&mut data.constraints, constraint);
        // What is pending is yet to be shown to all constraints; the rest only to this one.
        let mut seen: SmallVec<[SiteIdx; CAP]> = SmallVec::from_slice(&data.sites);
        if !data.pending.is_empty() {
            seen.retain(|site| !self.pending.items(data.pending).any(|it| it == *site));
        }
        for site in seen {
            self.apply(constraint, site);
        }
    }

    fn run(&mut self) {
        let (mut news, mut sorted) = (Vec::new(), Vec::new());
        while let Some(node) = self.work.pop() {
            let data = &mut self.nodes[node.0 as usize];
            news.clear();
            self.pending.take(&mut data.pending, &mut news);
            sorted.clone_from(&news);
            sorted.sort_unstable();
            let owner = data.owner;
            for position in 0..self.nodes[node.0 as usize].edges.len() {
                let to = self.nodes[node.0 as usize].edges[position];
                match news[..] {
                    [site] => self.insert(to, site),
                    _ => self.insert_all(to, &news, &sorted),
                }
            }
            if owner != NO_SITE {
                self.receive(SiteIdx(owner), &news);
            }
            // Those that are added meanwhile have seen the news.
            let Some(known) = self
                .constraints
                .span(self.nodes[node.0 as usize].constraints)
            else {
                continue;
            };
            let mut next = Some(self.constraints.first(known));
            while let Some((constraint, place)) = next {
                for &site in &news {
                    self.apply(constraint, site);
                }
                next = self.constraints.after(known, place);
            }
        }
    }

    /// Functions stored in a prototype get the instances as `this`.
    fn receive(&mut self, owner: SiteIdx, news: &[SiteIdx]) {
        for position in 0..self.sites[owner.0 as usize].receivers.len() {
            let receiver = self.sites[owner.0 as usize].receivers[position];
            for &site in news {
                if let SiteKind::Function(function) = self.sites[site.0 as usize].data.kind {
                    self.prototype_methods.insert(function);
                    self.receive_as_this(receiver, function);
                }
            }
        }
    }

    fn apply(&mut self, constraint: Constraint, site: SiteIdx) {
        match constraint {
            Constraint::Load { name, to, op } => self.load(site, name, to, op, 0),
            Constraint::LoadAny { to } => self.load_any(site, to),
            Constraint::Iterate { to, op } => self.iterate(site, to, op),
            Constraint::Store { name, from } => self.store(site, name, from),
            Constraint::CopyFields { from } => {
                if site != UNKNOWN {
                    let element = self.field(site, self.well_known.element);
                    self.constrain(from, Constraint::LoadAny { to: element });
                }
            }
            Constraint::Call(op) => self.call(op, site),
            Constraint::Method(op) => self.method(op, site),
            Constraint::Callback { call, element_of } => self.callback(call, element_of, site),
            Constraint::Heritage(class) => self.extend(class, site),
            Constraint::Super { call, class } => self.super_call(call, class, site),
            Constraint::SuperLoad {
                name,
                to,
                op,
                is_static,
            } => self.super_load(site, name, to, op, is_static),
            Constraint::Single(call) => {
                if matches!(self.kind(site), SiteKind::Class(_)) {
                    self.make_one(site, call);
                }
            }
            Constraint::Receive(function) => self.receive_site(function, site),
            Constraint::PrototypeOf(function) => self.prototype_of(function, site),
            Constraint::Inherits(object) => self.inherit(object, site),
            Constraint::Descriptor { object, name } => self.descriptor(object, name, site),
            Constraint::Instances { of, to } => {
                let from = match self.sites[site.0 as usize].data.kind {
                    SiteKind::Function(_) | SiteKind::Class(_) => self.instances_of(site),
                    _ => of,
                };
                self.edge(from, to);
            }
            Constraint::Returned { to } => {
                if let SiteKind::Function(function) = self.sites[site.0 as usize].data.kind {
                    self.give(function, &[], to);
                }
            }
            Constraint::Define { call, constructs } => self.define(call, constructs, site),
            Constraint::Escape(how) => self.escape(site, how),
        }
    }

    fn finish(self) -> Flow {
        let mut calls = self.calls;
        calls.sort_unstable_by_key(|edge| (edge.op, edge.to));
        calls.dedup();
        let mut repeated = Vec::new();
        for (first, op) in self.repeated_loads {
            let from = calls.partition_point(|edge| edge.op < first);
            let getters = calls[from..].iter().take_while(|edge| edge.op == first);
            repeated.extend(getters.map(|edge| CallEdge { op, ..*edge }));
        }
        if !repeated.is_empty() {
            calls.append(&mut repeated);
            calls.sort_unstable_by_key(|edge| (edge.op, edge.to));
        }
        // The largest tables of the solver go before those of the solution come.
        drop((self.edges, self.known_constraints, self.fields, self.loads));
        drop((self.loaded, self.pending, self.constraints));
        let nodes = Rows::of(self.nodes.iter().map(|node| node.sites.as_slice()));
        let sites = self.sites.iter();
        Flow {
            nodes,
            op_node: self.op_node,
            binding_node: self.binding_node,
            site_fields: Rows::of(sites.clone().map(|site| site.fields.as_slice())),
            prototypes: Rows::of(sites.clone().map(|site| site.prototypes.as_slice())),
            escapes: sites.clone().map(|site| site.escapes).collect(),
            sites: sites.map(|site| site.data).collect(),
            calls,
            wrappers: self.wrappers,
            loaders: self.loaders,
            function_site: self.function_site,
            passed: self.passed,
            defined: self.defined,
            boxes: self.boxes,
            well_known: self.well_known,
        }
    }
}
