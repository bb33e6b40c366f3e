//! The loudspeaker that a person chose in the window: audio is played there and nowhere else, also
//! after it was unplugged for a while.

use std::time::Duration;

use anyhow::Result;
use e2e::{
    page::{Page, Role},
    sound::{OUTPUT, tone},
    test_env::{TestEnv, run_test},
    user_actions, wait,
};
use thirtyfour::Key;

use crate::{ANA, BEN};

const HEADSET: &str = "headset";
const LABEL: &str = "Headset";
/// Chromium's test microphone beeps about once a second.
const LISTEN_DURATION: Duration = Duration::from_millis(2_500);
/// Of full scale: louder is audible.
const MIN_LOUD_SAMPLE: u16 = 500;

async fn is_heard(env: &TestEnv, output: &str, expect: bool) -> Result<()> {
    let what = format!("on {output} something is heard: {expect}");
    wait::until(&what, async || {
        let sound = env.sound();
        let played = sound
            .record_at(output, env.folder(), LISTEN_DURATION)
            .await?;
        let loud = played
            .samples
            .iter()
            .filter(|sample| sample.unsigned_abs() > MIN_LOUD_SAMPLE)
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
async fn window_plays_on_the_chosen_speaker() -> Result<()> {
    run_test("window-output", async |env| {
        let relay = env.relay(&[]).await?;
        let ana = env.window_at("ana", &relay).await?;
        let ben = env.browser("ben").await?;
        user_actions::join(&ana, ANA, "42").await?;
        user_actions::visit(&ben, &relay, BEN, "42").await?;
        user_actions::call(&ben, &ana).await?;
        // From now on the browser plays nothing, so all audio is the window's.
        ana.button("Mute microphone").await?;
        ben.says("Muted").await?;
        is_heard(env, OUTPUT, true).await?;

        let number = env.sound().plug_in(HEADSET, LABEL)?;
        choose_speaker(&ana, LABEL).await?;
        is_heard(env, HEADSET, true).await?;
        is_heard(env, OUTPUT, false).await?;

        env.sound().unplug(&number)?;
        is_heard(env, OUTPUT, true).await?;

        env.sound().plug_in(HEADSET, LABEL)?;
        is_heard(env, HEADSET, true).await?;
        is_heard(env, OUTPUT, false).await
    })
    .await
}
