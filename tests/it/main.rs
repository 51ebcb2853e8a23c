//! Tests of the program as a user meets it: it is started in a folder of files and judged by what it prints and how
//! it ends. What a rule reports is tested by the pages of the rules, not here.

#![expect(clippy::unwrap_used, reason = "a step that fails is a test that fails")]

mod cli;
mod components;
mod config;
mod docs;
mod evidence;
mod files;
mod fixes;
mod formats;
mod git;
mod heap;
mod package;
mod partial;
mod readme;
mod scratch;
mod shell;
mod snapshot;
mod suppress;
mod tidy;
