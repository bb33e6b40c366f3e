//! System audio: what a page is granted, and audio on request.

use webview_rtc::{
    SoundServer, Transport,
    wire::{frame::Frame, id::ReceiverId, request::RequestKind},
};

use crate::page::Page;

const RECEIVER: ReceiverId = ReceiverId(0x8000_0000);

fn open(grant: String) -> RequestKind {
    let receiver = RECEIVER;
    RequestKind::OpenSystemAudio { receiver, grant }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn granted_system_audio_gives_the_frames_requested() {
    let transport = Transport::default();
    let mut page = Page::open(&transport).await;
    let nowhere = SoundServer {
        socket: Some("/nowhere".into()),
    };
    let grant = transport.grant_system_audio(nowhere).await.unwrap();
    page.ask_done(open(grant.clone())).await;
    let receiver = RECEIVER;
    let frames = 2;
    page.send_frame(Frame::AudioRequest { receiver, frames })
        .await;
    let message = page.next_frame().await;
    let Ok(Frame::ReceivedAudio(audio)) = Frame::decode(&message) else {
        panic!("no audio of the system");
    };
    assert_eq!((audio.receiver, audio.samples.channels()), (RECEIVER, 2));
    assert_eq!(audio.samples.frames().count(), 2);
    assert_eq!(page.ask_refused(open(grant)).await, "InvalidStateError");
    page.ask_done(RequestKind::CloseSystemAudio { receiver })
        .await;
    let refused = page
        .ask_refused(RequestKind::CloseSystemAudio { receiver })
        .await;
    assert_eq!(refused, "InvalidStateError");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn system_audio_without_a_grant_is_refused() {
    let transport = Transport::default();
    let mut page = Page::open(&transport).await;
    for invented in [String::new(), "0".repeat(32)] {
        assert_eq!(page.ask_refused(open(invented)).await, "NotAllowedError");
    }
    let grant = transport
        .grant_system_audio(SoundServer::default())
        .await
        .unwrap();
    // It is for audio only.
    let capture = RequestKind::OpenCapture {
        capture: webview_rtc::wire::id::CaptureId(1),
        grant: grant.clone(),
        frame_rate: 30.0,
    };
    assert_eq!(page.ask_refused(capture).await, "NotAllowedError");
    page.ask_done(open(grant.clone())).await;
    let receiver = RECEIVER;
    page.ask_done(RequestKind::CloseSystemAudio { receiver })
        .await;
    assert_eq!(page.ask_refused(open(grant)).await, "NotAllowedError");
}
