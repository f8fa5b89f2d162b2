//! What was read and cannot all be true: signs that are there and not there, laboratory values in a unit that says nothing.
//!
//! Nothing is decided here and nothing is changed. A notice says what was found, where, how it counts, and what to write.

use super::{
    Knowledge,
    laboratory::{Judged, judge},
};
use crate::timeline::{Entry, Event, Name, Notice, Origin, Place, Precision, Timeline, Weight};
use jiff::Timestamp;
use std::collections::BTreeMap;

/// A sign as it stands on a line.
struct Said<'a> {
    name: &'a Name,
    present: bool,
    entry: &'a Entry,
}

/// Every doubt about a timeline whose names were resolved.
pub(super) fn doubts(knowledge: &Knowledge, timeline: &Timeline) -> Vec<Notice> {
    let mut notices = contradictions(knowledge, timeline);
    for entry in &timeline.entries {
        let Event::Lab(labs) = &entry.event else { continue };
        for lab in labs {
            let written = format!("`{} {} {}`", lab.name.text, lab.value, lab.unit);
            let (says, help) = match judge(lab) {
                Some(Judged::Unit(unit)) => (
                    format!(
                        "{written}: the unit `{}` is not read here, so the value is not judged",
                        lab.unit
                    ),
                    format!("write it in {unit}"),
                ),
                Some(Judged::Impossible(unit)) => (
                    format!("{written} can hardly be true, so it is not judged"),
                    format!("look at the number, and write it in {unit}"),
                ),
                _ => continue,
            };
            notices.push(Notice {
                weight: Weight::Error,
                place: place(&lab.name, entry),
                says,
                help: Some(help),
            });
        }
    }
    notices
}

fn place(name: &Name, entry: &Entry) -> Option<Place> {
    let Origin::Line(line) = entry.origin else { return None };
    let length = u32::try_from(name.text.chars().count()).unwrap_or(1);
    (name.column > 0).then_some(Place { line, column: name.column, length })
}

fn contradictions(knowledge: &Knowledge, timeline: &Timeline) -> Vec<Notice> {
    let mut moments: BTreeMap<Timestamp, Vec<Said<'_>>> = BTreeMap::new();
    for entry in &timeline.entries {
        let said: Vec<Said<'_>> = match &entry.event {
            Event::Sign { finds, .. } | Event::Condition(finds) => {
                finds.iter().map(|find| Said { name: &find.name, present: find.present, entry }).collect()
            }
            Event::Feel(feelings) => (feelings.iter())
                .map(|feeling| Said { name: &feeling.name, present: feeling.present, entry })
                .collect(),
            _ => continue,
        };
        moments.entry(entry.when.start).or_default().extend(said);
    }
    let mut notices = Vec::new();
    for said in moments.values() {
        for there in said.iter().filter(|one| one.present) {
            for not_there in said.iter().filter(|one| !one.present) {
                let line = there.entry.origin == not_there.entry.origin;
                let moment = there.entry.when.precision == Precision::Moment
                    && there.entry.when == not_there.entry.when;
                if (line || moment) && denies(knowledge, there.name, not_there.name) {
                    let (there, not_there) = (&there.name, not_there);
                    let where_else = if line { "on one line" } else { "at one moment" };
                    notices.push(Notice {
                        weight: Weight::Warning,
                        place: place(not_there.name, not_there.entry),
                        says: format!(
                            "`{}` and `no {}` stand {where_else}: for danger it counts as there, for the criteria it is not known",
                            there.text, not_there.name.text
                        ),
                        help: Some("write what was found last, and at which time".to_owned()),
                    });
                }
            }
        }
    }
    notices
}

/// Whether the absence of one sign denies the other, itself or something that implies it.
fn denies(knowledge: &Knowledge, there: &Name, not_there: &Name) -> bool {
    let (Some(there), Some(absent)) = (there.id.as_deref(), not_there.id.as_deref()) else { return false };
    let mut open = vec![there];
    let mut seen: Vec<&str> = Vec::new();
    while let Some(id) = open.pop() {
        if id == absent {
            return true;
        }
        let Some(sign) = knowledge.sign(id).filter(|_| !seen.contains(&id)) else { continue };
        seen.push(id);
        if id == there && sign.denied_by.iter().any(|wider| wider == absent) {
            return true;
        }
        open.extend(sign.implies.iter().map(String::as_str));
    }
    false
}
