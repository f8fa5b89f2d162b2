//! `model`: the model of the synapse itself, for modelers.

use crate::file::{self, Error};
use raphe::synapse::{
    run::{self, Table},
    sbml,
};
use std::{io, path::Path, process::ExitCode};

/// No more rows than this are told.
const MOST_ROWS: f64 = 2e6;

/// `raphe model run`: inputs over time in, states and outputs as CSV out.
pub(crate) fn run(
    inputs: Option<&Path>,
    hours: f64,
    step: Option<f64>,
    set: &[String],
) -> Result<ExitCode, Error> {
    let table = inputs.map(table).transpose()?.unwrap_or_default();
    let step = step.unwrap_or_else(|| usual_step(hours));
    let fits = |value: f64| value.is_finite() && value > 0.0;
    if !fits(hours) || !fits(step) || hours / step > MOST_ROWS {
        return Err(Error::Input {
            says: format!("{hours} h in steps of {step} h is no span to run over"),
            help: "write both in hours above zero, such as `--hours 24 --step 0.1`".to_owned(),
        });
    }
    let set = set.iter().map(|text| assignment(text)).collect::<Result<Vec<_>, _>>()?;
    let trace = run::run(crate::bundled(), &table, hours, step, &set).map_err(Error::Model)?;
    let failed = |error: csv::Error| Error::Output(io::Error::other(error));
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(&trace.columns).map_err(failed)?;
    for row in &trace.rows {
        writer.write_record(row.iter().map(|value| digits(*value))).map_err(failed)?;
    }
    let out = writer.into_inner().map_err(|error| Error::Output(io::Error::other(error.to_string())))?;
    file::print(&String::from_utf8_lossy(&out))?;
    Ok(ExitCode::SUCCESS)
}

/// `raphe model --sbml`: the model for other simulators.
pub(crate) fn sbml() -> Result<ExitCode, Error> {
    file::print(&sbml::print(crate::bundled()))?;
    Ok(ExitCode::SUCCESS)
}

/// Nine significant digits: the solver promises no more.
fn digits(value: f64) -> String {
    let rounded: f64 = format!("{value:.8e}").parse().unwrap_or(value);
    rounded.to_string()
}

/// A minute over hours, an hour over weeks.
fn usual_step(hours: f64) -> f64 {
    match hours {
        ..=4.0 => 1.0 / 60.0,
        ..=12.0 => 0.05,
        ..=36.0 => 0.1,
        ..=96.0 => 0.5,
        _ => 1.0,
    }
}

fn assignment(text: &str) -> Result<(String, f64), Error> {
    let read = text.split_once('=').and_then(|(name, value)| Some((name.trim(), value.trim().parse().ok()?)));
    let (name, value) = read.ok_or_else(|| Error::Input {
        says: format!("`{text}` sets nothing"),
        help: "write the name of a parameter, `=` and a number: `--set ns=0.2`".to_owned(),
    })?;
    Ok((name.to_owned(), value))
}

fn table(path: &Path) -> Result<Table, Error> {
    let unread = |cause: csv::Error| Error::Read { path: path.to_owned(), cause: io::Error::other(cause) };
    let bytes = file::read(path)?;
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(bytes.as_slice());
    let header = reader.headers().map_err(unread)?.clone();
    if header.get(0) != Some("time_h") {
        return Err(Error::Input {
            says: format!(
                "the first column of {} is `{}`",
                path.display(),
                header.get(0).unwrap_or_default()
            ),
            help: "name it `time_h`, and the others after the inputs they give, such as `u`".to_owned(),
        });
    }
    let mut table = Table { symbols: header.iter().skip(1).map(str::to_owned).collect(), rows: Vec::new() };
    for record in reader.records() {
        let record = record.map_err(unread)?;
        let number = |(column, text): (usize, &str)| {
            text.parse::<f64>().map_err(|_| Error::Input {
                says: format!(
                    "{}, line {}, column `{}`: `{text}` is not a number",
                    path.display(),
                    record.position().map_or(0, csv::Position::line),
                    header.get(column).unwrap_or_default(),
                ),
                help: "write a number with a decimal point, such as 5.667".to_owned(),
            })
        };
        let mut values = record.iter().enumerate().map(number).collect::<Result<Vec<f64>, _>>()?.into_iter();
        let at = values.next().unwrap_or(f64::NAN);
        table.rows.push((at, values.collect()));
    }
    Ok(table)
}
