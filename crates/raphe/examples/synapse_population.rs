//! Times a population on one thread: sampled people, weeks of a medicine that is taken once a day, hourly values.
//!
//! ```text
//! synapse_population PEOPLE DAYS TOLERANCE          prints seconds
//! synapse_population PEOPLE DAYS TOLERANCE people   prints the people as CSV instead: what they are, at rest
//! synapse_population PEOPLE DAYS TOLERANCE course   prints serotonin outside, fold, a row a person, a column an hour
//! ```
//!
//! `bench/synapse_peer` gives the same people to another simulator.

#![allow(clippy::disallowed_methods, reason = "a program has arguments and a clock; the engine does not")]

use raphe::{knowledge::Knowledge, population::Population, synapse::throughput};
use std::{process::ExitCode, time::Instant};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let number = |n: usize| arguments.get(n).and_then(|text| text.parse::<f64>().ok());
    let (Some(people), Some(days), Some(tolerance)) = (number(0), number(1), number(2)) else {
        eprintln!("write how many people, how many days and a tolerance: `synapse_population 1000 42 1e-4`");
        return ExitCode::from(2);
    };
    let population = Population { seed: 1, people: people as u32 };
    let people = throughput::people(&Knowledge::bundled(), population);
    match arguments.get(3).map(String::as_str) {
        Some("people") => {
            for (n, person) in people.iter().enumerate() {
                let of_person =
                    [("ka", person.absorption), ("ke", person.elimination), ("dose", person.dose)];
                let symbols = [&of_person[..], &person.symbols()].concat();
                if n == 0 {
                    println!("{}", symbols.iter().map(|(symbol, _)| *symbol).collect::<Vec<_>>().join(","));
                }
                println!("{}", line(symbols.iter().map(|(_, value)| *value)));
            }
        }
        Some(_) => {
            for person in throughput::hourly(&people, days as u32, tolerance) {
                println!("{}", line(person));
            }
        }
        None => {
            let start = Instant::now();
            let seen = throughput::hourly(&people, days as u32, tolerance);
            let seconds = start.elapsed().as_secs_f64();
            let failed = seen.iter().filter(|person| person[0].is_nan()).count();
            println!("{seconds} s, {failed} failed");
        }
    }
    ExitCode::SUCCESS
}

fn line(values: impl IntoIterator<Item = f64>) -> String {
    values.into_iter().map(|value| value.to_string()).collect::<Vec<_>>().join(",")
}
