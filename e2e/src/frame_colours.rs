//! The colours in all frames that a page receives (Chromium): also one that is there for one frame is
//! found.

use anyhow::{Context, Result, ensure};
use serde::Deserialize;
use serde_json::json;

use crate::{page::Page, wait};

const WATCH: &str = include_str!("page/frame-colours.js");
/// After a change.
const FRAMES: u64 = 5;
/// Of 255. Encoding changes colours a little.
pub const MAX_ERROR: u8 = 24;

/// The highest value of each colour in all pixels of all frames so far.
#[derive(Debug, Clone, Copy, Deserialize)]
pub struct Colours {
    pub frames: u64,
    pub red: u8,
    pub green: u8,
    pub blue: u8,
}

/// From now on, this page looks at each frame of its connections. Called again, it begins again.
pub async fn watch(page: &Page) -> Result<()> {
    page.script(WATCH, vec![]).await
}

/// What has arrived since the beginning in the video with this name. Waits for more frames, of which
/// some are as expected.
pub async fn arrive(
    page: &Page,
    name: &str,
    what: &str,
    is_expected: impl Fn(&Colours) -> bool,
) -> Result<Colours> {
    let mut first = None;
    wait::until(what, async || {
        let now: Option<Colours> = page.script(COLOURS, vec![json!(name)]).await?;
        let now = now.context("no frame of the video was seen")?;
        let first = *first.get_or_insert(now.frames);
        ensure!(is_expected(&now), "{now:?}");
        Ok((now.frames >= first + FRAMES).then_some(now))
    })
    .await
}

const COLOURS: &str = "
    const [name] = arguments;
    const video = document.querySelector(`video[aria-label=\"${name}\"]`);
    const [track] = video?.srcObject?.getVideoTracks() ?? [];
    return window.snugFrameColours.get(track?.id) ?? null;
";
