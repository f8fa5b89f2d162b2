//! When may the next one begin, and how does one come off?
//!
//! A plan is two answers laid over each other. `rules` says how long labels and guidelines wait; the strictest counts and
//! all are shown. `model` says when the modeled synapse of such a person has calmed down. The later of the two holds, and
//! where the model is the later one, why is named: an inherited enzyme, age, dose, another medicine, a slow metabolite,
//! an enzyme that has to be made again. `taper` finds the steps down that can be bought.
//!
//! ```text
//!   rules ──┐
//!           ├─▶ the later day ─▶ steps ─▶ each judged by `assess` ─▶ plan, a later plan, or none with the words why
//!   model ──┘                     ▲
//!   taper ────────────────────────┘
//! ```
//!
//! No step may make serotonin or blood pressure more urgent or worse than it is now; a change for which a guideline lets two
//! medicines overlap may reach "moderate, know the signs", and says so. What is contraindicated is never begun. An MAO inhibitor never overlaps. No plan calls anything free of risk, and
//! every one ends with: agree it with the prescriber.

mod model;
mod rules;
mod steps;
mod taper;
mod words;

pub use model::{Modeled, Point};
pub use rules::{Rules, Wait, inhibits_mao, rules};
pub use steps::{Step, StepCheck};
pub use taper::{Rung, Taper};

use crate::{
    assess::{self, Finding, Question, Scoped, capital, list},
    check::{self, TooMuch},
    exposure::{intake, kinetics::slowest_half_life, later},
    knowledge::{
        Citation, Claim, Knowledge,
        schema::{HelpLine, Level, Substance, SwitchKind, Urgency},
        words::{level_word, urgency_word},
    },
    population::Population,
    timeline::{
        Dose, DoseLine, Entry, Event, Notice, Origin, Person, Quantity, Schedule, Timeline, Weight, When,
        diary,
    },
    units::{Mass, TimeSpan},
};
use jiff::{SignedDuration, Timestamp, ToSpan, civil, tz::TimeZone};
use model::Change;
use std::collections::BTreeMap;

/// What is asked: each text is `NAME` or `NAME:DOSE`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ask {
    /// From one medicine to another.
    Switch {
        /// What is taken.
        from: String,
        /// What is to follow.
        to: String,
    },
    /// Off one medicine.
    Stop {
        /// What is taken.
        from: String,
    },
}

/// The answer.
#[derive(Debug, Clone)]
pub struct Plan {
    /// Version of the knowledge.
    pub knowledge: String,
    /// The moment it is made for.
    pub as_of: Timestamp,
    /// The zone of its dates.
    pub zone: TimeZone,
    /// Whether steps have dates: only where a diary or a moment was given.
    pub dated: bool,
    /// What is taken now.
    pub from: Side,
    /// What is to follow; `None` when it only stops.
    pub to: Option<Side>,
    /// How; `None` when there is no plan.
    pub kind: Option<Kind>,
    /// Least whole days from the last dose of the one to the first of the other.
    pub min_days: Option<u32>,
    /// The strictest published wait, days; `None` where none is known.
    pub rule_days: Option<f64>,
    /// Every published wait, strictest first.
    pub rules: Vec<Wait>,
    /// How it is done, as published.
    pub how: Option<Claim>,
    /// What the model says.
    pub modeled: Option<Modeled>,
    /// Why it is longer than the strictest rule, or how the number came about.
    pub reason: Option<String>,
    /// What to do on which day.
    pub steps: Vec<Step>,
    /// What to know on the way.
    pub watch: Vec<Told>,
    /// What stopping frees.
    pub frees: Vec<Claim>,
    /// Sources of the strengths that steps are made of.
    pub strengths: Vec<Citation>,
    /// What is to be said of those strengths.
    pub strength_notes: Vec<String>,
    /// Urgency and worst level now.
    pub now: (Urgency, Level),
    /// Set when there is no plan, and why.
    pub refused: Option<Refused>,
    /// Set when a dose is far above the highest recommended: nothing else is answered.
    pub too_much: Option<TooMuch>,
    /// Something in the diary points to suicide: whom to call stands first, and no amount is named.
    pub suicide_path: bool,
    /// Whom to call.
    pub help: HelpLine,
    /// The sentence that every plan ends with.
    pub agree: Option<Told>,
    /// What was not assessed.
    pub not_assessed: Vec<Scoped>,
    /// What was not understood.
    pub notices: Vec<Notice>,
}

impl Plan {
    /// The lines that carry it out, for a diary: one for each change, dated to the day where the hour is the usual one.
    ///
    /// Empty where there is no plan, or none with dates.
    #[must_use]
    pub fn lines(&self) -> Vec<String> {
        if !self.dated || self.refused.is_some() {
            return Vec::new();
        }
        let entries = self.steps.iter().flat_map(|step| &step.entries);
        let dated = entries.map(|entry| {
            let at = entry.when.start.to_zoned(self.zone.clone());
            let day = |date: civil::Date| date.to_zoned(self.zone.clone()).map(|zoned| zoned.timestamp());
            // A stop holds from midnight on, and what is taken once a day is taken at eight.
            let usual = [(0, 0), (8, 0)].contains(&(at.hour(), at.minute()));
            let when = match (usual, day(at.date()), at.date().tomorrow().and_then(day)) {
                (true, Ok(start), Ok(end)) => {
                    When { start, end: Some(end), precision: crate::timeline::Precision::Day }
                }
                _ => entry.when,
            };
            let note = Some("planned; agree it with the prescriber first".to_owned());
            diary::line(&Entry { when, note, ..entry.clone() }, &self.zone)
        });
        dated.collect()
    }
}

/// One of the two medicines.
#[derive(Debug, Clone, PartialEq)]
pub struct Side {
    /// Id.
    pub id: String,
    /// Name.
    pub name: String,
    /// Class in words.
    pub class: String,
    /// Milligrams a day, where known.
    pub daily_mg: Option<f64>,
    /// Where the dose comes from: `written`, or `usual`.
    pub usual: bool,
}

/// How a plan is carried out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Days without either.
    Washout,
    /// The next day.
    Direct,
    /// One falls while the other rises.
    CrossTaper,
    /// Down in steps.
    Taper,
    /// No steps: it may end as it is.
    Stop,
}

/// A sentence in both voices with its sources.
#[derive(Debug, Clone, PartialEq)]
pub struct Told {
    /// Its id in `stopping.toml`.
    pub id: String,
    /// To the person.
    pub person: String,
    /// To a clinician.
    pub clinician: String,
    /// Sources.
    pub citations: Vec<Citation>,
}

/// Doses at a time that can be made up of what is sold, from none to a highest one (milligrams, ascending).
///
/// Whole pieces of the form that `line` is taken in, halves where the label allows them, marks of a liquid; where no source
/// lists strengths, so many of the pieces that `line` names. The highest recommended dose is shared out over the doses of
/// a day, and nothing above it is listed. Empty where no maximum, or no dose in milligrams, is known.
#[must_use]
pub fn doses(substance: &Substance, line: &DoseLine, weight: Option<Mass>) -> Vec<f64> {
    let Dose::Known(amount) = line.dose else { return Vec::new() };
    let (Some(most), Some(one), Quantity::Mass(piece)) = (
        crate::knowledge::maximum(substance, line.route.word()),
        amount.mass(weight, line.over),
        amount.each,
    ) else {
        return Vec::new();
    };
    let times = match &line.schedule {
        Some(Schedule::TimesADay(times)) => f64::from((*times).max(1)),
        Some(Schedule::Nightly) => 1.0,
        Some(Schedule::At(times)) => times.len().max(1) as f64,
        Some(Schedule::Every(span)) if span.as_hours() >= 1.0 => (24.0 / span.as_hours()).max(1.0),
        _ => return Vec::new(),
    };
    taper::up_to(substance, line.form, most.as_mg() / times, (piece.as_mg(), one.as_mg()))
}

/// What to know before a medicine is left off: what may come, when, and what it is told apart from.
#[must_use]
pub fn on_stopping(knowledge: &Knowledge, substance: &Substance) -> Vec<Told> {
    words::watch(knowledge, substance, words::Way { stops: true, ..words::Way::default() })
}

/// Why there is no plan.
#[derive(Debug, Clone, PartialEq)]
pub struct Refused {
    /// In words.
    pub says: String,
    /// What stands against it.
    pub findings: Vec<Finding>,
}

/// Statements that a plan asks `stopping.toml` for.
pub(crate) const STATEMENTS: &[&str] = &[
    "agree",
    "fluoxetine_self",
    "gap_harm",
    "gap_not_zero",
    "incidence",
    "incidence_opposite",
    "maoi_stop",
    "more_likely",
    "no_alternate_days",
    "no_crushing",
    "occupancy",
    "occupancy_limits",
    "onset",
    "pace",
    "proportion",
    "relapse",
    "start_watch",
    "toxicity",
];

/// Without a diary the old medicine has run this long: long enough for the slowest metabolite to level off.
const RUN_IN: SignedDuration = SignedDuration::from_hours(120 * 24);
/// A plan that no day within this makes possible is refused.
const LATEST: u32 = 150;

/// A wrong question, in words.
fn wrong(says: String, help: &str) -> Vec<Notice> {
    vec![Notice { weight: Weight::Error, place: None, says, help: Some(help.to_owned()) }]
}

/// Makes a plan. With a diary the person's own doses, dates, genes and other medicines count; without one usual doses.
///
/// `dated` gives the steps dates also without a diary.
///
/// # Errors
/// Notices when a name is not known, the two are the same, a dose does not read, or what is to be stopped is not taken.
pub fn plan(
    ask: &Ask,
    with: Option<&Timeline>,
    knowledge: &Knowledge,
    question: &Question,
    dated: bool,
) -> Result<Plan, Vec<Notice>> {
    let person = with.map_or_else(Person::default, |timeline| timeline.person.clone());
    let (from_text, to_text) = match ask {
        Ask::Switch { from, to } => (from, Some(to)),
        Ask::Stop { from } => (from, None),
    };
    let from = find(knowledge, from_text)?;
    let to = to_text.map(|text| find(knowledge, text)).transpose()?;
    if to.is_some_and(|to| to.id == from.id) {
        let says = format!("{} and {} are the same medicine", from_text, to_text.map_or("", String::as_str));
        return Err(wrong(says, "name the one that is taken and the one that is to follow"));
    }
    let mut lines = Vec::new();
    for text in std::iter::once(from_text).chain(to_text) {
        match line(knowledge, text, person.weight) {
            Ok(read) => lines.push(read),
            Err(Refusal::TooMuch(too_much)) => {
                return Ok(Plan {
                    too_much: Some(too_much),
                    ..empty(knowledge, question, &person, from, to)
                });
            }
            Err(Refusal::Unread(notices)) => return Err(notices),
        }
    }
    let to_line = (lines.len() > 1).then(|| lines.remove(1).0);
    let (asked_line, asked_dose) = lines.remove(0);
    let base = Plan { dated, ..empty(knowledge, question, &person, from, to) };
    if to.is_none() && !steps::is_antidepressant(from) {
        return Err(wrong(
            format!("{} is not an antidepressant, and coming off it is not planned here", from.names.inn),
            from.keep.as_deref().unwrap_or("ask the prescriber or a pharmacist"),
        ));
    }
    let ground = match with {
        Some(timeline) => {
            Ground::of_diary(knowledge, timeline, from, asked_dose.then_some(&asked_line), question)?
        }
        None => Ground::usual(knowledge, &person, from, asked_line, question),
    };
    let assessment =
        assess::judged(&ground.timeline, knowledge, &Question { population: NOBODY, ..*question });
    let now = (assessment.urgency, worst(&assessment.findings));
    let levels = by_kind(&assessment.findings);
    let plan = Plan {
        now,
        suicide_path: assessment.suicide_path,
        from: ground.side(from),
        notices: ground.notices.clone(),
        ..base
    };
    if assessment.suicide_path {
        return Ok(plan);
    }
    if with.is_some() && assessment.urgency >= Urgency::Urgent {
        let says = "First what `raphe assess` says of this diary: it is urgent. A change is planned when that is over.";
        let findings =
            assessment.findings.into_iter().filter(|finding| finding.level >= Level::Major).collect();
        return Ok(Plan { refused: Some(Refused { says: says.to_owned(), findings }), ..plan });
    }
    let ground = Ground { levels, ..ground.with_last_dose(knowledge, &from.id) };
    Ok(match (to, to_line) {
        (Some(to), Some(line)) => switch(knowledge, question, &ground, plan, from, to, line),
        _ => stop(knowledge, question, &ground, plan, from),
    })
}

/// The typical person, for everything that is judged and not modeled.
const NOBODY: Population = Population { seed: 1, people: 0 };

/// The worst level of what is found.
fn worst(findings: &[Finding]) -> Level {
    findings.iter().map(|finding| finding.level).max().unwrap_or(Level::NoneKnown)
}

/// The worst level of each kind of harm.
fn by_kind(findings: &[Finding]) -> BTreeMap<String, Level> {
    let mut levels: BTreeMap<String, Level> = BTreeMap::new();
    for finding in findings {
        let level = levels.entry(finding.kind.clone()).or_insert(Level::NoneKnown);
        *level = finding.level.max(*level);
    }
    levels
}

fn find<'k>(knowledge: &'k Knowledge, text: &str) -> Result<&'k Substance, Vec<Notice>> {
    let (name, _) = check::split(text);
    knowledge.find_substance(name).ok_or_else(|| {
        let help = match knowledge.suggest_substance(name).as_slice() {
            [] => "write the generic name; nothing is planned for what is not known".to_owned(),
            some => format!("did you mean {}? Nothing is planned for what is not known", some.join(" or ")),
        };
        wrong(format!("`{name}` was not recognized as a medicine or substance"), &help)
    })
}

/// Why a line is not used.
enum Refusal {
    TooMuch(TooMuch),
    Unread(Vec<Notice>),
}

/// `NAME[:DOSE[:HOW]]` as a line, and whether the dose was written; else the usual dose.
fn line(knowledge: &Knowledge, text: &str, weight: Option<Mass>) -> Result<(DoseLine, bool), Refusal> {
    let (name, how) = check::split(text);
    let typical = knowledge
        .find_substance(name)
        .and_then(|substance| {
            substance.doses.iter().find(|dose| dose.per == "day").or(substance.doses.first())
        })
        .map(|dose| dose.typical.clone());
    let written = how.is_some();
    // A comma that can be read two ways is refused, but its larger reading counts for the danger.
    if let Some(words) = how.as_deref().filter(|words| words.contains(','))
        && let Ok(larger) = diary::read_dose_line(&format!("{name} {}", words.replace(',', "")))
        && let Some(too_much) = check::far_too_much(knowledge, &check::named(larger, name), weight)
    {
        return Err(Refusal::TooMuch(too_much));
    }
    let mut line = match how.or(typical) {
        None => check::usual(name),
        Some(words) => diary::read_dose_line(&format!("{name} {words}")).map_err(|mut notice| {
            notice.says = format!("in `{text}`: {}", notice.says);
            Refusal::Unread(vec![notice])
        })?,
    };
    line = check::named(line, name);
    if let Some(too_much) = check::far_too_much(knowledge, &line, weight) {
        return Err(Refusal::TooMuch(too_much));
    }
    if let Dose::Unread { text: dose, .. } = &line.dose {
        let says = format!("in `{text}`: `{dose}` is not a dose");
        return Err(Refusal::Unread(wrong(
            says,
            "write a number and a unit, for example `sertraline:50 mg`",
        )));
    }
    line.name.id = knowledge.find_substance(name).map(|substance| substance.id.clone());
    line.schedule = line.schedule.or(Some(Schedule::TimesADay(1)));
    Ok((line, written))
}

/// Where a plan begins: the timeline up to now, and what is taken of the old medicine.
struct Ground {
    /// Resolved, up to now.
    timeline: Timeline,
    /// The old medicine as it is taken now, or was last.
    line: DoseLine,
    /// Milligrams a day.
    daily_mg: Option<f64>,
    usual: bool,
    /// The day of the last dose: the first on which it can be, or the one on which it was.
    last_day: civil::Date,
    /// Its hour.
    last_dose: Timestamp,
    /// It is taken no more.
    ended: bool,
    zone: TimeZone,
    /// Ids of what goes on beside it.
    going_on: Vec<String>,
    notices: Vec<Notice>,
    with_diary: bool,
    /// Worst level of each kind of harm now.
    levels: BTreeMap<String, Level>,
}

impl Ground {
    fn side(&self, from: &Substance) -> Side {
        Side { daily_mg: self.daily_mg, usual: self.usual, ..side(from) }
    }

    fn usual(
        knowledge: &Knowledge,
        person: &Person,
        from: &Substance,
        line: DoseLine,
        question: &Question,
    ) -> Self {
        let as_of = question.as_of;
        let begun = as_of.saturating_sub(RUN_IN).unwrap_or(Timestamp::MIN);
        let entry = Entry {
            when: When::at(begun),
            event: Event::Start(line.clone()),
            origin: Origin::Asked(1),
            note: None,
        };
        let (timeline, _) = knowledge.resolve(&Timeline::new(person.clone(), vec![entry]));
        let zone = timeline.zone();
        let daily_mg = line.mass_a_day(person.weight).map(Mass::as_mg);
        Self {
            daily_mg,
            usual: !from.doses.iter().all(|dose| dose.typical.is_empty()),
            last_day: as_of.to_zoned(zone.clone()).date(),
            last_dose: as_of,
            ended: false,
            zone,
            going_on: Vec::new(),
            notices: Vec::new(),
            with_diary: false,
            levels: BTreeMap::new(),
            timeline,
            line,
        }
    }

    fn of_diary(
        knowledge: &Knowledge,
        diary: &Timeline,
        from: &Substance,
        asked: Option<&DoseLine>,
        question: &Question,
    ) -> Result<Self, Vec<Notice>> {
        let as_of = question.as_of;
        let begun = diary.entries.iter().filter(|entry| entry.when.begun_by(as_of)).cloned().collect();
        let (timeline, mut notices) = knowledge.resolve(&diary.holding(begun));
        let zone = timeline.zone();
        let (uses, _) = intake::uses(&timeline, knowledge, as_of);
        let not_taken = || {
            wrong(
                format!("{} is not among what the diary says is taken", from.names.inn),
                "add its line to the diary, or plan without `--with`",
            )
        };
        let one = uses.iter().find(|one| one.substance == from.id).ok_or_else(not_taken)?;
        let spell = one.spells.last().ok_or_else(not_taken)?;
        let last_line = timeline.entries.iter().rev().find_map(|entry| match &entry.event {
            Event::Start(line) | Event::Change(line) | Event::Take(line)
                if line.name.id.as_deref() == Some(from.id.as_str()) =>
            {
                Some(line.clone())
            }
            _ => None,
        });
        let mut line = last_line.ok_or_else(not_taken)?;
        if asked.is_some() {
            notices.push(Notice {
                weight: Weight::Info,
                place: None,
                says: format!("the dose of {} is the one in the diary", from.names.inn),
                help: None,
            });
        }
        let mut usual = false;
        if line.mass_a_day(timeline.person.weight).is_none()
            && let Ok((typical, _)) = self::line(knowledge, &from.names.inn, timeline.person.weight)
        {
            usual = true;
            line = DoseLine { form: line.form.or(typical.form), ..typical };
            notices.push(Notice {
                weight: Weight::Warning,
                place: None,
                says: format!(
                    "the diary does not tell the dose of {}: a usual one was taken for the steps",
                    from.names.inn
                ),
                help: Some("write the dose to have the steps from there".to_owned()),
            });
        }
        let date = |at: Timestamp| at.to_zoned(zone.clone()).date();
        let going_on = uses.iter().filter(|other| other.substance != from.id);
        let going_on = going_on.filter(|other| other.spells.last().is_some_and(|spell| spell.running));
        Ok(Self {
            daily_mg: line.mass_a_day(timeline.person.weight).map(Mass::as_mg),
            usual,
            last_day: if spell.running { date(as_of) } else { date(spell.last) },
            last_dose: spell.last,
            ended: !spell.running,
            going_on: going_on.map(|other| other.substance.clone()).collect(),
            with_diary: true,
            levels: BTreeMap::new(),
            timeline,
            line,
            zone,
            notices,
        })
    }

    /// The hour of the last dose of day 0, of what is still taken.
    fn with_last_dose(self, knowledge: &Knowledge, from: &str) -> Self {
        let (uses, _) = intake::uses(&self.ended(), knowledge, self.at(1, 0));
        let spell = uses.iter().find(|one| one.substance == from).and_then(|one| one.spells.last());
        let last_dose = spell.map_or(self.last_dose, |spell| spell.last);
        Self { last_dose, ..self }
    }

    /// A moment of a day, the hour of the morning dose by default.
    fn at(&self, day: i64, hour: i8) -> Timestamp {
        let date = self.last_day.checked_add(day.days()).unwrap_or(civil::Date::MAX);
        date.at(hour, 0, 0, 0).to_zoned(self.zone.clone()).map_or(Timestamp::MAX, |zoned| zoned.timestamp())
    }

    fn date(&self, day: i64) -> civil::Date {
        self.last_day.checked_add(day.days()).unwrap_or(civil::Date::MAX)
    }

    /// When the new one begins, so many whole days after the last dose of the old one.
    fn begin(&self, day: u32) -> Timestamp {
        later(self.last_dose, TimeSpan::days(f64::from(day)))
    }

    /// The timeline with the old medicine ended after the last dose of day 0.
    fn ended(&self) -> Timeline {
        if self.ended {
            return self.timeline.clone();
        }
        let event = Event::Stop(self.line.name.clone());
        let entry = Entry { when: When::at(self.at(1, 0)), event, origin: Origin::Asked(2), note: None };
        self.timeline.with([entry])
    }
}

fn side(substance: &Substance) -> Side {
    Side {
        id: substance.id.clone(),
        name: substance.names.inn.clone(),
        class: substance.class.clone(),
        daily_mg: None,
        usual: true,
    }
}

fn empty(
    knowledge: &Knowledge,
    question: &Question,
    person: &Person,
    from: &Substance,
    to: Option<&Substance>,
) -> Plan {
    Plan {
        knowledge: knowledge.base().version.clone(),
        as_of: question.as_of,
        zone: person.zone.clone().unwrap_or(TimeZone::UTC),
        dated: false,
        from: side(from),
        to: to.map(side),
        kind: None,
        min_days: None,
        rule_days: None,
        rules: Vec::new(),
        how: None,
        modeled: None,
        reason: None,
        steps: Vec::new(),
        watch: Vec::new(),
        frees: Vec::new(),
        strengths: Vec::new(),
        strength_notes: Vec::new(),
        now: (Urgency::None, Level::NoneKnown),
        refused: None,
        too_much: None,
        suicide_path: false,
        help: assess::help_line(knowledge, person.country.as_deref()),
        agree: words::told(knowledge, "agree", &[]),
        not_assessed: Vec::new(),
        notices: Vec::new(),
    }
}

/// From one to another.
fn switch(
    knowledge: &Knowledge,
    question: &Question,
    ground: &Ground,
    mut plan: Plan,
    from: &Substance,
    to: &Substance,
    line: DoseLine,
) -> Plan {
    plan.to =
        Some(Side { daily_mg: line.mass_a_day(ground.timeline.person.weight).map(Mass::as_mg), ..side(to) });
    let known = rules(knowledge, from, to);
    let mao = inhibits_mao(knowledge, from) || inhibits_mao(knowledge, to);
    let published = known.as_ref().map_or(SwitchKind::Washout, |known| known.kind);
    let timeline = ground.ended();
    let change = Change {
        knowledge,
        timeline: &timeline,
        from: &from.id,
        line: &line,
        first: ground.begin(0),
        overlaps: !mao && published != SwitchKind::Washout,
    };
    let modeled = change.model(question.population);
    let model_days = modeled.days.map_or(0.0, |days| libm::ceil(days.median - 1e-6));
    let rule_days = known.as_ref().map(Rules::days);
    plan.rule_days = rule_days;
    let ruled = libm::ceil(rule_days.unwrap_or(0.0) - 1e-6);
    let wanted = ruled.max(model_days) as u32;
    // A guideline may let them overlap only where the model sees no more than the stronger of the two.
    let kind = match published {
        SwitchKind::CrossTaper if wanted == 0 && !mao && !ground.ended => Kind::CrossTaper,
        _ if wanted <= 1 && !mao && published != SwitchKind::Washout => Kind::Direct,
        _ => Kind::Washout,
    };
    if known.is_none() && modeled.days.is_none() {
        plan.notices.push(Notice {
            weight: Weight::Warning,
            place: None,
            says: format!("no published wait between {} and {} is known here", from.names.inn, to.names.inn),
            help: Some(
                "that no rule is known does not mean that none is needed; ask a pharmacist".to_owned(),
            ),
        });
    }
    let overlaps = !mao && known.is_some();
    let limit = steps::Limit { urgency: plan.now.0, levels: ground.levels.clone(), overlaps };
    let least = if kind == Kind::Direct { wanted.max(1) } else { wanted };
    // What ended earlier has waited already; nothing is begun before today.
    let today = question.as_of.to_zoned(ground.zone.clone()).date();
    let passed = ground.last_day.until(today).map_or(0, |span| span.get_days().max(0) as u32);
    let from_day = least.max(passed);
    let mut reasons: Vec<String> = Vec::new();
    if model_days > ruled {
        let why = because(knowledge, question, ground, &change, from, model_days);
        reasons.push(format!(
            "The model gives {} days where the strictest rule gives {}: {}.",
            model_days,
            rule_days.map_or("none".to_owned(), taper::number),
            list(&why, "and")
        ));
    }
    let begin = match kind {
        Kind::CrossTaper => Ok(0),
        _ => steps::first_allowed(knowledge, question, ground, &timeline, &line, &to.id, from_day, &limit),
    };
    let day = match begin {
        Ok(day) => day,
        Err(findings) => {
            let others: Vec<String> = findings
                .iter()
                .flat_map(|finding| finding.substances.iter())
                .filter(|id| **id != to.id)
                .map(|id| knowledge.substance_name(id).to_owned())
                .collect::<std::collections::BTreeSet<String>>()
                .into_iter()
                .collect();
            let says = format!(
                "{} cannot follow here: with {} it would be worse than it is now, on every day that was tried.",
                capital(&to.names.inn),
                if others.is_empty() { "what else is taken".to_owned() } else { list(&others, "and") }
            );
            plan.refused = Some(Refused { says, findings });
            plan.rules = known.map_or_else(Vec::new, |known| known.waits);
            return plan;
        }
    };
    if day > from_day {
        reasons.push(format!(
            "Begun on day {from_day}, the judgment would be worse than now while {} still counts; so it is moved to day {day}.",
            from.names.inn
        ));
    }
    let gap = kind == Kind::Washout;
    plan.min_days = Some(match kind {
        Kind::CrossTaper => 0,
        _ if day == from_day => least,
        _ => day,
    });
    if reasons.is_empty() {
        reasons.extend(match (rule_days, kind) {
            (_, Kind::CrossTaper) => None,
            (Some(days), _) if f64::from(least) <= days => {
                Some("The strictest published rule decides.".to_owned())
            }
            _ => None,
        });
    }
    plan.kind = Some(kind);
    plan.reason = (!reasons.is_empty()).then(|| reasons.join(" "));
    plan.how = known.as_ref().and_then(|known| known.how.clone());
    plan.rules = known.map_or_else(Vec::new, |known| known.waits);
    plan.modeled = Some(modeled);
    let way = steps::is_antidepressant(from).then(|| {
        let mg = ground.daily_mg.unwrap_or(0.0);
        taper::taper(knowledge, from, &ground.line, mg)
    });
    plan.steps = steps::switch(knowledge, question, ground, kind, from, to, &line, day, way.as_ref());
    if kind == Kind::CrossTaper {
        let pieces = from.strengths.iter().filter(|one| one.form != "liquid");
        plan.strengths = pieces.flat_map(|one| &one.evidence).map(Citation::from).collect();
    }
    refuse_worse(&mut plan, &limit);
    let takes_over = to.mechanisms.iter().any(|action| knowledge.within(&action.class, "sri"));
    let said = words::Way { gap: gap && day > 1, starts: true, takes_over, ..words::Way::default() };
    plan.watch = words::watch(knowledge, from, said);
    plan.frees = words::frees(knowledge, &plan.from, &ground.going_on);
    plan
}

/// Takes a plan back one of whose steps would make it worse than now.
fn refuse_worse(plan: &mut Plan, limit: &steps::Limit) {
    let begun = plan.to.as_ref().map(|to| to.id.as_str());
    let mut checks = plan.steps.iter().filter_map(|step| step.check.as_ref());
    if let Some(worse) = checks.find(|check| !limit.allows(check, begun)) {
        let says = format!(
            "There is no plan: on one of its steps the judgment would be {} and {}, worse than it is now.",
            urgency_word(worse.urgency).to_lowercase(),
            level_word(worse.level)
        );
        let findings = limit.above(worse, begun);
        plan.refused = Some(Refused { says, findings });
        plan.steps.clear();
        plan.kind = None;
        plan.min_days = None;
    }
}

/// Why the model is the longer of the two: what of this person makes it so, else what of the medicine.
fn because(
    knowledge: &Knowledge,
    question: &Question,
    ground: &Ground,
    change: &Change<'_>,
    from: &Substance,
    days: f64,
) -> Vec<String> {
    let typical = Population { people: 0, ..question.population };
    let first_day = |timeline: &Timeline| {
        let modeled = Change { timeline, ..*change }.model(typical);
        modeled.days.map_or(0.0, |days| days.median)
    };
    let mut why = Vec::new();
    if ground.with_diary {
        let base = first_day(change.timeline);
        let person = &change.timeline.person;
        let with = |change_person: &dyn Fn(&mut Person)| {
            let mut other = change.timeline.clone();
            change_person(&mut other.person);
            first_day(&other)
        };
        // A factor counts when the day without it comes at least a day, and a tenth, sooner.
        let counts = |without: f64| base - without >= (0.1 * base).max(1.0);
        if !person.genes.is_empty() && counts(with(&|person| person.genes.clear())) {
            let genes: Vec<String> =
                person.genes.iter().map(|(gene, kind)| format!("{gene} {kind}")).collect();
            why.push(format!("this person's genes ({}) remove {} slowly", genes.join(", "), from.names.inn));
        }
        if person.born.is_some() && counts(with(&|person| person.born = None)) {
            why.push("at this age it is removed more slowly".to_owned());
        }
        if (person.liver_impaired || person.egfr.is_some())
            && counts(with(&|person| {
                person.liver_impaired = false;
                person.egfr = None;
            }))
        {
            why.push("the liver or the kidneys remove it more slowly".to_owned());
        }
        let alone: Vec<Entry> = change
            .timeline
            .entries
            .iter()
            .filter(|entry| match &entry.event {
                Event::Start(line) | Event::Change(line) | Event::Take(line) => {
                    line.name.id.as_deref() == Some(from.id.as_str())
                }
                _ => true,
            })
            .cloned()
            .collect();
        if !ground.going_on.is_empty() && counts(first_day(&change.timeline.holding(alone))) {
            why.push(
                "other medicines that are taken slow its removal or act on serotonin as well".to_owned(),
            );
        }
        let lower = usual_dose(knowledge, change.timeline, from);
        if let (Some(mg), Some(lower)) = (ground.daily_mg, lower)
            && counts(first_day(&lower))
        {
            why.push(format!("the dose, {} mg a day, is above the usual one", taper::number(mg)));
        }
    }
    let enzyme = crate::exposure::irreversible_target(from);
    let metabolite = slowest_half_life(knowledge, from, ground.line.route, ground.line.form);
    if let Some(enzyme) = enzyme {
        why.push(format!("{} destroys {enzyme}, which is made again only over weeks", from.names.inn));
    } else if let Some(slow) = metabolite.filter(|slow| slow.moiety != from.id) {
        let (name, half) = (knowledge.substance_name(&slow.moiety).to_owned(), slow.median / 24.0);
        why.push(format!(
            "what the body makes of it, {name}, stays (half-life about {} days)",
            taper::number(libm::round(half * 10.0) / 10.0)
        ));
    }
    if why.is_empty() {
        why.push(format!("what is left of {} still adds to the new one until day {}", from.names.inn, days));
    }
    why
}

/// The same timeline with the old medicine at its usual dose, where that is a lower one.
fn usual_dose(knowledge: &Knowledge, timeline: &Timeline, from: &Substance) -> Option<Timeline> {
    let (typical, _) = line(knowledge, &from.names.inn, timeline.person.weight).ok()?;
    let usual = typical.mass_a_day(timeline.person.weight)?;
    let entries = timeline.entries.iter().cloned().map(|mut entry| {
        if let Event::Start(own) | Event::Change(own) = &mut entry.event
            && own.name.id.as_deref() == Some(from.id.as_str())
            && own.mass_a_day(timeline.person.weight).is_some_and(|mg| mg > usual)
        {
            (own.dose, own.schedule) = (typical.dose.clone(), typical.schedule.clone());
        }
        entry
    });
    let entries: Vec<Entry> = entries.collect();
    (entries != timeline.entries).then(|| timeline.holding(entries))
}

/// Off one medicine.
fn stop(
    knowledge: &Knowledge,
    question: &Question,
    ground: &Ground,
    mut plan: Plan,
    from: &Substance,
) -> Plan {
    if ground.ended {
        plan.refused = Some(Refused {
            says: format!(
                "{} was last taken on {}: there is nothing left to come down from.",
                capital(&from.names.inn),
                ground.last_day
            ),
            findings: Vec::new(),
        });
        plan.watch = words::watch(knowledge, from, words::Way::default());
        plan.frees = words::frees(knowledge, &plan.from, &ground.going_on);
        return plan;
    }
    let mg = ground.daily_mg.unwrap_or(0.0);
    let mut way = taper::taper(knowledge, from, &ground.line, mg);
    // What tapers itself goes to its least usual dose, and ends there.
    if from.id == "fluoxetine" {
        const LEAST: f64 = 20.0;
        way.rungs = taper::down_to(from, mg, LEAST);
    }
    plan.kind = Some(if way.rungs.is_empty() { Kind::Stop } else { Kind::Taper });
    plan.steps = steps::stop(knowledge, question, ground, from, &way);
    if plan.kind == Some(Kind::Taper) {
        plan.strengths.clone_from(&way.citations);
        plan.strength_notes.clone_from(&way.notes);
    }
    let limit = steps::Limit { urgency: plan.now.0, levels: ground.levels.clone(), overlaps: false };
    refuse_worse(&mut plan, &limit);
    let said = words::Way {
        stops: true,
        steps: plan.kind == Some(Kind::Taper),
        occupancy: way.occupancy.is_some(),
        ..words::Way::default()
    };
    plan.watch = words::watch(knowledge, from, said);
    plan.frees = words::frees(knowledge, &plan.from, &ground.going_on);
    plan
}
