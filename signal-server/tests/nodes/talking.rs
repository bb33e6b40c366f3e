//! Members of one room on two and three nodes: they see each other and exchange messages.

use crate::{person::Person, redis::Redis};

#[tokio::test(flavor = "multi_thread")]
async fn two_nodes_form_one_relay() {
    let Some(redis) = Redis::start().await else {
        return;
    };
    let (one, two) = (redis.node().await, redis.node().await);
    let mut ann = Person::join(one.address, "r", "ann").await;
    let mut bob = Person::join(two.address, "r", "bob").await;
    assert_eq!(bob.others.keys().collect::<Vec<_>>(), [&ann.id]);
    ann.see_exactly(&[&bob.id]).await;
    for number in 1..=200 {
        ann.send_number(&bob.id, number).await;
        bob.send_number(&ann.id, number).await;
    }
    bob.receive_all(&ann.id, 200).await;
    ann.receive_all(&bob.id, 200).await;
    let bobs = bob.id.clone();
    bob.set_status("in call").await;
    ann.hear_until(|ann| ann.others[&bobs].1.is_some()).await;
    let carl = Person::join(one.address, "r", "carl").await;
    assert_eq!(carl.others[&bobs].1.as_ref().unwrap().as_str(), "in call");
    // Rooms with other names stay separate.
    let dora = Person::join(two.address, "s", "dora").await;
    assert!(dora.others.is_empty());
    bob.client
        .send(&signal_protocol::ClientMessage::RoomLeave)
        .await;
    ann.see_exactly(&[&carl.id]).await;
    assert_eq!((ann.undelivered, bob.undelivered), (0, 0));
}

/// A status comes before the first message that needs it.
#[tokio::test(flavor = "multi_thread")]
async fn changes_of_one_member_keep_their_order() {
    let Some(redis) = Redis::start().await else {
        return;
    };
    let (one, two) = (redis.node().await, redis.node().await);
    let mut ann = Person::join(one.address, "r", "ann").await;
    let mut bob = Person::join(two.address, "r", "bob").await;
    ann.see_exactly(&[&bob.id]).await;
    for number in 1..=50 {
        ann.set_status(&number.to_string()).await;
        ann.send_number(&bob.id, number).await;
    }
    for number in 1..=50 {
        bob.receive().await;
        let status = bob.others[&ann.id].1.clone().unwrap();
        assert_eq!(status.as_str(), number.to_string());
        bob.receive_all(&ann.id, number).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn members_on_three_nodes_reach_each_other() {
    let Some(redis) = Redis::start().await else {
        return;
    };
    let nodes = [redis.node().await, redis.node().await, redis.node().await];
    let mut people = Vec::new();
    for number in 0..6 {
        let name = format!("person {number}");
        people.push(Person::join(nodes[number % 3].address, "r", &name).await);
    }
    let ids: Vec<_> = people.iter().map(|person| person.id.clone()).collect();
    for person in &mut people {
        let others: Vec<_> = ids.iter().filter(|id| **id != person.id).collect();
        person.see_exactly(&others).await;
    }
    for number in 1..=30 {
        for person in &mut people {
            let me = person.id.clone();
            for to in ids.iter().filter(|id| **id != me) {
                person.send_number(to, number).await;
            }
        }
    }
    for person in &mut people {
        let me = person.id.clone();
        for from in ids.iter().filter(|id| **id != me) {
            while person.numbers(from).len() < 30 {
                person.receive().await;
            }
            assert_eq!(person.numbers(from), (1..=30).collect::<Vec<_>>());
        }
        assert_eq!(person.undelivered, 0);
    }
}
