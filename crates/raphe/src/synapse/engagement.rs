//! Target engagement: from levels to what the synapse feels.
//!
//! How strongly a drug acts in people is taken, best first, from a human scan: the total level in plasma at which half of
//! the greatest occupancy is reached (`occupancy EC50`, `occupancy Emax`). Where there is none, from its affinity in the
//! test tube on the free level, times what the drugs that have both show of the difference, and with a wide range.
//!
//! Drugs at one target share it: their levels over their constants add up. Of several reuptake inhibitors with different
//! ceilings the ceiling is the mean by what each adds, and one more never frees the transporter. MAO is not here: the
//! exposure engine knows its inhibitors as it knows those of other enzymes, and hands over what blocks it and how fast it is
//! destroyed.

use super::model::Inputs;
use crate::{
    exposure::{
        course::Journey,
        network::{Moiety, Network},
    },
    knowledge::{
        Citation, Knowledge,
        schema::{Effect, Grade, Substance, Value},
    },
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

    /// Its name in words.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sert => "serotonin transporter (SERT)",
            Self::Release => "serotonin transporter, made to release",
            Self::Net => "norepinephrine transporter (NET)",
            Self::MaoA => "MAO-A in the brain",
            Self::MaoB => "MAO-B in the brain",
            Self::Receptor1A => "5-HT1A receptors",
            Self::Receptor2A => "5-HT2A receptors",
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
    /// Where the constant is from.
    pub(crate) citation: Citation,
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

/// Tryptophan in the plasma of people who have not eaten, µM. The model was made with a higher one, so what is added counts
/// in proportion.
const FASTING_TRYPTOPHAN: f64 = 55.0;

/// A constant on the total level, mg/L, or on the free one, nmol/L.
struct Constant<'a> {
    at: f64,
    /// 5 to 95 % range as factors.
    spread: (f64, f64),
    value: &'a Value,
}

/// A potency of a mechanism by what was measured.
fn measured<'a>(effect: &'a Effect, parameter: &str) -> Option<&'a Value> {
    effect.potency.iter().find(|value| value.parameter.as_deref() == Some(parameter))
}

fn share(effect: &Effect, parameter: &str) -> Option<f64> {
    let (low, high) = range::<Fraction>(&measured(effect, parameter)?.value).ok()?;
    Some(0.5 * (low.as_of_one() + high.as_of_one()))
}

/// A constant on the total level.
fn total<'a>(effect: &'a Effect, parameter: &str) -> Option<Constant<'a>> {
    let value = measured(effect, parameter)?;
    let read = |text: &str| range::<MassConcentration>(text).ok();
    let (low, high) = read(&value.value)?;
    let middle = libm::sqrt(low.as_mg_per_l() * high.as_mg_per_l());
    let spread = value.spread.as_deref().and_then(read).or((high > low).then_some((low, high)));
    let factors = spread.map(|(low, high)| (low.as_mg_per_l() / middle, high.as_mg_per_l() / middle));
    (middle > 0.0).then(|| Constant { at: middle, spread: factors.unwrap_or(OF_SCAN), value })
}

/// A constant on the free level: the first affinity.
fn affinity(effect: &Effect) -> Option<Constant<'_>> {
    const MEASURES: [&str; 4] = ["Ki", "Kd", "IC50", "EC50"];
    let value = effect.potency.iter().find(|value| {
        value.parameter.as_deref().is_some_and(|parameter| MEASURES.contains(&parameter))
            && range::<MolarConcentration>(&value.value).is_ok()
    })?;
    let (low, high) = range::<MolarConcentration>(&value.value).ok()?;
    let middle = libm::sqrt(low.as_nmol_per_l() * high.as_nmol_per_l());
    (middle > 0.0).then_some(Constant { at: middle, spread: OF_AFFINITY, value })
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
            let scan = total(effect, "occupancy EC50").filter(|scan| scan.value.grade < Grade::Derived)?;
            let free = crate::exposure::network::free(substance, scan.at)?;
            Some(free / affinity(effect)?.at)
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
                    Ok(Placed { per_level, spread, act, citation }) => engagement.bonds.push(Bond {
                        moiety: place,
                        id: moiety.id.clone(),
                        target,
                        act,
                        per_level,
                        spread,
                        citation,
                    }),
                    Err(missing) => engagement.miss(&moiety.id, missing),
                }
            }
        }
        // The higher ceilings first, as `occupied` asks them.
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
    pub(crate) fn strengths(&self, levels: &[Lane], per_level: &[Lane]) -> Vec<Lane> {
        self.bonds.iter().zip(per_level).map(|(bond, per)| levels[bond.moiety] * *per).collect()
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

    /// Share of a transporter or receptor that the typical person has occupied at some levels, mg/L.
    pub(crate) fn of_typical(&self, target: Target, levels: &[f64]) -> f64 {
        let levels: Vec<Lane> = levels.iter().map(|level| Lane::all(*level)).collect();
        let per_level: Vec<Lane> = self.bonds.iter().map(|bond| Lane::all(bond.per_level)).collect();
        self.occupancy(target, &self.strengths(&levels, &per_level)).0[0]
    }

    /// Share of a transporter or receptor that is occupied by drugs.
    pub(crate) fn occupancy(&self, target: Target, strengths: &[Lane]) -> Lane {
        occupied(self.bonds.iter().zip(strengths), target)
    }
}

/// The share of a target that is taken: sums of level over constant, under a ceiling that is the mean of theirs by what each
/// adds. One with a lower ceiling would take something away by that; so those with the higher ceilings are asked first, and
/// what they reach without the rest is the least.
fn occupied<'a>(bonds: impl Iterator<Item = (&'a Bond, &'a Lane)>, target: Target) -> Lane {
    let (mut sum, mut capped, mut taken) = (Lane::ZERO, Lane::ZERO, Lane::ZERO);
    for (bond, strength) in bonds.filter(|(bond, _)| bond.target == Some(target)) {
        sum += *strength;
        capped += *strength * bond.most();
        taken = taken.max(capped / (sum + 1.0));
    }
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
        let level = total(effect, "effective level")?.at;
        Some(crate::exposure::network::free(substance, level)? / affinity(effect)?.at)
    })
}

struct Placer {
    in_people: f64,
    reference: Option<f64>,
}

/// How strongly a moiety acts.
struct Placed {
    /// Level over its constant, for each mg/L.
    per_level: f64,
    spread: (f64, f64),
    act: Act,
    citation: Citation,
}

impl Placer {
    /// Places one moiety at one target: on its total level where people were looked at, else on its free one.
    fn place(&self, moiety: &Moiety, effect: &Effect, act: Act) -> Result<Placed, &'static str> {
        const NO_POTENCY: &str = "how strongly it acts in people is not known";
        const NO_FREE: &str = "the share not bound in plasma is not known";
        let (looked_at, times) = match act {
            Act::Blocks { .. } => (total(effect, "occupancy EC50"), Some(self.in_people)),
            Act::Binds { .. } => (total(effect, "occupancy EC50"), Some(1.0)),
            Act::Releases => (total(effect, "effective level"), self.reference),
            Act::Feeds => (total(effect, "effective level"), None),
            Act::Tryptophan => {
                let mass = moiety.molar_mass.ok_or(NO_POTENCY)?.as_g_per_mol();
                let per_level = 1e3 / mass * Inputs::REST.tp / FASTING_TRYPTOPHAN;
                let citation = moiety.citation.clone();
                return Ok(Placed { per_level, spread: (1.0, 1.0), act, citation });
            }
        };
        let act = match act {
            Act::Blocks { most } => Act::Blocks { most: share(effect, "occupancy Emax").unwrap_or(most) },
            Act::Binds { efficacy } => {
                Act::Binds { efficacy: share(effect, "intrinsic efficacy").unwrap_or(efficacy) }
            }
            other => other,
        };
        if let Some(Constant { at, spread, value }) = looked_at {
            return Ok(Placed { per_level: 1.0 / at, spread, act, citation: Citation::from(value) });
        }
        let Constant { at, spread, value } = affinity(effect).ok_or(NO_POTENCY)?;
        let times = times.ok_or(NO_POTENCY)?;
        let free = moiety.free(1.0).filter(|free| *free > 0.0).ok_or(NO_FREE)?;
        let spread = if act == Act::Releases { OF_RELEASE } else { spread };
        Ok(Placed { per_level: free / (at * times), spread, act, citation: Citation::from(value) })
    }
}
