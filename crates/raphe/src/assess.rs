//! The judgment: danger first, then the criteria, then what the medicines do together.
//!
//! The order is the safety of the whole program. Danger signs are judged from what was reported, and from what words
//! and unread numbers would mean; nothing computed later can lower them. Then the published criteria and the severity.
//! Then the pairs of substances that act at the same time, each with its window, its level and both views where
//! regulators and toxicologists differ. Urgency is the greatest of all of these.
//!
//! The modeled synapse and how likely toxicity is go along and are told; no level, no urgency and no verdict hangs on them.
//!
//! The low side is looked at by [`care`]; here it only decides between `too_low` and `neither`, once no reading of
//! toxicity is open.

mod advice;
mod ahead;
pub(crate) mod combine;
pub mod course;
pub mod differential;
mod doses;
mod moment;
mod verdict;

pub use advice::help_line;
pub(crate) use advice::{is_poisoning, leading, only_suicide};
pub use moment::{HORIZON, moment, moment_notice};

use crate::{
    care::{self, Care},
    criteria::{
        Answer, Judgment, Truth,
        facts::{Facts, Reading, Scope},
        judge, judge_warily,
        reports::Reports,
    },
    exposure::{self, EnzymeState, Exposure, Remaining},
    knowledge::{
        Citation, Claim, Knowledge,
        schema::{Flag, Found, HelpLine, Level, Rule, Serotonergic, Side, Statement, Substance, Urgency},
    },
    population::Population,
    risk::{self, Risk, Said},
    synapse::{self, Synapse},
    timeline::{Event, Notice, Origin, Timeline, Weight},
    units::{Temperature, TimeSpan, number, two_digits},
};
use jiff::{SignedDuration, Timestamp, civil};
use std::collections::BTreeSet;

/// What is asked of a timeline.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Question {
    /// The moment it is asked for.
    pub as_of: Timestamp,
    /// How far ahead to look.
    pub horizon: TimeSpan,
    /// How many virtual people, and their seed.
    pub population: Population,
}

/// The answer.
#[derive(Debug, Clone)]
pub struct Assessment {
    /// The moment it speaks of.
    pub as_of: Timestamp,
    /// The zone its times are printed in.
    pub zone: jiff::tz::TimeZone,
    /// Version of the knowledge it was made with.
    pub knowledge: String,
    /// Too high, too low, neither or unclear, and why in sentences.
    pub balance: Balance,
    /// How soon to act: the greatest of all reasons.
    pub urgency: Urgency,
    /// Every reason to act, most urgent first.
    pub reasons: Vec<Reason>,
    /// Whether anything points to suicide: it then stands first.
    pub suicide_path: bool,
    /// The published criteria.
    pub criteria: Vec<CriterionResult>,
    /// How severe the reported signs are, when serotonin toxicity is in question.
    pub severity: Option<Severity>,
    /// What is still in the body.
    pub remaining: Vec<Remaining>,
    /// Enzymes that are not back yet.
    pub enzymes: Vec<EnzymeState>,
    /// The modeled synapse: it explains, and nothing above listens to it.
    pub synapse: Synapse,
    /// How likely toxicity is among people who were counted with this exposure: it explains, and nothing above listens to it.
    pub risk: Vec<Risk>,
    /// Exposures of which nobody counted how often they end in toxicity, in words.
    pub uncounted: Vec<Said>,
    /// What the substances do together, worst first.
    pub findings: Vec<Finding>,
    /// Look-alikes that must be named.
    pub rivals: Vec<NamedRival>,
    /// Serotonin toxicity among everything that looks like it, in order of fit.
    pub differential: Vec<differential::Explanation>,
    /// When it began, how it goes, when it is expected to settle.
    pub course: course::Course,
    /// What to do, in order.
    pub advice: Vec<Advice>,
    /// Substances on board with what is known of each.
    pub on_board: Vec<OnBoard>,
    /// The low side and the ways back.
    pub care: Care,
    /// Signs reported in this episode, present ones.
    pub signs: Vec<SignSeen>,
    /// Whom to call.
    pub help: HelpLine,
    /// What was assessed.
    pub assessed: Vec<Scoped>,
    /// What was not, with the reason.
    pub not_assessed: Vec<Scoped>,
    /// What was not understood or was read in a way worth saying.
    pub notices: Vec<Notice>,
}

impl Assessment {
    /// Whether more was taken at once, or in a day, than is ever recommended: then levels and the modeled synapse are for those
    /// who treat it.
    #[must_use]
    pub fn has_overdose(&self) -> bool {
        self.remaining.iter().any(|left| left.overdose)
    }
}

/// The verdict.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Balance {
    /// One of four.
    pub verdict: Verdict,
    /// Why, one sentence.
    pub because: String,
}

/// Too high, too low, neither or unclear.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// The criteria are met, or toxicity is the leading explanation of what was reported.
    TooHigh,
    /// Features that the article calls low serotonin; never a measured lack.
    TooLow,
    /// Signs were looked for, what was taken is known, and nothing points either way.
    Neither,
    /// Not enough is known, or something else leads.
    Unclear,
}

/// A reason to act.
#[derive(Debug, Clone, PartialEq)]
pub struct Reason {
    /// Id of the flag or finding.
    pub id: String,
    /// How soon.
    pub urgency: Urgency,
    /// A danger sign, judged from what was reported alone.
    pub danger: bool,
    /// What was found, with sources.
    pub claim: Claim,
    /// What to do about it.
    pub advice: Option<String>,
    /// What to hold for it: class or substance ids, `serotonergic`, `overdosed`.
    pub hold: Vec<String>,
    /// Lines behind it.
    pub because: BTreeSet<Origin>,
    /// How far it is to be trusted.
    pub standing: Standing,
}

/// How far a reason is to be trusted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// Reported as such.
    Reported,
    /// What these words or this number would mean.
    Would {
        /// As written.
        text: String,
        /// What a number without its unit would be.
        reading: Option<String>,
    },
    /// Reported on this day, not known to be over.
    NotOver(civil::Date),
}

/// The result of one set of criteria.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CriterionResult {
    /// `hunter`, `sternbach`, `radomski`.
    pub id: String,
    /// Full name.
    pub name: String,
    /// Met, not met, or not decidable.
    pub verdict: Truth,
    /// Labels of the rules that are met.
    pub rules: Vec<String>,
    /// Signs that made it so.
    pub because: BTreeSet<String>,
    /// Signs whose examination would decide it.
    pub would_decide: BTreeSet<String>,
    /// What a met result takes for granted.
    pub proviso: Option<String>,
    /// Its accuracy and limits.
    pub limits: String,
    /// Sources.
    pub citations: Vec<Citation>,
    /// Lines behind it.
    pub lines: BTreeSet<Origin>,
}

/// A severity grade.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Severity {
    /// `life_threatening`, `severe`, `moderate`, `mild`.
    pub id: String,
    /// In words.
    pub name: String,
    /// What made it so.
    pub because: BTreeSet<String>,
    /// Lines behind it.
    pub lines: BTreeSet<Origin>,
    /// Sources.
    pub citations: Vec<Citation>,
}

/// What two substances do together, or one alone.
#[derive(Debug, Clone, PartialEq)]
pub struct Finding {
    /// `maoa_irreversible-sri:phenelzine+sertraline`.
    pub id: String,
    /// How much it matters.
    pub level: Level,
    /// `serotonin`, `pressor`, `bleeding`, `exposure`, `dose`, …
    pub kind: String,
    /// The substances, by id.
    pub substances: Vec<String>,
    /// Why, with sources.
    pub claim: Claim,
    /// When each was taken and until when it counts.
    pub timing: Vec<String>,
    /// What the evidence says to do.
    pub advice: Option<String>,
    /// What each party says.
    pub views: Vec<Viewed>,
    /// Lines behind it.
    pub because: BTreeSet<Origin>,
    /// When both were first there.
    pub from: Timestamp,
    /// Until when, if no more is taken; `None` while doses go on.
    pub until: Option<Timestamp>,
    /// Urgency without and with a sign of toxicity.
    pub urgency: (Urgency, Urgency),
}

/// What one party says of a combination.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Viewed {
    /// Whose view.
    pub by: String,
    /// The level they give it.
    pub level: Level,
    /// In one sentence.
    pub says: String,
    /// Source.
    pub citation: Citation,
}

/// A look-alike that must be named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedRival {
    /// Id.
    pub id: String,
    /// Name in words.
    pub name: String,
    /// Whether it fits better than serotonin toxicity.
    pub leads: bool,
    /// What would tell them apart.
    pub tell_apart: String,
    /// What is due now.
    pub due: Option<String>,
    /// Sources.
    pub citations: Vec<Citation>,
}

/// One thing to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Advice {
    /// Id.
    pub id: String,
    /// When.
    pub when: String,
    /// What.
    pub says: String,
    /// Sources.
    pub citations: Vec<Citation>,
}

/// A substance that still acts, or may.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OnBoard {
    /// Id.
    pub substance: String,
    /// Name.
    pub name: String,
    /// Class in words.
    pub class: String,
    /// Whether doses go on.
    pub running: bool,
    /// First dose of the spell.
    pub since: Timestamp,
    /// Last dose by now.
    pub last: Timestamp,
    /// Whether it is a serotonergic agent.
    pub serotonergic: Serotonergic,
    /// Lines that speak of it.
    pub lines: BTreeSet<Origin>,
    /// What is worth knowing while it is on board.
    pub notes: Vec<Claim>,
}

/// A sign that was reported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignSeen {
    /// Id.
    pub id: String,
    /// Clinical name.
    pub name: String,
    /// Which side it speaks for.
    pub side: Side,
    /// Lines.
    pub lines: BTreeSet<Origin>,
}

/// Something that was, or was not, assessed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scoped {
    /// What.
    pub text: String,
    /// Why, or how.
    pub reason: String,
}

/// A danger sign of the last five weeks that is not known to be over is as urgent as one of today; an older one is still
/// named.
const DANGER_FRESH: SignedDuration = SignedDuration::from_hours(35 * 24);

/// Judges a timeline. The timeline may come straight from the diary: names are resolved here.
///
/// Pure: the same timeline, knowledge and question give the same answer to the byte.
#[must_use]
pub fn assess(timeline: &Timeline, knowledge: &Knowledge, question: &Question) -> Assessment {
    let (timeline, notices) = knowledge.resolve(timeline);
    let modeled = synapse::simulate(&timeline, knowledge, question.population, question.as_of);
    given(&timeline, notices, modeled, knowledge, question)
}

/// The same without the modeled synapse, for whoever asks many moments only for what is judged: levels, urgency, verdict.
///
/// [`Assessment::synapse`] is empty.
#[must_use]
pub fn judged(timeline: &Timeline, knowledge: &Knowledge, question: &Question) -> Assessment {
    let (timeline, notices) = knowledge.resolve(timeline);
    let exposure = exposure::simulate(&timeline, knowledge, question.population, question.as_of);
    given(&timeline, notices, (exposure, Synapse::default()), knowledge, question)
}

/// Judges a resolved timeline, given what was simulated of it.
fn given(
    timeline: &Timeline,
    mut notices: Vec<Notice>,
    (exposure, synapse): (Exposure, Synapse),
    knowledge: &Knowledge,
    question: &Question,
) -> Assessment {
    let as_of = question.as_of;
    let reports = Reports::collect(timeline, knowledge, &exposure, as_of);

    let episode = reports.episode();
    let Scopes { strict: strict_scope, danger: danger_scope, span, from } = Scopes::of(episode, as_of);

    let findings = combined(knowledge, timeline, &exposure, as_of);
    let overlap =
        findings.iter().filter(|finding| finding.kind == "serotonin" && finding.urgency.0 >= Urgency::Urgent);
    let overlap = Answer::lines(overlap.flat_map(|finding| finding.because.iter().cloned()));

    let mut facts = reports.view(strict_scope, span, Reading::Strict);
    facts.set("maoa_with_serotonergic", overlap.clone());
    let criteria = criteria(knowledge, &facts);
    let derived = derived_facts(&criteria);
    for (name, answer) in &derived {
        facts.set(name, answer.clone());
    }
    let severity = severity(knowledge, &facts);
    let graded = severity_facts(severity.as_ref());

    let views = [
        (danger_scope, Reading::Strict),
        (danger_scope, Reading::Danger),
        (danger_scope, Reading::Every),
        (Scope::Open, Reading::Danger),
    ]
    .map(|(scope, reading)| {
        let mut view = reports.view(scope, span, reading);
        view.set("maoa_with_serotonergic", overlap.clone());
        for (name, answer) in derived.iter().chain(&graded) {
            view.set(name, answer.clone());
        }
        view
    });
    let mut reasons = flags(knowledge, timeline, &reports, &views, as_of);
    let toxic = facts.answer("fact toxicity_sign");
    reasons.extend(findings.iter().filter_map(|finding| finding_reason(finding, toxic.truth == Truth::True)));
    reasons.extend(ahead::ahead(knowledge, timeline, &findings, as_of, question.horizon));
    let rivals = rivals(knowledge, &views[0], criteria_truth(&criteria, "hunter"), &mut reasons);
    // Among equals the order of the knowledge base holds: a seizure is said before a temperature.
    reasons.sort_by_key(|reason| std::cmp::Reverse((reason.urgency, reason.danger)));
    let urgency = reasons.iter().map(|reason| reason.urgency).max().unwrap_or_default();
    let suicide_path = suicide(&views[3]);

    let day_ago = as_of - SignedDuration::from_hours(24);
    let signs: Vec<SignSeen> = reports
        .present_signs(from.min(day_ago), as_of)
        .into_iter()
        .filter_map(|(id, lines)| {
            let sign = knowledge.sign(id).filter(|sign| sign.found != Found::Condition)?;
            Some(SignSeen { id: id.to_owned(), name: sign.name.clone(), side: sign.side, lines })
        })
        .collect();
    let looked = reports.looked(from.min(day_ago), as_of);
    let ground = care::Ground::new(knowledge, timeline, &exposure, &reports, as_of);
    let mut care = care::look(&ground, suicide_path);
    // Insomnia alone, on medicines that nobody changed for five weeks, leaves no reading of toxicity open.
    let toxic_alone = |sign: &crate::knowledge::schema::Sign| {
        sign.side == Side::Toxicity && facts.answer(&sign.id).truth == Truth::True
    };
    let unspecific = !knowledge.base().signs.iter().any(toxic_alone)
        && facts.answer("fact serotonergic_change").truth == Truth::False;
    let balance = verdict::balance(&verdict::Ground {
        criteria: &criteria,
        facts: &facts,
        exposure: &exposure,
        complete: timeline.complete,
        rivals: &rivals,
        signs: &signs,
        care: &care,
        unspecific,
        looked,
        urgency,
        dangerous: reasons.iter().any(|reason| !reason.hold.is_empty() && reason.urgency >= Urgency::Urgent),
        danger: reasons.iter().any(|reason| reason.danger && reason.id != "suicidal_thoughts"),
        suicidal: suicide_path,
        only_suicide: advice::only_suicide(&reasons, urgency),
        spoken: views[2].answer("fact toxicity_sign").truth == Truth::True,
    });
    // Where toxicity is in question its treatment is listed and nothing about life; an emergency of another kind gets neither.
    let acute = urgency >= Urgency::Urgent && !advice::only_suicide(&reasons, urgency);
    let serotonergic = facts.answer("fact serotonergic_exposure").truth != Truth::False;
    let in_question = serotonergic && (toxic.truth == Truth::True || is_poisoning(&reasons, urgency));
    let leads = rivals.iter().any(|rival| rival.leads);
    care.ways = match () {
        () if balance.verdict == Verdict::TooHigh || (acute && in_question && !leads) => {
            for (name, answer) in &graded {
                facts.set(name, answer.clone());
            }
            care::guidance::for_toxicity(&ground, &facts)
        }
        () if acute => Vec::new(),
        () => care::guidance::for_low(&ground, &care),
    };
    let differential = differential::differential(
        knowledge,
        &facts,
        &rivals,
        (&balance, criteria_truth(&criteria, "hunter")),
    );
    let on_board = on_board(knowledge, &exposure, as_of);
    let course = course::course(&course::Ground {
        knowledge,
        reports: &reports,
        exposure: &exposure,
        on_board: &on_board,
        episode,
        leading: differential.first(),
        as_of,
    });
    let help = help_line(knowledge, timeline.person.country.as_deref());
    let held = advice::held(knowledge, timeline, &exposure, &reasons, urgency, as_of);
    let advice = advice::advice(knowledge, urgency, &help, &held, &reasons);
    let (mut assessed, mut not_assessed) = scope(knowledge, &exposure, &on_board);
    assessed.push(scoped(
        "features that the article calls low serotonin",
        "from what was felt, seen and answered; no test shows a lack",
    ));
    not_assessed.extend(kept(knowledge, timeline, as_of));
    not_assessed.extend(care::too_few(&ground).into_iter().map(|what| {
        scoped(&capital(what), "it was written on too few days lately to speak of a habit; write some more")
    }));
    not_assessed.extend(incomplete(timeline));
    not_assessed.extend(not_modeled(knowledge, &synapse));
    let (risk, uncounted) = risk::of_exposure(knowledge, timeline, &exposure, &synapse, as_of);
    notices.extend(synapse::lost(&synapse, question.population));
    notices.extend(exposure.labs.iter().map(|lab| lab_notice(knowledge, lab)));
    let planned = timeline.entries.iter().filter(|entry| !entry.when.begun_by(as_of)).count();
    if planned > 0 {
        notices.push(Notice {
            weight: Weight::Info,
            place: None,
            says: match planned {
                1 => "one line lies after the moment this is judged for and was not used".to_owned(),
                many => format!("{many} lines lie after the moment this is judged for and were not used"),
            },
            help: Some(
                "use `--at` with a later time to judge it; only whether a medicine planned for the coming days must not meet \
                 another was looked at"
                    .to_owned(),
            ),
        });
    }
    Assessment {
        as_of,
        zone: timeline.zone(),
        knowledge: knowledge.base().version.clone(),
        balance,
        urgency,
        reasons,
        suicide_path,
        criteria,
        severity,
        remaining: exposure.remaining,
        enzymes: exposure.enzymes,
        synapse,
        risk,
        uncounted,
        findings,
        rivals,
        differential,
        course,
        advice,
        on_board,
        care,
        signs,
        help,
        assessed,
        not_assessed,
        notices,
    }
}

/// Which reports are judged together.
///
/// Signs of one episode are judged together, whatever was said later. Once a day has passed without a new one, what was
/// said to be over is over, and what was not is said to be so.
pub(crate) struct Scopes {
    pub(crate) strict: Scope,
    pub(crate) danger: Scope,
    /// First and last moment of the signs.
    pub(crate) span: (Timestamp, Timestamp),
    /// The first of them.
    from: Timestamp,
}

impl Scopes {
    /// The scopes of an episode, seen at a moment.
    pub(crate) fn of(episode: Option<(Timestamp, Timestamp)>, as_of: Timestamp) -> Self {
        let day_ago = as_of - SignedDuration::from_hours(24);
        let (from, last) = episode.unwrap_or((as_of, as_of));
        let to = as_of.min(last + SignedDuration::from_hours(24));
        let (strict, danger) = match last >= day_ago {
            true => (Scope::Episode(from.min(day_ago), to), Scope::Episode(from.min(day_ago), as_of)),
            false => (Scope::Past(from, to), Scope::Episode(day_ago, as_of)),
        };
        Self { strict, danger, span: (from, last), from }
    }
}

/// What the substances on board do together and alone, worst first.
pub(crate) fn combined(
    knowledge: &Knowledge,
    timeline: &Timeline,
    exposure: &Exposure,
    as_of: Timestamp,
) -> Vec<Finding> {
    let mut findings = combine::findings(knowledge, timeline, exposure, as_of);
    findings.extend(doses::findings(knowledge, timeline, exposure, as_of));
    findings.sort_by(|a, b| {
        (b.level, a.kind != "serotonin", &a.id).cmp(&(a.level, b.kind != "serotonin", &b.id))
    });
    findings
}

fn citations(evidence: &[crate::knowledge::schema::Evidence]) -> Vec<Citation> {
    evidence.iter().map(Citation::from).collect()
}

fn criteria(knowledge: &Knowledge, facts: &Facts<'_>) -> Vec<CriterionResult> {
    let judged = knowledge.base().criteria.iter().map(|criterion| {
        let given = judge(&criterion.given, facts);
        let parts: Vec<(&str, Judgment)> =
            criterion.rules.iter().map(|rule| (rule.label.as_str(), judge(&rule.when, facts))).collect();
        let any = parts.iter().map(|(_, part)| part.truth).max().unwrap_or(Truth::False);
        let verdict = any.min(given.truth);
        let counted = |part: &&(&str, Judgment)| part.1.truth == any && any != Truth::False;
        let mut result = CriterionResult {
            id: criterion.id.clone(),
            name: criterion.name.clone(),
            verdict,
            rules: Vec::new(),
            because: BTreeSet::new(),
            would_decide: BTreeSet::new(),
            proviso: criterion.proviso.clone(),
            limits: criterion.limits.clone(),
            citations: citations(&criterion.evidence),
            lines: BTreeSet::new(),
        };
        for (label, part) in parts.iter().filter(counted) {
            if part.truth == Truth::True {
                result.rules.push((*label).to_owned());
            }
            result.because.extend(part.atoms.iter().filter(|atom| !is_context(atom)).cloned());
            result.lines.extend(part.because.iter().cloned());
        }
        if verdict == Truth::Unknown {
            if any == Truth::Unknown {
                let open = parts.iter().filter(|(_, part)| part.truth == Truth::Unknown);
                result.would_decide.extend(open.flat_map(|(_, part)| part.would_decide.iter().cloned()));
            }
            result.would_decide.extend(given.would_decide);
        }
        result
    });
    let order = |id: &str| ["hunter", "sternbach", "radomski"].iter().position(|known| *known == id);
    let mut judged: Vec<CriterionResult> = judged.collect();
    judged.sort_by_key(|result| (order(&result.id).unwrap_or(usize::MAX), result.id.clone()));
    judged
}

/// Facts and exposures are circumstances, not signs.
fn is_context(atom: &str) -> bool {
    crate::criteria::FACTS.iter().any(|(fact, _)| *fact == atom)
        || crate::criteria::facts::ExposureAtom::read(atom).is_some()
}

fn criteria_truth(criteria: &[CriterionResult], id: &str) -> Truth {
    criteria.iter().find(|result| result.id == id).map_or(Truth::Unknown, |result| result.verdict)
}

fn derived_facts(criteria: &[CriterionResult]) -> Vec<(&'static str, Answer)> {
    let answer = |id: &str, wanted: Truth| {
        criteria.iter().find(|result| result.id == id).map_or_else(Answer::default, |result| Answer {
            truth: (result.verdict == wanted).into(),
            because: if result.verdict == wanted { result.lines.clone() } else { BTreeSet::new() },
        })
    };
    vec![
        ("hunter_met", answer("hunter", Truth::True)),
        ("hunter_indeterminate", answer("hunter", Truth::Unknown)),
        ("sternbach_met", answer("sternbach", Truth::True)),
        ("radomski_met", answer("radomski", Truth::True)),
    ]
}

fn severity(knowledge: &Knowledge, facts: &Facts<'_>) -> Option<Severity> {
    knowledge.base().severity.iter().find_map(|grade| {
        let judgment = judge(&grade.when, facts);
        (judgment.truth == Truth::True).then(|| Severity {
            id: grade.id.clone(),
            name: grade.name.clone(),
            lines: judgment.because,
            because: judgment.atoms.into_iter().filter(|atom| !is_context(atom)).collect(),
            citations: citations(&grade.evidence),
        })
    })
}

fn severity_facts(severity: Option<&Severity>) -> Vec<(&'static str, Answer)> {
    let holds = |grades: &[&str]| match severity {
        Some(severity) if grades.contains(&severity.id.as_str()) => {
            Answer { truth: Truth::True, because: severity.lines.clone() }
        }
        _ => Answer::plain(false),
    };
    vec![
        ("severity_severe", holds(&["life_threatening", "severe"])),
        ("severity_moderate", holds(&["life_threatening", "severe", "moderate"])),
    ]
}

/// Every flag that holds: as reported, else as words and unread numbers would mean, else as reported and not over.
fn flags(
    knowledge: &Knowledge,
    timeline: &Timeline,
    reports: &Reports<'_>,
    [strict, conditional, every, open]: &[Facts<'_>; 4],
    as_of: Timestamp,
) -> Vec<Reason> {
    let mut reasons = Vec::new();
    for flag in &knowledge.base().flags {
        let reported = judge_warily(&flag.when, strict);
        if reported.truth == Truth::True {
            reasons.extend(reason(knowledge, flag, reported, Standing::Reported, flag.urgency));
            continue;
        }
        // A note may speak of signs in passing, so its plain words count only for what cannot wait.
        let words =
            [conditional, every].into_iter().take(if flag.urgency >= Urgency::Urgent { 2 } else { 1 });
        let would = words
            .map(|view| (view, judge_warily(&flag.when, view)))
            .find(|(_, would)| would.truth == Truth::True);
        if let Some((view, would)) = would {
            let standing = match view.reading(&would) {
                Some(text) => {
                    let degrees = view.supposed_temperature(&would.because).map(|celsius| {
                        let temperature = Temperature::celsius(celsius);
                        let fahrenheit = libm::round(temperature.as_fahrenheit() * 10.0) / 10.0;
                        format!("{temperature} ({} °F)", number(fahrenheit))
                    });
                    let spoken = text.chars().any(|c| c.is_ascii_digit());
                    Standing::Would { text: text.to_owned(), reading: degrees.filter(|_| spoken) }
                }
                None => Standing::Reported,
            };
            reasons.extend(reason(knowledge, flag, would, standing, flag.urgency));
            continue;
        }
        if !flag.danger {
            continue;
        }
        let earlier = judge_warily(&flag.when, open);
        if earlier.truth == Truth::True
            && let Some(last) = reports.last_reported(&earlier.because)
        {
            let fresh = as_of.duration_since(last) <= DANGER_FRESH;
            let urgency = if fresh { flag.urgency } else { flag.urgency.min(Urgency::Prompt) };
            let flag = &Flag { advice: flag.advice.clone().filter(|_| fresh), ..flag.clone() };
            let date = last.to_zoned(timeline.zone()).date();
            reasons.extend(reason(knowledge, flag, earlier, Standing::NotOver(date), urgency));
        }
    }
    reasons
}

fn reason(
    knowledge: &Knowledge,
    flag: &Flag,
    judgment: Judgment,
    standing: Standing,
    urgency: Urgency,
) -> Option<Reason> {
    Some(Reason {
        id: flag.id.clone(),
        urgency,
        danger: flag.danger,
        claim: knowledge.claim(&flag.says, citations(&flag.evidence))?,
        advice: flag.advice.clone(),
        hold: flag.hold.clone(),
        because: judgment.because,
        standing,
    })
}

fn finding_reason(finding: &Finding, toxicity_sign: bool) -> Option<Reason> {
    let urgency = if toxicity_sign { finding.urgency.1.max(finding.urgency.0) } else { finding.urgency.0 };
    (urgency > Urgency::None).then(|| Reason {
        id: finding.id.clone(),
        urgency,
        danger: false,
        claim: finding.claim.clone(),
        advice: finding.advice.clone(),
        // Of a pair whose harm is a level of one of them, its own advice says which.
        hold: match finding.kind.as_str() {
            "serotonin" | "pressor" => finding.substances.clone(),
            _ => Vec::new(),
        },
        because: finding.because.clone(),
        standing: Standing::Reported,
    })
}

fn rivals(
    knowledge: &Knowledge,
    facts: &Facts<'_>,
    hunter: Truth,
    reasons: &mut Vec<Reason>,
) -> Vec<NamedRival> {
    let mut named = Vec::new();
    for rival in &knowledge.base().rivals {
        let judgment = judge_warily(&rival.when, facts);
        if judgment.truth != Truth::True {
            continue;
        }
        let holds = |judge: fn(&Rule, &Facts<'_>) -> Judgment| {
            let judged = rival.leads.as_ref().map(|leads| judge(leads, facts).truth);
            hunter != Truth::True && judged == Some(Truth::True)
        };
        let leads = holds(judge);
        if holds(judge_warily) && rival.urgency > Urgency::None {
            let says = match leads {
                true => format!("What was reported fits {} better than serotonin toxicity.", rival.name),
                false => {
                    format!("What was reported fits {}, as far as it is known what was taken.", rival.name)
                }
            };
            reasons.extend(knowledge.claim(says, citations(&rival.evidence)).map(|claim| Reason {
                id: format!("rival:{}", rival.id),
                urgency: rival.urgency,
                danger: false,
                claim,
                advice: rival.due.clone(),
                hold: rival.hold.clone(),
                because: judgment.because.clone(),
                standing: Standing::Reported,
            }));
        }
        named.push(NamedRival {
            id: rival.id.clone(),
            name: rival.name.clone(),
            leads,
            tell_apart: rival.tell_apart.clone(),
            due: rival.due.clone(),
            citations: citations(&rival.evidence),
        });
    }
    named.sort_by_key(|rival| !rival.leads);
    named
}

fn suicide(conditional: &Facts<'_>) -> bool {
    ["fact overdose_on_purpose", "fact suicide_item", "fact suicide_words", "suicidal_ideation"]
        .into_iter()
        .any(|atom| conditional.answer(atom).truth == Truth::True)
}

/// The same text with its first letter in upper case.
pub(crate) fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

fn on_board(knowledge: &Knowledge, exposure: &Exposure, as_of: Timestamp) -> Vec<OnBoard> {
    exposure
        .acting_at(as_of)
        .filter_map(|(one, _)| {
            let substance = knowledge.substance(&one.substance)?;
            let spell = one.spells.last()?;
            Some(OnBoard {
                substance: one.substance.clone(),
                name: substance.names.inn.clone(),
                class: substance.class.clone(),
                running: spell.running,
                since: spell.first,
                last: spell.last,
                serotonergic: exposure::serotonergic(knowledge, one),
                lines: spell.origins.clone(),
                notes: notes(knowledge, substance),
            })
        })
        .collect()
}

/// What is worth knowing of a substance while it is on board.
pub(crate) fn notes(knowledge: &Knowledge, substance: &Substance) -> Vec<Claim> {
    let claim = |note: &Statement| knowledge.claim(&note.says, citations(&note.evidence));
    substance.notes.iter().filter_map(claim).collect()
}

/// `a`, `a or b`, `a, b or c`.
pub(crate) fn list(items: &[String], word: &str) -> String {
    match items {
        [] => String::new(),
        [one] => one.clone(),
        [rest @ .., last] => format!("{} {word} {last}", rest.join(", ")),
    }
}

fn scope(knowledge: &Knowledge, exposure: &Exposure, on_board: &[OnBoard]) -> (Vec<Scoped>, Vec<Scoped>) {
    let mut assessed = vec![
        scoped("danger signs", "from what was reported, before anything else"),
        scoped("Hunter, Sternbach and Radomski criteria", "with what was not examined left open"),
    ];
    let names: Vec<String> = on_board.iter().map(|item| item.name.clone()).collect();
    assessed.extend(interactions(&names));
    (assessed, not_assessed(knowledge, exposure))
}

/// What the diary holds that no stage judges yet: shown, so that nobody takes it for judged.
fn kept(knowledge: &Knowledge, timeline: &Timeline, as_of: Timestamp) -> Option<Scoped> {
    let mut kinds: Vec<String> = Vec::new();
    let begun = timeline.entries.iter().filter(|entry| entry.when.begun_by(as_of));
    for entry in begun.filter(|entry| !care::judges(knowledge, &entry.event)) {
        let kind = match &entry.event {
            Event::Score(_) => "questionnaires",
            Event::Meal { .. } => "meals",
            Event::Session(_) => "therapy",
            Event::Factor(_) => "factors",
            Event::Lab(labs)
                if labs.iter().any(|lab| {
                    // A level of something that was taken narrows the simulation.
                    lab.name.id.is_none() && !crate::knowledge::laboratory::is_used(&lab.name.text)
                }) =>
            {
                "laboratory values other than sodium, glucose, CK and lithium"
            }
            _ => continue,
        };
        if !kinds.iter().any(|known| known == kind) {
            kinds.push(kind.to_owned());
        }
    }
    let text = format!("What the diary says of {}", list(&kinds, "and"));
    (!kinds.is_empty()).then(|| scoped(&text, "it is kept, and searched for danger, but not judged yet"))
}

/// What became of a measured level.
fn lab_notice(knowledge: &Knowledge, lab: &exposure::LabLevel) -> Notice {
    let name = knowledge.substance_name(&lab.moiety);
    let [measured, median, low, high] =
        [lab.measured, lab.simulated.median, lab.simulated.p5, lab.simulated.p95].map(two_digits);
    let simulated = format!("{median} ng/mL ({low} to {high}) was expected from the doses");
    match lab.is_explained() {
        true => Notice {
            weight: Weight::Info,
            place: None,
            says: format!("the measured level of {name}, {measured} ng/mL, narrows the simulation: {simulated}"),
            help: None,
        },
        false => Notice {
            weight: Weight::Warning,
            place: None,
            says: format!("the measured level of {name}, {measured} ng/mL, is not explained by what was written: {simulated}"),
            help: Some(
                "check the unit, the hour of the sample, doses taken or missed, other medicines and genes; a level far too \
                 high can mean an overdose"
                    .to_owned(),
            ),
        },
    }
}

/// What acts on serotonin and is missing from the modeled synapse.
pub(crate) fn not_modeled(knowledge: &Knowledge, modeled: &Synapse) -> Vec<Scoped> {
    synapse::missing(knowledge, modeled).iter().map(|(what, why)| scoped(&capital(what), why)).collect()
}

/// A health record does not hold everything: what it leaves out was not judged.
fn incomplete(timeline: &Timeline) -> Option<Scoped> {
    let reason = "over-the-counter medicines, plants, drugs and what another clinic prescribed may be missing from it; ask";
    (!timeline.complete).then(|| scoped("Medicines that the record does not hold", reason))
}

/// What a check assessed and what it did not.
pub(crate) fn check_scope(
    knowledge: &Knowledge,
    exposure: &Exposure,
    substances: &[crate::check::Asked],
) -> (Vec<Scoped>, Vec<Scoped>) {
    let names: Vec<String> = substances.iter().map(|item| item.name.clone()).collect();
    (interactions(&names).into_iter().collect(), not_assessed(knowledge, exposure))
}

fn scoped(text: &str, reason: &str) -> Scoped {
    Scoped { text: text.to_owned(), reason: reason.to_owned() }
}

fn interactions(names: &[String]) -> Option<Scoped> {
    (!names.is_empty()).then(|| scoped("serotonin interactions", &format!("between {}", list(names, "and"))))
}

fn not_assessed(knowledge: &Knowledge, exposure: &Exposure) -> Vec<Scoped> {
    let mut items: Vec<Scoped> = Vec::new();
    let mut seen = BTreeSet::new();
    for item in &exposure.unrecognized {
        if seen.insert(crate::knowledge::key(&item.name.text)) {
            let reason = match item.unread {
                true => "its line could not be read; it may matter",
                false => "this name was not recognized; it may matter",
            };
            items.push(scoped(&item.name.text, reason));
        }
    }
    items.extend(knowledge.base().out_of_scope.iter().map(|item| scoped(&item.text, &item.reason)));
    items
}
