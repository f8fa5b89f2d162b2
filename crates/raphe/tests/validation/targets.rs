//! The synapse by itself: experiments, another implementation, and how people differ.

use super::rows::{cell, head, line, number, range, read, shown};
use raphe::{
    knowledge::Knowledge,
    population::Population,
    predict::Row,
    synapse::run::{Table, Trace, population, run},
};

const FILE: &str = include_str!("synapse.toml");
/// Everyone of the bands.
const PEOPLE: Population = Population { seed: 1, people: 2000 };
/// How far the middle and the ends of a band may be off, as a share.
const MIDDLE: f64 = 0.05;
const ENDS: f64 = 0.10;

pub(crate) fn targets() -> Vec<Row> {
    read(FILE, "target")
}

/// Value of an input that is a course in time.
fn course(name: &str, symbol: &str, hour: f64) -> Option<f64> {
    Some(match (name, symbol) {
        // Fast in, slower out; one is a clearly effective exposure.
        ("releaser", _) => (-hour / 1.5).exp() * (1.0 - (-hour / 0.2).exp()),
        ("precursor", _) => 30.0 * (-hour).exp(),
        // A drink of amino acids without tryptophan: plasma tryptophan falls by 86 % and comes back from 8 h on.
        ("depletion", "tp") => {
            let held = if hour < 8.0 { 1.0 } else { (-(hour - 8.0) / 6.0).exp() };
            96.0 * (1.0 - 0.86 * (1.0 - (-hour / 1.5).exp()) * held)
        }
        ("depletion", "lnaa") => 1.0 + 2.4 * ((-hour / 5.0).exp() - (-hour / 0.7).exp()),
        _ => return None,
    })
}

/// Inputs as they are written, up to an hour.
fn table(text: &str, until: f64) -> Table {
    let pieces: Vec<(f64, Vec<(&str, &str)>)> = text
        .split(';')
        .map(|piece| {
            let (hour, values) = piece.split_once(':').expect("an hour and its values");
            let values = values.split_whitespace().map(|one| one.split_once('=').expect("symbol=value"));
            (number(hour).expect("an hour"), values.collect())
        })
        .collect();
    let mut symbols: Vec<&str> = Vec::new();
    for (symbol, _) in pieces.iter().flat_map(|(_, values)| values) {
        if !symbols.contains(symbol) {
            symbols.push(symbol);
        }
    }
    let at = |symbol: &str, value: &str, hour: f64| match number(value) {
        Some(value) => value,
        None => course(value, symbol, hour).unwrap_or_else(|| panic!("`{symbol}={value}` is not known")),
    };
    let rest = |symbol: &str| match symbol {
        "tp" => 96.0,
        "lnaa" | "tph_mult" | "fire_ext" => 1.0,
        _ => 0.0,
    };
    let moves = pieces.iter().flat_map(|(_, values)| values).any(|(_, value)| number(value).is_none());
    let mut rows = Vec::new();
    if moves {
        // A course is written out finely where it is fast.
        let mut hour = 0.0;
        while hour < until {
            let values = symbols.iter().map(|symbol| {
                let (_, value) = pieces[0].1.iter().find(|(s, _)| s == symbol).expect("it is there");
                at(symbol, value, hour)
            });
            rows.push((hour, values.collect()));
            hour += if hour < 3.0 { 0.01 } else { 0.1 };
        }
    } else {
        let mut now: Vec<f64> = symbols.iter().map(|symbol| rest(symbol)).collect();
        for (hour, values) in &pieces {
            rows.push((*hour, now.clone()));
            for (place, symbol) in symbols.iter().enumerate() {
                if let Some((_, value)) = values.iter().find(|(s, _)| s == symbol) {
                    now[place] = at(symbol, value, *hour);
                }
            }
            rows.push((*hour, now.clone()));
        }
    }
    Table { symbols: symbols.into_iter().map(str::to_owned).collect(), rows }
}

/// Numbers of a reading, in order.
fn hours(read: &str) -> Vec<f64> {
    read.split_whitespace().filter_map(number).collect()
}

/// Looks at a run: `x at 4`, `mean x 0 4`, `max x 0 48`, `hour of min csf 0 48`.
fn look(trace: &Trace, read: &str) -> f64 {
    let words: Vec<&str> = read.split_whitespace().filter(|word| number(word).is_none()).collect();
    let wanted = hours(read);
    let symbol = words.iter().rev().find(|word| **word != "at").expect("a symbol");
    let column = trace.columns.iter().position(|name| name == symbol).expect("a column of the run");
    let (from, to) = (wanted[0], *wanted.last().expect("an hour"));
    let seen: Vec<(f64, f64)> = trace
        .rows
        .iter()
        .map(|row| (row[0], row[column]))
        .filter(|(hour, _)| (from - 1e-6..=to + 1e-6).contains(hour))
        .collect();
    let most = seen.iter().copied().max_by(|a, b| a.1.total_cmp(&b.1)).expect("it is within the run");
    let least = seen.iter().copied().min_by(|a, b| a.1.total_cmp(&b.1)).expect("it is within the run");
    match words[0] {
        "mean" => {
            let area: f64 =
                seen.windows(2).map(|two| 0.5 * (two[0].1 + two[1].1) * (two[1].0 - two[0].0)).sum();
            area / (to - from)
        }
        "max" => most.1,
        "min" => least.1,
        "hour" => least.0,
        // Just after whatever happens at that hour.
        _ => seen.last().expect("it is within the run").1,
    }
}

fn simulated(knowledge: &Knowledge, inputs: &str, read: &str) -> f64 {
    let until = *hours(read).last().expect("an hour");
    let step = if until <= 48.0 { 0.02 } else { 0.1 };
    // A step further, so that the last hour is seen whatever is rounded.
    let trace = run(knowledge, &table(inputs, until), until.max(step), step, &[]);
    look(&trace.unwrap_or_else(|error| panic!("{inputs}: {error}")), read)
}

/// Every experiment, published and simulated.
pub(crate) fn experiments(knowledge: &Knowledge, wrong: &mut Vec<String>) -> String {
    let mut out = head(&["id", "what", "published", "accepted", "simulated", "inside", "source", "used"]);
    let mut notes = String::new();
    let mut inside_count = 0;
    let targets = targets();
    for target in &targets {
        let get = |key| cell(target, key);
        let mut value = simulated(knowledge, get("inputs"), get("read"));
        if let Some(over) = target.get("over") {
            value /= simulated(knowledge, get("inputs"), over);
        }
        if let Some(beside) = target.get("beside") {
            value /= simulated(knowledge, beside, get("read"));
        }
        let (low, high) = range(get("range"));
        let inside = (low..=high).contains(&value);
        inside_count += usize::from(inside);
        let (id, misfit) = (get("id"), target.get("known_misfit"));
        match (inside, misfit) {
            (false, None) => wrong.push(format!("{id}: {value:.3} is not within {low} to {high}")),
            (true, Some(_)) => wrong.push(format!("{id}: {value:.3} is inside now; it is no known misfit")),
            (false, Some(why)) => notes.push_str(&format!("- {id}: {why}\n")),
            (true, None) => {}
        }
        let accepted = format!("{low} to {high}");
        let (source, word) =
            (format!("[{}] {}", get("cite"), get("where")), if inside { "yes" } else { "**no**" });
        let cells = [id, get("what"), get("published"), &accepted, &shown(value), word, &source, get("used")];
        out.push_str(&line(&cells));
    }
    format!("{inside_count} of {} rows are inside.\n\n{out}\nKnown misfits:\n\n{notes}", targets.len())
}

/// What another implementation says.
pub(crate) fn agreements(knowledge: &Knowledge, wrong: &mut Vec<String>) -> String {
    let mut out = head(&["what", "elsewhere", "here"]);
    for row in read(FILE, "agreement") {
        let (what, others) = (cell(&row, "what"), cell(&row, "other"));
        let mut here = Vec::new();
        for (read, other) in cell(&row, "read").split(';').zip(others.split_whitespace()) {
            let value = simulated(knowledge, cell(&row, "inputs"), read.trim());
            let decimals = other.split_once('.').map_or(0, |(_, after)| after.len());
            let off = (value - number(other).expect("a number")).abs();
            // Half of the last digit, and half a percent for what was printed from another clock.
            let allowed = 0.5 * 10f64.powi(-(decimals as i32)) + 0.005 * value;
            if off > allowed {
                wrong.push(format!("{what}, {read}: {value:.4} and not {other}"));
            }
            here.push(format!("{value:.decimals$}"));
        }
        out.push_str(&line(&[what, others, &here.join(" ")]));
    }
    out
}

/// Inputs of one virtual person.
fn inputs(which: &str, person: usize) -> String {
    match which {
        "reuptake" => {
            let logit = 4f64.ln() + 0.35 * PEOPLE.normal(person, "occupancy");
            format!("0: u={}", logit.exp())
        }
        "destroyed" => "0: kinactA=50 kinactB=50 u=5.6667".to_owned(),
        _ => "0: mdma=releaser".to_owned(),
    }
}

/// Ranges between people.
pub(crate) fn bands(knowledge: &Knowledge, wrong: &mut Vec<String>) -> String {
    let bands = read(FILE, "band");
    let mut out = head(&["what", "elsewhere, 5, 50, 95 %", "here"]);
    for which in ["reuptake", "destroyed", "releaser"] {
        let here: Vec<&Row> = bands.iter().filter(|row| cell(row, "inputs") == which).collect();
        let mut moments: Vec<f64> = here
            .iter()
            .flat_map(|row| match hours(cell(row, "read"))[..] {
                [from, to] => (0..=((to - from) / 0.02) as usize).map(|n| from + n as f64 * 0.02).collect(),
                ref one => one.to_vec(),
            })
            .collect();
        moments.sort_by(f64::total_cmp);
        let until = moments.last().copied().unwrap_or(0.0);
        let people = population(knowledge, PEOPLE, &moments, |person| table(&inputs(which, person), until))
            .expect("the inputs read");
        let people: Vec<Trace> = people.into_iter().map(|one| one.expect("everyone is followed")).collect();
        for row in here {
            let (what, read, others) = (cell(row, "what"), cell(row, "read"), cell(row, "other"));
            let mut values: Vec<f64> = people.iter().map(|trace| look(trace, read)).collect();
            values.sort_by(f64::total_cmp);
            let at = |share: f64| values[(share * values.len() as f64) as usize];
            let ours = [at(0.05), at(0.5), at(0.95)];
            for ((value, other), allowed) in
                ours.iter().zip(others.split_whitespace()).zip([ENDS, MIDDLE, ENDS])
            {
                let other = number(other).expect("a number");
                if (value / other - 1.0).abs() > allowed {
                    wrong.push(format!("{what}: {value:.3} and not {other}"));
                }
            }
            out.push_str(&line(&[what, others, &ours.map(shown).join(" ")]));
        }
    }
    out
}
