//! How likely toxicity is, honestly: ordered contrasts, on diaries and on rows of published incidence.
//!
//! Nobody can say what a probability is of one person, but the order of exposures is known: a moclobemide overdose with an
//! SSRI lies far above one without, olanzapine lowers it, usual doses lie far below overdoses. The tests ask for the order, for
//! ranges that hold the sampling error, and that nothing that judges changes when a number does.

use jiff::{Timestamp, civil::date, tz::TimeZone};
use proptest::prelude::*;
use raphe::{
    assess::{self, Assessment, Question},
    check::{self, Check},
    knowledge::{Knowledge, schema::RiskPer},
    population::Population,
    predict::{NotPredicted, Row, predict},
    report::{self, Voice, text},
    risk::{Overdosed, Risk},
    timeline::diary,
    units::TimeSpan,
};
use std::sync::LazyLock;

static KNOWLEDGE: LazyLock<Knowledge> = LazyLock::new(Knowledge::bundled);

const TYPICAL: Population = Population { seed: 1, people: 0 };

fn now() -> Timestamp {
    let evening = date(2026, 3, 2).at(22, 0, 0, 0);
    evening.to_zoned(TimeZone::UTC).expect("UTC has no gaps").timestamp()
}

fn assessed_with(knowledge: &Knowledge, diary: &str) -> Assessment {
    let (timeline, _) = diary::read(diary.as_bytes());
    let question = Question { as_of: now(), horizon: TimeSpan::days(14.0), population: TYPICAL };
    assess::assess(&timeline, knowledge, &question)
}

fn assessed(diary: &str) -> Assessment {
    assessed_with(&KNOWLEDGE, diary)
}

fn checked(asked: &[&str]) -> Check {
    let asked: Vec<String> = asked.iter().map(|name| (*name).to_owned()).collect();
    let question = Question { as_of: now(), horizon: TimeSpan::days(14.0), population: TYPICAL };
    check::check(&asked, None, &KNOWLEDGE, &question).expect("the names read")
}

fn said(assessment: &Assessment, voice: Voice) -> String {
    let report = report::report(assessment, &KNOWLEDGE, voice, None);
    let mut report = report;
    report.sections.retain(|section| section.title.starts_with("How likely"));
    report.sources.clear();
    report.footer.clear();
    text::print(&report, text::Paint { colors: false, width: 10_000 })
}

/// The first count of a diary.
fn first(diary: &str) -> Risk {
    let mut risks = assessed(diary).risk;
    assert!(!risks.is_empty(), "nothing was counted: {diary}");
    risks.remove(0)
}

fn ids(risks: &[Risk]) -> Vec<&str> {
    risks.iter().map(|risk| risk.id.as_str()).collect()
}

fn row(exposure: &str, context: &str, unit: &str) -> Result<f64, NotPredicted> {
    let cells = [("id", "x"), ("exposure", exposure), ("context", context), ("unit", unit)];
    let row: Row = cells.iter().map(|(name, cell)| ((*name).to_owned(), (*cell).to_owned())).collect();
    predict(&KNOWLEDGE, &row)
}

fn percent(exposure: &str, context: &str, unit: &str) -> f64 {
    row(exposure, context, unit).unwrap_or_else(|why| panic!("{exposure}: {why}"))
}

const SSRI: &str = "2026-02-01 08:00 start sertraline 50 mg daily\n";
const SSRI_OVERDOSE: &str = "2026-03-02 20:00 take 15 x 50 mg sertraline by accident\n";
const MOCLOBEMIDE_OVERDOSE: &str = "2026-03-02 20:00 take 20 x 300 mg moclobemide on purpose\n";
const TRAMADOL_OVERDOSE: &str = "2026-03-02 20:00 take 20 x 50 mg tramadol on purpose\n";

#[test]
fn a_second_mechanism_raises_an_overdose_many_times() {
    let (alone, with) = (first(MOCLOBEMIDE_OVERDOSE), first(&[SSRI, MOCLOBEMIDE_OVERDOSE].concat()));
    assert_eq!((alone.cases, alone.n), (Some(1), Some(33)));
    assert_eq!((with.cases, with.n), (Some(11), Some(21)));
    assert!(with.p.median > 8.0 * alone.p.median && with.p.p5 > alone.p.p95, "{:?} {:?}", with.p, alone.p);
    let moclobemide = "2026-02-01 08:00 start moclobemide 300 mg twice daily\n";
    let (alone, with) = (first(SSRI_OVERDOSE), first(&[SSRI_OVERDOSE, moclobemide].concat()));
    assert!(with.p.median > 4.0 * alone.p.median && with.p.p5 > alone.p.p95, "{:?} {:?}", with.p, alone.p);
    assert!(with.calibrated);
    // Of one that nobody counted it is inferred, and says so.
    let phenelzine = "2026-02-01 08:00 start phenelzine 15 mg three times daily\n";
    let inferred = first(&[SSRI_OVERDOSE, phenelzine].concat());
    assert!(!inferred.calibrated && inferred.p.median > 4.0 * alone.p.median);
}

#[test]
fn what_blocks_5_ht2a_lowers_an_overdose() {
    let alone = first(SSRI_OVERDOSE);
    let beside = |what: &str| first(&format!("{SSRI_OVERDOSE}2026-02-01 08:00 start {what}\n"));
    let (olanzapine, risperidone) = (beside("olanzapine 10 mg daily"), beside("risperidone 2 mg daily"));
    assert!(olanzapine.p.median < 0.6 * alone.p.median && olanzapine.calibrated);
    assert!(risperidone.p.median < olanzapine.p.median && risperidone.calibrated);
    // One that was not counted is placed by how much it blocks in the modeled synapse; no protection at all stays possible.
    let quetiapine = beside("quetiapine 400 mg daily");
    assert!(quetiapine.p.median < alone.p.median && !quetiapine.calibrated, "{:?}", quetiapine.p);
    assert!(quetiapine.p.p95 >= alone.p.median && quetiapine.p.p5 < quetiapine.p.median);
    let little = beside("quetiapine 25 mg daily");
    assert!(little.p.median >= quetiapine.p.median, "{:?} {:?}", little.p, quetiapine.p);
    // What blocks nothing changes nothing.
    assert_eq!(beside("ibuprofen 400 mg daily").p, alone.p);
}

#[test]
fn the_dose_of_a_reuptake_inhibitor_hardly_matters() {
    let at = |count: u32| first(&format!("2026-03-02 20:00 take {count} x 50 mg sertraline by accident\n")).p;
    let mut before = 0.0;
    for count in [1, 3, 15, 60, 150, 420] {
        let p = at(count);
        assert!(p.median >= before, "{count}: {p:?}");
        before = p.median;
    }
    assert!(at(420).median <= 2.0 * at(1).median);
    // Far from the doses that were counted most, the slope is uncertain.
    let width = |p: raphe::units::Interval| p.p95 - p.p5;
    assert!(width(at(420)) > 3.0 * width(at(15)));
    let rows = [1, 15, 420].map(|doses| percent(&format!("SSRI/SNRI overdose {doses} DDD"), "overdose", "%"));
    assert!(
        (rows[0] - 12.5).abs() < 0.1 && (rows[1] - 12.7).abs() < 0.1 && (rows[2] - 19.0).abs() < 0.1,
        "{rows:?}"
    );
}

#[test]
fn overdoses_lie_above_linezolid_above_fentanyl_above_triptans() {
    let order = [
        first(SSRI_OVERDOSE),
        first(&format!("{SSRI}2026-02-28 08:00 start linezolid 600 mg twice daily")),
        first(&format!("{SSRI}2026-03-02 12:00 take fentanyl 100 µg iv")),
        first(&format!("{SSRI}2026-03-02 12:00 take sumatriptan 50 mg")),
    ];
    for pair in order.windows(2) {
        let [above, below] = pair else { unreachable!("pairs have two") };
        assert!(
            above.p.median > 3.0 * below.p.median,
            "{} {:?} and {} {:?}",
            above.id,
            above.p,
            below.id,
            below.p
        );
    }
    let rows = [
        percent("citalopram overdose", "overdose", "% of overdoses"),
        percent("linezolid + citalopram", "therapeutic", "% of courses"),
        percent("fentanyl + citalopram", "therapeutic", "% of courses"),
        percent("rizatriptan + citalopram", "therapeutic", "% per person-year"),
    ];
    assert!(rows.windows(2).all(|pair| pair[0] > 3.0 * pair[1]), "{rows:?}");
}

#[test]
fn the_order_holds_for_every_member_of_a_class() {
    let ssris = ["citalopram", "escitalopram", "fluoxetine", "fluvoxamine", "paroxetine", "sertraline"];
    for drug in ssris {
        let overdose = percent(&format!("{drug} overdose"), "overdose", "% of overdoses");
        let with = |other: &str| percent(&format!("{drug} overdose + {other}"), "overdose", "% of overdoses");
        assert!(with("moclobemide") > 4.0 * overdose, "{drug}");
        assert!(with("olanzapine") < 0.6 * overdose && with("risperidone") < with("olanzapine"), "{drug}");
        for triptan in ["sumatriptan", "zolmitriptan", "eletriptan"] {
            let rare = percent(&format!("{triptan} with {drug}"), "therapeutic", "% per person-year");
            assert!(rare < 0.02 && rare > 0.0, "{triptan} with {drug}: {rare}");
        }
    }
}

#[test]
fn a_tramadol_overdose_never_reads_low() {
    for diary in [
        TRAMADOL_OVERDOSE.to_owned(),
        [SSRI, TRAMADOL_OVERDOSE].concat(),
        TRAMADOL_OVERDOSE.replace("on purpose", "by accident"),
    ] {
        let assessment = assessed(&diary);
        let risks = &assessment.risk;
        assert!(!risks.is_empty() && risks.iter().all(|risk| !risk.beware.is_empty()), "{diary}");
        for voice in [Voice::Person, Voice::Clinician] {
            let said = said(&assessment, voice);
            let lower = said.to_lowercase();
            let first = lower.lines().find(|line| line.starts_with("  - ")).expect("something is said");
            let danger = ["fits", "seizures"].iter().any(|word| first.contains(word));
            assert!(danger && first.contains("breath") || first.contains("respiratory"), "{first}");
            assert!(
                !["rare", "low risk", "unlikely", "safe to wait."].iter().any(|word| lower.contains(word)),
                "{said}"
            );
        }
    }
    // None of 71 is up to one in twenty.
    let alone = first(TRAMADOL_OVERDOSE);
    assert_eq!((alone.cases, alone.n), (Some(0), Some(71)));
    assert!(
        alone.p.p5 == 0.0 && alone.p.median > 0.0 && (0.045..0.06).contains(&alone.p.p95),
        "{:?}",
        alone.p
    );
    // Counts that contradict one another stand side by side.
    let both = assessed(TRAMADOL_OVERDOSE).risk;
    assert!(both.len() == 2 && both[1].p.p5 > both[0].p.p95, "{:?}", ids(&both));
}

#[test]
fn ranges_hold_the_sampling_error() {
    for item in &KNOWLEDGE.base().risk.references {
        let (Some(cases), Some(n)) = (item.cases, item.n) else { continue };
        let share = f64::from(cases) / f64::from(n);
        // Wilson's interval has another formula and nearly the same ends.
        let (z, n) = (1.96_f64, f64::from(n));
        let middle = (share + z * z / (2.0 * n)) / (1.0 + z * z / n);
        let half = z / (1.0 + z * z / n) * (share * (1.0 - share) / n + z * z / (4.0 * n * n)).sqrt();
        let diaries = [
            ("moclobemide_overdose_with_serotonergic", [SSRI, MOCLOBEMIDE_OVERDOSE].concat()),
            ("moclobemide_overdose_alone", MOCLOBEMIDE_OVERDOSE.to_owned()),
            ("linezolid_with_sri", format!("{SSRI}2026-02-28 08:00 start linezolid 600 mg twice daily")),
            ("fentanyl_with_serotonergic", format!("{SSRI}2026-03-02 12:00 take fentanyl 100 µg iv")),
            ("triptan_with_sri_definite", format!("{SSRI}2026-03-02 12:00 take sumatriptan 50 mg")),
            ("tramadol_overdose", TRAMADOL_OVERDOSE.to_owned()),
        ];
        let Some((_, diary)) = diaries.iter().find(|(id, _)| *id == item.id) else { continue };
        let risk = first(diary);
        assert_eq!(risk.id, item.id);
        let width = risk.p.p95 - risk.p.p5;
        assert!(width > 0.8 * 2.0 * half, "{}: {:?} is narrower than {half} about {middle}", item.id, risk.p);
        assert!(risk.p.p5 <= share && share <= risk.p.p95, "{}: {:?}", item.id, risk.p);
    }
    let some = first(&[SSRI, MOCLOBEMIDE_OVERDOSE].concat()).p;
    assert!(some.p5 <= 0.30 && some.p95 >= 0.74, "11 of 21 is 30 to 74 %, not {some:?}");
}

#[test]
fn counts_that_differ_are_shown_side_by_side() {
    let risks = assessed(&format!("{SSRI}2026-02-28 08:00 start linezolid 600 mg twice daily")).risk;
    let of = |n: u32, cases: u32| risks.iter().any(|risk| risk.n == Some(n) && risk.cases == Some(cases));
    assert!(of(87, 1) && of(1743, 1) && of(1743, 0), "{:?}", ids(&risks));
    // A range that was published is told as a range.
    let claims = first(SSRI);
    assert!(claims.per == RiskPer::PersonYear && !claims.calibrated);
    assert!((claims.p.p5 - 0.0007).abs() < 1e-9 && (claims.p.p95 - 0.0019).abs() < 1e-9, "{:?}", claims.p);
    assert!(claims.reference_class.contains("0.19 %"));
    assert!(said(&assessed(SSRI), Voice::Person).contains("between 1 in 1400 and 1 in 530 people a year"));
    assert!(said(&assessed(SSRI), Voice::Clinician).contains("0.07 to 0.19 % per person-year"));
}

#[test]
fn where_nobody_counted_there_is_no_number() {
    for diary in [
        "2026-02-01 08:00 start ibuprofen 400 mg daily",
        "2026-03-02 20:00 take MDMA 100 mg",
        "2026-03-02 20:00 take 60 x 15 mg phenelzine on purpose",
        "2026-02-01 08:00 start safinamide 50 mg daily\n2026-02-01 08:00 start sertraline 50 mg daily",
        "2026-02-01 08:00 start phenelzine 15 mg three times daily\n2026-02-01 08:00 start tramadol 50 mg daily",
        "2026-02-01 08:00 start sertraline 50 mg daily\n2026-02-01 08:00 start tramadol 50 mg daily",
    ] {
        assert!(assessed(diary).risk.is_empty(), "{diary}: {:?}", ids(&assessed(diary).risk));
    }
    // Where it matters that nobody counted, it is said in words, and no digit stands in for a number.
    let deadly = "2026-02-01 08:00 start phenelzine 15 mg three times daily\n2026-02-01 08:00 start sertraline 50 mg daily";
    let assessment = assessed(deadly);
    assert!(assessment.risk.is_empty() && !assessment.uncounted.is_empty());
    assert!(said(&assessment, Voice::Person).contains("Nobody has counted"));
    assert!(!said(&assessment, Voice::Clinician).contains('%'));
    // What is more dangerous beside it silences the count of a harmless pair.
    let triptan = format!("{deadly}\n2026-03-02 12:00 take sumatriptan 50 mg");
    assert!(assessed(&triptan).risk.is_empty());
    // Somebody who took something that nobody knows is not "alone".
    let unknown = format!("{MOCLOBEMIDE_OVERDOSE}2026-03-01 08:00 start blorbizine 5 mg daily");
    assert!(!ids(&assessed(&unknown).risk).contains(&"moclobemide_overdose_alone"));
    assert!(matches!(row("aspirin", "therapeutic", "%"), Err(NotPredicted::Missing(..))));
    assert!(matches!(row("phenelzine + sertraline", "therapeutic", "%"), Err(NotPredicted::Missing(..))));
}

#[test]
fn a_question_about_too_much_gets_no_number() {
    let over = checked(&["sertraline:5000 mg:once"]);
    assert!(over.too_much.is_some() && over.risk.is_empty() && over.uncounted.is_empty());
    // Nor does a recorded overdose answer a question about usual doses.
    let (timeline, _) = diary::read(SSRI_OVERDOSE.as_bytes());
    let question = Question { as_of: now(), horizon: TimeSpan::days(14.0), population: TYPICAL };
    let beside = check::check(&["sumatriptan".to_owned()], Some(&timeline), &KNOWLEDGE, &question);
    assert!(beside.expect("it reads").risk.is_empty());
    let usual = checked(&["sertraline", "sumatriptan"]);
    assert_eq!(ids(&usual.risk), ["triptan_with_sri_definite"]);
    assert!(!checked(&["sertraline", "phenelzine"]).uncounted.is_empty());
}

#[test]
fn a_person_reads_frequencies_and_no_percentage() {
    let triptan = format!("{SSRI}2026-03-02 12:00 take sumatriptan 50 mg");
    let signs = format!("{triptan}\n2026-03-02 20:00 sign tremor, diaphoresis");
    for diary in [SSRI, &triptan, &signs, SSRI_OVERDOSE, TRAMADOL_OVERDOSE, MOCLOBEMIDE_OVERDOSE] {
        let said = said(&assessed(diary), Voice::Person);
        let section = said.split("Sources").next().unwrap_or_default();
        assert!(section.contains("How likely") && !section.contains('%'), "{section}");
    }
    assert!(said(&assessed(&triptan), Voice::Person).contains("rare, fewer than 1 in 10 000 people a year"));
    assert!(
        said(&assessed(SSRI_OVERDOSE), Voice::Person).contains("1 in 8 people in hospital after an overdose")
    );
    assert!(said(&assessed(&triptan), Voice::Clinician).contains("% per person-year"));
    assert!(said(&assessed(&signs), Voice::Person).contains("Signs are there now"));
    // Of an overdose that may have been on purpose the person reads no figure at all.
    let overdose = assessed(MOCLOBEMIDE_OVERDOSE);
    assert_eq!(overdose.risk[0].overdose, Some(Overdosed::PerhapsOnPurpose));
    let section = said(&overdose, Voice::Person);
    let section = section.split("Sources").next().unwrap_or_default();
    let section = section.split("How likely").nth(1).expect("the section is there");
    assert!(!section.contains(|c: char| c.is_ascii_digit()), "{section}");
    assert!(said(&overdose, Voice::Clinician).contains("1 of 33"));
}

/// Everything that judges.
fn judged(assessment: &Assessment) -> String {
    let reasons: Vec<_> = assessment.reasons.iter().map(|reason| (&reason.id, reason.urgency)).collect();
    let findings: Vec<_> =
        assessment.findings.iter().map(|finding| (&finding.id, finding.level, finding.urgency)).collect();
    let advice: Vec<_> = assessment.advice.iter().map(|advice| (&advice.when, &advice.says)).collect();
    format!(
        "{:?} {:?} {reasons:?} {findings:?} {advice:?} {:?} {:?} {}",
        assessment.balance,
        assessment.urgency,
        assessment.criteria,
        assessment.severity,
        assessment.suicide_path
    )
}

/// A base in which nobody ever counted anything, and one in which everybody fell ill.
static WITHOUT: LazyLock<[Knowledge; 2]> = LazyLock::new(|| {
    let (mut none, mut everyone) = (KNOWLEDGE.base().clone(), KNOWLEDGE.base().clone());
    none.risk = Default::default();
    everyone.risk.references.iter_mut().for_each(|item| item.cases = item.n.filter(|_| item.cases.is_some()));
    [Knowledge::new(none), Knowledge::new(everyone)]
});

fn line() -> impl Strategy<Value = String> {
    prop::sample::select(vec![
        "2026-02-01 08:00 start sertraline 50 mg daily",
        "2026-02-01 08:00 start venlafaxine 75 mg daily",
        "2026-02-01 08:00 start phenelzine 15 mg three times daily",
        "2026-02-01 08:00 start selegiline 5 mg daily",
        "2026-02-01 08:00 start olanzapine 10 mg daily",
        "2026-02-28 08:00 start linezolid 600 mg twice daily",
        "2026-03-02 12:00 take sumatriptan 50 mg",
        "2026-03-02 12:00 take fentanyl 100 µg iv",
        "2026-03-02 20:00 take 20 x 50 mg sertraline on purpose",
        "2026-03-02 20:00 take 20 x 50 mg tramadol by accident",
        "2026-03-02 20:00 take 20 x 300 mg moclobemide",
        "2026-03-02 20:30 sign inducible clonus, diaphoresis by clinician",
        "2026-03-02 20:30 vital temperature 38.6 C, pulse 120",
        "2026-03-02 20:30 note had a fit",
        "profile born 1950 country GB",
    ])
    .prop_map(str::to_owned)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_level_and_no_urgency_hangs_on_a_risk(lines in prop::collection::btree_set(line(), 1..7)) {
        let diary = lines.into_iter().collect::<Vec<_>>().join("\n");
        let with = assessed(&diary);
        for knowledge in WITHOUT.iter() {
            prop_assert_eq!(judged(&assessed_with(knowledge, &diary)), judged(&with));
        }
        prop_assert!(assessed_with(&WITHOUT[0], &diary).risk.is_empty());
        for risk in &with.risk {
            let p = risk.p;
            prop_assert!(0.0 <= p.p5 && p.p5 <= p.median && p.median <= p.p95 && p.p95 <= 1.0 && p.p5 < p.p95, "{:?}", risk);
            prop_assert!(!risk.citations.is_empty() && !risk.reference_class.is_empty());
            // Overdoses and usual doses are different things and never stand side by side.
            prop_assert_eq!(risk.per == RiskPer::Overdose, with.risk[0].per == RiskPer::Overdose);
        }
    }
}

#[test]
fn age_moves_an_overdose_down() {
    let born = |year: u32| first(&format!("profile born {year}\n{SSRI_OVERDOSE}")).p.median;
    assert!(born(1950) < born(1990) && born(1990) < born(2010));
}

#[test]
fn rows_are_read_by_what_they_say() {
    let near = |value: f64, wanted: f64| (value / wanted).ln().abs() < 0.35_f64.exp().ln();
    for (exposure, context, unit, wanted) in [
        ("SNRI or SSRI overdose", "overdose", "% of overdoses", 13.6),
        ("paroxetine overdose with moclobemide, 15 DDD", "overdose", "%", 83.0),
        ("overdose of moclobemide plus another serotonergic drug", "overdose", "% of overdoses", 52.0),
        ("tramadol overdose, Egyptian cohort", "overdose", "% of overdoses", 41.0),
        ("linezolid with or without serotonergic agents", "therapeutic", "% of courses", 0.06),
        ("linezolid with serotonergic drugs", "therapeutic", "% of courses", 0.14),
        ("triptans + SSRIs or SNRIs, definite and possible cases", "therapeutic", "% per person-year", 0.023),
        ("selegiline + antidepressants", "therapeutic", "% of patients", 0.24),
        ("selegiline + antidepressants, serious cases", "therapeutic", "% of patients", 0.04),
        ("nefazodone", "therapeutic", "% per patient-month", 0.04),
        ("serotonergic drugs, commercially insured", "therapeutic", "% per year", 0.13),
        ("all patients of a medical ICU", "ICU", "% of stays", 7.8),
        ("delirious ICU patients with serotonergic drugs", "ICU", "% of stays", 16.0),
        ("antidepressants in elderly outpatients", "therapeutic", "% of patients", 25.0),
    ] {
        let found = percent(exposure, context, unit);
        assert!(near(found, wanted), "{exposure}: {found} for {wanted}");
    }
}
