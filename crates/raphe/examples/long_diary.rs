//! Prints a made-up diary of many lines: five medicines with changes, doses as needed, and what a person notes every day.
//!
//! ```text
//! long_diary [LINES]        10,000 lines, about five years, unless said otherwise
//! ```
//!
//! It uses the standard library alone and no randomness: the same number of lines is the same diary, everywhere. The
//! benchmarks read it, and `bench/speed` compiles it by itself.

use std::{fmt::Write, process::ExitCode};

#[allow(clippy::disallowed_methods, reason = "a program has arguments; the engine does not")]
fn main() -> ExitCode {
    match std::env::args().nth(1).map_or(Ok(10_000), |text| text.parse()) {
        Ok(lines) => {
            print!("{}", long_diary(lines));
            ExitCode::SUCCESS
        }
        Err(_) => {
            eprintln!("write how many lines, for example `long_diary 10000`");
            ExitCode::from(2)
        }
    }
}

/// Changes of treatment: day from the first, and the line without its date.
const TREATMENT: &[(u32, &str)] = &[
    (0, "start    levothyroxine 75 µg daily"),
    (3, "start    sertraline 50 mg daily"),
    (24, "change   sertraline 100 mg daily"),
    (60, "start    trazodone 50 mg nightly"),
    (190, "change   levothyroxine 100 µg daily"),
    (300, "change   trazodone 100 mg nightly"),
    (401, "start    amlodipine 5 mg at 08:00"),
    (530, "change   sertraline 150 mg daily"),
    (702, "stop     trazodone"),
    (810, "change   amlodipine 10 mg at 08:00"),
    (905, "change   sertraline 100 mg daily"),
    (1100, "start    mirtazapine 15 mg nightly"),
    (1131, "change   mirtazapine 30 mg nightly"),
    (1400, "change   levothyroxine 88 µg daily"),
    (1600, "change   sertraline 50 mg daily"),
    (1750, "stop     mirtazapine"),
];

/// A diary of so many lines, from 1 March 2021 on, five or six lines a day.
pub(crate) fn long_diary(lines: usize) -> String {
    let mut text =
        String::from("profile  born 1971-05  sex female  weight 62 kg  country GB  zone Europe/London\n");
    let mut written = 1;
    for day in 0_u32.. {
        for line in entries(day) {
            if written == lines {
                return text;
            }
            writeln!(text, "{}{line}", date(day)).expect("a text takes any line");
            written += 1;
        }
    }
    text
}

/// What is written on one day, each line from the space behind its date on.
fn entries(day: u32) -> Vec<String> {
    // Three slow waves that never fall into step stand for good and bad weeks.
    let wave = |period: u32, height: u32| (day % period).abs_diff(period / 2) * 2 * height / period;
    let mut lines: Vec<String> = Vec::new();
    for (_, change) in TREATMENT.iter().filter(|(on, _)| *on == day) {
        lines.push(format!("          {change}"));
    }
    lines.push(format!(
        " 07:30    vital    pulse {}, bp {}/{}",
        62 + wave(9, 14),
        112 + wave(31, 22),
        70 + wave(17, 14)
    ));
    lines.push(format!(" 08:15    sleep    {}.{} h", 5 + wave(11, 3), day % 10));
    lines.push(format!(
        " 21:00    feel     low mood {}/10, anxiety {}/10, tremor {}/10",
        1 + wave(41, 7),
        1 + wave(23, 6),
        wave(13, 3)
    ));
    match day % 3 {
        0 => lines.push(" 18:00    exercise brisk walking 30 min  ; by the river".to_owned()),
        1 => lines.push(" 12:30    sunlight 25 min".to_owned()),
        _ => lines.push(" 19:00    meal     salmon 150 g".to_owned()),
    }
    match day % 4 {
        0 => lines.push(" 16:20    take     paracetamol 500 mg".to_owned()),
        2 => lines.push(format!(" 17:{:02}    take     ibuprofen 400 mg  ; back pain", 10 + day % 50)),
        _ => {}
    }
    if day % 2 == 1 {
        lines.push(" 22:30    note     read until late, slept soon after".to_owned());
    }
    if day % 5 == 2 {
        lines.push(" 07:45    light    30 min 10000 lux".to_owned());
    }
    if day % 7 == 6 {
        let items: Vec<String> =
            (0..9).map(|item| ((wave(41, 2) + (day + item) % 2).min(3)).to_string()).collect();
        // The ninth question is about thoughts of suicide: this person has none.
        lines.push(format!(" 20:00    score    PHQ-9 {} 0", items[..8].join(" ")));
    }
    if day % 14 == 3 {
        lines.push("          session  CBT".to_owned());
    }
    if day % 29 == 11 {
        lines.push("          miss     sertraline".to_owned());
    }
    if day % 60 == 20 {
        lines
            .push(" 10:00    sign     tremor, no inducible clonus, no hyperreflexia by clinician".to_owned());
    }
    lines
}

/// The date so many days after 1 March 2021: every year of its calendar starts in March, so that a leap day comes last.
fn date(day: u32) -> String {
    const MONTHS: [u32; 12] = [31, 30, 31, 30, 31, 31, 30, 31, 30, 31, 31, 28];
    let (mut year, mut month, mut left) = (2021, 0, day);
    loop {
        let leap = month == 11 && (year + 1) % 4 == 0;
        let length = MONTHS[month] + u32::from(leap);
        if left < length {
            let (year, month) = if month < 10 { (year, month + 3) } else { (year + 1, month - 9) };
            return format!("{year}-{month:02}-{:02}", left + 1);
        }
        left -= length;
        month += 1;
        if month == 12 {
            (year, month) = (year + 1, 0);
        }
    }
}
