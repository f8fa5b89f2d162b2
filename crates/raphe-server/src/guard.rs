//! Who may come in.
//!
//! Pages of other sites run in the same browser, and other programs and people on the same machine. So a request must name this
//! server as its host (a name of an attacker that was made to point here does not), a change must come from one of our own
//! pages, and everyone needs a cookie that only the launch link gives: the link works once, the cookie stays with this
//! browser and is sent to no other site. A session in which nobody clicked for a while is forgotten.
//!
//! Where the server listens to the whole network, every address made of numbers is its name: only a name made of letters can
//! be pointed here by somebody else.
//!
//! No answer may load or run anything that is not our own file, be kept by the browser, or be framed by another page. What was
//! typed into a page that locked meanwhile is shown again to whoever sent it, so that it is not lost.

use crate::app::{App, lock};
use axum::{
    body::{Body, to_bytes},
    extract::{Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use cookie::{Cookie, SameSite};
use maud::{DOCTYPE, Markup, html};
use raphe::report::Voice;
use std::{
    collections::BTreeMap,
    io,
    net::{Ipv4Addr, Ipv6Addr, SocketAddr},
    time::{Duration, Instant, SystemTime},
};
use subtle::ConstantTimeEq;

/// Nothing is loaded, run, sent or framed but what is our own.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; \
                      form-action 'self'; frame-ancestors 'none'; base-uri 'none'";
/// So many links may wait to be used.
const LINKS: usize = 8;
/// So much of a form that came too late is shown again.
const KEPT: usize = 1 << 20;
/// A form must be here by then.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// One browser that came with a link.
#[derive(Debug, Clone)]
pub(crate) struct Session {
    /// Stands in every form and is asked for with every change.
    pub(crate) csrf: String,
    /// In whose words its pages speak.
    pub(crate) voice: Option<Voice>,
    /// What its pages remember, by type.
    pub(crate) drafts: axum::http::Extensions,
    seen: Seen,
}

/// When somebody last clicked. Two clocks, because one stands still while the machine sleeps and the other can be set back.
#[derive(Debug, Clone, Copy)]
struct Seen(Instant, SystemTime);

impl Seen {
    fn now() -> Self {
        Self(Instant::now(), SystemTime::now())
    }

    fn ago(self) -> Duration {
        self.0.elapsed().max(self.1.elapsed().unwrap_or_default())
    }
}

/// Links, sessions and names.
#[derive(Debug)]
pub(crate) struct Doors {
    hosts: Vec<String>,
    /// The port with which every address made of numbers is a name of ours.
    everywhere: Option<u16>,
    links: Vec<String>,
    sessions: BTreeMap<String, Session>,
    idle: Duration,
}

impl Doors {
    pub(crate) fn new(hosts: Vec<String>, everywhere: Option<u16>, idle: Duration) -> io::Result<Self> {
        secret()?;
        Ok(Self { hosts, everywhere, links: Vec::new(), sessions: BTreeMap::new(), idle })
    }

    /// Whether this is a name of this server.
    fn knows(&self, host: &str) -> bool {
        self.hosts.iter().any(|known| known.eq_ignore_ascii_case(host))
            || (self.everywhere.is_some() && numbers(host) == self.everywhere)
    }

    /// A new link; the oldest unused one gives way.
    pub(crate) fn link(&mut self) -> io::Result<String> {
        let token = secret()?;
        if self.links.len() == LINKS {
            self.links.remove(0);
        }
        self.links.push(token.clone());
        let host = self.hosts.first().map_or("localhost", String::as_str);
        Ok(format!("http://{host}/enter?key={token}"))
    }

    /// A session for a link that was not used yet.
    fn enter(&mut self, token: &str) -> Option<io::Result<String>> {
        let place = self.links.iter().position(|link| same(link, token))?;
        self.links.remove(place);
        Some((|| {
            let (id, csrf) = (secret()?, secret()?);
            let session = Session { csrf, voice: None, drafts: Default::default(), seen: Seen::now() };
            self.sessions.insert(id.clone(), session);
            Ok(id)
        })())
    }

    /// The session of a cookie, unless nobody clicked for too long.
    fn visit(&mut self, id: &str) -> Option<&mut Session> {
        let idle = self.idle;
        self.sessions.retain(|_, session| session.seen.ago() < idle);
        // The ids are compared in constant time, all of them.
        let found = self
            .sessions
            .iter_mut()
            .fold(None, |found, (known, session)| if same(known, id) { Some(session) } else { found })?;
        found.seen = Seen::now();
        Some(found)
    }

    /// The session of an id that came in already.
    pub(crate) fn session(&mut self, id: &str) -> Option<&mut Session> {
        self.sessions.get_mut(id)
    }

    /// Forgets a session.
    pub(crate) fn leave(&mut self, id: &str) {
        self.sessions.remove(id);
    }
}

/// The id of the session that a request came with.
#[derive(Debug, Clone)]
pub(crate) struct Entered(pub(crate) String);

/// 256 random bits as text.
fn secret() -> io::Result<String> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(io::Error::from)?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

/// Whether two secrets are the same, in a time that tells nothing about where they differ.
pub(crate) fn same(one: &str, other: &str) -> bool {
    one.as_bytes().ct_eq(other.as_bytes()).into()
}

/// The port of a host that is an address of numbers; the usual one is not written.
fn numbers(host: &str) -> Option<u16> {
    let bare = match host.strip_prefix('[').and_then(|host| host.strip_suffix(']')) {
        Some(host) => host.parse::<Ipv6Addr>().is_ok(),
        None => host.parse::<Ipv4Addr>().is_ok(),
    };
    host.parse::<SocketAddr>().ok().map(|address| address.port()).or(bare.then_some(80))
}

/// Lets a request in, or says why not.
pub(crate) async fn guard(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let response = match admit(&app, &mut request) {
        Ok(()) => made(next, request).await,
        Err(Refusal::Answer(refusal)) => *refusal,
        Err(Refusal::Locked) => locked(&typed(request).await),
    };
    sealed(response)
}

/// The answer of a page; a page that breaks says so, and takes nothing else with it.
async fn made(next: Next, request: Request) -> Response {
    tokio::spawn(next.run(request)).await.unwrap_or_else(|_| {
        let help = "The diary is as it was. Go back and try again; if it comes again, please report it.";
        refused(StatusCode::INTERNAL_SERVER_ERROR, "Something went wrong inside the program.", help)
    })
}

/// Why a request is not let in.
#[derive(Debug)]
enum Refusal {
    Answer(Box<Response>),
    /// Whoever asks must open a link first.
    Locked,
}

impl From<Response> for Refusal {
    fn from(response: Response) -> Self {
        Self::Answer(Box::new(response))
    }
}

fn admit(app: &App, request: &mut Request) -> Result<(), Refusal> {
    let headers = request.headers();
    let mut doors = lock(&app.doors);
    let host = match (headers.get_all(header::HOST).iter().count(), text(headers, header::HOST)) {
        (1, Some(host)) => host.to_owned(),
        _ => String::new(),
    };
    let named = request.uri().authority().is_none_or(|named| named.as_str().eq_ignore_ascii_case(&host));
    if !named || !doors.knows(&host) {
        let help = "Open the address that was printed where the program was started.";
        return Err(
            refused(StatusCode::MISDIRECTED_REQUEST, "This is not the name of this server.", help).into()
        );
    }
    if !matches!(*request.method(), Method::GET | Method::HEAD | Method::POST) {
        let help = "Pages are read and forms are sent; nothing else is answered.";
        return Err(refused(StatusCode::METHOD_NOT_ALLOWED, "This is not how pages are asked.", help).into());
    }
    if is_foreign(request, &host) {
        let help = "Its pages are opened by their address and changed on themselves only.";
        return Err(refused(StatusCode::FORBIDDEN, "Another site asked for this.", help).into());
    }
    let path = request.uri().path();
    if path.starts_with("/assets/") {
        return Ok(());
    }
    // A program that looks at links before they are opened must not use them up.
    if path == "/enter" && request.method() == Method::GET {
        let query = request.uri().query().unwrap_or_default();
        let token = form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "key");
        let token = token.map(|(_, token)| token.into_owned()).unwrap_or_default();
        return Err(match doors.enter(&token) {
            Some(Ok(id)) => entered(&host, &id).into(),
            Some(Err(_)) => refused(
                StatusCode::INTERNAL_SERVER_ERROR,
                "The system gave no random numbers.",
                "Try again in a moment.",
            )
            .into(),
            None => Refusal::Locked,
        });
    }
    let name = cookie_name(&host);
    let id = cookies(headers).find(|cookie| cookie.name() == name).map(|cookie| cookie.value().to_owned());
    let id = id.filter(|id| doors.visit(id).is_some()).ok_or(Refusal::Locked)?;
    request.extensions_mut().insert(Entered(id));
    Ok(())
}

/// Whether a page that is not ours asked for this.
///
/// A click on a link elsewhere may open a page (and finds it locked: the cookie stays at home). Nothing else that another site
/// starts is answered, not even a picture: it would tell that the program runs. Browsers without these headers still meet the
/// cookie and the secret in every form.
fn is_foreign(request: &Request, host: &str) -> bool {
    let header = |name| text(request.headers(), HeaderName::from_static(name));
    let origin = header("origin").is_some_and(|origin| {
        !origin.strip_prefix("http://").is_some_and(|rest| rest.eq_ignore_ascii_case(host))
    });
    let site = header("sec-fetch-site").is_some_and(|site| !matches!(site, "same-origin" | "none"));
    let opened = *request.method() == Method::GET
        && header("origin").is_none()
        && header("sec-fetch-mode") == Some("navigate")
        && header("sec-fetch-dest") == Some("document");
    (origin || site) && !opened
}

/// The fields of a form that came too late.
async fn typed(request: Request) -> Vec<(String, String)> {
    if *request.method() != Method::POST || request.headers().contains_key("x-raphe-part") {
        return Vec::new();
    }
    match tokio::time::timeout(PATIENCE, to_bytes(request.into_body(), KEPT)).await {
        Ok(Ok(bytes)) => form_urlencoded::parse(&bytes).into_owned().collect(),
        _ => Vec::new(),
    }
}

/// What somebody typed, shown to whoever sent it, because it was not saved.
pub(crate) fn kept<'f>(fields: impl IntoIterator<Item = (&'f str, &'f str)>) -> Markup {
    let ours = ["csrf", "base", "back", "voice", "lock", "act"];
    let fields: Vec<_> =
        fields.into_iter().filter(|(name, value)| !ours.contains(name) && !value.trim().is_empty()).collect();
    html! {
        @if !fields.is_empty() {
            h2 { "What you sent was not saved" }
            p { "Copy it from here before you leave this page." }
            @for (place, (name, value)) in fields.iter().enumerate() {
                div.field {
                    label for=(format!("kept-{place}")) { (name) }
                    @let rows = value.lines().count().clamp(1, 20);
                    textarea id=(format!("kept-{place}")) readonly rows=(rows) autocomplete="off" { "\n" (value) }
                }
            }
        }
    }
}

/// The cookie of this server; servers on other ports of this machine have others.
fn cookie_name(host: &str) -> String {
    let port = host.rsplit_once(':').and_then(|(_, port)| port.parse::<u16>().ok());
    format!("raphe_{}", port.unwrap_or(80))
}

/// All cookies of a request.
pub(crate) fn cookies(headers: &HeaderMap) -> impl Iterator<Item = Cookie<'_>> {
    let lines = headers.get_all(header::COOKIE).iter().filter_map(|line| line.to_str().ok());
    lines.flat_map(|line| Cookie::split_parse(line).filter_map(Result::ok))
}

fn text(headers: &HeaderMap, name: HeaderName) -> Option<&str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

/// Gives the cookie, lets the script tell how wide the window is, and goes on.
fn entered(host: &str, id: &str) -> Response {
    let cookie = Cookie::build((cookie_name(host), id.to_owned()))
        .http_only(true)
        .same_site(SameSite::Strict)
        .path("/")
        .build();
    let page = html! {
        (DOCTYPE)
        html lang="en" data-go="/" {
            head {
                meta charset="utf-8";
                meta http-equiv="refresh" content="1;url=/";
                title { "raphe" }
                link rel="icon" href="/assets/icon.svg" type="image/svg+xml";
                script src="/assets/app.js" {}
            }
            body { p { a href="/" { "Go on" } } }
        }
    };
    ([(header::SET_COOKIE, cookie.to_string())], page_of(page.into_string())).into_response()
}

fn locked(fields: &[(String, String)]) -> Response {
    let help = "They are private. Press Enter in the window where the program was started, and open the link it prints. Each link \
                works once. In an emergency call the emergency number now.";
    let kept = kept(fields.iter().map(|(name, value)| (name.as_str(), value.as_str())));
    said(StatusCode::UNAUTHORIZED, "These pages are locked.", help, &kept)
}

fn refused(status: StatusCode, says: &str, help: &str) -> Response {
    said(status, says, help, &html! {})
}

/// A page for whoever is not in: it knows nothing of the diary.
pub(crate) fn said(status: StatusCode, says: &str, help: &str, more: &Markup) -> Response {
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { "raphe: " (says) }
                link rel="icon" href="/assets/icon.svg" type="image/svg+xml";
                link rel="stylesheet" href="/assets/report.css";
                link rel="stylesheet" href="/assets/app.css";
            }
            body { main { h1 { (says) } p { (help) } (more) } }
        }
    };
    (status, page_of(page.into_string())).into_response()
}

fn page_of(page: String) -> Response {
    ([(header::CONTENT_TYPE, "text/html; charset=utf-8")], Body::from(page)).into_response()
}

/// What every answer says about itself.
fn sealed(mut response: Response) -> Response {
    let headers = response.headers_mut();
    for (name, value) in [
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::REFERRER_POLICY, "same-origin"),
        (header::CACHE_CONTROL, "no-store"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
        (HeaderName::from_static("permissions-policy"), "camera=(), geolocation=(), microphone=()"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}

#[cfg(test)]
pub(crate) mod tests;
