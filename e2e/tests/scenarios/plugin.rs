//! The plugin in an app that knows nothing of Snug: what it takes from the system comes back.

use anyhow::{Result, ensure};
use e2e::{
    net_namespace::Place,
    page::{Page, Role},
    test_env::{TestEnv, run_test},
    usage::{self, Usage},
    wait,
    window::App,
};
use serde::Deserialize;
use serde_json::json;
use thirtyfour::{By, Key};

const COME_AND_GO: &str = include_str!("../../src/page/connections-come-and-go.js");
const BOTH_WINDOWS: &str =
    "windows.own().then((own) => arguments[0]([own, windows.other]), () => arguments[0]([null]))";
/// A frame with the app's own page, after it is loaded.
const ADD_FRAME: &str = "
    const [name, sandbox, done] = arguments;
    const frame = document.createElement('iframe');
    if (sandbox !== '') frame.sandbox = sandbox;
    Object.assign(frame, { name, src: '/index.html', onload: () => done() });
    document.body.append(frame);";
const KINDS_OF_INTERFACES: &str = "
    return ['RTCPeerConnection', 'RTCRtpSender', 'RTCDataChannel', 'RTCSessionDescription']
        .map((name) => typeof globalThis[name]);";
/// Of a hundred connections.
const PAIRS: usize = 50;
const LEFT_CALLS: usize = 6;
/// The engine keeps what it has loaded and decoded for a while: over 18 such pages its memory rose by
/// 100 MiB, by less with each, and then no more.
const LEFT_MEMORY_SLACK: u64 = 120 * 1024 * 1024;
/// The engine keeps some, such as shared memory, for its next use. A connection has more than one.
const FILES_SLACK: usize = 16;
/// The engine collects its garbage when it wants to.
const MEMORY_SLACK: u64 = 40 * 1024 * 1024;

/// What has arrived in a window: the texts of both calls, and the frames of each.
#[derive(Debug, Deserialize)]
struct Arrived {
    texts: Vec<String>,
    frames: Vec<u64>,
}

#[tokio::test]
async fn closed_connections_leave_nothing() -> Result<()> {
    run_test("plugin-closed-connections", async |env| {
        let page = example(env).await?;
        // What is made once for all connections.
        come_and_go(&page, 10).await?;
        let before = usage::read_app(&page)?;
        come_and_go(&page, PAIRS).await?;
        is_back(&page, before, MEMORY_SLACK).await
    })
    .await
}

#[tokio::test]
async fn page_that_leaves_in_a_call_leaves_nothing() -> Result<()> {
    run_test("plugin-page-that-leaves", async |env| {
        let page = example(env).await?;
        // What is made once for all pages, and for the first call.
        leave_in_calls(&page, 2).await?;
        let before = usage::read_app(&page)?;
        leave_in_calls(&page, LEFT_CALLS).await?;
        is_back(&page, before, LEFT_MEMORY_SLACK).await
    })
    .await
}

#[tokio::test]
async fn late_second_window_and_the_first_call_each_other() -> Result<()> {
    run_test("plugin-two-windows", async |env| {
        let arguments = ["--mock-devices", "--page", "windows.html"];
        let page = env
            .app("page", App::Example, &arguments, &Place::Here)
            .await?;
        // The first webview has used the plugin for a while.
        come_and_go(&page, 1).await?;
        page.script::<()>("document.title = 'open windows.html'", vec![])
            .await?;
        let mut seen = vec![];
        let both = wait::until("both windows have both calls", async || {
            let driver = page.driver();
            let found = driver.execute_async(BOTH_WINDOWS, vec![]).await?;
            seen = found.convert::<Vec<Option<Arrived>>>()?;
            let is_complete = |end: &Option<Arrived>| {
                end.as_ref().is_some_and(|end| {
                    end.texts.len() == 2 && end.frames.iter().filter(|one| **one > 10).count() == 2
                })
            };
            Ok(seen.iter().all(is_complete).then_some(()))
        })
        .await;
        both.map_err(|error| error.context(format!("the windows have {seen:?}")))
    })
    .await
}

#[tokio::test]
async fn hostile_page_breaks_no_other_page() -> Result<()> {
    run_test("plugin-hostile-page", async |env| {
        let page = example(env).await?;
        call(&page).await?;
        let before = usage::read_app(&page)?;
        let open =
            "new BroadcastChannel('hostile').onmessage = ({ data }) => { window.heard = data };
                    document.title = 'open hostile.html'";
        page.script::<()>(open, vec![]).await?;
        wait::until("the other page has done its worst", async || {
            let heard: Option<String> = page.script("return window.heard ?? null", vec![]).await?;
            Ok((heard.as_deref() == Some("done")).then_some(()))
        })
        .await?;
        // One web process more, and none less.
        let now = usage::read_app(&page)?;
        ensure!(
            now.processes == before.processes + 1,
            "{now:?}, before {before:?}"
        );
        // The call goes on, and so does the next one.
        page.fill("Message", "still there").await?;
        page.keys(Key::Enter + "").await?;
        page.says("still there").await?;
        page.reload().await?;
        call(&page).await
    })
    .await
}

#[tokio::test]
async fn frames_of_the_own_origin_alone_have_connections() -> Result<()> {
    run_test("plugin-frames", async |env| {
        let page = example(env).await?;
        for (name, sandbox, has_it) in [
            ("own", "", true),
            ("own in a sandbox", "allow-scripts allow-same-origin", true),
            // Its origin is opaque.
            ("foreign", "allow-scripts", false),
        ] {
            page.driver()
                .execute_async(ADD_FRAME, vec![json!(name), json!(sandbox)])
                .await?;
            let frame = format!("iframe[name='{name}']");
            let frame = page.driver().find(By::Css(&frame)).await?;
            frame.enter_frame().await?;
            let kinds: Vec<String> = page.script(KINDS_OF_INTERFACES, vec![]).await?;
            page.driver().enter_default_frame().await?;
            let expected = if has_it { "function" } else { "undefined" };
            ensure!(
                kinds.iter().all(|kind| kind == expected),
                "{name}: {kinds:?} where {expected} was meant"
            );
        }
        Ok(())
    })
    .await
}

async fn example(env: &TestEnv) -> Result<Page> {
    env.app("page", App::Example, &["--mock-devices"], &Place::Here)
        .await
}

async fn come_and_go(page: &Page, pairs: usize) -> Result<()> {
    let driver = page.driver();
    let met = driver
        .execute_async(COME_AND_GO, vec![json!(pairs)])
        .await?;
    ensure!(
        met.json() == &json!(pairs),
        "{pairs} pairs: {:?}",
        met.json()
    );
    Ok(())
}

/// A page has a call and goes to another page of the app, again and again.
async fn leave_in_calls(page: &Page, calls: usize) -> Result<()> {
    for _ in 0..calls {
        call(page).await?;
        page.script::<()>("location.href = 'windows.html'", vec![])
            .await?;
        wait::until("the other page is there", async || {
            let is_there = "return location.pathname.endsWith('windows.html')";
            Ok(page.script::<bool>(is_there, vec![]).await?.then_some(()))
        })
        .await?;
        page.script::<()>("location.href = 'index.html'", vec![])
            .await?;
        page.sees(Role::Button, "Call").await?;
    }
    Ok(())
}

async fn call(page: &Page) -> Result<()> {
    page.button("Call").await?;
    page.reads(Role::Status, "", "connected").await
}

async fn is_back(page: &Page, before: Usage, memory_slack: u64) -> Result<()> {
    let mut now = before;
    let back = wait::until("the usage is back", async || {
        now = usage::read_app(page)?;
        let is_back = now.processes <= before.processes
            && now.threads <= before.threads
            && now.sockets <= before.sockets
            && now.files <= before.files + FILES_SLACK
            && now.memory <= before.memory + memory_slack;
        Ok(is_back.then_some(()))
    })
    .await;
    back.map_err(|error| error.context(format!("{now:?} where it was {before:?}")))
}
