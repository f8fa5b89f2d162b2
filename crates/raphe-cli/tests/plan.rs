//! `raphe plan` and `raphe whatif` from outside.

use std::{fs, process::Command, process::Output};

fn raphe(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_raphe"))
        .args(arguments)
        .env("NO_COLOR", "1")
        .output()
        .expect("the program runs")
}

fn out(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn a_plan_without_a_diary_has_days_and_one_with_a_moment_has_dates() {
    let days = out(&raphe(&["plan", "switch", "fluoxetine", "phenelzine", "--people", "0"]));
    assert!(days.contains("at least 35 days") && days.contains("Day 35:"), "{days}");
    let dates =
        out(&raphe(&["plan", "switch", "fluoxetine", "phenelzine", "--people", "0", "--at", "2026-03-01"]));
    assert!(dates.contains("2026-04-05:"), "{dates}");
}

#[test]
fn an_unknown_name_is_an_error_and_prints_nothing() {
    let output = raphe(&["plan", "switch", "sertraline", "unknownium"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(output.stdout.is_empty());
    assert!(String::from_utf8_lossy(&output.stderr).contains("unknownium"));
}

#[test]
fn json_is_one_line_with_its_schema() {
    let output = out(&raphe(&["plan", "stop", "sertraline:100 mg", "--json"]));
    assert_eq!(output.lines().count(), 1);
    assert!(output.starts_with(r#"{"schema":"raphe.plan/1","raphe":"#), "{output}");
}

#[test]
fn whatif_checks_its_lines_and_leaves_the_file_alone() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("me.raphe");
    let text = "2026-01-01 start sertraline 100 mg daily\n";
    fs::write(&path, text).expect("a diary");
    let file = path.to_str().expect("a name");
    let at = ["--at", "2026-03-01", "--people", "8"];
    let good = raphe(&[&["whatif", file, "2026-03-02 take tramadol 100 mg"][..], &at].concat());
    assert!(out(&good).contains("not there → major"), "{}", out(&good));
    let bad = raphe(&[&["whatif", file, "2026-03-02 take tramadol 100"][..], &at].concat());
    assert_eq!(bad.status.code(), Some(1));
    assert!(bad.stdout.is_empty());
    assert_eq!(fs::read_to_string(&path).expect("the diary"), text);
}
