//! Two ends of a connection, with the parameters that a page's negotiation would commit, without SDP.

use webview_rtc::{
    Transport,
    wire::{
        event::{DtlsState, Event, Reply},
        id::{ConnectionId, ReceiverId, SourceId},
        negotiated::{
            Codec, Direction, DtlsRole, Fingerprint, HeaderExtension, IceCredentials, Media,
            NegotiatedParameters, Rtp, Ssrcs,
        },
        request::{Configuration, IceTransportPolicy, RequestKind, SendParameters, SourceKind},
    },
};

use crate::{page::Page, remote_candidate::remote_candidate};

pub(crate) const AUDIO: &str = "0";
pub(crate) const VIDEO: &str = "1";
pub(crate) const DATA: &str = "2";

pub(crate) const AUDIO_SOURCE: SourceId = SourceId(1);
pub(crate) const VIDEO_SOURCE: SourceId = SourceId(2);

/// One end of a connection.
pub(crate) struct End {
    pub(crate) connection: ConnectionId,
    pub(crate) audio: ReceiverId,
    pub(crate) video: ReceiverId,
    side: Side,
    fingerprint: Fingerprint,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    Caller,
    Callee,
}

pub(crate) fn parameters() -> SendParameters {
    SendParameters::default()
}

pub(crate) fn configuration() -> Configuration {
    Configuration {
        ice_servers: Vec::new(),
        ice_transport_policy: IceTransportPolicy::All,
    }
}

/// Two pages in a connected call.
pub(crate) struct Call {
    pub(crate) anna: Page,
    pub(crate) at_anna: End,
    pub(crate) bela: Page,
    pub(crate) at_bela: End,
}

impl Call {
    pub(crate) async fn connect(transport: &Transport) -> Self {
        let anna = Page::open(transport).await;
        let bela = Page::open(transport).await;
        Self::connect_pages(anna, bela).await
    }

    pub(crate) async fn connect_pages(mut anna: Page, mut bela: Page) -> Self {
        let at_anna = End::open(&mut anna, 1, Side::Caller).await;
        let at_bela = End::open(&mut bela, 1, Side::Callee).await;
        connect((&mut anna, &at_anna), (&mut bela, &at_bela)).await;
        Self {
            anna,
            at_anna,
            bela,
            at_bela,
        }
    }
}

/// Opens an audio and a video source and sends both from this end.
pub(crate) async fn send_audio_and_video(page: &mut Page, end: &End) {
    for (source, kind, mid) in [
        (AUDIO_SOURCE, SourceKind::Audio, AUDIO),
        (VIDEO_SOURCE, SourceKind::Video, VIDEO),
    ] {
        page.ask(RequestKind::OpenSource {
            source,
            kind,
            pixels: None,
        })
        .await;
        page.ask_done(end.send(mid, source)).await;
    }
}

pub(crate) async fn connect(caller: (&mut Page, &End), callee: (&mut Page, &End)) {
    let ((anna, at_anna), (bela, at_bela)) = (caller, callee);
    gather((anna, at_anna), (bela, at_bela)).await;
    gather((bela, at_bela), (anna, at_anna)).await;
    anna.ask_done(at_anna.commit(at_bela)).await;
    bela.ask_done(at_bela.commit(at_anna)).await;
    connected(anna, at_anna.connection).await;
    connected(bela, at_bela.connection).await;
}

pub(crate) async fn connected(page: &mut Page, of: ConnectionId) {
    page.event(|event| match event {
        Event::DtlsState {
            connection,
            state: DtlsState::Connected,
        } if connection == of => Some(()),
        _ => None,
    })
    .await;
}

/// Gathers at one end and gives the candidates to the other.
async fn gather(from: (&mut Page, &End), to: (&mut Page, &End)) {
    let ((page, end), (other_page, other)) = (from, to);
    page.ask_done(RequestKind::Gather {
        connection: end.connection,
        local: end.credentials(),
    })
    .await;
    loop {
        let candidate = page
            .event(|event| match event {
                Event::Candidate { candidate, .. } => Some(Some(candidate)),
                Event::GatheringComplete { .. } => Some(None),
                _ => None,
            })
            .await;
        let is_last = candidate.is_none();
        other_page
            .ask_done(RequestKind::AddRemoteCandidate {
                connection: other.connection,
                candidate: candidate.as_deref().map(remote_candidate),
                username_fragment: Some(end.credentials().username_fragment),
            })
            .await;
        if is_last {
            return;
        }
    }
}

impl End {
    pub(crate) async fn open(page: &mut Page, number: u32, side: Side) -> Self {
        let connection = ConnectionId(number);
        let opened = page
            .ask(RequestKind::OpenConnection {
                connection,
                configuration: configuration(),
            })
            .await;
        let Reply::Opened { fingerprint } = opened else {
            panic!("not opened: {opened:?}");
        };
        Self {
            connection,
            audio: ReceiverId(number * 10),
            video: ReceiverId(number * 10 + 1),
            side,
            fingerprint,
        }
    }

    pub(crate) fn send(&self, mid: &str, source: SourceId) -> RequestKind {
        RequestKind::SetSender {
            connection: self.connection,
            mid: mid.to_owned(),
            source: Some(source),
            parameters: parameters(),
        }
    }

    pub(crate) fn commit(&self, other: &Self) -> RequestKind {
        self.commit_directions(other, [Direction::SendRecv; 2])
    }

    /// Directions of audio and video, from the point of view of this end.
    pub(crate) fn commit_directions(
        &self,
        other: &Self,
        directions: [Direction; 2],
    ) -> RequestKind {
        RequestKind::Commit {
            connection: self.connection,
            negotiated: self.parameters(other, directions),
        }
    }

    pub(crate) fn parameters(
        &self,
        other: &Self,
        [audio, video]: [Direction; 2],
    ) -> NegotiatedParameters {
        NegotiatedParameters {
            dtls_role: match self.side {
                Side::Caller => DtlsRole::Server,
                Side::Callee => DtlsRole::Client,
            },
            ice_controlling: self.side == Side::Caller,
            local: self.credentials(),
            remote: other.credentials(),
            remote_is_lite: false,
            remote_fingerprints: vec![other.fingerprint.clone()],
            media: vec![
                Media::Audio(Rtp {
                    mid: AUDIO.to_owned(),
                    direction: audio,
                    codecs: vec![opus()],
                    extensions: extensions(),
                    send: self.audio_ssrc(),
                    receive: vec![other.audio_ssrc()],
                    cname: "cname".to_owned(),
                    receiver: self.audio,
                }),
                Media::Video(Rtp {
                    mid: VIDEO.to_owned(),
                    direction: video,
                    codecs: vec![vp8()],
                    extensions: extensions(),
                    send: self.video_ssrc(),
                    receive: vec![other.video_ssrc()],
                    cname: "cname".to_owned(),
                    receiver: self.video,
                }),
                Media::Application {
                    mid: DATA.to_owned(),
                    sctp_port: 5000,
                    max_message_size: 262_144,
                },
            ],
        }
    }

    pub(crate) fn credentials(&self) -> IceCredentials {
        let (name, number) = (self.name(), self.connection.0);
        IceCredentials {
            username_fragment: format!("{name}{number:04}"),
            password: format!("{name}{number:04}passwordpassword"),
        }
    }

    fn name(&self) -> &'static str {
        match self.side {
            Side::Caller => "anna",
            Side::Callee => "bela",
        }
    }

    fn audio_ssrc(&self) -> Ssrcs {
        Ssrcs {
            ssrc: self.first_ssrc(),
            rtx: None,
        }
    }

    fn video_ssrc(&self) -> Ssrcs {
        Ssrcs {
            ssrc: self.first_ssrc() + 1,
            rtx: Some(self.first_ssrc() + 2),
        }
    }

    fn first_ssrc(&self) -> u32 {
        let base = match self.side {
            Side::Caller => 1_000,
            Side::Callee => 2_000,
        };
        base + self.connection.0 * 10
    }
}

fn opus() -> Codec {
    Codec {
        payload_type: 111,
        name: "opus".to_owned(),
        clock_rate: 48_000,
        channels: Some(2),
        parameters: "minptime=10;useinbandfec=1;usedtx=1".to_owned(),
        feedback: vec!["transport-cc".to_owned()],
        rtx: None,
    }
}

fn vp8() -> Codec {
    Codec {
        payload_type: 96,
        name: "VP8".to_owned(),
        clock_rate: 90_000,
        channels: None,
        parameters: String::new(),
        feedback: ["transport-cc", "ccm fir", "nack", "nack pli"]
            .map(str::to_owned)
            .to_vec(),
        rtx: Some(97),
    }
}

fn extensions() -> Vec<HeaderExtension> {
    [
        (4, "urn:ietf:params:rtp-hdrext:sdes:mid"),
        (
            3,
            "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01",
        ),
    ]
    .map(|(id, uri)| HeaderExtension {
        id,
        uri: uri.to_owned(),
    })
    .to_vec()
}
