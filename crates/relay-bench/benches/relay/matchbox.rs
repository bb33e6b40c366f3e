//! `matchbox_server`, a signaling server in Rust: installation, start and join.

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
/// In the target folder. `INSTALL_HINT` installs it there.
const FOLDER: &str = "matchbox/bin";
const INSTALL_HINT: &str = "matchbox_server is left out, as it is not here; `cargo install matchbox_server --root \
     target/matchbox` brings it.";

/// `None` if it is not installed; prints a message then.
pub(crate) fn start() -> Option<Server> {
    let address = free_address();
    let server = [PathBuf::from(PROGRAM), in_target_folder()]
        .iter()
        .find_map(|program| start_program(program, address));
    if server.is_none() {
        println!("{INSTALL_HINT}");
    }
    server
}

/// Two members of this room that know of each other. A peer learns its id when it connects, and the
/// ids of later members. The earlier one of the two learns of the other.
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
    // Without a log: the relay logs no line for a join either.
    command.arg(address.to_string()).env("RUST_LOG", "off");
    Server::start_at(address, &mut command)
}

fn in_target_folder() -> PathBuf {
    let relay = relay_program();
    // target/release/signal-server
    let target = relay.ancestors().nth(2).unwrap();
    target.join(FOLDER).join(PROGRAM)
}
