//! Order of the outbox, and which media it drops when the page does not read.

use super::*;

const ANNA: ReceiverId = ReceiverId(1);
const BELA: ReceiverId = ReceiverId(2);

struct Fixture {
    start: Instant,
    outbox: Outbox,
}

impl Fixture {
    fn new() -> Self {
        Self {
            start: Instant::now(),
            outbox: Outbox::default(),
        }
    }

    fn at(&self, millis: u64) -> Instant {
        self.start + Duration::from_millis(millis)
    }

    fn video(
        &mut self,
        millis: u64,
        receiver: ReceiverId,
        key: bool,
        name: &str,
    ) -> Vec<ReceiverId> {
        self.outbox.push_video(QueuedVideo {
            receiver,
            key,
            since: self.at(millis),
            bytes: Bytes::copy_from_slice(name.as_bytes()),
        })
    }

    fn audio(&mut self, millis: u64, name: &str) {
        self.outbox.push_audio(QueuedAudio {
            frames: 2,
            receiver: ANNA,
            since: self.at(millis),
            bytes: Bytes::copy_from_slice(name.as_bytes()),
        });
    }

    fn text(&mut self, text: &str) {
        self.outbox.push_text(text.to_owned()).unwrap();
    }

    fn check_popped(&mut self, expect: &[&str]) {
        let mut popped = Vec::new();
        while let Some(message) = self.outbox.pop() {
            popped.push(message.into_text().unwrap().to_string());
        }
        assert_eq!(popped, expect);
        assert_eq!(self.outbox.video_bytes, 0);
        assert_eq!(self.outbox.message_bytes, 0);
    }
}

#[test]
fn audio_is_sent_first_and_video_last() {
    let mut fixture = Fixture::new();
    assert!(fixture.video(0, ANNA, true, "video").is_empty());
    fixture.text("one");
    fixture.outbox.push_binary(b"two".to_vec()).unwrap();
    fixture.audio(0, "audio");
    fixture.check_popped(&["audio", "one", "two", "video"]);
}

#[test]
fn stale_audio_is_dropped_and_requested_again() {
    let mut fixture = Fixture::new();
    fixture.audio(0, "old");
    fixture.audio(50, "new");
    let now = fixture.at(100);
    assert!(fixture.outbox.drop_stale_audio(now).is_empty());
    let now = fixture.at(101);
    assert_eq!(fixture.outbox.drop_stale_audio(now), [(ANNA, 2)]);
    fixture.check_popped(&["new"]);
}

#[test]
fn stale_video_is_dropped_and_one_key_frame_requested() {
    let mut fixture = Fixture::new();
    assert!(fixture.video(0, ANNA, true, "a0").is_empty());
    assert!(fixture.video(33, ANNA, false, "a1").is_empty());
    assert!(fixture.video(300, BELA, true, "b0").is_empty());
    assert_eq!(fixture.video(401, ANNA, false, "a2"), [ANNA]);
    assert!(fixture.video(410, ANNA, false, "a3").is_empty());
    assert!(fixture.video(500, ANNA, true, "a4").is_empty());
    assert!(fixture.video(533, ANNA, false, "a5").is_empty());
    fixture.check_popped(&["b0", "a4", "a5"]);
}

#[test]
fn queued_key_frame_replaces_the_frames_before_it() {
    let mut fixture = Fixture::new();
    assert!(fixture.video(0, ANNA, true, "a0").is_empty());
    assert!(fixture.video(100, ANNA, true, "a1").is_empty());
    assert!(fixture.video(133, ANNA, false, "a2").is_empty());
    assert!(fixture.video(401, ANNA, false, "a3").is_empty());
    fixture.check_popped(&["a1", "a2", "a3"]);
}

#[test]
fn video_stays_within_its_limit() {
    let mut fixture = Fixture::new();
    let large = "x".repeat(MAX_VIDEO_BYTES / 3);
    for _ in 0..3 {
        assert!(fixture.video(0, ANNA, false, &large).is_empty());
    }
    assert_eq!(fixture.video(0, BELA, false, "b0"), [ANNA]);
    fixture.check_popped(&["b0"]);
}

#[test]
fn messages_beyond_the_limit_are_refused() {
    let mut fixture = Fixture::new();
    let large = vec![0; 1 << 20];
    assert!(!fixture.outbox.has_backpressure());
    let mut accepted = 0;
    while fixture.outbox.push_binary(large.clone()).is_ok() {
        accepted += 1;
        assert!(fixture.outbox.has_backpressure());
    }
    assert_eq!(accepted, 63);
}

#[test]
fn audio_stays_within_its_limit() {
    let mut fixture = Fixture::new();
    for _ in 0..MAX_AUDIO_MESSAGES + 10 {
        fixture.audio(0, "frame");
    }
    assert_eq!(fixture.outbox.audio.len(), MAX_AUDIO_MESSAGES);
}
