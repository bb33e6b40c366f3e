//! The state behind the commands: signaling, settings, own relay, invite links.
//!
//! Invariant: no window and no Tauri, so it is tested without both.

use std::{path::PathBuf, sync::Arc};

use signal_protocol::{ClientMessage, ErrorMessage, RelayAddress};
use signal_server::PageSource;
use tokio::runtime::Handle;

use crate::{
    deep_link::DeepLinks,
    error::CommandError,
    fault::ShellFault,
    identity::IdentityFile,
    invite::OpenedInvite,
    own_relay::{OwnRelay, PORT, Reach},
    received_files::ReceivedFiles,
    relay_choice::RelayChoice,
    settings::{LoadedSettings, SaveFailure, Settings, SettingsFile},
    signaling::Signaling,
};

#[derive(Debug)]
pub(crate) struct Shell {
    pub(crate) signaling: Signaling,
    pub(crate) own_relay: Arc<OwnRelay>,
    pub(crate) deep_links: DeepLinks,
    pub(crate) received_files: ReceivedFiles,
    pub(crate) identity: IdentityFile,
    settings: SettingsFile,
    /// `--relay`: replaces the saved choice for the page.
    relay_for_this_run: Option<RelayChoice>,
}

impl Shell {
    pub(crate) fn new(
        runtime: &Handle,
        folder: PathBuf,
        downloads: Option<PathBuf>,
        page: PageSource,
        relay: Option<&RelayAddress>,
    ) -> Self {
        let own_relay = Arc::new(OwnRelay::new(PORT, page));
        Self {
            signaling: Signaling::start(runtime, Arc::clone(&own_relay)),
            own_relay,
            deep_links: DeepLinks::default(),
            identity: IdentityFile::in_folder(folder.clone()),
            received_files: ReceivedFiles::new(downloads, &folder),
            settings: SettingsFile::in_folder(folder),
            relay_for_this_run: relay.map(RelayChoice::from),
        }
    }

    /// Passes on a link that the system opened, also an unreadable one.
    pub(crate) fn open_link(&self, text: &str) {
        self.deep_links.open(self.read_invite(text));
    }

    pub(crate) fn read_invite(&self, text: &str) -> OpenedInvite {
        OpenedInvite::read(text, &self.own_relay.address())
    }

    /// Sends a message, except join and leave.
    pub(crate) fn send(&self, frame: &str) -> Result<(), CommandError> {
        let message = ClientMessage::decode(frame).map_err(
            |ErrorMessage {
                 message: detail, ..
             }| ShellFault::BadMessage { detail },
        )?;
        Ok(self.signaling.send(message)?)
    }

    pub(crate) fn load_settings(&self) -> LoadedSettings {
        let mut loaded = self.settings.load();
        if let Some(relay) = &self.relay_for_this_run {
            loaded.settings.relay = relay.clone();
        }
        loaded
    }

    /// The relay of `--relay` is not saved.
    pub(crate) fn save_settings(&self, mut settings: Settings) -> Result<(), SaveFailure> {
        if self.relay_for_this_run.as_ref() == Some(&settings.relay) {
            settings.relay = self.settings.load().settings.relay;
        }
        self.settings.save(&settings)
    }

    /// Leaves the room and ends the own relay, in that order, so that the others see a leave.
    pub(crate) async fn stop(&self) {
        self.signaling.stop().await;
        self.own_relay.stop().await;
    }
}

impl From<bool> for Reach {
    fn from(sharing: bool) -> Self {
        if sharing {
            Self::ThisNetwork
        } else {
            Self::ThisComputer
        }
    }
}
