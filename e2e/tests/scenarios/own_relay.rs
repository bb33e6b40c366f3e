//! Without any server: two windows on one computer meet at the relay that the first one runs.

use anyhow::Result;
use e2e::{test_env::run_test, user_actions};

use crate::{ANA, BEN};

#[tokio::test]
async fn two_windows_on_one_computer_need_no_server() -> Result<()> {
    run_test("own-relay", async |env| {
        let ana = env.window("ana", &["--mock-devices"]).await?;
        user_actions::join(&ana, ANA, "42").await?;
        let ben = env.window("ben", &["--mock-devices"]).await?;
        user_actions::join(&ben, BEN, "42").await?;
        user_actions::sees_person(&ana, BEN).await?;
        user_actions::sees_person(&ben, ANA).await?;
        // The remaining window hosts the relay from then on, and a third one finds it.
        env.close_window(&ana).await?;
        ben.says("You are alone in room 42").await?;
        let cam = env.window("cam", &["--mock-devices"]).await?;
        user_actions::join(&cam, crate::CAM, "42").await?;
        user_actions::sees_person(&ben, crate::CAM).await
    })
    .await
}
