//! One call between two apps, and what is measured of it while it runs.

use std::{fmt, time::Duration};

use anyhow::{Context, Result};
use serde::Deserialize;

use super::latency::{self, Print};
use crate::{
    chromium::{Computer, Devices},
    figures, moments,
    network::{Line, Network},
    page::Page,
    place::Place,
    relay::Relay,
    stage::Stage,
    usage, visit, wait,
    window::App,
};

const ANA: &str = "ana@example.org";
const BEN: &str = "ben@example.org";
const OWN: &str = "Your camera";
const WATCH: &str = include_str!("../page/watch.js");
const ACCEPT: &str = include_str!("../page/accept.js");
/// Sizes and rates settle in this.
const SETTLING: Duration = Duration::from_secs(4);
const MEASURED: Duration = Duration::from_secs(8);
/// Long enough for a picture to adapt to its line.
const ADAPTING: Duration = Duration::from_secs(5);

/// What one side of a call is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Chromium,
    Window,
}

/// Two of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Pair(pub(super) Kind, pub(super) Kind);

impl fmt::Display for Pair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = |kind| match kind {
            Kind::Chromium => "Chromium",
            Kind::Window => "window",
        };
        write!(f, "{} – {}", name(self.0), name(self.1))
    }
}

/// What a call on a good line cost and gave.
#[derive(Debug)]
pub(super) struct Cost {
    /// Milliseconds of processor time of all processes of both apps, a shown frame.
    pub(super) processor: f64,
    /// Frames that the worse side showed, of those that were captured for it.
    pub(super) shown: f64,
    /// Milliseconds from the press on Call to the first remote picture, the later of the two.
    pub(super) first: f64,
    /// Milliseconds that the remote picture is behind the sender's own view of it; the older one.
    pub(super) behind: Option<f64>,
}

/// What came through a line, at the worse side.
#[derive(Debug)]
pub(super) struct Through {
    /// Frames shown, a second.
    pub(super) rate: f64,
    /// The longest wait between two frames, in milliseconds.
    pub(super) freeze: f64,
    /// Sound that was made up, of all.
    pub(super) concealed: f64,
    /// Width of the picture.
    pub(super) width: u32,
}

#[derive(Debug, Clone, Copy, Deserialize)]
struct Counts {
    own: u64,
    other: u64,
    longest: f64,
}

#[derive(Debug, Clone, Copy, Deserialize)]
struct Sound {
    concealed: f64,
    all: f64,
}

/// Ana and Ben in a call.
struct Call<'a> {
    sides: [(Page, &'a str); 2],
}

/// Measures a pair on this computer's own network.
pub(super) async fn cost(pair: Pair) -> Result<Cost> {
    let stage = Stage::build("bench").await?;
    let outcome = measure_cost(&stage, pair).await;
    stage.strike().await;
    outcome
}

async fn measure_cost(stage: &Stage, pair: Pair) -> Result<Cost> {
    let relay = stage.relay(&[]).await?;
    let call = begin(stage, &relay, pair, &[Place::Here, Place::Here]).await?;
    wait::measure_for(SETTLING).await;
    let (counts, used) = (call.counts().await?, usage::read()?);
    wait::measure_for(MEASURED).await;
    let (later, used_later) = (call.counts().await?, usage::read()?);
    let shown: Vec<f64> = (0..2)
        .map(|at| (later[at].other - counts[at].other) as f64)
        .collect();
    let captured = |at: usize| (later[at].own - counts[at].own) as f64;
    let seconds = used_later.processor - used.processor;
    Ok(Cost {
        processor: seconds * 1_000.0 / shown.iter().sum::<f64>(),
        shown: (shown[0] / captured(1)).min(shown[1] / captured(0)),
        first: call.first_picture().await?,
        behind: call.behind().await?,
    })
}

/// Measures a pair over each of these lines, one after the other, in one call.
pub(super) async fn through(pair: Pair, lines: &[Line]) -> Result<Vec<Through>> {
    let stage = Stage::build("bench").await?;
    let network = Network::build()?;
    let outcome = measure_through(&stage, &network, pair, lines).await;
    stage.strike().await;
    outcome
}

async fn measure_through(
    stage: &Stage,
    network: &Network,
    pair: Pair,
    lines: &[Line],
) -> Result<Vec<Through>> {
    let relay = stage.open_relay().await?;
    network.share(relay.port())?;
    let call = begin(stage, &relay, pair, &network.places()).await?;
    wait::measure_for(SETTLING).await;
    let mut found = vec![];
    for &line in lines {
        network.make(line)?;
        wait::measure_for(ADAPTING).await;
        let (counts, sound) = (call.counts().await?, call.sound().await?);
        wait::measure_for(MEASURED).await;
        let (later, sound_later) = (call.counts().await?, call.sound().await?);
        let mut width = u32::MAX;
        for (page, other) in &call.sides {
            width = width.min(page.figures(other).await?.width);
        }
        let worst = |of: &dyn Fn(usize) -> f64| of(0).max(of(1));
        let seconds = MEASURED.as_secs_f64();
        found.push(Through {
            rate: -worst(&|at| -((later[at].other - counts[at].other) as f64 / seconds)),
            freeze: worst(&|at| later[at].longest),
            concealed: worst(&|at| {
                let all = sound_later[at].all - sound[at].all;
                (sound_later[at].concealed - sound[at].concealed) / all.max(1.0)
            }),
            width,
        });
    }
    Ok(found)
}

async fn begin<'a>(
    stage: &Stage,
    relay: &Relay,
    pair: Pair,
    places: &[Place; 2],
) -> Result<Call<'a>> {
    let [at_ana, at_ben] = places;
    let ana = open(stage, relay, "ana", pair.0, at_ana).await?;
    let ben = open(stage, relay, "ben", pair.1, at_ben).await?;
    visit::join(&ana, ANA, "42").await?;
    visit::join(&ben, BEN, "42").await?;
    visit::sees_person(&ana, BEN).await?;
    visit::sees_person(&ben, ANA).await?;
    for (page, other) in [(&ana, BEN), (&ben, ANA)] {
        moments::watch_for(page, other).await?;
        page.script::<()>(WATCH, vec![OWN.into(), other.into()])
            .await?;
    }
    ben.script::<()>(ACCEPT, vec![]).await?;
    ana.button("Call").await?;
    figures::picture_runs(&ana, BEN).await?;
    figures::picture_runs(&ben, ANA).await?;
    Ok(Call {
        sides: [(ana, BEN), (ben, ANA)],
    })
}

async fn open(stage: &Stage, relay: &Relay, name: &str, kind: Kind, place: &Place) -> Result<Page> {
    match kind {
        Kind::Chromium => {
            // As many as the window's mock camera gives.
            let devices = Devices::Synthetic {
                cameras: 1,
                rate: 30,
            };
            let computer = Computer {
                devices,
                ..Computer::default()
            };
            let page = stage.browser_at(name, computer, place).await?;
            page.open(&relay.web()).await?;
            Ok(page)
        }
        Kind::Window => {
            let arguments = ["--relay", &relay.address(), "--mock-devices"];
            stage.app(name, App::Snug, &arguments, place).await
        }
    }
}

impl Call<'_> {
    /// Frames since the call began, and the longest wait since the last look.
    async fn counts(&self) -> Result<[Counts; 2]> {
        let script = "const { own, other } = window.snugWatch;
            const longest = Math.max(other.longest, performance.now() - (other.last ?? 0));
            other.longest = 0;
            return { own: own.frames, other: other.frames, longest };";
        let [(ana, _), (ben, _)] = &self.sides;
        Ok([
            ana.script(script, vec![]).await?,
            ben.script(script, vec![]).await?,
        ])
    }

    async fn first_picture(&self) -> Result<f64> {
        let mut noted = vec![];
        for (page, _) in &self.sides {
            noted.push(moments::of(page).await?);
        }
        let pressed = noted[0].pressed.context("nobody pressed Call")?;
        let mut latest = 0.0_f64;
        for each in &noted {
            latest = latest.max(each.shown.context("no picture was shown")? - pressed);
        }
        Ok(latest)
    }

    async fn behind(&self) -> Result<Option<f64>> {
        for (page, _) in &self.sides {
            page.script::<()>("window.snugWatch.prints = true", vec![])
                .await?;
        }
        wait::measure_for(SETTLING).await;
        let mut prints: Vec<[Vec<Print>; 2]> = vec![];
        for (page, _) in &self.sides {
            let script = "window.snugWatch.prints = false;
                return [window.snugWatch.own.prints, window.snugWatch.other.prints]";
            prints.push(page.script(script, vec![]).await?);
        }
        let [[own_ana, at_ana], [own_ben, at_ben]] = [&prints[0], &prints[1]];
        let ages = [
            latency::between(own_ana, at_ben),
            latency::between(own_ben, at_ana),
        ];
        Ok(ages.into_iter().flatten().reduce(f64::max))
    }

    async fn sound(&self) -> Result<[Sound; 2]> {
        let script = "return (async () => {
            const sound = { concealed: 0, all: 0 };
            for (const connection of window.snugProbe.connections) {
                for (const entry of (await connection.getStats()).values()) {
                    if (entry.type !== 'inbound-rtp' || entry.kind !== 'audio') continue;
                    // Comfort noise in a pause is meant, not made up for what was lost.
                    sound.concealed += entry.concealedSamples - (entry.silentConcealedSamples ?? 0);
                    sound.all += entry.totalSamplesReceived;
                }
            }
            return sound;
        })()";
        let [(ana, _), (ben, _)] = &self.sides;
        Ok([
            ana.script(script, vec![]).await?,
            ben.script(script, vec![]).await?,
        ])
    }
}
