//! `lint` and `add`: how a diary is read, and one more line in it.

use crate::{
    Common,
    answer::json,
    file::{self, Error},
    source,
};
use miette::{GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteDiagnostic, NamedSource, Severity};
use raphe::timeline::{
    Notice, Weight,
    diary::{self, Diary},
};
use std::{
    path::{Path, PathBuf},
    process::ExitCode,
};

/// `raphe lint FILE…`: every notice with its line; exit 1 when a line was not read.
pub(crate) fn lint(files: &[PathBuf], common: &Common) -> Result<ExitCode, Error> {
    let knowledge = crate::bundled();
    let files = files.iter().map(|path| Ok((path, file::read(path)?))).collect::<Result<Vec<_>, Error>>()?;
    let mut out = String::new();
    let mut failed = false;
    for (path, bytes) in &files {
        for source in source::sources(path, bytes, knowledge)? {
            let (timeline, mut notices) = (source.timeline, source.notices);
            notices.extend(knowledge.resolve(&timeline).1);
            notices.sort_by_key(|notice| (notice.place, std::cmp::Reverse(notice.weight)));
            let errors = notices.iter().filter(|notice| notice.weight == Weight::Error).count();
            failed |= errors > 0;
            if common.json {
                let (name, zone) = (&source.name, timeline.person.zone.as_ref());
                let as_of = match &common.at {
                    Some(text) => file::moment(text, zone)?,
                    None => file::now(zone),
                };
                let read = (as_of, &timeline.zone());
                out.push_str(&json(&raphe_json::Lint::new(name, &notices, knowledge, read)));
                continue;
            }
            // A record has no lines to point at.
            let shown: &[u8] = if source.record { b"" } else { bytes };
            out.push_str(&drawn(&source.name, shown, &notices));
            let warnings = notices.iter().filter(|notice| notice.weight == Weight::Warning).count();
            let entries = timeline.entries.len();
            out.push_str(&format!(
                "{}: {entries} entries, {errors} not read, {warnings} to look at\n",
                source.name
            ));
        }
    }
    file::print(&out)?;
    Ok(if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// `raphe add FILE LINE`: appends one line that reads, or changes nothing.
pub(crate) fn add(path: &Path, line: &str) -> Result<ExitCode, Error> {
    let _lock = file::lock(path);
    let old = raphe_server::store::read(path)?;
    let mut diary = Diary::read(old.as_deref().unwrap_or_default());
    let refused = |says: String, help: String| Error::Input { says, help };
    let warnings = diary.append(line).map_err(|errors| {
        let says: Vec<String> = errors.iter().map(|error| error.says.clone()).collect();
        let help: Vec<String> = errors.iter().filter_map(|error| error.help.clone()).collect();
        refused(format!("the line was not added: {}", says.join("; ")), help.join("\n"))
    })?;
    file::replace(path, old.as_deref(), &diary.print())?;
    let knowledge = crate::bundled();
    let (timeline, _) = diary::read(line.as_bytes());
    for notice in warnings.iter().chain(&knowledge.resolve(&timeline).1) {
        let help = notice.help.as_deref().map_or_else(String::new, |help| format!(": {help}"));
        eprintln!("note: {}{help}", notice.says);
    }
    Ok(ExitCode::SUCCESS)
}

/// Notices drawn under the lines they speak of.
fn drawn(name: &str, bytes: &[u8], notices: &[Notice]) -> String {
    let mut text = String::new();
    let mut starts = Vec::new();
    for line in Diary::read(bytes).lines() {
        starts.push(text.len());
        text.push_str(&line);
        text.push('\n');
    }
    let theme = if file::colors() { GraphicalTheme::unicode() } else { GraphicalTheme::unicode_nocolor() };
    let handler = GraphicalReportHandler::new_themed(theme).with_width(100);
    let source = std::sync::Arc::new(NamedSource::new(name, text.clone()));
    let mut out = String::new();
    for notice in notices {
        let mut diagnostic = MietteDiagnostic::new(notice.says.clone()).with_severity(match notice.weight {
            Weight::Error => Severity::Error,
            Weight::Warning => Severity::Warning,
            Weight::Info => Severity::Advice,
        });
        if let Some(help) = &notice.help {
            diagnostic = diagnostic.with_help(help.clone());
        }
        let span = notice.place.and_then(|place| {
            let start = *starts.get(place.line as usize - 1)?;
            let line = text[start..].lines().next().unwrap_or_default();
            let byte = |column: usize| line.char_indices().nth(column).map_or(line.len(), |(index, _)| index);
            let from = byte(place.column as usize - 1);
            let to = byte((place.column + place.length) as usize - 1);
            Some((start + from, to - from))
        });
        if let Some((offset, length)) = span {
            diagnostic = diagnostic.with_label(LabeledSpan::underline((offset, length)));
        }
        let report = miette::Report::new(diagnostic).with_source_code(source.clone());
        if handler.render_report(&mut out, report.as_ref()).is_err() {
            out.push_str(&format!("{}\n", notice.says));
        }
        out.push('\n');
    }
    out
}
