//! How time and memory grow with the program, up to a million lines: `cargo bench --bench growth`.

#![expect(clippy::print_stdout, reason = "what it measures is printed")]

#[path = "made/programs.rs"]
mod programs;

use std::fs;
use std::time::Instant;

use leaklint::Settings;
use leaklint::config::{Policies, Policy};
use leaklint::finding::Confidence;

/// How many modules the largest program has.
const MODULES: usize = 20_000;

fn main() {
    let settings = Settings {
        policies: Policies::uniform(Policy::new(Confidence::Medium)),
        tsconfig: None,
        hidden: false,
        inventory: false,
    };
    println!("   lines  modules   seconds  peak MiB  findings");
    // The peak is that of the process: the small ones first.
    for part in [8, 4, 2, 1] {
        let modules = MODULES / part;
        let files = programs::program(modules);
        let start = Instant::now();
        let findings = leaklint::lint(&files, &settings).findings.len();
        let seconds = start.elapsed().as_secs_f64();
        let lines = modules * programs::LINES;
        let peak = peak().map_or_else(|| "?".to_owned(), |mib| mib.to_string());
        println!("{lines:>8} {modules:>8} {seconds:>9.2} {peak:>9} {findings:>9}");
    }
}

/// The most memory that the process has held, in MiB, where the system tells.
fn peak() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    let kib: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kib / 1024)
}
