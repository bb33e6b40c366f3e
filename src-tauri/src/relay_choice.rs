//! The chosen relay: the one inside this app, or a server.
//!
//! Invariant: the address is the typed text; it is parsed on use, so that an invalid one can be
//! saved, shown and corrected.

use serde::{Deserialize, Serialize};
use signal_protocol::{AddressError, RelayAddress};

#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub enum RelayChoice {
    #[default]
    ThisComputer,
    Server {
        address: String,
    },
}

/// A choice with a parsed address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RelayTarget {
    ThisComputer,
    Server(RelayAddress),
}

impl RelayChoice {
    /// # Errors
    /// What is wrong with the address.
    pub fn target(&self) -> Result<RelayTarget, AddressError> {
        match self {
            Self::ThisComputer => Ok(RelayTarget::ThisComputer),
            Self::Server { address } => RelayAddress::parse(address).map(RelayTarget::Server),
        }
    }
}

impl From<&RelayAddress> for RelayChoice {
    fn from(address: &RelayAddress) -> Self {
        Self::Server {
            address: address.to_string(),
        }
    }
}
