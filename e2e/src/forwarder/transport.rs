//! One transport of a forwarder: an ICE-lite agent with DTLS, RTP and SCTP, for what one end sends
//! or for what it receives.

use std::{collections::VecDeque, net::SocketAddr, time::Instant};

use anyhow::{Result, anyhow};
use serde::Deserialize;
use serde_json::{Value, json};
use str0m::{
    Candidate, Event, IceCreds, Input, Output, Rtc, RtcConfig,
    change::DirectApi,
    channel::{ChannelConfig, ChannelData, ChannelId},
    config::DtlsVersion,
    ice::StunMessage,
};

use super::{
    Peer,
    parameters::{self, DtlsParameters, DtlsRole},
};

const SCTP_STREAMS: u16 = 1024;
const MAX_MESSAGE_BYTES: u32 = 262_144;

/// What leaves by the socket.
#[derive(Debug)]
pub struct Datagram {
    pub to: SocketAddr,
    pub bytes: Vec<u8>,
}

/// As the end sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Direction {
    Send,
    Recv,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ice {
    /// No check has come yet.
    Waiting,
    Checked,
}

#[derive(Debug)]
pub(super) struct Transport {
    peer: Peer,
    direction: Direction,
    address: SocketAddr,
    rtc: Rtc,
    ice: Ice,
    timeout: Instant,
}

impl Transport {
    pub(super) fn new(
        peer: Peer,
        direction: Direction,
        address: SocketAddr,
        now: Instant,
    ) -> Result<Self> {
        let mut config = RtcConfig::new()
            .set_ice_lite(true)
            .set_rtp_mode(true)
            .set_dtls_version(DtlsVersion::Dtls12);
        // An end sends with numbers of its own, and receives with the router's.
        match direction {
            Direction::Send => {
                config = config
                    .clear_codecs()
                    .enable_opus(true, false)
                    .enable_vp8(true)
                    .set_extension_map(parameters::usual_extensions());
            }
            Direction::Recv => {
                *config.codec_config() = parameters::router_codecs();
                config = config.set_extension_map(parameters::router_extensions());
            }
        }
        let mut rtc = config.build(now);
        rtc.add_local_candidate(Candidate::host(address, "udp")?);
        rtc.direct_api().enable_twcc_feedback();
        Ok(Self {
            peer,
            direction,
            address,
            rtc,
            ice: Ice::Waiting,
            timeout: now,
        })
    }

    pub(super) fn peer(&self) -> Peer {
        self.peer
    }

    pub(super) fn gives_to(&self, peer: Peer) -> bool {
        self.peer == peer && self.direction == Direction::Recv
    }

    pub(super) fn is_connected(&self) -> bool {
        self.rtc.is_connected()
    }

    pub(super) fn direct(&mut self) -> DirectApi<'_> {
        self.rtc.direct_api()
    }

    /// What mediasoup-client makes the other side's description of.
    pub(super) fn parameters(&mut self, id: usize) -> Value {
        let direct = self.rtc.direct_api();
        let IceCreds { ufrag, pass } = direct.local_ice_credentials();
        let fingerprint = direct.local_dtls_fingerprint().to_string();
        let (algorithm, value) = fingerprint.split_once(' ').unwrap_or_default();
        json!({
            "id": id.to_string(),
            "iceParameters": { "usernameFragment": ufrag, "password": pass, "iceLite": true },
            "iceCandidates": [{
                "foundation": "udpcandidate",
                "priority": 1_076_302_079,
                "ip": self.address.ip(),
                "address": self.address.ip(),
                "protocol": "udp",
                "port": self.address.port(),
                "type": "host",
            }],
            "dtlsParameters": {
                "role": "auto",
                "fingerprints": [{ "algorithm": algorithm, "value": value }],
            },
            "sctpParameters": {
                "port": 5000,
                "OS": SCTP_STREAMS,
                "MIS": SCTP_STREAMS,
                "maxMessageSize": MAX_MESSAGE_BYTES,
            },
        })
    }

    /// Takes what the end says of its DTLS, and begins.
    pub(super) fn connect(&mut self, of: &DtlsParameters) -> Result<()> {
        let first = of.fingerprints.first();
        let first = first.ok_or_else(|| anyhow!("no fingerprint: {of:?}"))?;
        let text = format!("{} {}", first.algorithm, first.value);
        let fingerprint = text.parse().map_err(|error: String| anyhow!(error))?;
        let is_client = match of.role {
            DtlsRole::Auto | DtlsRole::Client => false,
            DtlsRole::Server => true,
        };
        let mut direct = self.rtc.direct_api();
        direct.set_remote_fingerprint(fingerprint);
        direct.start_dtls(is_client)?;
        direct.start_sctp(is_client);
        Ok(())
    }

    /// A channel under this number, which both ends know already.
    pub(super) fn open_channel(&mut self, stream_id: u16) -> ChannelId {
        self.rtc.direct_api().create_data_channel(ChannelConfig {
            label: "chat".to_owned(),
            negotiated: Some(stream_id),
            ..Default::default()
        })
    }

    pub(super) fn send(&mut self, channel: ChannelId, data: &ChannelData) -> Result<()> {
        if let Some(mut channel) = self.rtc.channel(channel) {
            channel.write(data.binary, &data.data)?;
        }
        Ok(())
    }

    pub(super) fn accepts(&self, input: &Input<'_>) -> bool {
        self.rtc.accepts(input)
    }

    /// Takes a datagram that it accepts.
    pub(super) fn handle_datagram(&mut self, bytes: &[u8], input: Input<'_>) -> Result<()> {
        // mediasoup's signaling leaves out the end's credentials, as an ICE-lite agent sends no
        // check. str0m wants the username fragment, which each check of the end contains.
        if self.ice == Ice::Waiting
            && let Ok(message) = StunMessage::parse(bytes)
            && let Some((_, ufrag)) = message.split_username()
        {
            self.rtc.direct_api().set_remote_ice_credentials(IceCreds {
                ufrag: ufrag.to_owned(),
                pass: String::new(),
            });
            self.ice = Ice::Checked;
        }
        Ok(self.rtc.handle_input(input)?)
    }

    pub(super) fn handle_timeout(&mut self, now: Instant) -> Result<()> {
        Ok(self.rtc.handle_input(Input::Timeout(now))?)
    }

    pub(super) fn poll_timeout(&self) -> Instant {
        self.timeout
    }

    pub(super) fn poll(
        &mut self,
        datagrams: &mut VecDeque<Datagram>,
        mut handle: impl FnMut(Event),
    ) -> Result<()> {
        loop {
            match self.rtc.poll_output()? {
                Output::Timeout(timeout) => {
                    self.timeout = timeout;
                    return Ok(());
                }
                Output::Transmit(transmit) => datagrams.push_back(Datagram {
                    to: transmit.destination,
                    bytes: transmit.contents.to_vec(),
                }),
                Output::Event(event) => handle(event),
            }
        }
    }
}
