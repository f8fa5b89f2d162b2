//! Who meets whom: the moieties in play, the enzymes that remove them, and who slows or speeds those.
//!
//! A [`Network`] is built once for a question, for the typical person. A moiety is a substance or a metabolite, and
//! stands here once however many ways lead to it: desipramine swallowed and desipramine made from imipramine are one.
//! Parents stand before their metabolites, so one pass through the list advances them all.
//!
//! How strongly a drug inhibits an enzyme is taken from what it did to another drug in people, not from the test tube:
//! an inhibition ratio IR at a reference regimen (Ohno 2007, Clin Pharmacokinet 46:681) becomes the constant on the
//! inhibitor's own level that leaves `1 - IR` of the activity on average over the twelve hours after a dose, in which
//! studies give the other drug; for a level that hardly moves that is `Ki = C (1 - IR) / IR`. For one that destroys the
//! enzyme the ratio becomes a rate of loss that balances the enzyme's own turnover; for an inducer, a rise of its making
//! that is half of its most at that regimen.

use super::kinetics::{Disposition, LIVER_FLOW, Profile, Regimen, Uptake, middle, spread};
use crate::{
    knowledge::{self, Citation, Knowledge},
    timeline::Route,
    units::{Fraction, MassConcentration, MolarMass, Ratio, TimeSpan},
};
use raphe_knowledge::{Enzyme as EnzymeFacts, EnzymeRole, Metabolite, Substance, Value};
use std::{collections::BTreeMap, f64::consts::LN_2};

/// Share of an enzyme that a drug blocks where a source gives only the word.
const BY_WORD: [(&str, f64); 3] = [("strong", 0.85), ("moderate", 0.6), ("weak", 0.3)];
/// How much an enzyme is induced where a source gives only the word.
const INDUCED_BY_WORD: [(&str, f64); 3] = [("strong", 5.0), ("moderate", 2.5), ("weak", 1.4)];
/// Share of the clearance through all enzymes that are called major, and through each that is called minor, where a
/// source gives only the word.
const MAJOR_TOGETHER: f64 = 0.8;
const MINOR_EACH: f64 = 0.08;
/// Share of a drug that becomes a metabolite where no source says.
const USUAL_FORMED: f64 = 0.3;
/// No inhibitor is taken to leave less of an enzyme than this.
const LEAST_LEFT: f64 = 0.005;
/// Hours after a dose in which interaction studies look.
const STUDY_WINDOW: f64 = 12.0;
/// The wall of the gut has the same enzyme under this name.
pub(crate) const GUT: &str = "CYP3A4 gut";
const LIVER_OF_GUT: &str = "CYP3A4";

/// Moieties, enzymes and what the ones do to the others.
#[derive(Debug, Clone, Default)]
pub(crate) struct Network {
    /// Parents before their metabolites.
    pub(crate) moieties: Vec<Moiety>,
    /// The enzymes of the base, in its order.
    pub(crate) enzymes: Vec<Enzyme>,
    /// Who acts on which enzyme.
    pub(crate) effects: Vec<Effect>,
}

/// One substance or metabolite.
#[derive(Debug, Clone)]
pub(crate) struct Moiety {
    /// Id of its substance.
    pub(crate) id: String,
    /// How it moves through the typical person.
    pub(crate) shape: Disposition,
    /// Intrinsic clearance over liver flow, uninhibited.
    pub(crate) intrinsic: f64,
    /// Liver flow as it counts for this drug, L/h.
    pub(crate) flow: f64,
    /// Clearance by the kidney, L/h.
    pub(crate) kidney: f64,
    /// Share that survives the wall of the gut, uninhibited.
    pub(crate) wall: f64,
    /// Enzymes with their shares of the intrinsic clearance.
    pub(crate) shares: Vec<(usize, f64)>,
    /// Share of the intrinsic clearance by anything else.
    pub(crate) rest: f64,
    /// What is made of it.
    pub(crate) forms: Vec<Forms>,
    /// Molar mass, where known.
    pub(crate) molar_mass: Option<MolarMass>,
    /// Source of the half-life.
    pub(crate) citation: Citation,
}

/// One way from a moiety to its metabolite.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Forms {
    /// The metabolite.
    pub(crate) child: usize,
    /// The share (an index into [`Moiety::shares`]) that makes it; `None` = all of the liver together.
    pub(crate) by: Option<usize>,
    /// Part of what goes that way that becomes it.
    pub(crate) part: f64,
    /// Mass made of each mass lost.
    pub(crate) mass: f64,
}

/// One enzyme.
#[derive(Debug, Clone)]
pub(crate) struct Enzyme {
    /// Id in the base.
    pub(crate) id: String,
    /// Half-life of its turnover, hours, with its 5 to 95 % range.
    pub(crate) half_life: f64,
    pub(crate) spread: (f64, f64),
    /// Source of the turnover.
    pub(crate) citation: Citation,
}

/// What a moiety does to an enzyme.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Effect {
    /// The moiety.
    pub(crate) by: usize,
    /// The enzyme.
    pub(crate) on: usize,
    /// How.
    pub(crate) kind: EffectKind,
    /// 5 to 95 % range of the strength between people, as factors.
    pub(crate) spread: (f64, f64),
}

/// How a moiety acts on an enzyme; levels are total, in mg/L.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum EffectKind {
    /// Blocks it while it is there: level times this is C/Ki.
    Blocks(f64),
    /// Destroys it: `per x level / (1 + level / half)` is a rate of loss, 1/h; infinite `half` = in proportion.
    Destroys {
        /// Rate for each mg/L.
        per: f64,
        /// Level at which half of the highest rate is reached, mg/L.
        half: f64,
    },
    /// Raises its making: `most x / (1 + x)` above one, `x` = level over `half`.
    Induces {
        /// How far above one at most.
        most: f64,
        /// Level at which half of it is reached, mg/L.
        half: f64,
    },
}

impl Network {
    /// The network of some substances, each by its route.
    ///
    /// A substance without a half-life is left out: it has no course in time.
    pub(crate) fn of<'a>(
        knowledge: &Knowledge,
        taken: impl IntoIterator<Item = (&'a Substance, Route)>,
    ) -> Self {
        let mut network = Self { enzymes: enzymes(knowledge), ..Self::default() };
        // Chains are short: round by round, every metabolite is moved behind the parents that lead to it.
        let mut wanted: Vec<(&Substance, Route)> = Vec::new();
        let mut open: Vec<(&Substance, Route)> = taken.into_iter().collect();
        open.sort_by(|a, b| a.0.id.cmp(&b.0.id));
        open.dedup_by(|a, b| a.0.id == b.0.id);
        let mut rounds = 0;
        while !open.is_empty() && rounds < 6 {
            rounds += 1;
            let next: Vec<(&Substance, Route)> = open
                .iter()
                .flat_map(|(substance, _)| &substance.metabolites)
                .filter_map(|link| knowledge.substance(&link.id).map(|made| (made, Route::Oral)))
                .collect();
            for (substance, route) in open {
                let before = wanted.iter().position(|(other, _)| other.id == substance.id);
                let route = before.map_or(route, |place| wanted.remove(place).1);
                wanted.push((substance, route));
            }
            open = next;
        }
        let mut place = BTreeMap::new();
        for (substance, route) in &wanted {
            if let Some(moiety) = network.moiety(substance, *route) {
                place.insert(substance.id.as_str(), network.moieties.len());
                network.moieties.push(moiety);
            }
        }
        for (substance, _) in &wanted {
            let Some(&parent) = place.get(substance.id.as_str()) else { continue };
            for link in &substance.metabolites {
                if let (Some(&child), Some(made)) =
                    (place.get(link.id.as_str()), knowledge.substance(&link.id))
                {
                    network.link(parent, child, link, made);
                }
            }
        }
        for (substance, _) in &wanted {
            if let Some(&by) = place.get(substance.id.as_str()) {
                network.act(knowledge, by, substance);
            }
        }
        for (substance, _) in &wanted {
            if let Some(&of) = place.get(substance.id.as_str()) {
                network.uninhibit(substance, of);
            }
        }
        network
    }

    /// Who acts on an enzyme, strongest first, and whether the effect lasts.
    ///
    /// What blocks an enzyme acts by its level now, what destroys or induces it by the highest level it had: the effect
    /// outlasts the drug.
    pub(crate) fn who_acts(
        &self,
        enzyme: usize,
        now: impl Fn(usize) -> f64,
        peak: impl Fn(usize) -> f64,
    ) -> (Vec<String>, bool) {
        let mut by: Vec<(f64, &str)> = Vec::new();
        let mut lasting = false;
        for effect in self.effects.iter().filter(|effect| effect.on == enzyme) {
            let strength = match effect.kind {
                EffectKind::Blocks(per) => per * now(effect.by),
                EffectKind::Destroys { per, half } => {
                    let level = peak(effect.by);
                    per * level / (1.0 + level / half) * self.enzymes[enzyme].half_life / LN_2
                }
                EffectKind::Induces { most, half } => {
                    let level = peak(effect.by);
                    most * level / (level + half)
                }
            };
            if strength > 0.02 {
                lasting |= !matches!(effect.kind, EffectKind::Blocks(_));
                by.push((strength, &self.moieties[effect.by].id));
            }
        }
        by.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(b.1)));
        (by.into_iter().map(|(_, id)| id.to_owned()).collect(), lasting)
    }

    /// Position of a moiety.
    pub(crate) fn find(&self, id: &str) -> Option<usize> {
        self.moieties.iter().position(|moiety| moiety.id == id)
    }

    fn enzyme(&self, id: &str) -> Option<usize> {
        self.enzymes.iter().position(|enzyme| enzyme.id == id)
    }

    fn moiety(&self, substance: &Substance, route: Route) -> Option<Moiety> {
        let shape = Disposition::of(substance, route)?;
        let source = super::kinetics::half_life(substance, route)?;
        let (intrinsic, flow) = liver(&shape);
        let (shares, rest) = self.shares(substance, shape.renal);
        Some(Moiety {
            id: substance.id.clone(),
            intrinsic,
            flow,
            kidney: shape.clearance * shape.renal,
            wall: shape.gut,
            shares,
            rest,
            forms: Vec::new(),
            molar_mass: substance.molar_mass.as_deref().and_then(|text| text.parse().ok()),
            citation: source.citation,
            shape,
        })
    }

    /// Enzymes with their shares of the intrinsic clearance, and what is left.
    fn shares(&self, substance: &Substance, renal: f64) -> (Vec<(usize, f64)>, f64) {
        let roles = || substance.enzymes.iter().filter(|role| role.role == "substrate" && role.enzyme != GUT);
        let written = |role: &EnzymeRole| middle(&role.share, Fraction::as_of_one);
        let known: f64 = roles().filter_map(written).sum();
        let unknown_major =
            roles().filter(|role| role.strength == "major" && written(role).is_none()).count().max(1) as f64;
        let left = (MAJOR_TOGETHER * (1.0 - renal) - known).max(0.0);
        let mut shares: Vec<(usize, f64)> = Vec::new();
        for role in roles() {
            let Some(enzyme) = self.enzyme(&role.enzyme) else { continue };
            let share = written(role).unwrap_or(match role.strength.as_str() {
                "major" => left / unknown_major,
                _ => MINOR_EACH.min((0.95 - renal - known).max(0.0)),
            });
            match shares.iter_mut().find(|(same, _)| *same == enzyme) {
                Some((_, sum)) => *sum = sum.max(share),
                None => shares.push((enzyme, share)),
            }
        }
        let by_liver = (1.0 - renal).max(1e-6);
        let sum: f64 = shares.iter().map(|(_, share)| share / by_liver).sum();
        let scale = if sum > 0.99 { 0.99 / sum } else { 1.0 };
        shares.iter_mut().for_each(|(_, share)| *share *= scale / by_liver);
        let rest = 1.0 - sum * scale;
        (shares, rest)
    }

    /// Joins a metabolite to its parent, and gives it a clearance where only a ratio of levels is known.
    fn link(&mut self, parent: usize, child: usize, link: &Metabolite, made: &Substance) {
        let from = &self.moieties[parent];
        let mass = match (from.molar_mass, self.moieties[child].molar_mass) {
            (Some(before), Some(after)) => after.as_g_per_mol() / before.as_g_per_mol(),
            _ => 1.0,
        };
        let by = link.by.as_deref().and_then(|id| {
            let enzyme = self.enzyme(id)?;
            from.shares.iter().position(|(share, _)| *share == enzyme)
        });
        let by_liver = (1.0 - from.shape.renal).max(1e-6);
        let of_dose = middle(&link.fraction, Fraction::as_of_one);
        let ratio = middle(&link.ratio, Ratio::as_fold).filter(|ratio| *ratio > 0.0);
        let per_formed = mass * from.shape.clearance / (1.0 - from.shape.extraction);
        let own = made.pk.values().any(|table| !(table.clearance.is_empty() && table.volume.is_empty()));
        // Levels seen beside each other say more than what was found in urine.
        let formed = match (ratio, of_dose) {
            (Some(ratio), _) if own && from.shape.measured => {
                ratio * self.moieties[child].shape.clearance / per_formed
            }
            (_, Some(formed)) => formed,
            _ => by.map_or(USUAL_FORMED, |by| 0.8 * from.shares[by].1 * by_liver),
        };
        // No more can become it than goes the way that makes it.
        let way = by.map_or(1.0, |by| from.shares[by].1.max(1e-6));
        let part = (formed / by_liver / way).clamp(0.0, 1.0);
        if let Some(ratio) = ratio.filter(|_| !own && from.shape.measured) {
            let shape = &self.moieties[child].shape;
            let clearance = part * way * by_liver * per_formed / ratio;
            let shape = Disposition {
                measured: true,
                clearance,
                extraction: (clearance * (1.0 - shape.renal) / LIVER_FLOW).min(0.9),
                central: clearance * shape.half_life / LN_2,
                ..*shape
            };
            let child = &mut self.moieties[child];
            (child.intrinsic, child.flow) = liver(&shape);
            child.kidney = clearance * shape.renal;
            child.shape = shape;
        }
        self.moieties[parent].forms.push(Forms { child, by, part, mass });
    }

    /// What a substance does to the enzymes.
    fn act(&mut self, knowledge: &Knowledge, by: usize, substance: &Substance) {
        let own_gut =
            |role: &str| substance.enzymes.iter().any(|item| item.enzyme == GUT && item.role == role);
        for role in substance.enzymes.iter().filter(|role| role.role != "substrate") {
            let Some(on) = self.enzyme(&role.enzyme) else { continue };
            // A word without a number stands for what the metabolites are known to do.
            let measured = |role: &EnzymeRole| !(role.inhibition.is_empty() && role.induction.is_empty());
            let by_metabolite = substance.metabolites.iter().any(|link| {
                knowledge.substance(&link.id).is_some_and(|made| {
                    made.enzymes.iter().any(|item| {
                        (&item.enzyme, &item.role) == (&role.enzyme, &role.role) && measured(item)
                    })
                })
            });
            if by_metabolite && !measured(role) {
                continue;
            }
            let mut effects = vec![on];
            if role.enzyme == LIVER_OF_GUT && !own_gut(&role.role) {
                effects.extend(self.enzyme(GUT));
            }
            for on in effects {
                let found = match role.role.as_str() {
                    "inhibitor" => self.inhibits(knowledge, by, on, substance, role),
                    "inducer" => self.induces(knowledge, by, substance, role),
                    _ => None,
                };
                if let Some((kind, spread)) = found {
                    self.effects.push(Effect { by, on, kind, spread });
                }
            }
        }
    }

    fn inhibits(
        &self,
        knowledge: &Knowledge,
        by: usize,
        on: usize,
        substance: &Substance,
        role: &EnzymeRole,
    ) -> Option<(EffectKind, (f64, f64))> {
        let value = role.inhibition.first();
        let lost = middle(&role.inhibition, Fraction::as_of_one).unwrap_or_else(|| word(role, &BY_WORD));
        let lost = lost.clamp(0.0, 1.0 - LEAST_LEFT);
        let regimen = value
            .and_then(|value| Regimen::at(substance, value))
            .or_else(|| Regimen::read(substance, &substance.doses.first()?.typical))?;
        let times = lost / (1.0 - lost);
        let spread = value.and_then(|value| odds_spread(value, times)).unwrap_or((0.6, 1.6));
        if role.lasting {
            let loss = LN_2 / self.enzymes[on].half_life;
            // A CYP must bind the drug before it is destroyed by it, and that can be saturated; MAO meets far less than
            // would saturate it.
            let saturable = self.enzymes[on].id.starts_with("CYP");
            let kind = match regimen.every {
                Some(every) => {
                    let (mean, saturation) = self.mean(knowledge, by, substance, &regimen, every)?;
                    match saturable {
                        true => EffectKind::Destroys { per: loss * times / (mean * saturation), half: mean },
                        false => EffectKind::Destroys { per: loss * times / mean, half: f64::INFINITY },
                    }
                }
                None => {
                    let area = self.mean(knowledge, by, substance, &regimen, 1e4)?.0 * 1e4;
                    EffectKind::Destroys { per: -libm::log(1.0 - lost) / area, half: f64::INFINITY }
                }
            };
            return Some((kind, spread));
        }
        let window = regimen.every.unwrap_or(STUDY_WINDOW).min(STUDY_WINDOW);
        let seen = self.seen(knowledge, by, substance, &regimen)?;
        let constant = match &seen.profile {
            Some(profile) => seen.arrives * profile.constant(regimen.every, window, lost),
            None => seen.level / times,
        };
        (constant > 0.0 && lost > 0.0).then_some((EffectKind::Blocks(1.0 / constant), spread))
    }

    fn induces(
        &self,
        knowledge: &Knowledge,
        by: usize,
        substance: &Substance,
        role: &EnzymeRole,
    ) -> Option<(EffectKind, (f64, f64))> {
        let fold = middle(&role.induction, Ratio::as_fold).unwrap_or_else(|| word(role, &INDUCED_BY_WORD));
        let regimen = role
            .induction
            .first()
            .and_then(|value| Regimen::at(substance, value))
            .or_else(|| Regimen::read(substance, &substance.doses.first()?.typical))?;
        let window = regimen.every.unwrap_or(24.0);
        let (half, saturation) = self.mean(knowledge, by, substance, &regimen, window)?;
        let most = (fold - 1.0).max(0.0) / saturation;
        Some((EffectKind::Induces { most, half }, (0.7, 1.4)))
    }

    /// Mean level of a moiety over the first hours after a dose of its reference regimen, mg/L, and how far what is half
    /// saturated at that level is saturated over time.
    fn mean(
        &self,
        knowledge: &Knowledge,
        by: usize,
        substance: &Substance,
        regimen: &Regimen,
        window: f64,
    ) -> Option<(f64, f64)> {
        let seen = self.seen(knowledge, by, substance, regimen)?;
        let Some(profile) = seen.profile else { return Some((seen.level, 0.5)) };
        let mean = profile.mean(regimen.every, window);
        let saturation = regimen.every.map_or(0.5, |every| profile.saturation(every, mean));
        let level = seen.arrives * mean;
        (level > 0.0 && level.is_finite()).then_some((level, saturation.max(1e-3)))
    }

    /// What an enzyme sees of a moiety under its reference regimen.
    fn seen(
        &self,
        knowledge: &Knowledge,
        by: usize,
        substance: &Substance,
        regimen: &Regimen,
    ) -> Option<Seen> {
        let shape = &self.moieties[by].shape;
        let even = |level: f64| {
            (level > 0.0 && level.is_finite()).then_some(Seen { level, profile: None, arrives: 0.0 })
        };
        if let Some(parent) = &regimen.of {
            // A metabolite: what its parent's regimen makes of it, evenly over time.
            let parent = knowledge.find_substance(parent)?;
            let link = parent.metabolites.iter().find(|link| link.id == substance.id)?;
            let alone;
            let (network, from) = match self.find(&parent.id) {
                Some(place) => (self, place),
                None => {
                    alone = Self::of(knowledge, [(parent, Route::Oral)]);
                    (&alone, alone.find(&parent.id)?)
                }
            };
            let child = network.find(&link.id)?;
            let from = &network.moieties[from];
            let form = from.forms.iter().find(|form| form.child == child)?;
            let share = form.by.map_or(1.0, |by| from.shares[by].1) * form.part;
            let made = from.shape.absorbed * from.shape.gut * share * (1.0 - from.shape.renal) * form.mass;
            let clearance = network.moieties[child].shape.clearance;
            return even(regimen.dose * made / clearance / regimen.every.unwrap_or(24.0));
        }
        let usual = substance.doses.first().and_then(|dose| {
            Route::ALL.iter().find(|(_, word)| *word == dose.route).map(|(route, _)| *route)
        });
        let uptake = Uptake::of(substance, shape, regimen.route.or(usual).unwrap_or_default(), None);
        if let (Some(_), Some(every)) = (regimen.over, regimen.every) {
            // An even flow: the level hardly moves.
            return even(regimen.dose / every / shape.clearance);
        }
        let wall = if uptake.first_pass { shape.gut * (1.0 - shape.extraction) } else { 1.0 };
        let profile = Profile::swallowed(shape, uptake.rate.unwrap_or(f64::INFINITY));
        Some(Seen { level: 0.0, profile: Some(profile), arrives: regimen.dose * uptake.share * wall })
    }

    /// Takes a drug's effect on its own removal out of the rates that were measured under a regimen.
    fn uninhibit(&mut self, substance: &Substance, of: usize) {
        let Some(text) = substance.pk.values().find_map(|table| table.regimen.as_deref()) else { return };
        let Some(measured) = Regimen::read(substance, text) else { return };
        let mut left: BTreeMap<usize, (f64, f64)> = BTreeMap::new();
        for effect in &self.effects {
            let own = effect.by == of || self.moieties[of].forms.iter().any(|form| form.child == effect.by);
            if !own {
                continue;
            }
            let Some(mean) = self.own_mean(of, effect.by, &measured) else { continue };
            let (block, made) = left.entry(effect.on).or_insert((0.0, 1.0));
            match effect.kind {
                EffectKind::Blocks(per) => *block += per * mean,
                EffectKind::Destroys { per, half } => {
                    *block += per * mean / (1.0 + mean / half) * self.enzymes[effect.on].half_life / LN_2;
                }
                EffectKind::Induces { most, half } => *made += most * (mean / half) / (1.0 + mean / half),
            }
        }
        let gut = self.enzyme(GUT);
        let moiety = &mut self.moieties[of];
        if let Some((block, made)) = gut.and_then(|gut| left.get(&gut)) {
            // What passes the wall is known uninhibited; under the regimen more passes, so less was absorbed.
            let (wall, active) = (moiety.wall, made / (1.0 + block));
            let then = wall / (wall + (1.0 - wall) * active);
            moiety.shape.absorbed *= wall / then;
            moiety.shape.gut = then;
        }
        let then: f64 = moiety
            .shares
            .iter()
            .map(|(enzyme, share)| {
                left.get(enzyme).map_or(*share, |(block, made)| share * made / (1.0 + block))
            })
            .sum::<f64>()
            + moiety.rest;
        if then > 0.0 {
            moiety.intrinsic /= then;
        }
    }

    /// Mean level of a substance or of its metabolite under the substance's own regimen, mg/L.
    fn own_mean(&self, of: usize, by: usize, regimen: &Regimen) -> Option<f64> {
        let from = &self.moieties[of];
        let rate = regimen.dose / regimen.every.unwrap_or(24.0);
        if of == by {
            return Some(rate * from.shape.bioavailability() / from.shape.clearance);
        }
        Some(rate * from.made_of_dose(by)? / self.moieties[by].shape.clearance)
    }
}

/// What an enzyme sees of a moiety under a regimen: a level that hardly moves, or the course of it.
struct Seen {
    /// Where it hardly moves, mg/L.
    level: f64,
    /// The course of each milligram that arrives.
    profile: Option<Profile>,
    /// How much of a dose arrives, mg.
    arrives: f64,
}

/// The free level of a total one in the typical person, mg/L to nmol/L, without any course in time.
pub(crate) fn free(substance: &Substance, total: f64) -> Option<f64> {
    let unbound = Disposition::of(substance, Route::Oral)?.unbound?;
    let mass: MolarMass = substance.molar_mass.as_deref()?.parse().ok()?;
    Some(MassConcentration::mg_per_l(total * unbound).to_molar(mass).as_nmol_per_l())
}

impl Moiety {
    /// The free level of a total one, mg/L to nmol/L; `None` where the share not bound or the molar mass is not known.
    pub(crate) fn free(&self, total: f64) -> Option<f64> {
        let level = MassConcentration::mg_per_l(total * self.shape.unbound?);
        Some(level.to_molar(self.molar_mass?).as_nmol_per_l())
    }

    /// Mass of a metabolite that each mass swallowed becomes.
    fn made_of_dose(&self, child: usize) -> Option<f64> {
        let form = self.forms.iter().find(|form| form.child == child)?;
        let share = form.by.map_or(1.0, |by| self.shares[by].1) * form.part;
        Some(self.shape.absorbed * self.shape.gut * share * (1.0 - self.shape.renal) * form.mass)
    }
}

/// Intrinsic clearance over liver flow, and the flow as it counts for this drug.
fn liver(shape: &Disposition) -> (f64, f64) {
    let by_liver = shape.clearance * (1.0 - shape.renal);
    if shape.extraction <= 0.0 {
        // Nothing is lost on the way in: the liver removes in proportion to its enzymes alone.
        const FAR: f64 = 1e-6;
        return (FAR, by_liver / FAR);
    }
    let intrinsic = shape.extraction / (1.0 - shape.extraction);
    (intrinsic, by_liver / shape.extraction)
}

fn word(role: &EnzymeRole, words: &[(&str, f64)]) -> f64 {
    words.iter().find(|(word, _)| *word == role.strength).map_or(0.3, |(_, value)| *value)
}

/// The spread of a share as factors of its odds, which is what acts.
fn odds_spread(value: &Value, times: f64) -> Option<(f64, f64)> {
    let (low, high) = crate::units::range::<Fraction>(value.spread.as_deref()?).ok()?;
    let odds = |share: Fraction| {
        let share = share.as_of_one().clamp(0.01, 1.0 - LEAST_LEFT);
        share / (1.0 - share)
    };
    (high > low && times > 0.0).then(|| (odds(low) / times, odds(high) / times))
}

fn enzymes(knowledge: &Knowledge) -> Vec<Enzyme> {
    let one = |facts: &EnzymeFacts| {
        let ((low, high), value) = knowledge::best::<TimeSpan>(&facts.recovery_half_life)?;
        let half_life = libm::sqrt(low.as_hours() * high.as_hours());
        Some(Enzyme {
            id: facts.id.clone(),
            half_life,
            spread: spread(value, TimeSpan::hours(half_life)),
            citation: Citation::from(value),
        })
    };
    knowledge.base().enzymes.iter().filter_map(one).collect()
}
