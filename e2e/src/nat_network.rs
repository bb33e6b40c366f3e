//! Two homes behind NAT routers, and an internet with a relay between them, made of the kernel's
//! network namespaces. Only root can make them.
//!
//! Invariant: traffic between the homes, and between a home and the relay, passes their routers
//! only. The test controls the browsers over a separate line. Addresses of this internet lead
//! nowhere outside of it. Dropping the value removes everything.

use std::{fs, net::Ipv4Addr, path::Path};

use anyhow::Result;
use ring::digest::{SHA256, digest};

use crate::{
    chromium::ServerKey,
    desk_line,
    net_namespace::{Place, Side},
    network::{add_namespace, ip, run},
    process::Process,
    programs,
};

/// The address of the relay's page and that of its TURN server. They are two addresses of one
/// computer, since both need port 443.
const PAGE: &str = "11.213.0.1";
const TURN: &str = "11.213.0.2";

/// How a router maps a browser's port to a port on the internet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Nat {
    /// One mapping for all destinations, as most routers at home do.
    SamePort,
    /// Another mapping for each destination, as many company and phone networks do (RFC 4787, 4.1:
    /// address and port-dependent mapping).
    Symmetric,
}

/// Outgoing traffic that a router allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LetsOut {
    Everything,
    NoUdp,
    /// Traffic that looks like web pages: TCP to port 443.
    OnlyWeb,
}

/// The homes, their routers, the internet and the relay on it.
#[derive(Debug)]
pub struct NatNetwork {
    network: [Side; 2],
    routers: [String; 2],
    internet: String,
    relay: Option<Process>,
}

impl NatNetwork {
    /// Builds them with routers of this kind, without a relay.
    pub fn build(nat: Nat, lets_out: LetsOut) -> Result<Self> {
        let id = std::process::id();
        let name = |what: &str| format!("snug-{id}-{what}");
        let network = Self {
            network: [1, 2].map(|number| Side {
                name: name(&format!("home{number}")),
                address: Ipv4Addr::new(10, 214, number, 2),
            }),
            routers: [1, 2].map(|number| name(&format!("router{number}"))),
            internet: name("internet"),
            relay: None,
        };
        let net = &network.internet;
        add_namespace(net)?;
        for address in [PAGE, TURN] {
            ip(&format!("-n {net} addr add {address}/32 dev lo"))?;
        }
        for (number, (home, router)) in (1..).zip(network.network.iter().zip(&network.routers)) {
            add_namespace(&home.name)?;
            add_namespace(router)?;
            network.wire(number, home, router)?;
            firewall(router, nat, lets_out)?;
        }
        Ok(network)
    }

    /// The two homes.
    pub fn places(&self) -> [Place; 2] {
        self.network
            .each_ref()
            .map(|home| Place::Side(home.clone()))
    }

    /// The page's address, from the homes.
    pub fn web(&self) -> String {
        format!("https://{PAGE}")
    }

    /// Starts the relay, with TURN by UDP and TCP at port 3478. It has a self-made certificate,
    /// which browsers have to trust by its key.
    pub async fn start_relay(&mut self, folder: &Path, turn_tls: TurnTls) -> Result<ServerKey> {
        let names = vec![PAGE.to_owned(), TURN.to_owned()];
        let made = rcgen::generate_simple_self_signed(names)?;
        let (chain, key) = (folder.join("chain.pem"), folder.join("key.pem"));
        fs::write(&chain, made.cert.pem())?;
        fs::write(&key, made.signing_key.serialize_pem())?;
        let place = Place::Side(Side {
            name: self.internet.clone(),
            address: Ipv4Addr::LOCALHOST,
        });
        let mut program = place.command(&programs::ours("signal-server")?);
        program
            .args(["--listen", &format!("{PAGE}:443")])
            .arg("--web-root")
            .arg(programs::page()?)
            .arg("--tls-cert")
            .arg(&chain)
            .arg("--tls-key")
            .arg(&key)
            .args(["--turn", &format!("{TURN}:3478"), "--public-ip", TURN]);
        if turn_tls == TurnTls::On {
            program.args(["--turn-tls", &format!("{TURN}:443")]);
        }
        let relay = Process::start(&program, &folder.join("relay.log"))?;
        let listens = |line: &str| line.contains("listening").then_some(());
        relay.printed("the relay listens", listens).await?;
        self.relay = Some(relay);
        let key = rcgen::PublicKeyData::subject_public_key_info(&made.signing_key);
        let digest = digest(&SHA256, &key);
        Ok(ServerKey(digest.as_ref().try_into()?))
    }

    /// Connects home to router, router to internet, and the test to the home.
    fn wire(&self, number: u8, home: &Side, router: &str) -> Result<()> {
        let (name, net) = (&home.name, &self.internet);
        ip(&format!(
            "link add line netns {name} type veth peer name home netns {router}"
        ))?;
        ip(&format!(
            "link add wide netns {router} type veth peer name home{number} netns {net}"
        ))?;
        for (place, device, has) in [
            // Both homes have the same addresses, as most homes do.
            (name.as_str(), "line", "192.168.1.2/24".to_owned()),
            (router, "home", "192.168.1.1/24".to_owned()),
            (router, "wide", format!("11.213.{number}.2/24")),
            (
                net,
                &format!("home{number}"),
                format!("11.213.{number}.1/24"),
            ),
        ] {
            ip(&format!("-n {place} addr add {has} dev {device}"))?;
            ip(&format!("-n {place} link set {device} up"))?;
        }
        ip(&format!("-n {name} route add default via 192.168.1.1"))?;
        ip(&format!(
            "-n {router} route add default via 11.213.{number}.1"
        ))?;
        for place in [router, net] {
            run(&format!(
                "ip netns exec {place} sysctl -q -w net.ipv4.ip_forward=1"
            ))?;
        }
        desk_line::connect(home, &format!("snugh{number}"))
    }
}

/// Whether the relay also relays media by TLS at port 443.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TurnTls {
    On,
    Off,
}

impl Drop for NatNetwork {
    fn drop(&mut self) {
        self.relay = None;
        let network = self.network.iter().map(|home| &home.name);
        for name in network.chain(&self.routers).chain([&self.internet]) {
            // This also removes both ends of every line.
            ip(&format!("netns del {name}")).ok();
        }
    }
}

fn firewall(router: &str, nat: Nat, lets_out: LetsOut) -> Result<()> {
    let random = match nat {
        Nat::SamePort => "",
        Nat::Symmetric => "--random-fully",
    };
    let out: &[&str] = match lets_out {
        LetsOut::Everything => &["FORWARD -i home -j ACCEPT"],
        LetsOut::NoUdp => &[
            "FORWARD -i home -p udp -j DROP",
            "FORWARD -i home -j ACCEPT",
        ],
        LetsOut::OnlyWeb => &["FORWARD -i home -p tcp --dport 443 -j ACCEPT"],
    };
    let always = [
        "FORWARD -i wide -m conntrack --ctstate ESTABLISHED,RELATED -j ACCEPT",
        "FORWARD -j DROP",
        // The router itself accepts nothing from outside. Otherwise such a packet would reserve a
        // port.
        "INPUT -i wide -j DROP",
        &format!("POSTROUTING -t nat -o wide -j MASQUERADE {random}"),
    ];
    for rule in out.iter().chain(&always) {
        run(&format!("ip netns exec {router} iptables -A {rule}"))?;
    }
    Ok(())
}
