//! Invite links: created for others, and read when pasted, clicked or given on the command line.

use std::fmt;

use serde::Serialize;
use signal_protocol::{Invite, InviteError, RelayAddress, RoomName};
use url::Host;

use crate::{
    fault::ShellFault,
    own_relay::OwnRelay,
    relay_choice::{RelayChoice, RelayTarget},
};

/// A text that was opened or pasted as a link.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub enum OpenedInvite {
    Room {
        room: String,
        relay: RelayChoice,
        /// The fragment of a private room's link. The page keeps it with its room session, for a reload.
        secret: Option<String>,
    },
    /// `error` says why the link leads into no room.
    Unreadable {
        text: String,
        #[cfg_attr(test, ts(type = "InviteError"))]
        error: InviteError,
    },
}

impl OpenedInvite {
    #[must_use]
    pub fn read(text: &str, own_relay: &RelayAddress) -> Self {
        match Invite::parse(text) {
            Ok(invite) => Self::room(&invite, own_relay),
            Err(error) => Self::Unreadable {
                text: text.to_owned(),
                error,
            },
        }
    }

    fn room(invite: &Invite, own_relay: &RelayAddress) -> Self {
        let relay = if is_own_relay(&invite.relay, own_relay) {
            RelayChoice::ThisComputer
        } else {
            RelayChoice::from(&invite.relay)
        };
        Self::Room {
            room: invite.room.as_str().to_owned(),
            relay,
            secret: invite
                .secret
                .as_ref()
                .map(|secret| secret.as_str().to_owned()),
        }
    }
}

/// A link may hold the secret of a private room.
impl fmt::Debug for OpenedInvite {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("OpenedInvite(…)")
    }
}

/// The invite link for others; any browser opens it.
///
/// # Errors
/// The room number or the address is none.
pub async fn web_link(
    room: &str,
    relay: &RelayChoice,
    own_relay: &OwnRelay,
) -> Result<String, ShellFault> {
    let room = RoomName::parse(room)?;
    let relay = match relay.target()? {
        RelayTarget::Server(address) => address,
        RelayTarget::ThisComputer => own_relay.address_for_others().await,
    };
    Ok(Invite::new(relay, room).web_url())
}

/// `localhost` and `127.0.0.1` always mean this computer.
fn is_own_relay(relay: &RelayAddress, own_relay: &RelayAddress) -> bool {
    let is_here = match relay.host() {
        Host::Domain(name) => name == "localhost",
        Host::Ipv4(ip) => ip.is_loopback(),
        Host::Ipv6(ip) => ip.is_loopback(),
    };
    is_here && relay.port() == own_relay.port() && !relay.is_secure()
}

#[cfg(test)]
mod tests {
    use signal_server::PageSource;

    use super::*;

    #[test]
    fn link_to_own_relay_means_this_computer() {
        let own = RelayAddress::parse("127.0.0.1:8787").unwrap();
        let check = |link: &str, expected: &str| {
            let relay = match OpenedInvite::read(link, &own) {
                OpenedInvite::Room {
                    room,
                    relay,
                    secret,
                } => {
                    assert_eq!(room, "42");
                    assert_eq!(secret, None);
                    relay
                }
                OpenedInvite::Unreadable { error, .. } => panic!("{link}: {error}"),
            };
            let relay = match relay {
                RelayChoice::ThisComputer => "this computer".to_owned(),
                RelayChoice::Server { address } => address,
            };
            assert_eq!(relay, expected, "{link}");
        };
        check("http://127.0.0.1:8787/r/42", "this computer");
        check("http://localhost:8787/r/42", "this computer");
        check("snug://[::1]:8787/r/42", "this computer");
        check("https://localhost:8787/r/42", "https://localhost:8787");
        check("http://127.0.0.1:9000/r/42", "127.0.0.1:9000");
        check("snug://192.168.1.5:8787/r/42", "192.168.1.5:8787");
        check("https://relay.example.org/r/42", "relay.example.org");
    }

    #[test]
    fn unreadable_link_is_kept_with_its_error() {
        let own = RelayAddress::parse("127.0.0.1:8787").unwrap();
        let check = |link: &str, sentence: &str| match OpenedInvite::read(link, &own) {
            OpenedInvite::Room { room, .. } => panic!("{link} is room {room}"),
            OpenedInvite::Unreadable { text, error } => {
                assert_eq!(text, link);
                assert!(error.to_string().contains(sentence), "{link}: {error}");
            }
        };
        check("hello", "This is not an invite link.");
        check("snug://h/", "names no room");
        check("snug://h/r/%FF", "cannot be read");
        check("snug://h/r/42#1.", "private room");
        check("ftp://h/r/42", "Start with https://");
        check("", "This is not an invite link.");
    }

    /// Without it the link would open an open room of the same name.
    #[test]
    fn link_of_a_private_room_keeps_its_secret() {
        let own = RelayAddress::parse("127.0.0.1:8787").unwrap();
        for link in ["snug://h/r/42#1.abc", "https://h/r/42#1.abc"] {
            let opened = OpenedInvite::read(link, &own);
            assert!(
                matches!(&opened, OpenedInvite::Room { secret: Some(secret), .. } if secret == "1.abc")
            );
            assert!(!format!("{opened:?}").contains("abc"));
        }
    }

    #[tokio::test]
    async fn web_link_opens_in_a_browser() {
        let own_relay = OwnRelay::new(8787, PageSource::None);
        let server = |address: &str| RelayChoice::Server {
            address: address.to_owned(),
        };
        let check = async |room: &str, relay: RelayChoice, expected: Result<&str, &str>| {
            let link = web_link(room, &relay, &own_relay).await;
            let link = link.map_err(|fault| serde_json::to_value(fault).unwrap());
            match (&link, expected) {
                (Ok(link), Ok(expected)) => assert_eq!(link, expected),
                (Err(fault), Err(part)) => assert!(fault.to_string().contains(part), "{fault}"),
                (Ok(_), Err(_)) | (Err(_), Ok(_)) => panic!("{link:?}, not {expected:?}"),
            }
        };
        check(
            "42",
            server("relay.example.org"),
            Ok("https://relay.example.org/r/42"),
        )
        .await;
        check(
            "42",
            server("192.168.1.5:8787"),
            Ok("http://192.168.1.5:8787/r/42"),
        )
        .await;
        check("4 2", server("relay.example.org"), Err("A room number is")).await;
        check("42", server(""), Err("no-address")).await;
    }
}
