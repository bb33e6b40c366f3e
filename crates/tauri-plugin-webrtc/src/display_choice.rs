//! The token of what the person has chosen in the desktop's dialog, by which the desktop shares the
//! same again without asking. The person decides in that dialog whether there is one.
//!
//! Invariant: a token is given to the desktop once. Its file can be read by this person only.

use std::{
    fs,
    io::{self, Write as _},
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard, PoisonError},
};

/// Desktops write 36 characters.
const MAX_TOKEN_BYTES: usize = 4096;

#[derive(Debug)]
pub(crate) struct DisplayChoice {
    /// `None` keeps the token as long as the app runs.
    file: Option<PathBuf>,
    /// A std mutex: locked for a short file, never across an await.
    token: Mutex<Option<String>>,
}

impl DisplayChoice {
    pub(crate) fn new(file: Option<PathBuf>) -> Self {
        let token = file.as_deref().and_then(read);
        Self {
            file,
            token: Mutex::new(token),
        }
    }

    pub(crate) const fn is_kept(&self) -> bool {
        self.file.is_some()
    }

    pub(crate) fn token(&self) -> Option<String> {
        self.lock().clone()
    }

    /// What the desktop gave for the next time; `None` forgets.
    pub(crate) fn set(&self, token: Option<String>) {
        let token = token.filter(|token| is_token(token));
        let mut kept = self.lock();
        if *kept == token {
            return;
        }
        if let Some(file) = &self.file
            && let Err(error) = write(file, token.as_deref())
        {
            tracing::warn!(%error, "the choice of a screen is not kept");
        }
        *kept = token;
    }

    fn lock(&self) -> MutexGuard<'_, Option<String>> {
        // No change of the token panics, so a poisoned lock is still consistent.
        self.token.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn is_token(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= MAX_TOKEN_BYTES
        && text.bytes().all(|byte| byte.is_ascii_graphic())
}

fn read(file: &Path) -> Option<String> {
    let length = fs::metadata(file).ok()?.len();
    if length > MAX_TOKEN_BYTES as u64 {
        return None;
    }
    fs::read_to_string(file).ok().filter(|text| is_token(text))
}

fn write(file: &Path, token: Option<&str>) -> io::Result<()> {
    let Some(token) = token else {
        return match fs::remove_file(file) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            Ok(()) | Err(_) => Ok(()),
        };
    };
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder)?;
    }
    let new = file.with_extension("new");
    let mut options = fs::OpenOptions::new();
    let mut written = options
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&new)?;
    written.write_all(token.as_bytes())?;
    written.sync_all()?;
    fs::rename(new, file)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn kept_token_is_there_after_a_restart() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("new").join("choice");
        let choice = DisplayChoice::new(Some(file.clone()));
        assert_eq!(choice.token(), None);
        choice.set(Some("first".to_owned()));
        choice.set(Some("second".to_owned()));
        assert_eq!(
            fs::metadata(&file).unwrap().permissions().mode() & 0o777,
            0o600
        );
        let again = DisplayChoice::new(Some(file.clone()));
        assert_eq!(again.token().as_deref(), Some("second"));
        again.set(None);
        assert!(!file.exists());
        again.set(None);
        assert_eq!(DisplayChoice::new(Some(file)).token(), None);
    }

    #[test]
    fn what_is_no_token_is_not_kept() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("choice");
        for text in [
            "",
            "two words",
            "line\n",
            "\u{e9}",
            &"x".repeat(MAX_TOKEN_BYTES + 1),
        ] {
            fs::write(&file, text).unwrap();
            let choice = DisplayChoice::new(Some(file.clone()));
            assert_eq!(choice.token(), None, "{text:?}");
            choice.set(Some(text.to_owned()));
            assert_eq!(choice.token(), None, "{text:?}");
        }
    }

    #[test]
    fn choice_without_a_file_lasts_as_long_as_the_app() {
        let choice = DisplayChoice::new(None);
        choice.set(Some("token".to_owned()));
        assert_eq!(choice.token().as_deref(), Some("token"));
    }

    #[test]
    fn file_that_cannot_be_written_loses_no_choice() {
        let folder = tempfile::tempdir().unwrap();
        let below_a_file = folder.path().join("file");
        fs::write(&below_a_file, "").unwrap();
        let choice = DisplayChoice::new(Some(below_a_file.join("choice")));
        choice.set(Some("token".to_owned()));
        assert_eq!(choice.token().as_deref(), Some("token"));
    }
}
