//! `export`: a diary as a FHIR R4 Bundle.

use crate::{
    file::{self, Error},
    source,
};
use raphe::timeline::Weight;
use std::{path::Path, process::ExitCode};

/// `raphe export FILE --fhir`: the Bundle to stdout; what it cannot say, and what was not understood, to stderr.
pub(crate) fn export(path: &Path) -> Result<ExitCode, Error> {
    let knowledge = crate::bundled();
    let source = source::one(path, knowledge)?;
    if source.record {
        return Err(Error::Record { path: path.to_owned() });
    }
    let written = raphe_fhir::write::diary(&source.timeline, knowledge);
    for notice in source.notices.iter().chain(&written.notices).filter(|notice| notice.weight > Weight::Info)
    {
        let place = notice.place.map_or(String::new(), |place| format!("line {}: ", place.line));
        let help = notice.help.as_deref().map_or_else(String::new, |help| format!("; {help}"));
        eprintln!("{place}{}{help}", notice.says);
    }
    file::print(&written.bundle)?;
    Ok(ExitCode::SUCCESS)
}
