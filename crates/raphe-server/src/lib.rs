//! The local web app: see it, change it, take it to the doctor.
//!
//! A private page on this machine. The diary file stays the truth: every page reads it, asks the engine and draws the answer;
//! a change is one checked edit of the file. Nothing leaves the machine: the server listens on the loopback address unless told
//! otherwise, answers only those who came with the launch link, and no page loads anything from elsewhere.
//!
//! ```text
//!            guard            visit              desk                  page
//!  request ─▶ host, origin, ─▶ who: session, ──▶ what the diary says, ─▶ one frame around all of them,
//!             cookie, lock     form, width       what the engine says    danger first
//!                                                    │
//!                                  store ◀───────────┘ the file: read whole, written whole or not at all
//! ```
//!
//! In reading order: [`store`], `clock`, `guard`, `app`, `visit`, `background`, `desk`, `change`, `page`, `chart`, `pages`.

mod app;
mod background;
mod change;
mod chart;
pub mod clock;
mod desk;
mod guard;
mod merge;
mod page;
mod pages;
pub mod store;
mod visit;

pub use app::{Options, ServeError, serve};
