//! The README and the pages of `docs` say what is so: their commands run, their sessions replay, their links lead
//! somewhere, their YAML, JSON and configurations are valid.

use std::fs;

use crate::package::yaml;
use crate::scratch::{in_package, sessions};

/// A page: its path in the package and its text.
struct Page {
    path: String,
    text: String,
}

/// A fenced block of a page.
struct Fence<'a> {
    info: &'a str,
    body: &'a str,
    at: &'a str,
}

fn pages() -> Vec<Page> {
    let mut paths = vec!["README.md".to_owned(), "npm/leaklint/README.md".to_owned()];
    // A published crate has no packages of its own.
    paths.retain(|path| in_package(path).exists());
    let docs = fs::read_dir(in_package("docs")).unwrap();
    let names = docs.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let is_page = |name: &String| !name.starts_with("Containerfile");
    paths.extend(names.filter(is_page).map(|name| format!("docs/{name}")));
    paths.sort();
    assert!(paths.len() > 6);
    let page = |path: String| {
        let text = fs::read_to_string(in_package(&path)).unwrap();
        Page { path, text }
    };
    paths.into_iter().map(page).collect()
}

impl Page {
    /// The blocks of a language.
    fn fences(&self, language: &str) -> Vec<Fence<'_>> {
        // Outside and inside of fences by turns.
        let inside = self.text.split("```").skip(1).step_by(2);
        let fences = inside.map(|inside| {
            let (info, body) = inside.split_once('\n').unwrap();
            let at = &self.path;
            Fence { info, body, at }
        });
        fences.filter(|fence| fence.info == language).collect()
    }
}

#[test]
fn sessions_replay() {
    for page in pages() {
        if !page.fences("console").is_empty() {
            sessions().case(&page.path);
        }
    }
}

#[test]
fn links_lead_to_files() {
    for page in pages() {
        let folder = in_package(&page.path);
        let folder = folder.parent().unwrap();
        let targets = page.text.split("](").skip(1);
        for target in targets.filter_map(|rest| rest.split([')', '#']).next()) {
            let exists = target.contains("://") || folder.join(target).exists();
            assert!(exists, "{}: {target}", page.path);
        }
    }
}

#[test]
fn yaml_and_json_are_valid() {
    let mut count = 0;
    for page in pages() {
        for fence in page.fences("yaml") {
            assert!(yaml(fence.body).is_object(), "{}", fence.at);
            count += 1;
        }
        for fence in page.fences("json") {
            let json: serde_json::Value = serde_json::from_str(fence.body).unwrap();
            assert!(json.is_object(), "{}", fence.at);
            count += 1;
        }
    }
    assert!(count > 4);
}

#[test]
fn pages_name_this_version() {
    let version = env!("CARGO_PKG_VERSION");
    for page in pages() {
        for mark in ["leaklint@v", "leaklint@", "rev: v", "\"leaklint\": \""] {
            for (at, _) in page.text.match_indices(mark) {
                let rest = page.text[at + mark.len()..].trim_start_matches('v');
                assert!(rest.starts_with(version), "{}: {mark}{rest:.20}", page.path);
            }
        }
    }
}

/// What runs needs a shell of Unix.
#[cfg(unix)]
mod commands {
    use std::os::unix::fs::symlink;

    use super::*;
    use crate::git::repository;
    use crate::scratch::{CLEAN, LEAK, Run, Scratch};

    /// Programs of others in commands that no test can run: without a network, without Node.
    const OTHERS: [&str; 9] = [
        ".ci/run", "cargo", "docker", "git", "kill", "kubectl", "node", "npm", "npx",
    ];

    /// A project with all that commands name.
    fn project() -> Scratch {
        let scratch = repository(&[
            ("package.json", "{ \"name\": \"app\", \"private\": true }"),
            ("a.ts", CLEAN),
            ("src/a.ts", LEAK),
            ("test/server.ts", CLEAN),
            ("base.json", "{}"),
            ("legacy/old.js", CLEAN),
            ("legacy/server.js", CLEAN),
            (
                "node_modules/@acme/leaklint-config/package.json",
                "{ \"main\": \"leaklint.json\" }",
            ),
            ("node_modules/@acme/leaklint-config/leaklint.json", "{}"),
            ("app.heapprofile", PROFILE),
        ]);
        for name in ["app", "before", "after"] {
            let real = in_package("fixtures/heap/browser/chromium.heapsnapshot.gz");
            let link = scratch.path().join(format!("{name}.heapsnapshot"));
            symlink(real, link).unwrap();
        }
        fs::create_dir(scratch.path().join(".bin")).unwrap();
        let program = scratch.command::<&str>(&[]).get_program().to_owned();
        symlink(program, scratch.path().join(".bin/leaklint")).unwrap();
        let mut main = scratch.shell("sh", &[], "git update-ref refs/remotes/origin/main HEAD");
        assert!(main.status().unwrap().success());
        scratch
    }

    const PROFILE: &str = r#"{ "head": { "callFrame": { "functionName": "(root)", "scriptId": "0", "url": "", "lineNumber": -1, "columnNumber": -1 }, "selfSize": 0, "id": 1, "children": [] }, "samples": [] }"#;

    /// Runs a line in the project.
    fn run(scratch: &Scratch, line: &str) -> Run {
        let mut command = scratch.shell("sh", &[], line);
        let path = std::env::var("PATH").unwrap();
        let bin = scratch.path().join(".bin");
        command.env("PATH", format!("{}:{path}", bin.display()));
        Run::of(command.output().unwrap())
    }

    /// Whether the job could be done, whatever was found.
    fn is_done(run: &Run) -> bool {
        matches!(run.status, Some(0 | 1))
    }

    /// The command of leaklint in a line, however it is started; none in a line of others.
    fn own(line: &str) -> Option<&str> {
        let line = line.trim().trim_start_matches("- ");
        let line = line.strip_prefix("run: ").unwrap_or(line);
        let line = line.strip_prefix("npx ").unwrap_or(line);
        let line = line.strip_prefix("--yes ").unwrap_or(line);
        let rest = line.strip_prefix("leaklint")?;
        rest.is_empty().then_some("").or_else(|| {
            let rest = rest.strip_prefix('@').map_or(rest, |tagged| {
                tagged.find(' ').map_or("", |at| &tagged[at..])
            });
            rest.starts_with(' ').then_some(rest)
        })
    }

    #[test]
    fn commands_run() {
        let mut count = 0;
        for page in pages() {
            for fence in page.fences("sh") {
                let scratch = project();
                for line in fence.body.lines() {
                    let Some(rest) = own(line) else {
                        let program = line.split(' ').next().unwrap_or_default();
                        assert!(OTHERS.contains(&program), "{}: {line}", fence.at);
                        continue;
                    };
                    let run = run(&scratch, &format!("leaklint{rest}"));
                    assert!(is_done(&run), "{}: {line}: {run:#?}", fence.at);
                    count += 1;
                }
            }
            for fence in page.fences("yaml") {
                for rest in fence.body.lines().filter_map(own) {
                    let run = run(&project(), &format!("leaklint{rest}"));
                    assert!(is_done(&run), "{}: {rest}: {run:#?}", fence.at);
                    count += 1;
                }
            }
        }
        assert!(count > 30, "{count}");
    }

    #[test]
    fn configurations_are_taken() {
        let mut count = 0;
        for page in pages() {
            for fence in page.fences("jsonc") {
                let scratch = project();
                scratch.write("leaklint.jsonc", fence.body);
                let run = run(&scratch, "leaklint");
                assert!(is_done(&run), "{}: {run:#?}", fence.at);
                count += 1;
            }
        }
        assert!(count > 0);
    }

    #[test]
    fn commands_that_are_wrong_are_seen() {
        let scratch = project();
        assert!(!is_done(&run(&scratch, "leaklint --no-such-option")));
        assert!(!is_done(&run(&scratch, "leaklint gone")));
        assert_eq!(
            own("      - npx --yes leaklint@0.1.0 -q src"),
            Some(" -q src")
        );
        assert_eq!(own("leaklint"), Some(""));
        assert_eq!(own("cargo install leaklint"), None);
        assert_eq!(own("leaklint:"), None);
    }
}
