//! The files that the `exports` of a manifest offer, under whatever condition.
//!
//! The format is Node's: <https://nodejs.org/api/packages.html#package-entry-points>. Must not know which files exist.

use serde_json::Value;

/// What an `exports` field offers.
#[derive(Debug, Default)]
pub(super) struct Targets<'a> {
    /// Paths relative to the manifest.
    pub(super) files: Vec<&'a str>,
    /// Subpaths and paths that each have a `*`, or end in `/` as folders.
    pub(super) patterns: Vec<(&'a str, &'a str)>,
    /// All subpaths: the most specific one that matches a request decides, even when it offers nothing.
    subpaths: Vec<&'a str>,
}

/// Collects what `exports` offers.
pub(super) fn targets(exports: &Value) -> Targets<'_> {
    let mut targets = Targets::default();
    match exports {
        Value::Object(map) if map.keys().any(|key| key.starts_with('.')) => {
            targets.subpaths = map.keys().map(String::as_str).collect();
            for (subpath, value) in map {
                collect(subpath, value, &mut targets);
            }
        }
        _ => collect(".", exports, &mut targets),
    }
    targets
}

fn collect<'a>(subpath: &'a str, value: &'a Value, targets: &mut Targets<'a>) {
    match value {
        Value::String(target) if is_open(subpath) => targets.patterns.push((subpath, target)),
        Value::String(target) => targets.files.push(target),
        Value::Array(fallbacks) => fallbacks
            .iter()
            .for_each(|value| collect(subpath, value, targets)),
        Value::Object(conditions) => conditions
            .iter()
            .filter(|(condition, _)| *condition != "types" && !condition.starts_with("types@"))
            .for_each(|(_, value)| collect(subpath, value, targets)),
        _ => {}
    }
}

impl Targets<'_> {
    /// Whether some pattern offers the file at `path`, written `./src/a.js`.
    pub(super) fn offers(&self, path: &str) -> bool {
        let compiled = compiled_name(path);
        self.patterns.iter().any(|&(subpath, target)| {
            [Some(path), compiled.as_deref()]
                .into_iter()
                .flatten()
                .any(|path| {
                    star_of(target, path).is_some_and(|star| {
                        self.most_specific(&fill(subpath, star)) == Some(subpath)
                    })
                })
        })
    }

    /// The subpath that decides about `request`: an exact one, or the pattern with the longest text before its star,
    /// then the longest pattern (Node's `PATTERN_KEY_COMPARE`).
    fn most_specific(&self, request: &str) -> Option<&str> {
        let rank = |subpath: &&str| {
            if !is_open(subpath) {
                return (usize::MAX, 0);
            }
            (subpath.find('*').unwrap_or(subpath.len()), subpath.len())
        };
        self.subpaths
            .iter()
            .copied()
            .filter(|subpath| star_of(subpath, request).is_some())
            .max_by_key(rank)
    }
}

fn is_open(pattern: &str) -> bool {
    pattern.contains('*') || pattern.ends_with('/')
}

fn fill(pattern: &str, star: &str) -> String {
    if pattern.ends_with('/') {
        format!("{pattern}{star}")
    } else {
        pattern.replace('*', star)
    }
}

/// The text that each `*` of the pattern, or what follows its folder, stands for in `path`.
fn star_of<'a>(pattern: &str, path: &'a str) -> Option<&'a str> {
    if pattern.ends_with('/') {
        return path.strip_prefix(pattern);
    }
    let count = pattern.matches('*').count();
    if count == 0 {
        return (pattern == path).then_some("");
    }
    let length = (path.len() + count).checked_sub(pattern.len())? / count;
    let start = pattern.find('*')?;
    let star = path.get(start..start + length)?;
    (!star.is_empty() && fill(pattern, star) == path).then_some(star)
}

/// The name that a TypeScript file has after compilation: manifests name that one, whichever of the two is there.
fn compiled_name(path: &str) -> Option<String> {
    let (stem, extension) = path.rsplit_once('.')?;
    let compiled = match extension {
        "ts" | "tsx" => "js",
        "mts" => "mjs",
        "cts" => "cjs",
        _ => return None,
    };
    Some(format!("{stem}.{compiled}"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{star_of, targets};

    #[test]
    fn each_star_of_a_pattern_stands_for_the_same_text() {
        assert_eq!(star_of("./lib/*.js", "./lib/a/b.js"), Some("a/b"));
        assert_eq!(star_of("./lib/*/*.js", "./lib/a/a.js"), Some("a"));
        assert_eq!(star_of("./lib/*/*.js", "./lib/a/b.js"), None);
        assert_eq!(star_of("./lib/*.js", "./lib/.js"), None);
        assert_eq!(star_of("./lib/*.js", "./lib"), None);
        assert_eq!(star_of("./lib/", "./lib/a.js"), Some("a.js"));
        assert_eq!(star_of("./é*", "./è"), None);
    }

    #[test]
    fn the_most_specific_subpath_decides() {
        let exports = json!({ "./*": "./lib/*.js", "./internal/*": null, "./internal/open": "./lib/open.js" });
        let targets = targets(&exports);
        assert!(targets.offers("./lib/a.js"));
        assert!(targets.offers("./lib/a.ts"));
        assert!(!targets.offers("./lib/internal/a.js"));
        assert!(!targets.offers("./test/a.js"));
        assert_eq!(targets.files, ["./lib/open.js"]);
    }
}
