//! Fixes on disk: what is written, what is printed, what is left alone.

use std::fs;
use std::process::Command;

use crate::scratch::Scratch;

/// A program with a safe fix, in a file with a byte order mark, carriage returns and a comment.
const WEAK: &str = "\u{feff}const seen = new Set(); // kept\r\nexport function mark(job) {\r\n  if (seen.has(job)) return;\r\n  seen.add(job);\r\n  job.start();\r\n}\r\n";

#[test]
fn a_fix_changes_nothing_but_what_it_must_and_happens_once() {
    let scratch = Scratch::new(&[("src/a.js", WEAK)]);
    let run = scratch.run(&["--fix"]).exits(0);
    assert!(
        run.summary().contains("1 fixed in 1 file"),
        "{}",
        run.summary()
    );
    let fixed = WEAK.replace("new Set", "new WeakSet");
    let read = || fs::read_to_string(scratch.path().join("src/a.js")).unwrap();
    assert_eq!(read(), fixed);
    scratch.run(&["--fix"]).exits(0).omits("fixed");
    assert_eq!(read(), fixed);
}

#[test]
fn a_patch_changes_nothing_and_applies() {
    let path = "node_modules/a b/lib/é.js";
    let manifest = "node_modules/a b/package.json";
    let scratch = Scratch::new(&[(path, WEAK), (manifest, "{\"name\":\"a-b\"}")]);
    let apply = |args: &[&str], folder: &str, patch: &str| {
        scratch.write("fix.patch", patch);
        let written = scratch.path().join("fix.patch");
        let status = Command::new("git")
            .arg("apply")
            .args(args)
            .arg(written)
            .current_dir(scratch.path().join(folder))
            .status();
        assert!(status.unwrap().success());
    };
    let below = scratch
        .run(&["--diff=package", "node_modules/a b"])
        .exits(1);
    apply(&["--check"], "node_modules/a b", &below.stdout);
    let run = scratch.run(&["--diff", "node_modules/a b"]).exits(1);
    let file = scratch.path().join(path);
    assert_eq!(fs::read_to_string(&file).unwrap(), WEAK);
    apply(&[], ".", &run.stdout);
    let fixed = WEAK.replace("new Set", "new WeakSet");
    assert_eq!(fs::read_to_string(&file).unwrap(), fixed);
}

#[test]
fn a_dependency_is_not_fixed() {
    let path = "node_modules/a/index.js";
    let scratch = Scratch::new(&[(path, WEAK)]);
    let run = scratch.run(&["--fix", "node_modules/a"]).exits(1);
    run.says("leaklint --diff=package");
    assert_eq!(fs::read_to_string(scratch.path().join(path)).unwrap(), WEAK);
}

#[test]
fn what_is_not_certain_is_fixed_only_on_request() {
    let text = WEAK.replace("const seen", "export const seen");
    let scratch = Scratch::new(&[("a.js", text.as_str())]);
    scratch.run(&["--fix"]).exits(1).omits("fixed");
    let read = || fs::read_to_string(scratch.path().join("a.js")).unwrap();
    assert_eq!(read(), text);
    scratch.run(&["--fix", "--unsafe-fixes"]).exits(0);
    assert_eq!(read(), text.replace("new Set", "new WeakSet"));
}

#[test]
fn a_type_with_a_name_is_changed_only_for_its_collection() {
    let code = "const seen: Seen = new Set();\nexport function mark(job: Job) {\n  if (seen.has(job)) return;\n  seen.add(job);\n  job.start();\n}\n";
    let weak = |declaration: &str, options: &[&str]| {
        let text = format!("{declaration}\n{code}");
        let scratch = Scratch::new(&[("a.ts", &text)]);
        scratch.run(&[&["--fix"], options].concat());
        let read = fs::read_to_string(scratch.path().join("a.ts")).unwrap();
        let fixed = text
            .replace("Set<", "WeakSet<")
            .replace("new Set", "new WeakSet");
        assert!(read == fixed || read == text, "{read}");
        read == fixed
    };
    let any = ["--unsafe-fixes"];
    assert!(weak("type Seen = Set<Job>;", &[]));
    // Importers that are not seen may use it.
    assert!(!weak("export type Seen = Set<Job>;", &[]));
    assert!(weak("export type Seen = Set<Job>;", &any));
    for used in [
        "interface State { jobs: Seen[] }",
        "type All = [Seen];",
        "type Change = (of: Seen) => void;",
        "function all<T extends Seen>(of: T) {}",
        "const other = [] satisfies Seen;",
        "let many: Record<string, Seen>;",
        "export { type Seen as Jobs };",
        "type Seen = string;",
    ] {
        assert!(
            !weak(&format!("type Seen = Set<Job>;\n{used}"), &any),
            "{used}"
        );
    }
}

#[test]
fn standard_input_is_told_as_a_patch_and_not_written() {
    let scratch = Scratch::new::<&str>(&[]);
    let name = ["--stdin-filename", "a.js", "-"];
    let args = |option| [&[option], &name[..]].concat();
    scratch.pipe(&args("--fix"), WEAK).exits(2);
    let run = scratch.pipe(&args("--diff"), WEAK).exits(1);
    assert!(
        run.stdout.contains("+\u{feff}const seen = new WeakSet();"),
        "{run:?}"
    );
}
