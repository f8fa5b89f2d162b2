//! Whatever the bytes are, reading ends, and never in a panic; what it gives prints as a diary that reads back.

use proptest::prelude::*;
use raphe::{
    knowledge::Knowledge,
    timeline::{Weight, diary},
};
use raphe_fhir::{Lines, Record};
use std::sync::LazyLock;

static KNOWLEDGE: LazyLock<Knowledge> = LazyLock::new(Knowledge::bundled);

const RECORD: &str = include_str!("fixtures/toxicity.json");

/// Values that stand where others are due.
const ODD: &[&str] = &[
    "null",
    "true",
    "-1",
    "1e308",
    "0",
    "\"\"",
    "[]",
    "{}",
    "[[]]",
    "\"2026-02-30\"",
    "\"9999-12-31T23:59:59+14:00\"",
    "\"0001\"",
    "\"mg\"",
    "\"\\u0000\"",
    "99999999999999999999",
    "\"µ\"",
    "[null]",
    "{\"value\": -5}",
    "1e-300",
];

fn survives(bytes: &[u8]) {
    for reading in Lines::new(bytes, &KNOWLEDGE).take(50).flatten() {
        assert!(!reading.timeline.complete);
    }
    let Ok(record) = Record::open(bytes) else { return };
    for patient in record.patients() {
        let reading = record.patient(patient, &KNOWLEDGE);
        let zone = reading.timeline.zone();
        for entry in &reading.timeline.entries {
            let line = diary::line(entry, &zone);
            let (again, notices) = diary::read(line.as_bytes());
            assert!(notices.iter().all(|notice| notice.weight < Weight::Error), "{line}: {notices:?}");
            assert_eq!(again.entries.len(), 1, "{line}");
        }
    }
}

/// Where values stand in the record: after each `": `.
fn places() -> Vec<usize> {
    RECORD.match_indices("\": ").map(|(at, colon)| at + colon.len()).collect()
}

/// The end of the value that begins here.
fn end_of(text: &str, at: usize) -> usize {
    let mut values = serde_json::Deserializer::from_str(&text[at..]).into_iter::<serde_json::Value>();
    values.next();
    at + values.byte_offset()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(if cfg!(debug_assertions) { 400 } else { 4000 }))]

    #[test]
    fn odd_values(changes in prop::collection::vec((any::<prop::sample::Index>(), any::<prop::sample::Index>()), 1..4)) {
        let mut text = RECORD.to_owned();
        for (place, value) in changes {
            let places: Vec<usize> = text.match_indices("\": ").map(|(at, colon)| at + colon.len()).collect();
            if places.is_empty() { break; }
            let at = *place.get(&places);
            let end = end_of(&text, at);
            text.replace_range(at..end, ODD[value.index(ODD.len())]);
        }
        survives(text.as_bytes());
    }

    #[test]
    fn odd_bytes(changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6), cut in any::<Option<prop::sample::Index>>()) {
        let mut bytes = RECORD.as_bytes().to_vec();
        for (place, byte) in changes {
            let at = place.index(bytes.len());
            bytes[at] = byte;
        }
        if let Some(cut) = cut {
            bytes.truncate(cut.index(bytes.len()));
        }
        survives(&bytes);
    }

    #[test]
    fn odd_names_and_instructions(name in "\\PC{0,60}", sig in "\\PC{0,60}", unit in "\\PC{0,8}", value in any::<f64>()) {
        let quote = |text: &str| serde_json::Value::from(text).to_string();
        let value = serde_json::Value::from(value);
        survives(format!(
            r#"{{"resourceType": "MedicationRequest", "status": "active", "authoredOn": "2026-03-01", "medicationCodeableConcept": {{"text": {}}},
            "dosageInstruction": [{{"text": {}, "doseAndRate": [{{"doseQuantity": {{"value": {value}, "unit": {}}}}}]}}]}}"#,
            quote(&name), quote(&sig), quote(&unit)
        ).as_bytes());
    }
}

#[test]
fn the_record_is_cut_anywhere() {
    for end in (0..RECORD.len()).step_by(97) {
        survives(&RECORD.as_bytes()[..end]);
    }
    assert!(places().len() > 50);
}

#[test]
fn deep_nesting_ends() {
    let deep =
        format!("{{\"resourceType\": \"Patient\", \"x\": {}{}}}", "[".repeat(100_000), "]".repeat(100_000));
    survives(deep.as_bytes());
    let deep = format!(
        "{{\"resourceType\": \"QuestionnaireResponse\", \"item\": {}{}}}",
        "[{\"item\":".repeat(5000),
        "1}]".repeat(5000)
    );
    survives(deep.as_bytes());
}
