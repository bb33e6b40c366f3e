//! Heartbeat of a socket: the next ping, and the end of a silent socket.
//!
//! Invariant: every received frame counts as a sign of life. Time is an argument.

use std::time::{Duration, Instant};

#[derive(Debug)]
pub(crate) struct Heartbeat {
    settings: HeartbeatSettings,
    heard: Instant,
    next_ping: Instant,
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct HeartbeatSettings {
    pub(crate) ping_every: Duration,
    pub(crate) silence: Duration,
}

#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Beat {
    Ping,
    Lost,
    Wait,
}

impl Heartbeat {
    pub(crate) fn new(settings: HeartbeatSettings, now: Instant) -> Self {
        Self {
            settings,
            heard: now,
            next_ping: now + settings.ping_every,
        }
    }

    pub(crate) fn handle_frame(&mut self, now: Instant) {
        self.heard = now;
    }

    pub(crate) fn handle_timeout(&mut self, now: Instant) -> Beat {
        if now >= self.heard + self.settings.silence {
            return Beat::Lost;
        }
        if now >= self.next_ping {
            self.next_ping = now + self.settings.ping_every;
            return Beat::Ping;
        }
        Beat::Wait
    }

    pub(crate) fn poll_timeout(&self) -> Instant {
        self.next_ping.min(self.heard + self.settings.silence)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `frames` are the seconds with a received frame. The timer fires exactly when asked, until
    /// the end or the loss.
    fn check(frames: &[u64], until: u64, expect: &[(u64, Beat)]) {
        let start = Instant::now();
        let at = |seconds| start + Duration::from_secs(seconds);
        let settings = HeartbeatSettings {
            ping_every: Duration::from_secs(20),
            silence: Duration::from_secs(45),
        };
        let mut heartbeat = Heartbeat::new(settings, start);
        let mut beats = Vec::new();
        for second in 0..=until {
            if frames.contains(&second) {
                heartbeat.handle_frame(at(second));
            }
            if at(second) >= heartbeat.poll_timeout() {
                let beat = heartbeat.handle_timeout(at(second));
                let lost = beat == Beat::Lost;
                beats.push((second, beat));
                if lost {
                    break;
                }
            }
        }
        assert_eq!(beats, expect);
    }

    #[test]
    fn silent_socket_is_pinged_twice_and_lost() {
        let expect = [(20, Beat::Ping), (40, Beat::Ping), (45, Beat::Lost)];
        check(&[], 100, &expect);
    }

    #[test]
    fn received_frame_restarts_the_silence_timeout() {
        let expect = [(20, Beat::Ping), (40, Beat::Ping), (60, Beat::Ping)];
        check(&[20, 40], 79, &expect);
        let expect = [(20, Beat::Ping), (40, Beat::Ping), (46, Beat::Lost)];
        check(&[1], 100, &expect);
    }
}
