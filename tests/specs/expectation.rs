//! The annotations of a file (`//~`), and their comparison with what was reported.
//!
//! Knows lines and words. Must not know where a file came from.

use leaklint::finding::Confidence;

/// What an annotation claims.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Claim {
    /// `//~`: reported, and rightly so.
    Reported,
    /// `//~ FN`: should be reported and is not.
    FalseNegative,
    /// `//~ FP`: is reported and should not be.
    FalsePositive,
}

/// One annotation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Expectation {
    /// 1-based line of the file.
    pub(crate) line: usize,
    pub(crate) claim: Claim,
    pub(crate) rule: String,
    /// `None`: medium or high.
    pub(crate) confidence: Option<Confidence>,
}

/// What a rule said of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Reported {
    /// 1-based line of the file.
    pub(crate) line: usize,
    pub(crate) rule: String,
    pub(crate) confidence: Confidence,
    pub(crate) message: String,
}

impl Expectation {
    fn matches(&self, reported: &Reported) -> bool {
        self.line == reported.line && self.rule == reported.rule && self.admits(reported.confidence)
    }

    fn admits(&self, confidence: Confidence) -> bool {
        match self.confidence {
            Some(stated) => confidence == stated,
            None => confidence >= Confidence::Medium,
        }
    }

    /// The annotation in words: `unbounded-collection, high`.
    pub(crate) fn describe(&self) -> String {
        let confidence = match self.confidence {
            Some(confidence) => describe(confidence),
            None => "medium or high",
        };
        let claim = match self.claim {
            Claim::Reported => "",
            Claim::FalseNegative => " (FN)",
            Claim::FalsePositive => " (FP)",
        };
        format!("{}, {confidence}{claim}", self.rule)
    }
}

impl Reported {
    /// The finding in words: `unbounded-collection, high: module-scope …`.
    pub(crate) fn describe(&self) -> String {
        format!(
            "{}, {}: {}",
            self.rule,
            describe(self.confidence),
            self.message
        )
    }
}

fn describe(confidence: Confidence) -> &'static str {
    match confidence {
        Confidence::Low => "low",
        Confidence::Medium => "medium",
        Confidence::High => "high",
    }
}

const MARK: &str = "//~";

/// The annotations of a text. A bare one means `default_rule`; other rules must be among `known`.
pub(crate) fn parse(
    text: &str,
    default_rule: &str,
    known: &[&str],
) -> Result<Vec<Expectation>, String> {
    let mut expectations = Vec::new();
    for (number, line) in (1usize..).zip(text.lines()) {
        for annotation in line.split(MARK).skip(1) {
            let words = annotation.trim_start_matches('^');
            let Some(line) = number
                .checked_sub(annotation.len() - words.len())
                .filter(|line| *line > 0)
            else {
                return Err(format!(
                    "line {number}: `{MARK}^` points above the first line"
                ));
            };
            let mut expectation = Expectation {
                line,
                claim: Claim::Reported,
                rule: default_rule.into(),
                confidence: None,
            };
            for word in words.split_whitespace() {
                match word {
                    "FN" => expectation.claim = Claim::FalseNegative,
                    "FP" => expectation.claim = Claim::FalsePositive,
                    "high" => expectation.confidence = Some(Confidence::High),
                    "medium" => expectation.confidence = Some(Confidence::Medium),
                    "low" => expectation.confidence = Some(Confidence::Low),
                    rule if known.contains(&rule) => expectation.rule = rule.into(),
                    _ => {
                        return Err(format!(
                            "line {number}: `{word}` is no word of an annotation and no rule"
                        ));
                    }
                }
            }
            expectations.push(expectation);
        }
    }
    Ok(expectations)
}

/// The text without its annotations: what a fix is compared with.
pub(crate) fn strip(text: &str) -> String {
    text.lines()
        .map(|line| {
            line.split(MARK)
                .next()
                .unwrap_or_default()
                .trim_end()
                .to_owned()
                + "\n"
        })
        .collect()
}

/// Where annotations and findings disagree: lines and what is wrong there.
///
/// A finding of low confidence counts only where an annotation says `low`.
pub(crate) fn compare(expected: &[Expectation], reported: &[Reported]) -> Vec<(usize, String)> {
    let mut problems = Vec::new();
    for expectation in expected {
        let met = reported
            .iter()
            .any(|reported| expectation.matches(reported));
        let problem = match (expectation.claim, met) {
            (Claim::Reported | Claim::FalsePositive, true) | (Claim::FalseNegative, false) => {
                continue;
            }
            (Claim::Reported, false) => "not reported",
            (Claim::FalseNegative, true) => {
                "reported at last: promote this, the annotation is `//~` now"
            }
            (Claim::FalsePositive, false) => {
                "no longer reported: promote this, the annotation can go"
            }
        };
        problems.push((
            expectation.line,
            format!("{problem}: {}", expectation.describe()),
        ));
    }
    for reported in reported {
        let stated = expected
            .iter()
            .any(|expectation| expectation.matches(reported));
        if !stated && reported.confidence > Confidence::Low {
            problems.push((
                reported.line,
                format!("unexpected: {}", reported.describe()),
            ));
        }
    }
    problems.sort();
    problems
}
