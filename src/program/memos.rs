//! Functions that remember their results, with all that is done to them, in whatever file.
//!
//! Each call that makes one has a site of its own, so that its calls, its lifetime and who else has it are told apart
//! from those of other functions that the same helper made. Must not weigh anything: that is for rules.

mod asked;
mod helpers;
mod libraries;
mod syntax;

use rustc_hash::FxHashMap;

pub use helpers::Helper;
pub use libraries::{Compared, Form, Given, KeyFrom, Library};
pub(super) use syntax::Memoizing;

use super::collections::name;
use super::flow::{Escape, SiteIdx, SiteKind};
use super::lifetimes::Holder;
use super::{Collection, Lifetime, Program};
use crate::finding::Scope;
use crate::summary::{CallKind, ClassIdx, FunctionIdx, MethodKind, OpIdx, OpKind};

/// What makes a function remember.
#[derive(Clone, Copy, Debug)]
pub enum Source {
    /// A library's helper.
    Library(&'static Library),
    /// A helper of the program.
    Own(Helper),
}

/// A function that remembers its results and lives as long as the process.
#[derive(Clone, Debug)]
pub struct Memo {
    /// The call that makes it, or the decorator.
    pub made: OpIdx,
    /// What makes it.
    pub source: Source,
    /// What the helper gets.
    pub args: Vec<OpIdx>,
    /// The function whose results are kept, as the helper gets it.
    pub function: Option<OpIdx>,
    /// The functions that this may be.
    pub wrapped: Vec<FunctionIdx>,
    /// The name by which it is kept, as written.
    pub binding: Option<String>,
    /// What owns it.
    pub scope: Scope,
    /// The calls of it that are seen.
    pub calls: Vec<OpIdx>,
    /// Whether importers that we do not see can call it.
    pub is_exported: bool,
    /// Whether other code that we do not see may call it.
    pub is_passed: bool,
    /// What may empty what it keeps.
    pub removals: Vec<OpIdx>,
    /// The values that take the place of its cache.
    pub caches: Vec<OpIdx>,
}

/// What is done to the functions that helpers return.
#[derive(Clone, Default)]
struct Uses {
    calls: Vec<OpIdx>,
    removals: Vec<OpIdx>,
    caches: Vec<OpIdx>,
}

/// The functions of a program that remember and live as long as the process, in the order in which they are made.
pub(super) fn collect(program: &Program) -> Vec<Memo> {
    let uses = uses(program);
    let mut found = Vec::new();
    for (position, site) in program.flow.sites.iter().enumerate() {
        if site.kind != SiteKind::Memoized || program.lifetimes.of[position] != Lifetime::Process {
            continue;
        }
        let index = SiteIdx(position as u32);
        let Some(made) = site.op else { continue };
        for made in makings(program, made) {
            found.push(describe(program, index, made, uses.get(&index)));
        }
    }
    for (&made, application) in &program.memoizing.applications {
        if matches!(application.library.form, Form::PerInstance | Form::PerClass) {
            found.extend(decorated(program, made, application));
        }
    }
    found.sort_by_key(|memo| memo.made);
    found
}

/// A call that makes a function remember.
struct Making {
    call: OpIdx,
    source: Source,
    args: Vec<OpIdx>,
    function: Option<OpIdx>,
}

fn makings(program: &Program, call: OpIdx) -> Vec<Making> {
    if let Some(application) = program.memoizing.applications.get(&call) {
        return vec![Making {
            call,
            source: Source::Library(application.library),
            args: application.args.clone(),
            function: application.function,
        }];
    }
    let OpKind::Call { callee, args, .. } = program.code.kind(call) else {
        return Vec::new();
    };
    let functions = program.flow.of_op(*callee).iter();
    functions
        .filter_map(|&site| program.memoizing.helpers.get(&program.function_at(site)?))
        .map(|helper| Making {
            call,
            source: Source::Own(*helper),
            args: args.to_vec(),
            function: args.get(helper.wrapped as usize).copied(),
        })
        .collect()
}

fn describe(program: &Program, site: SiteIdx, making: Making, uses: Option<&Uses>) -> Memo {
    let wrapped = making
        .function
        .map_or(&[][..], |function| program.flow.of_op(function))
        .iter()
        .filter_map(|&site| program.function_at(site))
        .collect();
    let naming = name(program, site, 0);
    let uses = uses.cloned().unwrap_or_default();
    Memo {
        made: making.call,
        source: making.source,
        args: making.args,
        function: making.function,
        wrapped,
        scope: naming
            .as_ref()
            .map_or(Scope::Closure, |naming| naming.scope),
        binding: naming.map(|naming| naming.text),
        calls: uses.calls,
        is_exported: program.flow.escapes(site, Escape::Exported),
        is_passed: program.flow.escapes(site, Escape::Passed),
        removals: uses.removals,
        caches: uses.caches,
    }
}

fn uses(program: &Program) -> FxHashMap<SiteIdx, Uses> {
    let mut found: FxHashMap<SiteIdx, Uses> = FxHashMap::default();
    let memos = |op: OpIdx| {
        program
            .flow
            .of_op(op)
            .iter()
            .copied()
            .filter(|&site| program.flow.sites[site.0 as usize].kind == SiteKind::Memoized)
    };
    if !program
        .flow
        .sites
        .iter()
        .any(|site| site.kind == SiteKind::Memoized)
    {
        return found;
    }
    for (position, op) in program.code.ops.iter().enumerate() {
        let here = OpIdx(position as u32);
        match &op.kind {
            OpKind::Call {
                callee, args, kind, ..
            } if *kind != CallKind::Deferred => {
                for site in memos(*callee) {
                    found.entry(site).or_default().calls.push(here);
                }
                let name = match *program.code.kind(*callee) {
                    OpKind::Member { object, name } => {
                        let name = program.text(name);
                        for site in memos(object) {
                            let uses = found.entry(site).or_default();
                            match name {
                                "call" | "apply" => uses.calls.push(here),
                                _ if empties(name) => uses.removals.push(here),
                                _ => {}
                            }
                        }
                        // `memoized.cache.clear()`
                        if let OpKind::Member {
                            object,
                            name: cache,
                        } = *program.code.kind(object)
                            && is_cache(program.text(cache))
                            && empties(name)
                        {
                            for site in memos(object) {
                                found.entry(site).or_default().removals.push(here);
                            }
                        }
                        name
                    }
                    OpKind::Read(binding) => program.binding_name(binding),
                    _ => "",
                };
                // `memoizeClear(memoized)`
                if empties(name)
                    && let Some(&first) = args.first()
                {
                    for site in memos(first) {
                        found.entry(site).or_default().removals.push(here);
                    }
                }
            }
            OpKind::Store {
                object,
                name,
                value,
                ..
            } if is_cache(program.text(*name)) => {
                for site in memos(*object) {
                    found.entry(site).or_default().caches.push(*value);
                }
            }
            _ => {}
        }
    }
    found
}

/// Whether a function of this name takes away what was kept.
fn empties(name: &str) -> bool {
    let name = name.to_lowercase();
    [
        "clear",
        "delete",
        "reset",
        "invalidate",
        "evict",
        "forget",
        "remove",
    ]
    .iter()
    .any(|word| name.contains(word))
}

fn is_cache(name: &str) -> bool {
    matches!(name, "cache" | "_cache" | "__cache")
}

/// A method that a decorator makes remember.
fn decorated(program: &Program, made: OpIdx, application: &syntax::Application) -> Option<Memo> {
    let span = program.span(made);
    let file = program.place(made).file;
    let (class, data) = program
        .code
        .classes
        .iter()
        .enumerate()
        .filter(|(_, class)| class.span.start <= span.start && span.end <= class.span.end)
        .filter(|(_, class)| {
            class
                .methods
                .first()
                .is_some_and(|method| program.file_of(method.function) == file)
        })
        .min_by_key(|(_, class)| class.span.end - class.span.start)?;
    let method = data
        .methods
        .iter()
        .filter(|method| program.code.functions[method.function.at()].span.end > span.end)
        .min_by_key(|method| program.code.functions[method.function.at()].span.end)?;
    if method.kind != MethodKind::Method {
        return None;
    }
    let class = ClassIdx(class as u32);
    let is_kept = if method.is_static || application.library.form == Form::PerClass {
        is_kept_class(program, class)
    } else {
        has_kept_instance(program, class)
    };
    if !is_kept {
        return None;
    }
    let owner = data.name.map_or("class", |name| program.text(name));
    Some(Memo {
        made,
        source: Source::Library(application.library),
        args: application.args.clone(),
        function: None,
        wrapped: vec![method.function],
        binding: Some(format!("{owner}.{}", program.text(method.name))),
        scope: if method.is_static {
            Scope::Static
        } else {
            Scope::Field
        },
        calls: program.facts.callers[method.function.at()].to_vec(),
        is_exported: program.flow.function_escapes(method.function),
        is_passed: false,
        removals: Vec::new(),
        caches: Vec::new(),
    })
}

fn is_kept_class(program: &Program, class: ClassIdx) -> bool {
    program.flow.sites.iter().any(|site| {
        site.kind == SiteKind::Class(class) && site.op.is_some_and(|op| !program.recurs(op))
    })
}

fn has_kept_instance(program: &Program, class: ClassIdx) -> bool {
    program
        .flow
        .sites
        .iter()
        .zip(&program.lifetimes.of)
        .any(|(site, &lifetime)| match site.kind {
            SiteKind::Instance(constructor) => {
                lifetime == Lifetime::Process
                    && program.flow.sites[constructor.0 as usize].kind == SiteKind::Class(class)
            }
            _ => false,
        })
}

impl Program {
    /// The functions that remember their results and live as long as the process, in the order in which they are made.
    pub fn memos(&self) -> impl Iterator<Item = &Memo> {
        self.memos.iter()
    }

    /// Whether a collection is what a memoize helper of the program fills, or a part of it, and nothing else fills it:
    /// the functions that the helper made stand for it.
    pub fn is_memory(&self, collection: &Collection) -> bool {
        let helpers: Vec<Helper> = self
            .memos
            .iter()
            .filter_map(|memo| match memo.source {
                Source::Own(helper) => Some(helper),
                Source::Library(_) => None,
            })
            .collect();
        if helpers.is_empty() {
            return false;
        }
        let mut site = collection.site;
        for _ in 0..6 {
            let Some(Holder::Field(owner, _) | Holder::Element(owner)) =
                self.lifetimes.holder[site.0 as usize]
            else {
                break;
            };
            if helpers
                .iter()
                .any(|helper| self.flow.of_op(helper.cache).contains(&owner))
            {
                return true;
            }
            site = owner;
        }
        let mut recurring = collection
            .insertions
            .iter()
            .map(|insertion| insertion.op)
            .filter(|&op| self.recurs(op))
            .peekable();
        recurring.peek().is_some()
            && recurring.all(|op| helpers.iter().any(|helper| helper.insertion == op))
    }

    /// Whether a program replaces what a library keeps results in, once for all.
    pub fn replaces_memo_caches(&self) -> bool {
        self.memoizing.replaces_caches
    }

    /// The function that is allocated at a site.
    pub(crate) fn function_at(&self, site: SiteIdx) -> Option<FunctionIdx> {
        match self.flow.sites[site.0 as usize].kind {
            SiteKind::Function(function) => Some(function),
            _ => None,
        }
    }
}
