//! The program: arguments in, exit code out. What a run does is the library's.

mod cli;
mod progress;

use std::env;
use std::error::Error;
use std::fs::{self, File};
use std::io::{self, BufWriter, IsTerminal, Read, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{CommandFactory, Parser};
use clap_complete::Shell;
use clap_mangen::Man;
use leaklint::config::{self, Changes, Color, Config, Failing, Fixing, Given, Input, Tree};
use leaklint::discover::{self, Patterns};
use leaklint::evidence::{Hints, Process, Search, Tie};
use leaklint::finding::{Confidence, Finding, Severity};
use leaklint::git::Scope;
use leaklint::heap::profile::Profile;
use leaklint::heap::{Heap, Survey};
use leaklint::report::{self, Human, Paths, snapshot};
use leaklint::run::{self, Outcome};
use leaklint::suppress::bulk::Mode;
use leaklint::{explain, fix};

use cli::{
    Cli, Command, DiffPaths, Files, Fix, Format, FormatTo, Git, HeapOptions, Level, Lint,
    ListFormat, Output, Snapshot, When,
};
use progress::Progress;

/// Nothing that fails.
const CLEAN: u8 = 0;
/// Findings.
const FAILED: u8 = 1;
/// Could not do the job.
const UNABLE: u8 = 2;

/// Parsing and linking make millions of small allocations: they are a third of a run with glibc's allocator.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

type Failure = Box<dyn Error + Send + Sync>;

fn main() -> ExitCode {
    let Cli { command, lint } = Cli::parse();
    let status = match command {
        None => check(lint),
        Some(Command::Check(lint)) => check(*lint),
        Some(Command::Explain { rule: Some(rule) }) => {
            explain::page(&rule).map_err(Failure::from).and_then(print)
        }
        Some(Command::Snapshot(options)) => survey(&options),
        Some(Command::Init) => init(),
        Some(
            Command::Explain { rule: None }
            | Command::Rules {
                format: ListFormat::Human,
            },
        ) => print(&explain::list()),
        Some(Command::Rules {
            format: ListFormat::Json,
        }) => explain::list_json()
            .map_err(Failure::from)
            .and_then(|list| print(&list)),
        Some(Command::Completions { shell }) => completions(shell),
        Some(Command::Man { command }) => manual(command.as_deref()),
    };
    match status {
        Ok(status) => ExitCode::from(status),
        // Whoever closes the pipe has read enough: `leaklint | head` is no failure.
        Err(error) if is_broken_pipe(&*error) => ExitCode::from(CLEAN),
        Err(error) => {
            tell(&[format!("error: {error}")]);
            ExitCode::from(UNABLE)
        }
    }
}

fn check(lint: Lint) -> Result<u8, Failure> {
    let Lint {
        paths,
        rules,
        fix,
        output,
        limits,
        files,
        git,
        suppress,
        heap,
        threads,
    } = lint;
    let folder = env::current_dir()
        .map_err(|error| format!("the current folder cannot be found: {error}"))?;
    let given = Given {
        folder: folder.clone(),
        is_isolated: rules.isolated,
        file: rules.config,
        levels: rules.levels.0,
        min_confidence: rules.min_confidence.map(confidence),
    };
    if let Some(file) = rules.print_config {
        let path = folder.join(file.as_deref().unwrap_or(Path::new("index.js")));
        let text = config::print(&Tree::new(given), &path).map_err(run::Error::Config)?;
        return print(&text);
    }
    let tsconfig = rules.tsconfig.map(|path| folder.join(path));
    if let Some(path) = tsconfig.as_ref().filter(|path| !path.is_file()) {
        let path = path.display();
        return Err(format!("`{path}` is no file (see --tsconfig)").into());
    }
    let workers = run::workers(threads)
        .map_err(|error| format!("worker threads cannot be started (see --threads): {error}"))?;
    let process = process(&heap)?;
    let is_stdin = paths.iter().any(|path| path.as_path() == Path::new("-"));
    if is_stdin && (git.staged || git.changed || git.since.is_some()) {
        return Err("git does not know standard input".into());
    }
    let input = input(paths, &files)?;
    if matches!(input, Input::Text { .. }) && fix.fix && fix.diff.is_none() {
        return Err(
            "`--fix` writes files, and standard input is none; `--diff` prints a patch".into(),
        );
    }
    let config = Config {
        input,
        changes: changes(git),
        include_minified: files.include_minified,
        files: discover::Options {
            patterns: Patterns::new(&folder, &files.ignore_pattern)?,
            folder,
            configs: None,
            no_ignore: files.no_ignore,
            missing_is_note: files.no_error_on_unmatched_pattern,
            // Text without a name belongs to no project.
            is_partial: !is_stdin || files.stdin_filename.is_some(),
            threads: if workers.is_tight {
                1
            } else {
                threads.map_or(0, Into::into)
            },
        },
        suppressions: if suppress.all {
            Mode::SuppressAll
        } else if suppress.prune {
            Mode::Prune
        } else {
            Mode::Apply
        },
        given,
        tsconfig,
        failing: Failing {
            unused_suppressions: suppress.report_unused,
            deny_warnings: limits.deny_warnings,
            max_warnings: limits.max_warnings,
            never: limits.exit_zero,
        },
        process,
        fixing: fixing(&fix)?,
    };
    let failing = config.failing;
    // All of it runs on a worker, for the size of its stack.
    workers.pool.install(|| {
        let outcome = run::run(config)?;
        let has_grown = show(&outcome, &output, &heap)?;
        Ok(if outcome.fails(&failing) || has_grown {
            FAILED
        } else {
            CLEAN
        })
    })
}

/// Writes a configuration to begin with.
fn init() -> Result<u8, Failure> {
    const NAME: &str = "leaklint.jsonc";
    if let Some(known) = config::NAMES.iter().find(|name| Path::new(name).exists()) {
        return Err(format!("there is a configuration: `{known}`").into());
    }
    fs::write(NAME, config::INITIAL)
        .map_err(|error| format!("`{NAME}` cannot be written: {error}"))?;
    tell(&[format!("`{NAME}` is written")]);
    Ok(CLEAN)
}

fn survey(options: &Snapshot) -> Result<u8, Failure> {
    if options.fail_on_growth.is_some() && options.files.len() < 2 {
        return Err("`--fail-on-growth` needs two snapshots, in the order of time".into());
    }
    let surveys = surveys(&options.files)?;
    let shown = |top| snapshot::Options {
        top: options.top.unwrap_or(top),
        min_retained: options.min_retained,
        redact: options.redact,
    };
    let top = match options.format {
        ListFormat::Human => 10,
        ListFormat::Json => 0,
    };
    let Some(report) = snapshot::Report::of(&surveys, shown(top)) else {
        return Ok(CLEAN);
    };
    if let Some(path) = &options.report
        && let Some(report) = snapshot::Report::of(&surveys, shown(TOP_IN_PAGE))
    {
        write_page(path, &report, None)?;
    }
    let mut out = BufWriter::new(io::stdout().lock());
    match options.format {
        ListFormat::Human => snapshot::human(&report, &mut out)?,
        ListFormat::Json => snapshot::json(&report, &mut out)?,
    }
    out.flush()?;
    let Some(budget) = options.fail_on_growth else {
        return Ok(CLEAN);
    };
    let grown = report.over_budget(budget);
    let messages: Vec<String> = grown
        .iter()
        .map(|message| format!("error: {message}"))
        .collect();
    tell(&messages);
    Ok(if grown.is_empty() { CLEAN } else { FAILED })
}

/// How many collections a page shows.
const TOP_IN_PAGE: usize = 50;

fn write_page(
    path: &Path,
    report: &snapshot::Report,
    seen: Option<snapshot::Seen>,
) -> Result<(), Failure> {
    let write = |file| {
        let mut out = BufWriter::new(file);
        snapshot::html(report, seen, &mut out)?;
        out.flush()
    };
    let written = File::create(path).and_then(write);
    written.map_err(|error| format!("`{}` cannot be written: {error}", path.display()).into())
}

/// Reads snapshots, one after the other.
fn surveys(files: &[PathBuf]) -> Result<Vec<Survey>, Failure> {
    let is_stdin = |path: &&PathBuf| path.as_path() == Path::new("-");
    if files.iter().filter(is_stdin).count() > 1 {
        return Err("standard input can be read only once".into());
    }
    let mut surveys = Vec::new();
    for file in files {
        let progress = Progress::start(file);
        let heap = if is_stdin(&file) {
            Heap::read(progress.watch(io::stdin(), None), "standard input")?
        } else {
            Heap::open_watched(file, |file, size| progress.watch(file, size))?
        };
        progress.compute();
        // The heap itself is large, and one at a time is enough.
        surveys.push(Survey::of(&heap));
    }
    Ok(surveys)
}

/// What is known of a process that ran the program, if anything is.
fn process(options: &HeapOptions) -> Result<Option<Process>, Failure> {
    if options.fail_on_growth.is_some() && options.from_snapshot.len() < 2 {
        return Err("`--fail-on-growth` needs two snapshots, in the order of time".into());
    }
    let (panes, names): (Vec<String>, Vec<String>) = options
        .retainer
        .iter()
        .cloned()
        .partition(|name| name == "-");
    let is_stdin = |path: &&PathBuf| path.as_path() == Path::new("-");
    if !panes.is_empty() && options.from_snapshot.iter().any(|it| is_stdin(&it)) {
        return Err("standard input can be read only once".into());
    }
    let mut pane = None;
    if !panes.is_empty() {
        let mut bytes = Vec::new();
        io::stdin().lock().read_to_end(&mut bytes)?;
        pane = Some(String::from_utf8_lossy(&bytes).into_owned());
    }
    let process = Process {
        surveys: surveys(&options.from_snapshot)?,
        profile: options
            .from_profile
            .as_deref()
            .map(Profile::open)
            .transpose()?,
        hints: Hints::new(names, pane.as_deref()),
        search: Search {
            maps: options.map_path.clone(),
            source_maps: options.source_map.clone(),
        },
        min_retained: options.min_retained,
        only_seen: options.only_seen,
    };
    let is_known =
        !process.surveys.is_empty() || process.profile.is_some() || !options.retainer.is_empty();
    Ok(is_known.then_some(process))
}

fn input(paths: Vec<PathBuf>, files: &Files) -> Result<Input, Failure> {
    let is_stdin = |path: &PathBuf| path.as_path() == Path::new("-");
    match (&files.stdin_filename, paths.iter().any(is_stdin)) {
        (None, false) => Ok(Input::Paths(paths)),
        (Some(_), false) => Err(
            "`--stdin-filename` names the text of standard input, which is read for the path `-`"
                .into(),
        ),
        (_, true) if paths.len() > 1 => {
            Err("`-` stands for standard input and cannot be linted with other paths".into())
        }
        (name, true) => {
            let mut bytes = Vec::new();
            io::stdin().lock().read_to_end(&mut bytes)?;
            let path = name.clone().unwrap_or_else(|| PathBuf::from("stdin.js"));
            Ok(Input::Text { path, bytes })
        }
    }
}

fn fixing(options: &Fix) -> Result<Option<Fixing>, Failure> {
    let output = match options.diff {
        Some(DiffPaths::Folder) => Changes::Patch,
        Some(DiffPaths::Package) => Changes::PackagePatch,
        None if options.fix => Changes::Files,
        None if options.unsafe_fixes => {
            return Err("`--unsafe-fixes` says which fixes are made by `--fix` or printed by `--diff`; give one of them too".into());
        }
        None => return Ok(None),
    };
    Ok(Some(Fixing {
        is_unsafe_too: options.unsafe_fixes,
        output,
    }))
}

fn changes(options: Git) -> Option<Scope> {
    let staged = options.staged.then_some(Scope::Staged);
    let changed = options.changed.then_some(Scope::Changed);
    staged.or(changed).or(options.since.map(Scope::Since))
}

fn confidence(level: Level) -> Confidence {
    match level {
        Level::High => Confidence::High,
        Level::Medium => Confidence::Medium,
        Level::Low => Confidence::Low,
    }
}

/// Prints what was found, and tells whether a collection grew by more than it may.
fn show(outcome: &Outcome, output: &Output, heap: &HeapOptions) -> Result<bool, Failure> {
    tell(&outcome.messages(output.quiet));
    let errors: Vec<Finding>;
    let mut ties = outcome.tied.ties.clone();
    let findings = if output.quiet {
        let is_error = |finding: &Finding| finding.severity == Severity::Error;
        let all = &outcome.findings;
        for tie in &mut ties {
            let at = tie.finding.filter(|at| is_error(&all[*at]));
            tie.finding = at.map(|at| all[..at].iter().filter(|it| is_error(it)).count());
        }
        errors = all.iter().filter(|it| is_error(it)).cloned().collect();
        &errors
    } else {
        &outcome.findings
    };
    let surveys = outcome
        .process
        .as_ref()
        .map(|process| process.surveys.as_slice());
    let report_of = |top| {
        let shown = snapshot::Options {
            top: heap.top.unwrap_or(top),
            min_retained: heap.min_retained,
            redact: heap.redact,
        };
        let report = snapshot::Report::of(surveys.unwrap_or_default(), shown);
        report.map(|report| report.with_classes(&outcome.tied.classes))
    };
    let report_for = |format| report_of(if format == Format::Json { 0 } else { 10 });
    if let Some(path) = &heap.report
        && let Some(report) = report_of(TOP_IN_PAGE)
    {
        let seen = snapshot::Seen {
            ties: &ties,
            findings,
            files: &outcome.files,
            only_seen: heap.only_seen,
        };
        write_page(path, &report, Some(seen))?;
    }
    let mut printed = Ok(());
    for FormatTo { format, file } in destinations(output)? {
        let report = report_for(format);
        let printing = Printing {
            outcome,
            findings,
            seen: report.as_ref().map(|report| (report, ties.as_slice())),
            only_seen: heap.only_seen,
        };
        match file {
            None if let Some(is_package) = outcome.is_patch() => {
                printed = print_patch(outcome, is_package);
            }
            None => {
                let mut out = BufWriter::new(io::stdout().lock());
                printed = printing.print(format, &human(output), &mut out);
            }
            Some(path) => {
                let shown = Human {
                    color: output.color == When::Always,
                    max: output.max_diagnostics,
                    width: WIDTH,
                };
                File::create(&path)
                    .and_then(|file| printing.print(format, &shown, &mut BufWriter::new(file)))
                    .map_err(|error| format!("`{}` cannot be written: {error}", path.display()))?;
            }
        }
    }
    let report = report_for(Format::Human);
    let grown = match (&report, heap.fail_on_growth) {
        (Some(report), Some(budget)) => report.over_budget(budget),
        _ => Vec::new(),
    };
    tell(
        &grown
            .iter()
            .map(|it| format!("error: {it}"))
            .collect::<Vec<_>>(),
    );
    if output.stats {
        tell(&outcome.stats());
    }
    tell(&[outcome.summary_line()]);
    printed?;
    Ok(!grown.is_empty())
}

/// Prints the changes that fixes make.
fn print_patch(outcome: &Outcome, is_package: bool) -> io::Result<()> {
    let path = |change: &fix::Change| {
        let below = is_package.then(|| fix::below_package(&change.path));
        below.flatten().unwrap_or_else(|| change.shown.clone())
    };
    let mut out = BufWriter::new(io::stdout().lock());
    fix::patch(&outcome.changes, &path, &mut out)?;
    out.flush()
}

/// Where findings go, files first: each format is written to as many places as were named, and one to standard output.
fn destinations(output: &Output) -> Result<Vec<FormatTo>, Failure> {
    let (mut all, mut last): (Vec<_>, Vec<_>) = output
        .format
        .iter()
        .cloned()
        .partition(|it| it.file.is_some());
    if last.len() > 1 {
        return Err("one format only can go to standard output; name files for the others: `--format FORMAT=FILE`".into());
    }
    if last.is_empty() {
        let is_agent = report::is_agent(|name| env::var(name).ok());
        last.push(FormatTo {
            format: if is_agent {
                Format::Agent
            } else {
                Format::Human
            },
            file: None,
        });
    }
    all.append(&mut last);
    Ok(all)
}

/// What is printed, in whatever format.
struct Printing<'a> {
    outcome: &'a Outcome,
    findings: &'a [Finding],
    seen: Option<(&'a snapshot::Report<'a>, &'a [Tie])>,
    only_seen: bool,
}

impl Printing<'_> {
    fn print(&self, format: Format, human: &Human, out: &mut dyn Write) -> io::Result<()> {
        let Outcome {
            files,
            notes,
            summary,
            ..
        } = self.outcome;
        let findings = self.findings;
        let paths = || Ok::<_, io::Error>(Paths::new(&env::current_dir()?, files));
        match format {
            Format::Human => {
                if let Some((report, ties)) = self.seen {
                    snapshot::tied(report, ties, findings, self.only_seen, out)?;
                }
                report::human(findings, files, human, out)?;
            }
            Format::Compact => report::compact(findings, files, out)?,
            Format::Json => {
                let heap = self.seen.map(|(report, ties)| snapshot::told(report, ties));
                report::json(findings, files, summary, heap, out)?;
            }
            Format::Sarif => report::sarif(findings, files, notes, &paths()?, out)?,
            Format::Github => report::github(findings, files, &paths()?, out)?,
            Format::Gitlab => report::gitlab(findings, files, &paths()?, out)?,
            Format::Junit => report::junit(findings, files, out)?,
            Format::Checkstyle => report::checkstyle(findings, files, out)?,
            Format::Agent => report::agent(findings, files, out)?,
        }
        out.flush()
    }
}

/// The width of what is drawn where the terminal does not say, and where there is none.
const WIDTH: usize = 100;

fn human(output: &Output) -> Human {
    /// Narrower than this nothing can be drawn.
    const LEAST_WIDTH: usize = 40;
    let color = match output.color {
        When::Auto => Color::Auto,
        When::Always => Color::Always,
        When::Never => Color::Never,
    };
    let stdout = io::stdout();
    let size = terminal_size::terminal_size_of(&stdout);
    Human {
        color: color.resolve(|name| env::var(name).ok(), stdout.is_terminal()),
        width: size.map_or(WIDTH, |(width, _)| usize::from(width.0).max(LEAST_WIDTH)),
        max: output.max_diagnostics,
    }
}

fn completions(shell: Shell) -> Result<u8, Failure> {
    // Into memory first: generating panics where its output cannot be written.
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "leaklint", &mut script);
    print(&String::from_utf8(script)?)
}

fn manual(command: Option<&str>) -> Result<u8, Failure> {
    let mut all = Cli::command();
    all.build();
    let described = match command {
        None => all,
        Some(name) => {
            let found = all.find_subcommand(name).cloned();
            found.ok_or_else(|| format!("there is no command `{name}`"))?
        }
    };
    let mut page = Vec::new();
    Man::new(described).render(&mut page)?;
    print(&String::from_utf8(page)?)
}

fn print(text: &str) -> Result<u8, Failure> {
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes())?;
    out.flush()?;
    Ok(CLEAN)
}

/// Lines to standard error. Where nobody reads them there is nobody to tell that.
fn tell(lines: &[String]) {
    let mut out = io::stderr().lock();
    for line in lines {
        let _ = writeln!(out, "{line}");
    }
}

fn is_broken_pipe(error: &(dyn Error + Send + Sync + 'static)) -> bool {
    error
        .downcast_ref::<io::Error>()
        .is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
}
