//! Raised hands and reactions between a window and a browser.

use anyhow::{Result, ensure};
use e2e::{
    page::{Page, Role},
    test_env::run_test,
    user_actions,
};

use crate::{ANA, BEN, window_and_browser};

#[tokio::test]
async fn hands_have_one_order_in_window_and_browser() -> Result<()> {
    run_test("hands", async |env| {
        let (_relay, ana, ben) = window_and_browser(env, &[]).await?;
        user_actions::call(&ana, &ben).await?;

        ben.keys("h").await?;
        ana.says("Ben raised a hand.").await?;
        has_turn(&ana, 1).await?;
        ana.button("Raise hand").await?;
        has_turn(&ben, 2).await?;
        ana.sees(Role::Button, "Lower hand").await?;

        ana.button("People").await?;
        ana.sees(Role::Button, "Ask Ben to lower the hand").await?;
        let people = ana.text(Role::List, "People").await?;
        ensure!(people.find(BEN) < people.find(ANA), "{people}");
        ana.button("Ask Ben to lower the hand").await?;
        ben.says("Ana asks you to lower your hand.").await?;

        // Still second for everybody after a reload.
        ben.reload().await?;
        user_actions::in_call(&ben).await?;
        has_turn(&ben, 2).await?;
        ben.keys("h").await?;
        ben.says("Your hand is lowered.").await?;
        has_turn(&ben, 1).await?;
        has_no_turn(&ana, 2).await?;

        ben.keys("r").await?;
        ben.sees(Role::Dialog, "Send a reaction").await?;
        ben.keys("1").await?;
        ana.says("Ben: Applause.").await?;
        ben.says("You: Applause.").await
    })
    .await
}

/// Somebody's raised hand has this number.
async fn has_turn(page: &Page, turn: u32) -> Result<()> {
    page.says(&format!("Hand raised, number {turn}:")).await
}

async fn has_no_turn(page: &Page, turn: u32) -> Result<()> {
    page.says_no_more(&format!("Hand raised, number {turn}:"))
        .await
}
