//! The quality of calls over paths that lose packets or are narrow.

use std::time::Duration;

use anyhow::Result;

use super::{PAIRS, apps::Pair, call::Call, row};
use crate::{
    network::{Line, Network},
    test_env::TestEnv,
    wait,
};

const LINES: [Line; 4] = [
    Line::Good,
    Line::Lossy(5),
    Line::Lossy(10),
    Line::Narrow(500),
];
/// Of the pages. They are small, so that processor time is left; otherwise frames would be lost on
/// a good path too.
const WIDTH: u32 = 800;
const HEIGHT: u32 = 600;
/// Long enough for video to adapt to its path.
const ADAPT_TIME: Duration = Duration::from_secs(8);
const MEASURE_DURATION: Duration = Duration::from_secs(15);

/// The result of each side, in the pair's order.
#[derive(Debug)]
struct Through {
    /// Shown frames per second.
    rates: [f64; 2],
    /// The longest wait between two frames, in milliseconds.
    freezes: [f64; 2],
    /// The concealed share of the audio.
    concealed: [f64; 2],
    width: u32,
}

pub(super) async fn table(say: &impl Fn(&str)) {
    say("Through bad lines (5 %: no worse than Chromium; 10 %: within 20 % of it)");
    say(&format!(
        "{:42} {:>13} {:>16} {:>15} {:>6}",
        "", "frames/s", "longest freeze", "audio concealed", "wide"
    ));
    for pair in PAIRS {
        match measure(pair, say).await {
            Ok(()) => {}
            Err(error) => say(&format!("{pair:22} failed: {error:#}")),
        }
    }
}

async fn measure(pair: Pair, say: &impl Fn(&str)) -> Result<()> {
    let env = TestEnv::start("bench").await?;
    let network = Network::build()?;
    let outcome = measure_on(&env, &network, pair, say).await;
    env.stop().await;
    outcome
}

async fn measure_on(
    env: &TestEnv,
    network: &Network,
    pair: Pair,
    say: &impl Fn(&str),
) -> Result<()> {
    let relay = env.open_relay().await?;
    network.share(relay.port())?;
    let call = Call::begin(env, &relay, pair, &network.places()).await?;
    call.speak().await?;
    let Pair(at_ana, at_ben) = pair;
    for (kind, page) in [(at_ana, &call.ana), (at_ben, &call.ben)] {
        kind.resize(page, WIDTH, HEIGHT).await?;
    }
    for line in LINES {
        network.make(line)?;
        wait::measure_for(ADAPT_TIME).await;
        let name = match line {
            Line::Good => "good".to_owned(),
            Line::Lossy(percent) => format!("{percent} % lost"),
            Line::Narrow(kilobits) => format!("{kilobits} kbit/s"),
        };
        let words = row(through(&call).await, |through| {
            let both = |[one, other]: [f64; 2], decimals: usize| {
                format!("{one:.decimals$} | {other:.decimals$}")
            };
            format!(
                "{:>13} {:>13} ms {:>13} % {:>6}",
                both(through.rates, 1),
                both(through.freezes, 0),
                both(through.concealed.map(|share| share * 100.0), 1),
                through.width
            )
        });
        say(&format!("{pair:22} {name:>19} {words}"));
    }
    Ok(())
}

async fn through(call: &Call) -> Result<Through> {
    let (counts, sound) = (call.counts().await?, call.sound().await?);
    wait::measure_for(MEASURE_DURATION).await;
    let (later, sound_later) = (call.counts().await?, call.sound().await?);
    let rates = [0, 1].map(|at: usize| {
        let frames = later[at].other - counts[at].other;
        frames as f64 / MEASURE_DURATION.as_secs_f64()
    });
    let concealed = [0, 1].map(|at: usize| sound_later[at].concealed_since(&sound[at]));
    Ok(Through {
        rates,
        freezes: [later[0].longest, later[1].longest],
        concealed,
        width: call.width().await?,
    })
}
