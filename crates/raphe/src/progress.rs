//! How far a long simulation is, for somebody who waits.
//!
//! The engine counts the groups of virtual people it means to simulate and those that are done, and never looks at the
//! counts itself: nothing it says depends on them.

use std::sync::atomic::{AtomicUsize, Ordering};

static PLANNED: AtomicUsize = AtomicUsize::new(0);
static DONE: AtomicUsize = AtomicUsize::new(0);

pub(crate) fn plan(groups: usize) {
    PLANNED.fetch_add(groups, Ordering::Relaxed);
}

pub(crate) fn done() {
    DONE.fetch_add(1, Ordering::Relaxed);
}

/// Share of what was begun since the program started that is done, from 0 to 1.
#[must_use]
pub fn share() -> f64 {
    let planned = PLANNED.load(Ordering::Relaxed).max(1);
    (DONE.load(Ordering::Relaxed) as f64 / planned as f64).min(1.0)
}
