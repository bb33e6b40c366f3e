//! The relay gets a certificate from a real ACME server: Debian's `pebble`, on loopback.

use std::{
    net::{SocketAddr, TcpListener},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::Arc,
    time::Duration,
};

use rcgen::{CertificateParams, KeyPair};
use signal_server::{AcmeConfig, TlsConfig};
use tokio::net::TcpStream;
use tokio_rustls::{
    TlsConnector,
    rustls::{
        ClientConfig, DigitallySignedStruct, Error, SignatureScheme,
        client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
        crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature},
        pki_types::{CertificateDer, ServerName, UnixTime},
    },
};
use x509_parser::parse_x509_certificate;

use crate::relay::Relay;

const NAME: &str = "meet.example.org";
/// Pebble waits some seconds on purpose.
const CERTIFICATE_TIMEOUT: Duration = Duration::from_secs(90);
const RETRY_INTERVAL: Duration = Duration::from_millis(300);

/// An authority and its name server. Both end with this value.
struct Authority {
    directory: String,
    certificate: PathBuf,
    programs: Vec<Child>,
}

impl Authority {
    /// It validates names at this port. `None` if the programs are missing.
    fn start(folder: &Path, relay: SocketAddr) -> Option<Self> {
        let [api, management, names, other] = free_ports();
        let own = |port: u16| format!("127.0.0.1:{port}");
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
        let certificate = folder.join("authority.pem");
        std::fs::write(&certificate, params.self_signed(&key).unwrap().pem()).unwrap();
        std::fs::write(folder.join("authority.key"), key.serialize_pem()).unwrap();
        let config = serde_json::json!({ "pebble": {
            "listenAddress": own(api),
            "managementListenAddress": own(management),
            "certificate": certificate,
            "privateKey": folder.join("authority.key"),
            "httpPort": other,
            "tlsPort": relay.port(),
        }});
        std::fs::write(folder.join("pebble.json"), config.to_string()).unwrap();
        let mut programs = Vec::new();
        let mut name_server = Command::new("pebble-challtestsrv");
        name_server
            .args(["-defaultIPv4", "127.0.0.1", "-defaultIPv6", ""])
            .args(["-http01", "", "-https01", "", "-tlsalpn01", ""])
            .args(["-dns01", &own(names), "-management", &own(other)]);
        let mut pebble = Command::new("pebble");
        pebble
            .arg("-config")
            .arg(folder.join("pebble.json"))
            .args(["-dnsserver", &own(names)])
            .env("PEBBLE_VA_NOSLEEP", "1")
            .env("PEBBLE_WFE_NONCEREJECT", "0");
        for command in [&mut name_server, &mut pebble] {
            let started = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn();
            programs.push(started.ok()?);
        }
        Some(Self {
            directory: format!("https://localhost:{api}/dir"),
            certificate,
            programs,
        })
    }
}

impl Drop for Authority {
    fn drop(&mut self) {
        for program in &mut self.programs {
            let _ = program.kill();
            let _ = program.wait();
        }
    }
}

fn free_ports<const N: usize>() -> [u16; N] {
    let held: [TcpListener; N] = std::array::from_fn(|_| TcpListener::bind("127.0.0.1:0").unwrap());
    held.map(|listener| listener.local_addr().unwrap().port())
}

/// Accepts any certificate. The test checks which one it is.
#[derive(Debug)]
struct Anything(CryptoProvider);

impl ServerCertVerifier for Anything {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let known = &self.0.signature_verification_algorithms;
        verify_tls12_signature(message, certificate, signed, known)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let known = &self.0.signature_verification_algorithms;
        verify_tls13_signature(message, certificate, signed, known)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}

/// The issuer of the certificate for this name.
async fn issuer(address: SocketAddr) -> Option<String> {
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(Anything(ring::default_provider())))
        .with_no_client_auth();
    let stream = TcpStream::connect(address).await.ok()?;
    let name = ServerName::try_from(NAME).unwrap();
    let stream = TlsConnector::from(Arc::new(config))
        .connect(name, stream)
        .await
        .ok()?;
    let chain = stream.get_ref().1.peer_certificates()?;
    let (_, certificate) = parse_x509_certificate(chain.first()?).ok()?;
    Some(certificate.issuer().to_string())
}

#[tokio::test]
async fn acme_certificate_is_obtained_and_kept() {
    let folder = tempfile::tempdir().unwrap();
    let kept = folder.path().join("acme");
    // The authority needs the relay's port, and the relay needs the authority's.
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let Some(authority) = Authority::start(folder.path(), address) else {
        println!("not tested: there is no ACME server here; Debian has it as pebble");
        return;
    };
    let acme = AcmeConfig {
        email: Some("ann@example.org".to_owned()),
        directory: authority.directory.clone(),
        authority: Some(authority.certificate.clone()),
        ..AcmeConfig::new(vec![NAME.to_owned()], kept.clone())
    };
    let relay = Relay::start_on(listener, |config| {
        config.tls = TlsConfig::Acme(acme.clone())
    });
    let gotten = async {
        loop {
            if let Some(issuer) = issuer(relay.address).await {
                break issuer;
            }
            tokio::time::sleep(RETRY_INTERVAL).await;
        }
    };
    let issuer_name = tokio::time::timeout(CERTIFICATE_TIMEOUT, gotten)
        .await
        .unwrap();
    assert!(
        issuer_name.contains("Pebble Intermediate CA"),
        "{issuer_name}"
    );

    // A relay that starts later uses the stored certificate and asks no authority.
    drop(relay);
    drop(authority);
    let again = Relay::start(|config| config.tls = TlsConfig::Acme(acme)).await;
    let shown = async {
        while issuer(again.address).await.is_none() {
            tokio::time::sleep(RETRY_INTERVAL).await;
        }
    };
    tokio::time::timeout(CERTIFICATE_TIMEOUT, shown)
        .await
        .unwrap();
}
