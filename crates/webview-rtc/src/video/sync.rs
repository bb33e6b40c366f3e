//! Lip-sync: picture and sound of one sender at the same time.
//!
//! Sender reports (RFC 3550, 6.4.1) put the media times of both on the sender's one clock. From
//! when a sound is heard and a picture is shown follows which of them is later; the other waits.
//! Usually that is the picture.
//!
//! Invariant: both delays move gradually, and go when there is nothing to be in time with.

use std::time::{Duration, Instant};

use super::Release;

/// Nobody notices this much, in seconds (ITU-R BT.1359: 45 ms before, 125 ms after).
const UNNOTICED: f64 = 0.08;
const MOST_PICTURE_DELAY: f64 = 0.4;
const MOST_SOUND_DELAY: f64 = 0.6;
/// Farther apart than this they are not of one clock.
const UNRELATED: f64 = 3.0;
/// Weight of one piece of sound, of one picture.
const SOUND_WEIGHT: f64 = 1.0 / 64.0;
const PICTURE_WEIGHT: f64 = 1.0 / 16.0;
/// The most a picture's delay moves from one to the next, in seconds.
const PICTURE_STEP: f64 = 0.004;
/// The most the sound's delay moves with one picture.
const SOUND_STEP: f64 = 0.001;
/// How far what it is told may be ahead of what it does.
const AHEAD: f64 = 0.05;
/// From the transport to the screen: to decode and to the next refresh.
const SHOWING: f64 = 0.02;
/// A pause in the sound is no reason to move.
const FORGET: Duration = Duration::from_secs(10);

/// One media clock on the sender's common one.
#[derive(Debug, Clone, Copy)]
struct Report {
    media_time: u32,
    ntp_micros: u64,
}

#[derive(Debug, Clone, Copy)]
struct Stream {
    clock_rate: f64,
    report: Option<Report>,
    /// Smoothed: played less captured, in seconds from an unknown zero.
    offset: Option<f64>,
    last: Option<Instant>,
}

impl Stream {
    const fn new(clock_rate: f64) -> Self {
        Self {
            clock_rate,
            report: None,
            offset: None,
            last: None,
        }
    }

    fn handle_report(&mut self, report: Report) {
        self.report = Some(report);
    }

    /// Played at `played` seconds of ours.
    fn handle_played(&mut self, media_time: u64, played: f64, now: Instant, weight: f64) {
        let Some(report) = self.report else {
            return;
        };
        // RTP times wrap; what is played is near the last report.
        let since_report = (media_time as u32).wrapping_sub(report.media_time) as i32;
        let captured = report.ntp_micros as f64 * 1e-6 + f64::from(since_report) / self.clock_rate;
        let offset = played - captured;
        self.last = Some(now);
        self.offset = Some(match self.offset {
            Some(before) if (offset - before).abs() < UNRELATED => {
                before + (offset - before) * weight
            }
            Some(_) | None => offset,
        });
    }

    fn is_stale(&self, now: Instant) -> bool {
        self.last
            .is_none_or(|last| now.saturating_duration_since(last) > FORGET)
    }
}

/// One sound and one picture of one sender (the same CNAME, RFC 3550, 6.5.1).
#[derive(Debug)]
pub struct Sync {
    epoch: Option<Instant>,
    sound: Stream,
    picture: Stream,
    /// In seconds.
    picture_delay: f64,
    /// What pictures wait against jitter; the longer of both waits counts.
    picture_smoothing: f64,
    /// What the sound waits by itself or because it was told to.
    sound_delay: f64,
    /// What it is told to wait at least.
    minimum_sound_delay: f64,
}

impl Default for Sync {
    fn default() -> Self {
        Self::new()
    }
}

impl Sync {
    #[must_use]
    pub const fn new() -> Self {
        Self {
            epoch: None,
            sound: Stream::new(48_000.0),
            picture: Stream::new(90_000.0),
            picture_delay: 0.0,
            picture_smoothing: 0.0,
            sound_delay: 0.0,
            minimum_sound_delay: 0.0,
        }
    }

    /// The sound's sender report: its media time (1/48000 s, as on the wire) was that moment of
    /// the sender's clock.
    pub fn handle_sound_report(&mut self, media_time: u32, ntp_micros: u64) {
        self.sound.handle_report(Report {
            media_time,
            ntp_micros,
        });
    }

    /// The picture's sender report; media time in 1/90000 s.
    pub fn handle_picture_report(&mut self, media_time: u32, ntp_micros: u64) {
        self.picture.handle_report(Report {
            media_time,
            ntp_micros,
        });
    }

    /// The sound of this media time is heard at `heard`: when it was pulled and what the page
    /// takes from there ([`crate::audio::JitterBuffer::playing`]). `delay` is what it waited
    /// ([`crate::audio::JitterBuffer::current_delay`]).
    pub fn handle_sound(&mut self, media_time: u64, heard: Instant, delay: Duration) {
        self.sound_delay = delay.as_secs_f64();
        let played = self.since_epoch(heard);
        self.sound
            .handle_played(media_time, played, heard, SOUND_WEIGHT);
    }

    /// The picture of this media time is released so, [`Self::picture_delay`] in it.
    pub fn handle_picture(&mut self, media_time: u64, release: Release) {
        self.picture_smoothing = release.smoothing.as_secs_f64();
        let played = self.since_epoch(release.earliest) + SHOWING;
        self.picture
            .handle_played(media_time, played, release.at, PICTURE_WEIGHT);
        self.move_delays(release.at);
    }

    /// What pictures wait at least, for the sound.
    #[must_use]
    pub fn picture_delay(&self) -> Duration {
        Duration::try_from_secs_f64(self.picture_delay).unwrap_or_default()
    }

    /// What the sound must wait at least for the picture's sake
    /// ([`crate::audio::JitterBuffer::set_minimum_delay`]); usually nothing.
    #[must_use]
    pub fn minimum_sound_delay(&self) -> Duration {
        Duration::try_from_secs_f64(self.minimum_sound_delay).unwrap_or_default()
    }

    /// How much later the sound is than its picture now, in seconds; `None` where nobody knows.
    #[must_use]
    pub fn difference(&self) -> Option<f64> {
        let held = self.picture_smoothing.max(self.picture_delay);
        self.apart().map(|apart| apart - held)
    }

    /// How much later the sound would be if no picture waited.
    fn apart(&self) -> Option<f64> {
        let apart = self.sound.offset? - self.picture.offset?;
        (apart.abs() < UNRELATED).then_some(apart)
    }

    fn move_delays(&mut self, now: Instant) {
        let apart = self.apart().filter(|_| !self.sound.is_stale(now));
        let Some(apart) = apart else {
            self.picture_delay -= self.picture_delay.min(PICTURE_STEP);
            self.lower_sound();
            return;
        };
        let wanted = apart.clamp(0.0, MOST_PICTURE_DELAY);
        let step = ((wanted - self.picture_delay) / 8.0).clamp(-PICTURE_STEP, PICTURE_STEP);
        self.picture_delay += step;

        // The sound is too early for pictures that wait for nothing but jitter, or waits for more
        // than it has to.
        let natural = apart - self.picture_smoothing;
        if natural < -UNNOTICED {
            let least = self.minimum_sound_delay.max(self.sound_delay);
            // It takes a while until it waits that long; not to run away from it meanwhile.
            let most = MOST_SOUND_DELAY.min(self.sound_delay + AHEAD);
            self.minimum_sound_delay = (least + SOUND_STEP).min(most);
        } else if natural > -UNNOTICED / 2.0 {
            self.lower_sound();
        }
    }

    fn lower_sound(&mut self) {
        self.minimum_sound_delay -= self.minimum_sound_delay.min(SOUND_STEP);
    }

    fn since_epoch(&mut self, moment: Instant) -> f64 {
        let epoch = *self.epoch.get_or_insert(moment);
        if moment >= epoch {
            (moment - epoch).as_secs_f64()
        } else {
            -(epoch - moment).as_secs_f64()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: u64 = 1_000_000;
    /// The sender's clock at the test's begin.
    const NTP: u64 = 3_900_000_000 * SECOND;
    /// Media times at the same moment, near where they wrap.
    const SOUND_TIME: u32 = u32::MAX - 100_000;
    const PICTURE_TIME: u32 = 77;

    /// Plays for some seconds; the sound takes so many ms by itself, the picture so many. Gives
    /// how much later the sound is at the end, in ms, and the two delays.
    struct Played {
        apart: f64,
        picture: u128,
        sound: u128,
    }

    fn play(seconds: u64, sound_ms: u64, picture_ms: u64) -> Played {
        let start = Instant::now();
        let mut sync = Sync::new();
        let mut apart = 0.0;
        let mut sound_delay = Duration::from_millis(sound_ms);
        for millis in 0..seconds * 1000 {
            let now = start + Duration::from_millis(millis);
            if millis % 5000 == 20 {
                let passed = millis as u32;
                let ntp = NTP + millis * 1000;
                sync.handle_sound_report(SOUND_TIME.wrapping_add(passed * 48), ntp);
                sync.handle_picture_report(PICTURE_TIME.wrapping_add(passed * 90), ntp);
            }
            if millis % 10 == 0 {
                let own = Duration::from_millis(sound_ms);
                let wanted = own.max(sync.minimum_sound_delay());
                // A receiver stretches by some milliseconds every 100.
                let step = Duration::from_micros(500);
                sound_delay = if wanted > sound_delay {
                    wanted.min(sound_delay + step)
                } else {
                    wanted.max(sound_delay.saturating_sub(step))
                };
                let media = u64::from(SOUND_TIME) + millis * 48;
                sync.handle_sound(media, now + sound_delay, sound_delay);
            }
            if millis % 33 == 0 {
                let media = u64::from(PICTURE_TIME) + millis * 90;
                let before = sync.picture_delay();
                let earliest = now + Duration::from_millis(picture_ms);
                let release = released(earliest, before);
                sync.handle_picture(media, release);
                let moved = sync.picture_delay().abs_diff(before);
                assert!(moved <= Duration::from_millis(5), "{moved:?}");
                let shown = release.at + Duration::from_secs_f64(SHOWING);
                let heard = now + sound_delay;
                apart = if heard > shown {
                    (heard - shown).as_secs_f64() * 1e3
                } else {
                    -(shown - heard).as_secs_f64() * 1e3
                };
            }
        }
        Played {
            apart,
            picture: sync.picture_delay().as_millis(),
            sound: sync.minimum_sound_delay().as_millis(),
        }
    }

    /// Both streams' media times begin at the same moment.
    fn reported() -> Sync {
        let mut sync = Sync::new();
        sync.handle_sound_report(0, NTP);
        sync.handle_picture_report(0, NTP);
        sync
    }

    fn released(earliest: Instant, delay: Duration) -> Release {
        Release {
            at: earliest + delay,
            earliest,
            smoothing: Duration::ZERO,
        }
    }

    #[test]
    fn a_sound_that_has_become_quicker_does_not_wait_for_pictures_that_waited_for_it() {
        let start = Instant::now();
        let mut sync = reported();
        for index in 0..900_u64 {
            let now = start + Duration::from_millis(index * 33);
            let delay = Duration::from_millis(if index < 450 { 400 } else { 50 });
            for piece in 0..3 {
                let at = now + Duration::from_millis(piece * 11);
                sync.handle_sound(index * 1584 + piece * 528, at + delay, delay);
            }
            let release = released(now, sync.picture_delay());
            sync.handle_picture(index * 2970, release);
            assert_eq!(sync.minimum_sound_delay(), Duration::ZERO, "{index}");
        }
        assert!(sync.picture_delay() < Duration::from_millis(100));
    }

    #[test]
    fn a_picture_that_is_early_waits_for_the_sound() {
        let played = play(10, 250, 30);
        assert!(played.apart.abs() < 10.0, "{}", played.apart);
        assert!((190..=210).contains(&played.picture), "{}", played.picture);
        assert_eq!(played.sound, 0);
    }

    #[test]
    fn a_sound_that_is_early_waits_for_the_picture() {
        let played = play(60, 30, 250);
        assert!(played.apart.abs() <= 85.0, "{}", played.apart);
        assert_eq!(played.picture, 0);
        assert!((100..=240).contains(&played.sound), "{}", played.sound);
    }

    #[test]
    fn what_nobody_notices_is_left_alone() {
        let played = play(10, 20, 40);
        assert_eq!((played.picture, played.sound), (0, 0));
        assert!(played.apart.abs() < 80.0);
    }

    #[test]
    fn it_lasts_through_the_wrap_of_a_media_time() {
        // The sound's wraps after two seconds, and is reported anew every five.
        let played = play(40, 200, 30);
        assert!(played.apart.abs() < 10.0, "{}", played.apart);
    }

    #[test]
    fn without_reports_or_of_other_clocks_nothing_waits() {
        let start = Instant::now();
        for reports in [false, true] {
            let mut sync = Sync::new();
            if reports {
                sync.handle_sound_report(0, NTP);
                sync.handle_picture_report(0, NTP + 3600 * SECOND);
            }
            for index in 0..300 {
                let now = start + Duration::from_millis(index * 33);
                sync.handle_sound(
                    index * 1584,
                    now + Duration::from_millis(200),
                    Duration::ZERO,
                );
                sync.handle_picture(index * 2970, released(now, Duration::ZERO));
            }
            assert_eq!(sync.picture_delay(), Duration::ZERO);
            assert_eq!(sync.difference(), None);
        }
    }

    #[test]
    fn when_the_sound_is_gone_the_picture_waits_no_more() {
        let start = Instant::now();
        let mut sync = reported();
        for index in 0..1200_u64 {
            let now = start + Duration::from_millis(index * 33);
            if index < 300 {
                let heard = now + Duration::from_millis(150);
                sync.handle_sound(index * 1584, heard, Duration::from_millis(150));
            }
            let release = released(now, sync.picture_delay());
            sync.handle_picture(index * 2970, release);
            if index == 299 {
                assert!(sync.picture_delay() > Duration::from_millis(100));
            }
        }
        assert_eq!(sync.picture_delay(), Duration::ZERO);
    }
}
