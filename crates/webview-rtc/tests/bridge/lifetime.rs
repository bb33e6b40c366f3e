//! Lifetime of pages, bridges and connections.

use std::time::Duration;

use webview_rtc::{
    Options, Transport,
    bridge::Limits,
    wire::{
        event::{DtlsState, Event, IceState},
        id::ConnectionId,
        request::RequestKind,
    },
};

use crate::{
    negotiated::{Call, End, Side, connect},
    page::Page,
};

/// Waits until the connection reports that it ended.
async fn ended(page: &mut Page, of: ConnectionId) {
    page.event(|event| match event {
        Event::IceState {
            connection,
            state: IceState::Disconnected | IceState::Failed | IceState::Closed,
        }
        | Event::DtlsState {
            connection,
            state: DtlsState::Closed | DtlsState::Failed,
        } if connection == of => Some(()),
        _ => None,
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn closed_page_ends_its_own_connections_only() {
    let transport = Transport::default();
    let Call {
        anna,
        mut bela,
        at_bela,
        ..
    } = Call::connect(&transport).await;
    let mut cleo = Page::open(&transport).await;
    let at_cleo = End::open(&mut cleo, 2, Side::Callee).await;
    let to_cleo = End::open(&mut bela, 2, Side::Caller).await;
    connect((&mut bela, &to_cleo), (&mut cleo, &at_cleo)).await;

    drop(anna);
    ended(&mut bela, at_bela.connection).await;
    let connection = at_bela.connection;
    bela.ask_done(RequestKind::CloseConnection { connection })
        .await;
    for (page, connection) in [
        (&mut bela, to_cleo.connection),
        (&mut cleo, at_cleo.connection),
    ] {
        let alive = page.ask(RequestKind::ReadStatistics { connection }).await;
        assert!(
            matches!(alive, webview_rtc::wire::event::Reply::Statistics { .. }),
            "{alive:?}"
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn closed_connection_is_reported_to_the_other_side() {
    let transport = Transport::default();
    let mut call = Call::connect(&transport).await;
    let connection = call.at_anna.connection;
    call.anna
        .ask_done(RequestKind::CloseConnection { connection })
        .await;
    ended(&mut call.bela, call.at_bela.connection).await;
    let again = call
        .anna
        .ask_refused(RequestKind::CloseConnection { connection })
        .await;
    assert_eq!(again, "InvalidStateError");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn page_that_reads_nothing_is_closed() {
    let transport = Transport::new(Options {
        limits: Limits {
            read_timeout: Duration::from_millis(200),
            ..Limits::default()
        },
    });
    let anna = Page::open_narrow(&transport).await;
    let bela = Page::open(&transport).await;
    let mut call = Call::connect_pages(anna, bela).await;
    let connection = call.at_anna.connection;
    // The replies are far larger than the socket buffers of the system.
    for _ in 0..1_800 {
        call.anna
            .send_request(RequestKind::ReadStatistics { connection })
            .await;
    }
    ended(&mut call.bela, call.at_bela.connection).await;
}
