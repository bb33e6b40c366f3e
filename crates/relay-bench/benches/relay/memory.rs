//! Memory per idle member of the relay.

use std::time::Duration;

use futures_util::future::join_all;
use relay_bench::{
    client::{Place, Socket, expect, join},
    process::Server,
    rounds::verdict,
};
use tokio::time::sleep;

const MEMBERS: u32 = 10_000;
const TARGET_KIB: f64 = 8.0;
/// Rooms that members join at the same time.
const CONCURRENT_ROOMS: u32 = 50;
/// By then each member was pinged once, and leftovers of the joins were freed.
const IDLE_TIME: Duration = Duration::from_secs(25);

pub(crate) async fn measure() {
    let server = Server::snug();
    let place = Place::plain(server.address);
    // One room first, so that one-time allocations of the process are not counted.
    let _first = fill_room(&place, MEMBERS).await;
    let before = server.memory();
    let mut rooms = Vec::new();
    for batch in 0..MEMBERS / 2 / CONCURRENT_ROOMS {
        let filling =
            (0..CONCURRENT_ROOMS).map(|room| fill_room(&place, batch * CONCURRENT_ROOMS + room));
        rooms.extend(join_all(filling).await);
    }
    sleep(IDLE_TIME).await;
    let after = server.memory();
    let each = (after - before) as f64 / f64::from(MEMBERS) / 1024.0;
    println!(
        "\n{MEMBERS} idle members in rooms of two: {each:.2} KiB each (PSS {:.1} → {:.1} MiB); \
         target at most {TARGET_KIB} KiB: {}",
        mib(before),
        mib(after),
        verdict(each <= TARGET_KIB)
    );
    drop(rooms);
}

async fn fill_room(place: &Place, number: u32) -> [Socket; 2] {
    let room = number.to_string();
    let (mut first, _) = join(place, &room).await;
    let (second, _) = join(place, &room).await;
    expect(&mut first, "user:joined").await;
    [first, second]
}

fn mib(bytes: u64) -> f64 {
    bytes as f64 / 1024.0 / 1024.0
}
