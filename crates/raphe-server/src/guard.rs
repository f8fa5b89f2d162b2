//! Who may come in.
//!
//! Pages of other sites run in the same browser, and other programs and people on the same machine. So a request must name this
//! server as its host (a name of an attacker that was made to point here does not), a change must come from one of our own
//! pages, and everyone needs a cookie that only the launch link gives: the link works once, the cookie stays with this
//! browser and is sent to no other site. A session in which nobody clicked for a while is forgotten.
//!
//! No answer may load or run anything that is not our own file, be kept by the browser, or be framed by another page.

use crate::app::{App, lock};
use axum::{
    body::Body,
    extract::{Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use cookie::{Cookie, SameSite};
use maud::{DOCTYPE, html};
use raphe::report::Voice;
use std::{
    collections::BTreeMap,
    io,
    time::{Duration, Instant},
};
use subtle::ConstantTimeEq;

/// Nothing is loaded, run, sent or framed but what is our own.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; \
                      form-action 'self'; frame-ancestors 'none'; base-uri 'none'";
/// So many links may wait to be used.
const LINKS: usize = 8;

/// One browser that came with a link.
#[derive(Debug, Clone)]
pub(crate) struct Session {
    /// Stands in every form and is asked for with every change.
    pub(crate) csrf: String,
    /// In whose words its pages speak.
    pub(crate) voice: Option<Voice>,
    /// What its pages remember, by type.
    pub(crate) drafts: axum::http::Extensions,
    seen: Instant,
}

/// Links, sessions and names.
#[derive(Debug)]
pub(crate) struct Doors {
    hosts: Vec<String>,
    links: Vec<String>,
    sessions: BTreeMap<String, Session>,
    idle: Duration,
}

impl Doors {
    pub(crate) fn new(hosts: Vec<String>, idle: Duration) -> io::Result<Self> {
        secret()?;
        Ok(Self { hosts, links: Vec::new(), sessions: BTreeMap::new(), idle })
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
            let session = Session { csrf, voice: None, drafts: Default::default(), seen: Instant::now() };
            self.sessions.insert(id.clone(), session);
            Ok(id)
        })())
    }

    /// The session of a cookie, unless nobody clicked for too long.
    fn visit(&mut self, id: &str) -> Option<&mut Session> {
        let idle = self.idle;
        self.sessions.retain(|_, session| session.seen.elapsed() < idle);
        // The ids are compared in constant time, all of them.
        let found = self
            .sessions
            .iter_mut()
            .fold(None, |found, (known, session)| if same(known, id) { Some(session) } else { found })?;
        found.seen = Instant::now();
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

/// Lets a request in, or says why not.
pub(crate) async fn guard(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let response = match admit(&app, &mut request) {
        Ok(()) => next.run(request).await,
        Err(refusal) => *refusal,
    };
    sealed(response)
}

fn admit(app: &App, request: &mut Request) -> Result<(), Box<Response>> {
    let headers = request.headers();
    let host = text(headers, header::HOST).unwrap_or_default().to_owned();
    let mut doors = lock(&app.doors);
    if !doors.hosts.iter().any(|known| known.eq_ignore_ascii_case(&host)) {
        let help = "Open the address that was printed where the program was started.";
        return Err(
            refused(StatusCode::MISDIRECTED_REQUEST, "This is not the name of this server.", help).into()
        );
    }
    let changes = !matches!(*request.method(), Method::GET | Method::HEAD);
    let own = |origin: &str| origin.strip_prefix("http://").is_some_and(|rest| rest == host);
    let foreign =
        match (text(headers, header::ORIGIN), text(headers, HeaderName::from_static("sec-fetch-site"))) {
            (Some(origin), _) => !own(origin),
            (None, Some(site)) => !matches!(site, "same-origin" | "none"),
            (None, None) => false,
        };
    if changes && foreign {
        let help = "Changes are made on its own pages only.";
        return Err(refused(StatusCode::FORBIDDEN, "Another site asked for this change.", help).into());
    }
    let path = request.uri().path();
    if path.starts_with("/assets/") {
        return Ok(());
    }
    if path == "/enter" {
        let query = request.uri().query().unwrap_or_default();
        let token = form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "key");
        let token = token.map(|(_, token)| token.into_owned()).unwrap_or_default();
        let answer = match doors.enter(&token) {
            Some(Ok(id)) => entered(&host, &id),
            Some(Err(_)) => refused(
                StatusCode::INTERNAL_SERVER_ERROR,
                "The system gave no random numbers.",
                "Try again in a moment.",
            ),
            None => locked(),
        };
        return Err(answer.into());
    }
    let name = cookie_name(&host);
    let id = cookies(headers).find(|cookie| cookie.name() == name).map(|cookie| cookie.value().to_owned());
    match id.filter(|id| doors.visit(id).is_some()) {
        Some(id) => {
            request.extensions_mut().insert(Entered(id));
            Ok(())
        }
        None => Err(locked().into()),
    }
}

/// The cookie of this server; servers on other ports of this machine have others.
fn cookie_name(host: &str) -> String {
    format!("raphe_{}", host.rsplit(':').next().unwrap_or_default())
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
                script src="/assets/app.js" {}
            }
            body { p { a href="/" { "Go on" } } }
        }
    };
    ([(header::SET_COOKIE, cookie.to_string())], page_of(page.into_string())).into_response()
}

fn locked() -> Response {
    refused(
        StatusCode::UNAUTHORIZED,
        "These pages are locked.",
        "They are private. Press Enter in the window where the program was started, and open the link it prints. Each link \
         works once. In an emergency call the emergency number now.",
    )
}

fn refused(status: StatusCode, says: &str, help: &str) -> Response {
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { "raphe: " (says) }
                link rel="stylesheet" href="/assets/report.css";
                link rel="stylesheet" href="/assets/app.css";
            }
            body { main { h1 { (says) } p { (help) } } }
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
