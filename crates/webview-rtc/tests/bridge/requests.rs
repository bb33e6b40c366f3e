//! Requests: answered once each, in order, and refused by the standard's names.

use webview_rtc::{
    Transport,
    wire::{
        event::{Event, Reply},
        id::{ChannelId, ConnectionId, ReceiverId, SourceId},
        request::{ChannelOptions, RequestKind, SendParameters, SourceKind},
        session::{Direction, IceCredentials},
    },
};

use crate::{
    agreement::{End, Side, configuration, parameters},
    page::Page,
};

const NOBODY: ConnectionId = ConnectionId(99);

#[tokio::test]
async fn a_wish_for_an_unknown_connection_is_an_invalid_state() {
    let transport = Transport::default();
    let mut page = Page::open(&transport).await;
    let end = End::open(&mut page, 1, Side::Caller).await;
    let session = end.session(&end, [Direction::SendRecv; 2]);
    for wish in [
        RequestKind::Configure {
            connection: NOBODY,
            configuration: configuration(),
        },
        RequestKind::Gather {
            connection: NOBODY,
            local: IceCredentials {
                username_fragment: "abcd".to_owned(),
                password: "0123456789012345678901".to_owned(),
            },
        },
        RequestKind::Commit {
            connection: NOBODY,
            session,
        },
        RequestKind::AddRemoteCandidate {
            connection: NOBODY,
            candidate: None,
            username_fragment: None,
        },
        RequestKind::SetSender {
            connection: NOBODY,
            mid: "0".to_owned(),
            source: None,
            parameters: parameters(),
        },
        RequestKind::RequestKeyFrame {
            receiver: ReceiverId(99),
        },
        RequestKind::CloseSource {
            source: SourceId(99),
        },
        RequestKind::OpenChannel {
            connection: NOBODY,
            channel: ChannelId(0),
            options: ChannelOptions::default(),
        },
        RequestKind::CloseChannel {
            connection: NOBODY,
            channel: ChannelId(0),
        },
        RequestKind::ReadStatistics { connection: NOBODY },
        RequestKind::CloseConnection { connection: NOBODY },
    ] {
        let words = format!("{wish:?}");
        assert_eq!(page.ask_refused(wish).await, "InvalidStateError", "{words}");
    }
}

#[tokio::test]
async fn an_id_is_taken_once() {
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
async fn what_is_out_of_range_is_a_range_error() {
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
        let wish = RequestKind::SetSender {
            connection: ConnectionId(1),
            mid: "0".to_owned(),
            source: None,
            parameters,
        };
        assert_eq!(page.ask_refused(wish).await, "RangeError");
    }
    let delay = RequestKind::ReportPlayoutDelay {
        receiver: ReceiverId(1),
        delay: -1.0,
    };
    assert_eq!(page.ask_refused(delay).await, "RangeError");
}

#[tokio::test]
async fn an_agreement_that_is_none_is_refused() {
    let transport = Transport::default();
    let mut page = Page::open(&transport).await;
    let end = End::open(&mut page, 1, Side::Caller).await;
    let mut session = end.session(&end, [Direction::SendRecv; 2]);
    session.remote_fingerprints.clear();
    let connection = end.connection;
    let refused = page
        .ask_refused(RequestKind::Commit {
            connection,
            session,
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
            page.send_wish(RequestKind::ReadStatistics { connection })
                .await,
        );
        let source = SourceId(source);
        let kind = SourceKind::Video;
        asked.push(
            page.send_wish(RequestKind::OpenSource {
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
