//! What was taken, and what is still there.
//!
//! [`intake`] turns diary lines into doses and spells of use. [`kinetics`] turns doses into amounts: a swallowed dose
//! waits in the gut, enters the body at rate `ka` and leaves at rate `k`, part of it becoming an active metabolite that
//! runs the same course. The chain is linear, so it is solved exactly from dose to dose.
//!
//! ```text
//!   dose ──▶ gut ──ka──▶ body ──k──▶ metabolite ──km──▶ out
//! ```
//!
//! Amounts are counted in milligrams of the dose and leave here only as a share of the person's own peak, because a
//! share needs no volume of distribution. Enzymes destroyed by an irreversible inhibitor come back with the half-life
//! of their synthesis, whatever the drug does. Not modeled yet: inhibition of one drug's clearance by another, and
//! concentrations.

pub mod intake;
pub mod kinetics;

use crate::{
    knowledge::{self, Citation, Knowledge},
    population::Population,
    timeline::Timeline,
    units::{Fraction, Interval, TimeSpan},
};
use intake::Use;
use jiff::{SignedDuration, Timestamp};
use raphe_knowledge::{Serotonergic, Substance};

/// Everything the judgment needs to know of exposure.
#[derive(Debug, Clone)]
pub struct Exposure {
    /// What was taken, one item a substance, sorted by id.
    pub uses: Vec<Use>,
    /// How long each spell goes on acting, in step with `uses[i].spells`.
    pub windows: Vec<Vec<ActionWindow>>,
    /// What is left now of every moiety that is above 1 % of its peak.
    pub remaining: Vec<Remaining>,
    /// Enzymes that an irreversible inhibitor has destroyed and that are not back yet.
    pub enzymes: Vec<EnzymeState>,
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
    /// Last dose by now.
    pub last_dose: Timestamp,
    /// Day by which it falls below 1 % of its peak if no more is taken, for the slowest person in twenty.
    pub gone_by: Timestamp,
    /// Source of the half-life.
    pub citation: Citation,
}

/// An enzyme that was destroyed and is being made again.
#[derive(Debug, Clone, PartialEq)]
pub struct EnzymeState {
    /// `MAO-A` or `MAO-B`.
    pub id: String,
    /// The inhibitor.
    pub by: String,
    /// Activity now, as a share of the person's own uninhibited activity.
    pub activity: Interval,
    /// Last dose of the inhibitor.
    pub last_dose: Timestamp,
    /// Source of the recovery half-life.
    pub citation: Citation,
}

/// Shares of the peak at which an amount stops counting.
const ACTS_ABOVE: f64 = 0.05;
const MAY_ACT_ABOVE: f64 = 0.01;
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
    let (uses, unrecognized) = intake::uses(timeline, knowledge, as_of);
    let mut windows = Vec::with_capacity(uses.len());
    let mut remaining = Vec::new();
    let mut enzymes = Vec::new();
    for one in &uses {
        let substance = knowledge.substance(&one.substance).expect("a use is of a resolved substance");
        windows.push(one.spells.iter().map(|spell| window(knowledge, substance, spell)).collect());
        remaining.extend(kinetics::remaining(knowledge, population, one, as_of));
        enzymes.extend(enzyme_states(knowledge, population, substance, one, as_of));
    }
    Exposure { uses, windows, remaining, enzymes, unrecognized }
}

/// Until when one spell goes on acting.
fn window(knowledge: &Knowledge, substance: &Substance, spell: &intake::Spell) -> ActionWindow {
    let after = |span: TimeSpan| (!spell.running).then(|| later(spell.last, span));
    let classes = substance.mechanisms.iter().filter_map(|action| knowledge.class(&action.class));
    let class_window = classes
        .filter_map(|class| class.window.as_deref()?.parse::<TimeSpan>().ok())
        .max_by(|a, b| a.as_hours().total_cmp(&b.as_hours()));
    let destroyed = irreversible_target(substance).and_then(|target| recovery(knowledge, target));
    if let Some(recovery) = destroyed {
        let full = recovery.half_life * libm::log2(recovery.lost / INHIBITION_COUNTS_ABOVE);
        let acts = class_window.unwrap_or(TimeSpan::days(14.0));
        let may = TimeSpan::hours(full.max(acts.as_hours()));
        return ActionWindow { acts_until: after(acts), may_act_until: after(may) };
    }
    match kinetics::slowest_half_life(knowledge, substance, spell.route) {
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
    substance.mechanisms.iter().find_map(|action| (action.class == "maoa_irreversible").then_some("MAO-A"))
}

/// How an enzyme is lost and comes back, each with its 5 to 95 % range.
struct Recovery {
    /// Half-life, hours.
    half_life: f64,
    half_life_spread: (f64, f64),
    /// Share lost under usual doses.
    lost: f64,
    lost_spread: (f64, f64),
    citation: Citation,
}

fn recovery(knowledge: &Knowledge, id: &str) -> Option<Recovery> {
    let enzyme = knowledge.base().enzymes.iter().find(|enzyme| enzyme.id == id)?;
    let ((half_life, _), source) = knowledge::best::<TimeSpan>(&enzyme.recovery_half_life)?;
    let ((lost, _), inhibition) = knowledge::best::<Fraction>(&enzyme.usual_inhibition)?;
    let lost_spread = match inhibition.spread.as_deref().map(crate::units::range::<Fraction>) {
        Some(Ok((low, high))) => (low.as_of_one(), high.as_of_one()),
        _ => (lost.as_of_one(), lost.as_of_one()),
    };
    Some(Recovery {
        half_life: half_life.as_hours(),
        half_life_spread: kinetics::spread(source, half_life),
        lost: lost.as_of_one(),
        lost_spread,
        citation: Citation::from(source),
    })
}

fn enzyme_states(
    knowledge: &Knowledge,
    population: Population,
    substance: &Substance,
    one: &Use,
    as_of: Timestamp,
) -> Option<EnzymeState> {
    let target = irreversible_target(substance)?;
    let spell = one.spells.iter().rfind(|spell| one.acts_as(knowledge, "maoa_irreversible", spell))?;
    let recovery = recovery(knowledge, target)?;
    let since = if spell.running { 0.0 } else { hours_between(spell.last, as_of).max(0.0) };
    let (returns, loses) = (format!("{target}/recovery"), format!("{target}/inhibition"));
    let activity: Vec<f64> = (0..population.size())
        .map(|person| {
            let half_life =
                population.lognormal(person, &returns, recovery.half_life, recovery.half_life_spread);
            let lost = population.lognormal(person, &loses, recovery.lost, recovery.lost_spread);
            1.0 - lost.min(0.999) * libm::exp2(-since / half_life)
        })
        .collect();
    let activity = Interval::of(&activity)?;
    (activity.p5 < 0.99).then(|| EnzymeState {
        id: target.to_owned(),
        by: substance.id.clone(),
        activity,
        last_dose: spell.last,
        citation: recovery.citation,
    })
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

/// A moment after a span; the end of time when it does not fit.
#[must_use]
pub fn later(from: Timestamp, span: TimeSpan) -> Timestamp {
    let seconds = (span.as_hours() * 3600.0).clamp(0.0, 1e12) as i64;
    from.checked_add(SignedDuration::from_secs(seconds)).unwrap_or(Timestamp::MAX)
}

/// Hours from one moment to another; negative when the second comes first.
#[must_use]
pub fn hours_between(from: Timestamp, to: Timestamp) -> f64 {
    to.duration_since(from).as_secs_f64() / 3600.0
}
