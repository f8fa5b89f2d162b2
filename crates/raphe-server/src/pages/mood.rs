//! *Mood and factors*: questionnaires, scores over time, what adds to it, ways to balance.

use crate::app::App;
use axum::Router;

pub(super) fn routes() -> Router<App> {
    Router::new()
}
