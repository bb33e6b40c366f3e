//! Muting: the sound stops, the picture goes on, and the other is told.

use anyhow::Result;
use e2e::{figures, page::Role, stage::play};

use crate::{ANA, ana_calls_ben};

#[tokio::test]
async fn a_muted_person_is_silent_until_unmuted() -> Result<()> {
    play("mute", async |stage| {
        let (_relay, ana, ben) = ana_calls_ben(stage, &[]).await?;
        figures::sound_runs(&ben, ANA).await?;
        ana.button("Mute microphone").await?;
        ana.sees(Role::Button, "Unmute microphone").await?;
        figures::sound_is_gone(&ben, ANA).await?;
        figures::picture_runs(&ben, ANA).await?;
        ben.says("Muted").await?;
        ana.button("Unmute microphone").await?;
        figures::sound_runs(&ben, ANA).await?;
        ben.says_no_more("Muted").await
    })
    .await
}
