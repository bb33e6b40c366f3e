//! The tokens that wait for their WebSocket.
//!
//! Invariant: a token opens one bridge, from the origin it was made for, within its life. Whoever
//! shows it elsewhere has spoilt it.

use std::{
    collections::VecDeque,
    fmt,
    time::{Duration, Instant},
};

/// More than a page opens; beyond it the oldest is given up.
const MAX_WAITING: usize = 48;

/// 256 random bits as 64 hexadecimal digits, which a WebSocket subprotocol can carry.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Token(String);

/// Why a WebSocket was not let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum Refusal {
    #[error("not asked for by its own name")]
    ForeignHost,
    #[error("no origin")]
    NoOrigin,
    #[error("another subprotocol")]
    ForeignSubprotocol,
    #[error("no token")]
    NoToken,
    #[error("a token never made, or already used")]
    UnknownToken,
    #[error("a token too old")]
    Expired,
    #[error("a token of another origin")]
    ForeignOrigin,
}

#[derive(Debug)]
pub(super) struct Admissions {
    life: Duration,
    waiting: VecDeque<Waiting>,
}

#[derive(Debug)]
struct Waiting {
    token: Token,
    origin: String,
    until: Instant,
}

impl Token {
    pub(super) fn new(random: [u8; 32]) -> Self {
        Self(random.iter().map(|byte| format!("{byte:02x}")).collect())
    }

    pub(super) fn as_str(&self) -> &str {
        &self.0
    }

    /// Takes as long for a near guess as for a bad one.
    fn is(&self, shown: &str) -> bool {
        let (own, shown) = (self.0.as_bytes(), shown.as_bytes());
        own.len() == shown.len()
            && own
                .iter()
                .zip(shown)
                .fold(0, |difference, (own, shown)| difference | (own ^ shown))
                == 0
    }
}

// A token must not stand in a log.
impl fmt::Debug for Token {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Token(…)")
    }
}

impl Admissions {
    pub(super) fn new(life: Duration) -> Self {
        Self {
            life,
            waiting: VecDeque::new(),
        }
    }

    pub(super) fn admit(&mut self, now: Instant, origin: &str, token: Token) {
        self.waiting.retain(|waiting| now < waiting.until);
        if self.waiting.len() >= MAX_WAITING {
            self.waiting.pop_front();
        }
        self.waiting.push_back(Waiting {
            token,
            origin: origin.to_owned(),
            until: now + self.life,
        });
    }

    /// Takes the token, whether it opens or not.
    ///
    /// # Errors
    /// Why it does not open.
    pub(super) fn redeem(
        &mut self,
        now: Instant,
        origin: &str,
        token: &str,
    ) -> Result<(), Refusal> {
        let place = self
            .waiting
            .iter()
            .position(|waiting| waiting.token.is(token))
            .ok_or(Refusal::UnknownToken)?;
        let Some(waiting) = self.waiting.remove(place) else {
            return Err(Refusal::UnknownToken);
        };
        if now >= waiting.until {
            return Err(Refusal::Expired);
        }
        if waiting.origin != origin {
            return Err(Refusal::ForeignOrigin);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIFE: Duration = Duration::from_secs(10);
    const APP: &str = "tauri://localhost";

    fn token(number: usize) -> Token {
        let mut random = [0; 32];
        random[..8].copy_from_slice(&number.to_le_bytes());
        Token::new(random)
    }

    /// Made at 0, shown so many milliseconds later by this origin.
    fn check(origin: &str, millis: u64, expect: Result<(), Refusal>) {
        let start = Instant::now();
        let mut admissions = Admissions::new(LIFE);
        admissions.admit(start, APP, token(1));
        let now = start + Duration::from_millis(millis);
        assert_eq!(admissions.redeem(now, origin, token(1).as_str()), expect);
        let again = admissions.redeem(now, APP, token(1).as_str());
        assert_eq!(again, Err(Refusal::UnknownToken));
    }

    #[test]
    fn a_token_opens_once() {
        check(APP, 0, Ok(()));
        check(APP, 9_999, Ok(()));
    }

    #[test]
    fn an_old_token_opens_nothing() {
        check(APP, 10_000, Err(Refusal::Expired));
    }

    #[test]
    fn a_token_shown_by_another_origin_is_spoilt() {
        for origin in ["https://example.org", "", "tauri://localhost.evil", "null"] {
            check(origin, 0, Err(Refusal::ForeignOrigin));
        }
    }

    #[test]
    fn what_was_never_made_opens_nothing() {
        let start = Instant::now();
        let mut admissions = Admissions::new(LIFE);
        admissions.admit(start, APP, token(1));
        let short = &token(1).as_str()[..63].to_owned();
        for shown in ["", short, token(2).as_str()] {
            let refused = admissions.redeem(start, APP, shown);
            assert_eq!(refused, Err(Refusal::UnknownToken));
        }
        assert_eq!(admissions.redeem(start, APP, token(1).as_str()), Ok(()));
    }

    #[test]
    fn beyond_the_bound_the_oldest_is_given_up() {
        let start = Instant::now();
        let mut admissions = Admissions::new(LIFE);
        for number in 0..=MAX_WAITING {
            admissions.admit(start, APP, token(number));
        }
        let first = admissions.redeem(start, APP, token(0).as_str());
        assert_eq!(first, Err(Refusal::UnknownToken));
        for number in 1..=MAX_WAITING {
            let redeemed = admissions.redeem(start, APP, token(number).as_str());
            assert_eq!(redeemed, Ok(()));
        }
    }
}
