//! Every Markdown file under `cases/` is a clinical story and a test.
//!
//! A fence ```` ```diary ```` holds a diary; each ```` ```expect as_of=TIME ```` after it says what the assessment must
//! hold; a fence ```` ```check NAME NAME … ```` asks whether things may be taken together. The whole printed report of
//! each published case, and of the first question of every other file, lies beside it as a snapshot, so that a reviewer
//! reads each sentence that changed (`INSTA_UPDATE=always cargo test -p raphe --test cases` writes them anew).
#![allow(clippy::disallowed_methods, reason = "tests read files; the engine does not")]

use jiff::{Timestamp, civil, tz::TimeZone};
use libtest_mimic::{Arguments, Failed, Trial};
use raphe::{
    assess::{self, Assessment, Finding, Question, Verdict},
    check,
    criteria::Truth,
    knowledge::{
        Knowledge,
        schema::{Level, Serotonergic, Urgency},
    },
    population::Population,
    report::{
        self, Voice,
        text::{self, Paint},
    },
    timeline::{Notice, Timeline, diary},
    units::TimeSpan,
};
use std::{
    collections::BTreeSet,
    fmt::Debug,
    fs,
    panic::{AssertUnwindSafe, catch_unwind},
    path::{Path, PathBuf},
    sync::LazyLock,
};

static KNOWLEDGE: LazyLock<Knowledge> = LazyLock::new(Knowledge::bundled);

fn main() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../cases");
    let mut files = Vec::new();
    collect(&root, &mut files);
    assert!(!files.is_empty(), "there are no cases in {}", root.display());
    let trials = files
        .into_iter()
        .map(|path| {
            let name = path.strip_prefix(&root).unwrap_or(&path).with_extension("").display().to_string();
            Trial::test(name, move || run(&path).map_err(Failed::from))
        })
        .collect();
    libtest_mimic::run(&Arguments::from_args(), trials).exit();
}

fn collect(folder: &Path, into: &mut Vec<PathBuf>) {
    let mut entries: Vec<PathBuf> = fs::read_dir(folder)
        .expect("the folder of cases can be read")
        .flatten()
        .map(|entry| entry.path())
        .collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            collect(&path, into);
        } else if path.extension().is_some_and(|extension| extension == "md") {
            into.push(path);
        }
    }
}

/// One fenced block: its first line and its body.
struct Block {
    line: usize,
    info: String,
    body: String,
}

fn blocks(text: &str) -> Vec<Block> {
    let mut blocks: Vec<Block> = Vec::new();
    let mut open = false;
    for (index, line) in text.lines().enumerate() {
        match line.trim_end().strip_prefix("```") {
            Some("") if open => open = false,
            Some(info) if !open => {
                open = true;
                blocks.push(Block { line: index + 1, info: info.trim().to_owned(), body: String::new() });
            }
            _ if open => {
                let block = blocks.last_mut().expect("a block is open");
                block.body.push_str(line);
                block.body.push('\n');
            }
            _ => {}
        }
    }
    blocks
}

fn run(path: &Path) -> Result<(), String> {
    let text = fs::read_to_string(path).map_err(|error| error.to_string())?;
    let mut diary: Option<String> = None;
    let mut problems = Vec::new();
    let mut number = 0;
    for block in blocks(&text) {
        let (kind, rest) = block.info.split_once(' ').unwrap_or((&block.info, ""));
        let answer = match kind {
            "diary" => {
                diary = Some(block.body);
                continue;
            }
            "expect" => assessed(diary.as_deref().ok_or("an expectation stands before any diary")?, rest)?,
            "check" => checked(rest)?,
            _ => continue,
        };
        number += 1;
        problems
            .extend(answer.invariants().into_iter().map(|broken| format!("line {}: {broken}", block.line)));
        for (offset, line) in block.body.lines().enumerate() {
            let line = line.trim();
            if !line.is_empty()
                && let Err(problem) = answer.expect(line)
            {
                problems.push(format!("line {}: `{line}`: {problem}", block.line + offset + 1));
            }
        }
        let published = path.parent().is_some_and(|folder| folder.ends_with("published"));
        if (number == 1 || published)
            && let Err(problem) = snapshot(path, number, "", &answer.printed)
        {
            problems.push(problem);
        }
        if published && let Err(problem) = snapshot(path, number, "-clinician", &answer.clinical) {
            problems.push(problem);
        }
    }
    if number == 0 {
        problems.push("nothing is expected here".to_owned());
    }
    if problems.is_empty() { Ok(()) } else { Err(problems.join("\n")) }
}

fn snapshot(path: &Path, number: usize, voice: &str, printed: &str) -> Result<(), String> {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(path.parent().expect("a case lies in a folder"));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    let stem = path.file_stem().expect("a case has a name").to_string_lossy();
    let name = if number == 1 { format!("{stem}{voice}") } else { format!("{stem}-{number}{voice}") };
    let check = || settings.bind(|| insta::assert_snapshot!(name, printed));
    catch_unwind(AssertUnwindSafe(check)).map_err(|_| format!("the printed report {number} changed"))
}

/// A day counts to its end.
fn moment(text: &str, zone: &TimeZone) -> Result<Timestamp, String> {
    let at = match text.parse::<civil::Date>() {
        Ok(date) if text.len() == 10 => date.at(23, 59, 59, 0),
        _ => text.parse::<civil::DateTime>().map_err(|error| format!("as_of `{text}`: {error}"))?,
    };
    at.to_zoned(zone.clone()).map(|zoned| zoned.timestamp()).map_err(|error| error.to_string())
}

fn question(as_of: Timestamp) -> Question {
    Question { as_of, horizon: TimeSpan::days(14.0), population: Population { seed: 1, people: 100 } }
}

/// What an expectation can look at.
#[derive(Default)]
struct Answer {
    assessment: Option<Assessment>,
    check: Option<check::Check>,
    findings: Vec<Finding>,
    not_assessed: Vec<String>,
    notices: Vec<String>,
    /// In the voice for the person.
    printed: String,
    /// In the voice for a clinician.
    clinical: String,
}

impl Answer {
    /// What must hold of every answer, whatever its case expects.
    fn invariants(&self) -> Vec<String> {
        let mut broken = Vec::new();
        let first = |text: &str| text.split_whitespace().take(12).collect::<Vec<_>>().join(" ");
        if first(&self.printed) != first(&self.clinical) {
            broken.push("the two voices begin differently".to_owned());
        }
        if let Some(assessment) = &self.assessment {
            let emergency = assessment.urgency == Urgency::Emergency && !assessment.suicide_path;
            if emergency && !self.printed.starts_with("EMERGENCY") {
                broken.push("an emergency does not say so in its first word".to_owned());
            }
            if assessment.suicide_path && !self.printed.starts_with("If you are thinking of ending your life")
            {
                broken.push("the crisis lines do not come first".to_owned());
            }
        }
        let low = [
            "your serotonin is low",
            "serotonin level is low",
            "chemical imbalance",
            "zero risk",
            "no interaction",
        ];
        for (voice, text) in [("person", &self.printed), ("clinician", &self.clinical)] {
            let words = text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
            let said = low.iter().filter(|phrase| words.contains(**phrase));
            broken.extend(said.map(|phrase| format!("the {voice}'s voice says `{phrase}`")));
        }
        broken
    }
}

fn assessed(diary: &str, rest: &str) -> Result<Answer, String> {
    let (timeline, read): (Timeline, Vec<Notice>) = diary::read(diary.as_bytes());
    let as_of = match rest.strip_prefix("as_of=") {
        Some(text) => moment(text.trim(), &timeline.zone())?,
        None => timeline.end().ok_or("the diary has no dated entry")?,
    };
    let mut assessment = assess::assess(&timeline, &KNOWLEDGE, &question(as_of));
    // What may have been taken besides must not calm anyone.
    let holes = Timeline { complete: false, ..timeline.clone() };
    let typical = Question { population: Population { seed: 1, people: 0 }, ..question(as_of) };
    let with_holes = assess::assess(&holes, &KNOWLEDGE, &typical).urgency;
    if with_holes < assessment.urgency {
        return Err(format!(
            "{:?} becomes {with_holes:?} when the list of medicines has holes",
            assessment.urgency
        ));
    }
    assessment.notices = read.into_iter().chain(assessment.notices).collect();
    Ok(Answer {
        findings: assessment.findings.clone(),
        not_assessed: assessment.not_assessed.iter().map(|item| item.text.clone()).collect(),
        notices: said(&assessment.notices),
        printed: text::print(&report::report(&assessment, &KNOWLEDGE, Voice::Person, None), Paint::PLAIN),
        clinical: text::print(&report::report(&assessment, &KNOWLEDGE, Voice::Clinician, None), Paint::PLAIN),
        check: None,
        assessment: Some(assessment),
    })
}

fn checked(rest: &str) -> Result<Answer, String> {
    let as_of = moment("2026-01-01", &TimeZone::UTC)?;
    Ok(match check::check(&words(rest), None, &KNOWLEDGE, &question(as_of)) {
        Ok(check) => Answer {
            findings: check.findings.clone(),
            not_assessed: check.not_assessed.iter().map(|item| item.text.clone()).collect(),
            notices: said(&check.notices),
            printed: text::print(&report::check(&check, &KNOWLEDGE, Voice::Person), Paint::PLAIN),
            clinical: text::print(&report::check(&check, &KNOWLEDGE, Voice::Clinician), Paint::PLAIN),
            check: Some(check),
            assessment: None,
        },
        Err(notices) => {
            let printed = said(&notices).join("\n");
            Answer { notices: said(&notices), clinical: printed.clone(), printed, ..Answer::default() }
        }
    })
}

fn said(notices: &[Notice]) -> Vec<String> {
    let line = |notice: &Notice| format!("{}. {}", notice.says, notice.help.as_deref().unwrap_or_default());
    notices.iter().map(line).collect()
}

/// Words as a shell would split them: quotes keep spaces.
fn words(text: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut quoted = false;
    for c in text.trim().chars() {
        match c {
            '"' => quoted = !quoted,
            ' ' if !quoted => words.push(String::new()),
            c => words.last_mut().expect("there is a word").push(c),
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

fn holds(yes: bool, found: &impl Debug) -> Result<(), String> {
    if yes { Ok(()) } else { Err(format!("found {found:?}")) }
}

fn urgency(word: &str) -> Result<Urgency, String> {
    Ok(match word.trim() {
        "none" => Urgency::None,
        "watch" => Urgency::Watch,
        "prompt" => Urgency::Prompt,
        "urgent" => Urgency::Urgent,
        "emergency" => Urgency::Emergency,
        _ => return Err(format!("`{word}` is not an urgency")),
    })
}

fn level(word: &str) -> Result<Level, String> {
    Ok(match word.trim() {
        "none_known" => Level::NoneKnown,
        "info" => Level::Info,
        "minor" => Level::Minor,
        "moderate" => Level::Moderate,
        "major" => Level::Major,
        "contraindicated" => Level::Contraindicated,
        _ => return Err(format!("`{word}` is not a level")),
    })
}

fn ids(text: &str) -> BTreeSet<String> {
    text.split(',').map(|id| id.trim().to_owned()).filter(|id| !id.is_empty()).collect()
}

impl Answer {
    fn assessment(&self) -> Result<&Assessment, String> {
        self.assessment.as_ref().ok_or_else(|| "this is asked of a diary only".to_owned())
    }

    fn expect(&self, line: &str) -> Result<(), String> {
        let (what, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
        let rest = rest.trim();
        let quoted = rest.trim_matches('"');
        match what {
            "urgency" => {
                let found = self.assessment()?.urgency;
                match rest.split_once(' ') {
                    Some(("at_least", word)) => holds(found >= urgency(word)?, &found),
                    Some(("at_most", word)) => holds(found <= urgency(word)?, &found),
                    _ => holds(found == urgency(rest)?, &found),
                }
            }
            "balance" => {
                let found = match self.assessment()?.balance.verdict {
                    Verdict::TooHigh => "too_high",
                    Verdict::TooLow => "too_low",
                    Verdict::Neither => "neither",
                    Verdict::Unclear => "unclear",
                };
                match rest.strip_prefix("not ") {
                    Some(unwanted) => holds(found != unwanted.trim(), &found),
                    None => holds(found == rest, &found),
                }
            }
            "hunter" | "sternbach" | "radomski" => self.criterion(what, rest),
            "severity" => {
                let found =
                    self.assessment()?.severity.as_ref().map_or("none", |severity| severity.id.as_str());
                holds(found == rest, &found)
            }
            "because" => self.contributors(rest),
            "rival" => {
                let named: Vec<&str> =
                    self.assessment()?.rivals.iter().map(|rival| rival.id.as_str()).collect();
                holds(named.contains(&rest), &named)
            }
            "leads" => {
                let rivals = &self.assessment()?.rivals;
                let leading: Vec<&str> =
                    rivals.iter().filter(|rival| rival.leads).map(|rival| rival.id.as_str()).collect();
                holds(if rest == "none" { leading.is_empty() } else { leading.contains(&rest) }, &leading)
            }
            "first" => {
                let order: Vec<&str> =
                    self.assessment()?.differential.iter().map(|item| item.id.as_str()).collect();
                holds(order.first() == Some(&rest), &order)
            }
            "fits" => {
                let (id, words) = rest.split_once(':').ok_or("write `fits ID: WORDS`")?;
                let found: Vec<(&str, &str)> = (self.assessment()?.differential.iter())
                    .map(|item| (item.id.as_str(), item.fits.words()))
                    .collect();
                holds(found.contains(&(id.trim(), words.trim())), &found)
            }
            "finding" => {
                let (word, substances) = rest.split_once(':').ok_or("write `finding LEVEL: a, b`")?;
                let (wanted, substances) = (level(word)?, ids(substances));
                let found: Vec<(Level, &Vec<String>)> =
                    self.findings.iter().map(|finding| (finding.level, &finding.substances)).collect();
                let hit = found.iter().any(|(level, of)| {
                    *level == wanted && of.iter().cloned().collect::<BTreeSet<_>>() == substances
                });
                holds(hit, &found)
            }
            "no_finding" => {
                let least =
                    level(rest.strip_prefix("at_least ").ok_or("write `no_finding at_least LEVEL`")?)?;
                let found: Vec<(Level, &str)> =
                    self.findings.iter().map(|finding| (finding.level, finding.id.as_str())).collect();
                holds(found.iter().all(|(level, _)| *level < least), &found)
            }
            "flag" | "no_flag" => {
                let found: Vec<&str> =
                    self.assessment()?.reasons.iter().map(|reason| reason.id.as_str()).collect();
                holds(found.contains(&rest) == (what == "flag"), &found)
            }
            "level" => {
                let check = self.check.as_ref().ok_or("`level` is asked of a check only")?;
                holds(check.level == level(rest)?, &check.level)
            }
            "too_much" => {
                let found = self.check.as_ref().is_some_and(|check| check.too_much.is_some());
                holds(found == (rest == "yes"), &found)
            }
            "not_assessed" => {
                holds(self.not_assessed.iter().any(|text| text.contains(quoted)), &self.not_assessed)
            }
            "notice" => holds(self.notices.iter().any(|text| text.contains(quoted)), &self.notices),
            "suicide" => {
                let found = self.assessment()?.suicide_path;
                holds(found == (rest == "yes"), &found)
            }
            "says" => holds(self.words().to_lowercase().contains(&quoted.to_lowercase()), &self.words()),
            "never" => holds(!self.words().to_lowercase().contains(&quoted.to_lowercase()), &self.words()),
            // What a clinician may read and the person must not.
            "person_never" => {
                let words = self.printed.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
                holds(!words.contains(&quoted.to_lowercase()), &words)
            }
            _ => Err("this expectation is not known".to_owned()),
        }
    }

    /// Both printed reports without line breaks.
    fn words(&self) -> String {
        let voices = [self.printed.as_str(), self.clinical.as_str()];
        voices.join("\n").split_whitespace().collect::<Vec<_>>().join(" ")
    }

    fn criterion(&self, id: &str, rest: &str) -> Result<(), String> {
        let criteria = &self.assessment()?.criteria;
        let result = criteria.iter().find(|result| result.id == id).ok_or("these criteria are not there")?;
        let (wanted, signs) = rest.split_once(':').unwrap_or((rest, ""));
        let found = match result.verdict {
            Truth::True => "met",
            Truth::False => "not_met",
            Truth::Unknown => "indeterminate",
        };
        if found != wanted.trim() {
            let (because, decide) = (&result.because, &result.would_decide);
            return Err(format!("found {found}, because {because:?}, would decide {decide:?}"));
        }
        let named = if result.verdict == Truth::Unknown { &result.would_decide } else { &result.because };
        let missing: Vec<String> = ids(signs).difference(named).cloned().collect();
        if missing.is_empty() { Ok(()) } else { Err(format!("missing {missing:?} in {named:?}")) }
    }

    fn contributors(&self, wanted: &str) -> Result<(), String> {
        let on_board =
            self.assessment.as_ref().map(|assessment| assessment.on_board.as_slice()).unwrap_or_default();
        let serotonergic = on_board.iter().filter(|item| item.serotonergic != Serotonergic::No);
        let mut named: BTreeSet<String> = serotonergic.map(|item| item.substance.clone()).collect();
        named.extend(self.findings.iter().flat_map(|finding| finding.substances.iter().cloned()));
        holds(ids(wanted).is_subset(&named), &named)
    }
}
