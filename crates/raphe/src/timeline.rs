//! What happened, when, and how precisely it is known.
//!
//! A [`Timeline`] is a [`Person`] and sorted [`Entry`]s. It is made by reading a diary ([`diary`]) and knows nothing of
//! medicine: names stay text until `knowledge::resolve` adds their ids. What was written but not understood stays too,
//! as [`Event::Unread`] with a [`Notice`], because an unread line may hold the one word that matters.

pub mod diary;

use crate::units::{Frequency, Illuminance, Length, Mass, Pressure, Temperature, TimeSpan};
use jiff::{Timestamp, civil, tz::TimeZone};

/// A person's timeline: immutable; [`Timeline::with`] returns a new one.
#[derive(Debug, Clone)]
pub struct Timeline {
    /// Who it is about.
    pub person: Person,
    /// What happened, sorted by start, then by origin.
    pub entries: Vec<Entry>,
    /// Whether the medicines are all that was taken. A diary's list is; what a health record holds is not, so there an
    /// exposure is true or unknown, never false.
    pub complete: bool,
}

impl Timeline {
    /// A timeline with entries in order; the order in which they are given does not matter.
    #[must_use]
    pub fn new(person: Person, mut entries: Vec<Entry>) -> Self {
        entries.sort_by(|a, b| (a.when.start, &a.origin).cmp(&(b.when.start, &b.origin)));
        Self { person, entries, complete: true }
    }

    /// The same timeline, of which it is not known that it names every medicine.
    #[must_use]
    pub fn incomplete(self) -> Self {
        Self { complete: false, ..self }
    }

    /// The same timeline with more entries.
    #[must_use]
    pub fn with(&self, more: impl IntoIterator<Item = Entry>) -> Self {
        self.holding(self.entries.iter().cloned().chain(more).collect())
    }

    /// Other entries of the same person, as complete as this one.
    #[must_use]
    pub fn holding(&self, entries: Vec<Entry>) -> Self {
        Self { complete: self.complete, ..Self::new(self.person.clone(), entries) }
    }

    /// The zone in which civil times are read and printed; UTC when the person named none.
    #[must_use]
    pub fn zone(&self) -> TimeZone {
        self.person.zone.clone().unwrap_or(TimeZone::UTC)
    }

    /// End of the last dated entry: its moment, or the end of its day, or the start of an open range.
    #[must_use]
    pub fn end(&self) -> Option<Timestamp> {
        self.dated().map(|entry| entry.when.last()).max()
    }

    /// Start of the first dated entry.
    #[must_use]
    pub fn start(&self) -> Option<Timestamp> {
        self.dated().map(|entry| entry.when.start).min()
    }

    fn dated(&self) -> impl Iterator<Item = &Entry> {
        self.entries.iter().filter(|entry| entry.when.precision != Precision::Undated)
    }
}

/// What is known of the person. Everything is optional.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Person {
    /// Year, or year and month, or full date of birth; a missing part is the middle of the range.
    pub born: Option<civil::Date>,
    /// Sex for pharmacology.
    pub sex: Option<Sex>,
    /// Body weight.
    pub weight: Option<Mass>,
    /// Body height.
    pub height: Option<Length>,
    /// ISO 3166 country code, upper case: whom to call.
    pub country: Option<String>,
    /// Time zone.
    pub zone: Option<TimeZone>,
    /// Pregnant, as the profile says.
    pub pregnant: bool,
    /// Smokes tobacco, as the profile says.
    pub smoker: bool,
    /// Liver impaired, as the profile says.
    pub liver_impaired: bool,
    /// Estimated glomerular filtration rate, mL/min/1.73 m².
    pub egfr: Option<f64>,
    /// Genes, as `(CYP2D6, poor metabolizer)` or `(CYP2D6, *4/*4)`.
    pub genes: Vec<(String, String)>,
}

impl Person {
    /// Age in full years at a moment.
    #[must_use]
    pub fn age_at(&self, at: Timestamp) -> Option<i16> {
        let born = self.born?;
        let today = at.to_zoned(self.zone.clone().unwrap_or(TimeZone::UTC)).date();
        let had_birthday = (today.month(), today.day()) >= (born.month(), born.day());
        Some(today.year() - born.year() - i16::from(!had_birthday))
    }
}

/// Sex for pharmacology.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sex {
    /// Female.
    Female,
    /// Male.
    Male,
}

/// One thing that happened.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// When, and how precisely.
    pub when: When,
    /// What.
    pub event: Event,
    /// Where it came from.
    pub origin: Origin,
    /// The note after `;`, if any.
    pub note: Option<String>,
}

/// Where an entry came from.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Origin {
    /// A line of the diary, from 1.
    Line(u32),
    /// Added by a question (`check`, `whatif`), not written by the person.
    Asked(u32),
    /// A resource of a health record: `MedicationRequest/17`, or its place where it has no id.
    Fhir(String),
}

/// A moment, a day or a range of days.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct When {
    /// First moment it could be.
    pub start: Timestamp,
    /// First moment it can no longer be; equal to `start` for a moment; `None` for an open range.
    pub end: Option<Timestamp>,
    /// How it was written.
    pub precision: Precision,
}

impl When {
    /// A known moment.
    #[must_use]
    pub fn at(moment: Timestamp) -> Self {
        Self { start: moment, end: Some(moment), precision: Precision::Moment }
    }

    /// The last moment this entry speaks of: its own, the last of its day, or the start of an open range.
    #[must_use]
    pub fn last(&self) -> Timestamp {
        match (self.precision, self.end) {
            (Precision::Moment, _) | (_, None) => self.start,
            (_, Some(end)) => end - jiff::SignedDuration::from_secs(1),
        }
    }

    /// Whether it has begun by a moment; a line without a readable date always has.
    #[must_use]
    pub fn begun_by(&self, moment: Timestamp) -> bool {
        self.start <= moment || self.precision == Precision::Undated
    }
}

/// How precisely a time is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Precision {
    /// To the minute.
    Moment,
    /// To the day.
    Day,
    /// From one day to another, both included, or open-ended.
    Range,
    /// No date could be read; `start` is only where the line stands among the others.
    Undated,
}

/// A name as written; `id` is added by `knowledge::resolve`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name {
    /// As written, trimmed.
    pub text: String,
    /// First column of the name in its line, from 1.
    pub column: u32,
    /// Id in the knowledge base, once resolved.
    pub id: Option<String>,
}

/// What happened.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// A medicine taken regularly from now on.
    Start(DoseLine),
    /// The same medicine at another dose or schedule.
    Change(DoseLine),
    /// One dose, in addition to any schedule.
    Take(DoseLine),
    /// A scheduled dose that was not taken.
    Miss(Name),
    /// No more of it from now on.
    Stop(Name),
    /// Signs that were looked for, examined or observed.
    Sign {
        /// What was looked for, present or absent.
        finds: Vec<Find>,
        /// Who looked.
        by: Observer,
    },
    /// Measured vital signs.
    Vital(Vec<Vital>),
    /// What the person feels.
    Feel(Vec<Feeling>),
    /// How things are going.
    Course(Course),
    /// A questionnaire.
    Score(Score),
    /// A light box.
    Light {
        /// For how long.
        duration: Option<TimeSpan>,
        /// How bright.
        brightness: Option<Illuminance>,
        /// At what time of day, where a range of days is written.
        at: Option<civil::Time>,
    },
    /// Time in daylight.
    Sunlight(TimeSpan),
    /// Physical activity.
    Exercise {
        /// What.
        what: String,
        /// For how long.
        duration: Option<TimeSpan>,
    },
    /// Sleep.
    Sleep(TimeSpan),
    /// Food, as written.
    Meal {
        /// What.
        what: String,
        /// How much.
        amount: Option<Mass>,
    },
    /// A session of therapy.
    Session(String),
    /// Circumstances such as chronic stress.
    Factor(Vec<Find>),
    /// Diagnoses and circumstances such as pregnancy; `infection excluded` is an absent one.
    Condition(Vec<Find>),
    /// Laboratory values.
    Lab(Vec<Lab>),
    /// Free text.
    Note(String),
    /// A line that could not be read; its text still counts for danger words.
    Unread(String),
}

/// A dose, and for a regimen its schedule.
#[derive(Debug, Clone, PartialEq)]
pub struct DoseLine {
    /// What was taken.
    pub name: Name,
    /// How much at a time.
    pub dose: Dose,
    /// Pharmaceutical form, where it matters.
    pub form: Option<Form>,
    /// Route.
    pub route: Route,
    /// Length of an infusion.
    pub over: Option<TimeSpan>,
    /// How often; `None` for a single dose.
    pub schedule: Option<Schedule>,
    /// At most so many a day, for a medicine taken as needed.
    pub up_to: Option<u32>,
    /// Marked as an overdose.
    pub overdose: Option<Overdose>,
}

impl DoseLine {
    /// How many doses of it fall on one day: a seventh for once a week, one for a single dose, the most allowed for as needed.
    #[must_use]
    pub fn times_a_day(&self) -> f64 {
        match &self.schedule {
            Some(Schedule::TimesADay(times)) => f64::from((*times).max(1)),
            Some(Schedule::Every(step)) => 24.0 / step.as_hours().max(0.25),
            Some(Schedule::Weekly) => 1.0 / 7.0,
            Some(Schedule::At(times)) => times.len().max(1) as f64,
            Some(Schedule::AsNeeded) => f64::from(self.up_to.unwrap_or(1)),
            Some(Schedule::Nightly | Schedule::Continuous) | None => 1.0,
        }
    }

    /// The mass of one day: `None` where the dose, or what it takes to know its mass, is not known.
    #[must_use]
    pub fn mass_a_day(&self, weight: Option<Mass>) -> Option<Mass> {
        let Dose::Known(amount) = self.dose else { return None };
        let whole_day = (self.schedule == Some(Schedule::Continuous)).then_some(TimeSpan::days(1.0));
        let mass = amount.mass(weight, self.over.or(whole_day))?;
        Some(Mass::mg(mass.as_mg() * self.times_a_day()))
    }
}

/// How much at a time.
#[derive(Debug, Clone, PartialEq)]
pub enum Dose {
    /// A known amount.
    Known(Amount),
    /// `?`, or no dose written: the usual range.
    Unknown,
    /// Written, but not readable: shown, never guessed.
    Unread {
        /// As written.
        text: String,
        /// The largest amount it could have meant, where a comma makes it unclear.
        could_mean: Option<Mass>,
    },
}

/// A known amount: `count` pieces of `each`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Amount {
    /// How many pieces, 1 unless written.
    pub count: f64,
    /// How much each.
    pub each: Quantity,
}

/// What a piece holds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Quantity {
    /// A mass.
    Mass(Mass),
    /// A mass for each kilogram of body weight.
    MassPerKg(Mass),
    /// A mass an hour (infusion, patch).
    MassPerHour(Mass),
    /// International units.
    Units(f64),
    /// A volume of a liquid whose strength is not known.
    Volume(crate::units::Volume),
}

impl Amount {
    /// The mass of one dose: `None` where body weight is missing or the strength is not known.
    ///
    /// A rate counts over its duration, a day when none is written.
    #[must_use]
    pub fn mass(&self, weight: Option<Mass>, over: Option<TimeSpan>) -> Option<Mass> {
        let each = match self.each {
            Quantity::Mass(mass) => mass.as_mg(),
            Quantity::MassPerKg(mass) => mass.as_mg() * weight?.as_kg(),
            Quantity::MassPerHour(mass) => mass.as_mg() * over.map_or(24.0, TimeSpan::as_hours),
            Quantity::Units(_) | Quantity::Volume(_) => return None,
        };
        Some(Mass::mg(each * self.count))
    }
}

/// Pharmaceutical form, where it matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// Extended, slow, modified or prolonged release.
    ExtendedRelease,
    /// Patch.
    Patch,
    /// Liquid or drops.
    Liquid,
    /// Long-acting injection.
    Depot,
}

/// Route of administration.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Route {
    /// Swallowed.
    #[default]
    Oral,
    /// Into a vein.
    Iv,
    /// Into a muscle.
    Im,
    /// Under the skin.
    Subcutaneous,
    /// Under the tongue.
    Sublingual,
    /// In the cheek.
    Buccal,
    /// Through the skin.
    Transdermal,
    /// Into the nose.
    Intranasal,
    /// Breathed in.
    Inhaled,
    /// Smoked.
    Smoked,
    /// Rectal.
    Rectal,
}

impl Route {
    /// Every route with its diary word, which is also its word in the knowledge base.
    pub const ALL: [(Self, &'static str); 11] = [
        (Self::Oral, "oral"),
        (Self::Iv, "iv"),
        (Self::Im, "im"),
        (Self::Subcutaneous, "subcutaneous"),
        (Self::Sublingual, "sublingual"),
        (Self::Buccal, "buccal"),
        (Self::Transdermal, "transdermal"),
        (Self::Intranasal, "intranasal"),
        (Self::Inhaled, "inhaled"),
        (Self::Smoked, "smoked"),
        (Self::Rectal, "rectal"),
    ];

    /// The diary word.
    #[must_use]
    pub fn word(self) -> &'static str {
        Self::ALL[self as usize].1
    }
}

/// How often a regimen is taken.
#[derive(Debug, Clone, PartialEq)]
pub enum Schedule {
    /// So many times a day, evenly over waking hours; once a day is 08:00.
    TimesADay(u32),
    /// Every so many hours of elapsed time.
    Every(TimeSpan),
    /// Once a day at 22:00.
    Nightly,
    /// Once a week.
    Weekly,
    /// At these times of each day.
    At(Vec<civil::Time>),
    /// When needed.
    AsNeeded,
    /// Without pause (patch, infusion).
    Continuous,
}

impl Schedule {
    /// So many doses a day: the first at 08:00, the last at 20:00, evenly between, on the hour.
    #[must_use]
    pub fn times_a_day(times: u32) -> Vec<civil::Time> {
        let step = 12.0 / f64::from(times.saturating_sub(1).max(1));
        let hour = |index: u32| libm::floor(8.0 + step * f64::from(index)) as i8;
        (0..times.clamp(1, 24)).map(|index| civil::Time::constant(hour(index).min(20), 0, 0, 0)).collect()
    }

    /// Bedtime: 22:00.
    #[must_use]
    pub fn bedtime() -> civil::Time {
        civil::Time::constant(22, 0, 0, 0)
    }
}

/// What an overdose was marked as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Overdose {
    /// `on purpose`.
    OnPurpose,
    /// `by accident`.
    ByAccident,
}

/// Who looked for a sign.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Observer {
    /// The person or someone near them.
    #[default]
    Lay,
    /// `by clinician`.
    Clinician,
}

/// A sign or condition that was looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Find {
    /// Its name.
    pub name: Name,
    /// Found, or looked for and not found.
    pub present: bool,
}

/// One measured vital sign.
#[derive(Debug, Clone, PartialEq)]
pub enum Vital {
    /// Body temperature.
    Temperature(Temperature),
    /// Heart rate.
    Pulse(Frequency),
    /// Blood pressure, systolic over diastolic.
    BloodPressure(Pressure, Pressure),
    /// Breaths.
    Respiration(Frequency),
    /// Oxygen saturation, percent.
    Spo2(f64),
    /// Written, but not readable.
    Unread {
        /// As written.
        text: String,
        /// What it could have meant: a bare number read as Celsius and as Fahrenheit, if plausible; the other unit; a
        /// pressure the other way round.
        could_mean: Vec<Vital>,
    },
}

/// What a person feels, with a strength where one was given.
#[derive(Debug, Clone, PartialEq)]
pub struct Feeling {
    /// What.
    pub name: Name,
    /// Out of ten; `None` when only named; 0 or `no X` is looked for and absent.
    pub strength: Option<f64>,
    /// False for `no X` and for 0 out of 10.
    pub present: bool,
}

/// How things are going.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Course {
    /// Getting worse.
    Worsening,
    /// Getting better.
    Improving,
    /// Neither.
    Unchanged,
}

/// A questionnaire's answers or its total.
#[derive(Debug, Clone, PartialEq)]
pub struct Score {
    /// Name of the questionnaire as written (`PHQ-9`).
    pub name: String,
    /// Item answers in order; `None` for `-`, not answered. Empty when only a total is given.
    pub items: Vec<Option<u32>>,
    /// Total as written.
    pub total: Option<f64>,
    /// First columns in its line, from 1: of the name, of each answer, of the total; empty where it was not read from a line.
    pub columns: Vec<u32>,
}

/// One laboratory value.
#[derive(Debug, Clone, PartialEq)]
pub struct Lab {
    /// What was measured.
    pub name: Name,
    /// The number.
    pub value: f64,
    /// The unit as written.
    pub unit: String,
}

/// Something read but not understood or not used; it travels with the result to the report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// How much it matters.
    pub weight: Weight,
    /// Where it was found; `None` when it is about the whole timeline.
    pub place: Option<Place>,
    /// What was found.
    pub says: String,
    /// What to write instead, or what it means for the result.
    pub help: Option<String>,
}

/// How much a notice matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Weight {
    /// How something was read.
    Info,
    /// Read, but worth a second look.
    Warning,
    /// Not read: the result does without it.
    Error,
}

/// A place in a diary.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// Line, from 1.
    pub line: u32,
    /// Column in characters, from 1.
    pub column: u32,
    /// Length in characters.
    pub length: u32,
}
