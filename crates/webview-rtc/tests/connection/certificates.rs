//! Certificates of the page, and what a handshake tells.

use std::time::Duration;

use webview_rtc::{
    connection::{Certificate, ConnectionEvent},
    wire::event::DtlsState,
};

use crate::{negotiation::Negotiation, test_env::TestEnv};

#[test]
fn one_certificate_serves_two_connections() {
    let certificate = Certificate::generate().unwrap();
    let mut seen = Vec::new();
    for seed in [41, 42] {
        let mut env = TestEnv::new(seed);
        let now = env.now;
        env.a.session.use_certificate(&certificate, now);
        env.a.fingerprint = env.a.session.fingerprint();
        assert_eq!(&env.a.fingerprint, certificate.fingerprint());
        env.gather();
        env.commit(&Negotiation::new().audio("0"));
        env.exchange_candidates();
        env.run_until(Duration::from_secs(5), |env| {
            env.a.is_connected() && env.b.is_connected()
        });
        // The page has the certificate when it hears of the state.
        let of_dtls: Vec<_> = env
            .b
            .take_events()
            .into_iter()
            .filter(|event| {
                matches!(
                    event,
                    ConnectionEvent::RemoteCertificate(_)
                        | ConnectionEvent::DtlsState(DtlsState::Connected)
                )
            })
            .collect();
        let [ConnectionEvent::RemoteCertificate(der), _] = &of_dtls[..] else {
            panic!("{of_dtls:?}");
        };
        seen.push(der.clone());
    }
    assert!(seen[0].len() > 100);
    assert_eq!(seen[0], seen[1]);
}

#[test]
fn certificate_stays_once_the_session_is_in_use() {
    let mut env = TestEnv::new(43);
    env.gather();
    let now = env.now;
    let before = env.a.session.fingerprint();
    env.a
        .session
        .use_certificate(&Certificate::generate().unwrap(), now);
    assert_eq!(env.a.session.fingerprint(), before);
}

#[test]
fn statistics_name_version_and_ciphers_after_the_handshake() {
    let before = TestEnv::new(44).a.session.statistics().transport;
    assert_eq!(before.tls_version, None);
    assert_eq!((before.dtls_cipher, before.srtp_cipher), (None, None));
    assert_eq!(before.remote_certificate, None);
    let mut env = TestEnv::connected(44, &Negotiation::new().audio("0"));
    let [a, b] = [&mut env.a, &mut env.b].map(|peer| peer.session.statistics().transport);
    assert_eq!(a.tls_version, b.tls_version);
    assert_eq!(a.dtls_cipher, b.dtls_cipher);
    assert_eq!(a.srtp_cipher, b.srtp_cipher);
    assert_eq!(a.remote_certificate.as_ref(), Some(&b.local_certificate));
    assert_eq!(b.remote_certificate.as_ref(), Some(&a.local_certificate));
    assert!(a.local_certificate != b.local_certificate && a.local_certificate.starts_with("30"));
    assert!(a.tls_version.unwrap().starts_with("FEF"));
    assert!(a.dtls_cipher.unwrap().starts_with("TLS_"));
    assert!(a.srtp_cipher.unwrap().contains("AES"));
}
