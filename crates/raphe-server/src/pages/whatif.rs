//! *What if*: add, stop, move or change something and see both futures.

use crate::app::App;
use axum::Router;

pub(super) fn routes() -> Router<App> {
    Router::new()
}
