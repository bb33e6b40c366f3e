//! Two computers and the path between them, which can lose packets or be narrow, made of the
//! kernel's network namespaces. Only root can make them.
//!
//! Invariant: UDP between the two takes that path only. The test controls them over a separate
//! line, which stays good. Dropping the value removes everything.

use std::{net::Ipv4Addr, process::Command};

use anyhow::{Context, Result, bail};

use crate::{
    desk_line,
    net_namespace::{Place, Side},
};

/// The fault of a path, in each direction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Line {
    Good,
    /// This share of all packets is lost, in per cent.
    Lossy(u8),
    /// At most this bitrate, in kbit/s. Packets that wait longer than a fifth of a second are lost.
    Narrow(u32),
}

/// The two computers and their path.
#[derive(Debug)]
pub struct Network {
    sides: [Side; 2],
}

impl Network {
    /// Builds a network with a good path.
    pub fn build() -> Result<Self> {
        let id = std::process::id();
        let sides = [1, 2].map(|number| Side {
            name: format!("snug-{id}-{number}"),
            address: Ipv4Addr::new(10, 213, number, 2),
        });
        let network = Self { sides };
        for (number, side) in (1_u8..).zip(&network.sides) {
            add_namespace(&side.name)?;
            desk_line::connect(side, &format!("snug{number}"))?;
            desk_line::make_default(side)?;
        }
        let [one, other] = &network.sides;
        ip(&format!(
            "link add line netns {} type veth peer name line netns {}",
            one.name, other.name
        ))?;
        for (number, side) in (1..).zip(&network.sides) {
            let name = &side.name;
            ip(&format!("-n {name} addr add 10.213.9.{number}/24 dev line"))?;
            ip(&format!("-n {name} link set line up"))?;
        }
        Ok(network)
    }

    /// The two computers.
    pub fn places(&self) -> [Place; 2] {
        self.sides.each_ref().map(|side| Place::Side(side.clone()))
    }

    /// Makes a port of this computer reachable from both as if it were theirs.
    pub fn share(&self, port: u16) -> Result<()> {
        let mut sides = self.sides.iter();
        sides.try_for_each(|side| desk_line::share(side, port))
    }

    /// Gives the path this fault, in both directions, from now on.
    pub fn make(&self, line: Line) -> Result<()> {
        for Side { name, .. } in &self.sides {
            let inside = format!("ip netns exec {name}");
            // The kernel may have neither of them.
            run(&format!("{inside} tc qdisc del dev line root")).ok();
            run(&format!("{inside} iptables -t raw -F PREROUTING"))?;
            match line {
                Line::Good => {}
                Line::Lossy(percent) => run(&format!(
                    "{inside} iptables -t raw -A PREROUTING -i line -m statistic --mode random \
                     --probability {} -j DROP",
                    f64::from(percent) / 100.0
                ))?,
                Line::Narrow(kilobits) => run(&format!(
                    "{inside} tc qdisc add dev line root tbf rate {kilobits}kbit burst 4kb \
                     latency 200ms"
                ))?,
            }
        }
        Ok(())
    }
}

impl Drop for Network {
    fn drop(&mut self) {
        for side in &self.sides {
            // This also removes both ends of every line, once nothing runs there.
            ip(&format!("netns del {}", side.name)).ok();
        }
    }
}

/// A namespace in which every address is usable at once. Otherwise the kernel would test IPv6
/// addresses for a second or two, and pages that load meanwhile fail because the network changes.
pub(crate) fn add_namespace(name: &str) -> Result<()> {
    ip(&format!("netns add {name}"))
        .context("Only root can have a network of its own. Run this as root.")?;
    for links in ["all", "default"] {
        run(&format!(
            "ip netns exec {name} sysctl -q -w net.ipv6.conf.{links}.accept_dad=0"
        ))?;
    }
    ip(&format!("-n {name} link set lo up"))
}

pub(crate) fn ip(words: &str) -> Result<()> {
    run(&format!("ip {words}"))
}

pub(crate) fn run(line: &str) -> Result<()> {
    output(line).map(drop)
}

/// What the program prints.
pub(crate) fn output(line: &str) -> Result<String> {
    let mut words = line.split_whitespace();
    let program = words.next().unwrap_or_default();
    let output = Command::new(program)
        .args(words)
        .output()
        .with_context(|| format!("`{program}` could not be started"))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        bail!("`{line}` failed: {}", said.trim());
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}
