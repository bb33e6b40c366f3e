//! A whole call asks nobody but the relay that served the page.

use anyhow::{Result, ensure};
use e2e::{
    chromium::{self, Computer},
    figures,
    stage::play,
    visit,
};

use crate::{ANA, BEN};

#[tokio::test]
async fn nothing_is_requested_from_another_host() -> Result<()> {
    play("no-other-host", async |stage| {
        let relay = stage.relay(&[]).await?;
        let noting = Computer {
            notes_requests: true,
            ..Computer::default()
        };
        let ana = stage.browser_on("ana", noting).await?;
        let ben = stage.browser("ben").await?;
        visit::meet(&relay, [(&ana, ANA), (&ben, BEN)], "42").await?;
        visit::call(&ana, &ben).await?;
        figures::person_comes_through(&ana, BEN).await?;
        ana.button("Leave call").await?;
        visit::out_of_call(&ana).await?;
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
