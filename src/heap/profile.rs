//! Sampling allocation profiles (`.heapprofile`): under which calls how many bytes were allocated and were still alive
//! when the profile was written.
//!
//! Knows the format, that of the DevTools protocol's `HeapProfiler.SamplingHeapProfile`; must not know collections.

use std::fs;
use std::path::Path;

use serde::Deserialize;

use super::{Error, Function, Problem};

/// A call, with what was allocated in it and in the calls that it made.
#[derive(Clone, Debug)]
pub struct Call {
    /// What was called.
    pub function: Function,
    /// The bytes that it allocated itself, as far as samples tell.
    pub own_bytes: u64,
    /// The calls that it made, as places in [`Profile::calls`].
    pub calls: Vec<usize>,
}

/// A profile: a tree of calls. The first is the root, and callers come before what they call.
#[derive(Clone, Debug, Default)]
pub struct Profile {
    /// All calls.
    pub calls: Vec<Call>,
}

#[derive(Deserialize)]
struct Document {
    head: Node,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Node {
    call_frame: Frame,
    #[serde(default)]
    self_size: f64,
    #[serde(default)]
    children: Vec<Node>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Frame {
    #[serde(default)]
    function_name: String,
    #[serde(default)]
    url: String,
    #[serde(default = "nowhere")]
    line_number: i64,
    #[serde(default = "nowhere")]
    column_number: i64,
}

fn nowhere() -> i64 {
    -1
}

/// Engines keep a few hundred calls of a stack at most.
const DEEPEST: usize = 4_000;

impl Profile {
    /// Reads a file.
    ///
    /// # Errors
    /// When it cannot be read or is no such profile.
    pub fn open(path: &Path) -> Result<Self, Error> {
        let name = path.to_string_lossy();
        let bytes = fs::read(path).map_err(|error| Error::new(&name, error.into()))?;
        Self::parse(&bytes).map_err(|problem| Error::new(&name, problem))
    }

    /// Reads what is in memory.
    ///
    /// # Errors
    /// When it is no such profile.
    pub fn parse(bytes: &[u8]) -> Result<Self, Problem> {
        if depth(bytes) > DEEPEST {
            return Err(Problem::Profile("its calls nest too deep".to_owned()));
        }
        let mut reader = serde_json::Deserializer::from_slice(bytes);
        // It would refuse a deep stack of calls; the depth is known here.
        reader.disable_recursion_limit();
        let document = Document::deserialize(&mut reader)
            .map_err(|error| Problem::Profile(error.to_string()))?;
        let mut profile = Self::default();
        let mut pending = vec![(None, document.head)];
        while let Some((caller, node)) = pending.pop() {
            let at = profile.calls.len();
            if let Some(caller) = caller {
                let caller: &mut Call = &mut profile.calls[caller];
                caller.calls.push(at);
            }
            let frame = node.call_frame;
            // 0-based, and -1 where there is no place.
            let number = |number: i64| u32::try_from(number.checked_add(1)?).ok();
            profile.calls.push(Call {
                function: Function {
                    line: number(frame.line_number).filter(|line| *line > 0),
                    column: number(frame.column_number).filter(|column| *column > 0),
                    name: frame.function_name,
                    script: Some(frame.url).filter(|url| !url.is_empty()),
                },
                // Never negative, and no number of bytes is so large that digits would be lost.
                #[expect(clippy::cast_sign_loss, reason = "a cast takes negative ones to 0")]
                own_bytes: node.self_size as u64,
                calls: Vec::new(),
            });
            pending.extend(node.children.into_iter().map(|child| (Some(at), child)));
        }
        Ok(profile)
    }

    /// For each call the bytes that it and all below it allocated.
    pub fn totals(&self) -> Vec<u64> {
        let mut totals: Vec<u64> = self.calls.iter().map(|call| call.own_bytes).collect();
        for at in (0..self.calls.len()).rev() {
            totals[at] += self.calls[at]
                .calls
                .iter()
                .map(|inner| totals[*inner])
                .sum::<u64>();
        }
        totals
    }
}

/// How deep brackets nest, outside of strings.
fn depth(bytes: &[u8]) -> usize {
    let (mut depth, mut deepest) = (0_usize, 0);
    let (mut in_string, mut is_escaped) = (false, false);
    for byte in bytes {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' if in_string => is_escaped = true,
            b'"' => in_string = !in_string,
            b'{' | b'[' if !in_string => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            b'}' | b']' if !in_string => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}

#[cfg(test)]
mod tests {
    use super::*;

    fn node(name: &str, line: i64, size: u64, children: &str) -> String {
        format!(
            r#"{{"callFrame":{{"functionName":"{name}","scriptId":"1","url":"file:///a.js",
            "lineNumber":{line},"columnNumber":4}},"selfSize":{size},"id":1,"children":[{children}]}}"#
        )
    }

    #[test]
    fn what_is_allocated_below_counts_for_the_callers() {
        let inner = node("set", 9, 30, "");
        let one = node("load", 4, 10, &inner);
        let other = node("", 1, 2, "");
        let head = node("(root)", -1, 0, &format!("{one},{other}"));
        let text = format!(r#"{{"head":{head},"samples":[]}}"#);
        let profile = Profile::parse(text.as_bytes()).unwrap();
        let total = |name: &str| {
            let at = profile.calls.iter().position(|it| it.function.name == name);
            profile.totals()[at.unwrap()]
        };
        assert_eq!(
            (total("(root)"), total("load"), total("set"), total("")),
            (42, 40, 30, 2)
        );
        let root = &profile.calls[0].function;
        assert_eq!((root.line, root.column), (None, Some(5)));
    }

    #[test]
    fn deep_stacks_are_read_and_endless_ones_refused() {
        let nested = |depth: usize| {
            let open = r#"{"callFrame":{},"children":["#.repeat(depth);
            let close = "]}".repeat(depth);
            format!(r#"{{"head":{open}{close}}}"#)
        };
        assert_eq!(
            Profile::parse(nested(300).as_bytes()).unwrap().calls.len(),
            300
        );
        assert!(Profile::parse(nested(100_000).as_bytes()).is_err());
    }

    #[test]
    fn what_is_no_profile_is_an_error() {
        for text in ["", "[]", "{}", r#"{"nodes":[]}"#, r#"{"head":{}}"#] {
            let error = Profile::parse(text.as_bytes()).unwrap_err().to_string();
            assert!(
                error.starts_with("is no allocation profile"),
                "{text}: {error}"
            );
        }
    }
}
