//! The relay answers an invalid message by an error and closes the socket for an invalid frame.
//! Other members are not affected.

use signal_protocol::ErrorCode;
use tokio::io::AsyncWriteExt;
use tokio_tungstenite::tungstenite::Message;

use crate::{client::Client, relay::Relay};

async fn check(client: &mut Client, frame: &str, expect: ErrorCode, about: Option<&str>) {
    client.send_text(frame).await;
    let error = client.hear_error().await;
    let shown: String = frame.chars().take(80).collect();
    assert_eq!(
        (error.code, error.about.as_deref()),
        (expect, about),
        "{shown}"
    );
    assert!(
        error.message.ends_with('.'),
        "no sentence: {}",
        error.message
    );
}

#[tokio::test]
async fn malformed_messages_get_their_errors() {
    use ErrorCode::{BadEmail, BadMessage, BadRoom, NoSuchUser, TooLarge, UnknownType};

    let relay = Relay::start(|_| ()).await;
    let (mut ann, _) = relay.join("r", "ann").await;
    let mut client = relay.client().await;
    for garbage in [
        "",
        " ",
        "hello",
        "null",
        "42",
        "\"ping\"",
        "[]",
        "[\"ping\"]",
        "[\"ping\",null,null,null,null,null,null,null]",
        "{}",
        "{\"type\":\"ping\"",
        "{\"type\":\"ping\"} {}",
        "{'type':'ping'}",
        "{\"type\":5}",
        "{\"type\":null}",
        "{\"type\":[\"ping\"]}",
        "{\"type\":\"ping\",\"type\":\"ping\"}",
        "{\"Type\":\"ping\"}",
        "{\"type\":\"ping\\ud800\"}",
        "\u{feff}{\"type\":\"ping\"}",
    ] {
        check(&mut client, garbage, BadMessage, None).await;
    }
    let deep = format!("{}{}", "[".repeat(30_000), "]".repeat(30_000));
    check(&mut client, &deep, BadMessage, None).await;
    let deep = "{\"type\":".repeat(8_000);
    check(&mut client, &deep, BadMessage, None).await;

    for (frame, code, about) in [
        ("{\"type\":\"\"}", UnknownType, ""),
        ("{\"type\":\"incoming:call\"}", UnknownType, "incoming:call"),
        ("{\"type\":\"PING\"}", UnknownType, "PING"),
        ("{\"type\":\"room:join\"}", BadMessage, "room:join"),
        (
            "{\"type\":\"room:join\",\"room\":\"r\"}",
            BadMessage,
            "room:join",
        ),
        (
            "{\"type\":\"room:join\",\"email\":\"a\"}",
            BadMessage,
            "room:join",
        ),
        (
            "{\"type\":\"room:join\",\"room\":null,\"email\":\"a\"}",
            BadMessage,
            "room:join",
        ),
        (
            "{\"type\":\"room:join\",\"room\":5,\"email\":\"a\"}",
            BadMessage,
            "room:join",
        ),
        (
            "{\"type\":\"room:join\",\"room\":{\"a\":1},\"email\":\"a\"}",
            BadMessage,
            "room:join",
        ),
        (
            "{\"type\":\"room:join\",\"room\":\"r\",\"email\":[\"a\"]}",
            BadMessage,
            "room:join",
        ),
        (
            "{\"type\":\"room:join\",\"room\":\"\",\"email\":\"a\"}",
            BadRoom,
            "room:join",
        ),
        (
            "{\"type\":\"room:join\",\"room\":\"a b\",\"email\":\"a\"}",
            BadRoom,
            "room:join",
        ),
        (
            "{\"type\":\"room:join\",\"room\":\"..\",\"email\":\"a\"}",
            BadRoom,
            "room:join",
        ),
        (
            "{\"type\":\"room:join\",\"room\":\"é\",\"email\":\"a\"}",
            BadRoom,
            "room:join",
        ),
        (
            "{\"type\":\"room:join\",\"room\":\"r\",\"email\":\"\"}",
            BadEmail,
            "room:join",
        ),
        (
            "{\"type\":\"room:join\",\"room\":\"r\",\"email\":\"a\",\"status\":1}",
            BadMessage,
            "room:join",
        ),
        (
            "{\"type\":\"room:join\",\"room\":\"r\",\"email\":\"a\",\"proof\":true}",
            BadMessage,
            "room:join",
        ),
        (
            "{\"type\":\"room:join\",\"room\":\"r\",\"email\":\"a\",\"resume\":{}}",
            BadMessage,
            "room:join",
        ),
        ("{\"type\":\"user:status\"}", BadMessage, "user:status"),
        ("{\"type\":\"user:call\"}", BadMessage, "user:call"),
        (
            "{\"type\":\"user:call\",\"to\":\"x\"}",
            BadMessage,
            "user:call",
        ),
        (
            "{\"type\":\"user:call\",\"payload\":\"x\"}",
            BadMessage,
            "user:call",
        ),
        (
            "{\"type\":\"user:call\",\"to\":5,\"payload\":\"x\"}",
            BadMessage,
            "user:call",
        ),
        (
            "{\"type\":\"user:call\",\"to\":\"x\",\"payload\":{\"offer\":\"v=0\"}}",
            BadMessage,
            "user:call",
        ),
        (
            "{\"type\":\"user:call\",\"to\":\"x\",\"payload\":null}",
            BadMessage,
            "user:call",
        ),
    ] {
        check(&mut client, frame, code, Some(about)).await;
    }
    let join = |room: &str, email: &str, more: &str| {
        format!("{{\"type\":\"room:join\",\"room\":\"{room}\",\"email\":\"{email}\"{more}}}")
    };
    let about = Some("room:join");
    check(
        &mut client,
        &join(&"x".repeat(129), "a", ""),
        BadRoom,
        about,
    )
    .await;
    check(
        &mut client,
        &join("r", &"x".repeat(513), ""),
        BadEmail,
        about,
    )
    .await;
    let status = format!(",\"status\":\"{}\"", "x".repeat(2049));
    check(&mut client, &join("r", "a", &status), TooLarge, about).await;
    let proof = format!(",\"proof\":\"{}\"", "x".repeat(257));
    check(&mut client, &join("r", "a", &proof), TooLarge, about).await;

    // The largest message, with a field of another message and an unknown one: a join like any.
    let deep = format!(
        ",\"x\":{}{},\"to\":5",
        "[".repeat(10_000),
        "]".repeat(10_000)
    );
    client
        .send_text(&join(&"x".repeat(128), &"x".repeat(512), &deep))
        .await;
    client.hear_joined().await;
    let nobody = "{\"type\":\"user:call\",\"to\":\"\",\"payload\":\"\"}";
    check(&mut client, nobody, NoSuchUser, Some("user:call")).await;
    ann.receive_nothing().await;
}

#[tokio::test]
async fn binary_frame_closes_the_socket_with_1003() {
    let relay = Relay::start(|_| ()).await;
    let mut client = relay.client().await;
    client.send_frame(Message::binary(vec![1, 2, 3])).await;
    assert_eq!(client.receive_close().await, 1003);
}

#[tokio::test]
async fn frame_above_64_kib_closes_with_1009() {
    // A frame of exactly 64 KiB is accepted.
    let relay = Relay::start(|_| ()).await;
    let mut client = relay.client().await;
    let padded = |bytes: usize| {
        let message = "{\"type\":\"ping\"}";
        format!("{message}{}", " ".repeat(bytes - message.len()))
    };
    client.send_text(&padded(65_536)).await;
    assert_eq!(client.receive().await, signal_protocol::ServerMessage::Pong);
    client.send_text(&padded(65_537)).await;
    assert_eq!(client.receive_close().await, 1009);
}

#[tokio::test]
async fn large_frame_gets_close_code_1009() {
    let relay = Relay::start(|_| ()).await;
    let mut client = relay.client().await;
    client.send_text(&"x".repeat(3_000_000)).await;
    assert_eq!(client.receive_close().await, 1009);
}

#[tokio::test]
async fn invalid_utf8_or_frame_closes_with_1008() {
    let relay = Relay::start(|_| ()).await;
    for frame in [
        // A masked text frame whose one byte is 0xff.
        &[0x81, 0x81, 0, 0, 0, 0, 0xff][..],
        // A frame that is not masked.
        &[0x81, 0x01, b'x'][..],
        // A reserved opcode.
        &[0x83, 0x80, 0, 0, 0, 0][..],
        // A reserved bit.
        &[0xf1, 0x80, 0, 0, 0, 0][..],
    ] {
        let mut client = relay.client().await;
        let stream = client.socket.get_mut();
        stream.write_all(frame).await.unwrap();
        assert_eq!(client.receive_close().await, 1008, "{frame:x?}");
    }
}
