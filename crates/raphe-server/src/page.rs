//! The frame around every page: danger first, then the way to the other pages, then the page.

use crate::{change::vanished, desk::Desk, visit::Html};
use maud::{DOCTYPE, Markup, html};
use raphe::report::{
    Voice,
    html::{plain, prose},
    source_line,
};

/// The pages, in the order in which they stand in the menu.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Page {
    Now,
    Timeline,
    Together,
    Why,
    WhatIf,
    Plan,
    Exam,
    Mood,
    Helping,
    Report,
    Diary,
    Substances,
    /// First run: no page of the menu.
    Start,
    /// Signs to tick; reached from *Now*.
    Unwell,
}

impl Page {
    /// Those of the menu.
    pub(crate) const MENU: [Self; 12] = [
        Self::Now,
        Self::Timeline,
        Self::Together,
        Self::Why,
        Self::WhatIf,
        Self::Plan,
        Self::Exam,
        Self::Mood,
        Self::Helping,
        Self::Report,
        Self::Diary,
        Self::Substances,
    ];

    /// Where it is.
    pub(crate) const fn path(self) -> &'static str {
        match self {
            Self::Now => "/now",
            Self::Timeline => "/timeline",
            Self::Together => "/together",
            Self::Why => "/why",
            Self::WhatIf => "/whatif",
            Self::Plan => "/plan",
            Self::Exam => "/exam",
            Self::Mood => "/mood",
            Self::Helping => "/helping",
            Self::Report => "/report",
            Self::Diary => "/diary",
            Self::Substances => "/substances",
            Self::Start => "/start",
            Self::Unwell => "/unwell",
        }
    }

    /// Its name.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Now => "Now",
            Self::Timeline => "Timeline",
            Self::Together => "Together",
            Self::Why => "Why",
            Self::WhatIf => "What if",
            Self::Plan => "Plan",
            Self::Exam => "Exam",
            Self::Mood => "Mood and factors",
            Self::Helping => "Helping",
            Self::Report => "Report",
            Self::Diary => "Diary",
            Self::Substances => "Substances",
            Self::Start => "Your own diary",
            Self::Unwell => "I feel unwell",
        }
    }

    /// What it answers, under its name.
    pub(crate) const fn asks(self) -> &'static str {
        match self {
            Self::Now => "How is it now, and what is there to do?",
            Self::Timeline => "What happened when?",
            Self::Together => "What is in the body, and how does it go together?",
            Self::Why => "Which substance does what?",
            Self::WhatIf => "What would change if you took, left or moved something?",
            Self::Plan => "How to switch or stop, and when?",
            Self::Exam => "Which sign to look for next?",
            Self::Mood => "How do you feel, what may add to it, and what may help?",
            Self::Helping => "Is it helping?",
            Self::Report => "One page to print or to take along",
            Self::Diary => "The file itself",
            Self::Substances => "What is known, and from where?",
            Self::Start => "Begin a diary of your own",
            Self::Unwell => "Tick what is there. You see at once what to do.",
        }
    }
}

/// The head of every document.
fn head(title: &str) -> Markup {
    html! {
        head {
            meta charset="utf-8";
            meta name="viewport" content="width=device-width, initial-scale=1";
            meta name="color-scheme" content="light dark";
            title { (title) }
            link rel="icon" href="/assets/icon.svg" type="image/svg+xml";
            link rel="stylesheet" href="/assets/report.css";
            link rel="stylesheet" href="/assets/app.css";
            link rel="stylesheet" href="/assets/chart.css";
            script src="/assets/app.js" defer {}
        }
    }
}

/// A page without a diary: what went wrong.
pub(crate) fn bare(says: &str, help: &str) -> Html {
    Html(html! {
        (DOCTYPE)
        html lang="en" {
            (head(&format!("raphe: {says}")))
            body { main id="main" {
                h1 { (plain(says)) }
                p { (plain(help)) }
                p { a href="/now" { "Back to the first page" } }
            } }
        }
    })
}

impl Desk {
    /// A whole page around its body; `body` begins below the heading, with headings of level 2.
    pub(crate) fn page(&self, page: Page, body: &Markup) -> Html {
        self.page_called(page, page.name(), page.path(), body)
    }

    /// A page below one of the menu, with a name and a path of its own.
    pub(crate) fn page_called(&self, page: Page, name: &str, path: &str, body: &Markup) -> Html {
        let report = self.report();
        let voice = if self.voice() == Voice::Clinician { "clinician" } else { "person" };
        Html(html! {
            (DOCTYPE)
            html lang="en" data-width=(self.visit.width) data-csrf=(self.visit.csrf) data-voice=(voice)
                data-refining[self.refining()] data-idle=(self.visit.app.options.idle.as_secs()) {
                (head(&format!("{name}: raphe")))
                body {
                    a.skip href="#main" { "Skip to the page" }
                    header.top {
                        p.brand { a href="/now" { "raphe" } }
                        nav.menu aria-label="Pages" {
                            ul {
                                @for other in Page::MENU {
                                    li { a href=(other.path()) aria-current=[(other == page).then_some(if path == page.path() { "page" } else { "true" })] {
                                        (other.name())
                                    } }
                                }
                            }
                        }
                    }
                    main id="main" tabindex="-1" {
                        @if self.visit.app.is_example() {
                            aside.example aria-label="Example" {
                                p {
                                    strong { "This is an example, " } "a published case, not you. What you change here is forgotten. "
                                    a href="/start" { "Begin a diary of your own" }
                                }
                            }
                        }
                        // On the page Diary it is said where the file is.
                        @if page != Page::Diary && let Some(path) = &self.reading.gone {
                            div."note bad" role="alert" {
                                p { strong { (plain(&vanished(path).says)) } }
                                p { "So nothing of it is judged here, and no calm word below counts. Put it back, or bring back the last version: " a href=(Page::Diary.path()) { "Diary" } "." }
                            }
                        }
                        @if self.alarm() && page != Page::Now { (danger(&report.headline)) }
                        @if let Some(note) = &self.note {
                            div class=(if note.bad { "note bad" } else { "note" }) role=(if note.bad { "alert" } else { "status" }) {
                                p { strong { (plain(&note.says)) } }
                                @if let Some(help) = &note.help { p { (plain(help)) } }
                            }
                        }
                        h1 { (name) }
                        @if path == page.path() { p.asks { (page.asks()) } }
                        (body)
                    }
                    footer.foot {
                        @if self.refining() {
                            p.refining role="status" {
                                "The ranges are drawn from " (crate::desk::FEW) " virtual people; all "
                                (self.visit.app.options.population.people) " are being simulated. "
                                a href=(path) { "Show them" }
                            }
                        }
                        p { (plain(&report.footer)) }
                        form.settings method="post" action="/settings" {
                            (self.secret())
                            input type="hidden" name="back" value=(page.path());
                            @match self.voice() {
                                Voice::Person => button name="voice" value="clinician" { "Speak as to a clinician" },
                                Voice::Clinician => button name="voice" value="person" { "Speak in plain words" },
                            }
                            button name="lock" value="yes" { "Lock these pages" }
                            @if page != Page::Start { a href=(format!("{path}.json")) { "This page as JSON" } }
                        }
                    }
                }
            }
        })
    }

    /// What every form must hold.
    pub(crate) fn secret(&self) -> Markup {
        html! { input type="hidden" name="csrf" value=(self.visit.csrf); }
    }

    /// Sources as a list under a disclosure, for claims that stand in no report.
    pub(crate) fn sources<'c>(
        &self,
        citations: impl IntoIterator<Item = &'c raphe::knowledge::Citation>,
    ) -> Markup {
        let mut lines: Vec<String> =
            citations.into_iter().map(|citation| source_line(self.knowledge(), citation)).collect();
        lines.dedup();
        html! {
            @if !lines.is_empty() {
                details.cited {
                    summary { @if lines.len() == 1 { "Source" } @else { "Sources (" (lines.len()) ")" } }
                    ul { @for line in &lines { li { (raphe::report::html::linked(&plain(line))) } } }
                }
            }
        }
    }

    /// What stands where a figure is withheld: whom to call, and nothing that could help to do harm.
    pub(crate) fn instead(&self, withheld: &raphe::check::Withheld) -> Markup {
        let assessment = self.assessment();
        html! {
            div.withheld role="note" {
                p { strong { "This much " (plain(&withheld.name)) " is far above any recommended dose. No picture is made of it." } }
                @if withheld.to_come {
                    @for line in raphe::report::crisis_lines(&assessment.help) { p { (prose(&line)) } }
                }
                p { "If it was taken: call the poison center or " (plain(&assessment.help.emergency)) " now, even if you feel well." }
            }
        }
    }
}

/// The first lines of an alarm, on every page.
fn danger(headline: &[String]) -> Markup {
    html! {
        aside.danger aria-label="Urgent" {
            @for (place, line) in headline.iter().take(4).enumerate() {
                @if place == 0 { p.call { (prose(line)) } } @else { p { (prose(line)) } }
            }
            p { a href="/now" { "What to do" } }
        }
    }
}
