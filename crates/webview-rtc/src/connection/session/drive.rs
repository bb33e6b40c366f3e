//! Drives str0m and turns its output into datagrams and connection events.
//!
//! Invariant: the loop ends for every `now` and every input from a peer.

use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};

use str0m::{
    Event, IceConnectionState, Input, Output, RtcError,
    bwe::{Bitrate, BweKind},
};
use tracing::debug;

use super::{Datagram, RtcSession, str0m_config::transport};
use crate::{
    connection::{
        ConnectionEvent,
        bandwidth::Observed,
        str0m_workarounds::{certificate_alert, handshake, sent_data},
    },
    wire::event::DtlsState,
};

/// Limit of polls per call: str0m may ask for a time that is already due again and again.
const MAX_POLLS_PER_DRAIN: usize = 256;
const POLL_LIMIT_PAUSE: Duration = Duration::from_millis(1);
/// Limit of the DTLS handshake.
const DTLS_HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(30);

impl RtcSession {
    /// Runs all due work of str0m and collects its output.
    pub(super) fn drive(&mut self, now: Instant) {
        self.drain(now);
        // Sent messages free buffer in str0m. Messages that follow produce more output.
        self.channels
            .handle_progress(&mut self.rtc, &mut self.events);
        self.drain(now);
        if self.update_probe_bitrate() {
            self.drain(now);
        }
        self.channels.report_sent(&mut self.rtc, &mut self.events);
        while let Some(duplicate) = self.duplicate_sends.poll(now) {
            self.send(duplicate, now);
        }
        self.detect_end();
        self.emit_ice_state();
    }

    /// Gives str0m the probe bitrate; false if unchanged. Not called inside `drain`, where it would
    /// postpone due work.
    fn update_probe_bitrate(&mut self) -> bool {
        let probe_bitrate = self.stats.bandwidth.probe_bitrate();
        if std::mem::replace(&mut self.probe_bitrate, probe_bitrate) == probe_bitrate {
            return false;
        }
        let mut estimation = self.rtc.bwe();
        estimation.set_bitrate(Bitrate::ZERO, Bitrate::from(probe_bitrate));
        true
    }

    fn send(&mut self, datagram: Datagram, now: Instant) {
        let is_loopback = |address: SocketAddr| address.ip().to_canonical().is_loopback();
        // str0m pairs every local candidate with every remote one.
        if is_loopback(datagram.destination) && !is_loopback(datagram.source) {
            return;
        }
        if certificate_alert::is_dtls(&datagram.bytes) {
            self.dtls_path = Some(Datagram {
                bytes: Vec::new(),
                ..datagram
            });
        }
        let address_pair = (datagram.source, datagram.destination);
        self.stats.handle_sent(address_pair, &datagram.bytes, now);
        self.datagrams.push_back(datagram);
    }

    fn drain(&mut self, now: Instant) {
        self.poll_str0m(now);
        self.channels.handle_sent(&mut self.rtc, sent_data::take());
        self.handshake.update(handshake::take());
    }

    fn poll_str0m(&mut self, now: Instant) {
        if self.rtc.handle_input(Input::Timeout(now)).is_err() {
            self.stats.malformed += 1;
        }
        for _ in 0..MAX_POLLS_PER_DRAIN {
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
                Err(error) => self.handle_str0m_error(&error, now),
            }
        }
        self.timeout = now + POLL_LIMIT_PAUSE;
    }

    /// A packet error concerns one payload, which str0m has dropped. Any other error ends DTLS.
    fn handle_str0m_error(&mut self, error: &RtcError, now: Instant) {
        if matches!(error, RtcError::Packet(..)) {
            self.stats.malformed += 1;
            return;
        }
        debug!(%error, "str0m ended the connection");
        self.rtc.disconnect();
        if certificate_alert::is_wrong_certificate(error)
            && let Some(path) = self.dtls_path.take()
        {
            let refusal = Datagram {
                bytes: certificate_alert::bad_certificate(),
                ..path
            };
            self.send(refusal.clone(), now);
            self.refusal = Some(refusal);
        }
    }

    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "the enum of str0m is open; the other events are not used"
    )]
    fn handle_event(&mut self, event: Event, now: Instant) {
        match event {
            Event::Connected => {
                self.handshake_deadline = None;
                self.handshake.update(handshake::take());
                let certificate = self.handshake.certificate.clone();
                self.events
                    .extend(certificate.map(ConnectionEvent::RemoteCertificate));
                self.set_dtls(DtlsState::Connected);
            }
            Event::IceConnectionStateChange(state) => self.handle_ice(state, now),
            Event::MediaData(data) => {
                let sequence = **data.seq_range.start()..=**data.seq_range.end();
                self.stats.handle_media(data.mid, sequence);
                self.stats.handle_received_type(data.mid, *data.pt);
                let sources = self.packet_sources(&data);
                self.media
                    .handle_data(&self.media_sections, &data, sources, &mut self.events);
            }
            Event::SenderFeedback(feedback) => {
                self.stats.handle_sender_report(&feedback);
                self.media
                    .handle_sender_report(&self.media_sections, &feedback, &mut self.events);
            }
            Event::KeyframeRequest(request) => {
                self.media.handle_key_frame_request(
                    &self.media_sections,
                    request.mid,
                    &mut self.events,
                );
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
                    sent: self.stats.bytes_sent(&self.media_sections),
                };
                let bandwidth = &mut self.stats.bandwidth;
                let available = bandwidth.handle_observed(observed, now);
                self.duplicate_sends
                    .handle_path(loss, bandwidth.available(), now);
                self.events.extend(available.map(ConnectionEvent::Estimate));
            }
            Event::MediaIngressStats(stats) => self.stats.handle_ingress(stats),
            Event::MediaEgressStats(stats) => {
                let section = self.media_sections.by_mid(stats.mid);
                if let (Some(section), Some(fraction)) = (section, stats.loss)
                    && section.is_audio()
                {
                    self.events.push_back(ConnectionEvent::AudioLoss {
                        mid: section.name().to_owned(),
                        fraction: f64::from(fraction),
                    });
                }
                self.stats.handle_egress(&stats);
            }
            Event::Closed => {
                self.channels.handle_lost();
                self.set_dtls(DtlsState::Closed);
            }
            _ => {}
        }
    }

    fn handle_ice(&mut self, state: IceConnectionState, now: Instant) {
        self.ice.handle_agent(state, now);
        if self.ice.is_connected() && self.dtls == DtlsState::New {
            self.handshake_deadline = Some(now + DTLS_HANDSHAKE_TIMEOUT);
            self.set_dtls(DtlsState::Connecting);
        }
    }

    /// Detects the end of str0m, which emits no event for a wrong certificate or a failed handshake.
    fn detect_end(&mut self) {
        if self.rtc.is_alive() {
            return;
        }
        self.channels.handle_lost();
        match self.dtls {
            DtlsState::New | DtlsState::Connecting => self.set_dtls(DtlsState::Failed),
            DtlsState::Connected => self.set_dtls(DtlsState::Closed),
            DtlsState::Closed | DtlsState::Failed => {}
        }
    }

    /// Sets the DTLS state. *closed* and *failed* are final.
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

    pub(super) fn emit_ice_state(&mut self) {
        while let Some(state) = self.ice.poll_state() {
            self.events.push_back(ConnectionEvent::IceState(state));
        }
    }
}
