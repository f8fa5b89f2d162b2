//! What the base knows of one subject, as rows: each fact in words, with its source and whether that was opened.
//!
//! A [`Sheet`] is what `raphe knowledge show` prints and what the pages of the server show; neither has words of its own for it.
//! Nothing is judged here. Whether a caution holds for someone is the engine's to say; a sheet says when it would.
//!
//! ```text
//!  Sheet ─▶ Part ("In the body") ─▶ Row ("half-life, oral": "26 h") ─▶ Backing (what the source says, where, opened or not)
//! ```

mod care;
mod rules;
mod substance;

pub use rules::parameters;

use crate::knowledge::{
    Citation, Knowledge, key,
    schema::{Criterion, Evidence, Factor, Guidance, Questionnaire, Rival, Rule, Substance, Value},
};

/// One subject in full.
#[derive(Debug, Clone, PartialEq)]
pub struct Sheet {
    /// Its name.
    pub name: String,
    /// What it is: a class of medicines, `questionnaire`, `factor`.
    pub kind: String,
    /// In reading order; none is empty.
    pub parts: Vec<Part>,
}

/// Rows that belong together.
#[derive(Debug, Clone, PartialEq)]
pub struct Part {
    /// Title.
    pub title: &'static str,
    /// Rows.
    pub rows: Vec<Row>,
}

/// One fact.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Row {
    /// 0, or 1 for what belongs to the row of depth 0 before it.
    pub depth: usize,
    /// What it is of.
    pub title: String,
    /// The fact; empty where the sources say it themselves.
    pub text: String,
    /// Where it comes from; empty for names, codes and what is ours.
    pub backing: Vec<Backing>,
}

/// A source behind a fact.
#[derive(Debug, Clone, PartialEq)]
pub struct Backing {
    /// What it says, where that is more than the fact.
    pub says: Option<String>,
    /// Which source, where in it, and whether it was opened.
    pub citation: Citation,
}

impl Backing {
    /// Whether a curator opened the source: `opened 2026-11-23` or `second-hand`.
    #[must_use]
    pub fn standing(&self) -> String {
        match &self.citation.checked {
            Some(day) => format!("opened {day}"),
            None => "second-hand".to_owned(),
        }
    }
}

impl From<&Evidence> for Backing {
    fn from(item: &Evidence) -> Self {
        Self { says: item.says.clone(), citation: Citation::from(item) }
    }
}

impl From<&Value> for Backing {
    fn from(value: &Value) -> Self {
        Self { says: None, citation: Citation::from(value) }
    }
}

/// Something that the base knows.
#[derive(Debug, Clone, Copy)]
pub enum Subject<'k> {
    /// A medicine, drug, food, plant or metabolite.
    Substance(&'k Substance),
    /// A questionnaire.
    Questionnaire(&'k Questionnaire),
    /// Something that may add to how a person feels.
    Factor(&'k Factor),
    /// A way back to balance.
    Guidance(&'k Guidance),
    /// A published set of criteria.
    Criterion(&'k Criterion),
    /// A condition that looks alike.
    Rival(&'k Rival),
}

impl<'k> Subject<'k> {
    /// Everything with this name; a supplement can be a substance and a piece of guidance at once. `GAD-7` and `gad_7` are
    /// the same.
    #[must_use]
    pub fn find(knowledge: &'k Knowledge, name: &str) -> Vec<Self> {
        let wanted = key(name);
        if wanted.is_empty() {
            return Vec::new();
        }
        let called = |subject: &Self| subject.names().iter().any(|other| key(other) == wanted);
        let base = knowledge.base();
        let substance = knowledge.find_substance(name).map(Subject::Substance);
        let rest = base.questionnaires.iter().map(Subject::Questionnaire);
        let rest = rest.chain(base.factors.iter().map(Subject::Factor));
        let rest = rest.chain(base.guidance.iter().map(Subject::Guidance));
        let rest = rest.chain(base.criteria.iter().map(Subject::Criterion));
        let rest = rest.chain(base.rivals.iter().map(Subject::Rival));
        substance.into_iter().chain(rest.filter(called)).collect()
    }

    /// Its permanent id.
    #[must_use]
    pub fn id(&self) -> &'k str {
        match self {
            Self::Substance(item) => &item.id,
            Self::Questionnaire(item) => &item.id,
            Self::Factor(item) => &item.id,
            Self::Guidance(item) => &item.id,
            Self::Criterion(item) => &item.id,
            Self::Rival(item) => &item.id,
        }
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &'k str {
        match self {
            Self::Substance(item) => &item.names.inn,
            Self::Questionnaire(item) => &item.name,
            Self::Factor(item) => &item.name,
            Self::Guidance(item) => &item.name,
            Self::Criterion(item) => &item.name,
            Self::Rival(item) => &item.name,
        }
    }

    /// What it is, in a word or a class.
    #[must_use]
    pub fn kind(&self) -> &'k str {
        match self {
            Self::Substance(item) => &item.class,
            Self::Questionnaire(_) => "questionnaire",
            Self::Factor(_) => "factor",
            Self::Guidance(_) => "guidance",
            Self::Criterion(_) => "criteria",
            Self::Rival(_) => "look-alike",
        }
    }

    /// Every name that it may be looked up by.
    #[must_use]
    pub fn names(&self) -> Vec<&'k str> {
        let more: Vec<&'k String> = match self {
            Self::Substance(item) => item.names.brands.iter().chain(&item.names.synonyms).collect(),
            Self::Questionnaire(item) => item.names.iter().collect(),
            Self::Factor(item) => item.names.iter().collect(),
            Self::Guidance(item) => item.names.iter().collect(),
            Self::Criterion(_) | Self::Rival(_) => Vec::new(),
        };
        [self.id(), self.name()].into_iter().chain(more.into_iter().map(String::as_str)).collect()
    }

    /// Everything that the base says of it.
    #[must_use]
    pub fn sheet(&self, knowledge: &Knowledge) -> Sheet {
        let mut writer = Writer { knowledge, parts: Vec::new() };
        match self {
            Self::Substance(item) => substance::substance(&mut writer, item),
            Self::Questionnaire(item) => care::questionnaire(&mut writer, item),
            Self::Factor(item) => care::factor(&mut writer, item),
            Self::Guidance(item) => care::guidance(&mut writer, item),
            Self::Criterion(item) => rules::criterion(&mut writer, item),
            Self::Rival(item) => rules::rival(&mut writer, item),
        }
        Sheet { name: self.name().to_owned(), kind: self.kind().to_owned(), parts: writer.print() }
    }
}

/// Collects rows.
struct Writer<'k> {
    knowledge: &'k Knowledge,
    parts: Vec<Part>,
}

impl Writer<'_> {
    /// What follows stands under this title.
    fn part(&mut self, title: &'static str) {
        self.parts.push(Part { title, rows: Vec::new() });
    }

    fn add(&mut self, row: Row) {
        if let Some(part) = self.parts.last_mut() {
            part.rows.push(row);
        }
    }

    /// A fact without a source of its own; nothing where it is not known.
    fn line(&mut self, title: &str, text: &str) {
        self.backed(0, title, text, Vec::new());
    }

    /// The same, of the row before.
    fn under(&mut self, title: &str, text: &str) {
        self.backed(1, title, text, Vec::new());
    }

    /// A fact with its sources; nothing where there is neither.
    fn backed(&mut self, depth: usize, title: &str, text: &str, backing: Vec<Backing>) {
        if !text.is_empty() || !backing.is_empty() {
            self.add(Row { depth, title: title.to_owned(), text: text.to_owned(), backing });
        }
    }

    /// Values of one thing, best first.
    fn values(&mut self, depth: usize, title: &str, values: &[Value]) {
        for value in values {
            let mut text = value.value.clone();
            text.extend(value.parameter.iter().map(|parameter| format!(" ({parameter})")));
            text.extend(value.at.iter().map(|at| format!(", at {at}")));
            text.extend(value.spread.iter().map(|spread| format!(", between people {spread}")));
            text.extend(value.note.iter().map(|note| format!("; {note}")));
            self.backed(depth, title, &text, vec![Backing::from(value)]);
        }
    }

    /// What the whole subject rests on.
    fn sources(&mut self, list: &[Evidence]) {
        self.part("Sources");
        self.backed(0, "sources", "", evidence(list));
    }

    fn print(self) -> Vec<Part> {
        self.parts.into_iter().filter(|part| !part.rows.is_empty()).collect()
    }
}

fn evidence(list: &[Evidence]) -> Vec<Backing> {
    list.iter().map(Backing::from).collect()
}

/// A condition as one reads it; parts of parts stand in brackets.
fn condition(rule: &Rule) -> String {
    let part = |rule: &Rule| match rule {
        Rule::Atom(_) | Rule::Not(_) => condition(rule),
        _ => format!("({})", condition(rule)),
    };
    let parts = |rules: &[Rule], between: &str| rules.iter().map(part).collect::<Vec<_>>().join(between);
    match rule {
        Rule::Atom(atom) => atom.clone(),
        Rule::All(rules) => parts(rules, " and "),
        Rule::Any(rules) => parts(rules, " or "),
        Rule::AtLeast(number, rules) => format!("at least {number} of: {}", parts(rules, ", ")),
        Rule::Not(rule) => format!("not {}", part(rule)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every subject of the base.
    fn all(knowledge: &Knowledge) -> Vec<Subject<'_>> {
        let base = knowledge.base();
        let all = base.substances.iter().map(Subject::Substance);
        let all = all.chain(base.questionnaires.iter().map(Subject::Questionnaire));
        let all = all.chain(base.factors.iter().map(Subject::Factor));
        let all = all.chain(base.guidance.iter().map(Subject::Guidance));
        let all = all.chain(base.criteria.iter().map(Subject::Criterion));
        all.chain(base.rivals.iter().map(Subject::Rival)).collect()
    }

    #[test]
    fn every_sheet_names_a_source_and_no_row_is_empty() {
        let knowledge = Knowledge::bundled();
        for subject in all(&knowledge) {
            let sheet = subject.sheet(&knowledge);
            let rows = || sheet.parts.iter().flat_map(|part| &part.rows);
            // Of what has only names nothing is claimed.
            let named = match subject {
                Subject::Substance(item) => {
                    item.mechanisms.is_empty() && item.pk.is_empty() && item.doses.is_empty()
                }
                _ => false,
            };
            assert!(named || rows().any(|row| !row.backing.is_empty()), "{} has no source", subject.id());
            assert!(rows().all(|row| !row.text.is_empty() || !row.backing.is_empty()), "{}", subject.id());
            assert!(sheet.parts.iter().all(|part| part.rows[0].depth == 0), "{}", subject.id());
            let left = rows().find(|row| row.text.contains("{a}") || row.text.contains("{b}"));
            assert_eq!(left, None, "{} has a name left out", subject.id());
        }
    }

    #[test]
    fn every_subject_is_found_by_its_id() {
        let knowledge = Knowledge::bundled();
        for subject in all(&knowledge) {
            let found = Subject::find(&knowledge, subject.id());
            let same = |other: &Subject<'_>| (other.id(), other.kind()) == (subject.id(), subject.kind());
            assert!(found.iter().any(same), "{} is not found", subject.id());
        }
        assert!(Subject::find(&knowledge, " - ").is_empty());
    }

    #[test]
    fn every_fact_of_a_substance_is_on_its_sheet() {
        let knowledge = Knowledge::bundled();
        for item in &knowledge.base().substances {
            let sheet = Subject::Substance(item).sheet(&knowledge);
            let cited = sheet.parts.iter().flat_map(|part| &part.rows).flat_map(|row| &row.backing);
            let values = item.pk.values().flat_map(|kinetics| kinetics.fields()).flat_map(|(_, list)| list);
            let values = values.chain(item.mechanisms.iter().flat_map(|effect| &effect.potency));
            let values = values.chain(item.washouts.iter().flat_map(|washout| &washout.wait));
            let roles = item.enzymes.iter().flat_map(|role| role.fields()).flat_map(|(_, list)| list);
            let all = values.chain(roles).count();
            assert!(cited.count() >= all, "{}: something is left out", item.id);
        }
    }
}
