//! Read back with the tokenizer of a browser: nothing is missing, nothing is left open, nothing runs.

use super::*;
use crate::{
    assess::{self, Question},
    check,
    knowledge::Knowledge,
    population::Population,
    report::{self, Along, Voice},
    timeline::diary,
    units::{Interval, TimeSpan},
};
use html5ever::{
    tendril::StrTendril,
    tokenizer::{
        BufferQueue, Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts,
        states::RawKind,
    },
};
use std::{cell::RefCell, collections::BTreeSet, sync::LazyLock};

static KNOWLEDGE: LazyLock<Knowledge> = LazyLock::new(Knowledge::bundled);

/// What a browser finds in a page.
#[derive(Default)]
struct Page {
    text: String,
    tags: Vec<String>,
    open: Vec<String>,
    attributes: Vec<(String, String, String)>,
    errors: Vec<String>,
}

#[derive(Default)]
struct Sink(RefCell<Page>);

/// Elements that have no end.
const VOID: [&str; 2] = ["meta", "br"];
/// Elements that stand in a line of text.
const INLINE: [&str; 5] = ["a", "span", "strong", "text", "td"];

impl TokenSink for Sink {
    type Handle = ();

    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
        let mut page = self.0.borrow_mut();
        match token {
            Token::CharacterTokens(text) if page.open.last().is_none_or(|tag| tag != "style") => {
                page.text.push_str(&text)
            }
            Token::ParseError(error) => page.errors.push(error.into_owned()),
            Token::NullCharacterToken => page.errors.push("a null".to_owned()),
            Token::TagToken(tag) => return page.tag(tag),
            _ => {}
        }
        TokenSinkResult::Continue
    }
}

impl Page {
    fn read(text: &str) -> Self {
        let input = BufferQueue::default();
        input.push_back(StrTendril::from(text));
        let tokenizer =
            Tokenizer::new(Sink::default(), TokenizerOpts { exact_errors: true, ..TokenizerOpts::default() });
        let _ = tokenizer.feed(&input);
        tokenizer.end();
        tokenizer.sink.0.into_inner()
    }

    fn tag(&mut self, tag: Tag) -> TokenSinkResult<()> {
        let name = tag.name.to_string();
        if !INLINE.contains(&name.as_str()) {
            self.text.push(' ');
        }
        if tag.kind == TagKind::EndTag {
            match self.open.pop() {
                Some(open) if open == name => {}
                open => self.errors.push(format!("{open:?} is closed by {name}")),
            }
            return TokenSinkResult::Continue;
        }
        for attribute in &tag.attrs {
            self.attributes.push((
                name.clone(),
                attribute.name.local.to_string(),
                attribute.value.to_string(),
            ));
        }
        self.tags.push(name.clone());
        if !VOID.contains(&name.as_str()) {
            self.open.push(name.clone());
        }
        match name.as_str() {
            "style" => TokenSinkResult::RawData(RawKind::Rawtext),
            "title" if self.open.iter().all(|tag| tag != "svg") => TokenSinkResult::RawData(RawKind::Rcdata),
            _ => TokenSinkResult::Continue,
        }
    }

    fn values(&self, attribute: &str) -> impl Iterator<Item = &str> {
        self.attributes
            .iter()
            .filter(move |(_, name, _)| name == attribute)
            .map(|(_, _, value)| value.as_str())
    }

    fn words(&self) -> String {
        flat(&self.text)
    }
}

fn flat(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Every sentence of a report, as the text of it says them.
fn sentences(report: &Report) -> Vec<String> {
    fn told(item: &Item, into: &mut Vec<String>) {
        let mark = item.mark.as_ref().map_or(String::new(), |mark| format!("{mark}: "));
        let numbers: Vec<String> = item.sources.iter().map(usize::to_string).collect();
        let cites = if numbers.is_empty() { String::new() } else { format!(" [{}]", numbers.join(", ")) };
        into.push(format!("{mark}{}{cites}", item.text));
        into.extend(item.curve.iter().map(|curve| curve.title.clone()));
        item.under.iter().for_each(|under| told(under, into));
    }
    let mut all = report.headline.clone();
    for section in &report.sections {
        all.push(section.title.clone());
        section.items.iter().for_each(|item| told(item, &mut all));
    }
    all.extend(report.sources.iter().cloned());
    all.push(report.footer.clone());
    all.iter().map(|text| flat(&plain(text))).collect()
}

fn assessed(text: &str, as_of: &str) -> Report {
    let (timeline, _) = diary::read(text.as_bytes());
    let question = Question {
        as_of: as_of.parse().expect("a moment"),
        horizon: TimeSpan::days(14.0),
        population: Population { seed: 1, people: 16 },
    };
    report::report(
        &assess::assess(&timeline, &KNOWLEDGE, &question),
        &KNOWLEDGE,
        Voice::Person,
        Some("As of then."),
    )
}

fn tramadol() -> Report {
    assessed(include_str!("../../../../../examples/tramadol.raphe"), "2026-03-17T09:00:00Z")
}

fn page(report: &Report) -> String {
    print("A report", &[Article { name: "diary".to_owned(), report }])
}

/// What must hold of every page.
fn is_sound(text: &str, report: &Report) {
    let page = Page::read(text);
    assert_eq!(page.errors, Vec::<String>::new());
    assert!(page.open.is_empty(), "left open: {:?}", page.open);
    let words = page.words();
    let mut from = 0;
    for sentence in sentences(report) {
        let at = words[from..].find(&sentence);
        let at = at
            .unwrap_or_else(|| panic!("missing, or in another place: {sentence}\nafter {}", &words[..from]));
        from += at + sentence.len();
    }
    let ids: Vec<&str> = page.values("id").collect();
    let known: BTreeSet<&str> = ids.iter().copied().collect();
    assert_eq!(ids.len(), known.len(), "an id stands twice");
    for address in page.values("href") {
        match address.strip_prefix('#') {
            Some(id) => assert!(known.contains(id), "{address} leads nowhere"),
            None => assert!(address.starts_with("https://") || address.starts_with("http://"), "{address}"),
        }
    }
    for names in page.values("aria-labelledby") {
        assert!(names.split(' ').all(|name| known.contains(name)), "{names} names nothing");
    }
    for loads in ["script", "link", "img", "iframe", "object", "embed", "image", "use", "base", "form"] {
        assert!(!page.tags.iter().any(|tag| tag == loads), "{loads} must not be in a page");
    }
    assert!(
        page.attributes
            .iter()
            .all(|(_, name, _)| !name.starts_with("on") && name != "src" && name != "style")
    );
}

#[test]
fn a_page_holds_the_whole_text_and_is_well_formed() {
    let report = tramadol();
    assert!(report.sections.len() > 5 && report.sources.len() > 5, "the example must say something");
    let text = page(&report);
    is_sound(&text, &report);
    assert_eq!(text, page(&report), "the same report gives the same bytes");
    let page = Page::read(&text);
    assert_eq!(page.tags.iter().filter(|tag| *tag == "h1").count(), 1);
    assert_eq!(page.tags.iter().filter(|tag| *tag == "h2").count(), report.sections.len() + 1);
    assert!(page.tags.iter().any(|tag| tag == "svg") && page.tags.iter().any(|tag| tag == "table"));
}

#[test]
fn every_number_leads_to_its_source_and_back() {
    let text = page(&tramadol());
    let page = Page::read(&text);
    let sources = page.values("id").filter(|id| id.starts_with("r-source-")).count();
    let cites: Vec<&str> = page.values("id").filter(|id| id.starts_with("r-cite-")).collect();
    assert!(cites.len() > sources / 2);
    for id in cites {
        assert!(page.values("href").any(|address| address == format!("#{id}")), "no way back to {id}");
    }
    assert!(page.values("href").any(|address| address.starts_with("https://doi.org/10.")));
}

#[test]
fn what_is_written_in_a_diary_is_inert() {
    let evil = "\"><script>alert(1)</script><img src=x onerror=alert(2)>'&amp;\u{1}\u{202e}{{x}}";
    let diary = format!(
        "profile zone Europe/London\n2026-03-01 start {evil} 50 mg daily\n2026-03-01 start sertraline 50 mg daily ; {evil}\n\
         2026-03-02 sign {evil}\n2026-03-02 note {evil}\n{evil}\n"
    );
    let report = assessed(&diary, "2026-03-02T12:00:00Z");
    let text = page(&report);
    is_sound(&text, &report);
    assert!(!text.contains("<script") && !text.contains("<img"));
    assert!(Page::read(&text).text.contains("<script>alert(1)</script>"), "it must be shown, as words");
    let item =
        Item { mark: Some(evil.to_owned()), text: evil.to_owned(), sources: vec![1], ..Item::default() };
    let curve = Curve {
        title: evil.to_owned(),
        values: vec![Interval { median: 1.0, p5: 1.0, p95: 2.0 }; 3],
        foot: 1.0,
        along: Along { name: evil.to_owned(), from: 0.0, to: 2.0, now: None },
        up: evil.to_owned(),
    };
    let report = Report {
        urgency: Urgency::Emergency,
        headline: vec![evil.to_owned()],
        sections: vec![Section {
            title: evil.to_owned(),
            items: vec![Item { under: vec![item.clone()], curve: Some(curve), ..item }],
        }],
        sources: vec![format!(
            "{evil} doi:10.1/{evil} https://x.org/{evil} javascript:alert(1) PMID 1{evil}"
        )],
        footer: evil.to_owned(),
    };
    let text = print(evil, &[Article { name: evil.to_owned(), report: &report }]);
    is_sound(&text, &report);
    assert!(Page::read(&text).words().contains("EMERGENCY"), "a headline without the word gets it");
}

#[test]
fn several_reports_are_one_page_with_an_article_each() {
    let (one, other) =
        (tramadol(), assessed("2026-03-01 start sertraline 50 mg daily\n", "2026-03-20T00:00:00Z"));
    let named = |name: &str, report| Article { name: name.to_owned(), report };
    let text = print("Two reports", &[named("a <b>.raphe", &one), named("c.raphe", &other)]);
    is_sound(&text, &one);
    is_sound(&text, &other);
    let page = Page::read(&text);
    assert_eq!(page.tags.iter().filter(|tag| *tag == "article").count(), 2);
    assert_eq!(page.tags.iter().filter(|tag| *tag == "h1").count(), 1);
    assert!(
        page.words().contains("a <b>.raphe: EMERGENCY") || page.words().contains("a <b>.raphe: URGENT"),
        "{}",
        page.words()
    );
}

#[test]
fn a_check_is_a_page_too() {
    let question = Question {
        as_of: "2026-03-01T00:00:00Z".parse().expect("a moment"),
        horizon: TimeSpan::days(14.0),
        population: Population { seed: 1, people: 8 },
    };
    for names in
        [["phenelzine", "sertraline"], ["sertraline", "<b>unheard</b>"], ["sertraline:5000 mg", "tramadol"]]
    {
        let names = names.map(str::to_owned);
        let answer = check::check(&names, None, &KNOWLEDGE, &question).expect("names and doses can be read");
        let report = report::check(&answer, &KNOWLEDGE, report::Voice::Person);
        is_sound(&page(&report), &report);
    }
}

#[test]
fn dates_and_percents_stay_whole() {
    let printed = prose("about 94 % by 2026-03-28, not 12-34").into_string();
    assert_eq!(printed, "about 94\u{a0}% by <span class=\"whole\">2026-03-28,</span> not 12-34");
}

#[test]
fn sources_are_linked_where_they_have_an_address() {
    let old = "A. B. doi:10.1002/(SICI)1097<1661::AID-SIM968>3.0.CO;2-2 (table 1) [trial]";
    let printed = linked(old).into_string();
    assert!(
        printed.contains("href=\"https://doi.org/10.1002/(SICI)1097%3C1661::AID-SIM968%3E3.0.CO;2-2\""),
        "{printed}"
    );
    assert!(
        linked("A. PMID 12345 [cohort]").into_string().contains("https://pubmed.ncbi.nlm.nih.gov/12345/")
    );
    assert!(
        linked("A. https://x.org/a?b=c&d [label]")
            .into_string()
            .contains("href=\"https://x.org/a?b=c&amp;d\"")
    );
    for none in ["A. javascript:alert(1)", "A. PMID", "PMID 12x", "doi:11.1", "in 1999"] {
        assert!(!linked(none).into_string().contains("href"), "{none}");
    }
}
