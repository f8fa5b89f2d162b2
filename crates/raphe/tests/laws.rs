//! What must hold for every timeline, not only for the cases.

use jiff::{Timestamp, ToSpan, civil::date, tz::TimeZone};
use proptest::prelude::*;
use raphe::{
    assess::{self, Assessment, Question},
    check,
    knowledge::{
        Knowledge,
        schema::{Level, Urgency},
    },
    population::Population,
    report::{
        self,
        text::{self, Paint},
    },
    timeline::diary,
    units::TimeSpan,
};
use std::sync::LazyLock;

static KNOWLEDGE: LazyLock<Knowledge> = LazyLock::new(Knowledge::bundled);

fn moment(day: i32, hour: i8) -> Timestamp {
    let day = date(2026, 1, 1).checked_add(day.days()).expect("the day is near 2026");
    day.at(hour, 0, 0, 0).to_zoned(TimeZone::UTC).expect("UTC has no gaps").timestamp()
}

fn question(as_of: Timestamp, people: u32) -> Question {
    Question { as_of, horizon: TimeSpan::days(14.0), population: Population { seed: 1, people } }
}

fn judged(lines: &[String]) -> Assessment {
    let (timeline, _) = diary::read(lines.join("\n").as_bytes());
    assess::assess(&timeline, &KNOWLEDGE, &question(moment(60, 20), 20))
}

fn printed(assessment: &Assessment) -> String {
    text::print(&report::report(assessment, &KNOWLEDGE, report::Voice::Person, None), Paint::PLAIN)
}

/// One plausible line within sixty days.
fn line() -> impl Strategy<Value = String> {
    let medicine = prop::sample::select(vec![
        "sertraline 50 mg",
        "fluoxetine 20 mg",
        "phenelzine 15 mg",
        "moclobemide 300 mg",
        "linezolid 600 mg",
        "tramadol 100 mg",
        "dextromethorphan 30 mg",
        "lithium 600 mg",
        "sumatriptan 50 mg",
        "MDMA 100 mg",
        "olanzapine 10 mg",
        "ibuprofen 400 mg",
        "baclofen 10 mg",
        "Zyprexxa 5 mg",
        "5-HTP ?",
    ]);
    let sign = prop::sample::select(vec![
        "tremor",
        "inducible clonus by clinician",
        "diaphoresis",
        "hyperreflexia by clinician",
        "agitation",
        "cough",
        "no tremor, no sweating",
        "no clonus by clinician",
        "diarrhea",
        "low mood",
        "dry mouth",
    ]);
    let date = |day: i32| date(2026, 1, 1).checked_add(day.days()).expect("the day is near 2026");
    prop_oneof![
        (0..60, medicine.clone()).prop_map(move |(day, what)| format!("{} start {what} daily", date(day))),
        (0..60, 0..24, medicine)
            .prop_map(move |(day, hour, what)| format!("{} {hour:02}:00 take {what}", date(day))),
        (0..60, 0..24, sign)
            .prop_map(move |(day, hour, what)| format!("{} {hour:02}:00 sign {what}", date(day))),
        (0..60, 36..41)
            .prop_map(move |(day, t)| format!("{} 12:00 vital temperature {t}.2 C, pulse 96", date(day))),
        (0..60, 0..11).prop_map(move |(day, n)| format!("{} feel anxiety {n}/10", date(day))),
    ]
}

fn lines() -> impl Strategy<Value = Vec<String>> {
    prop::collection::vec(line(), 0..14)
}

/// Lines that must never make the answer calmer.
const DANGER: &[&str] = &[
    "2026-03-02 10:00 sign seizure",
    "2026-03-02 10:00 note had a fit in the kitchen",
    "2026-03-02 10:00 vital temperature 41.2 C",
    "2026-03-02 10:00 vital temperature 106",
    "2026-03-02 10:00 take 40 x 50 mg sertraline on purpose",
    "2026-03-02 10:00 sign chest pain",
    "he cannot be woken",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_order_of_lines_is_irrelevant(lines in lines(), seed in any::<u64>()) {
        let mut shuffled = lines.clone();
        let population = Population { seed, people: 1 };
        shuffled.sort_by(|a, b| population.uniform(0, a, 0).total_cmp(&population.uniform(0, b, 0)));
        let (one, other) = (judged(&lines), judged(&shuffled));
        prop_assert_eq!(one.urgency, other.urgency);
        prop_assert_eq!(&one.balance, &other.balance);
        let ids = |assessment: &Assessment| {
            let mut ids: Vec<String> = assessment.findings.iter().map(|finding| finding.id.clone()).collect();
            ids.sort();
            ids
        };
        prop_assert_eq!(ids(&one), ids(&other));
    }

    #[test]
    fn a_danger_line_is_always_an_emergency(lines in lines(), danger in prop::sample::select(DANGER.to_vec())) {
        let mut more = lines;
        more.push(danger.to_owned());
        let answer = judged(&more);
        prop_assert_eq!(answer.urgency, Urgency::Emergency, "{}", danger);
    }

    #[test]
    fn one_more_medicine_never_lowers_urgency(lines in lines(), what in prop::sample::select(vec!["Frobnicate", "olanzapine", "cyproheptadine", "sertraline"])) {
        let before = judged(&lines);
        let mut more = lines;
        more.push(format!("2026-01-10 start {what} 5 mg daily"));
        let after = judged(&more);
        // A rival may lead once another medicine explains the signs, but never to a calmer answer than "prompt".
        prop_assert!(after.urgency >= before.urgency.min(Urgency::Prompt), "{:?} {:?}", before.urgency, after.urgency);
        if before.urgency >= Urgency::Urgent {
            prop_assert!(after.urgency >= Urgency::Urgent);
        }
        if what == "Frobnicate" {
            prop_assert!(after.not_assessed.iter().any(|item| item.text == "Frobnicate"));
        }
    }

    #[test]
    fn any_text_is_judged_and_printed(lines in lines(), noise in prop::collection::vec("\\PC{0,60}", 0..6), cut in any::<prop::sample::Index>()) {
        let mut text = lines.join("\n");
        for words in noise {
            text.push_str(&format!("\n2026-02-0{} {words}", 1 + words.len() % 9));
        }
        let at = (0..=cut.index(text.len() + 1)).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
        let torn = [&text[at..], &text[..at]].concat();
        let answer = judged(&[torn]);
        prop_assert!(!printed(&answer).is_empty());
    }

    #[test]
    fn the_same_question_gives_the_same_bytes(lines in lines()) {
        prop_assert_eq!(printed(&judged(&lines)), printed(&judged(&lines)));
    }

    #[test]
    fn nothing_that_is_judged_hangs_on_the_modeled_synapse(lines in lines()) {
        let (timeline, _) = diary::read(lines.join("\n").as_bytes());
        let (with, without) = (judged(&lines), assess::judged(&timeline, &KNOWLEDGE, &question(moment(60, 20), 0)));
        prop_assert_eq!((with.urgency, with.suicide_path), (without.urgency, without.suicide_path));
        prop_assert_eq!(with.balance, without.balance);
        prop_assert_eq!(with.reasons, without.reasons);
        prop_assert_eq!(with.findings, without.findings);
        prop_assert_eq!(with.criteria, without.criteria);
        prop_assert_eq!(without.synapse, raphe::synapse::Synapse::default());
    }

    #[test]
    fn every_reason_and_finding_is_cited_and_every_share_is_a_share(lines in lines()) {
        let answer = judged(&lines);
        prop_assert!(answer.reasons.iter().all(|reason| !reason.claim.citations().is_empty()));
        prop_assert!(answer.findings.iter().all(|finding| !finding.claim.citations().is_empty()));
        for left in &answer.remaining {
            let share = left.share_of_peak;
            prop_assert!((0.0..=1.0).contains(&share.p5) && share.p5 <= share.median && share.median <= share.p95);
            prop_assert!(share.p95 <= 1.0 && left.gone_by >= answer.as_of);
        }
        for enzyme in &answer.enzymes {
            // An inducer makes more of an enzyme, and no one is known to make more than twenty times as much.
            prop_assert!(enzyme.activity.p5 > 0.0 && enzyme.activity.p95 < 20.0, "{:?}", enzyme);
            prop_assert!(enzyme.of_normal.p5 >= 0.0 && enzyme.of_normal.p95 < 60.0, "{:?}", enzyme);
        }
    }
}

#[test]
fn of_two_feelings_of_one_day_the_one_that_is_there_counts_in_either_order() {
    let lines = ["2026-02-23 feel anxiety 0/10", "2026-02-23 feel anxiety 1/10"].map(str::to_owned);
    let turned = [lines[1].clone(), lines[0].clone()];
    let of = |lines: &[String]| {
        let features = judged(lines).care.features;
        features.iter().map(|feature| (feature.sign.clone(), feature.strength)).collect::<Vec<_>>()
    };
    assert_eq!(of(&lines), of(&turned));
    assert!(of(&lines).iter().any(|(_, strength)| *strength == Some(1.0)));
}

#[test]
fn extreme_diaries_stay_finite() {
    let extremes = [
        "2026-02-20 10:00 take 1000 x 50 mg sertraline",
        "2016-01-01 start fluoxetine 20 mg every 1 h",
        "0001-01-01 start sertraline 50 mg daily",
        "profile weight 0 kg\n2026-02-20 take methylene blue 1.5 mg/kg iv",
        "2026-02-20 take sertraline 0 mg",
        "2026-02-20..2026-02-19 start sertraline 50 mg daily",
    ];
    for text in extremes {
        let answer = judged(&[text.to_owned()]);
        for left in &answer.remaining {
            assert!(left.share_of_peak.median.is_finite(), "{text}");
        }
        assert!(!printed(&answer).contains("NaN"), "{text}");
    }
}

#[test]
fn no_pair_is_ever_called_free_of_interaction() {
    let ids: Vec<&str> = KNOWLEDGE.base().substances.iter().map(|substance| substance.id.as_str()).collect();
    for (i, a) in ids.iter().enumerate() {
        // Every pair would take minutes; each substance meets a few others, not the same ones of its neighbors.
        for (_, b) in ids.iter().enumerate().skip(i + 1).filter(|(j, _)| (7 * i + 3 * j) % 41 == 0) {
            let asked = [(*a).to_owned(), (*b).to_owned()];
            let answer =
                check::check(&asked, None, &KNOWLEDGE, &question(moment(0, 0), 0)).expect("both are known");
            assert!(!answer.pairs.is_empty(), "{a} with {b} has no answer");
            for pair in &answer.pairs {
                let silent = pair.level == Level::NoneKnown;
                assert!(!silent || pair.why == check::NONE_KNOWN, "{a} with {b}: {}", pair.why);
                assert!(!pair.why.to_lowercase().contains("no interaction"), "{a} with {b}: {}", pair.why);
            }
        }
    }
}

#[test]
fn a_check_does_not_depend_on_the_order_of_its_words() {
    let ids =
        ["phenelzine", "sertraline", "tramadol", "linezolid", "sumatriptan", "rasagiline", "mdma", "lithium"];
    for a in ids {
        for b in ids.iter().filter(|b| **b != a) {
            let ask = |x: &str, y: &str| {
                let asked = [x.to_owned(), y.to_owned()];
                check::check(&asked, None, &KNOWLEDGE, &question(moment(0, 0), 0))
                    .expect("both are known")
                    .level
            };
            assert_eq!(ask(a, b), ask(b, a), "{a} with {b}");
        }
    }
}
