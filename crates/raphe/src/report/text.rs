//! Prints a report as text for a terminal, a pipe or a printer.

use super::{Item, Report};
use crate::knowledge::schema::Urgency;

/// How to make parts stand out; [`Paint::PLAIN`] leaves the text as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Paint {
    /// Whether to use terminal escapes.
    pub colors: bool,
    /// Columns to wrap at.
    pub width: usize,
}

impl Paint {
    /// No escapes, 88 columns.
    pub const PLAIN: Self = Self { colors: false, width: 88 };

    fn wrap_in(self, code: &str, text: &str) -> String {
        if self.colors { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.to_owned() }
    }

    fn bold(self, text: &str) -> String {
        self.wrap_in("1", text)
    }

    fn headline(self, urgency: Urgency, text: &str) -> String {
        let code = match urgency {
            Urgency::Emergency => "1;97;41",
            Urgency::Urgent => "1;31",
            Urgency::Prompt => "1;33",
            Urgency::Watch => "1;36",
            Urgency::None => "1",
        };
        self.wrap_in(code, text)
    }
}

/// Prints a report.
#[must_use]
pub fn print(report: &Report, paint: Paint) -> String {
    let mut out = String::new();
    for line in &report.headline {
        for wrapped in textwrap::wrap(line, options(paint)) {
            out.push_str(&paint.headline(report.urgency, &wrapped));
            out.push('\n');
        }
    }
    for section in &report.sections {
        out.push('\n');
        out.push_str(&paint.bold(&section.title));
        out.push('\n');
        for item in &section.items {
            print_item(&mut out, item, 0, paint);
        }
    }
    if !report.sources.is_empty() {
        out.push('\n');
        out.push_str(&paint.bold("Sources"));
        out.push('\n');
        for (index, source) in report.sources.iter().enumerate() {
            hang(&mut out, &format!("  [{}] ", index + 1), source, paint);
        }
    }
    out.push('\n');
    for line in textwrap::wrap(&report.footer, options(paint)) {
        out.push_str(&line);
        out.push('\n');
    }
    out
}

/// Prints one item with everything under it.
pub(crate) fn print_item(out: &mut String, item: &Item, depth: usize, paint: Paint) {
    let bullet = if depth == 0 { "- " } else { "" };
    let lead = format!("{}{bullet}", " ".repeat(2 + 2 * depth));
    let mut text = match &item.mark {
        Some(mark) => format!("{mark}: {}", item.text),
        None => item.text.clone(),
    };
    if !item.sources.is_empty() {
        let numbers: Vec<String> = item.sources.iter().map(usize::to_string).collect();
        text.push_str(&format!(" [{}]", numbers.join(", ")));
    }
    hang(out, &lead, &text, paint);
    if let Some(curve) = &item.curve {
        let indent = " ".repeat(lead.chars().count());
        let most = curve.values.iter().map(|value| value.median).fold(curve.foot, f64::max);
        let medians: Vec<f64> = curve.values.iter().map(|value| value.median).collect();
        let width = COLUMNS.min(paint.width.saturating_sub(indent.len()));
        let line = blocks(&medians, curve.foot, most, width);
        out.push_str(&format!("{indent}{line}  up to {}\n", crate::units::two_digits(most)));
        hang(out, &indent, &format!("{}.", curve.title), paint);
    }
    if let Some(drawn) = &item.picture {
        let indent = " ".repeat(lead.chars().count());
        for line in super::picture::text(drawn, paint.width.saturating_sub(indent.len())) {
            out.push_str(format!("{indent}{line}").trim_end());
            out.push('\n');
        }
    }
    for under in &item.under {
        print_item(out, under, depth + 1, paint);
    }
}

/// Columns of a curve.
pub const COLUMNS: usize = 60;

/// A curve as one line of blocks, from a foot to a top; each column is the highest of what falls in it.
#[must_use]
pub fn blocks(values: &[f64], foot: f64, top: f64, columns: usize) -> String {
    const BLOCKS: [char; 9] = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
    let count = values.len();
    if count == 0 {
        return String::new();
    }
    let columns = columns.min(count.max(1));
    (0..columns)
        .map(|column| {
            let from = column * count / columns;
            let to = ((column + 1) * count / columns).max(from + 1);
            let highest = values[from..to].iter().fold(f64::NEG_INFINITY, |most, value| most.max(*value));
            let height = if top > foot { ((highest - foot) / (top - foot) * 8.0).round() } else { 0.0 };
            // What is above the foot by any height is seen.
            let least = if highest > foot { 1.0 } else { 0.0 };
            BLOCKS[height.clamp(least, 8.0) as usize]
        })
        .collect()
}

/// Wraps a text behind a lead, the next lines under its first letter.
fn hang(out: &mut String, lead: &str, text: &str, paint: Paint) {
    let indent = " ".repeat(lead.chars().count());
    out.push_str(&textwrap::fill(text, options(paint).initial_indent(lead).subsequent_indent(&indent)));
    out.push('\n');
}

/// Lines break at spaces only: a number, an address or a hyphenated word stays whole.
fn options(paint: Paint) -> textwrap::Options<'static> {
    textwrap::Options::new(paint.width)
        .break_words(false)
        .word_separator(textwrap::WordSeparator::AsciiSpace)
        .word_splitter(textwrap::WordSplitter::NoHyphenation)
}
