//! `assess` and `check`: ask the engine, print its answer.

use crate::{
    Common,
    file::{self, Error},
    source::{self, Progress},
};
use jiff::{SignedDuration, Timestamp};
use raphe::{
    assess::{self, Assessment, Question, Verdict},
    check,
    knowledge::schema::Urgency,
    population::Population,
    report::{
        self, Report,
        text::{self, Paint},
    },
    timeline::{Notice, Timeline, Weight},
    units::TimeSpan,
};
use std::{
    path::{Path, PathBuf},
    process::ExitCode,
};

/// How far ahead a question looks.
const HORIZON: TimeSpan = TimeSpan::days(14.0);
/// An older diary is judged at its own end, not now.
const STALE: SignedDuration = SignedDuration::from_hours(14 * 24);

/// `raphe assess FILE…`
pub(crate) fn assess(files: &[PathBuf], exit_code: bool, common: &Common) -> Result<ExitCode, Error> {
    let knowledge = crate::bundled();
    // Every file is read before anything is printed, so that bad input prints nothing.
    let sources = source::all(files, knowledge)?;
    let several = sources.len() > 1;
    let mut progress = Progress::new(sources.len());
    let mut out = String::new();
    let mut worst = 0;
    for source in sources {
        progress.step();
        let timeline = source.timeline;
        let (as_of, preface) = moment(&timeline, common)?;
        let judge = || assess::assess(&timeline, knowledge, &question(as_of, common));
        let mut assessment = if several { judge() } else { source::patiently("judging", judge) };
        let about = source.patient.filter(|_| several).map(|patient| about(&patient));
        assessment.notices = about.into_iter().chain(source.notices).chain(assessment.notices).collect();
        worst = worst.max(code(&assessment));
        if common.json {
            if let Some(preface) = &preface {
                assessment.notices.insert(0, preface_notice(preface));
            }
            out.push_str(&json(&raphe_json::Assessment::new(&assessment, knowledge)));
        } else {
            if several {
                let gap = if out.is_empty() { "" } else { "\n\n" };
                out.push_str(&format!("{gap}== {} ==\n", source.name));
            }
            out.push_str(&printed(&report::report(
                &assessment,
                knowledge,
                common.audience.into(),
                preface.as_deref(),
            )));
        }
    }
    drop(progress);
    file::print(&out)?;
    Ok(if exit_code { ExitCode::from(worst) } else { ExitCode::SUCCESS })
}

/// Whom one of several results is about.
fn about(patient: &str) -> Notice {
    let says = format!("this result is about {patient}");
    Notice { weight: Weight::Info, place: None, says, help: None }
}

/// `raphe check SUBSTANCE…`
pub(crate) fn check(asked: &[String], with: Option<&Path>, common: &Common) -> Result<ExitCode, Error> {
    let knowledge = crate::bundled();
    let timeline = with.map(|path| source::one(path, knowledge)).transpose()?.map(|source| source.timeline);
    let as_of = match &timeline {
        Some(timeline) => moment(timeline, common)?.0,
        None => match &common.at {
            Some(text) => file::moment(text, None)?,
            None => file::now(None),
        },
    };
    let answer = source::patiently("checking", || {
        check::check(asked, timeline.as_ref(), knowledge, &question(as_of, common))
    })
    .map_err(|errors| {
        let join = |parts: Vec<String>| parts.join("\n");
        Error::Input {
            says: join(errors.iter().map(|error| error.says.clone()).collect()),
            help: join(errors.iter().filter_map(|error| error.help.clone()).collect()),
        }
    })?;
    let out = match common.json {
        true => json(&raphe_json::Check::new(&answer, knowledge)),
        false => printed(&report::check(&answer, knowledge)),
    };
    file::print(&out)?;
    Ok(ExitCode::SUCCESS)
}

pub(crate) fn question(as_of: Timestamp, common: &Common) -> Question {
    Question { as_of, horizon: HORIZON, population: Population { seed: common.seed, people: common.people } }
}

/// The moment to judge, and what to say when it is not now.
pub(crate) fn moment(timeline: &Timeline, common: &Common) -> Result<(Timestamp, Option<String>), Error> {
    let zone = timeline.person.zone.as_ref();
    if let Some(text) = &common.at {
        return Ok((file::moment(text, zone)?, None));
    }
    let now = file::now(zone);
    let (Some(end), Some(start)) = (timeline.end(), timeline.start()) else { return Ok((now, None)) };
    if start <= now && now.duration_since(end) < STALE {
        return Ok((now, None));
    }
    let date = end.to_zoned(timeline.zone()).strftime("%Y-%m-%d %H:%M");
    Ok((end, Some(format!("Judged as of {date}, the end of the last entry, not as of today."))))
}

fn preface_notice(preface: &str) -> Notice {
    Notice {
        weight: Weight::Info,
        place: None,
        says: preface.trim_end_matches('.').to_owned(),
        help: Some("use `--at now` to judge this moment".to_owned()),
    }
}

fn printed(report: &Report) -> String {
    text::print(report, Paint { colors: file::colors(), ..Paint::PLAIN })
}

pub(crate) fn json(value: &impl serde::Serialize) -> String {
    let mut line = serde_json::to_string(value).expect("wire types hold only what JSON can hold");
    line.push('\n');
    line
}

/// What `--exit-code` returns for one assessment.
fn code(assessment: &Assessment) -> u8 {
    let unread = assessment.notices.iter().any(|notice| notice.weight >= Weight::Warning);
    match (assessment.urgency, assessment.balance.verdict) {
        _ if assessment.suicide_path => 30,
        (Urgency::Emergency, _) => 30,
        (Urgency::Urgent, _) => 25,
        (_, Verdict::TooHigh) => 20,
        (_, Verdict::Unclear) => 15,
        _ if unread => 15,
        (_, Verdict::TooLow) => 10,
        (_, Verdict::Neither) => 0,
    }
}
