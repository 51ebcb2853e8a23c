//! What a shell meets: completions, manual pages, colors by the environment, names that are no text.

use std::ffi::OsStr;

use crate::scratch::{CLEAN, LEAK, Scratch};

const SHELLS: [&str; 4] = ["bash", "zsh", "fish", "powershell"];

/// The long options in a text of help.
fn options(help: &str) -> Vec<&str> {
    let words = help.split_whitespace().map(|word| word.trim_matches(','));
    let names = words.filter_map(|word| word.strip_prefix("--"));
    names
        .map(|name| name.split(['[', '=', '.']).next().unwrap_or_default())
        .filter(|name| !name.is_empty())
        .collect()
}

#[test]
fn completions_know_commands_and_options() {
    let scratch = Scratch::new(&[("a.js", CLEAN)]);
    let help = scratch.run(&["-h"]).exits(0).stdout;
    let snapshot = scratch.run(&["snapshot", "-h"]).exits(0).stdout;
    let known = [options(&help), options(&snapshot)].concat();
    assert!(known.contains(&"from-snapshot") && known.contains(&"fail-on-growth"));
    for shell in SHELLS {
        let script = scratch.run(&["completions", shell]).exits(0).stdout;
        for word in known.iter().chain(&["explain", "completions"]) {
            assert!(script.contains(word), "{shell} does not know {word}");
        }
    }
    scratch
        .run(&["completions", "csh"])
        .exits(2)
        .says("possible values: bash");
}

#[test]
fn manual_pages_have_every_option() {
    let scratch = Scratch::new(&[("a.js", CLEAN)]);
    for command in [None, Some("snapshot"), Some("rules"), Some("check")] {
        let help = command.into_iter().chain(["-h"]).collect::<Vec<_>>();
        let help = scratch.run(&help).exits(0).stdout;
        let args = ["man"].into_iter().chain(command).collect::<Vec<_>>();
        let page = scratch.run(&args).exits(0).stdout.replace("\\-", "-");
        assert!(page.contains(".TH leaklint"), "{page}");
        let absent = options(&help).into_iter().find(|name| !page.contains(name));
        assert_eq!(absent, None, "{command:?}");
    }
    scratch
        .run(&["man", "paint"])
        .exits(2)
        .says("there is no command `paint`");
}

#[test]
fn the_environment_asks_for_color_or_does_not() {
    let scratch = Scratch::new(&[("a.js", LEAK)]);
    for (variables, expected) in [
        (&[][..], false),
        (&[("CLICOLOR", "1")], false),
        (&[("CLICOLOR_FORCE", "1")], true),
        (&[("CLICOLOR_FORCE", "0")], false),
        (&[("FORCE_COLOR", "1"), ("NO_COLOR", "1")], true),
        (&[("FORCE_COLOR", "0"), ("CLICOLOR_FORCE", "1")], false),
        (&[("NO_COLOR", "1"), ("CLICOLOR", "1")], false),
    ] {
        let mut command = scratch.command::<&str>(&[]);
        let output = command.envs(variables.iter().copied()).output().unwrap();
        let is_colored = output.stdout.contains(&0x1B);
        assert_eq!(is_colored, expected, "{variables:?}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn names_that_are_no_text_are_shown_as_far_as_they_are() {
    use std::os::unix::ffi::OsStrExt;
    let scratch = Scratch::new(&[(".git/HEAD", "")]);
    let name = OsStr::from_bytes(b"caf\xe9.js");
    std::fs::write(scratch.path().join(name), LEAK).unwrap();
    for format in [
        "human",
        "compact",
        "json",
        "sarif",
        "github",
        "gitlab",
        "junit",
        "checkstyle",
        "agent",
    ] {
        let format = OsStr::new(format);
        for path in [OsStr::new("."), name] {
            let run = scratch.run(&[OsStr::new("--format"), format, path]);
            let run = run.exits(0).lints(1);
            let shown = run.stdout.contains("caf\u{fffd}.js");
            assert!(shown || run.stdout.contains("caf%EF%BF%BD.js"), "{run:#?}");
        }
    }
    let stdin = [
        OsStr::new("--stdin-filename"),
        name,
        OsStr::new("--format"),
        OsStr::new("json"),
        OsStr::new("-"),
    ];
    let run = scratch.pipe(&stdin, LEAK).exits(0).lints(1);
    run.finds_cache_in(&["caf\u{fffd}.js"]);
}
