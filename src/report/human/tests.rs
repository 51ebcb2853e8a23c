//! Rendered findings. Must not test what an excerpt holds: its own tests do.

use std::time::{Duration, Instant};

use super::{super::fixture::*, *};
use crate::{
    finding::{Evidence, Fix},
    source::{FileIdx, Span},
};

const PLAIN: Human = Human {
    color: false,
    width: 100,
    max: 0,
};

fn rendered(findings: &[Finding], files: &[SourceFile], options: Human) -> String {
    written(|out| human(findings, files, &options, out))
}

/// A finding in the only file, declared at one span and growing at others.
fn spans(file: &SourceFile, declaration: (u32, u32), labels: &[(u32, u32)]) -> Finding {
    let place = |(start, end)| Place {
        file: FileIdx(0),
        span: Span { start, end },
    };
    Finding {
        place: place(declaration),
        labels: labels
            .iter()
            .map(|&span| label(place(span), "grows here"))
            .collect(),
        ..finding(&[file], 0, "")
    }
}

#[test]
fn the_article_s_case_is_drawn_as_the_interface_says() {
    let files = [source("src/runtime/request-cache.ts", RELAY)];
    insta::assert_snapshot!(rendered(&[relay(&files[0])], &files, Human { width: 120, ..PLAIN }), @"
    leaklint::unbounded-collection

      × module-scope `Map` keyed by objects never forgets a key: `requestCachesByEnvironment`
       ╭─[src/runtime/request-cache.ts:3:7]
     3 │ const requestCachesByEnvironment = new Map<Environment, RequestCache>();
       ·       ─────────────┬────────────
       ·                    ╰── lives as long as the process
       ⋮
     9 │     requestCachesByEnvironment.set(environment, requestCache);
       ·     ────────────────────────────┬────────────────────────────
       ·                                 ╰── grows here: one entry per `environment`, and nothing removes one
       ╰────
      help: use a `WeakMap`: keys are objects and the map is only read with get, has and set (fixable with --fix)
       why: key is an object · `getRequestCache` is exported
       but: the key may be a singleton
    ");
}

#[test]
fn a_place_in_another_file_has_a_box_of_its_own() {
    let files = [
        source("src/registry.js", "export const sessions = {};\n"),
        source(
            "src/server.js",
            "import { sessions } from './registry.js';\n\nlisten((id) => {\n\tsessions[id] = 1;\n});\n",
        ),
    ];
    let all = [&files[0], &files[1]];
    let finding = Finding {
        labels: vec![label(place(&all, 1, "sessions[id] = 1"), "grows here")],
        ..finding(&all, 0, "sessions")
    };
    insta::assert_snapshot!(rendered(&[finding], &files, PLAIN), @"
    leaklint::unbounded-collection

      ⚠ module-scope `Map` only grows: `sessions`
       ╭─[src/registry.js:1:14]
     1 │ export const sessions = {};
       ·              ────┬───
       ·                  ╰── lives as long as the process
       ╰────
       ╭─[src/server.js:4:2]
     4 │     sessions[id] = 1;
       ·     ────────┬───────
       ·             ╰── grows here
       ╰────
      help: remove entries, or bound the map
    ");
}

#[test]
fn a_minified_line_is_cut_around_each_label() {
    let filler = "x=1;".repeat(300_000);
    let files = [source(
        "bundle.min.js",
        &format!("{filler}var cache={{}};{filler}cache[k]=v;{filler}"),
    )];
    let finding = Finding {
        labels: vec![label(place(&[&files[0]], 0, "cache[k]=v"), "grows here")],
        ..finding(&[&files[0]], 0, "cache")
    };
    insta::assert_snapshot!(rendered(&[finding], &files, PLAIN), @"
    leaklint::unbounded-collection

      ⚠ module-scope `Map` only grows: `cache`
       ╭─[bundle.min.js:1:1200005]
     1 │ …x=1;x=1;x=1;x=1;var cache={};x=1;x=1;x=1;x=1;…1;x=1;x=1;x=1;x=1;cache[k]=v;x=1;x=1;x=1;x=1;x…
       ·                      ──┬──                                       ─────┬────
       ·                        │                                              ╰── grows here
       ·                        ╰── lives as long as the process
       ╰────
      help: remove entries, or bound the map
    ");
}

#[test]
fn text_is_wrapped_to_the_width() {
    let files = [source("src/runtime/request-cache.ts", RELAY)];
    insta::assert_snapshot!(rendered(&[relay(&files[0])], &files, Human { width: 72, ..PLAIN }), @"
    leaklint::unbounded-collection

      × module-scope `Map` keyed by objects never forgets a key:
      │ `requestCachesByEnvironment`
       ╭─[src/runtime/request-cache.ts:3:7]
     3 │ const requestCachesByEnvironment = new Map<Environment, RequestCache>();
       ·       ─────────────┬────────────
       ·                    ╰── lives as long as the process
       ⋮
     9 │     requestCachesByEnvironment.set(environment, requestCache);
       ·     ────────────────────────────┬────────────────────────────
       ·                                 ╰─┤ grows here: one entry per
       ·                                   │ `environment`, and nothing
       ·                                   │ removes one
       ╰────
      help: use a `WeakMap`: keys are objects and the map is only read with
            get, has and set (fixable with --fix)
       why: key is an object · `getRequestCache` is exported
       but: the key may be a singleton
    ");
}

#[test]
fn odd_sources_and_odd_spans_are_drawn() {
    let sources = [
        "",
        "\n",
        "\r",
        "\r\n\r\n",
        "a",
        "cache",
        "\tcache\t=\t{}\n\t\tcache[k] = v",
        "let cache = {};\r\ncache[k] = v;\r\n",
        "let cache = {};\rcache[k] = v;\r",
        "let 😀 = '👩‍👩‍👧', cache = '日本語';\ncache[é] = 'e\u{301}\u{301}'; // \u{202e}\x1b[31m",
        "\u{feff}let cache = {};",
        "\u{301}\u{301}\u{301}",
        "a\u{2028}b\n\n\n\n\n\n\n\n\n\n\n\nlast line without an end",
        &"\t".repeat(300),
        &"é".repeat(70_000),
        &format!("{}\n", "const a = 1;\n".repeat(1_000)),
    ];
    for text in sources {
        let files = [source("a.js", text)];
        let end = files[0].text.len() as u32;
        let offsets = [
            0,
            1,
            2,
            3,
            5,
            9,
            16,
            17,
            18,
            end / 2,
            end.saturating_sub(2),
            end.saturating_sub(1),
            end,
            end + 9,
        ];
        for start in offsets {
            for stop in offsets {
                let stop = stop.max(start);
                let labels = [
                    (start, stop),
                    (0, stop),
                    (stop, stop),
                    (stop, end.max(stop)),
                    (0, end),
                    (end, end),
                ];
                for width in [0, 60, 200] {
                    let text = rendered(
                        &[spans(&files[0], (start, stop), &labels)],
                        &files,
                        Human { width, ..PLAIN },
                    );
                    assert!(text.contains("a.js:"), "{text}");
                    assert!(!text.contains('\x1b'), "{text}");
                }
            }
        }
    }
}

#[test]
fn labels_without_width_and_at_the_end_of_the_file_are_shown() {
    let files = [source("a.js", "let cache;\n")];
    let text = rendered(&[spans(&files[0], (11, 11), &[(4, 4)])], &files, PLAIN);
    insta::assert_snapshot!(text, @"
    leaklint::unbounded-collection

      ⚠ module-scope `Map` only grows: ``
       ╭─[a.js:2:1]
     1 │ let cache;
       ·     ▲
       ·     ╰── grows here
     2 │
       · ▲
       · ╰── lives as long as the process
       ╰────
      help: remove entries, or bound the map
    ");
}

#[test]
fn overlapping_labels_keep_their_texts() {
    let files = [source("a.js", "cache.set(key, cache.get(other))")];
    let mut finding = spans(&files[0], (0, 5), &[(0, 32), (15, 31)]);
    finding.labels[1].text = "reads here".into();
    let text = rendered(&[finding], &files, PLAIN);
    for expected in ["lives as long as the process", "grows here", "reads here"] {
        assert!(text.contains(expected), "{text}");
    }
}

#[test]
fn numbers_are_those_of_the_file_and_aligned() {
    let files = [source("a.js", &"cache[k] = v;\n".repeat(1_200))];
    let text = rendered(
        &[spans(
            &files[0],
            (0, 5),
            &[(14, 19), (14 * 1_100, 14 * 1_100 + 5)],
        )],
        &files,
        PLAIN,
    );
    for expected in [
        "\n    1 │ cache",
        "\n    2 │ cache",
        "\n      ⋮\n",
        "\n 1101 │ cache",
    ] {
        assert!(text.contains(expected), "{text}");
    }
}

#[test]
fn at_most_five_labels_are_shown_with_those_of_the_declaration_s_file_first() {
    let files = [
        source("a.js", &"a[i] = i;\n".repeat(9)),
        source("b.js", "const a = [];\n"),
    ];
    let labels = |text| {
        (0..8).map(move |n| {
            label(
                Place {
                    file: FileIdx(0),
                    span: Span {
                        start: n * 10,
                        end: n * 10 + 4,
                    },
                },
                text,
            )
        })
    };
    let all = [&files[0], &files[1]];
    let here = Place {
        file: FileIdx(1),
        span: Span { start: 0, end: 5 },
    };
    let finding = Finding {
        labels: labels("grows there")
            .chain([label(here, "grows here")])
            .collect(),
        ..finding(&all, 1, "a =")
    };
    let text = rendered(&[finding], &files, PLAIN);
    assert_eq!(text.matches("grows here").count(), 1, "{text}");
    assert_eq!(text.matches("grows there").count(), 4, "{text}");
    assert!(text.contains("\n  … and 4 more places\n"), "{text}");
}

#[test]
fn findings_over_the_maximum_are_counted() {
    let files = [source("a.js", "let cache;")];
    let findings = vec![finding(&[&files[0]], 0, "cache"); 5];
    for (max, shown, last) in [
        (0, 5, None),
        (5, 5, None),
        (9, 5, None),
        (4, 4, Some("1 more finding (--max-diagnostics 0 shows all)")),
        (
            2,
            2,
            Some("3 more findings (--max-diagnostics 0 shows all)"),
        ),
    ] {
        let text = rendered(&findings, &files, Human { max, ..PLAIN });
        assert_eq!(
            text.matches("leaklint::unbounded-collection\n").count(),
            shown
        );
        assert_eq!(
            text.lines().find(|line| line.contains("--max-diagnostics")),
            last
        );
    }
}

#[test]
fn colors_are_written_only_when_wanted() {
    let files = [source("a.ts", RELAY)];
    let error = relay(&files[0]);
    let warning = Finding {
        severity: Severity::Warning,
        ..error.clone()
    };
    assert!(!rendered(std::slice::from_ref(&error), &files, PLAIN).contains('\x1b'));
    let color = Human {
        color: true,
        ..PLAIN
    };
    let (error, warning) = (
        rendered(&[error], &files, color),
        rendered(&[warning], &files, color),
    );
    assert!(error.contains("\x1b[31m×\x1b[0m"), "{error:?}");
    assert!(warning.contains("\x1b[33m⚠\x1b[0m"), "{warning:?}");
    assert!(error.contains("\n \x1b[2m3\x1b[0m │ const"), "{error:?}");
    assert!(error.contains("   ⋮\n"), "{error:?}");
}

#[test]
fn colors_change_nothing_else() {
    let files = [source("a.ts", RELAY)];
    let findings = [relay(&files[0])];
    let color = rendered(
        &findings,
        &files,
        Human {
            color: true,
            ..PLAIN
        },
    );
    let mut pieces = color.split('\x1b');
    let mut text = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        text += piece.split_once('m').expect("each sequence is a color").1;
    }
    assert_eq!(text, rendered(&findings, &files, PLAIN));
}

#[test]
fn help_says_how_to_fix_and_evidence_is_split() {
    let files = [source("a.js", "let cache;")];
    let reason = |speaks_for, text: &str| Evidence {
        speaks_for,
        text: text.into(),
    };
    let finding = Finding {
        fix: Some(Fix {
            safe: false,
            edits: Vec::new(),
        }),
        evidence: vec![
            reason(true, "one"),
            reason(false, "two"),
            reason(true, "three"),
        ],
        ..finding(&[&files[0]], 0, "cache")
    };
    let text = rendered(&[finding], &files, PLAIN);
    let end = "  help: remove entries, or bound the map (fixable with --fix --unsafe-fixes)\n   why: one · three\n   but: two\n\n";
    assert!(text.ends_with(end), "{text}");
}

#[test]
fn two_hundred_findings_in_one_long_line_take_no_time() {
    let files = [source("bundle.js", &"é=a[b]=c;".repeat(400_000))];
    let findings: Vec<Finding> = (0..200)
        .map(|n| {
            let at = |m: u32| (10 * (2_000 * n + 300 * m), 10 * (2_000 * n + 300 * m) + 9);
            spans(
                &files[0],
                at(0),
                &[at(1), at(2), at(3), at(4), at(5), at(6)],
            )
        })
        .collect();
    let start = Instant::now();
    let text = rendered(&findings, &files, PLAIN);
    assert!(
        start.elapsed() < Duration::from_secs(2),
        "{:?}",
        start.elapsed()
    );
    assert!(text.len() < 1_000_000);
}
