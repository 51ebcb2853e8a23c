//! Where the scripts of a component's file are, and what is markup: Vue, Svelte, Astro.
//!
//! Must not know JavaScript.

use std::ops::Range;
use std::path::Path;

use super::tags::{self, COMMENT, Tag};

/// Whose components a file holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Framework {
    Vue,
    Svelte,
    Astro,
}

/// How often a script runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Runs {
    /// Once for the module.
    Once,
    /// For each instance of the component, or each request.
    Each,
    /// Once for a page, as a module of its own in the browser.
    Page,
}

/// What a script is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Language {
    JavaScript,
    TypeScript,
    Tsx,
    /// Something that is not read.
    Other,
}

/// A script.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Script {
    /// Its text, in bytes of the file.
    pub(super) span: Range<usize>,
    pub(super) language: Language,
    pub(super) runs: Runs,
    /// The request for another file that has its text instead.
    pub(super) source: Option<Range<usize>>,
}

/// The parts of a component's file.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Parts {
    pub(super) scripts: Vec<Script>,
    /// What is neither script nor style nor comment.
    pub(super) markup: Vec<Range<usize>>,
    /// Comments of the markup, with what opens and closes them.
    pub(super) comments: Vec<Range<usize>>,
}

impl Framework {
    pub(super) fn of(path: &Path) -> Option<Self> {
        match path.extension()?.to_str()? {
            "vue" => Some(Self::Vue),
            "svelte" => Some(Self::Svelte),
            "astro" => Some(Self::Astro),
            _ => None,
        }
    }

    /// When a script with this tag runs. Vue: <https://vuejs.org/api/sfc-script-setup>,
    /// Svelte: <https://svelte.dev/docs/svelte/svelte-files>, Astro: <https://docs.astro.build/en/guides/client-side-scripts/>.
    fn runs(self, tag: &Tag, text: &str) -> Runs {
        match self {
            Self::Vue if tag.value(text, "setup").is_some() => Runs::Each,
            Self::Vue => Runs::Once,
            Self::Svelte
                if tag.value(text, "module").is_some()
                    || tag.value(text, "context") == Some("module") =>
            {
                Runs::Once
            }
            Self::Svelte => Runs::Each,
            Self::Astro => Runs::Page,
        }
    }
}

/// Takes a file apart.
pub(super) fn read(text: &str, framework: Framework) -> Parts {
    let mut parts = Parts::default();
    match framework {
        Framework::Vue => vue(text, &mut parts),
        Framework::Svelte => page(text, 0, framework, &mut parts),
        Framework::Astro => {
            let frontmatter = frontmatter(text);
            let from = frontmatter
                .as_ref()
                .map_or(0, |span| span.end + FENCE.len());
            parts.scripts.extend(frontmatter.map(|span| Script {
                span,
                language: Language::TypeScript,
                runs: Runs::Each,
                source: None,
            }));
            page(text, from, framework, &mut parts);
        }
    }
    parts.markup.retain(|range| !range.is_empty());
    parts
}

/// What stands around the code of an Astro component.
const FENCE: &str = "---";

fn frontmatter(text: &str) -> Option<Range<usize>> {
    let start = text.len() - text.trim_start().len() + FENCE.len();
    text.trim_start().starts_with(FENCE).then_some(())?;
    let ends = text[start..].match_indices(FENCE);
    let mut at_lines = ends.map(|(at, _)| start + at).filter(|&end| {
        let line = text[..end].trim_end_matches([' ', '\t']);
        line.ends_with(['\n', '\r'])
    });
    Some(start..at_lines.next()?)
}

/// The blocks of a file of Vue; what is in a block of which nothing is known is no script.
fn vue(text: &str, parts: &mut Parts) {
    let mut at = 0;
    while let Some(next) = find(text, at, "<") {
        at = next + 1;
        if text[next..].starts_with(COMMENT.0) {
            at = comment(text, next, parts);
        } else if let Some(tag) = tags::tag(text, next, false) {
            at = tag.end;
            if tag.is_closed {
                if tag.name.eq_ignore_ascii_case("script") {
                    parts.scripts.extend(script(text, &tag, at, Framework::Vue));
                }
                continue;
            }
            let is_html =
                tag.name == "template" && matches!(tag.value(text, "lang"), None | Some("html"));
            let end = if is_html {
                template(text, at, parts)
            } else {
                closing(text, at, tag.name)
            };
            if tag.name.eq_ignore_ascii_case("script") {
                parts
                    .scripts
                    .extend(script(text, &tag, end, Framework::Vue));
            }
            at = end;
        }
    }
}

/// The markup of a template of Vue up to its end; templates may be in there.
fn template(text: &str, from: usize, parts: &mut Parts) -> usize {
    let (mut at, mut start) = (from, from);
    let mut depth = 1;
    while let Some(next) = find(text, at, "<") {
        at = next + 1;
        let rest = &text[next..];
        if rest.starts_with(COMMENT.0) {
            parts.markup.push(start..next);
            at = comment(text, next, parts);
            start = at;
        } else if is_named(&rest[1..], "/template") {
            depth -= 1;
            if depth == 0 {
                parts.markup.push(start..next);
                return next;
            }
        } else if let Some(tag) = tags::tag(text, next, false) {
            at = tag.end;
            depth += u32::from(tag.name == "template" && !tag.is_closed);
        }
    }
    parts.markup.push(start..text.len());
    text.len()
}

/// The scripts and the markup of a file that is a page but for its scripts and styles.
fn page(text: &str, from: usize, framework: Framework, parts: &mut Parts) {
    let (mut at, mut start) = (from, from);
    // What is in there goes to the page as it is.
    let mut in_head = false;
    while let Some(next) = find(text, at, "<") {
        let rest = &text[next + 1..];
        if text[next..].starts_with(COMMENT.0) {
            parts.markup.push(start..next);
            at = comment(text, next, parts);
            start = at;
        } else if (is_named(rest, "script") || is_named(rest, "style"))
            && let Some(tag) = tags::tag(text, next, true)
        {
            at = if tag.is_closed {
                tag.end
            } else {
                closing(text, tag.end, tag.name)
            };
            if tag.name.eq_ignore_ascii_case("script") && !in_head {
                parts.scripts.extend(script(text, &tag, at, framework));
            }
            parts.markup.push(start..next);
            start = at;
        } else {
            if framework == Framework::Svelte
                && is_named(rest.trim_start_matches('/'), "svelte:head")
            {
                in_head = !rest.starts_with('/');
            }
            at = next + 1;
        }
    }
    parts.markup.push(start..text.len());
}

/// A script whose text goes up to `end`; none for data.
fn script(text: &str, tag: &Tag, end: usize, framework: Framework) -> Option<Script> {
    let kinds = ["", "module", "text/javascript", "application/javascript"];
    let kind = tag.value(text, "type").unwrap_or_default();
    let language = match (tag.value(text, "lang"), kind) {
        (None, "text/typescript") | (Some("ts" | "typescript"), _) => Language::TypeScript,
        (Some("tsx"), _) => Language::Tsx,
        (None, _) if !kinds.contains(&kind) => return None,
        // Astro reads TypeScript in all scripts that it works on.
        (None, _) if framework == Framework::Astro => Language::TypeScript,
        (None | Some("" | "js" | "javascript" | "jsx"), _) => Language::JavaScript,
        (Some(_), _) => Language::Other,
    };
    let source = tag.attributes.iter().find(|it| it.name == "src");
    Some(Script {
        span: tag.end..end,
        language,
        runs: framework.runs(tag, text),
        source: source.and_then(|it| it.value.clone()),
    })
}

/// Notes a comment; gives its end.
fn comment(text: &str, at: usize, parts: &mut Parts) -> usize {
    let inside = at + COMMENT.0.len();
    let end = find(text, inside, COMMENT.1).map_or(text.len(), |end| end + COMMENT.1.len());
    parts.comments.push(at..end);
    end
}

/// Where the tag begins that closes an element.
fn closing(text: &str, from: usize, name: &str) -> usize {
    let mut at = from;
    while let Some(next) = find(text, at, "</") {
        at = next + 2;
        if is_named(&text[at..], name) {
            return next;
        }
    }
    text.len()
}

/// Whether a tag's text begins with this name.
fn is_named(text: &str, name: &str) -> bool {
    let head = text.as_bytes().get(..name.len());
    let after = text.as_bytes().get(name.len());
    head.is_some_and(|head| head.eq_ignore_ascii_case(name.as_bytes()))
        && after.is_none_or(|next| next.is_ascii_whitespace() || matches!(next, b'>' | b'/'))
}

fn find(text: &str, from: usize, what: &str) -> Option<usize> {
    let rest = text.as_bytes().get(from..)?;
    memchr::memmem::find(rest, what.as_bytes()).map(|at| from + at)
}

#[cfg(test)]
mod tests {
    use super::{Framework, Language, Runs, read};

    #[test]
    fn scripts_are_found_and_told_apart() {
        use Framework::{Astro, Svelte, Vue};
        use Language::{JavaScript, Other, Tsx, TypeScript};
        use Runs::{Each, Once, Page};
        let check = |framework, text: &str, expected: &[(&str, Runs, Language)]| {
            let parts = read(text, framework);
            let found: Vec<_> = parts
                .scripts
                .iter()
                .map(|it| (&text[it.span.clone()], it.runs, it.language))
                .collect();
            assert_eq!(found, expected, "{text}");
        };
        check(
            Vue,
            "<template><p>{{ a < b }}</p></template>\n<script setup lang=\"ts\">a</script><SCRIPT>b</SCRIPT>",
            &[("a", Each, TypeScript), ("b", Once, JavaScript)],
        );
        check(
            Vue,
            "<docs>```<script>no</script>```</docs><template><template #a><!-- </template> --></template><script>no</script></template><script lang='tsx'>a</script >",
            &[("a", Once, Tsx)],
        );
        check(
            Vue,
            "<template lang=\"pug\">p <script></template><script lang=\"coffee\">a</script>",
            &[("a", Once, Other)],
        );
        check(
            Vue,
            "<script src='./a.js' />\n<p/>",
            &[("", Once, JavaScript)],
        );
        check(Vue, "<script>open", &[("open", Once, JavaScript)]);
        check(Vue, "<script", &[("", Once, JavaScript)]);
        check(
            Svelte,
            "<!-- <script>no</script> --><script module>a</script><script context='module'>b</script><script title='>'>c</script>",
            &[
                ("a", Once, JavaScript),
                ("b", Once, JavaScript),
                ("c", Each, JavaScript),
            ],
        );
        check(
            Svelte,
            "<svelte:head><script>no</script></svelte:head><script type=\"application/ld+json\">{}</script><script generics=\"T extends { a: 1 }\" lang=ts>a = '<script>'</script>",
            &[("a = '<script>'", Each, TypeScript)],
        );
        check(
            Astro,
            "\n---\r\nconst a = '---';\r\n---\r\n<p>{a}</p><script>b</script><script type='application/json'>{}</script>",
            &[
                ("\r\nconst a = '---';\r\n", Each, TypeScript),
                ("b", Page, TypeScript),
            ],
        );
        check(Astro, "---\n---", &[("\n", Each, TypeScript)]);
        check(Astro, "---\nopen", &[]);
        check(Astro, "<p>--- a ---</p>", &[]);
    }

    #[test]
    fn markup_is_what_is_left() {
        let check = |framework, text: &str, expected: &[&str], comment: &str| {
            let parts = read(text, framework);
            let markup: Vec<_> = parts.markup.iter().map(|it| &text[it.clone()]).collect();
            assert_eq!(markup, expected);
            assert_eq!(&text[parts.comments[0].clone()], comment);
        };
        check(
            Framework::Svelte,
            "<p>a</p><!-- c --><style>b{}</style><script>d</script>e",
            &["<p>a</p>", "</style>", "</script>e"],
            "<!-- c -->",
        );
        check(
            Framework::Vue,
            "<!-- c --><template><p>a</p><!-- d -->b</template><style>c{}</style>",
            &["<p>a</p>", "b"],
            "<!-- c -->",
        );
    }

    #[test]
    fn no_text_is_too_odd() {
        let pieces = [
            "<", "</", "script", "template", ">", "<!--", "-->", "---\n", "{", "}", "'", "é",
        ];
        for seed in 0..pieces.len().pow(4) {
            let text: String = (0..4)
                .map(|place| pieces[seed / pieces.len().pow(place) % pieces.len()])
                .collect();
            for framework in [Framework::Vue, Framework::Svelte, Framework::Astro] {
                let parts = read(&text, framework);
                let ranges = parts.scripts.into_iter().map(|it| it.span);
                for range in ranges.chain(parts.markup).chain(parts.comments) {
                    assert!(text.get(range.clone()).is_some(), "{range:?} of {text:?}");
                }
            }
        }
    }
}
