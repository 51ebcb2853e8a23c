//! Suppressions: comments, and findings that were there before.

use std::fs;

use crate::scratch::{CLEAN, LEAK, Scratch};

const FILE: &str = "leaklint-suppressions.json";

fn after(comment: &str) -> String {
    format!("{comment}\n{LEAK}")
}

#[test]
fn a_suppressed_finding_is_counted_and_does_not_fail() {
    let comment = "// leaklint-disable-next-line unbounded-collection -- few users";
    let scratch = Scratch::new(&[("a.js", after(comment))]);
    let run = scratch
        .run(&["--deny-warnings", "--max-warnings", "0"])
        .exits(0);
    assert_eq!(run.stdout, "");
    assert!(run.summary().contains(" in 1 file · 1 suppressed · "));
    let run = scratch.run(&["--format", "json"]).exits(0);
    assert!(run.stdout.contains("\"suppressed\": 1"));
    run.finds_cache_in(&[]);
}

#[test]
fn a_suppression_without_a_reason_is_a_warning() {
    let comment = "// leaklint-disable-next-line unbounded-collection";
    let scratch = Scratch::new(&[("a.js", after(comment))]);
    let run = scratch.run(&["--format", "compact"]).exits(0);
    assert!(
        run.stdout
            .starts_with("a.js:1:1: warning[invalid-suppression]")
    );
    scratch.run(&["--deny-warnings"]).exits(1);
}

#[test]
fn a_suppression_that_is_not_needed_is_a_warning_or_fails() {
    let comment = "// leaklint-disable-file unbounded-memoize -- no";
    let scratch = Scratch::new(&[("a.js", format!("{comment}\n{CLEAN}"))]);
    let run = scratch.run(&["--format", "compact"]).exits(0);
    assert!(
        run.stdout
            .starts_with("a.js:1:1: warning[unused-suppression]")
    );
    scratch.run(&["--report-unused-suppressions"]).exits(1);
    // One that is needed where doubtful findings are shown is not for nothing.
    let doubtful = LEAK.replace("fetchUser(id)", "1");
    for confidence in ["low", "high"] {
        let needed = after("// leaklint-disable-next-line unbounded-collection -- few");
        let scratch = Scratch::new(&[("a.js", needed), ("b.js", doubtful.clone())]);
        let args = [
            "--report-unused-suppressions",
            "--min-confidence",
            confidence,
        ];
        assert!(!scratch.run(&args).stdout.contains("unused"));
    }
}

#[test]
fn findings_that_were_there_are_suppressed_by_number() {
    let first = LEAK.replace("cache", "pages");
    let scratch = Scratch::new(&[("src/a.js", LEAK), ("b.js", &first)]);
    scratch
        .run(&["--suppress-all", "--deny-warnings"])
        .exits(0)
        .says(" · 2 suppressed · ");
    let written = fs::read_to_string(scratch.path().join(FILE)).unwrap();
    let entry = |path: &str| {
        format!(
            "  \"{path}\": {{\n    \"unbounded-collection\": {{\n      \"count\": 1\n    }}\n  }}"
        )
    };
    assert_eq!(
        written,
        format!("{{\n{},\n{}\n}}\n", entry("b.js"), entry("src/a.js"))
    );

    // Lines move, and what is below the folder is linted from there.
    scratch.write("src/a.js", after("// moved\n"));
    fs::create_dir(scratch.path().join(".git")).unwrap();
    let mut command = scratch.command(&["--deny-warnings"]);
    let output = command
        .current_dir(scratch.path().join("src"))
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(0), "{output:?}");

    // A new one is shown, with those that cannot be told from it.
    let second = LEAK.replace("cache", "users").replace("load", "user");
    scratch.write("b.js", format!("{first}{second}"));
    let run = scratch.run(&["--format", "json"]).says("all are shown");
    assert_eq!(run.findings().len(), 2);
}

#[test]
fn what_options_hide_is_not_gone() {
    let scratch = Scratch::new(&[("a.js", LEAK), ("b.js", LEAK)]);
    scratch.run(&["--suppress-all"]).exits(0);
    let written = || fs::read_to_string(scratch.path().join(FILE)).unwrap();
    let before = written();
    let confident = ["--min-confidence", "high"];
    for options in [&["-A", "unbounded-collection"][..], &confident] {
        scratch.run(options).exits(0).omits("gone");
        scratch
            .run(&[&["--prune-suppressions"], options].concat())
            .exits(0);
        assert_eq!(written(), before, "{options:?}");
    }
    // What the configuration hides is gone.
    scratch.write("leaklint.json", "{ \"minConfidence\": \"high\" }");
    scratch.run(&["--prune-suppressions"]).exits(0);
    assert!(!scratch.path().join(FILE).exists());
}

#[test]
fn findings_that_are_gone_keep_the_run_green() {
    let scratch = Scratch::new(&[("a.js", LEAK), ("b.js", LEAK), ("c.js", LEAK)]);
    scratch.run(&["--suppress-all"]).exits(0);
    scratch.write("a.js", CLEAN);
    fs::remove_file(scratch.path().join("b.js")).unwrap();
    scratch
        .run(&["--deny-warnings"])
        .exits(0)
        .says("2 suppressed findings are gone (--prune-suppressions takes them out)");
    // Of files that are not linted nothing is known.
    scratch
        .run(&["c.js"])
        .exits(0)
        .says("1 suppressed finding is gone");
    scratch
        .run(&["--prune-suppressions"])
        .exits(0)
        .omits("are gone");
    let written = fs::read_to_string(scratch.path().join(FILE)).unwrap();
    assert!(written.contains("c.js") && !written.contains("a.js") && !written.contains("b.js"));
    scratch.write("c.js", CLEAN);
    scratch.run(&["--prune-suppressions"]).exits(0);
    assert!(!scratch.path().join(FILE).exists());
}

#[test]
fn a_file_of_suppressions_that_is_none_is_told() {
    let scratch = Scratch::new(&[("a.js", LEAK), (FILE, "{ \"a.js\": 1 }")]);
    scratch.run(&["."]).exits(2).says(FILE).says("line 1");
}
