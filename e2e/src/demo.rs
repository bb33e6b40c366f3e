//! A relay and two windows or browsers that call each other, with statistics of the result and
//! screenshots. It shows what the tests check.

use std::{fmt, fs, path::Path, time::Duration};

use anyhow::{Context, Result};

use crate::{
    chromium::{self, Computer, Devices},
    fake_camera,
    media_stats::{self, MediaStats},
    page::{Page, Role},
    relay::Relay,
    test_env::TestEnv,
    timestamps, user_actions, wait,
};

const ANA: &str = "ana@example.org";
const BEN: &str = "ben@example.org";
/// The time in which frames and bytes are counted.
const WATCH_DURATION: Duration = Duration::from_secs(5);

/// The result of a demo.
#[derive(Debug)]
pub struct Report {
    sides: [Side; 2],
}

#[derive(Debug)]
struct Side {
    email: &'static str,
    after_call_ms: f64,
    after_accept_ms: f64,
    frames_per_second: f64,
    before: MediaStats,
    after: MediaStats,
}

/// The apps and the cameras of a demo.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cast {
    /// Two windows of the app, with the web engine's own test video.
    #[cfg(target_os = "linux")]
    Windows,
    /// Two browsers, with Chromium's test video at thirty frames a second: much to encode.
    Browsers,
    /// Two browsers with drawn people, for pictures in documents.
    People,
}

/// Runs it once. The screenshots go into the folder.
pub async fn run(cast: Cast, folder: &Path) -> Result<Report> {
    fs::create_dir_all(folder)?;
    let env = TestEnv::start("demo").await?;
    let report = play(&env, cast, folder).await;
    env.stop().await;
    report
}

async fn play(env: &TestEnv, cast: Cast, folder: &Path) -> Result<Report> {
    let relay = env.relay(&[]).await?;
    let [ana, ben] = open_lobbies(env, &relay, cast).await?;
    ana.fill("Email", ANA).await?;
    ana.fill("Room number", "42").await?;
    own_video(&ana, "Camera preview").await?;
    ana.screenshot(&folder.join("lobby.png")).await?;
    ana.button("Join room").await?;
    user_actions::join(&ben, BEN, "42").await?;
    user_actions::sees_person(&ana, BEN).await?;
    user_actions::sees_person(&ben, ANA).await?;

    timestamps::watch_for(&ana, BEN).await?;
    timestamps::watch_for(&ben, ANA).await?;
    ana.button("Call").await?;
    ben.sees(Role::Dialog, "Incoming call").await?;
    ben.screenshot(&folder.join("incoming-call.png")).await?;
    user_actions::accept(&ben).await?;
    media_stats::video_plays(&ana, BEN).await?;
    media_stats::video_plays(&ben, ANA).await?;
    let rung = timestamps::of(&ana)
        .await?
        .pressed
        .context("nobody pressed Call")?;
    let accepted = timestamps::of(&ben)
        .await?
        .pressed
        .context("nobody pressed Accept")?;
    // The time between Call and Accept is not counted.
    let sides = [
        side(&ana, ANA, BEN, rung, accepted).await?,
        side(&ben, BEN, ANA, rung, accepted).await?,
    ];
    // The controls are hidden until the pointer moves.
    let stage_of_call = ana.find(Role::Video, BEN).await?;
    ana.driver()
        .action_chain()
        .move_to_element_center(&stage_of_call)
        .perform()
        .await?;
    ana.screenshot(&folder.join("call.png")).await?;
    ana.button("Leave call").await?;
    user_actions::out_of_call(&ben).await?;
    Ok(Report { sides })
}

/// Both in their lobbies.
async fn open_lobbies(env: &TestEnv, relay: &Relay, cast: Cast) -> Result<[Page; 2]> {
    let synthetic = Devices::Synthetic {
        cameras: 1,
        rate: 30,
    };
    let [one, other] = match cast {
        #[cfg(target_os = "linux")]
        Cast::Windows => {
            let ana = env.window_at("ana", relay).await?;
            return Ok([ana, env.window_at("ben", relay).await?]);
        }
        Cast::Browsers => [synthetic; 2],
        Cast::People => [
            Devices::Film(fake_camera::WARM),
            Devices::Film(fake_camera::COOL),
        ],
    };
    let pages = [
        browser(env, "ana", one).await?,
        browser(env, "ben", other).await?,
    ];
    for page in &pages {
        page.open(&relay.web()).await?;
    }
    Ok(pages)
}

async fn browser(env: &TestEnv, name: &str, devices: Devices) -> Result<Page> {
    let computer = Computer {
        devices,
        ..Computer::default()
    };
    let page = env.browser_on(name, computer).await?;
    chromium::resize(&page, computer.width, computer.height).await?;
    Ok(page)
}

async fn side(
    page: &Page,
    email: &'static str,
    other: &str,
    rung: f64,
    accepted: f64,
) -> Result<Side> {
    let shown = timestamps::of(page)
        .await?
        .shown
        .context("no picture was shown")?;
    let before = page.media_stats(other).await?;
    wait::measure_for(WATCH_DURATION).await;
    let after = page.media_stats(other).await?;
    let frames = after.frames.saturating_sub(before.frames);
    Ok(Side {
        email,
        after_call_ms: shown - rung,
        after_accept_ms: shown - accepted,
        frames_per_second: frames as f64 / (after.at - before.at),
        before,
        after,
    })
}

/// Waits until one's own camera shows something, so that a screenshot is useful.
async fn own_video(page: &Page, label: &str) -> Result<()> {
    wait::until("one's own camera shows a picture", async || {
        let stats = page.media_stats(label).await?;
        Ok((stats.frames > 0).then_some(()))
    })
    .await
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for side in &self.sides {
            let MediaStats {
                width,
                height,
                bytes_sent,
                bytes_received,
                ..
            } = side.after;
            let kilobits = |bytes: u64, earlier: u64| {
                (bytes - earlier) as f64 * 8.0 / 1_000.0 / (side.after.at - side.before.at)
            };
            writeln!(f, "{}", side.email)?;
            writeln!(
                f,
                "  first picture   {:.0} ms after Call, {:.0} ms after Accept",
                side.after_call_ms, side.after_accept_ms
            )?;
            writeln!(
                f,
                "  picture         {width}×{height}, {:.1} frames/s",
                side.frames_per_second
            )?;
            writeln!(
                f,
                "  received        {bytes_received} bytes, {:.0} kbit/s",
                kilobits(bytes_received, side.before.bytes_received)
            )?;
            writeln!(
                f,
                "  sent            {bytes_sent} bytes, {:.0} kbit/s",
                kilobits(bytes_sent, side.before.bytes_sent)
            )?;
            let path = side.after.path.as_deref().unwrap_or("unknown");
            writeln!(f, "  path            {path}")?;
        }
        Ok(())
    }
}
