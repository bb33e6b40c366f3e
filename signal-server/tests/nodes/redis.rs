//! A Redis for a test, on a free port and without a disk.

use std::{
    net::{SocketAddr, TcpListener},
    process::{Child, Command, Stdio},
    time::Duration,
};

use rustix::process::{Pid, Signal, kill_process};
use signal_server::{Config, RedisConfig};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::sleep,
};

use crate::{
    client::within,
    relay::{Program, Relay},
};

/// Short, so that a lost node is noticed soon. Long enough for a busy machine.
pub(crate) const LEASE: Duration = Duration::from_secs(4);
pub(crate) const GRACE: Duration = Duration::from_secs(3);

pub(crate) struct Redis {
    pub(crate) address: SocketAddr,
    flags: Vec<String>,
    child: Child,
}

impl Redis {
    /// `None` if Redis is missing; prints a message then.
    pub(crate) async fn start() -> Option<Self> {
        Self::start_with(&[]).await
    }

    pub(crate) async fn start_with(flags: &[&str]) -> Option<Self> {
        let there = Command::new("redis-server")
            .arg("--version")
            .stdout(Stdio::null())
            .status();
        if there.is_err() {
            println!("skipped: Redis is not here; install it with `apt-get install redis-server`");
            return None;
        }
        let port = {
            let free = TcpListener::bind("127.0.0.1:0").unwrap();
            free.local_addr().unwrap().port()
        };
        let flags: Vec<String> = flags.iter().map(|flag| (*flag).to_owned()).collect();
        let redis = Self {
            address: ([127, 0, 0, 1], port).into(),
            child: spawn(port, &flags),
            flags,
        };
        redis.answers().await;
        Some(redis)
    }

    /// Like `kill -9`: it loses all data.
    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    pub(crate) async fn start_again(&mut self) {
        self.child = spawn(self.address.port(), &self.flags);
        self.answers().await;
    }

    pub(crate) fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.child), signal).unwrap();
    }

    pub(crate) fn url(&self) -> String {
        format!("redis://{}", self.address)
    }

    /// A relay in this process.
    pub(crate) async fn node(&self) -> Relay {
        node_by(self.address, |_| ()).await
    }

    pub(crate) async fn node_with(&self, change: impl FnOnce(&mut Config)) -> Relay {
        node_by(self.address, change).await
    }

    /// The real program, which a test can kill.
    pub(crate) fn program(&self) -> Program {
        let millis = |span: Duration| format!("{}ms", span.as_millis());
        Program::start(&[
            "--redis",
            &self.url(),
            "--redis-lease",
            &millis(LEASE),
            "--grace",
            &millis(GRACE),
        ])
    }

    async fn answers(&self) {
        within(async {
            while !is_answering(self.address).await {
                sleep(Duration::from_millis(20)).await;
            }
        })
        .await;
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A relay in this process that uses this address for Redis.
pub(crate) async fn node_by(redis: SocketAddr, change: impl FnOnce(&mut Config)) -> Relay {
    let relay = Relay::start(|config| {
        as_node(redis, config);
        change(config);
    })
    .await;
    // The relay connects to Redis before it accepts clients.
    crate::client::Client::connect(relay.address)
        .await
        .lose()
        .await;
    relay
}

pub(crate) fn as_node(redis: SocketAddr, config: &mut Config) {
    let url = format!("redis://{redis}").parse().unwrap();
    config.grace = GRACE;
    config.message_rate = 0;
    config.redis = Some(RedisConfig {
        lease: LEASE,
        ..RedisConfig::new(url)
    });
}

fn spawn(port: u16, flags: &[String]) -> Child {
    Command::new("redis-server")
        .args(["--port", &port.to_string(), "--bind", "127.0.0.1"])
        .args(["--save", "", "--appendonly", "no", "--daemonize", "no"])
        .args(flags)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

async fn is_answering(address: SocketAddr) -> bool {
    let Ok(mut stream) = TcpStream::connect(address).await else {
        return false;
    };
    let mut answer = [0; 1];
    // An error that asks for a password is an answer too.
    stream.write_all(b"PING\r\n").await.is_ok() && stream.read_exact(&mut answer).await.is_ok()
}
