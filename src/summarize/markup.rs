//! The expressions in a component's markup, and what it names besides.
//!
//! Knows how Vue, Svelte and Astro write them. Must not know JavaScript beyond where an expression ends.

use std::ops::Range;

use super::blocks::{Framework, Parts};
use super::tags::{self, Attribute, Tag};

/// What becomes of the value of an expression.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Use {
    /// It is handed on: to a component, an element.
    Passed,
    /// It handles an event: a function, or the code of one.
    Handler,
    /// It is shown or tested.
    Read,
    /// There is a part of the markup for each element.
    Iterated,
    /// The page writes to the place that it names.
    Assigned,
}

/// An expression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Expression {
    /// Its text, in bytes of the file.
    pub(super) span: Range<usize>,
    pub(super) used: Use,
}

/// What is in the markup of a component.
#[derive(Debug, Default)]
pub(super) struct Markup {
    pub(super) expressions: Vec<Expression>,
    /// The texts in which the markup declares names.
    pub(super) patterns: Vec<Range<usize>>,
    /// What it names outside of expressions: components, directives.
    pub(super) names: Vec<String>,
}

/// Reads the markup of a file.
pub(super) fn read(text: &str, parts: &Parts, framework: Framework) -> Markup {
    let mut markup = Markup::default();
    for range in &parts.markup {
        // Offsets stay those of the file.
        let part = &text[..range.end];
        match framework {
            Framework::Vue => vue(part, range.start, &mut markup),
            Framework::Svelte | Framework::Astro => {
                in_braces(part, range.start, framework, &mut markup);
            }
        }
    }
    markup.names.sort_unstable();
    markup.names.dedup();
    markup
}

/// What may be names in a text.
pub(super) fn words(text: &str) -> impl Iterator<Item = &str> {
    let is_part = |letter: char| letter == '$' || letter == '_' || letter.is_alphanumeric();
    let words = text.split(move |letter| !is_part(letter));
    words.filter(|word| !word.is_empty() && !word.starts_with(|first: char| first.is_numeric()))
}

impl Markup {
    fn expression(&mut self, span: Range<usize>, used: Use) {
        self.expressions.push(Expression { span, used });
    }

    /// `my-table` is a component called `myTable` or `MyTable`.
    fn name(&mut self, written: &str) {
        let mut camel = String::with_capacity(written.len());
        for part in written.split('-') {
            let mut letters = part.chars();
            match letters.next() {
                Some(first) if !camel.is_empty() => camel.extend(first.to_uppercase()),
                Some(first) => camel.push(first),
                None => {}
            }
            camel.push_str(letters.as_str());
        }
        let mut letters = camel.chars();
        let pascal = letters.next().map(|first| {
            let mut name: String = first.to_uppercase().collect();
            name.push_str(letters.as_str());
            name
        });
        self.names.extend(pascal);
        self.names.push(camel);
    }
}

fn vue(text: &str, from: usize, markup: &mut Markup) {
    let mut at = from;
    while let Some(next) = memchr::memchr2(b'<', b'{', &text.as_bytes()[at..]).map(|it| at + it) {
        at = next + 1;
        if let Some(tag) = tags::tag(text, next, false) {
            at = tag.end;
            markup.name(tag.name.split('.').next().unwrap_or_default());
            for attribute in &tag.attributes {
                directive(text, attribute, markup);
            }
        } else if text[next..].starts_with("{{") {
            let start = next + 2;
            let end = text[start..]
                .find("}}")
                .map_or(text.len(), |end| start + end);
            markup.expression(start..end, Use::Read);
            at = end;
        }
    }
}

/// An attribute of Vue: <https://vuejs.org/api/built-in-directives>.
fn directive(text: &str, attribute: &Attribute, markup: &mut Markup) {
    let name = attribute.name;
    let value = attribute.value.clone();
    let short = match name.as_bytes().first() {
        Some(b':' | b'.') => "bind",
        Some(b'@') => "on",
        Some(b'#') => "slot",
        _ => "",
    };
    let long = name.strip_prefix("v-").unwrap_or_default();
    let kind = long.split([':', '.']).next().unwrap_or_default();
    match (if short.is_empty() { kind } else { short }, value) {
        ("", Some(value)) if name == "ref" => markup.name(&text[value]),
        ("" | "pre" | "cloak" | "once" | "else", _) => return,
        ("slot", Some(value)) => markup.patterns.push(value),
        ("for", Some(value)) => {
            let head = &text[value.clone()];
            let parted = [" in ", " of "]
                .iter()
                .filter_map(|word| head.find(word))
                .min();
            if let Some(parted) = parted {
                let middle = value.start + parted;
                markup.patterns.push(value.start..middle);
                markup.expression(middle + " in ".len()..value.end, Use::Iterated);
            }
        }
        ("model", Some(value)) => markup.expression(value, Use::Assigned),
        ("if" | "else-if" | "show" | "text" | "html", Some(value)) => {
            markup.expression(value, Use::Read);
        }
        ("on", Some(value)) => markup.expression(value, Use::Handler),
        ("bind", None) => markup.name(name.trim_start_matches([':', '.'])),
        (_, Some(value)) => markup.expression(value, Use::Passed),
        (_, None) => {}
    }
    if short.is_empty() {
        markup.name(&format!("v-{kind}"));
    }
    // `:[name]="…"`
    if let Some((_, dynamic)) = name.split_once('[') {
        markup.names.extend(words(dynamic).map(str::to_owned));
    }
}

/// Markup whose expressions are in braces.
fn in_braces(text: &str, from: usize, framework: Framework, markup: &mut Markup) {
    let mut at = from;
    while let Some(next) = memchr::memchr2(b'<', b'{', &text.as_bytes()[at..]).map(|it| at + it) {
        at = next + 1;
        if let Some(tag) = tags::tag(text, next, true) {
            at = tag.end;
            element(text, &tag, markup);
        } else if text.as_bytes()[next] == b'{' {
            at = tags::braces(text, next);
            let inside = tags::inside(text, next, at);
            if framework == Framework::Svelte {
                block(text, inside, markup);
            } else {
                // A function there is called.
                markup.expression(inside, Use::Passed);
            }
        }
    }
}

/// Directives of Svelte that name what they use.
const NAMING: [&str; 7] = ["animate", "bind", "class", "in", "out", "transition", "use"];

fn element(text: &str, tag: &Tag, markup: &mut Markup) {
    let component = tag.name.split('.').next().unwrap_or_default();
    markup.names.push(component.to_owned());
    for attribute in &tag.attributes {
        let (kind, named) = attribute.name.split_once(':').unwrap_or_default();
        if NAMING.contains(&kind)
            && (attribute.value.is_none() || !matches!(kind, "bind" | "class"))
        {
            markup.names.extend(words(named).next().map(str::to_owned));
        }
        let Some(value) = attribute.value.clone() else {
            // `let:item`
            if kind == "let" {
                let end = attribute.at + attribute.name.len();
                markup.patterns.push(end - named.len()..end);
            }
            continue;
        };
        if kind == "let" {
            markup.patterns.push(value);
        } else if attribute.is_in_braces {
            let used = if kind == "bind" {
                Use::Assigned
            } else {
                Use::Passed
            };
            value_in_braces(text, value, used, markup);
        } else {
            // `class="a {b}"`
            let mut at = value.start;
            while let Some(open) = text[at..value.end].find('{').map(|it| at + it) {
                at = tags::braces(&text[..value.end], open);
                markup.expression(tags::inside(text, open, at), Use::Read);
            }
        }
    }
}

fn value_in_braces(text: &str, value: Range<usize>, used: Use, markup: &mut Markup) {
    let inside = &text[value.clone()];
    let word = ["...", "@attach"]
        .iter()
        .find(|word| inside.trim_start().starts_with(**word));
    let Some(word) = word else {
        return markup.expression(value, used);
    };
    let skipped = inside.len() - inside.trim_start().len() + word.len();
    markup.expression(value.start + skipped..value.end, used);
}

/// What is in braces in the text of Svelte: <https://svelte.dev/docs/svelte/basic-markup>.
fn block(text: &str, inside: Range<usize>, markup: &mut Markup) {
    let whole = &text[inside.clone()];
    let start = inside.start + whole.len() - whole.trim_start().len();
    let trimmed = whole.trim_start();
    let is_block = trimmed.starts_with(['#', ':', '@', '/']) && !trimmed.starts_with("/*");
    if !is_block || trimmed.starts_with("//") {
        return markup.expression(inside, Use::Read);
    }
    let word = &trimmed[..trimmed.find(char::is_whitespace).unwrap_or(trimmed.len())];
    let rest = start + word.len()..inside.end;
    let says = &text[rest.clone()];
    let mut parted = |separator: &str, by_last: bool, used| {
        let found = if by_last {
            says.rfind(separator)
        } else {
            says.find(separator)
        };
        let middle = rest.start + found.unwrap_or(says.len());
        markup.expression(rest.start..middle, used);
        markup.patterns.push(middle..rest.end);
    };
    match word {
        "#each" => parted(" as ", true, Use::Iterated),
        "#await" => parted(" then ", true, Use::Read),
        "#if" | "#key" | ":else" | "@html" | "@render" | "@debug" => {
            let condition = says.trim_start().strip_prefix("if ");
            let start = condition.map_or(rest.start, |it| rest.end - it.len());
            if word != ":else" || condition.is_some() {
                markup.expression(start..rest.end, Use::Read);
            }
        }
        "#snippet" | ":then" | ":catch" => markup.patterns.push(rest),
        "@const" => {
            let middle = says.find('=').map_or(rest.end, |at| rest.start + at);
            markup.patterns.push(rest.start..middle);
            markup.expression((middle + 1).min(rest.end)..rest.end, Use::Passed);
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::Use::{Assigned, Handler, Iterated, Passed, Read};
    use super::{Use, read};
    use crate::summarize::blocks::{self, Framework};

    fn check(
        framework: Framework,
        text: &str,
        expressions: &[(&str, Use)],
        patterns: &[&str],
        names: &[&str],
    ) {
        let parts = blocks::read(text, framework);
        let markup = read(text, &parts, framework);
        let found = markup.expressions.iter();
        let found: Vec<_> = found
            .map(|it| (text[it.span.clone()].trim(), it.used))
            .collect();
        assert_eq!(found, expressions, "{text}");
        let found = markup.patterns.iter().filter(|it| !it.is_empty());
        let found: Vec<_> = found.map(|it| text[it.clone()].trim()).collect();
        assert_eq!(found, patterns, "{text}");
        for name in names {
            assert!(markup.names.iter().any(|it| it == name), "{name} in {text}");
        }
    }

    #[test]
    fn expressions_of_vue_are_found() {
        check(
            Framework::Vue,
            "<template><my-list :items=\"all\" @pick=\"add($event)\" v-model=\"name\" v-focus.now=\"on\" class=\"all\" :open>{{ a + 1 }}</my-list></template>",
            &[
                ("all", Passed),
                ("add($event)", Handler),
                ("name", Assigned),
                ("on", Passed),
                ("a + 1", Read),
            ],
            &[],
            &["MyList", "myList", "vFocus", "open"],
        );
        check(
            Framework::Vue,
            "<template><li v-for=\"(user, at) in users\" v-if=\"user.on\"><Row #default=\"{ row }\" ref=\"list\"/></li></template>",
            &[("users", Iterated), ("user.on", Read)],
            &["(user, at)", "{ row }"],
            &["Row", "list"],
        );
        check(
            Framework::Vue,
            "<p>{{ no }}</p><template>{{ open",
            &[("open", Read)],
            &[],
            &[],
        );
    }

    #[test]
    fn expressions_of_svelte_are_found() {
        check(
            Framework::Svelte,
            "{#each users as user, i (user.id)}<Row {user} {...rest} on:click={() => add(user)} bind:value={name} use:tip class:on let:item title=\"a {b}\"/>{:else if none}{@html text}{/each}",
            &[
                ("users", Iterated),
                ("user", Passed),
                ("rest", Passed),
                ("() => add(user)", Passed),
                ("name", Assigned),
                ("b", Read),
                ("none", Read),
                ("text", Read),
            ],
            &["as user, i (user.id)", "item"],
            &["Row", "tip", "on"],
        );
        check(
            Framework::Svelte,
            "{#await load(id) then value}{:catch error}{/await}{#snippet row(of)}{@const sum = of + 1}{@render row(1)}{/snippet}{#key id}{/key}{/* no */ a}",
            &[
                ("load(id)", Read),
                ("of + 1", Passed),
                ("row(1)", Read),
                ("id", Read),
                ("/* no */ a", Read),
            ],
            &["then value", "error", "row(of)", "sum"],
            &[],
        );
    }

    #[test]
    fn expressions_of_astro_are_found() {
        check(
            Framework::Astro,
            "---\nlet a;\n---\n<List.Item all={all} html=`<b>${a}`>{all.map((one) => <p>{one}</p>)}</List.Item>",
            &[
                ("all", Passed),
                ("`<b>${a}`", Passed),
                ("all.map((one) => <p>{one}</p>)", Passed),
            ],
            &[],
            &["List"],
        );
    }
}
