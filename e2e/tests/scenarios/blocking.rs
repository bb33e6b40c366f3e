//! Somebody who is blocked does not ring and is not shown, also after they join again, and is not told.

use anyhow::{Result, ensure};
use e2e::{
    page::{Page, Role},
    test_env::run_beside_another,
    user_actions,
};

use crate::{
    BEN,
    private_room::{join, two_who_know_each_other},
};

/// Writes in the chat that is open, and waits until everybody has got it.
async fn write(page: &Page, text: &str) -> Result<()> {
    page.fill("Message", text).await?;
    page.button("Send").await?;
    page.says(text).await?;
    page.says("Delivered").await
}

#[tokio::test]
async fn blocked_person_neither_rings_nor_is_shown() -> Result<()> {
    run_beside_another("blocking", async |env| {
        let relay = env.relay(&[]).await?;
        // The block is kept with an identity once that is known.
        let (ana, ben, link) = two_who_know_each_other(env, &relay).await?;

        ana.button("Block Ben").await?;
        ana.says("is not told").await?;
        ana.button("Block").await?;
        ana.reads(Role::List, "People", "Blocked by you").await?;

        // What is written after the ring has come after it.
        ben.button("Call").await?;
        user_actions::in_call(&ben).await?;
        ben.button("Chat").await?;
        write(&ben, "Are you there?").await?;
        ensure!(
            ana.all(Role::Dialog, Some("Incoming call"))
                .await?
                .is_empty(),
            "a blocked person rings"
        );
        ana.button("Chat").await?;
        ana.sees(Role::Log, "Messages").await?;
        let messages = ana.text(Role::Log, "Messages").await?;
        ensure!(!messages.contains("Are you"), "Ana reads {messages}");
        ben.button("Leave call").await?;
        user_actions::out_of_call(&ben).await?;

        // Another stay, with the same identity.
        ben.button("Leave room").await?;
        ben.open("about:blank").await?;
        ben.open(&link).await?;
        join(&ben, BEN).await?;
        ana.reads(Role::List, "People", "Blocked by you").await?;
        ana.button("Unblock Ben").await?;
        user_actions::call(&ben, &ana).await
    })
    .await
}
