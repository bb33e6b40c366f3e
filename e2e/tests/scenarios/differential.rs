//! The differential test: Chromium and the plugin, in a real window, get the same descriptions,
//! candidates, configurations and values. Every difference is intended, and is listed with its
//! reason in `conformance/differential/expected-differences.json`.

use std::{
    collections::{BTreeMap, BTreeSet},
    env, fs,
    path::PathBuf,
    time::Duration,
};

use anyhow::{Context, Result, ensure};
use e2e::{net_namespace::Place, page::Page, programs, test_env::run_test, wait, window::App};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Map, Value, json};

/// Some hundred cases of a few milliseconds each.
const PAGE_TIMEOUT: Duration = Duration::from_secs(300);
/// If this variable is set, the test writes Chromium's verdicts to `chromium.json`.
const WRITE_VARIABLE: &str = "SNUG_WRITE_VERDICTS";
/// Fewer would mean that a family of cases is not run any more.
const MIN_CASES: usize = 800;
/// Chromium makes at most 500 connections, so each family of cases has its own Chromium.
const PARTS: [&[&str]; 3] = [
    &["offer", "answer", "candidate"],
    &["configuration"],
    &["value"],
];

/// By case and field.
type Verdicts = BTreeMap<String, Map<String, Value>>;

#[derive(Debug, Deserialize)]
struct Report {
    transport: String,
    verdicts: Verdicts,
}

#[derive(Debug, Deserialize)]
struct Wanted {
    fields: BTreeSet<String>,
    cases: Vec<String>,
}

#[tokio::test]
async fn window_differs_from_chromium_only_as_listed() -> Result<()> {
    run_test("differential", async |env| {
        let relay = env.relay_of(programs::example_pages()?, &[]).await?;
        let mut chromium = Verdicts::new();
        for parts in PARTS {
            let browser = env.browser(parts[0]).await?;
            for part in parts {
                browser
                    .open(&format!("{}/differential.html?part={part}", relay.web()))
                    .await?;
                chromium.extend(verdicts(&browser, "native").await?);
            }
        }
        ensure!(
            chromium.len() >= MIN_CASES,
            "only {} cases were run",
            chromium.len()
        );
        if env::var_os(WRITE_VARIABLE).is_some() {
            fs::write(path("chromium.json"), written(&chromium))?;
        }
        let kept: Verdicts = read("chromium.json")?;
        let moved = differences(&kept, &chromium);
        ensure!(
            moved.is_empty(),
            "this Chromium decides otherwise than the one that chromium.json was written by; \
             {WRITE_VARIABLE}=1 writes its verdicts there, and the plugin's tests say what \
             follows:\n{}",
            told(&moved, &kept, &chromium)
        );

        let arguments = ["--mock-devices", "--page", "differential.html"];
        let window = env
            .app("plugin", App::Example, &arguments, &Place::Here)
            .await?;
        let plugin = verdicts(&window, "installed").await?;
        let mut found = differences(&chromium, &plugin);
        let mut stale = vec![];
        for Wanted { fields, cases } in read::<Vec<Wanted>>("expected-differences.json")? {
            for case in cases {
                match found.get(&case) {
                    None => stale.push(case),
                    Some(differing) if differing.is_subset(&fields) => {
                        found.remove(&case);
                    }
                    Some(_) => {}
                }
            }
        }
        ensure!(
            found.is_empty(),
            "these differences are not wanted:\n{}",
            told(&found, &chromium, &plugin)
        );
        ensure!(stale.is_empty(), "these differ no more: {stale:?}");
        Ok(())
    })
    .await
}

async fn verdicts(page: &Page, transport: &str) -> Result<Verdicts> {
    let report: Report =
        wait::until_within(PAGE_TIMEOUT, "the page has run every case", async || {
            page.script("return globalThis.differential ?? null", vec![])
                .await
        })
        .await?;
    ensure!(
        report.transport == transport,
        "the page ran on {} where {transport} was meant",
        report.transport
    );
    Ok(report.verdicts)
}

/// The differing fields, by case.
fn differences(one: &Verdicts, other: &Verdicts) -> BTreeMap<String, BTreeSet<String>> {
    let nothing = Map::new();
    let cases: BTreeSet<&String> = one.keys().chain(other.keys()).collect();
    let differing = cases.into_iter().map(|case| {
        let (one, other) = (
            one.get(case).unwrap_or(&nothing),
            other.get(case).unwrap_or(&nothing),
        );
        let fields = one.keys().chain(other.keys());
        let fields = fields.filter(|field| one.get(*field) != other.get(*field));
        (case.clone(), fields.cloned().collect::<BTreeSet<String>>())
    });
    differing.filter(|(_, fields)| !fields.is_empty()).collect()
}

fn told(found: &BTreeMap<String, BTreeSet<String>>, one: &Verdicts, other: &Verdicts) -> String {
    let value = |verdicts: &Verdicts, case: &str, field: &str| {
        let value = verdicts.get(case).and_then(|verdict| verdict.get(field));
        value.map_or_else(|| "nothing".to_owned(), Value::to_string)
    };
    let mut lines = vec![];
    for (case, fields) in found {
        for field in fields {
            let (one, other) = (value(one, case, field), value(other, case, field));
            lines.push(format!("{case}: {field} is {one}, and {other}"));
        }
    }
    lines.join("\n")
}

/// One case per line, as in the file.
fn written(verdicts: &Verdicts) -> String {
    let cases: Vec<String> = verdicts
        .iter()
        .map(|(case, fields)| {
            let (case, fields) = (json!(case), Value::Object(fields.clone()));
            format!("  {case}: {fields}")
        })
        .collect();
    format!("{{\n{}\n}}\n", cases.join(",\n"))
}

#[test]
fn verdicts_are_written_in_the_files_form() -> Result<()> {
    let kept: Verdicts = read("chromium.json")?;
    let text = fs::read_to_string(path("chromium.json"))?;
    ensure!(
        written(&kept) == text,
        "chromium.json would be written otherwise"
    );
    Ok(())
}

fn path(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("../crates/tauri-plugin-webrtc/conformance/differential")
        .join(name)
}

fn read<T: DeserializeOwned>(name: &str) -> Result<T> {
    let path = path(name);
    let text = fs::read_to_string(&path).with_context(|| path.display().to_string())?;
    Ok(serde_json::from_str(&text)?)
}
