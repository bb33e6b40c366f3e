//! What ends with what.

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
    agreement::{Call, End, Side, connect},
    page::Page,
};

/// Waits until the connection says that it cannot go on.
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
async fn a_page_that_dies_takes_its_connections_and_nothing_else() {
    let transport = Transport::default();
    let Call {
        anna,
        mut bela,
        at_bela,
        ..
    } = Call::begin(&transport).await;
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
async fn a_closed_connection_is_seen_by_the_other_side() {
    let transport = Transport::default();
    let mut call = Call::begin(&transport).await;
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
async fn a_page_that_reads_nothing_is_closed() {
    let transport = Transport::new(Options {
        limits: Limits {
            read_within: Duration::from_millis(200),
            ..Limits::default()
        },
    });
    let anna = Page::open_narrow(&transport).await;
    let bela = Page::open(&transport).await;
    let mut call = Call::begin_between(anna, bela).await;
    let connection = call.at_anna.connection;
    // The answers are far longer than what the system keeps for a socket.
    for _ in 0..1_800 {
        call.anna
            .send_wish(RequestKind::ReadStatistics { connection })
            .await;
    }
    ended(&mut call.bela, call.at_bela.connection).await;
}
