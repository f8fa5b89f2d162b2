//! Where changes are chosen: sliders for what is taken, and a form for each other kind.
//!
//! Everything works by posting forms. The script only posts the sliders while they move, and hides the button that does it by hand.

use super::draft::{Draft, Running, tomorrow};
use crate::{desk::Desk, visit::Posted};
use jiff::civil::{Date, Time};
use maud::{Markup, html};
use raphe::{
    report::{
        Voice,
        html::{plain, prose},
    },
    units::number,
};

/// A form that was refused: what stood in it, which field is wrong, and why.
#[derive(Debug, Clone)]
pub(super) struct Refused {
    /// Which form.
    pub(super) kind: &'static str,
    /// Which field of it.
    pub(super) field: &'static str,
    /// What is wrong.
    pub(super) says: String,
    /// What to do.
    pub(super) help: String,
    /// Everything as it was typed.
    pub(super) posted: Posted,
}

/// What may be chosen for how often, and its words in a diary.
pub(super) const OFTEN: [(&str, &str); 6] = [
    ("once", "once"),
    ("daily", "once a day"),
    ("twice daily", "twice a day"),
    ("three times daily", "three times a day"),
    ("nightly", "at bedtime"),
    ("weekly", "once a week"),
];

/// The forms as they are now.
pub(super) struct Forms<'a> {
    pub(super) desk: &'a Desk,
    pub(super) draft: &'a Draft,
    pub(super) running: &'a [Running<'a>],
    pub(super) refused: Option<&'a Refused>,
}

/// A dose in words: `75 mg`.
pub(super) fn words(mg: f64) -> String {
    if mg == 0.0 { "none: stopped".to_owned() } else { format!("{} mg", number((mg * 1e3).round() / 1e3)) }
}

impl Forms<'_> {
    fn wrong(&self, kind: &str, field: &str) -> Option<&Refused> {
        self.refused.filter(|refused| refused.kind == kind && refused.field == field)
    }

    /// What stood in a field of a refused form, or else this.
    fn typed(&self, kind: &str, field: &str, usual: String) -> String {
        match self.refused.filter(|refused| refused.kind == kind) {
            Some(refused) => refused.posted.raw(field).to_owned(),
            None => usual,
        }
    }

    /// A labelled input with its message.
    fn input(
        &self,
        kind: &str,
        field: &str,
        label: &str,
        hint: &str,
        usual: String,
        of: &Input<'_>,
    ) -> Markup {
        let id = format!("{kind}-{field}");
        let (wrong, hinted) = (self.wrong(kind, field), format!("{id}-hint"));
        let said = format!("{id}-wrong");
        let by = match (wrong.is_some(), hint.is_empty()) {
            (true, true) => Some(said.clone()),
            (true, false) => Some(format!("{said} {hinted}")),
            (false, true) => None,
            (false, false) => Some(hinted.clone()),
        };
        html! {
            div.field {
                label for=(id) { (label) }
                input id=(id) name=(field) type=(of.kind) value=(self.typed(kind, field, usual)) list=[of.list]
                    required[of.needed] autocomplete="off" autocapitalize="none" spellcheck="false"
                    aria-describedby=[by] aria-invalid=[wrong.map(|_| "true")];
                @if let Some(wrong) = wrong { (said_of(wrong, &said)) }
                @if !hint.is_empty() { p.hint id=(hinted) { (hint) } }
            }
        }
    }

    fn choice(
        &self,
        kind: &str,
        field: &str,
        label: &str,
        options: &[(String, String)],
        usual: &str,
    ) -> Markup {
        let id = format!("{kind}-{field}");
        let now = self.typed(kind, field, usual.to_owned());
        let (wrong, said) = (self.wrong(kind, field), format!("{id}-wrong"));
        html! {
            div.field {
                label for=(id) { (label) }
                select id=(id) name=(field) aria-describedby=[wrong.map(|_| said.clone())] aria-invalid=[wrong.map(|_| "true")] {
                    @for (value, words) in options {
                        option value=(value) selected[*value == now] { (words) }
                    }
                }
                @if let Some(wrong) = wrong { (said_of(wrong, &said)) }
            }
        }
    }

    /// All of them; how urgent it would be stands right under the sliders, where it is seen while they move and pushes none away.
    pub(super) fn put(&self, alarm: &Markup) -> Markup {
        let zone = self.desk.zone();
        let next = tomorrow(self.desk.reading.as_of, &zone);
        html! {
            section.choose aria-labelledby="choose" {
                h2 id="choose" { "What would you change?" }
                p { "Try as much as you like: nothing is written into the diary until you say so below." }
                (self.sliders(next))
                (alarm)
                div.ways {
                    (self.stop(next)) (self.add(next)) (self.move_one(next)) (self.line(next))
                }
            }
        }
    }

    fn sliders(&self, next: Date) -> Markup {
        let from = self.draft.from.unwrap_or(next);
        let sliders: Vec<&Running<'_>> = self.running.iter().filter(|one| !one.stops.is_empty()).collect();
        let others: Vec<&str> = self
            .running
            .iter()
            .filter(|one| one.stops.is_empty())
            .map(|one| one.substance.names.inn.as_str())
            .collect();
        html! {
            @if sliders.is_empty() && others.is_empty() {
                p { "No medicine is running in the diary now. You can still try what adding one would do." }
            }
            @if !sliders.is_empty() {
                form.sliders id="sliders" method="post" action="/whatif/slide" {
                    (self.desk.secret())
                    fieldset {
                        legend { "Change a dose" }
                        @for one in &sliders { (self.slider(one)) }
                        (self.input("slide", "from", "From which day on", "", from.to_string(), &Input::day()))
                        button.by-hand { "Show" }
                        p.hint {
                            "Each slider ends at the highest recommended dose. Left end: none. Its steps are what can be made up of the "
                            "tablets, capsules or liquid that are sold."
                        }
                    }
                }
            }
            @if !others.is_empty() {
                p.hint {
                    "There is no slider for " (raphe_list(&others)) ": no dose in milligrams stands in the diary, or no highest dose is known. "
                    "You can type a line instead."
                }
            }
        }
    }

    fn slider(&self, one: &Running<'_>) -> Markup {
        let name = plain(&one.substance.names.inn);
        let mg = self.draft.moved(&one.key).or(one.mg).unwrap_or(0.0);
        let place = one.place(mg);
        let said: Vec<String> = one.stops.iter().map(|mg| words(*mg)).collect();
        let most = one.stops.last().copied().unwrap_or(0.0);
        let above = one.mg.filter(|now| *now > most + 1e-9);
        let often = one.often();
        html! {
            div.slider {
                label for=(one.key) { (name) span.often { ", each dose" @if !often.is_empty() { " (" (plain(&often)) ")" } } }
                output for=(one.key) id=(format!("{}-now", one.key)) { (said[place]) }
                input type="range" id=(one.key) name=(one.key) min="0" max=(one.stops.len() - 1) step="1" value=(place)
                    aria-valuetext=(said[place]) data-words=(said.join("|"));
                p.ends aria-hidden="true" { span { "none" } span { (words(most)) } }
                @if let Some(now) = above {
                    p.hint {
                        "Now " (words(now)) " at a time: more than the highest recommended dose. Ask the prescriber or a pharmacist about it."
                    }
                }
            }
        }
    }

    fn way(&self, kind: &'static str, title: &str, fields: &Markup, button: &str) -> Markup {
        let open = self.refused.is_some_and(|refused| refused.kind == kind);
        html! {
            details.way open[open] {
                summary { (title) }
                form method="post" action="/whatif/change" {
                    (self.desk.secret())
                    input type="hidden" name="kind" value=(kind);
                    (fields)
                    button { (button) }
                }
            }
        }
    }

    fn medicines(&self) -> Vec<(String, String)> {
        self.running.iter().map(|one| (one.key.clone(), one.substance.names.inn.clone())).collect()
    }

    fn stop(&self, next: Date) -> Markup {
        let medicines = self.medicines();
        if medicines.is_empty() {
            return html! {};
        }
        let fields = html! {
            (self.choice("stop", "medicine", "Which", &medicines, ""))
            (self.input("stop", "on", "First day without it", "", next.to_string(), &Input::day()))
            p.hint { strong { "Do not stop suddenly, ask first." } " Here it is only tried." }
        };
        self.way("stop", "Stop one", &fields, "Try without it")
    }

    fn add(&self, next: Date) -> Markup {
        let often: Vec<(String, String)> =
            OFTEN.map(|(value, words)| (value.to_owned(), words.to_owned())).to_vec();
        let names = &self.desk.knowledge().base().substances;
        let fields = html! {
            (self.input("add", "name", "What", "A medicine, a herb, a drug: its name or a brand.", String::new(),
                &Input { list: Some("whatif-names"), needed: true, ..Input::text() }))
            datalist id="whatif-names" { @for one in names { option value=(one.names.inn) {} } }
            (self.input("add", "dose", "How much at a time", "With its unit, such as 50 mg. Leave it empty for the usual dose.", String::new(), &Input::text()))
            (self.choice("add", "often", "How often", &often, "daily"))
            (self.input("add", "on", "From which day", "", next.to_string(), &Input::day()))
            (self.input("add", "at", "At what time, if you know", "", String::new(), &Input { kind: "time", ..Input::text() }))
        };
        self.way("add", "Add something", &fields, "Try with it")
    }

    fn move_one(&self, next: Date) -> Markup {
        let medicines: Vec<(String, String)> = self
            .running
            .iter()
            .filter(|one| !one.hours(&self.desk.zone()).is_empty())
            .map(|one| (one.key.clone(), one.substance.names.inn.clone()))
            .collect();
        if medicines.is_empty() {
            return html! {};
        }
        let once = ("one".to_owned(), "this one dose".to_owned());
        let each = ("each".to_owned(), "this and every later dose".to_owned());
        let fields = html! {
            (self.choice("move", "medicine", "Which", &medicines, ""))
            (self.choice("move", "what", "Move", &[once, each], "one"))
            (self.input("move", "from", "The dose of", "", next.to_string(), &Input::day()))
            (self.input("move", "then", "At which of its times, if there are several", "Leave it empty for the only one.", String::new(), &Input { kind: "time", ..Input::text() }))
            (self.input("move", "on", "To this day", "Only for one dose.", next.to_string(), &Input { needed: false, ..Input::day() }))
            (self.input("move", "at", "To this time", "", "20:00".to_owned(), &Input { kind: "time", needed: true, list: None }))
        };
        self.way("move", "Move a dose", &fields, "Try it then")
    }

    fn line(&self, next: Date) -> Markup {
        let hint = format!("For example: {next} take ibuprofen 400 mg");
        let fields = html! {
            (self.input("line", "line", "As the diary would say it", &hint, String::new(), &Input { needed: true, ..Input::text() }))
        };
        self.way("line", "Type a line", &fields, "Try this line")
    }
}

/// How a field is typed.
struct Input<'a> {
    kind: &'a str,
    list: Option<&'a str>,
    needed: bool,
}

impl Input<'_> {
    const fn text() -> Self {
        Self { kind: "text", list: None, needed: false }
    }

    const fn day() -> Self {
        Self { kind: "date", list: None, needed: true }
    }
}

fn said_of(wrong: &Refused, id: &str) -> Markup {
    html! { p.wrong id=(id) role="alert" { strong { "Not tried: " } (prose(&wrong.says)) ". " (prose(&wrong.help)) } }
}

fn raphe_list(names: &[&str]) -> String {
    match names {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [some @ .., last] => format!("{} and {last}", some.join(", ")),
    }
}

/// A day that was chosen.
pub(super) fn day_of(text: &str) -> Option<Date> {
    text.parse().ok().filter(|day: &Date| (1900..=2100).contains(&day.year()))
}

/// A time of day that was chosen, `HH:MM`.
pub(super) fn time_of(text: &str) -> Option<Time> {
    text.parse().ok().map(|time: Time| Time::constant(time.hour(), time.minute(), 0, 0))
}

/// The word after a medicine is stopped that no page leaves out.
pub(super) fn stopping(desk: &Desk, ids: &[String]) -> Markup {
    let knowledge = desk.knowledge();
    let of: Vec<_> = ids.iter().filter_map(|id| knowledge.substance(id)).collect();
    let said = |one: &raphe::plan::Told| {
        prose(if desk.voice() == Voice::Clinician { &one.clinician } else { &one.person })
    };
    html! {
        @for substance in of {
            @let told = raphe::plan::on_stopping(knowledge, substance);
            div.stopping {
                h3 { "Without " (plain(&substance.names.inn)) }
                p { strong { "Do not stop suddenly, ask first." } " The prescriber or a pharmacist can say whether it is lowered in steps, and how. The "
                    a href="/plan" { "plan" } " page works out steps to take along." }
                @if let Some((first, rest)) = told.split_first() {
                    p { (said(first)) }
                    @if !rest.is_empty() {
                        details {
                            summary { "What else to know before stopping" }
                            ul { @for one in rest { li { (said(one)) } } }
                        }
                    }
                    (desk.sources(told.iter().flat_map(|one| &one.citations)))
                }
            }
        }
    }
}
