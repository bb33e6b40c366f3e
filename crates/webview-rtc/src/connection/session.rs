//! One connection without its sockets, its clock and its task: what goes in by `handle_*` and the
//! requests, and what comes out by `poll_*`.
//!
//! Invariant: sans-IO; time is an argument. Whatever a peer sends is taken or dropped; what ends
//! the connection is told as a state. After every call `poll_transmit` and `poll_event` are to be
//! emptied, and `poll_timeout` says when to call again.

mod capture_times;
mod commit;
mod drive;
mod duplicate_sends;
mod media;
mod paths;
mod rtcp_dedup;
mod stack;

use std::{collections::VecDeque, net::SocketAddr, time::Instant};

use str0m::{Input, Rtc, net::Receive};

use self::{
    duplicate_sends::DuplicateSends, media::Media, rtcp_dedup::RtcpDedup, stack::stack_protocol,
};
use super::{
    ConnectionError, ConnectionEvent,
    data_channels::DataChannels,
    empty_message,
    ice::{candidates::Candidates, state::IceClock},
    media_sections::MediaSections,
    stats::Stats,
    validate::Settled,
};
use crate::{
    network::Transport,
    wire::{
        event::DtlsState,
        id::ChannelId,
        request::ChannelOptions,
        session::{Fingerprint, IceCredentials, Session as Agreement},
        statistics::Statistics,
    },
};

/// One datagram to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Datagram {
    pub transport: Transport,
    /// The base of a local candidate.
    pub source: SocketAddr,
    pub destination: SocketAddr,
    pub bytes: Vec<u8>,
}

pub struct RtcSession {
    rtc: Rtc,
    agreement: Option<Agreement>,
    settled: Settled,
    lines: MediaSections,
    /// The place of the application m-line, once there was one.
    application: Option<usize>,
    candidates: Candidates,
    /// Which credentials are being gathered for.
    gathering: Option<IceCredentials>,
    ice: IceClock,
    dtls: DtlsState,
    handshake_by: Option<Instant>,
    channels: DataChannels,
    media: Media,
    duplicate_sends: DuplicateSends,
    rtcp_dedup: RtcpDedup,
    /// What the stack was told that is wanted, in bits a second.
    wish: u64,
    stats: Stats,
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
    /// No certificate could be made.
    pub fn new(now: Instant) -> Result<Self, ConnectionError> {
        let crypto = empty_message::crypto_provider();
        let certificate = crypto
            .dtls_provider
            .generate_certificate()
            .ok_or_else(|| ConnectionError::Operation("no certificate could be made".to_owned()))?;
        Ok(Self {
            rtc: stack::config()
                .set_crypto_provider(crypto)
                .set_dtls_cert(certificate)
                .build(now),
            agreement: None,
            settled: Settled::default(),
            lines: MediaSections::default(),
            application: None,
            candidates: Candidates::default(),
            gathering: None,
            ice: IceClock::new(),
            dtls: DtlsState::New,
            handshake_by: None,
            channels: DataChannels::default(),
            media: Media::default(),
            duplicate_sends: DuplicateSends::default(),
            rtcp_dedup: RtcpDedup::default(),
            wish: 0,
            stats: Stats::default(),
            events: VecDeque::new(),
            datagrams: VecDeque::new(),
            timeout: now,
        })
    }

    /// Of this connection's certificate, for the descriptions.
    #[must_use]
    pub fn fingerprint(&mut self) -> Fingerprint {
        let direct = self.rtc.direct_api();
        let fingerprint = direct.local_dtls_fingerprint();
        let pairs: Vec<String> = fingerprint
            .bytes
            .iter()
            .map(|byte| format!("{byte:02X}"))
            .collect();
        Fingerprint {
            algorithm: fingerprint.hash_func.clone(),
            value: pairs.join(":"),
        }
    }

    pub fn handle_datagram(
        &mut self,
        transport: Transport,
        source: SocketAddr,
        destination: SocketAddr,
        bytes: &[u8],
        now: Instant,
    ) {
        let Ok(receive) = Receive::new(stack_protocol(transport), source, destination, bytes)
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
        self.ice.handle_received(now);
        if self.rtcp_dedup.is_known(bytes) {
            return;
        }
        if self.rtc.handle_input(input).is_err() {
            // Not of the other side, or broken on the way. What ends the handshake shows later.
            self.stats.malformed += 1;
        }
        self.drive(now);
    }

    pub fn handle_timeout(&mut self, now: Instant) {
        self.ice.handle_timeout(now);
        if self.handshake_by.is_some_and(|by| by <= now) {
            self.handshake_by = None;
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

    /// How much all senders would use together, in bits a second.
    pub fn set_desired_bitrate(&mut self, bits: u64, now: Instant) {
        self.stats.bandwidth.set_desired(bits);
        self.drive(now);
    }

    #[must_use]
    pub fn statistics(&mut self) -> Statistics {
        let mut statistics = self.stats.statistics(&self.lines, &self.candidates);
        statistics.channels = self.channels.statistics();
        // Where the other side did not tell its SSRC it shows in what came.
        for inbound in statistics.inbound.iter_mut().filter(|of| of.ssrc == 0) {
            let mid = self.lines.by_name(&inbound.mid).map(|line| line.mid);
            let mut direct = self.rtc.direct_api();
            let stream = mid.and_then(|mid| direct.stream_rx_by_mid(mid, None));
            inbound.ssrc = stream.map_or(0, |stream| *stream.ssrc());
        }
        statistics
    }

    /// Says goodbye: what is left to be sent after this ends the connection for the other side.
    pub fn close(&mut self, now: Instant) {
        let _ = self.rtc.close();
        self.drive(now);
        self.ice.handle_close();
        self.set_dtls(DtlsState::Closed);
        self.tell_states();
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
            self.handshake_by,
            self.duplicate_sends.poll_timeout(),
        ];
        others
            .into_iter()
            .flatten()
            .fold(self.timeout, std::cmp::min)
    }
}
