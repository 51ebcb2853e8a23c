//! The command line as types: every option, its help and its bounds.
//!
//! Declares and explains; what options mean is decided where they are used.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::{Arg, ArgAction, ArgMatches, Args, FromArgMatches, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
use leaklint::config::Level as RuleLevel;
use leaklint::heap::paths::PathMap;
use leaklint::{explain, rules};

/// Find collections that live as long as the process and only ever grow
///
/// leaklint reads JavaScript and TypeScript and looks for memory leaks of one kind: a `Map`, `Set`, array or object
/// that stays reachable as long as the process runs (a module-scope binding, a static field, a field of a singleton),
/// that functions keep adding to, and that nothing takes from. It runs no code and needs no build.
///
/// A finding names the collection where it is declared, the places where it grows, and what to do: a `WeakMap`, a bound,
/// a removal, a shorter life. Each has a confidence, built from evidence for and against. High confidence is an error
/// and fails the run, medium is a warning, low is shown only when asked for.
#[derive(Debug, Parser)]
#[command(
    name = "leaklint",
    version,
    args_conflicts_with_subcommands = true,
    override_usage = "leaklint [check] [OPTIONS] [PATHS]...\n       leaklint explain [RULE]\n       leaklint snapshot FILE...\n       leaklint init\n       leaklint rules [--format json]\n       leaklint completions SHELL | man [COMMAND]",
    after_help = SHORT_EXAMPLES,
    after_long_help = LONG_EXAMPLES,
    max_term_width = 100
)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
    #[command(flatten)]
    pub(crate) lint: Lint,
}

const SHORT_EXAMPLES: &str = "\
Examples:
  leaklint                               lint the current folder
  leaklint src --format json             for another program
  leaklint --from-snapshot app.heapsnapshot src
                                         what of it fills the heap
  leaklint explain unbounded-collection  what a finding means and how to cure it

Exit status: 0 nothing that fails, 1 findings, 2 could not do the job.";

const LONG_EXAMPLES: &str = "\
Examples:
  leaklint                               lint the current folder
  leaklint src test/server.ts            lint a folder and a file
  leaklint --min-confidence low src      show the doubtful ones too
  leaklint --deny-warnings               fail on warnings, as in CI
  leaklint --ignore-pattern '*.gen.ts'   leave out generated files
  leaklint --staged                      lint what the next commit changes, in a hook
  leaklint --stdin-filename a.ts - <a.ts lint text from an editor
  leaklint --from-snapshot app.heapsnapshot --map-path /app=. src
                                         rank by a heap snapshot from a container
  leaklint explain unbounded-collection  what a finding means and how to cure it
  leaklint ./rules                       lint a folder that has the name of a command

Findings go to standard output; notes and the summary go to standard error.

Exit status:
  0    nothing that fails
  1    findings at error level, too many warnings, or a file that cannot be read or parsed
  2    could not do the job: a wrong option, a path that does not exist
  101  a bug in leaklint";

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Lint; the same as without a command
    Check(Box<Lint>),
    /// Print the page of a rule: what it reports, why, and how to cure it
    Explain {
        /// The rule; without one all are listed
        rule: Option<String>,
    },
    /// Tell what fills the heap, from heap snapshots
    ///
    /// Snapshots are `.heapsnapshot` or `.heaptimeline` files of Node, Chromium, Deno or Bun, also packed with gzip. In
    /// Node, `v8.writeHeapSnapshot()` or `--heapsnapshot-signal` writes one.
    Snapshot(Snapshot),
    /// Write a configuration to begin with: leaklint.jsonc
    Init,
    /// List the rules
    Rules {
        /// How to print them
        #[arg(short, long, value_enum, default_value_t = ListFormat::Human)]
        format: ListFormat,
    },
    /// Print what makes a shell complete commands and options
    #[command(after_help = COMPLETIONS_EXAMPLES)]
    Completions {
        /// The shell
        #[arg(value_enum)]
        shell: Shell,
    },
    /// Print the manual page of leaklint, or of one of its commands
    Man {
        /// The command, as in `snapshot`
        command: Option<String>,
    },
}

const COMPLETIONS_EXAMPLES: &str = "\
Examples:
  leaklint completions bash > ~/.local/share/bash-completion/completions/leaklint
  leaklint completions zsh > ~/.zfunc/_leaklint      with ~/.zfunc in $fpath, before compinit
  leaklint completions fish > ~/.config/fish/completions/leaklint.fish
  leaklint completions powershell >> $PROFILE";

#[derive(Args, Debug)]
#[command(after_help = SNAPSHOT_EXAMPLES)]
pub(crate) struct Snapshot {
    /// The snapshots, or - for standard input; two or more in the order of time show growth
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,

    /// How to print what is found
    #[arg(short, long, value_enum, default_value_t = ListFormat::Human)]
    pub(crate) format: ListFormat,

    /// Show at most so many collections and constructors, 0 for all [default: 10, in JSON all]
    #[arg(long, value_name = "N")]
    pub(crate) top: Option<usize>,

    /// Leave out what keeps less than this alive: bytes, or with a unit as in 500kB, 1.5MB, 2GiB
    #[arg(long, value_name = "SIZE", value_parser = size, default_value = "0")]
    pub(crate) min_retained: u64,

    /// Leave out what may be data: queries of script URLs, names between a variable and its last field
    ///
    /// Strings that the heap holds are never printed.
    #[arg(long)]
    pub(crate) redact: bool,

    /// Write it to one HTML file too, which needs no other; with 50 collections unless --top says
    #[arg(long, value_name = "FILE")]
    pub(crate) report: Option<PathBuf>,

    /// Fail if a collection keeps more than SIZE more alive in the last snapshot than in the first
    #[arg(long, value_name = "SIZE", value_parser = size)]
    pub(crate) fail_on_growth: Option<u64>,
}

const SNAPSHOT_EXAMPLES: &str = "\
Examples:
  leaklint snapshot dump.heapsnapshot                   what fills the heap
  leaklint snapshot before.heapsnapshot.gz after.heapsnapshot.gz
                                                        what grew
  leaklint snapshot --min-retained 1MB --format json -  for another program, from a pipe

Exit status: 0 told, 1 a collection grew by more than --fail-on-growth, 2 could not do the job.";

/// A number of bytes, with a unit or without.
fn size(text: &str) -> Result<u64, String> {
    let digits = text
        .find(|c: char| !c.is_ascii_digit() && c != '.')
        .unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let factor: u64 = match unit.trim().to_ascii_lowercase().as_str() {
        "" | "b" => 1,
        "k" | "kb" => 1_000,
        "m" | "mb" => 1_000_000,
        "g" | "gb" => 1_000_000_000,
        "kib" => 1 << 10,
        "mib" => 1 << 20,
        "gib" => 1 << 30,
        _ => return Err(format!("`{unit}` is not a unit: kB, MB, GB, KiB, MiB, GiB")),
    };
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let parse = |digits: &str| {
        digits
            .parse::<u64>()
            .map_err(|_| format!("`{text}` is not a size"))
    };
    // More digits than these say nothing about bytes.
    let digits: String = fraction.chars().take(9).collect();
    let part = if digits.is_empty() {
        0
    } else {
        let scale = 10_u64.pow(digits.len() as u32);
        (u128::from(parse(&digits)?) * u128::from(factor) / u128::from(scale)) as u64
    };
    let whole = parse(whole)?
        .checked_mul(factor)
        .and_then(|whole| whole.checked_add(part));
    whole.ok_or_else(|| format!("`{text}` is too large"))
}

#[derive(Args, Debug)]
pub(crate) struct Lint {
    /// Files and folders to lint, or - for standard input
    ///
    /// Folders are searched for .js .mjs .cjs .jsx .ts .mts .cts .tsx .vue .svelte .astro files. Hidden files,
    /// `node_modules`, declaration files (.d.ts) and what gitignore files name are left out; a path given by name may
    /// be hidden or lie in `node_modules`, but what is ignored stays ignored. The rest of their project is read too,
    /// for what it does to them: a removal in another file counts.
    #[arg(default_value = ".")]
    pub(crate) paths: Vec<PathBuf>,

    #[command(flatten)]
    pub(crate) rules: Rules,

    #[command(flatten)]
    pub(crate) fix: Fix,

    #[command(flatten)]
    pub(crate) output: Output,

    #[command(flatten)]
    pub(crate) limits: Limits,

    #[command(flatten)]
    pub(crate) files: Files,

    #[command(flatten)]
    pub(crate) git: Git,

    #[command(flatten)]
    pub(crate) suppress: Suppress,

    #[command(flatten)]
    pub(crate) heap: HeapOptions,

    /// Run on so many threads, at least 1 [default: as many as the machine runs at once]
    ///
    /// What is found does not depend on it.
    #[arg(long, value_name = "N", help_heading = "Run")]
    pub(crate) threads: Option<NonZeroUsize>,
}

#[derive(Args, Debug)]
#[command(next_help_heading = "Fix")]
#[expect(clippy::struct_field_names, reason = "the names of options")]
pub(crate) struct Fix {
    /// Make the fixes that leave all but the growth as it was, and show what remains
    ///
    /// Files of dependencies, in `node_modules`, are not written: --diff prints a patch of them.
    #[arg(long, conflicts_with_all = ["from_snapshot", "from_profile", "retainer"])]
    pub(crate) fix: bool,

    /// Make fixes too that change what the program does, such as limits on what is kept
    #[arg(long)]
    pub(crate) unsafe_fixes: bool,

    /// Print the fixes as a patch and change nothing
    ///
    /// With `package`, paths are below the folder of the package, as `pnpm patch` and patches of a package have them; else
    /// below the current folder, as `git apply` and patch-package have them.
    #[arg(long, value_enum, value_name = "PATHS", num_args = 0..=1, require_equals = true, default_missing_value = "folder")]
    pub(crate) diff: Option<DiffPaths>,
}

#[derive(Args, Debug)]
#[command(next_help_heading = "Rules and configuration")]
pub(crate) struct Rules {
    #[command(flatten)]
    pub(crate) levels: Levels,

    /// Show findings of at least this confidence [default: medium, or what the configuration says]
    ///
    /// High is what one would bet on and counts as an error; medium is worth a look and counts as a warning; low has
    /// more against it than for it.
    #[arg(long, value_enum, value_name = "LEVEL")]
    pub(crate) min_confidence: Option<Level>,

    /// Use this configuration for all files; its globs are relative to the current folder
    ///
    /// Without it the nearest `leaklint.json`, `leaklint.jsonc` or key `leaklint` of a `package.json` above a file holds
    /// for it.
    #[arg(short, long, value_name = "FILE", conflicts_with = "isolated")]
    pub(crate) config: Option<PathBuf>,

    /// Read no configuration file
    #[arg(long)]
    pub(crate) isolated: bool,

    /// Print what holds for a file, or for the files of the current folder, and lint nothing
    #[arg(long, value_name = "FILE", num_args = 0..=1)]
    #[expect(clippy::option_option, reason = "the option, and its value")]
    pub(crate) print_config: Option<Option<PathBuf>>,

    /// Resolve imports by this configuration of TypeScript instead of the nearest `tsconfig.json` of each file
    #[arg(long, value_name = "FILE")]
    pub(crate) tsconfig: Option<PathBuf>,
}

/// Levels of rules, in the order in which they were given.
#[derive(Debug)]
pub(crate) struct Levels(pub(crate) Vec<(&'static str, RuleLevel)>);

const LEVELS: [(&str, char, RuleLevel, &str); 3] = [
    (
        "allow",
        'A',
        RuleLevel::Off,
        "Turn a rule off everywhere, or `all`; with -W and -D from left to right",
    ),
    (
        "warn",
        'W',
        RuleLevel::Warn,
        "Make all findings of a rule warnings; overrides of the configuration still hold",
    ),
    (
        "deny",
        'D',
        RuleLevel::Error,
        "Make all findings of a rule errors; overrides of the configuration still hold",
    ),
];

impl Args for Levels {
    fn augment_args(command: clap::Command) -> clap::Command {
        command.args(LEVELS.map(|(name, short, _, help)| {
            Arg::new(name)
                .long(name)
                .short(short)
                .value_name("RULE")
                .action(ArgAction::Append)
                .value_parser(rules_named)
                .help(help)
        }))
    }

    fn augment_args_for_update(command: clap::Command) -> clap::Command {
        Self::augment_args(command)
    }
}

impl FromArgMatches for Levels {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let mut found = Vec::new();
        for (name, _, level, _) in LEVELS {
            let places = matches.indices_of(name).into_iter().flatten();
            let values = matches.get_many::<Vec<&'static str>>(name);
            for (place, rules) in places.zip(values.into_iter().flatten()) {
                found.push((place, level, rules.clone()));
            }
        }
        found.sort_by_key(|(place, ..)| *place);
        let levels = found
            .into_iter()
            .flat_map(|(_, level, rules)| rules.into_iter().map(move |rule| (rule, level)));
        Ok(Self(levels.collect()))
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

fn rules_named(name: &str) -> Result<Vec<&'static str>, String> {
    if name == "all" {
        return Ok(rules::all().iter().map(|rule| rule.id).collect());
    }
    explain::id(name)
        .map(|id| vec![id])
        .map_err(|error| error.to_string())
}

#[derive(Args, Debug)]
#[command(next_help_heading = "Output")]
pub(crate) struct Output {
    /// How to print findings: human, compact, json, sarif, github, gitlab, junit, checkstyle, agent [default: human]
    ///
    /// With FORMAT=FILE they are written to a file besides; repeatable. Where a coding agent runs the command, as known by
    /// the variables that it sets (`CLAUDECODE`, `GEMINI_CLI`, …), the default is agent, a line for each finding.
    /// Paths in sarif, github and gitlab are relative to the root of the git repository.
    #[arg(short, long, value_name = "FORMAT[=FILE]", value_parser = format_to)]
    pub(crate) format: Vec<FormatTo>,

    /// Show errors only: no warnings, no notes that do not fail the run
    #[arg(short, long)]
    pub(crate) quiet: bool,

    /// Show at most so many findings in the human format, 0 for all; all are counted
    #[arg(long, value_name = "N", default_value_t = 50)]
    pub(crate) max_diagnostics: usize,

    /// Color the human format
    ///
    /// `auto` colors for a terminal and heeds `NO_COLOR`, `FORCE_COLOR`, `CLICOLOR` and `CLICOLOR_FORCE`.
    #[arg(long, value_enum, value_name = "WHEN", default_value_t = When::Auto)]
    pub(crate) color: When,

    /// Tell how much was read and where the time went
    #[arg(long)]
    pub(crate) stats: bool,
}

#[derive(Args, Debug)]
#[command(next_help_heading = "Exit status")]
pub(crate) struct Limits {
    /// Fail on warnings too
    #[arg(long)]
    pub(crate) deny_warnings: bool,

    /// Fail on more warnings than this
    #[arg(long, value_name = "N")]
    pub(crate) max_warnings: Option<usize>,

    /// Do not fail on findings or on files that cannot be read or parsed
    #[arg(long)]
    pub(crate) exit_zero: bool,
}

#[derive(Args, Debug)]
#[command(next_help_heading = "Files")]
pub(crate) struct Files {
    /// Treat standard input as the file of this name (with -) [default: stdin.js]
    #[arg(long, value_name = "PATH")]
    pub(crate) stdin_filename: Option<PathBuf>,

    /// Leave out what matches, in gitignore syntax, relative to the current folder; repeatable
    #[arg(long, value_name = "GLOB")]
    pub(crate) ignore_pattern: Vec<String>,

    /// Read no gitignore files and look into hidden folders (`node_modules` stays out)
    #[arg(long)]
    pub(crate) no_ignore: bool,

    /// Lint minified files too: *.min.js, or lines of over 500 characters on average
    #[arg(long)]
    pub(crate) include_minified: bool,

    /// Do not fail on a path that does not exist
    #[arg(long)]
    pub(crate) no_error_on_unmatched_pattern: bool,
}

/// What imports connect with changed files is analysed in any case.
#[derive(Args, Debug)]
#[group(multiple = false, conflicts_with = "stdin_filename")]
#[command(next_help_heading = "Git")]
pub(crate) struct Git {
    /// Report only in files that the next commit changes, and lint them as they stand in the index
    ///
    /// The rest of the project is read as the commit will have it, too.
    #[arg(long)]
    pub(crate) staged: bool,

    /// Report only in files that differ from the last commit, or are new
    #[arg(long)]
    pub(crate) changed: bool,

    /// Report only in files that differ from where REF, a branch or commit, and the current commit part
    #[arg(long, value_name = "REF")]
    pub(crate) since: Option<String>,
}

#[derive(Args, Debug)]
#[command(next_help_heading = "Suppress")]
pub(crate) struct Suppress {
    /// Suppress all findings that there are now: write their numbers to leaklint-suppressions.json
    ///
    /// Later runs read it from the current folder or the closest one above it in the same repository, and show what is
    /// found beyond it. Numbers are by file and rule, so that lines may move.
    #[arg(long = "suppress-all", conflicts_with = "prune")]
    pub(crate) all: bool,

    /// Take out of leaklint-suppressions.json what is no longer found
    #[arg(long = "prune-suppressions")]
    pub(crate) prune: bool,

    /// Fail on comments that suppress nothing; otherwise they are warnings
    #[arg(long = "report-unused-suppressions")]
    pub(crate) report_unused: bool,
}

#[derive(Args, Debug)]
#[command(next_help_heading = "Heap")]
pub(crate) struct HeapOptions {
    /// Rank by what a heap snapshot shows; repeatable, in the order of time: two or more show growth
    ///
    /// Findings that the snapshot confirms come first and are errors. Packages that it names are linted too where they
    /// are on disk. See `leaklint snapshot --help` for the kinds of files.
    #[arg(long, value_name = "FILE")]
    pub(crate) from_snapshot: Vec<PathBuf>,

    /// Rank by what a sampling allocation profile (.heapprofile) shows
    ///
    /// It tells what was allocated under the functions that add to a collection, not what was freed again. Node writes
    /// one with --heap-prof.
    #[arg(long, value_name = "FILE")]
    pub(crate) from_profile: Option<PathBuf>,

    /// Put a collection first by its name, as the retainers pane of developer tools shows it; repeatable
    ///
    /// With `-` the text of such a pane is read from standard input.
    #[arg(long, alias = "retainers", value_name = "NAME")]
    pub(crate) retainer: Vec<String>,

    /// Show only what the snapshot confirms
    #[arg(long, requires = "from_snapshot")]
    pub(crate) only_seen: bool,

    /// Where scripts of the process lie here, as in /app/dist=./dist; repeatable, the first that fits counts
    #[arg(long, value_name = "FROM=TO", value_parser = path_map)]
    pub(crate) map_path: Vec<PathMap>,

    /// Look for source maps that are not beside their scripts here
    #[arg(long, value_name = "DIR")]
    pub(crate) source_map: Option<PathBuf>,

    /// Take only what keeps so much alive for confirmed: bytes, or with a unit as in 500kB, 1.5MB, 2GiB
    #[arg(long, value_name = "SIZE", value_parser = size, default_value = "0", requires = "from_snapshot")]
    pub(crate) min_retained: u64,

    /// Show at most so many collections of the snapshot, 0 for all [default: 10, in JSON all]
    #[arg(long, value_name = "N", requires = "from_snapshot")]
    pub(crate) top: Option<usize>,

    /// Leave out what may be data: queries of script URLs, names between a variable and its last field
    #[arg(long, requires = "from_snapshot")]
    pub(crate) redact: bool,

    /// Write what the heap shows to one HTML file too, which needs no other; with 50 collections unless --top says
    #[arg(long, value_name = "FILE", requires = "from_snapshot")]
    pub(crate) report: Option<PathBuf>,

    /// Fail if a collection keeps more than SIZE more alive in the last snapshot than in the first
    #[arg(long, value_name = "SIZE", value_parser = size, requires = "from_snapshot")]
    pub(crate) fail_on_growth: Option<u64>,
}

fn path_map(text: &str) -> Result<PathMap, String> {
    match text.split_once('=') {
        Some((from, to)) if !from.is_empty() && !to.is_empty() => Ok(PathMap::new(from, to)),
        _ => Err("both sides of `FROM=TO` are needed".to_owned()),
    }
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Level {
    High,
    Medium,
    Low,
}

/// A format, and the file that it goes to; none for standard output.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct FormatTo {
    pub(crate) format: Format,
    pub(crate) file: Option<PathBuf>,
}

fn format_to(text: &str) -> Result<FormatTo, String> {
    let (name, file) = match text.split_once('=') {
        Some((_, "")) => return Err("no file is named after `=`".to_owned()),
        Some((name, file)) => (name, Some(PathBuf::from(file))),
        None => (text, None),
    };
    let format = Format::from_str(name, false).map_err(|_| {
        let names: Vec<_> = Format::value_variants()
            .iter()
            .filter_map(ValueEnum::to_possible_value)
            .map(|value| value.get_name().to_owned())
            .collect();
        format!("there is no format `{name}`: {}", names.join(", "))
    })?;
    Ok(FormatTo { format, file })
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// With source and explanations
    Human,
    /// A line each
    Compact,
    /// One object, version 1
    Json,
    /// SARIF 2.1.0, for code scanning
    Sarif,
    /// Annotations of a GitHub workflow
    Github,
    /// GitLab's report of code quality
    Gitlab,
    /// A test suite for each file
    Junit,
    /// Checkstyle's XML
    Checkstyle,
    /// A line each, with all that is needed to act on it
    Agent,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum DiffPaths {
    /// Below the current folder
    Folder,
    /// Below the folder of the package
    Package,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum ListFormat {
    /// A table
    Human,
    /// A list of objects
    Json,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum When {
    Auto,
    Always,
    Never,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_may_have_units() {
        for (text, expected) in [
            ("0", 0),
            ("500", 500),
            ("500kB", 500_000),
            ("1.5MB", 1_500_000),
            ("2 GiB", 2 << 30),
            ("0.25k", 250),
            ("1.0000000000001M", 1_000_000),
        ] {
            assert_eq!(size(text), Ok(expected), "{text}");
        }
        for text in [
            "",
            "MB",
            "1.x",
            "-1",
            "1TB",
            ".5",
            "1.2.3",
            "99999999999999999999",
            "99999999999GB",
        ] {
            assert!(size(text).is_err(), "{text}");
        }
    }
}
