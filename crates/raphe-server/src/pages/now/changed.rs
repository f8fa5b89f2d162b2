//! After a line was added: how it was read, and what it changed.
//!
//! The diary is judged before and after with the same question. What is told is urgency and verdict, which ask no model, and
//! what is newly taken together; the figures are on the page anyway.

use super::words::{badge, capital, list};
use crate::{
    desk::Desk,
    visit::{Note, Visit, Wrong},
};
use maud::{Markup, html};
use raphe::{
    assess::Verdict,
    knowledge::schema::{Level, Urgency},
    report::{
        html::{plain, prose},
        urgency_word,
    },
    timeline::{Event, Origin, Weight, diary},
};

/// What is compared.
#[derive(Debug, Clone)]
struct Judged {
    urgency: Urgency,
    verdict: Verdict,
    findings: Vec<(String, Level, Vec<String>)>,
    lines: usize,
}

/// What was added, how it was read, what changed. Remembered for the next page.
#[derive(Debug, Clone)]
pub(super) struct Added {
    lines: Vec<Read>,
    before: Judged,
    after: Judged,
}

/// One line and how it was read.
#[derive(Debug, Clone)]
struct Read {
    /// Its number in the file.
    number: usize,
    /// As it stands there.
    text: String,
    /// As it was understood, in the diary's own spelling; one for each event.
    means: Vec<String>,
    /// What a name was taken for.
    known: Vec<String>,
    /// What is worth saying of it.
    notices: Vec<(String, Option<String>)>,
}

impl Judged {
    fn of(desk: &Desk) -> Self {
        let assessment = desk.assessment();
        let findings = assessment.findings.iter().map(|finding| {
            let names = finding.substances.iter();
            let names = names.map(|id| desk.knowledge().substance_name(id).to_owned()).collect();
            (finding.id.clone(), finding.level, names)
        });
        Self {
            urgency: assessment.urgency,
            verdict: assessment.balance.verdict,
            findings: findings.collect(),
            lines: desk.reading.lines(),
        }
    }
}

impl Read {
    fn of(desk: &Desk, number: usize, text: &str) -> Self {
        let here = |origin: &Origin| matches!(origin, Origin::Line(line) if *line as usize == number);
        let reading = &desk.reading;
        let written = reading.timeline.entries.iter().filter(|entry| here(&entry.origin));
        let entries = reading.resolved.entries.iter().filter(|entry| here(&entry.origin));
        let known = entries.filter_map(|entry| {
            let name = match &entry.event {
                Event::Start(line) | Event::Change(line) | Event::Take(line) => &line.name,
                Event::Stop(name) | Event::Miss(name) => name,
                _ => return None,
            };
            let substance = desk.knowledge().substance(name.id.as_deref()?)?;
            Some(format!("{} is {} ({})", name.text, substance.names.inn, substance.class))
        });
        let here = reading.notices.iter().filter(|notice| {
            notice.place.is_some_and(|place| place.line as usize == number) && notice.weight != Weight::Error
        });
        Self {
            number,
            text: text.to_owned(),
            means: written.map(|entry| diary::line(entry, &desk.zone())).collect(),
            known: known.collect(),
            notices: here.map(|notice| (notice.says.clone(), notice.help.clone())).collect(),
        }
    }
}

/// Adds lines, and remembers for the next page what they did.
///
/// # Errors
/// Inside: why the diary was not changed, for the person. Outside: why it could not even be read.
pub(super) async fn record(visit: &Visit, lines: Vec<String>) -> Result<Result<(), Note>, Wrong> {
    let adding = lines.clone();
    let before = visit
        .ask(move |desk| {
            let judged = Judged::of(desk);
            desk.visit.app.add(&adding).map(|_| judged)
        })
        .await?;
    let before = match before {
        Ok(before) => before,
        Err(note) => return Ok(Err(note)),
    };
    let added = visit
        .ask(move |desk| {
            let after = Judged::of(desk);
            let first = (after.lines + 1).saturating_sub(lines.len());
            let read = lines.iter().enumerate().map(|(place, text)| Read::of(desk, first + place, text));
            Added { lines: read.collect(), before, after }
        })
        .await?;
    visit.remember(added);
    Ok(Ok(()))
}

/// The word of a verdict.
fn verdict(verdict: Verdict) -> &'static str {
    raphe::whatif::verdict_word(verdict)
}

impl Added {
    /// What stands on the page after it.
    pub(super) fn show(&self) -> Markup {
        let fresh: Vec<_> = self
            .after
            .findings
            .iter()
            .filter(|(id, level, _)| {
                !self.before.findings.iter().any(|(known, before, _)| known == id && before == level)
            })
            .collect();
        let gone = self
            .before
            .findings
            .iter()
            .filter(|(id, ..)| !self.after.findings.iter().any(|(known, ..)| known == id));
        let gone: Vec<String> = gone.map(|(_, _, names)| list(names, "with")).collect();
        let unlike = self.before.urgency != self.after.urgency;
        let turned = self.before.verdict != self.after.verdict;
        html! {
            section.added role="status" aria-labelledby="added" {
                h2 id="added" { "Added to the diary" }
                @for read in &self.lines {
                    p { code { (plain(&read.text)) } " "
                        a href=(format!("/diary#line-{}", read.number)) { "line " (read.number) } }
                    @for means in read.means.iter().filter(|means| **means != read.text) {
                        p { "Read as: " code { (plain(means)) } }
                    }
                    @for known in &read.known { p.hint { (plain(&capital(known))) "." } }
                    @for (says, help) in &read.notices {
                        p { strong { (plain(&capital(says))) "." } @if let Some(help) = help { " " (plain(&capital(help))) "." } }
                    }
                }
                p {
                    @if unlike {
                        strong { "How soon to act: " (urgency_word(self.after.urgency)) } ", before "
                        (urgency_word(self.before.urgency).to_lowercase()) ". "
                    } @else { "How soon to act is as before. " }
                    @if turned {
                        strong { "Serotonin: " (verdict(self.after.verdict)) } ", before " (verdict(self.before.verdict)) "."
                    } @else { "The verdict is as before." }
                }
                @if !fresh.is_empty() {
                    ul { @for (_, level, names) in &fresh { li { "New: " (prose(&list(names, "with"))) ", " (badge(*level)) } } }
                }
                @if !gone.is_empty() { p { "No longer found: " (list(&gone, "and")) "." } }
            }
        }
    }
}
