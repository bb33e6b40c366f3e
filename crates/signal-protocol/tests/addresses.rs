//! Relay addresses and invite links, from the table that the page's tests use too.
#![allow(
    clippy::unwrap_used,
    reason = "a test that meets what it does not expect is to fail there"
)]

use proptest::prelude::*;
use serde::Deserialize;
use signal_protocol::{Invite, RelayAddress, RoomName};

#[derive(Deserialize)]
struct Table {
    invites: Vec<InviteRow>,
    addresses: Vec<AddressRow>,
}

#[derive(Deserialize)]
struct InviteRow {
    link: String,
    #[serde(flatten)]
    expect: Expect<InviteMeaning>,
}

#[derive(Deserialize)]
struct AddressRow {
    text: String,
    #[serde(flatten)]
    expect: Expect<AddressMeaning>,
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(untagged)]
enum Expect<M> {
    Refused { error: String },
    Means(M),
}

#[derive(Debug, PartialEq, Deserialize)]
struct InviteMeaning {
    relay: String,
    websocket: String,
    web: String,
    app: String,
    room: String,
    secret: Option<String>,
}

#[derive(Debug, PartialEq, Deserialize)]
struct AddressMeaning {
    relay: String,
    websocket: String,
    web: String,
}

fn table() -> Table {
    serde_json::from_str(include_str!("../testdata/invites.json")).unwrap()
}

#[test]
fn invite_links_match_the_table() {
    for row in table().invites {
        let means = match Invite::parse(&row.link) {
            Ok(invite) => Expect::Means(InviteMeaning {
                relay: invite.relay.to_string(),
                websocket: invite.relay.websocket_url(),
                web: invite.web_url(),
                app: invite.to_string(),
                room: invite.room.to_string(),
                secret: invite.secret.map(|secret| secret.as_str().to_owned()),
            }),
            Err(error) => Expect::Refused {
                error: error.to_string(),
            },
        };
        assert_eq!(means, row.expect, "{:?}", row.link);
    }
}

#[test]
fn addresses_match_the_table() {
    for row in table().addresses {
        let means = match RelayAddress::parse(&row.text) {
            Ok(address) => Expect::Means(AddressMeaning {
                relay: address.to_string(),
                websocket: address.websocket_url(),
                web: address.web_origin(),
            }),
            Err(error) => Expect::Refused {
                error: error.to_string(),
            },
        };
        assert_eq!(means, row.expect, "{:?}", row.text);
    }
}

#[test]
fn socket_address_has_no_tls() {
    let address = RelayAddress::plain("192.0.2.1:8787".parse().unwrap());
    assert_eq!(address.websocket_url(), "ws://192.0.2.1:8787/ws");
    let address = RelayAddress::plain("[2001:db8::1]:80".parse().unwrap());
    assert_eq!(address.web_origin(), "http://[2001:db8::1]");
}

fn address() -> impl Strategy<Value = RelayAddress> {
    let scheme = prop_oneof![Just(""), Just("https://"), Just("http://"), Just("snug://")];
    let host = prop_oneof![
        "[a-z]{1,8}",
        "[a-z]{1,8}\\.[a-z]{2,5}",
        "[a-z]{1,8}\\.local",
        any::<std::net::Ipv4Addr>().prop_map(|ip| ip.to_string()),
        any::<std::net::Ipv6Addr>().prop_map(|ip| format!("[{ip}]")),
    ];
    let port = prop_oneof![
        Just(String::new()),
        prop_oneof![Just(80), Just(443), Just(8787), 1..=u16::MAX]
            .prop_map(|port| format!(":{port}")),
    ];
    (scheme, host, port).prop_filter_map("no host", |(scheme, host, port)| {
        RelayAddress::parse(&format!("{scheme}{host}{port}")).ok()
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn printed_address_parses_to_itself(address in address()) {
        prop_assert_eq!(RelayAddress::parse(&address.to_string()), Ok(address.clone()));
        prop_assert_eq!(RelayAddress::parse(&address.web_origin()), Ok(address.clone()));
        prop_assert_eq!(RelayAddress::parse(&address.websocket_url()), Ok(address));
    }

    #[test]
    fn both_links_of_an_invite_parse_to_it(
        relay in address(),
        room in "[A-Za-z0-9_-][A-Za-z0-9_.-]{0,127}",
    ) {
        let invite = Invite::new(relay, RoomName::parse(&room).unwrap());
        prop_assert_eq!(Invite::parse(&invite.to_string()), Ok(invite.clone()));
        prop_assert_eq!(Invite::parse(&invite.web_url()), Ok(invite));
    }

    #[test]
    fn pasted_text_never_panics(text in "\\PC{0,60}") {
        let _ = Invite::parse(&text);
        let _ = RelayAddress::parse(&text);
        let _ = Invite::parse(&format!("https://{text}"));
    }
}
