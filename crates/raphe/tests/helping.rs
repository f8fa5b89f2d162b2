//! How often "is it helping?" is right: thousands of diaries with a known effect.
//!
//! Each virtual person scores the PHQ-9 about once a week, for four weeks before and eight after. Scores go up and down like those
//! of people do (correlated from week to week, with an error of the scale on top, rounded to whole points), some weeks are missing,
//! some of it goes by itself, and treatment begins at the worst of six possible weeks. The change that the treatment makes is none,
//! half of what matters, or one and a half of it. The table is `docs/helping.md`.

#![allow(clippy::disallowed_methods, reason = "tests read files and clocks; the engine does not")]

mod snapshot;

use jiff::civil;
use raphe::{
    helping::{
        Helping, Needs, Outcome,
        fit::{Point, Spell},
        outcome,
        series::{Series, date_of, day_number},
        treatment::{Group, Problem, Treatment},
        verdict::Verdict,
    },
    knowledge::{
        Citation, Knowledge,
        schema::{Carrier, Certainty, Grade},
    },
    report::{self, Voice},
};
use std::sync::LazyLock;

static KNOWLEDGE: LazyLock<Knowledge> = LazyLock::new(Knowledge::bundled);

/// Numbers that depend on a seed only.
struct Draws(u64);

impl Draws {
    fn uniform(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) >> 11) as f64 / (1u64 << 53) as f64
    }

    fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.uniform()
    }

    fn normal(&mut self) -> f64 {
        let radius = (-2.0 * (1.0 - self.uniform()).ln()).sqrt();
        radius * (std::f64::consts::TAU * self.uniform()).cos()
    }
}

/// What makes a diary hard to read.
#[derive(Clone, Copy)]
struct World {
    /// Effect in units of what matters; below zero is better.
    effect: f64,
    /// Whether some of it goes by itself, and treatment begins at the worst moment.
    misleading: bool,
    weeks_before: usize,
    weeks_after: usize,
}

fn sertraline(start: f64) -> Treatment {
    Treatment {
        name: "sertraline".to_owned(),
        stopping: false,
        spells: vec![Spell { from: start, to: None }],
        changes: Vec::new(),
        tau: 21.0,
        judge_after: 28.0,
        by: Some(Carrier::Prescriber),
        medicine: true,
        group: Some(Group {
            effect: -0.30,
            share: 0.5,
            compared_with: "placebo".to_owned(),
            population: "adults".to_owned(),
            certainty: Certainty::Moderate,
            citation: Citation {
                cite: "cipriani2018".to_owned(),
                place: None,
                grade: Grade::MetaAnalysis,
                checked: None,
            },
        }),
        onset: Vec::new(),
        guidance: Some("antidepressants".to_owned()),
    }
}

fn phq9(points: Vec<Point>) -> Series {
    Series {
        id: "phq_9".to_owned(),
        name: "PHQ-9".to_owned(),
        measures: "depressive symptoms".to_owned(),
        questionnaire: true,
        range: (0.0, 27.0),
        turned: false,
        points,
        averaged: 0,
        repeated: 0,
        completed: 0,
        unusable: 0,
    }
}

/// One person's scores, and the change that the treatment had made by the last of them.
fn person(world: World, seed: u64) -> (Outcome, f64) {
    let mut draws = Draws(seed.wrapping_mul(0x2545_F491_4F6C_DD1D));
    let level = draws.between(11.0, 21.0);
    let size = draws.between(1.2, 2.4);
    let correlation = draws.between(0.2, 0.6);
    let error = draws.between(0.2, 0.7);
    let tau = 21.0 * draws.between(0.6, 1.6);
    let recovery = if world.misleading { draws.between(0.0, 2.0) } else { 0.0 };
    let weeks = world.weeks_before + world.weeks_after + 6;
    let (wave, noise) = (size * (1.0 - error).sqrt(), size * error.sqrt());
    let mut state = wave * draws.normal();
    let mut path = Vec::new();
    for _ in 0..weeks {
        path.push((state, noise * draws.normal()));
        state = correlation * state + wave * (1.0 - correlation * correlation).sqrt() * draws.normal();
    }
    // It begins after the worst of six weeks.
    let candidates = world.weeks_before - 1..world.weeks_before + 5;
    let worst = candidates.clone().max_by(|a, b| {
        let shown = |week: usize| path[week].0 + path[week].1;
        shown(*a).total_cmp(&shown(*b))
    });
    let begin = if world.misleading { worst.expect("six weeks") } else { candidates.start };
    let first = begin + 1 - world.weeks_before;
    let start = 7.0 * (begin - first) as f64;
    let important = 5.0_f64.max(0.2 * level);
    let mut points = Vec::new();
    for (place, (wave, noise)) in path[first..=begin + world.weeks_after].iter().enumerate() {
        let day = 7.0 * place as f64 + if place == 0 { 0.0 } else { (draws.uniform() * 3.0).floor() - 1.0 };
        let by_itself = -recovery * 0.7 * level * (1.0 - (-day / 364.0).exp());
        let treated = world.effect * important * (1.0 - (-(day - start).max(0.0) / tau).exp());
        let kept =
            draws.uniform() > 0.15 || place == 0 || place + 1 == world.weeks_before + world.weeks_after;
        let value = (level + by_itself + treated + wave + noise).round().clamp(0.0, 27.0);
        if kept {
            points.push(Point { day, value, reports: 1.0 });
        }
    }
    let last = points.last().expect("the last is kept").day;
    let truth = world.effect * important * (1.0 - (-(last - start).max(0.0) / tau).exp());
    (outcome(phq9(points), &sertraline(start), &KNOWLEDGE), truth)
}

const HEAD: &str = "\
# How often \"is it helping?\" is right

A thousand virtual people a row score the PHQ-9 about once a week, four weeks before and eight after a treatment begins. Scores go up
and down from week to week, the scale errs, some weeks are missing, some of it goes by itself, and treatment begins at the worst of
six possible weeks. What the treatment does is known: nothing, half of what matters, or one and a half of it. The table says what
`raphe helping` answers.

The thresholds of the answers, and how much these people recover by themselves, were chosen with this table in sight. So it shows
that the answers hold together, not that they are right for people unlike these.

Written by `crates/raphe/tests/helping.rs`. Do not edit this file: `INSTA_UPDATE=always cargo test -p raphe --test helping` writes it
anew. The interval and its width and bias are in points of the PHQ-9.

";

/// Shares of a thousand people.
struct Row {
    name: &'static str,
    verdicts: [f64; 5],
    told: f64,
    covered: f64,
    width: f64,
    bias: f64,
    p_below: f64,
}

fn row(name: &'static str, world: World) -> Row {
    const PEOPLE: u64 = 1000;
    let mut row =
        Row { name, verdicts: [0.0; 5], told: 0.0, covered: 0.0, width: 0.0, bias: 0.0, p_below: 0.0 };
    for seed in 1..=PEOPLE {
        let (outcome, truth) = person(world, seed);
        let one = 1.0 / PEOPLE as f64;
        row.verdicts[outcome.verdict as usize] += one;
        // Where too many weeks are missing nothing is claimed.
        if let Some(change) = outcome.change {
            row.told += one;
            row.covered += if change.p5 <= truth && truth <= change.p95 { one } else { 0.0 };
            row.width += (change.p95 - change.p5) * one;
            row.bias += (change.median - truth) * one;
        }
        row.p_below +=
            if outcome.serial.is_some_and(|test| test.p < 0.05 && test.difference < 0.0) { one } else { 0.0 };
    }
    (row.covered, row.width, row.bias) = (row.covered / row.told, row.width / row.told, row.bias / row.told);
    row
}

#[test]
fn verdicts_are_calibrated() {
    let world = |effect, misleading, weeks_after| World { effect, misleading, weeks_before: 4, weeks_after };
    let worlds = [
        ("no effect, nothing misleads", world(0.0, false, 8)),
        ("no effect, goes by itself, worst moment", world(0.0, true, 8)),
        ("small effect, half of what matters", world(-0.5, true, 8)),
        ("effect, 1.5 of what matters", world(-1.5, true, 8)),
        ("effect, 1.5 of what matters, 16 weeks", world(-1.5, true, 16)),
        ("harm, 1.5 of what matters", world(1.5, true, 8)),
    ];
    let rows: Vec<Row> = std::thread::scope(|scope| {
        let started = worlds.map(|(name, world)| scope.spawn(move || row(name, world)));
        started.into_iter().map(|thread| thread.join().expect("a world runs to its end")).collect()
    });
    let mut table = String::from(
        "| truth | worse | likely helping | maybe | not helping | cannot tell | 90 % interval holds it | width | bias | serial t below 5 % |\n|---|---|---|---|---|---|---|---|---|---|\n",
    );
    for row in &rows {
        let percent = |share: f64| format!("{:.1} %", 100.0 * share);
        let [worse, helping, maybe, not, cannot] = row.verdicts.map(percent);
        table.push_str(&format!(
            "| {} | {worse} | {helping} | {maybe} | {not} | {cannot} | {} | {:.1} | {:+.1} | {} |\n",
            row.name,
            percent(row.covered),
            row.width,
            row.bias,
            percent(row.p_below)
        ));
    }
    snapshot::holds("docs/helping.md", &format!("{HEAD}{table}"), "helping");
    let share = |row: usize, verdict: Verdict| rows[row].verdicts[verdict as usize];
    for row in 0..2 {
        assert!(share(row, Verdict::LikelyHelping) <= 0.05, "{table}");
        assert!(share(row, Verdict::Worse) <= 0.03, "{table}");
    }
    assert!(share(3, Verdict::LikelyHelping) >= 0.60, "{table}");
    assert!(share(5, Verdict::Worse) >= 0.60, "{table}");
    for row in &rows {
        assert!((0.85..=0.99).contains(&row.covered), "{}: {table}", row.name);
    }
}

/// The answer to a diary at its end.
fn ask(diary: &str, what: &str) -> Helping {
    let (timeline, notices) = raphe::timeline::diary::read(diary.as_bytes());
    assert!(notices.iter().all(|notice| notice.weight != raphe::timeline::Weight::Error), "{notices:?}");
    let as_of = timeline.end().expect("the diary has entries");
    raphe::helping::helping(&timeline, &KNOWLEDGE, what, as_of)
}

/// The answer as it is printed.
fn print(answer: &Helping, voice: Voice) -> String {
    report::text::print(&report::helping(answer, &KNOWLEDGE, voice, None), report::text::Paint::PLAIN)
}

fn example(name: &str) -> String {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/");
    std::fs::read_to_string(format!("{path}{name}")).expect("the example can be read")
}

/// Weekly totals of the PHQ-9 from the first Monday of 2026.
fn weekly(totals: &[u32], line: &str) -> String {
    let date = |week: usize| date_of(day_number(civil::date(2026, 1, 5)) + 7.0 * week as f64);
    let scores = totals.iter().enumerate();
    let scores = scores.map(|(week, total)| format!("{} score PHQ-9 total {total}\n", date(week)));
    format!("profile country GB\n{}{line}\n", scores.collect::<String>())
}

#[test]
fn the_examples_are_answered_as_they_should() {
    let both = |answer: &Helping| {
        format!("{}\n=== clinician\n{}", print(answer, Voice::Person), print(answer, Voice::Clinician))
    };
    let sertraline = ask(&example("helping-sertraline.raphe"), "Zoloft");
    assert_eq!(sertraline.outcomes[0].verdict, Verdict::LikelyHelping);
    assert_eq!(sertraline.beside.len(), 1, "CBT began three weeks later");
    insta::assert_snapshot!("sertraline", both(&sertraline));
    let light = ask(&example("helping-light.raphe"), "light");
    assert_eq!(light.treatment.as_ref().map(|item| item.spells.len()), Some(3));
    assert_eq!(light.outcomes[0].verdict, Verdict::LikelyHelping);
    assert!(light.beside.is_empty());
    insta::assert_snapshot!("light", both(&light));
    let soon = ask(&example("helping-too-soon.raphe"), "exercise");
    assert_eq!(soon.outcomes[0].verdict, Verdict::CannotTell);
    assert!(matches!(soon.outcomes[0].needs, Some(Needs::After { more, .. }) if more >= 3));
    assert!(soon.outcomes[0].chances.is_none(), "three scores have no chances");
    insta::assert_snapshot!("too_soon", both(&soon));
}

#[test]
fn worse_is_said_at_once_and_crisis_lines_first() {
    let line = "2026-01-20 start citalopram 20 mg daily";
    let worse = ask(&weekly(&[12, 13, 12, 18, 19], line), "citalopram");
    assert_eq!(worse.outcomes[0].verdict, Verdict::Worse);
    assert!(print(&worse, Voice::Person).starts_with("Worse."), "{}", print(&worse, Voice::Person));
    let answered =
        format!("{line}\n2026-01-12 score PHQ-9 2 2 1 1 1 1 1 1 0\n2026-02-16 score PHQ-9 1 1 1 1 1 1 1 1 1");
    let new = ask(&weekly(&[12, 12, 12, 10, 9], &answered), "citalopram");
    assert!(new.new_suicidal_answer);
    let printed = print(&new, Voice::Person);
    assert!(
        printed.starts_with("If you are thinking of ending your life") && printed.contains("116 123"),
        "{printed}"
    );
    // What was there before the start is not new, but its lines are shown all the same.
    let before = format!("{line}\n2026-01-12 score PHQ-9 2 2 1 1 1 1 1 1 1");
    assert!(!ask(&weekly(&[12, 12, 12, 10, 9], &before), "citalopram").new_suicidal_answer);
}

#[test]
fn what_cannot_be_answered_is_said_and_why() {
    let scores = weekly(&[12, 13, 12, 12, 11], "2026-01-20 start citalopram 20 mg daily");
    let unknown = ask(&scores, "citalopran");
    assert!(matches!(&unknown.problem, Some(Problem::Unknown { suggestions, holds })
        if suggestions.contains(&"citalopram".to_owned()) && *holds == ["citalopram"]));
    let never = ask(&scores, "CBT");
    assert!(matches!(never.problem, Some(Problem::NeverStarted { .. })));
    assert!(matches!(ask(&scores, "stop citalopram").problem, Some(Problem::NeverStarted { .. })));
    let bare = ask("2026-01-20 start citalopram 20 mg daily\n2026-03-01 sleep 7 h", "citalopram");
    assert_eq!(bare.problem, Some(Problem::NoScores));
    // Everything after the start: what was before cannot be made up.
    let late = ask(&weekly(&[12, 13, 12, 12, 11], "2025-11-20 start citalopram 20 mg daily"), "citalopram");
    assert!(late.outcomes.is_empty() && late.one_sided.len() == 1);
    assert!(print(&late, Voice::Person).contains("cannot be made up"));
    // A name nobody knows is asked about as the diary writes it, and nothing is assumed of it.
    let own = ask(&weekly(&[12, 13, 12, 12, 11, 12, 12, 11], "2026-01-20 session massage"), "massage");
    assert!(own.problem.is_none() && own.treatment.is_some_and(|item| item.group.is_none()));
}

#[test]
fn the_end_of_a_medicine_can_be_asked_about() {
    let line = "2026-02-10 stop paroxetine";
    let totals = [6, 7, 6, 7, 6, 6, 12, 13, 13, 14];
    let answer = ask(&weekly(&totals, line), "stopping paroxetine");
    assert_eq!(answer.outcomes[0].verdict, Verdict::Worse, "begun before the diary was");
    let printed = print(&answer, Voice::Person).split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(
        printed.contains("Since you stopped paroxetine") && printed.contains("after stopping"),
        "{printed}"
    );
    assert!(!printed.contains("Do not stop"), "{printed}");
    let both =
        ask(&weekly(&totals, &format!("2025-06-01 start paroxetine 20 mg daily\n{line}")), "stop paroxetine");
    assert_eq!(both.outcomes[0].change, answer.outcomes[0].change);
}

#[test]
fn constant_scores_are_not_helping_and_doubles_count_once() {
    let line = "2026-01-27 start sertraline 50 mg daily";
    let same = ask(&weekly(&[14; 16], line), "sertraline");
    assert_eq!(same.outcomes[0].verdict, Verdict::NotHelping);
    assert!(same.outcomes[0].serial.is_none(), "what does not vary has no t-test");
    let twice = ask(&weekly(&[14; 16], &format!("{line}\n2026-01-05 score PHQ-9 total 14")), "sertraline");
    assert_eq!(twice.outcomes[0].series.repeated, 1);
    assert_eq!(twice.outcomes[0].counts, same.outcomes[0].counts);
    assert_eq!(twice.outcomes[0].change, same.outcomes[0].change);
}

#[test]
fn answers_left_out_are_made_up_only_as_the_questionnaire_allows() {
    let line = "2026-01-20 start sertraline 50 mg daily\n2026-02-16 score PHQ-9 2 2 1 1 1 1 1 - -\n2026-02-23 score PHQ-9 2 2 1 1 1 1 - - -";
    let answer = ask(&weekly(&[12, 13, 12, 12, 11], line), "sertraline");
    let series = &answer.outcomes[0].series;
    assert_eq!((series.completed, series.unusable), (1, 1));
    assert_eq!(series.points.last().map(|point| point.value), Some(12.0), "9 points in 7 answers");
}

#[test]
fn more_is_better_where_the_scale_says_so() {
    let diary =
        weekly(&[20, 24, 20, 24, 36, 44, 52, 56, 60, 60, 64, 60], "2026-01-27 start sertraline 50 mg daily");
    let diary = diary.replace("PHQ-9", "WHO-5");
    let answer = ask(&diary, "sertraline");
    assert_eq!(answer.outcomes[0].verdict, Verdict::LikelyHelping);
    assert!(
        print(&answer, Voice::Person).contains("higher than expected by itself"),
        "{}",
        print(&answer, Voice::Person)
    );
    let drawn = report::picture_of(&answer.outcomes[0], answer.treatment.as_ref().expect("it was found"));
    assert_eq!(drawn.points[0].1, 20.0, "a picture shows what was written");
}

#[test]
fn order_and_later_entries_change_nothing() {
    let text = example("helping-sertraline.raphe");
    let (timeline, _) = raphe::timeline::diary::read(text.as_bytes());
    let as_of = timeline.end().expect("the diary has entries");
    let answer = |timeline| {
        print(&raphe::helping::helping(&timeline, &KNOWLEDGE, "sertraline", as_of), Voice::Clinician)
    };
    let turned = timeline.holding(timeline.entries.iter().rev().cloned().collect());
    assert_eq!(answer(turned), answer(timeline.clone()));
    let (later, _) =
        raphe::timeline::diary::read(format!("{text}2026-08-01 score PHQ-9 total 25\n").as_bytes());
    assert_eq!(answer(later), answer(timeline));
}

#[test]
fn three_years_of_evenings_take_a_moment() {
    let mut draws = Draws(7);
    let mut diary = String::from("2025-02-01 start sertraline 50 mg daily\n");
    for place in 0..1095 {
        let day = date_of(day_number(civil::date(2024, 1, 1)) + f64::from(place));
        let value = (5.5 + 1.2 * draws.normal()).round().clamp(0.0, 10.0);
        diary.push_str(&format!("{day} feel low mood {value}/10\n"));
    }
    let (timeline, _) = raphe::timeline::diary::read(diary.as_bytes());
    let as_of = timeline.end().expect("the diary has entries");
    let begun = std::time::Instant::now();
    let answer = raphe::helping::helping(&timeline, &KNOWLEDGE, "sertraline", as_of);
    println!("three years: {} ms", begun.elapsed().as_millis());
    assert_eq!(answer.outcomes[0].verdict, Verdict::NotHelping);
    // A tenth of a second alone on a machine; a machine that does ten other things is given more.
    assert!(begun.elapsed().as_millis() < 2000);
}

#[test]
fn a_picture_can_be_read_without_seeing_it() {
    let answer = ask(&example("helping-light.raphe"), "light");
    let drawn = report::picture_of(&answer.outcomes[0], answer.treatment.as_ref().expect("it was found"));
    let svg = report::picture::svg(&drawn);
    for part in ["role=\"img\"", "<title id=", "<desc id=", "values of", "currentColor", "<pattern"] {
        assert!(svg.contains(part), "{part} is missing");
    }
    assert_eq!(svg.matches("<circle").count(), drawn.points.len() + 2, "each value and two in the legend");
    assert!(
        !svg.contains('#') || svg.matches('#').count() == svg.matches("url(#").count(),
        "no color of its own"
    );
    // Balanced, with nothing unescaped: what was opened is closed.
    for tag in ["svg", "text", "title", "desc", "defs", "pattern", "g", "circle"] {
        let opened = svg.matches(&format!("<{tag} ")).count() + svg.matches(&format!("<{tag}>")).count();
        let closed = svg.matches(&format!("</{tag}>")).count();
        if tag != "circle" {
            assert_eq!(opened, closed, "{tag}")
        }
    }
}

#[test]
fn a_narrow_picture_keeps_its_letters_and_stays_inside() {
    let answer = ask(&example("helping-light.raphe"), "light");
    let mut drawn = report::picture_of(&answer.outcomes[0], answer.treatment.as_ref().expect("it was found"));
    drawn.treatment = "light therapy with a lamp of ten thousand lux before breakfast".to_owned();
    for width in [240.0, 280.0, 358.0, 720.0, 1200.0, f64::NAN] {
        let svg = report::picture::svg_of(&drawn, width);
        let known = if width.is_finite() { width } else { 720.0 };
        assert!(svg.contains(&format!("viewBox=\"0 0 {known} ")), "{width}");
        for part in svg.split("<text x=\"").skip(1).filter(|part| !part.contains("text-anchor=\"end\"")) {
            let from: f64 = part.split('"').next().and_then(|x| x.parse().ok()).expect("a place");
            let text = part.split('>').nth(1).and_then(|rest| rest.split('<').next()).expect("words");
            let centered = part.contains("text-anchor=\"middle\"");
            let long = 6.3 * text.chars().count() as f64 * if centered { 0.5 } else { 1.0 };
            assert!(from + long <= known + 1.0, "`{text}` leaves a picture {width} wide");
        }
    }
}
