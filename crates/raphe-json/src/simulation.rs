//! `raphe.simulation/1`: what `raphe simulate --json` prints.

use crate::{Interval, assessment};
use raphe::{exposure::simulation, knowledge::Knowledge, timeline::Timeline};
#[cfg(feature = "schema")]
use schemars::JsonSchema;
use serde::Serialize;

/// Levels, enzyme activities, occupancies and serotonin over time.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema), schemars(title = "raphe.simulation/1"))]
pub struct Simulation {
    /// `raphe.simulation/1`.
    #[cfg_attr(feature = "schema", schemars(extend("const" = "raphe.simulation/1")))]
    pub schema: &'static str,
    /// Version of the program.
    pub raphe: &'static str,
    /// Version of the knowledge.
    pub knowledge: String,
    /// The end of the span.
    #[cfg_attr(feature = "schema", schemars(schema_with = "crate::schema::moment"))]
    pub as_of: String,
    /// The moment of time zero.
    #[cfg_attr(feature = "schema", schemars(schema_with = "crate::schema::moment"))]
    pub start: String,
    /// Hours from the start.
    pub time_h: Vec<f64>,
    /// One for each thing that has a course.
    pub series: Vec<Series>,
}

/// One thing over time; each list is in step with `time_h`.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
pub struct Series {
    /// What is told of it.
    #[cfg_attr(
        feature = "schema",
        schemars(extend("enum" = ["total_ng_per_ml", "free_nmol_per_l", "share_of_peak", "enzyme_activity", "occupancy", "fold_change"]))
    )]
    pub kind: &'static str,
    /// The substance, the metabolite, the enzyme, the target or `serotonin`.
    pub id: String,
    /// The middle of the population.
    pub median: Vec<f64>,
    /// One in twenty lies below.
    pub p5: Vec<f64>,
    /// One in twenty lies above.
    pub p95: Vec<f64>,
}

impl Simulation {
    /// A course in wire form.
    #[must_use]
    pub fn new(
        simulation: &simulation::Simulation,
        timeline: &Timeline,
        knowledge: &Knowledge,
        as_of: raphe::Timestamp,
    ) -> Self {
        let zone = timeline.zone();
        let series = simulation.series.iter().map(|series| {
            let all: Vec<Interval> = series.values.iter().map(|value| Interval::from(*value)).collect();
            Series {
                kind: series.kind.word(),
                id: series.id.clone(),
                median: all.iter().map(|value| value.median).collect(),
                p5: all.iter().map(|value| value.p5).collect(),
                p95: all.iter().map(|value| value.p95).collect(),
            }
        });
        Self {
            schema: "raphe.simulation/1",
            raphe: env!("CARGO_PKG_VERSION"),
            knowledge: knowledge.base().version.clone(),
            as_of: assessment::time(as_of, &zone),
            start: assessment::time(simulation.start, &zone),
            time_h: simulation.time_h.iter().map(|hour| (hour * 1e4).round() / 1e4).collect(),
            series: series.collect(),
        }
    }
}
