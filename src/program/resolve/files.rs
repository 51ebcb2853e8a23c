//! The linted files by their real paths, and the spellings under which modules ask for them.
//!
//! Looks at the file system only while the table is made. Must not know manifests or configurations.

use std::ffi::OsStr;
use std::fs;
use std::path::{MAIN_SEPARATOR, Path, PathBuf};

use rustc_hash::FxHashMap;

use crate::source::FileIdx;

/// The extensions behind which another file may stand: TypeScript has modules named as they will be after compilation.
pub(super) const WRITTEN: [&str; 4] = [".cjs", ".js", ".jsx", ".mjs"];

/// Decides which file is meant where a build lies beside its source: code in JavaScript asks for JavaScript.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Language {
    JavaScript,
    TypeScript,
}

impl Language {
    pub(super) fn of(path: &Path) -> Self {
        match path.extension().and_then(OsStr::to_str) {
            // Components are written in either; a build does not lie beside them.
            Some("ts" | "tsx" | "mts" | "cts" | "vue" | "svelte" | "astro") => Self::TypeScript,
            _ => Self::JavaScript,
        }
    }

    /// What may be left out of a specifier, in order.
    pub(super) fn extensions(self) -> &'static [&'static str] {
        match self {
            Self::JavaScript => &[
                ".js", ".jsx", ".mjs", ".cjs", ".ts", ".tsx", ".mts", ".cts", ".json", ".node",
            ],
            Self::TypeScript => &[
                ".ts", ".tsx", ".js", ".jsx", ".mts", ".cts", ".mjs", ".cjs", ".json", ".node",
            ],
        }
    }

    /// What may stand behind an extension of [`WRITTEN`], in order.
    pub(super) fn written_for(self, extension: &str) -> &'static [&'static str] {
        match (self, extension) {
            (Self::JavaScript, ".js") => &[".js", ".ts", ".tsx", ".jsx"],
            (Self::JavaScript, ".jsx") => &[".jsx", ".tsx", ".ts"],
            (Self::JavaScript, ".mjs") => &[".mjs", ".mts"],
            (Self::JavaScript, ".cjs") => &[".cjs", ".cts"],
            (Self::TypeScript, ".js") => &[".ts", ".tsx", ".js", ".jsx"],
            (Self::TypeScript, ".jsx") => &[".tsx", ".ts", ".jsx"],
            (Self::TypeScript, ".mjs") => &[".mts", ".mjs"],
            (Self::TypeScript, ".cjs") => &[".cts", ".cjs"],
            _ => &[],
        }
    }
}

/// The linted files by their real paths.
#[derive(Debug)]
pub(super) struct Files {
    /// Real paths in [`FileIdx`] order.
    paths: Vec<PathBuf>,
    /// By the bytes of the real path, which hash far faster than its components. Without declarations, which are
    /// never run.
    by_path: FxHashMap<Box<[u8]>, FileIdx>,
}

impl Files {
    pub(super) fn new(paths: &[PathBuf]) -> Self {
        let mut folders = FxHashMap::default();
        let paths: Vec<PathBuf> = paths
            .iter()
            .map(|path| real_path(path, &mut folders))
            .collect();
        let mut by_path = FxHashMap::default();
        for (index, path) in paths.iter().enumerate() {
            if !is_declaration(path) {
                let key = path.as_os_str().as_encoded_bytes().into();
                by_path.entry(key).or_insert(FileIdx(index as u32));
            }
        }
        Self { paths, by_path }
    }

    pub(super) fn path(&self, file: FileIdx) -> &Path {
        &self.paths[file.0 as usize]
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (FileIdx, &Path)> {
        self.paths
            .iter()
            .enumerate()
            .map(|(index, path)| (FileIdx(index as u32), path.as_path()))
    }

    /// The file of exactly this real path, unless it is a declaration.
    pub(super) fn get(&self, path: &Path) -> Option<FileIdx> {
        self.by_path
            .get(path.as_os_str().as_encoded_bytes())
            .copied()
    }

    /// The linted file that a relative request surely means. Everything that may also name a file which is not linted,
    /// such as a folder with a manifest or `./style.css`, is left to the full rules.
    pub(super) fn relative(
        &self,
        from: FileIdx,
        specifier: &str,
        language: Language,
    ) -> Option<FileIdx> {
        let last = specifier.rsplit('/').next().unwrap_or_default();
        if matches!(last, "" | "." | "..") {
            return None;
        }
        let mut path = self.beside(from, specifier)?;
        self.spelled(&mut path, language).or_else(|| {
            if last.contains('.') {
                None
            } else {
                self.extended(&mut path, language)
            }
        })
    }

    /// As [`Files::module_at`], for a request that the full rules gave up.
    pub(super) fn relative_or_index(
        &self,
        from: FileIdx,
        specifier: &str,
        language: Language,
    ) -> Option<FileIdx> {
        let mut path = self.beside(from, specifier)?;
        self.module_in(&mut path, language)
    }

    /// The linted file that a specifier spelled like this path means: the file, the file with an extension, or the
    /// index of the folder.
    pub(super) fn module_at(&self, path: &Path, language: Language) -> Option<FileIdx> {
        self.module_in(&mut path.as_os_str().as_encoded_bytes().to_vec(), language)
    }

    fn module_in(&self, path: &mut Vec<u8>, language: Language) -> Option<FileIdx> {
        self.spelled(path, language)
            .or_else(|| self.extended(path, language))
            .or_else(|| {
                push_segment(path, "index");
                self.extended(path, language)
            })
    }

    fn beside(&self, from: FileIdx, specifier: &str) -> Option<Vec<u8>> {
        join(self.path(from).parent()?, specifier)
    }

    /// The path itself, or what is written as the path. Leaves `path` as it was.
    fn spelled(&self, path: &mut Vec<u8>, language: Language) -> Option<FileIdx> {
        for written in WRITTEN {
            if path.ends_with(written.as_bytes()) {
                let stem = path.len() - written.len();
                path.truncate(stem);
                let file = self.first_of(path, language.written_for(written));
                path.extend_from_slice(written.as_bytes());
                return file;
            }
        }
        self.by_path.get(path.as_slice()).copied()
    }

    fn extended(&self, path: &mut Vec<u8>, language: Language) -> Option<FileIdx> {
        self.first_of(path, language.extensions())
    }

    fn first_of(&self, stem: &mut Vec<u8>, extensions: &[&str]) -> Option<FileIdx> {
        let length = stem.len();
        let file = extensions.iter().find_map(|extension| {
            stem.truncate(length);
            stem.extend_from_slice(extension.as_bytes());
            self.by_path.get(stem.as_slice()).copied()
        });
        stem.truncate(length);
        file
    }
}

/// Whether the file only declares types: `a.d.ts`, `a.d.mts`, `a.d.css.ts`.
pub(super) fn is_declaration(path: &Path) -> bool {
    let Some(name) = path.file_name().and_then(OsStr::to_str) else {
        return false;
    };
    let parts: Vec<&str> = name.rsplitn(4, '.').collect();
    matches!(
        parts[..],
        ["ts" | "mts" | "cts", "d", _, ..] | ["ts", _, "d", _]
    )
}

/// `relative`, with `/` between its parts, seen from `folder`; nothing where it leads above the root. `..` is
/// resolved by its text, as Node does.
pub(super) fn join(folder: &Path, relative: &str) -> Option<Vec<u8>> {
    let mut path = folder.as_os_str().as_encoded_bytes().to_vec();
    if path.last() == Some(&(MAIN_SEPARATOR as u8)) {
        path.pop();
    }
    for segment in relative.split('/') {
        match segment {
            "" | "." => {}
            ".." => {
                let end = path
                    .iter()
                    .rposition(|&byte| byte == MAIN_SEPARATOR as u8)?;
                path.truncate(end);
            }
            _ => push_segment(&mut path, segment),
        }
    }
    Some(path)
}

fn push_segment(path: &mut Vec<u8>, segment: &str) {
    path.push(MAIN_SEPARATOR as u8);
    path.extend_from_slice(segment.as_bytes());
}

/// Most files share their folder with others, so only folders go through the costly call.
fn real_path(path: &Path, folders: &mut FxHashMap<PathBuf, PathBuf>) -> PathBuf {
    let linked = fs::symlink_metadata(path).is_ok_and(|metadata| metadata.is_symlink());
    let (Some(folder), Some(name), false) = (path.parent(), path.file_name(), linked) else {
        return canonical(path);
    };
    if let Some(real) = folders.get(folder) {
        return real.join(name);
    }
    let real = canonical(if folder.as_os_str().is_empty() {
        Path::new(".")
    } else {
        folder
    });
    let path = real.join(name);
    folders.insert(folder.to_path_buf(), real);
    path
}

/// A path that does not exist stays as it is, made absolute.
fn canonical(path: &Path) -> PathBuf {
    let real = fs::canonicalize(path)
        .or_else(|_| std::path::absolute(path))
        .unwrap_or_else(|_| path.to_path_buf());
    // Windows gives verbatim paths, which nothing else uses.
    match real.to_str().and_then(|text| text.strip_prefix(r"\\?\")) {
        Some(plain) if !plain.starts_with("UNC") => PathBuf::from(plain),
        _ => real,
    }
}

/// What a look into one folder says.
pub(super) enum Look<T> {
    Found(T),
    /// This, unless a folder above has something.
    Otherwise(T),
    /// Nothing here; the folder above may have it.
    Above,
    /// Nothing here, and what is above does not count.
    Stop,
}

/// What the nearest folder holds, asked once for each folder.
pub(super) struct Nearest<T>(FxHashMap<PathBuf, Option<T>>);

impl<T: Copy> Nearest<T> {
    pub(super) fn new() -> Self {
        Self(FxHashMap::default())
    }

    pub(super) fn find(
        &mut self,
        folder: &Path,
        look: &mut impl FnMut(&Path) -> Look<T>,
    ) -> Option<T> {
        if let Some(&known) = self.0.get(folder) {
            return known;
        }
        let found = match look(folder) {
            Look::Found(found) => Some(found),
            Look::Otherwise(found) => self.above(folder, look).or(Some(found)),
            Look::Above => self.above(folder, look),
            Look::Stop => None,
        };
        self.0.insert(folder.to_path_buf(), found);
        found
    }

    fn above(&mut self, folder: &Path, look: &mut impl FnMut(&Path) -> Look<T>) -> Option<T> {
        self.find(folder.parent()?, look)
    }
}
