//! Reads the knowledge files, refuses what does not fit, and packs the rest into one block.

#[allow(dead_code, missing_docs, unreachable_pub)]
#[path = "src/schema.rs"]
mod schema;

use schema::*;
use serde::de::DeserializeOwned;
use std::{
    collections::BTreeSet,
    env, fs,
    path::{Path, PathBuf},
};

fn main() {
    for watched in [
        "src/schema.rs",
        "src/schema",
        "substances",
        "criteria",
        "questionnaires",
        "factors",
        "guidance",
        ".",
    ] {
        println!("cargo:rerun-if-changed={watched}");
    }
    let mut reader = Reader { problems: Vec::new() };
    let base = reader.base();
    reader.cross_check(&base);
    if !reader.problems.is_empty() {
        eprintln!("the knowledge base does not load:\n  {}", reader.problems.join("\n  "));
        std::process::exit(1);
    }
    let packed = postcard::to_allocvec(&base).expect("every type of the schema can be packed");
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets OUT_DIR")).join("base.bin");
    fs::write(out, packed).expect("OUT_DIR can be written");
}

struct Reader {
    problems: Vec<String>,
}

impl Reader {
    fn base(&mut self) -> Base {
        Base {
            version: fs::read_to_string("VERSION").unwrap_or_default().trim().to_owned(),
            substances: self.folder("substances", |substance: &Substance| &substance.id),
            criteria: self.folder("criteria", |criterion: &Criterion| &criterion.id),
            mechanisms: self.list("mechanisms.toml", "class"),
            pairs: self.list("pairs.toml", "pair"),
            signs: self.list("signs.toml", "sign"),
            severity: self.list("severity.toml", "grade"),
            flags: self.list("flags.toml", "flag"),
            rivals: self.list("rivals.toml", "rival"),
            differential: self.file(Path::new("differential.toml")).unwrap_or_default(),
            course: self.file(Path::new("course.toml")).unwrap_or_default(),
            danger: self.list("danger.toml", "word"),
            help: self.list("help.toml", "country"),
            out_of_scope: self.list("scope.toml", "item"),
            actions: self.list("actions.toml", "action"),
            enzymes: self.list("enzymes.toml", "enzyme"),
            questionnaires: self.folder("questionnaires", |item: &Questionnaire| &item.id),
            factors: self.folder("factors", |item: &Factor| &item.id),
            guidance: self.folder("guidance", |item: &Guidance| &item.id),
            deficiency: self.file(Path::new("deficiency.toml")).unwrap_or_default(),
            safety: self.file(Path::new("safety.toml")).unwrap_or_default(),
            article: self.list("article.toml", "statement"),
            switching: self.list("switching.toml", "switch"),
            stopping: self.list("stopping.toml", "statement"),
            synapse: self.list("synapse.toml", "parameter"),
            helping: self.file(Path::new("helping.toml")).unwrap_or_default(),
            risk: self.file(Path::new("risk.toml")).unwrap_or_default(),
            references: self.references(),
        }
    }

    /// One item a file; the file is named after the item's id.
    fn folder<T: DeserializeOwned>(&mut self, folder: &str, id: fn(&T) -> &String) -> Vec<T> {
        let mut paths: Vec<PathBuf> = fs::read_dir(folder)
            .map(|entries| entries.flatten().map(|entry| entry.path()).collect())
            .unwrap_or_default();
        paths.retain(|path| path.extension().is_some_and(|extension| extension == "toml"));
        paths.sort();
        let mut items = Vec::new();
        for path in paths {
            let Some(item) = self.file::<T>(&path) else { continue };
            if path.file_stem().is_none_or(|stem| stem != id(&item).as_str()) {
                self.problems.push(format!("{}: id `{}` is not the file's name", path.display(), id(&item)));
            }
            items.push(item);
        }
        items
    }

    /// Many items in one file, under one key.
    fn list<T: DeserializeOwned>(&mut self, file: &str, key: &str) -> Vec<T> {
        let Some(mut table) = self.file::<toml::Table>(Path::new(file)) else { return Vec::new() };
        let items = table.remove(key);
        for other in table.keys() {
            self.problems.push(format!("{file}: `[[{other}]]` is not known here, only `[[{key}]]`"));
        }
        let Some(toml::Value::Array(items)) = items else { return Vec::new() };
        let mut read = Vec::new();
        for (index, item) in items.into_iter().enumerate() {
            let name = item.get("id").and_then(|id| id.as_str()).unwrap_or("?").to_owned();
            match item.try_into() {
                Ok(item) => read.push(item),
                Err(error) => {
                    self.problems.push(format!("{file}: [[{key}]] {} `{name}`: {}", index + 1, tidy(&error)))
                }
            }
        }
        read
    }

    fn file<T: DeserializeOwned>(&mut self, path: &Path) -> Option<T> {
        let read = fs::read_to_string(path).map_err(|error| error.to_string());
        match read.and_then(|text| toml::from_str(&text).map_err(|error| error.to_string())) {
            Ok(item) => Some(item),
            Err(error) => {
                self.problems.push(format!("{}: {error}", path.display()));
                None
            }
        }
    }

    fn references(&mut self) -> Vec<Reference> {
        let text = fs::read_to_string("references.bib").unwrap_or_default();
        let entries = match biblatex::Bibliography::parse(&text) {
            Ok(entries) => entries,
            Err(error) => {
                let line = text[..error.span.start.min(text.len())].lines().count();
                self.problems.push(format!("references.bib: line {line}: {error}"));
                return Vec::new();
            }
        };
        let mut references: Vec<Reference> = entries.iter().map(reference).collect();
        references.sort_by(|a, b| a.key.cmp(&b.key));
        references
    }

    /// What no later stage could work with: a citation without a source, an id used twice.
    fn cross_check(&mut self, base: &Base) {
        let known: BTreeSet<&str> = base.references.iter().map(|reference| reference.key.as_str()).collect();
        for (owner, cite) in cited(base) {
            if !known.contains(cite.as_str()) {
                self.problems.push(format!("{owner}: cites `{cite}`, which is not in references.bib"));
            }
        }
        for (what, ids) in [
            ("substance", base.substances.iter().map(|item| &item.id).collect::<Vec<_>>()),
            ("class", base.mechanisms.iter().map(|item| &item.id).collect()),
            ("pair", base.pairs.iter().map(|item| &item.id).collect()),
            ("sign", base.signs.iter().map(|item| &item.id).collect()),
            ("flag", base.flags.iter().map(|item| &item.id).collect()),
            ("rival", base.rivals.iter().map(|item| &item.id).collect()),
            ("candidate", base.differential.candidates.iter().map(|item| &item.id).collect()),
            ("clue", base.differential.clues.iter().map(|item| &item.id).collect()),
            ("questionnaire", base.questionnaires.iter().map(|item| &item.id).collect()),
            ("factor", base.factors.iter().map(|item| &item.id).collect()),
            ("guidance", base.guidance.iter().map(|item| &item.id).collect()),
            ("risk reference", base.risk.references.iter().map(|item| &item.id).collect()),
            ("statement", base.article.iter().map(|item| &item.id).collect()),
            ("switch", base.switching.iter().map(|item| &item.id).collect()),
            ("stopping", base.stopping.iter().map(|item| &item.id).collect()),
            ("reference", base.references.iter().map(|item| &item.key).collect()),
        ] {
            let mut seen = BTreeSet::new();
            for id in ids {
                if !seen.insert(id) {
                    self.problems.push(format!("{what} `{id}` is there twice"));
                }
            }
        }
    }
}

fn tidy(error: &toml::de::Error) -> String {
    error.message().replace('\n', " ")
}

fn reference(entry: &biblatex::Entry) -> Reference {
    use biblatex::ChunksExt;
    let field =
        |name: &str| entry.get(name).map(|chunks| chunks.format_verbatim()).filter(|text| !text.is_empty());
    let authors = match entry.author() {
        Ok(people) if !people.is_empty() => {
            let name = |person: &biblatex::Person| match person.given_name.is_empty() {
                true => person.name.clone(),
                false => {
                    let initials: String =
                        person.given_name.split(' ').filter_map(|part| part.chars().next()).collect();
                    format!("{} {initials}", person.name)
                }
            };
            match people.as_slice() {
                [one] => name(one),
                [one, two] if two.name != "others" => format!("{}, {}", name(one), name(two)),
                [first, ..] => format!("{} et al.", name(first)),
                [] => String::new(),
            }
        }
        _ => field("author")
            .or_else(|| field("organization"))
            .or_else(|| field("institution"))
            .unwrap_or_default(),
    };
    let source =
        ["journal", "journaltitle", "booktitle", "institution", "organization", "publisher", "howpublished"]
            .into_iter()
            .find_map(field)
            .unwrap_or_default();
    Reference {
        key: entry.key.clone(),
        authors,
        title: field("title").unwrap_or_default(),
        source,
        year: field("year").or_else(|| field("date").map(|date| date.chars().take(4).collect())),
        doi: field("doi"),
        pmid: field("pmid"),
        url: field("url"),
    }
}

/// Every citation in the base, with the item that makes it.
fn cited(base: &Base) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut values = |owner: &str, values: &[Value]| {
        found.extend(values.iter().map(|value| (owner.to_owned(), value.cite.clone())));
    };
    for substance in &base.substances {
        let owner = format!("substances/{}.toml", substance.id);
        for action in &substance.mechanisms {
            values(&owner, &action.potency);
        }
        for metabolite in &substance.metabolites {
            values(&owner, &metabolite.fraction);
            values(&owner, &metabolite.ratio);
        }
        for (_, list) in substance.pk.values().flat_map(Kinetics::fields) {
            values(&owner, list);
        }
        for (_, list) in substance.enzymes.iter().flat_map(EnzymeRole::fields) {
            values(&owner, list);
        }
        for dose in &substance.doses {
            values(&owner, &dose.usual);
            values(&owner, &dose.maximum);
        }
        for washout in &substance.washouts {
            values(&owner, &washout.wait);
        }
    }
    for item in &base.switching {
        values(&format!("switching.toml: {}", item.id), &item.wait);
    }
    for enzyme in &base.enzymes {
        for list in [&enzyme.recovery_half_life, &enzyme.women, &enzyme.at_80, &enzyme.impaired_liver] {
            values("enzymes.toml", list);
        }
        for phenotype in &enzyme.phenotypes {
            values("enzymes.toml", &phenotype.activity);
            values("enzymes.toml", &phenotype.frequency);
        }
    }
    for (_, list) in base.synapse.iter().flat_map(SynapseParameter::fields) {
        values("synapse.toml", list);
    }
    let mut evidence = |owner: String, evidence: &[Evidence]| {
        found.extend(evidence.iter().map(|item| (owner.clone(), item.cite.clone())));
    };
    for substance in &base.substances {
        let owner = format!("substances/{}.toml", substance.id);
        for list in (substance.mechanisms.iter().map(|item| &item.evidence))
            .chain(substance.metabolites.iter().map(|item| &item.evidence))
            .chain(substance.enzymes.iter().map(|item| &item.evidence))
            .chain(substance.notes.iter().map(|item| &item.evidence))
            .chain(substance.strengths.iter().map(|item| &item.evidence))
        {
            evidence(owner.clone(), list);
        }
    }
    for item in &base.switching {
        evidence(format!("switching.toml: {}", item.id), &item.evidence);
    }
    for item in &base.stopping {
        evidence(format!("stopping.toml: {}", item.id), &item.evidence);
    }
    for item in base.enzymes.iter().flat_map(|enzyme| &enzyme.alleles) {
        evidence(format!("enzymes.toml: {}", item.id), &item.evidence);
    }
    for item in &base.synapse {
        evidence(format!("synapse.toml: {}", item.id), &item.evidence);
    }
    for item in &base.mechanisms {
        evidence(format!("mechanisms.toml: {}", item.id), &item.evidence);
    }
    for item in &base.pairs {
        evidence(format!("pairs.toml: {}", item.id), &item.evidence);
    }
    for item in &base.criteria {
        evidence(format!("criteria/{}.toml", item.id), &item.evidence);
    }
    for item in &base.severity {
        evidence(format!("severity.toml: {}", item.id), &item.evidence);
    }
    for item in &base.flags {
        evidence(format!("flags.toml: {}", item.id), &item.evidence);
    }
    for item in &base.rivals {
        evidence(format!("rivals.toml: {}", item.id), &item.evidence);
    }
    for item in &base.differential.candidates {
        evidence(format!("differential.toml: {}", item.id), &item.evidence);
    }
    for item in &base.differential.clues {
        evidence(format!("differential.toml: {}", item.id), &item.evidence);
    }
    let course = &base.course;
    for item in course.onset.iter().chain(&course.settling) {
        evidence("course.toml".to_owned(), &item.evidence);
    }
    for item in [&course.late, &course.longer, &course.not_settled] {
        evidence("course.toml".to_owned(), &item.evidence);
    }
    for item in &base.actions {
        evidence(format!("actions.toml: {}", item.id), &item.evidence);
    }
    for item in &base.help {
        evidence(format!("help.toml: {}", item.country), &item.evidence);
    }
    for item in &base.questionnaires {
        let owner = format!("questionnaires/{}.toml", item.id);
        evidence(owner.clone(), &item.evidence);
        item.changes.iter().for_each(|change| evidence(owner.clone(), &change.evidence));
    }
    for item in &base.factors {
        let owner = format!("factors/{}.toml", item.id);
        evidence(owner.clone(), &item.evidence);
        item.measures.iter().for_each(|measure| evidence(owner.clone(), &measure.evidence));
    }
    let safety = &base.safety;
    for item in safety.questions.iter().chain(&safety.triage).chain(&safety.step) {
        evidence(format!("safety.toml: {}", item.id), &item.evidence);
    }
    for item in &base.guidance {
        let owner = format!("guidance/{}.toml", item.id);
        evidence(owner.clone(), &item.evidence);
        item.cautions.iter().for_each(|caution| evidence(owner.clone(), &caution.evidence));
    }
    let deficiency = &base.deficiency;
    for list in (deficiency.science.iter().map(|item| &item.evidence))
        .chain(deficiency.features.iter().map(|item| &item.evidence))
        .chain(deficiency.refused.iter().map(|item| &item.evidence))
        .chain(deficiency.rule_outs.iter().map(|item| &item.evidence))
        .chain(deficiency.before.iter().map(|item| &item.evidence))
        .chain([&deficiency.pattern.evidence])
    {
        evidence("deficiency.toml".to_owned(), list);
    }
    for list in (base.helping.onsets.iter().map(|item| &item.evidence))
        .chain(base.helping.assumptions.iter().map(|item| &item.evidence))
        .chain(base.helping.besides.iter().map(|item| &item.evidence))
    {
        evidence("helping.toml".to_owned(), list);
    }
    for item in &base.article {
        evidence(format!("article.toml: {}", item.id), &item.evidence);
    }
    let risk = &base.risk;
    for (id, list) in (risk.references.iter().map(|item| (&item.id, &item.evidence)))
        .chain(risk.modifiers.iter().map(|item| (&item.id, &item.evidence)))
        .chain(risk.uncounted.iter().chain(&risk.beware).map(|item| (&item.id, &item.evidence)))
    {
        evidence(format!("risk.toml: {id}"), list);
    }
    found.extend(
        risk.daily_doses.iter().map(|dose| (format!("risk.toml: {}", dose.substance), dose.cite.clone())),
    );
    let sized = (base.factors.iter().map(|item| (format!("factors/{}.toml", item.id), &item.effects)))
        .chain(base.guidance.iter().map(|item| (format!("guidance/{}.toml", item.id), &item.effects)));
    for (owner, effects) in sized {
        found.extend(effects.iter().map(|effect| (owner.clone(), effect.cite.clone())));
    }
    for item in &base.pairs {
        found.extend(item.views.iter().map(|view| (format!("pairs.toml: {}", item.id), view.cite.clone())));
    }
    found
}
