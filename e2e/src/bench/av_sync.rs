//! The offset between video and audio, by sender and receiver.

use std::time::Duration;

use anyhow::Result;

use super::{apps::Kind, in_env, row};
use crate::{av_sync, programs, test_env::TestEnv};

/// Sender reports come once a second, and delays change slowly.
const SETTLE_TIME: Duration = Duration::from_secs(8);

pub(super) async fn table(say: &impl Fn(&str)) {
    say("Video after audio at the receiver (within 80 ms)");
    for sender in [Kind::Chromium, Kind::Window] {
        for receiver in [Kind::Chromium, Kind::Window] {
            let words = row(measure(sender, receiver).await, |offset| {
                format!("{offset:>6.0} ms")
            });
            say(&format!("{sender:>8} → {receiver:9} {words}"));
        }
    }
}

async fn measure(sender: Kind, receiver: Kind) -> Result<f64> {
    in_env(async |env| measure_on(env, sender, receiver).await).await
}

async fn measure_on(env: &TestEnv, sender: Kind, receiver: Kind) -> Result<f64> {
    let relay = env.relay_of(programs::example_pages()?, &[]).await?;
    let sender = sender.empty_page(env, &relay, "sender").await?;
    let receiver = receiver.empty_page(env, &relay, "receiver").await?;
    av_sync::offset(env, &sender, &receiver, SETTLE_TIME).await
}
