//! The page over HTTP, as a browser without script has it: what is withheld, what is kept, what is written.

use super::draft::running;
use crate::app::{App, Options};
use jiff::{SignedDuration, Timestamp};
use raphe::{
    knowledge::{Knowledge, maximum},
    population::Population,
    report::Voice,
    timeline::diary,
};
use std::{
    io::{Read, Write},
    net::TcpStream,
    path::PathBuf,
    sync::LazyLock,
    time::Duration,
};

static KNOWLEDGE: LazyLock<Knowledge> = LazyLock::new(Knowledge::bundled);

const DIARY: &str = "profile  born 1980  sex female  weight 70 kg  country GB  zone Europe/London\n\
                     2026-01-05 08:00  start  sertraline 100 mg daily\n\
                     2026-01-20 22:00  start  trazodone 50 mg nightly\n\
                     2026-02-01 09:00  sleep  7 h\n";

/// A server of its own with one browser.
struct Server {
    host: String,
    cookie: String,
    csrf: String,
    file: PathBuf,
    _folder: tempfile::TempDir,
}

impl Server {
    fn of(text: &str, voice: Voice) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("health.raphe");
        std::fs::write(&file, text).expect("a file");
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
        let host = listener.local_addr().expect("an address").to_string();
        let options = Options {
            file: Some(file.clone()),
            fresh: folder.path().join("fresh.raphe"),
            address: [127, 0, 0, 1].into(),
            port: None,
            at: Some("2026-02-01T12:00:00Z".parse().expect("a moment")),
            population: Population { seed: 1, people: 64 },
            voice,
            idle: Duration::from_secs(600),
            open: false,
        };
        let app = App::new(options, &KNOWLEDGE, vec![host.clone()]).expect("an app");
        let link = app.link().expect("a link");
        std::thread::spawn(move || {
            let runtime =
                tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
            runtime.block_on(async {
                listener.set_nonblocking(true).expect("a listener");
                let listener = tokio::net::TcpListener::from_std(listener).expect("a listener");
                axum::serve(listener, app.router()).await.expect("a server");
            });
        });
        let mut server = Self { host, cookie: String::new(), csrf: String::new(), file, _folder: folder };
        let path = link.split_once(&server.host).map(|(_, path)| path.to_owned()).expect("a path");
        let (_, head, _) = server.ask("GET", &path, &[], "");
        let cookie = head.lines().find_map(|line| line.strip_prefix("set-cookie: ")).expect("a cookie");
        server.cookie = cookie.split(';').next().unwrap_or_default().to_owned();
        let page = server.get("/whatif");
        let secret = page.split("data-csrf=\"").nth(1).and_then(|rest| rest.split('"').next());
        server.csrf = secret.expect("a secret").to_owned();
        server
    }

    /// Status, head and body.
    fn ask(&self, method: &str, path: &str, fields: &[(&str, &str)], extra: &str) -> (u16, String, String) {
        let body: String = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let mut stream = TcpStream::connect(&self.host).expect("a connection");
        let kind = "content-type: application/x-www-form-urlencoded";
        let request = format!(
            "{method} {path} HTTP/1.1\r\nhost: {}\r\nconnection: close\r\ncookie: {}\r\nx-raphe-csrf: {}\r\n{kind}\r\n\
             content-length: {}\r\n{extra}\r\n{body}",
            self.host,
            self.cookie,
            self.csrf,
            body.len()
        );
        stream.write_all(request.as_bytes()).expect("a request");
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).expect("an answer");
        let answer = String::from_utf8(answer).expect("text");
        let (head, body) = answer.split_once("\r\n\r\n").expect("a head");
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("a status");
        (status, head.to_lowercase(), body.to_owned())
    }

    /// A page with all people.
    fn get(&self, path: &str) -> String {
        let (status, _, body) = self.ask("GET", path, &[], "x-raphe-all: 1\r\n");
        assert_eq!(status, 200, "{path}: {body}");
        body
    }

    fn post(&self, path: &str, fields: &[(&str, &str)]) -> (u16, String) {
        let (status, _, body) = self.ask("POST", path, fields, "x-raphe-all: 1\r\n");
        (status, body)
    }

    fn diary(&self) -> String {
        std::fs::read_to_string(&self.file).expect("the diary")
    }
}

/// Whom to call, and not one figure.
fn assert_only_help(what: &str, page: &str) {
    assert!(page.contains("Samaritans") || page.contains("116 123"), "{what}: whom to call: {page}");
    let main = page.split("<main").nth(1).unwrap_or(page);
    let main = main.split("</main>").next().unwrap_or(main);
    for figure in ["<svg", "type=\"range\"", "times the", "ng/mL", "The two futures", "<code", "%"] {
        assert!(!main.contains(figure), "{what}: {figure} in {main}");
    }
}

#[test]
fn no_slider_goes_beyond_the_highest_recommended_dose() {
    let as_of: Timestamp = "2026-02-01T12:00:00Z".parse().expect("a moment");
    let mut sliders = 0;
    for substance in &KNOWLEDGE.base().substances {
        for route in substance.doses.iter().map(|dose| dose.route.as_str()) {
            let Some(most) = maximum(substance, route) else { continue };
            for (often, times) in [
                ("daily", 1.0),
                ("twice daily", 2.0),
                ("every 8 h", 3.0),
                ("at 08:00 12:00 16:00 20:00", 4.0),
            ] {
                for share in [0.1, 1.0, 2.0] {
                    let mg = most.as_mg() * share / times;
                    let text = format!("2026-01-01 start {} {mg} mg {route} {often}", substance.id);
                    let (timeline, _) = diary::read(text.as_bytes());
                    let (timeline, _) = KNOWLEDGE.resolve(&timeline);
                    for one in running(&timeline, &KNOWLEDGE, as_of) {
                        let Some(last) = one.stops.last() else { continue };
                        sliders += 1;
                        assert_eq!(one.stops[0], 0.0, "{text}: the left end is none");
                        assert!(one.stops.is_sorted(), "{text}: {:?}", one.stops);
                        assert!(*last * times <= most.as_mg() * (1.0 + 1e-6), "{text}: {last} mg at a time");
                        assert!(one.stops.len() <= 70, "{text}: {} stops", one.stops.len());
                    }
                }
            }
        }
    }
    assert!(sliders > 1000, "only {sliders} sliders were tried");
}

#[test]
fn a_dose_far_too_high_gets_help_and_nothing_else_on_every_path() {
    let (typed, together): (&[&str], &[&str]) = (
        &["2026-02-03 take sertraline 2000 mg"],
        &["2026-02-03 08:00 take sertraline 500 mg", "2026-02-03 09:00 take sertraline 500 mg"],
    );
    for lines in [
        typed,
        together,
        &["2026-02-02 change sertraline 900 mg daily"],
        &["2026-02-03 take sertraline ? on purpose"],
    ] {
        let server = Server::of(DIARY, Voice::Person);
        for line in lines {
            let (status, body) = server.post("/whatif/change", &[("kind", "line"), ("line", line)]);
            assert_eq!(status, 303, "{line}: {body}");
        }
        assert_only_help(&format!("{lines:?} on the page"), &server.get("/whatif"));
        let (_, part) = server.post("/whatif/redraw", &[("dose-sertraline-oral", "1")]);
        assert_only_help(&format!("{lines:?} redrawn"), &part);
        let json = server.get("/whatif.json");
        assert!(
            json.contains("\"too_much\"") && !json.contains("\"with\"") && !json.contains("\"without\""),
            "{json}"
        );
        let sent: Vec<(&str, &str)> = lines.iter().map(|line| ("line", *line)).collect();
        let (_, json) = server.post("/whatif.json", &sent);
        assert!(json.contains("\"too_much\"") && !json.contains("\"with\""), "{json}");
        server.post("/whatif/write", &[("agreed", "yes")]);
        assert_eq!(server.diary(), DIARY, "it is not written either");
        // The way back is open.
        server.post("/whatif/remove", &[("id", "all")]);
        assert!(server.get("/whatif").contains("<svg"));
    }
    let server = Server::of(DIARY, Voice::Clinician);
    let fields =
        [("kind", "add"), ("name", "tramadol"), ("dose", "2000 mg"), ("often", "once"), ("on", "2026-02-02")];
    server.post("/whatif/change", &fields);
    assert_only_help("a clinician's try", &server.get("/whatif"));
}

#[test]
fn a_recorded_overdose_is_for_clinicians_only() {
    let text = format!("{DIARY}2026-02-01 10:00 take sertraline 2000 mg\n");
    assert_only_help("recorded", &Server::of(&text, Voice::Person).get("/whatif"));
    assert!(Server::of(&text, Voice::Clinician).get("/whatif").contains("type=\"range\""));
}

#[test]
fn a_redraw_is_what_the_page_shows() {
    let server = Server::of(DIARY, Voice::Person);
    let (status, parts) =
        server.post("/whatif/redraw", &[("dose-sertraline-oral", "0"), ("from", "2026-02-02")]);
    assert_eq!(status, 200);
    assert!(parts.contains("2026-02-02 stop sertraline"), "{parts}");
    assert!(parts.contains("Do not stop suddenly, ask first."), "{parts}");
    let page = server.get("/whatif");
    assert!(page.contains("stroke") || page.contains("<svg"));
    // The three parts stand in the page as they were sent, the first of them further up.
    let (alarm, rest) = parts.split_at(parts.find("<section").expect("lines"));
    assert!(page.contains(alarm), "{alarm}");
    assert!(page.contains(rest), "the lines and both futures differ");
    assert_eq!(server.diary(), DIARY, "nothing is written by trying");
}

#[test]
fn a_refused_line_keeps_the_draft_and_what_was_typed() {
    let server = Server::of(DIARY, Voice::Person);
    server.post("/whatif/change", &[("kind", "line"), ("line", "2026-02-03 take ibuprofen 400 mg")]);
    let (status, page) =
        server.post("/whatif/change", &[("kind", "line"), ("line", "2026-02-03 take tramadol 50")]);
    assert_eq!(status, 422);
    assert!(page.contains("id=\"line-line-wrong\"") && page.contains("aria-invalid=\"true\""), "{page}");
    assert!(page.contains("value=\"2026-02-03 take tramadol 50\""), "what was typed is kept");
    assert!(page.contains("<code>2026-02-03 take ibuprofen 400 mg</code>"), "the draft is kept");
    let add =
        [("kind", "add"), ("name", "tramadol"), ("dose", "50"), ("often", "once"), ("on", "2026-02-04")];
    let (status, page) = server.post("/whatif/change", &add);
    assert_eq!(status, 422);
    assert!(page.contains("id=\"add-dose-wrong\""), "the message stands at the dose: {page}");
    let (status, page) = server
        .post("/whatif/change", &[("kind", "stop"), ("medicine", "dose-trazodone-oral"), ("on", "soon")]);
    assert_eq!(status, 422);
    assert!(page.contains("id=\"stop-on-wrong\"") && page.contains("value=\"soon\""));
}

#[test]
fn lines_are_written_only_when_it_is_agreed() {
    let server = Server::of(DIARY, Voice::Person);
    let one = [
        ("kind", "move"),
        ("medicine", "dose-sertraline-oral"),
        ("what", "one"),
        ("from", "2026-02-02"),
        ("then", ""),
        ("on", "2026-02-02"),
        ("at", "20:00"),
    ];
    assert_eq!(server.post("/whatif/change", &one).0, 303);
    assert_eq!(
        server
            .post(
                "/whatif/change",
                &[("kind", "stop"), ("medicine", "dose-trazodone-oral"), ("on", "2026-02-10")]
            )
            .0,
        303
    );
    server.post("/whatif/write", &[]);
    assert_eq!(server.diary(), DIARY);
    assert!(server.get("/whatif").contains("agree it first"));
    server.post("/whatif/write", &[("agreed", "yes")]);
    let lines =
        "2026-02-02 miss sertraline\n2026-02-02 20:00 take sertraline 100 mg\n2026-02-10 stop trazodone\n";
    assert_eq!(server.diary(), format!("{DIARY}{lines}"));
    assert!(server.get("/whatif").contains("Nothing is changed yet."));
}

#[test]
fn a_slider_back_at_the_present_dose_changes_nothing() {
    let (timeline, _) = diary::read(DIARY.as_bytes());
    let (timeline, _) = KNOWLEDGE.resolve(&timeline);
    let as_of: Timestamp = "2026-02-01T12:00:00Z".parse().expect("a moment");
    let all = running(&timeline, &KNOWLEDGE, as_of);
    let one = all.iter().find(|one| one.substance.id == "sertraline").expect("sertraline runs");
    let zone = timeline.zone();
    let on = (as_of + SignedDuration::from_hours(24)).to_zoned(zone.clone()).date();
    let mut draft = super::draft::Draft::default();
    draft.slide(one, 50.0, on, &zone);
    assert_eq!(draft.lines(), ["2026-02-02 08:00 change sertraline 50 mg daily"]);
    draft.slide(one, 100.0, on, &zone);
    assert_eq!(draft.lines(), Vec::<String>::new());
}
