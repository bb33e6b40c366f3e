//! Refusals of a server, as the page sees them.

use webview_rtc::wire::request::IceTransportPolicy;

use crate::{
    coturn::{Coturn, free_port},
    listener::{Listener, configuration},
};

async fn check(urls: &[String], password: &str, codes: &[u16]) {
    let relay = configuration(IceTransportPolicy::Relay, urls, password);
    let mut network = Listener::start(&relay);
    let gathered = network.gather(&relay).await;
    let told: Vec<u16> = gathered.errors.iter().map(|(_, code, _)| *code).collect();
    assert_eq!(told, codes, "{urls:?}");
    assert!(gathered.candidates.is_empty());
}

#[tokio::test]
async fn wrong_password_is_unauthorized() {
    let coturn = Coturn::start(&[]).await;
    check(&[coturn.by_udp("127.0.0.1")], "wrong", &[401]).await;
    check(&[coturn.by_tcp("127.0.0.1")], "wrong", &[401]).await;
}

#[tokio::test]
async fn reached_quota_is_reported() {
    let coturn = Coturn::start(&["--user-quota=1"]).await;
    let relay = configuration(
        IceTransportPolicy::Relay,
        &[coturn.by_udp("127.0.0.1")],
        "word",
    );
    let mut first = Listener::start(&relay);
    assert_eq!(first.gather(&relay).await.errors, []);
    check(&[coturn.by_udp("127.0.0.1")], "word", &[486]).await;
}

#[tokio::test]
async fn port_without_a_listener_is_unreachable() {
    let url = format!("turn:127.0.0.1:{}?transport=tcp", free_port());
    check(&[url], "word", &[701]).await;
}

#[tokio::test]
async fn untrusted_certificate_is_refused() {
    let coturn = Coturn::start(&[]).await;
    check(&[coturn.by_tls("localhost")], "word", &[701]).await;
}

#[tokio::test]
async fn unknown_name_is_unreachable() {
    check(&["turn:nowhere.invalid".into()], "word", &[701]).await;
}

#[tokio::test]
async fn invalid_url_is_reported_and_others_are_used() {
    let coturn = Coturn::start(&[]).await;
    let urls = ["nonsense".into(), coturn.by_udp("127.0.0.1")];
    let relay = configuration(IceTransportPolicy::Relay, &urls, "word");
    let mut network = Listener::start(&relay);
    let gathered = network.gather(&relay).await;
    assert_eq!(gathered.errors, [("nonsense".to_owned(), 701, None)]);
    assert!(!gathered.candidates.is_empty());
}
