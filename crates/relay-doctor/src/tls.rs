//! TLS handshake with the trust of this system, and the diagnosis of its failure.

use std::{io, net::IpAddr, time::Duration};

use tokio::{net::TcpStream, time::timeout};
use tokio_rustls::{
    TlsConnector,
    client::TlsStream,
    rustls::{self, AlertDescription, ProtocolVersion, pki_types::ServerName},
};

use crate::{
    certificate::{self, Certificate},
    clock,
    fault::{Cause, Fault},
    trust::Trust,
};

const TIMEOUT: Duration = Duration::from_secs(4);

#[derive(Debug)]
pub(crate) struct Secured {
    pub(crate) stream: TlsStream<TcpStream>,
    pub(crate) certificate: Option<Certificate>,
}

impl Secured {
    /// `TLS 1.3, a certificate by "R11", 61 days left`
    pub(crate) fn describe(&self) -> String {
        let version = match self.stream.get_ref().1.protocol_version() {
            Some(ProtocolVersion::TLSv1_3) => "TLS 1.3",
            Some(ProtocolVersion::TLSv1_2) => "TLS 1.2",
            Some(_) | None => "TLS",
        };
        let certificate = self.certificate.as_ref().map(Certificate::describe);
        format!("{version}, {}", certificate.unwrap_or_default())
    }
}

/// `host` is the name or address that the certificate must contain.
pub(crate) async fn handshake(
    stream: TcpStream,
    host: &str,
    trust: &Trust,
) -> Result<Secured, Fault> {
    let name = match host.parse::<IpAddr>() {
        Ok(ip) => Ok(ServerName::from(ip)),
        Err(_) => ServerName::try_from(host.to_owned()),
    };
    let refused = |error: String| Fault::new(Cause::TlsRefused, error, "Check the name.");
    let name = name.map_err(|error| refused(error.to_string()))?;
    let (config, recorder) = trust
        .client_config()
        .map_err(|error| refused(error.to_string()))?;
    let connecting = TlsConnector::from(config).connect(name, stream);
    let Ok(connected) = timeout(TIMEOUT, connecting).await else {
        return Err(no_tls("nothing is answered to a TLS greeting"));
    };
    let certificate = Certificate::read(&recorder.chain(), clock::today());
    match connected {
        Ok(stream) => Ok(Secured {
            stream,
            certificate,
        }),
        Err(error) => Err(diagnose(&error, certificate.as_ref(), host)),
    }
}

fn diagnose(error: &io::Error, leaf: Option<&Certificate>, host: &str) -> Fault {
    let inner = error.get_ref().and_then(|inner| inner.downcast_ref());
    let Some(error) = inner else {
        return no_tls("the connection was closed at the TLS greeting");
    };
    if let Some(fault) = certificate::diagnose(error, leaf, host) {
        return fault;
    }
    if let rustls::Error::AlertReceived(alert) = error {
        return alerted(*alert, host);
    }
    if let rustls::Error::InvalidMessage(_) = error {
        return no_tls("what answers there does not speak TLS");
    }
    Fault::new(
        Cause::TlsRefused,
        format!("The TLS handshake failed: {error}"),
        "If this is a proxy or a TURN server of its own, let it speak TLS 1.2 or 1.3.",
    )
}

fn alerted(alert: AlertDescription, host: &str) -> Fault {
    Fault::new(
        Cause::TlsRefused,
        format!("The server breaks the TLS handshake off ({alert:?})"),
        format!(
            "It probably has no certificate for {host} yet. With --acme the first one takes up to a \
             minute and needs port 443 open to the internet; the relay's log says what hinders it. \
             Behind a proxy, give the proxy a certificate for {host}."
        ),
    )
}

fn no_tls(text: &str) -> Fault {
    Fault::new(
        Cause::NoTls,
        format!("No TLS: {text}"),
        "Give the relay a certificate (--acme NAME, or --tls-cert and --tls-key), or a proxy with \
         one. If it is to be without TLS, in your own network say, write http:// before the address.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn handshake_failure_has_its_own_cause() {
        let check = |error: io::Error, expect| {
            assert_eq!(diagnose(&error, None, "a.example").cause, expect, "{error}");
        };
        check(io::ErrorKind::UnexpectedEof.into(), Cause::NoTls);
        check(
            io::Error::other(rustls::Error::AlertReceived(
                AlertDescription::UnrecognisedName,
            )),
            Cause::TlsRefused,
        );
        check(
            io::Error::other(rustls::Error::InvalidMessage(
                rustls::InvalidMessage::InvalidContentType,
            )),
            Cause::NoTls,
        );
        check(
            io::Error::other(rustls::Error::InvalidCertificate(
                rustls::CertificateError::Expired,
            )),
            Cause::CertificateExpired,
        );
    }
}
