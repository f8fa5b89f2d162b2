//! Slides, withheld doses, drafts.
