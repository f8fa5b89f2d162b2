//! The last versions of a file, in a hidden folder beside it: `.health.raphe.raphe-versions/2026-03-17T09-30-00.123Z`.
//!
//! Only its owner may look into the folder. A version is written and brought to the disk before the file that replaces it takes
//! its place, so there is no moment at which the earlier text is nowhere. A text that is kept already is not kept twice: it moves
//! to the end. Beyond [`KEPT`] the oldest go.

use super::{draft, folder as parent, sync, target};
use jiff::{Timestamp, fmt::strtime, tz::TimeZone};
use std::{
    fs, io,
    io::Write,
    path::{Path, PathBuf},
};

/// So many versions are kept.
pub const KEPT: usize = 20;
const FORMAT: &str = "%Y-%m-%dT%H-%M-%S.%3fZ";

/// One kept version.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version {
    /// When it was kept, to the millisecond.
    pub at: Timestamp,
    /// Its file.
    pub path: PathBuf,
}

impl Version {
    /// Its name in its folder, which says when it was kept.
    #[must_use]
    pub fn name(&self) -> String {
        name(self.at)
    }

    /// What it holds.
    ///
    /// # Errors
    /// When it went away or cannot be read.
    pub fn read(&self) -> io::Result<Vec<u8>> {
        fs::read(&self.path)
    }
}

fn name(at: Timestamp) -> String {
    at.to_zoned(TimeZone::UTC).strftime(FORMAT).to_string()
}

/// The folder for the versions of a file. A link is followed: versions are beside the file itself.
#[must_use]
pub fn folder(path: &Path) -> PathBuf {
    let target = target(path);
    let mut name = std::ffi::OsString::from(".");
    name.push(target.file_name().unwrap_or_default());
    name.push(".raphe-versions");
    parent(&target).join(name)
}

/// All kept versions, the oldest first. What has another name than a version is none.
#[must_use]
pub fn list(path: &Path) -> Vec<Version> {
    let Ok(entries) = fs::read_dir(folder(path)) else { return Vec::new() };
    let mut versions: Vec<Version> = entries
        .flatten()
        .filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_file()))
        .filter_map(|entry| {
            let at =
                strtime::parse(FORMAT.replace('Z', "%z"), entry.file_name().to_str()?.replace('Z', "+0000"))
                    .ok()?
                    .to_timestamp()
                    .ok()?;
            Some(Version { at, path: entry.path() })
        })
        .collect();
    versions.sort();
    versions
}

/// Keeps a text as the newest version; returns its file if that is new.
///
/// # Errors
/// When the system refuses; no half version is left.
pub fn keep(path: &Path, bytes: &[u8]) -> io::Result<Option<PathBuf>> {
    let folder = folder(path);
    private(&folder)?;
    let versions = list(path);
    let newest = versions.last().map(|version| version.at);
    let now = Timestamp::now();
    // A clock that was set back does not change the order.
    let at = newest.map_or(now, |newest| now.max(newest + jiff::SignedDuration::from_millis(1)));
    let new = folder.join(name(at));
    let length = bytes.len() as u64;
    let same = |version: &&Version| {
        fs::metadata(&version.path).is_ok_and(|found| found.len() == length)
            && version.read().is_ok_and(|kept| kept == bytes)
    };
    if let Some(kept) = versions.iter().find(same) {
        if Some(kept.at) != newest {
            fs::rename(&kept.path, &new)?;
            sync(&folder);
        }
        return Ok(None);
    }
    let mut draft = draft().tempfile_in(&folder)?;
    draft.write_all(bytes)?;
    draft.as_file().sync_all()?;
    draft.persist_noclobber(&new).map_err(|error| error.error)?;
    sync(&folder);
    Ok(Some(new))
}

/// Lets the oldest versions go.
pub fn prune(path: &Path) {
    let versions = list(path);
    for old in versions.iter().rev().skip(KEPT) {
        fs::remove_file(&old.path).ok();
    }
}

/// Makes the folder if it is not there, for its owner's eyes only.
fn private(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    match builder.create(folder) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            let found = fs::symlink_metadata(folder)?;
            match found.is_dir() {
                true => Ok(()),
                false => Err(io::Error::new(io::ErrorKind::NotADirectory, "its folder is something else")),
            }
        }
        Ok(()) => {
            sync(parent(folder));
            Ok(())
        }
        Err(error) => Err(error),
    }
}
