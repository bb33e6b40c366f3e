//! The desktop shell: a window for the page, signaling, the settings, the own relay.
//!
//! Invariant: no call logic. Only `run`, `window`, `small_window`, `folder_dialog`, `commands`,
//! `error` and `platform` use Tauri; the rest is tested without a window.
#![cfg_attr(
    test,
    allow(
        clippy::disallowed_methods,
        reason = "tests begin their virtual time at some instant"
    )
)]

mod arguments;
mod commands;
mod deep_link;
mod error;
pub mod fault;
mod folder_dialog;
mod identity;
pub mod invite;
mod log_filter;
pub mod own_relay;
mod page;
mod platform;
mod received_files;
pub mod relay_choice;
mod run;
pub mod settings;
mod shell;
pub mod signaling;
mod small_window;
mod sync_folder;
mod web_link;
mod window;

pub use run::run;

#[cfg(test)]
mod typescript;
