//! The page: what to take along, the ways to take it, and the paper itself.

use super::{choice::Choice, medicines};
use crate::{
    chart::{Bands, Content, Figure, Lanes, Scale, Series, Threshold, Time, Track, bands, lanes},
    desk::Desk,
};
use maud::{Markup, html};
use raphe::{
    knowledge::schema::Urgency,
    report::{
        Report, Section, Voice,
        html::{Writer, plain, urgency},
    },
};

/// The title of what is printed.
pub(super) fn title(desk: &Desk) -> String {
    let at = desk.reading.as_of.to_zoned(desk.zone());
    format!("Serotonin: assessment as of {}", at.strftime("%Y-%m-%d %H:%M"))
}

/// The whole report: what to do, the person and the medicines, then all else.
pub(super) fn report(desk: &Desk) -> Report {
    let report = desk.report().clone();
    let levels = medicines::levels(desk);
    let top = [medicines::about(desk), medicines::section(desk, levels.as_deref())];
    let (first, rest): (Vec<Section>, Vec<Section>) =
        report.sections.into_iter().partition(|section| FIRST.contains(&section.title.as_str()));
    Report { sections: first.into_iter().chain(top.into_iter().flatten()).chain(rest).collect(), ..report }
}

/// The body of the page.
pub(super) fn page(desk: &Desk, choice: &Choice) -> Markup {
    let whole = report(desk);
    html! {
        link rel="stylesheet" href="/assets/report-page.css";
        (choose(desk, choice, &whole))
        (take(desk))
        (paper(desk, choice, &choice.paper(&whole)))
        script src="/assets/report-page.js" defer {}
    }
}

fn choose(desk: &Desk, choice: &Choice, whole: &Report) -> Markup {
    let voice = |voice: Voice| desk.voice() == voice;
    html! {
        section.choose {
            h2 { "What would you like to take along?" }
            form.length method="post" action="/report" {
                (desk.secret())
                button name="length" value="one" aria-pressed=(!choice.whole) { "One page" }
                button name="length" value="whole" aria-pressed=(choice.whole) { "The whole report" }
            }
            form method="post" action="/report" {
                (desk.secret())
                details open[!choice.off.is_empty()] {
                    summary { "Choose what goes on the paper" }
                    p.hint { "How urgent it is, what was not assessed and the sources are always on it. A copy that leaves something out says so." }
                    fieldset {
                        legend { "On the paper" }
                        ul.boxes {
                            @for section in whole.sections.iter().filter(|section| Choice::may_go(&section.title)) {
                                li {
                                    input type="hidden" name="known" value=(section.title);
                                    label { input type="checkbox" name="on" value=(section.title) checked[choice.has(&section.title)]; " " (section.title) }
                                }
                            }
                        }
                    }
                    fieldset {
                        legend { "In whose words" }
                        p { label { input type="radio" name="voice" value="clinician" checked[voice(Voice::Clinician)]; " For a clinician: clinical terms and numbers" } }
                        p { label { input type="radio" name="voice" value="person" checked[voice(Voice::Person)]; " For me: plain words" } }
                    }
                    p {
                        button.main { "Show it so" }
                        " "
                        @if !choice.off.is_empty() || choice.voice.is_some() { button name="all" value="yes" { "Everything again" } }
                    }
                }
            }
        }
    }
}

/// The ways to take it along.
fn take(desk: &Desk) -> Markup {
    html! {
        section.take {
            h2.visually-hidden { "Print it or save it" }
            ul {
                li { button #print type="button" hidden { "Print" } }
                li { a href="/report.html" download="raphe-report.html" { "Save as one HTML file" } }
                li { a href="/report.txt" download="raphe-report.txt" { "Save as text" } }
                li { a href="/report.fhir.json" download="raphe-report.fhir.json" { "FHIR for a health record" } }
                li { a href="/report.json" download="raphe-report.json" { "JSON" } }
            }
            p.hint {
                "To print, use your browser’s print. Made with "
                (desk.question().population.people) " virtual people. Every file holds the whole report. They hold what is in your diary: \
                 keep them as safe as the diary."
            }
        }
    }
}

/// What is printed.
fn paper(desk: &Desk, choice: &Choice, report: &Report) -> Markup {
    let mut writer = Writer::new("paper");
    let sections: Vec<Markup> = report
        .sections
        .iter()
        .enumerate()
        .map(|(place, section)| writer.section(section, &format!("paper-{place}"), 3))
        .collect();
    let top = report.sections.iter().take_while(|section| TOP.contains(&section.title.as_str())).count();
    html! {
        article.paper.one[!choice.whole] #paper aria-labelledby="paper-name" {
            h2 #paper-name { (title(desk)) }
            p.by-hand aria-hidden="true" { "Name: " span {} " Born: " span {} }
            (urgency(report))
            @for section in &sections[..top] { (section) }
            // One page has no room for a picture of what is urgent: what to do is what counts.
            @if choice.whole || report.urgency < Urgency::Urgent { (picture(desk, choice.whole)) }
            @for section in &sections[top..] { (section) }
            p.made { (plain(&report.footer)) }
            (writer.sources(&report.sources, 3))
        }
    }
}

/// Sections that stand above the picture.
const TOP: [&str; 4] = [FIRST[0], FIRST[1], "About the person", medicines::MEDICINES];
/// Sections that stand above all else.
const FIRST: [&str; 2] = ["Thoughts of suicide", "What to do"];

/// Serotonin over the last two weeks: in the whole report with room to read a value off, on one page as a strip.
fn picture(desk: &Desk, whole: bool) -> Markup {
    if let Some(withheld) = desk.withheld() {
        return desk.instead(&withheld);
    }
    let Some(levels) = medicines::levels(desk) else { return html! {} };
    let Some(points) = medicines::serotonin(&levels) else { return html! {} };
    let (Some((from, _)), Some((to, _))) = (points.first(), points.last()) else { return html! {} };
    let time = Time::new(*from, *to, desk.zone()).now(desk.reading.as_of);
    let scale = Scale::log("times as much as usual").unit("×");
    let series = vec![Series::new("serotonin", points)];
    let thresholds = vec![Threshold::new(1.0, "usual")];
    let says = "The line is the middle of the virtual people, the band holds nine in ten. One is this person's usual, without any \
                medicine. A model, no measurement.";
    let figure = Figure::new("paper-serotonin", "The last two weeks", says, desk.width().min(PAPER) as u32);
    html! {
        section #paper-picture data-live {
            h3 { "Modeled serotonin outside the cells" }
            @if whole {
                (bands(&figure, &Bands { series, thresholds, ..Bands::new(time, scale) }))
            } @else {
                @let track = Track::new("Serotonin", 0, Content::Bands(scale, series, thresholds)).note("times as much as usual");
                (lanes(&figure, &Lanes { tracks: vec![track], ..Lanes::new(time) }))
            }
        }
    }
}

/// Wider than this a figure would not fit the paper, pixels.
const PAPER: f64 = 700.0;
