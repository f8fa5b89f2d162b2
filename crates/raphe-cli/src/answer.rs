//! `assess` and `check`: ask the engine, print its answer.

use crate::{
    Common, Form,
    file::{self, Error},
    source::{self, Progress},
};
use jiff::Timestamp;
use raphe::{
    assess::{self, Assessment, Question, Verdict},
    check,
    knowledge::schema::Urgency,
    population::Population,
    report::{
        self, Report, html,
        text::{self, Paint},
    },
    timeline::{Notice, Timeline, Weight},
};
use raphe_fhir::write::Subject;
use std::{
    path::{Path, PathBuf},
    process::ExitCode,
};

/// `raphe assess FILE…`
pub(crate) fn assess(
    files: &[PathBuf],
    form: Form,
    exit_code: bool,
    common: &Common,
) -> Result<ExitCode, Error> {
    let knowledge = crate::bundled();
    // Every file is read before anything is printed, so that bad input prints nothing.
    let sources = source::all(files, knowledge)?;
    let several = sources.len() > 1;
    let mut progress = Progress::new(sources.len());
    let mut out = String::new();
    let mut worst = 0;
    let mut reports: Vec<(String, Report)> = Vec::new();
    for source in sources {
        progress.step();
        let timeline = source.timeline;
        let (as_of, preface) = moment(&timeline, common)?;
        let judge = || assess::assess(&timeline, knowledge, &question(as_of, common));
        let mut assessment = if several { judge() } else { source::patiently("judging", judge) };
        let about = source.patient.as_deref().filter(|_| several).map(about);
        assessment.notices = about.into_iter().chain(source.notices).chain(assessment.notices).collect();
        worst = worst.max(code(&assessment));
        if common.json {
            if let Some(preface) = &preface {
                assessment
                    .notices
                    .insert(0, assess::moment_notice(preface, "use `--at now` to judge this moment"));
            }
            out.push_str(&json(&raphe_json::Assessment::new(&assessment, knowledge)));
            continue;
        }
        let voice = common.audience.into();
        let report = report::report(&assessment, knowledge, voice, preface.as_deref());
        if form.fhir {
            let of =
                Subject { timeline: &timeline, patient: source.patient.as_deref(), record: source.record };
            out.push_str(&raphe_fhir::write::assessment(&assessment, &report, &of, knowledge));
        } else if form.html {
            let name = if several { source.name } else { as_of_words(&assessment) };
            reports.push((name, report));
        } else {
            if several {
                let gap = if out.is_empty() { "" } else { "\n\n" };
                out.push_str(&format!("{gap}== {} ==\n", source.name));
            }
            out.push_str(&printed(&report));
        }
    }
    if form.html {
        out = page(&reports);
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
pub(crate) fn check(
    asked: &[String],
    with: Option<&Path>,
    html: bool,
    common: &Common,
) -> Result<ExitCode, Error> {
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
        false => {
            let report = report::check(&answer, knowledge, common.audience.into());
            if html { page(&[("May these be taken together?".to_owned(), report)]) } else { printed(&report) }
        }
    };
    file::print(&out)?;
    Ok(ExitCode::SUCCESS)
}

pub(crate) fn question(as_of: Timestamp, common: &Common) -> Question {
    Question {
        as_of,
        horizon: assess::HORIZON,
        population: Population { seed: common.seed, people: common.people },
    }
}

/// The moment to judge, and what to say when it is not now.
pub(crate) fn moment(timeline: &Timeline, common: &Common) -> Result<(Timestamp, Option<String>), Error> {
    let zone = timeline.person.zone.as_ref();
    if let Some(text) = &common.at {
        return Ok((file::moment(text, zone)?, None));
    }
    Ok(assess::moment(timeline, file::now(zone)))
}

fn as_of_words(assessment: &Assessment) -> String {
    let at = assessment.as_of.to_zoned(assessment.zone.clone());
    format!("Serotonin: assessment as of {}", at.strftime("%Y-%m-%d %H:%M"))
}

/// One page; a single report gives it its title.
fn page(reports: &[(String, Report)]) -> String {
    let title = match reports {
        [(name, _)] => name.clone(),
        several => format!("Serotonin: {} assessments", several.len()),
    };
    let articles: Vec<html::Article<'_>> =
        reports.iter().map(|(name, report)| html::Article { name: name.clone(), report }).collect();
    html::print(&title, &articles)
}

pub(crate) fn printed(report: &Report) -> String {
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
