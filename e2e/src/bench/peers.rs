//! The cost of more receivers for a sender of video: one of them, and four.

use std::time::Duration;

use anyhow::Result;

use super::{
    apps::Kind,
    call::{HEIGHT, RATE, WIDTH},
    in_env, row,
};
use crate::{page::Page, programs, test_env::TestEnv, usage, wait};

const FAN: &str = include_str!("../page/fan.js");
const FRAMES: &str = include_str!("../page/fan-frames.js");
const RECEIVER_COUNTS: [usize; 2] = [1, 4];
const SETTLE_TIME: Duration = Duration::from_secs(6);
const MEASURE_DURATION: Duration = Duration::from_secs(10);

#[derive(Debug, Clone, Copy)]
struct Cost {
    /// Of the sender's app, in cores.
    cores: f64,
    /// Frames encoded per second, as the sender counts them for one receiver.
    coded: f64,
    /// Frames decoded per second by the slowest receiver.
    decoded: f64,
}

pub(super) async fn table(say: &impl Fn(&str)) {
    say(&format!(
        "Sending to several, {WIDTH}×{HEIGHT}, {RATE} frames/s: what it costs the sender\n{:22} {:>9} {:>16} {:>10} {:>18}",
        "", "receivers", "sender's cores", "coded/s", "decoded/s, least"
    ));
    for kind in [Kind::Chromium, Kind::Window] {
        let mut alone = None;
        for count in RECEIVER_COUNTS {
            let words = row(measure(kind, count).await, |cost| {
                let with = *alone.get_or_insert(cost);
                format!(
                    "{:>9.2} {:>5.2}× {:>10.1} {:>18.1}",
                    cost.cores,
                    cost.cores / with.cores,
                    cost.coded,
                    cost.decoded
                )
            });
            say(&format!("{kind:22} {count:>9} {words}"));
        }
    }
}

async fn measure(kind: Kind, count: usize) -> Result<Cost> {
    in_env(async |env| measure_on(env, kind, count).await).await
}

async fn measure_on(env: &TestEnv, kind: Kind, count: usize) -> Result<Cost> {
    let relay = env.relay_of(programs::example_pages()?, &[]).await?;
    let sender = kind.empty_page(env, &relay, "sender").await?;
    let receiver = Kind::Chromium.empty_page(env, &relay, "receiver").await?;
    let wish = vec![
        "send".into(),
        count.into(),
        WIDTH.into(),
        HEIGHT.into(),
        RATE.into(),
    ];
    let offers: Vec<String> = sender.script(FAN, wish).await?;
    let answers: Vec<String> = receiver
        .script(FAN, vec!["receive".into(), offers.into()])
        .await?;
    sender
        .script::<Vec<String>>(FAN, vec!["connect".into(), answers.into()])
        .await?;
    wait::until("every receiver decodes", async || {
        let decoded = frames(&receiver).await?;
        Ok((decoded.len() == count && decoded.iter().all(|&frames| frames > 0)).then_some(()))
    })
    .await?;
    wait::measure_for(SETTLE_TIME).await;
    let (coded, decoded) = (frames(&sender).await?, frames(&receiver).await?);
    let used = usage::read_app(&sender)?.processor;
    wait::measure_for(MEASURE_DURATION).await;
    let used = usage::read_app(&sender)?.processor - used;
    Ok(Cost {
        cores: used / MEASURE_DURATION.as_secs_f64(),
        coded: least_rate(&coded, &frames(&sender).await?),
        decoded: least_rate(&decoded, &frames(&receiver).await?),
    })
}

async fn frames(page: &Page) -> Result<Vec<u64>> {
    page.script(FRAMES, vec![]).await
}

fn least_rate(before: &[u64], after: &[u64]) -> f64 {
    let grown = before
        .iter()
        .zip(after)
        .map(|(before, after)| after - before);
    grown.min().unwrap_or(0) as f64 / MEASURE_DURATION.as_secs_f64()
}
