//! Remote candidates that get no packets.

use std::net::SocketAddr;
use std::time::Duration;

use webview_rtc::network::{CandidateKind, LocalCandidate, RelayTransport, Transport};

use crate::{negotiation::Negotiation, test_env::TestEnv};

fn line(address: &str) -> String {
    let address: SocketAddr = address.parse().unwrap();
    let (ip, port) = (address.ip(), address.port());
    format!("candidate:9 1 udp 2130706431 {ip} {port} typ host")
}

/// Those of the addresses that `a` sends checks to within 3 s.
fn checked_addresses(addresses: &[&str], loopback: Loopback) -> Vec<String> {
    let mut env = TestEnv::new(70);
    env.gather();
    if loopback == Loopback::OnlyHost {
        let found = LocalCandidate {
            transport: Transport::Udp,
            address: "127.0.0.1:5000".parse().unwrap(),
            kind: CandidateKind::Host,
        };
        let now = env.now;
        env.a.session.handle_local_candidate(found, now);
    }
    env.commit(&Negotiation::new().audio("0"));
    let now = env.now;
    for address in addresses {
        // Ignored candidates only show in the log.
        let _ = env.a.add_remote_candidate(&line(address), None, now);
    }
    env.settle();
    env.run(Duration::from_secs(3));
    let pairs = env.a.session.statistics().candidate_pairs;
    let mut remote: Vec<String> = pairs
        .into_iter()
        .map(|pair| pair.remote_candidate.trim_start_matches('R').to_owned())
        .collect();
    remote.sort();
    remote.dedup();
    remote
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Loopback {
    Absent,
    OnlyHost,
}

#[test]
fn dangerous_addresses_get_no_checks() {
    let attacks = [
        "0.0.0.0:5000",
        "224.0.0.251:5353",
        "239.255.255.250:1900",
        "255.255.255.255:5000",
        "192.0.2.9:0",
        "192.0.2.9:53",
        "192.168.1.1:80",
        "127.0.0.1:5432",
        "127.0.0.2:8080",
    ];
    assert_eq!(checked_addresses(&attacks, Loopback::Absent), [""; 0]);
    let good = ["192.0.2.9:5000", "8.8.8.8:443"];
    let all = [&attacks[..], &good[..]].concat();
    assert_eq!(
        checked_addresses(&all, Loopback::Absent),
        ["192.0.2.9:5000", "8.8.8.8:443"]
    );
}

#[test]
fn loopback_is_checked_if_all_hosts_are_loopback() {
    assert_eq!(
        checked_addresses(&["127.0.0.1:5432"], Loopback::OnlyHost),
        ["127.0.0.1:5432"]
    );
}

/// A relay on this machine has loopback addresses; it decides itself what it sends there.
#[test]
fn loopback_candidate_is_checked_from_a_relay_alone() {
    let mut env = TestEnv::new(70);
    env.gather();
    let relayed: SocketAddr = "127.0.0.1:7777".parse().unwrap();
    let found = LocalCandidate {
        transport: Transport::Udp,
        address: relayed,
        kind: CandidateKind::Relayed {
            local: "127.0.0.1:5".parse().unwrap(),
            url: "turn:127.0.0.1".to_owned(),
            by: RelayTransport::Udp,
        },
    };
    let now = env.now;
    env.a.session.handle_local_candidate(found, now);
    env.commit(&Negotiation::new().audio("0"));
    let now = env.now;
    env.a
        .add_remote_candidate(&line("127.0.0.1:5432"), None, now)
        .unwrap();
    env.settle();
    env.run(Duration::from_secs(3));
    let statistics = env.a.session.statistics();
    let to_loopback = statistics
        .candidate_pairs
        .iter()
        .filter(|pair| pair.remote_candidate.ends_with("127.0.0.1:5432"));
    let from: Vec<_> = to_loopback.map(|pair| &pair.local_candidate).collect();
    let relay = statistics
        .candidates
        .iter()
        .find(|candidate| candidate.port == relayed.port())
        .map(|candidate| &candidate.id);
    assert_eq!(from, Vec::from_iter(relay));
}
