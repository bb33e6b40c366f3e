//! `matchbox_server`, a signaling server in Rust: how it is found, started and joined.

use relay_bench::{
    client::{Place, Socket, expect},
    process::{Server, free_address, relay_program},
};
use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    process::Command,
};

const PROGRAM: &str = "matchbox_server";
/// In the target folder, where `HOW_TO_GET_IT` puts it.
const FOLDER: &str = "matchbox/bin";
const HOW_TO_GET_IT: &str = "matchbox_server is left out, as it is not here; `cargo install matchbox_server --root \
     target/matchbox` brings it.";

/// `None` where it is not installed, and says so.
pub(crate) fn start() -> Option<Server> {
    let address = free_address();
    let server = [PathBuf::from(PROGRAM), in_target_folder()]
        .iter()
        .find_map(|program| start_program(program, address));
    if server.is_none() {
        println!("{HOW_TO_GET_IT}");
    }
    server
}

/// Two who are in this room and know of each other. A peer is told its id when it connects, and of
/// those who come in later; whoever of two comes in a moment earlier hears of the other.
pub(crate) async fn fill_room(place: &Place, room: &str) -> [Socket; 2] {
    let path = format!("/{room}");
    let mut first = place.connect(&path).await;
    expect(&mut first, "IdAssigned").await;
    let mut second = place.connect(&path).await;
    expect(&mut second, "IdAssigned").await;
    tokio::select! {
        _ = expect(&mut first, "NewPeer") => {}
        _ = expect(&mut second, "NewPeer") => {}
    }
    [first, second]
}

fn start_program(program: &Path, address: SocketAddr) -> Option<Server> {
    let mut command = Command::new(program);
    // Its log is off: ours has no line for a join either.
    command.arg(address.to_string()).env("RUST_LOG", "off");
    Server::start_at(address, &mut command)
}

fn in_target_folder() -> PathBuf {
    let relay = relay_program();
    // target/release/signal-server
    let target = relay.ancestors().nth(2).unwrap();
    target.join(FOLDER).join(PROGRAM)
}
