//! Members that lie about their identity, or request more than a call needs.

use anyhow::Result;
use e2e::{
    media_stats,
    page::Role,
    stranger::{self, Outcome, Stranger},
    test_env::run_test,
    user_actions::{accept, in_call},
};

use crate::{ANA, BEN, ana_and_ben, ana_calls_ben};

const MALLORY: &str = "mallory@example.org";

#[tokio::test]
async fn repeated_session_cannot_take_over_a_call() -> Result<()> {
    run_test("repeated-session", async |env| {
        let (relay, ana, ben) = ana_calls_ben(env, &[]).await?;
        media_stats::person_is_seen_and_heard(&ana, BEN).await?;
        let mallory = env.browser("mallory").await?;
        let copy = Stranger {
            target: ANA,
            copies: Some(BEN),
            sections: 1,
        };
        copy.enter(&mallory, &relay, MALLORY, "42").await?;
        // Only a press lets it in, under its own name, and Ben's connection is not affected.
        ana.sees(Role::Dialog, "Incoming call").await?;
        ana.reads(Role::Dialog, "Incoming call", MALLORY).await?;
        assert_eq!(stranger::outcome(&mallory).await?, Outcome::default());
        media_stats::video_plays(&ana, BEN).await?;
        ana.button("Decline").await?;
        let outcome = stranger::answered(&mallory).await?;
        assert_eq!(outcome.accepted, None);
        assert_eq!(outcome.declined.as_deref(), Some("declined"));
        ana.sees_no(Role::Video, MALLORY).await?;
        media_stats::person_is_seen_and_heard(&ana, BEN).await?;
        media_stats::person_is_seen_and_heard(&ben, ANA).await
    })
    .await
}

#[tokio::test]
async fn offer_of_40_video_sections_is_refused_unset() -> Result<()> {
    run_test("many-sections", async |env| {
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
    run_test("seven-sections", async |env| {
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
