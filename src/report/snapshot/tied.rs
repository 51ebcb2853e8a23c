//! What fills a heap and what the sources say of it, for people.

use std::io::{self, Write};

use super::super::visible;
use super::Report;
use super::human::{collection, head, number, plural};
use crate::evidence::{Standing, Tie};
use crate::finding::{Confidence, Finding};
use crate::heap::Binding;

/// Writes the size of the heap, what grew, and the collections: first those that were hinted at, then those that findings
/// told of, then others that are large. With `only_seen` the last are left out. `ties` are those of the last snapshot.
///
/// # Errors
/// Those of `out`.
pub fn tied(
    report: &Report,
    ties: &[Tie],
    findings: &[Finding],
    only_seen: bool,
    out: &mut dyn Write,
) -> io::Result<()> {
    head(report, out)?;
    let shown = ranked(report, ties, only_seen);
    let growth = report.growth_by_identity();
    for (rank, (binding, tie)) in (1..).zip(shown.iter().take(report.top())) {
        let growth = growth.get(&binding.identity()).copied();
        collection(report, rank, binding, growth, tie.declared.as_ref(), out)?;
        writeln!(
            out,
            "    {:<9} {}",
            "static",
            visible(&verdict(tie, findings))
        )?;
        if let Some(remark) = &tie.remark {
            writeln!(out, "    {}", visible(remark))?;
        }
    }
    if shown.is_empty() {
        writeln!(
            out,
            "\nno large collection is held by scripts of the program"
        )?;
    }
    match shown.len().saturating_sub(report.top()) {
        0 => {}
        more => writeln!(out, "\n{more} more (--top 0 shows all)")?,
    }
    let bounded = bounded(report, ties);
    let mut bounded = bounded.peekable();
    if bounded.peek().is_some() {
        writeln!(
            out,
            "\nfew entries or no growth: these look bounded in the heap"
        )?;
    }
    for (binding, tie) in bounded {
        let entries = plural(
            &number(binding.entries),
            binding.entries,
            "entry",
            "entries",
        );
        let place = tie
            .declared
            .as_ref()
            .map(|it| format!("{}:{}  ", it.path, it.line));
        let line = format!(
            "    {}{}   {entries}",
            place.unwrap_or_default(),
            binding.name
        );
        writeln!(out, "{}", visible(&line))?;
    }
    writeln!(out)
}

/// The collections that are told, in their order: at first those that were hinted at, then those that findings told of, then
/// others that are large.
pub(super) fn ranked<'a>(
    report: &Report<'a>,
    ties: &'a [Tie],
    only_seen: bool,
) -> Vec<(&'a Binding, &'a Tie)> {
    let least = report.options.min_retained;
    let all = report.last.bindings.iter().zip(ties);
    let mut shown: Vec<(&Binding, &Tie)> = all
        .filter(|(binding, tie)| {
            let is_due = match tie.standing {
                Standing::Confirmed => true,
                Standing::Bounded | Standing::Minor => false,
                Standing::Silent(_) | Standing::Unknown(_) => tie.is_large && !only_seen,
            };
            tie.is_hinted || (is_due && binding.retained_bytes >= least)
        })
        .collect();
    // They are sorted by size, and stay so.
    shown.sort_by_key(|(_, tie)| (!tie.is_hinted, tie.standing != Standing::Confirmed));
    shown
}

/// Those that look bounded in the heap.
pub(super) fn bounded<'a>(
    report: &Report<'a>,
    ties: &'a [Tie],
) -> impl Iterator<Item = (&'a Binding, &'a Tie)> {
    let all = report.last.bindings.iter().zip(ties);
    all.filter(|(_, tie)| tie.standing == Standing::Bounded && !tie.is_hinted)
}

/// What the rules say of a collection, in a line.
pub(super) fn verdict(tie: &Tie, findings: &[Finding]) -> String {
    let finding = tie.finding.and_then(|at| findings.get(at));
    match (&tie.standing, finding) {
        (Standing::Silent(reason), _) => format!("no finding: {reason}"),
        (Standing::Unknown(reason), _) => format!("not found in the sources: {reason}"),
        (_, None) => "a finding that is not shown".to_owned(),
        (standing, Some(finding)) => {
            let confidence = match finding.confidence {
                Confidence::Low => "low",
                Confidence::Medium => "medium",
                Confidence::High => "high",
            };
            let fixable = if finding.fix.as_ref().is_some_and(|fix| fix.safe) {
                ", fixable"
            } else {
                ""
            };
            let bounded = if *standing == Standing::Bounded {
                ", but it looks bounded here"
            } else {
                ""
            };
            format!(
                "{}, {confidence} confidence{fixable}{bounded}",
                finding.rule
            )
        }
    }
}
