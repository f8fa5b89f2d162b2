//! `ask`: a questionnaire, item by item, and its line for the diary.
//!
//! Questions go to the terminal's error output and answers come from standard input, one a line, so that a script can answer
//! as well as a person; what it comes to and the line go to standard output. An answer about suicide above zero shows the crisis
//! lines at once, before the next question.

use crate::{
    Common,
    answer::json,
    file::{self, Error},
    lint, source,
};
use jiff::tz::TimeZone;
use raphe::{
    assess,
    care::form::{Form, Step, Took},
    knowledge::schema::Questionnaire,
    report,
    timeline::Timeline,
};
use std::{
    io::{self, BufRead},
    path::Path,
    process::ExitCode,
};

/// `raphe ask NAME [FILE] [--append FILE]`
pub(crate) fn ask(
    name: &str,
    diary: Option<&Path>,
    append: Option<&Path>,
    common: &Common,
) -> Result<ExitCode, Error> {
    let knowledge = crate::bundled();
    let asks = knowledge.find_questionnaire(name).ok_or_else(|| {
        let near = knowledge.suggest_questionnaire(name);
        let known: Vec<&str> =
            knowledge.base().questionnaires.iter().map(|form| form.name.as_str()).collect();
        let help = match near.as_slice() {
            [] => format!("known are {}", known.join(", ")),
            some => format!("did you mean {}?", some.join(" or ")),
        };
        Error::Input { says: format!("`{name}` is not a questionnaire that is known here"), help }
    })?;
    // The diary tells the country, whose crisis lines are shown, and the zone of today.
    let known = diary.or(append).filter(|path| path.exists());
    let timeline = known.map(|path| source::one(path, knowledge)).transpose()?.map(|source| source.timeline);
    let zone = timeline.as_ref().and_then(|timeline| timeline.person.zone.clone());
    let as_of = match &common.at {
        Some(text) => file::moment(text, zone.as_ref())?,
        None => file::now(zone.as_ref()),
    };
    let shown = zone.unwrap_or(TimeZone::UTC);
    if common.json {
        file::print(&json(&raphe_json::Questionnaire::new(asks, knowledge, (as_of, &shown))))?;
        return Ok(ExitCode::SUCCESS);
    }
    let crisis = crisis(timeline.as_ref());
    let form = asked(asks, &crisis)?;
    let date = as_of.to_zoned(shown).date();
    let line = format!("{date} {}", form.line());
    let mut out = form.says().join("\n");
    if raphe::knowledge::questionnaire::suicide(asks, &form.score()) == Some(true) {
        out = format!("{}\n\n{out}", crisis.join("\n"));
    }
    match append {
        Some(path) => {
            lint::add(path, &line)?;
            out.push_str(&format!("\n\nAdded to {}:\n{line}\n", path.display()));
        }
        None => out.push_str(&format!("\n\nThe line for a diary:\n{line}\n")),
    }
    file::print(&out)?;
    Ok(ExitCode::SUCCESS)
}

/// The crisis lines of the person's country.
fn crisis(timeline: Option<&Timeline>) -> Vec<String> {
    let country = timeline.and_then(|timeline| timeline.person.country.as_deref());
    report::crisis_lines(&assess::help_line(crate::bundled(), country))
}

/// Asks until nothing is left to ask.
fn asked<'k>(asks: &'k Questionnaire, crisis: &[String]) -> Result<Form<'k>, Error> {
    let mut form = Form::new(asks);
    let mut lines = io::stdin().lock().lines();
    eprintln!("{}: {}\n{}", asks.name, asks.title, asks.licence);
    match form.shows_items() {
        true => {
            eprintln!("\n{}\n", asks.stem.as_deref().unwrap_or_default());
            eprintln!("Answer with the number; `-` leaves a question out, `back` returns to the one before.");
        }
        false => {
            let obtain = asks.obtain.as_deref().unwrap_or("its authors or a clinician");
            eprintln!("\nThe questions may not be shown here. Their text comes from {obtain}.");
        }
    }
    loop {
        match form.step() {
            Step::Done => return Ok(form),
            Step::Item(number, item) => {
                eprintln!("\n{number} of {}. {}", asks.items, item.text);
                let choices = asks.answers.iter().map(|choice| format!("  {} {}", choice.score, choice.text));
                eprintln!("{}", choices.collect::<Vec<_>>().join("\n"));
            }
            Step::Total => eprintln!("\nThe total, from {} to {}:", asks.lowest, asks.highest),
        }
        let Some(line) = lines.next() else {
            return Err(Error::Input {
                says: format!("{} was not answered to its end", asks.name),
                help: "nothing was written; answer every question, `-` for one that you leave out".to_owned(),
            });
        };
        let line = line.map_err(|cause| Error::Read { path: "-".into(), cause })?;
        match form.answer(&line) {
            Took::Yes => {}
            Took::Crisis => eprintln!("\n{}\n", crisis.join("\n")),
            Took::No(help) => eprintln!("`{}` is not an answer: {help}", line.trim()),
        }
    }
}
