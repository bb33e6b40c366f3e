//! Who is really there: losses that others learn of, the short grace of a page that is closed, and
//! members that their own device replaces.

use std::time::Duration;

use futures_util::StreamExt;
use signal_protocol::{ErrorCode, LeaveReason, MemberId, ResumeToken, RoomJoined, ServerMessage};
use signal_server::Config;
use tokio_tungstenite::tungstenite::Message;

use crate::{
    client::{Client, join_from_device},
    relay::{Relay, within},
};

const DEVICE: &str = "secret-of-this-device";

/// Losses are announced at once.
fn noticed(config: &mut Config) {
    config.lost_notice = Duration::from_millis(50);
}

fn left(id: &MemberId, replaced_by: Option<&MemberId>) -> ServerMessage {
    ServerMessage::UserLeft {
        id: id.clone(),
        reason: LeaveReason::Lost,
        replaced_by: replaced_by.cloned(),
    }
}

async fn join_with_device(relay: &Relay, room: &str, device: &str) -> (Client, RoomJoined) {
    let mut client = relay.client().await;
    client.send(&join_from_device(room, "bob", device)).await;
    let joined = client.hear_joined().await;
    (client, joined)
}

#[tokio::test]
async fn loss_and_resume_are_told_to_the_others() {
    let relay = Relay::start(noticed).await;
    let (mut ann, _) = relay.join("r", "ann").await;
    let (bob, bobs) = relay.join("r", "bob").await;
    ann.hear_user_joined().await;
    bob.lose().await;
    let id = bobs.myself.id;
    assert_eq!(
        ann.receive().await,
        ServerMessage::UserLost { id: id.clone() }
    );
    let (mut eve, eves) = relay.join("r", "eve").await;
    ann.hear_user_joined().await;
    let lost: Vec<bool> = eves.participants.iter().map(|user| user.lost).collect();
    assert_eq!(lost, [false, true]);
    let mut bob = relay.client().await;
    let again = bob.resume("r", "bob", &bobs.resume).await;
    assert!(again.participants.iter().all(|user| !user.lost));
    for other in [&mut ann, &mut eve] {
        let back = ServerMessage::UserBack { id: id.clone() };
        assert_eq!(other.receive().await, back);
    }
    bob.receive_nothing().await;
}

#[tokio::test]
async fn closed_page_has_the_short_grace() {
    let relay = Relay::start(|config| config.away_grace = Duration::from_millis(50)).await;
    let (mut ann, _) = relay.join("r", "ann").await;
    let (bob, bobs) = relay.join("r", "bob").await;
    let (eve, eves) = relay.join("r", "eve").await;
    ann.hear_user_joined().await;
    ann.hear_user_joined().await;
    // Any other end is a loss like a broken line.
    eve.lose().await;
    bob.go_away().await;
    assert_eq!(ann.receive().await, left(&bobs.myself.id, None));
    let mut bob = relay.client().await;
    assert!(!bob.resume("r", "bob", &bobs.resume).await.resumed);
    ann.hear_user_joined().await;
    let mut eve = relay.client().await;
    assert!(eve.resume("r", "eve", &eves.resume).await.resumed);
    ann.receive_nothing().await;
}

#[tokio::test]
async fn reloaded_page_resumes() {
    let relay = Relay::start(|_| ()).await;
    let (mut ann, _) = relay.join("r", "ann").await;
    let (bob, bobs) = relay.join("r", "bob").await;
    ann.hear_user_joined().await;
    bob.go_away().await;
    let mut bob = relay.client().await;
    assert!(bob.resume("r", "bob", &bobs.resume).await.resumed);
    ann.call(&bobs.myself.id, "hello").await;
    assert_eq!(bob.hear_delivered().await.1, "hello");
    ann.receive_nothing().await;
}

#[tokio::test]
async fn away_grace_is_at_most_the_grace() {
    let relay = Relay::start(|config| config.grace = Duration::ZERO).await;
    let (mut ann, _) = relay.join("r", "ann").await;
    let (bob, bobs) = relay.join("r", "bob").await;
    ann.hear_user_joined().await;
    bob.go_away().await;
    assert_eq!(ann.receive().await, left(&bobs.myself.id, None));
}

#[tokio::test]
async fn device_replaces_its_lost_member() {
    let relay = Relay::start(|_| ()).await;
    let (mut ann, _) = relay.join("r", "ann").await;
    let (bob, bobs) = join_with_device(&relay, "r", DEVICE).await;
    ann.hear_user_joined().await;
    bob.lose().await;
    let (_bob, again) = join_with_device(&relay, "r", DEVICE).await;
    assert!(!again.resumed);
    assert_eq!(again.participants.len(), 1);
    let (old, new) = (bobs.myself.id, again.myself.id);
    assert_eq!(ann.receive().await, left(&old, Some(&new)));
    assert_eq!(ann.hear_user_joined().await, new);
    // The token went with the member.
    let mut thief = relay.client().await;
    assert!(!thief.resume("r", "bob", &bobs.resume).await.resumed);
}

#[tokio::test]
async fn device_with_an_open_socket_is_a_second_member() {
    let relay = Relay::start(|_| ()).await;
    let (mut first, firsts) = join_with_device(&relay, "r", DEVICE).await;
    let (mut second, seconds) = join_with_device(&relay, "r", DEVICE).await;
    assert_eq!(first.hear_user_joined().await, seconds.myself.id);
    assert_eq!(seconds.participants[0].id, firsts.myself.id);
    second.call(&firsts.myself.id, "hello").await;
    assert_eq!(first.hear_delivered().await.1, "hello");
}

#[tokio::test]
async fn device_of_somebody_else_removes_nobody() {
    let relay = Relay::start(|_| ()).await;
    let (bob, bobs) = join_with_device(&relay, "r", DEVICE).await;
    bob.lose().await;
    let (_eve, eves) = join_with_device(&relay, "r", "secret-of-another-device").await;
    assert_eq!(eves.participants[0].id, bobs.myself.id);
    // A member without a device is nobody's.
    let (carl, carls) = relay.join("r", "carl").await;
    carl.lose().await;
    relay.join("r", "carl").await;
    let mut carl = relay.client().await;
    assert!(carl.resume("r", "carl", &carls.resume).await.resumed);
}

/// The texts that arrive until the answer to a ping.
async fn texts(client: &mut Client) -> String {
    client.send(&signal_protocol::ClientMessage::Ping).await;
    let mut texts = String::new();
    loop {
        let message = within(client.socket.next()).await.unwrap().unwrap();
        if let Message::Text(text) = message {
            texts += &text;
            if text.contains("\"pong\"") {
                return texts;
            }
        }
    }
}

#[tokio::test]
async fn device_is_shown_to_nobody() {
    let relay = Relay::start(noticed).await;
    let (mut ann, _) = relay.join("r", "ann").await;
    let mut bob = relay.client().await;
    bob.send(&join_from_device("r", "bob", DEVICE)).await;
    let own = texts(&mut bob).await;
    assert!(
        own.contains("room:joined") && !own.contains(DEVICE),
        "{own}"
    );
    bob.lose().await;
    ann.hear_user_joined().await;
    ann.receive().await;
    let mut bob = relay.client().await;
    bob.send(&join_from_device("r", "bob", DEVICE)).await;
    let own = texts(&mut bob).await;
    assert!(
        own.contains("room:joined") && !own.contains(DEVICE),
        "{own}"
    );
    let others = texts(&mut ann).await;
    assert!(
        others.contains("replacedBy") && !others.contains(DEVICE),
        "{others}"
    );
    let mut eve = relay.client().await;
    eve.send(&crate::client::join("r", "eve")).await;
    let others = texts(&mut eve).await;
    assert!(
        others.contains("bob") && !others.contains(DEVICE),
        "{others}"
    );
}

#[tokio::test]
async fn device_of_the_wrong_form_is_refused() {
    let relay = Relay::start(|_| ()).await;
    let mut client = relay.client().await;
    for (device, code) in [
        (format!("\"{}\"", "x".repeat(65)), ErrorCode::TooLarge),
        ("\"short\"".to_owned(), ErrorCode::BadMessage),
        ("5".to_owned(), ErrorCode::BadMessage),
        ("[\"xxxxxxxxxxxxxxxx\"]".to_owned(), ErrorCode::BadMessage),
    ] {
        let join = format!(r#"{{"type":"room:join","room":"r","email":"e","device":{device}}}"#);
        client.send_text(&join).await;
        let error = client.hear_error().await;
        assert_eq!(
            (error.code, error.about.as_deref()),
            (code, Some("room:join"))
        );
    }
    let join = r#"{"type":"room:join","room":"r","email":"e","device":null}"#;
    client.send_text(join).await;
    assert!(!client.hear_joined().await.resumed);
}

/// A stale token with the right device is a fresh join that replaces the ghost.
#[tokio::test]
async fn stale_token_with_the_device_replaces_the_lost_member() {
    let relay = Relay::start(|_| ()).await;
    let (bob, bobs) = join_with_device(&relay, "r", DEVICE).await;
    bob.lose().await;
    let mut bob = relay.client().await;
    let signal_protocol::ClientMessage::RoomJoin(mut join) = join_from_device("r", "bob", DEVICE)
    else {
        unreachable!("a join is a join")
    };
    join.resume = Some(ResumeToken::new("stale"));
    bob.send(&signal_protocol::ClientMessage::RoomJoin(join))
        .await;
    let again = bob.hear_joined().await;
    assert!(!again.resumed && again.participants.is_empty());
    assert_ne!(again.myself.id, bobs.myself.id);
}
