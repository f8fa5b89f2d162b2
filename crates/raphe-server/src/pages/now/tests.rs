//! Danger first, nothing dangerous left out, and no figure where none may be shown: over every diary of the cases.

use crate::{
    app::{App, Home, Options},
    desk::Desk,
    visit::Visit,
};
use jiff::Timestamp;
use raphe::{
    knowledge::{Knowledge, schema::Urgency},
    population::Population,
    report::Voice,
};
use std::{
    net::{IpAddr, Ipv4Addr},
    path::{Path, PathBuf},
    sync::OnceLock,
    time::Duration,
};

/// The knowledge, read once.
fn knowledge() -> &'static Knowledge {
    static KNOWLEDGE: OnceLock<Knowledge> = OnceLock::new();
    KNOWLEDGE.get_or_init(Knowledge::bundled)
}

/// A desk with this diary, as a page would have it; few people, and the moment at its end.
pub(in crate::pages) fn desk(diary: &str, voice: Voice) -> Desk {
    desk_at(diary, voice, None)
}

/// The same at a moment.
fn desk_at(diary: &str, voice: Voice, at: Option<Timestamp>) -> Desk {
    let options = Options {
        file: None,
        fresh: PathBuf::from("unused.raphe"),
        address: IpAddr::V4(Ipv4Addr::LOCALHOST),
        port: None,
        at,
        population: Population { people: 2, seed: 1 },
        voice,
        idle: Duration::from_secs(600),
        open: false,
    };
    let app =
        App::new(options, knowledge(), vec!["127.0.0.1:1".to_owned()]).expect("the example needs no file");
    *app.home.write().expect("nobody else is here") = Home::Example(diary.as_bytes().to_vec());
    let reading = app.reading().unwrap_or_else(|wrong| panic!("{}", wrong.says));
    Desk::new(Visit::of(app, voice), reading, None)
}

/// Every diary of the cases, with its file.
pub(in crate::pages) fn diaries() -> Vec<(String, String)> {
    fn collect(folder: &Path, found: &mut Vec<(String, String)>) {
        let entries = std::fs::read_dir(folder).expect("the cases are there");
        let mut paths: Vec<PathBuf> = entries.map(|entry| entry.expect("an entry").path()).collect();
        paths.sort();
        for path in paths {
            if path.is_dir() {
                collect(&path, found);
            } else if path.extension().is_some_and(|ending| ending == "md") {
                let text = std::fs::read_to_string(&path).expect("a case is text");
                let parts = text.split("```diary").skip(1).filter_map(|part| {
                    let body = part.split_once('\n')?.1;
                    body.split_once("```").map(|(diary, _)| diary.to_owned())
                });
                found.extend(parts.map(|diary| (path.display().to_string(), diary)));
            }
        }
    }
    let mut found = Vec::new();
    collect(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../cases"), &mut found);
    assert!(found.len() > 40, "only {} diaries", found.len());
    found
}

/// The page without its head and its frame.
fn body(desk: &Desk) -> String {
    let page = super::show(desk, &super::add::Draft::blank(desk), None).0.into_string();
    page.split_once("<h1>").expect("a heading").1.to_owned()
}

/// As text stands in a page.
pub(in crate::pages) fn escaped(text: &str) -> String {
    maud::html! { (text) }.into_string()
}

#[test]
fn danger_stands_first_and_no_danger_sign_is_left_out() {
    let mut emergencies = 0;
    for (file, diary) in diaries() {
        let desk = desk(&diary, Voice::Person);
        let (assessment, page) = (desk.assessment(), body(&desk));
        let band = page.find("class=\"urgency ").unwrap_or_else(|| panic!("{file}: no urgency"));
        let before = &page[..band];
        for later in ["<section", "<form", "class=\"door", "<figure"] {
            assert!(!before.contains(later), "{file}: {later} stands before the urgency");
        }
        if assessment.suicide_path {
            assert!(page.contains("you do not have to carry this alone"), "{file}");
        }
        if assessment.urgency == Urgency::Emergency {
            emergencies += 1;
            let folded = page
                .find("<details class=\"later\">")
                .unwrap_or_else(|| panic!("{file}: nothing is folded away"));
            assert!(
                page[..folded].contains("What to do"),
                "{file}: what to do is not before what is folded away"
            );
            assert!(!page[..folded].contains("<figure"), "{file}: a figure tempts to read on");
        }
        for reason in assessment.reasons.iter().filter(|reason| reason.danger) {
            let until = page.find("<details class=\"later\">").unwrap_or(page.len());
            let says = raphe::report::html::prose(reason.claim.says()).into_string();
            assert!(page[..until].contains(&says), "{file}: {says} is not on the page");
        }
    }
    assert!(emergencies > 10, "only {emergencies} emergencies");
}

#[test]
fn at_most_three_causes_are_shown() {
    let mut most = 0;
    for (file, diary) in diaries() {
        let desk = desk(&diary, Voice::Person);
        let page = super::causes::causes(&desk, &desk.assessment()).into_string();
        let list = page.split_once("<ol class=\"causes\">").map_or("", |(_, list)| list);
        let list = list.split_once("</ol>").map_or("", |(list, _)| list);
        // An item begins with its name; a nested list does not.
        let shown = list.matches("<li><p><strong>").count();
        assert!(shown <= super::causes::CAUSES, "{file}: {shown}");
        most = most.max(shown);
    }
    assert_eq!(most, super::causes::CAUSES);
}

#[test]
fn no_figure_of_a_dose_far_too_high() {
    let planned =
        "2026-03-01 start sertraline 50 mg daily\n2026-03-20 take sertraline 5000 mg\n2026-03-10 note well\n";
    let at = "2026-03-11T10:00:00Z".parse().expect("a moment");
    for voice in [Voice::Person, Voice::Clinician] {
        let page = body(&desk_at(planned, voice, Some(at)));
        assert!(page.contains("class=\"withheld\""), "{voice:?}");
        assert!(page.contains("you do not have to carry this alone"), "{voice:?}: no crisis line");
        assert!(!page.contains("<figure") && !page.contains(" times ("), "{voice:?}");
    }
    let taken = "2026-03-01 start sertraline 50 mg daily\n2026-03-20 10:00 take sertraline 5000 mg\n";
    let page = body(&desk(taken, Voice::Person));
    assert!(page.contains("class=\"withheld\"") && !page.contains("<figure") && !page.contains(" times ("));
}

#[test]
fn typed_text_stays_and_cannot_become_markup() {
    let desk = desk("2026-03-01 start sertraline 50 mg daily ; <b>\n", Voice::Person);
    let page = body(&desk);
    assert!(!page.contains("<b>"));
    assert!(page.contains("sertraline"));
}
