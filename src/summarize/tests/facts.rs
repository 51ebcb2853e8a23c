//! Which facts code is lowered to.

use super::file;
use super::shown::Shown;
use crate::summarize::summarize;
use crate::summary::{BindingKind, Export, FunctionKind, ModuleSummary, Name};

fn facts(name: &str, source: &str) -> ModuleSummary {
    let (summary, errors) = summarize(&file(name, source));
    assert_eq!(errors, [], "{source}");
    summary
}

/// The effects of the code, a line each: `function: [regions] effect`.
#[track_caller]
fn check(source: &str, expected: &[&str]) {
    check_file("a.tsx", source, expected);
}

#[track_caller]
fn check_file(name: &str, source: &str, expected: &[&str]) {
    assert_eq!(Shown(&facts(name, source)).effects(), expected, "{source}");
}

#[test]
fn what_follows_an_early_exit_runs_under_the_opposite_condition() {
    check(
        "function f(a) { if (a) return; g(); if (a) g(1); else return; h(); }",
        &[
            "f: [rest not a] global g()",
            "f: [rest not a] [if a] global g(1)",
            "f: [rest not a] [rest a] global h()",
            "f := fn f",
        ],
    );
    check(
        "for (const a of b) { if (a) continue; g(); }",
        &[
            "[each] a := elements of global b",
            "[each] [rest not a] global g()",
        ],
    );
}

#[test]
fn both_sides_of_a_choice_are_branches() {
    check(
        "let a; if (a) f(); else if (b) g(); else h();",
        &[
            "[if a] global f()",
            "[if not a] [if global b] global g()",
            "[if not a] [if not global b] global h()",
        ],
    );
    check(
        "let a; a && f(); a || g(); a ?? h(); a ? i() : j();",
        &[
            "[if a] global f()",
            "[if not a] global g()",
            "[if not a] global h()",
            "[if a] global i()",
            "[if not a] global j()",
        ],
    );
}

#[test]
fn a_case_runs_for_its_values_and_those_that_fall_into_it() {
    check(
        "switch (a) { case 1: f(); case 2: g(); break; default: h(); }",
        &[
            "[case 1] global f()",
            "[case 1, 2] global g()",
            "[default] global h()",
        ],
    );
}

#[test]
fn loops_and_handlers_are_regions() {
    check(
        "while (a) f(); for (let i = 0; i < 9; i++) g(i); try { h(); } catch (e) { k(e); } finally { l(); }",
        &[
            "[loop] global f()",
            "i := 0",
            "[loop] global g(i)",
            "[loop] i += (i Add 1)",
            "[try] global h()",
            "[catch] e := ?",
            "[catch] global k(e)",
            "[finally] global l()",
        ],
    );
}

#[test]
fn a_shadowed_name_is_another_binding() {
    check(
        "let x = 1; { let x = 2; f(x); } f(x); function g(x) { f(x); }",
        &[
            "g: global f(x')",
            "g := fn g",
            "x := 1",
            "x'' := 2",
            "global f(x'')",
            "global f(x)",
        ],
    );
    check(
        "let x = 1; const f = function f() { return f; }; class C { m() { return x; } }",
        &[
            "x := 1",
            "f: return f'",
            "f' := fn f",
            "f := fn f",
            "m: return x",
            "C := class C",
        ],
    );
}

#[test]
fn var_belongs_to_the_function_whatever_block_it_is_in() {
    check(
        "f(x); if (a) { for (;;) { var x = 1; } } function g() { x = 2; } g(() => { var x = 3; });",
        &[
            "g: x = 2",
            "g := fn g",
            "global f(x)",
            "[if global a] [loop] x := 1",
            "anonymous: x' := 3",
            "g(fn anonymous)",
        ],
    );
}

#[test]
fn a_declaration_in_a_loop_is_made_in_each_turn() {
    let source = "const a = 1; for (;;) { const b = 1; var c; function d() { const e = 1; } }";
    let summary = facts("a.js", source);
    let in_loop: Vec<&str> = summary
        .bindings
        .iter()
        .filter(|binding| binding.in_loop)
        .map(|binding| summary.name(binding.name))
        .collect();
    assert_eq!(in_loop, ["b", "d"]);
}

#[test]
fn destructuring_reads_members() {
    check(
        "const { a, b: { c }, [d]: e = 1, ...f } = g; const [h, , ...i] = j;",
        &[
            "a := global g.a",
            "c := global g.b.c",
            "e := (global g[global d] || 1)",
            "f := ?",
            "h := global j[0]",
            "i := [...global j]",
        ],
    );
    check(
        "let a; [a, b.c] = d; ({ a, e: b.f } = d);",
        &[
            "a = global d[0]",
            "global b.c = global d[1]",
            "a = global d.a",
            "global b.f = global d.e",
        ],
    );
    check(
        "function f({ a }, [b] = [], ...c) {}",
        &[
            "f: a := param.a",
            "f: param' := (param' || [])",
            "f: b := param'[0]",
            "f := fn f",
        ],
    );
}

#[test]
fn an_assignment_says_how_it_combines_with_what_was_there() {
    check(
        "let x; x = 1; x ||= f(); x ??= 2; x &&= 3; x += 4; x++; y = 5; a.b ??= 6; a[x] = 7;",
        &[
            "x = 1",
            "[if not x] global f()",
            "x ||= global f()",
            "x ||= 2",
            "x &&= 3",
            "x += (x Add 4)",
            "x += (x Add 1)",
            "global y = 5",
            "global a.b ||= 6",
            "global a[x] = 7",
        ],
    );
    check(
        "delete a.b; delete a[c]; a['d'] = e as F; (g as H).i = 1;",
        &[
            "delete global a.b",
            "delete global a[global c]",
            "global a.d = global e as T",
            "global g as T.i = 1",
        ],
    );
}

#[test]
fn the_properties_of_a_literal_are_stores() {
    check(
        "x({ a, b: 1, 'c': 2, [d]: 3, ...e, f() { return 4; }, get g() { return 5; } });",
        &[
            "{}.a := global a",
            "{}.b := 1",
            "{}.c := 2",
            "{}[global d] := 3",
            "{}[...global e] := ...global e",
            "f: return 4",
            "{}.f := fn f",
            "g: return 5",
            "{}.g is a Getter",
            "global x({})",
        ],
    );
}

#[test]
fn the_initialiser_of_a_field_belongs_to_the_fields_of_its_class() {
    check(
        "class A { b = f(); static c = g(this); #d = 1; static { h(this); } constructor(private e) { super(); this.i = 1; } }",
        &[
            "fields: global f()",
            "fields: this.b := global f()",
            "fields: this.#d := 1",
            "global g(class A)",
            "class A.c := global g(class A)",
            "global h(class A)",
            "constructor: this.e := e",
            "constructor: super ?()",
            "constructor: this.i = 1",
            "A := class A",
        ],
    );
}

#[test]
fn a_class_knows_its_methods() {
    let summary = facts(
        "a.js",
        "class A extends B { a() {} static b() {} #c() {} get d() {} set d(x) {} [e]() {} constructor() {} f = 1; }",
    );
    let class = &summary.classes[0];
    let methods: Vec<String> = class
        .methods
        .iter()
        .map(|method| {
            let is_static = if method.is_static { "static " } else { "" };
            format!("{is_static}{:?} {}", method.kind, summary.name(method.name))
        })
        .collect();
    assert_eq!(
        methods,
        [
            "Method a",
            "static Method b",
            "Method #c",
            "Getter d",
            "Setter d"
        ]
    );
    assert!(class.heritage.is_some() && class.constructor.is_some() && class.fields.is_some());
}

#[test]
fn this_in_an_arrow_is_that_of_the_function_around_it() {
    let summary = facts(
        "a.js",
        "function f() { return () => () => this; } const g = () => this;",
    );
    let this_of: Vec<(FunctionKind, u32)> = summary
        .functions
        .iter()
        .map(|function| (function.kind, function.this_of.0))
        .collect();
    let [module, plain, arrow] = [
        FunctionKind::Module,
        FunctionKind::Plain,
        FunctionKind::Arrow,
    ];
    assert_eq!(
        this_of,
        [(module, 0), (plain, 1), (arrow, 1), (arrow, 1), (arrow, 0)]
    );
}

#[test]
fn a_function_is_named_by_what_it_initialises() {
    let source = "const a = () => {}; b.c = function () {}; x = { d: () => {}, e: (function () {}) }; class F { g = () => {}; } h(() => {}); const i = j ? () => {} : k; export default function () {}";
    let summary = facts("a.js", source);
    let names: Vec<&str> = summary
        .functions
        .iter()
        .filter(|function| function.kind != FunctionKind::Fields)
        .map(|function| function.name.map_or("", |name| summary.name(name)))
        .collect();
    assert_eq!(names, ["", "a", "c", "d", "e", "g", "", "i", "default"]);
}

#[test]
fn calls_say_how_they_are_made() {
    check(
        "f(1, ...a); new B(); c?.d?.(); tag`x${y}`; import('m'); @dec class E {} <F g={h}>{i}</F>; <p j={k()}/>;",
        &[
            "global f(1, ...global a)",
            "new global B()",
            "global c.d()",
            "tag global tag([], global y)",
            "later global dec()",
            "E := class E",
            "later global F(global h, global i)",
            "global k()",
            "later ?(global k())",
        ],
    );
}

#[test]
fn what_another_module_gives_is_named_by_a_request() {
    check(
        "const a = require('a'); const { b } = require('b'); const c = await import(`c`); import d = require('d');",
        &[
            "a := require a",
            "b := require b.b",
            "c := await require c",
            "d := require d",
        ],
    );
    let source = "import a from 'm'; import { b, c as d } from 'm'; import * as e from 'n'; require('m'); function f(require) { require('o'); }";
    let summary = facts("a.js", source);
    let requests: Vec<(&str, bool)> = summary
        .requests
        .iter()
        .map(|request| (&*request.specifier, request.is_require))
        .collect();
    assert_eq!(requests, [("m", false), ("n", false), ("m", true)]);
    let imports: Vec<(&str, &str)> = summary
        .bindings
        .iter()
        .filter_map(|binding| match binding.kind {
            BindingKind::Import { imported, .. } => Some((
                summary.name(binding.name),
                imported.map_or("*", |name| summary.name(name)),
            )),
            _ => None,
        })
        .collect();
    assert_eq!(
        imports,
        [("a", "default"), ("b", "b"), ("d", "c"), ("e", "*")]
    );
}

#[test]
fn each_form_of_export_is_seen() {
    let exports = |name: &str, source: &str| -> Vec<String> {
        let summary = facts(name, source);
        let text = |name: Name| summary.name(name).to_owned();
        let shown = Shown(&summary);
        let show = |export: &Export| match *export {
            Export::Binding { name, binding } => {
                format!("{} is {}", text(name), shown.binding(binding))
            }
            Export::Value { name, value } => {
                format!("{} is {}", name.map_or("=".into(), text), shown.op(value))
            }
            Export::From { name, imported, .. } => {
                format!("{} from {}", text(name), imported.map_or("*".into(), text))
            }
            Export::All { .. } => "* from *".to_owned(),
        };
        summary.exports.iter().map(show).collect()
    };
    let cases = [
        (
            "a.js",
            "export const a = 1, { b } = c;",
            vec!["a is a", "b is b"],
        ),
        (
            "a.js",
            "export var a; export let b;",
            vec!["a is a", "b is b"],
        ),
        (
            "a.js",
            "export function f() {} export class A {}",
            vec!["f is f", "A is A"],
        ),
        (
            "a.js",
            "let a; export { a, a as b, a as default, a as 'c d' };",
            vec!["a is a", "b is a", "default is a", "c d is a"],
        ),
        (
            "a.js",
            "export { a, default as b } from 'm';",
            vec!["a from a", "b from default"],
        ),
        (
            "a.js",
            "export * from 'm'; export * as n from 'm';",
            vec!["* from *", "n from *"],
        ),
        ("a.js", "export a from 'm';", vec!["a from default"]),
        ("a.js", "export default f;", vec!["default is global f"]),
        (
            "a.js",
            "export default function f() {}",
            vec!["default is fn f"],
        ),
        ("a.js", "export default class {}", vec!["default is class"]),
        ("a.ts", "let a; export = a;", vec!["= is a"]),
        ("a.ts", "export import a = require('m');", vec!["a is a"]),
        (
            "a.ts",
            "export enum A { B } export namespace N { export const c = 1; }",
            vec!["A is A", "N is N"],
        ),
        (
            "a.ts",
            "export type A = B; export interface C {} export type { D } from 'm'; export type * from 'm'; export declare function f(): void;",
            vec![],
        ),
    ];
    for (name, source, expected) in cases {
        assert_eq!(exports(name, source), expected, "{source}");
    }
    check(
        "exports.a = 1; module.exports = { b };",
        &[
            "global exports.a = 1",
            "{}.b := global b",
            "global module.exports = {}",
        ],
    );
}

#[test]
fn an_export_of_a_namespace_is_a_member_of_its_object() {
    check_file(
        "a.ts",
        "namespace N { export const a = 1; const b = a; export namespace M { export let c = 2; } } enum E { F = 3 }",
        &[
            "N := (N || {})",
            "a := 1",
            "(N || {}).a := a",
            "b := a",
            "M := (M || {})",
            "c := 2",
            "(M || {}).c := c",
            "(N || {}).M := M",
            "{}.F := 3",
            "E := {}",
        ],
    );
}

#[test]
fn a_summary_is_plain_data() {
    let sources = [
        (
            "a.ts",
            "import a, { b as c } from 'm'; export const d: Map<string, E> = new Map(), f = 1.5; export type E = 'g' | keyof H;",
        ),
        (
            "a.js",
            "class A { #b = 1; static async *c() { for await (const d of e) yield d; } } switch (f) { case 1: throw g; } h?.[`i${j}`];",
        ),
        ("a.js", ""),
    ];
    for (name, source) in sources {
        let summary = facts(name, source);
        let json = serde_json::to_string(&summary).unwrap();
        let back: ModuleSummary = serde_json::from_str(&json).unwrap();
        assert_eq!(back, summary, "{json}");
    }
}
