//! Shared screens between browsers, and between a browser and a window.

use anyhow::{Context, Result, ensure};
use e2e::{
    chromium, media_stats,
    page::{Page, Role},
    test_env::{run_beside_another, run_test},
    user_actions::{self, in_call, sees_person},
    wait,
};
use serde_json::json;
use thirtyfour::Key;

#[cfg(target_os = "linux")]
use e2e::display::PLAIN_WINDOW_SIZE;

use crate::{ANA, BEN, CAM, ana_calls_ben, window_and_browser};

/// From the end of a share by the system to its end at the others.
const MAX_END_MS: f64 = 1_000.0;
const END_TIME: &str = include_str!("../../src/page/end-time.js");
const SCREEN_CODEC: &str = include_str!("../../src/page/screen-codec.js");

/// Of a pointer, from one page to another on the same computer.
const MAX_DELAY_MS: f64 = 150.0;

pub(crate) fn screen_of(email: &str) -> String {
    format!("{email}'s screen")
}

#[tokio::test]
async fn shared_screens_are_seen_until_they_end() -> Result<()> {
    run_beside_another("share", async |env| {
        let (relay, ana, ben) = ana_calls_ben(env, &[]).await?;
        ana.button("Share screen").await?;
        ana.says("You are sharing your screen").await?;
        media_stats::video_plays(&ben, &screen_of(ANA)).await?;

        // Who comes later sees it too.
        let cam = env.browser("cam").await?;
        user_actions::visit(&cam, &relay, CAM, "42").await?;
        sees_person(&cam, ANA).await?;
        cam.button("Call").await?;
        in_call(&cam).await?;
        media_stats::video_plays(&cam, &screen_of(ANA)).await?;

        // A second one; both go on.
        ben.button("Share screen").await?;
        media_stats::video_plays(&ana, &screen_of(BEN)).await?;

        ana.button("Stop sharing").await?;
        ben.sees_no(Role::Video, &screen_of(ANA)).await?;
        media_stats::video_plays(&cam, &screen_of(BEN)).await?;
        media_stats::person_is_seen_and_heard(&ben, ANA).await?;

        // The system ends it.
        note_end(&cam, &screen_of(BEN)).await?;
        let begin = wait::clock();
        let ended: bool = ben.script(END_SHARE, Vec::new()).await?;
        assert!(ended, "no track of a screen is sent");
        ends_within_a_second(&cam, begin).await?;
        cam.sees_no(Role::Video, &screen_of(BEN)).await?;
        ben.sees(Role::Button, "Share screen").await?;
        media_stats::person_is_seen_and_heard(&cam, BEN).await
    })
    .await
}

#[tokio::test]
async fn sharer_is_told_who_cannot_see_the_screen() -> Result<()> {
    run_beside_another("share-unseen", async |env| {
        let (_relay, ana, ben) = ana_calls_ben(env, &[]).await?;
        // No codec of one is known to the other.
        for (page, codec) in [(&ana, "video/VP8"), (&ben, "video/VP9")] {
            let is_known: bool = page.script(SCREEN_CODEC, vec![json!(codec)]).await?;
            ensure!(is_known, "{} has no {codec}", page.name());
        }
        ana.button("Share screen").await?;
        ana.says("cannot see your screen").await?;
        media_stats::person_is_seen_and_heard(&ben, ANA).await?;
        media_stats::person_is_seen_and_heard(&ana, BEN).await
    })
    .await
}

#[tokio::test]
async fn pointer_on_a_shared_screen_arrives_in_place() -> Result<()> {
    run_test("share-point", async |env| {
        let (relay, ana, ben) = ana_calls_ben(env, &[]).await?;
        let cam = env.browser("cam").await?;
        // Another size than Ben's.
        chromium::resize(&cam, 900, 620).await?;
        user_actions::visit(&cam, &relay, CAM, "42").await?;
        sees_person(&cam, ANA).await?;
        cam.button("Call").await?;
        in_call(&cam).await?;
        ana.button("Share screen").await?;
        let screen = screen_of(ANA);
        media_stats::video_plays(&ben, &screen).await?;
        media_stats::video_plays(&cam, &screen).await?;

        // Ben has zoomed in. By keys: on a busy computer the dock fades between two presses.
        for name in ["Zoom in", "Zoom in", "Point"] {
            ben.find(Role::Button, name).await?.focus().await?;
            ben.keys(Key::Enter).await?;
        }
        let at: (f64, f64) = ben
            .script(POINT_OF, vec![json!(screen), json!(0.4), json!(0.63)])
            .await?;
        pointed_near(&ben, at, &cam, &screen, (0.4, 0.63)).await?;
        pointed_near(&ben, at, &ana, "Your screen", (0.4, 0.63)).await?;
        ana.says("points at your screen").await?;

        // By keys, from where the pointer was.
        for page in [&ben, &cam] {
            page.script::<()>(RECORD_PLACES, vec![]).await?;
        }
        let mut own: (f64, f64) = ben.script(MARK_ON, vec![json!(screen)]).await?;
        for _ in 0..8 {
            ben.keys(Key::Right).await?;
            // The driver may answer before the page has drawn it.
            own = wait::until("the key has moved the own pointer", async || {
                let now: Option<(f64, f64)> = ben.script(MARK_ON, vec![json!(screen)]).await?;
                Ok(now.filter(|now| now.0 > own.0 + MIN_KEY_MOVE))
            })
            .await?;
            last_place_arrives(&ben, &cam).await?;
        }
        ensure!(own.0 > 0.45, "the arrow keys moved it to {own:?}");
        let delay = median_delay(&ben, &cam).await?;
        ensure!(delay < MAX_DELAY_MS, "the pointer came {delay} ms late");

        ben.keys(Key::Escape).await?;
        let what = "the pointer is gone on Cam's page";
        wait::until(what, async || {
            let mark: Option<(f64, f64)> = cam.script(MARK_ON, vec![json!(screen)]).await?;
            Ok(mark.is_none().then_some(()))
        })
        .await
    })
    .await
}

/// From now on, the page notes when this picture is gone.
pub(crate) async fn note_end(page: &Page, picture: &str) -> Result<()> {
    let is_there: bool = page.script(END_TIME, vec![json!(picture)]).await?;
    ensure!(is_there, "{} has no {picture}", page.name());
    Ok(())
}

/// The picture of [`note_end`] was gone soon after `begin`, by [`wait::clock`].
pub(crate) async fn ends_within_a_second(page: &Page, begin: f64) -> Result<()> {
    let end: f64 = wait::until("the picture ends", async || {
        page.script("return window.snugEndTime", vec![]).await
    })
    .await?;
    let delay = end - begin;
    ensure!(delay < MAX_END_MS, "the picture ended {delay:.0} ms late");
    Ok(())
}

/// How long after the one page the other one shows the pointer in the same place, in milliseconds.
async fn median_delay(one: &Page, other: &Page) -> Result<f64> {
    let sent: Vec<(String, f64)> = one.script(ALL_PLACES, vec![]).await?;
    let arrived: Vec<(String, f64)> = other.script(ALL_PLACES, vec![]).await?;
    let mut delays: Vec<f64> = sent
        .iter()
        .filter_map(|(place, at)| {
            let (_, shown) = arrived.iter().find(|(there, _)| there == place)?;
            Some(shown - at)
        })
        .collect();
    ensure!(delays.len() > 3, "{arrived:?} arrived of {sent:?}");
    delays.sort_by(f64::total_cmp);
    Ok(delays[delays.len() / 2])
}

/// Every place that the second page has shown is recorded, since a mark leaves the screen after
/// three seconds and a busy browser may answer later.
async fn last_place_arrives(one: &Page, other: &Page) -> Result<()> {
    wait::until("the last place of the pointer arrives", async || {
        let last: Option<String> = one.script(LAST_PLACE, vec![]).await?;
        let arrived: Vec<(String, f64)> = other.script(ALL_PLACES, vec![]).await?;
        let last = last.context("the pointer has no place")?;
        Ok(arrived
            .iter()
            .any(|(place, _)| *place == last)
            .then_some(()))
    })
    .await
}

/// Holds the pointer of `by` at these pixels until the mark on the other page's picture is at these
/// fractions of it, within one hundredth. A hand is never quite still, so the mark stays.
async fn pointed_near(
    by: &Page,
    at: (f64, f64),
    page: &Page,
    picture: &str,
    (x, y): (f64, f64),
) -> Result<()> {
    let what = format!("{}: a mark at {x}, {y} of {picture}", page.name());
    let mut shake = 0;
    wait::until(&what, async || {
        shake = 1 - shake;
        #[expect(clippy::cast_possible_truncation, reason = "pixels of a window")]
        let (left, top) = (at.0 as i64 + shake, at.1 as i64);
        by.driver()
            .action_chain()
            .move_to(left, top)
            .perform()
            .await?;
        let mark: Option<(f64, f64)> = page.script(MARK_ON, vec![json!(picture)]).await?;
        let (there_x, there_y) = mark.context("there is no mark")?;
        ensure!(
            (there_x - x).abs() < 0.01 && (there_y - y).abs() < 0.01,
            "it is at {there_x}, {there_y}"
        );
        Ok(Some(()))
    })
    .await
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn screen_of_a_browser_is_seen_in_the_window() -> Result<()> {
    run_test("share-window", async |env| {
        let (_relay, ana, ben) = window_and_browser(env, &[]).await?;
        user_actions::call(&ana, &ben).await?;
        ben.button("Share screen").await?;
        media_stats::video_plays(&ana, &screen_of(BEN)).await?;
        media_stats::audio_plays(&ana, BEN).await?;
        ben.button("Stop sharing").await?;
        ana.sees_no(Role::Video, &screen_of(BEN)).await?;
        media_stats::person_is_seen_and_heard(&ana, BEN).await
    })
    .await
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn screen_of_the_window_is_seen_in_a_browser() -> Result<()> {
    run_test("share-of-window", async |env| {
        let (_relay, ana, ben) = window_and_browser(env, &[]).await?;
        user_actions::call(&ana, &ben).await?;

        // Who closes the picker shares nothing.
        ana.button("Share screen").await?;
        ana.button("Cancel").await?;
        ana.sees_no(Role::Dialog, PICKER).await?;
        ana.sees(Role::Button, "Share screen").await?;

        ana.button("Share screen").await?;
        ana.sees(Role::Dialog, PICKER).await?;
        ana.button("Share").await?;
        ana.says("You are sharing your screen").await?;
        media_stats::video_plays(&ben, &screen_of(ANA)).await?;
        shows(&ben, |shown| shown.is_shaped((1280, 800))).await?;
        media_stats::person_is_seen_and_heard(&ben, ANA).await?;
        media_stats::person_is_seen_and_heard(&ana, BEN).await?;

        ana.button("Pause sharing").await?;
        ana.says("Sharing is paused").await?;
        ana.button("Resume sharing").await?;
        media_stats::video_plays(&ben, &screen_of(ANA)).await?;

        ana.button("Stop sharing").await?;
        ben.sees_no(Role::Video, &screen_of(ANA)).await?;
        media_stats::person_is_seen_and_heard(&ben, ANA).await
    })
    .await
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn shared_window_of_the_app_ends_when_it_closes() -> Result<()> {
    run_test("share-one-window", async |env| {
        let (_relay, ana, ben) = window_and_browser(env, &[]).await?;
        user_actions::call(&ana, &ben).await?;
        let numbers = env.show_window_beside(&ana, "Quarterly numbers", 0x00_80_00)?;
        ana.button("Share screen").await?;
        picker_shows(&ana, "Quarterly numbers", |picture| {
            (picture.width, picture.height) == (240, 150) && picture.middle == [0, 128, 0]
        })
        .await?;
        picker_shows(&ana, "Whole screen", |picture| picture.width == 240).await?;
        // A new picture of what is shown then.
        numbers.fill(0x00_00_ff)?;
        picker_shows(&ana, "Quarterly numbers", |picture| {
            picture.middle == [0, 0, 255]
        })
        .await?;
        numbers.fill(0x00_80_00)?;
        ana.screenshot(&env.folder().join("picker.png")).await?;
        let (width, height) = PLAIN_WINDOW_SIZE;
        let name = format!("\u{2068}Quarterly numbers\u{2069}, {width} × {height}");
        ana.press(Role::Radio, &name).await?;
        ana.button("Share").await?;
        media_stats::video_plays(&ben, &screen_of(ANA)).await?;
        shows(&ben, |shown| {
            shown.is_shaped(PLAIN_WINDOW_SIZE) && shown.is_about([0, 128, 0])
        })
        .await?;

        note_end(&ben, &screen_of(ANA)).await?;
        let begin = wait::clock();
        drop(numbers);
        ends_within_a_second(&ben, begin).await?;
        ben.sees_no(Role::Video, &screen_of(ANA)).await?;
        ana.sees(Role::Button, "Share screen").await?;
        media_stats::person_is_seen_and_heard(&ben, ANA).await
    })
    .await
}

#[cfg(target_os = "linux")]
const PICKER: &str = "Share your screen";

/// A small picture in the picker.
#[cfg(target_os = "linux")]
#[derive(Debug, serde::Deserialize)]
struct PickerPicture {
    label: String,
    width: u32,
    height: u32,
    /// Red, green and blue.
    middle: [u8; 3],
}

/// Waits until the picture of the source with this label is as expected.
#[cfg(target_os = "linux")]
async fn picker_shows(
    page: &Page,
    label: &str,
    is_expected: impl Fn(&PickerPicture) -> bool,
) -> Result<()> {
    wait::until("the picker shows the source", async || {
        let pictures: Vec<PickerPicture> = page.script(PICKER_PICTURES, vec![]).await?;
        let is_shown = pictures
            .iter()
            .any(|picture| picture.label.contains(label) && is_expected(picture));
        ensure!(is_shown, "{label} is not in {pictures:?}");
        Ok(Some(()))
    })
    .await
}

#[cfg(target_os = "linux")]
const PICKER_PICTURES: &str = include_str!("../../src/page/picker-pictures.js");

/// A shared screen as it is shown.
#[cfg(target_os = "linux")]
#[derive(Debug, serde::Deserialize)]
pub(crate) struct Shown {
    width: u32,
    height: u32,
    /// Red, green and blue of its middle.
    middle: [u8; 3],
    /// The same near its lower right corner.
    corner: [u8; 3],
}

#[cfg(target_os = "linux")]
impl Shown {
    /// A slow computer sends it smaller, in whole pairs of pixels.
    pub(crate) fn is_shaped(&self, (width, height): (u16, u16)) -> bool {
        let (width, height) = (f64::from(width), f64::from(height));
        let shape = f64::from(self.width) / f64::from(self.height.max(1));
        (shape / (width / height) - 1.0).abs() < 0.02
    }

    fn is_about(&self, colour: [u8; 3]) -> bool {
        is_about(self.middle, colour)
    }

    pub(crate) fn corner_is_about(&self, colour: [u8; 3]) -> bool {
        is_about(self.corner, colour)
    }
}

#[cfg(target_os = "linux")]
fn is_about(seen: [u8; 3], sent: [u8; 3]) -> bool {
    let mut pairs = seen.iter().zip(sent);
    pairs.all(|(seen, sent)| seen.abs_diff(sent) < 12)
}

/// Waits until Ana's screen is shown as expected.
#[cfg(target_os = "linux")]
pub(crate) async fn shows(page: &Page, is_expected: impl Fn(&Shown) -> bool) -> Result<()> {
    wait::until("the shared screen is as expected", async || {
        let name = json!(screen_of(ANA));
        let shown: Option<Shown> = page.script(SHOWN, vec![name]).await?;
        Ok(shown.is_some_and(|shown| is_expected(&shown)).then_some(()))
    })
    .await
}

#[cfg(target_os = "linux")]
const SHOWN: &str = "
    const [name] = arguments;
    const video = [...document.querySelectorAll('video')].find(
      (candidate) => candidate.getAttribute('aria-label') === name,
    );
    if (!video || video.videoWidth === 0) return null;
    const canvas = document.createElement('canvas');
    canvas.width = 1;
    canvas.height = 1;
    const pen = canvas.getContext('2d');
    const { videoWidth: width, videoHeight: height } = video;
    const colourAt = (share) => {
      pen.drawImage(video, width * share, height * share, 1, 1, 0, 0, 1, 1);
      return [...pen.getImageData(0, 0, 1, 1).data].slice(0, 3);
    };
    return { width, height, middle: colourAt(0.5), corner: colourAt(0.95) };
";

/// Ends the captured screen as the bar of the system does.
const END_SHARE: &str = "
    const senders = window.snugProbe.senders();
    const screens = senders
      .map(({ track }) => track)
      .filter((track) => track?.getSettings().displaySurface !== undefined);
    for (const track of screens) {
      track.stop();
      track.dispatchEvent(new Event('ended'));
    }
    return screens.length > 0;
";

/// The point of the window at these fractions of the named picture.
const POINT_OF: &str = "
    const [name, x, y] = arguments;
    const picture = document.querySelector(`video[aria-label=\"${name}\"]`).getBoundingClientRect();
    return [picture.x + picture.width * x, picture.y + picture.height * y];
";

/// How far one press of an arrow key moves the pointer at least, of the picture's width.
const MIN_KEY_MOVE: f64 = 0.003;

/// Where the pointer of somebody is on the named picture, in fractions; null if there is none.
const MARK_ON: &str = "
    const [name] = arguments;
    const picture = document.querySelector(
      `video[aria-label=\"${name}\"], canvas[aria-label=\"${name}\"]`,
    );
    const mark = document.querySelector('[data-mark=\"pointer\"]');
    if (picture === null || mark === null) return null;
    const box = picture.getBoundingClientRect();
    const at = mark.getBoundingClientRect();
    return [(at.x - box.x) / box.width, (at.y - box.y) / box.height];
";

const ALL_PLACES: &str = "return [...window.pointerPlaces]";
const LAST_PLACE: &str = "return [...window.pointerPlaces.keys()].at(-1) ?? null";

/// Notes when the pointer is first shown in each place.
const RECORD_PLACES: &str = "
    const places = new Map();
    new MutationObserver(() => {
      const mark = document.querySelector('[data-mark=\"pointer\"]');
      if (mark === null) return;
      const place = `${mark.style.left} ${mark.style.top}`;
      if (!places.has(place)) places.set(place, Date.now());
    }).observe(document, { subtree: true, childList: true, attributes: true });
    window.pointerPlaces = places;
";
