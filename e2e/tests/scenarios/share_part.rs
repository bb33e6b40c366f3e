//! A part of the screen that the window shares: nothing outside of it arrives.

use anyhow::{Context, Result, ensure};
use e2e::{
    display::Picture,
    media_stats,
    page::{Page, Role},
    test_env::run_test,
    user_actions, wait,
};
use serde_json::json;

use crate::{ANA, share::screen_of, window_and_browser};

const WATCH: &str = include_str!("../../src/page/frame-colours.js");

/// Of the picture, which is at this distance from the screen's corner.
const SIZE: (u16, u16) = (640, 360);
const DISTANCE: u16 = 40;
const GREEN: [u8; 3] = [0, 160, 0];
const RED: [u8; 3] = [160, 0, 0];
const BLUE: [u8; 3] = [0, 0, 255];
/// In pixels of the picture: left, top, width, height.
const GREEN_PART: [u16; 4] = [60, 80, 240, 180];
const RED_PART: [u16; 4] = [340, 80, 240, 180];
/// Of 255. Encoding changes colours a little.
const MAX_ERROR: u8 = 24;
/// After a change.
const FRAMES: u64 = 5;

/// The highest value of each colour in all pixels of all frames so far.
#[derive(Debug, serde::Deserialize)]
struct Colours {
    frames: u64,
    red: u8,
    green: u8,
    blue: u8,
}

/// Blue, with two parts of other colours.
fn picture() -> Picture {
    let (width, height) = SIZE;
    let is_in = |[left, top, width, height]: [u16; 4], x: u16, y: u16| {
        (left..left + width).contains(&x) && (top..top + height).contains(&y)
    };
    let pixels = (0..height).flat_map(|y| (0..width).map(move |x| (x, y)));
    let colours = pixels.map(|(x, y)| match (x, y) {
        (x, y) if is_in(GREEN_PART, x, y) => GREEN,
        (x, y) if is_in(RED_PART, x, y) => RED,
        (_, _) => BLUE,
    });
    Picture {
        width,
        height,
        rgba: colours.flat_map(|[r, g, b]| [r, g, b, 255]).collect(),
    }
}

/// Types the numbers of a part of the picture, and takes it.
async fn choose(page: &Page, [left, top, width, height]: [u16; 4]) -> Result<()> {
    page.sees(Role::Dialog, "Part to share").await?;
    for (edge, pixels) in [
        ("Left", left + DISTANCE),
        ("Top", top + DISTANCE),
        ("Width", width),
        ("Height", height),
    ] {
        page.fill(edge, &pixels.to_string()).await?;
    }
    page.button("Share this part").await
}

/// What has arrived of Ana's screen since the beginning.
async fn arrived(page: &Page) -> Result<Colours> {
    let colours: Option<Colours> = page.script(COLOURS, vec![json!(screen_of(ANA))]).await?;
    colours.context("no frame of the screen was seen")
}

/// Waits for more frames, of which some are as expected.
async fn arrives(page: &Page, what: &str, is_expected: fn(&Colours) -> bool) -> Result<Colours> {
    let mut first = None;
    wait::until(what, async || {
        let now = arrived(page).await?;
        let first = *first.get_or_insert(now.frames);
        ensure!(is_expected(&now), "{now:?}");
        Ok((now.frames >= first + FRAMES).then_some(now))
    })
    .await
}

#[tokio::test]
async fn pixels_outside_of_a_shared_part_never_arrive() -> Result<()> {
    run_test("share-part", async |env| {
        let (_relay, ana, ben) = window_and_browser(env, &[]).await?;
        user_actions::call(&ana, &ben).await?;
        media_stats::video_plays(&ben, ANA).await?;
        let _picture = env.show_picture_beside(&ana, "Picture", &picture())?;
        ben.script::<()>(WATCH, vec![]).await?;

        ana.button("More").await?;
        ana.button("Share part of a screen").await?;
        ana.button("Share").await?;
        choose(&ana, GREEN_PART).await?;
        ana.says("You are sharing your screen").await?;
        media_stats::video_plays(&ben, &screen_of(ANA)).await?;
        let colours = arrives(&ben, "the green part arrives", |seen| {
            seen.green > GREEN[1] - MAX_ERROR
        })
        .await?;
        let is_pure = colours.red < MAX_ERROR && colours.blue < MAX_ERROR;
        ensure!(is_pure, "more than the green part arrived: {colours:?}");

        // Another part, also while the share is paused.
        ana.button("Pause sharing").await?;
        ana.says("Sharing is paused").await?;
        ana.button("Change part").await?;
        choose(&ana, RED_PART).await?;
        let is_red = |seen: &Colours| seen.red > RED[0] - MAX_ERROR;
        arrives(&ben, "the red part arrives", is_red).await?;
        ana.button("Resume sharing").await?;
        ana.says("You are sharing your screen").await?;
        let colours = arrives(&ben, "the red part goes on", is_red).await?;
        ensure!(colours.blue < MAX_ERROR, "blue has arrived: {colours:?}");

        // What is outside would have been seen.
        ana.button("Change part").await?;
        ana.button("Share all of it").await?;
        let is_blue = |seen: &Colours| seen.blue > BLUE[2] - MAX_ERROR;
        arrives(&ben, "all of it arrives", is_blue).await?;
        Ok(())
    })
    .await
}

const COLOURS: &str = "
    const [name] = arguments;
    const video = document.querySelector(`video[aria-label=\"${name}\"]`);
    const [track] = video?.srcObject?.getVideoTracks() ?? [];
    return window.snugFrameColours.get(track?.id) ?? null;
";
