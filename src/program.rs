//! The program: all modules' facts, joined and resolved, with what follows from them.
//!
//! Built once by [`Program::link`] and never changed. Must not know swc, rules or rendering.

pub mod links;
mod literals;
pub mod resolve;

mod accesses;
mod clears;
mod collections;
mod copying;
mod documents;
mod emptying;
mod flow;
mod guards;
mod handed;
mod index;
mod keys;
mod lifetimes;
mod memos;
mod merge;
mod modules;
mod own;
mod proof;
mod reaching;
mod recurrence;
mod rows;
mod statements;
mod tests_of;
mod told;
mod uses;
mod weaken;

pub use collections::{Collection, Insertion, Shape, Shrink};
pub(crate) use flow::{Escape, Flow, SiteIdx, SiteKind};
pub use guards::Guard;
pub use keys::{Domain, Key};
pub use lifetimes::Lifetime;
pub use memos::{Compared, Form, Given, Helper, KeyFrom, Library, Memo, Source};
pub use told::Told;
pub use weaken::Weakening;

use crate::source::{FileIdx, Place};
use crate::stages::Watch;
use crate::summary::{
    BindingIdx, BindingKind, Export, FunctionIdx, ModuleSummary, Name, OpIdx, OpKind, Purpose,
    RegionIdx, RegionKind, RequestIdx,
};
use flow::{ModuleFlow, NameTable, WellKnown};
use index::Index;
use links::{Groups, Links};

/// A module of the program.
#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "independent facts")]
pub struct Module {
    /// Its own code.
    pub function: FunctionIdx,
    /// Whether importers that we do not see can reach it.
    pub is_entry: bool,
    /// Why its package is a short-lived tool, where its manifest says so.
    pub tool_reason: Option<String>,
    /// Whether a path like this holds development-only code, tests or examples.
    pub is_development: bool,
    /// Whether it is a test.
    pub is_test: bool,
    /// Whether its text is minified.
    pub is_minified: bool,
    /// Whether a tool has shortened its names.
    pub has_short_names: bool,
    /// What it is for, where it runs once and is done.
    pub purpose: Option<Purpose>,
    /// Whether it is TypeScript, by its name.
    pub is_typescript: bool,
    /// Whether it is an ECMAScript module.
    pub is_esm: bool,
    /// Whether `require` of its package's name loads it.
    pub is_main: bool,
    /// Whether strangers may import it by its path: it is published, and no `exports` keeps them from it.
    pub is_open: bool,
    /// The modules that it names.
    pub imports: Vec<FileIdx>,
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
    told: told::Facts,
    lifetimes: lifetimes::Lifetimes,
    collections: Vec<Collection>,
    filled: rustc_hash::FxHashMap<collections::Filling, Vec<(u32, OpIdx)>>,
    /// Where collections may be that could be weak; gathered when first asked for.
    held: std::sync::OnceLock<rustc_hash::FxHashMap<SiteIdx, weaken::Held>>,
    memoizing: memos::Memoizing,
    memos: Vec<Memo>,
    /// Sites to which recurring code adds entries.
    written_later: rustc_hash::FxHashSet<SiteIdx>,
}

impl Program {
    /// Joins summaries, in the order of the members of a cluster, into a program; places in it name files by their
    /// position among these. `told` is what is said of each member besides; `watch` is told how long the steps take.
    pub fn link(
        summaries: Vec<ModuleSummary>,
        members: &[FileIdx],
        links: &Links,
        told: &[&Told],
        watch: &mut Watch,
    ) -> Self {
        let mut ended = |step, of: &[(usize, &'static str)]| watch.ended("link", step, of);
        let targets: Vec<Option<FileIdx>> = members
            .iter()
            .zip(&summaries)
            .flat_map(|(&file, summary)| {
                let target = move |request| {
                    let target = links.target(file, request)?;
                    let position = members.binary_search(&target).ok()?;
                    Some(FileIdx(position as u32))
                };
                summary.requests.iter().map(target)
            })
            .collect();
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
        drop(interner);
        ended("merge", &[(code.ops.len(), "operations")]);
        let modules = modules::modules(&bases, &is_esm, &targets, members, links);
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
        ended("modules", &[]);
        let accesses = accesses::Accesses::new(&code);
        ended("accesses", &[]);
        let memoizing = memos::Memoizing::new(&code, &accesses, &targets);
        ended("memoizing", &[]);
        let flow = flow::solve(
            &code,
            &module_flows,
            &targets,
            well_known,
            &memoizing,
            &accesses,
            &mut names,
        );
        code.names.append(&mut names.texts);
        ended("flow", &[(flow.sites.len(), "sites")]);
        let mut facts = Index::new(&code, &flow, accesses);
        facts.for_tests = clears::for_tests(&code, &facts, &modules);
        ended("facts", &[]);
        let told = told::Facts::new(told, members, links);
        let registrars = told.registrars(&code, |function| file_of(&modules, function));
        let recurrence = recurrence::Recurrence::new(&code, &flow, &facts, &registrars);
        ended("recurrence", &[]);
        let mut program = Self {
            code,
            modules,
            flow,
            exports,
            targets,
            facts,
            recurrence,
            told,
            lifetimes: lifetimes::Lifetimes::default(),
            collections: Vec::new(),
            filled: rustc_hash::FxHashMap::default(),
            held: std::sync::OnceLock::new(),
            memoizing,
            memos: Vec::new(),
            written_later: rustc_hash::FxHashSet::default(),
        };
        program.written_later = collections::written_later(&program);
        program.lifetimes = lifetimes::Lifetimes::new(&program);
        ended("lifetimes", &[]);
        program.collections = collections::collect(&program);
        program.filled = collections::filled(&program, &program.collections);
        ended(
            "collections",
            &[(program.collections.len(), "that outlive a call")],
        );
        program.memos = memos::collect(&program);
        ended("memos", &[(program.memos.len(), "memoized functions")]);
        program
    }

    /// The collections that outlive a call, in the order of their allocation.
    pub fn collections(&self) -> &[Collection] {
        &self.collections
    }

    /// For each module the first of those that imports connect with it, in whatever direction.
    pub(crate) fn import_groups(&self) -> Vec<usize> {
        let mut groups = Groups::new(self.modules.len());
        for (file, module) in self.modules.iter().enumerate() {
            for target in &module.imports {
                groups.join(file, target.0 as usize);
            }
        }
        (0..self.modules.len())
            .map(|file| groups.first(file))
            .collect()
    }

    /// The function in whose code an operation stands.
    pub fn function_of(&self, op: OpIdx) -> FunctionIdx {
        self.code.regions[self.code.ops[op.at()].region.at()].function
    }

    /// The file of a function.
    pub fn file_of(&self, function: FunctionIdx) -> FileIdx {
        file_of(&self.modules, function)
    }

    /// The module in which an operation stands.
    pub fn module_of(&self, op: OpIdx) -> &Module {
        &self.modules[self.file_of(self.function_of(op)).0 as usize]
    }

    /// The functions of a file; the first is its own code.
    pub fn functions_in(&self, file: FileIdx) -> impl Iterator<Item = FunctionIdx> {
        let first = self.modules[file.0 as usize].function.0;
        let next = self.modules.get(file.0 as usize + 1);
        let end = next.map_or(self.code.functions.len() as u32, |next| next.function.0);
        (first..end).map(FunctionIdx)
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

    /// Whether a timer calls a function again and again.
    pub fn is_tick(&self, function: FunctionIdx) -> bool {
        self.facts.ticks.contains(&function)
    }

    /// The name of the decorator of a parameter.
    pub fn decorator_of(&self, param: BindingIdx) -> Option<&str> {
        let decorated = &self.code.decorated;
        let position = decorated.partition_point(|&(of, _)| of < param);
        let &(of, name) = decorated.get(position)?;
        (of == param).then(|| self.text(name))
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

    /// Whether a module exports a variable, its own or another module's, under a name.
    fn exports_variable(&self, file: FileIdx, name: Name) -> bool {
        self.exported(file, name, 0).is_some()
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

fn file_of(modules: &[Module], function: FunctionIdx) -> FileIdx {
    let position = modules.partition_point(|module| module.function <= function);
    FileIdx(position as u32 - 1)
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

/// Whether an operation stands in a region, or in one inside it.
pub(crate) fn stands_in(code: &ModuleSummary, op: OpIdx, region: RegionIdx) -> bool {
    regions(code, op).any(|(around, _)| around == region)
}

/// A function and those around it, innermost first.
pub(crate) fn enclosing(
    code: &ModuleSummary,
    function: FunctionIdx,
) -> impl Iterator<Item = FunctionIdx> {
    std::iter::successors(Some(function), |function| {
        code.functions[function.at()].parent
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
