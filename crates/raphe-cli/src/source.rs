//! What is asked about: diaries and health records, told apart by what is in them, not by their names.

use crate::file::{self, Error};
use raphe::{
    knowledge::Knowledge,
    timeline::{Notice, Timeline, diary},
};
use raphe_fhir::{Reading, Record};
use std::{
    io::{self, IsTerminal, Write},
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

/// One person's timeline, and how it was read.
pub(crate) struct Source {
    /// The file, and in one about several people the person.
    pub(crate) name: String,
    /// Who, in a health record.
    pub(crate) patient: Option<String>,
    /// What happened.
    pub(crate) timeline: Timeline,
    /// How it was read.
    pub(crate) notices: Vec<Notice>,
    /// Whether it came from a health record.
    pub(crate) record: bool,
}

/// A diary is one source; a Bundle is one, NDJSON may be several.
pub(crate) fn sources(path: &Path, bytes: &[u8], knowledge: &Knowledge) -> Result<Vec<Source>, Error> {
    let name = path.display().to_string();
    if !raphe_fhir::is_json(bytes) {
        let (timeline, notices) = diary::read(bytes);
        return Ok(vec![Source { name, patient: None, timeline, notices, record: false }]);
    }
    let failed = |cause| Error::Fhir { path: path.to_owned(), cause };
    let record = Record::open(bytes).map_err(failed)?;
    let patients: Vec<&str> = record.patients().collect();
    if patients.len() < 2 || !record.is_lines() {
        return Ok(vec![of(record.person(knowledge).map_err(failed)?, name)]);
    }
    let mut progress = Progress::new(patients.len());
    let read = patients.iter().map(|patient| {
        progress.step();
        let shown = if patient.is_empty() { "nobody named" } else { patient };
        of(record.patient(patient, knowledge), format!("{name}, {shown}"))
    });
    Ok(read.collect())
}

/// Every source of every file; nothing is printed before all of them are read.
pub(crate) fn all(paths: &[PathBuf], knowledge: &Knowledge) -> Result<Vec<Source>, Error> {
    let mut all = Vec::new();
    for path in paths {
        all.extend(sources(path, &file::read(path)?, knowledge)?);
    }
    Ok(all)
}

/// The one person of a file.
pub(crate) fn one(path: &Path, knowledge: &Knowledge) -> Result<Source, Error> {
    let mut found = sources(path, &file::read(path)?, knowledge)?;
    match found.len() {
        1 => Ok(found.remove(0)),
        _ => {
            let patients = found.into_iter().filter_map(|source| source.patient).collect();
            Err(Error::Fhir { path: path.to_owned(), cause: raphe_fhir::Error::Several { patients } })
        }
    }
}

fn of(reading: Reading, name: String) -> Source {
    let Reading { patient, timeline, notices } = reading;
    Source { name, patient, timeline, notices, record: true }
}

/// How far a long work is: on a terminal's error output, and only after two seconds.
pub(crate) struct Progress {
    begun: Instant,
    shown: Option<Instant>,
    done: usize,
    of: usize,
    terminal: bool,
}

impl Progress {
    /// For so many steps.
    pub(crate) fn new(of: usize) -> Self {
        Self { begun: Instant::now(), shown: None, done: 0, of, terminal: io::stderr().is_terminal() }
    }

    /// One more is done.
    pub(crate) fn step(&mut self) {
        self.done += 1;
        let now = Instant::now();
        let due = self.shown.unwrap_or(self.begun + Duration::from_secs(2));
        if !self.terminal || now < due {
            return;
        }
        self.shown = Some(now + Duration::from_millis(200));
        // A terminal that went away is no failure.
        write!(io::stderr(), "\r{} of {} people", self.done, self.of).ok();
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if self.shown.is_some() {
            clear();
        }
    }
}

/// Does a long work; after two seconds the terminal sees how far it is, and Ctrl-C leaves no half line behind.
pub(crate) fn patiently<T: Send>(doing: &str, work: impl FnOnce() -> T + Send) -> T {
    const WIDTH: usize = 30;
    if !io::stderr().is_terminal() {
        return work();
    }
    std::thread::scope(|scope| {
        let (done, wait) = std::sync::mpsc::channel::<()>();
        scope.spawn(move || {
            let mut patience = Duration::from_secs(2);
            let mut shown = false;
            while wait.recv_timeout(patience) == Err(std::sync::mpsc::RecvTimeoutError::Timeout) {
                patience = Duration::from_millis(200);
                if !shown {
                    // A second handler is refused, and the first does the same.
                    ctrlc::set_handler(|| {
                        clear();
                        std::process::exit(130);
                    })
                    .ok();
                    shown = true;
                }
                let share = raphe::progress::share();
                let full = (share * WIDTH as f64) as usize;
                let (bar, rest) = ("█".repeat(full), "░".repeat(WIDTH - full));
                write!(io::stderr(), "\r{doing} {bar}{rest} {:3.0} %", share * 100.0).ok();
            }
            if shown {
                clear();
            }
        });
        let result = work();
        drop(done);
        result
    })
}

/// Takes the line of a bar away.
fn clear() {
    write!(io::stderr(), "\r{:60}\r", "").ok();
}
