//! Makes the edits that findings bring: in memory first, where the result is parsed and linted again, then on disk.
//!
//! Which edits a finding has is decided where it is judged. Must not know rules.

mod edits;
mod patch;
mod write;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

pub use edits::lay_out;
pub use patch::{below_package, patch};
pub use write::{WriteError, commit};

use crate::finding::{Edit, Finding};
use crate::source::{FileIdx, SourceFile};
use crate::{Analysis, Note};

/// How often the result of fixes is fixed again: a fix may make room for another.
const MAX_PASSES: usize = 10;

/// What is to be made of fixes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// Also those that change what the program does.
    pub is_unsafe_too: bool,
    /// Also those in files of dependencies.
    pub in_dependencies: bool,
}

/// A file that fixes change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The path by which it was opened.
    pub path: PathBuf,
    /// The path as shown.
    pub shown: String,
    /// The bytes on disk.
    pub before: Vec<u8>,
    /// The bytes to be there.
    pub after: Vec<u8>,
}

/// What comes of fixes.
#[derive(Debug)]
pub struct Fixed {
    /// The files that change, sorted as the files of the run.
    pub changes: Vec<Change>,
    /// All files of the run as they are after the changes.
    pub files: Vec<SourceFile>,
    /// What is found in them; none where nothing changes.
    pub analysis: Option<Analysis>,
    /// How many findings are gone.
    pub count: usize,
    /// Fixes that were not made, and why.
    pub notes: Vec<Note>,
}

/// The finding that a fix is for. Its place moves with the edits, this stays.
type Identity = (&'static str, FileIdx, String);

fn identity(finding: &Finding) -> Identity {
    (finding.rule, finding.place.file, finding.binding.clone())
}

/// Makes the wanted fixes of `findings` in memory. `lint` says what is found in other versions of the files.
///
/// A fix is made in all its files or in none. One that gets in another's way waits for the next pass. One that leaves its
/// finding, brings another or makes a file unreadable is taken back.
pub fn fix(
    files: &[SourceFile],
    findings: &[Finding],
    wanted: Wanted,
    lint: &dyn Fn(&[SourceFile]) -> Analysis,
) -> Fixed {
    let mut notes = Vec::new();
    let mut barred = BTreeSet::new();
    let bytes = originals(files, findings, wanted, &mut barred, &mut notes);
    loop {
        match attempt(files, findings, wanted, lint, &bytes, &barred) {
            Ok(mut fixed) => {
                fixed.notes = notes;
                return fixed;
            }
            Err(failed) => {
                notes.extend(failed.iter().map(|(rule, file, binding)| Note {
                    path: files[file.0 as usize].shown.clone(),
                    at: None,
                    text: format!(
                        "the fix of `{binding}` was not made: its result did not pass (a bug in leaklint's {rule})"
                    ),
                    fails: false,
                }));
                barred.extend(failed);
            }
        }
    }
}

/// The bytes of the files that wanted fixes change; a fix one of whose files must not be changed is barred.
fn originals(
    files: &[SourceFile],
    findings: &[Finding],
    wanted: Wanted,
    barred: &mut BTreeSet<Identity>,
    notes: &mut Vec<Note>,
) -> BTreeMap<usize, Vec<u8>> {
    let mut bytes = BTreeMap::new();
    let mut refused: BTreeMap<usize, String> = BTreeMap::new();
    for (finding, edits) in wanted_edits(files, findings, wanted) {
        for edit in edits {
            let index = edit.place.file.0 as usize;
            if !bytes.contains_key(&index) && !refused.contains_key(&index) {
                match original(&files[index], wanted) {
                    Ok(read) => {
                        bytes.insert(index, read);
                    }
                    Err(reason) => {
                        refused.insert(index, reason);
                    }
                }
            }
            if refused.contains_key(&index) {
                barred.insert(identity(finding));
            }
        }
    }
    notes.extend(refused.into_iter().map(|(index, text)| Note {
        path: files[index].shown.clone(),
        at: None,
        text,
        fails: true,
    }));
    bytes
}

fn original(file: &SourceFile, wanted: Wanted) -> Result<Vec<u8>, String> {
    if !wanted.in_dependencies && is_dependency(&file.path) {
        return Err("is a dependency's, which the next install would write anew: nothing was fixed in it; `leaklint --diff=package` prints a patch for patch-package, `pnpm patch` or `git apply`".to_owned());
    }
    // A text from standard input need not have a file.
    let bytes = fs::read(&file.path).unwrap_or_else(|_| {
        let mark = if file.disk_offset(0) == 0 {
            ""
        } else {
            "\u{feff}"
        };
        format!("{mark}{}", file.text).into_bytes()
    });
    let now = SourceFile::decode(file.path.clone(), String::new(), bytes.clone());
    if now.file.is_none_or(|now| now.text != file.text) {
        return Err("changed meanwhile: nothing was fixed in it".to_owned());
    }
    Ok(bytes)
}

/// Whether a file is one that a package manager put there. The folder in which pnpm has a patch edited is none.
fn is_dependency(path: &Path) -> bool {
    let is_below = |path: &Path| {
        let parts: Vec<_> = path.iter().collect();
        parts
            .iter()
            .rposition(|part| *part == "node_modules")
            .is_some_and(|at| {
                parts
                    .get(at + 1)
                    .is_none_or(|next| *next != ".pnpm_patches")
            })
    };
    is_below(path) || fs::canonicalize(path).is_ok_and(|path| is_below(&path))
}

/// The edits of fixes that are wanted: what is not asked for is not changed.
fn wanted_edits<'a>(
    files: &'a [SourceFile],
    findings: &'a [Finding],
    wanted: Wanted,
) -> impl Iterator<Item = (&'a Finding, &'a [Edit])> {
    let is_asked = |edit: &Edit| files[edit.place.file.0 as usize].is_asked;
    findings.iter().filter_map(move |finding| {
        let fix = finding.fix.as_ref()?;
        let is_wanted = (fix.safe || wanted.is_unsafe_too)
            && !fix.edits.is_empty()
            && fix.edits.iter().all(is_asked);
        is_wanted.then_some((finding, fix.edits.as_slice()))
    })
}

/// Fixes until nothing is left to fix. Fails with what must not be fixed.
fn attempt(
    files: &[SourceFile],
    findings: &[Finding],
    wanted: Wanted,
    lint: &dyn Fn(&[SourceFile]) -> Analysis,
    bytes: &BTreeMap<usize, Vec<u8>>,
    barred: &BTreeSet<Identity>,
) -> Result<Fixed, Vec<Identity>> {
    let mut fixed = Fixed {
        changes: Vec::new(),
        files: files.to_vec(),
        analysis: None,
        count: 0,
        notes: Vec::new(),
    };
    let mut current = bytes.clone();
    for _ in 0..MAX_PASSES {
        let known = fixed
            .analysis
            .as_ref()
            .map_or(findings, |analysis| &analysis.findings);
        let chosen = choose(files, known, wanted, bytes, barred);
        if chosen.is_empty() {
            break;
        }
        let before = count(known);
        let changed = make(&mut fixed.files, &mut current, &chosen);
        let analysis = lint(&fixed.files);
        let failed = failed(&chosen, &changed, &before, &analysis, files);
        if !failed.is_empty() {
            return Err(failed);
        }
        fixed.count += chosen.len();
        fixed.analysis = Some(analysis);
    }
    for (index, before) in bytes {
        let after = &current[index];
        if after != before {
            fixed.changes.push(Change {
                path: files[*index].path.clone(),
                shown: files[*index].shown.clone(),
                before: before.clone(),
                after: after.clone(),
            });
        }
    }
    Ok(fixed)
}

/// The fixes that can be made at once, in the order of the findings.
fn choose(
    files: &[SourceFile],
    findings: &[Finding],
    wanted: Wanted,
    bytes: &BTreeMap<usize, Vec<u8>>,
    barred: &BTreeSet<Identity>,
) -> Vec<(Identity, Vec<Edit>)> {
    let mut chosen: Vec<(Identity, Vec<Edit>)> = Vec::new();
    for (finding, edits) in wanted_edits(files, findings, wanted) {
        let is_at_hand = edits
            .iter()
            .all(|edit| bytes.contains_key(&(edit.place.file.0 as usize)));
        let is_free = edits.iter().all(|edit| {
            chosen
                .iter()
                .all(|(_, others)| others.iter().all(|other| !edits::touch(edit, other)))
        });
        let identity = identity(finding);
        if is_at_hand && is_free && edits::are_apart(edits) && !barred.contains(&identity) {
            chosen.push((identity, edits.to_vec()));
        }
    }
    chosen
}

/// Makes the edits; gives the files that they change.
fn make(
    files: &mut [SourceFile],
    current: &mut BTreeMap<usize, Vec<u8>>,
    chosen: &[(Identity, Vec<Edit>)],
) -> BTreeSet<usize> {
    let mut edits: Vec<&Edit> = chosen.iter().flat_map(|(_, edits)| edits).collect();
    edits.sort();
    let mut changed = BTreeSet::new();
    for edits in edits.chunk_by(|one, next| one.place.file == next.place.file) {
        let index = edits[0].place.file.0 as usize;
        let file = &mut files[index];
        let made = edits::apply(file, &current[&index], edits);
        let decoded = SourceFile::decode(file.path.clone(), file.shown.clone(), made.clone());
        // Edits neither put another mark in front nor make a file much larger.
        if let Some(mut decoded) = decoded.file {
            decoded.is_asked = file.is_asked;
            *file = decoded;
            current.insert(index, made);
            changed.insert(index);
        }
    }
    changed
}

/// The fixes after which something is worse than before.
fn failed(
    chosen: &[(Identity, Vec<Edit>)],
    changed: &BTreeSet<usize>,
    before: &BTreeMap<Identity, usize>,
    analysis: &Analysis,
    files: &[SourceFile],
) -> Vec<Identity> {
    let after = count(&analysis.findings);
    let fixed = |identity: &Identity| chosen.iter().filter(|(it, _)| it == identity).count();
    let count_of = |counts: &BTreeMap<Identity, usize>, identity| {
        counts.get(identity).copied().unwrap_or_default()
    };
    // Files that have a finding more, or no longer parse.
    let mut worse: BTreeSet<usize> = after
        .iter()
        .filter(|(identity, count)| **count > count_of(before, identity))
        .map(|((_, file, _), _)| file.0 as usize)
        .collect();
    worse.extend(changed.iter().filter(|&&index| {
        let fails = |note: &Note| note.fails && note.path == files[index].shown;
        analysis.notes.iter().any(fails)
    }));
    let is_worse = |edits: &[Edit]| {
        edits
            .iter()
            .any(|edit| worse.contains(&(edit.place.file.0 as usize)))
    };
    let mut failed: Vec<Identity> = chosen
        .iter()
        .filter(|(identity, edits)| {
            count_of(&after, identity) + fixed(identity) > count_of(before, identity)
                || is_worse(edits)
        })
        .map(|(identity, _)| identity.clone())
        .collect();
    // A finding that is new in a file without edits may be due to any of them.
    if failed.is_empty() && !worse.is_empty() {
        failed = chosen
            .iter()
            .map(|(identity, _)| identity.clone())
            .collect();
    }
    failed.sort();
    failed.dedup();
    failed
}

fn count(findings: &[Finding]) -> BTreeMap<Identity, usize> {
    let mut counts = BTreeMap::new();
    for finding in findings {
        *counts.entry(identity(finding)).or_default() += 1;
    }
    counts
}
