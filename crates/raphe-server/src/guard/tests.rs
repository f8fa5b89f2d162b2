//! Who comes in and who does not: the whole router, asked as a browser, another site or another program would ask.

use super::{KEPT, numbers};
use crate::app::{App, Options, lock};
use axum::{
    Router,
    body::{Body, to_bytes},
    http::{Request, StatusCode, header},
    response::Response,
};
use raphe::{knowledge::Knowledge, population::Population, report::Voice};
use std::{net::IpAddr, path::PathBuf, sync::LazyLock, time::Duration};
use tower::ServiceExt;

const HOST: &str = "127.0.0.1:7274";

pub(crate) fn knowledge() -> &'static Knowledge {
    static KNOWLEDGE: LazyLock<Knowledge> = LazyLock::new(Knowledge::bundled);
    &KNOWLEDGE
}

pub(crate) fn options(file: Option<PathBuf>) -> Options {
    Options {
        file,
        fresh: PathBuf::from("/nowhere/health.raphe"),
        address: IpAddr::from([127, 0, 0, 1]),
        port: None,
        at: Some("2026-03-18T10:00:00Z".parse().expect("a moment")),
        population: Population { people: 0, seed: 1 },
        voice: Voice::Person,
        idle: Duration::from_secs(900),
        open: false,
    }
}

/// One browser in front of one server.
pub(crate) struct Browser {
    pub(crate) app: App,
    pub(crate) router: Router,
    pub(crate) cookie: String,
    pub(crate) csrf: String,
}

impl Browser {
    /// A browser that opened the launch link.
    pub(crate) async fn new(options: Options) -> Self {
        let app = App::new(options, knowledge(), vec![HOST.to_owned()]).expect("it starts");
        let router = app.clone().router();
        let mut browser = Self { app, router, cookie: String::new(), csrf: String::new() };
        browser.enter().await;
        browser
    }

    /// Opens a new link.
    pub(crate) async fn enter(&mut self) {
        let link = self.app.link().expect("a link");
        let path = link.strip_prefix(&format!("http://{HOST}")).expect("it names the host").to_owned();
        let answer = self.send(Request::get(path).header(header::HOST, HOST)).await;
        assert_eq!(answer.status(), StatusCode::OK);
        let cookie = answer.headers()[header::SET_COOKIE].to_str().expect("text").to_owned();
        assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"), "{cookie}");
        self.cookie = cookie.split(';').next().expect("a name and a value").to_owned();
        self.csrf = text(self.get("/awake").await).await;
        assert_eq!(self.csrf.len(), 64);
    }

    pub(crate) async fn send(&self, request: axum::http::request::Builder) -> Response {
        self.router.clone().oneshot(request.body(Body::empty()).expect("a request")).await.expect("an answer")
    }

    pub(crate) async fn get(&self, path: &str) -> Response {
        self.send(Request::get(path).header(header::HOST, HOST).header(header::COOKIE, &self.cookie)).await
    }

    /// A form as one of our own pages sends it.
    pub(crate) async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Response {
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.append_pair("csrf", &self.csrf).extend_pairs(fields);
        self.raw(path, form.finish()).await
    }

    /// A form with just these bytes.
    pub(crate) async fn raw(&self, path: &str, body: String) -> Response {
        let request = Request::post(path)
            .header(header::HOST, HOST)
            .header(header::COOKIE, &self.cookie)
            .header(header::ORIGIN, format!("http://{HOST}"))
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from(body));
        self.router.clone().oneshot(request.expect("a request")).await.expect("an answer")
    }
}

pub(crate) async fn text(answer: Response) -> String {
    let bytes = to_bytes(answer.into_body(), usize::MAX).await.expect("a body");
    String::from_utf8(bytes.to_vec()).expect("text")
}

async fn example() -> Browser {
    Browser::new(options(None)).await
}

#[tokio::test]
async fn only_its_own_names_are_answered() {
    let browser = example().await;
    let ask = |host: &'static str| {
        browser
            .send(Request::get("/awake").header(header::HOST, host).header(header::COOKIE, &browser.cookie))
    };
    assert_eq!(ask(HOST).await.status(), StatusCode::OK);
    for host in [
        "evil.example:7274",
        "127.0.0.1",
        "127.0.0.1:80",
        "localhost.evil.example:7274",
        "127.0.0.1:7274.evil.example",
        "192.168.0.7:7274",
        "",
    ] {
        assert_eq!(ask(host).await.status(), StatusCode::MISDIRECTED_REQUEST, "{host}");
    }
    let without = Request::get("/awake").header(header::COOKIE, &browser.cookie);
    assert_eq!(browser.send(without).await.status(), StatusCode::MISDIRECTED_REQUEST, "no host at all");
    let two = Request::get("/awake")
        .header(header::HOST, HOST)
        .header(header::HOST, "evil.example")
        .header(header::COOKIE, &browser.cookie);
    assert_eq!(browser.send(two).await.status(), StatusCode::MISDIRECTED_REQUEST, "two hosts");
    let named = Request::get("http://evil.example/awake")
        .header(header::HOST, HOST)
        .header(header::COOKIE, &browser.cookie);
    assert_eq!(
        browser.send(named).await.status(),
        StatusCode::MISDIRECTED_REQUEST,
        "another one in the address"
    );
}

#[test]
fn addresses_of_numbers_are_told_from_names() {
    for (host, port) in
        [("192.168.0.7:7274", 7274), ("10.0.0.1", 80), ("[::1]:7274", 7274), ("[fe80::1]", 80)]
    {
        assert_eq!(numbers(host), Some(port), "{host}");
    }
    for host in [
        "evil.example:7274",
        "localhost:7274",
        "1.2.3.4.evil.example",
        "[evil]",
        "",
        "::1",
        "0x7f000001",
        "[1.2.3.4]",
    ] {
        assert_eq!(numbers(host), None, "{host}");
    }
}

#[tokio::test]
async fn a_server_for_the_network_answers_under_its_addresses_and_under_no_name() {
    let everywhere = Options { address: IpAddr::from([0, 0, 0, 0]), ..options(None) };
    let browser = Browser::new(everywhere).await;
    let ask = |host: &'static str| browser.send(Request::get("/assets/app.css").header(header::HOST, host));
    for host in [HOST, "192.168.0.7:7274", "[fd00::7]:7274"] {
        assert_eq!(ask(host).await.status(), StatusCode::OK, "{host}");
    }
    for host in ["evil.example:7274", "192.168.0.7:80", "192.168.0.7", "192.168.0.7.evil.example:7274"] {
        assert_eq!(ask(host).await.status(), StatusCode::MISDIRECTED_REQUEST, "{host}");
    }
}

#[tokio::test]
async fn other_sites_are_not_answered() {
    let browser = example().await;
    let own = format!("http://{HOST}");
    let asked = |method: &str, headers: &[(&'static str, &str)]| {
        let mut request = Request::builder()
            .method(method)
            .uri("/awake")
            .header(header::HOST, HOST)
            .header(header::COOKIE, &browser.cookie);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request
    };
    for headers in [
        &[][..],
        &[("origin", own.as_str())],
        &[("sec-fetch-site", "none")],
        &[("sec-fetch-site", "same-origin")],
        &[("sec-fetch-site", "cross-site"), ("sec-fetch-mode", "navigate"), ("sec-fetch-dest", "document")],
    ] {
        assert_eq!(browser.send(asked("GET", headers)).await.status(), StatusCode::OK, "{headers:?}");
    }
    for headers in [
        &[("origin", "null")][..],
        &[("origin", "http://evil.example")],
        &[("origin", "https://127.0.0.1:7274")],
        &[("origin", "http://127.0.0.1:7275")],
        &[("origin", "http://127.0.0.1:7274.evil.example")],
        &[("sec-fetch-site", "cross-site")],
        &[("sec-fetch-site", "same-site")],
        &[("sec-fetch-site", "cross-site"), ("sec-fetch-mode", "navigate"), ("sec-fetch-dest", "iframe")],
        &[("sec-fetch-site", "cross-site"), ("sec-fetch-mode", "no-cors"), ("sec-fetch-dest", "image")],
    ] {
        for method in ["GET", "HEAD", "POST"] {
            assert_eq!(
                browser.send(asked(method, headers)).await.status(),
                StatusCode::FORBIDDEN,
                "{method} {headers:?}"
            );
        }
    }
    let opened =
        [("sec-fetch-site", "cross-site"), ("sec-fetch-mode", "navigate"), ("sec-fetch-dest", "document")];
    assert_eq!(
        browser.send(asked("POST", &opened)).await.status(),
        StatusCode::FORBIDDEN,
        "a form elsewhere"
    );
}

#[tokio::test]
async fn nothing_but_reading_and_sending_is_answered() {
    let browser = example().await;
    for method in ["OPTIONS", "PUT", "DELETE", "PATCH", "TRACE", "CONNECT", "PROPFIND"] {
        let request = Request::builder()
            .method(method)
            .uri("/awake")
            .header(header::HOST, HOST)
            .header(header::COOKIE, &browser.cookie);
        assert_eq!(browser.send(request).await.status(), StatusCode::METHOD_NOT_ALLOWED, "{method}");
    }
    let head = Request::head("/awake").header(header::HOST, HOST).header(header::COOKIE, &browser.cookie);
    let answer = browser.send(head).await;
    assert_eq!(answer.status(), StatusCode::OK);
    assert!(text(answer).await.is_empty());
}

#[tokio::test]
async fn a_link_works_once_and_not_for_those_who_only_look_at_it() {
    let browser = example().await;
    let link = browser.app.link().expect("a link");
    let path = link.strip_prefix(&format!("http://{HOST}")).expect("it names the host").to_owned();
    let ask = |method: &str, path: &str| {
        browser.send(Request::builder().method(method).uri(path).header(header::HOST, HOST))
    };
    for method in ["HEAD", "POST"] {
        let answer = ask(method, &path).await;
        assert!(
            answer.status() == StatusCode::UNAUTHORIZED && !answer.headers().contains_key(header::SET_COOKIE),
            "{method}"
        );
    }
    assert!(ask("GET", &path).await.headers().contains_key(header::SET_COOKIE));
    let again = ask("GET", &path).await;
    assert!(again.status() == StatusCode::UNAUTHORIZED && !again.headers().contains_key(header::SET_COOKIE));
    for wrong in ["/enter", "/enter?key=", "/enter?key=0", &format!("{path}0")] {
        assert_eq!(ask("GET", wrong).await.status(), StatusCode::UNAUTHORIZED, "{wrong}");
    }
}

#[tokio::test]
async fn without_the_cookie_no_page_and_no_tricks_with_paths() {
    let browser = example().await;
    for path in [
        "/",
        "/now",
        "/now.json",
        "/diary",
        "/diary.json",
        "/diary/file",
        "/awake",
        "/start",
        "/none",
        "//assets/app.css",
        "/ASSETS/app.css",
        "/%61ssets/x",
    ] {
        let answer = browser.send(Request::get(path).header(header::HOST, HOST)).await;
        assert_eq!(answer.status(), StatusCode::UNAUTHORIZED, "{path}");
    }
    for path in ["/assets/../now", "/assets/..%2fnow", "/assets/%2e%2e/now", "/assets//now", "/assets/"] {
        let answer = browser.send(Request::get(path).header(header::HOST, HOST)).await;
        assert_eq!(answer.status(), StatusCode::NOT_FOUND, "{path}");
    }
    for cookie in
        ["raphe_7274=", "raphe_7274=0", "raphe_7275=0; a=b", ";;;=;", &browser.cookie.replace("7274", "7275")]
    {
        let request = Request::get("/awake").header(header::HOST, HOST).header(header::COOKIE, cookie);
        assert_eq!(browser.send(request).await.status(), StatusCode::UNAUTHORIZED, "{cookie}");
    }
}

#[tokio::test]
async fn every_change_needs_the_secret_of_its_session() {
    let browser = example().await;
    let other = example().await;
    for path in ["/settings", "/diary", "/diary/check", "/diary/add", "/diary/restore", "/start"] {
        for secret in
            [String::new(), "csrf=".to_owned(), format!("csrf={}", other.csrf), "csrf=%00".to_owned()]
        {
            let answer = browser.raw(path, secret.clone()).await;
            assert_eq!(answer.status(), StatusCode::FORBIDDEN, "{path} {secret}");
        }
    }
    assert_eq!(browser.post("/settings", &[("voice", "clinician")]).await.status(), StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn every_answer_says_how_it_may_be_used() {
    let browser = example().await;
    let locked = browser.send(Request::get("/now").header(header::HOST, HOST)).await;
    let misnamed = browser.send(Request::get("/now").header(header::HOST, "evil.example")).await;
    for answer in [
        browser.get("/diary.json").await,
        browser.get("/none").await,
        browser.get("/assets/app.js").await,
        locked,
        misnamed,
    ] {
        let header =
            |name: &str| answer.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let policy = header("content-security-policy");
        assert!(
            policy.starts_with("default-src 'none'; script-src 'self';")
                && policy.contains("frame-ancestors 'none'"),
            "{policy}"
        );
        assert!(!policy.contains("unsafe") && !policy.contains("http"), "{policy}");
        assert_eq!(header("x-content-type-options"), "nosniff");
        assert_eq!(header("cache-control"), "no-store");
        assert_eq!(header("referrer-policy"), "same-origin");
        assert_eq!(header("cross-origin-resource-policy"), "same-origin");
        assert!(answer.headers().keys().all(|name| !name.as_str().starts_with("access-control")));
    }
}

#[tokio::test]
async fn it_locks_when_nobody_clicks_and_shows_again_what_was_typed() {
    let mut browser = Browser::new(Options { idle: Duration::from_millis(400), ..options(None) }).await;
    // Clicks keep it open for longer than that.
    for _ in 0..3 {
        tokio::time::sleep(Duration::from_millis(150)).await;
        browser.csrf = text(browser.get("/awake").await).await;
        assert_eq!(browser.csrf.len(), 64, "still open");
    }
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert_eq!(browser.get("/awake").await.status(), StatusCode::UNAUTHORIZED);
    let answer = browser.post("/diary/add", &[("line", "feel <b>low mood</b> 3/10")]).await;
    assert_eq!(answer.status(), StatusCode::UNAUTHORIZED);
    let page = text(answer).await;
    assert!(
        page.contains("feel &lt;b&gt;low mood&lt;/b&gt; 3/10") && !page.contains(&browser.csrf),
        "{page}"
    );
    assert!(!page.contains("tramadol"), "nothing of the diary");
    browser.enter().await;
    assert_eq!(browser.get("/awake").await.status(), StatusCode::OK);
}

#[tokio::test]
async fn the_lock_counts_the_time_that_the_machine_slept() {
    let browser = example().await;
    for session in lock(&browser.app.doors).sessions.values_mut() {
        // The clock that stands still meanwhile says that somebody was just there.
        session.seen.1 -= Duration::from_secs(8 * 3600);
    }
    assert_eq!(browser.get("/awake").await.status(), StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn the_lock_button_locks_this_browser_only() {
    let browser = example().await;
    let mut other = Browser {
        app: browser.app.clone(),
        router: browser.router.clone(),
        cookie: String::new(),
        csrf: String::new(),
    };
    other.enter().await;
    browser.post("/settings", &[("lock", "yes")]).await;
    assert_eq!(browser.get("/awake").await.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(other.get("/awake").await.status(), StatusCode::OK);
}

#[tokio::test]
async fn a_form_may_not_be_endless() {
    let browser = example().await;
    let large = "x".repeat((16 << 20) + 1);
    let answer = browser.raw("/diary/check", format!("csrf={}&text={large}", browser.csrf)).await;
    assert_eq!(answer.status(), StatusCode::PAYLOAD_TOO_LARGE);
    let strange = Browser { cookie: String::new(), ..browser };
    let answer = strange.raw("/diary/check", format!("text={}", "x".repeat(KEPT + 1))).await;
    assert_eq!(answer.status(), StatusCode::UNAUTHORIZED);
    assert!(text(answer).await.len() < 10_000, "a stranger's text is not held");
}

#[tokio::test(start_paused = true)]
async fn a_form_that_never_ends_is_given_up() {
    let browser = example().await;
    let endless = || Body::from_stream(Never);
    for cookie in [browser.cookie.as_str(), "raphe_7274=0"] {
        let request = Request::post("/diary/check")
            .header(header::HOST, HOST)
            .header(header::COOKIE, cookie)
            .body(endless());
        let answer = browser.router.clone().oneshot(request.expect("a request")).await.expect("an answer");
        let wanted =
            if cookie == browser.cookie { StatusCode::REQUEST_TIMEOUT } else { StatusCode::UNAUTHORIZED };
        assert_eq!(answer.status(), wanted);
    }
}

/// A body of which nothing ever comes.
struct Never;

impl futures_core::Stream for Never {
    type Item = Result<Vec<u8>, std::io::Error>;

    fn poll_next(
        self: std::pin::Pin<&mut Self>,
        _: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Self::Item>> {
        std::task::Poll::Pending
    }
}

#[tokio::test]
async fn a_page_that_breaks_is_an_answer() {
    let app = App::new(options(None), knowledge(), vec![HOST.to_owned()]).expect("it starts");
    let broken = Router::new()
        .route(
            "/broken",
            axum::routing::get(|| async { std::hint::black_box(None::<&str>).expect("nothing is here") }),
        )
        .layer(axum::middleware::from_fn_with_state(app.clone(), super::guard))
        .with_state(app.clone());
    let mut browser =
        Browser { router: app.clone().router(), app, cookie: String::new(), csrf: String::new() };
    browser.enter().await;
    let browser = Browser { router: broken, ..browser };
    let answer = browser.get("/broken").await;
    assert_eq!(answer.status(), StatusCode::INTERNAL_SERVER_ERROR);
    let page = text(answer).await;
    assert!(page.contains("The diary is as it was") && !page.contains("nothing is here"), "{page}");
}
