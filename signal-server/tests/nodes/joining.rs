//! Limits that all nodes share.

use std::collections::BTreeSet;

use signal_protocol::ErrorCode;

use crate::{
    client::{Client, join_with_proof},
    person::Person,
    redis::Redis,
};

#[tokio::test(flavor = "multi_thread")]
async fn room_size_holds_for_joins_at_once_on_all_nodes() {
    let Some(redis) = Redis::start().await else {
        return;
    };
    let mut nodes = Vec::new();
    for _ in 0..3 {
        nodes.push(redis.node_with(|config| config.room_size = 4).await);
    }
    for round in 0..5 {
        let room = format!("room-{round}");
        let tries = (0..12).map(|number| {
            let (relay, room) = (nodes[number % 3].address, room.clone());
            tokio::spawn(async move {
                Person::try_join(relay, &room, &format!("person {number}")).await
            })
        });
        let (mut inside, mut refused) = (Vec::new(), 0);
        for attempt in tries.collect::<Vec<_>>() {
            match attempt.await.unwrap() {
                Ok(person) => inside.push(person),
                Err(code) => {
                    assert_eq!(code, ErrorCode::RoomFull);
                    refused += 1;
                }
            }
        }
        assert_eq!((inside.len(), refused), (4, 8), "round {round}");
        let ids: BTreeSet<_> = inside.iter().map(|person| person.id.clone()).collect();
        for person in &mut inside {
            let others: Vec<_> = ids.iter().filter(|id| **id != person.id).collect();
            person.see_exactly(&others).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn passcode_and_guesses_count_on_every_node() {
    let Some(redis) = Redis::start().await else {
        return;
    };
    let change = |config: &mut signal_server::Config| config.wrong_passcodes = 4;
    let (one, two) = (redis.node_with(change).await, redis.node_with(change).await);
    let mut ann = Client::connect(one.address).await;
    ann.send(&join_with_proof("r", "ann", "right")).await;
    ann.hear_joined().await;
    let mut codes = Vec::new();
    for number in 0..5 {
        let relay = if number % 2 == 0 { &two } else { &one };
        let mut guesser = Client::connect(relay.address).await;
        guesser.send(&join_with_proof("r", "eve", "wrong")).await;
        codes.push(guesser.hear_error_code().await);
    }
    assert_eq!(codes[..4], [ErrorCode::WrongPasscode; 4]);
    assert_eq!(codes[4], ErrorCode::RateLimited);
    // Eve is refused in that room only.
    let mut eve = Client::connect(two.address).await;
    eve.send(&join_with_proof("s", "eve", "hers")).await;
    eve.hear_joined().await;
    let mut guest = Client::connect(two.address).await;
    guest.send(&crate::client::join("r", "bob")).await;
    assert_eq!(guest.hear_error_code().await, ErrorCode::WrongPasscode);
}
