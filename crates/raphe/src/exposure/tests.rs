//! Laws that every course keeps, whatever was taken.

use super::{
    course::{self, Course, Dose, Plan, Wanted, Way},
    hours_between, intake,
    kinetics::Uptake,
    later,
    network::Network,
    people::People,
    scenario::Scenario,
    simulate,
};
use crate::{
    knowledge::Knowledge,
    population::Population,
    synapse::{Follower, Told},
    timeline::{Person, Route, Timeline, diary},
    units::TimeSpan,
};
use jiff::Timestamp;
use proptest::prelude::*;
use std::sync::LazyLock;

static KNOWLEDGE: LazyLock<Knowledge> = LazyLock::new(Knowledge::bundled);
const PEOPLE: Population = Population { seed: 3, people: 16 };
const TYPICAL: Population = Population { seed: 3, people: 0 };

/// A course of doses in milligrams at hours, of substances by one route.
fn run(
    names: &[&str],
    route: Route,
    doses: &[(usize, f64, f64)],
    hours: f64,
    step: f64,
) -> (Network, Course) {
    let taken = names.iter().map(|name| (KNOWLEDGE.find_substance(name).expect("it is known"), route));
    let network = Network::of(&KNOWLEDGE, taken);
    let mut plan = Plan::default();
    for (which, at, mg) in doses {
        let substance = KNOWLEDGE.find_substance(names[*which]).expect("it is known");
        let moiety = network.find(&substance.id).expect("it has a half-life");
        let way = match route {
            Route::Iv => Way::Blood(1.0),
            _ => {
                let Uptake { rate, lag, share, first_pass } =
                    Uptake::of(substance, &network.moieties[moiety].shape, route, None);
                let depot = course::Depot { moiety, rate: rate.expect("not iv"), lag, share, first_pass };
                let place = plan.depots.iter().position(|known| *known == depot).unwrap_or_else(|| {
                    plan.depots.push(depot);
                    plan.depots.len() - 1
                });
                Way::Depot(place)
            }
        };
        plan.doses.push(Dose { moiety, from: *at, to: *at, mass: (*mg, *mg), way, key: (0, 0) });
    }
    let steps = (hours / step).round() as usize;
    let person = Person::default();
    let people = People::new(&KNOWLEDGE, TYPICAL, &person, Timestamp::UNIX_EPOCH);
    let wanted = Wanted { steps, step, samples: (0..=steps).collect(), area_from: 0, now: steps };
    let (course, _) = course::run(&network, &plan, &people, &wanted, &());
    (network, course)
}

/// A diary's course, with levels at its end.
fn of_diary(text: &str, population: Population, step: f64) -> (Network, Course) {
    let (timeline, _) = KNOWLEDGE.resolve(&diary::read(text.as_bytes()).0);
    let end = timeline.end().expect("it has dates");
    let (uses, _) = intake::uses(&timeline, &KNOWLEDGE, end);
    let all: Vec<&intake::Use> = uses.iter().collect();
    let scenario = Scenario::new(&KNOWLEDGE, &timeline, &all, population, None, end);
    let outcome = scenario.run(&[scenario.hours], step, 0.0);
    (scenario.network.clone(), outcome.course)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, failure_persistence: None, ..ProptestConfig::default() })]

    /// What was injected is where it was put: in the body, or cleared, which is clearance times area.
    #[test]
    fn nothing_appears_and_nothing_vanishes(
        name in prop::sample::select(vec!["midazolam", "morphine", "naproxen", "fentanyl", "ondansetron", "lithium"]),
        at in 0.0..20.0_f64,
        mg in 0.1..500.0_f64,
    ) {
        let (network, course) = run(&[name], Route::Iv, &[(0, at, mg)], 96.0, 1.0);
        let place = network.find(&KNOWLEDGE.find_substance(name).unwrap().id).unwrap();
        prop_assert!(network.effects.is_empty(), "{name} changes its own clearance");
        let moiety = &network.moieties[place];
        let clearance = moiety.flow * moiety.intrinsic / (1.0 + moiety.intrinsic) + moiety.kidney;
        let accounted = course.area[place][0] * clearance + course.amount[place][0];
        prop_assert!((accounted / mg - 1.0).abs() < 1e-9, "{name}: {accounted} of {mg} mg");
    }

    /// A metabolite has what its parent lost to it, mass for mass.
    #[test]
    fn a_metabolite_is_made_of_what_the_parent_lost(mg in 1.0..500.0_f64) {
        let (network, course) = run(&["codeine"], Route::Iv, &[(0, 0.3, mg)], 24.0 * 12.0, 1.0);
        prop_assert!(network.effects.is_empty(), "codeine changes its own clearance");
        let (parent, child) = (network.find("codeine").unwrap(), network.find("morphine").unwrap());
        let from = &network.moieties[parent];
        let form = &from.forms[0];
        let by_liver = from.flow * from.intrinsic / (1.0 + from.intrinsic);
        let share = form.by.map_or(1.0, |by| from.shares[by].1);
        let made = course.area[parent][0] * by_liver * share * form.part * form.mass;
        let to = &network.moieties[child];
        let clearance = to.flow * to.intrinsic / (1.0 + to.intrinsic) + to.kidney;
        let there = course.area[child][0] * clearance + course.amount[child][0];
        prop_assert!((there / made - 1.0).abs() < 1e-9 && there > 0.0, "{there} of {made} mg");
    }

    /// Where no one acts on an enzyme, two doses give the sum of what each gives.
    #[test]
    fn doses_add_up_where_no_enzyme_is_modified(
        name in prop::sample::select(vec!["lithium", "naproxen", "mirtazapine", "zolpidem"]),
        a in (0.0..40.0_f64, 0.5..200.0_f64),
        b in (0.0..40.0_f64, 0.5..200.0_f64),
    ) {
        let course = |doses: &[(usize, f64, f64)]| run(&[name], Route::Oral, doses, 72.0, 1.0).1.levels[0].clone();
        let (one, other, both) = (course(&[(0, a.0, a.1)]), course(&[(0, b.0, b.1)]), course(&[(0, a.0, a.1), (0, b.0, b.1)]));
        for ((one, other), both) in one.iter().zip(&other).zip(&both) {
            let sum = one[0] + other[0];
            prop_assert!((both[0] - sum).abs() <= 1e-9 * sum.max(1e-12), "{} {sum}", both[0]);
        }
    }

    /// Half the step, the same area within half a percent, also with enzymes changing.
    #[test]
    fn a_finer_step_changes_next_to_nothing(hour in 0.0..24.0_f64, mg in 10.0..60.0_f64) {
        let doses: Vec<(usize, f64, f64)> = (0..10)
            .flat_map(|day| {
                let at = f64::from(day) * 24.0 + hour;
                [(0, at, mg), (1, at, 50.0), (2, at + 0.4, 100.0)]
            })
            .collect();
        let area = |step| run(&["paroxetine", "desipramine", "metoprolol"], Route::Oral, &doses, 264.0, step).1.area;
        for (coarse, fine) in area(1.0).iter().zip(&area(0.5)) {
            prop_assert!((coarse[0] / fine[0] - 1.0).abs() < 0.005, "{} {}", coarse[0], fine[0]);
        }
    }

    /// More of a drug is never less of it.
    #[test]
    fn a_larger_dose_gives_a_higher_level(mg in 1.0..100.0_f64, times in 1.01..50.0_f64) {
        let area = |mg: f64| run(&["paroxetine"], Route::Oral, &[(0, 1.0, mg), (0, 25.0, mg)], 120.0, 1.0).1.area[0][0];
        prop_assert!(area(mg * times) > area(mg));
    }
}

#[test]
fn nothing_taken_is_nothing_there() {
    let (network, course) = run(&["fluoxetine", "desipramine"], Route::Oral, &[(0, 1.0, 0.0)], 48.0, 1.0);
    assert!(course.levels.iter().flatten().flatten().all(|level| *level == 0.0));
    assert!(course.activity.iter().flatten().flatten().all(|activity| *activity == 1.0));
    assert!(network.effects.len() > 1);
}

#[test]
fn the_order_of_entries_changes_no_byte() {
    let lines = [
        "2026-01-01 08:00 start fluoxetine 20 mg daily",
        "2026-01-03 start desipramine 50 mg nightly",
        "2026-01-05 take tramadol 50 mg",
        "2026-01-08 21:00 take dextromethorphan 30 mg",
        "2026-01-12 note end",
    ];
    let forward = lines.join("\n");
    let backward = lines.iter().rev().copied().collect::<Vec<_>>().join("\n");
    let at_end = |text: &str| of_diary(text, PEOPLE, 1.0).1.levels;
    // The draw of a moment known to the day hangs on the line, so the line keeps its number here.
    let timed = |text: &str| text.replace("2026-01-05 take", "2026-01-05 10:00 take");
    assert_eq!(at_end(&timed(&forward)), at_end(&timed(&backward)));
}

#[test]
fn the_number_of_threads_changes_no_byte() {
    let text = "2026-01-01 08:00 start paroxetine 20 mg daily\n2026-01-01 start metoprolol 100 mg daily\n2026-02-20 note end";
    let (timeline, _) = KNOWLEDGE.resolve(&diary::read(text.as_bytes()).0);
    let end = timeline.end().expect("it has dates");
    let (uses, _) = intake::uses(&timeline, &KNOWLEDGE, end);
    let all: Vec<&intake::Use> = uses.iter().collect();
    let many = Population { seed: 1, people: 100 };
    let scenario = Scenario::new(&KNOWLEDGE, &timeline, &all, many, None, end);
    let wanted = Wanted { steps: 1200, step: 1.0, samples: vec![600, 1200], area_from: 0, now: 1200 };
    let levels = |threads| {
        let mut people = People::new(&KNOWLEDGE, many, &timeline.person, end);
        people.threads = threads;
        course::run(&scenario.network, &scenario.plan, &people, &wanted, &()).0.levels
    };
    assert_eq!(levels(1), levels(7));
}

#[test]
fn the_number_of_threads_changes_no_byte_of_the_synapse() {
    let text = "2026-01-01 08:00 start phenelzine 45 mg daily\n2026-01-20 08:00 start sertraline 50 mg daily\n2026-02-01 note end";
    let (timeline, _) = KNOWLEDGE.resolve(&diary::read(text.as_bytes()).0);
    let end = timeline.end().expect("it has dates");
    let (uses, _) = intake::uses(&timeline, &KNOWLEDGE, end);
    let all: Vec<&intake::Use> = uses.iter().collect();
    let many = Population { seed: 1, people: 50 };
    let scenario = Scenario::new(&KNOWLEDGE, &timeline, &all, many, None, end);
    let wanted = Wanted { steps: 700, step: 1.0, samples: vec![700], area_from: 0, now: 700 };
    let folds = |threads| {
        let mut people = People::new(&KNOWLEDGE, many, &timeline.person, end);
        people.threads = threads;
        let moments = vec![300.0, 700.0];
        let follower = Follower::new(&KNOWLEDGE, many, &timeline.person, end, &scenario, moments);
        let (_, found) = course::run(&scenario.network, &scenario.plan, &people, &wanted, &follower);
        let told = Told::of(&follower, &found, &[]);
        [told.folds(0), told.folds(1)]
    };
    let one = folds(1);
    assert!(one[1].iter().all(|fold| *fold > 1.0), "{one:?}");
    assert_eq!(one, folds(2));
    assert_eq!(one, folds(7));
}

#[test]
fn extremes_stay_finite() {
    for text in [
        "2026-01-01 10:00 take 1000 x 20 mg paroxetine\n2026-01-20 note end",
        "2016-01-01 start fluoxetine 20 mg daily\n2026-01-01 note end",
        "profile weight 0 kg\n2026-01-01 start sertraline 50 mg daily\n2026-02-01 note end",
        "profile weight 900 kg kidney eGFR 0\n2026-01-01 start lithium 900 mg daily\n2026-02-01 note end",
        "profile born 1900 liver impaired\n2026-01-01 start phenelzine 45 mg daily\n2026-02-01 note end",
        "2026-01-01 10:00 take midazolam 5 mg iv over 0.01 h\n2026-01-01 12:00 note end",
        "2026-01-01 start fentanyl 100 µg/h patch\n2026-02-01 note end",
    ] {
        let (network, course) = of_diary(text, PEOPLE, 1.0);
        let all = course.levels.iter().chain(&course.activity).flatten().flatten();
        assert!(all.copied().all(|value| value.is_finite() && value >= 0.0), "{text}");
        assert!(!network.moieties.is_empty(), "{text}");
    }
}

#[test]
fn a_smoker_who_stops_has_more_clozapine() {
    let level = |text: &str| {
        let (network, course) = of_diary(text, TYPICAL, 1.0);
        course.levels[network.find("clozapine").expect("clozapine is there")][0][0]
    };
    let taken = "2026-01-01 start clozapine 300 mg daily\n2026-03-01 note end";
    let (never, smoker) = (level(taken), level(&format!("profile smoker\n{taken}")));
    let stopped = level(&format!("profile smoker\n2026-02-01 stop smoking\n{taken}"));
    assert!(smoker < 0.8 * never, "{smoker} {never}");
    assert!((stopped / never - 1.0).abs() < 0.02, "{stopped} {never}");
}

#[test]
fn a_measured_level_narrows_what_is_simulated() {
    let many = Population { seed: 1, people: 400 };
    let taken = "2026-01-01 08:00 start sertraline 100 mg daily";
    let level = |text: &str| {
        let (timeline, _) = KNOWLEDGE.resolve(&diary::read(text.as_bytes()).0);
        let end = timeline.end().expect("it has dates");
        let exposure = simulate(&timeline, &KNOWLEDGE, many, end);
        exposure.remaining[0].total_ng_per_ml.expect("sertraline has a level")
    };
    let before = level(&format!("{taken}\n2026-02-01 20:00 note end"));
    let measured = 1.6 * before.median;
    let after = level(&format!(
        "{taken}\n2026-01-30 08:00 lab sertraline {measured:.1} ng/mL\n2026-02-01 20:00 note end"
    ));
    assert!(after.median > 1.1 * before.median, "{after:?} {before:?}");
    assert!(after.p95 / after.p5 < 0.8 * before.p95 / before.p5, "{after:?} {before:?}");
}

#[test]
fn a_poor_metabolizer_has_more_desipramine() {
    let level = |gene: &str| {
        let text = format!("{gene}\n2026-01-01 08:00 start desipramine 50 mg daily\n2026-03-01 note end");
        let (network, course) = of_diary(&text, TYPICAL, 1.0);
        course.levels[network.find("desipramine").expect("it is there")][0][0]
    };
    let normal = level("gene CYP2D6 normal metabolizer");
    assert_eq!(normal, level("gene CYP2D6 *1/*2"));
    assert!(level("gene CYP2D6 *4/*4") > 3.0 * normal);
    assert_eq!(level("gene CYP2D6 *4/*4"), level("gene CYP2D6 PM"));
    assert!(level("gene CYP2D6 ultrarapid metabolizer") < normal);
}

#[test]
fn a_destroyed_enzyme_comes_back_with_its_own_half_life() {
    let activity = |days: i64| {
        let text = "2026-01-01 08:00 start phenelzine 60 mg daily\n2026-03-01 stop phenelzine";
        let (timeline, _) = KNOWLEDGE.resolve(&diary::read(text.as_bytes()).0);
        let end: Timestamp = "2026-03-01T00:00:00Z".parse().expect("a moment");
        let exposure = simulate(&timeline, &KNOWLEDGE, TYPICAL, later(end, TimeSpan::days(days as f64)));
        let enzyme = exposure.enzymes.iter().find(|enzyme| enzyme.id == "MAO-A");
        enzyme.expect("phenelzine acts on it").activity.median
    };
    let lost = |days| 1.0 - activity(days);
    assert!((0.8..0.95).contains(&lost(1)), "{}", lost(1));
    let half_life = 10.0 / libm::log2(lost(3) / lost(13));
    assert!((half_life - 10.0).abs() < 1.0, "{half_life}");
    assert!(hours_between(Timestamp::UNIX_EPOCH, Timestamp::UNIX_EPOCH) == 0.0);
}

#[test]
fn nobody_is_needed_for_an_empty_timeline() {
    let timeline = Timeline::new(Person::default(), Vec::new());
    let exposure = simulate(&timeline, &KNOWLEDGE, PEOPLE, Timestamp::UNIX_EPOCH);
    assert!(exposure.remaining.is_empty() && exposure.enzymes.is_empty());
}
