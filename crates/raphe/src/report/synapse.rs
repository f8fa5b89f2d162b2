//! What the model of the synapse makes of it, in words.

use super::{Along, Curve, Item, Section, Sources, Voice};
use crate::{
    assess::{capital, list},
    knowledge::{Citation, Knowledge},
    synapse::{self, Engaged, Synapse, engagement::Target},
    units::{Interval, number, two_digits},
};

/// Of what a modeled synapse is.
#[derive(Clone, Copy)]
pub(super) enum About<'a> {
    /// A person, now.
    Person {
        /// Something has to be done at once.
        in_danger: bool,
    },
    /// A set of medicines, all long taken.
    Set,
    /// A set to which this one is newly added.
    Newly(&'a str),
}

/// What the model of the synapse makes of it: ranges, what they rest on, and that they are no diagnosis.
pub(super) fn section(
    knowledge: &Knowledge,
    synapse: &Synapse,
    about: About<'_>,
    voice: Voice,
    sources: &mut Sources,
) -> Option<Section> {
    let times = |fold: Interval| {
        let [median, low, high] = [fold.median, fold.p5, fold.p95].map(two_digits);
        (median, format!("{low} to {high}"))
    };
    let mut items = Vec::new();
    let model = |symbol: &str| {
        let parameters = knowledge.base().synapse.iter();
        parameters.filter(|one| one.id == symbol).flat_map(|one| &one.value).map(Citation::from).next()
    };
    if let Some(peak) = synapse.peak_fold_change_24h {
        let (highest, highest_range) = times(peak);
        let within = format!(
            "at most about {highest} times a person's own level without any medicine ({highest_range} in 9 of 10 people)"
        );
        let text = match (about, synapse.fold_change) {
            (About::Person { .. }, Some(now)) => {
                let (median, range) = times(now);
                format!(
                    "about {median} times this person's own level without any medicine ({range} in 9 of 10 such people); at \
                     most {highest} times ({highest_range}) in the next 24 hours."
                )
            }
            (About::Newly(id), _) => format!(
                "{within} in the first day on which {} is newly added to the rest.",
                knowledge.substance_name(id)
            ),
            _ => format!("{within} within a day."),
        };
        let ahead = synapse::AHEAD;
        let (title, values, along) = match about {
            About::Person { .. } => {
                let hours = synapse::BEHIND_EVERY * synapse.course.len().saturating_sub(1) as f64;
                let name = "days from now".to_owned();
                let along = Along { name, from: (ahead - hours) / 24.0, to: ahead / 24.0, now: Some(0.0) };
                ("The last two weeks up to tomorrow, from one time upwards", &synapse.course, along)
            }
            _ => {
                let along = Along { name: "hours".to_owned(), from: 0.0, to: ahead, now: None };
                ("The 24 hours, from one time upwards", &synapse.next_day, along)
            }
        };
        let up = "times the own level without any medicine".to_owned();
        let curve = Curve { title: title.to_owned(), values: values.clone(), foot: 1.0, along, up };
        items.push(Item {
            mark: Some("Serotonin outside the nerve cells".to_owned()),
            text,
            sources: sources.cite(model("e0").as_ref()),
            curve: (curve.values.len() > 1).then_some(curve),
            ..Item::default()
        });
    }
    let targets = match about {
        About::Person { .. } => &synapse.targets,
        _ => &synapse.targets_at_peak,
    };
    for engaged in targets {
        if engaged.share.p95 < 0.01 {
            continue;
        }
        items.push(Item {
            mark: Some(capital(engaged.target.name())),
            text: match voice {
                Voice::Person => in_ten(knowledge, engaged),
                Voice::Clinician => in_percent(knowledge, engaged),
            },
            sources: sources.cite(&engaged.citations),
            ..Item::default()
        });
    }
    if !items.is_empty() {
        // Who needs help now must not read that their number is a usual one.
        let reading = match about {
            About::Person { in_danger: true } => "This changes nothing of what is said above.",
            _ => {
                "Two to four times is usual under antidepressants that block reuptake; ten times and more is where toxicity \
                 begins in animals."
            }
        };
        let limits = "The numbers come from a model that rests on experiments in rats: they explain, they are no measurement and \
                      no diagnosis, and a low one makes nothing safe.";
        items.push(Item {
            text: format!("{reading} {limits}"),
            sources: sources.cite(model("EC2A").as_ref()),
            ..Item::default()
        });
    }
    super::section("What a model of the synapse makes of it", items)
}

/// How much of a target is engaged, and by what: percent with its range.
fn in_percent(knowledge: &Knowledge, engaged: &Engaged) -> String {
    let percent = |share: f64| number(libm::round(share * 100.0));
    let share = engaged.share;
    let word = match engaged.target {
        Target::Release => "of the greatest effect",
        target if target.is_enzyme() => "inhibited",
        _ => "occupied",
    };
    let several = engaged.by.len() > 1;
    let who: Vec<String> = parts(engaged)
        .map(|(id, part)| match several {
            true => format!("{} ({} % of it)", knowledge.substance_name(id), percent(part.median)),
            false => knowledge.substance_name(id).to_owned(),
        })
        .collect();
    let by = if who.is_empty() { String::new() } else { format!(" by {}", list(&who, "and")) };
    format!(
        "about {} % {word} ({} to {} %){by}.",
        percent(share.median),
        percent(share.p5),
        percent(share.p95)
    )
}

/// The same for someone who does not know the target: so many in ten, and what it does.
fn in_ten(knowledge: &Knowledge, engaged: &Engaged) -> String {
    let ten = |share: f64| number(libm::round(share * 10.0));
    let [low, middle, high] = [engaged.share.p5, engaged.share.median, engaged.share.p95].map(ten);
    let many = match (low == high, middle.as_str()) {
        (true, "0") => "fewer than 1 in 10".to_owned(),
        (_, "10") => format!("nearly all (at least {low} in 10)"),
        (true, middle) => format!("about {middle} in 10"),
        (false, "0") => format!("few, at most {high} in 10"),
        (false, middle) => format!("about {middle} in 10 ({low} to {high})"),
    };
    let what = match engaged.target {
        Target::Sert => "of the pumps that take serotonin back into the cell are blocked",
        Target::Release => "parts of the strongest push that drives serotonin out of the cell are there",
        Target::Net => "of the pumps that take norepinephrine back into the cell are blocked",
        Target::MaoA => "molecules of the enzyme that breaks serotonin down are switched off",
        Target::MaoB => "molecules of the enzyme that breaks dopamine down are switched off",
        Target::Receptor1A => "of the receptors that slow the cell's own serotonin down are occupied",
        Target::Receptor2A => "of the receptors through which too much serotonin does harm are occupied",
    };
    let who: Vec<String> = parts(engaged).map(|(id, _)| knowledge.substance_name(id).to_owned()).collect();
    let by = match who.as_slice() {
        [] => String::new(),
        [one] => format!(", by {one}"),
        [first, rest @ ..] => format!(", mostly by {first}, also by {}", list(rest, "and")),
    };
    format!("{many} {what}{by}.")
}

/// Who takes part in a target, those that count.
fn parts(engaged: &Engaged) -> impl Iterator<Item = &(String, Interval)> {
    engaged.by.iter().filter(|(_, part)| part.median >= 0.01)
}
