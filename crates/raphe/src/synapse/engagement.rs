//! Target engagement: from levels to what the synapse feels.
//!
//! How strongly a drug acts in people is taken, best first, from a human scan: the total level in plasma at which half of
//! the greatest occupancy is reached (`occupancy EC50`, `occupancy Emax`). Where there is none, from its affinity in the
//! test tube on the free level, times what the drugs that have both show of the difference, and with a wide range.
//!
//! Drugs at one target share it: their levels over their constants add up. Of several reuptake inhibitors with different
//! ceilings the one with the higher reaches what the others cannot, so that one more never frees the transporter. MAO is not here: the exposure engine knows its inhibitors as it
//! knows those of other enzymes, and hands over what blocks it and how fast it is destroyed.

use super::model::Inputs;
use crate::{
    exposure::{
        course::Journey,
        network::{Moiety, Network},
    },
    knowledge::{Knowledge, schema::Effect, schema::Substance, schema::Value},
    lanes::{LANES, Lane},
    population::Population,
    units::{Fraction, MassConcentration, MolarConcentration, range},
};

/// What a drug can engage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Target {
    /// The serotonin transporter, blocked.
    Sert,
    /// The serotonin transporter, made to release.
    Release,
    /// The norepinephrine transporter, blocked.
    Net,
    /// MAO-A.
    MaoA,
    /// MAO-B.
    MaoB,
    /// 5-HT1A.
    Receptor1A,
    /// 5-HT2A.
    Receptor2A,
}

impl Target {
    /// All of them, in the order in which they are told.
    pub const ALL: [Self; 7] =
        [Self::Sert, Self::Release, Self::Net, Self::MaoA, Self::MaoB, Self::Receptor1A, Self::Receptor2A];

    /// Its id.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Sert => "SERT",
            Self::Release => "SERT release",
            Self::Net => "NET",
            Self::MaoA => "MAO-A",
            Self::MaoB => "MAO-B",
            Self::Receptor1A => "5-HT1A",
            Self::Receptor2A => "5-HT2A",
        }
    }

    /// Whether it is an enzyme, which is inhibited and not occupied.
    #[must_use]
    pub const fn is_enzyme(self) -> bool {
        matches!(self, Self::MaoA | Self::MaoB)
    }
}

/// What a drug does.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Act {
    /// Blocks a transporter, at most this share of it.
    Blocks { most: f64 },
    /// Makes the transporter release; one is a clearly effective exposure to MDMA.
    Releases,
    /// Binds to a receptor and does this share of what a full agonist does; zero is an antagonist.
    Binds { efficacy: f64 },
    /// Becomes serotonin: µM/h of 5-HTP.
    Feeds,
    /// Adds to tryptophan in plasma, µM.
    Tryptophan,
}

/// One drug at one target.
#[derive(Debug, Clone)]
pub(crate) struct Bond {
    /// The moiety, as the network counts them.
    pub(crate) moiety: usize,
    /// Its id.
    pub(crate) id: String,
    /// The target; what is eaten has none.
    pub(crate) target: Option<Target>,
    /// What it does there.
    pub(crate) act: Act,
    /// Level over its constant, for each mg/L.
    pub(crate) per_level: f64,
    /// 5 to 95 % range of that as factors.
    pub(crate) spread: (f64, f64),
}

impl Bond {
    /// The most of its target that it can take.
    fn most(&self) -> f64 {
        if let Act::Blocks { most } = self.act { most } else { 1.0 }
    }
}

/// Why a substance is missing from the modeled synapse.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gap {
    /// The substance or metabolite.
    pub substance: String,
    /// What is missing, as a half-sentence.
    pub missing: &'static str,
}

/// Everything that engages a synapse, and what could not be placed.
#[derive(Debug, Clone, Default)]
pub(crate) struct Engagement {
    pub(crate) bonds: Vec<Bond>,
    pub(crate) gaps: Vec<Gap>,
    /// Places of MAO-A and MAO-B among the enzymes, where somebody acts on them.
    pub(crate) mao: [Option<usize>; 2],
}

/// Ceiling of reuptake block where no scan says: human curves level off around it.
const USUAL_CEILING: f64 = 0.9;
/// No more of the transporter counts as occupied.
const MOST_OCCUPIED: f64 = 0.97;
/// Range of a constant from a scan, from an affinity, and of a releaser placed by its ratio to MDMA.
const OF_SCAN: (f64, f64) = (0.67, 1.5);
const OF_AFFINITY: (f64, f64) = (0.25, 4.0);
const OF_RELEASE: (f64, f64) = (0.4, 2.5);
/// Where this much of a dose is in the blood, 5-HTP enters terminals at this rate, µM/h: a placeholder of the right order,
/// since nobody has measured it in people.
const FEEDS_AT_EFFECTIVE: f64 = 10.0;

/// A potency of a mechanism by what was measured.
fn measured<'a>(effect: &'a Effect, parameter: &str) -> Option<&'a Value> {
    effect.potency.iter().find(|value| value.parameter.as_deref() == Some(parameter))
}

fn share(effect: &Effect, parameter: &str) -> Option<f64> {
    let (low, high) = range::<Fraction>(&measured(effect, parameter)?.value).ok()?;
    Some(0.5 * (low.as_of_one() + high.as_of_one()))
}

/// Total level, mg/L, with the range of it.
fn total(effect: &Effect, parameter: &str) -> Option<(f64, (f64, f64))> {
    let value = measured(effect, parameter)?;
    let read = |text: &str| range::<MassConcentration>(text).ok();
    let (low, high) = read(&value.value)?;
    let middle = libm::sqrt(low.as_mg_per_l() * high.as_mg_per_l());
    let spread = value.spread.as_deref().and_then(read).or((high > low).then_some((low, high)));
    let factors = spread.map(|(low, high)| (low.as_mg_per_l() / middle, high.as_mg_per_l() / middle));
    (middle > 0.0).then(|| (middle, factors.unwrap_or(OF_SCAN)))
}

/// Free level, nmol/L, by the first affinity.
fn affinity(effect: &Effect) -> Option<f64> {
    const MEASURES: [&str; 4] = ["Ki", "Kd", "IC50", "EC50"];
    let value = effect.potency.iter().find(|value| {
        value.parameter.as_deref().is_some_and(|parameter| MEASURES.contains(&parameter))
            && range::<MolarConcentration>(&value.value).is_ok()
    })?;
    let (low, high) = range::<MolarConcentration>(&value.value).ok()?;
    Some(libm::sqrt(low.as_nmol_per_l() * high.as_nmol_per_l())).filter(|middle| *middle > 0.0)
}

/// How much more free drug it takes in people than in the test tube to occupy half of the transporter: the middle of the
/// drugs of which both are known.
fn in_people(knowledge: &Knowledge) -> f64 {
    let mut ratios: Vec<f64> = knowledge
        .base()
        .substances
        .iter()
        .filter_map(|substance| {
            let effect = substance.mechanisms.iter().find(|effect| {
                effect.target.as_deref() == Some("SERT") && effect.action.as_deref() == Some("block")
            })?;
            // What was placed by its affinity to begin with would only confirm it.
            let scan = measured(effect, "occupancy EC50")?;
            let seen = !matches!(
                scan.grade,
                crate::knowledge::schema::Grade::Derived | crate::knowledge::schema::Grade::Inferred
            );
            let (level, _) = total(effect, "occupancy EC50").filter(|_| seen)?;
            let free = crate::exposure::network::free(substance, level)?;
            Some(free / affinity(effect)?)
        })
        .collect();
    ratios.sort_by(f64::total_cmp);
    if ratios.len() < 5 { 1.0 } else { ratios[ratios.len() / 2] }
}

impl Engagement {
    /// Who engages what.
    ///
    /// `taken` are the substances, also those that have no course in time.
    pub(crate) fn of<'a>(
        knowledge: &Knowledge,
        network: &Network,
        taken: impl IntoIterator<Item = &'a Substance>,
        amount_unknown: &[bool],
    ) -> Self {
        let mut engagement = Self::default();
        let placer = Placer { in_people: in_people(knowledge), reference: releaser(knowledge) };
        for (place, moiety) in network.moieties.iter().enumerate() {
            let Some(substance) = knowledge.substance(&moiety.id) else { continue };
            for effect in &substance.mechanisms {
                let Some((target, act)) = kind(effect) else { continue };
                if engagement.bonds.iter().any(|bond| bond.moiety == place && bond.target == target) {
                    continue;
                }
                if !moiety.shape.measured || amount_unknown[place] {
                    engagement.miss(&moiety.id, "no level can be computed");
                    continue;
                }
                match placer.place(moiety, effect, act) {
                    Ok((per_level, spread, act)) => engagement.bonds.push(Bond {
                        moiety: place,
                        id: moiety.id.clone(),
                        target,
                        act,
                        per_level,
                        spread,
                    }),
                    Err(missing) => engagement.miss(&moiety.id, missing),
                }
            }
        }
        engagement.bonds.sort_by(|a, b| b.most().total_cmp(&a.most()));
        for (slot, id) in ["MAO-A", "MAO-B"].into_iter().enumerate() {
            let place = network.enzymes.iter().position(|enzyme| enzyme.id == id);
            engagement.mao[slot] =
                place.filter(|place| network.effects.iter().any(|effect| effect.on == *place));
        }
        for substance in taken {
            let acts = substance.mechanisms.iter().any(|effect| {
                kind(effect).is_some() || matches!(effect.target.as_deref(), Some("MAO-A" | "VMAT2"))
            });
            let here = network.find(&substance.id);
            let on_mao = here.is_some_and(|place| {
                network
                    .effects
                    .iter()
                    .any(|effect| effect.by == place && engagement.mao.contains(&Some(effect.on)))
            });
            let bound = here.is_some_and(|place| engagement.bonds.iter().any(|bond| bond.moiety == place));
            if acts && here.is_none() {
                engagement.miss(&substance.id, "its course in the body is not known");
            } else if acts && !bound && !on_mao {
                engagement.miss(&substance.id, "how strongly it acts in people is not known");
            }
        }
        engagement
    }

    fn miss(&mut self, id: &str, missing: &'static str) {
        if !self.gaps.iter().any(|gap| gap.substance == id) {
            self.gaps.push(Gap { substance: id.to_owned(), missing });
        }
    }

    /// Whether there is nothing to follow.
    pub(crate) fn is_empty(&self) -> bool {
        self.bonds.is_empty() && self.mao == [None, None]
    }

    /// Targets that something engages.
    pub(crate) fn targets(&self) -> Vec<Target> {
        Target::ALL
            .into_iter()
            .filter(|target| match target {
                Target::MaoA => self.mao[0].is_some(),
                Target::MaoB => self.mao[1].is_some(),
                other => self.bonds.iter().any(|bond| bond.target == Some(*other)),
            })
            .collect()
    }

    /// How strongly each bond acts in eight people.
    pub(crate) fn drawn(&self, population: Population, who: impl Fn(usize) -> usize) -> Vec<Lane> {
        self.bonds
            .iter()
            .map(|bond| {
                let name = format!("{}/{}/potency", bond.id, bond.target.map_or("precursor", Target::id));
                // A higher constant is a weaker drug.
                Lane::each(|lane| bond.per_level / population.factor(who(lane), &name, bond.spread))
            })
            .collect()
    }

    /// Level over its constant of each bond at a moment.
    pub(crate) fn strengths(&self, levels: &[Lane], per_level: &[Lane], into: &mut Vec<Lane>) {
        into.clear();
        into.extend(self.bonds.iter().zip(per_level).map(|(bond, per)| levels[bond.moiety] * *per));
    }

    /// The inputs of the model at a moment.
    pub(crate) fn inputs(&self, journey: &Journey<'_>, moment: usize, strengths: &[Lane]) -> Inputs<Lane> {
        let mut inputs = Inputs::REST.for_all();
        let sert = occupied(self.bonds.iter().zip(strengths), Target::Sert);
        inputs.u = sert / (Lane::ONE - sert);
        inputs.u_r = inputs.u;
        for (bond, strength) in self.bonds.iter().zip(strengths) {
            match (bond.act, bond.target) {
                (Act::Releases, _) => inputs.mdma += *strength,
                (Act::Feeds, _) => inputs.htp_in += *strength * FEEDS_AT_EFFECTIVE,
                (Act::Tryptophan, _) => inputs.tp += *strength,
                (Act::Binds { efficacy }, Some(Target::Receptor2A)) => {
                    inputs.ago_2a += *strength * efficacy;
                    inputs.ant_2a += *strength * (1.0 - efficacy);
                }
                (Act::Binds { efficacy }, Some(Target::Receptor1A)) => {
                    inputs.ago_1a_post += *strength * efficacy;
                    inputs.ant_1a_post += *strength * (1.0 - efficacy);
                    // At the cell bodies there are receptors to spare: a partial agonist does there what a full one does.
                    match efficacy > 0.0 {
                        true => inputs.ago_1a += *strength,
                        false => inputs.ant_1a += *strength,
                    }
                }
                _ => {}
            }
        }
        if let Some(enzyme) = self.mao[0] {
            (inputs.rev_a, inputs.kinact_a) = journey.acts_on(enzyme, moment);
        }
        if let Some(enzyme) = self.mao[1] {
            (inputs.rev_b, inputs.kinact_b) = journey.acts_on(enzyme, moment);
        }
        inputs
    }

    /// Share of a transporter or receptor that is occupied by drugs.
    pub(crate) fn occupancy(&self, target: Target, strengths: &[Lane]) -> Lane {
        occupied(self.bonds.iter().zip(strengths), target)
    }
}

/// The share of a target that is taken. Who has the higher ceiling comes first: what lies between two ceilings only the
/// first reach, what lies below the last all of them share.
fn occupied<'a>(bonds: impl Iterator<Item = (&'a Bond, &'a Lane)>, target: Target) -> Lane {
    let (mut sum, mut taken, mut reached) = (Lane::ZERO, Lane::ZERO, 1.0);
    for (bond, strength) in bonds.filter(|(bond, _)| bond.target == Some(target)) {
        taken += sum / (sum + 1.0) * (reached - bond.most());
        sum += *strength;
        reached = bond.most();
    }
    taken += sum / (sum + 1.0) * reached;
    for lane in 0..LANES {
        taken.0[lane] = taken.0[lane].min(MOST_OCCUPIED);
    }
    taken
}

/// What a mechanism means here, if anything.
fn kind(effect: &Effect) -> Option<(Option<Target>, Act)> {
    match (effect.target.as_deref()?, effect.action.as_deref()?) {
        ("SERT", "block") => Some((Some(Target::Sert), Act::Blocks { most: USUAL_CEILING })),
        ("SERT", "release") => Some((Some(Target::Release), Act::Releases)),
        ("NET" | "NET and DAT", "block") => Some((Some(Target::Net), Act::Blocks { most: USUAL_CEILING })),
        ("5-HT2A", "antagonist") => Some((Some(Target::Receptor2A), Act::Binds { efficacy: 0.0 })),
        ("5-HT2A", "agonist" | "partial_agonist") => {
            Some((Some(Target::Receptor2A), Act::Binds { efficacy: 1.0 }))
        }
        ("5-HT1A", "antagonist") => Some((Some(Target::Receptor1A), Act::Binds { efficacy: 0.0 })),
        ("5-HT1A", "agonist" | "partial_agonist") => {
            Some((Some(Target::Receptor1A), Act::Binds { efficacy: 1.0 }))
        }
        ("AADC", "precursor") => Some((None, Act::Feeds)),
        ("TPH", "precursor") => Some((None, Act::Tryptophan)),
        _ => None,
    }
}

/// The releaser that others are placed beside: the one whose effective level in people is known, as free level over EC50.
fn releaser(knowledge: &Knowledge) -> Option<f64> {
    knowledge.base().substances.iter().find_map(|substance| {
        let release = |effect: &&Effect| kind(effect).is_some_and(|(_, act)| act == Act::Releases);
        let effect = substance.mechanisms.iter().find(release)?;
        let (level, _) = total(effect, "effective level")?;
        Some(crate::exposure::network::free(substance, level)? / affinity(effect)?)
    })
}

struct Placer {
    in_people: f64,
    reference: Option<f64>,
}

impl Placer {
    /// Strength for each mg/L, its range, and what it does.
    fn place(
        &self,
        moiety: &Moiety,
        effect: &Effect,
        act: Act,
    ) -> Result<(f64, (f64, f64), Act), &'static str> {
        const NO_POTENCY: &str = "how strongly it acts in people is not known";
        const NO_FREE: &str = "the share not bound in plasma is not known";
        let free = || moiety.free(1.0).filter(|free| *free > 0.0).ok_or(NO_FREE);
        let scan = total(effect, "occupancy EC50");
        match act {
            Act::Blocks { most } => {
                let most = share(effect, "occupancy Emax").unwrap_or(most);
                let act = Act::Blocks { most };
                if let Some((level, spread)) = scan {
                    return Ok((1.0 / level, spread, act));
                }
                let constant = affinity(effect).ok_or(NO_POTENCY)? * self.in_people;
                Ok((free()? / constant, OF_AFFINITY, act))
            }
            Act::Binds { efficacy } => {
                let efficacy = share(effect, "intrinsic efficacy").unwrap_or(efficacy);
                let act = Act::Binds { efficacy };
                if let Some((level, spread)) = scan {
                    return Ok((1.0 / level, spread, act));
                }
                Ok((free()? / affinity(effect).ok_or(NO_POTENCY)?, OF_AFFINITY, act))
            }
            Act::Releases => {
                if let Some((level, spread)) = total(effect, "effective level") {
                    return Ok((1.0 / level, spread, act));
                }
                let reference = self.reference.ok_or(NO_POTENCY)?;
                Ok((free()? / (affinity(effect).ok_or(NO_POTENCY)? * reference), OF_RELEASE, act))
            }
            Act::Feeds => {
                let (level, spread) = total(effect, "effective level").ok_or(NO_POTENCY)?;
                Ok((1.0 / level, spread, act))
            }
            Act::Tryptophan => {
                let mass = moiety.molar_mass.ok_or(NO_POTENCY)?;
                Ok((1e3 / mass.as_g_per_mol(), (1.0, 1.0), act))
            }
        }
    }
}
