//! `helping`: is it helping this person? Scores before and after, in words, as a picture, as JSON.

use crate::{
    Common,
    answer::{json, moment, printed},
    file::{self, Error},
    source,
};
use raphe::{
    helping::{self, treatment::Problem},
    report::{self, picture},
};
use std::{path::Path, process::ExitCode};

/// `raphe helping FILE WHAT`
pub(crate) fn helping(
    path: &Path,
    what: &str,
    svg: Option<&Path>,
    common: &Common,
) -> Result<ExitCode, Error> {
    let knowledge = crate::bundled();
    let source = source::one(path, knowledge)?;
    let (as_of, preface) = moment(&source.timeline, common)?;
    let mut answer =
        source::patiently("comparing", || helping::helping(&source.timeline, knowledge, what, as_of));
    answer.notices = source.notices.into_iter().chain(answer.notices).collect();
    if let Some(target) = svg {
        let drawn = answer.outcomes.first().zip(answer.treatment.as_ref());
        let Some((outcome, treatment)) = drawn else {
            return Err(Error::Input {
                says: format!("there is nothing to draw: no scores from before and after {what}"),
                help: "leave `--svg` away to see what is missing".to_owned(),
            });
        };
        let drawn = picture::svg(&report::picture_of(outcome, treatment));
        let old = target.exists().then(|| file::read(target)).transpose()?;
        file::replace(target, old.as_deref(), drawn.as_bytes())?;
    }
    let out = match common.json {
        true => json(&raphe_json::Helping::new(&answer, knowledge, &source.timeline.zone())),
        false => printed(&report::helping(&answer, knowledge, common.audience.into(), preface.as_deref())),
    };
    file::print(&out)?;
    Ok(match answer.problem {
        Some(Problem::Unknown { .. }) => ExitCode::FAILURE,
        _ => ExitCode::SUCCESS,
    })
}
