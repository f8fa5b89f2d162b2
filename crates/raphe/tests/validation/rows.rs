//! Tables of published numbers: `[[heading]]`, then one `key = value` on each line.

use raphe::predict::Row;

/// Reads the tables of one heading; those of others are passed over.
pub(crate) fn read(text: &str, heading: &str) -> Vec<Row> {
    let mut rows: Vec<Row> = Vec::new();
    let mut wanted = false;
    for (number, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        if let Some(found) = line.strip_prefix("[[").and_then(|rest| rest.strip_suffix("]]")) {
            wanted = found == heading;
            if wanted {
                rows.push(Row::new());
            }
            continue;
        }
        let (key, value) =
            line.split_once('=').unwrap_or_else(|| panic!("line {}: no key = value", number + 1));
        if wanted && let Some(row) = rows.last_mut() {
            row.insert(key.trim().to_owned(), value.trim().trim_matches('"').to_owned());
        }
    }
    rows
}

/// What a row says under a key; nothing if it says nothing.
pub(crate) fn cell<'a>(row: &'a Row, key: &str) -> &'a str {
    row.get(key).map_or("", String::as_str)
}

/// Two numbers: `2 .. 4`.
pub(crate) fn range(text: &str) -> (f64, f64) {
    let ends = text.split_once("..").and_then(|(low, high)| Some((number(low)?, number(high)?)));
    ends.unwrap_or_else(|| panic!("`{text}` is no range"))
}

/// A number, with or without its percent sign.
pub(crate) fn number(text: &str) -> Option<f64> {
    text.trim().trim_end_matches('%').trim_end().parse().ok()
}

/// A line of a Markdown table.
pub(crate) fn line(cells: &[&str]) -> String {
    format!("| {} |\n", cells.join(" | "))
}

/// The head of one.
pub(crate) fn head(cells: &[&str]) -> String {
    format!("{}|{}\n", line(cells), "---|".repeat(cells.len()))
}

/// Three significant digits.
pub(crate) fn shown(value: f64) -> String {
    match value.abs() {
        v if v >= 100.0 => format!("{value:.0}"),
        v if v >= 10.0 => format!("{value:.1}"),
        v if v >= 1.0 => format!("{value:.2}"),
        _ => format!("{value:.3}"),
    }
}
