//! What two substances do together, and when.
//!
//! Two spells of use combine when the later one begins before the earlier one has let go. How long the earlier one
//! holds on is a published wait where there is one (a label's washout), else the time its amount stays above 5 % of its
//! peak. The most specific row of the knowledge base wins for each kind of harm; among equals, the worse one.

use super::{Finding, Viewed};
use crate::{
    exposure::{
        ActionWindow, Exposure,
        intake::{Spell, Use},
        later,
    },
    knowledge::{
        self, Citation, Knowledge,
        schema::{Ceiling, EnzymeRole, Level, Likelihood, Pair, Serotonergic, Substance, Urgency},
    },
    timeline::Timeline,
    units::TimeSpan,
};
use jiff::{Timestamp, tz::TimeZone};
use std::collections::BTreeMap;

/// Everything that two substances on board at `as_of` do together.
pub(super) fn findings(
    knowledge: &Knowledge,
    timeline: &Timeline,
    exposure: &Exposure,
    as_of: Timestamp,
) -> Vec<Finding> {
    let zone = timeline.zone();
    let sides: Vec<Side<'_>> = exposure
        .uses
        .iter()
        .zip(&exposure.windows)
        .map(|(one, windows)| Side::of(knowledge, one, windows))
        .collect();
    let mut findings = Vec::new();
    for (i, first) in sides.iter().enumerate() {
        for second in &sides[i + 1..] {
            for (pair, swapped) in pairs_of(knowledge, first, second) {
                let (a, b) = if swapped { (second, first) } else { (first, second) };
                findings.extend(
                    overlap(knowledge, pair, a, b, as_of)
                        .and_then(|overlap| finding(knowledge, pair, (a.one, b.one), &overlap, &zone)),
                );
            }
            for (inhibitor, victim) in [(first, second), (second, first)] {
                findings.extend(inhibition(knowledge, inhibitor, victim, as_of, &zone));
            }
        }
    }
    findings
}

/// One side of a pair.
struct Side<'a> {
    one: &'a Use,
    windows: &'a [ActionWindow],
    /// How exactly `a` and `b` of each row of the base name it.
    fits: Vec<[Option<u32>; 2]>,
}

impl<'a> Side<'a> {
    fn of(knowledge: &Knowledge, one: &'a Use, windows: &'a [ActionWindow]) -> Self {
        let rows = &knowledge.base().pairs;
        let named = Named::of(knowledge, one);
        let fits = rows.iter().map(|pair| [&pair.a, &pair.b].map(|side| named.fit(side)));
        Self { one, windows, fits: fits.collect() }
    }

    fn spells(&self) -> impl Iterator<Item = (&'a Spell, &'a ActionWindow)> + Clone {
        self.one.spells.iter().zip(self.windows)
    }
}

/// How much a row says: how exactly it names the two, then how bad it is.
type Rank = (u32, Level, Urgency, Urgency);

/// The row of each kind of harm that says most, and whether its `a` is the second; each comes with how exactly it names both.
fn telling<'k>(rows: impl Iterator<Item = (u32, &'k Pair, bool)>) -> Vec<(&'k Pair, bool)> {
    let mut best: BTreeMap<&str, (Rank, &Pair, bool)> = BTreeMap::new();
    for (named, pair, swapped) in rows {
        let candidate = ((named, level(pair), pair.silent, pair.symptomatic), pair, swapped);
        let current = best.entry(&pair.kind).or_insert(candidate);
        if candidate.0 > current.0 {
            *current = candidate;
        }
    }
    best.into_values().map(|(_, pair, swapped)| (pair, swapped)).collect()
}

/// The rows that say most about these two.
fn pairs_of<'k>(knowledge: &'k Knowledge, first: &Side<'_>, second: &Side<'_>) -> Vec<(&'k Pair, bool)> {
    let rows = knowledge.base().pairs.iter().enumerate().flat_map(|(row, pair)| {
        let ways = [(first, second, false), (second, first, true)];
        ways.map(|(a, b, swapped)| Some((a.fits[row][0]? + b.fits[row][1]?, pair, swapped)))
    });
    telling(rows.flatten())
}

/// A use as rows name it: the substance, its classes and the wider class of each. Every row of the base is held against it,
/// so they are looked up once.
struct Named<'a> {
    substance: &'a str,
    classes: Vec<(&'a str, &'a [String])>,
}

impl<'a> Named<'a> {
    fn of(knowledge: &'a Knowledge, one: &'a Use) -> Self {
        let wider = |class| knowledge.class(class).map_or(&[][..], |class| class.part_of.as_slice());
        let classes = one.classes(knowledge).map(|class| (class, wider(class)));
        Self { substance: &one.substance, classes: classes.collect() }
    }

    /// How exactly a row's side names it: the substance itself, its class, or a wider class.
    fn fit(&self, side: &str) -> Option<u32> {
        if self.substance == side {
            return Some(4);
        }
        // A class that only widens another of its own classes says less: phenelzine is first of all an MAO-A inhibitor.
        if self.classes.iter().any(|(_, wider)| wider.iter().any(|class| class == side)) {
            return Some(1);
        }
        self.classes.iter().any(|(class, _)| *class == side).then_some(2)
    }
}

/// The rows that say most about a class or substance beside something that is taken, were it added, with their sentence.
pub(crate) fn would_do<'k>(knowledge: &'k Knowledge, id: &str, with: &Use) -> Vec<(&'k Pair, String)> {
    let classes: Vec<&str> = match knowledge.substance(id) {
        Some(substance) => substance.mechanisms.iter().map(|effect| effect.class.as_str()).collect(),
        None => vec![id],
    };
    // Every row of the base is asked, so its wider classes are looked up once.
    let wider: Vec<&str> = classes
        .iter()
        .filter_map(|class| knowledge.class(class))
        .flat_map(|class| class.part_of.iter().map(String::as_str))
        .collect();
    let added = |side: &str| match () {
        () if id == side => Some(4),
        () if classes.contains(&side) => Some(2),
        () => wider.contains(&side).then_some(1),
    };
    let other_side = Named::of(knowledge, with);
    let rows = knowledge.base().pairs.iter().flat_map(|pair| {
        let ways = [(&pair.a, &pair.b, false), (&pair.b, &pair.a, true)];
        ways.map(|(own, other, swapped)| Some((added(own)? + other_side.fit(other)?, pair, swapped)))
    });
    let best = telling(rows.flatten());
    let name = |id: &str| match knowledge.class(id) {
        Some(class) => class.name.clone(),
        None => knowledge.substance_name(id).to_owned(),
    };
    let names = [name(id), name(&with.substance)];
    let said = best.into_iter().map(|(pair, swapped)| {
        let (a, b) = if swapped { (&names[1], &names[0]) } else { (&names[0], &names[1]) };
        (pair, pair.why.replace("{a}", a).replace("{b}", b))
    });
    said.collect()
}

/// The level of a row: the more cautious of a label's contraindication and the evidence.
pub(crate) fn level(pair: &Pair) -> Level {
    let evidence = match (pair.ceiling, pair.likelihood) {
        (Ceiling::None, _) | (_, Likelihood::Implausible) => Level::Info,
        (Ceiling::Mild, _) => Level::Minor,
        (Ceiling::Moderate, _) => Level::Moderate,
        (Ceiling::Severe | Ceiling::Fatal, Likelihood::Moderate | Likelihood::High) => Level::Contraindicated,
        (Ceiling::Severe | Ceiling::Fatal, _) => Level::Major,
    };
    let by_label = pair.views.iter().any(|view| {
        matches!(view.by.as_str(), "label" | "labels" | "regulator") && view.level == Level::Contraindicated
    });
    if by_label { Level::Contraindicated } else { evidence }
}

/// A time during which two spells act together.
struct Overlap<'a> {
    from: Timestamp,
    until: Option<Timestamp>,
    spells: [&'a Spell; 2],
    /// Wait that decided, and which side it belongs to.
    wait: Option<(usize, Wait)>,
    lingering: [Option<Timestamp>; 2],
    /// The earlier one has left the body; only the strictest label still counts it.
    by_label_only: bool,
}

/// Published waits between two substances.
#[derive(Debug, Clone)]
struct Wait {
    strictest: TimeSpan,
    mildest: TimeSpan,
    citation: Option<Citation>,
}

/// A wait this short is of a substance that leaves quickly; a longer wait on a label is caution, not effect.
const SHORT_WAIT: TimeSpan = TimeSpan::days(3.0);

/// The latest overlap that reaches `as_of`.
fn overlap<'a>(
    knowledge: &Knowledge,
    pair: &Pair,
    a: &Side<'a>,
    b: &Side<'a>,
    as_of: Timestamp,
) -> Option<Overlap<'a>> {
    let substance = |side: &Side<'_>| knowledge.substance(&side.one.substance);
    let (in_a, in_b) = (substance(a)?, substance(b)?);
    let rule = |from: &Substance, to: &Substance, own: Option<&String>| {
        let own = || {
            own.and_then(|text| text.parse().ok()).map(|wait: TimeSpan| Wait {
                strictest: wait,
                mildest: wait,
                citation: None,
            })
        };
        let label = knowledge::washout(knowledge, from, to).map(|(waits, value)| Wait {
            strictest: waits.1,
            mildest: waits.0,
            citation: Some(Citation::from(value)),
        });
        label.or_else(own)
    };
    let waits = [rule(in_a, in_b, pair.after_a.as_ref()), rule(in_b, in_a, pair.after_b.as_ref())];
    let mut found: Option<Overlap<'a>> = None;
    for (spell_a, window_a) in a.spells() {
        for (spell_b, window_b) in b.spells() {
            let (spells, windows) = ([spell_a, spell_b], [window_a, window_b]);
            let reach = |side: usize| {
                let spell = spells[side];
                match &waits[side] {
                    _ if spell.running => None,
                    Some(wait) => Some(later(spell.last, wait.strictest)),
                    None => windows[side].acts_until,
                }
            };
            let earlier = usize::from(spell_b.first < spell_a.first);
            let next = spells[1 - earlier];
            if reach(earlier).is_some_and(|end| end <= next.first) {
                continue;
            }
            // While one goes on, the other counts for its full wait; when both have ended, for as long as it acts.
            let until = match (spell_a.running, spell_b.running) {
                (true, true) => None,
                (true, false) => reach(1),
                (false, true) => reach(0),
                // The later one began inside the earlier one's wait, which therefore holds.
                (false, false) => {
                    [reach(earlier), windows[1 - earlier].acts_until].into_iter().flatten().min()
                }
            };
            if until.is_some_and(|end| end < as_of) {
                continue;
            }
            let wait = waits[earlier].clone().filter(|_| !spells[earlier].running);
            let by_label_only = wait.as_ref().is_some_and(|wait| {
                let gone = windows[earlier].acts_until.is_some_and(|until| until < next.first);
                wait.mildest <= SHORT_WAIT && gone && later(spells[earlier].last, wait.mildest) < next.first
            });
            let lingering = [reach(0), reach(1)];
            let wait = wait.map(|wait| (earlier, wait));
            let candidate = Overlap { from: next.first, until, spells, wait, lingering, by_label_only };
            if found.as_ref().is_none_or(|current| current.from <= candidate.from) {
                found = Some(candidate);
            }
        }
    }
    found
}

fn finding(
    knowledge: &Knowledge,
    pair: &Pair,
    uses: (&Use, &Use),
    overlap: &Overlap<'_>,
    zone: &TimeZone,
) -> Option<Finding> {
    let names = [&uses.0.substance, &uses.1.substance].map(|id| knowledge.substance_name(id).to_owned());
    let fill = |text: &str| super::capital(&text.replace("{a}", &names[0]).replace("{b}", &names[1]));
    // A label that speaks of another member of the class stands behind those that speak of these two.
    let elsewhere = |says: &str| {
        let lower = says.to_lowercase();
        let mut others = knowledge.base().substances.iter().map(|other| other.names.inn.to_lowercase());
        others.any(|other| !names.iter().any(|name| name.to_lowercase() == other) && mentions(&lower, &other))
    };
    let views: Vec<Viewed> = pair
        .views
        .iter()
        .map(|view| Viewed {
            by: view.by.clone(),
            level: view.level,
            says: fill(&view.says),
            citation: Citation::from(view),
        })
        .collect();
    let wait_source = overlap.wait.as_ref().and_then(|(_, wait)| wait.citation.clone());
    let sources = views.iter().map(|view| view.citation.clone());
    let sources = sources.chain(pair.evidence.iter().map(Citation::from)).chain(wait_source);
    let date = |at: Timestamp| at.to_zoned(zone.clone()).date();
    let timing = [0, 1].map(|side| {
        let (name, spell) = (super::capital(&names[side]), overlap.spells[side]);
        match (&overlap.wait, overlap.lingering[side]) {
            _ if spell.running => format!("{name}: taken since {}.", date(spell.first)),
            (Some((waiting, wait)), Some(until)) if *waiting == side => format!(
                "{name}: last taken {}; to be left {} before the other, until {}.",
                date(spell.last),
                wait.strictest,
                date(until)
            ),
            (_, Some(until)) => {
                format!("{name}: last taken {}; counts until {}.", date(spell.last), date(until))
            }
            (_, None) => format!("{name}: last taken {}.", date(spell.last)),
        }
    });
    let claim = knowledge.claim(fill(&pair.why), sources)?;
    // What a label says of another member of the class is left out where the same party speaks of these two.
    let (here, there): (Vec<Viewed>, Vec<Viewed>) =
        views.into_iter().partition(|view| !elsewhere(&view.says));
    let silent = |view: &Viewed| !here.iter().any(|other| other.by == view.by);
    let there: Vec<Viewed> = there.into_iter().filter(silent).collect();
    Some(Finding {
        id: format!("{}:{}+{}", pair.id, uses.0.substance, uses.1.substance),
        level: level(pair),
        kind: pair.kind.clone(),
        substances: vec![uses.0.substance.clone(), uses.1.substance.clone()],
        claim,
        timing: timing.into(),
        advice: pair.advice.as_deref().map(fill),
        views: here.into_iter().chain(there).collect(),
        because: overlap.spells.iter().flat_map(|spell| spell.origins.iter().cloned()).collect(),
        from: overlap.from,
        until: overlap.until,
        urgency: match overlap.by_label_only {
            true => (pair.silent.min(Urgency::Prompt), pair.symptomatic.min(Urgency::Urgent)),
            false => (pair.silent, pair.symptomatic),
        },
    })
}

/// Whether a text names a substance as a word of its own.
fn mentions(text: &str, name: &str) -> bool {
    text.match_indices(name).any(|(start, _)| {
        let before = text[..start].chars().next_back();
        let after = text[start + name.len()..].chars().next();
        !before.is_some_and(char::is_alphanumeric) && !after.is_some_and(char::is_alphanumeric)
    })
}

/// One substance slows the removal of another that acts on serotonin.
fn inhibition(
    knowledge: &Knowledge,
    inhibitor: &Side<'_>,
    victim: &Side<'_>,
    as_of: Timestamp,
    zone: &TimeZone,
) -> Option<Finding> {
    let (by, of) =
        (knowledge.substance(&inhibitor.one.substance)?, knowledge.substance(&victim.one.substance)?);
    if crate::exposure::serotonergic(knowledge, victim.one) != Serotonergic::Yes {
        return None;
    }
    let (inhibits, cleared) =
        by.enzymes.iter().filter(|item| item.role == "inhibitor").find_map(|inhibits| {
            let removes = |item: &&EnzymeRole| {
                item.role == "substrate" && item.strength == "major" && item.enzyme == inhibits.enzyme
            };
            Some((inhibits, of.enzymes.iter().find(removes)?))
        })?;
    let (spell, window) = inhibitor.spells().last()?;
    let (taken, taken_window) = victim.spells().last()?;
    let reaches = |window: &ActionWindow, at: Timestamp| window.acts_until.is_none_or(|until| until >= at);
    let together =
        reaches(window, taken.first.max(spell.first)) && reaches(taken_window, taken.first.max(spell.first));
    if !together || !reaches(window, as_of) || !reaches(taken_window, as_of) {
        return None;
    }
    let says = format!(
        "{} slows the removal of {} by the enzyme {} ({} inhibitor), so more of it stays in the body and for longer.",
        super::capital(&by.names.inn),
        of.names.inn,
        inhibits.enzyme,
        inhibits.strength
    );
    let sources = inhibits.evidence.iter().chain(&cleared.evidence).map(Citation::from);
    let date = |at: Timestamp| at.to_zoned(zone.clone()).date();
    Some(Finding {
        id: format!("inhibition-{}:{}+{}", inhibits.enzyme.to_lowercase(), by.id, of.id),
        level: if inhibits.strength == "weak" { Level::Info } else { Level::Minor },
        kind: "exposure".to_owned(),
        substances: vec![by.id.clone(), of.id.clone()],
        claim: knowledge.claim(says, sources)?,
        timing: vec![
            format!("{}: last taken {}.", super::capital(&by.names.inn), date(spell.last)),
            format!("{}: last taken {}.", super::capital(&of.names.inn), date(taken.last)),
        ],
        advice: None,
        views: Vec::new(),
        because: spell.origins.iter().chain(&taken.origins).cloned().collect(),
        from: spell.first.max(taken.first),
        until: None,
        urgency: (Urgency::None, Urgency::None),
    })
}
