//! Which relay a person wants: the one inside this app, or a server.
//!
//! Invariant: an address here is what the person typed; it is parsed only where it is used, so
//! that a wrong one can be kept, shown again and mended.

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

/// A choice whose address has been understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RelayTarget {
    ThisComputer,
    Server(RelayAddress),
}

impl RelayChoice {
    /// # Errors
    /// A sentence that says what an address looks like.
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
