//! The plugin's conformance page: Chromium's own RTCPeerConnection and the plugin's, in a real
//! window, meet every requirement. Firefox's own meets all but those in `conformance/firefox.json`,
//! each with the reason.

use std::{collections::BTreeMap, fs, time::Duration};

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
const OF_FIREFOX: &str = "crates/tauri-plugin-webrtc/conformance/firefox.json";

/// Tests that a browser does not pass, by name, with the reason.
#[derive(Debug, Default, Deserialize)]
struct Differences {
    always: BTreeMap<String, String>,
    /// Those that depend on times.
    sometimes: BTreeMap<String, String>,
}

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
        let mut outcomes = vec![];
        for part in [1, 2] {
            page.open(&format!("{}/conformance.html?part={part}", relay.web()))
                .await?;
            outcomes.extend(outcomes_of(&page, "native").await?);
        }
        demands_are_met(outcomes, &Differences::default())
    })
    .await
}

/// `cargo test -p e2e --test scenarios firefox_passes -- --ignored`
#[tokio::test]
#[ignore = "takes two minutes, and some demands depend on how busy the computer is"]
async fn firefox_passes_the_conformance_tests() -> Result<()> {
    run_beside_another("conformance-firefox", async |env| {
        let differences = fs::read_to_string(programs::top().join(OF_FIREFOX))?;
        let differences = serde_json::from_str(&differences)?;
        let relay = env.relay_of(programs::example_pages()?, &[]).await?;
        let page = env.firefox("page").await?;
        page.open(&format!("{}/conformance.html", relay.web()))
            .await?;
        demands_are_met(outcomes_of(&page, "native").await?, &differences)
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
        let outcomes = outcomes_of(&page, "installed").await?;
        demands_are_met(outcomes, &Differences::default())
    })
    .await
}

async fn outcomes_of(page: &Page, transport: &str) -> Result<Vec<Outcome>> {
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
    Ok(report.outcomes)
}

/// Every test passes but those in `differences`, of which those in `always` fail.
fn demands_are_met(outcomes: Vec<Outcome>, differences: &Differences) -> Result<()> {
    let count = outcomes.len();
    let mut outcomes: BTreeMap<String, Option<String>> = outcomes
        .into_iter()
        .map(|outcome| {
            (
                format!("{}: {}", outcome.subject, outcome.test),
                outcome.problem,
            )
        })
        .collect();
    let mut faults = vec![];
    for name in differences.sometimes.keys() {
        if outcomes.remove(name).is_none() {
            faults.push(format!("{name}: is listed as a difference and is no test"));
        }
    }
    for name in differences.always.keys() {
        match outcomes.remove(name) {
            Some(Some(_)) => {}
            Some(None) => faults.push(format!("{name}: is listed as a difference and passes")),
            None => faults.push(format!("{name}: is listed as a difference and is no test")),
        }
    }
    for (name, problem) in outcomes {
        if let Some(problem) = problem {
            faults.push(format!("{name}: {problem}"));
        }
    }
    ensure!(
        faults.is_empty(),
        "these demands are not met:\n{}",
        faults.join("\n")
    );
    ensure!(count >= MIN_TESTS, "only {count} tests were run");
    Ok(())
}
