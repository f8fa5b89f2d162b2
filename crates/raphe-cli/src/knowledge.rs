//! `raphe knowledge`: look at the curated base.

use crate::{
    Common, View,
    answer::json,
    file::{self, Error},
};
use raphe::{
    knowledge::{Knowledge, curation},
    report::{
        self,
        sheet::{self, Part, Subject},
    },
};
use std::{collections::BTreeSet, process::ExitCode};

/// What is shown that is no substance: the parameters of the model of the synapse.
const SYNAPSE: &str = "synapse";

/// `raphe knowledge list | show NAME | sources NAME | check`
pub(crate) fn knowledge(view: &View, common: &Common) -> Result<ExitCode, Error> {
    let knowledge = crate::bundled();
    let (out, code) = match view {
        View::List => (list(knowledge, common), ExitCode::SUCCESS),
        View::Show { name } if name == SYNAPSE => (synapse(knowledge, common), ExitCode::SUCCESS),
        View::Show { name } => {
            let shown: Vec<String> =
                find(knowledge, name)?.iter().map(|found| show(found, knowledge, common)).collect();
            (shown.join(if common.json { "" } else { "\n" }), ExitCode::SUCCESS)
        }
        View::Sources { name } => {
            let shown: Vec<String> =
                find(knowledge, name)?.iter().map(|found| sources(knowledge, found)).collect();
            (shown.join("\n"), ExitCode::SUCCESS)
        }
        View::Check => check(knowledge),
    };
    file::print(&out)?;
    Ok(code)
}

/// Everything with this name, or what it may have been meant to be.
fn find<'k>(knowledge: &'k Knowledge, name: &str) -> Result<Vec<Subject<'k>>, Error> {
    let found = Subject::find(knowledge, name);
    if !found.is_empty() {
        return Ok(found);
    }
    let help = match knowledge.suggest_substance(name).as_slice() {
        [] => "`raphe knowledge list` prints every name".to_owned(),
        some => format!("did you mean {}?", some.join(" or ")),
    };
    Err(Error::Unknown { found: name.to_owned(), help })
}

fn show(subject: &Subject<'_>, knowledge: &Knowledge, common: &Common) -> String {
    if common.json {
        return match subject {
            Subject::Substance(item) => json(item),
            Subject::Questionnaire(item) => json(item),
            Subject::Factor(item) => json(item),
            Subject::Guidance(item) => json(item),
            Subject::Criterion(item) => json(item),
            Subject::Rival(item) => json(item),
        };
    }
    let sheet = subject.sheet(knowledge);
    format!("{} ({})\n{}", sheet.name, sheet.kind, rows(knowledge, &sheet.parts))
}

/// Rows, each with its sources and whether they were opened.
fn rows(knowledge: &Knowledge, parts: &[Part]) -> String {
    let mut out = String::new();
    for row in parts.iter().flat_map(|part| &part.rows) {
        let lead = "  ".repeat(row.depth + 1);
        match row.text.as_str() {
            "" => out.push_str(&format!("{lead}{}\n", row.title)),
            text => out.push_str(&format!("{lead}{}: {text}\n", row.title)),
        }
        for backing in &row.backing {
            out.extend(backing.says.iter().map(|says| format!("      {says}\n")));
            let line = report::source_line(knowledge, &backing.citation);
            let standing = backing.standing();
            out.push_str(&format!("      {} ({standing})\n", line.trim_end_matches(" *")));
        }
    }
    out
}

fn list(knowledge: &Knowledge, common: &Common) -> String {
    let base = knowledge.base();
    let substances = &base.substances;
    if common.json {
        return substances.iter().map(json).collect();
    }
    let mut rows: Vec<(&str, String)> = Vec::new();
    for substance in substances {
        let classes: Vec<&str> = substance.mechanisms.iter().map(|effect| effect.class.as_str()).collect();
        let classes = if classes.is_empty() { String::new() } else { format!("  [{}]", classes.join(", ")) };
        rows.push((&substance.id, format!("{}{classes}", substance.class)));
    }
    rows.extend(base.questionnaires.iter().map(|item| (item.id.as_str(), "questionnaire".to_owned())));
    rows.extend(base.factors.iter().map(|item| (item.id.as_str(), "factor".to_owned())));
    rows.extend(base.guidance.iter().map(|item| (item.id.as_str(), "guidance".to_owned())));
    rows.extend(base.criteria.iter().map(|item| (item.id.as_str(), "criteria".to_owned())));
    rows.extend(base.rivals.iter().map(|item| (item.id.as_str(), "look-alike".to_owned())));
    let width = rows.iter().map(|(id, _)| id.chars().count()).max().unwrap_or(0);
    let mut out: String = rows.iter().map(|(id, text)| format!("{id:width$}  {text}\n")).collect();
    out.push_str(&format!(
        "{} substances, {} questionnaires, {} factors, {} pieces of guidance, knowledge {}\n",
        substances.len(),
        base.questionnaires.len(),
        base.factors.len(),
        base.guidance.len(),
        base.version
    ));
    out
}

/// Every parameter of the model of the synapse.
fn synapse(knowledge: &Knowledge, common: &Common) -> String {
    let parameters = &knowledge.base().synapse;
    if common.json {
        return parameters.iter().map(json).collect();
    }
    format!("Parameters of the model of the synapse\n{}", rows(knowledge, &sheet::parameters(knowledge)))
}

fn sources(knowledge: &Knowledge, subject: &Subject<'_>) -> String {
    let sheet = subject.sheet(knowledge);
    let backing = sheet.parts.iter().flat_map(|part| &part.rows).flat_map(|row| &row.backing);
    let cited: BTreeSet<&str> = backing.map(|backing| backing.citation.cite.as_str()).collect();
    let mut out = format!("Sources of {}\n", subject.name());
    for key in cited {
        if let Some(reference) = knowledge.reference(key) {
            let year = reference.year.as_deref().unwrap_or("no year");
            out.push_str(&format!(
                "  {key}: {}. {} {} ({year})",
                reference.authors, reference.title, reference.source
            ));
            for (name, value) in [("doi:", &reference.doi), ("PMID ", &reference.pmid), ("", &reference.url)]
            {
                if let Some(value) = value {
                    out.push_str(&format!(" {name}{value}"));
                }
            }
            out.push('\n');
        }
    }
    out
}

fn check(knowledge: &Knowledge) -> (String, ExitCode) {
    let mut out = format!("knowledge {}\n", knowledge.base().version);
    for count in curation::counts(knowledge) {
        let checked =
            count.checked.map_or_else(String::new, |checked| format!(", {checked} opened by a curator"));
        out.push_str(&format!("  {:>5} {}{checked}\n", count.number, count.what));
    }
    let mut problems = 0;
    for rule in curation::RULES {
        for problem in rule.run(knowledge) {
            problems += 1;
            out.push_str(&format!("  {}: {problem}\n", rule.name));
        }
    }
    out.push_str(&format!("{} rules, {problems} problems\n", curation::RULES.len()));
    (out, if problems == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
