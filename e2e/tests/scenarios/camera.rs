//! Turning the camera off and on: the video stops and returns, the audio goes on.

use anyhow::Result;
use e2e::{media_stats, page::Role, test_env::run_beside_another};

use crate::{ANA, ana_calls_ben};

#[tokio::test]
async fn camera_off_sends_no_frames_until_on() -> Result<()> {
    run_beside_another("camera-off", async |env| {
        let (_relay, ana, ben) = ana_calls_ben(env, &[]).await?;
        media_stats::video_plays(&ben, ANA).await?;
        ana.button("Turn camera off").await?;
        ana.sees(Role::Button, "Turn camera on").await?;
        media_stats::video_is_frozen(&ben, ANA).await?;
        media_stats::audio_plays(&ben, ANA).await?;
        ana.button("Turn camera on").await?;
        media_stats::video_plays(&ben, ANA).await?;
        ana.sees(Role::Button, "Turn camera off").await
    })
    .await
}
