//! A relay gets a new page while a person has the old one open.

use std::{fs, path::Path};

use anyhow::{Context, Result, ensure};
use e2e::{
    chromium::{self, Computer},
    page::{Page, Role},
    programs,
    test_env::run_beside_another,
    wait,
};

/// A browser's console error for a missing file.
const NOT_FOUND: &str = "404";

/// Copies the built page. Scripts for which `renamed` is true get another name. Files that contain
/// such a name are changed too, so their compressed forms are those of another build.
fn build(into: &Path, renamed: impl Fn(&str) -> bool) -> Result<()> {
    let from = programs::page()?;
    let assets = from.join("assets");
    let mut names = vec![];
    for entry in fs::read_dir(&assets)? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        let stem = name.strip_suffix(".js").map(str::to_owned);
        names.extend(stem.filter(|stem| renamed(stem)));
    }
    ensure!(!names.is_empty(), "the page has no such script");
    let other = |text: &str| {
        let rename = |text: String, stem: &String| {
            text.replace(&format!("{stem}.js"), &format!("{stem}-other.js"))
        };
        names.iter().fold(text.to_owned(), rename)
    };
    fs::create_dir_all(into.join("assets"))?;
    for folder in ["", "assets"] {
        for entry in fs::read_dir(from.join(folder))? {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            let to = into.join(folder).join(other(&name));
            if name.ends_with(".js") || name.ends_with(".html") {
                fs::write(to, other(&fs::read_to_string(entry.path())?))?;
            } else if entry.file_type()?.is_file() {
                fs::copy(entry.path(), to)?;
            }
        }
    }
    Ok(())
}

async fn entry_script(page: &Page) -> Result<String> {
    page.script(
        "return document.querySelector('script[type=module]')?.getAttribute('src') ?? ''",
        vec![],
    )
    .await
}

async fn was_reloaded(page: &Page) -> Result<bool> {
    page.script(
        "return performance.getEntriesByType('navigation')[0]?.type === 'reload'",
        vec![],
    )
    .await
}

#[tokio::test]
async fn old_page_reloads_once_when_its_chunk_is_gone() -> Result<()> {
    run_beside_another("upgrade", async |env| {
        env.expect_console(NOT_FOUND);
        let root = env.folder().join("page");
        build(&root, |stem| stem.starts_with("shortcut-list-"))?;
        let relay = env.relay_of(root.clone(), &[]).await?;
        let ana = env.browser("ana").await?;
        ana.open(&format!("{}/r/42", relay.web())).await?;
        ana.sees(Role::Button, "Join room").await?;
        let before = entry_script(&ana).await?;

        relay.kill();
        fs::remove_dir_all(&root)?;
        // A script that contains another one's name changes too, so a real build renames all of
        // them.
        build(&root, |_| true)?;
        relay.revive().await?;
        ana.button("Settings").await?;
        wait::until("the page is the new one", async || {
            let now = entry_script(&ana).await.unwrap_or_default();
            Ok((!now.is_empty() && now != before).then_some(()))
        })
        .await?;
        ensure!(
            was_reloaded(&ana).await?,
            "it is another page, not reloaded"
        );
        ana.sees(Role::Button, "Join room").await?;
        ana.button("Settings").await?;
        ana.sees(Role::Dialog, "Settings").await
    })
    .await
}

#[tokio::test]
async fn page_without_its_script_says_so_after_a_reload() -> Result<()> {
    run_beside_another("script-gone", async |env| {
        env.expect_console(NOT_FOUND);
        let root = env.folder().join("page");
        build(&root, |stem| stem.starts_with("index-"))?;
        let assets = fs::read_dir(root.join("assets"))?;
        for entry in assets.filter_map(Result::ok) {
            let name = entry.file_name().to_string_lossy().into_owned();
            if name.starts_with("index-") && name.contains(".js") {
                fs::remove_file(entry.path())?;
            }
        }
        let relay = env.relay_of(root, &[]).await?;
        let noting = Computer {
            notes_requests: true,
            ..Computer::default()
        };
        let ana = env.browser_on("ana", noting).await?;
        let address = format!("{}/r/42", relay.web());
        ana.open(&address).await?;
        ana.says("A part of Snug is missing on this relay, also after a reload")
            .await?;
        ensure!(was_reloaded(&ana).await?, "it was not tried again");
        let requests = chromium::requests(&ana).await?;
        let loads = requests.iter().filter(|request| **request == address);
        ensure!(loads.count() == 2, "it was loaded otherwise: {requests:?}");
        let alert = ana.text(Role::Button, "Reload the page").await;
        alert.map(drop).context("there is no button to try again")
    })
    .await
}
