//! No server at all: two windows on one computer meet in the relay that the first one runs.

use anyhow::Result;
use e2e::{stage::play, visit};

use crate::{ANA, BEN};

#[tokio::test]
async fn two_windows_on_one_computer_meet_without_a_server() -> Result<()> {
    play("own-relay", async |stage| {
        let ana = stage.window("ana", &["--mock-devices"]).await?;
        visit::join(&ana, ANA, "42").await?;
        let ben = stage.window("ben", &["--mock-devices"]).await?;
        visit::join(&ben, BEN, "42").await?;
        visit::sees_person(&ana, BEN).await?;
        visit::sees_person(&ben, ANA).await?;
        // The one who stays hosts from then on, and a third finds him.
        stage.close_window(&ana).await?;
        ben.says("You are alone in room 42").await?;
        let cam = stage.window("cam", &["--mock-devices"]).await?;
        visit::join(&cam, crate::CAM, "42").await?;
        visit::sees_person(&ben, crate::CAM).await
    })
    .await
}
