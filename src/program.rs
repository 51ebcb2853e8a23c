//! The program: all modules' facts, joined and resolved, with what follows from them.
//!
//! Built once by [`Program::link`] and never changed. Must not know swc, rules or rendering.

pub mod resolve;

mod collections;
mod flow;
mod guards;
mod keys;
mod lifetimes;
mod merge;
mod recurrence;
mod tests_of;

use rayon::prelude::*;

pub use collections::{Collection, Insertion, Shape, Shrink};
pub(crate) use flow::{Escape, Flow, SiteIdx, SiteKind};
pub use guards::Guard;
pub use keys::{Domain, Key};
pub use lifetimes::Lifetime;

use crate::source::{FileIdx, Place, Span};
use crate::summary::{
    BindingIdx, BindingKind, Export, FunctionIdx, FunctionKind, ModuleSummary, Name, OpIdx, OpKind,
    RegionIdx, RegionKind, RequestIdx,
};
use flow::{ModuleFlow, NameTable, WellKnown};
use resolve::{RequestKind, Resolver, Target};

/// A module of the program.
#[derive(Debug)]
pub struct Module {
    /// Its own code.
    pub function: FunctionIdx,
    /// Whether importers that we do not see can reach it.
    pub is_entry: bool,
    /// Why its package is a short-lived tool, where its manifest says so.
    pub tool_reason: Option<String>,
    /// Whether a path like this holds development-only code, tests or examples.
    pub is_development: bool,
}

/// The linked program.
pub struct Program {
    /// The joined facts.
    pub code: ModuleSummary,
    /// By file.
    pub modules: Vec<Module>,
    pub(crate) flow: Flow,
    exports: Vec<Vec<Export>>,
    targets: Vec<Option<FileIdx>>,
    pub(crate) facts: Index,
    recurrence: recurrence::Recurrence,
    lifetimes: lifetimes::Lifetimes,
    collections: Vec<Collection>,
    /// Sites to which recurring code adds entries.
    written_later: rustc_hash::FxHashSet<SiteIdx>,
}

/// Operations by what they touch.
#[derive(Default)]
pub(crate) struct Index {
    /// The [`OpKind::Assign`]s to each binding.
    pub(crate) assigns: Vec<Vec<OpIdx>>,
    /// The [`OpKind::Return`]s of each function.
    pub(crate) returns: Vec<Vec<OpIdx>>,
    /// The operations that call each function.
    pub(crate) callers: Vec<Vec<OpIdx>>,
    /// The bindings of outer functions, modules left out, that each function or one inside it uses.
    pub(crate) captures: Vec<Vec<BindingIdx>>,
    /// The functions, other than its own, that use each binding.
    pub(crate) users: Vec<Vec<FunctionIdx>>,
    /// The operations that read each binding.
    pub(crate) reads: Vec<Vec<OpIdx>>,
    /// The operations in each function's own code.
    pub(crate) ops: Vec<Vec<OpIdx>>,
}

impl Program {
    /// Joins summaries, in the order of the files, into a program.
    pub fn link(
        summaries: Vec<ModuleSummary>,
        paths: &[std::path::PathBuf],
        resolver: &Resolver,
    ) -> Self {
        let targets: Vec<Vec<Option<FileIdx>>> = summaries
            .par_iter()
            .enumerate()
            .map(|(file, summary)| {
                let resolve = |request: &crate::summary::Request| {
                    let kind = if request.is_require {
                        RequestKind::Require
                    } else {
                        RequestKind::Import
                    };
                    match resolver.resolve(FileIdx(file as u32), &request.specifier, kind) {
                        Target::Module(target) => Some(target),
                        Target::Builtin | Target::Package(_) | Target::Unresolved => None,
                    }
                };
                summary.requests.iter().map(resolve).collect()
            })
            .collect();
        let targets: Vec<Option<FileIdx>> = targets.into_iter().flatten().collect();
        let mut interner = merge::Interner::default();
        let (mut code, bases, exports, is_esm) = merge::merge(summaries, &mut interner);
        let mut intern = |text: &str| interner.intern(text, &mut code.names);
        let well_known = WellKnown {
            element: intern("[element]"),
            key: intern("[key]"),
            any: intern("[any]"),
            prototype: intern("prototype"),
            exports: intern("exports"),
            default: intern("default"),
            get: intern("get"),
            value: intern("value"),
        };
        let modules = modules(&code, &bases, &targets, paths, resolver);
        let module_flows: Vec<ModuleFlow> = modules
            .iter()
            .zip(&exports)
            .zip(&is_esm)
            .enumerate()
            .map(|(file, ((module, exports), &is_esm))| ModuleFlow {
                globals: script_bindings(&code, &bases, file, is_esm),
                function: module.function,
                exports,
                is_esm,
                is_entry: module.is_entry,
            })
            .collect();
        let mut names = NameTable::new(&code);
        let flow = flow::solve(&code, &module_flows, &targets, well_known, &mut names);
        code.names.append(&mut names.texts);
        let facts = Index::new(&code, &flow);
        let recurrence = recurrence::Recurrence::new(&code, &flow, &facts);
        let mut program = Self {
            code,
            modules,
            flow,
            exports,
            targets,
            facts,
            recurrence,
            lifetimes: lifetimes::Lifetimes::default(),
            collections: Vec::new(),
            written_later: rustc_hash::FxHashSet::default(),
        };
        program.written_later = collections::written_later(&program);
        program.lifetimes = lifetimes::Lifetimes::new(&program);
        program.collections = collections::collect(&program);
        program
    }

    /// The collections that outlive a call, in the order of their allocation.
    pub fn collections(&self) -> impl Iterator<Item = &Collection> {
        self.collections.iter()
    }

    /// The function in whose code an operation stands.
    pub fn function_of(&self, op: OpIdx) -> FunctionIdx {
        self.code.regions[self.code.ops[op.at()].region.at()].function
    }

    /// The file of a function.
    pub fn file_of(&self, function: FunctionIdx) -> FileIdx {
        let position = self
            .modules
            .partition_point(|module| module.function <= function);
        FileIdx(position as u32 - 1)
    }

    /// Where an operation is written.
    pub fn place(&self, op: OpIdx) -> Place {
        Place {
            file: self.file_of(self.function_of(op)),
            span: self.code.ops[op.at()].span,
        }
    }

    /// Where a binding is declared.
    pub fn declaration(&self, binding: BindingIdx) -> Place {
        let binding = &self.code.bindings[binding.at()];
        Place {
            file: self.file_of(binding.function),
            span: binding.span,
        }
    }

    /// Whether an operation runs again and again, not only while modules load.
    pub fn recurs(&self, op: OpIdx) -> bool {
        self.recurrence.op_recurs(&self.code, op)
    }

    /// Whether a function runs again and again, not only while modules load.
    pub fn function_recurs(&self, function: FunctionIdx) -> bool {
        self.recurrence.recurring[function.at()]
    }

    /// Whether anything can call a function.
    pub fn is_reached(&self, function: FunctionIdx) -> bool {
        self.recurrence.reached[function.at()]
    }

    /// The regions around an operation, innermost first, up to its function's body.
    pub fn regions(&self, op: OpIdx) -> impl Iterator<Item = (RegionIdx, &RegionKind)> {
        regions(&self.code, op)
    }

    /// The text of a name.
    pub fn text(&self, name: Name) -> &str {
        self.code.name(name)
    }

    /// The name of a binding.
    pub fn binding_name(&self, binding: BindingIdx) -> &str {
        self.text(self.code.bindings[binding.at()].name)
    }

    /// The binding of another module that an imported binding means.
    pub fn imported(&self, binding: BindingIdx) -> Option<BindingIdx> {
        let BindingKind::Import {
            request,
            imported: Some(name),
        } = self.code.bindings[binding.at()].kind
        else {
            return None;
        };
        self.exported(self.target(request)?, name, 0)
    }

    fn target(&self, request: RequestIdx) -> Option<FileIdx> {
        self.targets[request.at()]
    }

    fn exported(&self, file: FileIdx, name: Name, depth: u32) -> Option<BindingIdx> {
        if depth > 8 {
            return None;
        }
        self.exports[file.0 as usize]
            .iter()
            .find_map(|export| match *export {
                Export::Binding {
                    name: exported,
                    binding,
                } if exported == name => Some(binding),
                Export::From {
                    name: exported,
                    request,
                    imported: Some(imported),
                } if exported == name => self.exported(self.target(request)?, imported, depth + 1),
                Export::All { request } => self.exported(self.target(request)?, name, depth + 1),
                _ => None,
            })
    }
}

/// The regions around an operation, innermost first, up to its function's body.
pub(crate) fn regions(
    code: &ModuleSummary,
    op: OpIdx,
) -> impl Iterator<Item = (RegionIdx, &RegionKind)> {
    let mut next = Some(code.ops[op.at()].region);
    std::iter::from_fn(move || {
        let region = next?;
        let data = &code.regions[region.at()];
        next = data.parent;
        Some((region, &data.kind))
    })
}

/// The bindings of a classic script: neither an ECMAScript nor a CommonJS nor an AMD module.
fn script_bindings(
    code: &ModuleSummary,
    bases: &[merge::Base],
    file: usize,
    is_esm: bool,
) -> std::ops::Range<u32> {
    let base = bases[file];
    let next = bases.get(file + 1);
    let ops = base.ops as usize..next.map_or(code.ops.len(), |next| next.ops as usize);
    let is_module = is_esm
        || code.ops[ops].iter().any(|op| match op.kind {
            OpKind::Require(_) => true,
            OpKind::Global(name) => {
                matches!(code.name(name), "exports" | "module" | "define" | "require")
            }
            _ => false,
        });
    let end = next.map_or(code.bindings.len() as u32, |next| next.bindings);
    if is_module {
        base.bindings..base.bindings
    } else {
        base.bindings..end
    }
}

fn modules(
    code: &ModuleSummary,
    bases: &[merge::Base],
    targets: &[Option<FileIdx>],
    paths: &[std::path::PathBuf],
    resolver: &Resolver,
) -> Vec<Module> {
    let relative: Vec<&std::path::Path> = paths
        .iter()
        .enumerate()
        .map(|(file, path)| {
            let package = resolver.packages().package_of(FileIdx(file as u32));
            let below = package.and_then(|package| path.strip_prefix(&package.root).ok());
            below.unwrap_or_else(|| {
                path.file_name()
                    .map_or(path.as_path(), std::path::Path::new)
            })
        })
        .collect();
    let is_development: Vec<bool> = relative
        .iter()
        .map(|path| is_development_path(path))
        .collect();
    let mut is_imported = vec![false; bases.len()];
    for (file, base) in bases.iter().enumerate() {
        let end = bases
            .get(file + 1)
            .map_or(targets.len(), |next| next.requests as usize);
        for target in targets[base.requests as usize..end].iter().flatten() {
            // A test that imports a module does not make its exports internal.
            if target.0 as usize != file && !is_development[file] {
                is_imported[target.0 as usize] = true;
            }
        }
    }
    debug_assert_eq!(targets.len(), code.requests.len());
    bases
        .iter()
        .enumerate()
        .map(|(file, base)| {
            let index = FileIdx(file as u32);
            let package = resolver.packages().package_of(index);
            let is_declared =
                package.is_some_and(|package| package.entries.binary_search(&index).is_ok());
            Module {
                function: FunctionIdx(base.functions),
                is_entry: is_declared || !is_imported[file],
                tool_reason: package
                    .and_then(|package| package.tool_reason.clone())
                    .or_else(|| tool_path(&relative[file])),
                is_development: is_development[file],
            }
        })
        .collect()
}

/// Test runners and build tools whose integrations live in folders and files of their name. Sorted.
const TOOLS: &[&str] = &[
    "babel",
    "cucumber",
    "cypress",
    "esbuild",
    "eslint",
    "jest",
    "karma",
    "mocha",
    "playwright",
    "rollup",
    "vitest",
    "webpack",
];

/// Why code at a path serves a short-lived tool, if its path says so.
fn tool_path(path: &std::path::Path) -> Option<String> {
    let text = path.to_string_lossy().to_lowercase();
    let word = text
        .split(|letter: char| !letter.is_ascii_alphanumeric())
        .find(|word| TOOLS.binary_search(word).is_ok())?;
    Some(format!("its path names `{word}`"))
}

/// Whether a path is one of tests, benchmarks, examples or a build's development variant.
fn is_development_path(path: &std::path::Path) -> bool {
    let name = path
        .file_name()
        .map(|name| name.to_string_lossy().to_lowercase())
        .unwrap_or_default();
    let by_name = [
        ".test.",
        ".spec.",
        ".development.",
        ".dev.",
        ".config.",
        ".stories.",
        ".bench.",
    ]
    .iter()
    .any(|part| name.contains(part));
    by_name
        || path.parent().is_some_and(|folder| {
            folder.components().any(|part| {
                matches!(
                    part.as_os_str().to_str(),
                    Some(
                        "__tests__"
                            | "__mocks__"
                            | "test"
                            | "tests"
                            | "spec"
                            | "bench"
                            | "benchmark"
                            | "benchmarks"
                            | "example"
                            | "examples"
                            | "demo"
                            | "fixtures"
                    )
                )
            })
        })
}

impl Index {
    fn new(code: &ModuleSummary, flow: &Flow) -> Self {
        let mut index = Self {
            assigns: vec![Vec::new(); code.bindings.len()],
            returns: vec![Vec::new(); code.functions.len()],
            callers: vec![Vec::new(); code.functions.len()],
            captures: vec![Vec::new(); code.functions.len()],
            users: vec![Vec::new(); code.bindings.len()],
            reads: vec![Vec::new(); code.bindings.len()],
            ops: vec![Vec::new(); code.functions.len()],
        };
        for (position, op) in code.ops.iter().enumerate() {
            let here = OpIdx(position as u32);
            let function = code.regions[op.region.at()].function;
            index.ops[function.at()].push(here);
            let used = match op.kind {
                OpKind::Assign { binding, .. } => {
                    index.assigns[binding.at()].push(here);
                    binding
                }
                OpKind::Read(binding) => {
                    index.reads[binding.at()].push(here);
                    binding
                }
                OpKind::Return(_) => {
                    index.returns[function.at()].push(here);
                    continue;
                }
                _ => continue,
            };
            index.use_binding(code, used, function);
        }
        for edge in &flow.calls {
            index.callers[edge.to.at()].push(edge.op);
        }
        index
    }

    fn use_binding(&mut self, code: &ModuleSummary, binding: BindingIdx, function: FunctionIdx) {
        let owner = code.bindings[binding.at()].function;
        if owner == function {
            return;
        }
        if self.users[binding.at()].last() != Some(&function) {
            self.users[binding.at()].push(function);
        }
        if code.functions[owner.at()].kind == FunctionKind::Module {
            return;
        }
        let mut inner = Some(function);
        while let Some(function) = inner {
            if function == owner {
                return;
            }
            let captures = &mut self.captures[function.at()];
            if captures.last() == Some(&binding) || captures.contains(&binding) {
                return;
            }
            captures.push(binding);
            inner = code.functions[function.at()].parent;
        }
    }
}

impl Program {
    /// The bytes of an operation.
    pub fn span(&self, op: OpIdx) -> Span {
        self.code.ops[op.at()].span
    }

    /// Whether no call of the program means this function and none is known to be made by code that gets it as an argument.
    pub fn is_uncalled(&self, function: FunctionIdx) -> bool {
        let is_passed = self.flow.function_site[function.at()]
            .is_some_and(|site| self.flow.escapes(site, Escape::Passed));
        self.facts.callers[function.at()].is_empty() && !is_passed
    }

    /// Whether a function does more with a collection than to empty it.
    pub fn uses_otherwise(&self, collection: &Collection, function: FunctionIdx) -> bool {
        let here = |op: &OpIdx| self.function_of(*op) == function;
        let emptied: Vec<OpIdx> = collection
            .removals
            .iter()
            .filter_map(|&(op, _)| self.emptied(op))
            .collect();
        collection
            .reads
            .iter()
            .chain(&collection.enumerations)
            .any(here)
            || collection
                .insertions
                .iter()
                .any(|insertion| here(&insertion.op))
            || self.ops_of(function).any(|op| {
                matches!(self.code.kind(op), OpKind::Read(_) | OpKind::Member { .. })
                    && self.flow.of_op(op).contains(&collection.site)
                    && !emptied.contains(&op)
            })
    }

    /// The operation that gives the collection that a removal empties.
    fn emptied(&self, removal: OpIdx) -> Option<OpIdx> {
        match *self.code.kind(removal) {
            OpKind::Call { callee, .. } => match *self.code.kind(callee) {
                OpKind::Member { object, .. } => Some(object),
                _ => None,
            },
            OpKind::Store { object, .. } | OpKind::DeleteIndex { object, .. } => Some(object),
            _ => None,
        }
    }

    /// Whether a call is of something that calls its function arguments at once, or once a little later.
    pub(crate) fn calls_back(&self, call: OpIdx) -> bool {
        let OpKind::Call { callee, .. } = *self.code.kind(call) else {
            return false;
        };
        match *self.code.kind(callee) {
            OpKind::Member { name, .. } | OpKind::Global(name) => flow::calls_back(self.text(name)),
            OpKind::Read(binding) => flow::calls_back(self.binding_name(binding)),
            _ => false,
        }
    }

    /// The operations in a function's own code.
    fn ops_of(&self, function: FunctionIdx) -> impl Iterator<Item = OpIdx> {
        self.facts.ops[function.at()].iter().copied()
    }

    /// Whether the key of an insertion is handed to what takes paths or names of modules.
    pub fn names_file(&self, insertion: &Insertion) -> bool {
        let Some(OpKind::Read(key)) = insertion.inner_key.map(|key| self.code.kind(key)) else {
            return false;
        };
        let reads_key = |arg: OpIdx, depth: u32| self.reads(arg, *key, depth);
        let owner = self.code.bindings[key.at()].function;
        let inside = std::iter::once(owner).chain(self.facts.users[key.at()].iter().copied());
        inside
            .flat_map(|function| self.ops_of(function))
            .any(|op| match self.code.kind(op) {
                OpKind::Call {
                    callee,
                    args,
                    kind: crate::summary::CallKind::Call,
                    ..
                } => {
                    let takes_paths = match *self.code.kind(*callee) {
                        OpKind::Unknown => true,
                        OpKind::Global(name) => self.text(name) == "require",
                        OpKind::Member { name, .. } => takes_paths(self.text(name)),
                        OpKind::Read(binding) => takes_paths(self.binding_name(binding)),
                        _ => false,
                    };
                    takes_paths && args.first().is_some_and(|&arg| reads_key(arg, 0))
                }
                _ => false,
            })
    }

    /// Whether the key of an insertion is constructed, or asked for its `prototype`: it is a class.
    pub fn is_class_key(&self, insertion: &Insertion) -> bool {
        let Some(&OpKind::Read(key)) = insertion.inner_key.map(|key| self.code.kind(key)) else {
            return false;
        };
        let reads = &self.facts.reads[key.at()];
        let owner = self.code.bindings[key.at()].function;
        self.ops_of(owner).any(|op| match *self.code.kind(op) {
            OpKind::Call {
                callee,
                kind: crate::summary::CallKind::New,
                ..
            } => reads.contains(&callee),
            OpKind::Member { object, name } => {
                self.text(name) == "prototype" && reads.contains(&object)
            }
            _ => false,
        })
    }

    /// The name of the closest function around an operation that has one.
    pub fn enclosing_name(&self, op: OpIdx) -> Option<&str> {
        let mut next = Some(self.function_of(op));
        while let Some(function) = next {
            let data = &self.code.functions[function.at()];
            if let Some(name) = data.name.filter(|&name| !self.text(name).is_empty()) {
                return Some(self.text(name));
            }
            next = data.parent;
        }
        None
    }

    /// The values that are assigned to a binding.
    pub fn assigned_values(&self, binding: BindingIdx) -> Vec<OpIdx> {
        let values = self.facts.assigns[binding.at()]
            .iter()
            .filter_map(|&assign| match *self.code.kind(assign) {
                OpKind::Assign { value, .. } => Some(value),
                _ => None,
            });
        values.collect()
    }

    /// Whether an operation is a call of `Object.assign`.
    pub fn is_assign(&self, op: OpIdx) -> bool {
        let OpKind::Call { callee, .. } = *self.code.kind(op) else {
            return false;
        };
        matches!(*self.code.kind(callee), OpKind::Member { name, .. } if self.text(name) == "assign")
    }

    /// Whether an operation's value is made from a binding's.
    fn reads(&self, op: OpIdx, binding: BindingIdx, depth: u32) -> bool {
        if depth > 4 {
            return false;
        }
        match self.code.kind(op) {
            OpKind::Read(read) => *read == binding,
            OpKind::Binary { left, right, .. } => {
                self.reads(*left, binding, depth + 1) || self.reads(*right, binding, depth + 1)
            }
            OpKind::Template(parts) => parts
                .iter()
                .any(|&part| self.reads(part, binding, depth + 1)),
            OpKind::Call { args, .. } => {
                args.iter().any(|&arg| self.reads(arg, binding, depth + 1))
            }
            _ => false,
        }
    }

    /// `list[list.length] = …`.
    pub fn is_length_of(&self, key: OpIdx, insertion: &Insertion) -> bool {
        let OpKind::StoreIndex { object, .. } = *self.code.kind(insertion.op) else {
            return false;
        };
        match *self.code.kind(key) {
            OpKind::Member {
                object: measured,
                name,
            } => {
                self.text(name) == "length"
                    && self
                        .flow
                        .of_op(measured)
                        .iter()
                        .any(|site| self.flow.of_op(object).contains(site))
            }
            _ => false,
        }
    }

    /// Whether anything asks how many entries a collection has.
    pub fn reads_size(&self, collection: &Collection) -> bool {
        self.code.ops.iter().any(|op| match op.kind {
            OpKind::Member { object, name } => {
                self.text(name) == "size" && self.flow.of_op(object).contains(&collection.site)
            }
            _ => false,
        })
    }
}

/// Functions of `fs`, `path` and module loaders.
fn takes_paths(name: &str) -> bool {
    matches!(
        name,
        "readFile"
            | "readFileSync"
            | "stat"
            | "statSync"
            | "lstatSync"
            | "existsSync"
            | "realpathSync"
            | "readdirSync"
            | "readdir"
            | "accessSync"
            | "createReadStream"
            | "writeFileSync"
            | "dirname"
            | "basename"
            | "extname"
            | "isAbsolute"
            | "require"
            | "requireModule"
            | "dynamicImport"
            | "importModule"
            | "loadModule"
            | "createRequire"
            | "openSync"
    )
}
