//! What raphe itself wrote: diary lines that came by way of FHIR, and answers that are none.
//!
//! A resource that was a diary line carries the verb of the line as a category ([`codes::DIARY`]). Vital signs and the like are
//! read as everybody's; a feeling with its strength, a name that nobody knows or a meal has no other place in R4. What the
//! program worked out ([`codes::JUDGED`]) is never read as something that was seen.

use super::{Findings, Ground, Place, find, lab, note_of, number_of, observer};
use crate::{
    model::{Concept, Condition, Observation},
    notices::Notices,
    when::{Clock, Written},
    write::codes,
};
use jiff::Timestamp;
use raphe::timeline::{Event, Feeling, Name, Person, Precision, Score, When, diary};

/// What the profile of a diary said.
#[derive(Debug, Default)]
pub(super) struct Profile {
    smoker: bool,
    pregnant: bool,
    liver_impaired: bool,
    genes: Vec<(String, String)>,
}

impl Profile {
    pub(super) fn tell(self, person: &mut Person) {
        person.smoker |= self.smoker;
        person.pregnant |= self.pregnant;
        person.liver_impaired |= self.liver_impaired;
        person.genes.extend(self.genes);
    }
}

/// The verb of the diary line that a resource was.
fn verb<'c>(category: &'c [Concept<'_>]) -> Option<&'c str> {
    category.iter().find_map(|category| category.codes_in(codes::DIARY).next())
}

/// Whether a code is of a diary, or of an answer.
pub(super) fn is_code(code: &Concept<'_>) -> bool {
    [codes::DIARY, codes::JUDGED].into_iter().any(|system| code.codes_in(system).next().is_some())
}

/// Whether a program worked it out.
pub(super) fn is_judged(resource: &Observation<'_>) -> bool {
    resource.category.iter().any(|category| category.codes_in(codes::JUDGED).next().is_some())
}

/// Whether it is of a profile, which has no date.
pub(super) fn is_profile(resource: &Observation<'_>) -> bool {
    verb(&resource.category) == Some("profile")
}

impl Findings {
    /// Reads an observation that was a diary line; false where everybody's reading is as good.
    pub(super) fn own(
        &mut self,
        resource: &Observation<'_>,
        place: Place<'_>,
        ground: &Ground<'_>,
        notices: &mut Notices,
    ) -> bool {
        let Some(verb) = verb(&resource.category) else { return false };
        let name =
            resource.code.as_ref().and_then(|code| code.text.as_deref()).unwrap_or_default().to_owned();
        let words = resource.value_string.as_deref();
        let present = resource.value_boolean.map(|flag| flag.0);
        let event = match (verb, words, present) {
            ("profile", ..) => return self.profile(resource, &name),
            ("note", Some(words), _) => Event::Note(words.to_owned()),
            ("unread", Some(words), _) => {
                let help = "its words are searched for danger and for medicines, and not judged otherwise";
                notices.error(place.path, "a line of a diary could not be read", help, words);
                Event::Unread(words.to_owned())
            }
            ("sign", _, Some(present)) => {
                Event::Sign { finds: vec![find(&name, present)], by: observer(resource) }
            }
            ("feel", _, Some(present)) => {
                let strength = resource.component.iter().find(|part| {
                    part.code
                        .as_ref()
                        .is_some_and(|code| code.codes_in(codes::DIARY).any(|code| code == codes::STRENGTH))
                });
                let strength = strength.and_then(number_of).filter(|value| *value <= 10.0);
                let name = Name { text: name, column: 1, id: None };
                Event::Feel(vec![Feeling { name, strength, present }])
            }
            ("lab", ..) => {
                // The unit as it was written, which the knowledge base knows.
                let quantity = resource.value_quantity.as_ref();
                let unit = quantity.and_then(|quantity| quantity.unit.as_deref()).unwrap_or_default();
                let Some(value) = number_of(resource).filter(|_| !unit.is_empty()) else { return false };
                Event::Lab(vec![lab(&name, value, unit)])
            }
            ("score", None, _) => {
                let Some(total) = number_of(resource) else { return false };
                Event::Score(Score { name, items: Vec::new(), total: Some(total), columns: Vec::new() })
            }
            (verb, Some(words), _) => match line(verb, words) {
                Some(event) => event,
                None => Event::Note(format!("{verb} {words}")),
            },
            _ => return false,
        };
        let period = resource.effective_period.as_ref();
        let dates = (
            resource.effective_date_time.as_deref().or(period.and_then(|period| period.start.as_deref())),
            period.and_then(|period| period.end.as_deref()),
            period.is_some(),
        );
        self.push(when(dates, ground.clock), event, place, note_of(&resource.note));
        true
    }

    fn profile(&mut self, resource: &Observation<'_>, name: &str) -> bool {
        let Some(code) = &resource.code else { return false };
        let profile = &mut self.profile;
        for flag in code.codes_in(codes::DIARY) {
            match (flag, resource.value_string.as_deref()) {
                ("smoker", _) => profile.smoker = true,
                ("pregnant", _) => profile.pregnant = true,
                ("liver-impaired", _) => profile.liver_impaired = true,
                ("gene", Some(phenotype)) => profile.genes.push((name.to_owned(), phenotype.to_owned())),
                _ => continue,
            }
            return true;
        }
        false
    }

    /// Reads a condition or a circumstance of a diary.
    pub(super) fn own_condition(
        &mut self,
        resource: &Condition<'_>,
        shown: &str,
        refuted: bool,
        place: Place<'_>,
        ground: &Ground<'_>,
    ) -> bool {
        let Some(verb) = verb(&resource.category) else { return false };
        let finds = vec![find(shown, !refuted)];
        let event = if verb == "factor" { Event::Factor(finds) } else { Event::Condition(finds) };
        let onset = resource.onset_date_time.as_deref();
        let dates = (
            onset.or(resource.recorded_date.as_deref()),
            resource.abatement_date_time.as_deref(),
            onset.is_some(),
        );
        self.push(when(dates, ground.clock), event, place, note_of(&resource.note));
        true
    }
}

/// The event of a line of these words.
fn line(verb: &str, words: &str) -> Option<Event> {
    let words = words.replace([';', '\n', '\r'], " ");
    let (timeline, _) = diary::read(format!("2000-01-01 {verb} {words}").as_bytes());
    let entry = timeline.entries.into_iter().next()?;
    (!matches!(entry.event, Event::Unread(_))).then_some(entry.event)
}

/// When a line was: a moment, a day, days, or nobody knows.
fn when((start, end, lasts): (Option<&str>, Option<&str>, bool), clock: &Clock) -> When {
    let Some(start) = start.and_then(Written::read) else {
        // Where it stands among the others, as a line without a date has it.
        let start = clock.midnight(jiff::civil::date(1970, 1, 1));
        return When { start, end: None, precision: Precision::Undated };
    };
    match (lasts, end.and_then(Written::read)) {
        (false, _) => clock.when(start),
        (true, None) => clock.from(start),
        (true, Some(end)) => {
            let end: Option<Timestamp> = clock.when(end).end;
            When { end, ..clock.from(start) }
        }
    }
}
