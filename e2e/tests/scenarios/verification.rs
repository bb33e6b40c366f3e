//! Who is in a call: the same pictures in each program, marks that stay, and a person who is not the
//! one from before.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use e2e::{
    page::{Page, Role},
    test_env::{run_beside_another, run_test},
    user_actions, wait,
};

use crate::{
    ANA, BEN,
    private_room::{begin, join, two_who_know_each_other},
};

const CAM: &str = "cam@example.org";
/// Two processors do everything of three programs.
const DEADLINE: Duration = Duration::from_secs(120);
const CHECK: &str = "Verify call";

/// The names of the pictures, while the check is open; none while there are none.
async fn pictures(page: &Page) -> Result<Vec<String>> {
    let script = "return [...document.querySelectorAll('ol[aria-label=\"Pictures of the code\"] li')]\
                  .map((picture) => picture.textContent)";
    page.script(script, vec![]).await
}

/// Waits until all show the same pictures, other than these.
async fn same_pictures(pages: &[&Page], before: &[String]) -> Result<Vec<String>> {
    wait::until_within(DEADLINE, "all show the same new pictures", async || {
        let mut shown = vec![];
        for page in pages {
            shown.push(pictures(page).await?);
        }
        let first = shown.first().context("nobody is there")?;
        ensure!(
            first.len() == 7 && first != before && shown.iter().all(|code| code == first),
            "the pages show {shown:?}"
        );
        Ok(Some(first.clone()))
    })
    .await
}

#[tokio::test]
async fn browsers_and_a_window_show_the_same_pictures() -> Result<()> {
    run_test("verification", async |env| {
        let relay = env.relay(&[]).await?;
        let ana = env.browser("ana").await?;
        ana.open(&relay.web()).await?;
        let link = begin(&ana, ANA).await?;
        let ben = env.firefox("ben").await?;
        ben.open(&link).await?;
        join(&ben, BEN).await?;
        user_actions::sees_person(&ana, BEN).await?;
        user_actions::call(&ana, &ben).await?;
        for page in [&ana, &ben] {
            page.button(CHECK).await?;
        }
        let of_two = same_pictures(&[&ana, &ben], &[]).await?;

        let app_link = link.replacen("http://", "snug://", 1);
        let cam = env.window("cam", &["--mock-devices", &app_link]).await?;
        join(&cam, CAM).await?;
        user_actions::sees_person(&cam, ANA).await?;
        cam.button("Call").await?;
        user_actions::in_call(&cam).await?;
        cam.button(CHECK).await?;
        let all = [&ana, &ben, &cam];
        same_pictures(&all, &of_two).await?;

        for page in all {
            page.button("They match").await?;
            page.says("Nobody is between you").await?;
        }
        // A reload of the window in a call ends its driver's session now and then.
        for page in [&ana, &ben] {
            page.reload().await?;
            user_actions::in_call(page).await?;
            page.button(CHECK).await?;
            let what = format!("{}: both others are marked", page.name());
            wait::until_within(DEADLINE, &what, async || {
                let names = page.text(Role::List, "People in this call").await?;
                let known = names.matches("Compared today").count();
                ensure!(known == 2, "the list says {names}");
                Ok(Some(()))
            })
            .await?;
        }
        same_pictures(&all, &of_two).await?;
        Ok(())
    })
    .await
}

#[tokio::test]
async fn person_with_a_new_identity_is_told_of() -> Result<()> {
    run_beside_another("new-identity", async |env| {
        let relay = env.relay(&[]).await?;
        let (ana, ben, link) = two_who_know_each_other(env, &relay).await?;

        ben.button("Settings").await?;
        ben.press(Role::Tab, "Privacy").await?;
        ben.button("Make me a new identity").await?;
        ben.button("Press again to make it").await?;
        ben.says("You have a new identity").await?;
        ben.button("Close").await?;
        ben.button("Leave room").await?;
        ben.open("about:blank").await?;
        ben.open(&link).await?;
        join(&ben, BEN).await?;
        ana.says("identity is another one than before").await?;
        ana.reload().await?;
        ana.says("identity is another one than before").await
    })
    .await
}
