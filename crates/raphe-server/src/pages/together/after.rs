//! After stopping: who is still there later, if what is chosen is not taken any more.
//!
//! Only a picture. The engine judges the same diary with `stop` lines in it, at each of six moments: what still acts by
//! published half-lives and waits, how much of it is left with its range, and which pairs still count. It never says that
//! stopping is wise; the words around it say the opposite.

use crate::{
    desk::{Desk, FEW},
    pages::now::words::{capital, hidden, level, list, percent},
};
use jiff::{SignedDuration, Timestamp};
use maud::{Markup, html};
use raphe::{
    assess::{self, Assessment, Question},
    exposure,
    knowledge::schema::Level,
    population::Population,
    timeline::{Entry, Event, Name, Origin, Timeline, When},
    units::Interval,
};
use std::collections::{BTreeMap, BTreeSet};

/// How long after, in days, and how a column is called.
const LATER: [(i64, &str); 6] =
    [(0, "now"), (1, "1 day"), (3, "3 days"), (7, "1 week"), (14, "2 weeks"), (35, "5 weeks")];

/// What somebody chose not to take any more, in the picture: ids. Remembered for their browser.
#[derive(Debug, Clone, Default)]
pub(super) struct Stopping(pub(super) BTreeSet<String>);

/// How far a substance has gone at one moment.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum State {
    /// Doses go on.
    Taken,
    /// It still acts in most people.
    Acts,
    /// It still acts in a few.
    May,
    /// It has gone.
    Gone,
}

/// One substance over the moments.
struct Row {
    name: String,
    cells: Vec<(State, Option<Interval>)>,
}

/// The table of one choice.
pub(super) struct After {
    rows: Vec<Row>,
    /// Pairs over the moments.
    pairs: Vec<(String, Vec<Option<Level>>)>,
}

impl After {
    /// What becomes of everything that acts when `stopped` is not taken any more.
    pub(super) fn of(desk: &Desk, assessment: &Assessment, stopped: &BTreeSet<String>) -> Self {
        let knowledge = desk.knowledge();
        let as_of = assessment.as_of;
        let timeline = without(&desk.reading.resolved, stopped, as_of);
        let seed = desk.question().population.seed;
        let mut rows: BTreeMap<String, Row> = BTreeMap::new();
        let mut pairs: BTreeMap<String, (Level, Vec<Option<Level>>)> = BTreeMap::new();
        for (place, (days, _)) in LATER.iter().enumerate() {
            let Ok(at) = as_of.checked_add(SignedDuration::from_hours(days * 24)) else { continue };
            let exposure = exposure::simulate(&timeline, knowledge, Population { people: FEW, seed }, at);
            for (one, windows) in exposure.uses.iter().zip(&exposure.windows) {
                let state = |until: Option<Timestamp>| until.is_none_or(|until| until >= at);
                let running = one.spells.last().is_some_and(|spell| spell.running);
                let acts = windows.iter().any(|window| state(window.acts_until));
                let may = windows.iter().any(|window| state(window.may_act_until));
                let state = match () {
                    () if running => State::Taken,
                    () if acts => State::Acts,
                    () if may => State::May,
                    () => State::Gone,
                };
                if place == 0 && state == State::Gone {
                    continue;
                }
                let row = match rows.get_mut(&one.substance) {
                    Some(row) => row,
                    // What is only planned is no part of what is there now.
                    None if place > 0 => continue,
                    None => rows.entry(one.substance.clone()).or_insert_with(|| Row {
                        name: knowledge.substance_name(&one.substance).to_owned(),
                        cells: Vec::new(),
                    }),
                };
                let left = exposure.remaining.iter().filter(|left| left.substance == one.substance);
                let left = left.map(|left| left.share_of_peak).max_by(|a, b| a.median.total_cmp(&b.median));
                row.cells.push((state, left));
            }
            let question =
                Question { as_of: at, population: Population { people: 0, seed }, ..desk.question() };
            let judged = assess::judged(&timeline, knowledge, &question);
            for finding in judged.findings.iter().filter(|finding| finding.kind == "serotonin") {
                let [a, b] = finding.substances.as_slice() else { continue };
                if place == 0 {
                    let title = format!(
                        "{} with {}",
                        capital(knowledge.substance_name(a)),
                        knowledge.substance_name(b)
                    );
                    pairs.entry(title).or_insert_with(|| (finding.level, Vec::new()));
                }
                let title =
                    format!("{} with {}", capital(knowledge.substance_name(a)), knowledge.substance_name(b));
                if let Some((_, levels)) = pairs.get_mut(&title) {
                    levels.resize(place, None);
                    levels.push(Some(finding.level));
                }
            }
        }
        let mut pairs: Vec<(Level, String, Vec<Option<Level>>)> =
            pairs.into_iter().map(|(title, (level, levels))| (level, title, levels)).collect();
        pairs.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
        let filled = |mut levels: Vec<Option<Level>>| {
            levels.resize(LATER.len(), None);
            levels
        };
        Self {
            rows: rows.into_values().collect(),
            pairs: pairs.into_iter().map(|(_, title, levels)| (title, filled(levels))).collect(),
        }
    }
}

/// The same diary, in which these are not taken any more from now on, whatever is planned.
fn without(timeline: &Timeline, stopped: &BTreeSet<String>, now: Timestamp) -> Timeline {
    let of = |event: &Event| match event {
        Event::Start(line) | Event::Change(line) | Event::Take(line) => line.name.id.clone(),
        _ => None,
    };
    let kept = timeline
        .entries
        .iter()
        .filter(|entry| entry.when.start <= now || !of(&entry.event).is_some_and(|id| stopped.contains(&id)));
    let stops = stopped.iter().zip(1..).map(|(id, number)| Entry {
        when: When::at(now),
        event: Event::Stop(Name { text: id.clone(), column: 1, id: Some(id.clone()) }),
        origin: Origin::Asked(number),
        note: None,
    });
    timeline.holding(kept.cloned().chain(stops).collect())
}

/// Until when each may act at the latest, by published half-lives and the return of enzymes, if no more of it were taken.
pub(super) fn acting_until(desk: &Desk, assessment: &Assessment) -> BTreeMap<String, Timestamp> {
    let running = assessment.on_board.iter().filter(|item| item.running);
    let stopped = running.map(|item| item.substance.clone()).collect();
    let timeline = without(&desk.reading.resolved, &stopped, assessment.as_of);
    let typical = Population { people: 0, seed: desk.question().population.seed };
    let exposure = exposure::simulate(&timeline, desk.knowledge(), typical, assessment.as_of);
    let windows = exposure.uses.iter().zip(&exposure.windows);
    let until = windows.filter_map(|(one, windows)| {
        let until = windows.iter().filter_map(|window| window.may_act_until).max()?;
        Some((one.substance.clone(), until))
    });
    until.filter(|(_, until)| *until > assessment.as_of).collect()
}

/// The form and the tables, or why there are none.
pub(super) fn section(desk: &Desk, assessment: &Assessment) -> Markup {
    let running: Vec<(&str, &str)> = assessment
        .on_board
        .iter()
        .filter(|item| item.running)
        .map(|item| (item.substance.as_str(), item.name.as_str()))
        .collect();
    let stopped: BTreeSet<String> = match desk.visit.recall::<Stopping>() {
        Some(Stopping(ids)) => {
            ids.into_iter().filter(|id| running.iter().any(|(known, _)| known == id)).collect()
        }
        None => BTreeSet::new(),
    };
    html! {
        section id="after" aria-labelledby="after-title" {
            h2 id="after-title" { "After stopping" }
            @match hidden(desk) {
                Some(withheld) => (desk.instead(&withheld)),
                None => (pictured(desk, assessment, &running, &stopped)),
            }
        }
    }
}

fn pictured(
    desk: &Desk,
    assessment: &Assessment,
    running: &[(&str, &str)],
    stopped: &BTreeSet<String>,
) -> Markup {
    let names: Vec<String> =
        running.iter().filter(|(id, _)| stopped.contains(*id)).map(|(_, name)| (*name).to_owned()).collect();
    html! {
        p { strong { "This is only a picture of how long things stay. It is no advice to stop." } " Do not stop suddenly; ask first: "
            "some medicines make people ill when they are stopped at once. " a href="/plan" { "A plan to stop or switch" } }
        (keep(desk, running))
        @if !running.is_empty() {
            form.choose method="post" action="/together" {
                (desk.secret())
                fieldset {
                    legend { "In the picture, no longer taken:" }
                    div.ticks {
                        @for (id, name) in running {
                            label.tick {
                                input type="checkbox" name="stop" value=(id) checked[stopped.contains(*id)];
                                span { (capital(name)) }
                            }
                        }
                    }
                    p { button type="submit" { "Show it" } }
                }
            }
        }
        h3 { "Who is still there" }
        // Where all goes on there is nothing to see, and nothing to wait for.
        @if stopped.is_empty() && assessment.on_board.iter().all(|item| item.running) {
            p { "Everything goes on as it is written. Tick one above to see how long it would stay." }
        } @else {
            p { @if names.is_empty() { "As it is: nothing that is taken now is stopped." } @else { "If " (list(&names, "and")) " were not taken any more:" } }
            (After::of(desk, assessment, stopped).show())
        }
    }
}

impl After {
    /// Both tables.
    fn show(&self) -> Markup {
        let heads = || html! { thead { tr { td {} @for (_, name) in LATER { th scope="col" { (name) } } } } };
        let differ = |levels: &[Option<Level>]| levels.iter().any(|level| *level != levels[0]);
        html! {
            div.scroll role="region" tabindex="0" aria-label="Who is still there, over time" {
                table.after {
                    (heads())
                    tbody {
                        @for row in &self.rows {
                            tr {
                                th scope="row" { (capital(&row.name)) }
                                @for (state, left) in &row.cells { (cell(*state, *left)) }
                            }
                        }
                    }
                }
            }
            p.hint { "The percentage is of the most that there was of it in the blood, with the range of 9 in 10 people. “May act” means: in about 1 person of 20. "
                "Some things go on acting after they have left the blood: an MAO inhibitor until new enzyme is made." }
            @if self.pairs.iter().any(|(_, levels)| differ(levels)) {
                h3 { "Which pairs still count" }
                div.scroll role="region" tabindex="0" aria-label="Which pairs still count, over time" {
                    table.after {
                        (heads())
                        tbody {
                            @for (title, levels) in &self.pairs {
                                tr {
                                    th scope="row" { (title) }
                                    @for known in levels {
                                        @match known {
                                            Some(known) => {
                                                @let (sign, word, class) = level(*known);
                                                td class=(format!("cell {class}")) { span.sign aria-hidden="true" { (sign) } " " (word) }
                                            },
                                            None => { td.cell.l0 { "no longer counted" } },
                                        }
                                    }
                                }
                            }
                        }
                    }
                }
                p.hint { "“No longer counted” is not the same as safe: bleeding, heart rhythm, sedation and seizures were not assessed." }
            }
        }
    }
}

fn cell(state: State, left: Option<Interval>) -> Markup {
    let (sign, word, class) = match state {
        State::Taken => ("■", "taken", "s-taken"),
        State::Acts => ("◧", "acts", "s-acts"),
        State::May => ("□", "may act", "s-may"),
        State::Gone => ("·", "gone", "s-gone"),
    };
    html! {
        td class=(format!("cell {class}")) {
            span.sign aria-hidden="true" { (sign) } " " (word)
            @if let Some(left) = left.filter(|_| state != State::Gone) { br; span.hint { (percent(left)) } }
        }
    }
}

/// What must not be stopped at once, by the knowledge base.
fn keep(desk: &Desk, running: &[(&str, &str)]) -> Markup {
    let kept: Vec<(&str, &str)> = running
        .iter()
        .filter_map(|(id, name)| Some((*name, desk.knowledge().substance(id)?.keep.as_deref()?)))
        .collect();
    html! { @for (name, why) in &kept { p { strong { (capital(name)) ":" } " " (why) "." } } }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pages::now::tests::desk;
    use raphe::report::Voice;

    const DIARY: &str = "profile zone Europe/London\n2026-01-01 start fluoxetine 20 mg daily\n\
                         2026-02-01 start tramadol 50 mg twice daily\n2026-03-10 note well\n";

    #[test]
    fn what_is_stopped_goes_and_fluoxetine_stays_longest() {
        let desk = desk(DIARY, Voice::Person);
        let stopped = ["fluoxetine", "tramadol"].map(str::to_owned).into();
        let after = After::of(&desk, &desk.assessment(), &stopped);
        let row = |name: &str| after.rows.iter().find(|row| row.name == name).expect(name);
        assert!(after.rows.iter().all(|row| row.cells.len() == LATER.len()));
        assert_eq!(row("tramadol").cells[3].0, State::Gone);
        assert_eq!(row("fluoxetine").cells[4].0, State::Acts, "norfluoxetine");
        let (_, levels) = &after.pairs[0];
        assert!(levels[0].is_some() && levels[5].is_none());
    }

    #[test]
    fn an_mao_inhibitor_acts_after_it_has_left_the_blood() {
        let diary = "profile zone Europe/London\n2026-01-01 start phenelzine 15 mg twice daily\n2026-03-10 note well\n";
        let desk = desk(diary, Voice::Person);
        let assessment = desk.assessment();
        let until = acting_until(&desk, &assessment)["phenelzine"];
        let gone = assessment.remaining.iter().map(|left| left.gone_by).max().expect("there is some");
        assert!(until > gone, "{until} {gone}");
        assert!(until.duration_since(assessment.as_of).as_hours() >= 14 * 24, "{until}");
        let after = After::of(&desk, &assessment, &["phenelzine".to_owned()].into());
        assert_ne!(after.rows[0].cells[4].0, State::Gone, "two weeks");
    }

    #[test]
    fn what_goes_on_stays_taken() {
        let desk = desk(DIARY, Voice::Person);
        let after = After::of(&desk, &desk.assessment(), &BTreeSet::new());
        assert!(after.rows.iter().all(|row| row.cells.iter().all(|(state, _)| *state == State::Taken)));
        assert!(after.pairs[0].1.iter().all(Option::is_some));
    }
}
