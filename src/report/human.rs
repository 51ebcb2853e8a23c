//! Findings for people: the source with labels, drawn by miette.
//!
//! The only file that names miette. Must not reach a file's text but through an [`Excerpt`], which keeps what miette is
//! given small: it panics at a label from column 65,536 on, and reads what it is given several times.

mod excerpt;

use std::{
    fmt,
    io::{self, Write},
};

use miette::{
    GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteError, MietteSpanContents,
    SourceCode, SourceSpan, SpanContents, ThemeStyles,
};

use self::excerpt::{Excerpt, Mark};
use super::{file, visible};
use crate::{
    finding::{Finding, Label, Severity},
    source::{Place, SourceFile},
};

/// How many labels a finding shows besides its declaration; a collection may grow in hundreds of places.
const MAX_LABELS: usize = 5;

/// Below this a box cannot be read; the terminal may wrap it then.
const MIN_WIDTH: usize = 40;

/// How findings are shown to people.
#[derive(Clone, Copy, Debug)]
pub struct Human {
    /// Whether to write ANSI colours.
    pub color: bool,
    /// The terminal's width in columns.
    pub width: usize,
    /// How many findings are shown; 0 means all.
    pub max: usize,
}

/// Writes the findings in their order, each followed by an empty line, and how many more there are.
pub fn human(
    findings: &[Finding],
    files: &[SourceFile],
    options: &Human,
    out: &mut dyn Write,
) -> io::Result<()> {
    let printer = Printer::new(options);
    let shown = if options.max == 0 {
        findings.len()
    } else {
        options.max.min(findings.len())
    };
    for finding in &findings[..shown] {
        let text = printer.finding(finding, files).map_err(io::Error::other)?;
        writeln!(out, "{text}")?;
    }
    let hidden = findings.len() - shown;
    if hidden > 0 {
        writeln!(
            out,
            "{hidden} more {} (--max-diagnostics 0 shows all)",
            plural(hidden, "finding")
        )?;
    }
    Ok(())
}

/// Renders one finding after the other.
struct Printer {
    handler: GraphicalReportHandler,
    color: bool,
    width: usize,
}

impl Printer {
    fn new(options: &Human) -> Self {
        let mut theme = if options.color {
            GraphicalTheme::unicode()
        } else {
            GraphicalTheme::unicode_nocolor()
        };
        // Line numbers are replaced after rendering, and styled then.
        theme.styles.linum = ThemeStyles::none().linum;
        let width = options.width.max(MIN_WIDTH);
        let handler = GraphicalReportHandler::new_themed(theme)
            .with_width(width)
            .without_syntax_highlighting();
        Self {
            handler,
            color: options.color,
            width,
        }
    }

    /// The message, a box for each file that has labels, the help and the evidence.
    fn finding(&self, finding: &Finding, files: &[SourceFile]) -> Result<String, fmt::Error> {
        let at_home = |label: &&Label| label.place.file == finding.place.file;
        let (home, away): (Vec<&Label>, Vec<&Label>) = finding.labels.iter().partition(at_home);
        let labels: Vec<&Label> = home.into_iter().chain(away).take(MAX_LABELS).collect();

        let mut marks = vec![Mark {
            span: finding.place.span,
            text: visible(&finding.note),
            primary: true,
        }];
        marks.extend(
            labels
                .iter()
                .filter(|label| at_home(label))
                .map(|label| Mark::of(label)),
        );
        let mut parts = vec![self.snippet(
            finding,
            finding.place,
            files,
            &marks,
            Some(&finding.message),
        )?];

        let away: Vec<&Label> = labels
            .iter()
            .copied()
            .filter(|label| !at_home(label))
            .collect();
        for labels in away.chunk_by(|one, other| one.place.file == other.place.file) {
            let marks: Vec<Mark> = labels.iter().map(|label| Mark::of(label)).collect();
            parts.push(self.snippet(finding, labels[0].place, files, &marks, None)?);
        }

        let hidden = finding.labels.len() - labels.len();
        if hidden > 0 {
            parts.push(format!(
                "  … and {hidden} more {}
",
                plural(hidden, "place")
            ));
        }
        parts.push(self.remark("help", &help(finding)));
        parts.push(self.remark("why", &evidence(finding, true)));
        parts.push(self.remark("but", &evidence(finding, false)));
        Ok(parts.concat())
    }

    /// A box with the marked lines of one file, below rule and message if there is one.
    fn snippet(
        &self,
        finding: &Finding,
        header: Place,
        files: &[SourceFile],
        marks: &[Mark],
        message: Option<&str>,
    ) -> Result<String, fmt::Error> {
        let file = file(files, header);
        let snippet = Snippet {
            rule: message.map(|_| finding.rule),
            message: message.map(visible).unwrap_or_default(),
            severity: finding.severity,
            path: visible(&file.shown),
            at: file.position(header.span.start),
            width: self.width,
            excerpt: Excerpt::of(file, marks, self.width),
        };
        let mut text = String::new();
        self.handler.render_report(&mut text, &snippet)?;
        // Without a message the first line holds nothing but the sign of the severity.
        let text = if message.is_some() {
            &text
        } else {
            text.split_once('\n').map_or("", |(_, rest)| rest)
        };
        Ok(self.renumbered(text, &snippet.excerpt))
    }

    /// The rendered text with the excerpt's lines numbered as in their file, and `⋮` where lines are left out.
    ///
    /// miette numbers the lines of an excerpt one after the other. They come in order, and nothing before them begins
    /// like a numbered line: a message is indented with a sign.
    fn renumbered(&self, rendered: &str, excerpt: &Excerpt) -> String {
        let width = excerpt.number_width();
        let mut text = String::with_capacity(rendered.len());
        let mut numbers = (excerpt.first_number()..).zip(&excerpt.numbers).peekable();
        for line in rendered.lines() {
            let numbered =
                numbers.next_if(|(drawn, _)| line.starts_with(&format!(" {drawn:>width$} │")));
            match numbered {
                Some((_, number)) => {
                    let rest = line.split_once('│').map_or("", |(_, rest)| rest);
                    let (margin, bar) = match number {
                        Some(number) => (self.styled("2", &format!("{number:>width$}")), '│'),
                        None => (" ".repeat(width), '⋮'),
                    };
                    text += format!(" {margin} {bar}{rest}").trim_end();
                }
                None => text += line.trim_end(),
            }
            text.push('\n');
        }
        text
    }

    /// A paragraph with a name before it; nothing for an empty one.
    fn remark(&self, name: &str, text: &str) -> String {
        const INDENT: usize = 8;
        let mut lines = Vec::new();
        for (index, line) in wrap(&visible(text), self.width - INDENT).iter().enumerate() {
            let margin = if index == 0 {
                self.styled("36", &format!("{name:>6}:"))
            } else {
                " ".repeat(INDENT - 1)
            };
            lines.push(format!("{margin} {line}\n"));
        }
        lines.concat()
    }

    /// The text in an ANSI style (a parameter of "select graphic rendition"), if colours are wanted.
    fn styled(&self, style: &str, text: &str) -> String {
        if self.color {
            format!("\x1b[{style}m{text}\x1b[0m")
        } else {
            text.to_owned()
        }
    }
}

/// What to do, and whether the tool can do it.
fn help(finding: &Finding) -> String {
    let option = match &finding.fix {
        None => return finding.help.clone(),
        Some(fix) if fix.safe => "--fix",
        Some(_) => "--fix --unsafe-fixes",
    };
    format!("{} (fixable with {option})", finding.help)
}

/// The reasons for a finding, or those against it.
fn evidence(finding: &Finding, speaks_for: bool) -> String {
    let reasons = finding
        .evidence
        .iter()
        .filter(|evidence| evidence.speaks_for == speaks_for);
    reasons
        .map(|evidence| evidence.text.as_str())
        .collect::<Vec<_>>()
        .join(" · ")
}

fn plural(count: usize, noun: &str) -> String {
    if count == 1 {
        noun.to_owned()
    } else {
        format!("{noun}s")
    }
}

/// Breaks a text between words into lines of at most `width` characters; a longer word stays whole.
fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let mut room = 0;
    for word in text.split_whitespace() {
        let length = word.chars().count();
        match lines.last_mut() {
            Some(line) if length < room => {
                line.push(' ');
                line.push_str(word);
                room -= length + 1;
            }
            _ => {
                lines.push(word.to_owned());
                room = width.saturating_sub(length);
            }
        }
    }
    lines
}

impl Mark {
    fn of(label: &Label) -> Self {
        Self {
            span: label.place.span,
            text: visible(&label.text),
            primary: false,
        }
    }
}

/// The part of a diagnostic that miette draws: what happens in one file.
#[derive(Debug)]
struct Snippet {
    rule: Option<&'static str>,
    message: String,
    severity: Severity,
    path: String,
    /// 1-based line and column for the box's header.
    at: (u32, u32),
    width: usize,
    excerpt: Excerpt,
}

impl fmt::Display for Snippet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Snippet {}

impl miette::Diagnostic for Snippet {
    fn code<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.rule
            .map(|rule| Box::new(format!("leaklint::{rule}")) as Box<dyn fmt::Display>)
    }

    fn severity(&self) -> Option<miette::Severity> {
        Some(match self.severity {
            Severity::Error => miette::Severity::Error,
            Severity::Warning => miette::Severity::Warning,
        })
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        Some(self)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        // ` 12 │ ` before a line, `╰── ` before a label.
        let margin = self.excerpt.number_width() + 4 + 4;
        Some(Box::new(self.excerpt.marks.iter().map(move |mark| {
            let room = self
                .width
                .saturating_sub(margin + mark.column)
                .max(MIN_WIDTH / 2);
            let text = Some(wrap(&mark.text, room).join("\n")).filter(|text| !text.is_empty());
            let span = SourceSpan::from(mark.start..mark.end);
            if mark.primary {
                LabeledSpan::new_primary_with_span(text, span)
            } else {
                LabeledSpan::new_with_span(text, span)
            }
        })))
    }
}

impl SourceCode for Snippet {
    /// Without context lines the header is meant, and it gets its place in the file; else the whole excerpt is the
    /// context, so that all labels come into one box.
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        before: usize,
        after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let text = self.excerpt.text.as_bytes();
        let contents = if before == 0 && after == 0 {
            let (line, column) = self.at;
            let line = line as usize - 1;
            MietteSpanContents::new_named(
                self.path.clone(),
                &[],
                *span,
                line,
                column as usize - 1,
                1,
            )
        } else {
            let line = self.excerpt.first_number() as usize - 1;
            MietteSpanContents::new(
                text,
                (0..text.len()).into(),
                line,
                0,
                self.excerpt.numbers.len(),
            )
        };
        Ok(Box::new(contents))
    }
}

#[cfg(test)]
mod tests;
