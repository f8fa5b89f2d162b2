//! `raphe ask`: a questionnaire from the command line, answered by a script.

use std::{
    fs,
    io::Write,
    path::Path,
    process::{Command, Output, Stdio},
};

fn ask(arguments: &[&str], answers: &str) -> Output {
    let mut program = Command::new(env!("CARGO_BIN_EXE_raphe"))
        .arg("ask")
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let mut stdin = program.stdin.take().expect("it reads");
    // A program that refuses its arguments has gone before it reads.
    stdin.write_all(answers.as_bytes()).ok();
    drop(stdin);
    program.wait_with_output().expect("it ends")
}

fn words(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn each(answers: &str) -> String {
    answers.split(' ').map(|answer| format!("{answer}\n")).collect()
}

#[test]
fn it_asks_item_by_item_and_gives_the_line() {
    let done = ask(&["PHQ-9", "--at", "2026-03-20"], &each("2 9 1 back 3 2 2 1 1 2 - 0"));
    assert!(done.status.success(), "{}", words(&done.stderr));
    let (out, asked) = (words(&done.stdout), words(&done.stderr));
    assert!(asked.contains("Over the last 2 weeks"), "{asked}");
    assert!(asked.contains("9 of 9."), "{asked}");
    assert!(asked.contains("`9` is not an answer"), "{asked}");
    assert!(out.contains("2026-03-20 score PHQ-9 2 3 2 2 1 1 2 - 0"), "{out}");
    assert!(out.contains("PHQ-9 15 of 27: moderately severe"), "{out}");
    assert!(out.contains("does not measure serotonin"), "{out}");
    assert!(!out.contains("ending your life"), "{out}");
}

#[test]
fn an_answer_about_suicide_shows_the_crisis_lines_at_once() {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let diary = folder.path().join("me.raphe");
    fs::write(&diary, "profile  born 1990  country GB  zone Europe/London\n").expect("it can be written");
    let path = diary.to_str().expect("a name");
    let done = ask(&["phq9", path, "--append", path, "--at", "2026-03-20"], &each("0 0 0 0 0 0 0 0 1"));
    assert!(done.status.success(), "{}", words(&done.stderr));
    assert!(words(&done.stderr).contains("116 123"), "{}", words(&done.stderr));
    assert!(words(&done.stdout).contains("116 123"), "{}", words(&done.stdout));
    let written = fs::read_to_string(&diary).expect("it can be read");
    assert!(written.ends_with("2026-03-20 score PHQ-9 0 0 0 0 0 0 0 0 1\n"), "{written}");
}

#[test]
fn only_the_total_is_asked_where_the_text_may_not_be_shown() {
    let done = ask(&["ISI", "--at", "2026-03-20"], "40\n16\n");
    assert!(done.status.success(), "{}", words(&done.stderr));
    let asked = words(&done.stderr);
    assert!(asked.contains("may not be shown here") && asked.contains("from 0 to 28"), "{asked}");
    assert!(words(&done.stdout).contains("2026-03-20 score ISI total 16"), "{}", words(&done.stdout));
}

#[test]
fn what_is_not_answered_to_its_end_writes_nothing() {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let diary = folder.path().join("me.raphe");
    let done = ask(&["GAD-7", "--append", diary.to_str().expect("a name")], &each("1 1 1"));
    assert_eq!(done.status.code(), Some(1));
    assert!(!Path::new(&diary).exists());
    let done = ask(&["PHQ-8"], "");
    assert_eq!(done.status.code(), Some(1));
    assert!(words(&done.stderr).contains("PHQ-9"), "{}", words(&done.stderr));
}

#[test]
fn other_programs_get_the_questionnaire_itself() {
    let done = ask(&["PHQ-9", "--json"], "");
    let value: serde_json::Value = serde_json::from_slice(&done.stdout).expect("it is JSON");
    assert_eq!(value["schema"], "raphe.questionnaire/1");
    assert_eq!(value["items"].as_array().map(Vec::len), Some(9));
    assert_eq!(value["suicide_items"], serde_json::json!([9]));
}
