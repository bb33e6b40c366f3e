//! A relay to test: in this process, or the real program.

use std::{
    io::{BufRead, BufReader},
    net::SocketAddr,
    process::{Child, ChildStderr, Command, Stdio},
    time::Duration,
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

/// A busy machine may be slow to resume. Tests of the notice set a shorter one.
const NEVER: Duration = Duration::from_secs(3600);

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
        let mut config = Config {
            lost_notice: NEVER,
            ..Config::default()
        };
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

/// Status line and headers, with names in lower case, and the body.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        header(&self.head, name)
    }
}

pub(crate) async fn get(address: SocketAddr, target: &str) -> Answer {
    ask(address, "GET", target, &[]).await.into_text()
}

/// As received.
#[derive(Debug)]
pub(crate) struct RawAnswer {
    pub(crate) status: u16,
    head: String,
    pub(crate) body: Vec<u8>,
}

impl RawAnswer {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        header(&self.head, name)
    }

    fn into_text(self) -> Answer {
        Answer {
            status: self.status,
            head: self.head,
            body: String::from_utf8(self.body).unwrap(),
        }
    }
}

fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    head.lines()
        .find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
}

/// `Host` is `relay` unless the headers have one.
pub(crate) async fn ask(
    address: SocketAddr,
    method: &str,
    target: &str,
    headers: &[(&str, &str)],
) -> RawAnswer {
    let mut request = format!("{method} {target} HTTP/1.1\r\nconnection: close\r\n");
    if !headers.iter().any(|(name, _)| *name == "host") {
        request.push_str("host: relay\r\n");
    }
    for (name, value) in headers {
        request.push_str(&format!("{name}: {value}\r\n"));
    }
    request.push_str("\r\n");
    within(async {
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await.unwrap();
        let split = answer.windows(4).position(|four| four == b"\r\n\r\n");
        let body = answer.split_off(split.unwrap() + 4);
        // No header has a file's name, and entity tags keep their case.
        let head = String::from_utf8(answer).unwrap();
        let lines = head.lines().map(|line| match line.split_once(": ") {
            Some((name, value)) => format!("{}: {value}\n", name.to_lowercase()),
            None => format!("{line}\n"),
        });
        RawAnswer {
            status: head.split(' ').nth(1).unwrap().parse().unwrap(),
            head: lines.collect(),
            body,
        }
    })
    .await
}

/// The real program, on a free port.
pub(crate) struct Program {
    pub(crate) address: SocketAddr,
    child: Child,
    /// Kept open so that the program can write its log.
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

    /// `command` may have an environment for the program.
    pub(crate) fn start_command(mut command: Command, flags: &[&str]) -> Self {
        command.args(["--listen", "127.0.0.1:0"]).args(flags);
        Self::start_by(&mut command)
    }

    /// By a command that becomes the program.
    pub(crate) fn start_by(command: &mut Command) -> Self {
        let mut child = command.stderr(Stdio::piped()).spawn().unwrap();
        let mut log = BufReader::new(child.stderr.take().unwrap());
        let mut said = String::new();
        let address = loop {
            let mut line = String::new();
            let count = log.read_line(&mut line).unwrap();
            assert!(count > 0, "the program ended before it listened: {said}");
            said += &line;
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

    /// The first line from now on that contains these words.
    #[cfg(unix)]
    pub(crate) async fn find_in_log(mut self, words: &'static str) -> (Self, String) {
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

    /// The rest of its log, until it ends.
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
    pub(crate) async fn wait(mut self, most: Duration) -> std::process::ExitStatus {
        let waiting = tokio::task::spawn_blocking(move || self.child.wait().unwrap());
        tokio::time::timeout(most, waiting)
            .await
            .expect("the program did not end in time")
            .unwrap()
    }
}

/// The address in a line of the log, in either format.
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
