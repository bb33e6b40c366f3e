//! At its default level the program logs nothing about its members and their messages, in either
//! format.

use signal_protocol::{ClientMessage, ErrorCode, ServerMessage};
use tokio_tungstenite::tungstenite::{Error, client::IntoClientRequest};

use crate::{
    client::{Client, join_with_proof, within},
    relay::Program,
};

const ROOM: &str = "room-of-the-log-test";
const EMAIL: &str = "ann-of-the-log-test@example.org";
const PROOF: &str = "proof-of-the-log-test";
const PAYLOAD: &str = "payload-of-the-log-test";
const STATUS: &str = "status-of-the-log-test";
const FORWARDED: &str = "198.51.100.77";

/// Everything that the log must not contain.
struct Known(Vec<String>);

#[cfg(unix)]
async fn log(format: &str) -> (String, Known) {
    let program = Program::start(&["--log-format", format, "--sockets-per-address", "5"]);
    let mut known = Known(
        [ROOM, EMAIL, PROOF, PAYLOAD, STATUS, FORWARDED]
            .map(str::to_owned)
            .to_vec(),
    );
    let mut ann = known.client(&program).await;
    ann.send(&join_with_proof(ROOM, EMAIL, PROOF)).await;
    let anns = ann.hear_joined().await;
    known.0.push(anns.resume.as_str().to_owned());
    known.0.push(anns.myself.id.as_str().to_owned());
    let mut bob = known.client(&program).await;
    bob.send(&join_with_proof(ROOM, EMAIL, "another proof"))
        .await;
    assert_eq!(bob.hear_error_code().await, ErrorCode::WrongPasscode);
    bob.send(&join_with_proof(ROOM, EMAIL, PROOF)).await;
    let bobs = bob.hear_joined().await;
    known.0.push(bobs.myself.id.as_str().to_owned());
    bob.call(&anns.myself.id, PAYLOAD).await;
    bob.send_text(&format!(r#"{{"type":"user:status","status":"{STATUS}"}}"#))
        .await;
    bob.send_text(PAYLOAD).await;
    assert_eq!(bob.hear_error_code().await, ErrorCode::BadMessage);
    bob.send_text(&format!(r#"{{"type":"{PAYLOAD}","room":"{ROOM}"}}"#))
        .await;
    assert_eq!(bob.hear_error_code().await, ErrorCode::UnknownType);
    bob.lose().await;
    let mut again = known.client(&program).await;
    assert!(again.resume(ROOM, EMAIL, &bobs.resume).await.resumed);
    again.send(&ClientMessage::RoomLeave).await;
    assert_eq!(again.receive().await, ServerMessage::RoomLeft);
    let mut binary = known.client(&program).await;
    let frame = tokio_tungstenite::tungstenite::Message::binary(PAYLOAD);
    binary.send_frame(frame).await;
    assert_eq!(binary.receive_close().await, 1003);
    let mut others = Vec::new();
    while let Ok(other) = Client::try_connect(program.address, &[]).await {
        others.push(other);
    }
    let mut request = format!("ws://{}/ws", program.address)
        .into_client_request()
        .unwrap();
    let headers = request.headers_mut();
    headers.insert("x-forwarded-for", FORWARDED.parse().unwrap());
    headers.insert("origin", format!("https://{ROOM}.example").parse().unwrap());
    let stream = tokio::net::TcpStream::connect(program.address)
        .await
        .unwrap();
    let refused = within(tokio_tungstenite::client_async(request, stream)).await;
    assert!(matches!(refused, Err(Error::Http(_))));
    drop((ann, again, others));
    program.terminate();
    (program.rest_of_log().await, known)
}

impl Known {
    async fn client(&mut self, program: &Program) -> Client {
        let client = Client::connect(program.address).await;
        let address = client.socket.get_ref().local_addr().unwrap();
        self.0.push(address.to_string());
        client
    }

    fn is_in_no_line_of(&self, log: &str) {
        for known in &self.0 {
            assert!(!log.contains(known), "{known} is in the log:\n{log}");
        }
    }
}

#[cfg(unix)]
#[tokio::test]
async fn text_log_contains_nothing_about_members() {
    let (log, known) = log("text").await;
    assert!(
        log.contains("X-Forwarded-For, which is not believed"),
        "{log}"
    );
    assert!(log.contains("stopped"), "{log}");
    known.is_in_no_line_of(&log);
}

#[cfg(unix)]
#[tokio::test]
async fn json_log_contains_nothing_about_members() {
    let (log, known) = log("json").await;
    let mut messages = Vec::new();
    for line in log.lines() {
        let line: serde_json::Value = serde_json::from_str(line).unwrap();
        assert!(
            line["timestamp"].is_string() && line["level"].is_string(),
            "{line}"
        );
        messages.push(line["message"].as_str().unwrap().to_owned());
    }
    assert!(messages.contains(&"stopped".to_owned()), "{messages:?}");
    known.is_in_no_line_of(&log);
}
