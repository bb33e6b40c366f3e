//! The audio of a shared computer arrives in two channels, the voice beside it in one.

use anyhow::{Context, Result, ensure};
use e2e::{
    media_stats,
    page::{Page, Role},
    test_env::run_test,
    user_actions, wait,
};
use serde_json::json;

use crate::{ANA, BEN, CAM, ana_calls_ben, share::screen_of, window_and_browser};

const CHANNEL_TONES: &str = include_str!("../../src/page/channel-tones.js");
const SHARE_TWO_TONES: &str = include_str!("../../src/page/share-two-tones.js");

/// In hertz.
const LEFT: f64 = 600.0;
const RIGHT: f64 = 1_500.0;
/// In decibels.
const HEARD: f64 = -45.0;
/// How much louder a tone is in its own channel. In audio of one channel there is no difference.
const MIN_DISTANCE: f64 = 20.0;

async fn shares_two_tones(page: &Page) -> Result<()> {
    let tones = vec![json!(LEFT), json!(RIGHT)];
    page.script::<()>(SHARE_TWO_TONES, tones).await?;
    page.button("Share screen").await?;
    page.says("You are sharing your screen with audio").await
}

/// The tone of each channel of a browser's screen.
const BOTH: &[(usize, usize)] = &[(0, 0), (1, 1)];
/// The music is left only.
const LEFT_ONLY: &[(usize, usize)] = &[(0, 0)];

/// Waits until the channels of that screen have these tones, each in its own channel only.
async fn has_channels(page: &Page, sharer: &str, expect: &[(usize, usize)]) -> Result<()> {
    let what = format!("{}: two channels of {sharer}'s screen", page.name());
    wait::until(&what, async || {
        let arguments = vec![json!(screen_of(sharer)), json!([LEFT, RIGHT])];
        let powers: Option<[[f64; 2]; 2]> = page.script(CHANNEL_TONES, arguments).await?;
        let powers = powers.context("no audio")?;
        for &(channel, tone) in expect {
            let (own, other) = (powers[channel][tone], powers[1 - channel][tone]);
            ensure!(own > HEARD && own > other + MIN_DISTANCE, "{powers:?}");
        }
        Ok(Some(()))
    })
    .await
}

#[tokio::test]
async fn shared_audio_of_a_browser_has_two_channels() -> Result<()> {
    run_test("share-stereo", async |env| {
        let (relay, ana, ben) = ana_calls_ben(env, &[]).await?;
        // Who comes later gets it in the first description.
        shares_two_tones(&ana).await?;
        has_channels(&ben, ANA, BOTH).await?;
        let cam = env.firefox("cam").await?;
        user_actions::visit(&cam, &relay, CAM, "42").await?;
        user_actions::sees_person(&cam, ANA).await?;
        cam.button("Call").await?;
        user_actions::in_call(&cam).await?;
        has_channels(&cam, ANA, BOTH).await?;
        media_stats::person_is_seen_and_heard(&cam, ANA).await?;

        // The other way, in sections that are there already.
        shares_two_tones(&ben).await?;
        has_channels(&ana, BEN, BOTH).await?;
        ana.button("Stop sharing").await?;
        ben.sees_no(Role::Video, &screen_of(ANA)).await?;
        shares_two_tones(&cam).await?;
        has_channels(&ben, CAM, BOTH).await
    })
    .await
}

#[tokio::test]
async fn shared_audio_of_the_window_has_two_channels() -> Result<()> {
    run_test("share-stereo-window", async |env| {
        let (_relay, ana, ben) = window_and_browser(env, &[]).await?;
        user_actions::call(&ana, &ben).await?;
        shares_two_tones(&ben).await?;
        has_channels(&ana, BEN, BOTH).await?;
        ben.button("Stop sharing").await?;
        ana.sees_no(Role::Video, &screen_of(BEN)).await?;

        let _music = env.sound().play_left(env.folder(), LEFT)?;
        ana.button("Share screen").await?;
        ana.press(Role::Switch, "Share the audio of this computer")
            .await?;
        ana.button("Share").await?;
        ana.says("You are sharing your screen with audio").await?;
        has_channels(&ben, ANA, LEFT_ONLY).await
    })
    .await
}
