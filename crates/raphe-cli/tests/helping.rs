//! `raphe helping` as a person or a script meets it.

use serde_json::Value;
use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

fn example(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples").join(name)
}

fn raphe(file: &Path, rest: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_raphe"));
    command.arg("helping").arg(file).args(rest).env("NO_COLOR", "1").env("TZ", "UTC");
    command.output().expect("the program starts")
}

fn words(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn a_medicine_is_asked_about_by_any_name_and_drawn() {
    let folder = tempfile::tempdir().expect("a folder");
    let target = folder.path().join("picture.svg");
    let target = target.to_str().expect("its name is text");
    // Written twice: the second replaces the first.
    for _ in 0..2 {
        let run = raphe(&example("helping-sertraline.raphe"), &["Zoloft", "--svg", target]);
        assert!(run.status.success() && run.stderr.is_empty(), "{run:?}");
        assert!(words(&run.stdout).contains("Something is likely helping"), "{}", words(&run.stdout));
    }
    let drawn = fs::read_to_string(target).expect("the picture was written");
    assert!(drawn.starts_with("<svg ") && drawn.ends_with("</svg>\n"));
}

#[test]
fn several_words_need_no_quotes_and_json_is_one_line() {
    let run = raphe(&example("helping-light.raphe"), &["light", "therapy", "--json"]);
    let text = String::from_utf8(run.stdout).expect("it is text");
    assert_eq!(text.lines().count(), 1);
    let value: Value = serde_json::from_str(&text).expect("it is JSON");
    assert_eq!(value["schema"], "raphe.helping/1");
    assert_eq!(value["verdict"], "likely_helping");
    assert_eq!(value["treatment"]["spells"].as_array().map(Vec::len), Some(3));
}

#[test]
fn what_nobody_knows_is_bad_input_unless_there_is_danger() {
    let run = raphe(&example("helping-sertraline.raphe"), &["sertralin"]);
    assert_eq!((run.status.code(), run.stdout.is_empty()), (Some(1), true));
    assert!(words(&run.stderr).contains("did you mean sertraline?"), "{}", words(&run.stderr));
    let folder = tempfile::tempdir().expect("a folder");
    let diary = folder.path().join("danger.raphe");
    fs::write(&diary, "profile country GB\n2026-03-01 start sertraline 50 mg daily\n2026-03-02 score PHQ-9 2 2 2 2 2 1 1 1 2\n")
        .expect("it can be written");
    let run = raphe(&diary, &["sertralin"]);
    assert!(
        words(&run.stdout).starts_with("Judged as of") || words(&run.stdout).starts_with("If you"),
        "{run:?}"
    );
    assert!(words(&run.stdout).contains("116 123"), "{}", words(&run.stdout));
}
