//! The README shows what the program prints.

use std::{fs, path::Path, process::Command};

#[test]
fn the_answer_in_the_readme_is_the_answer_of_the_program() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let readme = fs::read_to_string(root.join("README.md")).expect("the README can be read");
    let (_, shown) =
        readme.split_once("$ raphe assess examples/tramadol.raphe\n").expect("the README shows the command");
    let (shown, _) = shown.split_once("\n```").expect("the block ends");
    let output = Command::new(env!("CARGO_BIN_EXE_raphe"))
        .args(["assess", "examples/tramadol.raphe"])
        .current_dir(root)
        .output()
        .expect("the program runs");
    let printed = String::from_utf8(output.stdout).expect("the answer is text");
    let mut printed = printed.lines();
    for line in shown.lines().filter(|line| !line.trim().is_empty() && line.trim() != "…") {
        assert!(printed.any(|found| found == line), "not printed, or not in this order: {line}");
    }
}
