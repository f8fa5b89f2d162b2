//! The part of FHIR R4 that changes an answer, cut by hand.
//!
//! Only the fields that are read are named; everything else is skipped by the parser. The four kinds of medication
//! resource share one shape ([`Medicating`]), because what matters of them is the same. Fields of STU3 and R5 that stand
//! in other places have their names here too, so that nothing of an older or newer sender is lost.

use crate::json::{Flag, Number, Text, list, one};
use serde::{
    Deserialize, Deserializer,
    de::{self, MapAccess, Visitor},
};
use serde_json::value::RawValue;
use std::fmt;

/// A code of a system with its words.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(default)]
pub(crate) struct Coding<'a> {
    #[serde(borrow)]
    pub(crate) system: Option<Text<'a>>,
    #[serde(borrow)]
    pub(crate) code: Option<Text<'a>>,
    #[serde(borrow)]
    pub(crate) display: Option<Text<'a>>,
    #[serde(borrow, deserialize_with = "list")]
    pub(crate) extension: Vec<Extension<'a>>,
}

/// An extension, as far as its value is a number, a code or a text.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct Extension<'a> {
    #[serde(borrow)]
    pub(crate) url: Option<Text<'a>>,
    pub(crate) value_decimal: Option<Number>,
    pub(crate) value_integer: Option<Number>,
    #[serde(borrow)]
    pub(crate) value_code: Option<Text<'a>>,
    #[serde(borrow)]
    pub(crate) value_string: Option<Text<'a>>,
}

/// A concept: codes and a text. A bare string, as STU3 has for some, is its text.
#[derive(Debug, Default, Clone)]
pub(crate) struct Concept<'a> {
    pub(crate) coding: Vec<Coding<'a>>,
    pub(crate) text: Option<Text<'a>>,
}

impl<'de: 'a, 'a> Deserialize<'de> for Concept<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Default, Deserialize)]
        #[serde(default)]
        struct Fields<'a> {
            #[serde(borrow, deserialize_with = "list")]
            coding: Vec<Coding<'a>>,
            #[serde(borrow)]
            text: Option<Text<'a>>,
        }
        struct Reading;
        impl<'de> Visitor<'de> for Reading {
            type Value = Concept<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a concept")
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Concept<'de>, A::Error> {
                let Fields { coding, text } =
                    Fields::deserialize(de::value::MapAccessDeserializer::new(map))?;
                Ok(Concept { coding, text })
            }

            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Concept<'de>, E> {
                Ok(Concept { coding: Vec::new(), text: Some(text.into()) })
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Concept<'de>, E> {
                let text = Text::deserialize(de::value::StrDeserializer::<E>::new(text))?;
                Ok(Concept { coding: Vec::new(), text: Some(text) })
            }
        }
        deserializer.deserialize_any(Reading)
    }
}

impl<'a> Concept<'a> {
    /// Its words, the sender's own first.
    pub(crate) fn words(&self) -> impl Iterator<Item = &str> {
        let displays = self.coding.iter().filter_map(|coding| coding.display.as_deref());
        self.text.as_deref().into_iter().chain(displays).map(str::trim).filter(|text| !text.is_empty())
    }

    /// The words to show: the sender's own, else of the first code that has some, else the code.
    pub(crate) fn shown(&self) -> Option<String> {
        let code = || self.coding.iter().find_map(|coding| coding.code.as_deref());
        self.words().next().or_else(code).map(str::to_owned)
    }

    /// Its codes in one system, by a part of the system's name.
    pub(crate) fn codes_in(&self, system: &str) -> impl Iterator<Item = &str> {
        let within = move |coding: &&Coding<'a>| {
            coding.system.as_deref().is_some_and(|uri| uri.strip_suffix('/').unwrap_or(uri) == system)
        };
        self.coding.iter().filter(within).filter_map(|coding| coding.code.as_deref())
    }

    /// Whether a code or the text is one of these words.
    pub(crate) fn is(&self, words: &[&str]) -> bool {
        let codes = self.coding.iter().filter_map(|coding| coding.code.as_deref());
        codes.chain(self.text.as_deref()).any(|code| words.iter().any(|word| word.eq_ignore_ascii_case(code)))
    }
}

/// A pointer to another resource.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(default)]
pub(crate) struct Reference<'a> {
    #[serde(borrow)]
    pub(crate) reference: Option<Text<'a>>,
    #[serde(borrow)]
    pub(crate) display: Option<Text<'a>>,
    #[serde(borrow, deserialize_with = "one")]
    pub(crate) identifier: Option<Identifier<'a>>,
}

/// An identifier.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(default)]
pub(crate) struct Identifier<'a> {
    #[serde(borrow)]
    pub(crate) system: Option<Text<'a>>,
    #[serde(borrow)]
    pub(crate) value: Option<Text<'a>>,
}

/// R5's `medication`: a concept or a reference.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(default)]
pub(crate) struct Pointer<'a> {
    #[serde(borrow)]
    pub(crate) concept: Option<Concept<'a>>,
    #[serde(borrow)]
    pub(crate) reference: Option<Reference<'a>>,
}

/// A number with a unit.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(default)]
pub(crate) struct Quantity<'a> {
    pub(crate) value: Option<Number>,
    #[serde(borrow)]
    pub(crate) comparator: Option<Text<'a>>,
    #[serde(borrow)]
    pub(crate) unit: Option<Text<'a>>,
    #[serde(borrow)]
    pub(crate) system: Option<Text<'a>>,
    #[serde(borrow)]
    pub(crate) code: Option<Text<'a>>,
}

/// From one quantity to another.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(default)]
pub(crate) struct Range<'a> {
    #[serde(borrow)]
    pub(crate) low: Option<Quantity<'a>>,
    #[serde(borrow)]
    pub(crate) high: Option<Quantity<'a>>,
}

/// One quantity in another.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(default)]
pub(crate) struct Ratio<'a> {
    #[serde(borrow)]
    pub(crate) numerator: Option<Quantity<'a>>,
    #[serde(borrow)]
    pub(crate) denominator: Option<Quantity<'a>>,
}

/// From one time to another.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(default)]
pub(crate) struct Period<'a> {
    #[serde(borrow)]
    pub(crate) start: Option<Text<'a>>,
    #[serde(borrow)]
    pub(crate) end: Option<Text<'a>>,
}

/// A remark.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(default)]
pub(crate) struct Annotation<'a> {
    #[serde(borrow)]
    pub(crate) text: Option<Text<'a>>,
}

/// MedicationRequest, MedicationStatement, MedicationAdministration and MedicationDispense.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct Medicating<'a> {
    #[serde(borrow)]
    pub(crate) id: Option<Text<'a>>,
    #[serde(borrow)]
    pub(crate) status: Option<Text<'a>>,
    #[serde(borrow)]
    pub(crate) intent: Option<Text<'a>>,
    pub(crate) do_not_perform: Option<Flag>,
    #[serde(borrow)]
    pub(crate) medication_codeable_concept: Option<Concept<'a>>,
    #[serde(borrow)]
    pub(crate) medication_reference: Option<Reference<'a>>,
    #[serde(borrow)]
    pub(crate) medication: Option<Pointer<'a>>,
    #[serde(borrow, deserialize_with = "list")]
    pub(crate) contained: Vec<&'a RawValue>,
    #[serde(borrow)]
    pub(crate) subject: Option<Reference<'a>>,
    #[serde(borrow)]
    pub(crate) patient: Option<Reference<'a>>,
    #[serde(borrow)]
    pub(crate) requester: Option<Requester<'a>>,
    #[serde(borrow)]
    pub(crate) authored_on: Option<Text<'a>>,
    #[serde(borrow)]
    pub(crate) date_asserted: Option<Text<'a>>,
    #[serde(borrow)]
    pub(crate) effective_date_time: Option<Text<'a>>,
    #[serde(borrow)]
    pub(crate) effective_period: Option<Period<'a>>,
    /// R5's name for when a medicine was given.
    #[serde(borrow)]
    pub(crate) occurence_date_time: Option<Text<'a>>,
    #[serde(borrow)]
    pub(crate) occurence_period: Option<Period<'a>>,
    #[serde(borrow, deserialize_with = "list", alias = "dosage")]
    pub(crate) dosage_instruction: Vec<Dosage<'a>>,
    #[serde(borrow)]
    pub(crate) dispense_request: Option<DispenseRequest<'a>>,
    #[serde(borrow)]
    pub(crate) prior_prescription: Option<Reference<'a>>,
    #[serde(borrow, deserialize_with = "list")]
    pub(crate) based_on: Vec<Reference<'a>>,
    #[serde(borrow, deserialize_with = "list")]
    pub(crate) derived_from: Vec<Reference<'a>>,
    #[serde(borrow)]
    pub(crate) request: Option<Reference<'a>>,
    #[serde(borrow, deserialize_with = "list")]
    pub(crate) authorizing_prescription: Vec<Reference<'a>>,
    #[serde(borrow)]
    pub(crate) quantity: Option<Quantity<'a>>,
    #[serde(borrow)]
    pub(crate) days_supply: Option<Quantity<'a>>,
    #[serde(borrow)]
    pub(crate) when_prepared: Option<Text<'a>>,
    #[serde(borrow)]
    pub(crate) when_handed_over: Option<Text<'a>>,
    #[serde(borrow, deserialize_with = "list")]
    pub(crate) reason_code: Vec<Concept<'a>>,
    #[serde(borrow, deserialize_with = "list")]
    pub(crate) note: Vec<Annotation<'a>>,
    /// STU3: `y`, `n`, `unk` or `na`.
    #[serde(borrow)]
    pub(crate) taken: Option<Text<'a>>,
    /// STU3: the administration was not done.
    pub(crate) not_given: Option<Flag>,
    /// STU3: the dispense was not done.
    pub(crate) not_done: Option<Flag>,
}

/// Who ordered it: a reference, in STU3 behind `agent`.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(default)]
pub(crate) struct Requester<'a> {
    #[serde(borrow)]
    pub(crate) reference: Option<Text<'a>>,
}

/// How much was to be handed out.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct DispenseRequest<'a> {
    #[serde(borrow)]
    pub(crate) validity_period: Option<Period<'a>>,
    pub(crate) number_of_repeats_allowed: Option<Number>,
    #[serde(borrow)]
    pub(crate) quantity: Option<Quantity<'a>>,
    #[serde(borrow)]
    pub(crate) expected_supply_duration: Option<Quantity<'a>>,
}

/// How a medicine is to be taken.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct Dosage<'a> {
    pub(crate) sequence: Option<Number>,
    #[serde(borrow)]
    pub(crate) text: Option<Text<'a>>,
    #[serde(borrow)]
    pub(crate) patient_instruction: Option<Text<'a>>,
    #[serde(borrow, deserialize_with = "one")]
    pub(crate) timing: Option<Timing<'a>>,
    pub(crate) as_needed_boolean: Option<Flag>,
    #[serde(borrow)]
    pub(crate) as_needed_codeable_concept: Option<Concept<'a>>,
    /// R5's name for as needed.
    pub(crate) as_needed: Option<Flag>,
    #[serde(borrow)]
    pub(crate) route: Option<Concept<'a>>,
    #[serde(borrow, deserialize_with = "list")]
    pub(crate) dose_and_rate: Vec<DoseAndRate<'a>>,
    /// The dose of an administration; in STU3 and DSTU2 the doses of all of them stand here.
    #[serde(borrow, alias = "doseQuantity", alias = "quantity")]
    pub(crate) dose: Option<Quantity<'a>>,
    #[serde(borrow)]
    pub(crate) dose_range: Option<Range<'a>>,
    #[serde(borrow)]
    pub(crate) rate_ratio: Option<Ratio<'a>>,
    #[serde(borrow)]
    pub(crate) rate_range: Option<Range<'a>>,
    #[serde(borrow)]
    pub(crate) rate_quantity: Option<Quantity<'a>>,
    #[serde(borrow, deserialize_with = "one")]
    pub(crate) max_dose_per_period: Option<Ratio<'a>>,
}

/// A dose and its rate.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct DoseAndRate<'a> {
    #[serde(borrow)]
    pub(crate) dose_quantity: Option<Quantity<'a>>,
    #[serde(borrow)]
    pub(crate) dose_range: Option<Range<'a>>,
    #[serde(borrow)]
    pub(crate) rate_ratio: Option<Ratio<'a>>,
    #[serde(borrow)]
    pub(crate) rate_range: Option<Range<'a>>,
    #[serde(borrow)]
    pub(crate) rate_quantity: Option<Quantity<'a>>,
}

/// When and how often.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(default)]
pub(crate) struct Timing<'a> {
    #[serde(borrow, deserialize_with = "list")]
    pub(crate) event: Vec<Text<'a>>,
    #[serde(borrow)]
    pub(crate) repeat: Option<Repeat<'a>>,
    #[serde(borrow)]
    pub(crate) code: Option<Concept<'a>>,
}

/// The rule of a timing.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct Repeat<'a> {
    #[serde(borrow, alias = "bounds")]
    pub(crate) bounds_duration: Option<Quantity<'a>>,
    #[serde(borrow)]
    pub(crate) bounds_range: Option<Range<'a>>,
    #[serde(borrow)]
    pub(crate) bounds_period: Option<Period<'a>>,
    pub(crate) count: Option<Number>,
    pub(crate) count_max: Option<Number>,
    pub(crate) duration: Option<Number>,
    pub(crate) duration_max: Option<Number>,
    #[serde(borrow, alias = "durationUnits")]
    pub(crate) duration_unit: Option<Text<'a>>,
    pub(crate) frequency: Option<Number>,
    pub(crate) frequency_max: Option<Number>,
    pub(crate) period: Option<Number>,
    pub(crate) period_max: Option<Number>,
    #[serde(borrow, alias = "periodUnits")]
    pub(crate) period_unit: Option<Text<'a>>,
    #[serde(borrow, deserialize_with = "list")]
    pub(crate) day_of_week: Vec<Text<'a>>,
    #[serde(borrow, deserialize_with = "list")]
    pub(crate) time_of_day: Vec<Text<'a>>,
    #[serde(borrow, deserialize_with = "list")]
    pub(crate) when: Vec<Text<'a>>,
    pub(crate) offset: Option<Number>,
}

/// A product, with what it is made of.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(default)]
pub(crate) struct Medication<'a> {
    #[serde(borrow)]
    pub(crate) id: Option<Text<'a>>,
    #[serde(borrow)]
    pub(crate) code: Option<Concept<'a>>,
    #[serde(borrow, alias = "doseForm")]
    pub(crate) form: Option<Concept<'a>>,
    #[serde(borrow, deserialize_with = "list")]
    pub(crate) identifier: Vec<Identifier<'a>>,
    #[serde(borrow, deserialize_with = "list")]
    pub(crate) ingredient: Vec<Ingredient<'a>>,
    #[serde(borrow, deserialize_with = "list")]
    pub(crate) contained: Vec<&'a RawValue>,
}

/// One part of a product.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct Ingredient<'a> {
    #[serde(borrow)]
    pub(crate) item_codeable_concept: Option<Concept<'a>>,
    #[serde(borrow)]
    pub(crate) item_reference: Option<Reference<'a>>,
    #[serde(borrow)]
    pub(crate) item: Option<Pointer<'a>>,
    pub(crate) is_active: Option<Flag>,
    #[serde(borrow, alias = "amount", alias = "strengthRatio")]
    pub(crate) strength: Option<Ratio<'a>>,
}

/// A person.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct Patient<'a> {
    #[serde(borrow)]
    pub(crate) id: Option<Text<'a>>,
    #[serde(borrow, deserialize_with = "list")]
    pub(crate) identifier: Vec<Identifier<'a>>,
    #[serde(borrow)]
    pub(crate) birth_date: Option<Text<'a>>,
    #[serde(borrow)]
    pub(crate) gender: Option<Text<'a>>,
    pub(crate) deceased_boolean: Option<Flag>,
    #[serde(borrow)]
    pub(crate) deceased_date_time: Option<Text<'a>>,
    #[serde(borrow, deserialize_with = "list")]
    pub(crate) address: Vec<Address<'a>>,
    #[serde(borrow, deserialize_with = "list")]
    pub(crate) extension: Vec<Extension<'a>>,
}

/// An address, as far as its country.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(default)]
pub(crate) struct Address<'a> {
    #[serde(borrow)]
    pub(crate) country: Option<Text<'a>>,
}

/// A diagnosis or a problem.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct Condition<'a> {
    #[serde(borrow)]
    pub(crate) id: Option<Text<'a>>,
    #[serde(borrow)]
    pub(crate) subject: Option<Reference<'a>>,
    #[serde(borrow)]
    pub(crate) patient: Option<Reference<'a>>,
    #[serde(borrow)]
    pub(crate) clinical_status: Option<Concept<'a>>,
    #[serde(borrow)]
    pub(crate) verification_status: Option<Concept<'a>>,
    #[serde(borrow, deserialize_with = "list")]
    pub(crate) category: Vec<Concept<'a>>,
    #[serde(borrow)]
    pub(crate) code: Option<Concept<'a>>,
    #[serde(borrow)]
    pub(crate) onset_date_time: Option<Text<'a>>,
    #[serde(borrow)]
    pub(crate) onset_period: Option<Period<'a>>,
    #[serde(borrow)]
    pub(crate) abatement_date_time: Option<Text<'a>>,
    #[serde(borrow)]
    pub(crate) abatement_period: Option<Period<'a>>,
    pub(crate) abatement_boolean: Option<Flag>,
    #[serde(borrow, alias = "assertedDate", alias = "dateRecorded")]
    pub(crate) recorded_date: Option<Text<'a>>,
    #[serde(borrow, deserialize_with = "list")]
    pub(crate) note: Vec<Annotation<'a>>,
}

/// Something measured, counted or seen; a component of it has the same shape.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct Observation<'a> {
    #[serde(borrow)]
    pub(crate) id: Option<Text<'a>>,
    #[serde(borrow)]
    pub(crate) subject: Option<Reference<'a>>,
    #[serde(borrow)]
    pub(crate) status: Option<Text<'a>>,
    #[serde(borrow, deserialize_with = "list")]
    pub(crate) category: Vec<Concept<'a>>,
    #[serde(borrow)]
    pub(crate) code: Option<Concept<'a>>,
    #[serde(borrow)]
    pub(crate) effective_date_time: Option<Text<'a>>,
    #[serde(borrow)]
    pub(crate) effective_instant: Option<Text<'a>>,
    #[serde(borrow)]
    pub(crate) effective_period: Option<Period<'a>>,
    #[serde(borrow)]
    pub(crate) issued: Option<Text<'a>>,
    #[serde(borrow, deserialize_with = "list")]
    pub(crate) performer: Vec<Reference<'a>>,
    #[serde(borrow)]
    pub(crate) value_quantity: Option<Quantity<'a>>,
    #[serde(borrow)]
    pub(crate) value_codeable_concept: Option<Concept<'a>>,
    #[serde(borrow)]
    pub(crate) value_string: Option<Text<'a>>,
    pub(crate) value_boolean: Option<Flag>,
    pub(crate) value_integer: Option<Number>,
    #[serde(borrow, deserialize_with = "list")]
    pub(crate) component: Vec<Observation<'a>>,
    #[serde(borrow, deserialize_with = "list")]
    pub(crate) note: Vec<Annotation<'a>>,
}

/// A filled-in questionnaire.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(default)]
pub(crate) struct QuestionnaireResponse<'a> {
    #[serde(borrow)]
    pub(crate) id: Option<Text<'a>>,
    #[serde(borrow)]
    pub(crate) subject: Option<Reference<'a>>,
    #[serde(borrow)]
    pub(crate) status: Option<Text<'a>>,
    #[serde(borrow)]
    pub(crate) questionnaire: Option<Canonical<'a>>,
    #[serde(borrow)]
    pub(crate) authored: Option<Text<'a>>,
    #[serde(borrow, deserialize_with = "list")]
    pub(crate) item: Vec<Item<'a>>,
}

/// The address of a questionnaire; in STU3 a reference.
#[derive(Debug, Default, Clone)]
pub(crate) struct Canonical<'a>(pub(crate) Text<'a>);

impl<'de: 'a, 'a> Deserialize<'de> for Canonical<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        StringOrReference::deserialize(deserializer).map(|found| Self(found.0))
    }
}

struct StringOrReference<'a>(Text<'a>);

impl<'de: 'a, 'a> Deserialize<'de> for StringOrReference<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reading;
        impl<'de> Visitor<'de> for Reading {
            type Value = StringOrReference<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an address")
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<StringOrReference<'de>, A::Error> {
                let reference = Reference::deserialize(de::value::MapAccessDeserializer::new(map))?;
                Ok(StringOrReference(reference.reference.unwrap_or_default()))
            }

            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<StringOrReference<'de>, E> {
                Ok(StringOrReference(text.into()))
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<StringOrReference<'de>, E> {
                Text::deserialize(de::value::StrDeserializer::<E>::new(text)).map(StringOrReference)
            }
        }
        deserializer.deserialize_any(Reading)
    }
}

/// A question with its answers, or a group of them.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct Item<'a> {
    #[serde(borrow)]
    pub(crate) link_id: Option<Text<'a>>,
    #[serde(borrow)]
    pub(crate) text: Option<Text<'a>>,
    #[serde(borrow, deserialize_with = "list")]
    pub(crate) answer: Vec<Answer<'a>>,
    #[serde(borrow, deserialize_with = "list")]
    pub(crate) item: Vec<Item<'a>>,
}

/// An answer.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct Answer<'a> {
    #[serde(borrow)]
    pub(crate) value_coding: Option<Coding<'a>>,
    pub(crate) value_integer: Option<Number>,
    pub(crate) value_decimal: Option<Number>,
    #[serde(borrow)]
    pub(crate) value_quantity: Option<Quantity<'a>>,
    #[serde(borrow)]
    pub(crate) value_string: Option<Text<'a>>,
    #[serde(borrow, deserialize_with = "list")]
    pub(crate) item: Vec<Item<'a>>,
}

/// An allergy or intolerance.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct AllergyIntolerance<'a> {
    #[serde(borrow)]
    pub(crate) id: Option<Text<'a>>,
    #[serde(borrow)]
    pub(crate) patient: Option<Reference<'a>>,
    #[serde(borrow)]
    pub(crate) clinical_status: Option<Concept<'a>>,
    #[serde(borrow)]
    pub(crate) verification_status: Option<Concept<'a>>,
    #[serde(borrow)]
    pub(crate) code: Option<Concept<'a>>,
    #[serde(borrow, deserialize_with = "list")]
    pub(crate) reaction: Vec<Reaction<'a>>,
}

/// What an allergy did.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(default)]
pub(crate) struct Reaction<'a> {
    #[serde(borrow, deserialize_with = "list")]
    pub(crate) manifestation: Vec<Concept<'a>>,
}

/// What an entry of a transaction or a history does.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Request<'a> {
    #[serde(borrow)]
    pub(crate) method: Option<Text<'a>>,
}
