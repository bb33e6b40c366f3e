//! Calls between two homes behind NAT routers, and the paths that they take. Homes, routers and the
//! internet between them are made of the kernel's network namespaces. Only root can make them.

use anyhow::{Result, ensure};
use e2e::{
    chromium::Computer,
    media_stats,
    nat_network::{LetsOut, Nat, NatNetwork, TurnTls},
    path::{self, Path},
    test_env::{TestEnv, run_test},
    user_actions,
};

use crate::{ANA, BEN};

#[tokio::test]
async fn as_root_two_homes_with_ordinary_routers_meet_directly() -> Result<()> {
    let paths = paths(
        "nat-same-port",
        Nat::SamePort,
        LetsOut::Everything,
        TurnTls::Off,
    )
    .await?;
    let direct = |path: &Path| path.local != "relay" && path.remote != "relay";
    ensure!(paths.iter().all(direct), "{paths:?}");
    Ok(())
}

/// Neither can receive at an address that it can tell the other. Both reach the relay only.
#[tokio::test]
async fn as_root_two_homes_behind_symmetric_routers_meet_at_the_relay() -> Result<()> {
    let everything = LetsOut::Everything;
    let paths = paths("nat-symmetric", Nat::Symmetric, everything, TurnTls::Off).await?;
    let [ana, ben] = &paths;
    // One relayed address is enough, and the shorter path. Both ends must agree on it.
    let ends = [&ana.local, &ana.remote, &ben.local, &ben.remote];
    let ends = ends.map(|end| end.as_str() == "relay");
    let agreed = ends[0] == ends[3] && ends[1] == ends[2];
    ensure!(agreed && (ends[0] || ends[1]), "{paths:?}");
    for path in [ana, ben].into_iter().filter(|path| path.local == "relay") {
        ensure!(path.relay_protocol.as_deref() == Some("udp"), "{paths:?}");
    }
    Ok(())
}

#[tokio::test]
async fn as_root_two_homes_without_udp_meet_at_the_relay_by_tcp() -> Result<()> {
    let paths = paths("nat-tcp", Nat::Symmetric, LetsOut::NoUdp, TurnTls::Off).await?;
    are_relayed_by("tcp", &paths)
}

#[tokio::test]
async fn as_root_two_homes_with_web_only_meet_at_the_relay_by_tls() -> Result<()> {
    let paths = paths("nat-tls", Nat::Symmetric, LetsOut::OnlyWeb, TurnTls::On).await?;
    are_relayed_by("tls", &paths)
}

fn are_relayed_by(protocol: &str, paths: &[Path; 2]) -> Result<()> {
    for path in paths {
        let relayed = path.local == "relay" && path.remote == "relay";
        let by = path.relay_protocol.as_deref();
        ensure!(relayed && by == Some(protocol), "{paths:?}");
    }
    Ok(())
}

/// Ana's and Ben's paths, in a call in which both hear and see each other.
async fn paths(name: &str, nat: Nat, lets_out: LetsOut, turn_tls: TurnTls) -> Result<[Path; 2]> {
    // They stay until the pages are gone. Otherwise the pages would report a lost relay.
    let (mut network, mut paths) = (None, None);
    run_test(name, async |env| {
        let network = network.insert(NatNetwork::build(nat, lets_out)?);
        paths = Some(call(env, network, turn_tls).await?);
        Ok(())
    })
    .await?;
    paths.ok_or_else(|| anyhow::anyhow!("there was no call"))
}

async fn call(env: &TestEnv, network: &mut NatNetwork, turn_tls: TurnTls) -> Result<[Path; 2]> {
    let trusts = Some(network.start_relay(env.folder(), turn_tls).await?);
    let [at_ana, at_ben] = network.places();
    let computer = Computer {
        trusts,
        ..Computer::default()
    };
    let ana = env.browser_at("ana", computer, &at_ana).await?;
    let ben = env.browser_at("ben", computer, &at_ben).await?;
    for page in [&ana, &ben] {
        page.open(&network.web()).await?;
    }
    user_actions::join_both([(&ana, ANA), (&ben, BEN)], "42").await?;
    user_actions::call(&ben, &ana).await?;
    media_stats::person_is_seen_and_heard(&ana, BEN).await?;
    media_stats::person_is_seen_and_heard(&ben, ANA).await?;
    Ok([path::of(&ana).await?, path::of(&ben).await?])
}
