//! What leaves, in which order, and what is dropped when the page does not read.

use super::*;

const ANNA: ReceiverId = ReceiverId(1);
const BELA: ReceiverId = ReceiverId(2);

struct Play {
    start: Instant,
    outbox: Outbox,
}

impl Play {
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
        self.outbox.push_video(Picture {
            receiver,
            key,
            since: self.at(millis),
            bytes: Bytes::copy_from_slice(name.as_bytes()),
        })
    }

    fn sound(&mut self, millis: u64, name: &str) {
        self.outbox.push_sound(Sound {
            pieces: 2,
            receiver: ANNA,
            since: self.at(millis),
            bytes: Bytes::copy_from_slice(name.as_bytes()),
        });
    }

    fn text(&mut self, text: &str) {
        self.outbox.push_text(text.to_owned()).unwrap();
    }

    fn check_leaving(&mut self, expect: &[&str]) {
        let mut left = Vec::new();
        while let Some(message) = self.outbox.pop() {
            left.push(message.into_text().unwrap().to_string());
        }
        assert_eq!(left, expect);
        assert_eq!(self.outbox.video_bytes, 0);
        assert_eq!(self.outbox.message_bytes, 0);
    }
}

#[test]
fn sound_goes_first_and_pictures_last() {
    let mut play = Play::new();
    assert!(play.video(0, ANNA, true, "picture").is_empty());
    play.text("one");
    play.outbox.push_binary(b"two".to_vec()).unwrap();
    play.sound(0, "sound");
    play.check_leaving(&["sound", "one", "two", "picture"]);
}

#[test]
fn sound_that_waited_too_long_is_to_be_made_anew() {
    let mut play = Play::new();
    play.sound(0, "old");
    play.sound(50, "new");
    let now = play.at(100);
    assert!(play.outbox.drop_stale_sound(now).is_empty());
    let now = play.at(101);
    assert_eq!(play.outbox.drop_stale_sound(now), [(ANNA, 2)]);
    play.check_leaving(&["new"]);
}

#[test]
fn late_pictures_are_dropped_and_a_key_frame_is_wanted_once() {
    let mut play = Play::new();
    assert!(play.video(0, ANNA, true, "a0").is_empty());
    assert!(play.video(33, ANNA, false, "a1").is_empty());
    assert!(play.video(300, BELA, true, "b0").is_empty());
    assert_eq!(play.video(401, ANNA, false, "a2"), [ANNA]);
    assert!(play.video(410, ANNA, false, "a3").is_empty());
    assert!(play.video(500, ANNA, true, "a4").is_empty());
    assert!(play.video(533, ANNA, false, "a5").is_empty());
    play.check_leaving(&["b0", "a4", "a5"]);
}

#[test]
fn a_key_frame_that_waits_already_is_enough() {
    let mut play = Play::new();
    assert!(play.video(0, ANNA, true, "a0").is_empty());
    assert!(play.video(100, ANNA, true, "a1").is_empty());
    assert!(play.video(133, ANNA, false, "a2").is_empty());
    assert!(play.video(401, ANNA, false, "a3").is_empty());
    play.check_leaving(&["a1", "a2", "a3"]);
}

#[test]
fn pictures_never_take_more_than_their_bound() {
    let mut play = Play::new();
    let large = "x".repeat(MAX_VIDEO_BYTES / 3);
    for _ in 0..3 {
        assert!(play.video(0, ANNA, false, &large).is_empty());
    }
    assert_eq!(play.video(0, BELA, false, "b0"), [ANNA]);
    play.check_leaving(&["b0"]);
}

#[test]
fn messages_past_their_bound_are_the_end() {
    let mut play = Play::new();
    let large = vec![0; 1 << 20];
    assert!(!play.outbox.is_crowded());
    let mut taken = 0;
    while play.outbox.push_binary(large.clone()).is_ok() {
        taken += 1;
        assert!(play.outbox.is_crowded());
    }
    assert_eq!(taken, 63);
}

#[test]
fn sound_never_takes_more_than_its_bound() {
    let mut play = Play::new();
    for _ in 0..MAX_SOUND + 10 {
        play.sound(0, "piece");
    }
    assert_eq!(play.outbox.sound.len(), MAX_SOUND);
}
