//! `simulate`: levels, enzyme activities, occupancies and serotonin over time, as a curve for eyes and as CSV or JSON for programs.

use crate::{
    Audience, Common,
    answer::{json, moment},
    file::{self, Error},
    source,
};
use raphe::{
    check,
    exposure::simulation::{self, Kind, Series, Simulation, Span},
    knowledge::Knowledge,
    population::Population,
    report::text,
    synapse,
    timeline::{Event, Timeline, Weight},
    units::{TimeSpan, two_digits},
};
use std::{fmt::Write, path::Path, process::ExitCode};

/// What follows the last line when no end is named.
const AFTERWARDS: TimeSpan = TimeSpan::days(14.0);
/// No more rows than this are made at once.
const MOST_ROWS: f64 = 200_000.0;

/// `raphe simulate FILE`
pub(crate) fn simulate(
    path: &Path,
    from: Option<&str>,
    to: Option<&str>,
    step: &str,
    csv: bool,
    common: &Common,
) -> Result<ExitCode, Error> {
    let knowledge = crate::bundled();
    let source = source::one(path, knowledge)?;
    for notice in source.notices.iter().filter(|notice| notice.weight == Weight::Error) {
        eprintln!("not read: {}", notice.says);
    }
    let (timeline, unknown) = knowledge.resolve(&source.timeline);
    for notice in &unknown {
        eprintln!("{}", notice.says);
    }
    let zone = timeline.person.zone.as_ref();
    // A dose far above the highest recommended gets whom to call, and no curve.
    let clinician = common.audience == Audience::Clinician;
    if let Some(withheld) = check::withheld(&timeline, knowledge, file::now(zone), clinician) {
        let (says, help) = withheld.says();
        return Err(Error::Input { says, help: help.to_owned() });
    }
    let to = match to {
        Some(text) => file::moment(text, zone)?,
        None if common.at.is_some() => moment(&timeline, common)?.0,
        None => {
            let last = simulation::last_moment(&timeline).unwrap_or_else(|| file::now(zone));
            raphe::exposure::later(last, AFTERWARDS)
        }
    };
    let from = from.map(|text| file::moment(text, zone)).transpose()?;
    let written =
        step.parse::<TimeSpan>().map_err(|error| Error::Span { found: step.to_owned(), help: error.help })?;
    let begin = from.or(timeline.start()).unwrap_or(to);
    if begin > to {
        return Err(Error::Input {
            says: "the end lies before the beginning".to_owned(),
            help: "give `--from` an earlier and `--to` a later time".to_owned(),
        });
    }
    let hours = raphe::exposure::hours_between(begin, to);
    if written.as_hours() * 60.0 < 3.0 || hours / written.as_hours() > MOST_ROWS {
        return Err(Error::Span {
            found: step.to_owned(),
            help: format!(
                "take steps of 3 min or more, and at most {MOST_ROWS} of them: `--step 1h`, `--step 1d`"
            ),
        });
    }
    let population = Population { seed: common.seed, people: common.people };
    let span = Span { from, to, step: written };
    let drawn = !common.json && !csv && file::on_terminal();
    let span =
        if drawn { Span { step: TimeSpan::hours((hours / 600.0).clamp(0.25, 24.0)), ..span } } else { span };
    let course =
        source::patiently("simulating", || synapse::simulation(&timeline, knowledge, population, span));
    let known = |id: &str| course.series.iter().any(|series| series.id == id);
    let taken = timeline.entries.iter().filter_map(|entry| match &entry.event {
        Event::Start(line) | Event::Change(line) | Event::Take(line) => line.name.id.as_deref(),
        _ => None,
    });
    let mut without: Vec<&str> = taken.collect();
    without.sort_unstable();
    without.dedup();
    for id in without.into_iter().filter(|id| !known(id)) {
        eprintln!("{} has no curve: its course in the body is not known", knowledge.substance_name(id));
    }
    for (id, why) in &course.missing {
        eprintln!("{} is missing from the modeled synapse: {why}", knowledge.substance_name(id));
    }
    let out = match (common.json, drawn) {
        (true, _) => json(&raphe_json::Simulation::new(&course, &timeline, knowledge, to)),
        (false, true) => curves(&course, &timeline, knowledge),
        (false, false) => rows(&course)?,
    };
    file::print(&out)?;
    Ok(ExitCode::SUCCESS)
}

fn rows(course: &Simulation) -> Result<String, Error> {
    let failed = |error: csv::Error| Error::Output(std::io::Error::other(error));
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(["time_h", "kind", "id", "median", "p5", "p95"]).map_err(failed)?;
    for (place, hour) in course.time_h.iter().enumerate() {
        for series in &course.series {
            let value = raphe_json::Interval::from(series.values[place]);
            writer
                .write_record([
                    raphe::units::number(*hour),
                    series.kind.word().to_owned(),
                    series.id.clone(),
                    value.median.to_string(),
                    value.p5.to_string(),
                    value.p95.to_string(),
                ])
                .map_err(failed)?;
        }
    }
    let bytes =
        writer.into_inner().map_err(|error| Error::Output(std::io::Error::other(error.to_string())))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// One line of blocks for each thing, with its highest median, the range there and the last value.
fn curves(course: &Simulation, timeline: &Timeline, knowledge: &Knowledge) -> String {
    let mut out = String::new();
    let date = |hours: f64| {
        let at = raphe::exposure::later(course.start, TimeSpan::hours(hours));
        at.to_zoned(timeline.zone()).strftime("%Y-%m-%d %H:%M").to_string()
    };
    let Some(last) = course.time_h.last() else { return out };
    let shown = course.series.iter().filter(|series| series.kind != Kind::Free);
    for series in shown {
        let most = highest(series);
        let scale = match series.kind {
            Kind::Activity | Kind::ShareOfPeak | Kind::Occupancy | Kind::FoldChange => most.median.max(1.0),
            _ => most.median,
        };
        let _ = writeln!(out, "{}", title(series, knowledge));
        let medians: Vec<f64> = series.values.iter().map(|value| value.median).collect();
        let foot = if series.kind == Kind::FoldChange { 1.0 } else { 0.0 };
        let _ = write!(out, "  {}", text::blocks(&medians, foot, scale, text::COLUMNS));
        let end = series.values[series.values.len() - 1];
        let told = |value: raphe::units::Interval| {
            format!("{} ({} to {})", two_digits(value.median), two_digits(value.p5), two_digits(value.p95))
        };
        let _ = writeln!(out, "\n  most {}   end {}", told(most), told(end));
    }
    let _ =
        writeln!(out, "\nfrom {} to {}; median and 5 to 95 % of the virtual people", date(0.0), date(*last));
    out
}

fn title(series: &Series, knowledge: &Knowledge) -> String {
    match series.kind {
        Kind::Total => format!("{}, ng/mL in plasma", knowledge.substance_name(&series.id)),
        Kind::Free => format!("{}, free, nmol/L", knowledge.substance_name(&series.id)),
        Kind::ShareOfPeak => {
            format!("{}, share of its own highest level", knowledge.substance_name(&series.id))
        }
        Kind::Activity => format!("{} activity, 1 = this person's own", series.id),
        Kind::Occupancy => match series.id.starts_with("MAO") {
            true => format!("{} in the brain, share inhibited", series.id),
            false => format!("{}, share occupied", series.id),
        },
        Kind::FoldChange => {
            "Serotonin outside the cells, times this person's own drug-free level (modeled)".to_owned()
        }
    }
}

fn highest(series: &Series) -> raphe::units::Interval {
    let first = series.values[0];
    series.values.iter().fold(first, |most, value| if value.median > most.median { *value } else { most })
}
