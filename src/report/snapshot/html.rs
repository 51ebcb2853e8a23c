//! What fills a heap as one page for a browser, to be kept or sent around: nothing in it is fetched from elsewhere and
//! nothing runs.

use std::io::{self, Write};

use super::super::visible;
use super::super::xml::escaped;
use super::Report;
use super::human::{Described, Grown, bytes, describe, grown, number, place, summary};
use super::tied::{bounded, ranked, verdict};
use crate::evidence::Tie;
use crate::finding::Finding;
use crate::heap::Binding;
use crate::source::SourceFile;

/// What the sources say of the collections of a heap.
#[derive(Clone, Copy, Debug)]
pub struct Seen<'a> {
    /// Those of the last snapshot.
    pub ties: &'a [Tie],
    /// What ties refer to.
    pub findings: &'a [Finding],
    /// What findings refer to.
    pub files: &'a [SourceFile],
    /// Whether to leave out what no finding tells of.
    pub only_seen: bool,
}

const STYLE: &str = include_str!("page.css");

/// Writes the size of the heap, the collections, largest first, with what the sources say of them, what grew, and the
/// constructors.
///
/// # Errors
/// Those of `out`.
pub fn html(report: &Report, seen: Option<Seen>, out: &mut dyn Write) -> io::Result<()> {
    write!(
        out,
        "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>What fills the heap</title>\n<style>\n{STYLE}</style>\n\
         <h1>What fills the heap</h1>\n<p class=\"note\">{}</p>\n",
        escaped(&summary(report))
    )?;
    match seen {
        Some(seen) => tied(report, &seen, out)?,
        None => alone(report, out)?,
    }
    growth(report, out)?;
    constructors(report, out)?;
    writeln!(
        out,
        "<p class=\"note\">Written by leaklint {}.</p>\n</html>",
        env!("CARGO_PKG_VERSION")
    )
}

/// The collections as the snapshot alone tells them.
fn alone(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let growth = report.growth_by_identity();
    writeln!(out, "<h2>Long-lived collections</h2>")?;
    let mut shown = 0;
    for (_, binding) in report.bindings() {
        shown += 1;
        let growth = growth.get(&binding.identity()).copied();
        let told = describe(report, binding, growth, None);
        collection(report, shown, binding, &told, None, out)?;
    }
    more(report.last.bindings.len() - shown, out)
}

/// The collections with what the sources say of them.
fn tied(report: &Report, seen: &Seen, out: &mut dyn Write) -> io::Result<()> {
    let growth = report.growth_by_identity();
    writeln!(out, "<h2>Long-lived collections</h2>")?;
    let ranked = ranked(report, seen.ties, seen.only_seen);
    for (rank, (binding, tie)) in (1..).zip(ranked.iter().take(report.top())) {
        let growth = growth.get(&binding.identity()).copied();
        let mut told = describe(report, binding, growth, tie.declared.as_ref());
        told.lines
            .push(("static", visible(&verdict(tie, seen.findings))));
        let remark = tie.remark.as_ref();
        told.lines.extend(remark.map(|it| ("", visible(it))));
        let finding = tie.finding.and_then(|at| seen.findings.get(at));
        let finding = finding.map(|finding| (finding, seen.files));
        collection(report, rank, binding, &told, finding, out)?;
    }
    more(ranked.len().saturating_sub(report.top()), out)?;
    let bounded: Vec<_> = bounded(report, seen.ties).collect();
    if bounded.is_empty() {
        return Ok(());
    }
    writeln!(
        out,
        "<h2>Few entries or no growth: these look bounded</h2>\n<table>"
    )?;
    for (binding, tie) in bounded {
        let told = describe(report, binding, None, tie.declared.as_ref());
        writeln!(
            out,
            "<tr><td><code>{}</code><td class=\"place\">{}<td class=\"number\">{}",
            escaped(&told.name),
            escaped(&told.place.unwrap_or_default()),
            told.size
        )?;
    }
    writeln!(out, "</table>")
}

fn more(count: usize, out: &mut dyn Write) -> io::Result<()> {
    match count {
        0 => Ok(()),
        more => writeln!(out, "<p class=\"note\">{more} more (--top 0 shows all)</p>"),
    }
}

fn collection(
    report: &Report,
    rank: usize,
    binding: &Binding,
    told: &Described,
    finding: Option<(&Finding, &[SourceFile])>,
    out: &mut dyn Write,
) -> io::Result<()> {
    let of = report.last.facts.reachable_bytes.max(1);
    let width = u128::from(binding.retained_bytes) * 100 / u128::from(of);
    writeln!(
        out,
        "<article>\n<h3>#{rank} <code>{}</code> <span class=\"place\">{}</span></h3>",
        escaped(&told.name),
        escaped(told.place.as_deref().unwrap_or_default())
    )?;
    let (sentences, lines): (Vec<_>, Vec<_>) = told.lines.iter().partition(|line| line.0 == "why");
    for (_, sentence) in sentences {
        writeln!(out, "<p class=\"why\">{}.</p>", marked(sentence))?;
    }
    writeln!(
        out,
        "<p>{}, {}, keeps <strong>{}</strong> alive, {} % of the heap</p>\n\
         <div class=\"bar\"><div style=\"width:{width}%\"></div></div>\n<dl>",
        escaped(&told.class),
        told.size,
        told.bytes,
        told.share
    )?;
    for (name, text) in lines {
        writeln!(out, "<dt>{name}<dd>{}", escaped(text))?;
    }
    writeln!(out, "</dl>")?;
    if let Some((finding, files)) = finding {
        let file = &files[finding.place.file.0 as usize];
        let (line, _) = file.position(finding.place.span.start);
        writeln!(
            out,
            "<p>{}</p>\n<pre>{line:>4} │ {}</pre>\n<p>{}</p>",
            marked(&visible(&finding.message)),
            escaped(&visible(excerpt(file.line(line)))),
            marked(&visible(&finding.help))
        )?;
    }
    writeln!(out, "</article>")
}

/// A line of source, as far as anyone reads.
fn excerpt(line: &str) -> &str {
    const LONGEST: usize = 300;
    let end = line.char_indices().nth(LONGEST);
    &line[..end.map_or(line.len(), |(at, _)| at)]
}

fn growth(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let rows = grown(report);
    if rows.is_empty() {
        return Ok(());
    }
    writeln!(
        out,
        "<h2>Growth from the first snapshot to the last</h2>\n<table>"
    )?;
    for Grown {
        bytes,
        entries,
        mark,
        name,
        script,
    } in rows
    {
        writeln!(
            out,
            "<tr><td class=\"number\">{bytes}<td class=\"number\">{entries}<td>{mark}<td><code>{}</code><td class=\"place\">{}",
            escaped(&name),
            escaped(&script.unwrap_or_default())
        )?;
    }
    writeln!(out, "</table>")
}

fn constructors(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    writeln!(
        out,
        "<h2>Constructors by retained size</h2>\n<table>\n\
         <tr><th class=\"number\">retained<th class=\"number\">objects<th>class<th>"
    )?;
    for constructor in report.constructors() {
        let class = constructor.class.as_ref().map(|class| place(report, class));
        writeln!(
            out,
            "<tr><td class=\"number\">{}<td class=\"number\">{}<td><code>{}</code><td class=\"place\">{}",
            bytes(constructor.retained_bytes),
            number(constructor.count),
            escaped(&visible(&constructor.name)),
            escaped(&visible(&class.unwrap_or_default()))
        )?;
    }
    writeln!(out, "</table>")
}

/// Text with what stands in backticks as code.
fn marked(text: &str) -> String {
    let parts: Vec<&str> = text.split('`').collect();
    let is_paired = parts.len() % 2 == 1;
    if !is_paired {
        return escaped(text);
    }
    let marked = parts.iter().enumerate().map(|(at, part)| match at % 2 {
        0 => escaped(part),
        _ => format!("<code>{}</code>", escaped(part)),
    });
    marked.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_no_markup() {
        for (text, expected) in [
            ("`a<b` is", "<code>a&lt;b</code> is"),
            ("an odd ` one", "an odd ` one"),
            ("", ""),
        ] {
            assert_eq!(marked(text), expected);
        }
    }
}
