//! Changes to the diary: every one is a checked edit of the file as it is at that moment.
//!
//! A line is added to whatever the file holds by then. An edit of the whole text is put together with what others changed
//! since the page was made ([`crate::merge`]); where both changed one line, the person is asked and nothing is written.

use crate::{
    app::{App, Home, lock},
    merge::{self, Conflict, Pick},
    store::{self, StoreError, versions},
    visit::Note,
};
use raphe::timeline::{Notice, Weight, diary::Diary};
use std::{
    collections::{BTreeMap, VecDeque},
    hash::{DefaultHasher, Hash, Hasher},
    path::{Path, PathBuf},
    sync::{Arc, PoisonError, atomic::Ordering},
};

/// So often another program may be quicker before we give up.
const TURNS: usize = 5;
/// So many bytes of texts that pages were made from are remembered.
const REMEMBERED: usize = 8 << 20;

/// The texts that pages with the whole diary were made from, so that what is sent back can be compared with them.
#[derive(Debug, Default)]
pub(crate) struct Bases(VecDeque<(String, Arc<[u8]>)>);

/// What came of an edit that was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Edited {
    /// Whether another program had changed the file since the page was made; its changes are in the file as well.
    pub(crate) merged: bool,
    /// Why no earlier version was kept.
    pub(crate) unkept: Option<String>,
}

/// Why an edit was not written. The file is as it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// What to tell the person.
    Said(Note),
    /// Both changed the same lines.
    Asked(Vec<Conflict>),
    /// The file is not there any more.
    Gone(PathBuf),
}

impl From<Note> for Refusal {
    fn from(note: Note) -> Self {
        Self::Said(note)
    }
}

impl App {
    /// Adds lines at the end, all of them or none, after checking each against those before.
    ///
    /// Returns how they were read, none of it an error.
    ///
    /// # Errors
    /// What to tell the person: a line that does not read, or a file that cannot be written. The diary is then as it was.
    pub(crate) fn add(&self, lines: &[String]) -> Result<Vec<Notice>, Note> {
        let (mut notices, unkept) = self.change(|old| {
            if let (None, Some(path)) = (old, self.gone()) {
                return Err(vanished(&path));
            }
            let mut diary = Diary::read(old.unwrap_or_default());
            let mut notices = Vec::new();
            for line in lines {
                notices.extend(diary.append(line).map_err(|errors| refused(&errors))?);
            }
            Ok((diary.print(), notices))
        })?;
        let unkept = unkept.map(|says| Notice { weight: Weight::Warning, place: None, says, help: None });
        notices.extend(unkept);
        Ok(notices)
    }

    /// Puts a whole text in place of the one that a page was made from, together with what others changed meanwhile.
    ///
    /// `base` is what [`App::base`] gave the page, `picks` are answers to earlier questions; `anew` writes the file again
    /// where it is gone.
    ///
    /// # Errors
    /// Why it was not written.
    pub(crate) fn edit(
        &self,
        base: &str,
        text: &str,
        picks: &BTreeMap<String, Pick>,
        anew: bool,
    ) -> Result<Edited, Refusal> {
        let made_from = self.made_from(base);
        let (merged, unkept) = self.change(|old| {
            if let (None, Some(path), false) = (old, self.gone(), anew) {
                return Err(Refusal::Gone(path));
            }
            let theirs = old.unwrap_or_default();
            if let Some(note) = uneditable(theirs) {
                return Err(note.into());
            }
            let unchanged = mark(theirs) == base || old.is_none();
            let like = made_from.as_deref().filter(|_| mark(theirs) != base).unwrap_or(theirs);
            let ours = merge::typed(like, text);
            if unchanged {
                return Ok((ours, false));
            }
            let bytes = merge::merge(made_from.as_deref(), theirs, &ours, picks).map_err(Refusal::Asked)?;
            Ok((bytes, true))
        })?;
        Ok(Edited { merged, unkept })
    }

    /// Brings an earlier version back; the text that it takes the place of is kept as a version.
    ///
    /// # Errors
    /// What to tell the person.
    pub(crate) fn restore(&self, name: &str) -> Result<Option<String>, Note> {
        let missing = || Note::bad("This version is not there any more.", "Choose another one.");
        let version =
            self.versions().into_iter().find(|version| version.name() == name).ok_or_else(missing)?;
        let bytes = version.read().map_err(|_| missing())?;
        let ((), unkept) = self.change(|_| Ok::<_, Note>((bytes.clone(), ())))?;
        Ok(unkept)
    }

    /// Begins a diary with these lines at `path`, which must not be there, and shows it from now on.
    ///
    /// # Errors
    /// What to tell the person; nothing was written then.
    pub(crate) fn begin(&self, path: &Path, bytes: &[u8]) -> Result<(), Note> {
        let _turn = lock(&self.writing);
        let _lock = store::lock(path);
        let taken = || {
            let help = format!(
                "Nothing was written. To see it, stop the program and type: raphe serve {}",
                path.display()
            );
            Note::bad(format!("{} is there already.", path.display()), help)
        };
        if std::fs::symlink_metadata(path).is_ok() && store::read(path).ok() != Some(None) {
            return Err(taken());
        }
        match store::write(path, None, bytes) {
            Ok(_) => {}
            Err(StoreError::Changed { .. }) => return Err(taken()),
            Err(error) => return Err(failed(&error)),
        }
        *self.home.write().unwrap_or_else(PoisonError::into_inner) = Home::File(path.to_owned());
        self.there.store(true, Ordering::Relaxed);
        Ok(())
    }

    /// Writes what `make` makes of the text as it is, and again of a newer one if another program was quicker.
    fn change<T, E: From<Note>>(
        &self,
        mut make: impl FnMut(Option<&[u8]>) -> Result<(Vec<u8>, T), E>,
    ) -> Result<(T, Option<String>), E> {
        // One change at a time, of this program by the first lock, of others by the second. Where the diary is may be asked
        // meanwhile, also by `make`.
        let _turn = lock(&self.writing);
        let home = self.home.read().unwrap_or_else(PoisonError::into_inner).clone();
        let path = match home {
            Home::Example(bytes) => {
                let (new, value) = make(Some(&bytes))?;
                *self.home.write().unwrap_or_else(PoisonError::into_inner) = Home::Example(new);
                return Ok((value, None));
            }
            Home::File(path) => path,
        };
        let _lock = store::lock(&path);
        let mut turn = 0;
        loop {
            let old = store::read(&path).map_err(|error| failed(&error))?;
            if old.is_some() {
                self.there.store(true, Ordering::Relaxed);
            }
            let (new, value) = make(old.as_deref())?;
            match store::write(&path, old.as_deref(), &new) {
                Ok(unkept) => {
                    self.there.store(true, Ordering::Relaxed);
                    let unkept = unkept.map(|cause| format!("no earlier version could be kept: {cause}"));
                    return Ok((value, unkept));
                }
                Err(StoreError::Changed { .. }) if turn < TURNS => turn += 1,
                Err(error) => return Err(failed(&error).into()),
            }
        }
    }

    /// The file, if there is one.
    pub(crate) fn path(&self) -> Option<PathBuf> {
        match &*self.home.read().unwrap_or_else(PoisonError::into_inner) {
            Home::File(path) => Some(path.clone()),
            Home::Example(_) => None,
        }
    }

    /// The file, if it was there before and is not now.
    pub(crate) fn gone(&self) -> Option<PathBuf> {
        let path = self.path()?;
        (self.there.load(Ordering::Relaxed) && matches!(store::read(&path), Ok(None))).then_some(path)
    }

    /// The kept versions of the file, the oldest first; the example has none.
    pub(crate) fn versions(&self) -> Vec<versions::Version> {
        self.path().map_or_else(Vec::new, |path| versions::list(&path))
    }

    /// Remembers the text that a page is made from; the page sends back what is returned.
    pub(crate) fn base(&self, bytes: &[u8]) -> String {
        let mark = mark(bytes);
        let bases = &mut lock(&self.bases).0;
        match bases.iter().position(|(known, _)| *known == mark) {
            Some(place) => {
                if let Some(known) = bases.remove(place) {
                    bases.push_back(known);
                }
            }
            None => bases.push_back((mark.clone(), bytes.into())),
        }
        while bases.len() > 1 && bases.iter().map(|(_, bytes)| bytes.len()).sum::<usize>() > REMEMBERED {
            bases.pop_front();
        }
        mark
    }

    /// The text of a mark, as remembered or among the versions.
    fn made_from(&self, wanted: &str) -> Option<Arc<[u8]>> {
        let known =
            lock(&self.bases).0.iter().find(|(known, _)| known == wanted).map(|(_, bytes)| bytes.clone());
        known.or_else(|| {
            let kept = self.versions().into_iter().rev().filter_map(|version| version.read().ok());
            kept.into_iter().find(|bytes| mark(bytes) == wanted).map(Arc::from)
        })
    }
}

/// Tells a text from others.
fn mark(bytes: &[u8]) -> String {
    let mut hasher = DefaultHasher::new();
    bytes.hash(&mut hasher);
    format!("{:016x}{:x}", hasher.finish(), bytes.len())
}

/// Why a text cannot be edited as a whole: a page could not show it and send it back without loss.
pub(crate) fn uneditable(bytes: &[u8]) -> Option<Note> {
    let help =
        "Open the file in the editor that wrote it and save it as UTF-8. Until then you can still add lines.";
    match std::str::from_utf8(bytes) {
        Err(_) => Some(Note::bad(
            "The file is not UTF-8 everywhere, so this page cannot change it without loss.",
            help,
        )),
        Ok(text) if text.contains('\0') => {
            Some(Note::bad("The file holds characters that no page can show and send back.", help))
        }
        Ok(_) => None,
    }
}

/// What to say where the file went away.
pub(crate) fn vanished(path: &Path) -> Note {
    Note::bad(
        format!("{} is not there any more.", path.display()),
        "Nothing was written. Put the file back, or open the page Diary: it can bring back the last version.",
    )
}

/// Why a file was not changed, for the person in front of the page.
pub(crate) fn failed(error: &StoreError) -> Note {
    Note::bad(error.to_string(), error.help())
}

/// Why a line was not taken.
pub(crate) fn refused(errors: &[Notice]) -> Note {
    let says: Vec<&str> = errors.iter().map(|error| error.says.as_str()).collect();
    let help: Vec<&str> = errors.iter().filter_map(|error| error.help.as_deref()).collect();
    Note::bad(format!("The line was not added: {}.", says.join("; ")), help.join(" "))
}

#[cfg(test)]
mod tests;
