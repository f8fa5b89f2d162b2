//! `raphe serve` as a person at a terminal meets it: what it prints, what it refuses, and what it leaves on the disk.

use std::{
    fs,
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};
use tempfile::TempDir;

const DIARY: &str = "profile  born 1986  sex female  country GB  zone Europe/London\n2026-03-01 start sertraline 50 mg daily\n";

fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_raphe"));
    command.env("TZ", "UTC").env("NO_COLOR", "1").env_remove("DISPLAY").env_remove("WAYLAND_DISPLAY");
    command
}

/// A running server; it ends with the test.
struct Server {
    child: Child,
    words: String,
    host: String,
    key: String,
    cookie: String,
}

impl Drop for Server {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

impl Server {
    fn start(command: &mut Command) -> Self {
        let piped = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::inherit());
        let mut child = piped.spawn().expect("the program starts");
        let out = child.stdout.take().expect("its words");
        let mut words = String::new();
        for line in BufReader::new(out).lines().map_while(Result::ok) {
            words.push_str(&line);
            words.push('\n');
            if line.contains("Ctrl-C") {
                break;
            }
        }
        let link =
            words.lines().find_map(|line| line.strip_prefix("Open http://")).expect("a link is printed");
        let (host, key) = link.split_once('/').expect("a path");
        let (host, key) = (host.to_owned(), format!("/{key}"));
        let mut server = Self { child, host, key, words, cookie: String::new() };
        let answer = server.ask("GET", &server.key, "");
        let cookie = answer
            .lines()
            .find_map(|line| line.strip_prefix("set-cookie: "))
            .expect("the link gives a cookie");
        server.cookie = cookie.split(';').next().expect("a value").to_owned();
        server
    }

    /// One request, one answer.
    fn ask(&self, method: &str, path: &str, body: &str) -> String {
        let port = self.host.rsplit(':').next().expect("a port");
        let mut stream = TcpStream::connect(format!("127.0.0.1:{port}")).expect("it listens");
        let (host, cookie, length) = (&self.host, &self.cookie, body.len());
        write!(
            stream,
            "{method} {path} HTTP/1.1\r\nHost: {host}\r\nCookie: {cookie}\r\nConnection: close\r\nContent-Length: {length}\r\n\
             Content-Type: application/x-www-form-urlencoded\r\n\r\n{body}"
        )
        .expect("it is sent");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("an answer");
        answer
    }

    /// Adds a line as the page does.
    fn add(&self, line: &str) -> String {
        let awake = self.ask("GET", "/awake", "");
        let csrf = awake.lines().last().expect("the secret of the forms");
        self.ask("POST", "/diary/add", &format!("csrf={csrf}&line={}", line.replace(' ', "+")))
    }
}

fn folder() -> TempDir {
    tempfile::tempdir().expect("a folder can be made")
}

fn diary(folder: &Path) -> PathBuf {
    let path = folder.join("health.raphe");
    fs::write(&path, DIARY).expect("a file");
    path
}

fn free() -> u16 {
    TcpListener::bind("127.0.0.1:0").and_then(|socket| socket.local_addr()).expect("a port").port()
}

fn serve(file: Option<&Path>) -> Command {
    let mut command = program();
    command.arg("serve").args(file).args(["--no-open", "--people", "0", "--port", &free().to_string()]);
    command
}

/// A run that refuses: what it says, without line breaks.
fn refused(command: &mut Command) -> String {
    let output = command.stdin(Stdio::null()).output().expect("the program starts");
    assert_eq!((output.status.code(), output.stdout.as_slice()), (Some(1), &b""[..]), "{output:?}");
    let says = String::from_utf8(output.stderr).expect("text");
    says.replace("│", " ").split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn it_says_what_it_shows_and_where() {
    let folder = folder();
    let path = diary(folder.path());
    let server = Server::start(&mut serve(Some(&path)));
    let words = &server.words;
    assert!(words.contains(&format!("Your diary: {}", path.display())), "{words}");
    assert!(words.contains("Only this machine can ask") && words.contains("lock after 15 min"), "{words}");
    assert!(words.contains("The link works once.") && !words.contains("WARNING"), "{words}");
    assert!(server.ask("GET", &server.key, "").starts_with("HTTP/1.1 401"), "the link was used");
    assert!(server.ask("GET", "/diary", "").contains("sertraline"));
}

#[test]
fn enter_prints_another_link() {
    let folder = folder();
    let path = diary(folder.path());
    let mut command = serve(Some(&path));
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("the program starts");
    let mut lines = BufReader::new(child.stdout.take().expect("its words")).lines().map_while(Result::ok);
    let first = lines.find(|line| line.starts_with("Open http://")).expect("a link");
    writeln!(child.stdin.as_mut().expect("its input")).expect("Enter");
    let second = lines.find(|line| line.starts_with("Open http://")).expect("another link");
    child.kill().expect("it ends");
    child.wait().expect("it ended");
    assert_ne!(first, second);
}

#[test]
fn without_a_file_an_example_is_shown_and_nothing_is_written() {
    let folder = folder();
    let server = Server::start(serve(None).current_dir(folder.path()));
    assert!(server.words.contains("an example: a published case"), "{}", server.words);
    assert!(server.add("2026-03-16 note hello").starts_with("HTTP/1.1 303"));
    let start = server.ask("GET", "/start", "");
    assert!(start.contains("health.raphe"), "{start}");
    assert_eq!(fs::read_dir(folder.path()).expect("a folder").count(), 0);
}

#[test]
fn a_file_that_is_not_there_is_announced() {
    let folder = folder();
    let server = Server::start(&mut serve(Some(&folder.path().join("new.raphe"))));
    assert!(server.words.contains("is not there yet"), "{}", server.words);
    assert!(server.ask("GET", "/", "").contains("location: /start"));
    assert_eq!(fs::read_dir(folder.path()).expect("a folder").count(), 0, "looking makes no file");
}

#[test]
fn for_the_network_it_warns() {
    let folder = folder();
    let path = diary(folder.path());
    let server = Server::start(serve(Some(&path)).args(["--address", "0.0.0.0"]));
    assert!(server.words.contains("WARNING") && server.words.contains("not encrypted"), "{}", server.words);
    assert!(!server.host.starts_with("0.0.0.0"), "the link can be opened: {}", server.host);
}

#[test]
fn a_record_a_folder_and_a_taken_port_are_refused_with_help() {
    let folder = folder();
    let record = folder.path().join("bundle.json");
    fs::write(&record, r#"{"resourceType":"Bundle","type":"collection","entry":[]}"#).expect("a file");
    let says = refused(&mut serve(Some(&record)));
    assert!(says.contains("is a health record") && says.contains("raphe import"), "{says}");
    let says = refused(&mut serve(Some(folder.path())));
    assert!(says.contains("is a folder, not a file") && says.contains("help: "), "{says}");
    let taken = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = taken.local_addr().expect("an address").port().to_string();
    let path = diary(folder.path());
    let says = refused(program().arg("serve").arg(&path).args(["--no-open", "--port", &port]));
    assert!(says.contains(&port) && says.contains("choose another with `--port`"), "{says}");
    let says = refused(serve(Some(&path)).args(["--lock-after", "soon"]));
    assert!(says.contains("`soon`") && says.contains("help: "), "{says}");
}

#[test]
fn help_names_every_option() {
    let output = program().args(["serve", "--help"]).output().expect("the program starts");
    let help = String::from_utf8(output.stdout).expect("text");
    for word in ["--port", "--address", "--lock-after", "--no-open", "unencrypted", "[FILE]"] {
        assert!(help.contains(word), "{word}: {help}");
    }
}

/// No room for a larger file: the same errors as a full disk, without needing one.
#[cfg(unix)]
#[test]
fn without_room_nothing_is_lost() {
    let folder = folder();
    let path = folder.path().join("health.raphe");
    let old = format!("{DIARY}; {}\n", "long ".repeat(200));
    fs::write(&path, &old).expect("a file");
    let mut command = Command::new("sh");
    // Files may have two blocks of 512 bytes; the signal for more is not to end the program.
    let limited = "trap '' XFSZ; ulimit -f 2; exec \"$@\"";
    command.args(["-c", limited, "sh", env!("CARGO_BIN_EXE_raphe"), "serve"]).arg(&path);
    command.args(["--no-open", "--people", "0", "--port", &free().to_string()]).env("TZ", "UTC");
    let server = Server::start(&mut command);
    let answer = server.add("2026-03-16 note hello");
    assert!(answer.starts_with("HTTP/1.1 422"), "{answer}");
    assert!(
        answer.contains("cannot be written") && answer.contains("value=\"2026-03-16 note hello\""),
        "{answer}"
    );
    assert!(answer.to_lowercase().contains("the file is as it was before"), "{answer}");
    assert_eq!(fs::read_to_string(&path).expect("it is there"), old);
    let versions = folder.path().join(".health.raphe.raphe-versions");
    for place in [folder.path(), &versions] {
        let left = fs::read_dir(place).into_iter().flatten().flatten();
        let left: Vec<_> =
            left.filter(|entry| entry.file_name().to_string_lossy().ends_with(".draft")).collect();
        assert!(left.is_empty(), "{left:?}");
    }
}
