//! The local web app of raphe.

pub mod chart;
