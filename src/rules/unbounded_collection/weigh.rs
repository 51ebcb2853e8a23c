//! Confidence from evidence: what the rule puts on the scale, and how heavy it is.

use super::{openness, signs};
use crate::finding::{Confidence, Evidence, KeyType};
use crate::program::{Collection, Domain, Guard, Insertion, Key, Program, Shape};
use crate::rules::{evidence, words};

/// How many properties may lead to a collection before the way there is doubtful.
const MAX_DEPTH: usize = 3;

/// What the keys are, by all insertions.
pub(super) fn key_type(
    program: &Program,
    collection: &Collection,
    insertions: &[(Insertion, Key)],
) -> KeyType {
    if collection.shape == Shape::Object {
        return KeyType::String;
    }
    let declared = collection
        .key_type
        .and_then(|declared| program.key_of_type(declared))
        .map(|key| key.of);
    if let Some(of) = declared
        && of != KeyType::Unknown
    {
        return of;
    }
    let mut types = insertions
        .iter()
        .filter(|(insertion, _)| !insertion.is_nested)
        .map(|(_, key)| key.of);
    let first = types.next().unwrap_or(KeyType::Unknown);
    if types.all(|other| other == first) {
        first
    } else {
        KeyType::Unknown
    }
}

/// Weighs the evidence for and against; strongest first. `guards` are those of each insertion.
pub(super) fn weigh(
    program: &Program,
    collection: &Collection,
    insertions: &[(Insertion, Key)],
    guards: &[Vec<Guard>],
    key: KeyType,
    beside: Option<&Collection>,
    is_development: bool,
) -> (Confidence, Vec<Evidence>) {
    let mut scale = Scale {
        program,
        collection,
        insertions,
        guards,
        key,
        total: evidence::Scale::new(),
    };
    let is_registration = scale.all(signs::is_registration);
    // What an entry holds goes with it, where entries are set to nothing again.
    let lets_go = collection
        .insertions
        .iter()
        .any(|insertion| signs::lets_go(program, insertion));
    let fresh = insertions
        .iter()
        .filter(|(insertion, _)| !(lets_go && insertion.is_nested))
        .find_map(|(insertion, key)| match key.domain {
            // What a registrar is handed is often wrapped in the call; it is still called to set things up.
            Domain::Fresh(reason) | Domain::FreshObject(reason)
                if !is_registration && !signs::is_wrapped(program, insertion) =>
            {
                Some(reason)
            }
            _ => None,
        });
    scale.by_key(fresh, is_registration);
    if lets_go && fresh.is_none() && !scale.all(signs::lets_go) {
        scale.say(
            -35,
            "entries are set to nothing again: only their keys stay",
        );
    }
    if fresh.is_none() {
        scale.by_assumed_key(beside, is_registration);
    }
    scale.by_owner(fresh.is_some(), is_development);
    scale.total.done()
}

/// What is being weighed, and how it stands.
struct Scale<'a> {
    program: &'a Program,
    collection: &'a Collection,
    insertions: &'a [(Insertion, Key)],
    guards: &'a [Vec<Guard>],
    key: KeyType,
    total: evidence::Scale,
}

/// What an insertion shows, or does not.
type Sign = fn(&Program, &Insertion) -> bool;

impl Scale<'_> {
    /// Puts a reason on the scale: for the finding where the weight is positive.
    fn say(&mut self, weight: i32, text: impl Into<String>) {
        self.total.say(weight, text);
    }

    fn all(&self, sign: impl Fn(&Program, &Insertion) -> bool) -> bool {
        self.insertions
            .iter()
            .all(|(insertion, _)| sign(self.program, insertion))
    }

    fn any(&self, sign: impl Fn(&Program, &Insertion) -> bool) -> bool {
        self.insertions
            .iter()
            .any(|(insertion, _)| sign(self.program, insertion))
    }

    fn is_hinted(&self) -> bool {
        self.insertions
            .iter()
            .all(|(_, key)| key.domain == Domain::Hinted)
    }

    /// Whether all keys are documents, by the type of the collection or by where each comes from.
    fn is_under_document(&self) -> bool {
        let declared = self.collection.key_type;
        declared.is_some_and(|declared| self.program.is_document_type(declared))
            || self.all(signs::is_under_document)
    }

    /// What the keys are, where by their use there are few of each.
    fn few_by_use(&self) -> Option<Vec<&'static str>> {
        let insertions = self.insertions.iter();
        insertions
            .map(|(insertion, _)| signs::few_by_use(self.program, insertion))
            .collect()
    }

    /// What names and uses say of the keys, each for itself.
    fn by_signs(&mut self) {
        let of_all: [(Sign, i32, &str); 8] = [
            (
                signs::is_under_own_id,
                -28,
                "what it is given has its key, and is kept once per name",
            ),
            (
                signs::is_emptied,
                -45,
                "what adds an empty entry is named for taking away",
            ),
            (
                signs::spells_names,
                -45,
                "it remembers how names are spelled, of which there are few",
            ),
            (
                signs::is_property_name,
                -32,
                "the key is the name of a property of an object",
            ),
            (
                signs::is_of_hardware,
                -20,
                "by its name, the key is the address of a device",
            ),
            (
                signs::is_of_credentials,
                -20,
                "by its name, the key tells credentials apart, of which there are few",
            ),
            (
                Program::is_read_of_table,
                -35,
                "a table that nothing extends is read under the same key",
            ),
            (
                signs::is_of_given_list,
                -30,
                "its keys are of a list that nothing adds to",
            ),
        ];
        let of_any: [(Sign, i32, &str); 3] = [
            (
                Program::names_file,
                -30,
                "by its use, the key is a path or the name of a module",
            ),
            (Program::is_class_key, -50, "by its use, the key is a class"),
            (
                signs::is_validated,
                -32,
                "what makes the value accepts few keys",
            ),
        ];
        for (sign, weight, text) in of_all {
            if self.all(sign) {
                self.say(weight, text);
            }
        }
        for (sign, weight, text) in of_any {
            if self.any(sign) {
                self.say(weight, text);
            }
        }
    }

    /// What is proven of the key, and what its use says.
    fn by_key(&mut self, fresh: Option<&str>, is_registration: bool) {
        let is_keyed = matches!(self.collection.shape, Shape::Map | Shape::Set);
        let is_pushed = self.insertions.iter().all(|(insertion, key)| {
            insertion.key.is_none()
                && matches!(key.domain, Domain::FreshObject(_))
                && !self
                    .program
                    .is_handled(self.program.function_of(insertion.op))
        });
        match fresh {
            // What is pushed may be what sets things up, once; a new key of a map is never found again.
            Some(reason) => self.say(
                if is_pushed { 20 } else { 30 },
                format!("each call adds {reason}, which never repeats"),
            ),
            None if self.is_under_document() => {
                let (weight, text) = evidence::OF_DOCUMENTS;
                self.say(weight, text);
            }
            None if is_keyed
                && self.key == KeyType::Object
                && !is_registration
                && !self.is_hinted() =>
            {
                self.say(25, "key is an object");
            }
            None => self.say(5, "key comes from callers"),
        }
        if is_pushed && fresh.is_some() && !self.any(signs::happens_often) {
            self.say(-32, "nothing shows how often it is called");
        }
        let is_set_up = |program: &Program, insertion: &Insertion| {
            program.is_named_at_load(program.function_of(insertion.op))
                && (fresh.is_none() || signs::is_given(program, insertion))
        };
        if self.all(is_set_up) {
            self.say(-35, "the calls that are seen are made while modules load");
        }
        self.by_signs();
        self.by_circumstances();
        if is_registration {
            self.say(
                -40,
                "looks like a registrar: it stores what it is given, once per name",
            );
        } else if self.key != KeyType::Object && self.all(signs::has_small_domain) {
            self.say(-30, "by its name, the key has few values");
        } else if let Some([what, ..]) = self.few_by_use().as_deref() {
            let (weight, text) = evidence::taken_as(what);
            self.say(weight, text);
        }
        if self.guards.iter().any(|it| it.contains(&Guard::Absent)) {
            self.say(5, "each new key adds an entry");
        }
    }

    /// What the code around an insertion says of how often it runs.
    fn by_circumstances(&mut self) {
        if self.any(signs::is_decoration) {
            self.say(
                -50,
                "by its parameters, it decorates a class: it runs once per declaration",
            );
        }
        let is_of_warnings = words::warns(&self.collection.binding);
        let is_warned_once = |program: &Program, insertion: &Insertion| {
            signs::is_mark(program, insertion)
                && (is_of_warnings || signs::warns_beside(program, insertion))
        };
        if self.all(is_warned_once) && !self.any(openness::is_brought) {
            self.say(-32, "it remembers what has been warned of");
        }
        for (guard, weight, text) in [
            (
                Guard::Switched,
                -30,
                "grows only where an environment variable asks for it",
            ),
            (
                Guard::Unset,
                -45,
                "grows only where something is set that nothing here sets",
            ),
            (
                Guard::Unbrought,
                -10,
                "grows only where callers bring what no call here brings",
            ),
            (
                Guard::Until,
                -35,
                "grows only until a flag is set, which nothing takes back",
            ),
        ] {
            if self.guards.iter().all(|it| it.contains(&guard)) {
                self.say(weight, text);
            }
        }
    }

    /// What is assumed of a key that callers bring.
    fn by_assumed_key(&mut self, beside: Option<&Collection>, is_registration: bool) {
        if self.is_hinted() {
            self.say(
                -35,
                "each call that was found passes a literal or a constant",
            );
        }
        let is_keyed = matches!(self.collection.shape, Shape::Map | Shape::Set);
        if !is_keyed || self.key != KeyType::Object || is_registration {
            let mut guarded = self.insertions.iter().zip(self.guards);
            let pushes = |insertion: &Insertion, guards: &[Guard]| {
                insertion.key.is_none() && !guards.contains(&Guard::Absent)
            };
            let is_pushed = guarded.clone().any(|((insertion, _), guards)| {
                pushes(insertion, guards) && !signs::is_handed_over(self.program, insertion)
            });
            let is_event = self.collection.shape == Shape::Array
                && guarded.all(|((insertion, _), guards)| {
                    let function = self.program.function_of(insertion.op);
                    pushes(insertion, guards)
                        && self.program.is_handled(function)
                        && signs::is_given(self.program, insertion)
                });
            let beside = beside.filter(|_| !self.all(openness::is_few));
            if let Some(beside) = beside {
                self.say(
                    30,
                    format!("`{}`, filled with the same key, is cleaned", beside.binding),
                );
            }
            let signs = openness::openness(self.program, self.collection, self.insertions);
            // That the other one needs cleaning says enough of the keys.
            let is_unknown = signs.is_empty() && beside.is_none();
            if is_unknown && is_pushed && self.any(signs::is_run_often) {
                self.say(5, "a handler of requests or a timer adds to it");
            } else if is_unknown && is_event {
                self.say(
                    -10,
                    "nothing shows how often the event comes that adds to it",
                );
            } else if is_unknown && is_pushed {
                self.say(-16, "nothing shows how often it is called");
            } else if is_unknown {
                self.say(-22, "nothing shows that there are many different keys");
            }
            for (weight, text) in signs {
                self.say(weight, text);
            }
        }
        if !is_registration && self.all(signs::is_kept_for_caller) {
            self.say(-32, "it stores what it is given under the name it is given");
        }
        if self.all(|program, insertion| {
            program.is_assign(insertion.op)
                || program.copies_property(insertion)
                || program.merges(insertion)
        }) {
            self.say(-25, "the properties of another object are copied");
        }
        if self.key != KeyType::Object
            && self.all(signs::is_flag)
            && !self.any(openness::is_put_together)
        {
            self.say(-32, "entries are mere marks");
        }
    }

    /// Where the collection is, and who else has it.
    fn by_owner(&mut self, is_fresh: bool, is_development: bool) {
        let (program, collection) = (self.program, self.collection);
        if is_development {
            let (weight, text) = evidence::IN_DEVELOPMENT;
            self.say(weight, text);
        }
        self.total
            .by_module(program, program.place(collection.allocation), false);
        if program.is_function(collection.site) {
            self.say(-45, "it is a function, which is seldom a dictionary");
        }
        if !collection.passed.is_empty() {
            self.say(-50, "it is handed to code that is not analysed");
        }
        if collection
            .removals
            .iter()
            .any(|&(op, _)| program.takes_away(op) && program.is_lone_clear(collection, op))
        {
            self.say(-45, "a function empties it, but nothing here calls that");
        }
        if program.has_other_instances(collection) {
            self.say(
                -60,
                "its class also makes instances per call, and what grows may be theirs",
            );
        }
        if program.is_made_per_call(collection) {
            let (weight, text) = evidence::MADE_PER_CALL;
            self.say(weight, text);
        }
        if program.depth_of(collection) > MAX_DEPTH {
            self.say(-50, "it is held by way of many others");
        }
        if program.is_held_by_guess(collection) {
            self.say(-50, "the code that keeps it may mean many other objects");
        }
        if self.all(Program::is_added_by_guess) {
            self.say(
                -40,
                "the code that adds to it may mean many other collections",
            );
        }
        if !is_fresh && words::is_registry(&collection.binding) {
            self.say(-32, "by its name, it holds what a program is made of");
        }
        if self.any(Program::has_weak_twin) {
            self.say(-45, "objects go to a weak collection beside it");
        }
        if collection.is_exported && !is_fresh {
            self.say(-5, "importers can reach it");
        }
    }
}
