//! The page: what to take along, the ways to take it, and the paper itself.

use super::{choice::Choice, medicines};
use crate::{
    chart::{Bands, Figure, Scale, Series, Threshold, Time, bands},
    desk::Desk,
};
use maud::{Markup, html};
use raphe::report::{
    Report, Section, Voice,
    html::{Writer, plain, urgency},
};

/// The title of what is printed.
pub(super) fn title(desk: &Desk) -> String {
    let at = desk.reading.as_of.to_zoned(desk.zone());
    format!("Serotonin: assessment as of {}", at.strftime("%Y-%m-%d %H:%M"))
}

/// The whole report, with the person and the medicines on top.
pub(super) fn report(desk: &Desk) -> Report {
    let report = desk.report().clone();
    let levels = medicines::levels(desk);
    let top = [medicines::about(desk), medicines::section(desk, levels.as_deref())];
    let sections: Vec<Section> = top.into_iter().flatten().chain(report.sections).collect();
    Report { sections, ..report }
}

/// The body of the page.
pub(super) fn page(desk: &Desk, choice: &Choice) -> Markup {
    let whole = report(desk);
    let shown = choice.cut(&whole);
    html! {
        link rel="stylesheet" href="/assets/report-page.css";
        (choose(desk, choice, &whole))
        (take(desk))
        (paper(desk, &shown))
        script src="/assets/report-page.js" defer {}
    }
}

fn choose(desk: &Desk, choice: &Choice, whole: &Report) -> Markup {
    let voice = |voice: Voice| desk.voice() == voice;
    html! {
        section.choose {
            h2 { "What would you like to take along?" }
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
                        @if *choice != Choice::default() { button name="all" value="yes" { "Everything again" } }
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
                (desk.question().population.people) " virtual people. FHIR and JSON hold all of it. The files hold what is in your diary: \
                 keep them as safe as the diary."
            }
        }
    }
}

/// What is printed.
fn paper(desk: &Desk, report: &Report) -> Markup {
    let mut writer = Writer::new("paper");
    let sections: Vec<Markup> = report
        .sections
        .iter()
        .enumerate()
        .map(|(place, section)| writer.section(section, &format!("paper-{place}"), 3))
        .collect();
    let top = report.sections.iter().take_while(|section| TOP.contains(&section.title.as_str())).count();
    html! {
        article.paper #paper aria-labelledby="paper-name" {
            h2 #paper-name { (title(desk)) }
            p.by-hand aria-hidden="true" { "Name: " span {} " Born: " span {} }
            (urgency(report))
            @for section in &sections[..top] { (section) }
            (picture(desk))
            @for section in &sections[top..] { (section) }
            (writer.sources(&report.sources, 3))
            p.made { (plain(&report.footer)) }
        }
    }
}

/// Sections that stand above the picture.
const TOP: [&str; 2] = ["About the person", "Medicines and their dates"];

/// Serotonin over the last two weeks.
fn picture(desk: &Desk) -> Markup {
    if let Some(withheld) = desk.withheld() {
        return desk.instead(&withheld);
    }
    let Some(levels) = medicines::levels(desk) else { return html! {} };
    let Some(points) = medicines::serotonin(&levels) else { return html! {} };
    let (Some((from, _)), Some((to, _))) = (points.first(), points.last()) else { return html! {} };
    let time = Time::new(*from, *to, desk.zone()).now(desk.reading.as_of);
    let drawn = Bands {
        series: vec![Series::new("serotonin", points)],
        thresholds: vec![Threshold::new(1.0, "usual")],
        ..Bands::new(time, Scale::log("times as much as usual").unit("×"))
    };
    let says = "The line is the middle of the virtual people, the band holds nine in ten. One is this person's usual, without any \
                medicine. A model, no measurement.";
    html! {
        section #paper-picture data-live {
            h3 { "Modeled serotonin outside the cells" }
            (bands(&Figure::new("paper-serotonin", "The last two weeks", says, desk.width().min(PAPER) as u32), &drawn))
        }
    }
}

/// Wider than this a figure would not fit the paper, pixels.
const PAPER: f64 = 700.0;
