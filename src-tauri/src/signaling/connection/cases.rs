//! The cases that both relay clients run, on the app's client.

use std::time::{Duration, Instant};

use serde::Deserialize;
use serde_json::{Value, json};
use signal_protocol::{ClientMessage, CloseCode, ErrorCode, ServerMessage};

use super::{Connection, Output, Phase, State};
use crate::{
    relay_choice::RelayChoice,
    signaling::{
        ConnectFailure, JoinRequest, SignalingEvent, reconnect_policy::SocketEnd,
        step_input::StepInput,
    },
};

const EMAIL: &str = "ana@example.org";
const DEVICE: &str = "a device of 32 characters";

#[derive(Deserialize)]
struct Table {
    backoff: Backoff,
    closes: Vec<Close>,
    refusals: Vec<Refusal>,
    queue: Queue,
    cases: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Backoff {
    delays: Vec<[u64; 2]>,
    reset_after: u64,
}

#[derive(Deserialize)]
struct Close {
    code: u16,
    waits: Option<[u64; 2]>,
    fails: Option<String>,
}

#[derive(Deserialize)]
struct Refusal {
    code: ErrorCode,
    passes: bool,
}

#[derive(Deserialize)]
struct Queue {
    sent: usize,
    kept: usize,
}

#[derive(Deserialize)]
struct Case {
    name: String,
    from: Start,
    steps: Vec<Step>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Step {
    #[serde(rename = "do")]
    inputs: Vec<Input>,
    out: Vec<Value>,
    state: Option<String>,
    timer: Option<u64>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Start {
    Outside,
    Joined,
    Waiting,
}

#[derive(Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
enum Input {
    Opened,
    Refused,
    Lost,
    Leave,
    NetworkBack,
    Join { room: String, status: String },
    Closed(u16),
    Joined { resume: String, resumed: bool },
    Hear(Value),
    Send(Value),
    Pass(u64),
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum TestSocket {
    None,
    Opening,
    Open,
}

/// The client with a clock and a socket that the test moves.
struct TestClient {
    connection: Connection,
    now: Instant,
    random: f64,
    socket: TestSocket,
    out: Vec<Value>,
}

impl TestClient {
    fn new(from: Start, random: f64) -> Self {
        let mut client = Self {
            connection: Connection::default(),
            now: Instant::now(),
            random,
            socket: TestSocket::None,
            out: Vec::new(),
        };
        let inputs = match from {
            Start::Outside => vec![],
            Start::Joined => vec![join(), Input::Opened, joined("t1", false)],
            Start::Waiting => vec![join(), Input::Opened, joined("t1", false), Input::Lost],
        };
        client.perform(&inputs);
        client
    }

    /// What the client did about these inputs.
    fn perform(&mut self, inputs: &[Input]) -> Vec<Value> {
        self.out.clear();
        for input in inputs {
            self.input(input.clone());
            self.take_outputs();
        }
        std::mem::take(&mut self.out)
    }

    fn state(&self) -> &'static str {
        match &self.connection.state {
            State::Idle => "outside",
            State::Leaving { .. } => "leaving",
            State::Active(_, Phase::Connecting) => "connecting",
            State::Active(_, Phase::Joining { .. }) => "joining",
            State::Active(_, Phase::Joined { pinged: None, .. }) => "joined",
            State::Active(_, Phase::Joined { .. }) => "pinging",
            State::Active(_, Phase::Waiting { .. }) => "waiting",
        }
    }

    /// Milliseconds until the next timer.
    fn timer(&self) -> Option<u64> {
        let due = self.connection.poll_timeout()?;
        u64::try_from((due - self.now).as_millis()).ok()
    }

    fn input(&mut self, input: Input) {
        let step = self.step_input();
        match input {
            Input::Opened => {
                self.socket = TestSocket::Open;
                self.connection.handle_connected(step);
            }
            Input::Refused => {
                self.socket = TestSocket::None;
                let detail = "no".to_owned();
                let failure = ConnectFailure::OwnRelay { detail };
                self.connection.handle_connect_failed(failure, step);
            }
            Input::Lost => self.ended(SocketEnd::Lost),
            Input::Closed(code) => self.ended(SocketEnd::Closed(code)),
            Input::Leave => self.connection.handle_leave(step),
            Input::NetworkBack => self.connection.handle_wake(),
            Input::Join { room, status } => self.connection.handle_join(&JoinRequest {
                relay: RelayChoice::ThisComputer,
                room,
                email: EMAIL.to_owned(),
                status,
                device: DEVICE.to_owned(),
                proof: None,
            }),
            Input::Joined { resume, resumed } => self.hear(&welcome(&resume, resumed)),
            Input::Hear(message) => self.hear(&message),
            Input::Send(message) => {
                let message = ClientMessage::decode(&message.to_string()).unwrap();
                self.connection.handle_send(message);
            }
            Input::Pass(millis) => self.pass(Duration::from_millis(millis)),
        }
    }

    fn step_input(&self) -> StepInput {
        StepInput {
            now: self.now,
            random: self.random,
        }
    }

    fn ended(&mut self, ended: SocketEnd) {
        self.socket = TestSocket::None;
        self.connection.handle_ended(ended, self.step_input());
    }

    /// The shell hears nothing of a socket that it dropped.
    fn hear(&mut self, message: &Value) {
        if self.socket == TestSocket::Open {
            self.connection
                .handle_frame(&message.to_string(), self.step_input());
        }
    }

    fn pass(&mut self, span: Duration) {
        let end = self.now + span;
        while let Some(due) = self.connection.poll_timeout().filter(|due| *due <= end) {
            self.now = due;
            self.connection.handle_timeout(self.step_input());
            self.take_outputs();
        }
        self.now = end;
    }

    fn take_outputs(&mut self) {
        while let Some(output) = self.connection.poll_output() {
            match output {
                Output::Connect(_) => {
                    self.socket = TestSocket::Opening;
                    self.out.push("open".into());
                }
                Output::Close | Output::Abandon => {
                    if self.socket != TestSocket::None {
                        self.out.push("close".into());
                    }
                    self.socket = TestSocket::None;
                }
                Output::Send(message) => {
                    assert!(self.socket == TestSocket::Open, "sent without a socket");
                    self.out.push(said(&message));
                }
                Output::Tell(event) => self.out.push(told(&event).into()),
                Output::Left => {}
            }
        }
    }
}

fn join() -> Input {
    Input::Join {
        room: "42".to_owned(),
        status: "s1".to_owned(),
    }
}

fn joined(resume: &str, resumed: bool) -> Input {
    Input::Joined {
        resume: resume.to_owned(),
        resumed,
    }
}

fn welcome(resume: &str, resumed: bool) -> Value {
    json!({
        "type": "room:joined", "self": {"id": "me", "email": EMAIL}, "room": "42",
        "participants": [{"id": "bo", "email": "bo@example.org"}],
        "iceServers": [], "iceTtl": 600, "resume": resume, "resumed": resumed,
        "limits": {"participants": 12, "messageBytes": 65536},
    })
}

fn said(message: &ClientMessage) -> Value {
    let mut json: Value = serde_json::from_str(&message.encode()).unwrap();
    let Some(fields) = json.as_object_mut() else {
        return json;
    };
    if fields["type"] != "room:join" {
        return json!({ "send": json });
    }
    fields.remove("type");
    assert_eq!(fields.remove("email"), Some(EMAIL.into()));
    assert_eq!(fields.remove("device"), Some(DEVICE.into()));
    json!({ "join": json })
}

fn told(event: &SignalingEvent) -> String {
    match event {
        SignalingEvent::Connecting => "tell connecting".to_owned(),
        SignalingEvent::Connected => "tell connected".to_owned(),
        SignalingEvent::Waiting { .. } => "tell waiting".to_owned(),
        SignalingEvent::Failed { field, .. } => format!("tell failed {field:?}").to_lowercase(),
        SignalingEvent::Message {
            message: ServerMessage::Error(error),
        } => format!(
            "tell error {} about {}",
            error.code.as_str(),
            error.about.as_deref().unwrap_or("nothing")
        ),
        SignalingEvent::Message { message } => {
            let json = serde_json::to_value(message).unwrap();
            format!("tell {}", json["type"].as_str().unwrap())
        }
    }
}

fn table() -> Table {
    let text = include_str!("../../../../crates/signal-protocol/testdata/client-cases.json");
    serde_json::from_str(text).unwrap()
}

#[test]
fn client_does_what_the_cases_say() {
    for case in table().cases {
        let mut client = TestClient::new(case.from, 0.5);
        for (index, step) in case.steps.into_iter().enumerate() {
            let place = format!("{:?}, step {}", case.name, index + 1);
            assert_eq!(client.perform(&step.inputs), step.out, "{place}");
            if let Some(state) = step.state {
                assert_eq!(client.state(), state, "{place}");
            }
            if let Some(timer) = step.timer {
                assert_eq!(client.timer(), Some(timer), "{place}");
            }
        }
    }
}

#[test]
fn delays_grow_and_a_stable_session_resets_them() {
    let Backoff {
        delays,
        reset_after,
    } = table().backoff;
    for (column, random) in [(0, 0.0), (1, 1.0)] {
        let mut client = TestClient::new(Start::Joined, random);
        for (index, delay) in delays.iter().enumerate() {
            let end = if index == 0 {
                Input::Lost
            } else {
                Input::Refused
            };
            client.perform(&[end]);
            assert_eq!(client.timer(), Some(delay[column]), "try {index}");
            client.perform(&[Input::Pass(delay[column])]);
        }
        let last = delays.last().unwrap()[column];
        for (stays, expect) in [(reset_after - 1, last), (reset_after, delays[0][column])] {
            client.perform(&[Input::Opened, joined("t2", true), Input::Pass(stays)]);
            client.perform(&[Input::Lost]);
            assert_eq!(client.timer(), Some(expect), "after {stays} ms in a room");
            client.perform(&[Input::Pass(expect)]);
        }
    }
}

#[test]
fn close_code_decides_whether_and_when_to_come_back() {
    let closes = table().closes;
    for code in CloseCode::ALL {
        assert!(closes.iter().any(|row| row.code == code.code()), "{code:?}");
    }
    for Close { code, waits, fails } in closes {
        for (column, random) in [(0, 0.0), (1, 1.0)] {
            let mut client = TestClient::new(Start::Joined, random);
            let out = client.perform(&[Input::Closed(code)]);
            match (waits, &fails) {
                (Some(waits), None) => {
                    assert_eq!(out, ["tell waiting"], "{code}");
                    assert_eq!(client.timer(), Some(waits[column]), "{code}");
                    let back = client.perform(&[Input::Pass(waits[column])]);
                    assert_eq!(back, ["open"], "{code}");
                }
                (None, Some(field)) => {
                    assert_eq!(out, [format!("tell failed {field}")], "{code}");
                    assert_eq!(
                        (client.state(), client.timer()),
                        ("outside", None),
                        "{code}"
                    );
                }
                (Some(_), Some(_)) | (None, None) => panic!("{code}: it waits, or it fails"),
            }
        }
    }
}

#[test]
fn refusal_stops_the_client_or_is_waited_for() {
    let refusals = table().refusals;
    for code in ErrorCode::ALL {
        assert!(refusals.iter().any(|row| row.code == code), "{code:?}");
    }
    for Refusal { code, passes } in refusals {
        let code = code.as_str();
        let refusal = Input::Hear(json!({
            "type": "error", "code": code, "message": "No.", "about": "room:join",
        }));
        let refusal = [refusal];
        let told = format!("tell error {code} about room:join");
        let stops: [Value; 2] = ["close".into(), told.into()];
        let mut first = TestClient::new(Start::Outside, 0.5);
        first.perform(&[join(), Input::Opened]);
        assert_eq!(first.perform(&refusal), stops, "{code}");
        assert_eq!(first.perform(&[Input::Pass(120_000)]), [Value::Null; 0]);

        let mut again = TestClient::new(Start::Waiting, 0.5);
        again.perform(&[Input::Pass(750), Input::Opened]);
        let out = again.perform(&refusal);
        if passes {
            assert_eq!(out, ["close", "tell waiting"], "{code}");
            assert_eq!(again.state(), "waiting", "{code}");
        } else {
            assert_eq!(out, stops, "{code}");
            assert_eq!(again.state(), "outside", "{code}");
            assert_eq!(again.perform(&[Input::Pass(120_000)]), [Value::Null; 0]);
        }
    }
}

#[test]
fn newest_messages_are_kept_in_order() {
    let Queue { sent, kept } = table().queue;
    let messages: Vec<Value> = (0..sent)
        .map(|number| json!({"type": "peer:candidate", "to": "bo", "payload": number.to_string()}))
        .collect();
    let mut client = TestClient::new(Start::Waiting, 0.5);
    let inputs: Vec<Input> = messages.iter().cloned().map(Input::Send).collect();
    client.perform(&inputs);
    client.perform(&[Input::Pass(750), Input::Opened]);
    let out = client.perform(&[joined("t2", true)]);
    let newest = messages[sent - kept..].iter();
    let expected: Vec<Value> = newest
        .map(|message| json!({ "send": message }))
        .chain(["tell connected".into(), "tell room:joined".into()])
        .collect();
    assert_eq!(out, expected);
}
