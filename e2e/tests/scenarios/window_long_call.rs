//! One call for a long time: the window's memory does not grow, and video and audio do not drift
//! offset. Ignored for its length: `cargo test -p e2e --test scenarios long_call -- --ignored
//! --nocapture`.

use std::{env, time::Duration};

use anyhow::{Result, ensure};
use e2e::{av_sync, media_stats, test_env::run_test, usage, user_actions, wait};

use crate::{ANA, BEN, window_and_browser};

const MINUTE: Duration = Duration::from_secs(60);
const CAMERA: &str = include_str!("../../src/page/camera.js");
/// Width, height and frames per second: half an hour is a long time for a small machine. The size
/// is one of the engine's mock camera. It scales to other sizes with the pipeline that also paints
/// the page, on another thread, and the page then sometimes waits 0.2 s for a frame.
const CAMERA_SIZE: [u32; 3] = [640, 480, 10];
/// In milliseconds. A person does not notice this offset.
const MAX_OFFSET_MS: f64 = 80.0;

#[tokio::test]
#[ignore = "takes half an hour, or as many minutes as SNUG_LONG_CALL_MINUTES says"]
async fn long_call_neither_leaks_nor_drifts() -> Result<()> {
    run_test("window-long-call", async |env| {
        let (_relay, ana, ben) = window_and_browser(env, &[]).await?;
        user_actions::call(&ana, &ben).await?;
        for (page, other) in [(&ana, BEN), (&ben, ANA)] {
            media_stats::video_plays(page, other).await?;
            page.script::<()>(CAMERA, CAMERA_SIZE.map(Into::into).to_vec())
                .await?;
        }
        // In addition to the call, a film from Ben with recognizable flashes and beeps.
        av_sync::connect(&ben, &ana).await?;
        let mut offsets = vec![];
        let mut before = None;
        let mut after = usage::Usage::default();
        let minutes = minutes();
        for minute in 1..=minutes {
            wait::measure_for(MINUTE).await;
            media_stats::video_plays(&ana, BEN).await?;
            media_stats::video_plays(&ben, ANA).await?;
            after = usage::read_app(&ana)?;
            // The first minutes fill caches and buffers.
            if minute == 1 + minutes / 10 {
                before = Some(after);
            }
            // On a busy machine a whole film may be missed.
            let what = "flashes and beeps are told";
            let offset = wait::until_within(2 * MINUTE, what, async || {
                av_sync::measure(env, &ana).await.map(Some)
            });
            let offset = offset.await?;
            offsets.push(offset);
            eprintln!(
                "minute {minute}: {} threads, {} files, {} MiB, offset {offset:.0} ms",
                after.threads,
                after.files,
                after.memory >> 20,
            );
        }
        let before = before.unwrap_or_default();
        // Some threads start and end at any time.
        ensure!(after.threads <= before.threads + 12, "threads have grown");
        ensure!(after.files <= before.files + 12, "files have grown");
        let grown = after.memory.saturating_sub(before.memory) >> 20;
        ensure!(grown < 64, "memory has grown by {grown} MiB");
        let offset = offsets.iter().copied().map(f64::abs).fold(0.0, f64::max);
        ensure!(
            offset < MAX_OFFSET_MS,
            "video and audio were {offset:.0} ms apart"
        );
        let drifted = drift(&offsets);
        ensure!(
            drifted.abs() < MAX_OFFSET_MS,
            "video and audio have drifted by {drifted:.0} ms"
        );
        media_stats::person_is_seen_and_heard(&ana, BEN).await?;
        media_stats::person_is_seen_and_heard(&ben, ANA).await
    })
    .await
}

/// From the middle of the first third to the middle of the last third.
fn drift(offsets: &[f64]) -> f64 {
    let middle = |part: &[f64]| {
        let mut part = part.to_vec();
        part.sort_by(f64::total_cmp);
        part.get(part.len() / 2).copied().unwrap_or_default()
    };
    let third = offsets.len().div_ceil(3);
    middle(&offsets[offsets.len() - third..]) - middle(&offsets[..third])
}

fn minutes() -> u32 {
    let wished = env::var("SNUG_LONG_CALL_MINUTES");
    wished
        .ok()
        .and_then(|minutes| minutes.parse().ok())
        .unwrap_or(30)
}
