//! The app's window and a browser in one room, through the app's own signaling.

use anyhow::Result;
use e2e::{page::Role, stage::play, visit};

use crate::{ANA, BEN};

#[tokio::test]
async fn a_window_and_a_browser_see_each_other_come_and_go() -> Result<()> {
    play("window-and-browser", async |stage| {
        let relay = stage.relay(&[]).await?;
        let ana = stage.window_at("ana", &relay).await?;
        let ben = stage.browser("ben").await?;
        visit::join(&ana, ANA, "42").await?;
        visit::visit(&ben, &relay, BEN, "42").await?;
        visit::sees_person(&ana, BEN).await?;
        visit::sees_person(&ben, ANA).await?;
        ben.button("Leave room").await?;
        ana.says("You are alone in room 42").await?;
        visit::join(&ben, BEN, "42").await?;
        visit::sees_person(&ana, BEN).await?;
        ana.button("Leave room").await?;
        ana.sees(Role::Heading, "Join a room").await?;
        ben.says("You are alone in room 42").await
    })
    .await
}

#[tokio::test]
async fn a_closed_window_has_left_the_room() -> Result<()> {
    play("window-closed", async |stage| {
        // Long enough that only a proper goodbye can explain what the other sees in time.
        let relay = stage.relay(&["--grace", "600"]).await?;
        let ana = stage.window_at("ana", &relay).await?;
        let ben = stage.browser("ben").await?;
        visit::join(&ana, ANA, "42").await?;
        visit::visit(&ben, &relay, BEN, "42").await?;
        visit::sees_person(&ben, ANA).await?;
        stage.close_window(&ana).await?;
        ben.says("You are alone in room 42").await
    })
    .await
}
