//! *Diary*: the file itself, with errors under the line and its history.

use crate::app::App;
use axum::Router;

pub(super) fn routes() -> Router<App> {
    Router::new()
}
