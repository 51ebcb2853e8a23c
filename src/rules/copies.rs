//! One cause in several builds is one finding: packages ship the same code as CommonJS and ES modules, for browsers,
//! bundled, minified, and beside its sources.
//!
//! Compares findings, their paths and the code around what they name. Must not know rules.

use std::collections::BTreeSet;
use std::mem;

use rustc_hash::FxHashMap;

use crate::finding::{Finding, Fix, Label};
use crate::program::Program;
use crate::source::{FileIdx, Place};
use crate::summary::{FunctionIdx, OpKind};

/// A bundle has so many times the code of what it bundles.
const BUNDLE: usize = 2;

/// So many properties and texts in common, and no other, are no chance.
const TELLING: usize = 4;

/// A file of so many operations is no chance.
const LONG: usize = 100;

/// So many operations, one after the other of the same kind, are no chance either.
const SHAPELY: usize = 24;

/// How many copies are named beside a finding.
const MAX_NAMED: usize = 4;

const ANOTHER_BUILD: &str = "another build of the same code";

/// Whether a finding is told for what is declared at a place too.
pub(crate) fn is_told_for(finding: &Finding, place: Place) -> bool {
    let mut labels = finding.labels.iter();
    labels.any(|label| label.place == place && label.text == ANOTHER_BUILD)
}

/// Joins the findings that are one cause, each into that of the build which a reader is best sent to: not minified, not
/// bundled, what `require` loads. `shown` are the paths of the files.
pub fn join(shown: &[&str], mut copies: Vec<Copy>) -> Vec<Finding> {
    if copies.len() < 2 {
        return copies.into_iter().map(|copy| copy.finding).collect();
    }
    number(shown, &mut copies);
    copies.sort_by_key(|copy| {
        (
            copy.module.is_minified,
            copy.module.size,
            copy.finding.place,
            copy.finding.rule,
        )
    });
    // Several sites may be declared in one place.
    copies.dedup_by(|one, other| {
        (one.finding.place, one.finding.rule, &one.finding.binding)
            == (
                other.finding.place,
                other.finding.rule,
                &other.finding.binding,
            )
    });
    let mut kept: Vec<(Copy, Vec<Other>)> = Vec::new();
    let mut likely = Likely::default();
    for copy in copies {
        let original = likely
            .to(&copy)
            .iter()
            .copied()
            .find(|&original| kept[original].0.is_copied_by(&copy));
        let Some(original) = original else {
            likely.note(&copy, kept.len());
            kept.push((copy, Vec::new()));
            continue;
        };
        let (first, others) = &mut kept[original];
        // Of builds of one size that of CommonJS comes first.
        if copy.is_better(first) {
            likely.note(&copy, original);
            others.push(mem::replace(first, copy).into());
        } else {
            others.push(copy.into());
        }
    }
    kept.into_iter()
        .map(|(Copy { mut finding, .. }, mut others)| {
            others.sort();
            finding.fix = fix_all(finding.fix, &others);
            let named = others.into_iter().take(MAX_NAMED).map(|other| Label {
                place: other.place,
                text: ANOTHER_BUILD.to_owned(),
            });
            finding.labels.extend(named);
            finding
        })
        .collect()
}

/// Which of the findings that are kept a finding may be a copy of: only minified code has other names for the same.
#[derive(Default)]
struct Likely {
    by_rule: FxHashMap<&'static str, Vec<usize>>,
    by_name: FxHashMap<(&'static str, String), Vec<usize>>,
}

impl Likely {
    fn to(&self, copy: &Copy) -> &[usize] {
        let finding = &copy.finding;
        let found = if copy.module.is_minified {
            self.by_rule.get(finding.rule)
        } else {
            self.by_name.get(&(finding.rule, copy.name.clone()))
        };
        found.map_or(&[], Vec::as_slice)
    }

    fn note(&mut self, copy: &Copy, kept: usize) {
        let rule = copy.finding.rule;
        let by_name = self.by_name.entry((rule, copy.name.clone())).or_default();
        for found in [by_name, self.by_rule.entry(rule).or_default()] {
            if let Err(at) = found.binary_search(&kept) {
                found.insert(at, kept);
            }
        }
    }
}

/// What remains of a finding that is a copy.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Other {
    place: Place,
    fix: Option<Fix>,
}

impl From<Copy> for Other {
    fn from(copy: Copy) -> Self {
        Self {
            place: copy.finding.place,
            fix: copy.finding.fix,
        }
    }
}

/// What cures all copies; none where one of them would stay.
fn fix_all(fix: Option<Fix>, others: &[Other]) -> Option<Fix> {
    let mut all = fix?;
    for other in others {
        let fix = other.fix.as_ref()?;
        all.safe &= fix.safe;
        all.edits.extend_from_slice(&fix.edits);
    }
    Some(all)
}

/// Gives the copies numbers for the words of their paths, without those that name a build.
fn number(shown: &[&str], copies: &mut [Copy]) {
    let mut numbers: FxHashMap<Vec<&str>, usize> = FxHashMap::default();
    for copy in copies {
        let next = numbers.len();
        copy.words = *numbers
            .entry(words(shown[copy.file().0 as usize]))
            .or_insert(next);
    }
}

impl Copy {
    fn is_copied_by(&self, other: &Self) -> bool {
        let is_twin = self.words == other.words;
        let is_apart = self.module.group != other.module.group;
        // One of many findings is compared with many: what costs least is asked first.
        if !(is_twin || is_apart)
            || self.file() == other.file()
            || self.finding.rule != other.finding.rule
            || self.finding.collection != other.finding.collection
        {
            return false;
        }
        let is_minified = other.module.is_minified;
        let is_bundle = is_minified || other.module.size >= BUNDLE * self.module.size;
        let is_same_name = self.name == other.name;
        // What importers of the package get is not left out for one of its modules.
        let is_main = other.module.is_main;
        let has_same_features = is_same_name && self.features == other.features;
        // The same code at the same place of a file as long: another copy of the file.
        let is_same_file = has_same_features
            && self.finding.place.span == other.finding.place.span
            && self.module.size == other.module.size
            && self.module.size >= LONG;
        let is_telling = self.features.len() >= TELLING
            || (!is_main && self.shape.len() >= SHAPELY && self.shape == other.shape);
        let is_close = has_same_features && (is_same_file || (is_apart && is_telling));
        (is_twin || (is_bundle && is_apart && !is_main) || is_close)
            && (is_same_name || is_minified)
            && ((is_twin && is_same_name)
                || is_alike(&self.features, &other.features, is_same_name))
    }

    fn is_better(&self, than: &Self) -> bool {
        let rank = |copy: &Self| (copy.module.is_minified, copy.module.is_esm);
        self.words == than.words && rank(self) < rank(than)
    }
}

/// A finding with what survives of the code around it when it is built.
#[derive(Debug)]
pub struct Copy {
    finding: Finding,
    /// The last part of what it names.
    name: String,
    /// A number for the words of its path, given when all are known.
    words: usize,
    /// Names of properties and texts in the functions that add entries.
    features: BTreeSet<String>,
    /// The kinds of the operations in these functions, in their order.
    shape: Vec<mem::Discriminant<OpKind>>,
    module: ModuleFacts,
}

/// What is known of the module in which a finding is.
#[derive(Debug)]
struct ModuleFacts {
    /// The first file of those that imports connect with it.
    group: FileIdx,
    /// Operations in it.
    size: usize,
    is_minified: bool,
    is_esm: bool,
    is_main: bool,
}

impl Copy {
    /// Looks at the code around the findings of a program. `members` are its files.
    pub fn of(program: &Program, members: &[FileIdx], findings: Vec<Finding>) -> Vec<Self> {
        if findings.is_empty() {
            return Vec::new();
        }
        let groups = program.import_groups();
        let copy = |finding: Finding| {
            let group = groups[finding.place.file.0 as usize];
            Self::new(program, members, members[group], finding)
        };
        findings.into_iter().map(copy).collect()
    }

    fn new(program: &Program, members: &[FileIdx], group: FileIdx, finding: Finding) -> Self {
        let mut features = BTreeSet::new();
        let mut shape = Vec::new();
        for label in &finding.labels {
            let Some(function) = function_at(program, label.place) else {
                continue;
            };
            for &op in &program.facts.ops[function.at()] {
                shape.push(mem::discriminant(program.code.kind(op)));
                match *program.code.kind(op) {
                    OpKind::Member { name, .. }
                    | OpKind::Str(name)
                    | OpKind::Store { name, .. } => {
                        let name = program.text(name);
                        if !is_interop(name) {
                            features.insert(name.to_owned());
                        }
                    }
                    _ => {}
                }
            }
        }
        let file = finding.place.file;
        let module = &program.modules[file.0 as usize];
        Self {
            features,
            shape,
            name: plain_name(&finding.binding).to_owned(),
            words: 0,
            module: ModuleFacts {
                group,
                size: program
                    .functions_in(file)
                    .map(|function| program.facts.ops[function.at()].len())
                    .sum(),
                is_minified: module.is_minified,
                is_esm: module.is_esm,
                is_main: module.is_main,
            },
            finding: finding.moved(|file| members[file.0 as usize]),
        }
    }

    /// The finding; its places name the files of the run.
    pub fn finding(&self) -> &Finding {
        &self.finding
    }

    fn file(&self) -> FileIdx {
        self.finding.place.file
    }
}

/// The innermost function around a place; none for a module's own code.
fn function_at(program: &Program, place: Place) -> Option<FunctionIdx> {
    program
        .functions_in(place.file)
        .skip(1)
        .filter(|function| {
            let span = program.code.functions[function.at()].span;
            span.start <= place.span.start && place.span.end <= span.end
        })
        .min_by_key(|function| {
            let span = program.code.functions[function.at()].span;
            span.end - span.start
        })
}

/// Whether two functions have most of their properties and texts in common. Without a common name more is asked.
fn is_alike(one: &BTreeSet<String>, other: &BTreeSet<String>, is_same_name: bool) -> bool {
    let common = one.intersection(other).count();
    let all = one.len() + other.len() - common;
    if is_same_name {
        common * 2 >= all
    } else {
        common >= 2 && common * 4 >= all * 3
    }
}

/// Names that compilers and bundlers put into code.
fn is_interop(name: &str) -> bool {
    matches!(
        name,
        "exports"
            | "default"
            | "__esModule"
            | "call"
            | "apply"
            | "bind"
            | "prototype"
            | "constructor"
            | "value"
            | "defineProperty"
            | "concat"
            | "[object Object]"
    )
}

/// The last part of a name, without the number that a bundler adds: `cache` of `Registry.cache$1`.
fn plain_name(binding: &str) -> &str {
    let last = binding.rsplit(['.', '#']).next().unwrap_or(binding);
    match last.rsplit_once('$') {
        Some((name, number))
            if !name.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()) =>
        {
            name
        }
        _ => last,
    }
}

/// The words of a path that do not name a kind of build.
fn words(path: &str) -> Vec<&str> {
    let (folders, name) = path.rsplit_once('/').unwrap_or(("", path));
    let folders = parts(folders).filter(|word| FOLDERS.binary_search(word).is_err());
    let name = parts(name).filter(|word| BUILDS.binary_search(word).is_err());
    folders.chain(name).collect()
}

fn parts(text: &str) -> impl Iterator<Item = &str> {
    text.split(|letter: char| !letter.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
}

/// Folders that hold a kind of build. Sorted.
const FOLDERS: &[&str] = &[
    "amd", "build", "builds", "bundle", "cjs", "commonjs", "dist", "es", "es2015", "es2017",
    "es2018", "es2019", "es2020", "es2021", "es2022", "es5", "es6", "esm", "esnext", "iife", "lib",
    "module", "npm", "out", "src", "umd",
];

/// Words in names of files that name a kind of build. Sorted.
const BUILDS: &[&str] = &[
    "amd",
    "browser",
    "build",
    "builds",
    "bundle",
    "bundler",
    "cjs",
    "common",
    "commonjs",
    "cts",
    "debug",
    "dev",
    "development",
    "dist",
    "ecmascript",
    "es",
    "es2015",
    "es2017",
    "es2018",
    "es2019",
    "es2020",
    "es2021",
    "es2022",
    "es5",
    "es6",
    "esm",
    "esnext",
    "global",
    "iife",
    "js",
    "jsx",
    "legacy",
    "lib",
    "min",
    "mjs",
    "modern",
    "module",
    "modules",
    "mts",
    "native",
    "node",
    "npm",
    "out",
    "prod",
    "production",
    "runtime",
    "slim",
    "source",
    "src",
    "system",
    "ts",
    "tsx",
    "umd",
    "web",
];

#[cfg(test)]
mod tests {
    use super::{BUILDS, FOLDERS, plain_name, words};

    #[test]
    fn the_table_is_sorted() {
        assert!(BUILDS.is_sorted());
        assert!(FOLDERS.is_sorted());
    }

    #[test]
    fn builds_of_one_file_have_the_same_words() {
        for (one, other, expected) in [
            ("dist/cjs/a/b.js", "src/a/b.ts", true),
            ("dist/vue.esm-browser.prod.js", "dist/vue.cjs.js", true),
            ("_cjs/utils/observe.js", "utils/observe.ts", true),
            ("a/cache.js", "b/cache.js", false),
            ("web/cache.js", "node/cache.js", false),
            ("index.js", "parser.cjs", false),
        ] {
            assert_eq!(words(one) == words(other), expected, "{one} {other}");
        }
    }

    #[test]
    fn the_number_of_a_bundler_is_no_part_of_a_name() {
        for (name, expected) in [
            ("cache", "cache"),
            ("Registry.cache$1", "cache"),
            ("store.#items", "items"),
            ("$1", "$1"),
            ("a$b", "a$b"),
        ] {
            assert_eq!(plain_name(name), expected);
        }
    }
}
