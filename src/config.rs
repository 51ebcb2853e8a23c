//! The resolved settings of a run: every default filled in, every conflict settled.
//!
//! Must not know how they were given: neither the command line's types nor any file format.

mod file;
mod load;
mod mistake;
mod policy;
mod printed;
#[cfg(test)]
mod schema;

use std::path::PathBuf;

pub use load::{Given, Loaded, NAMES, Tree};
pub use mistake::{At, Mistake};
pub use policy::{Hidden, Level, Policies, Policy, Setting};
pub use printed::{INITIAL, print};

use crate::evidence::Process;
use crate::suppress::bulk;
use crate::{discover, git};

/// All that decides what a run finds and how it ends.
#[derive(Debug)]
pub struct Config {
    /// What is linted.
    pub input: Input,
    /// What decides which files are found.
    pub files: discover::Options,
    /// Of what is linted, only what has changed so.
    pub changes: Option<git::Scope>,
    /// Reads minified files too.
    pub include_minified: bool,
    /// What is done with findings that were there before.
    pub suppressions: bulk::Mode,
    /// What the command line says of configuration files and rules.
    pub given: Given,
    /// The configuration of TypeScript that holds for all files.
    pub tsconfig: Option<PathBuf>,
    /// What fails the run.
    pub failing: Failing,
    /// What is known of a process that ran the program.
    pub process: Option<Process>,
    /// What is made of fixes, where something is.
    pub fixing: Option<Fixing>,
}

/// What is made of the fixes that findings bring.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fixing {
    /// Also of those that change what the program does.
    pub is_unsafe_too: bool,
    /// What becomes of the changes.
    pub output: Changes,
}

/// What becomes of changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Changes {
    /// The files are written.
    Files,
    /// They are told as a patch, with paths below the current folder.
    Patch,
    /// They are told as a patch, with paths below the folder of each package.
    PackagePatch,
}

/// Where the text comes from.
#[derive(Debug)]
pub enum Input {
    /// Files and folders.
    Paths(Vec<PathBuf>),
    /// One text at hand, to be treated as if it were the file of that name.
    Text {
        /// The path of the file, which need not exist.
        path: PathBuf,
        /// Its bytes.
        bytes: Vec<u8>,
    },
}

/// What fails a run, besides findings at error level and files that cannot be read or parsed.
#[derive(Clone, Copy, Debug, Default)]
pub struct Failing {
    /// Any warning does.
    pub deny_warnings: bool,
    /// A comment that suppresses nothing does.
    pub unused_suppressions: bool,
    /// More warnings than this do.
    pub max_warnings: Option<usize>,
    /// Nothing does.
    pub never: bool,
}

/// When to color.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Color {
    /// Where the environment asks for it, or a terminal shows it.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

impl Color {
    /// Whether to color. Where left to the environment, the first of these that is set decides: `FORCE_COLOR`,
    /// `CLICOLOR_FORCE`, `NO_COLOR`, `CLICOLOR`, `TERM=dumb`, and last whether output goes to a terminal. An empty
    /// variable counts as not set (<https://no-color.org>, <https://force-color.org>, <https://bixense.com/clicolors>).
    pub fn resolve(self, variable: impl Fn(&str) -> Option<String>, is_terminal: bool) -> bool {
        let set = |name| variable(name).filter(|value| !value.is_empty());
        match self {
            Self::Always => true,
            Self::Never => false,
            Self::Auto => {
                if let Some(value) = set("FORCE_COLOR") {
                    return value != "0" && value != "false";
                }
                if set("CLICOLOR_FORCE").is_some_and(|value| value != "0") {
                    return true;
                }
                let plain = set("NO_COLOR").is_some()
                    || set("CLICOLOR").is_some_and(|value| value == "0")
                    || set("TERM").is_some_and(|value| value == "dumb");
                is_terminal && !plain
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Color;

    #[test]
    fn the_first_variable_that_is_set_decides_on_color() {
        let check = |variables: &[(&str, &str)], is_terminal, expected| {
            let variable = |name: &str| {
                let found = variables.iter().find(|(set, _)| *set == name);
                found.map(|(_, value)| (*value).to_owned())
            };
            assert_eq!(
                Color::Auto.resolve(variable, is_terminal),
                expected,
                "{variables:?}, {is_terminal}"
            );
            assert!(Color::Always.resolve(variable, is_terminal));
            assert!(!Color::Never.resolve(variable, is_terminal));
        };
        check(&[], true, true);
        check(&[], false, false);
        check(&[("NO_COLOR", "1")], true, false);
        check(&[("NO_COLOR", "")], true, true);
        check(&[("FORCE_COLOR", "1")], false, true);
        check(&[("FORCE_COLOR", "0")], true, false);
        check(&[("FORCE_COLOR", "1"), ("NO_COLOR", "1")], false, true);
        check(&[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")], false, true);
        check(&[("CLICOLOR_FORCE", "0")], true, true);
        check(&[("CLICOLOR", "0")], true, false);
        check(&[("TERM", "dumb")], true, false);
    }
}
