//! A page that is reloaded: a new listener, and the same join again.

use crate::support::{Member, Page, Relay, join, start_signaling};

#[tokio::test]
async fn reloaded_page_resumes_without_notice_to_others() {
    let relay = Relay::start().await;
    let mut bo = Member::join(relay.address).await;
    let signaling = start_signaling().await;
    let mut page = Page::listen(&signaling);
    join(&signaling, &relay.address.to_string());
    let before = page.message("room:joined").await;
    bo.message("user:joined").await;

    let mut page = Page::listen(&signaling);
    join(&signaling, &relay.address.to_string());
    let after = page.message("room:joined").await;
    assert_eq!(after["resumed"], true);
    assert_eq!(after["self"], before["self"]);
    assert_eq!(after["participants"][0]["id"], bo.id.as_str());

    // Bo's next event is Ana's next action.
    signaling.leave().unwrap();
    assert_eq!(bo.message("user:left").await["reason"], "left");
}
