//! `raphe exam` as a person or a script meets it: answers line by line in, the diary line out.

use serde_json::Value;
use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};
use tempfile::TempDir;

const DIARY: &str = "2026-01-01 start sertraline 50 mg daily\n2026-03-10 08:00 take tramadol 100 mg\n";
const AT: &str = "2026-03-10T12:00";

fn diary(folder: &TempDir) -> PathBuf {
    let path = folder.path().join("diary.raphe");
    fs::write(&path, DIARY).unwrap();
    path
}

fn exam(path: &Path, more: &[&str], answers: &str) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_raphe"));
    command.arg("exam").arg(path).args(["--at", AT, "--people", "0"]).args(more).env("TZ", "UTC");
    let piped = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = piped.spawn().unwrap();
    // A program that reads no answer closes its input, which is no failure.
    child.stdin.take().unwrap().write_all(answers.as_bytes()).ok();
    child.wait_with_output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[test]
fn the_answers_become_one_line_of_the_diary_and_append_writes_it() {
    let folder = TempDir::new().unwrap();
    let path = diary(&folder);
    let clinician = ["--for", "clinician", "--append"];
    let run = exam(&path, &clinician, "n\ny\ny\nq\n");
    assert!(run.status.success(), "{run:?}");
    let line = "2026-03-10 12:00 sign no spontaneous clonus, inducible clonus, agitation by clinician\n";
    assert_eq!(text(&run.stdout), line);
    let said = text(&run.stderr);
    for words in [
        "1. Spontaneous clonus?",
        "2. Inducible clonus?",
        "Push the front of the foot up",
        "Why: if it is there",
    ] {
        assert!(said.contains(words), "{words}: {said}");
    }
    assert!(said.contains("The Hunter criteria for serotonin toxicity are met"), "{said}");
    assert_eq!(fs::read_to_string(&path).unwrap(), format!("{DIARY}{line}"));
}

#[test]
fn without_append_the_diary_stays_as_it_was_and_the_end_of_the_answers_ends_it() {
    let folder = TempDir::new().unwrap();
    let path = diary(&folder);
    let run = exam(&path, &[], "y\n");
    assert!(run.status.success(), "{run:?}");
    assert_eq!(fs::read_to_string(&path).unwrap(), DIARY);
    assert_eq!(text(&run.stdout), "2026-03-10 12:00 sign tremor\n");
    let said = text(&run.stderr);
    assert!(said.contains("needs a clinician to examine it"), "{said}");
    assert!(said.contains("spontaneous clonus"), "{said}");
}

#[test]
fn what_is_no_answer_is_asked_again_and_a_temperature_needs_its_unit() {
    let folder = TempDir::new().unwrap();
    let path = diary(&folder);
    let run = exam(&path, &[], "perhaps\nn\n38.6\n38.6 C\nq\n");
    let said = text(&run.stderr);
    assert!(said.contains("write y, n, or an empty line"), "{said}");
    assert!(said.contains("write the number with C or F"), "{said}");
    let lines = text(&run.stdout);
    assert!(lines.contains(" sign no tremor") && lines.contains(" vital temperature 38.6 C"), "{lines}");
}

#[test]
fn an_emergency_is_said_before_the_next_question() {
    let folder = TempDir::new().unwrap();
    let path = diary(&folder);
    fs::write(&path, format!("{DIARY}2026-03-10 11:00 sign seizure\n")).unwrap();
    let said = text(&exam(&path, &[], "q\n").stderr);
    let (alarm, first) = (said.find("EMERGENCY").unwrap(), said.find("\n1. ").unwrap());
    assert!(alarm < first, "{said}");
    assert!(said.contains("Do not wait for the rest of this examination."), "{said}");
}

#[test]
fn json_gives_the_next_question_and_takes_answers_from_the_command_line() {
    let folder = TempDir::new().unwrap();
    let path = diary(&folder);
    let state = |more: &[&str]| -> Value {
        let run = exam(&path, &[&["--json", "--for", "clinician"][..], more].concat(), "");
        assert!(run.status.success(), "{run:?}");
        serde_json::from_slice(&run.stdout).unwrap()
    };
    let first = state(&[]);
    assert_eq!(
        (&first["schema"], &first["next"]["sign"]),
        (&"raphe.exam/1".into(), &"spontaneous_clonus".into())
    );
    let met = state(&["--answer", "inducible clonus=yes", "--answer", "diaphoresis=y"]);
    assert_eq!(met["criteria"][0]["verdict"], "met");
    assert_eq!(met["asked"][0]["answer"], "present");
    assert_eq!(met["lines"][0], "2026-03-10 12:00 sign inducible clonus, diaphoresis by clinician");
    let skipped = state(&["--answer", "spontaneous_clonus=skip"]);
    assert_eq!(skipped["next"]["sign"], "inducible_clonus");
    assert!(skipped["lines"].as_array().unwrap().is_empty());
    for wrong in ["tremor=maybe", "grumbling=yes", "tremor", "temperature=38.6"] {
        let run = exam(&path, &["--json", "--answer", wrong], "");
        assert_eq!((run.status.code(), run.stdout.len()), (Some(1), 0), "{wrong}");
    }
}
