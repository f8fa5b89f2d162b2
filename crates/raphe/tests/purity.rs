//! The engine stays pure: no file, no network, no environment, no clock.
//!
//! `clippy.toml` forbids the calls one by one. This test needs no tool: it reads the manifest and the sources, so that a
//! new dependency or a forbidden module is a decision somebody makes in a review, not something that slips in.
#![allow(clippy::disallowed_methods, reason = "tests read files; the engine does not")]

use std::{
    fs,
    path::{Path, PathBuf},
};

/// What the engine may build on, with what each is for. None of them opens a file, a socket or a clock by itself.
const ALLOWED: &[(&str, &str)] = &[
    ("jiff", "dates, times and the time zone database, which is bundled"),
    ("libm", "the same floating point on every machine"),
    ("maud", "tags and escapes of the HTML report, written at compile time"),
    ("miette", "errors with help; drawing them is the program's"),
    ("pulp", "asks the processor which vector instructions it has, and nothing else"),
    ("raphe-knowledge", "the curated base"),
    ("strsim", "suggestions for misspelled names"),
    ("textwrap", "line breaks of a printed report"),
    ("thiserror", "errors"),
    ("unicode-normalization", "names without accents"),
];

/// What no source file of the engine may name.
const FORBIDDEN: &[&str] = &[
    "std::fs",
    "std::net",
    "std::env",
    "std::process",
    "std::io",
    "std::time",
    "Instant",
    "SystemTime",
    "Zoned::now",
    "Timestamp::now",
    "TimeZone::system",
    "HashMap",
    "HashSet",
    "println!",
];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The names under one heading of a manifest.
fn dependencies<'a>(manifest: &'a str, heading: &str) -> Vec<&'a str> {
    let lines = manifest.lines().map(str::trim).skip_while(|line| *line != heading).skip(1);
    let lines = lines.take_while(|line| !line.starts_with('['));
    let entries = lines.filter(|line| !line.is_empty() && !line.starts_with('#'));
    entries.map(|line| line.split(['.', ' ', '=']).next().unwrap_or(line)).collect()
}

#[test]
fn the_engine_builds_on_nothing_else() {
    let manifest = fs::read_to_string(root().join("Cargo.toml")).expect("the manifest can be read");
    let allowed: Vec<&str> = ALLOWED.iter().map(|(name, _)| *name).collect();
    assert_eq!(
        dependencies(&manifest, "[dependencies]"),
        allowed,
        "a dependency of the engine is a decision: say above what it is for and why it is pure"
    );
    for heading in ["[build-dependencies]", "[dependencies.", "[target."] {
        assert!(!manifest.contains(heading), "{heading} would go round the list above");
    }
}

#[test]
fn no_source_file_reaches_outside() {
    let mut files = Vec::new();
    collect(&root().join("src"), &mut files);
    assert!(files.len() > 10, "only {} source files were found", files.len());
    let mut found = Vec::new();
    for path in &files {
        let text = fs::read_to_string(path).expect("a source file can be read");
        for (number, line) in text.lines().enumerate() {
            let code = line.split("//").next().unwrap_or_default();
            let forbidden = FORBIDDEN.iter().filter(|name| names(code, name));
            found.extend(forbidden.map(|name| format!("{}:{}: {name}", path.display(), number + 1)));
        }
        for group in groups(&text) {
            let inside =
                ["fs", "net", "env", "process", "io", "time"].iter().filter(|name| names(&group, name));
            found.extend(inside.map(|name| format!("{}: use std::{{…{name}…}}", path.display())));
        }
    }
    assert!(found.is_empty(), "the engine has no clock, no files and no environment:\n{}", found.join("\n"));
}

/// Whether code names something as a whole word.
fn names(code: &str, name: &str) -> bool {
    code.match_indices(name).any(|(start, _)| {
        let part_of_word = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
        !part_of_word(code[..start].chars().next_back())
            && !part_of_word(code[start + name.len()..].chars().next())
    })
}

/// What stands in the braces of every `use std::{…}`.
fn groups(text: &str) -> Vec<String> {
    let starts = text.match_indices("use std::{").map(|(start, head)| start + head.len());
    starts.map(|start| text[start..].split(';').next().unwrap_or_default().to_owned()).collect()
}

fn collect(folder: &Path, into: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder of sources can be read").flatten() {
        let path = entry.path();
        if path.is_dir() {
            collect(&path, into);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            into.push(path);
        }
    }
}

#[test]
fn the_search_finds_what_it_should() {
    assert!(names("use std::fs;", "std::fs") && names("let now = Instant::now();", "Instant"));
    assert!(!names("/// Instantly", "Instant") && !names("let fsync = 1;", "fs"));
    assert_eq!(groups("use std::{\n    fs,\n    fmt,\n};\n"), ["\n    fs,\n    fmt,\n}"]);
    assert_eq!(
        dependencies("[dependencies]\njiff.workspace = true\n# x\na = \"1\"\n\n[lints]\n", "[dependencies]"),
        ["jiff", "a"]
    );
}
