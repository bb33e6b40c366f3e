//! A shared screen of 1920×1080 with text that scrolls, then with text that stands still: the window's
//! own capture beside that of Chromium on a screen, both seen by Chromium.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use serde::Deserialize;
use serde_json::json;

use super::{apps::Kind, in_env, row};
use crate::{
    chromium::{Computer, Devices},
    display::{CLOCK_FIELDS, CLOCK_SHARE, Display},
    media_stats,
    net_namespace::Place,
    page::Page,
    small_text::SmallText,
    test_env::TestEnv,
    usage, user_actions, wait,
};

const WATCH_CLOCK: &str = include_str!("../page/watch-clock.js");
const VIDEO_BYTES: &str = include_str!("../page/video-bytes.js");
const ANA: &str = "ana@example.org";
const BEN: &str = "ben@example.org";
const SCREEN: &str = "ana@example.org's screen";
const SIZE: (u16, u16) = (1920, 1080);
/// The engine learns that the picture moves, and the rate settles.
const SETTLE_TIME: Duration = Duration::from_secs(12);
const MEASURE_DURATION: Duration = Duration::from_secs(10);

/// What the sharer says that is shared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Content {
    /// Chromium then gives up size for rate.
    Automatic,
    /// All keep their size.
    Text,
}

#[derive(Debug, Clone, Copy)]
struct Share {
    /// Processor time of the sharer's processes per delivered frame, in milliseconds.
    processor: f64,
    /// Delivered frames per second.
    rate: f64,
    /// From the drawing on the screen to the frame at the other side, in milliseconds: the median.
    latency: f64,
    width: u32,
    /// Of a still picture, in kbit/s, with headers.
    still: f64,
    /// Those of them that were sent again.
    again: f64,
    /// Frames per second of the still picture, and key frames among all of them.
    still_rate: f64,
    key_frames: u32,
    /// Milliseconds of a frame at the receiver while the text scrolls: arriving, held, decoding.
    stages: [f64; 3],
}

/// That have arrived for the screen.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "camelCase")]
struct VideoBytes {
    all: f64,
    again: f64,
    frames: f64,
    key_frames: u32,
    arriving: f64,
    held: f64,
    decoding: f64,
}

pub(super) async fn table(say: &impl Fn(&str)) {
    let (width, height) = SIZE;
    say(&format!(
        "Scrolling text, {width}×{height}, 30 changes/s\n{:10} {:>22} {:>9} {:>18} {:>6} {:>18}",
        "", "CPU/frame (≤1.5×)", "frames/s", "latency (≤+60 ms)", "wide", "still (≤60 kbit/s)"
    ));
    for content in [Content::Automatic, Content::Text] {
        say(&format!("{content:?}"));
        rows(content, say).await;
    }
}

async fn rows(content: Content, say: &impl Fn(&str)) {
    let mut compared = None;
    for kind in [Kind::Chromium, Kind::Window] {
        let found = in_env(async |env| measure(env, kind, content).await).await;
        let words = row(found, |share| {
            let with: Share = *compared.get_or_insert(share);
            format!(
                "{:>12.1} ms {:>5.2}× {:>9.1} {:>9.0} ms {:>+5.0} {:>6} {:>11.0} kbit/s, {:.0} again; {:.1} frames/s, {} key; arriving, held, decoding {} ms",
                share.processor,
                share.processor / with.processor,
                share.rate,
                share.latency,
                share.latency - with.latency,
                share.width,
                share.still,
                share.again,
                share.still_rate,
                share.key_frames,
                share.stages.map(|stage| format!("{stage:.0}")).join(", "),
            )
        });
        say(&format!("{kind:10} {words}"));
    }
}

async fn measure(env: &TestEnv, kind: Kind, content: Content) -> Result<Share> {
    let relay = env.relay(&[]).await?;
    let ben = env
        .browser_at("ben", Computer::default(), &Place::Here)
        .await?;
    ben.open(&relay.web()).await?;
    let picture = SmallText::numbered(3).picture(&ben).await?;
    let (ana, display) = match kind {
        Kind::Chromium => {
            let display = Display::sized(&env.folder().join("ana-display.log"), SIZE).await?;
            env.set_variable("DISPLAY", display.name());
            let computer = Computer {
                devices: Devices::Screen,
                ..Computer::default()
            };
            let ana = env.browser_at("ana", computer, &Place::Here).await?;
            ana.open(&relay.web()).await?;
            (ana, Some(display))
        }
        Kind::Window => {
            env.set_display_size(SIZE);
            let ana = env.window("ana", &["--relay", &relay.address()]).await?;
            (ana, None)
        }
    };
    let scroll = match &display {
        Some(display) => display.scroll(&picture, SIZE)?,
        None => env.scroll_on_screen_of(&ana, &picture, SIZE)?,
    };
    user_actions::join_both([(&ana, ANA), (&ben, BEN)], "42").await?;
    user_actions::call(&ana, &ben).await?;
    ana.button("Share screen").await?;
    if kind == Kind::Window {
        ana.button("Share").await?;
    }
    media_stats::video_plays(&ben, SCREEN).await?;
    if content == Content::Text {
        ana.choose("What you share", "Text").await?;
    }
    wait::measure_for(SETTLE_TIME).await;

    let (x, y) = CLOCK_SHARE;
    let clock = vec![
        json!(SCREEN),
        json!(CLOCK_FIELDS),
        json!({ "x": x, "y": y }),
    ];
    let is_watched: bool = ben.script(WATCH_CLOCK, clock).await?;
    ensure!(is_watched, "there is no shared screen");
    let early = video_bytes(&ben).await?;
    let used = usage::read_app(&ana)?.processor;
    wait::measure_for(MEASURE_DURATION).await;
    let late = video_bytes(&ben).await?;
    let used = usage::read_app(&ana)?.processor - used;
    let mut ages: Vec<f64> = ben.script("return window.snugAges", vec![]).await?;
    ages.sort_by(f64::total_cmp);
    ensure!(ages.len() > 10, "only {} frames came", ages.len());
    let width = ben.media_stats(SCREEN).await?.width;

    drop(scroll);
    let _slide = match &display {
        Some(display) => display.cover(&picture, SIZE)?,
        None => env.cover_screen_of(&ana, &picture, SIZE)?,
    };
    wait::measure_for(SETTLE_TIME).await;
    let before = video_bytes(&ben).await?;
    wait::measure_for(MEASURE_DURATION).await;
    let after = video_bytes(&ben).await?;
    let seconds = MEASURE_DURATION.as_secs_f64();
    let kbps = |bytes: f64| bytes * 8.0 / 1_000.0 / seconds;
    let each = |sum: fn(&VideoBytes) -> f64| {
        (sum(&late) - sum(&early)) * 1_000.0 / (late.frames - early.frames)
    };
    Ok(Share {
        stages: [
            each(|bytes| bytes.arriving),
            each(|bytes| bytes.held),
            each(|bytes| bytes.decoding),
        ],
        processor: used * 1_000.0 / ages.len() as f64,
        rate: ages.len() as f64 / MEASURE_DURATION.as_secs_f64(),
        latency: ages[ages.len() / 2],
        width,
        still: kbps(after.all - before.all),
        again: kbps(after.again - before.again),
        still_rate: (after.frames - before.frames) / seconds,
        key_frames: after.key_frames - before.key_frames,
    })
}

async fn video_bytes(ben: &Page) -> Result<VideoBytes> {
    let bytes: Option<VideoBytes> = ben.script(VIDEO_BYTES, vec![json!(SCREEN)]).await?;
    bytes.context("there is no shared screen")
}
