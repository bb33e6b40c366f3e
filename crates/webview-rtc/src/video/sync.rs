//! Lip sync: plays the audio and video of one sender at the same time.
//!
//! Sender reports ([RFC 3550, 6.4.1](https://www.rfc-editor.org/rfc/rfc3550#section-6.4.1)) map the
//! media times of both to the NTP clock of the sender. The difference of their playout times is the
//! skew. The earlier one is delayed, usually the video.
//!
//! Invariant: both delays change gradually, and return to zero without a skew to correct.

use std::time::{Duration, Instant};

use super::Release;

/// A smaller skew is not noticeable (ITU-R BT.1359: audio 45 ms early to 125 ms late).
const MAX_UNNOTICED_SECONDS: f64 = 0.08;
const MAX_VIDEO_DELAY_SECONDS: f64 = 0.4;
const MAX_AUDIO_DELAY_SECONDS: f64 = 0.6;
/// A larger skew means that the streams have different clocks.
const MAX_SKEW_SECONDS: f64 = 3.0;
/// Weight of one audio frame and of one video frame in the smoothed offset.
const AUDIO_FRAME_WEIGHT: f64 = 1.0 / 64.0;
const VIDEO_FRAME_WEIGHT: f64 = 1.0 / 16.0;
/// The video delay changes by at most this per video frame.
const MAX_VIDEO_STEP_SECONDS: f64 = 0.004;
/// The audio delay changes by at most this per video frame.
const MAX_AUDIO_STEP_SECONDS: f64 = 0.001;
/// The requested audio delay exceeds the actual one by at most this.
const MAX_AUDIO_LEAD_SECONDS: f64 = 0.05;
/// From release to display: decoding and the next screen refresh.
const RENDER_SECONDS: f64 = 0.02;
/// Without audio for this long the video delay decreases. A short pause keeps it.
const AUDIO_STALE_AFTER: Duration = Duration::from_secs(10);

/// A sender report: a media time and its NTP time.
#[derive(Debug, Clone, Copy)]
struct Report {
    media_time: u32,
    ntp_micros: u64,
}

#[derive(Debug, Clone, Copy)]
struct Stream {
    clock_rate_hz: f64,
    report: Option<Report>,
    /// Smoothed difference of playout and capture, in seconds from an unknown zero.
    offset: Option<f64>,
    last: Option<Instant>,
}

impl Stream {
    const fn new(clock_rate_hz: f64) -> Self {
        Self {
            clock_rate_hz,
            report: None,
            offset: None,
            last: None,
        }
    }

    fn handle_report(&mut self, report: Report) {
        self.report = Some(report);
    }

    /// `played` is in seconds of the local clock.
    fn handle_played(&mut self, media_time: u64, played: f64, now: Instant, weight: f64) {
        let Some(report) = self.report else {
            return;
        };
        // RTP timestamps wrap; the played one is near the last report.
        let since_report = (media_time as u32).wrapping_sub(report.media_time) as i32;
        let captured =
            report.ntp_micros as f64 * 1e-6 + f64::from(since_report) / self.clock_rate_hz;
        let offset = played - captured;
        self.last = Some(now);
        self.offset = Some(match self.offset {
            Some(before) if (offset - before).abs() < MAX_SKEW_SECONDS => {
                before + (offset - before) * weight
            }
            Some(_) | None => offset,
        });
    }

    fn is_stale(&self, now: Instant) -> bool {
        self.last
            .is_none_or(|last| now.saturating_duration_since(last) > AUDIO_STALE_AFTER)
    }
}

/// Lip sync of one audio and one video stream with the same CNAME
/// ([RFC 3550, 6.5.1](https://www.rfc-editor.org/rfc/rfc3550#section-6.5.1)).
#[derive(Debug)]
pub struct LipSync {
    epoch: Option<Instant>,
    audio: Stream,
    video: Stream,
    /// In seconds.
    video_delay: f64,
    /// Playout delay of video against jitter. The longer of both delays counts.
    video_smoothing: f64,
    /// Current delay of the jitter buffer.
    audio_delay: f64,
    /// Requested lower limit of the delay of the jitter buffer.
    minimum_audio_delay: f64,
}

impl Default for LipSync {
    fn default() -> Self {
        Self::new()
    }
}

impl LipSync {
    #[must_use]
    pub const fn new() -> Self {
        Self {
            epoch: None,
            audio: Stream::new(48_000.0),
            video: Stream::new(90_000.0),
            video_delay: 0.0,
            video_smoothing: 0.0,
            audio_delay: 0.0,
            minimum_audio_delay: 0.0,
        }
    }

    /// Sender report of the audio: RTP timestamp (1/48000 s) and NTP time.
    pub fn handle_audio_report(&mut self, media_time: u32, ntp_micros: u64) {
        self.audio.handle_report(Report {
            media_time,
            ntp_micros,
        });
    }

    /// Sender report of the video: RTP timestamp (1/90000 s) and NTP time.
    pub fn handle_video_report(&mut self, media_time: u32, ntp_micros: u64) {
        self.video.handle_report(Report {
            media_time,
            ntp_micros,
        });
    }

    /// Audio with this media time ([`crate::audio::JitterBuffer::playing`]) is heard at `heard`:
    /// the time of the pull, plus the delay of the page. `delay` is the delay of the jitter buffer
    /// ([`crate::audio::JitterBuffer::current_delay`]).
    pub fn handle_audio(&mut self, media_time: u64, heard: Instant, delay: Duration) {
        self.audio_delay = delay.as_secs_f64();
        let played = self.since_epoch(heard);
        self.audio
            .handle_played(media_time, played, heard, AUDIO_FRAME_WEIGHT);
    }

    /// Video with this media time has this release, which includes [`Self::video_delay`].
    pub fn handle_video(&mut self, media_time: u64, release: Release) {
        self.video_smoothing = release.smoothing.as_secs_f64();
        let played = self.since_epoch(release.earliest) + RENDER_SECONDS;
        self.video
            .handle_played(media_time, played, release.at, VIDEO_FRAME_WEIGHT);
        self.move_delays(release.at);
    }

    /// Lower limit of the playout delay of video.
    #[must_use]
    pub fn video_delay(&self) -> Duration {
        Duration::try_from_secs_f64(self.video_delay).unwrap_or_default()
    }

    /// Lower limit of the delay of the jitter buffer
    /// ([`crate::audio::JitterBuffer::set_minimum_delay`]); usually zero.
    #[must_use]
    pub fn minimum_audio_delay(&self) -> Duration {
        Duration::try_from_secs_f64(self.minimum_audio_delay).unwrap_or_default()
    }

    /// Current skew in seconds, positive if audio is late; `None` while it is unknown.
    #[must_use]
    pub fn skew(&self) -> Option<f64> {
        let video_wait = self.video_smoothing.max(self.video_delay);
        self.skew_without_delay().map(|skew| skew - video_wait)
    }

    /// Skew without any delay of the video.
    fn skew_without_delay(&self) -> Option<f64> {
        let skew = self.audio.offset? - self.video.offset?;
        (skew.abs() < MAX_SKEW_SECONDS).then_some(skew)
    }

    fn move_delays(&mut self, now: Instant) {
        let skew = self
            .skew_without_delay()
            .filter(|_| !self.audio.is_stale(now));
        let Some(skew) = skew else {
            self.video_delay -= self.video_delay.min(MAX_VIDEO_STEP_SECONDS);
            self.lower_audio_delay();
            return;
        };
        let target = skew.clamp(0.0, MAX_VIDEO_DELAY_SECONDS);
        let step = ((target - self.video_delay) / 8.0)
            .clamp(-MAX_VIDEO_STEP_SECONDS, MAX_VIDEO_STEP_SECONDS);
        self.video_delay += step;

        // Audio is earlier than video that is delayed only by jitter, or audio is delayed too much.
        let jitter_only_skew = skew - self.video_smoothing;
        if jitter_only_skew < -MAX_UNNOTICED_SECONDS {
            let from = self.minimum_audio_delay.max(self.audio_delay);
            // The jitter buffer follows slowly, so the request stays close to its delay.
            let max = MAX_AUDIO_DELAY_SECONDS.min(self.audio_delay + MAX_AUDIO_LEAD_SECONDS);
            self.minimum_audio_delay = (from + MAX_AUDIO_STEP_SECONDS).min(max);
        } else if jitter_only_skew > -MAX_UNNOTICED_SECONDS / 2.0 {
            self.lower_audio_delay();
        }
    }

    fn lower_audio_delay(&mut self) {
        self.minimum_audio_delay -= self.minimum_audio_delay.min(MAX_AUDIO_STEP_SECONDS);
    }

    fn since_epoch(&mut self, instant: Instant) -> f64 {
        let epoch = *self.epoch.get_or_insert(instant);
        if instant >= epoch {
            (instant - epoch).as_secs_f64()
        } else {
            -(epoch - instant).as_secs_f64()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: u64 = 1_000_000;
    /// NTP clock of the sender at the start of the test.
    const NTP: u64 = 3_900_000_000 * SECOND;
    /// RTP timestamps at that time, near the wrap.
    const AUDIO_START: u32 = u32::MAX - 100_000;
    const VIDEO_START: u32 = 77;

    /// Result of a simulated playout: the skew at the end, in ms, and the two delays.
    struct Played {
        skew: f64,
        video: u128,
        audio: u128,
    }

    fn play(seconds: u64, audio_ms: u64, video_ms: u64) -> Played {
        let start = Instant::now();
        let mut sync = LipSync::new();
        let mut skew = 0.0;
        let mut audio_delay = Duration::from_millis(audio_ms);
        for millis in 0..seconds * 1000 {
            let now = start + Duration::from_millis(millis);
            if millis % 5000 == 20 {
                let passed = millis as u32;
                let ntp = NTP + millis * 1000;
                sync.handle_audio_report(AUDIO_START.wrapping_add(passed * 48), ntp);
                sync.handle_video_report(VIDEO_START.wrapping_add(passed * 90), ntp);
            }
            if millis % 10 == 0 {
                let own = Duration::from_millis(audio_ms);
                let target = own.max(sync.minimum_audio_delay());
                // The jitter buffer stretches by some milliseconds every 100 ms.
                let step = Duration::from_micros(500);
                audio_delay = if target > audio_delay {
                    target.min(audio_delay + step)
                } else {
                    target.max(audio_delay.saturating_sub(step))
                };
                let media = u64::from(AUDIO_START) + millis * 48;
                sync.handle_audio(media, now + audio_delay, audio_delay);
            }
            if millis % 33 == 0 {
                let media = u64::from(VIDEO_START) + millis * 90;
                let before = sync.video_delay();
                let earliest = now + Duration::from_millis(video_ms);
                let release = released(earliest, before);
                sync.handle_video(media, release);
                let moved = sync.video_delay().abs_diff(before);
                assert!(moved <= Duration::from_millis(5), "{moved:?}");
                let shown = release.at + Duration::from_secs_f64(RENDER_SECONDS);
                let heard = now + audio_delay;
                skew = if heard > shown {
                    (heard - shown).as_secs_f64() * 1e3
                } else {
                    -(shown - heard).as_secs_f64() * 1e3
                };
            }
        }
        Played {
            skew,
            video: sync.video_delay().as_millis(),
            audio: sync.minimum_audio_delay().as_millis(),
        }
    }

    /// The media times of both streams start at the same time.
    fn reported() -> LipSync {
        let mut sync = LipSync::new();
        sync.handle_audio_report(0, NTP);
        sync.handle_video_report(0, NTP);
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
    fn faster_audio_is_not_delayed_by_previously_delayed_video() {
        let start = Instant::now();
        let mut sync = reported();
        for index in 0..900_u64 {
            let now = start + Duration::from_millis(index * 33);
            let delay = Duration::from_millis(if index < 450 { 400 } else { 50 });
            for frame in 0..3 {
                let at = now + Duration::from_millis(frame * 11);
                sync.handle_audio(index * 1584 + frame * 528, at + delay, delay);
            }
            let release = released(now, sync.video_delay());
            sync.handle_video(index * 2970, release);
            assert_eq!(sync.minimum_audio_delay(), Duration::ZERO, "{index}");
        }
        assert!(sync.video_delay() < Duration::from_millis(100));
    }

    #[test]
    fn early_video_is_delayed() {
        let played = play(10, 250, 30);
        assert!(played.skew.abs() < 10.0, "{}", played.skew);
        assert!((190..=210).contains(&played.video), "{}", played.video);
        assert_eq!(played.audio, 0);
    }

    #[test]
    fn early_audio_is_delayed() {
        let played = play(60, 30, 250);
        assert!(played.skew.abs() <= 85.0, "{}", played.skew);
        assert_eq!(played.video, 0);
        assert!((100..=240).contains(&played.audio), "{}", played.audio);
    }

    #[test]
    fn unnoticeable_skew_is_not_corrected() {
        let played = play(10, 20, 40);
        assert_eq!((played.video, played.audio), (0, 0));
        assert!(played.skew.abs() < 80.0);
    }

    #[test]
    fn timestamp_wrap_keeps_the_sync() {
        // The audio timestamp wraps after two seconds; reports come every five.
        let played = play(40, 200, 30);
        assert!(played.skew.abs() < 10.0, "{}", played.skew);
    }

    #[test]
    fn missing_reports_or_other_clocks_add_no_delay() {
        let start = Instant::now();
        for reports in [false, true] {
            let mut sync = LipSync::new();
            if reports {
                sync.handle_audio_report(0, NTP);
                sync.handle_video_report(0, NTP + 3600 * SECOND);
            }
            for index in 0..300 {
                let now = start + Duration::from_millis(index * 33);
                sync.handle_audio(
                    index * 1584,
                    now + Duration::from_millis(200),
                    Duration::ZERO,
                );
                sync.handle_video(index * 2970, released(now, Duration::ZERO));
            }
            assert_eq!(sync.video_delay(), Duration::ZERO);
            assert_eq!(sync.skew(), None);
        }
    }

    #[test]
    fn ended_audio_removes_the_video_delay() {
        let start = Instant::now();
        let mut sync = reported();
        for index in 0..1200_u64 {
            let now = start + Duration::from_millis(index * 33);
            if index < 300 {
                let heard = now + Duration::from_millis(150);
                sync.handle_audio(index * 1584, heard, Duration::from_millis(150));
            }
            let release = released(now, sync.video_delay());
            sync.handle_video(index * 2970, release);
            if index == 299 {
                assert!(sync.video_delay() > Duration::from_millis(100));
            }
        }
        assert_eq!(sync.video_delay(), Duration::ZERO);
    }
}
