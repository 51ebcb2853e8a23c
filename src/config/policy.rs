//! What becomes of the findings of each file: which rules are on, how heavy they are, and how sure a finding must be.
//!
//! Plain data, looked up by path. Must not know how it was given.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::finding::{Confidence, Finding, Severity};
use crate::program::Told;
use crate::rules;
use crate::source::SourceFile;

/// What becomes of the findings of a rule.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// They are not shown.
    Off,
    /// Those of high confidence are errors, the others warnings.
    #[default]
    On,
    /// All are warnings.
    Warn,
    /// All are errors.
    Error,
}

/// Why a finding is not shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hidden {
    /// Its rule is off in its file.
    Off,
    /// It is less sure than was asked for.
    Unsure,
}

/// What is said of a rule.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Setting {
    /// What becomes of its findings.
    pub level: Level,
    /// How sure they must be, where that differs from other rules.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min_confidence: Option<Confidence>,
}

/// What holds in a file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Policy {
    /// Findings below this are not shown.
    pub min_confidence: Confidence,
    /// By id; a rule that is not here is on.
    pub rules: BTreeMap<&'static str, Setting>,
    /// What is said of its code.
    #[serde(flatten)]
    pub told: Told,
    /// Whether an override says something of the rules there.
    #[serde(skip)]
    pub is_overridden: bool,
}

/// What holds in each file of a run.
#[derive(Clone, Debug)]
pub struct Policies {
    /// The first one holds where nothing else is said.
    all: Vec<Policy>,
    of_path: BTreeMap<PathBuf, usize>,
}

impl Policy {
    /// All rules are on.
    pub fn new(min_confidence: Confidence) -> Self {
        Self {
            min_confidence,
            rules: BTreeMap::new(),
            told: Told::default(),
            is_overridden: false,
        }
    }

    /// What is said of a rule.
    pub fn setting(&self, rule: &str) -> Setting {
        self.rules.get(rule).copied().unwrap_or_default()
    }

    /// Says this of a rule; options that it does not name stay.
    pub fn set(&mut self, rule: &'static str, setting: Setting) {
        let known = self.rules.entry(rule).or_default();
        known.level = setting.level;
        known.min_confidence = setting.min_confidence.or(known.min_confidence);
    }

    /// Whether no finding can be shown.
    pub fn is_silent(&self) -> bool {
        let mut rules = rules::all().iter();
        rules.all(|rule| self.setting(rule.id).level == Level::Off)
    }

    /// Whether no finding of low confidence is to be shown.
    pub(crate) fn hides_unsure(&self) -> bool {
        let mut rules = rules::all().iter();
        rules.all(|rule| self.least(rule.id) != Some(Confidence::Low))
    }

    /// Why a finding is not to be shown; none for one that is.
    pub(crate) fn hides(&self, finding: &Finding) -> Option<Hidden> {
        match self.least(finding.rule) {
            None => Some(Hidden::Off),
            Some(least) => (finding.confidence < least).then_some(Hidden::Unsure),
        }
    }

    /// How sure the findings of a rule must be; none where it is off.
    fn least(&self, rule: &str) -> Option<Confidence> {
        let setting = self.setting(rule);
        (setting.level != Level::Off).then(|| setting.min_confidence.unwrap_or(self.min_confidence))
    }
}

impl Policies {
    /// The same in all files.
    pub fn uniform(policy: Policy) -> Self {
        Self {
            all: vec![policy],
            of_path: BTreeMap::new(),
        }
    }

    /// Says what holds in a file.
    pub fn insert(&mut self, path: PathBuf, policy: Policy) {
        let known = self.all.iter().position(|known| *known == policy);
        let at = known.unwrap_or_else(|| {
            self.all.push(policy);
            self.all.len() - 1
        });
        self.of_path.insert(path, at);
    }

    /// What holds in the file of this path, as opened.
    pub fn of(&self, path: &Path) -> &Policy {
        &self.all[self.of_path.get(path).copied().unwrap_or(0)]
    }

    /// Why a finding in a file is not to be shown; none for one that is.
    pub fn hides(&self, finding: &Finding, file: &SourceFile) -> Option<Hidden> {
        self.of(&file.path).hides(finding)
    }

    /// Gives findings the severity that was asked for.
    pub fn settle(&self, findings: &mut [Finding], files: &[SourceFile]) {
        for finding in findings {
            let file = &files[finding.place.file.0 as usize];
            match self.of(&file.path).setting(finding.rule).level {
                Level::Warn => finding.severity = Severity::Warning,
                Level::Error => finding.severity = Severity::Error,
                Level::Off | Level::On => {}
            }
        }
    }
}
