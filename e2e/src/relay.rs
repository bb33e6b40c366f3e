//! The real relay as a process on a free port, with the built page.

use std::{
    cell::RefCell,
    io::{Read, Write},
    net::{Ipv4Addr, SocketAddr, TcpStream},
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use anyhow::{Context, Result, bail};

#[cfg(target_os = "linux")]
use crate::{memory, usage};
use crate::{process::Process, programs, wait};

/// A relay that can be killed and started again at the same address.
#[derive(Debug)]
pub struct Relay {
    listens: Ipv4Addr,
    port: u16,
    web_root: PathBuf,
    options: Vec<String>,
    variables: Vec<(String, String)>,
    log: PathBuf,
    process: RefCell<Option<Process>>,
}

impl Relay {
    /// Starts one with these additional options and environment variables, and waits until it answers.
    pub async fn start(
        web_root: PathBuf,
        listens: Ipv4Addr,
        options: &[&str],
        variables: &[(String, String)],
        folder: &Path,
    ) -> Result<Self> {
        let relay = Self {
            listens,
            port: programs::free_port()?,
            web_root,
            options: options.iter().map(|&option| option.to_owned()).collect(),
            variables: variables.to_vec(),
            log: folder.join("relay.log"),
            process: RefCell::default(),
        };
        relay.revive().await?;
        Ok(relay)
    }

    /// Its page's address, without a slash at the end.
    pub fn web(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    /// The value of the app's `--relay`.
    pub fn address(&self) -> String {
        self.web()
    }

    /// Which of these words stand in its memory.
    #[cfg(target_os = "linux")]
    pub fn words_in_memory<'words>(&self, words: &[&'words str]) -> Result<Vec<&'words str>> {
        let process = self.process.borrow();
        let leader = process.as_ref().context("the relay does not run")?.id();
        memory::words_in(usage::process_below(leader, "signal-server")?, words)
    }

    /// Ends it like a crash.
    pub fn kill(&self) {
        drop(self.process.take());
    }

    /// Stops it in order, like a service.
    #[cfg(unix)]
    pub async fn stop(&self) -> Result<()> {
        if let Some(process) = &*self.process.borrow() {
            process.terminate()?;
        }
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, self.port));
        wait::until("the relay has ended", async || {
            Ok(TcpStream::connect(address).is_err().then_some(()))
        })
        .await
    }

    /// Starts it again at the same address, without its rooms.
    pub async fn revive(&self) -> Result<()> {
        let mut program = Command::new(programs::ours("signal-server")?);
        program
            .arg("--listen")
            .arg(format!("{}:{}", self.listens, self.port))
            .arg("--web-root")
            .arg(&self.web_root)
            .args(&self.options)
            .envs(self.variables.iter().cloned());
        *self.process.borrow_mut() = Some(Process::start(&program, &self.log)?);
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, self.port));
        let what = format!("the relay answers (see {})", self.log.display());
        wait::until(&what, async || Ok(is_healthy(address).ok())).await
    }
}

fn is_healthy(address: SocketAddr) -> Result<()> {
    let mut socket = TcpStream::connect_timeout(&address, Duration::from_secs(1))?;
    socket.set_read_timeout(Some(Duration::from_secs(1)))?;
    write!(
        socket,
        "GET /healthz HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n"
    )?;
    let mut answer = String::new();
    socket.read_to_string(&mut answer)?;
    if !answer.starts_with("HTTP/1.1 200") {
        bail!("{}", answer.lines().next().unwrap_or("no answer"));
    }
    Ok(())
}
