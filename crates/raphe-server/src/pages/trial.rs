//! A [`Browser`] that speaks in plain words, for tests that look at what a form leads to before going there.

use super::browser::{Browser, knowledge};
use raphe::{knowledge::Knowledge, report::Voice};
use std::sync::LazyLock;

pub(super) static KNOWLEDGE: LazyLock<&Knowledge> = LazyLock::new(knowledge);

/// A server of its own, and who asks it.
pub(super) struct Trial(Browser);

impl Trial {
    /// Serves a diary as of a moment.
    pub(super) fn of(diary: &str, at: &str) -> Self {
        Self(Browser::open(diary, at, Voice::Person))
    }

    /// A page.
    pub(super) fn get(&self, path: &str) -> String {
        let answer = self.0.get(path);
        assert_eq!(answer.status, 200, "{path}: {}", answer.body);
        answer.body
    }

    /// Sends a form; the status, and where it leads or what it shows.
    pub(super) fn post(&self, path: &str, fields: &[(&str, &str)]) -> (u16, String) {
        let answer = self.0.post(path, fields);
        let place = answer.place().map(str::to_owned);
        (answer.status, place.unwrap_or(answer.body))
    }

    /// The diary as it is in the file.
    pub(super) fn diary(&self) -> String {
        self.0.diary()
    }
}

/// Where words stand in a page.
pub(super) fn place(page: &str, words: &str) -> usize {
    page.find(words).unwrap_or_else(|| panic!("`{words}` is not in the page: {page}"))
}
