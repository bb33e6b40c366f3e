//! Audio codecs that WebRTC endpoints have to support
//! ([RFC 7874, 3](https://www.rfc-editor.org/rfc/rfc7874#section-3)).

/// Of media time and of the RTP clock of Opus
/// ([RFC 7587, 4.1](https://www.rfc-editor.org/rfc/rfc7587#section-4.1)), in Hz.
pub(crate) const MEDIA_TIME_RATE_HZ: u32 = 48_000;
/// Of G.711 ([RFC 3551, 4.5.14](https://www.rfc-editor.org/rfc/rfc3551#section-4.5.14)), in Hz.
const G711_RATE_HZ: u32 = 8_000;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum AudioCodec {
    Opus,
    /// G.711 with the µ-law.
    Pcmu,
    /// G.711 with the A-law.
    Pcma,
}

impl AudioCodec {
    pub const ALL: [Self; 3] = [Self::Opus, Self::Pcmu, Self::Pcma];

    /// As in `a=rtpmap`, in any case.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        let is_named = |codec: &Self| codec.name().eq_ignore_ascii_case(name);
        Self::ALL.into_iter().find(is_named)
    }

    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Opus => "opus",
            Self::Pcmu => "PCMU",
            Self::Pcma => "PCMA",
        }
    }

    /// Of the RTP clock, in Hz.
    #[must_use]
    pub const fn clock_rate(self) -> u32 {
        match self {
            Self::Opus => MEDIA_TIME_RATE_HZ,
            Self::Pcmu | Self::Pcma => G711_RATE_HZ,
        }
    }

    /// A media time in units of the RTP clock.
    pub(crate) fn rtp_time(self, media_time: u64) -> u64 {
        media_time / u64::from(self.media_time_per_unit())
    }

    /// Units of media time (1/48000 s) in one unit of the RTP clock.
    #[must_use]
    pub const fn media_time_per_unit(self) -> u32 {
        MEDIA_TIME_RATE_HZ / self.clock_rate()
    }
}
