//! One run: settings in, findings and an exit status out.
//!
//! Orders the stages and counts. Must not know the command line, how findings are printed, or JavaScript.

mod configured;
mod read;
mod workers;

use std::mem;
use std::sync::Arc;
use std::time::Instant;

pub use workers::{Workers, workers};

use crate::config::{Changes, Config, Failing, Fixing, Input, Mistake, Tree};
use crate::discover::{self, Entry, Found};
use crate::evidence::{self, Process, Subject, Tied};
use crate::finding::{Finding, Severity};
use crate::fix::{self, Change, Fixed, Wanted, WriteError};
use crate::git;
use crate::report::Summary;
use crate::source::SourceFile;
use crate::stages::{self, Step, Watch};
use crate::suppress::bulk::{self, Bulk};
use crate::{Note, Settings, lint, rules};
use configured::{all_off, hidden_by_command, policies, told};
use read::{read_all, select, sort_out};

/// What a run found.
#[derive(Debug)]
pub struct Outcome {
    /// The files that were linted, sorted by shown path; findings point into them.
    pub files: Vec<SourceFile>,
    /// Sorted by path, place and rule.
    pub findings: Vec<Finding>,
    /// Sorted by path.
    pub notes: Vec<Note>,
    /// The counts.
    pub summary: Summary,
    /// Where the time went.
    pub steps: Vec<Step>,
    /// What was known of a process that ran the program.
    pub process: Option<Process>,
    /// What of its last heap snapshot is in the sources; findings are places in `findings`.
    pub tied: Tied,
    /// What was asked of fixes.
    pub fixing: Option<Fixing>,
    /// The changes that fixes make: of files that were written, or to be told as a patch.
    pub changes: Vec<Change>,
}

/// Why a run gives nothing.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is nothing to lint.
    #[error(transparent)]
    Discover(#[from] discover::Error),
    /// Configuration files say what they cannot mean.
    #[error("{}", told(.0))]
    Config(Vec<Mistake>),
    /// The suppressions cannot be read or written.
    #[error(transparent)]
    Suppressions(#[from] bulk::Error),
    /// Fixes cannot be written.
    #[error(transparent)]
    Write(#[from] WriteError),
    /// It is not known what changed.
    #[error(transparent)]
    Git(#[from] git::Error),
}

/// Finds, reads and lints. To be called in one of the [`workers`], for their stacks.
///
/// # Errors
/// When a path does not exist, a configuration file has a mistake, git cannot tell what changed, the file of suppressions
/// is of no use, or fixes cannot be written.
pub fn run(mut config: Config) -> Result<Outcome, Error> {
    let start = Instant::now();
    let mut watch = Watch::start();
    let configs = Arc::new(Tree::new(config.given.clone()));
    config.files.configs = Some(configs.clone());
    let Gathered {
        files,
        minified,
        mut settings,
        mut notes,
    } = gather(&mut config, &configs, &mut watch)?;
    let mut bulk = Bulk::open(&config.files.folder)?;
    // What is no longer found is told from what is merely hidden.
    settings.hidden = !bulk.is_empty();
    let mut analysis = lint(&files, &settings);
    notes.extend(analysis.notes);
    notes.extend(all_off(&files, &settings.policies));
    let hidden = hidden_by_command(analysis.hidden, &files, &configs);
    let applied = bulk.apply(
        config.suppressions,
        &files,
        &mut analysis.findings,
        &hidden,
        &mut analysis.inventory,
    )?;
    notes.extend(applied.notes);
    let suppressed = analysis.suppressed.iter().map(|it| &it.finding);
    let suppressed = suppressed.chain(&applied.suppressed);
    let suppressed = suppressed
        .filter(|finding| files[finding.place.file.0 as usize].is_asked)
        .count();
    let skipped = minified.iter().filter(|entry| entry.is_asked).count();
    let mut subject = Subject {
        files,
        findings: analysis.findings,
        inventory: analysis.inventory,
        notes,
        minified,
        folder: config.files.folder,
        settings,
    };
    let mut process = config.process;
    if let Some(process) = &mut process
        && let Some(nearest) = configs.nearest(&subject.folder)
    {
        process.search.maps.extend_from_slice(&nearest.maps);
    }
    let tied = process
        .as_ref()
        .map(|process| evidence::apply(&mut subject, process));
    let (mut changes, mut fixed) = (Vec::new(), 0);
    if let Some(fixing) = config.fixing {
        let made = make_fixes(&mut subject, fixing)?;
        (changes, fixed) = (made.changes, made.count);
    }
    let Subject {
        files,
        mut findings,
        mut notes,
        settings,
        ..
    } = subject;
    // What a heap shows raises the level of a finding; what was asked for comes last.
    settings.policies.settle(&mut findings, &files);
    if process.is_none() {
        findings.retain(|finding| files[finding.place.file.0 as usize].is_asked);
    }
    notes.sort();
    let summary = Summary {
        parsed: analysis.parsed,
        skipped,
        suppressed,
        fixed,
        duration_ms: u64::try_from(start.elapsed().as_millis()).unwrap_or(u64::MAX),
        ..counts(&files, &findings)
    };
    let mut steps = watch.steps();
    steps.extend(analysis.steps);
    Ok(Outcome {
        files,
        findings,
        notes,
        summary,
        steps,
        process,
        tied: tied.unwrap_or_default(),
        fixing: config.fixing,
        changes,
    })
}

/// What is linted, and how.
struct Gathered {
    files: Vec<SourceFile>,
    minified: Vec<Entry>,
    settings: Settings,
    notes: Vec<Note>,
}

/// Finds and reads the files. Takes the input.
fn gather(config: &mut Config, configs: &Tree, watch: &mut Watch) -> Result<Gathered, Error> {
    let (mut found, text) = match &mut config.input {
        Input::Paths(paths) => (discover::discover(paths, &config.files)?, None),
        Input::Text { path, bytes } => (
            discover::discover_named(path, &config.files),
            Some(mem::take(bytes)),
        ),
    };
    let settings = Settings {
        policies: policies(configs, &mut found).map_err(Error::Config)?,
        tsconfig: config.tsconfig.take(),
        inventory: config.process.is_some(),
        hidden: false,
    };
    let Found {
        files: mut entries,
        walked,
        mut notes,
    } = found;
    let changes = match &config.changes {
        Some(scope) => Some(git::changes(&config.files.folder, scope)?),
        None => None,
    };
    let texts = select(&mut entries, text, changes.as_ref());
    watch.ended("discover", "", &extent(&entries));
    let read = read_all(entries, &texts, config.include_minified);
    let (files, minified) = sort_out(read, &mut notes);
    // Of a part of a project there is no telling what the rest has.
    if changes.is_none() && files.iter().all(|file| file.is_asked) {
        notes.extend(configs.idle_names(&walked, &files));
    }
    let bytes: usize = files.iter().map(|file| file.text.len()).sum();
    watch.ended("read", "", &[(bytes, "bytes of text")]);
    Ok(Gathered {
        files,
        minified,
        settings,
        notes,
    })
}

/// What is counted of findings and files; the rest is zero.
fn counts(files: &[SourceFile], findings: &[Finding]) -> Summary {
    let count = |severity| {
        findings
            .iter()
            .filter(|finding| finding.severity == severity)
            .count()
    };
    Summary {
        files: files.iter().filter(|file| file.is_asked).count(),
        errors: count(Severity::Error),
        warnings: count(Severity::Warning),
        fixable: findings
            .iter()
            .filter(|finding| finding.fix.as_ref().is_some_and(|fix| fix.safe))
            .count(),
        ..Summary::default()
    }
}

/// Makes fixes. Where they are written, the subject becomes what is there then.
fn make_fixes(subject: &mut Subject, fixing: Fixing) -> Result<Fixed, WriteError> {
    let wanted = Wanted {
        is_unsafe_too: fixing.is_unsafe_too,
        in_dependencies: fixing.output != Changes::Files,
    };
    let lint_again = |files: &[SourceFile]| {
        let mut analysis = lint(files, &subject.settings);
        // It could be read before; what it suppresses is no news after a fix.
        if let Ok(mut bulk) = Bulk::open(&subject.folder) {
            let (findings, inventory) = (&mut analysis.findings, &mut analysis.inventory);
            let _ = bulk.apply(bulk::Mode::Apply, files, findings, &[], inventory);
        }
        analysis
    };
    let mut fixed = fix::fix(&subject.files, &subject.findings, wanted, &lint_again);
    subject.notes.append(&mut fixed.notes);
    if fixing.output == Changes::Files {
        fix::commit(&fixed.changes)?;
        if let Some(analysis) = fixed.analysis.take() {
            subject.files = mem::take(&mut fixed.files);
            subject.findings = analysis.findings;
        }
    }
    Ok(fixed)
}

impl Outcome {
    /// Whether a patch is to be told, and if so whether its paths are below the folder of each package.
    pub fn is_patch(&self) -> Option<bool> {
        match self.fixing?.output {
            Changes::Files => None,
            Changes::Patch => Some(false),
            Changes::PackagePatch => Some(true),
        }
    }

    /// Whether the run fails.
    pub fn fails(&self, failing: &Failing) -> bool {
        let warnings = self.summary.warnings;
        let too_many = failing.max_warnings.is_some_and(|max| warnings > max);
        let failed = self.summary.errors > 0
            || too_many
            || (failing.deny_warnings && warnings > 0)
            || (failing.unused_suppressions && self.has_unused_suppressions())
            || self.notes.iter().any(|note| note.fails);
        failed && !failing.never
    }

    fn has_unused_suppressions(&self) -> bool {
        let mut rules = self.findings.iter().map(|finding| finding.rule);
        rules.any(|rule| rule == rules::UNUSED_SUPPRESSION)
    }

    /// What is to be said besides the findings, a line each: why the run fails first. What many files have in common
    /// is said of the first few. With `quiet` only what makes the run fail.
    pub fn messages(&self, quiet: bool) -> Vec<String> {
        let mut lines = Vec::new();
        let mut said: Vec<(&str, usize)> = Vec::new();
        let (fatal, mild): (Vec<&Note>, Vec<&Note>) =
            self.notes.iter().partition(|note| note.fails);
        for note in fatal {
            lines.push(format!("error: {}", note_text(note)));
        }
        if quiet {
            return lines;
        }
        for note in mild {
            match said.iter_mut().find(|(text, _)| *text == note.text) {
                Some((_, count)) => *count += 1,
                None => said.push((&note.text, 1)),
            }
            if said
                .iter()
                .any(|(text, count)| *text == note.text && *count <= NOTES_OF_A_KIND)
            {
                lines.push(format!("note: {}", note_text(note)));
            }
        }
        for (text, count) in said
            .into_iter()
            .filter(|(_, count)| *count > NOTES_OF_A_KIND)
        {
            lines.push(format!(
                "note: the same of {}: {text}",
                plural(count - NOTES_OF_A_KIND, "more file")
            ));
        }
        if self.summary.files == 0 {
            let all_minified = if self.summary.skipped > 0 {
                " (see --include-minified)"
            } else {
                ""
            };
            lines.push(format!("note: there is no file to lint{all_minified}"));
        }
        lines
    }

    /// The last line of a run: what was found in how many files, and how long it took.
    pub fn summary_line(&self) -> String {
        let Summary {
            files,
            skipped,
            suppressed,
            errors,
            warnings,
            fixable,
            fixed,
            duration_ms,
            ..
        } = self.summary;
        let failed = self
            .notes
            .iter()
            .filter(|note| note.fails)
            .map(|note| &note.path);
        // Notes are sorted by path.
        let failed = failed.fold((0, None), |(count, last), path| {
            (count + usize::from(last != Some(path)), Some(path))
        });
        let mut line = format!(
            "{}, {} in {}",
            plural(errors, "error"),
            plural(warnings, "warning"),
            plural(files, "file"),
        );
        let mut part = |count: usize, text: String| {
            if count > 0 {
                line.push_str(" · ");
                line.push_str(&text);
            }
        };
        part(fixable, format!("{fixable} fixable"));
        part(suppressed, format!("{suppressed} suppressed"));
        let verb = if self.is_patch().is_some() {
            "to be fixed"
        } else {
            "fixed"
        };
        let changed = plural(self.changes.len(), "file");
        part(fixed, format!("{fixed} {verb} in {changed}"));
        part(
            skipped,
            format!("{} skipped", plural(skipped, "minified file")),
        );
        part(
            failed.0,
            format!("{} not read or parsed", plural(failed.0, "file")),
        );
        part(1, format!("{duration_ms} ms"));
        line
    }

    /// What `--stats` adds: what each part of the run was given and how long it took, a line each.
    pub fn stats(&self) -> Vec<String> {
        stages::lines(&self.steps)
    }
}

/// How many files were found, and how many others are read because they belong to their projects.
fn extent(entries: &[Entry]) -> Vec<(usize, &'static str)> {
    let asked = entries.iter().filter(|entry| entry.is_asked).count();
    let mut extent = vec![(asked, if asked == 1 { "file" } else { "files" })];
    if entries.len() > asked {
        extent.push((entries.len() - asked, "more of the project"));
    }
    extent
}

/// How many notes with one text are shown.
const NOTES_OF_A_KIND: usize = 5;

fn note_text(note: &Note) -> String {
    let Note { path, text, .. } = note;
    match note.at {
        Some((line, column)) => format!("{path}:{line}:{column}: {text}"),
        None => format!("{path}: {text}"),
    }
}

fn plural(count: usize, noun: &str) -> String {
    let end = if count == 1 { "" } else { "s" };
    format!("{count} {noun}{end}")
}

#[cfg(test)]
mod tests {
    use super::Outcome;
    use crate::Note;
    use crate::config::Failing;
    use crate::evidence::Tied;
    use crate::report::Summary;
    use crate::source::SourceFile;

    fn outcome(errors: usize, warnings: usize, notes: Vec<Note>) -> Outcome {
        let summary = Summary {
            files: 1,
            parsed: 1,
            skipped: 0,
            suppressed: 0,
            errors,
            warnings,
            fixable: 0,
            fixed: 0,
            duration_ms: 38,
        };
        let files = vec![SourceFile::new("a.js".into(), "a.js".into(), String::new())];
        Outcome {
            files,
            findings: Vec::new(),
            notes,
            summary,
            steps: Vec::new(),
            process: None,
            tied: Tied::default(),
            fixing: None,
            changes: Vec::new(),
        }
    }

    fn note(path: &str, text: &str, fails: bool) -> Note {
        Note {
            path: path.to_owned(),
            at: None,
            text: text.to_owned(),
            fails,
        }
    }

    #[test]
    fn errors_fail_and_warnings_fail_where_asked() {
        let check = |errors, warnings, failing: Failing, expected| {
            assert_eq!(
                outcome(errors, warnings, Vec::new()).fails(&failing),
                expected,
                "{errors} {warnings} {failing:?}"
            );
        };
        let lax = Failing::default();
        check(0, 0, lax, false);
        check(1, 0, lax, true);
        check(0, 9, lax, false);
        check(
            0,
            1,
            Failing {
                deny_warnings: true,
                ..lax
            },
            true,
        );
        check(
            0,
            0,
            Failing {
                deny_warnings: true,
                ..lax
            },
            false,
        );
        check(
            0,
            2,
            Failing {
                max_warnings: Some(2),
                ..lax
            },
            false,
        );
        check(
            0,
            3,
            Failing {
                max_warnings: Some(2),
                ..lax
            },
            true,
        );
        check(
            1,
            3,
            Failing {
                max_warnings: Some(2),
                never: true,
                ..lax
            },
            false,
        );
    }

    #[test]
    fn a_file_that_does_not_parse_fails_and_a_note_does_not() {
        let failing = Failing::default();
        assert!(outcome(0, 0, vec![note("a.js", "does not parse", true)]).fails(&failing));
        assert!(!outcome(0, 0, vec![note("a.js", "is odd", false)]).fails(&failing));
    }

    #[test]
    fn the_summary_leaves_out_what_there_is_none_of() {
        let mut outcome = outcome(1, 0, Vec::new());
        assert_eq!(
            outcome.summary_line(),
            "1 error, 0 warnings in 1 file · 38 ms"
        );
        outcome.summary = Summary {
            files: 214,
            skipped: 3,
            fixable: 1,
            fixed: 0,
            warnings: 1,
            ..outcome.summary
        };
        let expected =
            "1 error, 1 warning in 214 files · 1 fixable · 3 minified files skipped · 38 ms";
        assert_eq!(outcome.summary_line(), expected);
    }

    #[test]
    fn a_file_with_many_errors_is_one_file_in_the_summary() {
        let notes = ["a.js", "a.js", "b.js"].map(|path| note(path, "does not parse", true));
        let expected = "0 errors, 0 warnings in 1 file · 2 files not read or parsed · 38 ms";
        assert_eq!(outcome(0, 0, notes.to_vec()).summary_line(), expected);
    }

    #[test]
    fn a_note_that_many_files_share_is_shown_a_few_times() {
        let mut notes: Vec<Note> = (0..9)
            .map(|index| note(&format!("{index}.css"), "is odd", false))
            .collect();
        notes.push(note("z.js", "does not parse", true));
        let lines = outcome(0, 0, notes).messages(false);
        assert_eq!(lines.len(), 7);
        assert_eq!(lines[0], "error: z.js: does not parse");
        assert_eq!(lines[1], "note: 0.css: is odd");
        assert_eq!(lines[6], "note: the same of 4 more files: is odd");
    }

    #[test]
    fn quiet_leaves_only_what_fails() {
        let notes = vec![
            note("a.css", "is odd", false),
            note("b.js", "does not parse", true),
        ];
        assert_eq!(
            outcome(0, 0, notes).messages(true),
            ["error: b.js: does not parse"]
        );
    }
}
