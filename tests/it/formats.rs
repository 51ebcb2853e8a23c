//! Formats for other programs: where they go, and how files are called in them.

use std::fs;

use serde_json::Value;

use crate::scratch::{LEAK, Scratch};

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
