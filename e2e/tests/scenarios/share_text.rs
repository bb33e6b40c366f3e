//! Small text in a window that the app shares can be read at the other side soon.

use std::time::Duration;

use anyhow::{Result, ensure};
use e2e::{
    media_stats,
    page::{Page, Role},
    small_text::{self, MIN_SHARE, SmallText},
    star_network::StarNetwork,
    test_env::{TestEnv, run_test},
    user_actions, wait, watch,
    window::App,
};

use crate::{ANA, meet_in_the_room, share::screen_of, window_and_browser};

/// After the first picture.
const TIME_TO_READ: Duration = Duration::from_secs(2);
/// In kbit/s.
const NARROW: u32 = 500;
/// After the line has become narrow.
const TIME_TO_READ_NARROW: Duration = Duration::from_secs(5);
/// Of the voice, from then on.
const MAX_CONCEALED: f64 = 0.02;

/// Ana, in a call, shares a window with small text. Returns what was found, in words.
async fn small_text_is_read(env: &TestEnv, ana: &Page, ben: &Page) -> Result<String> {
    media_stats::person_is_seen_and_heard(ben, ANA).await?;
    let text = SmallText::numbered(5);
    let picture = text.picture(ben).await?;
    let _window = env.show_picture_beside(ana, "Text", &picture)?;
    small_text::keep_early(ben, &screen_of(ANA), TIME_TO_READ).await?;

    let pressed = share_text_window(ana, (picture.width, picture.height)).await?;
    let received = env.folder().join("received.png");
    let (width, found) =
        small_text::is_read_early(ben, &text, small_text::WHOLE, pressed, &received).await?;
    // Neither smaller nor larger than it is.
    ensure!(width == u32::from(picture.width), "{found}");
    Ok(found)
}

/// Returns when it was pressed, by [`wait::clock`].
async fn share_text_window(ana: &Page, (width, height): (u16, u16)) -> Result<f64> {
    ana.button("Share screen").await?;
    let name = format!("\u{2068}Text\u{2069}, {width} × {height}");
    ana.press(Role::Radio, &name).await?;
    let pressed = wait::clock();
    ana.button("Share").await?;
    Ok(pressed)
}

#[tokio::test]
async fn small_text_of_a_shared_window_is_read_in_two_seconds() -> Result<()> {
    run_test("share-text", async |env| {
        let (_relay, ana, ben) = window_and_browser(env, &[]).await?;
        user_actions::call(&ana, &ben).await?;
        eprintln!("{}", small_text_is_read(env, &ana, &ben).await?);
        Ok(())
    })
    .await
}

#[tokio::test]
async fn small_text_is_read_in_firefox_in_two_seconds() -> Result<()> {
    run_test("share-text-firefox", async |env| {
        let relay = env.relay(&[]).await?;
        let ana = env.window_at("ana", &relay).await?;
        let ben = env.firefox("ben").await?;
        meet_in_the_room(&relay, &ana, &ben).await?;
        user_actions::call(&ana, &ben).await?;
        eprintln!("{}", small_text_is_read(env, &ana, &ben).await?);
        Ok(())
    })
    .await
}

#[tokio::test]
async fn as_root_small_text_is_read_over_a_narrow_line() -> Result<()> {
    run_test("share-text-narrow", async |env| {
        let network = StarNetwork::build(2)?;
        let outcome = read_over(env, &network).await;
        // The page must not outlive its network.
        for page in env.open_browsers() {
            env.close_browser(&page).await.ok();
        }
        eprintln!("{}", outcome?);
        Ok(())
    })
    .await
}

/// Returns what was found, in words.
async fn read_over(env: &TestEnv, network: &StarNetwork) -> Result<String> {
    let relay = env.open_relay().await?;
    network.share(relay.port())?;
    let places = network.places();
    let arguments = ["--relay", &relay.address(), "--mock-devices"];
    let ana = env.app("ana", App::Snug, &arguments, &places[0]).await?;
    let ben = env
        .browser_at("ben", Default::default(), &places[1])
        .await?;
    meet_in_the_room(&relay, &ana, &ben).await?;
    user_actions::call(&ana, &ben).await?;
    media_stats::person_is_seen_and_heard(&ben, ANA).await?;
    let first = SmallText::numbered(6).picture(&ben).await?;
    let window = env.show_picture_beside(&ana, "Text", &first)?;
    share_text_window(&ana, (first.width, first.height)).await?;
    media_stats::video_plays(&ben, &screen_of(ANA)).await?;

    // The page is turned when the line becomes narrow.
    let text = SmallText::numbered(7);
    let second = text.picture(&ben).await?;
    network.limit(Some(NARROW))?;
    let before = watch::sound(&ben).await?;
    window.show(&second)?;
    wait::measure_for(TIME_TO_READ_NARROW).await;
    let shown = small_text::shown(&ben, &screen_of(ANA), small_text::WHOLE).await?;
    wait::measure_for(TIME_TO_READ_NARROW).await;
    let concealed = watch::sound(&ben).await?.concealed_since(&before);
    let read = small_text::read(&shown.png, &env.folder().join("received.png"))?;
    let share = text.share_of(&read);
    let found = format!(
        "{:.1} % of the letters, in a picture {} wide; {:.1} % of the voice is made up",
        share * 100.0,
        shown.width,
        concealed * 100.0
    );
    ensure!(share >= MIN_SHARE, "{found}:\n{read}");
    ensure!(concealed <= MAX_CONCEALED, "{found}");
    Ok(found)
}
