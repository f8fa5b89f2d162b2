//! From medication resources to what was taken: courses with a beginning and an end, and single doses.
//!
//! A request says what was ordered, a dispense what was handed out, an administration what was given, a statement what is
//! taken. Of the same medicine they speak of one course, which must not count twice: where they overlap, the one with a
//! known dose counts, then the statement, the dispense, the request ([`Evidence`]).
//!
//! ```text
//!   request    ├──────────────────────┤          start 1 Jan · change 10 Jan · stop 1 Feb
//!   statement          ├──────────────────┤
//! ```
//!
//! A course starts with the bounds of its timing, else with its order or hand-over. It ends with its bounds, its count,
//! its supply (times the repeats of a request), or not at all while the resource is active. One that is over without
//! saying when is read as a month of supply. Whatever is assumed is said.

mod settle;

use crate::{
    dosage::{self, Step},
    medicine::{self, Directory},
    model::{Medicating, Period},
    notices::Notices,
    product::Part,
    timing,
    when::{Clock, Written, days_after},
    write::codes,
};
use jiff::{Timestamp, civil::Date};
use raphe::{
    knowledge::{Knowledge, key},
    timeline::{Amount, Dose, DoseLine, Entry, Overdose, Quantity, Route, Schedule, When},
    units::{Mass, TimeSpan},
};
use std::{cell::LazyCell, collections::BTreeMap};

/// Which kind of resource speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Evidence {
    /// MedicationRequest.
    Request,
    /// MedicationDispense.
    Dispense,
    /// MedicationStatement.
    Statement,
    /// MedicationAdministration.
    Administration,
}

impl Evidence {
    /// The kind of a resource type.
    pub(crate) fn of(resource: &str) -> Option<Self> {
        Some(match resource {
            "MedicationRequest" => Self::Request,
            "MedicationDispense" => Self::Dispense,
            "MedicationStatement" => Self::Statement,
            "MedicationAdministration" => Self::Administration,
            _ => return None,
        })
    }

    fn field(self) -> &'static str {
        match self {
            Self::Statement | Self::Administration => "dosage",
            Self::Request | Self::Dispense => "dosageInstruction",
        }
    }
}

/// A medication resource with its place.
#[derive(Debug)]
pub(crate) struct Row<'a> {
    pub(crate) evidence: Evidence,
    pub(crate) path: String,
    /// `MedicationRequest/17`, or its path.
    pub(crate) origin: String,
    pub(crate) resource: Medicating<'a>,
}

/// What the courses are made with.
pub(crate) struct Ground<'g, 'a> {
    pub(crate) directory: &'g Directory<'a>,
    pub(crate) knowledge: &'g Knowledge,
    pub(crate) clock: &'g Clock,
    pub(crate) weight: Option<Mass>,
    /// The first day of the record, for what has no date.
    pub(crate) first_day: LazyCell<Option<Date>, Box<dyn FnOnce() -> Option<Date> + 'g>>,
}

/// A time during which something was taken.
#[derive(Debug, Clone)]
struct Window {
    start: When,
    /// The first day without it.
    end: Option<Timestamp>,
    line: DoseLine,
    evidence: Evidence,
    origin: String,
    path: String,
    note: Option<String>,
    requester: Option<String>,
    follows: bool,
}

/// A single dose.
#[derive(Debug, Clone)]
struct Single {
    when: When,
    line: DoseLine,
    origin: String,
    path: String,
    note: Option<String>,
    given: bool,
}

/// Supply of a course that is over without saying when.
const USUAL_SUPPLY: f64 = 30.0;
/// More single doses than this are not written out of one timing.
const MOST_SINGLE: usize = 500;

/// Everything taken of one medicine.
#[derive(Debug, Default)]
struct Taken {
    windows: Vec<Window>,
    singles: Vec<Single>,
    /// Not taken from this day on; from ever without one.
    not_taken: Vec<Option<Timestamp>>,
    missed: Vec<(When, String, String)>,
    name: String,
}

/// What becomes of a resource because of its status.
enum Fate {
    Read { active: bool },
    NotTaken,
    Left,
}

/// Reads the medication resources of one person.
pub(crate) fn read(rows: &[Row<'_>], ground: &Ground<'_, '_>, notices: &mut Notices) -> Vec<Entry> {
    let mut taken: BTreeMap<String, Taken> = BTreeMap::new();
    let linked = Linked::of(rows, ground.directory);
    let mut products = medicine::Products::new();
    for row in rows {
        let fate = fate(row, notices);
        if matches!(fate, Fate::Left) {
            continue;
        }
        let product = medicine::read(
            &row.resource,
            ground.directory,
            ground.knowledge,
            &mut products,
            &row.path,
            notices,
        );
        if product.parts.len() > 1 {
            let names: Vec<&str> = product.parts.iter().map(|part| part.name.as_str()).collect();
            notices.info(
                &row.path,
                "a combination is read as each of its ingredients",
                "",
                &names.join(" and "),
            );
        }
        for part in &product.parts {
            let of = taken.entry(part.id.clone().unwrap_or_else(|| key(&part.name))).or_default();
            part.name.clone_into(&mut of.name);
            match fate {
                Fate::NotTaken => not_taken(row, of, ground, notices),
                Fate::Read { active } => {
                    let reader = dosage::Reader {
                        part,
                        product: &product,
                        weight: ground.weight,
                        path: &row.path,
                        once: row.evidence == Evidence::Administration,
                    };
                    let own = &row.resource.dosage_instruction;
                    let request = linked.request(row);
                    let steps = match request.filter(|_| own.is_empty()) {
                        // A dispense or a statement that says no dosage has that of its order.
                        Some(request) if !request.resource.dosage_instruction.is_empty() => reader.steps(
                            &request.resource.dosage_instruction,
                            row.evidence.field(),
                            &mut Notices::default(),
                        ),
                        _ => reader.steps(own, row.evidence.field(), notices),
                    };
                    let replaced = row.evidence == Evidence::Request && linked.replaces(&row.origin, active);
                    match (row.evidence, replaced) {
                        (_, true) => {
                            let help = "the order is not counted beside them";
                            notices.info(
                                &row.path,
                                "an order has its own dispenses, doses or statement",
                                help,
                                "",
                            );
                        }
                        (Evidence::Administration, _) => given(row, part, steps, of, ground, notices),
                        _ => windows(row, active, steps, of, ground, notices),
                    }
                }
                Fate::Left => {}
            }
        }
    }
    taken.into_values().flat_map(|of| of.events(ground, notices)).collect()
}

/// Which orders the other resources belong to.
struct Linked<'r, 'a> {
    requests: BTreeMap<&'r str, &'r Row<'a>>,
    /// Order of each resource, by origin.
    of: BTreeMap<&'r str, String>,
    /// Kinds of the resources that belong to an order.
    kinds: BTreeMap<String, Vec<Evidence>>,
}

impl<'r, 'a> Linked<'r, 'a> {
    fn of(rows: &'r [Row<'a>], directory: &Directory<'_>) -> Self {
        let requests: BTreeMap<&str, &Row<'a>> = rows
            .iter()
            .filter(|row| row.evidence == Evidence::Request)
            .map(|row| (row.origin.as_str(), row))
            .collect();
        let (mut of, mut kinds): (BTreeMap<&str, String>, BTreeMap<String, Vec<Evidence>>) =
            Default::default();
        for row in rows.iter().filter(|row| row.evidence != Evidence::Request) {
            let resource = &row.resource;
            let links = resource.authorizing_prescription.iter().chain(&resource.request);
            let links = links.chain(&resource.based_on).chain(&resource.derived_from);
            for link in links {
                let local = directory.local(link.reference.as_deref().unwrap_or_default());
                if requests.contains_key(local.as_str()) {
                    let counts = !matches!(
                        resource.status.as_deref(),
                        Some("entered-in-error" | "cancelled" | "declined")
                    );
                    if counts && is_done(resource) {
                        kinds.entry(local.clone()).or_default().push(row.evidence);
                    }
                    of.entry(&row.origin).or_insert(local);
                }
            }
        }
        Self { requests, of, kinds }
    }

    fn request(&self, row: &Row<'_>) -> Option<&&'r Row<'a>> {
        self.requests.get(self.of.get(row.origin.as_str())?.as_str())
    }

    /// Whether an order is told by what belongs to it: dispenses and statements always, doses given once it is over.
    fn replaces(&self, request: &str, active: bool) -> bool {
        self.kinds
            .get(request)
            .is_some_and(|kinds| kinds.iter().any(|kind| !active || *kind != Evidence::Administration))
    }
}

/// Whether something happened at all.
fn is_done(resource: &Medicating<'_>) -> bool {
    let flag = |flag: Option<crate::json::Flag>| flag.is_some_and(|flag| flag.0);
    let status = resource.status.as_deref().unwrap_or_default();
    !(flag(resource.not_given) || flag(resource.not_done) || matches!(status, "not-done" | "not-taken"))
}

/// What becomes of a resource, by its status, its intent and its negations.
fn fate(row: &Row<'_>, notices: &mut Notices) -> Fate {
    let resource = &row.resource;
    let path = &row.path;
    let status = resource.status.as_deref().map(str::to_ascii_lowercase).unwrap_or_default();
    let left = |notices: &mut Notices, says: String, help: &'static str| {
        notices.info(path, says, help, "");
        Fate::Left
    };
    match (row.evidence, status.as_str()) {
        (_, "entered-in-error") => {
            return left(notices, "a medicine was entered in error".to_owned(), "it is left out");
        }
        (_, "cancelled" | "declined") => {
            return left(notices, format!("a medicine is {status}"), "it is left out");
        }
        (_, "draft" | "intended" | "preparation") => {
            return left(
                notices,
                format!("a medicine is in the state `{status}`"),
                "it is not counted as taken",
            );
        }
        _ => {}
    }
    if !is_done(resource) {
        return Fate::NotTaken;
    }
    if resource.do_not_perform.is_some_and(|flag| flag.0) {
        return left(notices, "an order says not to give a medicine".to_owned(), "it is left out");
    }
    match resource.taken.as_deref() {
        None => {}
        Some(taken) => {
            notices.info(path, "a statement says `taken`, as STU3 has it", "read as its status in R4", "");
            if taken == "n" {
                return Fate::NotTaken;
            }
        }
    }
    let intent = resource.intent.as_deref().unwrap_or_default();
    if row.evidence == Evidence::Request {
        match intent {
            "plan" | "proposal" | "option" => {
                return left(notices, format!("an order is only a {intent}"), "it is not counted as taken");
            }
            "" | "order" | "original-order" | "reflex-order" | "filler-order" | "instance-order" => {}
            other => notices.info(
                path,
                format!("an order has the unknown intent `{other}`"),
                "read as an order",
                "",
            ),
        }
    }
    match status.as_str() {
        "on-hold" => {
            notices.warning(path, "a medicine is on hold", "it may be paused; it is counted as taken", "");
        }
        "active" | "completed" | "stopped" | "in-progress" | "recorded" => {}
        "" | "unknown" => notices.info(path, "a medicine has no known status", "it is counted as taken", ""),
        other => notices.info(
            path,
            format!("a medicine has the unknown status `{other}`"),
            "it is counted as taken",
            "",
        ),
    }
    Fate::Read { active: !matches!(status.as_str(), "completed" | "stopped") }
}

/// Dates of a resource: when it begins to speak, and until when.
struct Dates {
    start: Option<Written>,
    /// Whether the start is the order's or the hand-over's, which is known to the day only.
    of_paper: bool,
    end: Option<Written>,
}

impl Dates {
    fn of(row: &Row<'_>, notices: &mut Notices) -> Self {
        let resource = &row.resource;
        let mut read = |text: &Option<crate::json::Text<'_>>| {
            let text = text.as_deref()?;
            let written = Written::read(text);
            if written.is_none() {
                notices.warning(&row.path, "a date cannot be read", "it is left out", text);
            }
            written
        };
        let none = Period::default();
        let period =
            resource.effective_period.as_ref().or(resource.occurence_period.as_ref()).unwrap_or(&none);
        let validity =
            resource.dispense_request.as_ref().and_then(|request| request.validity_period.as_ref());
        let moment = resource.effective_date_time.as_ref().or(resource.occurence_date_time.as_ref()).cloned();
        let start = match row.evidence {
            Evidence::Request => {
                read(&resource.authored_on).or_else(|| read(&validity.and_then(|v| v.start.clone())))
            }
            Evidence::Dispense => read(&resource.when_handed_over).or_else(|| read(&resource.when_prepared)),
            Evidence::Statement | Evidence::Administration => {
                read(&period.start).or_else(|| read(&moment)).or_else(|| read(&resource.date_asserted))
            }
        };
        let of_paper = matches!(row.evidence, Evidence::Request | Evidence::Dispense);
        Self { start, of_paper, end: read(&period.end) }
    }

    /// The start of a course; without any date the first day of the record.
    fn begin(&self, row: &Row<'_>, ground: &Ground<'_, '_>, name: &str, notices: &mut Notices) -> When {
        match self.start {
            Some(written) => {
                if written.partial() {
                    notices.info(
                        &row.path,
                        "a medicine began at a date known only in part",
                        "read as its first day",
                        name,
                    );
                }
                match self.of_paper || written.time.is_none() {
                    true => ground.clock.day(written),
                    false => ground.clock.when(written),
                }
            }
            None => {
                let help = "read as taken since the first day of the record; ask since when";
                notices.warning(&row.path, "a medicine has no date", help, name);
                ground.clock.whole_day((*ground.first_day).unwrap_or(Date::constant(1970, 1, 1)))
            }
        }
    }
}

fn not_taken(row: &Row<'_>, of: &mut Taken, ground: &Ground<'_, '_>, notices: &mut Notices) {
    let dates = Dates::of(row, notices);
    match row.evidence {
        Evidence::Statement => {
            let help = "orders and dispenses of it are not counted from then on";
            notices.info(&row.path, "a statement says that a medicine is not taken", help, &of.name);
            of.not_taken.push(dates.start.map(|written| ground.clock.day(written).start));
        }
        _ => {
            notices.info(&row.path, "a dose was not given", "it is not counted", &of.name);
            if let (Some(written), Evidence::Administration) = (dates.start, row.evidence) {
                of.missed.push((ground.clock.when(written), row.origin.clone(), row.path.clone()));
            }
        }
    }
}

/// Doses that were given, each an event of its own.
fn given(
    row: &Row<'_>,
    part: &Part,
    steps: Vec<Step>,
    of: &mut Taken,
    ground: &Ground<'_, '_>,
    notices: &mut Notices,
) {
    let dates = Dates::of(row, notices);
    let Some(step) = steps.into_iter().next() else { return };
    let when = match dates.start {
        Some(written) => ground.clock.when(written),
        None => {
            let help = "it is kept on the first day of the record; ask when";
            notices.warning(&row.path, "a dose that was given has no date", help, &part.name);
            ground.clock.whole_day((*ground.first_day).unwrap_or(Date::constant(1970, 1, 1)))
        }
    };
    let overdose = overdose(&row.resource);
    let mut line = DoseLine { schedule: None, up_to: None, overdose, ..step.line };
    if let Some(end) = dates.end.map(|written| ground.clock.when(written)) {
        let hours = end.start.duration_since(when.start).as_secs_f64() / 3600.0;
        let infused = matches!(line.dose, Dose::Known(Amount { each: Quantity::MassPerHour(_), .. }));
        if hours > 0.0
            && line.over.is_none()
            && (infused || matches!(line.route, Route::Iv))
            && hours <= 168.0
        {
            line.over = Some(TimeSpan::hours(hours));
        }
    }
    let (origin, path, note) = (row.origin.clone(), row.path.clone(), note_of(&row.resource));
    of.singles.push(Single { when, line, origin, path, note, given: true });
}

/// The windows of a request, a dispense or a statement.
fn windows(
    row: &Row<'_>,
    active: bool,
    mut steps: Vec<Step>,
    of: &mut Taken,
    ground: &Ground<'_, '_>,
    notices: &mut Notices,
) {
    let dates = Dates::of(row, notices);
    let name = of.name.clone();
    let sequential = in_sequence(&mut steps, &row.path, notices);
    let steps = if sequential { steps } else { together(steps, &row.path, notices) };
    let note = note_of(&row.resource);
    let mut next: Option<When> = None;
    let count = steps.len();
    for (index, step) in steps.into_iter().enumerate() {
        let rhythm = &step.rhythm;
        let bounded = rhythm.start.map(|written| match written.time {
            Some(_) => ground.clock.when(written),
            None => ground.clock.day(written),
        });
        let mut start = match (bounded, next) {
            (Some(start), _) => start,
            (None, Some(start)) => start,
            (None, None) => dates.begin(row, ground, &name, notices),
        };
        if let Some(weekday) = rhythm.weekday {
            start = ground.clock.whole_day(timing::next_weekday(ground.clock.date_of(start.start), weekday));
        }
        let single = |when: When| Single {
            when,
            line: DoseLine { schedule: None, overdose: overdose(&row.resource), ..step.line.clone() },
            origin: row.origin.clone(),
            path: row.path.clone(),
            note: note.clone(),
            given: false,
        };
        if !rhythm.events.is_empty() {
            let events = rhythm.events.iter().take(MOST_SINGLE);
            of.singles.extend(events.map(|event| single(ground.clock.when(*event))));
            continue;
        }
        if let Some(times) = rhythm.single {
            of.singles.extend((0..(times as usize).clamp(1, MOST_SINGLE)).map(|_| single(start)));
            next = Some(ground.clock.whole_day(days_after(ground.clock.date_of(start.start), 1.0)));
            continue;
        }
        let first_day = ground.clock.date_of(start.start);
        let last_day = |written: Written| {
            let last = if written.time.is_some() { ground.clock.date(written) } else { written.last };
            days_after(last, 1.0)
        };
        let lasting = |days: f64| days_after(first_day, days.ceil());
        let supply = || supply(row, &step).map(lasting);
        let own_end = rhythm.end.map(last_day).or_else(|| rhythm.days.map(lasting));
        let end = own_end.or_else(|| match (dates.end, row.evidence) {
            (Some(end), Evidence::Statement) => Some(last_day(end)),
            _ => None,
        });
        let end = end.or_else(|| supply().filter(|_| index + 1 == count));
        let end = match (end, active) {
            (Some(end), _) => Some(end),
            (None, true) if index + 1 == count => None,
            (None, _) => {
                let help = "read as a supply of 30 days; ask until when it was taken";
                notices.info(&row.path, "a medicine is over and its last day is not written", help, &name);
                Some(lasting(USUAL_SUPPLY))
            }
        };
        let end = end.map(|end| ground.clock.midnight(end));
        next = end.map(|end| ground.clock.whole_day(ground.clock.date_of(end)));
        if end.is_some_and(|end| end <= start.start) {
            notices.warning(&row.path, "a medicine ends before it begins", "it is not counted", &name);
            continue;
        }
        of.windows.push(Window {
            start,
            end,
            line: DoseLine { overdose: overdose(&row.resource), ..step.line },
            evidence: row.evidence,
            origin: row.origin.clone(),
            path: row.path.clone(),
            note: note.clone(),
            requester: row
                .resource
                .requester
                .as_ref()
                .and_then(|by| by.reference.as_deref())
                .map(str::to_owned),
            follows: row.resource.prior_prescription.is_some() || sequential,
        });
    }
}

/// Days that a supply lasts.
fn supply(row: &Row<'_>, step: &Step) -> Option<f64> {
    let a_day = step.line.schedule.as_ref().map(|schedule| timing::doses_a_day(schedule, step.line.up_to));
    let by_count = |quantity: Option<f64>| {
        let days = quantity? / (step.pieces? * a_day?);
        Some(days).filter(|days| days.is_finite() && *days > 0.0)
    };
    let value = |quantity: &crate::model::Quantity<'_>| quantity.value.map(|value| value.0);
    match row.evidence {
        Evidence::Request => {
            let request = row.resource.dispense_request.as_ref()?;
            let expected = request.expected_supply_duration.as_ref().and_then(timing::days);
            let days = expected.or_else(|| by_count(request.quantity.as_ref().and_then(value)))?;
            let repeats =
                request.number_of_repeats_allowed.map_or(0.0, |repeats| repeats.0.clamp(0.0, 1000.0));
            Some(days * (1.0 + repeats))
        }
        Evidence::Dispense => {
            let days = row.resource.days_supply.as_ref().and_then(timing::days);
            days.or_else(|| by_count(row.resource.quantity.as_ref().and_then(value)))
        }
        Evidence::Statement | Evidence::Administration => None,
    }
}

/// Whether the steps follow one another; sorts them if so.
fn in_sequence(steps: &mut [Step], path: &str, notices: &mut Notices) -> bool {
    let mut numbers: Vec<f64> = steps.iter().filter_map(|step| step.sequence).collect();
    numbers.dedup();
    if numbers.len() < 2 || numbers.len() < steps.len() {
        return false;
    }
    steps.sort_by(|a, b| a.sequence.unwrap_or(0.0).total_cmp(&b.sequence.unwrap_or(0.0)));
    let (_, before) = steps.split_last().expect("there are at least two");
    let placed = before.iter().zip(&steps[1..]).all(|(step, next)| {
        let rhythm = &step.rhythm;
        rhythm.end.is_some()
            || rhythm.days.is_some()
            || rhythm.single.is_some()
            || next.rhythm.start.is_some()
    });
    if !placed {
        let help = "read as taken at the same time; ask for the days of each";
        notices.info(path, "steps of a dosage have no length", help, "");
    }
    placed
}

/// Dosages at the same time become one, with the same total a day.
fn together(steps: Vec<Step>, path: &str, notices: &mut Notices) -> Vec<Step> {
    let apart = |step: &Step| {
        step.rhythm.start.is_some() || !step.rhythm.events.is_empty() || step.rhythm.single.is_some()
    };
    let (mut alone, mut joint): (Vec<Step>, Vec<Step>) = steps.into_iter().partition(apart);
    let mut routes: BTreeMap<Route, Vec<Step>> = BTreeMap::new();
    for step in joint.drain(..) {
        routes.entry(step.line.route).or_default().push(step);
    }
    for (_, steps) in routes {
        alone.extend(merged(steps, path, notices));
    }
    alone
}

fn merged(mut steps: Vec<Step>, path: &str, notices: &mut Notices) -> Option<Step> {
    if steps.len() > 1 && steps.iter().any(|step| step.line.schedule != Some(Schedule::AsNeeded)) {
        let before = steps.len();
        steps.retain(|step| step.line.schedule != Some(Schedule::AsNeeded));
        if steps.len() < before {
            let help = "only the regular one is counted";
            notices.warning(path, "a medicine is taken regularly and as needed besides", help, "");
        }
    }
    let mut steps = steps.into_iter();
    let mut whole = steps.next()?;
    let more: Vec<Step> = steps.collect();
    if more.is_empty() {
        return Some(whole);
    }
    let a_day = |step: &Step| {
        step.line.schedule.as_ref().map_or(1.0, |schedule| timing::doses_a_day(schedule, step.line.up_to))
    };
    let mass = |step: &Step| match &step.line.dose {
        Dose::Known(Amount { count, each: Quantity::Mass(mass) }) => Some(count * mass.as_mg()),
        _ => None,
    };
    let all = || std::iter::once(&whole).chain(&more);
    let times: f64 = all().map(a_day).sum();
    let total: Option<f64> = all().map(|step| Some(mass(step)? * a_day(step))).sum();
    let same = more.iter().all(|step| step.line.dose == whole.line.dose);
    let clock_times: Option<Vec<_>> = all()
        .map(|step| match &step.line.schedule {
            Some(Schedule::At(times)) => Some(times.clone()),
            Some(Schedule::Nightly) => Some(vec![Schedule::bedtime()]),
            _ => None,
        })
        .collect();
    whole.line.schedule = match clock_times {
        Some(times) => {
            let mut times: Vec<_> = times.into_iter().flatten().collect();
            times.sort_unstable();
            times.dedup();
            Some(Schedule::At(times))
        }
        None => timing::schedule(times, 24.0),
    };
    if !same {
        let help = "read as doses of the mean size, with the same total a day";
        notices.info(path, "a medicine is taken in doses of different size", help, &whole.line.name.text);
        let mean = total.filter(|_| times > 0.0).map(|total| Mass::mg(total / times));
        whole.line.dose =
            mean.map_or(Dose::Unknown, |mass| Dose::Known(Amount { count: 1.0, each: Quantity::Mass(mass) }));
    }
    Some(whole)
}

/// How a dose was meant, where a diary said so.
fn overdose(resource: &Medicating<'_>) -> Option<Overdose> {
    let meant = |code: &str| {
        resource.reason_code.iter().any(|reason| reason.codes_in(codes::DIARY).any(|known| known == code))
    };
    match (meant(codes::ON_PURPOSE), meant(codes::BY_ACCIDENT)) {
        (true, _) => Some(Overdose::OnPurpose),
        (_, true) => Some(Overdose::ByAccident),
        _ => None,
    }
}

fn note_of(resource: &Medicating<'_>) -> Option<String> {
    let texts: Vec<&str> = resource.note.iter().filter_map(|note| note.text.as_deref()).collect();
    (!texts.is_empty()).then(|| texts.join(" · "))
}
