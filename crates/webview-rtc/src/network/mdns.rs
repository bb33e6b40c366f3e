//! Resolves the `.local` names of remote host candidates by mDNS (RFC 6762,
//! draft-ietf-mmusic-mdns-ice-candidates).
//!
//! Invariant: only `.local` names are resolved, within `RESOLVE_TIMEOUT`. Local candidates get no
//! mDNS names: the page has access to the camera, and browsers show such a page the addresses too.

use std::{
    net::IpAddr,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use mdns_sd::{HostnameResolutionEvent, ScopedIp, ServiceDaemon};
use tokio::time::timeout;
use tracing::debug;

const RESOLVE_TIMEOUT: Duration = Duration::from_secs(5);

/// One per process, because it holds the mDNS port. Created at first use.
static DAEMON: Mutex<Option<ServiceDaemon>> = Mutex::new(None);

/// `None` where `host` is not one label and `.local`, or where nobody responds.
pub async fn resolve(host: &str) -> Option<IpAddr> {
    let name = local_name(host)?;
    let daemon = daemon()?;
    let events = daemon.resolve_hostname(&name, None).ok()?;
    let found = timeout(RESOLVE_TIMEOUT, async {
        while let Ok(event) = events.recv_async().await {
            if let HostnameResolutionEvent::AddressesFound(_, addresses) = event
                && let Some(address) = preferred(&addresses)
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

/// With the trailing dot that the daemon expects.
fn local_name(host: &str) -> Option<String> {
    let host = host.strip_suffix('.').unwrap_or(host).to_ascii_lowercase();
    let label = host.strip_suffix(".local")?;
    let is_label = !label.is_empty()
        && label.len() <= 63
        && label
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    is_label.then(|| format!("{host}."))
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

/// IPv4 first. Link-local IPv6 is skipped: it needs an interface, which a candidate cannot name.
fn preferred<'a>(addresses: impl IntoIterator<Item = &'a ScopedIp>) -> Option<IpAddr> {
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
    fn only_local_names_are_resolved() {
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
    fn preferred_address_is_reachable() {
        let addresses = ["fe80::1", "2001:db8::1", "192.0.2.1"]
            .map(|text| ScopedIp::from(text.parse::<IpAddr>().unwrap()));
        assert_eq!(preferred(&addresses), "192.0.2.1".parse().ok());
        assert_eq!(preferred(&addresses[..2]), "2001:db8::1".parse().ok());
        assert_eq!(preferred(&addresses[..1]), None);
    }
}
