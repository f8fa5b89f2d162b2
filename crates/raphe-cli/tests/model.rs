//! The model of the synapse as a person or a script meets it: run alone, and in the answers that it is part of.

use serde_json::Value;
use std::{
    fs,
    io::Write,
    process::{Command, Stdio},
};
use tempfile::TempDir;

/// What one run printed and returned.
#[derive(Debug)]
struct Run {
    code: i32,
    out: String,
    err: String,
}

impl Run {
    /// A run that did what was asked and had nothing to say about it.
    fn fine(self) -> String {
        assert_eq!((self.code, self.err.as_str()), (0, ""), "{self:?}");
        self.out
    }

    /// A run that refused its input: nothing on stdout, and words with help on stderr.
    fn refused(self) -> String {
        assert_eq!((self.code, self.out.as_str()), (1, ""), "{self:?}");
        assert!(self.err.contains("help: "), "{self:?}");
        unwrapped(&self.err)
    }

    /// A run that was asked in a way that has no meaning.
    fn misused(self) -> String {
        assert_eq!((self.code, self.out.as_str()), (2, ""), "{self:?}");
        unwrapped(&self.err)
    }
}

/// The same words without line breaks.
fn unwrapped(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Runs the program with words that are parted by spaces, and with some input.
fn raphe(words: &str, input: &str) -> Run {
    let mut command = Command::new(env!("CARGO_BIN_EXE_raphe"));
    for name in ["NO_COLOR", "FORCE_COLOR", "CLICOLOR", "CLICOLOR_FORCE"] {
        command.env_remove(name);
    }
    let piped = command.env("TZ", "UTC").args(words.split(' '));
    let piped = piped.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = piped.spawn().expect("the program starts");
    // A program that reads no input closes it, which is no failure.
    child.stdin.take().expect("input is piped").write_all(input.as_bytes()).ok();
    let output = child.wait_with_output().expect("the program ends");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("everything printed is UTF-8");
    let code = output.status.code().expect("the program was not killed");
    Run { code, out: text(output.stdout), err: text(output.stderr) }
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

/// Median, 5 % and 95 % of a modeled number.
fn interval(value: &Value) -> [f64; 3] {
    let part = |name: &str| value[name].as_f64().unwrap_or_else(|| panic!("no `{name}` in {value}"));
    [part("p5"), part("median"), part("p95")]
}

/// CSV as columns of numbers by name.
struct Columns {
    names: Vec<String>,
    rows: Vec<Vec<f64>>,
}

impl Columns {
    fn read(csv: &str) -> Self {
        let mut lines = csv.lines();
        let names = lines.next().expect("it has a header").split(',').map(str::to_owned).collect();
        let number = |cell: &str| cell.parse().unwrap_or_else(|_| panic!("`{cell}` is no number"));
        Self { names, rows: lines.map(|line| line.split(',').map(number).collect()).collect() }
    }

    fn of(&self, name: &str) -> Vec<f64> {
        let place = self.names.iter().position(|other| other == name);
        let place = place.unwrap_or_else(|| panic!("no column `{name}` in {:?}", self.names));
        self.rows.iter().map(|row| row[place]).collect()
    }

    /// The value at an hour that is told.
    fn at(&self, hour: f64, name: &str) -> f64 {
        let place = self.of("time_h").iter().rposition(|told| (told - hour).abs() < 1e-9);
        self.of(name)[place.unwrap_or_else(|| panic!("hour {hour} is not told"))]
    }
}

const SERTRALINE: &str = "profile  zone UTC\n2026-01-01 08:00  start  sertraline 50 mg daily\n";

mod run {
    use super::*;

    fn run(words: &str, table: &str) -> Run {
        raphe(&format!("model run --inputs - {words}"), table)
    }

    #[test]
    fn tells_time_states_and_outputs() {
        let told = Columns::read(&raphe("model run --hours 24 --step 6", "").fine());
        let expected = "time_h trp pool htp c v e q hia csf r MA MB D P TP x f S eA eB act1A act2A";
        assert_eq!(told.names[..23].join(" "), expected);
        assert_eq!(told.of("time_h"), [0.0, 6.0, 12.0, 18.0, 24.0]);
        for name in &told.names[1..] {
            let values = told.of(name);
            let most = values.iter().fold(0.0_f64, |most, value| most.max((value - values[0]).abs()));
            assert!(most <= 1e-8 * values[0].abs(), "`{name}` does not stay at rest: {values:?}");
        }
        assert_eq!((told.at(0.0, "x"), told.at(0.0, "e_fold")), (1.0, 1.0));
    }

    #[test]
    fn goes_straight_between_rows_and_steps_where_two_have_one_time() {
        let step = Columns::read(&run("--hours 3 --step 0.5", "time_h,u\n0,0\n1,0\n1,5\n").fine());
        let ramp = Columns::read(&run("--hours 3 --step 0.5", "time_h,u\n0,0\n1,0\n2,5\n").fine());
        let at_once = Columns::read(&run("--hours 2 --step 0.5", "time_h,u\n0,5\n").fine());
        for told in [&step, &ramp] {
            assert!(told.at(0.5, "x") == 1.0 && told.at(1.0, "e") == 0.06, "nothing happens before the hour");
        }
        for (hour, before) in [(1.5, 0.5), (2.0, 1.0), (3.0, 2.0)] {
            let (late, early) = (step.at(hour, "x"), at_once.at(before, "x"));
            assert!((late - early).abs() < 1e-5 * early, "{hour} h: {late} and {early}");
        }
        assert!(step.at(1.5, "x") > 1.2 * ramp.at(1.5, "x") && ramp.at(1.5, "x") > 1.1);
    }

    #[test]
    fn tells_the_hours_of_rows_too() {
        let told = Columns::read(&run("--hours 2 --step 1", "time_h,u\n0,0\n0.25,5\n9,5\n").fine());
        assert_eq!(told.of("time_h"), [0.0, 0.25, 1.0, 2.0]);
    }

    #[test]
    fn a_table_from_a_file_gives_the_same() {
        let folder = TempDir::new().expect("a folder can be made");
        let file = folder.path().join("inputs.csv");
        let table = "time_h,u,kinactA\n0,0,0.1\n2,10,0\n";
        fs::write(&file, table).expect("a file can be written");
        let from_file =
            raphe(&format!("model run --hours 4 --step 1 --inputs {}", file.display()), "").fine();
        assert_eq!(from_file, run("--hours 4 --step 1", table).fine());
    }

    #[test]
    fn sets_parameters() {
        let table = "time_h,u\n0,5\n";
        let usual = Columns::read(&run("--hours 4 --step 4", table).fine());
        let set = Columns::read(&run("--hours 4 --step 4 --set ns=0.36 --set phi=0.3", table).fine());
        assert_eq!(set.names, usual.names);
        let (usual, leaking) = (usual.at(4.0, "x"), set.at(4.0, "x"));
        assert!(leaking < usual, "what leaves by another way stays less: {leaking} and {usual}");
    }

    #[test]
    fn refuses_what_it_cannot_run() {
        for (table, says) in [
            ("time_h,frobnicate\n0,1\n", "`frobnicate` is no input of the model"),
            ("time_h,u\n1,0\n0,1\n", "row 2 goes back from 1 h to 0 h"),
            ("time_h,u\n0,0\n1,-2\n", "row 2: u is -2"),
            ("time_h,u\n0,inf\n", "row 1: u is inf"),
            ("time_h,u\n0,0\n1,much\n", "line 3, column `u`: `much` is not a number"),
            ("time_h,u\n0,0\n1\n", "record 2"),
            ("hour,u\n0,0\n", "the first column of - is `hour`"),
            ("", "`time_h`"),
        ] {
            let err = run("--hours 4", table).refused();
            assert!(err.contains(says), "no `{says}` in {err}");
        }
    }

    #[test]
    fn refuses_settings_and_spans_that_mean_nothing() {
        for (words, says) in [
            ("--hours 4 --set frobnicate=1", "`frobnicate` is no parameter of the model"),
            ("--hours 4 --set ns", "`ns` sets nothing"),
            ("--hours 4 --set ns=much", "`ns=much` sets nothing"),
            ("--hours 4 --set ns=-1", "no resting state"),
            ("--hours 4 --set vfill=0.5", "no resting state"),
            ("--hours 0", "0 h"),
            ("--hours=-3", "-3 h"),
            ("--hours inf", "inf h"),
            ("--hours 4 --step 0", "steps of 0 h"),
            ("--hours 1e9 --step 0.001", "no span"),
            ("--hours 4 --inputs no-such-file.csv", "no-such-file.csv cannot be read"),
        ] {
            let err = raphe(&format!("model run {words}"), "").refused();
            assert!(err.contains(says), "no `{says}` in {err}");
        }
        for (words, says) in
            [("", "raphe model run --hours 24"), (" run", "--hours"), (" run --hours long", "'long'")]
        {
            let err = raphe(&format!("model{words}"), "").misused();
            assert!(err.contains(says), "no `{says}` in {err}");
        }
    }

    #[test]
    fn writes_the_same_bytes_twice() {
        let ask = || run("--hours 48", "time_h,u,mdma\n0,0,0\n1,5,0\n1,5,1\n5,0,0\n").fine();
        assert_eq!(ask(), ask());
    }
}

mod sbml {
    use super::*;

    /// Every element that is opened is closed, in order; gives the names of all.
    fn elements(xml: &str) -> Vec<&str> {
        let (mut open, mut seen) = (Vec::new(), Vec::new());
        for part in xml.split('<').skip(1) {
            let (tag, text) = part.split_once('>').unwrap_or_else(|| panic!("`<{part}` does not end"));
            assert!(!text.contains('>'), "a bare > in `{text}`");
            assert_eq!(tag.matches('"').count() % 2, 0, "a quote stays open in `<{tag}>`");
            if tag.starts_with('?') {
                continue;
            }
            if let Some(name) = tag.strip_prefix('/') {
                assert_eq!(open.pop(), Some(name), "`</{name}>` closes something else");
                continue;
            }
            assert!(!open.is_empty() || seen.is_empty(), "`{tag}` is a second root");
            let name = tag.trim_end_matches('/').split_whitespace().next().expect("an element has a name");
            seen.push(name);
            if !tag.ends_with('/') {
                open.push(name);
            }
        }
        assert!(open.is_empty(), "{open:?} stay open");
        seen
    }

    #[test]
    fn is_well_formed() {
        let out = raphe("model --sbml", "").fine();
        assert!(
            out.starts_with("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<sbml xmlns="),
            "{}",
            &out[..100]
        );
        assert!(out.contains("level=\"3\" version=\"2\"") && out.ends_with("</sbml>\n"));
        let all = elements(&out);
        let count = |name: &str| all.iter().filter(|other| **other == name).count();
        assert_eq!(
            (count("sbml"), count("model"), count("rateRule")),
            (1, 1, 15),
            "15 states, one rule each"
        );
        let bare = out.split('&').skip(1).find(|rest| {
            !["amp;", "lt;", "gt;", "quot;", "apos;", "#"].iter().any(|known| rest.starts_with(known))
        });
        assert_eq!(bare, None, "a bare ampersand");
        assert_eq!(out, raphe("model --sbml", "").fine());
    }

    #[test]
    fn stands_alone() {
        raphe("model --sbml run --hours 1", "").misused();
    }
}

mod simulate {
    use super::*;

    fn series(csv: &str, kind: &str, id: &str) -> Vec<[f64; 3]> {
        let wanted = format!(",{kind},{id},");
        let ours = csv.lines().filter_map(|line| Some(line.split_once(&wanted)?.1));
        let values = ours.map(|rest| {
            let [median, p5, p95] = rest
                .split(',')
                .map(|cell| cell.parse::<f64>().expect("a number"))
                .collect::<Vec<f64>>()
                .try_into()
                .expect("three of them");
            [p5, median, p95]
        });
        values.collect()
    }

    #[test]
    fn tells_occupancy_and_serotonin_of_a_reuptake_inhibitor() {
        let ask = || raphe("simulate - --to 2026-01-15T08:00 --step 6h --people 40", SERTRALINE).fine();
        let csv = ask();
        assert_eq!(csv, ask(), "the same bytes twice");
        let occupancy = series(&csv, "occupancy", "SERT");
        let fold = series(&csv, "fold_change", "serotonin");
        assert_eq!((occupancy.len(), fold.len()), (57, 57), "14 days, a row every 6 hours");
        assert_eq!((occupancy[0], fold[0]), ([0.0; 3], [1.0; 3]), "nothing before the first tablet");
        for [low, median, high] in occupancy.iter().chain(&fold) {
            assert!(low <= median && median <= high, "{low} to {high} without {median}");
        }
        let [_, taken, _] = occupancy[56];
        assert!((0.6..0.95).contains(&taken), "{taken}");
        let [low, median, high] = fold[56];
        assert!(
            low > 1.0 && low < median && median < high && (1.5..4.0).contains(&median),
            "{low} {median} {high}"
        );
    }

    #[test]
    fn json_has_the_same_series() {
        let out = raphe("simulate - --to 2026-01-03 --step 1d --people 8 --json", SERTRALINE).fine();
        let json = json(&out);
        let kinds: Vec<_> = json["series"].as_array().into_iter().flatten().map(|one| &one["kind"]).collect();
        assert!(
            kinds.contains(&&Value::from("occupancy")) && kinds.contains(&&Value::from("fold_change")),
            "{kinds:?}"
        );
    }

    #[test]
    fn tells_none_for_what_does_not_touch_serotonin() {
        let course = "profile  zone UTC\n2026-01-01 08:00  start  paracetamol 1 g three times daily\n";
        let run = raphe("simulate - --to 2026-01-03 --people 8", course);
        assert_eq!(run.err, "paracetamol has no curve: its course in the body is not known\n");
        let csv = run.out;
        assert_eq!((run.code, csv.as_str()), (0, "time_h,kind,id,median,p5,p95\n"));
        assert!(!csv.contains("occupancy") && !csv.contains("fold_change"), "{csv}");
    }
}

mod answers {
    use super::*;

    #[test]
    fn check_tells_the_peak_with_its_range() {
        let check = json(&raphe("check sertraline --json", "").fine());
        let [low, median, high] = interval(&check["serotonin"]["peak_fold_change_24h"]);
        assert!(1.0 < low && low < median && median < high && high < 6.0, "{low} {median} {high}");
        let target = &check["targets"][0];
        assert_eq!((&target["id"], &target["by"][0]["substance"]), (&"SERT".into(), &"sertraline".into()));
        let [low, median, high] = interval(&target["occupancy"]);
        assert!(0.5 < low && low < median && median < high && high < 1.0, "{low} {median} {high}");
        assert!(target["evidence"].as_array().is_some_and(|cited| !cited.is_empty()), "{target}");
    }

    #[test]
    fn check_without_people_tells_no_model() {
        let check = json(&raphe("check phenelzine sertraline --people 0 --json", "").fine());
        assert!(check.get("serotonin").is_none(), "{check}");
        assert_eq!(check["targets"].as_array().map_or(0, Vec::len), 0, "{check}");
        let with = json(&raphe("check phenelzine sertraline --people 40 --json", "").fine());
        assert_eq!(check["level"], with["level"], "the level asks no model");
    }

    #[test]
    fn the_same_question_has_the_same_bytes() {
        for words in [
            "check sertraline tramadol --at 2026-03-01 --people 40",
            "check mdma fluoxetine --at 2026-03-01 --json",
        ] {
            assert_eq!(raphe(words, "").fine(), raphe(words, "").fine(), "{words}");
        }
    }

    #[test]
    fn assess_tells_serotonin_and_targets() {
        let ask = || raphe("assess - --at 2026-01-20T12:00 --people 40 --json", SERTRALINE).fine();
        let out = ask();
        assert_eq!(out, ask(), "the same bytes twice");
        let assessment = json(&out);
        let [_, now, _] = interval(&assessment["serotonin"]["fold_change"]);
        let [_, peak, _] = interval(&assessment["serotonin"]["peak_fold_change_24h"]);
        assert!(1.5 < now && now <= peak && peak < 4.0, "{now} and {peak}");
        assert_eq!(assessment["targets"][0]["id"], "SERT");
        let words = unwrapped(&raphe("assess - --at 2026-01-20T12:00 --people 40", SERTRALINE).fine());
        assert!(words.contains("times this person's own level without any medicine"), "{words}");
        assert!(words.contains("a low one makes nothing safe"), "{words}");
    }

    #[test]
    fn an_overdose_gets_no_fold_in_words() {
        for line in [
            "2026-01-01 08:00  take  60 x 50 mg sertraline on purpose",
            "2026-01-01 08:00  take  60 x 50 mg sertraline",
        ] {
            let diary = format!("profile  zone UTC\n{line}\n");
            let words = unwrapped(&raphe("assess - --at 2026-01-01T12:00 --people 40", &diary).fine());
            assert!(words.contains("EMERGENCY"), "{words}");
            for fold in ["without any medicine", "model of the synapse", "transporter (SERT)"] {
                assert!(!words.contains(fold), "`{fold}` in {words}");
            }
        }
    }

    #[test]
    fn predict_gives_the_occupancy_of_scans() {
        let rows = "id,drug,daily_dose_mg,regimen,radioligand\n\
                    a,sertraline,50,repeated daily,[11C]DASB PET\n\
                    b,citalopram,20,repeated daily (>=4 wk),[11C]DASB PET\n\
                    c,citalopram,2,repeated daily (>=4 wk),[11C]DASB PET\n";
        let done = raphe("predict -", rows);
        assert_eq!((done.code, done.err.as_str()), (0, "predicted 3 of 3 rows\n"), "{done:?}");
        let lines: Vec<&str> = done.out.lines().collect();
        assert_eq!(lines[0], "id,pred");
        let told = lines[1..].iter().zip(["a,", "b,", "c,"]).map(|(line, id)| {
            let percent = line.strip_prefix(id).and_then(|cell| cell.parse::<f64>().ok());
            percent.unwrap_or_else(|| panic!("`{line}` is no row of {id}"))
        });
        let told: Vec<f64> = told.collect();
        assert!(told[..2].iter().all(|percent| (60.0..95.0).contains(percent)), "{told:?}");
        assert!((5.0..told[1] - 15.0).contains(&told[2]), "a tenth of the dose takes less: {told:?}");
        assert_eq!(done.out, raphe("predict -", rows).out);
    }
}
