//! One request: who asks, with what form, on how wide a page.

use crate::{
    app::{App, lock},
    desk::{Desk, Reading},
    guard::{self, Entered},
};
use axum::{
    Extension, RequestPartsExt,
    body::Bytes,
    extract::{FromRequest, FromRequestParts, Request},
    http::{StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
};
use maud::Markup;
use raphe::report::Voice;
use std::{borrow::Cow, sync::Arc};

/// Pages are drawn for a window of this width until the script has told another.
const USUAL_WIDTH: u16 = 960;

/// Who asks.
#[derive(Clone)]
pub(crate) struct Visit {
    /// The server.
    pub(crate) app: App,
    /// In whose words to speak.
    pub(crate) voice: Voice,
    /// The width there is for a figure, pixels (280 to 1600).
    pub(crate) width: u16,
    /// What every form holds.
    pub(crate) csrf: String,
    /// Whether the answer may wait for all virtual people.
    pub(crate) patient: bool,
    pub(crate) id: String,
}

impl FromRequestParts<App> for Visit {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Response> {
        let gone = || StatusCode::UNAUTHORIZED.into_response();
        let Extension(Entered(id)) = parts.extract::<Extension<Entered>>().await.map_err(|_| gone())?;
        let width = guard::cookies(&parts.headers)
            .find(|cookie| cookie.name() == "raphe_width")
            .and_then(|cookie| cookie.value().parse::<u16>().ok())
            .unwrap_or(USUAL_WIDTH)
            .clamp(280, 1600);
        let patient = parts.headers.contains_key("x-raphe-all") || parts.uri.path().ends_with(".json");
        let mut doors = lock(&app.doors);
        let session = doors.session(&id).ok_or_else(gone)?;
        let voice = session.voice.unwrap_or(app.options.voice);
        let csrf = session.csrf.clone();
        Ok(Self { app: app.clone(), voice, width, csrf, patient, id })
    }
}

impl Visit {
    /// Somebody without a session, for tests of what pages show.
    #[cfg(test)]
    pub(crate) fn of(app: App, voice: Voice) -> Self {
        let (csrf, id) = ("c".repeat(64), "i".repeat(64));
        Self { app, voice, width: USUAL_WIDTH, csrf, patient: true, id }
    }

    /// What a page of this browser remembered, such as a draft.
    pub(crate) fn recall<T: Clone + Send + Sync + 'static>(&self) -> Option<T> {
        lock(&self.app.doors).session(&self.id)?.drafts.get::<T>().cloned()
    }

    /// Remembers something of a page, in place of what it remembered of this type.
    pub(crate) fn remember<T: Clone + Send + Sync + 'static>(&self, draft: T) {
        if let Some(session) = lock(&self.app.doors).session(&self.id) {
            session.drafts.insert(draft);
        }
    }

    /// Takes out what a page remembered.
    pub(crate) fn forget<T: Clone + Send + Sync + 'static>(&self) -> Option<T> {
        lock(&self.app.doors).session(&self.id)?.drafts.remove::<T>()
    }

    /// Speaks in these words from now on.
    pub(crate) fn speak(&self, voice: Voice) {
        if let Some(session) = lock(&self.app.doors).session(&self.id) {
            session.voice = Some(voice);
        }
    }

    /// Locks the pages of this browser.
    pub(crate) fn leave(&self) {
        lock(&self.app.doors).leave(&self.id);
    }

    /// Reads the diary and asks the engine, on a thread where that may take its time.
    pub(crate) async fn ask<R: Send + 'static>(
        &self,
        work: impl FnOnce(&Desk) -> R + Send + 'static,
    ) -> Result<R, Wrong> {
        let visit = self.clone();
        let done = tokio::task::spawn_blocking(move || {
            let reading: Arc<Reading> = visit.app.reading()?;
            let notes = visit.forget::<Note>();
            Ok(work(&Desk::new(visit, reading, notes)))
        });
        match done.await {
            Ok(answer) => answer,
            Err(_) => Err(broken()),
        }
    }

    /// Changes the diary, on a thread where waiting for the disk and for other programs holds up nobody else.
    pub(crate) async fn change<R: Send + 'static>(
        &self,
        work: impl FnOnce(&App) -> R + Send + 'static,
    ) -> Result<R, Wrong> {
        let app = self.app.clone();
        tokio::task::spawn_blocking(move || work(&app)).await.map_err(|_| broken())
    }

    /// After a change: back to a page, which shows what is to be said first.
    pub(crate) fn back(&self, path: &'static str, note: Option<Note>) -> Response {
        if let Some(note) = note {
            self.remember(note);
        }
        (StatusCode::SEE_OTHER, [(header::LOCATION, path)]).into_response()
    }
}

fn broken() -> Wrong {
    Wrong {
        status: StatusCode::INTERNAL_SERVER_ERROR,
        says: "Something went wrong inside the program.".to_owned(),
        help: "The diary is as it was. Go back and try again; if it comes again, `raphe lint` may show why."
            .to_owned(),
    }
}

/// What is said once at the top of the next page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Note {
    /// Whether something did not work.
    pub(crate) bad: bool,
    /// In one sentence.
    pub(crate) says: String,
    /// What to do about it.
    pub(crate) help: Option<String>,
}

impl Note {
    /// It is done.
    pub(crate) fn done(says: impl Into<String>) -> Self {
        Self { bad: false, says: says.into(), help: None }
    }

    /// It was not done, and this helps.
    pub(crate) fn bad(says: impl Into<String>, help: impl Into<String>) -> Self {
        Self { bad: true, says: says.into(), help: Some(help.into()) }
    }
}

/// The fields of a form that one of our own pages sent: it held the secret of this session.
#[derive(Debug, Clone, Default)]
pub(crate) struct Posted(Vec<(String, String)>);

impl Posted {
    /// A field, without spaces around it; empty if there is none.
    pub(crate) fn get(&self, name: &str) -> &str {
        self.raw(name).trim()
    }

    /// A field as it was typed.
    pub(crate) fn raw(&self, name: &str) -> &str {
        self.0.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
    }

    /// Every field of this name, in order.
    pub(crate) fn all<'p>(&'p self, name: &'p str) -> impl Iterator<Item = &'p str> {
        self.0.iter().filter(move |(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// Every field with its name, in order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }
}

impl FromRequest<App> for Posted {
    type Rejection = Response;

    async fn from_request(request: Request, app: &App) -> Result<Self, Response> {
        let (mut parts, body) = request.into_parts();
        let visit = Visit::from_request_parts(&mut parts, app).await?;
        let header =
            parts.headers.get("x-raphe-csrf").and_then(|value| value.to_str().ok()).map(str::to_owned);
        let unread = |status, help: &str| {
            Wrong { status, says: "The form could not be read.".into(), help: help.into() }.into_response()
        };
        let arrived = Bytes::from_request(Request::from_parts(parts, body), app);
        let bytes = tokio::time::timeout(guard::PATIENCE, arrived)
            .await
            .map_err(|_| unread(StatusCode::REQUEST_TIMEOUT, "Nothing was changed. Send it again."))?
            .map_err(|error| {
                let help = "Nothing was changed. Put less text in at once.";
                unread(error.into_response().status(), help)
            })?;
        let fields: Vec<(String, String)> = form_urlencoded::parse(&bytes)
            .map(|(name, value): (Cow<'_, str>, Cow<'_, str>)| (name.into_owned(), value.into_owned()))
            .collect();
        let posted = Self(fields);
        let token = header.unwrap_or_else(|| posted.get("csrf").to_owned());
        if !guard::same(&token, &visit.csrf) {
            let says = "This page is older than your session.".to_owned();
            let help = "Nothing was changed. Open the page again and send it from there.";
            return Err(guard::said(StatusCode::FORBIDDEN, &says, help, &guard::kept(posted.iter())));
        }
        Ok(posted)
    }
}

/// Why there is no page, and what to do.
#[derive(Debug, Clone)]
pub(crate) struct Wrong {
    /// How the browser is told.
    pub(crate) status: StatusCode,
    /// In one sentence.
    pub(crate) says: String,
    /// What to do.
    pub(crate) help: String,
}

impl IntoResponse for Wrong {
    fn into_response(self) -> Response {
        (self.status, crate::page::bare(&self.says, &self.help)).into_response()
    }
}

/// A page as an answer.
pub(crate) struct Html(pub(crate) Markup);

impl IntoResponse for Html {
    fn into_response(self) -> Response {
        ([(header::CONTENT_TYPE, "text/html; charset=utf-8")], self.0.into_string()).into_response()
    }
}

/// A wire type as an answer.
pub(crate) struct Json<T>(pub(crate) T);

impl<T: serde::Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        match serde_json::to_string(&self.0) {
            Ok(text) => ([(header::CONTENT_TYPE, "application/json")], text + "\n").into_response(),
            Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        }
    }
}
