//! The aliases of the nearest `tsconfig.json` or `jsconfig.json`, read with more patience than TypeScript has.
//!
//! Consulted after the full rules gave up, so nothing here can change what they found. Must not know the linted files
//! beyond where they lie.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use oxc_resolver::{ExtendsField, PathUtil, TsConfig};

use super::files::{Files, Look, Nearest};
use crate::source::FileIdx;

/// How many configurations may extend or refer to one another; real chains are short, broken ones are circles.
const DEPTH: usize = 8;

/// The configuration nearest to each linted file.
#[derive(Debug)]
pub(super) struct Configs {
    configs: Vec<Config>,
    of_file: Vec<Option<usize>>,
}

#[derive(Debug)]
struct Config {
    path: PathBuf,
    broken: OnceLock<bool>,
    aliases: OnceLock<Aliases>,
}

/// `baseUrl` and `paths`, with absolute folders.
#[derive(Debug, Default)]
struct Aliases {
    base_url: Option<PathBuf>,
    /// Patterns with at most one `*`, and what they stand for.
    paths: Vec<(String, Vec<PathBuf>)>,
}

impl Configs {
    pub(super) fn new(files: &Files, given: Option<&Path>) -> Self {
        let mut configs = Vec::new();
        if let Some(path) = given {
            configs.push(Config {
                path: path.to_path_buf(),
                broken: OnceLock::new(),
                aliases: OnceLock::new(),
            });
            return Self {
                configs,
                of_file: files.iter().map(|_| Some(0)).collect(),
            };
        }
        let mut nearest = Nearest::new();
        let mut look = |folder: &Path| {
            if folder.ends_with("node_modules") {
                return Look::Stop;
            }
            let path = ["tsconfig.json", "jsconfig.json"].map(|name| folder.join(name));
            let Some(path) = path.into_iter().find(|path| path.is_file()) else {
                return Look::Above;
            };
            configs.push(Config {
                path,
                broken: OnceLock::new(),
                aliases: OnceLock::new(),
            });
            Look::Found(configs.len() - 1)
        };
        let of_file = files
            .iter()
            .map(|(_, path)| nearest.find(path.parent()?, &mut look))
            .collect();
        Self { configs, of_file }
    }

    /// Whether the configuration cannot be loaded: it would stop each request of the file. A failure is kept here
    /// because the resolver remembers successes only.
    pub(super) fn is_broken(&self, file: FileIdx, resolver: &oxc_resolver::Resolver) -> bool {
        self.of(file).is_some_and(|config| {
            *config.broken.get_or_init(|| {
                config.path.ends_with("tsconfig.json")
                    && resolver.resolve_tsconfig(&config.path).is_err()
            })
        })
    }

    /// The paths that `specifier`, which is not relative, may stand for, best first.
    pub(super) fn candidates(&self, file: FileIdx, specifier: &str) -> Vec<PathBuf> {
        let Some(config) = self.of(file) else {
            return Vec::new();
        };
        config
            .aliases
            .get_or_init(|| read(&config.path, DEPTH))
            .candidates(specifier)
    }

    fn of(&self, file: FileIdx) -> Option<&Config> {
        self.of_file[file.0 as usize].map(|index| &self.configs[index])
    }
}

impl Aliases {
    fn is_empty(&self) -> bool {
        self.base_url.is_none() && self.paths.is_empty()
    }

    fn candidates(&self, specifier: &str) -> Vec<PathBuf> {
        // As in TypeScript: an exact pattern wins, then the one with the longest text before its star.
        let best = self
            .paths
            .iter()
            .filter_map(|(pattern, targets)| {
                let star = match_pattern(pattern, specifier)?;
                let length = pattern.find('*').unwrap_or(usize::MAX);
                Some((length, star, targets))
            })
            .max_by_key(|(length, ..)| *length);
        let mut candidates: Vec<PathBuf> = best
            .into_iter()
            .flat_map(|(_, star, targets)| targets.iter().map(move |target| fill(target, star)))
            .collect();
        candidates.extend(
            self.base_url
                .iter()
                .map(|base| base.normalize_with(specifier)),
        );
        candidates
    }
}

/// The text that the `*` of `pattern` stands for; empty where there is no star.
fn match_pattern<'a>(pattern: &str, specifier: &'a str) -> Option<&'a str> {
    match pattern.split_once('*') {
        None => (pattern == specifier).then_some(""),
        Some((before, after)) => specifier.strip_prefix(before)?.strip_suffix(after),
    }
}

fn fill(target: &Path, star: &str) -> PathBuf {
    match target.to_str() {
        Some(text) if text.contains('*') => PathBuf::from(text.replacen('*', star, 1)).normalize(),
        _ => target.to_path_buf(),
    }
}

/// The aliases of the configuration, or of what it extends, or of the first project it refers to that has some.
fn read(path: &Path, depth: usize) -> Aliases {
    let Some(config) = load(path) else {
        return Aliases::default();
    };
    let folder = config.directory().to_path_buf();
    let absolute = |path: &Path| match path.strip_prefix("${configDir}") {
        Ok(rest) => folder.normalize_with(rest),
        Err(_) => folder.normalize_with(path),
    };
    let options = &config.compiler_options;
    let base_url = options.base_url.as_deref().map(absolute);
    let base = base_url.as_deref().unwrap_or(&folder);
    let resolve = |target: &PathBuf| match target.strip_prefix("${configDir}") {
        Ok(rest) => folder.normalize_with(rest),
        Err(_) => base.normalize_with(target),
    };
    let paths = options.paths.iter().flatten();
    let paths = paths
        .map(|(key, targets)| (key.clone(), targets.iter().map(resolve).collect()))
        .collect();
    let own = Aliases { base_url, paths };
    if !own.is_empty() || depth == 0 {
        return own;
    }
    let extended = match &config.extends {
        Some(ExtendsField::Single(one)) => std::slice::from_ref(one),
        Some(ExtendsField::Multiple(many)) => many,
        None => &[],
    };
    // The last of several has precedence. Packages are left out: when they are there, the full rules read them.
    let extended = extended
        .iter()
        .rev()
        .filter(|name| name.starts_with(['.', '/']))
        .map(Path::new);
    extended
        .chain(
            config
                .references
                .iter()
                .map(|reference| reference.path.as_path()),
        )
        .map(|next| read(&folder.normalize_with(next), depth - 1))
        .find(|aliases| !aliases.is_empty())
        .unwrap_or_default()
}

/// The configuration at `path`, which may leave out `.json` or name a folder.
fn load(path: &Path) -> Option<TsConfig> {
    let mut extended = path.as_os_str().to_owned();
    extended.push(".json");
    let path = [
        path.to_path_buf(),
        PathBuf::from(extended),
        path.join("tsconfig.json"),
    ]
    .into_iter()
    .find(|path| path.is_file())?;
    let text = fs::read_to_string(&path).ok()?;
    TsConfig::parse(true, &path, &path, text).ok()
}
