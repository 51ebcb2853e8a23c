//! What is read off a manifest.

use std::path::Path;

use super::{Surface, Tree};

#[test]
fn garbage_in_a_manifest_breaks_nothing_else() {
    let garbage = [
        "",
        "[]",
        "{ not json",
        "\u{feff}{}",
        r#"{ "name": 1, "main": [], "exports": 7, "bin": [1], "keywords": "x", "peerDependencies": [] }"#,
    ];
    for manifest in garbage {
        let tree = Tree::new(&[
            ("package.json", manifest),
            ("a.js", ""),
            ("lib/index.js", ""),
        ]);
        let linted = tree.lint(&["a.js", "lib/index.js"]);
        linted.imports(
            "a.js",
            &[
                ("./lib", "lib/index.js"),
                ("./a", "a.js"),
                ("missing", "(unresolved)"),
            ],
        );
        assert_eq!(linted.package("a.js").name, None);
    }
}

#[test]
fn entries_are_what_the_manifest_names_and_exists() {
    let all = [
        "a.js",
        "b.mjs",
        "bin/run.js",
        "index.js",
        "lib/index.js",
        "lib/c.js",
        "src/d.ts",
    ];
    let cases: [(&str, Surface, &[&str]); 12] = [
        ("{}", Surface::Undeclared, &["index.js"]),
        (r#"{ "main": "a" }"#, Surface::Main, &["a.js"]),
        (r#"{ "main": "lib" }"#, Surface::Main, &["lib/index.js"]),
        (r#"{ "main": "./dist/a.js" }"#, Surface::Main, &[]),
        (
            r#"{ "main": "a.js", "module": "b.mjs", "browser": "./lib/c.js" }"#,
            Surface::Main,
            &["a.js", "b.mjs", "lib/c.js"],
        ),
        (
            r#"{ "unpkg": "a.js", "jsdelivr": "./lib/c.js", "types": "./src/d.ts" }"#,
            Surface::Main,
            &["a.js", "lib/c.js"],
        ),
        (
            r#"{ "bin": "bin/run.js" }"#,
            Surface::Undeclared,
            &["bin/run.js", "index.js"],
        ),
        (
            r#"{ "bin": { "x": "bin/run.js" }, "main": "a.js" }"#,
            Surface::Main,
            &["a.js", "bin/run.js"],
        ),
        (r#"{ "exports": "./a.js" }"#, Surface::Exports, &["a.js"]),
        (
            r#"{ "exports": ["./missing.js", "./a.js"], "main": "./b.mjs" }"#,
            Surface::Exports,
            &["a.js", "b.mjs"],
        ),
        (
            r#"{ "exports": { ".": { "node": { "import": "./b.mjs" }, "types": "./src/d.ts" }, "./d": "./src/d.js" } }"#,
            Surface::Exports,
            &["b.mjs", "src/d.ts"],
        ),
        (
            r#"{ "exports": { "./*": "./lib/*.js", "./folder/": "./bin/" } }"#,
            Surface::Exports,
            &["bin/run.js", "lib/index.js", "lib/c.js"],
        ),
    ];
    for (manifest, surface, expected) in cases {
        let mut files: Vec<(&str, &str)> = all.iter().map(|path| (*path, "")).collect();
        files.push(("package.json", manifest));
        let tree = Tree::new(&files);
        let linted = tree.lint(&all);
        linted.offers("a.js", expected);
        assert_eq!(linted.package("a.js").surface, surface, "{manifest}");
    }
}

#[test]
fn a_file_belongs_to_the_nearest_manifest_that_is_more_than_a_signpost() {
    let tree = Tree::new(&[
        ("package.json", r#"{ "name": "outer", "private": true }"#),
        ("a.js", ""),
        (
            "esm/package.json",
            r#"{ "type": "module", "sideEffects": false }"#,
        ),
        ("esm/b.js", ""),
        (
            "part/package.json",
            r#"{ "main": "../esm/b.js", "types": "./c.d.ts" }"#,
        ),
        ("part/c.js", ""),
        ("inner/package.json", r#"{ "name": "inner" }"#),
        ("inner/lib/c.js", ""),
        ("node_modules/loose/d.js", ""),
    ]);
    let linted = tree.lint(&[
        "a.js",
        "esm/b.js",
        "part/c.js",
        "inner/lib/c.js",
        "node_modules/loose/d.js",
    ]);
    assert_eq!(linted.package("a.js").name.as_deref(), Some("outer"));
    assert!(linted.package("a.js").private);
    assert_eq!(linted.package("esm/b.js").name.as_deref(), Some("outer"));
    assert_eq!(linted.package("part/c.js").name.as_deref(), Some("outer"));
    assert_eq!(
        linted.package("inner/lib/c.js").name.as_deref(),
        Some("inner")
    );
    assert!(
        linted
            .package("inner/lib/c.js")
            .root
            .ends_with(Path::new("inner"))
    );
    assert!(
        linted
            .resolver
            .packages()
            .package_of(linted.index("node_modules/loose/d.js"))
            .is_none()
    );
    assert_eq!(linted.resolver.packages().iter().count(), 2);
}

#[test]
fn a_tool_is_told_by_its_manifest() {
    let cases = [
        ("{}", None),
        (
            r#"{ "name": "server", "keywords": ["server", "cli"] }"#,
            None,
        ),
        (r#"{ "bin": "x.js" }"#, Some("its manifest has a `bin`")),
        (
            r#"{ "directories": { "bin": "./bin" } }"#,
            Some("its manifest has a `bin`"),
        ),
        (
            r#"{ "peerDependencies": { "webpack": "5" } }"#,
            Some("its manifest names `webpack` as a peer"),
        ),
        (r#"{ "peerDependencies": { "react": "19" } }"#, None),
        (r#"{ "dependencies": { "webpack": "5" } }"#, None),
        (
            r#"{ "peerDependencies": { "typescript": "5" } }"#,
            Some("its manifest names `typescript` as a peer"),
        ),
        (
            r#"{ "peerDependencies": { "typescript": "5" }, "peerDependenciesMeta": { "typescript": { "optional": true } } }"#,
            None,
        ),
        (
            r#"{ "engines": { "vscode": "1" } }"#,
            Some("its manifest names `vscode` as its engine"),
        ),
        (
            r#"{ "name": "@scope/eslint-plugin-x" }"#,
            Some("its name is `@scope/eslint-plugin-x`"),
        ),
        (
            r#"{ "name": "html-webpack-plugin" }"#,
            Some("its name is `html-webpack-plugin`"),
        ),
        (
            r#"{ "name": "redis-mock" }"#,
            Some("its name is `redis-mock`"),
        ),
        (r#"{ "name": "mockery" }"#, None),
        (r#"{ "name": "rollup" }"#, Some("its name is `rollup`")),
        (
            r#"{ "keywords": ["Bundler"] }"#,
            Some("its manifest has the keyword `bundler`"),
        ),
    ];
    for (manifest, reason) in cases {
        let tree = Tree::new(&[("package.json", manifest), ("a.js", "")]);
        let linted = tree.lint(&["a.js"]);
        let package = linted.package("a.js");
        assert_eq!(package.tool_reason.as_deref(), reason, "{manifest}");
        assert_eq!(package.is_tool(), reason.is_some());
    }
}
