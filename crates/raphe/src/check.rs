//! May these be taken together?
//!
//! A question without a person: usual doses unless one is named, regimens run in together, single doses taken at the
//! end. Every pair is answered, also the one of which nothing is known, because "nothing known" is not "safe". A dose
//! far above the highest recommended is not simulated or ranked at all: it gets the crisis line and the poison center.

use crate::{
    assess::{self, Finding, Question, Scoped},
    exposure::{
        self,
        simulation::{self, ExposureRatio},
    },
    knowledge::{
        Claim, Knowledge, OVERDOSE_TIMES, maximum,
        schema::{HelpLine, Level},
    },
    population::Population,
    risk::{self, Risk, Said},
    synapse::{self, Synapse},
    timeline::{
        Dose, DoseLine, Entry, Event, Name, Notice, Origin, Person, Precision, Route, Schedule, Timeline,
        Weight, When, diary,
    },
    units::Mass,
};
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeSet;

/// The answer to a check.
#[derive(Debug, Clone)]
pub struct Check {
    /// Version of the knowledge.
    pub knowledge: String,
    /// The moment it speaks of: it decides nothing, but every result names one.
    pub as_of: Timestamp,
    /// What was asked about and recognized: id, name, class, dose in words.
    pub substances: Vec<Asked>,
    /// The worst serotonin level of the whole set.
    pub level: Level,
    /// One answer for each pair and kind, worst first.
    pub pairs: Vec<PairAnswer>,
    /// Findings in full.
    pub findings: Vec<Finding>,
    /// How much one changes the level of another, strongest first.
    pub exposure_ratios: Vec<ExposureRatio>,
    /// The modeled synapse: all of them long taken, or one of them newly added to the others, whichever goes higher.
    pub synapse: Synapse,
    /// How likely toxicity is among people who were counted with these at usual doses.
    pub risk: Vec<Risk>,
    /// Sets of which nobody counted how often they end in toxicity, in words.
    pub uncounted: Vec<Said>,
    /// The id of the one that is newly added in it.
    pub newly_added: Option<String>,
    /// Set when a dose is far above the highest recommended: then nothing else is answered.
    pub too_much: Option<TooMuch>,
    /// Names that mean the same medicine.
    pub same: Vec<(String, String)>,
    /// Whom to call.
    pub help: HelpLine,
    /// What was assessed.
    pub assessed: Vec<Scoped>,
    /// What was not.
    pub not_assessed: Vec<Scoped>,
    /// What was not understood.
    pub notices: Vec<Notice>,
}

/// A substance that was asked about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// Id.
    pub id: String,
    /// Name.
    pub name: String,
    /// Class in words.
    pub class: String,
    /// Dose as it was taken to be.
    pub dose: String,
    /// What is worth knowing of it.
    pub notes: Vec<Claim>,
}

/// The answer for one pair and one kind of harm.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PairAnswer {
    /// Name of the first.
    pub a: String,
    /// Name of the second.
    pub b: String,
    /// How much it matters.
    pub level: Level,
    /// Kind of harm.
    pub kind: String,
    /// Why.
    pub why: String,
    /// Position of the finding in [`Check::findings`]; `None` when nothing is known.
    pub finding: Option<usize>,
}

/// A dose that is not answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TooMuch {
    /// Name of the substance.
    pub name: String,
}

/// What is said of a pair of which nothing is known.
pub const NONE_KNOWN: &str =
    "No serotonin interaction known. Bleeding, heart rhythm, sedation and seizures were not assessed.";

/// Regimens have run this long before single doses are taken: long enough for norfluoxetine to level off.
const RUN_IN: SignedDuration = SignedDuration::from_hours(120 * 24);

/// Answers for a list of `NAME[:DOSE[:HOW]]`, beside what a person takes already.
///
/// # Errors
/// A notice for each text whose dose could not be read.
pub fn check(
    asked: &[String],
    with: Option<&Timeline>,
    knowledge: &Knowledge,
    question: &Question,
) -> Result<Check, Vec<Notice>> {
    let as_of = question.as_of;
    let person = with.map_or_else(Person::default, |timeline| timeline.person.clone());
    let country = person.country.clone();
    let mut reader =
        Reader { knowledge, entries: Vec::new(), names: BTreeSet::new(), errors: Vec::new(), too_much: None };
    for (index, text) in asked.iter().enumerate() {
        reader.read(text, index as u32 + 1, as_of, person.weight);
    }
    let help = assess::help_line(knowledge, country.as_deref());
    if let Some(too_much) = reader.too_much.take() {
        return Ok(empty(knowledge, as_of, help, too_much));
    }
    if !reader.errors.is_empty() {
        return Err(reader.errors);
    }
    let mut same = Vec::new();
    let id = |text: &String| knowledge.find_substance(split(text).0).map(|substance| &substance.id);
    for (index, first) in asked.iter().enumerate() {
        let twin = asked[index + 1..].iter().find(|second| id(first).is_some() && id(first) == id(second));
        same.extend(twin.map(|second| (split(first).0.to_owned(), split(second).0.to_owned())));
    }
    let timeline = match with {
        Some(timeline) => timeline.with(reader.entries),
        None => Timeline::new(person, reader.entries),
    };
    let (timeline, notices) = knowledge.resolve(&timeline);
    // Who acts beside whom is asked, not how much is left: the typical person is enough.
    let typical = Population { people: 0, ..question.population };
    let exposure = exposure::simulate(&timeline, knowledge, typical, as_of);
    let findings: Vec<Finding> = assess::combined(knowledge, &timeline, &exposure, as_of)
        .into_iter()
        .map(|finding| Finding { timing: Vec::new(), because: BTreeSet::new(), ..finding })
        .collect();
    let substances: Vec<Asked> = exposure
        .acting_at(as_of)
        .filter_map(|(one, _)| {
            let substance = knowledge.substance(&one.substance)?;
            Some(Asked {
                id: substance.id.clone(),
                name: substance.names.inn.clone(),
                class: substance.class.clone(),
                dose: dose_in_words(&timeline, &one.substance),
                notes: assess::notes(knowledge, substance),
            })
        })
        .collect();
    let mut pairs = Vec::new();
    for (i, a) in substances.iter().enumerate() {
        for b in &substances[i + 1..] {
            let both = |(_, finding): &(usize, &Finding)| {
                finding.substances.contains(&a.id) && finding.substances.contains(&b.id)
            };
            let known: Vec<(usize, &Finding)> = findings.iter().enumerate().filter(both).collect();
            if !known.iter().any(|(_, finding)| finding.kind == "serotonin") {
                pairs.push(PairAnswer {
                    a: a.name.clone(),
                    b: b.name.clone(),
                    level: Level::NoneKnown,
                    kind: "serotonin".to_owned(),
                    why: NONE_KNOWN.to_owned(),
                    finding: None,
                });
            }
            pairs.extend(known.into_iter().map(|(index, finding)| PairAnswer {
                a: a.name.clone(),
                b: b.name.clone(),
                level: finding.level,
                kind: finding.kind.clone(),
                why: finding.claim.says().to_owned(),
                finding: Some(index),
            }));
        }
    }
    let order = |pair: &PairAnswer| (std::cmp::Reverse(pair.level), pair.kind != "serotonin");
    pairs.sort_by(|x, y| (order(x), &x.a, &x.b, &x.kind).cmp(&(order(y), &y.a, &y.b, &y.kind)));
    let level = findings
        .iter()
        .filter(|finding| finding.kind == "serotonin")
        .map(|finding| finding.level)
        .max()
        .unwrap_or(Level::NoneKnown);
    let mut exposure_ratios = simulation::exposure_ratios(&timeline, knowledge, question.population, as_of);
    let strength = |ratio: &ExposureRatio| libm::log(ratio.auc_ratio.median).abs();
    exposure_ratios.sort_by(|a, b| strength(b).total_cmp(&strength(a)));
    let (assessed, mut not_assessed) = assess::check_scope(knowledge, &exposure, &substances);
    let (risk, uncounted) = risk::of_usual_doses(knowledge, &timeline, &exposure, as_of);
    // Without virtual people only the rules are asked, and the answer is there at once.
    let (synapse, newly_added) = match question.population.people {
        0 => (Synapse::default(), None),
        _ => synapse::worst(&timeline, knowledge, question.population, as_of),
    };
    not_assessed.extend(assess::not_modeled(knowledge, &synapse));
    Ok(Check {
        knowledge: knowledge.base().version.clone(),
        as_of,
        substances,
        level,
        pairs,
        findings,
        exposure_ratios,
        synapse,
        risk,
        uncounted,
        newly_added,
        too_much: None,
        same,
        help,
        assessed,
        not_assessed,
        notices,
    })
}

/// Whether one dose or one day of a line is far above the highest recommended.
///
/// A comma that can be read two ways counts for its larger reading: the danger does not wait for the spelling.
#[must_use]
pub fn far_too_much(knowledge: &Knowledge, line: &DoseLine, weight: Option<Mass>) -> Option<TooMuch> {
    let substance = knowledge.find_substance(&line.name.text)?;
    let one = match &line.dose {
        Dose::Known(amount) => amount.mass(weight, line.over)?,
        Dose::Unread { could_mean, .. } => (*could_mean)?,
        Dose::Unknown => return None,
    };
    let times = match line.schedule {
        Some(Schedule::TimesADay(n)) => f64::from(n.max(1)),
        Some(Schedule::Every(step)) => (24.0 / step.as_hours().max(0.25)).max(1.0),
        Some(Schedule::At(ref times)) => times.len().max(1) as f64,
        _ => 1.0,
    };
    let most = maximum(substance, line.route.word())?;
    (one.as_mg() * times > OVERDOSE_TIMES * most.as_mg())
        .then(|| TooMuch { name: substance.names.inn.clone() })
}

/// A dose of which no curve, probability, ranking or threshold is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Withheld {
    /// Name of the substance.
    pub name: String,
    /// Whether it is still to come: then nobody sees figures. One that was taken hides them from all but clinicians.
    pub to_come: bool,
}

impl Withheld {
    /// What is withheld and what to do instead, in two sentences.
    #[must_use]
    pub fn says(&self) -> (String, &'static str) {
        let says =
            format!("this much {} is far above any recommended dose: no curve is made of it", self.name);
        let help = if self.to_come {
            "if you think of harming yourself, phone a crisis line or the emergency number now; `raphe assess` names \
             the numbers of your country"
        } else {
            "if it was taken, phone the poison center or the emergency number now, even if they feel well; `raphe \
             assess` names the numbers; clinicians see the curve with `--for clinician`"
        };
        (says, help)
    }
}

/// Whether figures are withheld because of a dose far above the highest recommended, or one that was marked an overdose.
#[must_use]
pub fn withheld(
    timeline: &Timeline,
    knowledge: &Knowledge,
    now: Timestamp,
    clinician: bool,
) -> Option<Withheld> {
    timeline.entries.iter().find_map(|entry| {
        let (Event::Start(line) | Event::Change(line) | Event::Take(line)) = &entry.event else {
            return None;
        };
        let far = far_too_much(knowledge, line, timeline.person.weight).map(|too_much| too_much.name);
        let name = far.or_else(|| line.overdose.map(|_| line.name.text.clone()))?;
        let to_come = entry.when.start > now;
        (to_come || !clinician).then_some(Withheld { name, to_come })
    })
}

fn empty(knowledge: &Knowledge, as_of: Timestamp, help: HelpLine, too_much: TooMuch) -> Check {
    Check {
        knowledge: knowledge.base().version.clone(),
        as_of,
        substances: Vec::new(),
        level: Level::NoneKnown,
        pairs: Vec::new(),
        findings: Vec::new(),
        exposure_ratios: Vec::new(),
        synapse: Synapse::default(),
        risk: Vec::new(),
        uncounted: Vec::new(),
        newly_added: None,
        too_much: Some(too_much),
        same: Vec::new(),
        help,
        assessed: Vec::new(),
        not_assessed: Vec::new(),
        notices: Vec::new(),
    }
}

struct Reader<'a> {
    knowledge: &'a Knowledge,
    entries: Vec<Entry>,
    names: BTreeSet<String>,
    errors: Vec<Notice>,
    too_much: Option<TooMuch>,
}

impl Reader<'_> {
    fn read(&mut self, text: &str, number: u32, as_of: Timestamp, weight: Option<Mass>) {
        let (name, how) = split(text);
        let substance = self.knowledge.find_substance(name);
        let typical =
            substance.and_then(|substance| substance.doses.first()).map(|dose| dose.typical.as_str());
        let words = match (how.as_deref(), typical) {
            (Some(how), _) => Some(how),
            (None, typical) => typical,
        };
        let line = match words {
            Some(words) => diary::read_dose_line(&format!("{name} {words}")),
            None => Ok(usual(name)),
        };
        // A comma that can be read two ways is refused, but its larger reading counts for the danger.
        if let Some(words) = words.filter(|words| words.contains(','))
            && let Ok(larger) = diary::read_dose_line(&format!("{name} {}", words.replace(',', "")))
            && let Some(too_much) = far_too_much(self.knowledge, &named(larger, name), weight)
        {
            self.too_much.get_or_insert(too_much);
            return;
        }
        let mut line = match line {
            Ok(line) => line,
            Err(mut notice) => {
                notice.says = format!("in `{text}`: {}", notice.says);
                self.errors.push(notice);
                return;
            }
        };
        line = named(line, name);
        if let Some(too_much) = far_too_much(self.knowledge, &line, weight) {
            self.too_much.get_or_insert(too_much);
            return;
        }
        if let Dose::Unread { text: dose, .. } = &line.dose {
            self.errors.push(Notice {
                weight: Weight::Error,
                place: None,
                says: format!("in `{text}`: `{dose}` is not a dose"),
                help: Some("write a number and a unit, for example `sertraline:50 mg`".to_owned()),
            });
            return;
        }
        self.names.insert(name.to_owned());
        let when = |at: Timestamp| When { start: at, end: Some(at), precision: Precision::Moment };
        let entry = |when, event| Entry { when, event, origin: Origin::Asked(number), note: None };
        match line.schedule {
            Some(_) => {
                let from = as_of.saturating_sub(RUN_IN).unwrap_or(Timestamp::MIN);
                self.entries.push(entry(when(from), Event::Start(line)));
            }
            None => self.entries.push(entry(when(as_of), Event::Take(line))),
        }
    }
}

/// The same line under the name that was asked for, which may be a code.
pub(crate) fn named(line: DoseLine, name: &str) -> DoseLine {
    DoseLine { name: Name { text: name.to_owned(), column: 1, id: None }, ..line }
}

/// A regimen of the usual dose, for a substance whose doses are not known.
pub(crate) fn usual(name: &str) -> DoseLine {
    DoseLine {
        name: Name { text: name.to_owned(), column: 1, id: None },
        dose: Dose::Unknown,
        form: None,
        route: Route::Oral,
        over: None,
        schedule: Some(Schedule::TimesADay(1)),
        up_to: None,
        overdose: None,
    }
}

/// `NAME[:DOSE[:HOW]]`, where a code such as `rxnorm:36437` is one name.
pub(crate) fn split(text: &str) -> (&str, Option<String>) {
    let is_code =
        ["rxnorm:", "atc:", "unii:"].iter().any(|prefix| text.to_ascii_lowercase().starts_with(prefix));
    let colon = text.match_indices(':').nth(usize::from(is_code)).map(|(index, _)| index);
    match colon {
        Some(index) => (text[..index].trim(), Some(text[index + 1..].replace(':', " "))),
        None => (text.trim(), None),
    }
}

fn dose_in_words(timeline: &Timeline, id: &str) -> String {
    let line = timeline.entries.iter().rev().find_map(|entry| match &entry.event {
        Event::Start(line) | Event::Change(line) | Event::Take(line)
            if line.name.id.as_deref() == Some(id) =>
        {
            Some(line)
        }
        _ => None,
    });
    let Some(line) = line else { return String::new() };
    match &line.dose {
        Dose::Known(amount) => {
            let each = match amount.each {
                crate::timeline::Quantity::Mass(mass) => mass.to_string(),
                crate::timeline::Quantity::MassPerKg(mass) => format!("{mass}/kg"),
                crate::timeline::Quantity::MassPerHour(mass) => format!("{mass}/h"),
                crate::timeline::Quantity::Units(units) => format!("{} IU", crate::units::number(units)),
                crate::timeline::Quantity::Volume(volume) => volume.to_string(),
            };
            let count = if amount.count == 1.0 {
                String::new()
            } else {
                format!("{} x ", crate::units::number(amount.count))
            };
            let often = match &line.schedule {
                None => " once".to_owned(),
                Some(Schedule::TimesADay(0 | 1)) => " daily".to_owned(),
                Some(Schedule::TimesADay(n)) => format!(" {n} times a day"),
                Some(Schedule::Every(span)) => format!(" every {span}"),
                Some(Schedule::Nightly) => " nightly".to_owned(),
                Some(Schedule::Weekly) => " weekly".to_owned(),
                Some(Schedule::At(times)) => format!(" {} times a day", times.len()),
                Some(Schedule::AsNeeded) => " as needed".to_owned(),
                Some(Schedule::Continuous) => " continuously".to_owned(),
            };
            format!("{count}{each}{often}")
        }
        Dose::Unknown | Dose::Unread { .. } => "usual dose".to_owned(),
    }
}
