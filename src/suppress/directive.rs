//! What a comment that speaks to the linter says: which rules it is about, for which code, and why.
//!
//! Knows the text of one comment. Must not know the code around it or any finding.

use crate::explain::closest;
use crate::rules;
use crate::source::Span;
use crate::summary::Comment;

/// What a comment does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// `leaklint-disable-next-line`.
    NextLine,
    /// `leaklint-disable-line`.
    Line,
    /// `leaklint-disable`, up to a `leaklint-enable`.
    Begin,
    /// `leaklint-enable`.
    End,
    /// `leaklint-disable-file`.
    File,
}

pub(super) const PREFIX: &str = "leaklint-";

/// A shorter word is a part of too many.
const LEAST_TAIL: usize = 4;

/// The words that comments begin with.
const WORDS: [(&str, Kind); 5] = [
    ("leaklint-disable-next-line", Kind::NextLine),
    ("leaklint-disable-line", Kind::Line),
    ("leaklint-disable", Kind::Begin),
    ("leaklint-enable", Kind::End),
    ("leaklint-disable-file", Kind::File),
];

/// What other tools' comments do; one of these after `leaklint-` is meant to do something.
const VERBS: [&str; 6] = ["allow", "disable", "enable", "expect", "ignore", "suppress"];

/// What stands between the rules and the reason, between spaces; more hyphens will do.
const SEPARATOR: &str = "--";

/// A comment, read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Directive {
    /// What it does.
    pub(super) kind: Kind,
    /// The whole comment.
    pub(super) span: Span,
    /// The rules that it names; without any it means all.
    pub(super) rules: Vec<Named>,
    /// Why, where that is said.
    pub(super) reason: Option<String>,
    /// Words after a rule that are neither a rule nor a reason.
    pub(super) has_stray_words: bool,
}

/// A rule that a comment names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Named {
    /// As written, without the name of the tool.
    pub(super) id: String,
    /// Where.
    pub(super) span: Span,
}

/// A comment that begins like a directive and is none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Misspelt {
    /// Its first word.
    pub(super) word: String,
    /// The whole comment.
    pub(super) span: Span,
    /// What was meant.
    pub(super) meant: &'static str,
}

impl Kind {
    /// The word that a comment of this kind begins with.
    pub(super) fn word(self) -> &'static str {
        let found = WORDS.iter().find(|(_, kind)| *kind == self);
        found.map_or("", |(word, _)| word)
    }
}

/// Reads a comment. None where it only talks about the linter.
pub(super) fn read(comment: &Comment) -> Option<Result<Directive, Misspelt>> {
    let text = &*comment.text;
    let body = text.trim_start_matches(|c: char| c.is_whitespace() || c == '*');
    let word = body.split_whitespace().next()?.trim_end_matches(':');
    let Some((_, kind)) = WORDS.iter().find(|(known, _)| *known == word) else {
        return misspelt(word).map(|meant| {
            Err(Misspelt {
                word: word.to_owned(),
                span: comment.span,
                meant,
            })
        });
    };
    let after_word = text.len() - body.len() + word.len();
    let rest = text[after_word..]
        .strip_prefix(':')
        .unwrap_or(&text[after_word..]);
    let (list, reason) = split(rest);
    let list_at = comment.start + (text.len() - rest.len()) as u32;
    let (rules, has_stray_words) = names(list, list_at);
    Some(Ok(Directive {
        kind: *kind,
        span: comment.span,
        rules,
        reason,
        has_stray_words,
    }))
}

/// The list of rules and the reason.
fn split(rest: &str) -> (&str, Option<String>) {
    let mut from = 0;
    while let Some(found) = rest[from..].find(SEPARATOR) {
        let at = from + found;
        let after = rest[at..].trim_start_matches('-');
        let stands_alone = rest[..at].ends_with(char::is_whitespace)
            && (after.is_empty() || after.starts_with(char::is_whitespace));
        if stands_alone {
            let words: Vec<&str> = after
                .split_whitespace()
                .filter(|word| *word != "*")
                .collect();
            return (
                &rest[..at],
                Some(words.join(" ")).filter(|reason| !reason.is_empty()),
            );
        }
        from = rest.len() - after.len();
    }
    (rest, None)
}

/// The names in a list that begins at an offset, and whether there is more in it.
fn names(list: &str, at: u32) -> (Vec<Named>, bool) {
    let mut names = Vec::new();
    let mut has_more = false;
    let mut offset = 0;
    for item in list.split(',') {
        let mut words = item.split_whitespace().filter(|word| *word != "*");
        if let Some(word) = words.next() {
            let start = offset + item.find(word).unwrap_or_default();
            names.push(Named {
                id: plain(word).to_owned(),
                span: Span {
                    start: at + start as u32,
                    end: at + (start + word.len()) as u32,
                },
            });
            has_more |= words.next().is_some();
        }
        offset += item.len() + 1;
    }
    (names, has_more)
}

/// The rule's id: output shows rules as `leaklint::id`, other tools name them `leaklint/id`.
fn plain(word: &str) -> &str {
    let id = word.strip_prefix("leaklint::");
    id.or_else(|| word.strip_prefix("leaklint/"))
        .unwrap_or(word)
}

fn misspelt(word: &str) -> Option<&'static str> {
    let tail = word.strip_prefix(PREFIX)?;
    let tails = || WORDS.iter().map(|(word, _)| &word[PREFIX.len()..]);
    let close = closest(tail, tails()).filter(|_| tail.len() >= LEAST_TAIL);
    let verb = tail.split('-').next().unwrap_or(tail);
    let index = close.and_then(|close| tails().position(|tail| tail == close));
    // `leaklint-ignore` is most often what other tools call the next line.
    let index = index.or_else(|| VERBS.contains(&verb).then_some(0))?;
    Some(WORDS[index].0)
}

/// The rule that was most likely meant by a name that is none.
pub(super) fn meant(id: &str) -> Option<&'static str> {
    closest(id, rules::all().iter().map(|rule| rule.id))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a `//` comment with this text says.
    fn said(text: &str) -> Option<Result<Directive, Misspelt>> {
        read(&Comment {
            span: Span {
                start: 100,
                end: 102 + text.len() as u32,
            },
            text: text.into(),
            start: 102,
        })
    }

    fn directive(text: &str) -> Directive {
        said(text).expect("it speaks").expect("it is a directive")
    }

    #[test]
    fn each_form_is_read() {
        for (word, kind) in WORDS {
            let read = directive(&format!(" {word} a-rule, b-rule -- because -- yes"));
            assert_eq!(read.kind, kind, "{word}");
            assert_eq!(read.kind.word(), word);
            let ids: Vec<&str> = read.rules.iter().map(|rule| rule.id.as_str()).collect();
            assert_eq!(ids, ["a-rule", "b-rule"], "{word}");
            assert_eq!(read.reason.as_deref(), Some("because -- yes"), "{word}");
        }
    }

    #[test]
    fn a_name_has_its_place() {
        let text = "*\n * leaklint-disable  leaklint/a ,\n b";
        let read = directive(text);
        let written = |named: &Named| {
            let span = named.span;
            text[span.start as usize - 102..span.end as usize - 102].to_owned()
        };
        let written: Vec<String> = read.rules.iter().map(written).collect();
        assert_eq!(written, ["leaklint/a", "b"]);
        assert_eq!(read.rules[0].id, "a");
    }

    #[test]
    fn a_reason_stands_after_hyphens_between_spaces() {
        for (text, rules, reason, stray) in [
            ("leaklint-disable-line", 0, None, false),
            ("leaklint-disable-line -- few", 0, Some("few"), false),
            ("leaklint-disable-line a --- few", 1, Some("few"), false),
            ("leaklint-disable-line a -- ", 1, None, false),
            ("leaklint-disable-line a --", 1, None, false),
            ("leaklint-disable-line a --few", 1, None, true),
            ("leaklint-disable-line a few keys", 1, None, true),
            ("leaklint-disable-line a--b -- c", 1, Some("c"), false),
            ("leaklint-disable-line: a -- c\n * d", 1, Some("c d"), false),
        ] {
            let read = directive(text);
            let found = (
                read.rules.len(),
                read.reason.as_deref(),
                read.has_stray_words,
            );
            assert_eq!(found, (rules, reason, stray), "{text:?}");
        }
    }

    #[test]
    fn a_word_that_is_nearly_a_directive_is_told() {
        let meant = |text| said(text).map(|read| read.map_err(|wrong| wrong.meant));
        for (text, expected) in [
            ("leaklint-disable-nextline a", "leaklint-disable-next-line"),
            ("leaklint-ignore a -- b", "leaklint-disable-next-line"),
            ("leaklint-disabled a", "leaklint-disable"),
            ("leaklint-enabel", "leaklint-enable"),
        ] {
            assert_eq!(meant(text), Some(Err(expected)), "{text}");
        }
        for text in ["leaklint-suppressions.json holds them", "leaklint-free"] {
            assert_eq!(meant(text), None, "{text}");
        }
    }
}
