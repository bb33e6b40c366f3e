//! Ten thousand random frames: each is answered or closes its socket as the protocol says, and a
//! conversation beside it goes on in the same program, whose memory does not grow with them.

use std::net::SocketAddr;

use rand::{RngExt, SeedableRng, rngs::StdRng};
use signal_protocol::{ClientMessage, ErrorMessage, ServerMessage};
use tokio::io::AsyncWriteExt;
use tokio_tungstenite::tungstenite::Message;
use tokio_util::sync::CancellationToken;

use crate::{client::Client, relay::Program};

const FRAMES: usize = 10_000;
const BATCH: usize = 50;
/// So that a failure comes again.
const SEED: u64 = 20_251_123;
#[cfg(target_os = "linux")]
const MOST_MEMORY_KIB: u64 = 64 * 1024;

/// Messages that are right, to be spoilt.
const MODELS: [&str; 5] = [
    r#"{"type":"room:join","room":"r","email":"ann@example.org","status":"s","resume":"t"}"#,
    r#"{"type":"user:call","to":"somebody","payload":"{\"offer\":\"v=0\"}"}"#,
    r#"{"type":"user:status","status":"busy"}"#,
    r#"{"type":"ping"}"#,
    r#"{"type":"room:leave"}"#,
];

#[tokio::test(flavor = "multi_thread")]
async fn ten_thousand_random_frames_disturb_nobody() {
    let program = Program::start(&["--message-rate", "0"]);
    let stop = CancellationToken::new();
    let talk = tokio::spawn(talk(program.address, stop.clone()));
    let mut rng = StdRng::seed_from_u64(SEED);
    let mut client = Client::connect(program.address).await;
    for number in (0..FRAMES).step_by(BATCH) {
        answered(&mut client, &mut rng).await;
        let bytes = random_bytes(&mut rng);
        client.send_frame(Message::binary(bytes)).await;
        assert_eq!(client.hear_close().await, 1003, "frame {number}");
        let noisy = Client::connect(program.address).await;
        noise(noisy, &random_bytes(&mut rng)).await;
        client = Client::connect(program.address).await;
    }
    stop.cancel();
    let turns = talk.await.unwrap();
    assert!(turns > 100, "the neighbours came to {turns} turns only");
    #[cfg(target_os = "linux")]
    {
        let peak = program.peak_memory_kib();
        assert!(peak < MOST_MEMORY_KIB, "the program took {peak} KiB");
    }
}

/// All of a batch but two frames: texts that are no messages, answered in their order.
async fn answered(client: &mut Client, rng: &mut StdRng) {
    let mut owed = Vec::new();
    for _ in 0..BATCH - 2 {
        let (text, error) = malformed(rng);
        client.send_text(&text).await;
        owed.push((text, error));
    }
    for (text, error) in owed {
        assert_eq!(client.hear().await, ServerMessage::Error(error), "{text:?}");
    }
}

/// Two members that answer each other until told to stop; how often they did.
async fn talk(address: SocketAddr, stop: CancellationToken) -> usize {
    let mut ann = Client::connect(address).await;
    let mut bob = Client::connect(address).await;
    let anns = ann.join("neighbours", "ann").await.myself.id;
    let bobs = bob.join("neighbours", "bob").await.myself.id;
    assert_eq!(ann.hear_user_joined().await, bobs);
    let mut turns = 0;
    while !stop.is_cancelled() {
        ann.call(&bobs, &turns.to_string()).await;
        assert_eq!(
            bob.hear_delivered().await,
            (anns.clone(), turns.to_string())
        );
        bob.call(&anns, "yes").await;
        assert_eq!(ann.hear_delivered().await, (bobs.clone(), "yes".to_owned()));
        turns += 1;
    }
    turns
}

/// Bytes that follow no rule of WebSocket. They may happen to be a frame, or the beginning of one;
/// after the end of the sending side the socket ends in any case.
async fn noise(mut client: Client, bytes: &[u8]) {
    let stream = client.socket.get_mut();
    stream.write_all(bytes).await.unwrap();
    stream.shutdown().await.unwrap();
    while client.hear_or_close().await.is_ok() {}
}

/// Text that is no message, and the answer it is owed.
fn malformed(rng: &mut StdRng) -> (String, ErrorMessage) {
    loop {
        let text = match rng.random_range(0..3) {
            0 => String::from_utf8_lossy(&random_bytes(rng)).into_owned(),
            1 => spoilt(rng),
            _ => random_json(rng),
        };
        if let Err(error) = ClientMessage::decode(&text) {
            return (text, error);
        }
    }
}

fn random_bytes(rng: &mut StdRng) -> Vec<u8> {
    let length = rng.random_range(0..300);
    (0..length).map(|_| rng.random()).collect()
}

/// A right message with a few characters taken out, doubled or replaced.
fn spoilt(rng: &mut StdRng) -> String {
    let mut letters: Vec<char> = MODELS[rng.random_range(0..MODELS.len())].chars().collect();
    for _ in 0..rng.random_range(1..4) {
        if letters.is_empty() {
            break;
        }
        let place = rng.random_range(0..letters.len());
        match rng.random_range(0..4) {
            0 => drop(letters.remove(place)),
            1 => letters.insert(place, letters[place]),
            2 => letters.truncate(place),
            _ => letters[place] = rng.random(),
        }
    }
    letters.into_iter().collect()
}

/// Tokens of JSON in any order.
fn random_json(rng: &mut StdRng) -> String {
    const TOKENS: [&str; 16] = [
        "{",
        "}",
        "[",
        "]",
        ":",
        ",",
        "\"type\"",
        "\"ping\"",
        "\"to\"",
        "\"payload\"",
        "null",
        "true",
        "1e999",
        "-0",
        "\"\\ud800\"",
        "\"\\u0000\"",
    ];
    (0..rng.random_range(1..40))
        .map(|_| TOKENS[rng.random_range(0..TOKENS.len())])
        .collect()
}
