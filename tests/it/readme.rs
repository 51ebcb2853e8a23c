//! What the README says of a checkout and of options is so; see `docs` for its commands, sessions and links.

use std::fs;

use crate::scratch::{CLEAN, Scratch, in_package};

fn readme() -> String {
    fs::read_to_string(in_package("README.md")).unwrap()
}

#[test]
fn its_first_commands_lint_and_test() {
    let readme = readme();
    let mut lines = readme.lines();
    let project = lines
        .find_map(|line| line.strip_prefix("cargo run --release -- "))
        .expect("the README tells how to lint");
    assert_eq!(lines.next(), Some("cargo test"));
    Scratch::new(&[("a.js", CLEAN)])
        .run(&[in_package(project)])
        .exits(1)
        .lints(5);
}

#[test]
fn its_options_exist() {
    let scratch = Scratch::new(&[("a.js", CLEAN)]);
    let help = scratch.run(&["--help"]).stdout + &scratch.run(&["snapshot", "--help"]).stdout;
    let readme = readme();
    let spans = readme.split('`').skip(1).step_by(2);
    let options = spans.filter(|span| span.starts_with("--"));
    let names = options.filter_map(|option| option.split_whitespace().next());
    let unknown: Vec<&str> = names.filter(|name| !help.contains(name)).collect();
    assert_eq!(unknown, Vec::<&str>::new());
}

#[test]
fn its_check_can_be_run() {
    assert!(readme().contains("`.ci/run`"));
    // A package as published has no checks of its own.
    #[cfg(unix)]
    if let Ok(metadata) = in_package(".ci/run").metadata() {
        use std::os::unix::fs::PermissionsExt;
        assert_ne!(metadata.permissions().mode() & 0o111, 0);
    }
}
