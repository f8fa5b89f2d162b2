//! The first run, as a browser meets it.

use super::form::COUNTRIES;
use crate::guard::tests::{Browser, knowledge, options, text};
use axum::http::{StatusCode, header};
use std::{fs, path::PathBuf};
use tempfile::TempDir;

struct First {
    _folder: TempDir,
    path: PathBuf,
    browser: Browser,
}

/// The example is shown; a diary would be begun at the path.
async fn first() -> First {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("health.raphe");
    let options = crate::app::Options { fresh: path.clone(), ..options(None) };
    First { browser: Browser::new(options).await, _folder: folder, path }
}

const MEDICINE: [(&str, &str); 4] =
    [("name", "sertraline"), ("dose", "50 mg"), ("often", "daily"), ("since", "2026-03-01")];

#[tokio::test]
async fn five_questions_and_a_medicine_make_a_file() {
    let first = first().await;
    let page = text(first.browser.get("/start").await).await;
    assert!(page.contains(&first.path.display().to_string()), "the path is shown in full");
    let mut fields = vec![
        ("born", "1971"),
        ("sex", "female"),
        ("weight", "140 lb"),
        ("country", "GB"),
        ("zone", "Europe/London"),
        ("egfr", "45"),
        ("smoker", "yes"),
        ("act", "begin"),
    ];
    fields.extend(MEDICINE);
    fields.extend([("name", "tramadol"), ("dose", ""), ("often", "as needed"), ("since", "2025-11")]);
    let answer = first.browser.post("/start", &fields).await;
    assert_eq!(
        (answer.status(), answer.headers()[header::LOCATION].as_bytes()),
        (StatusCode::SEE_OTHER, &b"/now"[..])
    );
    let written = fs::read_to_string(&first.path).expect("the file is there");
    assert_eq!(
        written,
        "profile  born 1971  sex female  weight 140 lb  country GB  zone Europe/London  kidney eGFR 45  smoker\n\
         2026-03-01 start sertraline 50 mg daily\n\
         2025-11-15 start tramadol ? as needed ; some time in 2025-11\n"
    );
    let now = text(first.browser.get("/now").await).await;
    assert!(now.contains("Your diary is begun") && !now.contains("This is an example"), "{now}");
    let again = text(first.browser.get("/start").await).await;
    assert!(again.contains("You have a diary already"));
}

#[tokio::test]
async fn nothing_must_be_answered() {
    let first = first().await;
    let answer = first
        .browser
        .post("/start", &[("act", "begin"), ("name", ""), ("dose", ""), ("often", "daily"), ("since", "")])
        .await;
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    assert!(fs::read_to_string(&first.path).expect("the file is there").starts_with("; "));
}

#[tokio::test]
async fn what_does_not_read_is_said_beside_its_field_and_kept() {
    for (field, typed, words) in [
        ("born", "23/05/1971", "is not a date of birth"),
        ("weight", "62", "has no unit"),
        ("zone", "Londn", "is not a time zone"),
        ("egfr", "good", "is not an eGFR"),
        ("country", "Britain", "is not the code of a country"),
        ("sex", "female weight 62 kg", "could not be read"),
        ("born", "1971 ; note", "could not be read"),
        ("weight", "62 kg\nprofile pregnant", "not"),
    ] {
        let first = first().await;
        let answer = first.browser.post("/start", &[("act", "begin"), (field, typed)]).await;
        assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY, "{typed}");
        let page = text(answer).await;
        assert!(page.contains(words) && page.contains("No file was made yet"), "{typed}: {page}");
        assert!(page.contains(&format!("id=\"{field}-wrong\"")), "{typed}");
        let chosen = matches!(field, "sex" | "country");
        assert!(chosen || page.contains(&format!("value=\"{typed}\"")), "{typed} is kept");
        assert!(!first.path.exists());
    }
}

#[tokio::test]
async fn a_medicine_that_does_not_read_is_said_in_its_row_and_kept() {
    for (place, typed, words) in [
        (1, "50", "without a unit"),
        (0, "", "The name is missing"),
        (3, "", "Write since when"),
        (3, "last spring", "Write since when"),
        (3, "2026-13", "Write since when"),
        (0, "sertraline 50 mg nightly ; x", ""),
        (0, "sertraline on purpose", ""),
    ] {
        let first = first().await;
        let mut fields = MEDICINE;
        fields[place].1 = typed;
        let answer = first.browser.post("/start", &[&[("act", "begin")], &fields[..]].concat()).await;
        assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY, "{typed}");
        let page = text(answer).await;
        assert!(
            page.contains("id=\"wrong-0\"")
                && page.contains(words)
                && page.contains(&format!("value=\"{typed}\"")),
            "{typed}: {page}"
        );
        assert!(!first.path.exists());
    }
}

#[tokio::test]
async fn an_unknown_name_is_asked_about_once() {
    let first = first().await;
    let mut fields = MEDICINE;
    fields[0].1 = "sertralin forte";
    let fields = [&[("act", "begin")], &fields[..]].concat();
    let page = text(first.browser.post("/start", &fields).await).await;
    assert!(page.contains("is not in the knowledge") && page.contains("name=\"sure-0\""), "{page}");
    assert!(!first.path.exists());
    let answer = first.browser.post("/start", &[&fields[..], &[("sure-0", "yes")]].concat()).await;
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    let mut near = MEDICINE;
    near[0].1 = "sertralyne";
    let other = self::first().await;
    let page = text(other.browser.post("/start", &[&[("act", "begin")], &near[..]].concat()).await).await;
    assert!(page.contains("Did you mean sertraline"), "{page}");
}

#[tokio::test]
async fn a_row_is_added_without_losing_what_was_typed() {
    let first = first().await;
    let answer =
        first.browser.post("/start", &[&[("act", "more"), ("born", "1971")], &MEDICINE[..]].concat()).await;
    let page = text(answer).await;
    assert!(
        page.contains("value=\"1971\"")
            && page.contains("value=\"sertraline\"")
            && page.contains("id=\"name-1\""),
        "{page}"
    );
    assert!(!first.path.exists());
}

#[tokio::test]
async fn a_file_that_is_there_is_never_written_over() {
    let first = first().await;
    fs::write(&first.path, "mine").expect("a file");
    let page = text(first.browser.get("/start").await).await;
    assert!(page.contains("raphe serve") && !page.contains("Begin my diary"), "{page}");
    let answer = first.browser.post("/start", &[&[("act", "begin")], &MEDICINE[..]].concat()).await;
    assert_eq!(answer.status(), StatusCode::CONFLICT);
    assert_eq!(fs::read_to_string(&first.path).expect("text"), "mine");
}

#[tokio::test]
async fn a_named_file_that_is_not_there_is_begun() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("mine.raphe");
    let browser = Browser::new(options(Some(path.clone()))).await;
    assert_eq!(browser.get("/").await.headers()[header::LOCATION], "/start");
    let answer = browser.post("/start", &[&[("act", "begin")], &MEDICINE[..]].concat()).await;
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    assert_eq!(fs::read_to_string(&path).expect("text"), "2026-03-01 start sertraline 50 mg daily\n");
    assert_eq!(browser.get("/").await.headers()[header::LOCATION], "/now");
}

#[test]
fn every_country_with_numbers_to_call_can_be_chosen() {
    let mut known: Vec<&str> = knowledge()
        .base()
        .help
        .iter()
        .map(|line| line.country.as_str())
        .filter(|code| *code != "*")
        .collect();
    let mut offered: Vec<&str> = COUNTRIES.iter().map(|(code, _)| *code).collect();
    known.sort_unstable();
    offered.sort_unstable();
    assert_eq!(offered, known);
    assert!(COUNTRIES.iter().map(|(_, name)| name).is_sorted(), "by name");
}
