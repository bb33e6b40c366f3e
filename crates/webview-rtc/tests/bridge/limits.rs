//! Resource limits of a page.

use std::time::Duration;

use tokio_tungstenite::tungstenite::{Bytes, Message};
use webview_rtc::{
    Options, Transport,
    bridge::{Limits, MAX_BINARY_BYTES, Rate},
    wire::{
        frame::{EncodedVideo, Frame},
        id::{EncodingId, ReceiverId, SourceId},
        request::{RequestKind, SourceKind},
    },
};

use crate::page::Page;

const MALFORMED: u16 = 1007;
const TOO_FAST: u16 = 1008;
const TOO_LONG: u16 = 1009;

async fn check_closed(message: Message, expect: u16) {
    let transport = Transport::default();
    let mut page = Page::open(&transport).await;
    page.send(message.clone()).await;
    let code = page.close_code().await;
    assert_eq!(code, expect, "{message:?}");
}

#[tokio::test]
async fn malformed_message_closes_the_bridge() {
    for text in [
        "",
        "null",
        "{}",
        r#"{"id": 1, "type": "fly"}"#,
        r#"{"id": -1, "type": "close-source", "source": 1}"#,
        r#"{"id": 1, "type": "close-source"}"#,
        &format!(r#"{{"id": 1, "type": {}"#, "[".repeat(10_000)),
    ] {
        check_closed(Message::text(text), MALFORMED).await;
    }
    for bytes in [&b""[..], &[0], &[99, 1, 2], &[1, 0]] {
        let bytes = Bytes::copy_from_slice(bytes);
        check_closed(Message::Binary(bytes), MALFORMED).await;
    }
}

#[tokio::test]
async fn too_long_request_closes_the_bridge() {
    let long_text = format!(
        r#"{{"id": 1, "type": "close-source", "source": 1, "x": "{}"}}"#,
        "x".repeat(1 << 20)
    );
    check_closed(Message::text(long_text), TOO_LONG).await;
}

#[tokio::test]
async fn message_beyond_the_maximum_closes_the_bridge() {
    let transport = Transport::default();
    let mut page = Page::open(&transport).await;
    let long = Message::binary(vec![1; MAX_BINARY_BYTES + 1]);
    // The transport closes before it has read everything; either end may notice first.
    page.try_send(long).await;
    page.end().await;
    Page::open(&transport).await.ask_done(open_source(1)).await;
}

#[tokio::test]
async fn flood_of_requests_closes_the_bridge() {
    let transport = Transport::new(Options {
        limits: Limits {
            requests: Rate::one_per(Duration::from_secs(1), 10),
            ..Limits::default()
        },
    });
    let mut page = Page::open(&transport).await;
    for source in 0..10 {
        page.ask_done(open_source(source)).await;
    }
    page.send_request(open_source(10)).await;
    assert_eq!(page.close_code().await, TOO_FAST);
}

#[tokio::test]
async fn flood_of_frames_with_unknown_ids_is_ignored() {
    let transport = Transport::default();
    let mut page = Page::open(&transport).await;
    for number in 0..20_000 {
        page.send_frame(Frame::AudioRequest {
            receiver: ReceiverId(number),
            frames: u16::MAX,
        })
        .await;
        page.send_frame(Frame::EncodedVideo(EncodedVideo {
            key: true,
            encoding: EncodingId(number),
            timestamp: u64::MAX,
            width: 0,
            height: u16::MAX,
            bytes: &[],
        }))
        .await;
    }
    page.ask_done(open_source(1)).await;
}

fn open_source(source: u32) -> RequestKind {
    RequestKind::OpenSource {
        source: SourceId(source),
        kind: SourceKind::Audio,
        pixels: None,
    }
}
