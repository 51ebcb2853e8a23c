//! Source maps: from a place in a script that a tool made to the place in the source that was written.
//!
//! Knows the format (<https://tc39.es/ecma426/>), with sections; what is no map is an error and never a panic. Reads no
//! files.

use serde::Deserialize;

use super::paths::percent_decoded;

/// A place in an original source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Original<'a> {
    /// The path or URL of the source as the map has it, with the map's `sourceRoot`; relative to the map.
    pub source: &'a str,
    /// 0-based.
    pub line: u32,
    /// 0-based, in UTF-16 code units.
    pub column: u32,
    /// What is written there, where the tool has renamed it.
    pub name: Option<&'a str>,
}

/// What is wrong with a source map; reads on after its name.
#[derive(Debug, thiserror::Error)]
pub enum SourceMapError {
    /// Not the text of a source map.
    #[error("is no source map: {0}")]
    Json(#[from] serde_json::Error),
    /// Another version than 3, the only one that is in use.
    #[error("is a source map of version {0}; only version 3 is read")]
    Version(u32),
    /// The mappings cannot be decoded.
    #[error("has damaged mappings at character {0}")]
    Mappings(usize),
    /// A data URL that is not what it says.
    #[error("is a data URL that cannot be decoded")]
    Data,
}

/// The places of a generated script that are known, in their order.
#[derive(Debug, Default)]
pub struct SourceMap {
    sources: Vec<String>,
    names: Vec<String>,
    segments: Vec<Segment>,
}

/// From here on, up to the next one in the line, the script comes from there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Segment {
    line: u32,
    column: u32,
    original: Option<Place>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    source: u32,
    line: u32,
    column: u32,
    name: Option<u32>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Document {
    version: u32,
    #[serde(default)]
    sources: Vec<Option<String>>,
    #[serde(default)]
    names: Vec<String>,
    #[serde(default)]
    mappings: String,
    source_root: Option<String>,
    #[serde(default)]
    sections: Vec<Section>,
}

#[derive(Deserialize)]
struct Section {
    offset: Offset,
    map: Document,
}

#[derive(Clone, Copy, Default, Deserialize)]
struct Offset {
    line: u32,
    column: u32,
}

impl SourceMap {
    /// Reads the text of a map, or a `data:` URL that holds one.
    ///
    /// # Errors
    /// When it is no source map of version 3, or damaged.
    pub fn parse(text: &str) -> Result<Self, SourceMapError> {
        let decoded;
        let mut text = text.trim_start_matches('\u{FEFF}');
        if let Some(url) = text.strip_prefix("data:") {
            decoded = data(url).ok_or(SourceMapError::Data)?;
            text = &decoded;
        }
        // Servers put this before what must not be run as a script.
        if text.starts_with(")]}'") {
            text = text.split_once('\n').map_or("", |(_, rest)| rest);
        }
        let mut map = Self::default();
        map.add(serde_json::from_str(text)?, Offset::default())?;
        map.segments.sort_unstable();
        Ok(map)
    }

    fn add(&mut self, document: Document, offset: Offset) -> Result<(), SourceMapError> {
        if document.version != 3 {
            return Err(SourceMapError::Version(document.version));
        }
        let first = (self.sources.len() as u32, self.names.len() as u32);
        let root = document.source_root.unwrap_or_default();
        let root = match root.trim_end_matches('/') {
            "" if !root.starts_with('/') => String::new(),
            root => format!("{root}/"),
        };
        let sources = document.sources.into_iter();
        self.sources.extend(sources.map(|source| {
            let source = source.unwrap_or_default();
            format!("{root}{source}")
        }));
        self.names.extend(document.names);
        self.segments(&document.mappings, offset, first)?;
        for section in document.sections {
            // Relative to what it is part of. Only the first line of a section begins at a column.
            let column = if section.offset.line == 0 {
                offset.column
            } else {
                0
            };
            let offset = Offset {
                line: offset.line.saturating_add(section.offset.line),
                column: column.saturating_add(section.offset.column),
            };
            self.add(section.map, offset)?;
        }
        Ok(())
    }

    /// Decodes mappings; `first` are the numbers of the first source and name of this part.
    fn segments(
        &mut self,
        mappings: &str,
        offset: Offset,
        first: (u32, u32),
    ) -> Result<(), SourceMapError> {
        let mut reader = Vlq {
            bytes: mappings.as_bytes(),
            at: 0,
        };
        let mut line = offset.line;
        let mut column = i64::from(offset.column);
        let [mut source, mut original_line, mut original_column, mut name] = [0_i64; 4];
        while let Some(&byte) = reader.bytes.get(reader.at) {
            match byte {
                b';' => {
                    line = line.saturating_add(1);
                    column = 0;
                    reader.at += 1;
                }
                b',' => reader.at += 1,
                _ => {
                    let start = reader.at;
                    let fields = reader.fields()?;
                    let error = || SourceMapError::Mappings(start);
                    let number = |value: i64| u32::try_from(value).map_err(|_| error());
                    column += fields.values[0];
                    let mut original = None;
                    if fields.count >= 4 {
                        source += fields.values[1];
                        original_line += fields.values[2];
                        original_column += fields.values[3];
                        let mut named = None;
                        if fields.count == 5 {
                            name += fields.values[4];
                            named = number(name)?.checked_add(first.1);
                        }
                        original = Some(Place {
                            source: number(source)?.checked_add(first.0).ok_or_else(error)?,
                            line: number(original_line)?,
                            column: number(original_column)?,
                            name: named,
                        });
                    }
                    self.segments.push(Segment {
                        line,
                        column: number(column)?,
                        original,
                    });
                }
            }
        }
        Ok(())
    }

    /// The sources, in the order of the map.
    pub fn sources(&self) -> impl Iterator<Item = &str> {
        self.sources.iter().map(String::as_str)
    }

    /// Where a place of the script comes from; both 0-based, the column in UTF-16 code units.
    pub fn lookup(&self, line: u32, column: u32) -> Option<Original<'_>> {
        let after = self
            .segments
            .partition_point(|segment| (segment.line, segment.column) <= (line, column));
        let segment = self.segments[..after].last()?;
        let place = segment.original.filter(|_| segment.line == line)?;
        Some(Original {
            source: self.sources.get(place.source as usize)?,
            line: place.line,
            column: place.column,
            name: place
                .name
                .and_then(|name| self.names.get(name as usize))
                .map(String::as_str),
        })
    }
}

/// The URL of its map that a script names, in a comment at its end.
pub fn url_of(script: &str) -> Option<&str> {
    const NAME: &[u8] = b"sourceMappingURL=";
    let at = memchr::memmem::rfind(script.as_bytes(), NAME)?;
    let before = script[..at].trim_end_matches(' ');
    if !["//#", "//@", "/*#", "/*@"]
        .iter()
        .any(|comment| before.ends_with(comment))
    {
        return None;
    }
    let rest = &script[at + NAME.len()..];
    let end = rest
        .find(|c: char| c.is_whitespace() || c == '*' || c == '\'' || c == '"')
        .unwrap_or(rest.len());
    // Tools that write such comments have them in their code.
    let after = rest[end..].trim_start().trim_start_matches("*/");
    let is_last = after
        .lines()
        .map(str::trim)
        .all(|line| line.is_empty() || line.starts_with("//"));
    Some(&rest[..end]).filter(|url| is_last && !url.is_empty())
}

/// What a data URL, without its scheme, holds.
fn data(url: &str) -> Option<String> {
    let (kind, text) = url.split_once(',')?;
    if !kind.ends_with(";base64") {
        return Some(percent_decoded(text));
    }
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3);
    let (mut bits, mut count) = (0_u32, 0);
    for byte in percent_decoded(text).bytes() {
        let digit = match byte {
            b'=' => break,
            b'-' => 62,
            b'_' => 63,
            _ => digit(byte)?,
        };
        bits = (bits << 6 | digit) & 0xFF_FFFF;
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push((bits >> count) as u8);
        }
    }
    String::from_utf8(bytes).ok()
}

/// A digit to base 64.
fn digit(byte: u8) -> Option<u32> {
    let value = match byte {
        b'A'..=b'Z' => byte - b'A',
        b'a'..=b'z' => byte - b'a' + 26,
        b'0'..=b'9' => byte - b'0' + 52,
        b'+' => 62,
        b'/' => 63,
        _ => return None,
    };
    Some(value.into())
}

/// Numbers of variable length.
struct Vlq<'a> {
    bytes: &'a [u8],
    at: usize,
}

/// The numbers of one segment: 1, 4 or 5.
#[derive(Default)]
struct Fields {
    values: [i64; 5],
    count: usize,
}

impl Vlq<'_> {
    fn fields(&mut self) -> Result<Fields, SourceMapError> {
        let start = self.at;
        let mut fields = Fields::default();
        while self
            .bytes
            .get(self.at)
            .is_some_and(|byte| !b",;".contains(byte))
        {
            let value = self.number()?;
            let field = fields.values.get_mut(fields.count);
            *field.ok_or(SourceMapError::Mappings(start))? = value;
            fields.count += 1;
        }
        if matches!(fields.count, 1 | 4 | 5) {
            Ok(fields)
        } else {
            Err(SourceMapError::Mappings(start))
        }
    }

    fn number(&mut self) -> Result<i64, SourceMapError> {
        let error = SourceMapError::Mappings(self.at);
        let (mut value, mut shift) = (0_i64, 0);
        loop {
            let byte = self.bytes.get(self.at).copied();
            // More than 32 bits say nothing about lines and columns.
            let Some(part) = byte.and_then(digit).filter(|_| shift < 35) else {
                return Err(error);
            };
            self.at += 1;
            value |= i64::from(part & 31) << shift;
            shift += 5;
            if part & 32 == 0 {
                break;
            }
        }
        Ok(if value & 1 == 1 {
            -(value >> 1)
        } else {
            value >> 1
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `a` comes from the 2nd line of `one.js`, where it was called `first`; in the 2nd line `b` from `two.js`.
    const MAP: &str = r#"{"version":3,"sourceRoot":"src","sources":["one.js","two.js"],"names":["first"],
        "mappings":"AACEA,IAAA,I;CCAF"}"#;

    type Found<'a> = Option<(&'a str, u32, u32, Option<&'a str>)>;

    #[track_caller]
    fn check(map: &str, expected: &[((u32, u32), Found)]) {
        let map = SourceMap::parse(map).unwrap();
        for &((line, column), expected) in expected {
            let found = map.lookup(line, column);
            let found = found.map(|it| (it.source, it.line, it.column, it.name));
            assert_eq!(found, expected, "{line}:{column}");
        }
    }

    #[test]
    fn a_place_comes_from_the_segment_before_it() {
        let first = Some(("src/one.js", 1, 2, Some("first")));
        check(
            MAP,
            &[
                ((0, 0), first),
                ((0, 3), first),
                ((0, 4), Some(("src/one.js", 1, 2, None))),
                // From here on it comes from nowhere.
                ((0, 8), None),
                ((0, 900), None),
                // Before the first segment of a line, and in a line without any.
                ((1, 0), None),
                ((1, 1), Some(("src/two.js", 1, 0, None))),
                ((2, 0), None),
            ],
        );
    }

    #[test]
    fn sections_begin_where_they_say() {
        let map = format!(
            r#"{{"version":3,"sections":[
                {{"offset":{{"line":0,"column":10}},"map":{MAP}}},
                {{"offset":{{"line":5,"column":2}},"map":{MAP}}}]}}"#
        );
        let first = Some(("src/one.js", 1, 2, Some("first")));
        check(
            &map,
            &[
                ((0, 9), None),
                ((0, 10), first),
                ((1, 1), Some(("src/two.js", 1, 0, None))),
                ((5, 1), None),
                ((5, 2), first),
                ((6, 1), Some(("src/two.js", 1, 0, None))),
            ],
        );
    }

    #[test]
    fn a_map_may_be_a_data_url_or_come_from_a_server() {
        let base64 = "data:application/json;charset=utf-8;base64,eyJ2ZXJzaW9uIjozLCJzb3VyY2VzIjpbImEuanMiXSwibWFwcGluZ3MiOiJBQUFBIn0=";
        let plain = "data:application/json,%7B%22version%22:3,%22sources%22:[%22a.js%22],%22mappings%22:%22AAAA%22}";
        let served = ")]}'\n{\"version\":3,\"sources\":[\"a.js\"],\"mappings\":\"AAAA\"}";
        for map in [base64, plain, served] {
            check(map, &[((0, 0), Some(("a.js", 0, 0, None)))]);
        }
    }

    #[test]
    fn what_is_no_map_is_an_error() {
        for (map, expected) in [
            ("", "is no source map: "),
            ("<html>", "is no source map: "),
            ("[]", "is no source map: "),
            (r#"{"version":2}"#, "is a source map of version 2"),
            (
                r#"{"version":3,"mappings":"A?"}"#,
                "has damaged mappings at character 1",
            ),
            (
                r#"{"version":3,"mappings":"AAAAAA"}"#,
                "has damaged mappings at character 0",
            ),
            (
                r#"{"version":3,"mappings":"AA"}"#,
                "has damaged mappings at character 0",
            ),
            (
                r#"{"version":3,"mappings":"A,D"}"#,
                "has damaged mappings at character 2",
            ),
            (
                r#"{"version":3,"mappings":"gggggggggggA"}"#,
                "has damaged mappings at character 0",
            ),
            ("data:application/json;base64,?", "is a data URL"),
            ("data:nothing", "is a data URL"),
        ] {
            let error = SourceMap::parse(map).unwrap_err().to_string();
            assert!(error.starts_with(expected), "{map}: {error}");
        }
        // Numbers that name nothing.
        let map = r#"{"version":3,"sources":[],"names":[],"mappings":"AAAAA"}"#;
        check(map, &[((0, 0), None)]);
    }

    #[test]
    fn a_comment_at_the_end_names_the_map() {
        for (script, expected) in [
            ("a()\n//# sourceMappingURL=a.js.map\n", Some("a.js.map")),
            (
                "//# sourceMappingURL=a.map\n//@ sourceMappingURL=b.map",
                Some("b.map"),
            ),
            ("a{}/*# sourceMappingURL=a.css.map */", Some("a.css.map")),
            ("const at = 'sourceMappingURL=' + name", None),
            ("//# sourceMappingURL=", None),
            (
                "text += `//# sourceMappingURL=data:${map}`;\nwrite(text)",
                None,
            ),
            (
                "a()\n//# sourceMappingURL=a.map\n//# sourceURL=a.js\n",
                Some("a.map"),
            ),
            ("a()", None),
        ] {
            assert_eq!(url_of(script), expected, "{script}");
        }
    }
}
