//! The names by which the relay is reached, as `--host` gives them.
//!
//! Invariant: each is a name as it is looked up, never an address.

use crate::authority::Named;

/// Which names were said to be the relay's, by `--host`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum HostNames {
    /// None was: the names of this computer, those that other flags name, those of a private
    /// network, and any by a reverse proxy or from the internet.
    #[default]
    Unstated,
    /// These, beside the names of this computer and those that other flags name. A reverse proxy
    /// changes nothing.
    These(Vec<String>),
    Any,
}

/// What a name has to look like.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "write the name alone, like meet.example.org, without scheme, port and path, or * for any \
     name"
)]
pub struct HostNameError;

impl HostNames {
    /// Of the words of `--host`. An address needs none, and is passed over.
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
