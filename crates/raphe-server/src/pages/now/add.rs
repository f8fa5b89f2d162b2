//! Quick add: one small form that becomes one line of the diary, and a field for any line.
//!
//! The form knows no medicine and no grammar. It puts the fields in the diary's order and lets the diary read them; where the
//! diary objects, its column tells which field is meant, and the message stands beside that field with the text kept.

use super::changed;
use crate::{
    desk::Desk,
    visit::{Posted, Visit, Wrong},
};
use axum::{
    http::StatusCode,
    response::{IntoResponse, Response},
};
use maud::{Markup, html};
use raphe::{
    report::html::plain,
    timeline::{Event, Notice, Weight, diary::Diary},
};
use std::collections::BTreeSet;

/// One kind of entry.
struct Kind {
    /// Its value in the form.
    id: &'static str,
    /// As it is offered.
    says: &'static str,
    /// The verb of its line.
    verb: &'static str,
    /// What is asked, with an example; `None` where it is not.
    what: Option<(&'static str, &'static str)>,
    /// How much is asked, with an example.
    much: Option<(&'static str, &'static str)>,
    /// Whether it is asked how often.
    often: bool,
}

const KINDS: [Kind; 13] = [
    kind(
        "took",
        "I took something once",
        "take",
        Some(("What", "sertraline")),
        Some(("How much, with its unit", "50 mg")),
        false,
    ),
    kind(
        "started",
        "I started something",
        "start",
        Some(("What", "sertraline")),
        Some(("How much each time, with its unit", "50 mg")),
        true,
    ),
    kind(
        "changed",
        "I changed a dose",
        "change",
        Some(("What", "sertraline")),
        Some(("New dose, with its unit", "100 mg")),
        true,
    ),
    kind("stopped", "I stopped something", "stop", Some(("What", "sertraline")), None, false),
    kind("missed", "I missed a dose", "miss", Some(("What", "sertraline")), None, false),
    kind(
        "feeling",
        "I feel something",
        "feel",
        Some(("What", "shaking")),
        Some(("How strong, from 0 to 10", "4")),
        false,
    ),
    kind("sign", "Someone can see a sign", "sign", Some(("What", "sweating")), None, false),
    kind(
        "vital",
        "A measurement",
        "vital",
        Some(("Temperature, pulse or bp", "temperature")),
        Some(("Value", "37.9 C")),
        false,
    ),
    kind("sleep", "Sleep", "sleep", None, Some(("How long", "7.5 h")), false),
    kind("light", "Bright light", "light", None, Some(("How long, how bright", "30 min 10000 lux")), false),
    kind(
        "exercise",
        "Exercise",
        "exercise",
        Some(("What", "brisk walking")),
        Some(("How long", "30 min")),
        false,
    ),
    kind(
        "score",
        "A questionnaire",
        "score",
        Some(("Which", "PHQ-9")),
        Some(("Total, or the answers in order", "11")),
        false,
    ),
    kind(
        "note",
        "A note in my own words",
        "note",
        Some(("What happened", "slept badly after the new tablet")),
        None,
        false,
    ),
];

const fn kind(
    id: &'static str,
    says: &'static str,
    verb: &'static str,
    what: Option<(&'static str, &'static str)>,
    much: Option<(&'static str, &'static str)>,
    often: bool,
) -> Kind {
    Kind { id, says, verb, what, much, often }
}

/// How often, as the diary says it.
const OFTEN: [(&str, &str); 7] = [
    ("", "not said"),
    ("daily", "once a day"),
    ("twice daily", "twice a day"),
    ("3 times a day", "three times a day"),
    ("nightly", "at night"),
    ("as needed", "when needed"),
    ("weekly", "once a week"),
];

/// The fields as they were typed, and what was wrong with one of them.
#[derive(Debug, Clone, Default)]
pub(super) struct Draft {
    kind: String,
    what: String,
    much: String,
    often: String,
    date: String,
    time: String,
    note: String,
    line: String,
    /// The field that is meant, what is wrong, what to do.
    wrong: Option<(&'static str, String, String)>,
}

impl Draft {
    /// An empty form, at the moment that is now for this diary.
    pub(super) fn blank(desk: &Desk) -> Self {
        let (date, time) = now(desk);
        Self { kind: KINDS[0].id.to_owned(), date, time, ..Self::default() }
    }

    fn posted(form: &Posted) -> Self {
        // A line of the diary is one line, whatever a browser sends.
        let field = |name: &str| form.get(name).replace(['\r', '\n'], " ");
        Self {
            kind: field("kind"),
            what: field("what"),
            much: field("much"),
            often: field("often"),
            date: field("date"),
            time: field("time"),
            note: field("note"),
            line: field("line"),
            wrong: None,
        }
    }

    /// The line, and at which column each field begins.
    fn line(&self, today: &str) -> (String, Vec<(usize, &'static str)>) {
        if self.kind == "line" {
            return (self.line.clone(), vec![(1, "line")]);
        }
        let kind = KINDS.iter().find(|kind| kind.id == self.kind).unwrap_or(&KINDS[KINDS.len() - 1]);
        let number = !self.much.is_empty() && self.much.chars().all(|c| c.is_ascii_digit() || c == '.');
        let much = match kind.id {
            "feeling" if number => format!("{}/10", self.much),
            "score" if number => format!("total {}", self.much),
            _ => self.much.clone(),
        };
        let date = if self.date.is_empty() { today } else { &self.date };
        let first = if kind.what.is_some() { "what" } else { "much" };
        let note = if self.note.is_empty() { String::new() } else { format!("; {}", self.note) };
        let parts = [
            ("date", date),
            ("time", self.time.as_str()),
            (first, kind.verb),
            ("what", if kind.what.is_some() { self.what.as_str() } else { "" }),
            ("much", if kind.much.is_some() { much.as_str() } else { "" }),
            ("often", if kind.often { self.often.as_str() } else { "" }),
            ("note", note.as_str()),
        ];
        let (mut line, mut columns) = (String::new(), Vec::new());
        for (field, text) in parts.into_iter().filter(|(_, text)| !text.is_empty()) {
            if !line.is_empty() {
                line.push(' ');
            }
            columns.push((line.chars().count() + 1, field));
            line.push_str(text);
        }
        (line, columns)
    }
}

/// The date and the time that are offered: now; of an example or of a moment that was asked for, that moment.
pub(super) fn now(desk: &Desk) -> (String, String) {
    let app = &desk.visit.app;
    let told = app.options.at.is_some() || app.is_example();
    let at =
        if told { desk.reading.as_of } else { crate::clock::now(desk.reading.timeline.person.zone.as_ref()) };
    let civil = at.to_zoned(desk.zone()).datetime();
    (civil.date().to_string(), civil.time().strftime("%H:%M").to_string())
}

/// Adds what was typed, or shows it again with what is wrong.
pub(super) async fn add(visit: Visit, form: Posted) -> Result<Response, Wrong> {
    let draft = Draft::posted(&form);
    let checked = visit
        .ask(move |desk| {
            let (line, columns) = draft.line(&now(desk).0);
            let mut diary = Diary::read(&desk.reading.bytes);
            match diary.append(&line) {
                Ok(_) => Ok((draft, line)),
                Err(errors) => Err(Box::new(Draft { wrong: Some(wrong(&errors, &columns)), ..draft })),
            }
        })
        .await?;
    let draft = match checked {
        Err(draft) => *draft,
        Ok((mut draft, line)) => match changed::record(&visit, vec![line]).await? {
            Ok(()) => return Ok(visit.back("/now", None)),
            Err(note) => {
                let field = if draft.kind == "line" { "line" } else { "what" };
                draft.wrong = Some((field, note.says, note.help.unwrap_or_default()));
                draft
            }
        },
    };
    let page = visit.ask(move |desk| super::show(desk, &draft, None)).await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}

/// The first error, and the field that it is about.
fn wrong(errors: &[Notice], columns: &[(usize, &'static str)]) -> (&'static str, String, String) {
    let error = errors.iter().find(|error| error.weight == Weight::Error).or(errors.first());
    let place = error.and_then(|error| error.place).map_or(1, |place| place.column as usize);
    let field = columns.iter().rev().find(|(column, _)| *column <= place).map_or("what", |(_, field)| field);
    let says = error.map_or_else(|| "this could not be read".to_owned(), |error| error.says.clone());
    (field, says, error.and_then(|error| error.help.clone()).unwrap_or_default())
}

impl Draft {
    /// The message beside a field, if it is this one.
    fn message(&self, field: &str) -> Markup {
        html! {
            @if let Some((_, says, help)) = self.wrong.as_ref().filter(|(named, ..)| *named == field) {
                p.wrong id=(format!("add-{field}-wrong")) role="alert" {
                    strong { (plain(&super::words::capital(says))) "." }
                    @if !help.is_empty() { " " (plain(&super::words::capital(help))) "." }
                }
            }
        }
    }

    fn is_wrong(&self, field: &str) -> bool {
        self.wrong.as_ref().is_some_and(|(named, ..)| *named == field)
    }

    /// One field with its label.
    fn field(
        &self,
        name: &'static str,
        label: &str,
        kind: &str,
        value: &str,
        more: Option<(&str, &str)>,
    ) -> Markup {
        let bad = self.is_wrong(name);
        html! {
            div.field data-field=(name) {
                label for=(format!("add-{name}")) { (label) }
                input id=(format!("add-{name}")) name=(name) type=(kind) value=(plain(value)) autocomplete="off"
                    placeholder=[more.map(|(example, _)| example)] list=[more.and_then(|(_, list)| (!list.is_empty()).then_some(list))]
                    aria-invalid=[bad.then_some("true")] autofocus[bad]
                    aria-describedby=[bad.then(|| format!("add-{name}-wrong"))];
                (self.message(name))
            }
        }
    }

    /// The whole form.
    pub(super) fn form(&self, desk: &Desk) -> Markup {
        html! {
            section.card id="add" aria-labelledby="add-title" {
                h2 id="add-title" { "Add to the diary" }
                form.add method="post" action="/now" data-add {
                    (desk.secret())
                    div.field {
                        label for="add-kind" { "What happened" }
                        select id="add-kind" name="kind" {
                            @for kind in &KINDS {
                                option value=(kind.id) selected[kind.id == self.kind]
                                    data-what=[kind.what.map(|(label, _)| label)] data-what-example=[kind.what.map(|(_, example)| example)]
                                    data-much=[kind.much.map(|(label, _)| label)] data-much-example=[kind.much.map(|(_, example)| example)]
                                    data-often=[kind.often.then_some("yes")] { (kind.says) }
                            }
                        }
                    }
                    (self.field("what", "What", "text", &self.what, Some(("sertraline", "add-names"))))
                    (self.field("much", "How much, how strong or how long", "text", &self.much, Some(("50 mg", ""))))
                    div.field data-field="often" {
                        label for="add-often" { "How often" }
                        select id="add-often" name="often" {
                            @for (value, says) in OFTEN { option value=(value) selected[value == self.often] { (says) } }
                        }
                        (self.message("often"))
                    }
                    div.pair {
                        (self.field("date", "Day", "date", &self.date, None))
                        (self.field("time", "Time, if known", "time", &self.time, None))
                    }
                    (self.field("note", "Anything else (optional)", "text", &self.note, None))
                    p { button.main type="submit" { "Add" } }
                }
                details open[self.kind == "line"] {
                    summary { "Write a line yourself" }
                    form.add method="post" action="/now" {
                        (desk.secret())
                        input type="hidden" name="kind" value="line";
                        (self.field("line", "One line of the diary", "text", &self.line, Some(("2026-03-16 21:30 take tramadol 50 mg", ""))))
                        p.hint { "Day, time, one word for what happened, then the rest. "
                            a href="/diary" { "The whole diary" } }
                        p { button type="submit" { "Add this line" } }
                    }
                }
                datalist id="add-names" { @for name in names(desk) { option value=(plain(&name)) {} } }
            }
        }
    }
}

/// What the diary holds first, then what is common: medicines, signs in plain words, questionnaires.
fn names(desk: &Desk) -> Vec<String> {
    let mut seen = BTreeSet::new();
    let mut names: Vec<String> = Vec::new();
    for entry in desk.reading.timeline.entries.iter().rev() {
        match &entry.event {
            Event::Start(line) | Event::Change(line) | Event::Take(line) => {
                names.push(line.name.text.clone())
            }
            Event::Stop(name) | Event::Miss(name) => names.push(name.text.clone()),
            Event::Feel(feelings) => names.extend(feelings.iter().map(|feeling| feeling.name.text.clone())),
            _ => {}
        }
        if names.len() > 400 {
            break;
        }
    }
    let base = desk.knowledge().base();
    let medicines = base.substances.iter().filter(|substance| {
        !substance.retired && substance.kind != raphe::knowledge::schema::Kind::Metabolite
    });
    names.extend(medicines.map(|substance| substance.names.inn.clone()));
    let felt = base.signs.iter().filter(|sign| sign.found == raphe::knowledge::schema::Found::Felt);
    names.extend(felt.map(|sign| sign.lay.clone()).filter(|name| !name.contains(',')));
    names.extend(base.questionnaires.iter().map(|form| form.id.clone()));
    names.retain(|name| seen.insert(name.to_lowercase()));
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draft(kind: &str, what: &str, much: &str, often: &str) -> Draft {
        let [kind, what, much, often] = [kind, what, much, often].map(str::to_owned);
        Draft { kind, what, much, often, time: "08:30".to_owned(), ..Draft::default() }
    }

    #[test]
    fn every_kind_makes_a_line_that_the_diary_reads() {
        for kind in &KINDS {
            let example =
                |part: Option<(&'static str, &'static str)>| part.map_or("", |(_, example)| example);
            let often = if kind.often { "twice daily" } else { "" };
            let draft = draft(kind.id, example(kind.what), example(kind.much), often);
            let (line, _) = draft.line("2026-03-16");
            let before: &[u8] = match kind.id {
                "took" | "started" => b"profile zone Europe/London\n",
                _ => b"profile zone Europe/London\n2026-03-01 start sertraline 50 mg daily\n",
            };
            let mut diary = Diary::read(before);
            let read = diary.append(&line);
            assert!(read.is_ok(), "{line}: {read:?}");
            assert!(
                !read.unwrap_or_default().iter().any(|notice| notice.weight == Weight::Warning),
                "{line}"
            );
        }
    }

    #[test]
    fn the_field_that_is_wrong_is_named() {
        let of = |draft: &Draft| {
            let (line, columns) = draft.line("2026-03-16");
            let errors = Diary::read(b"").append(&line).expect_err("it is wrong");
            wrong(&errors, &columns).0
        };
        assert_eq!(of(&draft("took", "tramadol", "50", "")), "much");
        assert_eq!(of(&draft("took", "", "", "")), "what");
        assert_eq!(of(&draft("sleep", "", "soon", "")), "much");
        assert_eq!(of(&Draft { date: "soon".to_owned(), ..draft("took", "tramadol", "50 mg", "") }), "date");
    }
}
