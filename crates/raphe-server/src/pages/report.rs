//! *Report*: one page to print, a file to keep, FHIR for a health record.

use crate::app::App;
use axum::Router;

pub(super) fn routes() -> Router<App> {
    Router::new()
}
