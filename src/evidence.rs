//! Ties what a process held to the collections of the program: heap snapshots, allocation profiles, names that someone
//! has read in developer tools.
//!
//! Knows findings, the inventory and what the heap tells; must not know V8's formats, rules or rendering. A heap changes
//! the order, the level and the evidence of findings, and adds those of files that only it led to; it takes none away.
//!
//! ```text
//! script ─► file (scripts.rs) ─► collection, by name (names.rs)
//!              └─ source map ─► original file ─► collection, by line
//! ```

mod hints;
mod join;
mod names;
mod profile;
mod scripts;

use std::collections::BTreeMap;
use std::path::PathBuf;

use crate::discover::Entry;
use crate::finding::{Confidence, Evidence, Finding, Seen, Severity, Silence};
use crate::heap::paths::PathMap;
use crate::heap::profile::Profile;
use crate::heap::{Binding, Function, Growth, Identity, Part, Survey, growth};
use crate::inventory::Inventory;
use crate::source::SourceFile;
use crate::{Note, Settings};

pub use hints::Hints;

use join::Joiner;
use scripts::Scripts;

/// How scripts of a process are found here.
#[derive(Clone, Debug, Default)]
pub struct Search {
    /// In the order of the command line; the first that fits counts.
    pub maps: Vec<PathMap>,
    /// Where source maps lie that are not beside their scripts.
    pub source_maps: Option<PathBuf>,
}

/// What was analysed, to be changed by what a process held.
#[derive(Debug)]
pub struct Subject {
    /// The files; those that the heap leads to are added at the end.
    pub files: Vec<SourceFile>,
    /// The findings; places point into `files`.
    pub findings: Vec<Finding>,
    /// The collections; places point into `files`.
    pub inventory: Inventory,
    /// What is to be told.
    pub notes: Vec<Note>,
    /// Files that were passed over as minified.
    pub minified: Vec<Entry>,
    /// The current folder: absolute.
    pub folder: PathBuf,
    /// How the files were analysed.
    pub settings: Settings,
}

/// A collection of the heap, and what the program has for it.
#[derive(Clone, Debug)]
pub struct Tie {
    /// Where it is declared, if that was found.
    pub declared: Option<Declared>,
    /// The finding, as a place in [`Subject::findings`].
    pub finding: Option<usize>,
    /// What the two together say.
    pub standing: Standing,
    /// How the file was come by, where that is to be told.
    pub remark: Option<String>,
    /// Whether it has more entries or bytes, or grows more, than what looks bounded.
    pub is_large: bool,
    /// Whether its name was given as a hint.
    pub is_hinted: bool,
}

/// What is known of a heap by the sources.
#[derive(Clone, Debug, Default)]
pub struct Tied {
    /// One for each collection of the last snapshot, in their order.
    pub ties: Vec<Tie>,
    /// Where the classes of keys and values are written, and the functions that allocated them.
    pub classes: BTreeMap<Function, Declared>,
}

/// The place of a declaration, for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Declared {
    /// As shown.
    pub path: String,
    /// 1-based.
    pub line: u32,
    /// The name in the source, where a tool has changed it.
    pub name: Option<String>,
}

/// What the heap and the program say together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// There is a finding, and the heap shows what it fears.
    Confirmed,
    /// There is a finding, and the heap shows few entries, or no growth.
    Bounded,
    /// There is a finding, and the collection keeps less alive than was asked for.
    Minor,
    /// The program has it, and no finding: the reason.
    Silent(String),
    /// The program does not show it: the reason.
    Unknown(String),
}

/// So few entries look bounded, with
const FEW: u64 = 10;
/// so few bytes.
const LIGHT: u64 = 100_000;
/// More entries do not look bounded, even where they do not grow between two snapshots.
const MANY: u64 = 1_000;

/// What is known of the process, and how it is to be read.
#[derive(Debug, Default)]
pub struct Process {
    /// What snapshots tell, in the order of time.
    pub surveys: Vec<Survey>,
    /// An allocation profile.
    pub profile: Option<Profile>,
    /// Names of retainers.
    pub hints: Hints,
    /// How its scripts are found here.
    pub search: Search,
    /// What retains less confirms nothing, in bytes.
    pub min_retained: u64,
    /// Whether to drop what no snapshot confirms.
    pub only_seen: bool,
}

/// Changes what was found by what is known of the process, and ties the collections of the last snapshot, in their
/// order.
pub fn apply(subject: &mut Subject, process: &Process) -> Tied {
    let Tied { mut ties, classes } = tie(subject, process);
    if let Some(profile) = &process.profile {
        profile::weigh(subject, profile, &process.search);
    }
    let bindings = process.surveys.last().map(|it| it.bindings.as_slice());
    let heap: Vec<(&Binding, &Tie)> = bindings.unwrap_or_default().iter().zip(&ties).collect();
    if !process.hints.is_empty() {
        let notes =
            process
                .hints
                .notes(&subject.findings, &subject.inventory, &subject.files, &heap);
        subject.notes.extend(notes);
    }
    arrange(subject, &mut ties, process);
    subject.notes.sort();
    subject.notes.dedup();
    Tied { ties, classes }
}

/// Ties the collections of the last snapshot, and writes into the findings what it shows of them.
fn tie(subject: &mut Subject, process: &Process) -> Tied {
    let surveys = &process.surveys;
    let Some(last) = surveys.last() else {
        return Tied::default();
    };
    let scripts = Scripts::of(subject, &last.bindings, &process.search);
    let snapshots: Vec<&[Binding]> = surveys.iter().map(|it| it.bindings.as_slice()).collect();
    let growth = if surveys.len() > 1 {
        growth(&snapshots)
    } else {
        Vec::new()
    };
    let growth: BTreeMap<&Identity, &Growth> = growth
        .iter()
        .map(|growth| (&growth.identity, growth))
        .collect();
    let joiner = Joiner {
        files: &subject.files,
        inventory: &subject.inventory,
        findings: &subject.findings,
        folder: &subject.folder,
        scripts: &scripts,
    };
    let mut ties: Vec<Tie> = last.bindings.iter().map(|it| joiner.tie(it)).collect();
    for (tie, binding) in ties.iter_mut().zip(&last.bindings) {
        let growth = growth.get(&binding.identity()).copied();
        let is_bounded = looks_bounded(binding, growth);
        let is_minor = binding.retained_bytes < process.min_retained;
        tie.is_large = !is_bounded && !is_minor;
        tie.is_hinted = process.hints.mean_in_heap(binding, tie);
        if tie.finding.is_some() && is_bounded {
            tie.standing = Standing::Bounded;
        } else if tie.finding.is_some() && is_minor {
            tie.standing = Standing::Minor;
        }
    }
    let parts = last
        .bindings
        .iter()
        .flat_map(|it| it.keys.iter().chain(&it.values));
    let allocating = last.bindings.iter().filter_map(|it| it.allocated.as_ref());
    let classes = parts
        .filter_map(|part| part.class.as_ref())
        .chain(allocating.map(|it| &it.function))
        .filter_map(|class| Some((class.clone(), joiner.class(class)?)))
        .collect();
    confirm(&mut subject.findings, &last.bindings, &ties);
    subject.notes.extend(scripts.notes);
    Tied { ties, classes }
}

/// Whether a collection is as small, or stands as still, as one whose growth has an end.
fn looks_bounded(binding: &Binding, growth: Option<&Growth>) -> bool {
    let stands_still = growth.is_some_and(|growth| {
        !growth.is_new() && growth.total().entries <= 0 && binding.entries <= MANY
    });
    stands_still || (binding.entries <= FEW && binding.retained_bytes < LIGHT)
}

/// Writes into the findings what the heap shows of them. One may have several collections, as closures do.
fn confirm(findings: &mut [Finding], bindings: &[Binding], ties: &[Tie]) {
    let mut is_bounded = vec![false; findings.len()];
    for (tie, binding) in ties.iter().zip(bindings) {
        if let Some(at) = tie.finding {
            is_bounded[at] |= tie.standing == Standing::Bounded;
        }
        let Some(finding) = tie.finding.and_then(|at| findings.get_mut(at)) else {
            continue;
        };
        let seen = finding.heap.get_or_insert(Seen {
            entries: 0,
            retained_bytes: 0,
            freed_if_weak: None,
            key_type: type_of(&binding.keys).map(str::to_owned),
            confirms: false,
        });
        seen.entries += binding.entries;
        seen.retained_bytes += binding.retained_bytes;
        if let Some(weak) = binding.if_weak {
            *seen.freed_if_weak.get_or_insert(0) += weak.bytes;
        }
        seen.confirms |= tie.standing == Standing::Confirmed;
    }
    for (finding, is_bounded) in findings.iter_mut().zip(is_bounded) {
        let Some(seen) = &finding.heap else { continue };
        if !seen.confirms && !is_bounded {
            continue;
        }
        let entries = match seen.entries {
            1 => "1 entry".to_owned(),
            count => format!("{count} entries"),
        };
        let text = if seen.confirms {
            format!("the heap snapshot shows {entries}")
        } else {
            format!("the heap snapshot shows {entries}: it looks bounded there")
        };
        let evidence = Evidence {
            speaks_for: seen.confirms,
            text,
        };
        finding.evidence.insert(0, evidence);
        if seen.confirms {
            finding.severity = Severity::Error;
        } else if finding.confidence == Confidence::High {
            finding.confidence = Confidence::Medium;
            finding.severity = Severity::Warning;
        }
    }
}

/// Drops the findings of other files that no snapshot confirms, and sorts to the front first what was hinted at, then
/// what is confirmed, by what it retains, then by what was allocated. Ties are set right.
fn arrange(subject: &mut Subject, ties: &mut [Tie], process: &Process) {
    let confirmed = |finding: &Finding| {
        let seen = finding.heap.as_ref().filter(|seen| seen.confirms);
        seen.map(|seen| seen.retained_bytes)
    };
    let is_kept = |finding: &Finding| {
        let is_asked = subject.files[finding.place.file.0 as usize].is_asked;
        (is_asked && !process.only_seen) || confirmed(finding).is_some()
    };
    let mut old: Vec<(usize, Finding)> = std::mem::take(&mut subject.findings)
        .into_iter()
        .enumerate()
        .collect();
    old.retain(|(_, finding)| is_kept(finding));
    old.sort_by_key(|(_, finding)| {
        let is_hinted = process.hints.mean(&finding.binding);
        std::cmp::Reverse((is_hinted, confirmed(finding), finding.allocated))
    });
    let mut moved: BTreeMap<usize, usize> = BTreeMap::new();
    for (at, finding) in old {
        moved.insert(at, subject.findings.len());
        subject.findings.push(finding);
    }
    for tie in ties {
        tie.finding = tie.finding.and_then(|at| moved.get(&at).copied());
    }
}

/// A reason with the place that shows it.
fn reason(silence: &Silence, files: &[SourceFile]) -> String {
    match silence.place {
        Some(place) => {
            let file = &files[place.file.0 as usize];
            let (line, _) = file.position(place.span.start);
            format!("{} at {}:{line}", silence.text, file.shown)
        }
        None => silence.text.clone(),
    }
}

/// The type of all keys in one word.
fn type_of(parts: &[Part]) -> Option<&str> {
    match parts {
        [] => None,
        [part] => Some(&part.type_name),
        _ => Some("mixed"),
    }
}
