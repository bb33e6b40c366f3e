//! The cost of a room for one member of two, four, six and eight, beside a page that does the same
//! with the browser's API only, in the same Chromium in the same run.
//!
//! The others' pages show one tile each, as large as in an even grid: who they are sent pictures by
//! besides the member is no cost of the member, and would leave no processor time for it.

use std::{rc::Rc, time::Duration};

use anyhow::{Context, Result};
use serde::Deserialize;
use serde_json::json;

use super::{apps::Kind, in_env, row};
use crate::{
    chromium::{self, Computer, Devices},
    net_namespace::Place,
    page::Page,
    programs,
    relay::Relay,
    room::{self, Person, Room},
    test_env::TestEnv,
    usage, user_actions, wait,
};

const MESH: &str = include_str!("../page/mesh.js");
const COUNTS: &str = include_str!("../page/mesh-counts.js");
const LONG_TASKS: &str = include_str!("../page/long-tasks.js");
const VOICE: &str = include_str!("../page/voice.js");
const SIZES: [usize; 4] = [2, 4, 6, 8];
/// Of the member's page and of everybody's camera.
const WIDTH: u32 = 1280;
const HEIGHT: u32 = 800;
const CAMERA_RATE: u8 = 15;
/// So low that the page shows one tile only.
const ONE_TILE_HEIGHT: u32 = 190;
const SETTLE_TIME: Duration = Duration::from_secs(12);
const MEASURE_DURATION: Duration = Duration::from_secs(10);
const TIME_TO_MEET: Duration = Duration::from_secs(60);

#[derive(Debug, Clone, Copy, Deserialize)]
struct Counts {
    sent: u64,
    shown: u64,
    encoded: u64,
}

#[derive(Debug, Clone, Copy)]
struct Cost {
    /// Of the member's browser.
    cores: f64,
    /// In kbit/s.
    upload: f64,
    /// Decoded and encoded in a second, of all others together.
    shown: f64,
    encoded: f64,
}

pub(super) async fn table(say: &impl Fn(&str)) {
    say(
        "One member of a room, beside a page with the bare API (at 6: ≤0.7× its processor time, ≤0.5× its upload)",
    );
    say(&format!(
        "{:10} {:>7} {:>14} {:>22} {:>12} {:>12}",
        "", "people", "cores", "upload", "shown/s", "encoded/s"
    ));
    for size in SIZES {
        let bare = measure(size, Side::Bare).await;
        let compared = bare.as_ref().ok().copied();
        for (name, found) in [
            ("bare API", bare),
            ("Snug", measure(size, Side::Snug).await),
        ] {
            let words = row(found, |cost| {
                let with = compared.unwrap_or(cost);
                format!(
                    "{:>6.2} {:>6.2}× {:>10.0} kbit/s {:>4.2}× {:>10.1} {:>12.1}",
                    cost.cores,
                    cost.cores / with.cores,
                    cost.upload,
                    cost.upload / with.upload,
                    cost.shown,
                    cost.encoded
                )
            });
            say(&format!("{name:10} {size:>7} {words}"));
        }
    }
    let words = row(long_tasks().await, |tasks| {
        let longest = tasks.iter().copied().fold(0.0, f64::max);
        format!("{} over 50 ms, the longest {longest:.0} ms", tasks.len())
    });
    say(&format!(
        "Tasks of the member's main thread while seven join its call: {words}"
    ));
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Side {
    Bare,
    Snug,
}

async fn measure(size: usize, side: Side) -> Result<Cost> {
    in_env(async |env| match side {
        Side::Bare => bare(env, size).await,
        Side::Snug => snug(env, size).await,
    })
    .await
}

async fn bare(env: &TestEnv, size: usize) -> Result<Cost> {
    let relay = env.relay_of(programs::example_pages()?, &[]).await?;
    let member = Kind::Chromium.empty_page(env, &relay, "member").await?;
    let others = Kind::Chromium.empty_page(env, &relay, "others").await?;
    for page in [&member, &others] {
        chromium::resize(page, WIDTH, HEIGHT).await?;
    }
    let media = json!({ "audio": true, "video": {
        "width": 1280, "height": 720, "frameRate": CAMERA_RATE,
    } });
    let count = json!(size - 1);
    let offers: Vec<String> = member
        .script(MESH, vec!["open".into(), count, media.clone()])
        .await?;
    let answers: Vec<String> = others
        .script(MESH, vec!["answer".into(), offers.into(), media])
        .await?;
    member
        .script::<Vec<String>>(MESH, vec!["connect".into(), answers.into()])
        .await?;
    cost(&member).await
}

async fn snug(env: &TestEnv, size: usize) -> Result<Cost> {
    let relay = env.relay(&[]).await?;
    let room = open(env, &relay, size).await?;
    room.call().await?;
    let (first, others) = room.people.split_first().context("nobody is there")?;
    for other in others {
        if size > 2 {
            user_actions::pin(&other.page, &first.email).await?;
        }
        chromium::resize(&other.page, tile_width(size), ONE_TILE_HEIGHT).await?;
    }
    room.first_sees_and_hears_all(TIME_TO_MEET).await?;
    let speaker = room.people.last().context("nobody is there")?;
    speaker.page.script::<()>(VOICE, vec![]).await?;
    cost(&room.people[0].page).await
}

async fn long_tasks() -> Result<Vec<f64>> {
    in_env(long_tasks_in).await
}

async fn long_tasks_in(env: &TestEnv) -> Result<Vec<f64>> {
    let relay = env.relay(&[]).await?;
    let room = open(env, &relay, 8).await?;
    let (first, others) = room.people.split_at(2);
    let (member, second) = (&first[0].page, &first[1].page);
    member.button("Call Ben").await?;
    user_actions::accept(second).await?;
    user_actions::in_call(member).await?;
    member.script::<()>(LONG_TASKS, vec![]).await?;
    for person in others {
        person.page.button("Call").await?;
        user_actions::in_call(&person.page).await?;
    }
    room.first_sees_and_hears_all(TIME_TO_MEET).await?;
    member.script("return window.snugLongTasks", vec![]).await
}

/// Of the tiles in an even grid of the others.
fn tile_width(size: usize) -> u32 {
    match size {
        ..=2 => WIDTH,
        3..=5 => WIDTH / 2,
        6.. => WIDTH / 3,
    }
}

/// The member first, in a browser of its own.
async fn open(env: &TestEnv, relay: &Rc<Relay>, size: usize) -> Result<Room> {
    let computer = Computer {
        devices: Devices::Synthetic {
            cameras: 1,
            rate: CAMERA_RATE,
        },
        ..Computer::default()
    };
    let mut people = vec![];
    for name in room::NAMES.into_iter().take(size) {
        let page = if people.is_empty() {
            let page = env.browser_at(name, computer, &Place::Here).await?;
            chromium::resize(&page, WIDTH, HEIGHT).await?;
            page
        } else {
            env.browser_on(name, computer).await?
        };
        let email = format!("{name}@example.org");
        user_actions::visit(&page, relay, &email, room::ROOM).await?;
        let kind = room::Kind::Chromium;
        people.push(Person { kind, email, page });
    }
    let room = Room { people };
    room.everybody_is_listed().await?;
    Ok(room)
}

async fn cost(member: &Page) -> Result<Cost> {
    wait::measure_for(SETTLE_TIME).await;
    let before: Counts = member.script(COUNTS, vec![]).await?;
    let used = usage::read_app(member)?.processor;
    wait::measure_for(MEASURE_DURATION).await;
    let used = usage::read_app(member)?.processor - used;
    let after: Counts = member.script(COUNTS, vec![]).await?;
    let seconds = MEASURE_DURATION.as_secs_f64();
    Ok(Cost {
        cores: used / seconds,
        upload: (after.sent - before.sent) as f64 * 8.0 / 1_000.0 / seconds,
        shown: (after.shown - before.shown) as f64 / seconds,
        encoded: (after.encoded - before.encoded) as f64 / seconds,
    })
}
