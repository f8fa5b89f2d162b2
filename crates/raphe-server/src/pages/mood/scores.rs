//! What the questionnaires came to: the last result in words, and all of them as a small line with the cut-offs.

use super::{super::words::capital, paged};
use crate::{
    chart::{self, Figure, Scale, Spark, Threshold, Time},
    desk::Desk,
};
use jiff::Timestamp;
use maud::{Markup, html};
use raphe::{
    knowledge::{
        questionnaire,
        schema::{self, Questionnaire},
    },
    report::{
        Item, LowSide,
        html::{Writer, plain},
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

/// The small line: one dot a result, the ends of the bands beside it.
fn line(desk: &Desk, form: &Questionnaire) -> Markup {
    let totals = totals(desk, form);
    let (Some((first, from)), Some((last, to))) = (totals.first(), totals.last()) else { return html! {} };
    let zone = desk.zone();
    let date = |at: Timestamp| at.to_zoned(zone.clone()).date().to_string();
    let better = if form.higher_is_better { "higher" } else { "lower" };
    let says = match totals.len() {
        1 => format!("One result: {to} on {}. {} is better.", date(*last), capital(better)),
        many => {
            let (day, end) = (date(*first), date(*last));
            format!("{many} results: {from} on {day}, {to} on {end}. {} is better.", capital(better))
        }
    };
    // A band begins where the one below ends; the lowest begins at the foot.
    let begins = |band: &schema::Band| match form.higher_is_better {
        true => Threshold::new(f64::from(band.to), format!("up to here {}", band.name)),
        false => Threshold::new(f64::from(band.from), band.name.clone()),
    };
    let inner = |band: &&schema::Band| match form.higher_is_better {
        true => band.to < form.highest,
        false => band.from > form.lowest,
    };
    let id = format!("score-{}", form.id);
    // A card is never wider than this, and the text around it needs some.
    let width = (desk.width() - 40.0).clamp(160.0, 320.0) as u32;
    let spark = Spark {
        time: Time::new(*first, desk.reading.as_of.max(*last), zone.clone()),
        // From the foot of the questionnaire to the highest cut-off or value: its upper end would flatten the line.
        scale: Scale { least: Some(f64::from(form.lowest)), ..Scale::linear(form.name.clone()) },
        points: totals.iter().map(|(at, total)| (*at, f64::from(*total))).collect(),
        cutoffs: form.bands.iter().filter(inner).map(begins).collect(),
    };
    html! { div.spark id=(format!("{id}-live")) data-live { (chart::spark(&Figure::new(&id, &form.title, &says, width), &spark)) } }
}
