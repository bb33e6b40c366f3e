//! Calls of the app's window: with a browser, in both directions of calling, and with another
//! window. Video at its frame rate, tones in the audio output, and a clean end.

use std::time::Duration;

use anyhow::{Result, ensure};
use e2e::{
    media_stats,
    page::{Page, Role},
    sound::tone,
    test_env::{TestEnv, run_test},
    usage, user_actions, wait,
};
use serde::Deserialize;

use crate::{ANA, BEN, window_and_browser};

/// The engine's mock microphone alternates between beeps of these frequencies, in hertz.
const WINDOW_BEEPS: [f64; 2] = [500.0, 1_500.0];
/// Every beep occurs at least once in this time.
const LISTEN_DURATION: Duration = Duration::from_secs(4);
/// Samples of a twentieth of a second. A beep lasts 70 ms.
const WINDOW_SAMPLES: usize = tone::RATE as usize / 20;
/// Beeps come every half second. The windows of measurement overlap, so that none splits every
/// beep.
const STEP_SAMPLES: usize = WINDOW_SAMPLES / 5;

/// The engine's name of a worklet's thread. The kernel keeps the end.
const WORKLET: &str = "AudioWorklet";

const CAMERA: &str = include_str!("../../src/page/camera.js");
/// Two processors can encode, send, decode and paint this on both sides at once.
const CAMERA_SIZE: [u32; 3] = [640, 480, 15];
const FRAMES: &str = "return (async () => {
    const frames = { captured: 0, decoded: 0 };
    for (const connection of window.snugProbe.connections) {
        for (const entry of (await connection.getStats()).values()) {
            if (entry.kind !== 'video') continue;
            if (entry.type === 'media-source') frames.captured += entry.frames;
            if (entry.type === 'inbound-rtp') frames.decoded += entry.framesDecoded;
        }
    }
    return frames;
})()";
/// The time of one count of frames, and the limit of all counts. Sizes settle first.
const COUNT_DURATION: Duration = Duration::from_secs(10);
const KEEP_UP_TIMEOUT: Duration = Duration::from_secs(90);
/// Of the captured frames.
const MIN_SHARE_OF_FRAMES: f64 = 0.9;

/// Since the connection began.
#[derive(Debug, Clone, Copy, Deserialize)]
struct Frames {
    captured: f64,
    decoded: f64,
}

async fn everything_comes_through(ana: &Page, ben: &Page) -> Result<()> {
    media_stats::person_is_seen_and_heard(ana, BEN).await?;
    media_stats::person_is_seen_and_heard(ben, ANA).await
}

/// Gives the windows' cameras a size that they can handle.
async fn make_smaller(windows: &[&Page]) -> Result<()> {
    for window in windows {
        let size = CAMERA_SIZE.map(Into::into).to_vec();
        window.script::<()>(CAMERA, size).await?;
    }
    Ok(())
}

/// Waits until each side decodes nearly every frame of the other's camera.
async fn video_keeps_up(ana: &Page, ben: &Page) -> Result<()> {
    let what = "both decode nine tenths of the frames that the other captures";
    wait::until_within(KEEP_UP_TIMEOUT, what, async || {
        let before = [frames(ana).await?, frames(ben).await?];
        wait::measure_for(COUNT_DURATION).await;
        let after = [frames(ana).await?, frames(ben).await?];
        let captured = |at: usize| after[at].captured - before[at].captured;
        let decoded = |at: usize| after[at].decoded - before[at].decoded;
        let kept = [(0, 1), (1, 0)].map(|(from, to)| decoded(to) / captured(from).max(1.0));
        ensure!(
            kept.iter().all(|share| *share >= MIN_SHARE_OF_FRAMES),
            "shares of the frames that are decoded: {kept:.2?}"
        );
        Ok(Some(()))
    })
    .await
}

async fn frames(page: &Page) -> Result<Frames> {
    page.script(FRAMES, vec![]).await
}

/// Waits until the window's beeps come out of the loudspeaker.
async fn beeps_are_played(env: &TestEnv) -> Result<()> {
    wait::until("the window's microphone is played", async || {
        let played = env.sound().record(env.folder(), LISTEN_DURATION).await?;
        let hears = |beep: f64| {
            played
                .samples
                .windows(WINDOW_SAMPLES)
                .step_by(STEP_SAMPLES)
                .any(|moment| tone::share(moment, beep) > 0.5)
        };
        Ok(WINDOW_BEEPS.into_iter().all(hears).then_some(()))
    })
    .await
}

/// Waits until the window's audio worklets have ordinary priority. In real time they would delay
/// everything else.
async fn worklets_have_ordinary_priority(window: &Page) -> Result<()> {
    wait::until("worklets are no longer in real time", async || {
        let worklets = usage::real_time(window, WORKLET)?;
        Ok((!worklets.is_empty() && !worklets.contains(&true)).then_some(()))
    })
    .await
}

#[tokio::test]
async fn window_calls_a_browser() -> Result<()> {
    run_test("window-calls-browser", async |env| {
        let (_relay, ana, ben) = window_and_browser(env, &[]).await?;
        user_actions::call(&ana, &ben).await?;
        everything_comes_through(&ana, &ben).await?;
        worklets_have_ordinary_priority(&ana).await?;
        beeps_are_played(env).await?;
        make_smaller(&[&ana]).await?;
        video_keeps_up(&ana, &ben).await
    })
    .await
}

#[tokio::test]
async fn browser_calls_a_window() -> Result<()> {
    run_test("browser-calls-window", async |env| {
        let (_relay, ana, ben) = window_and_browser(env, &[]).await?;
        user_actions::call(&ben, &ana).await?;
        everything_comes_through(&ana, &ben).await
    })
    .await
}

#[tokio::test]
async fn two_windows_call_each_other() -> Result<()> {
    run_test("window-calls-window", async |env| {
        let relay = env.relay(&[]).await?;
        let ana = env.window_at("ana", &relay).await?;
        let ben = env.window_at("ben", &relay).await?;
        user_actions::join_both([(&ana, ANA), (&ben, BEN)], "42").await?;
        user_actions::call(&ana, &ben).await?;
        make_smaller(&[&ana, &ben]).await?;
        everything_comes_through(&ana, &ben).await?;
        beeps_are_played(env).await?;
        video_keeps_up(&ana, &ben).await
    })
    .await
}

/// As with an engine without shared memory, or a person who has forbidden it.
#[tokio::test]
async fn windows_without_shared_memory_hear_each_other() -> Result<()> {
    run_test("window-without-shared-memory", async |env| {
        env.set_variable("JSC_useSharedArrayBuffer", "false");
        let relay = env.relay(&[]).await?;
        let ana = env.window_at("ana", &relay).await?;
        let ben = env.window_at("ben", &relay).await?;
        let shared = "return typeof SharedArrayBuffer";
        let shared: String = ana.script(shared, vec![]).await?;
        ensure!(shared == "undefined", "the engine gives {shared}");
        user_actions::join_both([(&ana, ANA), (&ben, BEN)], "42").await?;
        user_actions::call(&ana, &ben).await?;
        everything_comes_through(&ana, &ben).await?;
        beeps_are_played(env).await
    })
    .await
}

#[tokio::test]
async fn window_shows_others_that_it_is_muted_without_camera() -> Result<()> {
    run_test("window-mutes", async |env| {
        let (_relay, ana, ben) = window_and_browser(env, &[]).await?;
        user_actions::call(&ana, &ben).await?;
        media_stats::person_is_seen_and_heard(&ben, ANA).await?;
        ana.button("Mute microphone").await?;
        ben.says("Muted").await?;
        media_stats::audio_is_silent(&ben, ANA).await?;
        media_stats::video_plays(&ben, ANA).await?;
        ana.button("Turn camera off").await?;
        media_stats::video_is_frozen(&ben, ANA).await?;
        ana.button("Unmute microphone").await?;
        ana.button("Turn camera on").await?;
        media_stats::person_is_seen_and_heard(&ben, ANA).await
    })
    .await
}

#[tokio::test]
async fn window_shows_that_the_browser_mutes_and_stops_its_camera() -> Result<()> {
    run_test("window-sees-mute", async |env| {
        let (_relay, ana, ben) = window_and_browser(env, &[]).await?;
        user_actions::call(&ben, &ana).await?;
        media_stats::person_is_seen_and_heard(&ana, BEN).await?;
        ben.button("Mute microphone").await?;
        ana.says("Muted").await?;
        media_stats::audio_is_silent(&ana, BEN).await?;
        ben.button("Turn camera off").await?;
        media_stats::video_is_frozen(&ana, BEN).await?;
        ben.button("Turn camera on").await?;
        media_stats::video_plays(&ana, BEN).await
    })
    .await
}

#[tokio::test]
async fn calls_in_a_row_leak_nothing_in_the_window() -> Result<()> {
    run_test("window-calls-in-a-row", async |env| {
        let (_relay, ana, ben) = window_and_browser(env, &[]).await?;
        // The first calls fill caches and load codecs.
        for _ in 0..WARM_UP_CALLS {
            one_call(&ana, &ben).await?;
        }
        let before = settled(&ana).await?;
        for _ in 0..calls_in_a_row() {
            one_call(&ana, &ben).await?;
        }
        // Of all processes of the window's app.
        let what = "processes, threads and files are as few as before";
        let after = wait::until(what, async || {
            let now = usage::read_app(&ana)?;
            let few = now.processes <= before.processes
                && now.threads <= before.threads + 6
                && now.files <= before.files + 8;
            Ok(few.then_some(now))
        })
        .await?;
        let grown = after.memory.saturating_sub(before.memory) >> 20;
        ensure!(grown < 64, "memory has grown by {grown} MiB");
        ana.sees(Role::Button, "Call").await
    })
    .await
}

/// Calls before the measurement.
const WARM_UP_CALLS: u32 = 2;

/// Five, or the number in SNUG_CALLS_IN_A_ROW.
fn calls_in_a_row() -> u32 {
    let wished = std::env::var("SNUG_CALLS_IN_A_ROW");
    wished
        .ok()
        .and_then(|count| count.parse().ok())
        .unwrap_or(5)
}

async fn one_call(ana: &Page, ben: &Page) -> Result<()> {
    user_actions::call(ana, ben).await?;
    media_stats::video_plays(ana, BEN).await?;
    media_stats::video_plays(ben, ANA).await?;
    ben.button("Leave call").await?;
    user_actions::out_of_call(ana).await?;
    user_actions::out_of_call(ben).await
}

/// The resources in use after threads that wait for more work have ended.
async fn settled(page: &Page) -> Result<usage::Usage> {
    wait::measure_for(Duration::from_secs(6)).await;
    usage::read_app(page)
}
