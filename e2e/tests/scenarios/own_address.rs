//! People who hide their network address: what the others receive has none of it, and where a call
//! would show it, there is no call.

use std::rc::Rc;

use anyhow::{Result, ensure};
use e2e::{
    media_stats,
    page::{Page, Role},
    path, programs,
    relay::Relay,
    test_env::{TestEnv, run_beside_another, run_test},
    user_actions, wait,
};

use crate::{ANA, BEN};

/// Keeps what the page's sockets receive from now on, which is sealed, and what its connections get of it.
const KEEP_RECEIVED: &str = "
    window.received = [];
    window.opened = [];
    const Native = window.WebSocket;
    window.WebSocket = class extends Native {
      constructor(...settings) {
        super(...settings);
        this.addEventListener('message', ({ data }) => window.received.push(String(data)));
      }
    };
    const { prototype } = window.RTCPeerConnection;
    const { addIceCandidate, setRemoteDescription } = prototype;
    prototype.addIceCandidate = function (given) {
      window.opened.push(given?.candidate ?? '');
      return addIceCandidate.call(this, given);
    };
    prototype.setRemoteDescription = function (given) {
      window.opened.push(given.sdp);
      return setRemoteDescription.call(this, given);
    };
";
/// The candidates that its connections got, in descriptions and by themselves.
const CANDIDATES: &str = r"
    return window.opened.flatMap((text) => text.match(/candidate:[^\r\n]+/g) ?? []);
";
/// How many messages with candidates have arrived.
const CANDIDATE_MESSAGES: &str = r"
    return window.received.filter((text) => text.includes('peer:candidate')).length;
";
/// The candidates in the first description that a connection got.
const CANDIDATES_IN_RING: &str = r"
    return window.opened[0].match(/candidate:[^\r\n]+/g) ?? [];
";

async fn relay_with_turn(env: &TestEnv) -> Result<Rc<Relay>> {
    let turn = format!("127.0.0.1:{}", programs::free_port()?);
    env.relay(&["--turn", &turn, "--turn-host", "127.0.0.1"])
        .await
}

/// Chooses it in the settings, for all rooms.
async fn choose(page: &Page, choice: &str) -> Result<()> {
    page.button("Settings").await?;
    page.press(Role::Tab, "Privacy").await?;
    page.press(Role::Radio, choice).await?;
    page.button("Close").await?;
    page.sees_no(Role::Dialog, "Settings").await
}

async fn candidates(page: &Page) -> Result<Vec<String>> {
    page.script(CANDIDATES, vec![]).await
}

/// Waits for candidates; none names an address of the computer that sent it.
async fn only_relayed_ones_arrived(page: &Page) -> Result<()> {
    let what = format!("{}: candidates have arrived", page.name());
    let received = wait::until(&what, async || {
        let received = candidates(page).await?;
        Ok((!received.is_empty()).then_some(received))
    })
    .await?;
    for candidate in received {
        ensure!(candidate.contains(" typ relay "), "it sent {candidate}");
        let related = candidate
            .split_once("raddr ")
            .map_or("0.0.0.0", |(_, rest)| rest);
        let is_blank = related.starts_with("0.0.0.0") || related.starts_with(":: ");
        ensure!(is_blank, "it sent {candidate}");
    }
    Ok(())
}

/// Ben calls, then Ana, who hides her address.
async fn only_by_the_relay(relay: &Relay, ana: &Page, ben: &Page) -> Result<()> {
    choose(ana, "Hide it").await?;
    ben.open(&relay.web()).await?;
    ben.script::<()>(KEEP_RECEIVED, vec![]).await?;
    user_actions::join_both([(ana, ANA), (ben, BEN)], "42").await?;
    for (caller, callee) in [(ben, ana), (ana, ben)] {
        user_actions::call(caller, callee).await?;
        media_stats::person_is_seen_and_heard(ana, BEN).await?;
        media_stats::person_is_seen_and_heard(ben, ANA).await?;
        let path = path::of(ben).await?;
        ensure!(path.remote == "relay" || path.remote == "prflx", "{path:?}");
        only_relayed_ones_arrived(ben).await?;
        crate::ben_leaves_the_call(ana, ben).await?;
    }
    Ok(())
}

#[tokio::test]
async fn browser_that_hides_its_address_calls_by_turn() -> Result<()> {
    run_beside_another("own-address-browser", async |env| {
        let relay = relay_with_turn(env).await?;
        let ana = env.browser("ana").await?;
        ana.open(&relay.web()).await?;
        let ben = env.browser("ben").await?;
        only_by_the_relay(&relay, &ana, &ben).await?;
        user_actions::call(&ana, &ben).await?;
        let path = path::of(&ana).await?;
        ensure!(path.local == "relay", "Ana's path is {path:?}");
        Ok(())
    })
    .await
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn window_that_hides_its_address_calls_by_turn() -> Result<()> {
    run_test("own-address-window", async |env| {
        let relay = relay_with_turn(env).await?;
        let ana = env.window_at("ana", &relay).await?;
        let ben = env.browser("ben").await?;
        only_by_the_relay(&relay, &ana, &ben).await
    })
    .await
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn firefox_that_hides_its_address_calls_by_turn() -> Result<()> {
    run_test("own-address-firefox", async |env| {
        let relay = relay_with_turn(env).await?;
        let ana = env.firefox("ana").await?;
        ana.open(&relay.web()).await?;
        let ben = env.browser("ben").await?;
        only_by_the_relay(&relay, &ana, &ben).await
    })
    .await
}

#[tokio::test]
async fn address_is_not_sent_before_an_answer() -> Result<()> {
    run_test("own-address-answered", async |env| {
        let relay = env.relay(&[]).await?;
        let (ana, ben) = (env.browser("ana").await?, env.browser("ben").await?);
        for page in [&ana, &ben] {
            page.open(&relay.web()).await?;
            page.script::<()>(KEEP_RECEIVED, vec![]).await?;
        }
        choose(&ana, "Only after an answer").await?;
        user_actions::join_both([(&ana, ANA), (&ben, BEN)], "42").await?;
        ana.button("Call").await?;
        ben.sees(Role::Dialog, "Incoming call").await?;
        // All that Ana's ring sends; with her address shown, some of it would be there by then.
        let gathered = "return window.snugProbe.connections[0].iceGatheringState";
        wait::until("ana has gathered her candidates", async || {
            let state: String = ana.script(gathered, vec![]).await?;
            Ok((state == "complete").then_some(()))
        })
        .await?;
        let before: usize = ben.script(CANDIDATE_MESSAGES, vec![]).await?;
        ensure!(
            before == 0,
            "before the answer came {before} messages with candidates"
        );
        ben.button("Accept").await?;
        media_stats::person_is_seen_and_heard(&ana, BEN).await?;
        media_stats::person_is_seen_and_heard(&ben, ANA).await?;
        let in_ring: Vec<String> = ben.script(CANDIDATES_IN_RING, vec![]).await?;
        ensure!(in_ring.is_empty(), "the ring had {in_ring:?}");
        let later: usize = ben.script(CANDIDATE_MESSAGES, vec![]).await?;
        ensure!(later > 0, "it was never sent");
        Ok(())
    })
    .await
}

#[tokio::test]
async fn without_turn_a_hidden_address_means_no_call() -> Result<()> {
    run_beside_another("own-address-no-turn", async |env| {
        let relay = env.relay(&[]).await?;
        let (ana, ben) = (env.browser("ana").await?, env.browser("ben").await?);
        for page in [&ana, &ben] {
            page.open(&relay.web()).await?;
        }
        choose(&ana, "Hide it").await?;
        user_actions::join_both([(&ana, ANA), (&ben, BEN)], "42").await?;
        ana.says("this relay has no TURN server").await?;
        ana.sees_no(Role::Button, "Call").await?;
        ben.says("Cannot be called").await?;
        ana.button("Show my address in this room").await?;
        user_actions::call(&ben, &ana).await?;
        media_stats::person_is_seen_and_heard(&ana, BEN).await
    })
    .await
}
