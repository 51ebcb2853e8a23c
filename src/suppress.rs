//! Comments that suppress findings: what they cover, whether they are needed, and what is wrong with them.
//!
//! Knows findings, lines and what comments say. Must not know how a finding came about, nor syntax: where comments are is
//! told by the facts of a module. A suppression is read at the place of a finding, the declaration.

pub mod bulk;
mod directive;
mod removal;
mod wording;

use std::ops::Range;

use crate::finding::{Finding, Silence};
use crate::inventory::{Inventory, is_on_memo};
use crate::rules;
use crate::source::{FileIdx, Place, SourceFile};
use crate::summary::Comment;

use directive::{Directive, Kind, Misspelt};

/// A finding that is not shown.
#[derive(Clone, Debug)]
pub struct Suppressed {
    /// What would be shown.
    pub finding: Finding,
    /// Why it is not, where that is said.
    pub reason: Option<String>,
    /// The comment.
    pub comment: Place,
}

/// The comments of a program that speak to the linter.
#[derive(Debug, Default)]
pub struct Suppressions {
    /// By file and place.
    comments: Vec<Suppression>,
    /// Ends of blocks that have no beginning.
    stray_ends: Vec<Place>,
    misspelt: Vec<(FileIdx, Misspelt)>,
}

/// A comment that suppresses.
#[derive(Debug)]
struct Suppression {
    file: FileIdx,
    directive: Directive,
    /// The offsets at which findings are suppressed.
    covers: Range<u32>,
    /// The `leaklint-enable` that ends it and nothing else.
    end: Option<Place>,
    /// Whether there was something to suppress, for each rule that it names; for all rules one answer.
    used: Vec<bool>,
}

/// Whether a comment of a text may speak to the linter.
pub(crate) fn may_speak(text: &str) -> bool {
    text.contains(directive::PREFIX)
}

impl Suppressions {
    /// Reads the comments of each file; there is a list for each of `files`.
    pub fn read(files: &[SourceFile], comments: &[Vec<Comment>]) -> Self {
        let mut all = Self::default();
        for (at, (source, comments)) in (0..).zip(files.iter().zip(comments)) {
            all.read_file(FileIdx(at), source, comments);
        }
        all
    }

    fn read_file(&mut self, file: FileIdx, source: &SourceFile, comments: &[Comment]) {
        let mut directives = Vec::new();
        for read in comments.iter().filter_map(directive::read) {
            match read {
                Ok(directive) => directives.push(directive),
                Err(misspelt) => self.misspelt.push((file, misspelt)),
            }
        }
        let first = self.comments.len();
        for (at, directive) in directives.iter().enumerate() {
            if directive.kind == Kind::End {
                let end = Place {
                    file,
                    span: directive.span,
                };
                if !end_blocks(&mut self.comments[first..], directive, end) {
                    self.stray_ends.push(end);
                }
                continue;
            }
            self.comments.push(Suppression {
                file,
                covers: covered(source, directive, &directives[at + 1..]),
                end: None,
                used: vec![false; directive.rules.len().max(1)],
                directive: directive.clone(),
            });
        }
    }

    /// Remembers which suppressions these findings need.
    pub fn use_for<'a>(&mut self, findings: impl Iterator<Item = &'a Finding>) {
        for finding in findings {
            if let Some((at, rule)) = self.covering(finding) {
                self.comments[at].used[rule] = true;
            }
        }
    }

    /// The findings that stay, and those that do not.
    pub fn split(&self, findings: Vec<Finding>) -> (Vec<Finding>, Vec<Suppressed>) {
        let mut kept = Vec::new();
        let mut suppressed = Vec::new();
        for finding in findings {
            match self.covering(&finding) {
                None => kept.push(finding),
                Some((at, _)) => {
                    let Suppression {
                        file, directive, ..
                    } = &self.comments[at];
                    suppressed.push(Suppressed {
                        finding,
                        reason: directive.reason.clone(),
                        comment: Place {
                            file: *file,
                            span: directive.span,
                        },
                    });
                }
            }
        }
        (kept, suppressed)
    }

    /// What is wrong with the comments, as findings of the rules on them. Of a rule that is off in a file nothing is
    /// expected there.
    pub fn problems(
        &self,
        files: &[SourceFile],
        is_off: impl Fn(FileIdx, &str) -> bool,
    ) -> Vec<Finding> {
        let of = |file: FileIdx| &files[file.0 as usize];
        let mut findings = Vec::new();
        for suppression in &self.comments {
            let Suppression {
                file, directive, ..
            } = suppression;
            let unused = suppression.unused(|rule| is_off(*file, rule));
            if !unused.is_empty() {
                let fix = removal::of_unused(of(*file), suppression, &unused);
                findings.push(wording::unused(*file, directive, &unused, fix));
            }
            let is_idle = unused.len() == suppression.used.len();
            if !is_idle && (directive.reason.is_none() || directive.has_stray_words) {
                findings.push(wording::without_reason(*file, directive));
            }
            let unknown = directive.rules.iter().filter(|named| !is_known(&named.id));
            findings.extend(unknown.map(|named| wording::unknown(*file, named)));
        }
        for end in &self.stray_ends {
            let fix = removal::of_comment(of(end.file), *end);
            findings.push(wording::ends_nothing(*end, fix));
        }
        let misspelt = self.misspelt.iter();
        findings.extend(misspelt.map(|(file, wrong)| wording::misspelt(*file, wrong)));
        findings
    }

    /// The suppression of a finding, the narrowest if there are several, and which of its rules it is.
    fn covering(&self, finding: &Finding) -> Option<(usize, usize)> {
        // What is wrong with a comment is not for comments to suppress.
        if rules::is_on_comments(finding.rule) {
            return None;
        }
        let Place { file, span } = finding.place;
        let first = self.comments.partition_point(|it| it.file < file);
        let here = self.comments.iter().enumerate().skip(first);
        here.take_while(|(_, it)| it.file == file)
            .filter(|(_, it)| it.covers.contains(&span.start))
            .filter_map(|(at, it)| Some((at, it.rule(finding.rule)?)))
            .min_by_key(|(at, _)| {
                let covers = &self.comments[*at].covers;
                covers.end - covers.start
            })
    }
}

impl Suppression {
    /// Which of its rules this is, if it is about it.
    fn rule(&self, id: &str) -> Option<usize> {
        let rules = &self.directive.rules;
        if rules.is_empty() {
            return Some(0);
        }
        rules.iter().position(|named| named.id == id)
    }

    /// The rules that it suppresses in vain, by their positions. What is no rule is another matter.
    fn unused(&self, is_off: impl Fn(&str) -> bool) -> Vec<usize> {
        let rules = &self.directive.rules;
        let is_live = |id: &str| is_known(id) && !is_off(id);
        let is_live = |at: usize| rules.get(at).is_none_or(|named| is_live(&named.id));
        let positions = 0..self.used.len();
        positions
            .filter(|at| !self.used[*at] && is_live(*at))
            .collect()
    }
}

fn is_known(id: &str) -> bool {
    rules::find(id).is_some()
}

/// Ends the open blocks that a `leaklint-enable` is about; false if there is none.
fn end_blocks(suppressions: &mut [Suppression], end: &Directive, place: Place) -> bool {
    let names = |ids: &Directive, id: &str| ids.rules.iter().any(|named| named.id == id);
    let is_whole = |directive: &Directive| {
        end.rules.is_empty()
            || (!directive.rules.is_empty()
                && directive.rules.iter().all(|named| names(end, &named.id)))
    };
    let open: Vec<&mut Suppression> = suppressions
        .iter_mut()
        .filter(|it| it.directive.kind == Kind::Begin && it.covers.end > end.span.start)
        .filter(|it| is_whole(&it.directive))
        .collect();
    let is_only = open.len() == 1;
    let ends_any = !open.is_empty();
    for suppression in open {
        suppression.covers.end = end.span.start;
        suppression.end = is_only.then_some(place);
    }
    ends_any
}

/// The offsets that a comment is about. `later` are the comments after it.
fn covered(source: &SourceFile, directive: &Directive, later: &[Directive]) -> Range<u32> {
    let (first, last) = lines(source, directive);
    let of_lines = |first: u32, last: u32| {
        source.line_span(first).start..source.line_span(last).end.saturating_add(1)
    };
    match directive.kind {
        Kind::Line => of_lines(first, last),
        Kind::NextLine => {
            let mut next = last + 1;
            // Of comments one above the other, each is about the line under the last.
            for other in later {
                let (first, last) = lines(source, other);
                if first != next || !removal::stands_alone(source, other.span) {
                    break;
                }
                next = last + 1;
            }
            if next > source.line_count() {
                return 0..0;
            }
            of_lines(next, next)
        }
        Kind::Begin => directive.span.end..u32::MAX,
        Kind::End => 0..0,
        Kind::File => 0..u32::MAX,
    }
}

/// The first and the last line of a comment.
fn lines(source: &SourceFile, directive: &Directive) -> (u32, u32) {
    let line = |offset| source.position(offset).0;
    let last = directive
        .span
        .end
        .saturating_sub(1)
        .max(directive.span.start);
    (line(directive.span.start), line(last))
}

/// Tells the inventory why nothing is said of what is suppressed.
pub fn explain(inventory: &mut Inventory, suppressed: &[Suppressed]) {
    let silence = |is_it: &dyn Fn(&Finding) -> bool| {
        let here = suppressed.iter().find(|it| is_it(&it.finding))?;
        let reason = here.reason.as_deref().unwrap_or("no reason is given");
        Some(Silence {
            text: format!("suppressed: {reason}"),
            place: Some(here.comment),
        })
    };
    for item in &mut inventory.collections {
        let is_of_it =
            |finding: &Finding| finding.place == item.place && finding.binding == item.binding;
        item.silence = silence(&is_of_it).or(item.silence.take());
    }
    for memo in &mut inventory.memos {
        let is_of_it = |finding: &Finding| is_on_memo(finding, memo.place);
        memo.silence = silence(&is_of_it).or(memo.silence.take());
    }
}

#[cfg(test)]
mod tests;
