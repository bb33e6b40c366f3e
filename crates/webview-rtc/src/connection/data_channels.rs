//! Data channels of one connection, local and incoming, with their send queues.
//!
//! Invariant: messages of a channel keep their order. Send queues are bounded; a channel that
//! exceeds its bound is closed. `ChannelClosed` is the last event of a channel and comes once; where
//! the SCTP association ends, the end of DTLS stands for it.

use std::collections::VecDeque;

use str0m::{
    Rtc,
    channel::{ChannelConfig, ChannelId as Str0mChannelId, Reliability},
};

use super::{
    ConnectionEvent,
    str0m_workarounds::{empty_message, sent_data::SentBytes},
};
use crate::wire::{id::ChannelId, request::ChannelOptions, statistics::ChannelStatistics};

/// First id of channels that the peer opened.
const FIRST_INCOMING_ID: u32 = 1 << 31;
const MAX_CHANNELS: usize = 1024;
/// Limit of queued bytes per channel, as in libwebrtc.
const MAX_QUEUED_BYTES: usize = 16 * 1024 * 1024;
/// Limit of queued messages: empty ones count no bytes.
const MAX_QUEUED_MESSAGES: usize = 64 * 1024;
/// Bytes that str0m buffers for all channels until the peer acknowledges them.
pub(super) const STR0M_BUFFER_BYTES: usize = 2 * 1024 * 1024;
/// The largest message that is sent, even if the peer accepts larger ones.
const MAX_MESSAGE_BYTES: usize = 1024 * 1024;
/// Label and protocol together: str0m opens a channel with one packet.
const MAX_LABEL_AND_PROTOCOL_BYTES: usize = 1024;
/// The largest message that is received: our SDP announces it.
pub(super) const MAX_RECEIVED_MESSAGE_BYTES: u32 = 256 * 1024;

#[derive(Debug, Default)]
pub(super) struct DataChannels {
    channels: Vec<Channel>,
    incoming: u32,
}

#[derive(Debug)]
struct Channel {
    id: ChannelId,
    str0m_id: Str0mChannelId,
    /// SCTP stream of a channel with `negotiated: true`.
    negotiated: Option<u16>,
    state: State,
    queued: VecDeque<Message>,
    queued_bytes: usize,
    /// Bytes in str0m that were not sent for the first time.
    unsent_in_str0m: usize,
    /// Bytes not yet reported as sent.
    unsent: usize,
    counters: ChannelStatistics,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// SCTP is not up, or the peer has not acknowledged the channel.
    Connecting,
    Open,
    /// Closed by the page; queued messages are still sent.
    Closing,
    /// Closed for the page; str0m has not closed it yet.
    Closed,
}

#[derive(Debug)]
struct Message {
    binary: bool,
    bytes: Vec<u8>,
}

type Events = VecDeque<ConnectionEvent>;

impl DataChannels {
    /// Opens a channel now, or when SCTP is up.
    pub(super) fn open(
        &mut self,
        rtc: &mut Rtc,
        id: ChannelId,
        options: ChannelOptions,
        events: &mut Events,
    ) {
        if self.channels.iter().any(|channel| channel.id == id) {
            return;
        }
        let negotiated = options.id.filter(|_| options.negotiated);
        let taken = negotiated.is_some_and(|stream| {
            rtc.direct_api()
                .channel_id_by_sctp_stream_id(stream)
                .is_some()
                || self
                    .channels
                    .iter()
                    .any(|channel| channel.negotiated == Some(stream))
        });
        let too_long = options.label.len() + options.protocol.len() > MAX_LABEL_AND_PROTOCOL_BYTES;
        if taken || too_long || self.channels.len() >= MAX_CHANNELS {
            events.push_back(ConnectionEvent::ChannelClosed(id));
            return;
        }
        let label = options.label.clone();
        let str0m_id = rtc
            .direct_api()
            .create_data_channel(config(options, negotiated));
        self.channels
            .push(Channel::new(id, str0m_id, negotiated, label));
    }

    /// Queues a message.
    pub(super) fn send(
        &mut self,
        id: ChannelId,
        binary: bool,
        bytes: Vec<u8>,
        events: &mut Events,
    ) {
        let Some(channel) = self.channels.iter_mut().find(|channel| channel.id == id) else {
            return;
        };
        match channel.state {
            State::Connecting | State::Open => {}
            State::Closing | State::Closed => return,
        }
        let full = channel.queued_bytes + bytes.len() > MAX_QUEUED_BYTES
            || channel.queued.len() >= MAX_QUEUED_MESSAGES;
        if full || bytes.len() > MAX_MESSAGE_BYTES {
            channel.close(events);
            return;
        }
        channel.queued_bytes += bytes.len();
        channel.unsent += bytes.len();
        channel.queued.push_back(Message { binary, bytes });
    }

    /// Closes a channel after its queued messages are sent
    /// ([RFC 8831, 6.7](https://www.rfc-editor.org/rfc/rfc8831#section-6.7)).
    pub(super) fn close(&mut self, id: ChannelId, events: &mut Events) {
        let Some(channel) = self.channels.iter_mut().find(|channel| channel.id == id) else {
            return;
        };
        match channel.state {
            State::Connecting => channel.close(events),
            State::Open => channel.state = State::Closing,
            State::Closing | State::Closed => {}
        }
    }

    pub(super) fn handle_open(
        &mut self,
        rtc: &mut Rtc,
        str0m_id: Str0mChannelId,
        events: &mut Events,
    ) {
        let Some(stream) = rtc.direct_api().sctp_stream_id_by_channel_id(str0m_id) else {
            return;
        };
        if let Some(channel) = self.by_str0m_id(str0m_id) {
            if channel.state == State::Connecting {
                channel.state = State::Open;
                events.push_back(ConnectionEvent::ChannelOpen(channel.id, stream));
            }
            return;
        }
        let config = rtc
            .channel(str0m_id)
            .and_then(|channel| channel.config().cloned());
        let (Some(config), true) = (config, self.channels.len() < MAX_CHANNELS) else {
            rtc.direct_api().close_data_channel(str0m_id);
            return;
        };
        let id = ChannelId(FIRST_INCOMING_ID | self.incoming);
        self.incoming = self.incoming.wrapping_add(1);
        let mut channel = Channel::new(id, str0m_id, None, config.label.clone());
        channel.state = State::Open;
        self.channels.push(channel);
        events.push_back(ConnectionEvent::IncomingChannel(
            id,
            options(config, stream),
        ));
        events.push_back(ConnectionEvent::ChannelOpen(id, stream));
    }

    pub(super) fn handle_message(
        &mut self,
        str0m_id: Str0mChannelId,
        binary: bool,
        bytes: Vec<u8>,
        events: &mut Events,
    ) {
        let Some(channel) = self.by_str0m_id(str0m_id) else {
            return;
        };
        // W3C webrtc-pc, 6.2.1: a closing channel still receives, a closed one does not.
        if channel.state == State::Closed {
            return;
        }
        channel.counters.messages_received = channel.counters.messages_received.wrapping_add(1);
        channel.counters.bytes_received += bytes.len() as u64;
        events.push_back(ConnectionEvent::ChannelMessage {
            channel: channel.id,
            binary,
            bytes,
        });
    }

    pub(super) fn handle_close(&mut self, str0m_id: Str0mChannelId, events: &mut Events) {
        if let Some(channel) = self.by_str0m_id(str0m_id) {
            channel.close(events);
        }
        self.channels.retain(|channel| channel.str0m_id != str0m_id);
    }

    /// Moves queued messages into str0m, and closes channels. Called after every step of str0m.
    pub(super) fn handle_progress(&mut self, rtc: &mut Rtc, events: &mut Events) {
        for channel in &mut self.channels {
            channel.handle_progress(rtc, events);
        }
    }

    /// str0m has sent these bytes for the first time.
    pub(super) fn handle_sent(&mut self, rtc: &mut Rtc, sent: SentBytes) {
        for (stream, bytes) in sent {
            let str0m_id = rtc.direct_api().channel_id_by_sctp_stream_id(stream);
            if let Some(channel) = str0m_id.and_then(|str0m_id| self.by_str0m_id(str0m_id)) {
                channel.unsent_in_str0m = channel.unsent_in_str0m.saturating_sub(bytes);
            }
        }
    }

    pub(super) fn report_sent(&mut self, rtc: &mut Rtc, events: &mut Events) {
        for channel in &mut self.channels {
            channel.report_sent(rtc, events);
        }
    }

    /// Forgets all channels: the SCTP association has ended.
    pub(super) fn handle_lost(&mut self) {
        self.channels.clear();
    }

    pub(super) fn has_any(&self) -> bool {
        !self.channels.is_empty()
    }

    pub(super) fn statistics(&self) -> Vec<ChannelStatistics> {
        let counters = self.channels.iter().map(|channel| channel.counters.clone());
        counters.collect()
    }

    fn by_str0m_id(&mut self, str0m_id: Str0mChannelId) -> Option<&mut Channel> {
        self.channels
            .iter_mut()
            .find(|channel| channel.str0m_id == str0m_id)
    }
}

impl Channel {
    fn new(
        id: ChannelId,
        str0m_id: Str0mChannelId,
        negotiated: Option<u16>,
        label: String,
    ) -> Self {
        Self {
            id,
            str0m_id,
            negotiated,
            state: State::Connecting,
            queued: VecDeque::new(),
            queued_bytes: 0,
            unsent_in_str0m: 0,
            unsent: 0,
            counters: ChannelStatistics {
                channel: id.0,
                label,
                ..ChannelStatistics::default()
            },
        }
    }

    fn handle_progress(&mut self, rtc: &mut Rtc, events: &mut Events) {
        // Most channels are idle, and `Rtc::channel` makes str0m poll again.
        let done = match self.state {
            State::Connecting => true,
            State::Open => self.queued.is_empty(),
            State::Closing | State::Closed => false,
        };
        if done {
            return;
        }
        let Some(mut str0m_id) = rtc.channel(self.str0m_id) else {
            return;
        };
        if self.state == State::Closed {
            rtc.direct_api().close_data_channel(self.str0m_id);
            return;
        }
        while let Some(message) = self.queued.front() {
            let bytes = match message.bytes.as_slice() {
                [] => empty_message::placeholder(),
                bytes => bytes,
            };
            match str0m_id.write(message.binary, bytes) {
                Ok(true) => {}
                Ok(false) => break,
                Err(_) => {
                    self.close(events);
                    break;
                }
            }
            self.counters.messages_sent = self.counters.messages_sent.wrapping_add(1);
            self.counters.bytes_sent += message.bytes.len() as u64;
            self.queued_bytes -= message.bytes.len();
            self.unsent_in_str0m += message.bytes.len();
            self.queued.pop_front();
        }
        let unacknowledged = self.queued_bytes + str0m_id.buffered_amount();
        if self.state == State::Closing && unacknowledged == 0 {
            rtc.direct_api().close_data_channel(self.str0m_id);
        }
    }

    fn report_sent(&mut self, rtc: &mut Rtc, events: &mut Events) {
        if self.unsent == 0 || self.state == State::Connecting {
            return;
        }
        let Some(mut str0m_id) = rtc.channel(self.str0m_id) else {
            return;
        };
        // str0m also drops messages that it does not send in time.
        self.unsent_in_str0m = self.unsent_in_str0m.min(str0m_id.buffered_amount());
        let unsent = self.queued_bytes + self.unsent_in_str0m;
        let sent = self.unsent.saturating_sub(unsent);
        if sent > 0 {
            self.unsent = unsent;
            let bytes = u32::try_from(sent).unwrap_or(u32::MAX);
            events.push_back(ConnectionEvent::ChannelSent(self.id, bytes));
        }
    }

    /// Closes the channel for the page, once.
    fn close(&mut self, events: &mut Events) {
        if self.state == State::Closed {
            return;
        }
        self.state = State::Closed;
        self.queued.clear();
        self.queued_bytes = 0;
        events.push_back(ConnectionEvent::ChannelClosed(self.id));
    }
}

fn config(options: ChannelOptions, negotiated: Option<u16>) -> ChannelConfig {
    let reliability = match (options.max_packet_life_time, options.max_retransmits) {
        (Some(lifetime), _) => Reliability::MaxPacketLifetime { lifetime },
        (None, Some(retransmits)) => Reliability::MaxRetransmits { retransmits },
        (None, None) => Reliability::Reliable,
    };
    ChannelConfig {
        label: options.label,
        ordered: options.ordered,
        reliability,
        negotiated,
        protocol: options.protocol,
    }
}

fn options(config: ChannelConfig, stream: u16) -> ChannelOptions {
    let (max_packet_life_time, max_retransmits) = match config.reliability {
        Reliability::Reliable => (None, None),
        Reliability::MaxPacketLifetime { lifetime } => (Some(lifetime), None),
        Reliability::MaxRetransmits { retransmits } => (None, Some(retransmits)),
    };
    ChannelOptions {
        label: config.label,
        ordered: config.ordered,
        max_packet_life_time,
        max_retransmits,
        protocol: config.protocol,
        negotiated: false,
        id: Some(stream),
    }
}
