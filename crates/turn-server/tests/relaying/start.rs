//! What a start needs, and what an end gives back.

use turn_server::{Config, ListenProtocol, StartError, TlsListeners, TurnServer};

use crate::support::{Server, config, loopback};

fn check(expect: &str, change: impl FnOnce(&mut Config)) {
    let mut config = config();
    change(&mut config);
    let error = TurnServer::start(config).unwrap_err();
    assert!(error.to_string().starts_with(expect), "{error}");
}

#[tokio::test]
async fn start_without_ports_or_with_a_long_realm_is_refused() {
    check("the range of ports to relay on is empty", |config| {
        let (first, last) = (50_001, 50_000);
        config.relay_ports = first..=last;
    });
    check("the realm is longer than 763 bytes", |config| {
        config.realm = "x".repeat(764);
    });
}

#[tokio::test]
async fn error_names_the_address_and_its_protocol() {
    let server = Server::start(|_| ());
    let (plain, tls) = (
        server.turn.plain_addresses()[0],
        server.turn.tls_addresses()[0],
    );
    check(&format!("no UDP and TCP listener on {plain}: "), |config| {
        config.listen = vec![plain];
    });
    let mut another = config();
    Server::start(|config| {
        let TlsListeners { config, .. } = config.tls.take().unwrap();
        another.tls = Some(TlsListeners {
            listen: vec![tls],
            config,
        });
    });
    match TurnServer::start(another).unwrap_err() {
        StartError::Listen {
            protocol, address, ..
        } => assert_eq!((protocol, address), (ListenProtocol::Tls, tls)),
        other => panic!("unexpected: {other}"),
    }
}

#[tokio::test]
async fn stopped_server_gives_its_port_back() {
    let server = Server::start(|_| ());
    let address = server.turn.plain_addresses()[0];
    server.turn.stop().await;
    let again = Server::start(|config| config.listen = vec![address]);
    assert_eq!(again.turn.plain_addresses(), [address]);
    assert_ne!(address, loopback(0));
}
