//! Is it helping this person?
//!
//! A diary holds scores and feelings from before and after something was started. What is asked is how far the scores since then lie
//! from where they would have gone by themselves, and whether that is as much as matters to people. Four things mislead: people
//! start at their worst, low mood lifts by itself, neighboring days are alike, and several things change at once. The first three
//! are in the model ([`fit`]), the last is told as a flag. The answer is "since you started", never "because of": only periods with
//! and without in turn come near to a cause, and a prescribed medicine is never taken or left out for a test.
//!
//! ```text
//! diary ─▶ Series (one value a day) ─┐
//! diary ─▶ Treatment (when it was on)├─▶ Fit ─▶ Chances ─▶ Verdict ─▶ Outcome
//! base  ─▶ Important, Group ─────────┘
//! ```
//!
//! What is dangerous comes first, from [`assess`](mod@crate::assess): nothing here lowers it.

pub mod fit;
pub mod serial;
pub mod series;
mod stats;
pub mod treatment;
pub mod verdict;

use crate::{
    assess::{self, Assessment, Question},
    knowledge::Knowledge,
    population::Population,
    timeline::{Event, Notice, Timeline},
    units::{Interval, TimeSpan},
};
use fit::{Fit, Point, Prior};
use jiff::Timestamp;
use serial::SerialTest;
use series::{Important, Series};
use treatment::{Other, Problem, Treatment};
use verdict::{Chances, Verdict};

/// The answer to "is it helping?".
#[derive(Debug, Clone)]
pub struct Helping {
    /// The moment it speaks of.
    pub as_of: Timestamp,
    /// What was asked about, as written.
    pub asked: String,
    /// What that is, and when it was on.
    pub treatment: Option<Treatment>,
    /// Why nothing can be worked out.
    pub problem: Option<Problem>,
    /// Each series that has a score since the start, the one that says most in front.
    pub outcomes: Vec<Outcome>,
    /// Series without a value since the start, or without any before.
    pub one_sided: Vec<Series>,
    /// What else began, ended or changed so near to the start that nobody can tell them apart.
    pub beside: Vec<Other>,
    /// What else changed later.
    pub later: Vec<Other>,
    /// An answer above zero on suicide since the start, where it was zero before.
    pub new_suicidal_answer: bool,
    /// The assessment of the same diary: whatever is urgent stands before all of this.
    pub assessment: Assessment,
    /// What was not understood.
    pub notices: Vec<Notice>,
}

/// One series and what it says.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// The scores.
    pub series: Series,
    /// The smallest change that matters.
    pub important: Important,
    /// The same in points, for this person.
    pub important_points: f64,
    /// Mean of the scores before (of several periods: without it).
    pub baseline: Option<f64>,
    /// How many scores before and after.
    pub counts: (usize, usize),
    /// Longest time without a score, days.
    pub longest_gap: f64,
    /// Change since the start beyond the natural course, as far as it has come, points; below zero is better. 5 to 95 %.
    pub change: Option<Interval>,
    /// How likely a gain, little change or harm is.
    pub chances: Option<Chances>,
    /// The answer.
    pub verdict: Verdict,
    /// What is missing for a clear answer.
    pub needs: Option<Needs>,
    /// The check by other means.
    pub serial: Option<SerialTest>,
    /// What was believed before.
    pub prior: Prior,
    /// What is believed after.
    pub fit: Option<Fit>,
}

/// What is missing for a clear answer.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Needs {
    /// Scores from before the start, which can no longer be had.
    Before,
    /// So many more scores, until about this day.
    After {
        /// How many.
        more: u32,
        /// The first day on which it can be told.
        day: f64,
    },
    /// Higher scores before: they leave no room for a gain that matters.
    Room,
    /// More scores would hardly help.
    Nothing,
}

/// Works it out. The timeline may come straight from the diary: names are resolved here.
///
/// Pure: the same diary, base and moment give the same answer to the byte.
#[must_use]
pub fn helping(timeline: &Timeline, knowledge: &Knowledge, what: &str, as_of: Timestamp) -> Helping {
    let question =
        Question { as_of, horizon: TimeSpan::days(14.0), population: Population { seed: 1, people: 0 } };
    let assessment = assess::judged(timeline, knowledge, &question);
    let (timeline, notices) = knowledge.resolve(timeline);
    let mut answer = Helping {
        as_of,
        asked: what.trim().to_owned(),
        treatment: None,
        problem: None,
        outcomes: Vec::new(),
        one_sided: Vec::new(),
        beside: Vec::new(),
        later: Vec::new(),
        new_suicidal_answer: false,
        assessment,
        notices,
    };
    let treatment = match treatment::find(&timeline, knowledge, what, as_of) {
        Ok(treatment) => treatment,
        Err(problem) => {
            answer.problem = Some(problem);
            return answer;
        }
    };
    let all = series::series(&timeline, knowledge, as_of);
    let start = treatment.spells[0].from;
    if all.iter().all(|series| series.points.is_empty()) {
        answer.problem = Some(Problem::NoScores);
    }
    for series in all {
        let both = series.points.iter().any(|point| point.day <= start)
            && series.points.iter().any(|point| point.day > start);
        if both {
            let outcome = outcome(series, &treatment, knowledge);
            answer.outcomes.push(outcome);
        } else {
            answer.one_sided.push(series);
        }
    }
    // What says most is told first: enough scores, then a questionnaire, then the sharpest; never what looks best.
    let rank = |outcome: &Outcome| {
        let thin = outcome.chances.is_none() || matches!(outcome.needs, Some(Needs::Before));
        let width = outcome
            .change
            .map_or(f64::INFINITY, |change| (change.p95 - change.p5) / outcome.important_points);
        (outcome.verdict != Verdict::Worse, thin, !outcome.series.questionnaire, width)
    };
    answer.outcomes.sort_by(|a, b| rank(a).partial_cmp(&rank(b)).unwrap_or(core::cmp::Ordering::Equal));
    let last =
        answer.outcomes.iter().filter_map(|outcome| outcome.series.points.last()).map(|point| point.day);
    let last = last.fold(start, f64::max);
    let near = |other: &Other| (other.day - start).abs() <= 2.0 * treatment.tau;
    let others = treatment::others(&timeline, knowledge, what, as_of);
    answer.beside = match treatment.spells.len() {
        1 => others.iter().filter(|other| near(other)).cloned().collect(),
        _ => Vec::new(),
    };
    answer.later = others
        .into_iter()
        .filter(|other| other.day >= start && other.day <= last && !answer.beside.contains(other))
        .collect();
    answer.new_suicidal_answer = new_suicidal_answer(&timeline, knowledge, start, as_of);
    answer.treatment = Some(treatment);
    answer
}

/// Works out one series.
#[must_use]
pub fn outcome(series: Series, treatment: &Treatment, knowledge: &Knowledge) -> Outcome {
    let important = series::important(knowledge, &series);
    let with = |point: &&Point| serial::phase(&treatment.spells, 0.0, point.day) == Some(true);
    let after: Vec<Point> = series.points.iter().filter(with).copied().collect();
    let before: Vec<Point> = series.points.iter().filter(|point| !with(point)).copied().collect();
    let baseline = verdict::mean(&before);
    let important_points = important.at(baseline.unwrap_or(0.0));
    let prior = prior(&series, treatment, knowledge, baseline);
    let comparable = !before.is_empty() && !after.is_empty();
    let fit = comparable.then(|| fit::fit(&series.points, &treatment.spells, &prior));
    let chances = fit.as_ref().map(|fit| Chances::of(fit, important_points));
    let change = fit.as_ref().map(|fit| Interval {
        median: fit.quantile(0.5),
        p5: fit.quantile(0.05),
        p95: fit.quantile(0.95),
    });
    let judge_from = judge_from(treatment);
    let verdict = verdict::judge(&verdict::Ground {
        points: &series.points,
        spells: &treatment.spells,
        before: &before,
        after: &after,
        chances,
        important: important_points,
        tau: treatment.tau,
        room: baseline.is_none_or(|before| before >= important_points),
        judge_from,
    });
    let needs =
        fit.as_ref().and_then(|fit| needs(fit, verdict, &before, &after, treatment, important_points));
    let longest_gap = series.points.windows(2).map(|pair| pair[1].day - pair[0].day).fold(0.0, f64::max);
    // Chances from fewer scores than the least would be what was believed before, in disguise.
    let told = verdict == Verdict::Worse || verdict::enough(&before, &after) == (true, true);
    Outcome {
        serial: check(&series.points, treatment),
        important,
        important_points,
        baseline,
        counts: (before.len(), after.len()),
        longest_gap,
        change: change.filter(|_| told),
        chances: chances.filter(|_| told),
        verdict,
        needs,
        prior,
        fit: fit.filter(|_| told),
        series,
    }
}

/// The serial t-test on scores from when most of the effect is there, or from earlier where those are too few.
fn check(points: &[Point], treatment: &Treatment) -> Option<SerialTest> {
    let washouts = match treatment.spells.len() {
        1 => [treatment.tau, 7.0, 0.0],
        _ => [0.5 * treatment.tau, 1.0, 0.0],
    };
    let tests = washouts.map(|washout| serial::serial(points, &treatment.spells, washout));
    tests.iter().flatten().find(|test| test.counts.1 >= 4).or(tests.iter().flatten().next()).copied()
}

/// The day from which "not helping" may be said: some time after the start, or after the last change of dose.
#[must_use]
pub fn judge_from(treatment: &Treatment) -> f64 {
    let changed = treatment.changes.iter().copied().fold(treatment.spells[0].from, f64::max);
    changed + treatment.judge_after
}

fn prior(series: &Series, treatment: &Treatment, knowledge: &Knowledge, baseline: Option<f64>) -> Prior {
    let assumed = |id: &str| {
        let found = knowledge.base().helping.assumptions.iter().find(|item| item.id == id);
        found.map_or(0.0, |item| item.value)
    };
    let spread = assumed("spread_of_scale") * (series.range.1 - series.range.0);
    let height = baseline.unwrap_or(0.0);
    let group = treatment.group.as_ref().map_or(0.0, |group| group.effect * group.share);
    Prior {
        effect: group * spread,
        spread,
        tau: treatment.tau,
        natural: -assumed("natural_share") * height,
        natural_spread: assumed("natural_spread") * height.max(0.5 * spread),
        natural_days: assumed("natural_days"),
        worst_moment: if treatment.stopping { 0.0 } else { assumed("worst_moment") },
        rounding: 0.29,
    }
}

/// What is missing for a clear answer; `None` where there is one.
fn needs(
    fit: &Fit,
    verdict: Verdict,
    before: &[Point],
    after: &[Point],
    treatment: &Treatment,
    important: f64,
) -> Option<Needs> {
    if matches!(verdict, Verdict::Worse | Verdict::LikelyHelping | Verdict::NotHelping) {
        return None;
    }
    let (enough_before, _) = verdict::enough(before, after);
    if !enough_before {
        return Some(Needs::Before);
    }
    if verdict::mean(before).is_some_and(|mean| mean < important) {
        return Some(Needs::Room);
    }
    let start = treatment.spells[0].from;
    let last = after.last().map_or(start, |point| point.day);
    let every = 7.0;
    let ripe = (start + verdict::TIME_CONSTANTS * treatment.tau).max(judge_from(treatment));
    let short = verdict::LEAST.1.saturating_sub(after.len()) as u32;
    let unripe = libm::ceil(((ripe - last) / every).max(0.0)) as u32;
    let mut more = short.max(unripe);
    // Sharp enough is when a middle on one side of what matters leaves less than a fifth on the other.
    let sharp = |more: u32| {
        let days: Vec<f64> = (1..=more).map(|week| last + every * f64::from(week)).collect();
        fit.deviation_with(&days) * 1.7 <= important
    };
    let most = more + 16;
    while more <= most && !sharp(more) {
        more += 1;
    }
    if more > most {
        return Some(if short + unripe > 0 {
            Needs::After { more: short.max(unripe), day: last + every * f64::from(short.max(unripe)) }
        } else {
            Needs::Nothing
        });
    }
    let more = more.max(1);
    Some(Needs::After { more, day: last + every * f64::from(more) })
}

/// Whether an item on suicide was answered above zero since the start, and not in the last answers before.
fn new_suicidal_answer(timeline: &Timeline, knowledge: &Knowledge, start: f64, as_of: Timestamp) -> bool {
    let zone = timeline.zone();
    let (mut before, mut since) = (false, false);
    for entry in timeline.entries.iter().filter(|entry| entry.when.start <= as_of) {
        let Event::Score(score) = &entry.event else { continue };
        let Some(item) = series::questionnaire(knowledge, &score.name) else { continue };
        let Some(place) = item.texts.iter().position(|text| text.suicide) else { continue };
        let positive = score.items.get(place).copied().flatten().is_some_and(|answer| answer > 0);
        if series::days_of(entry, &zone).0 <= start { before |= positive } else { since |= positive }
    }
    since && !before
}
