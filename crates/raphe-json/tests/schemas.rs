//! The published schemas are those of the wire types, and real output keeps to them.
//!
//! `UPDATE_SCHEMAS=1 cargo test -p raphe-json` writes `schemas/` anew. What is validated is the answer to every diary and
//! every question in `cases/`, not an example made for the purpose.

use jsonschema::Validator;
use raphe::{
    TimeZone, Timestamp,
    assess::{self, Question},
    check,
    exam::{self, Answered, Reply},
    exposure::simulation,
    knowledge::Knowledge,
    plan::{self, Ask},
    population::Population,
    report::Voice,
    timeline::diary,
    units::TimeSpan,
    whatif,
};
use serde_json::Value;
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
    sync::LazyLock,
};

static KNOWLEDGE: LazyLock<Knowledge> = LazyLock::new(Knowledge::bundled);

/// One result as it is printed, and what it answers.
struct Output {
    of: String,
    line: String,
}

impl Output {
    fn new(of: &str, result: &impl serde::Serialize) -> Self {
        Self { of: of.to_owned(), line: serde_json::to_string(result).expect("every result can be printed") }
    }

    fn value(&self) -> Value {
        serde_json::from_str(&self.line).expect("what was printed can be read")
    }

    /// `assessment`, `check` or `lint`.
    fn kind(&self) -> String {
        let schema = self.value()["schema"].as_str().expect("every result names its schema").to_owned();
        schema.trim_start_matches("raphe.").trim_end_matches("/1").to_owned()
    }
}

/// The answer to every diary and every question in `cases/`.
static OUTPUTS: LazyLock<Vec<Output>> = LazyLock::new(|| {
    let mut files = Vec::new();
    collect(&root().join("cases"), &mut files);
    let mut outputs: Vec<Output> = files.iter().flat_map(|path| answers(path)).collect();
    outputs.extend(
        [
            "helping-sertraline.raphe sertraline",
            "helping-light.raphe light",
            "helping-too-soon.raphe exercise",
        ]
        .map(helped),
    );
    outputs.extend(planned().into_iter().chain(compared()));
    let asked = (Timestamp::UNIX_EPOCH, &TimeZone::UTC);
    outputs.extend(
        KNOWLEDGE
            .base()
            .questionnaires
            .iter()
            .map(|form| Output::new(&form.id, &raphe_json::Questionnaire::new(form, &KNOWLEDGE, asked))),
    );
    outputs.push(Output::new("substances", &raphe_json::Substances::new(&KNOWLEDGE, asked)));
    assert!(outputs.len() > 100, "only {} results were made from the cases", outputs.len());
    outputs
});

/// Plans of every kind: with and without a diary, refused, of far too much, and in danger.
fn planned() -> Vec<Output> {
    let diaries = [
        "",
        "2026-01-01 start fluoxetine 40 mg daily\n2026-01-01 start linezolid 600 mg every 12 h",
        "2026-01-01 start fluoxetine 40 mg daily\n2026-02-20 note I want to kill myself",
    ];
    let asks = [
        Ask::Switch { from: "fluoxetine".to_owned(), to: "phenelzine".to_owned() },
        Ask::Switch { from: "fluoxetine".to_owned(), to: "mirtazapine".to_owned() },
        Ask::Switch { from: "fluoxetine:9 g".to_owned(), to: "sertraline".to_owned() },
        Ask::Stop { from: "fluoxetine".to_owned() },
    ];
    let as_of: Timestamp = "2026-03-01T10:00:00Z".parse().expect("a moment");
    let of = |text: &str, ask: &Ask| {
        let timeline = (!text.is_empty()).then(|| diary::read(text.as_bytes()).0);
        let plan = plan::plan(ask, timeline.as_ref(), &KNOWLEDGE, &question(as_of), timeline.is_some());
        let plan = plan.unwrap_or_else(|errors| panic!("{ask:?}: {errors:?}"));
        Output::new(&format!("{ask:?}"), &raphe_json::Plan::new(&plan, &KNOWLEDGE))
    };
    diaries.iter().flat_map(|text| asks.iter().map(move |ask| of(text, ask))).collect()
}

/// Comparisons of a line that matters, one that does not, and far too much.
fn compared() -> Vec<Output> {
    let diary = "profile country GB zone Europe/London\n2026-01-01 start sertraline 100 mg daily\n";
    let as_of: Timestamp = "2026-03-01T10:00:00Z".parse().expect("a moment");
    let of = |line: &str| {
        let (before, _) = diary::read(diary.as_bytes());
        let (after, _) = diary::read(format!("{diary}{line}\n").as_bytes());
        let found = whatif::whatif(&before, &after, &[line.to_owned()], &KNOWLEDGE, &question(as_of));
        Output::new(line, &raphe_json::WhatIf::new(&found, &KNOWLEDGE))
    };
    ["2026-03-01 take tramadol 100 mg", "2026-03-01 note slept well", "2026-03-01 take tramadol 5 g"]
        .map(of)
        .into()
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn collect(folder: &Path, into: &mut Vec<PathBuf>) {
    let entries = fs::read_dir(folder).expect("the folder of cases can be read");
    let mut paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    paths.sort();
    for path in paths {
        if path.is_dir() {
            collect(&path, into);
        } else if path.extension().is_some_and(|extension| extension == "md") {
            into.push(path);
        }
    }
}

/// What the program would print for each fence of one case.
fn answers(path: &Path) -> Vec<Output> {
    let text = fs::read_to_string(path).expect("a case can be read");
    let mut outputs = Vec::new();
    for fence in
        text.split("\n```").filter(|fence| fence.starts_with("diary\n") || fence.starts_with("check "))
    {
        let (info, body) = fence.split_once('\n').unwrap_or((fence, ""));
        let of = format!("{}: {info}: {}", path.display(), body.lines().nth(1).unwrap_or_default());
        match info.strip_prefix("check ") {
            Some(asked) => outputs.extend(checked(&of, asked)),
            None => outputs.extend(assessed(&of, body)),
        }
    }
    outputs
}

fn question(as_of: Timestamp) -> Question {
    Question { as_of, horizon: TimeSpan::days(14.0), population: Population { seed: 1, people: 20 } }
}

fn assessed(of: &str, body: &str) -> Vec<Output> {
    let (timeline, notices) = diary::read(body.as_bytes());
    let as_of = timeline.end().unwrap_or(Timestamp::UNIX_EPOCH);
    let assessment = assess::assess(&timeline, &KNOWLEDGE, &question(as_of));
    let zone = timeline.zone();
    let (resolved, _) = KNOWLEDGE.resolve(&timeline);
    let span = simulation::Span { from: None, to: as_of, step: TimeSpan::days(5.0) };
    let people = Population { seed: 1, people: 8 };
    let course = simulation::simulate(&resolved, &KNOWLEDGE, people, span);
    let helping = raphe::helping::helping(&timeline, &KNOWLEDGE, "sertraline", as_of);
    vec![
        Output::new(of, &raphe_json::Helping::new(&helping, &KNOWLEDGE, &zone)),
        Output::new(of, &raphe_json::Simulation::new(&course, &resolved, &KNOWLEDGE, as_of)),
        Output::new(of, &raphe_json::Assessment::new(&assessment, &KNOWLEDGE)),
        Output::new(of, &summed(&assessment)),
        examined(of, &timeline, as_of),
        Output::new(of, &raphe_json::Lint::new("diary.raphe", &notices, &KNOWLEDGE, (as_of, &zone))),
    ]
}

/// Is it helping, for one of the examples.
fn helped(asked: &str) -> Output {
    let (file, what) = asked.split_once(' ').expect("a file and what is asked about");
    let bytes = fs::read(root().join("examples").join(file)).expect("an example can be read");
    let (timeline, _) = diary::read(&bytes);
    let as_of = timeline.end().expect("an example has entries");
    let answer = raphe::helping::helping(&timeline, &KNOWLEDGE, what, as_of);
    Output::new(asked, &raphe_json::Helping::new(&answer, &KNOWLEDGE, &timeline.zone()))
}

/// Who adds how much; of an overdose, that no figure is given.
fn summed(assessment: &assess::Assessment) -> raphe_json::Why {
    let fold = assessment.synapse.fold_change;
    let shares =
        assessment.on_board.iter().zip(fold).map(|(item, fold)| (item.substance.clone(), fold, fold));
    let summed = raphe_json::Summed {
        together: fold,
        all: assessment.synapse.peak_fold_change_24h,
        shares: shares.collect(),
        unmoved: assessment.on_board.iter().skip(1).map(|item| item.substance.clone()).collect(),
    };
    let summed = if assessment.has_overdose() { Err("what was taken".to_owned()) } else { Ok(summed) };
    raphe_json::Why::new(assessment, &KNOWLEDGE, vec!["sertraline".to_owned()], summed)
}

/// An examination of this person after one answer.
fn examined(of: &str, timeline: &raphe::timeline::Timeline, as_of: Timestamp) -> Output {
    let answered = [Answered { sign: "tremor".to_owned(), reply: Reply::Present }];
    let asked = Question { population: Population { seed: 1, people: 0 }, ..question(as_of) };
    let state = exam::state(timeline, &answered, &KNOWLEDGE, &asked, Voice::Clinician);
    Output::new(of, &raphe_json::Exam::new(&state, &answered, &KNOWLEDGE, Voice::Clinician))
}

fn checked(of: &str, asked: &str) -> Option<Output> {
    // Quotes keep a dose together: every second piece stood inside them.
    let pieces = asked.split('"').enumerate();
    let words = pieces.flat_map(|(index, piece)| match index % 2 {
        0 => piece.split(' ').map(str::to_owned).collect::<Vec<_>>(),
        _ => vec![piece.to_owned()],
    });
    let asked: Vec<String> = words.filter(|word| !word.is_empty()).collect();
    let check = check::check(&asked, None, &KNOWLEDGE, &question(Timestamp::UNIX_EPOCH)).ok()?;
    Some(Output::new(of, &raphe_json::Check::new(&check, &KNOWLEDGE)))
}

/// The published schemas by the kind of result.
fn validators() -> BTreeMap<String, Validator> {
    let published = raphe_json::schemas().into_iter().map(|(name, schema)| {
        let validator = jsonschema::options().should_validate_formats(true).build(schema.as_value());
        let kind = name.trim_end_matches(".schema.json").to_owned();
        (kind, validator.unwrap_or_else(|error| panic!("{name} is not a schema: {error}")))
    });
    published.collect()
}

/// Calls `look` with every value inside, and with the keys that lead to it.
fn walk(value: &Value, at: &str, look: &mut impl FnMut(&str, &Value)) {
    look(at, value);
    match value {
        Value::Object(fields) => {
            fields.iter().for_each(|(name, field)| walk(field, &format!("{at}/{name}"), look))
        }
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(index, item)| walk(item, &format!("{at}/{index}"), look));
        }
        _ => {}
    }
}

#[test]
fn the_published_schemas_are_those_of_the_wire_types() {
    for (name, schema) in raphe_json::schemas() {
        let path = root().join("schemas").join(name);
        let mut text = serde_json::to_string_pretty(&schema).expect("a schema can be printed");
        text.push('\n');
        if std::env::var_os("UPDATE_SCHEMAS").is_some() {
            fs::write(&path, &text).expect("the schema can be written");
        }
        let published = fs::read_to_string(&path).unwrap_or_default().replace("\r\n", "\n");
        assert!(
            published == text,
            "schemas/{name} is not what the wire types say; look at the change, then run \
             `UPDATE_SCHEMAS=1 cargo test -p raphe-json`"
        );
    }
}

#[test]
fn every_answer_to_the_cases_keeps_to_its_schema() {
    let validators = validators();
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    for output in OUTPUTS.iter() {
        let problems: Vec<String> = validators[&output.kind()]
            .iter_errors(&output.value())
            .map(|error| format!("{}: {error}", error.instance_path()))
            .collect();
        assert!(problems.is_empty(), "{}\n{}\n{}", output.of, problems.join("\n"), output.line);
        *seen.entry(output.kind()).or_default() += 1;
    }
    assert_eq!(seen.len(), validators.len(), "a kind of result was never seen: {seen:?}");
}

#[test]
fn every_answer_starts_alike_and_names_a_moment() {
    for output in OUTPUTS.iter() {
        let head: Vec<&str> =
            output.line.splitn(5, ",\"").take(4).map(|part| part.trim_start_matches("{\"")).collect();
        let keys: Vec<&str> = head.iter().filter_map(|part| part.split('"').next()).collect();
        assert_eq!(keys, ["schema", "raphe", "knowledge", "as_of"], "{}", output.line);
        assert!(!output.line.contains('\n'), "one object is one line: {}", output.of);
    }
}

#[test]
fn what_was_not_computed_is_absent_and_never_null() {
    for output in OUTPUTS.iter() {
        walk(&output.value(), "", &mut |at, value| assert!(!value.is_null(), "{}: {at} is null", output.of));
    }
    for (name, schema) in raphe_json::schemas() {
        walk(schema.as_value(), "", &mut |at, value| {
            assert!(value.as_str() != Some("null"), "{name}: {at} allows null");
        });
    }
}

/// Keys that count, or say what was written, prescribed or published, instead of measuring; points rank.
const COUNTS: &[&str] = &[
    "line",
    "column",
    "time_h",
    "tau_days",
    "scores_before",
    "scores_after",
    "longest_gap_days",
    "more",
    "points",
    "score",
    "features",
    "cases",
    "n",
    "day",
    "day_latest",
    "days",
    "min_days",
    "rule_days",
    "daily_mg",
    "strength_of_10",
    "item",
    "number",
    "item_count",
    "lowest",
    "highest",
    "may_miss",
    "screen",
    "times",
    "suicide_items",
];
/// What holds numbers as they were published or written, with their own interval where the source has one.
const PUBLISHED: [&str; 4] = ["effects", "scores", "answers", "bands"];
/// Objects of probabilities and of a test, which are how sure something is and have no range of their own.
const SURE: [&str; 2] = ["probability", "serial_t_test"];
/// Where the schemas hold those, effects as they were published, and scores as they were measured.
const BARE: [&str; 5] = ["Effect", "Probability", "SerialTest", "Measured", "Scored"];

#[test]
fn a_modeled_number_has_its_range_beside_it() {
    let mut intervals = 0;
    let mut bare = BTreeMap::new();
    for output in OUTPUTS.iter() {
        let whole = output.value();
        let ordered = |low: &Value, middle: &Value, high: &Value| {
            let [low, middle, high] = [low, middle, high].map(|value| value.as_f64().expect("a number"));
            low <= middle && middle <= high
        };
        walk(&whole, "", &mut |at, value| match value {
            // A course has its three curves beside one another, as long as its times.
            Value::Object(fields) if fields.get("median").is_some_and(Value::is_array) => {
                let [low, middle, high] = ["p5", "median", "p95"]
                    .map(|key| fields[key].as_array().expect("a curve is a list of numbers"));
                let times = whole["time_h"].as_array().expect("a course has times").len();
                assert!([low.len(), middle.len(), high.len()] == [times; 3], "{}: {at}", output.of);
                for ((low, middle), high) in low.iter().zip(middle).zip(high) {
                    assert!(ordered(low, middle, high), "{}: {at}: {low} {middle} {high}", output.of);
                    intervals += 1;
                }
            }
            Value::Object(fields) if fields.contains_key("median") => {
                let keys: Vec<&str> = fields.keys().map(String::as_str).collect();
                assert_eq!(keys, ["median", "p5", "p95"], "{}: {at}", output.of);
                let [low, middle, high] = ["p5", "median", "p95"].map(|key| &fields[key]);
                assert!(ordered(low, middle, high), "{}: {at}: {value}", output.of);
                intervals += 1;
            }
            Value::Number(number) => {
                let mut keys = at.rsplit('/');
                let (last, before) = (keys.next().unwrap_or(""), keys.next().unwrap_or(""));
                let interval = ["median", "p5", "p95"];
                // Sizes of effect and what a questionnaire counts stand as they were published.
                let published = at.split('/').any(|part| PUBLISHED.contains(&part));
                let known = |key: &str| interval.contains(&key) || COUNTS.contains(&key);
                if !(published || known(last) || known(before) || SURE.contains(&before)) {
                    let key: Vec<&str> =
                        at.split('/').filter(|part| part.parse::<usize>().is_err()).collect();
                    bare.entry(key.join("/")).or_insert_with(|| format!("{number} in {}", output.of));
                }
            }
            _ => {}
        });
    }
    assert!(bare.is_empty(), "bare numbers: {bare:#?}");
    assert!(intervals > 100, "only {intervals} modeled numbers were seen");
    let mut without = BTreeSet::new();
    for (name, schema) in raphe_json::schemas() {
        walk(schema.as_value(), "", &mut |at, value| {
            let bare = value.get("type").is_some_and(|kind| kind == "number");
            let counted = COUNTS.iter().any(|key| at.ends_with(&format!("/properties/{key}")));
            let curve = at.starts_with("/$defs/Series/") || at.starts_with("/properties/time_h/");
            let curve = curve || BARE.iter().any(|name| at.starts_with(&format!("/$defs/{name}/")));
            if bare && !curve && !counted && !at.starts_with("/$defs/Interval/") {
                without.insert(format!("{name}: {at}"));
            }
        });
    }
    assert!(without.is_empty(), "numbers without a range: {without:#?}");
}

#[test]
fn a_field_that_no_schema_names_is_refused() {
    let validators = validators();
    for (kind, validator) in &validators {
        let longest =
            OUTPUTS.iter().filter(|output| output.kind() == *kind).max_by_key(|output| output.line.len());
        let value = longest.expect("every kind is seen").value();
        assert!(validator.is_valid(&value));
        let mut objects = Vec::new();
        walk(&value, "", &mut |at, value| objects.extend(value.is_object().then(|| at.to_owned())));
        for at in objects {
            let mut changed = value.clone();
            let object = changed
                .pointer_mut(&at)
                .and_then(Value::as_object_mut)
                .expect("an object was just seen here");
            object.insert("surprise".to_owned(), true.into());
            assert!(!validator.is_valid(&changed), "{kind}: a surprise in `{at}` was let through");
        }
        for key in ["schema", "raphe", "knowledge", "as_of"] {
            let mut changed = value.clone();
            changed.as_object_mut().expect("a result is an object").remove(key);
            assert!(!validator.is_valid(&changed), "{kind}: `{key}` may be missing");
        }
        let mut changed = value.clone();
        changed["as_of"] = "yesterday".into();
        assert!(!validator.is_valid(&changed), "{kind}: `yesterday` counts as a moment");
    }
}

#[test]
fn moments_carry_the_offset_of_the_persons_zone() {
    let (timeline, notices) =
        diary::read(b"profile zone America/New_York\n2026-07-01 08:00 take sertraline 50 mg\n");
    let as_of = timeline.end().expect("there is an entry");
    let lint = raphe_json::Lint::new("diary.raphe", &notices, &KNOWLEDGE, (as_of, &timeline.zone()));
    assert_eq!(lint.as_of, "2026-07-01T08:00:00-04:00");
    let lint = raphe_json::Lint::new("diary.raphe", &notices, &KNOWLEDGE, (as_of, &TimeZone::UTC));
    assert_eq!(lint.as_of, "2026-07-01T12:00:00+00:00");
}
