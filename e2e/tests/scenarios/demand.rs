//! Senders follow what a receiver shows: large, small, or nothing.

use std::time::Duration;

use anyhow::{Result, ensure};
use e2e::{
    chromium::{self, Computer, Devices},
    media_stats,
    page::Page,
    sent_video,
    test_env::run_test,
    user_actions, wait,
};

use crate::{ANA, BEN, CAM};

/// From the moment at which the receiver hides the video.
const MAX_TIME_TO_STOP: Duration = Duration::from_secs(1);
const MEASURE_DURATION: Duration = Duration::from_secs(2);
/// Of the rungs, `ui/src/engine/budget/rungs.ts`.
const SMALL_EDGE: u32 = 180;
const SMALL_KILOBITS: f64 = 110.0;
/// A bitrate is kept on average, and the encoder may be above it for a moment.
const TOLERANCE: f64 = 1.3;
/// The whole page of a receiver. The smallest shows one tile only.
const WIDE: (u32, u32) = (1280, 800);
const TINY: (u32, u32) = (260, 180);

#[tokio::test]
async fn sent_video_follows_what_the_receiver_shows() -> Result<()> {
    run_test("demand", async |env| {
        let relay = env.relay(&[]).await?;
        let ordinary = Computer {
            devices: Devices::cameras(1),
            ..Computer::default()
        };
        let ana = env.browser_on("ana", ordinary).await?;
        let ben = env.browser_on("ben", ordinary).await?;
        let cam = env.browser_on("cam", ordinary).await?;
        for (page, email) in [(&ana, ANA), (&ben, BEN), (&cam, CAM)] {
            chromium::resize(page, WIDE.0, WIDE.1).await?;
            user_actions::visit(page, &relay, email, "42").await?;
        }
        user_actions::sees_person(&ana, CAM).await?;
        ana.button("Call").await?;
        for page in [&ben, &cam] {
            user_actions::accept(page).await?;
        }
        media_stats::video_plays(&ben, ANA).await?;
        media_stats::video_plays(&ben, CAM).await?;

        // Large: Ana fills Ben's stage.
        user_actions::pin(&ben, ANA).await?;
        sends(&ana, "more than the smallest size", |edge, _| {
            edge > SMALL_EDGE
        })
        .await?;

        // Small: Cam fills it, and Ana is in the strip.
        user_actions::unpin(&ben, ANA).await?;
        user_actions::pin(&ben, CAM).await?;
        sends(&ana, "the smallest size", |edge, kilobits| {
            edge <= SMALL_EDGE && kilobits > 0.0 && kilobits < SMALL_KILOBITS * TOLERANCE
        })
        .await?;

        // Hidden: so small a page shows Cam only.
        chromium::resize(&ben, TINY.0, TINY.1).await?;
        wait::measure_for(MAX_TIME_TO_STOP).await;
        let hidden = sent_video::during(&ana, BEN, MEASURE_DURATION).await?;
        ensure!(
            hidden.kilobits == 0.0 && hidden.frame_rate == 0.0,
            "Ana still sends Ben video: {hidden:?}"
        );
        let other = sent_video::during(&cam, BEN, MEASURE_DURATION).await?;
        ensure!(other.kilobits > 0.0, "Ben is sent nothing at all");
        media_stats::audio_plays(&ben, ANA).await?;

        // Shown again.
        chromium::resize(&ben, WIDE.0, WIDE.1).await?;
        user_actions::unpin(&ben, CAM).await?;
        user_actions::pin(&ben, ANA).await?;
        media_stats::video_plays(&ben, ANA).await?;
        sends(&ana, "more than the smallest size", |edge, _| {
            edge > SMALL_EDGE
        })
        .await
    })
    .await
}

/// Waits until Ana's video for Ben has such a shorter edge and bitrate in kbit/s.
async fn sends(ana: &Page, what: &str, is_so: impl Fn(u32, f64) -> bool) -> Result<()> {
    wait::until(&format!("Ana sends Ben {what}"), async || {
        let sending = sent_video::during(ana, BEN, MEASURE_DURATION).await?;
        ensure!(is_so(sending.short_edge, sending.kilobits), "{sending:?}");
        Ok(Some(()))
    })
    .await
}
