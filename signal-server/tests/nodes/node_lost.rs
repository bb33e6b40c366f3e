//! A node is killed: its members are lost after their grace, and nothing else happens.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU32, Ordering},
    },
    time::Duration,
};

use rustix::process::{Signal, WaitOptions, kill_process, waitpid};
use signal_protocol::{ClientMessage, MemberId, ServerMessage};
use signal_server::Config;
use tokio::{task::JoinHandle, time::interval};

use crate::{
    client::within,
    person::Person,
    redis::Redis,
    relay::{Program, Relay},
};

#[tokio::test(flavor = "multi_thread")]
async fn members_of_a_killed_node_resume_or_are_lost() {
    let Some(redis) = Redis::start().await else {
        return;
    };
    let (one, two) = (redis.node().await, redis.node().await);
    let doomed = redis.program();
    let mut ann = Person::join(one.address, "r", "ann").await;
    let mut bob = Person::join(two.address, "r", "bob").await;
    let mut carl = Person::join(doomed.address, "r", "carl").await;
    let dora = Person::join(doomed.address, "r", "dora").await;
    ann.see_exactly(&[&bob.id, &carl.id, &dora.id]).await;
    bob.see_exactly(&[&ann.id, &carl.id, &dora.id]).await;
    carl.see_exactly(&[&ann.id, &bob.id, &dora.id]).await;
    for number in 1..=20 {
        ann.send_number(&carl.id, number).await;
        ann.send_number(&bob.id, number).await;
    }
    carl.receive_all(&ann.id, 20).await;
    // No message is in flight: Carl has received everything before the next message is sent.
    carl.send_number(&ann.id, 1).await;
    ann.receive_all(&carl.id, 1).await;
    // SIGKILL.
    drop(doomed);
    for number in 21..=40 {
        ann.send_number(&bob.id, number).await;
    }
    assert!(
        carl.resume(two.address, "r", "carl").await,
        "within the grace"
    );
    for number in 21..=40 {
        ann.send_number(&carl.id, number).await;
    }
    carl.receive_all(&ann.id, 40).await;
    bob.receive_all(&ann.id, 40).await;
    ann.see_exactly(&[&bob.id, &carl.id]).await;
    bob.see_exactly(&[&ann.id, &carl.id]).await;
    carl.see_exactly(&[&ann.id, &bob.id]).await;
    assert_eq!(ann.left, std::slice::from_ref(&dora.id));
    assert_eq!(ann.undelivered, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn message_to_a_killed_node_arrives_once_or_is_reported() {
    check_node_killed_during_messages(|_, two| two).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn message_to_a_moved_member_arrives_once_or_is_reported() {
    check_node_killed_during_messages(|one, _| one).await;
}

/// Sent within a millisecond, so that some messages are always in flight.
const MESSAGES_AT_ONCE: u32 = 10;

/// Members send from before the node is killed until its member has been on another node for a
/// while. Only messages that the node had not taken when it froze are lost.
async fn check_node_killed_during_messages(
    home: impl for<'a> FnOnce(&'a Relay, &'a Relay) -> &'a Relay,
) {
    const FIRST_MESSAGES: u32 = 20;
    let Some(redis) = Redis::start().await else {
        return;
    };
    // Long times for a busy machine: the others learn of the node's end from its connection.
    let wide = |config: &mut Config| {
        config.queue_messages = 100_000;
        config.queue_bytes = 100_000_000;
        config.grace = Duration::from_secs(30);
        if let Some(redis) = &mut config.redis {
            redis.lease = Duration::from_secs(40);
        }
    };
    let (one, two) = (redis.node_with(wide).await, redis.node_with(wide).await);
    let doomed = redis.program();
    let mut ann = Person::join(one.address, "r", "ann").await;
    let mut bob = Person::join(two.address, "r", "bob").await;
    let mut carl = Person::join(doomed.address, "r", "carl").await;
    ann.see_exactly(&[&bob.id, &carl.id]).await;
    bob.see_exactly(&[&ann.id, &carl.id]).await;
    carl.see_exactly(&[&ann.id, &bob.id]).await;
    let (anns, bobs) = (ann.id.clone(), bob.id.clone());
    for number in 1..=FIRST_MESSAGES {
        ann.send_number(&carl.id, number).await;
        bob.send_number(&carl.id, number).await;
    }
    carl.receive_all(&anns, FIRST_MESSAGES).await;
    carl.receive_all(&bobs, FIRST_MESSAGES).await;
    carl.send_number(&anns, 1).await;
    carl.send_number(&bobs, 1).await;
    ann.receive_all(&carl.id, 1).await;
    bob.receive_all(&carl.id, 1).await;
    freeze(&doomed);
    let talks = [ann, bob].map(|person| Talk::start(person, carl.id.clone(), FIRST_MESSAGES));
    for talk in &talks {
        talk.reaches(FIRST_MESSAGES + 20).await;
    }
    // SIGKILL.
    drop(doomed);
    for talk in &talks {
        talk.reaches(talk.said() + 10).await;
    }
    assert!(carl.resume(home(&one, &two).address, "r", "carl").await);
    let when_back = talks.each_ref().map(Talk::said);
    for (talk, when_back) in talks.into_iter().zip(when_back) {
        talk.reaches(when_back + 50).await;
        let (mut person, said) = talk.end().await;
        let last = said + 1;
        person.send_number(&carl.id, last).await;
        let id = person.id.clone();
        carl.hear_until(|carl| carl.numbers(&id).last() == Some(&last))
            .await;
        let numbers = carl.numbers(&id);
        let lost = last - u32::try_from(numbers.len()).unwrap();
        let expect: Vec<u32> = (1..=FIRST_MESSAGES)
            .chain(FIRST_MESSAGES + lost + 1..=last)
            .collect();
        assert_eq!(numbers, expect, "lost in between, doubled or out of order");
        assert!(
            FIRST_MESSAGES + lost <= when_back,
            "said to the new node and lost"
        );
        receive_the_rest(&mut person).await;
        assert_eq!(person.undelivered, lost as usize, "of {last}");
        assert!(person.left.is_empty());
    }
}

/// Sends one number after the other.
struct Talk {
    said: Arc<AtomicU32>,
    ended: Arc<AtomicBool>,
    task: JoinHandle<Person>,
}

impl Talk {
    fn start(mut person: Person, to: MemberId, before: u32) -> Self {
        let said = Arc::new(AtomicU32::new(before));
        let ended = Arc::new(AtomicBool::new(false));
        let (count, is_ended) = (Arc::clone(&said), Arc::clone(&ended));
        let task = tokio::spawn(async move {
            let mut pace = interval(Duration::from_millis(1));
            while !is_ended.load(Ordering::SeqCst) {
                pace.tick().await;
                for _ in 0..MESSAGES_AT_ONCE {
                    let number = count.fetch_add(1, Ordering::SeqCst) + 1;
                    person.send_number(&to, number).await;
                }
            }
            person
        });
        Self { said, ended, task }
    }

    fn said(&self) -> u32 {
        self.said.load(Ordering::SeqCst)
    }

    async fn reaches(&self, number: u32) {
        within(async {
            let mut pace = interval(Duration::from_millis(1));
            while self.said() < number {
                pace.tick().await;
            }
        })
        .await;
    }

    async fn end(self) -> (Person, u32) {
        self.ended.store(true, Ordering::SeqCst);
        let person = self.task.await.unwrap();
        (person, self.said.load(Ordering::SeqCst))
    }
}

/// Stops the process. Returns when it is stopped.
fn freeze(program: &Program) {
    kill_process(program.pid(), Signal::STOP).unwrap();
    waitpid(Some(program.pid()), WaitOptions::UNTRACED).unwrap();
}

/// The messages that are already in the outbox.
async fn receive_the_rest(person: &mut Person) {
    person.client.send(&ClientMessage::Ping).await;
    loop {
        match person.client.receive().await {
            ServerMessage::Pong => return,
            message => person.take(message),
        }
    }
}

/// Messages to its members that cannot be delivered are reported.
#[tokio::test(flavor = "multi_thread")]
async fn undelivered_messages_of_a_killed_node_are_reported() {
    let Some(redis) = Redis::start().await else {
        return;
    };
    let one = redis.node().await;
    let doomed = redis.program();
    let mut ann = Person::join(one.address, "r", "ann").await;
    let bob = Person::join(doomed.address, "r", "bob").await;
    ann.see_exactly(&[&bob.id]).await;
    drop(doomed);
    for number in 1..=10 {
        ann.send_number(&bob.id, number).await;
    }
    let bobs = bob.id.clone();
    ann.hear_until(|ann| ann.left == [bobs.clone()] || ann.undelivered == 10)
        .await;
}
