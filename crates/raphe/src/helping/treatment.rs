//! What is asked about: which lines of the diary speak of it, when it was on, how fast it acts and what is known of groups.

use super::{
    fit::Spell,
    series::{date_of, days_of},
};
use crate::{
    assess::list,
    knowledge::{
        Citation, Knowledge, key,
        schema::{Carrier, Certainty, EffectSize, Guidance},
    },
    timeline::{Entry, Event, Precision, Timeline},
    units::TimeSpan,
};
use jiff::Timestamp;
use std::collections::BTreeSet;

/// Something that was started, stopped or done.
#[derive(Debug, Clone, PartialEq)]
pub struct Treatment {
    /// As the report names it.
    pub name: String,
    /// Whether it is the stop of something that is asked about.
    pub stopping: bool,
    /// When it was on.
    pub spells: Vec<Spell>,
    /// Days on which its dose was changed.
    pub changes: Vec<f64>,
    /// Time after which 63 % of the effect is there, days.
    pub tau: f64,
    /// When to judge it, days after the start or the last change of dose.
    pub judge_after: f64,
    /// Who carries it out; `None` where it is not known.
    pub by: Option<Carrier>,
    /// Whether it is a medicine.
    pub medicine: bool,
    /// What is known of groups, and how much of it is expected here.
    pub group: Option<Group>,
    /// Sources of `tau`.
    pub onset: Vec<Citation>,
    /// The piece of guidance.
    pub guidance: Option<String>,
}

/// What is known of groups.
#[derive(Debug, Clone, PartialEq)]
pub struct Group {
    /// Standardized difference; below zero is better.
    pub effect: f64,
    /// The share of it that is expected in one person.
    pub share: f64,
    /// Against what it was compared.
    pub compared_with: String,
    /// In whom.
    pub population: String,
    /// How sure it is.
    pub certainty: Certainty,
    /// Source.
    pub citation: Citation,
}

/// Something else that began, ended or changed.
#[derive(Debug, Clone, PartialEq)]
pub struct Other {
    /// Day.
    pub day: f64,
    /// `trazodone was started`.
    pub says: String,
}

/// Why nothing can be worked out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Problem {
    /// It is neither known nor in the diary.
    Unknown {
        /// Names that look like it.
        suggestions: Vec<String>,
        /// What the diary does hold.
        holds: Vec<String>,
    },
    /// It is known, but the diary never says that it was begun (or stopped).
    NeverStarted {
        /// What the diary does hold.
        holds: Vec<String>,
    },
    /// The diary holds no score and no feeling with a strength.
    NoScores,
}

/// Which lines speak of what is asked about.
struct Matches<'k> {
    wanted: String,
    substances: BTreeSet<String>,
    guidance: Option<&'k Guidance>,
    whole: bool,
}

/// Finds what is asked about. `what` is any name of a medicine, a piece of guidance or an activity as the diary writes it; "stop" or
/// "stopping" before a medicine asks about its end.
///
/// # Errors
/// [`Problem::Unknown`] or [`Problem::NeverStarted`].
pub fn find(
    timeline: &Timeline,
    knowledge: &Knowledge,
    what: &str,
    as_of: Timestamp,
) -> Result<Treatment, Problem> {
    let what = what.trim();
    let lower = what.to_lowercase();
    let stopped = ["stopping ", "stop of ", "stop "].iter().find_map(|word| lower.strip_prefix(word));
    let stopping = stopped.is_some();
    let asked = stopped.map_or(what, |rest| &what[what.len() - rest.len()..]).trim();
    let matches = matches(knowledge, asked);
    let entries: Vec<&Entry> = timeline
        .entries
        .iter()
        .filter(|entry| entry.when.precision != Precision::Undated && entry.when.start <= as_of)
        .collect();
    let known = !matches.substances.is_empty() || matches.guidance.is_some();
    let named = entries.iter().any(|entry| matches.entry(knowledge, entry));
    if !known && !named {
        let mut suggestions = knowledge.suggest_substance(asked);
        suggestions.truncate(3);
        return Err(Problem::Unknown { suggestions, holds: holds(timeline, knowledge) });
    }
    let onset = onset(knowledge, &matches);
    let days = |text: &Option<String>| {
        text.as_deref().and_then(|text| text.parse::<TimeSpan>().ok()).map(|span| span.as_hours() / 24.0)
    };
    let gap = onset.and_then(|item| days(&item.gap)).unwrap_or(4.0);
    let (mut spells, changes) = spells(timeline, knowledge, (&matches, stopping), &entries, gap, as_of);
    let medicine = !matches.substances.is_empty()
        || entries.iter().any(|entry| {
            matches.entry(knowledge, entry) && matches!(entry.event, Event::Start(_) | Event::Take(_))
        });
    if stopping {
        spells = off(&spells);
    }
    if spells.is_empty() {
        return Err(Problem::NeverStarted { holds: holds(timeline, knowledge) });
    }
    let guidance = matches.guidance;
    let judged = guidance.and_then(|item| days(&item.judge_after));
    let tau =
        onset.and_then(|item| item.tau.parse::<TimeSpan>().ok()).map_or(21.0, |span| span.as_hours() / 24.0);
    let name = match (matches.substances.len(), guidance) {
        (1, _) => knowledge.substance_name(matches.substances.first().map_or("", String::as_str)).to_owned(),
        (_, Some(item)) if matches.whole => within_a_sentence(&item.name),
        _ => asked.to_owned(),
    };
    Ok(Treatment {
        name,
        stopping,
        spells,
        changes: if stopping { Vec::new() } else { changes },
        tau,
        judge_after: judged.or(onset.and_then(|item| days(&item.judge_after))).unwrap_or(2.0 * tau),
        by: guidance.map(|item| item.by).or(medicine.then_some(Carrier::Prescriber)),
        medicine,
        group: if stopping { None } else { guidance.and_then(|item| group(knowledge, item, &matches)) },
        onset: onset.into_iter().flat_map(|item| &item.evidence).map(Citation::from).collect(),
        guidance: guidance.map(|item| item.id.clone()),
    })
}

fn matches<'k>(knowledge: &'k Knowledge, asked: &str) -> Matches<'k> {
    let wanted = key(asked);
    let base = knowledge.base();
    let named = |item: &&Guidance| {
        [&item.id, &item.name].into_iter().chain(&item.names).any(|name| key(name) == wanted)
    };
    let direct =
        base.guidance.iter().filter(|item| item.direction == crate::knowledge::schema::Direction::Low);
    let direct: Vec<&Guidance> = direct.collect();
    let by_name = direct.iter().copied().find(named);
    if let Some(substance) = knowledge.find_substance(asked) {
        let classes: Vec<&str> = substance.mechanisms.iter().map(|action| action.class.as_str()).collect();
        let is = |id: &String| *id == substance.id || classes.iter().any(|class| knowledge.within(class, id));
        let sized = |item: &&Guidance| item.effects.iter().any(|effect| difference(effect).is_some());
        let fits = direct.iter().copied().filter(|item| item.consists_of.iter().any(is));
        let fits: Vec<&Guidance> = fits.filter(|item| item.id != "cbt_with_antidepressant").collect();
        let own = fits.iter().copied().find(|item| item.consists_of.contains(&substance.id));
        let guidance = own.or_else(|| fits.iter().copied().find(sized)).or(fits.first().copied());
        return Matches {
            wanted,
            substances: BTreeSet::from([substance.id.clone()]),
            guidance,
            whole: false,
        };
    }
    let Some(guidance) = by_name else {
        return Matches { wanted, substances: BTreeSet::new(), guidance: None, whole: false };
    };
    let of_class = |substance: &&crate::knowledge::schema::Substance| {
        guidance.consists_of.iter().any(|id| {
            substance.id == *id
                || substance.mechanisms.iter().any(|action| knowledge.within(&action.class, id))
        })
    };
    let substances = base.substances.iter().filter(of_class).map(|substance| substance.id.clone());
    // "walking" asks about walks only; "exercise" about all of it.
    let whole = key(&guidance.id) == wanted
        || key(&guidance.name) == wanted
        || matches!(guidance.id.as_str(), "light_therapy" | "daylight" | "cbt")
        || wanted == "physicalactivity"
        || wanted == "sport";
    Matches { wanted, substances: substances.collect(), guidance: Some(guidance), whole }
}

impl Matches<'_> {
    /// Whether an entry speaks of it.
    fn entry(&self, knowledge: &Knowledge, entry: &Entry) -> bool {
        let guided = |id: &str| self.guidance.is_some_and(|item| item.id == id);
        let medicine = |name: &crate::timeline::Name| match &name.id {
            Some(id) => self.substances.contains(id),
            None => key(&name.text) == self.wanted,
        };
        match &entry.event {
            Event::Start(line) | Event::Change(line) | Event::Take(line) => medicine(&line.name),
            Event::Stop(name) => medicine(name),
            Event::Light { .. } => guided("light_therapy"),
            Event::Sunlight(_) => guided("daylight"),
            Event::Exercise { what, .. } if self.whole && guided("exercise") => {
                !what.is_empty() || self.whole
            }
            Event::Exercise { what, .. } | Event::Meal { what, .. } | Event::Session(what) => {
                self.text(knowledge, what)
            }
            _ => false,
        }
    }

    fn text(&self, knowledge: &Knowledge, text: &str) -> bool {
        let written = key(text);
        if !self.wanted.is_empty() && written.contains(&self.wanted) {
            return true;
        }
        let Some(guidance) = self.guidance.filter(|_| self.whole) else { return false };
        let same = |item: &Guidance| {
            [&item.id, &item.name].into_iter().chain(&item.names).any(|name| key(name) == written)
        };
        knowledge.base().guidance.iter().any(|item| item.id == guidance.id && same(item))
    }
}

fn onset<'k>(knowledge: &'k Knowledge, matches: &Matches<'_>) -> Option<&'k crate::knowledge::schema::Onset> {
    let onsets = &knowledge.base().helping.onsets;
    let find = |id: &str| onsets.iter().find(|item| item.guidance == id);
    let antidepressant = || {
        let medicine = matches.guidance.filter(|item| item.by == Carrier::Prescriber);
        medicine.and_then(|_| find("antidepressants"))
    };
    matches.guidance.and_then(|item| find(&item.id)).or_else(antidepressant).or_else(|| find("other"))
}

/// The standardized difference that an effect says, below zero is better; an odds ratio of response is turned into one.
fn difference(effect: &EffectSize) -> Option<f64> {
    let symptoms =
        effect.outcome.contains("symptoms") || matches!(effect.outcome.as_str(), "depression" | "anxiety");
    let against_another =
        effect.compared_with.contains("antidepressant") || effect.outcome.contains("months");
    match effect.measure.as_str() {
        "SMD" | "g" if symptoms && !against_another => Some(effect.value),
        // Chinn 2000: the logarithm of an odds ratio over 1.81 is a standardized difference.
        "OR" if effect.outcome == "response" && !against_another => Some(-libm::log(effect.value) / 1.81),
        _ => None,
    }
}

fn group(knowledge: &Knowledge, guidance: &Guidance, matches: &Matches<'_>) -> Option<Group> {
    // A kind of exercise has its own number where the base names it.
    let named = |effect: &&EffectSize| {
        let note = effect.note.as_deref().map(key).unwrap_or_default();
        !matches.whole && matches.wanted.len() > 3 && note.contains(&matches.wanted)
    };
    let sized = guidance.effects.iter().filter(|effect| difference(effect).is_some());
    let effect = sized.clone().find(named).or_else(|| sized.clone().next())?;
    let shrinks = &knowledge.base().helping.shrinks;
    let share =
        shrinks.iter().find(|item| item.certainty == guidance.certainty).map_or(0.25, |item| item.share);
    Some(Group {
        effect: difference(effect)?,
        share,
        compared_with: effect.compared_with.clone(),
        population: effect.population.clone(),
        certainty: guidance.certainty,
        citation: Citation {
            cite: effect.cite.clone(),
            place: effect.r#where.clone(),
            grade: effect.grade,
            checked: effect.checked.clone(),
        },
    })
}

/// When it was on, and on which days a running medicine was changed.
fn spells(
    timeline: &Timeline,
    knowledge: &Knowledge,
    (matches, stopping): (&Matches<'_>, bool),
    entries: &[&Entry],
    gap: f64,
    as_of: Timestamp,
) -> (Vec<Spell>, Vec<f64>) {
    let zone = timeline.zone();
    let now = super::series::day_number(as_of.to_zoned(zone.clone()).date());
    let mut spells: Vec<Spell> = Vec::new();
    let mut changes = Vec::new();
    let mut done: Vec<(f64, Option<f64>)> = Vec::new();
    // Several medicines of one class may run together: the spell ends with the last of them.
    let mut running: BTreeSet<String> = BTreeSet::new();
    for entry in entries.iter().filter(|entry| matches.entry(knowledge, entry)) {
        let (first, last) = days_of(entry, &zone);
        match &entry.event {
            Event::Start(line) | Event::Change(line) => {
                if entry.when.precision == Precision::Range && last.is_some() {
                    done.push((first, last));
                    continue;
                }
                let new = running.insert(key(&line.name.text));
                if running.len() == 1 && new {
                    spells.push(Spell { from: first, to: None });
                } else {
                    changes.push(first);
                }
            }
            Event::Stop(name) => {
                running.remove(&key(&name.text));
                // Written by another name of the same medicine.
                if name.id.is_some() && matches.substances.len() == 1 {
                    running.clear();
                }
                // Begun before the diary was: only its end can be asked about.
                if stopping && spells.is_empty() {
                    spells.push(Spell { from: first - 1.0, to: None });
                }
                if running.is_empty()
                    && let Some(open) = spells.last_mut().filter(|spell| spell.to.is_none())
                {
                    open.to = Some(first.max(open.from));
                }
            }
            _ => done.push((first, last)),
        }
    }
    if !spells.is_empty() {
        // Single doses beside a regimen change nothing here.
        spells.retain(|spell| spell.to.is_none_or(|to| to > spell.from));
        return (spells, changes);
    }
    done.sort_by(|a, b| a.0.total_cmp(&b.0));
    for (first, last) in done {
        let to = last.map(|last| last + 1.0);
        match spells.last_mut() {
            Some(spell) if spell.to.is_none_or(|to| first - to < gap) => {
                spell.to = spell.to.and_then(|before| to.map(|to| to.max(before)));
            }
            _ => spells.push(Spell { from: first, to }),
        }
    }
    // What was done until a few days ago goes on.
    if let Some(spell) = spells.last_mut()
        && spell.to.is_some_and(|to| now - to < gap)
    {
        spell.to = None;
    }
    (spells, changes)
}

/// When it was off after it had been on.
fn off(spells: &[Spell]) -> Vec<Spell> {
    let next = spells.iter().skip(1).map(|spell| Some(spell.from)).chain([None]);
    spells.iter().zip(next).filter_map(|(spell, to)| Some(Spell { from: spell.to?, to })).collect()
}

/// What a timeline with resolved names holds that could be asked about, each once, in order.
#[must_use]
pub fn holds(timeline: &Timeline, knowledge: &Knowledge) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for entry in &timeline.entries {
        if let Some((name, _)) = told(knowledge, entry).filter(|(name, _)| !found.contains(name)) {
            found.push(name);
        }
    }
    found
}

/// The name of what an entry begins or ends, and what it says of it.
fn told(knowledge: &Knowledge, entry: &Entry) -> Option<(String, &'static str)> {
    let medicine = |name: &crate::timeline::Name| match &name.id {
        Some(id) => knowledge.substance_name(id).to_owned(),
        None => name.text.clone(),
    };
    Some(match &entry.event {
        Event::Start(line) => (medicine(&line.name), "was started"),
        Event::Change(line) => (medicine(&line.name), "was changed"),
        Event::Stop(name) => (medicine(name), "was stopped"),
        Event::Light { .. } => ("light therapy".to_owned(), "was begun"),
        Event::Sunlight(_) => ("daylight".to_owned(), "was begun"),
        Event::Exercise { .. } => ("exercise".to_owned(), "was begun"),
        Event::Session(what) => (what.trim().to_owned(), "was begun"),
        _ => return None,
    })
}

/// Everything else that began, ended or changed by a moment.
#[must_use]
pub fn others(timeline: &Timeline, knowledge: &Knowledge, what: &str, as_of: Timestamp) -> Vec<Other> {
    let lower = what.to_lowercase();
    let asked = ["stopping ", "stop of ", "stop "].iter().find_map(|word| lower.strip_prefix(word));
    let matches = matches(knowledge, asked.unwrap_or(what.trim()));
    let zone = timeline.zone();
    let mut last_done: std::collections::BTreeMap<String, f64> = std::collections::BTreeMap::new();
    let mut found = Vec::new();
    for entry in &timeline.entries {
        if entry.when.precision == Precision::Undated
            || entry.when.start > as_of
            || matches.entry(knowledge, entry)
        {
            continue;
        }
        let Some((name, says)) = told(knowledge, entry) else { continue };
        let (first, last) = days_of(entry, &zone);
        let repeated = says == "was begun";
        // Done again within a month is no new beginning.
        let before = last_done.insert(name.clone(), last.unwrap_or(f64::INFINITY));
        if repeated && before.is_some_and(|before| first - before < 30.0) {
            continue;
        }
        found.push(Other { day: first, says: format!("{name} {says}") });
    }
    found
}

/// A name as it stands within a sentence: `light therapy`, but `CBT` and `St John's wort`.
fn within_a_sentence(name: &str) -> String {
    let mut letters = name.chars();
    match (letters.next(), letters.clone().next()) {
        (Some(first), Some(second)) if second.is_lowercase() && !name.starts_with("St ") => {
            first.to_lowercase().chain(letters).collect()
        }
        _ => name.to_owned(),
    }
}

/// Dates in words: `2026-03-01 and 2026-04-02`.
pub(crate) fn dates(days: &[f64]) -> String {
    let days: Vec<String> = days.iter().map(|day| date_of(*day).to_string()).collect();
    list(&days, "and")
}
