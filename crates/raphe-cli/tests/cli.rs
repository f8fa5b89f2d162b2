//! The program as a person or a script meets it: the real binary, what it prints, its exit code and the files it leaves.

use serde_json::Value;
use std::{
    ffi::OsStr,
    fs,
    io::Write,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::{Duration, Instant},
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
    fn of(command: &mut Command, input: &[u8]) -> Self {
        let piped = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = piped.spawn().expect("the program starts");
        // A program that reads no input closes it, which is no failure.
        child.stdin.take().expect("input is piped").write_all(input).ok();
        let output = child.wait_with_output().expect("the program ends");
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("everything printed is UTF-8");
        let code = output.status.code().expect("the program was not killed");
        Self { code, out: text(output.stdout), err: text(output.stderr) }
    }

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
}

/// The same words without line breaks.
fn unwrapped(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_raphe"));
    for name in ["NO_COLOR", "FORCE_COLOR", "CLICOLOR", "CLICOLOR_FORCE"] {
        command.env_remove(name);
    }
    command.env("TZ", "UTC");
    command
}

fn raphe<S: AsRef<OsStr>>(arguments: impl IntoIterator<Item = S>) -> Run {
    raphe_reading(arguments, b"")
}

fn raphe_reading<S: AsRef<OsStr>>(arguments: impl IntoIterator<Item = S>, input: &[u8]) -> Run {
    Run::of(program().args(arguments), input)
}

/// One JSON object a line.
fn objects(text: &str) -> Vec<Value> {
    let object = |line: &str| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
    text.lines().map(object).collect()
}

/// A folder of its own for each test.
struct Folder(TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().expect("a folder can be made"))
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn file(&self, name: &str, bytes: impl AsRef<[u8]>) -> String {
        let path = self.path(name);
        fs::write(&path, bytes).expect("a file can be written");
        path.to_str().expect("its name is text").to_owned()
    }

    fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(self.0.path()).expect("the folder can be read").flatten();
        let mut names: Vec<String> =
            entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }
}

const PROFILE: &str = "profile  born 1986  sex female  country GB  zone Europe/London\n";

fn diary(lines: &[&str]) -> String {
    format!("{PROFILE}{}\n", lines.join("\n"))
}

fn calm() -> String {
    diary(&[
        "2025-01-01        start sertraline 50 mg daily",
        "2026-03-01 10:00  sign  no tremor, no inducible clonus, no hyperreflexia by clinician",
    ])
}

fn tramadol() -> String {
    diary(&[
        "2025-01-01        start sertraline 100 mg daily",
        "2026-03-10 08:00  take  tramadol 100 mg",
        "2026-03-10 22:00  sign  inducible clonus, diaphoresis by clinician",
    ])
}

mod check {
    use super::*;

    #[test]
    fn answers_in_words() {
        let out = raphe(["check", "phenelzine", "sertraline"]).fine();
        assert!(out.starts_with("Serotonin: contraindicated.\n"), "{out}");
        for part in
            ["Phenelzine with sertraline: Contraindicated", "at least 14 days", "Not assessed", "Sources"]
        {
            assert!(unwrapped(&out).contains(part), "no `{part}` in\n{out}");
        }
    }

    #[test]
    fn answers_in_json() {
        let out = raphe(["check", "phenelzine", "sertraline", "--json", "--at", "2026-03-01"]).fine();
        let [answer] = objects(&out).try_into().expect("one object");
        assert_eq!(answer["schema"], "raphe.check/1");
        assert_eq!(answer["as_of"], "2026-03-01T23:59:59+00:00");
        assert_eq!(answer["level"], "contraindicated");
        assert_eq!(answer["pairs"][0]["kind"], "serotonin");
        assert!(answer["pairs"][0]["evidence"].as_array().is_some_and(|evidence| !evidence.is_empty()));
        assert!(answer["not_assessed"].as_array().is_some_and(|items| !items.is_empty()));
    }

    #[test]
    fn takes_names_doses_and_codes() {
        let ask = |words: &[&str]| {
            let out = raphe(["check", "--json"].iter().chain(words)).fine();
            objects(&out).remove(0)
        };
        let named = ask(&["sertraline", "tramadol:100 mg:twice daily"]);
        assert_eq!(named["substances"][1]["dose"], "100 mg 2 times a day");
        let coded = ask(&["rxnorm:36437", "atc:N02AX02"]);
        let ids: Vec<&Value> =
            coded["substances"].as_array().into_iter().flatten().map(|item| &item["id"]).collect();
        assert_eq!(ids, ["sertraline", "tramadol"]);
    }

    #[test]
    fn stands_beside_a_diary() {
        let folder = Folder::new();
        let file = folder.file("calm.raphe", calm());
        let out = raphe(["check", "tramadol", "--with", &file, "--json"]).fine();
        let answer = objects(&out).remove(0);
        let pair = &answer["pairs"][0];
        let mut both = [pair["a"].as_str(), pair["b"].as_str()];
        both.sort_unstable();
        assert_eq!(both, [Some("sertraline"), Some("tramadol")]);
    }

    #[test]
    fn refuses_a_dose_without_a_unit() {
        let err = raphe(["check", "sertraline:50"]).refused();
        assert!(err.contains("`50`"), "{err}");
    }
}

mod assess {
    use super::*;

    #[test]
    fn reads_a_file() {
        let folder = Folder::new();
        let out = raphe(["assess", &folder.file("a.raphe", tramadol())]).fine();
        assert!(
            unwrapped(&out)
                .contains("Judged as of 2026-03-10 22:00, the end of the last entry, not as of today."),
            "{out}"
        );
        assert!(unwrapped(&out).contains("The Hunter criteria for serotonin toxicity are met"), "{out}");
        assert!(!out.contains("== "), "one diary needs no heading");
    }

    #[test]
    fn reads_standard_input() {
        let folder = Folder::new();
        let from_file = raphe(["assess", &folder.file("a.raphe", tramadol())]).fine();
        let from_input = raphe_reading(["assess", "-"], tramadol().as_bytes()).fine();
        assert_eq!(from_file, from_input);
    }

    #[test]
    fn answers_each_of_several_files() {
        let folder = Folder::new();
        let (a, b) = (folder.file("a.raphe", calm()), folder.file("b.raphe", tramadol()));
        let out = raphe(["assess", &a, &b]).fine();
        let headings: Vec<&str> = out.lines().filter(|line| line.starts_with("== ")).collect();
        assert_eq!(headings, [format!("== {a} =="), format!("== {b} ==")]);

        let out = raphe(["assess", "--json", &a, &b]).fine();
        let verdicts: Vec<Value> =
            objects(&out).iter().map(|answer| answer["balance"]["verdict"].clone()).collect();
        assert_eq!(verdicts, ["neither", "too_high"]);
        assert_eq!(out, raphe(["assess", "--json", &a]).fine() + &raphe(["assess", "--json", &b]).fine());
    }

    #[test]
    fn judges_the_moment_it_is_given() {
        let folder = Folder::new();
        let file = folder.file("a.raphe", tramadol());
        let at = |moment: &str| {
            let out = raphe(["assess", "--json", "--at", moment, &file]).fine();
            objects(&out).remove(0)
        };
        let before = at("2026-03-09");
        assert_eq!(before["as_of"], "2026-03-09T23:59:59+00:00");
        // What is planned for the next day and must not meet what is taken is worth a word, and no more.
        assert_eq!(before["urgency"], "watch");
        assert!(before["urgency_because"][0]["id"].as_str().is_some_and(|id| id.starts_with("planned:")));
        assert_eq!(before["balance"]["verdict"], at("2026-03-08")["balance"]["verdict"]);
        assert!(before["notices"][0]["says"].as_str().is_some_and(|says| says.contains("after the moment")));
        assert_eq!(at("2026-03-10T22:30")["urgency"], "urgent");
        // In July the zone of this diary is an hour ahead of UTC.
        assert_eq!(at("2026-07-01T12:00")["as_of"], "2026-07-01T12:00:00+01:00");
        assert_eq!(at("2026-07-01T12:00Z")["as_of"], "2026-07-01T13:00:00+01:00");
        let err = raphe(["assess", "--at", "yesterday", &file]).refused();
        assert!(err.contains("`yesterday` is not a moment"), "{err}");
    }

    #[test]
    fn nobody_is_one_typical_person() {
        let folder = Folder::new();
        let file = folder.file("a.raphe", tramadol());
        let shares = |people: &str| {
            let out = raphe(["assess", "--json", "--people", people, &file]).fine();
            let answer = objects(&out).remove(0);
            answer["exposure"].as_array().expect("something is left").clone()
        };
        for left in shares("0") {
            let share = &left["share_of_peak"];
            assert!(share["p5"] == share["median"] && share["median"] == share["p95"], "{left}");
        }
        assert!(shares("50").iter().any(|left| left["share_of_peak"]["p5"] != left["share_of_peak"]["p95"]));
    }

    #[test]
    fn a_seed_gives_the_same_bytes_and_another_the_same_verdict() {
        let folder = Folder::new();
        let file = folder.file("a.raphe", tramadol());
        let with = |seed: &str| raphe(["assess", "--json", "--seed", seed, &file]).fine();
        let (seven, again, eight) = (with("7"), with("7"), with("8"));
        assert_eq!(seven, again);
        assert_ne!(seven, eight, "other people have other half-lives");
        let (seven, eight) = (objects(&seven).remove(0), objects(&eight).remove(0));
        for key in ["balance", "urgency", "urgency_because", "criteria", "advice"] {
            assert_eq!(seven[key], eight[key], "{key}");
        }
        let levels = |answer: &Value| -> Vec<[Value; 2]> {
            let findings = answer["findings"].as_array().cloned().unwrap_or_default();
            findings.iter().map(|finding| [finding["id"].clone(), finding["level"].clone()]).collect()
        };
        assert_eq!(levels(&seven), levels(&eight));
    }

    #[test]
    fn the_exit_code_can_say_what_was_found() {
        let unexamined = diary(&["2025-01-01 start sertraline 50 mg daily"]);
        let unread = calm() + "2026-03-01 10:00  teleported\n";
        let by_two_criteria = diary(&[
            "2025-01-01        start  sertraline 50 mg daily",
            "2026-02-10        change sertraline 100 mg daily",
            "2026-03-01 10:00  sign   tremor, diaphoresis, shivering, myoclonus",
        ]);
        let overdose = diary(&["2026-03-01 10:00 take 60 x 50 mg sertraline on purpose"]);
        let folder = Folder::new();
        let mut files = Vec::new();
        for (name, text, expected) in [
            ("calm", calm(), 0),
            ("unexamined", unexamined, 15),
            ("unread", unread, 15),
            ("by_two_criteria", by_two_criteria, 20),
            ("tramadol", tramadol(), 25),
            ("overdose", overdose, 30),
        ] {
            let file = folder.file(name, text);
            let run = raphe(["assess", "--exit-code", &file]);
            assert_eq!((run.code, run.err.as_str()), (expected, ""), "{name}\n{}", run.out);
            raphe(["assess", &file]).fine();
            files.push(file);
        }
        let arguments =
            |files: &[String]| [vec!["assess".to_owned(), "--exit-code".to_owned()], files.to_vec()].concat();
        assert_eq!(raphe(arguments(&files)).code, 30, "the highest of several");
        assert_eq!(raphe(arguments(&files[..4])).code, 20, "wherever it stands");
    }

    #[test]
    fn bad_input_prints_nothing_but_help() {
        let folder = Folder::new();
        let (good, missing) = (folder.file("a.raphe", calm()), folder.path("missing.raphe"));
        for files in [vec![missing.clone()], vec![PathBuf::from(&good), missing]] {
            let err = raphe([vec!["assess".into()], files].concat()).refused();
            assert!(err.contains("missing.raphe cannot be read"), "{err}");
        }
        let bundle = folder.file("bundle.json", "\n {\"resourceType\": \"Bundle\"}");
        let err = raphe(["assess", &bundle]).refused();
        assert!(err.contains("the file holds no resources"), "{err}");
        let err = raphe_reading(["assess", "-"], b"[]").refused();
        assert!(err.contains("-: this JSON is no FHIR resource"), "{err}");
    }

    #[test]
    fn any_bytes_get_an_answer() {
        for bytes in [
            &b""[..],
            b"\n\n",
            b"\xff\xfe\x00",
            b"; only a comment",
            b"2026-03-01 take \xf0\x9f\x92\x8a 1 mg\n",
        ] {
            let run = raphe_reading(["assess", "-"], bytes);
            assert_eq!((run.code, run.err.as_str()), (0, ""), "{bytes:?}");
            assert!(run.out.contains("Serotonin: unclear."), "{bytes:?}\n{}", run.out);
        }
    }
}

mod usage {
    use super::*;

    #[test]
    fn what_it_does_not_know_is_bad_usage() {
        for arguments in [
            &["frobnicate"][..],
            &[],
            &["assess"],
            &["assess", "--people", "-1", "a.raphe"],
            &["check", "--seed", "one", "sertraline"],
            &["check", "--for", "nobody", "sertraline"],
            &["add", "a.raphe"],
            &["knowledge"],
        ] {
            let run = raphe(arguments);
            assert_eq!((run.code, run.out.as_str()), (2, ""), "{arguments:?}: {run:?}");
            assert!(run.err.contains("--help"), "{arguments:?}: {run:?}");
        }
    }

    #[test]
    fn help_and_version_are_data() {
        let help = raphe(["--help"]).fine();
        for verb in ["assess", "check", "lint", "add", "knowledge"] {
            assert!(help.contains(verb), "{help}");
        }
        assert_eq!(raphe(["--version"]).fine(), concat!("raphe ", env!("CARGO_PKG_VERSION"), "\n"));
    }
}

mod lint {
    use super::*;

    const BAD: &str = "2026-03-01 start sertraline 50 mg daily\n2026-03-05 teleported somewhere\n";

    #[test]
    fn points_at_what_it_could_not_read() {
        let folder = Folder::new();
        let file = folder.file("bad.raphe", BAD);
        let run = raphe(["lint", &file]);
        assert_eq!((run.code, run.err.as_str()), (1, ""));
        assert!(run.out.contains(&format!("[{file}:2:12]")), "{}", run.out);
        assert!(unwrapped(&run.out).contains("help: write one of start, change, take"), "{}", run.out);
        let lines: Vec<&str> = run.out.lines().collect();
        let source = lines.iter().position(|line| line.contains("2 │ ")).expect("the line is shown");
        let marked = lines[source].find("teleported").expect("its words are shown");
        // Frames are three bytes a sign, so what lies left of the mark is compared in signs.
        let indent = |line: &str, byte: usize| line[..byte].chars().count();
        let caret = lines[source + 1].find("──").expect("it is underlined");
        assert_eq!(indent(lines[source + 1], caret), indent(lines[source], marked), "{}", run.out);
        assert!(run.out.ends_with(&format!("{file}: 2 entries, 1 not read, 0 to look at\n")), "{}", run.out);
    }

    #[test]
    fn counts_columns_in_letters_not_bytes() {
        let run = raphe_reading(
            ["lint", "--json", "-"],
            "2026-03-01 note größer ; naïve\n2026-03-02 take ☕ 1\n".as_bytes(),
        );
        let answer = objects(&run.out).remove(0);
        let places: Vec<(u64, u64)> = answer["notices"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|notice| Some((notice["line"].as_u64()?, notice["column"].as_u64()?)))
            .collect();
        assert!(places.contains(&(2, 19)), "`1` has no unit: {answer}");
    }

    #[test]
    fn is_content_with_what_reads() {
        let folder = Folder::new();
        let file = folder.file("calm.raphe", calm());
        assert_eq!(raphe(["lint", &file]).fine(), format!("{file}: 2 entries, 0 not read, 0 to look at\n"));
        let unknown = folder.file("unknown.raphe", calm() + "2026-03-02 take Prozak 20 mg\n");
        let out = raphe(["lint", &unknown]).fine();
        assert!(
            unwrapped(&out).contains("did you mean Prozac"),
            "a name is a thing to look at, not an error:\n{out}"
        );
    }

    #[test]
    fn answers_in_json() {
        let folder = Folder::new();
        let (good, bad) = (folder.file("good.raphe", calm()), folder.file("bad.raphe", BAD));
        let run = raphe(["lint", "--json", "--at", "2026-03-06", &good, &bad]);
        assert_eq!((run.code, run.err.as_str()), (1, ""));
        let [good_answer, bad_answer] = objects(&run.out).try_into().expect("one object a file");
        assert_eq!(good_answer["schema"], "raphe.lint/1");
        assert_eq!(good_answer["as_of"], "2026-03-06T23:59:59+00:00");
        assert_eq!(
            (&good_answer["file"], &good_answer["notices"]),
            (&good.into(), &Value::Array(Vec::new()))
        );
        let notice = &bad_answer["notices"][0];
        assert_eq!(
            (&notice["weight"], &notice["line"], &notice["column"]),
            (&"error".into(), &2.into(), &12.into())
        );
        assert!(notice["help"].is_string(), "{notice}");
    }
}

mod add {
    use super::*;

    const LINE: &str = "2026-03-16 21:30 take dextromethorphan 30 mg ; a cough";

    /// Appends [`LINE`], which has nothing to remark on.
    fn append(file: impl AsRef<OsStr>) {
        let out = raphe([OsStr::new("add"), file.as_ref(), OsStr::new(LINE)]).fine();
        assert_eq!(out, "");
    }

    #[test]
    fn appends_one_line_and_leaves_the_rest_alone() {
        let folder = Folder::new();
        for (old, new) in [
            (calm(), calm() + LINE + "\n"),
            // Comments, odd spacing, a forgotten line ending, bytes that are no text: all of it stays.
            ("; mine\n\n\n   2026-03-01\ttake  sertraline  50 mg;x".to_owned(), String::new()),
            ("profile born 1986\r\n; from another system\r\n2026-03-01 note a\r\n".to_owned(), String::new()),
        ] {
            let ending = if old.contains("\r\n") { "\r\n" } else { "\n" };
            let missing = if old.ends_with('\n') { "" } else { ending };
            let expected = if new.is_empty() { format!("{old}{missing}{LINE}{ending}") } else { new };
            let file = folder.file("a.raphe", &old);
            append(&file);
            assert_eq!(fs::read_to_string(&file).expect("it is there"), expected);
        }
        let file = folder.file("b.raphe", b"; latin \xe9\n");
        append(&file);
        assert_eq!(
            fs::read(&file).expect("it is there"),
            [b"; latin \xe9\n", LINE.as_bytes(), b"\n"].concat()
        );
        assert_eq!(folder.names(), ["a.raphe", "b.raphe"], "no draft is left");
    }

    #[test]
    fn makes_a_new_diary() {
        let folder = Folder::new();
        let file = folder.path("new.raphe");
        append(&file);
        assert_eq!(fs::read_to_string(&file).expect("it was made"), format!("{LINE}\n"));
        assert_eq!(folder.names(), ["new.raphe"]);
    }

    #[test]
    fn refuses_a_line_that_does_not_read() {
        let folder = Folder::new();
        let file = folder.file("a.raphe", calm());
        for (line, said) in [
            ("2026-03-16 take tramadol 50", "`50` is a number without a unit"),
            ("2026-03-16 teleported", "`teleported`"),
            ("2026-03-16 vital temperature 37,9 C", "`37,9 C`"),
            ("yesterday take tramadol 50 mg", "has no date"),
            ("", "the line is empty"),
            ("2026-03-16 note a\n2026-03-16 note b", "more than one line"),
        ] {
            let err = raphe(["add", &file, line]).refused();
            assert!(err.contains("the line was not added") && err.contains(said), "{line}: {err}");
            assert_eq!(fs::read_to_string(&file).expect("it is there"), calm(), "{line}");
        }
        let new = folder.path("new.raphe");
        raphe([OsStr::new("add"), new.as_os_str(), OsStr::new("nonsense")]).refused();
        assert_eq!(folder.names(), ["a.raphe"], "nothing was made");
    }

    #[test]
    fn keeps_what_it_does_not_know_and_says_so() {
        let folder = Folder::new();
        let file = folder.file("a.raphe", "");
        let run = raphe(["add", &file, "2026-03-16 take Prozak 20 mg"]);
        assert_eq!((run.code, run.out.as_str()), (0, ""));
        assert!(run.err.starts_with("note: `Prozak` was not recognized"), "{}", run.err);
        assert_eq!(fs::read_to_string(&file).expect("it is there"), "2026-03-16 take Prozak 20 mg\n");
    }

    #[test]
    fn needs_a_folder_that_is_there() {
        let folder = Folder::new();
        let file = folder.path("missing/a.raphe");
        let err = raphe([OsStr::new("add"), file.as_os_str(), OsStr::new(LINE)]).refused();
        assert!(err.contains("cannot be written") && err.contains("the file is as it was before"), "{err}");
    }

    /// Killed at any moment, the file is the old one or the new one, whole.
    ///
    /// A run that is killed while it writes may leave its draft, `.raphe-….draft`, beside the diary; it holds
    /// nothing that the diary does not, and no later run reads it. The drafts are counted here and not a failure.
    #[test]
    fn survives_being_killed() {
        const KILLS: usize = 80;
        let folder = Folder::new();
        let mut old = calm();
        for day in 0..40_000 {
            old.push_str(&format!(
                "; {day:05} a long diary, most of it comments, so that writing takes its time\n"
            ));
        }
        let new = format!("{old}{LINE}\n");
        let file = folder.file("a.raphe", &old);
        let started = Instant::now();
        append(&file);
        let whole_run = started.elapsed();
        assert!(fs::read_to_string(&file).expect("it is there") == new, "an undisturbed run adds the line");
        fs::write(&file, &old).expect("the file can be written");

        let mut random = 7_u64;
        let (mut unchanged, mut changed) = (0, 0);
        for _ in 0..KILLS {
            let mut child = program()
                .args(["add", &file, LINE])
                .stderr(Stdio::null())
                .spawn()
                .expect("the program starts");
            random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            // From at once to a little after the end.
            let share = (random >> 40) as f64 / (1_u64 << 24) as f64 * 1.2;
            std::thread::sleep(whole_run.mul_f64(share));
            child.kill().expect("a child can be killed");
            child.wait().expect("it ends");
            let found = fs::read(&file).expect("the diary is there at every moment");
            match () {
                () if found == old.as_bytes() => unchanged += 1,
                () if found == new.as_bytes() => {
                    changed += 1;
                    fs::write(&file, &old).expect("the file can be written");
                }
                () => {
                    panic!("{} bytes, neither the old {} nor the new {}", found.len(), old.len(), new.len())
                }
            }
        }
        let drafts: Vec<String> = folder.names().into_iter().filter(|name| name != "a.raphe").collect();
        assert!(drafts.iter().all(|name| name.starts_with(".raphe-")), "{drafts:?}");
        println!("{KILLS} kills: {unchanged} old, {changed} new, drafts left: {drafts:?}");
        append(&file);
        assert!(
            fs::read_to_string(&file).expect("it is there") == new,
            "a draft that was left disturbs nobody"
        );
    }

    /// Runs that add at the same time wait for each other: no line is lost.
    #[test]
    fn waits_for_another_run() {
        let folder = Folder::new();
        let file = folder.file("a.raphe", calm());
        let line = |number: usize| format!("2026-03-16 note number {number}.");
        std::thread::scope(|scope| {
            for run in 0..4 {
                let file = &file;
                scope.spawn(move || {
                    for number in (run..40).step_by(4) {
                        let run = raphe(["add", file, &line(number)]);
                        // Without a lock it may say that the line is not there, but never that it is.
                        let refused = cfg!(not(unix)) && run.err.contains("was changed by another program");
                        assert!(run.code == 0 || refused, "{run:?}");
                    }
                });
            }
        });
        let text = fs::read_to_string(&file).expect("it is there");
        assert!(text.starts_with(&calm()), "{text}");
        if cfg!(unix) {
            assert!((0..40).all(|number| text.contains(&line(number))), "{text}");
            assert_eq!(text.lines().count(), calm().lines().count() + 40, "{text}");
        }
        raphe(["lint", &file]).fine();
    }

    #[cfg(unix)]
    mod unix {
        use super::*;
        use std::os::unix::{
            fs::{MetadataExt, PermissionsExt, symlink},
            process::CommandExt,
        };

        fn mode(path: impl AsRef<Path>) -> u32 {
            fs::metadata(path).expect("it is there").permissions().mode() & 0o777
        }

        #[test]
        fn keeps_who_may_read_it() {
            let folder = Folder::new();
            for wanted in [0o600, 0o640, 0o664] {
                let file = folder.file("a.raphe", calm());
                fs::set_permissions(&file, fs::Permissions::from_mode(wanted)).expect("its owner may say so");
                append(&file);
                assert_eq!(mode(&file), wanted);
            }
            let new = folder.path("new.raphe");
            append(&new);
            assert_eq!(mode(&new), 0o600, "a new diary is its owner's alone");
        }

        #[test]
        fn follows_a_link() {
            let folder = Folder::new();
            fs::create_dir(folder.path("real")).expect("a folder can be made");
            let real = folder.path("real/a.raphe");
            fs::write(&real, calm()).expect("a file can be written");
            let link = folder.path("link.raphe");
            symlink("real/a.raphe", &link).expect("a link can be made");
            append(&link);
            assert!(fs::symlink_metadata(&link).expect("it is there").is_symlink(), "the link stays a link");
            assert_eq!(fs::read_to_string(&real).expect("it is there"), format!("{}{LINE}\n", calm()));

            let early = folder.path("early.raphe");
            symlink("real/b.raphe", &early).expect("a link can be made");
            append(&early);
            assert!(
                fs::symlink_metadata(&early).expect("it is there").is_symlink(),
                "also where its file was not there yet"
            );
            assert_eq!(
                fs::read_to_string(folder.path("real/b.raphe")).expect("it was made"),
                format!("{LINE}\n")
            );
        }

        #[test]
        fn says_that_a_folder_is_read_only() {
            let folder = Folder::new();
            let file = folder.file("a.raphe", calm());
            fs::set_permissions(folder.0.path(), fs::Permissions::from_mode(0o555))
                .expect("its owner may say so");
            fs::set_permissions(&file, fs::Permissions::from_mode(0o666)).expect("its owner may say so");
            let mut command = program();
            command.args(["add", &file, LINE]);
            // For the superuser no folder is read-only: the program then runs as somebody who owns nothing.
            if fs::write(folder.path("probe"), "").is_ok() {
                command.uid(fs::metadata(&file).expect("it is there").uid() + 65_534);
                let reaches = |path: &Path| path.ancestors().all(|folder| mode(folder) & 0o001 != 0);
                if !reaches(Path::new(env!("CARGO_BIN_EXE_raphe"))) || !reaches(folder.0.path()) {
                    println!("not tried: somebody who owns nothing cannot reach the program from here");
                    return;
                }
            }
            let err = Run::of(&mut command, b"").refused();
            assert!(err.contains("a.raphe cannot be written: Permission denied"), "{err}");
            assert!(err.contains("you may not write in its folder"), "{err}");
            assert_eq!(fs::read_to_string(&file).expect("it is there"), calm());
            fs::set_permissions(folder.0.path(), fs::Permissions::from_mode(0o755))
                .expect("its owner may say so");
        }
    }
}

mod knowledge {
    use super::*;

    #[test]
    fn lists_every_substance() {
        let out = raphe(["knowledge", "list"]).fine();
        let sertraline = out.lines().find(|line| line.starts_with("sertraline ")).expect("it is listed");
        assert!(sertraline.contains("SSRI"), "{sertraline}");
        let out = raphe(["knowledge", "list", "--json"]).fine();
        assert!(objects(&out).iter().any(|substance| substance["id"] == "sertraline"));
    }

    #[test]
    fn shows_each_value_with_its_source_and_whether_it_was_opened() {
        let out = raphe(["knowledge", "show", "prozac"]).fine();
        assert!(out.starts_with("fluoxetine (SSRI)\n"), "{out}");
        let lines: Vec<&str> = out.lines().collect();
        let values = lines.iter().enumerate().filter(|(_, line)| line.starts_with("  half-life"));
        let mut seen = 0;
        for (index, value) in values {
            let source = lines[index + 1];
            assert!(source.ends_with("(second-hand)") || source.contains("(opened 20"), "{value}\n{source}");
            seen += 1;
        }
        assert!(seen > 0, "{out}");
        let out = raphe(["knowledge", "show", "prozac", "--json"]).fine();
        assert_eq!(objects(&out)[0]["id"], "fluoxetine");
    }

    #[test]
    fn shows_the_parameters_of_the_synapse() {
        let out = raphe(["knowledge", "show", "synapse"]).fine();
        assert!(out.contains("\n  kap_s: ") && out.contains("(opened 20"), "{out}");
        assert!(out.contains("(second-hand)") && out.contains("varies between people by: 35 %"), "{out}");
        let out = raphe(["knowledge", "show", "synapse", "--json"]).fine();
        assert!(objects(&out).iter().any(|parameter| parameter["id"] == "kap_s"));
    }

    #[test]
    fn shows_a_questionnaire() {
        let out = raphe(["knowledge", "show", "phq_9"]).fine();
        assert!(out.starts_with("PHQ-9 (questionnaire)\n") && out.contains("  total: 0 to 27, "), "{out}");
        let suicide = out.lines().find(|line| line.starts_with("  item 9: ")).expect("its text is free");
        assert!(suicide.ends_with("opens the suicide path)"), "{suicide}");
        assert!(out.contains("  licence: ") && out.contains("(opened 20"), "{out}");
        assert_eq!(raphe(["knowledge", "show", "PHQ-9"]).fine(), out);
        let out = raphe(["knowledge", "show", "bdi_ii"]).fine();
        assert!(!out.contains("  item 1: ") && out.contains("only a total is taken"), "{out}");
    }

    #[test]
    fn shows_a_factor() {
        let out = raphe(["knowledge", "show", "low_light"]).fine();
        assert!(out.starts_with("Little daylight (factor)\n"), "{out}");
        for title in
            ["goes with", "how sure through serotonin", "for a person", "for a clinician", "guidance"]
        {
            assert!(out.contains(&format!("\n  {title}: ")), "{title}: {out}");
        }
        assert!(out.contains("(opened 20") && out.contains("(second-hand)"), "{out}");
        let out = raphe(["knowledge", "show", "low_light", "--json"]).fine();
        assert_eq!(objects(&out)[0]["id"], "low_light");
    }

    #[test]
    fn shows_guidance_with_its_effects_and_cautions() {
        let out = raphe(["knowledge", "show", "light_therapy"]).fine();
        assert!(out.starts_with("Light therapy (guidance)\n"), "{out}");
        let lines: Vec<&str> = out.lines().collect();
        let told = lines.iter().enumerate().filter(|(_, line)| {
            line.starts_with("  effect on ") || line.starts_with("  ask a doctor or pharmacist first, when ")
        });
        let mut seen = 0;
        for (index, line) in told {
            let source =
                lines[index + 1..].iter().find(|line| !line.starts_with("      ") || line.ends_with(')'));
            let source = source.expect("something follows");
            assert!(source.ends_with("(second-hand)") || source.contains("(opened 20"), "{line}\n{source}");
            seen += 1;
        }
        assert!(seen > 2, "{out}");
        assert!(
            out.contains(" (-0.63 to -0.12) in ") && out.contains("when bipolar or elevated_mood: "),
            "{out}"
        );
    }

    #[test]
    fn shows_both_where_a_substance_is_also_guidance() {
        let out = raphe(["knowledge", "show", "tryptophan"]).fine();
        assert!(
            out.starts_with("tryptophan (") && out.contains("\n\nTryptophan as a supplement (guidance)\n"),
            "{out}"
        );
        let out = raphe(["knowledge", "show", "tryptophan", "--json"]).fine();
        assert_eq!(objects(&out).len(), 2, "{out}");
    }

    #[test]
    fn shows_the_sources_alone() {
        let out = raphe(["knowledge", "sources", "prozac"]).fine();
        assert!(out.starts_with("Sources of fluoxetine\n") && out.lines().count() > 3, "{out}");
        assert!(out.lines().skip(1).all(|line| line.starts_with("  ") && line.contains(": ")), "{out}");
    }

    #[test]
    fn keeps_its_own_rules() {
        let out = raphe(["knowledge", "check"]).fine();
        assert!(out.ends_with(" rules, 0 problems\n"), "{out}");
    }

    #[test]
    fn suggests_and_never_corrects() {
        for view in ["show", "sources"] {
            let err = raphe(["knowledge", view, "Prozak"]).refused();
            assert!(
                err.contains("`Prozak` is not in the knowledge base") && err.contains("did you mean Prozac?"),
                "{err}"
            );
            let err = raphe(["knowledge", view, "xyzzyxyzzy"]).refused();
            assert!(err.contains("`raphe knowledge list` prints every name"), "{err}");
        }
    }
}

mod output {
    use super::*;

    #[test]
    fn pipes_and_no_color_carry_no_escapes() {
        let folder = Folder::new();
        let (good, bad) =
            (folder.file("a.raphe", tramadol()), folder.file("b.raphe", "2026-03-05 teleported\n"));
        for arguments in [
            &["assess", &good][..],
            &["check", "phenelzine", "sertraline"],
            &["lint", &bad],
            &["knowledge", "show", "prozac"],
            &["knowledge", "show", "Prozak"],
            &["frobnicate"],
            &["--help"],
        ] {
            let plain = raphe(arguments);
            let no_color = Run::of(program().args(arguments).env("NO_COLOR", "1"), b"");
            for run in [&plain, &no_color] {
                assert!(!run.out.contains('\x1b') && !run.err.contains('\x1b'), "{arguments:?}: {run:?}");
            }
            assert_eq!(plain.out, no_color.out, "{arguments:?}");
        }
    }

    #[test]
    fn a_reader_that_went_away_is_no_error() {
        let folder = Folder::new();
        let good = folder.file("a.raphe", tramadol());
        for arguments in
            [&["knowledge", "list"][..], &["assess", &good], &["check", "sertraline"], &["lint", &good]]
        {
            let (reader, writer) = std::io::pipe().expect("a pipe can be made");
            drop(reader);
            let child = program().args(arguments).stdout(writer).stderr(Stdio::piped()).spawn();
            let output = child.expect("the program starts").wait_with_output().expect("the program ends");
            let err = String::from_utf8_lossy(&output.stderr);
            assert_eq!((output.status.code(), err.as_ref()), (Some(0), ""), "{arguments:?}");
        }
    }

    #[test]
    fn an_answer_comes_at_once() {
        let started = Instant::now();
        raphe(["check", "phenelzine", "sertraline", "--people", "0"]).fine();
        // Ten milliseconds in a release build; a busy machine and a debug build get a hundred times that.
        assert!(started.elapsed() < Duration::from_secs(1), "{:?}", started.elapsed());
    }
}

/// A record of sertraline and tramadol with clonus, as a Bundle.
const RECORD: &str = include_str!("../../raphe-fhir/tests/fixtures/toxicity.json");

#[test]
fn a_health_record_is_judged_like_the_diary_of_the_same() {
    let folder = Folder::new();
    // Told apart by what is in it: the name says diary.
    let record = folder.file("record.raphe", RECORD);
    let at = ["--at", "2026-03-17T10:00", "--json"];
    let answer = &objects(&raphe(["assess", &record].into_iter().chain(at)).fine())[0];
    assert_eq!(answer["balance"]["verdict"], "too_high");
    let because = answer["findings"].as_array().expect("a list").iter().flat_map(|finding| {
        finding["because"]
            .as_array()
            .expect("a list")
            .iter()
            .map(|because| because["fhir_id"].clone())
            .collect::<Vec<_>>()
    });
    let because: Vec<Value> = because.collect();
    assert!(because.contains(&"MedicationRequest/m1".into()), "{because:?}");
    let printed = raphe(["assess", &record, "--at", "2026-03-17T10:00"]).fine();
    assert!(printed.contains("(MedicationAdministration/a1"), "{printed}");
    assert!(unwrapped(&printed).contains("Medicines that the record does not hold"), "{printed}");

    let imported = raphe(["import", &record]).fine();
    assert!(imported.contains("start sertraline 2 x 50 mg daily"), "{imported}");
    let diary = folder.file("imported.raphe", &imported);
    raphe(["lint", &diary]).fine();
    let again = &objects(&raphe(["assess", &diary].into_iter().chain(at)).fine())[0];
    for key in ["balance", "urgency", "severity", "exposure"] {
        assert_eq!(again[key], answer[key], "{key}");
    }
    assert_eq!(raphe_reading(["import", "-"], RECORD.as_bytes()).fine(), imported);
    let check = raphe(["check", "phenelzine", "--with", &record, "--at", "2026-03-17T10:00"]).fine();
    assert!(check.contains("sertraline"), "{check}");
}

#[test]
fn lines_about_several_people_are_several_results() {
    let folder = Folder::new();
    let order = |id: &str| {
        format!(
            r#"{{"resourceType":"MedicationRequest","id":"m{id}","status":"active","intent":"order","subject":{{"reference":"Patient/{id}"}},"authoredOn":"2026-03-01","medicationCodeableConcept":{{"text":"sertraline"}}}}"#
        )
    };
    let lines = folder.file("people.json", format!("{}\n\n{}\n{}\n", order("a"), order("b"), order("a")));
    let at = ["--at", "2026-03-05"];
    let printed = raphe(["assess", &lines].into_iter().chain(at)).fine();
    assert!(
        printed.contains("people.json, Patient/a ==") && printed.contains("people.json, Patient/b =="),
        "{printed}"
    );
    let answers = objects(&raphe(["assess", &lines, "--json"].into_iter().chain(at)).fine());
    assert_eq!(answers.len(), 2);
    assert_eq!(answers[1]["notices"][0]["says"], "this result is about Patient/b");
    // One file, several people: a Bundle is refused, and so is what wants one person.
    let bundle = format!(
        r#"{{"resourceType":"Bundle","type":"collection","entry":[{{"resource":{}}},{{"resource":{}}}]}}"#,
        order("a"),
        order("b")
    );
    let refused = raphe(["assess", &folder.file("two.json", bundle)]).refused();
    assert!(refused.contains("is about 2 people: Patient/a, Patient/b"), "{refused}");
    assert!(raphe(["import", &lines]).refused().contains("is about 2 people"));
}

#[test]
fn a_record_that_cannot_be_read_is_refused_with_help() {
    let folder = Folder::new();
    // Words are compared as they were before lines were broken.
    let refused =
        |name: &str, bytes: &[u8]| raphe(["assess", &folder.file(name, bytes)]).refused().replace("│ ", "");
    assert!(refused("cut.json", &RECORD.as_bytes()[..1000]).contains("is not whole JSON"));
    assert!(
        refused("other.json", b"{\"a\": 1}")
            .contains("a JSON object without a resourceType is no FHIR resource")
    );
    assert!(
        refused("empty.json", b"{\"resourceType\": \"Bundle\", \"type\": \"collection\"}")
            .contains("holds no resources")
    );
    let diary = folder.file("diary.raphe", calm());
    assert!(raphe(["import", &diary]).refused().contains("looks like a diary"));
    let wrong = folder.file("wrong.json", RECORD.replace("\"2026-03-01\"", "{}"));
    let lint = raphe(["lint", &wrong]);
    assert_eq!(lint.code, 1, "{lint:?}");
    assert!(unwrapped(&lint.out).contains("`MedicationRequest.authoredOn`"), "{lint:?}");
}

#[test]
fn simulate_gives_curves_as_csv_and_json() {
    let course = "2026-01-01 08:00 start paroxetine 20 mg daily\n".as_bytes();
    let ask = |more: &[&str]| {
        let all = ["simulate", "-", "--to", "2026-01-15", "--people", "8"].iter().chain(more).copied();
        raphe_reading(all.collect::<Vec<&str>>(), course)
    };
    let csv = ask(&["--step", "12h"]).fine();
    assert_eq!(csv.lines().next(), Some("time_h,kind,id,median,p5,p95"));
    let last = csv.lines().rfind(|line| line.contains("total_ng_per_ml,paroxetine")).expect("it has a level");
    let level: f64 = last.split(',').nth(3).and_then(|cell| cell.parse().ok()).expect("a number");
    assert!((5.0..150.0).contains(&level), "{last}");
    assert!(csv.contains("enzyme_activity,CYP2D6"), "paroxetine destroys CYP2D6");
    let json = objects(&ask(&["--step", "1d", "--json"]).fine());
    assert_eq!(json[0]["schema"], "raphe.simulation/1");
    let length = |value: &Value| value.as_array().map(Vec::len);
    assert_eq!(length(&json[0]["time_h"]), length(&json[0]["series"][0]["median"]));
    for (wrong, says) in [("5", "span of time"), ("1 min", "3 min")] {
        let refused = ask(&["--step", wrong]).refused();
        assert!(refused.contains(says), "{wrong}: {refused}");
    }
}

#[test]
fn an_overdose_gets_whom_to_call_and_no_curve() {
    let taken = b"2026-01-01 08:00 take 60 x 50 mg sertraline on purpose\n";
    let refused = raphe_reading(["simulate", "-"], taken).refused();
    assert!(refused.contains("poison center"), "{refused}");
    let seen = raphe_reading(["simulate", "-", "--for", "clinician", "--people", "8"], taken).fine();
    assert!(seen.contains("total_ng_per_ml,sertraline"));
    let to_come = b"2999-01-01 08:00 take 60 x 50 mg sertraline\n";
    let refused = raphe_reading(["simulate", "-", "--for", "clinician"], to_come).refused();
    assert!(refused.contains("crisis line"), "{refused}");
}

#[test]
fn predict_reads_studies_and_says_what_it_cannot() {
    let rows = "id,victim,victim_dose_mg,perpetrator,perpetrator_dose_mg_day,population,main_victim_enzyme\n\
                a,desipramine,50,paroxetine,20,,CYP2D6\nb,desipramine,50,frobnicate,20,,CYP2D6\n";
    let done = raphe_reading(["predict", "-"], rows.as_bytes());
    let ratio = done.out.lines().find_map(|line| line.strip_prefix("a,")).expect("a has a prediction");
    let ratio: f64 = ratio.parse().expect("a number");
    assert!((3.0..8.0).contains(&ratio), "{ratio}");
    assert!(!done.out.contains("\nb,") && done.err.contains("frobnicate"), "{done:?}");
    raphe_reading(["predict", "-"], b"a,b\n1,2\n").refused();
}
