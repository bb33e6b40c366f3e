//! Two nodes that are one relay, restarted one after the other in the middle of a call: nobody notices.

use anyhow::Result;
use e2e::{
    media_stats,
    nodes::Nodes,
    test_env::run_test,
    user_actions::{call, in_call, join_both},
};
use tokio::task::LocalSet;

use crate::{ANA, BEN, NOBODY_THERE, ben_leaves_the_call};

#[tokio::test]
async fn nobody_leaves_a_call_while_all_nodes_are_restarted() -> Result<()> {
    let play = run_test("rolling-restart", async |env| {
        // They are gone before the pages are.
        env.expect_console(NOBODY_THERE);
        let nodes = Nodes::start(env).await?;
        let ana = env.browser("ana").await?;
        let ben = env.browser("ben").await?;
        for page in [&ana, &ben] {
            page.open(&nodes.web()).await?;
        }
        join_both([(&ana, ANA), (&ben, BEN)], "42").await?;
        call(&ana, &ben).await?;
        media_stats::person_comes_through(&ana, BEN).await?;
        for _ in 0..2 {
            nodes.restart_all().await?;
            media_stats::person_comes_through(&ana, BEN).await?;
            media_stats::person_comes_through(&ben, ANA).await?;
            in_call(&ana).await?;
            in_call(&ben).await?;
        }
        // They still hear of each other by the nodes.
        ben_leaves_the_call(&ana, &ben).await
    });
    LocalSet::new().run_until(play).await
}
