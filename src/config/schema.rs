//! The JSON Schema of the configuration, made from its types and compared with `rules/configuration_schema.json`.
//!
//! `UPDATE=1 cargo test schema` writes that file. It lies beside the pages of the rules, with the manual.

use std::borrow::Cow;
use std::fs;
use std::path::Path;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema, schema_for};
use serde_json::Value;

use super::file::{File, KEYS, OPTIONS};
use crate::{explain, rules};

#[derive(JsonSchema)]
#[schemars(untagged)]
#[expect(dead_code, reason = "only the form counts")]
pub(super) enum OneOrMany {
    One(String),
    Many(Vec<String>),
}

#[derive(JsonSchema)]
#[schemars(rename_all = "lowercase")]
#[expect(dead_code, reason = "only the form counts")]
pub(super) enum Confidence {
    High,
    Medium,
    Low,
}

/// `off`: its findings are not shown. `on`: those of high confidence are errors, the others warnings. `warn`: all are
/// warnings. `error`: all are errors.
#[derive(JsonSchema)]
#[schemars(rename_all = "lowercase")]
#[expect(dead_code, reason = "only the form counts")]
enum Level {
    Off,
    On,
    Warn,
    Error,
}

#[derive(JsonSchema)]
#[schemars(rename_all = "camelCase", deny_unknown_fields, default)]
#[derive(Default)]
struct Options {
    /// Findings of less confidence are not shown.
    #[schemars(with = "Confidence")]
    min_confidence: Option<()>,
}

#[derive(JsonSchema)]
#[schemars(untagged)]
#[expect(dead_code, reason = "only the form counts")]
enum Setting {
    Level(Level),
    WithOptions(Level, Options),
}

/// An object with a property for each rule.
pub(super) struct Rules;

impl JsonSchema for Rules {
    fn schema_name() -> Cow<'static, str> {
        "Rules".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let setting = generator.subschema_for::<Setting>();
        let mut properties = serde_json::Map::new();
        for rule in rules::all() {
            let mut property = setting.clone();
            property.insert("description".to_owned(), explain::summary(rule.page).into());
            properties.insert(rule.id.to_owned(), property.into());
        }
        json_schema!({
            "type": "object",
            "properties": properties,
            "additionalProperties": false,
        })
    }
}

fn schema() -> Value {
    let mut schema = schema_for!(File);
    schema.insert("title".to_owned(), "leaklint".into());
    schema.into()
}

#[test]
fn the_schema_is_that_of_the_types() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("rules/configuration_schema.json");
    let text = serde_json::to_string_pretty(&schema()).unwrap() + "\n";
    if std::env::var_os("UPDATE").is_some() {
        fs::write(&path, &text).unwrap();
    }
    assert!(
        fs::read_to_string(&path).unwrap_or_default() == text,
        "rules/configuration_schema.json is out of date: run `UPDATE=1 cargo test schema`"
    );
}

#[test]
fn the_schema_knows_the_keys_that_are_read() {
    let schema = schema();
    let keys = |value: &Value| -> Vec<String> {
        let properties = value["properties"].as_object().unwrap();
        let mut keys: Vec<String> = properties.keys().cloned().collect();
        keys.sort();
        keys
    };
    let sorted = |keys: &[&str]| {
        let mut keys: Vec<String> = keys.iter().map(|&key| key.to_owned()).collect();
        keys.sort();
        keys
    };
    assert_eq!(keys(&schema), sorted(&KEYS));
    assert_eq!(keys(&schema["$defs"]["Override"]), ["files", "rules"]);
    assert_eq!(keys(&schema["$defs"]["Heap"]), ["mapPath"]);
    assert_eq!(keys(&schema["$defs"]["Options"]), sorted(&OPTIONS));
    let ids: Vec<&str> = rules::all().iter().map(|rule| rule.id).collect();
    assert_eq!(keys(&schema["$defs"]["Rules"]), sorted(&ids));
}
