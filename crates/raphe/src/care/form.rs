//! A questionnaire, item by item.
//!
//! A [`Form`] takes one answer after the other, goes back when asked, and gives the line for the diary at the end. Where the
//! text of the items may not be shown, it asks for the total alone and says why. It reads and prints nothing itself, so that a
//! program, a screen and a test ask in the same way.

use crate::{
    knowledge::{
        questionnaire,
        schema::{Item, Questionnaire},
    },
    timeline::Score,
};

/// A questionnaire that is being answered.
#[derive(Debug, Clone)]
pub struct Form<'k> {
    asks: &'k Questionnaire,
    answers: Vec<Option<u32>>,
    total: Option<u32>,
}

/// What is asked next.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Step<'k> {
    /// An item, by its number from 1.
    Item(u32, &'k Item),
    /// The total, because the items may not be shown.
    Total,
    /// Nothing more.
    Done,
}

/// What an answer led to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Took {
    /// It was taken.
    Yes,
    /// It was taken, and it is about suicide: the crisis lines are due at once.
    Crisis,
    /// It is no answer; what to write instead.
    No(String),
}

impl<'k> Form<'k> {
    /// A questionnaire without an answer.
    #[must_use]
    pub fn new(asks: &'k Questionnaire) -> Self {
        Self { asks, answers: Vec::new(), total: None }
    }

    /// Whether the text of the items may be shown.
    #[must_use]
    pub fn shows_items(&self) -> bool {
        !self.asks.texts.is_empty()
    }

    /// What to ask.
    #[must_use]
    pub fn step(&self) -> Step<'k> {
        if !self.shows_items() {
            return if self.total.is_some() { Step::Done } else { Step::Total };
        }
        match self.asks.texts.get(self.answers.len()) {
            Some(item) => Step::Item(self.answers.len() as u32 + 1, item),
            None => Step::Done,
        }
    }

    /// Takes an answer: the number of a choice, `-` for none, `back` for the question before.
    pub fn answer(&mut self, text: &str) -> Took {
        let text = text.trim();
        if matches!(text.to_lowercase().as_str(), "back" | "b" | "<") {
            self.answers.pop();
            return Took::Yes;
        }
        match self.step() {
            Step::Done => Took::Yes,
            Step::Total => {
                let range = self.asks.lowest..=self.asks.highest;
                match text.parse().ok().filter(|total| range.contains(total)) {
                    Some(total) => {
                        self.total = Some(total);
                        self.crisis()
                    }
                    None => Took::No(format!(
                        "write the total, from {} to {}",
                        self.asks.lowest, self.asks.highest
                    )),
                }
            }
            Step::Item(_, item) => {
                if matches!(text, "-" | "–") {
                    self.answers.push(None);
                    return Took::Yes;
                }
                let chosen = text
                    .parse()
                    .ok()
                    .filter(|chosen| self.asks.answers.iter().any(|known| known.score == *chosen));
                let Some(chosen) = chosen else {
                    let known: Vec<String> =
                        self.asks.answers.iter().map(|choice| choice.score.to_string()).collect();
                    let known = crate::assess::list(&known, "or");
                    return Took::No(format!(
                        "write {known}, `-` to leave it out, or `back` for the question before"
                    ));
                };
                self.answers.push(Some(chosen));
                if item.suicide && chosen > 0 { Took::Crisis } else { Took::Yes }
            }
        }
    }

    fn crisis(&self) -> Took {
        match questionnaire::suicide(self.asks, &self.score()) {
            Some(true) => Took::Crisis,
            _ => Took::Yes,
        }
    }

    /// The answers so far, as an entry of a diary holds them.
    #[must_use]
    pub fn score(&self) -> Score {
        Score {
            name: self.asks.name.clone(),
            items: self.answers.clone(),
            total: self.total.map(f64::from),
            columns: Vec::new(),
        }
    }

    /// What the answers come to.
    #[must_use]
    pub fn result(&self) -> questionnaire::Reading {
        questionnaire::read(self.asks, &self.score())
    }

    /// What the answers come to in words: total, band, screen, what is missing, and what it cannot tell.
    #[must_use]
    pub fn says(&self) -> Vec<String> {
        let form = self.asks;
        let reading = self.result();
        let mut says = match reading.total {
            Some(total) => {
                let band = questionnaire::band(form, total);
                let band = band.map_or_else(String::new, |band| format!(": {}", band.name));
                vec![format!("{} {total} of {}{band} ({}).", form.name, form.highest, form.measures)]
            }
            None => vec![format!("{}: the answers give no total.", form.name)],
        };
        says.extend(
            reading.remarks.iter().map(|remark| crate::assess::capital(&format!("{}.", remark.says))),
        );
        if reading.total.and_then(|total| questionnaire::screen(form, total)) == Some(true) {
            says.push("A positive screen: it asks for a talk with a doctor, and is no diagnosis.".to_owned());
        }
        says.push(form.limits.clone());
        says
    }

    /// The rest of the diary line after its date: `score PHQ-9 2 1 …`.
    #[must_use]
    pub fn line(&self) -> String {
        let name = &self.asks.name;
        match self.total {
            Some(total) => format!("score {name} total {total}"),
            None => {
                let answers = self
                    .answers
                    .iter()
                    .map(|answer| answer.map_or("-".to_owned(), |answer| answer.to_string()));
                format!("score {name} {}", answers.collect::<Vec<_>>().join(" "))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::knowledge::Knowledge;

    #[test]
    fn answers_go_forward_and_back_and_become_a_line() {
        let knowledge = Knowledge::bundled();
        let phq = knowledge.find_questionnaire("phq-9").expect("it is known");
        let mut form = Form::new(phq);
        assert!(matches!(form.answer("7"), Took::No(help) if help.contains("0, 1, 2 or 3")));
        for answer in ["2", "1", "back", "3", "2", "2", "1", "1", "2", "-"] {
            assert_eq!(form.answer(answer), Took::Yes, "{answer}");
        }
        assert!(matches!(form.step(), Step::Item(9, item) if item.suicide));
        assert_eq!(form.answer("1"), Took::Crisis);
        assert_eq!(form.step(), Step::Done);
        assert_eq!(form.line(), "score PHQ-9 2 3 2 2 1 1 2 - 1");
        assert_eq!(form.result().total, Some(16));
    }

    #[test]
    fn where_the_items_may_not_be_shown_only_the_total_is_asked() {
        let knowledge = Knowledge::bundled();
        let isi = knowledge.find_questionnaire("ISI").expect("it is known");
        let mut form = Form::new(isi);
        assert_eq!(form.step(), Step::Total);
        assert!(matches!(form.answer("29"), Took::No(_)));
        assert_eq!(form.answer("16"), Took::Yes);
        assert_eq!((form.step(), form.line()), (Step::Done, "score ISI total 16".to_owned()));
        // Nine items of a total that eight cannot reach: the ninth was answered.
        let bdi = knowledge.find_questionnaire("BDI-II").expect("it is known");
        assert_eq!(Form::new(bdi).answer("62"), Took::Crisis);
    }
}
