//! Why: every danger sign in a line, then at most three causes, each with its substance, its dates and its way to the diary.
//!
//! A danger sign is never left out to make room. A cause is what else is urgent, then what was taken together, then what
//! acts on serotonin by itself, then what is felt; the first three of these that there are.

use super::words::{badge, capital, day, lines, list};
use crate::{desk::Desk, page::Page};
use maud::{Markup, html};
use raphe::{
    assess::{Assessment, Finding, Reason},
    knowledge::schema::{Serotonergic, Urgency},
    report::{Voice, html::prose, standing, urgency_word},
};

/// So many causes are shown.
pub(super) const CAUSES: usize = 3;

/// The danger signs that were found.
pub(super) fn dangers(desk: &Desk, assessment: &Assessment) -> Markup {
    let dangers: Vec<&Reason> = assessment.reasons.iter().filter(|reason| reason.danger).collect();
    html! {
        @if !dangers.is_empty() {
            section aria-labelledby="dangers" {
                h2 id="dangers" { @if dangers.len() == 1 { "The danger sign" } @else { "The danger signs" } }
                ul.dangers {
                    @for reason in &dangers {
                        li {
                            p { strong { (urgency_word(reason.urgency)) ":" } " " (prose(&standing(reason))) " " (lines(desk, &reason.because)) }
                            (desk.sources(reason.claim.citations()))
                        }
                    }
                }
            }
        }
    }
}

/// At most three causes.
pub(super) fn causes(desk: &Desk, assessment: &Assessment) -> Markup {
    let mut causes: Vec<Markup> = Vec::new();
    let mut told: Vec<&str> = Vec::new();
    let others = assessment.reasons.iter().filter(|reason| !reason.danger && reason.urgency > Urgency::None);
    for reason in others {
        let found = assessment.findings.iter().find(|finding| finding.id == reason.id);
        causes.push(match found {
            Some(finding) => finding_of(desk, finding),
            None => reason_of(desk, reason),
        });
        told.push(&reason.id);
    }
    let rest = assessment.findings.iter().filter(|finding| !told.contains(&finding.id.as_str()));
    causes.extend(rest.map(|finding| finding_of(desk, finding)));
    if causes.len() < CAUSES {
        let named = |id: &str| {
            let found = assessment.findings.iter().filter(|finding| told.contains(&finding.id.as_str()));
            found.flat_map(|finding| &finding.substances).any(|known| known == id)
        };
        let alone = assessment
            .on_board
            .iter()
            .filter(|item| item.serotonergic != Serotonergic::No && !named(&item.substance));
        causes.extend(alone.map(|item| alone_of(desk, item)));
        causes.extend(felt(desk, assessment));
    }
    let more = causes.len().saturating_sub(CAUSES);
    html! {
        section aria-labelledby="causes" {
            h2 id="causes" { "What is behind it" }
            @if causes.is_empty() {
                p { "Nothing in the diary speaks for too much or too little. That is not proof that all is well: only what is written can be judged." }
            } @else {
                ol.causes { @for cause in causes.iter().take(CAUSES) { li { (cause) } } }
            }
            @if more > 0 {
                p { (more) " more " @if more == 1 { "is" } @else { "are" } " on the "
                    a href=(Page::Report.path()) { "whole report" } "." }
            }
        }
    }
}

fn reason_of(desk: &Desk, reason: &Reason) -> Markup {
    html! {
        p { strong { (urgency_word(reason.urgency)) ":" } " " (prose(&standing(reason))) " " (lines(desk, &reason.because)) }
        (desk.sources(reason.claim.citations()))
    }
}

fn finding_of(desk: &Desk, finding: &Finding) -> Markup {
    let names: Vec<String> =
        finding.substances.iter().map(|id| desk.knowledge().substance_name(id).to_owned()).collect();
    html! {
        p { strong { (capital(&list(&names, "with"))) } ": " (badge(finding.level))
            @if finding.kind != "serotonin" { ", " (super::words::kind(&finding.kind)) } }
        p { (prose(finding.claim.says())) }
        @if !finding.timing.is_empty() || !finding.because.is_empty() {
            p.hint { @for timing in &finding.timing { (prose(timing)) " " } (lines(desk, &finding.because)) }
        }
        (desk.sources(finding.claim.citations()))
    }
}

fn alone_of(desk: &Desk, item: &raphe::assess::OnBoard) -> Markup {
    let knowledge = desk.knowledge();
    let effects = knowledge.substance(&item.substance).map(|substance| substance.mechanisms.as_slice());
    let mut classes = effects.unwrap_or_default().iter().filter_map(|effect| knowledge.class(&effect.class));
    let says = classes.find(|class| class.serotonergic != Serotonergic::No);
    let cited: Vec<raphe::knowledge::Citation> =
        says.into_iter().flat_map(|class| class.evidence.iter().map(Into::into)).collect();
    html! {
        p { strong { (capital(&item.name)) } ": " (item.class) }
        @if let Some(class) = says { p { (prose(&class.says)) } }
        p.hint {
            @if item.running { "Taken since " (prose(&day(desk, item.since))) "." }
            @else { "Last taken " (prose(&day(desk, item.last))) "; it still acts." }
            " " (lines(desk, &item.lines))
        }
        (desk.sources(&cited))
    }
}

/// What is felt and counts toward the low side, as one cause.
fn felt(desk: &Desk, assessment: &Assessment) -> Option<Markup> {
    let counted = assessment.care.features.iter().filter(|feature| feature.counts);
    let named: Vec<(String, Markup)> = counted
        .take(4)
        .filter_map(|feature| {
            let sign = desk.knowledge().sign(&feature.sign)?;
            let name = if desk.voice() == Voice::Person { &sign.lay } else { &sign.name };
            Some((capital(name), lines(desk, &feature.lines)))
        })
        .collect();
    (!named.is_empty()).then(|| {
        html! {
            p { strong { "What is felt" } }
            ul.plain { @for (name, ways) in &named { li { (name) " " (ways) } } }
            p.hint { "These fit many conditions, and no test shows a lack of serotonin. "
                a href=(Page::Mood.path()) { "What may add to it, and what may help" } }
        }
    })
}
