//! The app's window on a Wayland desktop, which shares its screen by the desktop's portal.

use std::{fs, rc::Rc};

use anyhow::{Result, ensure};
use e2e::{
    media_stats,
    page::{Page, Role},
    test_env::{TestEnv, run_test},
    user_actions::{self, sees_person},
    wayland_desktop::{Desktop, Part},
};

use crate::{
    ANA, BEN,
    share::{screen_of, shows},
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
    user_actions::join(&ana, ANA, "42").await?;
    user_actions::visit(&ben, &relay, BEN, "42").await?;
    sees_person(&ana, BEN).await?;
    sees_person(&ben, ANA).await?;
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

        desktop.end(Part::Portal);
        ben.sees_no(Role::Video, &screen_of(ANA)).await?;
        ana.sees(Role::Button, "Share screen").await?;
        media_stats::person_is_seen_and_heard(&ben, ANA).await
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
