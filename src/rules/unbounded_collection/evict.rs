//! The edits that bound a collection: where it is full the entry that was added first goes; outside of a browser what
//! is meant for browsers is emptied.
//!
//! Must not weigh whether it needs a bound.

use rustc_hash::FxHashSet;

use super::Growth;
use crate::finding::{Edit, Fix, KeyType};
use crate::program::{Collection, Guard, Insertion, Program, Shape};
use crate::source::{FileIdx, Place, Span};
use crate::summary::{CallKind, FunctionIdx, OpIdx, OpKind, Statement};

/// How many entries are kept where nobody has said how many are to be.
const MAX: u32 = 1000;

/// What bounds a collection; none where no edit would.
pub(super) fn fix(program: &Program, collection: &Collection, growth: &Growth) -> Option<Fix> {
    let edits = match collection.shape {
        Shape::Map | Shape::Set if growth.key != KeyType::Object => {
            evictions(program, collection, growth)?
        }
        Shape::Object => wipes(program, collection, growth)?,
        Shape::Map | Shape::Set | Shape::Array => return None,
    };
    (!bounds_another(program, growth)).then_some(Fix { safe: false, edits })
}

/// Whether another collection is filled only where this one lacks something: where entries go, that one grows.
fn bounds_another(program: &Program, growth: &Growth) -> bool {
    let filling: FxHashSet<FunctionIdx> = growth
        .insertions
        .iter()
        .map(|(insertion, _)| program.function_of(insertion.op))
        .collect();
    program.collections().iter().any(|other| {
        other.insertions.iter().any(|insertion| {
            filling.contains(&program.function_of(insertion.op))
                && program.guards(other, insertion).contains(&Guard::Beside)
        })
    })
}

fn evictions(program: &Program, collection: &Collection, growth: &Growth) -> Option<Vec<Edit>> {
    if !is_builtin(program, collection.allocation) {
        return None;
    }
    let name = constant(&collection.binding)?;
    if program.has_name(&name) {
        return None;
    }
    let mut edits = vec![Edit {
        place: after_declaration(program, collection, growth)?,
        text: format!("\nconst {name} = {MAX};"),
    }];
    for (insertion, _) in &growth.insertions {
        let target = target(program, insertion)?;
        let file = collection.place.file;
        // The compiler cannot know that what is full has a first key.
        let sure = if program.modules[file.0 as usize].is_typescript {
            "!"
        } else {
            ""
        };
        let evict = format!(
            "if ({target}.size >= {name}) {target}.delete({target}.keys().next().value{sure});"
        );
        edits.extend(before(program, insertion, &evict)?);
    }
    Some(edits)
}

/// `new Map()`: a class that extends it may have other methods.
fn is_builtin(program: &Program, allocation: OpIdx) -> bool {
    let OpKind::Call {
        callee,
        kind: CallKind::New,
        ..
    } = program.code.kind(allocation)
    else {
        return false;
    };
    matches!(*program.code.kind(*callee), OpKind::Global(name) if matches!(program.text(name), "Map" | "Set"))
}

/// `requestCaches` is bounded by `MAX_REQUEST_CACHES`.
fn constant(binding: &str) -> Option<String> {
    let path = binding.strip_prefix("exports.").unwrap_or(binding);
    let mut name = "MAX".to_owned();
    let mut last = '.';
    for letter in path.chars() {
        match letter {
            '.' | '#' | '_' | '$' => {}
            letter if letter.is_ascii_alphanumeric() => {
                let begins_word = !last.is_ascii_alphanumeric()
                    || (letter.is_ascii_uppercase() && !last.is_ascii_uppercase());
                if begins_word {
                    name.push('_');
                }
                name.push(letter.to_ascii_uppercase());
            }
            _ => return None,
        }
        last = letter;
    }
    Some(name)
}

/// What the insertion adds to, as it is written.
fn target(program: &Program, insertion: &Insertion) -> Option<String> {
    if insertion.is_nested || insertion.is_copy || insertion.via.is_some() {
        return None;
    }
    match *program.code.kind(insertion.op) {
        OpKind::Call { callee, .. } => match *program.code.kind(callee) {
            OpKind::Member { object, name }
                if matches!(program.text(name), "set" | "add")
                    && program.code.optional.binary_search(&callee).is_err() =>
            {
                program.written(object)
            }
            _ => None,
        },
        OpKind::StoreIndex { object, .. } => program.written(object),
        _ => None,
    }
}

/// The end of the statement that declares the collection, in a list of statements that all insertions see.
fn after_declaration(program: &Program, collection: &Collection, growth: &Growth) -> Option<Place> {
    let sees_all = |statement: &&Statement| {
        statement.block.is_some_and(|block| {
            growth.insertions.iter().all(|(insertion, _)| {
                let at = program.place(insertion.op);
                at.file == collection.place.file
                    && block.start <= at.span.start
                    && at.span.end <= block.end
            })
        })
    };
    let statement = program.statements_around(collection.place).find(sees_all)?;
    Some(at(collection.place, statement.span.end))
}

/// Puts a statement before that of an insertion, in braces where only one may stand.
fn before(program: &Program, insertion: &Insertion, text: &str) -> Option<Vec<Edit>> {
    let statement = program.statement_of(insertion.op)?;
    let place = program.place(insertion.op);
    let edit = |offset, text| Edit {
        place: at(place, offset),
        text,
    };
    if statement.block.is_some() {
        return Some(vec![edit(statement.span.start, format!("{text}\n"))]);
    }
    Some(vec![
        edit(statement.span.start, format!("{{\n  {text}\n  ")),
        edit(statement.span.end, "\n}".to_owned()),
    ])
}

fn at(place: Place, offset: u32) -> Place {
    let span = Span {
        start: offset,
        end: offset,
    };
    Place { span, ..place }
}

/// What only browsers have.
const BROWSER: [&str; 5] = [
    "XMLHttpRequest",
    "document",
    "localStorage",
    "navigator",
    "window",
];

/// A dictionary of a module that is written for browsers is emptied before it grows elsewhere: on a server nothing ends
/// with a page.
fn wipes(program: &Program, collection: &Collection, growth: &Growth) -> Option<Vec<Edit>> {
    let places = growth.insertions.iter();
    let mut files: Vec<FileIdx> = places
        .map(|(insertion, _)| program.place(insertion.op).file)
        .collect();
    files.dedup();
    if !files.iter().all(|&file| names_browser(program, file)) {
        return None;
    }
    let mut edits = Vec::new();
    for (insertion, _) in &growth.insertions {
        let target = target(program, insertion)?;
        let wipe = format!(
            "if (typeof window === 'undefined') for (const key of Object.keys({target})) delete {target}[key];"
        );
        edits.extend(before(program, insertion, &wipe)?);
    }
    (!edits.is_empty() && collection.enumerations.is_empty()).then_some(edits)
}

/// Whether a module names what only browsers have.
fn names_browser(program: &Program, file: FileIdx) -> bool {
    let first = program.modules[file.0 as usize].function;
    let functions = (first.at()..program.code.functions.len())
        .map(|index| crate::summary::FunctionIdx(index as u32))
        .take_while(|&function| program.file_of(function) == file);
    let mut ops = functions.flat_map(|function| &program.facts.ops[function.at()]);
    ops.any(|&op| matches!(*program.code.kind(op), OpKind::Global(name) if BROWSER.contains(&program.text(name))))
}

#[cfg(test)]
mod tests {
    use super::constant;

    #[test]
    fn a_constant_is_named_for_what_it_bounds() {
        for (binding, expected) in [
            ("cache", Some("MAX_CACHE")),
            ("requestCaches", Some("MAX_REQUEST_CACHES")),
            ("exports.byURL", Some("MAX_BY_URL")),
            ("Registry.#items_2", Some("MAX_REGISTRY_ITEMS_2")),
            ("$cache", Some("MAX_CACHE")),
            ("stores[0]", None),
        ] {
            assert_eq!(constant(binding).as_deref(), expected, "{binding}");
        }
    }
}
