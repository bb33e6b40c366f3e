//! Nodes restarted one after the other under people who talk.

use crate::{person::Person, redis::Redis};

#[tokio::test(flavor = "multi_thread")]
async fn nobody_leaves_and_nothing_is_lost_while_nodes_are_restarted() {
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
        say_to_all(&mut people, &ids, &mut said).await;
        let old = nodes.remove(0);
        nodes.push(redis.node().await);
        old.shutdown.cancel();
        let at = people
            .iter()
            .position(|person| person.id == ids[turn])
            .unwrap();
        let mut moving = people.remove(at);
        // What was sent before the close frame has come.
        loop {
            match moving.client.hear_or_close().await {
                Ok(message) => moving.take(message),
                Err(close) => {
                    assert_eq!(u16::from(close.unwrap().code), 1012);
                    break;
                }
            }
        }
        // The others talk on to it, before its node has ended and after that.
        for person in &mut people {
            person.say(&moving.id, said + 1).await;
        }
        let mut old = old;
        (&mut old.running).await.unwrap().unwrap();
        for person in &mut people {
            person.say(&moving.id, said + 2).await;
        }
        let name = format!("person {turn}");
        assert!(
            moving.come_back(nodes[2].address, "r", &name).await,
            "turn {turn}"
        );
        for to in ids.iter().filter(|id| **id != ids[turn]) {
            moving.say(to, said + 1).await;
            moving.say(to, said + 2).await;
        }
        let (a, b) = (people[0].id.clone(), people[1].id.clone());
        people[0].say(&b, said + 1).await;
        people[0].say(&b, said + 2).await;
        people[1].say(&a, said + 1).await;
        people[1].say(&a, said + 2).await;
        said += 2;
        people.push(moving);
        for person in &mut people {
            let me = person.id.clone();
            for from in ids.iter().filter(|id| **id != me) {
                while person.numbers(from).len() < said as usize {
                    person.hear().await;
                }
                assert_eq!(person.numbers(from), (1..=said).collect::<Vec<_>>());
            }
            assert!(person.left.is_empty());
            assert_eq!(person.undelivered, 0);
        }
    }
}

async fn say_to_all(people: &mut [Person], ids: &[signal_protocol::MemberId], said: &mut u32) {
    for _ in 0..20 {
        *said += 1;
        for person in people.iter_mut() {
            let me = person.id.clone();
            for to in ids.iter().filter(|id| **id != me) {
                person.say(to, *said).await;
            }
        }
    }
}
