//! Files, standard input and output, the clock and the terminal: everything impure in one place.

use jiff::{Timestamp, Zoned, civil, tz::TimeZone};
use std::{
    fs::File,
    io::{self, IsTerminal, Read, Write},
    path::{Path, PathBuf},
};

/// What can go wrong outside the engine.
#[derive(Debug, thiserror::Error, miette::Diagnostic)]
pub(crate) enum Error {
    #[error("{} cannot be read: {cause}", path.display())]
    #[diagnostic(help("check the name of the file and that you may read it; nothing was written"))]
    Read { path: PathBuf, cause: io::Error },
    #[error("{} looks like a diary, not like a health record", path.display())]
    #[diagnostic(help(
        "`import` reads a FHIR R4 Bundle or NDJSON; a diary needs no import: `raphe assess` reads it as it is"
    ))]
    Diary { path: PathBuf },
    #[error("{} is a health record already", path.display())]
    #[diagnostic(help(
        "`export` turns a diary into a FHIR R4 Bundle; `raphe import` makes a diary of a record"
    ))]
    Record { path: PathBuf },
    #[error("{}: {cause}", path.display())]
    #[diagnostic(help("{}", help_of(cause)))]
    Fhir { path: PathBuf, cause: raphe_fhir::Error },
    #[error("{} cannot be written: {cause}", path.display())]
    #[diagnostic(help(
        "the file is as it was before; check that there is room and that you may write in its folder"
    ))]
    Write { path: PathBuf, cause: io::Error },
    #[error("{} was changed by another program meanwhile", path.display())]
    #[diagnostic(help("nothing was written; run the command again to add the line to the newer file"))]
    Changed { path: PathBuf },
    #[error("`{found}` is not a moment")]
    #[diagnostic(help("write a day or a day and a time, such as `2026-03-17` or `2026-03-17T10:00`"))]
    Moment { found: String },
    #[error("`{found}` is not in the knowledge base")]
    #[diagnostic(help("{help}"))]
    Unknown { found: String, help: String },
    #[error("`{found}` is not a span of time")]
    #[diagnostic(help("{help}"))]
    Span { found: String, help: String },
    #[error("the output could not be written: {0}")]
    Output(io::Error),
    #[error(transparent)]
    #[diagnostic(transparent)]
    Model(raphe::synapse::run::RunError),
    #[error("{says}")]
    #[diagnostic(help("{help}"))]
    Input { says: String, help: String },
}

fn help_of(error: &raphe_fhir::Error) -> String {
    miette::Diagnostic::help(error).map_or_else(String::new, |help| help.to_string())
}

/// Reads the bytes of a diary or a health record; `-` is standard input.
pub(crate) fn read(path: &Path) -> Result<Vec<u8>, Error> {
    let failed = |cause| Error::Read { path: path.to_owned(), cause };
    if path == Path::new("-") {
        let mut bytes = Vec::new();
        io::stdin().lock().read_to_end(&mut bytes).map_err(failed)?;
        return Ok(bytes);
    }
    std::fs::read(path).map_err(failed)
}

/// The file that a path names: a link is followed, also before its file is there, so that the link stays a link.
fn target(path: &Path) -> PathBuf {
    match (path.canonicalize(), std::fs::read_link(path)) {
        (Ok(target), _) => target,
        (Err(_), Ok(named)) => folder(path).join(named),
        (Err(_), Err(_)) => path.to_owned(),
    }
}

fn folder(file: &Path) -> &Path {
    match file.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

/// Makes other runs of this program wait before they change a file in the same folder, until the lock is dropped or the
/// program ends, however it ends.
///
/// Some systems and network drives know no such lock. There [`replace`] alone sees that another program was quicker,
/// though not in the last instant.
pub(crate) fn lock(path: &Path) -> Option<File> {
    let folder = File::open(folder(&target(path))).ok()?;
    #[cfg(unix)]
    rustix::io::retry_on_intr(|| rustix::fs::flock(&folder, rustix::fs::FlockOperation::LockExclusive))
        .ok()?;
    Some(folder)
}

/// Writes a file whole or not at all: the new bytes reach the disk under another name, then take the old one's place.
///
/// `expected` is what the file held when it was read; if it holds something else by now, nothing is written.
pub(crate) fn replace(path: &Path, expected: Option<&[u8]>, bytes: &[u8]) -> Result<(), Error> {
    let target = target(path);
    let folder = folder(&target);
    let failed = |cause| Error::Write { path: path.to_owned(), cause };
    let mut draft = tempfile::Builder::new().prefix(".raphe-").tempfile_in(folder).map_err(failed)?;
    draft.write_all(bytes).map_err(failed)?;
    if let Ok(old) = std::fs::metadata(&target) {
        draft.as_file().set_permissions(old.permissions()).map_err(failed)?;
    }
    draft.as_file().sync_all().map_err(failed)?;
    let now = match std::fs::read(&target) {
        Ok(bytes) => Some(bytes),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(cause) => return Err(failed(cause)),
    };
    if now.as_deref() != expected {
        return Err(Error::Changed { path: path.to_owned() });
    }
    draft.persist(&target).map_err(|error| failed(error.error))?;
    // The new name is on disk only when its folder is.
    File::open(folder).and_then(|folder| folder.sync_all()).or(Ok(()))
}

/// Prints to standard output; a reader that went away is no error.
pub(crate) fn print(text: &str) -> Result<(), Error> {
    match io::stdout().lock().write_all(text.as_bytes()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(Error::Output(error)),
        _ => Ok(()),
    }
}

/// Whether standard output is a terminal.
pub(crate) fn on_terminal() -> bool {
    io::stdout().is_terminal()
}

/// Whether standard output is a terminal that wants colors.
pub(crate) fn colors() -> bool {
    io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
}

/// Now, in a zone; without one, the clock on the wall read as if it were UTC, as the diary's times are.
pub(crate) fn now(zone: Option<&TimeZone>) -> Timestamp {
    let now = Zoned::now();
    match zone {
        Some(_) => now.timestamp(),
        None => now.datetime().to_zoned(TimeZone::UTC).map_or(now.timestamp(), |zoned| zoned.timestamp()),
    }
}

/// Reads a moment: a day counts to its end, a time with an offset keeps it.
pub(crate) fn moment(text: &str, zone: Option<&TimeZone>) -> Result<Timestamp, Error> {
    let wrong = || Error::Moment { found: text.to_owned() };
    let text = text.trim();
    if text == "now" {
        return Ok(now(zone));
    }
    let in_zone = |at: civil::DateTime| {
        at.to_zoned(zone.cloned().unwrap_or(TimeZone::UTC))
            .map(|zoned| zoned.timestamp())
            .map_err(|_| wrong())
    };
    if let Ok(day) = text.parse::<civil::Date>()
        && text.len() <= 10
    {
        return in_zone(day.at(23, 59, 59, 0));
    }
    match (text.parse::<Timestamp>(), zone) {
        (Ok(instant), Some(_)) => Ok(instant),
        // Without a zone the diary's times are civil, so the civil part of this one is what compares with them.
        (Ok(_), None) | (Err(_), _) => text.parse::<civil::DateTime>().map_err(|_| wrong()).and_then(in_zone),
    }
}
