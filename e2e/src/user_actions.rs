//! Actions of people in Snug: join a room, call, answer, leave. They use the same buttons and
//! fields as people do.

use anyhow::Result;

use crate::{
    page::{Page, Role},
    relay::Relay,
};

/// Opens the relay's page and joins a room there.
pub async fn visit(page: &Page, relay: &Relay, email: &str, room: &str) -> Result<()> {
    page.open(&relay.web()).await?;
    join(page, email, room).await
}

/// Fills in the lobby and joins.
pub async fn join(page: &Page, email: &str, room: &str) -> Result<()> {
    page.fill("Email", email).await?;
    page.fill("Room number", room).await?;
    page.button("Join room").await?;
    page.sees(Role::Heading, &format!("Room {room}")).await
}

/// Waits until this other person is in the list of people.
pub async fn sees_person(page: &Page, email: &str) -> Result<()> {
    page.reads(Role::List, "People", email).await
}

/// One person calls, the other accepts, and both are on the call's page.
pub async fn call(caller: &Page, callee: &Page) -> Result<()> {
    caller.button("Call").await?;
    accept(callee).await?;
    in_call(caller).await?;
    in_call(callee).await
}

/// Answers the ringing call.
pub async fn accept(page: &Page) -> Result<()> {
    page.sees(Role::Dialog, "Incoming call").await?;
    page.button("Accept").await
}

/// Waits until the call's page is there.
pub async fn in_call(page: &Page) -> Result<()> {
    page.sees(Role::Button, "Leave call").await
}

/// Pins the person with this email.
pub async fn pin(page: &Page, email: &str) -> Result<()> {
    choose_option(page, email, "Pin").await
}

/// Takes the pin back.
pub async fn unpin(page: &Page, email: &str) -> Result<()> {
    choose_option(page, email, "Unpin").await
}

/// Opens the options of a tile by the right button.
async fn choose_option(page: &Page, email: &str, option: &str) -> Result<()> {
    let tile = page.find(Role::Video, email).await?;
    let actions = page.driver().action_chain();
    actions.context_click_element(&tile).perform().await?;
    page.button(option).await
}

/// Waits until the call's page is gone and the room's is back.
pub async fn out_of_call(page: &Page) -> Result<()> {
    page.sees_no(Role::Button, "Leave call").await
}

/// Opens the relay's page for two people, who join one room and see each other.
pub async fn meet(relay: &Relay, people: [(&Page, &str); 2], room: &str) -> Result<()> {
    for (page, _) in people {
        page.open(&relay.web()).await?;
    }
    join_both(people, room).await
}

/// Two people in the lobby join one room and see each other.
pub async fn join_both(people: [(&Page, &str); 2], room: &str) -> Result<()> {
    let [(first, first_email), (second, second_email)] = people;
    join(first, first_email, room).await?;
    join(second, second_email, room).await?;
    sees_person(first, second_email).await?;
    sees_person(second, first_email).await
}
