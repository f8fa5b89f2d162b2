//! `plan`: when the next one may begin, and how one comes off.

use crate::{
    Common,
    answer::{json, moment, printed, question},
    file::{self, Error},
    source,
};
use raphe::{
    plan::{self, Ask},
    report,
    timeline::Notice,
};
use std::{path::Path, process::ExitCode};

/// `raphe plan switch A B`, `raphe plan stop A`.
pub(crate) fn plan(ask: &Ask, with: Option<&Path>, common: &Common) -> Result<ExitCode, Error> {
    let knowledge = crate::bundled();
    let source = with.map(|path| source::one(path, knowledge)).transpose()?;
    let (timeline, read) = match source {
        Some(source) => (Some(source.timeline), source.notices),
        None => (None, Vec::new()),
    };
    let as_of = match &timeline {
        Some(timeline) => moment(timeline, common)?.0,
        None => match &common.at {
            Some(text) => file::moment(text, None)?,
            None => file::now(None),
        },
    };
    let dated = timeline.is_some() || common.at.is_some();
    let question = question(as_of, common);
    let mut answer =
        source::patiently("planning", || plan::plan(ask, timeline.as_ref(), knowledge, &question, dated))
            .map_err(|errors| refused(&errors))?;
    answer.notices.splice(0..0, read);
    let out = match common.json {
        true => json(&raphe_json::Plan::new(&answer, knowledge)),
        false => printed(&report::plan(&answer, knowledge, common.audience.into())),
    };
    file::print(&out)?;
    Ok(ExitCode::SUCCESS)
}

/// What was wrong with a question, as an error.
pub(crate) fn refused(errors: &[Notice]) -> Error {
    let join = |parts: Vec<String>| parts.join("\n");
    Error::Input {
        says: join(errors.iter().map(|error| error.says.clone()).collect()),
        help: join(errors.iter().filter_map(|error| error.help.clone()).collect()),
    }
}
