//! What is shown of the two futures: how urgent first, then the lines, then both side by side, then the same picture of both.

use super::{
    draft::Draft,
    form::stopping,
    futures::{AHEAD, FEW, Futures, Told},
};
use crate::{
    chart::{self, Bands, Figure, Mark, Scale, Series, Time},
    desk::Desk,
};
use jiff::Timestamp;
use maud::{Markup, html};
use raphe::{
    assess::{Assessment, Finding},
    check::NONE_KNOWN,
    exposure::simulation::{Kind, Simulation},
    knowledge::{
        schema::{Level, Urgency},
        words,
    },
    report::{
        self, Report, Voice,
        html::{Writer, plain, prose, urgency},
    },
    synapse::SEROTONIN,
    units::{Interval, two_digits},
    whatif::verdict_word,
};
use std::collections::BTreeSet;

/// The parts that are drawn anew while somebody drags, in reading order.
pub(super) struct Parts {
    /// How urgent it would be.
    pub(super) alarm: Markup,
    /// The lines it would be.
    pub(super) lines: Markup,
    /// Both futures.
    pub(super) futures: Markup,
}

/// Makes the parts.
pub(super) fn parts(desk: &Desk, draft: &Draft, futures: &Futures) -> Parts {
    match futures {
        Futures::Told(told) => {
            let report = report::whatif(&told.answer, desk.knowledge(), desk.voice());
            Parts {
                alarm: html! {
                    div id="whatif-alarm" data-live aria-live="polite" {
                        @if !draft.changes.is_empty() {
                            (urgency(&report))
                            @if draft.changes.iter().any(|change| change.stops.is_some()) {
                                p.ask-first { strong { "Do not stop suddenly, ask first." } }
                            }
                        }
                    }
                },
                lines: lines(desk, draft, told),
                futures: both(desk, draft, told, &report),
            }
        }
        Futures::Withheld(answer) => {
            let report = report::whatif(answer, desk.knowledge(), desk.voice());
            Parts {
                alarm: html! {
                    div id="whatif-alarm" data-live data-withheld aria-live="assertive" { (urgency(&report)) (back(desk)) }
                },
                lines: html! { div id="whatif-lines" data-live {} },
                futures: html! { div id="whatif-futures" data-live {} },
            }
        }
        Futures::Overtaken => Parts { alarm: html! {}, lines: html! {}, futures: html! {} },
    }
}

/// The way back from what is not worked out.
fn back(desk: &Desk) -> Markup {
    html! {
        form.back method="post" action="/whatif/remove" {
            (desk.secret())
            button name="id" value="all" { "Take the change back" }
        }
    }
}

fn lines(desk: &Desk, draft: &Draft, told: &Told) -> Markup {
    let stopped: Vec<String> = draft.changes.iter().filter_map(|change| change.stops.clone()).collect();
    html! {
        section.lines id="whatif-lines" data-live aria-labelledby="lines-name" {
            h2 id="lines-name" { "As lines of the diary" }
            @if draft.changes.is_empty() {
                p { "Nothing is changed yet." }
            } @else {
                ul.changes {
                    @for change in &draft.changes {
                        li {
                            div { @for line in &change.lines { code { (plain(line)) } } }
                            form method="post" action="/whatif/remove" {
                                (desk.secret())
                                button name="id" value=(change.id) aria-label=(format!("Remove: {}", plain(&change.lines.join(", ")))) { "Remove" }
                            }
                        }
                    }
                }
                @for notice in &told.unread {
                    p.wrong role="alert" { strong { "Not understood: " } (prose(&notice.says)) @if let Some(help) = &notice.help { ". " (prose(help)) } }
                }
                form.back method="post" action="/whatif/remove" {
                    (desk.secret())
                    button name="id" value="all" { "Remove all" }
                }
                (stopping(desk, &stopped))
            }
        }
    }
}

/// One finding with its standing between the two.
struct Standing<'a> {
    finding: &'a Finding,
    /// Only there with the lines, or at a higher level.
    new: bool,
}

fn both(desk: &Desk, draft: &Draft, told: &Told, report: &Report) -> Markup {
    let (Some(without), Some(with)) = (&told.answer.without, &told.answer.with) else {
        return html! { div id="whatif-futures" data-live {} };
    };
    let changed = !draft.changes.is_empty();
    let mut writer = Writer::new("whatif");
    let section = |writer: &mut Writer<'_>, title: &str| {
        let found = report.sections.iter().enumerate().find(|(_, section)| section.title.starts_with(title));
        found.map(|(place, section)| writer.section(section, &format!("whatif-{place}"), 3))
    };
    let [different, new, read] =
        ["What is different", "What is new", "How it was read"].map(|title| section(&mut writer, title));
    let todo = section(&mut writer, "If it is done");
    let when = told.answer.as_of.to_zoned(desk.zone()).strftime("%-d %b %Y, %H:%M").to_string();
    html! {
        section.futures id="whatif-futures" data-live aria-labelledby="futures-name" {
            h2 id="futures-name" { @if changed { "The two futures" } @else { "Now, and the next two weeks" } }
            p.hint {
                "Judged at " (when) @if changed { ", the worst moment of those that the lines make worth asking for" } ". Ranges are from "
                (told.people) " virtual people" @if told.people == FEW && desk.refining() { "; all are asked when the slider rests" } "."
            }
            div.cards {
                (side(desk, "As it is", without, None))
                @if changed { (side(desk, "With your changes", with, Some(without))) }
            }
            @if changed {
                (different.unwrap_or_default())
                (new.unwrap_or_default())
                (gone(desk, told, without, with))
            }
            (curves(desk, told, changed))
            @if changed { (todo.unwrap_or_default()) (read.unwrap_or_default()) }
            @if changed && !report.sources.is_empty() { (writer.sources(&report.sources, 3)) }
            @if changed { (write(desk, draft, with.urgency > without.urgency && with.urgency >= Urgency::Urgent)) }
        }
    }
}

/// The way from the draft into the diary.
fn write(desk: &Desk, draft: &Draft, urgent: bool) -> Markup {
    let count = draft.lines().len();
    html! {
        form.write method="post" action="/whatif/write" {
            (desk.secret())
            h3 { "Write it into the diary" }
            @if urgent {
                p { strong { "Do not do this." } " It would be urgent. Write it down only if it has happened, and call first." }
            } @else {
                p { "The diary then says that it is so. Do this only for what is really going to happen." }
            }
            p {
                input type="checkbox" id="write-agreed" name="agreed" value="yes" required;
                " "
                label for="write-agreed" { "It is agreed with the prescriber. (If not: agree it first.)" }
            }
            button.main {
                @if count == 1 { "Write this line into the diary" } @else { "Write these " (count) " lines into the diary" }
            }
        }
    }
}

fn side(desk: &Desk, name: &str, one: &Assessment, other: Option<&Assessment>) -> Markup {
    let knowledge = desk.knowledge();
    let names: Vec<String> =
        one.on_board.iter().map(|item| knowledge.substance_name(&item.substance).to_owned()).collect();
    let standing = |finding| {
        let new = other.is_some_and(|other| level_of(other, finding) < finding.level);
        Standing { finding, new }
    };
    let mut findings: Vec<Standing<'_>> =
        one.findings.iter().filter(|finding| finding.level >= Level::Minor).map(standing).collect();
    findings.sort_by_key(|standing| (!standing.new, std::cmp::Reverse(standing.finding.level)));
    html! {
        div.card {
            h3 { (name) }
            p { strong.word { (words::urgency_word(one.urgency)) } }
            p { "Serotonin: " (verdict_word(one.balance.verdict)) "." }
            p { @if names.is_empty() { "Nothing is in the body." } @else { "In the body: " (plain(&names.join(", "))) "." } }
            @if findings.is_empty() {
                p { (NONE_KNOWN) }
            } @else {
                ul.found {
                    @for Standing { finding, new } in &findings {
                        li {
                            @if *new { strong.new { "New" } " " }
                            strong { (words::level_word(finding.level)) } ": "
                            (plain(&finding.substances.iter().map(|id| knowledge.substance_name(id)).collect::<Vec<_>>().join(" with ")))
                            @if finding.kind != "serotonin" { " (" (kind_word(&finding.kind)) ")" }
                        }
                    }
                }
            }
        }
    }
}

fn kind_word(kind: &str) -> &str {
    match kind {
        "exposure" => "drug level",
        "qt" => "heart rhythm",
        "pressor" => "blood pressure",
        other => other,
    }
}

fn level_of(one: &Assessment, finding: &Finding) -> Level {
    one.findings.iter().find(|other| other.id == finding.id).map_or(Level::NoneKnown, |other| other.level)
}

/// What is not there any more with the lines, now or when the picture ends, and what is only there then.
fn gone(desk: &Desk, told: &Told, without: &Assessment, with: &Assessment) -> Markup {
    let missing = |from: &[Finding], to: &[Finding]| -> Vec<Finding> {
        let there = |finding: &&Finding| {
            !to.iter().any(|other| other.id == finding.id && other.level >= finding.level)
        };
        from.iter().filter(|finding| finding.level >= Level::Minor).filter(there).cloned().collect()
    };
    let [then_without, then_with] = &told.then;
    let now = missing(&without.findings, &with.findings);
    let ids: BTreeSet<&str> = now.iter().map(|finding| finding.id.as_str()).collect();
    let later: Vec<Finding> = missing(then_without, then_with)
        .into_iter()
        .filter(|finding| !ids.contains(finding.id.as_str()))
        .collect();
    let fresh: Vec<Finding> = missing(then_with, then_without)
        .into_iter()
        .filter(|finding| level_of(with, finding) < finding.level)
        .collect();
    let list = |title: &str, findings: &[Finding]| {
        html! {
            @if !findings.is_empty() {
                h3 { (title) }
                ul {
                    @for finding in findings {
                        li { p { strong { (words::level_word(finding.level)) ":" } " " (prose(finding.claim.says())) } }
                    }
                }
                (desk.sources(findings.iter().flat_map(|finding| finding.claim.citations())))
            }
        }
    };
    html! {
        (list("What is gone", &now))
        (list("What would be gone in two weeks", &later))
        (list("What would be new in two weeks", &fresh))
        @if !(now.is_empty() && later.is_empty()) {
            p.hint { "Gone does not mean that the way there is harmless: agree each step with the prescriber." }
        }
    }
}

/// Serotonin and levels of both over the same time and on the same scale.
fn curves(desk: &Desk, told: &Told, changed: bool) -> Markup {
    let Some([before, after]) = &told.curves else {
        return html! { p { "No picture is drawn of what is urgent. What to do is what counts." } };
    };
    let from = desk.reading.as_of;
    let end = from + jiff::SignedDuration::from_hours(24 * AHEAD);
    let points = |simulation: &Simulation, kind: Kind, id: &str| -> Vec<(Timestamp, Interval)> {
        let series = simulation.series.iter().find(|series| series.kind == kind && series.id == id);
        let at = |hours: f64| simulation.start + jiff::SignedDuration::from_secs((hours * 3600.0) as i64);
        let values = series.map_or(&[][..], |series| &series.values);
        simulation.time_h.iter().map(|hours| at(*hours)).zip(values.iter().copied()).collect()
    };
    let [old, new] = [before, after].map(|simulation| points(simulation, Kind::FoldChange, SEROTONIN));
    let mut series = Vec::new();
    if !old.is_empty() {
        series.push(Series::new("as it is", old.clone()).look(0));
    }
    if changed && !new.is_empty() {
        series.push(Series::new("with your changes", new.clone()).second().look(1));
    }
    let marks = told.begins.into_iter().filter(|at| *at > from && *at < end);
    let marks: Vec<Mark> = marks.map(|at| Mark::new(at, "your change begins")).collect();
    let time = Time::new(from, end, desk.zone()).now(from);
    let says = says(&old, &new, changed);
    html! {
        h3 { "Modeled serotonin over the next two weeks" }
        @if series.is_empty() {
            p { "Nothing that is in the body acts on the modeled synapse." }
        } @else {
            (chart::bands(
                &Figure::new("whatif-serotonin", "Serotonin outside the nerve cells, modeled", &says, desk.width() as u32),
                &Bands { series, marks, ..Bands::new(time, Scale::log("times the own level without any medicine").unit("×").reach(1.0, 5.0)) },
            ))
            p.hint { "The model explains, and calms nothing. Bands hold 9 of 10 people like this one." }
        }
        (levels(desk, before, after, changed))
    }
}

fn says(old: &[(Timestamp, Interval)], new: &[(Timestamp, Interval)], changed: bool) -> String {
    let told = |points: &[(Timestamp, Interval)]| {
        points.last().map(|(_, value)| {
            let [median, low, high] = [value.median, value.p5, value.p95].map(two_digits);
            format!("about {median} times ({low} to {high})")
        })
    };
    match (told(old), told(new)) {
        (Some(old), Some(new)) if changed => {
            format!("In two weeks {old} the own level as it is, and {new} with your changes.")
        }
        (Some(old), _) if !changed => format!("In two weeks {old} the own level."),
        (None, Some(new)) => {
            format!("In two weeks {new} the own level with your changes; without them nothing acts on it.")
        }
        (Some(old), None) => {
            format!("In two weeks {old} the own level as it is; with your changes nothing acts on it.")
        }
        _ => "Nothing acts on it.".to_owned(),
    }
}

/// Levels, the transporter and enzymes at the end of the picture, of both.
fn levels(desk: &Desk, before: &Simulation, after: &Simulation, changed: bool) -> Markup {
    let knowledge = desk.knowledge();
    let last = |simulation: &Simulation, kind: Kind, id: &str| {
        let series = simulation.series.iter().find(|series| series.kind == kind && series.id == id)?;
        series.values.last().copied()
    };
    let counts = |value: Option<Interval>| value.filter(|value| value.p95 > 1e-3);
    let told = |value: Option<Interval>, scale: f64, unit: &str| match counts(value) {
        None => "none".to_owned(),
        Some(value) => {
            let [median, low, high] = [value.median, value.p5, value.p95].map(|one| two_digits(one * scale));
            format!("{median}{unit} ({low} to {high})")
        }
    };
    let kinds = match desk.voice() {
        Voice::Person => vec![(Kind::Total, 1.0, " ng/mL"), (Kind::Occupancy, 100.0, " %")],
        Voice::Clinician => {
            vec![(Kind::Total, 1.0, " ng/mL"), (Kind::Occupancy, 100.0, " %"), (Kind::Activity, 100.0, " %")]
        }
    };
    let mut rows = Vec::new();
    for (kind, scale, unit) in kinds {
        let ids: BTreeSet<&str> = [before, after]
            .into_iter()
            .flat_map(|simulation| &simulation.series)
            .filter(|series| series.kind == kind)
            .map(|series| series.id.as_str())
            .collect();
        for id in ids {
            let (old, new) = (last(before, kind, id), last(after, kind, id));
            if counts(old).is_none() && counts(new).is_none() {
                continue;
            }
            let name = match kind {
                Kind::Total => format!("{} in the blood", knowledge.substance_name(id)),
                Kind::Activity => format!("Activity of {id}"),
                _ if id == "SERT" => "Serotonin transporter held".to_owned(),
                _ => format!("{id} held"),
            };
            rows.push((name, told(old, scale, unit), told(new, scale, unit)));
        }
    }
    html! {
        @if !rows.is_empty() {
            h3 { "Levels in two weeks" }
            div.scroll role="group" tabindex="0" aria-label="Levels in two weeks" {
                table.levels {
                    thead { tr { th scope="col" { "What" } th scope="col" { "As it is" } @if changed { th scope="col" { "With your changes" } } } }
                    tbody {
                        @for (name, old, new) in &rows {
                            tr { th scope="row" { (plain(name)) } td { (old) } @if changed { td { (new) } } }
                        }
                    }
                }
            }
            p.hint { "Modeled: the middle, and in brackets the range of 9 of 10 people like this one." }
        }
    }
}
