//! What goes on the paper.

use crate::visit::Posted;
use raphe::report::{Item, Report, Section, Voice};
use std::collections::BTreeSet;

/// What this browser chose. What was not asked yet is on the paper.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Choice {
    /// In whose words; `None` = as the pages speak.
    pub(super) voice: Option<Voice>,
    /// Titles of what is left out.
    pub(super) off: BTreeSet<String>,
}

/// What nobody can leave out.
const ALWAYS: [&str; 2] = ["Thoughts of suicide", "Not assessed"];

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
        Self { voice, off: known.map(str::to_owned).collect() }
    }

    /// Whether a section may be left out.
    pub(super) fn may_go(title: &str) -> bool {
        !ALWAYS.contains(&title)
    }

    pub(super) fn has(&self, title: &str) -> bool {
        !self.off.contains(title)
    }

    /// The report with what was chosen, and a sentence that says what is missing.
    pub(super) fn cut(&self, report: &Report) -> Report {
        let (on, off): (Vec<Section>, Vec<Section>) =
            report.sections.iter().cloned().partition(|section| self.has(&section.title));
        let mut sections = on;
        if !off.is_empty() {
            let titles: Vec<String> = off.iter().map(|section| format!("“{}”", section.title)).collect();
            let text = format!("The person chose to leave out: {}.", titles.join(", "));
            sections.push(Section {
                title: "Not on this copy".to_owned(),
                items: vec![Item { text, ..Item::default() }],
            });
        }
        Report { sections, ..report.clone() }
    }
}
