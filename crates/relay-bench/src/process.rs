//! A server as a child process, and its resource use.

use std::{
    io::{BufRead, BufReader, Read},
    net::{SocketAddr, TcpListener, TcpStream},
    path::PathBuf,
    process::{Child, Command, Stdio},
    time::Duration,
};

use crate::processor_time::processor_time;

/// All clients are one computer.
pub const NO_LIMITS: [&str; 3] = [
    "--message-rate=0",
    "--sockets-per-address=0",
    "--join-rate=0",
];
const START_TIMEOUT: Duration = Duration::from_secs(10);
const RETRY_INTERVAL: Duration = Duration::from_millis(20);

pub struct Server {
    pub address: SocketAddr,
    child: Child,
}

impl Server {
    /// Starts it and waits for the line that ends in `listening ADDRESS` or `listening PORT`.
    pub fn start(command: &mut Command) -> Self {
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .spawn()
            .unwrap();
        let said = child.stdout.take().unwrap();
        let address = wait_for_address(said);
        Self { address, child }
    }

    /// Starts a server that listens at `address`, and waits until it accepts connections. `None` if
    /// the program is missing.
    pub fn start_at(address: SocketAddr, command: &mut Command) -> Option<Self> {
        let child = command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .ok()?;
        let server = Self { address, child };
        let asked = START_TIMEOUT.as_millis() / RETRY_INTERVAL.as_millis();
        let answers = (0..asked).any(|_| {
            std::thread::sleep(RETRY_INTERVAL);
            TcpStream::connect(address).is_ok()
        });
        assert!(answers, "{command:?} does not listen");
        Some(server)
    }

    /// The relay, without limits per sender.
    pub fn snug() -> Self {
        Self::snug_with(&NO_LIMITS)
    }

    /// The relay, with these flags.
    pub fn snug_with(flags: &[impl AsRef<std::ffi::OsStr>]) -> Self {
        let mut child = Command::new(relay_program())
            .arg("--listen=127.0.0.1:0")
            .args(flags)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // Its log contains the address.
        let said = child.stderr.take().unwrap();
        let address = wait_for_address(said);
        Self { address, child }
    }

    /// Processor time so far, of all threads, in user mode and in the kernel.
    /// Its proportional set size, in bytes.
    pub fn processor_time(&self) -> Duration {
        processor_time(self.child.id())
    }

    pub fn memory(&self) -> u64 {
        let path = format!("/proc/{}/smaps_rollup", self.child.id());
        let rollup = std::fs::read_to_string(path).unwrap();
        let line = rollup.lines().find(|line| line.starts_with("Pss:"));
        let kib: u64 = line
            .unwrap()
            .split_whitespace()
            .nth(1)
            .unwrap()
            .parse()
            .unwrap();
        kib * 1024
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A free address for a program that cannot choose one.
pub fn relay_program() -> PathBuf {
    let here = std::env::current_exe().unwrap();
    let program = here.ancestors().nth(2).unwrap().join("signal-server");
    assert!(
        program.is_file(),
        "the relay is not built: cargo build --release --package signal-server"
    );
    program
}

pub fn free_address() -> SocketAddr {
    let free = TcpListener::bind("127.0.0.1:0").unwrap();
    free.local_addr().unwrap()
}

fn wait_for_address(said: impl Read + Send + 'static) -> SocketAddr {
    let mut lines = BufReader::new(said).lines();
    let address = loop {
        let line = lines
            .next()
            .expect("the server ended before it listened")
            .unwrap();
        let Some((_, rest)) = line.split_once("listening ") else {
            continue;
        };
        let text = rest.trim().trim_start_matches("address=");
        break text
            .parse()
            .unwrap_or_else(|_| SocketAddr::from(([127, 0, 0, 1], text.parse().unwrap())));
    };
    // Keeps reading, because a full pipe would block the server.
    std::thread::spawn(move || lines.for_each(drop));
    address
}
