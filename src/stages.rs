//! Where the time of a run goes: stages with their steps, each with what it was given.
//!
//! The steps of what runs on several threads at once are added up: together they may be longer than the run.
//! Must not know what the stages do.

use std::time::{Duration, Instant};

/// A step of a stage.
#[derive(Clone, Debug)]
pub struct Step {
    /// The stage: `discover`, `read`, `summarize`, `link`, `judge`.
    pub stage: &'static str,
    /// The step of it; empty where the stage has no parts.
    pub name: &'static str,
    /// How long it took.
    pub time: Duration,
    /// How many of what it was given, or came out; empty for nothing worth telling.
    pub of: Vec<(usize, &'static str)>,
}

/// Notes how long steps take that follow each other.
#[derive(Debug)]
pub struct Watch {
    since: Instant,
    steps: Vec<Step>,
}

impl Watch {
    /// The first step begins.
    pub fn start() -> Self {
        Self {
            since: Instant::now(),
            steps: Vec::new(),
        }
    }

    /// A step has ended, and the next one begins.
    pub fn ended(&mut self, stage: &'static str, name: &'static str, of: &[(usize, &'static str)]) {
        let now = Instant::now();
        self.steps.push(Step {
            stage,
            name,
            time: now - self.since,
            of: of.to_vec(),
        });
        self.since = now;
    }

    /// The steps that have ended.
    pub fn steps(self) -> Vec<Step> {
        self.steps
    }
}

/// Adds up runs through the same steps.
pub fn sum<'a>(runs: impl Iterator<Item = &'a [Step]>) -> Vec<Step> {
    let mut sum: Vec<Step> = Vec::new();
    for run in runs {
        for (at, step) in run.iter().enumerate() {
            let Some(total) = sum.get_mut(at) else {
                sum.push(step.clone());
                continue;
            };
            total.time += step.time;
            for (total, part) in total.of.iter_mut().zip(&step.of) {
                total.0 += part.0;
            }
        }
    }
    sum
}

/// A line for each step.
pub fn lines(steps: &[Step]) -> Vec<String> {
    let mut lines = Vec::new();
    for step in steps {
        let label = if step.name.is_empty() {
            step.stage.to_owned()
        } else {
            format!("{}: {}", step.stage, step.name)
        };
        let micros = step.time.as_micros();
        let (whole, tenths) = (micros / 1000, micros % 1000 / 100);
        let of: Vec<String> = step
            .of
            .iter()
            .map(|(count, what)| format!("{count} {what}"))
            .collect();
        let line = format!("{label:<28}{whole:>7}.{tenths} ms  {}", of.join(", "));
        lines.push(line.trim_end().to_owned());
    }
    lines
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Step, Watch, lines, sum};

    #[test]
    fn steps_follow_each_other() {
        let mut watch = Watch::start();
        watch.ended("read", "", &[(2, "files")]);
        watch.ended("link", "merge", &[]);
        let steps = watch.steps();
        let names: Vec<_> = steps.iter().map(|step| (step.stage, step.name)).collect();
        assert_eq!(names, [("read", ""), ("link", "merge")]);
    }

    #[test]
    fn steps_of_several_threads_are_added_up() {
        let run = |count, micros| [step("", micros, &[(count, "files")]), step("merge", 1, &[])];
        let runs = [run(1, 10), run(2, 20)];
        let total = sum(runs.iter().map(<[Step; 2]>::as_slice));
        assert_eq!(
            lines(&total),
            lines(&[step("", 30, &[(3, "files")]), step("merge", 2, &[])])
        );
    }

    fn step(name: &'static str, micros: u64, of: &[(usize, &'static str)]) -> Step {
        Step {
            stage: "link",
            name,
            time: Duration::from_micros(micros),
            of: of.to_vec(),
        }
    }

    #[test]
    fn a_line_tells_of_a_step() {
        assert_eq!(
            lines(&[
                step("", 1_234, &[(3, "files"), (1, "more")]),
                step("merge", 98_765, &[])
            ]),
            [
                "link                              1.2 ms  3 files, 1 more",
                "link: merge                      98.7 ms",
            ]
        );
    }
}
