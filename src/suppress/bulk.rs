//! Findings that were there when the linter came, by number: `leaklint-suppressions.json`.
//!
//! The file is of the shape that `ESLint` gives its own: `{ "src/a.ts": { "unbounded-collection": { "count": 1 } } }`.
//! Counts stay right when lines move. Must not know how findings are printed.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process;

use serde::{Deserialize, Serialize};

use crate::discover;
use crate::finding::Finding;
use crate::inventory::Inventory;
use crate::rules;
use crate::source::{FileIdx, SourceFile};
use crate::{Note, finding::Silence};

/// The name of the file.
pub const NAME: &str = "leaklint-suppressions.json";

/// What a run does with the file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// Suppresses what it says.
    #[default]
    Apply,
    /// Writes down all findings first.
    SuppressAll,
    /// Takes out what is no longer found, and no more.
    Prune,
}

/// Why the file is of no use.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// It is there and cannot be read.
    #[error("`{}` cannot be read: {}", .0.display(), discover::plain(.1))]
    Read(PathBuf, io::Error),
    /// It is not of the shape that it should be.
    #[error("`{}` is no list of suppressions: {}", .0.display(), .1)]
    Parse(PathBuf, serde_json::Error),
    /// It cannot be written.
    #[error("`{}` cannot be written: {}", .0.display(), discover::plain(.1))]
    Write(PathBuf, io::Error),
}

/// The file.
#[derive(Debug)]
pub struct Bulk {
    path: PathBuf,
    /// How it is called in messages.
    shown: String,
    /// The folder that its paths are relative to.
    base: discover::Base,
    counts: Counts,
}

/// By path and rule.
type Counts = BTreeMap<String, BTreeMap<String, Count>>;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Count {
    count: usize,
}

/// What the file did to a run.
#[derive(Debug, Default)]
pub struct Applied {
    /// The findings that are not shown.
    pub suppressed: Vec<Finding>,
    /// What is to be told.
    pub notes: Vec<Note>,
}

impl Bulk {
    /// Whether it says nothing.
    pub fn is_empty(&self) -> bool {
        self.counts.is_empty()
    }

    /// The file of a folder: there, or in the closest folder above it that belongs to the same repository.
    ///
    /// # Errors
    /// When it is there and cannot be read or is not of its shape.
    pub fn open(folder: &Path) -> Result<Self, Error> {
        let top = discover::repository(folder).unwrap_or(folder);
        let mut holders = folder.ancestors().take_while(|it| it.starts_with(top));
        let holder = holders.find(|it| it.join(NAME).is_file()).unwrap_or(folder);
        let path = holder.join(NAME);
        let counts = match fs::read(&path) {
            Ok(bytes) => {
                serde_json::from_slice(&bytes).map_err(|error| Error::Parse(path.clone(), error))?
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => Counts::new(),
            Err(error) => return Err(Error::Read(path, error)),
        };
        Ok(Self {
            shown: discover::Base::new(folder).show(&path, &path),
            base: discover::Base::new(holder),
            path,
            counts,
        })
    }

    /// Takes the findings out that the file suppresses. Only what it says of the `files` that were asked for is compared or
    /// changed; what is `hidden` for this run alone is not gone.
    ///
    /// # Errors
    /// When the file is to be changed and cannot be written.
    pub fn apply(
        &mut self,
        mode: Mode,
        files: &[SourceFile],
        findings: &mut Vec<Finding>,
        hidden: &[Finding],
        inventory: &mut Inventory,
    ) -> Result<Applied, Error> {
        if mode == Mode::Apply && self.counts.is_empty() {
            return Ok(Applied::default());
        }
        let names: Vec<String> = files.iter().map(|file| self.name_of(file)).collect();
        let asked = names.iter().zip(files).filter(|(_, file)| file.is_asked);
        let asked: BTreeSet<String> = asked.map(|(name, _)| name.clone()).collect();
        let found = count(&names, findings.iter());
        let there = count(&names, findings.iter().chain(hidden));
        let before = self.counts.clone();
        match mode {
            Mode::Apply => {}
            Mode::SuppressAll => {
                self.counts.retain(|path, _| !asked.contains(path));
                let new = found.iter().filter(|(path, _)| asked.contains(*path));
                self.counts
                    .extend(new.map(|(path, rules)| (path.clone(), rules.clone())));
            }
            Mode::Prune => self.prune(&asked, &there),
        }
        if self.counts != before {
            self.write()?;
        }
        let mut applied = Applied::default();
        self.note_changes(&asked, &found, &there, &mut applied);
        self.suppress(&names, &found, findings, inventory, &mut applied);
        Ok(applied)
    }

    fn prune(&mut self, asked: &BTreeSet<String>, there: &Counts) {
        let base = &self.base;
        self.counts.retain(|path, rules| {
            if !asked.contains(path) {
                return base.join(path).exists();
            }
            rules.retain(|rule, count| {
                count.count = count.count.min(number(there, path, rule));
                count.count > 0
            });
            !rules.is_empty()
        });
    }

    /// Says what is no longer found, and of which rules more is found than was suppressed.
    fn note_changes(
        &self,
        asked: &BTreeSet<String>,
        found: &Counts,
        there: &Counts,
        applied: &mut Applied,
    ) {
        let mut gone = 0;
        for (path, rules) in &self.counts {
            if !asked.contains(path) && self.base.join(path).exists() {
                continue;
            }
            for (rule, &Count { count }) in rules {
                let number = number(found, path, rule);
                gone += count.saturating_sub(self::number(there, path, rule));
                if number > count {
                    applied.notes.push(self.note(format!(
                        "`{path}` has {number} findings of `{rule}` and {count} suppressed: which are new cannot be told, all are shown"
                    )));
                }
            }
        }
        if gone > 0 {
            let (noun, verb) = if gone == 1 {
                ("finding", "is")
            } else {
                ("findings", "are")
            };
            applied.notes.push(self.note(format!(
                "{gone} suppressed {noun} {verb} gone (--prune-suppressions takes them out)"
            )));
        }
    }

    fn suppress(
        &self,
        names: &[String],
        found: &Counts,
        findings: &mut Vec<Finding>,
        inventory: &mut Inventory,
        applied: &mut Applied,
    ) {
        let is_suppressed = |finding: &Finding| {
            let path = &names[finding.place.file.0 as usize];
            let count = number(&self.counts, path, finding.rule);
            count > 0 && count >= number(found, path, finding.rule)
        };
        let (gone, kept): (Vec<Finding>, Vec<Finding>) =
            findings.drain(..).partition(is_suppressed);
        *findings = kept;
        for item in &mut inventory.collections {
            let of = |it: &Finding| (it.place, &it.binding) == (item.place, &item.binding);
            if gone.iter().any(of) {
                item.silence = Some(Silence {
                    text: format!("suppressed in `{}`", self.shown),
                    place: None,
                });
            }
        }
        applied.suppressed = gone;
    }

    fn note(&self, text: String) -> Note {
        Note {
            path: self.shown.clone(),
            at: None,
            text,
            fails: false,
        }
    }

    /// How the file calls a file.
    fn name_of(&self, file: &SourceFile) -> String {
        let real = file.path.canonicalize();
        self.base
            .show(&file.path, real.as_ref().unwrap_or(&file.path))
    }

    /// Writes all of the file or nothing.
    fn write(&self) -> Result<(), Error> {
        let failed = |error| Error::Write(self.path.clone(), error);
        if self.counts.is_empty() {
            return match fs::remove_file(&self.path) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => Err(failed(error)),
                _ => Ok(()),
            };
        }
        let draft = self.path.with_extension(format!("json.{}", process::id()));
        let written = File::create(&draft).and_then(|mut file| {
            serde_json::to_writer_pretty(&mut file, &self.counts)?;
            file.write_all(b"\n")?;
            fs::rename(&draft, &self.path)
        });
        written.map_err(|error| {
            // What is left of the draft is of no use; why it is there is told.
            let _ = fs::remove_file(&draft);
            failed(error)
        })
    }
}

/// How many findings of each rule each file has, what is wrong with comments left out: that is cured at once.
fn count<'a>(names: &[String], findings: impl Iterator<Item = &'a Finding>) -> Counts {
    let mut counts = Counts::new();
    for finding in findings {
        if !rules::is_on_comments(finding.rule) {
            let FileIdx(file) = finding.place.file;
            let rules = counts.entry(names[file as usize].clone()).or_default();
            let count = rules.entry(finding.rule.to_owned());
            count.or_insert(Count { count: 0 }).count += 1;
        }
    }
    counts
}

fn number(counts: &Counts, path: &str, rule: &str) -> usize {
    let rules = counts.get(path);
    rules
        .and_then(|rules| rules.get(rule))
        .map_or(0, |it| it.count)
}
