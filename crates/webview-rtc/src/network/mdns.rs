//! Addresses of `.local` names: browsers hide their host candidates behind such (RFC 6762,
//! draft-ietf-mmusic-mdns-ice-candidates).
//!
//! Invariant: only such names are asked for, and no longer than `LONGEST`. Names of our own are
//! not registered: the page may use the camera, and to such a page browsers, too, show addresses.

use std::{
    net::IpAddr,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use mdns_sd::{HostnameResolutionEvent, ScopedIp, ServiceDaemon};
use tokio::time::timeout;
use tracing::debug;

const LONGEST: Duration = Duration::from_secs(5);

/// One for the process, since it holds the port; made when first needed.
static DAEMON: Mutex<Option<ServiceDaemon>> = Mutex::new(None);

/// None for whatever is not one label and `.local`, and where nobody has that name.
pub async fn resolve(host: &str) -> Option<IpAddr> {
    let name = local_name(host)?;
    let daemon = daemon()?;
    let events = daemon.resolve_hostname(&name, None).ok()?;
    let found = timeout(LONGEST, async {
        while let Ok(event) = events.recv_async().await {
            if let HostnameResolutionEvent::AddressesFound(_, addresses) = event
                && let Some(address) = best(&addresses)
            {
                return Some(address);
            }
        }
        None
    })
    .await;
    if let Err(error) = daemon.stop_resolve_hostname(&name) {
        debug!(%error, "a search for a local name goes on");
    }
    found.ok().flatten()
}

/// With the root's dot, as the daemon wants it.
fn local_name(host: &str) -> Option<String> {
    let host = host.strip_suffix('.').unwrap_or(host).to_ascii_lowercase();
    let label = host.strip_suffix(".local")?;
    let fits = !label.is_empty()
        && label.len() <= 63
        && label
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    fits.then(|| format!("{host}."))
}

fn daemon() -> Option<ServiceDaemon> {
    let mut daemon = DAEMON.lock().unwrap_or_else(PoisonError::into_inner);
    if daemon.is_none() {
        match ServiceDaemon::new() {
            Ok(new) => *daemon = Some(new),
            Err(error) => debug!(%error, "local names cannot be resolved"),
        }
    }
    daemon.clone()
}

/// IPv4 first; link-local IPv6 means nothing without its interface, which a candidate cannot name.
fn best<'a>(addresses: impl IntoIterator<Item = &'a ScopedIp>) -> Option<IpAddr> {
    addresses
        .into_iter()
        .map(ScopedIp::to_ip_addr)
        .filter(|address| match address {
            IpAddr::V4(_) => true,
            IpAddr::V6(address) => !address.is_unicast_link_local(),
        })
        .min()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(host: &str, expect: Option<&str>) {
        assert_eq!(local_name(host).as_deref(), expect, "{host:?}");
    }

    #[test]
    fn only_local_names_are_asked_for() {
        check("printer.local", Some("printer.local."));
        check("Printer.Local.", Some("printer.local."));
        check(
            "b7a2c1de-0000-4000-8000-123456789abc.local",
            Some("b7a2c1de-0000-4000-8000-123456789abc.local."),
        );
        for host in [
            "",
            "local",
            ".local",
            "example.org",
            "a.b.local",
            "192.0.2.1",
            "a b.local",
            "printer.local..",
        ] {
            check(host, None);
        }
        check(&format!("{}.local", "a".repeat(64)), None);
    }

    #[test]
    fn the_address_is_one_that_can_be_reached() {
        let addresses = ["fe80::1", "2001:db8::1", "192.0.2.1"]
            .map(|text| ScopedIp::from(text.parse::<IpAddr>().unwrap()));
        assert_eq!(best(&addresses), "192.0.2.1".parse().ok());
        assert_eq!(best(&addresses[..2]), "2001:db8::1".parse().ok());
        assert_eq!(best(&addresses[..1]), None);
    }
}
