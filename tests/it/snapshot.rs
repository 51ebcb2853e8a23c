//! `leaklint snapshot`: options, exit status, the document for other programs.

use std::process::{Command, Output};

use serde_json::Value;

use crate::heap::fixture;

/// `leaklint snapshot ARGS` in the folder of the server's snapshots.
fn leaklint(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_leaklint"))
        .arg("snapshot")
        .args(args)
        .current_dir(fixture("server"))
        .output()
        .unwrap()
}

fn json(args: &[&str]) -> Value {
    let output = leaklint(&[&["--format", "json"], args].concat());
    assert_eq!(output.status.code(), Some(0));
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn the_document_has_what_the_interface_promises() {
    let document = json(&["node-18-early.heapsnapshot.gz", "node-18.heapsnapshot.gz"]);
    assert_eq!(document["version"], 1);
    assert_eq!(document["heap"]["runtime"], "node");
    for key in ["nodes", "edges", "reachableBytes"] {
        assert!(document["heap"][key].as_u64() > Some(1000), "{key}");
    }
    assert_eq!(document["heaps"].as_array().unwrap().len(), 2);
    let first = &document["collections"][0];
    for (key, expected) in [
        ("name", Value::from("requestCachesByEnvironment")),
        ("kind", "Map".into()),
        ("owner", "module".into()),
        ("script", "/tmp/app/src/fetchQueryInternal.js".into()),
        ("path", Value::Null),
        ("line", 5.into()),
        ("lineOf", "function".into()),
        ("entries", 39.into()),
        ("keyType", "ServerEnvironment".into()),
        ("valueType", "Map".into()),
    ] {
        assert_eq!(first[key], expected, "{key}");
    }
    assert!(first["freedIfWeak"].as_u64() > Some(38 * 32_000));
    assert_eq!(first["growth"].as_array().unwrap().len(), 1);
    assert_eq!(first["growth"][0]["entries"], 27);
    let sizes: Vec<u64> = document["collections"]
        .as_array()
        .unwrap()
        .iter()
        .map(|collection| collection["retainedBytes"].as_u64().unwrap())
        .collect();
    assert!(sizes.is_sorted_by(|a, b| a >= b) && sizes.len() > 20);
    let constructor = &document["constructors"][0];
    for key in [
        "name",
        "count",
        "shallowBytes",
        "retainedBytes",
        "script",
        "line",
    ] {
        assert!(constructor.get(key).is_some(), "{key}");
    }
}

#[test]
fn small_ones_can_be_left_out() {
    let count = |args: &[&str]| {
        let document = json(&[&["node-24.heapsnapshot.gz"], args].concat());
        document["collections"].as_array().unwrap().len()
    };
    assert_eq!(count(&["--top", "3"]), 3);
    assert_eq!(count(&["--min-retained", "1MB"]), 1);
    assert_eq!(count(&["--min-retained", "1GB"]), 0);
    assert!(count(&["--top", "0"]) > 20);
}

#[test]
fn growth_over_budget_fails() {
    let files = ["node-18-early.heapsnapshot.gz", "node-18.heapsnapshot.gz"];
    let run = |budget| leaklint(&[&files[..], &["--fail-on-growth", budget]].concat());
    assert_eq!(run("2MB").status.code(), Some(0));
    let over = run("500kB");
    assert_eq!(over.status.code(), Some(1));
    let errors = String::from_utf8(over.stderr).unwrap();
    assert_eq!(errors.lines().count(), 1, "{errors}");
    assert!(errors.contains("`requestCachesByEnvironment` in /tmp/app/src/fetchQueryInternal.js"));
    let one = leaklint(&[files[0], "--fail-on-growth", "1MB"]);
    assert_eq!(one.status.code(), Some(2));
}

#[test]
fn output_is_the_same_each_time() {
    let run = || leaklint(&["--top", "0", "node-20.heapsnapshot.gz"]).stdout;
    assert_eq!(run(), run());
}

#[test]
fn a_page_needs_no_sources_and_runs_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let page = folder.path().join("heap.html");
    let page = page.to_str().unwrap();
    let output = leaklint(&["--top", "3", "--report", page, "node-22.heapsnapshot.gz"]);
    assert_eq!(output.status.code(), Some(0));
    let html = std::fs::read_to_string(page).unwrap();
    assert_eq!(html.matches("<article>").count(), 3);
    assert!(
        html.contains(
            "<p>Map, 39 entries, keeps <strong>1.2 MB</strong> alive, 14 % of the heap</p>"
        )
    );
    assert!(html.contains("more (--top 0 shows all)"));
    let unwritable = leaklint(&[
        "--report",
        "/no/such/folder/a.html",
        "node-22.heapsnapshot.gz",
    ]);
    assert_eq!(unwritable.status.code(), Some(2));
}
