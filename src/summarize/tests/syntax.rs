//! Which syntax is read without an error.

use super::{error_of, file};
use crate::summarize::summarize;

/// Each file is read without an error.
#[track_caller]
fn read_all(cases: &[(&str, &str)]) {
    let refused: Vec<String> = cases
        .iter()
        .filter_map(|&(name, text)| {
            error_of(name, text).map(|error| format!("{name}: {error}: {text}"))
        })
        .collect();
    assert!(refused.is_empty(), "\n{}", refused.join("\n"));
}

#[test]
fn files_without_code_are_read() {
    for name in [
        "a.js", "a.cjs", "a.mjs", "a.ts", "a.tsx", "a.jsx", "a.mts", "a.cts",
    ] {
        read_all(&[
            (name, ""),
            (name, "\u{FEFF}"),
            (name, "\n"),
            (name, "#!/usr/bin/env node"),
            (name, "\u{FEFF}#!/usr/bin/env node\nf();"),
            (name, "// only a comment"),
            (name, "\r\n'use strict';\r\nlet a = `\r\n`;\r\n"),
        ]);
    }
}

#[test]
fn sloppy_scripts_are_read() {
    read_all(&[
        ("a.js", "with (a) b;"),
        ("a.js", "x = 017 + 08;"),
        ("a.js", "x = '\\07';"),
        ("a.js", "var await = 1; f(await);"),
        ("a.js", "var yield = 1, let = 2, static = 3;"),
        ("a.js", "<!-- hidden\nf();\n--> shown"),
        ("a.js", "delete a;"),
        ("a.js", "function f(a, a) {}"),
        ("a.js", "arguments = 1; eval = 2;"),
        ("a.js", "if (a) function f() {}"),
        ("a.js", "a: function f() {}"),
        ("a.js", "for (var i = 0 in {}) ;"),
        ("a.cjs", "with (a) b;"),
        ("a.cjs", "return 017;"),
        ("a.js", "var package = 1, interface = 2;"),
        (
            "a.js",
            "function f() { 'use strict' } { function f() {} function f() {} }",
        ),
    ]);
}

#[test]
fn modules_are_read() {
    read_all(&[
        ("a.js", "await f(); export {};"),
        ("a.js", "for await (const x of y) f(x);"),
        ("a.mjs", "const x = await import('a');"),
        ("a.cjs", "if (a) return; f();"),
        ("a.js", "if (a) return; module.exports = 1;"),
        ("a.js", "import a from 'b'; if (a) return;"),
        ("a.cjs", "import a from 'b'; export default a;"),
        ("a.cjs", "const x = await f();"),
        ("a.js", "import a from './a.json' with { type: 'json' };"),
        ("a.js", "import a from './a.json' assert { type: 'json' };"),
        ("a.js", "export * from './a.json' with { type: 'json' };"),
        ("a.js", "import('a', { with: { type: 'json' } });"),
        ("a.js", "export a from 'b';"),
        ("a.js", "export a, { b } from 'c';"),
        ("a.js", "export * as a from 'b';"),
        (
            "a.js",
            "export { default as a, 'b c' as d } from 'e'; import { 'x y' as z } from 'e';",
        ),
        ("a.js", "import.meta.url; new.target;"),
        ("a.js", "import defer * as a from 'b';"),
        ("a.js", "import source a from 'b';"),
    ]);
}

#[test]
fn recent_syntax_is_read() {
    read_all(&[
        ("a.js", "{ using a = f(); }"),
        (
            "a.js",
            "async () => { await using a = f(); for (using b of c) ; }",
        ),
        ("a.js", "x = /[\\p{L}--[a-z]]/v; y = /(?<a>b)\\k<a>/su;"),
        ("a.js", "class A { #x; static has(o) { return #x in o; } }"),
        (
            "a.js",
            "class A { static { f(); } static async *#g() {} accessor a = 1; get; set; static; async; }",
        ),
        (
            "a.js",
            "a ??= b; a ||= c; a &&= d; a?.b?.[c]?.(d); 1_000n; a ** b;",
        ),
        ("a.js", "try {} catch {} label: for (;;) continue label;"),
        (
            "a.js",
            "async function* g() { yield* h(); for await (a of b); }",
        ),
        (
            "a.js",
            "tag`\\unicode`; ({ __proto__: a, async *b() {}, get c() {}, [d]: e, 'f': 1 });",
        ),
        (
            "a.js",
            "f(...a,); function g(a, ...b) {} var { a, ...b } = c; [a = 1, ...b] = c;",
        ),
    ]);
}

#[test]
fn decorators_of_either_kind_are_read() {
    for name in ["a.js", "a.ts", "a.tsx"] {
        read_all(&[
            (
                name,
                "@dec class A { @dec() a = 1; @dec.b m() {} @(f()) static s; @dec get g() { return 1 } }",
            ),
            (name, "@dec export class A {}"),
            (name, "export @dec class A {}"),
            (name, "@dec export default class A {}"),
            (name, "export default @dec class A {}"),
            (name, "x = @dec class {};"),
        ]);
    }
    read_all(&[
        (
            "a.ts",
            "class A { constructor(@Inject() private readonly a: B, @C() d?: E) {} m(@F() g) {} }",
        ),
        (
            "a.ts",
            "@Component({}) export class A { @Input() a!: string; @Output() b = new C<D>(); }",
        ),
        ("a.js", "class A { constructor(@Inject() a) {} }"),
    ]);
}

#[test]
fn jsx_is_read() {
    for name in ["a.js", "a.jsx", "a.tsx"] {
        read_all(&[
            (
                name,
                "x = <A.B c='d' {...e} f={<g/>}>text &nbsp; {h} {/* i */}<></></A.B>;",
            ),
            (name, "x = <a:b c:d='e' data-f aria-g={1}>don't</a:b>;"),
            (name, "const F = () => (<p>{a ? <b/> : null}</p>);"),
        ]);
    }
    read_all(&[
        (
            "a.tsx",
            "const f = <T,>(a: T) => a; const g = <T extends B>(a: T) => <A<T> b={a}/>;",
        ),
        ("a.mjs", "x = <a/>;"),
        ("a.cjs", "x = <a/>;"),
    ]);
}

#[test]
fn typescript_is_read() {
    read_all(&[
        (
            "a.ts",
            "x = <T>y; z = <any>f(); const g = <T>(a: T) => a; const a = <const>['b'];",
        ),
        (
            "a.ts",
            "enum A { B = 1, C = 'd' } const enum E { F } declare enum G {} namespace H.I { export const j = 1; } declare module 'k' {} declare global {}",
        ),
        (
            "a.ts",
            "abstract class A<in out T> extends B<T> implements C { declare d: E; override f(): asserts this is G {} abstract h(): void; [k: string]: any; private constructor(readonly x = 1) { super(); } }",
        ),
        (
            "a.ts",
            "type A = B extends `a${infer C extends string}` ? keyof C : readonly D[]; let e: unique symbol; let f: typeof import('g'); type H = { readonly [K in keyof I as J]?: K };",
        ),
        (
            "a.ts",
            "function f(this: A, b?: C): b is D; function f(...a: any[]) {} let g = a!.b!; h satisfies I; j as unknown as K; export type { L } from 'm'; import type N from 'o'; import { type P } from 'q';",
        ),
        (
            "a.ts",
            "let a: [b: string, ...c: number[]]; let d: new () => E; let f: abstract new () => G; function h<const T>(a: T) {} class I { accessor j = 1; static k?: string; }",
        ),
        (
            "a.ts",
            "export = A; import b = require('c'); export import d = E.F; export as namespace G;",
        ),
        ("a.ts", "if (a) return;"),
        ("a.ts", "with (a) b;"),
        ("a.ts", "using a = f(); await g();"),
        ("a.ts", "import a = require('b'); const c = await a;"),
        ("a.cts", "import a = require('b'); export = a;"),
        (
            "a.cts",
            "import a from 'b'; const c = require('d'); module.exports = c;",
        ),
        ("a.cts", "if (a) return;"),
        (
            "a.mts",
            "import a from 'b'; export default await a<string>();",
        ),
        ("a.mts", "const f = <T>(a: T) => <T>a;"),
        (
            "a.ts",
            "let x = a < b > (c); f<T>; new Map<A, Set<B>>; a?.b<C>();",
        ),
        (
            "a.ts",
            "let a = async <T>(b: T): Promise<T> => b; let c = (d): d is string => true;",
        ),
        (
            "a.ts",
            "for (const a of <any[]>b) {} class A { get b(): string { return '' } set b(c) {} }",
        ),
    ]);
}

#[test]
fn flow_is_read_with_and_without_a_pragma() {
    for pragma in [
        "",
        "// @flow\n",
        "/**\n * @flow strict-local\n */\n",
        "/* @noflow */\n",
    ] {
        for text in [
            "type A = {| +b: ?string, -c: number, ... |}; export type { A };",
            "import type { A } from 'b'; import typeof C from 'd'; import { type E, typeof F } from 'g';",
            "function f<T: Object = {}>(a: T, b?: ?string): %checks { return !!a; }",
            "const a = (b: any); const c = ((d: any): E<F>);",
            "class A<+T> extends B<T> { +c: string; static d: number = 1; #e: F; }",
            "declare var a: string; declare export default class B {} opaque type C = string; export opaque type D: E = F;",
            "declare function f(a: string): number; declare module.exports: { a: string };",
            "enum A { B, C } enum D of string { E = 'e' }",
            "const f = <T>(a: T): T => a; const g = async <T>(a: T) => a;",
            "let a: Array<?string> = [], b: typeof c = d, e: (string, number) => void = f;",
            "const F = (): React.Node => <A b={(c: any)} />;",
            "x = a ? (b) : c => d; y = a ? (b, c): d => e : f;",
        ] {
            read_all(&[("a.js", &format!("{pragma}{text}"))]);
        }
    }
    read_all(&[
        ("a.jsx", "// @flow\nconst F = (a: Props) => <a/>;"),
        ("a.mjs", "// @flow\nexport const f = (a: Props) => a;"),
        ("a.cjs", "// @flow\nmodule.exports = (a: Props) => a;"),
        ("a.js", "// @flow\nconst x = a < b; f<T>(x); y = a < b > c;"),
        // What Flow reads differently is read as what it is where there is no Flow.
        ("a.js", "x = a ? (b) : c => d;"),
    ]);
}

#[test]
fn an_error_says_where_and_what() {
    for (name, text, offset) in [
        ("a.js", "let a = ;", 8),
        ("a.ts", "let a: = 1;", 7),
        ("a.js", "// @flow\nlet a = ;", 17),
        ("a.cjs", "f(;", 2),
        ("a.js", "é = `", 5),
    ] {
        let (_, errors) = summarize(&file(name, text));
        let [error] = &errors[..] else {
            panic!("{errors:?} of {text}")
        };
        assert!(error.is_fatal);
        assert_eq!(error.offset, offset, "{text}: {error:?}");
        assert!(
            error.text.starts_with(|first: char| !first.is_uppercase())
                && !error.text.ends_with('.'),
            "{error:?}"
        );
    }
}
