//! What a person should know about how a record was read: one notice for a thousand equal ones, with a count.

use raphe::timeline::{Notice, Weight};
use std::{borrow::Cow, fmt::Display};

/// Most names that a grouped notice lists.
const MOST_NAMES: usize = 3;

/// A notice that was added, so that a thousand more of it need no search.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Known(usize);

/// Notices, grouped as they come.
#[derive(Debug, Default, Clone)]
pub(crate) struct Notices {
    groups: Vec<Group>,
}

#[derive(Debug, Clone)]
struct Group {
    weight: Weight,
    says: Cow<'static, str>,
    help: &'static str,
    names: Vec<String>,
    more_names: std::collections::BTreeSet<String>,
    count: usize,
    first: String,
}

impl Notices {
    /// Adds one thing found at a path; `names` are what it is about, where that differs from one to the next.
    pub(crate) fn add(
        &mut self,
        weight: Weight,
        path: impl Display,
        says: impl Into<Cow<'static, str>>,
        help: &'static str,
        name: &str,
    ) -> Known {
        let says = says.into();
        let at = self
            .groups
            .iter()
            .position(|group| group.weight == weight && group.says == says && group.help == help);
        let at = at.unwrap_or_else(|| {
            let (names, more_names) = (Vec::new(), std::collections::BTreeSet::new());
            let first = path.to_string();
            self.groups.push(Group { weight, says, help, names, more_names, count: 0, first });
            self.groups.len() - 1
        });
        let group = &mut self.groups[at];
        group.count += 1;
        if !name.is_empty() && !group.names.iter().any(|known| known == name) {
            match group.names.len() < MOST_NAMES {
                true => group.names.push(name.to_owned()),
                false if group.more_names.contains(name) => {}
                false => drop(group.more_names.insert(name.to_owned())),
            }
        }
        Known(at)
    }

    /// The same once more, about the same name.
    pub(crate) fn again(&mut self, known: Known) {
        self.groups[known.0].count += 1;
    }

    /// Whether something was not read.
    pub(crate) fn has_errors(&self) -> bool {
        self.groups.iter().any(|group| group.weight == Weight::Error)
    }

    /// How something was read.
    pub(crate) fn info(
        &mut self,
        path: impl Display,
        says: impl Into<Cow<'static, str>>,
        help: &'static str,
        name: &str,
    ) {
        self.add(Weight::Info, path, says, help, name);
    }

    /// Read, but worth a second look.
    pub(crate) fn warning(
        &mut self,
        path: impl Display,
        says: impl Into<Cow<'static, str>>,
        help: &'static str,
        name: &str,
    ) {
        self.add(Weight::Warning, path, says, help, name);
    }

    /// Not read.
    pub(crate) fn error(
        &mut self,
        path: impl Display,
        says: impl Into<Cow<'static, str>>,
        help: &'static str,
        name: &str,
    ) {
        self.add(Weight::Error, path, says, help, name);
    }

    /// Takes in those of another part of the same record.
    pub(crate) fn extend(&mut self, others: &Self) {
        for other in &others.groups {
            let same = |group: &&mut Group| group.says == other.says && group.weight == other.weight;
            match self.groups.iter_mut().find(same) {
                Some(group) => group.count += other.count,
                None => self.groups.push(other.clone()),
            }
        }
    }

    /// All of them, the gravest first, each with its first place.
    pub(crate) fn list(mut self) -> Vec<Notice> {
        self.groups.sort_by_key(|group| std::cmp::Reverse(group.weight));
        self.groups.iter().map(Group::notice).collect()
    }
}

impl Group {
    fn notice(&self) -> Notice {
        let quoted: Vec<String> = self.names.iter().map(|name| format!("`{}`", short(name))).collect();
        let names = match (quoted.as_slice(), self.more_names.len()) {
            ([], _) => String::new(),
            (some, 0) => format!(": {}", some.join(", ")),
            (some, more) => format!(": {} and {more} more", some.join(", ")),
        };
        let place = match (self.count, self.first.is_empty()) {
            (_, true) => String::new(),
            (1, false) => format!(" ({})", self.first),
            (count, false) => format!(" ({count} times, first at {})", self.first),
        };
        let help = (!self.help.is_empty()).then(|| self.help.to_owned());
        Notice { weight: self.weight, place: None, says: format!("{}{names}{place}", self.says), help }
    }
}

/// A text that fits a line: without line breaks, and cut.
pub(crate) fn short(text: &str) -> String {
    const MOST: usize = 80;
    let words: Vec<&str> = text.split_whitespace().collect();
    let text = words.join(" ");
    match text.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thousand_equal_ones_are_one_with_a_count() {
        let mut notices = Notices::default();
        for number in 0..1000 {
            let name = ["lisinopril", "metformin", "sertraline", "insulin", "aspirin"][number % 5];
            notices.info(
                format!("line {}", number + 1),
                "no dosage is written",
                "read as the usual dose",
                name,
            );
        }
        notices.error("line 7", "not read", "", "");
        let said: Vec<String> = notices.list().into_iter().map(|notice| notice.says).collect();
        assert_eq!(
            said,
            [
                "not read (line 7)",
                "no dosage is written: `lisinopril`, `metformin`, `sertraline` and 2 more (1000 times, first at line 1)"
            ]
        );
    }
}
