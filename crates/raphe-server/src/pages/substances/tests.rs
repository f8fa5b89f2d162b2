//! Every page of the knowledge is there, says where its facts come from, and is light enough.

use crate::pages::browser::{Browser, knowledge};
use raphe::report::{Voice, sheet::Subject};

const CALM: &str = "profile zone Europe/London\n2026-02-01 start sertraline 50 mg daily\n";

fn browser() -> Browser {
    Browser::open(CALM, "2026-02-10T12:00:00Z", Voice::Person)
}

#[test]
fn every_substance_has_a_page_with_sources() {
    let browser = browser();
    for item in &knowledge().base().substances {
        let answer = browser.get(&format!("/substances/{}", item.id));
        assert_eq!(answer.status, 200, "{}", item.id);
        let page = answer.main();
        let sheet = Subject::Substance(item).sheet(knowledge());
        let claimed = sheet.parts.iter().flat_map(|part| &part.rows).any(|row| !row.backing.is_empty());
        // Of what has only names nothing is claimed, and the page says so.
        let says = if claimed { "id=\"source-1\"" } else { "Nothing is claimed of it" };
        assert!(page.contains(says), "{}", item.id);
        assert!(
            !claimed || page.contains("opened 20") || page.contains("second-hand\u{3c}/strong>"),
            "{}",
            item.id
        );
        // Each number of a fact leads to a source of the page.
        let numbers = page.split("href=\"#source-").skip(1).filter_map(|rest| rest.split('"').next());
        for number in numbers {
            assert!(page.contains(&format!("id=\"source-{number}\"")), "{}: source {number}", item.id);
        }
        assert!(!page.contains("style=\"") && !page.contains("<script>"), "{}", item.id);
        let title = format!("<title>{}: raphe</title>", item.names.inn.replace('&', "&amp;"));
        assert!(answer.body.contains(&title), "{} has no title of its own", item.id);
    }
}

#[test]
fn every_other_subject_is_reached_from_its_shelf() {
    let browser = browser();
    let base = knowledge().base();
    for (shelf, count) in [
        ("questionnaires", base.questionnaires.len()),
        ("factors", base.factors.len()),
        ("guidance", base.guidance.len()),
        ("criteria", base.criteria.len()),
        ("lookalikes", base.rivals.len()),
    ] {
        let list = browser.get(&format!("/knowledge/{shelf}"));
        let link = format!("href=\"/knowledge/{shelf}/");
        let paths: Vec<&str> =
            list.main().split(&link).skip(1).filter_map(|rest| rest.split('"').next()).collect();
        assert_eq!(paths.len(), count, "{shelf}");
        for id in paths {
            let answer = browser.get(&format!("/knowledge/{shelf}/{id}"));
            assert!(answer.status == 200 && answer.main().contains("id=\"source-1\""), "{shelf}/{id}");
            let json = browser.get(&format!("/knowledge/{shelf}/{id}.json"));
            let value: serde_json::Value = serde_json::from_str(&json.body).expect("it is JSON");
            assert_eq!(value["id"], id);
        }
    }
    assert_eq!(browser.get("/knowledge/model").status, 200);
}

#[test]
fn every_source_is_listed() {
    let browser = browser();
    let index = browser.get("/knowledge/sources");
    let mut seen = 0;
    for letter in
        index.main().split("href=\"/knowledge/sources/").skip(1).filter_map(|rest| rest.split('"').next())
    {
        let page = browser.get(&format!("/knowledge/sources/{letter}"));
        seen += page.main().matches("<li id=").count();
    }
    assert_eq!(seen, knowledge().base().references.len());
    assert_eq!(browser.get("/knowledge/sources/1f").status, 404);
}

#[test]
fn the_list_names_all_and_the_twins_are_json() {
    let browser = browser();
    let list = browser.get("/substances");
    for item in knowledge().base().substances.iter().filter(|item| !item.retired) {
        assert!(
            list.main().contains(&format!("href=\"/substances/{}\"", item.id)),
            "{} is not listed",
            item.id
        );
    }
    let json = browser.get("/substances.json");
    let value: serde_json::Value = serde_json::from_str(&json.body).expect("it is JSON");
    assert_eq!(value["schema"], "raphe.substances/1");
    let one = browser.get("/substances/sertraline.json");
    let value: serde_json::Value = serde_json::from_str(&one.body).expect("it is JSON");
    assert_eq!(value["id"], "sertraline");
    assert!(one.head.contains("content-type: application/json"), "{}", one.head);
}

#[test]
fn what_is_searched_is_found_suggested_or_said_to_be_unknown_and_escaped() {
    let browser = browser();
    let found = |name: &str| browser.send("/substances", &[("name", name)]);
    assert!(found("Zoloft").main().contains("href=\"/substances/sertraline\""));
    assert!(found("PHQ-9").main().contains("href=\"/knowledge/questionnaires/phq_9\""));
    let near = found("Zolofft");
    assert!(near.main().contains("Did you mean one of these?"), "{}", near.main());
    let odd = found("<b>\"x\u{202e}</b>");
    assert!(odd.main().contains("&lt;b&gt;") && !odd.main().contains("<b>"), "{}", odd.main());
    assert!(!odd.main().contains('\u{202e}') || odd.main().matches('\u{202e}').count() == 1);
    assert_eq!(browser.get("/substances/nothing_such").status, 404);
    assert_eq!(browser.get("/substances/%3Cb%3E").status, 404);
    assert_eq!(browser.get("/knowledge/nowhere").status, 404);
}

#[test]
fn every_name_of_a_subject_finds_it() {
    for item in &knowledge().base().questionnaires {
        for name in Subject::Questionnaire(item).names() {
            assert!(Subject::find(knowledge(), name).iter().any(|found| found.id() == item.id), "{name}");
        }
    }
}
