//! A questionnaire's answers, read against the questionnaire itself.
//!
//! Every answer must be one that the questionnaire offers, and there must be as many of them as it has items. Answers that
//! were left out are filled with the mean of the others only where the questionnaire allows so many to be missing, and the one
//! about suicide never is. What is wrong is said with its column and with what to write; then there is no total rather than
//! one that looks right.

use super::schema::{Band, Questionnaire};
use crate::timeline::{Notice, Place, Score, Weight};

/// What a line's answers come to.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Reading {
    /// The total; `None` where the answers give none.
    pub total: Option<u32>,
    /// Whether answers that were left out were filled with the mean of the others.
    pub prorated: bool,
    /// Numbers of the items without an answer, from 1.
    pub unanswered: Vec<u32>,
    /// What is wrong or worth saying.
    pub remarks: Vec<Remark>,
}

/// Something wrong with an answer, a total or the number of answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remark {
    /// Which part of the line: 0 is the name, then the answers, then the total.
    pub part: usize,
    /// As long as what is there.
    pub length: u32,
    /// How much it matters: an error leaves no total.
    pub weight: Weight,
    /// What was found.
    pub says: String,
    /// What to write.
    pub help: String,
}

impl Reading {
    /// The remarks as notices of a line.
    #[must_use]
    pub fn notices(&self, score: &Score, line: Option<u32>) -> Vec<Notice> {
        let notice = |remark: &Remark| Notice {
            weight: remark.weight,
            place: line.map(|line| Place {
                line,
                column: score.columns.get(remark.part).copied().unwrap_or(1),
                length: remark.length,
            }),
            says: remark.says.clone(),
            help: Some(remark.help.clone()),
        };
        self.remarks.iter().map(notice).collect()
    }
}

/// The highest answer to an item, where answers may be added up.
#[must_use]
pub fn item_highest(form: &Questionnaire) -> Option<u32> {
    form.answers.iter().map(|choice| choice.score).max().or(form.item_highest)
}

/// Numbers of the items about suicide, from 1.
#[must_use]
pub fn suicide_items(form: &Questionnaire) -> Vec<u32> {
    let shown = (1..).zip(&form.texts).filter(|(_, item)| item.suicide).map(|(number, _)| number);
    shown.chain(form.suicide_items.iter().copied()).collect()
}

/// Whether an answer about suicide is above zero; `None` where nobody can tell.
///
/// A total that the other items cannot reach together tells it as well. Answers count even where the line is otherwise wrong.
#[must_use]
pub fn suicide(form: &Questionnaire, score: &Score) -> Option<bool> {
    let items = suicide_items(form);
    let answer = |item: &u32| score.items.get(*item as usize - 1).copied().flatten();
    let answers: Vec<u32> = items.iter().filter_map(answer).collect();
    if answers.iter().any(|answer| *answer > 0) {
        return Some(true);
    }
    let others = form.items.saturating_sub(items.len() as u32);
    let most = item_highest(form).filter(|_| !items.is_empty()).map(|highest| f64::from(others * highest));
    match (most, score.total) {
        (Some(most), Some(total)) if total > most && total <= f64::from(form.highest) => Some(true),
        _ => (!answers.is_empty()).then_some(false),
    }
}

/// The range that a total lies in.
#[must_use]
pub fn band(form: &Questionnaire, total: u32) -> Option<&Band> {
    form.bands.iter().find(|band| (band.from..=band.to).contains(&total))
}

/// Whether a total is a positive screen; `None` where the questionnaire is no screen.
#[must_use]
pub fn screen(form: &Questionnaire, total: u32) -> Option<bool> {
    form.screen.map(|limit| if form.higher_is_better { total <= limit } else { total >= limit })
}

/// Reads the answers, or the total, of one line.
#[must_use]
pub fn read(form: &Questionnaire, score: &Score) -> Reading {
    let mut reading = Reading::default();
    let answered = match score.items.is_empty() {
        true => None,
        false => items(form, score, &mut reading),
    };
    let Some(written) = score.total else {
        reading.total = answered;
        return reading;
    };
    let part = score.items.len() + 1;
    let mut wrong = |weight, says: String, help: String| {
        reading.remarks.push(Remark { part, length: 1, weight, says, help });
    };
    let whole = written.fract() == 0.0;
    let inside = (f64::from(form.lowest)..=f64::from(form.highest)).contains(&written);
    let range = format!("{} to {}", form.lowest, form.highest);
    match answered {
        _ if !whole || !inside => wrong(
            Weight::Error,
            format!("`{written}` is not a total of {}: its totals go from {range}", form.name),
            "look at the sheet again and write the total, or the answers in order".to_owned(),
        ),
        Some(sum) if f64::from(sum) != written => {
            wrong(
                Weight::Warning,
                format!("the answers give {sum}, and the total says {written}"),
                "the answers are used; look at the sheet again".to_owned(),
            );
            reading.total = Some(sum);
        }
        _ if !score.items.is_empty() && answered.is_none() => {}
        _ => reading.total = Some(written as u32),
    }
    reading
}

/// The sum of the answers, times what the questionnaire says.
fn items(form: &Questionnaire, score: &Score, reading: &mut Reading) -> Option<u32> {
    let name = &form.name;
    let mut wrong = |part: usize, length: usize, weight, says: String, help: String| {
        reading.remarks.push(Remark { part, length: length as u32, weight, says, help });
    };
    let total_help =
        format!("write the total, for example `score {name} total {}`", form.lowest.midpoint(form.highest));
    let Some(highest) = item_highest(form) else {
        let says = format!("the answers of {name} are not added up here");
        wrong(0, name.chars().count(), Weight::Error, says, total_help);
        return None;
    };
    let (wanted, written) = (form.items as usize, score.items.len());
    if written != wanted && !(wanted..=wanted + form.not_counted as usize).contains(&written) {
        wrong(
            written.min(wanted + 1),
            1,
            Weight::Error,
            format!(
                "{name} has {wanted} questions, and {written} {} written",
                if written == 1 { "answer is" } else { "answers are" }
            ),
            format!(
                "write {wanted} answers in order, `-` for one that was not answered, or the total: `score {name} total 11`"
            ),
        );
        return None;
    }
    let counted = &score.items[..wanted];
    let mut sound = true;
    for (index, answer) in counted.iter().enumerate() {
        if let Some(answer) = answer.filter(|answer| *answer > highest) {
            sound = false;
            let says = format!("`{answer}` is not an answer to question {} of {name}", index + 1);
            let help = format!("its answers go from 0 to {highest}; `-` is a question that was not answered");
            wrong(index + 1, answer.to_string().len(), Weight::Error, says, help);
        }
    }
    let unanswered: Vec<u32> =
        (1..).zip(counted).filter(|(_, answer)| answer.is_none()).map(|(number, _)| number).collect();
    let about_suicide = unanswered.iter().any(|item| suicide_items(form).contains(item));
    let missing = unanswered.len() as u32;
    if sound && missing > 0 {
        let (weight, says) = match () {
            () if about_suicide => (
                Weight::Warning,
                "the question about suicide was not answered, and it is never guessed: no total".to_owned(),
            ),
            () if missing > form.may_miss => (
                Weight::Warning,
                format!(
                    "{missing} of {wanted} questions were not answered, and {name} allows {}: no total",
                    form.may_miss
                ),
            ),
            () => (
                Weight::Info,
                format!(
                    "{missing} of {wanted} questions were not answered: the mean of the others stands for {}",
                    if missing == 1 { "it" } else { "them" }
                ),
            ),
        };
        let help = match about_suicide {
            true => "answer it, or talk about it with someone".to_owned(),
            false => "answer them if you can".to_owned(),
        };
        wrong(unanswered[0] as usize, 1, weight, says, help);
    }
    reading.unanswered = unanswered;
    if !sound || about_suicide || missing > form.may_miss {
        return None;
    }
    let sum: u32 = counted.iter().flatten().sum();
    let answered = form.items - missing;
    reading.prorated = missing > 0;
    let whole = libm::round(f64::from(sum) * f64::from(form.items) / f64::from(answered)) as u32;
    Some(whole * form.times.unwrap_or(1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        knowledge::Knowledge,
        timeline::{Event, diary},
    };

    fn of(line: &str) -> (Reading, Option<bool>, Vec<String>) {
        let knowledge = Knowledge::bundled();
        let (timeline, _) = diary::read(format!("2026-03-01 score {line}").as_bytes());
        let Event::Score(score) = &timeline.entries[0].event else { panic!("{line} is no score") };
        let form = knowledge.find_questionnaire(&score.name).expect("it is known");
        let reading = read(form, score);
        let said = reading.notices(score, Some(1)).into_iter().map(|notice| {
            let place = notice.place.expect("it stands in a line");
            format!(
                "{:?} {}+{} {} | {}",
                notice.weight,
                place.column,
                place.length,
                notice.says,
                notice.help.unwrap_or_default()
            )
        });
        let said = said.collect();
        (reading, suicide(form, score), said)
    }

    #[test]
    fn answers_add_up_and_the_last_question_on_daily_life_does_not_count() {
        assert_eq!(of("PHQ-9 2 1 2 2 1 1 2 0 0").0.total, Some(11));
        assert_eq!(of("PHQ-9 2 1 2 2 1 1 2 0 0 3").0.total, Some(11));
        assert_eq!(of("WHO-5 3 3 2 2 3").0.total, Some(52));
        assert_eq!(of("EPDS 1 1 2 1 0 1 1 1 0 0").0.total, Some(8));
        assert_eq!(of("ISI total 16").0.total, Some(16));
    }

    #[test]
    fn what_was_left_out_is_filled_only_where_the_questionnaire_allows_it() {
        let (reading, _, said) = of("PHQ-9 3 - 3 3 - 3 3 3 0");
        assert_eq!((reading.total, reading.prorated, reading.unanswered), (Some(23), true, vec![2, 5]));
        assert!(said[0].starts_with("Info 26+1"), "{said:?}");
        assert_eq!(of("PHQ-9 3 - 3 3 - 3 - 3 0").0.total, None);
        assert_eq!(of("EPDS 1 1 - 1 0 1 1 1 0 0").0.total, None);
        // What was not said about suicide is never guessed.
        let (reading, asked, said) = of("PHQ-9 1 1 1 1 1 1 1 1 -");
        assert_eq!((reading.total, asked), (None, None));
        assert!(said[0].contains("never guessed"), "{said:?}");
    }

    #[test]
    fn what_is_wrong_is_said_with_its_column() {
        let (reading, _, said) = of("PHQ-9 2 1 5 2 1 1 2 0 0");
        assert_eq!(reading.total, None);
        assert_eq!(
            said,
            [
                "Error 28+1 `5` is not an answer to question 3 of PHQ-9 | its answers go from 0 to 3; `-` is a question that was not answered"
            ]
        );
        let (reading, _, said) = of("PHQ-9 2 1 2 2 1 1 2 0");
        assert_eq!(reading.total, None);
        assert!(
            said[0]
                .starts_with("Error 38+1 PHQ-9 has 9 questions, and 8 answers are written | write 9 answers"),
            "{said:?}"
        );
        let (reading, _, said) = of("PHQ-9 total 31");
        assert_eq!(reading.total, None);
        assert!(
            said[0].starts_with("Error 30+1 `31` is not a total of PHQ-9: its totals go from 0 to 27"),
            "{said:?}"
        );
        let (reading, _, said) = of("GAD-7 1 1 1 1 1 1 1 total 9");
        assert_eq!(reading.total, Some(7));
        assert!(said[0].contains("the answers give 7, and the total says 9"), "{said:?}");
        assert_eq!(of("PSS-10 1 1 1 1 1 1 1 1 1 1").0.total, None);
    }

    #[test]
    fn an_answer_about_suicide_counts_even_in_a_line_that_is_wrong() {
        assert_eq!(of("PHQ-9 2 1 5 2 1 1 2 0 1").1, Some(true));
        assert_eq!(of("PHQ-9 2 1 2 2 1 1 2 0 0").1, Some(false));
        assert_eq!(of("EPDS 0 0 0 0 0 0 0 0 0 1").1, Some(true));
        // A total that the other eight cannot reach.
        assert_eq!(of("PHQ-9 total 25").1, Some(true));
        assert_eq!(of("PHQ-9 total 24").1, None);
        assert_eq!(of("GAD-7 total 21").1, None);
    }

    #[test]
    fn bands_hold_both_of_their_ends() {
        let knowledge = Knowledge::bundled();
        let form = knowledge.find_questionnaire("PHQ-9").expect("it is known");
        let named = |total| band(form, total).map(|band| band.name.as_str());
        assert_eq!(
            [9, 10, 14, 15, 19, 20].map(named),
            ["mild", "moderate", "moderate", "moderately severe", "moderately severe", "severe"].map(Some)
        );
        assert_eq!([9, 10].map(|total| screen(form, total)), [Some(false), Some(true)]);
        let better = knowledge.find_questionnaire("WHO-5").expect("it is known");
        assert_eq!([50, 51].map(|total| screen(better, total)), [Some(true), Some(false)]);
    }
}
