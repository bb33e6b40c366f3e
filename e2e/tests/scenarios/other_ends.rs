//! The plugin's connections with those of Chromium and Firefox: data channels of every kind,
//! transceivers in each direction, and ICE restarts by either side. Each page is plain code on the
//! standard's interfaces.

use std::collections::BTreeMap;

use anyhow::{Context, Result, ensure};
use e2e::{
    net_namespace::Place,
    page::Page,
    plain_peer::{self, PlainPair, TransceiverState},
    programs,
    test_env::{TestEnv, run_test},
    window::App,
};
use serde::Deserialize;
use serde_json::{Value, json};

/// By label.
type Reports = BTreeMap<String, Report>;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Report {
    ordered: bool,
    max_retransmits: Option<u16>,
    max_packet_life_time: Option<u16>,
    protocol: String,
    negotiated: bool,
    received: Vec<String>,
}

impl Report {
    /// What the other side sends, in alphabetical order.
    fn sent(&self) -> &'static [&'static str] {
        const ALL: [&str; 6] = ["1,2,3", "100000", "4,5", "6", "string ", "string text"];
        const SMALL: [&str; 5] = ["1,2,3", "4,5", "6", "string ", "string text"];
        if self.max_retransmits.is_none() && self.max_packet_life_time.is_none() {
            &ALL
        } else {
            &SMALL
        }
    }
}

#[tokio::test]
async fn window_and_chromium_use_all_the_standard_has() -> Result<()> {
    run_test("other-ends-chromium", async |env| {
        let chromium = env.browser("chromium").await?;
        window_and(env, &chromium).await
    })
    .await
}

#[tokio::test]
async fn window_and_firefox_use_all_the_standard_has() -> Result<()> {
    run_test("other-ends-firefox", async |env| {
        let firefox = env.firefox("firefox").await?;
        window_and(env, &firefox).await
    })
    .await
}

async fn window_and(env: &TestEnv, browser: &Page) -> Result<()> {
    let relay = env.relay_of(programs::example_pages()?, &[]).await?;
    browser.open(&relay.web()).await?;
    let window = env
        .app("window", App::Example, &["--mock-devices"], &Place::Here)
        .await?;
    for (opener, other) in [(&window, browser), (browser, &window)] {
        channels_of_every_kind(opener, other).await?;
    }
    for (offerer, other) in [(&window, browser), (browser, &window)] {
        let pair = transceivers_in_every_direction(offerer, other).await?;
        for page in pair.ends() {
            restart_by(page, &pair).await?;
        }
    }
    Ok(())
}

async fn channels_of_every_kind(opener: &Page, other: &Page) -> Result<()> {
    let kinds = json!([
        { "label": "reliable" },
        { "label": "unordered", "ordered": false },
        { "label": "retransmits", "maxRetransmits": 5 },
        { "label": "unordered retransmits", "ordered": false, "maxRetransmits": 5 },
        { "label": "lifetime", "maxPacketLifeTime": 5_000 },
        { "label": "unordered lifetime", "ordered": false, "maxPacketLifeTime": 5_000 },
        { "label": "protocol ü", "protocol": "plain.ü" },
        { "label": "", "protocol": "without a label" },
        { "label": "negotiated", "negotiated": true, "id": 700 },
        { "label": "negotiated unordered", "negotiated": true, "id": 701, "ordered": false,
          "maxRetransmits": 5, "protocol": "plain" },
    ]);
    let pair = PlainPair::start(opener, other).await?;
    plain_peer::use_channels(other, &kinds, false, "blob").await?;
    plain_peer::use_channels(opener, &kinds, true, "arraybuffer").await?;
    for (page, binary_type) in [(opener, "arraybuffer"), (other, "blob")] {
        let what = format!("{}: every message has arrived", page.name());
        let mut reports = Reports::new();
        let complete = pair
            .until(&what, async || {
                reports = plain_peer::read(page, "channelReports").await?;
                let is_complete = |report: &Report| report.received.len() == report.sent().len();
                Ok((reports.len() == 10 && reports.values().all(is_complete)).then_some(()))
            })
            .await;
        complete.with_context(|| format!("{reports:?}"))?;
        for kind in kinds.as_array().into_iter().flatten() {
            let label = kind["label"].as_str().unwrap_or_default();
            let Some(mut report) = reports.remove(label) else {
                anyhow::bail!("{}: no channel “{label}”", page.name());
            };
            report.received.sort();
            let sent = report.sent().iter().map(|sent| match *sent {
                text if text.starts_with("string") => text.to_owned(),
                bytes => format!("{binary_type} {bytes}"),
            });
            ensure!(
                report.received.iter().cloned().eq(sent),
                "{label}: {report:?}"
            );
            let properties = json!({
                "ordered": report.ordered,
                "maxRetransmits": report.max_retransmits,
                "maxPacketLifeTime": report.max_packet_life_time,
                "protocol": report.protocol,
                "negotiated": report.negotiated,
            });
            let wanted = json!({
                "ordered": kind.get("ordered").unwrap_or(&json!(true)),
                "maxRetransmits": kind.get("maxRetransmits"),
                "maxPacketLifeTime": kind.get("maxPacketLifeTime"),
                "protocol": kind.get("protocol").unwrap_or(&json!("")),
                "negotiated": kind.get("negotiated").unwrap_or(&json!(false)),
            });
            ensure!(properties == wanted, "{label}: {properties}");
        }
    }
    Ok(())
}

/// The offerer's directions; the other side would send and receive in all.
async fn transceivers_in_every_direction<'a>(
    offerer: &'a Page,
    other: &'a Page,
) -> Result<PlainPair<'a>> {
    let pair = PlainPair::start(offerer, other).await?;
    let kinds = ["video", "audio", "video", "audio"];
    let all = kinds.map(|kind| (kind, "sendrecv"));
    let answers = "plainPeer.answers = (one) => { one.direction = 'sendrecv' }";
    other.script::<()>(answers, vec![]).await?;
    for directions in [
        ["sendrecv", "sendonly", "recvonly", "inactive"],
        ["sendonly", "recvonly", "inactive", "sendrecv"],
        ["recvonly", "inactive", "sendrecv", "sendonly"],
        ["inactive", "sendrecv", "sendonly", "recvonly"],
    ] {
        let wanted: Vec<(&str, &str)> = kinds.into_iter().zip(directions).collect();
        plain_peer::set_directions(offerer, &wanted).await?;
        directions_are(&pair, offerer, &directions).await?;
        // It has tracks for all only when the transceivers are there.
        plain_peer::set_directions(other, &all).await?;
        media_runs(&pair).await?;
    }
    // The other side stops receiving and sending.
    let idle = [("video", "sendrecv"), ("audio", "recvonly")];
    other
        .script::<()>("plainPeer.answers = null", vec![])
        .await?;
    plain_peer::set_directions(offerer, &kinds.map(|kind| (kind, "sendrecv"))).await?;
    plain_peer::set_directions(other, &idle).await?;
    directions_are(
        &pair,
        other,
        &["sendrecv", "recvonly", "sendrecv", "sendrecv"],
    )
    .await?;
    media_runs(&pair).await?;
    Ok(pair)
}

async fn directions_are(pair: &PlainPair<'_>, page: &Page, directions: &[&str]) -> Result<()> {
    let opposite: Vec<&str> = directions
        .iter()
        .map(|direction| match *direction {
            "sendonly" => "recvonly",
            "recvonly" => "sendonly",
            same => same,
        })
        .collect();
    let what = format!("{}'s directions are {directions:?}", page.name());
    pair.until(&what, async || {
        for (page, wanted) in [(page, directions), (pair.opposite(page), &opposite)] {
            let states = plain_peer::transceivers(page).await?;
            let found = states.iter().map(|state| state.direction.as_deref());
            if !found.eq(wanted.iter().map(|direction| Some(*direction))) {
                return Ok(None);
            }
        }
        Ok(Some(()))
    })
    .await?;
    pair.connected().await
}

/// New media arrive in every transceiver that receives.
async fn media_runs(pair: &PlainPair<'_>) -> Result<()> {
    for page in pair.ends() {
        let before = plain_peer::transceivers(page).await?;
        let what = format!("{}: media arrive in all of {before:?}", page.name());
        pair.until(&what, async || {
            let now = plain_peer::transceivers(page).await?;
            let runs = |(then, now): (&TransceiverState, &TransceiverState)| {
                let receives = matches!(now.direction.as_deref(), Some("sendrecv" | "recvonly"));
                !receives || now.received > then.received + 2
            };
            Ok(before.iter().zip(&now).all(runs).then_some(()))
        })
        .await?;
    }
    Ok(())
}

/// Both sides have new ICE credentials, and media go on.
async fn restart_by(page: &Page, pair: &PlainPair<'_>) -> Result<()> {
    let credentials = "plainPeer.connection.currentLocalDescription.sdp.match(/ice-ufrag:.*/)[0]";
    let mut before: Vec<Value> = vec![];
    for end in pair.ends() {
        before.push(plain_peer::read(end, credentials).await?);
    }
    page.script::<()>("plainPeer.connection.restartIce()", vec![])
        .await?;
    let what = format!("ICE is restarted by {}", page.name());
    pair.until(&what, async || {
        for (end, old) in pair.ends().into_iter().zip(&before) {
            if plain_peer::read::<Value>(end, credentials).await? == *old {
                return Ok(None);
            }
        }
        Ok(Some(()))
    })
    .await?;
    pair.connected().await?;
    media_runs(pair).await
}
