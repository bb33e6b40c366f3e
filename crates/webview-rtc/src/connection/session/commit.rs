//! Applies negotiated parameters to str0m, in the order that str0m requires.
//!
//! Invariant: parameters are either refused without any change, or fully applied.

use std::time::{Duration, Instant};

use str0m::{
    change::SdpOffer,
    media::{Direction as Str0mDirection, Mid},
};

use super::{RtcSession, str0m_config::str0m_credentials};
use crate::{
    connection::{
        ConnectionError,
        media_sections::{MediaSection, MediaSections},
        str0m_workarounds::synthetic_offer::{self, Str0mState},
        validate,
    },
    wire::negotiated::{Direction, Media, NegotiatedParameters, Rtp},
};

/// Packets kept for retransmission: the defaults of str0m.
const RTX_CACHE_PACKETS: usize = 2000;
const RTX_CACHE_INTERVAL: Duration = Duration::from_secs(3);
/// Retransmissions as a share of the bytes of the last second. Beyond it str0m drops the
/// retransmission, and the frame is lost. Its default of 0.15 is too low for a path with 10 % loss.
const MAX_RTX_SHARE: f32 = 0.5;

/// Effect of a commit on ICE.
enum IceChange {
    Start,
    Restart,
    Unchanged,
}

impl RtcSession {
    /// # Errors
    /// The parameters contradict themselves or earlier ones, or str0m refuses them.
    pub fn commit(
        &mut self,
        negotiated: &NegotiatedParameters,
        now: Instant,
    ) -> Result<(), ConnectionError> {
        if negotiated.media.is_empty() {
            // Without media sections there is no transport yet (RFC 9429, 4.1.1).
            return Ok(());
        }
        if !self.rtc.is_alive() {
            return Err(ConnectionError::InvalidState(
                "the connection has ended; open a new one".to_owned(),
            ));
        }
        let validator = self.validator.validate(negotiated)?;
        let ice = self.ice_change(negotiated)?;
        let media_sections = self.media_sections.next(negotiated);
        let offer = self.offer(negotiated, &media_sections)?;
        let refused = |error: str0m::RtcError| {
            ConnectionError::Operation(format!("the agreement cannot be served: {error}"))
        };
        self.rtc.sdp_api().accept_offer(offer).map_err(refused)?;
        let mut direct = self.rtc.direct_api();
        match ice {
            IceChange::Start => {
                direct.set_local_ice_credentials(str0m_credentials(&negotiated.local));
                direct.set_ice_controlling(negotiated.ice_controlling);
            }
            IceChange::Restart => {
                // str0m restarted ICE on the new remote credentials and generated local ones.
                // These replace them.
                direct.set_local_ice_credentials(str0m_credentials(&negotiated.local));
                self.candidates.clear_remote();
                self.stats.handle_restart();
            }
            IceChange::Unchanged => {}
        }
        self.validator = validator;
        let before = std::mem::replace(&mut self.media_sections, media_sections);
        self.negotiated = Some(negotiated.clone());
        self.apply_media_sections(&before);
        match ice {
            IceChange::Start | IceChange::Restart => self.ice.handle_start(now),
            IceChange::Unchanged => {}
        }
        let fragment = &negotiated.remote.username_fragment;
        for candidate in self.candidates.take_pending(fragment) {
            self.use_remote(candidate, now);
        }
        if self.candidates.take_pending_end(fragment) {
            self.ice.handle_remote_end();
        }
        self.drive(now);
        Ok(())
    }

    fn ice_change(&self, negotiated: &NegotiatedParameters) -> Result<IceChange, ConnectionError> {
        let Some(before) = &self.negotiated else {
            return Ok(IceChange::Start);
        };
        match (
            before.local == negotiated.local,
            before.remote == negotiated.remote,
        ) {
            (true, true) => Ok(IceChange::Unchanged),
            (false, false) => Ok(IceChange::Restart),
            // An ICE restart changes the credentials of both sides (RFC 8839, 4.4.1.1.1).
            (true, false) | (false, true) => Err(ConnectionError::InvalidAccess(
                "an ICE restart needs new credentials on both sides".to_owned(),
            )),
        }
    }

    fn offer(
        &mut self,
        negotiated: &NegotiatedParameters,
        media_sections: &MediaSections,
    ) -> Result<SdpOffer, ConnectionError> {
        let application = self.application.or_else(|| {
            media_sections
                .iter()
                .position(|section| match section.media {
                    Media::Application { .. } => true,
                    Media::Audio(_) | Media::Video(_) | Media::Stopped { .. } => false,
                })
        });
        let fingerprint = validate::strongest(&negotiated.remote_fingerprints)?;
        let str0m_state = Str0mState {
            direction: &|mid: Mid| self.rtc.media(mid).map(|media| media.direction()),
            application,
        };
        let text = synthetic_offer::sdp(negotiated, media_sections, fingerprint, &str0m_state);
        let offer = SdpOffer::from_sdp_string(&text).map_err(|error| {
            ConnectionError::Operation(format!("the agreement cannot be told: {error}"))
        })?;
        self.application = application;
        Ok(offer)
    }

    /// Applies streams and directions, which the synthetic offer does not change.
    fn apply_media_sections(&mut self, before: &MediaSections) {
        for section in self.media_sections.iter() {
            let Some(rtp) = section.rtp() else {
                continue;
            };
            if self.rtc.media(section.mid).is_none() {
                continue;
            }
            let direction = match rtp.direction {
                Direction::SendRecv => Str0mDirection::SendRecv,
                Direction::SendOnly => Str0mDirection::SendOnly,
                Direction::RecvOnly => Str0mDirection::RecvOnly,
                Direction::Inactive => Str0mDirection::Inactive,
            };
            self.rtc.sdp_api().set_direction(section.mid, direction);
            apply_sending(&mut self.rtc, section, rtp);
            apply_receiving(&mut self.rtc, section, rtp, before);
        }
        self.stats.handle_media_sections(&self.media_sections);
        self.media.handle_media_sections(&self.media_sections);
        self.duplicate_sends
            .handle_media_sections(&self.media_sections);
    }
}

/// Declares the SSRC of our SDP. str0m would choose its own.
fn apply_sending(rtc: &mut str0m::Rtc, section: &MediaSection, rtp: &Rtp) {
    let mut direct = rtc.direct_api();
    let current = direct
        .stream_tx_by_mid(section.mid, None)
        .map(|stream| stream.ssrc());
    if current.is_some_and(|ssrc| *ssrc == rtp.send.ssrc) {
        return;
    }
    if let Some(ssrc) = current {
        direct.remove_stream_tx(ssrc);
    }
    if section.sends() {
        let rtx = rtp.send.rtx.map(Into::into);
        let stream = direct.declare_stream_tx(rtp.send.ssrc.into(), rtx, section.mid, None);
        stream.set_rtx_cache(RTX_CACHE_PACKETS, RTX_CACHE_INTERVAL, Some(MAX_RTX_SHARE));
    }
}

fn apply_receiving(
    rtc: &mut str0m::Rtc,
    section: &MediaSection,
    rtp: &Rtp,
    before: &MediaSections,
) {
    let mut direct = rtc.direct_api();
    let old = before
        .by_mid(section.mid)
        .and_then(MediaSection::rtp)
        .map_or(&[][..], |rtp| rtp.receive.as_slice());
    for removed in old {
        if !rtp.receive.iter().any(|stream| stream.ssrc == removed.ssrc) {
            direct.remove_stream_rx(removed.ssrc.into());
        }
    }
    if !section.receives() {
        return;
    }
    for stream in &rtp.receive {
        let expected = direct.expect_stream_rx(
            stream.ssrc.into(),
            stream.rtx.map(Into::into),
            section.mid,
            None,
        );
        // No NACKs without an RTX stream (RFC 4588): the peer cannot retransmit.
        expected.suppress_nack(stream.rtx.is_none());
    }
}
