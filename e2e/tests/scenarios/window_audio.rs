//! The audio of the computer in a screen that the window shares: other programs are heard, the call
//! itself is not.

use anyhow::{Context, Result, ensure};
use e2e::{
    media_stats,
    page::{Page, Role},
    sound::OUTPUT,
    test_env::{TestEnv, run_test},
    user_actions, wait,
};
use serde_json::json;

use crate::{ANA, meet_in_the_room, share::screen_of};

const TONES: &str = include_str!("../../src/page/tones.js");
const HUM: &str = include_str!("../../src/page/hum.js");

/// In hertz.
const MUSIC: f64 = 1_000.0;
const LATER_MUSIC: f64 = 1_500.0;
const VOICE: f64 = 440.0;
/// In decibels.
const HEARD: f64 = -40.0;
const SILENT: f64 = -75.0;
/// A voice that is shared is as loud as the music.
const LEAKED: f64 = -45.0;
/// How much quieter the call is than the music.
const MIN_DISTANCE: f64 = 40.0;

/// A window and a browser in a call, which meet at the window's sound server only.
async fn window_in_call(env: &TestEnv) -> Result<(Page, Page)> {
    let relay = env.relay(&[]).await?;
    let ana = env.window_at("ana", &relay).await?;
    // Ben hears the call on another computer.
    env.set_variable("PULSE_SERVER", "unix:/nowhere");
    let ben = env.browser("ben").await?;
    meet_in_the_room(&relay, &ana, &ben).await?;
    user_actions::call(&ana, &ben).await?;
    Ok((ana, ben))
}

async fn powers(page: &Page, frequencies: &[f64]) -> Result<Option<Vec<f64>>> {
    let arguments = vec![json!(screen_of(ANA)), json!(frequencies)];
    page.script(TONES, arguments).await
}

/// Waits until this frequency in Ana's screen has such a power.
async fn sounds(page: &Page, what: &str, frequency: f64, is_so: fn(f64) -> bool) -> Result<()> {
    wait::until(what, async || {
        let powers = powers(page, &[frequency]).await?;
        let power = *powers.context("no audio")?.first().context("no power")?;
        ensure!(is_so(power), "{frequency} Hz have {power} dB");
        Ok(Some(()))
    })
    .await
}

#[tokio::test]
async fn music_is_shared_without_the_voices_of_the_call() -> Result<()> {
    run_test("window-audio", async |env| {
        let (ana, ben) = window_in_call(env).await?;
        let music = env.sound().play(env.folder(), MUSIC)?;
        ana.button("Share screen").await?;
        ana.press(Role::Switch, "Share the audio of this computer")
            .await?;
        ana.button("Share").await?;
        ana.says("You are sharing your screen with audio").await?;
        media_stats::video_plays(&ben, &screen_of(ANA)).await?;
        sounds(&ben, "the music is heard", MUSIC, |power| power > HEARD).await?;

        ben.script::<()>(HUM, vec![json!(VOICE)]).await?;
        let mut loudest = f64::NEG_INFINITY;
        // The window plays the voice on the same output as the music.
        wait::until("the voice is played", async || {
            let sound = env.sound();
            let played = sound.share_at(OUTPUT, env.folder(), VOICE).await?;
            Ok((played > 0.1).then_some(()))
        })
        .await?;
        let mut clean = 0;
        wait::until("the music comes without the voice", async || {
            let powers = powers(&ben, &[MUSIC, VOICE]).await?.context("no audio")?;
            let (music, voice) = (powers[0], powers[1]);
            // On a busy computer the music has gaps, and a gap has all frequencies.
            clean += usize::from(music > HEARD && voice < music - MIN_DISTANCE);
            loudest = loudest.max(voice);
            ensure!(clean > 10, "the music has {music} dB, the voice {voice} dB");
            Ok(Some(()))
        })
        .await?;
        ensure!(loudest < LEAKED, "the voice came with {loudest} dB");

        // A program ends, and another one begins.
        drop(music);
        sounds(&ben, "the music has ended", MUSIC, |power| power < SILENT).await?;
        let later = env.sound().play(env.folder(), LATER_MUSIC)?;
        sounds(&ben, "other music is heard", LATER_MUSIC, |power| {
            power > HEARD
        })
        .await?;

        // For Ben only, and then for nobody.
        media_stats::audio_plays(&ben, &screen_of(ANA)).await?;
        ben.button("Audio of Ana’s screen").await?;
        ben.button("Mute for me").await?;
        let is_muted: bool = ben.script(IS_MUTED, vec![json!(screen_of(ANA))]).await?;
        ensure!(is_muted, "the screen is heard");
        ana.button("Pause sharing").await?;
        sounds(&ben, "a paused share is silent", LATER_MUSIC, |power| {
            power < SILENT
        })
        .await?;
        ana.button("Resume sharing").await?;
        sounds(&ben, "it is heard again", LATER_MUSIC, |power| {
            power > HEARD
        })
        .await?;
        ana.button("Stop sharing").await?;
        ben.sees_no(Role::Video, &screen_of(ANA)).await?;
        drop(later);
        media_stats::person_is_seen_and_heard(&ben, ANA).await?;

        // The choice is kept.
        ana.button("Share screen").await?;
        ana.button("Share").await?;
        ana.says("You are sharing your screen with audio").await
    })
    .await
}

#[tokio::test]
async fn screen_is_shared_where_no_sound_server_answers() -> Result<()> {
    run_test("window-no-sound-server", async |env| {
        env.set_variable("PULSE_SERVER", "unix:/nowhere");
        let (ana, ben) = window_in_call(env).await?;
        ana.button("Share screen").await?;
        ana.says("no sound server answers").await?;
        ana.button("Share").await?;
        ana.says("You are sharing your screen").await?;
        media_stats::video_plays(&ben, &screen_of(ANA)).await?;
        ensure!(powers(&ben, &[MUSIC]).await?.is_none(), "it has audio");
        Ok(())
    })
    .await
}

const IS_MUTED: &str = "
    const [name] = arguments;
    return document.querySelector(`video[aria-label=\"${name}\"]`).muted;
";
