//! Another camera in the middle of a call.

use anyhow::{Context, Result, ensure};
use e2e::{
    chromium::{Computer, Devices},
    media_stats,
    page::{Page, Role},
    test_env::run_beside_another,
    user_actions, wait,
};
use thirtyfour::Key;

use crate::{ANA, BEN};

#[tokio::test]
async fn other_camera_is_used_without_a_new_call() -> Result<()> {
    run_beside_another("camera-switched", async |env| {
        let relay = env.relay(&[]).await?;
        let three = Computer {
            // Chromium's second synthetic camera measures depth, which no codec sends.
            devices: Devices::cameras(3),
            ..Computer::default()
        };
        let ana = env.browser_on("ana", three).await?;
        let ben = env.browser("ben").await?;
        user_actions::meet(&relay, [(&ana, ANA), (&ben, BEN)], "42").await?;
        user_actions::call(&ana, &ben).await?;
        media_stats::video_plays(&ben, ANA).await?;
        let before = camera_in_use(&ana).await?;
        ana.button("Settings").await?;
        let options = ana.options("Camera").await?;
        // The first entry is the system's default, with the name of its device.
        let other = options.last().context("no camera can be chosen")?;
        ensure!(
            !other.contains(&before),
            "no camera but {before} among {options:?}"
        );
        ana.choose("Camera", other).await?;
        wait::until("the other camera is in use", async || {
            Ok((camera_in_use(&ana).await? == *other).then_some(()))
        })
        .await?;
        ana.keys(Key::Escape).await?;
        ana.sees_no(Role::Dialog, "Settings").await?;
        media_stats::video_plays(&ben, ANA).await?;
        media_stats::audio_plays(&ben, ANA).await?;
        user_actions::in_call(&ben).await
    })
    .await
}

/// The label of the camera of one's own video.
async fn camera_in_use(page: &Page) -> Result<String> {
    let label = "const own = document.querySelector('video[aria-label=\"Your camera\"]');
        return own?.srcObject?.getVideoTracks()[0]?.label ?? ''";
    page.script(label, vec![]).await
}
