//! The data channels: what the page opened, what the other side opened, and what waits to be sent.
//!
//! Invariant: the messages of a channel keep their order; what waits is bounded, and a channel
//! that goes beyond is closed. Each channel is told closed once, and nothing of it after that.

use std::collections::VecDeque;

use str0m::{
    Rtc,
    channel::{ChannelConfig, ChannelId as StackId, Reliability},
};

use super::{ConnectionEvent, empty_message};
use crate::wire::{id::ChannelId, request::ChannelOptions, statistics::ChannelStatistics};

/// Where the transport's own ids begin.
const FIRST_INCOMING: u32 = 1 << 31;
const CHANNELS: usize = 1024;
/// Bytes that may wait on one channel, as in libwebrtc.
const WAITING_BYTES: usize = 16 * 1024 * 1024;
/// An empty message waits, too.
const WAITING_MESSAGES: usize = 64 * 1024;
/// Bytes the stack holds for all channels, until the other side has them.
pub(super) const STACK_BYTES: usize = 2 * 1024 * 1024;
/// The largest message that is sent, whatever the other side would take.
const MESSAGE_BYTES: usize = 1024 * 1024;
/// Label and protocol together: the stack opens a channel with one packet.
const NAME_BYTES: usize = 1024;
/// The largest that is taken: what our descriptions say.
pub(super) const RECEIVED_MESSAGE_BYTES: u32 = 256 * 1024;

#[derive(Debug, Default)]
pub(super) struct DataChannels {
    channels: Vec<Channel>,
    incoming: u32,
}

#[derive(Debug)]
struct Channel {
    id: ChannelId,
    stack: StackId,
    /// The stream that both sides agreed on by themselves.
    negotiated: Option<u16>,
    state: State,
    waiting: VecDeque<Message>,
    waiting_bytes: usize,
    /// Bytes that the page was not told to have left.
    unsent: usize,
    counted: ChannelStatistics,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// Until SCTP is up, and the other side has answered.
    Connecting,
    Open,
    /// Closed by the page, as soon as what waits is sent.
    Closing,
    /// Closed for the page; the stack has yet to say so.
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
        let too_long = options.label.len() + options.protocol.len() > NAME_BYTES;
        if taken || too_long || self.channels.len() >= CHANNELS {
            events.push_back(ConnectionEvent::ChannelClosed(id));
            return;
        }
        let label = options.label.clone();
        let stack = rtc
            .direct_api()
            .create_data_channel(config(options, negotiated));
        self.channels
            .push(Channel::new(id, stack, negotiated, label));
    }

    /// Sends a message, or keeps it until there is room.
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
        let full = channel.waiting_bytes + bytes.len() > WAITING_BYTES
            || channel.waiting.len() >= WAITING_MESSAGES;
        if full || bytes.len() > MESSAGE_BYTES {
            channel.close(events);
            return;
        }
        channel.waiting_bytes += bytes.len();
        channel.unsent += bytes.len();
        channel.waiting.push_back(Message { binary, bytes });
    }

    /// RFC 8831, 6.7: what was given to the channel before is sent first.
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

    pub(super) fn handle_open(&mut self, rtc: &mut Rtc, stack: StackId, events: &mut Events) {
        let Some(stream) = rtc.direct_api().sctp_stream_id_by_channel_id(stack) else {
            return;
        };
        if let Some(channel) = self.by_stack(stack) {
            if channel.state == State::Connecting {
                channel.state = State::Open;
                events.push_back(ConnectionEvent::ChannelOpen(channel.id, stream));
            }
            return;
        }
        let known = rtc
            .channel(stack)
            .and_then(|channel| channel.config().cloned());
        let (Some(known), true) = (known, self.channels.len() < CHANNELS) else {
            rtc.direct_api().close_data_channel(stack);
            return;
        };
        let id = ChannelId(FIRST_INCOMING | self.incoming);
        self.incoming = self.incoming.wrapping_add(1);
        let mut channel = Channel::new(id, stack, None, known.label.clone());
        channel.state = State::Open;
        self.channels.push(channel);
        events.push_back(ConnectionEvent::IncomingChannel(id, options(known, stream)));
        events.push_back(ConnectionEvent::ChannelOpen(id, stream));
    }

    pub(super) fn handle_message(
        &mut self,
        stack: StackId,
        binary: bool,
        bytes: Vec<u8>,
        events: &mut Events,
    ) {
        let Some(channel) = self.by_stack(stack) else {
            return;
        };
        // W3C webrtc-pc, 6.2.1: a closing channel still receives, a closed one does not.
        if channel.state == State::Closed {
            return;
        }
        channel.counted.messages_received = channel.counted.messages_received.wrapping_add(1);
        channel.counted.bytes_received += bytes.len() as u64;
        events.push_back(ConnectionEvent::ChannelMessage {
            channel: channel.id,
            binary,
            bytes,
        });
    }

    pub(super) fn handle_close(&mut self, stack: StackId, events: &mut Events) {
        if let Some(channel) = self.by_stack(stack) {
            channel.close(events);
        }
        self.channels.retain(|channel| channel.stack != stack);
    }

    /// Hands what waits to the stack as far as it takes it, tells what has left, and closes what
    /// is to be closed. To be called whenever the stack may have moved.
    pub(super) fn handle_progress(&mut self, rtc: &mut Rtc, events: &mut Events) {
        for channel in &mut self.channels {
            channel.handle_progress(rtc, events);
        }
    }

    /// The association is gone.
    pub(super) fn handle_lost(&mut self, events: &mut Events) {
        for mut channel in self.channels.drain(..) {
            channel.close(events);
        }
    }

    pub(super) fn statistics(&self) -> Vec<ChannelStatistics> {
        let counted = self.channels.iter().map(|channel| channel.counted.clone());
        counted.collect()
    }

    fn by_stack(&mut self, stack: StackId) -> Option<&mut Channel> {
        self.channels
            .iter_mut()
            .find(|channel| channel.stack == stack)
    }
}

impl Channel {
    fn new(id: ChannelId, stack: StackId, negotiated: Option<u16>, label: String) -> Self {
        Self {
            id,
            stack,
            negotiated,
            state: State::Connecting,
            waiting: VecDeque::new(),
            waiting_bytes: 0,
            unsent: 0,
            counted: ChannelStatistics {
                channel: id.0,
                label,
                ..ChannelStatistics::default()
            },
        }
    }

    fn handle_progress(&mut self, rtc: &mut Rtc, events: &mut Events) {
        // Nothing to do for most, most of the time; and looking makes the stack look again, too.
        let done = match self.state {
            State::Connecting => true,
            State::Open => self.unsent == 0 && self.waiting.is_empty(),
            State::Closing | State::Closed => false,
        };
        if done {
            return;
        }
        let Some(mut stack) = rtc.channel(self.stack) else {
            return;
        };
        if self.state == State::Closed {
            rtc.direct_api().close_data_channel(self.stack);
            return;
        }
        while let Some(message) = self.waiting.front() {
            let bytes = match message.bytes.as_slice() {
                [] => empty_message::stand_in(),
                bytes => bytes,
            };
            match stack.write(message.binary, bytes) {
                Ok(true) => {}
                Ok(false) => break,
                Err(_) => {
                    self.close(events);
                    break;
                }
            }
            self.counted.messages_sent = self.counted.messages_sent.wrapping_add(1);
            self.counted.bytes_sent += message.bytes.len() as u64;
            self.waiting_bytes -= message.bytes.len();
            self.waiting.pop_front();
        }
        let unsent = self.waiting_bytes + stack.buffered_amount();
        let sent = self.unsent.saturating_sub(unsent);
        if sent > 0 {
            self.unsent = unsent;
            let bytes = u32::try_from(sent).unwrap_or(u32::MAX);
            events.push_back(ConnectionEvent::ChannelSent(self.id, bytes));
        }
        if self.state == State::Closing && unsent == 0 {
            rtc.direct_api().close_data_channel(self.stack);
        }
    }

    /// ConnectionUpdate once.
    fn close(&mut self, events: &mut Events) {
        if self.state == State::Closed {
            return;
        }
        self.state = State::Closed;
        self.waiting.clear();
        self.waiting_bytes = 0;
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
