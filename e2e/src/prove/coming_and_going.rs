//! People come and go as a seed chooses: they join, call, accept, decline, leave the call or the
//! room, mute themselves and reload. At the end, everybody joins again, and all must agree on one
//! room and one call.

use std::time::Duration;

use anyhow::{Result, ensure};

use super::seed::Seed;
use crate::{
    page::Role,
    room::{
        Kind::{self, Chromium, Firefox, Window},
        Person, ROOM, Room,
    },
    test_env::run_test,
    user_actions, wait,
};

const PEOPLE: [Kind; 5] = [Chromium, Firefox, Window, Chromium, Chromium];
/// Between two actions.
const PAUSE: Duration = Duration::from_millis(1_500);
const TIME_TO_SETTLE: Duration = Duration::from_secs(60);
const TIME_TO_MEET: Duration = Duration::from_secs(120);

/// Where a person is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Screen {
    Lobby,
    Room,
    Ringing,
    Call,
    /// The page is loading or changing.
    Between,
}

pub(super) async fn run(seed: u64, stretch: Duration, say: &impl Fn(&str)) -> Result<()> {
    run_test("prove-coming-and-going", async |env| {
        let relay = env.relay(&[]).await?;
        let room = Room::open(env, &relay, &PEOPLE).await?;
        let mut choices = Seed::new(seed);
        let mut actions = 0;
        let end = wait::clock() + stretch.as_secs_f64() * 1_000.0;
        while wait::clock() < end {
            let person = &room.people[choices.below(room.people.len())];
            // The page may change at the same moment.
            if act(person, &mut choices).await.unwrap_or_default() {
                actions += 1;
            }
            wait::measure_for(PAUSE).await;
        }
        say(&format!(
            "seed {seed}: {actions} actions in {:.0} s",
            stretch.as_secs_f64()
        ));
        let (_, settled) = wait::timed(all_agree(&room)).await?;
        let (_, met) = wait::timed(room.everybody_is_seen_and_heard(TIME_TO_MEET)).await?;
        say(&format!(
            "all {} in one call {settled:.0} s later, frames and audio of all pairs after another \
             {met:.0} s",
            room.people.len()
        ));
        Ok(())
    })
    .await
}

/// One action that the person's screen allows. Returns whether there was one.
async fn act(person: &Person, choices: &mut Seed) -> Result<bool> {
    let Person { page, email, kind } = person;
    match screen(person).await? {
        Screen::Lobby => user_actions::join(page, email, ROOM).await?,
        Screen::Room => match choices.below(4) {
            0 => press(person, "Leave room").await?,
            _ => press(person, "Call").await?,
        },
        Screen::Ringing => match choices.below(4) {
            0 => press(person, "Decline").await?,
            _ => press(person, "Accept").await?,
        },
        Screen::Call => match (choices.below(5), kind) {
            (0, _) => press(person, "Leave call").await?,
            // A window's driver cannot put its probe into the page of a reload.
            (1, Chromium | Firefox) => page.reload().await?,
            (2, _) => press(person, "Mute microphone").await?,
            (3, _) => press(person, "Turn camera off").await?,
            _ => return Ok(false),
        },
        Screen::Between => return Ok(false),
    }
    Ok(true)
}

/// Brings everybody into the room and the call, and waits until all lists agree.
async fn all_agree(room: &Room) -> Result<()> {
    wait::until_within(TIME_TO_SETTLE, "all are in one call", async || {
        for person in &room.people {
            let Person { page, email, .. } = person;
            match screen(person).await? {
                Screen::Lobby => user_actions::join(page, email, ROOM).await?,
                Screen::Room => press(person, "Call").await?,
                Screen::Ringing => press(person, "Accept").await?,
                Screen::Call | Screen::Between => {}
            }
        }
        for (person, other) in room.pairs() {
            let videos = person.page.all(Role::Video, Some(&other.email)).await?;
            ensure!(
                videos.len() == 1,
                "{} has {} tiles of {}",
                person.email,
                videos.len(),
                other.email
            );
        }
        // Only now all are in the call, where both can be switched on.
        for person in &room.people {
            press(person, "Unmute microphone").await?;
            press(person, "Turn camera on").await?;
        }
        Ok(Some(()))
    })
    .await
}

async fn screen(person: &Person) -> Result<Screen> {
    for (role, name, screen) in [
        (Role::Dialog, "Incoming call", Screen::Ringing),
        (Role::Button, "Leave call", Screen::Call),
        (Role::Button, "Leave room", Screen::Room),
        (Role::Button, "Join room", Screen::Lobby),
    ] {
        if !person.page.all(role, Some(name)).await?.is_empty() {
            return Ok(screen);
        }
    }
    Ok(Screen::Between)
}

/// Presses the button if it is there.
async fn press(person: &Person, name: &str) -> Result<()> {
    let buttons = person.page.all(Role::Button, Some(name)).await?;
    if let Some(button) = buttons.first() {
        button.click().await?;
    }
    Ok(())
}
