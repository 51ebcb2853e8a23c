//! A program that is a test: written to a folder of its own, linted, compared with its annotations.
//!
//! Knows files and the library. Must not know pages.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use leaklint::config::{Policies, Policy};
use leaklint::finding::{Confidence, Finding};
use leaklint::fix::{self, Fixed, Wanted};
use leaklint::source::SourceFile;
use leaklint::{Analysis, Settings, scan, summarize};

use crate::expectation::{self, Expectation, Reported};

/// Files that are linted together.
#[derive(Debug)]
pub(crate) struct Program {
    /// The name of the test.
    pub(crate) name: String,
    pub(crate) files: Vec<File>,
}

/// A file of a program.
#[derive(Debug)]
pub(crate) struct File {
    /// Relative to the program's folder, with `/`.
    pub(crate) path: String,
    pub(crate) text: String,
    /// The file in which a person finds the text, relative to the package.
    pub(crate) origin: String,
    /// The 1-based line of the origin where the text starts.
    pub(crate) first_line: usize,
    /// What it becomes.
    pub(crate) fixed: Option<Announced>,
}

/// The text of a file after fixes.
#[derive(Debug)]
pub(crate) struct Announced {
    pub(crate) text: String,
    /// After all fixes, not only the safe ones.
    pub(crate) is_unsafe: bool,
}

fn settings() -> Settings {
    Settings {
        policies: Policies::uniform(Policy::new(Confidence::Low)),
        tsconfig: None,
        hidden: false,
        inventory: false,
    }
}

/// Extensions of files that are linted; others are only there to be resolved.
const EXTENSIONS: [&str; 11] = [
    "js", "mjs", "cjs", "jsx", "ts", "mts", "cts", "tsx", "vue", "svelte", "astro",
];

impl File {
    /// Dependencies are there to be resolved, as in a user's project.
    fn is_linted(&self) -> bool {
        let path = Path::new(&self.path);
        path.extension()
            .is_some_and(|extension| EXTENSIONS.iter().any(|known| extension == *known))
            && !path.iter().any(|part| part == "node_modules")
    }

    /// `rules/unbounded-collection.md:12` for a 1-based line of the text.
    fn at(&self, line: usize) -> String {
        format!("{}:{}", self.origin, self.first_line + line - 1)
    }
}

impl Program {
    /// The program in a folder of `fixtures/projects`.
    pub(crate) fn from_folder(folder: &Path) -> Result<Self, String> {
        let name = folder
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let mut files = Vec::new();
        read_folder(folder, "", &format!("fixtures/projects/{name}"), &mut files)?;
        Ok(Self {
            name: format!("projects/{name}"),
            files,
        })
    }

    /// Where findings and annotations disagree, a paragraph each; a bare annotation means `default_rule`.
    pub(crate) fn check(&self, default_rule: &str) -> Result<Vec<String>, String> {
        let known: Vec<&str> = leaklint::rules::all().iter().map(|rule| rule.id).collect();
        let outcome = self.lint()?;
        let mut problems = outcome.unparsed();
        problems.extend(outcome.overlooked());
        for (index, source) in outcome.sources.iter().enumerate() {
            let file = self.file(&source.shown)?;
            let expected = expectation::parse(&file.text, default_rule, &known)
                .map_err(|problem| format!("{}: {problem}", file.at(1)))?;
            let reported = outcome.reported(index, source);
            let disagreements = expectation::compare(&expected, &reported);
            if !disagreements.is_empty() {
                problems.push(explain(file, &disagreements, &expected, &reported));
            }
        }
        problems.extend(outcome.repeated());
        problems.extend(self.check_fixes(&outcome));
        Ok(problems)
    }

    /// The findings in their `Debug` form.
    pub(crate) fn findings(&self) -> Result<String, String> {
        Ok(format!("{:#?}", self.lint()?.analysis.findings))
    }

    fn file(&self, path: &str) -> Result<&File, String> {
        self.files
            .iter()
            .find(|file| file.path == path)
            .ok_or_else(|| format!("no file `{path}`"))
    }

    /// Lints the program in a folder of its own, which is gone afterwards.
    fn lint(&self) -> Result<Outcome, String> {
        let folder =
            Folder::create().map_err(|error| format!("no folder for the program: {error}"))?;
        folder
            .fill(&self.files)
            .map_err(|error| format!("cannot write the program: {error}"))?;
        let mut sources: Vec<SourceFile> = self
            .files
            .iter()
            .filter(|file| file.is_linted())
            .map(|file| {
                SourceFile::new(
                    folder.path.join(&file.path),
                    file.path.clone(),
                    file.text.clone(),
                )
            })
            .collect();
        sources.sort_by(|a, b| a.path.cmp(&b.path));
        let analysis = leaklint::lint(&sources, &settings());
        Ok(Outcome {
            _folder: folder,
            sources,
            analysis,
        })
    }

    /// Where a fix does not hold, or its result is not the announced one, or has findings itself.
    fn check_fixes(&self, outcome: &Outcome) -> Vec<String> {
        let findings = &outcome.analysis.findings;
        let mut problems = Vec::new();
        for finding in findings {
            let Some(fix) = &finding.fix else { continue };
            let mut alone = findings.clone();
            for other in alone.iter_mut().filter(|it| it.place != finding.place) {
                other.fix = None;
            }
            let fixed = outcome.fixed(&alone, !fix.safe);
            if fixed.count == 0 {
                let reasons = fixed.notes.iter().map(|note| note.text.as_str());
                problems.push(format!(
                    "{}: the fix of `{}` does not hold: {}",
                    self.name,
                    finding.binding,
                    reasons.collect::<Vec<_>>().join(", ")
                ));
            }
        }
        for is_unsafe in [false, true] {
            let announced: Vec<(&File, &Announced)> = self
                .files
                .iter()
                .filter_map(|file| file.fixed.as_ref().map(|fixed| (file, fixed)))
                .filter(|(_, fixed)| fixed.is_unsafe == is_unsafe)
                .collect();
            if announced.is_empty() {
                continue;
            }
            let fixed = outcome.fixed(findings, is_unsafe);
            for (file, announced) in announced {
                let text = fixed.files.iter().find(|after| after.shown == file.path);
                let text = text.map_or("", |after| &after.text);
                if text == file.text {
                    problems.push(format!("{}: no fix was given", file.at(1)));
                } else if expectation::strip(text) != expectation::strip(&announced.text) {
                    problems.push(format!(
                        "{}: the fix gives\n{}",
                        file.at(1),
                        expectation::strip(text)
                    ));
                }
            }
            let after = fixed.analysis.map_or_else(Vec::new, |after| after.findings);
            for finding in after
                .iter()
                .filter(|finding| finding.confidence > Confidence::Low)
            {
                problems.push(format!(
                    "{}: still reported after the fix: {}",
                    self.name, finding.message
                ));
            }
        }
        problems
    }
}

/// What linting a program gave.
struct Outcome {
    /// What the files name is looked up again after fixes.
    _folder: Folder,
    sources: Vec<SourceFile>,
    analysis: Analysis,
}

impl Outcome {
    /// The findings in the file at `index`.
    fn reported(&self, index: usize, source: &SourceFile) -> Vec<Reported> {
        let here = self
            .analysis
            .findings
            .iter()
            .filter(|finding| finding.place.file.0 as usize == index);
        here.map(|finding| Reported {
            line: 1 + source.text[..finding.place.span.start as usize]
                .matches('\n')
                .count(),
            rule: finding.rule.into(),
            confidence: finding.confidence,
            message: finding.message.clone(),
        })
        .collect()
    }

    /// Files that did not parse: their tests would pass for the wrong reason.
    fn unparsed(&self) -> Vec<String> {
        let failed = self.analysis.notes.iter().filter(|note| note.fails);
        failed
            .map(|note| {
                format!(
                    "{}:{:?}: {}",
                    note.path,
                    note.at.unwrap_or_default(),
                    note.text
                )
            })
            .collect()
    }

    /// Requests that the parser sees and the scan does not: what they connect would be analysed apart.
    fn overlooked(&self) -> Vec<String> {
        let mut problems = Vec::new();
        for source in &self.sources {
            let scanned = scan::requests(&source.text);
            let (summary, _) = summarize::summarize(source);
            for request in summary.requests {
                if scanned.binary_search(&request).is_err() {
                    problems.push(format!("{}: {request:?} is not scanned", source.shown));
                }
            }
        }
        problems
    }

    /// Findings that say the same of the same place.
    fn repeated(&self) -> Vec<String> {
        let key = |finding: &Finding| (finding.place, finding.rule);
        let findings = &self.analysis.findings;
        let repeated = findings.iter().enumerate().filter(|(index, finding)| {
            findings[..*index]
                .iter()
                .any(|earlier| key(earlier) == key(finding))
        });
        repeated
            .map(|(_, finding)| format!("reported twice: {}, {}", finding.rule, finding.message))
            .collect()
    }

    /// What comes of the fixes of these findings.
    fn fixed(&self, findings: &[Finding], is_unsafe_too: bool) -> Fixed {
        let wanted = Wanted {
            is_unsafe_too,
            in_dependencies: true,
        };
        fix::fix(&self.sources, findings, wanted, &|files| {
            leaklint::lint(files, &settings())
        })
    }
}

/// One file's disagreements, then all that was expected and all that was found.
fn explain(
    file: &File,
    disagreements: &[(usize, String)],
    expected: &[Expectation],
    reported: &[Reported],
) -> String {
    let code = |line: usize| file.text.lines().nth(line - 1).unwrap_or_default().trim();
    let mut text = String::new();
    // Writing to a string cannot fail.
    for (line, problem) in disagreements {
        let _ = writeln!(text, "{}: {problem}\n    {}", file.at(*line), code(*line));
    }
    let expected = expected
        .iter()
        .map(|expected| (expected.line, expected.describe()));
    let reported = reported
        .iter()
        .map(|reported| (reported.line, reported.describe()));
    for (head, lines) in [
        ("expected", expected.collect::<Vec<_>>()),
        ("actual", reported.collect()),
    ] {
        let _ = writeln!(
            text,
            "  {head}:{}",
            if lines.is_empty() { " nothing" } else { "" }
        );
        for (line, description) in lines {
            let _ = writeln!(text, "    {}: {description}", file.at(line));
        }
    }
    text
}

fn read_folder(
    folder: &Path,
    below: &str,
    origin: &str,
    files: &mut Vec<File>,
) -> Result<(), String> {
    let unreadable = |error: std::io::Error| format!("{}: {error}", folder.display());
    let mut entries = fs::read_dir(folder)
        .map_err(unreadable)?
        .collect::<Result<Vec<_>, _>>()
        .map_err(unreadable)?;
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let path = format!("{below}{}", entry.file_name().to_string_lossy());
        if entry.path().is_dir() {
            read_folder(&entry.path(), &format!("{path}/"), origin, files)?;
        } else {
            let text = fs::read_to_string(entry.path()).map_err(unreadable)?;
            let origin = format!("{origin}/{path}");
            files.push(File {
                path,
                text,
                origin,
                first_line: 1,
                fixed: None,
            });
        }
    }
    Ok(())
}

/// A folder that is removed when dropped.
struct Folder {
    path: PathBuf,
}

impl Folder {
    fn create() -> std::io::Result<Self> {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let unique = COUNT.fetch_add(1, Ordering::Relaxed);
        // No word such as `test` in the path: a rule may take such files for tests.
        let path = std::env::temp_dir().join(format!("leaklint-{}-{unique}", std::process::id()));
        fs::create_dir_all(&path)?;
        // The resolver answers with real paths.
        Ok(Self {
            path: path.canonicalize()?,
        })
    }

    fn fill(&self, files: &[File]) -> std::io::Result<()> {
        // Without one the resolver would look further up, outside of the program.
        fs::write(self.path.join("package.json"), r#"{"name":"fence"}"#)?;
        for file in files {
            let path = self.path.join(&file.path);
            fs::create_dir_all(path.parent().unwrap_or(&self.path))?;
            fs::write(path, &file.text)?;
        }
        Ok(())
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What stays behind in the system's temporary folder harms no other test.
        let _ = fs::remove_dir_all(&self.path);
    }
}
