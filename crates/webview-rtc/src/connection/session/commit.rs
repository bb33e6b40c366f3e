//! Makes an agreement true: in the stack's own order, which is not that of the agreement.
//!
//! Invariant: an agreement is either refused before anything is touched or true afterwards.

use std::time::{Duration, Instant};

use str0m::{
    change::SdpOffer,
    media::{Direction as StackDirection, Mid},
};

use super::{RtcSession, stack::stack_credentials};
use crate::{
    connection::{
        ConnectionError,
        media_sections::{MediaSection, MediaSections},
        offer::{self, Standing},
        validate,
    },
    wire::session::{Direction, Media, Rtp, Session as Agreement},
};

/// What is kept to be sent again: as much as the stack keeps by itself.
const KEPT_PACKETS: usize = 2000;
const KEPT_FOR: Duration = Duration::from_secs(3);
/// Of the bytes of the last second. Beyond it the stack forgets what it was asked for, and a picture
/// is lost for good; its own limit is 0.15, where a line that loses a tenth is now and then.
const MOST_SENT_AGAIN: f32 = 0.5;

/// What an agreement does to ICE.
enum Ice {
    Begins,
    Restarts,
    GoesOn,
}

impl RtcSession {
    /// # Errors
    /// The agreement contradicts itself or the ones before it, or cannot be served.
    pub fn commit(&mut self, agreement: &Agreement, now: Instant) -> Result<(), ConnectionError> {
        if agreement.media.is_empty() {
            // Nothing to carry: there is no transport yet (RFC 9429, 4.1.1).
            return Ok(());
        }
        if !self.rtc.is_alive() {
            return Err(ConnectionError::InvalidState(
                "the connection has ended; open a new one".to_owned(),
            ));
        }
        let settled = self.settled.check(agreement)?;
        let ice = self.ice_change(agreement)?;
        let lines = self.lines.next(agreement);
        let offer = self.offer(agreement, &lines)?;
        let refused = |error: str0m::RtcError| {
            ConnectionError::Operation(format!("the agreement cannot be served: {error}"))
        };
        self.rtc.sdp_api().accept_offer(offer).map_err(refused)?;
        let mut direct = self.rtc.direct_api();
        match ice {
            Ice::Begins => {
                direct.set_local_ice_credentials(stack_credentials(&agreement.local));
                direct.set_ice_controlling(agreement.ice_controlling);
            }
            Ice::Restarts => {
                // The stack has restarted at the sight of the remote ones, with its own.
                direct.set_local_ice_credentials(stack_credentials(&agreement.local));
                self.candidates.forget_remote();
                self.stats.handle_restart();
            }
            Ice::GoesOn => {}
        }
        self.settled = settled;
        let before = std::mem::replace(&mut self.lines, lines);
        self.agreement = Some(agreement.clone());
        self.apply_media_sections(&before);
        match ice {
            Ice::Begins | Ice::Restarts => self.ice.handle_start(now),
            Ice::GoesOn => {}
        }
        for candidate in self
            .candidates
            .take_waiting(&agreement.remote.username_fragment)
        {
            self.use_remote(candidate, now);
        }
        self.drive(now);
        Ok(())
    }

    fn ice_change(&self, agreement: &Agreement) -> Result<Ice, ConnectionError> {
        let Some(before) = &self.agreement else {
            return Ok(Ice::Begins);
        };
        match (
            before.local == agreement.local,
            before.remote == agreement.remote,
        ) {
            (true, true) => Ok(Ice::GoesOn),
            (false, false) => Ok(Ice::Restarts),
            // RFC 8839, 4.4.1.1.1: both sides choose new ones.
            (true, false) | (false, true) => Err(ConnectionError::InvalidAccess(
                "an ICE restart needs new credentials on both sides".to_owned(),
            )),
        }
    }

    fn offer(
        &mut self,
        agreement: &Agreement,
        lines: &MediaSections,
    ) -> Result<SdpOffer, ConnectionError> {
        let application = self.application.or_else(|| {
            lines.iter().position(|line| match line.media {
                Media::Application { .. } => true,
                Media::Audio(_) | Media::Video(_) | Media::Stopped { .. } => false,
            })
        });
        let fingerprint = validate::strongest(&agreement.remote_fingerprints)?;
        let standing = Standing {
            direction: &|mid: Mid| self.rtc.media(mid).map(|media| media.direction()),
            application,
        };
        let text = offer::text(agreement, lines, fingerprint, &standing);
        let offer = SdpOffer::from_sdp_string(&text).map_err(|error| {
            ConnectionError::Operation(format!("the agreement cannot be told: {error}"))
        })?;
        self.application = application;
        Ok(offer)
    }

    /// Streams and directions, which the offer left as they were.
    fn apply_media_sections(&mut self, before: &MediaSections) {
        for line in self.lines.iter() {
            let Some(rtp) = line.rtp() else {
                continue;
            };
            if self.rtc.media(line.mid).is_none() {
                continue;
            }
            let direction = match rtp.direction {
                Direction::SendRecv => StackDirection::SendRecv,
                Direction::SendOnly => StackDirection::SendOnly,
                Direction::RecvOnly => StackDirection::RecvOnly,
                Direction::Inactive => StackDirection::Inactive,
            };
            self.rtc.sdp_api().set_direction(line.mid, direction);
            apply_sending(&mut self.rtc, line, rtp);
            apply_receiving(&mut self.rtc, line, rtp, before);
        }
        self.stats.handle_media_sections(&self.lines);
        self.media.handle_media_sections(&self.lines);
        self.duplicate_sends.handle_media_sections(&self.lines);
    }
}

/// The stack chooses an SSRC where none was declared; ours stands in our description.
fn apply_sending(rtc: &mut str0m::Rtc, line: &MediaSection, rtp: &Rtp) {
    let mut direct = rtc.direct_api();
    let current = direct
        .stream_tx_by_mid(line.mid, None)
        .map(|stream| stream.ssrc());
    if current.is_some_and(|ssrc| *ssrc == rtp.send.ssrc) {
        return;
    }
    if let Some(ssrc) = current {
        direct.remove_stream_tx(ssrc);
    }
    if line.sends() {
        let rtx = rtp.send.rtx.map(Into::into);
        let stream = direct.declare_stream_tx(rtp.send.ssrc.into(), rtx, line.mid, None);
        stream.set_rtx_cache(KEPT_PACKETS, KEPT_FOR, Some(MOST_SENT_AGAIN));
    }
}

fn apply_receiving(rtc: &mut str0m::Rtc, line: &MediaSection, rtp: &Rtp, before: &MediaSections) {
    let mut direct = rtc.direct_api();
    let old = before
        .by_mid(line.mid)
        .and_then(MediaSection::rtp)
        .map_or(&[][..], |rtp| rtp.receive.as_slice());
    for gone in old {
        if !rtp.receive.iter().any(|stream| stream.ssrc == gone.ssrc) {
            direct.remove_stream_rx(gone.ssrc.into());
        }
    }
    if !line.receives() {
        return;
    }
    for stream in &rtp.receive {
        let expected = direct.expect_stream_rx(
            stream.ssrc.into(),
            stream.rtx.map(Into::into),
            line.mid,
            None,
        );
        // Without a stream for them nothing is sent again (RFC 4588).
        expected.suppress_nack(stream.rtx.is_none());
    }
}
