//! The tree holds every part once, and nobody's "no" counts for more than they can tell.

use super::{
    super::trial::{KNOWLEDGE, Trial, place},
    tree::{self, Names},
};
use raphe::{
    assess::{HORIZON, Question},
    exam::{self, Answered, Reply, tree::Branch},
    knowledge::schema::{Found, Rule},
    population::Population,
    report::Voice,
    timeline::diary,
};

const DIARY: &str = "profile  born 1980  sex female  country GB  zone Europe/London\n\
                     2026-01-01          start  sertraline 100 mg daily\n\
                     2026-03-10 08:00    take   tramadol 100 mg\n";
const AT: &str = "2026-03-10T14:00:00Z";

fn atoms(rule: &Rule) -> Vec<&str> {
    match rule {
        Rule::Atom(atom) => vec![atom],
        Rule::All(parts) | Rule::Any(parts) | Rule::AtLeast(_, parts) => {
            parts.iter().flat_map(atoms).collect()
        }
        Rule::Not(part) => atoms(part),
    }
}

fn nodes(branch: &Branch) -> usize {
    if branch.parts().is_empty() { 1 } else { branch.parts().iter().map(nodes).sum() }
}

#[test]
fn each_part_of_each_rule_stands_in_the_tree_once_at_every_width() {
    let (timeline, _) = diary::read(DIARY.as_bytes());
    let question = Question {
        as_of: AT.parse().expect("a moment"),
        horizon: HORIZON,
        population: Population { seed: 1, people: 0 },
    };
    let answered = [
        Answered { sign: "inducible_clonus".to_owned(), reply: Reply::Present },
        Answered { sign: "tremor".to_owned(), reply: Reply::Absent },
    ];
    let state = exam::state(&timeline, &answered, &KNOWLEDGE, &question, Voice::Clinician);
    let drawn = state.tree.expect("there are rules");
    let hunter = KNOWLEDGE.base().criteria.iter().find(|one| one.id == "hunter").expect("it is known");
    let wanted: Vec<&str> = atoms(&hunter.given)
        .into_iter()
        .chain(hunter.rules.iter().flat_map(|rule| atoms(&rule.when)))
        .collect();
    assert_eq!(
        nodes(&drawn.given) + drawn.rules.iter().map(|rule| nodes(&rule.branch)).sum::<usize>(),
        wanted.len()
    );
    let names = Names { knowledge: &KNOWLEDGE, voice: Voice::Clinician };
    for width in [0.0, 280.0, 358.0, 700.0, 960.0, 1600.0, f64::INFINITY] {
        let svg = tree::draw(&drawn, names, width, "t").into_string();
        assert_eq!(svg.matches("class=\"station ").count(), wanted.len(), "{width}");
        for atom in &wanted {
            let times = wanted.iter().filter(|other| other == &atom).count();
            // In an attribute a sign of comparison is escaped.
            let escaped = atom.replace('>', "&gt;").replace('<', "&lt;");
            let seen = svg.matches(&format!("data-atom=\"{escaped}\"")).count()
                + if escaped == **atom { 0 } else { svg.matches(&format!("data-atom=\"{atom}\"")).count() };
            assert_eq!(seen, times, "{atom} at {width}");
        }
        for rule in &hunter.rules {
            let labels = svg.matches(&format!(">{}<", rule.label)).count()
                + svg.matches(&format!(">{}: ", rule.label)).count();
            assert_eq!(labels, 1, "{} at {width}", rule.label);
        }
        // Said in words, and by three shapes: inducible clonus stands in two rules.
        assert_eq!(svg.matches("✓ there").count(), 2, "{width}");
        assert_eq!(svg.matches("✕ not there").count(), 1, "{width}");
        assert_eq!(svg.matches("class=\"shape\"").count(), 1, "{width}");
    }
    let list = tree::list(&drawn, names).into_string();
    for rule in &hunter.rules {
        assert_eq!(list.matches(&format!("Rule {}, ", rule.label)).count(), 1);
    }
    assert_eq!(list.matches("<strong>").count(), wanted.len() + hunter.rules.len());
}

#[test]
fn a_lay_no_clonus_is_never_an_absence() {
    let trial = Trial::of(DIARY, AT);
    // Nobody lay is asked for it; a page may be old or made by hand.
    for sign in ["spontaneous_clonus", "inducible_clonus", "ocular_clonus", "hyperreflexia", "hypertonia"] {
        assert_eq!(KNOWLEDGE.sign(sign).expect("it is known").found, Found::Examined);
        assert_eq!(
            trial.post("/exam", &[("sign", sign), ("answer", "not_there")]),
            (303, "/exam".to_owned())
        );
    }
    // Speaking as to a clinician makes nobody one.
    trial.post("/settings", &[("voice", "clinician"), ("back", "/exam")]);
    let page = trial.get("/exam");
    assert!(page.contains("looked at by a lay person"), "{page}");
    let said: serde_json::Value = serde_json::from_str(&trial.get("/exam.json")).expect("JSON");
    let hunter =
        said["criteria"].as_array().and_then(|all| all.iter().find(|one| one["id"] == "hunter")).cloned();
    let hunter = hunter.expect("the criteria are there");
    assert!(hunter["would_decide"].to_string().contains("inducible_clonus"), "{hunter}");
    assert_eq!(page.matches("✕ not there").count(), 0, "{page}");
    assert_eq!(trial.post("/exam", &[("do", "write")]), (303, "/now".to_owned()));
    let diary = trial.diary();
    assert!(diary.contains("no inducible clonus") && !diary.contains("by clinician"), "{diary}");
    let (timeline, _) = diary::read(diary.as_bytes());
    let question = Question {
        as_of: AT.parse().expect("a moment"),
        horizon: HORIZON,
        population: Population { seed: 1, people: 0 },
    };
    let judged = raphe::assess::assess(&timeline, &KNOWLEDGE, &question);
    let hunter = judged.criteria.iter().find(|one| one.id == "hunter").expect("it is judged");
    assert_eq!(hunter.verdict, raphe::criteria::Truth::Unknown);
}

#[test]
fn answers_go_back_wait_in_no_address_and_become_lines() {
    let trial = Trial::of(DIARY, AT);
    let asked = |page: &str| {
        page.split("name=\"sign\" value=\"").nth(1).and_then(|rest| rest.split('"').next()).map(str::to_owned)
    };
    let first = asked(&trial.get("/exam")).expect("a question");
    trial.post("/exam", &[("sign", &first), ("answer", "there")]);
    let second = trial.get("/exam");
    assert_ne!(asked(&second).as_ref(), Some(&first));
    assert!(second.contains("Answers so far") && second.contains("What would be written"));
    trial.post("/exam", &[("do", "back")]);
    assert_eq!(asked(&trial.get("/exam")), Some(first.clone()));
    assert_eq!(trial.diary(), DIARY, "nothing is written before somebody says so");
    trial.post("/exam", &[("sign", &first), ("answer", "there")]);
    trial.post("/exam", &[("do", "write")]);
    assert!(trial.diary().contains("2026-03-10 14:00 sign "), "{}", trial.diary());
    assert!(!trial.get("/exam").contains("Answers so far"), "the draft is over");
}

#[test]
fn a_temperature_needs_a_number_that_a_living_person_can_have() {
    let trial = Trial::of(DIARY, AT);
    let send = |typed: &str, unit: &str| {
        trial.post(
            "/exam",
            &[("sign", "temperature"), ("answer", "measured"), ("temperature", typed), ("unit", unit)],
        )
    };
    for (typed, unit) in [("warm", "C"), ("101", "C"), ("38", "F"), ("", "C"), ("<b>38", "C")] {
        let (status, page) = send(typed, unit);
        assert_eq!(status, 422, "{typed} {unit}");
        assert!(!page.contains("<b>38"), "what was typed is escaped");
    }
    assert_eq!(send("101,3", "F").0, 303);
    let said: serde_json::Value = serde_json::from_str(&trial.get("/exam.json")).expect("JSON");
    assert!(said["lines"].to_string().contains("temperature 38.5 C"), "{said}");
    assert_eq!(trial.post("/exam", &[("sign", "nonsense"), ("answer", "there")]).0, 422);
}

#[test]
fn an_emergency_interrupts_before_the_next_question() {
    let trial = Trial::of(DIARY, AT);
    trial.post("/exam", &[("sign", "seizure"), ("answer", "there")]);
    let page = trial.get("/exam");
    let stop = place(&page, "Do not wait for the rest");
    assert!(stop < place(&page, "Answers so far"));
    assert!(place(&page, "EMERGENCY") < place(&page, "Answers so far"));
    assert!(page.contains("999"), "the number of the person's country");
}

#[test]
fn a_clinician_says_so_before_an_absence_counts() {
    let trial = Trial::of(DIARY, AT);
    trial.post("/settings", &[("voice", "clinician"), ("back", "/exam")]);
    let page = trial.get("/exam");
    assert!(page.contains("Who examines?") && !page.contains("name=\"sign\""), "{page}");
    trial.post("/exam", &[("do", "clinician")]);
    assert!(trial.get("/exam").contains("value=\"spontaneous_clonus\""));
    trial.post("/exam", &[("sign", "spontaneous_clonus"), ("answer", "not_there")]);
    assert!(trial.get("/exam").contains("✕ not there"));
    trial.post("/exam", &[("do", "write")]);
    assert!(trial.diary().contains("no spontaneous clonus by clinician"), "{}", trial.diary());
}
