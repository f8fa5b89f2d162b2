//! Hatchings and legends: what tells one series from another without color.

use super::words::plain;
use maud::{Markup, html};

/// How many series look different; more begin again.
pub(super) const LOOKS: usize = 6;

/// The classes of the look of a series, from its number.
pub(super) fn look(number: usize) -> usize {
    number % LOOKS
}

/// A line of the legend.
pub(super) enum Key {
    /// A series: its line over its range.
    Series {
        /// Its look.
        look: usize,
        /// A second future: dashed.
        second: bool,
        /// Its name.
        name: String,
    },
    /// A shaded stretch; the class of its shading and its name.
    Window(&'static str, String),
    /// A horizontal line; its class and its name.
    Line(&'static str, String),
    /// A shape: its class, its look, its corners (none for a circle), its name.
    Shape(&'static str, usize, &'static [(f64, f64)], String),
    /// Words alone.
    Words(String),
}

impl Key {
    /// How to read every line with a range.
    pub(super) fn range() -> Self {
        Self::Words("Line: the middle. Shaded: where nine in ten lie.".to_owned())
    }
}

/// The legend under a drawing; nothing when there is nothing to explain.
pub(super) fn legend(figure: &str, keys: &[Key]) -> Markup {
    let url = |fill: &str| format!("url(#{figure}-{fill})");
    html! {
        @if !keys.is_empty() {
            ul.chart-legend {
                @for key in keys {
                    li {
                        @match key {
                            Key::Series { look, second, name } => {
                                @let dash = if *second { " second" } else { "" };
                                svg width="34" height="16" aria-hidden="true" {
                                    rect class=(format!("band s{look}{dash}")) fill=(url(&format!("fill-{look}")))
                                        x="1" y="1" width="32" height="14" {}
                                    path class=(format!("line s{look}{dash}")) d="M1 8H33" {}
                                }
                                span { (plain(name)) }
                            }
                            Key::Window(tone, name) => {
                                svg width="34" height="16" aria-hidden="true" {
                                    rect class=(format!("window {tone}")) fill=(url(&format!("fill-{tone}")))
                                        x="1" y="1" width="32" height="14" {}
                                }
                                span { (plain(name)) }
                            }
                            Key::Line(class, name) => {
                                svg width="34" height="16" aria-hidden="true" {
                                    path class=(class) d="M1 8H33" {}
                                }
                                span { (plain(name)) }
                            }
                            Key::Shape(class, look, corners, name) => {
                                svg width="16" height="16" aria-hidden="true" {
                                    @if corners.is_empty() {
                                        circle class=(format!("{class} s{look}")) cx="8" cy="8" r="4.25" {}
                                    } @else if *class == "cross" {
                                        polyline class=(format!("{class} s{look}")) points=(around(corners)) {}
                                    } @else {
                                        polygon class=(format!("{class} s{look}")) points=(around(corners)) {}
                                    }
                                }
                                span { (plain(name)) }
                            }
                            Key::Words(words) => span { (plain(words)) },
                        }
                    }
                }
            }
        }
    }
}

/// Corners around the middle of a key.
fn around(corners: &[(f64, f64)]) -> String {
    let corners: Vec<String> = corners.iter().map(|(x, y)| format!("{},{}", x + 8.0, y + 8.0)).collect();
    corners.join(" ")
}

/// The hatchings that these drawings use.
pub(super) fn fills(figure: &str, drawings: &[&str]) -> Markup {
    let used = |fill: &str| {
        let url = format!("url(#{figure}-{fill})");
        drawings.iter().any(|drawing| drawing.contains(&url))
    };
    let hatch = |fill: &str, class: &str, size: &str, turn: &str, path: &str| {
        html! {
            pattern id=(format!("{figure}-{fill}")) width=(size) height=(size) patternUnits="userSpaceOnUse"
                patternTransform=(format!("rotate({turn})")) {
                rect class=(format!("ground {class}")) width=(size) height=(size) {}
                path class=(format!("hatch {class}")) d=(path) {}
            }
        }
    };
    let looks: [(&str, &str, &str); LOOKS] = [
        ("7", "45", "M0 0V7"),
        ("7", "-45", "M0 0V7"),
        ("7", "0", "M2 3.5h3M3.5 2v3"),
        ("6", "90", "M0 0V6"),
        ("8", "45", "M0 0V8M0 0H8"),
        ("6", "0", "M0 0V6"),
    ];
    let tones =
        [("safe", "5", "0", "M2 2h1"), ("danger", "9", "45", "M0 0V9"), ("plain", "9", "-45", "M0 0V9")];
    html! {
        defs {
            @for (look, (size, turn, path)) in looks.iter().enumerate() {
                @let fill = format!("fill-{look}");
                @if used(&fill) { (hatch(&fill, &format!("s{look}"), size, turn, path)) }
            }
            @for (tone, size, turn, path) in tones {
                @let fill = format!("fill-{tone}");
                @if used(&fill) { (hatch(&fill, tone, size, turn, path)) }
            }
        }
    }
}
