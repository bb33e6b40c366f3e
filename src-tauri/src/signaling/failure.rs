//! Connect failures: codes for the page, and a sentence for the log.

use serde::{Serialize, Serializer};
use signal_protocol::RelayAddress;

/// Shown beside the relay's address, or while the connection is retried.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, Serialize)]
#[serde(tag = "code", rename_all = "kebab-case")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub enum ConnectFailure {
    #[error(
        "\"{host}\" could not be found. Check the relay's address and this computer's network connection."
    )]
    UnknownHost { host: String },
    #[error(
        "Nothing answers at {address}. Check the address and its port, and that a relay runs there."
    )]
    #[serde(rename = "nothing-answers")]
    Refused {
        #[serde(serialize_with = "as_text")]
        #[cfg_attr(test, ts(type = "string"))]
        address: RelayAddress,
    },
    #[error("{address} cannot be reached from here. Check this computer's network connection.")]
    Unreachable {
        #[serde(serialize_with = "as_text")]
        #[cfg_attr(test, ts(type = "string"))]
        address: RelayAddress,
    },
    #[error(
        "{address} did not answer in time. Check the address and this computer's network connection."
    )]
    TimedOut {
        #[serde(serialize_with = "as_text")]
        #[cfg_attr(test, ts(type = "string"))]
        address: RelayAddress,
    },
    #[error(
        "{address} could not prove who it is ({detail}). Check the address, and ask the person \
         who runs that relay about its certificate."
    )]
    #[serde(rename = "certificate-refused")]
    Certificate {
        #[serde(serialize_with = "as_text")]
        #[cfg_attr(test, ts(type = "string"))]
        address: RelayAddress,
        detail: String,
    },
    #[error(
        "{address} does not speak TLS. Check the address and its port; \
         if that relay runs without a certificate, write http:// before its address."
    )]
    NoTls {
        #[serde(serialize_with = "as_text")]
        #[cfg_attr(test, ts(type = "string"))]
        address: RelayAddress,
    },
    #[error("{address} answers, but it is not a Snug relay. Check the address and its port.")]
    NotARelay {
        #[serde(serialize_with = "as_text")]
        #[cfg_attr(test, ts(type = "string"))]
        address: RelayAddress,
    },
    #[error("The relay at {address} takes nobody else right now. Try again in a few minutes.")]
    #[serde(rename = "relay-takes-nobody")]
    Full {
        #[serde(serialize_with = "as_text")]
        #[cfg_attr(test, ts(type = "string"))]
        address: RelayAddress,
    },
    #[error(
        "Another program on this computer uses port {port}, which Snug's own relay needs. \
         Close that program, or choose a server as the relay."
    )]
    PortTaken { port: u16 },
    #[error("This computer's own relay could not start ({detail}). Choose a server as the relay.")]
    #[serde(rename = "own-relay-failed")]
    OwnRelay { detail: String },
}

fn as_text<S: Serializer>(address: &RelayAddress, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(address)
}
