//! `whatif`: the same assessment with lines added, beside the one without.

use crate::{
    Common,
    answer::{json, moment, printed, question},
    file::{self, Error},
    plan::refused,
    source,
};
use raphe::{
    report,
    timeline::diary::{self, Diary},
    whatif,
};
use std::{path::Path, process::ExitCode};

/// `raphe whatif FILE 'LINE'…`: nothing is written to the file.
pub(crate) fn whatif(path: &Path, lines: &[String], common: &Common) -> Result<ExitCode, Error> {
    let knowledge = crate::bundled();
    let bytes = file::read(path)?;
    if raphe_fhir::is_json(&bytes) {
        return Err(Error::Input {
            says: format!("{} is a health record; `whatif` adds lines to a diary", path.display()),
            help: "make a diary of it with `raphe import` first".to_owned(),
        });
    }
    let mut diary = Diary::read(&bytes);
    let (before, read) = diary::read(&bytes);
    // Lines are checked as `add` checks them.
    let mut notices = Vec::new();
    for line in lines {
        notices.extend(diary.append(line).map_err(|errors| refused(&errors))?);
    }
    let (after, _) = diary::read(&diary.print());
    let names = knowledge.resolve(&after).1;
    let (as_of, _) = moment(&before, common)?;
    let question = question(as_of, common);
    let mut answer =
        source::patiently("comparing", || whatif::whatif(&before, &after, lines, knowledge, &question));
    answer.notices = read.into_iter().chain(notices).chain(names).collect();
    answer.notices.dedup();
    let out = match common.json {
        true => json(&raphe_json::WhatIf::new(&answer, knowledge)),
        false => printed(&report::whatif(&answer, knowledge, common.audience.into())),
    };
    file::print(&out)?;
    Ok(ExitCode::SUCCESS)
}
