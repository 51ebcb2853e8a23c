//! Where the time of a run goes: stages with their steps, each with what it was given.
//!
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
    /// What it was given, or what came out; empty for nothing worth telling.
    pub of: String,
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
    pub fn ended(&mut self, stage: &'static str, name: &'static str, of: String) {
        let now = Instant::now();
        self.steps.push(Step {
            stage,
            name,
            time: now - self.since,
            of,
        });
        self.since = now;
    }

    /// The steps that have ended.
    pub fn steps(self) -> Vec<Step> {
        self.steps
    }
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
        let line = format!("{label:<28}{whole:>7}.{tenths} ms  {}", step.of);
        lines.push(line.trim_end().to_owned());
    }
    lines
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Step, Watch, lines};

    #[test]
    fn steps_follow_each_other() {
        let mut watch = Watch::start();
        watch.ended("read", "", "2 files".to_owned());
        watch.ended("link", "merge", String::new());
        let steps = watch.steps();
        let names: Vec<_> = steps.iter().map(|step| (step.stage, step.name)).collect();
        assert_eq!(names, [("read", ""), ("link", "merge")]);
    }

    #[test]
    fn a_line_tells_of_a_step() {
        let step = |name, micros, of: &str| Step {
            stage: "link",
            name,
            time: Duration::from_micros(micros),
            of: of.to_owned(),
        };
        assert_eq!(
            lines(&[step("", 1_234, "3 files"), step("merge", 98_765, "")]),
            [
                "link                              1.2 ms  3 files",
                "link: merge                      98.7 ms",
            ]
        );
    }
}
