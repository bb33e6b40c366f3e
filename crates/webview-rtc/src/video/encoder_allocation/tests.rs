//! Encoder allocation while senders join, leave, and their paths change.

use super::*;

const SOURCE: SourceId = SourceId(1);

struct Fixture {
    start: Instant,
    allocation: EncoderAllocation,
    senders: BTreeMap<u32, VideoSender>,
}

fn sender(connection: u32, estimate: u64) -> VideoSender {
    VideoSender {
        key: SenderKey {
            connection: ConnectionId(connection),
            mid: "0".into(),
        },
        source: SOURCE,
        codec: VideoCodec::Vp8,
        parameters: SendParameters::default(),
        estimate: Some(estimate),
        audio_senders: 0,
    }
}

impl Fixture {
    fn new() -> Self {
        Self {
            start: Instant::now(),
            allocation: EncoderAllocation::new(),
            senders: BTreeMap::new(),
        }
    }

    fn at(&self, millis: u64) -> Instant {
        self.start + Duration::from_millis(millis)
    }

    fn set(&mut self, millis: u64, sender: VideoSender) -> Vec<String> {
        self.senders.insert(sender.key.connection.0, sender);
        self.update(millis)
    }

    fn remove(&mut self, millis: u64, connection: u32) -> Vec<String> {
        self.senders.remove(&connection);
        self.update(millis)
    }

    fn update(&mut self, millis: u64) -> Vec<String> {
        let now = self.at(millis);
        self.allocation
            .set_senders(now, self.senders.values().cloned());
        self.changes()
    }

    fn wait(&mut self, millis: u64) -> Vec<String> {
        self.allocation.handle_timeout(self.at(millis));
        self.changes()
    }

    /// The connections that get the frame.
    fn frame(&mut self, millis: u64, encoding: u32, key: bool) -> Vec<u32> {
        let now = self.at(millis);
        self.allocation
            .handle_frame(now, EncodingId(encoding), key, 640, 480)
            .map(|sender| sender.connection.0)
            .collect()
    }

    fn undelivered(&mut self, encoding: u32) {
        self.allocation
            .handle_key_frame_undelivered(EncodingId(encoding));
    }

    fn request_key_frame(&mut self, millis: u64, connection: u32) -> Vec<String> {
        let key = sender(connection, 0).key;
        self.allocation
            .handle_key_frame_request(self.at(millis), &key);
        self.changes()
    }

    fn changes(&mut self) -> Vec<String> {
        std::iter::from_fn(|| self.allocation.poll_change())
            .map(|change| match change {
                Change::Encode {
                    encoding, settings, ..
                } => format!(
                    "{} at {} /{}",
                    encoding.0,
                    settings.bitrate / 1000,
                    settings.scale_down_by
                ),
                Change::RequestKeyFrame { encoding } => format!("{} key", encoding.0),
                Change::Stop { encoding } => format!("{} stop", encoding.0),
            })
            .collect()
    }
}

#[test]
fn similar_senders_share_one_encoding() {
    let mut fixture = Fixture::new();
    assert_eq!(fixture.set(0, sender(1, 5_000_000)), ["0 at 1700 /1"]);
    assert_eq!(fixture.frame(10, 0, true), [1]);
    // The encoder has just started: the key frame for the second sender comes later.
    assert_eq!(fixture.set(20, sender(2, 1_500_000)), ["0 at 1350 /1"]);
    assert_eq!(fixture.frame(30, 0, false), [1]);
    assert_eq!(fixture.allocation.poll_timeout(), Some(fixture.at(310)));
    assert_eq!(fixture.wait(310), ["0 key"]);
    assert_eq!(fixture.frame(340, 0, true), [1, 2]);
    assert_eq!(fixture.frame(370, 0, false), [1, 2]);
    assert_eq!(fixture.frame(370, 7, false), [0; 0]);

    assert_eq!(fixture.remove(400, 2), ["0 at 1700 /1"]);
    assert_eq!(fixture.frame(430, 0, false), [1]);
    assert_eq!(fixture.remove(500, 1), ["0 stop"]);
    assert_eq!(fixture.frame(510, 0, true), [0; 0]);
    assert_eq!(fixture.allocation.poll_timeout(), None);
    assert_eq!(fixture.set(600, sender(3, 200_000)), ["1 at 180 /1.5"]);
}

#[test]
fn slow_sender_switches_at_a_key_frame_without_loss() {
    let mut fixture = Fixture::new();
    fixture.set(0, sender(1, 5_000_000));
    fixture.set(1, sender(2, 5_000_000));
    assert_eq!(fixture.frame(10, 0, true), [1, 2]);

    assert_eq!(fixture.set(1000, sender(2, 400_000)), ["1 at 360 /1"]);
    assert_eq!(fixture.frame(1010, 0, false), [1, 2]);
    assert_eq!(fixture.frame(1020, 1, true), [2]);
    assert_eq!(fixture.frame(1030, 0, false), [1]);
    assert_eq!(fixture.frame(1040, 1, false), [2]);
}

#[test]
fn missing_key_frame_blocks_nothing() {
    let mut fixture = Fixture::new();
    fixture.set(0, sender(1, 5_000_000));
    fixture.frame(10, 0, true);
    let mut small = sender(1, 5_000_000);
    small.parameters.scale_resolution_down_by = 2.0;
    assert_eq!(fixture.set(1000, small), ["1 at 1700 /2"]);
    assert_eq!(fixture.frame(1010, 0, false), [1]);
    assert_eq!(fixture.allocation.poll_timeout(), Some(fixture.at(3000)));
    assert_eq!(fixture.wait(3000), ["0 stop"]);
    // The first frame of the new encoder was lost on the bridge.
    assert_eq!(fixture.frame(3010, 1, false), [0; 0]);
    assert_eq!(fixture.changes(), ["1 key"]);
    assert_eq!(fixture.frame(3020, 1, true), [1]);
}

#[test]
fn key_frame_requests_are_merged() {
    let mut fixture = Fixture::new();
    fixture.set(0, sender(1, 5_000_000));
    fixture.set(1, sender(2, 5_000_000));
    fixture.frame(10, 0, true);
    assert_eq!(fixture.request_key_frame(1000, 1), ["0 key"]);
    assert_eq!(fixture.request_key_frame(1001, 2), [""; 0]);
    assert_eq!(fixture.request_key_frame(1100, 1), [""; 0]);
    // One key frame serves all senders that requested it.
    assert_eq!(fixture.frame(1110, 0, true), [1, 2]);
    assert_eq!(fixture.wait(1400), [""; 0]);
    assert_eq!(fixture.request_key_frame(1405, 1), [""; 0]);
    assert_eq!(fixture.wait(1410), ["0 key"]);
    assert_eq!(fixture.request_key_frame(1420, 9), [""; 0]);
}

#[test]
fn undelivered_key_frame_delays_no_request() {
    let mut fixture = Fixture::new();
    fixture.set(0, sender(1, 5_000_000));
    fixture.frame(10, 0, true);
    fixture.undelivered(0);
    assert_eq!(fixture.request_key_frame(20, 1), ["0 key"]);
    assert_eq!(fixture.request_key_frame(30, 1), [""; 0]);
}

#[test]
fn announced_size_counts_until_a_frame_is_seen() {
    let mut fixture = Fixture::new();
    fixture.allocation.expect_size(SOURCE, 1280 * 720);
    assert_eq!(fixture.set(0, sender(1, 276_000)), ["0 at 248 /2"]);
    // 640×480 after scaling: the source is twice as wide and high.
    fixture.frame(10, 0, true);
    assert_eq!(fixture.set(20, sender(1, 276_000)), ["0 at 248 /3"]);
    fixture.allocation.forget_source(SOURCE);
    assert_eq!(fixture.set(30, sender(1, 276_000)), [""; 0]);
}

#[test]
fn small_estimate_changes_are_ignored_and_falls_apply() {
    let mut fixture = Fixture::new();
    fixture.set(0, sender(1, 1_000_000));
    fixture.frame(10, 0, true);
    for index in 0..20 {
        let estimate = 1_000_000 + (index % 3) * 15_000;
        assert_eq!(fixture.set(100 + index * 10, sender(1, estimate)), [""; 0]);
    }
    assert_eq!(fixture.set(400, sender(1, 276_000)), ["0 at 248 /1.5"]);
    assert_eq!(fixture.set(410, sender(1, 1_000_000)), [""; 0]);
    assert_eq!(fixture.wait(650), ["0 at 322 /1.5"]);
    assert_eq!(fixture.wait(900), ["0 at 419 /1.5"]);
}

#[test]
fn other_codec_or_parameters_get_another_encoding() {
    let mut fixture = Fixture::new();
    let mut other = sender(2, 5_000_000);
    other.codec = VideoCodec::H264;
    let mut slow = sender(3, 5_000_000);
    slow.parameters.max_framerate = Some(10.0);
    fixture.set(0, sender(1, 5_000_000));
    assert_eq!(fixture.set(0, other), ["1 at 1700 /1"]);
    assert_eq!(fixture.set(0, slow.clone()), ["2 at 1700 /1"]);
    let (id, settings) = fixture.allocation.encoding_of(&slow.key).unwrap();
    assert_eq!((id, settings.max_framerate), (EncodingId(2), 10.0));
}

#[test]
fn desired_bitrate_is_what_the_senders_could_use() {
    let mut fixture = Fixture::new();
    let mut with_audio = sender(1, 5_000_000);
    with_audio.audio_senders = 1;
    fixture.set(0, with_audio);
    assert_eq!(
        fixture.allocation.desired_bitrate(ConnectionId(1)),
        1_928_888
    );
    let now = fixture.at(10);
    let key = sender(1, 0).key;
    let mut frame = fixture
        .allocation
        .handle_frame(now, EncodingId(0), true, 1280, 720);
    assert_eq!(frame.next(), Some(&key));
    drop(frame);
    assert_eq!(
        fixture.allocation.desired_bitrate(ConnectionId(1)),
        2_817_777
    );
    assert_eq!(fixture.allocation.desired_bitrate(ConnectionId(2)), 0);
}

/// A peer that offers forty m-lines of pictures, each of which the page answers with its camera.
#[test]
fn forty_m_lines_of_one_camera_are_one_encoding() {
    let start = Instant::now();
    let mut plan = EncoderAllocation::new();
    let m_lines = |estimate: u64| {
        (0..40).map(move |mid| VideoSender {
            key: SenderKey {
                connection: ConnectionId(1),
                mid: mid.to_string(),
            },
            ..sender(1, estimate)
        })
    };
    for (millis, estimate) in [(0, 400_000), (1000, 5_000_000), (2000, 60_000_000)] {
        plan.set_senders(start + Duration::from_millis(millis), m_lines(estimate));
        assert_eq!(plan.encodings.len(), 1, "at {estimate} bit/s");
    }
    assert_eq!(plan.members.len(), 40);
}
