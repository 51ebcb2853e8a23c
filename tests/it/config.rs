//! Configuration files: which one holds, what it does, and what is said of mistakes.

use serde_json::Value;

use crate::scratch::{CLEAN, LEAK, Run, Scratch};

const RULE: &str = "unbounded-collection";

fn run(scratch: &Scratch, args: &[&str]) -> Run {
    scratch.run(&[&["--format", "json"], args].concat())
}

/// A configuration that sets the rule.
fn sets(level: &str) -> String {
    format!("{{ \"rules\": {{ \"{RULE}\": \"{level}\" }} }}")
}

/// The severity of the first finding.
fn severity(run: &Run) -> String {
    let json: Value = serde_json::from_str(&run.stdout).unwrap();
    json["findings"][0]["severity"].as_str().unwrap().to_owned()
}

#[test]
fn a_rule_has_the_level_that_it_is_given() {
    for name in ["leaklint.json", "leaklint.jsonc"] {
        let scratch = Scratch::new(&[("a.js", LEAK)]);
        scratch.write(name, sets("off"));
        run(&scratch, &[]).exits(0).lints(1).finds_cache_in(&[]);
        scratch.write(name, sets("error"));
        assert_eq!(severity(&run(&scratch, &[]).exits(1)), "error");
        scratch.write(name, sets("warn"));
        assert_eq!(severity(&run(&scratch, &[]).exits(0)), "warning");
        assert_eq!(severity(&run(&scratch, &["-D", RULE]).exits(1)), "error");
    }
    let scratch = Scratch::new(&[("a.js", LEAK)]);
    scratch.write(
        "package.json",
        format!("{{ \"leaklint\": {} }}", sets("off")),
    );
    run(&scratch, &[]).finds_cache_in(&[]);
    run(&scratch, &["--isolated"]).finds_cache_in(&["a.js"]);
    run(&scratch, &["-W", RULE]).finds_cache_in(&["a.js"]);
    let options =
        "{ \"rules\": { \"unbounded-collection\": [\"on\", { \"minConfidence\": \"high\" }] } }";
    scratch.write("leaklint.json", options);
    run(&scratch, &[]).exits(2).says("has its configuration in");
    scratch.write("package.json", "{}");
    run(&scratch, &[]).finds_cache_in(&[]);
}

#[test]
fn a_rule_that_is_off_leaves_no_suppression_unused() {
    let suppressed = format!("// leaklint-disable-next-line {RULE} -- few ids\n{LEAK}");
    let idle = format!("// leaklint-disable-next-line {RULE} -- few ids\n{CLEAN}");
    let scratch = Scratch::new(&[("a.js", &suppressed), ("b.js", &idle)]);
    let check = |args: &[&str], warnings: &str| {
        let run = scratch.run(&[&["--format", "compact"], args].concat());
        run.exits(0).says(&format!("0 errors, {warnings}"));
    };
    check(&[], "1 warning in");
    check(&["-A", "unbounded-memoize"], "1 warning in");
    check(&["-A", RULE], "0 warnings in");
    check(&["-A", "unused-suppression"], "0 warnings in");
}

#[test]
fn levels_count_from_left_to_right() {
    let scratch = Scratch::new(&[("a.js", LEAK)]);
    let check = |args: &[&str], expected: &str| {
        assert_eq!(severity(&run(&scratch, args)), expected, "{args:?}");
    };
    check(&["-A", "all", "-D", RULE], "error");
    check(&["-D", RULE, "-W", RULE], "warning");
    check(
        &["--warn", "all", "--deny", "leaklint::unbounded-collection"],
        "error",
    );
    run(&scratch, &["-D", "all", "-A", RULE]).finds_cache_in(&[]);
    scratch
        .run(&["-D", "unbounded-colection"])
        .exits(2)
        .says("did you mean `unbounded-collection`?");
}

#[test]
fn the_nearest_configuration_holds_alone() {
    let scratch = Scratch::new(&[
        ("a.js", LEAK),
        ("in/b.js", LEAK),
        ("in/node_modules/c/c.js", LEAK),
    ]);
    scratch.write("leaklint.json", sets("off"));
    run(&scratch, &[]).finds_cache_in(&[]);
    scratch.write("in/leaklint.json", "{}");
    run(&scratch, &[]).finds_cache_in(&["in/b.js"]);
    run(&scratch, &["in/b.js"]).finds_cache_in(&["in/b.js"]);
    scratch.write("in/leaklint.json", "{ \"extends\": \"../leaklint.json\" }");
    run(&scratch, &[]).finds_cache_in(&[]);
    // What others say of their package says nothing of its use.
    scratch.write("in/leaklint.json", "{}");
    scratch.write("in/node_modules/c/leaklint.json", sets("off"));
    run(&scratch, &["in/node_modules/c"]).finds_cache_in(&["in/node_modules/c/c.js"]);
    run(&scratch, &["-c", "leaklint.json", "in/b.js"]).finds_cache_in(&[]);
}

#[test]
fn a_package_may_be_extended() {
    let scratch = Scratch::new(&[("a.js", LEAK)]);
    scratch.write(
        "node_modules/@acme/base/package.json",
        "{ \"name\": \"@acme/base\" }",
    );
    scratch.write("node_modules/@acme/base/leaklint.json", sets("off"));
    scratch.write("leaklint.json", "{ \"extends\": [\"@acme/base\"] }");
    run(&scratch, &[]).exits(0).finds_cache_in(&[]);
    scratch.write("leaklint.json", "{ \"extends\": \"@acme/none\" }");
    run(&scratch, &[])
        .exits(2)
        .says("leaklint.json:1:14: `@acme/none` cannot be extended");
    scratch.write("leaklint.json", "{ \"extends\": \"./leaklint.json\" }");
    run(&scratch, &[]).exits(2).says("it extends itself");
}

#[test]
fn patterns_leave_files_out_of_the_run() {
    let scratch = Scratch::new(&[("a.js", LEAK), ("gen/b.js", LEAK), ("gen/keep.js", LEAK)]);
    scratch.write("leaklint.json", "{ \"ignorePatterns\": [\"./gen/b.js\"] }");
    run(&scratch, &[])
        .lints(2)
        .finds_cache_in(&["a.js", "gen/keep.js"]);
    run(&scratch, &["gen/b.js"])
        .exits(0)
        .lints(0)
        .says("is ignored by a configuration");
    run(&scratch, &["--no-ignore", "gen/b.js"]).finds_cache_in(&["gen/b.js"]);
    scratch.write("leaklint.json", "{ \"ignorePatterns\": [\"gen\"] }");
    run(&scratch, &[]).lints(1).finds_cache_in(&["a.js"]);
}

#[test]
fn rules_are_off_in_tests_unless_an_override_turns_them_on() {
    let low = ["--min-confidence", "low"];
    let files = ["a.test.js", "b.spec.js", "__tests__/c.js", "d.config.js"];
    let scratch = Scratch::new(&files.map(|path| (path, LEAK)));
    run(&scratch, &low).lints(4).finds_cache_in(&[]);
    run(&scratch, &[&low[..], &["-D", "all"]].concat()).finds_cache_in(&[]);
    run(&scratch, &["a.test.js"])
        .exits(0)
        .lints(1)
        .says("all rules are off here");
    let on = |files: &str| {
        format!(
            "{{ \"overrides\": [{{ \"files\": {files}, \"rules\": {{ \"{RULE}\": \"on\" }} }}] }}"
        )
    };
    scratch.write("leaklint.json", on("[\"*.config.js\", \"__tests__\"]"));
    run(&scratch, &low).finds_cache_in(&["__tests__/c.js", "d.config.js"]);
    run(&scratch, &[&low[..], &["-A", RULE]].concat()).finds_cache_in(&[]);
    scratch.write("leaklint.json", on("\"legacy/**\""));
    run(&scratch, &low)
        .exits(0)
        .says("leaklint.json:1:28: the override is for no file");
}

#[test]
fn a_mistake_is_told_with_its_place() {
    let scratch = Scratch::new(&[("a.js", CLEAN)]);
    let check = |text: &str, expected: &str| {
        scratch.write("leaklint.json", text);
        scratch.run::<&str>(&[]).exits(2).says(expected);
    };
    check(
        "{ \"rulez\": {} }",
        "leaklint.json:1:3: there is no key `rulez`; did you mean `rules`?",
    );
    check(
        "{ \"rules\": {}, \"rules\": {} }",
        "1:16: `rules` is here twice",
    );
    check("{ \"rules\": [] }", "1:12: expected an object");
    check(
        "{ \"minConfidence\": 1 }",
        "1:20: expected one of `\"high\"`",
    );
    check(
        "{ \"rules\": { \"no-console\": \"off\" } }",
        "there is no rule `no-console`",
    );
    check(
        "{ \"rules\": { \"unbounded-memoize\": [\"on\", {}, 1] } }",
        "a level and its options",
    );
    check(
        "{ \"rules\": { \"unbounded-memoize\": [\"on\", { \"minConfidense\": \"low\" }] } }",
        "did you mean `minConfidence`?",
    );
    check(
        "{ \"ignorePatterns\": [\"a\", \"+(b|c)\"] }",
        "1:27: `+(b|c)` can match no file: groups",
    );
    check("{ \"ignorePatterns\": [\"src\\\\gen\"] }", "use `/`");
    check(
        "{ \"overrides\": [{ \"rules\": {} }] }",
        "1:17: an override needs `files`",
    );
    check("{ \"overrides\": [{ \"files\": [] }] }", "no glob");
    check(
        "{ \"overrides\": [{ \"files\": [\"!a\"] }] }",
        "only take back",
    );
    check(
        "{ \"overrides\": [{ \"files\": \"../a\" }] }",
        "it lies outside",
    );
    check("{ \"rules\": ", "is not JSON");
    check("[]", "1:1: expected an object");
    scratch
        .run(&["-c", "none.json"])
        .exits(2)
        .says("none.json: cannot be read");
}

#[test]
fn all_mistakes_are_told_at_once_and_comments_are_none() {
    let scratch = Scratch::new(&[("a.js", CLEAN)]);
    scratch.write(
        "leaklint.jsonc",
        "\u{FEFF}// Rules.\n{\n\t\"extend\": [],\n\t/* none */ \"heap\": { \"maps\": {} },\n}\n",
    );
    let run = scratch
        .run::<&str>(&[])
        .exits(2)
        .says("leaklint.jsonc:3:2: there is no key `extend`");
    let expected = " 3 │ \t\"extend\": [],\n   │ \t^^^^^^^^\n";
    run.says(expected)
        .says("\nerror: leaklint.jsonc:4:23: there is no key `maps`");
}
