//! Tables of what the server says, and what is recorded.

use std::time::Duration;

use pulseaudio::protocol::{Prop, PulseError};

use super::*;
use crate::pulse_connection::REPLY_TIMEOUT;

const OWN: u32 = 7;
const OTHER: u32 = 8;
const MUSIC: u32 = 20;

struct Server {
    programs: Programs,
    now: Instant,
}

impl Server {
    fn connected() -> Self {
        let mut server = Self {
            programs: Programs::new(|process| process == OWN),
            now: Instant::now(),
        };
        server.programs.handle_connected(server.now);
        assert_eq!(server.sent(), ["subscribe", "list"]);
        server
    }

    /// With this stream of another program, recorded on channel 1.
    fn recording() -> Self {
        let mut server = Self::connected();
        server.reply(&vec![input(MUSIC, OTHER)]);
        assert_eq!(server.sent(), ["record 20"]);
        server.reply(&recorded(1));
        assert_eq!(server.changes(), [Change::Begun(1)]);
        server
    }

    fn sent(&mut self) -> Vec<String> {
        std::iter::from_fn(|| self.programs.poll_transmit())
            .map(|transmit| match transmit {
                Transmit::Command(_, command) => name(&command),
                Transmit::Audio(..) => "audio".to_owned(),
            })
            .collect()
    }

    fn changes(&mut self) -> Vec<Change> {
        std::iter::from_fn(|| self.programs.poll_change()).collect()
    }

    fn handle(&mut self, message: Message) {
        self.programs.handle_message(self.now, message).unwrap();
    }

    /// To the last request.
    fn reply<T: pulseaudio::protocol::CommandReply>(&mut self, reply: &T) {
        let serial = self.programs.requests.serial();
        self.handle(Message::Reply(serial, Reply::of(reply)));
    }

    fn refuse(&mut self) {
        let serial = self.programs.requests.serial();
        self.handle(Message::Refused(serial, PulseError::NoEntity));
    }

    fn tell(&mut self, event_type: SubscriptionEventType, index: u32) {
        self.handle(Message::Command(Box::new(Command::SubscribeEvent(
            SubscriptionEvent {
                event_facility: SubscriptionEventFacility::SinkInput,
                event_type,
                index: Some(index),
            },
        ))));
    }

    fn kill(&mut self, channel: u32) {
        let killed = Command::RecordStreamKilled(channel);
        self.handle(Message::Command(Box::new(killed)));
    }
}

#[expect(clippy::wildcard_enum_match_arm, reason = "few of them are sent")]
fn name(command: &Command) -> String {
    match command {
        Command::Subscribe(_) => "subscribe".to_owned(),
        Command::GetSinkInputInfoList => "list".to_owned(),
        Command::GetSinkInputInfo(index) => format!("describe {index}"),
        Command::CreateRecordStream(parameters) => {
            format!("record {}", parameters.direct_on_input_index.unwrap())
        }
        Command::DeleteRecordStream(channel) => format!("delete {channel}"),
        other => format!("{other:?}"),
    }
}

fn input(index: u32, process: u32) -> SinkInputInfo {
    let mut input = SinkInputInfo {
        index,
        client_index: Some(3),
        ..SinkInputInfo::default()
    };
    let process = std::ffi::CString::new(process.to_string()).unwrap();
    input.props.set(Prop::ApplicationProcessId, process);
    input
}

fn recorded(channel: u32) -> CreateRecordStreamReply {
    CreateRecordStreamReply {
        channel,
        ..CreateRecordStreamReply::default()
    }
}

#[test]
fn own_streams_are_never_recorded() {
    let mut server = Server::connected();
    server.reply(&vec![input(1, OWN)]);
    server.tell(SubscriptionEventType::New, 2);
    assert_eq!(server.sent(), ["describe 2"]);
    server.reply(&input(2, OWN));
    server.tell(SubscriptionEventType::Changed, 1);
    server.tell(SubscriptionEventType::Removed, 1);
    assert!(server.sent().is_empty());
    assert!(server.changes().is_empty());
}

#[test]
fn program_that_begins_and_ends_is_followed() {
    let mut server = Server::connected();
    server.reply(&SinkInputInfoList::new());
    server.tell(SubscriptionEventType::New, MUSIC);
    assert_eq!(server.sent(), ["describe 20"]);
    server.reply(&input(MUSIC, OTHER));
    assert_eq!(server.sent(), ["record 20"]);
    server.reply(&recorded(5));
    assert_eq!(server.changes(), [Change::Begun(5)]);
    server.tell(SubscriptionEventType::Changed, MUSIC);
    assert!(server.sent().is_empty());
    server.tell(SubscriptionEventType::Removed, MUSIC);
    assert_eq!(server.changes(), [Change::Ended(5)]);
    assert_eq!(server.sent(), ["delete 5"]);
    server.refuse();
    server.kill(5);
    assert!(server.changes().is_empty());
}

#[test]
fn stream_that_ends_while_it_is_asked_for_is_not_mixed() {
    let mut server = Server::connected();
    server.reply(&vec![input(MUSIC, OTHER)]);
    assert_eq!(server.sent(), ["record 20"]);
    let serial = server.programs.requests.serial();
    server.tell(SubscriptionEventType::Removed, MUSIC);
    server.handle(Message::Reply(serial, Reply::of(&recorded(5))));
    assert_eq!(server.sent(), ["delete 5"]);
    assert!(server.changes().is_empty());
}

#[test]
fn recording_of_a_moved_stream_begins_again() {
    let mut server = Server::recording();
    server.kill(1);
    assert_eq!(server.changes(), [Change::Ended(1)]);
    server.tell(SubscriptionEventType::Changed, MUSIC);
    assert_eq!(server.sent(), ["describe 20"]);
    server.reply(&input(MUSIC, OTHER));
    assert_eq!(server.sent(), ["record 20"]);
    // Too early: the server is not done.
    server.refuse();
    assert!(server.sent().is_empty());
    server.programs.handle_timeout(server.now).unwrap();
    assert_eq!(server.sent(), ["describe 20"]);
    server.reply(&input(MUSIC, OTHER));
    server.reply(&recorded(2));
    assert_eq!(server.changes(), [Change::Begun(2)]);
}

#[test]
fn stream_that_is_gone_is_asked_for_no_more() {
    let mut server = Server::recording();
    server.kill(1);
    server.programs.handle_timeout(server.now).unwrap();
    assert_eq!(server.sent(), ["describe 20"]);
    server.refuse();
    server.programs.handle_timeout(server.now).unwrap();
    assert!(server.sent().is_empty());
}

#[test]
fn number_of_recordings_is_bounded() {
    let mut server = Server::connected();
    let many: SinkInputInfoList = (0..5_000).map(|index| input(index, OTHER)).collect();
    server.reply(&many);
    assert_eq!(server.sent().len(), MAX_RECORDINGS);
    assert!(server.programs.streams.len() <= MAX_STREAMS);
    for index in 6_000..20_000 {
        server.tell(SubscriptionEventType::New, index);
    }
    assert!(server.programs.streams.len() <= MAX_STREAMS);
}

#[test]
fn server_that_does_not_answer_or_garbles_has_failed() {
    let mut server = Server::connected();
    let later = server.now + REPLY_TIMEOUT + Duration::from_millis(1);
    let outcome = server.programs.handle_timeout(later);
    assert!(matches!(outcome, Err(PulseFailure::Timeout)));
    let mut server = Server::connected();
    let garbled = Message::Reply(server.programs.requests.serial(), Reply::garbled());
    let outcome = server.programs.handle_message(server.now, garbled);
    assert!(matches!(outcome, Err(PulseFailure::Protocol(_))));
}
