//! Runs the rules' pages and the projects of `fixtures/` as tests: what they announce is what the linter says.
//!
//! Each fence of `rules/*.md` and each folder of `fixtures/projects` is one test: `cargo test --test specs -- NAME`.
//! `UPDATE=1 cargo test --test specs` writes `rules/README.md` anew. Must not know how a verdict comes about.

#[path = "specs/expectation.rs"]
mod expectation;
#[path = "specs/page.rs"]
mod page;
#[path = "specs/program.rs"]
mod program;
#[path = "specs/self_test.rs"]
mod self_test;

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use leaklint::finding::Severity;
use leaklint::rules::{self, Rule};
use libtest_mimic::{Arguments, Failed, Trial};

use crate::page::Page;
use crate::program::Program;

/// What a bare `//~` means in a project, which belongs to no page.
const PROJECT_RULE: &str = "unbounded-collection";

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let mut trials = self_test::trials();
    let mut programs = Vec::new();
    trials.push(trial("index", check_index));
    trials.push(trial("every rule has a page", check_pages));
    for rule in rules::all() {
        let path = format!("rules/{}.md", rule.id);
        match Page::parse(&path, rule.page) {
            Ok(page) => {
                programs.extend(
                    page.programs()
                        .into_iter()
                        .map(|program| (program, rule.id)),
                );
                let problems = page.problems(rule.id);
                trials.push(trial(format!("{}/form", rule.id), move || {
                    all_well(&problems)
                }));
            }
            Err(problem) => trials.push(trial(format!("{}/form", rule.id), move || {
                Err(problem.into())
            })),
        }
    }
    match projects() {
        Ok(projects) => {
            programs.extend(projects.into_iter().map(|project| (project, PROJECT_RULE)));
        }
        Err(problem) => trials.push(trial("projects", move || Err(problem.into()))),
    }

    let programs = Arc::new(programs);
    for (index, (program, rule)) in programs.iter().enumerate() {
        let (programs, rule) = (Arc::clone(&programs), *rule);
        trials.push(trial(program.name.clone(), move || {
            all_well(&programs[index].0.check(rule)?)
        }));
    }
    trials.push(trial("output does not depend on threads", move || {
        let mut problems = Vec::new();
        let [one, two] = [thread_pool(1)?, thread_pool(2)?];
        for (program, _) in programs.iter() {
            if one.install(|| program.findings())? != two.install(|| program.findings())? {
                problems.push(format!(
                    "{}: one thread and two threads find different things",
                    program.name
                ));
            }
        }
        all_well(&problems)
    }));
    libtest_mimic::run(&arguments, trials).exit_code()
}

/// A named test.
fn trial(
    name: impl Into<String>,
    run: impl FnOnce() -> Result<(), Failed> + Send + 'static,
) -> Trial {
    Trial::test(name, run)
}

/// Fails with all problems, a paragraph each.
fn all_well(problems: &[String]) -> Result<(), Failed> {
    if problems.is_empty() {
        Ok(())
    } else {
        Err(problems.join("\n").into())
    }
}

fn thread_pool(threads: usize) -> Result<rayon::ThreadPool, Failed> {
    Ok(rayon::ThreadPoolBuilder::new()
        .num_threads(threads)
        .build()?)
}

/// `path` below the root of the package.
fn in_package(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// One program for each folder of `fixtures/projects`, sorted by name.
fn projects() -> Result<Vec<Program>, String> {
    let root = in_package("fixtures/projects");
    let entries = fs::read_dir(&root).map_err(|error| format!("{}: {error}", root.display()))?;
    let mut folders: Vec<PathBuf> = entries
        .filter_map(Result::ok)
        .map(|entry| entry.path())
        .filter(|path| path.is_dir())
        .collect();
    folders.sort();
    folders
        .iter()
        .map(|folder| Program::from_folder(folder))
        .collect()
}

/// A page that no rule includes would be dead text, and its fences would never run.
fn check_pages() -> Result<(), Failed> {
    let mut problems = Vec::new();
    for entry in fs::read_dir(in_package("rules"))? {
        let path = entry?.path();
        let id = path
            .file_stem()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let is_page = path.extension().is_some_and(|extension| extension == "md");
        if is_page && id != "README" && !rules::all().iter().any(|rule| rule.id == id) {
            problems.push(format!("{}: no rule has this id", path.display()));
        }
    }
    if !rules::all().is_sorted_by(|a, b| a.id < b.id) {
        problems.push("the rules are not sorted by id".into());
    }
    problems.sort();
    all_well(&problems)
}

/// Compares `rules/README.md` with the rules, or writes it.
fn check_index() -> Result<(), Failed> {
    let path = in_package("rules/README.md");
    let expected = index(rules::all());
    if std::env::var_os("UPDATE").is_some() {
        fs::write(&path, &expected)?;
    }
    if fs::read_to_string(&path).unwrap_or_default() == expected {
        Ok(())
    } else {
        Err(
            "rules/README.md is out of date: run `UPDATE=1 cargo test --test specs -- index`"
                .into(),
        )
    }
}

/// The text of `rules/README.md`.
fn index(rules: &[&Rule]) -> String {
    let mut text = String::from(INDEX_HEAD);
    for rule in rules {
        let severity = match rule.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        };
        let fixable = if rule.fixable { "yes" } else { "no" };
        let summary = page::summary(rule.page);
        // Writing to a string cannot fail.
        let _ = writeln!(
            text,
            "| [{id}]({id}.md) | {severity} | {fixable} | {summary} |",
            id = rule.id
        );
    }
    text
}

const INDEX_HEAD: &str = "\
# Rules

Each page is the manual of a rule, its specification and its tests: the examples run with `cargo test --test specs`.
In an example, `//~` marks a line where the rule reports.
`//~ high` adds how sure it is, `//~ other-rule` names another rule, `//~^` means the line above.
`//~ FN` marks what should be reported and is not, `//~ FP` what is reported and should not be.

| Rule | Default | Fixable | Summary |
| --- | --- | --- | --- |
";
