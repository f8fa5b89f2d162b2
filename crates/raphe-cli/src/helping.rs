//! `helping`: is it helping this person? Scores before and after, in words, as a picture, as JSON.

use crate::{
    Common,
    answer::{json, moment, printed},
    file::{self, Error},
    source,
};
use raphe::{
    helping::{self, Helping, treatment::Problem},
    knowledge::schema::Urgency,
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
    known(&answer)?;
    if let Some(target) = svg {
        draw(&answer, target)?;
    }
    let out = match common.json {
        true => json(&raphe_json::Helping::new(&answer, knowledge, &source.timeline.zone())),
        false => printed(&report::helping(&answer, knowledge, common.audience.into(), preface.as_deref())),
    };
    file::print(&out)?;
    Ok(ExitCode::SUCCESS)
}

/// What nobody knows is bad input, unless the diary holds a danger: that is told whatever was asked.
fn known(answer: &Helping) -> Result<(), Error> {
    let Some(Problem::Unknown { suggestions, holds }) = &answer.problem else { return Ok(()) };
    if answer.assessment.suicide_path || answer.assessment.urgency >= Urgency::Urgent {
        return Ok(());
    }
    let mut help = match suggestions.as_slice() {
        [] => String::new(),
        some => format!("did you mean {}? ", some.join(" or ")),
    };
    help.push_str(&match holds.as_slice() {
        [] => "the diary holds nothing that was started or done".to_owned(),
        some => format!("the diary holds {}", some.join(", ")),
    });
    let says = format!("`{}` is not known, and the diary does not name it", answer.asked);
    Err(Error::Input { says, help })
}

/// Writes the picture of the first series; an older picture of that name is replaced.
fn draw(answer: &Helping, target: &Path) -> Result<(), Error> {
    let drawn = answer.outcomes.first().zip(answer.treatment.as_ref());
    let Some((outcome, treatment)) = drawn else {
        return Err(Error::Input {
            says: format!("there is nothing to draw: no scores from before and after {}", answer.asked),
            help: "leave `--svg` away to see what is missing".to_owned(),
        });
    };
    let old = target.exists().then(|| file::read(target)).transpose()?;
    let drawn = picture::svg(&report::picture_of(outcome, treatment));
    Ok(file::replace(target, old.as_deref(), drawn.as_bytes())?)
}
