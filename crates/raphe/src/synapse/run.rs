//! The model itself, for modelers: raw inputs in, states and outputs over time out.

use super::{
    drive::{Drive, Seen},
    model::{self, Inputs, Outputs, Parameters, STATE_SYMBOLS, Synapse},
    people::{self, Synapses},
};
use crate::{
    knowledge::Knowledge,
    lanes::{LANES, Lane},
    population::Population,
};

/// Error allowed in a step.
const RELATIVE: f64 = 1e-7;
/// What is told with its unit in the name, in the order of the states and then of the outputs.
const WITH_UNITS: [&str; 20] = [
    "trp_uM",
    "pool_uM",
    "htp_uM",
    "c_uM",
    "v_uM",
    "e_uM",
    "q_uM",
    "hia_uM",
    "csf_fraction",
    "r_fold",
    "mao_a_fraction",
    "mao_b_fraction",
    "d_fraction",
    "platelet_fraction",
    "tph2_fraction",
    "e_fold",
    "firing_fraction",
    "synthesis_uM_per_h",
    "act_5ht1a_fraction",
    "act_5ht2a_fraction",
];

/// Inputs over time: straight lines between rows, a step where two rows have one time.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Table {
    /// Symbols of the inputs, in the order of the values.
    pub symbols: Vec<String>,
    /// Hours and values.
    pub rows: Vec<(f64, Vec<f64>)>,
}

/// Why the model did not run.
#[derive(Debug, Clone, PartialEq, thiserror::Error, miette::Diagnostic)]
pub enum RunError {
    /// A column that is no input.
    #[error("`{0}` is no input of the model")]
    #[diagnostic(code(raphe::synapse::input), help("the inputs are {}", Inputs::<f64>::SYMBOLS.join(", ")))]
    Input(String),
    /// A column that stands there twice.
    #[error("`{0}` is given in two columns")]
    #[diagnostic(code(raphe::synapse::twice), help("keep one of them"))]
    Twice(String),
    /// A name that is no parameter.
    #[error("`{0}` is no parameter of the model")]
    #[diagnostic(code(raphe::synapse::parameter), help("the parameters are {}", Parameters::<f64>::SYMBOLS.join(", ")))]
    Parameter(String),
    /// A time before the one above it.
    #[error("row {row} goes back from {before} h to {found} h")]
    #[diagnostic(
        code(raphe::synapse::order),
        help("sort the rows by `time_h`; two rows of one time make a step")
    )]
    Order {
        /// The row, from 1.
        row: usize,
        /// The time above it.
        before: f64,
        /// Its own.
        found: f64,
    },
    /// A value that no input can have.
    #[error("row {row}: {symbol} is {found}")]
    #[diagnostic(code(raphe::synapse::value), help("write a number that is zero or more"))]
    Value {
        /// The row, from 1.
        row: usize,
        /// The column.
        symbol: String,
        /// What stands there.
        found: f64,
    },
    /// A person whose inputs have other hours than those of the others.
    #[error("the inputs of person {person} are not told at the hours of the others")]
    #[diagnostic(
        code(raphe::synapse::hours),
        help("give every person the same hours, with values of their own")
    )]
    Hours {
        /// The person, from 0.
        person: usize,
    },
    /// Parameters that leave nothing for MAO to do, or no room in vesicles.
    #[error("with these parameters the model has no resting state")]
    #[diagnostic(
        code(raphe::synapse::rest),
        help(
            "keep every parameter above zero, `vfill` above 1, and synthesis above what leaks: `tph` up or `rel_flux` down"
        )
    )]
    Rest,
    /// The solver could not go on.
    #[error("the model could not be solved with these inputs")]
    #[diagnostic(code(raphe::synapse::failed), help("smaller inputs, or more rows where they change fast"))]
    Failed,
}

/// What came of a run.
#[derive(Debug, Clone, PartialEq)]
pub struct Trace {
    /// Names of the columns.
    pub columns: Vec<&'static str>,
    /// Values.
    pub rows: Vec<Vec<f64>>,
}

/// Symbols of the parameters, in the order of the equations.
#[must_use]
pub fn parameters() -> &'static [&'static str] {
    Parameters::<f64>::SYMBOLS
}

/// Runs the typical synapse, from rest, for some hours.
///
/// States and outputs are told at every `step` hours and at every row of the table: by their symbols, and once more under
/// names with the unit in them. Inputs that are not given stay at rest; `u_r` follows `u`.
///
/// # Errors
/// When a name is not known, the rows are out of order, or the parameters allow no rest.
pub fn run(
    knowledge: &Knowledge,
    table: &Table,
    hours: f64,
    step: f64,
    set: &[(String, f64)],
) -> Result<Trace, RunError> {
    let mut parameters = people::typical(knowledge);
    for (symbol, value) in set {
        *parameters.get_mut(symbol).ok_or_else(|| RunError::Parameter(symbol.clone()))? = *value;
    }
    let values = parameters.values();
    let mut next = values.iter();
    let lanes = Parameters::each(|_| Lane::all(next.next().copied().unwrap_or(f64::NAN)));
    let synapse = Synapse::of(lanes);
    let possible = values.iter().all(|value| value.is_finite() && *value >= 0.0)
        && parameters.vfill > 1.0
        && synapse.d.fm.0[0] > 0.0
        && synapse.rest().iter().all(|state| state.0[0].is_finite() && state.0[0] > 0.0);
    if !possible {
        return Err(RunError::Rest);
    }
    let drive = drive(table)?;
    let mut moments: Vec<f64> = (0..=(hours / step + 1e-9) as usize).map(|n| n as f64 * step).collect();
    moments.extend(table.rows.iter().map(|(at, _)| *at).filter(|at| (0.0..=hours).contains(at)));
    moments.push(hours);
    moments.sort_by(f64::total_cmp);
    moments.dedup_by(|a, b| (*a - *b).abs() < 1e-9);
    let mut rows = Vec::with_capacity(moments.len());
    let failed = drive.follow(&synapse, &moments, RELATIVE, &mut |seen| {
        rows.push(told(moments[seen.moment], seen, &synapse, 0));
    });
    if failed[0] || rows.iter().flatten().any(|value: &f64| !value.is_finite()) {
        return Err(RunError::Failed);
    }
    Ok(Trace { columns: columns(), rows })
}

/// Runs a virtual population, everyone from rest and under inputs of their own, and tells of each at some hours.
///
/// People differ in what the base says varies; `inputs` gives the table of a person by number, and all tables have the
/// same hours. Half-lives of MAO are the typical ones here: the exposure engine draws those. Whoever the solver cannot
/// follow is `None`.
///
/// # Errors
/// When the name of an input is not known, rows are out of order, or hours differ between people.
pub fn population(
    knowledge: &Knowledge,
    population: Population,
    hours: &[f64],
    inputs: impl Fn(usize) -> Table,
) -> Result<Vec<Option<Trace>>, RunError> {
    let synapses = Synapses::new(knowledge, None, None);
    let mut moments = hours.to_vec();
    moments.sort_by(f64::total_cmp);
    let mut people = Vec::with_capacity(population.size());
    for first in (0..population.size()).step_by(LANES) {
        let who = |lane: usize| (first + lane).min(population.size() - 1);
        let synapse = synapses.eight(population, who, None);
        let drive = side_by_side(&(0..LANES).map(|lane| inputs(who(lane))).collect::<Vec<_>>(), first)?;
        let mut rows = vec![Vec::new(); LANES];
        let failed = drive.follow(&synapse, &moments, RELATIVE, &mut |seen| {
            for (lane, rows) in rows.iter_mut().enumerate() {
                rows.push(told(moments[seen.moment], seen, &synapse, lane));
            }
        });
        let there = (population.size() - first).min(LANES);
        people.extend(rows.into_iter().zip(failed).take(there).map(|(rows, failed)| {
            let finite = rows.iter().flatten().all(|value: &f64| value.is_finite());
            (finite && !failed).then(|| Trace { columns: columns(), rows })
        }));
    }
    Ok(people)
}

/// Eight tables as one drive.
fn side_by_side(tables: &[Table], first: usize) -> Result<Drive, RunError> {
    let drives = tables.iter().map(drive).collect::<Result<Vec<Drive>, RunError>>()?;
    let hours = |lane: usize| drives[lane].knots.iter().map(|(at, _)| *at);
    if let Some(lane) = (1..LANES).find(|lane| !hours(*lane).eq(hours(0))) {
        return Err(RunError::Hours { person: first + lane });
    }
    let knots = hours(0).enumerate().map(|(knot, at)| {
        let values: Vec<_> = drives.iter().map(|drive| drive.knots[knot].1.values()).collect();
        let mut input = 0..;
        let inputs = Inputs::each(|_| {
            let input = input.next().unwrap_or_default();
            Lane::each(|lane| values[lane][input].0[lane])
        });
        (at, inputs)
    });
    Ok(Drive { knots: knots.collect() })
}

fn columns() -> Vec<&'static str> {
    [&["time_h"][..], &STATE_SYMBOLS, Outputs::<f64>::SYMBOLS, &WITH_UNITS].concat()
}

/// What is told of one of eight at a moment, in the order of the columns.
fn told(hour: f64, seen: &Seen<'_>, synapse: &Synapse<Lane>, lane: usize) -> Vec<f64> {
    let told = model::outputs(seen.inputs, synapse, seen.terms);
    let states = seen.y.iter().map(|state| state.0[lane]);
    let outputs = told.values().map(|value| value.0[lane]);
    let again = [told.x, told.f, told.s, told.act_1a, told.act_2a].map(|value| value.0[lane]);
    [hour].into_iter().chain(states.clone()).chain(outputs).chain(states).chain(again).collect()
}

fn drive(table: &Table) -> Result<Drive, RunError> {
    for (column, symbol) in table.symbols.iter().enumerate() {
        if table.symbols[..column].contains(symbol) {
            return Err(RunError::Twice(symbol.clone()));
        }
        if !Inputs::<f64>::SYMBOLS.contains(&symbol.as_str()) {
            return Err(RunError::Input(symbol.clone()));
        }
    }
    let follows = !table.symbols.iter().any(|symbol| symbol == "u_r");
    let mut knots = Vec::with_capacity(table.rows.len() + 1);
    let mut before = f64::NEG_INFINITY;
    for (row, (at, values)) in table.rows.iter().enumerate() {
        if !at.is_finite() {
            return Err(RunError::Value { row: row + 1, symbol: "time_h".to_owned(), found: *at });
        }
        if *at < before {
            return Err(RunError::Order { row: row + 1, before, found: *at });
        }
        before = *at;
        let mut inputs = Inputs::REST;
        for (symbol, value) in table.symbols.iter().zip(values) {
            if !(value.is_finite() && *value >= 0.0) {
                return Err(RunError::Value { row: row + 1, symbol: symbol.clone(), found: *value });
            }
            *inputs.get_mut(symbol).expect("every symbol was looked up above") = *value;
        }
        if follows {
            inputs.u_r = inputs.u;
        }
        knots.push((*at, inputs.for_all()));
    }
    // Before the first row its values hold.
    match knots.first().copied() {
        Some((at, inputs)) if at > 0.0 => knots.insert(0, (0.0, inputs)),
        Some(_) => {}
        None => knots.push((0.0, Inputs::REST.for_all())),
    }
    Ok(Drive { knots })
}
