//! `raphe knowledge`: look at the curated base.

mod care;

use crate::{
    Common, View,
    answer::json,
    file::{self, Error},
};
use raphe::{
    knowledge::{
        Citation, Knowledge, curation,
        schema::{Evidence, Factor, Guidance, Questionnaire, Substance, Value},
    },
    report,
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
                find(knowledge, name)?.iter().map(|found| found.show(knowledge, common)).collect();
            (shown.join(if common.json { "" } else { "\n" }), ExitCode::SUCCESS)
        }
        View::Sources { name } => {
            let shown: Vec<String> =
                find(knowledge, name)?.iter().map(|found| found.sources(knowledge)).collect();
            (shown.join("\n"), ExitCode::SUCCESS)
        }
        View::Check => check(knowledge),
    };
    file::print(&out)?;
    Ok(code)
}

/// One subject of the base.
enum Subject<'a> {
    Substance(&'a Substance),
    Questionnaire(&'a Questionnaire),
    Factor(&'a Factor),
    Guidance(&'a Guidance),
}

impl Subject<'_> {
    fn show(&self, knowledge: &Knowledge, common: &Common) -> String {
        if common.json {
            return match self {
                Self::Substance(item) => json(item),
                Self::Questionnaire(item) => json(item),
                Self::Factor(item) => json(item),
                Self::Guidance(item) => json(item),
            };
        }
        let mut page = Page { knowledge, out: String::new() };
        match self {
            Self::Substance(item) => substance(&mut page, item),
            Self::Questionnaire(item) => care::questionnaire(&mut page, item),
            Self::Factor(item) => care::factor(&mut page, item),
            Self::Guidance(item) => care::guidance(&mut page, item),
        }
        page.out
    }

    fn sources(&self, knowledge: &Knowledge) -> String {
        let (name, fields) = match self {
            Self::Substance(item) => (&item.names.inn, serde_json::to_value(item)),
            Self::Questionnaire(item) => (&item.name, serde_json::to_value(item)),
            Self::Factor(item) => (&item.name, serde_json::to_value(item)),
            Self::Guidance(item) => (&item.name, serde_json::to_value(item)),
        };
        sources(knowledge, name, &fields.unwrap_or_default())
    }
}

/// Everything with this name; a supplement can be a substance and a piece of guidance at once.
fn find<'a>(knowledge: &'a Knowledge, name: &str) -> Result<Vec<Subject<'a>>, Error> {
    let (questionnaires, factors, guidance) = care::find(knowledge, name);
    let mut found: Vec<Subject<'a>> =
        knowledge.find_substance(name).map(Subject::Substance).into_iter().collect();
    found.extend(questionnaires.into_iter().map(Subject::Questionnaire));
    found.extend(factors.into_iter().map(Subject::Factor));
    found.extend(guidance.into_iter().map(Subject::Guidance));
    if !found.is_empty() {
        return Ok(found);
    }
    let help = match knowledge.suggest_substance(name).as_slice() {
        [] => "`raphe knowledge list` prints every name".to_owned(),
        some => format!("did you mean {}?", some.join(" or ")),
    };
    Err(Error::Unknown { found: name.to_owned(), help })
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

/// Prints values under a title, each with its source and whether the source was opened.
struct Page<'a> {
    knowledge: &'a Knowledge,
    out: String,
}

impl Page<'_> {
    fn line(&mut self, title: &str, text: &str) {
        if !text.is_empty() {
            self.out.push_str(&format!("  {title}: {text}\n"));
        }
    }

    fn values(&mut self, title: &str, values: &[Value]) {
        for value in values {
            let parameter = value.parameter.as_deref().map_or_else(String::new, |text| format!(" ({text})"));
            let spread =
                value.spread.as_deref().map_or_else(String::new, |text| format!(", between people {text}"));
            let note = value.note.as_deref().map_or_else(String::new, |text| format!("; {text}"));
            self.out.push_str(&format!("  {title}: {}{parameter}{spread}{note}\n", value.value));
            self.source(&Citation::from(value));
        }
    }

    fn evidence(&mut self, evidence: &[Evidence]) {
        for item in evidence {
            if let Some(says) = &item.says {
                self.out.push_str(&format!("      {says}\n"));
            }
            self.source(&Citation::from(item));
        }
    }

    /// What the whole subject rests on.
    fn sources(&mut self, evidence: &[Evidence]) {
        self.out.push_str("  sources\n");
        self.evidence(evidence);
    }

    fn source(&mut self, citation: &Citation) {
        let opened = match &citation.checked {
            Some(day) => format!("checked {day}"),
            None => "second-hand".to_owned(),
        };
        let line = report::source_line(self.knowledge, citation);
        self.out.push_str(&format!("      {} ({opened})\n", line.trim_end_matches(" *")));
    }
}

fn substance(page: &mut Page<'_>, substance: &Substance) {
    page.out.push_str(&format!("{} ({})\n", substance.names.inn, substance.class));
    page.line("id", &substance.id);
    page.line("brands", &substance.names.brands.join(", "));
    page.line("also called", &substance.names.synonyms.join(", "));
    page.line("rxnorm", substance.codes.rxnorm.as_deref().unwrap_or_default());
    page.line("atc", &substance.codes.atc.join(", "));
    page.line("molar mass", substance.molar_mass.as_deref().unwrap_or_default());
    if let Some(keep) = &substance.keep {
        page.line("never stopped at once", keep);
    }
    for effect in &substance.mechanisms {
        let name = page.knowledge.class(&effect.class).map_or(effect.class.as_str(), |class| &class.name);
        let target = effect.target.as_deref().unwrap_or_default();
        page.line("mechanism", format!("{name} {target}").trim());
        if !effect.routes.is_empty() {
            page.line("    by route", &effect.routes.join(", "));
        }
        if let Some(above) = &effect.above {
            page.line("    above a day's dose of", above);
        }
        page.values("  potency", &effect.potency);
        page.evidence(&effect.evidence);
    }
    for link in &substance.metabolites {
        page.line("metabolite", &link.id);
        page.values("  fraction", &link.fraction);
        page.evidence(&link.evidence);
    }
    for (route, kinetics) in &substance.pk {
        for (title, values) in [
            ("half-life", &kinetics.half_life),
            ("time of the peak", &kinetics.t_max),
            ("bioavailability", &kinetics.bioavailability),
            ("volume of distribution", &kinetics.volume),
            ("clearance", &kinetics.clearance),
            ("fraction unbound", &kinetics.fraction_unbound),
        ] {
            page.values(&format!("{title}, {route}"), values);
        }
    }
    for role in &substance.enzymes {
        page.line("enzyme", &format!("{} {} ({})", role.enzyme, role.role, role.strength));
        page.evidence(&role.evidence);
    }
    for dose in &substance.doses {
        page.values(&format!("usual dose per {}, {}", dose.per, dose.route), &dose.usual);
        page.values(&format!("highest dose per {}, {}", dose.per, dose.route), &dose.maximum);
    }
    for washout in &substance.washouts {
        page.values(&format!("wait before {}", washout.before), &washout.wait);
    }
    for note in &substance.notes {
        page.line("note", &note.says);
        page.evidence(&note.evidence);
    }
}

/// Every parameter of the model of the synapse.
fn synapse(knowledge: &Knowledge, common: &Common) -> String {
    let parameters = &knowledge.base().synapse;
    if common.json {
        return parameters.iter().map(json).collect();
    }
    let mut page = Page { knowledge, out: String::from("Parameters of the model of the synapse\n") };
    for parameter in parameters {
        page.line(&parameter.id, &parameter.means);
        for (field, list) in parameter.fields() {
            page.values(&format!("  {}", field.replace('_', " ")), list);
        }
        page.line("  varies between people by", parameter.varies.as_deref().unwrap_or_default());
        page.evidence(&parameter.evidence);
    }
    page.out
}

fn sources(knowledge: &Knowledge, name: &str, fields: &serde_json::Value) -> String {
    let mut cited = BTreeSet::new();
    collect(fields, &mut cited);
    let mut out = format!("Sources of {name}\n");
    for key in cited {
        if let Some(reference) = knowledge.reference(&key) {
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

/// Every value under a key `cite`, however deep.
fn collect(value: &serde_json::Value, into: &mut BTreeSet<String>) {
    match value {
        serde_json::Value::Object(fields) => {
            for (name, field) in fields {
                match field {
                    serde_json::Value::String(key) if name == "cite" => drop(into.insert(key.clone())),
                    other => collect(other, into),
                }
            }
        }
        serde_json::Value::Array(items) => items.iter().for_each(|item| collect(item, into)),
        _ => {}
    }
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
