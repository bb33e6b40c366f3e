//! Typed room names, from the table that the page's tests use too.
#![allow(
    clippy::unwrap_used,
    reason = "a test that meets what it does not expect is to fail there"
)]

use proptest::prelude::*;
use serde::Deserialize;
use signal_protocol::RoomName;

#[derive(Deserialize)]
struct Table {
    rooms: Vec<Row>,
}

#[derive(Deserialize)]
struct Row {
    text: String,
    room: Option<String>,
    error: Option<String>,
}

#[test]
fn typed_room_matches_the_table() {
    let table: Table = serde_json::from_str(include_str!("../testdata/rooms.json")).unwrap();
    for row in table.rooms {
        let (room, error) = match RoomName::from_typed(&row.text) {
            Ok(room) => (Some(room.to_string()), None),
            Err(error) => (None, Some(error.to_string())),
        };
        assert_eq!((room, error), (row.room, row.error), "{:?}", row.text);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn typed_room_is_a_valid_room_name(text in "\\PC{0,40}") {
        if let Ok(room) = RoomName::from_typed(&text) {
            prop_assert_eq!(RoomName::parse(room.as_str()), Ok(room.clone()));
            prop_assert_eq!(RoomName::from_typed(room.as_str()), Ok(room));
        }
    }

    #[test]
    fn typed_room_ignores_case(text in "[a-z0-9 ._-]{1,40}") {
        let capitals = RoomName::from_typed(&text.to_uppercase());
        prop_assert_eq!(capitals, RoomName::from_typed(&text));
    }
}
