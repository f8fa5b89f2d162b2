//! What to do on which day, and each of it judged.
//!
//! Day 0 is the day of the last dose of the old medicine, or of the first change where it is lowered first. Each step is
//! written into the timeline and judged by `assess` in the hour after it and a day later; the worse of the two is kept
//! beside it.

use super::{Ground, Kind, LATEST, NOBODY, Taper, rules, taper, worst};
use crate::{
    assess::{self, Finding, Question},
    exposure::later,
    knowledge::{
        Knowledge,
        schema::{Level, Substance, Urgency},
    },
    synapse::{self, engagement::Target},
    timeline::{Amount, Dose, DoseLine, Entry, Event, Form, Origin, Quantity, Schedule, Timeline, When},
    units::{Interval, Mass, TimeSpan},
};
use jiff::civil;
use std::collections::BTreeMap;

/// One thing to do.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// Earliest day: 0 is the day of the first.
    pub day: u32,
    /// Latest day, where the pace is free.
    pub day_latest: Option<u32>,
    /// Earliest date, where the plan has dates.
    pub date: Option<civil::Date>,
    /// Id of the medicine.
    pub substance: String,
    /// Milligrams a day from then on; 0 ends it; `None` where no amount is known.
    pub daily_mg: Option<f64>,
    /// What to do, in words.
    pub says: String,
    /// Share of the transporter that is held at this dose after long use; `None` where none is, or nothing is taken.
    pub occupancy: Option<Interval>,
    /// How it was judged.
    pub check: Option<StepCheck>,
    /// What a diary says of it: what was judged is what is written.
    pub entries: Vec<Entry>,
}

/// How a step was judged: the worse of the hour after it and the day after.
#[derive(Debug, Clone, PartialEq)]
pub struct StepCheck {
    /// Urgency.
    pub urgency: Urgency,
    /// Worst level of what is found.
    pub level: Level,
    /// What is found, from minor upwards.
    pub findings: Vec<Finding>,
}

/// What a step may reach.
pub(super) struct Limit {
    /// As urgent as it is now.
    pub(super) urgency: Urgency,
    /// Worst level of each kind of harm now.
    pub(super) levels: BTreeMap<String, Level>,
    /// A guideline lets the two overlap.
    pub(super) overlaps: bool,
}

impl Limit {
    /// Whether a step may be taken: see [`Limit::above`]. "Know the signs" is no raise.
    pub(super) fn allows(&self, check: &StepCheck, begun: Option<&str>) -> bool {
        check.urgency <= self.urgency.max(Urgency::Watch) && self.above(check, begun).is_empty()
    }

    /// What is worse than a step may make it: for serotonin and blood pressure than it is now, or moderate where a guideline
    /// lets the two overlap; for other harm than moderate; and what is begun is never contraindicated, however bad it
    /// is now.
    pub(super) fn above(&self, check: &StepCheck, begun: Option<&str>) -> Vec<Finding> {
        let wrong = |finding: &&Finding| {
            let now = self.levels.get(&finding.kind).copied().unwrap_or(Level::NoneKnown);
            let most = match finding.kind.as_str() {
                "serotonin" | "pressor" if !self.overlaps => Level::Info,
                _ => Level::Moderate,
            };
            let ours = finding.substances.iter().any(|id| Some(id.as_str()) == begun);
            finding.level > now.max(most) || (ours && finding.level == Level::Contraindicated)
        };
        // The days that were tried are no days of this person.
        let bare = |finding: &Finding| Finding { timing: Vec::new(), ..finding.clone() };
        check.findings.iter().filter(wrong).map(bare).collect()
    }
}

/// Whether coming off something is planned in steps.
pub(super) fn is_antidepressant(substance: &Substance) -> bool {
    rules::in_group(substance, "N06A")
        || substance.mechanisms.iter().any(|action| action.class == "maoa_irreversible")
}

/// Judges a timeline in the hour after a step and a day later.
fn judged(knowledge: &Knowledge, question: &Question, timeline: &Timeline, at: jiff::Timestamp) -> StepCheck {
    let mut found = StepCheck { urgency: Urgency::None, level: Level::NoneKnown, findings: Vec::new() };
    for hours in [1.0, 25.0] {
        let as_of = later(at, TimeSpan::hours(hours));
        let question = Question { as_of, population: NOBODY, ..*question };
        let assessment = assess::judged(timeline, knowledge, &question);
        found.urgency = found.urgency.max(assessment.urgency);
        found.level = found.level.max(worst(&assessment.findings));
        let new = assessment.findings.into_iter().filter(|finding| finding.level >= Level::Minor);
        let new = new.filter(|finding| !found.findings.iter().any(|other| other.id == finding.id));
        let new: Vec<Finding> = new.collect();
        found.findings.extend(new);
    }
    found
}

/// The new one begins so many whole days after the last dose of the old one, at the same hour.
fn begun(ground: &Ground, day: u32, line: DoseLine) -> Entry {
    let at = ground.begin(day);
    Entry { when: When::at(at), event: Event::Start(line), origin: Origin::Asked(900), note: None }
}

fn entry(ground: &Ground, day: i64, hour: i8, event: Event) -> Entry {
    Entry {
        when: When::at(ground.at(day, hour)),
        event,
        origin: Origin::Asked(1000 + day as u32),
        note: None,
    }
}

/// The same line with so many milligrams once a day.
fn at_dose(line: &DoseLine, mg: f64) -> DoseLine {
    let dose = Dose::Known(Amount { count: 1.0, each: Quantity::Mass(Mass::mg(mg)) });
    DoseLine { dose, schedule: Some(Schedule::TimesADay(1)), ..line.clone() }
}

/// The first day from `least` on, on which the new medicine may begin; else what stands against it.
#[expect(clippy::too_many_arguments, reason = "each is one part of the question")]
pub(super) fn first_allowed(
    knowledge: &Knowledge,
    question: &Question,
    ground: &Ground,
    ended: &Timeline,
    line: &DoseLine,
    to: &str,
    least: u32,
    limit: &Limit,
) -> Result<u32, Vec<Finding>> {
    let try_day = |day: u32| {
        judged(knowledge, question, &ended.with([begun(ground, day, line.clone())]), ground.begin(day))
    };
    let first = try_day(least);
    if limit.allows(&first, Some(to)) {
        return Ok(least);
    }
    // What still stands when the old one is long gone is not its doing.
    let last = try_day(LATEST.max(least));
    if !limit.allows(&last, Some(to)) {
        return Err(limit.above(&last, Some(to)));
    }
    let (mut no, mut yes) = (least, LATEST.max(least));
    while yes - no > 1 {
        let middle = (no + yes) / 2;
        if limit.allows(&try_day(middle), Some(to)) { yes = middle } else { no = middle }
    }
    Ok(yes)
}

/// The smallest whole piece of the form in which it is taken, milligrams: where one begins low.
fn low(substance: &Substance, line: &DoseLine) -> Option<f64> {
    let slow = line.form == Some(Form::ExtendedRelease);
    let own = |form: &str| (form == "extended_release") == slow && form != "liquid";
    let amounts = substance.strengths.iter().filter(|one| own(&one.form)).flat_map(|one| &one.amounts);
    amounts.filter_map(|text| text.parse::<Mass>().ok()).map(Mass::as_mg).min_by(f64::total_cmp)
}

fn mg(value: f64) -> String {
    format!("{} mg", taper::number(value))
}

/// Steps of a change.
#[expect(clippy::too_many_arguments, reason = "each is one part of the plan")]
pub(super) fn switch(
    knowledge: &Knowledge,
    question: &Question,
    ground: &Ground,
    kind: Kind,
    from: &Substance,
    to: &Substance,
    line: &DoseLine,
    day: u32,
    way: Option<&Taper>,
) -> Vec<Step> {
    let (a, b) = (&from.names.inn, &to.names.inn);
    let begin = low(to, line);
    let start = match begin {
        _ if !is_antidepressant(to) => format!("the first dose of {b}, as the prescriber sets it"),
        Some(low) => format!(
            "begin {b} low, with the dose that the prescriber sets (the smallest piece is {})",
            mg(low)
        ),
        None => format!("begin {b} low, with the dose that the prescriber sets"),
    };
    let mut steps = Vec::new();
    let mut timeline = ground.timeline.clone();
    let mut add = |steps: &mut Vec<Step>,
                   entries: Vec<Entry>,
                   day: u32,
                   latest: Option<u32>,
                   substance: &Substance,
                   daily_mg: Option<f64>,
                   says: String,
                   occupancy: Option<Interval>| {
        let at = entries.iter().map(|entry| entry.when.start).max();
        timeline = timeline.with(entries.clone());
        let at = at.unwrap_or_else(|| ground.at(i64::from(day), 8));
        let check = judged(knowledge, question, &timeline, at);
        steps.push(Step {
            day,
            day_latest: latest,
            date: Some(ground.date(i64::from(day))),
            substance: substance.id.clone(),
            daily_mg,
            says,
            occupancy,
            check: Some(check),
            entries,
        });
    };
    let dose = match begin {
        Some(low) if line.dose != Dose::Unknown => at_dose(line, low),
        _ => line.clone(),
    };
    if kind == Kind::CrossTaper {
        // Pieces, no liquid: the other one is there already, so two steps are enough.
        let picked = taper::stepping_back(from, &ground.line, ground.daily_mg.unwrap_or(0.0));
        let usual = line.mass_a_day(ground.timeline.person.weight).map(Mass::as_mg);
        let mut entries = vec![entry(ground, 0, 8, Event::Start(dose))];
        let first = picked.first().map_or(String::new(), |rung| {
            format!("lower {a} to {} a day ({}) and ", mg(rung.mg), rung.made_of)
        });
        if let Some(rung) = picked.first() {
            entries.push(entry(ground, 1, 0, Event::Change(at_dose(&ground.line, rung.mg))));
        }
        add(&mut steps, entries, 0, None, to, begin, format!("{first}{start}"), None);
        let mut at = 7;
        for rung in picked.iter().skip(1) {
            let entries =
                vec![entry(ground, i64::from(at), 0, Event::Change(at_dose(&ground.line, rung.mg)))];
            let says = format!("lower {a} to {} a day ({}); keep {b}", mg(rung.mg), rung.made_of);
            let occupancy = rung
                .occupancy
                .and_then(|_| held(knowledge, question, ground, at_dose(&ground.line, rung.mg)));
            add(&mut steps, entries, at, Some(2 * at), from, Some(rung.mg), says, occupancy);
            at += 7;
        }
        let mut entries = vec![entry(ground, i64::from(at), 0, Event::Stop(ground.line.name.clone()))];
        add(&mut steps, entries.clone(), at, Some(2 * at), from, Some(0.0), format!("stop {a}"), None);
        entries = usual.filter(|usual| begin.is_some_and(|low| *usual > low)).map_or_else(Vec::new, |_| {
            vec![entry(ground, i64::from(at + 7), 8, Event::Change(line.clone()))]
        });
        if !entries.is_empty() {
            let says = format!("raise {b} in steps to the dose that the prescriber sets");
            add(&mut steps, entries, at + 7, None, to, None, says, None);
        }
        return steps;
    }
    let says = match ground.ended {
        true => format!("last dose of {a} (already taken)"),
        false if way.is_some_and(|way| !way.rungs.is_empty()) && from.id != "fluoxetine" => {
            format!(
                "last dose of {a}, after lowering it in steps (`raphe plan stop {}`); the days count from here",
                from.id
            )
        }
        false if from.id == "fluoxetine" => {
            format!(
                "last dose of {a}, after lowering it to 20 mg a day where it is more; the days count from here"
            )
        }
        false => format!("last dose of {a}; the days count from here"),
    };
    let ended = match ground.ended {
        true => Vec::new(),
        false => vec![entry(ground, 1, 0, Event::Stop(ground.line.name.clone()))],
    };
    add(&mut steps, ended, 0, None, from, Some(0.0), says, None);
    add(&mut steps, vec![begun(ground, day, dose)], day, None, to, begin, start, None);
    if rules::inhibits_mao(knowledge, from)
        && from.mechanisms.iter().any(|action| action.class == "maoa_irreversible")
    {
        steps[0].says.push_str("; food rules go on for 14 days");
    }
    steps
}

/// The share of the transporter that a dose holds after long use, in such people, at the middle of a day.
fn held(knowledge: &Knowledge, question: &Question, ground: &Ground, line: DoseLine) -> Option<Interval> {
    let (alone, end) = taper::long_run(ground.timeline.person.clone(), line);
    let (_, synapse) = synapse::simulate(&alone, knowledge, question.population, end);
    synapse.targets.iter().find(|engaged| engaged.target == Target::Sert).map(|engaged| engaged.share)
}

/// Steps off one medicine: two to four weeks each.
pub(super) fn stop(
    knowledge: &Knowledge,
    question: &Question,
    ground: &Ground,
    from: &Substance,
    way: &Taper,
) -> Vec<Step> {
    const LEAST: u32 = 14;
    const MOST: u32 = 28;
    let name = &from.names.inn;
    let mut steps = Vec::new();
    let mut timeline = ground.timeline.clone();
    let mut rung_mgs: Vec<(f64, String)> =
        way.rungs.iter().map(|rung| (rung.mg, format!("{} a day: {}", mg(rung.mg), rung.made_of))).collect();
    rung_mgs.push((0.0, format!("none: {name} ends")));
    for (place, (dose, says)) in rung_mgs.into_iter().enumerate() {
        let occupancy = (way.occupancy.is_some() && dose > 0.0)
            .then(|| held(knowledge, question, ground, at_dose(&ground.line, dose)))
            .flatten();
        let (day, latest) = (place as u32 * LEAST, place as u32 * MOST);
        let at = i64::from(day);
        let event = match dose > 0.0 {
            true => Event::Change(at_dose(&ground.line, dose)),
            false => Event::Stop(ground.line.name.clone()),
        };
        let entries = vec![entry(ground, at + 1, 0, event)];
        timeline = timeline.with(entries.clone());
        let check = judged(knowledge, question, &timeline, ground.at(at + 1, 8));
        steps.push(Step {
            day,
            day_latest: (latest > day).then_some(latest),
            // The first lowered dose is that of tomorrow.
            date: Some(ground.date(at + 1)),
            substance: from.id.clone(),
            daily_mg: Some(dose),
            says,
            occupancy,
            check: Some(check),
            entries,
        });
    }
    steps
}
