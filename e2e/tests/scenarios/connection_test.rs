//! "Test my connection" in the lobby: a real call of the page with itself, and honest words where
//! there is nothing to test with.

use anyhow::Result;
use e2e::{
    page::{Page, Role},
    programs,
    test_env::run_beside_another,
    user_actions,
};

use crate::ANA;

const TITLE: &str = "Test my connection";

async fn tests(page: &Page) -> Result<()> {
    page.button(TITLE).await?;
    page.sees(Role::Dialog, TITLE).await
}

/// The room of the test is left: another join works at once.
async fn joins(page: &Page) -> Result<()> {
    page.button("Close").await?;
    user_actions::join(page, ANA, "42").await
}

#[tokio::test]
async fn browser_calls_itself_through_the_relay() -> Result<()> {
    run_beside_another("connection-test", async |env| {
        let turn = format!("127.0.0.1:{}", programs::free_port()?);
        let options = ["--turn", &turn, "--turn-host", "127.0.0.1"];
        let relay = env.relay(&options).await?;
        let ana = env.browser("ana").await?;
        ana.open(&relay.web()).await?;
        tests(&ana).await?;
        ana.says("A call through the TURN server works").await?;
        ana.says("Calls work from here").await?;
        ana.says("This connection carries").await?;
        joins(&ana).await
    })
    .await
}

#[tokio::test]
async fn window_calls_itself_through_the_relay() -> Result<()> {
    run_beside_another("connection-test-window", async |env| {
        let turn = format!("127.0.0.1:{}", programs::free_port()?);
        let options = ["--turn", &turn, "--turn-host", "127.0.0.1"];
        let relay = env.relay(&options).await?;
        let ana = env.window_at("ana", &relay).await?;
        tests(&ana).await?;
        ana.says("A call through the TURN server works").await?;
        ana.says("Calls work from here").await?;
        joins(&ana).await
    })
    .await
}

#[tokio::test]
async fn test_without_turn_says_what_it_cannot_know() -> Result<()> {
    run_beside_another("connection-test-bare", async |env| {
        let relay = env.relay(&[]).await?;
        let ana = env.browser("ana").await?;
        ana.open(&relay.web()).await?;
        tests(&ana).await?;
        ana.says("It offers no STUN and no TURN server").await?;
        ana.says("is known only once it is measured in a call")
            .await?;
        joins(&ana).await
    })
    .await
}

#[tokio::test]
async fn test_of_a_stopped_relay_says_so() -> Result<()> {
    run_beside_another("connection-test-stopped", async |env| {
        let relay = env.relay(&[]).await?;
        let ana = env.browser("ana").await?;
        ana.open(&relay.web()).await?;
        // Its code is loaded, as the relay serves it.
        tests(&ana).await?;
        ana.says("The relay answers").await?;
        env.expect_console("ERR_CONNECTION_REFUSED");
        relay.stop().await?;
        ana.button("Test again").await?;
        ana.says("The relay is out of reach").await
    })
    .await
}
