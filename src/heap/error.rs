//! What can be wrong with a snapshot, in words that tell what to do.

use std::fmt;
use std::io;

/// A snapshot that could not be read.
#[derive(Debug, thiserror::Error)]
#[error("`{name}` {problem}")]
pub struct Error {
    /// The file as it was named.
    pub name: String,
    /// What is wrong with it.
    pub problem: Problem,
}

impl Error {
    pub(super) fn new(name: &str, problem: Problem) -> Self {
        Self {
            name: name.to_owned(),
            problem,
        }
    }
}

/// What is wrong with a snapshot; reads on after its name. Offsets are bytes of the text, after decompression.
#[derive(Debug, thiserror::Error)]
pub enum Problem {
    /// The system, or the decompressor, refuses.
    #[error("cannot be read: {0}")]
    Io(#[from] io::Error),
    /// Not what it should be.
    #[error("is no heap snapshot: {0}")]
    WrongKind(WrongKind),
    /// The text stops before its end.
    #[error(
        "is cut off at byte {} in {section}{}: the program that wrote it was stopped, or the disk was full",
        Grouped(*offset), Progress(.progress)
    )]
    Truncated {
        /// The part in which it stops, as it is to be shown.
        section: String,
        /// How long the text is.
        offset: u64,
        /// How many items were read of the part, how many were announced, and what one is called.
        progress: Option<(u64, u64, &'static str)>,
    },
    /// Something else is there than must be.
    #[error("is damaged at byte {} in {section}: {expected} expected", Grouped(*offset))]
    Malformed {
        /// The part in which it is, as it is to be shown.
        section: String,
        /// Where it is.
        offset: u64,
        /// What should be there.
        expected: String,
    },
    /// A number that cannot be.
    #[error("is damaged{} in `{section}`: {item} {} {what}", AtByte(*offset), Grouped(*index))]
    OutOfRange {
        /// The part in which it is.
        section: &'static str,
        /// Where what has the number begins, if it was found while reading.
        offset: Option<u64>,
        /// What has the number: a node, an edge.
        item: &'static str,
        /// Which one, 0-based.
        index: u64,
        /// What the number says and what it may be.
        what: String,
    },
    /// A part that is not there.
    #[error("has no `{0}`")]
    Missing(&'static str),
    /// The description of the fields cannot be used.
    #[error("describes its own fields in a way that cannot be read: {0}")]
    Meta(String),
    /// Parts that contradict each other.
    #[error("is damaged: {0}")]
    Inconsistent(String),
    /// Not what the protocol calls a sampling profile.
    #[error("is no allocation profile: {0}")]
    Profile(String),
    /// More than the indices can name.
    #[error("has more {what} than can be counted here: {}", Grouped(u64::from(*most)))]
    TooLarge {
        /// Nodes, edges.
        what: &'static str,
        /// How many there may be.
        most: u32,
    },
}

/// What a file is instead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WrongKind {
    /// Nothing at all.
    Empty,
    /// A page of a browser.
    Html,
    /// Safari's and Bun's own format.
    JavaScriptCore,
    /// V8's sampling heap profiler.
    AllocationProfile,
    /// A CPU profile.
    CpuProfile,
    /// A performance trace.
    Trace,
    /// A packed file, by its format.
    Packed(&'static str),
    /// UTF-16.
    Utf16,
    /// JSON with other keys.
    OtherJson,
    /// Not JSON.
    OtherText,
}

impl fmt::Display for WrongKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Empty => "the file is empty; a snapshot that is still being written can be so",
            Self::Html => "it is an HTML page, perhaps an error or a login page that was saved in its place",
            Self::JavaScriptCore => {
                "it is in the format of JavaScriptCore (Safari, Bun); in Bun, `v8.writeHeapSnapshot()` of `node:v8` writes V8's format"
            }
            Self::AllocationProfile => {
                "it is a sampling allocation profile (`.heapprofile`), which holds call stacks and no objects; take a heap snapshot instead"
            }
            Self::CpuProfile => "it is a CPU profile; take a heap snapshot instead",
            Self::Trace => "it is a performance trace; take a heap snapshot instead",
            Self::Packed(format) => {
                return write!(f, "it is packed with {format}; unpack it first (only gzip is read as it is)");
            }
            Self::Utf16 => "it is UTF-16; snapshots are written in UTF-8",
            Self::OtherJson => "it is JSON, but has no `snapshot` in it",
            Self::OtherText => "it does not begin with `{`",
        })
    }
}

/// A number with its digits in groups of three.
struct Grouped(u64);

impl fmt::Display for Grouped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = self.0.to_string();
        for (at, digit) in digits.char_indices() {
            if at > 0 && (digits.len() - at).is_multiple_of(3) {
                f.write_str(",")?;
            }
            write!(f, "{digit}")?;
        }
        Ok(())
    }
}

struct AtByte(Option<u64>);

impl fmt::Display for AtByte {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0
            .map_or(Ok(()), |offset| write!(f, " at byte {}", Grouped(offset)))
    }
}

struct Progress<'a>(&'a Option<(u64, u64, &'static str)>);

impl fmt::Display for Progress<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self.0 {
            None => Ok(()),
            // The announced count may be missing or wrong.
            Some((done, claimed, what)) if claimed < done || claimed == 0 => {
                write!(f, ", after {} {what}s", Grouped(done))
            }
            Some((done, claimed, what)) => {
                write!(
                    f,
                    ", after {} of {} {what}s",
                    Grouped(done),
                    Grouped(claimed)
                )
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_grouped_by_three() {
        for (number, expected) in [
            (0, "0"),
            (999, "999"),
            (1000, "1,000"),
            (1_234_567, "1,234,567"),
        ] {
            assert_eq!(Grouped(number).to_string(), expected);
        }
    }
}
