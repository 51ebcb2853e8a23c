//! What has changed, by git: which files, and what the index holds of them.
//!
//! Calls the program `git`, with `-z`, so that a name may be anything. Must not know what is in a file.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::thread;

/// Since when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scope {
    /// What the next commit changes, as it stands in the index.
    Staged,
    /// What differs from the last commit, new files too.
    Changed,
    /// What differs from where a branch or commit and the current one part.
    Since(String),
}

/// What has changed.
#[derive(Debug, Default)]
pub struct Changes {
    /// The files that changed and still exist: real paths.
    pub files: BTreeSet<PathBuf>,
    /// What counts instead of the text on disk.
    pub texts: BTreeMap<PathBuf, Vec<u8>>,
    /// Files on disk that do not count.
    pub absent: BTreeSet<PathBuf>,
}

/// Why the changes cannot be told.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is no such program.
    #[error("git cannot be started: {0} (--staged, --changed and --since ask it what changed)")]
    Start(#[source] io::Error),
    /// The folder is in no work tree.
    #[error("`{0}` is not in a git work tree: {1}")]
    NoRepository(String, String),
    /// There is no such commit.
    #[error("`{0}` is no commit that git knows (see --since)")]
    UnknownRef(String),
    /// Nothing to compare with.
    #[error(
        "`{0}` and the current commit have no commit in common; a shallow clone needs more of its history"
    )]
    Unrelated(String),
    /// Anything else.
    #[error("`git {0}` failed: {1}")]
    Failed(String, String),
}

/// Asks git, in `folder`, what has changed.
///
/// # Errors
/// When there is no git, no work tree or no such commit.
pub fn changes(folder: &Path, scope: &Scope) -> Result<Changes, Error> {
    let git = Git { folder };
    let top = git.top()?;
    let git = Git { folder: &top };
    let untracked = ["ls-files", "-z", "--others", "--exclude-standard"];
    let mut changes = Changes::default();
    if *scope == Scope::Staged {
        changes.files = git.paths(&[&DIFF[..], &[STILL_THERE, "--cached"]].concat())?;
        changes.absent = git.paths(&untracked)?;
        let differing = git.paths(&DIFF)?;
        changes.texts = git.staged(&differing)?;
        return Ok(changes);
    }
    let base = match scope {
        Scope::Since(name) => Some(git.parting(name)?),
        _ if git.succeeds(&["rev-parse", "--verify", "--quiet", "HEAD"])? => {
            Some("HEAD".to_owned())
        }
        _ => None,
    };
    changes.files = match &base {
        Some(base) => git.paths(&[&DIFF[..], &[STILL_THERE, base]].concat())?,
        // Before the first commit all is new.
        None => git.paths(&["ls-files", "-z"])?,
    };
    changes.files.extend(git.paths(&untracked)?);
    Ok(changes)
}

/// The names of files that differ, whatever the user's configuration says of diffs. A renamed file is a new one.
const DIFF: [&str; 6] = [
    "diff",
    "--name-only",
    "-z",
    "--no-renames",
    "--no-relative",
    "--no-ext-diff",
];

/// Leaves out the files that are gone.
const STILL_THERE: &str = "--diff-filter=d";

struct Git<'a> {
    folder: &'a Path,
}

impl Git<'_> {
    fn run(&self, args: &[&str], input: &[u8]) -> Result<Output, Error> {
        let mut child = Command::new("git")
            .args(args)
            .current_dir(self.folder)
            // Whoever commits at the same time is not to be kept from it.
            .env("GIT_OPTIONAL_LOCKS", "0")
            .env("LC_ALL", "C")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(Error::Start)?;
        let stdin = child.stdin.take();
        thread::scope(|threads| {
            // Git answers while it is asked.
            threads.spawn(move || stdin.map(|mut stdin| stdin.write_all(input)));
            child.wait_with_output()
        })
        .map_err(Error::Start)
    }

    fn output(&self, args: &[&str], input: &[u8]) -> Result<Vec<u8>, Error> {
        let output = self.run(args, input)?;
        if output.status.success() {
            return Ok(output.stdout);
        }
        let command = args.first().copied().unwrap_or_default().to_owned();
        Err(Error::Failed(command, complaint(&output)))
    }

    fn succeeds(&self, args: &[&str]) -> Result<bool, Error> {
        Ok(self.run(args, b"")?.status.success())
    }

    /// The root of the work tree.
    fn top(&self) -> Result<PathBuf, Error> {
        let output = self.run(&["rev-parse", "--show-toplevel"], b"")?;
        let line = output.stdout.strip_suffix(b"\n").unwrap_or(&output.stdout);
        if output.status.success() && !line.is_empty() {
            return Ok(real(path(line).to_path_buf()));
        }
        let folder = self.folder.display().to_string();
        Err(Error::NoRepository(folder, complaint(&output)))
    }

    /// The real paths that a command prints, each ended by a zero.
    fn paths(&self, args: &[&str]) -> Result<BTreeSet<PathBuf>, Error> {
        let output = self.output(args, b"")?;
        let names = output
            .split(|byte| *byte == 0)
            .filter(|name| !name.is_empty());
        Ok(names
            .map(|name| real(self.folder.join(path(name))))
            .collect())
    }

    /// The commit where `name` and the current one part.
    fn parting(&self, name: &str) -> Result<String, Error> {
        let commit = format!("{name}^{{commit}}");
        let verify = ["rev-parse", "--verify", "--quiet", "--end-of-options"];
        let known = self.run(&[&verify[..], &[&commit]].concat(), b"")?;
        let commit = String::from_utf8_lossy(&known.stdout).trim().to_owned();
        if !known.status.success() || commit.is_empty() {
            return Err(Error::UnknownRef(name.to_owned()));
        }
        let base = self.run(&["merge-base", &commit, "HEAD"], b"")?;
        let base = String::from_utf8_lossy(&base.stdout).trim().to_owned();
        if base.is_empty() {
            return Err(Error::Unrelated(name.to_owned()));
        }
        Ok(base)
    }

    /// What the index holds of these files. Links, submodules and files that are being merged have no text there.
    fn staged(&self, files: &BTreeSet<PathBuf>) -> Result<BTreeMap<PathBuf, Vec<u8>>, Error> {
        let mut texts = BTreeMap::new();
        if files.is_empty() {
            return Ok(texts);
        }
        let mut wanted: Vec<(PathBuf, Vec<u8>)> = Vec::new();
        for row in self
            .output(&["ls-files", "--stage", "-z"], b"")?
            .split(|it| *it == 0)
        {
            // `100644 <object> 0\t<path>`
            let Some(tab) = row.iter().position(|byte| *byte == b'\t') else {
                continue;
            };
            let (about, name) = (&row[..tab], &row[tab + 1..]);
            let about: Vec<&[u8]> = about.split(|byte| *byte == b' ').collect();
            let file = real(self.folder.join(path(name)));
            if let [b"100644" | b"100755", object, b"0"] = about[..]
                && files.contains(&file)
            {
                wanted.push((file, object.to_vec()));
            }
        }
        let mut input = Vec::new();
        for (_, object) in &wanted {
            input.extend_from_slice(object);
            input.push(b'\n');
        }
        let output = self.output(&["cat-file", "--batch"], &input)?;
        let mut rest = output.as_slice();
        for (file, _) in wanted {
            let Some((text, after)) = one_object(rest) else {
                let text = "its answer cannot be read".to_owned();
                return Err(Error::Failed("cat-file".to_owned(), text));
            };
            texts.insert(file, text.to_vec());
            rest = after;
        }
        Ok(texts)
    }
}

/// The first of `<object> <type> <size>\n<bytes>\n`, and what comes after it.
fn one_object(output: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = output.iter().position(|byte| *byte == b'\n')?;
    let head = std::str::from_utf8(&output[..end]).ok()?;
    let size: usize = head.rsplit(' ').next()?.parse().ok()?;
    let body = output.get(end + 1..)?;
    Some((body.get(..size)?, body.get(size + 1..)?))
}

/// What git says is wrong, on one line.
fn complaint(output: &Output) -> String {
    let text = String::from_utf8_lossy(&output.stderr);
    let line = text.lines().next().unwrap_or("it does not say why");
    line.trim_start_matches("fatal: ").to_owned()
}

/// The path as files are compared by. A file that is gone keeps its name.
fn real(path: PathBuf) -> PathBuf {
    path.canonicalize().unwrap_or(path)
}

#[cfg(unix)]
fn path(name: &[u8]) -> &Path {
    use std::os::unix::ffi::OsStrExt;
    Path::new(OsStr::from_bytes(name))
}

#[cfg(not(unix))]
fn path(name: &[u8]) -> &Path {
    Path::new(OsStr::new(std::str::from_utf8(name).unwrap_or("\u{FFFD}")))
}

#[cfg(test)]
mod tests {
    use super::one_object;

    #[test]
    fn an_object_ends_where_its_size_says() {
        let output = b"0a1b blob 4\nx\ny\n\n0a1c blob 0\n\n";
        let (first, rest) = one_object(output).unwrap();
        assert_eq!(first, b"x\ny\n");
        assert_eq!(one_object(rest), Some((&b""[..], &b""[..])));
        assert_eq!(one_object(b"0a1b missing\n"), None);
        assert_eq!(one_object(b"0a1b blob 9\nx\n"), None);
    }
}
