//! A server with one browser, for tests of single pages: what a browser without script sends and reads.

use crate::app::{App, Options};
use raphe::{knowledge::Knowledge, population::Population, report::Voice};
use std::{
    io::{Read, Write},
    net::TcpStream,
    path::PathBuf,
    sync::LazyLock,
    time::Duration,
};

pub(super) static KNOWLEDGE: LazyLock<Knowledge> = LazyLock::new(Knowledge::bundled);

/// A server of its own, and who asks it.
pub(super) struct Trial {
    host: String,
    cookie: String,
    csrf: String,
    file: PathBuf,
    _folder: tempfile::TempDir,
}

impl Trial {
    /// Serves a diary as of a moment.
    pub(super) fn of(diary: &str, at: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("health.raphe");
        std::fs::write(&file, diary).expect("a file");
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
        listener.set_nonblocking(true).expect("a listener");
        let host = listener.local_addr().expect("an address").to_string();
        let options = Options {
            file: Some(file.clone()),
            fresh: folder.path().join("fresh.raphe"),
            address: [127, 0, 0, 1].into(),
            port: None,
            at: Some(at.parse().expect("a moment")),
            population: Population { seed: 1, people: 16 },
            voice: Voice::Person,
            idle: Duration::from_secs(600),
            open: false,
        };
        let app = App::new(options, &KNOWLEDGE, vec![host.clone()]).expect("an app");
        let link = app.link().expect("a link");
        std::thread::spawn(move || {
            let runtime =
                tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
            runtime.block_on(async {
                let listener = tokio::net::TcpListener::from_std(listener).expect("a listener");
                axum::serve(listener, app.router()).await.expect("a server");
            });
        });
        let mut trial = Self { host, cookie: String::new(), csrf: String::new(), file, _folder: folder };
        let path = link.split_once(&trial.host).map(|(_, path)| path.to_owned()).expect("a path");
        let (_, head, _) = trial.ask("GET", &path, &[]);
        let cookie = head.lines().find_map(|line| line.strip_prefix("set-cookie: ")).expect("a cookie");
        trial.cookie = cookie.split(';').next().unwrap_or_default().to_owned();
        let page = trial.get("/exam");
        let secret = page.split("data-csrf=\"").nth(1).and_then(|rest| rest.split('"').next());
        trial.csrf = secret.expect("a secret").to_owned();
        trial
    }

    /// Status, head and body.
    fn ask(&self, method: &str, path: &str, fields: &[(&str, &str)]) -> (u16, String, String) {
        let body: String = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let mut stream = TcpStream::connect(&self.host).expect("a connection");
        let request = format!(
            "{method} {path} HTTP/1.1\r\nhost: {}\r\nconnection: close\r\ncookie: {}\r\nx-raphe-csrf: {}\r\n\
             content-type: application/x-www-form-urlencoded\r\ncontent-length: {}\r\n\r\n{body}",
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

    /// A page.
    pub(super) fn get(&self, path: &str) -> String {
        let (status, _, body) = self.ask("GET", path, &[]);
        assert_eq!(status, 200, "{path}: {body}");
        body
    }

    /// Sends a form; the status, and where it leads or what it shows.
    pub(super) fn post(&self, path: &str, fields: &[(&str, &str)]) -> (u16, String) {
        let (status, head, body) = self.ask("POST", path, fields);
        let place = head.lines().find_map(|line| line.strip_prefix("location: ")).map(str::to_owned);
        (status, place.unwrap_or(body))
    }

    /// The diary as it is in the file.
    pub(super) fn diary(&self) -> String {
        std::fs::read_to_string(&self.file).expect("a diary")
    }
}

/// Where words stand in a page.
pub(super) fn place(page: &str, words: &str) -> usize {
    page.find(words).unwrap_or_else(|| panic!("`{words}` is not in the page: {page}"))
}
