//! Ten thousand random frames: each one is answered or closes its socket as the protocol says. A
//! conversation in the same program goes on meanwhile, and the program's memory does not grow.

use std::net::SocketAddr;

use rand::{RngExt, SeedableRng, rngs::StdRng};
use signal_protocol::{ClientMessage, ErrorMessage, ServerMessage};
use tokio::io::AsyncWriteExt;
use tokio_tungstenite::tungstenite::Message;
use tokio_util::sync::CancellationToken;

use crate::{client::Client, relay::Program};

const FRAMES: usize = 10_000;
const BATCH_FRAMES: usize = 50;
/// Fixed, so that a failure can be repeated.
const SEED: u64 = 20_251_123;
#[cfg(target_os = "linux")]
const MAX_MEMORY_KIB: u64 = 64 * 1024;

/// Valid messages, to be corrupted.
const VALID_MESSAGES: [&str; 5] = [
    r#"{"type":"room:join","room":"r","email":"ann@example.org","status":"s","resume":"t"}"#,
    r#"{"type":"user:call","to":"somebody","payload":"{\"offer\":\"v=0\"}"}"#,
    r#"{"type":"user:status","status":"busy"}"#,
    r#"{"type":"ping"}"#,
    r#"{"type":"room:leave"}"#,
];

#[tokio::test(flavor = "multi_thread")]
async fn random_frames_do_not_disturb_others() {
    let program = Program::start(&["--message-rate", "0"]);
    let stop = CancellationToken::new();
    let talk = tokio::spawn(talk(program.address, stop.clone()));
    let mut rng = StdRng::seed_from_u64(SEED);
    let mut client = Client::connect(program.address).await;
    for number in (0..FRAMES).step_by(BATCH_FRAMES) {
        answered(&mut client, &mut rng).await;
        let bytes = random_bytes(&mut rng);
        client.send_frame(Message::binary(bytes)).await;
        assert_eq!(client.receive_close().await, 1003, "frame {number}");
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
        assert!(peak < MAX_MEMORY_KIB, "the program took {peak} KiB");
    }
}

/// All of a batch but two frames: texts that are no messages. They are answered in order.
async fn answered(client: &mut Client, rng: &mut StdRng) {
    let mut owed = Vec::new();
    for _ in 0..BATCH_FRAMES - 2 {
        let (text, error) = malformed(rng);
        client.send_text(&text).await;
        owed.push((text, error));
    }
    for (text, error) in owed {
        assert_eq!(
            client.receive().await,
            ServerMessage::Error(error),
            "{text:?}"
        );
    }
}

/// Two members that answer each other until `stop`. Returns the number of answers.
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

/// Bytes that are no valid WebSocket data. They may happen to be a frame, or the beginning of one.
/// The sending side then ends, so the socket ends in any case.
async fn noise(mut client: Client, bytes: &[u8]) {
    let stream = client.socket.get_mut();
    stream.write_all(bytes).await.unwrap();
    stream.shutdown().await.unwrap();
    while client.receive_or_close().await.is_ok() {}
}

/// Text that is no message, and its expected answer.
fn malformed(rng: &mut StdRng) -> (String, ErrorMessage) {
    loop {
        let text = match rng.random_range(0..3) {
            0 => String::from_utf8_lossy(&random_bytes(rng)).into_owned(),
            1 => corrupted(rng),
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

/// A valid message with some characters removed, doubled or replaced.
fn corrupted(rng: &mut StdRng) -> String {
    let mut letters: Vec<char> = VALID_MESSAGES[rng.random_range(0..VALID_MESSAGES.len())]
        .chars()
        .collect();
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
