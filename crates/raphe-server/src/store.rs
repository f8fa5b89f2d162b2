//! The diary on disk: read whole, written whole or not at all.
//!
//! A write puts the new bytes beside the file under another name, brings them to the disk, looks once more whether the file
//! still holds what was read, and only then lets them take its place. Whatever stops it meanwhile, the file is the old one
//! or the new one. Before that, the old and the new text are kept among the earlier [`versions`].

pub mod versions;

use std::{
    ffi::OsStr,
    fs::{File, Metadata, OpenOptions},
    io::{self, Write},
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

/// Why a file could not be read or written. It is as it was before.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The file could not be read.
    #[error("{} cannot be read: {cause}", path.display())]
    Read {
        /// Which file.
        path: PathBuf,
        /// What the system says.
        cause: io::Error,
    },
    /// Something else than a file has this name.
    #[error("{} is {found}, not a file", path.display())]
    NoFile {
        /// Which name.
        path: PathBuf,
        /// What it is.
        found: &'static str,
    },
    /// The new bytes could not be brought to the disk.
    #[error("{} cannot be written: {cause}", path.display())]
    Write {
        /// Which file.
        path: PathBuf,
        /// What the system says.
        cause: io::Error,
    },
    /// The file says that it must not be changed.
    #[error("{} is read-only", path.display())]
    ReadOnly {
        /// Which file.
        path: PathBuf,
    },
    /// It holds something else than what was read.
    #[error("{} was changed by another program meanwhile", path.display())]
    Changed {
        /// Which file.
        path: PathBuf,
    },
}

impl StoreError {
    /// What to do about it.
    #[must_use]
    pub fn help(&self) -> &'static str {
        match self {
            Self::Read { .. } => "check its name and whether you may read it",
            Self::NoFile { .. } => "name a file of text, or a name that is not taken",
            Self::Write { cause, .. } => match cause.kind() {
                io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
                    "the file is as it was before; the disk is full: make room and try again"
                }
                io::ErrorKind::FileTooLarge => {
                    "the file is as it was before; the system allows no file of this size"
                }
                io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
                    "the file is as it was before; you may not write in its folder: allow it, or move the file"
                }
                _ => {
                    "the file is as it was before; check that there is room and that you may write in its folder"
                }
            },
            Self::ReadOnly { .. } => {
                "the file is as it was before; allow writing in its properties, then try again"
            }
            Self::Changed { .. } => "nothing was written; try again to change the newer file",
        }
    }
}

/// The file that a path names: a link is followed, also before its file is there, so that the link stays a link.
fn target(path: &Path) -> PathBuf {
    match (path.canonicalize(), std::fs::read_link(path)) {
        (Ok(target), _) => target,
        (Err(_), Ok(named)) => folder(path).join(named),
        (Err(_), Err(_)) => path.to_owned(),
    }
}

fn folder(file: &Path) -> &Path {
    match file.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

/// Makes other runs of this program wait before they change a file in the same folder, until the lock is dropped or the
/// program ends, however it ends.
///
/// Some systems and network drives know no such lock. There [`replace`] alone sees that another program was quicker,
/// though not in the last instant.
#[must_use]
pub fn lock(path: &Path) -> Option<File> {
    let folder = File::open(folder(&target(path))).ok()?;
    #[cfg(unix)]
    rustix::io::retry_on_intr(|| rustix::fs::flock(&folder, rustix::fs::FlockOperation::LockExclusive))
        .ok()?;
    Some(folder)
}

/// What a file holds; `None` where there is none.
///
/// # Errors
/// When it is there and cannot be read, or is no file: a folder, a device or a pipe, which might never end.
pub fn read(path: &Path) -> Result<Option<Vec<u8>>, StoreError> {
    match std::fs::metadata(path) {
        Ok(found) => no_file(path, &found).map_or(Ok(()), Err)?,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(cause) => return Err(StoreError::Read { path: path.to_owned(), cause }),
    }
    match std::fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(cause) => Err(StoreError::Read { path: path.to_owned(), cause }),
    }
}

fn no_file(path: &Path, found: &Metadata) -> Option<StoreError> {
    let found = match () {
        () if found.is_file() => return None,
        () if found.is_dir() => "a folder",
        () => "a device or a pipe",
    };
    Some(StoreError::NoFile { path: path.to_owned(), found })
}

/// Writes a file whole or not at all: the new bytes reach the disk under another name, then take the old one's place.
///
/// `expected` is what the file held when it was read. The new file has the permissions of the old one, and its owner
/// where the system lets us give it away.
///
/// # Errors
/// When the file holds something else by now, is read-only, or the system refuses; nothing is written then.
pub fn replace(path: &Path, expected: Option<&[u8]>, bytes: &[u8]) -> Result<(), StoreError> {
    let target = target(path);
    let folder = folder(&target);
    let failed = |cause| StoreError::Write { path: path.to_owned(), cause };
    let old = std::fs::metadata(&target).ok();
    if let Some(old) = &old {
        writable(path, &target, old)?;
    }
    let mut draft = draft().tempfile_in(folder).map_err(failed)?;
    draft.write_all(bytes).map_err(failed)?;
    if let Some(old) = &old {
        give(draft.as_file(), old);
        draft.as_file().set_permissions(old.permissions()).map_err(failed)?;
    }
    draft.as_file().sync_all().map_err(failed)?;
    if read(&target)?.as_deref() != expected {
        return Err(StoreError::Changed { path: path.to_owned() });
    }
    match expected {
        Some(_) => draft.persist(&target).map_err(|error| failed(error.error))?,
        // What came in the last instant is not written over.
        None => draft.persist_noclobber(&target).map_err(|error| match error.error.kind() {
            io::ErrorKind::AlreadyExists => StoreError::Changed { path: path.to_owned() },
            _ => failed(error.error),
        })?,
    };
    sync(folder);
    Ok(())
}

/// [`replace`], after what is replaced and what replaces it were kept among the [`versions`].
///
/// A version that cannot be kept does not stop the writing: whoever has no room for two files should not lose the line they
/// just typed. Why it was not kept is returned.
///
/// # Errors
/// As [`replace`].
pub fn write(path: &Path, expected: Option<&[u8]>, bytes: &[u8]) -> Result<Option<io::Error>, StoreError> {
    if expected == Some(bytes) {
        return Ok(None);
    }
    // Said before anything is made beside a file that cannot be changed.
    let target = target(path);
    if let Ok(old) = std::fs::metadata(&target) {
        writable(path, &target, &old)?;
    }
    let before = expected.map_or(Ok(None), |old| versions::keep(path, old));
    let after = versions::keep(path, bytes);
    let mut written = replace(path, expected, bytes);
    if written.is_err() {
        let made = [&before, &after].into_iter().filter_map(|kept| kept.as_ref().ok()?.as_deref());
        made.for_each(|version| std::fs::remove_file(version).unwrap_or_default());
        let full = matches!(&written, Err(StoreError::Write { cause, .. }) if cause.kind() == io::ErrorKind::StorageFull);
        if let (true, Err(StoreError::Write { cause, .. })) = (full, &written) {
            // The versions may have taken the room that the new text needs.
            let unkept = io::Error::new(cause.kind(), "the disk is full");
            written = replace(path, expected, bytes);
            if written.is_ok() {
                return Ok(Some(unkept));
            }
        }
    }
    written?;
    versions::prune(path);
    Ok(before.err().or(after.err()))
}

/// Whether a file may be changed. Its folder alone does not decide: a read-only file could be replaced otherwise.
fn writable(path: &Path, target: &Path, old: &Metadata) -> Result<(), StoreError> {
    if let Some(error) = no_file(path, old) {
        return Err(error);
    }
    let refused = old.permissions().readonly()
        || OpenOptions::new()
            .append(true)
            .open(target)
            .is_err_and(|error| error.kind() == io::ErrorKind::PermissionDenied);
    if refused { Err(StoreError::ReadOnly { path: path.to_owned() }) } else { Ok(()) }
}

/// A file that is not there yet under its own name.
fn draft() -> tempfile::Builder<'static, 'static> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(DRAFT.0).suffix(DRAFT.1);
    builder
}

const DRAFT: (&str, &str) = (".raphe-", ".draft");

fn is_draft(name: &OsStr) -> bool {
    name.to_str().is_some_and(|name| name.starts_with(DRAFT.0) && name.ends_with(DRAFT.1))
}

/// Removes drafts that a run left behind which was ended while it wrote. Nothing waits for them: the file is whole without.
pub fn tidy(path: &Path) {
    let held = lock(path);
    let target = target(path);
    for folder in [folder(&target).to_owned(), versions::folder(path)] {
        let Ok(entries) = std::fs::read_dir(folder) else { continue };
        for entry in entries.flatten().filter(|entry| is_draft(&entry.file_name())) {
            let Ok(found) = entry.metadata() else { continue };
            // Where there are no locks, somebody may be writing it just now.
            let hour = Duration::from_secs(3600);
            let left = held.is_some()
                || found
                    .modified()
                    .is_ok_and(|at| SystemTime::now().duration_since(at).is_ok_and(|age| age > hour));
            if found.is_file() && left {
                std::fs::remove_file(entry.path()).ok();
            }
        }
    }
}

/// Gives a new file to the owner of the old one. Only the system's administrator may, and then it matters.
#[cfg(unix)]
fn give(new: &File, old: &Metadata) {
    use std::os::unix::fs::MetadataExt;
    let (user, group) = (rustix::fs::Uid::from_raw(old.uid()), rustix::fs::Gid::from_raw(old.gid()));
    if rustix::fs::fchown(new, Some(user), Some(group)).is_err() {
        rustix::fs::fchown(new, None, Some(group)).ok();
    }
}

#[cfg(not(unix))]
fn give(_: &File, _: &Metadata) {}

/// A new name is on disk only when its folder is. Not every system can be asked for that.
fn sync(folder: &Path) {
    File::open(folder).and_then(|folder| folder.sync_all()).ok();
}
