//! One of five answers first, a picture that can be read without seeing it, and nothing where figures are withheld.

use super::super::trial::{Trial, place};

const SERTRALINE: &str = include_str!("../../../../../examples/helping-sertraline.raphe");

#[test]
fn the_answer_comes_before_the_picture_and_the_picture_has_its_numbers() {
    let trial = Trial::of(SERTRALINE, "2026-04-10T12:00:00Z");
    assert_eq!(trial.post("/helping", &[("what", "sertraline")]), (303, "/helping".to_owned()));
    let page = trial.get("/helping");
    let verdict = place(&page, "<p class=\"verdict\">");
    assert!(page[verdict..].starts_with("<p class=\"verdict\">Something is likely helping"), "{page}");
    let drawn = place(&page, "id=\"helping-picture\"");
    assert!(verdict < place(&page, "anything from") && place(&page, "anything from") < drawn);
    let figure = &page[drawn..drawn + place(&page[drawn..], "</figure>")];
    for part in ["role=\"img\"", "<title", "<desc", "<figcaption>", "<table>"] {
        assert!(figure.contains(part), "{part}");
    }
    assert_eq!(
        figure.matches("<tr><th scope=\"row\">").count(),
        13 + 2,
        "thirteen scores, and the band at both ends"
    );
    assert!(page.contains("aria-current=\"true\">Likely helping"));
    assert!(!page.contains("`raphe "), "no command line on a page");
    let said: serde_json::Value = serde_json::from_str(&trial.get("/helping.json")).expect("JSON");
    assert_eq!(said["schema"], "raphe.helping/1");
    assert_eq!(said["asked"], "sertraline");
}

#[test]
fn the_end_of_a_medicine_can_be_asked_about_and_what_nobody_knows_is_said() {
    let diary = "2026-01-01 start sertraline 50 mg daily\n2026-02-01 stop sertraline\n2026-02-10 score PHQ-9 total 9\n";
    let trial = Trial::of(diary, "2026-02-20T12:00:00Z");
    assert!(trial.get("/helping").contains("Stopping sertraline"));
    trial.post("/helping", &[("what", "stopping sertraline")]);
    assert!(trial.get("/helping").contains("cannot be told"));
    trial.post("/helping", &[("other", "<script>alert(1)</script>")]);
    let page = trial.get("/helping");
    assert!(page.contains("is not known") && !page.contains("<script>alert"), "{page}");
    assert!(!page.contains("class=\"verdict\""), "no answer where nothing was asked about");
}

#[test]
fn a_dose_far_above_the_maximum_gets_no_picture_and_no_chances() {
    let diary = format!("{SERTRALINE}2026-04-20 12:00 take sertraline 5000 mg\n");
    let trial = Trial::of(&diary, "2026-04-10T12:00:00Z");
    trial.post("/helping", &[("what", "sertraline")]);
    for path in ["/helping", "/mood"] {
        let page = trial.get(path);
        assert!(page.contains("class=\"withheld\""), "{path}: {page}");
        for part in ["helping-picture", "data-chart", "Chances", "class=\"verdict\""] {
            assert!(!page.contains(part), "{part} in {path}");
        }
    }
    let said: serde_json::Value = serde_json::from_str(&trial.get("/helping.json")).expect("JSON");
    assert!(said["outcomes"].as_array().is_none_or(Vec::is_empty), "{said}");
}

#[test]
fn an_emergency_is_said_once_and_before_the_answer() {
    let diary = format!("{SERTRALINE}2026-04-10 11:00 sign seizure\n");
    let trial = Trial::of(&diary, "2026-04-10T12:00:00Z");
    trial.post("/helping", &[("what", "sertraline")]);
    let page = trial.get("/helping");
    assert_eq!(page.matches("EMERGENCY").count(), 1);
    let first = place(&page, "What stands at the top comes before the question here.");
    assert!(place(&page, "EMERGENCY") < first && first < place(&page, "<p class=\"verdict\">"));
}
