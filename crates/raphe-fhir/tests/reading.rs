//! Records as senders write them, and what becomes of them.

use raphe::{
    Timestamp,
    assess::{self, Question},
    criteria::Truth,
    knowledge::Knowledge,
    population::Population,
    timeline::{Notice, Origin, Weight, diary},
    units::TimeSpan,
};
use raphe_fhir::{Error, Lines, Reading, Record};
use std::sync::LazyLock;

static KNOWLEDGE: LazyLock<Knowledge> = LazyLock::new(Knowledge::bundled);

fn read(text: &str) -> Reading {
    raphe_fhir::read(text.as_bytes(), &KNOWLEDGE).unwrap_or_else(|error| panic!("{error}: {text}"))
}

/// A resource about patient `p`.
fn resource(kind: &str, fields: &str) -> String {
    let subject = if kind == "AllergyIntolerance" { "patient" } else { "subject" };
    format!(r#"{{"resourceType": "{kind}", "id": "x", "{subject}": {{"reference": "Patient/p"}}, {fields}}}"#)
}

fn bundle(resources: &[String]) -> String {
    let entries: Vec<String> = resources.iter().map(|one| format!(r#"{{"resource": {one}}}"#)).collect();
    format!(r#"{{"resourceType": "Bundle", "type": "collection", "entry": [{}]}}"#, entries.join(","))
}

/// A request for sertraline tablets of 50 mg, with more fields.
fn request(fields: &str) -> String {
    let medicine = r#""medicationCodeableConcept": {"text": "Sertraline 50 MG Oral Tablet"}"#;
    resource("MedicationRequest", &format!(r#""intent": "order", {medicine}, {fields}"#))
}

/// An active request with one dosage.
fn dosage(dosage: &str) -> String {
    request(&format!(
        r#""status": "active", "authoredOn": "2026-03-01", "dosageInstruction": [{{{dosage}}}]"#
    ))
}

/// The lines that a record would be as a diary.
fn lines(text: &str) -> Vec<String> {
    let reading = read(text);
    let zone = reading.timeline.zone();
    reading.timeline.entries.iter().map(|entry| diary::line(entry, &zone)).collect()
}

fn said(notices: &[Notice]) -> String {
    notices.iter().map(|notice| format!("{}\n", notice.says)).collect()
}

#[test]
fn every_dosage_shape_is_read() {
    let daily = r#""timing": {"repeat": {"frequency": 1, "period": 1, "periodUnit": "d"}}"#;
    let dose = |quantity: &str| format!(r#"{daily}, "doseAndRate": [{{"doseQuantity": {{{quantity}}}}}]"#);
    for (fields, line) in [
        (dose(r#""value": 50, "unit": "mg""#), "sertraline 50 mg daily"),
        (dose(r#""value": 2, "unit": "tablet""#), "sertraline 2 x 50 mg daily"),
        (dose(r#""value": 1"#), "sertraline 50 mg daily"),
        (dose(r#""value": 0.5, "code": "{tbl}""#), "sertraline 0.5 x 50 mg daily"),
        (dose(r#""value": "75", "unit": "mg""#), "sertraline 75 mg daily"),
        (dose(r#""value": 50"#), "sertraline ? daily ; dose as written: 50"),
        (dose(r#""value": 1, "unit": "mg/kg""#), "sertraline 1 mg/kg daily"),
        (format!(r#"{daily}, "doseAndRate": {{"doseRange": {{"low": {{"value": 50, "unit": "mg"}}, "high": {{"value": 100, "unit": "mg"}}}}}}"#), "sertraline 100 mg daily"),
        (format!(r#"{daily}, "doseQuantity": {{"value": 50, "unit": "mg"}}"#), "sertraline 50 mg daily"),
        (r#""text": "Take 1-2 tablets by mouth twice daily""#.to_owned(), "sertraline 2 x 50 mg twice daily"),
        (r#""text": "50 mg at bedtime""#.to_owned(), "sertraline 50 mg nightly"),
        (r#""text": "1 tablet every 8 hours as needed""#.to_owned(), "sertraline 50 mg as needed up to 3 a day"),
        (r#""timing": {"code": {"coding": [{"code": "BID"}]}}, "doseAndRate": [{"doseQuantity": {"value": 1}}]"#.to_owned(), "sertraline 50 mg twice daily"),
        (r#""timing": {"code": {"text": "2 times daily"}}, "text": "take 1 tablet""#.to_owned(), "sertraline 50 mg twice daily"),
        (r#""timing": {"repeat": {"timeOfDay": ["08:00:00", "20:00:00"]}}, "doseAndRate": [{"doseQuantity": {"value": 1}}]"#.to_owned(), "sertraline 50 mg at 08:00 and 20:00"),
        (r#""timing": {"repeat": {"when": ["HS"]}}, "doseAndRate": [{"doseQuantity": {"value": 1}}]"#.to_owned(), "sertraline 50 mg nightly"),
        (format!(r#""asNeededBoolean": true, {}, "maxDosePerPeriod": {{"numerator": {{"value": 200, "unit": "mg"}}, "denominator": {{"value": 1, "unit": "d"}}}}"#, dose(r#""value": 50, "unit": "mg""#)), "sertraline 50 mg as needed up to 4 a day"),
        (r#""asNeededCodeableConcept": {"text": "pain"}"#.to_owned(), "sertraline ? as needed"),
        (r#""timing": {"repeat": {"duration": 30, "durationUnit": "min", "frequency": 1, "period": 1, "periodUnit": "d"}}, "route": {"text": "Intravenous"}, "doseAndRate": [{"doseQuantity": {"value": 50, "unit": "mg"}}]"#.to_owned(), "sertraline 50 mg iv over 30 min daily"),
        (r#""route": {"coding": [{"code": "IV"}]}, "doseAndRate": [{"rateQuantity": {"value": 2, "unit": "mg/h"}}]"#.to_owned(), "sertraline 2 mg/h iv"),
        (r#""doseAndRate": [{"rateRatio": {"numerator": {"value": 48, "unit": "mg"}, "denominator": {"value": 24, "unit": "h"}}}]"#.to_owned(), "sertraline 2 mg/h"),
        (r#""text": "as directed by the clinic""#.to_owned(), "sertraline ? daily"),
        (r#""extension": []"#.to_owned(), "sertraline ? daily"),
    ] {
        assert_eq!(lines(&dosage(&fields)), [format!("2026-03-01 start {line}")], "{fields}");
    }
    assert_eq!(
        lines(&request(r#""status": "active", "authoredOn": "2026-03-01""#)),
        ["2026-03-01 start sertraline ? daily"]
    );
    let events = dosage(
        r#""timing": {"event": ["2026-03-02T08:00:00Z", "2026-03-03T08:00:00Z"]}, "doseAndRate": [{"doseQuantity": {"value": 1}}]"#,
    );
    assert_eq!(
        lines(&events),
        ["2026-03-02 08:00 take sertraline 50 mg", "2026-03-03 08:00 take sertraline 50 mg"]
    );
    let single =
        dosage(r#""timing": {"repeat": {"count": 1}}, "doseAndRate": [{"doseQuantity": {"value": 1}}]"#);
    assert_eq!(lines(&single), ["2026-03-01 take sertraline 50 mg"]);
}

#[test]
fn a_window_ends_with_its_bounds_its_count_or_its_supply() {
    let order = |status: &str, dosage: &str, supply: &str| {
        let repeat =
            format!(r#""timing": {{"repeat": {{"frequency": 2, "period": 1, "periodUnit": "d"{dosage}}}}}"#);
        let dose = r#""doseAndRate": [{"doseQuantity": {"value": 1}}]"#;
        let supply =
            if supply.is_empty() { String::new() } else { format!(r#", "dispenseRequest": {{{supply}}}"#) };
        request(&format!(
            r#""status": "{status}", "authoredOn": "2026-03-01", "dosageInstruction": [{{{repeat}, {dose}}}]{supply}"#
        ))
    };
    for (text, stop) in [
        (order("active", "", ""), None),
        (
            order("active", r#", "boundsPeriod": {"start": "2026-03-01", "end": "2026-03-10"}"#, ""),
            Some("2026-03-11"),
        ),
        (order("active", r#", "boundsDuration": {"value": 2, "unit": "wk"}"#, ""), Some("2026-03-15")),
        (order("active", r#", "count": 20"#, ""), Some("2026-03-11")),
        (
            order(
                "active",
                "",
                r#""expectedSupplyDuration": {"value": 30, "unit": "d"}, "numberOfRepeatsAllowed": 2"#,
            ),
            Some("2026-05-30"),
        ),
        (order("completed", "", r#""quantity": {"value": 60, "unit": "tablet"}"#), Some("2026-03-31")),
        (order("stopped", "", ""), Some("2026-03-31")),
    ] {
        let mut lines = lines(&text);
        let end = lines.drain(1..).next();
        assert_eq!(end, stop.map(|day| format!("{day} stop sertraline")), "{text}");
    }
}

#[test]
fn a_taper_is_a_start_its_changes_and_a_stop() {
    let step = |sequence: u32, tablets: u32| {
        format!(
            r#"{{"sequence": {sequence}, "timing": {{"repeat": {{"boundsDuration": {{"value": 1, "unit": "wk"}}, "frequency": 1, "period": 1, "periodUnit": "d"}}}},
            "doseAndRate": [{{"doseQuantity": {{"value": {tablets}}}}}]}}"#
        )
    };
    let steps = format!(
        r#""status": "active", "authoredOn": "2026-03-01", "dosageInstruction": [{}, {}]"#,
        step(2, 1),
        step(1, 2)
    );
    let taper = [
        "2026-03-01 start sertraline 2 x 50 mg daily",
        "2026-03-08 change sertraline 50 mg daily",
        "2026-03-15 stop sertraline",
    ];
    assert_eq!(lines(&request(&steps)), taper);
    let text = dosage(r#""text": "Take 2 tablets daily for 7 days, then 1 tablet daily for 1 week""#);
    assert_eq!(lines(&text), taper);
}

#[test]
fn what_is_taken_at_the_same_time_keeps_its_total() {
    let part = |when: &str, mg: u32| {
        format!(
            r#"{{"timing": {{"repeat": {{"when": ["{when}"]}}}}, "doseAndRate": [{{"doseQuantity": {{"value": {mg}, "unit": "mg"}}}}]}}"#
        )
    };
    let both = format!(
        r#""status": "active", "authoredOn": "2026-03-01", "dosageInstruction": [{}, {}]"#,
        part("MORN", 50),
        part("NIGHT", 100)
    );
    assert_eq!(lines(&request(&both)), ["2026-03-01 start sertraline 75 mg at 08:00 and 22:00"]);
}

#[test]
fn one_course_is_counted_once() {
    let id = |resource: String, id: &str| resource.replacen(r#""id": "x""#, &format!(r#""id": "{id}""#), 1);
    let medicine = r#""medicationCodeableConcept": {"text": "Sertraline 50 MG Oral Tablet"}"#;
    let order = |status: &str| {
        id(
            request(&format!(
                r#""status": "{status}", "authoredOn": "2026-03-01", "dosageInstruction": [{{"text": "1 tablet daily"}}]"#
            )),
            "r",
        )
    };
    let dispense = resource(
        "MedicationDispense",
        &format!(
            r#""status": "completed", {medicine}, "whenHandedOver": "2026-03-03", "daysSupply": {{"value": 10, "unit": "d"}}, "authorizingPrescription": [{{"reference": "MedicationRequest/r"}}]"#
        ),
    );
    let given = |mg: u32| {
        resource(
            "MedicationAdministration",
            &format!(
                r#""status": "completed", {medicine}, "effectiveDateTime": "2026-03-05T08:00:00Z", "dosage": {{"dose": {{"value": {mg}, "unit": "mg"}}}}, "request": {{"reference": "MedicationRequest/r"}}"#
            ),
        )
    };
    let statement = resource(
        "MedicationStatement",
        &format!(
            r#""status": "active", {medicine}, "effectivePeriod": {{"start": "2026-03-04"}}, "dosage": [{{"text": "2 tablets daily"}}]"#
        ),
    );
    let not_taken = resource(
        "MedicationStatement",
        &format!(r#""status": "not-taken", {medicine}, "effectiveDateTime": "2026-03-06""#),
    );
    assert_eq!(
        lines(&bundle(&[order("active"), dispense.clone()])),
        ["2026-03-03 start sertraline 50 mg daily", "2026-03-13 stop sertraline"],
        "the dispense has the dosage of its order and tells when it was taken"
    );
    assert_eq!(lines(&bundle(&[order("active"), given(50)])), ["2026-03-01 start sertraline 50 mg daily"]);
    assert_eq!(
        lines(&bundle(&[order("active"), given(100)])),
        ["2026-03-01 start sertraline 50 mg daily", "2026-03-05 08:00 take sertraline 100 mg"]
    );
    assert_eq!(lines(&bundle(&[order("completed"), given(50)])), ["2026-03-05 08:00 take sertraline 50 mg"]);
    assert_eq!(
        lines(&bundle(&[order("active"), statement])),
        ["2026-03-01 start sertraline 50 mg daily", "2026-03-04 change sertraline 2 x 50 mg daily"]
    );
    assert_eq!(
        lines(&bundle(&[order("active"), not_taken])),
        ["2026-03-01 start sertraline 50 mg daily", "2026-03-06 stop sertraline"]
    );
}

#[test]
fn what_was_not_taken_is_left_out_and_said() {
    for (fields, says) in [
        (r#""status": "entered-in-error""#, "a medicine was entered in error"),
        (r#""status": "cancelled""#, "a medicine is cancelled"),
        (r#""status": "draft""#, "a medicine is in the state `draft`"),
        (r#""status": "active", "doNotPerform": true"#, "an order says not to give a medicine"),
    ] {
        let reading = read(&request(&format!(r#"{fields}, "authoredOn": "2026-03-01""#)));
        assert!(reading.timeline.entries.is_empty(), "{fields}");
        assert!(said(&reading.notices).contains(says), "{fields}: {}", said(&reading.notices));
    }
    let plan = request(r#""status": "active", "authoredOn": "2026-03-01""#)
        .replace(r#""intent": "order""#, r#""intent": "plan""#);
    assert!(read(&plan).timeline.entries.is_empty());
    let stu3 = r#""status": "active", "taken": "n", "medicationCodeableConcept": {"text": "sertraline"}"#;
    assert!(read(&resource("MedicationStatement", stu3)).timeline.entries.is_empty());
}

#[test]
fn a_medicine_is_found_by_every_kind_of_reference() {
    let order = |reference: &str, more: &str| {
        resource(
            "MedicationRequest",
            &format!(
                r#""status": "active", "intent": "order", "authoredOn": "2026-03-01", "medicationReference": {reference}{more}"#
            ),
        )
    };
    let medication = r#"{"resourceType": "Medication", "id": "m", "identifier": [{"system": "urn:s", "value": "v"}],
        "ingredient": [{"itemCodeableConcept": {"coding": [{"system": "http://www.whocc.no/atc", "code": "N06AB06"}]},
        "strength": {"numerator": {"value": 50, "unit": "mg"}, "denominator": {"value": 1, "unit": "TAB"}}}]}"#;
    for reference in [
        "Medication/m",
        "http://example.org/fhir/Medication/m",
        "Medication/m/_history/2",
        "urn:uuid:7",
        "Medication?identifier=urn:s|v",
    ] {
        let order = order(
            &format!(r#"{{"reference": "{reference}"}}"#),
            r#", "dosageInstruction": [{"text": "1 tablet daily"}]"#,
        );
        let text = format!(
            r#"{{"resourceType": "Bundle", "type": "searchset", "entry": [{{"resource": {order}}}, {{"fullUrl": "urn:uuid:7", "resource": {medication}}}]}}"#
        );
        assert_eq!(lines(&text), ["2026-03-01 start sertraline 50 mg daily"], "{reference}");
    }
    let contained = medication.replace(r#""id": "m""#, r#""id": "inside""#);
    let order_inside = order(r##"{"reference": "#inside"}"##, &format!(r#", "contained": [{contained}]"#));
    assert_eq!(lines(&order_inside), ["2026-03-01 start sertraline ? daily"]);
    for (reference, line) in [
        (r#"{"reference": "Medication/gone", "display": "Zoloft 50mg"}"#, "sertraline ? daily"),
        (r#"{"identifier": {"value": "sertraline"}}"#, "sertraline ? daily"),
        (r#"{"reference": "Medication/gone"}"#, "medicine Medication/gone ? daily"),
        (r#"{"display": "Wonder drops"}"#, "Wonder ? daily"),
    ] {
        assert_eq!(lines(&order(reference, "")), [format!("2026-03-01 start {line}")], "{reference}");
    }
}

#[test]
fn codes_and_combinations_resolve() {
    let of = |concept: &str| {
        let fields = format!(
            r#""status": "active", "intent": "order", "authoredOn": "2026-03-01", "medicationCodeableConcept": {concept}"#
        );
        lines(&resource("MedicationRequest", &fields))
    };
    let coded =
        |system: &str, code: &str| format!(r#"{{"coding": [{{"system": "{system}", "code": "{code}"}}]}}"#);
    let rxnorm = "http://www.nlm.nih.gov/research/umls/rxnorm";
    assert_eq!(of(&coded(rxnorm, "36437")), ["2026-03-01 start sertraline ? daily"]);
    assert_eq!(of(&coded("http://www.whocc.no/atc", "N06AB06")), ["2026-03-01 start sertraline ? daily"]);
    assert_eq!(
        of(&coded(rxnorm, "312941")),
        ["2026-03-01 start rxnorm code 312941 ? daily"],
        "no table of product codes"
    );
    assert_eq!(of(r#"{"text": "lisinopril 10 MG Oral Tablet"}"#), ["2026-03-01 start lisinopril ? daily"]);
    assert_eq!(
        of(r#"{"text": "acetaminophen 325 MG / oxycodone hydrochloride 5 MG Oral Tablet"}"#),
        ["2026-03-01 start oxycodone ? daily", "2026-03-01 start paracetamol ? daily"]
    );
}

#[test]
fn measurements_scores_and_diagnoses_are_read() {
    let observed = |code: &str, value: &str| {
        let code = format!(r#""code": {{"coding": [{{"system": "http://loinc.org", "code": "{code}"}}]}}"#);
        resource(
            "Observation",
            &format!(r#""status": "final", {code}, "effectiveDateTime": "2026-03-17T09:30:00Z", {value}"#),
        )
    };
    let quantity =
        |value: f64, unit: &str| format!(r#""valueQuantity": {{"value": {value}, "unit": "{unit}"}}"#);
    for (text, line) in [
        (observed("8867-4", &quantity(112.0, "/min")), "vital pulse 112"),
        (observed("8310-5", &quantity(37.9, "Cel")), "vital temperature 37.9 C"),
        (observed("8310-5", &quantity(104.0, "")), "note temperature 104"),
        (observed("2708-6", &quantity(97.0, "%")), "vital spo2 97"),
        (observed("2951-2", &quantity(128.0, "mmol/L")), "lab sodium 128 mmol/L"),
        (observed("44261-6", &quantity(11.0, "{score}")), "score PHQ-9 total 11"),
        (observed("70274-6", r#""valueInteger": 7"#), "score GAD-7 total 7"),
        (
            observed("44260-8", r#""valueCodeableConcept": {"coding": [{"code": "LA6570-1"}]}"#),
            "score PHQ-9 - - - - - - - - 2",
        ),
    ] {
        assert_eq!(lines(&text), [format!("2026-03-17 09:30 {line}")], "{text}");
    }
    let halves =
        bundle(&[observed("8480-6", &quantity(150.0, "mmHg")), observed("8462-4", &quantity(95.0, "mmHg"))]);
    assert_eq!(lines(&halves), ["2026-03-17 09:30 vital bp 150/95"]);
    let size = read(&bundle(&[
        observed("29463-7", &quantity(62.0, "kg")),
        observed("8302-2", &quantity(165.0, "cm")),
    ]));
    assert_eq!(
        (size.timeline.person.weight.map(|w| w.as_kg()), size.timeline.person.height.map(|h| h.as_cm())),
        (Some(62.0), Some(165.0))
    );
    let condition =
        |fields: &str| lines(&resource("Condition", &format!(r#"{fields}, "onsetDateTime": "2026-03-01""#)));
    assert_eq!(
        condition(r#""code": {"text": "Bipolar disorder (disorder)"}"#),
        ["2026-03-01.. condition Bipolar disorder"]
    );
    assert_eq!(
        condition(r#""code": {"text": "Infection"}, "verificationStatus": {"text": "refuted"}"#),
        ["2026-03-01 condition no Infection"]
    );
    assert_eq!(condition(r#""code": {"text": "Gout"}"#), ["2026-03-01 note Gout"]);
    assert_eq!(condition(r#""code": {"text": "Gout"}, "clinicalStatus": "resolved""#), [""; 0]);
    assert_eq!(
        condition(
            r#""code": {"coding": [{"system": "http://hl7.org/fhir/sid/icd-10-cm", "code": "T14.91XA"}]}"#
        ),
        ["2026-03-01 note suicide attempt"]
    );
}

#[test]
fn a_questionnaire_is_read_by_its_codes() {
    let codes =
        ["44250-9", "44255-8", "44259-0", "44254-1", "44251-7", "44258-2", "44252-5", "44253-3", "44260-8"];
    let item = |(index, code): (usize, &&str)| {
        let answer = ["LA6568-5", "LA6569-3", "LA6570-1", "LA6571-9"][index % 4];
        format!(r#"{{"linkId": "/{code}", "answer": [{{"valueCoding": {{"code": "{answer}"}}}}]}}"#)
    };
    let items: Vec<String> = codes.iter().enumerate().map(item).collect();
    let text = resource(
        "QuestionnaireResponse",
        &format!(
            r#""status": "completed", "authored": "2026-03-17", "item": [{{"linkId": "all", "item": [{}]}}]"#,
            items.join(",")
        ),
    );
    assert_eq!(lines(&text), ["2026-03-17 score PHQ-9 0 1 2 3 0 1 2 3 0"]);
}

#[test]
fn a_diary_and_a_record_give_the_same_answer() {
    let record = read(include_str!("fixtures/toxicity.json"));
    let (written, _) = diary::read(include_bytes!("fixtures/toxicity.raphe"));
    let as_of: Timestamp = "2026-03-17T10:00:00Z".parse().unwrap();
    let question =
        Question { as_of, horizon: TimeSpan::days(14.0), population: Population { seed: 1, people: 50 } };
    let judged = |timeline| assess::assess(timeline, &KNOWLEDGE, &question);
    let (one, other) = (judged(&record.timeline), judged(&written));
    assert_eq!(record.timeline.person, written.person);
    assert_eq!(one.balance, other.balance);
    assert_eq!(one.urgency, other.urgency);
    let verdicts = |assessment: &assess::Assessment| -> Vec<(String, Truth)> {
        assessment.criteria.iter().map(|result| (result.id.clone(), result.verdict)).collect()
    };
    assert_eq!(verdicts(&one), verdicts(&other));
    assert_eq!(verdicts(&one)[0], ("hunter".to_owned(), Truth::True));
    let findings = |assessment: &assess::Assessment| -> Vec<String> {
        assessment.findings.iter().map(|finding| finding.id.clone()).collect()
    };
    assert_eq!(findings(&one), findings(&other));
    assert_eq!(one.remaining, other.remaining);
    let because: Vec<&Origin> = one.findings.iter().flat_map(|finding| &finding.because).collect();
    assert!(because.contains(&&Origin::Fhir("MedicationRequest/m1".to_owned())), "{because:?}");
}

#[test]
fn an_exposure_that_a_record_does_not_show_is_unknown() {
    let seen = resource(
        "Observation",
        r#""status": "final", "code": {"text": "Spontaneous clonus"}, "effectiveDateTime": "2026-03-17T09:30:00Z", "valueBoolean": true, "performer": [{"reference": "Practitioner/d"}]"#,
    );
    let record = read(&seen).timeline;
    let question = Question {
        as_of: record.end().unwrap(),
        horizon: TimeSpan::days(14.0),
        population: Population { seed: 1, people: 1 },
    };
    let hunter = |timeline| assess::assess(timeline, &KNOWLEDGE, &question).criteria[0].verdict;
    assert_eq!(hunter(&record), Truth::Unknown);
    let complete = raphe::timeline::Timeline { complete: true, ..record.clone() };
    assert_eq!(hunter(&complete), Truth::False);
}

#[test]
fn broken_files_are_errors_with_help_or_notices_with_their_place() {
    let failure = |text: &[u8]| raphe_fhir::read(text, &KNOWLEDGE).map(|_| ()).unwrap_err();
    let whole = include_str!("fixtures/toxicity.json");
    assert!(matches!(failure(&whole.as_bytes()[..whole.len() / 2]), Error::Json { .. }));
    assert!(matches!(failure(b""), Error::Empty));
    assert!(matches!(failure(b" \n "), Error::Empty));
    assert!(matches!(failure(b"[1, 2]"), Error::NotFhir { .. }));
    assert!(matches!(failure(b"{\"a\": 1}"), Error::NotFhir { .. }));
    assert!(matches!(failure(b"{\"resourceType\": \"Bundle\xff\"}"), Error::Encoding { at: 24 }));
    assert!(failure(b"{\"resourceType\": ").to_string().contains("line 1 column"));
    let with_mark = [b"\xef\xbb\xbf", whole.as_bytes()].concat();
    assert_eq!(
        raphe_fhir::read(&with_mark, &KNOWLEDGE).unwrap().timeline.entries.len(),
        read(whole).timeline.entries.len()
    );
    // A wrong type costs its field.
    let wrong = request(r#""status": "active", "authoredOn": {"year": 2026}, "note": 7"#);
    let reading = read(&bundle(&[wrong]));
    let notices = said(&reading.notices);
    assert_eq!(reading.timeline.entries.len(), 1);
    assert!(notices.contains("`MedicationRequest.authoredOn`"), "{notices}");
    assert!(notices.contains("first at Bundle.entry[0].resource"), "{notices}");
    assert_eq!(reading.notices[0].weight, Weight::Error);
    // A type that is not read is not looked into.
    let broken = r#"{"resourceType": "Claim", "total": {"value": []}}"#.to_owned();
    assert!(said(&read(&bundle(&[broken])).notices).contains("`Claim` (Bundle.entry[0].resource)"));
}

#[test]
fn a_thousand_equal_notices_are_one() {
    let orders: Vec<String> =
        (0..1000).map(|_| request(r#""status": "active", "authoredOn": "2026-03-01""#)).collect();
    let reading = read(&bundle(&orders));
    assert_eq!(reading.timeline.entries.len(), 1);
    assert_eq!(
        said(&reading.notices),
        "no dosage is written: `sertraline` (1000 times, first at Bundle.entry[0].resource)\n"
    );
}

#[test]
fn several_people_are_listed_and_can_be_read_one_by_one() {
    let two = bundle(&["a", "b"].map(|id| {
        request(r#""status": "active", "authoredOn": "2026-03-01""#)
            .replace("Patient/p", &format!("Patient/{id}"))
    }));
    let record = Record::open(two.as_bytes()).unwrap();
    let Err(Error::Several { patients }) = record.person(&KNOWLEDGE) else {
        panic!("two people are not one")
    };
    assert_eq!(patients, ["Patient/a", "Patient/b"]);
    assert_eq!(record.patient("Patient/b", &KNOWLEDGE).timeline.entries.len(), 1);
    assert!(record.patient("Patient/z", &KNOWLEDGE).timeline.entries.is_empty());
    // What names nobody belongs to the only one who is named.
    let nobody = request(r#""status": "active", "authoredOn": "2026-03-01""#).replace("Patient/p", "");
    let named = resource("Condition", r#""code": {"text": "Gout"}, "onsetDateTime": "2026-03-01""#);
    assert_eq!(read(&bundle(&[nobody, named])).timeline.entries.len(), 2);
}

#[test]
fn lines_are_read_person_by_person() {
    let order = |id: &str| {
        request(r#""status": "active", "authoredOn": "2026-03-01""#)
            .replace("Patient/p", &format!("Patient/{id}"))
            .replace('\n', " ")
    };
    let medication = r#"{"resourceType": "Medication", "id": "m", "code": {"text": "sertraline"}}"#;
    let pointing = resource("MedicationRequest", r#""status": "active", "intent": "order", "authoredOn": "2026-03-01", "medicationReference": {"reference": "Medication/m"}"#).replace("Patient/p", "Patient/b");
    let text = format!(
        "{medication}\r\n\n{}\n{}\n{pointing}\n{{\"resourceType\": \"Medic\n{}\n",
        order("a"),
        order("a"),
        order("a")
    );
    let people: Vec<Reading> = Lines::new(text.as_bytes(), &KNOWLEDGE).map(Result::unwrap).collect();
    let names: Vec<Option<&str>> = people.iter().map(|person| person.patient.as_deref()).collect();
    assert_eq!(names, [Some("Patient/a"), Some("Patient/b"), Some("Patient/a")]);
    assert_eq!(people[1].timeline.entries.len(), 1);
    assert!(said(&people[1].notices).contains("(line 6)"), "{}", said(&people[1].notices));
    assert!(said(&people[2].notices).starts_with("the lines of Patient/a do not stand together"));
    // Read whole, the same lines are two people.
    let record = Record::open(text.as_bytes()).unwrap();
    assert!(record.is_lines());
    assert_eq!(record.patients().collect::<Vec<_>>(), ["Patient/a", "Patient/b"]);
}

#[test]
fn a_record_becomes_a_diary_that_reads_back() {
    let record = read(include_str!("fixtures/toxicity.json")).timeline;
    let zone = record.zone();
    let mut text = diary::profile_line(&record.person, record.complete).unwrap();
    record.entries.iter().for_each(|entry| text.push_str(&format!("\n{}", diary::line(entry, &zone))));
    let (again, notices) = diary::read(text.as_bytes());
    assert!(notices.iter().all(|notice| notice.weight < Weight::Error), "{notices:?}");
    assert!(!again.complete && again.person == record.person);
    assert_eq!(again.entries.len(), record.entries.len());
    for (one, other) in again.entries.iter().zip(&record.entries) {
        assert_eq!(one.when, other.when, "{text}");
    }
}

#[test]
fn what_is_passed_over_ends_where_it_should() {
    let error = |text: &str| match Record::open(text.as_bytes()) {
        Err(error) => error.to_string(),
        Ok(record) => said(&record.person(&KNOWLEDGE).unwrap().notices),
    };
    let bill = r#"{"resourceType": "ExplanationOfBenefit", "item": [{"text": "]}\""}]}"#;
    let order =
        r#"{"resourceType": "MedicationRequest", "medicationCodeableConcept": {"text": "Sertraline"}}"#;
    // A type that is not read, cut off or with another resource behind it.
    let cut = format!("{bill}\n{}\n", &bill[..bill.len() - 3]);
    assert!(error(&cut).contains("a line is not whole JSON, EOF"), "{}", error(&cut));
    for rest in ["{", order] {
        let text = format!("{bill}\n{bill}{rest}}}\n").replace("}}\n", "}\n");
        let says = error(&text);
        assert!(says.contains("cannot be read") || says.contains("not whole JSON"), "{text}: {says}");
        assert!(says.contains("(line 2)"), "{says}");
    }
    // Two Bundles, one behind the other.
    let bundle =
        format!(r#"{{"resourceType": "Bundle", "type": "collection", "entry": [{{"resource": {order}}}]}}"#);
    assert!(error(&format!("{bundle}{bundle}")).contains("trailing characters"));
    // An observation that is read only in part.
    let broken = bundle.replace(order, r#"{"resourceType": "Observation", "code": {"text" "Tremor"}}"#);
    assert!(
        error(&broken).contains("a resource cannot be read, expected `:`: `Observation`"),
        "{}",
        error(&broken)
    );
}

#[test]
fn the_type_may_be_named_last() {
    let order = r#"{"id": "1", "medicationCodeableConcept": {"text": "Sertraline"}, "resourceType": "MedicationRequest"}"#;
    let pulse = r#"{"code": {"coding": [{"system": "http://loinc.org", "code": "8867-4"}]}, "effectiveDateTime": "2026-03-01",
        "valueQuantity": {"value": 80, "unit": "/min"}, "resourceType": "Observation"}"#;
    let bundle = format!(
        r#"{{"entry": [{{"resource": {order}}}, {{"resource": {pulse}}}], "resourceType": "Bundle", "type": "collection"}}"#
    );
    assert_eq!(read(&bundle).timeline.entries.len(), 2);
    let lines = format!("{order}\n{}\n", pulse.replace('\n', " "));
    assert_eq!(read(&lines).timeline.entries.len(), 2);
}
