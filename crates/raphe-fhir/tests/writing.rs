//! What is written keeps to R4, and what is read back is what was written.
//!
//! The diaries are those of `cases/` and `examples/`, each with the moments it is asked about there. The structure is held
//! against HL7's own schema (`r4/`), the rules that a schema cannot say against [`Rules`].

use jsonschema::Validator;
use raphe::{
    TimeZone, Timestamp,
    assess::{self, Assessment, Question},
    exposure::intake,
    knowledge::{Knowledge, schema::Urgency},
    population::Population,
    report::{self, Voice},
    timeline::{Timeline, diary},
    units::{Mass, TimeSpan},
};
use raphe_fhir::write::{self, Subject};
use serde_json::Value;
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
    sync::LazyLock,
};

static KNOWLEDGE: LazyLock<Knowledge> = LazyLock::new(Knowledge::bundled);

static SCHEMA: LazyLock<Validator> = LazyLock::new(|| {
    let schema: Value = serde_json::from_str(include_str!("r4/r4.schema.json")).expect("the schema is JSON");
    jsonschema::validator_for(&schema).expect("the schema is a schema")
});

/// A diary with the moments it is asked about.
struct Asked {
    name: String,
    timeline: Timeline,
    moments: Vec<Timestamp>,
}

static DIARIES: LazyLock<Vec<Asked>> = LazyLock::new(|| {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut files = Vec::new();
    collect(&root.join("cases"), "md", &mut files);
    let mut all: Vec<Asked> = files.iter().flat_map(|path| cases(path)).collect();
    let mut examples = Vec::new();
    collect(&root.join("examples"), "raphe", &mut examples);
    for path in examples {
        let (timeline, _) = diary::read(&fs::read(&path).expect("an example can be read"));
        let moments = timeline.end().into_iter().collect();
        all.push(Asked { name: path.display().to_string(), timeline, moments });
    }
    assert!(all.len() > 100, "only {} diaries were found", all.len());
    all
});

fn collect(folder: &Path, extension: &str, into: &mut Vec<PathBuf>) {
    let mut paths: Vec<PathBuf> =
        fs::read_dir(folder).expect("a folder can be read").flatten().map(|entry| entry.path()).collect();
    paths.sort();
    for path in paths {
        match path.is_dir() {
            true => collect(&path, extension, into),
            false if path.extension().is_some_and(|found| found == extension) => into.push(path),
            false => {}
        }
    }
}

fn cases(path: &Path) -> Vec<Asked> {
    let text = fs::read_to_string(path).expect("a case can be read");
    let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let mut all: Vec<Asked> = Vec::new();
    for fence in text.split("\n```") {
        let (info, body) = fence.split_once('\n').unwrap_or((fence, ""));
        if info == "diary" {
            let (timeline, _) = diary::read(body.as_bytes());
            all.push(Asked { name: format!("{name} {}", all.len() + 1), timeline, moments: Vec::new() });
        } else if let (Some(at), Some(asked)) = (info.strip_prefix("expect as_of="), all.last_mut()) {
            let zone = asked.timeline.person.zone.clone().unwrap_or(TimeZone::UTC);
            asked.moments.extend(moment(at.split(' ').next().unwrap_or(at), &zone));
        }
    }
    all.retain(|asked| !asked.moments.is_empty());
    all
}

fn moment(text: &str, zone: &TimeZone) -> Option<Timestamp> {
    text.parse().ok().or_else(|| {
        let civil: jiff::civil::DateTime = text.parse().ok()?;
        civil.to_zoned(zone.clone()).ok().map(|zoned| zoned.timestamp())
    })
}

fn question(as_of: Timestamp) -> Question {
    Question { as_of, horizon: TimeSpan::days(14.0), population: Population { seed: 1, people: 4 } }
}

fn assessed(timeline: &Timeline, as_of: Timestamp) -> Assessment {
    assess::assess(timeline, &KNOWLEDGE, &question(as_of))
}

fn bundle_of(timeline: &Timeline, as_of: Timestamp) -> String {
    let assessment = assessed(timeline, as_of);
    let report = report::report(&assessment, &KNOWLEDGE, Voice::Clinician, None);
    write::assessment(&assessment, &report, &Subject { timeline, patient: None, record: false }, &KNOWLEDGE)
}

fn again(bundle: &str) -> Timeline {
    raphe_fhir::read(bundle.as_bytes(), &KNOWLEDGE)
        .unwrap_or_else(|error| panic!("{error}: {bundle}"))
        .timeline
}

/// What R4 demands and its JSON schema does not say.
#[derive(Default)]
struct Rules {
    broken: Vec<String>,
}

/// Elements that must be there, by resource: [`http://hl7.org/fhir/R4/resourcelist.html`].
const REQUIRED: &[(&str, &[&str])] = &[
    ("Condition", &["subject"]),
    ("DetectedIssue", &["status"]),
    ("MedicationAdministration", &["status", "subject", "medicationCodeableConcept"]),
    ("MedicationStatement", &["status", "subject", "medicationCodeableConcept"]),
    ("Observation", &["status", "code"]),
    ("OperationOutcome", &["issue"]),
    ("Provenance", &["target", "recorded", "agent"]),
    ("QuestionnaireResponse", &["status"]),
    ("RiskAssessment", &["status", "subject"]),
];

/// Codes of required bindings that are written.
const BOUND: &[(&str, &str, &[&str])] = &[
    ("MedicationStatement", "status", &["active", "completed", "not-taken"]),
    ("MedicationAdministration", "status", &["completed", "not-done"]),
    ("Observation", "status", &["final", "preliminary"]),
    ("DetectedIssue", "status", &["preliminary"]),
    ("DetectedIssue", "severity", &["high", "moderate", "low"]),
    ("RiskAssessment", "status", &["preliminary"]),
    ("QuestionnaireResponse", "status", &["completed"]),
    ("Device", "status", &["active"]),
    ("Patient", "gender", &["female", "male"]),
];

impl Rules {
    fn of(bundle: &Value) -> Vec<String> {
        let mut rules = Self::default();
        let entries = bundle["entry"].as_array().map_or(&[][..], Vec::as_slice);
        let addresses: BTreeSet<&str> =
            entries.iter().filter_map(|entry| entry["fullUrl"].as_str()).collect();
        rules.must(bundle["type"] == "collection", "the type of the Bundle");
        rules.must(addresses.len() == entries.len(), "every entry has an address of its own");
        for entry in entries {
            let resource = &entry["resource"];
            let id = resource["id"].as_str().unwrap_or_default();
            rules.must(entry["fullUrl"] == format!("urn:uuid:{id}"), "the address is made of the id");
            rules.resource(resource);
            rules.value(resource, &addresses);
        }
        rules.broken
    }

    fn must(&mut self, holds: bool, what: &str) {
        if !holds {
            self.broken.push(what.to_owned());
        }
    }

    fn resource(&mut self, one: &Value) {
        let kind = one["resourceType"].as_str().unwrap_or_default();
        for field in REQUIRED.iter().filter(|(known, _)| *known == kind).flat_map(|(_, fields)| *fields) {
            self.must(!one[field].is_null(), &format!("{kind}.{field} is missing: {one}"));
        }
        for (_, field, codes) in BOUND.iter().filter(|(known, ..)| *known == kind) {
            let code = one[field].as_str();
            self.must(code.is_none_or(|code| codes.contains(&code)), &format!("{kind}.{field} is {code:?}"));
        }
        let has = |field: &str| !one[field].is_null();
        let values =
            one.as_object().into_iter().flatten().filter(|(name, _)| name.starts_with("value")).count();
        match kind {
            "Observation" => {
                self.must(values <= 1, "an observation has one value");
                self.must(!(values == 1 && has("dataAbsentReason")), "obs-6: a value or why there is none");
                let parts = one["component"].as_array().map_or(0, Vec::len);
                self.must(values + parts > 0 || has("dataAbsentReason"), "an observation says something");
                self.must(!(has("effectiveDateTime") && has("effectivePeriod")), "one effective time");
            }
            "MedicationAdministration" => {
                let dosage = &one["dosage"];
                let given = !dosage["dose"].is_null() || !dosage["rateQuantity"].is_null();
                self.must(dosage.is_null() || given, "mad-1: a dose or a rate");
                self.must(
                    has("effectiveDateTime") != has("effectivePeriod"),
                    "effective[x] is one and required",
                );
            }
            "MedicationStatement" => {
                self.must(!(has("effectiveDateTime") && has("effectivePeriod")), "one effective time");
            }
            "Condition" => {
                let over = one["clinicalStatus"]["coding"][0]["code"] == "resolved";
                self.must(!has("abatementDateTime") || over, "con-4: what is abated is over");
            }
            "RiskAssessment" => {
                for prediction in one["prediction"].as_array().into_iter().flatten() {
                    self.must(!prediction["outcome"].is_null(), "a prediction has an outcome");
                }
            }
            _ => {}
        }
    }

    /// Nothing is empty, every reference leads somewhere.
    fn value(&mut self, value: &Value, addresses: &BTreeSet<&str>) {
        match value {
            Value::Object(fields) => {
                self.must(!fields.is_empty(), "an element is empty");
                if let Some(Value::String(reference)) = fields.get("reference") {
                    let inside = addresses.contains(reference.as_str());
                    let outside = reference.starts_with("https://") || reference.starts_with("http://");
                    let record = reference.split('/').count() == 2;
                    self.must(inside || outside || record, &format!("{reference} leads nowhere"));
                }
                if let Some(repeat) = fields.get("repeat") {
                    let has = |field: &str| !repeat[field].is_null();
                    self.must(!has("period") || has("periodUnit"), "tim-2: a period has a unit");
                    self.must(!has("duration") || has("durationUnit"), "tim-1: a duration has a unit");
                    self.must(!(has("timeOfDay") && has("when")), "tim-10: times or events of the day");
                }
                fields.values().for_each(|inner| self.value(inner, addresses));
            }
            Value::Array(items) => {
                self.must(!items.is_empty(), "a list is empty");
                items.iter().for_each(|inner| self.value(inner, addresses));
            }
            Value::String(text) => self.must(!text.trim().is_empty(), "a text is empty"),
            Value::Null => self.must(false, "a null"),
            Value::Bool(_) | Value::Number(_) => {}
        }
    }
}

fn is_r4(bundle: &str, name: &str) {
    assert_eq!(bundle.trim_end().lines().count(), 1, "{name}: one Bundle, one line");
    let value: Value = serde_json::from_str(bundle).unwrap_or_else(|error| panic!("{name}: {error}"));
    if !SCHEMA.is_valid(&value) {
        // One entry at a time, as the message of a whole Bundle helps nobody.
        for entry in value["entry"].as_array().into_iter().flatten() {
            let alone = serde_json::json!({"resourceType": "Bundle", "type": "collection", "entry": [entry]});
            assert!(SCHEMA.is_valid(&alone), "{name}: not of the schema: {entry}");
        }
        panic!("{name}: the Bundle itself is not of the schema");
    }
    assert_eq!(Rules::of(&value), Vec::<String>::new(), "{name}");
}

#[test]
fn every_diary_is_written_as_r4() {
    for asked in DIARIES.iter() {
        let bundle = write::diary(&asked.timeline, &KNOWLEDGE).bundle;
        is_r4(&bundle, &asked.name);
        assert_eq!(
            bundle,
            write::diary(&asked.timeline, &KNOWLEDGE).bundle,
            "the same diary is the same bytes"
        );
    }
}

#[test]
fn odd_lines_are_written_as_r4() {
    let lines = [
        "0001-01-01 start sertraline 50 mg daily",
        "9998-12-31 start sertraline 50 mg daily",
        "9998-12-31..9998-12-31 start sertraline 50 mg daily",
        "1850-03-01 10:00 take sertraline 50 mg",
        "2026-03-29 01:30 take sertraline 50 mg",
        "2026-03-01 start sertraline 50 mg daily\n2026-03-01 stop sertraline",
        "2026-03-01 start sertraline 50 mg daily\n2026-03-01 change sertraline 100 mg daily",
        "2026-03-02 stop sertraline\n2026-03-03 stop sertraline",
        "2026-03-01 10:00 start sertraline 50 mg daily\n2026-03-01 11:00 stop sertraline",
        "2026-03-01..2026-03-05 take sertraline 50 mg",
        "2026-03-01 take sertraline 0 mg",
        "2026-03-01 take sertraline 0.000001 mg",
        "2026-03-01 take sertraline 99999999999999999999 mg",
        "2026-03-01 take sertraline 100000 x 0.3 mg",
        "2026-03-01 take sertraline ? iv over 30 min",
        "2026-03-01 take sertraline 5 mL im over 2 h",
        "2026-03-01 start sertraline 50 mg every 36 h smoked",
        "2026-03-01 start sertraline 20 mg/h iv over 3 h every 8 h",
        "2026-03-01 start sertraline 50 mg as needed up to 4 a day",
        "2026-03-01 start \u{1}\"<b>\\ 50 mg daily ; \u{7} \u{202e}",
        "2026-03-01 miss",
        "2026-03-01 note",
        "2026-03-01 sign",
        "2026-03-01 sign no , no no",
        "2026-03-01 feel tremor 11/10, 0/10",
        "2026-03-01 vital temperature 104, pulse, bp 150, spo2 900",
        "2026-03-01 lab sodium 128, x 3 furlongs",
        "2026-03-01 score PHQ-9 9 9 9 9 9 9 9 9 9 9 9",
        "2026-03-01 score PHQ-9 1 2 3 total 6",
        "2026-03-01 score",
        "2026-03-01.. condition bipolar, infection excluded",
        "2026-03-01 course",
        "had a fit",
        "99:99 had a fit",
        "\u{feff}profile born 2026-07-02 zone Nowhere/Land weight 0 kg",
        "",
    ];
    let zones = [
        "",
        "profile zone Asia/Kathmandu\n",
        "profile zone Pacific/Kiritimati\n",
        "profile born 1971-05 pregnant smoker\n",
    ];
    for (place, line) in lines.iter().enumerate() {
        let (timeline, _) = diary::read(format!("{}{line}\n", zones[place % zones.len()]).as_bytes());
        is_r4(&write::diary(&timeline, &KNOWLEDGE).bundle, line);
        let as_of = "2026-04-01T00:00:00Z".parse().expect("a moment");
        is_r4(&bundle_of(&timeline, as_of), line);
        again(&write::diary(&timeline, &KNOWLEDGE).bundle);
    }
}

#[test]
fn every_assessment_is_written_as_r4() {
    for asked in DIARIES.iter() {
        let bundle = bundle_of(&asked.timeline, asked.moments[0]);
        is_r4(&bundle, &asked.name);
        let value: Value = serde_json::from_str(&bundle).expect("JSON");
        let count = |kind: &str| {
            let entries = value["entry"].as_array().into_iter().flatten();
            entries.filter(|entry| entry["resource"]["resourceType"] == kind).count()
        };
        let assessment = assessed(&asked.timeline, asked.moments[0]);
        assert_eq!(count("RiskAssessment"), 1, "{}", asked.name);
        assert_eq!(count("DetectedIssue"), assessment.findings.len(), "{}", asked.name);
        assert_eq!((count("Device"), count("Provenance"), count("Patient")), (1, 1, 1), "{}", asked.name);
    }
}

#[test]
fn the_schema_and_the_rules_find_what_is_wrong() {
    let (timeline, _) = diary::read(b"2026-03-01 start sertraline 50 mg daily\n2026-03-02 sign tremor\n");
    let good: Value = serde_json::from_str(&write::diary(&timeline, &KNOWLEDGE).bundle).expect("JSON");
    let changed = |change: fn(&mut Value)| {
        let mut bundle = good.clone();
        let entries = bundle["entry"].as_array_mut().expect("entries");
        entries.iter_mut().for_each(|entry| change(&mut entry["resource"]));
        bundle
    };
    assert!(SCHEMA.is_valid(&good) && Rules::of(&good).is_empty());
    assert!(!SCHEMA.is_valid(&changed(|one| one["colour"] = "red".into())));
    assert!(!SCHEMA.is_valid(&changed(|one| one["status"] = 7.into())));
    assert!(!Rules::of(&changed(|one| one["status"] = "cancelled".into())).is_empty());
    assert!(
        !Rules::of(&changed(|one| one["subject"] = serde_json::json!({"reference": "urn:uuid:none"})))
            .is_empty()
    );
    assert!(!Rules::of(&changed(|one| one["note"] = serde_json::json!([]))).is_empty());
    assert!(!Rules::of(&changed(|one| drop(one.as_object_mut().map(|one| one.remove("code"))))).is_empty());
}

/// Doses of each substance: when, how much, how.
fn doses(timeline: &Timeline, as_of: Timestamp) -> BTreeMap<String, Vec<String>> {
    let (timeline, _) = KNOWLEDGE.resolve(timeline);
    let (uses, _) = intake::uses(&timeline, &KNOWLEDGE, as_of);
    let mg = |mass: Mass| (mass.as_mg() * 1e6).round() / 1e6;
    uses.into_iter()
        .map(|one| {
            let told = one.intakes.iter().map(|dose| {
                format!(
                    "{} {} {:?} {} {} {:?} {:?} {:?}",
                    dose.from,
                    dose.to,
                    dose.mass.map(|(low, high)| (mg(low), mg(high))),
                    dose.known,
                    dose.route.word(),
                    dose.over.map(|over| (over.as_hours() * 1e6).round() / 1e6),
                    dose.form,
                    dose.overdose,
                )
            });
            let mut told: Vec<String> = told.collect();
            told.sort();
            (one.substance.clone(), told)
        })
        .collect()
}

#[test]
fn what_is_read_back_was_taken_in_the_same_doses() {
    let mut lost = Vec::new();
    for asked in DIARIES.iter() {
        let back = again(&write::diary(&asked.timeline, &KNOWLEDGE).bundle);
        for as_of in &asked.moments {
            let (before, after) = (doses(&asked.timeline, *as_of), doses(&back, *as_of));
            if before != after {
                let apart =
                    |a: &BTreeMap<String, Vec<String>>, b: &BTreeMap<String, Vec<String>>| -> Vec<String> {
                        let missing =
                            |id: &String, dose: &String| b.get(id).is_none_or(|all| !all.contains(dose));
                        let all = a.iter().flat_map(|(id, doses)| doses.iter().map(move |dose| (id, dose)));
                        all.filter(|(id, dose)| missing(id, dose))
                            .map(|(id, dose)| format!("{id} {dose}"))
                            .take(3)
                            .collect()
                    };
                lost.push(format!(
                    "{} at {as_of}\n  only before {:#?}\n  only after {:#?}",
                    asked.name,
                    apart(&before, &after),
                    apart(&after, &before)
                ));
            }
        }
    }
    assert!(lost.is_empty(), "{} of {}\n{}", lost.len(), DIARIES.len(), lost.join("\n"));
}

/// A record is never taken for the whole list of medicines, so it is held against a diary that is none either.
#[test]
fn what_is_read_back_is_as_urgent() {
    let mut apart = Vec::new();
    let mut emergencies = 0;
    for asked in DIARIES.iter() {
        let back = again(&write::diary(&asked.timeline, &KNOWLEDGE).bundle);
        for as_of in &asked.moments {
            let part = asked.timeline.clone().incomplete();
            let (before, after) = (assessed(&part, *as_of), assessed(&back, *as_of));
            emergencies += usize::from(before.urgency == Urgency::Emergency);
            let told = |one: &Assessment| (one.urgency, one.suicide_path, one.balance.verdict);
            if told(&before) != told(&after) {
                apart.push(format!(
                    "{} at {as_of}: {:?} became {:?}",
                    asked.name,
                    told(&before),
                    told(&after)
                ));
            }
        }
    }
    assert!(emergencies > 30, "only {emergencies} emergencies were among the diaries");
    assert!(apart.is_empty(), "{} of {}\n{}", apart.len(), DIARIES.len(), apart.join("\n"));
}

#[test]
fn an_answer_is_never_read_as_something_seen() {
    for asked in DIARIES.iter().take(40) {
        let written = write::diary(&asked.timeline, &KNOWLEDGE).bundle;
        let with_answer = bundle_of(&asked.timeline, asked.moments[0]);
        let lines = |bundle: &str| -> Vec<String> {
            let timeline = again(bundle);
            let zone = timeline.zone();
            let mut lines: Vec<String> =
                timeline.entries.iter().map(|entry| diary::line(entry, &zone)).collect();
            lines.sort();
            lines
        };
        assert_eq!(lines(&written), lines(&with_answer), "{}", asked.name);
    }
}
