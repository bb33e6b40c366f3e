//! Several computers around a switch, of which one has a narrow line to it, made of the kernel's
//! network namespaces. Only root can make them.
//!
//! Invariant: UDP between them takes the switch only. The test controls them over separate lines,
//! which stay good. Dropping the value removes everything.

use std::net::Ipv4Addr;

use anyhow::{Context, Result};

use crate::{
    desk_line,
    net_namespace::{Place, Side},
    network::{add_namespace, ip, output, run},
};

/// The computers. The first has the line that can be narrow.
#[derive(Debug)]
pub struct StarNetwork {
    sides: Vec<Side>,
    switch: String,
}

/// Bytes that the first computer has sent and received over its line so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Carried {
    pub sent: u64,
    pub received: u64,
}

impl StarNetwork {
    /// This many computers, with good lines.
    pub fn build(count: u8) -> Result<Self> {
        let id = std::process::id();
        let network = Self {
            sides: (1..=count)
                .map(|number| Side {
                    name: format!("snug-{id}-star{number}"),
                    address: Ipv4Addr::new(10, 215, number, 2),
                })
                .collect(),
            switch: format!("snug-{id}-switch"),
        };
        let switch = &network.switch;
        add_namespace(switch)?;
        ip(&format!("-n {switch} link add switch type bridge"))?;
        ip(&format!("-n {switch} link set switch up"))?;
        for (number, side) in (1..).zip(&network.sides) {
            network.connect(number, side)?;
        }
        Ok(network)
    }

    pub fn places(&self) -> Vec<Place> {
        self.sides.iter().cloned().map(Place::Side).collect()
    }

    /// Makes a port of this computer reachable from all as if it were theirs.
    pub fn share(&self, port: u16) -> Result<()> {
        let mut sides = self.sides.iter();
        sides.try_for_each(|side| desk_line::share(side, port))
    }

    /// Lets the first computer's line carry this bitrate each way, in kbit/s, or any. Packets that
    /// wait longer than a fifth of a second are lost.
    pub fn limit(&self, kilobits: Option<u32>) -> Result<()> {
        for (place, device) in self.ends()? {
            let inside = format!("ip netns exec {place} tc qdisc");
            // The kernel may have none.
            run(&format!("{inside} del dev {device} root")).ok();
            if let Some(kilobits) = kilobits {
                run(&format!(
                    "{inside} add dev {device} root tbf rate {kilobits}kbit burst 4kb \
                     latency 200ms"
                ))?;
            }
        }
        Ok(())
    }

    pub fn carried(&self) -> Result<Carried> {
        let [sent, received] = self.ends()?.map(|(place, device)| {
            let file = format!("/sys/class/net/{device}/statistics/tx_bytes");
            let text = output(&format!("ip netns exec {place} cat {file}"))?;
            text.trim()
                .parse::<u64>()
                .context("the kernel counts bytes")
        });
        Ok(Carried {
            sent: sent?,
            received: received?,
        })
    }

    /// Both ends of the first computer's line: its own and the switch's.
    fn ends(&self) -> Result<[(&str, &'static str); 2]> {
        let first = self.sides.first().context("there is no computer")?;
        Ok([(&first.name, "line"), (&self.switch, "port1")])
    }

    fn connect(&self, number: u8, side: &Side) -> Result<()> {
        let (name, switch) = (&side.name, &self.switch);
        add_namespace(name)?;
        ip(&format!(
            "link add line netns {name} type veth peer name port{number} netns {switch}"
        ))?;
        ip(&format!(
            "-n {switch} link set port{number} master switch up"
        ))?;
        ip(&format!("-n {name} addr add 10.215.0.{number}/24 dev line"))?;
        ip(&format!("-n {name} link set line up"))?;
        desk_line::connect(side, &format!("snugs{number}"))?;
        desk_line::make_default(side)
    }
}

impl Drop for StarNetwork {
    fn drop(&mut self) {
        let sides = self.sides.iter().map(|side| &side.name);
        for name in sides.chain([&self.switch]) {
            // This also removes both ends of every line, once nothing runs there.
            ip(&format!("netns del {name}")).ok();
        }
    }
}
