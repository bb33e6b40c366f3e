//! Drives the stack, and turns what it says into what the connection tells.
//!
//! Invariant: ends for every `now`. What a peer sends may cost a packet, never the loop.

use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};

use str0m::{
    Event, IceConnectionState, Input, Output, RtcError,
    bwe::{Bitrate, BweKind},
};
use tracing::debug;

use super::{Datagram, RtcSession, stack::transport};
use crate::{
    connection::{ConnectionEvent, bandwidth::Observed},
    wire::event::DtlsState,
};

/// How often the stack may want the same moment again before it must wait a little.
const ROUNDS: usize = 256;
const SHORT_WAIT: Duration = Duration::from_millis(1);
/// How long the DTLS handshake may take.
const HANDSHAKE: Duration = Duration::from_secs(30);

impl RtcSession {
    /// Lets the stack do all that is due, and takes what it gives.
    pub(super) fn drive(&mut self, now: Instant) {
        self.round(now);
        // Messages go into the stack when others have left it, and then there is more to send.
        self.channels
            .handle_progress(&mut self.rtc, &mut self.events);
        self.round(now);
        if self.tell_wish() {
            self.round(now);
        }
        while let Some(copy) = self.duplicate_sends.poll(now) {
            self.send(copy, now);
        }
        self.watch();
        self.tell_states();
    }

    /// Not while the stack is emptied: it would put off what it has just become due to do.
    fn tell_wish(&mut self) -> bool {
        let wish = self.stats.bandwidth.probe_bitrate();
        if std::mem::replace(&mut self.wish, wish) == wish {
            return false;
        }
        let mut estimation = self.rtc.bwe();
        estimation.set_bitrate(Bitrate::ZERO, Bitrate::from(wish));
        true
    }

    fn send(&mut self, datagram: Datagram, now: Instant) {
        let is_loopback = |address: SocketAddr| address.ip().to_canonical().is_loopback();
        // The stack pairs every local candidate with every remote one.
        if is_loopback(datagram.destination) && !is_loopback(datagram.source) {
            return;
        }
        let way = (datagram.source, datagram.destination);
        self.stats.handle_sent(way, &datagram.bytes, now);
        self.datagrams.push_back(datagram);
    }

    fn round(&mut self, now: Instant) {
        if self.rtc.handle_input(Input::Timeout(now)).is_err() {
            self.stats.malformed += 1;
        }
        for _ in 0..ROUNDS {
            match self.rtc.poll_output() {
                Ok(Output::Transmit(transmit)) => {
                    let datagram = Datagram {
                        transport: transport(transmit.proto),
                        source: transmit.source,
                        destination: transmit.destination,
                        bytes: transmit.contents.into(),
                    };
                    self.duplicate_sends.handle_sent(&datagram, now);
                    self.send(datagram, now);
                }
                Ok(Output::Event(event)) => self.handle_event(event, now),
                Ok(Output::Timeout(timeout)) => {
                    self.timeout = timeout;
                    if timeout > now {
                        return;
                    }
                    if self.rtc.handle_input(Input::Timeout(now)).is_err() {
                        self.stats.malformed += 1;
                    }
                }
                Err(error) => self.handle_stack_error(&error),
            }
        }
        self.timeout = now + SHORT_WAIT;
    }

    /// What comes of a poll is either a payload that cannot be put together, which is out of the
    /// stack's buffers by now, or the end of its DTLS.
    fn handle_stack_error(&mut self, error: &RtcError) {
        if matches!(error, RtcError::Packet(..)) {
            self.stats.malformed += 1;
            return;
        }
        debug!(%error, "the stack gave up");
        self.rtc.disconnect();
    }

    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "the stack's enum is open; the others are told by the page or asked for nowhere"
    )]
    fn handle_event(&mut self, event: Event, now: Instant) {
        match event {
            Event::Connected => {
                self.handshake_by = None;
                self.set_dtls(DtlsState::Connected);
            }
            Event::IceConnectionStateChange(state) => self.handle_ice(state, now),
            Event::MediaData(data) => {
                let sequence = **data.seq_range.start()..=**data.seq_range.end();
                self.stats.handle_media(data.mid, sequence);
                self.media.handle_data(&self.lines, &data, &mut self.events);
            }
            Event::SenderFeedback(feedback) => {
                self.stats.handle_sender_report(&feedback);
                self.media
                    .handle_sender_report(&self.lines, &feedback, &mut self.events);
            }
            Event::KeyframeRequest(request) => {
                self.media
                    .handle_key_frame_request(&self.lines, request.mid, &mut self.events);
            }
            Event::EgressBitrateEstimate(BweKind::Twcc { estimate, .. }) => {
                let available = self.stats.bandwidth.handle_mean(estimate.as_u64());
                self.events.extend(available.map(ConnectionEvent::Estimate));
            }
            Event::ChannelOpen(id, _) => {
                self.channels
                    .handle_open(&mut self.rtc, id, &mut self.events);
            }
            Event::ChannelData(data) => {
                self.channels
                    .handle_message(data.id, data.binary, data.data, &mut self.events);
            }
            Event::ChannelClose(id) => self.channels.handle_close(id, &mut self.events),
            Event::PeerStats(stats) => {
                self.stats.handle_peer(&stats);
                let loss = f64::from(stats.egress_loss_fraction.unwrap_or_default());
                let observed = Observed {
                    estimate: stats.bwe_tx.map(|estimate| estimate.as_u64()),
                    round_trip: stats.rtt,
                    loss,
                    sent: self.stats.bytes_sent(&self.lines),
                };
                let bandwidth = &mut self.stats.bandwidth;
                let available = bandwidth.handle_observed(observed, now);
                self.duplicate_sends
                    .handle_path(loss, bandwidth.available(), now);
                self.events.extend(available.map(ConnectionEvent::Estimate));
            }
            Event::MediaIngressStats(stats) => self.stats.handle_ingress(stats),
            Event::MediaEgressStats(stats) => {
                let line = self.lines.by_mid(stats.mid);
                if let (Some(line), Some(fraction)) = (line, stats.loss)
                    && line.is_audio()
                {
                    self.events.push_back(ConnectionEvent::AudioLoss {
                        mid: line.name().to_owned(),
                        fraction: f64::from(fraction),
                    });
                }
                self.stats.handle_egress(&stats);
            }
            Event::Closed => {
                self.channels.handle_lost(&mut self.events);
                self.set_dtls(DtlsState::Closed);
            }
            _ => {}
        }
    }

    fn handle_ice(&mut self, state: IceConnectionState, now: Instant) {
        self.ice.handle_agent(state, now);
        if self.ice.is_connected() && self.dtls == DtlsState::New {
            self.handshake_by = Some(now + HANDSHAKE);
            self.set_dtls(DtlsState::Connecting);
        }
    }

    /// The stack ends without a word when the certificate is a wrong one or the handshake fails.
    fn watch(&mut self) {
        if self.rtc.is_alive() {
            return;
        }
        self.channels.handle_lost(&mut self.events);
        match self.dtls {
            DtlsState::New | DtlsState::Connecting => self.set_dtls(DtlsState::Failed),
            DtlsState::Connected => self.set_dtls(DtlsState::Closed),
            DtlsState::Closed | DtlsState::Failed => {}
        }
    }

    /// Neither *closed* nor *failed* is ever left.
    pub(super) fn set_dtls(&mut self, state: DtlsState) {
        match self.dtls {
            DtlsState::Closed | DtlsState::Failed => {}
            DtlsState::New | DtlsState::Connecting | DtlsState::Connected => {
                if self.dtls != state {
                    self.dtls = state;
                    self.events.push_back(ConnectionEvent::DtlsState(state));
                }
            }
        }
    }

    pub(super) fn tell_states(&mut self) {
        if let Some(state) = self.ice.poll_state() {
            self.events.push_back(ConnectionEvent::IceState(state));
        }
    }
}
