//! Several people in one room, each in a browser or a window, and what of each arrives at each.

use std::{fmt, rc::Rc, time::Duration};

use anyhow::{Context, Result, ensure};

use crate::{
    chromium, media_stats::MediaStats, page::Page, relay::Relay, test_env::TestEnv, user_actions,
    wait,
};

/// Small enough for many on two processors. The layout of the call has room for all.
const WIDTH: u32 = 640;
const HEIGHT: u32 = 480;
pub(crate) const NAMES: [&str; 8] = ["ana", "ben", "cam", "dan", "eva", "fay", "gus", "hal"];
pub(crate) const ROOM: &str = "42";

/// The program of a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Chromium,
    Firefox,
    Window,
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Chromium => "Chromium",
            Self::Firefox => "Firefox",
            Self::Window => "window",
        })
    }
}

/// One person with a page.
#[derive(Debug, Clone)]
pub struct Person {
    pub kind: Kind,
    pub email: String,
    pub page: Page,
}

impl Person {
    pub fn new(kind: Kind, email: &str, page: &Page) -> Self {
        Self {
            kind,
            email: email.to_owned(),
            page: page.clone(),
        }
    }
}

/// All of them, in the order in which they joined.
#[derive(Debug)]
pub struct Room {
    pub people: Vec<Person>,
}

impl Room {
    /// Opens a page for each, at most eight, and lets all join.
    pub async fn open(env: &TestEnv, relay: &Rc<Relay>, kinds: &[Kind]) -> Result<Self> {
        ensure!(kinds.len() <= NAMES.len(), "there are no more names");
        let mut people = vec![];
        for (&kind, name) in kinds.iter().zip(NAMES) {
            let page = lobby(env, relay, kind, name).await?;
            let email = format!("{name}@example.org");
            user_actions::join(&page, &email, ROOM).await?;
            people.push(Person { kind, email, page });
        }
        let room = Self { people };
        room.everybody_is_listed().await?;
        Ok(room)
    }

    /// The first one calls, and the others accept.
    pub async fn call(&self) -> Result<()> {
        let (caller, others) = self.people.split_first().context("nobody is there")?;
        caller.page.button("Call").await?;
        for person in others {
            user_actions::accept(&person.page).await?;
        }
        for person in &self.people {
            user_actions::in_call(&person.page).await?;
        }
        Ok(())
    }

    /// Waits until each has each other one in the list.
    pub async fn everybody_is_listed(&self) -> Result<()> {
        for (person, other) in self.pairs() {
            user_actions::sees_person(&person.page, &other.email).await?;
        }
        Ok(())
    }

    /// Waits until each has received frames and audible audio from each other one, from now on.
    pub async fn everybody_is_seen_and_heard(&self, deadline: Duration) -> Result<()> {
        all_arrives(&self.pairs(), deadline).await
    }

    /// The same for what the first one receives.
    pub async fn first_sees_and_hears_all(&self, deadline: Duration) -> Result<()> {
        let mut pairs = self.pairs();
        pairs.truncate(self.people.len() - 1);
        all_arrives(&pairs, deadline).await
    }

    /// Each with each other one.
    pub(crate) fn pairs(&self) -> Vec<(&Person, &Person)> {
        let pairs = self.people.iter().flat_map(|person| {
            let others = self.people.iter();
            others.filter_map(move |other| (other.email != person.email).then_some((person, other)))
        });
        pairs.collect()
    }
}

async fn all_arrives(pairs: &[(&Person, &Person)], deadline: Duration) -> Result<()> {
    let mut before: Vec<Option<MediaStats>> = vec![None; pairs.len()];
    wait::until_within(deadline, "everybody sees and hears everybody", async || {
        let mut missing = vec![];
        for ((person, other), first) in pairs.iter().zip(&mut before) {
            let found = match person.page.media_stats(&other.email).await {
                Ok(now) => {
                    let first = first.get_or_insert_with(|| now.clone());
                    if now.has_arrived_since(first) {
                        continue;
                    }
                    now.arrived_since(first)
                }
                Err(error) => format!("{error:#}"),
            };
            missing.push(format!("{} of {}: {found}", person.email, other.email));
        }
        ensure!(missing.is_empty(), "missing: {}", missing.join(", "));
        Ok(Some(()))
    })
    .await
}

/// The lobby of a person with this program, in a small page.
pub async fn lobby(env: &TestEnv, relay: &Rc<Relay>, kind: Kind, name: &str) -> Result<Page> {
    let page = match kind {
        Kind::Chromium => env.browser(name).await?,
        Kind::Firefox => env.firefox(name).await?,
        Kind::Window => env.window_at(name, relay).await?,
    };
    match kind {
        Kind::Chromium => chromium::resize(&page, WIDTH, HEIGHT).await?,
        Kind::Firefox | Kind::Window => {
            page.driver().set_window_rect(0, 0, WIDTH, HEIGHT).await?;
        }
    }
    match kind {
        Kind::Chromium | Kind::Firefox => page.open(&relay.web()).await?,
        // The app has its page already.
        Kind::Window => {}
    }
    Ok(page)
}
