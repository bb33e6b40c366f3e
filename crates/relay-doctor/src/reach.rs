//! A TCP connection, and what it means when there is none.
//!
//! Invariant: refused, silent and without a way are three faults, since three things mend them.

use std::{
    io::{self, ErrorKind},
    net::SocketAddr,
    time::Duration,
};

use tokio::{net::TcpStream, time::timeout};

use crate::{
    clock,
    fault::{Cause, Fault},
    names::family,
    scope::Scope,
};

pub(crate) const WITHIN: Duration = Duration::from_secs(4);

/// Who ought to listen there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Listener {
    Relay,
    TurnUdp,
    TurnTcp,
    TurnTls,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Unreached {
    /// This computer has no way to addresses of this kind, so nothing is known.
    NoWayHere,
    Fault(Fault),
}

pub(crate) async fn connect(
    address: SocketAddr,
    listener: Listener,
) -> Result<(TcpStream, Duration), Unreached> {
    let began = clock::now();
    let stream = match timeout(WITHIN, TcpStream::connect(address)).await {
        Ok(Ok(stream)) => stream,
        Ok(Err(error)) => return Err(diagnose(Some(&error), address, listener)),
        Err(_) => return Err(diagnose(None, address, listener)),
    };
    let took = began.elapsed();
    // Without it small messages wait for each other; nothing here fails for want of it.
    let _ = stream.set_nodelay(true);
    Ok((stream, took))
}

/// No error is no answer.
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "the system has many errors, and those left are told in its own words"
)]
pub(crate) fn diagnose(
    error: Option<&io::Error>,
    address: SocketAddr,
    listener: Listener,
) -> Unreached {
    let Some(error) = error else {
        return Unreached::Fault(no_answer(address, listener));
    };
    Unreached::Fault(match error.kind() {
        ErrorKind::ConnectionRefused => refused(address, listener),
        ErrorKind::TimedOut => no_answer(address, listener),
        ErrorKind::NetworkUnreachable | ErrorKind::AddrNotAvailable => return Unreached::NoWayHere,
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
            everywhere(address)
        ),
        Listener::TurnUdp | Listener::TurnTcp => format!(
            "Give the relay --turn '{}', or start the TURN server that its --turn-url names.",
            everywhere(address)
        ),
        Listener::TurnTls => format!(
            "Give the relay --turn-tls '{}', or start the TURN server that its --turn-url names.",
            everywhere(address)
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
        capitalised(&listener.firewall_rule(address))
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
        format!("{address}: no answer within {} s", WITHIN.as_secs()),
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

/// Where to listen, to be reached there.
fn everywhere(address: SocketAddr) -> String {
    if Scope::of(address.ip()) == Scope::Computer {
        return address.to_string();
    }
    match address {
        SocketAddr::V4(_) => format!("0.0.0.0:{}", address.port()),
        SocketAddr::V6(_) => format!("[::]:{}", address.port()),
    }
}

fn capitalised(text: &str) -> String {
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
            (Unreached::NoWayHere, None) => {}
            (Unreached::Fault(fault), Some(cause)) => {
                assert_eq!(fault.cause, cause);
                for word in words {
                    assert!(fault.remedy.contains(word), "{word}: {}", fault.remedy);
                }
            }
            (met, _) => panic!("{kind:?}: {met:?}"),
        }
    }

    #[test]
    fn each_fault_names_what_mends_it() {
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
    fn a_dead_address_of_ipv6_may_be_one_too_many() {
        let Unreached::Fault(fault) =
            diagnose(None, "[2001:db8::5]:443".parse().unwrap(), Listener::Relay)
        else {
            panic!("no fault");
        };
        assert!(fault.remedy.contains("AAAA record"), "{}", fault.remedy);
        assert!(fault.remedy.contains("for IPv6"), "{}", fault.remedy);
    }
}
