//! The link through virtual time: what happens goes in, what it wants done is compared.

use std::time::{Duration, Instant};

use signal_protocol::{ClientMessage, Directed, DirectedKind, MemberId, Payload, Status};

use super::{Link, Output};
use crate::{
    relay_choice::RelayChoice,
    signaling::{ConnectFailure, JoinRequest, SignalingEvent, ended::Ended, moment::Moment},
};

/// A link, a clock that goes only when told, and dice that always fall the same.
struct Bench {
    link: Link,
    now: Instant,
    random: f64,
}

impl Bench {
    fn new() -> Self {
        Self {
            link: Link::default(),
            now: Instant::now(),
            random: 0.5,
        }
    }

    fn moment(&self) -> Moment {
        Moment {
            now: self.now,
            random: self.random,
        }
    }

    /// Lets time pass, with every timeout at its time.
    fn pass(&mut self, seconds: f64) -> Vec<String> {
        let end = self.now + Duration::from_secs_f64(seconds);
        while let Some(due) = self.link.poll_timeout().filter(|due| *due <= end) {
            self.now = due;
            self.link.handle_timeout(self.moment());
        }
        self.now = end;
        self.outputs()
    }

    /// What the link wants, one short line each.
    fn outputs(&mut self) -> Vec<String> {
        let mut lines = Vec::new();
        while let Some(output) = self.link.poll_output() {
            lines.push(line(&output));
        }
        lines
    }

    fn check(&mut self, expected: &[&str]) {
        assert_eq!(self.outputs(), expected);
    }

    fn join(&mut self, request: &JoinRequest) {
        self.link.handle_join(request);
    }

    fn connected(&mut self) {
        self.link.handle_connected(self.moment());
    }

    fn refused(&mut self) {
        let failure = ConnectFailure::OwnRelay {
            detail: "no".to_owned(),
        };
        self.link.handle_connect_failed(&failure, self.moment());
    }

    fn frame(&mut self, frame: &str) {
        self.link.handle_frame(frame, self.moment());
    }

    fn ended(&mut self, ended: Ended) {
        self.link.handle_ended(ended, self.moment());
    }

    fn leave(&mut self) {
        self.link.handle_leave(self.moment());
    }

    /// Inside the room, with everything said about it taken.
    fn inside() -> Self {
        let mut bench = Self::new();
        bench.join(&request("42"));
        bench.connected();
        bench.frame(&joined("t1", false, &["bo"]));
        bench.outputs();
        bench
    }
}

fn request(room: &str) -> JoinRequest {
    JoinRequest {
        relay: RelayChoice::ThisComputer,
        room: room.to_owned(),
        email: "ana@example.org".to_owned(),
        status: "fresh".to_owned(),
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

fn refusal(code: &str, retry_after_ms: u32) -> String {
    serde_json::json!({
        "type": "error", "code": code, "message": "no", "about": "room:join",
        "retryAfterMs": retry_after_ms,
    })
    .to_string()
}

fn candidate(to: &str) -> ClientMessage {
    ClientMessage::Directed(Directed {
        kind: DirectedKind::PeerCandidate,
        to: MemberId::new(to),
        payload: Payload::from_text("{}"),
    })
}

fn status(text: &str) -> ClientMessage {
    ClientMessage::UserStatus {
        status: Status::parse(text).unwrap(),
    }
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
fn a_first_join_connects_joins_and_tells() {
    let mut bench = Bench::new();
    bench.join(&request("42"));
    bench.check(&["tell connecting", "connect"]);
    bench.connected();
    bench.check(&["send join 42 fresh -"]);
    bench.frame(&joined("t1", false, &["bo"]));
    bench.check(&["tell connected", "tell room:joined"]);
    bench.frame(r#"{"type":"user:left","id":"bo","reason":"left"}"#);
    bench.check(&["tell user:left"]);
}

#[test]
fn the_resume_token_stays_out_of_the_page() {
    let mut bench = Bench::new();
    bench.join(&request("42"));
    bench.connected();
    bench.outputs();
    bench.frame(&joined("secret", false, &[]));
    let mut told = String::new();
    while let Some(output) = bench.link.poll_output() {
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
fn what_was_typed_wrong_is_said_beside_its_field() {
    let check = |change: fn(&mut JoinRequest), expected: &str| {
        let mut bench = Bench::new();
        let mut wrong = request("42");
        change(&mut wrong);
        bench.join(&wrong);
        bench.check(&[expected]);
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
fn a_first_join_that_cannot_connect_fails_and_is_not_tried_again() {
    let mut bench = Bench::new();
    bench.join(&request("42"));
    bench.outputs();
    bench.refused();
    bench.check(&["tell failed relay"]);
    assert_eq!(bench.pass(120.0), [""; 0]);
}

#[test]
fn a_first_join_that_gets_no_answer_fails() {
    let mut bench = Bench::new();
    bench.join(&request("42"));
    bench.connected();
    bench.outputs();
    assert_eq!(bench.pass(9.9), [""; 0]);
    assert_eq!(bench.pass(0.2), ["abandon", "tell failed relay"]);
}

#[test]
fn a_refused_first_join_is_passed_on_and_ends() {
    for code in [
        "room-full",
        "bad-room",
        "wrong-passcode",
        "server-full",
        "rate-limited",
    ] {
        let mut bench = Bench::new();
        bench.join(&request("42"));
        bench.connected();
        bench.outputs();
        bench.frame(&refusal(code, 0));
        bench.check(&["close", "tell error"]);
        assert_eq!(bench.pass(120.0), [""; 0]);
    }
}

#[test]
fn a_lost_link_comes_back_with_resume_after_a_jittered_delay() {
    let mut bench = Bench::inside();
    bench.ended(Ended::Lost);
    bench.check(&["tell waiting"]);
    // Between 0.5 and 1 s, and the dice fall in the middle.
    assert_eq!(bench.pass(0.74), [""; 0]);
    assert_eq!(bench.pass(0.02), ["connect"]);
    bench.refused();
    bench.check(&["tell waiting"]);
    assert_eq!(bench.pass(1.24), [""; 0]);
    assert_eq!(bench.pass(0.02), ["connect"]);
    bench.connected();
    bench.check(&["send join 42 fresh t1"]);
    bench.frame(&joined("t2", true, &["bo"]));
    bench.check(&["tell connected", "tell room:joined"]);
    bench.ended(Ended::Lost);
    bench.pass(3.0);
    bench.connected();
    bench.check(&["send join 42 fresh t2"]);
}

#[test]
fn close_codes_decide_how_to_go_on() {
    let check = |code: u16, expected: &str, comes_back_within: Option<f64>| {
        let mut bench = Bench::inside();
        bench.random = 0.999;
        bench.ended(Ended::Closed(code));
        bench.check(&[expected]);
        let later = bench.pass(comes_back_within.unwrap_or(3600.0));
        let expected: &[&str] = if comes_back_within.is_some() {
            &["connect"]
        } else {
            &[]
        };
        assert_eq!(later, expected, "close code {code}");
    };
    for code in [1000, 1001, 1003, 1006, 1009, 1011, 1013, 4001, 4002, 4003] {
        check(code, "tell waiting", Some(1.0));
    }
    check(1012, "tell waiting", Some(3.0));
    check(1008, "tell failed relay", None);
    check(4000, "tell failed room", None);
}

#[test]
fn what_is_said_meanwhile_reaches_those_who_are_still_there() {
    let check = |resumed: bool, expected: &[&str]| {
        let mut bench = Bench::inside();
        bench.ended(Ended::Lost);
        bench.link.handle_send(candidate("bo"));
        bench.link.handle_send(candidate("gone"));
        bench.link.handle_send(ClientMessage::IceRefresh);
        bench.pass(1.0);
        bench.connected();
        bench.outputs();
        bench.frame(&joined("t2", resumed, &["bo"]));
        bench.check(&[&["tell connected", "tell room:joined"], expected].concat());
    };
    check(true, &["send to bo", "send to gone"]);
    check(false, &["send to bo"]);
}

#[test]
fn a_status_changed_meanwhile_is_told_once() {
    let mut bench = Bench::inside();
    bench.link.handle_send(status("muted"));
    bench.check(&["send status muted"]);
    bench.ended(Ended::Lost);
    bench.link.handle_send(status("loud"));
    bench.outputs();
    bench.pass(1.0);
    bench.connected();
    bench.check(&["send join 42 loud t1"]);
    bench.frame(&joined("t2", true, &[]));
    bench.check(&["tell connected", "tell room:joined", "send status loud"]);
    bench.ended(Ended::Lost);
    bench.pass(1.0);
    bench.connected();
    bench.frame(&joined("t3", true, &[]));
    assert!(
        !bench
            .outputs()
            .iter()
            .any(|line| line.contains("send status"))
    );
}

#[test]
fn a_silent_relay_is_asked_and_then_given_up() {
    let mut bench = Bench::inside();
    assert_eq!(bench.pass(25.0), ["send ping"]);
    bench.frame(r#"{"type":"pong"}"#);
    bench.check(&[]);
    assert_eq!(bench.pass(25.0), ["send ping"]);
    assert_eq!(bench.pass(10.0), ["abandon", "tell waiting"]);
    assert_eq!(bench.pass(1.0), ["connect"]);
}

#[test]
fn signs_of_life_keep_the_relay_from_being_asked() {
    let mut bench = Bench::inside();
    for _ in 0..10 {
        assert_eq!(bench.pass(20.0), [""; 0]);
        bench.link.handle_heard(bench.moment());
    }
}

#[test]
fn a_reloaded_page_takes_its_place_over() {
    let mut bench = Bench::inside();
    bench.link.handle_listen(bench.moment());
    let mut again = request("42");
    again.status = "reloaded".to_owned();
    bench.join(&again);
    bench.check(&["tell connecting", "connect"]);
    bench.connected();
    bench.check(&["send join 42 reloaded t1"]);
    bench.frame(&joined("t2", true, &["bo"]));
    bench.check(&["tell connected", "tell room:joined", "send status reloaded"]);
    assert_eq!(bench.pass(20.0), [""; 0]);
}

#[test]
fn a_reloaded_page_that_does_not_come_back_to_the_room_leaves_it() {
    let mut bench = Bench::inside();
    bench.link.handle_listen(bench.moment());
    assert_eq!(bench.pass(10.0), ["send leave"]);
    bench.frame(r#"{"type":"room:left"}"#);
    bench.check(&["close", "left"]);
}

#[test]
fn another_room_is_joined_after_leaving_the_first() {
    let mut bench = Bench::inside();
    bench.join(&request("43"));
    bench.check(&["send leave", "close", "tell connecting", "connect"]);
    bench.connected();
    bench.check(&["send join 43 fresh -"]);
}

#[test]
fn leaving_waits_for_the_answer_but_not_long() {
    let mut bench = Bench::inside();
    bench.leave();
    bench.check(&["send leave"]);
    bench.frame(r#"{"type":"user:left","id":"bo","reason":"left"}"#);
    bench.check(&[]);
    bench.frame(r#"{"type":"room:left"}"#);
    bench.check(&["close", "left"]);

    let mut bench = Bench::inside();
    bench.leave();
    bench.outputs();
    assert_eq!(bench.pass(1.0), ["close", "left"]);

    let mut bench = Bench::inside();
    bench.leave();
    bench.outputs();
    bench.ended(Ended::Lost);
    bench.check(&["close", "left"]);
}

#[test]
fn leaving_with_no_socket_is_done_at_once() {
    let mut idle = Bench::new();
    idle.leave();
    idle.check(&["close", "left"]);

    let mut waiting = Bench::inside();
    waiting.ended(Ended::Lost);
    waiting.outputs();
    waiting.leave();
    waiting.check(&["close", "left"]);
    assert_eq!(waiting.pass(120.0), [""; 0]);
}

#[test]
fn a_rejoin_that_is_refused_for_now_is_tried_again_when_the_relay_says() {
    let mut bench = Bench::inside();
    bench.ended(Ended::Lost);
    bench.pass(1.0);
    bench.connected();
    bench.outputs();
    bench.frame(&refusal("server-full", 30_000));
    bench.check(&["close", "tell waiting"]);
    assert_eq!(bench.pass(29.9), [""; 0]);
    assert_eq!(bench.pass(0.2), ["connect"]);
}

#[test]
fn a_rejoin_that_is_refused_for_good_ends_with_a_sentence() {
    let mut bench = Bench::inside();
    bench.ended(Ended::Lost);
    bench.pass(1.0);
    bench.connected();
    bench.outputs();
    bench.frame(&refusal("room-full", 0));
    bench.check(&["close", "tell failed room"]);
    assert_eq!(bench.pass(120.0), [""; 0]);
}

#[test]
fn after_sleep_the_link_is_made_anew_at_once() {
    let mut bench = Bench::inside();
    bench.link.handle_wake();
    bench.check(&["tell waiting", "connect"]);
    bench.connected();
    bench.check(&["send join 42 fresh t1"]);

    let mut waiting = Bench::inside();
    waiting.ended(Ended::Lost);
    waiting.outputs();
    waiting.link.handle_wake();
    waiting.check(&["connect"]);

    let mut idle = Bench::new();
    idle.link.handle_wake();
    idle.check(&[]);
}

#[test]
fn what_newer_relays_say_is_ignored() {
    let mut bench = Bench::inside();
    for frame in [
        "",
        "{",
        "[]",
        r#"{"type":"room:party"}"#,
        r#"{"type":"user:left"}"#,
    ] {
        bench.frame(frame);
    }
    bench.check(&[]);
}
