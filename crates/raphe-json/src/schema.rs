//! The published JSON Schemas, derived from the wire types.
//!
//! A schema is closed: a field it does not name is refused, so a new field must reach `schemas/` in the same change. It
//! never allows null, because a field that was not computed is absent.

use crate::{
    Assessment, Check, Exam, Helping, Lint, Plan, Questionnaire, Simulation, Substances, WhatIf, Why, word,
};
use raphe::knowledge::schema::{Certainty, Grade, Level, Urgency};
use schemars::{
    JsonSchema, Schema, SchemaGenerator,
    generate::SchemaSettings,
    json_schema,
    transform::{RecursiveTransform, Transform},
};
use serde::Serialize;

/// Every published schema with the name of its file in `schemas/`.
#[must_use]
pub fn schemas() -> [(&'static str, Schema); 11] {
    [
        ("assessment.schema.json", root::<Assessment>()),
        ("check.schema.json", root::<Check>()),
        ("exam.schema.json", root::<Exam>()),
        ("helping.schema.json", root::<Helping>()),
        ("lint.schema.json", root::<Lint>()),
        ("plan.schema.json", root::<Plan>()),
        ("questionnaire.schema.json", root::<Questionnaire>()),
        ("simulation.schema.json", root::<Simulation>()),
        ("substances.schema.json", root::<Substances>()),
        ("whatif.schema.json", root::<WhatIf>()),
        ("why.schema.json", root::<Why>()),
    ]
}

/// The schema of one result.
fn root<T: JsonSchema>() -> Schema {
    let mut schema =
        SchemaSettings::draft2020_12().for_serialize().into_generator().into_root_schema_for::<T>();
    RecursiveTransform(close).transform(&mut schema);
    schema
}

/// Refuses fields that are not named, and null where a field may be absent; drops the names of Rust's own numbers.
fn close(schema: &mut Schema) {
    if let Some(types) = schema.get_mut("type").and_then(|types| types.as_array_mut()) {
        types.retain(|name| name != "null");
        if let [only] = types.as_slice() {
            let only = only.clone();
            schema.insert("type".to_owned(), only);
        }
    }
    // `anyOf: [X, null]` is X that may be absent.
    if let Some(either) = schema.get_mut("anyOf").and_then(|either| either.as_array_mut()) {
        either.retain(|one| one.get("type").is_none_or(|name| name != "null"));
        if let [only] = either.as_slice()
            && let Some(only) = only.as_object().cloned()
        {
            schema.remove("anyOf");
            only.into_iter().for_each(|(key, value)| {
                schema.insert(key, value);
            });
        }
    }
    if matches!(schema.get("type").and_then(|name| name.as_str()), Some("number" | "integer")) {
        schema.remove("format");
    }
    if schema.get("properties").is_some() {
        schema.insert("additionalProperties".to_owned(), false.into());
    }
}

fn words(words: impl IntoIterator<Item = impl Serialize>) -> Schema {
    let words: Vec<String> = words.into_iter().map(word).collect();
    json_schema!({ "type": "string", "enum": words })
}

/// How much a combination matters.
pub(crate) fn level(_: &mut SchemaGenerator) -> Schema {
    use Level::*;
    words([Contraindicated, Major, Moderate, Minor, Info, NoneKnown])
}

/// How soon to act.
pub(crate) fn urgency(_: &mut SchemaGenerator) -> Schema {
    use Urgency::*;
    words([Emergency, Urgent, Prompt, Watch, None])
}

/// How sure the evidence is, in the words of GRADE.
pub(crate) fn certainty(_: &mut SchemaGenerator) -> Schema {
    use Certainty::*;
    words([Refuted, VeryLow, Low, Moderate, High])
}

/// How a fact came to be known.
pub(crate) fn grade(_: &mut SchemaGenerator) -> Schema {
    use Grade::*;
    words([
        Label,
        Regulator,
        MetaAnalysis,
        Trial,
        Cohort,
        Review,
        CaseReport,
        InVitro,
        Animal,
        Derived,
        Inferred,
    ])
}

/// A moment, as ISO 8601 with its offset.
pub(crate) fn moment(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "string", "format": "date-time" })
}

/// A day, as ISO 8601.
pub(crate) fn day(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "string", "format": "date" })
}
