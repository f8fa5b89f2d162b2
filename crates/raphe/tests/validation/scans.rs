//! Occupancy of the brain in people: scans against the typical person on the same regimen.

use super::rows::{cell, head, line, number, read};
use jiff::{Timestamp, ToSpan, tz::TimeZone};
use raphe::{
    assess::{self, Question},
    knowledge::{
        Knowledge,
        schema::{Effect, Substance, Value},
    },
    population::Population,
    predict::Row,
    synapse::engagement::Target,
    timeline::diary,
    units::TimeSpan,
};

const FILE: &str = include_str!("scans.toml");
/// A scan is inside within so many points.
const INSIDE: f64 = 10.0;
/// The mean difference from all scans of the transporter is at most this, in points.
const MEAN_OF_SERT: f64 = 7.0;

/// Scans that the base tells without a regimen.
pub(crate) fn written() -> Vec<Row> {
    read(FILE, "scan")
}

/// One scan.
struct Scan {
    drug: String,
    target: Target,
    /// Regimen as a diary writes it, with the name.
    at: String,
    /// How often a dose is given, hours; `None` is a single dose.
    every: Option<f64>,
    hours: f64,
    days: f64,
    published: f64,
    cite: String,
    used: bool,
}

fn target(id: &str) -> Option<Target> {
    Target::ALL.into_iter().find(|target| target.id() == id)
}

/// Hours between doses.
fn every(at: &str) -> Option<f64> {
    match at {
        _ if at.contains("three times daily") => Some(8.0),
        _ if at.contains("twice daily") => Some(12.0),
        _ if at.contains("daily") => Some(24.0),
        _ => None,
    }
}

/// The number before a word: `6` of `10 days, 6 h after the last dose` before ` h after`.
fn before(text: &str, word: &str) -> Option<f64> {
    let start = &text[..text.find(word)?];
    number(start.rsplit([' ', ',', ';']).next()?)
}

impl Scan {
    fn of_value(substance: &Substance, effect: &Effect, value: &Value) -> Option<Self> {
        let at = value.at.as_deref()?;
        let note = value.note.as_deref().unwrap_or_default();
        let every = every(at);
        let usual = if every.is_some() { 12.0 } else { 4.0 };
        let first = note.split(';').next().unwrap_or_default();
        let days = before(first, " days").or(before(first, " weeks").map(|weeks| weeks * 7.0));
        let made_from = |other: &Value| {
            matches!(other.parameter.as_deref(), Some("occupancy EC50" | "occupancy Emax"))
                && other.cite == value.cite
        };
        // What a metabolite occupies was seen after its parent, whose name stands in the regimen.
        let named = at.chars().next()?.is_alphabetic();
        Some(Self {
            drug: substance.names.inn.clone(),
            target: target(effect.target.as_deref()?)?,
            at: if named { at.to_owned() } else { format!("{} {at}", substance.names.inn) },
            every,
            hours: before(note, " h after").unwrap_or(usual),
            days: days.unwrap_or(28.0),
            published: number(&value.value)?,
            cite: value.cite.clone(),
            used: effect.potency.iter().any(made_from),
        })
    }

    fn of_row(row: &Row) -> Self {
        Self {
            drug: cell(row, "drug").to_owned(),
            target: target(cell(row, "target")).expect("a target of the model"),
            at: cell(row, "at").to_owned(),
            every: every(cell(row, "at")),
            hours: number(cell(row, "hours")).expect("hours"),
            days: 42.0,
            published: number(cell(row, "published")).expect("a share"),
            cite: cell(row, "cite").to_owned(),
            used: true,
        }
    }

    /// What the typical person has, in percent.
    fn simulated(&self, knowledge: &Knowledge) -> Option<f64> {
        let begin = jiff::civil::date(2026, 1, 1).at(8, 0, 0, 0);
        let (line, last) = match self.every {
            Some(every) => {
                let doses = (self.days * 24.0 / every).round().max(1.0) - 1.0;
                (format!("{} start {}", begin.strftime("%Y-%m-%d %H:%M"), self.at), doses * every)
            }
            None => (format!("{} take {}", begin.strftime("%Y-%m-%d %H:%M"), self.at), 0.0),
        };
        let minutes = ((last + self.hours) * 60.0).round() as i64;
        let as_of: Timestamp =
            begin.to_zoned(TimeZone::UTC).ok()?.checked_add(minutes.minutes()).ok()?.timestamp();
        // The course ends with the last dose before the scan.
        let stop = begin.checked_add(((last * 60.0) as i64 + 1).minutes()).ok()?;
        let name = self.at.split_whitespace().next()?;
        let text = match self.every {
            Some(_) => {
                format!("profile zone UTC\n{line}\n{} stop {name}\n", stop.strftime("%Y-%m-%d %H:%M"))
            }
            None => format!("profile zone UTC\n{line}\n"),
        };
        let (timeline, _) = diary::read(text.as_bytes());
        let population = Population { seed: 1, people: 0 };
        let question = Question { as_of, horizon: TimeSpan::days(1.0), population };
        let answer = assess::assess(&timeline, knowledge, &question);
        let engaged = answer.synapse.targets.iter().find(|engaged| engaged.target == self.target)?;
        Some(100.0 * engaged.share.median)
    }
}

fn scans(knowledge: &Knowledge) -> Vec<Scan> {
    let mut scans = Vec::new();
    for substance in &knowledge.base().substances {
        for effect in &substance.mechanisms {
            let seen = effect.potency.iter().filter(|v| v.parameter.as_deref() == Some("brain occupancy"));
            scans.extend(seen.filter_map(|value| Scan::of_value(substance, effect, value)));
        }
    }
    scans.extend(written().iter().map(Scan::of_row));
    scans.sort_by(|a, b| (a.target, &a.drug).cmp(&(b.target, &b.drug)));
    scans
}

/// Every scan, published and simulated.
pub(crate) fn table(knowledge: &Knowledge, wrong: &mut Vec<String>) -> String {
    let misfits = read(FILE, "misfit");
    let mut out = head(&[
        "target",
        "regimen",
        "hours after",
        "published, %",
        "simulated, %",
        "inside",
        "source",
        "used",
    ]);
    let mut notes = String::new();
    let mut off: Vec<(Target, f64, bool)> = Vec::new();
    for scan in scans(knowledge) {
        let Some(value) = scan.simulated(knowledge) else {
            wrong.push(format!("{} {}: not simulated", scan.target.id(), scan.at));
            continue;
        };
        let apart = (value - scan.published).abs();
        let inside = apart <= INSIDE;
        off.push((scan.target, apart, inside));
        let place = format!("{} {} {} h {}", scan.target.id(), scan.at, scan.hours, scan.cite);
        let known = misfits.iter().find(|row| cell(row, "scan") == place);
        match (inside, known) {
            (false, None) => {
                wrong.push(format!("{place}: {value:.0} % and not {:.0} %", scan.published));
            }
            (true, Some(_)) => {
                wrong.push(format!("{place}: {value:.0} % is inside now; it is no known misfit"))
            }
            (false, Some(row)) => notes.push_str(&format!("- {place}: {}\n", cell(row, "why"))),
            (true, None) => {}
        }
        let cells = [
            scan.target.id(),
            &scan.at,
            &scan.hours.to_string(),
            &scan.published.to_string(),
            &format!("{value:.0}"),
            if inside { "yes" } else { "**no**" },
            &format!("[{}]", scan.cite),
            if scan.used { "yes" } else { "no" },
        ];
        out.push_str(&line(&cells));
    }
    let mut sums = head(&["target", "scans", "inside", "mean difference, points"]);
    for target in Target::ALL {
        let here: Vec<_> = off.iter().filter(|(of, _, _)| *of == target).collect();
        if here.is_empty() {
            continue;
        }
        let mean = here.iter().map(|(_, apart, _)| apart).sum::<f64>() / here.len() as f64;
        let inside = here.iter().filter(|(_, _, inside)| *inside).count();
        if target == Target::Sert && mean > MEAN_OF_SERT {
            wrong.push(format!("scans of the transporter are off by {mean:.1} points in the mean"));
        }
        let cells = [target.id(), &here.len().to_string(), &inside.to_string(), &format!("{mean:.1}")];
        sums.push_str(&line(&cells));
    }
    format!("{sums}\n{out}\nKnown misfits:\n\n{notes}")
}
