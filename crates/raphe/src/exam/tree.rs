//! Published rules with what is known of every part, for looking at.
//!
//! A set of criteria is any one of its rules, and each rule is made of parts down to single signs. `Tree::of` keeps that
//! shape and adds the truth of each part, so that whoever draws it needs no rule of its own. What nobody looked for is unknown
//! here as everywhere, and so is what a lay person denies and only an examination can tell.

use crate::{
    criteria::{Comparison, Truth, facts::Facts},
    knowledge::schema::{Criterion, Rule},
};

/// One set of criteria as a tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tree {
    /// Id of the criteria: `hunter`.
    pub id: String,
    /// Their name.
    pub name: String,
    /// What has to be so before any rule counts.
    pub given: Branch,
    /// The rules, any one of which is enough.
    pub rules: Vec<Path>,
}

/// One rule: a path through its parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Path {
    /// `R1`.
    pub label: String,
    /// The rule in words.
    pub says: String,
    /// Its parts.
    pub branch: Branch,
}

/// A part of a rule, and what is known of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Branch {
    /// What it is.
    pub part: Part,
    /// Whether it is so.
    pub truth: Truth,
}

/// What a part of a rule is made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// One atom of a rule: a sign, a comparison such as `temperature > 38 °C`, or a fact.
    Atom(String),
    /// All of these.
    All(Vec<Branch>),
    /// Any one of these.
    Any(Vec<Branch>),
    /// So many of these.
    AtLeast(u32, Vec<Branch>),
    /// Not this.
    Not(Box<Branch>),
}

impl Tree {
    /// The rules of a set of criteria over what was reported.
    pub(super) fn of(criterion: &Criterion, facts: &Facts<'_>) -> Self {
        let path = |rule: &crate::knowledge::schema::CriterionRule| Path {
            label: rule.label.clone(),
            says: rule.says.clone(),
            branch: branch(&rule.when, facts),
        };
        Self {
            id: criterion.id.clone(),
            name: criterion.name.clone(),
            given: branch(&criterion.given, facts),
            rules: criterion.rules.iter().map(path).collect(),
        }
    }

    /// Whether one of its rules is met and what it takes for granted is so.
    #[must_use]
    pub fn truth(&self) -> Truth {
        let any = self.rules.iter().map(|rule| rule.branch.truth).max().unwrap_or_default();
        self.given.truth.min(any)
    }
}

impl Branch {
    /// The parts it is made of; none of a single atom.
    #[must_use]
    pub fn parts(&self) -> &[Self] {
        match &self.part {
            Part::Atom(_) => &[],
            Part::All(parts) | Part::Any(parts) | Part::AtLeast(_, parts) => parts,
            Part::Not(part) => core::slice::from_ref(part),
        }
    }
}

/// The quantity that an atom compares, such as `temperature`; `None` for a sign or a fact.
#[must_use]
pub fn quantity(atom: &str) -> Option<&str> {
    Comparison::read(atom).map(|comparison| comparison.quantity)
}

fn branch(rule: &Rule, facts: &Facts<'_>) -> Branch {
    let all = |rules: &[Rule]| rules.iter().map(|rule| branch(rule, facts)).collect::<Vec<_>>();
    let part = match rule {
        Rule::Atom(atom) => Part::Atom(atom.clone()),
        Rule::All(rules) => Part::All(all(rules)),
        Rule::Any(rules) => Part::Any(all(rules)),
        Rule::AtLeast(n, rules) => Part::AtLeast(*n, all(rules)),
        Rule::Not(rule) => Part::Not(Box::new(branch(rule, facts))),
    };
    let truth = match rule {
        Rule::Atom(atom) => facts.answer(atom).truth,
        other => crate::criteria::judge(other, facts).truth,
    };
    Branch { part, truth }
}
