//! The codecs that both support: a call between a window and a browser in each of them.

use anyhow::{Result, ensure};
use e2e::{
    codec::{self, Codec},
    media_stats,
    test_env::run_test,
    user_actions,
};

use crate::{ANA, BEN};

#[tokio::test]
async fn window_and_browser_call_in_h264() -> Result<()> {
    see_each_other("codec-h264", Codec::H264).await
}

#[tokio::test]
async fn window_and_browser_call_in_vp8() -> Result<()> {
    see_each_other("codec-vp8", Codec::Vp8).await
}

async fn see_each_other(name: &str, codec: Codec) -> Result<()> {
    run_test(name, async |env| {
        let relay = env.relay(&[]).await?;
        let ana = env.window_at("ana", &relay).await?;
        let ben = env.browser("ben").await?;
        ben.open(&relay.web()).await?;
        codec::only(&ana, codec).await?;
        codec::only(&ben, codec).await?;
        user_actions::join_both([(&ana, ANA), (&ben, BEN)], "42").await?;
        user_actions::call(&ben, &ana).await?;
        media_stats::video_plays(&ana, BEN).await?;
        media_stats::video_plays(&ben, ANA).await?;
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
