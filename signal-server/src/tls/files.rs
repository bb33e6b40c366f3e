//! A certificate in two files, which another program replaces before it expires.
//!
//! Invariant: the files are checked periodically, so no signal and no restart is needed. Incomplete
//! or mismatched files are ignored until they are complete, and the reason is logged once.

use std::{
    fmt, fs,
    io::{self, Read},
    path::Path,
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use tokio::{
    task::spawn_blocking,
    time::{MissedTickBehavior, interval},
};
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
use crate::{clock::now_and_date, config::CertificateFiles};

const CHECK_INTERVAL: Duration = Duration::from_secs(2);
/// By then the renewal has failed.
const MIN_DAYS_LEFT: u64 = 14;
/// Hundreds of certificates.
const MAX_FILE_BYTES: u64 = 1024 * 1024;

pub(super) struct Files {
    paths: CertificateFiles,
    seen: Content,
    reading: Reading,
    /// The last logged number of days.
    days_said: Option<u64>,
    shown: Arc<Shown>,
    validity: Arc<Validity>,
}

/// A file that is missing at one check is being replaced. At the second check it is logged.
enum Reading {
    Well,
    FailedOnce,
    Said,
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
        let seen = Content::load(paths)?;
        let certificate = seen.read(paths)?;
        validity.set(certificate.not_after);
        Ok(Self {
            paths: paths.clone(),
            seen,
            reading: Reading::Well,
            days_said: None,
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
        let mut ticks = interval(CHECK_INTERVAL);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            ticks.tick().await;
            let paths = self.paths.clone();
            // Without a free thread, the next check does it.
            if let Ok(loaded) = spawn_blocking(move || Content::load_again(&paths)).await {
                self.look(loaded);
            }
            self.watch_the_end(now_and_date().unix);
        }
    }

    fn look(&mut self, loaded: Result<Option<Content>, CertificateError>) {
        let content = match loaded {
            Ok(Some(content)) => content,
            Ok(None) => return,
            Err(error) => return self.handle_unreadable(&error),
        };
        self.reading = Reading::Well;
        if content == self.seen {
            return;
        }
        match content.read(&self.paths) {
            Ok(certificate) => {
                self.validity.set(certificate.not_after);
                *self.shown.0.write().unwrap_or_else(PoisonError::into_inner) = certificate.shown;
                info!("the certificate has changed and is shown from now on");
            }
            Err(error) => warn!(
                %error,
                "the changed certificate is not taken, and the one before it stays"
            ),
        }
        self.seen = content;
    }

    fn handle_unreadable(&mut self, error: &CertificateError) {
        self.reading = match self.reading {
            Reading::Well => Reading::FailedOnce,
            Reading::FailedOnce => {
                warn!(%error, "the certificate can be read no more, and the one before it stays");
                Reading::Said
            }
            Reading::Said => Reading::Said,
        };
    }

    /// Logs once a day that the certificate must be renewed.
    fn watch_the_end(&mut self, now: u64) {
        let days = self
            .validity
            .days_left(now)
            .filter(|days| *days < MIN_DAYS_LEFT);
        if days.is_some() && days != self.days_said {
            warn!(days, "the certificate expires soon: renew it");
        }
        self.days_said = days;
    }
}

impl Content {
    fn load(paths: &CertificateFiles) -> Result<Self, CertificateError> {
        let load = |flag, path: &Path| {
            read_bounded(path).map_err(CertificateError::unreadable(flag, path))
        };
        Ok(Self {
            certificate: load("--tls-cert", &paths.certificate)?,
            key: load("--tls-key", &paths.key)?,
        })
    }

    /// `None` if the files can be read only once, like a shell's `<(…)`.
    fn load_again(paths: &CertificateFiles) -> Result<Option<Self>, CertificateError> {
        let is_pipe =
            |path: &Path| fs::metadata(path).is_ok_and(|file| !file.is_file() && !file.is_dir());
        match is_pipe(&paths.certificate) || is_pipe(&paths.key) {
            true => Ok(None),
            false => Self::load(paths).map(Some),
        }
    }

    fn read(&self, paths: &CertificateFiles) -> Result<Certificate, CertificateError> {
        let now = now_and_date().unix;
        let certificate = Certificate::read(paths, &self.certificate, &self.key, &provider(), now)?;
        for remark in &certificate.remarks {
            remark.log();
        }
        Ok(certificate)
    }
}

fn read_bounded(path: &Path) -> io::Result<Vec<u8>> {
    let mut content = Vec::new();
    fs::File::open(path)?
        .take(MAX_FILE_BYTES + 1)
        .read_to_end(&mut content)?;
    match content.len() as u64 > MAX_FILE_BYTES {
        true => Err(io::Error::other("it is too large to be PEM")),
        false => Ok(content),
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
