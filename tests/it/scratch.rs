//! A folder of files that is gone after the test, and runs of the program in it.

use std::ffi::OsStr;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};

use leaklint::report::AGENT_VARIABLES;

/// A program with one finding, on line 1: `cache`.
pub(crate) const LEAK: &str = "const cache = new Map();\nexport function load(id) {\n  if (!cache.has(id)) cache.set(id, fetchUser(id));\n  return cache.get(id);\n}\n";

/// A program without findings.
pub(crate) const CLEAN: &str = "export const answer = 42;\n";

/// A path in leaklint's own package.
pub(crate) fn in_package(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// Terminal sessions, the same whoever runs the tests: a person is meant, and the help is as wide as a terminal of 100.
pub(crate) fn sessions() -> trycmd::TestCases {
    let cases = trycmd::TestCases::new();
    cases.env("COLUMNS", "100").env("FORCE_COLOR", "0");
    for variable in AGENT_VARIABLES {
        cases.env(variable, "");
    }
    cases
}

/// A temporary folder, removed when dropped.
pub(crate) struct Scratch(PathBuf);

impl Scratch {
    /// A folder with these files.
    pub(crate) fn new<T: AsRef<[u8]>>(files: &[(&str, T)]) -> Self {
        static MADE: AtomicUsize = AtomicUsize::new(0);
        let number = MADE.fetch_add(1, Ordering::Relaxed);
        let folder =
            std::env::temp_dir().join(format!("leaklint-test-{}-{number}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        // The system may name its temporary folder by a link.
        let scratch = Self(folder.canonicalize().unwrap());
        for (path, text) in files {
            scratch.write(path, text);
        }
        scratch
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    pub(crate) fn write(&self, path: &str, text: impl AsRef<[u8]>) {
        let path = self.0.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// The program, ready to run in the folder.
    pub(crate) fn command<A: AsRef<OsStr>>(&self, args: &[A]) -> Command {
        let mut command = self.start(env!("CARGO_BIN_EXE_leaklint"));
        command.args(args);
        command
    }

    /// A script, ready to run in the folder by a shell.
    #[cfg(unix)]
    pub(crate) fn shell(&self, shell: &str, options: &[&str], script: &str) -> Command {
        let mut command = self.start(shell);
        command.args(options).args(["-c", script]);
        command
    }

    fn start(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command.current_dir(&self.0).stdin(Stdio::null());
        let color = ["NO_COLOR", "FORCE_COLOR", "CLICOLOR", "CLICOLOR_FORCE"];
        for variable in color.iter().chain(&AGENT_VARIABLES) {
            command.env_remove(variable);
        }
        command.env_remove("RUST_BACKTRACE");
        command
    }

    pub(crate) fn run<A: AsRef<OsStr>>(&self, args: &[A]) -> Run {
        Run::of(self.command(args).output().unwrap())
    }

    /// Runs with a text on standard input.
    pub(crate) fn pipe<A: AsRef<OsStr>>(&self, args: &[A], input: &str) -> Run {
        let mut command = self.command(args);
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        // A program that refuses its arguments does not read.
        let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
        Run::of(child.wait_with_output().unwrap())
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // A folder left behind is no reason to fail a test.
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// How a run ended.
#[derive(Debug)]
pub(crate) struct Run {
    /// The exit status; `None` if a signal ended it.
    pub(crate) status: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Run {
    pub(crate) fn of(output: Output) -> Self {
        Self {
            status: output.status.code(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// Fails the test unless the run ended with this status.
    #[track_caller]
    pub(crate) fn exits(self, status: i32) -> Self {
        assert_eq!(self.status, Some(status), "{self:#?}");
        self
    }

    /// Fails the test unless this is on standard error.
    #[track_caller]
    pub(crate) fn says(self, text: &str) -> Self {
        assert!(self.stderr.contains(text), "no {text:?} in {self:#?}");
        self
    }

    /// Fails the test if this is on standard error.
    #[track_caller]
    pub(crate) fn omits(self, text: &str) -> Self {
        assert!(!self.stderr.contains(text), "{text:?} in {self:#?}");
        self
    }

    /// The last line: what was found in how many files.
    #[track_caller]
    pub(crate) fn summary(&self) -> &str {
        self.stderr
            .lines()
            .last()
            .unwrap_or_else(|| panic!("no summary in {self:#?}"))
    }

    /// Fails the test unless so many files were linted.
    #[track_caller]
    pub(crate) fn lints(self, count: usize) -> Self {
        let plural = if count == 1 { "" } else { "s" };
        assert!(
            self.summary()
                .contains(&format!(" in {count} file{plural} ·")),
            "{self:#?}"
        );
        self
    }

    /// Path and binding of each finding of a run with `--format json`.
    #[track_caller]
    pub(crate) fn findings(&self) -> Vec<(String, String)> {
        let json: serde_json::Value =
            serde_json::from_str(&self.stdout).unwrap_or_else(|_| panic!("no JSON: {self:#?}"));
        let text =
            |finding: &serde_json::Value, field: &str| finding[field].as_str().unwrap().to_owned();
        let findings = json["findings"].as_array().unwrap();
        findings
            .iter()
            .map(|finding| (text(finding, "path"), text(finding, "binding")))
            .collect()
    }

    /// Fails the test unless these files, and no others, have the finding of [`LEAK`].
    #[track_caller]
    pub(crate) fn finds_cache_in(&self, paths: &[&str]) {
        let expected: Vec<_> = paths
            .iter()
            .map(|path| ((*path).to_owned(), "cache".to_owned()))
            .collect();
        assert_eq!(self.findings(), expected, "{self:#?}");
    }
}
