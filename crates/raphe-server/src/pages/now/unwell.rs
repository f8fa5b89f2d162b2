//! *I feel unwell*: tick what fits, and the diary says it in its own words.
//!
//! What cannot wait stands first, in large boxes and plain words. Which signs these are is not decided here: they are those
//! that by themselves make a danger flag of the knowledge base hold. Then what else can belong to too much serotonin, then
//! mood; then temperature and pulse. Nothing that was left empty becomes a line: not ticked is not asked, and not absent.

use super::{add, changed, words::capital};
use crate::{
    desk::Desk,
    page::Page,
    visit::{Html, Posted, Visit, Wrong},
};
use axum::{
    http::StatusCode,
    response::{IntoResponse, Response},
};
use maud::html;
use raphe::{
    knowledge::{
        Knowledge,
        schema::{Found, Rule, Side, Sign, Urgency},
    },
    report::{
        crisis_lines,
        html::{plain, prose},
    },
    timeline::{Weight, diary::Diary},
};
use std::collections::BTreeSet;

/// Thoughts of ending one's life: one of the choices that cannot wait, with a way of its own.
const SUICIDE: &str = "suicidal_ideation";
/// What is written where too much was taken; the words are among those that the diary is searched for.
const TOO_MUCH: &str = "took too much of a medicine";

/// The signs that are offered, in three groups.
struct Offered<'k> {
    danger: Vec<&'k Sign>,
    body: Vec<&'k Sign>,
    mood: Vec<&'k Sign>,
}

impl<'k> Offered<'k> {
    fn of(knowledge: &'k Knowledge) -> Self {
        let base = knowledge.base();
        let plain = |sign: &&Sign| matches!(sign.found, Found::Felt | Found::Seen);
        let (mut alone, mut any) = (Vec::new(), BTreeSet::new());
        for flag in &base.flags {
            if flag.danger && flag.urgency == Urgency::Emergency {
                alone_in(&flag.when, &mut alone);
            }
            every(&flag.when, &mut any);
        }
        let mut danger: Vec<&Sign> = Vec::new();
        // Nobody ticks a coma: that somebody cannot be woken is asked anyway.
        for sign in
            alone.into_iter().filter(|id| *id != "coma").filter_map(|id| knowledge.sign(id)).filter(plain)
        {
            if !danger.iter().any(|known| known.id == sign.id) {
                danger.push(sign);
            }
        }
        danger.extend(knowledge.sign(SUICIDE));
        let rest = || base.signs.iter().filter(|sign| !danger.iter().any(|known| known.id == sign.id));
        // Whoever is stiff can say so, though it takes a clinician to say that somebody is not.
        let offered = |sign: &&Sign| plain(sign) || sign.id == "hypertonia";
        let body = rest().filter(offered).filter(|sign| {
            sign.side == Side::Toxicity || (any.contains(sign.id.as_str()) && sign.side == Side::Other)
        });
        let mood = rest().filter(plain).filter(|sign| matches!(sign.side, Side::Low | Side::Both));
        let (body, mood) = (body.filter(|sign| sign.id != "coma").collect(), mood.collect());
        Self { danger, body, mood }
    }
}

/// How a sign is written in the diary: its name, or its id in words where a comma in the name would cut it in two.
fn written(knowledge: &Knowledge, sign: &Sign) -> Option<String> {
    let names = [sign.name.to_lowercase(), sign.id.replace('_', " ")];
    let reads = |name: &String| {
        !name.contains([',', ';']) && knowledge.find_sign(name).is_some_and(|found| found.id == sign.id)
    };
    names.into_iter().find(reads)
}

/// Facts that make a rule true each by itself.
fn alone_in<'r>(rule: &'r Rule, into: &mut Vec<&'r str>) {
    match rule {
        Rule::Atom(atom) => into.push(atom),
        Rule::Any(parts) => parts.iter().for_each(|part| alone_in(part, into)),
        _ => {}
    }
}

/// Every fact that a rule asks for.
fn every<'r>(rule: &'r Rule, into: &mut BTreeSet<&'r str>) {
    match rule {
        Rule::Atom(atom) => {
            into.insert(atom);
        }
        Rule::All(parts) | Rule::Any(parts) | Rule::AtLeast(_, parts) => {
            parts.iter().for_each(|part| every(part, into));
        }
        Rule::Not(part) => every(part, into),
    }
}

/// What was ticked and typed.
#[derive(Debug, Clone, Default)]
pub(super) struct Draft {
    signs: BTreeSet<String>,
    too_much: bool,
    temperature: String,
    fahrenheit: bool,
    pulse: String,
    words: String,
    /// The field that is meant, what is wrong, what to do.
    wrong: Option<(&'static str, String, String)>,
}

impl Draft {
    fn posted(form: &Posted) -> Self {
        let field = |name: &str| form.get(name).replace(['\r', '\n'], " ");
        Self {
            signs: form.all("sign").map(str::to_owned).collect(),
            too_much: !form.get("too_much").is_empty(),
            temperature: field("temperature"),
            fahrenheit: form.get("unit") == "F",
            pulse: field("pulse"),
            words: field("words"),
            wrong: None,
        }
    }

    /// One line for what is seen, what is felt, what was measured, what was written; each with the field it came from.
    fn lines(&self, knowledge: &Knowledge, (date, time): &(String, String)) -> Vec<(&'static str, String)> {
        let named = |felt: bool| {
            let signs = self.signs.iter().filter_map(|id| knowledge.sign(id));
            let names: Vec<String> = signs
                .filter(|sign| (sign.found == Found::Felt) == felt)
                .filter_map(|sign| written(knowledge, sign))
                .collect();
            (!names.is_empty()).then(|| names.join(", "))
        };
        let mut measured = Vec::new();
        if !self.temperature.is_empty() {
            measured.push((
                "temperature",
                format!("temperature {} {}", self.temperature, if self.fahrenheit { "F" } else { "C" }),
            ));
        }
        if !self.pulse.is_empty() {
            measured.push(("pulse", format!("pulse {}", self.pulse)));
        }
        let seen = named(false).map(|names| ("signs", format!("sign {names}")));
        let felt = named(true).map(|names| ("signs", format!("feel {names}")));
        let too_much = self.too_much.then(|| ("signs", format!("note {TOO_MUCH}")));
        let written = (!self.words.is_empty()).then(|| ("words", format!("note {}", self.words)));
        let measured = measured.into_iter().map(|(field, vital)| (field, format!("vital {vital}")));
        let rest = [seen, felt, too_much].into_iter().flatten().chain(measured).chain(written);
        rest.map(|(field, said)| (field, format!("{date} {time} {said}"))).collect()
    }
}

/// The empty page.
pub(super) async fn page(visit: Visit) -> Result<Html, Wrong> {
    visit.ask(|desk| show(desk, &Draft::default())).await
}

/// Writes what was ticked, and shows *Now*; or shows the page again with what is wrong.
pub(super) async fn add(visit: Visit, form: Posted) -> Result<Response, Wrong> {
    let draft = Draft::posted(&form);
    let checked = visit
        .ask(move |desk| {
            let lines = draft.lines(desk.knowledge(), &add::now(desk));
            if lines.is_empty() {
                let says = "nothing was ticked or written".to_owned();
                let help = "tick what fits, or write it in your own words".to_owned();
                return Err(Box::new(Draft { wrong: Some(("signs", says, help)), ..draft }));
            }
            let mut diary = Diary::read(&desk.reading.bytes);
            for (field, line) in &lines {
                if let Err(errors) = diary.append(line) {
                    let error = errors.into_iter().find(|error| error.weight == Weight::Error);
                    let (says, help) = error.map_or_else(
                        || ("this could not be read".to_owned(), String::new()),
                        |error| (error.says, error.help.unwrap_or_default()),
                    );
                    return Err(Box::new(Draft { wrong: Some((field, says, help)), ..draft }));
                }
            }
            Ok((draft, lines.into_iter().map(|(_, line)| line).collect::<Vec<String>>()))
        })
        .await?;
    let draft = match checked {
        Err(draft) => *draft,
        Ok((mut draft, lines)) => match changed::record(&visit, lines).await? {
            Ok(()) => return Ok(visit.back("/now", None)),
            Err(note) => {
                draft.wrong = Some(("signs", note.says, note.help.unwrap_or_default()));
                draft
            }
        },
    };
    let page = visit.ask(move |desk| show(desk, &draft)).await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}

fn show(desk: &Desk, draft: &Draft) -> Html {
    let offered = Offered::of(desk.knowledge());
    let help = &desk.assessment().help;
    let message = |field: &str| {
        html! {
            @if let Some((_, says, help)) = draft.wrong.as_ref().filter(|(named, ..)| *named == field) {
                p.wrong id=(format!("unwell-{field}-wrong")) role="alert" {
                    strong { (plain(&capital(says))) "." }
                    @if !help.is_empty() { " " (plain(&capital(help))) "." }
                }
            }
        }
    };
    let described = |field: &'static str| {
        draft.wrong.as_ref().filter(|(named, ..)| *named == field).map(|_| format!("unwell-{field}-wrong"))
    };
    let invalid = |field: &'static str| described(field).map(|_| "true");
    let tick = |sign: &Sign| {
        html! {
            label.tick {
                input type="checkbox" name="sign" value=(sign.id) checked[draft.signs.contains(&sign.id)];
                span { (capital(&sign.lay)) }
            }
        }
    };
    let body = html! {
        link rel="stylesheet" href="/assets/now.css";
        div.urgency.urgent.first {
            p.call { "Somebody cannot be woken, cannot breathe well or has a fit? Call " (plain(&help.emergency)) " now. Do not fill this in first." }
            @if let Some(poison) = &help.poison { p { "Poison center: " (plain(poison)) "." } }
        }
        form.unwell method="post" action="/unwell" {
            (desk.secret())
            (message("signs"))
            fieldset.big {
                legend { "Is any of this there now?" }
                div.ticks {
                    @for sign in offered.danger.iter().filter(|sign| sign.id != SUICIDE) { (tick(sign)) }
                    label.tick {
                        input type="checkbox" name="too_much" value="yes" checked[draft.too_much];
                        span { "I took too much of a medicine" }
                    }
                    @for sign in offered.danger.iter().filter(|sign| sign.id == SUICIDE) { (tick(sign)) }
                }
                @for (place, line) in crisis_lines(help).iter().enumerate() {
                    @if place == 0 { p.crisis { strong { (prose(line)) } } } @else { p.crisis { (prose(line)) } }
                }
            }
            fieldset {
                legend { "And any of this?" }
                div.ticks { @for sign in &offered.body { (tick(sign)) } }
            }
            details {
                summary { "Mood, sleep, energy and pain" }
                fieldset {
                    legend { "How you feel otherwise" }
                    div.ticks { @for sign in &offered.mood { (tick(sign)) } }
                }
            }
            fieldset {
                legend { "Measured, if you can" }
                div.pair {
                    div.field {
                        label for="unwell-temperature" { "Temperature" }
                        input id="unwell-temperature" name="temperature" inputmode="decimal" autocomplete="off" value=(plain(&draft.temperature))
                            aria-invalid=[invalid("temperature")] aria-describedby=[described("temperature")];
                        (message("temperature"))
                    }
                    div.field {
                        label for="unwell-unit" { "Unit" }
                        select id="unwell-unit" name="unit" {
                            option value="C" selected[!draft.fahrenheit] { "°C" }
                            option value="F" selected[draft.fahrenheit] { "°F" }
                        }
                    }
                    div.field {
                        label for="unwell-pulse" { "Pulse (beats in a minute)" }
                        input id="unwell-pulse" name="pulse" inputmode="numeric" autocomplete="off" value=(plain(&draft.pulse))
                            aria-invalid=[invalid("pulse")] aria-describedby=[described("pulse")];
                        (message("pulse"))
                    }
                }
            }
            div.field {
                label for="unwell-words" { "Anything else, in your own words" }
                input id="unwell-words" name="words" autocomplete="off" value=(plain(&draft.words))
                    aria-invalid=[invalid("words")] aria-describedby=[described("words")];
                (message("words"))
            }
            p { button.main type="submit" { "Write it down and see what to do" } }
            p.hint { "It is written into the diary with the time it is now. What you do not tick stays open: it is not taken as absent." }
        }
    };
    desk.page(Page::Unwell, &body)
}

#[cfg(test)]
mod tests {
    use super::*;
    use raphe::{
        assess::{HORIZON, Question, assess},
        population::Population,
        timeline::diary,
    };

    fn judged(signs: &[&str], too_much: bool) -> raphe::assess::Assessment {
        let knowledge = Knowledge::bundled();
        let draft =
            Draft { signs: signs.iter().map(|id| (*id).to_owned()).collect(), too_much, ..Draft::default() };
        let lines = draft.lines(&knowledge, &("2026-03-16".to_owned(), "10:00".to_owned()));
        let text: String = lines.iter().map(|(_, line)| format!("{line}\n")).collect();
        let text = format!("profile zone Europe/London\n{text}");
        let (timeline, notices) = diary::read(text.as_bytes());
        assert!(notices.is_empty(), "{text}: {notices:?}");
        let as_of = "2026-03-16T10:05:00Z".parse().expect("a moment");
        let population = Population { seed: 1, people: 0 };
        assess(&timeline, &knowledge, &Question { as_of, horizon: HORIZON, population })
    }

    #[test]
    fn every_danger_sign_that_is_offered_is_an_emergency_without_any_medicine() {
        let knowledge = Knowledge::bundled();
        let offered = Offered::of(&knowledge);
        assert!(offered.danger.len() >= 10, "{}", offered.danger.len());
        for sign in offered.danger.iter().filter(|sign| sign.id != SUICIDE) {
            let answer = judged(&[&sign.id], false);
            assert_eq!(answer.urgency, Urgency::Emergency, "{}", sign.id);
        }
        assert!(judged(&[SUICIDE], false).suicide_path);
        assert_eq!(judged(&[], true).urgency, Urgency::Emergency, "too much was taken");
    }

    #[test]
    fn every_sign_that_is_offered_is_read_as_itself() {
        let knowledge = Knowledge::bundled();
        let offered = Offered::of(&knowledge);
        for sign in offered.danger.iter().chain(&offered.body).chain(&offered.mood) {
            assert!(written(&knowledge, sign).is_some(), "{} cannot be written", sign.id);
        }
        assert!(offered.body.iter().any(|sign| sign.id == "hypertonia"));
        assert!(offered.body.iter().any(|sign| sign.id == "tremor"));
    }
}
