//! What users say of a program that its text does not: which caches bound themselves, which functions run only while
//! modules load.
//!
//! Compares names. Must not know where it was said, nor rules.

use std::path::Path;

use serde::Serialize;

use super::flow::{SiteIdx, SiteKind};
use super::links::Links;
use super::{Collection, Memo, Program, Source, enclosing};
use crate::source::FileIdx;
use crate::summary::{ClassIdx, FunctionIdx, ModuleSummary};

/// What is said of the code of a file.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Told {
    /// Names of modules, classes and functions: what they make or keep is bounded.
    pub bounded_caches: Vec<String>,
    /// Names of functions, methods as `Class.method` too, that are called only while modules load.
    pub registrars: Vec<String>,
}

impl Told {
    /// Whether `./lib/lru` names the file `…/lib/lru.js`.
    pub(crate) fn is_path_of(name: &str, path: &Path) -> bool {
        let is_path = name.starts_with("./") || name.starts_with("../") || name.starts_with('/');
        let wanted = Path::new(name.trim_start_matches(['.', '/']));
        is_path && (path.ends_with(wanted) || path.with_extension("").ends_with(wanted))
    }

    fn bounds(&self, name: &str) -> bool {
        self.bounded_caches.iter().any(|known| known == name)
    }
}

/// What is said, by file.
#[derive(Debug, Default)]
pub(super) struct Facts {
    of_file: Vec<Told>,
    /// Whether the module as a whole bounds what it keeps.
    is_bounded: Vec<bool>,
}

impl Facts {
    pub(super) fn new(told: &[&Told], members: &[FileIdx], links: &Links) -> Self {
        let is_bounded = told.iter().zip(members).map(|(told, &file)| {
            let path = links.path(file);
            let package = links.packages().package_of(file);
            let package = package.and_then(|package| package.name.as_deref());
            let names = &told.bounded_caches;
            names
                .iter()
                .any(|name| Some(name.as_str()) == package || Told::is_path_of(name, path))
        });
        Self {
            is_bounded: is_bounded.collect(),
            of_file: told.iter().map(|&told| told.clone()).collect(),
        }
    }

    /// By function: whether it is said to be called only while modules load.
    pub(super) fn registrars(
        &self,
        code: &ModuleSummary,
        file_of: impl Fn(FunctionIdx) -> FileIdx,
    ) -> Vec<bool> {
        let is_registrar = |(position, function): (usize, &crate::summary::Function)| {
            let FileIdx(file) = file_of(FunctionIdx(position as u32));
            let registrars = &self.of_file[file as usize].registrars;
            let Some(name) = function.name.filter(|_| !registrars.is_empty()) else {
                return false;
            };
            let name = code.name(name);
            let class = function.class.and_then(|class| class_name(code, class));
            let full = class.map(|class| format!("{class}.{name}"));
            registrars
                .iter()
                .any(|known| known == name || Some(known) == full.as_ref())
        };
        code.functions
            .iter()
            .enumerate()
            .map(is_registrar)
            .collect()
    }
}

fn class_name(code: &ModuleSummary, class: ClassIdx) -> Option<&str> {
    code.classes[class.at()].name.map(|name| code.name(name))
}

impl Program {
    /// Whether a collection is said to bound itself.
    pub fn is_told_bounded(&self, collection: &Collection) -> bool {
        let function = self.function_of(collection.allocation);
        self.is_in_bounded(function) || self.is_bounded_instance(collection.site, function)
    }

    /// Whether what makes a function remember is said to bound what it keeps.
    pub fn is_told_bounded_memo(&self, memo: &Memo) -> bool {
        let FileIdx(file) = self.file_of(self.function_of(memo.made));
        match memo.source {
            Source::Library(library) => {
                let mut modules = library.modules.iter();
                modules.any(|module| self.told.of_file[file as usize].bounds(module))
            }
            Source::Own(helper) => self.is_in_bounded(helper.closure),
        }
    }

    /// Whether a function, or one around it, or their class or module, is said to bound what it keeps.
    fn is_in_bounded(&self, function: FunctionIdx) -> bool {
        let FileIdx(file) = self.file_of(function);
        let told = &self.told.of_file[file as usize];
        if told.bounded_caches.is_empty() {
            return false;
        }
        let is_named = |function: FunctionIdx| {
            let data = &self.code.functions[function.at()];
            let class = data.class.and_then(|class| class_name(&self.code, class));
            let name = data.name.map(|name| self.text(name));
            class.into_iter().chain(name).any(|name| told.bounds(name))
        };
        enclosing(&self.code, function).any(is_named) || self.told.is_bounded[file as usize]
    }

    /// Whether a site is an instance of a class that is said to bound itself, where it is made or written.
    fn is_bounded_instance(&self, site: SiteIdx, function: FunctionIdx) -> bool {
        let SiteKind::Instance(constructor) = self.flow.sites[site.0 as usize].kind else {
            return false;
        };
        let SiteKind::Class(class) = self.flow.sites[constructor.0 as usize].kind else {
            return false;
        };
        let FileIdx(file) = self.file_of(function);
        let name = class_name(&self.code, class);
        let constructor = self.code.classes[class.at()].constructor;
        name.is_some_and(|name| self.told.of_file[file as usize].bounds(name))
            || constructor.is_some_and(|constructor| self.is_in_bounded(constructor))
    }
}
