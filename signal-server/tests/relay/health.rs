//! `/healthz` and `/readyz`.

use crate::relay::{Relay, get};

#[tokio::test]
async fn relay_reports_its_name_and_readiness() {
    let relay = Relay::start(|_| ()).await;
    let health = get(relay.address, "/healthz").await;
    assert_eq!(health.status, 200);
    assert_eq!(health.header("content-type"), Some("application/json"));
    assert_eq!(
        health.body,
        r#"{"service":"snug-signal-server","protocol":"snug.v1"}"#
    );
    assert_eq!(get(relay.address, "/readyz").await.status, 200);
}

#[tokio::test]
async fn stopping_relay_is_alive_but_not_ready() {
    let relay = Relay::start(|_| ()).await;
    // It does not read, so it does not answer the close frame. The relay waits for it for a moment.
    let _stubborn = relay.client().await;
    relay.shutdown.cancel();
    let mut ready = get(relay.address, "/readyz").await;
    while ready.status == 200 {
        ready = get(relay.address, "/readyz").await;
    }
    assert_eq!(ready.status, 503);
    assert_eq!(get(relay.address, "/healthz").await.status, 200);
}
