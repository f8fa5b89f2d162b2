//! The part of FHIR R4 that is written, each element under its own name.
//!
//! What is empty is left out, as FHIR asks. Fields are printed in the order in which they stand here, so the same answer is
//! the same bytes. The reader has its own shapes, borrowed and tolerant; these are owned and strict.

use serde::{Serialize, Serializer};

/// Whether an element has nothing to say.
pub(super) trait Absent {
    fn absent(&self) -> bool;
}

impl<T> Absent for Option<T> {
    fn absent(&self) -> bool {
        self.is_none()
    }
}

impl<T> Absent for Vec<T> {
    fn absent(&self) -> bool {
        self.is_empty()
    }
}

impl Absent for String {
    fn absent(&self) -> bool {
        self.is_empty()
    }
}

/// Elements and resources: every field is left out when it is absent.
macro_rules! elements {
    ($($(#[$about:meta])* $name:ident { $($(#[$on:meta])* $field:ident: $kind:ty,)* })+) => {$(
        $(#[$about])*
        #[derive(Debug, Clone, Default, Serialize)]
        #[serde(rename_all = "camelCase")]
        pub(super) struct $name {
            $($(#[$on])* #[serde(skip_serializing_if = "Absent::absent")] pub(super) $field: $kind,)*
        }
    )+};
}

/// A decimal: whole numbers without a point, and no more digits than a computer's fraction has to give.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Decimal(pub(super) f64);

impl Serialize for Decimal {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let rounded: f64 = format!("{:.11e}", self.0).parse().unwrap_or(self.0);
        if rounded.fract() == 0.0 && rounded.abs() < 1e15 {
            return serializer.serialize_i64(rounded as i64);
        }
        serializer.serialize_f64(rounded)
    }
}

elements! {
    /// A code of a system, with its words.
    Coding {
        extension: Vec<Extension>,
        system: Option<String>,
        code: Option<String>,
        display: Option<String>,
    }
    /// A concept: codes and words.
    Concept {
        coding: Vec<Coding>,
        text: Option<String>,
    }
    /// What R4 has no element for.
    Extension {
        url: String,
        value_code: Option<String>,
        value_decimal: Option<Decimal>,
    }
    /// The extension of a value that is not there.
    Absence {
        extension: Vec<Extension>,
    }
    /// Whom or what a resource points to.
    Reference {
        reference: Option<String>,
        display: Option<String>,
    }
    /// A number with its unit.
    Quantity {
        value: Option<Decimal>,
        unit: Option<String>,
        system: Option<String>,
        code: Option<String>,
    }
    /// A number in a number.
    Ratio {
        numerator: Option<Quantity>,
        denominator: Option<Quantity>,
    }
    /// From one number to another.
    Range {
        low: Option<Quantity>,
        high: Option<Quantity>,
    }
    /// From one time to another, both included.
    Period {
        start: Option<String>,
        end: Option<String>,
    }
    /// A remark.
    Annotation {
        text: Option<String>,
    }
    /// A name of ours for a resource.
    Identifier {
        system: Option<String>,
        value: Option<String>,
    }
    /// A resource in words.
    Narrative {
        status: Option<String>,
        div: Option<String>,
    }
    /// How a medicine is taken.
    Dosage {
        text: Option<String>,
        timing: Option<Timing>,
        as_needed_boolean: Option<bool>,
        route: Option<Concept>,
        dose_and_rate: Vec<DoseAndRate>,
        max_dose_per_period: Option<Ratio>,
    }
    /// How much at a time.
    DoseAndRate {
        dose_quantity: Option<Quantity>,
        rate_quantity: Option<Quantity>,
    }
    /// How often.
    Timing {
        event: Vec<String>,
        repeat: Option<Repeat>,
    }
    /// The rule of a timing.
    Repeat {
        duration: Option<Decimal>,
        duration_unit: Option<String>,
        frequency: Option<u32>,
        period: Option<Decimal>,
        period_unit: Option<String>,
        time_of_day: Vec<String>,
        when: Vec<String>,
    }
    /// How one dose was given.
    Given {
        text: Option<String>,
        route: Option<Concept>,
        dose: Option<Quantity>,
        rate_quantity: Option<Quantity>,
    }
    /// A country is all that is known of where somebody lives.
    Address {
        country: Option<String>,
    }
    /// A person.
    Patient {
        id: Option<String>,
        extension: Vec<Extension>,
        gender: Option<String>,
        birth_date: Option<String>,
        address: Vec<Address>,
    }
    /// What somebody takes, as they say.
    MedicationStatement {
        id: Option<String>,
        status: Option<String>,
        category: Option<Concept>,
        medication_codeable_concept: Option<Concept>,
        subject: Option<Reference>,
        effective_date_time: Option<String>,
        effective_period: Option<Period>,
        #[serde(rename = "_effectiveDateTime")]
        effective_absent: Option<Absence>,
        information_source: Option<Reference>,
        reason_code: Vec<Concept>,
        note: Vec<Annotation>,
        dosage: Vec<Dosage>,
    }
    /// One dose.
    MedicationAdministration {
        id: Option<String>,
        status: Option<String>,
        status_reason: Vec<Concept>,
        medication_codeable_concept: Option<Concept>,
        subject: Option<Reference>,
        effective_date_time: Option<String>,
        effective_period: Option<Period>,
        reason_code: Vec<Concept>,
        note: Vec<Annotation>,
        dosage: Option<Given>,
    }
    /// A diagnosis or a circumstance.
    Condition {
        id: Option<String>,
        clinical_status: Option<Concept>,
        verification_status: Option<Concept>,
        category: Vec<Concept>,
        code: Option<Concept>,
        subject: Option<Reference>,
        onset_date_time: Option<String>,
        abatement_date_time: Option<String>,
        recorded_date: Option<String>,
        note: Vec<Annotation>,
    }
    /// Something measured, seen, felt, asked or worked out.
    Observation {
        id: Option<String>,
        status: Option<String>,
        category: Vec<Concept>,
        code: Option<Concept>,
        subject: Option<Reference>,
        effective_date_time: Option<String>,
        effective_period: Option<Period>,
        #[serde(rename = "_effectiveDateTime")]
        effective_absent: Option<Absence>,
        performer: Vec<Reference>,
        value_quantity: Option<Quantity>,
        value_codeable_concept: Option<Concept>,
        value_string: Option<String>,
        value_boolean: Option<bool>,
        data_absent_reason: Option<Concept>,
        note: Vec<Annotation>,
        method: Option<Concept>,
        device: Option<Reference>,
        derived_from: Vec<Reference>,
        component: Vec<Component>,
    }
    /// A part of an observation.
    Component {
        code: Option<Concept>,
        value_quantity: Option<Quantity>,
        value_boolean: Option<bool>,
        data_absent_reason: Option<Concept>,
    }
    /// A questionnaire with its answers.
    QuestionnaireResponse {
        id: Option<String>,
        questionnaire: Option<String>,
        status: Option<String>,
        subject: Option<Reference>,
        authored: Option<String>,
        source: Option<Reference>,
        item: Vec<Question>,
    }
    /// A question of it.
    Question {
        link_id: Option<String>,
        text: Option<String>,
        answer: Vec<Answered>,
    }
    /// The answer.
    Answered {
        value_integer: Option<u32>,
        value_coding: Option<Coding>,
    }
    /// What was made of it all.
    RiskAssessment {
        id: Option<String>,
        text: Option<Narrative>,
        status: Option<String>,
        method: Option<Concept>,
        code: Option<Concept>,
        subject: Option<Reference>,
        occurrence_date_time: Option<String>,
        performer: Option<Reference>,
        basis: Vec<Reference>,
        prediction: Vec<Prediction>,
        mitigation: Option<String>,
        note: Vec<Annotation>,
    }
    /// One outcome, and how likely it is.
    Prediction {
        outcome: Option<Concept>,
        probability_range: Option<Range>,
        qualitative_risk: Option<Concept>,
        rationale: Option<String>,
    }
    /// What substances do together.
    DetectedIssue {
        id: Option<String>,
        identifier: Vec<Identifier>,
        status: Option<String>,
        code: Option<Concept>,
        severity: Option<String>,
        patient: Option<Reference>,
        identified_date_time: Option<String>,
        author: Option<Reference>,
        implicated: Vec<Reference>,
        evidence: Vec<Evidence>,
        detail: Option<String>,
        reference: Option<String>,
        mitigation: Vec<Mitigation>,
    }
    /// What speaks for it.
    Evidence {
        code: Vec<Concept>,
        detail: Vec<Reference>,
    }
    /// What to do about it.
    Mitigation {
        action: Option<Concept>,
    }
    /// The program.
    Device {
        id: Option<String>,
        status: Option<String>,
        device_name: Vec<DeviceName>,
        #[serde(rename = "type")]
        kind: Option<Concept>,
        version: Vec<DeviceVersion>,
        note: Vec<Annotation>,
    }
    /// Its name.
    DeviceName {
        name: Option<String>,
        #[serde(rename = "type")]
        kind: Option<String>,
    }
    /// Its version.
    DeviceVersion {
        #[serde(rename = "type")]
        kind: Option<Concept>,
        value: Option<String>,
    }
    /// Who made what of what.
    Provenance {
        id: Option<String>,
        target: Vec<Reference>,
        recorded: Option<String>,
        agent: Vec<Agent>,
        entity: Vec<Entity>,
    }
    /// Who made it.
    Agent {
        #[serde(rename = "type")]
        kind: Option<Concept>,
        who: Option<Reference>,
    }
    /// Of what.
    Entity {
        role: Option<String>,
        what: Option<Reference>,
    }
    /// What was not understood, not judged, or cannot be said here.
    OperationOutcome {
        id: Option<String>,
        issue: Vec<Issue>,
    }
    /// One of these.
    Issue {
        severity: Option<String>,
        code: Option<String>,
        details: Option<Concept>,
        diagnostics: Option<String>,
    }
}

/// A resource, with its type in front.
#[derive(Debug, Clone, Serialize)]
#[serde(tag = "resourceType")]
pub(super) enum Resource {
    Patient(Patient),
    MedicationStatement(MedicationStatement),
    MedicationAdministration(MedicationAdministration),
    Condition(Condition),
    Observation(Box<Observation>),
    QuestionnaireResponse(QuestionnaireResponse),
    RiskAssessment(RiskAssessment),
    DetectedIssue(DetectedIssue),
    Device(Device),
    Provenance(Provenance),
    OperationOutcome(OperationOutcome),
}

impl Resource {
    /// Where its id stands.
    pub(super) fn id(&mut self) -> &mut Option<String> {
        match self {
            Self::Patient(one) => &mut one.id,
            Self::MedicationStatement(one) => &mut one.id,
            Self::MedicationAdministration(one) => &mut one.id,
            Self::Condition(one) => &mut one.id,
            Self::Observation(one) => &mut one.id,
            Self::QuestionnaireResponse(one) => &mut one.id,
            Self::RiskAssessment(one) => &mut one.id,
            Self::DetectedIssue(one) => &mut one.id,
            Self::Device(one) => &mut one.id,
            Self::Provenance(one) => &mut one.id,
            Self::OperationOutcome(one) => &mut one.id,
        }
    }
}

/// A Bundle of resources that belong together.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Bundle {
    pub(super) resource_type: &'static str,
    pub(super) id: String,
    #[serde(rename = "type")]
    pub(super) kind: &'static str,
    pub(super) entry: Vec<Entry>,
}

/// A resource with its address.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Entry {
    pub(super) full_url: String,
    pub(super) resource: Resource,
}
