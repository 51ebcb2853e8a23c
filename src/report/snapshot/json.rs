//! A report as one JSON object, version 1.

use std::io::{self, Write};

use serde::Serialize;

use super::{Report, nearest, type_of};
use crate::evidence::{Standing, Tie};
use crate::heap::{Binding, Constructor, Facts, Function, Growth, Owner, Part, Step, why};

#[derive(Serialize)]
struct Document<'a> {
    version: u32,
    #[serde(flatten)]
    told: Told<'a>,
}

/// What is told of snapshots.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Told<'a> {
    heap: &'a Facts,
    /// All snapshots in their order, if there are several.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    heaps: Vec<&'a Facts>,
    collections: Vec<Collection>,
    /// What is in an earlier snapshot only, if there are several.
    #[serde(skip_serializing_if = "Option::is_none")]
    gone: Option<Vec<Gone>>,
    constructors: Vec<Class>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Collection {
    name: String,
    kind: String,
    owner: Owner,
    script: Option<String>,
    /// The file and line of the declaration are known where there are sources.
    path: Option<String>,
    line: Option<u32>,
    line_of: Option<&'static str>,
    functions: Vec<Function>,
    /// The class that has the field.
    field_of: Option<Function>,
    /// Another function that the closure's scope holds.
    beside: Option<Function>,
    instances: u32,
    entries: u64,
    entries_exact: bool,
    retained_bytes: u64,
    freed_if_emptied: u64,
    freed_if_weak: Option<u64>,
    keys_only_here: Option<u64>,
    key_type: Option<String>,
    value_type: Option<String>,
    keys: Vec<Part>,
    values: Vec<Part>,
    /// With tracked allocations only: where most of the keys and values were allocated.
    #[serde(skip_serializing_if = "Option::is_none")]
    allocated_in: Option<Function>,
    why: String,
    growth: Vec<Grown>,
    #[serde(skip_serializing_if = "Option::is_none")]
    is_new: Option<bool>,
    /// With sources only.
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<Source>,
}

/// What the sources say of a collection.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Source {
    /// `confirmed`, `bounded`, `minor`: there is a finding; `silent`: there is none; `unknown`: it was not found.
    standing: &'static str,
    reason: Option<String>,
    original_name: Option<String>,
    remark: Option<String>,
    /// Counted from 0, in `findings`.
    finding: Option<usize>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Grown {
    entries: i64,
    retained_bytes: i64,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Gone {
    name: String,
    owner: Owner,
    script: Option<String>,
    growth: Vec<Grown>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Class {
    name: String,
    count: u64,
    shallow_bytes: u64,
    retained_bytes: u64,
    script: Option<String>,
    line: Option<u32>,
}

/// Writes one object, and a line feed.
///
/// # Errors
/// Those of `out`.
pub fn json(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let document = Document {
        version: 1,
        told: told(report, &[]),
    };
    serde_json::to_writer_pretty(&mut *out, &document)?;
    out.write_all(b"\n")
}

/// All that is told; `ties` are those of the last snapshot, or none without sources.
pub fn told<'a>(report: &Report<'a>, ties: &[Tie]) -> Told<'a> {
    let growth = report.growth_by_identity();
    let has_growth = report.surveys.len() > 1;
    Told {
        heap: &report.last.facts,
        heaps: report
            .surveys
            .iter()
            .map(|survey| &survey.facts)
            .filter(|_| has_growth)
            .collect(),
        collections: report
            .bindings()
            .map(|(at, binding)| {
                let growth = growth.get(&binding.identity()).copied();
                let told = collection(report, binding, growth);
                match ties.get(at) {
                    Some(tie) => tied(told, tie),
                    None => told,
                }
            })
            .collect(),
        gone: has_growth.then(|| {
            let gone = report.growth.iter().filter(|growth| growth.is_gone());
            gone.map(|growth| Gone {
                name: report.name(growth.identity.name(), growth.identity.is_field()),
                owner: growth.identity.owner(),
                script: growth.identity.script().map(|script| report.script(script)),
                growth: steps(growth),
            })
            .collect()
        }),
        constructors: report.constructors().map(|it| class(report, it)).collect(),
    }
}

/// With what the sources say of it.
fn tied(told: Collection, tie: &Tie) -> Collection {
    let declared = tie.declared.as_ref();
    let (standing, reason) = match &tie.standing {
        Standing::Confirmed => ("confirmed", None),
        Standing::Bounded => ("bounded", None),
        Standing::Minor => ("minor", None),
        Standing::Silent(reason) => ("silent", Some(reason.clone())),
        Standing::Unknown(reason) => ("unknown", Some(reason.clone())),
    };
    let (line, line_of) = match declared {
        Some(declared) => (Some(declared.line), Some("declaration")),
        None => (told.line, told.line_of),
    };
    Collection {
        path: declared.map(|declared| declared.path.clone()),
        line,
        line_of,
        source: Some(Source {
            standing,
            reason,
            original_name: declared.and_then(|declared| declared.name.clone()),
            remark: tie.remark.clone(),
            finding: tie.finding,
        }),
        ..told
    }
}

fn collection(report: &Report, binding: &Binding, growth: Option<&Growth>) -> Collection {
    let nearest = nearest(binding);
    let function = |function: &Function| function_of(report, function);
    let parts = |parts: &[Part]| {
        let mut parts = parts.to_vec();
        for part in &mut parts {
            part.class = part.class.as_ref().map(function);
        }
        parts
    };
    Collection {
        name: report.name(&binding.name, binding.owner == Owner::Field),
        kind: binding.class.clone(),
        owner: binding.owner,
        script: binding
            .script
            .as_deref()
            .map(|script| report.script(script)),
        path: None,
        line: nearest.and_then(|function| function.line),
        line_of: nearest
            .and_then(|function| function.line)
            .map(|_| "function"),
        functions: binding.functions.iter().map(function).collect(),
        field_of: binding.holder.as_ref().map(function),
        beside: binding.beside.as_ref().map(function),
        instances: binding.instances,
        entries: binding.entries,
        entries_exact: binding.is_exact,
        retained_bytes: binding.retained_bytes,
        freed_if_emptied: binding.entries_bytes,
        freed_if_weak: binding.if_weak.map(|weak| weak.bytes),
        keys_only_here: binding.if_weak.map(|weak| weak.entries),
        key_type: type_of(&binding.keys).map(str::to_owned),
        value_type: type_of(&binding.values).map(str::to_owned),
        keys: parts(&binding.keys),
        values: parts(&binding.values),
        allocated_in: binding.allocated.as_ref().map(|it| function(&it.function)),
        why: report.name_in(&why(binding), binding),
        growth: growth.map(steps).unwrap_or_default(),
        is_new: growth.map(Growth::is_new),
        source: None,
    }
}

fn steps(growth: &Growth) -> Vec<Grown> {
    let grown = |step: Step| Grown {
        entries: step.entries,
        retained_bytes: step.retained_bytes,
    };
    growth.steps().into_iter().map(grown).collect()
}

fn function_of(report: &Report, function: &Function) -> Function {
    Function {
        script: function
            .script
            .as_deref()
            .map(|script| report.script(script)),
        ..function.clone()
    }
}

fn class(report: &Report, constructor: &Constructor) -> Class {
    let class = constructor.class.as_ref();
    let script = class.and_then(|class| class.script.as_deref());
    Class {
        name: constructor.name.clone(),
        count: constructor.count,
        shallow_bytes: constructor.shallow_bytes,
        retained_bytes: constructor.retained_bytes,
        script: script.map(|script| report.script(script)),
        line: class
            .and_then(|class| class.line)
            .filter(|_| script.is_some()),
    }
}
