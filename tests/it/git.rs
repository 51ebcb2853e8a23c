//! Runs over what changed, as git has it.

use std::process::Command;

use crate::scratch::{CLEAN, LEAK, Run, Scratch};

/// What takes from the `cache` of `src/a.js`.
const REMOVAL: &str =
    "import { cache } from './a.js';\nexport const drop = (id) => cache.delete(id);\n";

/// [`LEAK`] with its collection for others to see.
fn exported() -> String {
    format!("export {LEAK}")
}

/// Runs git in a folder below the scratch folder, apart from the user's configuration.
fn git(scratch: &Scratch, folder: &str, args: &[&str]) {
    let output = Command::new("git")
        .args(args)
        .current_dir(scratch.path().join(folder))
        .envs([
            ("GIT_CONFIG_GLOBAL", "/dev/null"),
            ("GIT_CONFIG_NOSYSTEM", "1"),
            ("GIT_AUTHOR_NAME", "a"),
            ("GIT_AUTHOR_EMAIL", "a@example.org"),
            ("GIT_COMMITTER_NAME", "a"),
            ("GIT_COMMITTER_EMAIL", "a@example.org"),
        ])
        .output()
        .unwrap();
    assert!(output.status.success(), "{args:?}: {output:?}");
}

/// A repository with these files in its first commit.
pub(crate) fn repository(files: &[(&str, &str)]) -> Scratch {
    let scratch = Scratch::new(files);
    git(&scratch, ".", &["init", "--quiet", "--initial-branch=main"]);
    git(&scratch, ".", &["add", "--all"]);
    let commit = ["commit", "--quiet", "--allow-empty", "--message=first"];
    git(&scratch, ".", &commit);
    scratch
}

fn run(scratch: &Scratch, args: &[&str]) -> Run {
    scratch.run(&[&["--format", "json"], args].concat())
}

#[test]
fn staged_files_are_linted_as_the_index_has_them() {
    let scratch = repository(&[("src/a.js", CLEAN), ("src/b.js", LEAK)]);
    run(&scratch, &["--staged"])
        .exits(0)
        .lints(0)
        .finds_cache_in(&[]);
    // The leak is staged, and mended only in the work tree.
    scratch.write("src/a.js", LEAK);
    git(&scratch, ".", &["add", "src/a.js"]);
    scratch.write("src/a.js", CLEAN);
    run(&scratch, &["--staged"])
        .lints(1)
        .finds_cache_in(&["src/a.js"]);
    // And the other way round.
    git(&scratch, ".", &["add", "src/a.js"]);
    scratch.write("src/c.js", CLEAN);
    git(&scratch, ".", &["add", "src/c.js"]);
    scratch.write("src/c.js", LEAK);
    run(&scratch, &["--staged"])
        .exits(0)
        .lints(1)
        .finds_cache_in(&[]);
}

#[test]
fn the_rest_of_the_project_is_read_as_the_commit_will_have_it() {
    let exported = exported();
    let scratch = repository(&[("package.json", "{}"), ("src/b.js", REMOVAL)]);
    scratch.write("src/a.js", &exported);
    git(&scratch, ".", &["add", "src/a.js"]);
    run(&scratch, &["--staged"]).lints(1).finds_cache_in(&[]);
    // The removal is gone on disk, not in the index.
    scratch.write("src/b.js", CLEAN);
    run(&scratch, &["--staged"]).lints(1).finds_cache_in(&[]);
    git(&scratch, ".", &["add", "src/b.js"]);
    run(&scratch, &["--staged"])
        .lints(2)
        .finds_cache_in(&["src/a.js"]);
    // A file that is in no commit removes nothing.
    scratch.write("src/c.js", REMOVAL);
    run(&scratch, &["--staged"])
        .lints(2)
        .finds_cache_in(&["src/a.js"]);
    run(&scratch, &["--changed"]).lints(3).finds_cache_in(&[]);
}

#[test]
fn changed_files_are_those_that_differ_or_are_new_under_any_name() {
    let odd = "src/größe und\tnl\n.js";
    let scratch = repository(&[("src/old.js", LEAK), ("src/gone.js", LEAK), (odd, CLEAN)]);
    run(&scratch, &["--changed"])
        .exits(0)
        .lints(0)
        .says("no file");
    scratch.write(odd, LEAK);
    scratch.write("src/new.js", LEAK);
    git(&scratch, ".", &["mv", "src/old.js", "src/other.js"]);
    git(&scratch, ".", &["rm", "--quiet", "src/gone.js"]);
    run(&scratch, &["--changed"])
        .lints(3)
        .finds_cache_in(&[odd, "src/new.js", "src/other.js"]);
    run(&scratch, &["--staged"])
        .lints(1)
        .finds_cache_in(&["src/other.js"]);
    run(&scratch, &["--changed", "src/new.js"])
        .lints(1)
        .finds_cache_in(&["src/new.js"]);
}

#[test]
fn since_counts_from_where_the_branches_part() {
    let scratch = repository(&[("a.js", CLEAN), ("b.js", CLEAN)]);
    git(&scratch, ".", &["checkout", "--quiet", "-b", "topic"]);
    scratch.write("a.js", LEAK);
    let commit = ["commit", "--quiet", "--all", "--message=next"];
    git(&scratch, ".", &commit);
    git(&scratch, ".", &["checkout", "--quiet", "main"]);
    scratch.write("b.js", LEAK);
    git(&scratch, ".", &commit);
    git(&scratch, ".", &["checkout", "--quiet", "topic"]);
    for name in ["main", "HEAD~1"] {
        run(&scratch, &["--since", name])
            .lints(1)
            .finds_cache_in(&["a.js"]);
    }
    run(&scratch, &["--since", "topic"]).lints(0);
    run(&scratch, &["--since", "nowhere"])
        .exits(2)
        .says("`nowhere` is no commit");
    run(&scratch, &["--since=--all"])
        .exits(2)
        .says("is no commit");
    git(&scratch, ".", &["checkout", "--quiet", "--orphan", "apart"]);
    git(&scratch, ".", &commit);
    run(&scratch, &["--since", "main"])
        .exits(2)
        .says("no commit in common");
}

#[test]
fn a_folder_or_another_work_tree_is_enough() {
    let scratch = repository(&[("main/a.js", CLEAN), ("main/sub/b.js", CLEAN)]);
    git(
        &scratch,
        ".",
        &["worktree", "add", "--quiet", "-b", "other", "tree"],
    );
    scratch.write("tree/main/sub/b.js", LEAK);
    scratch.write("tree/main/a.js", LEAK);
    let within = |folder: &str| {
        let mut command = scratch.command(&["--format", "json", "--changed"]);
        let output = command
            .current_dir(scratch.path().join(folder))
            .output()
            .unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    assert!(within("tree/main").contains("\"a.js\""));
    let sub = within("tree/main/sub");
    assert!(sub.contains("\"b.js\"") && !sub.contains("a.js"), "{sub}");
}

#[test]
fn a_submodule_is_a_repository_of_its_own() {
    let inner = repository(&[("a.js", CLEAN)]);
    let scratch = repository(&[("main.js", CLEAN)]);
    let from = inner.path().to_str().unwrap();
    let allow = "protocol.file.allow=always";
    let add = ["-c", allow, "submodule", "--quiet", "add", from, "inner"];
    git(&scratch, ".", &add);
    scratch.write("inner/a.js", LEAK);
    scratch.write("main.js", LEAK);
    run(&scratch, &["--changed"])
        .lints(1)
        .finds_cache_in(&["main.js"]);
    run(&scratch, &["--staged"]).exits(0).lints(0);
}

#[test]
fn before_the_first_commit_all_is_new() {
    let scratch = Scratch::new(&[("a.js", LEAK), ("b.js", LEAK)]);
    git(&scratch, ".", &["init", "--quiet"]);
    git(&scratch, ".", &["add", "a.js"]);
    run(&scratch, &["--staged"])
        .lints(1)
        .finds_cache_in(&["a.js"]);
    run(&scratch, &["--changed"])
        .lints(2)
        .finds_cache_in(&["a.js", "b.js"]);
}

#[test]
fn without_git_or_a_repository_there_is_no_run() {
    let scratch = Scratch::new(&[("a.js", LEAK)]);
    for option in ["--staged", "--changed", "--since=main"] {
        scratch
            .run(&[option])
            .exits(2)
            .says("is not in a git work tree");
        let mut command = scratch.command(&[option]);
        let output = command.env("PATH", "/nowhere").output().unwrap();
        assert_eq!(output.status.code(), Some(2));
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert!(stderr.contains("git cannot be started"), "{stderr}");
    }
    scratch
        .run(&["--staged", "--changed"])
        .exits(2)
        .says("cannot be used with");
    scratch
        .pipe(&["--staged", "-"], LEAK)
        .exits(2)
        .says("standard input");
}
