//! The codec of a call's video: the page's preference, and the statistics' report.

use anyhow::Result;
use serde::Deserialize;
use serde_json::json;

use crate::{page::Page, wait};

const PREFER: &str = include_str!("page/prefer.js");
const CODECS: &str = include_str!("page/codecs.js");

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Codec {
    Vp8,
    /// Constrained baseline, level 3.1 (RFC 7742, 6.2).
    H264,
}

/// MIME types of all video so far.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Codecs {
    pub sent: Vec<String>,
    pub received: Vec<String>,
}

impl Codec {
    #[must_use]
    pub fn mime_type(self) -> &'static str {
        match self {
            Self::Vp8 => "video/VP8",
            Self::H264 => "video/H264",
        }
    }

    fn parameters(self) -> &'static [&'static str] {
        match self {
            Self::Vp8 => &[],
            Self::H264 => &["packetization-mode=1", "profile-level-id=42e01f"],
        }
    }
}

/// Waits until the page knows the codec. Its calls then use nothing else.
pub async fn only(page: &Page, codec: Codec) -> Result<()> {
    let what = format!("{}: {} is known", page.name(), codec.mime_type());
    wait::until(&what, async || {
        let arguments = vec![json!(codec.mime_type()), json!(codec.parameters())];
        let is_known: bool = page.script(PREFER, arguments).await?;
        Ok(is_known.then_some(()))
    })
    .await
}

/// Waits until video has passed both ways.
pub async fn in_use(page: &Page) -> Result<Codecs> {
    let what = format!("{}: pictures have passed both ways", page.name());
    wait::until(&what, async || {
        let codecs: Codecs = page.script(CODECS, vec![]).await?;
        Ok((!codecs.sent.is_empty() && !codecs.received.is_empty()).then_some(codecs))
    })
    .await
}
