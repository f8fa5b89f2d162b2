//! Who it is: age, sex, country and zone.

use crate::{model::Patient, notices::Notices, when::Written};
use raphe::timeline::{Person, Sex};

/// Who it is.
pub(crate) fn person(resource: &Patient<'_>, path: &str, notices: &mut Notices) -> Person {
    let mut person = Person::default();
    if let Some(text) = resource.birth_date.as_deref() {
        match Written::read(text) {
            Some(written) => {
                person.born =
                    Some(match (written.partial(), written.first.month() == written.last.month()) {
                        (true, true) => written.first.with().day(15).build().unwrap_or(written.first),
                        (true, false) => {
                            written.first.with().month(7).day(2).build().unwrap_or(written.first)
                        }
                        (false, _) => written.first,
                    });
            }
            None => notices.warning(path, "a date of birth cannot be read", "it is left out", text),
        }
    }
    person.sex = match resource.gender.as_deref() {
        Some("female") => Some(Sex::Female),
        Some("male") => Some(Sex::Male),
        _ => None,
    };
    let country = resource.address.iter().find_map(|address| address.country.as_deref()).map(str::trim);
    person.country = country.and_then(|country| match country.to_ascii_uppercase().as_str() {
        "USA" | "UNITED STATES" => Some("US".to_owned()),
        "UK" | "GBR" | "UNITED KINGDOM" => Some("GB".to_owned()),
        two if two.len() == 2 && two.bytes().all(|byte| byte.is_ascii_alphabetic()) => Some(two.to_owned()),
        _ => None,
    });
    let zone = resource.extension.iter().find(|extension| {
        extension.url.as_deref().is_some_and(|url| url.ends_with("/timezone") || url.ends_with("/tz-code"))
    });
    person.zone = zone
        .and_then(|zone| zone.value_code.as_deref().or(zone.value_string.as_deref()))
        .and_then(|name| jiff::tz::TimeZoneDatabase::bundled().get(name).ok());
    let died = resource.deceased_boolean.is_some_and(|flag| flag.0) || resource.deceased_date_time.is_some();
    if died {
        notices.info(path, "the person has died", "the record is judged as it stands", "");
    }
    person
}
