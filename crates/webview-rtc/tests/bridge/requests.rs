//! Requests get one reply each, in order; refusals have the standard's names.

use webview_rtc::{
    Transport,
    wire::{
        event::{Event, Reply},
        id::{CertificateId, ChannelId, ConnectionId, ReceiverId, SourceId},
        negotiated::{Direction, IceCredentials},
        request::{ChannelOptions, RequestKind, SendParameters, SourceKind},
    },
};

use crate::{
    negotiated::{End, Side, configuration, parameters},
    page::Page,
};

const UNKNOWN_CONNECTION: ConnectionId = ConnectionId(99);

#[tokio::test]
async fn request_for_an_unknown_object_is_an_invalid_state() {
    let transport = Transport::default();
    let mut page = Page::open(&transport).await;
    let end = End::open(&mut page, 1, Side::Caller).await;
    let negotiated = end.parameters(&end, [Direction::SendRecv; 2]);
    for kind in [
        RequestKind::Configure {
            connection: UNKNOWN_CONNECTION,
            configuration: configuration(),
        },
        RequestKind::Gather {
            connection: UNKNOWN_CONNECTION,
            local: IceCredentials {
                username_fragment: "abcd".to_owned(),
                password: "0123456789012345678901".to_owned(),
            },
        },
        RequestKind::Commit {
            connection: UNKNOWN_CONNECTION,
            negotiated,
        },
        RequestKind::AddRemoteCandidate {
            connection: UNKNOWN_CONNECTION,
            candidate: None,
            username_fragment: None,
        },
        RequestKind::SetSender {
            connection: UNKNOWN_CONNECTION,
            mid: "0".to_owned(),
            source: None,
            parameters: parameters(),
        },
        RequestKind::UseCertificate {
            connection: UNKNOWN_CONNECTION,
            certificate: CertificateId(1),
        },
        RequestKind::SetJitterBufferTarget {
            connection: UNKNOWN_CONNECTION,
            receiver: ReceiverId(99),
            target: Some(100.0),
        },
        RequestKind::SendTone {
            connection: UNKNOWN_CONNECTION,
            mid: "0".to_owned(),
            event: 1,
            duration: 100,
        },
        RequestKind::RequestKeyFrame {
            receiver: ReceiverId(99),
        },
        RequestKind::CloseSource {
            source: SourceId(99),
        },
        RequestKind::OpenChannel {
            connection: UNKNOWN_CONNECTION,
            channel: ChannelId(0),
            options: ChannelOptions::default(),
        },
        RequestKind::CloseChannel {
            connection: UNKNOWN_CONNECTION,
            channel: ChannelId(0),
        },
        RequestKind::ReadStatistics {
            connection: UNKNOWN_CONNECTION,
        },
        RequestKind::CloseConnection {
            connection: UNKNOWN_CONNECTION,
        },
    ] {
        let words = format!("{kind:?}");
        assert_eq!(page.ask_refused(kind).await, "InvalidStateError", "{words}");
    }
}

#[tokio::test]
async fn used_id_is_refused() {
    let transport = Transport::default();
    let mut page = Page::open(&transport).await;
    End::open(&mut page, 1, Side::Caller).await;
    let again = RequestKind::OpenConnection {
        connection: ConnectionId(1),
        configuration: configuration(),
    };
    assert_eq!(page.ask_refused(again).await, "InvalidStateError");
    let source = RequestKind::OpenSource {
        source: SourceId(1),
        kind: SourceKind::Audio,
        pixels: None,
    };
    page.ask_done(source.clone()).await;
    assert_eq!(page.ask_refused(source).await, "InvalidStateError");
}

#[tokio::test]
async fn parameter_out_of_range_is_a_range_error() {
    let transport = Transport::default();
    let mut page = Page::open(&transport).await;
    End::open(&mut page, 1, Side::Caller).await;
    for parameters in [
        SendParameters {
            scale_resolution_down_by: 0.5,
            ..parameters()
        },
        SendParameters {
            max_framerate: Some(-1.0),
            ..parameters()
        },
    ] {
        let kind = RequestKind::SetSender {
            connection: ConnectionId(1),
            mid: "0".to_owned(),
            source: None,
            parameters,
        };
        assert_eq!(page.ask_refused(kind).await, "RangeError");
    }
    for (event, duration) in [(16, 100), (0, 39), (0, 6001)] {
        let kind = RequestKind::SendTone {
            connection: ConnectionId(1),
            mid: "0".to_owned(),
            event,
            duration,
        };
        assert_eq!(page.ask_refused(kind).await, "RangeError");
    }
    let target = RequestKind::SetJitterBufferTarget {
        connection: ConnectionId(1),
        receiver: ReceiverId(1),
        target: Some(-1.0),
    };
    assert_eq!(page.ask_refused(target).await, "RangeError");
    let delay = RequestKind::ReportPlayoutDelay {
        receiver: ReceiverId(1),
        delay: -1.0,
    };
    assert_eq!(page.ask_refused(delay).await, "RangeError");
}

#[tokio::test]
async fn parameters_without_fingerprints_are_refused() {
    let transport = Transport::default();
    let mut page = Page::open(&transport).await;
    let end = End::open(&mut page, 1, Side::Caller).await;
    let mut negotiated = end.parameters(&end, [Direction::SendRecv; 2]);
    negotiated.remote_fingerprints.clear();
    let connection = end.connection;
    let refused = page
        .ask_refused(RequestKind::Commit {
            connection,
            negotiated,
        })
        .await;
    assert!(
        ["InvalidAccessError", "OperationError"].contains(&refused.as_str()),
        "{refused}"
    );
}

#[tokio::test]
async fn replies_keep_the_order_of_the_requests() {
    let transport = Transport::default();
    let mut page = Page::open(&transport).await;
    let end = End::open(&mut page, 1, Side::Caller).await;
    let connection = end.connection;
    let mut asked = Vec::new();
    for source in 0..50 {
        asked.push(
            page.send_request(RequestKind::ReadStatistics { connection })
                .await,
        );
        let source = SourceId(source);
        let kind = SourceKind::Video;
        asked.push(
            page.send_request(RequestKind::OpenSource {
                source,
                kind,
                pixels: None,
            })
            .await,
        );
    }
    for (index, asked) in asked.into_iter().enumerate() {
        let (id, outcome) = page
            .event(|event| match event {
                Event::Reply { id, outcome } => Some((id, outcome)),
                _ => None,
            })
            .await;
        assert_eq!(id, asked);
        let is_statistics = matches!(outcome, Reply::Statistics { .. });
        assert_eq!(is_statistics, index % 2 == 0, "{outcome:?}");
    }
}
