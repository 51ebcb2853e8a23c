//! The long-lived collections of a program as plain data, with what the rules made of each: what evidence from a running
//! process is tied to.
//!
//! Must not know where such evidence comes from.

use std::collections::BTreeMap;

use crate::config::Hidden;
use crate::finding::{Finding, Scope, Silence};
use crate::program::{Collection, Program};
use crate::rules;
use crate::source::{FileIdx, Place};
use crate::summary::{BindingKind, FunctionKind, OpIdx};

/// All that may be what a process holds.
#[derive(Clone, Debug, Default)]
pub struct Inventory {
    /// In the order of their allocation.
    pub collections: Vec<Item>,
    /// The variables of each file.
    pub variables: Vec<Variable>,
    /// The functions that remember their results.
    pub memos: Vec<Memoized>,
}

/// A function that remembers its results and lives as long as the process.
#[derive(Clone, Debug)]
pub struct Memoized {
    /// The name by which it is kept, if it has one.
    pub binding: Option<String>,
    /// The call that makes it.
    pub place: Place,
    /// As of a collection.
    pub silence: Option<Silence>,
    /// The functions whose results it may keep.
    pub functions: Vec<Place>,
}

/// A long-lived collection.
#[derive(Clone, Debug)]
pub struct Item {
    /// The name by which it is kept, as in a finding.
    pub binding: String,
    /// `Map`, `Set`, `Array`, `Object`.
    pub shape: &'static str,
    /// What owns it.
    pub scope: Scope,
    /// Its declaration.
    pub place: Place,
    /// Why no rule says anything of it, or why that is of low confidence; none if there is a finding.
    pub silence: Option<Silence>,
    /// The functions that use it, in the order of their places.
    pub users: Vec<User>,
}

/// A function that uses a collection.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct User {
    /// The whole function; of code outside of functions the whole module.
    pub place: Place,
    /// Its name; empty for none.
    pub name: String,
    /// Whether it adds entries.
    pub inserts: bool,
    /// Whether it is no function but the code around them.
    pub is_module: bool,
}

/// A variable.
#[derive(Clone, Debug)]
pub struct Variable {
    /// As written.
    pub name: String,
    /// Where it is declared: its name.
    pub place: Place,
    /// Whether it is at module scope.
    pub is_outermost: bool,
}

/// Where the finding on a collection is, if there is one: that may be on another build of the same code.
pub fn finding_on(findings: &[Finding], item: &Item) -> Option<usize> {
    let is_on_it = |it: &Finding| it.place == item.place && it.binding == item.binding;
    let position = findings.iter().position(is_on_it);
    let is_for_it = |it: &Finding| rules::copies::is_told_for(it, item.place);
    position.or_else(|| findings.iter().position(is_for_it))
}

/// Whether a finding is about the memoized function that is made at a place. One may be about all that a helper makes.
pub fn is_on_memo(finding: &Finding, made: Place) -> bool {
    finding.rule == rules::UNBOUNDED_MEMOIZE
        && (finding.place == made || finding.labels.iter().any(|it| it.place == made))
}

impl Inventory {
    /// Goes through the program once. `hides` says of a finding why it is not shown, where it is not.
    pub fn of(
        program: &Program,
        findings: &[Finding],
        hides: impl Fn(&Finding) -> Option<Hidden>,
    ) -> Self {
        let hidden = findings.iter().filter_map(|finding| {
            let silence = match hides(finding)? {
                Hidden::Off => Silence {
                    text: format!("the rule `{}` is off here", finding.rule),
                    place: None,
                },
                Hidden::Unsure => doubt(finding),
            };
            Some((
                (finding.place, finding.binding.as_str()),
                (finding, silence),
            ))
        });
        let hidden: BTreeMap<(Place, &str), (&Finding, Silence)> = hidden.collect();
        let collections = program.collections().iter().map(|collection| {
            let silence = rules::silent_reason(program, collection);
            let hidden = hidden.get(&(collection.place, collection.binding.as_str()));
            Item {
                binding: collection.binding.clone(),
                shape: rules::shape(collection.shape),
                scope: collection.scope,
                place: collection.place,
                silence: silence.or_else(|| hidden.map(|(_, silence)| silence.clone())),
                users: users(program, collection),
            }
        });
        Self {
            collections: collections.collect(),
            variables: variables(program),
            memos: memos(program, &hidden),
        }
    }

    /// The same where the files have other numbers.
    #[must_use]
    pub fn moved(mut self, to: impl Fn(FileIdx) -> FileIdx) -> Self {
        let moved = |place: &mut Place| place.file = to(place.file);
        for item in &mut self.collections {
            moved(&mut item.place);
            if let Some(place) = item.silence.as_mut().and_then(|it| it.place.as_mut()) {
                moved(place);
            }
            item.users
                .iter_mut()
                .for_each(|user| moved(&mut user.place));
        }
        self.variables
            .iter_mut()
            .for_each(|it| moved(&mut it.place));
        for memo in &mut self.memos {
            moved(&mut memo.place);
            if let Some(place) = memo.silence.as_mut().and_then(|it| it.place.as_mut()) {
                moved(place);
            }
            memo.functions.iter_mut().for_each(moved);
        }
        self
    }

    /// Adds what another program has.
    pub fn append(&mut self, other: Self) {
        self.collections.extend(other.collections);
        self.variables.extend(other.variables);
        self.memos.extend(other.memos);
    }

    /// The collections that are declared in a file.
    pub fn in_file(&self, file: FileIdx) -> impl Iterator<Item = (usize, &Item)> {
        let items = self.collections.iter().enumerate();
        items.filter(move |(_, item)| item.place.file == file)
    }
}

/// What speaks against a finding, as a reason for silence.
fn doubt(finding: &Finding) -> Silence {
    let against = finding.evidence.iter().filter(|it| !it.speaks_for);
    let against: Vec<&str> = against.map(|evidence| evidence.text.as_str()).collect();
    Silence {
        text: format!("low confidence: {}", against.join("; ")),
        place: None,
    }
}

fn users(program: &Program, collection: &Collection) -> Vec<User> {
    let mut inserts: BTreeMap<_, bool> = BTreeMap::new();
    let mut add = |op: OpIdx, adds: bool| {
        *inserts.entry(program.function_of(op)).or_default() |= adds;
    };
    for insertion in &collection.insertions {
        add(insertion.op, true);
        if let Some(call) = insertion.via {
            add(call, true);
        }
    }
    let removals = collection.removals.iter().map(|(op, _)| op);
    for op in collection
        .reads
        .iter()
        .chain(&collection.enumerations)
        .chain(removals)
    {
        add(*op, false);
    }
    let users = inserts.into_iter().map(|(function, inserts)| {
        let data = &program.code.functions[function.at()];
        User {
            place: Place {
                file: program.file_of(function),
                span: data.span,
            },
            name: data
                .name
                .map_or_else(String::new, |name| program.text(name).to_owned()),
            inserts,
            is_module: data.kind == FunctionKind::Module,
        }
    });
    let mut users: Vec<User> = users.collect();
    users.sort();
    users
}

fn memos(
    program: &Program,
    hidden: &BTreeMap<(Place, &str), (&Finding, Silence)>,
) -> Vec<Memoized> {
    let memos = program.memos().map(|memo| {
        let place = program.place(memo.made);
        let silence = rules::silent_memo(program, memo);
        Memoized {
            binding: memo.binding.clone(),
            place,
            silence: silence.or_else(|| {
                let hidden = hidden.values().find(|(it, _)| is_on_memo(it, place));
                hidden.map(|(_, silence)| silence.clone())
            }),
            functions: memo
                .wrapped
                .iter()
                .map(|function| Place {
                    file: program.file_of(*function),
                    span: program.code.functions[function.at()].span,
                })
                .collect(),
        }
    });
    memos.collect()
}

fn variables(program: &Program) -> Vec<Variable> {
    let holds = |kind: &BindingKind| {
        matches!(
            kind,
            BindingKind::Var | BindingKind::Let | BindingKind::Const
        )
    };
    program
        .code
        .bindings
        .iter()
        .filter(|binding| holds(&binding.kind))
        .map(|binding| Variable {
            name: program.text(binding.name).to_owned(),
            place: Place {
                file: program.file_of(binding.function),
                span: binding.span,
            },
            is_outermost: program.code.functions[binding.function.at()].kind
                == FunctionKind::Module,
        })
        .collect()
}
