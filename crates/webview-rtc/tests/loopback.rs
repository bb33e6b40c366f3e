//! Two connections over real sockets of this machine: they connect, carry audio, video and messages,
//! and detect the end of the peer.
#![allow(
    clippy::unwrap_used,
    clippy::wildcard_enum_match_arm,
    reason = "a test that cannot go on fails, and looks for one event among many"
)]

use std::{sync::Arc, time::Duration};

use tokio::{
    sync::{mpsc, oneshot},
    time::timeout,
};
use webview_rtc::{
    connection::{
        self, AudioPacket, Command, ConnectionEvent, ConnectionHandle, EventQueues, Refused,
        VideoFrame,
    },
    wire::{
        event::{DtlsState, IceState, VideoCodec},
        id::{ChannelId, ReceiverId},
        negotiated::{
            Codec, Direction, DtlsRole, Fingerprint, HeaderExtension, IceCredentials, Media,
            NegotiatedParameters, Rtp, Ssrcs,
        },
        request::{ChannelOptions, Configuration, IceTransportPolicy},
    },
};

#[path = "common/remote_candidate.rs"]
mod remote_candidate;

use remote_candidate::remote_candidate;

const EVENT_TIMEOUT: Duration = Duration::from_secs(20);

struct TestConnection {
    handle: ConnectionHandle,
    fingerprint: Fingerprint,
    events: mpsc::Receiver<ConnectionEvent>,
    media: mpsc::Receiver<ConnectionEvent>,
    credentials: IceCredentials,
    candidates: Vec<(String, String)>,
}

impl TestConnection {
    fn open(name: &str) -> Self {
        let configuration = Configuration {
            ice_servers: Vec::new(),
            ice_transport_policy: IceTransportPolicy::All,
        };
        let (control, events) = mpsc::channel(256);
        let (to_media, media) = mpsc::channel(256);
        let queues = EventQueues {
            control,
            media: to_media,
        };
        let (handle, fingerprint) = connection::open(configuration, queues).unwrap();
        let credentials = IceCredentials {
            username_fragment: name.repeat(4),
            password: name.repeat(24),
        };
        let gather = Command::Gather(credentials.clone());
        handle.try_send(gather).unwrap();
        Self {
            handle,
            fingerprint,
            events,
            media,
            credentials,
            candidates: Vec::new(),
        }
    }

    /// Waits for the first matching event and collects local candidates meanwhile.
    async fn next<T>(&mut self, matches: impl Fn(ConnectionEvent) -> Option<T>) -> T {
        let found = async {
            loop {
                let event = tokio::select! {
                    event = self.events.recv() => event,
                    event = self.media.recv() => event,
                };
                let event = event.expect("the connection ended");
                if let ConnectionEvent::Candidate {
                    candidate,
                    username_fragment,
                    ..
                } = &event
                {
                    let described = (candidate.clone(), username_fragment.clone());
                    self.candidates.push(described);
                }
                if let Some(found) = matches(event) {
                    return found;
                }
            }
        };
        timeout(EVENT_TIMEOUT, found).await.expect("it never came")
    }

    async fn dtls(&mut self, wanted: DtlsState) {
        let reached = |event| match event {
            ConnectionEvent::DtlsState(state) if state == wanted => Some(()),
            _ => None,
        };
        self.next(reached).await;
    }

    async fn commit(&self, negotiated: NegotiatedParameters) {
        let (reply, outcome) = oneshot::channel();
        let commit = Command::Commit(Box::new(negotiated), reply);
        self.handle.try_send(commit).unwrap();
        outcome.await.unwrap().unwrap();
    }

    fn add_remote_candidates(&self, candidates: &[(String, String)]) {
        for (candidate, username_fragment) in candidates {
            let add = Command::AddRemoteCandidate {
                candidate: Some(remote_candidate(candidate)),
                username_fragment: Some(username_fragment.clone()),
            };
            self.handle.try_send(add).unwrap();
        }
    }
}

fn rtp(mid: &str, codec: Codec, own: u32, other: u32) -> Rtp {
    let rtx = codec.rtx.map(|_| 1);
    Rtp {
        mid: mid.to_owned(),
        direction: Direction::SendRecv,
        codecs: vec![codec],
        extensions: vec![
            HeaderExtension {
                id: 4,
                uri: "urn:ietf:params:rtp-hdrext:sdes:mid".to_owned(),
            },
            HeaderExtension {
                id: 3,
                uri: "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01"
                    .to_owned(),
            },
        ],
        send: Ssrcs {
            ssrc: own,
            rtx: rtx.map(|one| own + one),
        },
        receive: vec![Ssrcs {
            ssrc: other,
            rtx: rtx.map(|one| other + one),
        }],
        cname: "cname".to_owned(),
        receiver: ReceiverId(0),
    }
}

fn codec(payload_type: u8, name: &str, clock_rate: u32, rtx: Option<u8>) -> Codec {
    let feedback: &[&str] = match rtx {
        Some(_) => &["nack", "nack pli", "transport-cc"],
        None => &["transport-cc"],
    };
    Codec {
        payload_type,
        name: name.to_owned(),
        clock_rate,
        channels: None,
        parameters: String::new(),
        feedback: feedback.iter().map(|&one| one.to_owned()).collect(),
        rtx,
    }
}

fn negotiated(
    own: &TestConnection,
    other: &TestConnection,
    role: DtlsRole,
) -> NegotiatedParameters {
    let (first, second) = match role {
        DtlsRole::Server => (10, 20),
        DtlsRole::Client => (20, 10),
    };
    NegotiatedParameters {
        dtls_role: role,
        ice_controlling: role == DtlsRole::Server,
        local: own.credentials.clone(),
        remote: other.credentials.clone(),
        remote_is_lite: false,
        remote_fingerprints: vec![other.fingerprint.clone()],
        media: vec![
            Media::Audio(rtp("0", codec(111, "opus", 48_000, None), first, second)),
            Media::Video(rtp(
                "1",
                codec(96, "VP8", 90_000, Some(97)),
                first + 100,
                second + 100,
            )),
            Media::Application {
                mid: "2".to_owned(),
                sctp_port: 5000,
                max_message_size: 262_144,
            },
        ],
    }
}

/// Commits the negotiated parameters first and exchanges candidates afterwards, as a page does.
async fn connected() -> (TestConnection, TestConnection) {
    let (mut a, mut b) = (TestConnection::open("a"), TestConnection::open("b"));
    b.commit(negotiated(&b, &a, DtlsRole::Client)).await;
    a.commit(negotiated(&a, &b, DtlsRole::Server)).await;
    for connection in [&mut a, &mut b] {
        let complete = |event| match event {
            ConnectionEvent::GatheringComplete { username_fragment } => Some(username_fragment),
            _ => None,
        };
        let fragment = connection.next(complete).await;
        assert_eq!(fragment, connection.credentials.username_fragment);
        assert!(!connection.candidates.is_empty());
    }
    a.add_remote_candidates(&b.candidates);
    b.add_remote_candidates(&a.candidates);
    a.dtls(DtlsState::Connected).await;
    b.dtls(DtlsState::Connected).await;
    (a, b)
}

fn audio_packet(sequence: u64) -> AudioPacket {
    AudioPacket {
        codec: webview_rtc::audio::AudioCodec::Opus,
        sequence,
        media_time: 960 * (sequence + 1),
        starts_talkspurt: sequence == 0,
        level: None,
        bytes: vec![0x78, 1, 2, 3],
    }
}

fn send_audio(packet: &AudioPacket) -> Command {
    Command::SendAudio {
        mid: "0".to_owned(),
        packet: Arc::new(packet.clone()),
        captured: Duration::from_millis(20 * (packet.sequence + 1)),
    }
}

#[tokio::test]
async fn call_over_real_sockets_carries_all_media() {
    let (mut a, mut b) = connected().await;
    let options = ChannelOptions {
        label: "chat".to_owned(),
        ..ChannelOptions::default()
    };
    let channel = ChannelId(0);
    a.handle
        .try_send(Command::OpenChannel(channel, options))
        .unwrap();
    let message: Vec<u8> = (0..100_000_u32).map(|at| at as u8).collect();
    for _ in 0..10 {
        let send = Command::SendChannel {
            channel,
            binary: true,
            bytes: message.clone(),
        };
        a.handle.send(send).await.unwrap();
    }
    for _ in 0..10 {
        let arrived = b.next(|event| match event {
            ConnectionEvent::ChannelMessage { bytes, .. } => Some(bytes),
            _ => None,
        });
        assert_eq!(arrived.await, message);
    }
    let packet = audio_packet(0);
    a.handle.try_send(send_audio(&packet)).unwrap();
    let received = b.next(|event| match event {
        ConnectionEvent::Audio { packet, .. } => Some(packet),
        _ => None,
    });
    let received = received.await;
    let expected = (packet.media_time, packet.bytes);
    assert_eq!((received.media_time, received.bytes), expected);
    let mut bytes = vec![0x10, 0x02, 0x00, 0x9d, 0x01, 0x2a, 0x80, 0x02, 0xe0, 0x01];
    bytes.resize(9_000, 7);
    let frame = Arc::new(VideoFrame {
        codec: VideoCodec::Vp8,
        key: true,
        media_time: 3000,
        bytes,
    });
    let send = Command::SendVideo {
        mid: "1".to_owned(),
        frame: Arc::clone(&frame),
    };
    b.handle.try_send(send).unwrap();
    let received_frame = a.next(|event| match event {
        ConnectionEvent::Video { frame, .. } => Some(frame),
        _ => None,
    });
    assert_eq!(received_frame.await, *frame);
    let (reply, statistics) = oneshot::channel();
    a.handle.try_send(Command::ReadStatistics(reply)).unwrap();
    let statistics = statistics.await.unwrap();
    assert!(statistics.transport.bytes_sent > 1_000_000);
    assert_eq!(statistics.channels[0].messages_sent, 10);
}

#[tokio::test]
async fn peer_detects_the_end_of_the_connection() {
    let (a, mut b) = connected().await;
    let (handle, events) = (a.handle.clone(), a.events);
    drop(a.handle);
    drop(handle);
    b.dtls(DtlsState::Closed).await;
    drop(events);
    // Dropping the event receiver ends the connection.
    let handle = b.handle.clone();
    drop(b);
    let gone = async {
        loop {
            let (reply, statistics) = oneshot::channel();
            match handle.send(Command::ReadStatistics(reply)).await {
                Err(Refused::Closed(_)) => return,
                Err(Refused::Full(_)) => panic!("send waits for room"),
                Ok(()) => drop(statistics.await),
            }
        }
    };
    timeout(EVENT_TIMEOUT, gone).await.unwrap();
}

#[tokio::test]
async fn slow_receiver_loses_no_messages_and_hears_meanwhile() {
    let (mut a, mut b) = connected().await;
    let options = ChannelOptions {
        label: "slow".to_owned(),
        ..ChannelOptions::default()
    };
    let channel = ChannelId(1);
    b.handle
        .try_send(Command::OpenChannel(channel, options))
        .unwrap();
    let handle = b.handle.clone();
    // B reads its events. A does not, and these messages exceed the queue of A.
    let listening = tokio::spawn(async move { while b.events.recv().await.is_some() {} });
    for number in 0..4000_u32 {
        let send = Command::SendChannel {
            channel,
            binary: true,
            bytes: number.to_be_bytes().to_vec(),
        };
        handle.send(send).await.unwrap();
    }
    for sequence in 0..100 {
        let packet = audio_packet(sequence);
        handle.try_send(send_audio(&packet)).unwrap();
        let heard = timeout(EVENT_TIMEOUT, a.media.recv()).await;
        let Ok(Some(ConnectionEvent::Audio { packet: heard, .. })) = heard else {
            panic!("packet {sequence} waits for the messages: {heard:?}");
        };
        assert_eq!(heard.media_time, packet.media_time);
    }
    for expect in 0..4000_u32 {
        let arrived = a.next(|event| match event {
            ConnectionEvent::ChannelMessage { bytes, .. } => Some(bytes),
            ConnectionEvent::IceState(state) => {
                assert_ne!(state, IceState::Failed);
                None
            }
            _ => None,
        });
        assert_eq!(arrived.await, expect.to_be_bytes());
    }
    listening.abort();
}
