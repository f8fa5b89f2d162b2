//! The paper holds what the text report holds; what is left out is said; the files are what they say they are.

use crate::pages::browser::{Browser, knowledge};
use raphe::{
    assess::{HORIZON, Question, assess},
    population::Population,
    report::{Voice, report},
    timeline::diary,
};

const AT: &str = "2026-03-10T22:30:00Z";
const DIARY: &str = "profile  born 1972  sex female  weight 70 kg  country GB  zone UTC\n\
                     2026-02-01          start    sertraline 100 mg daily ; because of Tom\n\
                     2026-03-10 08:00    take     tramadol 100 mg\n\
                     2026-03-10 22:00    sign     inducible clonus, diaphoresis by clinician\n";

fn browser() -> Browser {
    Browser::open(DIARY, AT, Voice::Person)
}

/// The titles of the report that the program prints.
fn titles(voice: Voice) -> Vec<String> {
    let (timeline, _) = diary::read(DIARY.as_bytes());
    let question = Question {
        as_of: AT.parse().expect("a moment"),
        horizon: HORIZON,
        population: Population { seed: 1, people: 16 },
    };
    let report = report(&assess(&timeline, knowledge(), &question), knowledge(), voice, None);
    report.sections.into_iter().map(|section| section.title).collect()
}

#[test]
fn the_paper_holds_every_section_of_the_text_report_in_both_voices() {
    let browser = browser();
    browser.send("/report", &[("length", "whole")]);
    for (voice, word) in [(Voice::Person, "person"), (Voice::Clinician, "clinician")] {
        let page = browser.send("/report", &[("voice", word)]);
        for title in titles(voice) {
            let heading = format!(">{}</h3>", title.replace('&', "&amp;"));
            assert!(page.main().contains(&heading), "{title} is missing ({word})");
        }
        assert!(page.main().contains("Medicines and their dates") && page.main().contains(">Sources</h3>"));
        assert!(page.main().contains("id=\"paper-serotonin\""), "no picture ({word})");
    }
}

#[test]
fn one_page_leaves_out_what_it_names_and_nothing_that_must_be_on_it() {
    let browser = browser();
    let (one, whole) = (browser.get("/report"), browser.send("/report", &[("length", "whole")]));
    assert!(
        one.main().contains(">Shortened to one page</h3>") && !whole.main().contains("Shortened to one page")
    );
    for title in titles(Voice::Person) {
        let title = title.replace('&', "&amp;");
        let heading = one.main().contains(&format!(">{title}</h3>"));
        assert!(heading || one.main().contains(&format!("“{title}”")), "{title} is lost");
    }
    for title in ["What to do", "Why", "Not assessed", "Sources"] {
        assert!(one.main().contains(&format!(">{title}</h3>")), "{title}");
    }
    assert!(!one.main().contains("class=\"curve\"") && whole.main().contains("class=\"curve\""));
    // The length stays where something else is chosen, and the other way round.
    let less = browser.send("/report", &[("known", "Why"), ("voice", "person")]);
    assert!(!less.main().contains(">Why</h3>") && !less.main().contains("Shortened to one page"));
    let less = browser.send("/report", &[("length", "one")]);
    assert!(
        less.main().contains("chose to leave out: “Why”.") && less.main().contains("Shortened to one page")
    );
}

#[test]
fn what_was_not_read_or_not_known_is_on_one_page_as_well() {
    let diary =
        format!("{DIARY}2026-03-09          start    Frobnicate 5 mg daily\n2026-03-09 wibble wobble\n");
    let page = Browser::open(&diary, AT, Voice::Person).get("/report");
    let paper = &page.main()[page.main().find("id=\"paper\"").expect("the paper")..];
    assert!(paper.contains("Shortened to one page"));
    let unknown = paper.find("Frobnicate:</strong> Not recognized, and not assessed.");
    assert!(unknown.is_some(), "{paper}");
    assert!(paper.contains(">How the diary was read</h3>") && paper.contains("wibble"), "{paper}");
}

#[test]
fn the_urgency_and_the_medicines_stand_before_all_else() {
    let page = browser().get("/report");
    let main = &page.main()[page.main().find("id=\"paper\"").expect("the paper")..];
    let urgency = main.find("class=\"urgency").expect("how urgent it is");
    let medicines = main.find("Medicines and their dates").expect("the medicines");
    assert!(urgency < medicines && medicines < main.find(">Why<").expect("why"), "{main}");
    assert!(main.contains("start sertraline 100 mg daily") && main.contains("08:00 take tramadol 100 mg"));
    assert!(!page.main().contains("Tom"), "a private note is on the paper");
}

#[test]
fn what_is_left_out_is_said_and_some_things_stay() {
    let browser = browser();
    let fields = [
        ("known", "Why"),
        ("known", "What to do"),
        ("known", "Not assessed"),
        ("on", "What to do"),
        ("voice", "person"),
    ];
    let page = browser.send("/report", &fields);
    let main = page.main();
    assert!(!main.contains(">Why</h3>") && main.contains("chose to leave out: “Why”."), "{main}");
    assert!(main.contains(">Not assessed</h3>") && main.contains("class=\"urgency"), "{main}");
    let text = browser.get("/report.txt").body;
    assert!(text.contains("chose to leave out: “Why”.") && text.contains("\nNot assessed\n"), "{text}");
    let whole = browser.send("/report", &[("all", "yes")]);
    assert!(whole.main().contains(">Why</h3>"));
}

#[test]
fn downloads_are_what_they_say_and_their_names_tell_nothing() {
    let browser = browser();
    for (path, kind, name) in [
        ("/report.html", "text/html; charset=utf-8", "raphe-report.html"),
        ("/report.txt", "text/plain; charset=utf-8", "raphe-report.txt"),
        ("/report.fhir.json", "application/fhir+json", "raphe-report.fhir.json"),
    ] {
        let answer = browser.get(path);
        assert!(answer.head.contains(&format!("content-type: {kind}")), "{path}: {}", answer.head);
        let disposition = format!("content-disposition: attachment; filename=\"{name}\"");
        assert!(answer.head.contains(&disposition), "{path}: {}", answer.head);
    }
    let page = browser.get("/report.html").body;
    assert!(page.starts_with("<!DOCTYPE html>") && page.contains("Content-Security-Policy"), "{page}");
    assert!(
        !page.contains("<script") && !page.contains("src=\"") && page.contains("Medicines and their dates")
    );
    let bundle: serde_json::Value =
        serde_json::from_str(&browser.get("/report.fhir.json").body).expect("JSON");
    assert_eq!(
        (bundle["resourceType"].as_str(), bundle["type"].as_str()),
        (Some("Bundle"), Some("collection"))
    );
    let kinds: Vec<&str> = bundle["entry"]
        .as_array()
        .expect("entries")
        .iter()
        .filter_map(|entry| entry["resource"]["resourceType"].as_str())
        .collect();
    assert!(kinds.contains(&"RiskAssessment") && kinds.contains(&"Patient"), "{kinds:?}");
    let json: serde_json::Value = serde_json::from_str(&browser.get("/report.json").body).expect("JSON");
    assert_eq!(json["schema"], "raphe.assessment/1");
}

#[test]
fn an_overdose_has_no_level_on_the_persons_paper() {
    let diary = "profile zone UTC\n2026-03-10 08:00 take sertraline 5000 mg on purpose\n";
    let browser = Browser::open(diary, AT, Voice::Person);
    for length in ["one", "whole"] {
        assert!(!browser.send("/report", &[("length", length)]).main().contains("<svg"), "{length}");
    }
    assert!(!browser.get("/report.html").body.contains("<svg"));
    let clinician = browser.send("/report", &[("voice", "clinician")]);
    assert!(clinician.main().contains("paper-serotonin"));
}
