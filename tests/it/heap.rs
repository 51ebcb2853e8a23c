//! Heap snapshots that real programs wrote. How many entries a collection has is read from the program that filled it.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::sync::{Mutex, OnceLock};

use leaklint::heap::{Binding, Heap, Owner, Runtime, Survey, growth, why};

const NODES: [u32; 5] = [18, 20, 22, 24, 26];

pub(crate) fn fixture(name: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("fixtures/heap");
    folder.join(name)
}

/// Each snapshot is read once for all tests.
fn survey(name: &str) -> &'static Survey {
    static SURVEYS: Mutex<BTreeMap<String, &'static OnceLock<Survey>>> =
        Mutex::new(BTreeMap::new());
    let survey = {
        let mut surveys = SURVEYS.lock().unwrap();
        *surveys
            .entry(name.to_owned())
            .or_insert_with(|| Box::leak(Box::default()))
    };
    survey.get_or_init(|| {
        let path = fixture(&format!("{name}.heapsnapshot.gz"));
        Survey::of(&Heap::open(&path).unwrap())
    })
}

/// The number after ` < ` in the line of a program that contains `text`.
fn looped(program: &str, text: &str) -> u64 {
    let program = fs::read_to_string(fixture(program)).unwrap();
    let line = program.lines().find(|line| line.contains(text)).unwrap();
    let digits = line.split(" < ").nth(1).unwrap();
    let end = digits.find(|c: char| !c.is_ascii_digit()).unwrap();
    digits[..end].parse().unwrap()
}

#[track_caller]
fn binding(survey: &'static Survey, name: &str) -> &'static Binding {
    let mut named = survey
        .bindings
        .iter()
        .filter(|binding| binding.name == name);
    let found = named.next().unwrap_or_else(|| panic!("no `{name}`"));
    assert!(named.next().is_none(), "two of `{name}`");
    found
}

/// A type and how many there are of it.
fn types(parts: &[leaklint::heap::Part]) -> Vec<(&str, u64)> {
    parts
        .iter()
        .map(|part| (part.type_name.as_str(), part.count))
        .collect()
}

/// What is expected of a collection.
struct Expected {
    name: &'static str,
    owner: Owner,
    /// How the script's name ends; empty if there is none.
    script: &'static str,
    class: &'static str,
    entries: u64,
    /// The type of all keys; empty if there are none.
    key: &'static str,
    value: &'static str,
}

impl Expected {
    fn map(name: &'static str, owner: Owner, script: &'static str, entries: u64) -> Self {
        Self {
            name,
            owner,
            script,
            class: "Map",
            entries,
            key: "string",
            value: "",
        }
    }

    fn object(name: &'static str, owner: Owner, script: &'static str, entries: u64) -> Self {
        Self {
            class: "Object",
            ..Self::map(name, owner, script, entries).of("Object")
        }
    }

    fn set(name: &'static str, owner: Owner, script: &'static str, entries: u64) -> Self {
        Self {
            class: "Set",
            ..Self::map(name, owner, script, entries)
        }
    }

    fn by(self, key: &'static str) -> Self {
        Self { key, ..self }
    }

    fn of(self, value: &'static str) -> Self {
        Self { value, ..self }
    }

    #[track_caller]
    fn check(&self, survey: &'static Survey) {
        let Self { name, entries, .. } = *self;
        let binding = binding(survey, name);
        assert_eq!(binding.owner, self.owner, "{name}");
        let script = binding.script.as_deref().unwrap_or_default();
        assert!(script.ends_with(self.script), "{name}: {script}");
        assert_eq!(
            script.is_empty(),
            self.script.is_empty(),
            "{name}: {script}"
        );
        assert_eq!(
            (binding.class.as_str(), binding.entries),
            (self.class, entries),
            "{name}"
        );
        assert!(binding.is_exact, "{name}");
        for (parts, part) in [(&binding.keys, self.key), (&binding.values, self.value)] {
            let all: Vec<_> = [(part, entries)]
                .into_iter()
                .filter(|_| !part.is_empty())
                .collect();
            assert_eq!(types(parts), all, "{name}");
        }
        assert!(binding.retained_bytes >= binding.entries_bytes, "{name}");
    }
}

#[test]
fn each_owner_is_named_in_every_node() {
    let main = |text| looped("server/main.mjs", text);
    let requests = main("request = 12");
    let caches = "requestCachesByEnvironment";
    let pool = main("pool.open(");
    let expected = [
        Expected::map(caches, Owner::Module, "src/fetchQueryInternal.js", requests)
            .by("ServerEnvironment")
            .of("Map"),
        Expected::object(
            "requestCache",
            Owner::Module,
            "requestCache.js",
            requests.div_ceil(3),
        ),
        Expected::map(
            "Registry.templates",
            Owner::Static,
            "owners.js",
            main("register("),
        )
        .of("Template"),
        Expected::map("exports.pool.connections", Owner::Field, "owners.js", pool).of("Connection"),
        Expected::set("exports.pool.#opened", Owner::Field, "owners.js", pool).by("Connection"),
        Expected::object(
            "exports.responses",
            Owner::Export,
            "owners.js",
            main("responses["),
        ),
        Expected::map(
            "globalThis.serverMetrics",
            Owner::Global,
            "",
            main("serverMetrics.set("),
        )
        .of("Array"),
        Expected::map("results", Owner::Closure, "memoize.js", main("format(")).of("Formatted"),
        Expected::map(
            "sessionsById",
            Owner::Module,
            "sessions.mjs",
            main("sessions.open("),
        )
        .of("Session"),
        Expected::map("tokens", Owner::Export, "tokens.mjs", main("tokens.issue(")).of("Token"),
        // As the minifier calls them.
        Expected::map(
            "i",
            Owner::Module,
            "dist/bundle.min.js",
            main("bundle.expectReply("),
        )
        .of("o"),
    ];
    let typed = Expected::map(
        "jobsByName",
        Owner::Module,
        "src/jobs.ts",
        main("jobs?.submit("),
    );
    let typed = typed.of("Job");
    for node in NODES {
        let survey = survey(&format!("server/node-{node}"));
        assert_eq!(survey.facts.runtime, Runtime::Node);
        for expected in &expected {
            expected.check(survey);
        }
        assert_eq!(survey.bindings[0].name, caches, "{node}");
        // Older ones do not run TypeScript.
        if node >= 22 {
            typed.check(survey);
        }
    }
}

/// Name, class, entries, types of the keys and of the values.
type Shape = (
    &'static str,
    &'static str,
    u64,
    &'static [&'static str],
    &'static [&'static str],
);

#[test]
fn each_shape_of_entries_is_counted_in_every_node() {
    let count = |text| looped("server/src/shapes.js", text);
    let left = count("shrunk.set(") - looped("server/src/shapes.js", "shrunk.keys()");
    let rows: [Shape; 9] = [
        (
            "listeners",
            "Array",
            count("listeners.push"),
            &[],
            &["function"],
        ),
        ("visitors", "Set", count("visitors.add"), &["string"], &[]),
        (
            "byNumber",
            "Map",
            count("byNumber.set"),
            &["number"],
            &["Item"],
        ),
        (
            "counts",
            "Map",
            count("counts.set"),
            &["string"],
            &["primitive"],
        ),
        (
            "flags",
            "Map",
            count("flags.set"),
            &["Item"],
            &["primitive"],
        ),
        ("shrunk", "Map", left, &["Item"], &["Item"]),
        ("rows", "Object", count("rows["), &["number"], &["Item"]),
        ("bare", "Object", count("bare["), &["string"], &["Item"]),
        (
            "mixed",
            "Map",
            count("mixed.set"),
            &["Item", "string"],
            &["Item"],
        ),
    ];
    for node in NODES {
        let survey = survey(&format!("server/node-{node}"));
        for (name, class, entries, keys, values) in rows {
            let binding = binding(survey, name);
            assert_eq!(
                (binding.class.as_str(), binding.entries),
                (class, entries),
                "{node}: {name}"
            );
            assert!(binding.is_exact, "{node}: {name}");
            for (parts, expected) in [(&binding.keys, keys), (&binding.values, values)] {
                let each = entries / expected.len().max(1) as u64;
                let expected: Vec<_> = expected.iter().map(|part| (*part, each)).collect();
                assert_eq!(types(parts), expected, "{node}: {name}");
            }
        }
        // Of numbers the graph shows only how much room they have.
        for (name, text) in [
            ("measurements", "measurements.push"),
            ("codes", "codes.add"),
        ] {
            let binding = binding(survey, name);
            let room = count(text)..=2 * count(text);
            assert!(
                !binding.is_exact && room.contains(&binding.entries),
                "{node}: {name}"
            );
        }
    }
}

#[test]
fn collections_in_other_places_are_named_in_every_node() {
    let places = |text| looped("server/src/places.js", text);
    let names = |text| looped("server/src/names.mjs", text);
    let instances = looped("server/src/instance.js", "exports.set(");
    let rows = [
        ("recent", Owner::Module, "Recent", places("recent.set(")),
        ("wrapped", Owner::Module, "Map", places("wrapped.set(")),
        ("stored", Owner::Closure, "Map", places("stored.set(")),
        (
            "Server.clients",
            Owner::Field,
            "Set",
            places("clients.add("),
        ),
        ("within", Owner::Module, "Map", places("within.set(")),
        ("state.cache", Owner::Field, "Map", places("cache.set(")),
        (
            "state.nested.deep",
            Owner::Field,
            "Array",
            places("deep.push("),
        ),
        (
            "Legacy.prototype.shared",
            Owner::Static,
            "Array",
            places("shared.push("),
        ),
        (
            "bus._events.message",
            Owner::Field,
            "Array",
            places("bus.on("),
        ),
        ("calls", Owner::Module, "Array", places("i < 1100")),
        ("module.exports", Owner::Export, "Map", instances),
        (
            "Hidden.#entries",
            Owner::Static,
            "Map",
            names("#entries.set("),
        ),
        ("renamed", Owner::Export, "Map", names("local.set(")),
        ("default", Owner::Export, "Set", names("unnamed.add(")),
    ];
    for node in NODES {
        let survey = survey(&format!("server/node-{node}"));
        for (name, owner, class, entries) in rows {
            let binding = binding(survey, name);
            let found = (binding.owner, binding.class.as_str(), binding.entries);
            assert_eq!(found, (owner, class, entries), "{node}: {name}");
            assert_eq!(binding.instances, 1, "{node}: {name}");
        }
        // It has an array for each call; they are told with `calls`.
        assert!(
            survey
                .bindings
                .iter()
                .all(|binding| binding.name != "perCall"),
            "{node}"
        );
        // What is passed on is named by the module that declares it.
        let tokens = binding(survey, "tokens").script.as_deref();
        assert_eq!(tokens, Some("file:///tmp/app/src/tokens.mjs"), "{node}");
    }
}

#[test]
fn nothing_of_the_runtime_is_listed() {
    for node in NODES {
        let survey = survey(&format!("server/node-{node}"));
        for binding in &survey.bindings {
            let script = binding.script.as_deref().unwrap_or("global");
            let is_known = script.starts_with("/tmp/app/")
                || script.starts_with("file:///tmp/app/")
                || binding.name == "globalThis.serverMetrics";
            assert!(is_known, "{node}: `{}` in {script}", binding.name);
        }
    }
}

#[test]
fn functions_and_classes_have_places() {
    for node in NODES {
        let survey = survey(&format!("server/node-{node}"));
        let caches = binding(survey, "requestCachesByEnvironment");
        let functions: Vec<_> = caches
            .functions
            .iter()
            .map(|function| (function.name.as_str(), function.line.unwrap()))
            .collect();
        let expected = [
            ("RequestCacheEntry", 5),
            ("getRequestCache", 13),
            ("fetchQuery", 22),
            ("finish", 29),
        ];
        assert_eq!(functions, expected, "{node}");
        let class = caches.keys[0].class.as_ref().unwrap();
        assert_eq!(
            class.script.as_deref(),
            Some("/tmp/app/src/ServerEnvironment.js"),
            "{node}"
        );
        assert_eq!(class.line, Some(5), "{node}");
        let results = binding(survey, "results");
        let memoized = results.beside.as_ref().unwrap();
        assert_eq!(
            (memoized.name.as_str(), memoized.line),
            ("format", Some(11)),
            "{node}"
        );
        let holder = |name| binding(survey, name).holder.as_ref().unwrap().name.as_str();
        assert_eq!(holder("Registry.templates"), "Registry", "{node}");
        assert_eq!(holder("exports.pool.#opened"), "Pool", "{node}");
    }
}

#[test]
fn a_weak_map_would_free_what_it_does_free() {
    let strong = survey("server/node-18");
    let weak = survey("server/node-18-weak");
    let caches = binding(strong, "requestCachesByEnvironment");
    let promised = caches.if_weak.unwrap();
    // The last request's environment is still in use.
    assert_eq!(promised.entries, caches.entries - 1);
    let freed = strong.facts.reachable_bytes - weak.facts.reachable_bytes;
    let difference = promised.bytes.abs_diff(freed);
    assert!(
        difference * 20 <= freed,
        "promised {promised:?}, freed {freed}"
    );
    let environments = |survey: &Survey| {
        let class = survey
            .constructors
            .iter()
            .find(|it| it.name == "ServerEnvironment");
        class.unwrap().count
    };
    assert_eq!(
        (environments(strong), environments(weak)),
        (caches.entries, 1)
    );
    assert!(
        weak.bindings
            .iter()
            .all(|binding| binding.name != "requestCachesByEnvironment")
    );
}

#[test]
fn only_keys_that_are_objects_can_be_weak() {
    let survey = survey("server/node-22");
    for name in [
        "sessionsById",
        "mixed",
        "byNumber",
        "rows",
        "listeners",
        "visitors",
    ] {
        assert_eq!(binding(survey, name).if_weak, None, "{name}");
    }
    let weak = |name| binding(survey, name).if_weak.unwrap();
    assert_eq!(weak("shrunk").entries, 39);
    // They are in `connections` too.
    assert_eq!(weak("exports.pool.#opened").entries, 0);
    assert_eq!(weak("exports.pool.#opened").bytes, 0);
}

#[test]
fn the_sentence_says_what_keeps_what() {
    let survey = survey("server/node-20");
    for (name, sentence) in [
        (
            "requestCachesByEnvironment",
            "`ServerEnvironment` cannot be collected because it is a key of the `Map` `requestCachesByEnvironment` in fetchQueryInternal.js",
        ),
        (
            "Registry.templates",
            "`Template` cannot be collected because it is a value of the `Map` `Registry.templates`, a static field of class `Registry` in owners.js:9",
        ),
        (
            "exports.pool.#opened",
            "`Connection` cannot be collected because it is an element of the `Set` `exports.pool.#opened`, a field of class `Pool` in owners.js:26",
        ),
        (
            "results",
            "`Formatted` cannot be collected because it is a value of the `Map` `results`, captured by a function in memoize.js:5",
        ),
        (
            "listeners",
            "functions cannot be collected because they are elements of the `Array` `listeners` in shapes.js",
        ),
        (
            "counts",
            "strings cannot be collected because they are keys of the `Map` `counts` in shapes.js",
        ),
        (
            "codes",
            "the `Set` `codes` in shapes.js holds nothing but numbers and the like",
        ),
    ] {
        assert_eq!(why(binding(survey, name)), sentence);
    }
}

#[test]
fn a_page_of_a_browser_is_read() {
    let survey = survey("browser/chromium");
    assert_eq!(survey.facts.runtime, Runtime::Chromium);
    let app = |text| looped("browser/app.js", text);
    let expected = [
        Expected::map("viewsByRoute", Owner::Export, "/views.js", app("show(")).of("View"),
        Expected::map(
            "toastsByText",
            Owner::Module,
            "8123/classic.js",
            app("notify("),
        )
        .of("Toast"),
        Expected::object("globalThis.notices", Owner::Global, "", app("notify(")),
        Expected::set("Chart.drawn", Owner::Static, "/app.js", app("new Chart(")).by("Chart"),
        Expected {
            class: "Array",
            ..Expected::map("detached", Owner::Module, "/views.js", app("show("))
        }
        .by("")
        .of("<section>"),
    ];
    for expected in &expected {
        expected.check(survey);
    }
    assert_eq!(survey.bindings.len(), expected.len());
}

#[test]
fn growth_is_told_by_binding() {
    let (early, late) = (survey("server/node-18-early"), survey("server/node-18"));
    let growth = growth(&[&early.bindings, &late.bindings]);
    assert_eq!(growth[0].identity.name(), "requestCachesByEnvironment");
    assert!(!growth[0].is_new());
    let first = looped("server/main.mjs", "request = 0");
    let all = looped("server/main.mjs", "request = 12");
    assert_eq!(growth[0].total().entries.unsigned_abs(), all - first);
    // 32 kB for each environment.
    let bytes = growth[0].total().retained_bytes.unsigned_abs();
    assert!(
        (32_000 * (all - first)..34_000 * (all - first)).contains(&bytes),
        "{bytes}"
    );
    let of = |name: &str| growth.iter().find(|it| it.identity.name() == name).unwrap();
    let small = of("requestCache");
    assert_eq!(
        small.total().entries.unsigned_abs(),
        all.div_ceil(3) - first.div_ceil(3)
    );
    assert!(!small.is_new() && of("sessionsById").is_new());
    assert!(growth.iter().all(|growth| !growth.is_gone()));
}

#[test]
fn constructors_count_no_byte_twice() {
    let survey = survey("server/node-26");
    let class = |name: &str| {
        survey
            .constructors
            .iter()
            .find(|it| it.name == name)
            .unwrap()
    };
    let environment = class("ServerEnvironment");
    assert_eq!(environment.count, 39);
    assert_eq!(environment.class.as_ref().unwrap().line, Some(5));
    // The large string of each.
    assert!(environment.retained_bytes > environment.shallow_bytes + 39 * 32_000);
    for constructor in &survey.constructors {
        let sizes = constructor.shallow_bytes..=survey.facts.reachable_bytes;
        assert!(
            sizes.contains(&constructor.retained_bytes),
            "{constructor:?}"
        );
    }
}
