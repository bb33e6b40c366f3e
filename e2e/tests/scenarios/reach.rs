//! Everything works by keyboard, and axe checks every real screen.

use std::fs;

use anyhow::{Context, Result, ensure};
use e2e::{
    page::{Page, Role},
    programs,
    test_env::run_beside_another,
    user_actions::{self, in_call, out_of_call},
    wait,
};
use serde_json::Value;
use thirtyfour::Key;

use crate::{ANA, BEN};

#[tokio::test]
async fn call_works_by_keyboard_only() -> Result<()> {
    run_beside_another("keyboard", async |env| {
        let relay = env.relay(&[]).await?;
        let ana = env.browser("ana").await?;
        let ben = env.browser("ben").await?;
        for (page, email) in [(&ana, ANA), (&ben, BEN)] {
            page.open(&relay.web()).await?;
            page.sees(Role::TextBox, "Email").await?;
            tab_to(page, Role::TextBox, "Email").await?;
            page.keys(email).await?;
            tab_to(page, Role::TextBox, "Room number").await?;
            page.keys("42").await?;
            page.keys(Key::Enter).await?;
            page.sees(Role::Heading, "Room 42").await?;
        }
        user_actions::sees_person(&ana, BEN).await?;
        tab_to(&ana, Role::Button, "Call").await?;
        ana.keys(Key::Enter).await?;
        ben.sees(Role::Dialog, "Incoming call").await?;
        tab_to(&ben, Role::Button, "Accept").await?;
        ben.keys(Key::Enter).await?;
        in_call(&ana).await?;
        in_call(&ben).await?;
        ana.keys("m").await?;
        ana.sees(Role::Button, "Unmute microphone").await?;
        ana.keys("v").await?;
        ana.sees(Role::Button, "Turn camera on").await?;
        tab_to(&ben, Role::Button, "Leave call").await?;
        ben.keys(Key::Enter).await?;
        out_of_call(&ben).await?;
        out_of_call(&ana).await?;
        tab_to(&ana, Role::Button, "Leave room").await?;
        ana.keys(Key::Enter).await?;
        ana.sees(Role::Heading, "Join a room").await
    })
    .await
}

#[tokio::test]
async fn axe_finds_no_violations_on_real_screens() -> Result<()> {
    run_beside_another("axe", async |env| {
        let relay = env.relay(&[]).await?;
        let ana = env.browser("ana").await?;
        let ben = env.browser("ben").await?;
        ana.open(&relay.web()).await?;
        ana.sees(Role::Heading, "Join a room").await?;
        no_violations(&ana, "lobby").await?;
        user_actions::join(&ana, ANA, "42").await?;
        no_violations(&ana, "room, alone").await?;
        user_actions::visit(&ben, &relay, BEN, "42").await?;
        user_actions::sees_person(&ana, BEN).await?;
        no_violations(&ana, "room").await?;
        ana.button("Call").await?;
        ben.sees(Role::Dialog, "Incoming call").await?;
        no_violations(&ben, "incoming call").await?;
        user_actions::accept(&ben).await?;
        in_call(&ana).await?;
        no_violations(&ana, "call").await?;
        ana.button("Settings").await?;
        ana.sees(Role::Dialog, "Settings").await?;
        no_violations(&ana, "settings").await
    })
    .await
}

/// Presses Tab until the element has the focus, as a person without a pointer must.
async fn tab_to(page: &Page, role: Role, name: &str) -> Result<()> {
    let what = format!("{}: Tab reaches “{name}”", page.name());
    wait::until(&what, async || {
        let Some(wanted) = page.all(role, Some(name)).await?.into_iter().next() else {
            return Ok(None);
        };
        if page.driver().active_element().await? == wanted {
            return Ok(Some(()));
        }
        page.keys(Key::Tab).await?;
        Ok(None)
    })
    .await
}

async fn no_violations(page: &Page, screen: &str) -> Result<()> {
    let violations = violations(page).await?;
    ensure!(violations.is_empty(), "{screen}: {violations:#?}");
    Ok(())
}

/// The violations that axe finds on the page.
async fn violations(page: &Page) -> Result<Vec<Value>> {
    let axe = programs::top().join("ui/node_modules/axe-core/axe.min.js");
    let axe = fs::read_to_string(&axe).with_context(|| format!("{} is missing", axe.display()))?;
    page.script::<()>(&axe, vec![]).await?;
    let run = "return axe.run(document, {resultTypes: ['violations']}).then((found) =>
        found.violations.map(({ id, help, nodes }) =>
            ({ id, help, nodes: nodes.map((node) => node.html) })))";
    page.script(run, vec![]).await
}
