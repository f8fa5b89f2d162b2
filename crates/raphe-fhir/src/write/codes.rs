//! Systems of codes: HL7's, LOINC, UCUM and our own.

use super::model::{Coding, Concept, Decimal, Quantity};

pub(super) const UCUM: &str = "http://unitsofmeasure.org";
pub(super) const LOINC: &str = "http://loinc.org";
pub(super) const RXNORM: &str = "http://www.nlm.nih.gov/research/umls/rxnorm";
pub(super) const ATC: &str = "http://www.whocc.no/atc";
pub(super) const UNII: &str = "http://fdasis.nlm.nih.gov";
pub(super) const HPO: &str = "http://purl.obolibrary.org/obo/hp.owl";
pub(super) const ACT: &str = "http://terminology.hl7.org/CodeSystem/v3-ActCode";
pub(super) const ROUTE: &str = "http://terminology.hl7.org/CodeSystem/v2-0162";
pub(super) const CATEGORY: &str = "http://terminology.hl7.org/CodeSystem/observation-category";
pub(super) const ABSENT: &str = "http://terminology.hl7.org/CodeSystem/data-absent-reason";
pub(super) const CLINICAL: &str = "http://terminology.hl7.org/CodeSystem/condition-clinical";
pub(super) const VERIFIED: &str = "http://terminology.hl7.org/CodeSystem/condition-ver-status";
pub(super) const PROBLEM: &str = "http://terminology.hl7.org/CodeSystem/condition-category";
pub(super) const LIKELY: &str = "http://terminology.hl7.org/CodeSystem/risk-probability";
pub(super) const AGENT: &str = "http://terminology.hl7.org/CodeSystem/provenance-participant-type";
pub(super) const STATED: &str = "http://terminology.hl7.org/CodeSystem/medication-statement-category";

/// The verb of the diary line that a resource was, and words that only a diary has. A name, not an address: nobody's server
/// answers to it.
pub(crate) const DIARY: &str = "urn:raphe:diary";
/// What the program worked out; never a measurement.
pub(crate) const JUDGED: &str = "urn:raphe:judged";
/// Ids of the knowledge base, by its part: `urn:raphe:sign`.
pub(super) const OWN: &str = "urn:raphe:";
/// Questionnaires of the knowledge base.
pub(crate) const QUESTIONNAIRE: &str = "urn:raphe:questionnaire:";
/// How a dose was meant, in [`DIARY`].
pub(crate) const ON_PURPOSE: &str = "on-purpose";
/// See [`ON_PURPOSE`].
pub(crate) const BY_ACCIDENT: &str = "by-accident";
/// How strong something is felt, out of ten, in [`DIARY`].
pub(crate) const STRENGTH: &str = "strength";

/// A code with its words.
pub(super) fn coding(system: &str, code: &str, display: Option<&str>) -> Coding {
    Coding {
        system: Some(system.to_owned()),
        code: Some(code.to_owned()),
        display: display.map(str::to_owned),
        ..Coding::default()
    }
}

/// A concept of one code.
pub(super) fn concept(system: &str, code: &str, display: Option<&str>) -> Concept {
    Concept { coding: vec![coding(system, code, display)], text: None }
}

/// A concept of words alone.
pub(super) fn words(text: impl Into<String>) -> Concept {
    Concept { coding: Vec::new(), text: Some(text.into()) }
}

/// A concept of one code and the words that were written.
pub(super) fn named(system: &str, code: &str, text: impl Into<String>) -> Concept {
    Concept { coding: vec![coding(system, code, None)], text: Some(text.into()) }
}

/// A number with a unit of UCUM, as people write it and as UCUM does.
pub(super) fn quantity(value: f64, unit: &str, code: &str) -> Quantity {
    Quantity {
        value: Some(Decimal(value)),
        unit: Some(unit.to_owned()),
        system: Some(UCUM.to_owned()),
        code: Some(code.to_owned()),
    }
}

/// A unit as a diary has it, as UCUM writes it; `None` where it is not known that they are the same.
pub(super) fn ucum(unit: &str) -> Option<&'static str> {
    let known = [
        ("mg/dL", "mg/dL"),
        ("mmol/L", "mmol/L"),
        ("µmol/L", "umol/L"),
        ("umol/L", "umol/L"),
        ("nmol/L", "nmol/L"),
        ("mEq/L", "meq/L"),
        ("U/L", "U/L"),
        ("IU/L", "[iU]/L"),
        ("ng/mL", "ng/mL"),
        ("µg/L", "ug/L"),
        ("mg/L", "mg/L"),
        ("µg/mL", "ug/mL"),
        ("ms", "ms"),
        ("%", "%"),
    ];
    known.into_iter().find(|(written, _)| *written == unit).map(|(_, code)| code)
}
