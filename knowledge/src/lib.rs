//! The curated base, compiled in.
//!
//! The files beside this crate are the knowledge: one substance a file in `substances/`, criteria in `criteria/`, and
//! the tables for mechanisms, pairs, signs, danger words, flags and rivals; how
//! likely toxicity is among people who were counted; then questionnaires, factors, guidance, the features called low
//! serotonin and the statements of the article. Every fact names its source in `references.bib`
//! and the place in it. `checked` is the day on which a curator opened that source; a fact without it is second-hand
//! and is shown so.
//!
//! `build.rs` reads the files, refuses any that do not fit [`schema`] or cite an unknown source, and packs them. This
//! crate only unpacks: what the knowledge *means* is the engine's business.
//!
//! # Atoms of a rule
//!
//! | atom | true when |
//! |---|---|
//! | `tremor` | the sign was reported in this episode |
//! | `temperature > 38 °C`, `systolic >= 180 mmHg`, `diastolic`, `pulse`, `respiration`, `spo2`, `sodium` | a measured value in this episode says so |
//! | `exposed maoa` | a member of the class, or that substance, still acts |
//! | `started antipsychotic within 35 d` | a member was started, raised or taken in that time before the first sign |
//! | `stopped sri within 14 d` | a member was stopped or lowered in that time |
//! | `fact serotonergic_exposure` | a fact the engine derives; `raphe::criteria` lists them |

pub mod schema;

pub use schema::*;

static PACKED: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/base.bin"));

/// Unpacks the base that this program was built with.
///
/// # Panics
/// Never in a program that was built: `build.rs` wrote the block with the same types.
#[must_use]
pub fn bundled() -> Base {
    postcard::from_bytes(PACKED).expect("the block was packed from the same types at build time")
}
