//! What ends ask a forwarder for. mediasoup leaves this wire to the app.

use std::num::ParseIntError;

use serde::Deserialize;

use super::{
    parameters::{DtlsParameters, Kind, RtpParameters, SctpStreamParameters},
    transport::Direction,
};

/// The number of a transport, a producer or a consumer, which are strings to mediasoup-client.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(super) struct Id(pub(super) usize);

impl TryFrom<String> for Id {
    type Error = ParseIntError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse().map(Self)
    }
}

/// What an end asks for.
#[derive(Debug, Deserialize)]
#[serde(
    tag = "method",
    rename_all = "camelCase",
    rename_all_fields = "camelCase"
)]
pub(super) enum Request {
    Join {
        handler: String,
    },
    CreateTransport {
        direction: Direction,
    },
    Connect {
        transport: Id,
        dtls_parameters: DtlsParameters,
    },
    Produce {
        transport: Id,
        kind: Kind,
        rtp_parameters: RtpParameters,
    },
    Consume {
        transport: Id,
        producer: Id,
    },
    ProduceData {
        transport: Id,
        sctp_stream_parameters: SctpStreamParameters,
    },
    ConsumeData {
        transport: Id,
        producer: Id,
    },
}

#[derive(Debug, Deserialize)]
pub(super) struct Message {
    pub(super) id: u32,
    #[serde(flatten)]
    pub(super) request: Request,
}
