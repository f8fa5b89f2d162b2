//! The page: what is asked, then dates first, days and why, steps, curves, and what to know.

use super::{
    curves::{self, Days},
    draft::Draft,
    work::{self, Field, Unasked, Worked},
};
use crate::desk::Desk;
use maud::{Markup, html};
use raphe::{
    plan::{Kind, Plan},
    report::{
        self, Item, Report, Section,
        html::{Writer, plain, prose, urgency},
    },
    units::{Interval, number, two_digits},
};

/// The body of the page.
pub(super) fn page(desk: &Desk, draft: Option<&Draft>, worked: Option<&std::sync::Arc<Worked>>) -> Markup {
    let unasked = worked.and_then(|worked| worked.answer.as_ref().err());
    let to_come = desk.withheld().filter(|withheld| withheld.to_come);
    html! {
        link rel="stylesheet" href="/assets/plan.css";
        @if let Some(withheld) = &to_come {
            (desk.instead(withheld))
            p { "No plan is made while this stands in the diary as something to come." }
        } @else {
            @if let Some((worked, plan)) = worked.and_then(|worked| Some((worked, worked.answer.as_ref().ok()?))) {
                (answer(desk, worked, plan))
            }
            (form(desk, draft, unasked, worked.is_some_and(|worked| worked.answer.is_ok())))
        }
        script src="/assets/plan.js" defer {}
    }
}

/// What is asked. Where there is an answer, it stands below that.
fn form(desk: &Desk, draft: Option<&Draft>, unasked: Option<&Unasked>, answered: bool) -> Markup {
    let blank = Draft::default();
    let draft = draft.unwrap_or(&blank);
    let taken = work::taken(desk);
    let none = taken.is_empty();
    let of = |field: Field| unasked.filter(|unasked| unasked.field == field);
    let chosen = |id: &str, place: usize| if draft == &blank { place == 0 } else { draft.from == id };
    html! {
        section {
            h2 { @if answered { "Plan something else" } @else { "What is to change?" } }
            @if let Some(unasked) = of(Field::All) { (note("plan-wrong", unasked)) }
            form #plan-form method="post" action="/plan" {
                (desk.secret())
                fieldset {
                    legend { "What to plan" }
                    p { label { input type="radio" name="kind" value="switch" checked[!draft.stop]; " Change to another medicine" } }
                    p { label { input type="radio" name="kind" value="stop" checked[draft.stop]; " Come off a medicine" } }
                }
                div.field {
                    label for="from" { "Taken now" }
                    @if let Some(unasked) = of(Field::From) { (note("from-wrong", unasked)) }
                    select #from name="from" aria-invalid=[of(Field::From).map(|_| "true")]
                        aria-describedby=[of(Field::From).map(|_| "from-wrong")] {
                        @for (place, one) in taken.iter().enumerate() {
                            option value=(one.id) selected[chosen(&one.id, place)] {
                                (one.name)
                                @if !one.running { ", last on " (one.last.to_zoned(desk.zone()).date()) }
                            }
                        }
                        option value="" selected[draft.from.is_empty() && (none || draft != &blank)] { "another, named below" }
                    }
                    @if none { p.hint { "The diary names nothing that is taken. Add it there to have your own dates, or name a medicine below." } }
                }
                details open[none || of(Field::Other).is_some() || of(Field::OtherDose).is_some() || !draft.other.is_empty()] {
                    summary { "A medicine that is not in the diary" }
                    p.hint { "It is planned for somebody who takes it alone. What else stands in your diary is then not looked at." }
                    (field(("other", "Its name", &draft.other), "sertraline", true, of(Field::Other)))
                    (field(("other_dose", "Its dose a day, if you know it", &draft.other_dose), "50 mg", false, of(Field::OtherDose)))
                }
                div.to {
                    (field(("to", "To follow (not for coming off)", &draft.to), "mirtazapine", true, of(Field::To)))
                    (field(("to_dose", "Its dose a day, if you know it", &draft.to_dose), "15 mg", false, of(Field::ToDose)))
                }
                datalist #plan-names { @for name in names(desk) { option value=(name) {} } }
                p {
                    button.main { "Work it out" }
                    " "
                    @if draft != &blank { button name="clear" value="yes" formnovalidate { "Clear" } }
                }
                p #plan-working role="status" {}
            }
        }
    }
}

/// Names to choose from: medicines that an adult takes.
fn names(desk: &Desk) -> impl Iterator<Item = &'static str> {
    let base = desk.knowledge().base();
    base.substances
        .iter()
        .filter(|item| !item.doses.is_empty() && !item.retired)
        .map(|item| item.names.inn.as_str())
}

/// A text field with what is wrong with it.
fn field(
    (name, label, value): (&str, &str, &str),
    example: &str,
    listed: bool,
    wrong: Option<&Unasked>,
) -> Markup {
    let id = format!("{name}-wrong");
    html! {
        div.field {
            label for=(name) { (label) }
            @if let Some(wrong) = wrong { (note(&id, wrong)) }
            input id=(name) name=(name) type="text" value=(plain(value)) autocomplete="off" spellcheck="false" maxlength="200"
                list=[listed.then_some("plan-names")] aria-invalid=[wrong.map(|_| "true")]
                aria-describedby=(if wrong.is_some() { id.clone() } else { format!("{name}-hint") });
            p.hint id=(format!("{name}-hint")) { "For example: " (example) }
        }
    }
}

fn note(id: &str, unasked: &Unasked) -> Markup {
    html! {
        p.wrong id=(id) {
            strong { (plain(&unasked.says)) }
            @if let Some(help) = &unasked.help { " " (plain(help)) }
        }
    }
}

/// The plan.
fn answer(desk: &Desk, worked: &Worked, plan: &Plan) -> Markup {
    let withheld = desk.withheld();
    let bare = work::bare(plan);
    let plan = if withheld.is_some() { &bare } else { plan };
    let report = here(report::plan(plan, desk.knowledge(), desk.voice()));
    let title = match &plan.to {
        Some(to) => format!("{} → {}", plan.from.name, to.name),
        None => format!("Coming off {}", plan.from.name),
    };
    let silent = plan.too_much.is_some() || plan.suicide_path;
    let mut writer = Writer::new("plan-words");
    let days = |section: &&Section| section.title == DAY_BY_DAY || section.title == STEP_BY_STEP;
    let steps = report.sections.iter().find(days).map(|section| steps(&mut writer, section));
    let rest = report.sections.iter().filter(|section| !days(section)).enumerate();
    let rest: Vec<Markup> =
        rest.map(|(place, section)| writer.section(section, &format!("plan-part-{place}"), 2)).collect();
    let curves =
        if withheld.is_none() && !silent && plan.kind.is_some() { worked.curves(desk) } else { None };
    html! {
        section #plan {
            h2 { (title) }
            @if let Some(preface) = &desk.reading.preface { p { (prose(preface)) } }
            (urgency(&report))
            @if !silent && plan.refused.is_none() { (cards(plan)) }
        }
        @if let Some(steps) = &steps { (steps) }
        @if let Some(withheld) = &withheld { (desk.instead(withheld)) }
        @if let Some(curves) = curves { (curves::figures(desk, plan, curves)) }
        @for section in &rest { (section) }
        (writer.sources(&report.sources, 2))
        (writing(desk, plan))
    }
}

/// The titles under which the engine's words have the steps.
const DAY_BY_DAY: &str = "Day by day";
const STEP_BY_STEP: &str = "Step by step";

fn cards(plan: &Plan) -> Markup {
    let Days { last_day, first_day, .. } = curves::days(plan);
    let name = &plan.from.name;
    let today = plan.as_of.to_zoned(plan.zone.clone()).date();
    html! {
        div.cards.dates {
            @if let Some(day) = last_day {
                div.card {
                    h3 { "Last dose of " (name) }
                    p.date { (prose(&day.to_string())) }
                    p {
                        @if day < today { "Already taken." }
                        @else if plan.to.is_some() && plan.kind != Some(Kind::CrossTaper) { "If it ends today. If it ends later, every date moves with it." }
                        @else { "At the earliest. Going slower is fine." }
                    }
                }
            }
            @if let (Some(day), Some(to)) = (first_day, &plan.to) {
                div.card {
                    h3 { "First dose of " (to.name) ", at the earliest" }
                    p.date { (prose(&day.to_string())) }
                    @if let Some(days) = plan.min_days.filter(|_| plan.kind != Some(Kind::CrossTaper)) {
                        p { "At least " (count(f64::from(days))) " after the last " (name) "." }
                    } @else { p { "Both overlap; see the steps." } }
                }
            }
            @if let Some(rule) = plan.rule_days {
                div.card {
                    h3 { "By the rules" }
                    p.date { (count(rule)) }
                    p { (others(plan, rule)) }
                }
            }
            @if let Some(days) = plan.modeled.as_ref().and_then(|modeled| modeled.days) {
                div.card {
                    h3 { "By the model" }
                    p.date { (modeled(days)) }
                    p { "Middle of the virtual people, and nine in ten. The model can make a wait longer, never shorter." }
                }
            }
        }
        @if let Some(reason) = &plan.reason { p { strong { "Why so long: " } (prose(reason)) } }
    }
}

/// What other sources say than the strictest.
fn others(plan: &Plan, strictest: f64) -> String {
    let mut other: Vec<f64> =
        plan.rules.iter().map(|wait| wait.days).filter(|days| (days - strictest).abs() > 0.05).collect();
    other.sort_by(|a, b| b.total_cmp(a));
    other.dedup();
    match other.as_slice() {
        [] => "All published rules that are known here say so.".to_owned(),
        some => {
            let some: Vec<String> = some.iter().map(|days| count(*days)).collect();
            format!("The strictest of the published rules counts. Others say {}.", some.join(", "))
        }
    }
}

fn count(days: f64) -> String {
    let rounded = (days * 10.0).round() / 10.0;
    if rounded == 1.0 { "1 day".to_owned() } else { format!("{} days", number(rounded)) }
}

fn modeled(days: Interval) -> String {
    let [median, low, high] = [days.median, days.p5, days.p95].map(|days| two_digits(days.max(0.0)));
    format!("{median} days ({low} to {high})")
}

/// The steps as a table.
fn steps(writer: &mut Writer<'_>, section: &Section) -> Markup {
    let (dated, notes): (Vec<&Item>, Vec<&Item>) = section.items.iter().partition(|item| item.mark.is_some());
    html! {
        section {
            h2 { (section.title) }
            ol.steps {
                @for item in &dated {
                    li {
                        p.when { (prose(item.mark.as_deref().unwrap_or_default())) }
                        (writer.item_body(&Item { mark: None, ..(*item).clone() }))
                    }
                }
            }
            @for item in &notes { (writer.item_body(item)) }
        }
    }
}

/// A way to write the steps into the diary.
fn writing(desk: &Desk, plan: &Plan) -> Markup {
    let lines = work::lines(desk, plan);
    let known = raphe::timeline::diary::Diary::read(&desk.reading.bytes);
    let there = |line: &String| known.lines().any(|old| old.trim() == line);
    html! {
        @if !lines.is_empty() && lines.iter().all(there) {
            section { h2 { "In the diary" } p { "These steps stand in the diary as planned lines." } }
        } @else if !lines.is_empty() {
            section {
                h2 { "Into the diary" }
                p { "These lines would be added. Each counts from its day on, as if it was done. If it goes another way, change or delete it on the page “Diary”." }
                pre.lines { @for line in &lines { (plain(line)) "\n" } }
                form method="post" action="/plan/write" {
                    (desk.secret())
                    @for line in &lines { input type="hidden" name="line" value=(line); }
                    p { label { input type="checkbox" name="agreed" value="yes" required; " The prescriber has agreed to these steps." } }
                    p { button { "Write them into the diary" } }
                }
            }
        }
    }
}

/// The engine's words name commands; here they are pages.
fn here(report: Report) -> Report {
    let sections = report
        .sections
        .into_iter()
        .map(|section| Section { items: section.items.into_iter().map(item_here).collect(), ..section });
    Report {
        headline: report.headline.iter().map(|line| words_here(line)).collect(),
        sections: sections.collect(),
        ..report
    }
}

fn item_here(item: Item) -> Item {
    Item { text: words_here(&item.text), under: item.under.into_iter().map(item_here).collect(), ..item }
}

fn words_here(text: &str) -> String {
    let mut text = text
        .replace("what `raphe assess` says of this diary", "what the page “Now” says")
        .replace("`raphe assess`", "the page “Now”")
        .replace("see `raphe check`", "see the page “Together”")
        .replace("`raphe check`", "the page “Together”");
    while let Some(from) = text.find("(`raphe plan stop ") {
        let Some(length) = text[from..].find(')') else { break };
        text.replace_range(from..=from + length, "(plan that here too: “Come off a medicine”)");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_become_pages() {
        let says =
            words_here("last dose, after lowering it (`raphe plan stop sertraline`); see `raphe check`.");
        assert_eq!(
            says,
            "last dose, after lowering it (plan that here too: “Come off a medicine”); see the page “Together”."
        );
        let first = words_here("First what `raphe assess` says of this diary: it is urgent.");
        assert_eq!(first, "First what the page “Now” says: it is urgent.");
    }
}
