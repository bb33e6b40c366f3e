//! The plugin's conformance page: Chromium's own RTCPeerConnection and the plugin's, in a real
//! window, meet every requirement.

use std::time::Duration;

use anyhow::{Result, ensure};
use e2e::{
    net_namespace::Place,
    page::Page,
    programs,
    test_env::{run_beside_another, run_test},
    wait,
    window::App,
};
use serde::Deserialize;

/// Two hundred tests. Some of them listen and look for seconds.
const PAGE_TIMEOUT: Duration = Duration::from_secs(300);
/// Fewer would mean that a subject is not run any more.
const MIN_TESTS: usize = 200;

#[derive(Debug, Deserialize)]
struct Report {
    transport: String,
    state: String,
    outcomes: Vec<Outcome>,
}

#[derive(Debug, Deserialize)]
struct Outcome {
    subject: String,
    test: String,
    problem: Option<String>,
}

#[tokio::test]
async fn chromium_passes_the_conformance_tests() -> Result<()> {
    run_beside_another("conformance-chromium", async |env| {
        let relay = env.relay_of(programs::example_pages()?, &[]).await?;
        let page = env.browser("page").await?;
        page.open(&format!("{}/conformance.html", relay.web()))
            .await?;
        demands_are_met(&page, "native").await
    })
    .await
}

#[tokio::test]
async fn window_passes_the_conformance_tests() -> Result<()> {
    run_test("conformance-window", async |env| {
        let arguments = ["--mock-devices", "--page", "conformance.html"];
        let page = env
            .app("page", App::Example, &arguments, &Place::Here)
            .await?;
        demands_are_met(&page, "installed").await
    })
    .await
}

async fn demands_are_met(page: &Page, transport: &str) -> Result<()> {
    let report = wait::until_within(PAGE_TIMEOUT, "the page has run every test", async || {
        let report: Option<Report> = page
            .script("return globalThis.conformance ?? null", vec![])
            .await?;
        Ok(report.filter(|report| report.state == "done"))
    })
    .await?;
    ensure!(
        report.transport == transport,
        "the page ran on {} where {transport} was meant",
        report.transport
    );
    let mut problems = vec![];
    for outcome in &report.outcomes {
        let Some(problem) = &outcome.problem else {
            continue;
        };
        let name = format!("{}: {}", outcome.subject, outcome.test);
        problems.push(format!("{name}: {problem}"));
    }
    ensure!(
        problems.is_empty(),
        "these demands are not met:\n{}",
        problems.join("\n")
    );
    let count = report.outcomes.len();
    ensure!(count >= MIN_TESTS, "only {count} tests were run");
    Ok(())
}
