//! Two nodes that are one relay restart one after the other during a call. The call goes on.

use anyhow::Result;
use e2e::{
    media_stats,
    nodes::Nodes,
    test_env::run_beside_another,
    user_actions::{call, in_call, join_both},
};
use tokio::task::LocalSet;

use crate::{ANA, BEN, CONNECTION_REFUSED, ben_leaves_the_call};

#[tokio::test]
async fn call_survives_a_restart_of_all_nodes() -> Result<()> {
    let play = run_beside_another("rolling-restart", async |env| {
        // The nodes end before the pages do.
        env.expect_console(CONNECTION_REFUSED);
        let nodes = Nodes::start(env).await?;
        let ana = env.browser("ana").await?;
        let ben = env.browser("ben").await?;
        for page in [&ana, &ben] {
            page.open(&nodes.web()).await?;
        }
        join_both([(&ana, ANA), (&ben, BEN)], "42").await?;
        call(&ana, &ben).await?;
        media_stats::person_is_seen_and_heard(&ana, BEN).await?;
        for _ in 0..2 {
            nodes.restart_all().await?;
            media_stats::person_is_seen_and_heard(&ana, BEN).await?;
            media_stats::person_is_seen_and_heard(&ben, ANA).await?;
            in_call(&ana).await?;
            in_call(&ben).await?;
        }
        // Signaling through the nodes still works.
        ben_leaves_the_call(&ana, &ben).await
    });
    LocalSet::new().run_until(play).await
}
