//! Muting: the audio stops, the video goes on, and the other side is informed.

use anyhow::Result;
use e2e::{media_stats, page::Role, test_env::run_beside_another};

use crate::{ANA, ana_calls_ben};

#[tokio::test]
async fn muted_person_is_silent_until_unmuted() -> Result<()> {
    run_beside_another("mute", async |env| {
        let (_relay, ana, ben) = ana_calls_ben(env, &[]).await?;
        media_stats::audio_plays(&ben, ANA).await?;
        ana.button("Mute microphone").await?;
        ana.sees(Role::Button, "Unmute microphone").await?;
        media_stats::audio_is_silent(&ben, ANA).await?;
        media_stats::video_plays(&ben, ANA).await?;
        ben.says("Muted").await?;
        ana.button("Unmute microphone").await?;
        media_stats::audio_plays(&ben, ANA).await?;
        ben.says_no_more("Muted").await
    })
    .await
}
