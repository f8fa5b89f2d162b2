//! From what is at the targets to serotonin outside the cells.
//!
//! [`model`] holds the equations and [`rosenbrock`] the solver; `drive` says what moves them. Both know nothing of
//! medicines: exposure becomes inputs in `engagement`, and [`people`] draws whose synapse it is.

mod algebra;
mod drive;
mod model;
mod people;
mod rosenbrock;
pub mod run;
pub mod sbml;
#[doc(hidden)]
pub mod throughput;

#[cfg(test)]
mod tests;
