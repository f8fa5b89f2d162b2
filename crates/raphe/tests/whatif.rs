//! What holds of every comparison.

use raphe::{
    Timestamp,
    assess::Question,
    knowledge::{Knowledge, schema::Level},
    population::Population,
    report::{self, Voice, text},
    timeline::diary::{self, Diary},
    units::TimeSpan,
    whatif::{What, WhatIf, whatif},
};
use std::sync::LazyLock;

static KNOWLEDGE: LazyLock<Knowledge> = LazyLock::new(Knowledge::bundled);
const DIARY: &str = "2026-01-01 start sertraline 100 mg daily\n";

fn compared(diary: &str, line: &str) -> WhatIf {
    let as_of: Timestamp = "2026-06-15T09:00:00Z".parse().expect("a moment");
    let question =
        Question { as_of, horizon: TimeSpan::days(14.0), population: Population { seed: 1, people: 16 } };
    let mut longer = Diary::read(diary.as_bytes());
    longer.append(line).expect("a line that reads");
    let (before, after) = (diary::read(diary.as_bytes()).0, diary::read(&longer.print()).0);
    whatif(&before, &after, &[line.to_owned()], &KNOWLEDGE, &question)
}

fn level(found: &WhatIf) -> Level {
    let with = found.with.as_ref().expect("an assessment");
    with.findings.iter().map(|finding| finding.level).max().unwrap_or(Level::NoneKnown)
}

#[test]
fn what_says_nothing_of_medicine_changes_nothing() {
    let found = compared(DIARY, "2026-06-15 note slept badly");
    assert_eq!(found.differences, []);
    let (without, with) = (found.without.expect("one"), found.with.expect("the other"));
    assert_eq!(without.synapse, with.synapse, "the same virtual people");
}

#[test]
fn a_medicine_that_is_added_tomorrow_is_judged_tomorrow() {
    let found = compared(DIARY, "2026-06-16 take tramadol 100 mg");
    assert_eq!(level(&found), Level::Major);
    assert!(found.as_of.to_string().starts_with("2026-06-1"), "{}", found.as_of);
    assert!(found.as_of > "2026-06-16T00:00:00Z".parse().expect("a moment"));
    let pair = |difference: &raphe::whatif::Difference| matches!(&difference.what, What::Finding(id) if id.contains("sertraline+tramadol") && difference.with == "major");
    assert!(found.differences.iter().any(pair), "{:?}", found.differences);
    assert!(
        found.differences.iter().any(|one| one.what == What::Exposure("tramadol".to_owned())),
        "{:?}",
        found.differences
    );
}

#[test]
fn what_is_stopped_is_gone_later_and_nobody_is_told_to_stop() {
    let both = format!("{DIARY}2026-06-01 start tramadol 50 mg twice daily\n");
    let found = compared(&both, "2026-06-18 stop tramadol");
    let words = text::print(&report::whatif(&found, &KNOWLEDGE, Voice::Person), text::Paint::PLAIN);
    assert!(found.differences.iter().all(|one| one.with != "contraindicated"), "{:?}", found.differences);
    assert!(!words.contains("you should stop"), "{words}");
}

#[test]
fn far_too_much_is_not_compared() {
    let found = compared(DIARY, "2026-06-16 take tramadol 5 g");
    assert!(found.too_much.is_some() && found.with.is_none() && found.differences.is_empty());
    let words = text::print(&report::whatif(&found, &KNOWLEDGE, Voice::Clinician), text::Paint::PLAIN);
    assert!(words.starts_with("If you are thinking of ending your life"), "{words}");
}

#[test]
fn an_mao_inhibitor_beside_it_comes_first() {
    let found = compared(DIARY, "2026-06-16 start phenelzine 15 mg twice daily");
    assert_eq!(found.differences[0].what, What::Urgency);
    assert_eq!(level(&found), Level::Contraindicated);
}
