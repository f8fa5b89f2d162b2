//! An assessment in words, in reading order.
//!
//! Urgency and what to do come first, then the verdict, then why, then what was not assessed, then the sources. A
//! [`Report`] is sections of sentences and knows nothing of terminals; [`text`] prints it for one, [`html`] for a browser and for
//! paper. The same facts are said in one of two voices ([`Voice`]): to the person, or to a clinician.

mod assessment;
mod check;
mod course;
mod differential;
mod helping;
pub mod html;
mod low;
pub mod picture;
mod plan;
mod risk;
pub mod sheet;
pub mod svg;
mod synapse;
pub mod text;
mod whatif;

pub use crate::knowledge::words::{grade_word, level_word, urgency_word};
pub use assessment::report;
pub use check::check;
pub use helping::{helping, picture as picture_of, verdict_word};
pub use low::{LowSide, certainty, in_words, low_side, numbers};
pub use picture::Picture;
pub use plan::plan;
pub use whatif::whatif;

use crate::{
    assess::{Finding, Reason, Scoped, Standing, Viewed, capital, list},
    knowledge::{
        Citation, Knowledge,
        schema::{Reference, Urgency},
    },
    timeline::{Notice, Origin, Weight},
    units::Interval,
};
use std::collections::BTreeSet;

/// To whom the words are spoken; the facts are the same.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Voice {
    /// The person who takes the medicines: plain words, short sentences, no percentage where signs are present.
    #[default]
    Person,
    /// A clinician: clinical terms, numbers with their ranges, management.
    Clinician,
}

/// A report: a headline, sections, sources.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    /// How soon to act.
    pub urgency: Urgency,
    /// The first lines, most important first.
    pub headline: Vec<String>,
    /// In reading order.
    pub sections: Vec<Section>,
    /// What the numbers in brackets refer to, from 1.
    pub sources: Vec<String>,
    /// The last line.
    pub footer: String,
}

/// A titled list of sentences.
#[derive(Debug, Clone, PartialEq)]
pub struct Section {
    /// Title.
    pub title: String,
    /// Sentences.
    pub items: Vec<Item>,
}

/// One item of a section.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Item {
    /// A word in front that stands out, such as a level.
    pub mark: Option<String>,
    /// The sentence.
    pub text: String,
    /// Numbers of its sources.
    pub sources: Vec<usize>,
    /// Sentences that belong to it.
    pub under: Vec<Item>,
    /// A curve behind it.
    pub curve: Option<Curve>,
    /// A picture behind it.
    pub picture: Option<Picture>,
}

/// One thing over time, for looking at.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Curve {
    /// What it shows, as a sentence.
    pub title: String,
    /// The middle and the range at moments that lie evenly.
    pub values: Vec<Interval>,
    /// What the foot of the curve stands for.
    pub foot: f64,
    /// The time along it.
    pub along: Along,
    /// What goes up, with its unit.
    pub up: String,
}

/// The time along a curve, from its first value to its last.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Along {
    /// What is counted: `days from now`, `hours`.
    pub name: String,
    /// At the first value.
    pub from: f64,
    /// At the last value.
    pub to: f64,
    /// Where now is, if it is on the curve.
    pub now: Option<f64>,
}

/// Numbers the sources in the order in which they are first named.
#[derive(Default)]
pub(crate) struct Sources {
    order: Vec<Citation>,
}

impl Sources {
    /// Numbers of these citations, each source and place once.
    pub(crate) fn cite<'c>(&mut self, citations: impl IntoIterator<Item = &'c Citation>) -> Vec<usize> {
        let mut numbers: Vec<usize> = citations
            .into_iter()
            .map(|citation| {
                let same = |known: &Citation| known.cite == citation.cite && known.place == citation.place;
                self.order.iter().position(same).unwrap_or_else(|| {
                    self.order.push(citation.clone());
                    self.order.len() - 1
                }) + 1
            })
            .collect();
        numbers.sort_unstable();
        numbers.dedup();
        numbers
    }

    pub(crate) fn print(&self, knowledge: &Knowledge) -> Vec<String> {
        self.order.iter().map(|citation| source_line(knowledge, citation)).collect()
    }
}

/// One entry of the bibliography in words: who, what, where it was published, when, and its address.
#[must_use]
pub fn reference_line(reference: &Reference) -> String {
    let mut parts = vec![reference.authors.clone(), reference.title.clone(), reference.source.clone()];
    parts.extend(reference.year.clone());
    parts.retain(|part| !part.is_empty());
    // What an organization publishes itself names it once.
    if reference.source == reference.authors && parts.len() > 2 {
        parts.remove(2);
    }
    let line = sentences(&parts);
    let address = reference
        .doi
        .as_ref()
        .map(|doi| format!("doi:{doi}"))
        .or_else(|| reference.pmid.as_ref().map(|pmid| format!("PMID {pmid}")))
        .or_else(|| reference.url.clone());
    match address {
        Some(address) => sentences(&[line, address]),
        None => line,
    }
}

/// One source in words: who, what, when, where, and whether it was opened.
#[must_use]
pub fn source_line(knowledge: &Knowledge, citation: &Citation) -> String {
    let mut line = match knowledge.reference(&citation.cite) {
        Some(reference) => reference_line(reference),
        None => citation.cite.clone(),
    };
    if let Some(place) = &citation.place {
        line.push_str(&format!(" ({place})"));
    }
    let opened = if citation.checked.is_some() { "" } else { " *" };
    format!("{line} [{}]{opened}", grade_word(citation.grade))
}

/// Parts as sentences in a row, where a title that asks or exclaims keeps its own mark.
fn sentences(parts: &[String]) -> String {
    let mut line = String::new();
    for part in parts {
        match line.chars().last() {
            None => {}
            Some('?' | '!') => line.push(' '),
            Some(_) => line.push_str(". "),
        }
        line.push_str(part.trim_end_matches('.'));
    }
    line
}

/// Lines for a person who may be thinking of suicide; they stand before everything else.
#[must_use]
pub fn crisis_lines(help: &crate::knowledge::schema::HelpLine) -> Vec<String> {
    let lines = match help.crisis.as_slice() {
        [] => "a crisis line of your country".to_owned(),
        some if help.country == "*" => format!("a crisis line of your country ({})", list(some, "or")),
        some => list(some, "or"),
    };
    vec![
        format!(
            "If you are thinking of ending your life: you do not have to carry this alone. Call {lines}. Call {} \
             at any hour if nobody answers or you are in danger now.",
            help.emergency
        ),
        "Ask someone to stay with you, and to keep the medicines away from you.".to_owned(),
    ]
}

fn footer(knowledge: &str) -> String {
    format!(
        "raphe {} with knowledge {knowledge}. Decision support, not a diagnosis: it does not replace an examination. A \
         source marked * was not opened by a curator yet and is second-hand.",
        env!("CARGO_PKG_VERSION")
    )
}

/// A finding as an item: level, names, why, when, both views, what to do.
pub(crate) fn finding_item(finding: &Finding, voice: Voice, sources: &mut Sources) -> Item {
    let plain = |text: String| Item { text, ..Item::default() };
    let mut under: Vec<Item> = finding.timing.iter().cloned().map(plain).collect();
    // One sentence for each party and level; others that say the same lend their sources.
    let mut parties: Vec<(&Viewed, Vec<&Citation>)> = Vec::new();
    for view in &finding.views {
        match parties.iter_mut().find(|(first, _)| first.by == view.by && first.level == view.level) {
            Some((_, citations)) => citations.push(&view.citation),
            None => parties.push((view, vec![&view.citation])),
        }
    }
    match voice {
        Voice::Person => under.extend(rated(&parties, sources)),
        Voice::Clinician => under.extend(parties.into_iter().map(|(view, citations)| Item {
            mark: Some(format!("{} ({})", capital(&view.by), level_word(view.level))),
            text: format!("{}.", view.says.trim_end_matches('.')),
            sources: sources.cite(citations),
            ..Item::default()
        })),
    }
    under.extend(finding.advice.iter().cloned().map(plain));
    let kind = match finding.kind.as_str() {
        "serotonin" => String::new(),
        "exposure" => ", drug level".to_owned(),
        "qt" => ", heart rhythm".to_owned(),
        "pressor" => ", blood pressure".to_owned(),
        other => format!(", {other}"),
    };
    Item {
        mark: Some(format!("{}{kind}", capital(level_word(finding.level)))),
        text: format!("{}{}", finding.claim.says(), lines(&finding.because)),
        sources: sources.cite(finding.claim.citations()),
        under,
        ..Item::default()
    }
}

/// Who rates it how, in one sentence: the person sees that they differ, and the clinician reads why.
fn rated(parties: &[(&Viewed, Vec<&Citation>)], sources: &mut Sources) -> Option<Item> {
    let say = |by: &str| match by {
        "label" => "the official product information".to_owned(),
        "regulator" => "regulators".to_owned(),
        "toxicology" => "experts on poisoning".to_owned(),
        "cohort" => "counts in real patients".to_owned(),
        other => other.to_owned(),
    };
    let ratings: Vec<String> =
        parties.iter().map(|(view, _)| format!("{}: {}", say(&view.by), level_word(view.level))).collect();
    (!ratings.is_empty()).then(|| Item {
        mark: Some("Rated by".to_owned()),
        text: format!("{}.", ratings.join("; ")),
        sources: sources.cite(parties.iter().flat_map(|(_, citations)| citations.iter().copied())),
        ..Item::default()
    })
}

/// A reason in words, with how far it is to be trusted.
#[must_use]
pub fn standing(reason: &Reason) -> String {
    let says = reason.claim.says();
    match &reason.standing {
        Standing::Reported => says.to_owned(),
        Standing::Would { text, reading: Some(reading) } => {
            format!("`{text}` can be read in more than one way. If this is {reading}: {says}")
        }
        Standing::Would { text, reading: None } => {
            format!("The words \"{text}\" were written. If they mean what they seem to mean: {says}")
        }
        Standing::NotOver(date) => {
            format!("{says} This was reported on {date} and is not known to be over.")
        }
    }
}

/// What was not recognized stands alone; what is never assessed is one sentence.
fn not_assessed(knowledge: &Knowledge, items: &[Scoped]) -> Option<Section> {
    let always = |item: &&Scoped| knowledge.base().out_of_scope.iter().any(|known| known.text == item.text);
    let mut lines: Vec<Item> = items
        .iter()
        .filter(|item| !always(item))
        .map(|item| Item {
            mark: Some(item.text.clone()),
            text: format!("{}.", item.reason),
            ..Item::default()
        })
        .collect();
    let rest: Vec<String> = items.iter().filter(always).map(|item| item.text.clone()).collect();
    if !rest.is_empty() {
        lines.push(Item { text: format!("{}.", capital(&list(&rest, "and"))), ..Item::default() });
    }
    section("Not assessed", lines)
}

fn notices(title: &str, notices: &[Notice]) -> Option<Section> {
    let items = notices
        .iter()
        .map(|notice| {
            let place = notice.place.map(|place| format!("Line {}, column {}", place.line, place.column));
            let mark = match (place, notice.weight) {
                (Some(place), Weight::Error) => Some(format!("{place}, not read")),
                (place, _) => place,
            };
            let help = notice.help.as_deref().map_or_else(String::new, |help| format!(": {help}"));
            let text = format!(
                "{}{help}.",
                if mark.is_none() { capital(&notice.says) } else { notice.says.clone() }
            );
            Item { mark, text, ..Item::default() }
        })
        .collect();
    section(title, items)
}

fn section(title: &str, items: Vec<Item>) -> Option<Section> {
    (!items.is_empty()).then(|| Section { title: title.to_owned(), items })
}

/// ` (line 3)`, ` (lines 3 and 7)`, at most five of them; of a health record ` (MedicationRequest/17)`.
fn lines(origins: &BTreeSet<Origin>) -> String {
    let resources: Vec<&str> = origins
        .iter()
        .filter_map(|origin| match origin {
            Origin::Fhir(id) => Some(id.as_str()),
            _ => None,
        })
        .collect();
    match resources.as_slice() {
        [] => {}
        [one] => return format!(" ({one})"),
        [one, other] => return format!(" ({one} and {other})"),
        [one, other, more @ ..] => return format!(" ({one}, {other} and {} more)", more.len()),
    }
    let numbers: Vec<String> = origins
        .iter()
        .filter_map(|origin| match origin {
            Origin::Line(line) if *line > 0 => Some(line.to_string()),
            _ => None,
        })
        .collect();
    match numbers.as_slice() {
        [] => String::new(),
        [one] => format!(" (line {one})"),
        [some @ .., _] if numbers.len() > 5 => {
            format!(" (lines {} and {} more)", some[..4].join(", "), numbers.len() - 4)
        }
        some => format!(" (lines {})", list(some, "and")),
    }
}
