//! The codes that are known: LOINC's for measurements and questionnaires, ICD-10's for what needs no words.

/// LOINC's address.
pub(super) const LOINC: &str = "http://loinc.org";

/// What a measurement is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    Temperature,
    Pulse,
    Respiration,
    Spo2,
    Systolic,
    Diastolic,
    Weight,
    Height,
    Egfr,
    Smoking,
    Pregnancy,
    Total(&'static str),
    Item(&'static str, usize),
    Lab(&'static str),
}

/// LOINC codes and what they measure.
const CODES: &[(&str, Kind)] = &[
    ("8310-5", Kind::Temperature),
    ("8331-1", Kind::Temperature),
    ("8329-5", Kind::Temperature),
    ("8328-7", Kind::Temperature),
    ("8332-9", Kind::Temperature),
    ("8333-7", Kind::Temperature),
    ("75539-7", Kind::Temperature),
    ("8867-4", Kind::Pulse),
    ("8889-8", Kind::Pulse),
    ("9279-1", Kind::Respiration),
    ("59408-5", Kind::Spo2),
    ("2708-6", Kind::Spo2),
    ("8480-6", Kind::Systolic),
    ("8462-4", Kind::Diastolic),
    ("29463-7", Kind::Weight),
    ("3141-9", Kind::Weight),
    ("8302-2", Kind::Height),
    ("33914-3", Kind::Egfr),
    ("48642-3", Kind::Egfr),
    ("48643-1", Kind::Egfr),
    ("62238-1", Kind::Egfr),
    ("69405-9", Kind::Egfr),
    ("77147-7", Kind::Egfr),
    ("98979-8", Kind::Egfr),
    ("72166-2", Kind::Smoking),
    ("82810-3", Kind::Pregnancy),
    ("44261-6", Kind::Total("PHQ-9")),
    ("89204-2", Kind::Total("PHQ-9")),
    ("55758-7", Kind::Total("PHQ-2")),
    ("70274-6", Kind::Total("GAD-7")),
    ("44250-9", Kind::Item("PHQ-9", 0)),
    ("44255-8", Kind::Item("PHQ-9", 1)),
    ("44259-0", Kind::Item("PHQ-9", 2)),
    ("44254-1", Kind::Item("PHQ-9", 3)),
    ("44251-7", Kind::Item("PHQ-9", 4)),
    ("44258-2", Kind::Item("PHQ-9", 5)),
    ("44252-5", Kind::Item("PHQ-9", 6)),
    ("44253-3", Kind::Item("PHQ-9", 7)),
    ("44260-8", Kind::Item("PHQ-9", 8)),
    ("69725-0", Kind::Item("GAD-7", 0)),
    ("68509-9", Kind::Item("GAD-7", 1)),
    ("69733-4", Kind::Item("GAD-7", 2)),
    ("69734-2", Kind::Item("GAD-7", 3)),
    ("69735-9", Kind::Item("GAD-7", 4)),
    ("69689-8", Kind::Item("GAD-7", 5)),
    ("69736-7", Kind::Item("GAD-7", 6)),
    ("2951-2", Kind::Lab("sodium")),
    ("2947-0", Kind::Lab("sodium")),
    ("2157-6", Kind::Lab("CK")),
    ("14334-7", Kind::Lab("lithium")),
    ("3719-2", Kind::Lab("lithium")),
    ("2160-0", Kind::Lab("creatinine")),
    ("38483-4", Kind::Lab("creatinine")),
    ("14682-9", Kind::Lab("creatinine")),
    ("8634-8", Kind::Lab("QTc")),
];

/// LOINC answers of both questionnaires: not at all, several days, more than half the days, nearly every day.
pub(crate) const ANSWERS: [(&str, u32); 4] =
    [("LA6568-5", 0), ("LA6569-3", 1), ("LA6570-1", 2), ("LA6571-9", 3)];

/// Extensions that carry the number of an answer.
pub(crate) const ORDINAL: [&str; 2] = [
    "http://hl7.org/fhir/StructureDefinition/ordinalValue",
    "http://hl7.org/fhir/StructureDefinition/itemWeight",
];

/// Diagnoses that must be understood even without words, by the beginning of their ICD-10 code.
pub(super) const ICD: &[(&str, &str)] = &[
    ("X6", "intentional self-poisoning"),
    ("X7", "intentional self-harm"),
    ("X80", "intentional self-harm"),
    ("X81", "intentional self-harm"),
    ("X82", "intentional self-harm"),
    ("X83", "intentional self-harm"),
    ("X84", "intentional self-harm"),
    ("T14.91", "suicide attempt"),
    ("R45.851", "suicidal ideation"),
    ("G90.81", "serotonin syndrome"),
    ("T43.2", "poisoning by an antidepressant"),
];

pub(super) fn kind_of_code(code: &str) -> Option<Kind> {
    let first = code.bytes().next()?;
    let same = |known: &str| known.as_bytes()[0] == first && known == code;
    CODES.iter().find(|(known, _)| same(known)).map(|(_, kind)| *kind)
}
