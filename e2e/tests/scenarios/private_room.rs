//! A private room with browsers and a window, on one node and on two: they meet by its link alone, and
//! neither the relay's log and memory nor what others can see of their programs has anything of theirs.

use std::{fs, time::Duration};

use anyhow::{Context, Result, ensure};
use e2e::{
    media_stats,
    nodes::Nodes,
    page::{Page, Role},
    relay::Relay,
    room::{Kind, Person, Room},
    test_env::{TestEnv, run_beside_another, run_test},
    user_actions, wait,
};
use serde_json::json;
use tokio::task::LocalSet;

use crate::CONNECTION_REFUSED;

/// Emails that the page has in none of its sentences.
const ANA: &str = "ana@private-room.example";
const BEN: &str = "ben@private-room.example";
const CAM: &str = "cam@private-room.example";
const DORA: &str = "dora@private-room.example";
/// Two processors encode, send, decode and paint all of it.
const DEADLINE: Duration = Duration::from_secs(120);

/// Makes a private room and returns its link.
pub(crate) async fn begin(page: &Page, email: &str) -> Result<String> {
    page.fill("Email", email).await?;
    page.button("New private room").await?;
    page.sees(Role::Heading, "Private room").await?;
    page.value("Invite link").await
}

/// Joins the room of the link with which the page was opened.
pub(crate) async fn join(page: &Page, email: &str) -> Result<()> {
    page.fill("Email", email).await?;
    page.says("Private room").await?;
    page.button("Join room").await?;
    page.sees(Role::Heading, "Private room").await
}

/// Ana and Ben of the other tests in a private room, with its link. Ana's page knows Ben's identity.
pub(crate) async fn two_who_know_each_other(
    env: &TestEnv,
    relay: &Relay,
) -> Result<(Page, Page, String)> {
    let ana = env.browser("ana").await?;
    ana.open(&relay.web()).await?;
    let link = begin(&ana, crate::ANA).await?;
    let ben = env.browser("ben").await?;
    ben.open(&link).await?;
    join(&ben, crate::BEN).await?;
    user_actions::sees_person(&ana, crate::BEN).await?;
    // An identity is kept once the list of the settings has it.
    ana.button("Settings").await?;
    ana.press(Role::Tab, "Privacy").await?;
    ana.reads(Role::List, "People you know", crate::BEN).await?;
    ana.button("Close").await?;
    Ok((ana, ben, link))
}

/// The names of processes on whose command line any user can read this.
fn shown_to_others(secret: &str) -> Result<Vec<String>> {
    let processes = fs::read_dir("/proc")?.flatten();
    Ok(processes
        .filter_map(|process| fs::read(process.path().join("cmdline")).ok())
        .map(|line| String::from_utf8_lossy(&line).replace('\0', " "))
        .filter(|line| line.contains(secret))
        .collect())
}

const FINGERPRINT: &str = "a=fingerprint:sha-256 ";
const PASSWORD: &str = "a=ice-pwd:";

/// What stands behind this in the descriptions of the page's open connections.
async fn described(page: &Page, before: &str) -> Result<Vec<String>> {
    let script = "
        const [before] = arguments;
        const lines = snugProbe.open().flatMap((one) => one.localDescription?.sdp.split('\\r\\n') ?? []);
        const found = lines.filter((line) => line.startsWith(before));
        return [...new Set(found.map((line) => line.slice(before.length)))];
    ";
    let found: Vec<String> = page.script(script, vec![json!(before)]).await?;
    ensure!(!found.is_empty(), "nothing is described");
    Ok(found)
}

/// Restarts ICE of the page's connections, which puts new passwords into their descriptions.
async fn finds_a_path_again(page: &Page) -> Result<()> {
    let before = described(page, PASSWORD).await?;
    page.script::<()>(RESTART_ICE, vec![]).await?;
    wait::until("the descriptions have new passwords", async || {
        let now = described(page, PASSWORD).await?;
        Ok((!now.iter().any(|word| before.contains(word))).then_some(()))
    })
    .await
}

const RESTART_ICE: &str = "for (const connection of snugProbe.open()) connection.restartIce();";

#[tokio::test]
async fn browsers_and_a_window_meet_in_a_private_room() -> Result<()> {
    run_test("private-room", async |env| {
        env.set_variable("SNUG_LOG", "trace");
        let relay = env.relay(&[]).await?;
        // Not of the window.
        env.set_variable("SNUG_LOG", "info");
        let ana = env.browser("ana").await?;
        ana.open(&relay.web()).await?;
        let link = begin(&ana, ANA).await?;
        let (room, secret) = link.split_once('#').context("the link has no secret")?;

        let ben = env.browser("ben").await?;
        ben.open(&link).await?;
        join(&ben, BEN).await?;
        for page in [&ana, &ben] {
            let address = page.driver().current_url().await?;
            ensure!(address.as_str() == room, "the address bar shows {address}");
            let kept: String = page
                .script("return JSON.stringify(localStorage)", vec![])
                .await?;
            ensure!(!kept.contains(secret), "the settings have the secret");
        }

        let app_link = link.replacen("http://", "snug://", 1);
        let arguments = ["--mock-devices", &app_link];
        let cam = env.window("cam", &arguments).await?;
        join(&cam, CAM).await?;
        let shown = shown_to_others(secret)?;
        ensure!(shown.is_empty(), "others can read {shown:?}");

        let people = vec![
            Person::new(Kind::Chromium, ANA, &ana),
            Person::new(Kind::Chromium, BEN, &ben),
            Person::new(Kind::Window, CAM, &cam),
        ];
        let all = Room { people };
        all.everybody_is_listed().await?;
        all.call().await?;
        all.everybody_is_seen_and_heard(DEADLINE).await?;
        ben.reload().await?;
        user_actions::in_call(&ben).await?;
        all.everybody_is_seen_and_heard(DEADLINE).await?;
        for page in [&ben, &cam] {
            finds_a_path_again(page).await?;
            all.everybody_is_seen_and_heard(DEADLINE).await?;
        }

        let log = fs::read_to_string(env.folder().join("relay.log"))?;
        ensure!(log.contains("TRACE"), "the log is not the whole one: {log}");
        // Nobody else's descriptions have these.
        let mut words_of_ana = described(&ana, FINGERPRINT).await?;
        words_of_ana.extend(described(&ana, PASSWORD).await?);
        let mut words = vec![ANA, BEN, CAM, secret];
        words.extend(words_of_ana.iter().map(String::as_str));
        // The served page, which is in the memory, has the words of every description too.
        let found = relay.words_in_memory(&words)?;
        ensure!(found.is_empty(), "the relay's memory has {found:?}");
        words.extend(["a=fingerprint", "candidate:"]);
        for word in words {
            ensure!(!log.contains(word), "the relay's log has {word}");
        }
        // The same search finds somebody in an open room.
        let dora = env.browser("dora").await?;
        user_actions::visit(&dora, &relay, DORA, "42").await?;
        let found = relay.words_in_memory(&[DORA, ANA])?;
        ensure!(found == [DORA], "the relay's memory has {found:?}");
        Ok(())
    })
    .await
}

/// Each is connected to one node only: Firefox to the first, the window to the second.
#[tokio::test]
async fn private_room_spans_two_nodes() -> Result<()> {
    let test = run_test("private-room-nodes", async |env| {
        // The nodes end before the pages do.
        env.expect_console(CONNECTION_REFUSED);
        let nodes = Nodes::start(env).await?;
        let [first, second] = nodes.relays();
        let ana = env.firefox("ana").await?;
        ana.open(&first.web()).await?;
        let link = begin(&ana, ANA).await?;
        let (_, secret) = link.split_once('#').context("the link has no secret")?;
        let there = link.replacen(&first.web(), &second.web(), 1);
        ensure!(there != link, "the link does not lead to the first node");
        let app_link = there.replacen("http://", "snug://", 1);
        let ben = env.window("ben", &["--mock-devices", &app_link]).await?;
        join(&ben, BEN).await?;

        let people = vec![
            Person::new(Kind::Firefox, ANA, &ana),
            Person::new(Kind::Window, BEN, &ben),
        ];
        let all = Room { people };
        all.everybody_is_listed().await?;
        all.call().await?;
        all.everybody_is_seen_and_heard(DEADLINE).await?;
        for relay in nodes.relays() {
            let found = relay.words_in_memory(&[ANA, BEN, secret])?;
            ensure!(found.is_empty(), "a node's memory has {found:?}");
        }

        nodes.restart_all().await?;
        all.everybody_is_seen_and_heard(DEADLINE).await?;
        // Messages still go from one node to the other.
        ben.button("Leave call").await?;
        user_actions::out_of_call(&ben).await?;
        user_actions::out_of_call(&ana).await?;
        all.everybody_is_listed().await
    });
    LocalSet::new().run_until(test).await
}

#[tokio::test]
async fn private_link_that_was_cut_leads_nowhere() -> Result<()> {
    run_beside_another("private-link-cut", async |env| {
        let relay = env.relay(&[]).await?;
        let ana = env.browser("ana").await?;
        ana.open(&relay.web()).await?;
        let link = begin(&ana, ANA).await?;
        let (room, _) = link.split_once('#').context("the link has no secret")?;
        let name = room.rsplit('/').next().context("the link has no room")?;

        let ben = env.browser("ben").await?;
        ben.open(room).await?;
        ben.says("is not whole").await?;
        ben.fill("Email", BEN).await?;
        ben.fill("Room number", name).await?;
        ben.button("Join room").await?;
        ben.says("is not whole").await?;
        ben.open("about:blank").await?;
        ben.open(&link[..link.len() - 1]).await?;
        ben.button("Join room").await?;
        ben.says("is not whole").await?;

        // The lobby reads the whole link too, also after a reload.
        ben.button("Another room").await?;
        ben.fill("Room number", "42").await?;
        ben.open("about:blank").await?;
        ben.open(&link).await?;
        ben.reload().await?;
        join(&ben, BEN).await?;
        user_actions::sees_person(&ben, ANA).await
    })
    .await
}

#[tokio::test]
async fn locked_room_is_entered_by_those_who_are_let_in() -> Result<()> {
    run_beside_another("private-room-locked", async |env| {
        let relay = env.relay(&[]).await?;
        let ana = env.browser("ana").await?;
        ana.open(&relay.web()).await?;
        let link = begin(&ana, ANA).await?;
        let ben = env.browser("ben").await?;
        ben.open(&link).await?;
        join(&ben, BEN).await?;
        user_actions::sees_person(&ana, BEN).await?;
        ana.press(Role::Switch, "Lock room").await?;
        ben.says("Who has the link asks").await?;

        let cam = env.browser("cam").await?;
        cam.open(&link).await?;
        join(&cam, CAM).await?;
        cam.says("This room is locked").await?;
        cam.sees_no(Role::List, "People").await?;
        ana.reads(Role::List, "Waiting to join", CAM).await?;
        ben.reads(Role::List, "Waiting to join", CAM).await?;
        ben.button("Let in Cam").await?;
        user_actions::sees_person(&cam, ANA).await?;
        user_actions::sees_person(&ana, CAM).await?;
        ana.sees_no(Role::List, "Waiting to join").await?;

        // A reload is no new visit.
        ben.reload().await?;
        user_actions::sees_person(&ben, CAM).await?;
        user_actions::call(&ana, &ben).await?;
        user_actions::accept(&cam).await?;
        media_stats::person_is_seen_and_heard(&cam, BEN).await?;

        ana.button("People").await?;
        ana.button("Remove Cam").await?;
        ana.button("Really remove Cam, and lock the room").await?;
        cam.says("removed you from this room").await?;
        ana.sees_no(Role::Video, CAM).await?;
        media_stats::person_is_seen_and_heard(&ana, BEN).await?;

        // By the link it asks again, and is turned away.
        cam.button("Join room").await?;
        cam.says("This room is locked").await?;
        ana.button("Turn Cam away").await?;
        cam.says("did not let you in").await
    })
    .await
}
