//! How likely serotonin toxicity is, where somebody counted.
//!
//! A probability is only honest for people who were really counted. So the base holds published counts, each with who
//! was counted, and this module asks which of them an exposure belongs to. The most telling one is used; where two counts of the
//! same exposure come out differently, both are told and never averaged. Where nobody counted there is no number, and where that
//! matters it is said in words.
//!
//! ```text
//!   exposure ─▶ which counts fit it ─▶ the most telling ─▶ sampling error ─▶ odds of dose, age, what else was taken ─▶ Risk
//! ```
//!
//! `count` has the sampling error of a proportion, `odds` the one fitted model: overdoses of reuptake inhibitors, which
//! rise a little with the dose, much with an MAO-A inhibitor, and fall with what blocks 5-HT2A.
//!
//! Every number is of an exposure and before any sign: nothing that judges reads it, so it raises and lowers no urgency.
//! Not modeled: how likely toxicity is once signs are there; the criteria speak of those.

mod count;
mod odds;

use crate::{
    exposure::{self, Exposure, intake::Use, later},
    knowledge::{
        Citation, Knowledge, OVERDOSE_TIMES, maximum,
        schema::{RiskBase, RiskPer, RiskReference, Serotonergic, Uncounted},
    },
    synapse::Synapse,
    timeline::{Overdose, Timeline},
    units::{Interval, Mass, TimeSpan},
};
use jiff::Timestamp;
use std::{cmp::Reverse, collections::BTreeSet};

/// How likely toxicity is, among people who were counted.
#[derive(Debug, Clone, PartialEq)]
pub struct Risk {
    /// Id of the count in the base.
    pub id: String,
    /// What it is of: one overdose, one course, one year.
    pub per: RiskPer,
    /// Ids of the substances that make this exposure.
    pub of: Vec<String>,
    /// The probability, from 0 to 1. Its ends are those of a 95 % interval, which is wider than 5 to 95 %: they hold the
    /// sampling error of the count and, where odds were applied, theirs.
    pub p: Interval,
    /// Who was counted, for a clinician.
    pub reference_class: String,
    /// Who was counted, as the end of "about 1 in 7 …".
    pub person: String,
    /// How many of them had it, where that is published and nothing moved the number away from it.
    pub cases: Option<u32>,
    /// How many were counted.
    pub n: Option<u32>,
    /// By which criteria.
    pub criteria: String,
    /// Whether just this was counted; false where it is inferred.
    pub calibrated: bool,
    /// What moved the number away from the plain count, in words.
    pub moved_by: Vec<String>,
    /// What a clinician must know to read it.
    pub note: Option<String>,
    /// What is more dangerous here than serotonin.
    pub beware: Vec<Said>,
    /// Set for an overdose: whether it is written that it was an accident.
    pub overdose: Option<Overdosed>,
    /// Sources.
    pub citations: Vec<Citation>,
}

/// How an overdose came about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Overdosed {
    /// Marked as an accident.
    ByAccident,
    /// On purpose, or nobody said.
    PerhapsOnPurpose,
}

/// Something said in words instead of, or before, a number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// Id in the base.
    pub id: String,
    /// For a person.
    pub person: String,
    /// For a clinician.
    pub clinician: String,
    /// Sources.
    pub citations: Vec<Citation>,
}

impl From<&Uncounted> for Said {
    fn from(item: &Uncounted) -> Self {
        Self {
            id: item.id.clone(),
            person: item.person.clone(),
            clinician: item.clinician.clone(),
            citations: item.evidence.iter().map(Citation::from).collect(),
        }
    }
}

/// An overdose counts for this long, as it does for urgency.
const OVERDOSE_COUNTS: TimeSpan = TimeSpan::days(14.0);

/// The counts that what is on board belongs to, the most telling first, and what is said in words.
///
/// `synapse` lends only how much of 5-HT2A is blocked, where an antagonist was taken that nobody counted.
#[must_use]
pub fn of_exposure(
    knowledge: &Knowledge,
    timeline: &Timeline,
    exposure: &Exposure,
    synapse: &Synapse,
    as_of: Timestamp,
) -> (Vec<Risk>, Vec<Said>) {
    let taken = Taken::of(knowledge, timeline, exposure, synapse, as_of);
    taken.told()
}

/// The same for a question about usual doses: a recorded overdose is nobody's question there.
pub(crate) fn of_usual_doses(
    knowledge: &Knowledge,
    timeline: &Timeline,
    exposure: &Exposure,
    as_of: Timestamp,
) -> (Vec<Risk>, Vec<Said>) {
    let taken = Taken::of(knowledge, timeline, exposure, &Synapse::default(), as_of);
    match taken.parts.iter().any(|part| part.overdose) {
        true => (Vec::new(), Vec::new()),
        false => taken.told(),
    }
}

/// An exposure: what it consists of and what else decides which count it belongs to.
pub(crate) struct Taken<'a> {
    knowledge: &'a Knowledge,
    pub(crate) parts: Vec<Part<'a>>,
    /// Whether something was taken that nobody recognized.
    unknown: bool,
    /// The overdose of reuptake inhibitors in defined daily doses, where it is known.
    pub(crate) daily_doses: Option<f64>,
    /// Years.
    age: Option<f64>,
    /// Share of 5-HT2A that antagonists block in the modeled synapse.
    blocked: Option<f64>,
    /// Words that name the people of a count, in lower case.
    pub(crate) words: Vec<String>,
    /// Criteria it was judged by, where that is asked.
    pub(crate) criteria: String,
}

/// One part of an exposure.
pub(crate) struct Part<'a> {
    what: What<'a>,
    /// Whether it was taken in overdose.
    overdose: bool,
    /// Whether all of that was an accident.
    accident: bool,
    /// Whether only some of the people took it.
    optional: bool,
}

/// What a part is.
enum What<'a> {
    /// A substance as it was taken.
    Used(&'a Use),
    /// One of these substances.
    Named(BTreeSet<&'a str>),
}

/// A count that fits an exposure.
struct Fit<'a> {
    place: usize,
    reference: &'a RiskReference,
    /// The parts it speaks of.
    parts: BTreeSet<usize>,
    /// How closely it describes them: how many needs, and how precise they are.
    rank: (usize, u32),
    /// How many words name its people.
    named: usize,
}

impl<'a> Part<'a> {
    /// One of several substances, by what a study calls them.
    pub(crate) fn named(substances: BTreeSet<&'a str>, overdose: bool, optional: bool) -> Self {
        Self { what: What::Named(substances), overdose, accident: false, optional }
    }

    /// Whether it surely is what an id names: a substance, a class or a group.
    fn is(&self, knowledge: &Knowledge, id: &str) -> bool {
        self.is_one_of(knowledge, &[id])
    }

    /// Whether it surely is something that a list names.
    fn is_any(&self, knowledge: &Knowledge, ids: &[String]) -> bool {
        let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
        self.is_one_of(knowledge, &ids)
    }

    /// Whether it is, or may be, a serotonergic agent: where that is disputed or open it is not "alone".
    fn may_be_serotonergic(&self, knowledge: &Knowledge) -> bool {
        match &self.what {
            What::Used(one) => exposure::serotonergic(knowledge, one) != Serotonergic::No,
            What::Named(substances) => substances.iter().any(|one| {
                let effects = knowledge.substance(one).into_iter().flat_map(|one| &one.mechanisms);
                let kind = |class: &str| knowledge.class(class).map(|class| class.serotonergic);
                effects
                    .into_iter()
                    .any(|effect| !matches!(kind(&effect.class), None | Some(Serotonergic::No)))
            }),
        }
    }

    fn is_one_of(&self, knowledge: &Knowledge, ids: &[&str]) -> bool {
        match &self.what {
            What::Used(one) => {
                let within = |class: &str| one.classes(knowledge).any(|own| knowledge.within(own, class));
                let serotonergic = || exposure::serotonergic(knowledge, one) == Serotonergic::Yes;
                ids.iter().any(|id| belongs(knowledge, &one.substance, id, &within, &serotonergic))
            }
            What::Named(substances) => {
                // Each may be another one of the list: "an SSRI or SNRI".
                let listed = |one: &&str| ids.iter().any(|id| named_is(knowledge, one, id));
                !substances.is_empty() && substances.iter().all(listed)
            }
        }
    }
}

/// Whether a substance, as it is usually taken, is what an id names.
pub(crate) fn named_is(knowledge: &Knowledge, substance: &str, id: &str) -> bool {
    let usual = knowledge.substance(substance).into_iter().flat_map(|one| &one.mechanisms);
    let usual: Vec<&str> = usual
        .filter(|effect| effect.above.is_none() && effect.routes.is_empty())
        .map(|effect| effect.class.as_str())
        .collect();
    let within = |class: &str| usual.iter().any(|own| knowledge.within(own, class));
    let serotonergic = || {
        let kind = |class: &&str| knowledge.class(class).map(|class| class.serotonergic);
        usual.iter().any(|class| kind(class) == Some(Serotonergic::Yes))
    };
    belongs(knowledge, substance, id, &within, &serotonergic)
}

fn belongs(
    knowledge: &Knowledge,
    substance: &str,
    id: &str,
    within: &dyn Fn(&str) -> bool,
    serotonergic: &dyn Fn() -> bool,
) -> bool {
    if substance == id {
        return true;
    }
    match knowledge.base().risk.groups.iter().find(|group| group.id == id) {
        Some(group) => {
            let member = |member: &String| belongs(knowledge, substance, member, within, serotonergic);
            (group.serotonergic && serotonergic()) || group.of.iter().any(member)
        }
        None => within(id),
    }
}

impl<'a> Taken<'a> {
    /// What a study gave, in words; see `predict`.
    pub(crate) fn named(knowledge: &'a Knowledge, parts: Vec<Part<'a>>) -> Self {
        let (words, criteria) = (Vec::new(), String::new());
        Self {
            knowledge,
            parts,
            unknown: false,
            daily_doses: None,
            age: None,
            blocked: None,
            words,
            criteria,
        }
    }

    fn of(
        knowledge: &'a Knowledge,
        timeline: &Timeline,
        exposure: &'a Exposure,
        synapse: &Synapse,
        as_of: Timestamp,
    ) -> Self {
        let oldest = later(as_of, TimeSpan::hours(-OVERDOSE_COUNTS.as_hours()));
        let parts: Vec<Part<'_>> = exposure
            .acting_at(as_of)
            .map(|(one, _)| {
                let (overdose, accident) = overdosed(knowledge, one, oldest);
                Part { what: What::Used(one), overdose, accident, optional: false }
            })
            .collect();
        let mut taken = Self {
            unknown: !exposure.unrecognized.is_empty() || !timeline.complete,
            age: timeline.person.age_at(as_of).map(f64::from),
            ..Self::named(knowledge, parts)
        };
        taken.daily_doses = taken.in_daily_doses(oldest);
        taken.blocked = odds::blocked(&taken, synapse);
        taken
    }

    fn base(&self) -> &'a RiskBase {
        &self.knowledge.base().risk
    }

    /// All overdosed reuptake inhibitors in defined daily doses; `None` where one of them is not known.
    fn in_daily_doses(&self, oldest: Timestamp) -> Option<f64> {
        let mut sum = 0.0;
        for part in self.parts.iter().filter(|part| part.overdose) {
            let What::Used(one) = part.what else { continue };
            let Some(daily) = self.base().daily_doses.iter().find(|dose| dose.substance == one.substance)
            else {
                if part.is(self.knowledge, "sri") {
                    return None;
                }
                continue;
            };
            let marked: Vec<_> = one
                .intakes
                .iter()
                .filter(|intake| intake.to >= oldest && intake.overdose.is_some())
                .collect();
            let mg = match marked.is_empty() {
                true => one.spells.last()?.most_in_a_day?.as_mg(),
                false => {
                    let known = |intake: &&crate::exposure::intake::Intake| {
                        Some(intake.mass.filter(|_| intake.known)?.1.as_mg())
                    };
                    marked.iter().map(known).sum::<Option<f64>>()?
                }
            };
            sum += mg / daily.dose.parse::<Mass>().ok()?.as_mg();
        }
        (sum > 0.0).then_some(sum)
    }

    /// How a count fits this exposure, if it does.
    fn fit(&self, place: usize, reference: &'a RiskReference) -> Option<Fit<'a>> {
        let knowledge = self.knowledge;
        let sure = |at: &usize| !self.parts[*at].optional;
        let places: Vec<usize> = (0..self.parts.len()).filter(sure).collect();
        if !reference.overdose && self.parts.iter().any(|part| part.overdose) {
            return None;
        }
        if !assign(
            &reference.needs,
            &|need, at, first| {
                let part = &self.parts[at];
                part.is_any(knowledge, need) && (!(first && reference.overdose) || part.overdose)
            },
            &places,
            &mut Vec::new(),
        ) {
            return None;
        }
        let needed = |at: &usize| reference.needs.iter().any(|need| self.parts[*at].is_any(knowledge, need));
        let parts: BTreeSet<usize> = places.iter().copied().filter(needed).collect();
        let others = || self.parts.iter().enumerate().filter(|(at, _)| !parts.contains(at));
        let refused = self.parts.iter().any(|part| part.is_any(knowledge, &reference.without));
        let accompanied = others().any(|(_, part)| part.may_be_serotonergic(knowledge));
        if refused
            || (reference.alone && (accompanied || self.unknown || parts.len() > reference.needs.len()))
        {
            return None;
        }
        let precise = |need: &Vec<String>| {
            let met = need.iter().filter(|id| parts.iter().any(|at| self.parts[*at].is(knowledge, id)));
            met.map(|id| match () {
                () if knowledge.substance(id).is_some() => 2,
                () if id == SEROTONERGIC => 0,
                () => 1,
            })
            .max()
            .unwrap_or(0)
        };
        let rank = (reference.needs.len(), reference.needs.iter().map(precise).sum());
        let starts = |begin: &&String| self.words.iter().any(|word| word.starts_with(begin.as_str()));
        let named = reference.named.iter().filter(starts).count();
        Some(Fit { place, reference, parts, rank, named })
    }

    fn fits(&self) -> Vec<Fit<'a>> {
        let references = self.base().references.iter().enumerate();
        references.filter_map(|(place, reference)| self.fit(place, reference)).collect()
    }

    /// The counts to tell of a person's own exposure, and what is said in words.
    fn told(&self) -> (Vec<Risk>, Vec<Said>) {
        let all = self.fits();
        let mut open: Vec<&Fit<'_>> = all.iter().filter(|fit| !fit.reference.only_named).collect();
        if open.iter().any(|fit| !fit.reference.fallback) {
            open.retain(|fit| !fit.reference.fallback);
        }
        // A broad count of usual doses says nothing of what two medicines do together.
        open.retain(|fit| !fit.reference.fallback || fit.reference.overdose || fit.parts.len() == 1);
        let beaten = |one: &Fit<'_>| {
            open.iter().any(|other| other.parts.is_superset(&one.parts) && other.rank > one.rank)
        };
        let mut places: Vec<usize> = Vec::new();
        for fit in open.iter().filter(|fit| !beaten(fit)) {
            let also =
                |id: &String| all.iter().find(|other| other.reference.id == *id).map(|other| other.place);
            for place in std::iter::once(fit.place).chain(fit.reference.also.iter().filter_map(also)) {
                if !places.contains(&place) {
                    places.push(place);
                }
            }
        }
        let fits = places.iter().filter_map(|place| all.iter().find(|fit| fit.place == *place));
        let mut risks: Vec<Risk> = fits.map(|fit| self.estimate(fit)).collect();
        let covered = |parts: &BTreeSet<usize>| {
            let told = all.iter().filter(|fit| places.contains(&fit.place));
            told.into_iter().any(|fit| {
                let moved = |at: &usize| fit.parts.contains(at) || odds::moves(self, fit.reference, *at);
                parts.iter().all(moved)
            })
        };
        let mut said: Vec<Said> = self.said(&self.base().uncounted, &covered);
        for beware in self.said(&self.base().beware, &|_| false) {
            let overdoses = risks.iter_mut().filter(|risk| risk.per == RiskPer::Overdose);
            let mut placed = false;
            for risk in overdoses {
                risk.beware.push(beware.clone());
                placed = true;
            }
            if !placed {
                said.push(beware);
            }
        }
        (risks, said)
    }

    fn said(&self, items: &[Uncounted], covered: &dyn Fn(&BTreeSet<usize>) -> bool) -> Vec<Said> {
        let knowledge = self.knowledge;
        let places: Vec<usize> = (0..self.parts.len()).collect();
        let holds = |item: &&Uncounted| {
            let mut ways = Vec::new();
            let assigned = assign(
                &item.needs,
                &|need, at, first| {
                    let part = &self.parts[at];
                    part.is_any(knowledge, need) && (!(first && item.overdose) || part.overdose)
                },
                &places,
                &mut ways,
            );
            assigned && !covered(&ways.iter().copied().collect())
        };
        items.iter().filter(holds).map(Said::from).collect()
    }

    /// The one count that comes closest to what a study describes in words.
    pub(crate) fn closest(&self, per: Option<RiskPer>) -> Option<Risk> {
        let some = self.parts.iter().any(|part| part.optional);
        let fits = self.fits().into_iter().filter(|fit| !fit.reference.only_named || fit.named > 0);
        let best = fits.max_by_key(|fit| {
            let reference = fit.reference;
            let moved = (0..self.parts.len()).filter(|at| odds::moves(self, reference, *at)).count();
            (
                per.is_none_or(|per| per == reference.per),
                fit.named,
                some != reference.optional.is_empty(),
                self.daily_doses.is_some() && !reference.points.is_empty(),
                fit.parts.len() + moved,
                !reference.fallback,
                fit.rank,
                reference.criteria.split(' ').next().is_some_and(|first| self.criteria.starts_with(first)),
                Reverse(fit.place),
            )
        });
        best.map(|fit| self.estimate(&fit))
    }

    fn estimate(&self, fit: &Fit<'a>) -> Risk {
        let reference = fit.reference;
        let estimate = odds::estimate(self, reference);
        let over: Vec<&Part<'_>> =
            fit.parts.iter().map(|at| &self.parts[*at]).filter(|part| part.overdose).collect();
        let id = |at: usize| match &self.parts[at].what {
            What::Used(one) => Some(one.substance.clone()),
            What::Named(_) => None,
        };
        let moved =
            (0..self.parts.len()).filter(|at| !fit.parts.contains(at) && odds::moves(self, reference, *at));
        let mut citations: Vec<Citation> = reference.evidence.iter().map(Citation::from).collect();
        citations.extend(estimate.citations);
        Risk {
            id: reference.id.clone(),
            per: reference.per,
            of: fit.parts.iter().copied().chain(moved).filter_map(id).collect(),
            p: estimate.p,
            reference_class: reference.people.clone(),
            person: reference.person.clone(),
            cases: reference.cases.filter(|_| estimate.moved_by.is_empty()),
            n: reference.n,
            criteria: reference.criteria.clone(),
            calibrated: reference.calibrated && estimate.calibrated,
            moved_by: estimate.moved_by,
            note: reference.note.clone(),
            beware: Vec::new(),
            overdose: (!over.is_empty()).then(|| match over.iter().all(|part| part.accident) {
                true => Overdosed::ByAccident,
                false => Overdosed::PerhapsOnPurpose,
            }),
            citations,
        }
    }
}

/// The group of everything that counts as a serotonergic agent.
pub(crate) const SEROTONERGIC: &str = "serotonergic";

/// Gives every need a part of its own, the first ways that work; `used` is then which.
fn assign(
    needs: &[Vec<String>],
    meets: &dyn Fn(&[String], usize, bool) -> bool,
    places: &[usize],
    used: &mut Vec<usize>,
) -> bool {
    let next = used.len();
    let Some(need) = needs.get(next) else { return true };
    for at in places {
        if used.contains(at) || !meets(need, *at, next == 0) {
            continue;
        }
        used.push(*at);
        if assign(needs, meets, places, used) {
            return true;
        }
        used.pop();
    }
    false
}

/// Whether a substance was taken in overdose since then, and whether all of that was an accident.
fn overdosed(knowledge: &Knowledge, one: &Use, oldest: Timestamp) -> (bool, bool) {
    let recent = one.intakes.iter().filter(|intake| intake.to >= oldest);
    let marks: Vec<Overdose> = recent.filter_map(|intake| intake.overdose).collect();
    let far = one.spells.last().filter(|spell| spell.last >= oldest).is_some_and(|spell| {
        let substance = knowledge.substance(&one.substance);
        let most = substance.and_then(|substance| maximum(substance, spell.route.word()));
        let taken = spell.most_in_a_day.zip(most);
        taken.is_some_and(|(taken, most)| taken.as_mg() > OVERDOSE_TIMES * most.as_mg())
    });
    let accident = !marks.is_empty() && marks.iter().all(|mark| *mark == Overdose::ByAccident);
    (far || !marks.is_empty(), accident)
}

#[cfg(test)]
mod tests {
    use super::assign;

    #[test]
    fn no_part_meets_two_needs() {
        let need = |ids: &[&str]| ids.iter().map(|id| (*id).to_owned()).collect::<Vec<String>>();
        let parts = [vec!["a", "b"], vec!["b"]];
        let meets =
            |need: &[String], at: usize, _: bool| need.iter().any(|id| parts[at].contains(&id.as_str()));
        let ask = |needs: &[Vec<String>]| assign(needs, &meets, &[0, 1], &mut Vec::new());
        // The first part could be either; only one way leaves a part for the other.
        assert!(ask(&[need(&["b"]), need(&["a"])]));
        assert!(ask(&[need(&["b"]), need(&["b"])]));
        assert!(!ask(&[need(&["a"]), need(&["a"])]));
        assert!(ask(&[]));
    }
}
