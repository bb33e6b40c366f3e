//! Redis is stopped, killed and started again.

use std::time::Duration;

use rustix::process::Signal;
use signal_protocol::{ErrorCode, MemberId};
use tokio::time::{interval, sleep};

use crate::{client::within, person::Person, redis::Redis, relay::Relay};

/// A room on one node accepts newcomers. Joins of other rooms are refused with a reason.
async fn check_apart(one: &Relay, local: &mut [Person; 2]) {
    let [eve, fay] = local;
    within(async {
        // Until the node has noticed.
        while Person::try_join(one.address, "nobody-yet", "gil")
            .await
            .err()
            != Some(ErrorCode::ServerFull)
        {
            sleep(Duration::from_millis(50)).await;
        }
    })
    .await;
    let next = u32::try_from(fay.numbers(&eve.id).len()).unwrap() + 1;
    eve.send_number(&fay.id, next).await;
    fay.receive_all(&eve.id, next).await;
    let status = format!("said {next}");
    eve.set_status(&status).await;
    let eves = eve.id.clone();
    fay.hear_until(|fay| {
        fay.others[&eves]
            .1
            .as_ref()
            .is_some_and(|seen| seen.as_str() == status)
    })
    .await;
    assert!(fay.resume(one.address, "local", "fay").await);
    let gus = Person::try_join(one.address, "local", "gus").await.unwrap();
    eve.see_exactly(&[&fay.id, &gus.id]).await;
    fay.see_exactly(&[&eve.id, &gus.id]).await;
}

/// Until a newcomer can join, which takes a connection to Redis.
async fn heals(node: &Relay, room: &str) {
    within(async {
        while Person::try_join(node.address, room, "probe").await.is_err() {
            sleep(Duration::from_millis(50)).await;
        }
    })
    .await;
}

async fn outage(start_with_memory: bool) {
    let Some(mut redis) = Redis::start().await else {
        return;
    };
    let (one, two) = (redis.node().await, redis.node().await);
    let mut ann = Person::join(one.address, "r", "ann").await;
    let mut bob = Person::join(two.address, "r", "bob").await;
    ann.see_exactly(&[&bob.id]).await;
    let eve = Person::join(one.address, "local", "eve").await;
    let fay = Person::join(one.address, "local", "fay").await;
    let mut local = [eve, fay];
    let fays = local[1].id.clone();
    local[0].see_exactly(&[&fays]).await;
    for number in 1..=20 {
        ann.send_number(&bob.id, number).await;
        bob.send_number(&ann.id, number).await;
    }
    if start_with_memory {
        redis.signal(Signal::STOP);
    } else {
        redis.kill();
    }
    for number in 21..=40 {
        ann.send_number(&bob.id, number).await;
        bob.send_number(&ann.id, number).await;
    }
    check_apart(&one, &mut local).await;
    if start_with_memory {
        redis.signal(Signal::CONT);
    } else {
        redis.start_again().await;
    }
    bob.receive_all(&ann.id, 40).await;
    ann.receive_all(&bob.id, 40).await;
    heals(&one, "probe-1").await;
    heals(&two, "probe-2").await;
    // All members still know each other, and newcomers see them.
    let carl = Person::join(two.address, "r", "carl").await;
    assert_eq!(carl.others.len(), 2);
    ann.see_exactly(&[&bob.id, &carl.id]).await;
    bob.see_exactly(&[&ann.id, &carl.id]).await;
    assert!(ann.left.is_empty() && bob.left.is_empty());
    assert_eq!((ann.undelivered, bob.undelivered), (0, 0));
    let hal = Person::join(two.address, "local", "hal").await;
    let [mut eve, fay] = local;
    assert!(
        [&eve.id, &fay.id]
            .iter()
            .all(|id| hal.others.contains_key(*id))
    );
    let hals = hal.id.clone();
    eve.hear_until(|eve| eve.others.contains_key(&hals)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn rooms_survive_a_paused_redis() {
    outage(true).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn rooms_survive_a_killed_redis_that_returns_empty() {
    outage(false).await;
}

/// Sends one number after the other and receives the other's, each once and in order.
async fn talk(person: &mut Person, to: &MemberId, last: u32) {
    let mut pace = interval(Duration::from_millis(8));
    let mut said = 0;
    while said < last || person.numbers(to).len() < last as usize {
        tokio::select! {
            _ = pace.tick(), if said < last => {
                said += 1;
                person.send_number(to, said).await;
            }
            () = person.receive() => {
                let numbers = person.numbers(to);
                let expect = u32::try_from(numbers.len()).unwrap();
                assert!(numbers.last().is_none_or(|number| *number == expect), "{numbers:?}");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn messages_between_nodes_survive_restarts_of_redis() {
    const LAST_NUMBER: u32 = 500;
    let Some(mut redis) = Redis::start().await else {
        return;
    };
    let (one, two) = (redis.node().await, redis.node().await);
    let mut ann = Person::join(one.address, "r", "ann").await;
    let mut bob = Person::join(two.address, "r", "bob").await;
    ann.see_exactly(&[&bob.id]).await;
    let (anns, bobs) = (ann.id.clone(), bob.id.clone());
    let restarts = async {
        for number in 0..3 {
            // During the conversation, after both nodes are connected again.
            heals(&one, &format!("one-{number}")).await;
            heals(&two, &format!("two-{number}")).await;
            redis.kill();
            redis.start_again().await;
        }
    };
    tokio::join!(
        talk(&mut ann, &bobs, LAST_NUMBER),
        talk(&mut bob, &anns, LAST_NUMBER),
        restarts
    );
    assert!(ann.left.is_empty() && bob.left.is_empty());
    assert_eq!((ann.undelivered, bob.undelivered), (0, 0));
}
