//! `raphe.substances/1`: what the list of substances says as JSON.

use crate::{assessment::Convert, word};
use raphe::{TimeZone, Timestamp, knowledge::Knowledge};
#[cfg(feature = "schema")]
use schemars::JsonSchema;
use serde::Serialize;

/// Every substance of the base, by id, with the names by which it is found.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema), schemars(title = "raphe.substances/1"))]
pub struct Substances {
    /// `raphe.substances/1`.
    #[cfg_attr(feature = "schema", schemars(extend("const" = "raphe.substances/1")))]
    pub schema: &'static str,
    /// Version of the program.
    pub raphe: &'static str,
    /// Version of the knowledge.
    pub knowledge: String,
    /// The moment it was asked for.
    #[cfg_attr(feature = "schema", schemars(schema_with = "crate::schema::moment"))]
    pub as_of: String,
    /// The substances.
    pub substances: Vec<Listed>,
}

/// One substance of the list.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
pub struct Listed {
    /// Permanent id; its page and its JSON are named after it.
    pub id: String,
    /// Name.
    pub name: String,
    /// Class in words.
    pub class: String,
    /// `medicine`, `recreational`, `supplement`, `plant`, `food` or `metabolite`.
    #[cfg_attr(
        feature = "schema",
        schemars(extend("enum" = ["medicine", "recreational", "supplement", "plant", "food", "metabolite"]))
    )]
    pub kind: String,
    /// Ids of the classes that pairs and rules are keyed on.
    pub mechanisms: Vec<String>,
    /// Brands.
    pub brands: Vec<String>,
    /// Other names.
    pub synonyms: Vec<String>,
}

impl Substances {
    /// The wire form of the list.
    #[must_use]
    pub fn new(knowledge: &Knowledge, (as_of, zone): (Timestamp, &TimeZone)) -> Self {
        let listed = knowledge.base().substances.iter().filter(|item| !item.retired).map(|item| Listed {
            id: item.id.clone(),
            name: item.names.inn.clone(),
            class: item.class.clone(),
            kind: word(item.kind),
            mechanisms: item.mechanisms.iter().map(|effect| effect.class.clone()).collect(),
            brands: item.names.brands.clone(),
            synonyms: item.names.synonyms.clone(),
        });
        Self {
            schema: "raphe.substances/1",
            raphe: env!("CARGO_PKG_VERSION"),
            knowledge: knowledge.base().version.clone(),
            as_of: Convert { knowledge, zone }.time(as_of),
            substances: listed.collect(),
        }
    }
}
