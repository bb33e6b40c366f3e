//! Data channels between two pages.

use webview_rtc::{
    Transport,
    wire::{
        event::Event,
        frame::{ChannelMessage, Frame},
        id::{ChannelId, ConnectionId},
        request::{ChannelOptions, RequestKind},
    },
};

use crate::{negotiated::Call, page::Page};

const CHAT: ChannelId = ChannelId(0);

fn options() -> ChannelOptions {
    ChannelOptions {
        label: "chat".to_owned(),
        protocol: "chat.v1".to_owned(),
        ..ChannelOptions::default()
    }
}

async fn send(page: &mut Page, connection: ConnectionId, channel: ChannelId, bytes: &[u8]) {
    page.send_frame(Frame::ChannelMessage(ChannelMessage {
        binary: true,
        connection,
        channel,
        bytes,
    }))
    .await;
}

pub(crate) async fn next_message(page: &mut Page) -> (ChannelId, Vec<u8>) {
    loop {
        let message = page.next_frame().await;
        if let Frame::ChannelMessage(message) = Frame::decode(&message).unwrap() {
            return (message.channel, message.bytes.to_vec());
        }
    }
}

/// Opens a channel from anna; returns its id at bela.
async fn open(call: &mut Call) -> ChannelId {
    let connection = call.at_anna.connection;
    let channel = CHAT;
    let kind = RequestKind::OpenChannel {
        connection,
        channel,
        options: options(),
    };
    call.anna.ask_done(kind).await;
    let at_bela = call
        .bela
        .event(|event| match event {
            Event::IncomingChannel {
                channel, options, ..
            } => Some((channel, options)),
            _ => None,
        })
        .await;
    assert_eq!(at_bela.1.label, "chat");
    assert_eq!(at_bela.1.protocol, "chat.v1");
    assert!(at_bela.0.0 >= 1 << 31);
    call.anna
        .event(|event| matches!(event, Event::ChannelOpen { channel: CHAT, .. }).then_some(()))
        .await;
    at_bela.0
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn messages_arrive_complete_and_in_order() {
    let transport = Transport::default();
    let mut call = Call::connect(&transport).await;
    let at_bela = open(&mut call).await;
    let messages: Vec<Vec<u8>> = [1, 1_000, 65_536, 262_144, 3]
        .iter()
        .enumerate()
        .map(|(index, length)| vec![index as u8; *length])
        .collect();
    for message in &messages {
        send(&mut call.anna, call.at_anna.connection, CHAT, message).await;
    }
    for message in &messages {
        let (channel, bytes) = next_message(&mut call.bela).await;
        assert_eq!(channel, at_bela);
        assert!(bytes == *message, "{} bytes came", bytes.len());
    }
    send(&mut call.bela, call.at_bela.connection, at_bela, b"back").await;
    assert_eq!(next_message(&mut call.anna).await, (CHAT, b"back".to_vec()));
    let mut left = 0;
    let sent: usize = messages.iter().map(Vec::len).sum();
    while left < sent {
        left += call
            .anna
            .event(|event| match event {
                Event::ChannelSent { bytes, .. } => Some(bytes as usize),
                _ => None,
            })
            .await;
    }
    assert_eq!(left, sent);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn page_that_reads_late_loses_no_message() {
    const COUNT: u32 = 60;
    let transport = Transport::default();
    let anna = Page::open(&transport).await;
    let bela = Page::open_narrow(&transport).await;
    let mut call = Call::connect_pages(anna, bela).await;
    open(&mut call).await;
    // Twice the size from which the transport stops polling the connection.
    for number in 0..COUNT {
        let message = number.to_le_bytes().repeat(10_240);
        send(&mut call.anna, call.at_anna.connection, CHAT, &message).await;
    }
    for number in 0..COUNT {
        let (_, bytes) = next_message(&mut call.bela).await;
        let expected = number.to_le_bytes().repeat(10_240);
        assert!(bytes == expected, "message {number}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn closed_channel_is_closed_on_both_sides() {
    let transport = Transport::default();
    let mut call = Call::connect(&transport).await;
    let at_bela = open(&mut call).await;
    let connection = call.at_anna.connection;
    let channel = CHAT;
    call.anna
        .ask_done(RequestKind::CloseChannel {
            connection,
            channel,
        })
        .await;
    for (page, expected) in [(&mut call.bela, at_bela), (&mut call.anna, CHAT)] {
        let closed = page
            .event(|event| match event {
                Event::ChannelClosed { channel, .. } => Some(channel),
                _ => None,
            })
            .await;
        assert_eq!(closed, expected);
    }
}
