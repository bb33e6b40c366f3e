//! Turning the camera off and on: the picture stands and comes back, the sound goes on.

use anyhow::Result;
use e2e::{media_stats, page::Role, test_env::run_test};

use crate::{ANA, ana_calls_ben};

#[tokio::test]
async fn a_camera_turned_off_sends_no_frames_until_it_is_on_again() -> Result<()> {
    run_test("camera-off", async |env| {
        let (_relay, ana, ben) = ana_calls_ben(env, &[]).await?;
        media_stats::picture_runs(&ben, ANA).await?;
        ana.button("Turn camera off").await?;
        ana.sees(Role::Button, "Turn camera on").await?;
        media_stats::picture_stands(&ben, ANA).await?;
        media_stats::sound_runs(&ben, ANA).await?;
        ana.button("Turn camera on").await?;
        media_stats::picture_runs(&ben, ANA).await?;
        ana.sees(Role::Button, "Turn camera off").await
    })
    .await
}
