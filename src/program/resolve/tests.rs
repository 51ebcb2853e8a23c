//! Resolution over small trees of files, written to a temporary folder.

mod configurations;
mod manifests;

use std::fs;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};

use rayon::prelude::*;

use super::{Package, RequestKind, Resolver, Surface, Target};
use crate::source::FileIdx;

const WRITABLE: &str = "the temporary folder can be written";
const NESTED: &str = "the path lies in the temporary folder";

/// A folder that is removed with its content.
struct Tree(PathBuf);

impl Tree {
    /// Writes the files: paths with `/`, and what is in them.
    fn new(files: &[(&str, &str)]) -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let name = format!(
            "leaklint-resolve-{}-{}",
            std::process::id(),
            COUNT.fetch_add(1, Ordering::Relaxed)
        );
        let root = std::env::temp_dir().join(name);
        fs::create_dir(&root).expect(WRITABLE);
        let tree = Self(root);
        for (path, text) in files {
            let path = tree.0.join(path);
            fs::create_dir_all(path.parent().expect(NESTED)).expect(WRITABLE);
            fs::write(path, text).expect(WRITABLE);
        }
        tree
    }

    #[cfg(unix)]
    fn link(&self, link: &str, target: &str) {
        let link = self.0.join(link);
        fs::create_dir_all(link.parent().expect(NESTED)).expect(WRITABLE);
        std::os::unix::fs::symlink(self.0.join(target), link).expect(WRITABLE);
    }

    fn lint<'a>(&self, linted: &[&'a str]) -> Linted<'a> {
        let paths: Vec<PathBuf> = linted.iter().map(|path| self.0.join(path)).collect();
        Linted {
            resolver: Resolver::new(&paths, None),
            names: linted.to_vec(),
        }
    }
}

impl Drop for Tree {
    fn drop(&mut self) {
        // A folder left behind in the temporary one is not worth a failure.
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// A resolver with the names of its files.
struct Linted<'a> {
    resolver: Resolver,
    names: Vec<&'a str>,
}

impl Linted<'_> {
    fn index(&self, name: &str) -> FileIdx {
        FileIdx(
            self.names
                .iter()
                .position(|known| *known == name)
                .expect("the test lints the file") as u32,
        )
    }

    fn ask(&self, from: &str, specifier: &str, kind: RequestKind) -> String {
        match self.resolver.resolve(self.index(from), specifier, kind) {
            Target::Module(file) => self.names[file.0 as usize].to_owned(),
            Target::Builtin => "(builtin)".to_owned(),
            Target::Package(name) => format!("(package {name})"),
            Target::Unresolved => "(unresolved)".to_owned(),
        }
    }

    #[track_caller]
    fn imports(&self, from: &str, expected: &[(&str, &str)]) {
        for (specifier, target) in expected {
            assert_eq!(
                self.ask(from, specifier, RequestKind::Import),
                *target,
                "{from} imports {specifier}"
            );
        }
    }

    #[track_caller]
    fn requires(&self, from: &str, expected: &[(&str, &str)]) {
        for (specifier, target) in expected {
            assert_eq!(
                self.ask(from, specifier, RequestKind::Require),
                *target,
                "{from} requires {specifier}"
            );
        }
    }

    fn package(&self, file: &str) -> &Package {
        self.resolver
            .packages()
            .package_of(self.index(file))
            .expect("the test wrote a manifest")
    }

    #[track_caller]
    fn offers(&self, file: &str, expected: &[&str]) {
        let entries = &self.package(file).entries;
        let entries: Vec<&str> = entries
            .iter()
            .map(|file| self.names[file.0 as usize])
            .collect();
        assert_eq!(entries, expected);
    }
}

/// Writes empty files and lints them all.
fn empty<'a>(paths: &[&'a str]) -> (Tree, Linted<'a>) {
    let files: Vec<(&str, &str)> = paths.iter().map(|path| (*path, "")).collect();
    let tree = Tree::new(&files);
    let linted = tree.lint(paths);
    (tree, linted)
}

#[test]
fn relative_requests_may_leave_out_extension_and_index() {
    let (_tree, linted) = empty(&[
        "src/a.js",
        "src/b.ts",
        "src/c.tsx",
        "src/d.jsx",
        "src/e.mjs",
        "src/f.cjs",
        "src/g.service.ts",
        "src/h/index.ts",
        "src/index.js",
        "top.mts",
    ]);
    let expected = [
        ("./a", "src/a.js"),
        ("./a.js", "src/a.js"),
        ("./b", "src/b.ts"),
        ("./c", "src/c.tsx"),
        ("./d", "src/d.jsx"),
        ("./e", "src/e.mjs"),
        ("./f", "src/f.cjs"),
        ("./g.service", "src/g.service.ts"),
        ("./h", "src/h/index.ts"),
        ("./h/", "src/h/index.ts"),
        ("./h/..", "src/index.js"),
        (".", "src/index.js"),
        ("./", "src/index.js"),
        ("../top", "top.mts"),
        ("../src//./a", "src/a.js"),
        ("./a?raw", "src/a.js"),
        ("./missing", "(unresolved)"),
        ("../../../../../../../../../../../../a", "(unresolved)"),
        ("", "(unresolved)"),
    ];
    linted.imports("src/a.js", &expected);
    linted.requires("src/b.ts", &expected);
}

#[test]
fn a_file_goes_before_the_folder_of_its_name() {
    let (_tree, linted) = empty(&["a.js", "b.js", "b/index.js"]);
    linted.requires("a.js", &[("./b", "b.js"), ("./b/", "b/index.js")]);
}

#[test]
fn an_extension_of_javascript_may_stand_for_typescript() {
    let (_tree, linted) = empty(&["a.ts", "b.tsx", "c.mts", "d.cts", "e.js"]);
    for from in ["a.ts", "e.js"] {
        linted.imports(
            from,
            &[
                ("./a.js", "a.ts"),
                ("./b.js", "b.tsx"),
                ("./b.jsx", "b.tsx"),
                ("./c.mjs", "c.mts"),
                ("./d.cjs", "d.cts"),
                ("./c.js", "(unresolved)"),
            ],
        );
    }
}

#[test]
fn code_asks_for_code_in_its_own_language_first() {
    let (_tree, linted) = empty(&["a.js", "a.ts", "b.js", "b.ts"]);
    linted.imports(
        "a.js",
        &[("./b", "b.js"), ("./b.js", "b.js"), ("./b.ts", "b.ts")],
    );
    linted.imports("a.ts", &[("./b", "b.ts"), ("./b.js", "b.ts")]);
}

#[test]
fn a_declaration_is_never_a_target() {
    let (_tree, linted) = empty(&["a.ts", "b.d.ts", "c.js", "c.d.ts", "d.d.mts", "e.d.css.ts"]);
    linted.imports(
        "a.ts",
        &[
            ("./b", "(unresolved)"),
            ("./b.d", "(unresolved)"),
            ("./b.d.ts", "(unresolved)"),
            ("./c", "c.js"),
            ("./d.mjs", "(unresolved)"),
            ("./e.d.css", "(unresolved)"),
        ],
    );
}

#[test]
fn what_is_not_linted_is_not_taken_for_its_neighbour() {
    let tree = Tree::new(&[
        ("a.js", ""),
        ("style.css", ""),
        ("style.css.ts", ""),
        ("data.json", "{}"),
        ("data/index.js", ""),
    ]);
    let linted = tree.lint(&["a.js", "style.css.ts", "data/index.js"]);
    linted.imports(
        "a.js",
        &[
            ("./style.css", "(unresolved)"),
            ("./data", "(unresolved)"),
            ("./data.json", "(unresolved)"),
        ],
    );
}

#[test]
fn a_folder_is_entered_by_the_main_of_its_manifest() {
    let tree = Tree::new(&[
        ("a.js", ""),
        ("lib/package.json", r#"{ "main": "./start" }"#),
        ("lib/start.js", ""),
        ("lib/index.js", ""),
    ]);
    let linted = tree.lint(&["a.js", "lib/start.js", "lib/index.js"]);
    linted.requires("a.js", &[("./lib", "lib/start.js")]);
}

#[test]
fn modules_of_node_are_builtin() {
    let (_tree, linted) = empty(&["a.js"]);
    for from in [RequestKind::Import, RequestKind::Require] {
        for specifier in ["fs", "fs/promises", "node:fs", "node:test"] {
            assert_eq!(
                linted.ask("a.js", specifier, from),
                "(builtin)",
                "{specifier}"
            );
        }
    }
    linted.imports(
        "a.js",
        &[
            ("fs/", "(unresolved)"),
            ("https://host/fs", "(unresolved)"),
            ("./fs", "(unresolved)"),
        ],
    );
}

#[test]
fn an_installed_package_is_known_by_the_name_of_its_manifest() {
    let tree = Tree::new(&[
        ("src/a.js", ""),
        (
            "node_modules/dep/package.json",
            r#"{ "name": "dep", "main": "lib/x.js" }"#,
        ),
        ("node_modules/dep/lib/x.js", ""),
        (
            "node_modules/@scope/dep/package.json",
            r#"{ "name": "@scope/dep" }"#,
        ),
        ("node_modules/@scope/dep/index.js", ""),
        ("node_modules/nameless/index.js", ""),
        ("node_modules/alias/package.json", r#"{ "name": "real" }"#),
        ("node_modules/alias/index.js", ""),
    ]);
    let linted = tree.lint(&["src/a.js"]);
    linted.imports(
        "src/a.js",
        &[
            ("dep", "(package dep)"),
            ("dep/lib/x", "(package dep)"),
            ("dep/lib/y", "(unresolved)"),
            ("@scope/dep", "(package @scope/dep)"),
            ("nameless", "(package nameless)"),
            ("alias", "(package real)"),
            ("../node_modules/dep/lib/x.js", "(package dep)"),
            ("missing", "(unresolved)"),
            ("@scope", "(unresolved)"),
        ],
    );
}

#[test]
fn conditions_follow_the_kind_of_request() {
    let manifest = r##"{
        "name": "self",
        "exports": {
            ".": { "types": "./types.d.ts", "import": "./esm.mjs", "require": "./cjs.cjs" },
            "./node": { "browser": "./browser.js", "node": "./node.js" },
            "./default": { "electron": "./browser.js", "default": "./node.js" },
            "./parts/*": "./parts/*.ts",
            "./parts/hidden": null
        },
        "imports": {
            "#dep": { "import": "./esm.mjs", "default": "./cjs.cjs" },
            "#parts/*.js": "./parts/*.ts",
            "#outside": "dep"
        }
    }"##;
    let tree = Tree::new(&[
        ("package.json", manifest),
        ("types.d.ts", ""),
        ("esm.mjs", ""),
        ("cjs.cjs", ""),
        ("node.js", ""),
        ("browser.js", ""),
        ("parts/a.ts", ""),
        ("parts/hidden.ts", ""),
        ("node_modules/dep/package.json", r#"{ "name": "dep" }"#),
        ("node_modules/dep/index.js", ""),
    ]);
    let linted = tree.lint(&[
        "esm.mjs",
        "cjs.cjs",
        "node.js",
        "browser.js",
        "parts/a.ts",
        "parts/hidden.ts",
        "types.d.ts",
    ]);
    linted.imports("node.js", &[("self", "esm.mjs"), ("#dep", "esm.mjs")]);
    linted.requires("node.js", &[("self", "cjs.cjs"), ("#dep", "cjs.cjs")]);
    linted.imports(
        "parts/a.ts",
        &[
            ("self/node", "node.js"),
            ("self/default", "node.js"),
            ("self/parts/a", "parts/a.ts"),
            ("#parts/a.js", "parts/a.ts"),
            ("#outside", "(package dep)"),
            ("#unknown", "(unresolved)"),
        ],
    );
    linted.offers(
        "node.js",
        &["esm.mjs", "cjs.cjs", "node.js", "browser.js", "parts/a.ts"],
    );
    assert_eq!(linted.package("node.js").surface, Surface::Exports);
}

#[cfg(unix)]
#[test]
fn a_linked_package_of_the_workspace_is_its_linted_source() {
    let tree = Tree::new(&[
        ("packages/app/package.json", r#"{ "name": "app" }"#),
        ("packages/app/a.ts", ""),
        (
            "packages/source/package.json",
            r#"{ "name": "source", "main": "src/index.ts" }"#,
        ),
        ("packages/source/src/index.ts", ""),
        ("packages/source/src/deep.ts", ""),
        (
            "packages/built/package.json",
            r#"{ "name": "built", "main": "dist/index.js" }"#,
        ),
        ("packages/built/src/index.ts", ""),
        ("packages/built/dist/index.js", ""),
    ]);
    tree.link("node_modules/source", "packages/source");
    tree.link("node_modules/built", "packages/built");
    let linted = tree.lint(&[
        "packages/app/a.ts",
        "packages/source/src/index.ts",
        "packages/source/src/deep.ts",
        "packages/built/src/index.ts",
    ]);
    linted.imports(
        "packages/app/a.ts",
        &[
            ("source", "packages/source/src/index.ts"),
            ("source/src/deep", "packages/source/src/deep.ts"),
            ("built", "(package built)"),
            ("../built/dist/index.js", "(unresolved)"),
        ],
    );
}

#[test]
fn a_package_of_the_workspace_is_found_by_its_name_where_nothing_is_installed() {
    let tree = Tree::new(&[
        ("app/package.json", r#"{ "name": "app" }"#),
        ("app/a.ts", ""),
        (
            "main/package.json",
            r#"{ "name": "@ws/main", "main": "./src/index.js" }"#,
        ),
        ("main/src/index.ts", ""),
        ("main/src/deep.ts", ""),
        (
            "closed/package.json",
            r#"{ "name": "closed", "exports": { "import": "./src/index.ts" } }"#,
        ),
        ("closed/src/index.ts", ""),
        (
            "unbuilt/package.json",
            r#"{ "name": "unbuilt", "main": "./dist/index.js" }"#,
        ),
        ("unbuilt/src/index.ts", ""),
        ("twin-a/package.json", r#"{ "name": "twin" }"#),
        ("twin-a/index.js", ""),
        ("twin-b/package.json", r#"{ "name": "twin" }"#),
        ("twin-b/index.js", ""),
    ]);
    let linted = tree.lint(&[
        "app/a.ts",
        "main/src/index.ts",
        "main/src/deep.ts",
        "closed/src/index.ts",
        "unbuilt/src/index.ts",
        "twin-a/index.js",
        "twin-b/index.js",
    ]);
    linted.imports(
        "app/a.ts",
        &[
            ("@ws/main", "main/src/index.ts"),
            ("@ws/main/src/deep", "main/src/deep.ts"),
            ("closed", "closed/src/index.ts"),
            ("closed/src/index.ts", "(package closed)"),
            ("unbuilt", "(package unbuilt)"),
            ("twin", "(unresolved)"),
        ],
    );
    linted.requires("app/a.ts", &[("closed", "(package closed)")]);
}

#[cfg(unix)]
#[test]
fn a_file_opened_through_a_link_is_the_file() {
    let tree = Tree::new(&[("real/a.js", ""), ("real/b.js", ""), ("elsewhere/c.js", "")]);
    tree.link("link", "real");
    tree.link("real/c.js", "elsewhere/c.js");
    let linted = tree.lint(&["link/a.js", "real/b.js", "real/c.js"]);
    linted.imports(
        "link/a.js",
        &[
            ("./b", "real/b.js"),
            ("../real/a", "link/a.js"),
            ("../elsewhere/c", "real/c.js"),
        ],
    );
    linted.imports("real/b.js", &[("./c", "real/c.js")]);
}

#[test]
fn a_relative_path_is_seen_from_the_current_folder() {
    // The current folder of a unit test is the one of the manifest.
    let paths = ["src/lib.rs", "./src/source.rs"].map(PathBuf::from);
    let resolver = Resolver::new(&paths, None);
    assert_eq!(
        resolver.resolve(FileIdx(0), "./source.rs", RequestKind::Import),
        Target::Module(FileIdx(1))
    );
}

#[test]
fn answers_do_not_depend_on_threads() {
    let (_tree, linted) = empty(&["a.js", "b.ts", "lib/index.js"]);
    let specifiers = ["./a", "./b", "./lib", "fs", "missing"];
    let expected: Vec<Target> = specifiers
        .map(|specifier| {
            linted
                .resolver
                .resolve(FileIdx(0), specifier, RequestKind::Import)
        })
        .into();
    let same = (0..500_usize).into_par_iter().all(|index| {
        let at = index % specifiers.len();
        linted
            .resolver
            .resolve(FileIdx(0), specifiers[at], RequestKind::Import)
            == expected[at]
    });
    assert!(same);
}
