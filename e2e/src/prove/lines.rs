//! Five people in one call. Ana speaks, the others show her large, and her line is narrow in both
//! directions. Audio of every pair must arrive. Her video must go on. A part of the line must stay
//! free. The old size must be back soon after the line is wide again.

use std::{collections::VecDeque, time::Duration};

use anyhow::{Context, Result, bail};

use crate::{
    chromium::{self, Computer, Devices},
    media_stats::MediaStats,
    page::Page,
    room::{Kind, Person, Room},
    star_network::{Carried, StarNetwork},
    test_env::{TestEnv, run_test},
    user_actions, wait,
};

const VIDEO_LIMITS: &str = include_str!("../page/video-limits.js");
const VOICE: &str = include_str!("../page/voice.js");
const NAMES: [&str; 5] = ["ana", "ben", "cam", "dan", "eva"];
/// Of every page. Pinned video is the middle size in it, which two processors can encode four
/// times.
const WIDTH: u32 = 640;
const HEIGHT: u32 = 420;
const CAMERA_RATE: u8 = 15;
/// In kbit/s.
const LINES: [Line; 3] = [
    Line {
        kilobits: 2_000,
        min_frame_rate: 10.0,
    },
    Line {
        kilobits: 800,
        min_frame_rate: 10.0,
    },
    // Too narrow for video for all.
    Line {
        kilobits: 300,
        min_frame_rate: 0.0,
    },
];
const MIN_AUDIO: f64 = 0.98;
const MAX_SHARE_OF_LINE: f64 = 0.95;
const MAX_TIME_UP: f64 = 12.0;
/// The middle rung, `ui/src/engine/budget/rungs.ts`.
const OLD_EDGE: u32 = 360;
const TIME_TO_ADAPT: Duration = Duration::from_secs(4);
const MEASURE_DURATION: Duration = Duration::from_secs(20);
const SAMPLE_INTERVAL: Duration = Duration::from_millis(250);
const WINDOW_SECONDS: f64 = 5.0;
const TIME_TO_OPEN: Duration = Duration::from_secs(60);

#[derive(Debug, Clone, Copy)]
struct Line {
    kilobits: u32,
    /// Of Ana's video at every receiver.
    min_frame_rate: f64,
}

/// What was measured over one line.
#[derive(Debug)]
struct Through {
    /// The worst pair's share of audio that was not made up.
    audio: f64,
    /// Ana's frames per second at the worst receiver.
    frame_rate: f64,
    /// The fullest five seconds, as a share of the line.
    sent: f64,
    received: f64,
    /// Seconds until every receiver has the old size, after the line has opened. `None` if not
    /// within a minute.
    up: Option<f64>,
}

pub(super) async fn run(say: &impl Fn(&str)) -> Result<Vec<String>> {
    let mut faults = vec![];
    let outcome = run_test("prove-mesh-lines", async |env| {
        let network = StarNetwork::build(5)?;
        let outcome = measure_on(env, &network, say, &mut faults).await;
        // The pages must not outlive their networks.
        for page in env.open_browsers() {
            env.close_browser(&page).await.ok();
        }
        outcome
    })
    .await;
    outcome.map(|()| faults)
}

async fn measure_on(
    env: &TestEnv,
    network: &StarNetwork,
    say: &impl Fn(&str),
    faults: &mut Vec<String>,
) -> Result<()> {
    let relay = env.open_relay().await?;
    network.share(relay.port())?;
    let mut people = vec![];
    for (name, place) in NAMES.into_iter().zip(network.places()) {
        let computer = Computer {
            devices: Devices::Synthetic {
                cameras: 1,
                rate: CAMERA_RATE,
            },
            ..Computer::default()
        };
        let page = env.browser_at(name, computer, &place).await?;
        chromium::resize(&page, WIDTH, HEIGHT).await?;
        let email = format!("{name}@example.org");
        user_actions::visit(&page, &relay, &email, "42").await?;
        let kind = Kind::Chromium;
        people.push(Person { kind, email, page });
    }
    let room = Room { people };
    room.everybody_is_listed().await?;
    room.call().await?;
    room.everybody_is_seen_and_heard(TIME_TO_OPEN).await?;
    let [ana, others @ ..] = room.people.as_slice() else {
        bail!("nobody is there");
    };
    for other in others {
        user_actions::pin(&other.page, &ana.email).await?;
    }
    ana.page.script::<()>(VOICE, vec![]).await?;
    say("Ana's line, five people; every figure of the worst pair or receiver");
    say(&format!(
        "{:>12} {:>13} {:>14} {:>12} {:>14} {:>14}",
        "kbit/s", "audio (≥98 %)", "frames/s (≥10)", "up (≤95 %)", "down (≤95 %)", "back (≤12 s)"
    ));
    for line in LINES {
        wait::until_within(TIME_TO_OPEN, "Ana's video is large", async || {
            has_old_size(&room).await.map(Some)
        })
        .await?;
        let through = through(network, &room, line, say).await?;
        say(&format!(
            "{:>12} {:>11.1} % {:>14.1} {:>10.0} % {:>12.0} % {:>14}",
            line.kilobits,
            through.audio * 100.0,
            through.frame_rate,
            through.sent * 100.0,
            through.received * 100.0,
            through.up.map_or("–".to_owned(), |up| format!("{up:.1} s"))
        ));
        faults.extend(through.faults(line));
    }
    Ok(())
}

async fn through(
    network: &StarNetwork,
    room: &Room,
    line: Line,
    say: &impl Fn(&str),
) -> Result<Through> {
    network.limit(Some(line.kilobits))?;
    wait::measure_for(TIME_TO_ADAPT).await;
    let before = readings(room).await?;
    let [sent, received] = fullest(network, line.kilobits).await?;
    let after = readings(room).await?;
    network.limit(None)?;
    let large = wait::until_within(TIME_TO_OPEN, "Ana's video is large again", async || {
        has_old_size(room).await.map(Some)
    });
    let up = wait::timed(large).await;
    if let Err(error) = &up {
        say(&format!("{error:#}"));
    }
    let mut audio = 1.0_f64;
    let mut frame_rate = f64::INFINITY;
    for ((before, after), (_, other)) in before.iter().zip(&after).zip(room.pairs()) {
        audio = audio.min(after.true_audio_since(before));
        if other.email == room.people[0].email {
            let frames = after.frames.saturating_sub(before.frames);
            frame_rate = frame_rate.min(frames as f64 / (after.at - before.at));
        }
    }
    Ok(Through {
        audio,
        frame_rate,
        sent,
        received,
        up: up.ok().map(|((), seconds)| seconds),
    })
}

impl Through {
    fn faults(&self, line: Line) -> Vec<String> {
        let kilobits = line.kilobits;
        let mut faults = vec![];
        if self.audio < MIN_AUDIO {
            faults.push(format!("audio at {kilobits} kbit/s"));
        }
        if self.frame_rate < line.min_frame_rate {
            faults.push(format!("frame rate at {kilobits} kbit/s"));
        }
        if self.sent > MAX_SHARE_OF_LINE {
            faults.push(format!("sent share of {kilobits} kbit/s"));
        }
        if self.received > MAX_SHARE_OF_LINE {
            faults.push(format!("received share of {kilobits} kbit/s"));
        }
        if self.up.is_none_or(|up| up > MAX_TIME_UP) {
            faults.push(format!("time to the old size after {kilobits} kbit/s"));
        }
        faults
    }
}

/// Of each pair.
async fn readings(room: &Room) -> Result<Vec<MediaStats>> {
    let mut readings = vec![];
    for (person, other) in room.pairs() {
        readings.push(person.page.media_stats(&other.email).await?);
    }
    Ok(readings)
}

/// Checks that each of the others is shown Ana's video as large as it asks for.
///
/// # Errors
/// Somebody is not. The error says what limits it.
async fn has_old_size(room: &Room) -> Result<()> {
    let (ana, others) = room.people.split_first().context("nobody is there")?;
    for other in others {
        let edge = shown_edge(&other.page, &ana.email).await?;
        if edge < OLD_EDGE {
            let limits: Vec<String> = ana.page.script(VIDEO_LIMITS, vec![]).await?;
            bail!("{} shows {edge}: {}", other.email, limits.join(" | "));
        }
    }
    Ok(())
}

async fn shown_edge(page: &Page, email: &str) -> Result<u32> {
    let stats = page.media_stats(email).await?;
    Ok(stats.width.min(stats.height))
}

/// The fullest five seconds of the next twenty, sent and received, as shares of the line.
async fn fullest(network: &StarNetwork, kilobits: u32) -> Result<[f64; 2]> {
    let mut samples: VecDeque<(f64, Carried)> = VecDeque::new();
    let mut fullest = [0.0_f64; 2];
    let end = wait::clock() + MEASURE_DURATION.as_secs_f64() * 1_000.0;
    while wait::clock() < end {
        let (now, carried) = (wait::clock() / 1_000.0, network.carried()?);
        samples.push_back((now, carried));
        while samples.len() > 1 && now - samples[1].0 >= WINDOW_SECONDS {
            samples.pop_front();
        }
        let (then, before) = samples[0];
        if now - then >= WINDOW_SECONDS {
            let share =
                |bytes: u64| bytes as f64 * 8.0 / 1_000.0 / (now - then) / f64::from(kilobits);
            let shares = [
                share(carried.sent - before.sent),
                share(carried.received - before.received),
            ];
            fullest = [0, 1].map(|at: usize| fullest[at].max(shares[at]));
        }
        wait::measure_for(SAMPLE_INTERVAL).await;
    }
    Ok(fullest)
}
