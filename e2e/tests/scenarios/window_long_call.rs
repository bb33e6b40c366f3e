//! One call for a long time: the window does not grow, and picture and sound do not drift apart.
//! Ignored, for its length: `cargo test -p e2e --test scenarios long_call -- --ignored --nocapture`.

use std::{env, time::Duration};

use anyhow::{Result, ensure};
use e2e::{av_sync, media_stats, test_env::run_test, usage, user_actions, wait};

use crate::{ANA, BEN};

const MINUTE: Duration = Duration::from_secs(60);
const CAMERA: &str = include_str!("../../src/page/camera.js");
/// Width, height and frames a second: half an hour is long enough for a small machine. The size is
/// one that the engine's mock camera has; it scales to others with what also paints the page, from
/// another thread, and then the page waits 0.2 s for a picture every now and then.
const CAMERA_SIZE: [u32; 3] = [640, 480, 10];
/// In milliseconds: what a person does not see yet.
const APART: f64 = 80.0;

#[tokio::test]
#[ignore = "takes half an hour, or as many minutes as SNUG_LONG_CALL_MINUTES says"]
async fn a_long_call_neither_grows_nor_drifts() -> Result<()> {
    run_test("window-long-call", async |env| {
        let relay = env.relay(&[]).await?;
        let ana = env.window_at("ana", &relay).await?;
        let ben = env.browser("ben").await?;
        user_actions::join(&ana, ANA, "42").await?;
        user_actions::visit(&ben, &relay, BEN, "42").await?;
        user_actions::sees_person(&ben, ANA).await?;
        user_actions::call(&ana, &ben).await?;
        for (page, other) in [(&ana, BEN), (&ben, ANA)] {
            media_stats::picture_runs(page, other).await?;
            page.script::<()>(CAMERA, CAMERA_SIZE.map(Into::into).to_vec())
                .await?;
        }
        // Beside the call a film from Ben whose flashes and beeps can be told.
        av_sync::connect(&ben, &ana).await?;
        let mut aparts = vec![];
        let mut before = None;
        let mut after = usage::Usage::default();
        let minutes = minutes();
        for minute in 1..=minutes {
            wait::measure_for(MINUTE).await;
            media_stats::picture_runs(&ana, BEN).await?;
            media_stats::picture_runs(&ben, ANA).await?;
            after = usage::read_app(&ana)?;
            // The first minutes fill caches and buffers.
            if minute == 1 + minutes / 10 {
                before = Some(after);
            }
            // On a busy machine a whole film may pass unseen.
            let what = "flashes and beeps are told";
            let apart = wait::until_within(2 * MINUTE, what, async || {
                av_sync::measure(env, &ana).await.map(Some)
            });
            let apart = apart.await?;
            aparts.push(apart);
            eprintln!(
                "minute {minute}: {} threads, {} files, {} MiB, {apart:.0} ms apart",
                after.threads,
                after.files,
                after.memory >> 20,
            );
        }
        let before = before.unwrap_or_default();
        // Some come and go by the moment.
        ensure!(after.threads <= before.threads + 12, "threads have grown");
        ensure!(after.files <= before.files + 12, "files have grown");
        let grown = after.memory.saturating_sub(before.memory) >> 20;
        ensure!(grown < 64, "memory has grown by {grown} MiB");
        let apart = aparts.iter().copied().map(f64::abs).fold(0.0, f64::max);
        ensure!(
            apart < APART,
            "picture and sound have been {apart:.0} ms apart"
        );
        let drifted = drift(&aparts);
        ensure!(
            drifted.abs() < APART,
            "picture and sound have drifted by {drifted:.0} ms"
        );
        media_stats::person_comes_through(&ana, BEN).await?;
        media_stats::person_comes_through(&ben, ANA).await
    })
    .await
}

/// From the first third's middle to the last third's.
fn drift(aparts: &[f64]) -> f64 {
    let middle = |part: &[f64]| {
        let mut part = part.to_vec();
        part.sort_by(f64::total_cmp);
        part.get(part.len() / 2).copied().unwrap_or_default()
    };
    let third = aparts.len().div_ceil(3);
    middle(&aparts[aparts.len() - third..]) - middle(&aparts[..third])
}

fn minutes() -> u32 {
    let wished = env::var("SNUG_LONG_CALL_MINUTES");
    wished
        .ok()
        .and_then(|minutes| minutes.parse().ok())
        .unwrap_or(30)
}
