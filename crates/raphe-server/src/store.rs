//! The diary on disk: read whole, written whole or not at all.
//!
//! A write puts the new bytes beside the file under another name, brings them to the disk, looks once more whether the file
//! still holds what was read, and only then lets them take its place. Whatever stops it meanwhile, the file is the old one
//! or the new one.

use std::{
    fs::File,
    io::{self, Write},
    path::{Path, PathBuf},
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
    /// The new bytes could not be brought to the disk.
    #[error("{} cannot be written: {cause}", path.display())]
    Write {
        /// Which file.
        path: PathBuf,
        /// What the system says.
        cause: io::Error,
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
            Self::Write { .. } => {
                "the file is as it was before; check that there is room and that you may write in its folder"
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
/// When it is there and cannot be read.
pub fn read(path: &Path) -> Result<Option<Vec<u8>>, StoreError> {
    match std::fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(cause) => Err(StoreError::Read { path: path.to_owned(), cause }),
    }
}

/// Writes a file whole or not at all: the new bytes reach the disk under another name, then take the old one's place.
///
/// `expected` is what the file held when it was read.
///
/// # Errors
/// When the file holds something else by now, or the system refuses; nothing is written then.
pub fn replace(path: &Path, expected: Option<&[u8]>, bytes: &[u8]) -> Result<(), StoreError> {
    let target = target(path);
    let folder = folder(&target);
    let failed = |cause| StoreError::Write { path: path.to_owned(), cause };
    let mut draft = tempfile::Builder::new().prefix(".raphe-").tempfile_in(folder).map_err(failed)?;
    draft.write_all(bytes).map_err(failed)?;
    if let Ok(old) = std::fs::metadata(&target) {
        draft.as_file().set_permissions(old.permissions()).map_err(failed)?;
    }
    draft.as_file().sync_all().map_err(failed)?;
    if read(&target)?.as_deref() != expected {
        return Err(StoreError::Changed { path: path.to_owned() });
    }
    draft.persist(&target).map_err(|error| failed(error.error))?;
    // The new name is on disk only when its folder is.
    File::open(folder).and_then(|folder| folder.sync_all()).or(Ok(()))
}
