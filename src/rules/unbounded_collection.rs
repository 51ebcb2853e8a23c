//! `rules/unbounded-collection.md` says what this rule reports and why.

mod cure;
mod evict;
mod openness;
mod partial;
mod signs;
mod silence;
mod weigh;
mod wording;

pub(super) use silence::silence;
pub(super) use wording::shape;

use rayon::prelude::*;

use super::Rule;
use crate::finding::{Confidence, Evidence, Finding, KeyType, Label, Severity};
use crate::program::{Collection, Domain, Guard, Insertion, Key, Lifetime, Program, Shape, Shrink};
use crate::summary::{OpIdx, OpKind};

pub(super) static RULE: Rule = Rule {
    id: "unbounded-collection",
    severity: Severity::Error,
    fixable: true,
    page: include_str!("../../rules/unbounded-collection.md"),
    judge,
};

fn judge(program: &Program) -> Vec<Finding> {
    program
        .collections()
        .par_iter()
        .filter(|collection| collection.lifetime == Lifetime::Process)
        // What is never read has a rule of its own; of a memoize helper the call is the better place.
        .filter(|collection| !collection.is_unread)
        .filter(|collection| !program.is_memory(collection))
        .filter_map(|collection| {
            Growth::of(program, collection).map(|growth| Finding {
                fix: cure::fix(program, collection, &growth),
                ..report(program, collection, &growth)
            })
        })
        .collect()
}

/// How a collection grows.
pub(super) struct Growth<'a> {
    insertions: Vec<(Insertion, Key)>,
    evidence: Vec<Evidence>,
    confidence: Confidence,
    key: KeyType,
    /// A collection that is filled together with it, and cleaned.
    beside: Option<&'a Collection>,
    /// Whether it grows only where the code is being developed.
    pub(super) is_development: bool,
}

impl<'a> Growth<'a> {
    /// The insertions that recurring code makes under keys that keep changing; none where something shrinks the collection.
    pub(super) fn of(program: &'a Program, collection: &Collection) -> Option<Self> {
        if program.is_told_bounded(collection) || shrinks(program, collection).is_some() {
            return None;
        }
        let mut insertions = Vec::new();
        let mut conditions = Vec::new();
        let mut is_development = true;
        for insertion in &collection.insertions {
            let Ok((key, guards)) = growing(program, collection, insertion) else {
                continue;
            };
            let function = program.function_of(insertion.op);
            is_development &=
                guards.contains(&Guard::Development) || program.is_development_only(function);
            insertions.push((*insertion, key));
            conditions.push(guards);
        }
        if insertions.is_empty() {
            return None;
        }
        let key = weigh::key_type(program, collection, &insertions);
        let beside = partial::cleaned_beside(program, collection, &insertions);
        let (confidence, evidence) = weigh::weigh(
            program,
            collection,
            &insertions,
            &conditions,
            key,
            beside,
            is_development,
        );
        Some(Self {
            insertions,
            evidence,
            confidence,
            key,
            beside,
            is_development,
        })
    }
}

impl Growth<'_> {
    /// Whether objects are used as names of properties.
    fn names_objects(&self, program: &Program, collection: &Collection) -> bool {
        let mut keys = self.insertions.iter().filter_map(|(it, _)| it.key);
        collection.shape == Shape::Object && keys.any(|key| program.is_proven_object(key))
    }

    /// Whether names and use suggest that it stops growing: few keys, or an insertion that sets things up.
    pub(super) fn has_few_keys(&self, program: &Program) -> bool {
        self.insertions.iter().all(|(insertion, key)| {
            key.domain == Domain::Hinted
                || signs::has_small_domain(program, insertion)
                || signs::few_by_use(program, insertion).is_some()
                || signs::is_under_document(program, insertion)
                || signs::is_registration(program, insertion)
                || program.names_file(insertion)
                || program.is_class_key(insertion)
        })
    }
}

/// Why an insertion does not make a collection grow without end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Harmless {
    /// Runs only while modules load.
    Once,
    /// Never runs: a constant says so.
    Never,
    /// Makes no more keys than the program's text says.
    Bounded(&'static str),
    /// Stands under a comparison of the number of entries with a limit.
    Sized,
    /// Stands under a question whether the key is one of a fixed set.
    Chosen,
    /// Adds one entry per module.
    Loader,
    /// Writes to entries that are there.
    Overwritten,
    /// Adds only where no element is free, and elements are set free.
    Pooled,
    /// Goes to another object, which its own call has made.
    Elsewhere,
    /// Adds only where another collection gains an element too, which has a verdict of its own.
    Beside,
}

/// The key of an insertion that may make the collection grow without end, and the conditions under which it runs.
fn growing(
    program: &Program,
    collection: &Collection,
    insertion: &Insertion,
) -> Result<(Key, Vec<Guard>), Harmless> {
    if !program.recurs(insertion.op) || insertion.via.is_some_and(|call| !program.recurs(call)) {
        return Err(Harmless::Once);
    }
    let key = key_of(program, collection, insertion).map_err(Harmless::Bounded)?;
    let guards = program.guards(collection, insertion);
    if guards.contains(&Guard::Never) {
        return Err(Harmless::Never);
    }
    if guards.contains(&Guard::Size) {
        return Err(Harmless::Sized);
    }
    if guards.contains(&Guard::Present)
        || program.is_own_key(collection, insertion)
        || program.is_vacated(collection, insertion)
    {
        return Err(Harmless::Overwritten);
    }
    if program.is_pooled(collection, insertion) {
        return Err(Harmless::Pooled);
    }
    if program.goes_to_own(collection, insertion) {
        return Err(Harmless::Elsewhere);
    }
    if guards.contains(&Guard::Beside) {
        return Err(Harmless::Beside);
    }
    if guards.contains(&Guard::Membership) {
        return Err(Harmless::Chosen);
    }
    if program.is_module_loader(program.function_of(insertion.op)) {
        return Err(Harmless::Loader);
    }
    Ok((found_by(insertion, key, &guards), guards))
}

/// `if (!list.some((it) => it.name === name)) list.push({ name })`: what is pushed has a key by which it is looked for.
fn found_by(insertion: &Insertion, key: Key, guards: &[Guard]) -> Key {
    match key.domain {
        Domain::FreshObject(_) if insertion.key.is_none() && guards.contains(&Guard::Absent) => {
            Key {
                domain: Domain::Open,
                of: KeyType::Unknown,
            }
        }
        _ => key,
    }
}

/// The key of an insertion, or why there are few.
fn key_of(
    program: &Program,
    collection: &Collection,
    insertion: &Insertion,
) -> Result<Key, &'static str> {
    if insertion.is_copy {
        return Ok(Key {
            domain: Domain::Open,
            of: KeyType::Unknown,
        });
    }
    let declared = collection
        .key_type
        .and_then(|declared| program.key_of_type(declared));
    if let Some(Key {
        domain: Domain::Bounded(reason),
        ..
    }) = declared
        && !insertion.is_nested
    {
        return Err(reason);
    }
    let key = match (collection.shape, insertion.key) {
        // The keys are those of the object that is copied.
        (_, None) if copies_unknown(program, insertion) => Key {
            domain: Domain::Open,
            of: KeyType::String,
        },
        // What is pushed is added, whether or not the like was there.
        (_, None) => insertion.value.map_or(
            Key {
                domain: Domain::Open,
                of: KeyType::Unknown,
            },
            |value| {
                let key = program.key(value);
                Key {
                    domain: key.domain.max(Domain::Open),
                    ..key
                }
            },
        ),
        (Shape::Object | Shape::Array, Some(key)) => match program.key(key) {
            // As a property name an object is its text.
            Key {
                domain: Domain::FreshObject(_),
                ..
            } => Key {
                domain: Domain::Open,
                of: KeyType::String,
            },
            key => key,
        },
        (_, Some(key)) => program.key(key),
    };
    let of = match declared {
        Some(declared) if key.of == KeyType::Unknown => declared.of,
        _ => key.of,
    };
    match key.domain {
        Domain::Bounded(reason) => Err(reason),
        _ => Ok(Key { of, ..key }),
    }
}

/// `Object.assign(table, what)`, where `what` is not written out.
fn copies_unknown(program: &Program, insertion: &Insertion) -> bool {
    let is_literal = |value: OpIdx| matches!(program.code.kind(value), OpKind::Object { .. });
    program.is_assign(insertion.op) && !insertion.value.is_some_and(is_literal)
}

/// The first of what runs and takes entries away.
pub(super) fn shrinks(program: &Program, collection: &Collection) -> Option<OpIdx> {
    let is_vain = |op: OpIdx, shrink: Shrink| {
        is_only_on_failure(program, collection, op)
            || leaves_hole(program, collection, op)
            || (shrink == Shrink::All && program.is_lone_clear(collection, op))
    };
    let found = collection
        .removals
        .iter()
        .find(|&&(op, shrink)| program.takes_away(op) && !is_vain(op, shrink));
    found.map(|(op, _)| *op)
}

/// `delete list[index]`, where what is added is pushed: the list is as long as before.
fn leaves_hole(program: &Program, collection: &Collection, removal: OpIdx) -> bool {
    collection.shape == Shape::Array
        && matches!(program.code.kind(removal), OpKind::DeleteIndex { .. })
        && collection
            .insertions
            .iter()
            .any(|insertion| insertion.key.is_none())
}

/// Whether a removal runs only where something has failed, and what is added does not.
fn is_only_on_failure(program: &Program, collection: &Collection, removal: OpIdx) -> bool {
    program.is_on_failure(removal)
        && !collection
            .insertions
            .iter()
            .any(|insertion| program.is_on_failure(insertion.op))
}

/// What the rule says of a collection that grows.
pub(super) fn report(program: &Program, collection: &Collection, growth: &Growth) -> Finding {
    let fails = collection
        .removals
        .iter()
        .any(|&(op, _)| is_only_on_failure(program, collection, op));
    let mut labels: Vec<Label> = growth
        .insertions
        .iter()
        .map(|(insertion, key)| Label {
            place: program.place(insertion.op),
            text: wording::grows_here(program, insertion, *key, fails),
        })
        .collect();
    labels.sort();
    labels.dedup();
    labels.extend(growth.beside.map(|beside| Label {
        place: beside.place,
        text: wording::is_cleaned(beside),
    }));
    Finding {
        rule: RULE.id,
        severity: if growth.confidence == Confidence::High {
            Severity::Error
        } else {
            Severity::Warning
        },
        confidence: growth.confidence,
        message: wording::message(collection, growth.key),
        help: match growth.beside {
            Some(beside) => wording::clean_with(beside),
            None if growth.names_objects(program, collection) => wording::OBJECT_NAMES.to_owned(),
            None => wording::help(collection, growth.key),
        },
        place: collection.place,
        note: wording::note(collection),
        binding: collection.binding.clone(),
        collection: wording::shape(collection.shape).to_owned(),
        scope: collection.scope,
        key: growth.key,
        evidence: growth.evidence.clone(),
        labels,
        fix: None,
        heap: None,
        allocated: None,
    }
}
