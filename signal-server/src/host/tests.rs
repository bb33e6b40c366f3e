use super::*;
use crate::{AcmeConfig, AllowedOrigins, HostNameError};

const HOME: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(192, 168, 1, 9));
const COMPUTER: &str = "attic.example.net";

struct Case<'a> {
    hosts: &'a [&'a str],
    request: Request<()>,
    arrival: Arrival,
}

fn from(host: &str) -> Case<'static> {
    Case {
        hosts: &[],
        request: Request::builder()
            .header(header::HOST, host)
            .body(())
            .unwrap(),
        arrival: Arrival {
            transport: Transport::Plain,
            path: Path::Direct,
        },
    }
}

fn check(case: &Case<'_>, expect: Verdict) {
    let config = Config {
        hosts: HostNames::parse(case.hosts).unwrap(),
        tls: TlsConfig::Acme(AcmeConfig::new(
            vec!["acme.example.org".to_owned()],
            "acme".into(),
        )),
        allowed_origins: AllowedOrigins::parse(&["https://page.example.org:444"]).unwrap(),
        turn: crate::TurnConfig {
            host: Some("turn.example.org".to_owned()),
            ..crate::TurnConfig::default()
        },
        ..Config::default()
    };
    let names = HostCheck::with_computer(&config, COMPUTER);
    let verdict = names.judge(&case.request, &case.arrival);
    assert_eq!(
        verdict, expect,
        "{:?} {:?} {:?}",
        case.hosts, case.request, case.arrival
    );
}

/// Names that need no flag, with and without `--host`.
const ALWAYS_KNOWN: [&str; 12] = [
    "127.0.0.1:8787",
    "192.168.1.5",
    "[::1]:8787",
    "[2001:db8::5]",
    "localhost:8787",
    "LOCALHOST.",
    "relay.localhost",
    "attic.example.net",
    "attic.local:8787",
    "acme.example.org",
    "turn.example.org:8787",
    "page.example.org",
];

/// Names that others can make lead to the relay.
const FOREIGN_NAMES: [&str; 8] = [
    "evil.example",
    "evil.example:8787",
    "127.0.0.1.evil.example",
    "localhost.evil.example",
    "notlocalhost.example",
    "meet.acme.example.org",
    "attic.local.evil.example",
    "xn--bcher-kva.example",
];

#[test]
fn names_that_others_can_own_are_unknown() {
    for host in FOREIGN_NAMES {
        check(&from(host), Verdict::Unknown);
        check(
            &Case {
                hosts: &["meet.example.org"],
                ..from(host)
            },
            Verdict::Unknown,
        );
    }
    for host in ALWAYS_KNOWN {
        check(&from(host), Verdict::Known);
        check(
            &Case {
                hosts: &["meet.example.org"],
                ..from(host)
            },
            Verdict::Known,
        );
    }
}

#[test]
fn private_names_are_known_until_one_is_given() {
    for host in [
        "relay",
        "relay-1:9787",
        "nas.local",
        "relay.svc.cluster.local:80",
        "nas.lan",
        "nas.home.arpa",
        "relay.internal",
    ] {
        check(&from(host), Verdict::Known);
        let given = Case {
            hosts: &["meet.example.org"],
            ..from(host)
        };
        check(&given, Verdict::Unknown);
        let hosts = ["meet.example.org", host.split(':').next().unwrap()];
        let both = Case {
            hosts: &hosts,
            ..from(host)
        };
        check(&both, Verdict::Known);
    }
}

#[test]
fn given_name_is_known_in_every_spelling() {
    for host in ["meet.example.org", "MEET.example.org.:443"] {
        for given in ["meet.example.org", "Meet.Example.org."] {
            let case = Case {
                hosts: &[given],
                ..from(host)
            };
            check(&case, Verdict::Known);
        }
    }
    let bücher = Case {
        hosts: &["bücher.example"],
        ..from("xn--bcher-kva.example")
    };
    check(&bücher, Verdict::Known);
    let any = Case {
        hosts: &["*"],
        ..from("evil.example")
    };
    check(&any, Verdict::Known);
}

#[test]
fn proxy_confirms_a_name_until_one_is_given() {
    let passed_on = |hosts| {
        let mut case = from("meet.example.com");
        case.hosts = hosts;
        case.arrival.path = Path::ByProxy;
        case
    };
    check(&passed_on(&[]), Verdict::Known);
    check(&passed_on(&["meet.example.org"]), Verdict::Unknown);
    check(&passed_on(&["meet.example.com"]), Verdict::Known);
}

#[test]
fn certificate_confirms_the_requested_name() {
    let by_tls = |host, server_name: Option<&str>| {
        let mut case = from(host);
        case.arrival.transport = Transport::Tls {
            server_name: server_name.map(Arc::from),
        };
        case.hosts = &["meet.example.org"];
        case
    };
    let name = "meet.example.com";
    check(&by_tls(name, Some(name)), Verdict::Known);
    check(&by_tls(name, Some("meet.example.net")), Verdict::Unknown);
    check(&by_tls(name, None), Verdict::Unknown);
}

#[test]
fn invalid_host_header_is_malformed() {
    for host in ["a b", "ann@evil.example", "evil.example/x", "x:y"] {
        check(&from(host), Verdict::Malformed);
    }
    let mut twice = from("localhost");
    twice
        .request
        .headers_mut()
        .append(header::HOST, "localhost".parse().unwrap());
    check(&twice, Verdict::Malformed);
    let mut none = from("localhost");
    none.request.headers_mut().clear();
    check(&none, Verdict::Known);
}

#[test]
fn absolute_form_does_not_hide_a_name() {
    let with_target = |target: &str, host: &str| {
        let mut case = from(host);
        *case.request.uri_mut() = target.parse().unwrap();
        case
    };
    check(
        &with_target("http://localhost/", "evil.example"),
        Verdict::Unknown,
    );
    check(
        &with_target("http://evil.example/", "localhost"),
        Verdict::Unknown,
    );
    check(
        &with_target("http://localhost/", "localhost"),
        Verdict::Known,
    );
}

#[test]
fn only_proxy_headers_show_a_proxy() {
    let of = |name: &str| {
        let mut headers = HeaderMap::new();
        headers.insert(
            axum::http::HeaderName::try_from(name).unwrap(),
            "x".parse().unwrap(),
        );
        Path::of(HOME, false, &headers)
    };
    for name in ["X-Forwarded-For", "Forwarded", "Via", "X-Real-IP"] {
        assert_eq!(of(name), Path::ByProxy, "{name}");
    }
    // Headers of a page's own WebSocket.
    for name in ["origin", "cookie", "user-agent", "sec-websocket-protocol"] {
        assert_eq!(of(name), Path::Direct, "{name}");
    }
    assert_eq!(Path::of(HOME, true, &HeaderMap::new()), Path::ByProxy);
}

#[test]
fn name_from_the_internet_is_known_until_one_is_given() {
    let from_peer = |peer: &str, hosts| {
        let mut case = from("meet.example.com");
        case.hosts = hosts;
        case.arrival.path = Path::of(peer.parse().unwrap(), false, &HeaderMap::new());
        case
    };
    for peer in ["198.51.100.7", "::ffff:198.51.100.7", "100.63.0.1"] {
        check(&from_peer(peer, &[]), Verdict::Known);
        check(&from_peer(peer, &["meet.example.org"]), Verdict::Unknown);
    }
    // At home, in a VPN, on this computer, and addresses that do not show it.
    for peer in [
        "127.0.0.1",
        "10.8.0.2",
        "172.17.0.1",
        "192.168.1.9",
        "169.254.1.1",
        "100.100.1.1",
        "198.18.0.1",
        "0.0.0.0",
        "::1",
        "::ffff:192.168.1.9",
        "fd00::1",
        "fe80::1",
        "2001:db8::1",
    ] {
        check(&from_peer(peer, &[]), Verdict::Unknown);
    }
}

#[test]
fn invalid_host_names_are_refused() {
    for word in [
        "",
        "https://meet.example.org",
        "meet.example.org:443",
        "meet.example.org/r",
        "*.example.org",
        "a b",
        "a..b",
    ] {
        assert_eq!(HostNames::parse(&[word]), Err(HostNameError), "{word}");
    }
    assert_eq!(
        HostNames::parse(&["192.0.2.1"]),
        Ok(HostNames::These(Vec::new()))
    );
}
