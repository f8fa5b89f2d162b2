//! `serve`: the local web app.

use crate::{
    Common,
    file::{self, Error},
};
use raphe::{population::Population, timeline::diary, units::TimeSpan};
use raphe_server::{Options, store};
use std::{
    net::IpAddr,
    path::{Path, PathBuf},
    process::ExitCode,
    time::Duration,
};

/// Where a diary is begun when the example is left.
const FRESH: &str = "health.raphe";

/// Where and for how long the pages are open.
pub(crate) struct Doors<'a> {
    pub(crate) port: Option<u16>,
    pub(crate) address: IpAddr,
    pub(crate) lock_after: &'a str,
    pub(crate) open: bool,
}

/// `raphe serve [FILE]`
pub(crate) fn serve(path: Option<&Path>, doors: &Doors<'_>, common: &Common) -> Result<ExitCode, Error> {
    let span = doors
        .lock_after
        .parse::<TimeSpan>()
        .map_err(|error| Error::Span { found: doors.lock_after.to_owned(), help: error.help })?;
    let at = match (&common.at, path) {
        (Some(text), Some(path)) => {
            let bytes = store::read(path)?.unwrap_or_default();
            Some(file::moment(text, diary::read(&bytes).0.person.zone.as_ref())?)
        }
        (Some(text), None) => Some(file::moment(text, None)?),
        (None, _) => None,
    };
    let options = Options {
        file: path.map(Path::to_owned),
        fresh: PathBuf::from(FRESH),
        address: doors.address,
        port: doors.port,
        at,
        population: Population { seed: common.seed, people: common.people },
        voice: common.audience.into(),
        idle: Duration::from_secs_f64(span.as_hours().max(0.0) * 3600.0),
        open: doors.open && file::on_terminal(),
    };
    raphe_server::serve(options, crate::bundled(), |says| println!("{says}"))?;
    Ok(ExitCode::SUCCESS)
}
