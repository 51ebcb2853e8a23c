//! What the manifests (`package.json`) around the linted files say: which files strangers may import, and whether the
//! package is a tool that does not live long.
//!
//! Must not know requests, nor what is in a module.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use rustc_hash::FxHashMap;
use serde_json::{Map, Value};

use super::exports;
use super::files::{Files, Language, Look, Nearest, join};
use crate::source::FileIdx;

/// The packages of the linted files.
#[derive(Debug)]
pub struct Packages {
    all: Vec<Package>,
    of_file: Vec<Option<usize>>,
    by_root: FxHashMap<OsString, usize>,
    /// Nothing where several packages have the name. Without installed packages.
    by_name: FxHashMap<String, Option<usize>>,
}

/// What the manifest of one package says.
#[derive(Debug)]
pub struct Package {
    /// The real path of the manifest's folder.
    pub root: PathBuf,
    /// The package's name, where it has one.
    pub name: Option<String>,
    /// How it says what may be imported.
    pub surface: Surface,
    /// The linted files that it offers to importers, sorted. A file it names that does not exist is left out, so this
    /// may be empty although the package offers something: its build.
    pub entries: Vec<FileIdx>,
    /// What `require` of its name loads, where its manifest says so and the file is linted.
    pub main: Option<FileIdx>,
    /// Whether it installs a command.
    pub has_bin: bool,
    /// Whether it is kept from being published.
    pub private: bool,
    /// Why it looks like a tool that does not live long, where it does: ``its manifest has a `bin` ``.
    pub tool_reason: Option<String>,
    /// Whether a linted file belongs to it: the manifests of mere signposts have none.
    has_members: bool,
}

/// How a manifest says what may be imported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Surface {
    /// It does not say: the entry is `index.js`, and each file may be imported by its path.
    Undeclared,
    /// By `main` or `module` or the like: still, each file may be imported by its path.
    Main,
    /// By `exports`: nothing else can be imported.
    Exports,
}

impl Package {
    /// Whether the manifest says what may be imported.
    pub fn declares_entries(&self) -> bool {
        self.surface != Surface::Undeclared
    }

    /// Whether it looks like a tool that does not live long.
    pub fn is_tool(&self) -> bool {
        self.tool_reason.is_some()
    }
}

impl Packages {
    /// The package of the manifest nearest to the file.
    pub fn package_of(&self, file: FileIdx) -> Option<&Package> {
        self.of_file[file.0 as usize].map(|index| &self.all[index])
    }

    /// The innermost other package in whose folder a package lies.
    pub fn around(&self, package: &Package) -> Option<&Package> {
        let mut outer = package.root.ancestors().skip(1);
        outer.find_map(|folder| Some(&self.all[*self.by_root.get(folder.as_os_str())?]))
    }

    /// Each package that a linted file belongs to.
    pub fn iter(&self) -> impl Iterator<Item = &Package> {
        self.all.iter().filter(|package| package.has_members)
    }

    pub(super) fn new(files: &Files) -> Self {
        let mut manifests = Vec::new();
        let mut nearest = Nearest::new();
        let mut look = |folder: &Path| {
            if folder.ends_with("node_modules") {
                return Look::Stop;
            }
            let Some(manifest) = read_manifest(folder) else {
                return Look::Above;
            };
            let found = if is_signpost(&manifest) {
                Look::Otherwise
            } else {
                Look::Found
            };
            manifests.push((folder.to_path_buf(), manifest));
            found(manifests.len() - 1)
        };
        let of_file: Vec<Option<usize>> = files
            .iter()
            .map(|(_, path)| nearest.find(path.parent()?, &mut look))
            .collect();
        let mut members = vec![Vec::new(); manifests.len()];
        for ((file, _), package) in files.iter().zip(&of_file) {
            if let Some(package) = package {
                members[*package].push(file);
            }
        }
        let all: Vec<Package> = manifests
            .into_iter()
            .zip(&members)
            .map(|((root, manifest), members)| package(root, &manifest, members, files))
            .collect();
        let mut by_name = FxHashMap::default();
        for (index, package) in all.iter().enumerate() {
            let installed = package.root.iter().any(|part| part == "node_modules");
            if let (Some(name), false) = (&package.name, installed) {
                by_name
                    .entry(name.clone())
                    .and_modify(|known| *known = None)
                    .or_insert(Some(index));
            }
        }
        let roots = all.iter().map(|package| package.root.clone().into());
        let by_root = roots.zip(0..).collect();
        Self {
            all,
            of_file,
            by_root,
            by_name,
        }
    }

    /// The only package of this name.
    pub(super) fn named(&self, name: &str) -> Option<&Package> {
        let index = (*self.by_name.get(name)?)?;
        Some(&self.all[index])
    }
}

/// The manifest in the folder. A manifest that cannot be read counts as an empty one: the package begins here anyway.
pub(crate) fn read_manifest(folder: &Path) -> Option<Map<String, Value>> {
    let bytes = fs::read(folder.join("package.json")).ok()?;
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&bytes);
    let Ok(Value::Object(manifest)) = serde_json::from_slice(bytes) else {
        return Some(Map::new());
    };
    Some(manifest)
}

/// Whether the manifest only says how the files of its folder are loaded. Builds put such ones into their folders to
/// choose the module system, and libraries into folders that are there to be imported.
pub(crate) fn is_signpost(manifest: &Map<String, Value>) -> bool {
    const FIELDS: [&str; 9] = [
        "browser",
        "exports",
        "imports",
        "main",
        "module",
        "sideEffects",
        "type",
        "types",
        "typings",
    ];
    !manifest.is_empty() && manifest.keys().all(|key| FIELDS.contains(&key.as_str()))
}

fn package(
    root: PathBuf,
    manifest: &Map<String, Value>,
    members: &[FileIdx],
    files: &Files,
) -> Package {
    let surface = if manifest
        .get("exports")
        .is_some_and(|exports| !exports.is_null())
    {
        Surface::Exports
    } else if ENTRY_FIELDS
        .iter()
        .any(|field| manifest.get(*field).is_some_and(Value::is_string))
    {
        Surface::Main
    } else {
        Surface::Undeclared
    };
    let commands = match manifest.get("bin") {
        Some(Value::String(path)) => vec![path.as_str()],
        Some(Value::Object(commands)) => commands.values().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    let entries = entries(&root, manifest, surface, &commands, members, files);
    let main = text(manifest, "main").and_then(|main| {
        let path = join(&root, main)?;
        let path = Path::new(std::str::from_utf8(&path).ok()?);
        files.module_at(path, Language::JavaScript)
    });
    let has_bin = !commands.is_empty()
        || manifest
            .get("directories")
            .and_then(|folders| folders.get("bin"))
            .is_some();
    Package {
        name: text(manifest, "name").map(str::to_owned),
        surface,
        entries,
        main,
        has_bin,
        private: manifest.get("private") == Some(&Value::Bool(true)),
        // Many libraries of servers bring a command along; a package that offers nothing else is one.
        tool_reason: tool_reason(manifest, has_bin && surface == Surface::Undeclared),
        has_members: !members.is_empty(),
        root,
    }
}

/// The fields that each name one file for importers.
const ENTRY_FIELDS: [&str; 6] = ["browser", "jsdelivr", "main", "module", "svelte", "unpkg"];

fn entries(
    root: &Path,
    manifest: &Map<String, Value>,
    surface: Surface,
    commands: &[&str],
    members: &[FileIdx],
    files: &Files,
) -> Vec<FileIdx> {
    let file_at = |target: &str| {
        let path = join(root, target)?;
        files.module_at(
            Path::new(std::str::from_utf8(&path).ok()?),
            Language::JavaScript,
        )
    };
    let named = ENTRY_FIELDS
        .iter()
        .filter_map(|field| text(manifest, field));
    let mut entries: Vec<FileIdx> = named
        .chain(commands.iter().copied())
        .filter_map(file_at)
        .collect();
    match surface {
        Surface::Undeclared => entries.extend(file_at("index")),
        Surface::Exports => {
            let exported = exports::targets(&manifest["exports"]);
            entries.extend(exported.files.iter().filter_map(|target| file_at(target)));
            if !exported.patterns.is_empty() {
                entries.extend(members.iter().copied().filter(|file| {
                    relative_spelling(root, files.path(*file))
                        .is_some_and(|path| exported.offers(&path))
                }));
            }
        }
        Surface::Main => {}
    }
    entries.sort_unstable();
    entries.dedup();
    entries
}

/// `path` as a manifest in `root` writes it: `./src/a.js`.
fn relative_spelling(root: &Path, path: &Path) -> Option<String> {
    let parts: Option<Vec<&str>> = path
        .strip_prefix(root)
        .ok()?
        .iter()
        .map(|part| part.to_str())
        .collect();
    Some(format!("./{}", parts?.join("/")))
}

fn text<'a>(manifest: &'a Map<String, Value>, field: &str) -> Option<&'a str> {
    manifest.get(field)?.as_str()
}

/// Tools that run once over sources: what has one as its peer is a plug-in of it. Sorted.
const TOOLS: [&str; 17] = [
    "@babel/core",
    "esbuild",
    "eslint",
    "grunt",
    "gulp",
    "jest",
    "karma",
    "mocha",
    "parcel",
    "postcss",
    "prettier",
    "rollup",
    "stylelint",
    "typescript",
    "vite",
    "vitest",
    "webpack",
];

/// Words by which packages call themselves tools in their `keywords`, lowercase. Sorted.
const KEYWORDS: [&str; 23] = [
    "babel-plugin",
    "babel-preset",
    "bundler",
    "esbuild-plugin",
    "eslint-plugin",
    "eslintplugin",
    "grunt-plugin",
    "gruntplugin",
    "gulp-plugin",
    "gulpplugin",
    "karma-plugin",
    "linter",
    "postcss-plugin",
    "prettier-plugin",
    "rollup-plugin",
    "stylelint-plugin",
    "test runner",
    "test-runner",
    "transpiler",
    "vite-plugin",
    "webpack-loader",
    "webpack-plugin",
    "webpackloader",
];

/// How the names of plug-ins begin, without their scope. Sorted.
const NAME_STARTS: [&str; 15] = [
    "babel-plugin-",
    "babel-preset-",
    "esbuild-plugin-",
    "eslint-config-",
    "eslint-plugin-",
    "grunt-",
    "gulp-",
    "karma-",
    "parcel-",
    "postcss-",
    "prettier-plugin-",
    "rollup-plugin-",
    "stylelint-",
    "vite-plugin-",
    "webpack-",
];

fn tool_reason(manifest: &Map<String, Value>, has_bin: bool) -> Option<String> {
    if has_bin {
        return Some("its manifest has a `bin`".to_owned());
    }
    if let Some(peer) = TOOLS.iter().find(|tool| has_peer(manifest, tool)) {
        return Some(format!("its manifest names `{peer}` as a peer"));
    }
    if manifest
        .get("engines")
        .and_then(|engines| engines.get("vscode"))
        .is_some()
    {
        return Some("its manifest names `vscode` as its engine".to_owned());
    }
    if let Some(name) = text(manifest, "name").filter(|name| is_tool_name(name)) {
        return Some(format!("its name is `{name}`"));
    }
    let keywords = manifest
        .get("keywords")
        .and_then(Value::as_array)
        .into_iter()
        .flatten();
    let keyword = keywords
        .filter_map(Value::as_str)
        .map(str::to_lowercase)
        .find(|keyword| KEYWORDS.binary_search(&keyword.as_str()).is_ok())?;
    Some(format!("its manifest has the keyword `{keyword}`"))
}

fn has_peer(manifest: &Map<String, Value>, tool: &str) -> bool {
    let has = |field: &str| manifest.get(field).and_then(|peers| peers.get(tool));
    // Libraries name TypeScript as an optional peer only to say which versions their types need.
    let types_only = tool == "typescript"
        && has("peerDependenciesMeta").and_then(|meta| meta.get("optional"))
            == Some(&Value::Bool(true));
    has("peerDependencies").is_some() && !types_only
}

fn is_tool_name(name: &str) -> bool {
    let bare = name.split_once('/').map_or(name, |(_, bare)| bare);
    TOOLS.binary_search(&name).is_ok()
        || NAME_STARTS.iter().any(|start| bare.starts_with(start))
        || bare.ends_with("-webpack-plugin")
        // What stands in for something in tests.
        || bare.split(['-', '.', '_']).any(|word| matches!(word, "mock" | "mocks" | "mocker" | "testing"))
}

#[cfg(test)]
mod tests {
    use super::{ENTRY_FIELDS, KEYWORDS, NAME_STARTS, TOOLS};

    #[test]
    fn tables_are_sorted() {
        for table in [&ENTRY_FIELDS[..], &KEYWORDS, &NAME_STARTS, &TOOLS] {
            assert!(table.is_sorted(), "{table:?}");
        }
    }
}
