//! Aliases of TypeScript's configurations, whole and broken.

use super::Tree;

#[test]
fn aliases_of_the_nearest_configuration_are_followed() {
    let tree = Tree::new(&[
        (
            "tsconfig.json",
            r#"{ "compilerOptions": { "paths": { "~/*": ["./src/*"], "types": ["./src/types.d.ts"] } } }"#,
        ),
        ("src/a.ts", ""),
        ("src/b.ts", ""),
        ("src/plain.js", ""),
        ("src/types.d.ts", ""),
        (
            "based/tsconfig.json",
            r#"{ "compilerOptions": { "baseUrl": "./src", } } // lenient"#,
        ),
        ("based/src/a.ts", ""),
        ("based/src/lib/index.ts", ""),
        (
            "scripted/jsconfig.json",
            r#"{ "compilerOptions": { "paths": { "@/*": ["./*"], "@/x/*": ["./y/*"], "@/x/e": ["./a"] } } }"#,
        ),
        ("scripted/a.js", ""),
        ("scripted/y/b.js", ""),
        ("scripted/x/b.js", ""),
    ]);
    let linted = tree.lint(&[
        "src/a.ts",
        "src/b.ts",
        "src/plain.js",
        "based/src/a.ts",
        "based/src/lib/index.ts",
        "scripted/a.js",
        "scripted/x/b.js",
        "scripted/y/b.js",
    ]);
    linted.imports(
        "src/a.ts",
        &[
            ("~/b", "src/b.ts"),
            ("~/b.js", "src/b.ts"),
            ("~/c", "(unresolved)"),
            ("types", "(unresolved)"),
        ],
    );
    // TypeScript leaves this file out, bundlers do not.
    linted.imports("src/plain.js", &[("~/b", "src/b.ts")]);
    linted.imports(
        "based/src/a.ts",
        &[("lib", "based/src/lib/index.ts"), ("~/b", "(unresolved)")],
    );
    linted.imports(
        "scripted/a.js",
        &[
            ("@/a", "scripted/a.js"),
            ("@/x/b", "scripted/y/b.js"),
            ("@/x/e", "scripted/a.js"),
        ],
    );
}

#[test]
fn aliases_come_from_the_referenced_project_that_owns_the_file() {
    let tree = Tree::new(&[
        (
            "tsconfig.json",
            r#"{ "files": [], "references": [{ "path": "./tsconfig.app.json" }, { "path": "./tool" }] }"#,
        ),
        (
            "tsconfig.app.json",
            r#"{ "include": ["src"], "compilerOptions": { "paths": { "@/*": ["./src/*"] } } }"#,
        ),
        (
            "tool/tsconfig.json",
            r#"{ "compilerOptions": { "paths": { "@/*": ["./lib/*"] } } }"#,
        ),
        ("src/a.ts", ""),
        ("src/b.ts", ""),
        ("tool/a.ts", ""),
        ("tool/lib/b.ts", ""),
    ]);
    let linted = tree.lint(&["src/a.ts", "src/b.ts", "tool/a.ts", "tool/lib/b.ts"]);
    linted.imports("src/a.ts", &[("@/b", "src/b.ts")]);
    linted.imports("tool/a.ts", &[("@/b", "tool/lib/b.ts")]);
}

#[test]
fn a_broken_configuration_breaks_nothing_else() {
    let broken = [
        "{ not json",
        r#"{ "extends": "./missing.json" }"#,
        r#"{ "extends": "@missing/tsconfig" }"#,
        r#"{ "extends": "./tsconfig.json" }"#,
        r#"{ "references": [{ "path": "./missing" }] }"#,
        r#"{ "references": [{ "path": "." }] }"#,
    ];
    for config in broken {
        let tree = Tree::new(&[
            ("tsconfig.json", config),
            ("src/a.ts", ""),
            ("src/lib/index.ts", ""),
            ("node_modules/dep/index.js", ""),
        ]);
        let linted = tree.lint(&["src/a.ts", "src/lib/index.ts"]);
        linted.imports(
            "src/a.ts",
            &[
                ("./lib", "src/lib/index.ts"),
                ("dep", "(package dep)"),
                ("fs", "(builtin)"),
                ("@/a", "(unresolved)"),
            ],
        );
    }
}

#[test]
fn aliases_survive_what_the_configuration_extends() {
    let tree = Tree::new(&[
        (
            "tsconfig.json",
            r#"{ "extends": ["@missing/tsconfig", "./tsconfig.base"] }"#,
        ),
        (
            "tsconfig.base.json",
            r#"{ "compilerOptions": { "baseUrl": ".", "paths": { "@/*": ["src/*"] } } }"#,
        ),
        ("src/a.ts", ""),
        ("src/b.ts", ""),
    ]);
    let linted = tree.lint(&["src/a.ts", "src/b.ts"]);
    linted.imports("src/a.ts", &[("@/b", "src/b.ts"), ("src/b", "src/b.ts")]);
}
