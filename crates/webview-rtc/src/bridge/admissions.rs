//! Single-use tokens that admit a page's WebSocket.
//!
//! Invariant: a token opens one bridge, from the origin it was created for, before it expires. The
//! first attempt uses it up, also with a wrong origin.

use std::{
    collections::VecDeque,
    fmt,
    time::{Duration, Instant},
};

/// More than a page opens. Beyond the limit the oldest token is removed.
const MAX_PENDING_TOKENS: usize = 48;

/// 256 random bits as 64 hexadecimal digits, which a WebSocket subprotocol can carry.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Token(String);

/// Why a WebSocket was refused.
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
    lifetime: Duration,
    pending: VecDeque<PendingAdmission>,
}

#[derive(Debug)]
struct PendingAdmission {
    token: Token,
    origin: String,
    expires: Instant,
}

impl Token {
    pub(super) fn new(random: [u8; 32]) -> Self {
        Self(random.iter().map(|byte| format!("{byte:02x}")).collect())
    }

    pub(super) fn as_str(&self) -> &str {
        &self.0
    }

    /// Compares in constant time, so that timing reveals nothing about the token.
    fn matches(&self, presented: &str) -> bool {
        let (own, presented) = (self.0.as_bytes(), presented.as_bytes());
        own.len() == presented.len()
            && own
                .iter()
                .zip(presented)
                .fold(0, |difference, (own, presented)| {
                    difference | (own ^ presented)
                })
                == 0
    }
}

// Tokens must not appear in logs.
impl fmt::Debug for Token {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Token(…)")
    }
}

impl Admissions {
    pub(super) fn new(lifetime: Duration) -> Self {
        Self {
            lifetime,
            pending: VecDeque::new(),
        }
    }

    pub(super) fn admit(&mut self, now: Instant, origin: &str, token: Token) {
        self.pending.retain(|pending| now < pending.expires);
        if self.pending.len() >= MAX_PENDING_TOKENS {
            self.pending.pop_front();
        }
        self.pending.push_back(PendingAdmission {
            token,
            origin: origin.to_owned(),
            expires: now + self.lifetime,
        });
    }

    /// Uses the token up, also when it is refused.
    ///
    /// # Errors
    /// Why the token is refused.
    pub(super) fn redeem(
        &mut self,
        now: Instant,
        origin: &str,
        token: &str,
    ) -> Result<(), Refusal> {
        let index = self
            .pending
            .iter()
            .position(|pending| pending.token.matches(token))
            .ok_or(Refusal::UnknownToken)?;
        let Some(pending) = self.pending.remove(index) else {
            return Err(Refusal::UnknownToken);
        };
        if now >= pending.expires {
            return Err(Refusal::Expired);
        }
        if pending.origin != origin {
            return Err(Refusal::ForeignOrigin);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIFETIME: Duration = Duration::from_secs(10);
    const APP: &str = "tauri://localhost";

    fn token(number: usize) -> Token {
        let mut random = [0; 32];
        random[..8].copy_from_slice(&number.to_le_bytes());
        Token::new(random)
    }

    /// A token is created at 0 and presented after `millis` by `origin`.
    fn check(origin: &str, millis: u64, expect: Result<(), Refusal>) {
        let start = Instant::now();
        let mut admissions = Admissions::new(LIFETIME);
        admissions.admit(start, APP, token(1));
        let now = start + Duration::from_millis(millis);
        assert_eq!(admissions.redeem(now, origin, token(1).as_str()), expect);
        let second = admissions.redeem(now, APP, token(1).as_str());
        assert_eq!(second, Err(Refusal::UnknownToken));
    }

    #[test]
    fn token_is_single_use() {
        check(APP, 0, Ok(()));
        check(APP, 9_999, Ok(()));
    }

    #[test]
    fn expired_token_is_refused() {
        check(APP, 10_000, Err(Refusal::Expired));
    }

    #[test]
    fn token_of_another_origin_is_refused_and_used_up() {
        for origin in ["https://example.org", "", "tauri://localhost.evil", "null"] {
            check(origin, 0, Err(Refusal::ForeignOrigin));
        }
    }

    #[test]
    fn unknown_token_is_refused() {
        let start = Instant::now();
        let mut admissions = Admissions::new(LIFETIME);
        admissions.admit(start, APP, token(1));
        let short = &token(1).as_str()[..63].to_owned();
        for presented in ["", short, token(2).as_str()] {
            let refused = admissions.redeem(start, APP, presented);
            assert_eq!(refused, Err(Refusal::UnknownToken));
        }
        assert_eq!(admissions.redeem(start, APP, token(1).as_str()), Ok(()));
    }

    #[test]
    fn oldest_token_is_removed_beyond_the_limit() {
        let start = Instant::now();
        let mut admissions = Admissions::new(LIFETIME);
        for number in 0..=MAX_PENDING_TOKENS {
            admissions.admit(start, APP, token(number));
        }
        let first = admissions.redeem(start, APP, token(0).as_str());
        assert_eq!(first, Err(Refusal::UnknownToken));
        for number in 1..=MAX_PENDING_TOKENS {
            let redeemed = admissions.redeem(start, APP, token(number).as_str());
            assert_eq!(redeemed, Ok(()));
        }
    }
}
