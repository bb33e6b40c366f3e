//! The end-to-end tests: actions of people in Snug, in real browsers and real windows, through a
//! real relay. One behaviour per file. All are one program, since linking takes long.

mod call;
mod camera;
mod coming_and_going;
mod demand;
mod devices;
mod differential;
mod lobby;
mod microphone;
mod notifications;
mod own_address;
mod people;
mod privacy;
mod reach;
mod relay_trouble;
mod share;
mod share_pointing;
mod strangers;
mod upgrade;

#[cfg(target_os = "linux")]
mod blocking;
#[cfg(target_os = "linux")]
mod chat;
#[cfg(target_os = "linux")]
mod conformance;
#[cfg(target_os = "linux")]
mod connection_test;
#[cfg(target_os = "linux")]
mod files;
#[cfg(target_os = "linux")]
mod firefox;
#[cfg(target_os = "linux")]
mod ghosts;
#[cfg(target_os = "linux")]
mod hands;
#[cfg(target_os = "linux")]
mod libraries;
#[cfg(target_os = "linux")]
mod mixed_room;
#[cfg(target_os = "linux")]
mod nat;
#[cfg(target_os = "linux")]
mod nodes;
#[cfg(target_os = "linux")]
mod other_ends;
#[cfg(target_os = "linux")]
mod own_relay;
#[cfg(target_os = "linux")]
mod passcode_room;
#[cfg(target_os = "linux")]
mod plugin;
#[cfg(target_os = "linux")]
mod private_room;
#[cfg(target_os = "linux")]
mod share_part;
#[cfg(target_os = "linux")]
mod share_stereo;
#[cfg(target_os = "linux")]
mod share_text;
#[cfg(target_os = "linux")]
mod turn;
#[cfg(target_os = "linux")]
mod verification;
#[cfg(target_os = "linux")]
mod window;
#[cfg(target_os = "linux")]
mod window_audio;
#[cfg(target_os = "linux")]
mod window_bad_line;
#[cfg(target_os = "linux")]
mod window_call;
#[cfg(target_os = "linux")]
mod window_codec;
#[cfg(target_os = "linux")]
mod window_death;
#[cfg(target_os = "linux")]
mod window_display;
#[cfg(target_os = "linux")]
mod window_files;
#[cfg(target_os = "linux")]
mod window_lobby;
#[cfg(target_os = "linux")]
mod window_long_call;
#[cfg(target_os = "linux")]
mod window_output;
#[cfg(target_os = "linux")]
mod window_relay;
#[cfg(target_os = "linux")]
mod window_small;
#[cfg(target_os = "linux")]
mod window_wayland;

use std::rc::Rc;

use anyhow::Result;
use e2e::{
    page::{Page, Role},
    relay::Relay,
    test_env::TestEnv,
    user_actions,
};

const ANA: &str = "ana@example.org";
const BEN: &str = "ben@example.org";
const CAM: &str = "cam@example.org";

/// A browser's console error if the relay is not there.
const CONNECTION_REFUSED: &str = "net::ERR_CONNECTION_REFUSED";

/// Ends a call of two: both are in the room again and see each other once.
async fn ben_leaves_the_call(ana: &Page, ben: &Page) -> Result<()> {
    ben.button("Leave call").await?;
    user_actions::out_of_call(ben).await?;
    user_actions::out_of_call(ana).await?;
    user_actions::sees_person(ana, BEN).await?;
    user_actions::sees_person(ben, ANA).await?;
    let entries = ana.text(Role::List, "People").await?;
    assert_eq!(entries.matches(BEN).count(), 1, "{entries}");
    Ok(())
}

/// Two browsers whose people are in one room, ready to call.
async fn ana_and_ben(env: &TestEnv, options: &[&str]) -> Result<(Rc<Relay>, Page, Page)> {
    let relay = env.relay(options).await?;
    let ana = env.browser("ana").await?;
    let ben = env.browser("ben").await?;
    user_actions::meet(&relay, [(&ana, ANA), (&ben, BEN)], "42").await?;
    Ok((relay, ana, ben))
}

/// Ana in a window and Ben in a browser, in one room, ready to call.
#[cfg(target_os = "linux")]
async fn window_and_browser(env: &TestEnv, options: &[&str]) -> Result<(Rc<Relay>, Page, Page)> {
    let relay = env.relay(options).await?;
    let ana = env.window_at("ana", &relay).await?;
    let ben = env.browser("ben").await?;
    meet_in_the_room(&relay, &ana, &ben).await?;
    Ok((relay, ana, ben))
}

/// Ana, whose app knows the relay, and Ben, in a browser, see each other in the room.
#[cfg(target_os = "linux")]
async fn meet_in_the_room(relay: &Relay, ana: &Page, ben: &Page) -> Result<()> {
    user_actions::join(ana, ANA, "42").await?;
    user_actions::visit(ben, relay, BEN, "42").await?;
    user_actions::sees_person(ana, BEN).await?;
    user_actions::sees_person(ben, ANA).await
}

/// Two browsers whose people are in a call that Ana began.
async fn ana_calls_ben(env: &TestEnv, options: &[&str]) -> Result<(Rc<Relay>, Page, Page)> {
    let (relay, ana, ben) = ana_and_ben(env, options).await?;
    user_actions::call(&ana, &ben).await?;
    Ok((relay, ana, ben))
}
