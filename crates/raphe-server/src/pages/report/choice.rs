//! What goes on the paper.

use super::medicines::MEDICINES;
use crate::visit::Posted;
use raphe::report::{Item, Report, Section, Voice};
use std::collections::BTreeSet;

/// What this browser chose. What was not asked yet is on the paper.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Choice {
    /// The whole report, and not what fits on one page.
    pub(super) whole: bool,
    /// In whose words; `None` = as the pages speak.
    pub(super) voice: Option<Voice>,
    /// Titles of what is left out.
    pub(super) off: BTreeSet<String>,
}

/// What nobody can leave out.
const ALWAYS: [&str; 2] = ["Thoughts of suicide", "Not assessed"];

/// The title of what says so where something is.
const LEFT_OUT: &str = "Not on this copy";

/// What stands on one page, and how many items of each: what is to be done, what was taken, why, and what was not read.
///
/// No medicine, no thought of suicide and nothing that was not assessed is ever counted away, even where it takes more than
/// a page.
const ON_ONE_PAGE: [(&str, usize); 15] = [
    ("Thoughts of suicide", ALL),
    ("What to do", ALL),
    ("About the person", ALL),
    (MEDICINES, ALL),
    ("Why", 5),
    ("What was taken, together", 12),
    ("The rules by which doctors recognize serotonin toxicity", 1),
    ("Diagnostic criteria for serotonin toxicity", 1),
    ("What it could be", 2),
    ("How it began and how it goes", 1),
    ("Features that the article calls low serotonin", 2),
    ("What may play a part", 2),
    ("How the diary was read", 6),
    ("Not assessed", ALL),
    (LEFT_OUT, ALL),
];
const ALL: usize = usize::MAX;
/// Of each medicine so many lines of the diary stand on one page, the last ones.
const LINES: usize = 2;

/// What fits on one page of a report: fewer sections, fewer items, no pictures in them; and what it leaves out.
fn on_one_page(report: &Report) -> Report {
    let mut left: Vec<String> = Vec::new();
    let mut sections: Vec<Section> = Vec::new();
    for section in &report.sections {
        let Some((_, most)) = ON_ONE_PAGE.iter().find(|(title, _)| *title == section.title) else {
            left.push(format!("“{}”", section.title));
            continue;
        };
        let short = |item: &Item| {
            let lines = if section.title == MEDICINES { item.under.as_slice() } else { &[] };
            let under = lines[lines.len().saturating_sub(LINES)..].to_vec();
            Item { under, curve: None, picture: None, ..item.clone() }
        };
        let mut items: Vec<Item> = section.items.iter().take(*most).map(short).collect();
        let more = section.items.len() - items.len();
        if more > 0
            && let Some(last) = items.last_mut()
        {
            last.text.push_str(&format!(" (And {more} more in the whole report.)"));
        }
        sections.push(Section { title: section.title.clone(), items });
    }
    let also = if left.is_empty() { String::new() } else { format!(", and also {}", left.join(", ")) };
    let text = format!("The whole report says more of each of these{also}.");
    sections.push(Section {
        title: "Shortened to one page".to_owned(),
        items: vec![Item { text, ..Item::default() }],
    });
    Report { sections, ..report.clone() }
}

impl Choice {
    /// Of a form that names every title as `known` and those that are wanted as `on`.
    pub(super) fn of(form: &Posted) -> Self {
        let voice = match form.get("voice") {
            "clinician" => Some(Voice::Clinician),
            "person" => Some(Voice::Person),
            _ => None,
        };
        let on: BTreeSet<&str> = form.all("on").collect();
        let known = form.all("known").filter(|title| !on.contains(title) && !ALWAYS.contains(title));
        Self { whole: false, voice, off: known.map(str::to_owned).collect() }
    }

    /// Whether a section may be left out.
    pub(super) fn may_go(title: &str) -> bool {
        !ALWAYS.contains(&title)
    }

    pub(super) fn has(&self, title: &str) -> bool {
        !self.off.contains(title)
    }

    /// What is shown and printed: what was chosen, on one page or whole.
    pub(super) fn paper(&self, report: &Report) -> Report {
        let chosen = self.cut(report);
        if self.whole { chosen } else { on_one_page(&chosen) }
    }

    /// The report with what was chosen, and a sentence that says what is missing.
    pub(super) fn cut(&self, report: &Report) -> Report {
        let (on, off): (Vec<Section>, Vec<Section>) =
            report.sections.iter().cloned().partition(|section| self.has(&section.title));
        let mut sections = on;
        if !off.is_empty() {
            let titles: Vec<String> = off.iter().map(|section| format!("“{}”", section.title)).collect();
            let text = format!("The person chose to leave out: {}.", titles.join(", "));
            sections
                .push(Section { title: LEFT_OUT.to_owned(), items: vec![Item { text, ..Item::default() }] });
        }
        Report { sections, ..report.clone() }
    }
}
