//! leaklint: finds collections that live as long as the process and only ever grow.
//!
//! Reads JavaScript and TypeScript, runs none of it, and reasons about *collections* (allocation sites), not names: an
//! alias, a getter, a map of maps and another file are the same collection. This is the architecture document.
//!
//! # The pipeline
//!
//! ```text
//!        Config                                                              Outcome
//!          ▼                                                                    ▲
//! run: discover ─► read, decode ─► scan ─┬─► summarize ─► link ─► judge ──┬─────┴─► report
//!       paths       SourceFile     what  │    a summary     │    findings │        text, JSON, SARIF,
//!                                  imports    per file      │             │          XML, annotations
//!                                  connect                  ▼       of a cluster
//!            resolve ─► merge ─► flow ─► recurrence ─► lifetimes ─► collections, memos = Program
//! ```
//!
//! [`lint`] is the part from scan to judge, without a command line and without reading the files it lints.
//!
//! ```text
//! heap snapshot: read ─► dominators ─► owners, contents ─► Survey ─► report
//!                Heap                  bindings, growth              text, JSON
//! ```
//!
//! With `--from-snapshot` the two meet between judge and report:
//!
//! ```text
//! findings, Inventory ─┐
//!                      ├─► evidence: scripts, names ─► Ties, findings in another order
//! Survey, Profile ─────┘
//! ```
//!
//! | stage | module | knows | must not know |
//! | --- | --- | --- | --- |
//! | discover | [`discover`] | folders, gitignore, file names, where a project begins | JavaScript, file contents |
//! | changes | [`git`] | the program git | file contents |
//! | read, decode | [`run`], [`source`] | encodings, lines, minified text | JavaScript, rules |
//! | scan | [`scan`] | bytes: keywords, strings, comments | syntax, other files |
//! | connect | `program/links.rs` | requests, manifests, what imports connect | what is in a module |
//! | schedule | `schedule.rs` | threads, which files are a cluster | what is done with them |
//! | cluster | [`cluster`] | the order of the next three | other clusters |
//! | summarize | [`summarize`] | swc | other files, rules |
//! | facts | [`summary`] | operations, regions, bindings, types | swc, other modules, rules |
//! | link | [`program`] | module resolution, manifests, values, lifetimes | swc, rules, rendering |
//! | judge | [`rules`] | the linked program | syntax trees, IO, rendering |
//! | finding | [`finding`] | what a rule says | how it was found, how it is printed |
//! | fix | [`fix`] | edits, files, patches | which edits a finding has |
//! | report | [`report`] | formats | analysis |
//! | heap | [`heap`] | V8's format of snapshots, its objects, graphs | rules, sources, rendering |
//! | inventory | [`inventory`] | all collections, why rules are silent | heaps |
//! | evidence | [`evidence`] | findings, inventory, what a heap tells | V8's formats, rules, rendering |
//! | suppressions | [`suppress`] | what comments say, lines, numbers of findings | syntax, how findings came about |
//! | times | [`stages`] | names of stages and steps | what they do |
//! | settings | [`config`] | configuration files, resolved options | clap, what a rule judges |
//!
//! # Invariants
//!
//! Those with a test name it (`tests/it`, `tests/specs.rs`).
//!
//! - swc is named only under `summarize` (`tidy::only_summarize_names_the_parser`), miette only in the human reporter
//!   (`tidy::only_the_human_reporter_names_miette`), clap only in `cli.rs` and `main.rs`
//!   (`tidy::only_the_command_line_names_clap`).
//! - `std::fs` is named only where files are read or written: `run` for the linted ones, `fix` for those that are fixed,
//!   `evidence` for those that a heap leads to, `heap` for snapshots and profiles, `config/load.rs` for configurations,
//!   `suppress/bulk.rs` for the file of suppressions, `program/resolve/` for manifests and what compilers are told
//!   (`tidy::files_are_read_and_written_in_few_places` holds the list).
//! - A [`summary::ModuleSummary`] is plain data with serde's derives: no lifetimes, no syntax tree, no interner handle.
//! - A [`program::Program`] is immutable once linked: no locks, no `Weak`, nothing filled in later. What rules ask for
//!   on demand (keys, guards) is computed and not kept.
//! - Rules do no IO and cannot fail: a judgment is a `fn(&Program) -> Vec<Finding>`.
//! - A file that does not parse gives an empty summary and a message, one that nests too deep a partial summary; neither
//!   stops the run (`files::a_file_that_does_not_parse_fails_the_run_and_stops_nothing`,
//!   `files::deep_nesting_crashes_nothing`).
//! - A verdict rests on the modules of one cluster, those that imports connect, and on nothing else: clusters are
//!   analysed side by side, in whatever order, and the facts of each are dropped with it. Only `suppress.rs` and
//!   `rules/copies.rs` look at the findings of all. What modules tell each other through the global object alone is
//!   not seen.
//! - Output depends neither on the number of threads nor on the order of arguments
//!   (`cli::output_depends_on_neither_order_nor_threads`, the spec `output does not depend on threads`). The solver runs
//!   on one thread, in the order of the joined facts; what comes out of a hash table is sorted before it is walked.
//! - A file has the findings that it has in a run over its whole project: what is not asked for is read and analysed
//!   too, as far as it is connected or what is asked for has findings, and only findings in
//!   [`source::SourceFile::is_asked`] files are told (`partial::a_file_has_the_findings_that_it_has_in_a_run_over_all`).
//! - Findings are sorted by file, place, rule and binding; files by their shown path.
//! - Messages, labels and help stand in `wording.rs`, apart from logic; the words of evidence stand beside their weights
//!   in `weigh.rs`. Scores become confidence in one place, `rules/evidence.rs`.
//! - One cause gets one finding: what nothing reads is left to `write-only-collection`, what only a memoize helper fills
//!   to `unbounded-memoize`, all else to `unbounded-collection`.
//! - A damaged snapshot gives an error that names the place or a graph in which every index is in range, and no more
//!   memory is taken than its bytes account for (`heap::tests::damage_is_no_danger`). Which edges keep their target alive
//!   is decided in one place, [`heap::is_essential`].
//! - A heap changes the order, the level and the evidence of findings and adds those of files that only it led to; it
//!   takes none away (`evidence::a_snapshot_takes_no_finding_away`).
//! - Comments that suppress are found by the parser and read at the place of a finding, the declaration. Which of them
//!   are needed is decided on all findings, also those of low confidence, so that no other option makes one unused
//!   (`suppress::a_suppression_that_is_not_needed_is_a_warning_or_fails`).
//! - A rule's page is its manual and its tests: each fence and each folder of `fixtures/projects` is one (the specs).
//!
//! # The analysis
//!
//! **Lowering** (`summarize/`, [`summary`]). A module becomes a list of operations in the order in which they would run,
//! each with a span and in a *region*: a function's body, a branch with its test and sense (also the rest of a block
//! after an early exit), a case, a loop, an iteration, `try`, `catch`, `finally`. Names are resolved to bindings here.
//! A constant that names a static field in brackets is a name. Helpers that compilers call for private fields are read as
//! the fields (`summarize/private_fields.rs`).
//! Nothing is interpreted: `m.set(k, v)` is a call of a member, whatever `m` turns out to be.
//!
//! **Components** (`summarize/blocks.rs`, `markup.rs`, `components.rs`). A file of Vue, Svelte or Astro becomes one
//! module. What runs for each instance or request is a function that is handed to unseen code, so that it recurs and
//! what it declares dies with the call. The markup is a function in it: its expressions are lowered like others, and
//! what they hand to elements and components is passed to unseen code. Names that no script declares (of a loop, a slot,
//! a snippet) are its parameters. Of an expression that does not parse all that it names is passed. What Astro sends to
//! the browser is a namespace in the module.
//!
//! **Clusters** (`program/links.rs`). The requests of all files are told from their bytes (`scan.rs`) and resolved, and
//! files that they connect are one cluster. It may be larger than what the parser would connect: a request in a string
//! counts too. That a file for development (a test, a benchmark, an example: by its path) imports what it is for connects
//! nothing, so that what tests hand out, put back or empty touches no verdict. A cluster of such files alone is parsed
//! only where findings of low confidence, an override or a suppression ask for it
//! (`files::what_is_there_for_development_is_parsed_where_it_is_asked_for`).
//!
//! **Joining** (`program/merge.rs`). The summaries of a cluster become one `ModuleSummary` with indices re-based to
//! run through the whole program and names interned once; a file's functions are a range that begins with its module code.
//! Requests lead (`program/resolve.rs`) to linted files or to nothing. A module is an *entry* if its package
//! offers it or no linted file, development ones left out, imports it: strangers may use its exports.
//!
//! **Points-to** (`program/flow.rs`, `flow/`). Inclusion-based, flow- and context-insensitive, field-sensitive:
//!
//! - A *node* is a place that holds values: a binding, an operation's result, `this` and the result of a function, a
//!   field of a site. Reads, casts and `await` share the node of what they pass on; all operations that load one name
//!   from one node share a node, and so do those that name one global.
//! - A *site* is an allocation, or what exists without one: exports, namespaces, builtins, the unknown value. Elements,
//!   `Map` keys and computed properties are pseudo-fields.
//! - *Constraints* on a node act on each site that reaches it (load, store, call, iterate, inherit, escape); a work list
//!   passes on only what is new. Calls bind arguments, `this` and results, so the call graph comes out of the solution.
//! - A node holds 32 sites. Each further one is taken to be passed to unseen code, and the node gains the unknown value:
//!   sets that large tell nothing. Only the sinks of escaping values have no such cap.
//! - Functions and classes have a `prototype` site; loads go along prototypes (12 links at most), and functions found
//!   there get the instances as `this`. A method that no name leads to is one of those that were copied there under
//!   computed keys, if there are any.
//! - A site *escapes* as *exported* (from an entry or the global object) or as *passed* (to a call or a store of which we
//!   do not see the other end), with its fields, prototypes and results; the parameters of an escaped function may be
//!   anything.
//! - A method of a subclass hides that of what it extends, from those who ask for it and as to its `this`
//!   (`flow/overrides.rs`), unless the subclass calls it with `super`.
//! - A container that a function makes and hands out is told apart where module code keeps it (`flow/makers.rs`).
//! - Functions that define a module (`flow/definitions.rs`: AMD, `AngularJS`) run once, and what they return is kept.
//! - Of a class that a framework makes one of, by its decorator, there is an instance that is kept, and the constructors
//!   of others get it by their types (`flow/singletons.rs`). What libraries wrap for those who watch it is still the same
//!   (`flow/reactive.rs`).
//! - A field of a class that its constructor sets to what a module declares is that, whoever makes the instances
//!   (`flow/aliases.rs`). What calls copy from object literals is stored by its name (`program/copying.rs`).
//! - `settle_calls`: where the fixed point has no callee for a call, the callee is unseen code, and the arguments are
//!   passed to it; solve again, until there is no such call. Methods that collections bring along are modelled instead,
//!   and names such as `forEach` or `setTimeout` call back the functions that they get.
//!
//! **Recurrence** (`program/recurrence.rs`). A function recurs if it escapes, reschedules itself, or is called by one
//! that recurs. Calls inside *run-once regions*, behind a flag that outlives the call, is set there and is cleared only
//! by module code, do not count; the flags are found after a first pass, and a second one uses them. *Reached* is
//! weaker: anything may call it.
//!
//! **Lifetimes** (`program/lifetimes.rs`). `Call` < `Replaced` < `Stored` < `Process`. A walk starts at module-scope
//! bindings, exports, the global object and handlers that run-once code hands out; it follows captures, fields,
//! elements and prototypes.
//!
//! - A write *keeps* if it runs once, fills what is missing, or is part of making the owner; otherwise it *replaces*:
//!   what it puts there dies with the next write, and what was kept there is emptied by it.
//! - Calls are not told apart, so what other callers made flows to the same places. A write keeps only sites *made by*
//!   module code, by its own function, or by what that calls (6 levels).
//! - What is an element of a kept site is *stored*: insertions into an entry that was read from there count for the
//!   outer collection, if nothing is taken from the entries. Functions that are made once are kept, as what bundles
//!   export under computed names.
//!
//! **Collections** (`program/collections.rs`). One pass over the operations gathers, per kept site, insertions, removals,
//! reads, enumerations and calls that hand it out, in all spellings (`set`, `a[k] =`, `push.apply`, `Object.assign`,
//! `[...a, x]`, `length = 0`, …). An insertion into a parameter is expanded through the calls of the helper (deeper than
//! 4 it is left as it is), once per call that hands over this collection, with the key and value that this call passes.
//!
//! Last, `unread.rs` marks those that nothing looks at: each operation that takes one only adds to it or hands it to one
//! that is looked at in its turn.
//!
//! **Memos** (`program/memos.rs`). Before the values are solved, `memos/syntax.rs` tells by their form which calls apply a
//! library's memoize helper (the table in `memos/libraries.rs`: its exports, what the key is, what bounds it) and which
//! functions of the program are such helpers. The solver gives each call of one a site of its own, so that the lifetime,
//! the calls and the escape of each memoized function are told apart, although calls are not.
//!
//! **Keys** (`program/keys.rs`) are evaluated backwards through bindings, calls and parameters, 10 deep and 400
//! operations at most; beyond that they are open. Of the assignments to a variable only the one counts that is sure to have
//! run last (`program/reaching.rs`); what tests have shown of a value holds behind them (`keys/shown.rs`). Joining takes
//! the larger of
//!
//! | domain | there are as many as |
//! | --- | --- |
//! | `Bounded(reason)` | the program's text says |
//! | `Hinted` | unseen callers bring; the seen ones bring a fixed number |
//! | `Open` | callers bring |
//! | `Fresh(reason)` | calls: it can never repeat |
//!
//! What a key is, as far as it is told by what it is handed to, is evidence (`program/handed.rs`, with the table of what
//! functions of the platform take few of); so is that it is a document (`program/documents.rs`).
//!
//! **Purposes** (`summarize/purposes.rs`): a module's own text tells a script and a migration, which run once and are
//! done, and that a tool has shortened its names, so that short ones say nothing.
//!
//! **Literals** (`program/literals.rs`): which literals the program's text lets a value be, by all that it writes to a
//! variable, a parameter or a field. A condition that fails by them makes dead what is under it, and what is only called
//! or made from there; where strangers may write something else, that is evidence.
//!
//! **Guards** (`program/guards.rs`) are read off the regions around an insertion: `Size` and `Membership` bound it, `Never`
//! means that a condition fails, `Beside` that it grows only as another collection does, which has a verdict of its own;
//! `Development`, `Switched`, `Unset`, `Unbrought`, `Until` and `Absent` are evidence. What tests a key around the making
//! of a closure holds when the closure runs, and what a function of the program answers is looked into
//! (`guards/predicates.rs`). A search is known by what a function does, not by its name (`searches.rs`), and a key that
//! was looked up in a fixed table is one of the table's (`tables.rs`). What moves within an array (`moves.rs`), and what
//! is added to a pool only where no element is free (`pools.rs`), adds nothing.
//!
//! **Judging** (`rules/unbounded_collection.rs`). A finding needs lifetime `Process`, an insertion that recurs under a
//! key that is not bounded and without a bounding guard, and no removal that is reached, recurs and is neither for
//! development, for tests (by the name of its function) nor for failures alone. What goes to an object of its own call
//! (`program/own.rs`) is no insertion. An exported function that does nothing but empty the collection and that nothing
//! calls is no removal, only evidence, also where a loop empties it (`program/emptying.rs`); what a function that empties
//! does besides is looked for in what it alone calls (`program/clears.rs`). An open key is worth a look only with a sign
//! that keys keep changing (`openness.rs`), and what is pushed only with one that its function is called again and again.
//! A mere `id` is no such sign, unless a name beside it tells of what. `weigh.rs` puts evidence on the scale of `rules/evidence.rs`: a score that starts at 50; below 40 is
//! low, from 75 on high. `rules/words.rs` (what names suggest) feeds the score and never the verdict.
//!
//! `rules/write_only_collection.rs` asks the same of collections that are marked as unread.
//! `rules/unbounded_memoize.rs` reports a memoized function that lives as long as the process if neither options
//! (`bounds.rs`) nor code bound it and the keys that its calls, its parameters and its resolver give are not bounded
//! (`keys.rs`).
//!
//! `suppress.rs` is last: comments take findings out, and what is wrong with comments is a finding of the rules
//! `unused-suppression` and `invalid-suppression`. Then `suppress/bulk.rs` takes out what `leaklint-suppressions.json`
//! says, by the number of findings of a file and a rule: where there are more, which are new cannot be told, and all stay.
//!
//! `rules/copies.rs` joins findings that are one cause in several builds of a package.
//!
//! # Fixes
//!
//! Which edits a finding has is decided where it is judged, from spans in the facts (`program/weaken.rs`: every use of a
//! collection must be one that a weak one has, and a name for its type is changed where nothing else has that type;
//! `program/proof.rs`: its keys are objects for certain) and from statements (`program/statements.rs`: what stands before
//! an insertion, what goes with a collection). Copies of a finding are fixed together. [`lint`] lays edits out as their file is written ([`fix::lay_out`]). [`fix::fix`] makes them in memory, pass after pass, lints the result
//! and takes back what leaves its finding or brings another (the specs ask that of each fence and project); then
//! `fix/write.rs` writes all files or none, or `fix/patch.rs` prints a patch.
//!
//! # Configurations
//!
//! `config/file.rs` reads one, with all its mistakes; `config/load.rs` finds those that hold for a file and joins them.
//! What comes out is a [`config::Policy`] for each file. All rules judge all files: findings of a rule that is off, or of
//! too little confidence, are dropped afterwards, so that a policy changes no other verdict and makes no suppression
//! unused (`config::a_rule_that_is_off_leaves_no_suppression_unused`). Only what is said of code (`program/told.rs`: which
//! caches bound themselves, which functions never recur) reaches the analysis.
//!
//! # The heap
//!
//! **Reading** ([`heap`], `heap/`). A thread reads (and unpacks) ahead; blocks are cut at the beginnings of rows, found by
//! counting commas, and parsed on all threads into columns. The text is not kept, strings are, as they are written.
//!
//! **Dominators** (`heap/dominators.rs`). Semi-NCA on depth-first numbers, with leaps on the last way up so that no shape
//! of heap makes it quadratic; owners and contents are found meanwhile on another thread. What a set of nodes keeps alive
//! together is found within what their common dominator dominates.
//!
//! **Bindings** ([`heap::Survey`]). Only what the user's scripts hold is told. A survey owns its texts, so that the heap
//! can be let go.
//!
//! - *Owners* (`heap/owners.rs`): variables of scopes, cells of modules, static fields, `exports`, global objects, and
//!   from there fields, breadth first: a collection has the shortest name under which it is held. Scripts are known
//!   through functions: closure → shared → script.
//! - *Contents* (`heap/contents.rs`): the size of a hash table tells its layout, and slots are numbered, so that keys,
//!   values and deleted entries are told apart exactly. Small integers, booleans and `undefined` are not in the graph:
//!   a collection of nothing else shows only how much room it has.
//! - *Weak keys* (`heap/freed.rs`): all that would go is dominated by the hash table, so the fixed point of ephemerons
//!   is computed in there.
//! - *Growth* (`heap/growth.rs`) matches by script, owner and name, never by object.
//!
//! **Tying it to the source** ([`evidence`], `evidence/`).
//!
//! - *Scripts* (`evidence/scripts.rs`): by `--map-path`, by the exact path, by the longest end of the path; two files that
//!   fit alike are both named. What is on disk and not linted yet is, each package as a program of its own.
//! - *Names* (`evidence/names.rs`): by the whole name, then by field, kind, owner, and last by the functions that use it.
//! - *Memoize helpers*: what the closure of one keeps is tied to the call that made it, by the function that the closure
//!   holds; what is declared in the helper is not at fault.
//! - *Source maps* (`heap/source_map.rs`): the declaration in the script is looked up, so that minified names do not
//!   matter; where the script is not at hand, the functions that were made beside the collection are.
//! - What has few entries, or does not grow between two snapshots, confirms nothing and speaks against the finding.
//! - [`rules::silent_reason`] says why a collection that is large looked safe.
//!
//! # Where the first design gave way
//!
//! | first design | as built | because |
//! | --- | --- | --- |
//! | events on places (insert, remove, …) per function | operations in regions | only values tell what an operation does |
//! | guards recorded with events | derived from regions when asked | one form serves sizes, flags and lazy writes |
//! | a program of many summaries | one arena, indices re-based | an index is enough to name anything |
//! | paths cut at a small depth | field nodes, 32 sites each | depth is no measure of cost |
//! | lifetimes process, stored, call | and `Replaced` | a slot that is overwritten is no leak |
//! | keys fresh, open, bounded | and `Hinted` | an exported helper with literal callers |
//! | functions once or recurring | and run-once regions | `if (ready) return; ready = true` |
//! | a scan that skips files | each file is parsed | clusters in which no text reads like an insertion have 1 % of the bytes of published packages; by their facts 2 to 6 % of the files are in such ones; leaf modules have 3 to 6 % |
//! | a snapshot is mapped into memory | it is read in blocks | no `unsafe`, one way for files, gzip and pipes, less memory |

pub mod cluster;
pub mod config;
pub mod discover;
pub mod evidence;
pub mod explain;
pub mod finding;
pub mod fix;
pub mod git;
pub mod heap;
pub mod inventory;
mod names;
pub mod program;
pub mod report;
pub mod rules;
pub mod run;
pub mod scan;
mod schedule;
pub mod source;
pub mod stages;
pub mod summarize;
pub mod summary;
pub mod suppress;

use std::cmp::Reverse;
use std::path::PathBuf;

use cluster::Found;
use config::{Level, Policies};
use finding::Finding;
use inventory::Inventory;
use program::links::Links;
use rules::copies::Copy;
use source::{FileIdx, SourceFile};
use stages::{Step, Watch};
use suppress::{Suppressed, Suppressions};

/// What a caller may set about an analysis.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Which findings are kept, and how heavy they are.
    pub policies: Policies,
    /// The configuration of TypeScript that holds for all files, instead of the nearest.
    pub tsconfig: Option<PathBuf>,
    /// Whether to tell of all long-lived collections, not only of those that are found fault with.
    pub inventory: bool,
    /// Whether to find too what the policies are going to hide, whatever it costs.
    pub hidden: bool,
}

/// Something to tell about a file that is not a finding.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Note {
    /// The file, as shown.
    pub path: String,
    /// 1-based line and column (code points), where there is a place.
    pub at: Option<(u32, u32)>,
    /// What happened, lowercase, without a final stop.
    pub text: String,
    /// Whether the run must not be called clean: the file did not parse.
    pub fails: bool,
}

/// What an analysis found.
#[derive(Debug, Default)]
pub struct Analysis {
    /// Sorted by path, place and rule.
    pub findings: Vec<Finding>,
    /// Sorted by path.
    pub notes: Vec<Note>,
    /// The findings that comments suppress, in the order of `findings`.
    pub suppressed: Vec<Suppressed>,
    /// The findings that the policies hide.
    pub hidden: Vec<Finding>,
    /// How many of the files that were asked for were parsed.
    pub parsed: usize,
    /// All long-lived collections, where they were asked for.
    pub inventory: Inventory,
    /// Where the time went.
    pub steps: Vec<Step>,
}

/// Analyses the files as one program. `files` is sorted by path. Notes are those of the files that were asked for; findings
/// are those of all files, unless the files that were asked for have none.
pub fn lint(files: &[SourceFile], settings: &Settings) -> Analysis {
    let mut watch = Watch::start();
    let links = Links::new(files, settings.tsconfig.as_deref());
    let mut clusters = links.clusters();
    let of = [(links.count(), "requests"), (clusters.len(), "clusters")];
    watch.ended("resolve", "", &of);
    // The largest first: what is left for the end is small.
    let size = |file: &FileIdx| files[file.0 as usize].text.len();
    clusters.retain(|members| !is_passed_over(files, members, &links, settings));
    clusters.sort_by_key(|members| Reverse(members.iter().map(size).sum::<usize>()));
    let is_asked = |file: FileIdx| files[file.0 as usize].is_asked;
    let (asked, others): (Vec<_>, Vec<_>) = clusters
        .into_iter()
        .partition(|members| members.iter().any(|&file| is_asked(file)));
    let members = asked.iter().flatten();
    let parsed = members.filter(|&&file| is_asked(file)).count();
    let analyse = |clusters: &[Vec<FileIdx>]| -> Vec<Found> {
        schedule::one_by_one(
            clusters,
            |file| cluster::summarize(&files[file.0 as usize]),
            |members, summarized| cluster::analyse(files, members, summarized, &links, settings),
        )
    };
    let mut parts = analyse(&asked);
    // Of a finding the others tell only whether another build of the same code has it too.
    let mut copies = parts.iter().flat_map(|part| &part.copies);
    if settings.inventory || copies.any(|copy| is_asked(copy.finding().place.file)) {
        parts.extend(analyse(&others));
    }
    let mut steps = watch.steps();
    steps.extend(stages::sum(parts.iter().map(|part| part.steps.as_slice())));
    let mut watch = Watch::start();
    parts.sort_by_key(|part| part.heard.first().map(|&(file, ..)| file));
    let mut comments = vec![Vec::new(); files.len()];
    let (mut notes, mut copies, mut hidden) = (Vec::new(), Vec::new(), Vec::new());
    let mut inventory = Inventory::default();
    for part in parts {
        for (file, errors, spoken) in part.heard {
            comments[file.0 as usize] = spoken;
            let file = &files[file.0 as usize];
            if file.is_asked {
                notes.extend(errors.into_iter().map(|error| Note {
                    path: file.shown.clone(),
                    at: Some(file.position(error.offset)),
                    text: error.text,
                    fails: error.is_fatal,
                }));
            }
        }
        copies.extend(part.copies);
        hidden.extend(part.hidden);
        inventory.append(part.inventory);
    }
    notes.sort();
    let mut suppressions = Suppressions::read(files, &comments);
    suppressions.use_for(hidden.iter().chain(copies.iter().map(Copy::finding)));
    let policies = &settings.policies;
    let shown: Vec<&str> = files.iter().map(|file| file.shown.as_str()).collect();
    let mut findings = rules::copies::join(&shown, copies);
    watch.ended("judge", "copies", &[(findings.len(), "findings")]);
    steps.extend(watch.steps());
    for fix in findings.iter_mut().filter_map(|it| it.fix.as_mut()) {
        fix::lay_out(fix, files);
    }
    let is_off = |file: FileIdx, rule: &str| {
        policies
            .of(&files[file.0 as usize].path)
            .setting(rule)
            .level
            == Level::Off
    };
    findings.extend(
        suppressions
            .problems(files, is_off)
            .into_iter()
            .filter(|problem| {
                let file = &files[problem.place.file.0 as usize];
                policies.hides(problem, file).is_none()
            }),
    );
    policies.settle(&mut findings, files);
    findings.sort_by(|a, b| (a.place, a.rule, &a.binding).cmp(&(b.place, b.rule, &b.binding)));
    let (findings, suppressed) = suppressions.split(findings);
    suppress::explain(&mut inventory, &suppressed);
    Analysis {
        findings,
        notes,
        suppressed,
        hidden,
        parsed,
        inventory,
        steps,
    }
}

/// Whether files are neither parsed nor judged: there for development alone, where only findings of little confidence are
/// to be had, and nobody asks for those.
fn is_passed_over(
    files: &[SourceFile],
    members: &[FileIdx],
    links: &Links,
    settings: &Settings,
) -> bool {
    let is_silent = |&file: &FileIdx| {
        let SourceFile { path, text, .. } = &files[file.0 as usize];
        let policy = settings.policies.of(path);
        let asks = policy.is_overridden || !policy.hides_unsure();
        links.is_development(file) && (policy.is_silent() || !asks) && !suppress::may_speak(text)
    };
    !settings.inventory && !settings.hidden && members.iter().all(is_silent)
}
