//! Laws of the modeled synapse: what must hold whatever was taken, and that no judgment listens to it.
//!
//! A low simulated fold must never calm anyone. Two tests hold that up: the answers to every pair of the base are the
//! same without virtual people and with different ones, and the sources of the judgment never look into the model.
#![allow(clippy::disallowed_methods, reason = "one test reads sources; the engine does not")]

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
    synapse::{
        Synapse,
        run::{Table, run},
    },
    timeline::diary,
    units::{Interval, TimeSpan},
};
use std::{
    fs,
    path::{Path, PathBuf},
    sync::LazyLock,
};

static KNOWLEDGE: LazyLock<Knowledge> = LazyLock::new(Knowledge::bundled);

const TYPICAL: Population = Population { seed: 1, people: 0 };
const SIXTEEN: Population = Population { seed: 1, people: 16 };
const OTHERS: Population = Population { seed: 99, people: 16 };

fn at(days: i64) -> Timestamp {
    let day = date(2026, 1, 1).checked_add(days.days()).expect("the day is near 2026");
    day.at(20, 0, 0, 0).to_zoned(TimeZone::UTC).expect("UTC has no gaps").timestamp()
}

fn question(population: Population) -> Question {
    Question { as_of: at(60), horizon: TimeSpan::days(14.0), population }
}

fn assessed(text: &str, population: Population) -> Assessment {
    let (timeline, _) = diary::read(text.as_bytes());
    assess::assess(&timeline, &KNOWLEDGE, &question(population))
}

fn fold(text: &str) -> f64 {
    let found = assessed(text, TYPICAL).synapse.peak_fold_change_24h;
    found.expect("something acts on serotonin").median
}

fn finite(synapse: &Synapse, text: &str) {
    assert_eq!(synapse.failed, 0, "{text}");
    let sound = |interval: &Interval, most: f64, what: &str| {
        let Interval { p5, median, p95 } = *interval;
        assert!(p5 >= 0.0 && p5 <= median && median <= p95 && p95 <= most, "{what} {interval:?}: {text}");
    };
    // Absurd doses give absurd folds; they stay numbers.
    let folds = synapse.fold_change.iter().chain(&synapse.peak_fold_change_24h);
    folds.chain(&synapse.course).chain(&synapse.next_day).for_each(|fold| sound(fold, 1e5, "fold"));
    for engaged in &synapse.targets {
        sound(&engaged.share, 1.0 + 1e-9, engaged.target.id());
        engaged.by.iter().for_each(|(who, part)| sound(part, 1.0 + 1e-9, who));
    }
}

/// Lines with a clock, so that none of them draws its hour.
fn line() -> impl Strategy<Value = String> {
    let medicine = prop::sample::select(vec![
        "sertraline 50 mg",
        "fluoxetine 20 mg",
        "phenelzine 15 mg",
        "moclobemide 300 mg",
        "tramadol 100 mg",
        "MDMA 100 mg",
        "olanzapine 10 mg",
        "cyproheptadine 4 mg",
        "5-HTP 100 mg",
        "buspirone 10 mg",
        "lithium 600 mg",
        "ibuprofen 400 mg",
    ]);
    let day = |day: i64| date(2026, 1, 1).checked_add(day.days()).expect("the day is near 2026");
    prop_oneof![
        (0..60i64, medicine.clone())
            .prop_map(move |(n, what)| format!("{} 08:00 start {what} daily", day(n))),
        (0..60i64, 0..24, medicine).prop_map(move |(n, h, what)| format!("{} {h:02}:00 take {what}", day(n))),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_was_taken_gives_sound_numbers(lines in prop::collection::vec(line(), 0..8)) {
        let text = lines.join("\n");
        finite(&assessed(&text, SIXTEEN).synapse, &text);
    }

    #[test]
    fn neither_an_unrelated_line_nor_the_order_changes_a_number(lines in prop::collection::vec(line(), 1..7)) {
        let before = assessed(&lines.join("\n"), SIXTEEN).synapse;
        let backward: Vec<&str> = lines.iter().rev().map(String::as_str).collect();
        prop_assert_eq!(&assessed(&backward.join("\n"), SIXTEEN).synapse, &before);
        let more = format!("{}\n2026-02-03 21:00 note rain all day\n2026-02-04 09:00 sign cough", lines.join("\n"));
        prop_assert_eq!(&assessed(&more, SIXTEEN).synapse, &before);
    }
}

#[test]
fn extremes_are_followed_to_the_end() {
    for text in [
        "",
        "2026-02-20 10:00 note nothing was taken",
        "2026-02-20 10:00 take sertraline 0 mg",
        "2026-03-02 10:00 take 1000 x 50 mg sertraline",
        "2026-03-01 10:00 take 1000 x 15 mg phenelzine\n2026-03-02 10:00 take 1000 x 20 mg fluoxetine",
        "2026-03-02 19:00 take 1000 x 100 mg MDMA\n2026-03-02 19:00 take 1000 x 100 mg 5-HTP",
        "2016-01-01 08:00 start sertraline 100 mg daily",
        "2016-01-01 08:00 start phenelzine 60 mg daily\n2016-01-01 08:00 start paroxetine 40 mg daily",
        "profile weight 0 kg\n2026-02-20 08:00 start phenelzine 45 mg daily",
        "profile born 1900\n2026-02-20 08:00 start citalopram 40 mg daily",
    ] {
        finite(&assessed(text, SIXTEEN).synapse, text);
        finite(&assessed(text, TYPICAL).synapse, text);
    }
}

#[test]
fn nothing_that_acts_on_serotonin_means_no_fold() {
    let synapse = assessed("2026-02-01 08:00 start ibuprofen 400 mg daily", SIXTEEN).synapse;
    assert_eq!((synapse.fold_change, synapse.targets.len()), (None, 0));
}

#[test]
fn more_of_a_reuptake_inhibitor_never_lowers_the_fold() {
    for drug in
        ["sertraline", "paroxetine", "citalopram", "escitalopram", "fluoxetine", "venlafaxine", "tramadol"]
    {
        let mut before = 1.0;
        for mg in [5, 10, 20, 50, 100, 200, 400, 1000, 20_000] {
            let now = fold(&format!("2026-01-15 08:00 start {drug} {mg} mg daily"));
            assert!(now >= before - 1e-6, "{drug} {mg} mg: {now} after {before}");
            before = now;
        }
    }
}

#[test]
fn one_more_reuptake_inhibitor_never_lowers_the_fold() {
    let drugs = [
        "sertraline 50 mg",
        "paroxetine 20 mg",
        "citalopram 20 mg",
        "escitalopram 10 mg",
        "fluoxetine 20 mg",
        "venlafaxine 75 mg",
        "tramadol 100 mg",
        "duloxetine 60 mg",
        "vortioxetine 10 mg",
        "clomipramine 75 mg",
        "fluvoxamine 50 mg",
    ];
    for drug in drugs {
        let line = |what: &str| format!("2026-01-15 08:00 start {what} daily\n");
        let alone = fold(&line(drug));
        for other in drugs.iter().filter(|other| **other != drug) {
            let both = fold(&[line(drug), line(other)].concat());
            // Straight lines between the hours leave half a percent of an input open.
            assert!(both >= alone * 0.995, "{drug} {alone}, with {other} {both}");
        }
    }
}

#[test]
fn an_antagonist_of_5_ht2a_never_raises_its_activation() {
    for (u, releaser, agonist) in [(0.0, 0.0, 0.0), (4.0, 0.0, 0.0), (0.0, 1.0, 0.0), (4.0, 0.0, 3.0)] {
        let mut before = f64::INFINITY;
        for antagonist in [0.0, 0.1, 1.0, 10.0, 1000.0] {
            let symbols = ["u", "mdma", "ago2A", "ant2A"].map(str::to_owned).to_vec();
            let table = Table { symbols, rows: vec![(0.0, vec![u, releaser, agonist, antagonist])] };
            let trace = run(&KNOWLEDGE, &table, 24.0, 1.0, &[]).expect("it runs");
            let column = trace.columns.iter().position(|name| *name == "act2A").expect("it is told");
            let now = trace.rows.last().expect("a day")[column];
            assert!(now <= before && (0.0..=1.0).contains(&now), "{antagonist}: {now} after {before}");
            before = now;
        }
    }
}

/// What a person would be told to do.
type Told = (Urgency, Vec<(String, Level)>, Vec<String>);

fn told(text: &str, population: Population) -> Told {
    let answer = assessed(text, population);
    // How much one medicine changes the level of another is modeled, and says so; it is not serotonin.
    let judged = answer.findings.iter().filter(|finding| finding.kind != "exposure");
    let findings = judged.map(|finding| (finding.id.clone(), finding.level)).collect();
    (answer.urgency, findings, answer.reasons.iter().map(|reason| reason.claim.says().to_owned()).collect())
}

/// A substance that is the id, or is of the class.
fn example(id: &str) -> Option<&'static str> {
    let of_class = |effect: &raphe::knowledge::schema::Effect| {
        let class = KNOWLEDGE.class(&effect.class);
        effect.class == id || class.is_some_and(|class| class.part_of.iter().any(|wider| wider == id))
    };
    let substances = &KNOWLEDGE.base().substances;
    let same = substances.iter().find(|substance| substance.id == id);
    // One that the model can follow shows more than one it cannot.
    let known = |substance: &&raphe::knowledge::schema::Substance| {
        substance.mechanisms.iter().any(of_class) && !substance.pk.is_empty() && !substance.doses.is_empty()
    };
    let one = same.or_else(|| substances.iter().find(known));
    one.map(|substance| substance.names.inn.as_str())
}

#[test]
fn no_virtual_person_changes_what_a_pair_is_called() {
    let mut asked = 0;
    for pair in &KNOWLEDGE.base().pairs {
        let (Some(a), Some(b)) = (example(&pair.a), example(&pair.b)) else { continue };
        let both = [a.to_owned(), b.to_owned()];
        let of = |population: Population| {
            let Ok(answer) = check::check(&both, None, &KNOWLEDGE, &question(population)) else {
                return None;
            };
            let pairs = answer.pairs.iter().filter(|pair| pair.kind != "exposure");
            let pairs = pairs.map(|pair| (pair.kind.clone(), pair.level, pair.why.clone()));
            Some((answer.level, pairs.collect::<Vec<_>>()))
        };
        let without = of(TYPICAL);
        assert_eq!(of(SIXTEEN), without, "{}: {a} with {b}", pair.id);
        assert_eq!(of(OTHERS), without, "{}: {a} with {b}", pair.id);
        asked += usize::from(without.is_some());
    }
    assert!(asked * 10 >= KNOWLEDGE.base().pairs.len() * 8, "only {asked} pairs were asked");
}

#[test]
fn no_virtual_person_calms_a_danger() {
    for medicines in [
        "2026-02-01 08:00 start phenelzine 15 mg three times daily\n2026-02-27 08:00 start sertraline 50 mg daily",
        "2026-02-01 08:00 start moclobemide 300 mg twice daily\n2026-02-27 08:00 start paroxetine 20 mg daily",
        "2026-02-01 08:00 start sertraline 50 mg daily\n2026-03-02 10:00 take tramadol 100 mg",
        "2026-02-01 08:00 start ibuprofen 400 mg daily",
    ] {
        assert_eq!(told(medicines, SIXTEEN), told(medicines, TYPICAL), "{medicines}");
        for sign in &KNOWLEDGE.base().signs {
            let text = format!("{medicines}\n2026-03-02 18:00 sign {}", sign.name);
            // The model is asked with the medicines above; here only whether somebody else's draws change the answer.
            assert_eq!(
                told(&text, Population { people: 2, ..OTHERS }),
                told(&text, TYPICAL),
                "{medicines}: {}",
                sign.id
            );
        }
    }
}

/// Sources that judge.
const JUDGES: &[&str] = &["assess.rs", "assess", "care.rs", "care", "check.rs", "criteria.rs", "criteria"];
/// What looks into the modeled synapse, or at how likely toxicity is; to carry them along is allowed.
const LOOKS: &[&str] = &[
    "synapse.",
    "Synapse {",
    "fold_change",
    "Engaged",
    "engaged",
    "risk.",
    "Risk {",
    "risk[",
    "uncounted.",
    "Overdosed",
    "calibrated",
];

#[test]
fn no_judgment_looks_into_the_synapse_or_at_a_risk() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    JUDGES.iter().for_each(|name| collect(&source.join(name), &mut files));
    assert!(files.len() > 8, "only {} sources of the judgment were found", files.len());
    let mut found = Vec::new();
    for path in &files {
        let text = fs::read_to_string(path).expect("a source file can be read");
        for (number, line) in text.lines().enumerate() {
            let code = line.split("//").next().unwrap_or_default();
            let looks = LOOKS.iter().filter(|word| code.contains(**word));
            found.extend(looks.map(|word| format!("{}:{}: {word}", path.display(), number + 1)));
        }
    }
    assert!(
        found.is_empty(),
        "no level and no urgency hangs on the modeled synapse or a risk:\n{}",
        found.join("\n")
    );
}

fn collect(path: &Path, into: &mut Vec<PathBuf>) {
    if path.is_dir() {
        let entries = fs::read_dir(path).expect("a folder of sources can be read").flatten();
        entries.for_each(|entry| collect(&entry.path(), into));
    } else if path.extension().is_some_and(|extension| extension == "rs") {
        into.push(path.to_owned());
    }
}
