//! *Why*: from baseline to now, substance by substance, and the synapse with the touched parts lit.

use crate::app::App;
use axum::Router;

pub(super) fn routes() -> Router<App> {
    Router::new()
}
