//! The app's window on a Wayland desktop, which shares its screen by the desktop's portal.

use std::{fs, rc::Rc, time::Duration};

use anyhow::{Result, ensure};
use e2e::{
    media_stats,
    page::{Page, Role},
    small_text::{self, SmallText},
    test_env::{TestEnv, run_test},
    user_actions, wait,
    wayland_desktop::{Desktop, Part},
};

use crate::{
    ANA, meet_in_the_room,
    share::{ends_within_a_second, note_end, screen_of, shows},
};

const SIZE: (u16, u16) = (1600, 1000);
/// The desktop first gives the window all of the screen, then a place that leaves the lower right
/// corner free. In one command sway would do the parts at once.
const PLACES: [&str; 3] = [
    "[app_id=\".*\"] floating enable",
    "[app_id=\".*\"] resize set 1280 800",
    "[app_id=\".*\"] move position 0 0",
];
const GREEN: [u8; 3] = [0, 128, 0];

/// Ana in the window of a desktop and Ben in a browser are in a call.
async fn call_from(env: &TestEnv, desktop: &Rc<Desktop>) -> Result<(Page, Page)> {
    desktop.show_colour("#008000");
    let relay = env.relay(&[]).await?;
    let ana = env.window_on(desktop, "ana", &relay).await?;
    for place in PLACES {
        desktop.tell(place);
    }
    let ben = env.browser("ben").await?;
    meet_in_the_room(&relay, &ana, &ben).await?;
    user_actions::call(&ana, &ben).await?;
    let log = fs::read_to_string(env.folder().join("ana-window.log"))?;
    ensure!(!log.contains("the page's process is gone"), "{log}");
    Ok((ana, ben))
}

#[tokio::test]
async fn wayland_screen_is_seen_until_the_desktop_ends_it() -> Result<()> {
    run_test("share-wayland", async |env| {
        let desktop = env.wayland_desktop("1600x1000")?;
        let (ana, ben) = call_from(env, &desktop).await?;
        ana.button("Share screen").await?;
        ana.says("You are sharing your screen").await?;
        media_stats::video_plays(&ben, &screen_of(ANA)).await?;
        shows(&ben, |shown| {
            shown.is_shaped(SIZE) && shown.corner_is_about(GREEN)
        })
        .await?;
        desktop.show_colour("#0000ff");
        shows(&ben, |shown| shown.corner_is_about([0, 0, 255])).await?;
        media_stats::person_is_seen_and_heard(&ben, ANA).await?;

        ana.button("Stop sharing").await?;
        ben.sees_no(Role::Video, &screen_of(ANA)).await?;
        ana.button("Share screen").await?;
        media_stats::video_plays(&ben, &screen_of(ANA)).await?;

        note_end(&ben, &screen_of(ANA)).await?;
        let begin = wait::clock();
        desktop.end(Part::Portal);
        ends_within_a_second(&ben, begin).await?;
        ben.sees_no(Role::Video, &screen_of(ANA)).await?;
        ana.sees(Role::Button, "Share screen").await?;
        media_stats::person_is_seen_and_heard(&ben, ANA).await
    })
    .await
}

/// The app leaves the right half of the screen free.
/// sway keeps the middle of a window that it resizes.
const BESIDE_TEXT: [&str; 2] = ["[app_id=\".*\"] resize set 780 800", PLACES[2]];
/// Of the screen: 640×360 pixels.
const TEXT_PART: [f64; 4] = [0.55, 0.2, 0.4, 0.36];
/// After the first picture.
const TIME_TO_READ: Duration = Duration::from_secs(2);

#[tokio::test]
async fn small_text_of_a_wayland_screen_is_read_in_two_seconds() -> Result<()> {
    run_test("share-wayland-text", async |env| {
        let desktop = env.wayland_desktop("1600x1000")?;
        let (ana, ben) = call_from(env, &desktop).await?;
        for place in BESIDE_TEXT {
            desktop.tell(place);
        }
        let text = SmallText::numbered(8);
        let file = env.folder().join("desktop.png");
        fs::write(&file, text.png(&ben, SIZE, TEXT_PART).await?)?;
        desktop.show_picture(&file);
        small_text::keep_early(&ben, &screen_of(ANA), TIME_TO_READ).await?;
        let pressed = wait::clock();
        ana.button("Share screen").await?;
        let received = env.folder().join("received.png");
        let (_, found) =
            small_text::is_read_early(&ben, &text, TEXT_PART, pressed, &received).await?;
        eprintln!("{found}");
        Ok(())
    })
    .await
}

#[tokio::test]
async fn desktop_without_a_portal_names_the_packages() -> Result<()> {
    run_test("share-wayland-without-portal", async |env| {
        let desktop = env.wayland_desktop("1600x1000")?;
        let (ana, ben) = call_from(env, &desktop).await?;
        desktop.end(Part::Portal);
        ana.button("Share screen").await?;
        ana.says("Install xdg-desktop-portal").await?;
        ana.sees(Role::Button, "Share screen").await?;
        media_stats::person_is_seen_and_heard(&ben, ANA).await
    })
    .await
}
