//! Findings and what a process held: the same programs as in `heap.rs`, with their sources.

use std::collections::BTreeSet;
use std::fs;
use std::io::Read;
use std::path::PathBuf;
use std::sync::OnceLock;

use flate2::read::GzDecoder;
use serde_json::{Value, json};

use crate::scratch::{CLEAN, Run, Scratch};

const NODES: [u32; 5] = [18, 20, 22, 24, 26];
const CACHES: &str = "requestCachesByEnvironment";

fn fixture(name: &str) -> String {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("fixtures/heap");
    folder.join(name).to_str().unwrap().to_owned()
}

fn snapshot(name: &str) -> String {
    fixture(&format!("{name}.heapsnapshot.gz"))
}

/// The 1-based line of a file that contains `text`.
fn line_of(file: &str, text: &str) -> u64 {
    let program = fs::read_to_string(fixture(file)).unwrap();
    program
        .lines()
        .position(|line| line.contains(text))
        .unwrap() as u64
        + 1
}

/// A run of the linter in the folder of the fixtures, where the server ran as `/tmp/app`.
fn leaklint(args: &[&str]) -> Run {
    let scratch = Scratch::new::<&str>(&[]);
    let map = format!("/tmp/app={}", fixture("server"));
    scratch.run(&[&["--map-path", map.as_str()], args].concat())
}

fn json(run: &Run) -> Value {
    serde_json::from_str(&run.stdout).unwrap_or_else(|_| panic!("no JSON: {run:#?}"))
}

fn server(node: u32, args: &[&str]) -> Value {
    let snapshot = snapshot(&format!("server/node-{node}"));
    let server = fixture("server");
    let all = [&["-f", "json", "--from-snapshot", &snapshot, &server], args].concat();
    json(&leaklint(&all))
}

/// With all findings; each snapshot is read once for all tests.
fn joined(node: u32) -> &'static Value {
    static RUNS: [OnceLock<Value>; NODES.len()] = [const { OnceLock::new() }; NODES.len()];
    let at = NODES.iter().position(|known| *known == node).unwrap();
    RUNS[at].get_or_init(|| server(node, &[]))
}

/// The collection of a name in the heap.
#[track_caller]
fn collection<'a>(document: &'a Value, name: &str) -> &'a Value {
    let all = document["collections"].as_array().unwrap();
    let mut named = all.iter().filter(|it| it["name"] == name);
    named.next().unwrap_or_else(|| panic!("no `{name}`"))
}

fn bindings(document: &Value) -> Vec<&str> {
    let findings = document["findings"].as_array().unwrap();
    findings
        .iter()
        .map(|it| it["binding"].as_str().unwrap())
        .collect()
}

/// The server's snapshot as if it had run in another folder, or with other scripts.
fn renamed(scripts: &[(&str, &str)]) -> String {
    static TEXT: OnceLock<String> = OnceLock::new();
    let text = TEXT.get_or_init(|| {
        let file = fs::File::open(snapshot("server/node-18")).unwrap();
        let mut text = String::new();
        GzDecoder::new(file).read_to_string(&mut text).unwrap();
        text
    });
    let mut text = text.clone();
    for (from, to) in scripts {
        text = text.replace(from, to);
    }
    text
}

fn elsewhere() -> String {
    renamed(&[("/tmp/app/", "/srv/no-such-folder/")])
}

fn source(file: &str) -> String {
    fs::read_to_string(fixture(&format!("server/{file}"))).unwrap()
}

#[test]
fn the_retainer_of_the_article_comes_first_in_every_node() {
    for node in NODES {
        let document = joined(node);
        let first = &document["findings"][0];
        assert_eq!(first["binding"], CACHES, "{node}");
        let path = first["path"].as_str().unwrap();
        assert!(
            path.ends_with("src/fetchQueryInternal.js"),
            "{node}: {path}"
        );
        let line = line_of(
            "server/src/fetchQueryInternal.js",
            "const requestCachesByEnv",
        );
        assert_eq!(first["line"], line, "{node}");
        assert_eq!(first["severity"], "error", "{node}");
        let heap = &first["heap"];
        assert_eq!(heap["entries"], 39, "{node}");
        assert_eq!(heap["keyType"], "ServerEnvironment", "{node}");
        assert_eq!(heap["confirms"], true, "{node}");
        let freed = heap["freedIfWeak"].as_u64().unwrap();
        let retained = heap["retainedBytes"].as_u64().unwrap();
        assert!(
            freed > 38 * 32_000 && freed < retained,
            "{node}: {freed} of {retained}"
        );
    }
}

#[test]
fn weak_keys_free_what_a_run_with_them_does_not_hold() {
    let strong = joined(18);
    let weak = {
        let snapshot = snapshot("server/node-18-weak");
        json(&leaklint(&[
            "-f",
            "json",
            "--from-snapshot",
            &snapshot,
            &fixture("server"),
        ]))
    };
    let reachable = |document: &Value| document["heap"]["reachableBytes"].as_u64().unwrap();
    let freed = reachable(strong) - reachable(&weak);
    let promised = strong["findings"][0]["heap"]["freedIfWeak"]
        .as_u64()
        .unwrap();
    assert!(
        promised.abs_diff(freed) * 20 <= freed,
        "promised {promised}, freed {freed}"
    );
}

/// A collection of the heap, what it stands for, and the line of the file that declares it.
type Row = (&'static str, &'static str, &'static str, &'static str);

#[test]
fn each_owner_is_found_in_the_source_in_every_node() {
    let rows: [Row; 10] = [
        (
            CACHES,
            "confirmed",
            "src/fetchQueryInternal.js",
            "const requestCaches",
        ),
        (
            "requestCache",
            "confirmed",
            "src/requestCache.js",
            "const requestCache",
        ),
        (
            "results",
            "silent",
            "src/format.js",
            "exports.format = memoize(",
        ),
        (
            "exports.pool.connections",
            "confirmed",
            "src/owners.js",
            "this.connections =",
        ),
        (
            "exports.pool.#opened",
            "confirmed",
            "src/owners.js",
            "#opened =",
        ),
        (
            "Registry.templates",
            "silent",
            "src/owners.js",
            "static templates",
        ),
        (
            "globalThis.serverMetrics",
            "silent",
            "src/owners.js",
            "globalThis.serverMetrics",
        ),
        (
            "sessionsById",
            "silent",
            "src/sessions.mjs",
            "const sessionsById",
        ),
        ("tokens", "silent", "src/tokens.mjs", "const tokens"),
        ("shrunk", "silent", "src/shapes.js", "const shrunk"),
    ];
    for node in NODES {
        let document = joined(node);
        for (name, standing, file, declaration) in rows {
            let found = collection(document, name);
            assert_eq!(
                found["source"]["standing"], standing,
                "{node}: {name}: {found}"
            );
            let path = found["path"].as_str().unwrap();
            assert!(path.ends_with(file), "{node}: {name}: {path}");
            let file = format!("server/{file}");
            assert_eq!(found["line"], line_of(&file, declaration), "{node}: {name}");
            assert_eq!(found["lineOf"], "declaration", "{node}: {name}");
            let finding = found["source"]["finding"].as_u64();
            assert_eq!(finding.is_some(), standing == "confirmed", "{node}: {name}");
            if let Some(at) = finding {
                let finding = &document["findings"][at as usize];
                assert_eq!(finding["path"], found["path"], "{node}: {name}");
                assert_eq!(finding["line"], found["line"], "{node}: {name}");
            }
        }
        let reason = collection(document, "shrunk")["source"]["reason"]
            .as_str()
            .unwrap();
        assert!(
            reason.starts_with("entries are removed at "),
            "{node}: {reason}"
        );
    }
}

#[test]
fn what_a_memoize_helper_keeps_is_that_of_the_call() {
    for node in NODES {
        let results = collection(joined(node), "results");
        let reason = results["source"]["reason"].as_str().unwrap();
        assert!(reason.starts_with("low confidence: "), "{node}: {reason}");
        let document = server(node, &["--min-confidence", "low"]);
        let results = collection(&document, "results");
        let at = results["source"]["finding"].as_u64().unwrap();
        let finding = &document["findings"][at as usize];
        assert_eq!(finding["rule"], "unbounded-memoize", "{node}");
        assert_eq!(finding["binding"], "exports.format", "{node}");
        assert_eq!(finding["heap"]["entries"], 37, "{node}");
        assert_eq!(finding["severity"], "error", "{node}");
    }
}

#[test]
fn what_ran_may_be_another_build_than_the_one_that_is_told() {
    let text = source("src/fetchQueryInternal.js");
    let scratch = Scratch::new(&[
        ("dist/fetchQueryInternal.js", &text),
        ("src/fetchQueryInternal.js", &text),
    ]);
    let snapshot = snapshot("server/node-18");
    let args = [
        "-f",
        "json",
        "--map-path",
        "/tmp/app=.",
        "--from-snapshot",
        &snapshot,
        ".",
    ];
    let document = json(&scratch.run(&args));
    let caches = collection(&document, CACHES);
    assert_eq!(caches["path"], "src/fetchQueryInternal.js");
    assert_eq!(caches["source"]["standing"], "confirmed");
    assert_eq!(caches["source"]["finding"], 0);
    assert_eq!(
        document["findings"][0]["path"],
        "dist/fetchQueryInternal.js"
    );
    assert_eq!(document["findings"][0]["heap"]["entries"], 39);
}

#[test]
fn typescript_that_node_runs_is_found() {
    for node in [22, 24, 26] {
        let document = server(node, &["--min-confidence", "low"]);
        let jobs = collection(&document, "jobsByName");
        assert_eq!(
            jobs["line"],
            line_of("server/src/jobs.ts", "const jobsByName"),
            "{node}"
        );
        assert_eq!(jobs["source"]["standing"], "confirmed", "{node}");
    }
}

#[track_caller]
fn check_bundle(document: &Value) {
    let replies = collection(document, "i");
    assert!(
        replies["path"]
            .as_str()
            .unwrap()
            .ends_with("bundled/replies.js"),
        "{replies}"
    );
    let line = line_of("server/bundled/replies.js", "const pendingRepliesByClient");
    assert_eq!(replies["line"], line, "{replies}");
    assert_eq!(replies["source"]["originalName"], "pendingRepliesByClient");
    assert_eq!(replies["source"]["standing"], "confirmed");
}

#[test]
fn minified_names_are_found_through_the_source_map() {
    for node in NODES {
        check_bundle(joined(node));
    }
}

#[test]
fn a_source_map_may_lie_elsewhere_and_the_bundle_nowhere() {
    let scratch = Scratch::new(&[
        ("a.heapsnapshot", elsewhere()),
        ("bundled/replies.js", source("bundled/replies.js")),
        ("bundled/client.js", source("bundled/client.js")),
        ("maps/bundle.min.js.map", source("dist/bundle.min.js.map")),
    ]);
    let args = [
        "-f",
        "json",
        "--from-snapshot",
        "a.heapsnapshot",
        "--source-map",
        "maps",
        ".",
    ];
    check_bundle(&json(&scratch.run(&args)));
}

#[test]
fn a_source_map_may_be_inside_of_the_script() {
    let script = source("dist/bundle.min.js");
    let map = source("dist/bundle.min.js.map")
        .replace('\n', "")
        .replace("../bundled", "../original");
    let inline = format!("sourceMappingURL=data:application/json,{}", encoded(&map));
    let scratch = Scratch::new(&[
        ("a.heapsnapshot", elsewhere()),
        (
            "dist/bundle.min.js",
            script.replace("sourceMappingURL=bundle.min.js.map", &inline),
        ),
    ]);
    let run = scratch.run(&["-f", "json", "--from-snapshot", "a.heapsnapshot", "."]);
    let document = json(&run);
    // The original is not here, but its name and line are known.
    let replies = collection(&document, "i");
    assert_eq!(replies["path"], "original/replies.js");
    assert_eq!(replies["source"]["originalName"], "pendingRepliesByClient");
    // Minified names say nothing, so there is no finding at this confidence, and the reason is told.
    assert_eq!(replies["source"]["standing"], "silent");
    let reason = replies["source"]["reason"].as_str().unwrap();
    assert!(reason.contains("the file is minified"), "{reason}");
}

#[test]
fn a_bundle_of_compiled_files_is_followed_to_what_was_compiled() {
    let compiled = source("bundled/replies.js");
    // Each line was one line further down.
    let lines = vec!["AACA"; compiled.lines().count()].join(";");
    let map =
        json!({ "version": 3, "sources": ["../ts/replies.ts"], "names": [], "mappings": lines });
    let scratch = Scratch::new(&[
        ("a.heapsnapshot", elsewhere()),
        ("dist/bundle.min.js", source("dist/bundle.min.js")),
        ("dist/bundle.min.js.map", source("dist/bundle.min.js.map")),
        ("ts/replies.ts", format!("// A line.\n{compiled}")),
        (
            "bundled/replies.js",
            format!("{compiled}//# sourceMappingURL=replies.js.map\n"),
        ),
        ("bundled/replies.js.map", map.to_string()),
    ]);
    let document = json(&scratch.run(&["-f", "json", "--from-snapshot", "a.heapsnapshot", "ts"]));
    let replies = collection(&document, "i");
    assert_eq!(replies["path"], "ts/replies.ts", "{replies}");
    let line = line_of("server/bundled/replies.js", "const pendingRepliesByClient");
    assert_eq!(replies["line"], line + 1);
    assert_eq!(replies["source"]["originalName"], "pendingRepliesByClient");
    assert_eq!(replies["source"]["standing"], "confirmed");
}

fn encoded(text: &str) -> String {
    let byte = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' => char::from(byte).to_string(),
        _ => format!("%{byte:02X}"),
    };
    text.bytes().map(byte).collect()
}

#[test]
fn a_bad_source_map_is_a_note() {
    for (map, note) in [
        (
            "{\"version\":3,\"mappings\":\"?\"}",
            "dist/bundle.min.js.map: has damaged mappings",
        ),
        ("<html>", "dist/bundle.min.js.map: is no source map"),
    ] {
        let scratch = Scratch::new(&[
            ("a.heapsnapshot", elsewhere()),
            ("dist/bundle.min.js", source("dist/bundle.min.js")),
            ("dist/bundle.min.js.map", map.to_owned()),
        ]);
        let run = scratch.run(&["-f", "json", "--from-snapshot", "a.heapsnapshot", "."]);
        let run = run.exits(0).says(note);
        assert_eq!(collection(&json(&run), "i")["path"], "dist/bundle.min.js");
    }
    let scratch = Scratch::new(&[
        ("a.heapsnapshot", elsewhere()),
        ("dist/bundle.min.js", source("dist/bundle.min.js")),
    ]);
    let run = scratch.run(&["--from-snapshot", "a.heapsnapshot", "."]);
    run.exits(0)
        .says("dist/bundle.min.js: names a source map that is not there");
}

#[test]
fn scripts_are_known_by_the_end_of_their_path() {
    let file = source("src/fetchQueryInternal.js");
    let scratch = Scratch::new(&[
        ("a.heapsnapshot", elsewhere()),
        ("web/src/fetchQueryInternal.js", file.clone()),
    ]);
    let args = ["-f", "json", "--from-snapshot", "a.heapsnapshot", "web"];
    let document = json(&scratch.run(&args));
    let caches = collection(&document, CACHES);
    assert_eq!(caches["path"], "web/src/fetchQueryInternal.js");
    assert_eq!(caches["source"]["standing"], "confirmed");
    // Which of two is not guessed.
    scratch.write("web/old/src/fetchQueryInternal.js", &file);
    let document = json(&scratch.run(&args));
    let caches = collection(&document, CACHES);
    assert_eq!(caches["path"], Value::Null);
    let reason = caches["source"]["reason"].as_str().unwrap();
    for part in [
        "may be any of",
        "web/old/src/fetchQueryInternal.js",
        "web/src/fetchQueryInternal.js",
        "--map-path",
    ] {
        assert!(reason.contains(part), "{reason}");
    }
    let mapped = [&args[..], &["--map-path", "/srv/no-such-folder=web/old"]].concat();
    let document = json(&scratch.run(&mapped));
    assert_eq!(
        collection(&document, CACHES)["path"],
        "web/old/src/fetchQueryInternal.js"
    );
}

#[test]
fn a_package_that_the_heap_names_is_analysed() {
    let inside = "/srv/no-such-folder/node_modules/@relay/runtime/lib/fetch.js";
    let snapshot = renamed(&[
        ("/tmp/app/src/fetchQueryInternal.js", inside),
        ("/tmp/app/", "/srv/no-such-folder/"),
    ]);
    let scratch = Scratch::new(&[
        ("a.heapsnapshot", snapshot),
        ("src/a.js", CLEAN.to_owned()),
        (
            "node_modules/@relay/runtime/lib/fetch.js",
            source("src/fetchQueryInternal.js"),
        ),
        (
            "node_modules/@relay/runtime/package.json",
            "{\"name\":\"@relay/runtime\",\"main\":\"lib/fetch.js\"}".to_owned(),
        ),
    ]);
    let run = scratch.run(&["--from-snapshot", "a.heapsnapshot", "src"]);
    let run = run.exits(1).lints(1);
    for text in [
        "#1  node_modules/@relay/runtime/lib/fetch.js:11  requestCachesByEnvironment   Map, 39 entries",
        "outside the paths given; analysed because the snapshot names it",
        "× module-scope `Map` never forgets a key: `requestCachesByEnvironment`",
    ] {
        assert!(run.stdout.contains(text), "no {text:?} in {run:#?}");
    }
}

#[test]
fn a_page_is_found_by_the_ends_of_its_urls() {
    let snapshot = snapshot("browser/chromium");
    let document = json(&leaklint(&[
        "-f",
        "json",
        "--from-snapshot",
        &snapshot,
        &fixture("browser"),
    ]));
    let rows = [
        ("viewsByRoute", "views.js", "const viewsByRoute"),
        ("detached", "views.js", "const detached"),
        ("toastsByText", "classic.js", "toastsByText ="),
        ("globalThis.notices", "classic.js", "var notices"),
        ("Chart.drawn", "app.js", "static drawn"),
    ];
    for (name, file, declaration) in rows {
        let found = collection(&document, name);
        assert_eq!(found["source"]["standing"], "confirmed", "{found}");
        let path = found["path"].as_str().unwrap();
        assert!(path.ends_with(file), "{name}: {path}");
        let line = line_of(&format!("browser/{file}"), declaration);
        assert_eq!(found["line"], line, "{name}");
    }
}

#[test]
fn a_snapshot_takes_no_finding_away() {
    let server = fixture("server");
    let places = |document: &Value| -> BTreeSet<String> {
        let findings = document["findings"].as_array().unwrap();
        let place = |it: &Value| format!("{}:{} {}", it["path"], it["line"], it["binding"]);
        findings.iter().map(place).collect()
    };
    for level in ["low", "medium"] {
        let args = ["-f", "json", "--min-confidence", level, server.as_str()];
        let without = leaklint(&args);
        assert!(!without.stdout.contains("\"collections\""));
        for name in ["server/node-18-early", "browser/chromium"] {
            let snapshot = snapshot(name);
            let with = leaklint(&[&args[..], &["--from-snapshot", &snapshot]].concat());
            assert_eq!(
                places(&json(&with)),
                places(&json(&without)),
                "{level}: {name}"
            );
        }
    }
}

#[test]
fn what_is_small_or_stands_still_looks_bounded() {
    let early = snapshot("server/node-18-early");
    let server = fixture("server");
    let one = json(&leaklint(&[
        "-f",
        "json",
        "--from-snapshot",
        &early,
        &server,
    ]));
    let twice = [
        "-f",
        "json",
        "--from-snapshot",
        &early,
        "--from-snapshot",
        &early,
        &server,
    ];
    let twice = json(&leaklint(&twice));
    let of = |document: &Value, name: &str| {
        let findings = document["findings"].as_array().unwrap();
        findings
            .iter()
            .find(|it| it["binding"] == name)
            .unwrap()
            .clone()
    };
    // It has 4 entries, and the other one 12.
    let small = of(&one, "requestCache");
    assert_eq!(
        (&small["severity"], &small["heap"]["confirms"]),
        (&json!("warning"), &json!(false))
    );
    let text = "the heap snapshot shows 4 entries: it looks bounded there";
    assert_eq!(small["evidence"][0], json!({ "for": false, "text": text }));
    assert_eq!(of(&one, CACHES)["heap"]["confirms"], true);
    let still = of(&twice, CACHES);
    assert_eq!(still["heap"]["confirms"], false);
    assert_eq!(
        (&still["severity"], &still["confidence"]),
        (&json!("warning"), &json!("medium"))
    );
}

#[test]
fn growth_is_told_and_may_fail_the_run() {
    let (early, late) = (snapshot("server/node-18-early"), snapshot("server/node-18"));
    let server = fixture("server");
    let args = [
        "--from-snapshot",
        &early,
        "--from-snapshot",
        &late,
        "--exit-zero",
        &server,
    ];
    let run = leaklint(&args).exits(0);
    for text in [
        "growth from the first to the last",
        "12 → 39 entries, 356 kB → 1.2 MB",
    ] {
        assert!(run.stdout.contains(text), "no {text:?} in {run:#?}");
    }
    let over = leaklint(&[&args[..], &["--fail-on-growth", "500kB"]].concat());
    over.exits(1).says("over the budget of 500 kB");
    leaklint(&[&args[..], &["--fail-on-growth", "5MB"]].concat()).exits(0);
    leaklint(&["--from-snapshot", &late, "--fail-on-growth", "5MB", &server]).exits(2);
}

#[test]
fn only_what_the_heap_confirms_can_be_shown() {
    let early = snapshot("server/node-18-early");
    let args = ["-f", "json", "--from-snapshot", &early, &fixture("server")];
    let all = json(&leaklint(&args));
    let seen = json(&leaklint(&[&args[..], &["--only-seen"]].concat()));
    assert!(bindings(&all).len() > bindings(&seen).len());
    assert_eq!(bindings(&seen), [CACHES]);
    let large = server(22, &["--only-seen", "--min-retained", "100kB"]);
    assert_eq!(bindings(&large), [CACHES]);
    let one = server(22, &["--top", "1"]);
    assert_eq!(one["collections"].as_array().unwrap().len(), 1);
}

#[test]
fn names_of_retainers_come_first() {
    let server = fixture("server");
    let run = |names: &[&str], input: &str| {
        let scratch = Scratch::new::<&str>(&[]);
        let names = names.iter().flat_map(|name| ["--retainer", name]);
        let args: Vec<&str> = ["-f", "json"]
            .into_iter()
            .chain(names)
            .chain([server.as_str()])
            .collect();
        scratch.pipe(&args, input)
    };
    let hinted = run(&["requestCache", "no-such-name"], "");
    assert_eq!(bindings(&json(&hinted))[0], "requestCache");
    hinted
        .says("`no-such-name` names no long-lived collection")
        .omits("`requestCache` names");
    let silent = run(&["sessionsById"], "");
    silent.says("`sessionsById` has no finding: it is filled only while modules load");
    let pane = "▼ table in Map @96115\n  ▼ flags in system / Context @96117\n";
    let pasted = run(&["-"], pane);
    assert_eq!(bindings(&json(&pasted))[0], "flags");
    pasted.omits("--retainer");
    let plural = Scratch::new::<&str>(&[]).pipe(&["-f", "json", "--retainers", "-", &server], pane);
    assert_eq!(bindings(&json(&plural))[0], "flags");
    run(&["-"], "▼ elements in Array @1\n").says("no name in the text");
}

#[test]
fn a_profile_ranks_by_what_was_allocated() {
    let file = "server/src/fetchQueryInternal.js";
    let line = line_of(file, "function getRequestCache") - 1;
    let call = |name: &str, url: &str, line: u64, size: u64, children: Value| {
        let frame = json!({ "functionName": name, "scriptId": "1", "url": url,
            "lineNumber": line, "columnNumber": 24 });
        json!({ "callFrame": frame, "selfSize": size, "id": 1, "children": children })
    };
    let url = "file:///tmp/app/src/fetchQueryInternal.js";
    let inner = call("set", "", 0, 400, json!([]));
    let cache = call("getRequestCache", url, line, 100, json!([inner]));
    let other = call("elsewhere", url, 0, 7_000, json!([cache]));
    // A function of a minified script, known by its place in the source map.
    let script = source("dist/bundle.min.js");
    let function = script[..script.find(".set(").unwrap()]
        .rfind("function ")
        .unwrap();
    let column = function + script[function..].find('(').unwrap();
    let mut reply = call("m", "file:///tmp/app/dist/bundle.min.js", 0, 30, json!([]));
    reply["callFrame"]["columnNumber"] = json!(column);
    let head = call("(root)", "", 0, 0, json!([other, reply]));
    let profile = json!({ "head": head, "samples": [] });
    let scratch = Scratch::new(&[("a.heapprofile", profile.to_string())]);
    let (map, server) = (format!("/tmp/app={}", fixture("server")), fixture("server"));
    let args = [
        "-f",
        "json",
        "--from-profile",
        "a.heapprofile",
        "--map-path",
        &map,
        &server,
    ];
    let run = scratch
        .run(&args)
        .exits(1)
        .says("it tells what was allocated");
    let document = json(&run);
    assert_eq!(bindings(&document)[0], CACHES);
    assert_eq!(document["findings"][0]["allocatedBytes"], 500);
    assert_eq!(bindings(&document)[1], "pendingRepliesByClient");
    assert_eq!(document["findings"][1]["allocatedBytes"], 30);
    assert_eq!(document["findings"][2]["allocatedBytes"], 0);
    scratch.write("a.heapprofile", "{}");
    scratch
        .run(&args)
        .exits(2)
        .says("`a.heapprofile` is no allocation profile");
}

#[test]
fn a_page_tells_what_the_terminal_does() {
    let scratch = Scratch::new::<&str>(&[]);
    let map = format!("/tmp/app={}", fixture("server"));
    let (early, late) = (snapshot("server/node-18-early"), snapshot("server/node-18"));
    let run = scratch.run(&[
        "--map-path",
        &map,
        "--from-snapshot",
        &early,
        "--from-snapshot",
        &late,
        "--report",
        "out.html",
        &fixture("server"),
    ]);
    run.exits(1);
    let page = fs::read_to_string(scratch.path().join("out.html")).unwrap();
    let line = line_of(
        "server/src/fetchQueryInternal.js",
        "const requestCachesByEnv",
    );
    for expected in [
        &format!("src/fetchQueryInternal.js:{line}"),
        "<code>ServerEnvironment</code> cannot be collected because it is a key of the",
        "<pre>  11 │ const requestCachesByEnvironment = new Map();</pre>",
        "12 → 39 entries",
        "<h2>Growth from the first snapshot to the last</h2>",
        "<h2>Constructors by retained size</h2>",
    ] {
        assert!(page.contains(expected), "no {expected}");
    }
    for foreign in [
        "<script", "<link", "<img", " src=", "href=", "url(", "@import",
    ] {
        assert!(!page.contains(foreign), "{foreign}");
    }
}
