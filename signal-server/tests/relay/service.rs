//! systemd as the program sees it: `NOTIFY_SOCKET` and `WATCHDOG_USEC`.
#![cfg(target_os = "linux")]

use std::{
    os::{
        linux::net::SocketAddrExt,
        unix::net::{SocketAddr, UnixDatagram},
    },
    process::{Child, Stdio},
    time::Duration,
};

use tempfile::TempDir;

use crate::relay::Program;

/// Only a failure reaches it.
const DEADLINE: Duration = Duration::from_secs(20);

/// Receives the program's notifications.
struct Manager {
    socket: UnixDatagram,
    name: String,
    _folder: TempDir,
}

impl Manager {
    fn at_a_path() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("notify");
        let name = path.to_str().unwrap().to_owned();
        Self::new(&SocketAddr::from_pathname(path).unwrap(), name, folder)
    }

    fn of_an_abstract_name() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let name = format!("snug-test{}", folder.path().display());
        let address = SocketAddr::from_abstract_name(&name).unwrap();
        Self::new(&address, format!("@{name}"), folder)
    }

    fn new(address: &SocketAddr, name: String, folder: TempDir) -> Self {
        let socket = UnixDatagram::bind_addr(address).unwrap();
        socket.set_read_timeout(Some(DEADLINE)).unwrap();
        Self {
            socket,
            name,
            _folder: folder,
        }
    }

    fn receive(&self) -> String {
        let mut buffer = [0; 256];
        let length = self.socket.recv(&mut buffer).unwrap();
        String::from_utf8(buffer[..length].to_vec()).unwrap()
    }
}

struct Started(Child);

impl Drop for Started {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn start(variables: &[(&str, &str)]) -> Started {
    let mut command = Program::command();
    command
        .args(["--listen", "127.0.0.1:0"])
        .envs(variables.iter().copied())
        .stderr(Stdio::null());
    Started(command.spawn().unwrap())
}

#[test]
fn notify_socket_of_either_form_gets_readiness() {
    for manager in [Manager::at_a_path(), Manager::of_an_abstract_name()] {
        let _started = start(&[("NOTIFY_SOCKET", &manager.name)]);
        assert_eq!(manager.receive(), "READY=1", "{}", manager.name);
    }
}

#[test]
fn watchdog_is_notified_repeatedly() {
    let manager = Manager::of_an_abstract_name();
    let _started = start(&[
        ("NOTIFY_SOCKET", &manager.name),
        ("WATCHDOG_USEC", "200000"),
    ]);
    let received: Vec<_> = (0..4).map(|_| manager.receive()).collect();
    assert_eq!(
        received,
        ["READY=1", "WATCHDOG=1", "WATCHDOG=1", "WATCHDOG=1"]
    );
}

/// There is no receiver, and the relay serves anyway.
#[tokio::test]
async fn unreachable_notify_socket_is_logged_and_relay_serves() {
    for name in [
        "notify",
        "vsock:2:1234",
        "/no/such/socket",
        "@no-such-name-of-anybody",
    ] {
        let mut command = Program::command();
        command
            .env("NOTIFY_SOCKET", name)
            .env("WATCHDOG_USEC", "1000");
        let program = Program::start_command(command, &[]);
        crate::relay::get(program.address, "/healthz").await;
        program.terminate();
        let log = program.rest_of_log().await;
        assert!(
            log.contains("NOTIFY_SOCKET") && log.contains(name),
            "{name}: {log}"
        );
    }
}
