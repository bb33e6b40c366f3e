//! coturn from the system: a TURN server for a test, with one user.

use std::{path::Path, process::Command};

use anyhow::Result;

use crate::{process::Process, programs};

/// The transport of its clients.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    Udp,
    Tcp,
}

impl By {
    /// Its name in URLs and in statistics.
    pub fn name(self) -> &'static str {
        match self {
            Self::Udp => "udp",
            Self::Tcp => "tcp",
        }
    }
}

/// A running one, at 127.0.0.1.
#[derive(Debug)]
pub struct TurnServer {
    port: u16,
    _process: Process,
}

impl TurnServer {
    pub async fn start(folder: &Path) -> Result<Self> {
        let port = programs::free_port()?;
        let mut program = Command::new(programs::linux("turnserver")?);
        program
            .args(["-n", "--no-cli", "--no-tls", "--no-dtls", "--no-rfc5780"])
            .args(["--verbose", "--log-file=stdout", "--simple-log"])
            .args(["--listening-ip=127.0.0.1", "--relay-ip=127.0.0.1"])
            .args(["--allow-loopback-peers", "--relay-threads=1"])
            .args(["--lt-cred-mech", "--user=name:word", "--realm=test.local"])
            .arg(format!("--listening-port={port}"))
            .arg(format!("--pidfile={}", folder.join("turn.pid").display()))
            .arg(format!("--db={}", folder.join("turn-users").display()))
            .current_dir(folder);
        let process = Process::start(&program, &folder.join("turn.log"))?;
        let what = "the TURN server listens";
        process
            // Its listeners are open by then.
            .printed(what, |line| line.contains("auth thread").then_some(()))
            .await?;
        Ok(Self {
            port,
            _process: process,
        })
    }

    /// The value of the relay's `--ice-server`.
    pub fn option(&self, by: By) -> String {
        format!(
            "turn:name:word@127.0.0.1:{}?transport={}",
            self.port,
            by.name()
        )
    }
}
