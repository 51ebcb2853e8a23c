//! Rules of the code base that the compiler does not check: who may name what, and how files look.

use std::fs;
use std::path::{Path, PathBuf};

use crate::scratch::in_package;

/// The only files that name `std::fs`: everything else works on what these have read.
const FILE_ACCESS: [&str; 11] = [
    "src/config/load.rs",
    "src/config/schema.rs",
    "src/discover.rs",
    "src/evidence/scripts.rs",
    "src/fix.rs",
    "src/fix/write.rs",
    "src/heap.rs",
    "src/heap/profile.rs",
    "src/main.rs",
    "src/run/read.rs",
    "src/suppress/bulk.rs",
];

const MAX_LINES: usize = 700;

/// Words of a workplace; the code outlives it.
const WORKPLACE: [&str; 3] = ["issue #", "session limit", "/work/"];

#[test]
fn only_summarize_names_the_parser() {
    only_in("swc_", |path| {
        path == "src/summarize.rs" || path.starts_with("src/summarize/")
    });
}

#[test]
fn only_the_human_reporter_names_miette() {
    only_in("miette", |path| path == "src/report/human.rs");
}

#[test]
fn only_the_command_line_names_clap() {
    only_in("clap", |path| path == "src/cli.rs" || path == "src/main.rs");
}

#[test]
fn files_are_read_and_written_in_few_places() {
    // What a specifier names is told by the files that are there.
    let resolves = |path: &str| path.starts_with("src/program/resolve/");
    let allowed = |path: &str| FILE_ACCESS.contains(&path) || resolves(path);
    only_in("std::fs", allowed);
    only_in("fs::", allowed);
}

#[test]
fn every_file_says_what_it_is_for() {
    none(
        sources()
            .filter(|file| !file.text.starts_with("//! "))
            .map(|file| file.path),
    );
}

#[test]
fn no_file_is_too_long() {
    let long = sources().filter(|file| file.text.lines().count() > MAX_LINES);
    none(long.map(|file| format!("{}: more than {MAX_LINES} lines", file.path)));
}

#[test]
fn nothing_speaks_of_the_workplace() {
    let texts = files_below(&[
        "src",
        "tests",
        "rules",
        "docs",
        "npm",
        "fixtures/projects",
        "README.md",
    ])
    // The list itself.
    .filter(|file| file.path != "tests/it/tidy.rs");
    none(texts.flat_map(|file| {
        lines_with(&file, |line| {
            WORKPLACE.iter().any(|word| line.contains(word))
        })
    }));
}

/// Checks that code outside of the `allowed` files does not name `word`.
fn only_in(word: &str, allowed: impl Fn(&str) -> bool) {
    let others = sources().filter(|file| !allowed(&file.path));
    none(others.flat_map(|file| {
        lines_with(&file, |line| {
            !line.starts_with("//") && has_word(line, word)
        })
    }));
}

/// Whether `word` occurs and does not go on to the left.
fn has_word(line: &str, word: &str) -> bool {
    line.match_indices(word)
        .any(|(at, _)| !line[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_'))
}

#[track_caller]
fn none(problems: impl Iterator<Item = String>) {
    let problems: Vec<String> = problems.collect();
    assert!(problems.is_empty(), "\n{}", problems.join("\n"));
}

struct File {
    /// Relative to the package, with `/`.
    path: String,
    text: String,
}

/// `path:line: text` of each line that `is_meant`.
fn lines_with(file: &File, is_meant: impl Fn(&str) -> bool) -> Vec<String> {
    let lines = (1..).zip(file.text.lines().map(str::trim));
    lines
        .filter(|(_, line)| is_meant(line))
        .map(|(number, line)| format!("{}:{number}: {line}", file.path))
        .collect()
}

fn sources() -> impl Iterator<Item = File> {
    files_below(&["src"]).filter(|file| {
        Path::new(&file.path)
            .extension()
            .is_some_and(|extension| extension == "rs")
    })
}

/// All text files at and below `roots`, sorted by path.
fn files_below(roots: &[&str]) -> impl Iterator<Item = File> {
    let mut pending: Vec<PathBuf> = roots.iter().map(|root| in_package(root)).collect();
    let mut files = Vec::new();
    while let Some(path) = pending.pop() {
        if path.is_dir() {
            let entries = fs::read_dir(&path).expect("the package's folders can be read");
            pending.extend(
                entries.map(|entry| entry.expect("the package's folders can be read").path()),
            );
        } else if let Ok(text) = fs::read_to_string(&path) {
            let relative = path
                .strip_prefix(env!("CARGO_MANIFEST_DIR"))
                .expect("the roots are in the package");
            files.push(File {
                path: relative.to_string_lossy().replace('\\', "/"),
                text,
            });
        }
    }
    files.sort_by(|a, b| a.path.cmp(&b.path));
    files.into_iter()
}
