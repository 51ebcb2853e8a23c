//! The files of scripts: those at hand, those on disk that the heap leads to, and their source maps.
//!
//! Reads files; must not know collections. What it cannot read is a note.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use super::{Search, Subject};
use crate::discover::{self, Entry, Options, Patterns};
use crate::heap::Binding;
use crate::heap::paths::{
    Match, PathMap, common_end, longest_suffix, normal, script_path, within_package,
};
use crate::heap::source_map::{Original, SourceMap, url_of};
use crate::source::{FileIdx, SourceFile};
use crate::{Note, lint};

/// Which file a script is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Located {
    /// This one.
    File(FileIdx),
    /// One of these, as shown.
    Several(Vec<String>),
    /// None that was found.
    Nothing,
}

/// A script's source map.
#[derive(Debug)]
pub(super) struct Mapped {
    pub(super) map: SourceMap,
    /// The script, as shown.
    pub(super) script: String,
    /// The folder to which its sources are relative.
    base: String,
}

impl Mapped {
    /// The path of a source.
    pub(super) fn resolve(&self, source: &str) -> String {
        match script_path(source).filter(|_| source.contains("://") || source.starts_with('/')) {
            Some(path) => path,
            None => normal(&format!("{}/{source}", self.base)),
        }
    }
}

/// The files and maps of all scripts of a heap.
#[derive(Debug, Default)]
pub(super) struct Scripts {
    located: BTreeMap<String, Located>,
    maps: BTreeMap<String, Mapped>,
    /// The maps of sources that a tool has made too, by their paths.
    chained: BTreeMap<String, Mapped>,
    /// Of the files that the heap led to: why they were read.
    remarks: BTreeMap<FileIdx, &'static str>,
    /// All files, with `/`.
    paths: Vec<String>,
    pub(super) notes: Vec<Note>,
}

/// At most so many scripts are read that are not among the paths given.
const MOST: usize = 64;

/// At most so many sources of a bundle are looked at for maps of their own.
const MOST_SOURCES: usize = 2_000;

/// Of a package that has more files than this only those are read that the heap names.
const MOST_OF_A_PACKAGE: usize = 1_000;

const OUTSIDE: &str = "outside the paths given; analysed because the snapshot names it";
const MINIFIED: &str = "minified; analysed because the snapshot names it";

/// Where a script was found.
enum Spot {
    Known(FileIdx),
    Disk(PathBuf),
    Several(Vec<String>),
    Nothing,
}

impl Scripts {
    /// Finds all scripts that hold collections, and reads and analyses what is not among the files yet; those come
    /// after the others.
    pub(super) fn of(subject: &mut Subject, bindings: &[Binding], search: &Search) -> Self {
        let mut scripts = Self::default();
        let finder = Finder::of(subject, &search.maps);
        let parts = bindings
            .iter()
            .flat_map(|it| it.keys.iter().chain(&it.values));
        let classes = parts.filter_map(|part| part.class.as_ref()?.script.as_deref());
        for name in classes.collect::<BTreeSet<_>>() {
            if let Spot::Known(file) = finder.find(name) {
                scripts.located.insert(name.to_owned(), Located::File(file));
            }
        }
        let mut wanted: Vec<PathBuf> = Vec::new();
        let mut left_out = 0;
        let mut on_disk: Vec<(&str, PathBuf)> = Vec::new();
        for name in holders(bindings) {
            let located = match finder.find(name) {
                Spot::Known(file) => Located::File(file),
                Spot::Several(paths) => Located::Several(paths),
                Spot::Nothing => Located::Nothing,
                Spot::Disk(path) => {
                    if wanted.contains(&path) || wanted.len() < MOST {
                        on_disk.push((name, path.clone()));
                        if !wanted.contains(&path) {
                            wanted.push(path);
                        }
                    } else {
                        left_out += 1;
                    }
                    Located::Nothing
                }
            };
            scripts.located.insert(name.to_owned(), located);
        }
        if left_out > 0 {
            let text = format!("{left_out} more scripts that the snapshot names were not read");
            scripts.note("heap snapshot", text);
        }
        let read = scripts.read(subject, &wanted);
        for (name, path) in on_disk {
            if let Some(file) = read.get(&path) {
                let located = Located::File(*file);
                scripts.located.insert(name.to_owned(), located);
            }
        }
        scripts.paths = subject
            .files
            .iter()
            .map(|file| slashed(&file.path))
            .collect();
        scripts.find_maps(subject, search);
        scripts
    }

    /// Finds scripts among the files that there are, and the source maps of those that are only on disk.
    pub(super) fn at_hand(subject: &Subject, names: &BTreeSet<&str>, search: &Search) -> Self {
        let finder = Finder::of(subject, &search.maps);
        let mut scripts = Self {
            paths: subject.files.iter().map(|it| slashed(&it.path)).collect(),
            ..Self::default()
        };
        let mut unread = Vec::new();
        for name in names {
            match finder.find(name) {
                Spot::Known(file) => {
                    let located = Located::File(file);
                    scripts.located.insert((*name).to_owned(), located);
                }
                Spot::Disk(path) => {
                    let shown = shown(&subject.folder, &path);
                    unread.extend(decode(path, shown).map(|file| (*name, file)));
                }
                Spot::Several(_) | Spot::Nothing => {
                    scripts.located.insert((*name).to_owned(), Located::Nothing);
                }
            }
        }
        scripts.find_maps(subject, search);
        for (name, file) in &unread {
            scripts.find_map(name, Some(file), subject, search);
        }
        scripts
    }

    pub(super) fn located(&self, script: &str) -> Located {
        self.located
            .get(script)
            .cloned()
            .unwrap_or(Located::Nothing)
    }

    pub(super) fn map(&self, script: &str) -> Option<&Mapped> {
        self.maps.get(script)
    }

    /// The map of a script that is one of the files.
    pub(super) fn map_of(&self, file: FileIdx) -> Option<&Mapped> {
        let mut scripts = self.located.iter();
        scripts.find_map(|(script, located)| match located {
            Located::File(found) if *found == file => self.maps.get(script),
            _ => None,
        })
    }

    /// Where a place of a script comes from, both 0-based, and the map that says so.
    pub(super) fn lookup<'a>(
        &'a self,
        map: &'a Mapped,
        line: u32,
        column: u32,
    ) -> Option<(&'a Mapped, Original<'a>)> {
        let origin = map.map.lookup(line, column)?;
        let chained = self.chained.get(&map.resolve(origin.source));
        let further = chained.and_then(|next| {
            let further = next.map.lookup(origin.line, origin.column)?;
            let name = further.name.or(origin.name);
            Some((next, Original { name, ..further }))
        });
        Some(further.unwrap_or((map, origin)))
    }

    /// Why a file was read, if not because it was asked for.
    pub(super) fn remark(&self, file: FileIdx) -> Option<String> {
        self.remarks.get(&file).map(|text| (*text).to_owned())
    }

    /// The file of a source of a map.
    pub(super) fn original(&self, map: &Mapped, origin: &Original) -> Option<FileIdx> {
        let path = map.resolve(origin.source);
        if let Some(at) = self.paths.iter().position(|known| *known == path) {
            return Some(FileIdx(at as u32));
        }
        let files: Vec<&str> = self.paths.iter().map(String::as_str).collect();
        match longest_suffix(&path, &files) {
            // Many files are called `index`.
            Match::One(at) => {
                let parts = path.split('/').filter(|part| !part.is_empty()).count();
                let common = common_end(&path, files[at]);
                (common >= parts.min(2)).then_some(FileIdx(at as u32))
            }
            Match::Several(_) | Match::Nothing => None,
        }
    }

    fn note(&mut self, path: &str, text: String) {
        self.notes.push(Note {
            path: path.to_owned(),
            at: None,
            text,
            fails: false,
        });
    }

    /// Reads and analyses files, each package as a program of its own, all others as one.
    fn read(&mut self, subject: &mut Subject, wanted: &[PathBuf]) -> BTreeMap<PathBuf, FileIdx> {
        let mut groups: BTreeMap<Option<PathBuf>, Vec<PathBuf>> = BTreeMap::new();
        for path in wanted {
            groups.entry(package(path)).or_default().push(path.clone());
        }
        let minified: BTreeSet<PathBuf> = subject
            .minified
            .iter()
            .map(|entry| entry.path.clone())
            .collect();
        let mut found = BTreeMap::new();
        for (package, named) in groups {
            let mut entries: Vec<Entry> = named
                .iter()
                .map(|path| Entry {
                    path: path.clone(),
                    shown: shown(&subject.folder, path),
                    is_asked: false,
                })
                .collect();
            if let Some(package) = package {
                let others = files_of(&package, &subject.folder);
                if others.len() <= MOST_OF_A_PACKAGE {
                    entries.extend(others.into_iter().filter(|it| !named.contains(&it.path)));
                }
            }
            entries.sort_by(|a, b| a.path.cmp(&b.path));
            let mut files = Vec::new();
            for entry in entries {
                let is_named = named.contains(&entry.path);
                match decode(entry.path, entry.shown.clone()) {
                    Ok(file) if is_named || !file.is_minified() => files.push(file),
                    Err(text) if is_named => self.note(&entry.shown, text),
                    _ => {}
                }
            }
            let analysis = lint(&files, &subject.settings);
            let count = subject.files.len() as u32;
            // What is wrong with comments of other people's packages is theirs to cure.
            let on_code = |it: &crate::finding::Finding| !it.collection.is_empty();
            let findings = analysis.findings.into_iter().filter(on_code);
            let behind = |file: FileIdx| FileIdx(file.0 + count);
            let moved = findings.map(|it| it.moved(behind));
            subject.findings.extend(moved);
            subject.inventory.append(analysis.inventory.moved(behind));
            for (at, mut file) in (count..).zip(files) {
                let remark = if minified.contains(&file.path) {
                    MINIFIED
                } else {
                    OUTSIDE
                };
                self.remarks.insert(FileIdx(at), remark);
                found.insert(file.path.clone(), FileIdx(at));
                file.is_asked = false;
                subject.files.push(file);
            }
        }
        found
    }

    fn find_maps(&mut self, subject: &Subject, search: &Search) {
        let scripts: Vec<(String, Located)> = self.located.clone().into_iter().collect();
        for (script, located) in scripts {
            let file = match located {
                Located::File(file) => Some(&subject.files[file.0 as usize]),
                Located::Several(_) | Located::Nothing => None,
            };
            self.find_map(&script, file, subject, search);
        }
    }

    fn find_map(
        &mut self,
        script: &str,
        file: Option<&SourceFile>,
        subject: &Subject,
        search: &Search,
    ) {
        let folder = &subject.folder;
        let maps = search.source_maps.as_ref();
        let elsewhere = maps.map(|maps| folder.join(maps));
        let url = file.and_then(|file| url_of(&file.text));
        let text = file
            .zip(url)
            .and_then(|(file, url)| beside(file, url, folder))
            .or_else(|| in_folder(elsewhere.as_deref()?, script, url, folder));
        let shown = file.map_or_else(|| script.to_owned(), |file| file.shown.clone());
        match text.map(|it| (SourceMap::parse(&it.text), it)) {
            Some((Ok(map), MapText { base, .. })) => {
                let mapped = Mapped {
                    map,
                    script: shown,
                    base,
                };
                self.chain(&mapped, folder);
                self.maps.insert(script.to_owned(), mapped);
            }
            Some((Err(_), _)) if within_package(&shown).is_some() => {}
            Some((Err(error), it)) => self.note(&it.shown, error.to_string()),
            // Packages often leave their maps out, or have others.
            None if url.is_some() && within_package(&shown).is_none() => {
                let text = "names a source map that is not there (see --source-map)";
                self.note(&shown, text.to_owned());
            }
            None => {}
        }
    }
}

impl Scripts {
    /// Reads the maps of sources that are no original ones: a bundler may be given what a compiler made.
    fn chain(&mut self, map: &Mapped, folder: &Path) {
        for source in map.map.sources().take(MOST_SOURCES) {
            let path = map.resolve(source);
            if self.paths.contains(&path) || within_package(&path).is_some() {
                continue;
            }
            let relative = folder.join(path.trim_start_matches('/'));
            let real = [PathBuf::from(&path), relative]
                .into_iter()
                .find(|path| path.is_file());
            let text = real.and_then(|path| {
                let shown = shown(folder, &path);
                let file = decode(path, shown).ok()?;
                beside(&file, url_of(&file.text)?, folder)
            });
            if let Some(text) = text
                && let Ok(map) = SourceMap::parse(&text.text)
            {
                let mapped = Mapped {
                    map,
                    script: text.shown,
                    base: text.base,
                };
                self.chained.insert(path, mapped);
            }
        }
    }
}

/// The text of a source map.
struct MapText {
    text: String,
    /// The folder to which its sources are relative.
    base: String,
    shown: String,
}

/// The map that a script names, inside of it or beside it.
fn beside(file: &SourceFile, url: &str, folder: &Path) -> Option<MapText> {
    let parent = file.path.parent().unwrap_or(Path::new(""));
    if url.starts_with("data:") {
        return Some(MapText {
            text: url.to_owned(),
            base: slashed(parent),
            shown: file.shown.clone(),
        });
    }
    let url = &url[..url.find(['?', '#']).unwrap_or(url.len())];
    let path = script_path(url).filter(|_| url.contains("://"));
    let path = path.map_or_else(|| parent.join(url), PathBuf::from);
    map_text(&path, folder)
}

/// The map of a script in a folder of maps: called as the script says, or as the script with `.map` after it.
fn in_folder(maps: &Path, script: &str, url: Option<&str>, folder: &Path) -> Option<MapText> {
    let last = |path: &str| path.rsplit('/').next().map(str::to_owned);
    let said = url.filter(|url| !url.starts_with("data:")).and_then(last);
    let usual = script_path(script).and_then(|path| last(&path));
    let usual = usual.map(|name| format!("{name}.map"));
    let mut candidates = said.into_iter().chain(usual);
    candidates.find_map(|name| map_text(&maps.join(name), folder))
}

/// None if it cannot be read.
fn map_text(path: &Path, folder: &Path) -> Option<MapText> {
    let bytes = fs::read(path).ok()?;
    Some(MapText {
        text: String::from_utf8_lossy(&bytes).into_owned(),
        base: slashed(path.parent().unwrap_or(Path::new(""))),
        shown: shown(folder, path),
    })
}

/// The scripts that hold collections, first those that hold the largest.
fn holders(bindings: &[Binding]) -> Vec<&str> {
    let mut names: Vec<&str> = Vec::new();
    let mut seen = BTreeSet::new();
    for binding in bindings {
        let holder = binding.holder.as_ref();
        let holder = holder.and_then(|class| class.script.as_deref());
        for name in binding.script.as_deref().into_iter().chain(holder) {
            if seen.insert(name) {
                names.push(name);
            }
        }
    }
    names
}

/// Finds files by names of scripts.
struct Finder<'a> {
    maps: &'a [PathMap],
    folder: &'a Path,
    known: Vec<&'a SourceFile>,
    /// Of the known ones, then of the minified ones, with `/`.
    paths: Vec<String>,
    by_path: BTreeMap<PathBuf, FileIdx>,
    minified: &'a [Entry],
}

impl<'a> Finder<'a> {
    fn of(subject: &'a Subject, maps: &'a [PathMap]) -> Self {
        let known: Vec<&SourceFile> = subject.files.iter().collect();
        let mut by_path = BTreeMap::new();
        for (at, file) in (0..).zip(&known) {
            if let Ok(path) = file.path.canonicalize() {
                by_path.insert(path, FileIdx(at));
            }
            by_path.insert(file.path.clone(), FileIdx(at));
        }
        let minified = subject.minified.iter().map(|entry| &entry.path);
        let paths = known.iter().map(|file| &file.path).chain(minified);
        Self {
            maps,
            folder: &subject.folder,
            paths: paths.map(|path| slashed(path)).collect(),
            known,
            by_path,
            minified: &subject.minified,
        }
    }

    fn find(&self, name: &str) -> Spot {
        let Some(path) = script_path(name) else {
            return Spot::Nothing;
        };
        if let Some(mapped) = self.maps.iter().find_map(|map| map.apply(name))
            && let Some(spot) = self.exact(&self.folder.join(mapped))
        {
            return spot;
        }
        // Of a server's URL only the end says anything about files here.
        let is_local = !name.contains("://") || name.starts_with("file:");
        if is_local && let Some(spot) = self.exact(&self.folder.join(&path)) {
            return spot;
        }
        let paths: Vec<&str> = self.paths.iter().map(String::as_str).collect();
        let found = longest_suffix(&path, &paths);
        let common = match &found {
            Match::One(at) => common_end(&path, paths[*at]),
            Match::Several(all) => all.first().map_or(0, |at| common_end(&path, paths[*at])),
            Match::Nothing => 0,
        };
        if let Some(file) = self.below_folder(&path, common) {
            return self.exact(&file).unwrap_or(Spot::Nothing);
        }
        match found {
            Match::One(at) => self.spot(at),
            Match::Several(all) => {
                let shown = |at: &usize| match self.known.get(*at) {
                    Some(file) => file.shown.clone(),
                    None => self.minified[*at - self.known.len()].shown.clone(),
                };
                Spot::Several(all.iter().map(shown).collect())
            }
            Match::Nothing => Spot::Nothing,
        }
    }

    fn spot(&self, at: usize) -> Spot {
        if at < self.known.len() {
            Spot::Known(FileIdx(at as u32))
        } else {
            Spot::Disk(self.minified[at - self.known.len()].path.clone())
        }
    }

    /// The file of a path, if there is one.
    fn exact(&self, path: &Path) -> Option<Spot> {
        let path = PathBuf::from(normal(&slashed(path)));
        if let Some(file) = self.by_path.get(&path) {
            return Some(Spot::Known(*file));
        }
        let real = path.canonicalize().ok()?;
        match self.by_path.get(&real) {
            Some(file) => Some(Spot::Known(*file)),
            None => real.is_file().then_some(Spot::Disk(path)),
        }
    }

    /// The file below the current folder that has more than `common` parts in common with a script, counted from the
    /// end, and two at least.
    fn below_folder(&self, path: &str, common: usize) -> Option<PathBuf> {
        let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
        let least = within_package(path).map_or(2, |inner| inner.split('/').count() + 1);
        (0..parts.len())
            .take_while(|start| parts.len() - start >= least.max(common + 1))
            .map(|start| self.folder.join(parts[start..].join("/")))
            .find(|path| path.is_file())
    }
}

/// The folder of the package in `node_modules` that a file belongs to.
fn package(path: &Path) -> Option<PathBuf> {
    let text = slashed(path);
    let inner = within_package(&text)?;
    let parts = if inner.starts_with('@') { 2 } else { 1 };
    let name: Vec<&str> = inner.split('/').take(parts).collect();
    let start = text.len() - inner.len();
    Some(PathBuf::from(format!(
        "{}{}",
        &text[..start],
        name.join("/")
    )))
}

/// The files of a package, without those of the packages inside.
fn files_of(package: &Path, folder: &Path) -> Vec<Entry> {
    let Ok(patterns) = Patterns::new(folder, &[]) else {
        return Vec::new();
    };
    let options = Options {
        folder: folder.to_owned(),
        patterns,
        no_ignore: true,
        missing_is_note: true,
        is_partial: false,
        configs: None,
        threads: 1,
    };
    let found = discover::discover(&[package.to_owned()], &options);
    found.map_or_else(|_| Vec::new(), |found| found.files)
}

fn decode(path: PathBuf, shown: String) -> Result<SourceFile, String> {
    let bytes =
        fs::read(&path).map_err(|error| format!("cannot be read: {}", discover::plain(&error)))?;
    let decoded = SourceFile::decode(path, shown, bytes);
    decoded
        .file
        .ok_or_else(|| decoded.note.unwrap_or("cannot be decoded").to_owned())
}

/// Relative to the current folder, where it lies below it.
fn shown(folder: &Path, path: &Path) -> String {
    slashed(path.strip_prefix(folder).unwrap_or(path))
}

fn slashed(path: &Path) -> String {
    path.to_string_lossy().replace('\\', "/")
}
