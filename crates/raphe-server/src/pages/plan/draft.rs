//! What is asked, as it was typed.

use crate::visit::Posted;

/// The fields of the form, kept for this browser.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Draft {
    /// Whether it only stops.
    pub(super) stop: bool,
    /// Id of what is taken; empty when `other` names it.
    pub(super) from: String,
    /// A medicine that is not in the diary, as typed.
    pub(super) other: String,
    /// Its dose, as typed; may be empty.
    pub(super) other_dose: String,
    /// What is to follow, as typed.
    pub(super) to: String,
    /// Its dose, as typed; may be empty.
    pub(super) to_dose: String,
}

impl Draft {
    pub(super) fn of(form: &Posted) -> Self {
        let text = |name: &str| form.get(name).to_owned();
        Self {
            stop: form.get("kind") == "stop",
            from: text("from"),
            other: text("other"),
            other_dose: text("other_dose"),
            to: text("to"),
            to_dose: text("to_dose"),
        }
    }
}

/// A name and a dose that were typed into one field: `sertraline 50 mg`.
pub(super) fn parted<'t>(name: &'t str, dose: &'t str) -> (&'t str, &'t str) {
    let place = name
        .char_indices()
        .find(|(place, letter)| letter.is_ascii_digit() && name[..*place].ends_with(char::is_whitespace));
    match place {
        Some((place, _)) if dose.is_empty() => (name[..place].trim(), name[place..].trim()),
        _ => (name, dose),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dose_behind_the_name_is_a_dose() {
        assert_eq!(parted("sertraline 50 mg", ""), ("sertraline", "50 mg"));
        assert_eq!(parted("sertraline 50 mg", "25 mg"), ("sertraline 50 mg", "25 mg"));
        assert_eq!(parted("vitamin B6", ""), ("vitamin B6", ""));
        assert_eq!(parted("äöü 5", ""), ("äöü", "5"));
        assert_eq!(parted("", ""), ("", ""));
    }
}
