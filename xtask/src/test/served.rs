//! A relay that is started as hosts start it: the page that it serves, before it is ended.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    process::{Child, Command, Stdio},
};

use anyhow::{Context, Result, ensure};

/// Starts it, and returns the page that it serves. The command becomes the relay.
pub(super) fn page_of(command: &mut Command) -> Result<String> {
    let command = command.stdin(Stdio::null()).stderr(Stdio::piped());
    let mut relay = Running(command.spawn().context("The relay cannot be started.")?);
    let log = relay.0.stderr.take().context("it has no log")?;
    let mut said = String::new();
    let mut log = BufReader::new(log);
    let address = loop {
        let before = said.len();
        let count = log.read_line(&mut said)?;
        ensure!(count > 0, "The relay does not start:\n{said}");
        if let Some((_, address)) = said[before..].split_once("listening address=") {
            break address.trim().to_owned();
        }
    };
    let mut stream = TcpStream::connect(&address)?;
    write!(
        stream,
        "GET / HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n"
    )?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    ensure!(
        answer.starts_with("HTTP/1.1 200") && answer.contains("<title>"),
        "The relay serves no page:\n{answer}"
    );
    Ok(answer)
}

/// Ends with the check.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
