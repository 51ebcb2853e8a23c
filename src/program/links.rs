//! Which files name which: what each request of each file means, and what imports connect.
//!
//! Told from the bytes of the files, before any is parsed. Must not know what else is in a module, nor any rule.

use std::path::{Path, PathBuf};

use rayon::prelude::*;

use super::modules;
use super::resolve::{Packages, RequestKind, Resolver, Target};
use crate::scan;
use crate::source::{FileIdx, SourceFile};
use crate::summary::Request;

/// The requests of all files, resolved.
#[derive(Debug)]
pub struct Links {
    paths: Vec<PathBuf>,
    resolver: Resolver,
    /// Whether each file is there for development, by its path.
    is_development: Vec<bool>,
    /// By file, sorted.
    requests: Vec<Vec<(Request, Option<FileIdx>)>>,
}

impl Links {
    /// Resolves what the files name, with a `tsconfig` that holds for all of them or else the nearest of each.
    pub fn new(files: &[SourceFile], tsconfig: Option<&Path>) -> Self {
        let paths: Vec<PathBuf> = files.iter().map(|file| file.path.clone()).collect();
        let resolver = Resolver::new(&paths, tsconfig);
        let of_file = |(file, source): (usize, &SourceFile)| {
            scan::requests(&source.text)
                .into_iter()
                .map(|request| {
                    let target = resolve(&resolver, FileIdx(file as u32), &request);
                    (request, target)
                })
                .collect()
        };
        let is_development = modules::are_for_development(resolver.packages(), &paths);
        let requests = files.par_iter().enumerate().map(of_file).collect();
        Self {
            paths,
            resolver,
            is_development,
            requests,
        }
    }

    /// How many requests there are.
    pub fn count(&self) -> usize {
        self.requests.iter().map(Vec::len).sum()
    }

    /// The file that a request of another means, where it is one of the run.
    pub fn target(&self, from: FileIdx, request: &Request) -> Option<FileIdx> {
        let known = &self.requests[from.0 as usize];
        match known.binary_search_by(|(known, _)| known.cmp(request)) {
            Ok(position) => known[position].1,
            Err(_) => resolve(&self.resolver, from, request),
        }
    }

    /// Where a file is.
    pub fn path(&self, file: FileIdx) -> &Path {
        &self.paths[file.0 as usize]
    }

    /// What manifests say of the files.
    pub fn packages(&self) -> &Packages {
        self.resolver.packages()
    }

    /// Whether a file is there for development, by its path.
    pub fn is_development(&self, file: FileIdx) -> bool {
        self.is_development[file.0 as usize]
    }

    /// The files in groups that imports connect, in whatever direction; each group sorted, and the groups by their first
    /// files. That a test, a benchmark or an example imports what it is for connects nothing: what they do with it
    /// neither makes nor unmakes a leak.
    pub fn clusters(&self) -> Vec<Vec<FileIdx>> {
        let count = self.requests.len();
        let mut groups = Groups::new(count);
        for (file, requests) in self.requests.iter().enumerate() {
            for target in requests.iter().filter_map(|(_, target)| *target) {
                if !self.is_development[file] || self.is_development(target) {
                    groups.join(file, target.0 as usize);
                }
            }
        }
        let mut clusters: Vec<Vec<FileIdx>> = vec![Vec::new(); count];
        for file in 0..count {
            clusters[groups.first(file)].push(FileIdx(file as u32));
        }
        clusters.retain(|members| !members.is_empty());
        clusters
    }
}

fn resolve(resolver: &Resolver, from: FileIdx, request: &Request) -> Option<FileIdx> {
    let kind = if request.is_require {
        RequestKind::Require
    } else {
        RequestKind::Import
    };
    match resolver.resolve(from, &request.specifier, kind) {
        Target::Module(target) => Some(target),
        Target::Builtin | Target::Package(_) | Target::Unresolved => None,
    }
}

/// Files in groups, each known by its first.
pub(super) struct Groups(Vec<usize>);

impl Groups {
    /// Each on its own.
    pub(super) fn new(count: usize) -> Self {
        Self((0..count).collect())
    }

    /// Makes one group of those of two files.
    pub(super) fn join(&mut self, one: usize, other: usize) {
        let (one, other) = (self.first(one), self.first(other));
        self.0[one.max(other)] = one.min(other);
    }

    /// The first of a file's group; the way there is made shorter.
    pub(super) fn first(&mut self, mut file: usize) -> usize {
        while self.0[file] != file {
            self.0[file] = self.0[self.0[file]];
            file = self.0[file];
        }
        file
    }
}
