//! Down in steps that can be bought.
//!
//! What holds the serotonin transporter holds it by a hyperbola: half of the dose leaves most of the effect, and the last
//! milligrams do most of the work. So the steps are equal in occupancy, not in dose, and each is the real amount that
//! comes nearest: whole pieces, halves where the label allows them, or a liquid. What does not hold the transporter
//! falls in equal parts of the dose. Levels are taken to fall with the dose, which is not quite so for what slows its own
//! removal; there the real steps are gentler than written.

use crate::{
    exposure::{
        intake::{self, Use},
        kinetics::TYPICAL_WEIGHT,
        later,
        scenario::Scenario,
    },
    knowledge::{
        Citation, Knowledge,
        schema::{Strength, Substance},
    },
    population::Population,
    synapse::engagement::{Engagement, Target},
    timeline::{DoseLine, Entry, Event, Form, Origin, Person, Timeline, When},
    units::{Mass, TimeSpan},
};
use jiff::Timestamp;

/// One rung on the way down.
#[derive(Debug, Clone, PartialEq)]
pub struct Rung {
    /// Milligrams a day.
    pub mg: f64,
    /// Share of the transporter that the typical person has occupied; `None` where it is not at stake.
    pub occupancy: Option<f64>,
    /// What it is made up of, in words.
    pub made_of: String,
    /// The form.
    pub form: Option<Form>,
}

/// A way down.
#[derive(Debug, Clone, PartialEq)]
pub struct Taper {
    /// From the first dose below the present one to the last above none.
    pub rungs: Vec<Rung>,
    /// Occupancy at the present dose.
    pub occupancy: Option<f64>,
    /// Sources of the strengths.
    pub citations: Vec<Citation>,
    /// What a strength needs to be said of it.
    pub notes: Vec<String>,
}

/// A step of occupancy.
const STEP: f64 = 0.10;
/// Pieces that are swallowed at a time, at most.
const PIECES: usize = 3;

/// The way from a daily dose to none.
pub(super) fn taper(knowledge: &Knowledge, substance: &Substance, line: &DoseLine, mg: f64) -> Taper {
    let slow = line.form == Some(Form::ExtendedRelease)
        || (line.form.is_none() && substance.strengths.iter().all(|one| one.form == "extended_release"));
    let candidates = candidates(substance, slow, mg);
    let held = occupancy(knowledge, substance, line);
    let now = held.as_ref().map(|held| held(1.0));
    let mut rungs: Vec<Rung> = Vec::new();
    let below = |rungs: &[Rung]| rungs.last().map_or(mg, |rung| rung.mg);
    let rung = |mg_now: f64| {
        let (made_of, form) = made_of(substance, slow, mg_now);
        Rung { mg: mg_now, occupancy: held.as_ref().map(|held| held(mg_now / mg)), made_of, form }
    };
    let targets: Vec<f64> = match now {
        Some(now) => {
            let steps = (now / STEP).round().clamp(2.0, 10.0);
            (1..steps as usize).map(|step| now * (1.0 - step as f64 / steps)).collect()
        }
        None => vec![0.75, 0.5, 0.25],
    };
    for target in targets {
        let reached = |dose: f64| match &held {
            Some(held) => held(dose / mg),
            None => dose / mg,
        };
        let lower = candidates.iter().copied().filter(|dose| *dose < below(&rungs) - 1e-9);
        let nearest = lower.min_by(|a, b| (reached(*a) - target).abs().total_cmp(&(reached(*b) - target).abs()));
        // What is nearer to the rung before is not a new one.
        let Some(nearest) = nearest else { break };
        let before = rungs.last().map_or(1.0, |rung| rung.mg / mg);
        let before = held.as_ref().map_or(before, |held| held(before));
        if (reached(nearest) - target).abs() <= (before - target).abs() + 1e-9 {
            rungs.push(rung(nearest));
        }
    }
    // The last rung is the smallest that can be bought.
    let smallest = candidates.first().copied();
    if let Some(smallest) = smallest.filter(|smallest| *smallest < below(&rungs) - 1e-9 && rungs.is_empty()) {
        rungs.push(rung(smallest));
    }
    let used = substance.strengths.iter().filter(|one| (one.form == "extended_release") == slow || !slow);
    let notes = used.clone().filter_map(|one| {
        let note = one.note.as_ref()?;
        Some(format!("{}: {note}", form_word(&one.form)))
    });
    Taper {
        occupancy: now,
        citations: used.clone().flat_map(|one| &one.evidence).map(Citation::from).collect(),
        notes: notes.collect(),
        rungs,
    }
}

fn amounts(list: &[String]) -> impl Iterator<Item = f64> {
    list.iter().filter_map(|text| text.parse::<Mass>().ok()).map(Mass::as_mg)
}

/// Pieces that may be swallowed of the forms that are used: milligrams, and how they are called.
fn pieces(substance: &Substance, slow: bool) -> Vec<(f64, String, bool)> {
    let mut pieces = Vec::new();
    for one in substance.strengths.iter().filter(|one| one.form != "liquid") {
        let is_slow = one.form == "extended_release";
        if is_slow && !slow {
            continue;
        }
        let word = form_word(&one.form);
        pieces.extend(amounts(&one.amounts).map(|mg| (mg, format!("{} mg {word}", number(mg)), is_slow)));
        pieces.extend(
            amounts(&one.halved).map(|mg| (mg / 2.0, format!("half of a {} mg {word}", number(mg)), is_slow)),
        );
    }
    pieces.sort_by(|a, b| a.0.total_cmp(&b.0));
    pieces
}

fn form_word(form: &str) -> &str {
    match form {
        "extended_release" => "extended-release piece",
        other => other,
    }
}

/// Every daily amount below `mg` that can be made up, smallest first.
fn candidates(substance: &Substance, slow: bool, mg: f64) -> Vec<f64> {
    let pieces = pieces(substance, slow);
    // Slow and quick pieces are not mixed on one day.
    let mut sums: Vec<f64> = Vec::new();
    for kind in [true, false] {
        let own: Vec<f64> = pieces.iter().filter(|piece| piece.2 == kind).map(|piece| piece.0).collect();
        let mut level = vec![0.0];
        for _ in 0..PIECES {
            level = level.iter().flat_map(|sum| own.iter().map(move |piece| sum + piece)).collect();
            level.sort_by(f64::total_cmp);
            level.dedup_by(|a, b| (*a - *b).abs() < 1e-6);
            sums.extend(&level);
        }
    }
    // A liquid measures any multiple of its least amount; two digits are enough.
    for least in liquids(substance) {
        let steps = (mg / least) as usize;
        let coarse = (steps / 100).max(1);
        sums.extend((1..=steps).filter(|step| *step < 50 || step % coarse == 0).map(|step| step as f64 * least));
    }
    sums.retain(|sum| *sum > 0.0 && *sum < mg - 1e-9);
    sums.sort_by(f64::total_cmp);
    sums.dedup_by(|a, b| (*a - *b).abs() < 1e-6);
    sums
}

fn liquids(substance: &Substance) -> impl Iterator<Item = f64> {
    substance.strengths.iter().filter(|one: &&Strength| one.form == "liquid").flat_map(|one| amounts(&one.amounts))
}

/// The fewest pieces that make up an amount, in words; else the liquid.
fn made_of(substance: &Substance, slow: bool, mg: f64) -> (String, Option<Form>) {
    let pieces = pieces(substance, slow);
    let close = |sum: f64| (sum - mg).abs() < 1e-6;
    for count in 1..=PIECES {
        for kind in [slow, !slow] {
            // Larger pieces first: they are the usual ones.
            let own: Vec<&(f64, String, bool)> = pieces.iter().rev().filter(|piece| piece.2 == kind).collect();
            let mut found: Option<Vec<&str>> = None;
            combine(&own, count, 0, 0.0, &mut Vec::new(), &close, &mut found);
            if let Some(found) = found {
                let form = kind.then_some(Form::ExtendedRelease);
                let mut words: Vec<String> = Vec::new();
                for word in &found {
                    let times = found.iter().filter(|other| *other == word).count();
                    let text = if times > 1 { format!("{times} x {word}") } else { (*word).to_owned() };
                    if !words.contains(&text) {
                        words.push(text);
                    }
                }
                return (words.join(" and "), form);
            }
        }
    }
    (format!("{} mg as liquid", number(mg)), Some(Form::Liquid))
}

fn combine<'a>(
    pieces: &[&'a (f64, String, bool)],
    left: usize,
    from: usize,
    sum: f64,
    taken: &mut Vec<&'a str>,
    close: &impl Fn(f64) -> bool,
    found: &mut Option<Vec<&'a str>>,
) {
    if found.is_some() {
        return;
    }
    if left == 0 {
        if close(sum) {
            *found = Some(taken.clone());
        }
        return;
    }
    for place in from..pieces.len() {
        taken.push(&pieces[place].1);
        combine(pieces, left - 1, place, sum + pieces[place].0, taken, close, found);
        taken.pop();
    }
}

pub(super) fn number(value: f64) -> String {
    crate::units::number(libm::round(value * 100.0) / 100.0)
}

/// The share of the transporter that the typical person has occupied at a share of the dose, at the middle of its last
/// day of a long run; `None` where the drug does not hold it.
fn occupancy(knowledge: &Knowledge, substance: &Substance, line: &DoseLine) -> Option<impl Fn(f64) -> f64 + use<>> {
    const BEGIN: Timestamp = Timestamp::constant(978_307_200, 0);
    const LEAST: f64 = 0.15;
    let person = Person { weight: Some(Mass::kg(TYPICAL_WEIGHT)), ..Person::default() };
    let event = Event::Start(line.clone());
    let entry = Entry { when: When::at(BEGIN), event, origin: Origin::Asked(1), note: None };
    let timeline = Timeline::new(person, vec![entry]);
    let end = later(BEGIN, TimeSpan::days(90.5));
    let (uses, _) = intake::uses(&timeline, knowledge, end);
    let all: Vec<&Use> = uses.iter().collect();
    let typical = Population { seed: 1, people: 0 };
    let scenario = Scenario::new(knowledge, &timeline, &all, typical, Some(BEGIN), end);
    let engagement = Engagement::of(knowledge, &scenario.network, [substance], &scenario.amount_unknown);
    if !engagement.targets().contains(&Target::Sert) || !engagement.gaps.is_empty() {
        return None;
    }
    let outcome = scenario.run(&[scenario.hours], 0.5, f64::INFINITY);
    let levels: Vec<f64> = (0..scenario.network.moieties.len())
        .map(|moiety| outcome.course.levels[moiety][outcome.place[0]][0])
        .collect();
    let held = move |share: f64| {
        let scaled: Vec<f64> = levels.iter().map(|level| level * share).collect();
        engagement.of_typical(Target::Sert, &scaled)
    };
    (held(1.0) >= LEAST).then_some(held)
}

/// Halvings of a dose down to a least one, in whole pieces.
pub(super) fn down_to(substance: &Substance, mg: f64, least: f64) -> Vec<Rung> {
    let mut rungs = Vec::new();
    let mut dose = mg;
    while dose > least + 1e-9 {
        let next = (dose - least).max(least);
        let next = if next < dose { next } else { least };
        let (made_of, form) = made_of(substance, false, next);
        rungs.push(Rung { mg: next, occupancy: None, made_of, form });
        dose = next;
    }
    rungs
}
