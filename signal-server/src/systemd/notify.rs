//! Sends datagrams to the socket in `NOTIFY_SOCKET`.
//!
//! Invariant: an unknown form of address is reported, never guessed.

use std::{
    env,
    ffi::{OsStr, OsString},
    future::pending,
    io,
    os::{
        linux::net::SocketAddrExt,
        unix::{
            ffi::OsStrExt,
            net::{SocketAddr, UnixDatagram},
        },
    },
    process,
    time::Duration,
};

use tokio::time::{MissedTickBehavior, interval};
use tracing::warn;

const READY: &str = "READY=1";
const ALIVE: &str = "WATCHDOG=1";
const MIN_WATCHDOG_INTERVAL: Duration = Duration::from_millis(1);

/// The service manager that started this program: systemd or a compatible one.
#[derive(Debug)]
pub(crate) struct Notifier {
    socket: Option<UnixDatagram>,
    watchdog: Option<Duration>,
}

#[derive(Debug, PartialEq, Eq, thiserror::Error)]
enum Unusable {
    #[error("it is neither a path from / on nor @NAME, and no other form is spoken")]
    Form,
    #[error("it is longer than a socket's name may be")]
    TooLong,
}

impl Notifier {
    /// Reads the environment.
    pub(crate) fn from_env() -> Self {
        let socket = env::var_os("NOTIFY_SOCKET")
            .filter(|name| !name.is_empty())
            .and_then(|name| {
                let socket = address(&name)
                    .map_err(io::Error::other)
                    .and_then(|address| open(&address));
                socket
                    .inspect_err(|error| {
                        warn!(
                            socket = ?name, %error,
                            "the service manager that NOTIFY_SOCKET names cannot be told anything"
                        );
                    })
                    .ok()
            });
        let watchdog = interval_wanted(
            env::var_os("WATCHDOG_USEC"),
            env::var_os("WATCHDOG_PID"),
            process::id(),
        );
        Self { socket, watchdog }
    }

    /// Reports ready. Call it after every socket is open.
    pub(crate) fn tell_ready(&self) {
        if let Err(error) = self.tell(READY) {
            warn!(%error, "the service manager does not know that the relay listens");
        }
    }

    /// Sends the watchdog signal from the task that polls this. Never resolves.
    pub(crate) async fn keep_watchdog(&self) {
        let (Some(wanted), Some(_)) = (self.watchdog, &self.socket) else {
            return pending().await;
        };
        let mut ticks = interval((wanted / 2).max(MIN_WATCHDOG_INTERVAL));
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            ticks.tick().await;
            if let Err(error) = self.tell(ALIVE) {
                warn!(%error, "the watchdog was not told that the relay is alive");
            }
        }
    }

    fn tell(&self, state: &str) -> io::Result<()> {
        match &self.socket {
            Some(socket) => socket.send(state.as_bytes()).map(drop),
            None => Ok(()),
        }
    }
}

fn open(address: &SocketAddr) -> io::Result<UnixDatagram> {
    let socket = UnixDatagram::unbound()?;
    socket.connect_addr(address)?;
    // Never waits for a manager that does not read.
    socket.set_nonblocking(true)?;
    Ok(socket)
}

/// sd_notify(3), "Notes": an absolute path, or `@` and a name in the abstract namespace.
fn address(name: &OsStr) -> Result<SocketAddr, Unusable> {
    let address = match name.as_bytes().split_first() {
        Some((b'/', _)) => SocketAddr::from_pathname(name),
        Some((b'@', rest)) if !rest.is_empty() => SocketAddr::from_abstract_name(rest),
        Some(_) | None => return Err(Unusable::Form),
    };
    address.map_err(|_| Unusable::TooLong)
}

/// Watchdog interval, if it applies to this process.
fn interval_wanted(
    microseconds: Option<OsString>,
    process: Option<OsString>,
    own_process: u32,
) -> Option<Duration> {
    let number = |text: &OsString| text.to_str()?.trim().parse::<u64>().ok();
    let is_for_us = process
        .filter(|process| !process.is_empty())
        .is_none_or(|process| number(&process) == Some(own_process.into()));
    let microseconds = microseconds.filter(|text| !text.is_empty() && is_for_us)?;
    match number(&microseconds) {
        Some(0) | None => {
            warn!(value = ?microseconds, "WATCHDOG_USEC is no number of microseconds: no watchdog");
            None
        }
        Some(number) => Some(Duration::from_micros(number)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notify_socket_of_another_form_is_refused() {
        let long = format!("/{}", "a".repeat(200));
        for (name, expect) in [
            ("@", Unusable::Form),
            ("notify", Unusable::Form),
            ("./notify", Unusable::Form),
            ("vsock:2:1234", Unusable::Form),
            ("vsock-stream:2:1234", Unusable::Form),
            (" /run/notify", Unusable::Form),
            ("3", Unusable::Form),
            (&long, Unusable::TooLong),
            (&long.replace('/', "@"), Unusable::TooLong),
        ] {
            assert_eq!(address(OsStr::new(name)).unwrap_err(), expect, "{name}");
        }
        let path = address(OsStr::new("/run/systemd/notify")).unwrap();
        assert_eq!(
            path.as_pathname().unwrap().to_str(),
            Some("/run/systemd/notify")
        );
        let name = address(OsStr::new("@a/b c")).unwrap();
        assert_eq!(name.as_abstract_name(), Some(&b"a/b c"[..]));
    }

    #[test]
    fn watchdog_runs_only_for_this_process() {
        let check = |microseconds: Option<&str>, process: Option<&str>, expect: Option<u64>| {
            let found = interval_wanted(microseconds.map(Into::into), process.map(Into::into), 42);
            assert_eq!(
                found,
                expect.map(Duration::from_micros),
                "{microseconds:?} {process:?}"
            );
        };
        check(None, None, None);
        check(None, Some("42"), None);
        check(Some("30000000"), None, Some(30_000_000));
        check(Some("30000000"), Some("42"), Some(30_000_000));
        check(Some("30000000\n"), Some("42"), Some(30_000_000));
        check(Some("30000000"), Some("43"), None);
        check(Some("30000000"), Some("me"), None);
        for text in ["", "0", "-1", "30s"] {
            check(Some(text), None, None);
        }
    }
}
