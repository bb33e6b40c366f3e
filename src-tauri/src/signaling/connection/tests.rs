//! What only the app does: reloads, sleep, the end of the program. The rest is in `cases`.

use std::time::{Duration, Instant};

use signal_protocol::{ClientMessage, Status};

use super::{Connection, Output};
use crate::{
    relay_choice::RelayChoice,
    signaling::{JoinRequest, SignalingEvent, reconnect_policy::SocketEnd, step_input::StepInput},
};

/// A connection with a virtual clock.
struct TestConnection {
    connection: Connection,
    now: Instant,
}

impl TestConnection {
    fn new() -> Self {
        Self {
            connection: Connection::default(),
            now: Instant::now(),
        }
    }

    fn step_input(&self) -> StepInput {
        StepInput {
            now: self.now,
            random: 0.5,
        }
    }

    /// Advances the clock and fires each timeout when it is due.
    fn pass(&mut self, seconds: f64) -> Vec<String> {
        let end = self.now + Duration::from_secs_f64(seconds);
        while let Some(due) = self.connection.poll_timeout().filter(|due| *due <= end) {
            self.now = due;
            self.connection.handle_timeout(self.step_input());
        }
        self.now = end;
        self.outputs()
    }

    /// The outputs, one short line each.
    fn outputs(&mut self) -> Vec<String> {
        let mut lines = Vec::new();
        while let Some(output) = self.connection.poll_output() {
            lines.push(line(&output));
        }
        lines
    }

    fn check(&mut self, expected: &[&str]) {
        assert_eq!(self.outputs(), expected);
    }

    fn join(&mut self, request: &JoinRequest) {
        self.connection.handle_join(request);
    }

    fn connected(&mut self) {
        self.connection.handle_connected(self.step_input());
    }

    fn frame(&mut self, frame: &str) {
        self.connection.handle_frame(frame, self.step_input());
    }

    fn ended(&mut self, ended: SocketEnd) {
        self.connection.handle_ended(ended, self.step_input());
    }

    fn leave(&mut self) {
        self.connection.handle_leave(self.step_input());
    }

    /// A joined connection without pending outputs.
    fn inside() -> Self {
        let mut test = Self::new();
        test.join(&request("42"));
        test.connected();
        test.frame(&joined("t1", false, &["bo"]));
        test.outputs();
        test
    }
}

fn request(room: &str) -> JoinRequest {
    JoinRequest {
        relay: RelayChoice::ThisComputer,
        room: room.to_owned(),
        email: "ana@example.org".to_owned(),
        status: "fresh".to_owned(),
        device: String::new(),
        proof: None,
    }
}

fn joined(token: &str, resumed: bool, others: &[&str]) -> String {
    let participants: Vec<_> = others
        .iter()
        .map(|id| serde_json::json!({"id": id, "email": "x@example.org"}))
        .collect();
    serde_json::json!({
        "type": "room:joined", "self": {"id": "me", "email": "ana@example.org"}, "room": "42",
        "participants": participants, "iceServers": [], "iceTtl": 600, "resume": token,
        "resumed": resumed, "limits": {"participants": 12, "messageBytes": 65536},
    })
    .to_string()
}

fn line(output: &Output) -> String {
    match output {
        Output::Connect(_) => "connect".to_owned(),
        Output::Close => "close".to_owned(),
        Output::Abandon => "abandon".to_owned(),
        Output::Left => "left".to_owned(),
        Output::Send(message) => match message {
            ClientMessage::RoomJoin(join) => format!(
                "send join {} {} {}",
                join.room,
                join.status.as_ref().map_or("-", Status::as_str),
                join.resume.as_ref().map_or("-", |token| token.as_str()),
            ),
            ClientMessage::RoomLeave => "send leave".to_owned(),
            ClientMessage::Ping => "send ping".to_owned(),
            ClientMessage::IceRefresh => "send ice".to_owned(),
            ClientMessage::UserStatus { status } => format!("send status {}", status.as_str()),
            ClientMessage::Directed(directed) => format!("send to {}", directed.to),
        },
        Output::Tell(event) => match event {
            SignalingEvent::Connecting => "tell connecting".to_owned(),
            SignalingEvent::Connected => "tell connected".to_owned(),
            SignalingEvent::Waiting { .. } => "tell waiting".to_owned(),
            SignalingEvent::Failed { field, .. } => format!("tell failed {field:?}").to_lowercase(),
            SignalingEvent::Message { message } => {
                let json = serde_json::to_value(message).unwrap();
                format!("tell {}", json["type"].as_str().unwrap())
            }
        },
    }
}

#[test]
fn resume_token_stays_out_of_the_page() {
    let mut test = TestConnection::new();
    test.join(&request("42"));
    test.connected();
    test.outputs();
    test.frame(&joined("secret", false, &[]));
    let mut told = String::new();
    while let Some(output) = test.connection.poll_output() {
        if let Output::Tell(event) = output {
            told.push_str(&serde_json::to_string(&event).unwrap());
        }
    }
    assert!(
        told.contains("room:joined") && !told.contains("secret"),
        "{told}"
    );
}

#[test]
fn invalid_input_fails_with_its_field() {
    let check = |change: fn(&mut JoinRequest), expected: &str| {
        let mut test = TestConnection::new();
        let mut wrong = request("42");
        change(&mut wrong);
        test.join(&wrong);
        test.check(&[expected]);
    };
    check(|wrong| wrong.room = "a b".to_owned(), "tell failed room");
    check(|wrong| wrong.email = String::new(), "tell failed email");
    check(
        |wrong| {
            wrong.relay = RelayChoice::Server {
                address: "gopher://x".to_owned(),
            };
        },
        "tell failed relay",
    );
}

#[test]
fn received_frames_postpone_the_ping() {
    let mut test = TestConnection::inside();
    for _ in 0..10 {
        assert_eq!(test.pass(20.0), [""; 0]);
        test.connection.handle_heard(test.step_input());
    }
}

#[test]
fn reloaded_page_resumes_its_membership() {
    let mut test = TestConnection::inside();
    test.connection.handle_listen(test.step_input());
    let mut again = request("42");
    again.status = "reloaded".to_owned();
    test.join(&again);
    test.check(&["tell connecting", "connect"]);
    test.connected();
    test.check(&["send join 42 reloaded t1"]);
    test.frame(&joined("t2", true, &["bo"]));
    test.check(&["tell connected", "tell room:joined"]);
    assert_eq!(test.pass(20.0), [""; 0]);
}

#[test]
fn reloaded_page_without_rejoin_leaves_the_room() {
    let mut test = TestConnection::inside();
    test.connection.handle_listen(test.step_input());
    assert_eq!(test.pass(10.0), ["send leave"]);
    test.frame(r#"{"type":"room:left"}"#);
    test.check(&["close", "left"]);
}

#[test]
fn leaving_waits_for_the_answer_until_timeout() {
    let mut test = TestConnection::inside();
    test.leave();
    test.check(&["send leave"]);
    test.frame(r#"{"type":"user:left","id":"bo","reason":"left"}"#);
    test.check(&[]);
    test.frame(r#"{"type":"room:left"}"#);
    test.check(&["close", "left"]);

    let mut test = TestConnection::inside();
    test.leave();
    test.outputs();
    assert_eq!(test.pass(1.0), ["close", "left"]);

    let mut test = TestConnection::inside();
    test.leave();
    test.outputs();
    test.ended(SocketEnd::Lost);
    test.check(&["close", "left"]);
}

#[test]
fn leaving_without_socket_is_immediate() {
    let mut idle = TestConnection::new();
    idle.leave();
    idle.check(&["close", "left"]);

    let mut waiting = TestConnection::inside();
    waiting.ended(SocketEnd::Lost);
    waiting.outputs();
    waiting.leave();
    waiting.check(&["close", "left"]);
    assert_eq!(waiting.pass(120.0), [""; 0]);
}

#[test]
fn wake_from_sleep_reconnects_immediately() {
    let mut test = TestConnection::inside();
    test.connection.handle_wake();
    test.check(&["tell waiting", "connect"]);
    test.connected();
    test.check(&["send join 42 fresh t1"]);

    let mut waiting = TestConnection::inside();
    waiting.ended(SocketEnd::Lost);
    waiting.outputs();
    waiting.connection.handle_wake();
    waiting.check(&["connect"]);

    let mut idle = TestConnection::new();
    idle.connection.handle_wake();
    idle.check(&[]);
}

#[test]
fn unknown_messages_are_ignored() {
    let mut test = TestConnection::inside();
    for frame in [
        "",
        "{",
        "[]",
        r#"{"type":"room:party"}"#,
        r#"{"type":"user:left"}"#,
    ] {
        test.frame(frame);
    }
    test.check(&[]);
}
