//! Opens a TCP connection, and diagnoses a failure.
//!
//! Invariant: refused, no answer and no route are three faults, because their remedies differ.

use std::{
    io::{self, ErrorKind},
    net::SocketAddr,
    time::Duration,
};

use tokio::{net::TcpStream, time::timeout};

use crate::{
    address_scope::AddressScope,
    clock,
    fault::{Cause, Fault},
    names::family,
};

pub(crate) const TIMEOUT: Duration = Duration::from_secs(4);

/// The expected listener.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Listener {
    Relay,
    TurnUdp,
    TurnTcp,
    TurnTls,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ConnectError {
    /// This computer has no route to this address family, so the result is unknown.
    NoLocalRoute,
    Fault(Fault),
}

pub(crate) async fn connect(
    address: SocketAddr,
    listener: Listener,
) -> Result<(TcpStream, Duration), ConnectError> {
    let began = clock::now();
    let stream = match timeout(TIMEOUT, TcpStream::connect(address)).await {
        Ok(Ok(stream)) => stream,
        Ok(Err(error)) => return Err(diagnose(Some(&error), address, listener)),
        Err(_) => return Err(diagnose(None, address, listener)),
    };
    let took = began.elapsed();
    // Avoids delays of small messages. A failure does no harm.
    let _ = stream.set_nodelay(true);
    Ok((stream, took))
}

/// `None` means that no answer came in time.
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "the system has many errors, and those left are told in its own words"
)]
pub(crate) fn diagnose(
    error: Option<&io::Error>,
    address: SocketAddr,
    listener: Listener,
) -> ConnectError {
    let Some(error) = error else {
        return ConnectError::Fault(no_answer(address, listener));
    };
    ConnectError::Fault(match error.kind() {
        ErrorKind::ConnectionRefused => refused(address, listener),
        ErrorKind::TimedOut => no_answer(address, listener),
        ErrorKind::NetworkUnreachable | ErrorKind::AddrNotAvailable => {
            return ConnectError::NoLocalRoute;
        }
        ErrorKind::HostUnreachable | ErrorKind::PermissionDenied => Fault::new(
            Cause::NoRoute,
            format!(
                "{address}: a router or a firewall on the way says that nothing is to be reached there"
            ),
            format!(
                "Check that {} is the relay's present address and that its computer runs. If it \
                 does, a firewall rejects the connection: {}.",
                address.ip(),
                listener.firewall_rule(address)
            ),
        ),
        _ => Fault::new(
            Cause::Unreachable,
            format!("{address} was not reached: {error}"),
            format!(
                "Check the connection of this computer, then {}.",
                listener.firewall_rule(address)
            ),
        ),
    })
}

fn refused(address: SocketAddr, listener: Listener) -> Fault {
    let remedy = match listener {
        Listener::Relay => format!(
            "Start the relay, or the reverse proxy before it. If it runs, it listens elsewhere: \
             give it --listen '{}' (without the flag it listens on 127.0.0.1:8787, which only its \
             own computer reaches), or name its port here.",
            listen_address(address)
        ),
        Listener::TurnUdp | Listener::TurnTcp => format!(
            "Give the relay --turn '{}', or start the TURN server that its --turn-url names.",
            listen_address(address)
        ),
        Listener::TurnTls => format!(
            "Give the relay --turn-tls '{}', or start the TURN server that its --turn-url names.",
            listen_address(address)
        ),
    };
    Fault::new(
        Cause::Refused,
        format!(
            "{address}: the computer is there, but no program listens on port {} {}",
            address.port(),
            listener.protocol()
        ),
        remedy,
    )
}

fn no_answer(address: SocketAddr, listener: Listener) -> Fault {
    let mut remedy = format!(
        "A firewall drops what comes in, or the address is not the relay's. {}.",
        capitalized(&listener.firewall_rule(address))
    );
    match (listener, address) {
        (Listener::Relay, SocketAddr::V6(_)) => remedy.push_str(
            " If the relay's computer has no IPv6, remove the name's AAAA record: programs try it \
             first, and wait.",
        ),
        (Listener::Relay, SocketAddr::V4(_)) => remedy.push_str(
            " Behind a home router, forward the port to the relay's computer.",
        ),
        (Listener::TurnUdp, _) => remedy.push_str(
            " If UDP is blocked in the network you are in now, this line says nothing of the relay; \
             try from another one.",
        ),
        (Listener::TurnTcp | Listener::TurnTls, _) => {}
    }
    Fault::new(
        Cause::NoAnswer,
        format!("{address}: no answer within {} s", TIMEOUT.as_secs()),
        remedy,
    )
}

impl Listener {
    pub(crate) const fn protocol(self) -> &'static str {
        match self {
            Self::TurnUdp => "UDP",
            Self::Relay | Self::TurnTcp | Self::TurnTls => "TCP",
        }
    }

    fn firewall_rule(self, address: SocketAddr) -> String {
        let (port, protocol) = (address.port(), self.protocol());
        format!(
            "open port {port} {protocol} for {} in the firewall of the relay's computer (ufw allow \
             {port}/{}) and in that of its hoster, if there is one",
            family(address.ip()),
            protocol.to_ascii_lowercase()
        )
    }
}

/// The listen address that makes `address` reachable.
fn listen_address(address: SocketAddr) -> String {
    if AddressScope::of(address.ip()) == AddressScope::Computer {
        return address.to_string();
    }
    match address {
        SocketAddr::V4(_) => format!("0.0.0.0:{}", address.port()),
        SocketAddr::V6(_) => format!("[::]:{}", address.port()),
    }
}

fn capitalized(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|first| first.to_ascii_uppercase());
    first.into_iter().chain(letters).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(kind: Option<ErrorKind>, listener: Listener, expect: Option<Cause>, words: &[&str]) {
        let address = "203.0.113.5:3478".parse().unwrap();
        let error = kind.map(io::Error::from);
        match (diagnose(error.as_ref(), address, listener), expect) {
            (ConnectError::NoLocalRoute, None) => {}
            (ConnectError::Fault(fault), Some(cause)) => {
                assert_eq!(fault.cause, cause);
                for word in words {
                    assert!(fault.remedy.contains(word), "{word}: {}", fault.remedy);
                }
            }
            (met, _) => panic!("{kind:?}: {met:?}"),
        }
    }

    #[test]
    fn fault_names_its_remedy() {
        use ErrorKind::{ConnectionRefused, HostUnreachable, NetworkUnreachable, TimedOut};
        let firewall = "ufw allow 3478/tcp";
        check(
            Some(ConnectionRefused),
            Listener::Relay,
            Some(Cause::Refused),
            &["--listen '0.0.0.0:3478'"],
        );
        check(
            Some(ConnectionRefused),
            Listener::TurnUdp,
            Some(Cause::Refused),
            &["--turn '0.0.0.0:3478'"],
        );
        check(
            Some(ConnectionRefused),
            Listener::TurnTls,
            Some(Cause::Refused),
            &["--turn-tls '0.0.0.0:3478'"],
        );
        check(
            Some(TimedOut),
            Listener::TurnTcp,
            Some(Cause::NoAnswer),
            &[firewall],
        );
        check(
            None,
            Listener::TurnUdp,
            Some(Cause::NoAnswer),
            &["ufw allow 3478/udp", "UDP is blocked"],
        );
        check(
            Some(HostUnreachable),
            Listener::Relay,
            Some(Cause::NoRoute),
            &[firewall],
        );
        check(Some(NetworkUnreachable), Listener::Relay, None, &[]);
    }

    #[test]
    fn silent_ipv6_address_suggests_removing_its_record() {
        let ConnectError::Fault(fault) =
            diagnose(None, "[2001:db8::5]:443".parse().unwrap(), Listener::Relay)
        else {
            panic!("no fault");
        };
        assert!(fault.remedy.contains("AAAA record"), "{}", fault.remedy);
        assert!(fault.remedy.contains("for IPv6"), "{}", fault.remedy);
    }
}
