//! What came from elsewhere, as lines of a diary.
//!
//! [`line`] writes one entry, [`profile_line`] the person. A line is read back before it is given out: a name that the diary
//! would take apart is joined with hyphens, and what it cannot say at all becomes a `note`, so that no word is lost.

use super::schedule::describe;
use super::when::hours_minutes;
use crate::timeline::{
    Amount, Course, Dose, DoseLine, Entry, Event, Find, Form, Name, Observer, Overdose, Person, Precision,
    Quantity, Route, Schedule, Sex, Vital, Weight, When,
};
use crate::units::number;
use jiff::{SignedDuration, Timestamp, tz::TimeZone};

/// The line of an entry, without its ending.
///
/// ```
/// # use raphe::timeline::diary;
/// let (timeline, _) = diary::read(b"2026-03-01  START 50 mg sertraline  once daily ;with breakfast");
/// let line = diary::line(&timeline.entries[0], &timeline.zone());
/// assert_eq!(line, "2026-03-01 start sertraline 50 mg daily ; with breakfast");
/// ```
#[must_use]
pub fn line(entry: &Entry, zone: &TimeZone) -> String {
    let when = when(&entry.when, zone);
    let mut notes: Vec<String> =
        entry.note.iter().map(|note| plain(note)).filter(|note| !note.is_empty()).collect();
    if let Event::Start(dose) | Event::Change(dose) | Event::Take(dose) = &entry.event
        && let Dose::Unread { text, .. } = &dose.dose
    {
        notes.push(format!("dose as written: {}", plain(text)));
    }
    let note = if notes.is_empty() { String::new() } else { format!(" ; {}", notes.join(", ")) };
    let whole = |said: &str| format!("{when} {said}{note}");
    for said in spellings(&entry.event) {
        if reads_back(&whole(&said), &entry.event) {
            return whole(&said);
        }
    }
    let said = spellings(&entry.event).into_iter().next().unwrap_or_default();
    let words = ["note ", "vital "].into_iter().find_map(|verb| said.strip_prefix(verb));
    whole(&format!("note {}", words.unwrap_or(&said)))
}

/// The `profile` line of a person; `complete` as in [`Timeline`](crate::timeline::Timeline). Genes have lines of their own.
#[must_use]
pub fn profile_line(person: &Person, complete: bool) -> Option<String> {
    let mut parts = Vec::new();
    parts.extend(person.born.map(|born| format!("born {born}")));
    parts.extend(person.sex.map(|sex| match sex {
        Sex::Female => "sex female".to_owned(),
        Sex::Male => "sex male".to_owned(),
    }));
    parts.extend(person.weight.map(|weight| format!("weight {} kg", number(weight.as_kg()))));
    parts.extend(person.height.map(|height| format!("height {} cm", number(height.as_cm()))));
    parts.extend(person.country.as_ref().map(|country| format!("country {country}")));
    parts.extend(person.zone.as_ref().and_then(TimeZone::iana_name).map(|zone| format!("zone {zone}")));
    parts.extend(person.egfr.map(|rate| format!("kidney eGFR {}", number(rate))));
    let flags = [
        (person.pregnant, "pregnant"),
        (person.smoker, "smoker"),
        (person.liver_impaired, "liver impaired"),
        (!complete, "medicines incomplete"),
    ];
    parts.extend(flags.into_iter().filter(|(holds, _)| *holds).map(|(_, words)| words.to_owned()));
    (!parts.is_empty()).then(|| format!("profile  {}", parts.join("  ")))
}

/// Whether a line says this, without an error.
fn reads_back(line: &str, event: &Event) -> bool {
    let (timeline, notices) = super::read(line.as_bytes());
    let [entry] = timeline.entries.as_slice() else { return false };
    let name = |event: &Event| match event {
        Event::Start(dose) | Event::Change(dose) | Event::Take(dose) => Some(key(&dose.name.text)),
        Event::Stop(name) | Event::Miss(name) => Some(key(&name.text)),
        _ => None,
    };
    let same = std::mem::discriminant(&entry.event) == std::mem::discriminant(event);
    same && name(&entry.event) == name(event) && notices.iter().all(|notice| notice.weight < Weight::Error)
}

fn key(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

fn when(when: &When, zone: &TimeZone) -> String {
    let civil = |at: Timestamp| zone.to_datetime(at);
    let last = |end: Timestamp| civil(end.checked_sub(SignedDuration::from_secs(1)).unwrap_or(end)).date();
    let start = civil(when.start);
    match (when.precision, when.end) {
        (Precision::Moment, _) if start.second() == 0 => {
            format!("{} {}", start.date(), hours_minutes(start.time()))
        }
        (Precision::Moment, _) => format!("{} {}", start.date(), start.time().strftime("%H:%M:%S")),
        (Precision::Range, None) => format!("{}..", start.date()),
        (Precision::Range, Some(end)) if last(end) > start.date() => {
            format!("{}..{}", start.date(), last(end))
        }
        _ => start.date().to_string(),
    }
}

/// How an event may be written, the plainest first.
fn spellings(event: &Event) -> Vec<String> {
    let dosed = |verb: &str, dose: &DoseLine| {
        names(&dose.name).map(|name| format!("{verb} {name}{}", rest(dose))).to_vec()
    };
    let named = |verb: &str, name: &Name| names(name).map(|name| format!("{verb} {name}")).to_vec();
    let one = |text: String| vec![text];
    match event {
        Event::Start(dose) => dosed("start", dose),
        Event::Change(dose) => dosed("change", dose),
        Event::Take(dose) => dosed("take", dose),
        Event::Miss(name) => named("miss", name),
        Event::Stop(name) => named("stop", name),
        Event::Sign { finds, by } => {
            let by = if *by == Observer::Clinician { " by clinician" } else { "" };
            one(format!("sign {}{by}", listed(finds)))
        }
        Event::Vital(vitals) => {
            let items: Vec<String> = vitals.iter().map(vital).collect();
            one(format!("vital {}", items.join(", ")))
        }
        Event::Feel(feelings) => {
            let items = feelings.iter().map(|feeling| match (feeling.present, feeling.strength) {
                (false, _) => format!("no {}", plain(&feeling.name.text)),
                (true, Some(strength)) => format!("{} {}/10", plain(&feeling.name.text), number(strength)),
                (true, None) => plain(&feeling.name.text),
            });
            one(format!("feel {}", items.collect::<Vec<_>>().join(", ")))
        }
        Event::Course(course) => one(match course {
            Course::Worsening => "course worsening".to_owned(),
            Course::Improving => "course improving".to_owned(),
            Course::Unchanged => "course unchanged".to_owned(),
        }),
        Event::Score(score) => {
            let items = score.items.iter().map(|item| item.map_or("-".to_owned(), |value| value.to_string()));
            let items: String = items.map(|item| format!(" {item}")).collect();
            let total = score.total.map_or(String::new(), |total| format!(" total {}", number(total)));
            one(format!("score {}{items}{total}", plain(&score.name)))
        }
        Event::Light { duration, brightness, at } => {
            let parts = [
                duration.map(|span| span.to_string()),
                brightness.map(|lux| lux.to_string()),
                at.map(hours_minutes),
            ];
            one(format!("light {}", parts.into_iter().flatten().collect::<Vec<_>>().join(" ")))
        }
        Event::Sunlight(span) => one(format!("sunlight {span}")),
        Event::Exercise { what, duration } => {
            let duration = duration.map_or(String::new(), |span| format!(" {span}"));
            one(format!("exercise {}{duration}", plain(what)))
        }
        Event::Sleep(span) => one(format!("sleep {span}")),
        Event::Meal { what, amount } => {
            let amount = amount.map_or(String::new(), |mass| format!(" {mass}"));
            one(format!("meal {}{amount}", plain(what)))
        }
        Event::Session(text) => one(format!("session {}", plain(text))),
        Event::Factor(finds) => one(format!("factor {}", listed(finds))),
        Event::Condition(finds) => one(format!("condition {}", listed(finds))),
        Event::Lab(labs) => {
            let item = |lab: &crate::timeline::Lab| {
                format!("{} {} {}", plain(&lab.name.text), number(lab.value), plain(&lab.unit))
            };
            one(format!("lab {}", labs.iter().map(item).collect::<Vec<_>>().join(", ")))
        }
        Event::Note(text) | Event::Unread(text) => one(format!("note {}", plain(text))),
    }
}

/// A name as written; as one word; as one word that no number begins.
fn names(name: &Name) -> [String; 3] {
    let plain = plain(&name.text);
    let parts = plain.split(|c: char| !(c.is_alphanumeric() || c == '-')).filter(|part| !part.is_empty());
    let joined = parts.collect::<Vec<_>>().join("-");
    [plain, joined.clone(), format!("medicine-{joined}")]
}

/// A text that fits a line and begins no comment.
fn plain(text: &str) -> String {
    let text: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    text.replace(';', ",").split_whitespace().collect::<Vec<_>>().join(" ")
}

fn listed(finds: &[Find]) -> String {
    let item = |find: &Find| match find.present {
        true => plain(&find.name.text),
        false => format!("no {}", plain(&find.name.text)),
    };
    finds.iter().map(item).collect::<Vec<_>>().join(", ")
}

fn vital(vital: &Vital) -> String {
    match vital {
        Vital::Temperature(value) => format!("temperature {} C", number(value.as_celsius())),
        Vital::Pulse(rate) => format!("pulse {}", number(rate.as_per_minute())),
        Vital::BloodPressure(upper, lower) => {
            format!("bp {}/{}", number(upper.as_mmhg()), number(lower.as_mmhg()))
        }
        Vital::Respiration(rate) => format!("respiration {}", number(rate.as_per_minute())),
        Vital::Spo2(percent) => format!("spo2 {}", number(*percent)),
        Vital::Unread { text, .. } => plain(text),
    }
}

/// How a dose line goes on after its name: `50 mg daily`, `1.5 mg/kg iv over 30 min`.
#[must_use]
pub fn dosing(line: &DoseLine) -> String {
    rest(line).trim().to_owned()
}

/// What follows the name in a dose line.
fn rest(line: &DoseLine) -> String {
    let mut parts: Vec<String> = vec![dose(&line.dose)];
    let (form, usual) = match line.form {
        None => (None, Route::Oral),
        Some(Form::ExtendedRelease) => (Some("extended release"), Route::Oral),
        Some(Form::Patch) => (Some("patch"), Route::Transdermal),
        Some(Form::Liquid) => (Some("liquid"), Route::Oral),
        Some(Form::Depot) => (Some("depot"), Route::Im),
    };
    parts.extend(form.map(str::to_owned));
    parts.extend((line.route != usual).then(|| line.route.word().to_owned()));
    parts.extend(line.over.map(|span| format!("over {span}")));
    parts.extend(line.schedule.as_ref().and_then(|schedule| match schedule {
        Schedule::TimesADay(1) => Some("daily".to_owned()),
        Schedule::TimesADay(2) => Some("twice daily".to_owned()),
        // A patch or a rate without a schedule goes on without pause.
        Schedule::Continuous => None,
        other => Some(describe(other)),
    }));
    parts.extend(line.up_to.map(|times| format!("up to {times} a day")));
    parts.extend(line.overdose.map(|mark| match mark {
        Overdose::OnPurpose => "on purpose".to_owned(),
        Overdose::ByAccident => "by accident".to_owned(),
    }));
    parts.iter().map(|part| format!(" {part}")).collect()
}

fn dose(dose: &Dose) -> String {
    let Dose::Known(Amount { count, each }) = dose else { return "?".to_owned() };
    let each = match each {
        Quantity::Mass(mass) => mass.to_string(),
        Quantity::MassPerKg(mass) => format!("{mass}/kg"),
        Quantity::MassPerHour(mass) => format!("{mass}/h"),
        Quantity::Units(units) => format!("{} IU", number(*units)),
        Quantity::Volume(volume) => volume.to_string(),
    };
    match *count {
        1.0 => each,
        count => format!("{} x {each}", number(count)),
    }
}
