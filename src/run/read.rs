//! Which files are read, and what becomes of each: a text, one that is minified, one that cannot be read.
//!
//! Must not know what is done with them.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use rayon::prelude::*;

use crate::Note;
use crate::discover::{self, Entry};
use crate::git;
use crate::source::{self, SourceFile};

/// By path.
pub(super) type Texts = BTreeMap<PathBuf, Vec<u8>>;

/// What became of one file.
pub(super) enum Read {
    Text(SourceFile, Option<Note>),
    Minified(Entry),
    Refused(Note),
}

/// Marks what is asked for, and drops all if nothing is. Gives the texts that are not those on disk.
pub(super) fn select(
    entries: &mut Vec<Entry>,
    text: Option<Vec<u8>>,
    changes: Option<&git::Changes>,
) -> Texts {
    let mut texts = changes.map_or_else(Texts::new, |changes| keep_changed(entries, changes));
    if let Some(bytes) = text {
        let asked = entries.iter().find(|entry| entry.is_asked);
        texts.extend(asked.map(|entry| (entry.path.clone(), bytes)));
    }
    if entries.iter().all(|entry| !entry.is_asked) {
        entries.clear();
    }
    texts
}

/// Of what was asked for leaves what has changed, and gives the texts that count instead of those on disk.
fn keep_changed(entries: &mut Vec<Entry>, changes: &git::Changes) -> Texts {
    let real = |path: &PathBuf| path.canonicalize().unwrap_or_else(|_| path.clone());
    let mut texts = Texts::new();
    entries.retain_mut(|entry| {
        let real = real(&entry.path);
        entry.is_asked &= changes.files.contains(&real);
        if let Some(text) = changes.texts.get(&real) {
            texts.insert(entry.path.clone(), text.clone());
        }
        !changes.absent.contains(&real)
    });
    texts
}

/// Reads the files; what `texts` has counts instead of what is on disk.
pub(super) fn read_all(entries: Vec<Entry>, texts: &Texts, include_minified: bool) -> Vec<Read> {
    let read = |entry: Entry| {
        if let Some(text) = texts.get(&entry.path) {
            return decode(entry, text.clone(), include_minified);
        }
        if !include_minified && source::is_minified_name(&entry.shown) {
            return Read::Minified(entry);
        }
        match fs::read(&entry.path) {
            Ok(bytes) => decode(entry, bytes, include_minified),
            Err(error) => {
                let text = format!("cannot be read: {}", discover::plain(&error));
                Read::Refused(Note {
                    path: entry.shown,
                    at: None,
                    text,
                    fails: true,
                })
            }
        }
    };
    let entries = entries.into_par_iter().map(|entry| (entry.is_asked, entry));
    entries
        .map(|(is_asked, entry)| (is_asked, read(entry)))
        // What is wrong with a file that was not asked for is for another run to tell.
        .filter(|(is_asked, read)| *is_asked || !matches!(read, Read::Refused(_)))
        .map(|(_, read)| read)
        .collect()
}

fn decode(entry: Entry, bytes: Vec<u8>, include_minified: bool) -> Read {
    let Entry {
        path,
        shown,
        is_asked,
    } = entry;
    let note = |text: &str| Note {
        path: shown.clone(),
        at: None,
        text: text.to_owned(),
        fails: false,
    };
    let decoded = SourceFile::decode(path, shown.clone(), bytes);
    match decoded.file {
        None => Read::Refused(note(decoded.note.unwrap_or("cannot be decoded"))),
        Some(file) if !include_minified && file.is_minified() => Read::Minified(Entry {
            path: file.path,
            shown: file.shown,
            is_asked,
        }),
        Some(mut file) => {
            file.is_asked = is_asked;
            Read::Text(file, decoded.note.map(note))
        }
    }
}

/// The files to lint, and those that were left out as minified.
pub(super) fn sort_out(read: Vec<Read>, notes: &mut Vec<Note>) -> (Vec<SourceFile>, Vec<Entry>) {
    let mut files = Vec::with_capacity(read.len());
    let mut minified = Vec::new();
    for read in read {
        match read {
            Read::Text(file, note) => {
                notes.extend(note.filter(|_| file.is_asked));
                files.push(file);
            }
            Read::Minified(entry) => minified.push(entry),
            Read::Refused(note) => notes.push(note),
        }
    }
    (files, minified)
}
