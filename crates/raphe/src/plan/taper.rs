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
/// How awkward it is to measure off a liquid.
const LIQUID: f64 = 0.03;
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
        let lower = candidates.iter().copied().filter(|(dose, _)| *dose < below(&rungs) - 1e-9);
        let away = |(dose, awkward): (f64, f64)| (reached(dose) - target).abs() + awkward;
        // What is nearer to the rung before is not a new one.
        let nearest = lower.min_by(|a, b| away(*a).total_cmp(&away(*b)));
        let Some((nearest, _)) = nearest else { break };
        let before = rungs.last().map_or(1.0, |rung| rung.mg / mg);
        let before = held.as_ref().map_or(before, |held| held(before));
        if (reached(nearest) - target).abs() <= (before - target).abs() + 1e-9 {
            rungs.push(rung(nearest));
        }
    }
    // The last rung is the smallest that can be bought.
    let smallest = candidates.first().map(|(dose, _)| *dose);
    let liquid = liquids(substance).next().is_some();
    if let Some(smallest) = smallest.filter(|smallest| *smallest < below(&rungs) - 1e-9 && !liquid) {
        rungs.push(rung(smallest));
    }
    // What is said of a form is said where a rung is made of it.
    let liquid_used = rungs.iter().any(|rung| rung.form == Some(Form::Liquid));
    let used = substance.strengths.iter().filter(|one| match one.form.as_str() {
        "extended_release" => slow,
        "liquid" => liquid_used,
        _ => true,
    });
    let notes = used.clone().filter_map(|one| {
        let note = one.note.as_ref()?;
        Some(format!("{}: {note}", form_word(&one.form)))
    });
    let mut notes: Vec<String> = notes.collect();
    // Where the smallest piece still does much, the end is a jump.
    if let Some(left) = rungs.last().and_then(|rung| rung.occupancy).filter(|left| *left > 2.0 * STEP) {
        notes.push(format!(
            "the smallest that can be bought still holds about {} % of the transporter: ask a pharmacist whether a liquid can be \
             made for the end",
            number(libm::round(left * 100.0))
        ));
    }
    Taper {
        occupancy: now,
        citations: used.clone().flat_map(|one| &one.evidence).map(Citation::from).collect(),
        notes,
        rungs,
    }
}

/// More marks than this on a slider are not told apart.
const MARKS: usize = 60;

/// Every amount from none up to a highest one that can be made up; `piece` and `taken` are what the person has and takes.
pub(super) fn up_to(
    substance: &Substance,
    form: Option<Form>,
    most: f64,
    (piece, taken): (f64, f64),
) -> Vec<f64> {
    let slow = form == Some(Form::ExtendedRelease)
        || (form.is_none() && substance.strengths.iter().all(|one| one.form == "extended_release"));
    let fits = |dose: &f64| *dose > 0.0 && *dose <= most * (1.0 + 1e-9);
    let mut doses: Vec<f64> = match substance.strengths.is_empty() {
        true => (1..=MARKS).map(|count| piece * count as f64).filter(fits).collect(),
        false => {
            // `candidates` leaves out its end. Where there are too many, what has to be measured off gives way first.
            let mut all = candidates(substance, slow, most * (1.0 + 1e-6) + 1e-6);
            if all.len() > MARKS && all.iter().any(|(_, awkward)| *awkward < LIQUID) {
                all.retain(|(_, awkward)| *awkward < LIQUID);
            }
            all.into_iter().map(|(dose, _)| dose).filter(fits).collect()
        }
    };
    let coarse = doses.len().div_ceil(MARKS).max(1);
    let last = doses.len().saturating_sub(1);
    let mut place = 0;
    doses.retain(|_| {
        place += 1;
        (place - 1) % coarse == coarse - 1 || place - 1 == last
    });
    doses.extend(Some(taken).filter(fits));
    doses.push(0.0);
    doses.sort_by(f64::total_cmp);
    doses.dedup_by(|a, b| (*a - *b).abs() < 1e-6);
    doses
}

fn amounts(list: &[String]) -> impl Iterator<Item = f64> {
    list.iter().filter_map(|text| text.parse::<Mass>().ok()).map(Mass::as_mg)
}

/// One piece that may be swallowed.
struct Piece {
    mg: f64,
    called: String,
    slow: bool,
    half: bool,
}

/// Pieces of the forms that are used, smallest first.
fn pieces(substance: &Substance, slow: bool) -> Vec<Piece> {
    let mut pieces = Vec::new();
    for one in substance.strengths.iter().filter(|one| one.form != "liquid") {
        let is_slow = one.form == "extended_release";
        if is_slow && !slow {
            continue;
        }
        let word = form_word(&one.form);
        let piece = |mg: f64, called, half| Piece { mg, called, slow: is_slow, half };
        pieces.extend(amounts(&one.amounts).map(|mg| piece(mg, format!("{} mg {word}", number(mg)), false)));
        let halves = amounts(&one.halved);
        pieces.extend(halves.map(|mg| piece(mg / 2.0, format!("half of a {} mg {word}", number(mg)), true)));
    }
    // Of two that hold the same the whole one is taken.
    pieces.sort_by(|a, b| a.mg.total_cmp(&b.mg).then(a.half.cmp(&b.half)));
    pieces.dedup_by(|a, b| (a.mg - b.mg).abs() < 1e-6 && a.slow == b.slow);
    pieces
}

fn form_word(form: &str) -> &str {
    match form {
        "extended_release" => "extended-release piece",
        other => other,
    }
}

/// Every daily amount below `mg` that can be made up, smallest first, with how awkward it is: a half and a liquid are a little,
/// so that a whole piece is taken where it comes about as near.
fn candidates(substance: &Substance, slow: bool, mg: f64) -> Vec<(f64, f64)> {
    const HALF: f64 = 0.01;
    let pieces = pieces(substance, slow);
    let mut sums: Vec<(f64, f64)> = Vec::new();
    // Slow and quick pieces are not mixed on one day, and no more than one half is taken.
    for kind in [true, false] {
        let own = || pieces.iter().filter(move |piece| piece.slow == kind);
        let whole: Vec<f64> = own().filter(|piece| !piece.half).map(|piece| piece.mg).collect();
        let mut level = vec![0.0];
        for count in 0..=PIECES {
            sums.extend(level.iter().map(|sum| (*sum, 0.0)));
            if count < PIECES {
                let halves = || own().filter(|piece| piece.half);
                sums.extend(level.iter().flat_map(|sum| halves().map(move |half| (sum + half.mg, HALF))));
            }
            level = level.iter().flat_map(|sum| whole.iter().map(move |piece| sum + piece)).collect();
            level.sort_by(f64::total_cmp);
            level.dedup_by(|a, b| (*a - *b).abs() < 1e-6);
        }
    }
    // A liquid measures any multiple of its least amount; two digits are enough.
    for least in liquids(substance) {
        let steps = (mg / least) as usize;
        let coarse = (steps / 100).max(1);
        let marks = (1..=steps).filter(|step| *step < 50 || step % coarse == 0);
        sums.extend(marks.map(|step| (step as f64 * least, LIQUID)));
    }
    sums.retain(|(sum, _)| *sum > 0.0 && *sum < mg - 1e-9);
    sums.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)));
    sums.dedup_by(|a, b| (a.0 - b.0).abs() < 1e-6);
    sums
}

fn liquids(substance: &Substance) -> impl Iterator<Item = f64> {
    substance
        .strengths
        .iter()
        .filter(|one: &&Strength| one.form == "liquid")
        .flat_map(|one| amounts(&one.amounts))
}

/// The fewest pieces that make up an amount, in words; else the liquid.
fn made_of(substance: &Substance, slow: bool, mg: f64) -> (String, Option<Form>) {
    let pieces = pieces(substance, slow);
    for count in 1..=PIECES {
        for kind in [slow, !slow] {
            // Larger pieces first: they are the usual ones.
            let own: Vec<&Piece> = pieces.iter().rev().filter(|piece| piece.slow == kind).collect();
            let Some(found) = made_up(&own, count, mg, false) else { continue };
            let mut words: Vec<String> = Vec::new();
            for word in &found {
                let times = found.iter().filter(|other| *other == word).count();
                let text = if times > 1 { format!("{times} x {word}") } else { (*word).to_owned() };
                if !words.contains(&text) {
                    words.push(text);
                }
            }
            return (words.join(" and "), kind.then_some(Form::ExtendedRelease));
        }
    }
    (format!("{} mg as liquid", number(mg)), Some(Form::Liquid))
}

/// So many pieces, at most one of them a half, that make up an amount.
fn made_up<'p>(pieces: &[&'p Piece], count: usize, mg: f64, half: bool) -> Option<Vec<&'p str>> {
    if count == 0 {
        return (mg.abs() < 1e-6).then(Vec::new);
    }
    pieces.iter().enumerate().filter(|(_, piece)| piece.mg <= mg + 1e-6 && !(half && piece.half)).find_map(
        |(place, piece)| {
            let rest = made_up(&pieces[place..], count - 1, mg - piece.mg, half || piece.half)?;
            Some(std::iter::once(piece.called.as_str()).chain(rest).collect())
        },
    )
}

pub(super) fn number(value: f64) -> String {
    crate::units::number(libm::round(value * 100.0) / 100.0)
}

/// A long run begins on this day, which decides nothing.
const LONG_RUN: Timestamp = Timestamp::constant(978_307_200, 0);

/// One medicine alone, and the middle of a day after it has been taken for long.
pub(super) fn long_run(person: Person, line: DoseLine) -> (Timeline, Timestamp) {
    let event = Event::Start(line);
    let entry = Entry { when: When::at(LONG_RUN), event, origin: Origin::Asked(1), note: None };
    (Timeline::new(person, vec![entry]), later(LONG_RUN, TimeSpan::days(90.5)))
}

/// The share of the transporter that the typical person has occupied at a share of the dose, at the middle of its last
/// day of a long run; `None` where the drug does not hold it.
fn occupancy(
    knowledge: &Knowledge,
    substance: &Substance,
    line: &DoseLine,
) -> Option<impl Fn(f64) -> f64 + use<>> {
    const LEAST: f64 = 0.15;
    let person = Person { weight: Some(Mass::kg(TYPICAL_WEIGHT)), ..Person::default() };
    let (timeline, end) = long_run(person, line.clone());
    let (uses, _) = intake::uses(&timeline, knowledge, end);
    let all: Vec<&Use> = uses.iter().collect();
    let typical = Population { seed: 1, people: 0 };
    let scenario = Scenario::new(knowledge, &timeline, &all, typical, Some(LONG_RUN), end);
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

/// A half and a quarter of a dose, as far as there are pieces for them: how one steps back for another.
pub(super) fn stepping_back(substance: &Substance, line: &DoseLine, mg: f64) -> Vec<Rung> {
    let slow = line.form == Some(Form::ExtendedRelease)
        || (line.form.is_none() && substance.strengths.iter().all(|one| one.form == "extended_release"));
    let mut rungs: Vec<Rung> = Vec::new();
    for share in [0.5, 0.25] {
        let below = rungs.last().map_or(mg, |rung| rung.mg);
        let pieces = candidates(substance, slow, mg)
            .into_iter()
            .map(|(dose, _)| (dose, made_of(substance, slow, dose)));
        let pieces = pieces.filter(|(dose, (_, form))| *form != Some(Form::Liquid) && *dose < below - 1e-9);
        let nearest = pieces.min_by(|a, b| (a.0 - share * mg).abs().total_cmp(&(b.0 - share * mg).abs()));
        let Some((dose, (made_of, form))) = nearest else { break };
        rungs.push(Rung { mg: dose, occupancy: None, made_of, form });
    }
    rungs
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
