//! A relay to test: in this process, or the real program.

use std::{
    io::{BufRead, BufReader},
    net::SocketAddr,
    process::{Child, ChildStderr, Command, Stdio},
};

use signal_protocol::RoomJoined;
use signal_server::Config;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};
use tokio_util::sync::CancellationToken;

use crate::client::Client;
pub(crate) use crate::client::within;

pub(crate) struct Relay {
    pub(crate) address: SocketAddr,
    pub(crate) shutdown: CancellationToken,
    pub(crate) running: JoinHandle<std::io::Result<()>>,
}

impl Relay {
    pub(crate) async fn start(change: impl FnOnce(&mut Config)) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        Self::start_on(listener, change)
    }

    pub(crate) fn start_on(listener: TcpListener, change: impl FnOnce(&mut Config)) -> Self {
        let mut config = Config::default();
        change(&mut config);
        let address = listener.local_addr().unwrap();
        let shutdown = CancellationToken::new();
        let running = tokio::spawn(signal_server::serve(listener, config, shutdown.clone()));
        Self {
            address,
            shutdown,
            running,
        }
    }

    pub(crate) async fn client(&self) -> Client {
        Client::connect(self.address).await
    }

    pub(crate) async fn join(&self, room: &str, email: &str) -> (Client, RoomJoined) {
        let mut client = self.client().await;
        let joined = client.join(room, email).await;
        (client, joined)
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.shutdown.cancel();
    }
}

/// Status line and headers in lower case, and the body.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.head
            .lines()
            .find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
    }
}

pub(crate) async fn get(address: SocketAddr, target: &str) -> Answer {
    let request = format!("GET {target} HTTP/1.1\r\nhost: relay\r\nconnection: close\r\n\r\n");
    within(async {
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        Answer {
            status: head.split(' ').nth(1).unwrap().parse().unwrap(),
            head: head.to_lowercase(),
            body: body.to_owned(),
        }
    })
    .await
}

/// The real program, on a port of its choice.
pub(crate) struct Program {
    pub(crate) address: SocketAddr,
    child: Child,
    /// Kept open, or the program could not log any more.
    log: BufReader<ChildStderr>,
}

impl Program {
    pub(crate) fn command() -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_signal-server"));
        command.stdin(Stdio::null()).stdout(Stdio::null());
        command
    }

    pub(crate) fn start(flags: &[&str]) -> Self {
        Self::start_command(Self::command(), flags)
    }

    /// `command` with what else it is to find around it.
    pub(crate) fn start_command(mut command: Command, flags: &[&str]) -> Self {
        let mut child = command
            .args(["--listen", "127.0.0.1:0"])
            .args(flags)
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut log = BufReader::new(child.stderr.take().unwrap());
        let address = loop {
            let mut line = String::new();
            let count = log.read_line(&mut line).unwrap();
            assert!(count > 0, "the program ended before it listened");
            if let Some(address) = listening(&line) {
                break address;
            }
        };
        Self {
            address,
            child,
            log,
        }
    }

    #[cfg(target_os = "linux")]
    pub(crate) fn peak_memory_kib(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let peak = status.lines().find(|line| line.starts_with("VmHWM:"));
        peak.unwrap()
            .split_whitespace()
            .nth(1)
            .unwrap()
            .parse()
            .unwrap()
    }

    /// The first line from now on that has these words.
    #[cfg(unix)]
    pub(crate) async fn hear_in_log(mut self, words: &'static str) -> (Self, String) {
        let reading = tokio::task::spawn_blocking(move || {
            loop {
                let mut line = String::new();
                let count = self.log.read_line(&mut line).unwrap();
                assert!(count > 0, "the program ended before it said {words:?}");
                if line.contains(words) {
                    return (self, line);
                }
            }
        });
        within(reading).await.unwrap()
    }

    /// What it says until it ends.
    #[cfg(unix)]
    pub(crate) async fn rest_of_log(mut self) -> String {
        let reading = tokio::task::spawn_blocking(move || {
            let mut rest = String::new();
            std::io::Read::read_to_string(&mut self.log, &mut rest).unwrap();
            rest
        });
        within(reading).await.unwrap()
    }

    #[cfg(unix)]
    pub(crate) fn terminate(&self) {
        rustix::process::kill_process(self.pid(), rustix::process::Signal::TERM).unwrap();
    }

    #[cfg(unix)]
    pub(crate) fn pid(&self) -> rustix::process::Pid {
        rustix::process::Pid::from_child(&self.child)
    }

    #[cfg(unix)]
    pub(crate) async fn wait(mut self, most: std::time::Duration) -> std::process::ExitStatus {
        let waiting = tokio::task::spawn_blocking(move || self.child.wait().unwrap());
        tokio::time::timeout(most, waiting)
            .await
            .expect("the program did not end in time")
            .unwrap()
    }
}

/// The address in that line of the log, in either format.
fn listening(line: &str) -> Option<SocketAddr> {
    if let Some((_, address)) = line.trim().split_once("listening address=") {
        return address.parse().ok();
    }
    let line: serde_json::Value = serde_json::from_str(line).ok()?;
    let is_it = line["message"] == "listening";
    is_it.then(|| line["address"].as_str()?.parse().ok())?
}

impl Drop for Program {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
