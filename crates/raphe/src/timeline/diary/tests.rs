//! The diary's rules, one table a rule: what is written on the left, what is read or said on the right.

use super::*;
use crate::timeline::{Dose, Form, Name, Observer, Overdose, Quantity, Score, Sex, Vital};
use crate::units::{Mass, Temperature, number};

/// The events of a diary, in the order of their lines.
fn events(text: &str) -> Vec<Event> {
    let mut entries = read(text.as_bytes()).0.entries;
    entries.sort_by(|a, b| a.origin.cmp(&b.origin));
    entries.into_iter().map(|entry| entry.event).collect()
}

/// Notices as `line:column+length Weight: says | help`.
fn notices(text: &str) -> Vec<String> {
    let shown = |notice: &Notice| {
        let place =
            notice.place.map_or("file".to_owned(), |at| format!("{}:{}+{}", at.line, at.column, at.length));
        format!("{place} {:?}: {} | {}", notice.weight, notice.says, notice.help.as_deref().unwrap_or("-"))
    };
    read(text.as_bytes()).1.iter().map(shown).collect()
}

fn line(verb: &str, rest: &str) -> (DoseLine, Vec<String>) {
    let text = format!("2026-03-01 {verb} {rest}");
    match events(&text).remove(0) {
        Event::Start(line) | Event::Change(line) | Event::Take(line) => (line, notices(&text)),
        other => panic!("{text}: {other:?} {:?}", notices(&text)),
    }
}

/// A dose line in one text: name, dose, and whatever is not usual.
fn shown(line: &DoseLine) -> String {
    let mg = |mass: &Mass| format!("{} mg", number(mass.as_mg()));
    let dose = match &line.dose {
        Dose::Unknown => "?".to_owned(),
        Dose::Unread { text, could_mean } => match could_mean {
            Some(mass) => format!("unread `{text}` up to {}", mg(mass)),
            None => format!("unread `{text}`"),
        },
        Dose::Known(amount) => {
            let each = match amount.each {
                Quantity::Mass(mass) => mg(&mass),
                Quantity::MassPerKg(mass) => format!("{}/kg", mg(&mass)),
                Quantity::MassPerHour(mass) => format!("{}/h", mg(&mass)),
                Quantity::Units(units) => format!("{} IU", number(units)),
                Quantity::Volume(volume) => format!("{} mL", number(volume.as_ml())),
            };
            if amount.count == 1.0 { each } else { format!("{} x {each}", number(amount.count)) }
        }
    };
    let mut parts = vec![format!("{}, {dose}", line.name.text)];
    parts.extend(line.form.map(|form| format!("{form:?}")));
    parts.extend((line.route.word() != "oral").then(|| line.route.word().to_owned()));
    parts.extend(line.over.map(|span| format!("over {} h", number(span.as_hours()))));
    parts.extend(line.schedule.as_ref().map(schedule::describe));
    parts.extend(line.up_to.map(|most| format!("up to {most}")));
    parts.extend(line.overdose.map(|mark| format!("{mark:?}")));
    parts.join(", ")
}

/// One line of every kind.
const EXAMPLE: &str = include_str!("../../../tests/diary.raphe");

#[test]
fn the_example_diary_reads_without_a_word() {
    let (timeline, notices) = read(EXAMPLE.as_bytes());
    assert_eq!(notices, []);
    assert_eq!(timeline.entries.len(), 25);
    assert!(!timeline.entries.iter().any(|entry| matches!(entry.event, Event::Unread(_))));
    let person = &timeline.person;
    assert_eq!(person.born, Some(jiff::civil::date(1971, 5, 15)));
    assert_eq!((person.sex, person.weight), (Some(Sex::Female), Some(Mass::kg(62.0))));
    assert_eq!(person.country.as_deref(), Some("GB"));
    assert_eq!(person.genes, [("CYP2D6".to_owned(), "poor metabolizer".to_owned())]);
    assert_eq!(
        timeline.entries[0].note.as_deref(),
        Some("`?` = dose not known: sampled over the usual range, and said so")
    );
    assert_eq!(timeline.end().map(|end| end.to_string()).as_deref(), Some("2026-03-24T23:59:59Z"));
}

#[test]
fn a_dose_line_reads_in_the_ways_people_write_it() {
    for (written, expected) in [
        ("sertraline 50 mg daily", "sertraline, 50 mg, once daily"),
        ("50 mg sertraline daily", "sertraline, 50 mg, once daily"),
        ("50mg of sertraline every day", "sertraline, 50 mg, once daily"),
        ("Sertraline 50MG b.i.d.", "Sertraline, 50 mg, 2 times daily"),
        ("trazodone ? nightly", "trazodone, ?, nightly"),
        ("venlafaxine 75 mg extended release daily", "venlafaxine, 75 mg, ExtendedRelease, once daily"),
        ("Wellbutrin XL 150 mg each morning", "Wellbutrin, 150 mg, ExtendedRelease, at 08:00"),
        ("selegiline 6 mg/24 h patch", "selegiline, 0.25 mg/h, Patch, transdermal, without pause"),
        ("selegiline 6 mg/day patch", "selegiline, 0.25 mg/h, Patch, transdermal, without pause"),
        ("fentanyl 25 mcg/h patch every 3 d", "fentanyl, 0.025 mg/h, Patch, transdermal, every 3 d"),
        ("fentanyl 50 mcg/h iv", "fentanyl, 0.05 mg/h, iv, without pause"),
        ("aripiprazole 400 mg depot every 28 days", "aripiprazole, 400 mg, Depot, im, every 28 d"),
        ("tramadol 50 mg as needed up to 3 a day", "tramadol, 50 mg, as needed, up to 3"),
        ("ibuprofen 400 mg every 8 h prn", "ibuprofen, 400 mg, as needed, up to 3"),
        ("moclobemide 150 mg at 08:00 and 20:00", "moclobemide, 150 mg, at 08:00 and 20:00"),
        ("linezolid 600 mg intravenous every 12 h over 1 h", "linezolid, 600 mg, iv, over 1 h, every 12 h"),
        ("citalopram 40 mg drops daily by mouth", "citalopram, 40 mg, Liquid, once daily"),
        ("2 x 25 mg quetiapine nightly", "quetiapine, 2 x 25 mg, nightly"),
        ("quetiapine 2 tablets of 25 mg nightly", "quetiapine, 2 x 25 mg, nightly"),
        ("sertraline 50 mg tablet daily", "sertraline, 50 mg, once daily"),
        ("sertraline 50 mg 1 tablet daily", "sertraline, 50 mg, once daily"),
        ("sertraline 100 mg/day", "sertraline, 100 mg, once daily"),
        ("vitamin D 1000 IU daily", "vitamin D, 1000 IU, once daily"),
        ("lofepramine 10 mL nightly", "lofepramine, 10 mL, nightly"),
    ] {
        let (line, notices) = line("start", written);
        assert_eq!(shown(&line), expected, "{written}");
        assert!(notices.is_empty(), "{written}: {notices:?}");
    }
    for (written, expected) in [
        ("methylene blue 1.5 mg/kg iv over 30 min", "methylene blue, 1.5 mg/kg, iv, over 0.5 h"),
        ("20 x 50 mg sertraline on purpose", "sertraline, 20 x 50 mg, OnPurpose"),
        ("20x50mg sertraline by accident", "sertraline, 20 x 50 mg, ByAccident"),
        ("esketamine 56 mg nasal spray", "esketamine, 56 mg, intranasal"),
        ("sertraline ? on purpose", "sertraline, ?, OnPurpose"),
        ("half a tablet of 50 mg sertraline", "sertraline, 0.5 x 50 mg"),
    ] {
        let (line, notices) = line("take", written);
        assert_eq!(shown(&line), expected, "{written}");
        assert!(notices.is_empty(), "{written}: {notices:?}");
    }
}

#[test]
fn a_name_is_any_run_of_words() {
    for name in [
        "5-HTP",
        "St John's wort",
        "vitamin B12",
        "omega 3",
        "rxnorm:36437",
        "atc:N06AB06",
        "co-codamol",
        "25I-NBOMe",
        "2C-B",
        "3,4-MDMA",
        "N,N-DMT",
        "сертралин",
        "舍曲林",
        "morning glory seeds",
        "nitrous-oxide/oxygen",
        "a+b",
        "vitamin A",
    ] {
        let (line, notices) = line("take", &format!("{name} 1500 mg"));
        assert_eq!((line.name.text.as_str(), line.name.column), (name, 17), "{name}");
        assert_eq!(shown(&line), format!("{name}, 1500 mg"));
        assert!(notices.is_empty(), "{name}: {notices:?}");
    }
}

#[test]
fn a_dose_that_is_not_clear_is_shown_and_never_guessed() {
    for (written, expected, notice) in [
        (
            "sertraline 50",
            "sertraline, unread `50`",
            "1:28+2 Error: `50` is a number without a unit | a number alone is dangerous, 50 mg and 50 g differ a thousandfold: write `50 mg` if you mean that",
        ),
        (
            "sertraline 1,5 mg",
            "sertraline, unread `1,5 mg` up to 15 mg",
            "1:28+6 Error: `1,5` is not one number | a comma can be read two ways: write `15 mg` or `1.5 mg`",
        ),
        (
            "paracetamol 1 000 mg",
            "paracetamol, unread `1 000 mg` up to 1000 mg",
            "1:29+8 Error: `1` is not one number | a space can be read two ways: write `1000 mg` if it is one number",
        ),
        (
            "2 tablets sertraline",
            "sertraline, unread `2 tablets`",
            "1:17+9 Error: `2 tablets` does not say how much is in one | write the strength: `2 x 50 mg`",
        ),
        (
            "30 paracetamol",
            "paracetamol, unread `30`",
            "1:17+2 Error: `30` is a number without a unit | write the unit, `30 mg`, or the strength of so many pieces, as in `30 x 50 mg`",
        ),
        (
            "2 sertraline 50 mg",
            "sertraline, unread `2 50 mg` up to 100 mg",
            "1:17+1 Error: `2 50 mg` can be read two ways | write `2 x 50 mg`, or `50 mg` if that is all of it",
        ),
        (
            "two sertraline 50 mg",
            "sertraline, unread `two 50 mg` up to 100 mg",
            "1:17+3 Error: `two 50 mg` can be read two ways | write `2 x 50 mg`, or `50 mg` if that is all of it",
        ),
        (
            "sertraline 50 mg x 20",
            "sertraline, unread `50 mg x 20` up to 1000 mg",
            "1:28+10 Error: `50 mg x 20` can be read two ways | write `20 x 50 mg`, or `50 mg` if that is all of it",
        ),
        (
            "sertraline 50 mg 2 tablets",
            "sertraline, unread `50 mg 2 tablets` up to 100 mg",
            "1:28+15 Error: `50 mg 2 tablets` can be read two ways | write `2 x 50 mg`, or `50 mg` if that is all of it",
        ),
        (
            "a bottle of paracetamol on purpose",
            "paracetamol, unread `a bottle of`, OnPurpose",
            "1:17+11 Error: `a bottle of` does not say how much is in one | write how many of what strength, as in `20 x 50 mg`, or `?` if nobody knows",
        ),
        (
            "sertraline 50 mg 100 mg",
            "sertraline, unread `50 mg 100 mg` up to 100 mg",
            "1:28+12 Error: `50 mg 100 mg` is two doses | write the one dose that was taken, for example `50 mg`",
        ),
        (
            "many paracetamol 500 mg tablets",
            "paracetamol, unread `many 500 mg` up to 500 mg",
            "1:17+4 Error: `many 500 mg` can be read two ways | write how many of what strength, as in `20 x 50 mg`, or `?` if nobody knows",
        ),
        (
            "lithium 10 mmol",
            "lithium, unread `10 mmol`",
            "1:25+7 Error: `10 mmol` is not a mass | write the mass of the medicine, for example `50 mg`",
        ),
        (
            "sertraline 50 mgg",
            "sertraline, unread `50 mgg`",
            "1:28+6 Error: `mgg` is not a unit I know | if it is `mg`, write `50 mg`",
        ),
        (
            "sertraline",
            "sertraline, ?",
            "1:17+10 Warning: no dose is written for `sertraline` | read as `?`, the usual range; if you know it, write number and unit, as in `50 mg`",
        ),
    ] {
        let (line, notices) = line("take", written);
        assert_eq!(
            (shown(&line).as_str(), notices.as_slice()),
            (expected, &[notice.to_owned()][..]),
            "{written}"
        );
    }
    let (daily, said) = line("start", "gabapentin 300 mg/day three times daily");
    assert_eq!(shown(&daily), "gabapentin, unread `300 mg/day` up to 300 mg, 3 times daily");
    assert_eq!(
        said,
        [
            "1:29+10 Error: `300 mg/day` in several doses can be read two ways | write each dose and how often, for example `150 mg twice daily`"
        ]
    );
}

#[test]
fn what_a_dose_line_leaves_out_is_filled_in_and_said() {
    for (verb, written, expected, notice) in [
        (
            "start",
            "fluoxetine 20 mg",
            "fluoxetine, 20 mg, once daily",
            "1:18+10 Info: no schedule is written for `fluoxetine` | read as once daily; write for example `daily`, `twice daily` or `nightly`",
        ),
        (
            "start",
            "paliperidone 100 mg depot",
            "paliperidone, 100 mg, Depot, im",
            "1:18+12 Warning: no schedule is written for `paliperidone` | read as one injection; write for example `every 4 weeks`",
        ),
        (
            "start",
            "fentanyl 25 mcg patch",
            "fentanyl, 0.025 mg, Patch, transdermal, without pause",
            "1:18+8 Warning: a patch gives its medicine at a rate, and `25 µg` is none | write what it gives in a time: `25 µg/h patch` or `25 µg/24 h patch`",
        ),
        (
            "take",
            "tramadol 50 mg at 22:00",
            "tramadol, 50 mg",
            "1:32+8 Warning: a `take` line has no schedule, but `at 22:00` is one | read as a single dose; write `start` for a medicine taken regularly, and the time of a single dose after the date",
        ),
        (
            "start",
            "sertraline 50 mg daily every 8 h",
            "sertraline, 50 mg, once daily",
            "1:41+9 Warning: `every 8 h` contradicts the schedule before it | read as once daily; write one schedule a line",
        ),
        (
            "start",
            "tramadol 50 mg tid for 7 days",
            "tramadol, 50 mg, 3 times daily",
            "1:37+10 Warning: `for 7 days` is not read | write a `stop` line for the day it ended",
        ),
        (
            "take",
            "tramadol 50 mg because of pain",
            "tramadol, 50 mg",
            "1:32+15 Warning: `because of pain` was not understood | write what the line cannot say after `;`",
        ),
        (
            "take",
            "tramadol 50 mg iv im",
            "tramadol, 50 mg, iv",
            "1:35+2 Warning: `im` was not understood | write what the line cannot say after `;`",
        ),
        (
            "take",
            "tramadol and sertraline ?",
            "tramadol and sertraline, ?",
            "1:26+3 Warning: `tramadol and sertraline` may be two medicines | it is read as one name; write a line for each medicine",
        ),
    ] {
        let (line, notices) = line(verb, written);
        assert_eq!(
            (shown(&line).as_str(), notices.as_slice()),
            (expected, &[notice.to_owned()][..]),
            "{written}"
        );
    }
    let (_, said) = line("start", "sertraline 50 mg od");
    assert_eq!(
        said[1],
        "1:35+2 Warning: `od` is not read | `od` is read as once daily, as right eye and as overdose: write `daily`"
    );
}

#[test]
fn words_that_were_not_understood_are_kept() {
    let said = events("2026-03-01 take tramadol 50 mg because of a seizure");
    assert_eq!(said[1], Event::Note("because of a seizure".to_owned()));
    let two = "2026-03-01 take sertraline 50 mg, tramadol 100 mg";
    assert_eq!(events(two)[1], Event::Unread("tramadol 100 mg".to_owned()));
    assert_eq!(
        notices(two),
        ["1:35+15 Error: `tramadol 100 mg` was not understood | write one medicine and one dose a line"]
    );
    let text = "2026-03-01 take 50 mg";
    assert_eq!(events(text), [Event::Unread("take 50 mg".to_owned())]);
    assert_eq!(
        notices(text),
        [
            "1:17+5 Error: `50 mg` names no medicine | write the name and the dose, for example `sertraline 50 mg`"
        ]
    );
}

#[test]
fn a_change_keeps_what_it_does_not_write() {
    let text = "\
2026-01-01 start venlafaxine 75 mg XR twice daily
2026-01-02 change venlafaxine 150 mg
2026-01-03 change Venlafaxine nightly
2026-01-04 change bupropion 150 mg";
    let lines: Vec<String> = events(text)
        .iter()
        .map(|event| match event {
            Event::Start(line) | Event::Change(line) => shown(line),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(
        lines,
        [
            "venlafaxine, 75 mg, ExtendedRelease, 2 times daily",
            "venlafaxine, 150 mg, ExtendedRelease, 2 times daily",
            "Venlafaxine, 150 mg, ExtendedRelease, nightly",
            "bupropion, 150 mg, once daily",
        ]
    );
    assert_eq!(
        notices(text),
        [
            "2:19+11 Info: no schedule is written for `venlafaxine` | it stays as it was, 2 times daily; write the schedule if it changed",
            "3:19+11 Info: no dose is written for `Venlafaxine` | the dose stays as it was; write the new dose if it changed",
            "4:19+9 Warning: `bupropion` is changed, but was not started under this name | write its `start` line, from the day it was first taken",
            "4:19+9 Info: no schedule is written for `bupropion` | read as once daily; write for example `daily`, `twice daily` or `nightly`",
        ]
    );
}

#[test]
fn lines_are_checked_against_each_other() {
    let start = "2026-01-01 start sertraline 50 mg daily\n";
    let due = "`sertraline` is scheduled at about this time, in this dose | is this in addition? A scheduled dose needs no line; if it is the scheduled one, remove this line";
    for (written, expected) in [
        ("2026-01-02 start Sertraline 50 mg daily", Some("2:18+10 Info: `Sertraline` is taken already | read as a change of it; write `change`, or `stop` before a new start".to_owned())),
        ("2026-01-02 start sertraline 50 mg iv daily", None),
        ("2026-01-02 stop sertraline", None),
        ("2026-01-02 miss SERTRALINE 50 mg", None),
        ("2026-01-02 stop sertralin", Some("2:17+9 Warning: `sertralin` is stopped, but was not started under this name | did you mean `sertraline`? Write other words after `;`".to_owned())),
        ("2026-01-02 stop sertraline because of rash", Some("2:17+26 Warning: `sertraline because of rash` is stopped, but was not started under this name | did you mean `sertraline`? Write other words after `;`".to_owned())),
        ("2026-01-02 miss tramadol", Some("2:17+8 Warning: `tramadol` is missed, but was not started under this name | write its `start` line, from the day it was first taken".to_owned())),
        ("2026-01-02 take sertraline 50 mg", Some(format!("2:17+10 Warning: {due}"))),
        ("2026-01-02 09:59 take sertraline 50 mg", Some(format!("2:23+10 Warning: {due}"))),
        ("2026-01-02 10:01 take sertraline 50 mg", None),
        ("2026-01-02 08:00 take sertraline 100 mg", None),
        ("2026-01-02 08:00 take sertraline 50 mg iv", None),
    ] {
        let notices: Vec<String> = notices(&format!("{start}{written}")).into_iter().filter(|n| !n.starts_with("file")).collect();
        assert_eq!(notices, Vec::from_iter(expected), "{written}");
    }
    let stopped = notices(&format!("{start}2026-01-03 stop sertraline\n2026-01-04 stop sertraline"));
    assert_eq!(
        stopped,
        [
            "3:17+10 Warning: `sertraline` is stopped, but it was stopped before | write a `start` line if it was taken again"
        ]
    );
    let listed = events("2026-01-03 stop sertraline, N,N-DMT");
    let name = |text: &str, column| Event::Stop(Name { text: text.to_owned(), column, id: None });
    assert_eq!(listed, [name("sertraline", 17), name("N,N-DMT", 29)]);
}

#[test]
fn scheduled_doses_are_expected_at_their_times() {
    for (schedule, taken, due) in [
        ("nightly", "2026-01-05 23:30", true),
        ("nightly", "2026-01-05 12:00", false),
        ("at 06:00 and 18:00", "2026-01-05 17:00", true),
        ("three times daily", "2026-01-05 14:30", true),
        ("weekly", "2026-01-08 08:00", true),
        ("weekly", "2026-01-06 08:00", false),
        ("every 48 h", "2026-01-03", true),
        ("every 48 h", "2026-01-04", false),
        ("as needed", "2026-01-04 08:00", false),
    ] {
        let said = notices(&format!("2026-01-01 start x 5 mg {schedule}\n{taken} take x 5 mg"));
        assert_eq!(
            said.iter().any(|notice| notice.contains("is scheduled")),
            due,
            "{schedule} {taken}: {said:?}"
        );
    }
}

#[test]
fn signs_say_who_looked_and_what_was_absent() {
    let read = |rest: &str| match &events(&format!("2026-03-01 sign {rest}"))[0] {
        Event::Sign { finds, by } => {
            let finds: Vec<String> = finds
                .iter()
                .map(|find| format!("{}{}", if find.present { "" } else { "no " }, find.name.text))
                .collect();
            (finds.join("; "), *by)
        }
        other => panic!("{other:?}"),
    };
    for (written, finds, by) in [
        (
            "inducible clonus, no hyperreflexia by clinician",
            "inducible clonus; no hyperreflexia",
            Observer::Clinician,
        ),
        ("clonus, by a doctor", "clonus", Observer::Clinician),
        ("clonus examined", "clonus", Observer::Clinician),
        ("Clonus, no tremor or rigidity", "Clonus; no tremor; no rigidity", Observer::Lay),
        ("not breathing, clonus absent", "not breathing; no clonus", Observer::Lay),
        ("no clonus by clinician, tremor", "no clonus; tremor", Observer::Lay),
    ] {
        assert_eq!(read(written), (finds.to_owned(), by), "{written}");
    }
    let measured = "2026-03-01 sign tremor, temperature 39 C";
    assert_eq!(events(measured)[1], Event::Vital(vec![Vital::Temperature(Temperature::celsius(39.0))]));
    assert_eq!(
        notices(measured),
        [
            "1:25+16 Warning: `temperature 39 C` is a measurement | it is read as a vital sign too; write a line `vital temperature 39 C`"
        ]
    );
    let conditions = "2026-03-01.. condition bipolar, infection excluded, no pregnancy";
    assert!(
        matches!(&events(conditions)[0], Event::Condition(finds) if finds.iter().map(|find| find.present).eq([true, false, false]))
    );
}

#[test]
fn a_vital_sign_without_a_unit_keeps_what_it_could_mean() {
    let celsius = |values: &[f64]| {
        values.iter().map(|value| Vital::Temperature(Temperature::celsius(*value))).collect::<Vec<_>>()
    };
    for (written, could_mean, notice) in [
        (
            "temperature 104",
            celsius(&[40.0]),
            "1:18+15 Error: `104` is not a temperature | write the unit: `104 C` or `104 F`",
        ),
        (
            "temp 39",
            celsius(&[39.0]),
            "1:18+7 Error: `39` is not a temperature | write the unit: `39 C` or `39 F`",
        ),
        (
            "T 39,5 C",
            celsius(&[39.5]),
            "1:18+8 Error: `39,5 C` is not a temperature | write a decimal point: `39.5 C`",
        ),
        (
            "104",
            celsius(&[40.0]),
            "1:18+3 Error: `104` is not a vital sign I know | write for example `temperature 37.9 C, pulse 112, bp 150/95, respiration 18, spo2 97`",
        ),
        (
            "temperature high",
            celsius(&[]),
            "1:18+16 Error: `high` is not a temperature | write a number and a unit, for example `37.9 C`",
        ),
        (
            "bp 95/150",
            vec![Vital::BloodPressure(
                crate::units::Pressure::mmhg(150.0),
                crate::units::Pressure::mmhg(95.0),
            )],
            "1:18+9 Error: in `95/150` the first number is below the second | write the upper value first, for example `bp 150/95`",
        ),
        (
            "bp 150",
            celsius(&[]),
            "1:18+6 Error: `150` was found where a number is needed | write for example `bp 150/95`",
        ),
        (
            "pulse fast",
            celsius(&[]),
            "1:18+10 Error: `fast` was found where a number is needed | write for example `pulse 112`",
        ),
        (
            "spo2 150",
            celsius(&[]),
            "1:18+8 Error: `150` is not a saturation | write percent, for example `spo2 97`",
        ),
    ] {
        let text = format!("2026-03-01 vital {written}");
        let expected = Vital::Unread { text: written.to_owned(), could_mean };
        assert_eq!(events(&text), [Event::Vital(vec![expected])], "{written}");
        assert_eq!(notices(&text), [notice], "{written}");
    }
    let many =
        "2026-03-01 vital Temp: 100.4 F, heart rate 90 bpm,BP 150 / 95 mmHg, RR 18, sats 97 %, 38 °C, 120/80";
    let Event::Vital(vitals) = events(many).remove(0) else { panic!() };
    let temperatures: Vec<&Vital> = vitals
        .iter()
        .filter(|vital| matches!(vital, Vital::Temperature(t) if t.as_celsius() == 38.0))
        .collect();
    assert_eq!((vitals.len(), temperatures.len(), notices(many).len()), (7, 2, 0), "{vitals:?}");
}

#[test]
fn a_vital_sign_that_nobody_lives_with_is_shown_and_not_used() {
    let kept = |written: &str| match events(&format!("2026-03-01 vital {written}")).remove(0) {
        Event::Vital(mut vitals) => vitals.remove(0),
        other => panic!("{other:?}"),
    };
    let celsius = |value: f64| Vital::Temperature(Temperature::celsius(value));
    for (written, could_mean, help) in [
        ("temp 52 C", vec![], "nobody lives with that: measure again"),
        ("temperature 104 C", vec![celsius(40.0)], "C was written and F may be meant"),
        ("temperature 38.5 F", vec![celsius(38.5)], "F was written and C may be meant"),
        ("pulse 900", vec![], "look at the number again"),
        ("respiration 180", vec![], "look at the number again"),
        ("bp 15/9", vec![], "blood pressure is read in mmHg"),
        ("bp 900/80", vec![], "look at the number again"),
    ] {
        let Vital::Unread { text, could_mean: found } = kept(written) else { panic!("{written} was used") };
        assert_eq!(text, written);
        let close = |a: &Vital, b: &Vital| match (a, b) {
            (Vital::Temperature(a), Vital::Temperature(b)) => (a.as_celsius() - b.as_celsius()).abs() < 1e-9,
            _ => false,
        };
        assert!(
            found.len() == could_mean.len() && found.iter().zip(&could_mean).all(|(a, b)| close(a, b)),
            "{found:?}"
        );
        let said = notices(&format!("2026-03-01 vital {written}"));
        assert!(said.len() == 1 && said[0].starts_with("1:18+"), "{said:?}");
        assert!(said[0].contains("cannot be true") && said[0].contains(help), "{said:?}");
    }
    for written in ["temperature 41.8 C", "pulse 220", "pulse 30", "bp 260/150", "bp 60/30", "respiration 60"]
    {
        assert!(!matches!(kept(written), Vital::Unread { .. }), "{written} happens");
    }
}

#[test]
fn feelings_have_a_strength_out_of_ten() {
    let text = "2026-03-01 feel tremor 4/10, low mood 7 out of 10, no nausea or pain, headache 0/10, panic, fear 12/10, ache 3";
    let Event::Feel(feelings) = events(text).remove(0) else { panic!() };
    let read: Vec<_> = feelings
        .iter()
        .map(|feeling| (feeling.name.text.as_str(), feeling.strength, feeling.present))
        .collect();
    assert_eq!(
        read,
        [
            ("tremor", Some(4.0), true),
            ("low mood", Some(7.0), true),
            ("nausea", None, false),
            ("pain", None, false),
            ("headache", Some(0.0), false),
            ("panic", None, true),
            ("fear", None, true),
            ("ache", None, true),
        ]
    );
    let help = "write how strong from 0 to 10, for example `tremor 4/10`";
    assert_eq!(
        notices(text),
        [
            format!("1:98+5 Warning: `12/10` is not read as a strength | {help}"),
            format!("1:110+1 Warning: `3` is not read as a strength | {help}"),
        ]
    );
}

#[test]
fn questionnaires_have_answers_or_a_total() {
    let score = |name: &str, items: &[Option<u32>], total, columns: &[u32]| {
        let columns = columns.to_vec();
        Event::Score(Score { name: name.to_owned(), items: items.to_vec(), total, columns })
    };
    for (written, expected) in [
        ("PHQ-9 2 1 - 0", score("PHQ-9", &[Some(2), Some(1), None, Some(0)], None, &[18, 24, 26, 28, 30])),
        ("PHQ-9: 2, 1, 0", score("PHQ-9", &[Some(2), Some(1), Some(0)], None, &[18, 25, 28, 31])),
        ("PHQ-9 total 11", score("PHQ-9", &[], Some(11.0), &[18, 30])),
        ("PHQ 9 total 11/27", score("PHQ 9", &[], Some(11.0), &[18, 30])),
        ("GAD-7 1 x 2", score("GAD-7", &[Some(1), None, Some(2)], None, &[18, 24, 26, 28])),
        ("GAD-7", Event::Unread("score GAD-7".to_owned())),
        ("GAD-7 total lots", Event::Unread("score GAD-7 total lots".to_owned())),
    ] {
        assert_eq!(events(&format!("2026-03-01 score {written}")), [expected], "{written}");
    }
}

#[test]
fn daily_life_needs_its_units() {
    for (text, expected) in [
        (
            "2026-03-01 sunlight 45",
            "1:21+2 Error: `45` is not a span of time | write the number and the unit, for example `sunlight 45 min`",
        ),
        (
            "2026-03-01 sleep 7:30",
            "1:18+4 Error: `7:30` is not a span of time | 07:30 is a time of day; write how long, for example `sleep 6.5 h`",
        ),
        (
            "2026-03-01 sleep 6,5 h",
            "1:18+5 Error: `6,5 h` is not a span of time | write a decimal point: `6.5 h`",
        ),
        (
            "2026-03-01 sleep 30 h",
            "1:18+4 Warning: `30 h` is more than a day | it is kept as written; write a line for each day",
        ),
        (
            "2026-03-01 light 30 min 10,000 lux",
            "1:25+10 Error: `10,000 lux` is not a brightness | a comma can be read two ways: write `10000 lux` or `10.000 lux`",
        ),
        (
            "2026-03-01 course odd",
            "1:19+3 Error: `odd` is not a course | write `worsening`, `improving` or `unchanged`",
        ),
        (
            "2026-03-01 lab sodium 128",
            "1:16+10 Error: `sodium 128` has no unit | write the unit after the number, for example `sodium 128 mmol/L`",
        ),
        (
            "2026-03-01 lab sodium low",
            "1:16+10 Error: `sodium low` has no value | write the name, the number and the unit, for example `sodium 128 mmol/L`",
        ),
    ] {
        assert_eq!(notices(text), [expected], "{text}");
    }
    let text = "2026-03-01 meal 150 g salmon, aged cheese\n2026-03-01 course rapidly worsening\n2026-03-01 sleep 1 h 30 min";
    let said = events(text);
    assert!(matches!(&said[0], Event::Meal { what, amount: Some(_) } if what == "salmon"));
    assert!(matches!(&said[1], Event::Meal { what, amount: None } if what == "aged cheese"));
    assert_eq!(said[3], Event::Note("rapidly worsening".to_owned()));
    assert_eq!(said[4], Event::Sleep(crate::units::TimeSpan::hours(1.5)));
}

#[test]
fn a_line_that_cannot_be_read_keeps_its_words_and_the_best_date() {
    let text = "\
take sertraline 50 mg
2026-03-01 tkae tramadol 50 mg
2026-02-30 had a fit
2026/03/05 had a fit
2026-03-06 25:00 take x 5 mg
profil born 1971
# comment
2026-03-07 profile weight 60 kg
2026-03-08";
    assert_eq!(
        notices(text),
        [
            "1:1+21 Error: `take sertraline 50 mg` has no date | a line begins with a date, for example `2026-03-01 take sertraline 50 mg`; its words are kept under 2026-03-01, the date of the line after",
            "2:12+4 Error: `tkae` is not a word that begins an entry | did you mean `take`?",
            "3:1+10 Error: `2026-02-30` is not a date | 2026-02 has 28 days: write a day from 01 to 28; its words are kept under 2026-03-01, the date of the line before",
            "4:1+10 Error: `2026/03/05` is not a date | write `2026-03-05`; its words are kept under 2026-03-05",
            "5:12+5 Error: `25:00` is not a time of day | write hours and minutes from `00:00` to `23:59`; its words are kept under 2026-03-06",
            "6:1+16 Error: `profil born 1971` has no date | did you mean `profile`?; its words are kept under 2026-03-06, the date of the line before",
            "7:1+9 Error: `# comment` has no date | a comment begins with `;`; its words are kept under 2026-03-06, the date of the line before",
            "8:12+7 Error: `profile` is not a word that begins an entry | a `profile` line has no date: leave the date out",
            "9:1+10 Error: nothing follows the date | write what happened, for example `2026-03-01 take sertraline 50 mg`",
        ]
    );
    assert!(events(text).iter().all(|event| matches!(event, Event::Unread(_))));
    let (timeline, said) = read(b"had a fit");
    let undated = When { start: Timestamp::UNIX_EPOCH, end: None, precision: Precision::Undated };
    assert_eq!(timeline.entries[0].when, undated);
    assert!(
        said[0].help.as_ref().is_some_and(|help| help.ends_with("kept without a date, as no line has one"))
    );
}

#[test]
fn times_without_a_zone_are_said_once() {
    let notice = "file Info: the diary has times of day and names no time zone | all times are read as one clock, offsets are not used; write for example `profile zone Europe/London`";
    assert_eq!(notices("2026-03-01 08:00 note a\n2026-03-01 09:00+01:00 note b"), [notice]);
    assert_eq!(notices("2026-03-01 note a"), Vec::<String>::new());
    assert_eq!(notices("2026-03-01 08:00 note a\nprofile zone Europe/London"), Vec::<String>::new());
}

#[test]
fn dates_far_from_today_and_ranges_of_single_events_are_questioned() {
    for (text, expected) in [
        (
            "2126-03-01 note a",
            "1:1+10 Warning: `2126-03-01` is far from today | look at the year; it is kept as written",
        ),
        (
            "1826-03-01 note a",
            "1:1+10 Warning: `1826-03-01` is far from today | look at the year; it is kept as written",
        ),
        (
            "2026-03-01..2026-03-07 start x 5 mg daily",
            "1:1+22 Warning: a range of days for something that happens on one day | read as 2026-03-01; write a `stop` line for the day after 2026-03-07",
        ),
        (
            "2026-03-01..2026-03-07 take x 5 mg",
            "1:1+22 Warning: a range of days for a single dose | read as one dose on one of these days; write a line for each dose, or `start` and `stop`",
        ),
    ] {
        assert_eq!(notices(text), [expected], "{text}");
    }
    assert_eq!(notices("2026-03-01..2026-03-07 light 30 min"), Vec::<String>::new());
}

#[test]
fn the_profile_says_what_it_cannot_use() {
    let text = "\
profile born 71 sex femal weight 62 height 165 cm country Britain zone Europe/Lodnon kidney impaired
profile weight 136.7 lb, smoker no, not pregnant, eGFR 45, liver impaired, country uk, colour red
gene CYP2D6
gene cyp2c19 *1/*2";
    assert_eq!(
        notices(text),
        [
            "1:14+2 Error: `71` is not a date of birth | write the year, with month and day if you like: `born 1971`, `born 1971-05`, `born 1971-05-23`",
            "1:21+5 Error: `femal` is not a sex I know | write `sex female` or `sex male`, as the body handles medicines",
            "1:34+2 Error: `62` has no unit I know here | write the number and its unit, for example `62 kg`",
            "1:59+7 Error: `Britain` is not the code of a country | write the two letters of the country, for example `country GB`",
            "1:72+13 Error: `Europe/Lodnon` is not a time zone I know | did you mean `Europe/London`? write the zone as continent and city, for example `zone Europe/London`",
            "1:86+15 Warning: `kidney impaired` is not part of a profile | write the kidney function as `kidney eGFR 45`",
            "2:88+10 Warning: `colour red` is not part of a profile | write born, sex, weight, height, country, zone, pregnant, smoker, liver impaired or kidney eGFR with its value",
            "3:6+6 Error: `CYP2D6` does not say what is known of the gene | write the gene and its status, for example `gene CYP2D6 poor metabolizer` or `gene CYP2D6 *4/*4`",
        ]
    );
    let person = read(text.as_bytes()).0.person;
    assert!(person.weight.is_some_and(|weight| (weight.as_kg() - 62.0).abs() < 0.01));
    assert_eq!(
        (person.egfr, person.smoker, person.liver_impaired, person.pregnant),
        (Some(45.0), false, true, false)
    );
    assert_eq!((person.country.as_deref(), person.genes.len()), (Some("GB"), 1));
}

#[test]
fn any_bytes_are_read_and_printed_as_they_were() {
    let bom = b"\xef\xbb\xbf2026-03-01 note a\r\n\r2026-03-02 note b\n\n; comment\n  2026-03-03 note \xff";
    let diary = Diary::read(bom);
    assert_eq!(diary.print(), bom);
    let (timeline, notices) = diary.timeline();
    let origins: Vec<_> = timeline.entries.iter().map(|entry| entry.origin.clone()).collect();
    assert_eq!(origins, [Origin::Line(1), Origin::Line(3), Origin::Line(6)]);
    assert_eq!(notices.len(), 1);
    assert_eq!(notices[0].says, "the file is not UTF-8 everywhere, first on line 6");
    for bytes in [&b""[..], b"\xef\xbb\xbf", b"\n", b"\r", b";", b"\0", b"\xff\xfe2\0", b" ; x"] {
        assert_eq!(Diary::read(bytes).print(), bytes);
        assert!(Diary::read(bytes).timeline().0.entries.len() <= 1);
    }
    assert_eq!(super::read(b"\xff\xfe2\x000\x00").1[0].says, UTF16.0);
    let (timeline, notices) = super::read(b"2026-03-01 take\0sertraline 50 mg");
    assert!(matches!(&timeline.entries[0].event, Event::Take(line) if line.name.text == "sertraline"));
    assert_eq!(notices[0].says, "the file holds invisible control characters, first on line 1");
}

#[test]
fn a_line_is_added_with_the_ending_of_the_file() {
    for (before, after) in [
        ("", "2026-03-01 note a\n"),
        ("; x", "; x\n2026-03-01 note a\n"),
        ("; x\n; y", "; x\n; y\n2026-03-01 note a\n"),
        ("; x\r\n; y", "; x\r\n; y\r\n2026-03-01 note a\r\n"),
        ("; x\r", "; x\r2026-03-01 note a\r"),
    ] {
        let mut diary = Diary::read(before.as_bytes());
        assert_eq!(diary.append("2026-03-01 note a\n"), Ok(Vec::new()));
        assert_eq!(String::from_utf8(diary.print()).as_deref(), Ok(after));
    }
    let mut diary = Diary::read(b"2026-03-01 start x 5 mg daily");
    let warned = diary.append("2026-03-02 08:00 take x 5 mg").unwrap();
    assert_eq!((warned.len(), warned[0].weight), (1, Weight::Warning));
    let before = diary.clone();
    for wrong in ["take x 5 mg", "2026-03-02 take x 5", "", "  ", "2026-03-02 note a\n2026-03-02 note b"] {
        let notices = diary.append(wrong).unwrap_err();
        assert!(
            notices.iter().any(|notice| notice.weight == Weight::Error && notice.help.is_some()),
            "{wrong}"
        );
        assert_eq!(diary, before, "{wrong}");
    }
}

#[test]
fn a_dose_line_alone_is_read_whole_or_not_at_all() {
    let line = read_dose_line("tramadol 100 mg twice daily").unwrap();
    assert_eq!(shown(&line), "tramadol, 100 mg, 2 times daily");
    let line = read_dose_line("venlafaxine XR 75 mg").unwrap();
    assert_eq!((line.schedule.is_none(), line.form), (true, Some(Form::ExtendedRelease)));
    assert_eq!(read_dose_line("sertraline").unwrap().dose, Dose::Unknown);
    assert_eq!(
        read_dose_line("20 x 50 mg sertraline on purpose").unwrap().overdose,
        Some(Overdose::OnPurpose)
    );
    for wrong in
        ["", "50 mg", "sertraline 50", "sertraline 50 mg od", "sertraline 50 mg with love", "a 5 mg, b 5 mg"]
    {
        let notice = read_dose_line(wrong).unwrap_err();
        assert!(notice.weight >= Weight::Warning && notice.help.is_some(), "{wrong}: {notice:?}");
    }
}

#[test]
fn every_error_and_warning_helps() {
    let text = "take x\n2026-03-01 vital x, bp, pulse\n2026-03-01 take\n2026-03-01 lab a, b 5\n2026-03-01 light x\nprofile a weight\n2026-03-01 take 5";
    for notice in read(text.as_bytes()).1 {
        assert!(notice.help.is_some_and(|help| !help.is_empty()), "{}", notice.says);
    }
}
