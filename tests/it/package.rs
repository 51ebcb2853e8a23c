//! What ships leaklint: packages, hooks, the action, workflows. Versions and platforms are the same in all of them, and
//! what is YAML parses. A crate as published has none of it, and there is nothing to check.

use std::collections::BTreeSet;
use std::fs;

use serde_json::Value;

use crate::scratch::in_package;

const VERSION: &str = env!("CARGO_PKG_VERSION");

/// The text of a file that a published crate does not have.
fn shipped(path: &str) -> Option<String> {
    let is_checkout = in_package("npm").is_dir();
    is_checkout.then(|| fs::read_to_string(in_package(path)).unwrap())
}

fn json(path: &str) -> Option<Value> {
    shipped(path).map(|text| serde_json::from_str(&text).unwrap())
}

pub(crate) fn yaml(text: &str) -> Value {
    serde_saphyr::from_str(text).unwrap_or_else(|error| panic!("{error}\n{text}"))
}

/// The texts under a key of a list of objects.
fn all<'a>(list: &'a Value, key: &str) -> Vec<&'a str> {
    let objects = list.as_array().unwrap().iter();
    objects.map(|it| it[key].as_str().unwrap()).collect()
}

#[test]
fn packages_have_the_version_of_the_crate() {
    let Some(manifest) = json("npm/leaklint/package.json") else {
        return;
    };
    assert_eq!(manifest["version"], VERSION);
    let asked = manifest["optionalDependencies"].as_object().unwrap();
    assert!(asked.values().all(|version| version == VERSION));
    let platforms = json("npm/platforms.json").unwrap();
    let names: BTreeSet<String> = all(&platforms, "name")
        .iter()
        .map(|name| format!("@leaklint/{name}"))
        .collect();
    assert_eq!(asked.keys().cloned().collect::<BTreeSet<_>>(), names);
    assert_eq!(manifest["scripts"], Value::Null, "nothing runs at install");
    let url = manifest["repository"]["url"].as_str().unwrap();
    assert_eq!(
        url,
        format!("git+{}.git", env!("CARGO_PKG_REPOSITORY")),
        "the repository of the crate"
    );
}

#[test]
fn the_action_installs_this_version() {
    let Some(text) = shipped("action.yml") else {
        return;
    };
    let action = yaml(&text);
    assert_eq!(action["inputs"]["version"]["default"], VERSION);
}

#[test]
fn the_changelog_knows_this_version() {
    let changelog = fs::read_to_string(in_package("CHANGELOG.md")).unwrap();
    let released = changelog.contains(&format!("\n## [{VERSION}]"));
    assert!(released || changelog.contains(&format!("To be version {VERSION}.")));
}

#[test]
fn a_release_builds_each_platform() {
    let Some(text) = shipped(".github/workflows/release.yml") else {
        return;
    };
    let release = yaml(&text);
    let built = &release["jobs"]["build"]["strategy"]["matrix"]["include"];
    let platforms = json("npm/platforms.json").unwrap();
    for key in ["name", "target"] {
        assert_eq!(all(built, key), all(&platforms, key));
    }
    // What `cargo binstall` fetches is what a release makes.
    let manifest = fs::read_to_string(in_package("Cargo.toml")).unwrap();
    assert!(manifest.contains("/v{ version }/leaklint-{ target }.tar.gz\""));
    assert!(text.contains("dist/leaklint-$TARGET.tar.gz"));
}

#[test]
fn the_least_version_of_rust_builds_all() {
    let rust = env!("CARGO_PKG_RUST_VERSION");
    for (path, expected) in [
        (
            ".github/workflows/ci.yml",
            format!("clippy,rustfmt {rust}\n"),
        ),
        (
            ".github/workflows/ci.yml",
            format!("rustup default {rust}\n"),
        ),
        (
            ".github/workflows/release.yml",
            format!("\"$TARGET\" {rust}\n"),
        ),
        (
            ".github/workflows/release.yml",
            format!("rustup default {rust}\n"),
        ),
        (
            "docs/Containerfile",
            format!("FROM rust:{rust}-alpine AS build\n"),
        ),
        ("README.md", format!("(https://rustup.rs) {rust} or newer")),
    ] {
        let Some(text) = shipped(path) else { return };
        assert!(text.contains(&expected), "{path}: {expected}");
    }
}

#[test]
fn workflows_parse_and_pin_what_they_use() {
    for path in [
        ".github/workflows/ci.yml",
        ".github/workflows/release.yml",
        "action.yml",
    ] {
        let Some(text) = shipped(path) else { return };
        assert!(yaml(&text).is_object(), "{path}");
        let used = text.lines().filter_map(|line| line.split_once("uses: "));
        let loose: Vec<&str> = used.map(|(_, name)| name).collect();
        assert!(loose.iter().all(|name| name.contains("@v")), "{loose:?}");
    }
}

#[test]
fn hooks_take_the_files_that_are_linted() {
    let Some(text) = shipped(".pre-commit-hooks.yaml") else {
        return;
    };
    let hooks = yaml(&text);
    assert_eq!(all(&hooks, "id"), ["leaklint", "leaklint-system"]);
    assert_eq!(all(&hooks, "language"), ["rust", "system"]);
    for hook in hooks.as_array().unwrap() {
        assert_eq!(hook["entry"], "leaklint");
        assert_eq!(hook["require_serial"], true);
        assert_eq!(hook["files"], r"\.(?:[cm]?[jt]s|[jt]sx|vue|svelte|astro)$");
    }
}

/// The steps of the action run as a runner does it, with a stand-in for `npm`.
#[cfg(unix)]
mod action {
    use std::os::unix::fs::{PermissionsExt, symlink};
    use std::process::Output;

    use super::*;
    use crate::scratch::{LEAK, Scratch};

    /// What the stand-in does: notes what it was told, and puts the program where npm would.
    const NPM: &str = "#!/bin/sh
echo \"$@\" > \"$RUNNER_TEMP/npm-was-told\"
mkdir -p \"$RUNNER_TEMP/leaklint/node_modules/.bin\"
ln -s \"$PROGRAM\" \"$RUNNER_TEMP/leaklint/node_modules/.bin/leaklint\"
";

    fn run(scratch: &Scratch, inputs: &[(&str, &str)]) -> Option<Output> {
        let action = yaml(&shipped("action.yml")?);
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let given = |expression: &Value| {
            let expression = text(expression);
            let name = expression
                .strip_prefix("${{ inputs.")?
                .strip_suffix(" }}")?;
            let default = || text(&action["inputs"][name]["default"]);
            let given = inputs.iter().find(|(input, _)| *input == name);
            Some(given.map_or_else(default, |(_, value)| (*value).to_owned()))
        };
        scratch.write("bin/npm", NPM);
        let npm = scratch.path().join("bin/npm");
        fs::set_permissions(&npm, fs::Permissions::from_mode(0o755)).unwrap();
        let program = scratch.command::<&str>(&[]).get_program().to_owned();
        symlink(&program, scratch.path().join("bin/leaklint")).unwrap();
        let path = format!(
            "{}:{}",
            scratch.path().join("bin").display(),
            std::env::var("PATH").unwrap()
        );
        let mut last = None;
        for step in action["runs"]["steps"].as_array().unwrap() {
            assert_eq!(step["shell"], "bash");
            let mut command = scratch.shell("bash", &["-eo", "pipefail"], step["run"].as_str()?);
            for (name, expression) in step["env"].as_object().unwrap() {
                command.env(name, given(expression).unwrap());
            }
            let folder = scratch.path().join("runner");
            fs::create_dir_all(&folder).unwrap();
            command.env("RUNNER_TEMP", folder).env("PATH", &path);
            last = Some(command.env("PROGRAM", &program).output().unwrap());
        }
        last
    }

    #[test]
    fn the_action_annotates_and_writes_a_log() {
        let scratch = Scratch::new(&[("src/a b.js", LEAK), ("other.js", LEAK)]);
        let inputs = [
            ("version", "1.2.3 || $(touch pwned)"),
            ("args", "--deny-warnings\n  src\n"),
            ("sarif-file", "out file.sarif"),
        ];
        let Some(output) = run(&scratch, &inputs) else {
            return;
        };
        assert_eq!(output.status.code(), Some(1), "{output:?}");
        let text = String::from_utf8(output.stdout).unwrap();
        assert!(text.starts_with("::warning file=src/a b.js,"), "{text}");
        assert_eq!(text.lines().count(), 1);
        let log = fs::read(scratch.path().join("out file.sarif")).unwrap();
        let log: Value = serde_json::from_slice(&log).unwrap();
        assert_eq!(log["version"], "2.1.0");
        let told = fs::read_to_string(scratch.path().join("runner/npm-was-told")).unwrap();
        assert!(
            told.ends_with("leaklint@1.2.3 || $(touch pwned)\n"),
            "{told}"
        );
        assert!(!scratch.path().join("pwned").exists());
    }

    #[test]
    fn the_action_needs_no_inputs() {
        let scratch = Scratch::new(&[("a.js", LEAK)]);
        if let Some(output) = run(&scratch, &[]) {
            assert_eq!(output.status.code(), Some(0), "{output:?}");
            let told = fs::read_to_string(scratch.path().join("runner/npm-was-told")).unwrap();
            assert!(told.contains("--ignore-scripts"), "{told}");
            assert!(told.ends_with(&format!("leaklint@{VERSION}\n")), "{told}");
        }
    }
}
