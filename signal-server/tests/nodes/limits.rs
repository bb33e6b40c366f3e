//! Limits of an address, where its places are on other nodes.

use signal_protocol::ErrorCode;

use crate::{person::Person, redis::Redis};

const JOINS: u32 = 3;

/// As in a rolling restart: everybody behind one router comes to another node at once.
#[tokio::test(flavor = "multi_thread")]
async fn who_comes_back_to_another_node_passes_every_limit() {
    let Some(redis) = Redis::start().await else {
        return;
    };
    let one = redis.node().await;
    let two = redis.node_with(|config| config.join_rate = JOINS).await;
    let mut people = Vec::new();
    for number in 0..3 * JOINS {
        people.push(Person::join(one.address, "r", &format!("person {number}")).await);
    }
    for (number, person) in people.iter_mut().enumerate() {
        let name = format!("person {number}");
        assert!(person.come_back(two.address, "r", &name).await, "{name}");
    }
    // It has cost the address nothing.
    let mut guests = Vec::new();
    for number in 0..JOINS {
        let guest = Person::try_join(two.address, "new", &format!("guest {number}")).await;
        guests.push(guest.unwrap());
    }
    let refused = Person::try_join(two.address, "new", "one too many").await;
    assert_eq!(refused.err(), Some(ErrorCode::RateLimited));
    // Whose places are elsewhere come in even now, and nobody by a token that is none.
    let back = &mut people[0];
    assert!(back.come_back(one.address, "r", "person 0").await);
    assert!(back.come_back(two.address, "r", "person 0").await);
    let mut false_token = crate::client::Client::connect(two.address).await;
    let token = signal_protocol::ResumeToken::new("made up");
    false_token
        .send(&crate::client::resuming("new", "eve", &token))
        .await;
    assert_eq!(false_token.hear_error_code().await, ErrorCode::RateLimited);
    // Those who came before see who is there.
    assert_eq!(guests.len(), JOINS as usize);
}
