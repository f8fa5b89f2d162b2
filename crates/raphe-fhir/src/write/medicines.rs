//! What was taken: courses as MedicationStatements, single doses as MedicationAdministrations.
//!
//! A course is what a person says they take, from a day on; it ends where it is changed or stopped. A dose taken beside a
//! course of the same medicine is a statement with its time as well: an administration would be read as the scheduled dose.

use super::{
    bundle::{Writing, notes},
    codes::{
        ATC, BY_ACCIDENT, DIARY, ON_PURPOSE, ROUTE, RXNORM, STATED, UNII, coding, concept, named, quantity,
        words,
    },
    model::{
        Annotation, Concept, Decimal, Dosage, DoseAndRate, Given, MedicationAdministration,
        MedicationStatement, Period, Quantity, Ratio, Repeat, Resource, Timing,
    },
};
use raphe::{
    knowledge::key,
    timeline::{
        Amount, Dose, DoseLine, Entry, Event, Form, Name, Origin, Overdose, Precision, Quantity as Held,
        Route, Schedule, Timeline, Weight, When,
    },
    units::{TimeSpan, number},
};
use std::collections::BTreeMap;

/// A course that runs.
struct Course<'t> {
    entry: &'t Entry,
    line: &'t DoseLine,
}

/// When a course ended, and what ended it.
struct End<'t> {
    when: When,
    by: Option<&'t Origin>,
}

impl Writing<'_> {
    /// Writes what was taken.
    pub(super) fn medicines(&mut self, timeline: &Timeline) {
        let mut running: BTreeMap<(String, Route), Course<'_>> = BTreeMap::new();
        for entry in &timeline.entries {
            if let Event::Start(line) | Event::Change(line) | Event::Take(line) = &entry.event
                && let Dose::Unread { text, .. } = &line.dose
            {
                let says = format!("the dose `{text}` of `{}` could not be read", line.name.text);
                self.notice(
                    &entry.origin,
                    Weight::Warning,
                    says,
                    "a reader supposes the usual dose; its words are a note",
                );
            }
            match &entry.event {
                Event::Start(line) | Event::Change(line) => {
                    let place = (medicine(&line.name), line.route);
                    if let Some(before) = running.remove(&place) {
                        self.course(&before, Some(End { when: entry.when, by: None }));
                    }
                    let course = Course { entry, line };
                    match (entry.when.precision, entry.when.end) {
                        (Precision::Range, Some(end)) => {
                            let end = When { start: end, end: Some(end), precision: Precision::Day };
                            self.course(&course, Some(End { when: end, by: None }));
                        }
                        _ => {
                            running.insert(place, course);
                        }
                    }
                }
                Event::Stop(name) => {
                    let id = medicine(name);
                    let ended: Vec<(String, Route)> =
                        running.keys().filter(|(other, _)| *other == id).cloned().collect();
                    if ended.is_empty() {
                        self.not_taken(name, entry);
                    }
                    if entry.when.precision == Precision::Moment && !ended.is_empty() {
                        let says = format!("the hour at which `{}` was stopped", name.text);
                        self.notice(&entry.origin, Weight::Info, says, "most readers take the whole day");
                    }
                    for place in ended {
                        let course = running.remove(&place).expect("the key was just listed");
                        self.course(&course, Some(End { when: entry.when, by: Some(&entry.origin) }));
                    }
                    self.said_beside(entry);
                }
                Event::Take(line) => {
                    let beside = running.keys().any(|(other, _)| *other == medicine(&line.name));
                    self.take(line, entry, beside);
                }
                Event::Miss(name) => {
                    let missed = MedicationAdministration {
                        status: Some("not-done".to_owned()),
                        status_reason: vec![named(DIARY, "miss", "missed")],
                        medication_codeable_concept: Some(self.product(name, None)),
                        subject: self.subject.clone(),
                        effective_date_time: Some(self.start(entry.when)),
                        ..MedicationAdministration::default()
                    };
                    self.add_of(&entry.origin, Resource::MedicationAdministration(missed));
                    self.said_beside(entry);
                }
                _ => {}
            }
        }
        for course in running.into_values() {
            self.course(&course, None);
        }
    }

    fn course(&mut self, course: &Course<'_>, end: Option<End<'_>>) {
        let Course { entry, line } = course;
        // What was changed on the day on which it began was never taken as it was.
        if let Some(end) = &end
            && end.when.start <= entry.when.start
            && entry.when.precision != Precision::Undated
        {
            let says = format!("`{}` was changed on the day it began", line.name.text);
            self.notice(&entry.origin, Weight::Info, says, "only what it was changed to is written");
            return;
        }
        let period = Period {
            start: (entry.when.precision != Precision::Undated).then(|| self.start(entry.when)),
            end: end.as_ref().map(|end| self.until(end.when)),
        };
        let status = if end.is_some() { "completed" } else { "active" };
        let statement = MedicationStatement {
            effective_period: (period.start.is_some() || period.end.is_some()).then_some(period),
            dosage: vec![self.dosage(line)],
            ..self.statement(line, entry, status)
        };
        let address = self.add_of(&entry.origin, Resource::MedicationStatement(statement));
        if let Some(by) = end.and_then(|end| end.by) {
            self.find(by, &address);
        }
    }

    fn statement(&self, line: &DoseLine, entry: &Entry, status: &str) -> MedicationStatement {
        MedicationStatement {
            status: Some(status.to_owned()),
            category: Some(concept(STATED, "patientspecified", Some("Patient Specified"))),
            medication_codeable_concept: Some(self.product(&line.name, line.form)),
            subject: self.subject.clone(),
            information_source: self.subject.clone(),
            reason_code: meant(line.overdose),
            note: self.remarks(line, entry),
            ..MedicationStatement::default()
        }
    }

    /// Something was stopped that nobody said was taken.
    fn not_taken(&mut self, name: &Name, entry: &Entry) {
        let effective = self.effective(entry.when);
        let statement = MedicationStatement {
            status: Some("not-taken".to_owned()),
            medication_codeable_concept: Some(self.product(name, None)),
            subject: self.subject.clone(),
            effective_date_time: effective.date_time,
            effective_period: effective.period,
            effective_absent: effective.absent,
            ..MedicationStatement::default()
        };
        self.add_of(&entry.origin, Resource::MedicationStatement(statement));
    }

    fn take(&mut self, line: &DoseLine, entry: &Entry, beside: bool) {
        let (dose, rate) = amount(&line.dose);
        let dated = matches!(entry.when.precision, Precision::Moment | Precision::Day);
        let infused = line.over.filter(|_| entry.when.precision == Precision::Moment);
        // A length that is no infusion has a place only in a statement.
        let plain = line.over.is_none() || (infused.is_some() && (line.route == Route::Iv || rate.is_some()));
        if beside || !dated || !plain || (dose.is_none() && rate.is_none()) {
            let dosage = Dosage {
                timing: Some(Timing { event: vec![self.start(entry.when)], repeat: line.over.map(lasting) }),
                ..self.dosage(line)
            };
            let effective = self.effective(entry.when);
            let statement = MedicationStatement {
                effective_date_time: effective.date_time,
                effective_period: effective.period,
                effective_absent: effective.absent,
                dosage: vec![dosage],
                ..self.statement(line, entry, "completed")
            };
            if !dated {
                let says = format!("the day of a single dose of `{}` is not known", line.name.text);
                self.notice(
                    &entry.origin,
                    Weight::Warning,
                    says,
                    "it is written on the first that it may be",
                );
            }
            self.add_of(&entry.origin, Resource::MedicationStatement(statement));
            return;
        }
        let period = infused.map(|over| {
            let length = jiff::SignedDuration::from_secs((over.as_hours() * 3600.0) as i64);
            let end = entry.when.start.checked_add(length).unwrap_or(entry.when.start);
            Period { start: Some(self.moment(entry.when.start)), end: Some(self.moment(end)) }
        });
        let given = MedicationAdministration {
            status: Some("completed".to_owned()),
            medication_codeable_concept: Some(self.product(&line.name, line.form)),
            subject: self.subject.clone(),
            effective_date_time: period.is_none().then(|| self.start(entry.when)),
            effective_period: period,
            reason_code: meant(line.overdose),
            note: self.remarks(line, entry),
            dosage: Some(Given {
                text: Some(said(line)),
                route: Some(route(line.route)),
                dose,
                rate_quantity: rate,
            }),
            ..MedicationAdministration::default()
        };
        self.add_of(&entry.origin, Resource::MedicationAdministration(given));
    }

    /// The note of a line; a dose that could not be read stays in its words.
    fn remarks(&self, line: &DoseLine, entry: &Entry) -> Vec<Annotation> {
        let mut all = notes(entry.note.as_ref());
        if let Dose::Unread { text, .. } = &line.dose {
            all.push(Annotation { text: Some(format!("dose as written: {text}")) });
        }
        all
    }

    fn product(&self, name: &Name, form: Option<Form>) -> Concept {
        let form = match form {
            None => "",
            Some(Form::ExtendedRelease) => " extended release",
            Some(Form::Patch) => " transdermal patch",
            Some(Form::Liquid) => " oral liquid",
            Some(Form::Depot) => " depot",
        };
        let substance = name.id.as_deref().and_then(|id| self.knowledge.substance(id));
        let codes = substance.map(|substance| {
            let inn = Some(substance.names.inn.as_str());
            let codes = &substance.codes;
            let rxnorm = codes.rxnorm.iter().map(|code| coding(RXNORM, code, inn));
            let atc = codes.atc.iter().map(|code| coding(ATC, code, inn));
            rxnorm.chain(atc).chain(codes.unii.iter().map(|code| coding(UNII, code, inn))).collect()
        });
        Concept { coding: codes.unwrap_or_default(), text: Some(format!("{}{form}", name.text.trim())) }
    }

    fn dosage(&mut self, line: &DoseLine) -> Dosage {
        let (dose, rate) = amount(&line.dose);
        let each = DoseAndRate { dose_quantity: dose, rate_quantity: rate };
        let known = each.dose_quantity.is_some() || each.rate_quantity.is_some();
        let repeat = match &line.schedule {
            Some(schedule) => often(schedule, line.over),
            None => line.over.map(lasting),
        };
        let needed = line.schedule == Some(Schedule::AsNeeded);
        let most = line.up_to.map(|times| Ratio {
            numerator: Some(quantity(f64::from(times), "doses", "1")),
            denominator: Some(quantity(1.0, "d", "d")),
        });
        Dosage {
            text: Some(said(line)),
            timing: repeat.map(|repeat| Timing { event: Vec::new(), repeat: Some(repeat) }),
            as_needed_boolean: needed.then_some(true),
            route: Some(route(line.route)),
            dose_and_rate: known.then_some(each).into_iter().collect(),
            max_dose_per_period: most,
        }
    }

    /// The note of a line that has no resource of its own to stand in.
    fn said_beside(&mut self, entry: &Entry) {
        if let Some(note) = entry.note.clone() {
            self.in_words("note", entry.when, &entry.origin, &note, None);
        }
    }
}

/// What tells medicines apart.
fn medicine(name: &Name) -> String {
    name.id.clone().unwrap_or_else(|| key(&name.text))
}

/// The words of a dose line, as a person would say them.
fn said(line: &DoseLine) -> String {
    let mut parts = Vec::new();
    match &line.dose {
        Dose::Known(Amount { count, each }) => {
            let each = match each {
                Held::Mass(mass) => mass.to_string(),
                Held::MassPerKg(mass) => format!("{mass} per kg of body weight"),
                Held::MassPerHour(mass) => format!("{mass} an hour"),
                Held::Units(units) => format!("{} IU", number(*units)),
                Held::Volume(volume) => volume.to_string(),
            };
            parts.push(if *count == 1.0 { each } else { format!("{} times {each}", number(*count)) });
        }
        Dose::Unknown => parts.push("dose not known".to_owned()),
        Dose::Unread { .. } => parts.push("dose not understood".to_owned()),
    }
    parts.extend(line.over.map(|over| format!("over {over}")));
    parts.extend(line.schedule.as_ref().map(|schedule| match schedule {
        Schedule::TimesADay(1) => "once a day".to_owned(),
        Schedule::TimesADay(times) => format!("{times} times a day"),
        Schedule::Every(span) => format!("every {span}"),
        Schedule::Nightly => "every night".to_owned(),
        Schedule::Weekly => "once a week".to_owned(),
        Schedule::At(times) => {
            let times: Vec<String> = times.iter().map(|time| time.strftime("%H:%M").to_string()).collect();
            format!("every day at {}", times.join(" and "))
        }
        Schedule::AsNeeded => "as needed".to_owned(),
        Schedule::Continuous => "without pause".to_owned(),
    }));
    parts.extend(line.up_to.map(|times| format!("up to {times} times a day")));
    parts.extend(line.overdose.map(|mark| {
        match mark {
            Overdose::OnPurpose => "overdose on purpose",
            Overdose::ByAccident => "overdose by accident",
        }
        .to_owned()
    }));
    parts.join(", ")
}

fn meant(overdose: Option<Overdose>) -> Vec<Concept> {
    let one = overdose.map(|mark| match mark {
        Overdose::OnPurpose => named(DIARY, ON_PURPOSE, "overdose on purpose"),
        Overdose::ByAccident => named(DIARY, BY_ACCIDENT, "overdose by accident"),
    });
    one.into_iter().collect()
}

/// The dose, or the rate.
fn amount(dose: &Dose) -> (Option<Quantity>, Option<Quantity>) {
    let Dose::Known(Amount { count, each }) = dose else { return (None, None) };
    match each {
        Held::Mass(mass) => (Some(quantity(count * mass.as_mg(), "mg", "mg")), None),
        Held::MassPerKg(mass) => (Some(quantity(count * mass.as_mg(), "mg/kg", "mg/kg")), None),
        Held::MassPerHour(mass) => (None, Some(quantity(count * mass.as_mg(), "mg/h", "mg/h"))),
        Held::Units(units) => (Some(quantity(count * units, "IU", "[iU]")), None),
        Held::Volume(volume) => (Some(quantity(count * volume.as_ml(), "mL", "mL")), None),
    }
}

fn lasting(over: TimeSpan) -> Repeat {
    Repeat {
        duration: Some(Decimal(over.as_hours())),
        duration_unit: Some("h".to_owned()),
        ..Repeat::default()
    }
}

fn often(schedule: &Schedule, over: Option<TimeSpan>) -> Option<Repeat> {
    let base = over.map(lasting).unwrap_or_default();
    let every = |times: u32, period: f64, unit: &str| Repeat {
        frequency: Some(times),
        period: Some(Decimal(period)),
        period_unit: Some(unit.to_owned()),
        ..base.clone()
    };
    Some(match schedule {
        Schedule::TimesADay(times) => every(*times, 1.0, "d"),
        Schedule::Every(span) if span.as_hours() % 24.0 == 0.0 => every(1, span.as_hours() / 24.0, "d"),
        Schedule::Every(span) => every(1, span.as_hours(), "h"),
        Schedule::Nightly => Repeat { when: vec!["HS".to_owned()], ..every(1, 1.0, "d") },
        Schedule::Weekly => every(1, 1.0, "wk"),
        Schedule::At(times) => {
            let clock = times.iter().map(|time| time.strftime("%H:%M:%S").to_string()).collect();
            Repeat { time_of_day: clock, ..every(times.len() as u32, 1.0, "d") }
        }
        Schedule::AsNeeded | Schedule::Continuous => return over.map(lasting),
    })
}

fn route(route: Route) -> Concept {
    let (code, display) = match route {
        Route::Oral => ("PO", "Oral"),
        Route::Iv => ("IV", "Intravenous"),
        Route::Im => ("IM", "Intramuscular"),
        Route::Subcutaneous => ("SC", "Subcutaneous"),
        Route::Sublingual => ("SL", "Sublingual"),
        Route::Buccal => ("B", "Buccal"),
        Route::Transdermal => ("TD", "Transdermal"),
        Route::Intranasal => ("IN", "Intranasal"),
        Route::Inhaled => ("IH", "Inhalation"),
        Route::Rectal => ("PR", "Rectal"),
        Route::Smoked => return words("smoked"),
    };
    concept(ROUTE, code, Some(display))
}
