use std::{ffi::CString, time::Duration};

use pulseaudio::protocol::{Request, SinkInfo, SubscriptionEvent, Underflow};

use super::*;
use crate::playback::pulse::format::PIECE_BYTES;

const ANNA: ReceiverId = ReceiverId(1);

/// PlaybackStreams, and what is to be sent and has input, in words.
struct Play {
    start: Instant,
    millis: u64,
    speakers: PlaybackStreams,
    channels: u32,
    /// The commands that were sent, newest last.
    sent: Vec<u32>,
}

impl Play {
    fn new() -> Self {
        Self {
            start: Instant::now(),
            millis: 0,
            speakers: PlaybackStreams::default(),
            channels: 0,
            sent: Vec::new(),
        }
    }

    fn connected() -> Self {
        let mut play = Self::new();
        play.speakers.handle_connected(play.now());
        play.check(&["subscribe"]);
        play
    }

    /// One that plays on this output.
    fn playing(output: Option<&str>) -> Self {
        let mut play = Self::connected();
        play.order(output);
        play.opened(0);
        play.take();
        play
    }

    fn now(&self) -> Instant {
        self.start + Duration::from_millis(self.millis)
    }

    fn order(&mut self, output: Option<&str>) {
        let order = Order::Play {
            receiver: ANNA,
            volume: 1.0,
            output: output.map(str::to_owned),
        };
        self.speakers.handle_order(self.now(), order);
    }

    fn stop(&mut self) {
        let order = Order::Stop { receiver: ANNA };
        self.speakers.handle_order(self.now(), order);
    }

    /// The command sent last is answered with a stream that has room for so many bytes.
    fn opened(&mut self, room: u32) {
        self.take();
        self.channels += 1;
        let reply = Reply::of(&CreatePlaybackStreamReply {
            channel: self.channels,
            requested_bytes: room,
            ..CreatePlaybackStreamReply::default()
        });
        let serial = *self.sent.last().unwrap();
        self.happens(Message::Reply(serial, reply));
    }

    fn refused(&mut self) {
        self.take();
        let serial = *self.sent.last().unwrap();
        self.happens(Message::Refused(serial, PulseError::NoEntity));
    }

    fn room(&mut self, length: u32) {
        let channel = self.channels;
        self.happens(Message::Command(Box::new(Command::Request(Request {
            channel,
            length,
        }))));
    }

    fn sink(&mut self, event_type: SubscriptionEventType) {
        let event = SubscriptionEvent {
            event_facility: SubscriptionEventFacility::Sink,
            event_type,
            index: Some(3),
        };
        self.happens(Message::Command(Box::new(Command::SubscribeEvent(event))));
    }

    fn happens(&mut self, message: Message) {
        self.speakers.handle_message(self.now(), message).unwrap();
    }

    fn take(&mut self) -> Vec<String> {
        let mut words = Vec::new();
        while let Some(transmit) = self.speakers.poll_transmit() {
            if let Transmit::Command(serial, _) = &transmit {
                self.sent.push(*serial);
            }
            words.push(in_words(&transmit));
        }
        while let Some(event) = self.speakers.poll_event() {
            words.push(match event {
                PlaybackEvent::Playing { playing, .. } => format!("playing {playing}"),
                PlaybackEvent::Wanted { pieces, .. } => format!("wanted {pieces}"),
                PlaybackEvent::Latency { latency, .. } => format!("latency {latency:?}"),
                PlaybackEvent::OutputsChanged => "outputs changed".to_owned(),
            });
        }
        words
    }

    fn check(&mut self, expect: &[&str]) {
        assert_eq!(self.take(), expect);
    }
}

#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "few of the protocol's commands are sent"
)]
fn in_words(transmit: &Transmit) -> String {
    let command = match transmit {
        Transmit::Sound(channel, samples) => return format!("sound {channel}, {}", samples.len()),
        Transmit::Command(_, command) => command,
    };
    match &**command {
        Command::CreatePlaybackStream(parameters) => {
            let on = parameters.sink_name.as_ref();
            let on = on.map_or("any", |name| name.to_str().unwrap());
            format!("open on {on}")
        }
        Command::DeletePlaybackStream(channel) => format!("delete {channel}"),
        Command::SetPlaybackStreamBufferAttr(change) => {
            let bytes = change.buffer_attr.target_length as usize;
            format!("keep {} ms", bytes / PIECE_BYTES * 10)
        }
        Command::Subscribe(_) => "subscribe".to_owned(),
        Command::GetPlaybackLatency(_) => "ask for latency".to_owned(),
        other => format!("{other:?}"),
    }
}

#[test]
fn what_is_to_be_played_is_asked_for_when_there_is_room() {
    let mut play = Play::connected();
    play.order(None);
    play.check(&["open on any"]);
    // 40 ms and half a piece.
    play.opened(4 * 3840 + 1920);
    play.check(&["playing true", "latency 40ms", "wanted 4"]);
    play.room(1920);
    play.check(&["wanted 1"]);
    play.room(1920);
    play.check(&[]);
    play.room(100 * 3840);
    play.check(&["wanted 16"]);
    let sound = Order::Sound {
        receiver: ANNA,
        samples: vec![1.0; 960],
    };
    play.speakers.handle_order(play.now(), sound);
    play.check(&["sound 1, 960"]);
    play.stop();
    play.check(&["delete 1"]);
    play.room(3840);
    play.check(&[]);
}

#[test]
fn without_a_server_the_page_plays() {
    let mut play = Play::new();
    play.order(None);
    play.check(&["playing false"]);
    play.speakers.handle_lost();
    play.check(&[]);
    play.speakers.handle_connected(play.now());
    play.check(&["subscribe", "open on any", "outputs changed"]);
    play.opened(0);
    play.check(&["playing true", "latency 40ms"]);
    play.speakers.handle_lost();
    play.check(&["outputs changed", "playing false"]);
    play.speakers.handle_connected(play.now());
    play.check(&["subscribe", "open on any", "outputs changed"]);
}

#[test]
fn a_stream_that_nobody_wants_any_more_is_deleted() {
    let mut play = Play::connected();
    play.order(None);
    play.check(&["open on any"]);
    play.stop();
    play.opened(3840);
    play.check(&["delete 1"]);
    // Wanted again while the one before is still being opened.
    play.order(None);
    play.stop();
    play.order(None);
    play.check(&["open on any", "open on any"]);
    play.opened(0);
    play.check(&["playing true", "latency 40ms"]);
}

#[test]
fn another_output_is_gone_to_at_once() {
    let mut play = Play::playing(None);
    play.order(Some("headset"));
    play.check(&["delete 1", "open on headset"]);
    play.opened(0);
    play.check(&["playing true", "latency 40ms"]);
    play.order(Some("headset"));
    play.check(&[]);
}

#[test]
fn an_output_that_has_gone_is_gone_back_to_when_it_comes() {
    let mut play = Play::connected();
    play.order(Some("headset"));
    play.check(&["open on headset"]);
    play.refused();
    play.check(&["open on any"]);
    play.opened(0);
    play.check(&["playing true", "latency 40ms"]);
    play.sink(SubscriptionEventType::Changed);
    play.check(&[]);
    play.sink(SubscriptionEventType::New);
    play.check(&["delete 1", "open on headset", "outputs changed"]);
    play.opened(0);
    play.take();
    play.sink(SubscriptionEventType::Removed);
    play.check(&["outputs changed"]);
}

#[test]
fn a_speaker_that_is_refused_or_taken_away_is_tried_again() {
    let mut play = Play::connected();
    play.order(None);
    play.refused();
    play.check(&["playing false"]);
    play.speakers.handle_timeout(play.now()).unwrap();
    play.check(&["open on any"]);
    play.opened(0);
    play.take();
    play.happens(Message::Command(Box::new(Command::PlaybackStreamKilled(1))));
    play.check(&["playing false"]);
    play.speakers.handle_timeout(play.now()).unwrap();
    play.check(&["open on any"]);
}

#[test]
fn a_server_that_does_not_say_whether_it_plays_is_given_up() {
    let mut play = Play::connected();
    play.order(None);
    play.check(&["open on any"]);
    play.millis = 2_000;
    play.speakers.handle_timeout(play.now()).unwrap();
    play.millis = 2_001;
    play.speakers.handle_timeout(play.now()).unwrap_err();
    play.speakers.handle_lost();
    play.check(&["outputs changed", "playing false"]);
}

#[test]
fn a_server_whose_word_is_not_understood_is_given_up() {
    let mut play = Play::connected();
    play.order(None);
    play.take();
    let garbled = Message::Reply(*play.sent.last().unwrap(), Reply::garbled());
    play.speakers
        .handle_message(play.now(), garbled)
        .unwrap_err();
    play.speakers.handle_lost();
    play.check(&["outputs changed", "playing false"]);
}

#[test]
fn it_keeps_more_when_it_ran_dry_and_knows_how_late_it_is() {
    let mut play = Play::playing(None);
    play.millis = 100;
    let underflow = Underflow {
        channel: 1,
        offset: 0,
    };
    play.happens(Message::Command(Box::new(Command::Underflow(underflow))));
    play.check(&["keep 60 ms"]);
    play.millis = 2_000;
    play.speakers.handle_timeout(play.now()).unwrap();
    play.check(&["ask for latency", "keep 40 ms"]);
    let serial = play.sent[play.sent.len() - 2];
    let reply = Reply::of(&PlaybackLatency {
        sink_usec: 5_000,
        source_usec: 0,
        playing: true,
        local_time: SystemTime::UNIX_EPOCH,
        remote_time: SystemTime::UNIX_EPOCH,
        write_offset: 100_000 + 3 * 3840,
        read_offset: 100_000,
        underrun_for: 0,
        playing_for: 0,
    });
    play.happens(Message::Reply(serial, reply));
    play.check(&["latency 35ms"]);
}

#[test]
fn outputs_are_listed_for_people() {
    let mut play = Play::connected();
    let (answer, mut listed) = oneshot::channel();
    play.speakers
        .handle_order(play.now(), Order::ListOutputs(answer));
    play.take();
    let sink = |name: &str, description: Option<&str>| SinkInfo {
        name: CString::new(name).unwrap(),
        description: description.map(|text| CString::new(text).unwrap()),
        ..SinkInfo::default()
    };
    let sinks = vec![
        sink("alsa.1", Some("Headset")),
        sink("auto_null", Some("Dummy Output")),
        sink("plain", None),
    ];
    let serial = *play.sent.last().unwrap();
    play.happens(Message::Reply(serial, Reply::of(&sinks)));
    let output = |id: &str, label: &str| AudioOutput {
        id: id.to_owned(),
        label: label.to_owned(),
    };
    let expect = vec![output("alsa.1", "Headset"), output("plain", "plain")];
    assert_eq!(listed.try_recv().unwrap(), expect);
}
