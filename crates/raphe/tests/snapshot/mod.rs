//! Documents that tests write.
//!
//! They are snapshots for people: what a document says comes from the engine or the base, so nobody edits it. When the
//! two differ, the test fails with the lines that changed, until someone has read them and has it written anew.

use std::{env, fs, path::Path};

/// Fails when the document at `path`, from the root of the repository, does not say `new`; writes it when
/// `INSTA_UPDATE` is `always` or `force`. `target` is the name of the test that is run for it.
///
/// # Panics
/// When the document is stale or cannot be written.
pub(crate) fn holds(path: &str, new: &str, target: &str) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(path);
    let old = fs::read_to_string(&file).unwrap_or_default().replace("\r\n", "\n");
    if old == new {
        return;
    }
    if env::var("INSTA_UPDATE").is_ok_and(|how| how == "always" || how == "force") {
        fs::write(&file, new).unwrap_or_else(|error| panic!("{path} cannot be written: {error}"));
        return;
    }
    let only_in = |one: &str, other: &str, mark: &str| -> Vec<String> {
        let lines = one.lines().filter(|line| !other.lines().any(|there| there == *line));
        lines.map(|line| format!("{mark} {line}")).collect()
    };
    let changed = [only_in(&old, new, "-"), only_in(new, &old, "+")].concat();
    panic!(
        "{path} is not what raphe says now; read what changed, then write it anew with \
         `INSTA_UPDATE=always cargo test -p raphe --test {target}`\n{}",
        changed.join("\n")
    );
}
