//! Facts that are derived: exposure, changes, overdoses, groups of signs, the course, a questionnaire's answer.

use super::{
    Answer, Truth,
    facts::{Asked, CHANGE_WINDOW, Facts, Scope, asked},
    reports::{EPISODE_CURRENT, Words},
};
use crate::{
    exposure::{
        intake::{Unrecognized, Use},
        serotonergic,
    },
    knowledge::{
        OVERDOSE_TIMES, maximum, phenotype, questionnaire,
        schema::{Serotonergic, Side, SignGroup},
    },
    timeline::{Course, Event, Origin, Overdose},
    units::TimeSpan,
};
use jiff::{SignedDuration, Timestamp};
use std::collections::{BTreeMap, BTreeSet};

/// Facts that rules may name, with what each means; the engine answers every one.
pub const FACTS: &[(&str, &str)] = &[
    ("serotonergic_exposure", "a serotonergic agent still acts"),
    (
        "serotonergic_change",
        "a serotonergic agent was started, raised, added or taken within 35 days before the signs",
    ),
    ("recent_change_7d", "such a change within 7 days"),
    ("serotonergic_change_24h", "such a change within 24 hours"),
    ("lowered_only", "the only change of serotonergic medicines in 14 days was a stop or a lower dose"),
    ("overdose_on_purpose", "an overdose on purpose is recorded"),
    ("overdose_accidental", "a dose marked as an accident is recorded"),
    (
        "overdose_recorded",
        "an overdose is marked, or a day's total is above three times the highest usual dose",
    ),
    ("overdose_maoa", "an overdose of an MAO-A inhibitor is recorded"),
    ("double_dose", "a day's total is above the highest usual dose, up to three times"),
    ("child", "the person is younger than 12"),
    ("worsening", "the course is written as worsening"),
    ("temperature_rising_fast", "the temperature rose by a degree within two hours"),
    ("toxicity_sign", "at least one sign of serotonin toxicity is reported"),
    ("two_neuromuscular_signs", "two neuromuscular signs are reported"),
    (
        "neuromuscular_with_mental_or_autonomic_within_24h_of_change",
        "a neuromuscular with a mental or autonomic sign within 24 h of a change",
    ),
    ("other_causes_not_reported", "no infection and no other cause is reported"),
    ("unrecognized_medicine", "a medicine was not recognized"),
    ("suicide_words", "words of suicide stand in a note"),
    ("overdose_words", "words of an overdose stand in a note"),
    ("double_dose_words", "words of a dose taken twice stand in a note"),
    ("tyramine_words", "food rich in tyramine is spoken of within a day"),
    ("unread_medicine", "a line that names a medicine could not be read"),
    (
        "suicide_item",
        "the last answer to a questionnaire's item on suicide is above 0, or its last total cannot be reached without it",
    ),
    ("several_serotonergic", "two or more serotonergic agents act at the same time"),
    ("poor_metabolizer", "a gene makes the removal of serotonergic medicines slow"),
    ("maoa_with_serotonergic", "a potent MAO-A inhibitor overlaps with another serotonergic mechanism"),
    ("hunter_met", "the Hunter criteria are met"),
    ("hunter_indeterminate", "the Hunter criteria cannot be decided"),
    ("sternbach_met", "the Sternbach criteria are met"),
    ("radomski_met", "the Radomski criteria are met"),
    ("severity_severe", "the severity is severe or worse"),
    ("severity_moderate", "the severity is moderate or worse"),
];

/// Food counts for this long.
const FOOD_COUNTS: SignedDuration = SignedDuration::from_hours(24);
/// An overdose counts for this long.
const OVERDOSE_COUNTS: SignedDuration = SignedDuration::from_hours(14 * 24);

impl Facts<'_> {
    pub(super) fn derive(&mut self, scope: Scope) {
        let ground = self.ground;
        let knowledge = ground.knowledge;
        let kind = |one: &&Use| serotonergic(knowledge, one);
        let changes = |wanted: Asked, window: TimeSpan| -> Answer {
            let mut answer = Answer::plain(Truth::False);
            for one in &ground.exposure.uses {
                let truth = match serotonergic(knowledge, one) {
                    Serotonergic::Yes => Truth::True,
                    Serotonergic::Disputed => Truth::Unknown,
                    Serotonergic::No => continue,
                };
                for change in one.changes.iter().filter(|change| self.within(change, window)) {
                    if asked(change.kind) == wanted {
                        answer.raise(truth, [change.origin.clone()]);
                    }
                }
            }
            answer
        };
        let mut exposure = Answer::plain(Truth::False);
        for at in [self.span.0, self.span.1] {
            for (one, sure) in ground.exposure.acting_at(at) {
                let truth = match (kind(&one), sure) {
                    (Serotonergic::Yes, true) => Truth::True,
                    (Serotonergic::Yes, false) | (Serotonergic::Disputed, _) => Truth::Unknown,
                    (Serotonergic::No, _) => continue,
                };
                exposure.raise(truth, one.lines());
            }
        }
        let (mut acting, mut sure_of) = (Answer::default(), (0, 0));
        for (one, sure) in ground.exposure.acting_at(self.span.1) {
            match (kind(&one), sure) {
                (Serotonergic::Yes, true) => sure_of.0 += 1,
                (Serotonergic::Yes, false) | (Serotonergic::Disputed, _) => sure_of.1 += 1,
                (Serotonergic::No, _) => continue,
            }
            acting.because.extend(one.lines());
        }
        acting.truth = match sure_of {
            (2.., _) => Truth::True,
            (sure, possible) if sure + possible >= 2 => Truth::Unknown,
            _ => Truth::False,
        };
        if acting.truth == Truth::False {
            acting.because.clear();
        }
        let enzyme = |gene: &str| {
            let mut known = knowledge.base().enzymes.iter();
            known.find(|enzyme| enzyme.id.eq_ignore_ascii_case(gene))
        };
        let poor = ground.timeline.person.genes.iter().any(|(gene, written)| {
            let kind = enzyme(gene).and_then(|enzyme| phenotype(enzyme, written));
            kind.is_some_and(|kind| kind.id == "poor")
                && matches!(gene.to_uppercase().as_str(), "CYP2D6" | "CYP2C19")
        });
        let raised = changes(Asked::Started, CHANGE_WINDOW);
        let lowered = changes(Asked::Stopped, TimeSpan::days(14.0));
        let raised_lately = changes(Asked::Started, TimeSpan::days(14.0));
        let lowered_only = match (lowered.truth, raised_lately.truth) {
            (Truth::True, Truth::False) => lowered,
            _ => Answer::plain(Truth::False),
        };
        let recent = changes(Asked::Started, TimeSpan::days(7.0));
        let sudden = changes(Asked::Started, TimeSpan::days(1.0));
        let unrecognized = |wanted: &dyn Fn(&Unrecognized) -> bool| -> Vec<Origin> {
            let items = ground.exposure.unrecognized.iter().filter(|item| wanted(item));
            items.map(|item| item.origin.clone()).collect()
        };
        let derived = [
            ("serotonergic_exposure", self.unless_unrecognized(exposure)),
            ("several_serotonergic", self.unless_unrecognized(acting)),
            ("poor_metabolizer", Answer::plain(poor)),
            ("serotonergic_change", self.unless_unrecognized(raised)),
            ("recent_change_7d", self.unless_unrecognized(recent)),
            ("serotonergic_change_24h", self.unless_unrecognized(sudden.clone())),
            ("lowered_only", lowered_only),
            ("unread_medicine", Answer::lines(unrecognized(&|item| item.unread))),
            ("unrecognized_medicine", Answer::lines(unrecognized(&|_| true))),
        ];
        self.derived.extend(derived.map(|(name, answer)| (name.to_owned(), answer)));
        self.derive_doses();
        self.derive_signs(&sudden);
        self.derive_reports(scope);
    }

    /// Overdoses: as marked, and as the day's total against the highest usual dose.
    fn derive_doses(&mut self) {
        let ground = self.ground;
        let (mut purpose, mut accident, mut recorded, mut double, mut maoa) =
            (BTreeSet::new(), BTreeSet::new(), BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
        let oldest = ground.as_of.saturating_sub(OVERDOSE_COUNTS).unwrap_or(Timestamp::MIN);
        for one in &ground.exposure.uses {
            let substance =
                ground.knowledge.substance(&one.substance).expect("a use is of a resolved substance");
            let (mut over, mut by_accident) = (BTreeSet::new(), BTreeSet::new());
            for intake in one.intakes.iter().rev().take_while(|intake| intake.to >= oldest) {
                match intake.overdose {
                    Some(Overdose::OnPurpose) => {
                        purpose.insert(intake.origin.clone());
                        over.insert(intake.origin.clone());
                    }
                    Some(Overdose::ByAccident) => drop(by_accident.insert(intake.origin.clone())),
                    None => {}
                }
            }
            let totals = DayTotals::of(one, oldest, &ground.timeline.zone());
            for (total, route, origins) in totals.days {
                let Some(most) = maximum(substance, route.word()) else { continue };
                let times = total / most.as_mg();
                if times > OVERDOSE_TIMES {
                    over.extend(origins);
                } else if times > 1.0 + 1e-9 {
                    double.extend(origins);
                }
            }
            let is_maoa =
                one.classes(ground.knowledge).any(|class| ground.knowledge.within(class, "maoa_potent"));
            if is_maoa {
                maoa.extend(over.iter().chain(&by_accident).cloned());
            }
            accident.extend(by_accident);
            recorded.extend(over);
        }
        let age = self.values.get("age").and_then(|ages| ages.first()).map(|(age, _, _)| *age);
        let answers = [
            ("overdose_on_purpose", purpose),
            ("overdose_accidental", accident),
            ("overdose_recorded", recorded),
            ("overdose_maoa", maoa),
            ("double_dose", double),
        ]
        .map(|(name, because)| (name.to_owned(), Answer::lines(because)));
        self.derived.extend(answers);
        let child = age.map_or(Truth::Unknown, |age| (age < 12.0).into());
        self.derived.insert("child".to_owned(), Answer::plain(child));
    }

    fn derive_signs(&mut self, sudden: &Answer) {
        let signs = &self.ground.knowledge.base().signs;
        let present = |wanted: &dyn Fn(usize) -> bool| -> (usize, BTreeSet<Origin>) {
            let mut because = BTreeSet::new();
            let mut count = 0;
            for (sign, answer) in self.signs.iter().filter(|(sign, _)| wanted(**sign)) {
                if answer.truth == Truth::True {
                    // A sign that is only implied by another present one is not a second sign.
                    let implied = self.signs.iter().any(|(other, also)| {
                        other != sign
                            && also.truth == Truth::True
                            && self.ground.implied[*other].contains(sign)
                            && !(self.ground.implied[*sign].contains(other) && other > sign)
                    });
                    count += usize::from(!implied);
                    because.extend(answer.because.iter().cloned());
                }
            }
            (count, because)
        };
        let toxic = |sign: usize| matches!(signs[sign].side, Side::Toxicity | Side::Both);
        let in_group = |sign: usize, group: SignGroup| toxic(sign) && signs[sign].group == group;
        let (any, any_because) = present(&toxic);
        let (neuro, mut neuro_because) = present(&|sign| in_group(sign, SignGroup::Neuromuscular));
        let (other, other_because) =
            present(&|sign| in_group(sign, SignGroup::Mental) || in_group(sign, SignGroup::Autonomic));
        let answer = |holds: bool, because: &BTreeSet<Origin>| Answer {
            truth: holds.into(),
            because: if holds { because.clone() } else { BTreeSet::new() },
        };
        let toxicity = answer(any > 0, &any_because);
        let two = answer(neuro >= 2, &neuro_because);
        neuro_because.extend(other_because);
        let after_change = answer(neuro >= 1 && other >= 1 && sudden.truth == Truth::True, &neuro_because);
        self.set("toxicity_sign", toxicity);
        self.set("two_neuromuscular_signs", two);
        self.set("neuromuscular_with_mental_or_autonomic_within_24h_of_change", after_change);
        let causes = ["infection", "other_causes"].map(|cause| self.answer(cause));
        let reported = causes.iter().any(|answer| answer.truth == Truth::True);
        self.set(
            "other_causes_not_reported",
            match reported {
                true => Answer::plain(Truth::Unknown),
                false => Answer::plain(Truth::True),
            },
        );
    }

    fn derive_reports(&mut self, scope: Scope) {
        let ground = self.ground;
        let mut course: Option<(Timestamp, Course, Origin)> = None;
        // The last answer of each questionnaire that asks about suicide.
        let mut asked: BTreeMap<&str, (Timestamp, bool, Origin)> = BTreeMap::new();
        for entry in ground.timeline.entries.iter().filter(|entry| entry.when.begun_by(ground.as_of)) {
            match &entry.event {
                Event::Course(state) => course = Some((entry.when.last(), *state, entry.origin.clone())),
                Event::Score(score) => {
                    let Some(form) = ground.knowledge.find_questionnaire(&score.name) else { continue };
                    if let Some(says) = questionnaire::suicide(form, score) {
                        asked.insert(&form.id, (entry.when.last(), says, entry.origin.clone()));
                    }
                }
                _ => {}
            }
        }
        let recent = |at: Timestamp| ground.as_of.duration_since(at) <= EPISODE_CURRENT;
        let worsening = course.filter(|(at, state, _)| *state == Course::Worsening && recent(*at));
        let lately = |at: Timestamp| ground.as_of.duration_since(at.min(ground.as_of)) <= OVERDOSE_COUNTS;
        let item = asked.into_values().filter(|(at, says, _)| *says && (scope == Scope::Open || lately(*at)));
        let rising = ground.rises_fast(
            ground.as_of.saturating_sub(SignedDuration::from_hours(24)).unwrap_or(Timestamp::MIN),
        );
        self.set("temperature_rising_fast", Answer::lines(rising));
        self.set("worsening", Answer::lines(worsening.map(|(_, _, origin)| origin)));
        self.set("suicide_item", Answer::lines(item.map(|(_, _, origin)| origin)));
        for (fact, means) in [
            ("suicide_words", "suicide"),
            ("overdose_words", "overdose"),
            ("double_dose_words", "double_dose"),
            ("tyramine_words", "tyramine"),
        ] {
            // Food counts for a day; what was said of doses and of life counts longer.
            let today = |at: Timestamp| ground.as_of.duration_since(at.min(ground.as_of)) <= FOOD_COUNTS;
            let in_view = |words: &&Words| match means {
                "tyramine" => today(words.when.last()),
                _ => scope == Scope::Open || lately(words.when.last()),
            };
            let found: Vec<&Words> =
                ground.words.iter().filter(|words| words.means == means).filter(in_view).collect();
            let spoken = Answer::lines(found.iter().map(|words| words.origin.clone()));
            for words in found {
                self.readings.push((words.origin.clone(), fact.to_owned(), words.phrase.clone()));
            }
            self.set(fact, spoken);
        }
    }
}

/// Known masses of each day and route, with the lines they come from.
struct DayTotals {
    days: Vec<(f64, crate::timeline::Route, BTreeSet<Origin>)>,
}

impl DayTotals {
    fn of(one: &Use, oldest: Timestamp, zone: &jiff::tz::TimeZone) -> Self {
        let mut days: BTreeMap<_, (f64, BTreeSet<Origin>)> = BTreeMap::new();
        for intake in one.intakes.iter().rev().take_while(|intake| intake.to >= oldest) {
            let Some((_, mass)) = intake.mass.filter(|_| intake.known) else { continue };
            let day = intake.from.to_zoned(zone.clone()).date();
            let total = days.entry((day, intake.route)).or_default();
            total.0 += mass.as_mg();
            total.1.insert(intake.origin.clone());
        }
        Self {
            days: days.into_iter().map(|((_, route), (total, origins))| (total, route, origins)).collect(),
        }
    }
}
