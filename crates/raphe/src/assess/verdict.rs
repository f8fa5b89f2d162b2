//! Too high, too low, neither or unclear.
//!
//! "Unclear" is a full answer. "Neither" is said only when signs were looked for, what was taken is known, and nothing points
//! either way; "too high" when Hunter is met, or when the other two sets are met and nothing else fits better; the features that
//! the article calls low serotonin only when no reading of toxicity is open.

use super::{Balance, CriterionResult, NamedRival, SignSeen, Verdict, criteria_truth};
use crate::{
    care::Care,
    criteria::{Truth, facts::Facts},
    exposure::Exposure,
    knowledge::schema::Urgency,
};

/// What the verdict stands on.
pub(super) struct Ground<'a> {
    pub(super) criteria: &'a [CriterionResult],
    pub(super) facts: &'a Facts<'a>,
    pub(super) exposure: &'a Exposure,
    /// Whether the list of medicines is all that was taken.
    pub(super) complete: bool,
    pub(super) rivals: &'a [NamedRival],
    pub(super) signs: &'a [SignSeen],
    pub(super) looked: bool,
    pub(super) urgency: Urgency,
    /// The low side.
    pub(super) care: &'a Care,
    /// What is there of signs of toxicity belongs to the low side as well, and no medicine changed.
    pub(super) unspecific: bool,
    /// Something points to suicide.
    pub(super) suicidal: bool,
    /// Thoughts of suicide are the only reason to act today.
    pub(super) only_suicide: bool,
    /// Words of a note may tell of a sign of toxicity.
    pub(super) spoken: bool,
    /// A danger sign is among the reasons.
    pub(super) danger: bool,
    /// What was taken is by itself a reason to act today.
    pub(super) dangerous: bool,
}

/// Weighs criteria, look-alikes and what was looked for into one of four verdicts.
pub(super) fn balance(ground: &Ground<'_>) -> Balance {
    let truth = |id| criteria_truth(ground.criteria, id);
    let leading = ground.rivals.iter().find(|rival| rival.leads);
    let toxic = ground.facts.answer("fact toxicity_sign").truth == Truth::True;
    let unrecognized = !ground.exposure.unrecognized.is_empty();
    let both = truth("sternbach") == Truth::True && truth("radomski") == Truth::True;
    let says = |verdict, because: &str| Balance { verdict, because: because.to_owned() };
    match () {
        () if truth("hunter") == Truth::True && !ground.rivals.is_empty() => says(
            Verdict::TooHigh,
            "The Hunter criteria for serotonin toxicity are met. What can look the same, or come with it, is named below.",
        ),
        () if truth("hunter") == Truth::True => {
            says(Verdict::TooHigh, "The Hunter criteria for serotonin toxicity are met.")
        }
        () if leading.is_some() => Balance {
            verdict: Verdict::Unclear,
            because: format!(
                "What was reported fits {} better than serotonin toxicity.",
                leading.map_or("another cause", |rival| rival.name.as_str())
            ),
        },
        () if both && truth("hunter") == Truth::Unknown => says(
            Verdict::TooHigh,
            "Serotonin toxicity is the leading explanation of what was reported: two sets of criteria are met, and the \
             signs that decide the third were not all examined.",
        ),
        () if unrecognized && (toxic || !ground.signs.is_empty()) => says(
            Verdict::Unclear,
            "A medicine was not recognized, so it is not known whether it acts on serotonin.",
        ),
        () if toxic && !ground.unspecific && truth("hunter") == Truth::Unknown => says(
            Verdict::Unclear,
            "There are signs that serotonin toxicity can cause, and the signs that would decide it were not all examined.",
        ),
        () if ground.dangerous && ground.signs.is_empty() && !unrecognized => says(
            Verdict::Unclear,
            match ground.spoken {
                true => "Words in the notes may tell of signs of it, and what was taken is dangerous.",
                false => "No sign of it was reported. What was taken is dangerous all the same.",
            },
        ),
        () if ground.urgency >= Urgency::Urgent && !ground.only_suicide => says(
            Verdict::Unclear,
            "What was reported is dangerous, but it does not tell whether serotonin is the cause.",
        ),
        () if ground.danger => says(
            Verdict::Unclear,
            "A danger sign stands in the diary, and it does not tell whether serotonin is the cause.",
        ),
        () if unrecognized => {
            says(Verdict::Unclear, "A medicine was not recognized, so what was taken is not fully known.")
        }
        () if ground.care.pattern.enough => {
            says(Verdict::TooLow, "They fit many conditions, and no test can show that serotonin is low.")
        }
        () if ground.suicidal => says(
            Verdict::Unclear,
            "Thoughts of ending life stand before everything else, and they do not tell whether serotonin is the cause.",
        ),
        () if ground.care.pattern.explained => says(
            Verdict::Unclear,
            "No sign that points to too much serotonin alone was reported. What was reported is often called low serotonin, and \
             is more likely an effect of a medicine that is taken.",
        ),
        () if ground.care.pattern.features > 0 => says(
            Verdict::Unclear,
            "There are features that are often called low serotonin; they are too few to be spoken of as a pattern, and fit \
             many conditions. No sign that points to too much serotonin alone was reported.",
        ),
        () if !ground.complete => says(
            Verdict::Unclear,
            "The medicines come from a health record, which does not hold everything that was taken.",
        ),
        () if !ground.looked => says(
            Verdict::Unclear,
            "No sign of serotonin toxicity was looked for or reported around this time, so neither side can be told.",
        ),
        () => says(
            Verdict::Neither,
            "Signs were looked for, what was taken is known, and nothing points to too much serotonin.",
        ),
    }
}
