//! Nodes restart one after the other while members send messages.

use crate::{person::Person, redis::Redis};

#[tokio::test(flavor = "multi_thread")]
async fn rolling_restart_loses_no_member_and_no_message() {
    let Some(redis) = Redis::start().await else {
        return;
    };
    let mut nodes = vec![redis.node().await, redis.node().await, redis.node().await];
    let mut people = Vec::new();
    for (number, node) in nodes.iter().enumerate() {
        people.push(Person::join(node.address, "r", &format!("person {number}")).await);
    }
    let ids: Vec<_> = people.iter().map(|person| person.id.clone()).collect();
    for person in &mut people {
        let others: Vec<_> = ids.iter().filter(|id| **id != person.id).collect();
        person.see_exactly(&others).await;
    }
    let mut said = 0;
    for turn in 0..3 {
        send_number_to_all(&mut people, &ids, &mut said).await;
        let old = nodes.remove(0);
        nodes.push(redis.node().await);
        old.shutdown.cancel();
        let at = people
            .iter()
            .position(|person| person.id == ids[turn])
            .unwrap();
        let mut moving = people.remove(at);
        // Messages from before the close frame have arrived.
        loop {
            match moving.client.receive_or_close().await {
                Ok(message) => moving.take(message),
                Err(close) => {
                    assert_eq!(u16::from(close.unwrap().code), 1012);
                    break;
                }
            }
        }
        // The others send to it before and after its node has ended.
        for person in &mut people {
            person.send_number(&moving.id, said + 1).await;
        }
        let mut old = old;
        (&mut old.running).await.unwrap().unwrap();
        for person in &mut people {
            person.send_number(&moving.id, said + 2).await;
        }
        let name = format!("person {turn}");
        assert!(
            moving.resume(nodes[2].address, "r", &name).await,
            "turn {turn}"
        );
        for to in ids.iter().filter(|id| **id != ids[turn]) {
            moving.send_number(to, said + 1).await;
            moving.send_number(to, said + 2).await;
        }
        let (a, b) = (people[0].id.clone(), people[1].id.clone());
        people[0].send_number(&b, said + 1).await;
        people[0].send_number(&b, said + 2).await;
        people[1].send_number(&a, said + 1).await;
        people[1].send_number(&a, said + 2).await;
        said += 2;
        people.push(moving);
        for person in &mut people {
            let me = person.id.clone();
            for from in ids.iter().filter(|id| **id != me) {
                while person.numbers(from).len() < said as usize {
                    person.receive().await;
                }
                assert_eq!(person.numbers(from), (1..=said).collect::<Vec<_>>());
            }
            assert!(person.left.is_empty());
            assert_eq!(person.undelivered, 0);
        }
    }
}

async fn send_number_to_all(
    people: &mut [Person],
    ids: &[signal_protocol::MemberId],
    said: &mut u32,
) {
    for _ in 0..20 {
        *said += 1;
        for person in people.iter_mut() {
            let me = person.id.clone();
            for to in ids.iter().filter(|id| **id != me) {
                person.send_number(to, *said).await;
            }
        }
    }
}
