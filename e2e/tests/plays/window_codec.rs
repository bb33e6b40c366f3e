//! The codecs that both can: a window and a browser understand each other in each of them.

use anyhow::{Result, ensure};
use e2e::{
    codec::{self, Codec},
    figures,
    stage::play,
    visit,
};

use crate::{ANA, BEN};

#[tokio::test]
async fn a_window_and_a_browser_see_each_other_in_h264() -> Result<()> {
    see_each_other("codec-h264", Codec::H264).await
}

#[tokio::test]
async fn a_window_and_a_browser_see_each_other_in_vp8() -> Result<()> {
    see_each_other("codec-vp8", Codec::Vp8).await
}

async fn see_each_other(name: &str, codec: Codec) -> Result<()> {
    play(name, async |stage| {
        let relay = stage.relay(&[]).await?;
        let ana = stage.window_at("ana", &relay).await?;
        let ben = stage.browser("ben").await?;
        ben.open(&relay.web()).await?;
        codec::only(&ana, codec).await?;
        codec::only(&ben, codec).await?;
        visit::join_both([(&ana, ANA), (&ben, BEN)], "42").await?;
        visit::call(&ben, &ana).await?;
        figures::picture_runs(&ana, BEN).await?;
        figures::picture_runs(&ben, ANA).await?;
        for page in [&ana, &ben] {
            let codecs = codec::in_use(page).await?;
            let all = codecs.sent.iter().chain(&codecs.received);
            ensure!(
                all.clone().all(|used| used == codec.mime_type()),
                "{}'s pictures are in {codecs:?}",
                page.name()
            );
        }
        Ok(())
    })
    .await
}
