//! Ways back, for this person: which fit, in which order, and which do not.
//!
//! A way fits when it is for a feature that is there, or answers a factor that is, and the questionnaire is heavy enough for it.
//! Each of its cautions is judged on what is known: one that holds is said, and may rule the way out; one whose condition nobody
//! told is asked. What a way consists of is held against everything on board with the same rows that judge two medicines
//! together. A way that already goes on is named with the day on which it can be judged.
//!
//! Nobody is told to start or stop a prescribed medicine: what needs a prescription is told as what a doctor may offer. Where
//! toxicity is in question there is no advice on life at all, and its treatment is listed for those who treat.

use super::{Care, Ground};
use crate::{
    assess::{capital, combine},
    criteria::{Truth, facts::Facts, judge},
    exposure::{intake::Use, later},
    knowledge::{
        Citation,
        schema::{Carrier, Caution, Certainty, Direction, Found, Guidance, Hold, Level, Rule, Weight},
    },
    timeline::{Event, Origin, Quantity},
    units::TimeSpan,
};
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeSet;

/// One way back, as it stands for this person.
#[derive(Debug, Clone, PartialEq)]
pub struct Way {
    /// Id of the guidance.
    pub id: String,
    /// How it stands.
    pub state: State,
    /// Since when it goes on, and what tells it.
    pub running: Option<Running>,
    /// Cautions that hold, the strongest first.
    pub holds: Vec<HoldSaid>,
    /// Conditions (ids of signs) that are not known and would hold it back.
    pub open: Vec<String>,
    /// Features and factors it answers.
    pub because: Vec<String>,
    /// A kind of a wider way: for a clinician.
    pub detail: bool,
    /// Whether its condition is not known, so that it is told as "if".
    pub perhaps: bool,
}

/// How a way stands for a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    /// It fits.
    Offered,
    /// It fits, after a doctor or pharmacist was asked.
    AskFirst,
    /// Not for this person, or not now.
    NotForYou,
}

/// A way that already goes on.
#[derive(Debug, Clone, PartialEq)]
pub struct Running {
    /// Since when.
    pub since: Timestamp,
    /// When it can be judged; `None` where no source says after how long.
    pub judge_on: Option<Timestamp>,
    /// What tells it: ids of substances, or what was written.
    pub what: Vec<String>,
    /// Lines behind it.
    pub lines: BTreeSet<Origin>,
}

/// A caution that holds.
#[derive(Debug, Clone, PartialEq)]
pub struct HoldSaid {
    /// How strongly.
    pub hold: Hold,
    /// Why, in words that a person can follow.
    pub says: String,
    /// Sources.
    pub citations: Vec<Citation>,
    /// Lines behind it.
    pub lines: BTreeSet<Origin>,
}

/// What goes on is not over before this long a pause.
const PAUSE: SignedDuration = SignedDuration::from_hours(24 * 21);
/// A vitamin D regimen above this many international units a day is said; one unit is 0.025 µg.
const VITAMIN_D_UPPER: f64 = 4000.0;
const UNITS_PER_MG: f64 = 40_000.0;

/// The ways for the low side, in order.
pub(crate) fn for_low(ground: &Ground<'_>, care: &Care) -> Vec<Way> {
    let base = ground.knowledge.base();
    // What a medicine may have caused is no reason for another one, but sleep care and the like help all the same.
    let answered = |item: &Guidance, sign: &str| {
        care.features.iter().any(|feature| {
            feature.sign == sign
                && feature.counts
                && (feature.medicines.is_empty()
                    || (item.consists_of.is_empty() && item.by < Carrier::Prescriber))
        })
    };
    let positive = care.scores.iter().any(|score| score.current && score.screen == Some(true));
    let named = care.factors.iter().any(|factor| factor.present && factor.named);
    if care.features.is_empty() && !positive && !named {
        return Vec::new();
    }
    let factors: Vec<(&str, &str)> = care
        .factors
        .iter()
        .filter(|seen| seen.present)
        .filter_map(|seen| base.factors.iter().find(|factor| factor.id == seen.id))
        .filter(|factor| factor.direction != Direction::High && factor.weight != Weight::Context)
        .flat_map(|factor| factor.guidance.iter().map(|way| (way.as_str(), factor.id.as_str())))
        .collect();
    let age = ground.timeline.person.age_at(ground.as_of);
    let mut ways: Vec<(&Guidance, Way)> = Vec::new();
    for item in base.guidance.iter().filter(|item| item.direction == Direction::Low) {
        let first = item.helps.is_empty() && item.by == Carrier::Asked && item.consists_of.is_empty();
        let answers = item.helps.iter().filter(|sign| answered(item, sign)).cloned();
        let answers = answers
            .chain(factors.iter().filter(|(way, _)| *way == item.id).map(|(_, factor)| (*factor).to_owned()));
        let because: Vec<String> = answers.collect();
        let running = if first || item.part_of.is_some() { None } else { running(ground, item) };
        let minor = age.is_some_and(|age| age < 18);
        let heavy = heavy_enough(care, item);
        // A medicine that somebody takes is named whatever else holds; another is not offered to a child.
        let fits =
            first || running.is_some() || (!because.is_empty() && heavy && !(minor && item.adults_only));
        if !fits || (running.is_none() && item.part_of.is_some() && !heavy_parent(ground, care, item)) {
            continue;
        }
        let mut way = way(ground, &ground.now, item, because);
        way.detail = item.part_of.is_some();
        way.running = running;
        ways.push((item, way));
    }
    let first = |item: &Guidance| item.helps.is_empty() && item.consists_of.is_empty();
    // When it is heavy, what a therapist or doctor does comes before what one does alone.
    let by_total =
        base.guidance.iter().filter(|item| !item.from_totals.is_empty() && item.direction == Direction::Low);
    let severe = by_total.clone().count() > 0 && by_total.clone().all(|item| heavy_enough(care, item));
    ways.sort_by_key(|(item, way)| {
        let weak = item.certainty <= Certainty::VeryLow;
        (
            !first(item),
            // What goes on and must not is said before what goes well.
            way.running.is_none() || way.state != State::NotForYou,
            way.running.is_none(),
            way.state,
            weak,
            severe && item.by < Carrier::Therapist,
            std::cmp::Reverse(item.certainty),
            std::cmp::Reverse(way.because.len()),
            item.rank,
        )
    });
    ways.into_iter().map(|(_, way)| way).collect()
}

/// The treatment of toxicity, in the order of a ward; what surely does not apply is left out.
pub(crate) fn for_toxicity(ground: &Ground<'_>, facts: &Facts<'_>) -> Vec<Way> {
    let items = ground.knowledge.base().guidance.iter();
    let mut ways: Vec<(&Guidance, Way)> = items
        .filter(|item| item.direction == Direction::High)
        .filter_map(|item| {
            let truth = item.when.as_ref().map_or(Truth::True, |rule| judge(rule, facts).truth);
            (truth != Truth::False).then(|| {
                let mut way = way(ground, facts, item, Vec::new());
                way.perhaps = truth == Truth::Unknown;
                (item, way)
            })
        })
        .collect();
    ways.sort_by_key(|(item, _)| item.rank);
    ways.into_iter().map(|(_, way)| way).collect()
}

/// Whether the current totals lie in the range that a way is for.
fn heavy_enough(care: &Care, item: &Guidance) -> bool {
    let total = |id: &str| {
        care.scores
            .iter()
            .find(|score| score.current && score.questionnaire == id)
            .and_then(|score| score.total)
    };
    let from = item.from_totals.iter().any(|(id, least)| total(id).is_some_and(|total| total >= *least));
    let above = item.to_totals.iter().any(|(id, most)| total(id).is_some_and(|total| total > *most));
    (item.from_totals.is_empty() || from) && !above
}

/// A kind of a wider way is told only where the wider one is.
fn heavy_parent(ground: &Ground<'_>, care: &Care, item: &Guidance) -> bool {
    let ways = &ground.knowledge.base().guidance;
    let parent = item.part_of.as_ref().and_then(|id| ways.iter().find(|way| way.id == *id));
    parent.is_some_and(|parent| heavy_enough(care, parent))
}

/// A way with its cautions judged.
fn way(ground: &Ground<'_>, facts: &Facts<'_>, item: &Guidance, because: Vec<String>) -> Way {
    let mut holds: Vec<HoldSaid> = Vec::new();
    let mut open: BTreeSet<String> = BTreeSet::new();
    for caution in &item.cautions {
        let judged = judge(&caution.when, facts);
        match judged.truth {
            Truth::True => holds.push(HoldSaid {
                hold: caution.hold,
                says: caution.says.clone(),
                citations: caution.evidence.iter().map(Citation::from).collect(),
                lines: judged.because,
            }),
            Truth::Unknown if caution.hold > Hold::Tell => {
                open.extend(judged.would_decide.into_iter().filter(|id| is_asked(ground, id)));
                open.extend(unrecognized(ground, caution));
            }
            _ => {}
        }
    }
    if item.direction == Direction::Low && !holds.iter().any(|hold| hold.hold == Hold::Never) {
        holds.extend(together(ground, item));
    }
    holds.extend(too_much(ground, item));
    holds.sort_by_key(|hold| std::cmp::Reverse(hold.hold));
    let state = match holds.first().map(|hold| hold.hold) {
        Some(Hold::Never) => State::NotForYou,
        Some(Hold::AskFirst) => State::AskFirst,
        Some(Hold::Tell) | None => State::Offered,
    };
    Way {
        id: item.id.clone(),
        state,
        running: None,
        holds,
        open: open.into_iter().collect(),
        because,
        detail: false,
        perhaps: false,
    }
}

/// Whether an unknown atom is something that a person can be asked: a condition, or a high phase.
fn is_asked(ground: &Ground<'_>, id: &str) -> bool {
    let sign = ground.knowledge.sign(id);
    let age = ground.timeline.person.age_at(ground.as_of);
    // Nobody is asked about pregnancy at an age at which there is none.
    let pointless =
        matches!(id, "pregnancy" | "breastfeeding") && age.is_some_and(|age| !(12..=55).contains(&age));
    sign.is_some_and(|sign| sign.found == Found::Condition || sign.id == "elevated_mood") && !pointless
}

/// A medicine that was not recognized may be one that rules a way out.
fn unrecognized(ground: &Ground<'_>, caution: &Caution) -> Option<String> {
    let asks = |atom: &str| atom.starts_with("exposed ");
    (ground.exposure.unrecognized.iter().any(|_| true) && atoms(&caution.when).into_iter().any(asks))
        .then(|| "unrecognized_medicine".to_owned())
}

fn atoms(rule: &Rule) -> Vec<&str> {
    match rule {
        Rule::Atom(atom) => vec![atom],
        Rule::All(parts) | Rule::Any(parts) | Rule::AtLeast(_, parts) => {
            parts.iter().flat_map(atoms).collect()
        }
        Rule::Not(part) => atoms(part),
    }
}

/// What a way consists of, held against everything on board with the rows that judge two substances.
fn together(ground: &Ground<'_>, item: &Guidance) -> Vec<HoldSaid> {
    let mut holds: Vec<HoldSaid> = Vec::new();
    for (one, _) in ground.exposure.acting_at(ground.as_of) {
        if is_part(ground, item, one) {
            continue;
        }
        let rows = item.consists_of.iter().flat_map(|id| combine::would_do(ground.knowledge, id, one));
        let Some((pair, says)) = rows.max_by_key(|(pair, _)| combine::level(pair)) else { continue };
        let hold = match combine::level(pair) {
            Level::Contraindicated | Level::Major if item.by < Carrier::Therapist => Hold::Never,
            Level::Contraindicated | Level::Major | Level::Moderate => Hold::AskFirst,
            Level::Minor | Level::Info | Level::NoneKnown => continue,
        };
        let views = pair.views.iter().map(Citation::from);
        holds.push(HoldSaid {
            hold,
            says: capital(&says),
            citations: views.chain(pair.evidence.iter().map(Citation::from)).collect(),
            lines: one.lines().collect(),
        });
    }
    holds
}

/// Whether something that is taken is itself what a way consists of.
fn is_part(ground: &Ground<'_>, item: &Guidance, one: &Use) -> bool {
    item.consists_of.iter().any(|id| one.is_of(ground.knowledge, id))
}

/// More vitamin D a day than the upper level.
fn too_much(ground: &Ground<'_>, item: &Guidance) -> Option<HoldSaid> {
    if item.consists_of != ["vitamin_d"] {
        return None;
    }
    let mut last = None;
    for entry in ground.timeline.entries.iter().filter(|entry| entry.when.begun_by(ground.as_of)) {
        match &entry.event {
            Event::Start(line) | Event::Change(line) if line.name.id.as_deref() == Some("vitamin_d") => {
                last = Some((line, entry));
            }
            Event::Stop(name) if name.id.as_deref() == Some("vitamin_d") => last = None,
            _ => {}
        }
    }
    let (line, entry) = last?;
    let crate::timeline::Dose::Known(amount) = &line.dose else { return None };
    let units = match amount.each {
        Quantity::Units(units) => units * amount.count,
        _ => amount.mass(ground.timeline.person.weight, line.over)?.as_mg() * UNITS_PER_MG,
    };
    let a_day = match &line.schedule {
        Some(crate::timeline::Schedule::TimesADay(times)) => f64::from(*times),
        Some(crate::timeline::Schedule::Every(span)) => 24.0 / span.as_hours(),
        Some(crate::timeline::Schedule::Weekly) => 1.0 / 7.0,
        Some(crate::timeline::Schedule::At(times)) => times.len() as f64,
        _ => 1.0,
    };
    let limit = item
        .evidence
        .iter()
        .filter(|evidence| evidence.says.as_deref().is_some_and(|says| says.contains("4000 IU")));
    (units * a_day > VITAMIN_D_UPPER).then(|| HoldSaid {
        hold: Hold::AskFirst,
        says:
            "More than 4000 IU (100 µg) a day is written. That much needs a doctor who watches the calcium."
                .to_owned(),
        citations: limit.map(Citation::from).collect(),
        lines: BTreeSet::from([entry.origin.clone()]),
    })
}

/// Since when a way goes on, from what is taken and from what was written.
fn running(ground: &Ground<'_>, item: &Guidance) -> Option<Running> {
    let judge_after = item.judge_after.as_deref().and_then(|text| text.parse::<TimeSpan>().ok());
    let taken: Vec<&Use> = ground
        .exposure
        .acting_at(ground.as_of)
        .map(|(one, _)| one)
        .filter(|one| is_part(ground, item, one) && one.spells.last().is_some_and(|spell| spell.running))
        .collect();
    let by_medicine = || {
        let first = taken.iter().filter_map(|one| one.spells.last()).map(|spell| spell.first).min()?;
        Some(Running {
            since: first,
            judge_on: judge_after.map(|span| later(first, span)),
            what: taken.iter().map(|one| one.substance.clone()).collect(),
            lines: taken.iter().flat_map(|one| one.lines()).collect(),
        })
    };
    match (item.consists_of.is_empty(), item.told_by.is_empty()) {
        (false, true) => by_medicine(),
        // Both at the same time.
        (false, false) => {
            let medicine = by_medicine()?;
            let mut told = by_lines(ground, item, judge_after)?;
            if medicine.since > told.since {
                (told.since, told.judge_on) = (medicine.since, medicine.judge_on);
            }
            told.what.extend(medicine.what);
            told.lines.extend(medicine.lines);
            Some(told)
        }
        (true, _) => by_lines(ground, item, judge_after),
    }
}

/// Since when a way goes on, from what was written.
fn by_lines(ground: &Ground<'_>, item: &Guidance, judge_after: Option<TimeSpan>) -> Option<Running> {
    let mut run: Option<(Timestamp, Timestamp, String, BTreeSet<Origin>)> = None;
    for entry in ground.timeline.entries.iter().filter(|entry| entry.when.begun_by(ground.as_of)) {
        let told = |verb: &str| item.told_by.iter().any(|known| known == verb);
        let what = match &entry.event {
            Event::Light { .. } if told("light") => "light".to_owned(),
            Event::Sunlight(_) if told("sunlight") => "sunlight".to_owned(),
            Event::Exercise { what, .. } if told("exercise") => what.clone(),
            Event::Session(text)
                if ground.knowledge.find_guidance(text).is_some_and(|way| way.id == item.id) =>
            {
                text.clone()
            }
            _ => continue,
        };
        let end = super::until(entry, ground.as_of);
        match &mut run {
            Some((_, last, _, lines)) if entry.when.start.duration_since(*last) <= PAUSE => {
                *last = end.max(*last);
                lines.insert(entry.origin.clone());
            }
            _ => run = Some((entry.when.start, end, what, BTreeSet::from([entry.origin.clone()]))),
        }
    }
    let (since, last, what, lines) = run?;
    (ground.as_of.duration_since(last) <= PAUSE).then(|| Running {
        since,
        judge_on: judge_after.map(|span| later(since, span)),
        what: vec![what],
        lines,
    })
}
