//! Which linted file a module names when it imports or requires something, and what the manifests around the linted
//! files say.
//!
//! Knows the rules of Node and of TypeScript for finding modules. Must not know what is in a module, nor any rule.

mod aliases;
mod exports;
mod files;
mod packages;
#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};

use oxc_resolver::{
    Resolution, ResolveError, ResolveOptions, TsconfigDiscovery, TsconfigOptions,
    TsconfigReferences,
};

use self::aliases::Configs;
use self::files::{Files, Language};
pub use self::packages::{Package, Packages, Surface};
pub(crate) use self::packages::{is_signpost, read_manifest};
use crate::source::FileIdx;

/// How a module names another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RequestKind {
    /// `import`, `export … from`, `import()`.
    Import,
    /// `require()`, TypeScript's `import x = require()`.
    Require,
}

/// What a request leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// A linted file.
    Module(FileIdx),
    /// A module that comes with Node.
    Builtin,
    /// The package of this name, in a file that is not linted.
    Package(String),
    /// Nothing we can name: missing, not a module, or a file that is not linted.
    Unresolved,
}

/// Resolves the requests of the linted files. Answers do not depend on what was asked before, nor from which thread.
#[derive(Debug)]
pub struct Resolver {
    files: Files,
    packages: Packages,
    configs: Configs,
    /// By [`engine_index`]; all share one cache of the file system.
    engines: [Engine; 4],
}

/// The rules for one kind of request from one language.
#[derive(Debug)]
struct Engine {
    /// Heeds the `tsconfig.json` that owns the asking file.
    configured: oxc_resolver::Resolver,
    plain: oxc_resolver::Resolver,
}

impl Resolver {
    /// `paths` are the linted files as opened, in [`FileIdx`] order. Reads the manifests around them. With a `tsconfig` that
    /// holds for all of them, else the nearest of each.
    pub fn new(paths: &[PathBuf], tsconfig: Option<&Path>) -> Self {
        let files = Files::new(paths);
        let packages = Packages::new(&files);
        let configs = Configs::new(&files, tsconfig);
        let shared = oxc_resolver::Resolver::default();
        let discovery = tsconfig.map_or(TsconfigDiscovery::Auto, |path| {
            TsconfigDiscovery::Manual(TsconfigOptions {
                config_file: path.to_path_buf(),
                references: TsconfigReferences::Auto,
            })
        });
        let engine = |language, kind| Engine {
            configured: shared.clone_with_options(ResolveOptions {
                tsconfig: Some(discovery.clone()),
                ..options(language, kind)
            }),
            plain: shared.clone_with_options(options(language, kind)),
        };
        let engines = [
            engine(Language::JavaScript, RequestKind::Import),
            engine(Language::JavaScript, RequestKind::Require),
            engine(Language::TypeScript, RequestKind::Import),
            engine(Language::TypeScript, RequestKind::Require),
        ];
        Self {
            files,
            packages,
            configs,
            engines,
        }
    }

    /// What `specifier`, written in `from`, leads to.
    pub fn resolve(&self, from: FileIdx, specifier: &str, kind: RequestKind) -> Target {
        let language = Language::of(self.files.path(from));
        let relative = is_relative(specifier);
        if relative && let Some(file) = self.files.relative(from, specifier, language) {
            return Target::Module(file);
        }
        if specifier.starts_with("node:") {
            return Target::Builtin;
        }
        let engine = &self.engines[engine_index(language, kind)];
        if let Some(target) = self.by_rules(engine, from, specifier) {
            return target;
        }
        let rescued = if relative {
            // A manifest that cannot be read stops the engine, though the files are there.
            self.files
                .relative_or_index(from, specifier, language)
                .map(Target::Module)
        } else {
            self.by_alias(from, specifier, language)
                .or_else(|| self.by_name(engine, specifier))
        };
        rescued.unwrap_or(Target::Unresolved)
    }

    /// What the manifests say of the linted files.
    pub fn packages(&self) -> &Packages {
        &self.packages
    }

    fn by_rules(&self, engine: &Engine, from: FileIdx, specifier: &str) -> Option<Target> {
        let path = self.files.path(from);
        if !self.configs.is_broken(from, &engine.configured) {
            match engine.configured.resolve_file(path, specifier) {
                // TypeScript maps some requests to declarations, which say nothing of the code that runs.
                Ok(found) if files::is_declaration(found.path()) => {}
                Ok(found) => return Some(self.target(from, specifier, &found)),
                Err(ResolveError::Builtin { .. }) => return Some(Target::Builtin),
                Err(_) if engine.configured.find_tsconfig(path).is_ok() => return None,
                Err(_) => {}
            }
        }
        match engine.plain.resolve(path.parent()?, specifier) {
            Ok(found) if files::is_declaration(found.path()) => None,
            Ok(found) => Some(self.target(from, specifier, &found)),
            Err(ResolveError::Builtin { .. }) => Some(Target::Builtin),
            Err(_) => None,
        }
    }

    /// The engine leaves out files that no `tsconfig.json` owns (JavaScript beside TypeScript), every `jsconfig.json`,
    /// and each configuration that extends a package which is not installed.
    fn by_alias(&self, from: FileIdx, specifier: &str, language: Language) -> Option<Target> {
        self.configs
            .candidates(from, specifier)
            .iter()
            .find_map(|candidate| self.files.module_at(candidate, language))
            .map(Target::Module)
    }

    /// A package of the workspace that is not linked into `node_modules`, because nothing is installed.
    fn by_name(&self, engine: &Engine, specifier: &str) -> Option<Target> {
        let (name, subpath) = split_package(specifier)?;
        let package = self.packages.named(name)?;
        let found = if package.surface == Surface::Exports {
            engine.plain.resolve(&package.root, specifier)
        } else {
            engine.plain.resolve(&package.root, &format!(".{subpath}"))
        };
        let file = found.ok().and_then(|found| self.files.get(found.path()));
        Some(file.map_or_else(|| Target::Package(name.to_owned()), Target::Module))
    }

    fn target(&self, from: FileIdx, specifier: &str, found: &Resolution) -> Target {
        if let Some(file) = self.files.get(found.path()) {
            return Target::Module(file);
        }
        let asked = split_package(specifier).map(|(name, _)| name);
        let declared = found.package_json().and_then(|manifest| manifest.name());
        if found
            .path()
            .components()
            .any(|part| part.as_os_str() == "node_modules")
        {
            return declared
                .map(str::to_owned)
                .or_else(|| installed_name(found.path()))
                .map_or(Target::Unresolved, Target::Package);
        }
        // An alias to a file of one's own package that is not linted leads to no package.
        let own = self
            .packages
            .package_of(from)
            .and_then(|package| package.name.as_deref());
        match declared {
            Some(name) if asked == Some(name) || (asked.is_some() && own != Some(name)) => {
                Target::Package(name.to_owned())
            }
            _ => Target::Unresolved,
        }
    }
}

fn engine_index(language: Language, kind: RequestKind) -> usize {
    let row = match language {
        Language::JavaScript => 0,
        Language::TypeScript => 2,
    };
    row + match kind {
        RequestKind::Import => 0,
        RequestKind::Require => 1,
    }
}

fn options(language: Language, kind: RequestKind) -> ResolveOptions {
    let owned = |names: &[&str]| {
        names
            .iter()
            .map(|&name| name.to_owned())
            .collect::<Vec<_>>()
    };
    // The main fields after the first help where a build is missing; Node itself knows `main` only.
    let (conditions, main_fields) = match kind {
        RequestKind::Import => (["node", "import"], ["module", "main", "browser"]),
        RequestKind::Require => (["node", "require"], ["main", "module", "browser"]),
    };
    let extension_alias = files::WRITTEN
        .iter()
        .map(|&written| (written.to_owned(), owned(language.written_for(written))))
        .collect();
    ResolveOptions {
        builtin_modules: true,
        condition_names: owned(&conditions),
        extension_alias,
        extensions: owned(language.extensions()),
        main_fields: owned(&main_fields),
        // The answer must not depend on the environment.
        node_path: false,
        ..ResolveOptions::default()
    }
}

fn is_relative(specifier: &str) -> bool {
    specifier == "."
        || specifier == ".."
        || specifier.starts_with("./")
        || specifier.starts_with("../")
}

/// The package's name and the rest, which is empty or starts with `/`; nothing for what cannot name a package.
fn split_package(specifier: &str) -> Option<(&str, &str)> {
    if specifier.is_empty() || specifier.starts_with(['.', '/', '#']) || specifier.contains(':') {
        return None;
    }
    let scope = if specifier.starts_with('@') {
        specifier.find('/')? + 1
    } else {
        0
    };
    let end = specifier[scope..]
        .find('/')
        .map_or(specifier.len(), |slash| scope + slash);
    Some(specifier.split_at(end))
}

/// The name under the innermost `node_modules` of the path.
fn installed_name(path: &Path) -> Option<String> {
    let mut parts: Vec<_> = path
        .iter()
        .rev()
        .take_while(|part| *part != "node_modules")
        .collect();
    let first = parts.pop()?.to_str()?;
    if first.starts_with('@') {
        return Some(format!("{first}/{}", parts.pop()?.to_str()?));
    }
    Some(first.to_owned())
}
