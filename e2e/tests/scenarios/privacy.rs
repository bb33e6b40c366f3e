//! During a whole call, the page contacts only the relay that served it.

use anyhow::{Result, ensure};
use e2e::{
    chromium::{self, Computer},
    media_stats,
    test_env::run_beside_another,
    user_actions,
};

use crate::{ANA, BEN};

#[tokio::test]
async fn page_requests_only_its_own_host() -> Result<()> {
    run_beside_another("no-other-host", async |env| {
        let relay = env.relay(&[]).await?;
        let noting = Computer {
            notes_requests: true,
            ..Computer::default()
        };
        let ana = env.browser_on("ana", noting).await?;
        let ben = env.browser("ben").await?;
        user_actions::meet(&relay, [(&ana, ANA), (&ben, BEN)], "42").await?;
        user_actions::call(&ana, &ben).await?;
        media_stats::person_is_seen_and_heard(&ana, BEN).await?;
        ana.button("Leave call").await?;
        user_actions::out_of_call(&ana).await?;
        let socket = relay.web().replace("http://", "ws://");
        let requests = chromium::requests(&ana).await?;
        ensure!(
            requests.iter().any(|address| address.starts_with(&socket)),
            "the page's own socket is missing in {requests:?}"
        );
        let foreign: Vec<&String> = requests
            .iter()
            .filter(|address| {
                !address.starts_with(&format!("{}/", relay.web()))
                    && !address.starts_with(&format!("{socket}/"))
                    && !address.starts_with("data:")
                    && !address.starts_with("blob:")
            })
            .collect();
        ensure!(foreign.is_empty(), "requested elsewhere: {foreign:?}");
        Ok(())
    })
    .await
}
