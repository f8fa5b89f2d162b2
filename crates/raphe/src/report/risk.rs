//! How likely toxicity is, in words: to a person in natural frequencies, to a clinician in percent with the range.
//!
//! What is more dangerous than serotonin stands first. A number never stands alone: it names who was counted, and says
//! that it changes nothing. Of an overdose that may have been taken on purpose a person reads no number at all, because that is
//! for those who treat it.

use super::{Item, Section, Sources, Voice};
use crate::{
    assess::{capital, list},
    knowledge::{Knowledge, schema::RiskPer},
    risk::{Overdosed, Risk, Said},
    units::two_digits,
};

/// What else is known when the numbers are read.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Around {
    /// Signs of toxicity are reported.
    pub(super) signs: bool,
    /// Something points to suicide.
    pub(super) suicide: bool,
}

/// The section, or nothing where nothing was counted and nothing needs words.
pub(super) fn section(
    knowledge: &Knowledge,
    risks: &[Risk],
    uncounted: &[Said],
    voice: Voice,
    around: Around,
    sources: &mut Sources,
) -> Option<Section> {
    let mut words: Vec<&Said> = Vec::new();
    for said in risks.iter().flat_map(|risk| &risk.beware).chain(uncounted) {
        if !words.iter().any(|known| known.id == said.id) {
            words.push(said);
        }
    }
    let mut items: Vec<Item> = words
        .into_iter()
        .map(|said| Item {
            text: match voice {
                Voice::Person => said.person.clone(),
                Voice::Clinician => said.clinician.clone(),
            },
            sources: sources.cite(&said.citations),
            ..Item::default()
        })
        .collect();
    let secret = |risk: &&Risk| {
        risk.overdose == Some(Overdosed::PerhapsOnPurpose) || (around.suicide && risk.overdose.is_some())
    };
    let untold = voice == Voice::Person && risks.iter().any(|risk| secret(&risk));
    if around.signs && !risks.is_empty() && !untold {
        items.push(plain(match voice {
            Voice::Person => {
                "Signs are there now, so what follows is not about you: it is about everyone who took the same, most of \
                 them without any sign. Do what is written above."
            }
            Voice::Clinician => {
                "These are probabilities of the exposure, before any sign. With signs present the criteria and the \
                 examination decide; none of these is a probability that these signs are, or are not, serotonin toxicity."
            }
        }));
    }
    if untold {
        items.push(plain(
            "How often an overdose ends in serotonin toxicity is for those who treat it. No number makes it safe to wait: get \
             help now, even if you feel well.",
        ));
    } else {
        for risk in risks {
            items.push(match voice {
                Voice::Person => for_person(knowledge, risk, sources),
                Voice::Clinician => for_clinician(knowledge, risk, sources),
            });
        }
        if !risks.is_empty() {
            items.push(plain(match voice {
                Voice::Person => {
                    "These are people who were counted elsewhere; nobody can say it of one person. No number here makes \
                     anything safe, or changes what is said above."
                }
                Voice::Clinician => {
                    "Ranges are 95 % intervals of the count and of the odds applied to it. No urgency, level or verdict \
                     above rests on these numbers."
                }
            }));
        }
    }
    super::section("How likely serotonin toxicity is", items)
}

/// The people of a count, who begin a sentence where no number does.
fn capital_unless(counted: &str, people: &str) -> String {
    if counted.is_empty() { capital(people) } else { people.to_owned() }
}

fn plain(text: &str) -> Item {
    Item { text: text.to_owned(), ..Item::default() }
}

fn mark(knowledge: &Knowledge, risk: &Risk) -> Option<String> {
    let names: Vec<String> = risk.of.iter().map(|id| knowledge.substance_name(id).to_owned()).collect();
    let over = if risk.overdose.is_some() { ", overdose" } else { "" };
    (!names.is_empty()).then(|| format!("{}{over}", capital(&list(&names, "and"))))
}

fn for_person(knowledge: &Knowledge, risk: &Risk, sources: &mut Sources) -> Item {
    let estimate = match (risk.calibrated, risk.moved_by.is_empty()) {
        (true, _) => "",
        (false, true) => " It is a rough figure.",
        (false, false) => " This is worked out from others, not counted.",
    };
    Item {
        mark: mark(knowledge, risk),
        text: format!("{}.{estimate}", frequency(risk)),
        sources: sources.cite(&risk.citations),
        ..Item::default()
    }
}

fn for_clinician(knowledge: &Knowledge, risk: &Risk, sources: &mut Sources) -> Item {
    let [median, low, high] = [risk.p.median, risk.p.p5, risk.p.p95].map(|p| two_digits(p * 100.0));
    let per = match risk.per {
        RiskPer::Overdose => "per overdose",
        RiskPer::Course => "per course",
        RiskPer::PersonYear => "per person-year",
        RiskPer::Episode => "per stay",
    };
    let counted = match (risk.cases, risk.n) {
        (Some(cases), Some(n)) => format!("{} of {}, ", grouped(cases), grouped(n)),
        (None, Some(n)) => format!("n = {}, ", grouped(n)),
        _ => String::new(),
    };
    let mut under: Vec<Item> = Vec::new();
    if !risk.moved_by.is_empty() {
        under.push(plain(&format!("Moved from the plain count by {}.", risk.moved_by.join("; "))));
    }
    if !risk.calibrated {
        under.push(plain(
            "Inferred or coded by others: nobody examined and counted people with just this exposure.",
        ));
    }
    under.extend(risk.note.as_deref().map(plain));
    let figure = match is_range(risk) {
        true => format!("{low} to {high} % {per}, as published"),
        false => format!("{median} % {per} ({low} to {high} %)"),
    };
    Item {
        mark: mark(knowledge, risk),
        text: format!(
            "{figure}. {counted}{}; {}.",
            capital_unless(&counted, &risk.reference_class),
            risk.criteria
        ),
        sources: sources.cite(&risk.citations),
        under,
        ..Item::default()
    }
}

/// Whether a range was published, and no count.
fn is_range(risk: &Risk) -> bool {
    risk.cases.is_none() && risk.n.is_none()
}

/// "about 1 in 64 people …", with how far that may be off where few were counted.
fn frequency(risk: &Risk) -> String {
    let (p, people) = (risk.p, &risk.person);
    if risk.cases == Some(0) {
        let n = risk.n.map_or_else(String::new, |n| format!(" {}", grouped(n)));
        return format!(
            "not one of{n} {people} was found to have it; it could still happen to up to {}",
            one_in(p.p95)
        );
    }
    // Of years that differ both are told, and never their middle.
    if is_range(risk) {
        return format!("between {} and {} {people}", one_in(p.p5), one_in(p.p95));
    }
    if p.median < 1e-4 {
        return format!("rare, fewer than 1 in 10 000 {people}");
    }
    // A count of few people may be far off, and says so.
    let wide = p.p95 > 2.0 * p.median || p.p5 < 0.5 * p.median;
    let range = match wide {
        true if p.p5 > 1e-6 => format!(" (somewhere between {} and {})", one_in(p.p5), one_in(p.p95)),
        true => format!(" (it may be as many as {})", one_in(p.p95)),
        false => String::new(),
    };
    format!("about {} {people}{range}", one_in(p.median))
}

/// `1 in 64`, `5 in 10`.
fn one_in(p: f64) -> String {
    if p >= 0.35 {
        return format!("{} in 10", libm::round(p * 10.0));
    }
    let many = 1.0 / p.max(1e-9);
    let digits = libm::pow(10.0, (libm::floor(libm::log10(many)) - 1.0).max(0.0));
    format!("1 in {}", grouped((libm::round(many / digits) * digits) as u32))
}

/// A number in groups of three: `30 928`.
fn grouped(number: u32) -> String {
    let digits = number.to_string();
    let first = digits.len() % 3;
    let mut groups: Vec<&str> = Vec::new();
    if first > 0 {
        groups.push(&digits[..first]);
    }
    groups.extend((first..digits.len()).step_by(3).map(|at| &digits[at..at + 3]));
    // Four digits are read at a glance.
    if digits.len() <= 4 { digits } else { groups.join(" ") }
}

#[cfg(test)]
mod tests {
    use super::{grouped, one_in};

    #[test]
    fn frequencies_are_natural() {
        assert_eq!(one_in(0.136), "1 in 7");
        assert_eq!(one_in(0.52), "5 in 10");
        assert_eq!(one_in(0.0136), "1 in 74");
        assert_eq!(one_in(0.00088), "1 in 1100");
        assert_eq!(one_in(0.000_02), "1 in 50 000");
        assert_eq!(grouped(30_928), "30 928");
        assert_eq!(grouped(1743), "1743");
    }
}
