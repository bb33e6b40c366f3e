//! Encodings as senders come, go, and have better or worse paths.

use super::*;

const SOURCE: SourceId = SourceId(1);

struct Setting {
    start: Instant,
    plan: EncoderAllocation,
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
        parameters: SendParameters {
            active: true,
            max_bitrate: None,
            scale_resolution_down_by: 1.0,
            max_framerate: None,
        },
        estimate: Some(estimate),
        sounds: 0,
    }
}

impl Setting {
    fn new() -> Self {
        Self {
            start: Instant::now(),
            plan: EncoderAllocation::new(),
            senders: BTreeMap::new(),
        }
    }

    fn at(&self, millis: u64) -> Instant {
        self.start + Duration::from_millis(millis)
    }

    fn set(&mut self, millis: u64, sender: VideoSender) -> Vec<String> {
        self.senders.insert(sender.key.connection.0, sender);
        self.say(millis)
    }

    fn remove(&mut self, millis: u64, connection: u32) -> Vec<String> {
        self.senders.remove(&connection);
        self.say(millis)
    }

    fn say(&mut self, millis: u64) -> Vec<String> {
        let now = self.at(millis);
        self.plan.set_senders(now, self.senders.values().cloned());
        self.changes()
    }

    fn wait(&mut self, millis: u64) -> Vec<String> {
        self.plan.handle_timeout(self.at(millis));
        self.changes()
    }

    /// Who gets it.
    fn frame(&mut self, millis: u64, encoding: u32, key: bool) -> Vec<u32> {
        let now = self.at(millis);
        self.plan
            .handle_frame(now, EncodingId(encoding), key, 640, 480)
            .map(|sender| sender.connection.0)
            .collect()
    }

    fn unseen(&mut self, encoding: u32) {
        self.plan.handle_key_frame_unseen(EncodingId(encoding));
    }

    fn want_key_frame(&mut self, millis: u64, connection: u32) -> Vec<String> {
        let key = sender(connection, 0).key;
        self.plan.handle_key_frame_wanted(self.at(millis), &key);
        self.changes()
    }

    fn changes(&mut self) -> Vec<String> {
        std::iter::from_fn(|| self.plan.poll_change())
            .map(|change| match change {
                Change::Encode {
                    encoding, settings, ..
                } => format!(
                    "{} at {} /{}",
                    encoding.0,
                    settings.bitrate / 1000,
                    settings.scale_down_by
                ),
                Change::KeyFrameWanted { encoding } => format!("{} key", encoding.0),
                Change::Stop { encoding } => format!("{} stop", encoding.0),
            })
            .collect()
    }
}

#[test]
fn one_encoding_serves_all_who_are_alike() {
    let mut setting = Setting::new();
    assert_eq!(setting.set(0, sender(1, 5_000_000)), ["0 at 1700 /1"]);
    assert_eq!(setting.frame(10, 0, true), [1]);
    // The encoder has just begun: the second's key frame comes a little later.
    assert_eq!(setting.set(20, sender(2, 1_500_000)), ["0 at 1350 /1"]);
    assert_eq!(setting.frame(30, 0, false), [1]);
    assert_eq!(setting.plan.poll_timeout(), Some(setting.at(310)));
    assert_eq!(setting.wait(310), ["0 key"]);
    assert_eq!(setting.frame(340, 0, true), [1, 2]);
    assert_eq!(setting.frame(370, 0, false), [1, 2]);
    assert_eq!(setting.frame(370, 7, false), [0; 0]);

    assert_eq!(setting.remove(400, 2), ["0 at 1700 /1"]);
    assert_eq!(setting.frame(430, 0, false), [1]);
    assert_eq!(setting.remove(500, 1), ["0 stop"]);
    assert_eq!(setting.frame(510, 0, true), [0; 0]);
    assert_eq!(setting.plan.poll_timeout(), None);
    assert_eq!(setting.set(600, sender(3, 200_000)), ["1 at 180 /1.5"]);
}

#[test]
fn who_has_a_bad_path_moves_with_a_key_frame_and_loses_nothing() {
    let mut setting = Setting::new();
    setting.set(0, sender(1, 5_000_000));
    setting.set(1, sender(2, 5_000_000));
    assert_eq!(setting.frame(10, 0, true), [1, 2]);

    assert_eq!(setting.set(1000, sender(2, 400_000)), ["1 at 360 /1"]);
    assert_eq!(setting.frame(1010, 0, false), [1, 2]);
    assert_eq!(setting.frame(1020, 1, true), [2]);
    assert_eq!(setting.frame(1030, 0, false), [1]);
    assert_eq!(setting.frame(1040, 1, false), [2]);
}

#[test]
fn a_key_frame_that_never_comes_holds_nothing_up() {
    let mut setting = Setting::new();
    setting.set(0, sender(1, 5_000_000));
    setting.frame(10, 0, true);
    let mut small = sender(1, 5_000_000);
    small.parameters.scale_resolution_down_by = 2.0;
    assert_eq!(setting.set(1000, small), ["1 at 1700 /2"]);
    assert_eq!(setting.frame(1010, 0, false), [1]);
    assert_eq!(setting.plan.poll_timeout(), Some(setting.at(3000)));
    assert_eq!(setting.wait(3000), ["0 stop"]);
    // The new encoder's first frame was lost on the bridge.
    assert_eq!(setting.frame(3010, 1, false), [0; 0]);
    assert_eq!(setting.changes(), ["1 key"]);
    assert_eq!(setting.frame(3020, 1, true), [1]);
}

#[test]
fn key_frames_are_asked_for_once_for_all() {
    let mut setting = Setting::new();
    setting.set(0, sender(1, 5_000_000));
    setting.set(1, sender(2, 5_000_000));
    setting.frame(10, 0, true);
    assert_eq!(setting.want_key_frame(1000, 1), ["0 key"]);
    assert_eq!(setting.want_key_frame(1001, 2), [""; 0]);
    assert_eq!(setting.want_key_frame(1100, 1), [""; 0]);
    // The one that comes is for all who have asked.
    assert_eq!(setting.frame(1110, 0, true), [1, 2]);
    assert_eq!(setting.wait(1400), [""; 0]);
    assert_eq!(setting.want_key_frame(1405, 1), [""; 0]);
    assert_eq!(setting.wait(1410), ["0 key"]);
    assert_eq!(setting.want_key_frame(1420, 9), [""; 0]);
}

#[test]
fn a_key_frame_that_nobody_got_holds_up_no_other() {
    let mut setting = Setting::new();
    setting.set(0, sender(1, 5_000_000));
    setting.frame(10, 0, true);
    setting.unseen(0);
    assert_eq!(setting.want_key_frame(20, 1), ["0 key"]);
    assert_eq!(setting.want_key_frame(30, 1), [""; 0]);
}

#[test]
fn a_source_is_as_large_as_it_is_said_to_be_until_it_is_seen() {
    let mut setting = Setting::new();
    setting.plan.expect_size(SOURCE, 1280 * 720);
    assert_eq!(setting.set(0, sender(1, 276_000)), ["0 at 248 /2"]);
    // 640×480, of a picture that is twice as large each way.
    setting.frame(10, 0, true);
    assert_eq!(setting.set(20, sender(1, 276_000)), ["0 at 248 /3"]);
    setting.plan.forget_source(SOURCE);
    assert_eq!(setting.set(30, sender(1, 276_000)), [""; 0]);
}

#[test]
fn a_wobbling_estimate_changes_nothing_and_a_fall_all_at_once() {
    let mut setting = Setting::new();
    setting.set(0, sender(1, 1_000_000));
    setting.frame(10, 0, true);
    for index in 0..20 {
        let estimate = 1_000_000 + (index % 3) * 15_000;
        assert_eq!(setting.set(100 + index * 10, sender(1, estimate)), [""; 0]);
    }
    assert_eq!(setting.set(400, sender(1, 276_000)), ["0 at 248 /1.5"]);
    assert_eq!(setting.set(410, sender(1, 1_000_000)), [""; 0]);
    assert_eq!(setting.wait(650), ["0 at 322 /1.5"]);
    assert_eq!(setting.wait(900), ["0 at 419 /1.5"]);
}

#[test]
fn another_codec_or_wish_is_another_encoding() {
    let mut setting = Setting::new();
    let mut other = sender(2, 5_000_000);
    other.codec = VideoCodec::H264;
    let mut slow = sender(3, 5_000_000);
    slow.parameters.max_framerate = Some(10.0);
    setting.set(0, sender(1, 5_000_000));
    assert_eq!(setting.set(0, other), ["1 at 1700 /1"]);
    assert_eq!(setting.set(0, slow.clone()), ["2 at 1700 /1"]);
    let (id, settings) = setting.plan.encoding_of(&slow.key).unwrap();
    assert_eq!((id, settings.max_framerate), (EncodingId(2), 10.0));
}

#[test]
fn it_wants_for_a_connection_what_its_senders_could_use() {
    let mut setting = Setting::new();
    let mut talking = sender(1, 5_000_000);
    talking.sounds = 1;
    setting.set(0, talking);
    assert_eq!(setting.plan.desired_bitrate(ConnectionId(1)), 1_928_888);
    let now = setting.at(10);
    let key = sender(1, 0).key;
    let mut frame = setting
        .plan
        .handle_frame(now, EncodingId(0), true, 1280, 720);
    assert_eq!(frame.next(), Some(&key));
    drop(frame);
    assert_eq!(setting.plan.desired_bitrate(ConnectionId(1)), 2_817_777);
    assert_eq!(setting.plan.desired_bitrate(ConnectionId(2)), 0);
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
