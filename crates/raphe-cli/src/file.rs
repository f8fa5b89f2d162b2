//! Files, standard input and output, the clock and the terminal: everything impure in one place.

use jiff::{Timestamp, civil, tz::TimeZone};
pub(crate) use raphe_server::{
    clock::now,
    store::{StoreError, lock, replace},
};
use std::{
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
    #[error(transparent)]
    #[diagnostic(help("{}", .0.help()))]
    Store(#[from] StoreError),
    #[error(transparent)]
    #[diagnostic(transparent)]
    Serve(#[from] raphe_server::ServeError),
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
