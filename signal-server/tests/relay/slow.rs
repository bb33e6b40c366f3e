//! A member that does not read is closed, and other members do not wait.

use std::time::Duration;

use signal_protocol::{ClientMessage, ErrorCode, LeaveReason, ServerMessage};

use crate::{client::Client, relay::Relay};

#[tokio::test(flavor = "multi_thread")]
async fn slow_member_is_closed_with_4002_and_others_are_served() {
    let relay = Relay::start(|config| {
        config.message_rate = 0;
        config.stall = Duration::from_millis(200);
    })
    .await;
    let (mut ann, _) = relay.join("r", "ann").await;
    let mut slow = Client::connect_narrow(relay.address).await;
    let slows = slow.join("r", "slow").await;
    ann.hear_user_joined().await;
    let (mut bob, bobs) = relay.join("r", "bob").await;
    ann.hear_user_joined().await;

    // The system's buffers hold several megabytes before the relay's queue begins to fill.
    let payload = "x".repeat(60_000);
    let left = ServerMessage::UserLeft {
        id: slows.myself.id.clone(),
        reason: LeaveReason::Lost,
        replaced_by: None,
    };
    for sent in 0.. {
        assert!(sent < 2000, "nothing bounds the queue");
        ann.call(&slows.myself.id, &payload).await;
        ann.send(&ClientMessage::Ping).await;
        let answer = loop {
            match ann.receive().await {
                // The queue is full, and nothing of it is read.
                ServerMessage::Error(error) => assert_eq!(error.code, ErrorCode::RateLimited),
                other => break other,
            }
        };
        if answer == left {
            break;
        }
        assert_eq!(answer, ServerMessage::Pong);
        ann.call(&bobs.myself.id, "still here").await;
        assert_eq!(bob.hear_delivered().await.1, "still here");
    }
    assert_eq!(ann.receive().await, ServerMessage::Pong);
    assert_eq!(bob.receive().await, left);
    // The messages in flight arrive, then the reason.
    assert_eq!(slow.receive_close().await, 4002);
    ann.call(&bobs.myself.id, "goodbye").await;
    assert_eq!(bob.hear_delivered().await.1, "goodbye");
}
