//! How often "is it helping?" is right: thousands of diaries with a known effect.
//!
//! Each virtual person scores the PHQ-9 about once a week, for four weeks before and eight after. Scores go up and down like those
//! of people do (correlated from week to week, with an error of the scale on top, rounded to whole points), some weeks are missing,
//! some of it goes by itself, and treatment begins at the worst of six possible weeks. The change that the treatment makes is none,
//! half of what matters, or one and a half of it. The table goes to `VALIDATION.md`.

use raphe::{
    helping::{
        Outcome,
        fit::{Point, Spell},
        outcome,
        series::Series,
        treatment::{Group, Treatment},
        verdict::Verdict,
    },
    knowledge::{Citation, Knowledge, schema::{Carrier, Certainty, Grade}},
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
    for week in 0..weeks {
        path.push((state, noise * draws.normal()));
        state = correlation * state + wave * (1.0 - correlation * correlation).sqrt() * draws.normal();
        let _ = week;
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
        let kept = draws.uniform() > 0.15 || place == 0 || place + 1 == world.weeks_before + world.weeks_after;
        let value = (level + by_itself + treated + wave + noise).round().clamp(0.0, 27.0);
        if kept {
            points.push(Point { day, value, reports: 1.0 });
        }
    }
    let last = points.last().expect("the last is kept").day;
    let truth = world.effect * important * (1.0 - (-(last - start).max(0.0) / tau).exp());
    (outcome(phq9(points), &sertraline(start), &KNOWLEDGE), truth)
}

/// Shares of a thousand people.
struct Row {
    name: &'static str,
    verdicts: [f64; 5],
    covered: f64,
    width: f64,
    bias: f64,
    p_below: f64,
}

fn row(name: &'static str, world: World) -> Row {
    const PEOPLE: u64 = 1000;
    let mut row = Row { name, verdicts: [0.0; 5], covered: 0.0, width: 0.0, bias: 0.0, p_below: 0.0 };
    for seed in 1..=PEOPLE {
        let (outcome, truth) = person(world, seed);
        let change = outcome.change.expect("there are scores on both sides");
        let one = 1.0 / PEOPLE as f64;
        row.verdicts[outcome.verdict as usize] += one;
        row.covered += if change.p5 <= truth && truth <= change.p95 { one } else { 0.0 };
        row.width += (change.p95 - change.p5) * one;
        row.bias += (change.median - truth) * one;
        row.p_below += if outcome.serial.is_some_and(|test| test.p < 0.05 && test.difference < 0.0) { one } else { 0.0 };
    }
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
            row.name, percent(row.covered), row.width, row.bias, percent(row.p_below)
        ));
    }
    println!("{table}");
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
