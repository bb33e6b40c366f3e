//! A lost member is kept, resumed, taken over by another socket, or removed.

use std::time::Duration;

use signal_protocol::{ErrorCode, LeaveReason, MemberId, ServerMessage};

use crate::{client::Client, relay::Relay};

fn lost(id: &MemberId) -> ServerMessage {
    ServerMessage::UserLeft {
        id: id.clone(),
        reason: LeaveReason::Lost,
        replaced_by: None,
    }
}

#[tokio::test]
async fn resume_delivers_all_in_order_without_notice() {
    let relay = Relay::start(|_| ()).await;
    let (mut ann, anns) = relay.join("r", "ann").await;
    let (bob, bobs) = relay.join("r", "bob").await;
    ann.hear_user_joined().await;
    bob.lose().await;
    for number in 0..64 {
        ann.call(&bobs.myself.id, &number.to_string()).await;
    }
    ann.receive_nothing().await;
    let mut bob = relay.client().await;
    let again = bob.resume("r", "bob", &bobs.resume).await;
    assert!(again.resumed);
    assert_eq!(again.myself.id, bobs.myself.id);
    assert_ne!(again.resume, bobs.resume);
    assert_eq!(again.participants[0].id, anns.myself.id);
    for number in 0..64 {
        let (from, payload) = bob.hear_delivered().await;
        assert_eq!(
            (from, payload),
            (anns.myself.id.clone(), number.to_string())
        );
    }
    bob.receive_nothing().await;
    ann.receive_nothing().await;
}

#[tokio::test]
async fn resumed_member_learns_changes_from_participants_only() {
    let relay = Relay::start(|_| ()).await;
    let (ann, anns) = relay.join("r", "ann").await;
    let (mut eve, _) = relay.join("r", "eve").await;
    ann.lose().await;
    let (_bob, bobs) = relay.join("r", "bob").await;
    eve.hear_user_joined().await;
    eve.send(&signal_protocol::ClientMessage::RoomLeave).await;
    assert_eq!(eve.receive().await, ServerMessage::RoomLeft);
    let mut ann = relay.client().await;
    let again = ann.resume("r", "ann", &anns.resume).await;
    let ids: Vec<MemberId> = again.participants.into_iter().map(|user| user.id).collect();
    assert_eq!(ids, [bobs.myself.id]);
    ann.receive_nothing().await;
}

#[tokio::test]
async fn resume_token_is_single_use() {
    let relay = Relay::start(|_| ()).await;
    let (bob, first) = relay.join("r", "bob").await;
    bob.lose().await;
    let mut bob = relay.client().await;
    let second = bob.resume("r", "bob", &first.resume).await;
    assert!(second.resumed);
    let mut thief = relay.client().await;
    let fresh = thief.resume("r", "bob", &first.resume).await;
    assert!(!fresh.resumed);
    assert_ne!(fresh.myself.id, second.myself.id);
    assert_eq!(bob.hear_user_joined().await, fresh.myself.id);
    bob.lose().await;
    let mut bob = relay.client().await;
    assert!(bob.resume("r", "bob", &second.resume).await.resumed);
}

#[tokio::test]
async fn resume_token_is_valid_in_its_room_only() {
    let relay = Relay::start(|_| ()).await;
    let (bob, bobs) = relay.join("r", "bob").await;
    bob.lose().await;
    let mut bob = relay.client().await;
    assert!(!bob.resume("s", "bob", &bobs.resume).await.resumed);
}

#[tokio::test]
async fn open_socket_is_taken_over_and_closed_with_4000() {
    let relay = Relay::start(|_| ()).await;
    let (mut ann, _) = relay.join("r", "ann").await;
    let (mut old, bobs) = relay.join("r", "bob").await;
    ann.hear_user_joined().await;
    let mut new = relay.client().await;
    let again = new.resume("r", "bob", &bobs.resume).await;
    assert!(again.resumed);
    assert_eq!(old.receive_close().await, 4000);
    // The end of the old socket does not end the member.
    old.lose().await;
    ann.call(&bobs.myself.id, "hello").await;
    assert_eq!(new.hear_delivered().await.1, "hello");
    ann.receive_nothing().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn unsent_messages_move_to_the_resuming_socket() {
    const MESSAGES: usize = 300;
    let relay = Relay::start(|config| {
        config.message_rate = 0;
        config.queue_messages = 4 * MESSAGES;
        config.queue_bytes = 100_000_000;
    })
    .await;
    let (mut ann, _) = relay.join("r", "ann").await;
    let mut old = Client::connect_narrow(relay.address).await;
    let bobs = old.join("r", "bob").await;
    ann.hear_user_joined().await;
    // More than the system's buffers hold for a socket that is not read.
    let filler = "x".repeat(60_000);
    for number in 0..MESSAGES {
        ann.call(&bobs.myself.id, &format!("{number} {filler}"))
            .await;
    }
    ann.receive_nothing().await;
    let mut new = relay.client().await;
    assert!(new.resume("r", "bob", &bobs.resume).await.resumed);
    let number = |payload: &str| payload.split(' ').next().unwrap().parse::<usize>().unwrap();
    let first = number(&new.hear_delivered().await.1);
    for expected in first + 1..MESSAGES {
        assert_eq!(number(&new.hear_delivered().await.1), expected);
    }
    new.receive_nothing().await;
    // The old socket gets the messages that were in flight. None is sent twice.
    let mut before = 0;
    while let Ok(ServerMessage::Delivered(delivered)) = old.receive_or_close().await {
        assert_eq!(number(&delivered.payload.to_text().unwrap()), before);
        before += 1;
    }
    assert!(
        before <= first,
        "{before} came on the old socket, {first} first on the new"
    );
}

#[tokio::test]
async fn lost_member_leaves_after_the_grace_period() {
    let relay = Relay::start(|config| config.grace = Duration::from_millis(50)).await;
    let (mut ann, _) = relay.join("r", "ann").await;
    let (bob, bobs) = relay.join("r", "bob").await;
    ann.hear_user_joined().await;
    bob.lose().await;
    assert_eq!(ann.receive().await, lost(&bobs.myself.id));
    let mut bob = relay.client().await;
    let fresh = bob.resume("r", "bob", &bobs.resume).await;
    assert!(!fresh.resumed);
    assert_eq!(ann.hear_user_joined().await, fresh.myself.id);
}

#[tokio::test]
async fn grace_of_zero_removes_a_lost_member_at_once() {
    let relay = Relay::start(|config| config.grace = Duration::ZERO).await;
    let (mut ann, _) = relay.join("r", "ann").await;
    let (bob, bobs) = relay.join("r", "bob").await;
    ann.hear_user_joined().await;
    bob.lose().await;
    assert_eq!(ann.receive().await, lost(&bobs.myself.id));
}

/// Sends to a lost member until a message is refused. Returns how many were accepted.
async fn overflow(payload: &str) -> usize {
    let relay = Relay::start(|_| ()).await;
    let (mut ann, _) = relay.join("r", "ann").await;
    let (bob, bobs) = relay.join("r", "bob").await;
    ann.hear_user_joined().await;
    bob.lose().await;
    let mut count = 0;
    let first = loop {
        ann.call(&bobs.myself.id, payload).await;
        ann.send(&signal_protocol::ClientMessage::Ping).await;
        match ann.receive().await {
            ServerMessage::Pong => count += 1,
            other => break other,
        }
    };
    let ServerMessage::Error(error) = first else {
        panic!("{first:?}");
    };
    assert_eq!(error.code, ErrorCode::RateLimited);
    assert_eq!(error.about.as_deref(), Some("user:call"));
    assert_eq!(ann.receive().await, ServerMessage::Pong);
    // The earlier messages arrive. The sender did not cause the member's removal.
    let mut bob = relay.client().await;
    assert!(bob.resume("r", "bob", &bobs.resume).await.resumed);
    for _ in 0..count {
        assert_eq!(bob.hear_delivered().await.1, payload);
    }
    bob.receive_nothing().await;
    ann.call(&bobs.myself.id, "hello again").await;
    assert_eq!(bob.hear_delivered().await.1, "hello again");
    count
}

#[tokio::test]
async fn message_65_to_a_lost_member_is_refused() {
    assert_eq!(overflow("hello").await, 64);
}

#[tokio::test]
async fn more_than_256_kib_to_a_lost_member_are_refused() {
    // Each is a little more than 60,000 bytes with its envelope.
    assert_eq!(overflow(&"x".repeat(60_000)).await, 4);
}

#[tokio::test]
async fn member_of_a_broken_socket_can_resume() {
    let relay = Relay::start(|_| ()).await;
    let (mut ann, _) = relay.join("r", "ann").await;
    let (bob, bobs) = relay.join("r", "bob").await;
    ann.hear_user_joined().await;
    drop(bob);
    let mut bob = relay.client().await;
    // The member can resume whether the relay has noticed the loss or not.
    assert!(bob.resume("r", "bob", &bobs.resume).await.resumed);
    ann.call(&bobs.myself.id, "hello").await;
    assert_eq!(bob.hear_delivered().await.1, "hello");
    ann.receive_nothing().await;
}
