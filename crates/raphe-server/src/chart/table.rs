//! The same data as a table, behind a disclosure.

use super::words::plain;
use maud::{Markup, html};

/// More rows than this are no table to read.
pub(super) const MOST: usize = 60;

/// Rows of words; the first cell of each row names it.
#[derive(Debug, Default)]
pub(super) struct Table {
    /// The columns.
    pub(super) heads: Vec<String>,
    /// The rows that are shown, at most [`MOST`].
    pub(super) rows: Vec<Vec<String>>,
    /// How many there were.
    pub(super) of: usize,
    /// What is drawn and belongs to no row: thresholds, windows.
    pub(super) notes: Vec<String>,
}

impl Table {
    pub(super) fn put(&self, figure: &str, title: &str) -> Markup {
        html! {
            details.chart-data {
                summary { "Show the numbers" span.chart-hidden { ": " (plain(title)) } }
                @if self.rows.is_empty() {
                    p { "There is nothing to list." }
                } @else {
                    div.chart-scroll role="region" tabindex="0" aria-labelledby=(format!("{figure}-table")) {
                        table {
                            caption id=(format!("{figure}-table")) {
                                (plain(title)) ": the numbers"
                                @if self.of > self.rows.len() {
                                    " (" (self.rows.len()) " rows of " (self.of) "; highest and lowest are among them)"
                                }
                            }
                            thead { tr { @for head in &self.heads { th scope="col" { (plain(head)) } } } }
                            tbody {
                                @for row in &self.rows {
                                    tr {
                                        @for (place, cell) in row.iter().enumerate() {
                                            @if place == 0 {
                                                th scope="row" { (plain(cell)) }
                                            } @else {
                                                td { (plain(cell)) }
                                            }
                                        }
                                    }
                                }
                            }
                        }
                    }
                }
                @if !self.notes.is_empty() {
                    ul { @for note in &self.notes { li { (plain(note)) } } }
                }
            }
        }
    }
}
