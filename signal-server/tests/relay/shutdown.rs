//! Shutdown: sockets are closed with 1012, and it does not take long.

use std::time::Duration;

use tokio::io::AsyncWriteExt;

use crate::{
    client::{Client, within},
    relay::Relay,
};

#[tokio::test]
async fn serve_returns_and_sockets_are_closed_with_1012() {
    let mut relay = Relay::start(|_| ()).await;
    let (mut ann, _) = relay.join("r", "ann").await;
    let mut unjoined = relay.client().await;
    relay.shutdown.cancel();
    assert_eq!(ann.receive_close().await, 1012);
    assert_eq!(unjoined.receive_close().await, 1012);
    drop((ann, unjoined));
    within(&mut relay.running).await.unwrap().unwrap();
    // The port is free again.
    tokio::net::TcpListener::bind(relay.address).await.unwrap();
}

#[tokio::test]
async fn open_sockets_do_not_delay_the_shutdown() {
    let mut relay = Relay::start(|_| ()).await;
    let _does_not_read = relay.client().await;
    let mut half_a_request = tokio::net::TcpStream::connect(relay.address).await.unwrap();
    half_a_request.write_all(b"GET / HT").await.unwrap();
    let _silent = tokio::net::TcpStream::connect(relay.address).await.unwrap();
    relay.shutdown.cancel();
    tokio::time::timeout(Duration::from_secs(5), &mut relay.running)
        .await
        .expect("it takes longer than it may")
        .unwrap()
        .unwrap();
}

#[cfg(unix)]
#[tokio::test]
async fn program_exits_with_0_on_sigterm() {
    let program = crate::relay::Program::start(&[]);
    let mut ann = Client::connect(program.address).await;
    ann.join("r", "ann").await;
    program.terminate();
    assert_eq!(ann.receive_close().await, 1012);
    let status = program.wait(Duration::from_secs(5)).await;
    assert!(status.success(), "{status}");
}
