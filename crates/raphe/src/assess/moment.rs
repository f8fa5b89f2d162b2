//! Which moment is judged when nobody names one: now, or the end of a diary that nobody keeps any more.

use crate::{
    timeline::{Notice, Timeline, Weight},
    units::TimeSpan,
};
use jiff::{SignedDuration, Timestamp};

/// How far ahead a question looks where nobody says otherwise.
pub const HORIZON: TimeSpan = TimeSpan::days(14.0);
/// An older diary is judged at its own end, not now.
const STALE: SignedDuration = SignedDuration::from_hours(14 * 24);

/// The moment to judge when it is `now`, and the first line that says so when that is not now.
///
/// ```
/// # use raphe::{assess, timeline::diary};
/// let (old, _) = diary::read(b"2020-03-01 start sertraline 50 mg daily\n2020-03-02 stop sertraline");
/// let (_, preface) = assess::moment(&old, "2026-03-01T00:00:00Z".parse().expect("a moment"));
/// assert!(preface.is_some_and(|says| says.starts_with("Judged as of 2020-03-02")));
/// ```
#[must_use]
pub fn moment(timeline: &Timeline, now: Timestamp) -> (Timestamp, Option<String>) {
    let (Some(end), Some(start)) = (timeline.end(), timeline.start()) else { return (now, None) };
    if start <= now && now.duration_since(end) < STALE {
        return (now, None);
    }
    let date = end.to_zoned(timeline.zone()).strftime("%Y-%m-%d %H:%M");
    (end, Some(format!("Judged as of {date}, the end of the last entry, not as of today.")))
}

/// The same line as a notice, for answers that have no first line.
#[must_use]
pub fn moment_notice(preface: &str, help: &str) -> Notice {
    let says = preface.trim_end_matches('.').to_owned();
    Notice { weight: Weight::Info, place: None, says, help: Some(help.to_owned()) }
}
