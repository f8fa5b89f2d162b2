//! The page of the diary, as a browser meets it.

use crate::guard::tests::{Browser, options, text};
use axum::http::{StatusCode, header};
use std::{fs, path::PathBuf};
use tempfile::TempDir;

const ONE: &str = "2026-03-01 start sertraline 50 mg daily\n";
const TWO: &str = "2026-03-02 feel low mood 3/10\n";

struct At {
    _folder: TempDir,
    path: PathBuf,
    browser: Browser,
}

async fn with(text: impl AsRef<[u8]>) -> At {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("health.raphe");
    fs::write(&path, text).expect("a file");
    let browser = Browser::new(options(Some(path.clone()))).await;
    At { _folder: folder, path, browser }
}

impl At {
    async fn page(&self, path: &str) -> String {
        let answer = self.browser.get(path).await;
        assert_eq!(answer.status(), StatusCode::OK, "{path}");
        text(answer).await
    }

    fn file(&self) -> String {
        fs::read_to_string(&self.path).expect("text")
    }
}

/// The value of the hidden field that tells what a page was made from.
fn base(page: &str) -> String {
    let start = page.find("name=\"base\" value=\"").expect("the field is there") + 19;
    page[start..].split('"').next().expect("it ends").to_owned()
}

/// What stands in the text field: a browser leaves out the first line break.
fn field(page: &str) -> &str {
    let start = page.find("<textarea id=\"text\"").expect("the field is there");
    let start = start + page[start..].find('>').expect("it begins") + 1;
    let end = start + page[start..].find("</textarea>").expect("it ends");
    page[start..end].strip_prefix('\n').expect("a line break that is left out")
}

#[tokio::test]
async fn the_whole_text_is_there_and_words_stand_under_their_lines() {
    let at = with(format!("\n{ONE}2026-03-02 take tramadol 50\n2026-03-03 take sertalin 50 mg\n")).await;
    let page = at.page("/diary").await;
    assert!(field(&page).starts_with('\n'), "an empty first line is kept");
    let third = page.find("id=\"line-3\"").expect("line 3 is listed");
    let fourth = page.find("id=\"line-4\"").expect("line 4 is listed");
    assert!(
        page[third..fourth].contains("<mark>50</mark>") && page[third..fourth].contains("Not read:"),
        "{page}"
    );
    assert!(
        page[fourth..].contains("was not recognized") && page[fourth..].contains("Did you mean"),
        "{page}"
    );
    assert!(!page.contains("id=\"line-2\""), "nothing is to be said of line 2");
}

#[tokio::test]
async fn while_it_is_typed_the_same_is_said_and_nothing_is_written() {
    let at = with(ONE).await;
    let typed = "2026-03-01 start sertraline 50 mg daily\r\n2026-03-02 take tramadol 50";
    let part = text(at.browser.post("/diary/check", &[("text", typed)]).await).await;
    assert!(
        part.contains("id=\"notices\"") && part.contains("data-line=\"2\" data-weight=\"error\""),
        "{part}"
    );
    assert_eq!(at.file(), ONE);
}

#[tokio::test]
async fn what_is_saved_stands_in_the_file() {
    let at = with(ONE).await;
    let page = at.page("/diary").await;
    let typed = format!("{ONE}{TWO}").replace('\n', "\r\n");
    let answer = at.browser.post("/diary", &[("base", &base(&page)), ("text", &typed)]).await;
    assert_eq!(
        (answer.status(), answer.headers()[header::LOCATION].as_bytes()),
        (StatusCode::SEE_OTHER, &b"/diary"[..])
    );
    assert_eq!(at.file(), format!("{ONE}{TWO}"));
    assert!(at.page("/diary").await.contains("Saved."));
    assert!(!at.page("/diary").await.contains("Saved."), "it is said once");
}

#[tokio::test]
async fn two_tabs_that_edit_one_line_see_both_versions() {
    let at = with(format!("{ONE}{TWO}")).await;
    let page = at.page("/diary").await;
    let base = base(&page);
    at.browser
        .post("/diary", &[("base", &base), ("text", &format!("{ONE}2026-03-02 feel low mood 5/10\n"))])
        .await;
    let mine = format!("{ONE}2026-03-02 feel low mood 7/10 ; <mine>\n");
    let answer = at.browser.post("/diary", &[("base", &base), ("text", &mine)]).await;
    assert_eq!(answer.status(), StatusCode::CONFLICT);
    let asked = text(answer).await;
    assert!(
        asked.contains("In the file now") && asked.contains("low mood 5/10") && asked.contains("Line 2"),
        "{asked}"
    );
    assert!(field(&asked).contains("low mood 7/10 ; &lt;mine&gt;"), "what was typed is kept");
    assert_eq!(at.file(), format!("{ONE}2026-03-02 feel low mood 5/10\n"), "nothing was written");
    let pick = asked
        .split("name=\"")
        .find_map(|part| part.strip_prefix("pick-"))
        .and_then(|part| part.split('"').next());
    let pick = format!("pick-{}", pick.expect("it is asked"));
    let answer =
        at.browser.post("/diary", &[("base", &self::base(&asked)), ("text", &mine), (&pick, "ours")]).await;
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    assert_eq!(at.file(), mine);
}

#[tokio::test]
async fn a_file_that_went_away_is_said_where_the_text_is() {
    let at = with(ONE).await;
    let base = base(&at.page("/diary").await);
    fs::remove_file(&at.path).expect("it goes away");
    let answer = at.browser.post("/diary", &[("base", &base), ("text", &format!("{ONE}{TWO}"))]).await;
    assert_eq!(answer.status(), StatusCode::CONFLICT);
    let page = text(answer).await;
    assert!(
        page.contains("not there any more")
            && field(&page).contains("low mood")
            && page.contains("name=\"anew\""),
        "{page}"
    );
    assert!(at.page("/diary").await.contains("not there any more"));
}

#[tokio::test]
async fn any_text_is_shown_as_text() {
    let nasty = "2026-03-01 note </textarea><script>alert(1)</script>\n2026-03-02 take \"x\" & 'y' 50\n";
    let at = with(nasty).await;
    let page = at.page("/diary").await;
    assert!(!page.contains("<script>alert"), "{page}");
    assert_eq!(page.matches("</textarea>").count(), 1);
    let answer = at.browser.post("/diary/add", &[("line", "take \"><script>alert(2)</script> 50")]).await;
    assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY);
    assert!(!text(answer).await.contains("<script>alert"));
}

#[tokio::test]
async fn a_line_without_a_date_counts_for_now_and_a_wrong_one_is_kept_in_its_field() {
    let at = with(ONE).await;
    let answer = at.browser.post("/diary/add", &[("line", "feel low mood 6/10")]).await;
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    let file = at.file();
    let line = file.lines().last().expect("a line");
    assert!(line.ends_with(" feel low mood 6/10") && line.starts_with("20"), "{line}");
    for (typed, kept) in [
        ("2026-03-05 note a", "2026-03-05 note a"),
        ("; a comment", "; a comment"),
        ("gene CYP2D6 *4/*4", "gene CYP2D6 *4/*4"),
    ] {
        at.browser.post("/diary/add", &[("line", typed)]).await;
        assert_eq!(at.file().lines().last(), Some(kept));
    }
    let before = at.file();
    let answer = at.browser.post("/diary/add", &[("line", "take tramadol 50")]).await;
    let page = text(answer).await;
    assert!(
        page.contains("value=\"take tramadol 50\"")
            && page.contains("aria-invalid=\"true\"")
            && page.contains("without a unit"),
        "{page}"
    );
    assert_eq!(at.file(), before);
}

#[tokio::test]
async fn the_twin_and_the_download_are_whole() {
    let bytes = b"\xef\xbb\xbf2026-03-01 take tramadol 50\r\n".as_slice();
    let at = with(bytes).await;
    let json: serde_json::Value = serde_json::from_str(&at.page("/diary.json").await).expect("JSON");
    assert_eq!(json["schema"], "raphe.lint/1");
    assert_eq!((json["file"].as_str(), json["notices"][0]["line"].as_u64()), (Some("health.raphe"), Some(1)));
    let answer = at.browser.get("/diary/file").await;
    assert_eq!(answer.headers()[header::CONTENT_DISPOSITION], "attachment; filename=\"health.raphe\"");
    let body = axum::body::to_bytes(answer.into_body(), usize::MAX).await.expect("a body");
    assert_eq!(&body[..], bytes);
}

#[tokio::test]
async fn ten_thousand_lines_are_one_field_and_a_short_list() {
    let long: String =
        (0..10_000).map(|place| format!("2026-03-{:02} take tramadol 50\n", place % 28 + 1)).collect();
    let at = with(&long).await;
    let page = at.page("/diary").await;
    assert_eq!(field(&page), long);
    assert_eq!(page.matches("data-weight=\"error\"").count(), 100);
    assert!(page.contains("and 9900 more"), "the rest is counted");
}

#[tokio::test]
async fn history_shows_what_changed_and_brings_it_back() {
    let at = with(ONE).await;
    at.browser.post("/diary/add", &[("line", TWO.trim())]).await;
    let all = at.page("/diary/history").await;
    assert!(all.contains("(now)") && all.contains("+1 −0"), "{all}");
    let links: Vec<&str> =
        all.split("href=\"/diary/history/").skip(1).filter_map(|part| part.split('"').next()).collect();
    let [_, oldest] = links.as_slice() else { panic!("{links:?}") };
    let page = at.page(&format!("/diary/history/{oldest}")).await;
    assert!(page.contains("<del>") && page.contains("low mood 3/10"), "{page}");
    let answer = at.browser.post("/diary/restore", &[("version", oldest)]).await;
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    assert_eq!(at.file(), ONE);
    for name in ["none", "..%2f..%2fhealth.raphe", "2026-01-01T00-00-00.000Z"] {
        assert_eq!(
            at.browser.get(&format!("/diary/history/{name}")).await.status(),
            StatusCode::NOT_FOUND,
            "{name}"
        );
    }
}

#[tokio::test]
async fn a_text_that_no_page_can_hold_is_shown_and_not_edited() {
    let at = with(b"2026-03-01 note caf\xe9\n").await;
    let page = at.page("/diary").await;
    assert!(page.contains("readonly") && page.contains("UTF-8") && !page.contains("name=\"text\""), "{page}");
    at.browser.post("/diary/add", &[("line", TWO.trim())]).await;
    assert_eq!(
        fs::read(&at.path).expect("bytes"),
        [&b"2026-03-01 note caf\xe9\n"[..], TWO.as_bytes()].concat()
    );
}
