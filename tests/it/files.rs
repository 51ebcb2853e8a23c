//! Which files are read, and what odd bytes in them do.

use std::fmt::Write;

use crate::scratch::{CLEAN, LEAK, Run, Scratch};

fn lint(files: &[(&str, &[u8])]) -> Run {
    Scratch::new(files).run(&["--format", "json"])
}

/// A run over a file of these bytes and one with a finding: whatever the first does, the second is linted.
fn lint_beside_a_leak(name: &str, bytes: &[u8]) -> Run {
    let run = lint(&[(name, bytes), ("leak.js", LEAK.as_bytes())]);
    assert!(
        matches!(run.status, Some(0 | 1)),
        "{:?} {}",
        run.status,
        run.stderr
    );
    run
}

#[test]
fn a_byte_order_mark_is_no_code() {
    let text = format!("\u{FEFF}{LEAK}");
    let run = lint(&[("a.js", text.as_bytes())]).omits("a.js");
    run.finds_cache_in(&["a.js"]);
    let json: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(
        (&json["findings"][0]["line"], &json["findings"][0]["column"]),
        (&1.into(), &7.into())
    );
}

#[test]
fn lines_may_end_in_any_way() {
    for end in ["\n", "\r\n", "\r"] {
        let text = format!("// first\n{LEAK}").replace('\n', end);
        let run = lint(&[("a.js", text.as_bytes())]);
        run.finds_cache_in(&["a.js"]);
        let json: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
        assert_eq!(json["findings"][0]["line"], 2, "line end {end:?}");
    }
}

#[test]
fn ecmascript_line_separators_are_no_line_ends() {
    for separator in ['\u{2028}', '\u{2029}'] {
        let text = format!("let x;{separator}{LEAK}");
        let run = lint(&[("a.js", text.as_bytes())]);
        run.finds_cache_in(&["a.js"]);
        let json: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
        assert_eq!(
            (&json["findings"][0]["line"], &json["findings"][0]["column"]),
            (&1.into(), &14.into())
        );
    }
}

#[test]
fn invalid_utf_8_is_read_with_one_note() {
    let mut bytes = b"// \xFF\xFF \xC0\n".to_vec();
    bytes.extend_from_slice(LEAK.as_bytes());
    let run = lint(&[("a.js", &bytes)])
        .says("note: a.js: is not valid UTF-8")
        .lints(1);
    assert_eq!(run.stderr.matches("UTF-8").count(), 1, "{run:#?}");
    run.finds_cache_in(&["a.js"]);
}

#[test]
fn utf_16_is_left_out_with_a_note() {
    let little: Vec<u8> = [0xFEFF]
        .into_iter()
        .chain(LEAK.encode_utf16())
        .flat_map(u16::to_le_bytes)
        .collect();
    let big: Vec<u8> = [0xFEFF]
        .into_iter()
        .chain(LEAK.encode_utf16())
        .flat_map(u16::to_be_bytes)
        .collect();
    for bytes in [little, big] {
        let run = lint(&[("a.js", &bytes), ("b.js", CLEAN.as_bytes())]);
        run.exits(0)
            .says("note: a.js: is UTF-16")
            .lints(1)
            .finds_cache_in(&[]);
    }
}

#[test]
fn an_empty_file_is_clean() {
    for bytes in [b"".as_slice(), b"\xEF\xBB\xBF", b"\n"] {
        lint(&[("a.ts", bytes)]).exits(0).omits("a.ts").lints(1);
    }
}

#[test]
fn a_bundle_of_five_megabytes_is_linted() {
    let mut text = String::new();
    let mut module = 0;
    while text.len() < 5 << 20 {
        let lines = [
            format!("var require_{module} = __commonJS({{ \"node_modules/p/{module}.js\"(exports, module) {{"),
            format!("  var seen{module} = {{ one: 1, two: [1, 2, 3] }};"),
            format!("  function walk{module}(node, depth) {{"),
            "    for (var i = 0; i < node.length; i++) { if (depth > 3) return node[i]; else node = node[i].next || node; }".to_owned(),
            format!("    return seen{module}[depth] ? walk{module}(node, depth + 1) : null;"),
            format!("  }}\n  module.exports = {{ walk: walk{module} }};\n}} }});"),
        ];
        for line in lines {
            writeln!(text, "{line}").unwrap();
        }
        module += 1;
    }
    text.push_str(LEAK);
    lint(&[("bundle.js", text.as_bytes())])
        .lints(1)
        .finds_cache_in(&["bundle.js"]);
}

#[test]
fn a_long_line_is_linted() {
    let text = format!("const text = \"{}\"; {LEAK}", "x".repeat(200_000));
    let scratch = Scratch::new(&[("a.js", &text)]);
    for format in ["human", "compact", "json"] {
        let run = scratch
            .run(&[
                "--include-minified",
                "--min-confidence",
                "low",
                "--format",
                format,
            ])
            .lints(1);
        assert!(
            run.stdout.contains("a.js"),
            "{format}: {:?} {}",
            run.status,
            run.stderr
        );
    }
}

/// Texts that nest so many levels deep; each kind of nesting has its unit test.
fn nested(levels: usize) -> Vec<(&'static str, String)> {
    let around = |open: &str, middle: &str, close: &str| {
        format!("{}{middle}{};", open.repeat(levels), close.repeat(levels))
    };
    vec![
        ("deep.js", around("[", "", "]")),
        ("deep.js", around("(", "1", ")")),
        ("deep.js", around("f(function () {", "", "})")),
        ("deep.js", around("() => ", "1", "")),
        ("deep.js", around("1 + ", "1", "")),
        ("deep.js", around("a ? 1 : ", "1", "")),
        ("deep.js", around("a = ", "1", "")),
        ("deep.js", around("if (a) b; else ", "", "")),
        ("deep.js", around("<a>", "", "</a>")),
        ("deep.js", format!("y{};", ".z".repeat(levels))),
        ("deep.js", "[".repeat(levels)),
        ("deep.ts", around("type T = [", "string", "]")),
        ("deep.ts", around("type T = Array<", "string", ">")),
    ]
}

#[test]
fn deep_nesting_crashes_nothing() {
    for levels in [1_000, 10_000, 100_000] {
        for (name, text) in nested(levels) {
            // Lines, lest the file is left out as minified; and what makes it worth a look.
            let text = format!("{text}\n{}{LEAK}", "//\n".repeat(text.len() / 200));
            let run = lint_beside_a_leak(name, text.as_bytes());
            assert!(
                run.findings().iter().any(|(path, _)| path == "leak.js"),
                "{}: {}",
                &text[..20],
                run.stderr
            );
            run.lints(2);
        }
    }
}

#[test]
fn what_is_nested_too_deep_is_told() {
    let text = format!("{}\n", "[".repeat(100_000));
    Scratch::new(&[("deep.js", text.as_str()), ("leak.js", LEAK)])
        .run(&["--include-minified", "--format", "json"])
        .exits(1)
        .says("error: deep.js:1:1: nested more than 20000 levels deep")
        .lints(2)
        .finds_cache_in(&["leak.js"]);
}

#[cfg(target_os = "linux")]
#[test]
fn little_address_space_is_enough() {
    use std::process::{Command, Stdio};
    let text = format!(
        "const x = {}{};\n{}",
        "[".repeat(4_000),
        "]".repeat(4_000),
        "//\n".repeat(100)
    );
    let scratch = Scratch::new(&[("deep.js", text.as_str()), ("sub/leak.js", LEAK)]);
    for kilobytes in [600_000, 1_200_000, 2_000_000] {
        let output = Command::new("sh")
            .args([
                "-c",
                &format!("ulimit -v {kilobytes} && exec \"$0\" \"$@\""),
            ])
            .args([env!("CARGO_BIN_EXE_leaklint"), "--threads", "2"])
            .args(["--format", "compact"])
            .current_dir(scratch.path())
            .stdin(Stdio::null())
            .output()
            .unwrap();
        let stdout = String::from_utf8_lossy(&output.stdout);
        assert!(
            matches!(output.status.code(), Some(0 | 1)) && stdout.contains("sub/leak.js"),
            "{kilobytes}: {output:?}"
        );
    }
}

#[test]
fn a_file_that_does_not_parse_fails_the_run_and_stops_nothing() {
    let broken = format!("{LEAK}\nfunction (\n");
    let run = lint_beside_a_leak("broken.js", broken.as_bytes());
    assert!(
        run.findings().iter().any(|(path, _)| path == "leak.js"),
        "{run:#?}"
    );
    run.exits(1).says("error: broken.js:");
}

#[test]
fn what_is_there_for_development_is_parsed_where_it_is_asked_for() {
    let broken = format!("{LEAK}\nfunction (\n");
    let scratch = Scratch::new(&[
        ("package.json", r#"{ "name": "a", "main": "a.js" }"#),
        ("a.js", CLEAN),
        ("bench/broken.js", &broken),
    ]);
    scratch.run(&["."]).exits(0).lints(2);
    scratch
        .run(&["--min-confidence", "low", "."])
        .exits(1)
        .says("error: bench/broken.js:");
    scratch.write(
        "leaklint.json",
        r#"{ "overrides": [{ "files": ["bench/**"], "rules": { "unbounded-collection": "warn" } }] }"#,
    );
    scratch.run(&["."]).exits(1).says("error: bench/broken.js:");
    std::fs::remove_file(scratch.path().join("leaklint.json")).unwrap();
    let speaks = format!("// leaklint-disable-file -- as it comes\n{broken}");
    scratch.write("bench/broken.js", &speaks);
    scratch.run(&["."]).exits(1).says("error: bench/broken.js:");
}

#[cfg(unix)]
#[test]
fn a_file_that_cannot_be_read_fails_the_run_and_stops_nothing() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let scratch = Scratch::new(&[("a.js", CLEAN)]);
    symlink("nowhere", scratch.path().join("dangling.js")).unwrap();
    scratch
        .run(&["a.js", "dangling.js"])
        .exits(1)
        .says("error: dangling.js: cannot be read")
        .lints(1);
    scratch.run(&["."]).exits(0).lints(1);

    scratch.write("locked.js", CLEAN);
    let locked = scratch.path().join("locked.js");
    std::fs::set_permissions(&locked, std::fs::Permissions::from_mode(0o000)).unwrap();
    // Nothing is locked to the superuser.
    if std::fs::read(&locked).is_err() {
        scratch
            .run(&["."])
            .exits(1)
            .says("error: locked.js: cannot be read")
            .lints(1);
    }
}

#[test]
fn a_folder_may_be_named_like_a_file() {
    let scratch = Scratch::new(&[("x.js/inner.js", CLEAN)]);
    scratch.run(&["."]).exits(0).lints(1);
    scratch.run(&["x.js"]).exits(0).lints(1);
}

#[cfg(unix)]
#[test]
fn links_that_loop_are_harmless() {
    use std::os::unix::fs::symlink;
    let scratch = Scratch::new(&[("src/a.js", CLEAN)]);
    symlink("..", scratch.path().join("src/loop")).unwrap();
    symlink("self.js", scratch.path().join("src/self.js")).unwrap();
    scratch.run(&["."]).exits(0).lints(1);
    scratch.run(&["src/loop"]).exits(0).lints(1);
}

#[cfg(unix)]
#[test]
fn a_file_reached_by_two_names_is_linted_once() {
    use std::os::unix::fs::symlink;
    let scratch = Scratch::new(&[("src/a.js", LEAK)]);
    symlink("src", scratch.path().join("other")).unwrap();
    let absolute = scratch.path().join("src/a.js");
    let args = [
        "other",
        "src",
        "./src/../src",
        absolute.to_str().unwrap(),
        ".",
        "src/a.js",
    ];
    scratch.run(&args).lints(1);
}

#[test]
fn a_path_that_does_not_exist_is_an_error() {
    let scratch = Scratch::new(&[("a.js", CLEAN)]);
    let run = scratch
        .run(&["a.js", "gone", "gone/too.js", "a.js/b.js"])
        .exits(2);
    let run = run
        .says("`gone`")
        .says("`gone/too.js`")
        .says("`a.js/b.js`")
        .says("do not exist");
    assert_eq!(run.stdout, "");
    scratch
        .run(&["--no-error-on-unmatched-pattern", "a.js", "gone"])
        .exits(0)
        .says("note: gone: does not exist")
        .lints(1);
}

#[test]
fn ignores_hold_for_paths_given_by_name() {
    let scratch = Scratch::new(&[
        ("dist/a.js", LEAK),
        ("b.js", LEAK),
        (".gitignore", "dist/\n"),
    ]);
    scratch
        .run(&["dist/a.js"])
        .exits(0)
        .says("note: dist/a.js: is ignored")
        .lints(0);
    scratch
        .run(&["dist"])
        .exits(0)
        .says("note: dist: is ignored")
        .lints(0);
    scratch
        .run(&["--ignore-pattern", "b.js", "b.js"])
        .exits(0)
        .says("note: b.js: is ignored by --ignore-pattern");
    scratch
        .run(&["--no-ignore", "dist/a.js"])
        .omits("ignored")
        .lints(1);
}

#[test]
fn packages_are_read_only_where_named() {
    let files = [
        ("a.js", CLEAN),
        ("node_modules/p/b.js", CLEAN),
        ("node_modules/p/node_modules/q/c.js", CLEAN),
    ];
    let scratch = Scratch::new(&files);
    scratch.run(&["."]).lints(1);
    scratch.run(&["--no-ignore", "."]).lints(1);
    scratch.run(&["node_modules"]).lints(1);
    scratch
        .run(&["node_modules/p/node_modules/q", "."])
        .lints(2);
}

#[test]
fn gitignore_files_hold_with_and_without_a_repository() {
    let files = [
        (".gitignore", "out\n*.gen.js\n!keep.gen.js\n"),
        ("a.js", CLEAN),
        ("a.gen.js", CLEAN),
        ("keep.gen.js", CLEAN),
        ("out/b.js", CLEAN),
        ("sub/.gitignore", "/c.js\n"),
        ("sub/c.js", CLEAN),
        ("sub/deep/c.js", CLEAN),
        ("sub/d.gen.js", CLEAN),
    ];
    let scratch = Scratch::new(&files);
    for _ in ["without", "with"] {
        scratch.run(&["."]).lints(3);
        scratch.run(&["sub"]).lints(1);
        scratch.run(&["--no-ignore"]).lints(7);
        scratch.write(".git/HEAD", "ref: refs/heads/main\n");
    }
}

#[test]
fn a_repository_ends_the_search_for_gitignore_files() {
    let scratch = Scratch::new(&[
        (".gitignore", "*\n"),
        ("home/.git/HEAD", ""),
        ("home/a.js", CLEAN),
    ]);
    let run = |args: &[&str]| {
        let output = scratch
            .command(args)
            .current_dir(scratch.path().join("home"))
            .output()
            .unwrap();
        String::from_utf8(output.stderr).unwrap()
    };
    assert!(run(&["."]).contains(" in 1 file "));
    assert!(run(&["a.js"]).contains(" in 1 file "));
}

#[test]
fn hidden_files_are_left_out_unless_named() {
    let scratch = Scratch::new(&[
        (".storybook/a.js", CLEAN),
        (".b.js", CLEAN),
        ("c.js", CLEAN),
        (".git/d.js", CLEAN),
    ]);
    scratch.run(&["."]).lints(1);
    scratch.run(&[".storybook", ".b.js"]).lints(2);
    scratch.run(&["--no-ignore", "."]).lints(3);
}

#[test]
fn patterns_leave_files_out() {
    let files = [
        ("a.js", CLEAN),
        ("a.test.js", CLEAN),
        ("gen/b.js", CLEAN),
        ("sub/gen/c.js", CLEAN),
        ("sub/d.js", CLEAN),
    ];
    let scratch = Scratch::new(&files);
    let check = |globs: &[&str], count| {
        let args: Vec<&str> = globs
            .iter()
            .flat_map(|glob| ["--ignore-pattern", glob])
            .collect();
        scratch.run(&args).exits(0).lints(count);
    };
    check(&["*.test.js"], 4);
    check(&["gen"], 3);
    check(&["/gen"], 4);
    check(&["./gen"], 4);
    check(&["sub/**"], 3);
    check(&["gen/", "*.test.*"], 2);
    check(&["*.js", "!a.js"], 1);
    check(&["**/{a,d}.js"], 3);
}

#[test]
fn a_pattern_that_means_nothing_is_refused() {
    let scratch = Scratch::new(&[("a.js", CLEAN)]);
    scratch
        .run(&["--ignore-pattern", "*.+(ts|js)"])
        .exits(2)
        .says("`*.+(ts|js)`")
        .says("{a,b}");
    scratch
        .run(&["--ignore-pattern", "[a"])
        .exits(2)
        .says("`[a`");
    scratch.run(&["--ignore-pattern", ""]).exits(2);
}

#[test]
fn only_javascript_and_typescript_is_read() {
    let names = [
        "a.js", "a.mjs", "a.cjs", "a.jsx", "a.ts", "a.mts", "a.cts", "a.tsx",
    ];
    let others = [
        "a.css", "a.json", "Makefile", "a.d.ts", "a.d.mts", "a.d.cts", "a.jsm",
    ];
    let files: Vec<_> = names
        .iter()
        .chain(&others)
        .map(|name| (*name, CLEAN))
        .collect();
    let scratch = Scratch::new(&files);
    scratch
        .run(&["."])
        .exits(0)
        .lints(names.len())
        .omits("note");
    scratch
        .run(&names)
        .exits(0)
        .lints(names.len())
        .omits("note");
    let run = scratch.run(&others).exits(0).lints(0);
    let run = run
        .says("note: a.css: is not a JavaScript or TypeScript file")
        .says("note: a.d.ts: is a declaration file");
    run.says("note: there is no file to lint");
}

#[test]
fn an_empty_folder_is_clean() {
    Scratch::new(&[("readme.txt", "")])
        .run(&["."])
        .exits(0)
        .says("note: there is no file to lint")
        .lints(0);
}

#[test]
fn minified_files_are_left_out_and_counted() {
    let long = format!("var a=1;{}\n", "f(a);".repeat(1_000));
    let scratch = Scratch::new(&[("a.min.js", "let a;"), ("b.js", &long), ("c.js", CLEAN)]);
    let run = scratch.run(&["."]).exits(0).lints(1);
    assert!(
        run.summary().contains("· 2 minified files skipped ·"),
        "{run:#?}"
    );
    let run = scratch.run(&["--include-minified"]).lints(3);
    assert!(!run.summary().contains("skipped"), "{run:#?}");
    scratch
        .run(&["b.js"])
        .exits(0)
        .lints(0)
        .says("--include-minified");
}

#[test]
fn a_path_outside_the_folder_is_linted() {
    let scratch = Scratch::new(&[
        ("here/a.js", CLEAN),
        ("there/b.js", CLEAN),
        ("there/.gitignore", "gen\n"),
        ("there/gen/c.js", CLEAN),
    ]);
    let check = |args: &[&str], count: usize| {
        let output = scratch
            .command(args)
            .current_dir(scratch.path().join("here"))
            .output()
            .unwrap();
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert!(
            stderr.contains(&format!(" in {count} file")),
            "{args:?}: {stderr}"
        );
    };
    check(&["../there"], 1);
    check(&["../there", "."], 2);
    check(&["../there/b.js"], 1);
    check(&["--ignore-pattern", "b.js", "../there"], 0);
    check(&["--ignore-pattern", "there", "../there"], 0);
}
