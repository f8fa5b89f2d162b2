//! The scores of one person before and after, as a figure: drawn for the width there is, with a sentence and its numbers.

use crate::desk::Desk;
use maud::{Markup, PreEscaped, html};
use raphe::{
    helping::{Outcome, series::date_of, treatment::Treatment},
    report::{self, html::plain, picture},
    units::number,
};

/// Wider than this the eye loses the line.
const WIDEST: f64 = 860.0;
/// So many rows a table shows at most: a year of days.
const ROWS: usize = 366;

/// The figure of one series.
pub(super) fn figure(desk: &Desk, outcome: &Outcome, treatment: &Treatment) -> Markup {
    let drawn = report::picture_of(outcome, treatment);
    let left_out = drawn.points.len().saturating_sub(ROWS);
    let (without, with) = drawn.words;
    let round = |value: f64| number((value * 10.0).round() / 10.0);
    html! {
        figure.n-of-1 id="helping-picture" data-live {
            // Our own drawing of our own engine: every word in it was escaped there.
            (PreEscaped(picture::svg_of(&drawn, desk.width().min(WIDEST))))
            figcaption { (plain(&drawn.describes)) }
            details {
                summary { "The same in numbers" }
                div.scroll role="group" tabindex="0" aria-label=(format!("Numbers of: {}", plain(&drawn.title))) {
                    @if left_out > 0 { p { "The last " (ROWS) " of " (drawn.points.len()) " values." } }
                    table {
                        thead { tr { th scope="col" { "Day" } th scope="col" { (plain(&outcome.series.name)) } th scope="col" { "When" } } }
                        tbody {
                            @for (day, value, after) in drawn.points.iter().skip(left_out) {
                                tr { th scope="row" { (date_of(*day)) } td { (round(*value)) } td { (if *after { with } else { without }) } }
                            }
                        }
                    }
                    @if let (Some((first, begin)), Some((last, end))) = (drawn.band.first(), drawn.band.last()) {
                        table {
                            caption { "Where the middle lies, 9 in 10 sure" }
                            thead { tr { th scope="col" { "Day" } th scope="col" { "middle" } th scope="col" { "lower end" } th scope="col" { "upper end" } } }
                            tbody {
                                @for (day, [low, middle, high]) in [(first, begin), (last, end)] {
                                    tr { th scope="row" { (date_of(*day)) } td { (round(*middle)) } td { (round(*low)) } td { (round(*high)) } }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}
