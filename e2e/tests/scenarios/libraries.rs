//! Public libraries, unchanged from npm: each in a window calls itself in Chromium and in Firefox,
//! and data, video and audio arrive at both ends.

use std::time::Duration;

use anyhow::{Result, ensure};
use e2e::{
    forwarder::Server,
    net_namespace::Place,
    page::Page,
    programs,
    test_env::{TestEnv, run_test},
    wait,
    window::App,
};
use serde::Deserialize;
use serde_json::json;

/// A page starts its audio graph and shows its first frame within it.
const CALL_TIMEOUT: Duration = Duration::from_secs(30);
/// A still picture would be one.
const MIN_COLOURS: u32 = 6;
const TAKE: &str = "return libraries.take()";
const RECEIVE: &str = "libraries.receive(arguments[0])";

/// What has arrived at one end.
#[derive(Debug, Deserialize)]
struct Arrived {
    text: Option<String>,
    colours: u32,
    tone: bool,
    errors: Vec<String>,
}

impl Arrived {
    fn is_complete(&self) -> bool {
        self.text.is_some() && self.colours >= MIN_COLOURS && self.tone
    }
}

#[tokio::test]
async fn simple_peer_calls_itself() -> Result<()> {
    calls_itself("simple-peer").await
}

#[tokio::test]
async fn livekit_transport_calls_itself() -> Result<()> {
    calls_itself("livekit-client").await
}

#[tokio::test]
async fn webrtc_adapter_calls_itself() -> Result<()> {
    calls_itself("webrtc-adapter").await
}

#[tokio::test]
async fn peerjs_calls_itself() -> Result<()> {
    calls_itself("PeerJS").await
}

/// Offers meet, and the window's is the one that stands.
#[tokio::test]
async fn webrtc_adapter_calls_firefox() -> Result<()> {
    run_test("library-adapter-firefox", async |env| {
        let (address, window) = address_and_window(env).await?;
        let firefox = env.firefox("firefox").await?;
        firefox.open(&address).await?;
        call("webrtc-adapter", &window, &firefox).await
    })
    .await
}

/// Neither end has the other's description: both have the parameters of a forwarder.
#[tokio::test]
async fn mediasoup_client_joins_by_a_forwarder() -> Result<()> {
    run_test("library-mediasoup-client", async |env| {
        let (address, window) = address_and_window(env).await?;
        let chromium = env.browser("chromium").await?;
        chromium.open(&address).await?;
        let ends = [&window, &chromium];
        let forwarder = Server::start(ends.len()).await?;
        tokio::select! {
            result = forwarder.run() => result?,
            result = meet("mediasoup-client", ends, async || pass_on(&forwarder, &ends).await) => {
                result?;
            }
        }
        // As an app gets it that names none.
        ensure!(forwarder.handler(0).as_deref() == Some("Safari12"));
        ensure!(forwarder.handler(1).as_deref() == Some("Chrome111"));
        Ok(())
    })
    .await
}

/// Takes the messages of all ends to the forwarder, and its own to them.
async fn pass_on(forwarder: &Server, ends: &[&Page]) -> Result<()> {
    for (end, page) in ends.iter().enumerate() {
        for message in page.script::<Vec<String>>(TAKE, vec![]).await? {
            forwarder.handle_message(end, &message)?;
        }
    }
    while let Some((end, message)) = forwarder.poll_message() {
        ends[end]
            .script::<()>(RECEIVE, vec![json!([message])])
            .await?;
    }
    Ok(())
}

/// The window calls Chromium, and Firefox calls the window.
async fn calls_itself(library: &str) -> Result<()> {
    run_test(&format!("library-{library}"), async |env| {
        let (address, window) = address_and_window(env).await?;
        let chromium = env.browser("chromium").await?;
        chromium.open(&address).await?;
        call(library, &window, &chromium).await?;
        // In a new document, with a new library.
        window.reload().await?;
        let firefox = env.firefox("firefox").await?;
        firefox.open(&address).await?;
        call(library, &firefox, &window).await
    })
    .await
}

/// The page's address for browsers, and the page in a window.
async fn address_and_window(env: &TestEnv) -> Result<(String, Page)> {
    let relay = env.relay_of(programs::example_pages()?, &[]).await?;
    let arguments = ["--mock-devices", "--page", "libraries.html"];
    let window = env
        .app("window", App::Example, &arguments, &Place::Here)
        .await?;
    Ok((format!("{}/libraries.html", relay.web()), window))
}

async fn call(library: &str, caller: &Page, callee: &Page) -> Result<()> {
    meet(library, [caller, callee], async || {
        pass(caller, callee).await?;
        pass(callee, caller).await
    })
    .await
}

/// Begins the caller and the callee, and passes their messages on until both have everything.
async fn meet(
    library: &str,
    [caller, callee]: [&Page; 2],
    pass_on: impl AsyncFn() -> Result<()>,
) -> Result<()> {
    for (page, role) in [(callee, "callee"), (caller, "caller")] {
        begin(page, library, role).await?;
    }
    let what = format!("{library}: both ends have data, video and audio");
    let mut ends = vec![];
    let complete = wait::until_within(CALL_TIMEOUT, &what, async || {
        pass_on().await?;
        ends = vec![arrived(caller).await?, arrived(callee).await?];
        Ok(ends.iter().all(Arrived::is_complete).then_some(()))
    })
    .await;
    ensure!(
        ends.iter().all(|end| end.errors.is_empty()),
        "{} and {} have {ends:?}",
        caller.name(),
        callee.name()
    );
    complete.map_err(|error| error.context(format!("caller and callee have {ends:?}")))
}

async fn begin(page: &Page, library: &str, role: &str) -> Result<()> {
    let what = format!("{}: the page is ready", page.name());
    let transport: String = wait::until(&what, async || {
        let transport = "return globalThis.libraries?.transport ?? null";
        page.script(transport, vec![]).await
    })
    .await?;
    let expected = if page.name() == "window" {
        "installed"
    } else {
        "native"
    };
    ensure!(transport == expected, "{}: {transport}", page.name());
    let begin = "return libraries.begin(...arguments)";
    page.script::<()>(begin, vec![json!(library), json!(role)])
        .await
}

/// Passes the messages on.
async fn pass(from: &Page, to: &Page) -> Result<()> {
    let messages: Vec<String> = from.script(TAKE, vec![]).await?;
    to.script(RECEIVE, vec![json!(messages)]).await
}

async fn arrived(page: &Page) -> Result<Arrived> {
    page.script("return libraries.arrived()", vec![]).await
}
