//! What if: the same person with lines added, beside the person without them.
//!
//! Both are assessed with the same virtual people and seed, so every difference comes from the lines. A line that lies after
//! the moment of the question is judged at that later moment as well, in the hour after it and a day or two later,
//! and the worst of those is what is compared: what happens tomorrow does not look harmless because it is not here yet.

use crate::{
    assess::{self, Assessment, Finding, Question, Verdict, assess, help_line},
    check::{TooMuch, far_too_much},
    exposure::{
        hours_between, later,
        simulation::{Kind, Span},
    },
    knowledge::{
        Knowledge,
        schema::{HelpLine, Level},
        words,
    },
    population::Population,
    synapse, threads,
    timeline::{DoseLine, Entry, Event, Notice, Origin, Precision, Timeline},
    units::{Interval, TimeSpan},
};
use jiff::Timestamp;
use std::collections::BTreeSet;

/// The two assessments and what is different.
#[derive(Debug, Clone)]
pub struct WhatIf {
    /// Version of the knowledge.
    pub knowledge: String,
    /// The moment both are judged at: the one that was asked for, or the worst after a line that lies later.
    pub as_of: Timestamp,
    /// The lines that were added, as written.
    pub lines: Vec<String>,
    /// Without them, at the same moment.
    pub without: Option<Box<Assessment>>,
    /// With them.
    pub with: Option<Box<Assessment>>,
    /// What is different, most important first.
    pub differences: Vec<Difference>,
    /// Set when a line names a dose far above the highest recommended: nothing else is answered.
    pub too_much: Option<TooMuch>,
    /// Whom to call.
    pub help: HelpLine,
    /// How the lines were read.
    pub notices: Vec<Notice>,
}

/// One thing that is different.
#[derive(Debug, Clone, PartialEq)]
pub struct Difference {
    /// What.
    pub what: What,
    /// Before.
    pub without: String,
    /// After.
    pub with: String,
}

/// What can differ.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum What {
    /// How soon to act.
    Urgency,
    /// Too high, too low, neither, unclear.
    Verdict,
    /// A finding that is new, gone or of another level, by id.
    Finding(String),
    /// The modeled fold, highest of the next 24 hours.
    Serotonin,
    /// The level of a moiety, by id.
    Exposure(String),
    /// The activity of an enzyme, by id.
    Enzyme(String),
    /// The occupancy of a target, by id.
    Target(String),
}

/// Levels that differ by less than this share are the same to a reader.
const SAME: f64 = 0.05;
/// Hours after a later line at which it is judged: of a known hour, and of a day, whose doses may lie anywhere in it.
const AFTER_HOUR: [f64; 4] = [1.0, 4.0, 24.0, 48.0];
const AFTER_DAY: [f64; 4] = [15.0, 24.0, 36.0, 48.0];

/// Assesses with and without lines that were read from text.
///
/// `after` holds the person's lines and the new ones.
#[must_use]
pub fn whatif(
    before: &Timeline,
    after: &Timeline,
    lines: &[String],
    knowledge: &Knowledge,
    question: &Question,
) -> WhatIf {
    beside(before, after, lines, knowledge, question, &|at| assess(before, knowledge, at))
}

/// The same for somebody who keeps what `before` gives at a moment: `without` answers with it.
#[must_use]
pub fn beside(
    before: &Timeline,
    after: &Timeline,
    lines: &[String],
    knowledge: &Knowledge,
    question: &Question,
    without: &dyn Fn(&Question) -> Assessment,
) -> WhatIf {
    let old: BTreeSet<&Origin> = before.entries.iter().map(|entry| &entry.origin).collect();
    let new: Vec<&Entry> = after.entries.iter().filter(|entry| !old.contains(&entry.origin)).collect();
    let blank = WhatIf {
        knowledge: knowledge.base().version.clone(),
        as_of: question.as_of,
        lines: lines.to_vec(),
        without: None,
        with: None,
        differences: Vec::new(),
        too_much: None,
        help: help_line(knowledge, before.person.country.as_deref()),
        notices: Vec::new(),
    };
    let too_much = new.iter().find_map(|entry| {
        let line = dose(&entry.event)?;
        far_too_much(knowledge, line, before.person.weight)
    });
    if too_much.is_some() {
        return WhatIf { too_much, ..blank };
    }
    // The moment that was asked for, and each that a new line makes worth asking for; the worst with the lines is shown.
    let later_lines = new.iter().filter(|entry| entry.when.start > question.as_of);
    let moments = later_lines.flat_map(|entry| {
        let after = if entry.when.precision == Precision::Moment { AFTER_HOUR } else { AFTER_DAY };
        after.map(|hours| later(entry.when.start, TimeSpan::hours(hours)))
    });
    // A line that has just begun has not reached its height.
    let recent = new.iter().any(|entry| {
        entry.when.start <= question.as_of && later(entry.when.start, TimeSpan::days(2.0)) > question.as_of
    });
    let mut moments: BTreeSet<Timestamp> = moments.chain([question.as_of]).collect();
    if recent {
        moments.extend([24.0, 48.0].map(|hours| later(question.as_of, TimeSpan::hours(hours))));
    }
    let typical = Population { people: 0, ..question.population };
    let judge = |as_of: Timestamp| {
        let judged = assess::judged(after, knowledge, &Question { as_of, population: typical, ..*question });
        let level = judged.findings.iter().map(|finding| finding.level).max();
        (judged.urgency, level.unwrap_or(Level::NoneKnown))
    };
    let moments: Vec<Timestamp> = moments.into_iter().collect();
    let worst = match moments.as_slice() {
        [one] => *one,
        _ => {
            let judged = threads::share(moments.len(), threads::available(), |place, (): &mut ()| {
                judge(moments[place])
            });
            let highest = judged.iter().max();
            let equal = moments.iter().zip(&judged).filter(|(_, judged)| Some(*judged) == highest);
            let equal: Vec<Timestamp> = equal.map(|(at, _)| *at).collect();
            highest_fold(&equal, &new, after, knowledge, typical)
        }
    };
    let at = Question { as_of: worst, ..*question };
    let without = without(&at);
    // Without a line both are the same.
    let with = if new.is_empty() { without.clone() } else { assess(after, knowledge, &at) };
    WhatIf {
        as_of: worst,
        differences: differences(&without, &with),
        without: Some(Box::new(without)),
        with: Some(Box::new(with)),
        ..blank
    }
}

/// The moment after which serotonin rises highest in the typical person, within a day and before the next new line; among
/// equals the earliest.
fn highest_fold(
    moments: &[Timestamp],
    new: &[&Entry],
    after: &Timeline,
    knowledge: &Knowledge,
    typical: Population,
) -> Timestamp {
    let (first, last) = (moments[0], moments[moments.len() - 1]);
    if first == last {
        return first;
    }
    let a_day_after = |at: Timestamp| later(at, TimeSpan::hours(24.0));
    let span = Span { from: Some(first), to: a_day_after(last), step: TimeSpan::hours(0.5) };
    let simulation = synapse::simulation(&knowledge.resolve(after).0, knowledge, typical, span);
    let Some(folds) = simulation.series.iter().find(|series| series.kind == Kind::FoldChange) else {
        return first;
    };
    let fold = |from: Timestamp| {
        let next = new.iter().map(|entry| entry.when.start).filter(|start| *start > from).min();
        let until = next.unwrap_or(Timestamp::MAX).min(a_day_after(from));
        let hours = hours_between(simulation.start, from)..=hours_between(simulation.start, until);
        let within = simulation.time_h.iter().zip(&folds.values).filter(|(hour, _)| hours.contains(*hour));
        within.map(|(_, fold)| fold.median).fold(0.0, f64::max)
    };
    let better = |best: (f64, Timestamp), next: (f64, Timestamp)| if next.0 > best.0 { next } else { best };
    moments.iter().map(|at| (fold(*at), *at)).reduce(better).map_or(first, |(_, at)| at)
}

fn dose(event: &Event) -> Option<&DoseLine> {
    match event {
        Event::Start(line) | Event::Change(line) | Event::Take(line) => Some(line),
        _ => None,
    }
}

/// The word of a verdict.
#[must_use]
pub fn verdict_word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::TooHigh => "likely too high",
        Verdict::TooLow => "features that the article calls low",
        Verdict::Neither => "neither",
        Verdict::Unclear => "unclear",
    }
}

fn range(interval: Interval, unit: &str) -> String {
    let [median, low, high] = [interval.median, interval.p5, interval.p95].map(crate::units::two_digits);
    if low == high { format!("{median}{unit}") } else { format!("{median}{unit} ({low} to {high})") }
}

/// Everything that is different, most important first.
fn differences(without: &Assessment, with: &Assessment) -> Vec<Difference> {
    let mut found = Vec::new();
    let mut add = |what, without: String, with: String| {
        if without != with {
            found.push(Difference { what, without, with });
        }
    };
    let urgency = |assessment: &Assessment| words::urgency_word(assessment.urgency).to_lowercase();
    add(What::Urgency, urgency(without), urgency(with));
    let verdict = |assessment: &Assessment| verdict_word(assessment.balance.verdict).to_owned();
    add(What::Verdict, verdict(without), verdict(with));
    let level = |finding: Option<&&Finding>| {
        finding.map_or("not there".to_owned(), |finding| words::level_word(finding.level).to_owned())
    };
    let ids: BTreeSet<&str> =
        without.findings.iter().chain(&with.findings).map(|finding| finding.id.as_str()).collect();
    let mut changed: Vec<(Level, &str, String, String)> = ids
        .into_iter()
        .map(|id| {
            let of = |assessment: &'_ Assessment| -> Option<Finding> {
                assessment.findings.iter().find(|finding| finding.id == id).cloned()
            };
            let (old, new) = (of(without), of(with));
            let worst = old.iter().chain(&new).map(|finding| finding.level).max().unwrap_or(Level::NoneKnown);
            (worst, id, level(old.as_ref().as_ref()), level(new.as_ref().as_ref()))
        })
        .collect();
    changed.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.cmp(b.1)));
    for (_, id, old, new) in changed {
        add(What::Finding(id.to_owned()), old, new);
    }
    let apart = |old: Option<Interval>, new: Option<Interval>| match (old, new) {
        (Some(old), Some(new)) => (new.median - old.median).abs() > SAME * old.median.max(new.median),
        (None, None) => false,
        _ => true,
    };
    let told = |value: Option<Interval>, unit: &str| {
        value.map_or("not there".to_owned(), |value| range(value, unit))
    };
    // What an overdose does is for those who treat it.
    let hidden = without.has_overdose() || with.has_overdose();
    let peaks = (without.synapse.peak_fold_change_24h, with.synapse.peak_fold_change_24h);
    if !hidden && apart(peaks.0, peaks.1) {
        add(What::Serotonin, told(peaks.0, " times"), told(peaks.1, " times"));
    }
    let mut listed = |ids: BTreeSet<String>,
                      what: &dyn Fn(String) -> What,
                      of: &dyn Fn(&Assessment, &str) -> Option<Interval>,
                      scale: f64,
                      unit: &str| {
        for id in ids {
            let (old, new) = (of(without, &id), of(with, &id));
            if apart(old, new) {
                let scaled = |value: Option<Interval>| value.map(|value| value.map(|value| value * scale));
                add(what(id), told(scaled(old), unit), told(scaled(new), unit));
            }
        }
    };
    let both = |of: &dyn Fn(&Assessment) -> Vec<String>| {
        of(without).into_iter().chain(of(with)).collect::<BTreeSet<String>>()
    };
    if !hidden {
        listed(
            both(&|one| one.remaining.iter().map(|left| left.moiety.clone()).collect()),
            &What::Exposure,
            &|one, id| one.remaining.iter().find(|left| left.moiety == id)?.total_ng_per_ml,
            1.0,
            " ng/mL",
        );
        listed(
            both(&|one| one.synapse.targets.iter().map(|target| target.target.id().to_owned()).collect()),
            &What::Target,
            &|one, id| {
                one.synapse.targets.iter().find(|target| target.target.id() == id).map(|target| target.share)
            },
            100.0,
            " %",
        );
    }
    listed(
        both(&|one| one.enzymes.iter().map(|enzyme| enzyme.id.clone()).collect()),
        &What::Enzyme,
        &|one, id| one.enzymes.iter().find(|enzyme| enzyme.id == id).map(|enzyme| enzyme.activity),
        100.0,
        " %",
    );
    found
}
