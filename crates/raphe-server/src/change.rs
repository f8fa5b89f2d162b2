//! Changes to the diary: every one is a checked edit of the file as it is at that moment.

use crate::{
    app::{App, Home},
    store::{self, StoreError},
    visit::Note,
};
use raphe::timeline::{Notice, diary::Diary};
use std::sync::PoisonError;

impl App {
    /// Adds lines at the end, all of them or none, after checking each against those before.
    ///
    /// Returns how they were read, none of it an error.
    ///
    /// # Errors
    /// What to tell the person: a line that does not read, or a file that cannot be written. The diary is then as it was.
    pub(crate) fn add(&self, lines: &[String]) -> Result<Vec<Notice>, Note> {
        let mut home = self.home.write().unwrap_or_else(PoisonError::into_inner);
        let (path, old) = match &*home {
            Home::Example(bytes) => (None, Some(bytes.clone())),
            Home::File(path) => (Some(path.clone()), None),
        };
        let _lock = path.as_deref().and_then(store::lock);
        let old = match &path {
            Some(path) => store::read(path).map_err(|error| failed(&error))?,
            None => old,
        };
        let mut diary = Diary::read(old.as_deref().unwrap_or_default());
        let mut notices = Vec::new();
        for line in lines {
            notices.extend(diary.append(line).map_err(|errors| refused(&errors))?);
        }
        match path {
            Some(path) => {
                store::replace(&path, old.as_deref(), &diary.print()).map_err(|error| failed(&error))?;
            }
            None => *home = Home::Example(diary.print()),
        }
        Ok(notices)
    }
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
