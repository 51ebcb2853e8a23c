//! Which configuration files hold for a file, and what they say together.
//!
//! Reads configuration files, each once. Must not know the command line, nor what a rule judges.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use oxc_resolver::ResolveOptions;

use super::file::{self, File, Rules, Text};
use super::mistake::shown;
use super::policy::{Level, Policies, Policy, Setting};
use super::{At, Mistake};
use crate::Note;
use crate::discover::{Patterns, plain};
use crate::finding::{Confidence, Finding};
use crate::heap::paths::PathMap;
use crate::program::Told;
use crate::source::SourceFile;

/// What the command line says of configurations.
#[derive(Clone, Debug, Default)]
pub struct Given {
    /// The current folder: absolute.
    pub folder: PathBuf,
    /// Reads no configuration file.
    pub is_isolated: bool,
    /// The only configuration file; its globs are relative to the current folder.
    pub file: Option<PathBuf>,
    /// Levels of rules, in order.
    pub levels: Vec<(&'static str, Level)>,
    /// Wins over each configuration.
    pub min_confidence: Option<Confidence>,
}

/// A configuration with all that it extends.
#[derive(Debug)]
pub struct Loaded {
    /// As shown: the file itself comes last.
    pub files: Vec<String>,
    /// The folder to which its globs are relative.
    folder: PathBuf,
    rules: Rules,
    min_confidence: Option<Confidence>,
    told: Told,
    /// What `told` names and where, unless in a file that several may extend.
    named: Vec<(String, At)>,
    ignored: Patterns,
    overrides: Vec<LoadedOverride>,
    /// Where scripts of a process lie here.
    pub maps: Vec<PathMap>,
}

#[derive(Debug)]
struct LoadedOverride {
    files: Patterns,
    rules: Rules,
    /// Where it stands, unless in a file that several may extend.
    at: Option<At>,
}

/// The configurations of a run, read as files below their folders are met.
#[derive(Debug)]
pub struct Tree {
    given: Given,
    /// The one that was given.
    only: Option<Arc<Loaded>>,
    /// By folder: the configurations in it and above it, nearest first.
    above: Mutex<BTreeMap<PathBuf, Arc<Vec<Arc<Loaded>>>>>,
    mistakes: Mutex<Vec<Mistake>>,
}

/// Names of configuration files, besides the key `leaklint` of a manifest.
pub const NAMES: [&str; 2] = ["leaklint.json", "leaklint.jsonc"];

impl Tree {
    /// Reads the file that was given, if one was.
    pub fn new(given: Given) -> Self {
        let mut mistakes = Vec::new();
        let only = given.file.as_ref().and_then(|file| {
            let path = given.folder.join(file);
            match load(&path, &given.folder, &given.folder) {
                Ok(Some(loaded)) => Some(Arc::new(loaded)),
                Ok(None) => {
                    let text = "has no key `leaklint`";
                    mistakes.push(Mistake::whole(&shown(&given.folder, &path), text));
                    None
                }
                Err(wrong) => {
                    mistakes.extend(wrong);
                    None
                }
            }
        });
        Self {
            given,
            only,
            above: Mutex::default(),
            mistakes: Mutex::new(mistakes),
        }
    }

    /// What is wrong in the files read so far, sorted.
    pub fn mistakes(&self) -> Vec<Mistake> {
        let mut mistakes = self
            .mistakes
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        mistakes.sort();
        mistakes.dedup();
        mistakes
    }

    /// The configuration that holds for the files of a folder.
    pub fn nearest(&self, folder: &Path) -> Option<Arc<Loaded>> {
        self.above(folder).first().cloned()
    }

    /// Whether a path is to be left out by the configuration of a folder above it.
    pub fn ignores(&self, path: &Path, is_dir: bool) -> bool {
        let Some(folder) = path.parent() else {
            return false;
        };
        let above = self.above(folder);
        above.iter().any(|loaded| {
            path.strip_prefix(&loaded.folder)
                .is_ok_and(|below| loaded.ignored.exclude(&loaded.folder, below, is_dir))
        })
    }

    /// The configurations in a folder and above it, nearest first.
    fn above(&self, folder: &Path) -> Arc<Vec<Arc<Loaded>>> {
        if self.given.is_isolated {
            return Arc::default();
        }
        if self.given.file.is_some() {
            return Arc::new(self.only.clone().into_iter().collect());
        }
        let lock = || self.above.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = lock().get(folder) {
            return known.clone();
        }
        let is_top = folder.join(".git").exists();
        let parent = folder.parent().filter(|_| !is_top);
        let mut found = parent.map_or_else(Vec::new, |parent| self.above(parent).to_vec());
        // What others say of their package says nothing of its use here.
        if !folder.iter().any(|part| part == "node_modules")
            && let Some(loaded) = self.load_in(folder)
        {
            found.insert(0, Arc::new(loaded));
        }
        let found = Arc::new(found);
        lock().insert(folder.to_path_buf(), found.clone());
        found
    }

    fn load_in(&self, folder: &Path) -> Option<Loaded> {
        let here = NAMES.map(|name| folder.join(name));
        let mut here: Vec<PathBuf> = here.into_iter().filter(|path| path.is_file()).collect();
        let manifest = folder.join("package.json");
        if manifest.is_file() {
            here.push(manifest);
        }
        let mut found: Option<(PathBuf, Loaded)> = None;
        for path in here {
            match load(&path, folder, &self.given.folder) {
                Ok(Some(loaded)) => match &found {
                    Some((first, _)) => {
                        let first = shown(&self.given.folder, first);
                        let text = format!("the folder has its configuration in `{first}`");
                        self.complain([Mistake::whole(&shown(&self.given.folder, &path), text)]);
                    }
                    None => found = Some((path, loaded)),
                },
                Ok(None) => {}
                Err(mistakes) => self.complain(mistakes),
            }
        }
        found.map(|(_, loaded)| loaded)
    }

    fn complain(&self, mistakes: impl IntoIterator<Item = Mistake>) {
        self.mistakes
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .extend(mistakes);
    }

    /// What holds in each of the files, and where nothing else is said.
    pub fn policies<'a>(&self, paths: impl Iterator<Item = &'a Path>) -> Policies {
        let mut policies = Policies::uniform(self.policy(&self.given.folder.join("a")));
        for path in paths {
            policies.insert(path.to_path_buf(), self.policy(path));
        }
        policies
    }

    /// What holds in a file. Overrides come after `rules`, and after what is said of tests by default.
    pub fn policy(&self, path: &Path) -> Policy {
        self.policy_with(path, &self.given.levels, self.given.min_confidence)
    }

    /// Whether a finding in a file is shown where the command line says nothing of rules and confidence.
    pub fn shows_alone(&self, path: &Path, finding: &Finding) -> bool {
        self.policy_with(path, &[], None).hides(finding).is_none()
    }

    fn policy_with(
        &self,
        path: &Path,
        levels: &[(&'static str, Level)],
        least: Option<Confidence>,
    ) -> Policy {
        let loaded = path.parent().and_then(|folder| self.nearest(folder));
        let loaded = loaded.as_deref();
        let from_file = loaded.and_then(|loaded| loaded.min_confidence);
        let least = least.or(from_file);
        let mut policy = Policy::new(least.unwrap_or(Confidence::Medium));
        for (rule, setting) in loaded.map_or(&[][..], |loaded| &loaded.rules) {
            policy.set(rule, *setting);
        }
        if let Some(loaded) = loaded {
            policy.told = loaded.told.clone();
        }
        let say = |policy: &mut Policy, rule: &'static str, level: Level| {
            let setting = Setting {
                level,
                min_confidence: None,
            };
            policy.set(rule, setting);
        };
        for (rule, level) in levels {
            say(&mut policy, rule, *level);
        }
        if is_off_by_default(path.strip_prefix(&self.given.folder).unwrap_or(path)) {
            for rule in crate::rules::all() {
                say(&mut policy, rule.id, Level::Off);
            }
        }
        for one in loaded.map_or(&[][..], |loaded| &loaded.overrides) {
            if loaded.is_some_and(|loaded| one.holds(path, &loaded.folder)) {
                for (rule, setting) in &one.rules {
                    policy.set(rule, *setting);
                    policy.is_overridden = true;
                }
            }
        }
        // What is allowed last is allowed everywhere.
        for (rule, _) in levels {
            let latest = levels.iter().rev().find(|(other, _)| other == rule);
            if latest.is_some_and(|(_, level)| *level == Level::Off) {
                say(&mut policy, rule, Level::Off);
            }
        }
        policy
    }

    /// The overrides that are for none of the files, though all files of their folder are among them.
    pub fn idle_overrides(&self, walked: &[PathBuf], paths: &[&Path]) -> Vec<Note> {
        let mut notes = Vec::new();
        for loaded in self.whole(walked) {
            for one in &loaded.overrides {
                let Some(at) = &one.at else { continue };
                if !paths.iter().any(|path| one.holds(path, &loaded.folder)) {
                    notes.push(loaded.note(at, "the override is for no file that there is"));
                }
            }
        }
        notes
    }

    /// The names under `boundedCaches` and `registrars` that are in none of the files, though all files of their folder
    /// are among them.
    pub fn idle_names(&self, walked: &[PathBuf], files: &[SourceFile]) -> Vec<Note> {
        let mut notes = Vec::new();
        for loaded in self.whole(walked) {
            for (name, at) in &loaded.named {
                if !loaded.knows(name, files) {
                    notes
                        .push(loaded.note(at, &format!("nothing in the files is called `{name}`")));
                }
            }
        }
        notes
    }

    /// The configurations read so far of folders all files of which were found.
    fn whole(&self, walked: &[PathBuf]) -> Vec<Arc<Loaded>> {
        let above = self.above.lock().unwrap_or_else(PoisonError::into_inner);
        let known = above.values().flat_map(|loaded| loaded.iter());
        let mut loaded: Vec<Arc<Loaded>> = known.chain(&self.only).cloned().collect();
        loaded.sort_by(|a, b| a.files.cmp(&b.files));
        loaded.dedup_by(|a, b| Arc::ptr_eq(a, b));
        loaded.retain(|loaded| walked.iter().any(|root| loaded.folder.starts_with(root)));
        loaded
    }
}

impl Loaded {
    fn note(&self, at: &At, text: &str) -> Note {
        Note {
            path: self.files.last().cloned().unwrap_or_default(),
            at: Some((at.line, at.column)),
            text: text.to_owned(),
            fails: false,
        }
    }

    /// Whether a name may be one of a function, class, module or package of the files: whether they have its words, one
    /// of them has its path, or a package around them its name.
    fn knows(&self, name: &str, files: &[SourceFile]) -> bool {
        let parts: Vec<&str> = name.split('.').collect();
        let below = || {
            files
                .iter()
                .filter(|file| file.path.starts_with(&self.folder))
        };
        below().any(|file| parts.iter().all(|part| has_word(&file.text, part)))
            || below().any(|file| has_word(&file.text, name) || Told::is_path_of(name, &file.path))
            || packages(below()).any(|manifest| has_word(&manifest, name))
    }
}

/// The manifests around files.
fn packages<'a>(files: impl Iterator<Item = &'a SourceFile>) -> impl Iterator<Item = String> {
    let folders: BTreeSet<&Path> = files
        .flat_map(|file| file.path.ancestors().skip(1))
        .collect();
    let manifests = folders
        .into_iter()
        .map(|folder| folder.join("package.json"));
    manifests.filter_map(|manifest| fs::read_to_string(manifest).ok())
}

/// Whether a text has a word, and not only a part of a longer one.
fn has_word(text: &str, word: &str) -> bool {
    let is_part = |letter: char| letter.is_alphanumeric() || matches!(letter, '_' | '$');
    !word.is_empty()
        && memchr::memmem::find_iter(text.as_bytes(), word).any(|at| {
            !text[..at].ends_with(is_part) && !text[at + word.len()..].starts_with(is_part)
        })
}

impl LoadedOverride {
    fn holds(&self, path: &Path, folder: &Path) -> bool {
        path.strip_prefix(folder)
            .is_ok_and(|below| self.files.exclude(folder, below, false))
    }
}

/// Tests and configurations of tools, by their paths: what grows there ends with them.
fn is_off_by_default(path: &Path) -> bool {
    let name = path.file_name().map(|name| name.to_string_lossy());
    let name = name.unwrap_or_default();
    [".test.", ".spec.", ".config."]
        .iter()
        .any(|part| name.contains(part))
        || path.iter().any(|part| part == "__tests__")
}

/// Configurations may extend one another so deep; what is deeper goes in a circle.
const DEPTH: usize = 16;

/// Reads a configuration and what it extends. `folder` is where its globs start, `current` where shown paths do.
fn load(path: &Path, folder: &Path, current: &Path) -> Result<Option<Loaded>, Vec<Mistake>> {
    let mut mistakes = Vec::new();
    let mut found = Loaded {
        files: Vec::new(),
        folder: folder.to_path_buf(),
        rules: Vec::new(),
        min_confidence: None,
        told: Told::default(),
        named: Vec::new(),
        ignored: Patterns::none(folder),
        overrides: Vec::new(),
        maps: Vec::new(),
    };
    let mut gathered = Gathered {
        current,
        loaded: &mut found,
        ignored: Vec::new(),
        mistakes: &mut mistakes,
    };
    let is_there = gathered.add(path, 0);
    let ignored = std::mem::take(&mut gathered.ignored);
    if let Ok(patterns) = Patterns::new(folder, &ignored) {
        found.ignored = patterns;
    }
    if mistakes.is_empty() {
        Ok(is_there.then_some(found))
    } else {
        Err(mistakes)
    }
}

struct Gathered<'a> {
    current: &'a Path,
    loaded: &'a mut Loaded,
    ignored: Vec<String>,
    mistakes: &'a mut Vec<Mistake>,
}

impl Gathered<'_> {
    /// Adds what a file extends, then what it says. False for a manifest without a configuration.
    fn add(&mut self, path: &Path, depth: usize) -> bool {
        let name = shown(self.current, path);
        let is_manifest = path.ends_with("package.json");
        let bytes = match fs::read(path) {
            Ok(bytes) => bytes,
            Err(error) => {
                let text = format!("cannot be read: {}", plain(&error));
                self.mistakes.push(Mistake::whole(&name, text));
                return true;
            }
        };
        // Most manifests say nothing of leaklint.
        if is_manifest && memchr::memmem::find(&bytes, b"\"leaklint\"").is_none() {
            return false;
        }
        let Some(source) = SourceFile::decode(path.to_path_buf(), name.clone(), bytes).file else {
            let text = "is not UTF-8";
            self.mistakes.push(Mistake::whole(&name, text));
            return true;
        };
        let file = file::parse(&source, is_manifest, self.mistakes);
        let is_there = file.is_some();
        if let Some(file) = file {
            self.take(&source, file, depth);
        }
        is_there
    }

    fn take(&mut self, source: &SourceFile, file: File, depth: usize) {
        for extended in &file.extends {
            let problem = match extended_path(&source.path, &extended.value) {
                _ if depth == DEPTH => "it extends itself".to_owned(),
                Ok(path) => {
                    if self.add(&path, depth + 1) {
                        continue;
                    }
                    "its manifest has no key `leaklint`".to_owned()
                }
                Err(text) => text,
            };
            let text = format!("`{}` cannot be extended: {problem}", extended.value);
            self.mistakes.push(Mistake::at(source, extended.span, text));
        }
        self.check_globs(source, &file);
        let loaded = &mut *self.loaded;
        loaded.files.push(source.shown.clone());
        loaded.rules.extend(file.rules);
        loaded.min_confidence = file.min_confidence.or(loaded.min_confidence);
        if depth == 0 {
            let named = file.bounded_caches.iter().chain(&file.registrars);
            let named = named.map(|text| (text.value.clone(), At::of(source, text.span)));
            loaded.named.extend(named);
        }
        let told = &mut loaded.told;
        let values = |texts: Vec<Text>| texts.into_iter().map(|text| text.value);
        told.bounded_caches.extend(values(file.bounded_caches));
        told.registrars.extend(values(file.registrars));
        let ignored = file.ignore_patterns.into_iter();
        self.ignored.extend(ignored.map(|glob| glob.value));
        for one in file.overrides {
            let globs: Vec<String> = one.files.into_iter().map(|glob| glob.value).collect();
            // Those that cannot be understood are told.
            let Ok(files) = Patterns::new(&loaded.folder, &globs) else {
                continue;
            };
            loaded.overrides.push(LoadedOverride {
                files,
                rules: one.rules,
                at: (depth == 0).then(|| At::of(source, one.span)),
            });
        }
        let folder = loaded.folder.clone();
        let maps = file.heap.map_path.into_iter().map(|(from, to)| {
            let to = folder.join(to.strip_prefix("./").unwrap_or(&to));
            PathMap::new(&from, &to.to_string_lossy())
        });
        // What is nearer is asked first.
        loaded.maps.splice(0..0, maps);
    }

    fn check_globs(&mut self, source: &SourceFile, file: &File) {
        let overrides = file.overrides.iter().flat_map(|one| &one.files);
        for glob in file.ignore_patterns.iter().chain(overrides) {
            let globs = [glob.value.clone()];
            if let Err(error) = Patterns::new(&self.loaded.folder, &globs) {
                let text = format!("`{}` can match no file: {}", error.glob, error.why);
                self.mistakes.push(Mistake::at(source, glob.span, text));
            }
        }
        for one in &file.overrides {
            if !one.files.is_empty() && one.files.iter().all(|glob| glob.value.starts_with('!')) {
                let text = "globs that only take back can match no file";
                self.mistakes.push(Mistake::at(source, one.span, text));
            }
        }
    }
}

/// The file that `extends` means.
fn extended_path(from: &Path, extended: &str) -> Result<PathBuf, String> {
    let folder = from.parent().unwrap_or(from);
    let is_path = ["./", "../", "/"]
        .iter()
        .any(|start| extended.starts_with(start));
    if is_path || Path::new(extended).is_absolute() {
        return Ok(folder.join(extended));
    }
    let names = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect();
    let resolver = oxc_resolver::Resolver::new(ResolveOptions {
        extensions: names(&[".json", ".jsonc"]),
        main_files: names(&["leaklint"]),
        condition_names: names(&["node", "require", "import"]),
        node_path: false,
        ..ResolveOptions::default()
    });
    match resolver.resolve(folder, extended) {
        Ok(found) => Ok(found.path().to_path_buf()),
        Err(_) if folder.join(extended).is_file() => Err(format!(
            "there is no such package; did you mean `./{extended}`?"
        )),
        Err(_) => Err("there is no such package".to_owned()),
    }
}
