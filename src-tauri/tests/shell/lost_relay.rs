//! A relay that is lost and returns: signaling reconnects and reports it.

use signal_server::Config;

use crate::support::{Member, Page, Relay, Wire, candidate, join, start_signaling};

#[tokio::test]
async fn cut_connection_resumes_without_notice_to_others() {
    let relay = Relay::start().await;
    let wire = Wire::to(relay.address).await;
    let mut bo = Member::join(relay.address).await;
    let signaling = start_signaling().await;
    let mut page = Page::listen(&signaling);
    join(&signaling, &wire.address.to_string());
    let before = page.message("room:joined").await;
    bo.message("user:joined").await;

    wire.cut().await;
    let waiting = page.next().await;
    assert_eq!(waiting["kind"], "waiting");
    assert_eq!(waiting["reason"]["code"], "connection-lost");
    let ana = before["self"]["id"].as_str().unwrap();
    bo.send(format!(
        r#"{{"type":"peer:candidate","to":"{ana}","payload":"to ana"}}"#
    ))
    .await;
    signaling.send(candidate(&bo.id, "to bo")).unwrap();

    assert_eq!(page.next().await["kind"], "connected");
    let after = page.message("room:joined").await;
    assert_eq!(after["resumed"], true);
    assert_eq!(after["self"]["id"], before["self"]["id"]);
    assert_eq!(page.message("peer:candidate").await["payload"], "to ana");
    assert_eq!(bo.message("peer:candidate").await["payload"], "to bo");
}

#[tokio::test]
async fn restarted_relay_gets_a_fresh_join() {
    let relay = Relay::start().await;
    let signaling = start_signaling().await;
    let mut page = Page::listen(&signaling);
    join(&signaling, &relay.address.to_string());
    page.message("room:joined").await;

    let address = relay.stop().await;
    let waiting = page.next().await;
    assert_eq!(waiting["kind"], "waiting");
    assert_eq!(waiting["reason"]["code"], "relay-restarts");
    let _relay = Relay::start_with(address, Config::default()).await;
    let again = page.message("room:joined").await;
    assert_eq!(again["resumed"], false);
}
