//! *Plan*: switch or stop, with both curves, the safe window and dates.

use crate::app::App;
use axum::Router;

pub(super) fn routes() -> Router<App> {
    Router::new()
}
