//! The loads, and the table of their costs.

use relay_bench::{
    certificate::Certificate,
    rounds::{median, ratio, verdict},
};

use crate::{
    load::{self, Cost, Pace},
    system::{By, Running, System},
};

const ROUNDS: usize = 3;
/// Bytes of a datagram and rate: video, audio, and the maximum.
const LOADS: [(usize, Pace); 3] = [
    (1200, Pace::Steady(10_000)),
    (160, Pace::Steady(10_000)),
    (1200, Pace::Full(256)),
];
/// Datagrams per core, compared with coturn.
const TARGET_RATIO: f64 = 0.7;

pub(crate) async fn measure() {
    let certificate = Certificate::new();
    let mut servers = Vec::new();
    for system in [System::Snug, System::Coturn] {
        match system.start(&certificate).await {
            Some(running) => servers.push((system, running)),
            None => println!(
                "coturn is left out, as it is not here; `apt-get install coturn` brings it."
            ),
        }
    }
    println!(
        "\ndatagrams of 16 clients to a peer and back on one computer, medians of {ROUNDS} rounds \
         in turn"
    );
    println!(
        "{:<16}{:<5}{:>6} {:<15}{:>13}{:>15}{:>12}{:>9}",
        "", "by", "bytes", "a second", "datagrams/s", "a core: dgr/s", "Mbit/s", "lost"
    );
    for by in By::ALL {
        for (bytes, pace) in LOADS {
            compare(&servers, by, bytes, pace).await;
        }
    }
}

async fn compare(servers: &[(System, Running)], by: By, bytes: usize, pace: Pace) {
    let mut costs: Vec<Vec<Cost>> = servers.iter().map(|_| Vec::new()).collect();
    for _ in 0..ROUNDS {
        for ((_, running), costs) in servers.iter().zip(&mut costs) {
            costs.push(load::measure(running, by, bytes, pace).await);
        }
    }
    let pace = match pace {
        Pace::Steady(a_second) => a_second.to_string(),
        Pace::Full(under_way) => format!("{under_way} under way"),
    };
    for ((system, _), costs) in servers.iter().zip(&costs) {
        let middle = |of: fn(&Cost) -> f64| median(costs.iter().map(of));
        let a_core = middle(Cost::datagrams_a_core);
        println!(
            "{:<16}{:<5}{bytes:>6} {pace:<15}{:>13.0}{a_core:>15.0}{:>12.0}{:>8.2}%",
            system.name(),
            by.name(),
            middle(Cost::datagrams_a_second),
            a_core * bytes as f64 * 8.0 / 1e6,
            middle(Cost::lost) * 100.0,
        );
    }
    if let [ours, theirs] = costs.as_slice() {
        let a_core = |costs: &[Cost]| costs.iter().map(Cost::datagrams_a_core).collect::<Vec<_>>();
        let ratio = ratio(&a_core(ours), &a_core(theirs));
        println!(
            "  {ratio:.2} × coturn; target at least {TARGET_RATIO}: {}",
            verdict(ratio >= TARGET_RATIO)
        );
    }
}
