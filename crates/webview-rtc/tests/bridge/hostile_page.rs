//! Random requests and frames of a hostile page, by a seed. Each request that the wire format has
//! gets its reply, in order; the calls of other pages go on.

use rand::{RngExt, SeedableRng, rngs::StdRng, seq::IndexedRandom};
use serde_json::{Value, json};
use webview_rtc::{
    Transport,
    wire::{
        event::Event,
        frame::{ChannelMessage, Frame, Kind},
        id::{CaptureId, CertificateId, ChannelId, ConnectionId, ReceiverId, RequestId, SourceId},
        negotiated::Direction,
        request::{ChannelOptions, Request, RequestKind, SourceKind},
    },
};

use crate::{
    channels::next_message,
    negotiated::{Call, End, Side, configuration, parameters},
    page::Page,
    remote_candidate::remote_candidate,
};

const SEEDS: u64 = 24;
const REQUESTS: usize = 200;
/// Of the requests, that many in ten are changed in one place or more.
const CHANGED: u32 = 7;
const CHANNEL: ChannelId = ChannelId(1);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn random_requests_get_their_replies_and_end_no_other_call() {
    let transport = Transport::default();
    let mut call = Call::connect(&transport).await;
    open_channel(&mut call).await;
    for seed in 0..SEEDS {
        println!("seed {seed}");
        let mut random = StdRng::seed_from_u64(seed);
        let mut page = Page::open(&transport).await;
        let end = End::open(&mut page, 1, Side::Caller).await;
        let usual = usual_requests(&end);
        let mut unanswered = Vec::new();
        for _ in 0..REQUESTS {
            if let Some(kind) = some_request(&mut random, &usual) {
                unanswered.push(page.send_request(kind).await);
            }
            page.send_frame_bytes(some_frame(&mut random)).await;
        }
        for asked in unanswered {
            assert_eq!(next_reply(&mut page).await, asked, "seed {seed}");
        }
        call.anna.send_frame(still_there(&call.at_anna)).await;
        assert_eq!(next_message(&mut call.bela).await.1, b"still there");
    }
}

async fn open_channel(call: &mut Call) {
    let connection = call.at_anna.connection;
    let kind = RequestKind::OpenChannel {
        connection,
        channel: CHANNEL,
        options: ChannelOptions::default(),
    };
    call.anna.ask_done(kind).await;
    call.anna
        .event(|event| matches!(event, Event::ChannelOpen { .. }).then_some(()))
        .await;
}

fn still_there(end: &End) -> Frame<'static> {
    Frame::ChannelMessage(ChannelMessage {
        binary: false,
        connection: end.connection,
        channel: CHANNEL,
        bytes: b"still there",
    })
}

async fn next_reply(page: &mut Page) -> RequestId {
    page.event(|event| match event {
        Event::Reply { id, .. } => Some(id),
        _ => None,
    })
    .await
}

/// One of the usual ones, most often with other values; `None` if the wire format has no such one.
fn some_request(random: &mut StdRng, usual: &[RequestKind]) -> Option<RequestKind> {
    let kind = usual.choose(random).unwrap().clone();
    if random.random_range(0..10) >= CHANGED {
        return Some(kind);
    }
    let id = RequestId(0);
    let mut value = serde_json::to_value(Request { id, kind }).unwrap();
    for _ in 0..random.random_range(1..4) {
        change(random, &mut value);
    }
    let request: Request = serde_json::from_value(value).ok()?;
    // A number that is too large for its type would be written as nothing.
    let text = serde_json::to_string(&request).unwrap();
    let is_whole = serde_json::from_str::<Request>(&text).is_ok();
    is_whole.then_some(request.kind)
}

/// Changes one value in it, anywhere.
fn change(random: &mut StdRng, value: &mut Value) {
    match value {
        Value::Object(members) if !members.is_empty() => {
            let at = random.random_range(0..members.len());
            change(random, members.values_mut().nth(at).unwrap());
        }
        Value::Array(items) if !items.is_empty() => match random.random_range(0..4) {
            0 => items.clear(),
            1 => items.extend(items.clone()),
            2 => items.reverse(),
            _ => {
                let at = random.random_range(0..items.len());
                change(random, &mut items[at]);
            }
        },
        Value::Bool(flag) => *flag = !*flag,
        Value::Number(_) => *value = some_number(random),
        // The type stays, or it would be no request.
        Value::String(text) if !text.contains('-') => *value = some_text(random, text),
        Value::Null => {
            *value = [json!("0"), json!(1), json!(0.5)]
                .choose(random)
                .unwrap()
                .clone()
        }
        _ => {}
    }
}

fn some_number(random: &mut StdRng) -> Value {
    [
        json!(0),
        json!(1),
        json!(2),
        json!(10),
        json!(65_535),
        json!(u32::MAX),
        json!(-1.0),
        json!(f64::MAX),
        json!(f64::MIN_POSITIVE),
    ]
    .choose(random)
    .unwrap()
    .clone()
}

fn some_text(random: &mut StdRng, text: &str) -> Value {
    [
        String::new(),
        text.chars().skip(1).collect(),
        text.repeat(1 + 9_000 / (text.len() + 1)),
        "0".to_owned(),
        "1".to_owned(),
        "__proto__".to_owned(),
        "\r\na=fingerprint:\0".to_owned(),
        "\u{202e}ü".to_owned(),
        "turn:[::1]:99999?transport=tls".to_owned(),
        "stun:127.0.0.1:1".to_owned(),
        "audio".to_owned(),
    ]
    .choose(random)
    .unwrap()
    .as_str()
    .into()
}

/// A frame with a whole header of a kind that a page may send, and anything in it.
fn some_frame(random: &mut StdRng) -> Vec<u8> {
    let kinds = [Kind::EncodedVideo, Kind::AudioRequest, Kind::ChannelMessage];
    let mut bytes = vec![kinds.choose(random).unwrap().byte()];
    let length = match bytes[0] {
        kind if kind == Kind::AudioRequest.byte() => 6,
        _ => random.random_range(18..400),
    };
    bytes.extend((0..length).map(|_| random.random_range(0..3_u8)));
    if length > 6 {
        // No other flags exist.
        bytes[1] &= 1;
    }
    bytes
}

/// One of every kind. Ids are few, so that they meet.
fn usual_requests(end: &End) -> Vec<RequestKind> {
    let connection = end.connection;
    let other = ConnectionId(2);
    let source = SourceId(1);
    let receiver = end.audio;
    let channel = CHANNEL;
    let capture = CaptureId(1);
    let certificate = CertificateId(1);
    let candidate = "candidate:1 1 udp 2130706431 127.0.0.1 9 typ host";
    vec![
        RequestKind::OpenConnection {
            connection: other,
            configuration: configuration(),
        },
        RequestKind::GenerateCertificate { certificate },
        RequestKind::UseCertificate {
            connection: other,
            certificate,
        },
        RequestKind::Configure {
            connection,
            configuration: configuration(),
        },
        RequestKind::Gather {
            connection,
            local: end.credentials(),
        },
        end.commit(end),
        end.commit_directions(end, [Direction::SendOnly, Direction::Inactive]),
        RequestKind::AddRemoteCandidate {
            connection,
            candidate: Some(remote_candidate(candidate)),
            username_fragment: Some(end.credentials().username_fragment),
        },
        RequestKind::AddRemoteCandidate {
            connection,
            candidate: None,
            username_fragment: None,
        },
        end.send("0", source),
        RequestKind::SetSender {
            connection,
            mid: "1".to_owned(),
            source: None,
            parameters: parameters(),
        },
        RequestKind::SendTone {
            connection,
            mid: "0".to_owned(),
            event: 1,
            duration: 100,
        },
        RequestKind::OpenSource {
            source,
            kind: SourceKind::Audio,
            pixels: None,
        },
        RequestKind::OpenSource {
            source: SourceId(2),
            kind: SourceKind::Video,
            pixels: Some(1),
        },
        RequestKind::CloseSource { source },
        RequestKind::RequestKeyFrame {
            receiver: end.video,
        },
        RequestKind::ReportPlayoutDelay {
            receiver,
            delay: 20.0,
        },
        RequestKind::SetJitterBufferTarget {
            connection,
            receiver,
            target: Some(100.0),
        },
        RequestKind::Play {
            receiver,
            volume: 1.0,
            output: None,
        },
        RequestKind::StopPlaying { receiver },
        RequestKind::ListAudioOutputs,
        RequestKind::OpenCapture {
            capture,
            grant: "grant".to_owned(),
            frame_rate: 30.0,
        },
        RequestKind::RequestCapturedFrame { capture },
        RequestKind::SetCaptureRate {
            capture,
            frame_rate: 1.0,
        },
        RequestKind::CloseCapture { capture },
        RequestKind::OpenSystemAudio {
            receiver: ReceiverId(9),
            grant: "grant".to_owned(),
        },
        RequestKind::CloseSystemAudio {
            receiver: ReceiverId(9),
        },
        RequestKind::OpenChannel {
            connection,
            channel,
            options: ChannelOptions::default(),
        },
        RequestKind::CloseChannel {
            connection,
            channel,
        },
        RequestKind::ReadStatistics { connection },
        RequestKind::CloseConnection { connection: other },
    ]
}
