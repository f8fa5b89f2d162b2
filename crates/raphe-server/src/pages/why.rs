//! *Why*: from baseline to now, substance by substance, and the synapse with the touched parts lit.
//!
//! Everything modeled here explains and decides nothing. In an emergency it is folded away; of a dose far above any it is not
//! shown. What is not modeled is named beside what is. To leave a substance out is a thought, and the page says so.

mod parts;
mod shares;
mod synapse;
#[cfg(test)]
mod tests;

use super::now::words::{capital, hidden, list, named, percent, times};
use crate::{
    app::App,
    chart::{self, Figure, Scale, Step, Waterfall},
    desk::Desk,
    page::Page,
    visit::{Html, Json, Posted, Visit, Wrong},
};
use axum::{
    Router,
    response::{IntoResponse, Response},
    routing::get,
};
use maud::{Markup, html};
use parts::{Part, parts};
use raphe::{
    assess::Assessment,
    knowledge::schema::Urgency,
    report::{
        Voice,
        html::{Writer, prose},
    },
    synapse as model,
};
use shares::{LeftOut, Shares};
use std::collections::BTreeSet;

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/why", get(page).post(leave_out))
        .route("/why.json", get(json))
        .route("/assets/why.css", get(|| async { super::css(include_str!("../assets/why.css")) }))
}

async fn page(visit: Visit) -> Result<Html, Wrong> {
    visit.ask(show).await
}

/// What can be left out, and the ids of it that are.
fn left_out(desk: &Desk, assessment: &Assessment) -> (Vec<(String, String)>, BTreeSet<String>) {
    let LeftOut(chosen) = desk.visit.recall::<LeftOut>().unwrap_or_default();
    let members = shares::members(desk, assessment);
    let left_out = chosen.into_iter().filter(|id| members.iter().any(|(known, _)| known == id)).collect();
    (members, left_out)
}

/// Leaves one out of the picture, or puts it, or all, back.
async fn leave_out(visit: Visit, form: Posted) -> Response {
    let mut left_out = visit.recall::<LeftOut>().unwrap_or_default();
    if !form.get("without").is_empty() {
        left_out.0.insert(form.get("without").to_owned());
    }
    left_out.0.remove(form.get("with"));
    if !form.get("all").is_empty() {
        left_out.0.clear();
    }
    visit.remember(left_out);
    visit.back("/why", None)
}

async fn json(visit: Visit) -> Result<impl IntoResponse, Wrong> {
    visit
        .ask(|desk| {
            let assessment = desk.assessment();
            let (_, left_out) = left_out(desk, &assessment);
            let summed = match hidden(desk) {
                Some(withheld) => Err(withheld.name),
                None => Ok(shares::shares(desk, &assessment, &left_out)
                    .as_ref()
                    .as_ref()
                    .map_or_else(raphe_json::Summed::default, Shares::wire)),
            };
            let left_out = left_out.into_iter().collect();
            Json(raphe_json::Why::new(&assessment, desk.knowledge(), left_out, summed))
        })
        .await
}

fn show(desk: &Desk) -> Html {
    let (assessment, report) = (desk.assessment(), desk.report());
    let mut writer = Writer::new("why");
    let rules = [
        "The rules by which doctors recognize serotonin toxicity",
        "Diagnostic criteria for serotonin toxicity",
    ];
    let criteria = report.sections.iter().find(|section| rules.contains(&section.title.as_str()));
    let modeled = match hidden(desk) {
        Some(withheld) => html! { (desk.instead(&withheld)) },
        None => html! {
            (from_usual_to_now(desk, &assessment))
            (at_the_synapse(desk, &assessment))
            (targets(desk, &assessment))
            (enzymes(desk, &assessment))
            (missing(desk, &assessment))
        },
    };
    let body = html! {
        link rel="stylesheet" href="/assets/now.css";
        link rel="stylesheet" href="/assets/why.css";
        @if report.urgency == Urgency::Emergency {
            @if let Some(section) = criteria { (writer.section(section, "criteria", 2)) }
            details.later { summary { "When help is on its way: what the model makes of it" } (modeled) }
        } @else {
            (modeled)
            @if let Some(section) = criteria { (writer.section(section, "criteria", 2)) }
        }
        (named(&writer, report))
    };
    desk.page(Page::Why, &body)
}

/// The figure of who adds how much, and what is left without each.
fn from_usual_to_now(desk: &Desk, assessment: &Assessment) -> Markup {
    let (members, left_out) = left_out(desk, assessment);
    let found = shares::shares(desk, assessment, &left_out);
    let out: Vec<&(String, String)> = members.iter().filter(|(id, _)| left_out.contains(id)).collect();
    html! {
        section aria-labelledby="shares" id="why-shares" data-live {
            h2 id="shares" { "From the usual level to now" }
            @match found.as_ref() {
                None => {
                    p { "Nothing that is in the body now is part of the model of serotonin, so there is nothing to add up. That is not the same as no effect." }
                },
                Some(found) => (added_up(desk, assessment, found, &out)),
            }
        }
    }
}

fn added_up(desk: &Desk, assessment: &Assessment, found: &Shares, out: &[&(String, String)]) -> Markup {
    let names: Vec<String> = out.iter().map(|(_, name)| name.clone()).collect();
    html! {
        @if !out.is_empty() {
            div.note role="status" {
                p { strong { "A thought: without " (list(&names, "and")) " it would be " (times(found.together)) "." }
                    @if let Some(all) = found.all { " With everything it is " (times(all)) "." } }
                p { "This is no advice to stop. Stopping suddenly can make people ill. Ask first." }
            }
        }
        p { "Each bar is one more substance, the strongest first. Numbers are times the own level without any medicine; the range holds 9 of 10 people like this." }
        (figure(desk, found, !out.is_empty()))
        @if !found.shares.is_empty() {
            h3 { "Without one of them" }
            p { "What the level would be had it never been taken. This is a thought, and " strong { "no advice to stop" } ": ask before you leave anything out." }
            ul.without {
                @for share in &found.shares {
                    li {
                        span { "Without " strong { (share.name) } ": " (prose(&times(share.without))) ", instead of " (prose(&times(found.together))) "." }
                        form method="post" action="/why" {
                            (desk.secret())
                            button name="without" value=(share.id) { "Show the picture without " (share.name) }
                        }
                    }
                }
            }
        }
        @if !out.is_empty() {
            form.back method="post" action="/why" {
                (desk.secret())
                @for (id, name) in out { button name="with" value=(id) { "Put " (name) " back" } " " }
                @if out.len() > 1 { button name="all" value="yes" { "Put all back" } }
            }
        }
        @if !found.unmoved.is_empty() {
            @let unmoved: Vec<String> = found.unmoved.iter().map(|(_, name)| name.clone()).collect();
            p { "Also in the body, without a part in this number: " (list(&unmoved, "and")) ". That is not the same as no effect." }
        }
        p.hint {
            @if assessment.urgency >= Urgency::Urgent { "This changes nothing of what is said above. " }
            @else { "Two to four times is usual under antidepressants that block reuptake. " }
            "Substances share targets and slow each other's removal, so the bars depend on their order. The numbers come from a model that rests on experiments in rats and from "
            (crate::desk::FEW.min(desk.question().population.people)) " virtual people; they explain, and a low one makes nothing safe."
        }
        (desk.sources(&rests_on(desk)))
    }
}

/// What the fold and its limits rest on.
fn rests_on(desk: &Desk) -> Vec<raphe::knowledge::Citation> {
    let parameters = desk.knowledge().base().synapse.iter();
    parameters
        .filter(|one| matches!(one.id.as_str(), "e0" | "EC2A"))
        .flat_map(|one| &one.value)
        .map(Into::into)
        .collect()
}

fn figure(desk: &Desk, found: &Shares, thought: bool) -> Markup {
    let mut before = 1.0;
    let steps: Vec<Step> = found
        .shares
        .iter()
        .map(|share| {
            let step = Step::new(capital(&share.name), before, share.up_to);
            before = share.up_to.median;
            step
        })
        .collect();
    let strongest = found.shares.first().map(|share| share.name.as_str());
    let says = match strongest {
        Some(first) if found.shares.len() > 1 => {
            format!(
                "From 1, the level without any medicine, to {}; {first} moves it most.",
                times(found.together)
            )
        }
        Some(only) => {
            format!("From 1, the level without any medicine, to {}, by {only}.", times(found.together))
        }
        None => "Nothing that is left moves the modeled level.".to_owned(),
    };
    let total = if thought { "In this thought" } else { "Now" };
    let waterfall = Waterfall {
        scale: Scale::log("Serotonin outside the nerve cells").unit("×"),
        start: ("Without any".to_owned(), 1.0),
        steps,
        total: (total.to_owned(), found.together),
    };
    chart::waterfall(
        &Figure::new("why-waterfall", "Who adds how much", &says, desk.width() as u32),
        &waterfall,
    )
}

/// The drawing, and the same in words with sources.
fn at_the_synapse(desk: &Desk, assessment: &Assessment) -> Markup {
    let parts = parts(assessment, desk.knowledge());
    let touched: Vec<&Part> = parts.iter().filter(|part| !part.touches.is_empty()).collect();
    let says = match touched.as_slice() {
        [] => "No part of the synapse is touched by what is known to be in the body.".to_owned(),
        some => {
            let names: Vec<String> = some.iter().map(|part| part.place.name().to_owned()).collect();
            format!("Touched now: {}. The list below says by what and how much.", list(&names, "and"))
        }
    };
    html! {
        section aria-labelledby="synapse" id="why-synapse" data-live {
            h2 id="synapse" { "At the synapse" }
            p { (says) }
            (synapse::draw(&parts, &says))
            h3 { "The same in words" }
            ul.parts {
                @for part in &parts {
                    li {
                        p { strong { (part.place.name()) } " (" (part.place.plain()) "): "
                            @if part.touches.is_empty() { "not touched, as far as is known." } }
                        @for touch in &part.touches {
                            p {
                                (capital(&list(&touch.who, "and"))) ": " (touch.what)
                                @match touch.share {
                                    Some(share) => { " " (prose(&percent(share))) },
                                    None => ", how much is not modeled",
                                }
                                "."
                            }
                            (desk.sources(&touch.citations))
                        }
                    }
                }
            }
        }
    }
}

fn targets(desk: &Desk, assessment: &Assessment) -> Markup {
    let engaged: Vec<&model::Engaged> =
        assessment.synapse.targets.iter().filter(|engaged| engaged.share.p95 >= 0.01).collect();
    html! {
        @if !engaged.is_empty() {
            section aria-labelledby="targets" id="why-targets" data-live {
                h2 id="targets" { "Targets" }
                div.scroll role="region" tabindex="0" aria-label="Table of targets" {
                    table.plain {
                        thead { tr { th scope="col" { "Target" } th scope="col" { "Now, with range" } th scope="col" { "By" } } }
                        tbody {
                            @for one in &engaged {
                                tr {
                                    th scope="row" { (capital(one.target.name())) }
                                    td { (percent(one.share)) " " (if one.target.is_enzyme() { "inhibited" } else { "engaged" }) }
                                    td { (by(desk, one)) }
                                }
                            }
                        }
                    }
                }
                @let cited: Vec<raphe::knowledge::Citation> = engaged.iter().flat_map(|one| one.citations.clone()).collect();
                (desk.sources(&cited))
            }
        }
    }
}

fn by(desk: &Desk, engaged: &model::Engaged) -> String {
    let several = engaged.by.len() > 1;
    let who = engaged.by.iter().filter(|(_, part)| part.median >= 0.01).map(|(id, part)| {
        let name = desk.knowledge().substance_name(id);
        if several { format!("{name}: {} of it", percent(*part)) } else { name.to_owned() }
    });
    who.collect::<Vec<String>>().join("; ")
}

fn enzymes(desk: &Desk, assessment: &Assessment) -> Markup {
    html! {
        @if !assessment.enzymes.is_empty() {
            section aria-labelledby="enzymes" id="why-enzymes" data-live {
                h2 id="enzymes" { "Enzymes" }
                p { "Enzymes break medicines and serotonin down. Where one is slowed, more stays in the body." }
                ul {
                    @for enzyme in &assessment.enzymes {
                        @let who: Vec<String> = enzyme.by.iter().map(|id| desk.knowledge().substance_name(id).to_owned()).collect();
                        li {
                            p { strong { (enzyme.id) } ": about " (prose(&percent(enzyme.activity))) " of the own usual activity"
                                @if !who.is_empty() { ", changed by " (list(&who, "and")) } ". "
                                @if enzyme.lasting { "It comes back over days to weeks, as new enzyme is made." }
                                @else if desk.voice() == Voice::Person { "It follows the medicine." }
                                @else { "It follows the level." } }
                            (desk.sources([&enzyme.citation]))
                        }
                    }
                }
            }
        }
    }
}

/// What acts on serotonin and is not in these numbers.
fn missing(desk: &Desk, assessment: &Assessment) -> Markup {
    let missing = model::missing(desk.knowledge(), &assessment.synapse);
    html! {
        @if !missing.is_empty() {
            section aria-labelledby="missing" {
                h2 id="missing" { "Not in these numbers" }
                ul { @for (what, why) in &missing { li { strong { (capital(what)) } ": " (why) "." } } }
            }
        }
    }
}
