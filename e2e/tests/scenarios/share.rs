//! Shared screens between browsers, and between a browser and a window.

use anyhow::{Result, ensure};
use e2e::{
    media_stats,
    page::{Page, Role},
    test_env::{run_beside_another, run_test},
    user_actions::{self, in_call, sees_person},
    wait,
};
use serde_json::json;

#[cfg(target_os = "linux")]
use e2e::{
    display::{DEFAULT_SIZE, PLAIN_WINDOW_SIZE, PlainWindow},
    frame_colours::{self, MAX_ERROR},
    small_text::SmallText,
};

use crate::{ANA, BEN, CAM, ana_calls_ben, window_and_browser};

/// From the end of a share by the system to its end at the others.
const MAX_END_MS: f64 = 1_000.0;
const END_TIME: &str = include_str!("../../src/page/end-time.js");
const SCREEN_CODEC: &str = include_str!("../../src/page/screen-codec.js");

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

        // A second one, by key; both go on.
        ben.keys("s").await?;
        media_stats::video_plays(&ana, &screen_of(BEN)).await?;

        full_screen_begins_and_ends(&cam).await?;
        media_stats::video_plays(&cam, &screen_of(BEN)).await?;

        // The button in the bar.
        ana.button("Stop").await?;
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
        media_stats::person_is_seen_and_heard(&cam, BEN).await?;

        // The same key stops it.
        ben.keys("s").await?;
        media_stats::video_plays(&cam, &screen_of(BEN)).await?;
        ben.keys("s").await?;
        cam.sees_no(Role::Video, &screen_of(BEN)).await?;
        ben.sees(Role::Button, "Share screen").await?;
        media_stats::person_is_seen_and_heard(&cam, BEN).await
    })
    .await
}

/// By key, and back by the button.
async fn full_screen_begins_and_ends(page: &Page) -> Result<()> {
    page.keys("f").await?;
    fills_the_screen(page, true).await?;
    page.button("Exit full screen").await?;
    fills_the_screen(page, false).await?;
    page.sees(Role::Button, "Full screen").await
}

async fn fills_the_screen(page: &Page, expect: bool) -> Result<()> {
    let what = format!("{} fills the screen: {expect}", page.name());
    wait::until(&what, async || {
        let is_full: bool = page.script(IS_FULL_SCREEN, vec![]).await?;
        Ok((is_full == expect).then_some(()))
    })
    .await
}

const IS_FULL_SCREEN: &str = "return document.fullscreenElement === document.documentElement";

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

#[cfg(target_os = "linux")]
#[tokio::test]
async fn screen_of_a_browser_is_seen_in_the_window() -> Result<()> {
    run_test("share-window", async |env| {
        let (_relay, ana, ben) = window_and_browser(env, &[]).await?;
        user_actions::call(&ana, &ben).await?;
        ben.button("Share screen").await?;
        media_stats::video_plays(&ana, &screen_of(BEN)).await?;
        media_stats::audio_plays(&ana, BEN).await?;
        full_screen_begins_and_ends(&ana).await?;
        media_stats::video_plays(&ana, &screen_of(BEN)).await?;
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

        // A picture that moves is no text; a still one is text again.
        let text = SmallText::numbered(9).picture(&ben).await?;
        let scroll = env.scroll_on_screen_of(&ana, &text, DEFAULT_SIZE)?;
        screen_is_sent_as(&ana, "motion").await?;
        drop(scroll);
        screen_is_sent_as(&ana, "detail").await?;
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

        // The pointer is in the picture, where it is.
        numbers.colour_pointer(0xff_ff_00)?;
        numbers.move_pointer(middle_of(PLAIN_WINDOW_SIZE))?;
        shows(&ben, |shown| shown.is_about([255, 255, 0])).await?;
        numbers.move_pointer((-30, -30))?;
        shows(&ben, |shown| shown.is_about([0, 128, 0])).await?;

        paused_window_stays_as_it_was(&ana, &ben, &numbers).await?;

        // Another size, also another way round.
        for size in [(200, 320), (480, 270)] {
            numbers.resize(size)?;
            shows(&ben, |shown| {
                shown.is_shaped(size) && shown.corner_is_about([0, 128, 0])
            })
            .await?;
        }

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

/// Waits until the shared screen has this hint for its encoder (mst-content-hint).
#[cfg(target_os = "linux")]
async fn screen_is_sent_as(page: &Page, hint: &str) -> Result<()> {
    wait::until(&format!("the screen is sent as {hint}"), async || {
        let hints: Vec<String> = page.script(SCREEN_HINTS, vec![]).await?;
        ensure!(hints == [hint], "it is {hints:?}");
        Ok(Some(()))
    })
    .await
}

#[cfg(target_os = "linux")]
const SCREEN_HINTS: &str = "
    return window.snugProbe
      .senders()
      .map(({ track }) => track)
      .filter((track) => track?.getSettings().displaySurface !== undefined)
      .map(({ contentHint }) => contentHint);
";

/// While Ana's share is paused, her green window becomes blue. Ben gets no blue before she resumes.
#[cfg(target_os = "linux")]
async fn paused_window_stays_as_it_was(ana: &Page, ben: &Page, window: &PlainWindow) -> Result<()> {
    let screen = screen_of(ANA);
    frame_colours::watch(ben).await?;
    ana.button("Pause sharing").await?;
    ana.says("Sharing is paused").await?;
    window.fill(0x00_00_ff)?;
    let what = "the old picture stays";
    let seen = frame_colours::arrive(ben, &screen, what, |seen| seen.green > 90).await?;
    ensure!(seen.blue < MAX_ERROR, "the new one has arrived: {seen:?}");
    shows(ben, |shown| shown.is_about([0, 128, 0])).await?;
    ana.button("Resume sharing").await?;
    shows(ben, |shown| shown.is_about([0, 0, 255])).await?;
    window.fill(0x00_80_00)?;
    shows(ben, |shown| shown.is_about([0, 128, 0])).await
}

#[cfg(target_os = "linux")]
fn middle_of((width, height): (u16, u16)) -> (i16, i16) {
    let half = |length: u16| (length / 2).cast_signed();
    (half(width), half(height))
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn screen_of_8k_is_seen_or_refused_in_words() -> Result<()> {
    run_test("share-8k", async |env| {
        let size = (7_680, 4_320);
        env.set_display_size(size);
        let (_relay, ana, ben) = window_and_browser(env, &[]).await?;
        user_actions::call(&ana, &ben).await?;
        ana.button("Share screen").await?;
        ana.button("Share").await?;
        // A slow computer has no first picture in time.
        let is_refused = wait::until("it is seen, or refused in words", async || {
            if ana
                .words()
                .await?
                .contains("The screen could not be captured")
            {
                return Ok(Some(true));
            }
            let stats = ben.media_stats(&screen_of(ANA)).await?;
            Ok((stats.frames > 0).then_some(false))
        })
        .await?;
        eprintln!("refused: {is_refused}");
        if !is_refused {
            shows(&ben, |shown| shown.is_shaped(size)).await?;
        }
        media_stats::person_is_seen_and_heard(&ben, ANA).await?;
        media_stats::person_is_seen_and_heard(&ana, BEN).await
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
        let is_shown = shown.as_ref().is_some_and(&is_expected);
        ensure!(is_shown, "it is {shown:?}");
        Ok(Some(()))
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
