//! A plan in words: how long, then the days, then why, then what to look out for.

use super::{
    Along, Curve, Item, Report, Section, Sources, Voice, crisis_lines, finding_item, footer, level_word,
    not_assessed, notices, section, urgency_word,
};
use crate::{
    assess::{capital, list},
    knowledge::{
        Knowledge,
        schema::{Level, Urgency},
    },
    plan::{Kind, Plan, Step, Told},
    units::{number, two_digits},
};

/// Puts a plan in words.
#[must_use]
pub fn plan(plan: &Plan, knowledge: &Knowledge, voice: Voice) -> Report {
    let mut writer = Writer { plan, voice, sources: Sources::default() };
    let headline = writer.headline();
    let stopped = plan.suicide_path || plan.too_much.is_some();
    let sections = match stopped {
        true => Vec::new(),
        false => vec![
            writer.against(),
            writer.days(),
            writer.down(),
            writer.why(),
            writer.model(),
            writer.watch(),
            writer.frees(),
            not_assessed(knowledge, &plan.not_assessed),
            notices("How it was read", &plan.notices),
            writer.agree(),
        ],
    };
    let urgency = match () {
        () if plan.suicide_path || plan.too_much.is_some() => Urgency::Emergency,
        () if plan.refused.is_some() => plan.now.0,
        () => Urgency::None,
    };
    Report {
        urgency,
        headline,
        sections: sections.into_iter().flatten().collect(),
        sources: writer.sources.print(knowledge),
        footer: footer(&plan.knowledge),
    }
}

/// `1 day`, `14 days`.
fn days(count: f64) -> String {
    let rounded = libm::round(count * 10.0) / 10.0;
    if rounded == 1.0 { "1 day".to_owned() } else { format!("{} days", number(rounded)) }
}

struct Writer<'a> {
    plan: &'a Plan,
    voice: Voice,
    sources: Sources,
}

impl Writer<'_> {
    fn headline(&self) -> Vec<String> {
        let plan = self.plan;
        let help = &plan.help;
        if let Some(too_much) = &plan.too_much {
            let poison = help.poison.as_deref().unwrap_or("a poison center");
            let mut lines = crisis_lines(help);
            lines.push(format!(
                "This much {} is far above any recommended dose, so nothing is worked out for it. If it was taken, by \
                 anyone, phone {poison} or {} now, even if they feel well.",
                too_much.name, help.emergency
            ));
            return lines;
        }
        if plan.suicide_path {
            let mut lines = crisis_lines(help);
            lines.push(
                "Something in the diary points to thoughts of ending a life. Changes of medicine wait: talk to the \
                 prescriber or a crisis line today, and do not stop or add anything alone."
                    .to_owned(),
            );
            return lines;
        }
        let from = &plan.from.name;
        if let Some(refused) = &plan.refused {
            let urgent = (plan.now.0 >= Urgency::Urgent).then(|| {
                format!("{}. See what `raphe assess` says of this diary first.", urgency_word(plan.now.0))
            });
            return urgent.into_iter().chain([format!("No plan. {}", refused.says)]).collect();
        }
        let mut lines = Vec::new();
        match (&plan.to, plan.kind) {
            (Some(to), Some(Kind::Washout)) => {
                let wait = days(f64::from(plan.min_days.unwrap_or(0)));
                lines.push(match plan.min_days {
                    Some(0) => format!(
                        "{} to {}: no published gap and none from the model is known; ask before you begin.",
                        capital(from),
                        to.name
                    ),
                    _ => format!(
                        "{} to {}: at least {wait} between the last {from} and the first {}.",
                        capital(from),
                        to.name,
                        to.name
                    ),
                });
                if let (true, Some(date)) = (plan.dated, plan.steps.last().and_then(|step| step.date)) {
                    let first = self.plan.steps.first().and_then(|step| step.date);
                    let today = self.plan.as_of.to_zoned(self.plan.zone.clone()).date();
                    let ends = if first.is_some_and(|first| first < today) { "ended" } else { "ends" };
                    let first = first.map_or_else(String::new, |date| date.to_string());
                    lines.push(format!(
                        "The earliest day for {} is {date}, as {from} {ends} on {first}.",
                        to.name
                    ));
                }
            }
            (Some(to), Some(Kind::Direct)) => lines.push(format!(
                "{} to {}: {} is stopped, and {} begins low the next day.",
                capital(from),
                to.name,
                from,
                to.name
            )),
            (Some(to), _) => lines.push(format!(
                "{} to {}: the one is lowered while the other is begun low.",
                capital(from),
                to.name
            )),
            (None, Some(Kind::Stop)) => {
                lines.push(format!("{}: this dose may end without steps.", capital(from)));
            }
            (None, _) => lines.push(format!(
                "Coming off {from}: {} steps, two to four weeks each, the smallest last.",
                plan.steps.len()
            )),
        }
        lines.push(
            "A draft for the talk with the prescriber. Change nothing before you have agreed it.".to_owned(),
        );
        lines
    }

    fn against(&mut self) -> Option<Section> {
        let refused = self.plan.refused.as_ref()?;
        let items = refused
            .findings
            .iter()
            .map(|finding| finding_item(finding, self.voice, &mut self.sources))
            .collect();
        section("What stands against it", items)
    }

    fn when(&self, step: &Step) -> String {
        match (self.plan.dated, step.date, step.day_latest) {
            (true, Some(date), Some(_)) => format!("{date} or later"),
            (true, Some(date), None) => date.to_string(),
            (_, _, Some(latest)) => format!("Day {} to {latest}", step.day),
            _ => format!("Day {}", step.day),
        }
    }

    /// How a step is judged where it is more than now.
    fn judged(&self, step: &Step, said: bool) -> String {
        let plan = self.plan;
        let Some(check) = &step.check else { return String::new() };
        let mut text = String::new();
        let ours = |finding: &&crate::assess::Finding| {
            plan.to.as_ref().is_some_and(|to| finding.substances.contains(&to.id))
                && finding.level >= Level::Moderate
        };
        for finding in check.findings.iter().filter(ours) {
            let both = finding.substances.contains(&plan.from.id);
            let level = level_word(finding.level);
            let kind =
                if finding.kind == "serotonin" { String::new() } else { format!(" ({})", finding.kind) };
            match both {
                true if said => text.push_str(&format!(" Judged: {level}{kind}.")),
                true => text.push_str(&format!(
                    " Judged: {level}{kind}, while what is left of {} counts; a guideline allows it, and it is the reason to know \
                     the signs.",
                    plan.from.name
                )),
                false => text.push_str(&format!(" With what else is taken: {level}{kind}; see `raphe check`.")),
            }
        }
        text
    }

    fn days(&mut self) -> Option<Section> {
        let plan = self.plan;
        let mut items = Vec::new();
        for step in &plan.steps {
            let percent = |share: f64| number(libm::round(share * 100.0));
            let held = step.occupancy.map(|held| match self.voice {
                Voice::Clinician => format!(
                    " (transporter about {} % occupied, {} to {} %)",
                    percent(held.median),
                    percent(held.p5),
                    percent(held.p95)
                ),
                Voice::Person => String::new(),
            });
            let mut text = format!("{}{}.", step.says, held.unwrap_or_default());
            text.push_str(&self.judged(step, items.iter().any(|item: &Item| item.text.contains("Judged: "))));
            items.push(Item { mark: Some(self.when(step)), text, ..Item::default() });
        }
        if let Some(first) = items.first_mut() {
            first.sources = self.sources.cite(&plan.strengths);
        }
        for note in &plan.strength_notes {
            items.push(Item { text: format!("{}.", capital(note)), ..Item::default() });
        }
        let title = if plan.to.is_some() { "Day by day" } else { "Step by step" };
        section(title, items)
    }

    fn down(&mut self) -> Option<Section> {
        let how = self.plan.how.as_ref().filter(|_| self.plan.kind.is_some())?;
        let item = Item {
            text: how.says().to_owned(),
            sources: self.sources.cite(how.citations()),
            ..Item::default()
        };
        section("How", vec![item])
    }

    fn why(&mut self) -> Option<Section> {
        let plan = self.plan;
        let mut items = Vec::new();
        if let Some(reason) = &plan.reason {
            items.push(Item { mark: Some("Why".to_owned()), text: reason.clone(), ..Item::default() });
        }
        for wait in &plan.rules {
            let note = wait.note.as_ref().map_or_else(String::new, |note| format!(": {note}"));
            items.push(Item {
                mark: Some(format!(
                    "{} ({})",
                    capital(&days(wait.days)),
                    super::grade_word(wait.citation.grade)
                )),
                text: format!("{}.", note.trim_start_matches(": ").trim_end_matches('.')),
                sources: self.sources.cite([&wait.citation]),
                ..Item::default()
            });
        }
        items.iter_mut().for_each(|item| {
            if item.text == "." {
                item.text = "as printed.".to_owned();
            }
        });
        section("What is published", items)
    }

    fn model(&mut self) -> Option<Section> {
        let modeled = self.plan.modeled.as_ref().filter(|_| self.plan.refused.is_none())?;
        let to = self.plan.to.as_ref()?;
        let mut items = Vec::new();
        match (&modeled.days, &modeled.why_not) {
            (Some(found), _) if found.p95 <= 0.0 => items.push(Item {
                text: "From the first day on the model sees no more serotonin than 1.6 times what is compared. That alone \
                       shortens no rule."
                    .to_owned(),
                ..Item::default()
            }),
            (Some(found), _) => {
                let open = if modeled.open { ", and more for some" } else { "" };
                let [median, low, high] = [found.median, found.p5, found.p95].map(two_digits);
                let text = match self.voice {
                    Voice::Person if found.median < 0.05 => format!(
                        "In more than half of such people what is left counts little from the first day on; in 1 of 20 it takes \
                         {high} days or longer{open}."
                    ),
                    Voice::Person => format!(
                        "In half of such people what is left counts little after {median} days; in most it takes between \
                         {low} and {high} days{open}."
                    ),
                    Voice::Clinician => format!(
                        "Highest serotonin of the first 48 h at most 1.6 times that of {} alone: median {median} days (5 to 95 \
                         %: {low} to {high}{open}).",
                        to.name
                    ),
                };
                let values: Vec<crate::units::Interval> = modeled.curve.iter().map(|point| point.with).collect();
                let foot = modeled.curve.first().map_or(1.0, |point| point.alone.median);
                let last = modeled.curve.last().map_or(0.0, |point| point.day);
                let title = format!(
                    "Serotonin in the first 48 hours of {}, begun on day 0 to {} after the last {}; the foot is what {} does \
                     alone (about {} times)",
                    to.name,
                    number(last),
                    self.plan.from.name,
                    to.name,
                    two_digits(foot)
                );
                let first = modeled.curve.first().map_or(0.0, |point| point.day);
                let name = format!("days after the last {}", self.plan.from.name);
                let along = Along { name, from: first, to: last, now: None };
                let up = "times the own level".to_owned();
                let curve = (values.len() > 1).then_some(Curve { title, values, foot, along, up });
                items.push(Item { text, curve, ..Item::default() });
            }
            (None, Some(why)) => items.push(Item { text: format!("{}.", capital(why)), ..Item::default() }),
            (None, None) => {}
        }
        if modeled.days.is_some() {
            items.push(Item {
                text: "The model rests on experiments in rats; it can make the gap longer, never shorter."
                    .to_owned(),
                ..Item::default()
            });
        }
        section("What a model of the synapse makes of it", items)
    }

    fn told(&mut self, told: &Told) -> Item {
        let text = match self.voice {
            Voice::Person => told.person.clone(),
            Voice::Clinician => told.clinician.clone(),
        };
        Item { text, sources: self.sources.cite(&told.citations), ..Item::default() }
    }

    fn watch(&mut self) -> Option<Section> {
        let plan = self.plan;
        if plan.refused.is_some() && plan.watch.is_empty() {
            return None;
        }
        let items = plan.watch.iter().map(|told| self.told(told)).collect();
        section("What to know on the way", items)
    }

    fn frees(&mut self) -> Option<Section> {
        let plan = self.plan;
        let items = plan
            .frees
            .iter()
            .map(|claim| Item {
                text: claim.says().to_owned(),
                sources: self.sources.cite(claim.citations()),
                ..Item::default()
            })
            .collect();
        section(
            &format!("What changes when {} is gone", list(std::slice::from_ref(&plan.from.name), "and")),
            items,
        )
    }

    fn agree(&mut self) -> Option<Section> {
        let agree = self.plan.agree.as_ref()?;
        let mut item = self.told(agree);
        item.text.push_str(" Agree it with the prescriber.");
        section("Before anything", vec![item])
    }
}
