//! The line between this computer and one of the test's own, over which the test controls the
//! programs there.
//!
//! Invariant: the line stays good, and calls do not take it: it carries no UDP.

use std::net::Ipv4Addr;

use anyhow::Result;

use crate::{
    net_namespace::Side,
    network::{ip, run},
};

/// Connects a computer. `name` tells this end from those of other lines.
pub(crate) fn connect(side: &Side, name: &str) -> Result<()> {
    let (
        Side {
            name: place,
            address,
        },
        here,
    ) = (side, this_end(side));
    let device = format!("{name}-{}", std::process::id() % 100_000);
    // The kernel may still have the one of the network before.
    ip(&format!("link del {device}")).ok();
    ip(&format!(
        "link add {device} type veth peer name desk netns {place}"
    ))?;
    ip(&format!("addr add {here}/24 dev {device}"))?;
    ip(&format!("link set {device} up"))?;
    ip(&format!("-n {place} addr add {address}/24 dev desk"))?;
    ip(&format!("-n {place} link set desk up"))?;
    for chain in ["INPUT -i", "OUTPUT -o"] {
        run(&format!(
            "ip netns exec {place} iptables -A {chain} desk -p udp -j DROP"
        ))?;
    }
    Ok(())
}

/// Sends everything that has no other path over this line.
pub(crate) fn make_default(side: &Side) -> Result<()> {
    let (place, here) = (&side.name, this_end(side));
    ip(&format!("-n {place} route add default via {here}"))
}

/// Makes a port of this computer reachable as if it were the other one's: pages get a camera only
/// at an address that counts as secure.
pub(crate) fn share(side: &Side, port: u16) -> Result<()> {
    let here = this_end(side);
    let inside = format!("ip netns exec {}", side.name);
    run(&format!(
        "{inside} sysctl -q -w net.ipv4.conf.all.route_localnet=1"
    ))?;
    run(&format!(
        "{inside} iptables -t nat -A OUTPUT -d 127.0.0.1 -p tcp --dport {port} -j DNAT \
         --to-destination {here}:{port}"
    ))?;
    run(&format!(
        "{inside} iptables -t nat -A POSTROUTING -o desk -j MASQUERADE"
    ))
}

/// The first address of the other end's network.
fn this_end(side: &Side) -> Ipv4Addr {
    let [a, b, c, _] = side.address.octets();
    Ipv4Addr::new(a, b, c, 1)
}
