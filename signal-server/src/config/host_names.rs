//! The names of the relay, as `--host` gives them.
//!
//! Invariant: each is a name in the form of a look-up, never an address.

use crate::authority::Named;

/// The relay's names from `--host`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum HostNames {
    /// No flag. Known are the names of this computer, those in other flags, those of a private
    /// network, and any name through a reverse proxy or from the internet.
    #[default]
    Unstated,
    /// These names, in addition to those of this computer and those in other flags. A reverse proxy
    /// makes no difference.
    These(Vec<String>),
    Any,
}

/// The form of a name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "write the name alone, like meet.example.org, without scheme, port and path, or * for any \
     name"
)]
pub struct HostNameError;

impl HostNames {
    /// Parses the words of `--host`. Addresses are ignored, since they are always known.
    ///
    /// # Errors
    /// A word that is no name.
    pub fn parse(words: &[impl AsRef<str>]) -> Result<Self, HostNameError> {
        let words = words.iter().map(AsRef::as_ref);
        if words.clone().any(|word| word == "*") {
            return Ok(Self::Any);
        }
        let mut these = Vec::new();
        let mut count = 0;
        for word in words {
            count += 1;
            match Named::parse(word).ok_or(HostNameError)? {
                Named::Address(_) => {}
                Named::Name(name) => these.push(name),
            }
        }
        match count {
            0 => Ok(Self::Unstated),
            _ => Ok(Self::These(these)),
        }
    }
}
