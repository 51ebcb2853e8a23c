//! What is known of each module from its place: who can import it, and whether it is there for development.

use std::path::{Path, PathBuf};

use rustc_hash::FxHashMap;

use super::Module;
use super::links::Links;
use super::merge::Base;
use super::resolve::{Package, Packages, Surface};
use crate::source::FileIdx;
use crate::summary::{FunctionIdx, Purpose};

pub(super) fn modules(
    bases: &[Base],
    is_esm: &[bool],
    targets: &[Option<FileIdx>],
    members: &[FileIdx],
    links: &Links,
) -> Vec<Module> {
    let relative: Vec<&Path> = members
        .iter()
        .map(|&file| in_package(links.packages(), file, links.path(file)))
        .collect();
    let is_development: Vec<bool> = members
        .iter()
        .zip(bases)
        .map(|(&file, base)| base.is_test || links.is_development(file))
        .collect();
    let mut is_imported = vec![false; bases.len()];
    let mut imports = vec![Vec::new(); bases.len()];
    for (file, base) in bases.iter().enumerate() {
        let end = bases
            .get(file + 1)
            .map_or(targets.len(), |next| next.requests as usize);
        for target in targets[base.requests as usize..end].iter().flatten() {
            imports[file].push(*target);
            // A test that imports a module does not make its exports internal.
            if target.0 as usize != file && !is_development[file] {
                is_imported[target.0 as usize] = true;
            }
        }
    }
    bases
        .iter()
        .zip(imports)
        .enumerate()
        .map(|(file, (base, imports))| {
            let index = members[file];
            let package = links.packages().package_of(index);
            let is_declared =
                package.is_some_and(|package| package.entries.binary_search(&index).is_ok());
            Module {
                function: FunctionIdx(base.functions),
                is_entry: is_declared || !is_imported[file],
                tool_reason: package
                    .and_then(|package| package.tool_reason.clone())
                    .or_else(|| tool_path(relative[file])),
                is_development: is_development[file],
                is_test: base.is_test || is_test_path(relative[file]),
                is_minified: base.is_minified,
                has_short_names: base.has_short_names,
                // What others import does its work for them.
                purpose: base.purpose.filter(|&purpose| {
                    purpose == Purpose::Migration || !(is_imported[file] || is_declared)
                }),
                is_typescript: is_typescript(links.path(index)),
                is_esm: is_esm[file],
                is_main: package.is_some_and(|package| package.main == Some(index)),
                is_open: package.is_some_and(|package| {
                    !package.private
                        && package.name.is_some()
                        && package.surface != Surface::Exports
                }),
                imports,
            }
        })
        .collect()
}

/// Which files are there for development, by their paths and those of their packages.
pub(super) fn are_for_development(packages: &Packages, paths: &[PathBuf]) -> Vec<bool> {
    let mut is_example = FxHashMap::default();
    let files = paths.iter().enumerate();
    files
        .map(|(file, path)| {
            let file = FileIdx(file as u32);
            is_development_path(in_package(packages, file, path))
                || packages.package_of(file).is_some_and(|package| {
                    *is_example
                        .entry(package.root.as_path())
                        .or_insert_with(|| is_of_development(packages, package))
                })
        })
        .collect()
}

/// The path of a file from the folder of its package, or its name where it has none.
fn in_package<'p>(packages: &Packages, file: FileIdx, path: &'p Path) -> &'p Path {
    let package = packages.package_of(file);
    let below = package.and_then(|package| path.strip_prefix(&package.root).ok());
    below.unwrap_or_else(|| path.file_name().map_or(path, Path::new))
}

fn is_typescript(path: &Path) -> bool {
    let extension = path.extension().and_then(|extension| extension.to_str());
    matches!(extension, Some("ts" | "mts" | "cts" | "tsx"))
}

/// Test runners and build tools whose integrations live in folders and files of their name. Sorted.
const TOOLS: &[&str] = &[
    "babel",
    "cli",
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
fn tool_path(path: &Path) -> Option<String> {
    let text = path.to_string_lossy().to_lowercase();
    let word = text
        .split(|letter: char| !letter.is_ascii_alphanumeric())
        .find(|word| TOOLS.binary_search(word).is_ok())?;
    Some(format!("its path names `{word}`"))
}

/// Whether a package lies in another one's folder for tests, benchmarks or examples.
fn is_of_development(packages: &Packages, package: &Package) -> bool {
    packages
        .around(package)
        .and_then(|outer| package.root.strip_prefix(&outer.root).ok())
        .is_some_and(|folder| is_development_path(&folder.join("package.json")))
}

/// Whether a path is one of tests, benchmarks, examples or a build's development variant.
fn is_development_path(path: &Path) -> bool {
    const PARTS: &[&str] = &[
        ".test-d.",
        ".development.",
        ".dev.",
        ".config.",
        ".stories.",
        ".bench.",
    ];
    const FOLDERS: &[&str] = &[
        "mocks",
        "bench",
        "benchmark",
        "benchmarks",
        "example",
        "examples",
        "demo",
        "fixtures",
    ];
    is_test_path(path) || has_name(path, PARTS) || lies_in(path, FOLDERS)
}

/// Whether a path is one of tests.
fn is_test_path(path: &Path) -> bool {
    const FOLDERS: &[&str] = &["__tests__", "__mocks__", "test", "tests", "spec"];
    is_test_name(&file_name(path))
        || has_name(path, &[".test.", ".spec."])
        || lies_in(path, FOLDERS)
}

fn file_name(path: &Path) -> String {
    path.file_name()
        .map(|name| name.to_string_lossy().to_lowercase())
        .unwrap_or_default()
}

/// Whether the name of a file has one of those parts.
fn has_name(path: &Path, parts: &[&str]) -> bool {
    let name = file_name(path);
    parts.iter().any(|part| name.contains(part))
}

/// Whether a file lies in a folder of one of those names, however deep.
fn lies_in(path: &Path, folders: &[&str]) -> bool {
    path.parent().is_some_and(|parent| {
        parent
            .components()
            .filter_map(|part| part.as_os_str().to_str())
            .any(|part| folders.contains(&part))
    })
}

/// `test.js`, `tests.cjs.js`: what the first word of a file's name says.
fn is_test_name(name: &str) -> bool {
    matches!(
        name.split('.').next(),
        Some("spec" | "specs" | "test" | "tests")
    )
}
