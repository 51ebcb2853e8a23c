//! Runs over a part of a project: its findings are those that a run over the whole has there.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::scratch::{CLEAN, LEAK, Run, Scratch};

const JSON: [&str; 4] = ["--format", "json", "--min-confidence", "low"];

/// What removes from the `cache` of `store.js`, in another file.
const STORE: &str = "export const cache = new Map();\nexport function load(id) {\n  if (!cache.has(id)) cache.set(id, fetchUser(id));\n  return cache.get(id);\n}\n";
const REMOVAL: &str =
    "import { cache } from './store.js';\nexport const drop = (id) => cache.delete(id);\n";

fn run(scratch: &Scratch, args: &[&str]) -> Run {
    scratch.run(&[&JSON[..], args].concat())
}

/// The findings in a file, as JSON.
fn findings_in(run: &Run, path: &str) -> Vec<Value> {
    let json: Value = serde_json::from_str(&run.stdout).unwrap();
    let findings = json["findings"].as_array().unwrap();
    let here = findings.iter().filter(|finding| finding["path"] == path);
    here.cloned().collect()
}

/// The files below a folder, relative to `root`.
fn files_below(root: &Path, folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files_below(root, &path, found);
        } else {
            found.push(path.strip_prefix(root).unwrap().to_owned());
        }
    }
}

#[test]
fn a_file_has_the_findings_that_it_has_in_a_run_over_all() {
    let projects = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/projects");
    let mut checked = 0;
    for project in fs::read_dir(projects).unwrap() {
        let project = project.unwrap().path();
        let mut paths = Vec::new();
        files_below(&project, &project, &mut paths);
        let scratch = Scratch::new::<&str>(&[]);
        for path in &paths {
            scratch.write(
                path.to_str().unwrap(),
                fs::read(project.join(path)).unwrap(),
            );
        }
        let whole = run(&scratch, &["."]);
        for path in paths.iter().map(|path| path.to_str().unwrap()) {
            if path.contains("node_modules") {
                continue;
            }
            // Of what is no script both runs find nothing.
            let part = run(&scratch, &[path]);
            let all: Vec<Value> = findings_in(&whole, path);
            assert_eq!(findings_in(&part, path), all, "{path} of {project:?}");
            assert_eq!(part.findings().len(), all.len(), "{path} of {project:?}");
            checked += all.len();
        }
    }
    assert!(checked > 5, "only {checked} findings were compared");
}

#[test]
fn what_is_not_connected_is_parsed_only_beside_findings() {
    let scratch = Scratch::new(&[
        ("package.json", "{}"),
        ("clean.js", CLEAN),
        ("leak.js", LEAK),
        ("other.js", CLEAN),
    ]);
    let parsed = |path: &str, text: &str| scratch.run(&["--stats", path]).says(text);
    parsed("clean.js", " 1 files parsed");
    parsed("leak.js", " 3 files parsed");
}

#[test]
fn a_removal_in_a_file_that_was_not_named_counts() {
    let removal = ("src/b.js", REMOVAL);
    let store = ("src/store.js", STORE);
    run(&Scratch::new(&[store, removal]), &["src/store.js"]).finds_cache_in(&["src/store.js"]);
    for marker in ["package.json", "tsconfig.json", ".git/HEAD"] {
        let scratch = Scratch::new(&[store, removal, (marker, "{}")]);
        run(&scratch, &["src/store.js"])
            .exits(0)
            .lints(1)
            .finds_cache_in(&[]);
        let args = [&JSON[..], &["--stdin-filename", "src/store.js", "-"]].concat();
        scratch.pipe(&args, STORE).lints(1).finds_cache_in(&[]);
        scratch
            .pipe(&[&JSON[..], &["-"]].concat(), LEAK)
            .finds_cache_in(&["stdin.js"]);
    }
}

#[test]
fn a_workspace_is_one_project() {
    let files = |manifest: (&'static str, &'static str)| {
        [
            manifest,
            ("packages/a/package.json", "{ \"name\": \"a\" }"),
            ("packages/b/package.json", "{ \"name\": \"b\" }"),
            ("packages/a/store.js", STORE),
            (
                "packages/b/b.js",
                "import { cache } from '../a/store.js';\nexport const drop = (id) => cache.delete(id);\n",
            ),
        ]
    };
    for manifest in [
        ("package.json", "{ \"workspaces\": [\"packages/*\"] }"),
        ("pnpm-workspace.yaml", "packages: ['packages/*']"),
    ] {
        let scratch = Scratch::new(&files(manifest));
        run(&scratch, &["packages/a"]).lints(1).finds_cache_in(&[]);
    }
    let scratch = Scratch::new(&files(("readme.txt", "")));
    run(&scratch, &["packages/a"]).finds_cache_in(&["packages/a/store.js"]);
}

#[test]
fn nothing_is_told_of_files_that_were_not_named() {
    let scratch = Scratch::new(&[
        ("package.json", "{}".as_bytes()),
        ("a.js", CLEAN.as_bytes()),
        ("leak.js", LEAK.as_bytes()),
        ("broken.js", b"const = ;"),
        ("odd.js", b"// \xFF"),
    ]);
    let run = scratch.run(&["--stats", "a.js"]).exits(0).lints(1);
    assert_eq!(run.stdout, "");
    run.omits("broken.js")
        .omits("odd.js")
        .says("1 file, 3 more of the project");
}
