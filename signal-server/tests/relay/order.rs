//! Messages keep their order per sender and receiver, and each arrives once.

use std::collections::HashMap;

use crate::relay::Relay;

const MESSAGES: usize = 300;
const SENDERS: usize = 4;

#[tokio::test(flavor = "multi_thread")]
async fn messages_of_each_sender_arrive_once_and_in_order() {
    let relay = Relay::start(|config| {
        config.message_rate = 0;
        // Four senders may be far ahead of one reader.
        config.queue_messages = 4 * SENDERS * MESSAGES;
    })
    .await;
    let (mut receiver, receivers_self) = relay.join("r", "receiver").await;
    let mut senders = Vec::new();
    for number in 0..SENDERS {
        let (sender, joined) = relay.join("r", &format!("sender-{number}")).await;
        assert_eq!(receiver.hear_user_joined().await, joined.myself.id);
        senders.push(sender);
    }
    let mut sending = Vec::new();
    for mut sender in senders {
        let to = receivers_self.myself.id.clone();
        sending.push(tokio::spawn(async move {
            for count in 0..MESSAGES {
                sender.call(&to, &count.to_string()).await;
            }
            sender
        }));
    }
    let mut next = HashMap::new();
    for _ in 0..SENDERS * MESSAGES {
        let (from, payload) = receiver.hear_delivered().await;
        let expected = next.entry(from).or_insert(0);
        assert_eq!(payload, expected.to_string());
        *expected += 1;
    }
    assert_eq!(next.len(), SENDERS);
    // The senders stay until here, so that no `user:left` mixes with their messages.
    for sender in sending {
        drop(sender.await.unwrap());
    }
}
