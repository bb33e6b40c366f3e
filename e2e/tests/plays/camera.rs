//! Turning the camera off and on: the picture stands and comes back, the sound goes on.

use anyhow::Result;
use e2e::{figures, page::Role, stage::play};

use crate::{ANA, ana_calls_ben};

#[tokio::test]
async fn a_camera_turned_off_sends_no_frames_until_it_is_on_again() -> Result<()> {
    play("camera-off", async |stage| {
        let (_relay, ana, ben) = ana_calls_ben(stage, &[]).await?;
        figures::picture_runs(&ben, ANA).await?;
        ana.button("Turn camera off").await?;
        ana.sees(Role::Button, "Turn camera on").await?;
        figures::picture_stands(&ben, ANA).await?;
        figures::sound_runs(&ben, ANA).await?;
        ana.button("Turn camera on").await?;
        figures::picture_runs(&ben, ANA).await?;
        ana.sees(Role::Button, "Turn camera off").await
    })
    .await
}
