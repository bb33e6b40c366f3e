use std::{ffi::CString, time::Duration};

use pulseaudio::protocol::{Request, SinkInfo, SubscriptionEvent, Underflow};

use super::*;
use crate::playback::pulse::format::FRAME_10MS_BYTES;

const ANNA: ReceiverId = ReceiverId(1);

/// Playback streams; their transmits and events as text.
struct Play {
    start: Instant,
    millis: u64,
    streams: PlaybackStreams,
    channels: u32,
    /// Serials of the sent commands, newest last.
    sent: Vec<u32>,
}

impl Play {
    fn new() -> Self {
        Self {
            start: Instant::now(),
            millis: 0,
            streams: PlaybackStreams::default(),
            channels: 0,
            sent: Vec::new(),
        }
    }

    fn connected() -> Self {
        let mut play = Self::new();
        play.streams.handle_connected(play.now());
        play.check(&["subscribe"]);
        play
    }

    /// Playback on this output.
    fn playing(output: Option<&str>) -> Self {
        let mut play = Self::connected();
        play.send_play(output);
        play.server_opens(0);
        play.drain();
        play
    }

    fn now(&self) -> Instant {
        self.start + Duration::from_millis(self.millis)
    }

    fn send_play(&mut self, output: Option<&str>) {
        let command = PlaybackCommand::Play {
            receiver: ANNA,
            volume: 1.0,
            output: output.map(str::to_owned),
        };
        self.streams.handle_playback_command(self.now(), command);
    }

    fn stop(&mut self) {
        let command = PlaybackCommand::Stop { receiver: ANNA };
        self.streams.handle_playback_command(self.now(), command);
    }

    /// The server answers the last command with a stream that requests this many bytes.
    fn server_opens(&mut self, server_requests: u32) {
        self.drain();
        self.channels += 1;
        let reply = Reply::of(&CreatePlaybackStreamReply {
            channel: self.channels,
            requested_bytes: server_requests,
            ..CreatePlaybackStreamReply::default()
        });
        let serial = *self.sent.last().unwrap();
        self.receive(Message::Reply(serial, reply));
    }

    fn server_refuses(&mut self) {
        self.drain();
        let serial = *self.sent.last().unwrap();
        self.receive(Message::Refused(serial, PulseError::NoEntity));
    }

    fn server_requests(&mut self, length: u32) {
        let channel = self.channels;
        self.receive(Message::Command(Box::new(Command::Request(Request {
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
        self.receive(Message::Command(Box::new(Command::SubscribeEvent(event))));
    }

    fn receive(&mut self, message: Message) {
        self.streams.handle_message(self.now(), message).unwrap();
    }

    fn drain(&mut self) -> Vec<String> {
        let mut words = Vec::new();
        while let Some(transmit) = self.streams.poll_transmit() {
            if let Transmit::Command(serial, _) = &transmit {
                self.sent.push(*serial);
            }
            words.push(as_text(&transmit));
        }
        while let Some(event) = self.streams.poll_event() {
            words.push(match event {
                PlaybackEvent::Playing { playing, .. } => format!("playing {playing}"),
                PlaybackEvent::FramesRequested { frames, .. } => format!("wanted {frames}"),
                PlaybackEvent::Latency { latency, .. } => format!("latency {latency:?}"),
                PlaybackEvent::OutputsChanged => "outputs changed".to_owned(),
            });
        }
        words
    }

    fn check(&mut self, expect: &[&str]) {
        assert_eq!(self.drain(), expect);
    }
}

#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "the client sends few of the commands of the protocol"
)]
fn as_text(transmit: &Transmit) -> String {
    let command = match transmit {
        Transmit::Audio(channel, samples) => return format!("sound {channel}, {}", samples.len()),
        Transmit::Command(_, command) => command,
    };
    match &**command {
        Command::CreatePlaybackStream(parameters) => {
            let sink = parameters.sink_name.as_ref();
            let sink = sink.map_or("any", |name| name.to_str().unwrap());
            format!("open on {sink}")
        }
        Command::DeletePlaybackStream(channel) => format!("delete {channel}"),
        Command::SetPlaybackStreamBufferAttr(change) => {
            let bytes = change.buffer_attr.target_length as usize;
            format!("keep {} ms", bytes / FRAME_10MS_BYTES * 10)
        }
        Command::Subscribe(_) => "subscribe".to_owned(),
        Command::GetPlaybackLatency(_) => "ask for latency".to_owned(),
        other => format!("{other:?}"),
    }
}

#[test]
fn frames_are_requested_when_the_server_has_room() {
    let mut play = Play::connected();
    play.send_play(None);
    play.check(&["open on any"]);
    // 40 ms and half a frame.
    play.server_opens(4 * 3840 + 1920);
    play.check(&["playing true", "latency 40ms", "wanted 4"]);
    play.server_requests(1920);
    play.check(&["wanted 1"]);
    play.server_requests(1920);
    play.check(&[]);
    play.server_requests(100 * 3840);
    play.check(&["wanted 16"]);
    let audio = PlaybackCommand::Audio {
        receiver: ANNA,
        samples: vec![1.0; 960],
    };
    play.streams.handle_playback_command(play.now(), audio);
    play.check(&["sound 1, 960"]);
    play.stop();
    play.check(&["delete 1"]);
    play.server_requests(3840);
    play.check(&[]);
}

#[test]
fn page_plays_without_a_server() {
    let mut play = Play::new();
    play.send_play(None);
    play.check(&["playing false"]);
    play.streams.handle_lost();
    play.check(&[]);
    play.streams.handle_connected(play.now());
    play.check(&["subscribe", "open on any", "outputs changed"]);
    play.server_opens(0);
    play.check(&["playing true", "latency 40ms"]);
    play.streams.handle_lost();
    play.check(&["outputs changed", "playing false"]);
    play.streams.handle_connected(play.now());
    play.check(&["subscribe", "open on any", "outputs changed"]);
}

#[test]
fn unwanted_stream_is_deleted() {
    let mut play = Play::connected();
    play.send_play(None);
    play.check(&["open on any"]);
    play.stop();
    play.server_opens(3840);
    play.check(&["delete 1"]);
    // Played again while the previous stream is still opening.
    play.send_play(None);
    play.stop();
    play.send_play(None);
    play.check(&["open on any", "open on any"]);
    play.server_opens(0);
    play.check(&["playing true", "latency 40ms"]);
}

#[test]
fn other_output_is_used_at_once() {
    let mut play = Play::playing(None);
    play.send_play(Some("headset"));
    play.check(&["delete 1", "open on headset"]);
    play.server_opens(0);
    play.check(&["playing true", "latency 40ms"]);
    play.send_play(Some("headset"));
    play.check(&[]);
}

#[test]
fn requested_output_is_used_again_when_it_returns() {
    let mut play = Play::connected();
    play.send_play(Some("headset"));
    play.check(&["open on headset"]);
    play.server_refuses();
    play.check(&["open on any"]);
    play.server_opens(0);
    play.check(&["playing true", "latency 40ms"]);
    play.sink(SubscriptionEventType::Changed);
    play.check(&[]);
    play.sink(SubscriptionEventType::New);
    play.check(&["delete 1", "open on headset", "outputs changed"]);
    play.server_opens(0);
    play.drain();
    play.sink(SubscriptionEventType::Removed);
    play.check(&["outputs changed"]);
}

#[test]
fn refused_or_killed_stream_is_retried() {
    let mut play = Play::connected();
    play.send_play(None);
    play.server_refuses();
    play.check(&["playing false"]);
    play.streams.handle_timeout(play.now()).unwrap();
    play.check(&["open on any"]);
    play.server_opens(0);
    play.drain();
    play.receive(Message::Command(Box::new(Command::PlaybackStreamKilled(1))));
    play.check(&["playing false"]);
    play.streams.handle_timeout(play.now()).unwrap();
    play.check(&["open on any"]);
}

#[test]
fn server_without_a_reply_has_failed() {
    let mut play = Play::connected();
    play.send_play(None);
    play.check(&["open on any"]);
    play.millis = 2_000;
    play.streams.handle_timeout(play.now()).unwrap();
    play.millis = 2_001;
    play.streams.handle_timeout(play.now()).unwrap_err();
    play.streams.handle_lost();
    play.check(&["outputs changed", "playing false"]);
}

#[test]
fn server_with_an_unreadable_reply_has_failed() {
    let mut play = Play::connected();
    play.send_play(None);
    play.drain();
    let garbled = Message::Reply(*play.sent.last().unwrap(), Reply::garbled());
    play.streams
        .handle_message(play.now(), garbled)
        .unwrap_err();
    play.streams.handle_lost();
    play.check(&["outputs changed", "playing false"]);
}

#[test]
fn underflow_grows_the_buffer_and_latency_is_reported() {
    let mut play = Play::playing(None);
    play.millis = 100;
    let underflow = Underflow {
        channel: 1,
        offset: 0,
    };
    play.receive(Message::Command(Box::new(Command::Underflow(underflow))));
    play.check(&["keep 60 ms"]);
    play.millis = 2_000;
    play.streams.handle_timeout(play.now()).unwrap();
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
    play.receive(Message::Reply(serial, reply));
    play.check(&["latency 35ms"]);
}

#[test]
fn outputs_are_listed_with_their_labels() {
    let mut play = Play::connected();
    let (reply_sender, mut listed) = oneshot::channel();
    play.streams
        .handle_playback_command(play.now(), PlaybackCommand::ListOutputs(reply_sender));
    play.drain();
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
    play.receive(Message::Reply(serial, Reply::of(&sinks)));
    let output = |id: &str, label: &str| AudioOutput {
        id: id.to_owned(),
        label: label.to_owned(),
    };
    let expect = vec![output("alsa.1", "Headset"), output("plain", "plain")];
    assert_eq!(listed.try_recv().unwrap(), expect);
}
