//! Whose synapse it is.

use super::model::Parameters;
use crate::{
    knowledge::{self, Knowledge},
    units::TimeSpan,
};

/// The parameters of the typical person.
pub(crate) fn typical(knowledge: &Knowledge) -> Parameters<f64> {
    let base = knowledge.base();
    Parameters::each(|symbol| match symbol {
        "tA" => recovery(knowledge, "MAO-A"),
        "tB" => recovery(knowledge, "MAO-B"),
        _ => base
            .synapse
            .iter()
            .find(|parameter| parameter.id == symbol)
            .and_then(|parameter| parameter.value.first())
            .and_then(|value| crate::units::split(&value.value, "a number", "0.18").ok())
            .map_or(f64::NAN, |written| written.number),
    })
}

fn recovery(knowledge: &Knowledge, id: &str) -> f64 {
    let enzyme = knowledge.base().enzymes.iter().find(|enzyme| enzyme.id == id);
    let best = enzyme.and_then(|enzyme| knowledge::best::<TimeSpan>(&enzyme.recovery_half_life));
    best.map_or(f64::NAN, |((half_life, _), _)| half_life.as_hours())
}
