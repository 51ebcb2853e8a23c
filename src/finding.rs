//! What a rule says of one collection, before it is rendered.
//!
//! Plain data between judge and report. Must not know how it is printed, nor how it was found.

use serde::Serialize;

use crate::source::{FileIdx, Place};

/// How sure a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Confidence {
    /// Kept for `--min-confidence low`.
    Low,
    /// Worth a look.
    Medium,
    /// What one would bet on.
    High,
}

/// What a finding does to the exit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Shown; fails only with `--deny-warnings` or `--max-warnings`.
    Warning,
    /// Fails the run.
    Error,
}

/// What owns the collection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Scope {
    /// A module-scope binding, or a property reached from one.
    Module,
    /// A property of `exports` or an exported object.
    Export,
    /// A static member of a class or a property of a function.
    Static,
    /// A field of a singleton.
    Field,
    /// A property of the global object.
    Global,
    /// A local of a function that ran while modules loaded, kept by a closure.
    Closure,
}

/// What the keys (of an array or a set: the elements) are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum KeyType {
    /// Objects or functions, proven.
    Object,
    /// Strings, proven.
    String,
    /// Numbers, proven.
    Number,
    /// Not known.
    Unknown,
}

/// One reason for or against a finding, in words.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Evidence {
    /// Whether it speaks for the finding.
    #[serde(rename = "for")]
    pub speaks_for: bool,
    /// The reason, lowercase, without a final stop.
    pub text: String,
}

/// A place that takes part in a finding, with what happens there.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Label {
    /// Where.
    pub place: Place,
    /// What happens there, lowercase, without a final stop: `grows here`.
    pub text: String,
}

/// One replacement of bytes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Edit {
    /// What is replaced; an empty span inserts.
    pub place: Place,
    /// The new text.
    pub text: String,
}

/// Edits that cure a finding.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fix {
    /// Whether the program's meaning stays as it was but for the growth.
    pub safe: bool,
    /// The edits, not overlapping.
    pub edits: Vec<Edit>,
}

/// Why a rule says nothing of a collection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Silence {
    /// The reason, lowercase, without a final stop: `entries are removed`.
    pub text: String,
    /// What shows it.
    pub place: Option<Place>,
}

/// What a heap snapshot shows of a collection.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Seen {
    /// How many entries there are.
    pub entries: u64,
    /// The bytes that would be free without it.
    pub retained_bytes: u64,
    /// The bytes that would be free if its keys were weak; none if they cannot be.
    pub freed_if_weak: Option<u64>,
    /// What all its keys are: the name of a class, `string`, `number`, or `mixed`; none for arrays.
    pub key_type: Option<String>,
    /// Whether it is so large, or has grown so, that the finding is confirmed.
    pub confirms: bool,
}

/// What a rule says of one collection.
#[derive(Clone, Debug)]
pub struct Finding {
    /// The rule's id.
    pub rule: &'static str,
    /// What it does to the exit code.
    pub severity: Severity,
    /// How sure it is.
    pub confidence: Confidence,
    /// What is wrong, lowercase, without a final stop.
    pub message: String,
    /// What to do, lowercase, without a final stop.
    pub help: String,
    /// The declaration of the collection: its name.
    pub place: Place,
    /// Why the declaration matters: `lives as long as the process`.
    pub note: String,
    /// The name as written: `cache`, `Registry.cache`, `store.items`, `exports.cache`.
    pub binding: String,
    /// `Map`, `Set`, `Array`, `Object`, or the name of a class; empty where the finding is about a comment.
    pub collection: String,
    /// What owns the collection.
    pub scope: Scope,
    /// What its keys are.
    pub key: KeyType,
    /// Why, for and against, strongest first.
    pub evidence: Vec<Evidence>,
    /// Each insertion and blocking use, in order of path and place.
    pub labels: Vec<Label>,
    /// What would cure it.
    pub fix: Option<Fix>,
    /// What a heap snapshot shows of it; none without one, and where it is not in there.
    pub heap: Option<Seen>,
    /// The bytes that were allocated under the functions that add to it; none without a profile.
    pub allocated: Option<u64>,
}

impl Finding {
    /// The same where the files have other numbers.
    #[must_use]
    pub fn moved(mut self, to: impl Fn(FileIdx) -> FileIdx) -> Self {
        let labels = self.labels.iter_mut().map(|label| &mut label.place);
        let fixes = self.fix.iter_mut().flat_map(|fix| &mut fix.edits);
        let edits = fixes.map(|edit| &mut edit.place);
        for place in labels.chain(edits).chain([&mut self.place]) {
            place.file = to(place.file);
        }
        self
    }
}
