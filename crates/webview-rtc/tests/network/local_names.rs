//! `.local` names, answered by a responder on this machine as by a browser.

use std::net::IpAddr;

use mdns_sd::{ServiceDaemon, ServiceInfo};
use webview_rtc::network::resolve;

#[tokio::test]
async fn known_local_name_is_resolved() {
    let responder = ServiceDaemon::new().unwrap();
    let name = format!("webview-rtc-{}.local", std::process::id());
    let address: IpAddr = if_addrs::get_if_addrs()
        .unwrap()
        .into_iter()
        .map(|interface| interface.ip())
        .find(|address| address.is_ipv4() && !address.is_loopback())
        .expect("mDNS needs a network");
    let service = ServiceInfo::new(
        "_candidate._udp.local.",
        "candidate",
        &format!("{name}."),
        address,
        9,
        None,
    )
    .unwrap();
    responder.register(service).unwrap();
    assert_eq!(resolve(&name).await, Some(address));
    responder.shutdown().unwrap();
}

#[tokio::test]
async fn unknown_local_name_fails() {
    assert_eq!(resolve("nobody-has-this-name.local").await, None);
}
