//! Pointing and drawing on a shared screen: the marks are in place on the other pages, with the name.

use anyhow::{Context, Result, ensure};
use e2e::{
    chromium, media_stats,
    page::{Page, Role},
    test_env::run_test,
    user_actions::{self, in_call, sees_person},
    wait,
};
use serde_json::json;
use thirtyfour::Key;

use crate::{ANA, CAM, ana_calls_ben, share::screen_of};

/// Of a pointer, from one page to another on the same computer.
const MAX_DELAY_MS: f64 = 150.0;

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
        cam.script::<()>(RECORD_MARKS, vec![]).await?;

        // Ben has zoomed in. By keys: on a busy computer the dock fades between two presses.
        for name in ["Zoom in", "Zoom in", "Point"] {
            ben.find(Role::Button, name).await?.focus().await?;
            ben.keys(Key::Enter).await?;
        }
        let at = point_of(&ben, &screen, (0.4, 0.63)).await?;
        pointed_near(&ben, at, &cam, &screen, (0.4, 0.63)).await?;
        pointed_near(&ben, at, &ana, "Your screen", (0.4, 0.63)).await?;
        ana.says("points at your screen").await?;
        shows_mark(&cam, "Ben points", |mark| mark.kind == "pointer").await?;

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
        .await?;

        ben_draws(&ben, &screen, &cam).await
    })
    .await
}

/// A line by the pointer, and from its end one by keys.
async fn ben_draws(ben: &Page, screen: &str, cam: &Page) -> Result<()> {
    ben.find(Role::Button, "Draw").await?.focus().await?;
    ben.keys(Key::Enter).await?;
    let (begin, end) = ((0.4, 0.45), (0.55, 0.6));
    let (left, top) = point_of(ben, screen, begin).await?;
    let (right, bottom) = point_of(ben, screen, end).await?;
    ben.driver()
        .action_chain()
        .move_to(left, top)
        .click_and_hold()
        .move_to(right, top)
        .move_to(right, bottom)
        .release()
        .perform()
        .await?;
    shows_mark(cam, "Ben's line by the pointer", |mark| {
        mark.is_line(|first, last| is_near(first, begin) && is_near(last, end))
    })
    .await?;

    for _ in 0..KEY_PRESSES {
        let keys = ben.driver().action_chain().key_down(Key::Shift);
        keys.send_keys(Key::Right + "")
            .key_up(Key::Shift)
            .perform()
            .await?;
    }
    let least = end.0 + MIN_KEY_MOVE * f64::from(KEY_PRESSES);
    shows_mark(cam, "Ben's line by keys", |mark| {
        mark.is_line(|first, last| {
            is_near(first, end) && last.0 > least && (last.1 - first.1).abs() < 0.01
        })
    })
    .await
}

/// A pointer or a line with a name, as a page has shown it.
#[derive(Debug, serde::Deserialize)]
struct Mark {
    kind: String,
    name: String,
    /// The first and the last point of a line.
    ends: Option<((f64, f64), (f64, f64))>,
}

impl Mark {
    fn is_line(&self, is_expected: impl Fn((f64, f64), (f64, f64)) -> bool) -> bool {
        self.kind == "line"
            && self
                .ends
                .is_some_and(|(first, last)| is_expected(first, last))
    }
}

/// Waits until this page has shown such a mark with Ben's name.
async fn shows_mark(page: &Page, what: &str, is_expected: impl Fn(&Mark) -> bool) -> Result<()> {
    wait::until(what, async || {
        let marks: Vec<Mark> = page.script(MARKS, vec![]).await?;
        let is_shown = marks
            .iter()
            .any(|mark| mark.name == "Ben" && is_expected(mark));
        ensure!(is_shown, "only {:?}", marks.last());
        Ok(Some(()))
    })
    .await
}

fn is_near(one: (f64, f64), other: (f64, f64)) -> bool {
    (one.0 - other.0).abs() < 0.01 && (one.1 - other.1).abs() < 0.01
}

/// The pixel of the window at these fractions of the named picture.
async fn point_of(page: &Page, picture: &str, (x, y): (f64, f64)) -> Result<(i64, i64)> {
    let place = vec![json!(picture), json!(x), json!(y)];
    let (left, top): (f64, f64) = page.script(POINT_OF, place).await?;
    #[expect(clippy::cast_possible_truncation, reason = "pixels of a window")]
    let pixel = (left.round() as i64, top.round() as i64);
    Ok(pixel)
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
    (left, top): (i64, i64),
    page: &Page,
    picture: &str,
    (x, y): (f64, f64),
) -> Result<()> {
    let what = format!("{}: a mark at {x}, {y} of {picture}", page.name());
    let mut shake = 0;
    wait::until(&what, async || {
        shake = 1 - shake;
        by.driver()
            .action_chain()
            .move_to(left + shake, top)
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

const RECORD_MARKS: &str = include_str!("../../src/page/record-marks.js");
const MARKS: &str = "return [...window.snugMarks.values()]";
/// Of an arrow key, with Shift.
const KEY_PRESSES: u32 = 4;

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
