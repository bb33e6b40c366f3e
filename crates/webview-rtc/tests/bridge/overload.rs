//! Frames for closed objects, and floods of frames.

use webview_rtc::{
    Transport,
    wire::{
        event::{Event, Reply},
        frame::{AUDIO_FRAME_SAMPLES, CapturedAudio, ChannelMessage, Frame, Samples},
        id::ChannelId,
        request::{ChannelOptions, RequestKind, SourceKind},
    },
};

use crate::{
    call::{encoding, send_video_frame, vp8_frame},
    negotiated::{AUDIO_SOURCE, Call, VIDEO_SOURCE, send_audio_and_video},
};

const CHAT: ChannelId = ChannelId(0);
/// Frames of eight seconds of video, sent at once.
const FLOOD: u8 = 250;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn frames_after_the_close_are_ignored() {
    let transport = Transport::default();
    let mut call = Call::connect(&transport).await;
    send_audio_and_video(&mut call.anna, &call.at_anna).await;
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
    for source in [VIDEO_SOURCE, AUDIO_SOURCE] {
        anna.ask_done(RequestKind::CloseSource { source }).await;
    }
    let samples = vec![0_u8; AUDIO_FRAME_SAMPLES * 4];
    for number in 0..100_u8 {
        let bytes = vp8_frame(number == 0, number, 2000);
        send_video_frame(anna, encoding, number, &bytes).await;
        anna.send_frame(Frame::CapturedAudio(CapturedAudio {
            source: AUDIO_SOURCE,
            timestamp: u64::from(number) * 10_000,
            samples: Samples::read(1, &samples).unwrap(),
        }))
        .await;
        anna.send_frame(Frame::AudioRequest {
            receiver: call.at_anna.audio,
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
    // The page is served as before, and closed source ids may be opened again.
    for (source, kind) in [
        (VIDEO_SOURCE, SourceKind::Video),
        (AUDIO_SOURCE, SourceKind::Audio),
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
async fn flood_of_video_does_not_block_messages() {
    let transport = Transport::default();
    let mut call = Call::connect(&transport).await;
    send_audio_and_video(&mut call.anna, &call.at_anna).await;
    let encoding = encoding(&mut call.anna).await;
    let connection = call.at_anna.connection;
    let open = RequestKind::OpenChannel {
        connection,
        channel: CHAT,
        options: ChannelOptions::default(),
    };
    call.anna.ask_done(open).await;
    for number in 0..FLOOD {
        let bytes = vp8_frame(number == 0, number, 60_000);
        send_video_frame(&mut call.anna, encoding, number, &bytes).await;
    }
    call.anna
        .send_frame(Frame::ChannelMessage(ChannelMessage {
            binary: true,
            connection,
            channel: CHAT,
            bytes: b"still here",
        }))
        .await;
    // Stale frames are dropped, so the message arrives soon and a key frame is requested.
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
    let mut frames = 0_u8;
    loop {
        let message = call.bela.next_frame().await;
        match Frame::decode(&message).unwrap() {
            Frame::ChannelMessage(message) => {
                assert_eq!(message.bytes, b"still here");
                break;
            }
            Frame::ReceivedVideo(_) => frames += 1,
            _ => {}
        }
    }
    assert!(frames < FLOOD, "{frames} frames were carried first");
}
