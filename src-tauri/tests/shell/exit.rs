//! The end of the app: other members see a leave, not a loss.

use crate::support::{Member, Page, Relay, in_time, join, start_signaling};

#[tokio::test]
async fn closing_the_app_leaves_the_room() {
    let relay = Relay::start().await;
    let mut bo = Member::join(relay.address).await;
    let signaling = start_signaling().await;
    let mut page = Page::listen(&signaling);
    join(&signaling, &relay.address.to_string());
    page.message("room:joined").await;
    bo.message("user:joined").await;

    in_time(signaling.stop()).await;
    assert_eq!(bo.message("user:left").await["reason"], "left");
}

#[tokio::test]
async fn closing_the_app_outside_of_a_room_is_immediate() {
    in_time(start_signaling().await.stop()).await;
}
