//! How far apart picture and sound are, by who sends and who receives.

use std::time::Duration;

use anyhow::Result;

use super::{apps::Kind, row};
use crate::{lips, programs, stage::Stage};

/// Sender reports come once a second, and delays are changed slowly.
const SETTLING: Duration = Duration::from_secs(8);

pub(super) async fn table(say: &impl Fn(&str)) {
    say("Picture after sound at the receiver (within 80 ms)");
    for sender in [Kind::Chromium, Kind::Window] {
        for receiver in [Kind::Chromium, Kind::Window] {
            let words = row(measure(sender, receiver).await, |apart| {
                format!("{apart:>6.0} ms")
            });
            say(&format!("{sender:>8} → {receiver:9} {words}"));
        }
    }
}

async fn measure(sender: Kind, receiver: Kind) -> Result<f64> {
    let stage = Stage::build("bench").await?;
    let outcome = measure_on(&stage, sender, receiver).await;
    stage.strike().await;
    outcome
}

async fn measure_on(stage: &Stage, sender: Kind, receiver: Kind) -> Result<f64> {
    let relay = stage.relay_of(programs::example_pages()?, &[]).await?;
    let sender = sender.empty_page(stage, &relay, "sender").await?;
    let receiver = receiver.empty_page(stage, &relay, "receiver").await?;
    lips::apart(stage, &sender, &receiver, SETTLING).await
}
