//! The relay over real sockets on port 0, one file per behaviour.
#![allow(
    clippy::unwrap_used,
    clippy::wildcard_enum_match_arm,
    reason = "a test that meets what it does not expect is to fail there"
)]

mod abuse;
mod acme;
mod client;
mod compression;
mod flags;
mod health;
mod heartbeat;
mod host;
mod joining;
mod limits;
mod logs;
mod malformed;
mod metrics;
mod names;
mod order;
mod origin;
mod page;
mod program;
mod proxy;
mod random;
mod relay;
mod resume;
mod service;
mod shutdown;
mod slow;
mod subprotocol;
mod tls;
mod typos;
#[path = "../turn/udp_client.rs"]
#[expect(dead_code, reason = "the TURN tests ask more")]
mod udp_client;
#[cfg(target_os = "linux")]
mod unread;
mod upgrade;
#[cfg(unix)]
mod web_root;
mod who_is_there;
