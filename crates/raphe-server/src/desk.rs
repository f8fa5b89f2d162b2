//! What the pages ask of the engine: the diary as it is now, and what follows from it, each worked out once.
//!
//! Whatever is judged (urgency, verdict, findings) asks no model, so it is the same with few virtual people as with all. Only the
//! ranges of modeled numbers differ. A page that would have to wait is made with [`FEW`] people first and says so; all
//! others are simulated meanwhile, and the script asks for the page again when they are there ([`Desk::refining`]).

use crate::{
    app::{App, Home, lock},
    clock, store,
    visit::{Note, Visit, Wrong},
};
use axum::http::StatusCode;
use jiff::{Timestamp, tz::TimeZone};
use raphe::{
    assess::{self, Assessment, Question},
    check::{self, Withheld},
    exposure::simulation::{Simulation, Span},
    knowledge::{Knowledge, schema::Urgency},
    population::Population,
    report::{self, Report, Voice},
    synapse,
    timeline::{
        Notice, Timeline, Weight,
        diary::{self, Diary},
    },
};
use std::{
    collections::{BTreeMap, hash_map::DefaultHasher},
    hash::{Hash, Hasher},
    path::PathBuf,
    sync::{
        Arc, OnceLock, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

/// So many virtual people make a first picture: eight lanes of eight less two, quick and with a usable range.
pub(crate) const FEW: u32 = 48;
/// So long one reading of an unchanged file is asked again.
const FRESH: Duration = Duration::from_secs(300);
/// So many answers about one reading are kept.
const KEPT: usize = 24;

/// A diary as it was read.
pub(crate) struct Reading {
    /// Every byte of the file; empty where there is none.
    pub(crate) bytes: Vec<u8>,
    /// Whether there is a file.
    pub(crate) exists: bool,
    /// The file, where it was there before and is not now.
    pub(crate) gone: Option<PathBuf>,
    /// Tells this text from others.
    pub(crate) mark: u64,
    /// What happened, names as written.
    pub(crate) timeline: Timeline,
    /// The same with ids.
    pub(crate) resolved: Timeline,
    /// How it was read and resolved.
    pub(crate) notices: Vec<Notice>,
    /// So many of them are of reading.
    read: usize,
    /// The moment that is judged.
    pub(crate) as_of: Timestamp,
    /// Says so when that is not now.
    pub(crate) preface: Option<String>,
    begun: Instant,
}

impl Reading {
    /// Reads a text.
    pub(crate) fn of(bytes: Vec<u8>, exists: bool, at: Option<Timestamp>, knowledge: &Knowledge) -> Self {
        let (timeline, mut notices) = diary::read(&bytes);
        let read = notices.len();
        let (resolved, names) = knowledge.resolve(&timeline);
        notices.extend(names);
        let now = clock::now(timeline.person.zone.as_ref());
        let (as_of, preface) = at.map_or_else(|| assess::moment(&timeline, now), |at| (at, None));
        let mut hasher = DefaultHasher::new();
        bytes.hash(&mut hasher);
        let mark = hasher.finish();
        let begun = Instant::now();
        Self { bytes, exists, gone: None, mark, timeline, resolved, notices, read, as_of, preface, begun }
    }

    /// Says before all else that the file is gone: an empty diary would look calm.
    fn lose(&mut self, path: PathBuf) {
        let notice = Notice {
            weight: Weight::Error,
            place: None,
            says: format!("{} is not there any more, so nothing of it was judged", path.display()),
            help: Some("put it back, or bring back the last version on the page Diary".to_owned()),
        };
        self.notices.insert(0, notice);
        self.read += 1;
        self.gone = Some(path);
    }

    /// How many lines the file has.
    pub(crate) fn lines(&self) -> usize {
        Diary::read(&self.bytes).lines().count()
    }

    /// Whether the moment it speaks of is still the one to speak of: not long ago, and nothing dated has come since.
    fn is_fresh(&self, at: Option<Timestamp>) -> bool {
        if at.is_some() || self.preface.is_some() {
            return true;
        }
        let now = clock::now(self.timeline.person.zone.as_ref());
        let come = |entry: &raphe::timeline::Entry| entry.when.start > self.as_of && entry.when.start <= now;
        self.begun.elapsed() < FRESH && !self.timeline.entries.iter().any(come)
    }
}

/// One answer, worked out by whoever asks first.
type Cell<T> = Arc<OnceLock<Arc<T>>>;

/// What was worked out of the last reading.
#[derive(Default)]
pub(crate) struct Cache {
    reading: Option<Arc<Reading>>,
    assessments: BTreeMap<u32, Cell<Assessment>>,
    moments: Vec<((Timestamp, u32), Cell<Assessment>)>,
    simulations: Vec<(SpanKey, Cell<Simulation>)>,
}

/// The cell of a key among those kept, newest last.
fn kept<K: PartialEq, T>(list: &mut Vec<(K, Cell<T>)>, key: K) -> Cell<T> {
    if let Some((_, cell)) = list.iter().find(|(known, _)| *known == key) {
        return cell.clone();
    }
    if list.len() == KEPT {
        list.remove(0);
    }
    let cell = Cell::default();
    list.push((key, cell.clone()));
    cell
}

/// From, to, step in minutes, people.
type SpanKey = (Option<Timestamp>, Timestamp, u64, u32);

fn key(span: Span, people: u32) -> SpanKey {
    let minutes = (span.step.as_hours() * 60.0).round().max(1.0) as u64;
    (span.from, span.to, minutes, people)
}

impl App {
    /// The bytes of the diary, and whether there is a file.
    pub(crate) fn bytes(&self) -> Result<(Vec<u8>, bool), Wrong> {
        match &*self.home.read().unwrap_or_else(PoisonError::into_inner) {
            Home::Example(bytes) => Ok((bytes.clone(), true)),
            Home::File(path) => match store::read(path) {
                Ok(bytes) => Ok((bytes.clone().unwrap_or_default(), bytes.is_some())),
                Err(error) => Err(Wrong {
                    status: StatusCode::INTERNAL_SERVER_ERROR,
                    says: error.to_string(),
                    help: error.help().to_owned(),
                }),
            },
        }
    }

    /// Whether the built-in example is shown.
    pub(crate) fn is_example(&self) -> bool {
        matches!(&*self.home.read().unwrap_or_else(PoisonError::into_inner), Home::Example(_))
    }

    /// The diary as it is now.
    pub(crate) fn reading(&self) -> Result<Arc<Reading>, Wrong> {
        let (bytes, exists) = self.bytes()?;
        let known = lock(&self.cache).reading.clone();
        if let Some(reading) = known
            && reading.bytes == bytes
            && reading.exists == exists
            && reading.is_fresh(self.options.at)
        {
            return Ok(reading);
        }
        let mut reading = Reading::of(bytes, exists, self.options.at, self.knowledge);
        if !exists && let Some(path) = self.gone() {
            reading.lose(path);
        }
        let reading = Arc::new(reading);
        *lock(&self.cache) = Cache { reading: Some(reading.clone()), ..Cache::default() };
        Ok(reading)
    }

    /// The cell of an answer about this reading; one of its own where the reading is an old one.
    fn assessment_cell(&self, reading: &Arc<Reading>, people: u32) -> Cell<Assessment> {
        let mut cache = lock(&self.cache);
        match &cache.reading {
            Some(known) if Arc::ptr_eq(known, reading) => {
                cache.assessments.entry(people).or_default().clone()
            }
            _ => Cell::default(),
        }
    }

    fn simulation_cell(&self, reading: &Arc<Reading>, key: SpanKey) -> Cell<Simulation> {
        let mut cache = lock(&self.cache);
        if !cache.reading.as_ref().is_some_and(|known| Arc::ptr_eq(known, reading)) {
            return Cell::default();
        }
        kept(&mut cache.simulations, key)
    }

    fn moment_cell(&self, reading: &Arc<Reading>, key: (Timestamp, u32)) -> Cell<Assessment> {
        let mut cache = lock(&self.cache);
        if !cache.reading.as_ref().is_some_and(|known| Arc::ptr_eq(known, reading)) {
            return Cell::default();
        }
        kept(&mut cache.moments, key)
    }
}

/// One request's view of the diary and the engine.
pub(crate) struct Desk {
    /// Who asks.
    pub(crate) visit: Visit,
    /// The diary.
    pub(crate) reading: Arc<Reading>,
    /// What is said once at the top.
    pub(crate) note: Option<Note>,
    refining: AtomicBool,
    report: OnceLock<Report>,
}

impl Desk {
    pub(crate) fn new(visit: Visit, reading: Arc<Reading>, note: Option<Note>) -> Self {
        Self { visit, reading, note, refining: AtomicBool::new(false), report: OnceLock::new() }
    }

    pub(crate) fn knowledge(&self) -> &'static Knowledge {
        self.visit.app.knowledge
    }

    pub(crate) fn voice(&self) -> Voice {
        self.visit.voice
    }

    pub(crate) fn width(&self) -> f64 {
        f64::from(self.visit.width)
    }

    /// The person's zone; UTC where none is named, in which the diary's times then are.
    pub(crate) fn zone(&self) -> TimeZone {
        self.reading.timeline.zone()
    }

    /// The question that all pages ask, with so many people.
    pub(crate) fn question_of(&self, people: u32) -> Question {
        let population = Population { people, ..self.visit.app.options.population };
        Question { as_of: self.reading.as_of, horizon: assess::HORIZON, population }
    }

    /// The question that all pages ask, with all people.
    pub(crate) fn question(&self) -> Question {
        self.question_of(self.visit.app.options.population.people)
    }

    /// How many people this page is made with: few while all are being simulated.
    fn people<T: Send + Sync + 'static>(
        &self,
        cell: impl Fn(u32) -> Cell<T>,
        work: impl Fn(u32) -> T + Send + 'static,
    ) -> Arc<T> {
        let all = self.visit.app.options.population.people;
        let whole = cell(all);
        if let Some(done) = whole.get() {
            return done.clone();
        }
        if self.visit.patient || all <= FEW {
            return whole.get_or_init(|| Arc::new(work(all))).clone();
        }
        let first = cell(FEW).get_or_init(|| Arc::new(work(FEW))).clone();
        self.refining.store(true, Ordering::Relaxed);
        // Whoever comes meanwhile waits for this one instead of working it out again.
        self.visit.app.background.later(
            self.reading.mark,
            Box::new(move || {
                whole.get_or_init(|| Arc::new(work(all)));
            }),
        );
        first
    }

    /// The assessment, with its notices of reading.
    pub(crate) fn assessment(&self) -> Arc<Assessment> {
        let (app, reading) = (self.visit.app.clone(), self.reading.clone());
        let question = self.question();
        self.people(
            |people| self.visit.app.assessment_cell(&self.reading, people),
            move |people| {
                let population = Population { people, ..question.population };
                let mut answer =
                    assess::assess(&reading.timeline, app.knowledge, &Question { population, ..question });
                answer.notices.splice(0..0, reading.notices.iter().take(reading.read).cloned());
                answer
            },
        )
    }

    /// The assessment of this diary at another moment or with other people, without notices of reading; kept.
    pub(crate) fn assessment_at(&self, question: &Question) -> Arc<Assessment> {
        let asked_by_all = Question { population: question.population, ..self.question() };
        if *question == asked_by_all
            && let Some(done) =
                self.visit.app.assessment_cell(&self.reading, question.population.people).get()
        {
            return done.clone();
        }
        let cell = self.visit.app.moment_cell(&self.reading, (question.as_of, question.population.people));
        cell.get_or_init(|| Arc::new(assess::assess(&self.reading.timeline, self.knowledge(), question)))
            .clone()
    }

    /// The assessment in words, in the reader's voice: made once for the page and the frame around it.
    pub(crate) fn report(&self) -> &Report {
        self.report.get_or_init(|| {
            let preface = self.reading.preface.as_deref();
            report::report(&self.assessment(), self.knowledge(), self.voice(), preface)
        })
    }

    /// Whether the frame says first whom to call, on every page.
    pub(crate) fn alarm(&self) -> bool {
        self.report().urgency >= Urgency::Urgent || self.assessment().suicide_path
    }

    /// Levels, occupancies and serotonin over time.
    ///
    /// # Errors
    /// What is withheld, and then nothing is simulated: a dose far above the highest recommended gets no curve.
    pub(crate) fn simulation(&self, span: Span) -> Result<Arc<Simulation>, Withheld> {
        if let Some(withheld) = self.withheld() {
            return Err(withheld);
        }
        let (app, reading) = (self.visit.app.clone(), self.reading.clone());
        let population = self.question().population;
        Ok(self.people(
            |people| self.visit.app.simulation_cell(&self.reading, key(span, people)),
            move |people| {
                let population = Population { people, ..population };
                synapse::simulation(&reading.resolved, app.knowledge, population, span)
            },
        ))
    }

    /// The same with so many people, for whoever has asked [`Desk::withheld`] before.
    pub(crate) fn simulation_of(&self, span: Span, people: u32) -> Arc<Simulation> {
        let population = self.question_of(people).population;
        let cell = self.visit.app.simulation_cell(&self.reading, key(span, people));
        cell.get_or_init(|| {
            Arc::new(synapse::simulation(&self.reading.resolved, self.knowledge(), population, span))
        })
        .clone()
    }

    /// Whether figures are withheld: semantics of harm, before any curve, probability, ranking or threshold.
    pub(crate) fn withheld(&self) -> Option<Withheld> {
        check::withheld(
            &self.reading.resolved,
            self.knowledge(),
            self.reading.as_of,
            self.voice() == Voice::Clinician,
        )
    }

    /// Says that this page shows few people.
    pub(crate) fn refine(&self) {
        self.refining.store(true, Ordering::Relaxed);
    }

    /// Whether this page shows few people while all are being simulated.
    pub(crate) fn refining(&self) -> bool {
        self.refining.load(Ordering::Relaxed)
    }
}
