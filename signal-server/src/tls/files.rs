//! A certificate in two files, which somebody replaces before it expires.
//!
//! Invariant: it is looked at again and again, so no signal and no restart is needed; what is half
//! written, or does not fit, is passed over until it does.

use std::{
    fmt, fs, io,
    path::Path,
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use tokio::time::{MissedTickBehavior, interval};
use tokio_rustls::rustls::{
    server::{ClientHello, ResolvesServerCert},
    sign::CertifiedKey,
};
use tracing::{info, warn};

use super::{
    Validity,
    certificate::{Certificate, CertificateError},
    provider,
};
use crate::{config::CertificateFiles, turn::now_and_date};

const LOOK_EVERY: Duration = Duration::from_secs(2);
/// Whoever renews has failed to, by then.
const FEW_DAYS: u64 = 14;

pub(super) struct Files {
    paths: CertificateFiles,
    seen: Content,
    shown: Arc<Shown>,
    validity: Arc<Validity>,
}

#[derive(PartialEq, Eq)]
struct Content {
    certificate: Vec<u8>,
    key: Vec<u8>,
}

impl Files {
    pub(super) fn open(
        paths: &CertificateFiles,
        validity: Arc<Validity>,
    ) -> Result<Self, CertificateError> {
        let seen = Content {
            certificate: fs::read(&paths.certificate)
                .map_err(unreadable("--tls-cert", &paths.certificate))?,
            key: fs::read(&paths.key).map_err(unreadable("--tls-key", &paths.key))?,
        };
        let certificate = seen.read()?;
        validity.set(certificate.not_after);
        Ok(Self {
            paths: paths.clone(),
            seen,
            shown: Arc::new(Shown(RwLock::new(certificate.shown))),
            validity,
        })
    }

    pub(super) fn shown(&self) -> Arc<dyn ResolvesServerCert> {
        let shown: Arc<Shown> = Arc::clone(&self.shown);
        shown
    }

    /// Never ends.
    pub(super) async fn keep(mut self) {
        let mut ticks = interval(LOOK_EVERY);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            ticks.tick().await;
            let certificate = tokio::fs::read(&self.paths.certificate).await;
            let key = tokio::fs::read(&self.paths.key).await;
            // A file that is missing is being replaced.
            if let (Ok(certificate), Ok(key)) = (certificate, key) {
                self.look(Content { certificate, key });
            }
        }
    }

    fn look(&mut self, content: Content) {
        if content == self.seen {
            return;
        }
        match content.read() {
            Ok(certificate) => {
                self.validity.set(certificate.not_after);
                *self.shown.0.write().unwrap_or_else(PoisonError::into_inner) = certificate.shown;
                info!("the certificate has changed and is shown from now on");
            }
            Err(error) => warn!(%error, "the changed certificate is not taken"),
        }
        self.seen = content;
    }
}

impl Content {
    fn read(&self) -> Result<Certificate, CertificateError> {
        let now = now_and_date().unix;
        let certificate = Certificate::read(&self.certificate, &self.key, &provider(), now)?;
        let days = certificate.days_left(now);
        if days < FEW_DAYS {
            warn!(days, "the certificate expires soon");
        }
        Ok(certificate)
    }
}

struct Shown(RwLock<Arc<CertifiedKey>>);

impl ResolvesServerCert for Shown {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        let shown = self.0.read().unwrap_or_else(PoisonError::into_inner);
        Some(Arc::clone(&shown))
    }
}

impl fmt::Debug for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Shown")
    }
}

fn unreadable(flag: &'static str, path: &Path) -> impl FnOnce(io::Error) -> CertificateError {
    let path = path.to_owned();
    move |error| CertificateError::Unreadable { flag, path, error }
}
