//! Now, as the diary counts it.

use jiff::{Timestamp, Zoned, tz::TimeZone};

/// Now, in a zone; without one, the clock on the wall read as if it were UTC, as the diary's times are.
#[must_use]
pub fn now(zone: Option<&TimeZone>) -> Timestamp {
    let now = Zoned::now();
    match zone {
        Some(_) => now.timestamp(),
        None => now.datetime().to_zoned(TimeZone::UTC).map_or(now.timestamp(), |zoned| zoned.timestamp()),
    }
}
