//! Which file a script is: a snapshot names scripts as the process saw them, by path or URL, on whatever machine.
//!
//! Knows spellings of paths; must not touch a disk. Paths are compared with `/`, as text.

/// One `--map-path FROM=TO`: what lies below FROM in the snapshot lies below TO here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PathMap {
    /// A path, or the beginning of a URL.
    from: String,
    to: String,
}

impl PathMap {
    /// Both sides as the user wrote them.
    pub fn new(from: &str, to: &str) -> Self {
        let trimmed = |text: String| match text.trim_end_matches('/') {
            "" => text,
            short => short.to_owned(),
        };
        let path = script_path(from).filter(|_| !is_remote(from));
        Self {
            from: trimmed(path.unwrap_or_else(|| from.to_owned())),
            to: trimmed(slashed(to)),
        }
    }

    /// The path here, if the script of that name lies below FROM.
    pub fn apply(&self, name: &str) -> Option<String> {
        let path = if is_remote(&self.from) {
            name[..name.find(['?', '#']).unwrap_or(name.len())].to_owned()
        } else {
            script_path(name)?
        };
        let rest = path.strip_prefix(&self.from)?;
        if rest.is_empty() {
            return Some(self.to.clone());
        }
        let is_whole = rest.starts_with('/') || self.from.ends_with('/');
        is_whole.then(|| format!("{}/{}", self.to, rest.trim_start_matches('/')))
    }
}

/// A URL that does not name a file.
fn is_remote(name: &str) -> bool {
    name.contains("://") && !name.starts_with("file:")
}

/// The path of a script by its name in a snapshot: of a `file:` URL the path, of any other URL (`http:`, `webpack:`) the
/// path after its host. None for what is no file: `node:fs`, `evalmachine.<anonymous>`, a `data:` URL.
pub fn script_path(name: &str) -> Option<String> {
    let name = name.trim();
    if is_windows(name) || name.starts_with(['/', '\\']) {
        return Some(with_drive(normal(&slashed(name))));
    }
    if let Some((scheme, rest)) = name.split_once("://") {
        let rest = &rest[..rest.find(['?', '#']).unwrap_or(rest.len())];
        let path = percent_decoded(rest);
        // The host; of a bundle the name of what was bundled.
        let path = &path[path.find('/')?..];
        let path = match path.strip_prefix('/') {
            Some(inner) if scheme == "file" && is_windows(inner) => inner,
            _ => path,
        };
        return Some(with_drive(normal(path)));
    }
    let is_relative = name.contains(['/', '.']) && !name.contains([':', '<', '(']);
    is_relative.then(|| normal(&slashed(name)))
}

/// Drives are written with a capital and with a small letter; here with a capital.
fn with_drive(mut path: String) -> String {
    if path.as_bytes().get(1) == Some(&b':') {
        path[..1].make_ascii_uppercase();
    }
    path
}

/// `C:\` or `C:/`.
fn is_windows(name: &str) -> bool {
    let bytes = name.as_bytes();
    matches!(bytes, [drive, b':', b'\\' | b'/', ..] if drive.is_ascii_alphabetic())
}

fn slashed(path: &str) -> String {
    path.replace('\\', "/")
}

/// Without `.` and `..`, as far as these can be resolved.
pub fn normal(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "." | "" => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => {
                parts.pop();
            }
            ".." if path.starts_with('/') => {}
            _ => parts.push(part),
        }
    }
    let root = if path.starts_with('/') { "/" } else { "" };
    format!("{root}{}", parts.join("/"))
}

/// The text of a URL, `%41` being `A`. What is no UTF-8 after that becomes U+FFFD.
pub(super) fn percent_decoded(text: &str) -> String {
    if !text.contains('%') {
        return text.to_owned();
    }
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        let hex = |digit: u8| char::from(digit).to_digit(16);
        match tail {
            [high, low, after @ ..] if *first == b'%' => {
                if let (Some(high), Some(low)) = (hex(*high), hex(*low)) {
                    bytes.push((high << 4 | low) as u8);
                    rest = after;
                    continue;
                }
                bytes.push(*first);
            }
            _ => bytes.push(*first),
        }
        rest = tail;
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// What was found for a script.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Match {
    /// One file, as a place in the list.
    One(usize),
    /// Several that are as like, in their order.
    Several(Vec<usize>),
    /// None.
    Nothing,
}

/// The file that ends as a script does: the one with most folders in common, counted from the end. What lies in
/// `node_modules` must agree from the name of its package on.
pub fn longest_suffix(script: &str, files: &[&str]) -> Match {
    let least = within_package(script).map_or(1, |inner| inner.split('/').count());
    let mut best = (least, Vec::new());
    for (index, file) in files.iter().enumerate() {
        let common = common_end(script, file);
        if common > best.0 {
            best = (common, vec![index]);
        } else if common == best.0 {
            best.1.push(index);
        }
    }
    match best.1.as_slice() {
        [] => Match::Nothing,
        [one] => Match::One(*one),
        _ => Match::Several(best.1),
    }
}

/// The part of a path from the name of its package on, if it lies in `node_modules`.
pub fn within_package(path: &str) -> Option<&str> {
    const FOLDER: &str = "node_modules/";
    let at = path.rfind(FOLDER)?;
    (at == 0 || path[..at].ends_with('/')).then(|| &path[at + FOLDER.len()..])
}

/// How many parts two paths have in common, counted from the end.
pub fn common_end(one: &str, other: &str) -> usize {
    let pairs = one.rsplit('/').zip(other.rsplit('/'));
    pairs.take_while(|(a, b)| a == b && !a.is_empty()).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_scripts_are_paths() {
        for (name, expected) in [
            ("/app/src/a.js", Some("/app/src/a.js")),
            ("file:///app/my%20src/a.mjs", Some("/app/my src/a.mjs")),
            ("file:///C:/app/a.js", Some("C:/app/a.js")),
            ("C:\\app\\a.js", Some("C:/app/a.js")),
            ("c:\\app\\..\\src/a.js", Some("C:/src/a.js")),
            ("file:///c:/app/a.js", Some("C:/app/a.js")),
            ("\\\\server\\share\\a.js", Some("/server/share/a.js")),
            ("http://localhost:8123/views.js?v=1#top", Some("/views.js")),
            ("webpack://shop/./src/../src/cart.ts", Some("/src/cart.ts")),
            ("webpack:///./src/cart.ts?1a2b", Some("/src/cart.ts")),
            ("webpack-internal:///./src/cart.ts", Some("/src/cart.ts")),
            ("./dist/a.js", Some("dist/a.js")),
            ("../a.js", Some("../a.js")),
            ("node:internal/url", None),
            ("evalmachine.<anonymous>", None),
            ("data:text/javascript,1", None),
            ("blob:http", None),
            ("REPL1", None),
            ("", None),
        ] {
            assert_eq!(script_path(name).as_deref(), expected, "{name}");
        }
    }

    #[test]
    fn paths_are_mapped_by_whole_folders() {
        for (from, to, path, expected) in [
            ("/app/dist", "./dist", "/app/dist/a.js", Some("./dist/a.js")),
            ("/app/dist/", "dist/", "/app/dist/a.js", Some("dist/a.js")),
            ("/app", ".", "/app/a.js", Some("./a.js")),
            ("/app", ".", "/application/a.js", None),
            ("/", "/srv", "/a.js", Some("/srv/a.js")),
            ("C:\\app", "src", "C:/app/a.js", Some("src/a.js")),
            ("c:\\app\\", ".\\src\\", "C:\\app\\a.js", Some("./src/a.js")),
            (
                "C:/app",
                "D:\\src",
                "file:///c:/app/a.js",
                Some("D:/src/a.js"),
            ),
            ("c:\\", "src", "C:\\a.js", Some("src/a.js")),
            (
                "\\\\nas\\app",
                "src",
                "\\\\nas\\app\\a.js",
                Some("src/a.js"),
            ),
            ("/app/a.js", "b.js", "/app/a.js", Some("b.js")),
            (
                "http://localhost:8123/",
                "web",
                "http://localhost:8123/views.js?v=1",
                Some("web/views.js"),
            ),
            ("http://localhost:8123/", "web", "/views.js", None),
            ("file:///app", "src", "file:///app/a.js", Some("src/a.js")),
        ] {
            let mapped = PathMap::new(from, to).apply(path);
            assert_eq!(mapped.as_deref(), expected, "{from}={to}: {path}");
        }
    }

    #[test]
    fn the_longest_common_end_wins() {
        let files = ["/x/src/a.js", "/x/lib/a.js", "/x/lib/b.js", "/x/other/b.js"];
        for (script, expected) in [
            ("/app/src/a.js", Match::One(0)),
            ("/app/lib/a.js", Match::One(1)),
            ("/a.js", Match::Several(vec![0, 1])),
            ("/app/dist/b.js", Match::Several(vec![2, 3])),
            ("/app/c.js", Match::Nothing),
            ("/app/xa.js", Match::Nothing),
        ] {
            assert_eq!(longest_suffix(script, &files), expected, "{script}");
        }
    }

    #[test]
    fn a_package_is_no_other_package() {
        let files = ["/x/src/index.js", "/x/node_modules/foo/lib/index.js"];
        for (script, expected) in [
            ("/app/node_modules/foo/lib/index.js", Match::One(1)),
            ("/app/node_modules/bar/lib/index.js", Match::Nothing),
            ("/app/node_modules/bar/src/index.js", Match::Nothing),
        ] {
            assert_eq!(longest_suffix(script, &files), expected, "{script}");
        }
        assert_eq!(within_package("/a/my_node_modules/b"), None);
        assert_eq!(within_package("node_modules/@s/b/c.js"), Some("@s/b/c.js"));
    }

    #[test]
    fn percent_signs_may_be_just_that() {
        for (text, expected) in [
            ("a%20b", "a b"),
            ("100%", "100%"),
            ("%zz%41", "%zzA"),
            ("%4", "%4"),
        ] {
            assert_eq!(percent_decoded(text), expected);
        }
    }
}
