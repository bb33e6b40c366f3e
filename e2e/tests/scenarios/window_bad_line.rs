//! A call of the app's window over a path that loses packets: two computers made of the kernel's
//! network namespaces. Only root can make them. `cargo xtask test` reports it when it skips this
//! test.

use std::time::Duration;

use anyhow::{Result, ensure};
use e2e::{
    media_stats,
    network::{Line, Network},
    page::Page,
    test_env::{TestEnv, run_test},
    user_actions, wait, watch,
    window::App,
};

use crate::{ANA, BEN, meet_in_the_room};

const WATCH_DURATION: Duration = Duration::from_secs(10);
/// In milliseconds. A lost frame costs a key frame, which may be lost as well. The bench measures
/// how short freezes are.
const MAX_FREEZE_MS: f64 = 3_000.0;
/// A twentieth is lost, and nearly all of that is recovered by redundancy.
const MAX_CONCEALED: f64 = 0.15;

#[tokio::test]
async fn as_root_window_and_browser_talk_at_five_per_cent_loss() -> Result<()> {
    run_test("bad-line", async |env| {
        let network = Network::build()?;
        network.make(Line::Lossy(5))?;
        call(env, &network).await
    })
    .await
}

async fn call(env: &TestEnv, network: &Network) -> Result<()> {
    let relay = env.open_relay().await?;
    network.share(relay.port())?;
    let [at_ana, at_ben] = network.places();
    let arguments = ["--relay", &relay.address(), "--mock-devices"];
    let ana = env.app("ana", App::Snug, &arguments, &at_ana).await?;
    let ben = env.browser_at("ben", Default::default(), &at_ben).await?;
    meet_in_the_room(&relay, &ana, &ben).await?;
    user_actions::call(&ben, &ana).await?;
    media_stats::person_is_seen_and_heard(&ana, BEN).await?;
    media_stats::person_is_seen_and_heard(&ben, ANA).await?;
    for (page, other) in [(&ana, BEN), (&ben, ANA)] {
        watch::begin(page, other).await?;
        media_stats::video_plays(page, other).await?;
    }
    let before = [watch::sound(&ana).await?, watch::sound(&ben).await?];
    // Discards the wait for the first frame.
    watch::counts(&ana).await?;
    watch::counts(&ben).await?;
    wait::measure_for(WATCH_DURATION).await;
    for (page, before) in [&ana, &ben].into_iter().zip(before) {
        comes_through(page, before).await?;
    }
    Ok(())
}

async fn comes_through(page: &Page, before: watch::Sound) -> Result<()> {
    let name = page.name();
    let freeze = watch::counts(page).await?.longest;
    ensure!(
        freeze < MAX_FREEZE_MS,
        "{name}'s video was frozen for {freeze:.0} ms"
    );
    let now = watch::sound(page).await?;
    ensure!(now.all > before.all, "{name} hears nothing");
    let concealed = now.concealed_since(&before);
    ensure!(
        concealed < MAX_CONCEALED,
        "{:.0} % of what {name} hears is made up",
        concealed * 100.0
    );
    Ok(())
}
