//! Waits for a condition with a deadline. The only place that lets time pass.
#![allow(
    clippy::disallowed_methods,
    reason = "deadlines of real programs are measured with the real clock"
)]

use std::time::{Duration, Instant, SystemTime};

use anyhow::{Result, bail};

/// Long enough for a busy machine with two cores. A condition that is never met costs this much.
pub const DEADLINE: Duration = Duration::from_secs(30);

const POLL_INTERVAL: Duration = Duration::from_millis(50);

/// Looks until there is something. An error of `look` does not end the wait, since pages change
/// meanwhile. At the deadline the last one is reported.
pub async fn until<T>(what: &str, look: impl AsyncFnMut() -> Result<Option<T>>) -> Result<T> {
    until_within(DEADLINE, what, look).await
}

/// Like [`until`], with a deadline of its own.
pub async fn until_within<T>(
    deadline: Duration,
    what: &str,
    mut look: impl AsyncFnMut() -> Result<Option<T>>,
) -> Result<T> {
    let end = Instant::now() + deadline;
    loop {
        let last = match look().await {
            Ok(Some(found)) => return Ok(found),
            Ok(None) => None,
            Err(error) => Some(error),
        };
        if Instant::now() >= end {
            let seconds = deadline.as_secs_f32();
            match last {
                Some(error) => return Err(error.context(format!("not within {seconds} s: {what}"))),
                None => bail!("not within {seconds} s: {what}"),
            }
        }
        tokio::time::sleep(POLL_INTERVAL).await;
    }
}

/// Milliseconds since 1970, by the clock that pages use too.
pub fn clock() -> f64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    since.unwrap_or_default().as_secs_f64() * 1_000.0
}

/// Lets time pass during a measurement, for example of loudness.
pub async fn measure_for(stretch: Duration) {
    tokio::time::sleep(stretch).await;
}

/// The seconds that an action took.
pub async fn timed<T>(action: impl Future<Output = Result<T>>) -> Result<(T, f64)> {
    let started = Instant::now();
    let value = action.await?;
    Ok((value, started.elapsed().as_secs_f64()))
}
