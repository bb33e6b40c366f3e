//! The cost of a call in this computer's own network, and its quality.

use std::time::Duration;

use anyhow::Result;

use super::{
    PAIRS,
    apps::Pair,
    call::{Call, HEIGHT, RATE, WIDTH},
    in_env,
    latency::{self, Print},
    row,
};
use crate::{net_namespace::Place, page::Page, test_env::TestEnv, usage, wait};

const MEASURE_DURATION: Duration = Duration::from_secs(10);
const PRINT_DURATION: Duration = Duration::from_secs(4);
/// An odd number.
const MORE_CALLS: usize = 5;

#[derive(Debug, Clone, Copy)]
struct Cost {
    /// Processor time of all processes of both apps per shown frame, in milliseconds.
    processor: f64,
    /// Of each app alone, in cores.
    cores: [f64; 2],
    /// Shown frames of the worse side, as a share of the captured ones.
    shown: f64,
    /// Shown frames per second of the worse side.
    rate: f64,
    /// Milliseconds from the press on Call to the first remote frame, on the later side: of the
    /// first call, and the median of the later calls.
    first: [f64; 2],
    /// Delay of the remote video behind the sender's own view of it, in milliseconds: the first
    /// app's at the second, and the other way round.
    behind: [Option<f64>; 2],
    width: u32,
}

pub(super) async fn table(say: &impl Fn(&str)) {
    say(&format!(
        "Good line, {WIDTH}×{HEIGHT}, {RATE} frames/s each way\n{:22} {:>19} {:>12} {:>19} {:>30} {:>30} {:>6}",
        "",
        "CPU/frame (≤1.3×)",
        "cores",
        "shown (≥90 %)",
        "first call, next (≤1.5×)",
        "behind, there and back (≤+40)",
        "wide"
    ));
    let mut compared = None;
    for pair in PAIRS {
        let found = measure(pair).await;
        let words = row(found, |cost| {
            let with = *compared.get_or_insert(cost);
            format!(
                "{:>11.1} ms {:>4.2}× {:>12} {:>7.1}/s, {:>5.1} % {:>30} {:>30} {:>6}",
                cost.processor,
                cost.processor / with.processor,
                format!("{:.2} + {:.2}", cost.cores[0], cost.cores[1]),
                cost.rate,
                cost.shown * 100.0,
                [0, 1]
                    .map(|at: usize| {
                        let [first, compared] = [cost.first[at], with.first[at]];
                        format!("{first:.0} ms {:.2}×", first / compared)
                    })
                    .join(", "),
                cost.behind
                    .map(|behind| behind
                        .map_or("–".to_owned(), |behind| format!("{behind:.0} ms")))
                    .join(", "),
                cost.width,
            )
        });
        say(&format!("{pair:22} {words}"));
    }
}

async fn measure(pair: Pair) -> Result<Cost> {
    in_env(async |env| measure_on(env, pair).await).await
}

async fn measure_on(env: &TestEnv, pair: Pair) -> Result<Cost> {
    let relay = env.relay(&[]).await?;
    let call = Call::begin(env, &relay, pair, &[Place::Here, Place::Here]).await?;
    let apps = || -> Result<[f64; 2]> {
        Ok([
            usage::read_app(&call.ana)?.processor,
            usage::read_app(&call.ben)?.processor,
        ])
    };
    let (counts, used) = (call.counts().await?, apps()?);
    wait::measure_for(MEASURE_DURATION).await;
    let (later, used_later) = (call.counts().await?, apps()?);
    let shown = [0, 1].map(|at: usize| (later[at].other - counts[at].other) as f64);
    let captured = [0, 1].map(|at: usize| (later[at].own - counts[at].own) as f64);
    let seconds = [0, 1].map(|at: usize| used_later[at] - used[at]);
    Ok(Cost {
        processor: (seconds[0] + seconds[1]) * 1_000.0 / (shown[0] + shown[1]),
        cores: seconds.map(|seconds| seconds / MEASURE_DURATION.as_secs_f64()),
        shown: (shown[0] / captured[1]).min(shown[1] / captured[0]),
        rate: shown[0].min(shown[1]) / MEASURE_DURATION.as_secs_f64(),
        behind: behind(&call).await?,
        width: call.width().await?,
        first: first_frames(&call).await?,
    })
}

/// Of the first call, and the median of the later ones.
async fn first_frames(call: &Call) -> Result<[f64; 2]> {
    let first = call.first_frame().await?;
    let mut next = vec![];
    while next.len() < MORE_CALLS {
        call.ring_again().await?;
        next.push(call.first_frame().await?);
    }
    next.sort_by(f64::total_cmp);
    Ok([first, next[MORE_CALLS / 2]])
}

/// One direction after the other, since printing takes processor time from what is measured. The
/// prints are fetched at the end: pages stand still for that, and their buffers grow.
async fn behind(call: &Call) -> Result<[Option<f64>; 2]> {
    for (here, there) in [(&call.ana, &call.ben), (&call.ben, &call.ana)] {
        print(here, there, true).await?;
        wait::measure_for(PRINT_DURATION).await;
        print(here, there, false).await?;
    }
    Ok([
        age(&call.ana, &call.ben).await?,
        age(&call.ben, &call.ana).await?,
    ])
}

/// Of the printed frames.
async fn age(here: &Page, there: &Page) -> Result<Option<f64>> {
    let (shown, seen) = (film(here, "own").await?, film(there, "other").await?);
    Ok(latency::between(&shown, &seen))
}

async fn print(here: &Page, there: &Page, is_printing: bool) -> Result<()> {
    for (page, side) in [(here, "own"), (there, "other")] {
        let turn = format!("window.snugWatch.{side}.isPrinting = {is_printing}");
        page.script::<()>(&turn, vec![]).await?;
    }
    Ok(())
}

async fn film(page: &Page, side: &str) -> Result<Vec<Print>> {
    let fetch = format!("return window.snugWatch.{side}.prints");
    page.script(&fetch, vec![]).await
}
