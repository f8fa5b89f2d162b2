//! What holds of every plan.

use raphe::{
    Timestamp,
    assess::Question,
    knowledge::{
        Knowledge,
        schema::{Level, Urgency},
    },
    plan::{self, Ask, Kind, Plan},
    population::Population,
    report::{self, Voice, text},
    timeline::{Timeline, diary},
    units::TimeSpan,
};
use std::sync::LazyLock;

static KNOWLEDGE: LazyLock<Knowledge> = LazyLock::new(Knowledge::bundled);

fn question() -> Question {
    let as_of: Timestamp = "2026-06-15T09:00:00Z".parse().expect("a moment");
    Question { as_of, horizon: TimeSpan::days(14.0), population: Population { seed: 1, people: 0 } }
}

fn timeline(text: &str) -> Timeline {
    diary::read(text.as_bytes()).0
}

fn switch(from: &str, to: &str, with: Option<&str>) -> Plan {
    let ask = Ask::Switch { from: from.to_owned(), to: to.to_owned() };
    asked(&ask, with)
}

fn stop(from: &str, with: Option<&str>) -> Plan {
    asked(&Ask::Stop { from: from.to_owned() }, with)
}

fn asked(ask: &Ask, with: Option<&str>) -> Plan {
    let with = with.map(timeline);
    plan::plan(ask, with.as_ref(), &KNOWLEDGE, &question(), with.is_some()).expect("a plan")
}

fn refused(ask: &Ask, with: Option<&str>) -> String {
    let with = with.map(timeline);
    let errors = plan::plan(ask, with.as_ref(), &KNOWLEDGE, &question(), true).expect_err("no plan");
    errors.iter().map(|error| error.says.clone()).collect::<Vec<String>>().join("; ")
}

fn words(plan: &Plan, voice: Voice) -> String {
    let text = text::print(&report::plan(plan, &KNOWLEDGE, voice), text::Paint::PLAIN);
    text.split_whitespace().collect::<Vec<&str>>().join(" ")
}

#[test]
fn a_plan_is_never_shorter_than_the_strictest_rule_nor_than_the_model() {
    for (from, to) in [
        ("fluoxetine", "phenelzine"),
        ("phenelzine", "sertraline"),
        ("clomipramine", "tranylcypromine"),
        ("moclobemide", "citalopram"),
        ("vortioxetine", "isocarboxazid"),
        ("sertraline", "linezolid"),
        ("fluoxetine", "clomipramine"),
        ("venlafaxine", "selegiline"),
    ] {
        let plan = switch(from, to, None);
        let min = f64::from(plan.min_days.expect("days"));
        assert!(min >= plan.rule_days.expect("a rule"), "{from} to {to}: {min}");
        let model = plan.modeled.as_ref().and_then(|modeled| modeled.days).map_or(0.0, |days| days.median);
        assert!(min >= model, "{from} to {to}: {min} days, the model has {model}");
        assert_eq!(plan.kind, Some(Kind::Washout), "{from} to {to}");
        assert!(
            plan.steps.len() == 2 && f64::from(plan.steps[1].day) >= min,
            "{from} to {to}: {:?}",
            plan.steps
        );
    }
}

#[test]
fn no_step_makes_it_worse_than_now_beyond_what_a_guideline_allows() {
    for (from, to) in [
        ("sertraline", "vortioxetine"),
        ("paroxetine", "nortriptyline"),
        ("fluoxetine", "sertraline"),
        ("mirtazapine", "sertraline"),
        ("phenelzine", "clomipramine"),
    ] {
        let plan = switch(from, to, None);
        assert!(!plan.steps.is_empty(), "{from} to {to}");
        for step in &plan.steps {
            let check = step.check.as_ref().expect("every step is judged");
            assert!(check.urgency <= Urgency::Watch, "{from} to {to}: {}", step.says);
            assert!(check.level <= Level::Moderate, "{from} to {to}: {}", step.says);
        }
    }
}

#[test]
fn whoever_removes_it_slowly_waits_longer_and_reads_why() {
    let usual = switch("fluoxetine", "phenelzine", None).min_days.expect("days");
    let person = "profile born 1951-05 sex female\ngene CYP2D6 poor metabolizer\n2026-01-01 start fluoxetine 60 mg daily";
    let plan = switch("fluoxetine", "phenelzine", Some(person));
    assert!(plan.min_days.expect("days") > usual, "{:?} and {usual}", plan.min_days);
    let reason = plan.reason.clone().expect("a reason");
    assert!(reason.contains("dose") && reason.contains("norfluoxetine"), "{reason}");
    assert!(words(&plan, Voice::Person).contains("Days without a medicine have a price"));
}

#[test]
fn nothing_is_invented_for_what_is_not_known_or_not_taken() {
    let ask = |from: &str, to: &str| Ask::Switch { from: from.to_owned(), to: to.to_owned() };
    assert!(refused(&ask("sertraline", "unknownium"), None).contains("unknownium"));
    assert!(refused(&ask("sertraline", "Zoloft"), None).contains("same medicine"));
    let diary = Some("2026-01-01 start mirtazapine 30 mg daily");
    assert!(refused(&ask("sertraline", "citalopram"), diary).contains("not among"));
    assert!(refused(&Ask::Stop { from: "baclofen".to_owned() }, None).contains("not an antidepressant"));
    assert!(refused(&ask("sertraline:50", "citalopram"), None).contains("sertraline:50"));
}

#[test]
fn far_too_much_gets_whom_to_call_and_nothing_else() {
    for plan in [switch("sertraline:5 g", "citalopram", None), switch("sertraline", "citalopram:2 g", None)] {
        assert!(plan.too_much.is_some() && plan.steps.is_empty() && plan.rules.is_empty());
        assert!(plan.min_days.is_none() && plan.modeled.is_none());
        let words = words(&plan, Voice::Clinician);
        assert!(words.contains("crisis line") && !words.contains("days"), "{words}");
    }
}

#[test]
fn a_word_of_suicide_comes_before_every_plan_and_no_amount_is_named() {
    let diary = "2026-01-01 start sertraline 50 mg daily\n2026-06-14 note I want to kill myself";
    for plan in [switch("sertraline", "mirtazapine", Some(diary)), stop("sertraline", Some(diary))] {
        assert!(plan.suicide_path && plan.steps.is_empty() && plan.strengths.is_empty());
        let words = words(&plan, Voice::Person);
        assert!(words.starts_with("If you are thinking of ending your life"), "{words}");
        assert!(!words.contains(" mg"), "{words}");
    }
}

#[test]
fn what_goes_on_beside_it_can_rule_it_out() {
    let diary = "2026-01-01 start bupropion 300 mg daily\n2026-01-01 start selegiline 5 mg twice daily\n\
                 2026-02-01 start tranylcypromine 30 mg daily";
    let plan = switch("bupropion", "sertraline", Some(diary));
    let refused = plan.refused.expect("no plan");
    assert!(plan.steps.is_empty() && plan.min_days.is_none(), "{}", refused.says);
    let quiet = "2026-01-01 start bupropion 300 mg daily\n2026-01-01 start linezolid 600 mg every 12 h";
    let plan = switch("bupropion", "sertraline", Some(quiet));
    let refused = plan.refused.expect("no plan");
    assert!(refused.says.contains("linezolid"), "{}", refused.says);
    assert!(!refused.findings.is_empty());
}

#[test]
fn what_was_stopped_earlier_has_waited_already() {
    let diary = "2026-01-01 start sertraline 50 mg daily\n2026-06-05 stop sertraline";
    let plan = switch("sertraline", "phenelzine", Some(diary));
    assert_eq!(plan.min_days, Some(14));
    let begins = plan.steps.last().and_then(|step| step.date).expect("a date");
    assert_eq!(begins.to_string(), "2026-06-18", "fourteen days after the last dose on the fourth");
    let long = "2026-01-01 start sertraline 50 mg daily\n2026-03-05 stop sertraline";
    let begins = switch("sertraline", "phenelzine", Some(long)).steps.last().and_then(|step| step.date);
    assert_eq!(begins.map(|date| date.to_string()).as_deref(), Some("2026-06-15"), "today, not in the past");
}

#[test]
fn steps_down_fall_can_be_bought_and_are_about_equal_in_occupancy() {
    for (name, from) in [
        ("sertraline:100 mg", "sertraline"),
        ("citalopram:40 mg", "citalopram"),
        ("paroxetine", "paroxetine"),
    ] {
        let plan = stop(name, None);
        assert_eq!(plan.kind, Some(Kind::Taper), "{name}");
        let doses: Vec<f64> = plan.steps.iter().map(|step| step.daily_mg.expect("a dose")).collect();
        assert!(doses.windows(2).all(|pair| pair[1] < pair[0]), "{name}: {doses:?}");
        assert_eq!(doses.last(), Some(&0.0));
        let (end, taken) = plan.steps.split_last().expect("a taper has steps");
        assert_eq!(end.occupancy, None, "nothing is held when nothing is taken");
        let held: Vec<f64> =
            taken.iter().map(|step| step.occupancy.expect("an occupancy with its range").median).collect();
        let last = *held.last().expect("something is taken before the end");
        assert!(held.windows(2).all(|pair| pair[0] - pair[1] < 0.2), "{name}: {held:?}");
        // Where the smallest that can be bought is a jump, the plan says so.
        let said = plan.strength_notes.iter().any(|note| note.contains("still holds"));
        assert!(last < 0.2 || said, "{name}: {held:?}");
        assert!(plan.steps.iter().all(|step| !step.says.contains("every second day")));
        let of = |text: &String| text.trim_end_matches(" mg").parse::<f64>().ok();
        let strengths = &KNOWLEDGE.substance(from).expect("a substance").strengths;
        let amounts = |liquid: bool| {
            let forms = strengths.iter().filter(move |one| (one.form == "liquid") == liquid);
            forms.flat_map(|one| one.amounts.iter().filter_map(of)).collect::<Vec<f64>>()
        };
        let (pieces, liquid) = (amounts(false), amounts(true));
        let halves: Vec<f64> = strengths.iter().flat_map(|one| one.halved.iter().filter_map(of)).collect();
        let near = |a: f64, b: f64| (a - b).abs() < 1e-6;
        for dose in &doses[..doses.len() - 1] {
            let measured = liquid.iter().any(|least| near(dose / least, (dose / least).round()));
            let whole = pieces.iter().any(|one| [1.0, 2.0, 3.0].iter().any(|count| near(one * count, *dose)));
            let two = pieces.iter().any(|one| pieces.iter().any(|other| near(one + other, *dose)));
            let rest = |dose: f64| halves.iter().any(|one| near(one / 2.0, dose));
            let half = rest(*dose) || pieces.iter().any(|one| rest(dose - one));
            assert!(measured || whole || two || half, "{name}: {dose} mg cannot be bought");
        }
    }
}

#[test]
fn what_has_slow_release_is_never_split() {
    let plan = stop("venlafaxine:150 mg extended release:daily", None);
    for step in plan.steps.iter().filter(|step| step.says.contains("half")) {
        assert!(!step.says.contains("half of a 37.5 mg extended-release"), "{}", step.says);
    }
    assert!(plan.steps[0].says.contains("extended-release"), "{}", plan.steps[0].says);
}

#[test]
fn fluoxetine_tapers_itself_from_twenty() {
    assert_eq!(stop("fluoxetine", None).kind, Some(Kind::Stop));
    let more = stop("fluoxetine:60 mg", None);
    let doses: Vec<f64> = more.steps.iter().filter_map(|step| step.daily_mg).collect();
    assert_eq!(doses, [40.0, 20.0, 0.0]);
}

#[test]
fn what_stopping_frees_names_the_persons_own_medicines() {
    let diary = "2026-01-01 start paroxetine 20 mg daily\n2026-01-01 start tramadol 50 mg twice daily";
    let plan = stop("paroxetine", Some(diary));
    assert!(
        plan.frees.iter().any(|claim| claim.says().contains("tramadol acts more strongly")),
        "{:?}",
        plan.frees
    );
}

#[test]
fn every_plan_ends_with_the_prescriber_and_promises_nothing() {
    for plan in [
        switch("sertraline", "citalopram", None),
        switch("fluoxetine", "phenelzine", None),
        stop("venlafaxine", None),
    ] {
        for voice in [Voice::Person, Voice::Clinician] {
            let words = words(&plan, voice);
            assert!(words.contains("Agree it with the prescriber."), "{words}");
            for promise in ["zero risk", "no risk", "completely safe", "is safe now"] {
                assert!(!words.to_lowercase().contains(promise), "{promise}: {words}");
            }
        }
    }
}
