//! Sans-IO core of one connection, around str0m's `Rtc`: no socket, clock or task.
//!
//! Input enters by `handle_*` and the request methods, output leaves by `poll_*`. After every call
//! the caller drains `poll_transmit` and `poll_event`; `poll_timeout` gives the time of the next
//! `handle_timeout`.
//!
//! Invariant: time is an argument. Input from a peer is accepted or dropped, never an error; the
//! end of the connection is an event.

mod capture_times;
mod commit;
mod contributing_sources;
mod drive;
mod duplicate_sends;
mod ice_candidates;
mod media;
mod str0m_config;
mod tones;

use std::{collections::VecDeque, net::SocketAddr, time::Instant};

use str0m::{Input, Rtc, crypto::dtls::ProtocolVersion, net::Receive};
use tracing::debug;

use self::{
    contributing_sources::ContributingSources, duplicate_sends::DuplicateSends, media::Media,
    str0m_config::str0m_protocol,
};
use super::{
    Certificate, ConnectionError, ConnectionEvent,
    certificate::hexadecimal,
    data_channels::DataChannels,
    ice::{candidates::Candidates, state::IceStateMachine},
    media_sections::MediaSections,
    stats::Stats,
    str0m_workarounds::{
        certificate_alert, empty_message, handshake::Handshake, rtcp_dedup::RtcpDedup,
    },
    validate::SessionValidator,
};
use crate::{
    network::Transport,
    wire::{
        event::DtlsState,
        id::ChannelId,
        negotiated::{Fingerprint, IceCredentials, NegotiatedParameters},
        request::ChannelOptions,
        statistics::Statistics,
    },
};

/// One datagram to send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Datagram {
    pub transport: Transport,
    /// Base address of a local candidate.
    pub source: SocketAddr,
    pub destination: SocketAddr,
    pub bytes: Vec<u8>,
}

pub struct RtcSession {
    rtc: Rtc,
    negotiated: Option<NegotiatedParameters>,
    validator: SessionValidator,
    media_sections: MediaSections,
    /// Index of the application section, once negotiated.
    application: Option<usize>,
    candidates: Candidates,
    /// Credentials of the current gathering.
    gathering: Option<IceCredentials>,
    ice: IceStateMachine,
    dtls: DtlsState,
    handshake_deadline: Option<Instant>,
    /// The alert that refused the peer's certificate, sent again while the peer goes on.
    refusal: Option<Datagram>,
    /// The last DTLS datagram that was sent, without its bytes.
    dtls_path: Option<Datagram>,
    channels: DataChannels,
    media: Media,
    contributing_sources: ContributingSources,
    duplicate_sends: DuplicateSends,
    rtcp_dedup: RtcpDedup,
    /// Desired bitrate that str0m was given, in bits per second.
    probe_bitrate: u64,
    stats: Stats,
    handshake: Handshake,
    /// In DER.
    certificate: Vec<u8>,
    events: VecDeque<ConnectionEvent>,
    datagrams: VecDeque<Datagram>,
    timeout: Instant,
}

impl std::fmt::Debug for RtcSession {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("RtcSession")
            .field("ice", &self.ice)
            .field("dtls", &self.dtls)
            .finish_non_exhaustive()
    }
}

impl RtcSession {
    /// # Errors
    /// The certificate cannot be generated.
    pub fn new(now: Instant) -> Result<Self, ConnectionError> {
        Ok(Self::with_certificate(&Certificate::generate()?, now))
    }

    /// A session with a certificate that other sessions may use too.
    #[must_use]
    pub fn with_certificate(certificate: &Certificate, now: Instant) -> Self {
        Self {
            rtc: str0m_config::config()
                .set_crypto_provider(empty_message::crypto_provider())
                .set_dtls_cert(certificate.with_key.clone())
                .build(now),
            negotiated: None,
            validator: SessionValidator::default(),
            media_sections: MediaSections::default(),
            application: None,
            candidates: Candidates::default(),
            gathering: None,
            ice: IceStateMachine::new(),
            dtls: DtlsState::New,
            handshake_deadline: None,
            refusal: None,
            dtls_path: None,
            channels: DataChannels::default(),
            media: Media::default(),
            contributing_sources: ContributingSources::default(),
            duplicate_sends: DuplicateSends::default(),
            rtcp_dedup: RtcpDedup::default(),
            probe_bitrate: 0,
            stats: Stats::default(),
            handshake: Handshake::default(),
            certificate: certificate.with_key.certificate.clone(),
            events: VecDeque::new(),
            datagrams: VecDeque::new(),
            timeout: now,
        }
    }

    /// Replaces the certificate, as long as nothing else was requested.
    pub fn use_certificate(&mut self, certificate: &Certificate, now: Instant) {
        if self.gathering.is_some() || self.negotiated.is_some() || self.channels.has_any() {
            debug!("certificate ignored: the session is in use");
            return;
        }
        *self = Self::with_certificate(certificate, now);
    }

    /// Fingerprint of this connection's certificate, for the SDP.
    #[must_use]
    pub fn fingerprint(&mut self) -> Fingerprint {
        let direct = self.rtc.direct_api();
        let fingerprint = direct.local_dtls_fingerprint();
        Fingerprint::sha_256(&fingerprint.bytes)
    }

    pub fn handle_datagram(
        &mut self,
        transport: Transport,
        source: SocketAddr,
        destination: SocketAddr,
        bytes: &[u8],
        now: Instant,
    ) {
        if certificate_alert::is_handshake(bytes)
            && let Some(refusal) = &self.refusal
        {
            self.datagrams.push_back(refusal.clone());
            return;
        }
        let Ok(receive) = Receive::new(str0m_protocol(transport), source, destination, bytes)
        else {
            self.stats.malformed += 1;
            return;
        };
        let input = Input::Receive(now, receive);
        if !self.rtc.accepts(&input) {
            self.stats.foreign += 1;
            return;
        }
        self.stats
            .handle_received((destination, source), bytes, now);
        self.contributing_sources.handle_received(bytes);
        self.ice.handle_received(now);
        if self.rtcp_dedup.is_duplicate(bytes) {
            return;
        }
        if self.rtc.handle_input(input).is_err() {
            // Forged or corrupt. A failed handshake shows in `detect_end`.
            self.stats.malformed += 1;
            if self.dtls != DtlsState::Connected && certificate_alert::is_fatal(bytes) {
                self.rtc.disconnect();
            }
        }
        self.drive(now);
    }

    pub fn handle_timeout(&mut self, now: Instant) {
        self.ice.handle_timeout(now);
        if self.handshake_deadline.is_some_and(|by| by <= now) {
            self.handshake_deadline = None;
            self.rtc.disconnect();
        }
        self.drive(now);
    }

    pub fn open_channel(&mut self, id: ChannelId, options: ChannelOptions, now: Instant) {
        self.channels
            .open(&mut self.rtc, id, options, &mut self.events);
        self.drive(now);
    }

    pub fn send_channel(&mut self, id: ChannelId, binary: bool, bytes: Vec<u8>, now: Instant) {
        self.channels.send(id, binary, bytes, &mut self.events);
        self.drive(now);
    }

    pub fn close_channel(&mut self, id: ChannelId, now: Instant) {
        self.channels.close(id, &mut self.events);
        self.drive(now);
    }

    /// Sets the bitrate that all senders would use, in bits per second.
    pub fn set_desired_bitrate(&mut self, bits: u64, now: Instant) {
        self.stats.bandwidth.set_desired(bits);
        self.drive(now);
    }

    #[must_use]
    pub fn statistics(&mut self) -> Statistics {
        let mut statistics = self
            .stats
            .statistics(&self.media_sections, &self.candidates);
        statistics.channels = self.channels.statistics();
        let transport = &mut statistics.transport;
        transport.local_certificate = hexadecimal(&self.certificate);
        transport.remote_certificate = self.handshake.certificate.as_deref().map(hexadecimal);
        if self.dtls == DtlsState::Connected {
            let version = self.rtc.direct_api().dtls_protocol_version();
            statistics.transport.tls_version = version.and_then(tls_version);
            statistics.transport.dtls_cipher = self.handshake.cipher_suite.map(str::to_owned);
            statistics.transport.srtp_cipher = self.handshake.srtp_cipher.map(str::to_owned);
        }
        // Without a signaled SSRC, the received packets give it.
        for inbound in statistics.inbound.iter_mut().filter(|of| of.ssrc == 0) {
            let mid = self
                .media_sections
                .by_name(&inbound.mid)
                .map(|section| section.mid);
            let mut direct = self.rtc.direct_api();
            let stream = mid.and_then(|mid| direct.stream_rx_by_mid(mid, None));
            inbound.ssrc = stream.map_or(0, |stream| *stream.ssrc());
        }
        statistics
    }

    /// Closes the connection. The datagrams left in `poll_transmit` tell the peer.
    pub fn close(&mut self, now: Instant) {
        let _ = self.rtc.close();
        self.drive(now);
        self.ice.handle_close();
        self.set_dtls(DtlsState::Closed);
        self.emit_ice_state();
    }

    pub fn poll_event(&mut self) -> Option<ConnectionEvent> {
        self.events.pop_front()
    }

    pub fn poll_transmit(&mut self) -> Option<Datagram> {
        self.datagrams.pop_front()
    }

    #[must_use]
    pub fn poll_timeout(&self) -> Instant {
        let others = [
            self.ice.poll_timeout(),
            self.handshake_deadline,
            self.duplicate_sends.poll_timeout(),
        ];
        others
            .into_iter()
            .flatten()
            .fold(self.timeout, std::cmp::min)
    }
}

/// As on the wire ([RFC 6347, 4.1](https://www.rfc-editor.org/rfc/rfc6347#section-4.1)).
fn tls_version(version: ProtocolVersion) -> Option<String> {
    match version {
        ProtocolVersion::DTLS1_2 => Some("FEFD".to_owned()),
        ProtocolVersion::DTLS1_3 => Some("FEFC".to_owned()),
        _ => None,
    }
}
