//! `raphe.questionnaire/1`: what `raphe ask NAME --json` prints, for other programs that ask.

use crate::{Evidence, assessment::Convert};
use raphe::{
    TimeZone, Timestamp,
    knowledge::{Citation, Knowledge, questionnaire, schema},
};
#[cfg(feature = "schema")]
use schemars::JsonSchema;
use serde::Serialize;

/// A questionnaire: what to ask, what the answers count, what totals mean.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema), schemars(title = "raphe.questionnaire/1"))]
pub struct Questionnaire {
    /// `raphe.questionnaire/1`.
    #[cfg_attr(feature = "schema", schemars(extend("const" = "raphe.questionnaire/1")))]
    pub schema: &'static str,
    /// Version of the program.
    pub raphe: &'static str,
    /// Version of the knowledge.
    pub knowledge: String,
    /// The moment it was asked for.
    #[cfg_attr(feature = "schema", schemars(schema_with = "crate::schema::moment"))]
    pub as_of: String,
    /// Permanent id.
    pub id: String,
    /// Short name, as a diary writes it.
    pub name: String,
    /// Whole name.
    pub title: String,
    /// What it measures.
    pub measures: String,
    /// `person` or `clinician`: who fills it in.
    pub by: String,
    /// The time it asks about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recall: Option<String>,
    /// What stands above the items; absent where its text may not be shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stem: Option<String>,
    /// The choices for every item.
    pub choices: Vec<Choice>,
    /// The items in order; empty where their text may not be shown, and then only a total is asked.
    pub items: Vec<Item>,
    /// How many items count.
    pub item_count: u32,
    /// Most items that may be left out before there is no total.
    pub may_miss: u32,
    /// What the sum of the answers is multiplied by.
    pub times: u32,
    /// Smallest total.
    pub lowest: u32,
    /// Largest total.
    pub highest: u32,
    /// Whether a higher total is better.
    pub higher_is_better: bool,
    /// Total from which (or, where higher is better, up to which) a screen is positive.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub screen: Option<u32>,
    /// What totals mean.
    pub bands: Vec<Band>,
    /// Numbers of the items about suicide, from 1: an answer above zero opens the crisis lines at once.
    pub suicide_items: Vec<u32>,
    /// Who may use it and how.
    pub licence: String,
    /// Where to get its text, when it may not be shown here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub obtain: Option<String>,
    /// What it cannot tell.
    pub limits: String,
    /// LOINC code of the total.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub loinc: Option<String>,
    /// Sources.
    pub evidence: Vec<Evidence>,
}

/// One choice of an answer.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema), schemars(rename = "QuestionnaireChoice"))]
pub struct Choice {
    /// What it counts.
    pub score: u32,
    /// The words.
    pub text: String,
}

/// One item.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema), schemars(rename = "QuestionnaireItem"))]
pub struct Item {
    /// Its number, from 1.
    pub number: u32,
    /// The words, unchanged.
    pub text: String,
    /// The sign it asks about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sign: Option<String>,
    /// LOINC code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub loinc: Option<String>,
}

/// A range of totals with its name; both ends belong to it.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema), schemars(rename = "QuestionnaireBand"))]
pub struct Band {
    /// First total.
    pub from: u32,
    /// Last total.
    pub to: u32,
    /// Its name.
    pub name: String,
}

impl Questionnaire {
    /// The wire form of a questionnaire, asked for at a moment.
    #[must_use]
    pub fn new(
        form: &schema::Questionnaire,
        knowledge: &Knowledge,
        (as_of, zone): (Timestamp, &TimeZone),
    ) -> Self {
        let convert = Convert { knowledge, zone };
        let choice = |choice: &schema::Choice| Choice { score: choice.score, text: choice.text.clone() };
        let items = (1..).zip(&form.texts).map(|(number, item)| Item {
            number,
            text: item.text.clone(),
            sign: item.sign.clone(),
            loinc: item.loinc.clone(),
        });
        let band = |band: &schema::Band| Band { from: band.from, to: band.to, name: band.name.clone() };
        Self {
            schema: "raphe.questionnaire/1",
            raphe: env!("CARGO_PKG_VERSION"),
            knowledge: knowledge.base().version.clone(),
            as_of: convert.time(as_of),
            id: form.id.clone(),
            name: form.name.clone(),
            title: form.title.clone(),
            measures: form.measures.clone(),
            by: form.by.clone(),
            recall: form.recall.clone(),
            stem: form.stem.clone(),
            choices: form.answers.iter().map(choice).collect(),
            items: items.collect(),
            item_count: form.items,
            may_miss: form.may_miss,
            times: form.times.unwrap_or(1),
            lowest: form.lowest,
            highest: form.highest,
            higher_is_better: form.higher_is_better,
            screen: form.screen,
            bands: form.bands.iter().map(band).collect(),
            suicide_items: questionnaire::suicide_items(form),
            licence: form.licence.clone(),
            obtain: form.obtain.clone(),
            limits: form.limits.clone(),
            loinc: form.loinc.clone(),
            evidence: convert.evidence(&form.evidence.iter().map(Citation::from).collect::<Vec<_>>()),
        }
    }
}
