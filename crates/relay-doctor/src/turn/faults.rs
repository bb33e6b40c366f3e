//! Faults of a TURN server and their remedies.
//!
//! Invariant: pure.

use std::net::{IpAddr, SocketAddr};

use turn_client::Failure;

use crate::fault::{Cause, Fault};

/// The fault for a STUN error code (RFC 8489, 14.8; RFC 8656, 19).
pub(super) fn refused(failure: &Failure) -> Fault {
    match failure.code {
        401 | 441 => Fault::new(
            Cause::CredentialsRefused,
            format!(
                "The TURN server refuses the credentials that the relay made ({})",
                failure.code
            ),
            "Give the relay by --turn-secret the very secret of the TURN server (coturn: \
             use-auth-secret and static-auth-secret=…), and both the right time (timedatectl \
             set-ntp true): credentials name when they expire. Of an --ice-server, name and \
             password are wrong.",
        ),
        486 => Fault::new(
            Cause::QuotaReached,
            "The TURN server gives this member no more allocations (486)",
            "Raise --turn-allocations to 4 at least (coturn: user-quota).",
        ),
        508 => Fault::new(
            Cause::PortsUsedUp,
            "The TURN server has no port left to relay on (508)",
            "Let it use more: --turn-ports 49152-65535 (coturn: min-port and max-port).",
        ),
        code => Fault::new(
            Cause::TurnRefused,
            format!(
                "The TURN server refuses an allocation: {} ({code})",
                failure.text
            ),
            "Look at the log of the TURN server; of the relay's own with SNUG_LOG=debug.",
        ),
    }
}

/// The server answers Binding requests but no Allocate requests.
pub(super) fn only_stun() -> Fault {
    Fault::new(
        Cause::OnlyStun,
        "The server answers as a STUN server, but relays nothing",
        "Turn TURN on there (coturn: no stun-only), or offer it as a stun: server only.",
    )
}

/// A stream without a response.
pub(super) fn no_turn_spoken() -> Fault {
    Fault::new(
        Cause::TurnRefused,
        "The port is open, but what listens there does not answer as a TURN server",
        "Check the port: another program may have it. A proxy for HTTP passes no TURN on; let the \
         relay listen itself (--turn, --turn-tls), on a port of its own.",
    )
}

/// The TURN server uses the relay's certificate, not the proxy's.
pub(super) fn tls_fault(fault: Fault) -> Fault {
    let remedy = format!(
        "{} TURN by TLS does not pass through the proxy: --turn-tls shows the relay's own \
         certificate, and --turn-host has to be a name in it.",
        fault.remedy
    );
    Fault { remedy, ..fault }
}

pub(super) fn private_address(relayed: SocketAddr, reached: IpAddr) -> Fault {
    Fault::new(
        Cause::PrivateRelayedAddress,
        format!(
            "The server is reached at {reached}, but relays at {}, which cannot be reached from there",
            relayed.ip()
        ),
        format!(
            "The relay's computer does not know its public address: give the relay --public-ip \
             {reached} (coturn: external-ip={reached})."
        ),
    )
}

pub(super) fn peer_refused(peer: SocketAddr, failure: &Failure) -> Fault {
    Fault::new(
        Cause::PeerRefused,
        format!(
            "The TURN server refuses to relay to its own relayed address {peer} ({})",
            failure.code
        ),
        format!(
            "Two people behind it could not call each other. Give the relay --public-ip with its \
             public address, or --turn-allow-peer {} if that network is to be relayed to (coturn: \
             allowed-peer-ip={}).",
            peer.ip(),
            peer.ip()
        ),
    )
}

pub(super) fn packet_lost() -> Fault {
    Fault::new(
        Cause::PacketLost,
        "Allocations are given, but a packet between two of them does not come through",
        "Open the ports that are relayed on, UDP 49152 to 65535 or what --turn-ports says (ufw allow \
         49152:65535/udp), for packets of the relay's computer to itself too, and check that \
         --public-ip is its address.",
    )
}

pub(super) fn ports_closed(relayed: SocketAddr) -> Fault {
    Fault::new(
        Cause::PortsClosed,
        format!("A packet from here to the relayed address {relayed} does not arrive"),
        "Open the ports that are relayed on in the firewall of the relay's computer and of its \
         hoster: UDP 49152 to 65535, or what --turn-ports says (ufw allow 49152:65535/udp). Behind \
         a home router forward them. Fewer do as well: --turn-ports 50000-50999.",
    )
}

pub(crate) fn no_turn() -> Fault {
    Fault::new(
        Cause::NoTurn,
        "The relay offers no TURN server, so calls between strict networks (mobile, company, hotel) \
         do not connect",
        "Give it --turn '0.0.0.0:3478', and for networks that let through nothing but TLS --turn-tls \
         '0.0.0.0:5349'; or name another server by --turn-url and --turn-secret.",
    )
}

pub(crate) fn no_turn_by_tls() -> Fault {
    Fault::new(
        Cause::NoTurnTls,
        "The relay offers TURN, but not by TLS, the only way out of some company networks",
        "Give it --turn-tls '0.0.0.0:5349', with a certificate of its own (--acme or --tls-cert).",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(code: u16, expect: Cause, flag: &str) {
        let fault = refused(&Failure::new(code, "words"));
        assert_eq!(fault.cause, expect);
        assert!(fault.remedy.contains(flag), "{code}: {}", fault.remedy);
    }

    #[test]
    fn refusal_names_its_flag() {
        check(401, Cause::CredentialsRefused, "--turn-secret");
        check(486, Cause::QuotaReached, "--turn-allocations");
        check(508, Cause::PortsUsedUp, "--turn-ports");
        check(403, Cause::TurnRefused, "log");
    }
}
