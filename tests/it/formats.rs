//! Formats for other programs: where they go, and how files are called in them.

use std::fs;

use serde_json::Value;

use crate::scratch::{CLEAN, LEAK, Scratch, in_package};

#[test]
fn a_format_goes_to_a_file_beside_what_is_printed() {
    let scratch = Scratch::new(&[("a.js", LEAK)]);
    let args = [
        "-f",
        "compact",
        "-f",
        "sarif=out.sarif",
        "-f",
        "junit=out.xml",
    ];
    let run = scratch.run(&args);
    assert!(run.stdout.starts_with("a.js:1:7: warning"));
    let read = |name| fs::read_to_string(scratch.path().join(name)).unwrap();
    assert!(read("out.sarif").contains("\"version\": \"2.1.0\""));
    assert!(read("out.xml").contains("<testsuites"));
    let run = scratch.run(&["-f", "json", "-f", "compact"]).exits(2);
    assert_eq!(run.stdout, "");
    scratch.run(&["-f", "xml"]).exits(2).says("checkstyle");
    scratch
        .run(&["-f", "json=gone/a.json"])
        .exits(2)
        .says("gone/a.json");
}

#[test]
fn paths_and_fingerprints_are_the_same_from_every_folder() {
    let scratch = Scratch::new(&[("src/a b.js", LEAK)]);
    fs::create_dir(scratch.path().join(".git")).unwrap();
    let from = |folder: &str, args: &[&str]| {
        let mut command = scratch.command(args);
        let output = command.current_dir(scratch.path().join(folder)).output();
        String::from_utf8(output.unwrap().stdout).unwrap()
    };
    for format in ["sarif", "github", "gitlab"] {
        let above = from(".", &["-f", format]);
        assert_eq!(above, from("src", &["-f", format]), "{format}");
        assert!(above.contains("src/a"), "{above}");
    }
    let log: Value = serde_json::from_str(&from("src", &["-f", "sarif"])).unwrap();
    let location = &log["runs"][0]["results"][0]["locations"][0]["physicalLocation"];
    assert_eq!(location["artifactLocation"]["uri"], "src/a%20b.js");
}

#[test]
fn a_coding_agent_gets_a_line_for_each_finding() {
    let scratch = Scratch::new(&[("a.js", LEAK)]);
    let output = scratch
        .command::<&str>(&[])
        .env("CLAUDECODE", "1")
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(
        text.starts_with("a.js:1:7 warning unbounded-collection: "),
        "{text}"
    );
    assert_eq!(text.lines().count(), 1);
}

/// A name and a text with what formats stumble over: characters that have a meaning in URLs, workflow commands and XML,
/// one beyond the basic plane in both, a byte order mark, a tab, CRLF.
const ODD: (&str, &str) = (
    "src/a b,é%41 [x] #1&'/😀;=.ts",
    "\u{feff}type Id = string;\r\n\t/* 😀 */ const cache = new Map<object, Id>();\r\nexport const load = (user: { id: Id }) => {\r\n\tconst all = '😀😀'; cache.set({ user }, user.id);\r\n};\r\nexport const get = (user: object) => cache.get(user);\r\n",
);

#[test]
fn lines_have_odd_names_and_columns() {
    insta::assert_snapshot!(written("human"), @"
    leaklint::unbounded-collection

      × module-scope `Map` keyed by objects never forgets a key: `cache`
       ╭─[src/a b,é%41 [x] #1&'/😀;=.ts:2:16]
     2 │     /* 😀 */ const cache = new Map<object, Id>();
       ·                    ──┬──
       ·                      ╰── lives as long as the process
     3 │ export const load = (user: { id: Id }) => {
     4 │     const all = '😀😀'; cache.set({ user }, user.id);
       ·                         ──────────────┬─────────────
       ·                                       ╰─┤ grows here: one entry per key (an object that each call
       ·                                         │ creates), and nothing removes one
       ╰────
      help: use a `WeakMap`: keys are objects and the map is only read with get, has and set (fixable
            with --fix)
       why: each call adds an object that each call creates, which never repeats
    ");
    insta::assert_snapshot!(written("compact"), @"
    src/a b,é%41 [x] #1&'/😀;=.ts:2:16: error[unbounded-collection] module-scope `Map` keyed by objects never forgets a key: `cache` (high)
    ");
    insta::assert_snapshot!(written("agent"), @"
    src/a b,é%41 [x] #1&'/😀;=.ts:2:16 error unbounded-collection: module-scope `Map` keyed by objects never forgets a key: `cache`; grows here: one entry per key (an object that each call creates), and nothing removes one at src/a b,é%41 [x] #1&'/😀;=.ts:4; help: use a `WeakMap`: keys are objects and the map is only read with get, has and set (leaklint --fix does it)
    ");
    insta::assert_snapshot!(written("github"), @"
    ::error file=src/a b%2Cé%2541 [x] #1&'/😀;=.ts,line=2,endLine=2,col=16,endColumn=21,title=leaklint%3A unbounded-collection::module-scope `Map` keyed by objects never forgets a key: `cache`%0Ause a `WeakMap`: keys are objects and the map is only read with get, has and set
    ");
}

#[test]
fn reports_have_odd_names_and_columns() {
    insta::assert_snapshot!(written("gitlab"), @r#"
    [
      {
        "type": "issue",
        "check_name": "unbounded-collection",
        "description": "module-scope `Map` keyed by objects never forgets a key: `cache` (use a `WeakMap`: keys are objects and the map is only read with get, has and set)",
        "categories": [
          "Bug Risk"
        ],
        "severity": "major",
        "fingerprint": "67cc0b08086b1d7a",
        "location": {
          "path": "src/a b,é%41 [x] #1&'/😀;=.ts",
          "lines": {
            "begin": 2,
            "end": 2
          }
        }
      }
    ]
    "#);
    insta::assert_snapshot!(written("junit"), @r#"
    <?xml version="1.0" encoding="UTF-8"?>
    <testsuites name="leaklint" tests="1" failures="1" errors="0">
      <testsuite name="src/a b,é%41 [x] #1&amp;'/😀;=.ts" tests="1" failures="1" errors="0">
        <testcase name="unbounded-collection: cache" classname="src/a b,é%41 [x] #1&amp;'/😀;=.ts" file="src/a b,é%41 [x] #1&amp;'/😀;=.ts" line="2">
          <failure message="module-scope `Map` keyed by objects never forgets a key: `cache`" type="error">src/a b,é%41 [x] #1&amp;'/😀;=.ts:2:16: module-scope `Map` keyed by objects never forgets a key: `cache`&#10;help: use a `WeakMap`: keys are objects and the map is only read with get, has and set</failure>
        </testcase>
      </testsuite>
    </testsuites>
    "#);
    insta::assert_snapshot!(written("checkstyle"), @r#"
    <?xml version="1.0" encoding="UTF-8"?>
    <checkstyle version="4.3">
      <file name="src/a b,é%41 [x] #1&amp;'/😀;=.ts">
        <error line="2" column="16" severity="error" message="module-scope `Map` keyed by objects never forgets a key: `cache` (use a `WeakMap`: keys are objects and the map is only read with get, has and set)" source="leaklint.unbounded-collection"/>
      </file>
    </checkstyle>
    "#);
}

#[test]
fn json_has_odd_names_and_columns() {
    let json: Value = serde_json::from_str(&written("json")).unwrap();
    insta::assert_snapshot!(pretty(&json["findings"]), @r#"
    [
      {
        "rule": "unbounded-collection",
        "severity": "error",
        "confidence": "high",
        "message": "module-scope `Map` keyed by objects never forgets a key: `cache`",
        "help": "use a `WeakMap`: keys are objects and the map is only read with get, has and set",
        "path": "src/a b,é%41 [x] #1&'/😀;=.ts",
        "line": 2,
        "column": 16,
        "endLine": 2,
        "endColumn": 21,
        "binding": "cache",
        "collection": "Map",
        "scope": "module",
        "key": "object",
        "evidence": [
          {
            "for": true,
            "text": "each call adds an object that each call creates, which never repeats"
          }
        ],
        "related": [
          {
            "path": "src/a b,é%41 [x] #1&'/😀;=.ts",
            "line": 4,
            "column": 20,
            "endLine": 4,
            "endColumn": 48,
            "message": "grows here: one entry per key (an object that each call creates), and nothing removes one"
          }
        ],
        "fix": {
          "safe": true,
          "edits": [
            {
              "path": "src/a b,é%41 [x] #1&'/😀;=.ts",
              "start": 52,
              "end": 52,
              "text": "Weak"
            }
          ]
        },
        "heap": null,
        "fingerprint": "67cc0b08086b1d7a"
      }
    ]
    "#);
}

#[test]
fn sarif_has_odd_names_and_columns() {
    let log: Value = serde_json::from_str(&written("sarif")).unwrap();
    insta::assert_snapshot!(pretty(&log["runs"][0]["results"]), @r#"
    [
      {
        "ruleId": "unbounded-collection",
        "level": "error",
        "message": {
          "text": "module-scope `Map` keyed by objects never forgets a key: `cache`\nuse a `WeakMap`: keys are objects and the map is only read with get, has and set"
        },
        "locations": [
          {
            "physicalLocation": {
              "artifactLocation": {
                "uri": "src/a%20b%2C%C3%A9%2541%20%5Bx%5D%20%231%26%27/%F0%9F%98%80%3B%3D.ts",
                "uriBaseId": "SRCROOT"
              },
              "region": {
                "startLine": 2,
                "startColumn": 16,
                "endLine": 2,
                "endColumn": 21
              }
            }
          }
        ],
        "relatedLocations": [
          {
            "physicalLocation": {
              "artifactLocation": {
                "uri": "src/a%20b%2C%C3%A9%2541%20%5Bx%5D%20%231%26%27/%F0%9F%98%80%3B%3D.ts",
                "uriBaseId": "SRCROOT"
              },
              "region": {
                "startLine": 4,
                "startColumn": 20,
                "endLine": 4,
                "endColumn": 48
              }
            },
            "id": 0,
            "message": {
              "text": "grows here: one entry per key (an object that each call creates), and nothing removes one"
            }
          }
        ],
        "partialFingerprints": {
          "leaklint/v1": "67cc0b08086b1d7a"
        },
        "rank": 90.0,
        "ruleIndex": 1,
        "fixes": [
          {
            "description": {
              "text": "use a `WeakMap`: keys are objects and the map is only read with get, has and set"
            },
            "artifactChanges": [
              {
                "artifactLocation": {
                  "uri": "src/a%20b%2C%C3%A9%2541%20%5Bx%5D%20%231%26%27/%F0%9F%98%80%3B%3D.ts",
                  "uriBaseId": "SRCROOT"
                },
                "replacements": [
                  {
                    "deletedRegion": {
                      "startLine": 2,
                      "startColumn": 28,
                      "endLine": 2,
                      "endColumn": 28
                    },
                    "insertedContent": {
                      "text": "Weak"
                    }
                  }
                ]
              }
            ]
          }
        ]
      }
    ]
    "#);
}

/// What a format says of [`ODD`].
fn written(format: &str) -> String {
    let scratch = Scratch::new(&[ODD]);
    scratch.run(&["--format", format]).exits(1).stdout
}

fn pretty(value: &Value) -> String {
    serde_json::to_string_pretty(value).unwrap()
}

#[test]
fn logs_are_valid_sarif() {
    let scratch = Scratch::new(&[
        ("repo/src/a b.js", LEAK),
        ("repo/broken.js", "const = ;"),
        ("outside é.js", LEAK),
        ("empty/a.js", CLEAN),
    ]);
    scratch.write(&format!("repo/{}", ODD.0), ODD.1);
    fs::create_dir(scratch.path().join("repo/.git")).unwrap();
    let log = |folder: &str, args: &[&str]| -> Value {
        let mut command = scratch.command(&[&["--format", "sarif"], args].concat());
        let output = command.current_dir(scratch.path().join(folder)).output();
        let log = serde_json::from_slice(&output.unwrap().stdout).unwrap();
        is_valid_sarif(&log);
        log
    };
    let clean = log("empty", &[]);
    assert_eq!(clean["runs"][0]["results"], Value::Array(Vec::new()));
    let full = log("repo", &[".", "../outside é.js"]);
    let run = &full["runs"][0];
    let results = run["results"].as_array().unwrap();
    assert_eq!(results.len(), 3, "{run:#}");
    let locations = results.iter().map(|it| &it["locations"][0]);
    let artifacts = locations.map(|it| &it["physicalLocation"]["artifactLocation"]);
    let (below, above): (Vec<_>, Vec<_>) = artifacts.partition(|it| it["uriBaseId"].is_string());
    assert_eq!((below.len(), above.len()), (2, 1), "{run:#}");
    let uri = above[0]["uri"].as_str().unwrap();
    assert!(uri.starts_with("file:///") && uri.ends_with("/outside%20%C3%A9.js"));
    let told = &run["invocations"][0]["toolExecutionNotifications"][0]["message"]["text"];
    assert!(told.as_str().unwrap().starts_with("broken.js: "), "{told}");
}

#[test]
#[should_panic(expected = "results")]
fn a_log_without_results_that_say_something_is_not_valid() {
    let scratch = Scratch::new(&[("a.js", LEAK)]);
    let text = scratch.run(&["--format", "sarif"]).stdout;
    let mut log: Value = serde_json::from_str(&text).unwrap();
    log["runs"][0]["results"][0]["message"] = Value::Null;
    is_valid_sarif(&log);
}

/// The schema that OASIS publishes (`tests/schemas/README.md`).
const SARIF_SCHEMA: &str = "tests/schemas/sarif-2.1.0.json";

#[track_caller]
fn is_valid_sarif(log: &Value) {
    let read = fs::read(in_package(SARIF_SCHEMA)).unwrap();
    let (mut schemas, mut compiler) = (boon::Schemas::new(), boon::Compiler::new());
    compiler.enable_format_assertions();
    compiler
        .add_resource("sarif.json", serde_json::from_slice(&read).unwrap())
        .unwrap();
    let schema = compiler.compile("sarif.json", &mut schemas).unwrap();
    if let Err(error) = schemas.validate(log, schema) {
        panic!("{error:#}");
    }
}
