//! How long single stages take, on inputs that are made by code: `cargo bench --bench stages`.

#[path = "made/programs.rs"]
mod programs;
#[path = "made/snapshots.rs"]
mod snapshots;

use divan::Bencher;
use leaklint::heap::{Dominators, Heap};
use leaklint::program::links::Links;
use leaklint::program::{Program, Told};
use leaklint::source::{FileIdx, SourceFile};
use leaklint::stages::Watch;
use leaklint::summary::ModuleSummary;
use leaklint::{rules, scan, summarize};

/// How many modules are worked on.
const MODULES: usize = 200;

/// How many nodes a heap has.
const NODES: usize = 200_000;

fn main() {
    divan::main();
}

#[divan::bench]
fn scan_requests(bencher: Bencher) {
    let files = programs::program(MODULES);
    bencher.bench(|| {
        let requests = files.iter().map(|file| scan::requests(&file.text).len());
        requests.sum::<usize>()
    });
}

#[divan::bench]
fn summarize_modules(bencher: Bencher) {
    let files = programs::program(MODULES);
    bencher.bench(|| summaries(&files));
}

#[divan::bench]
fn link(bencher: Bencher) {
    let files = programs::program(MODULES);
    let links = Links::new(&files, None);
    let summaries = summaries(&files);
    bencher
        .with_inputs(|| summaries.clone())
        .bench_values(|summaries| linked(summaries, &links));
}

#[divan::bench]
fn judge(bencher: Bencher) {
    let files = programs::program(MODULES);
    let program = linked(summaries(&files), &Links::new(&files, None));
    bencher.bench(|| {
        let findings = rules::all().iter().map(|rule| (rule.judge)(&program).len());
        findings.sum::<usize>()
    });
}

#[divan::bench]
fn dominators(bencher: Bencher) {
    let text = snapshots::snapshot(NODES).into_bytes();
    let heap = Heap::from_bytes(text, "made").expect("the snapshot is whole");
    bencher.bench(|| Dominators::of(&heap));
}

fn summaries(files: &[SourceFile]) -> Vec<ModuleSummary> {
    let summary = |file| summarize::summarize(file).0;
    files.iter().map(summary).collect()
}

fn linked(summaries: Vec<ModuleSummary>, links: &Links) -> Program {
    let told = Told::default();
    let members: Vec<FileIdx> = (0..summaries.len() as u32).map(FileIdx).collect();
    let told = vec![&told; members.len()];
    Program::link(summaries, &members, links, &told, &mut Watch::start())
}
