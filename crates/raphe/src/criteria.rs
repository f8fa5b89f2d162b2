//! Rules over what was reported, in three values.
//!
//! A sign that nobody looked for is not absent, so every question has three answers (Kleene): true, false, unknown. A
//! rule is judged from its parts; what made it true is named, and so is what would decide an unknown one. The rules
//! themselves are data: published criteria, severity grades, danger flags and rivals all use the same four words
//! (`all`, `any`, `not`, `at_least`).
//!
//! [`reports`] gathers what was reported, [`facts`] answers the atoms over it; `words` finds danger in text that was not understood.

mod derive;
pub mod facts;
pub mod reports;
pub mod trend;

pub(crate) mod words;

use crate::{knowledge::schema::Rule, timeline::Origin};
pub use derive::FACTS;
use facts::Facts;
use std::collections::BTreeSet;

/// One of three truth values; ordered so that `all` is the least and `any` the greatest.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Truth {
    /// Looked for and not so.
    False,
    /// Not looked for, or not known.
    #[default]
    Unknown,
    /// So.
    True,
}

impl std::ops::Not for Truth {
    type Output = Self;

    fn not(self) -> Self {
        match self {
            Self::False => Self::True,
            Self::Unknown => Self::Unknown,
            Self::True => Self::False,
        }
    }
}

impl From<bool> for Truth {
    fn from(value: bool) -> Self {
        if value { Self::True } else { Self::False }
    }
}

/// The answer to one atom.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Answer {
    /// The truth value.
    pub truth: Truth,
    /// Lines that made it so.
    pub because: BTreeSet<Origin>,
}

impl Answer {
    /// An answer without a line of its own.
    #[must_use]
    pub fn plain(truth: impl Into<Truth>) -> Self {
        Self { truth: truth.into(), because: BTreeSet::new() }
    }

    /// True because of these lines; false when there is none.
    #[must_use]
    pub fn lines(because: impl IntoIterator<Item = Origin>) -> Self {
        let because: BTreeSet<Origin> = because.into_iter().collect();
        Self { truth: (!because.is_empty()).into(), because }
    }

    /// Keeps the greater truth, and the lines of all that are equally true.
    pub fn raise(&mut self, truth: Truth, because: impl IntoIterator<Item = Origin>) {
        if truth > self.truth {
            *self = Self::plain(truth);
        }
        if truth == self.truth {
            self.because.extend(because);
        }
    }
}

/// The judgment of a rule.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Judgment {
    /// The truth value.
    pub truth: Truth,
    /// Atoms that are true in the parts that are true.
    pub atoms: BTreeSet<String>,
    /// Lines behind those atoms.
    pub because: BTreeSet<Origin>,
    /// Atoms that would decide it, when it is unknown.
    pub would_decide: BTreeSet<String>,
}

/// Judges a rule that warns: a hole in the list of medicines must not calm.
///
/// A medicine that may have been taken makes "was not taken" unknown, and a rule that asks for it would fall silent. So such a
/// rule also holds where it holds for what is listed.
#[must_use]
pub fn judge_warily(rule: &Rule, facts: &Facts<'_>) -> Judgment {
    let judgment = judge(rule, facts);
    if judgment.truth == Truth::True {
        return judgment;
    }
    let listed = facts.as_listed().map(|listed| judge(rule, listed));
    listed.filter(|listed| listed.truth == Truth::True).unwrap_or(judgment)
}

/// Judges a rule over facts.
#[must_use]
pub fn judge(rule: &Rule, facts: &Facts<'_>) -> Judgment {
    match rule {
        Rule::Atom(atom) => {
            let answer = facts.answer(atom);
            let mut judgment =
                Judgment { truth: answer.truth, because: answer.because, ..Judgment::default() };
            match answer.truth {
                Truth::True => drop(judgment.atoms.insert(subject(atom).to_owned())),
                Truth::Unknown => drop(judgment.would_decide.insert(subject(atom).to_owned())),
                Truth::False => {}
            }
            judgment
        }
        Rule::All(rules) => combine(rules.len(), rules, facts),
        Rule::Any(rules) => combine(1, rules, facts),
        Rule::AtLeast(n, rules) => combine(*n as usize, rules, facts),
        Rule::Not(rule) => {
            let inner = judge(rule, facts);
            Judgment { truth: !inner.truth, would_decide: inner.would_decide, ..Judgment::default() }
        }
    }
}

/// True when `n` parts are true, false when too few can still become true, else unknown.
fn combine(n: usize, rules: &[Rule], facts: &Facts<'_>) -> Judgment {
    let parts: Vec<Judgment> = rules.iter().map(|rule| judge(rule, facts)).collect();
    let count = |truth| parts.iter().filter(|part| part.truth == truth).count();
    let (sure, open) = (count(Truth::True), count(Truth::Unknown));
    let truth = match () {
        () if sure >= n => Truth::True,
        () if sure + open < n => Truth::False,
        () => Truth::Unknown,
    };
    let mut all = Judgment { truth, ..Judgment::default() };
    for part in parts {
        match (part.truth, truth) {
            (Truth::True, _) => {
                all.atoms.extend(part.atoms);
                all.because.extend(part.because);
            }
            (Truth::Unknown, Truth::Unknown) => {
                all.would_decide.extend(part.would_decide);
                all.atoms.extend(part.atoms);
                all.because.extend(part.because);
            }
            _ => {}
        }
    }
    if truth != Truth::Unknown {
        all.would_decide.clear();
    }
    if truth == Truth::False {
        all.atoms.clear();
        all.because.clear();
    }
    all
}

/// What an atom is about: the sign itself, or what is measured.
#[must_use]
pub fn subject(atom: &str) -> &str {
    match Comparison::read(atom) {
        Some(comparison) => comparison.quantity,
        None => atom.strip_prefix("fact ").unwrap_or(atom),
    }
}

/// A measured quantity compared with a number: `temperature > 38 °C`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Comparison<'a> {
    /// `temperature`, `pulse`, …
    pub quantity: &'a str,
    /// How it is compared.
    pub operator: Operator,
    /// The number in the quantity's own unit.
    pub number: f64,
}

/// How two numbers are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operator {
    /// `>`
    Above,
    /// `>=`
    AtLeast,
    /// `<`
    Below,
    /// `<=`
    AtMost,
}

impl<'a> Comparison<'a> {
    /// Quantities that can be compared, with the unit each is written in.
    pub const QUANTITIES: &'static [(&'static str, &'static str)] = &[
        ("temperature", "°C"),
        ("systolic", "mmHg"),
        ("diastolic", "mmHg"),
        ("pulse", "/min"),
        ("respiration", "/min"),
        ("spo2", "%"),
        ("sodium", "mmol/L"),
        ("ck", "U/L"),
        ("glucose", "mmol/L"),
        ("lithium", "mmol/L"),
        ("age", "y"),
    ];

    /// Reads an atom; `None` when it is not a comparison with the right unit.
    #[must_use]
    pub fn read(atom: &'a str) -> Option<Self> {
        let mut words = atom.split_whitespace();
        let (quantity, operator, number, unit) = (words.next()?, words.next()?, words.next()?, words.next()?);
        let operator = match operator {
            ">" => Operator::Above,
            ">=" => Operator::AtLeast,
            "<" => Operator::Below,
            "<=" => Operator::AtMost,
            _ => return None,
        };
        let known = Self::QUANTITIES.contains(&(quantity, unit));
        (known && words.next().is_none()).then_some(())?;
        Some(Self { quantity, operator, number: number.parse().ok()? })
    }

    /// Whether a value satisfies it.
    #[must_use]
    pub fn holds(&self, value: f64) -> bool {
        match self.operator {
            Operator::Above => value > self.number,
            Operator::AtLeast => value >= self.number,
            Operator::Below => value < self.number,
            Operator::AtMost => value <= self.number,
        }
    }
}
