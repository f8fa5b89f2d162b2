//! `predict`: published observations in, what the engine says of them out.

use crate::file::{self, Error};
use raphe::predict::{NotPredicted, Row};
use std::{collections::BTreeMap, io, path::Path, process::ExitCode};

/// `raphe predict SET.csv`: writes `id,pred` (or `drug_a,drug_b,score`) for every row that can be predicted, and says on
/// standard error how many could not and why.
pub(crate) fn predict(set: &Path) -> Result<ExitCode, Error> {
    let knowledge = crate::bundled();
    let failed = |cause: csv::Error| Error::Read { path: set.to_owned(), cause: io::Error::other(cause) };
    let bytes = file::read(set)?;
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(bytes.as_slice());
    let header = reader.headers().map_err(failed)?.clone();
    let pairs = header.iter().any(|column| column == "drug_a");
    let mut writer = csv::Writer::from_writer(Vec::new());
    let names: &[&str] = if pairs { &["drug_a", "drug_b", "score"] } else { &["id", "pred"] };
    writer.write_record(names).map_err(failed)?;
    let (mut rows, mut missed) = (0, BTreeMap::<String, usize>::new());
    for record in reader.records() {
        let record = record.map_err(failed)?;
        let row: Row = header.iter().map(str::to_owned).zip(record.iter().map(str::to_owned)).collect();
        rows += 1;
        let cell = |name: &str| row.get(name).cloned().unwrap_or_default();
        match raphe::predict::predict(knowledge, &row) {
            Ok(value) => {
                let value = format!("{value:.6}");
                let written = match pairs {
                    true => writer.write_record([cell("drug_a"), cell("drug_b"), value]),
                    false => writer.write_record([cell("id"), value]),
                };
                written.map_err(failed)?;
            }
            Err(NotPredicted::Kind) => {
                return Err(Error::Input {
                    says: format!("{} has no columns that are known", set.display()),
                    help: "name columns `id,drug,parameter,…`, `id,victim,perpetrator,…`, `drug_a,drug_b`, \
                           `id,stop_drug,start_drug` or `id,exposure,context,unit` in the first line"
                        .to_owned(),
                });
            }
            Err(why) => *missed.entry(why.to_string()).or_default() += 1,
        }
    }
    let out = writer.into_inner().map_err(|error| Error::Output(io::Error::other(error.to_string())))?;
    file::print(&String::from_utf8_lossy(&out))?;
    let count: usize = missed.values().sum();
    eprintln!("predicted {} of {rows} rows", rows - count);
    for (why, count) in missed {
        eprintln!("  {count} not: {why}");
    }
    Ok(ExitCode::SUCCESS)
}
