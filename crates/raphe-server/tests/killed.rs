//! `kill -9` while the diary is written: no lost and no half line.
//!
//! A second process adds line after line to a diary, keeps the versions and says after each line that it is written. It is killed
//! without warning at moments that nobody chose. Then the diary must hold every line that was said to be written, whole and in
//! order, at most one more, and each kept version must be such a text too. A new start leaves no draft behind.
#![cfg(unix)]

use raphe_server::store::{self, versions};
use std::{
    fs,
    io::{BufRead, BufReader},
    path::Path,
    process::{Command, Stdio},
    time::Duration,
};

const ROUNDS: u64 = 200;
/// Set for the process that writes.
const WRITER: &str = "RAPHE_TEST_WRITER";

/// A line that shows by itself whether it is whole.
fn line(number: usize) -> String {
    format!("2026-03-01 note line {number} {} ends {number}\n", "so that a write takes its time ".repeat(40))
}

fn text(lines: usize) -> String {
    (1..=lines).map(line).collect()
}

/// How many lines a text holds, if each is whole and in its place.
fn whole(bytes: &[u8]) -> Option<usize> {
    let text = std::str::from_utf8(bytes).ok()?;
    let lines = text.lines().count();
    text.split_inclusive('\n').zip(1..).all(|(found, number)| found == line(number)).then_some(lines)
}

/// The process that is killed: does nothing in a run of all tests.
#[test]
fn writer() {
    let Some(path) = std::env::var_os(WRITER) else { return };
    let path = Path::new(&path);
    loop {
        let _lock = store::lock(path);
        let old = store::read(path).expect("it reads").unwrap_or_default();
        let lines = whole(&old).expect("it finds whole lines");
        // It begins anew now and then, so that it does not grow for ever.
        let new = if lines < 120 {
            [old.clone(), line(lines + 1).into_bytes()].concat()
        } else {
            text(60).into_bytes()
        };
        let kept = store::write(path, Some(&old), &new).expect("it writes");
        assert!(kept.is_none(), "its versions are kept");
        println!("\nwritten {}", whole(&new).expect("whole lines"));
    }
}

fn drafts(folder: &Path) -> usize {
    let entries = fs::read_dir(folder).expect("a folder").flatten();
    entries.filter(|entry| entry.file_name().to_string_lossy().ends_with(".draft")).count()
}

#[test]
fn two_hundred_kills_lose_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("health.raphe");
    fs::write(&path, text(60)).expect("a file");
    let (mut state, mut left) = (20_260_301_u64, 0);
    for round in 0..ROUNDS {
        let mut writer = Command::new(std::env::current_exe().expect("this program"))
            .args(["--exact", "writer", "--nocapture"])
            .env(WRITER, &path)
            .stdout(Stdio::piped())
            .spawn()
            .expect("the writer starts");
        let mut said = BufReader::new(writer.stdout.take().expect("its words")).lines();
        let number =
            |line: String| line.strip_prefix("written ").and_then(|number| number.parse::<usize>().ok());
        // It is at work.
        let mut written = said.by_ref().map_while(Result::ok).find_map(number).expect("it writes");
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        std::thread::sleep(Duration::from_micros((state >> 40) % 9000));
        // SIGKILL.
        writer.kill().expect("it is killed");
        writer.wait().expect("it ended");
        for line in said.map_while(Result::ok) {
            written = number(line).unwrap_or(written);
        }
        let bytes = fs::read(&path).expect("the diary is there");
        let lines =
            whole(&bytes).unwrap_or_else(|| panic!("round {round}: half a line in {} bytes", bytes.len()));
        let next = if written < 120 { written + 1 } else { 60 };
        assert!(
            lines == written || lines == next,
            "round {round}: {written} were written, {lines} are there"
        );
        for version in versions::list(&path) {
            assert!(whole(&version.read().expect("it reads")).is_some(), "round {round}: half a version");
        }
        if round % 20 == 19 {
            left += drafts(folder.path()) + drafts(&versions::folder(&path));
            store::tidy(&path);
            assert_eq!(
                drafts(folder.path()) + drafts(&versions::folder(&path)),
                0,
                "a new start leaves no draft"
            );
        }
    }
    println!("{left} drafts were left behind and removed");
}
