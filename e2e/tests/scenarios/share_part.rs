//! What is shared is what was chosen, in every frame: a part of a screen, and of a paused share the
//! picture of then.

use anyhow::{Result, ensure};
use e2e::{
    display::Picture,
    frame_colours::{self, Colours, MAX_ERROR},
    media_stats,
    page::{Page, Role},
    test_env::run_test,
    user_actions,
};
use serde_json::json;

use crate::{ANA, CAM, ana_calls_ben, share::screen_of, window_and_browser};

const SHARE_DRAWING: &str = include_str!("../../src/page/share-drawing.js");

const GREEN: [u8; 3] = [0, 160, 0];
const RED: [u8; 3] = [160, 0, 0];
const BLUE: [u8; 3] = [0, 0, 255];

/// In pixels: left, top, width, height.
type Place = [u16; 4];

/// The whole picture.
const WHOLE: Place = [0, 0, 640, 360];
const GREEN_PART: Place = [60, 80, 240, 180];
const RED_PART: Place = [340, 80, 240, 180];
/// The first one is below.
const PICTURE: [([u8; 3], Place); 3] = [(BLUE, WHOLE), (GREEN, GREEN_PART), (RED, RED_PART)];
/// Of the picture in another program's window, from the screen's corner.
const DISTANCE: u16 = 40;

fn picture() -> Picture {
    let [_, _, width, height] = WHOLE;
    let colour_at = |(x, y): (u16, u16)| {
        let is_in = |[left, top, width, height]: Place| {
            (left..left + width).contains(&x) && (top..top + height).contains(&y)
        };
        let mut all = PICTURE.iter().filter(|(_, place)| is_in(*place));
        all.next_back().map_or(BLUE, |(colour, _)| *colour)
    };
    let pixels = (0..height).flat_map(|y| (0..width).map(move |x| (x, y)));
    let colours = pixels.map(colour_at);
    Picture {
        width,
        height,
        rgba: colours.flat_map(|[r, g, b]| [r, g, b, 255]).collect(),
    }
}

/// From now on, this browser's screen is these rectangles.
async fn draw(page: &Page, rectangles: &[([u8; 3], Place)]) -> Result<()> {
    let [_, _, width, height] = WHOLE;
    let drawing = vec![json!([width, height]), json!(rectangles)];
    page.script(SHARE_DRAWING, drawing).await
}

/// Who shares, and how far its picture is from the screen's corner.
struct Sharer<'a> {
    page: &'a Page,
    email: &'a str,
    distance: u16,
}

impl Sharer<'_> {
    /// Types the numbers of a part of the picture, and takes it.
    async fn choose(&self, [left, top, width, height]: Place) -> Result<()> {
        let Self { page, distance, .. } = self;
        page.sees(Role::Dialog, "Part to share").await?;
        for (edge, pixels) in [
            ("Left", left + distance),
            ("Top", top + distance),
            ("Width", width),
            ("Height", height),
        ] {
            page.fill(edge, &pixels.to_string()).await?;
        }
        page.button("Share this part").await
    }

    /// What has arrived at the watcher since the beginning, when this is among it.
    async fn arrives(
        &self,
        watcher: &Page,
        what: &str,
        is_expected: fn(&Colours) -> bool,
    ) -> Result<Colours> {
        let what = format!("{}: {what}", self.page.name());
        frame_colours::arrive(watcher, &screen_of(self.email), &what, is_expected).await
    }
}

fn has_green(seen: &Colours) -> bool {
    seen.green > GREEN[1] - MAX_ERROR
}

fn has_red(seen: &Colours) -> bool {
    seen.red > RED[0] - MAX_ERROR
}

fn has_blue(seen: &Colours) -> bool {
    seen.blue > BLUE[2] - MAX_ERROR
}

/// The sharer is asked for a part of the picture.
async fn only_parts_arrive(sharer: &Sharer<'_>, watcher: &Page) -> Result<()> {
    let Sharer { page, email, .. } = sharer;
    sharer.choose(GREEN_PART).await?;
    page.says("You are sharing your screen").await?;
    media_stats::video_plays(watcher, &screen_of(email)).await?;
    let what = "the green part arrives";
    let colours = sharer.arrives(watcher, what, has_green).await?;
    let is_pure = colours.red < MAX_ERROR && colours.blue < MAX_ERROR;
    ensure!(is_pure, "more than the green part arrived: {colours:?}");

    // Another part, also while the share is paused.
    page.button("Pause sharing").await?;
    page.says("Sharing is paused").await?;
    page.button("Change part").await?;
    sharer.choose(RED_PART).await?;
    let what = "the red part arrives";
    sharer.arrives(watcher, what, has_red).await?;
    page.button("Resume sharing").await?;
    page.says("You are sharing your screen").await?;
    let what = "the red part goes on";
    let colours = sharer.arrives(watcher, what, has_red).await?;
    ensure!(colours.blue < MAX_ERROR, "blue has arrived: {colours:?}");

    // What is outside would have been seen.
    page.button("Change part").await?;
    page.button("Share all of it").await?;
    let what = "all of it arrives";
    sharer.arrives(watcher, what, has_blue).await?;
    Ok(())
}

#[tokio::test]
async fn pixels_outside_of_a_shared_part_never_arrive() -> Result<()> {
    run_test("share-part", async |env| {
        let (_relay, ana, ben) = window_and_browser(env, &[]).await?;
        user_actions::call(&ana, &ben).await?;
        media_stats::video_plays(&ben, ANA).await?;
        let _picture = env.show_picture_beside(&ana, "Picture", &picture())?;
        frame_colours::watch(&ben).await?;
        ana.button("More").await?;
        ana.button("Share part of a screen").await?;
        ana.button("Share").await?;
        let sharer = Sharer {
            page: &ana,
            email: ANA,
            distance: DISTANCE,
        };
        only_parts_arrive(&sharer, &ben).await
    })
    .await
}

/// While it is paused, the green screen becomes blue. No blue arrives before the end of the pause.
async fn paused_screen_stays_as_it_was(sharer: &Sharer<'_>, watcher: &Page) -> Result<()> {
    let Sharer { page, email, .. } = sharer;
    draw(page, &[(GREEN, WHOLE)]).await?;
    page.button("Share screen").await?;
    media_stats::video_plays(watcher, &screen_of(email)).await?;
    page.button("Pause sharing").await?;
    page.says("Sharing is paused").await?;
    draw(page, &[(BLUE, WHOLE)]).await?;
    let what = "the old picture stays";
    let colours = sharer.arrives(watcher, what, has_green).await?;
    ensure!(colours.blue < MAX_ERROR, "blue has arrived: {colours:?}");
    page.button("Resume sharing").await?;
    let what = "the new picture arrives";
    sharer.arrives(watcher, what, has_blue).await?;
    page.button("Stop sharing").await?;
    watcher.sees_no(Role::Video, &screen_of(email)).await
}

#[tokio::test]
async fn pixels_outside_of_a_browsers_part_never_arrive() -> Result<()> {
    run_test("share-part-browsers", async |env| {
        let (relay, ana, ben) = ana_calls_ben(env, &[]).await?;
        let cam = env.firefox("cam").await?;
        user_actions::visit(&cam, &relay, CAM, "42").await?;
        user_actions::sees_person(&cam, ANA).await?;
        cam.button("Call").await?;
        user_actions::in_call(&cam).await?;
        media_stats::video_plays(&ben, CAM).await?;
        for (page, email) in [(&ana, ANA), (&cam, CAM)] {
            let sharer = Sharer {
                page,
                email,
                distance: 0,
            };
            frame_colours::watch(&ben).await?;
            paused_screen_stays_as_it_was(&sharer, &ben).await?;

            draw(page, &PICTURE).await?;
            frame_colours::watch(&ben).await?;
            page.button("More").await?;
            page.button("Share part of a screen").await?;
            only_parts_arrive(&sharer, &ben).await?;
            page.button("Stop sharing").await?;
            ben.sees_no(Role::Video, &screen_of(email)).await?;
        }
        Ok(())
    })
    .await
}
