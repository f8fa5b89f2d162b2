//! Every questionnaire can be filled in and reads back to the same total; whom to call comes first.

use super::super::trial::{KNOWLEDGE, Trial, place};
use raphe::{
    care::form::Form,
    knowledge::questionnaire::{self, suicide_items},
    timeline::{Event, diary},
};

const DIARY: &str = "profile  born 1984  sex female  country GB  zone Europe/London\n\
                     2026-02-01          score  PHQ-9 total 16\n\
                     2026-02-08          score  PHQ-9 total 12\n\
                     2026-03-01 20:00    feel   low mood 5/10, fatigue 4/10\n";
const AT: &str = "2026-03-02T18:00:00Z";

/// The total of the last line, as the engine reads it.
fn last_total(text: &str) -> (String, Option<u32>) {
    let (timeline, notices) = diary::read(text.as_bytes());
    assert!(notices.is_empty(), "{notices:?}");
    let score = timeline.entries.iter().rev().find_map(|entry| match &entry.event {
        Event::Score(score) => Some(score.clone()),
        _ => None,
    });
    let score = score.expect("a score");
    let form = KNOWLEDGE.find_questionnaire(&score.name).expect("it is known");
    (form.id.clone(), questionnaire::read(form, &score).total)
}

#[test]
fn each_questionnaire_is_filled_in_and_its_line_reads_back_to_the_same_total() {
    for asks in &KNOWLEDGE.base().questionnaires {
        let trial = Trial::of("profile  country GB\n", AT);
        let mut form = Form::new(asks);
        assert_eq!(trial.post("/mood/choose", &[("form", &asks.id)]), (303, "/mood/form".to_owned()));
        let page = trial.get("/mood/form");
        let mut fields = vec![("form".to_owned(), asks.id.clone()), ("do".to_owned(), "write".to_owned())];
        if form.shows_items() {
            assert_eq!(page.matches("<fieldset class=\"item").count(), asks.texts.len(), "{}", asks.id);
            for (number, item) in (1..).zip(&asks.texts) {
                assert!(page.contains(&item.text.replace('&', "&amp;")), "{}: {}", asks.id, item.text);
                // Another choice for each, none about suicide.
                let choice = if item.suicide { 0 } else { asks.answers[number % asks.answers.len()].score };
                form.answer(&choice.to_string());
                fields.push((format!("item{number}"), choice.to_string()));
            }
        } else {
            assert_eq!(page.matches("<fieldset class=\"item").count(), 0, "{}", asks.id);
            let total = asks.lowest
                + (asks.highest - asks.lowest) / 4 / asks.times.unwrap_or(1) * asks.times.unwrap_or(1);
            form.answer(&total.to_string());
            fields.push(("total".to_owned(), total.to_string()));
        }
        let fields: Vec<(&str, &str)> =
            fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        assert_eq!(trial.post("/mood/form", &fields), (303, "/mood".to_owned()), "{}", asks.id);
        let wanted = form.result().total;
        assert!(wanted.is_some(), "{}", asks.id);
        assert_eq!(last_total(&trial.diary()), (asks.id.clone(), wanted));
        let page = trial.get("/mood");
        assert!(page.contains(&format!("{} is in the diary", asks.name)), "{}", asks.id);
        assert!(page.contains("data-chart=\"spark\""), "{}: {page}", asks.id);
    }
}

#[test]
fn an_answer_about_suicide_leads_to_whom_to_call_before_anything_else() {
    for asks in KNOWLEDGE.base().questionnaires.iter().filter(|asks| !asks.texts.is_empty()) {
        for item in suicide_items(asks) {
            let trial = Trial::of(DIARY, AT);
            trial.post("/mood/choose", &[("form", &asks.id)]);
            // All others are passed over: that is no reason to wait.
            let name = format!("item{item}");
            let fields = [("form", asks.id.as_str()), (name.as_str(), "1"), ("do", "write")];
            assert_eq!(trial.post("/mood/form", &fields), (303, "/mood".to_owned()), "{}", asks.id);
            let page = trial.get("/mood");
            let main = place(&page, "<main");
            let call = main + place(&page[main..], "116 123");
            assert!(call < place(&page, "is in the diary"), "{}", asks.id);
            assert!(call < place(&page, "<h1"), "{}", asks.id);
            assert!(call < place(&page, "Fill in a questionnaire"), "{}", asks.id);
            let said: serde_json::Value = serde_json::from_str(&trial.get("/mood.json")).expect("JSON");
            assert_eq!(said["urgency"], "urgent");
        }
    }
}

#[test]
fn an_old_answer_about_suicide_still_leads_to_whom_to_call_once() {
    let trial = Trial::of(DIARY, AT);
    let fields = [("form", "phq_9"), ("item9", "2"), ("day", "2024-01-05"), ("do", "write")];
    assert_eq!(trial.post("/mood/form", &fields).0, 303);
    assert!(trial.diary().contains("2024-01-05 score PHQ-9 - - - - - - - - 2"), "{}", trial.diary());
    let page = trial.get("/mood");
    assert!(place(&page, "116 123") < place(&page, "What was filled in"));
}

#[test]
fn what_was_passed_over_is_asked_for_and_what_was_left_out_is_not() {
    let trial = Trial::of(DIARY, AT);
    let mut fields: Vec<(String, &str)> = (1..=8).map(|number| (format!("item{number}"), "1")).collect();
    fields.extend([("form".to_owned(), "phq_9"), ("do".to_owned(), "write")]);
    let send = |fields: &[(String, &str)]| {
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), *value)).collect();
        trial.post("/mood/form", &fields)
    };
    let (status, page) = send(&fields);
    assert_eq!((status, trial.diary()), (422, DIARY.to_owned()));
    assert!(page.contains("question 9") && page.matches(" checked").count() == 8, "{page}");
    fields[7].1 = "-";
    fields.push(("item9".to_owned(), "0"));
    assert_eq!(send(&fields).0, 303);
    assert!(trial.diary().ends_with("score PHQ-9 1 1 1 1 1 1 1 - 0\n"), "{}", trial.diary());
    // Without the one about suicide there is no total: asked once, then written as it is.
    fields[9].1 = "-";
    let last = fields.len() - 1;
    fields[last].1 = "-";
    fields[7].1 = "1";
    let fields: Vec<(String, &str)> = fields
        .into_iter()
        .map(|(name, value)| if name == "do" { (name, "write") } else { (name, value) })
        .collect();
    assert_eq!(send(&fields).0, 422);
    let anyway: Vec<(String, &str)> = fields
        .iter()
        .map(|(name, value)| (name.clone(), if name == "do" { "anyway" } else { value }))
        .collect();
    assert_eq!(send(&anyway).0, 303);
    assert!(trial.diary().ends_with("score PHQ-9 1 1 1 1 1 1 1 1 -\n"), "{}", trial.diary());
}

#[test]
fn what_does_not_fit_is_said_where_it_stands_and_kept() {
    let trial = Trial::of(DIARY, AT);
    for (total, day) in [("29", ""), ("-1", ""), ("eight", ""), ("16", "2026-03-09"), ("16", "yesterday")] {
        let (status, page) =
            trial.post("/mood/form", &[("form", "isi"), ("total", total), ("day", day), ("do", "write")]);
        assert_eq!(status, 422, "{total} {day}");
        assert!(
            page.contains("aria-invalid=\"true\"") && page.contains(&format!("value=\"{total}\"")),
            "{page}"
        );
    }
    assert_eq!(trial.diary(), DIARY);
    assert_eq!(
        trial
            .post("/mood/form", &[("form", "isi"), ("total", "16"), ("day", "2026-03-01"), ("do", "write")])
            .0,
        303
    );
    assert!(trial.diary().ends_with("2026-03-01 score ISI total 16\n"), "{}", trial.diary());
}

#[test]
fn ways_open_and_stand_in_the_order_of_the_engine() {
    let trial = Trial::of(DIARY, AT);
    let page = trial.get("/mood");
    let (timeline, _) = diary::read(DIARY.as_bytes());
    let question = raphe::assess::Question {
        as_of: AT.parse().expect("a moment"),
        horizon: raphe::assess::HORIZON,
        population: raphe::population::Population { seed: 1, people: 0 },
    };
    let judged = raphe::assess::assess(&timeline, &KNOWLEDGE, &question);
    let ways = page.split("id=\"mood-ways\"").nth(1).expect("ways");
    let names: Vec<&str> = judged
        .care
        .ways
        .iter()
        .filter(|way| !way.detail)
        .filter_map(|way| KNOWLEDGE.base().guidance.iter().find(|item| item.id == way.id))
        .map(|item| item.name.as_str())
        .filter(|name| ways.contains(&format!("<summary><strong>{name}")))
        .collect();
    assert!(names.len() >= 3, "{names:?}");
    let places: Vec<usize> =
        names.iter().map(|name| place(ways, &format!("<summary><strong>{name}"))).collect();
    assert!(places.is_sorted(), "{names:?} {places:?}");
    assert!(!page.contains("`raphe "), "no command line on a page");
    assert!(!page.to_lowercase().contains("your serotonin is"));
}
