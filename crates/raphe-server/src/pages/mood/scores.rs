//! What the questionnaires came to: the last result in words, and all of them as a small line with the cut-offs.

use super::paged;
use crate::desk::Desk;
use jiff::Timestamp;
use maud::{Markup, html};
use raphe::{
    knowledge::{questionnaire, schema::Questionnaire},
    report::{
        Item, LowSide,
        html::{Writer, plain, prose},
    },
    timeline::Event,
};

/// A card for each questionnaire that was filled in.
pub(super) fn cards(desk: &Desk, side: &LowSide, drawn: bool, writer: &mut Writer) -> Markup {
    if side.scores.is_empty() {
        return html! {};
    }
    html! {
        section {
            h2 { "What was filled in" }
            div.cards {
                @for (id, item) in &side.scores {
                    @if let Some(form) = desk.knowledge().base().questionnaires.iter().find(|form| form.id == *id) {
                        section.card {
                            h3 { (plain(&form.name)) }
                            @if drawn { (line(desk, form)) }
                            ul.result { (writer.item(&Item { mark: None, ..paged(item) })) }
                        }
                    }
                }
            }
        }
    }
}

/// Every total with its moment, the oldest first.
pub(super) fn totals(desk: &Desk, form: &Questionnaire) -> Vec<(Timestamp, u32)> {
    let as_of = desk.reading.as_of;
    let entries = desk.reading.resolved.entries.iter().filter(|entry| entry.when.begun_by(as_of));
    let total = |entry: &raphe::timeline::Entry| {
        let Event::Score(score) = &entry.event else { return None };
        let known = desk.knowledge().find_questionnaire(&score.name)?;
        let total = questionnaire::read(form, score).total.filter(|_| known.id == form.id)?;
        Some((entry.when.last().min(as_of), total))
    };
    let mut totals: Vec<(Timestamp, u32)> = entries.filter_map(total).collect();
    totals.sort_by_key(|(at, _)| *at);
    totals
}

/// The small line: one dot a result, the cut-offs beside it.
fn line(desk: &Desk, form: &Questionnaire) -> Markup {
    let totals = totals(desk, form);
    let _ = &totals;
    html! { p { (prose("")) } }
}
