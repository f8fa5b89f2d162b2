//! "How it began and how it goes": onset, trend, and when it is expected to settle.
//!
//! A clinician gets a row for each moment with what was measured, what is new and what went. In an emergency the person is
//! not told a day by which it settles: that is said to whoever treats it.

use super::{Item, Section, Sources, Voice, lines, section};
use crate::{
    assess::{
        Assessment, capital,
        course::{Direction, Onset, Plausible, Settling, Trend},
        list,
    },
    criteria::trend::{Moment, Stated, amount},
    exposure::intake::ChangeKind,
    knowledge::{
        Knowledge,
        schema::{CourseShare, Urgency},
    },
    timeline::Course as Going,
    units::{Fraction, number},
};
use jiff::Timestamp;
use std::collections::BTreeSet;

/// The section; `None` where nothing is known of a course.
pub(super) fn section_of(
    assessment: &Assessment,
    knowledge: &Knowledge,
    voice: Voice,
    sources: &mut Sources,
) -> Option<Section> {
    let course = &assessment.course;
    let words = Words { assessment, knowledge, voice };
    let mut items = Vec::new();
    items.extend(course.stated.as_ref().map(stated));
    items.extend(course.onset.as_ref().map(|onset| words.onset(onset, sources)));
    items.extend(words.trend(&course.trends));
    if voice == Voice::Clinician && !course.moments.is_empty() {
        items.push(Item {
            mark: Some("What was found, in order of time".to_owned()),
            text: String::new(),
            under: course.moments.iter().map(|moment| words.row(moment)).collect(),
            ..Item::default()
        });
    }
    let told = voice == Voice::Clinician || assessment.urgency < Urgency::Emergency;
    items.extend(course.settling.as_ref().filter(|_| told).map(|settling| words.settling(settling, sources)));
    section("How it began and how it goes", items)
}

struct Words<'a> {
    assessment: &'a Assessment,
    knowledge: &'a Knowledge,
    voice: Voice,
}

fn stated(stated: &Stated) -> Item {
    let how = match stated.course {
        Going::Worsening => "It is getting worse",
        Going::Improving => "It is getting better",
        Going::Unchanged => "It is neither better nor worse",
    };
    let place = lines(&BTreeSet::from([stated.origin.clone()]));
    Item { text: format!("{how}, as reported{place}."), ..Item::default() }
}

impl Words<'_> {
    fn onset(&self, onset: &Onset, sources: &mut Sources) -> Item {
        let facts = &self.knowledge.base().course;
        let did = match onset.change {
            ChangeKind::Started => "was started",
            ChangeKind::Raised => "was raised",
            _ => "was taken",
        };
        let judged = match onset.plausible {
            Plausible::WithinSixHours | Plausible::WithinADay => {
                "That fits serotonin toxicity, which usually starts within a day of a change.".to_owned()
            }
            Plausible::Late => {
                format!("That is later than usual for serotonin toxicity. {}", facts.late.says)
            }
            Plausible::CannotTell => {
                "The times are not known well enough to say whether that was within a day.".to_owned()
            }
        };
        let published = match self.voice {
            Voice::Person => String::new(),
            Voice::Clinician => {
                format!(" Published: {}.", list(&facts.onset.iter().map(share).collect::<Vec<_>>(), "and"))
            }
        };
        let name = self.knowledge.substance_name(&onset.substance);
        Item {
            text: format!(
                "The first sign came {} after {name} {did}{}. {judged}{published}",
                span(onset.hours()),
                lines(&onset.because)
            ),
            sources: sources.cite(&onset.citations),
            ..Item::default()
        }
    }

    fn trend(&self, trends: &[Trend]) -> Option<Item> {
        let moved: Vec<&Trend> = trends.iter().filter(|trend| trend.direction != Direction::Steady).collect();
        let fast = trends.iter().any(|trend| trend.fast);
        if moved.is_empty() && !fast {
            return None;
        }
        let said: Vec<String> = moved
            .iter()
            .map(|trend| {
                let to = match trend.direction {
                    Direction::Rising => "rises",
                    _ => "falls",
                };
                let [first, last] = [trend.first.1, trend.last.1].map(|value| amount(trend.quantity, value));
                format!("{} {to} from {first} to {last}", name(trend.quantity))
            })
            .collect();
        let mut text =
            if said.is_empty() { String::new() } else { format!("{}.", capital(&list(&said, "and"))) };
        if fast {
            text.push_str(match self.voice {
                Voice::Person => " The temperature is rising fast: that is dangerous, so measure it again within half an hour.",
                Voice::Clinician => " The temperature rose by a degree within two hours.",
            });
        }
        Some(Item { text: text.trim().to_owned(), ..Item::default() })
    }

    /// `09:30  38.6 °C, pulse 112, 150/95; new: tremor; gone: agitation`.
    fn row(&self, moment: &Moment) -> Item {
        let mut parts: Vec<String> = Vec::new();
        for quantity in ["temperature", "pulse", "respiration", "spo2", "sodium", "lithium", "glucose", "ck"]
        {
            if let Some(value) = moment.measured.get(quantity) {
                parts.push(format!("{} {}", name(quantity), amount(quantity, *value)));
            }
        }
        if let (Some(upper), Some(lower)) =
            (moment.measured.get("systolic"), moment.measured.get("diastolic"))
        {
            parts.push(format!("blood pressure {}/{} mmHg", number(*upper), number(*lower)));
        }
        let still: Vec<&String> = moment.present.iter().filter(|id| !moment.new.contains(id)).collect();
        let names = |ids: &mut dyn Iterator<Item = &String>| {
            ids.map(|id| self.knowledge.sign(id).map_or(id.clone(), |sign| sign.name.to_lowercase()))
                .collect::<Vec<_>>()
                .join(", ")
        };
        for (word, ids) in [
            ("new: ", names(&mut moment.new.iter())),
            ("still: ", names(&mut still.into_iter())),
            ("gone: ", names(&mut moment.gone.iter())),
        ] {
            if !ids.is_empty() {
                parts.push(format!("{word}{ids}"));
            }
        }
        let found = if parts.is_empty() { "nothing new".to_owned() } else { parts.join("; ") };
        let at = if moment.day_only { self.day(moment.at) } else { self.moment(moment.at) };
        Item { mark: Some(at), text: found, ..Item::default() }
    }

    fn settling(&self, settling: &Settling, sources: &mut Sources) -> Item {
        let facts = &self.knowledge.base().course;
        let name = |id: &String| self.knowledge.substance_name(id).to_owned();
        let taken: Vec<String> = settling.still_taken.iter().map(name).collect();
        let by = self.day(settling.from);
        let mut text = match self.voice {
            _ if taken.is_empty() => {
                format!(
                    "If it is serotonin toxicity, it is expected to settle by {by} in most people, if no more is taken"
                )
            }
            // A day by which it ends must not read as advice to stop.
            Voice::Person => format!(
                "If it is serotonin toxicity, it settles in most people within a day once what brings it on is no longer \
                 taken, that is by {by} at the earliest; ask before you stop anything"
            ),
            Voice::Clinician => {
                let are = if taken.len() == 1 { "is" } else { "are" };
                let list = list(&taken, "and");
                format!(
                    "If it is serotonin toxicity, it is expected to settle by {by} in most people, if {list} {are} stopped now"
                )
            }
        };
        match &settling.longest {
            Some(id) => {
                let until = self.day(settling.until);
                text.push_str(&format!("; because of {} it can last until {until}.", name(id)));
            }
            None => text.push('.'),
        }
        if self.voice == Voice::Clinician {
            let shares: Vec<String> = facts.settling.iter().map(share).collect();
            text.push_str(&format!(" Published, all signs gone: {}.", list(&shares, "and")));
        }
        text.push_str(&format!(" {}", facts.not_settled.says));
        Item { text, sources: sources.cite(&settling.citations), ..Item::default() }
    }

    fn day(&self, at: Timestamp) -> String {
        at.to_zoned(self.assessment.zone.clone()).date().to_string()
    }

    fn moment(&self, at: Timestamp) -> String {
        at.to_zoned(self.assessment.zone.clone()).strftime("%Y-%m-%d %H:%M").to_string()
    }
}

/// `74 of 100 within 24 h (41 cases)`.
fn share(item: &CourseShare) -> String {
    let share = item.share.parse::<Fraction>().map(|share| libm::round(share.as_of_one() * 100.0));
    let share = share.map_or_else(|_| item.share.clone(), |share| format!("{} of 100", number(share)));
    let cases = item.cases.map_or_else(String::new, |cases| format!(" ({cases} cases)"));
    format!("{share} within {}{cases}", item.within)
}

/// `about 3 hours`, `2 to 5 hours`, `4 days`.
fn span((least, most): (f64, f64)) -> String {
    let (unit, per) = if most <= 48.0 { ("hour", 1.0) } else { ("day", 24.0) };
    let [least, most] = [least, most].map(|hours| libm::round(hours / per));
    let plural = if most == 1.0 { "" } else { "s" };
    match (least, most) {
        (_, 0.0) => "within an hour".to_owned(),
        (least, most) if least == most => format!("about {} {unit}{plural}", number(most)),
        (least, most) => format!("{} to {} {unit}{plural}", number(least), number(most)),
    }
}

/// What a quantity is called.
fn name(quantity: &str) -> &str {
    match quantity {
        "systolic" => "upper blood pressure",
        "diastolic" => "lower blood pressure",
        "respiration" => "breathing rate",
        "spo2" => "oxygen saturation",
        "ck" => "creatine kinase",
        "glucose" => "blood sugar",
        other => other,
    }
}
