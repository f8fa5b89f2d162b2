//! A plan over HTTP: dates, refusals, doses of which nothing is worked out, and the lines in the diary.

use crate::pages::browser::Browser;
use raphe::report::Voice;

const AT: &str = "2026-03-10T12:00:00Z";
const SERTRALINE: &str = "profile  born 1980  sex female  weight 70 kg  country GB  zone Europe/London\n\
                          2025-11-01 start sertraline 100 mg daily\n";

fn browser(diary: &str) -> Browser {
    Browser::open(diary, AT, Voice::Person)
}

const TO_PHENELZINE: [(&str, &str); 3] = [("kind", "switch"), ("from", "sertraline"), ("to", "phenelzine")];

#[test]
fn the_form_offers_what_is_taken() {
    let page = browser(SERTRALINE).get("/plan");
    assert!(page.main().contains("<option value=\"sertraline\" selected>"), "{}", page.main());
    let empty = browser("profile zone Europe/London\n").get("/plan");
    assert!(empty.main().contains("names nothing that is taken"), "{}", empty.main());
}

#[test]
fn a_switch_has_dates_days_and_both_curves() {
    let browser = browser(SERTRALINE);
    let page = browser.send("/plan", &TO_PHENELZINE);
    let main = page.main();
    assert!(main.contains("sertraline → phenelzine"), "{main}");
    let dates = main.find("First dose of phenelzine, at the earliest").expect("a date");
    let curves = main.find("id=\"plan-levels\"").expect("the levels");
    assert!(dates < main.find("Day by day").expect("the steps") && dates < curves, "{main}");
    assert!(main.contains("2026-03-10") && main.contains("2026-03-24"), "fourteen days: {main}");
    assert!(main.contains("id=\"plan-serotonin\"") && main.contains("What to know on the way"), "{main}");
    assert!(!main.contains("`raphe "), "a command is named on a page: {main}");
    // The question is not in the address, and the answer stays.
    assert!(browser.get("/plan").main().contains("sertraline → phenelzine"));
    let json = browser.get("/plan.json");
    let value: serde_json::Value = serde_json::from_str(&json.body).expect("it is JSON");
    assert_eq!((value["schema"].as_str(), value["min_days"].as_u64()), (Some("raphe.plan/1"), Some(14)));
    let cleared = browser.send("/plan", &[("clear", "yes")]);
    assert!(!cleared.main().contains("phenelzine, at the earliest"));
    assert_eq!(browser.get("/plan.json").status, 404);
}

#[test]
fn an_unknown_name_stays_in_its_field_and_others_are_suggested() {
    let browser = browser(SERTRALINE);
    let page = browser.send("/plan", &[("kind", "switch"), ("from", "sertraline"), ("to", "Fenelzine")]);
    let main = page.main();
    assert!(main.contains("value=\"Fenelzine\"") && main.contains("aria-invalid=\"true\""), "{main}");
    assert!(main.contains("Did you mean phenelzine?"), "{main}");
    let odd = browser.send("/plan", &[("kind", "switch"), ("from", "sertraline"), ("to", "<i>\"x")]);
    assert!(odd.main().contains("&lt;i&gt;") && !odd.main().contains("<i>"), "{}", odd.main());
    let dose = browser.send(
        "/plan",
        &[("kind", "switch"), ("from", "sertraline"), ("to", "phenelzine"), ("to_dose", "12 bananas")],
    );
    assert!(
        dose.main().contains("value=\"12 bananas\"") && dose.main().contains("not read as a dose"),
        "{}",
        dose.main()
    );
    let same = browser.send("/plan", &[("kind", "switch"), ("from", "sertraline"), ("to", "Zoloft")]);
    assert!(same.main().contains("Both are the same medicine."), "{}", same.main());
}

#[test]
fn of_far_too_much_nothing_is_worked_out() {
    let browser = browser(SERTRALINE);
    let fields = [("kind", "switch"), ("from", "sertraline"), ("to", "venlafaxine"), ("to_dose", "5000 mg")];
    let main = browser.send("/plan", &fields);
    let main = main.main();
    assert!(main.contains("116 123") && main.contains("far above any recommended dose"), "{main}");
    for figure in ["<svg", "at the earliest", "By the model", "By the rules", "Day by day"] {
        assert!(!main.contains(figure), "{figure}: {main}");
    }
    let json: serde_json::Value = serde_json::from_str(&browser.get("/plan.json").body).expect("it is JSON");
    assert!(
        json["curve"].as_array().is_some_and(Vec::is_empty) && json["too_much"] == "venlafaxine",
        "{json}"
    );
}

#[test]
fn an_overdose_to_come_in_the_diary_ends_every_plan() {
    let browser = browser(&format!("{SERTRALINE}2026-03-20 take sertraline 5000 mg\n"));
    let page = browser.send("/plan", &TO_PHENELZINE);
    assert!(page.main().contains("116 123") && !page.main().contains("<svg"), "{}", page.main());
    assert!(!page.main().contains("at the earliest"), "{}", page.main());
    assert_ne!(browser.get("/plan.json").status, 200);
}

#[test]
fn a_recorded_overdose_has_no_curve_for_the_person() {
    let browser = browser(&format!("{SERTRALINE}2025-12-01 08:00 take sertraline 5000 mg overdose\n"));
    let page = browser.send("/plan", &TO_PHENELZINE);
    assert!(!page.main().contains("<svg") && !page.main().contains("By the model"), "{}", page.main());
    let json: serde_json::Value = serde_json::from_str(&browser.get("/plan.json").body).expect("it is JSON");
    assert!(json["curve"].as_array().is_none_or(Vec::is_empty), "{json}");
}

#[test]
fn what_would_be_worse_is_refused_with_its_reason() {
    let diary = format!(
        "{SERTRALINE}2025-12-01 start linezolid 600 mg twice daily\n2025-12-01 start tramadol 50 mg twice daily\n"
    );
    let page = browser(&diary).send("/plan", &TO_PHENELZINE);
    assert!(page.main().contains("No plan."), "{}", page.main());
    assert!(!page.main().contains("Into the diary"), "{}", page.main());
}

#[test]
fn steps_are_written_once_they_are_agreed() {
    let browser = browser(SERTRALINE);
    let page = browser.send("/plan", &TO_PHENELZINE);
    let lines: Vec<String> = page
        .main()
        .split("name=\"line\" value=\"")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .map(str::to_owned)
        .collect();
    assert!(lines[0].starts_with("2026-03-11 stop sertraline"), "{lines:?}");
    assert!(lines[1].starts_with("2026-03-24 start phenelzine 15 mg daily"), "{lines:?}");
    let mut fields: Vec<(&str, &str)> = lines.iter().map(|line| ("line", line.as_str())).collect();
    let unsaid = browser.send("/plan/write", &fields);
    assert!(
        unsaid.main().contains("Is this plan agreed?") && browser.diary() == SERTRALINE,
        "{}",
        unsaid.main()
    );
    fields.push(("agreed", "yes"));
    let done = browser.send("/plan/write", &fields);
    assert!(done.main().contains("planned lines"), "{}", done.main());
    let diary = browser.diary();
    assert!(diary.starts_with(SERTRALINE) && lines.iter().all(|line| diary.contains(line)), "{diary}");
    let again = browser.send("/plan/write", &fields);
    assert_eq!(browser.diary(), diary, "{}", again.main());
    let other =
        browser.send("/plan/write", &[("line", "2026-03-12 start tramadol 50 mg daily"), ("agreed", "yes")]);
    assert!(other.main().contains("another by now") && browser.diary() == diary, "{}", other.main());
}

#[test]
fn coming_off_goes_in_steps() {
    let page = browser(SERTRALINE).send("/plan", &[("kind", "stop"), ("from", "sertraline")]);
    let main = page.main();
    assert!(main.contains("Coming off sertraline") && main.contains("Step by step"), "{main}");
    assert!(
        main.contains("Last dose of sertraline") && main.contains("2026-03-11 change sertraline"),
        "{main}"
    );
}

#[test]
fn without_the_diary_it_is_planned_for_somebody_who_takes_it_alone() {
    let fields = [("kind", "switch"), ("from", ""), ("other", "fluoxetine 20 mg"), ("to", "phenelzine")];
    let page = browser("profile zone Europe/London\n").send("/plan", &fields);
    let main = page.main();
    assert!(main.contains("fluoxetine → phenelzine") && main.contains("35 days"), "{main}");
    assert!(!main.contains("Into the diary"), "{main}");
}
