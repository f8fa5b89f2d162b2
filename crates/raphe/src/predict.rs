//! Published observations, predicted: the engine held against what was measured in people.
//!
//! A row names what was given and what was measured; the answer is what the typical person of the engine has, made by
//! the same scenario that answers a diary. Rows of pharmacokinetics (`drug`, `parameter`), of interaction studies
//! (`victim`, `perpetrator`), of scans of the serotonin transporter (`drug`, `radioligand`), of drug pairs (`drug_a`,
//! `drug_b`), of waits between two drugs (`stop_drug`, `start_drug`) and of how often serotonin toxicity followed an exposure
//! (`exposure`, `context`) are read; a row that cannot be predicted says why, and gets no number.

mod risk;
mod wait;

use crate::{
    assess::Question,
    check,
    exposure::{
        intake::{self, Use},
        kinetics::Regimen,
        scenario::Scenario,
    },
    knowledge::{self, Knowledge, schema::Level, schema::Substance},
    population::Population,
    synapse::engagement::{Engagement, Target},
    timeline::{
        DoseLine, Entry, Event, Form, Origin, Person, Precision, Route, Schedule, Timeline, When,
        diary::read_dose_line,
    },
    units::{Mass, MassConcentration, TimeSpan},
};
use jiff::{Timestamp, tz::TimeZone};
use std::{collections::BTreeMap, f64::consts::LN_2};

/// One row: column to text.
pub type Row = BTreeMap<String, String>;

/// Why a row has no prediction.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotPredicted {
    /// The row is of no kind that is known.
    #[error("its columns are of no kind of observation that is known")]
    Kind,
    /// A substance is not in the base.
    #[error("`{0}` is not in the knowledge base")]
    Unknown(String),
    /// The base does not hold what the row asks.
    #[error("{0} is not known of {1}")]
    Missing(String, String),
}

/// The typical person, 70 kg.
const TYPICAL: Population = Population { seed: 1, people: 0 };
/// Every trial begins on this day, which decides nothing.
const BEGIN: Timestamp = Timestamp::constant(978_307_200, 0);
/// Longest run-in and longest follow-up, hours.
const LONGEST: f64 = 150.0 * 24.0;

/// What the engine says a row will be.
///
/// # Errors
/// When the kind of row, a substance in it or the quantity it asks for is not known.
pub fn predict(knowledge: &Knowledge, row: &Row) -> Result<f64, NotPredicted> {
    let has = |column: &str| row.contains_key(column);
    match () {
        () if has("victim") && has("perpetrator") => interaction(knowledge, row),
        () if has("drug") && has("parameter") => kinetics(knowledge, row),
        () if has("drug") && has("radioligand") => occupancy(knowledge, row),
        () if has("drug_a") && has("drug_b") => pair(knowledge, row),
        () if has("stop_drug") && has("start_drug") => wait::days(knowledge, row),
        () if has("exposure") && has("context") => risk::incidence(knowledge, row),
        () => Err(NotPredicted::Kind),
    }
}

fn cell<'a>(row: &'a Row, column: &str) -> &'a str {
    row.get(column).map_or("", |text| text.trim())
}

fn find<'k>(knowledge: &'k Knowledge, name: &str) -> Result<&'k Substance, NotPredicted> {
    let name = name.trim();
    let shorter = name.strip_suffix(" juice").unwrap_or(name);
    knowledge
        .find_substance(name)
        .or_else(|| knowledge.find_substance(shorter))
        .ok_or_else(|| NotPredicted::Unknown(name.to_owned()))
}

/// What a person is given, and when.
struct Trial {
    person: Person,
    entries: Vec<Entry>,
}

/// A scan that does not say when it was made is taken to be made so long after the dose, hours: most were.
const SCAN_AFTER: f64 = 5.0;
/// Days after which a regimen that is said to be repeated is scanned, where no number of days stands there.
const REPEATED: f64 = 28.0;

/// A row of transporter occupancy, in percent: of a dose, or at a level in plasma.
fn occupancy(knowledge: &Knowledge, row: &Row) -> Result<f64, NotPredicted> {
    let (name, form) = formed(cell(row, "drug"));
    let substance = find(knowledge, &name)?;
    let missing = || NotPredicted::Missing("an occupancy".to_owned(), substance.names.inn.clone());
    let typical = substance.doses.first().and_then(|dose| Regimen::read(substance, &dose.typical));
    let text = cell(row, "regimen").to_lowercase();
    let single = text.contains("single");
    let daily: Option<f64> = cell(row, "daily_dose_mg").parse().ok();
    // A dose a day is given in as many parts as is usual, unless the row says otherwise.
    let parts =
        typical.as_ref().and_then(|typical| typical.every).map_or(1.0, |every| (24.0 / every).max(1.0));
    let a_day = times_a_day(&text).filter(|times| *times > 1.0).unwrap_or(parts);
    let usual = typical.as_ref().map(|typical| typical.dose * 24.0 / typical.every.unwrap_or(24.0));
    let mg = daily.or(usual).ok_or_else(missing)? / if single { 1.0 } else { a_day };
    let extended = ["xr", "er", "extended"]
        .iter()
        .any(|word| text.split(|c: char| !c.is_alphabetic()).any(|w| w == *word));
    let usually = || {
        let words = &substance.doses.first()?.typical;
        read_dose_line(&format!("{} {words}", substance.names.inn)).ok()?.form
    };
    let form = form.or(extended.then_some(Form::ExtendedRelease)).or_else(usually);
    let days = match numbers(&text).first() {
        Some(days) if text.contains("day") && !text.contains("daily") => *days,
        Some(weeks) if text.contains("week") || text.contains("wk") => weeks * 7.0,
        _ => REPEATED,
    };
    let after = cell(row, "time_after_dose_h").parse().unwrap_or(SCAN_AFTER);
    let every = 24.0 / a_day;
    // The last dose of a course, and the scan so long after it.
    let doses = if single { 1.0 } else { (days * a_day).round().max(1.0) };
    let mut trial = Trial::new();
    for dose in 0..doses as usize {
        trial.give(substance, mg, Route::Oral, form, Often::Once, dose as f64 * every);
    }
    let timeline = Timeline::new(trial.person.clone(), trial.entries.clone());
    let end = super::exposure::later(BEGIN, TimeSpan::hours((doses - 1.0) * every + after));
    let (uses, _) = intake::uses(&timeline, knowledge, end);
    let all: Vec<&Use> = uses.iter().collect();
    let scenario = Scenario::new(knowledge, &timeline, &all, TYPICAL, Some(BEGIN), end);
    let engagement = Engagement::of(knowledge, &scenario.network, [substance], &scenario.amount_unknown);
    if !engagement.targets().contains(&Target::Sert) {
        // What is known and does not touch the transporter leaves it free.
        return if engagement.gaps.is_empty() { Ok(0.0) } else { Err(missing()) };
    }
    let outcome = scenario.run(&[scenario.hours], 0.25, f64::INFINITY);
    let level = |moiety: usize| outcome.course.levels[moiety][outcome.place[0]][0];
    let parent = scenario.network.find(&substance.id).ok_or_else(missing)?;
    // At a measured level of the drug its metabolites are as much higher or lower as it is.
    let measured = cell(row, "plasma_conc_ng_ml").parse::<f64>().ok();
    let scale = match measured {
        Some(measured) if daily.is_none() && level(parent) > 0.0 => {
            MassConcentration::ng_per_ml(measured).as_mg_per_l() / level(parent)
        }
        _ => 1.0,
    };
    let levels: Vec<f64> = (0..scenario.network.moieties.len()).map(|moiety| level(moiety) * scale).collect();
    Ok(100.0 * engagement.of_typical(Target::Sert, &levels))
}

/// `bupropion XL` is bupropion in that form.
fn formed(name: &str) -> (String, Option<Form>) {
    let found = [" XL", " SR", " XR", " ER", " CR"].iter().find_map(|suffix| name.strip_suffix(suffix));
    (found.unwrap_or(name).to_owned(), found.map(|_| Form::ExtendedRelease))
}

/// How often a dose is given.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Often {
    Once,
    Every(f64),
}

impl Trial {
    fn new() -> Self {
        let person = Person {
            weight: Some(Mass::kg(super::exposure::kinetics::TYPICAL_WEIGHT)),
            zone: Some(TimeZone::UTC),
            ..Person::default()
        };
        Self { person, entries: Vec::new() }
    }

    /// Gives a dose in milligrams, from `hours` on.
    fn give(
        &mut self,
        substance: &Substance,
        mg: f64,
        route: Route,
        form: Option<Form>,
        often: Often,
        hours: f64,
    ) {
        let text = format!("{} {mg} mg", substance.names.inn);
        let Ok(line) = read_dose_line(&text) else { return };
        let schedule = match often {
            Often::Once => None,
            Often::Every(hours) => Some(Schedule::Every(TimeSpan::hours(hours))),
        };
        let mut line = DoseLine { route, form, schedule, ..line };
        line.name.id = Some(substance.id.clone());
        let at = When::at(super::exposure::later(BEGIN, TimeSpan::hours(hours)));
        let event = match often {
            Often::Once => Event::Take(line),
            Often::Every(_) => Event::Start(line),
        };
        let origin = Origin::Asked(self.entries.len() as u32 + 1);
        let when = When { precision: Precision::Moment, ..at };
        self.entries.push(Entry { when, event, origin, note: None });
    }

    /// Runs it and looks at what `of` is made of, over the last `window` hours of `hours`.
    fn look(&self, knowledge: &Knowledge, of: &str, hours: f64, window: f64, step: f64) -> Option<Look> {
        let timeline = Timeline::new(self.person.clone(), self.entries.clone());
        let end = super::exposure::later(BEGIN, TimeSpan::hours(hours));
        let (uses, _) = intake::uses(&timeline, knowledge, end);
        let all: Vec<&Use> = uses.iter().collect();
        let scenario = Scenario::new(knowledge, &timeline, &all, TYPICAL, Some(BEGIN), end);
        let place = scenario.network.find(of)?;
        let begin = super::exposure::hours_between(scenario.start, BEGIN);
        let from = begin + hours - window;
        let count = (window / step).round() as usize;
        let moments: Vec<f64> = (0..=count).map(|index| from + index as f64 * step).collect();
        let outcome = scenario.run(&moments, step, from);
        let levels: Vec<f64> =
            outcome.place.iter().map(|sample| outcome.course.levels[place][*sample][0]).collect();
        let (peak_at, peak) =
            levels.iter().copied().enumerate().max_by(|a, b| a.1.total_cmp(&b.1)).unwrap_or((0, 0.0));
        let depots = scenario.plan.depots.iter().filter(|depot| depot.moiety == place);
        let parents = (0..scenario.network.moieties.len()).filter(|other| {
            *other == place || scenario.network.moieties[*other].forms.iter().any(|form| form.child == place)
        });
        let decline = parents
            .map(|moiety| outcome.course.decline[moiety][0])
            .chain(depots.map(|depot| depot.rate))
            .fold(f64::INFINITY, f64::min);
        Some(Look {
            measured: scenario.measured(place),
            area: outcome.course.area[place][0],
            peak,
            peak_at: peak_at as f64 * step,
            half_life: LN_2 / decline,
        })
    }
}

/// What was seen of one moiety: levels in mg/L, hours.
struct Look {
    measured: bool,
    area: f64,
    peak: f64,
    peak_at: f64,
    half_life: f64,
}

/// Slowest half-life of a substance and what it becomes, hours.
fn slowest(knowledge: &Knowledge, substance: &Substance, route: Route) -> f64 {
    super::exposure::kinetics::slowest_half_life(knowledge, substance, route, None)
        .map_or(24.0, |half_life| half_life.median)
}

/// Numbers in a text, in order.
fn numbers(text: &str) -> Vec<f64> {
    text.split(|c: char| !(c.is_ascii_digit() || c == '.'))
        .filter_map(|word| word.trim_matches('.').parse().ok())
        .collect()
}

/// The usual dose of a substance: milligrams at a time, and how often.
fn usual(substance: &Substance) -> Option<(f64, Often, Route)> {
    let usual = Regimen::read(substance, &substance.doses.first()?.typical)?;
    Some((usual.dose, usual.every.map_or(Often::Once, Often::Every), usual.route.unwrap_or_default()))
}

fn times_a_day(text: &str) -> Option<f64> {
    let text = text.to_lowercase();
    let words =
        [("qid", 4.0), ("tid", 3.0), ("bid", 2.0), ("twice", 2.0), ("qd", 1.0), ("od", 1.0), ("daily", 1.0)];
    words
        .iter()
        .find(|(word, _)| text.split(|c: char| !c.is_ascii_alphabetic()).any(|w| w == *word))
        .map(|(_, n)| *n)
}

fn route_of(text: &str) -> Route {
    Route::ALL.iter().find(|(_, word)| *word == text).map_or(Route::Oral, |(route, _)| *route)
}

/// A row of pharmacokinetics.
fn kinetics(knowledge: &Knowledge, row: &Row) -> Result<f64, NotPredicted> {
    let drug = cell(row, "drug");
    if drug.contains(" + ") {
        // Parent and metabolite counted together: each beside the parent's dose.
        let (first, _) = drug.split_once(" + ").unwrap_or((drug, ""));
        let parts = drug.split(" + ").map(|part| measured(knowledge, row, part, first));
        return parts.sum();
    }
    measured(knowledge, row, drug, drug)
}

fn measured(knowledge: &Knowledge, row: &Row, of: &str, given: &str) -> Result<f64, NotPredicted> {
    let (of, (given, form)) = (formed(of).0, formed(given));
    let substance = find(knowledge, &of)?;
    let regimen = cell(row, "regimen");
    let mut given = match regimen.split_once(" of ") {
        Some((_, parent)) => find(knowledge, parent)?,
        None => find(knowledge, &given)?,
    };
    // A metabolite that nobody swallows comes by way of what it is made of.
    let alone = given.id == substance.id && substance.kind == knowledge::schema::Kind::Metabolite;
    if alone && substance.doses.is_empty() {
        let parent = knowledge
            .base()
            .substances
            .iter()
            .find(|one| one.metabolites.iter().any(|link| link.id == substance.id));
        given = parent.unwrap_or(given);
    }
    let parameter = cell(row, "parameter");
    let route = route_of(cell(row, "route"));
    let missing = || NotPredicted::Missing(parameter.to_owned(), substance.names.inn.clone());
    let shape = super::exposure::kinetics::Disposition::of(substance, route).ok_or_else(missing)?;
    let per_unit = |value: f64| match cell(row, "unit") {
        "mL/min/kg" => value * 1000.0 / 60.0 / super::exposure::kinetics::TYPICAL_WEIGHT,
        "L/kg" => value / super::exposure::kinetics::TYPICAL_WEIGHT,
        "%" => value * 100.0,
        _ => value,
    };
    let known = |value: f64| if shape.measured { Ok(per_unit(value)) } else { Err(missing()) };
    match parameter {
        "CL" => return known(shape.clearance),
        "VDss" | "Vd" => return known(shape.volume),
        "fu" => return shape.unbound.map(per_unit).ok_or_else(missing),
        "F" => return Ok(per_unit(shape.bioavailability())),
        "t1/2" if route == Route::Iv => return Ok(shape.half_life),
        _ => {}
    }
    let text = cell(row, "dose_mg");
    let (usual_mg, usual_often, _) = usual(given).ok_or_else(missing)?;
    let range =
        knowledge::best::<Mass>(&given.doses[0].usual).map(|((low, high), _)| (low.as_mg(), high.as_mg()));
    let a_day = match usual_often {
        Often::Every(hours) => 24.0 / hours,
        Often::Once => 1.0,
    };
    let mut mg = numbers(text).first().copied().unwrap_or(usual_mg);
    if text.contains("/kg") {
        mg *= super::exposure::kinetics::TYPICAL_WEIGHT;
    }
    let per_day = given.doses[0].per == "day";
    let often = match regimen {
        _ if regimen.starts_with("steady state") => Often::Every(
            24.0 / times_a_day(text).unwrap_or(if numbers(text).is_empty() { a_day } else { 1.0 }),
        ),
        _ => Often::Once,
    };
    match (parameter, range) {
        ("reference range low", Some((low, _))) => mg = if per_day { low / a_day } else { low },
        ("reference range high", Some((_, high))) => mg = if per_day { high / a_day } else { high },
        _ => {}
    }
    let slow = slowest(knowledge, given, route).max(shape.half_life);
    let look = |person: Person| {
        let mut trial = Trial { person, ..Trial::new() };
        trial.give(given, mg, route, form, often, 0.0);
        match often {
            Often::Once if parameter == "AUC0-24" => trial.look(knowledge, &substance.id, 24.0, 24.0, 0.1),
            Often::Once => {
                let hours = (slow * 12.0).clamp(24.0, 2.0 * LONGEST);
                trial.look(knowledge, &substance.id, hours, hours, if hours > 600.0 { 0.5 } else { 0.1 })
            }
            Often::Every(every) => {
                let window = if parameter == "Tmax" { every } else { 24.0 };
                let run = ((slow * 8.0).clamp(240.0, LONGEST) / 24.0).ceil() * 24.0;
                trial.look(knowledge, &substance.id, run, window, 0.25)
            }
        }
    };
    let person = Trial::new().person;
    if parameter.contains("ratio") {
        let other = Person { genes: genes(cell(row, "population"), ""), ..person.clone() };
        let (with, without) = (look(other).ok_or_else(missing)?, look(person).ok_or_else(missing)?);
        return Ok(with.area / without.area);
    }
    let person = Person { genes: genes(cell(row, "population"), ""), ..person };
    let seen = look(person).ok_or_else(missing)?;
    let level = |value: f64| if seen.measured { Ok(value * 1000.0) } else { Err(missing()) };
    match parameter {
        "t1/2" => Ok(seen.half_life),
        "Tmax" => Ok(seen.peak_at),
        "Cmax" => level(seen.peak),
        "AUC0-inf" | "AUC0-24" | "AUC0-tau" => level(seen.area),
        "reference range low" | "reference range high" => level(seen.area / 24.0),
        "CL/F" | "Vd/F" => {
            let every = if let Often::Every(every) = often { every } else { 24.0 };
            let taken = if often == Often::Once { mg } else { mg * 24.0 / every };
            let apparent = taken / seen.area;
            let value = if parameter == "CL/F" { apparent } else { apparent * seen.half_life / LN_2 };
            if seen.measured { Ok(per_unit(value)) } else { Err(missing()) }
        }
        _ => Err(missing()),
    }
}

/// Genes that a population column names: `CYP2C19 PM`, `PM` of the victim's enzyme, `AS1`.
fn genes(population: &str, enzyme: &str) -> Vec<(String, String)> {
    let mut gene = enzyme.split('/').next().unwrap_or("").trim().to_owned();
    let mut kind = None;
    for word in population.split_whitespace() {
        match word {
            "PM" | "AS0" => kind = Some("poor metabolizer"),
            "IM" | "AS1" => kind = Some("intermediate metabolizer"),
            "NM" | "EM" | "AS2" => kind = Some("normal metabolizer"),
            "RM" => kind = Some("rapid metabolizer"),
            "UM" => kind = Some("ultrarapid metabolizer"),
            _ if word.starts_with("CYP") => gene = word.to_owned(),
            _ => {}
        }
    }
    kind.filter(|_| gene.starts_with("CYP")).map(|kind| (gene, kind.to_owned())).into_iter().collect()
}

/// A row of an interaction study: the area of the victim with the perpetrator over the area without it.
fn interaction(knowledge: &Knowledge, row: &Row) -> Result<f64, NotPredicted> {
    let victim = find(knowledge, cell(row, "victim"))?;
    let names = cell(row, "perpetrator");
    let text = cell(row, "perpetrator_dose_mg_day");
    let amounts = numbers(text.split(['(', ':']).next().unwrap_or(text));
    let several: Vec<&str> =
        if knowledge.find_substance(names).is_some() { vec![names] } else { names.split('/').collect() };
    let known: Vec<(usize, &Substance)> = several
        .iter()
        .enumerate()
        .filter_map(|(place, name)| find(knowledge, name).ok().map(|found| (place, found)))
        .collect();
    if known.is_empty() {
        return Err(NotPredicted::Unknown(names.to_owned()));
    }
    let missing = || NotPredicted::Missing("a dose".to_owned(), victim.names.inn.clone());
    let (usual_mg, _, route) = usual(victim).ok_or_else(missing)?;
    let mg = numbers(cell(row, "victim_dose_mg")).first().copied().unwrap_or(usual_mg);
    let once = text.contains("SD");
    let enzyme = cell(row, "main_victim_enzyme");
    let mut trial = Trial::new();
    trial.person.genes = genes(cell(row, "population"), enzyme);
    let mut run_in: f64 = 24.0;
    let mut given = Vec::new();
    for (place, perpetrator) in &known {
        let Some((usual_mg, usual_often, by)) = usual(perpetrator) else { continue };
        let every = if let Often::Every(every) = usual_often { every } else { 24.0 };
        let usual_day = usual_mg * 24.0 / every;
        let written = if several.len() > 1 { amounts.get(*place) } else { amounts.last() };
        // What is far below any dose is the content of one constituent, not of the product; far above, a slipped unit.
        let written = written.copied().filter(|amount| (0.05 * usual_mg..50.0 * usual_day).contains(amount));
        let (each, every) = match (written, times_a_day(text)) {
            (None, _) => (usual_mg, every),
            (Some(each), Some(times)) => (each, 24.0 / times),
            // One dose or a whole day: whichever is nearer to the usual day.
            (Some(amount), None) if text.contains("mg") && amount < 0.6 * usual_day && every < 24.0 => {
                (amount, every)
            }
            (Some(day), None) => (day * every / 24.0, every),
        };
        let slow = slowest(knowledge, perpetrator, by);
        run_in = run_in.max((slow * 5.0).clamp(7.0 * 24.0, 60.0 * 24.0));
        if perpetrator.enzymes.iter().any(|role| role.role == "inducer" || role.lasting) {
            run_in = run_in.max(21.0 * 24.0);
        }
        given.push((*perpetrator, each, by, every));
    }
    let run_in = (run_in / 24.0).ceil() * 24.0;
    let half_life = super::exposure::kinetics::half_life(victim, route).ok_or_else(missing)?.median;
    let follow = (half_life * 7.0 * 4.0).clamp(48.0, 60.0 * 24.0);
    let area = |with: bool| {
        let mut trial = Trial { person: trial.person.clone(), entries: Vec::new() };
        for (perpetrator, each, by, every) in given.iter().filter(|_| with) {
            match once {
                true => trial.give(perpetrator, *each, *by, None, Often::Once, run_in - 1.0),
                false => trial.give(perpetrator, *each, *by, None, Often::Every(*every), 0.0),
            }
        }
        trial.give(victim, mg, route, None, Often::Once, run_in);
        let step = if half_life < 6.0 { 0.25 } else { 1.0 };
        trial.look(knowledge, &victim.id, run_in + follow, follow, step).map(|seen| seen.area)
    };
    let (with, without) = (area(true).ok_or_else(missing)?, area(false).ok_or_else(missing)?);
    if without > 0.0 { Ok(with / without) } else { Err(missing()) }
}

/// A pair of drugs: how likely a source is to flag it for serotonin, from our level of it.
fn pair(knowledge: &Knowledge, row: &Row) -> Result<f64, NotPredicted> {
    let (a, b) = (find(knowledge, cell(row, "drug_a"))?, find(knowledge, cell(row, "drug_b"))?);
    let question = Question { as_of: BEGIN, horizon: TimeSpan::days(1.0), population: TYPICAL };
    let asked = [a.names.inn.clone(), b.names.inn.clone()];
    let answer = check::check(&asked, None, knowledge, &question)
        .map_err(|_| NotPredicted::Missing("a dose".to_owned(), a.names.inn.clone()))?;
    Ok(match answer.level {
        Level::Contraindicated => 1.0,
        Level::Major => 0.9,
        Level::Moderate => 0.75,
        Level::Minor => 0.55,
        Level::Info => 0.4,
        Level::NoneKnown => 0.0,
    })
}
