//! A room of three people with Chromium, Firefox and a window: everybody sees and hears everybody.
//! `cargo xtask prove people` does the same with five and eight.

use std::time::Duration;

use anyhow::Result;
use e2e::{
    room::{
        Kind::{Chromium, Firefox, Window},
        Room,
    },
    test_env::run_test,
};

/// Two processors encode, send, decode and paint all of it.
const DEADLINE: Duration = Duration::from_secs(120);

#[tokio::test]
async fn three_with_three_programs_see_and_hear_each_other() -> Result<()> {
    run_test("mixed-3", async |env| {
        let relay = env.relay(&[]).await?;
        let room = Room::open(env, &relay, &[Window, Firefox, Chromium]).await?;
        room.call().await?;
        room.everybody_is_seen_and_heard(DEADLINE).await
    })
    .await
}
