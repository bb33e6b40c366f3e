//! A node killed: its members are lost after their grace, and nothing else happens.

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
async fn members_of_a_killed_node_are_lost_unless_they_come_back() {
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
        ann.say(&carl.id, number).await;
        ann.say(&bob.id, number).await;
    }
    carl.hear_all(&ann.id, 20).await;
    // Nothing is in flight any more: that he heard it comes before what he says.
    carl.say(&ann.id, 1).await;
    ann.hear_all(&carl.id, 1).await;
    // SIGKILL.
    drop(doomed);
    for number in 21..=40 {
        ann.say(&bob.id, number).await;
    }
    assert!(
        carl.come_back(two.address, "r", "carl").await,
        "within the grace"
    );
    for number in 21..=40 {
        ann.say(&carl.id, number).await;
    }
    carl.hear_all(&ann.id, 40).await;
    bob.hear_all(&ann.id, 40).await;
    ann.see_exactly(&[&bob.id, &carl.id]).await;
    bob.see_exactly(&[&ann.id, &carl.id]).await;
    carl.see_exactly(&[&ann.id, &bob.id]).await;
    assert_eq!(ann.left, std::slice::from_ref(&dora.id));
    assert_eq!(ann.undelivered, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn message_to_a_killed_node_arrives_once_or_is_reported() {
    killed_under_talk(|_, two| two).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn message_to_a_moved_member_arrives_once_or_is_reported() {
    killed_under_talk(|one, _| one).await;
}

/// Said in a millisecond: so many that some are always on their way.
const AT_ONCE: u32 = 10;

/// People talk from before the node is killed until its member has been elsewhere
/// for a while. What the node had not taken when it froze is lost with it, and only that.
async fn killed_under_talk(home: impl for<'a> FnOnce(&'a Relay, &'a Relay) -> &'a Relay) {
    const BEFORE: u32 = 20;
    let Some(redis) = Redis::start().await else {
        return;
    };
    // Wide, and patient with a busy machine: that a node is gone is known by its connection.
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
    for number in 1..=BEFORE {
        ann.say(&carl.id, number).await;
        bob.say(&carl.id, number).await;
    }
    carl.hear_all(&anns, BEFORE).await;
    carl.hear_all(&bobs, BEFORE).await;
    carl.say(&anns, 1).await;
    carl.say(&bobs, 1).await;
    ann.hear_all(&carl.id, 1).await;
    bob.hear_all(&carl.id, 1).await;
    freeze(&doomed);
    let talks = [ann, bob].map(|person| Talk::start(person, carl.id.clone(), BEFORE));
    for talk in &talks {
        talk.reaches(BEFORE + 20).await;
    }
    // SIGKILL.
    drop(doomed);
    for talk in &talks {
        talk.reaches(talk.said() + 10).await;
    }
    assert!(carl.come_back(home(&one, &two).address, "r", "carl").await);
    let when_back = talks.each_ref().map(Talk::said);
    for (talk, when_back) in talks.into_iter().zip(when_back) {
        talk.reaches(when_back + 50).await;
        let (mut person, said) = talk.end().await;
        let last = said + 1;
        person.say(&carl.id, last).await;
        let id = person.id.clone();
        carl.hear_until(|carl| carl.numbers(&id).last() == Some(&last))
            .await;
        let numbers = carl.numbers(&id);
        let lost = last - u32::try_from(numbers.len()).unwrap();
        let expect: Vec<u32> = (1..=BEFORE).chain(BEFORE + lost + 1..=last).collect();
        assert_eq!(numbers, expect, "lost in between, doubled or out of order");
        assert!(BEFORE + lost <= when_back, "said to the new node and lost");
        hear_the_rest(&mut person).await;
        assert_eq!(person.undelivered, lost as usize, "of {last}");
        assert!(person.left.is_empty());
    }
}

/// Somebody who says one number after the other.
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
                for _ in 0..AT_ONCE {
                    let number = count.fetch_add(1, Ordering::SeqCst) + 1;
                    person.say(&to, number).await;
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

/// It takes nothing more; returns once it has stopped.
fn freeze(program: &Program) {
    kill_process(program.pid(), Signal::STOP).unwrap();
    waitpid(Some(program.pid()), WaitOptions::UNTRACED).unwrap();
}

/// What stands in the outbox already.
async fn hear_the_rest(person: &mut Person) {
    person.client.send(&ClientMessage::Ping).await;
    loop {
        match person.client.hear().await {
            ServerMessage::Pong => return,
            message => person.take(message),
        }
    }
}

/// What was said to its members and cannot be delivered is reported.
#[tokio::test(flavor = "multi_thread")]
async fn what_a_killed_node_took_along_is_reported() {
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
        ann.say(&bob.id, number).await;
    }
    let bobs = bob.id.clone();
    ann.hear_until(|ann| ann.left == [bobs.clone()] || ann.undelivered == 10)
        .await;
}
