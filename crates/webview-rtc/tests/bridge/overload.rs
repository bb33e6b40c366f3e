//! Frames for what is closed, and more frames than anybody needs.

use webview_rtc::{
    Transport,
    wire::{
        event::{Event, Reply},
        frame::{CapturedAudio, ChannelMessage, Frame, SOUND_FRAMES, Samples},
        id::ChannelId,
        request::{ChannelOptions, RequestKind, SourceKind},
    },
};

use crate::{
    agreement::{Call, PICTURE_SOURCE, SOUND_SOURCE, send_both},
    call::{encoding, picture, send_picture},
};

const CHAT: ChannelId = ChannelId(0);
/// Eight seconds of pictures, all at once.
const FLOOD: u8 = 250;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn frames_after_the_close_are_passed_over() {
    let transport = Transport::default();
    let mut call = Call::begin(&transport).await;
    send_both(&mut call.anna, &call.at_anna).await;
    let connection = call.at_anna.connection;
    let encoding = encoding(&mut call.anna).await;
    let open = RequestKind::OpenChannel {
        connection,
        channel: CHAT,
        options: ChannelOptions::default(),
    };
    call.anna.ask_done(open).await;

    let anna = &mut call.anna;
    anna.ask_done(RequestKind::CloseConnection { connection })
        .await;
    for source in [PICTURE_SOURCE, SOUND_SOURCE] {
        anna.ask_done(RequestKind::CloseSource { source }).await;
    }
    let samples = vec![0_u8; SOUND_FRAMES * 4];
    for number in 0..100_u8 {
        let bytes = picture(number == 0, number, 2000);
        send_picture(anna, encoding, number, &bytes).await;
        anna.send_frame(Frame::CapturedAudio(CapturedAudio {
            source: SOUND_SOURCE,
            timestamp: u64::from(number) * 10_000,
            samples: Samples::read(1, &samples).unwrap(),
        }))
        .await;
        anna.send_frame(Frame::SoundWanted {
            receiver: call.at_anna.sound,
            frames: 2,
        })
        .await;
        anna.send_frame(Frame::ChannelMessage(ChannelMessage {
            binary: true,
            connection,
            channel: CHAT,
            bytes: b"too late",
        }))
        .await;
    }
    // The page is served as before, and the same ids may be used again.
    for (source, kind) in [
        (PICTURE_SOURCE, SourceKind::Video),
        (SOUND_SOURCE, SourceKind::Audio),
    ] {
        anna.ask_done(RequestKind::OpenSource {
            source,
            kind,
            pixels: None,
        })
        .await;
    }
    let refused = anna
        .ask_refused(RequestKind::ReadStatistics { connection })
        .await;
    assert_eq!(refused, "InvalidStateError");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_flood_of_pictures_stops_nothing_else() {
    let transport = Transport::default();
    let mut call = Call::begin(&transport).await;
    send_both(&mut call.anna, &call.at_anna).await;
    let encoding = encoding(&mut call.anna).await;
    let connection = call.at_anna.connection;
    let open = RequestKind::OpenChannel {
        connection,
        channel: CHAT,
        options: ChannelOptions::default(),
    };
    call.anna.ask_done(open).await;
    for number in 0..FLOOD {
        let bytes = picture(number == 0, number, 60_000);
        send_picture(&mut call.anna, encoding, number, &bytes).await;
    }
    call.anna
        .send_frame(Frame::ChannelMessage(ChannelMessage {
            binary: true,
            connection,
            channel: CHAT,
            bytes: b"still here",
        }))
        .await;
    // What waits too long is left out, so that the message comes soon and a key frame is wanted.
    let alive = call
        .anna
        .ask(RequestKind::ReadStatistics { connection })
        .await;
    assert!(matches!(alive, Reply::Statistics { .. }), "{alive:?}");
    call.anna
        .event(|event| match event {
            Event::KeyFrameWanted { encoding: of } if of == encoding => Some(()),
            _ => None,
        })
        .await;
    let mut pictures = 0_u8;
    loop {
        let message = call.bela.next_frame().await;
        match Frame::decode(&message).unwrap() {
            Frame::ChannelMessage(message) => {
                assert_eq!(message.bytes, b"still here");
                break;
            }
            Frame::ReceivedVideo(_) => pictures += 1,
            _ => {}
        }
    }
    assert!(pictures < FLOOD, "{pictures} pictures were carried first");
}
