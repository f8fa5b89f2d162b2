//! A browser without script, for tests of pages: it has come in by the link, and sends forms with their secret.

use crate::app::{App, Options};
use raphe::{knowledge::Knowledge, population::Population, report::Voice};
use std::{
    io::{Read, Write},
    net::{Ipv4Addr, TcpListener, TcpStream},
    sync::OnceLock,
    time::Duration,
};

/// The knowledge, read once.
pub(super) fn knowledge() -> &'static Knowledge {
    static KNOWLEDGE: OnceLock<Knowledge> = OnceLock::new();
    KNOWLEDGE.get_or_init(Knowledge::bundled)
}

/// One browser with a server and a diary of its own.
pub(super) struct Browser {
    host: String,
    cookie: String,
    csrf: String,
    folder: tempfile::TempDir,
}

/// What came back.
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) head: String,
    pub(super) body: String,
}

impl Browser {
    /// Opens this diary at a moment, with few virtual people.
    pub(super) fn open(diary: &str, at: &str, voice: Voice) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("health.raphe");
        std::fs::write(&file, diary).expect("a file");
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
        let host = listener.local_addr().expect("an address").to_string();
        let options = Options {
            file: Some(file),
            fresh: folder.path().join("fresh.raphe"),
            address: Ipv4Addr::LOCALHOST.into(),
            port: None,
            at: Some(at.parse().expect("a moment")),
            population: Population { seed: 1, people: 16 },
            voice,
            idle: Duration::from_secs(600),
            open: false,
        };
        let app = App::new(options, knowledge(), vec![host.clone()]).expect("an app");
        let link = app.link().expect("a link");
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.expect("a runtime").block_on(async {
                listener.set_nonblocking(true).expect("a listener");
                let listener = tokio::net::TcpListener::from_std(listener).expect("a listener");
                axum::serve(listener, app.router()).await.expect("a server");
            });
        });
        let mut browser = Self { host, cookie: String::new(), csrf: String::new(), folder };
        let path = link.split_once(&browser.host).map(|(_, path)| path.to_owned()).expect("a path");
        let entered = browser.ask("GET", &path, "");
        let cookie =
            entered.head.lines().find_map(|line| line.strip_prefix("set-cookie: ")).expect("a cookie");
        browser.cookie = cookie.split(';').next().unwrap_or_default().to_owned();
        let page = browser.get("/substances").body;
        let secret = page.split("data-csrf=\"").nth(1).and_then(|rest| rest.split('"').next());
        browser.csrf = secret.expect("a secret").to_owned();
        browser
    }

    fn ask(&self, method: &str, path: &str, body: &str) -> Answer {
        let mut stream = TcpStream::connect(&self.host).expect("a connection");
        let head = format!(
            "{method} {path} HTTP/1.1\r\nhost: {}\r\norigin: http://{}\r\ncookie: {}\r\nconnection: close\r\n\
             content-type: application/x-www-form-urlencoded\r\ncontent-length: {}\r\n\r\n{body}",
            self.host,
            self.host,
            self.cookie,
            body.len()
        );
        stream.write_all(head.as_bytes()).expect("it is sent");
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes).expect("it is answered");
        let text = String::from_utf8(bytes).expect("it is text");
        let (head, body) = text.split_once("\r\n\r\n").expect("a head and a body");
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("a status");
        Answer { status, head: head.to_owned(), body: body.to_owned() }
    }

    /// A page.
    pub(super) fn get(&self, path: &str) -> Answer {
        self.ask("GET", path, "")
    }

    /// A form with its secret.
    pub(super) fn post(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.append_pair("csrf", &self.csrf).extend_pairs(fields);
        self.ask("POST", path, &form.finish())
    }

    /// The same, and where it leads: a redirect is followed.
    pub(super) fn send(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let answer = self.post(path, fields);
        match answer.place().filter(|_| answer.status == 303) {
            Some(to) => self.get(to.split('#').next().unwrap_or_default()),
            None => answer,
        }
    }

    /// The diary as it is on disk.
    pub(super) fn diary(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("health.raphe")).expect("the diary is there")
    }
}

impl Answer {
    /// Where it sends the browser.
    pub(super) fn place(&self) -> Option<&str> {
        self.head.lines().find_map(|line| line.strip_prefix("location: "))
    }

    /// The page without its frame: what stands in `main`.
    pub(super) fn main(&self) -> &str {
        let from = self.body.find("<main").unwrap_or(0);
        let to = self.body.find("</main>").unwrap_or(self.body.len());
        &self.body[from..to]
    }
}
