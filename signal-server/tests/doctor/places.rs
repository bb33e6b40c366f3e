//! Names and ports without a relay.

use relay_doctor::{Cause, Outcome, Step};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};

use crate::relay::{Relay, check_stopped, free_port, look_at};

#[tokio::test]
async fn unknown_name_is_found() {
    let report = look_at("https://no-such-relay.invalid").await;
    let finding = report.findings.last().unwrap();
    assert_eq!(
        (finding.step, finding.outcome),
        (Step::Name, Outcome::Failed)
    );
    // Without a network the system cannot tell these two causes apart.
    let cause = finding.cause.unwrap();
    assert!(
        matches!(cause, Cause::NameUnknown | Cause::ResolverSilent),
        "{finding}"
    );
    assert!(
        finding.to_string().contains("no-such-relay.invalid"),
        "{finding}"
    );
}

#[tokio::test]
async fn closed_port_is_found() {
    let port = free_port();
    let report = look_at(&format!("http://127.0.0.1:{port}")).await;
    let listen = format!("--listen '127.0.0.1:{port}'");
    check_stopped(
        &report,
        Step::Tcp,
        Cause::Refused,
        &[&listen, "no program listens"],
    );
}

#[tokio::test]
async fn port_of_another_program_is_found() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let talking = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut buffer = vec![0; 1024];
        assert!(stream.read(&mut buffer).await.unwrap() > 0);
        stream.write_all(b"500 what is that?\r\n").await.unwrap();
        while stream
            .read(&mut buffer)
            .await
            .is_ok_and(|length| length > 0)
        {}
    });
    let report = look_at(&format!("http://{address}")).await;
    check_stopped(&report, Step::Http, Cause::NotHttp, &["not by HTTP"]);
    talking.abort();
}

#[tokio::test]
async fn port_that_accepts_and_never_answers_is_found() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let report = look_at(&format!("http://{address}")).await;
    check_stopped(&report, Step::Http, Cause::NotHttp, &["not answered"]);
}

#[tokio::test]
async fn tls_where_none_is_spoken() {
    let relay = Relay::start(|_| ()).await;
    let report = look_at(&format!("https://{}", relay.address)).await;
    check_stopped(&report, Step::Tls, Cause::NoTls, &["--acme", "http://"]);
}
