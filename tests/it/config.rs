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
fn what_is_said_of_nothing_is_told_where_all_is_read() {
    let scratch = Scratch::new(&[
        ("other.js", CLEAN),
        ("src/a.js", CLEAN),
        (
            "src/lib/lru.js",
            "export class Bounded {\n  register() {}\n}\nexport function registerAll() {}\n",
        ),
        ("package.json", "{ \"name\": \"own\" }"),
    ]);
    let say = |names: &str| {
        let text =
            format!("{{\n  \"boundedCaches\": [{names}],\n  \"registrars\": [\"registerAl\"]\n}}");
        scratch.write("leaklint.json", text);
    };
    let told = "leaklint.json:3:18: nothing in the files is called `registerAl`";
    say("\"Bounded\", \"Bounded.register\", \"./lib/lru\", \"own\"");
    let run = scratch.run(&["."]).exits(0).says(told);
    assert_eq!(run.stderr.matches("nothing in the files").count(), 1);
    say("\"Bound\", \"./lib/lr\", \"lru-cache\"");
    let run = scratch.run(&[] as &[&str]).exits(0);
    assert_eq!(
        run.stderr.matches("nothing in the files").count(),
        4,
        "{run:?}"
    );
    // Where only a part is asked for, the rest may have it.
    scratch
        .run(&["src/a.js"])
        .exits(0)
        .omits("nothing in the files");
    scratch.run(&["src"]).exits(0).omits("nothing in the files");
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

#[test]
fn what_is_said_to_bound_itself_is_believed() {
    let leak = "class Limited {\n  items = new Map();\n  put(url) {\n    this.items.set(url, find(url));\n    return this.items.get(url);\n  }\n}\nconst cache = new Limited();\nexport const get = (url) => cache.put(url);\n";
    let scratch = Scratch::new(&[("lib/limited.js", leak)]);
    scratch.write(
        "package.json",
        "{ \"name\": \"limited-map\", \"type\": \"module\" }",
    );
    let found = |args: &[&str]| run(&scratch, args).findings().len();
    assert_eq!(found(&[]), 1);
    for name in [
        "Limited",
        "put",
        "./lib/limited",
        "./limited.js",
        "limited-map",
    ] {
        scratch.write(
            "leaklint.json",
            format!("{{ \"boundedCaches\": [\"{name}\"] }}"),
        );
        // The method adds to the collection and does not make it.
        assert_eq!(found(&[]), usize::from(name == "put"), "{name}");
    }
    scratch.write(
        "leaklint.json",
        "{ \"boundedCaches\": [\"limited\", \"./ited\"] }",
    );
    assert_eq!(found(&[]), 1);
}

#[test]
fn a_memoize_helper_that_is_said_to_bound_itself_is_believed() {
    let memo =
        "import memoize from 'lodash/memoize';\nexport const load = memoize((url) => find(url));\n";
    let scratch = Scratch::new(&[("a.js", memo)]);
    let warnings = |expected: &str| {
        let run = scratch.run(&["--format", "compact"]);
        run.says(&format!(" {expected} in 1 file"));
    };
    warnings("1 warning");
    scratch.write(
        "leaklint.json",
        "{ \"boundedCaches\": [\"lodash/memoize\"] }",
    );
    warnings("0 warnings");
}

#[test]
fn what_is_said_to_run_while_modules_load_is_believed() {
    let leak = "const plugins = new Map();\nexport class Host {\n  add(name, plugin) {\n    plugins.set(name, plugin);\n  }\n}\nexport const find = (name) => plugins.get(name);\nexport const all = new Host();\n";
    let scratch = Scratch::new(&[("a.js", leak)]);
    let low = ["--min-confidence", "low"];
    assert_eq!(run(&scratch, &low).findings().len(), 1);
    for (name, expected) in [("add", 0), ("Host.add", 0), ("Other.add", 1), ("Host", 1)] {
        scratch.write(
            "leaklint.json",
            format!("{{ \"registrars\": [\"{name}\"] }}"),
        );
        assert_eq!(run(&scratch, &low).findings().len(), expected, "{name}");
    }
}

#[test]
fn a_configuration_of_typescript_may_be_named() {
    let store = "export const cache = new Map();\n";
    let reader = "import { cache } from '@/store';\nexport function load(id) {\n  if (!cache.has(id)) cache.set(id, fetchUser(id));\n  return cache.get(id);\n}\n";
    let scratch = Scratch::new(&[("src/store.ts", store), ("src/load.ts", reader)]);
    scratch.write(
        "other/build.json",
        "{ \"compilerOptions\": { \"paths\": { \"@/*\": [\"../src/*\"] } } }",
    );
    run(&scratch, &[]).finds_cache_in(&[]);
    run(&scratch, &["--tsconfig", "other/build.json"]).finds_cache_in(&["src/store.ts"]);
    run(&scratch, &["--tsconfig", "none.json"])
        .exits(2)
        .says("none.json` is no file (see --tsconfig)");
}

#[test]
fn a_configuration_is_begun_once() {
    let scratch = Scratch::new(&[("a.js", CLEAN)]);
    scratch
        .run(&["init"])
        .exits(0)
        .says("`leaklint.jsonc` is written");
    run(&scratch, &[]).exits(0);
    scratch
        .run(&["init"])
        .exits(2)
        .says("there is a configuration: `leaklint.jsonc`");
}

#[test]
fn what_holds_for_a_file_is_printed() {
    let scratch = Scratch::new(&[("a.js", LEAK)]);
    scratch.write(
        "base.json",
        "{ \"minConfidence\": \"high\", \"boundedCaches\": [\"Lru\"] }",
    );
    scratch.write(
        "leaklint.json",
        format!("{{ \"extends\": \"./base.json\", \"overrides\": [{{ \"files\": \"gen\", \"rules\": {{ \"{RULE}\": \"off\" }} }}] }}"),
    );
    let printed = |args: &[&str]| -> Value {
        let run = scratch.run(&[&["--print-config"], args].concat()).exits(0);
        serde_json::from_str(&run.stdout).unwrap()
    };
    let printed = [printed(&["gen/a.js"]), printed(&["a.js"]), printed(&[])];
    for (printed, level) in printed.iter().zip(["off", "on", "on"]) {
        assert_eq!(
            printed["files"],
            serde_json::json!(["base.json", "leaklint.json"])
        );
        assert_eq!(printed["minConfidence"], "high");
        assert_eq!(printed["rules"][RULE]["level"], level);
        assert_eq!(printed["boundedCaches"][0], "Lru");
    }
    scratch.write("leaklint.json", "{ \"rulez\": {} }");
    scratch
        .run(&["--print-config", "a.js"])
        .exits(2)
        .says("there is no key `rulez`");
}
