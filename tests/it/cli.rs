//! Options, exit status, streams.

use std::io::Read;
use std::path::PathBuf;
use std::process::Stdio;

use crate::scratch::{CLEAN, LEAK, Scratch, sessions};

#[test]
fn sessions_replay() {
    sessions().register_bin("git", git()).case("tests/cmd/*.md");
}

/// The program git.
fn git() -> PathBuf {
    let name = format!("git{}", std::env::consts::EXE_SUFFIX);
    let folders = std::env::var_os("PATH").unwrap_or_default();
    let mut files = std::env::split_paths(&folders).map(|folder| folder.join(&name));
    files.find(|file| file.is_file()).unwrap()
}

#[test]
fn standard_output_has_findings_only() {
    let scratch = Scratch::new(&[("a.js", LEAK), ("note.css", "")]);
    let run = scratch
        .run(&["--format", "json", "--stats", "a.js", "note.css"])
        .says("note: note.css")
        .says(" ms");
    run.finds_cache_in(&["a.js"]);
    let clean = Scratch::new(&[("a.js", CLEAN)]);
    for format in ["human", "compact"] {
        assert_eq!(clean.run(&["--format", format]).exits(0).stdout, "");
    }
}

#[test]
fn the_command_may_be_named() {
    let scratch = Scratch::new(&[("src/a.js", LEAK), ("b.js", LEAK), ("rules/c.js", LEAK)]);
    for args in [
        &["src", "--format", "json"][..],
        &["check", "src", "--format", "json"],
    ] {
        scratch.run(args).lints(1).finds_cache_in(&["src/a.js"]);
    }
    scratch.run(&["check"]).lints(3);
    scratch.run(&["./rules"]).lints(1);
    scratch.run(&["check", "rules"]).lints(1);
    scratch.run(&["src", "rules"]).lints(2);
    scratch.run(&["--quiet", "rules"]).lints(1);
}

#[test]
fn standard_input_is_linted_under_its_name() {
    let scratch = Scratch::new(&[(".gitignore", "gen\n")]);
    let json = ["--format", "json", "-"];
    scratch
        .pipe(&json, LEAK)
        .lints(1)
        .finds_cache_in(&["stdin.js"]);
    let named = |name| ["--format", "json", "--stdin-filename", name, "-"];
    let typed = format!("type T = string;\n{LEAK}");
    scratch
        .pipe(&named("src/a.ts"), &typed)
        .lints(1)
        .finds_cache_in(&["src/a.ts"]);
    scratch.pipe(&named("./src/../a.js"), LEAK).lints(1);
    scratch
        .pipe(&named("gen/a.js"), LEAK)
        .exits(0)
        .says("is ignored")
        .lints(0);
    scratch
        .pipe(&named("a.css"), LEAK)
        .exits(0)
        .says("is not a JavaScript")
        .lints(0);
    scratch.pipe(&named("a.js"), "").exits(0).lints(1);
}

#[test]
fn standard_input_stands_alone() {
    let scratch = Scratch::new(&[("a.js", CLEAN)]);
    scratch.pipe(&["-", "a.js"], LEAK).exits(2).says("`-`");
    scratch
        .run(&["--stdin-filename", "a.js"])
        .exits(2)
        .says("--stdin-filename");
}

#[test]
fn output_depends_on_neither_order_nor_threads() {
    let files: Vec<(String, &str)> = (0..60)
        .map(|index| (format!("d{}/f{index}.js", index % 7), LEAK))
        .collect();
    let files: Vec<(&str, &str)> = files
        .iter()
        .map(|(path, text)| (path.as_str(), *text))
        .collect();
    let scratch = Scratch::new(&files);
    for format in ["human", "compact"] {
        let run = |args: &[&str]| {
            let run = scratch
                .run(&[&["--max-diagnostics", "100", "--format", format], args].concat())
                .lints(60);
            assert!(matches!(run.status, Some(0 | 1)), "{run:#?}");
            run.stdout
        };
        let expected = run(&["."]);
        assert_ne!(expected, "");
        assert_eq!(run(&["d6", "d5", "d4", "d3", "d2", "d1", "d0"]), expected);
        assert_eq!(run(&["d3", "d3", ".", "d1/f1.js"]), expected);
        for threads in ["1", "2", "7"] {
            assert_eq!(run(&["--threads", threads]), expected, "{threads} threads");
        }
    }
}

#[test]
fn there_is_at_least_one_thread() {
    Scratch::new(&[("a.js", CLEAN)])
        .run(&["--threads", "0"])
        .exits(2)
        .says("--threads");
}

#[test]
fn a_pipe_closed_early_is_no_failure() {
    let names: Vec<String> = (0..400).map(|index| format!("f{index}.js")).collect();
    let files: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), LEAK)).collect();
    let scratch = Scratch::new(&files);
    for args in [
        &["--max-diagnostics", "400"][..],
        &["--format", "json"],
        &["rules"],
        &["explain", "unbounded-collection"],
        &["--format", "sarif"],
        &["completions", "bash"],
        &["man"],
        &["--help"],
    ] {
        let mut child = scratch
            .command(args)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        drop(child.stdout.take());
        let mut stderr = String::new();
        child
            .stderr
            .take()
            .unwrap()
            .read_to_string(&mut stderr)
            .unwrap();
        assert_eq!(child.wait().unwrap().code(), Some(0), "{args:?}: {stderr}");
        assert!(!stderr.contains("panicked"), "{stderr}");
    }
}

#[test]
fn an_error_fails_the_run_unless_told_not_to() {
    let scratch = Scratch::new(&[("a.js", LEAK)]);
    let low = ["--min-confidence", "low"];
    scratch
        .run(&[&low[..], &["--deny-warnings"]].concat())
        .exits(1);
    scratch
        .run(&[&low[..], &["--max-warnings", "0"]].concat())
        .exits(1);
    scratch
        .run(&[&low[..], &["--deny-warnings", "--exit-zero"]].concat())
        .exits(0);
    scratch
        .run(&[&low[..], &["--exit-zero", "gone"]].concat())
        .exits(2);
}

#[test]
fn limits_on_warnings_do_not_fail_a_clean_run() {
    let scratch = Scratch::new(&[("a.js", CLEAN)]);
    scratch
        .run(&["--deny-warnings", "--max-warnings", "0"])
        .exits(0);
}

#[test]
fn quiet_shows_no_warnings_and_counts_them() {
    let scratch = Scratch::new(&[("a.js", LEAK), ("b.css", "")]);
    let loud = scratch
        .run(&["--format", "json", "a.js", "b.css"])
        .says("b.css");
    let quiet = scratch
        .run(&["--format", "json", "--quiet", "a.js", "b.css"])
        .omits("b.css");
    let json = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap();
    let (loud, quiet) = (json(&loud.stdout), json(&quiet.stdout));
    for count in ["errors", "warnings", "files"] {
        assert_eq!(loud["summary"][count], quiet["summary"][count]);
    }
    let shown = quiet["findings"].as_array().unwrap();
    assert_eq!(
        shown.len() as u64,
        quiet["summary"]["errors"].as_u64().unwrap()
    );
}

#[test]
fn the_summary_of_json_has_its_counts() {
    let scratch = Scratch::new(&[("a.js", CLEAN), ("b.min.js", "")]);
    let json: serde_json::Value =
        serde_json::from_str(&scratch.run(&["--format", "json"]).exits(0).stdout).unwrap();
    let summary = &json["summary"];
    for (count, expected) in [
        ("files", 1),
        ("skipped", 1),
        ("errors", 0),
        ("warnings", 0),
        ("fixable", 0),
    ] {
        assert_eq!(summary[count], expected, "{count}");
    }
    assert!(summary["durationMs"].is_u64());
}

#[test]
fn rules_are_listed_as_json() {
    let scratch = Scratch::new(&[("a.js", CLEAN)]);
    let run = scratch.run(&["rules", "--format", "json"]).exits(0);
    let rules: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    let rules = rules.as_array().unwrap();
    assert!(!rules.is_empty());
    for rule in rules {
        assert!(
            rule["id"].is_string() && rule["fixable"].is_boolean(),
            "{rule}"
        );
        assert!(
            rule["severity"] == "error" || rule["severity"] == "warning",
            "{rule}"
        );
        assert!(!rule["summary"].as_str().unwrap().is_empty(), "{rule}");
        let page = scratch
            .run(&["explain", rule["id"].as_str().unwrap()])
            .exits(0)
            .stdout;
        assert!(
            page.starts_with(&format!("# {}\n", rule["id"].as_str().unwrap())),
            "{page}"
        );
    }
    let table = scratch.run(&["rules"]).exits(0).stdout;
    assert_eq!(table.lines().count(), rules.len());
    assert_eq!(scratch.run(&["explain"]).exits(0).stdout, table);
}

#[test]
fn color_is_for_those_who_ask() {
    let scratch = Scratch::new(&[("a.js", LEAK)]);
    let colored = |args: &[&str], variables: &[(&str, &str)]| {
        let output = scratch
            .command(args)
            .envs(variables.iter().copied())
            .output()
            .unwrap();
        output.stdout.contains(&0x1B)
    };
    assert!(!colored(&[], &[]));
    assert!(colored(&["--color", "always"], &[]));
    assert!(colored(&[], &[("FORCE_COLOR", "1")]));
    assert!(!colored(&["--color", "never"], &[("FORCE_COLOR", "1")]));
    assert!(!colored(&["--color", "always", "--format", "compact"], &[]));
    assert!(!colored(&["--color", "always", "--format", "json"], &[]));
}
