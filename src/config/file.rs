//! The configuration file as types, and how its text becomes one.
//!
//! Knows JSON with comments and the form of a configuration. Must not know where files lie, nor what follows from
//! several of them. The JSON Schema is made from these types.

use jsonc_parser::ast::{Array, Object, ObjectPropName, Value};
use jsonc_parser::common::{Range, Ranged};
use jsonc_parser::{CollectOptions, ParseOptions, parse_to_ast};

use super::Mistake;
use super::policy::{Level, Setting};
use crate::explain::closest;
use crate::finding::Confidence;
use crate::rules;
use crate::source::{SourceFile, Span};

/// The configuration of leaklint.
#[derive(Clone, Debug, Default)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(test, schemars(rename_all = "camelCase", deny_unknown_fields, default))]
pub(super) struct File {
    /// The JSON Schema of this file, for editors.
    #[cfg_attr(test, schemars(rename = "$schema", with = "String"))]
    pub(super) schema: (),
    /// Configurations that this one builds on, later ones over earlier ones: paths relative to this file that begin with
    /// `./` or `../`, or packages. Their globs and names count as if they stood here.
    #[cfg_attr(test, schemars(with = "super::schema::OneOrMany"))]
    pub(super) extends: Vec<Text>,
    /// What becomes of the findings of each rule.
    #[cfg_attr(test, schemars(with = "super::schema::Rules"))]
    pub(super) rules: Rules,
    /// Findings of less confidence are not shown.
    #[cfg_attr(test, schemars(with = "super::schema::Confidence"))]
    pub(super) min_confidence: Option<Confidence>,
    /// Modules, classes and functions that bound what they keep: `"quick-lru"`, `"./lib/lru"`, `"BoundedMap"`.
    #[cfg_attr(test, schemars(with = "Vec<String>"))]
    pub(super) bounded_caches: Vec<Text>,
    /// Functions that are called only while modules load: `"registerPlugin"`, `"Registry.add"`.
    #[cfg_attr(test, schemars(with = "Vec<String>"))]
    pub(super) registrars: Vec<Text>,
    /// Files to leave out, in gitignore syntax, relative to the folder of this file.
    #[cfg_attr(test, schemars(with = "Vec<String>"))]
    pub(super) ignore_patterns: Vec<Text>,
    /// What is different for some files; later ones over earlier ones.
    pub(super) overrides: Vec<Override>,
    /// How heap snapshots are read.
    pub(super) heap: Heap,
}

/// What is different for some files.
#[derive(Clone, Debug, Default)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(test, schemars(deny_unknown_fields))]
pub(super) struct Override {
    /// Which files, in gitignore syntax, relative to the folder of this file; `!` takes back.
    #[cfg_attr(test, schemars(with = "super::schema::OneOrMany"))]
    pub(super) files: Vec<Text>,
    /// What becomes of the findings of each rule there.
    #[cfg_attr(test, schemars(with = "super::schema::Rules"))]
    pub(super) rules: Rules,
    /// Where the globs stand.
    #[cfg_attr(test, schemars(skip))]
    pub(super) span: Span,
}

/// How heap snapshots are read.
#[derive(Clone, Debug, Default)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(test, schemars(rename_all = "camelCase", deny_unknown_fields, default))]
pub(super) struct Heap {
    /// Where scripts of the process lie here: `{ "/app/dist": "./dist" }`. Paths are relative to the folder of this file.
    #[cfg_attr(test, schemars(with = "std::collections::BTreeMap<String, String>"))]
    pub(super) map_path: Vec<(String, String)>,
}

/// A text with its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Text {
    /// What it says.
    pub(super) value: String,
    /// Where it stands, quotes included.
    pub(super) span: Span,
}

/// What is said of rules, by id, in the order written.
pub(super) type Rules = Vec<(&'static str, Setting)>;

/// The keys of a configuration.
pub(super) const KEYS: [&str; 9] = [
    "$schema",
    "extends",
    "rules",
    "minConfidence",
    "boundedCaches",
    "registrars",
    "ignorePatterns",
    "overrides",
    "heap",
];

/// The options that each rule has.
pub(super) const OPTIONS: [&str; 1] = ["minConfidence"];

const LEVELS: [(&str, Level); 4] = [
    ("off", Level::Off),
    ("on", Level::On),
    ("warn", Level::Warn),
    ("error", Level::Error),
];

const CONFIDENCES: [(&str, Confidence); 3] = [
    ("high", Confidence::High),
    ("medium", Confidence::Medium),
    ("low", Confidence::Low),
];

/// Reads a configuration; of a manifest what stands under the key `leaklint`, or nothing. What is no mistake counts.
pub(super) fn parse(
    source: &SourceFile,
    is_manifest: bool,
    mistakes: &mut Vec<Mistake>,
) -> Option<File> {
    let options = ParseOptions {
        allow_comments: true,
        allow_loose_object_property_names: false,
        allow_trailing_commas: true,
        allow_missing_commas: false,
        allow_single_quoted_strings: false,
        allow_hexadecimal_numbers: false,
        allow_unary_plus_numbers: false,
        allow_bare_decimal_point_numbers: false,
        allow_non_finite_numbers: false,
        allow_extended_string_escapes: false,
    };
    let parsed = match parse_to_ast(&source.text, &CollectOptions::default(), &options) {
        Ok(parsed) => parsed,
        // A manifest that is no JSON is for its package manager to complain about.
        Err(_) if is_manifest => return None,
        Err(error) => {
            let text = uncapitalized(&error.kind().to_string());
            let text = format!("is not JSON: {text}");
            mistakes.push(Mistake::at(source, span(error.range()), text));
            return Some(File::default());
        }
    };
    let mut decoder = Decoder { source, mistakes };
    let file = match parsed.value {
        Some(Value::Object(manifest)) if is_manifest => {
            let own = manifest
                .properties
                .iter()
                .find(|property| property.name.as_str() == "leaklint");
            decoder.object(&own?.value).map(|own| decoder.file(own))
        }
        _ if is_manifest => return None,
        Some(value) => decoder.object(&value).map(|object| decoder.file(object)),
        // An empty file is what one has before one writes it.
        None => Some(File::default()),
    };
    Some(file.unwrap_or_default())
}

struct Decoder<'a> {
    source: &'a SourceFile,
    mistakes: &'a mut Vec<Mistake>,
}

impl Decoder<'_> {
    fn file(&mut self, object: &Object) -> File {
        let mut file = File::default();
        for (key, value) in self.properties(object, &KEYS, "key") {
            match key {
                "$schema" => file.schema = self.text(value).map_or((), |_| ()),
                "extends" => file.extends = self.one_or_many(value),
                "rules" => file.rules = self.rules(value),
                "minConfidence" => file.min_confidence = self.choice(value, &CONFIDENCES),
                "boundedCaches" => file.bounded_caches = self.texts(value),
                "registrars" => file.registrars = self.texts(value),
                "ignorePatterns" => file.ignore_patterns = self.texts(value),
                "overrides" => file.overrides = self.overrides(value),
                _ => file.heap = self.heap(value),
            }
        }
        file
    }

    fn rules(&mut self, value: &Value) -> Rules {
        let Some(object) = self.object(value) else {
            return Vec::new();
        };
        let ids: Vec<&'static str> = rules::all().iter().map(|rule| rule.id).collect();
        let properties = self.properties(object, &ids, "rule");
        properties
            .into_iter()
            .filter_map(|(id, value)| Some((id, self.setting(value)?)))
            .collect()
    }

    fn setting(&mut self, value: &Value) -> Option<Setting> {
        let Value::Array(Array { elements, .. }) = value else {
            let level = self.choice(value, &LEVELS)?;
            return Some(Setting {
                level,
                min_confidence: None,
            });
        };
        let (Some(level), options, None) = (elements.first(), elements.get(1), elements.get(2))
        else {
            self.say(
                value,
                "expected a level and its options: `[\"error\", { … }]`",
            );
            return None;
        };
        let level = self.choice(level, &LEVELS);
        let mut min_confidence = None;
        if let Some(options) = options.and_then(|options| self.object(options)) {
            for (_, value) in self.properties(options, &OPTIONS, "option") {
                min_confidence = self.choice(value, &CONFIDENCES);
            }
        }
        Some(Setting {
            level: level?,
            min_confidence,
        })
    }

    fn overrides(&mut self, value: &Value) -> Vec<Override> {
        let elements = self.array(value).map_or(&[][..], |array| &array.elements);
        elements
            .iter()
            .filter_map(|element| self.one_override(element))
            .collect()
    }

    fn one_override(&mut self, value: &Value) -> Option<Override> {
        let object = self.object(value)?;
        let mut found = Override::default();
        let mut has_files = false;
        for (key, value) in self.properties(object, &["files", "rules"], "key") {
            if key == "files" {
                has_files = true;
                found.span = span(value.range());
                found.files = self.one_or_many(value);
                let is_empty = matches!(value, Value::Array(array) if array.elements.is_empty());
                if is_empty {
                    self.say(value, "no glob: the override is for no file");
                }
            } else {
                found.rules = self.rules(value);
            }
        }
        if !has_files {
            self.say(value, "an override needs `files`");
        }
        Some(found)
    }

    fn heap(&mut self, value: &Value) -> Heap {
        let mut heap = Heap::default();
        let Some(object) = self.object(value) else {
            return heap;
        };
        for (_, value) in self.properties(object, &["mapPath"], "key") {
            let Some(object) = self.object(value) else {
                continue;
            };
            for property in &object.properties {
                let from = property.name.as_str().to_owned();
                let to = self.text(&property.value).map(|text| text.value);
                if from.is_empty() || to.as_deref() == Some("") {
                    self.say(&property.value, "both sides of a path are needed");
                }
                heap.map_path.extend(to.map(|to| (from, to)));
            }
        }
        heap
    }

    /// The properties under known keys, each once.
    fn properties<'v>(
        &mut self,
        object: &'v Object<'v>,
        known: &[&'static str],
        what: &str,
    ) -> Vec<(&'static str, &'v Value<'v>)> {
        let mut found: Vec<(&'static str, &Value)> = Vec::new();
        for property in &object.properties {
            let written = property.name.as_str();
            let at = match &property.name {
                ObjectPropName::String(name) => name.range,
                ObjectPropName::Word(name) => name.range,
            };
            // Output and comments show a rule as `leaklint::id`; that gets copied.
            let name = written.strip_prefix("leaklint::").unwrap_or(written);
            let Some(key) = known.iter().copied().find(|key| *key == name) else {
                let hint = hint(name, known);
                self.say_at(at, format!("there is no {what} `{written}`{hint}"));
                continue;
            };
            if found.iter().any(|(other, _)| *other == key) {
                self.say_at(at, format!("`{key}` is here twice"));
            } else {
                found.push((key, &property.value));
            }
        }
        found
    }

    fn choice<T: Copy>(&mut self, value: &Value, among: &[(&'static str, T)]) -> Option<T> {
        let names: Vec<&'static str> = among.iter().map(|(name, _)| *name).collect();
        if let Value::StringLit(text) = value {
            let found = among.iter().find(|(name, _)| *name == text.value);
            if let Some((_, value)) = found {
                return Some(*value);
            }
        }
        let hint = match value {
            Value::StringLit(text) => hint(&text.value, &names),
            _ => String::new(),
        };
        let names: Vec<String> = names.iter().map(|name| format!("`\"{name}\"`")).collect();
        let text = format!("expected one of {}{hint}", names.join(", "));
        self.say(value, text);
        None
    }

    fn text(&mut self, value: &Value) -> Option<Text> {
        let Value::StringLit(text) = value else {
            self.say(value, "expected a text");
            return None;
        };
        Some(Text {
            value: text.value.clone().into_owned(),
            span: span(text.range),
        })
    }

    fn texts(&mut self, value: &Value) -> Vec<Text> {
        let elements = self.array(value).map_or(&[][..], |array| &array.elements);
        elements
            .iter()
            .filter_map(|element| self.text(element))
            .collect()
    }

    fn one_or_many(&mut self, value: &Value) -> Vec<Text> {
        match value {
            Value::Array(_) => self.texts(value),
            _ => self.text(value).into_iter().collect(),
        }
    }

    fn object<'v>(&mut self, value: &'v Value<'v>) -> Option<&'v Object<'v>> {
        let object = value.as_object();
        if object.is_none() {
            self.say(value, "expected an object");
        }
        object
    }

    fn array<'v>(&mut self, value: &'v Value<'v>) -> Option<&'v Array<'v>> {
        let array = value.as_array();
        if array.is_none() {
            self.say(value, "expected a list");
        }
        array
    }

    fn say(&mut self, value: &Value, text: impl Into<String>) {
        self.say_at(value.range(), text);
    }

    fn say_at(&mut self, range: Range, text: impl Into<String>) {
        let mistake = Mistake::at(self.source, span(range), text);
        self.mistakes.push(mistake);
    }
}

fn hint(name: &str, known: &[&'static str]) -> String {
    closest(name, known.iter().copied())
        .map_or_else(String::new, |name| format!("; did you mean `{name}`?"))
}

fn span(range: Range) -> Span {
    Span {
        start: range.start as u32,
        end: range.end as u32,
    }
}

fn uncapitalized(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| {
        first.to_lowercase().chain(chars).collect()
    })
}
