//! Calls whose only path is the relay's own TURN server.

use anyhow::Result;
use e2e::{
    media_stats, path, programs,
    test_env::{TestEnv, run_beside_another},
    turn::By,
    user_actions,
};

use crate::{ANA, BEN};

const V4: &str = "127.0.0.1";
const V6: &str = "[::1]";
/// Makes the page use only the transports in `arguments` of those that the relay offers.
const ONLY_BY: &str = "
    const [transport] = arguments;
    const Native = window.RTCPeerConnection;
    const has = (url) => url.startsWith('turn:') && url.endsWith(`transport=${transport}`);
    window.RTCPeerConnection = class extends Native {
      constructor(settings) {
        const iceServers = settings.iceServers
          .map((server) => ({ ...server, urls: server.urls.filter(has) }))
          .filter((server) => server.urls.length > 0);
        super({ ...settings, iceServers });
      }
    };
";

#[tokio::test]
async fn browsers_meet_at_the_relay_over_udp() -> Result<()> {
    run_beside_another("turn-udp", async |env| meet(env, By::Udp, V4).await).await
}

#[tokio::test]
async fn browsers_meet_at_the_relay_over_tcp() -> Result<()> {
    run_beside_another("turn-tcp", async |env| meet(env, By::Tcp, V4).await).await
}

#[tokio::test]
async fn browsers_meet_at_the_relay_over_ipv6() -> Result<()> {
    run_beside_another("turn-ipv6", async |env| meet(env, By::Udp, V6).await).await
}

/// Peers on this computer are refused as always: the two meet at the relay's own ports.
async fn meet(env: &TestEnv, by: By, host: &str) -> Result<()> {
    let port = programs::free_port()?;
    let (v4, v6) = (format!("{V4}:{port}"), format!("{V6}:{port}"));
    let options = ["--turn", &v4, "--turn", &v6, "--turn-host", host];
    let relay = env.relay(&options).await?;
    let ana = env.browser("ana").await?;
    let ben = env.browser("ben").await?;
    for page in [&ana, &ben] {
        page.open(&relay.web()).await?;
        path::only_relayed(page).await?;
        page.script::<()>(ONLY_BY, vec![by.name().into()]).await?;
    }
    user_actions::join_both([(&ana, ANA), (&ben, BEN)], "42").await?;
    user_actions::call(&ben, &ana).await?;
    media_stats::person_is_seen_and_heard(&ana, BEN).await?;
    media_stats::person_is_seen_and_heard(&ben, ANA).await?;
    path::is_relayed(&ana, by).await?;
    path::is_relayed(&ben, by).await
}
