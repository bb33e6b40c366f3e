//! The window's lobby: addresses without a relay, and settings that outlive the app.

use std::net::TcpListener;

use anyhow::{Result, ensure};
use e2e::{
    page::Role,
    programs,
    test_env::{TestEnv, run_beside_another},
    user_actions,
};

use crate::ANA;

#[tokio::test]
async fn unknown_host_is_shown_in_the_lobby() -> Result<()> {
    run_beside_another("window-unknown-host", async |env| {
        says(env, "http://nowhere.invalid", "could not be found").await
    })
    .await
}

#[tokio::test]
async fn wrong_port_is_shown_in_the_lobby() -> Result<()> {
    run_beside_another("window-wrong-port", async |env| {
        let address = format!("http://127.0.0.1:{}", programs::free_port()?);
        says(env, &address, "Nothing answers at").await
    })
    .await
}

#[tokio::test]
async fn server_without_a_relay_is_shown_in_the_lobby() -> Result<()> {
    run_beside_another("window-no-relay", async |env| {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let address = format!("http://{}", listener.local_addr()?);
        let server = std::thread::spawn(move || answer_as_something_else(&listener));
        let outcome = says(env, &address, "is not a Snug relay").await;
        // The server ends with the test's process. It must not have ended before.
        assert!(!server.is_finished());
        outcome
    })
    .await
}

#[tokio::test]
async fn window_fills_in_the_room_of_an_invite() -> Result<()> {
    run_beside_another("window-invite", async |env| {
        let relay = env.relay(&[]).await?;
        let link = format!(
            "snug://{}/r/caf%C3%A9",
            relay.address().replace("http://", "")
        );
        // As a badly quoted link would do. None of it is read.
        let folder = env.folder().join("stolen");
        let stolen = folder.to_string_lossy();
        let arguments = ["--mock-devices", &link, "--data-dir", &stolen, "--volume"];
        let ana = env.window("ana", &arguments).await?;
        ana.holds("Room number", "cafe").await?;
        ana.fill("Email", ANA).await?;
        ana.button("Join room").await?;
        ana.says("You are alone in room cafe").await?;
        ensure!(!folder.exists(), "what stands behind the link was read");
        Ok(())
    })
    .await
}

#[tokio::test]
async fn window_says_that_an_invite_is_unreadable() -> Result<()> {
    run_beside_another("window-unreadable-invite", async |env| {
        let relay = env.relay(&[]).await?;
        let folder = env.folder().join("ana-app");
        let folder = folder.to_string_lossy();
        let address = relay.address();
        let before = ["--relay", &address, "--data-dir", &folder, "--mock-devices"];
        let first = env.window("first", &before).await?;
        user_actions::join(&first, ANA, "last-room").await?;
        env.close_window(&first).await?;
        let links = [
            ("snug://h/r/caf%E9", "cannot be read", "Join a room"),
            ("h//r/", "names no room", "Join a room"),
            // The field shows the name of the room, and Join is pressed.
            ("hello", "This is not an invite link.", "Room hello"),
        ];
        for (number, (link, sentence, then)) in links.into_iter().enumerate() {
            let arguments = [&before[..], &["-psn_0_1692061", link]].concat();
            let name = format!("window-{number}");
            let ana = env.window(&name, &arguments).await?;
            ana.says(sentence).await?;
            ana.holds("Room number", link).await?;
            ana.holds("Email", ANA).await?;
            ana.button("Join room").await?;
            ana.sees(Role::Heading, then).await?;
            env.close_window(&ana).await?;
        }
        Ok(())
    })
    .await
}

#[tokio::test]
async fn settings_outlive_the_app() -> Result<()> {
    run_beside_another("window-settings", async |env| {
        let relay = env.relay(&[]).await?;
        let folder = env.folder().join("ana-app");
        let folder = folder.to_string_lossy();
        let address = relay.address();
        let arguments = ["--relay", &address, "--data-dir", &folder, "--mock-devices"];
        let first = env.window("first", &arguments).await?;
        user_actions::join(&first, ANA, "42").await?;
        env.close_window(&first).await?;
        let second = env.window("second", &arguments).await?;
        second.holds("Email", ANA).await?;
        second.holds("Room number", "42").await
    })
    .await
}

/// Joins through a relay that cannot work, and reads the reason.
async fn says(env: &TestEnv, address: &str, words: &str) -> Result<()> {
    let ana = env
        .window("ana", &["--relay", address, "--mock-devices"])
        .await?;
    ana.fill("Email", ANA).await?;
    ana.fill("Room number", "42").await?;
    ana.button("Join room").await?;
    ana.says(words).await?;
    ana.holds("Email", ANA).await?;
    ana.holds("Room number", "42").await?;
    ana.sees(Role::Heading, "Join a room").await
}

/// A web server without a relay.
fn answer_as_something_else(listener: &TcpListener) {
    use std::io::{Read, Write};

    for socket in listener.incoming() {
        let Ok(mut socket) = socket else { continue };
        let mut request = [0; 2048];
        if socket.read(&mut request).is_ok() {
            let page = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello";
            socket.write_all(page.as_bytes()).ok();
        }
    }
}
