//! `import`: a health record as a diary.

use crate::{
    file::{self, Error},
    source::{self, Source},
};
use raphe::timeline::{Event, Notice, Precision, Weight, diary};
use std::{path::Path, process::ExitCode};

/// `raphe import BUNDLE`: prints a diary that `lint` accepts, with a comment for each notice.
pub(crate) fn import(path: &Path) -> Result<ExitCode, Error> {
    let knowledge = crate::bundled();
    let source = source::one(path, knowledge)?;
    if !source.record {
        return Err(Error::Diary { path: path.to_owned() });
    }
    file::print(&printed(&source))?;
    Ok(ExitCode::SUCCESS)
}

fn printed(source: &Source) -> String {
    let mut out = String::new();
    let mut comment = |text: &str| {
        out.push_str("; ");
        out.push_str(&text.split_whitespace().collect::<Vec<_>>().join(" "));
        out.push('\n');
    };
    let of = source.patient.as_deref().map_or_else(String::new, |patient| format!(" of {patient}"));
    comment(&format!("Read from the FHIR record{of}. Look through it: a record does not hold everything."));
    for notice in &source.notices {
        comment(&said(notice));
    }
    let timeline = &source.timeline;
    let zone = timeline.zone();
    if let Some(profile) = diary::profile_line(&timeline.person, timeline.complete) {
        out.push_str(&format!("{profile}\n"));
    }
    for (gene, phenotype) in &timeline.person.genes {
        out.push_str(&format!("gene     {gene} {phenotype}\n"));
    }
    for entry in &timeline.entries {
        // What never had a date stays without one: it counts as of now.
        if let (Precision::Undated, Event::Unread(text) | Event::Note(text)) =
            (entry.when.precision, &entry.event)
        {
            out.push_str(&format!("{}\n", text.split_whitespace().collect::<Vec<_>>().join(" ")));
            continue;
        }
        out.push_str(&diary::line(entry, &zone));
        out.push('\n');
    }
    out
}

fn said(notice: &Notice) -> String {
    let mark = match notice.weight {
        Weight::Error => "NOT READ: ",
        Weight::Warning => "LOOK AT: ",
        Weight::Info => "",
    };
    let help = notice.help.as_deref().map_or_else(String::new, |help| format!("; {help}"));
    format!("{mark}{}{help}", notice.says)
}
