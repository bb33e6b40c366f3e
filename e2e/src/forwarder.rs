//! A selective forwarding unit, to mediasoup-client what a mediasoup server is: it gives each end
//! ICE, DTLS, SCTP and RTP parameters, takes what an end sends on one transport, and passes it on
//! by the transports of the others. A test passes its messages, `server` has its socket.
//!
//! Invariant: no packet's payload is read. Time is an argument, and datagrams leave as values.

use std::{
    collections::VecDeque,
    net::SocketAddr,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use str0m::{
    Event, Input,
    channel::{ChannelData, ChannelId},
    media::{KeyframeRequestKind, Mid},
    net::{Protocol, Receive},
    rtp::{ExtensionValues, RtpPacket, RtpWrite, Ssrc},
};

use self::{
    parameters::{Encoding, Kind, RtpParameters, SctpStreamParameters},
    signaling::{Id, Message, Request},
    transport::Transport,
};

mod parameters;
mod server;
mod signaling;
mod transport;

pub use self::{server::Server, transport::Datagram};

/// Without transports nothing is due; this is as good as never.
const IDLE: Duration = Duration::from_secs(60);

/// An end, by its number.
pub type Peer = usize;

#[derive(Debug)]
struct Producer {
    transport: Id,
    kind: Kind,
    ssrc: Ssrc,
}

#[derive(Debug)]
struct Consumer {
    transport: Id,
    producer: Id,
    mid: Mid,
    ssrc: Ssrc,
    /// The sequence number of the first packet that was passed on. A receiver takes a stream's
    /// rollover counter to be 0, so its numbers begin again.
    first: Option<u64>,
}

#[derive(Debug)]
struct DataProducer {
    transport: Id,
    channel: ChannelId,
}

#[derive(Debug)]
struct DataConsumer {
    transport: Id,
    producer: Id,
    channel: ChannelId,
}

/// One router with its transports.
#[derive(Debug)]
pub struct Forwarder {
    address: SocketAddr,
    /// What each end says of itself: the handler that mediasoup-client has chosen.
    handlers: Vec<Option<String>>,
    transports: Vec<Transport>,
    producers: Vec<Producer>,
    consumers: Vec<Consumer>,
    data_producers: Vec<DataProducer>,
    data_consumers: Vec<DataConsumer>,
    messages: VecDeque<(Peer, String)>,
    datagrams: VecDeque<Datagram>,
}

impl Forwarder {
    /// One for this many ends. All its transports have this address.
    pub fn new(address: SocketAddr, peers: usize) -> Self {
        Self {
            address,
            handlers: vec![None; peers],
            transports: vec![],
            producers: vec![],
            consumers: vec![],
            data_producers: vec![],
            data_consumers: vec![],
            messages: VecDeque::new(),
            datagrams: VecDeque::new(),
        }
    }

    /// The handler that this end uses.
    pub fn handler(&self, peer: Peer) -> Option<&str> {
        self.handlers.get(peer)?.as_deref()
    }

    /// Takes a message of an end. Its answer is among the next messages.
    pub fn handle_message(&mut self, peer: Peer, text: &str, now: Instant) -> Result<()> {
        let Message { id, request } = serde_json::from_str(text).context(text.to_owned())?;
        // What it makes known comes after its answer.
        let at = self.messages.len();
        let answer = match self.handle_request(peer, request, now) {
            Ok(result) => json!({ "id": id, "result": result }),
            Err(error) => json!({ "id": id, "error": format!("{error:#}") }),
        };
        self.messages.insert(at, (peer, answer.to_string()));
        self.drive()
    }

    /// Takes a datagram from the network.
    pub fn handle_datagram(&mut self, from: SocketAddr, bytes: &[u8], now: Instant) -> Result<()> {
        let Ok(receive) = Receive::new(Protocol::Udp, from, self.address, bytes) else {
            return Ok(());
        };
        let input = Input::Receive(now, receive);
        let Some(transport) = self.transports.iter_mut().find(|it| it.accepts(&input)) else {
            return Ok(());
        };
        transport.handle_datagram(bytes, input)?;
        self.drive()
    }

    pub fn handle_timeout(&mut self, now: Instant) -> Result<()> {
        for transport in &mut self.transports {
            transport.handle_timeout(now)?;
        }
        self.drive()
    }

    pub fn poll_timeout(&self, now: Instant) -> Instant {
        let due = self.transports.iter().map(Transport::poll_timeout).min();
        due.unwrap_or(now + IDLE)
    }

    pub fn poll_datagram(&mut self) -> Option<Datagram> {
        self.datagrams.pop_front()
    }

    /// The next message, and who gets it.
    pub fn poll_message(&mut self) -> Option<(Peer, String)> {
        self.messages.pop_front()
    }

    fn handle_request(&mut self, peer: Peer, request: Request, now: Instant) -> Result<Value> {
        match request {
            Request::Join { handler } => {
                *self.handlers.get_mut(peer).context("no such end")? = Some(handler);
                Ok(parameters::router_capabilities())
            }
            Request::CreateTransport { direction } => {
                let id = self.transports.len();
                let mut transport = Transport::new(peer, direction, self.address, now)?;
                let parameters = transport.parameters(id);
                self.transports.push(transport);
                for producer in 0..self.producers.len() {
                    self.announce(Id(producer), peer);
                }
                for producer in 0..self.data_producers.len() {
                    self.announce_data(Id(producer), peer);
                }
                Ok(parameters)
            }
            Request::Connect {
                transport,
                dtls_parameters,
            } => {
                self.transport(transport)?.connect(&dtls_parameters)?;
                Ok(json!({}))
            }
            Request::Produce {
                transport,
                kind,
                rtp_parameters,
            } => self.produce(transport, kind, &rtp_parameters),
            Request::Consume {
                transport,
                producer,
            } => self.consume(transport, producer),
            Request::ProduceData {
                transport,
                sctp_stream_parameters,
            } => self.produce_data(transport, &sctp_stream_parameters),
            Request::ConsumeData {
                transport,
                producer,
            } => self.consume_data(transport, producer),
        }
    }

    fn produce(&mut self, transport: Id, kind: Kind, of: &RtpParameters) -> Result<Value> {
        of.check(kind)?;
        let mid: Mid = of.mid.as_str().into();
        let [Encoding { ssrc, rtx }] = of.encodings.as_slice() else {
            anyhow::bail!("not one encoding: {of:?}");
        };
        let ssrc: Ssrc = (*ssrc).into();
        let rtx = rtx.as_ref().map(|rtx| rtx.ssrc.into());
        ensure!(
            kind == Kind::Audio || rtx.is_some(),
            "no retransmissions: {of:?}"
        );
        let mut direct = self.transport(transport)?.direct();
        direct.declare_media(mid, kind.into());
        direct.expect_stream_rx(ssrc, rtx, mid, None);
        let id = Id(self.producers.len());
        self.producers.push(Producer {
            transport,
            kind,
            ssrc,
        });
        for peer in 0..self.handlers.len() {
            self.announce(id, peer);
        }
        Ok(json!({ "id": id.0.to_string() }))
    }

    fn consume(&mut self, transport: Id, producer: Id) -> Result<Value> {
        let kind = self.producers.get(producer.0).context("no producer")?.kind;
        let on_it = self.consumers.iter().filter(|it| it.transport == transport);
        let mid_text = on_it.count().to_string();
        let mid: Mid = mid_text.as_str().into();
        let mut direct = self.transport(transport)?.direct();
        let ssrc = direct.new_ssrc();
        let rtx = (kind == Kind::Video).then(|| direct.new_ssrc());
        direct.declare_media(mid, kind.into());
        direct.declare_stream_tx(ssrc, rtx, mid, None);
        let id = self.consumers.len();
        self.consumers.push(Consumer {
            transport,
            producer,
            mid,
            ssrc,
            first: None,
        });
        self.ask_for_key_frame(producer);
        Ok(json!({
            "id": format!("consumer-{id}"),
            "producerId": producer.0.to_string(),
            "kind": kind,
            "rtpParameters":
                parameters::consumer(kind, &mid_text, *ssrc, rtx.map(|rtx| *rtx)),
        }))
    }

    fn produce_data(&mut self, transport: Id, of: &SctpStreamParameters) -> Result<Value> {
        let channel = self.transport(transport)?.open_channel(of.stream_id);
        let id = Id(self.data_producers.len());
        self.data_producers
            .push(DataProducer { transport, channel });
        for peer in 0..self.handlers.len() {
            self.announce_data(id, peer);
        }
        Ok(json!({ "id": id.0.to_string() }))
    }

    fn consume_data(&mut self, transport: Id, producer: Id) -> Result<Value> {
        let on_it = |it: &&DataConsumer| it.transport == transport;
        let stream_id = u16::try_from(self.data_consumers.iter().filter(on_it).count())?;
        let channel = self.transport(transport)?.open_channel(stream_id);
        let id = self.data_consumers.len();
        self.data_consumers.push(DataConsumer {
            transport,
            producer,
            channel,
        });
        Ok(json!({
            "id": format!("data-consumer-{id}"),
            "dataProducerId": producer.0.to_string(),
            "sctpStreamParameters": { "streamId": stream_id, "ordered": true },
            "label": "chat",
            "protocol": "",
        }))
    }

    /// Tells an end that can receive of what another sends.
    fn announce(&mut self, producer: Id, to: Peer) {
        let of = &self.producers[producer.0];
        if self.receives_from(of.transport, to) {
            let event = json!({ "producer": producer.0.to_string() });
            self.messages.push_back((to, event.to_string()));
        }
    }

    fn announce_data(&mut self, producer: Id, to: Peer) {
        let of = &self.data_producers[producer.0];
        if self.receives_from(of.transport, to) {
            let event = json!({ "dataProducer": producer.0.to_string() });
            self.messages.push_back((to, event.to_string()));
        }
    }

    fn receives_from(&self, transport: Id, to: Peer) -> bool {
        self.transports[transport.0].peer() != to
            && self.transports.iter().any(|it| it.gives_to(to))
    }

    fn transport(&mut self, id: Id) -> Result<&mut Transport> {
        self.transports.get_mut(id.0).context("no such transport")
    }

    /// Polls all transports until nothing more comes of it.
    fn drive(&mut self) -> Result<()> {
        loop {
            let mut events = vec![];
            for (number, transport) in self.transports.iter_mut().enumerate() {
                transport.poll(&mut self.datagrams, |event| {
                    events.push((Id(number), event));
                })?;
            }
            if events.is_empty() {
                return Ok(());
            }
            for (transport, event) in events {
                self.handle_event(transport, event)?;
            }
        }
    }

    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "the library tells more than is passed on"
    )]
    fn handle_event(&mut self, transport: Id, event: Event) -> Result<()> {
        match event {
            Event::RtpPacket(packet) => self.pass_packet(transport, &packet),
            Event::KeyframeRequest(request) => {
                let asks = |it: &&Consumer| it.transport == transport && it.mid == request.mid;
                if let Some(consumer) = self.consumers.iter().find(asks) {
                    self.ask_for_key_frame(consumer.producer);
                }
            }
            Event::Connected => {
                let on_it = self.consumers.iter().filter(|it| it.transport == transport);
                for producer in on_it.map(|it| it.producer).collect::<Vec<_>>() {
                    self.ask_for_key_frame(producer);
                }
            }
            Event::ChannelOpen(channel, _) => self.hear_of_consumer(transport, channel),
            Event::ChannelData(data) => self.pass_data(transport, &data)?,
            _ => {}
        }
        Ok(())
    }

    fn pass_packet(&mut self, transport: Id, packet: &RtpPacket) {
        let is_it = |it: &Producer| it.transport == transport && it.ssrc == packet.header.ssrc;
        let Some(producer) = self.producers.iter().position(is_it) else {
            return;
        };
        let kind = self.producers[producer].kind;
        let extensions = ExtensionValues {
            audio_level: packet.header.ext_vals.audio_level,
            voice_activity: packet.header.ext_vals.voice_activity,
            ..Default::default()
        };
        for consumer in &mut self.consumers {
            let to = &mut self.transports[consumer.transport.0];
            if consumer.producer.0 != producer || !to.is_connected() {
                continue;
            }
            let number = *packet.seq_no;
            let first = *consumer.first.get_or_insert(number);
            // Otherwise it was sent before the first one.
            let Some(number) = number.checked_sub(first) else {
                continue;
            };
            let write = RtpWrite::new(
                kind.router_payload_type().into(),
                number.into(),
                packet.header.timestamp,
                packet.timestamp,
                packet.payload.clone(),
            )
            .marker(packet.header.marker)
            .nackable(kind == Kind::Video)
            .ext_vals(extensions.clone());
            if let Some(stream) = to.direct().stream_tx(&consumer.ssrc) {
                stream.write_rtp(write);
            }
        }
    }

    fn ask_for_key_frame(&mut self, producer: Id) {
        let of = &self.producers[producer.0];
        if of.kind == Kind::Video {
            let mut direct = self.transports[of.transport.0].direct();
            if let Some(stream) = direct.stream_rx(&of.ssrc) {
                stream.request_keyframe(KeyframeRequestKind::Pli);
            }
        }
    }

    /// Tells the sender of data that somebody hears it.
    fn hear_of_consumer(&mut self, transport: Id, channel: ChannelId) {
        let is_it = |it: &&DataConsumer| it.transport == transport && it.channel == channel;
        let Some(consumer) = self.data_consumers.iter().find(is_it) else {
            return;
        };
        let producer = &self.data_producers[consumer.producer.0];
        let peer = self.transports[producer.transport.0].peer();
        let event = json!({ "dataConsumer": consumer.producer.0.to_string() });
        self.messages.push_back((peer, event.to_string()));
    }

    fn pass_data(&mut self, transport: Id, data: &ChannelData) -> Result<()> {
        let is_it = |it: &DataProducer| it.transport == transport && it.channel == data.id;
        let Some(producer) = self.data_producers.iter().position(is_it) else {
            return Ok(());
        };
        for consumer in &self.data_consumers {
            if consumer.producer.0 == producer {
                self.transports[consumer.transport.0].send(consumer.channel, data)?;
            }
        }
        Ok(())
    }
}
