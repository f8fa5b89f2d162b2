//! From a person's timeline to an honest, cited answer about serotonin.
//!
//! Everything raphe promises is one pure function, [`assess::assess`]: a [`timeline::Timeline`], a
//! [`knowledge::Knowledge`] and a [`assess::Question`] in, an [`assess::Assessment`] out. Nothing here reads a clock, a
//! file or the environment; the edges do that.
//!
//! In reading order: [`units`], [`timeline`], [`knowledge`], [`population`], [`exposure`], [`synapse`], [`criteria`], [`risk`],
//! [`care`], [`assess`], [`check`], [`exam`], [`plan`], [`whatif`], [`helping`], [`report`], [`predict`]. Dependencies point up this list,
//! never down.

pub mod units;

pub mod timeline;

pub mod knowledge;

mod lanes;
pub mod population;
pub mod progress;
mod threads;

pub mod exposure;

pub mod synapse;

pub mod criteria;

pub mod risk;

pub mod care;

pub mod assess;

pub mod check;

pub mod exam;

pub mod plan;

pub mod whatif;

pub mod helping;

pub mod report;

pub mod predict;

pub use jiff::{Timestamp, tz::TimeZone};
