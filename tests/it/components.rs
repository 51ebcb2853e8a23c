//! Components of Vue, Svelte and Astro on disk: places, fixes and suppressions in the bytes of the whole file.

use std::fs;

use crate::scratch::Scratch;

/// A component of each framework around `declaration`, which code that recurs calls as `seen`: with a byte order mark,
/// carriage returns and letters of several bytes before it.
fn components(declaration: &str) -> [(&'static str, String); 3] {
    let head = "\u{feff}<!-- é😀 -->\r\n";
    let mark = "if (!seen.has(job)) {\r\n    seen.add(job);\r\n    job.start();\r\n  }";
    let vue = format!(
        "{head}<template>\r\n  <p title=\"😀\">{{{{ '<script>' }}}}</p>\r\n</template>\r\n<script>\r\n{declaration}\r\n</script>\r\n<script setup>\r\n  const {{ job }} = defineProps(['job']);\r\n  {mark}\r\n</script>\r\n"
    );
    let svelte = format!(
        "{head}<script module>\r\n{declaration}\r\n</script>\r\n<p title=\"😀\">{{'é'}}</p>\r\n<script>\r\n  export let job;\r\n  {mark}\r\n</script>\r\n"
    );
    let astro = format!(
        "\u{feff}---\r\nimport Page from './é.astro';\r\n---\r\n<Page>😀</Page>\r\n<script>\r\n{declaration}\r\n  addEventListener('job', ({{ job }}) => {{\r\n  {mark}\r\n  }});\r\n</script>\r\n"
    );
    [("a.vue", vue), ("a.svelte", svelte), ("a.astro", astro)]
}

const DECLARATION: &str = "  const seen = new Set(); // kept";

#[test]
fn places_are_those_of_the_file() {
    for (path, text) in components(DECLARATION) {
        let scratch = Scratch::new(&[(path, &text)]);
        let run = scratch.run(&["--format", "compact", path]).exits(1);
        let line = text.lines().position(|line| line == DECLARATION).unwrap() + 1;
        let expected = format!("{path}:{line}:9: error[unbounded-collection]");
        assert!(run.stdout.starts_with(&expected), "{expected}: {run:?}");
    }
}

#[test]
fn a_fix_edits_the_script_and_nothing_else() {
    for (path, text) in components(DECLARATION) {
        let scratch = Scratch::new(&[(path, &text)]);
        let diff = scratch.run(&["--diff", path]).exits(1);
        assert!(
            diff.stdout
                .contains("+  const seen = new WeakSet(); // kept")
        );
        scratch
            .run(&["--fix", path])
            .exits(0)
            .says("1 fixed in 1 file");
        let fixed = fs::read_to_string(scratch.path().join(path)).unwrap();
        assert_eq!(fixed, text.replace("new Set", "new WeakSet"));
    }
}

#[test]
fn suppressions_stand_in_scripts_and_in_markup() {
    let next = "  // leaklint-disable-next-line unbounded-collection -- few jobs";
    for (path, text) in components(&format!("{next}\r\n{DECLARATION}")) {
        let scratch = Scratch::new(&[(path, text)]);
        scratch
            .run(&["--deny-warnings", path])
            .exits(0)
            .says("1 suppressed");
    }
    for (path, text) in components(DECLARATION) {
        let whole = "<!-- leaklint-disable-file unbounded-collection -- few jobs -->";
        let text = format!("{text}{whole}\r\n");
        let scratch = Scratch::new(&[(path, &text)]);
        scratch
            .run(&["--deny-warnings", path])
            .exits(0)
            .says("1 suppressed");
        // One that is not needed goes, with its line.
        let idle = text.replace(DECLARATION, "  const seen = new WeakSet();");
        scratch.write(path, &idle);
        scratch
            .run(&["--fix", path])
            .exits(0)
            .says("1 fixed in 1 file");
        let fixed = fs::read_to_string(scratch.path().join(path)).unwrap();
        assert_eq!(fixed, idle.replace(&format!("{whole}\r\n"), ""));
    }
}

#[test]
fn what_is_no_script_of_the_component_is_left_alone() {
    let scratch = Scratch::new(&[
        (
            "coffee.vue",
            "<script lang=\"coffee\">\nseen = {}\n</script>\n",
        ),
        (
            "docs.vue",
            "<docs>\n<script>not code</script>\n</docs>\n<template><p/></template>\n",
        ),
        (
            "pug.vue",
            "<template lang=\"pug\">\np(:a='b <')\n</template>\n<script>export default {}</script>\n",
        ),
        (
            "data.svelte",
            "<script type=\"application/ld+json\">{ \"a\": }</script>\n<p>{'{'} Don't</p>",
        ),
        (
            "open.astro",
            "<p>{a ? <br> : 'b'}</p>\n<!-- <script>not code</script>",
        ),
        ("none.svelte", ""),
    ]);
    let run = scratch.run(&["."]).exits(0).lints(6);
    run.says("coffee.vue:1:23: is a script in another language");
    let broken = Scratch::new(&[("a.vue", "<template/>\n<script>\nconst = 1;\n</script>\n")]);
    broken.run(&["."]).exits(1).says("a.vue:3:7: ");
}

#[test]
fn the_script_of_a_component_may_be_another_file() {
    let scratch = Scratch::new(&[
        (
            "a.vue",
            "<script src=\"./a.ts\"></script>\n<template><p/></template>\n",
        ),
        (
            "a.ts",
            "export const cache = new Map<string, User>();\nexport default {};\n",
        ),
        (
            "b.ts",
            "import { cache } from './a.vue';\nexport function load(id: string) {\n  if (!cache.has(id)) cache.set(id, fetchUser(id));\n  return cache.get(id);\n}\n",
        ),
    ]);
    scratch
        .run(&["--format", "json", "."])
        .exits(0)
        .finds_cache_in(&["a.ts"]);
}
