//! An outline of a resource: where its few fields stand that tell what it is, whose, and whether it is worth reading.
//!
//! It is taken in the same pass that finds where a resource ends. Fields are kept by their place, so that an outline may
//! stand beside a text that it does not borrow.

use crate::{
    json::{self, Text},
    split::{Broken, Cursor},
};
use std::borrow::Cow;

/// From one byte of the resource to another; no field begins at the first, which is a bracket.
#[derive(Debug, Clone, Copy, Default)]
struct Span {
    start: u32,
    end: u32,
}

/// Where the fields of a resource stand; `null` is nothing, and of two of a name the first counts. One of
/// more than 4 GB has none.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Outline {
    kind: Span,
    id: Span,
    subject: Span,
    patient: Span,
    effective: Span,
    code: Span,
    quantity: Span,
    component: Span,
}

impl Outline {
    /// Of the object that begins here; the cursor stands behind it then.
    pub(crate) fn take(cursor: &mut Cursor<'_>) -> Result<Self, Broken> {
        let mut outline = Self::default();
        cursor.peek();
        let begin = cursor.at();
        let mut fields = cursor.enter(b'{')?;
        while let Some(name) = cursor.name(&mut fields)? {
            let value = cursor.value().ok_or(Broken)?;
            let plain = name.as_bytes().contains(&b'\\').then(|| format!("\"{name}\""));
            let plain = plain.as_deref().and_then(json::string);
            let slot = match plain.as_deref().unwrap_or(name) {
                "resourceType" => &mut outline.kind,
                "id" => &mut outline.id,
                "subject" => &mut outline.subject,
                "patient" => &mut outline.patient,
                "effectiveDateTime" => &mut outline.effective,
                "code" => &mut outline.code,
                "valueQuantity" => &mut outline.quantity,
                "component" => &mut outline.component,
                _ => continue,
            };
            if slot.end == 0 && value != "null" {
                let end = cursor.at() - begin;
                let small = |at| u32::try_from(at).map_err(|_| Broken);
                *slot = Span { start: small(end - value.len())?, end: small(end)? };
            }
        }
        Ok(outline)
    }

    /// Of a text that is one object; `None` where the object does not end with the text.
    pub(crate) fn of(text: &str) -> Option<Self> {
        let cursor = &mut Cursor::new(text);
        let outline = Self::take(cursor).ok()?;
        cursor.peek().is_none().then_some(outline)
    }

    /// The type that it names.
    pub(crate) fn kind<'a>(&self, raw: &'a str) -> Option<Text<'a>> {
        json::text(Self::cut(self.kind, raw)?)
    }

    /// Its id.
    pub(crate) fn id<'a>(&self, raw: &'a str) -> Option<Text<'a>> {
        json::text(Self::cut(self.id, raw)?)
    }

    /// Whom it is about, as written.
    pub(crate) fn subject<'a>(&self, raw: &'a str) -> Option<&'a str> {
        Self::cut(self.subject, raw)
    }

    /// Whom it is about under the other name for it, as written.
    pub(crate) fn patient<'a>(&self, raw: &'a str) -> Option<&'a str> {
        Self::cut(self.patient, raw)
    }

    /// When it was so.
    pub(crate) fn effective<'a>(&self, raw: &'a str) -> Option<Text<'a>> {
        json::text(Self::cut(self.effective, raw)?)
    }

    /// The code of what is only a number, as written: without parts that have codes of their own.
    pub(crate) fn code_of_number<'a>(&self, raw: &'a str) -> Option<&'a str> {
        Self::cut(self.code, raw).filter(|_| self.quantity.end > 0 && self.component.end == 0)
    }

    fn cut(span: Span, raw: &str) -> Option<&str> {
        raw.get(span.start as usize..span.end as usize).filter(|value| !value.is_empty())
    }
}

/// The type that a resource names, without looking at the rest where it is named first.
pub(crate) fn resource_type(raw: &str) -> Option<Cow<'_, str>> {
    first_type(raw).map(Cow::Borrowed).or_else(|| {
        let raw = raw.trim();
        Some(Outline::of(raw)?.kind(raw)?.into())
    })
}

/// The type that a resource names first of all.
pub(crate) fn first_type(raw: &str) -> Option<&str> {
    let rest = raw.trim_start().strip_prefix('{')?.trim_start().strip_prefix("\"resourceType\"")?;
    let rest = rest.trim_start().strip_prefix(':')?.trim_start().strip_prefix('"')?;
    let end = rest.bytes().position(|byte| matches!(byte, b'"' | b'\\'))?;
    (rest.as_bytes()[end] == b'"').then_some(&rest[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_type_is_found_wherever_it_stands() {
        assert_eq!(resource_type(" {\n \"resourceType\" : \"Patient\", ").as_deref(), Some("Patient"));
        assert_eq!(resource_type(r#" {"id": "1", "resourceType": "Patient"}"#).as_deref(), Some("Patient"));
        assert_eq!(resource_type(r#"{"id": "1", "resource\u0054ype": "\u0050"}"#).as_deref(), Some("P"));
        assert_eq!(resource_type(r#"{"id": "1"}"#), None);
        assert_eq!(resource_type("7"), None);
    }

    #[test]
    fn only_fields_of_the_resource_itself_are_in_its_outline() {
        let raw = r#"{"id": null, "contained": [{"id": "x", "subject": {}}], "code": {"text": "Pulse"},
            "id": 7, "id": "8", "valueQuantity": {"value": 1}, "subject": {"reference": "Patient/p"}}"#;
        let outline = Outline::of(raw).unwrap();
        assert_eq!(outline.id(raw).as_deref(), Some("7"));
        assert_eq!(outline.subject(raw), Some(r#"{"reference": "Patient/p"}"#));
        assert_eq!(outline.code_of_number(raw), Some(r#"{"text": "Pulse"}"#));
        assert!(outline.kind(raw).is_none() && outline.patient(raw).is_none());
        for broken in [&raw[..raw.len() - 1], &format!("{raw}{raw}"), "", "7", "[]"] {
            assert!(Outline::of(broken).is_none(), "{broken}");
        }
    }
}
