//! The answers of the first run, checked one by one and made into the lines of a diary.

use crate::visit::Posted;
use jiff::civil::Date;
use raphe::{
    knowledge::Knowledge,
    timeline::{
        Event, Weight,
        diary::{self, Diary},
    },
};
use std::collections::BTreeMap;

/// Countries whose numbers to call are known, by name.
pub(super) const COUNTRIES: [(&str, &str); 27] = [
    ("AU", "Australia"),
    ("AT", "Austria"),
    ("BE", "Belgium"),
    ("BR", "Brazil"),
    ("CA", "Canada"),
    ("CI", "Côte d’Ivoire"),
    ("DK", "Denmark"),
    ("FI", "Finland"),
    ("FR", "France"),
    ("DE", "Germany"),
    ("IN", "India"),
    ("IE", "Ireland"),
    ("IT", "Italy"),
    ("JP", "Japan"),
    ("NL", "Netherlands"),
    ("NZ", "New Zealand"),
    ("NO", "Norway"),
    ("PL", "Poland"),
    ("PT", "Portugal"),
    ("ZA", "South Africa"),
    ("KR", "South Korea"),
    ("ES", "Spain"),
    ("LK", "Sri Lanka"),
    ("SE", "Sweden"),
    ("CH", "Switzerland"),
    ("GB", "United Kingdom"),
    ("US", "United States"),
];

/// How often something is taken, as the diary writes it and as a person says it.
pub(super) const OFTEN: [(&str, &str); 8] = [
    ("daily", "Once a day"),
    ("twice daily", "Twice a day"),
    ("three times daily", "Three times a day"),
    ("four times daily", "Four times a day"),
    ("nightly", "At night"),
    ("every other day", "Every other day"),
    ("weekly", "Once a week"),
    ("as needed", "When needed"),
];

/// One medicine, as it was typed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Row {
    pub(super) name: String,
    pub(super) dose: String,
    pub(super) often: String,
    pub(super) since: String,
    /// Whether an unknown name is meant as written.
    pub(super) sure: bool,
    /// What is wrong with it.
    pub(super) wrong: Option<String>,
    /// Whether nothing is known of the name.
    pub(super) unknown: bool,
    /// Names that look like it.
    pub(super) near: Vec<String>,
}

impl Row {
    fn is_empty(&self) -> bool {
        [&self.name, &self.dose, &self.since].into_iter().all(String::is_empty)
    }
}

/// Everything that was typed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Answers {
    fields: BTreeMap<&'static str, String>,
    wrong: BTreeMap<&'static str, String>,
    pub(super) rows: Vec<Row>,
}

/// What is asked of the person, in the order of the profile line.
const FIELDS: [&str; 9] = ["born", "sex", "weight", "country", "zone", "egfr", "pregnant", "smoker", "liver"];

impl Answers {
    /// Nothing typed yet.
    pub(super) fn empty() -> Self {
        Self { rows: vec![Row::default(); 2], ..Self::default() }
    }

    pub(super) fn of(form: &Posted) -> Self {
        let fields = FIELDS.into_iter().map(|name| (name, form.get(name).to_owned())).collect();
        let column =
            |name: &'static str| form.all(name).map(|value| value.trim().to_owned()).collect::<Vec<_>>();
        let (names, doses, often, since) = (column("name"), column("dose"), column("often"), column("since"));
        let at = |list: &[String], place: usize| list.get(place).cloned().unwrap_or_default();
        let rows = names.iter().enumerate().map(|(place, name)| Row {
            name: name.clone(),
            dose: at(&doses, place),
            often: at(&often, place),
            since: at(&since, place),
            sure: form.get(&format!("sure-{place}")) == "yes",
            ..Row::default()
        });
        Self { fields, wrong: BTreeMap::new(), rows: rows.collect() }
    }

    pub(super) fn get(&self, name: &str) -> &str {
        self.fields.get(name).map_or("", String::as_str)
    }

    pub(super) fn wrong(&self, name: &str) -> Option<&str> {
        self.wrong.get(name).map(String::as_str)
    }

    /// The lines of the diary, or `None` with what is wrong beside each field.
    pub(super) fn lines(&mut self, knowledge: &Knowledge) -> Option<Vec<String>> {
        let profile = self.profile();
        let mut lines: Vec<String> = profile.into_iter().collect();
        for row in self.rows.iter_mut().filter(|row| !row.is_empty()) {
            lines.extend(line(row, knowledge));
        }
        let unsure = self.rows.iter().any(|row| row.wrong.is_some() || (row.unknown && !row.sure));
        if !self.wrong.is_empty() || unsure {
            return None;
        }
        // Each line was read alone; together they must read as well.
        let mut diary = Diary::default();
        for text in &lines {
            if let Err(errors) = diary.append(text)
                && let Some(row) = self.rows.iter_mut().find(|row| !row.is_empty())
            {
                row.wrong = errors.first().map(|error| sentence(&error.says, error.help.as_deref()));
                return None;
            }
        }
        if lines.is_empty() {
            lines.push(
                "; My diary: one event a line, for example 2026-03-01 take sertraline 50 mg".to_owned(),
            );
        }
        Some(lines)
    }

    /// The profile line, if anything was answered; each answer is read on its own, so that its words stand beside it.
    fn profile(&mut self) -> Option<String> {
        let mut parts = Vec::new();
        for name in FIELDS {
            let value = self.get(name).split_whitespace().collect::<Vec<_>>().join(" ");
            if value.is_empty() {
                continue;
            }
            let part = match (name, value.as_str()) {
                ("pregnant" | "smoker", "yes") => name.to_owned(),
                ("liver", "yes") => "liver impaired".to_owned(),
                ("pregnant" | "smoker" | "liver", _) => continue,
                ("egfr", value) => format!("kidney eGFR {value}"),
                (_, value) => format!("{name} {value}"),
            };
            let (timeline, notices) = diary::read(format!("profile  {part}").as_bytes());
            let wrong = notices.iter().find(|notice| notice.weight > Weight::Info);
            // `;` would begin a comment, and a second answer in one field would be taken for another question's.
            match (wrong, diary::profile_line(&timeline.person, true)) {
                (Some(notice), _) => {
                    self.wrong.insert(name, sentence(&notice.says, notice.help.as_deref()));
                }
                (None, Some(line)) if line.matches("  ").count() == 1 && !part.contains(';') => {
                    parts.push(part)
                }
                (None, _) => {
                    self.wrong.insert(name, format!("“{value}” could not be read."));
                }
            }
        }
        if parts.is_empty() {
            return None;
        }
        Some(format!("profile  {}", parts.join("  ")))
    }
}

/// One medicine as a line.
fn line(row: &mut Row, knowledge: &Knowledge) -> Option<String> {
    let clean = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let (name, dose) = (clean(&row.name), clean(&row.dose));
    if name.is_empty() {
        row.wrong = Some("The name is missing.".to_owned());
        return None;
    }
    let Some((since, note)) = since(&row.since) else {
        row.wrong = Some(
            "Write since when: a day, a month or a year, such as 2026-03-01, 2026-03 or 2026.".to_owned(),
        );
        return None;
    };
    let often = OFTEN.iter().find(|(value, _)| *value == row.often).map_or("daily", |(value, _)| value);
    let dose = if dose.is_empty() { "?" } else { &dose };
    let said = format!("{since} start {name} {dose} {often}");
    let (timeline, notices) = diary::read(said.as_bytes());
    if let Some(notice) = notices.iter().find(|notice| notice.weight > Weight::Info) {
        row.wrong = Some(sentence(&notice.says, notice.help.as_deref()));
        return None;
    }
    let read = match timeline.entries.as_slice() {
        [entry] => match &entry.event {
            Event::Start(start) if !said.contains(';') && start.name.text.eq_ignore_ascii_case(&name) => {
                Some(start)
            }
            _ => None,
        },
        _ => None,
    };
    if read.is_none() {
        row.wrong =
            Some(format!("This reads as something else: {said}. Write only the name in the first field."));
        return None;
    }
    if knowledge.find_substance(&name).is_none() {
        row.unknown = true;
        row.near = knowledge.suggest_substance(&name);
        if !row.sure {
            row.wrong = Some(format!("“{name}” is not in the knowledge."));
            return None;
        }
    }
    Some(format!("{said}{note}"))
}

/// A day, and what to note where only a month or a year is known.
fn since(text: &str) -> Option<(Date, String)> {
    let parts: Vec<&str> = text.split('-').collect();
    let digits = parts.iter().all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()));
    let number = |place: usize| parts.get(place).and_then(|part| part.parse::<i16>().ok());
    let small = |place: usize| number(place).and_then(|value| i8::try_from(value).ok());
    let date = match parts.len() {
        _ if !digits || parts[0].len() != 4 => None,
        1 => Date::new(number(0)?, 7, 1).ok(),
        2 => Date::new(number(0)?, small(1)?, 15).ok(),
        3 => Date::new(number(0)?, small(1)?, small(2)?).ok(),
        _ => None,
    };
    let date = date.filter(|date| (1900..=2100).contains(&date.year()))?;
    let note = if parts.len() == 3 { String::new() } else { format!(" ; some time in {text}") };
    Some((date, note))
}

fn sentence(says: &str, help: Option<&str>) -> String {
    match help {
        Some(help) => format!("{says}: {help}."),
        None => format!("{says}."),
    }
}
