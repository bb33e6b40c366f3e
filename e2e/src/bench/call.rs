//! One call between two apps, for measurements.

use std::time::Duration;

use anyhow::{Context, Result};

use super::apps::Pair;
use crate::{
    media_stats,
    net_namespace::Place,
    page::{Page, Role},
    relay::Relay,
    test_env::TestEnv,
    timestamps, user_actions, wait,
    watch::{self, Counts, Sound},
};

const ANA: &str = "ana@example.org";
const BEN: &str = "ben@example.org";
const ACCEPT: &str = include_str!("../page/accept.js");
const CAMERA: &str = include_str!("../page/camera.js");
const VOICE: &str = include_str!("../page/voice.js");
/// Of every camera. The smallest machine can run it twice, so that no frames are lost for want of
/// processor time.
pub(super) const WIDTH: u32 = 640;
pub(super) const HEIGHT: u32 = 480;
pub(super) const RATE: u32 = 20;
/// The pause between joining and the first call. All apps are still starting until then.
const PAUSE_BEFORE_CALL: Duration = Duration::from_secs(2);
/// The time in which sizes, rates and buffers settle.
const SETTLE_TIME: Duration = Duration::from_secs(6);

/// Ana and Ben in a call.
pub(super) struct Call {
    pub(super) ana: Page,
    pub(super) ben: Page,
}

impl Call {
    /// Begins a call and lets it settle.
    pub(super) async fn begin(
        env: &TestEnv,
        relay: &Relay,
        Pair(at_ana, at_ben): Pair,
        [here, there]: &[Place; 2],
    ) -> Result<Self> {
        let ana = at_ana.lobby(env, relay, "ana", here).await?;
        let ben = at_ben.lobby(env, relay, "ben", there).await?;
        user_actions::join_both([(&ana, ANA), (&ben, BEN)], "42").await?;
        for (page, other) in [(&ana, BEN), (&ben, ANA)] {
            watch::begin(page, other).await?;
        }
        let call = Self { ana, ben };
        call.ring().await?;
        for page in [&call.ana, &call.ben] {
            let wish = vec![WIDTH.into(), HEIGHT.into(), RATE.into()];
            page.script::<()>(CAMERA, wish).await?;
        }
        wait::measure_for(SETTLE_TIME).await;
        Ok(call)
    }

    /// Ana calls Ben, who accepts at once, until both see each other.
    async fn ring(&self) -> Result<()> {
        wait::measure_for(PAUSE_BEFORE_CALL).await;
        let sides = [(&self.ana, BEN), (&self.ben, ANA)];
        for (page, other) in sides {
            timestamps::watch_for(page, other).await?;
        }
        self.ben.script::<()>(ACCEPT, vec![]).await?;
        self.ana.button("Call").await?;
        for (page, other) in sides {
            page.sees(Role::Video, other).await?;
            media_stats::video_plays(page, other).await?;
        }
        Ok(())
    }

    /// Hangs up and calls again.
    pub(super) async fn ring_again(&self) -> Result<()> {
        self.ben.button("Leave call").await?;
        for page in [&self.ana, &self.ben] {
            user_actions::out_of_call(page).await?;
        }
        self.ring().await
    }

    /// Lets both speak from now on.
    pub(super) async fn speak(&self) -> Result<()> {
        for page in [&self.ana, &self.ben] {
            page.script::<()>(VOICE, vec![]).await?;
        }
        Ok(())
    }

    /// Frames since the call began, and the longest wait since the last reading.
    pub(super) async fn counts(&self) -> Result<[Counts; 2]> {
        Ok([
            watch::counts(&self.ana).await?,
            watch::counts(&self.ben).await?,
        ])
    }

    pub(super) async fn sound(&self) -> Result<[Sound; 2]> {
        Ok([
            watch::sound(&self.ana).await?,
            watch::sound(&self.ben).await?,
        ])
    }

    /// Of the narrower video.
    pub(super) async fn width(&self) -> Result<u32> {
        let at_ana = self.ana.media_stats(BEN).await?.width;
        Ok(at_ana.min(self.ben.media_stats(ANA).await?.width))
    }

    /// Milliseconds from the last press on Call to the first remote frame, on the later side.
    pub(super) async fn first_frame(&self) -> Result<f64> {
        let noted = [
            timestamps::of(&self.ana).await?,
            timestamps::of(&self.ben).await?,
        ];
        let pressed = noted[0].pressed.context("nobody pressed Call")?;
        let mut latest = 0.0_f64;
        for each in &noted {
            latest = latest.max(each.shown.context("no picture was shown")? - pressed);
        }
        Ok(latest)
    }
}
