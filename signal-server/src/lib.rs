//! The relay of Snug: rooms, signaling between their members, and the page for guests.
//!
//! Invariant: it never looks into a payload, and one member's failure does not affect others. The
//! protocol is `signal-protocol`, described in `docs/protocol.md`. [`serve`] is the whole
//! interface; the desktop app runs it inside itself, and `main.rs` runs it as a program.
#![cfg_attr(
    test,
    allow(
        clippy::disallowed_methods,
        reason = "tests begin their virtual time at some instant"
    )
)]

mod authority;
mod backplane;
mod bind_error;
mod clock;
mod config;
mod connection_limit;
mod heartbeat;
mod host;
mod http;
mod ice;
mod linger;
mod listener;
mod metrics;
mod metrics_endpoint;
mod network;
mod origin;
mod outbox;
mod page;
mod proxy;
mod relay;
mod send_buffer;
mod send_timeout;
mod session;
mod systemd;
mod tls;
mod turn;
mod upgrade;
mod websocket;

pub use bind_error::BindError;
pub use config::{
    AcmeConfig, CertificateFiles, Config, ConfigError, HostNameError, HostNames, RedisConfig,
    RedisUrl, RedisUrlError, TlsConfig, TurnConfig,
};
pub use ice::{IceServerError, parse_ice_server, parse_turn_url};
pub use listener::serve;
pub use network::{Network, NetworkError};
pub use origin::{AllowedOrigins, OriginError};
pub use page::{PageFile, PageSource};
pub use tls::{CertificateFileError, read_certificate_file};
pub use turn_server::{PeerConsent, Secret};
