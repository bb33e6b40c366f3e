//! The doctor reports certificates that clients reject, and those that expire soon.

use std::{
    sync::Arc,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use rcgen::date_time_ymd;
use relay_doctor::{Cause, Outcome, Report, Step};
use tokio_rustls::rustls::ServerConfig;

use crate::{
    authority::{Authority, params, self_signed},
    proxy::{Behaviour, Proxy},
    relay::{Relay, check, check_stopped, look_at_with},
};

async fn look(tls: Arc<ServerConfig>, roots: Vec<Vec<u8>>) -> Report {
    let relay = Relay::start(|_| ()).await;
    let proxy = Proxy::start(relay.address, Behaviour::ForwardsEverything, Some(tls)).await;
    let url = format!("https://localhost:{}", proxy.address.port());
    look_at_with(&url, roots).await
}

#[tokio::test]
async fn expired_certificate_is_found() {
    let authority = Authority::new();
    let tls = authority.server(&params("localhost", (2020, 2021)));
    let report = look(tls, authority.roots()).await;
    check_stopped(
        &report,
        Step::Tls,
        Cause::CertificateExpired,
        &["days ago", "certbot renew"],
    );
}

#[tokio::test]
async fn certificate_of_the_future_is_found() {
    let authority = Authority::new();
    let tls = authority.server(&params("localhost", (2090, 2099)));
    let report = look(tls, authority.roots()).await;
    check_stopped(
        &report,
        Step::Tls,
        Cause::CertificateNotYetValid,
        &["clock"],
    );
}

#[tokio::test]
async fn certificate_for_another_name_is_found() {
    let authority = Authority::new();
    let tls = authority.server(&params("meet.example.org", (2020, 2099)));
    let report = look(tls, authority.roots()).await;
    check_stopped(
        &report,
        Step::Tls,
        Cause::CertificateOfOtherName,
        &[
            "not for localhost but for meet.example.org",
            "--acme localhost",
        ],
    );
}

#[tokio::test]
async fn self_signed_certificate_is_found() {
    let report = look(self_signed("localhost"), Authority::new().roots()).await;
    check_stopped(
        &report,
        Step::Tls,
        Cause::CertificateSelfSigned,
        &["--ca", "--acme"],
    );
}

#[tokio::test]
async fn certificate_of_an_unknown_authority_is_found() {
    let tls = Authority::new().server(&params("localhost", (2020, 2099)));
    let report = look(tls, Authority::new().roots()).await;
    check_stopped(
        &report,
        Step::Tls,
        Cause::CertificateChainIncomplete,
        &["The authority of the test", "fullchain.pem", "--ca"],
    );
}

#[tokio::test]
async fn certificate_that_ends_soon_is_a_warning() {
    let authority = Authority::new();
    let mut soon = params("localhost", (2020, 2099));
    let five_days = Duration::from_secs(5 * 24 * 3600 + 3600);
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    soon.not_after = date_time_ymd(1970, 1, 1) + now + five_days;
    let report = look(authority.server(&soon), authority.roots()).await;
    assert!(report.well, "{report:#?}");
    check(
        &report,
        Step::Tls,
        Outcome::Warning,
        Cause::CertificateEndsSoon,
        &["in 5 days"],
    );
}
