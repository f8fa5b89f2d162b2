//! Small words that several pages need.

/// With a capital letter in front.
pub(super) fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// `one, two and three`.
pub(super) fn listed(items: &[String], word: &str) -> String {
    match items {
        [] => String::new(),
        [one] => one.clone(),
        [some @ .., last] => format!("{} {word} {last}", some.join(", ")),
    }
}

/// A sentence of a report as a page says it: pages have names of their own for what the program has commands for.
pub(super) fn on_pages(text: &str) -> String {
    text.replace("`raphe ask PHQ-9` asks nine questions", "the PHQ-9 above asks nine questions")
        .replace(" (`raphe helping`)", " (see Helping)")
        .replace("or come with it, is named below", "or come with it, is named on the page Now")
        .replace("`raphe assess` says what to do", "The page Now says what to do")
}
