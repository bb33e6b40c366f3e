//! The loudspeaker that a person in the window has chosen: heard there and nowhere else, also when
//! it was gone for a while.

use std::time::Duration;

use anyhow::Result;
use e2e::{
    page::{Page, Role},
    sound::{OUTPUT, tone},
    stage::{Stage, play},
    visit, wait,
};
use thirtyfour::Key;

use crate::{ANA, BEN};

const HEADSET: &str = "headset";
const LABEL: &str = "Headset";
/// Chromium's test microphone beeps about once a second.
const LISTENING: Duration = Duration::from_millis(2_500);
/// Of full scale: louder is sound.
const LOUD: u16 = 500;

async fn is_heard(stage: &Stage, output: &str, expect: bool) -> Result<()> {
    let what = format!("on {output} something is heard: {expect}");
    wait::until(&what, async || {
        let sound = stage.sound();
        let played = sound.record_at(output, stage.folder(), LISTENING).await?;
        let loud = played
            .samples
            .iter()
            .filter(|sample| sample.unsigned_abs() > LOUD)
            .count();
        // A hundredth of a second, so that no click counts.
        let is_heard = loud > tone::RATE as usize / 100;
        Ok((is_heard == expect).then_some(()))
    })
    .await
}

async fn choose_speaker(page: &Page, words: &str) -> Result<()> {
    page.button("Settings").await?;
    wait::until("the speaker can be chosen", async || {
        let options = page.options("Speaker").await?;
        Ok(options.iter().any(|option| option == words).then_some(()))
    })
    .await?;
    page.choose("Speaker", words).await?;
    page.keys(Key::Escape).await?;
    page.sees_no(Role::Dialog, "Settings").await
}

#[tokio::test]
async fn a_window_plays_on_the_speaker_that_was_chosen() -> Result<()> {
    play("window-output", async |stage| {
        let relay = stage.relay(&[]).await?;
        let ana = stage.window_at("ana", &relay).await?;
        let ben = stage.browser("ben").await?;
        visit::join(&ana, ANA, "42").await?;
        visit::visit(&ben, &relay, BEN, "42").await?;
        visit::call(&ben, &ana).await?;
        // From now on the browser has nothing to play, so all that is heard is the window's.
        ana.button("Mute microphone").await?;
        ben.says("Muted").await?;
        is_heard(stage, OUTPUT, true).await?;

        let number = stage.sound().plug_in(HEADSET, LABEL)?;
        choose_speaker(&ana, LABEL).await?;
        is_heard(stage, HEADSET, true).await?;
        is_heard(stage, OUTPUT, false).await?;

        stage.sound().unplug(&number)?;
        is_heard(stage, OUTPUT, true).await?;

        stage.sound().plug_in(HEADSET, LABEL)?;
        is_heard(stage, HEADSET, true).await?;
        is_heard(stage, OUTPUT, false).await
    })
    .await
}
