//! One cluster of a run: files that imports connect, analysed as a program of their own.
//!
//! Its facts are dropped when its findings are there. Must not know other clusters, nor how findings are rendered.

use std::time::{Duration, Instant};

use crate::Settings;
use crate::finding::Finding;
use crate::inventory::Inventory;
use crate::program::Program;
use crate::program::links::Links;
use crate::rules;
use crate::rules::copies::Copy;
use crate::source::{FileIdx, SourceFile};
use crate::stages::{Step, Watch};
use crate::summarize::{self, ParseError};
use crate::summary::{Comment, ModuleSummary};

/// What was found in a cluster; places name the files of the run.
#[derive(Debug)]
pub struct Found {
    /// For each file what did not parse, and the comments that speak to the linter.
    pub heard: Vec<(FileIdx, Vec<ParseError>, Vec<Comment>)>,
    /// The findings that are shown.
    pub copies: Vec<Copy>,
    /// Those that are not sure enough, or of rules that are off.
    pub hidden: Vec<Finding>,
    /// All long-lived collections, where they were asked for.
    pub inventory: Inventory,
    /// Where the time went.
    pub steps: Vec<Step>,
}

/// A file of a cluster.
#[derive(Debug)]
pub struct Summarized {
    summary: ModuleSummary,
    errors: Vec<ParseError>,
    /// How long it took.
    time: Duration,
}

/// Reads what one file says.
pub fn summarize(file: &SourceFile) -> Summarized {
    let start = Instant::now();
    let (summary, errors) = summarize::summarize(file);
    Summarized {
        summary,
        errors,
        time: start.elapsed(),
    }
}

/// Analyses the files of one cluster, which are sorted.
pub fn analyse(
    files: &[SourceFile],
    members: &[FileIdx],
    summarized: Vec<Summarized>,
    links: &Links,
    settings: &Settings,
) -> Found {
    let mut steps = vec![Step {
        stage: "summarize",
        name: "",
        time: summarized.iter().map(|it| it.time).sum(),
        of: vec![(members.len(), "files parsed")],
    }];
    let mut watch = Watch::start();
    let mut summaries = Vec::with_capacity(members.len());
    let mut heard = Vec::with_capacity(members.len());
    for (&file, mut it) in members.iter().zip(summarized) {
        heard.push((file, it.errors, std::mem::take(&mut it.summary.comments)));
        summaries.push(it.summary);
    }
    let told: Vec<_> = members
        .iter()
        .map(|file| &settings.policies.of(&files[file.0 as usize].path).told)
        .collect();
    let program = Program::link(summaries, members, links, &told, &mut watch);
    let mut findings: Vec<Finding> = Vec::new();
    for rule in rules::all() {
        let found = (rule.judge)(&program);
        watch.ended("judge", rule.id, &[(found.len(), "findings")]);
        findings.extend(found);
    }
    let run_wide = |file: FileIdx| members[file.0 as usize];
    let hides = |finding: &Finding| {
        let file = run_wide(finding.place.file);
        settings.policies.hides(finding, &files[file.0 as usize])
    };
    let inventory = if settings.inventory {
        Inventory::of(&program, &findings, hides).moved(run_wide)
    } else {
        Inventory::default()
    };
    let (shown, hidden): (Vec<_>, Vec<_>) = findings
        .into_iter()
        .partition(|finding| hides(finding).is_none());
    let copies = Copy::of(&program, members, shown);
    let hidden = hidden
        .into_iter()
        .map(|finding| finding.moved(run_wide))
        .collect();
    watch.ended("judge", "features", &[]);
    drop(program);
    watch.ended("drop", "", &[]);
    steps.extend(watch.steps());
    Found {
        heard,
        copies,
        hidden,
        inventory,
        steps,
    }
}
