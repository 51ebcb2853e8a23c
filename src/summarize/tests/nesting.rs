//! Deep nesting overflows no stack: each kind of it on the small stack of a test's thread.

use super::file;
use crate::summarize::{nesting, summarize};

/// What stands before the nesting, opens a level, lies innermost, and closes a level.
type Kind = (&'static str, &'static str, &'static str, &'static str);

const BRACKETS: [Kind; 27] = [
    ("x=", "[", "", "]"),
    ("x=", "(", "1", ")"),
    ("", "{", "", "}"),
    ("x=", "{a:", "1", "}"),
    ("x=", "{a(){return ", "1", "}}"),
    ("x=", "{[", "1", "]:1}"),
    ("x=", "{get a(){return ", "1", "}}"),
    ("x=", "[...", "1", "]"),
    ("", "function f(){", "", "}"),
    ("x=", "()=>{", "", "}"),
    ("x=", "(a=", "1", ")=>1"),
    ("", "f(function(){", "", "})"),
    ("", "import(", "'a'", ")"),
    ("", "y[", "0", "]"),
    ("x=", "`${", "1", "}`"),
    ("x=", "class{a=", "1", "}"),
    ("", "class A{static{", "", "}}"),
    ("", "switch(a){case 1:", "", "}"),
    ("", "try{", "", "}finally{}"),
    ("", "try{}catch{", "", "}"),
    ("const ", "[", "x", "]=y"),
    ("const ", "{a:", "x", "}=y"),
    ("x=", "<a>", "", "</a>"),
    ("x=", "<>", "", "</>"),
    ("x=", "<a>&nbsp;, b", "", "</a>"),
    ("x=", "<a b=", "'c'", "/>"),
    ("x=", "<a b={", "1", "}/>"),
];

const CHAINS: [Kind; 28] = [
    ("x=", "()=>", "1", ""),
    ("x=", "!", "1", ""),
    ("x=", "+-", "1", ""),
    ("x=", "typeof ", "y", ""),
    ("", "await ", "y", ""),
    ("", "new ", "X", ""),
    ("", "new ", "X", "()"),
    ("x=1", "+1", "", ""),
    ("x=1", "**1", "", ""),
    ("x='a'", " in 'b'", "", ""),
    ("x=", "a?1:", "1", ""),
    ("x=", "a?", "1", ":1"),
    ("", "a=", "1", ""),
    ("y", ".z", "", ""),
    ("y", "?.z", "", ""),
    ("y", "()", "", ""),
    ("y", ".z()", "", ""),
    ("y", "[0]", "", ""),
    ("a", ",a", "", ""),
    ("a", "`b`", "", ""),
    ("", "if(a)", "", ""),
    ("", "if(a)b;else ", "", ""),
    ("", "if(a){b}else ", "", ""),
    ("", "while(a)", "", ""),
    ("", "for(const x of y)", "", ""),
    ("", "do ", ";", " while(1)"),
    ("", "with(a)", "", ""),
    ("x=", "class extends ", "y", "{}"),
];

/// What does not parse is nested up to the error.
const BROKEN: [Kind; 4] = [
    ("x=", "[", "", ""),
    ("", "{", "", ""),
    ("x=", "(", "", "]"),
    ("x=1+", "1+", "", ""),
];

const TYPES: [Kind; 23] = [
    ("type T=", "[", "a", "]"),
    ("type T=", "(", "a", ")"),
    ("type T=", "{a:", "b", "}"),
    ("type T=", "A<", "b", ">"),
    ("type T=", "A<b,", "c", ">"),
    ("type T=", "()=>", "a", ""),
    ("type T=", "new()=>", "a", ""),
    ("type T=a", "[]", "", ""),
    ("type T=a", ".b", "", ""),
    ("type T=a", "['b']", "", ""),
    ("type T=a", "|a", "", ""),
    ("type T=", "keyof ", "a", ""),
    ("type T=", "a extends b?c:", "d", ""),
    ("type T=", "a extends b?", "c", ":d"),
    ("type T=", "`${", "a", "}`"),
    ("x=a", " as a", "", ""),
    ("x=a", "!", "", ""),
    ("x=", "(a=", "b", ")=>c"),
    ("x=", "async(a=", "b", ")=>c"),
    ("x=", "a?(", "b", "):c"),
    ("", "namespace a{", "", "}"),
    ("namespace a", ".a", "{}", ""),
    ("type T=", "A<(", "b", ")>"),
];

/// Texts that nest so many levels deep, each in its own way, with the name of a file for it.
fn nested<'a>(
    kinds: &'a [&[Kind]],
    levels: usize,
) -> impl Iterator<Item = (&'static str, String)> + 'a {
    kinds.iter().copied().flatten().map(move |kind| {
        let &(before, open, middle, close) = kind;
        let name = if TYPES.contains(kind) { "a.ts" } else { "a.js" };
        let (open, close) = (open.repeat(levels), close.repeat(levels));
        (name, format!("{before}{open}{middle}{close};"))
    })
}

#[test]
fn no_depth_overflows_the_stack() {
    for levels in [1_000, 4_000, 100_000] {
        for (name, text) in nested(&[&BRACKETS, &CHAINS, &BROKEN, &TYPES], levels) {
            summarize(&file(name, &text));
        }
    }
}

#[test]
fn the_bound_is_at_least_the_depth() {
    for (_, text) in nested(&[&BRACKETS, &CHAINS, &BROKEN, &TYPES], 1_000) {
        // A comma and the members of a union make one node, however many there are.
        if text.starts_with("a,a") {
            continue;
        }
        let bound = nesting::bound(&text);
        assert!((999..6_000).contains(&bound), "{bound}: {}", &text[..40]);
    }
}

#[test]
fn what_is_not_nested_adds_nothing() {
    let bound = |piece: &str| nesting::bound(&piece.repeat(5_000));
    for piece in [
        "f(a, b);\n",
        "function f(a) { return a; }\n",
        "if (a < b) { c(); }\n",
        "x = [1, 2, { a: 3 }];\n",
        "x = '((((' + \"[[\" + `{{{`;\n",
        "// ((({{{\n/* [[[ */\n",
        "x = /[({[]/.test(a) || /\\/(/.test(b);\n",
        "type A = Map<string, Set<number>>;\n",
        "if (a) { b(); } else { c(); }\n",
        "x = <a b='c'>text, text</a>;\n",
        "x = <br/>;\n",
        "class A { a() {} b() {} static c = 1; }\n",
    ] {
        assert!(bound(piece) < 20, "{}: {piece}", bound(piece));
    }
}

#[test]
fn closing_brackets_without_an_opening_one_are_passed() {
    assert_eq!(nesting::bound(")]}".repeat(100).as_str()), 0);
    // Each closing bracket is looked for once only, however many others are open.
    assert_eq!(
        nesting::bound(&("(".repeat(100_000) + &"]".repeat(100_000))),
        100_000
    );
}

#[test]
fn too_deep_a_file_is_not_parsed() {
    let (summary, errors) = summarize(&file("a.js", &"[".repeat(20_001)));
    assert!(summary.ops.is_empty());
    assert!(
        errors[0].is_fatal && errors[0].text.contains("nested"),
        "{errors:?}"
    );
}

#[test]
fn what_is_nested_less_deep_is_lowered_whole() {
    for (name, text) in nested(&[&BRACKETS, &CHAINS, &TYPES], 150) {
        let (_, errors) = summarize(&file(name, &text));
        assert_eq!(errors, [], "{text}");
    }
}
