//! The curated base, ready to be asked.
//!
//! Three things happen here and nowhere else. Names become ids ([`Knowledge::resolve`]): what is not recognized is kept,
//! shown and offered suggestions, never corrected in silence. Facts become [`Claim`]s, which cannot be made without a
//! citation. And the base is checked, rule by rule ([`curation`]).
//!
//! Matching a name ignores case, accents, spaces and punctuation, and a trailing salt ("hydrochloride"). It never
//! guesses: `Lexipro` is not Lexapro.

pub mod curation;
mod doubts;
pub mod laboratory;
pub mod questionnaire;
pub mod words;

use crate::{
    timeline::{
        Amount, Dose, DoseLine, Event, Name, Notice, Origin, Place, Quantity, Route, Timeline, Weight,
    },
    units::{Mass, TimeSpan},
};
use raphe_knowledge::{
    Base, EffectSize, Enzyme, Evidence, Factor, Grade, Guidance, Mechanism, Phenotype, Questionnaire,
    Reference, Refused, Sign, Substance, Value, View,
};
use std::collections::BTreeMap;
use unicode_normalization::UnicodeNormalization;

pub use raphe_knowledge as schema;

/// The knowledge base with its indexes; read-only.
#[derive(Debug, Clone)]
pub struct Knowledge {
    base: Base,
    substances: BTreeMap<String, usize>,
    signs: BTreeMap<String, usize>,
    questionnaires: BTreeMap<String, usize>,
    factors: BTreeMap<String, usize>,
    guidance: BTreeMap<String, usize>,
}

/// A sentence with at least one citation. Only this module makes one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    says: String,
    citations: Vec<Citation>,
}

impl Claim {
    /// The sentence.
    #[must_use]
    pub fn says(&self) -> &str {
        &self.says
    }

    /// Where it comes from; never empty.
    #[must_use]
    pub fn citations(&self) -> &[Citation] {
        &self.citations
    }
}

/// A place in a source.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Citation {
    /// Key of the source in the bibliography.
    pub cite: String,
    /// The place in it.
    pub place: Option<String>,
    /// How the fact came to be known.
    pub grade: Grade,
    /// Day on which a curator opened the source; `None` is second-hand.
    pub checked: Option<String>,
}

impl From<&Evidence> for Citation {
    fn from(item: &Evidence) -> Self {
        Self {
            cite: item.cite.clone(),
            place: item.r#where.clone(),
            grade: item.grade,
            checked: item.checked.clone(),
        }
    }
}

impl From<&View> for Citation {
    fn from(item: &View) -> Self {
        Self {
            cite: item.cite.clone(),
            place: item.r#where.clone(),
            grade: item.grade,
            checked: item.checked.clone(),
        }
    }
}

impl From<&Value> for Citation {
    fn from(item: &Value) -> Self {
        Self {
            cite: item.cite.clone(),
            place: item.r#where.clone(),
            grade: item.grade,
            checked: item.checked.clone(),
        }
    }
}

impl From<&EffectSize> for Citation {
    fn from(item: &EffectSize) -> Self {
        Self {
            cite: item.cite.clone(),
            place: item.r#where.clone(),
            grade: item.grade,
            checked: item.checked.clone(),
        }
    }
}

/// Words before a sign that say how strong it is, not what it is.
const QUALIFIERS: &[&str] = &[
    "mild",
    "moderate",
    "severe",
    "slight",
    "marked",
    "profuse",
    "intermittent",
    "bilateral",
    "sustained",
    "new",
    "bad",
    "strong",
    "some",
    "very",
    "intense",
    "generalized",
    "generalised",
    "sudden",
    "persistent",
    "heavy",
    "a bit of",
];

/// Words behind a medicine that name its salt.
const SALTS: &[&str] = &[
    "hydrochloride",
    "hcl",
    "hydrobromide",
    "hbr",
    "maleate",
    "mesylate",
    "mesilate",
    "citrate",
    "sulfate",
    "sulphate",
    "succinate",
    "tartrate",
    "fumarate",
    "oxalate",
    "sodium",
    "phosphate",
    "besylate",
    "besilate",
    "acetate",
    "chloride",
];

impl Knowledge {
    /// The base this program was built with.
    #[must_use]
    pub fn bundled() -> Self {
        Self::new(raphe_knowledge::bundled())
    }

    /// A base of one's own, for tests of the rules.
    #[must_use]
    pub fn new(base: Base) -> Self {
        let mut substances = BTreeMap::new();
        for (index, substance) in base.substances.iter().enumerate() {
            for name in substance_names(substance) {
                substances.entry(key(&name)).or_insert(index);
            }
        }
        let mut signs = BTreeMap::new();
        for (index, sign) in base.signs.iter().enumerate() {
            for name in sign_names(sign) {
                signs.entry(key(name)).or_insert(index);
            }
        }
        let questionnaires = index(
            base.questionnaires.iter().map(|item| (&item.id, &item.name, &item.names, Some(&item.title))),
        );
        let factors = index(base.factors.iter().map(|item| (&item.id, &item.name, &item.names, None)));
        let guidance = index(base.guidance.iter().map(|item| (&item.id, &item.name, &item.names, None)));
        Self { base, substances, signs, questionnaires, factors, guidance }
    }

    /// Everything in it.
    #[must_use]
    pub fn base(&self) -> &Base {
        &self.base
    }

    /// A substance by its id.
    #[must_use]
    pub fn substance(&self, id: &str) -> Option<&Substance> {
        let index = self.base.substances.binary_search_by(|substance| substance.id.as_str().cmp(id)).ok()?;
        Some(&self.base.substances[index])
    }

    /// The name to print for a substance id.
    #[must_use]
    pub fn substance_name<'a>(&'a self, id: &'a str) -> &'a str {
        self.substance(id).map_or(id, |substance| &substance.names.inn)
    }

    /// A substance by any name or code a person may write.
    #[must_use]
    pub fn find_substance(&self, text: &str) -> Option<&Substance> {
        if let Some((prefix, code)) = text.split_once(':') {
            let code = code.trim();
            let has = |substance: &&Substance| match prefix.trim().to_ascii_lowercase().as_str() {
                "rxnorm" => substance.codes.rxnorm.as_deref() == Some(code),
                "atc" => substance.codes.atc.iter().any(|atc| atc.eq_ignore_ascii_case(code)),
                "unii" => substance.codes.unii.as_deref().is_some_and(|unii| unii.eq_ignore_ascii_case(code)),
                _ => false,
            };
            return self.base.substances.iter().find(has);
        }
        let find = |text: &str| self.substances.get(&key(text)).map(|index| &self.base.substances[*index]);
        find(text).or_else(|| {
            let (rest, last) = text.trim().rsplit_once(char::is_whitespace)?;
            SALTS.contains(&last.to_lowercase().as_str()).then(|| find(rest)).flatten()
        })
    }

    /// A sign or condition by its id.
    #[must_use]
    pub fn sign(&self, id: &str) -> Option<&Sign> {
        self.base.signs.iter().find(|sign| sign.id == id)
    }

    /// A sign or condition by any name a person may write.
    #[must_use]
    pub fn find_sign(&self, text: &str) -> Option<&Sign> {
        let find = |text: &str| self.signs.get(&key(text)).map(|index| &self.base.signs[*index]);
        let mut rest = text.trim();
        loop {
            if let Some(sign) = find(rest) {
                return Some(sign);
            }
            let lower = rest.to_lowercase();
            let qualifier = QUALIFIERS.iter().find(|word| {
                lower.strip_prefix(**word).is_some_and(|tail| tail.starts_with(char::is_whitespace))
            })?;
            rest = rest.get(qualifier.len()..)?.trim_start();
        }
    }

    /// A questionnaire by any name a person may write.
    #[must_use]
    pub fn find_questionnaire(&self, text: &str) -> Option<&Questionnaire> {
        self.questionnaires.get(&key(text)).map(|index| &self.base.questionnaires[*index])
    }

    /// A factor by any name a person may write.
    #[must_use]
    pub fn find_factor(&self, text: &str) -> Option<&Factor> {
        self.factors.get(&key(text)).map(|index| &self.base.factors[*index])
    }

    /// A piece of guidance by any name a person may write.
    #[must_use]
    pub fn find_guidance(&self, text: &str) -> Option<&Guidance> {
        self.guidance.get(&key(text)).map(|index| &self.base.guidance[*index])
    }

    /// The test that is not taken as evidence of serotonin in the brain and has this name.
    #[must_use]
    pub fn refused_test(&self, text: &str) -> Option<&Refused> {
        let wanted = key(text);
        let mut tests = self.base.deficiency.refused.iter();
        tests.find(|item| item.names.iter().any(|name| key(name) == wanted))
    }

    /// Names of questionnaires that look like the one written, nearest first, at most three.
    #[must_use]
    pub fn suggest_questionnaire(&self, text: &str) -> Vec<String> {
        nearest(text, self.base.questionnaires.iter().map(|item| item.name.as_str()))
    }

    /// Substances that a text names, as written there, up to three words each.
    #[must_use]
    pub fn names_in(&self, text: &str) -> Vec<String> {
        let words: Vec<&str> = text
            .split(|c: char| c.is_whitespace() || matches!(c, ',' | ';' | '.' | '(' | ')'))
            .filter(|word| !word.is_empty())
            .collect();
        let mut found = Vec::new();
        let mut start = 0;
        while start < words.len() {
            let longest = (1..=3.min(words.len() - start)).rev().find(|length| {
                let name = words[start..start + length].join(" ");
                name.chars().count() >= 4 && self.substances.contains_key(&key(&name))
            });
            found.extend(longest.map(|length| words[start..start + length].join(" ")));
            start += longest.unwrap_or(1);
        }
        found
    }

    /// A brand that exists by one route only is taken by it, and so is an hourly amount that nobody can swallow.
    fn settle_route(&self, line: &mut DoseLine) {
        let Some(substance) = line.name.id.as_deref().and_then(|id| self.substance(id)) else { return };
        if line.route != Route::Oral {
            return;
        }
        let written = key(&line.name.text);
        let brand = substance.names.routes.iter().find(|(brand, _)| key(brand) == written);
        let route = brand.and_then(|(_, route)| Route::ALL.iter().find(|(_, word)| word == route));
        let hourly = matches!(line.dose, Dose::Known(Amount { each: Quantity::MassPerHour(_), .. }));
        match route {
            Some((route, _)) => line.route = *route,
            None if hourly => line.route = Route::Transdermal,
            None => {}
        }
    }

    /// The sign a text names, and whether it is present: "no bowel sounds" is itself a sign, not its absence.
    fn sign_of(&self, text: &str, present: bool) -> (Option<String>, bool) {
        let negative = (!present).then(|| self.find_sign(&format!("no {text}"))).flatten();
        match negative {
            Some(sign) => (Some(sign.id.clone()), true),
            None => (self.find_sign(text).map(|sign| sign.id.clone()), present),
        }
    }

    /// A class of mechanisms by its id.
    #[must_use]
    pub fn class(&self, id: &str) -> Option<&Mechanism> {
        self.base.mechanisms.iter().find(|class| class.id == id)
    }

    /// Whether `class` is `wider` or lies within it.
    #[must_use]
    pub fn within(&self, class: &str, wider: &str) -> bool {
        class == wider || self.class(class).is_some_and(|class| class.part_of.iter().any(|id| id == wider))
    }

    /// A source by its key.
    #[must_use]
    pub fn reference(&self, key: &str) -> Option<&Reference> {
        self.base.references.iter().find(|reference| reference.key == key)
    }

    /// Names that look like the one written, nearest first, at most three.
    #[must_use]
    pub fn suggest_substance(&self, text: &str) -> Vec<String> {
        let names = self.base.substances.iter().flat_map(|substance| {
            let names = &substance.names;
            std::iter::once(&names.inn).chain(&names.brands).chain(&names.synonyms)
        });
        nearest(text, names.map(String::as_str))
    }

    /// Names of signs that look like the one written, nearest first, at most three.
    #[must_use]
    pub fn suggest_sign(&self, text: &str) -> Vec<String> {
        nearest(text, self.base.signs.iter().flat_map(sign_names).filter(|name| !name.contains('_')))
    }

    /// A sentence made from a fact and its sources.
    ///
    /// Returns `None` when there is no source: a claim without one cannot be made.
    #[must_use]
    pub fn claim(
        &self,
        says: impl Into<String>,
        citations: impl IntoIterator<Item = Citation>,
    ) -> Option<Claim> {
        let mut citations: Vec<Citation> = citations.into_iter().collect();
        let mut seen = std::collections::BTreeSet::new();
        citations.retain(|citation| seen.insert((citation.cite.clone(), citation.place.clone())));
        let known = |citation: &Citation| self.reference(&citation.cite).is_some();
        (!citations.is_empty() && citations.iter().all(known)).then(|| Claim { says: says.into(), citations })
    }

    /// The timeline with ids beside its names, and a notice for each name that was not recognized.
    #[must_use]
    pub fn resolve(&self, timeline: &Timeline) -> (Timeline, Vec<Notice>) {
        let mut resolved = timeline.clone();
        let mut notices = Vec::new();
        for entry in &mut resolved.entries {
            let line = match entry.origin {
                Origin::Line(line) => Some(line),
                Origin::Asked(_) | Origin::Fhir(_) => None,
            };
            let mut substance = |name: &mut Name| {
                name.id = self.find_substance(&name.text).map(|substance| substance.id.clone());
                if name.id.is_none() {
                    notices.push(not_recognized(
                        name,
                        line,
                        "medicine or substance",
                        &self.suggest_substance(&name.text),
                    ));
                }
            };
            match &mut entry.event {
                Event::Start(dose) | Event::Change(dose) | Event::Take(dose) => {
                    substance(&mut dose.name);
                    self.settle_route(dose);
                }
                Event::Miss(name) | Event::Stop(name) => substance(name),
                Event::Lab(labs) => labs.iter_mut().for_each(|lab| {
                    lab.name.id = self.find_substance(&lab.name.text).map(|substance| substance.id.clone());
                    if let Some(test) = self.refused_test(&lab.name.text) {
                        notices.push(not_evidence(&lab.name, line, test));
                    }
                }),
                Event::Sign { finds, .. } => finds.iter_mut().for_each(|find| {
                    let (id, present) = self.sign_of(&find.name.text, find.present);
                    (find.name.id, find.present) = (id, present);
                    if find.name.id.is_none() {
                        notices.push(not_recognized(
                            &find.name,
                            line,
                            "sign",
                            &self.suggest_sign(&find.name.text),
                        ));
                    }
                }),
                // What belongs on one of the two lines is understood on the other.
                Event::Condition(finds) => finds.iter_mut().for_each(|find| {
                    let (id, present) = self.sign_of(&find.name.text, find.present);
                    let factor = || self.find_factor(&find.name.text).map(|factor| factor.id.clone());
                    (find.name.id, find.present) = (id.or_else(factor), present);
                    if find.name.id.is_none() {
                        notices.push(not_recognized(
                            &find.name,
                            line,
                            "sign",
                            &self.suggest_sign(&find.name.text),
                        ));
                    }
                }),
                Event::Factor(finds) => finds.iter_mut().for_each(|find| {
                    let factor = self.find_factor(&find.name.text).map(|factor| factor.id.clone());
                    let sign = || self.find_sign(&find.name.text).map(|sign| sign.id.clone());
                    find.name.id = factor.or_else(sign);
                    if find.name.id.is_none() {
                        let names = self.base.factors.iter();
                        let names = names.flat_map(|item| [&item.name].into_iter().chain(&item.names));
                        let near = nearest(&find.name.text, names.map(String::as_str));
                        notices.push(not_recognized(&find.name, line, "factor", &near));
                    }
                }),
                Event::Score(score) => match self.find_questionnaire(&score.name) {
                    Some(form) => notices.extend(questionnaire::read(form, score).notices(score, line)),
                    None => notices.push(self.no_questionnaire(score, line)),
                },
                Event::Feel(feelings) => feelings.iter_mut().for_each(|feeling| {
                    let (id, present) = self.sign_of(&feeling.name.text, feeling.present);
                    (feeling.name.id, feeling.present) = (id, present);
                    if feeling.name.id.is_none() {
                        notices.push(not_recognized(
                            &feeling.name,
                            line,
                            "feeling",
                            &self.suggest_sign(&feeling.name.text),
                        ));
                    }
                }),
                _ => {}
            }
        }
        notices.extend(resolved.person.genes.iter().filter_map(|(gene, kind)| self.gene_notice(gene, kind)));
        notices.extend(doubts::doubts(self, &resolved));
        // Without a place to point at, the same name is worth saying once.
        let mut said = std::collections::BTreeSet::new();
        notices.retain(|notice| notice.place.is_some() || said.insert(notice.says.clone()));
        (resolved, notices)
    }

    fn no_questionnaire(&self, score: &crate::timeline::Score, line: Option<u32>) -> Notice {
        let near = self.suggest_questionnaire(&score.name);
        let known: Vec<&str> = self.base.questionnaires.iter().map(|item| item.name.as_str()).collect();
        let help = match near.as_slice() {
            [] => format!("it is kept and shown, but not judged; known are {}", known.join(", ")),
            some => format!("did you mean {}? It is kept and shown, but not judged", some.join(" or ")),
        };
        let says = format!("`{}` was not recognized as a questionnaire", score.name);
        let length = score.name.chars().count() as u32;
        let column = score.columns.first().copied().unwrap_or(1);
        let place = line.map(|line| Place { line, column, length });
        Notice { weight: Weight::Warning, place, says, help: Some(help) }
    }

    /// What to say of a gene that nothing is made of.
    fn gene_notice(&self, gene: &str, kind: &str) -> Option<Notice> {
        let facts = self.base().enzymes.iter().filter(|enzyme| !enzyme.phenotypes.is_empty());
        let known: Vec<&str> = facts.clone().map(|enzyme| enzyme.id.as_str()).collect();
        let help = match facts.clone().find(|enzyme| enzyme.id.eq_ignore_ascii_case(gene)) {
            Some(enzyme) if phenotype(enzyme, kind).is_some() => return None,
            Some(_) => "write poor, intermediate, normal, rapid or ultrarapid metabolizer, or two alleles such as `*4/*41`"
                .to_owned(),
            None => format!("genes that change levels here are {}", known.join(", ")),
        };
        Some(Notice {
            weight: Weight::Warning,
            place: None,
            says: format!("`gene {gene} {kind}` is kept, but changes no level: it is not known what it does"),
            help: Some(help),
        })
    }
}

fn not_evidence(name: &Name, line: Option<u32>, test: &Refused) -> Notice {
    Notice {
        weight: Weight::Info,
        place: line.map(|line| Place { line, column: name.column, length: name.text.chars().count() as u32 }),
        says: format!("`{}` is kept, and not taken as evidence of serotonin in the brain", name.text),
        help: Some(test.person.trim_end_matches('.').to_owned()),
    }
}

fn not_recognized(name: &Name, line: Option<u32>, what: &str, suggestions: &[String]) -> Notice {
    let help = match suggestions {
        [] => {
            "it is kept and shown, but not assessed; write the generic name or another word for it".to_owned()
        }
        some => format!("did you mean {}? It is kept and shown, but not assessed", some.join(" or ")),
    };
    Notice {
        weight: Weight::Warning,
        place: line.map(|line| Place { line, column: name.column, length: name.text.chars().count() as u32 }),
        says: format!("`{}` was not recognized as a {what}", name.text),
        help: Some(help),
    }
}

fn substance_names(substance: &Substance) -> impl Iterator<Item = String> {
    let names = &substance.names;
    std::iter::once(&substance.id)
        .chain(std::iter::once(&names.inn))
        .chain(&names.brands)
        .chain(&names.synonyms)
        .cloned()
}

fn sign_names(sign: &Sign) -> impl Iterator<Item = &str> {
    [sign.id.as_str(), &sign.name, &sign.lay].into_iter().chain(sign.synonyms.iter().map(String::as_str))
}

/// Items by what is left of their names.
fn index<'a>(
    items: impl Iterator<Item = (&'a String, &'a String, &'a Vec<String>, Option<&'a String>)>,
) -> BTreeMap<String, usize> {
    let mut found = BTreeMap::new();
    for (index, (id, name, names, title)) in items.enumerate() {
        for text in [id, name].into_iter().chain(names).chain(title) {
            found.entry(key(text)).or_insert(index);
        }
    }
    found
}

/// What is left of a name when case, accents, spaces and punctuation are taken away.
#[must_use]
pub fn key(text: &str) -> String {
    text.nfkd().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

fn nearest<'a>(text: &str, names: impl Iterator<Item = &'a str>) -> Vec<String> {
    let wanted = key(text);
    let length = wanted.chars().count();
    if !(3..=60).contains(&length) {
        return Vec::new();
    }
    let reach = (length / 4).clamp(1, 3);
    let mut found: Vec<(usize, &str)> = names
        .filter_map(|name| {
            let candidate = key(name);
            if candidate.chars().count().abs_diff(length) > reach {
                return None;
            }
            let distance = strsim::damerau_levenshtein(&wanted, &candidate);
            (distance <= reach).then_some((distance, name))
        })
        .collect();
    found.sort();
    let mut seen = std::collections::BTreeSet::new();
    found.retain(|(_, name)| seen.insert(key(name)));
    found.into_iter().take(3).map(|(_, name)| name.to_owned()).collect()
}

/// The kind of metabolizer that a text names: `poor metabolizer`, `PM`, `*4/*41`, `*1/*2xN`.
#[must_use]
pub fn phenotype<'f>(facts: &'f Enzyme, written: &str) -> Option<&'f Phenotype> {
    let text = written.trim().to_lowercase();
    let word = text.strip_suffix("metabolizer").or(text.strip_suffix("metaboliser")).unwrap_or(&text).trim();
    let named = facts
        .phenotypes
        .iter()
        .find(|kind| kind.id == word || kind.words.iter().any(|other| other.to_lowercase() == word));
    if named.is_some() {
        return named;
    }
    let score = |allele: &str| {
        let allele = allele.trim().to_lowercase();
        facts.alleles.iter().find(|known| known.id.to_lowercase() == allele).map(|known| known.score)
    };
    let (one, other) = text.split_once('/')?;
    let sum = score(one)? + score(other)?;
    facts.phenotypes.iter().find(|kind| {
        let Some((low, high)) = kind.score.as_deref().and_then(|range| {
            let (low, high) = range.split_once("..").unwrap_or((range, range));
            Some((low.trim().parse::<f64>().ok()?, high.trim().parse::<f64>().ok()?))
        }) else {
            return false;
        };
        (low - 1e-9..=high + 1e-9).contains(&sum)
    })
}

/// The best value of a list that reads as a quantity, with its citation.
#[must_use]
pub fn best<T: std::str::FromStr<Err = crate::units::ParseQuantityError> + Copy>(
    values: &[Value],
) -> Option<((T, T), &Value)> {
    values.iter().find_map(|value| crate::units::range(&value.value).ok().map(|range| (range, value)))
}

/// Mildest and strictest published wait after stopping one substance before another, with the strictest one's source.
#[must_use]
pub fn washout<'a>(
    knowledge: &Knowledge,
    from: &'a Substance,
    to: &Substance,
) -> Option<((TimeSpan, TimeSpan), &'a Value)> {
    let to_classes: Vec<&str> = to.mechanisms.iter().map(|action| action.class.as_str()).collect();
    let matching = from.washouts.iter().filter(|washout| {
        washout.before == to.id || to_classes.iter().any(|class| knowledge.within(class, &washout.before))
    });
    let mut waits: Vec<(TimeSpan, &Value)> = matching
        .flat_map(|washout| &washout.wait)
        .filter_map(|value| value.value.parse::<TimeSpan>().ok().map(|wait| (wait, value)))
        .collect();
    waits.sort_by(|a, b| a.0.as_hours().total_cmp(&b.0.as_hours()));
    let ((mildest, _), (strictest, source)) = (waits.first()?, waits.last()?);
    Some(((*mildest, *strictest), source))
}

/// A day's total this many times the highest recommended amount is an overdose, marked or not.
pub const OVERDOSE_TIMES: f64 = 3.0;

/// The highest recommended amount of a route, of a day or of an occasion as the label counts it; where no source gives one,
/// the top of the usual range.
#[must_use]
pub fn maximum(substance: &Substance, route: &str) -> Option<Mass> {
    let usual = substance.doses.iter().filter(|dose| dose.route == route).flat_map(|dose| &dose.usual);
    let usual =
        usual.filter_map(|value| crate::units::range::<Mass>(&value.value).ok()).map(|(_, high)| high).next();
    substance
        .doses
        .iter()
        .filter(|dose| dose.route == route)
        .flat_map(|dose| &dose.maximum)
        .filter_map(|value| crate::units::range::<Mass>(&value.value).ok())
        .map(|(_, high)| high)
        .max_by(|a, b| a.as_mg().total_cmp(&b.as_mg()))
        .or(usual)
}
