//! Members that lie about their identity, or request more than a call needs.

use anyhow::{Result, ensure};
use e2e::{
    media_stats,
    page::Role,
    stranger::{self, Outcome, Stranger},
    test_env::run_beside_another,
    user_actions::{accept, in_call},
    wait,
};

use crate::{ANA, BEN, ana_and_ben, ana_calls_ben, ghosts::WATCH_FOR_RING};

const MALLORY: &str = "mallory@example.org";
/// The list shows a note in place of the email.
const MALLORYS_NAME: &str = "Mallory";
const OPENS_CHANNELS: &str = "
    const connection = window.snugProbe.connections
      .find(({ connectionState }) => connectionState === 'connected');
    window.channels = Array.from({ length: 100 }, (_, index) => {
      const channel = connection.createDataChannel(`channel ${index}`);
      channel.onopen = () => channel.send('x'.repeat(10_000));
      return channel;
    });
";
const CHANNELS_LEFT: &str = "
    return window.channels.filter(({ readyState }) => readyState !== 'closed').length;
";

#[tokio::test]
async fn repeated_status_gets_nothing() -> Result<()> {
    run_beside_another("repeated-status", async |env| {
        let (relay, ana, ben) = ana_calls_ben(env, &[]).await?;
        media_stats::person_is_seen_and_heard(&ana, BEN).await?;
        ana.script::<()>(WATCH_FOR_RING, vec![]).await?;
        let mallory = env.browser("mallory").await?;
        let copy = Stranger {
            target: ANA,
            copies: Some(BEN),
            sections: 1,
        };
        copy.enter(&mallory, &relay, MALLORY, "42").await?;
        // Listed as who it is, and gone: all that it said in between has arrived.
        ana.button("People").await?;
        ana.reads(Role::List, "People", MALLORYS_NAME).await?;
        stranger::asked(&mallory).await?;
        stranger::leave(&mallory).await?;
        let people = wait::until("the stranger is gone", async || {
            let people = ana.text(Role::List, "People").await?;
            Ok((!people.contains(MALLORYS_NAME)).then_some(people))
        })
        .await?;
        ensure!(people.matches(BEN).count() == 1, "Ana sees {people:?}");
        let rang: bool = ana.script("return window.snugRang", vec![]).await?;
        ensure!(!rang, "Ana was asked about a ring");
        assert_eq!(stranger::outcome(&mallory).await?, Outcome::default());
        ana.sees_no(Role::Video, MALLORY).await?;
        media_stats::person_is_seen_and_heard(&ana, BEN).await?;
        media_stats::person_is_seen_and_heard(&ben, ANA).await
    })
    .await
}

#[tokio::test]
async fn offer_of_40_video_sections_is_refused_unset() -> Result<()> {
    run_beside_another("many-sections", async |env| {
        let (relay, ana, ben) = ana_and_ben(env, &[]).await?;
        let mallory = env.browser("mallory").await?;
        let greedy = Stranger {
            target: ANA,
            copies: None,
            sections: 40,
        };
        greedy.enter(&mallory, &relay, MALLORY, "42").await?;
        let outcome = stranger::answered(&mallory).await?;
        assert_eq!(outcome.accepted, None);
        assert_eq!(outcome.declined.as_deref(), Some("unusable"));
        ana.sees_no(Role::Dialog, "Incoming call").await?;
        // The others are not affected.
        ben.button("Leave room").await?;
        ben.sees(Role::Heading, "Join a room").await
    })
    .await
}

#[tokio::test]
async fn camera_is_sent_once_to_an_offer_of_7_video_sections() -> Result<()> {
    run_beside_another("seven-sections", async |env| {
        let (relay, ana, _ben) = ana_and_ben(env, &[]).await?;
        let mallory = env.browser("mallory").await?;
        let greedy = Stranger {
            target: ANA,
            copies: None,
            sections: 7,
        };
        greedy.enter(&mallory, &relay, MALLORY, "42").await?;
        accept(&ana).await?;
        in_call(&ana).await?;
        let outcome = stranger::answered(&mallory).await?;
        assert_eq!(outcome.accepted, Some(1));
        Ok(())
    })
    .await
}

#[tokio::test]
async fn hundred_data_channels_of_a_peer_are_closed() -> Result<()> {
    run_beside_another("many-channels", async |env| {
        let (_relay, ana, ben) = ana_calls_ben(env, &[]).await?;
        media_stats::person_is_seen_and_heard(&ana, BEN).await?;
        ben.script::<()>(OPENS_CHANNELS, vec![]).await?;
        wait::until("Ana has refused the channels", async || {
            let left: u32 = ben.script(CHANNELS_LEFT, vec![]).await?;
            Ok((left == 0).then_some(()))
        })
        .await?;
        media_stats::person_is_seen_and_heard(&ana, BEN).await?;
        media_stats::person_is_seen_and_heard(&ben, ANA).await
    })
    .await
}
