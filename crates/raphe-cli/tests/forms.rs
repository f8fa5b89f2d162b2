//! Other forms of an answer: HTML and FHIR, and a diary as a record and back.

use serde_json::Value;
use std::process::{Command, Output};
use tempfile::TempDir;

const RECORD: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../raphe-fhir/tests/fixtures/toxicity.json");
const EXAMPLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/tramadol.raphe");

fn run(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_raphe"))
        .args(arguments)
        .args(["--people", "4"])
        .env("TZ", "UTC")
        .output()
        .expect("the program runs")
}

fn printed(arguments: &[&str]) -> String {
    let output = run(arguments);
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert_eq!((output.status.code(), text(&output.stderr).as_str()), (Some(0), ""), "{arguments:?}");
    text(&output.stdout)
}

/// A file in a folder that lives as long as the test.
fn file(folder: &TempDir, name: &str, text: &str) -> String {
    let path = folder.path().join(name);
    std::fs::write(&path, text).expect("a file can be written");
    path.display().to_string()
}

#[test]
fn an_assessment_is_one_html_file() {
    let page = printed(&["assess", "--html", EXAMPLE]);
    assert!(page.starts_with("<!DOCTYPE html>") && page.ends_with("</html>\n"));
    assert!(page.contains("<h1 id=\"r-name\">Serotonin: assessment as of 2026-03-09 "), "{page}");
    assert!(page.contains("EMERGENCY") && page.contains("role=\"img\""));
    assert_eq!(page, printed(&["assess", "--html", EXAMPLE]), "the same bytes");
}

#[test]
fn several_files_are_one_page_with_an_article_each() {
    let folder = TempDir::new().expect("a folder");
    let calm = file(&folder, "<b>calm&.raphe", "2026-03-01 start sertraline 50 mg daily\n");
    let page = printed(&["assess", "--html", EXAMPLE, &calm]);
    assert_eq!(page.matches("<article").count(), 2);
    assert_eq!(page.matches("<html").count(), 1);
    assert!(page.contains("&lt;b&gt;calm&amp;.raphe") && !page.contains("<b>"));
}

#[test]
fn a_check_is_html_too() {
    let page = printed(&["check", "--html", "phenelzine", "sertraline"]);
    assert!(page.contains("May these be taken together?") && page.contains("ontraindicated"), "{page}");
}

#[test]
fn one_answer_has_one_form() {
    for arguments in [
        &["assess", "--html", "--json", EXAMPLE][..],
        &["--json", "assess", "--html", EXAMPLE],
        &["--json", "assess", "--fhir", EXAMPLE],
        &["assess", "--fhir", "--html", EXAMPLE],
        &["check", "--html", "--json", "sertraline", "tramadol"],
        &["export", EXAMPLE],
    ] {
        let output = run(arguments);
        assert_eq!((output.status.code(), output.stdout.len()), (Some(2), 0), "{arguments:?}");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(said.contains("cannot be used with") || said.contains("--fhir"), "{arguments:?}: {said}");
    }
}

#[test]
fn several_assessments_are_a_bundle_a_line() {
    let text = printed(&["assess", "--fhir", EXAMPLE, RECORD]);
    let bundles: Vec<Value> =
        text.lines().map(|line| serde_json::from_str(line).expect("a line is JSON")).collect();
    assert_eq!(bundles.len(), 2);
    for bundle in &bundles {
        assert_eq!((&bundle["resourceType"], &bundle["type"]), (&"Bundle".into(), &"collection".into()));
    }
    let of = |bundle: &Value, kind: &str| -> Vec<Value> {
        let entries = bundle["entry"].as_array().cloned().unwrap_or_default();
        let resources = entries.into_iter().map(|entry| entry["resource"].clone());
        resources.filter(|resource| resource["resourceType"] == kind).collect()
    };
    // Of a record nothing is written anew: the person and the orders are those of the record.
    let risk = &of(&bundles[1], "RiskAssessment")[0];
    assert_eq!(risk["subject"]["reference"], "Patient/p1");
    assert!(of(&bundles[1], "Patient").is_empty() && of(&bundles[1], "MedicationStatement").is_empty());
    let basis: Vec<&str> =
        risk["basis"].as_array().into_iter().flatten().filter_map(|one| one["reference"].as_str()).collect();
    assert!(basis.contains(&"MedicationRequest/m1"), "{basis:?}");
    // Of a diary everything is there.
    assert_eq!(of(&bundles[0], "Patient").len(), 1);
    assert!(!of(&bundles[0], "MedicationStatement").is_empty());
}

#[test]
fn a_diary_goes_out_and_comes_back() {
    // Lines as `import` prints them: the same in one spelling, one sign or vital sign a line, the note of a stop apart.
    let lines = [
        "profile  born 1971-05-15  sex female  weight 62 kg  country GB  zone Europe/London  liver impaired",
        "gene     CYP2D6 poor metabolizer",
        "2026-03-01 start venlafaxine 75 mg extended release daily",
        "2026-03-02 start selegiline 250 µg/h patch",
        "2026-03-05 change venlafaxine 150 mg extended release daily",
        "2026-03-09 stop venlafaxine",
        "2026-03-09 note felt ill",
        "2026-03-12 start venlafaxine 75 mg extended release at 08:00 and 20:00",
        "2026-03-13 start tramadol 50 mg as needed up to 3 a day",
        "2026-03-14 start ibuprofen 400 mg every 8 h",
        "2026-03-15 start trazodone ? nightly ; for sleep",
        "2026-03-16 22:00 take sertraline 1 g on purpose",
        "2026-03-16 22:30 take methylene blue 1.5 mg/kg iv over 30 min",
        "2026-03-17 miss venlafaxine",
        "2026-03-17 12:00 take venlafaxine 75 mg extended release",
        "2026-03-17 09:10 feel tremor 4/10",
        "2026-03-17 09:10 feel no nausea",
        "2026-03-17 sign weird twisting by clinician ; hmm",
        "2026-03-17 vital bp 150/95",
        "2026-03-17 score PHQ-9 2 1 2 2 1 1 2 - 0",
        "2026-03-18 score FOO total 12",
        "2026-03-18 lab sertraline 45 ng/mL",
        "2026-03-18 lab foobar 3 mmol/L",
        "2026-03-18..2026-03-24 light 30 min 10000 lux 07:30",
        "2026-03-18 course worsening",
        "2026-03-18 sleep 6.5 h",
        "2026-03-01.. factor chronic stress",
        "2026-03-01..2026-03-05 condition infection",
        "2026-03-22 note slept badly",
    ];
    let folder = TempDir::new().expect("a folder");
    let diary = file(&folder, "a.raphe", &(lines.join("\n") + "\n"));
    let bundle = file(&folder, "a.json", &printed(&["export", "--fhir", &diary]));
    let back = printed(&["import", &bundle]);
    let mut before: Vec<String> = lines.iter().map(|line| (*line).to_owned()).collect();
    // A record is never taken for the whole list of medicines.
    before[0].push_str("  medicines incomplete");
    let mut after: Vec<String> =
        back.lines().filter(|line| !line.starts_with(';')).map(str::to_owned).collect();
    before.sort();
    after.sort();
    assert_eq!(before, after);
}

#[test]
fn a_line_that_was_not_read_is_not_read_again() {
    let folder = TempDir::new().expect("a folder");
    let diary = file(&folder, "a.raphe", "9am start phenelzine 15 mg daily\nhad a fit\n");
    let output = run(&["export", "--fhir", &diary]);
    assert!(String::from_utf8_lossy(&output.stderr).contains("could not be read"), "{output:?}");
    let bundle = file(&folder, "a.json", &String::from_utf8_lossy(&output.stdout));
    let back = file(&folder, "b.raphe", &printed(&["import", &bundle]));
    for file in [&diary, &bundle, &back] {
        let judged = printed(&["assess", "--at", "2026-03-01", file]);
        assert!(judged.starts_with("EMERGENCY."), "{file}: {judged}");
    }
}

#[test]
fn a_record_needs_no_export() {
    let output = run(&["export", "--fhir", RECORD]);
    assert_eq!((output.status.code(), output.stdout.len()), (Some(1), 0));
}
