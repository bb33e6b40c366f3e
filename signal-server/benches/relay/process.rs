//! A server as a child process, and what the system says it used.

use std::{
    io::{BufRead, BufReader, Read},
    net::SocketAddr,
    process::{Child, Command, Stdio},
    time::Duration,
};

use crate::processor_time::processor_time;

pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    child: Child,
}

impl Server {
    /// Starts it and waits for the line that ends in `listening ADDRESS` or `listening PORT`, on
    /// the output that `reads` picks.
    pub(crate) fn start(command: &mut Command) -> Self {
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

    /// The relay. The limits by sender are off: all who come are one computer.
    pub(crate) fn snug() -> Self {
        Self::start_logging(Command::new(env!("CARGO_BIN_EXE_signal-server")).args([
            "--listen",
            "127.0.0.1:0",
            "--message-rate",
            "0",
            "--sockets-per-address",
            "0",
            "--join-rate",
            "0",
        ]))
    }

    /// The same for a program that says it in its log.
    fn start_logging(command: &mut Command) -> Self {
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let said = child.stderr.take().unwrap();
        let address = wait_for_address(said);
        Self { address, child }
    }

    /// Processor time used so far, by all threads, for the program and by the system for it.
    pub(crate) fn processor_time(&self) -> Duration {
        processor_time(self.child.id())
    }

    /// Its share of memory: proportional set size, in bytes.
    pub(crate) fn memory(&self) -> u64 {
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
    // Read on, or a server that says more would wait for a reader.
    std::thread::spawn(move || lines.for_each(drop));
    address
}
