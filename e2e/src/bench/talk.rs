//! Files and chat in a call: the rate of a file beside that of a bare data channel in the same run,
//! a file over a narrow line, and the time that a message takes.

use std::time::Duration;

use anyhow::{Context, Result};

use super::{
    apps::{Kind, Pair},
    in_env, row,
};
use crate::{
    file_transfer::{self, MIB},
    media_stats::{self, MediaStats},
    net_namespace::Place,
    page::Page,
    programs,
    star_network::StarNetwork,
    test_env::TestEnv,
    user_actions, wait,
};

const BARE: &str = include_str!("../page/bare-channel.js");
const MESSAGE_TIME: &str = include_str!("../page/message-time.js");
const PRESS_SEND: &str = include_str!("../page/press-send.js");
const EMAILS: [&str; 2] = ["ana@example.org", "ben@example.org"];
const FILE_MIB: usize = 256;
const NARROW_FILE_MIB: usize = 32;
const NARROW_KILOBITS: u32 = 20_000;
const MESSAGES: usize = 21;
const LIMIT: Duration = Duration::from_secs(300);
const CHROMIUM: Pair = Pair(Kind::Chromium, Kind::Chromium);
const WINDOWS: Pair = Pair(Kind::Window, Kind::Window);

pub(super) async fn table(say: &impl Fn(&str)) {
    say(&format!(
        "A file of {FILE_MIB} MiB in a call, MB/s (Chromium ≥0.8× the bare channel, windows ≥25)"
    ));
    for _ in 0..2 {
        let bare = in_env(bare).await;
        let compared = bare.as_ref().ok().copied();
        say(&format!(
            "{:24} {}",
            "bare data channel",
            row(bare, |rate| format!("{rate:>6.1}"))
        ));
        for pair in [CHROMIUM, WINDOWS] {
            let words = row(in_env(async |env| file(env, pair).await).await, |rate| {
                let with = compared.map(|bare| format!(" {:>5.2}×", rate / bare));
                format!("{rate:>6.1}{}", with.unwrap_or_default())
            });
            say(&format!("{:24} {words}", pair.to_string()));
        }
    }
    let narrow = row(in_env(narrow).await, |(share, audio)| {
        format!(
            "{:.0} % of it (≥60 %), audio {:.1} %",
            share * 100.0,
            audio * 100.0
        )
    });
    say(&format!(
        "A file over a line of {NARROW_KILOBITS} kbit/s: {narrow}"
    ));
    for pair in [CHROMIUM, WINDOWS] {
        let times = in_env(async |env| message_times(env, pair).await).await;
        let words = row(times, |mut times| {
            times.sort_by(f64::total_cmp);
            let last = times.len() - 1;
            format!(
                "{:.0} ms, the slowest {:.0} ms",
                times[last / 2],
                times[last]
            )
        });
        say(&format!(
            "A message from the press until it is shown there (≤20 ms), {pair}: {words}"
        ));
    }
}

async fn bare(env: &TestEnv) -> Result<f64> {
    let relay = env.relay_of(programs::example_pages()?, &[]).await?;
    let ana = Kind::Chromium.empty_page(env, &relay, "ana").await?;
    let ben = Kind::Chromium.empty_page(env, &relay, "ben").await?;
    let offer: String = ana.script(BARE, vec!["open".into()]).await?;
    let answer: String = ben
        .script(BARE, vec!["answer".into(), offer.into()])
        .await?;
    ana.script::<String>(BARE, vec!["connect".into(), answer.into()])
        .await?;
    let bytes = FILE_MIB * MIB;
    let seconds: String = ana.script(BARE, vec!["send".into(), bytes.into()]).await?;
    Ok(bytes as f64 / 1e6 / seconds.parse::<f64>()?)
}

async fn file(env: &TestEnv, pair: Pair) -> Result<f64> {
    let places = [Place::Here, Place::Here];
    let relay = env.relay(&[]).await?;
    let [ana, ben] = in_call(env, pair, &places, &relay).await?;
    let downloads = receive_in(env, pair, &ben).await?;
    let source = env.folder().join("large.bin");
    file_transfer::write_random(&source, FILE_MIB * MIB)?;
    let seconds = file_transfer::send([&ana, &ben], &source, &downloads, LIMIT, || Ok(())).await?;
    Ok((FILE_MIB * MIB) as f64 / 1e6 / seconds)
}

/// The share of the line that the file took, and the share of audio that was not made up.
async fn narrow(env: &TestEnv) -> Result<(f64, f64)> {
    let network = StarNetwork::build(2)?;
    let outcome = narrow_on(env, &network).await;
    // The pages must not outlive their networks.
    for page in env.open_browsers() {
        env.close_browser(&page).await.ok();
    }
    outcome
}

async fn narrow_on(env: &TestEnv, network: &StarNetwork) -> Result<(f64, f64)> {
    let relay = env.open_relay().await?;
    network.share(relay.port())?;
    let [ana, ben] = in_call(env, CHROMIUM, &network.places(), &relay).await?;
    let downloads = receive_in(env, CHROMIUM, &ben).await?;
    let source = env.folder().join("large.bin");
    file_transfer::write_random(&source, NARROW_FILE_MIB * MIB)?;
    network.limit(Some(NARROW_KILOBITS))?;
    let before = audio([&ana, &ben]).await?;
    let seconds = file_transfer::send([&ana, &ben], &source, &downloads, LIMIT, || Ok(())).await?;
    let after = audio([&ana, &ben]).await?;
    let rate = (NARROW_FILE_MIB * MIB) as f64 * 8.0 / 1_000.0 / seconds;
    Ok((
        rate / f64::from(NARROW_KILOBITS),
        MediaStats::least_true_audio(&before, &after),
    ))
}

async fn message_times(env: &TestEnv, pair: Pair) -> Result<Vec<f64>> {
    let places = [Place::Here, Place::Here];
    let relay = env.relay(&[]).await?;
    let [ana, ben] = in_call(env, pair, &places, &relay).await?;
    for page in [&ana, &ben] {
        page.button("Chat").await?;
    }
    let mut times = vec![];
    for number in 0..MESSAGES {
        let text = format!("message {number}!");
        ana.fill("Message", &text).await?;
        ben.script::<()>(MESSAGE_TIME, vec![text.into()]).await?;
        let pressed: f64 = ana.script(PRESS_SEND, vec![]).await?;
        let shown = wait::until("the message is shown", async || {
            ben.script::<Option<f64>>("return window.snugMessageTime", vec![])
                .await
        })
        .await?;
        times.push(shown - pressed);
    }
    Ok(times)
}

async fn in_call(
    env: &TestEnv,
    Pair(first, second): Pair,
    places: &[Place],
    relay: &crate::relay::Relay,
) -> Result<[Page; 2]> {
    let [here, there] = places else {
        anyhow::bail!("a call has two ends");
    };
    let ana = first.lobby(env, relay, "ana", here).await?;
    // Before its window opens.
    file_transfer::system_downloads(env, "ben")?;
    let ben = second.lobby(env, relay, "ben", there).await?;
    user_actions::join_both([(&ana, EMAILS[0]), (&ben, EMAILS[1])], "42").await?;
    user_actions::call(&ana, &ben).await?;
    media_stats::person_is_seen_and_heard(&ana, EMAILS[1]).await?;
    media_stats::person_is_seen_and_heard(&ben, EMAILS[0]).await?;
    Ok([ana, ben])
}

async fn receive_in(
    env: &TestEnv,
    Pair(_, receiver): Pair,
    page: &Page,
) -> Result<std::path::PathBuf> {
    let downloads = file_transfer::system_downloads(env, "ben")?;
    match receiver {
        Kind::Chromium => file_transfer::save_downloads_in(page, &downloads).await?,
        Kind::Window => {}
    }
    Ok(downloads)
}

async fn audio([ana, ben]: [&Page; 2]) -> Result<[MediaStats; 2]> {
    let of = |page: Result<MediaStats>| page.context("no audio");
    Ok([
        of(ana.media_stats(EMAILS[1]).await)?,
        of(ben.media_stats(EMAILS[0]).await)?,
    ])
}
