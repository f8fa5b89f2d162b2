//! *Together*: everything in the body now and after stopping, pair by pair.

use crate::app::App;
use axum::Router;

pub(super) fn routes() -> Router<App> {
    Router::new()
}
