//! Small text in a window that the app shares can be read at the other side soon.

use std::time::Duration;

use anyhow::{Result, ensure};
use e2e::{
    media_stats,
    page::Role,
    small_text::{self, SmallText},
    test_env::run_test,
    user_actions, wait,
};

use crate::{ANA, share::screen_of, window_and_browser};

/// After the first picture.
const TIME_TO_READ: Duration = Duration::from_secs(2);
/// Of the letters.
const MIN_SHARE: f64 = 0.95;

#[tokio::test]
async fn small_text_of_a_shared_window_is_read_in_two_seconds() -> Result<()> {
    run_test("share-text", async |env| {
        let (_relay, ana, ben) = window_and_browser(env, &[]).await?;
        user_actions::call(&ana, &ben).await?;
        media_stats::person_is_seen_and_heard(&ben, ANA).await?;
        let text = SmallText::numbered(5);
        let picture = text.picture(&ben).await?;
        let _window = env.show_picture_beside(&ana, "Text", &picture)?;
        small_text::keep_early(&ben, &screen_of(ANA), TIME_TO_READ).await?;

        ana.button("Share screen").await?;
        let (width, height) = (picture.width, picture.height);
        let name = format!("\u{2068}Text\u{2069}, {width} × {height}");
        ana.press(Role::Radio, &name).await?;
        let pressed = wait::clock();
        ana.button("Share").await?;
        let early = small_text::kept_early(&ben).await?;
        let read = small_text::read(&early.png, &env.folder().join("received.png"))?;
        let share = text.share_of(&read);
        let found = format!(
            "{:.1} % of the letters, in a picture {} wide; the first one came {:.0} ms after the press",
            share * 100.0,
            early.width,
            early.first - pressed,
        );
        eprintln!("{found}");
        ensure!(share >= MIN_SHARE, "{found}:\n{read}");
        Ok(())
    })
    .await
}
