//! Which calls apply a library's memoize helper, and which functions of the program are such helpers: by their form alone.
//!
//! Read before values are known, so that calls of helpers can be given a site of their own. Must not know values.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;

use super::helpers::{self, Helper};
use super::libraries::{self, Form, Library};
use crate::program::accesses::Accesses;
use crate::program::flow::is_interoperability;
use crate::source::FileIdx;
use crate::summary::{
    BindingIdx, BindingKind, CallKind, FunctionIdx, ModuleSummary, OpIdx, OpKind,
};

/// How far names are followed to the import that they mean.
const MAX_DEPTH: u32 = 8;

/// A call that applies a library's helper.
#[derive(Clone, Debug)]
pub(in crate::program) struct Application {
    pub(in crate::program) library: &'static Library,
    /// The arguments of the helper; of a curried one, those of the first call.
    pub(in crate::program) args: Vec<OpIdx>,
    /// The function whose results are kept, unless a decorator is applied.
    pub(in crate::program) function: Option<OpIdx>,
}

/// What the form of a program says of memoize helpers.
#[derive(Default)]
pub(in crate::program) struct Memoizing {
    /// Calls of libraries' helpers and applied decorators.
    pub(in crate::program) applications: BTreeMap<OpIdx, Application>,
    /// The program's own helpers.
    pub(in crate::program) helpers: FxHashMap<FunctionIdx, Helper>,
    /// Whether some module puts another cache into all that a library will memoize: `_.memoize.Cache = …`.
    pub(in crate::program) replaces_caches: bool,
}

/// The code, with its operations by what they touch.
pub(super) struct Index<'a> {
    pub(super) code: &'a ModuleSummary,
    accesses: &'a Accesses,
}

impl<'a> Index<'a> {
    /// The values assigned to a binding.
    pub(super) fn values(&self, binding: BindingIdx) -> impl Iterator<Item = OpIdx> + 'a {
        self.accesses.values(self.code, binding)
    }

    /// The only value assigned to a binding.
    pub(super) fn only_value(&self, binding: BindingIdx) -> Option<OpIdx> {
        self.accesses.only_value(self.code, binding)
    }

    /// The values that a function returns.
    pub(super) fn returned(&self, function: FunctionIdx) -> impl Iterator<Item = OpIdx> + 'a {
        self.accesses.returned(self.code, function)
    }

    /// The operations of a function's own code.
    pub(super) fn ops(&self, function: FunctionIdx) -> &'a [OpIdx] {
        &self.accesses.ops[function.at()]
    }
}

impl Memoizing {
    pub(in crate::program) fn new(
        code: &ModuleSummary,
        accesses: &Accesses,
        targets: &[Option<FileIdx>],
    ) -> Self {
        let index = Index { code, accesses };
        let mut found = Self {
            helpers: helpers::find(&index),
            ..Self::default()
        };
        let is_imported =
            code.requests.iter().zip(targets).any(|(request, target)| {
                target.is_none() && libraries::is_known(&request.specifier)
            });
        if !is_imported {
            return found;
        }
        let names = Names {
            index: &index,
            targets,
        };
        for (position, op) in code.ops.iter().enumerate() {
            let here = OpIdx(position as u32);
            match &op.kind {
                OpKind::Call {
                    callee, args, kind, ..
                } => {
                    if let Some(application) = names.application(*callee, args, *kind) {
                        found.applications.insert(here, application);
                    }
                }
                OpKind::Store { object, name, .. } if code.name(*name) == "Cache" => {
                    found.replaces_caches |= names
                        .library(*object)
                        .is_some_and(|library| library.has_cache);
                }
                _ => {}
            }
        }
        found
    }
}

struct Names<'a> {
    index: &'a Index<'a>,
    targets: &'a [Option<FileIdx>],
}

impl Names<'_> {
    fn application(&self, callee: OpIdx, args: &[OpIdx], kind: CallKind) -> Option<Application> {
        let applied = |library, args: &[OpIdx], function| Application {
            library,
            args: args.to_vec(),
            function,
        };
        let inner = match self.index.code.kind(callee) {
            OpKind::Call { callee, args, .. } => Some((*callee, args)),
            _ => None,
        };
        match (kind, inner) {
            // `@memoize`, `@memoize(options)`
            (CallKind::Deferred, _) => {
                let (named, args) = inner.map_or((callee, &[][..]), |(named, args)| (named, args));
                let library = self.library(named)?;
                matches!(library.form, Form::PerInstance | Form::PerClass)
                    .then(|| applied(library, args, None))
            }
            // `memoize(limit)(function)`
            (CallKind::Call, Some((named, inner))) => {
                let library = self.library(named)?;
                let function = args.first().copied();
                matches!(library.form, Form::Curried(_))
                    .then(|| applied(library, inner, function))
                    .filter(|_| function.is_some())
            }
            (CallKind::Call, None) => {
                let library = self.library(callee)?;
                let function = match library.form {
                    Form::Call => args.first(),
                    Form::Curried(Some(position)) => args.get(position),
                    _ => None,
                };
                function.map(|&function| applied(library, args, Some(function)))
            }
            _ => None,
        }
    }

    /// The helper that an operation names.
    fn library(&self, op: OpIdx) -> Option<&'static Library> {
        let mut path = Vec::new();
        let module = self.path(op, &mut path, 0)?;
        path.reverse();
        path.retain(|name| *name != "default");
        match path[..] {
            [] => libraries::find(module, ""),
            [name] => libraries::find(module, name),
            _ => None,
        }
    }

    /// The module that is not of the program, and the properties of it, innermost first, that an operation names.
    fn path<'a>(&'a self, op: OpIdx, path: &mut Vec<&'a str>, depth: u32) -> Option<&'a str> {
        let code = self.index.code;
        if depth > MAX_DEPTH {
            return None;
        }
        let outside = |request: crate::summary::RequestIdx| {
            self.targets[request.at()]
                .is_none()
                .then(|| &*code.requests[request.at()].specifier)
        };
        match code.kind(op) {
            OpKind::Require(request) => outside(*request),
            OpKind::Read(binding) => {
                if let BindingKind::Import { request, imported } = code.bindings[binding.at()].kind
                {
                    path.extend(imported.map(|name| code.name(name)));
                    return outside(request);
                }
                let value = self.index.only_value(*binding)?;
                self.path(value, path, depth + 1)
            }
            OpKind::Member { object, name } => {
                path.push(code.name(*name));
                self.path(*object, path, depth + 1)
            }
            OpKind::Cast { value, .. } | OpKind::Await(value) => self.path(*value, path, depth + 1),
            OpKind::Call { callee, args, .. } => {
                let name = match *code.kind(*callee) {
                    OpKind::Member { name, .. } | OpKind::Global(name) => name,
                    OpKind::Read(binding) => code.bindings[binding.at()].name,
                    _ => return None,
                };
                let &module = args.first()?;
                is_interoperability(code.name(name))
                    .then(|| self.path(module, path, depth + 1))
                    .flatten()
            }
            _ => None,
        }
    }
}
