//! JSON as senders really write it.
//!
//! Values are borrowed from the bytes. A list may stand where one thing is due and one thing where a list is due, a number
//! may stand in quotes, a code may be a bare string: all of that is read. A field that is of another type altogether
//! costs that field, not the resource ([`salvage`]).

use serde::{
    Deserialize, Deserializer,
    de::{self, IgnoredAny, MapAccess, SeqAccess, Visitor, value::MapDeserializer},
};
use serde_json::value::RawValue;
use std::{
    borrow::{Borrow, Cow},
    fmt,
    marker::PhantomData,
    ops::Deref,
};

/// A text, borrowed unless it holds escapes; a number or a truth value in its place is taken as written.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Text<'a>(Cow<'a, str>);

impl Deref for Text<'_> {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl<'a> From<Text<'a>> for Cow<'a, str> {
    fn from(text: Text<'a>) -> Self {
        text.0
    }
}

impl Borrow<str> for Text<'_> {
    fn borrow(&self) -> &str {
        self
    }
}

impl From<String> for Text<'_> {
    fn from(text: String) -> Self {
        Self(Cow::Owned(text))
    }
}

impl<'a> From<&'a str> for Text<'a> {
    fn from(text: &'a str) -> Self {
        Self(Cow::Borrowed(text))
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Text<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reading;
        impl<'de> Visitor<'de> for Reading {
            type Value = Text<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text")
            }

            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Text<'de>, E> {
                Ok(Text(Cow::Borrowed(text)))
            }

            fn visit_str<E>(self, text: &str) -> Result<Text<'de>, E> {
                Ok(Text(Cow::Owned(text.to_owned())))
            }

            fn visit_bool<E>(self, value: bool) -> Result<Text<'de>, E> {
                Ok(Text(Cow::Borrowed(if value { "true" } else { "false" })))
            }

            fn visit_i64<E>(self, value: i64) -> Result<Text<'de>, E> {
                Ok(Text(Cow::Owned(value.to_string())))
            }

            fn visit_u64<E>(self, value: u64) -> Result<Text<'de>, E> {
                Ok(Text(Cow::Owned(value.to_string())))
            }

            fn visit_f64<E>(self, value: f64) -> Result<Text<'de>, E> {
                Ok(Text(Cow::Owned(value.to_string())))
            }
        }
        deserializer.deserialize_any(Reading)
    }
}

/// A number, also in quotes; always finite.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Number(pub(crate) f64);

impl<'de> Deserialize<'de> for Number {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reading;
        impl Visitor<'_> for Reading {
            type Value = Number;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a number")
            }

            fn visit_i64<E>(self, value: i64) -> Result<Number, E> {
                Ok(Number(value as f64))
            }

            fn visit_u64<E>(self, value: u64) -> Result<Number, E> {
                Ok(Number(value as f64))
            }

            fn visit_f64<E>(self, value: f64) -> Result<Number, E> {
                Ok(Number(value))
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Number, E> {
                let number = text.trim().parse::<f64>().ok().filter(|number| number.is_finite());
                number.map(Number).ok_or_else(|| E::invalid_value(de::Unexpected::Str(text), &self))
            }
        }
        deserializer.deserialize_any(Reading)
    }
}

/// A truth value, also in quotes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Flag(pub(crate) bool);

impl<'de> Deserialize<'de> for Flag {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Text::deserialize(deserializer)?;
        match &*text {
            "true" => Ok(Self(true)),
            "false" => Ok(Self(false)),
            other => Err(de::Error::invalid_value(de::Unexpected::Str(other), &"true or false")),
        }
    }
}

/// A list; one thing alone is a list of one, nothing is an empty one, `null` among the items is passed over.
pub(crate) fn list<'de, D, T>(deserializer: D) -> Result<Vec<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    struct Reading<T>(PhantomData<T>);
    impl<'de, T: Deserialize<'de>> Visitor<'de> for Reading<T> {
        type Value = Vec<T>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a list")
        }

        fn visit_unit<E>(self) -> Result<Vec<T>, E> {
            Ok(Vec::new())
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Vec<T>, A::Error> {
            let mut list = Vec::new();
            while let Some(item) = items.next_element::<Option<T>>()? {
                list.extend(item);
            }
            Ok(list)
        }

        fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Vec<T>, A::Error> {
            T::deserialize(de::value::MapAccessDeserializer::new(map)).map(|one| vec![one])
        }

        fn visit_borrowed_str<E: de::Error>(self, text: &'de str) -> Result<Vec<T>, E> {
            T::deserialize(de::value::BorrowedStrDeserializer::new(text)).map(|one| vec![one])
        }

        fn visit_str<E: de::Error>(self, text: &str) -> Result<Vec<T>, E> {
            T::deserialize(de::value::StringDeserializer::new(text.to_owned())).map(|one| vec![one])
        }
    }
    deserializer.deserialize_any(Reading(PhantomData))
}

/// One thing; of a list the first, of an empty list nothing.
pub(crate) fn one<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    list(deserializer).map(|items| items.into_iter().next())
}

/// A text as it stands in JSON; `None` for what is none.
pub(crate) fn text(raw: &str) -> Option<Text<'_>> {
    match raw.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) {
        Some(plain) if !plain.bytes().fold(false, |odd, byte| odd | (byte < b' ') | (byte == b'\\')) => {
            Some(plain.into())
        }
        _ => serde_json::from_str(raw).ok(),
    }
}

/// A text as it stands in JSON, and in quotes.
pub(crate) fn string(raw: &str) -> Option<Text<'_>> {
    raw.starts_with('"').then(|| text(raw)).flatten()
}

/// Reads a resource, or as many of its fields as are of the right type; the names of those that were not read.
///
/// # Errors
/// When the text is no JSON object.
pub(crate) fn salvage<'de, T: Deserialize<'de>>(
    raw: &'de str,
) -> Result<(T, Vec<String>), serde_json::Error> {
    match serde_json::from_str(raw) {
        Ok(whole) => return Ok((whole, Vec::new())),
        Err(error) if error.classify() != serde_json::error::Category::Data => return Err(error),
        Err(_) => {}
    }
    let Fields(fields) = serde_json::from_str(raw)?;
    let mut kept: Vec<(&str, &RawValue)> = Vec::with_capacity(fields.len());
    let mut left = Vec::new();
    for (name, value) in &fields {
        let read = T::deserialize(MapDeserializer::new(std::iter::once((&**name, *value))));
        let read: Result<T, serde_json::Error> = read;
        match read.is_ok() && kept.iter().all(|(known, _)| *known != &**name) {
            true => kept.push((name, value)),
            false => left.push((**name).to_owned()),
        }
    }
    T::deserialize(MapDeserializer::new(kept.into_iter())).map(|read| (read, left))
}

/// The fields of an object, each with its JSON.
struct Fields<'a>(Vec<(Text<'a>, &'a RawValue)>);

impl<'de: 'a, 'a> Deserialize<'de> for Fields<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reading;
        impl<'de> Visitor<'de> for Reading {
            type Value = Fields<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Fields<'de>, A::Error> {
                let mut fields = Vec::new();
                while let Some(field) = map.next_entry()? {
                    fields.push(field);
                }
                Ok(Fields(fields))
            }
        }
        deserializer.deserialize_map(Reading)
    }
}

/// Whether a text is one whole JSON value.
pub(crate) fn is_whole(text: &str) -> bool {
    serde_json::from_str::<IgnoredAny>(text).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Default, Deserialize, PartialEq)]
    #[serde(default)]
    struct Sample<'a> {
        #[serde(borrow)]
        id: Option<Text<'a>>,
        value: Option<Number>,
        #[serde(deserialize_with = "list", borrow)]
        many: Vec<Text<'a>>,
    }

    #[test]
    fn what_senders_write_is_read() {
        let read = |text| serde_json::from_str::<Sample<'_>>(text).unwrap();
        assert_eq!(read(r#"{"id": 7, "value": "1.5", "many": "a"}"#).many.len(), 1);
        assert_eq!(read(r#"{"many": [null, "a"], "other": {"deep": []}}"#).many.len(), 1);
        assert_eq!(read(r#"{"many": null}"#), Sample::default());
        assert!(serde_json::from_str::<Number>("\"NaN\"").is_err());
    }

    #[test]
    fn a_wrong_field_costs_that_field_only() {
        let (read, left) =
            salvage::<Sample<'_>>(r#"{"id": {"a": 1}, "value": 2, "many": ["a"], "value": 3}"#).unwrap();
        assert_eq!(read, Sample { id: None, value: Some(Number(2.0)), many: vec!["a".into()] });
        assert_eq!(left, ["id", "value"]);
        assert!(salvage::<Sample<'_>>("{\"id\": ").is_err());
        assert!(salvage::<Sample<'_>>("7").is_err());
    }

    #[test]
    fn a_text_is_borrowed_unless_it_holds_escapes() {
        assert_eq!(string(r#""a\n""#).as_deref(), Some("a\n"));
        assert!(matches!(string("\"µ\""), Some(Text(Cow::Borrowed("µ")))));
        assert_eq!(text("7.5").as_deref(), Some("7.5"));
        for none in ["null", "7", "{}", "\"", "\"a\nb\"", ""] {
            assert!(string(none).is_none(), "{none}");
        }
    }
}
