//! Which files a run reads: paths and ignore rules in, a sorted list of files out.
//!
//! Knows folders, ignore files and file names. Must not know JavaScript, and reads no file that is linted.

mod project;

use std::collections::BTreeMap;
use std::io;
use std::path::{Component, Path, PathBuf};
use std::sync::{Arc, mpsc};

use ignore::gitignore::{Gitignore, GitignoreBuilder};
use ignore::{DirEntry, IncrementalIgnore, WalkBuilder, WalkState};

use crate::Note;
use crate::config::Tree;

/// What decides which files are found.
#[derive(Debug)]
pub struct Options {
    /// The folder that relative paths start from and shown paths are relative to; absolute.
    pub folder: PathBuf,
    /// What to leave out besides what ignore files say.
    pub patterns: Patterns,
    /// Reads no ignore files and looks into hidden folders.
    pub no_ignore: bool,
    /// A path that does not exist is a note, not an error.
    pub missing_is_note: bool,
    /// Finds the other files of the projects too.
    pub is_partial: bool,
    /// What configuration files leave out.
    pub configs: Option<Arc<Tree>>,
    /// How many threads walk; 0 leaves it to the machine, 1 is that of the caller.
    pub threads: usize,
}

/// A file to read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Where it is: absolute.
    pub path: PathBuf,
    /// The path as shown: relative to the folder of [`Options`] where it lies below it, with `/`.
    pub shown: String,
    /// Whether findings in it are wanted; otherwise it is read for what it does to other files.
    pub is_asked: bool,
}

/// What there is to read.
#[derive(Debug, Default)]
pub struct Found {
    /// Sorted by shown path, each file once: those that were asked for, and the others of their projects.
    pub files: Vec<Entry>,
    /// The folders of which all files were found.
    pub walked: Vec<PathBuf>,
    /// What was asked for and left out, and what could not be looked into. Sorted.
    pub notes: Vec<Note>,
}

/// Why the list of files cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Paths given by name that do not exist.
    #[error("{}", missing(.0))]
    Missing(Vec<PathBuf>),
}

/// Finds the files below, or named by, `paths`, and the other files of the projects that these belong to. A link is followed where it was given by name and nowhere else, so a
/// walk ends. The result depends on neither the order of `paths` nor on repeated or overlapping ones.
///
/// # Errors
/// [`Error::Missing`] with each path that does not exist, unless the options make that a note.
pub fn discover(paths: &[PathBuf], options: &Options) -> Result<Found, Error> {
    let mut search = Search::new(options);
    let mut missing = Vec::new();
    let mut roots = Vec::new();
    for given in paths {
        let path = search.base.absolute(given);
        match path.metadata() {
            Ok(metadata) if metadata.is_dir() => match search.ignored(&path, true) {
                Some(why) => search.note(&path, why, false),
                None => roots.push(path),
            },
            Ok(metadata) if !metadata.is_file() => {
                search.note(&path, "is not a regular file", false);
            }
            // A link that leads nowhere is there, and fails when it is read.
            Err(error) if is_absent(&error) && path.symlink_metadata().is_err() => {
                missing.push(given.clone());
            }
            Ok(_) | Err(_) => search.add_named(path),
        }
    }
    missing.sort();
    missing.dedup();
    if options.missing_is_note {
        for path in missing.drain(..) {
            search.note(&path, "does not exist", false);
        }
    }
    if !missing.is_empty() {
        return Err(Error::Missing(missing));
    }
    let projects = search.projects(&roots);
    search.walk(&roots, true);
    search.walk(&projects, false);
    Ok(search.finish())
}

/// What [`discover`] says of a file whose text comes from elsewhere: `path` need not exist.
pub fn discover_named(path: &Path, options: &Options) -> Found {
    let mut search = Search::new(options);
    search.add_named(search.base.absolute(path));
    let projects = search.projects(&[]);
    search.walk(&projects, false);
    search.finish()
}

/// The extensions of the files that are read.
const EXTENSIONS: [&str; 11] = [
    "js", "mjs", "cjs", "jsx", "ts", "mts", "cts", "tsx", "vue", "svelte", "astro",
];

/// Why a file of this name is not read.
fn unsupported(path: &Path) -> Option<&'static str> {
    let extension = path
        .extension()
        .and_then(|extension| extension.to_str())
        .unwrap_or_default();
    if !EXTENSIONS.contains(&extension) {
        return Some(
            "is not a JavaScript or TypeScript file, nor a component of Vue, Svelte or Astro",
        );
    }
    let stem = path
        .file_stem()
        .map(|stem| stem.to_string_lossy())
        .unwrap_or_default();
    let declares = match extension {
        // `styles.d.css.ts` declares the module `styles.css`.
        "ts" => stem.ends_with(".d") || Path::new(&*stem).file_stem().is_some_and(ends_with_d),
        "mts" | "cts" => stem.ends_with(".d"),
        _ => false,
    };
    declares.then_some("is a declaration file: there is no code in it")
}

fn ends_with_d(stem: &std::ffi::OsStr) -> bool {
    stem.to_string_lossy().ends_with(".d")
}

struct Search<'a> {
    options: &'a Options,
    base: Base,
    /// The ignore files that hold below a folder, for paths given by name.
    matchers: BTreeMap<PathBuf, IncrementalIgnore>,
    /// With the path that links lead to, by which a file reached twice is known.
    found: Vec<(PathBuf, Entry)>,
    walked: Vec<PathBuf>,
    notes: Vec<Note>,
}

impl<'a> Search<'a> {
    fn new(options: &'a Options) -> Self {
        Self {
            options,
            base: Base::new(&options.folder),
            matchers: BTreeMap::new(),
            found: Vec::new(),
            walked: Vec::new(),
            notes: Vec::new(),
        }
    }

    fn add_named(&mut self, path: PathBuf) {
        if let Some(why) = unsupported(&path).or_else(|| self.ignored(&path, false)) {
            self.note(&path, why, false);
            return;
        }
        let real = path.canonicalize().unwrap_or_else(|_| path.clone());
        self.add(path, real, true);
    }

    fn add(&mut self, path: PathBuf, real: PathBuf, is_asked: bool) {
        let shown = self.base.show(&path, &real);
        let entry = Entry {
            path,
            shown,
            is_asked,
        };
        self.found.push((real, entry));
    }

    /// Where the other files of the run are: the projects of `roots` and of the files named so far, without what is one of `roots`.
    fn projects(&self, roots: &[PathBuf]) -> Vec<PathBuf> {
        if !self.options.is_partial {
            return Vec::new();
        }
        let named = self.found.iter().map(|(_, entry)| &entry.path);
        let paths = named.chain(roots).map(PathBuf::as_path);
        let mut projects = project::roots(&self.options.folder, paths);
        projects.retain(|project| !roots.contains(project));
        projects
    }

    fn note(&mut self, path: &Path, text: impl Into<String>, fails: bool) {
        let shown = self.base.show(path, path);
        self.notes.push(Note {
            path: shown,
            at: None,
            text: text.into(),
            fails,
        });
    }

    /// Why a path given by name is left out. A hidden one is not: whoever names it means it.
    fn ignored(&mut self, path: &Path, is_dir: bool) -> Option<&'static str> {
        let holder = self.base.holder(path);
        let relative = path.strip_prefix(&holder).ok()?.to_path_buf();
        if self.options.patterns.exclude(&holder, &relative, is_dir) {
            return Some("is ignored by --ignore-pattern");
        }
        if self.options.no_ignore {
            return None;
        }
        if let Some(configs) = &self.options.configs
            && configs.ignores(path, is_dir)
        {
            return Some("is ignored by a configuration file (see --no-ignore)");
        }
        let matcher = self.matchers.entry(holder).or_insert_with_key(|holder| {
            let mut builder = ignore_rules(holder, false);
            builder.hidden(false);
            builder.build_matchers().remove(0)
        });
        matcher
            .matched(relative, is_dir)
            .is_ignore()
            .then_some("is ignored by a gitignore file (see --no-ignore)")
    }

    fn walk(&mut self, roots: &[PathBuf], is_asked: bool) {
        self.walked.extend_from_slice(roots);
        for root in roots {
            let real = root.canonicalize().unwrap_or_else(|_| root.clone());
            let mut builder = ignore_rules(root, self.options.no_ignore);
            let matcher = self.options.patterns.0.clone();
            let configs = self
                .options
                .configs
                .clone()
                .filter(|_| !self.options.no_ignore);
            builder.filter_entry(move |entry| {
                enters(entry, &matcher) && is_let_in(entry, configs.as_deref())
            });
            for entry in entries(&builder, self.options.threads) {
                match entry {
                    Ok(path) => {
                        let below = path.strip_prefix(root).map(|below| real.join(below));
                        self.add(path.clone(), below.unwrap_or(path), is_asked);
                    }
                    Err(error) if is_asked => self.note_unwalked(root, &error),
                    Err(_) => {}
                }
            }
        }
    }

    fn note_unwalked(&mut self, root: &Path, error: &ignore::Error) {
        let path = error_path(error).unwrap_or(root).to_path_buf();
        let why = match error.io_error() {
            Some(error) => format!("cannot be looked into: {}", plain(error)),
            None => format!("cannot be looked into: {error}"),
        };
        self.note(&path, why, true);
    }

    fn finish(mut self) -> Found {
        self.found
            .sort_by(|(left_real, left), (right_real, right)| {
                (left_real, !left.is_asked, &left.shown, &left.path).cmp(&(
                    right_real,
                    !right.is_asked,
                    &right.shown,
                    &right.path,
                ))
            });
        self.found.dedup_by(|(next, _), (kept, _)| next == kept);
        let mut files: Vec<Entry> = self.found.into_iter().map(|(_, entry)| entry).collect();
        files.sort_by(|left, right| (&left.shown, &left.path).cmp(&(&right.shown, &right.path)));
        self.notes.sort();
        self.notes.dedup();
        Found {
            files,
            walked: self.walked,
            notes: self.notes,
        }
    }
}

/// The paths of the supported files that a walk meets, in no order.
fn entries(builder: &WalkBuilder, threads: usize) -> Vec<Result<PathBuf, ignore::Error>> {
    let is_wanted = |entry: &Result<DirEntry, _>| entry.as_ref().map_or(true, is_supported_file);
    if threads == 1 {
        let entries = builder.build().filter(is_wanted);
        return entries
            .map(|entry| entry.map(DirEntry::into_path))
            .collect();
    }
    let (sender, entries) = mpsc::channel();
    builder.clone().threads(threads).build_parallel().run(|| {
        let sender = sender.clone();
        Box::new(move |entry| {
            if is_wanted(&entry) {
                // The receiver outlives the walk.
                let _ = sender.send(entry.map(DirEntry::into_path));
            }
            WalkState::Continue
        })
    });
    drop(sender);
    entries.into_iter().collect()
}

/// Whether a walk goes on to this entry. Packages are other people's code, read only where they are named.
fn enters(entry: &DirEntry, patterns: &Gitignore) -> bool {
    let is_dir = entry.file_type().is_some_and(|kind| kind.is_dir());
    // The folder that was named is entered whatever its name is.
    if entry.depth() == 0 {
        return true;
    }
    let foreign = is_dir && (entry.file_name() == "node_modules" || entry.file_name() == ".git");
    !foreign && !patterns.matched(entry.path(), is_dir).is_ignore()
}

/// Whether no configuration leaves an entry out.
fn is_let_in(entry: &DirEntry, configs: Option<&Tree>) -> bool {
    let is_dir = entry.file_type().is_some_and(|kind| kind.is_dir());
    let is_asked_of = is_dir || is_supported_file(entry);
    let ignores = |configs: &Tree| configs.ignores(entry.path(), is_dir);
    entry.depth() == 0 || !is_asked_of || !configs.is_some_and(ignores)
}

fn is_supported_file(entry: &DirEntry) -> bool {
    entry.file_type().is_some_and(|kind| kind.is_file()) && unsupported(entry.path()).is_none()
}

/// The ignore files that hold below `root`. Only what belongs to the project counts: a user's own ignore file would
/// make a run depend on the machine, and in a repository nothing above it is read (a `~/.gitignore` that says `*`).
fn ignore_rules(root: &Path, no_ignore: bool) -> WalkBuilder {
    let mut builder = WalkBuilder::new(root);
    let in_repository = repository(root).is_some();
    builder
        .standard_filters(!no_ignore)
        .ignore(false)
        .git_global(false)
        .require_git(in_repository);
    builder
}

/// The root of the git repository that a path lies in.
pub(crate) fn repository(path: &Path) -> Option<&Path> {
    path.ancestors().find(|folder| folder.join(".git").exists())
}

/// A folder that shown paths are relative to, by both of its names.
#[derive(Debug)]
pub(crate) struct Base {
    folder: PathBuf,
    real: PathBuf,
}

impl Base {
    pub(crate) fn new(folder: &Path) -> Self {
        let real = folder
            .canonicalize()
            .unwrap_or_else(|_| folder.to_path_buf());
        Self {
            folder: folder.to_path_buf(),
            real,
        }
    }

    /// The path of what [`Base::show`] calls so.
    pub(crate) fn join(&self, shown: &str) -> PathBuf {
        self.folder.join(shown)
    }

    /// The absolute path, without `.` and `..`. Only a link given last keeps its own name.
    fn absolute(&self, path: &Path) -> PathBuf {
        let plain: PathBuf = self.folder.join(path).components().collect();
        if !plain
            .components()
            .any(|component| component == Component::ParentDir)
        {
            return plain;
        }
        // What `..` leads to after a link is for the file system to say.
        let resolved = match (plain.parent(), plain.file_name()) {
            (Some(parent), Some(name)) => parent.canonicalize().map(|parent| parent.join(name)),
            _ => plain.canonicalize(),
        };
        resolved.unwrap_or(plain)
    }

    /// The path below the folder, with `/`; another one as it is. `real` is where links lead.
    pub(crate) fn show(&self, path: &Path, real: &Path) -> String {
        let below = path
            .strip_prefix(&self.folder)
            .or_else(|_| real.strip_prefix(&self.real));
        let shown = match below {
            Ok(below) if below.as_os_str().is_empty() => Path::new("."),
            Ok(below) => below,
            Err(_) => path,
        };
        let shown = shown.to_string_lossy();
        if cfg!(windows) {
            shown.replace('\\', "/")
        } else {
            shown.into_owned()
        }
    }

    /// The folder whose ignore rules, and those below it, decide on a path given by name.
    fn holder(&self, path: &Path) -> PathBuf {
        if path.starts_with(&self.folder) {
            return self.folder.clone();
        }
        let parent = path.parent().unwrap_or(path);
        repository(parent).unwrap_or(parent).to_path_buf()
    }
}

/// Globs of files to leave out, in gitignore syntax, relative to the folder of the run.
#[derive(Clone, Debug)]
pub struct Patterns(Gitignore);

/// A glob that cannot mean what was written.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{glob}` is not a glob that can be ignored: {why}")]
pub struct PatternError {
    /// The glob as given.
    pub glob: String,
    /// What is wrong with it.
    pub why: String,
}

impl Patterns {
    /// Compiles globs; a later one overrides an earlier one, `!` takes back.
    ///
    /// # Errors
    /// The first glob that is invalid, or that is accepted by the compiler and then matches nothing.
    pub fn new(folder: &Path, globs: &[String]) -> Result<Self, PatternError> {
        let mut builder = GitignoreBuilder::new(folder);
        builder.allow_unclosed_class(false);
        for glob in globs {
            let refused = |why: String| PatternError {
                glob: glob.clone(),
                why,
            };
            let line = rooted(glob).map_err(|why| refused(why.to_owned()))?;
            builder.add_line(None, &line).map_err(|error| match error {
                ignore::Error::Glob { err, .. } => refused(err),
                other => refused(other.to_string()),
            })?;
        }
        let set = builder.build().map_err(|error| PatternError {
            glob: globs.join(" "),
            why: error.to_string(),
        })?;
        Ok(Self(set))
    }

    /// Globs that leave nothing out.
    pub fn none(folder: &Path) -> Self {
        // Without a line there is nothing that could fail.
        let set = GitignoreBuilder::new(folder).build();
        Self(set.unwrap_or_else(|_| Gitignore::empty()))
    }

    /// Whether `holder/relative`, or a folder between the two, is left out.
    pub(crate) fn exclude(&self, holder: &Path, relative: &Path, is_dir: bool) -> bool {
        let mut path = holder.to_path_buf();
        let mut rest = relative.components();
        while let Some(component) = rest.next() {
            path.push(component);
            let is_dir = is_dir || rest.as_path() != Path::new("");
            if self.0.matched(&path, is_dir).is_ignore() {
                return true;
            }
        }
        false
    }
}

/// The glob with a leading `./` turned into the `/` by which gitignore says the same; or what is wrong with it.
fn rooted(glob: &str) -> Result<String, &'static str> {
    let (not, body) = glob
        .strip_prefix('!')
        .map_or(("", glob), |body| ("!", body));
    if body.trim().is_empty() || glob.starts_with('#') {
        return Err("it matches nothing");
    }
    if body == ".." || body.starts_with("../") {
        return Err("it lies outside the current folder");
    }
    // There is nothing to take from most of what names begin with, and no name has a star.
    let begins_name = |next: char| next.is_alphanumeric() || "*.-_@".contains(next);
    let mut escaped = body.split('\\').skip(1);
    if escaped.any(|rest| rest.starts_with(begins_name)) {
        return Err("`\\` takes the meaning from what follows; use `/` between folders");
    }
    if matches!(body.as_bytes(), [drive, b':', b'/', ..] if drive.is_ascii_alphabetic()) {
        return Err("it is not relative to the folder");
    }
    // `!(a|b)` starts with what was taken for a negation.
    if has_extglob(glob) {
        return Err("groups like `+(a|b)` are not supported; use `{a,b}`");
    }
    let body = match body.strip_prefix("./") {
        Some("") => return Err("it would ignore everything"),
        Some(rest) => format!("/{}", rest.trim_start_matches('/')),
        None => body.to_owned(),
    };
    Ok(format!("{not}{body}"))
}

fn has_extglob(glob: &str) -> bool {
    let mut before = None;
    let mut chars = glob.chars();
    while let Some(char) = chars.next() {
        match char {
            '\\' => {
                chars.next();
                before = None;
            }
            '(' if before.is_some_and(|before| "!@+?*".contains(before)) => return true,
            _ => before = Some(char),
        }
    }
    false
}

fn missing(paths: &[PathBuf]) -> String {
    let names: Vec<String> = paths
        .iter()
        .map(|path| format!("`{}`", path.display()))
        .collect();
    let verb = if names.len() == 1 { "does" } else { "do" };
    let is_glob = |path: &PathBuf| path.to_string_lossy().contains(['*', '?', '{', '[']);
    let hint = if paths.iter().any(is_glob) {
        " (globs are left to the shell: name a folder)"
    } else {
        ""
    };
    format!("{} {verb} not exist{hint}", names.join(", "))
}

fn is_absent(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
    )
}

fn error_path(error: &ignore::Error) -> Option<&Path> {
    match error {
        ignore::Error::WithPath { path, .. } => Some(path),
        ignore::Error::WithDepth { err, .. } | ignore::Error::WithLineNumber { err, .. } => {
            error_path(err)
        }
        ignore::Error::Loop { child, .. } => Some(child),
        _ => None,
    }
}

/// An error of the operating system in the form of a message: lowercase, without its number.
pub(crate) fn plain(error: &io::Error) -> String {
    let text = error.to_string();
    let text = text.split(" (os error").next().unwrap_or(&text);
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| {
        first.to_lowercase().chain(chars).collect()
    })
}

#[cfg(test)]
mod tests {
    use std::path::{Path, PathBuf};

    use super::{Patterns, has_extglob, missing, rooted, unsupported};

    #[test]
    fn only_scripts_with_code_are_supported() {
        let supported = [
            "a.js",
            "a.mjs",
            "a.cjs",
            "a.jsx",
            "a.ts",
            "a.mts",
            "a.cts",
            "a.tsx",
            "a.d.js",
            "d.ts",
            "a.vue",
            "a.svelte",
            "a.astro",
            "a.svelte.ts",
        ];
        for name in supported {
            assert_eq!(unsupported(Path::new(name)), None, "{name}");
        }
        for name in [
            "a.css",
            "a",
            ".js",
            "a.d.ts",
            "a.d.mts",
            "a.d.cts",
            "a.d.css.ts",
            "a.JS",
        ] {
            assert!(unsupported(Path::new(name)).is_some(), "{name}");
        }
    }

    #[test]
    fn a_leading_dot_slash_means_the_folder_of_the_run() {
        assert_eq!(rooted("./src/a.js").as_deref(), Ok("/src/a.js"));
        assert_eq!(rooted("!./a.js").as_deref(), Ok("!/a.js"));
        assert_eq!(rooted("dist").as_deref(), Ok("dist"));
    }

    #[test]
    fn a_glob_that_matches_nothing_is_refused() {
        let folder = Path::new("/w");
        for glob in [
            "",
            "  ",
            "#a",
            "!",
            "../a",
            "+(a|b)",
            "!(a)",
            "src/*(x).js",
            "[a",
            "a{b",
            "./",
            "src\\a.ts",
            ".\\src",
            "src\\**\\*.ts",
            "C:\\a",
            "C:/a/**",
        ] {
            let error = Patterns::new(folder, &[glob.to_owned()]).expect_err(glob);
            assert_eq!(error.glob, glob);
        }
    }

    #[test]
    fn parentheses_alone_are_no_extglob() {
        assert!(!has_extglob("app/(auth)/page.js"));
        assert!(!has_extglob("a+\\(b)"));
        assert!(!has_extglob("\\+(b)"));
        assert!(has_extglob("a@(b)"));
    }

    #[test]
    fn a_pattern_excludes_what_lies_below_a_folder() {
        let folder = Path::new("/w");
        let excluded = |globs: &[&str], path: &str| {
            let globs: Vec<String> = globs.iter().map(|glob| (*glob).to_owned()).collect();
            let patterns = Patterns::new(folder, &globs).expect("the globs are valid");
            patterns.exclude(folder, Path::new(path), false)
        };
        assert!(excluded(&["dist"], "a/dist/b/c.js"));
        assert!(excluded(&["dist/"], "dist/c.js"));
        assert!(!excluded(&["dist/"], "src/dist"));
        assert!(excluded(&["./a.js"], "a.js"));
        assert!(!excluded(&["./a.js"], "b/a.js"));
        assert!(!excluded(&["*.js", "!keep.js"], "keep.js"));
    }

    #[test]
    fn each_missing_path_is_named() {
        let paths = |names: &[&str]| names.iter().map(PathBuf::from).collect::<Vec<_>>();
        assert_eq!(missing(&paths(&["a"])), "`a` does not exist");
        assert_eq!(missing(&paths(&["a", "b"])), "`a`, `b` do not exist");
        assert!(missing(&paths(&["src/*.js"])).contains("globs"));
    }
}
