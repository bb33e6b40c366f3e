//! Faults and their remedies.
//!
//! Invariant: the serialized name of a cause is stable. Texts may change.

use serde::Serialize;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Cause {
    NameUnknown,
    ResolverSilent,
    Refused,
    NoAnswer,
    NoRoute,
    Unreachable,
    NoTls,
    TlsRefused,
    NoTrustHere,
    CertificateExpired,
    CertificateNotYetValid,
    CertificateOfOtherName,
    CertificateSelfSigned,
    CertificateChainIncomplete,
    CertificateUnknownIssuer,
    CertificateRefused,
    CertificateEndsSoon,
    NoTlsForGuests,
    NotHttp,
    NotARelay,
    NotPassedOn,
    BehindProxyAway,
    Redirected,
    Forbidden,
    HttpStatus,
    Stopping,
    NoPage,
    ClocksDiffer,
    UpgradeDropped,
    SubprotocolDropped,
    OriginRefused,
    HostUnknown,
    TooManySockets,
    RelayFull,
    JoinRefused,
    JoinUnanswered,
    SocketClosed,
    NoTurn,
    NoTurnTls,
    BadUrl,
    CredentialsRefused,
    QuotaReached,
    PortsUsedUp,
    TurnRefused,
    OnlyStun,
    PrivateRelayedAddress,
    PeerRefused,
    PacketLost,
    PortsClosed,
    TookTooLong,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    pub cause: Cause,
    /// The fault as a sentence.
    pub text: String,
    /// The remedy as a sentence.
    pub remedy: String,
}

impl Fault {
    pub(crate) fn new(cause: Cause, text: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self {
            cause,
            text: text.into(),
            remedy: remedy.into(),
        }
    }

    /// Prefixes the text with the place of the fault.
    pub(crate) fn at(self, place: &str) -> Self {
        Self {
            text: format!("{place}: {}", self.text),
            ..self
        }
    }
}
