//! The shell without its window, against real relays on free ports of this computer.
#![allow(
    clippy::disallowed_methods,
    reason = "tests live in real time, with deadlines"
)]
#![allow(
    clippy::unwrap_used,
    reason = "a helper that fails fails its test, as tests themselves do"
)]

mod exit;
mod first_join;
mod lost_relay;
mod own_relay;
mod reload;
mod settings_file;
mod support;
