//! `exam`: a guided examination, one question a line.
//!
//! Questions go to standard error and answers come from standard input, line by line, so that it can be scripted; the diary
//! lines go to standard output. With `--json` nothing is asked: the answers so far are given by `--answer`, and the next
//! question is printed.

use crate::{
    Common, answer,
    file::{self, Error},
    lint, source,
};
use raphe::{
    assess::Question,
    exam::{self, Answered, Reply, State, TEMPERATURE},
    knowledge::{Knowledge, schema::Urgency},
    report,
    timeline::Timeline,
    units::Temperature,
};
use std::{
    io::{self, BufRead, Write},
    path::Path,
    process::ExitCode,
};

/// How many words an answer may be, and what they mean.
const PRESENT: [&str; 6] = ["y", "yes", "present", "+", "true", "1"];
const ABSENT: [&str; 6] = ["n", "no", "absent", "-", "false", "0"];
const NOT_EXAMINED: [&str; 7] = ["", "s", "skip", "?", "not examined", "not_examined", "unknown"];
const QUIT: [&str; 4] = ["q", "quit", "exit", "stop"];

/// `raphe exam FILE`
pub(crate) fn exam(path: &Path, given: &[String], append: bool, common: &Common) -> Result<ExitCode, Error> {
    let knowledge = crate::bundled();
    let input = |says: &str, help: &str| Error::Input { says: says.to_owned(), help: help.to_owned() };
    if path == Path::new("-") {
        let help = "name a file: the answers come from standard input";
        return Err(input("the diary of an examination cannot be standard input", help));
    }
    let source = source::one(path, knowledge)?;
    if append && source.record {
        let help = "`raphe import` makes a diary of it; lines are appended to that";
        return Err(input("a health record takes no diary lines", help));
    }
    let timeline = source.timeline;
    let as_of = match &common.at {
        Some(text) => file::moment(text, timeline.person.zone.as_ref())?,
        None => file::now(timeline.person.zone.as_ref()),
    };
    let question = answer::question(as_of, common);
    let mut answered =
        given.iter().map(|text| written(text, knowledge)).collect::<Result<Vec<_>, Error>>()?;
    let desk = Desk { timeline: &timeline, knowledge, question, common };
    if common.json {
        let state = desk.state(&answered);
        let voice = common.audience.into();
        file::print(&answer::json(&raphe_json::Exam::new(&state, &answered, knowledge, voice)))?;
        return Ok(ExitCode::SUCCESS);
    }
    let state = desk.ask(&mut answered).map_err(Error::Output)?;
    let zone = timeline.zone();
    let lines = exam::lines(&answered, as_of, &zone, common.audience.into());
    if append {
        for line in &lines {
            lint::add(path, line)?;
        }
    }
    file::print(&lines.iter().map(|line| format!("{line}\n")).collect::<String>())?;
    desk.conclude(&state).map_err(Error::Output)?;
    Ok(ExitCode::SUCCESS)
}

/// `SIGN=yes`, as given on the command line.
fn written(text: &str, knowledge: &Knowledge) -> Result<Answered, Error> {
    let refused = |says: String| {
        Error::Input {
        says,
        help: "write a sign and what was found, such as `--answer tremor=yes`, `--answer hyperreflexia=no`, `--answer \
               ocular_clonus=skip` or `--answer \"temperature=38.4 C\"`"
            .to_owned(),
    }
    };
    let (sign, found) = text.split_once('=').ok_or_else(|| refused(format!("`{text}` is no answer")))?;
    let id = match sign.trim() {
        TEMPERATURE => TEMPERATURE.to_owned(),
        name => knowledge
            .find_sign(name)
            .map(|sign| sign.id.clone())
            .ok_or_else(|| refused(format!("`{name}` is not a sign")))?,
    };
    let reply = reply(&id, found).ok_or_else(|| refused(format!("`{found}` is no answer for {id}")))?;
    Ok(Answered { sign: id, reply })
}

/// What an answer means; `None` where it means nothing.
fn reply(sign: &str, text: &str) -> Option<Reply> {
    let text = text.trim();
    let word = text.to_lowercase();
    let means = |words: &[&str]| words.contains(&word.as_str());
    if sign == TEMPERATURE {
        let measured =
            text.parse::<Temperature>().ok().filter(|value| (25.0..=46.0).contains(&value.as_celsius()));
        return match measured {
            Some(value) => Some(Reply::Measured(value)),
            // A bare number could be either scale, and "yes" is no temperature.
            None => means(&NOT_EXAMINED).then_some(Reply::NotExamined),
        };
    }
    match () {
        () if means(&PRESENT) => Some(Reply::Present),
        () if means(&ABSENT) => Some(Reply::Absent),
        () if means(&NOT_EXAMINED) => Some(Reply::NotExamined),
        () => None,
    }
}

struct Desk<'a> {
    timeline: &'a Timeline,
    knowledge: &'a Knowledge,
    question: Question,
    common: &'a Common,
}

impl Desk<'_> {
    fn state(&self, answered: &[Answered]) -> State {
        exam::state(self.timeline, answered, self.knowledge, &self.question, self.common.audience.into())
    }

    /// Asks until it is decided, the person stops or the answers end.
    fn ask(&self, answered: &mut Vec<Answered>) -> io::Result<State> {
        let mut out = io::stderr().lock();
        let mut lines = io::stdin().lock().lines();
        let mut alarmed = false;
        writeln!(out, "y there, n not there, empty line not examined, q stop.")?;
        loop {
            let state = self.state(answered);
            if state.assessment.urgency == Urgency::Emergency && !alarmed {
                alarmed = true;
                self.headline(&mut out, &state)?;
                writeln!(out, "Do not wait for the rest of this examination.")?;
            }
            let Some(next) = &state.next else { return Ok(state) };
            writeln!(out, "\n{}. {}", answered.len() + 1, next.question)?;
            if let Some(how) = &next.how {
                writeln!(out, "   {how}")?;
            }
            writeln!(out, "   Why: {}.", next.why)?;
            let answer = loop {
                write!(out, "> ")?;
                out.flush()?;
                let Some(line) = lines.next().transpose()? else { return Ok(state) };
                if QUIT.contains(&line.trim().to_lowercase().as_str()) {
                    return Ok(state);
                }
                match reply(&next.sign, &line) {
                    Some(reply) => break reply,
                    None if next.sign == TEMPERATURE => {
                        writeln!(
                            out,
                            "write the number with C or F, such as 38.4 C, or an empty line if it was not measured"
                        )?;
                    }
                    None => writeln!(out, "write y, n, or an empty line if it was not examined")?,
                }
            };
            answered.push(Answered { sign: next.sign.clone(), reply: answer });
        }
    }

    fn headline(&self, out: &mut impl Write, state: &State) -> io::Result<()> {
        let report = report::report(&state.assessment, self.knowledge, self.common.audience.into(), None);
        report.headline.iter().try_for_each(|line| writeln!(out, "{line}"))
    }

    /// The judgment, the criteria, and what still needs somebody who can examine.
    fn conclude(&self, state: &State) -> io::Result<()> {
        let mut out = io::stderr().lock();
        writeln!(out)?;
        self.headline(&mut out, state)?;
        if !state.needs_examination.is_empty() {
            let name =
                |id: &String| self.knowledge.sign(id).map_or(id.clone(), |sign| sign.name.to_lowercase());
            let names: Vec<String> = state.needs_examination.iter().map(name).collect();
            writeln!(
                out,
                "What would decide it and needs a clinician to examine it: {}. Ask for that by these names.",
                names.join(", ")
            )?;
        }
        Ok(())
    }
}
