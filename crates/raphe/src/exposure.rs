//! What was taken, and what is still there.
//!
//! [`intake`] turns diary lines into doses and spells of use. `kinetics` makes one consistent set of rates of what the
//! base says of a substance, `network` joins substances, metabolites and the enzymes they meet, `people` draws those
//! who stand for this person, and `course` runs them through time, eight at once (`lanes`). A `scenario` is all of
//! that for one question.
//!
//! ```text
//!   diary ─▶ intake ─▶ scenario ─▶ course ─▶ levels, enzyme activities, areas
//!                          ▲          ▲
//!        base ─▶ kinetics ─▶ network ─┘◀─ people ◀─ seed, profile, genes
//! ```
//!
//! Windows of action do not hang on the simulation: they come from published half-lives and the return of destroyed
//! enzymes, so that who was sampled never decides whether a pair is spoken of.

pub(crate) mod course;
pub mod intake;
pub mod kinetics;
pub(crate) mod network;
pub(crate) mod people;
pub(crate) mod scenario;
pub mod simulation;
#[cfg(test)]
mod tests;

use crate::{
    knowledge::{self, Citation, Knowledge},
    population::Population,
    timeline::Timeline,
    units::{Fraction, Interval, MassConcentration, MolarMass, TimeSpan},
};
use course::Companion;
use intake::Use;
use jiff::{SignedDuration, Timestamp};
use raphe_knowledge::{Serotonergic, Substance};
pub use scenario::LabLevel;
use scenario::{Outcome, Scenario, Window};

/// Everything the judgment needs to know of exposure.
#[derive(Debug, Clone)]
pub struct Exposure {
    /// What was taken, one item a substance, sorted by id.
    pub uses: Vec<Use>,
    /// How long each spell goes on acting, in step with `uses[i].spells`.
    pub windows: Vec<Vec<ActionWindow>>,
    /// What is left now of every moiety that is above 1 % of its peak.
    pub remaining: Vec<Remaining>,
    /// Enzymes that someone acts on, as they are now.
    pub enzymes: Vec<EnzymeState>,
    /// Measured levels beside the simulated ones.
    pub labs: Vec<LabLevel>,
    /// Names that could not be resolved, with the line each stands in.
    pub unrecognized: Vec<intake::Unrecognized>,
}

/// Until when a spell of use acts after its last dose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ActionWindow {
    /// The typical person still has more than 5 % of the peak until here; `None` while doses go on.
    pub acts_until: Option<Timestamp>,
    /// One person in twenty still has more than 1 % of the peak until here; `None` while doses go on.
    pub may_act_until: Option<Timestamp>,
}

/// What is left of one moiety.
#[derive(Debug, Clone, PartialEq)]
pub struct Remaining {
    /// The substance that was taken.
    pub substance: String,
    /// The moiety: the substance itself or a metabolite.
    pub moiety: String,
    /// Share of the person's own peak that is left now.
    pub share_of_peak: Interval,
    /// Total level in plasma, ng/mL; `None` where neither a clearance nor a volume, or no dose, is known.
    pub total_ng_per_ml: Option<Interval>,
    /// Free level in plasma, nmol/L; `None` where the share not bound or the molar mass is not known either.
    pub free_nmol_per_l: Option<Interval>,
    /// More was taken at once, or in a day, than is ever recommended: a level is for those who treat it.
    pub overdose: bool,
    /// Molar mass, where it is told in moles: an ion.
    pub ion: Option<MolarMass>,
    /// Last dose by now.
    pub last_dose: Timestamp,
    /// Day by which it falls below 1 % of its peak if no more is taken, for the slowest person in twenty.
    pub gone_by: Timestamp,
    /// Source of the half-life.
    pub citation: Citation,
}

/// An enzyme that something taken acts on.
#[derive(Debug, Clone, PartialEq)]
pub struct EnzymeState {
    /// `CYP2D6`, `MAO-A`, …
    pub id: String,
    /// Who acts on it, strongest first: ids of what was taken.
    pub by: Vec<String>,
    /// Whether it is lost and made again, so that the effect outlasts the drug.
    pub lasting: bool,
    /// Activity now over the person's own uninhibited activity.
    pub activity: Interval,
    /// Activity now over that of a normal metabolizer.
    pub of_normal: Interval,
    /// Source of its turnover.
    pub citation: Citation,
}

/// Shares of the peak at which an amount stops counting.
const ACTS_ABOVE: f64 = 0.05;
const MAY_ACT_ABOVE: f64 = 0.01;
/// What is lighter than this is an ion, told in mmol/L as laboratories do, g/mol.
const HEAVIEST_ION: f64 = 30.0;
/// An activity within this of one is not worth a line.
const ENZYME_COUNTS: f64 = 0.03;
/// Share of an irreversibly inhibited enzyme below which the rest no longer counts.
const INHIBITION_COUNTS_ABOVE: f64 = 0.10;
/// Windows without kinetics (hours): a week for most substances.
const DEFAULT_WINDOW: TimeSpan = TimeSpan::days(7.0);

/// Simulates what was taken up to `as_of`.
///
/// The timeline must be resolved (`knowledge::resolve`). A substance without kinetics gets the fixed window of its
/// class and no amount; nothing else changes for the others.
#[must_use]
pub fn simulate(
    timeline: &Timeline,
    knowledge: &Knowledge,
    population: Population,
    as_of: Timestamp,
) -> Exposure {
    accompanied(timeline, knowledge, population, as_of, Ahead::default(), |_| ()).0
}

/// How far somebody who comes along wants to see.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Ahead {
    /// Past the moment that is asked for, with the doses of what is running then.
    pub(crate) hours: f64,
    /// Before it at least, where something was taken then.
    pub(crate) memory: f64,
}

/// The same, with somebody who sees the whole course of everyone: they come back with what they found, group by group, and
/// with how much each person counts.
pub(crate) fn accompanied<C: Companion>(
    timeline: &Timeline,
    knowledge: &Knowledge,
    population: Population,
    as_of: Timestamp,
    ahead: Ahead,
    companion: impl FnOnce(&Scenario<'_>) -> C,
) -> (Exposure, C, Vec<C::Found>, Vec<f64>) {
    let (uses, unrecognized) = intake::uses(timeline, knowledge, as_of);
    let mut windows = Vec::with_capacity(uses.len());
    for one in &uses {
        let substance = knowledge.substance(&one.substance).expect("a use is of a resolved substance");
        windows.push(one.spells.iter().map(|spell| window(knowledge, substance, spell)).collect());
    }
    // What ended so long ago that nothing of it can be left costs no simulation.
    let end = later(as_of, TimeSpan::hours(ahead.hours));
    let (coming, _) = match ahead.hours > 0.0 {
        true => intake::uses_until(timeline, knowledge, as_of, end),
        false => (Vec::new(), Vec::new()),
    };
    let with_coming = |one: &Use| coming.iter().find(|other| other.substance == one.substance);
    let recent: Vec<&Use> = uses
        .iter()
        .zip(&windows)
        .filter(|(_, windows): &(&Use, &Vec<ActionWindow>)| {
            let month_ago = later(as_of, TimeSpan::hours(-ahead.memory.max(30.0 * 24.0)));
            let until = windows.iter().map(|window| window.may_act_until.unwrap_or(Timestamp::MAX)).max();
            until.is_some_and(|until| until >= month_ago)
        })
        .map(|(one, _)| one)
        .collect();
    let taken: Vec<&Use> = recent.iter().map(|one| with_coming(one).unwrap_or(one)).collect();
    let window = Window { seen_from: as_of, now: as_of, end, memory: ahead.memory };
    let scenario = Scenario::over(knowledge, timeline, &taken, population, window);
    let companion = companion(&scenario);
    let (outcome, found) = scenario.accompanied(&[scenario.now], 1.0, f64::INFINITY, &companion);
    let remaining =
        recent.iter().flat_map(|one| remaining(knowledge, &scenario, &outcome, one, as_of)).collect();
    let enzymes = enzymes(&scenario, &outcome);
    let exposure = Exposure { uses, windows, remaining, enzymes, labs: outcome.labs, unrecognized };
    (exposure, companion, found, outcome.weights)
}

/// What is left now of a substance and of each of its metabolites, where it is above 1 % of its peak.
fn remaining(
    knowledge: &Knowledge,
    scenario: &Scenario<'_>,
    outcome: &Outcome,
    one: &Use,
    as_of: Timestamp,
) -> Vec<Remaining> {
    let Some(parent) = scenario.network.find(&one.substance) else { return Vec::new() };
    let (course, now) = (&outcome.course, outcome.place[0]);
    let last_dose = one.intakes.last().map_or(as_of, |intake| intake.to.min(as_of));
    let most = knowledge
        .substance(&one.substance)
        .and_then(|substance| knowledge::maximum(substance, one.spells.last()?.route.word()));
    let overdose = one.intakes.iter().any(|intake| intake.overdose.is_some())
        || one.spells.iter().any(|spell| {
            spell
                .most_in_a_day
                .zip(most)
                .is_some_and(|(taken, most)| taken.as_mg() > knowledge::OVERDOSE_TIMES * most.as_mg())
        });
    let mut left = Vec::new();
    // A moiety with the way of parents it came by.
    let mut open = vec![(parent, vec![parent])];
    while let Some((place, way)) = open.pop() {
        let moiety = &scenario.network.moieties[place];
        open.extend(
            moiety
                .forms
                .iter()
                .filter(|form| !way.contains(&form.child))
                .map(|form| (form.child, way.iter().copied().chain([form.child]).collect::<Vec<usize>>())),
        );
        let people = 0..course.peak[place].len();
        let (mut shares, mut gone, mut there) = (Vec::new(), Vec::new(), Vec::new());
        for person in people {
            let level = course.levels[place][now][person];
            let peak = course.peak[place][person];
            let volume = course.volume[place][person];
            // What its parents will still make of it counts as there, at most mass for mass.
            let coming: f64 = way.iter().map(|place| course.amount[*place][person]).sum();
            let most = peak.max(1e-12);
            shares.push((level / most).min(1.0));
            there.push(coming / volume / most);
            let slowest =
                way.iter().map(|place| course.decline[*place][person]).fold(f64::INFINITY, f64::min);
            let above = coming / volume / most / 0.01;
            gone.push(if above > 1.0 { libm::log(above) / slowest } else { 0.0 });
        }
        let interval = |values: &[f64]| Interval::weighed(values, &outcome.weights);
        let (Some(share_of_peak), Some(gone), Some(there)) =
            (interval(&shares), interval(&gone), interval(&there))
        else {
            continue;
        };
        let ever = Interval::weighed(&course.peak[place], &outcome.weights);
        let waiting = place == parent && there.p95 > 0.0;
        if there.p95 < 0.01 || !(waiting || ever.is_some_and(|ever| ever.median > 0.0)) {
            continue;
        }
        let measured = way.iter().all(|place| scenario.measured(*place));
        let levels = &course.levels[place][now];
        let total = interval(levels).filter(|_| measured);
        let free = levels.iter().map(|level| moiety.free(*level)).collect::<Option<Vec<f64>>>();
        let free = free.filter(|_| measured).and_then(|free| interval(&free));
        left.push(Remaining {
            overdose,
            ion: moiety.molar_mass.filter(|mass| mass.as_g_per_mol() < HEAVIEST_ION),
            substance: one.substance.clone(),
            moiety: moiety.id.clone(),
            share_of_peak,
            total_ng_per_ml: total
                .map(|total| total.map(|level| MassConcentration::mg_per_l(level).as_ng_per_ml())),
            free_nmol_per_l: free,
            last_dose,
            gone_by: later(as_of, TimeSpan::hours(gone.p95)),
            citation: moiety.citation.clone(),
        });
    }
    left
}

/// Enzymes that someone acts on.
fn enzymes(scenario: &Scenario<'_>, outcome: &Outcome) -> Vec<EnzymeState> {
    let (network, course, now) = (&scenario.network, &outcome.course, outcome.place[0]);
    let mut states = Vec::new();
    for (place, enzyme) in network.enzymes.iter().enumerate() {
        let activity = &course.activity[place][now];
        let of_normal: Vec<f64> =
            activity.iter().zip(&course.inborn[place]).map(|(now, inborn)| now * inborn).collect();
        let interval = |values: &[f64]| Interval::weighed(values, &outcome.weights);
        let (Some(activity), Some(of_normal)) = (interval(activity), interval(&of_normal)) else { continue };
        // Of an enzyme that this person does not have, nothing can be lost.
        if of_normal.p95 < ENZYME_COUNTS {
            continue;
        }
        if activity.p5 > 1.0 - ENZYME_COUNTS && activity.p95 < 1.0 + ENZYME_COUNTS {
            continue;
        }
        let first = |people: &[f64]| people.first().copied().unwrap_or(0.0);
        let (by, lasting) = network.who_acts(
            place,
            |moiety| first(&course.levels[moiety][now]),
            |moiety| first(&course.peak[moiety]),
        );
        states.push(EnzymeState {
            id: enzyme.id.clone(),
            by,
            lasting,
            activity,
            of_normal,
            citation: enzyme.citation.clone(),
        });
    }
    states
}

/// Until when one spell goes on acting.
fn window(knowledge: &Knowledge, substance: &Substance, spell: &intake::Spell) -> ActionWindow {
    let after = |span: TimeSpan| (!spell.running).then(|| later(spell.last, span));
    let classes = substance.mechanisms.iter().filter_map(|action| knowledge.class(&action.class));
    let class_window = classes
        .filter_map(|class| class.window.as_deref()?.parse::<TimeSpan>().ok())
        .max_by(|a, b| a.as_hours().total_cmp(&b.as_hours()));
    let destroyed = irreversible_target(substance).and_then(|target| recovery(knowledge, substance, target));
    if let Some(recovery) = destroyed {
        let full = recovery.half_life * libm::log2((recovery.lost / INHIBITION_COUNTS_ABOVE).max(1.0));
        let acts = class_window.unwrap_or(TimeSpan::days(14.0));
        let may = TimeSpan::hours(full.max(acts.as_hours()));
        return ActionWindow { acts_until: after(acts), may_act_until: after(may) };
    }
    match kinetics::slowest_half_life(knowledge, substance, spell.route, spell.form) {
        // The typical person and the slowest of twenty as published: a window must not depend on who was sampled.
        Some(slowest) => ActionWindow {
            acts_until: after(TimeSpan::hours(slowest.median * libm::log2(1.0 / ACTS_ABOVE))),
            may_act_until: after(TimeSpan::hours(slowest.spread.1 * libm::log2(1.0 / MAY_ACT_ABOVE))),
        },
        None => {
            let fixed = class_window.unwrap_or(DEFAULT_WINDOW);
            ActionWindow { acts_until: after(fixed), may_act_until: after(fixed) }
        }
    }
}

/// The enzyme this substance destroys for good, if it does.
#[must_use]
pub fn irreversible_target(substance: &Substance) -> Option<&'static str> {
    let destroys = |id: &str| {
        substance.enzymes.iter().any(|role| role.enzyme == id && role.role == "inhibitor" && role.lasting)
    };
    if substance.mechanisms.iter().any(|action| action.class == "maoa_irreversible") {
        return Some("MAO-A");
    }
    destroys("MAO-B").then_some("MAO-B")
}

/// How an enzyme is lost and comes back.
struct Recovery {
    /// Half-life, hours.
    half_life: f64,
    /// Share lost under usual doses.
    lost: f64,
}

fn recovery(knowledge: &Knowledge, substance: &Substance, id: &str) -> Option<Recovery> {
    /// What irreversible inhibitors are given to reach, where no source says what one did.
    const USUAL: f64 = 0.9;
    let enzyme = knowledge.base().enzymes.iter().find(|enzyme| enzyme.id == id)?;
    let ((half_life, _), _) = knowledge::best::<TimeSpan>(&enzyme.recovery_half_life)?;
    let role = substance.enzymes.iter().find(|role| role.enzyme == id && role.role == "inhibitor");
    let lost = role.and_then(|role| kinetics::middle(&role.inhibition, Fraction::as_of_one)).unwrap_or(USUAL);
    Some(Recovery { half_life: half_life.as_hours(), lost })
}

impl Exposure {
    /// Every use whose substance may still act at a moment: surely (`true`) or only possibly (`false`).
    pub fn acting_at(&self, at: Timestamp) -> impl Iterator<Item = (&Use, bool)> {
        self.uses.iter().zip(&self.windows).filter_map(move |(one, windows)| {
            let mut state = None;
            for (spell, window) in one.spells.iter().zip(windows) {
                if spell.first > at {
                    continue;
                }
                if window.acts_until.is_none_or(|until| until >= at) {
                    return Some((one, true));
                }
                if window.may_act_until.is_none_or(|until| until >= at) {
                    state = Some((one, false));
                }
            }
            state
        })
    }
}

/// Whether a substance counts as serotonergic in the sense of the criteria: the strongest of its classes.
#[must_use]
pub fn serotonergic(knowledge: &Knowledge, one: &Use) -> Serotonergic {
    let mut strongest = Serotonergic::No;
    for class in one.classes(knowledge) {
        match knowledge.class(class).map(|class| class.serotonergic) {
            Some(Serotonergic::Yes) => return Serotonergic::Yes,
            Some(Serotonergic::Disputed) => strongest = Serotonergic::Disputed,
            _ => {}
        }
    }
    strongest
}

/// A moment after a span, or before it where it is negative; the end of time when it does not fit.
#[must_use]
pub fn later(from: Timestamp, span: TimeSpan) -> Timestamp {
    let seconds = (span.as_hours() * 3600.0).clamp(-1e12, 1e12) as i64;
    from.checked_add(SignedDuration::from_secs(seconds)).unwrap_or(Timestamp::MAX)
}

/// Hours from one moment to another; negative when the second comes first.
#[must_use]
pub fn hours_between(from: Timestamp, to: Timestamp) -> f64 {
    to.duration_since(from).as_secs_f64() / 3600.0
}
